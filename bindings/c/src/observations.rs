//! Tables of communities, from columns in memory, CSV text or a file.

use std::ffi::c_char;
use std::ptr;

use dabiao_io::{ReadOptions, Source, read_observations};
use engine::{Faults, Observations, ObservationsBuilder, Standard, Texts};

use crate::args::{self, Out};
use crate::column::{Column, Memory, dabiao_column};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::standard::dabiao_standard;
use crate::statistics::{self, dabiao_statistics};
use crate::status::{Error, dabiao_status};
use crate::text::{self, c_string, dabiao_text};

/// A table of communities, checked against a standard, in the order of their codes as bytes.
/// Many threads may share it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_observations {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_observations {
    type Object = Table;
    const NAME: &'static str = "dabiao_observations";
}

/// A table, and its codes as C reads them.
pub(crate) struct Table {
    pub(crate) standard: Standard,
    pub(crate) observations: Observations,
    codes: Codes,
}

/// Codes as C reads them, one behind the other.
pub(crate) struct Codes {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Codes {
    pub(crate) fn new(codes: &Texts) -> Codes {
        let mut made = Codes {
            bytes: Vec::with_capacity(codes.iter().map(|code| code.len() + 1).sum::<usize>()),
            starts: Vec::with_capacity(codes.len()),
        };
        for code in codes.iter() {
            made.starts.push(made.bytes.len());
            made.bytes
                .extend_from_slice(c_string(code).as_bytes_with_nul());
        }
        made
    }

    /// NULL past the last row.
    pub(crate) fn get(&self, row: usize) -> Result<*const c_char, Error> {
        let start = self.starts.get(row);
        let code = start.and_then(|start| self.bytes.get(*start..));
        code.map(|code| code.as_ptr().cast())
            .ok_or_else(|| Error::not_found("row", row))
    }
}

/// Hands a table to the caller.
pub(crate) fn give(
    out: Out<*mut dabiao_observations>,
    standard: &Standard,
    observations: Observations,
) -> Result<(), Error> {
    let table = Table {
        standard: standard.clone(),
        codes: Codes::new(observations.codes()),
        observations,
    };
    out.write(handle::give::<dabiao_observations>(table)?);
    Ok(())
}

/// Reads a table from `length` columns of `rows` rows each. One of them is "code"; a measure
/// without a column is missing everywhere. In faults, the first row is line 2, as if a heading
/// stood before it. On success `*out` is yours to free; the columns are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_from_columns(
    standard: *const dabiao_standard,
    columns: *const dabiao_column,
    length: usize,
    rows: usize,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    // SAFETY: passed on.
    guard(|| unsafe { from_columns(standard, columns, length, rows, Memory::Copied, out) })
}

/// The same without a copy where rows come in the order of their codes: numbers that stand one
/// behind the other, and bits of validity, may be read where they stand for as long as the
/// table, or anything scored from it, lives. Keep them, unchanged, until all of these are freed.
/// This is the quickest way for a large table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_over_columns(
    standard: *const dabiao_standard,
    columns: *const dabiao_column,
    length: usize,
    rows: usize,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    // SAFETY: passed on.
    guard(|| unsafe { from_columns(standard, columns, length, rows, Memory::Kept, out) })
}

/// # Safety
/// All pointers are as the header asks.
unsafe fn from_columns(
    standard: *const dabiao_standard,
    columns: *const dabiao_column,
    length: usize,
    rows: usize,
    memory: Memory,
    out: *mut *mut dabiao_observations,
) -> Result<(), Error> {
    let held = handle::hold("standard", standard)?;
    // SAFETY: promised by the caller.
    let (columns, out) = unsafe {
        (
            args::slice("columns", columns, length)?,
            Out::new("out", out)?,
        )
    };
    let mut titles = Vec::with_capacity(columns.len());
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        // SAFETY: promised by the caller.
        let (title, column) = unsafe { Column::new(column, rows, Some(&held.standard))? };
        titles.push(title);
        cells.push(column);
    }
    let mut builder = ObservationsBuilder::new(&held.standard);
    builder.heading(&titles);
    let data: Vec<_> = cells.iter().map(|column| column.data(memory)).collect();
    builder.shared(rows, &data);
    give(out, &held.standard, builder.finish()?)
}

/// Reads a table from CSV or TSV text of `length` bytes, in any encoding a spreadsheet saves:
/// wide (a column a measure) or long (code, measure, value). `name` stands for the file in
/// faults. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_from_csv(
    standard: *const dabiao_standard,
    name: *const c_char,
    text: *const c_char,
    length: usize,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (name, text, out) = unsafe {
            (
                args::text("name", name)?,
                args::bytes_of("text", text, length)?,
                Out::new("out", out)?,
            )
        };
        let read = read(&held.standard, Source::bytes(name, text))?;
        give(out, &held.standard, read)
    })
}

/// The same from a file; also a workbook (XLSX, ODS, XLS), Parquet or Arrow where the library
/// was built to read them. `path` is UTF-8. `DABIAO_ERROR_IO` where it cannot be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_from_file(
    standard: *const dabiao_standard,
    path: *const c_char,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (path, out) = unsafe { (args::text("path", path)?, Out::new("out", out)?) };
        give(
            out,
            &held.standard,
            read(&held.standard, Source::path(path))?,
        )
    })
}

fn read(standard: &Standard, source: Source<'_>) -> Result<Observations, Faults> {
    read_observations(standard, source, &ReadOptions::new())
}

/// Frees a table. What was scored from it stays usable. NULL is nothing to free; one that was
/// freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_observations_free(
    observations: *mut dabiao_observations,
) -> dabiao_status {
    guard(|| handle::free("observations", observations))
}

/// How many communities there are; 0 for a wrong handle. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_observations_rows(observations: *const dabiao_observations) -> usize {
    guard_or(0, || {
        Ok(handle::hold("observations", observations)?
            .observations
            .len())
    })
}

/// The code of a row; NULL past the last. The text belongs to the table. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_observations_code(
    observations: *const dabiao_observations,
    row: usize,
) -> *const c_char {
    guard_or(ptr::null(), || {
        handle::hold("observations", observations)?.codes.get(row)
    })
}

/// The row of a code. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_find(
    observations: *const dabiao_observations,
    code: *const c_char,
    out: *mut usize,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("observations", observations)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (code, out) = unsafe { (args::text("code", code)?, Out::new("out", out)?) };
        let row = held.observations.row_of(code);
        out.write(row.ok_or_else(|| Error::not_found("code", code))?);
        Ok(())
    })
}

/// The SHA-256 of the table's canonical form, in hexadecimal: the same for any format and any
/// order of rows. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_digest(
    observations: *const dabiao_observations,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("observations", observations)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give(out, &held.observations.digest(&held.standard))
    })
}

/// What a reader should look at although it is no fault (rounded digits, a percent column that
/// looks like bare ratios), as a JSON array in the form of faults. On success `*out` is yours
/// to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_advice(
    observations: *const dabiao_observations,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("observations", observations)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give_json(out, held.observations.advice())
    })
}

/// The statistics of the table's cohorts, on at most `threads` threads (0: as many as the
/// machine has). On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_statistics(
    observations: *const dabiao_observations,
    threads: usize,
    out: *mut *mut dabiao_statistics,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("observations", observations)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let threads = crate::options::threads(threads);
        let statistics = held.standard.statistics(&held.observations, threads)?;
        statistics::give(out, statistics)
    })
}
