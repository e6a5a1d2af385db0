//! Places: total, then tie-breaks, competition places (§2.10).

use std::cmp::Ordering;

use super::{Leaf, NO_GRADE, NONE, Scores};
use crate::plan::{Part, TieBreak};

/// What two communities are compared by, best first.
pub(crate) struct Standing<'a> {
    keys: Vec<&'a [i64]>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(scores: &'a Scores) -> Self {
        let columns = &scores.columns;
        let mut keys = vec![columns.totals.as_slice()];
        for tie_break in &scores.standard.plan().tie_breaks {
            keys.push(match tie_break {
                TieBreak::Part(Part::Section(section)) => &columns.sections[*section],
                TieBreak::Part(Part::Item(item)) => match scores.leaf(Leaf::Item(*item)) {
                    Some(column) => &column.points,
                    None => continue,
                },
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
pub(crate) fn ranks(scores: &Scores) -> Vec<u32> {
    let columns = &scores.columns;
    let standing = Standing::new(scores);
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
