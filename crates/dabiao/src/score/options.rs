//! What a caller may say about a run.

use std::fmt;
use std::sync::Arc;

use crate::cohort::Statistics;

/// Called as a run goes on with the rows done and the rows in all; `false` cancels it.
pub type Progress = Arc<dyn Fn(usize, usize) -> bool + Send + Sync>;

/// How a table is scored.
///
/// ```
/// use dabiao::ScoreOptions;
/// let options = ScoreOptions::new().with_threads(1);
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
pub struct ScoreOptions {
    pub(crate) threads: Option<usize>,
    pub(crate) statistics: Option<Statistics>,
    pub(crate) alone: bool,
    pub(crate) progress: Option<Progress>,
}

impl ScoreOptions {
    /// As many threads as the machine has; the table is its own cohort.
    #[must_use]
    pub fn new() -> Self {
        ScoreOptions::default()
    }

    /// At most so many threads; 0 is taken as 1. The result is the same for any number.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// As many threads as the caller allows.
    pub(crate) fn threads_at_most(&self) -> usize {
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(available)
    }

    /// Cohorts are those of an earlier run, whatever the table holds.
    #[must_use]
    pub fn with_statistics(mut self, statistics: Statistics) -> Self {
        self.statistics = Some(statistics);
        self
    }

    /// The rows are single cards, not a cohort: a rule that needs one is refused unless
    /// statistics are given.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Is told how far the run is, and may cancel it.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl fmt::Debug for ScoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScoreOptions")
            .field("threads", &self.threads)
            .field("alone", &self.alone)
            .field("statistics", &self.statistics.is_some())
            .field("progress", &self.progress.is_some())
            .finish()
    }
}
