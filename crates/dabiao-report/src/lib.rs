//! The result of a run as one HTML file that opens from disk, without a network: the city at a
//! glance, the ranking, the chosen and why, a card for each community, coverage of the party
//! grid, the phases side by side. In Chinese and English; made for a screen, a phone and paper.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use dabiao::{Lang, Observations, ScoreOptions, Standard};
//! use dabiao_report::Report;
//! let standard = Standard::builtin("weihai-2020").map_err(|faults| faults.to_string())?;
//! let rows = [["c1", "甲社区", "12"], ["c2", "<乙社区>", "6"]];
//! let table = Observations::from_rows(&standard, &["code", "name", "activities"], &rows)
//!     .map_err(|faults| faults.to_string())?;
//! let scores = standard
//!     .score(&table, &ScoreOptions::new())
//!     .map_err(|faults| faults.to_string())?;
//! let mut page = Vec::new();
//! Report::of_scores(&scores).in_language(Lang::Zh).write(&mut page)?;
//! let page = String::from_utf8(page)?;
//! assert!(page.starts_with("<!DOCTYPE html>"));
//! assert!(!page.contains("<乙社区>"));
//! # Ok(()) }
//! ```

#![forbid(unsafe_code)]

mod data;
mod page;

use std::io::{self, Write};

use dabiao::campaign::{Campaign, CampaignDocument, CampaignResult};
use dabiao::{Lang, Scores, Text};

/// The most communities that a report is meant for. It grows by some 5 KB with each of them; a
/// browser still opens it above this, but no longer at once.
pub const LIMIT: usize = 2_000;

/// A report: made from results, written as one HTML file.
///
/// Every number in it is what the engine published, as text. The same results give the same
/// bytes, on any machine and at any time.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    source: data::Source<'a>,
    lang: Lang,
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report")
            .field("communities", &self.communities())
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

impl<'a> Report<'a> {
    /// The report of one scored table.
    #[must_use]
    pub fn of_scores(scores: &'a Scores) -> Self {
        Report {
            source: data::Source {
                scores,
                campaign: None,
            },
            lang: Lang::default(),
        }
    }

    /// The report of a whole campaign: what its file says, what it is made of, what it came to.
    #[must_use]
    pub fn of_campaign(
        document: &'a CampaignDocument,
        campaign: &'a Campaign,
        result: &'a CampaignResult,
    ) -> Self {
        Report {
            source: data::Source {
                scores: &result.scores,
                campaign: Some((document, campaign, result)),
            },
            lang: Lang::default(),
        }
    }

    /// The language in which it opens; its reader can switch. Chinese if not said.
    #[must_use]
    pub fn in_language(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// How many communities it shows; see [`LIMIT`].
    #[must_use]
    pub fn communities(&self) -> usize {
        self.source.scores.len()
    }

    /// What to say where it shows more communities than [`LIMIT`].
    #[must_use]
    pub fn too_large(&self) -> Option<Text> {
        let many = self.communities();
        (many > LIMIT).then(|| {
            Text::new(
                format!("{many} 个社区\u{ff0c}一份报告至多 {LIMIT} 个"),
                format!("{many} communities; a report holds {LIMIT} at most"),
            )
        })
    }

    /// The page, UTF-8; nothing where it is [too large](Report::too_large).
    ///
    /// # Errors
    /// None that is known of: nothing is written to a disk.
    pub fn page(&self) -> io::Result<Option<Vec<u8>>> {
        if self.too_large().is_some() {
            return Ok(None);
        }
        let mut page = Vec::new();
        self.write(&mut page)?;
        Ok(Some(page))
    }

    /// Writes the page, UTF-8.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        page::write(
            &data::data(self.source, self.lang),
            self.title(),
            self.lang,
            out,
        )
    }

    fn title(&self) -> &'a str {
        match self.source.campaign {
            Some((document, ..)) => document.title.get(self.lang),
            None => self
                .source
                .scores
                .standard()
                .document()
                .title
                .get(self.lang),
        }
    }
}
