//! All that a campaign's run leaves in a folder: the tables, the workbook, the page.

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::thread;

use dabiao::Lang;
use dabiao::campaign::CampaignResult;

use super::LoadedCampaign;
use super::output::add_campaign;
use crate::workbook::add_campaign_workbook;
use crate::write::OutputSet;

/// What a run is too large for, and has not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// `results.xlsx`, above [`crate::RESULTS_COMMUNITIES`].
    pub workbook: bool,
    /// `report.html`, where `page` gave none.
    pub page: bool,
}

/// Adds everything that a campaign's run writes to a set: the files of [`add_campaign`],
/// `results.xlsx`, and `report.html` with what `page` makes, beside the tables, since it takes
/// about as long as they do. A workbook or page that an earlier run has left, and this one has
/// not, is taken away.
///
/// The page comes from outside because a report is no table: `dabiao_report::Report::page`.
///
/// # Errors
/// A file cannot be written; those of `page`.
pub fn add_run(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
    page: impl FnOnce() -> io::Result<Option<Vec<u8>>> + Send,
    set: &mut OutputSet,
) -> io::Result<LeftOut> {
    let page = thread::scope(|scope| {
        let page = scope.spawn(page);
        add_campaign(loaded, result, lang, set)?;
        page.join().unwrap_or_else(|panic| resume_unwind(panic))
    })?;
    match &page {
        Some(page) => set.write("report.html", |file| file.write_all(page))?,
        None => set.remove("report.html"),
    }
    let workbook = add_campaign_workbook(loaded, result, lang, set)?;
    Ok(LeftOut {
        workbook: !workbook,
        page: page.is_none(),
    })
}
