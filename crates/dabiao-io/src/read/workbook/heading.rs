//! Which sheet holds the table, and which of its rows is the heading.

use std::ops::ControlFlow;

use dabiao::{Fault, FaultCode, Text};

use super::elsewhere::At;
use super::{Book, Merge, SheetName, Value};
use crate::read::ReadOptions;

/// A heading stands among the first rows that hold something.
const LOOKED_AT: usize = 50;
/// A title is no longer than this; what is longer is a remark.
const TITLE: usize = 200;

/// A table's heading.
pub(super) struct Found {
    pub(super) index: usize,
    pub(super) sheet: String,
    /// Its row, from 1; of several rows the last.
    pub(super) row: u32,
    pub(super) titles: Vec<String>,
    /// Whether its cells repeat those of another sheet: the row over the heading says where
    /// each value is typed.
    pub(super) repeats: bool,
}

/// The first rows of a sheet as texts: row, and column with text.
type Top = Vec<(u32, Vec<(u32, String)>)>;

/// The sheet that is asked for or the first that fits, with its heading; nothing where no sheet
/// holds anything.
pub(super) fn find(
    book: &mut Book<'_>,
    options: &ReadOptions,
    knows: &dyn Fn(&str) -> bool,
) -> Result<Option<Found>, Fault> {
    let sheets = book.sheets().to_vec();
    let candidates: Vec<usize> = match &options.sheet {
        Some(name) => {
            let at = sheets.iter().position(|sheet| sheet.name == *name);
            let Some(at) = at else {
                let names: Vec<&str> = sheets.iter().map(|s| s.name.as_str()).collect();
                let fault = Fault::new(FaultCode::Unreadable).found(name);
                return Err(fault.expected(Text::new(
                    format!("工作表之一\u{ff1a}{}", names.join("、")),
                    format!("one of its sheets: {}", names.join(", ")),
                )));
            };
            vec![at]
        }
        None => (0..sheets.len())
            .filter(|at| sheets.get(*at).is_some_and(|sheet| !sheet.hidden))
            .collect(),
    };
    let mut first = None;
    for index in candidates {
        let top = top(book, index, options)?;
        if top.is_empty() {
            continue;
        }
        let merges = book.merges(index)?;
        let sheet = sheets.get(index).map_or("", |sheet| sheet.name.as_str());
        let (known, row, titles) = best(&top, &merges, knows);
        let found = Found {
            index,
            sheet: sheet.to_owned(),
            row,
            titles,
            repeats: repeats(&top, row, &sheets),
        };
        if known >= 2 {
            return Ok(Some(found));
        }
        first.get_or_insert(found);
    }
    Ok(first)
}

/// Whether the row over a heading names cells, `自评表!G7`, and nothing else.
fn repeats(top: &Top, heading: u32, sheets: &[SheetName]) -> bool {
    let above = top.iter().find(|(row, _)| row + 1 == heading);
    above.is_some_and(|(_, cells)| {
        let mut named = cells.iter().map(|(_, text)| At::parse(text, sheets));
        named.len() > 0 && named.all(|at| at.is_some())
    })
}

fn top(book: &mut Book<'_>, index: usize, options: &ReadOptions) -> Result<Top, Fault> {
    let mut top: Top = Vec::new();
    let columns = options.limits.columns;
    book.cells(index, &mut |row, column, value| {
        if top.last().is_none_or(|(last, _)| *last != row) {
            if top.len() == LOOKED_AT {
                return Ok(ControlFlow::Break(()));
            }
            top.push((row, Vec::new()));
        }
        let text = match value {
            Value::Text(text) => title(&text),
            Value::Number(number) | Value::Percent(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Error(error) => error.into_owned(),
            Value::NoResult | Value::Elsewhere(_) => String::new(),
        };
        if let Some((_, cells)) = top.last_mut()
            && cells.len() < columns
        {
            cells.push((column, text));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    // Cells that hold nothing but blanks are none.
    for (_, cells) in &mut top {
        cells.retain(|(_, text)| !text.is_empty());
    }
    top.retain(|(_, cells)| !cells.is_empty());
    Ok(top)
}

/// A title without the line breaks and blanks that lay it out.
fn title(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let start = trimmed.char_indices().nth(TITLE).map(|(at, _)| at);
    let trimmed = trimmed
        .get(..start.unwrap_or(trimmed.len()))
        .unwrap_or_default();
    trimmed
        .chars()
        .filter(|c| !matches!(c, '\n' | '\r'))
        .collect()
}

/// The row that holds most of the titles that are known, with its titles; without any, the
/// first row of two cells or more.
fn best(top: &Top, merges: &[Merge], knows: &dyn Fn(&str) -> bool) -> (usize, u32, Vec<String>) {
    let mut best: Option<(usize, u32, Vec<String>)> = None;
    for at in 0..top.len() {
        let Some((row, _)) = top.get(at) else { break };
        let titles = titles(top, at, merges, knows);
        let known = titles.iter().filter(|title| knows(title)).count();
        if known > best.as_ref().map_or(0, |(most, _, _)| *most) {
            best = Some((known, *row, titles));
        }
    }
    if let Some(best) = best.filter(|(known, _, _)| *known >= 2) {
        return best;
    }
    let wide = |(_, cells): &&(u32, Vec<(u32, String)>)| cells.len() >= 2;
    let chosen = top.iter().position(|row| wide(&row)).unwrap_or(0);
    let row = top.get(chosen).map_or(1, |(row, _)| *row);
    (0, row, titles(top, chosen, merges, &|_| false))
}

/// The titles over each column as one row gives them; where it leaves a column to a title above
/// it, merged down or known by itself, that one.
fn titles(top: &Top, at: usize, merges: &[Merge], knows: &dyn Fn(&str) -> bool) -> Vec<String> {
    let Some((row, cells)) = top.get(at) else {
        return Vec::new();
    };
    let mut titles: Vec<String> = Vec::new();
    let mut put = |column: u32, text: &str| {
        let column = column as usize;
        if titles.len() <= column {
            titles.resize(column + 1, String::new());
        }
        if let Some(title) = titles.get_mut(column).filter(|title| title.is_empty()) {
            text.clone_into(title);
        }
    };
    for (column, text) in cells {
        put(*column, text);
    }
    for (above, cells) in top.get(..at).unwrap_or_default().iter().rev() {
        for (column, text) in cells {
            let merge = merges.iter().find(|merge| {
                (merge.rows.0..=merge.rows.1).contains(above)
                    && (merge.columns.0..=merge.columns.1).contains(column)
            });
            let reaches = match merge {
                Some(merge) => merge.rows.1 >= *row && merge.columns.0 == merge.columns.1,
                None => *above + 1 == *row && knows(text),
            };
            if reaches {
                put(*column, text);
            }
        }
    }
    titles
}
