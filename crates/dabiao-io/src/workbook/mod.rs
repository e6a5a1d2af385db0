//! Workbooks for people: templates to fill in, standards to edit, results for a meeting.

mod look;
mod results;
mod sheet;
mod standard;
mod template;

pub use results::{RESULTS_COMMUNITIES, add_results_workbook, campaign_workbook, results_workbook};
pub use standard::{is_workbook, read_standard, standard_workbook};
pub use template::{TemplateCommunity, TemplateFor, TemplateOptions, template, templates};

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// A workbook whose bytes depend on what is in it alone.
fn new_workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let about = DocProperties::new()
        .set_title(title)
        .set_comment(concat!("dabiao ", env!("CARGO_PKG_VERSION")))
        .set_creation_datetime(&made);
    book.set_properties(&about);
    Ok(book)
}

fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
