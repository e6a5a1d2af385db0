//! Scores: a standard run over a table, and what came of it, in columns.

mod block;
mod columns;
mod details;
mod kernels;
mod options;
mod output;
pub(crate) mod rank;
mod run;
pub(crate) mod scaled;
mod single;
mod vectors;

pub use columns::{PointsColumn, PointsOf, VetoState};
pub(crate) use details::{Details, Leaf, LeafColumn};
pub use options::{Progress, ScoreOptions};
pub use rank::Standings;
pub(crate) use rank::ranks;
pub(crate) use run::{distinct_values, run, statistics};
pub(crate) use scaled::{Column, Scaled};
pub use single::CardScorer;

use crate::cohort::Statistics;
use crate::memory::Cells;
use crate::observations::{MISSING, Observations, Texts, optional_points};
use crate::plan::State;
use crate::plan::node::Outcomes;
use crate::points::Points;
use crate::standard::Standard;
use crate::standard::document::Grade;

/// Points of nothing: excluded, not applicable, no total.
pub(crate) const NONE: i64 = MISSING;
/// No grade, no place.
pub(crate) const NO_GRADE: u16 = u16::MAX;

/// The scores of all communities of a table, in the order of their codes.
///
/// A row is an index into [`Scores::codes`]; a row beyond the table gives nothing.
#[derive(Clone, Debug)]
pub struct Scores {
    pub(crate) standard: Standard,
    pub(crate) observations: Observations,
    pub(crate) statistics: Statistics,
    /// Whether the statistics are those of the table itself.
    pub(crate) own_cohort: bool,
    pub(crate) columns: Columns,
    pub(crate) details: Details,
    /// Places from 1; 0 for none.
    pub(crate) ranks: Cells<u32>,
}

/// Results by column; points are scaled, with [`NONE`] set aside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) sections: Vec<Scaled>,
    pub(crate) bonus: Scaled,
    pub(crate) deductions: Scaled,
    pub(crate) totals: Scaled,
    /// Absent where it is the total; see [`Columns::before_bonus`].
    pub(crate) before_bonus: Option<Scaled>,
    /// Absent where they are the grades; see [`Columns::earned`].
    pub(crate) earned: Option<Cells<u16>>,
    pub(crate) grades: Cells<u16>,
    pub(crate) vetoes: Vec<Vec<Outcomes>>,
    /// The states of all items, bonuses and deductions together, as bits of [`State`].
    pub(crate) seen: Vec<u8>,
}

/// Something about a card that its reader must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Flag {
    /// A condition could not be decided, or units without a value were left out: the grade
    /// may change.
    Provisional,
    /// A missing value was replaced by the cohort's mean or median.
    Imputed,
    /// A veto took the grade, and with it the place.
    GradeTaken,
    /// Nothing applies: there is no total, grade or place.
    NoTotal,
}

impl Flag {
    /// The word in outputs, such as `"provisional"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::Provisional => "provisional",
            Flag::Imputed => "imputed",
            Flag::GradeTaken => "grade-taken",
            Flag::NoTotal => "no-total",
        }
    }
}

impl Scores {
    /// The standard that was run.
    #[must_use]
    pub fn standard(&self) -> &Standard {
        &self.standard
    }

    /// The table that it was run on.
    #[must_use]
    pub fn observations(&self) -> &Observations {
        &self.observations
    }

