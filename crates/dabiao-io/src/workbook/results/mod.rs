//! `results.xlsx`: what a run came to, sheet by sheet.

mod campaign;
mod cards;
mod overview;
mod ranking;

use std::io::{self, Write};

use dabiao::campaign::CampaignResult;
use dabiao::{Flag, Lang, Scores};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::look::Look;
use super::sheet::Table;
use super::{io_error, new_workbook};
use crate::campaign::LoadedCampaign;
use crate::write::OutputSet;

/// Above so many communities the results are left out of a workbook: nobody reads one of a
/// hundred megabytes, and the CSV files hold all of it.
pub const RESULTS_COMMUNITIES: usize = 5_000;

/// What every sheet is made of.
struct Made<'r> {
    scores: &'r Scores,
    lang: Lang,
    look: Look,
    remark: Option<String>,
    mark: Option<String>,
}

impl Made<'_> {
    fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.lang.pick(zh, en)
    }

    fn attribute(&self, name: &str, row: usize) -> String {
        let values = self.scores.observations().attribute(name);
        values
            .and_then(|values| values.get(row))
            .cloned()
            .unwrap_or_default()
    }

    fn grade(&self, id: &str) -> String {
        let grades = &self.scores.standard().document().grades;
        let grade = grades.iter().find(|grade| grade.id == id);
        grade
            .map_or(id, |grade| grade.title.get(self.lang))
            .to_owned()
    }

    /// A section, item, bonus, deduction or veto by its code: the code and the title.
    fn titled(&self, code: &str) -> String {
        let standard = self.scores.standard();
        let document = standard.document();
        let sections = standard.sections();
        let sections = sections.iter().map(|held| (&held.id, &held.title));
        let extras = document.bonus.iter().chain(&document.deductions);
        let items = standard.items().into_iter().chain(extras);
        let items = items.map(|held| (&held.id, &held.title));
        let vetoes = document.vetoes.iter().map(|held| (&held.id, &held.title));
        let mut all = sections.chain(items).chain(vetoes);
        match all.find(|(id, _)| *id == code) {
            Some((id, title)) => format!("{id} {}", title.get(self.lang)),
            None => code.to_owned(),
        }
    }

    /// The titles of the grades, best first.
    fn grades(&self) -> Vec<String> {
        let grades = &self.scores.standard().document().grades;
        let titles = grades.iter().map(|grade| grade.title.get(self.lang));
        titles.map(str::to_owned).collect()
    }

    fn table(&self, name: &str, title: &str) -> Table {
        Table {
            name: name.to_owned(),
            title: title.to_owned(),
            remark: self.remark.clone(),
            mark: self.mark.clone(),
            columns: Vec::new(),
            rows: Vec::new(),
            frozen: 0,
        }
    }

    fn flag(&self, flag: Flag) -> &'static str {
        match flag {
            Flag::Provisional => self.lang.pick("等次待定", "provisional"),
            Flag::Imputed => self.lang.pick("含推算值", "imputed"),
            Flag::GradeTaken => self.lang.pick("等次被否决", "grade taken"),
            Flag::NoTotal => self.lang.pick("无总分", "no total"),
            other => other.as_str(),
        }
    }
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Writes the results of a scored table as a workbook: an overview with charts, the ranking,
/// every item of every community, where points are lost.
///
/// Its bytes are the same for the same results.
///
/// # Errors
/// Those of `out`; more than [`RESULTS_COMMUNITIES`] is an invalid input.
pub fn results_workbook(scores: &Scores, lang: Lang, out: impl Write) -> io::Result<()> {
    workbook(scores, lang, None, out)
}

/// Writes the results of a campaign as a workbook: as [`results_workbook`], and besides the
/// selection with its reasons, the league tables of districts and streets, coverage of the
/// party grid, differences between phases.
///
/// # Errors
/// As [`results_workbook`].
pub fn campaign_workbook(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
    out: impl Write,
) -> io::Result<()> {
    workbook(&result.scores, lang, Some((loaded, result)), out)
}

/// Adds `results.xlsx` to the files of a run; says whether it did, which it does up to
/// [`RESULTS_COMMUNITIES`]. Above, one that an earlier run has left is taken away.
///
/// # Errors
/// The file cannot be written.
pub fn add_results_workbook(scores: &Scores, lang: Lang, set: &mut OutputSet) -> io::Result<bool> {
    if scores.len() > RESULTS_COMMUNITIES {
        set.remove("results.xlsx");
        return Ok(false);
    }
    set.write("results.xlsx", |file| results_workbook(scores, lang, file))?;
    Ok(true)
}

type OfCampaign<'r> = Option<(&'r LoadedCampaign, &'r CampaignResult)>;

fn workbook(
    scores: &Scores,
    lang: Lang,
    campaign: OfCampaign<'_>,
    mut out: impl Write,
) -> io::Result<()> {
    if scores.len() > RESULTS_COMMUNITIES {
        let most = RESULTS_COMMUNITIES;
        let message = format!("more than {most} communities for one workbook");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let made = Made {
        scores,
        lang,
        look: Look::new(),
        remark: remark(scores, lang, campaign),
        mark: mark(scores, lang, campaign),
    };
    let mut book = fill(&made, campaign).map_err(io_error)?;
    let bytes = book.save_to_buffer().map_err(io_error)?;
    out.write_all(&bytes)
}

fn is_synthetic(campaign: OfCampaign<'_>) -> bool {
    campaign.is_some_and(|(loaded, _)| loaded.document.synthetic)
}

fn synthetic(lang: Lang) -> &'static str {
    lang.pick(
        "合成数据\u{ff0c}仅供演示。",
        "Synthetic data, for demonstration only.",
    )
}

/// The same in a few words, for the foot of every page.
fn mark(scores: &Scores, lang: Lang, campaign: OfCampaign<'_>) -> Option<String> {
    if is_synthetic(campaign) {
        return Some(synthetic(lang).to_owned());
    }
    let notice = scores.standard().document().notice.as_ref();
    notice.map(|_| {
        lang.pick("见表首声明", "See the notice at the top")
            .to_owned()
    })
}

/// That marks are made up, and what is drafted.
fn remark(scores: &Scores, lang: Lang, campaign: OfCampaign<'_>) -> Option<String> {
    let synthetic = is_synthetic(campaign).then(|| synthetic(lang));
    let notice = scores.standard().document().notice.as_ref();
    let parts: Vec<&str> = synthetic
        .into_iter()
        .chain(notice.map(|notice| notice.get(lang)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(lang.pick("", " ")))
}

fn fill(made: &Made<'_>, campaign: OfCampaign<'_>) -> Result<Workbook, XlsxError> {
    let document = made.scores.standard().document();
    let title = campaign.map_or(&document.title, |(loaded, _)| &loaded.document.title);
    let title = title.get(made.lang);
    let mut book = new_workbook(title)?;
    overview::write(made, title, campaign.map(|(_, result)| result), &mut book)?;
    ranking::write(made, &mut book)?;
    if let Some((loaded, result)) = campaign {
        campaign::selection(made, loaded, result, &mut book)?;
    }
    cards::matrix(made, &mut book)?;
    cards::items(made, &mut book)?;
    cards::gaps(made, &mut book)?;
    if let Some((loaded, result)) = campaign {
        campaign::league(made, result, "district", &mut book)?;
        campaign::league(made, result, "street", &mut book)?;
        campaign::coverage(made, loaded, result, &mut book)?;
        campaign::phases(made, result, &mut book)?;
    }
    Ok(book)
}
