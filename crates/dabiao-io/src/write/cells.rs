//! CSV out: one way to write a heading and cells, the same bytes every run.

use std::borrow::Cow;
use std::io::{self, Write};

/// The mark by which Excel knows that a CSV file is UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes rows of CSV: UTF-8, commas, line feeds, quotes where they are needed.
pub(crate) struct Rows<W: Write>(csv::Writer<W>);

impl<W: Write> Rows<W> {
    pub(crate) fn new(out: W) -> Self {
        Rows(csv::WriterBuilder::new().flexible(false).from_writer(out))
    }

    pub(crate) fn row<S: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = S>,
    ) -> io::Result<()> {
        for cell in cells {
            let cell = safe(cell.as_ref());
            self.0.write_field(cell.as_bytes()).map_err(io_error)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(io_error)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The error of the writer below, whose kind tells a closed pipe from a full disk.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A cell that no spreadsheet takes for a formula. Text that starts as one does gets an
/// apostrophe before it, as a person would type it; a number stays as it is.
pub(crate) fn safe(cell: &str) -> Cow<'_, str> {
    const STARTS: [char; 10] = [
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    if cell.starts_with(STARTS) && !is_number(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1
        && digits.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+1+1", "'+1+1"),
            ("-2+3", "'-2+3"),
            ("-", "'-"),
            ("\t=1", "'\t=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("-3.50", "-3.50"),
            ("+5", "+5"),
            ("-12.5%", "-12.5%"),
            ("371002", "371002"),
            ("甲社区", "甲社区"),
            ("", ""),
        ] {
            assert_eq!(safe(cell), written);
        }
    }
}
