//! All that a campaign's run leaves in a folder: the tables, the workbook, the page.

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::thread;

use dabiao::Lang;
use dabiao::campaign::CampaignResult;

use super::LoadedCampaign;
use super::output::add_campaign;
use crate::workbook::{RESULTS_COMMUNITIES, campaign_workbook};
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
/// `results.xlsx`, and `report.html` with what `page` makes. Workbook and page are made beside the
/// tables, since each takes about as long as they do. A workbook or page that an earlier run has left, and this one has
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
    let (page, workbook) = thread::scope(|scope| {
        let page = scope.spawn(page);
        let workbook = scope.spawn(|| made(loaded, result, lang));
        add_campaign(loaded, result, lang, set)?;
        let page = page.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        let workbook = workbook.join();
        let workbook = workbook.unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok::<_, io::Error>((page, workbook))
    })?;
    for (name, made) in [("report.html", &page), ("results.xlsx", &workbook)] {
        match made {
            Some(bytes) => set.write(name, |file| file.write_all(bytes))?,
            None => set.remove(name),
        }
    }
    Ok(LeftOut {
        workbook: workbook.is_none(),
        page: page.is_none(),
    })
}

/// The workbook; nothing where there are too many communities for one.
fn made(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
) -> io::Result<Option<Vec<u8>>> {
    if result.scores.len() > RESULTS_COMMUNITIES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    campaign_workbook(loaded, result, lang, &mut bytes)?;
    Ok(Some(bytes))
}
