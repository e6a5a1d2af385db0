//! Workbooks in: XLSX, ODS and XLS, a sheet at a time, a row at a time.
//!
//! Each format hands on the cells that hold something; here they become rows. The heading is
//! looked for below a title block, since that is how bureaus lay out their sheets.

mod elsewhere;
mod formats;
mod heading;
mod ods;
mod package;
mod xls;
mod xlsx;
mod xml;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use dabiao::{Cell, Fault, FaultCode, Faults, Place, Text};
use jiff::civil::Date;

use super::places::{SheetPlaces, column_letters};
use super::source::Opened;
use super::{Format, Limits, ReadOptions, Row, grouped, over_limit};
use elsewhere::{At, Elsewhere};

/// As many rows as a spreadsheet has.
const SHEET_ROWS: u32 = 1_048_576;
/// Says of an OpenDocument what its parts are.
const MANIFEST: &str = "META-INF/manifest.xml";
/// Rows between two words to the progress.
const WORD_EVERY: u64 = 4096;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'v> {
    Text(Cow<'v, str>),
    Number(f64),
    /// In a cell formatted as a percentage: 0.95 for 95%.
    Percent(f64),
    Date(Date),
    Bool(bool),
    /// `#DIV/0!` and the like.
    Error(Cow<'v, str>),
    /// A formula whose result was never worked out.
    NoResult,
    /// What stands in another cell; told where the book is to follow.
    Elsewhere(At),
}

impl Value<'_> {
    fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Error(error) => Value::Error(Cow::Owned(error.into_owned())),
            Value::Number(number) => Value::Number(number),
            Value::Percent(number) => Value::Percent(number),
            Value::Date(date) => Value::Date(date),
            Value::Bool(yes) => Value::Bool(yes),
            Value::NoResult => Value::NoResult,
            Value::Elsewhere(at) => Value::Elsewhere(at),
        }
    }
}

/// Takes the cells of a sheet: row from 1, column from 0.
type Visit<'v> = dyn FnMut(u32, u32, Value<'_>) -> Result<ControlFlow<()>, Fault> + 'v;

#[derive(Clone, Debug)]
struct SheetName {
    name: String,
    hidden: bool,
}

/// Merged cells: rows from 1, columns from 0, both ends inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Merge {
    rows: (u32, u32),
    columns: (u32, u32),
}

impl Merge {
    /// `A1:B2`
    fn parse(text: &str) -> Option<Merge> {
        let corner = |text: &str| -> Option<(u32, u32)> {
            let (letters, digits) = xlsx::split_address(text);
            Some((digits.parse().ok()?, letters_to_column(letters)?))
        };
        let (from, to) = text.split_once(':')?;
        let (from, to) = (corner(from)?, corner(to)?);
        Some(Merge {
            rows: (from.0, to.0),
            columns: (from.1, to.1),
        })
    }
}

/// `A` is 0, `XFD` 16,383.
fn letters_to_column(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let digit = |letter: u8| {
        let letter = letter.to_ascii_uppercase();
        letter
            .is_ascii_uppercase()
            .then(|| u32::from(letter - b'A') + 1)
    };
    let number = letters
        .bytes()
        .try_fold(0, |number, letter| Some(number * 26 + digit(letter)?))?;
    Some(number - 1)
}

/// A number in a cell formatted as a date. A day with a time of day is no day, and is kept as
/// the text that a person sees.
fn date_of_serial(serial: f64, from_1904: bool) -> Value<'static> {
    let days = serial.floor();
    if !(0.0..=3_000_000.0).contains(&days) {
        return Value::Number(serial);
    }
    let days = days as i32;
    // In the system of 1900, day 60 is the 29th of February that there was not.
    let (base, days) = match (from_1904, days) {
        (true, days) => (jiff::civil::date(1904, 1, 1), days),
        (false, days) if days > 60 => (jiff::civil::date(1899, 12, 30), days),
        (false, days) => (jiff::civil::date(1899, 12, 31), days),
    };
    let span = jiff::Span::new().try_days(days);
    let date = span.ok().and_then(|span| base.checked_add(span).ok());
    match date {
        Some(date) if serial.fract() == 0.0 => Value::Date(date),
        Some(date) => {
            let minutes = (serial.fract() * 1440.0).round() as u32;
            let (hour, minute) = (minutes / 60 % 24, minutes % 60);
            Value::Text(Cow::Owned(format!("{date} {hour:02}:{minute:02}")))
        }
        None => Value::Number(serial),
    }
}

