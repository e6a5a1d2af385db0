//! Standards in and out of a workbook, so that a bureau edits wording, points and marks where it
//! edits everything else. [`layout`] says which sheets and columns there are, [`export`] fills
//! them, [`import`] puts them together again and has them read like any standard's file.

mod export;
mod import;
mod layout;
mod table;

use dabiao::{Fault, FaultCode, Faults, Text};
use rust_xlsxwriter::XlsxError;

pub use export::standard_workbook;
pub use import::{is_workbook, read_standard};

fn unwritable(error: &XlsxError) -> Faults {
    let expected = Text::new("能写成工作簿的标准", "a standard that fits into a workbook");
    Fault::new(FaultCode::TooLarge)
        .found(error)
        .expected(expected)
        .into()
}
