//! Where the columns of a workbook's table stand, so that a fault can name its cell.

use std::collections::HashMap;

use dabiao::{Fault, Faults};

/// The columns of a table in a workbook: what turns line and heading into `Sheet1!C17`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetPlaces {
    file: String,
    sheet: String,
    titles: Vec<String>,
    /// Other names of columns.
    called: Vec<(String, usize)>,
    /// By row and column: where the value is typed, if not there.
    typed: HashMap<(u64, usize), Typed>,
}

/// A cell of another sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    sheet: String,
    line: u64,
    cell: String,
}

impl SheetPlaces {
    #[cfg(feature = "workbook")]
    pub(crate) fn new(file: &str, sheet: &str, titles: &[String]) -> SheetPlaces {
        SheetPlaces {
            file: file.to_owned(),
            sheet: sheet.to_owned(),
            titles: titles.to_vec(),
            called: Vec::new(),
            typed: HashMap::new(),
        }
    }

    /// Calls the column by a name that has one of these titles.
    pub(crate) fn call(&mut self, name: &str, titles: &[&str]) {
        let titled = |title: &String| titles.contains(&title.as_str());
        if let Some(at) = self.titles.iter().position(titled) {
            self.called.push((name.to_owned(), at));
        }
    }

    /// The column of a title, or of a name.
    fn column(&self, field: &str) -> Option<usize> {
        let titled = self.titles.iter().position(|title| title == field);
        titled.or_else(|| {
            let called = self.called.iter().find(|(name, _)| name == field);
            called.map(|(_, at)| *at)
        })
    }

    /// Says that a cell of the table is typed in another sheet.
    #[cfg(feature = "workbook")]
    pub(crate) fn put(&mut self, line: u64, column: usize, sheet: &str, row: u32, at: usize) {
        let typed = Typed {
            sheet: sheet.to_owned(),
            line: u64::from(row),
            cell: format!("{}{row}", column_letters(at)),
        };
        self.typed.insert((line, column), typed);
    }

    /// The sheet's name.
    #[must_use]
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// Names sheet and cell in a fault of this table.
    pub fn locate(&self, fault: &mut Fault) {
        let place = &mut fault.place;
        if place.file.as_deref().is_some_and(|file| file != self.file) || place.cell.is_some() {
            return;
        }
        let Some(line) = place.line else { return };
        let at = place.field.as_ref().and_then(|field| self.column(field));
        if let Some(typed) = at.and_then(|at| self.typed.get(&(line, at))) {
            place.sheet = Some(typed.sheet.clone());
            place.line = Some(typed.line);
            place.cell = Some(typed.cell.clone());
            return;
        }
        place.sheet.get_or_insert_with(|| self.sheet.clone());
        place.cell = at.map(|at| format!("{}{line}", column_letters(at)));
    }
}

/// Names sheet and cell in every fault of these tables.
pub(crate) fn locate(faults: &mut Faults, places: &[SheetPlaces]) {
    for fault in &mut faults.listed {
        for place in places {
            place.locate(fault);
        }
    }
}

/// `A` for 0, `XFD` for 16,383.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
