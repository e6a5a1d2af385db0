//! Tables in: from bytes of some encoding and format to rows of cells, one interface for all.
//!
//! [`source`] opens and bounds the bytes, [`text`] finds out and decodes their encoding,
//! [`delimited`] cuts them into records, [`observations`] gives the records their meaning.

mod delimited;
mod observations;
mod source;
mod text;

use std::ops::ControlFlow;
use std::sync::Arc;

use dabiao::{Cell, Fault, FaultCode, Faults, Place, Text};

pub use observations::{read_observations, read_records};
pub use source::Source;
pub use text::Encoding;

/// How tables are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Fields between commas, quoted by `"` where they hold one.
    Csv,
    /// Fields between tabs.
    Tsv,
}

/// What a reader refuses to go beyond. Checked before memory is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole input, uncompressed.
    pub bytes: u64,
    /// Rows, the heading included: as many as a spreadsheet has.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Bytes of one record, in UTF-8.
    pub record: usize,
}

impl Limits {
    /// 1 GB, 1,048,576 rows, 1,024 columns, 1 MB a record.
    pub const STATED: Limits = Limits {
        bytes: 1_000_000_000,
        rows: 1_048_576,
        columns: 1_024,
        record: 1_000_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::STATED
    }
}

/// Called as reading goes on with the bytes done and the bytes in all; `false` cancels it.
pub type ReadProgress = Arc<dyn Fn(u64, u64) -> bool + Send + Sync>;

/// How a table is read. Everything is found out by itself unless it is said here.
#[derive(Clone, Default)]
pub struct ReadOptions {
    pub(crate) format: Option<Format>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) limits: Limits,
    pub(crate) progress: Option<ReadProgress>,
}

impl ReadOptions {
    /// Format and encoding are found out, the stated limits hold.
    #[must_use]
    pub fn new() -> Self {
        ReadOptions::default()
    }

    /// The format is this one, whatever the input looks like.
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// The encoding is this one, whatever the input looks like.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Other limits than the stated ones.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Is told how far the reading is, and may cancel it.
    #[must_use]
    pub fn with_progress(mut self, progress: ReadProgress) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl std::fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadOptions")
            .field("format", &self.format)
            .field("encoding", &self.encoding)
            .field("limits", &self.limits)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

/// One row of a table, as it stands in the input.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// Its cells; rows may differ in length.
    pub cells: &'a [Cell<'a>],
}

impl Row<'_> {
    /// Whether no cell holds anything.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| is_blank(*cell))
    }
}

pub(crate) fn is_blank(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Blank => true,
        Cell::Text(text) => text.chars().all(|c| c.is_whitespace() || c == '\u{feff}'),
        _ => false,
    }
}

/// Reads any table row by row: the heading first, blank rows left out. `each` may stop the
/// reading.
///
/// # Errors
/// What makes the input unreadable as a table: encoding, format, limits.
pub fn read_rows(
    source: Source<'_>,
    options: &ReadOptions,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<(), Faults> {
    let name = source.name().to_owned();
    let read = || {
        let mut opened = source.open(&options.limits)?;
        // A reader of workbooks or columns joins here, chosen by what the input starts with.
        opened.refuse_other_formats()?;
        delimited::read(opened, options, each)
    };
    read().map_err(|fault: Fault| Faults::from(fault).in_file(&name))
}

fn at_line(line: u64) -> Place {
    Place {
        line: Some(line),
        ..Place::default()
    }
}

fn over_limit(line: Option<u64>, found: impl std::fmt::Display, expected: Text) -> Fault {
    let place = Place {
        line,
        ..Place::default()
    };
    Fault::new(FaultCode::TooLarge)
        .at(place)
        .found(found)
        .expected(expected)
}

/// `1000000` as `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
