//! A standard that passed all checks, compiled once and shared.

use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::document::Document;
use crate::cohort::Statistics;
use crate::fault::Faults;
use crate::observations::Observations;
use crate::plan::Plan;
use crate::score::{ScoreOptions, Scores};

/// A standard (创建标准): checked, compiled, and cheap to clone and share between threads.
#[derive(Clone, Debug)]
pub struct Standard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    document: Document,
    plan: Plan,
    digest: OnceLock<String>,
}

impl Standard {
    /// Checks and compiles a document made in memory.
    ///
    /// # Errors
    /// All faults of the document, by the codes of its parts.
    pub fn from_document(document: Document) -> Result<Self, Faults> {
        let plan = crate::plan::compile::compile(&document)?;
        Ok(Standard(Arc::new(Inner {
            document,
            plan,
            digest: OnceLock::new(),
        })))
    }

    /// What is written in it.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.0.document
    }

    /// The SHA-256 of its canonical form, in hexadecimal; the same for TOML and JSON.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.digest.get_or_init(|| {
            crate::observations::to_hex(&Sha256::digest(format!("{:?}", self.0.document)))
        })
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
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
    /// None at present; the run may be cancelled in a later version.
    pub fn statistics(
        &self,
        observations: &Observations,
        threads: usize,
    ) -> Result<Statistics, Faults> {
        crate::score::statistics(
            self,
            observations,
            &ScoreOptions::new().with_threads(threads),
        )
    }
}
