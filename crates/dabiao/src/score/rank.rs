//! Places: total, then tie-breaks, competition places (§2.10).

use std::cmp::Ordering;

use super::{Columns, NO_GRADE, NONE};
use crate::plan::{Plan, TieBreak};

/// What two communities are compared by, best first.
pub(crate) struct Standing<'a> {
    keys: Vec<&'a [i64]>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(plan: &'a Plan, columns: &'a Columns) -> Self {
        let mut keys = vec![columns.totals.as_slice()];
        for tie_break in &plan.tie_breaks {
            keys.push(match tie_break {
                TieBreak::Part(crate::plan::Part::Section(section)) => &columns.sections[*section],
                TieBreak::Part(crate::plan::Part::Item(item)) => &columns.items[*item],
                TieBreak::Bonus => &columns.bonus,
                TieBreak::BeforeBonus => &columns.before_bonus,
            });
        }
        Standing { keys }
    }

    /// What a community is compared by: the greater stands before the lesser.
    #[cfg(feature = "arrow")]
    pub(crate) fn keys(&self, row: usize) -> impl Iterator<Item = i64> {
        self.keys
            .iter()
            .filter_map(move |key| key.get(row).copied())
    }

    /// `Less` where `a` stands before `b`. What is excluded is the least value there is, and
    /// so loses the tie.
    pub(crate) fn compare(&self, a: usize, b: usize) -> Ordering {
        self.keys
            .iter()
            .map(|key| key[b].cmp(&key[a]))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Places from 1; 0 without a total or where a veto took the grade.
pub(crate) fn ranks(plan: &Plan, columns: &Columns) -> Vec<u32> {
    let standing = Standing::new(plan, columns);
    let placed = |row: &usize| {
        let taken = columns.grades[*row] == NO_GRADE && columns.earned[*row] != NO_GRADE;
        columns.totals[*row] != NONE && !taken
    };
    let mut order: Vec<usize> = (0..columns.totals.len()).filter(placed).collect();
    order.sort_unstable_by(|a, b| standing.compare(*a, *b).then(a.cmp(b)));
    let mut ranks = vec![0; columns.totals.len()];
    let mut place = 0;
    for (position, row) in order.iter().enumerate() {
        let tied = position > 0 && standing.compare(order[position - 1], *row).is_eq();
        if !tied {
            place = position as u32 + 1;
        }
        ranks[*row] = place;
    }
    ranks
}
