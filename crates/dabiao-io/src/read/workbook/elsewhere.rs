//! Cells that only repeat what stands in another one: the sheet for programs of a filled
//! template repeats the cells of its form. They are read where they are typed, since a program
//! that fills in a form need not work out its formulas, and a percentage is told by the cell in
//! which somebody typed it.

use std::collections::HashMap;
use std::ops::ControlFlow;

use dabiao::{Fault, FaultCode, Text};

use super::{Book, SheetName, Value, letters_to_column, xlsx::split_address};
use crate::read::grouped;

/// More cells than this no template repeats: 200 communities of 1,024 columns.
const MOST: usize = 204_800;

/// A cell: its sheet's position, its row from 1, its column from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::read) struct At {
    pub(super) sheet: usize,
    pub(super) row: u32,
    pub(super) column: u32,
}

impl At {
    /// The cell that a formula repeats: `IF(自评表!$G$7="","",自评表!$G$7)`, or as an OpenDocument
    /// has it. Nothing of any other formula.
    pub(super) fn repeated(formula: &str, sheets: &[SheetName]) -> Option<At> {
        let formula = formula.trim();
        let formula = formula.strip_prefix("of:").unwrap_or(formula);
        let formula = formula.strip_prefix('=').unwrap_or(formula).trim();
        let inside = formula.strip_prefix("IF(")?.strip_suffix(')')?;
        let (asked, rest) = inside.split_once("=\"\"")?;
        let rest = rest.trim_start();
        let rest = rest.strip_prefix([',', ';'])?.trim_start();
        let rest = rest.strip_prefix("\"\"")?.trim_start();
        let repeated = rest.strip_prefix([',', ';'])?;
        (asked.trim() == repeated.trim()).then(|| At::parse(asked.trim(), sheets))?
    }

    /// `'自评表'!$G$7`, `[$自评表.$G$7]`, `自评表!G7`.
    pub(super) fn parse(text: &str, sheets: &[SheetName]) -> Option<At> {
        let bracketed = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let (sheet, cell) = match bracketed {
            Some(inside) => inside.rsplit_once('.')?,
            None => text.rsplit_once('!')?,
        };
        let sheet = sheet.strip_prefix('$').unwrap_or(sheet);
        let quoted = sheet.strip_prefix('\'').and_then(|s| s.strip_suffix('\''));
        let sheet = quoted.map_or_else(|| sheet.to_owned(), |inside| inside.replace("''", "'"));
        let cell = cell.replace('$', "");
        let (letters, digits) = split_address(&cell);
        Some(At {
            sheet: sheets.iter().position(|held| held.name == sheet)?,
            row: digits.parse().ok()?,
            column: letters_to_column(letters)?,
        })
    }
}

/// What stands in the cells that a sheet repeats.
pub(super) struct Elsewhere {
    values: HashMap<At, Option<Value<'static>>>,
}

impl Elsewhere {
    /// Reads them; the book is then to follow.
    pub(super) fn read(book: &mut Book<'_>, sheet: usize) -> Result<Elsewhere, Fault> {
        let mut values: HashMap<At, Option<Value<'static>>> = HashMap::new();
        book.follow(true);
        book.cells(sheet, &mut |_, _, value| {
            if let Value::Elsewhere(at) = value {
                values.insert(at, None);
            }
            if values.len() > MOST {
                let most = grouped(MOST as u64);
                return Err(Fault::new(FaultCode::TooLarge).expected(Text::new(
                    format!("至多 {most} 个引自其他工作表的单元格"),
                    format!("at most {most} cells that repeat another sheet's"),
                )));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let mut sheets: Vec<usize> = values.keys().map(|at| at.sheet).collect();
        sheets.sort_unstable();
        sheets.dedup();
        book.follow(false);
        for sheet in sheets {
            book.cells(sheet, &mut |row, column, value| {
                let at = At { sheet, row, column };
                if let Some(held) = values.get_mut(&at) {
                    *held = Some(value.into_owned());
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        book.follow(true);
        Ok(Elsewhere { values })
    }

    pub(super) fn value(&self, at: At) -> Option<Value<'static>> {
        self.values.get(&at).cloned().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_a_cell_is_told() {
        let sheet = |name: &str| SheetName {
            name: name.to_owned(),
            hidden: false,
        };
        let sheets = [sheet("数据"), sheet("自评表"), sheet("it's a.b")];
        let at = |sheet, row, column| Some(At { sheet, row, column });
        for (formula, expected) in [
            ("IF('自评表'!$G$7=\"\",\"\",'自评表'!$G$7)", at(1, 7, 6)),
            ("IF(自评表!$G$7=\"\",\"\",自评表!$G$7)", at(1, 7, 6)),
            ("=IF(自评表!G7=\"\", \"\", 自评表!G7)", at(1, 7, 6)),
            (
                "of:=IF([$自评表.$G$7]=\"\";\"\";[$自评表.$G$7])",
                at(1, 7, 6),
            ),
            (
                "IF('it''s a.b'!$A$1=\"\",\"\",'it''s a.b'!$A$1)",
                at(2, 1, 0),
            ),
            (
                "of:=IF([$'it''s a.b'.$A$1]=\"\";\"\";[$'it''s a.b'.$A$1])",
                at(2, 1, 0),
            ),
            ("IF(自评表!$G$7=\"\",\"\",自评表!$G$8)", None),
            ("IF(自评表!$G$7=\"\",\"\",自评表!$G$7*2)", None),
            ("IF(别处!$G$7=\"\",\"\",别处!$G$7)", None),
            ("IF([1]自评表!$G$7=\"\",\"\",[1]自评表!$G$7)", None),
            ("自评表!G7", None),
            ("IF(=\"\",\"\",)", None),
            ("", None),
        ] {
            assert_eq!(At::repeated(formula, &sheets), expected, "{formula}");
        }
    }
}
