//! `summary.json`: what a run was and what came of it.

use std::collections::BTreeMap;

use dabiao::{Flag, Scores, Text};
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
    let standard = scores.standard();
    let document = standard.document();
    let observations = scores.observations();
    let count = |holds: &dyn Fn(usize) -> bool| (0..scores.len()).filter(|row| holds(*row)).count();
    let grades = document.grades.iter().map(|grade| GradeCount {
        grade: grade.id.clone(),
        title: grade.title.clone(),
        communities: count(&|row| scores.grade(row).is_some_and(|held| held.id == grade.id)),
    });
    let mut flags: BTreeMap<&'static str, usize> = [
        Flag::Provisional,
        Flag::Imputed,
        Flag::GradeTaken,
        Flag::NoTotal,
    ]
    .iter()
    .map(|flag| (flag.as_str(), 0))
    .collect();
    for row in 0..scores.len() {
        for flag in scores.flags(row) {
            *flags.entry(flag.as_str()).or_default() += 1;
        }
    }
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
            full_marks: standard.full_marks().to_string(),
            sha256: standard.digest().to_owned(),
        },
        observations: ObservationsSummary {
            communities: scores.len(),
            sha256: observations.digest(standard),
        },
        communities: Communities {
            scored: count(&|row| scores.total(row).is_some()),
            ranked: count(&|row| scores.rank(row).is_some()),
            vetoed: count(&|row| scores.vetoes(row).next().is_some()),
            with_missing: count(&|row| scores.missing(row).next().is_some()),
            without_grade: count(&|row| scores.grade(row).is_none()),
        },
        grades: grades.collect(),
        flags,
        advice: advice(scores),
    }
}

/// Advice counted by code and column, so that neither the file nor its order shows.
fn advice(scores: &Scores) -> Vec<AdviceCount> {
    let mut counts: BTreeMap<(&'static str, String), AdviceCount> = BTreeMap::new();
    for advice in scores.observations().advice() {
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
