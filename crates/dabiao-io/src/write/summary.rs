//! `summary.json`: what a run was and what came of it.

use std::collections::BTreeMap;

use dabiao::{Fault, Flag, Scores, Standard, Text};
use serde::Serialize;

/// What a run was and what came of it: the contents of `summary.json`.
///
/// Nothing in it depends on the moment, the machine, the language or the order of the rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// What scored.
    pub engine: Engine,
    /// What it scored against.
    pub standard: StandardSummary,
    /// What it scored.
    pub observations: ObservationsSummary,
    /// How many communities came out how.
    pub communities: Communities,
    /// How many have each grade, best first.
    pub grades: Vec<GradeCount>,
    /// How many cards carry each flag.
    pub flags: BTreeMap<&'static str, usize>,
    /// What a reader should look at although it is no fault, and in how many cells.
    pub advice: Vec<AdviceCount>,
}

/// The engine and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// `dabiao`
    pub name: &'static str,
    /// Such as `0.1.0`.
    pub version: &'static str,
}

/// The standard of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandardSummary {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: Option<String>,
    /// Its title.
    pub title: Text,
    /// What is official in it and what is drafted.
    pub notice: Option<Text>,
    /// Full marks.
    pub full_marks: String,
    /// The SHA-256 of its canonical form.
    pub sha256: String,
}

/// The table of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObservationsSummary {
    /// How many communities it has.
    pub communities: usize,
    /// The SHA-256 of its canonical form.
    pub sha256: String,
}

/// How many communities came out how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Communities {
    /// With a total.
    pub scored: usize,
    /// With a place.
    pub ranked: usize,
    /// With a veto that holds.
    pub vetoed: usize,
    /// With a missing value.
    pub with_missing: usize,
    /// Without a grade.
    pub without_grade: usize,
}

/// How many communities have a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GradeCount {
    /// The grade's id.
    pub grade: String,
    /// Its title.
    pub title: Text,
    /// How many have it.
    pub communities: usize,
}

/// Advice of one kind on one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdviceCount {
    /// The stable code.
    pub code: &'static str,
    /// What it means.
    pub title: Text,
    /// The column's heading.
    pub column: String,
    /// On how many cells, or 1 where it is about the whole column.
    pub cells: usize,
}

/// The summary of a run.
#[must_use]
pub fn summary(scores: &Scores) -> Summary {
    let observations = scores.observations();
    let mut tally = Tally::new(scores.standard());
    tally.add(scores);
    tally.summary(
        observations.digest(scores.standard()),
        observations.advice(),
    )
}

/// Counts over the parts of a table.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    standard: Standard,
    rows: usize,
    communities: Communities,
    /// By grade, best first.
    grades: Vec<usize>,
    flags: BTreeMap<&'static str, usize>,
    threads: usize,
}

impl Tally {
    pub(crate) fn new(standard: &Standard) -> Tally {
        let flags = [
            Flag::Provisional,
            Flag::Imputed,
            Flag::GradeTaken,
            Flag::NoTotal,
        ];
        Tally {
            standard: standard.clone(),
            rows: 0,
            communities: Communities {
                scored: 0,
                ranked: 0,
                vetoed: 0,
                with_missing: 0,
                without_grade: 0,
            },
            grades: vec![0; standard.document().grades.len()],
            flags: flags.iter().map(|flag| (flag.as_str(), 0)).collect(),
            threads: 1,
        }
    }

    /// Counts one more part.
    pub(crate) fn add(&mut self, part: &Scores) {
        self.rows += part.len();
        self.threads = part.threads();
        let held = &mut self.communities;
        for row in 0..part.len() {
            held.scored += usize::from(part.total(row).is_some());
            held.ranked += usize::from(part.rank(row).is_some());
            held.vetoed += usize::from(part.vetoes(row).next().is_some());
            held.with_missing += usize::from(part.missing(row).next().is_some());
            match part.grade_index(row) {
                Some(grade) => {
                    if let Some(count) = self.grades.get_mut(grade) {
                        *count += 1;
                    }
                }
                None => held.without_grade += 1,
            }
            for flag in part.flags(row) {
                *self.flags.entry(flag.as_str()).or_default() += 1;
            }
        }
    }

    /// As many threads as the parts were scored on.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// The summary of all parts.
    pub(crate) fn summary(&self, sha256: String, advised: &[Fault]) -> Summary {
        let document = self.standard.document();
        let grades = document.grades.iter().zip(&self.grades);
        let grades = grades.map(|(grade, communities)| GradeCount {
            grade: grade.id.clone(),
            title: grade.title.clone(),
            communities: *communities,
        });
        Summary {
            engine: Engine {
                name: "dabiao",
                version: env!("CARGO_PKG_VERSION"),
            },
            standard: StandardSummary {
                id: document.id.clone(),
                version: document.version.clone(),
                title: document.title.clone(),
                notice: document.notice.clone(),
                full_marks: self.standard.full_marks().to_string(),
                sha256: self.standard.digest().to_owned(),
            },
            observations: ObservationsSummary {
                communities: self.rows,
                sha256,
            },
            communities: self.communities,
            grades: grades.collect(),
            flags: self.flags.clone(),
            advice: advice(advised),
        }
    }
}

/// Advice counted by code and column, so that neither the file nor its order shows.
fn advice(advised: &[Fault]) -> Vec<AdviceCount> {
    let mut counts: BTreeMap<(&'static str, String), AdviceCount> = BTreeMap::new();
    for advice in advised {
        let code = advice.code.as_str();
        let column = advice.place.field.clone().unwrap_or_default();
        let title = Text::new(
            advice.code.title(dabiao::Lang::Zh),
            advice.code.title(dabiao::Lang::En),
        );
        let held = counts
            .entry((code, column.clone()))
            .or_insert_with(|| AdviceCount {
                code,
                title,
                column,
                cells: 0,
            });
        held.cells += 1;
    }
    counts.into_values().collect()
}