/// A workbook of any of the formats.
enum Book<'a> {
    Xlsx(xlsx::Xlsx<'a>),
    Ods(ods::Ods<'a>),
    Xls(xls::Xls),
}

impl<'a> Book<'a> {
    fn open(opened: Opened<'a>, format: Format, limits: Limits) -> Result<Book<'a>, Fault> {
        if format == Format::Xls {
            return Ok(Book::Xls(xls::Xls::open(opened, limits)?));
        }
        let mut package = package::Package::open(opened, limits)?;
        // LibreOffice puts all of a workbook with a password into one part, or says of each part
        // how it is encrypted.
        if package.has("encrypted-package") || package.holds(MANIFEST, b"encryption-data")? {
            return Err(package::encrypted());
        }
        if package.has("content.xml") {
            return Ok(Book::Ods(ods::Ods::open(package)?));
        }
        if package.has("xl/workbook.bin") {
            return Err(super::source::other_format("XLSB"));
        }
        if !package.has("_rels/.rels") {
            return Err(super::source::other_format("ZIP"));
        }
        Ok(Book::Xlsx(xlsx::Xlsx::open(package)?))
    }

    fn sheets(&self) -> &[SheetName] {
        match self {
            Book::Xlsx(book) => book.sheets(),
            Book::Ods(book) => book.sheets(),
            Book::Xls(book) => book.sheets(),
        }
    }

    /// Whether a cell that only repeats another says so, or gives its saved result.
    fn follow(&mut self, follow: bool) {
        match self {
            Book::Xlsx(book) => book.follow(follow),
            Book::Ods(book) => book.follow(follow),
            Book::Xls(book) => book.follow(follow),
        }
    }

    fn cells(&mut self, sheet: usize, visit: &mut Visit<'_>) -> Result<(), Fault> {
        match self {
            Book::Xlsx(book) => book.cells(sheet, visit),
            Book::Ods(book) => book.cells(sheet, visit),
            Book::Xls(book) => book.cells(sheet, visit),
        }
    }

    fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>, Fault> {
        match self {
            Book::Xlsx(book) => book.merges(sheet),
            Book::Ods(book) => book.merges(sheet),
            Book::Xls(book) => book.merges(sheet),
        }
    }
}

/// The names of its sheets.
pub(super) fn names(
    opened: Opened<'_>,
    format: Format,
    options: &ReadOptions,
) -> Result<Vec<String>, Fault> {
    let book = Book::open(opened, format, options.limits)?;
    Ok(book.sheets().iter().map(|held| held.name.clone()).collect())
}

/// Reads one sheet as a table: the named one, otherwise the first that fits. `knows` says which
/// titles a heading may hold.
pub(super) fn read(
    opened: Opened<'_>,
    format: Format,
    options: &ReadOptions,
    knows: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> (Option<SheetPlaces>, Result<(), Faults>) {
    let name = opened.name.clone();
    let length = opened.length;
    let book = Book::open(opened, format, options.limits);
    let found = book.and_then(|mut book| {
        if book.sheets().is_empty() {
            return Err(package::damaged(&"0 sheets"));
        }
        let found = heading::find(&mut book, options, knows)?;
        Ok((book, found))
    });
    let (mut book, found) = match found {
        Ok((book, Some(found))) => (book, found),
        Ok((_, None)) => return (None, Ok(())),
        Err(fault) => return (None, Err(fault.into())),
    };
    let mut places = SheetPlaces::new(&name, &found.sheet, &found.titles);
    let elsewhere = match found.repeats {
        true => Elsewhere::read(&mut book, found.index).map(Some),
        false => Ok(None),
    };
    let elsewhere = match elsewhere {
        Ok(elsewhere) => elsewhere,
        Err(fault) => return (Some(places), Err(fault.into())),
    };
    let names: Vec<String> = book.sheets().iter().map(|s| s.name.clone()).collect();
    let mut rows = Rows {
        limits: options.limits,
        options,
        length,
        sheet: &found.sheet,
        width: found.titles.len(),
        after: found.row,
        row: 0,
        count: 1,
        names: &names,
        elsewhere,
        typed: HashMap::new(),
        text: String::new(),
        cells: Vec::new(),
        faults: Faults::new(),
        each,
    };
    let titles: Vec<Cell<'_>> = found.titles.iter().map(|t| Cell::Text(t)).collect();
    let heading = Row {
        line: u64::from(found.row),
        cells: &titles,
    };
    if (rows.each)(heading).is_break() {
        return (Some(places), Ok(()));
    }
    let read = book.cells(found.index, &mut |row, column, value| {
        rows.take(row, column, value)
    });
    let ended = read.and_then(|()| rows.flush().map(|_| ()));
    if let Err(fault) = ended {
        rows.faults.push(fault.at_sheet(&found.sheet));
    }
    let Rows { faults, typed, .. } = rows;
    for ((line, column), at) in typed {
        let sheet = names.get(at.sheet).map_or("", String::as_str);
        places.put(line, column, sheet, at.row, at.column as usize);
    }
    (Some(places), faults.into_result(()))
}

/// Names the sheet in a fault that names none.
trait AtSheet {
    fn at_sheet(self, sheet: &str) -> Self;
}

impl AtSheet for Fault {
    fn at_sheet(mut self, sheet: &str) -> Fault {
        self.place.sheet.get_or_insert_with(|| sheet.to_owned());
        self
    }
}

/// A cell of the row that is being put together.
enum Held {
    Blank,
    /// A piece of the row's text.
    Text(Range<usize>),
    Number(f64),
    Percent(f64),
    Date(Date),
    Bool(bool),
}

/// Puts cells together into rows.
struct Rows<'r> {
    limits: Limits,
    options: &'r ReadOptions,
    length: u64,
    sheet: &'r str,
    width: usize,
    /// The row of the heading.
    after: u32,
    row: u32,
    count: u64,
    /// The names of all sheets.
    names: &'r [String],
    /// What stands in cells that are repeated here, where some are.
    elsewhere: Option<Elsewhere>,
    /// Where cells of this table are typed, by row and column.
    typed: HashMap<(u64, usize), At>,
    text: String,
    cells: Vec<Held>,
    faults: Faults,
    each: &'r mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
}

impl Rows<'_> {
    fn take(&mut self, row: u32, column: u32, value: Value<'_>) -> Result<ControlFlow<()>, Fault> {
        if row <= self.after {
            return Ok(ControlFlow::Continue(()));
        }
        if row != self.row {
            if self.flush()?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if row < self.row {
                let found = self.address(row, column);
                return Err(package::damaged(&found));
            }
            self.row = row;
        }
        let at = column as usize;
        if at >= self.limits.columns || row > SHEET_ROWS {
            let (columns, rows) = (
                grouped(self.limits.columns as u64),
                grouped(u64::from(SHEET_ROWS)),
            );
            let expected = Text::new(
                format!("至多 {columns} 列、{rows} 行"),
                format!("at most {columns} columns and {rows} rows"),
            );
            let fault = Fault::new(FaultCode::TooLarge).at(self.place(row, column));
            return Err(fault.expected(expected));
        }
        let value = match value {
            Value::Elsewhere(place) => {
                self.typed.insert((u64::from(row), at), place);
                let value = self.elsewhere.as_ref().and_then(|held| held.value(place));
                let Some(value) = value else {
                    return Ok(ControlFlow::Continue(()));
                };
                value
            }
            value => value,
        };
        let held = match value {
            // The form's own cell is repeated nowhere else.
            Value::Elsewhere(_) => Held::Blank,
            Value::Text(text) => {
                let start = self.text.len();
                if start + text.len() > self.limits.record {
                    let most = grouped(self.limits.record as u64);
                    let fault = Fault::new(FaultCode::TooLarge).at(self.place(row, column));
                    return Err(fault.found(text).expected(Text::new(
                        format!("每行至多 {most} 字节"),
                        format!("at most {most} bytes a row"),
                    )));
                }
                self.text.push_str(&text);
                Held::Text(start..self.text.len())
            }
            Value::Number(number) => Held::Number(number),
            Value::Percent(number) => Held::Percent(number),
            Value::Date(date) => Held::Date(date),
            Value::Bool(yes) => Held::Bool(yes),
            Value::Error(error) => {
                let fault = Fault::new(FaultCode::Value).at(self.place(row, column));
                self.faults.push(fault.found(error).expected(Text::new(
                    "一个值\u{ff08}公式出错\u{ff09}",
                    "a value: the formula failed",
                )));
                Held::Blank
            }
            Value::NoResult => {
                let fault = Fault::new(FaultCode::Value).at(self.place(row, column));
                self.faults.push(fault.expected(Text::new(
                    "公式的计算结果\u{ff08}请用表格软件打开并保存一次\u{ff09}",
                    "the formula's result: open the workbook in a spreadsheet program and save it",
                )));
                Held::Blank
            }
        };
        while self.cells.len() <= at {
            self.cells.push(Held::Blank);
        }
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = held;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn address(&self, row: u32, column: u32) -> String {
        format!("{}{row}", column_letters(column as usize))
    }

    /// The place of a cell, or of the cell that it repeats.
    fn place(&self, row: u32, column: u32) -> Place {
        let typed = self.typed.get(&(u64::from(row), column as usize));
        let (sheet, row, column) = match typed {
            Some(at) => {
                let name = self.names.get(at.sheet).map_or("", String::as_str);
                (name, at.row, at.column)
            }
            None => (self.sheet, row, column),
        };
        Place {
            sheet: Some(sheet.to_owned()),
            line: Some(u64::from(row)),
            cell: Some(self.address(row, column)),
            ..Place::default()
        }
    }

    /// Hands the row on that was put together.
    fn flush(&mut self) -> Result<ControlFlow<()>, Fault> {
        if self.cells.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        while self.cells.len() < self.width {
            self.cells.push(Held::Blank);
        }
        let cells: Vec<Cell<'_>> = self
            .cells
            .iter()
            .map(|held| match held {
                Held::Blank => Cell::Blank,
                Held::Text(range) => Cell::Text(self.text.get(range.clone()).unwrap_or_default()),
                Held::Number(number) => Cell::Float(*number),
                Held::Percent(number) => Cell::Percentage(*number),
                Held::Date(date) => Cell::Date(*date),
                Held::Bool(yes) => Cell::Bool(*yes),
            })
            .collect();
        let row = Row {
            line: u64::from(self.row),
            cells: &cells,
        };
        let mut flow = ControlFlow::Continue(());
        if !row.is_blank() {
            self.count += 1;
            if self.count > self.limits.rows {
                let most = grouped(self.limits.rows);
                let expected = Text::new(
                    format!("至多 {most} 行\u{ff08}含标题行\u{ff09}"),
                    format!("at most {most} rows with the heading"),
                );
                return Err(over_limit(Some(row.line), self.count, expected));
            }
            if self.count.is_multiple_of(WORD_EVERY)
                && let Some(progress) = &self.options.progress
                && !progress(0, self.length)
            {
                return Err(Fault::new(FaultCode::Cancelled));
            }
            flow = (self.each)(row);
        }
        self.cells.clear();
        self.text.clear();
        Ok(flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (letters, column) in [
            ("A", 0),
            ("Z", 25),
            ("AA", 26),
            ("AMJ", 1023),
            ("XFD", 16383),
        ] {
            assert_eq!(letters_to_column(letters), Some(column));
            assert_eq!(column_letters(column as usize), letters);
        }
        assert_eq!(letters_to_column(""), None);
        assert_eq!(letters_to_column("A1"), None);
    }

    #[test]
    fn days_count_from_1900_and_from_1904() {
        let date = |serial, from_1904| match date_of_serial(serial, from_1904) {
            Value::Date(date) => date.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(date(1.0, false), "1900-01-01");
        assert_eq!(date(59.0, false), "1900-02-28");
        assert_eq!(date(61.0, false), "1900-03-01");
        assert_eq!(date(44035.0, false), "2020-07-23");
        assert_eq!(date(42573.0, true), "2020-07-23");
        assert_eq!(
            date_of_serial(44035.5, false),
            Value::Text(Cow::Borrowed("2020-07-23 12:00"))
        );
    }
}
