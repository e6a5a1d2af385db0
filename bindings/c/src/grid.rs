//! The party grid: loaded, checked, and how far its organisations are established.

use std::collections::HashMap;
use std::ffi::c_char;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::OnceLock;

use dabiao_io::{
    ReadOptions, Row, Source, grid_from_rows, grid_summary, read_grid, read_grid_from,
};
use engine::grid::{AdviceSwitches, CodeScheme, Grid, LevelCoverage};
use engine::standard::document::Level;
use engine::{Cell, CellColumn, Faults, Rational};

use crate::args::{self, Out};
use crate::column::{Column, dabiao_column};
use crate::contents::{
    DABIAO_LEVEL_BUILDING, DABIAO_LEVEL_COMMUNITY, DABIAO_LEVEL_COMPOUND, DABIAO_LEVEL_GRID,
    DABIAO_LEVEL_STREET,
};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::observations::{self, dabiao_observations};
use crate::status::{Error, dabiao_status};
use crate::text::{self, dabiao_text};

/// A party grid of streets, communities, grids and buildings, and compounds beside it. Many
/// threads may share it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_grid {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_grid {
    type Object = Held;
    const NAME: &'static str = "dabiao_grid";
}

/// A grid, and its coverage once somebody asked.
pub(crate) struct Held {
    grid: Grid,
    coverage: OnceLock<Covered>,
}

/// The coverage of the whole, and of each community by its code: street, community, grid,
/// building.
struct Covered {
    whole: Vec<LevelCoverage>,
    communities: HashMap<String, Vec<LevelCoverage>>,
}

/// Codes of units are any text.
pub const DABIAO_CODES_FREE: i32 = 0;
/// Codes of units are statistical division codes, 12 digits for a community and 9 for its
/// street, which must agree with their parents.
pub const DABIAO_CODES_DIVISIONS: i32 = 1;

/// All four levels from street to building, pooled, each unit counted once.
pub const DABIAO_LEVEL_ALL: i32 = -1;

/// How many units have their party organisation.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_coverage {
    /// How many units there are.
    pub units: u64,
    /// How many of them have their organisation; one without a record counts as without.
    pub established: u64,
    /// established ÷ units, 0 to 1; NaN without units.
    pub share: f64,
}

fn scheme(codes: i32) -> Result<CodeScheme, Error> {
    match codes {
        DABIAO_CODES_FREE => Ok(CodeScheme::Free),
        DABIAO_CODES_DIVISIONS => Ok(CodeScheme::Divisions),
        _ => Err(Error::argument(
            "codes",
            "不是 DABIAO_CODES_...",
            "is no DABIAO_CODES_...",
        )),
    }
}

fn level(level: i32) -> Result<Level, Error> {
    match level {
        DABIAO_LEVEL_STREET => Ok(Level::Street),
        DABIAO_LEVEL_COMMUNITY => Ok(Level::Community),
        DABIAO_LEVEL_GRID => Ok(Level::Grid),
        DABIAO_LEVEL_BUILDING => Ok(Level::Building),
        DABIAO_LEVEL_COMPOUND => Ok(Level::Compound),
        _ => Err(Error::argument(
            "level",
            "不是 DABIAO_LEVEL_...",
            "is no DABIAO_LEVEL_...",
        )),
    }
}

fn give(out: Out<*mut dabiao_grid>, grid: Grid) -> Result<(), Error> {
    let held = Held {
        grid,
        coverage: OnceLock::new(),
    };
    out.write(handle::give::<dabiao_grid>(held)?);
    Ok(())
}

