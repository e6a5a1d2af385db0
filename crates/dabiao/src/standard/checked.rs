//! A standard that passed all checks, compiled once and shared.

use std::sync::{Arc, OnceLock};

use super::Format;
use super::document::Document;
use crate::cohort::Statistics;
use crate::fault::{Fault, FaultCode, Faults};
use crate::lang::Text;
use crate::observations::Observations;
use crate::plan::Plan;
use crate::score::{ScoreOptions, Scores};

/// A standard (创建标准): checked, compiled, and cheap to clone and share between threads.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, ScoreOptions, Standard};
/// let standard = Standard::from_toml(r#"
/// [standard]
/// id = "green"
/// title = { zh = "绿化", en = "Greenery" }
/// [measures.green]
/// type = "number"
/// [measures.area]
/// type = "number"
/// [[section]]
/// id = "1"
/// title = "Greenery"
/// [[section.item]]
/// id = "1.1"
/// title = "Green area"
/// points = 2
/// value = "green / area"
/// curve = [["20%", 0], ["35%", 2]]
/// "#)?;
/// let table = Observations::from_rows(
///     &standard,
///     &["code", "green", "area"],
///     &[&["c1", "2,900", "10,000"]],
/// )?;
/// let scores = standard.score(&table, &ScoreOptions::new())?;
/// assert_eq!(scores.total(0).unwrap().to_string(), "1.20");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Standard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    document: Document,
    plan: Plan,
    digest: OnceLock<String>,
}

impl Standard {
    /// Reads a standard from TOML, checks and compiles it.
    ///
    /// # Errors
    /// All faults of the text, each with line and column.
    pub fn from_toml(text: &str) -> Result<Self, Faults> {
        Standard::compiled(Document::from_text_checked(text, Format::Toml)?)
    }

    /// Reads a standard from JSON of the same schema.
    ///
    /// # Errors
    /// All faults of the text, each with line and column.
    pub fn from_json(text: &str) -> Result<Self, Faults> {
        Standard::compiled(Document::from_text_checked(text, Format::Json)?)
    }

    /// Checks and compiles a document made in memory.
    ///
    /// # Errors
    /// All faults of the document, by the codes of its parts.
    pub fn from_document(document: Document) -> Result<Self, Faults> {
        document.check()?;
        Standard::compiled(document)
    }

    fn compiled(document: Document) -> Result<Self, Faults> {
        let plan = crate::plan::compile::compile(&document)?;
        Ok(Standard(Arc::new(Inner {
            document,
            plan,
            digest: OnceLock::new(),
        })))
    }

    /// A standard that ships with the library: one of [`Standard::builtin_ids`].
    ///
    /// # Errors
    /// [`FaultCode::BadChoice`] for any other id.
    pub fn builtin(id: &str) -> Result<Self, Faults> {
        static COMPILED: [OnceLock<Result<Standard, Faults>>; BUILTIN.len()] =
            [const { OnceLock::new() }; BUILTIN.len()];
        match BUILTIN.iter().position(|(held, _)| *held == id) {
            Some(at) => COMPILED[at]
                .get_or_init(|| Standard::from_toml(BUILTIN[at].1))
                .clone(),
            None => {
                let known = Standard::builtin_ids().collect::<Vec<_>>().join(", ");
                let fault = Fault::new(FaultCode::BadChoice).about("standard").found(id);
                Err(fault.expected(Text::from(known)).into())
            }
        }
    }

    /// The ids of the standards that ship with the library.
    pub fn builtin_ids() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(id, _)| *id)
    }

    /// The TOML text of a built-in standard, with its comments: a start for one's own.
    #[must_use]
    pub fn builtin_text(id: &str) -> Option<&'static str> {
        BUILTIN
            .iter()
            .find(|(held, _)| *held == id)
            .map(|(_, text)| *text)
    }

    /// What is written in it.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.0.document
    }

    /// The SHA-256 of its canonical form, in hexadecimal; the same for TOML and JSON.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0
            .digest
            .get_or_init(|| crate::observations::to_hex(&self.0.document.digest()))
    }

    #[inline]
    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// Whether any of its rules looks at a cohort: a table may then be scored in parts only with
    /// the statistics of the whole.
    #[must_use]
    pub fn looks_at_cohorts(&self) -> bool {
        !self.0.plan.slots.is_empty()
    }

    /// Full marks: what the top-level sections are worth together.
    #[must_use]
    pub fn full_marks(&self) -> &crate::Rational {
        &self.0.plan.full
    }

    /// Scores a table, exactly. The table is the cohort, unless the options say otherwise.
    ///
    /// # Errors
    /// All faults that only a computation shows: a value that must not be missing, a computed
    /// value beyond 10¹², a mark out of its range, a cohort that is needed and not there.
    pub fn score(
        &self,
        observations: &Observations,
        options: &ScoreOptions,
    ) -> Result<Scores, Faults> {
        crate::score::run(self, observations, options)
    }

    /// The statistics of a table's cohorts, to be merged with those of other parts or handed
    /// in where single cards are scored. `threads` is the most that may be used.
    ///
    /// # Errors
    /// None: nothing cancels it.
    pub fn statistics(
        &self,
        observations: &Observations,
        threads: usize,
    ) -> Result<Statistics, Faults> {
        self.statistics_with(observations, &ScoreOptions::new().with_threads(threads))
    }

    /// The statistics of a table's cohorts, with the threads and the progress of the options.
    ///
    /// # Errors
    /// [`FaultCode::Cancelled`](crate::FaultCode::Cancelled) where the progress stops the run.
    pub fn statistics_with(
        &self,
        observations: &Observations,
        options: &ScoreOptions,
    ) -> Result<Statistics, Faults> {
        crate::score::statistics(self, observations, options)
    }
}

const BUILTIN: [(&str, &str); 2] = [
    (
        "weihai-2020",
        include_str!("../../standards/weihai-2020.toml"),
    ),
    (
        "uci-communities",
        include_str!("../../standards/uci-communities.toml"),
    ),
];
