//! Tables of any length: what does not fit is sorted by code in temporary files and scored part
//! by part, with the same result.
//!
//! The first pass reads the table, with all of its faults, and writes its rows to files in runs
//! that are sorted by code. Further passes merge the runs: one for repeated codes and the
//! statistics of cohorts, one that scores for what is left of faults and for the places, and one
//! for each result that is written.

mod spill;

use std::io::{self, Write};

use dabiao::{
    Fault, FaultCode, Faults, Observations, ObservationsDigest, Progress, ScoreOptions, Scores,
    Standard, Standings, Statistics, Text,
};

use crate::read::{ReadOptions, Source, read_in_parts};
#[cfg(feature = "columns")]
use crate::write::ScoresOut;
use crate::write::{BYTE_ORDER_MARK, OutputSet, Rows, Summary, Tally, scores_heading, scores_rows};
use spill::{Repeated, Spill};

/// How much of a table is held in memory at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Rows.
    pub rows: usize,
    /// Rows times the measures of the standard.
    pub cells: usize,
}

impl Held {
    /// 1,048,575 rows, as many as stand under the heading of a spreadsheet, and 2²⁶ cells, which
    /// take 512 MiB.
    pub const STATED: Held = Held {
        rows: 1_048_575,
        cells: 1 << 26,
    };

    fn most(self, standard: &Standard) -> usize {
        let measures = standard.document().measures.len().max(1);
        self.rows.min(self.cells / measures).max(1)
    }
}

impl Default for Held {
    fn default() -> Self {
        Held::STATED
    }
}

/// How a table of any length is read and scored.
#[derive(Clone, Default)]
pub struct TableOptions {
    read: ReadOptions,
    score: ScoreOptions,
    progress: Option<Progress>,
    held: Held,
}

impl TableOptions {
    /// A table is read and scored by these options. A wide table in CSV or TSV, and a
    /// Parquet file, may be longer than their limits of bytes and rows.
    #[must_use]
    pub fn new(read: ReadOptions, score: ScoreOptions) -> Self {
        TableOptions {
            read,
            score,
            ..TableOptions::default()
        }
    }

    /// Is told how far the scoring is, in rows, and may cancel it. A table in parts is gone
    /// through several times, and each counts.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Holds less, or more, than is stated.
    #[must_use]
    pub fn with_held(mut self, held: Held) -> Self {
        self.held = held;
        self
    }
}

impl std::fmt::Debug for TableOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableOptions")
            .field("read", &self.read)
            .field("score", &self.score)
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

/// The scores of a table of any length.
#[derive(Debug)]
pub enum TableScores {
    /// It fits into memory.
    Whole(Box<Scores>),
    /// It does not.
    Parts(Box<PartScores>),
}