/// Loads a grid from `length` columns of `rows` units each, in any order: "code", "level"
/// (street, community, grid, building or compound, or 街道 and so on), "parent" (the code one
/// level up; blank for a street; a compound's is its community), and perhaps "name",
/// "organisation" (1 where it is established, 0 where not), "households", "members" and
/// "compound" (of a building). Every fault is listed, such as a parent that is not there; the
/// first row is line 2, as if a heading stood before it. `codes` is `DABIAO_CODES_...`. On
/// success `*out` is yours to free; the columns are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_grid_from_columns(
    codes: i32,
    columns: *const dabiao_column,
    length: usize,
    rows: usize,
    out: *mut *mut dabiao_grid,
) -> dabiao_status {
    guard(|| {
        let scheme = scheme(codes)?;
        // SAFETY: as the header asks of every array and every `out`.
        let (columns, out) = unsafe {
            (
                args::slice("columns", columns, length)?,
                Out::new("out", out)?,
            )
        };
        let (mut titles, mut held) = (Vec::new(), Vec::new());
        for column in columns {
            // SAFETY: as the header asks of the pointers in a column.
            let (title, column) = unsafe { Column::new(column, rows, None)? };
            titles.push(Cell::Text(title));
            held.push(column);
        }
        let mut feed = |each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>| {
            feed(&titles, &held, rows, each);
            Ok::<(), Faults>(())
        };
        give(out, grid_from_rows(scheme, &mut feed, None)?)
    })
}

/// Shows the heading and each row.
fn feed(
    titles: &[Cell<'_>],
    columns: &[Column<'_>],
    rows: usize,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) {
    let heading = Row {
        line: 1,
        cells: titles,
    };
    if each(heading).is_break() {
        return;
    }
    for (line, row) in (2..).zip(0..rows) {
        let cells: Vec<Cell<'_>> = columns.iter().map(|column| column.cell(row)).collect();
        let row = Row {
            line,
            cells: &cells,
        };
        if each(row).is_break() {
            return;
        }
    }
}

/// Loads a grid from CSV or TSV text of `length` bytes, in any encoding a spreadsheet saves,
/// with the columns of `dabiao_grid_from_columns` under English or Chinese headings. `name`
/// stands for the file in faults. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_grid_from_csv(
    codes: i32,
    name: *const c_char,
    text: *const c_char,
    length: usize,
    out: *mut *mut dabiao_grid,
) -> dabiao_status {
    guard(|| {
        let scheme = scheme(codes)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (name, text, out) = unsafe {
            (
                args::text("name", name)?,
                args::bytes_of("text", text, length)?,
                Out::new("out", out)?,
            )
        };
        let read = read_grid_from(scheme, Source::bytes(name, text), &ReadOptions::new());
        give(out, read?)
    })
}

/// Loads a grid from CSV or TSV files, as the command `dabiao grid check` does: `units` are
/// the paths of the files of its units, `compounds` those of files of its compounds ("code",
/// "community", and perhaps "name" and "households"); either may be NULL where its length is 0.
/// Paths are UTF-8. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_grid_from_files(
    codes: i32,
    units: *const *const c_char,
    units_length: usize,
    compounds: *const *const c_char,
    compounds_length: usize,
    out: *mut *mut dabiao_grid,
) -> dabiao_status {
    guard(|| {
        let scheme = scheme(codes)?;
        // SAFETY: as the header asks of every array, every text and every `out`.
        let (units, compounds, out) = unsafe {
            (
                paths("units", units, units_length)?,
                paths("compounds", compounds, compounds_length)?,
                Out::new("out", out)?,
            )
        };
        give(
            out,
            read_grid(scheme, &units, &compounds, &ReadOptions::new())?,
        )
    })
}

/// # Safety
/// `pointer` is NULL or points to `length` texts.
unsafe fn paths(
    argument: &str,
    pointer: *const *const c_char,
    length: usize,
) -> Result<Vec<PathBuf>, Error> {
    // SAFETY: promised by the caller.
    let texts = unsafe { args::slice(argument, pointer, length)? };
    let path = |(at, text): (usize, &*const c_char)| {
        // SAFETY: promised by the caller.
        unsafe { args::text(&format!("{argument}[{at}]"), *text) }.map(PathBuf::from)
    };
    texts.iter().enumerate().map(path).collect()
}

