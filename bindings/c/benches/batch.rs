//! A whole table through the C library and through Rust, one after the other in one run, from
//! columns of doubles to totals and grades, on one thread. `cargo xtask c-bench` runs it.

#![allow(unsafe_code, reason = "it calls the library as C does")]

use std::env;
use std::error::Error;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::time::Instant;

use engine::standard::document::MeasureKind;
use engine::{
    Cell, CellColumn, ColumnData, ObservationsBuilder, PointsOf, ScoreOptions, SharedColumn,
    Standard,
};

/// Seconds, totals, grades.
type Timed = Result<(f64, Vec<i64>, Vec<i32>), Box<dyn Error>>;

const ROWS: usize = 100_000;
const ROUNDS: usize = 21;

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// As `dabiao_column` in the header.
#[repr(C)]
struct Column {
    name: *const c_char,
    kind: i32,
    decimals: i32,
    values: *const c_void,
    stride: isize,
    states: *const u8,
    states_stride: isize,
    validity: *const u8,
    validity_offset: usize,
}

/// As `dabiao_score_options`.
#[repr(C)]
struct Options {
    threads: usize,
    alone: i32,
    statistics: *const c_void,
    progress: *const c_void,
    user: *mut c_void,
}

type Handle = *mut c_void;
type Read = unsafe extern "C" fn(*const c_void, *const Column, usize, usize, *mut Handle) -> c_int;
type Score =
    unsafe extern "C" fn(*const c_void, *const c_void, *const Options, *mut Handle) -> c_int;
type Results =
    unsafe extern "C" fn(*const c_void, i32, usize, i32, *mut c_void, isize, usize) -> c_int;
type Builtin = unsafe extern "C" fn(*const c_char, *mut Handle) -> c_int;
type Free = unsafe extern "C" fn(Handle) -> c_int;

struct Library(*mut c_void);

impl Library {
    fn open(path: &str) -> Result<Library, Box<dyn Error>> {
        let path = CString::new(path)?;
        // SAFETY: a text with a NUL; 2 is RTLD_NOW.
        let library = unsafe { dlopen(path.as_ptr(), 2) };
        if library.is_null() {
            return Err(format!("{path:?} cannot be loaded").into());
        }
        Ok(Library(library))
    }

    /// # Safety
    /// The function has the type `F`, which is a pointer to a function.
    unsafe fn get<F: Copy>(&self, name: &CStr) -> Result<F, Box<dyn Error>> {
        // SAFETY: the library is open.
        let found = unsafe { dlsym(self.0, name.as_ptr()) };
        if found.is_null() || size_of::<F>() != size_of::<*mut c_void>() {
            return Err(format!("{name:?} is not there").into());
        }
        // SAFETY: promised by the caller.
        Ok(unsafe { std::mem::transmute_copy(&found) })
    }
}

struct Codes(Vec<CString>);

impl CellColumn for Codes {
    fn cell(&self, row: usize) -> Cell<'_> {
        let code = self.0.get(row).and_then(|code| code.to_str().ok());
        code.map_or(Cell::Blank, Cell::Text)
    }
}

fn drawn(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}

/// About what a community of 8,000 has, where a rule divides by it or a veto looks at it.
const USUAL: [(&str, f64); 18] = [
    ("residents", 8000.0),
    ("households", 3000.0),
    ("area", 100_000.0),
    ("grid_cases_reported", 400.0),
    ("grid_cases_closed", 390.0),
    ("compounds", 6.0),
    ("red_compounds", 5.0),
    ("upkeep_compounds", 5.0),
    ("building_households", 900.0),
    ("sorting_households", 800.0),
    ("facilities", 60.0),
    ("facilities_in_order", 55.0),
    ("survey_valid", 200.0),
    ("survey_satisfied", 185.0),
    ("requests_received", 50.0),
    ("requests_settled", 48.0),
    ("major_accidents", 0.0),
    ("disciplined_members", 0.0),
];