/// Reads a table of communities and scores it, whatever its length.
///
/// A wide table in CSV, TSV or a Parquet file may be longer than memory: beyond what is [`Held`] its rows go to
/// unnamed temporary files (in the folder that `TMPDIR` names), sorted by code. What grows with the rows in memory are a total and the tie-breaks, 8 bytes each, and
/// a place, 4 bytes, a community; and the distinct values of cohorts that are ranked.
///
/// ```
/// use dabiao::{ScoreOptions, Standard};
/// use dabiao_io::{Held, ReadOptions, Source, TableOptions, TableScores, score_table};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let standard = Standard::builtin("weihai-2020")?;
/// let table = "code,activities\nc2,7\nc3,1\nc1,12\n";
/// let options = TableOptions::new(ReadOptions::new(), ScoreOptions::new());
/// let options = options.with_held(Held { rows: 2, cells: 1 << 20 });
/// let scores = score_table(&standard, Source::bytes("a.csv", table), &options)?;
/// let TableScores::Parts(scores) = scores else { panic!("three rows do not fit") };
/// let mut written = Vec::new();
/// scores.write_scores(&mut written)?;
/// assert!(written.starts_with(b"code,total,"));
/// # Ok(()) }
/// ```
///
/// # Errors
/// All faults of the table, or all that only the computation shows; or that there is no room for
/// temporary files.
pub fn score_table(
    standard: &Standard,
    source: Source<'_>,
    options: &TableOptions,
) -> Result<TableScores, Faults> {
    let most = options.held.most(standard);
    let mut spill: Option<Spill> = None;
    let read = options.read.clone().in_parts();
    let mut parts = read_in_parts(standard, source, &read, most, &mut |builder| {
        if builder.len() < most {
            return Ok(());
        }
        let rows = builder.take_rows();
        let spill = spill.get_or_insert_with(|| Spill::new(rows.like()));
        spill.add(&rows).map_err(no_room)
    });
    let Some(mut spill) = spill else {
        let observations = parts.finish()?;
        let mut score = options.score.clone();
        if let Some(progress) = &options.progress {
            score = score.with_progress(progress.clone());
        }
        let scores = standard.score(&observations, &score)?;
        return Ok(TableScores::Whole(Box::new(scores)));
    };
    spill.add(&parts.builder.take_rows()).map_err(no_room)?;
    let mut passes = Passes {
        standard,
        spill: &spill,
        batch: most.min(BATCH),
        progress: options.progress.as_ref(),
        done: 0,
    };

    // No value is known to be wrong in the statistics before all faults are.
    let mut repeated = Repetitions::default();
    let mut statistics: Option<Statistics> = None;
    passes.each(&mut |row| repeated.push(row), &mut |part| {
        let of_part = standard.statistics_with(&part, &options.score)?;
        match &mut statistics {
            Some(held) => held.merge(of_part),
            held => {
                *held = Some(of_part);
                Ok(())
            }
        }
    })?;
    repeated.tell(&mut parts.builder);
    let advice = parts.finish()?.advice().to_vec();

    let score = match statistics {
        Some(statistics) => options.score.clone().with_statistics(statistics),
        None => options.score.clone(),
    };
    let (mut standings, mut tally) = (Standings::new(), Tally::new(standard));
    let mut faults = Faults::new();
    passes.each(&mut |_| {}, &mut |part| {
        match standard.score(&part, &score) {
            Ok(scores) => {
                standings.add(&scores);
                tally.add(&scores);
            }
            Err(found) => faults.extend(found),
        }
        Ok(())
    })?;
    faults.into_result(())?;
    let places = standings.places(tally.threads());
    drop(standings);
    Ok(TableScores::Parts(Box::new(PartScores {
        standard: standard.clone(),
        batch: passes.batch,
        spill,
        score,
        places,
        tally,
        advice,
    })))
}

/// Adds the results of a table in parts to a set: `scores.csv` and `summary.json`, as
/// [`add_results`](crate::add_results) writes them. What explains every item of every community
/// is left out, and taken away where an earlier run has left it.
///
/// # Errors
/// A file cannot be written.
pub fn add_part_results(scores: &PartScores, set: &mut OutputSet) -> io::Result<()> {
    set.write("scores.csv", |file| {
        file.write_all(BYTE_ORDER_MARK)?;
        scores.write_scores(file)
    })?;
    set.write("summary.json", |file| {
        serde_json::to_writer_pretty(&mut *file, &scores.summary()?)?;
        file.write_all(b"\n")
    })?;
    for name in ["items.csv", "gaps.csv", "results.xlsx"] {
        set.remove(name);
    }
    Ok(())
}

/// Rows that are scored together, as many as go into a file of columns together.
const BATCH: usize = 65_536;

/// How often the rows are gone through before the results are written.
const PASSES: usize = 2;

struct Passes<'p> {
    standard: &'p Standard,
    spill: &'p Spill,
    batch: usize,
    progress: Option<&'p Progress>,
    done: usize,
}

impl Passes<'_> {
    /// Goes through all rows in the order of their codes.
    fn each(
        &mut self,
        repeated: &mut dyn FnMut(Repeated),
        each: &mut dyn FnMut(Observations) -> Result<(), Faults>,
    ) -> Result<(), Faults> {
        let mut merge = self.spill.merge().map_err(no_room)?;
        loop {
            let rows = merge.batch(self.batch, repeated).map_err(no_room)?;
            if rows.is_empty() {
                return Ok(());
            }
            self.done += rows.len();
            each(rows.into_observations(self.standard))?;
            let all = PASSES * self.spill.len();
            if let Some(progress) = self.progress
                && !progress(self.done.min(all), all)
            {
                return Err(Fault::new(FaultCode::Cancelled).into());
            }
        }
    }
}

