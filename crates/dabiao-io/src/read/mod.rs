//! Tables in: from bytes of some encoding and format to rows of cells, one interface for all.
//!
//! [`source`] opens and bounds the bytes. Of a text, [`text`] finds out and decodes the encoding
//! and [`delimited`] cuts it into records; [`workbook`] reads the sheets of a workbook and
//! [`columns`] files of columns. [`observations`] gives the records their meaning.

mod blocks;
#[cfg(feature = "columns")]
mod columns;
mod delimited;
#[cfg(any(feature = "workbook", feature = "columns"))]
mod guard;
mod lanes;
mod observations;
mod places;
mod source;
mod text;
#[cfg(feature = "workbook")]
mod workbook;

use std::ops::ControlFlow;
use std::sync::Arc;

use dabiao::{Cell, Fault, FaultCode, Faults, Place, Text};

use blocks::Blocks;
pub(crate) use observations::{read_in_parts, read_located};
pub use observations::{read_observations, read_records};
pub use places::SheetPlaces;
pub(crate) use places::locate;
pub use source::Source;
use source::{Opened, Signature, other_format};
pub use text::Encoding;

/// How tables are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Fields between commas, quoted by `"` where they hold one.
    Csv,
    /// Fields between tabs.
    Tsv,
    /// A workbook of Excel 2007 and later, or of WPS.
    Xlsx,
    /// A workbook of Excel 97 to 2003.
    Xls,
    /// An OpenDocument workbook, as LibreOffice saves it.
    Ods,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow's file format (IPC, Feather 2), or a stream of it.
    Arrow,
}

impl Format {
    /// The format that a file's name says: by its ending, whatever its case.
    ///
    /// ```
    /// use dabiao_io::Format;
    /// assert_eq!(Format::of_name("自评表.XLSX"), Some(Format::Xlsx));
    /// assert_eq!(Format::of_name("table"), None);
    /// ```
    #[must_use]
    pub fn of_name(name: &str) -> Option<Format> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "csv" => Format::Csv,
            "tsv" => Format::Tsv,
            "xlsx" | "xlsm" => Format::Xlsx,
            "xls" | "et" => Format::Xls,
            "ods" => Format::Ods,
            "parquet" => Format::Parquet,
            "arrow" | "feather" | "ipc" => Format::Arrow,
            _ => return None,
        })
    }

    fn is_text(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv)
    }

    fn name(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Tsv => "TSV",
            Format::Xlsx => "XLSX",
            Format::Xls => "XLS",
            Format::Ods => "ODS",
            Format::Parquet => "Parquet",
            Format::Arrow => "Arrow",
        }
    }
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
    pub(crate) sheet: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) progress: Option<ReadProgress>,
    pub(crate) threads: Option<usize>,
    /// Whether what comes as it is read may be longer than the limits.
    pub(crate) unbounded: bool,
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

    /// The table stands on this sheet of a workbook; otherwise on the first that fits.
    #[must_use]
    pub fn with_sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
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

    /// So many threads at most split and read a text; 0 is taken as 1. What is read is the same
    /// for any number. Otherwise as many as the machine has.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    pub(crate) fn threads(&self) -> usize {
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(available)
    }

    /// Texts and Parquet files may be longer than the limits: parts alone of them are held.
    pub(crate) fn in_parts(mut self) -> Self {
        self.unbounded = true;
        self
    }

    /// The same, with the limits that hold for what is read as it comes.
    fn for_stream(&self) -> ReadOptions {
        let mut options = self.clone();
        if self.unbounded {
            (options.limits.bytes, options.limits.rows) = (u64::MAX, u64::MAX);
        }
        options
    }
}

impl std::fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadOptions")
            .field("format", &self.format)
            .field("encoding", &self.encoding)
            .field("sheet", &self.sheet)
            .field("limits", &self.limits)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

/// One row of a table, as it stands in the input.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line on which it starts, or the row of a sheet or table, from 1.
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

