//! ODS: OpenDocument, read as a stream. A repeated cell or row is never written out in memory.

use std::borrow::Cow;
use std::ops::ControlFlow;

use dabiao::{Fault, FaultCode, Text};
use jiff::civil::Date;
use quick_xml::events::{BytesStart, Event};

use super::elsewhere::At;
use super::package::{Package, Part, damaged};
use super::xml::{attribute, next, push_text};
use super::{Merge, SheetName, Value, Visit};
use crate::read::grouped;

/// Cells that stand for themselves and are repeated, all together.
const REPEATED: u64 = 20_000_000;

pub(super) struct Ods<'a> {
    package: Package<'a>,
    sheets: Vec<SheetName>,
    follow: bool,
}

impl<'a> Ods<'a> {
    pub(super) fn open(mut package: Package<'a>) -> Result<Ods<'a>, Fault> {
        let mut hidden: Vec<String> = Vec::new();
        let mut sheets = Vec::new();
        let mut part = package.part("content.xml")?;
        let (mut buffer, mut style, mut depth) = (Vec::new(), String::new(), 0_u32);
        loop {
            match next(&mut part, &mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "style" => {
                        style = attribute(&element, "name")?
                            .unwrap_or_default()
                            .into_owned();
                    }
                    "table-properties"
                        if attribute(&element, "display")?.as_deref() == Some("false") =>
                    {
                        hidden.push(style.clone());
                    }
                    "table" => {
                        depth += 1;
                        if depth == 1 {
                            let name = attribute(&element, "name")?.unwrap_or_default();
                            let style = attribute(&element, "style-name")?.unwrap_or_default();
                            sheets.push(SheetName {
                                name: name.into_owned(),
                                hidden: hidden.iter().any(|held| *held == style),
                            });
                        }
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "table" => {
                    depth = depth.saturating_sub(1);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        drop(part);
        Ok(Ods {
            package,
            sheets,
            follow: false,
        })
    }

    pub(super) fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    pub(super) fn follow(&mut self, follow: bool) {
        self.follow = follow;
    }

    pub(super) fn cells(&mut self, sheet: usize, visit: &mut Visit<'_>) -> Result<(), Fault> {
        self.walk(sheet, visit, &mut |_| {})
    }

    pub(super) fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>, Fault> {
        let mut merges = Vec::new();
        let mut rows = 0;
        // A heading is among the first rows.
        let mut last = 0;
        self.walk(
            sheet,
            &mut |row, _, _| {
                if row != last {
                    (last, rows) = (row, rows + 1);
                }
                Ok(if rows > 60 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            },
            &mut |merge| merges.push(merge),
        )?;
        Ok(merges)
    }

    fn walk(
        &mut self,
        sheet: usize,
        visit: &mut Visit<'_>,
        merged: &mut dyn FnMut(Merge),
    ) -> Result<(), Fault> {
        let sheets: &[SheetName] = if self.follow { &self.sheets } else { &[] };
        let mut part = self.package.part("content.xml")?;
        let mut buffer = Vec::new();
        let mut tables = 0_usize;
        loop {
            match next(&mut part, &mut buffer)? {
                Event::Start(element) if element.local_name().as_ref() == "table" => {
                    tables += 1;
                    if tables == sheet + 1 {
                        return walk_table(&mut part, sheets, visit, merged);
                    }
                    skip(&mut part, "table")?;
                }
                Event::Eof => return Err(damaged(&"content.xml: EOF")),
                _ => {}
            }
        }
    }
}

/// Reads past an element, its start being read.
fn skip(part: &mut Part<'_>, name: &str) -> Result<(), Fault> {
    let (mut buffer, mut depth) = (Vec::new(), 1_u32);
    while depth > 0 {
        match next(part, &mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == name => depth += 1,
            Event::End(element) if element.local_name().as_ref() == name => depth -= 1,
            Event::Eof => return Err(damaged(&"EOF")),
            _ => {}
        }
    }
    Ok(())
}

/// A cell with something in it.
struct Held {
    column: u32,
    times: u32,
    content: Content,
}

enum Content {
    Text(String),
    Number(f64),
    Percent(f64),
    Date(Date),
    Bool(bool),
    Error(String),
    NoResult,
    Elsewhere(At),
}

impl Content {
    fn value(&self) -> Value<'_> {
        match self {
            Content::Text(text) => Value::Text(Cow::Borrowed(text)),
            Content::Number(number) => Value::Number(*number),
            Content::Percent(number) => Value::Percent(*number),
            Content::Date(date) => Value::Date(*date),
            Content::Bool(yes) => Value::Bool(*yes),
            Content::Error(error) => Value::Error(Cow::Borrowed(error)),
            Content::NoResult => Value::NoResult,
            Content::Elsewhere(at) => Value::Elsewhere(*at),
        }
    }
}

/// Reads a table up to its end. A cell that repeats one of `sheets` says so.
fn walk_table(
    part: &mut Part<'_>,
    sheets: &[SheetName],
    visit: &mut Visit<'_>,
    merged: &mut dyn FnMut(Merge),
) -> Result<(), Fault> {
    let mut buffer = Vec::new();
    let (mut row, mut column, mut times) = (1_u32, 0_u32, 1_u32);
    let mut cells: Vec<Held> = Vec::new();
    let mut repeated = 0_u64;
    loop {
        match next(part, &mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table-row" => {
                    column = 0;
                    times = number(&element, "number-rows-repeated")?;
                    cells.clear();
                }
                "table-cell" | "covered-table-cell" => {
                    let name = element.local_name().as_ref().to_owned();
                    let count = number(&element, "number-columns-repeated")?;
                    let columns = number(&element, "number-columns-spanned")?;
                    let rows = number(&element, "number-rows-spanned")?;
                    if columns > 1 || rows > 1 {
                        merged(Merge {
                            rows: (row, row.saturating_add(rows - 1)),
                            columns: (column, column.saturating_add(columns - 1)),
                        });
                    }
                    let about = About::read(&element)?;
                    if let Some(content) = read_cell(part, &name, about, sheets)? {
                        cells.push(Held {
                            column,
                            times: count,
                            content,
                        });
                    }
                    column = column.saturating_add(count);
                }
                // What lies on a sheet besides its cells: drawings may hold tables.
                name @ ("shapes" | "table") => {
                    let name = name.to_owned();
                    skip(part, &name)?;
                }
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "table-row" => {
                    let of_one: u64 = cells.iter().map(|cell| u64::from(cell.times)).sum();
                    let all = of_one.saturating_mul(u64::from(times));
                    repeated = repeated.saturating_add(all - cells.len() as u64);
                    if repeated > REPEATED {
                        return Err(too_many());
                    }
                    if !cells.is_empty() {
                        for at in 0..times {
                            if hand_on(&cells, row.saturating_add(at), visit)?.is_break() {
                                return Ok(());
                            }
                        }
                    }
                    row = row.saturating_add(times);
                }
                "table" => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(damaged(&"EOF")),
            _ => {}
        }
    }
}

fn hand_on(cells: &[Held], row: u32, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Fault> {
    for cell in cells {
        for at in 0..cell.times {
            let column = cell.column.saturating_add(at);
            if visit(row, column, cell.content.value())?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn too_many() -> Fault {
    let most = grouped(REPEATED);
    Fault::new(FaultCode::TooLarge).expected(Text::new(
        format!("至多 {most} 个重复的单元格"),
        format!("at most {most} repeated cells"),
    ))
}

/// A count that is at least 1.
fn number(element: &BytesStart<'_>, name: &str) -> Result<u32, Fault> {
    let text = attribute(element, name)?;
    let number = text.and_then(|text| text.parse::<u32>().ok());
    Ok(number.unwrap_or(1).max(1))
}

/// What the attributes of a cell say.
#[derive(Default)]
struct About {
    kind: String,
    value: Option<String>,
    date: Option<String>,
    truth: Option<String>,
    error: bool,
    formula: Option<String>,
}

impl About {
    fn read(element: &BytesStart<'_>) -> Result<About, Fault> {
        let mut about = About::default();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| damaged(&error))?;
            let value = || attribute.value.as_ref().to_owned();
            match attribute.key.as_ref() {
                "office:value-type" => about.kind = value(),
                "office:value" => about.value = Some(value()),
                "office:date-value" => about.date = Some(value()),
                "office:boolean-value" => about.truth = Some(value()),
                "calcext:value-type" => about.error = attribute.value.as_ref() == "error",
                "table:formula" => about.formula = Some(value()),
                _ => {}
            }
        }
        Ok(about)
    }
}

/// Reads a cell up to its end.
fn read_cell(
    part: &mut Part<'_>,
    name: &str,
    about: About,
    sheets: &[SheetName],
) -> Result<Option<Content>, Fault> {
    let (mut buffer, mut text) = (Vec::new(), String::new());
    let (mut paragraphs, mut inside, mut remarks) = (0_u32, false, 0_u32);
    loop {
        let event = next(part, &mut buffer)?;
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "annotation" => remarks += 1,
                "p" if remarks == 0 => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    inside = true;
                }
                "s" if inside => text.push(' '),
                "tab" if inside => text.push('\t'),
                "line-break" if inside => text.push('\n'),
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "annotation" => remarks = remarks.saturating_sub(1),
                "p" => inside = false,
                held if held == name => break,
                _ => {}
            },
            Event::Eof => return Err(damaged(&"EOF")),
            _ if inside && remarks == 0 => push_text(&mut text, &event)?,
            _ => {}
        }
    }
    if let Some(formula) = about.formula.as_deref().filter(|_| !sheets.is_empty()) {
        let formula = quick_xml::escape::unescape(formula).map_err(|error| damaged(&error))?;
        if let Some(at) = At::repeated(&formula, sheets) {
            return Ok(Some(Content::Elsewhere(at)));
        }
    }
    if about.error {
        return Ok(Some(Content::Error(text)));
    }
    let number = about.value.as_deref().and_then(|value| value.parse().ok());
    let number = || number.ok_or_else(|| damaged(&"office:value"));
    Ok(match about.kind.as_str() {
        "float" | "currency" => Some(Content::Number(number()?)),
        "percentage" => Some(Content::Percent(number()?)),
        "boolean" => Some(Content::Bool(about.truth.as_deref() == Some("true"))),
        "date" => {
            let date = about.date.unwrap_or_default();
            match date.parse::<Date>() {
                Ok(day) if !date.contains('T') || date.ends_with("T00:00:00") => {
                    Some(Content::Date(day))
                }
                _ => Some(Content::Text(date.replace('T', " "))),
            }
        }
        "" if about.formula.is_some() => Some(Content::NoResult),
        _ => (!text.is_empty()).then_some(Content::Text(text)),
    })
}