/// Doubles for each measure that is a plain number, within its range.
fn columns(standard: &Standard) -> Vec<(CString, Arc<[f64]>)> {
    let mut state = 1;
    let mut made = Vec::new();
    for (at, measure) in standard.document().measures.iter().enumerate() {
        let Some(observed) = standard.observed(at) else {
            continue;
        };
        let least = observed.min.map_or(0.0, |bound| bound.to_f64());
        let most = observed.max.map_or(least + 40.0, |bound| bound.to_f64());
        let digits = match observed.kind {
            // A share has decimals, a mark may have a step.
            MeasureKind::Number if most == 100.0 => 100.0,
            MeasureKind::Number | MeasureKind::Count | MeasureKind::YesNo => 1.0,
            MeasureKind::Label | MeasureKind::Date => continue,
        };
        let most = if observed.kind == MeasureKind::YesNo {
            1.0
        } else {
            most
        };
        let usual = USUAL.iter().find(|(name, _)| *name == measure.name);
        let (least, most) = usual.map_or((least, most), |(_, about)| (about * 0.97, *about));
        let values = (0..ROWS).map(|_| {
            let value = least + (most - least) * drawn(&mut state);
            (value * digits).ceil() / digits
        });
        let name = CString::new(measure.name.as_str()).unwrap_or_default();
        made.push((name, values.collect()));
    }
    made
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), Box<dyn Error>> {
    let Ok(path) = env::var("DABIAO_LIBRARY") else {
        println!("DABIAO_LIBRARY names no library: run `cargo xtask c-bench`");
        return Ok(());
    };
    let standard = Standard::builtin("weihai-2020")?;
    let codes: Vec<CString> = (0..ROWS)
        .map(|row| CString::new(format!("{:012}", 110_000_000_000 + row)))
        .collect::<Result<_, _>>()?;
    let codes = Codes(codes);
    let columns = columns(&standard);

    let library = Library::open(&path)?;
    // SAFETY: the types are those of the header.
    let (builtin, copied, kept, score, points, results) = unsafe {
        (
            library.get::<Builtin>(c"dabiao_standard_builtin")?,
            library.get::<Read>(c"dabiao_observations_from_columns")?,
            library.get::<Read>(c"dabiao_observations_over_columns")?,
            library.get::<Score>(c"dabiao_score")?,
            library.get::<Results>(c"dabiao_scores_points")?,
            library.get::<Results>(c"dabiao_scores_results")?,
        )
    };
    // SAFETY: the same.
    let (free_table, free_scores) = unsafe {
        (
            library.get::<Free>(c"dabiao_observations_free")?,
            library.get::<Free>(c"dabiao_scores_free")?,
        )
    };
    let mut held: Handle = ptr::null_mut();
    // SAFETY: a text, and a place for a handle.
    if unsafe { builtin(c"weihai-2020".as_ptr(), &mut held) } != 0 {
        return Err("the library has no such standard".into());
    }

    let places: Vec<*const c_char> = codes.0.iter().map(|code| code.as_ptr()).collect();
    let column = |name: *const c_char, kind: i32, values: *const c_void| Column {
        name,
        kind,
        decimals: 0,
        values,
        stride: 0,
        states: ptr::null(),
        states_stride: 0,
        validity: ptr::null(),
        validity_offset: 0,
    };
    let mut given = vec![column(c"code".as_ptr(), 7, places.as_ptr().cast())];
    given.extend(
        columns
            .iter()
            .map(|(name, values)| column(name.as_ptr(), 0, values.as_ptr().cast())),
    );

    let through_c = |read: Read| -> Timed {
        let (mut totals, mut grades) = (vec![0i64; ROWS], vec![0i32; ROWS]);
        let (mut table, mut scores): (Handle, Handle) = (ptr::null_mut(), ptr::null_mut());
        let options = Options {
            threads: 1,
            alone: 0,
            statistics: ptr::null(),
            progress: ptr::null(),
            user: ptr::null_mut(),
        };
        let started = Instant::now();
        // SAFETY: all arrays are as long as is said, and outlive the handles.
        let failed = unsafe {
            read(held, given.as_ptr(), given.len(), ROWS, &mut table)
                | score(held, table, &options, &mut scores)
                | points(scores, 0, 0, 0, totals.as_mut_ptr().cast(), 0, ROWS)
                | results(scores, 0, 0, 0, grades.as_mut_ptr().cast(), 0, ROWS)
                | free_scores(scores)
                | free_table(table)
        };
        let took = started.elapsed().as_secs_f64();
        if failed != 0 {
            return Err("a call to the library failed".into());
        }
        Ok((took, totals, grades))
    };
    let titles: Vec<&str> = std::iter::once("code")
        .chain(columns.iter().filter_map(|(name, _)| name.to_str().ok()))
        .collect();
    let through_rust = || -> Timed {
        let (mut totals, mut grades) = (vec![0i64; ROWS], vec![0i32; ROWS]);
        let started = Instant::now();
        let mut builder = ObservationsBuilder::new(&standard);
        builder.heading(&titles);
        let mut data = vec![ColumnData::Cells(&codes)];
        data.extend(
            columns
                .iter()
                .map(|(_, values)| SharedColumn::new(Arc::clone(values)).into()),
        );
        builder.shared(ROWS, &data);
        let table = builder.finish()?;
        let scores = standard.score(&table, &ScoreOptions::new().with_threads(1))?;
        let column = scores.column(PointsOf::Total).ok_or("no totals")?;
        for (into, points) in totals.iter_mut().zip(column.iter()) {
            *into = points.map_or(i64::MIN, |points| points.scaled());
        }
        for (row, into) in grades.iter_mut().enumerate() {
            *into = scores.grade_index(row).map_or(-1, |grade| grade as i32);
        }
        drop(scores);
        drop(table);
        Ok((started.elapsed().as_secs_f64(), totals, grades))
    };

    let (mut rust, mut c_kept, mut c_copied) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS + 2 {
        let (own, totals, grades) = through_rust()?;
        let (over, c_totals, c_grades) = through_c(kept)?;
        let (from, ..) = through_c(copied)?;
        if totals != c_totals || grades != c_grades {
            return Err("the results differ".into());
        }
        // The first rounds warm the memory.
        if round >= 2 {
            rust.push(own);
            c_kept.push(over);
            c_copied.push(from);
        }
    }
    let (rust, c_kept, c_copied) = (median(rust), median(c_kept), median(c_copied));
    let beside = |c: f64| (c / rust - 1.0) * 100.0;
    println!(
        "a table of {ROWS} rows and {} columns, one thread, medians of {ROUNDS} rounds in turn:",
        columns.len()
    );
    println!("  Rust            {:.2} ms", rust * 1e3);
    println!(
        "  C, over columns {:.2} ms ({:+.1}%)",
        c_kept * 1e3,
        beside(c_kept)
    );
    println!(
        "  C, from columns {:.2} ms ({:+.1}%)",
        c_copied * 1e3,
        beside(c_copied)
    );
    Ok(())
}
