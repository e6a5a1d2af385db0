//! The sheets of a standard's workbook as rows of cells by key.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use dabiao::{Cell, Fault, FaultCode, Faults, Place, Rational, Text};

use super::layout::{HEAD, Sheet};
use crate::{ReadOptions, Source, read_rows};

/// Whether a sheet could not be read because it is not there.
pub(super) fn is_absent(faults: &Faults, sheet: &Sheet) -> bool {
    matches!(faults.listed.as_slice(), [fault]
        if fault.code == FaultCode::Unreadable && fault.found.as_deref() == Some(sheet.name))
}

/// A cell and where it stands.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) sheet: &'static str,
    pub(super) cell: String,
}

/// A row: what its columns hold, by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) row: u64,
    pub(super) values: BTreeMap<&'static str, (usize, String)>,
}

impl Line {
    pub(super) fn get(&self, key: &str) -> &str {
        self.values.get(key).map_or("", |(_, text)| text)
    }
}

/// A sheet's rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Line>,
    /// The key of each column.
    keys: Vec<Option<&'static str>>,
}

impl Table {
    pub(super) fn read(name: &str, bytes: &[u8], sheet: &Sheet) -> Result<Table, Faults> {
        let options = ReadOptions::new().with_sheet(sheet.name);
        let mut keys: Option<Vec<Option<&'static str>>> = None;
        let mut table = Table::default();
        let mut faults = Faults::new();
        let mut heading = 1;
        let is_head = sheet.name == HEAD.name;
        read_rows(Source::bytes(name, bytes), &options, &mut |row| {
            let texts: Vec<String> = row.cells.iter().map(|cell| text(*cell)).collect();
            if is_head {
                // A key and its value on each row.
                let key = texts.first().and_then(|title| key_of(sheet, title));
                if let (Some(key), Some(value)) = (key, texts.get(1)) {
                    let mut line = Line {
                        row: row.line,
                        ..Line::default()
                    };
                    line.values.insert(key, (1, value.clone()));
                    table.rows.push(line);
                }
                return ControlFlow::Continue(());
            }
            let Some(keys) = &keys else {
                for (at, title) in texts.iter().enumerate() {
                    if !title.is_empty() && key_of(sheet, title).is_none() {
                        let known: Vec<&str> = sheet.columns.iter().map(|c| c.key).collect();
                        let place = place(sheet.name, row.line, at);
                        let fault = Fault::new(FaultCode::UnknownColumn).at(place).found(title);
                        let known = known.join(", ");
                        faults.push(fault.expected(Text::new(
                            format!("以字段名结尾的列标题\u{ff0c}字段名为 {known} 之一"),
                            format!("a title that ends in one of the keys {known}"),
                        )));
                    }
                }
                keys = Some(texts.iter().map(|title| key_of(sheet, title)).collect());
                heading = row.line;
                return ControlFlow::Continue(());
            };
            let mut line = Line {
                row: row.line,
                ..Line::default()
            };
            for (at, value) in texts.into_iter().enumerate() {
                if let Some(Some(key)) = keys.get(at)
                    && !value.is_empty()
                {
                    line.values.insert(key, (at, value));
                }
            }
            if !line.values.is_empty() {
                table.rows.push(line);
            }
            ControlFlow::Continue(())
        })?;
        table.keys = keys.unwrap_or_default();
        if !table.rows.is_empty() && faults.is_empty() {
            for key in sheet.needed() {
                if !is_head && !table.keys.contains(&Some(*key)) {
                    let mut place = place(sheet.name, heading, 0);
                    place.cell = None;
                    place.line = Some(heading);
                    let column = sheet.columns.iter().find(|column| column.key == *key);
                    let title = column.map_or("", |column| column.zh);
                    let expected = format!("{title} {key}");
                    let fault = Fault::new(FaultCode::MissingColumn).at(place);
                    faults.push(fault.expected(Text::from(expected)));
                }
            }
        }
        faults.into_result(table)
    }

    /// The cell of a key in a row.
    pub(super) fn cell_of(&self, row: u64, key: &str) -> Option<String> {
        let at = self.keys.iter().position(|held| *held == Some(key))?;
        Some(address(row, at))
    }
}

/// The key that a title ends in.
fn key_of(sheet: &Sheet, title: &str) -> Option<&'static str> {
    let last = title.split_whitespace().next_back()?;
    let column = sheet.columns.iter().find(|column| column.key == last)?;
    Some(column.key)
}

pub(super) fn place(sheet: &str, row: u64, column: usize) -> Place {
    Place {
        sheet: Some(sheet.to_owned()),
        cell: Some(address(row, column)),
        ..Place::default()
    }
}

pub(super) fn address(row: u64, column: usize) -> String {
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    format!(
        "{}{row}",
        rust_xlsxwriter::utility::column_number_to_name(column)
    )
}

/// A cell as a person sees it.
fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Percentage(part) => match part.to_string().parse::<Rational>() {
            Ok(part) => format!("{}%", &part * &Rational::from(100)),
            Err(_) => part.to_string(),
        },
        Cell::Float(number) => number.to_string(),
        other => other.to_text().trim().to_owned(),
    }
}
