//! Items' points and states for all rows: given with the scores, or computed again from the
//! plan when somebody asks for them. Most runs want totals and places alone.

use std::sync::{Arc, OnceLock};

use super::block::{Run, Work};
use super::options::ScoreOptions;
use super::run::{Compiled, in_blocks};
use super::{NONE, Scores};
use crate::plan::{EffectPlan, ItemPlan, Plan, State};

/// An item of a section, a bonus or a deduction: an index into its list in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    Item(usize),
    Bonus(usize),
    Deduction(usize),
}

impl Leaf {
    #[inline]
    pub(crate) fn plan(self, plan: &Plan) -> Option<&ItemPlan> {
        match self {
            Leaf::Item(at) => plan.items.get(at),
            Leaf::Bonus(at) => plan.bonus.get(at),
            Leaf::Deduction(at) => plan.deductions.get(at),
        }
    }

    /// All items, then all bonuses and deductions.
    pub(crate) fn all(plan: &Plan) -> impl Iterator<Item = Leaf> + use<> {
        let items = (0..plan.items.len()).map(Leaf::Item);
        let bonus = (0..plan.bonus.len()).map(Leaf::Bonus);
        items
            .chain(bonus)
            .chain((0..plan.deductions.len()).map(Leaf::Deduction))
    }

    /// Its place among all.
    #[inline]
    pub(crate) fn place(self, plan: &Plan) -> usize {
        match self {
            Leaf::Item(at) => at,
            Leaf::Bonus(at) => plan.items.len() + at,
            Leaf::Deduction(at) => plan.items.len() + plan.bonus.len() + at,
        }
    }
}

/// One item's scaled points, with [`NONE`] set aside, and its states.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeafColumn {
    pub(crate) points: Vec<i64>,
    pub(crate) states: Vec<State>,
}

impl LeafColumn {
    pub(crate) fn with_rows(rows: usize) -> LeafColumn {
        LeafColumn {
            points: vec![0; rows],
            states: vec![State::EMPTY; rows],
        }
    }

    pub(crate) fn get(&self, row: usize) -> Option<(i64, State)> {
        Some((*self.points.get(row)?, *self.states.get(row)?))
    }

    pub(crate) fn push(&mut self, points: i64, state: State) {
        self.points.push(points);
        self.states.push(state);
    }

    fn append(&mut self, mut other: LeafColumn) {
        self.points.append(&mut other.points);
        self.states.append(&mut other.states);
    }
}

/// The columns of all items, bonuses and deductions, in the order of [`Leaf::all`].
#[derive(Clone, Debug)]
pub(crate) enum Details {
    Given(Vec<LeafColumn>),
    Later(Later),
}

/// What is needed to compute a column.
#[derive(Clone, Debug)]
pub(crate) struct Later {
    compiled: Arc<Compiled>,
    threads: Option<usize>,
    columns: Vec<OnceLock<LeafColumn>>,
}

impl Details {
    pub(super) fn later(plan: &Plan, compiled: Arc<Compiled>, threads: Option<usize>) -> Details {
        Details::Later(Later {
            compiled,
            threads,
            columns: Leaf::all(plan).map(|_| OnceLock::new()).collect(),
        })
    }
}

impl Scores {
    /// As many threads at most as the run was allowed.
    #[must_use]
    pub fn threads(&self) -> usize {
        let mut options = ScoreOptions::new();
        if let Details::Later(later) = &self.details {
            options.threads = later.threads;
        }
        options.threads_at_most()
    }

    /// Computes the points and states of every item, bonus and deduction now, on as many
    /// threads as the run had.
    ///
    /// A run keeps sections, totals, grades and places. Items' columns are computed again from
    /// the observations when one is first asked for, and are then kept; whoever will read most
    /// cells of most rows saves time by asking for all at once.
    pub fn compute_items(&self) {
        for leaf in Leaf::all(self.standard.plan()) {
            self.leaf(leaf);
        }
    }

    /// The column of an item, computed where it is not at hand.
    #[inline]
    pub(crate) fn leaf(&self, leaf: Leaf) -> Option<&LeafColumn> {
        // An index too far must not be taken for the next kind's first.
        leaf.plan(self.standard.plan())?;
        let place = leaf.place(self.standard.plan());
        match &self.details {
            Details::Given(columns) => columns.get(place),
            Details::Later(later) => self.computed(later, leaf, place),
        }
    }

