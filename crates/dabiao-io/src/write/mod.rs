//! Results out: files that appear as a set, and the same tables to any writer.

mod cells;
mod gaps;
mod items;
mod observations;
#[cfg(feature = "columns")]
mod parquet;
mod scores;
mod set;
mod summary;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dabiao::{Lang, Scores};

pub use cells::BYTE_ORDER_MARK;
pub(crate) use cells::Rows;

pub use gaps::{GAPS_HEADING, gap_rows, write_gaps};
pub use items::{ITEMS_HEADING, item_rows, write_items};
pub use observations::{observations_file, write_observations};
#[cfg(feature = "columns")]
pub(crate) use parquet::ScoresOut;
#[cfg(feature = "columns")]
pub use parquet::{write_observations_parquet, write_scores_parquet};
pub use scores::write_scores;
pub(crate) use scores::{items_of, scores_heading, scores_rows};
pub use set::{OutputSet, replaces, write_whole};
pub(crate) use summary::Tally;
pub use summary::{
    AdviceCount, Communities, Engine, GradeCount, ObservationsSummary, StandardSummary, Summary,
    summary,
};

/// Writes any table as CSV: UTF-8, commas, line feeds; a text that a spreadsheet would take for
/// a formula gets an apostrophe before it.
///
/// # Errors
/// Those of `out`.
pub fn write_rows<S: AsRef<str>, R: IntoIterator<Item = S>>(
    out: impl Write,
    heading: &[&str],
    rows: impl IntoIterator<Item = R>,
) -> io::Result<()> {
    let mut written = Rows::new(out);
    written.row(heading)?;
    for row in rows {
        written.row(row)?;
    }
    written.finish()
}

/// Writes the files of a run into a folder: `scores.csv`, `items.csv`, `gaps.csv` and
/// `summary.json`. All of them appear, or none.
///
/// The CSV files are UTF-8 with a byte-order mark, without which Excel takes them for the
/// machine's own encoding; the tables that go to other writers have none.
///
/// # Errors
/// A file cannot be written.
pub fn write_results(scores: &Scores, lang: Lang, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut set = OutputSet::new(folder)?;
    add_results(scores, lang, &mut set)?;
    set.commit()
}

/// Adds the files of a run to a set that may hold others; see [`write_results`].
///
/// # Errors
/// A file cannot be written.
pub fn add_results(scores: &Scores, lang: Lang, set: &mut OutputSet) -> io::Result<()> {
    let marked = |file: &mut dyn Write| file.write_all(BYTE_ORDER_MARK);
    set.write("scores.csv", |file| {
        marked(file)?;
        write_scores(scores, file)
    })?;
    set.write("items.csv", |file| {
        marked(file)?;
        write_items(scores, lang, file)
    })?;
    set.write("gaps.csv", |file| {
        marked(file)?;
        write_gaps(scores, lang, file)
    })?;
    set.write("summary.json", |file| {
        serde_json::to_writer_pretty(&mut *file, &summary(scores))?;
        file.write_all(b"\n")
    })
}