    /// The cohorts' statistics that it used, to score single cards later.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// How many communities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.observations.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.observations.is_empty()
    }

    /// The communities' codes, sorted as bytes.
    #[must_use]
    pub fn codes(&self) -> &Texts {
        self.observations.codes()
    }

    pub(crate) fn points(&self, column: Column<'_>, row: usize) -> Option<Points> {
        optional_points(column.get(row)?, self.standard.plan().decimals)
    }

    fn total_points(&self, column: &Scaled, row: usize) -> Option<Points> {
        optional_points(column.get(row)?, self.standard.plan().total_decimals)
    }

    /// The total; nothing where nothing applies.
    #[must_use]
    pub fn total(&self, row: usize) -> Option<Points> {
        self.total_points(&self.columns.totals, row)
    }

    /// The sections less deductions and vetoes' points.
    #[must_use]
    pub fn total_before_bonus(&self, row: usize) -> Option<Points> {
        self.total_points(self.columns.before_bonus(), row)
    }

    /// All bonuses together, capped.
    #[must_use]
    pub fn bonus(&self, row: usize) -> Option<Points> {
        self.points(self.columns.bonus.view(), row)
    }

    /// All deductions together, capped, as a positive number.
    #[must_use]
    pub fn deductions(&self, row: usize) -> Option<Points> {
        self.points(self.columns.deductions.view(), row)
    }

    /// The points of a section, an item, a bonus or a deduction by its code; nothing where it
    /// is excluded or unknown.
    #[must_use]
    pub fn points_of(&self, code: &str, row: usize) -> Option<Points> {
        self.points(self.column_of(code)?, row)
    }

    /// The scaled points of a code for all rows.
    pub(crate) fn column_of(&self, code: &str) -> Option<Column<'_>> {
        let plan = self.standard.plan();
        match plan.sections.iter().position(|s| s.code == code) {
            Some(section) => self.columns.sections.get(section).map(Scaled::view),
            None => Some(Column::Wide(&self.leaf(self.leaf_of(code)?)?.points)),
        }
    }

    /// The item, bonus or deduction of a code.
    fn leaf_of(&self, code: &str) -> Option<Leaf> {
        let plan = self.standard.plan();
        Leaf::all(plan).find(|leaf| leaf.plan(plan).is_some_and(|item| item.code == code))
    }

    /// How an item, a bonus or a deduction came to its points.
    #[must_use]
    pub fn state_of(&self, code: &str, row: usize) -> Option<State> {
        let (_, state) = self.leaf(self.leaf_of(code)?)?.get(row)?;
        Some(state)
    }

    /// The codes of the items, or also of bonuses and deductions, whose state on a row is as
    /// wanted.
    fn leaves_where(
        &self,
        row: usize,
        extras: bool,
        wanted: fn(State) -> bool,
    ) -> impl Iterator<Item = &str> {
        let plan = self.standard.plan();
        let seen = self.columns.seen.get(row).copied().map(State);
        let any = seen.is_some_and(wanted);
        Leaf::all(plan)
            .take(if any { usize::MAX } else { 0 })
            .filter(move |leaf| extras || matches!(leaf, Leaf::Item(_)))
            .filter(move |leaf| {
                self.leaf_at(*leaf, row)
                    .is_some_and(|(_, state)| wanted(state))
            })
            .filter_map(|leaf| leaf.plan(plan))
            .map(|item| item.code.as_str())
    }

    /// The grade after vetoes.
    #[must_use]
    pub fn grade(&self, row: usize) -> Option<&Grade> {
        self.grade_at(&self.columns.grades, row)
    }

    /// The grade that the points earned, before vetoes.
    #[must_use]
    pub fn grade_earned(&self, row: usize) -> Option<&Grade> {
        self.grade_at(self.columns.earned(), row)
    }

    fn grade_at(&self, column: &[u16], row: usize) -> Option<&Grade> {
        self.standard
            .document()
            .grades
            .get(usize::from(*column.get(row)?))
    }

    /// The place: 1, 2, 2, 4; nothing without a total or where a veto took the grade.
    #[must_use]
    pub fn rank(&self, row: usize) -> Option<u32> {
        self.ranks.get(row).copied().filter(|rank| *rank > 0)
    }

    /// The codes of the vetoes that hold.
    pub fn vetoes(&self, row: usize) -> impl Iterator<Item = &str> {
        self.vetoes_where(row, Outcomes::holds)
    }

    /// The codes of vetoes, items, bonuses and deductions with a condition that a missing value
    /// leaves open.
    pub fn undecided(&self, row: usize) -> impl Iterator<Item = &str> {
        let items = self.leaves_where(row, true, State::is_undecided);
        self.vetoes_where(row, Outcomes::is_undecided).chain(items)
    }

    /// The codes of the items with a missing value.
    pub fn missing(&self, row: usize) -> impl Iterator<Item = &str> {
        self.leaves_where(row, false, State::is_missing)
    }

    fn vetoes_where(&self, row: usize, wanted: fn(Outcomes) -> bool) -> impl Iterator<Item = &str> {
        let vetoes = self.standard.plan().vetoes.iter().zip(&self.columns.vetoes);
        vetoes
            .filter(move |(_, column)| column.get(row).is_some_and(|outcomes| wanted(*outcomes)))
            .map(|(veto, _)| veto.code.as_str())
    }

    pub(crate) fn is_provisional(&self, row: usize) -> bool {
        let incomplete = self.observations.0.incomplete.get(row).copied();
        incomplete.unwrap_or(false) || self.undecided(row).next().is_some()
    }

    /// What the card's reader must know, in a fixed order.
    #[must_use]
    pub fn flags(&self, row: usize) -> Vec<Flag> {
        let all = [
            Flag::Provisional,
            Flag::Imputed,
            Flag::GradeTaken,
            Flag::NoTotal,
        ];
        let held = all.into_iter().filter(|flag| self.has_flag(*flag, row));
        held.collect()
    }

    /// Whether a card has a flag.
    #[must_use]
    pub fn has_flag(&self, flag: Flag, row: usize) -> bool {
        match flag {
            Flag::Provisional => self.is_provisional(row),
            Flag::Imputed => {
                let mut imputed = self.leaves_where(row, false, State::is_imputed);
                imputed.next().is_some()
            }
            Flag::GradeTaken => self.grade(row).is_none() && self.grade_earned(row).is_some(),
            Flag::NoTotal => row < self.len() && self.total(row).is_none(),
        }
    }
}