/// Temporary files cannot be written or read.
fn no_room(error: io::Error) -> Faults {
    let folder = std::env::temp_dir();
    let folder = folder.display();
    let fault = Fault::new(FaultCode::Unreadable).found(error);
    let fault = fault.expected(Text::new(
        format!("{folder} 中有足够的空间存放临时文件\u{ff08}可用环境变量 TMPDIR 指定\u{ff09}"),
        format!("room for temporary files in {folder}, or in what TMPDIR names"),
    ));
    fault.into()
}

/// Codes that stand in several rows: the first ones by line, and how many there are.
#[derive(Default)]
struct Repetitions {
    listed: Vec<Repeated>,
    more: usize,
}

impl Repetitions {
    fn push(&mut self, row: Repeated) {
        self.listed.push(row);
        if self.listed.len() >= 2 * Faults::LIMIT {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.listed.sort_unstable();
        self.more += self.listed.len().saturating_sub(Faults::LIMIT);
        self.listed.truncate(Faults::LIMIT);
    }

    fn tell(mut self, builder: &mut dabiao::ObservationsBuilder) {
        self.cut();
        for row in &self.listed {
            builder.push_repeated(&row.code, row.line, row.first);
        }
        // As many are listed as there can be: these are counted alone.
        for _ in 0..self.more {
            builder.push_fault(Fault::new(FaultCode::DuplicateRow));
        }
    }
}

/// The scores of a table that does not fit into memory. Whatever is written goes through its
/// parts once more.
#[derive(Debug)]
pub struct PartScores {
    standard: Standard,
    spill: Spill,
    batch: usize,
    score: ScoreOptions,
    places: Vec<u32>,
    tally: Tally,
    advice: Vec<Fault>,
}

impl PartScores {
    /// How many communities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The standard that was run.
    #[must_use]
    pub fn standard(&self) -> &Standard {
        &self.standard
    }

    /// What a reader should look at although it is no fault.
    #[must_use]
    pub fn advice(&self) -> &[Fault] {
        &self.advice
    }

    /// The parts in the order of their codes, with the places of the whole table.
    ///
    /// # Errors
    /// Those of `each`, and of the temporary files.
    pub fn each(&self, mut each: impl FnMut(&Scores) -> io::Result<()>) -> io::Result<()> {
        let mut merge = self.spill.merge()?;
        let mut places = self.places.as_slice();
        loop {
            let rows = merge.batch(self.batch, &mut |_| {})?;
            if rows.is_empty() {
                return Ok(());
            }
            let part = rows.into_observations(&self.standard);
            let mut scores = self
                .standard
                .score(&part, &self.score)
                .map_err(io::Error::other)?;
            let (here, rest) = places.split_at(scores.len().min(places.len()));
            scores.set_places(here);
            places = rest;
            each(&scores)?;
        }
    }

    /// Writes `scores.csv`, as [`write_scores`](crate::write_scores) does for a table in memory.
    ///
    /// # Errors
    /// Those of `out`, and of the temporary files.
    pub fn write_scores(&self, out: impl Write) -> io::Result<()> {
        let mut rows = Rows::new(out);
        let mut headed = false;
        self.each(|scores| {
            if !headed {
                rows.row(scores_heading(scores))?;
                headed = true;
            }
            scores_rows(scores, &mut rows)
        })?;
        rows.finish()
    }

    /// Writes the columns of `scores.csv` as a Parquet file, as
    /// [`write_scores_parquet`](crate::write_scores_parquet) does.
    ///
    /// # Errors
    /// Those of `out`, and of the temporary files.
    #[cfg(feature = "columns")]
    pub fn write_scores_parquet(&self, out: impl Write + Send) -> io::Result<()> {
        let (mut out, mut written) = (Some(out), None);
        self.each(|scores| {
            if let Some(out) = out.take() {
                written = Some(ScoresOut::new(scores, out)?);
            }
            match &mut written {
                Some(written) => written.add(scores),
                None => Ok(()),
            }
        })?;
        written.map_or(Ok(()), ScoresOut::finish)
    }

    /// The summary, with the digest of the table: [`summary`](crate::summary).
    ///
    /// # Errors
    /// Those of the temporary files.
    pub fn summary(&self) -> io::Result<Summary> {
        let mut digest = ObservationsDigest::new();
        let mut merge = self.spill.merge()?;
        loop {
            let rows = merge.batch(self.batch, &mut |_| {})?;
            if rows.is_empty() {
                break;
            }
            digest.add(&self.standard, &rows.into_observations(&self.standard));
        }
        Ok(self.tally.summary(digest.finish(), &self.advice))
    }
}