    fn computed<'a>(
        &'a self,
        later: &'a Later,
        leaf: Leaf,
        place: usize,
    ) -> Option<&'a LeafColumn> {
        let column = later.columns.get(place)?;
        Some(column.get_or_init(|| {
            let mut column = self.compute(later, leaf, 0, self.len());
            self.zero(leaf, 0, &mut column);
            column
        }))
    }

    /// The column, where it is at hand.
    fn held(&self, leaf: Leaf) -> Option<&LeafColumn> {
        let place = leaf.place(self.standard.plan());
        match &self.details {
            Details::Given(columns) => columns.get(place),
            Details::Later(later) => later.columns.get(place)?.get(),
        }
    }

    /// An item's points and state on one row, without its column.
    pub(crate) fn leaf_at(&self, leaf: Leaf, row: usize) -> Option<(i64, State)> {
        leaf.plan(self.standard.plan())?;
        if row >= self.len() {
            return None;
        }
        match (self.held(leaf), &self.details) {
            (Some(column), _) => column.get(row),
            (None, Details::Later(later)) => {
                let mut column = self.compute(later, leaf, row, row + 1);
                self.zero(leaf, row, &mut column);
                column.get(0)
            }
            (None, Details::Given(_)) => None,
        }
    }

    /// An item's points on one row before a veto zeroes them; nothing where it is excluded.
    pub(crate) fn earned_at(&self, item: usize, row: usize) -> Option<i64> {
        let leaf = Leaf::Item(item);
        let at = match &self.details {
            Details::Later(later) if row < self.len() => {
                self.compute(later, leaf, row, row + 1).get(0)
            }
            _ => self.leaf_at(leaf, row),
        };
        at.map(|(points, _)| points)
            .filter(|points| *points != NONE)
    }

    fn compute(&self, later: &Later, leaf: Leaf, from: usize, to: usize) -> LeafColumn {
        let plan = self.standard.plan();
        let run = Run {
            plan,
            observations: &self.observations,
            compiled: &later.compiled,
        };
        let mut options = ScoreOptions::new();
        options.threads = later.threads;
        let blocks = in_blocks(to - from, 1, &options, |first, last| {
            let mut column = LeafColumn::with_rows(last - first);
            let mut work = Work::new(&run, from + first, from + last);
            work.leaf(leaf, &mut column.points, &mut column.states);
            column
        });
        let mut whole = LeafColumn::default();
        for block in blocks.unwrap_or_default() {
            whole.append(block);
        }
        whole
    }

    /// A veto that zeroes an item does so after it is marked.
    fn zero(&self, leaf: Leaf, from: usize, column: &mut LeafColumn) {
        let Leaf::Item(item) = leaf else { return };
        let zeroes =
            |effect: &EffectPlan| matches!(effect, EffectPlan::ZeroItem(at) if *at == item);
        let vetoes = self.standard.plan().vetoes.iter().zip(&self.columns.vetoes);
        for (_, outcomes) in vetoes.filter(|(veto, _)| veto.effects.iter().any(zeroes)) {
            let outcomes = outcomes.get(from..).unwrap_or_default();
            for (points, outcomes) in column.points.iter_mut().zip(outcomes) {
                if outcomes.holds() && *points != NONE {
                    *points = 0;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Observations, PointsOf, ScoreOptions, Standard};

    #[test]
    fn an_index_past_the_last_is_none_of_another_kind() {
        let standard = Standard::builtin("weihai-2020").unwrap();
        let table = Observations::from_rows(&standard, &["code"], &[["c1"]]).unwrap();
        let scores = standard.score(&table, &ScoreOptions::new()).unwrap();
        let items = standard.items().len();
        assert!(scores.column(PointsOf::Item(items - 1)).is_some());
        assert!(scores.column(PointsOf::Item(items)).is_none());
        let bonuses = standard.document().bonus.len();
        assert!(scores.column(PointsOf::Bonus(bonuses)).is_none());
        assert!(scores.item_state(items, 0).is_none());
    }
}