/// What takes the rows of a table.
pub(crate) trait TakesRows {
    /// Takes a row; the heading comes first.
    fn row(&mut self, row: Row<'_>) -> ControlFlow<()>;

    /// Takes the rest of a text after the heading, of which `rows` were read already; nothing
    /// where it must come row by row.
    fn blocks(&mut self, _: &mut Blocks<'_>, _rows: u64) -> Option<Result<(), Faults>> {
        None
    }
}

impl<F: FnMut(Row<'_>) -> ControlFlow<()>> TakesRows for F {
    fn row(&mut self, row: Row<'_>) -> ControlFlow<()> {
        self(row)
    }
}

/// Reads any table row by row: the heading first, blank rows left out. `each` may stop the
/// reading.
///
/// CSV and TSV, XLSX, XLS and ODS, Parquet and Arrow files are told apart by what they start
/// with. Of a workbook the sheet is read that [`ReadOptions::with_sheet`] names, or the first
/// that holds a table; its heading is the first row of two cells or more, so that a title block
/// may stand over it, and comes as texts.
///
/// # Errors
/// What makes the input unreadable as a table: encoding, format, limits. Of a workbook also
/// every cell with an error in it.
pub fn read_rows(
    source: Source<'_>,
    options: &ReadOptions,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<(), Faults> {
    read_table(source, options, &|_| false, &mut |row: Row<'_>| each(row)).1
}

/// Reads any table as [`read_rows`] does. `knows` says which titles a heading may hold, so that
/// the heading and the sheet with most of them are found.
pub(crate) fn read_table(
    source: Source<'_>,
    options: &ReadOptions,
    knows: &dyn Fn(&str) -> bool,
    each: &mut dyn TakesRows,
) -> (Option<SheetPlaces>, Result<(), Faults>) {
    let name = source.name().to_owned();
    let stream = options.for_stream();
    let opened = source.open(&stream.limits).and_then(|mut opened| {
        let format = format_of(&mut opened, options.format)?;
        // Text comes as it is read, and so does a Parquet file.
        let comes = match format {
            None => true,
            Some(Format::Parquet) => options.unbounded && opened.file.is_some(),
            Some(_) => false,
        };
        if !comes {
            opened.check_length(&options.limits)?;
        }
        Ok((opened, format))
    });
    let (places, read) = match opened {
        Ok((opened, format)) => match format {
            #[cfg(feature = "workbook")]
            Some(format @ (Format::Xlsx | Format::Xls | Format::Ods)) => {
                workbook::read(opened, format, options, knows, &mut |row| each.row(row))
            }
            #[cfg(feature = "columns")]
            Some(format @ (Format::Parquet | Format::Arrow)) => {
                let each = &mut |row: Row<'_>| each.row(row);
                (None, columns::read(opened, format, options, each))
            }
            None => (None, delimited::read(opened, &stream, each)),
            #[allow(unreachable_patterns)]
            Some(format) => {
                let _ = knows;
                (None, Err(other_format(format.name()).into()))
            }
        },
        Err(fault) => (None, Err(fault.into())),
    };
    (places, read.map_err(|faults| faults.in_file(&name)))
}

/// The names of a workbook's sheets; none where the input is no workbook.
pub(crate) fn sheet_names(source: Source<'_>, options: &ReadOptions) -> Result<Vec<String>, Fault> {
    let mut opened = source.open(&options.limits)?;
    match format_of(&mut opened, options.format)? {
        #[cfg(feature = "workbook")]
        Some(format @ (Format::Xlsx | Format::Xls | Format::Ods)) => {
            workbook::names(opened, format, options)
        }
        _ => Ok(Vec::new()),
    }
}

/// What an input is: by what it starts with, which must not contradict what is said or what its
/// name says. Nothing for text.
fn format_of(opened: &mut Opened<'_>, said: Option<Format>) -> Result<Option<Format>, Fault> {
    let signature = opened.signature()?;
    let found = match signature {
        None => None,
        // Which of the two it is, its parts say.
        Some(Signature::Zip) => Some(Format::Xlsx),
        Some(Signature::Ole) => Some(Format::Xls),
        Some(Signature::Parquet) => Some(Format::Parquet),
        Some(Signature::Arrow) => Some(Format::Arrow),
        Some(Signature::Other(name)) => return Err(other_format(name)),
    };
    let same = |said: Format| match (said, found) {
        (Format::Ods, found) => found == Some(Format::Xlsx),
        (said, None) => said.is_text(),
        (said, Some(found)) => said == found,
    };
    let contradicts = |said: Format, found: String| {
        Err(Fault::new(FaultCode::Syntax)
            .found(found)
            .expected(Text::new(
                format!("{} 文件\u{ff08}内容与格式不符\u{ff09}", said.name()),
                format!("a file of the format {}", said.name()),
            )))
    };
    let shown = signature.map_or("text", Signature::name);
    match (said, Format::of_name(&opened.name)) {
        (Some(said), _) if !same(said) => contradicts(said, shown.to_owned()),
        // A workbook under another name is one all the same; a text that goes by the name of
        // a workbook may be anything.
        (None, Some(named)) if found.is_none() && !named.is_text() => {
            contradicts(named, shown.to_owned())
        }
        _ => Ok(found),
    }
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