/// Frees a grid. What was made from it stays usable. NULL is nothing to free; one that was
/// freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_grid_free(grid: *mut dabiao_grid) -> dabiao_status {
    guard(|| handle::free("grid", grid))
}

/// How many units of a level (`DABIAO_LEVEL_...`) there are, compounds too; of all of them for
/// `DABIAO_LEVEL_ALL`. 0 for a wrong handle or level. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_grid_units(grid: *const dabiao_grid, level: i32) -> usize {
    guard_or(0, || {
        let held = handle::hold("grid", grid)?;
        if level == DABIAO_LEVEL_ALL {
            return Ok(held.grid.len());
        }
        Ok(held.grid.count(self::level(level)?))
    })
}

impl Held {
    fn covered(&self) -> &Covered {
        self.coverage.get_or_init(|| {
            let coverage = self.grid.coverage();
            let of = |code: &String| Some((code.clone(), coverage.of_community_levels(code)?));
            Covered {
                whole: coverage.levels(),
                communities: self
                    .grid
                    .codes(Level::Community)
                    .iter()
                    .filter_map(of)
                    .collect(),
            }
        })
    }
}

/// How many units have their organisation (全覆盖): of the whole grid where `community` is
/// NULL, or of a community: its street, itself, its grids, its buildings. `level` is one of
/// these four `DABIAO_LEVEL_...`, or `DABIAO_LEVEL_ALL`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_grid_coverage(
    grid: *const dabiao_grid,
    community: *const c_char,
    level: i32,
    out: *mut dabiao_coverage,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("grid", grid)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (community, out) = unsafe {
            (
                args::optional_text("community", community)?,
                Out::new("out", out)?,
            )
        };
        let covered = held.covered();
        let levels = match community {
            None => &covered.whole,
            Some(code) => covered
                .communities
                .get(code)
                .ok_or_else(|| Error::not_found("community", code))?,
        };
        let wanted = match level {
            DABIAO_LEVEL_ALL => None,
            DABIAO_LEVEL_COMPOUND => return Err(Error::not_found("level", level)),
            level => Some(self::level(level)?),
        };
        let (mut units, mut established) = (0, 0);
        for held in levels {
            if wanted.is_none_or(|wanted| wanted == held.level) {
                units += held.units;
                established += held.organised;
            }
        }
        let share = Rational::ratio(established.into(), units.into());
        out.write(dabiao_coverage {
            units,
            established,
            share: share.as_ref().map_or(f64::NAN, Rational::to_f64),
        });
        Ok(())
    })
}

/// The codes of the units that lack an organisation, as a JSON array: of a community, or of
/// the whole grid where `community` is NULL. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_grid_lacking(
    grid: *const dabiao_grid,
    community: *const c_char,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("grid", grid)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (community, out) = unsafe {
            (
                args::optional_text("community", community)?,
                Out::new("out", out)?,
            )
        };
        let coverage = held.grid.coverage();
        let codes = match community {
            Some(code) if coverage.of_community(code).is_none() => {
                return Err(Error::not_found("community", code));
            }
            Some(code) => coverage.lacking_in(code),
            None => coverage.lacking(),
        };
        text::give_json(out, &codes)
    })
}

/// The grid in short as JSON: units and coverage by level, the units that lack an
/// organisation, compounds and households that no grid holds, and what the advisory checks
/// found. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_grid_summary(
    grid: *const dabiao_grid,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("grid", grid)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give_json(out, &grid_summary(&held.grid, &AdviceSwitches::default()))
    })
}

/// The same table with the measures that its standard fills from the grid, such as the
/// coverage of organisations. Every community of the table must be one of the grid, and none
/// may have such a value already. On success `*out` is yours to free; `observations` stay as
/// they are. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_with_grid(
    observations: *const dabiao_observations,
    grid: *const dabiao_grid,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    guard(|| {
        let table = handle::hold("observations", observations)?;
        let held = handle::hold("grid", grid)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let given = table.observations.clone();
        let filled = given.with_grid(&table.standard, &held.grid)?;
        observations::give(out, &table.standard, filled)
    })
}
