//! CSV out: one way to write a heading and cells, the same bytes every run.

use std::borrow::Cow;
use std::io::{self, Write};

/// The mark by which Excel knows that a CSV file is UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes that are handed on together.
const BUFFER: usize = 1 << 16;

/// Writes rows of CSV: UTF-8, commas, line feeds, quotes where they are needed.
pub(crate) struct Rows<W: Write> {
    out: W,
    buffer: Vec<u8>,
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(out: W) -> Self {
        Rows {
            out,
            buffer: Vec::new(),
        }
    }

    pub(crate) fn row<S: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = S>,
    ) -> io::Result<()> {
        push_row(cells, &mut self.buffer);
        match self.buffer.len() < BUFFER {
            true => Ok(()),
            false => self.hand_on(),
        }
    }

    /// Rows that were written by [`push_cell`] already.
    pub(crate) fn rows(&mut self, rows: &[u8]) -> io::Result<()> {
        self.hand_on()?;
        self.out.write_all(rows)
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.hand_on()?;
        self.out.flush()
    }
}

fn push_row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>, out: &mut Vec<u8>) {
    let start = out.len();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_cell(cell.as_ref(), out);
    }
    // One blank cell alone would be a blank line.
    if out.len() == start {
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
}

/// Appends a cell, in quotes where it needs them.
pub(crate) fn push_cell(cell: &str, out: &mut Vec<u8>) {
    let cell = safe(cell);
    let bytes = cell.as_bytes();
    let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !bytes.iter().any(special) {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    for byte in bytes {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
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
    fn rows_are_those_of_the_csv_crate() {
        let rows: [&[&str]; 7] = [
            &["a", "b c", ""],
            &["a,b", "say \"yes\"", "two\nlines"],
            &["\r", "\"", "、\u{ff0c}"],
            &["", "", ""],
            &[""],
            &["\"\""],
            &[" a ", "#", "\t'"],
        ];
        for row in rows {
            let mut own = Vec::new();
            let mut written = Rows::new(&mut own);
            written.row(row).unwrap();
            written.finish().unwrap();
            let mut other = csv::WriterBuilder::new().from_writer(Vec::new());
            other
                .write_record(row.iter().map(|cell| safe(cell).into_owned()))
                .unwrap();
            assert_eq!(own, other.into_inner().unwrap());
        }
    }

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
