//! Where the columns of a workbook's table stand, so that a fault can name its cell.

use dabiao::{Fault, Faults};

/// The columns of a table in a workbook: what turns line and heading into `Sheet1!C17`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetPlaces {
    file: String,
    sheet: String,
    titles: Vec<String>,
}

impl SheetPlaces {
    #[cfg(feature = "workbook")]
    pub(crate) fn new(file: &str, sheet: &str, titles: &[String]) -> SheetPlaces {
        SheetPlaces {
            file: file.to_owned(),
            sheet: sheet.to_owned(),
            titles: titles.to_vec(),
        }
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
        place.sheet.get_or_insert_with(|| self.sheet.clone());
        let at = place
            .field
            .as_ref()
            .and_then(|field| self.titles.iter().position(|title| title == field));
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
