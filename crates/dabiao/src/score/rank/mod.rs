//! Places: total, then tie-breaks, competition places (§2.10).

mod keys;
mod places;

use std::cmp::Ordering as Order;
use std::ops::Range;

use self::keys::Keys;
use self::places::places;
use super::{Column, Leaf, NO_GRADE, NONE, Scores};
use crate::memory::Cells;
use crate::plan::{Part, TieBreak};
use crate::threads::stretches;

/// What two communities are compared by, best first.
pub(crate) struct Standing<'a> {
    keys: Vec<Column<'a>>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(scores: &'a Scores) -> Self {
        let columns = &scores.columns;
        let mut keys = vec![columns.totals.view()];
        for tie_break in &scores.standard.plan().tie_breaks {
            keys.push(match tie_break {
                TieBreak::Part(Part::Section(section)) => columns.sections[*section].view(),
                TieBreak::Part(Part::Item(item)) => match scores.leaf(Leaf::Item(*item)) {
                    Some(column) => Column::Wide(&column.points),
                    None => continue,
                },
                TieBreak::Bonus => columns.bonus.view(),
                TieBreak::BeforeBonus => columns.before_bonus().view(),
            });
        }
        Standing { keys }
    }

    /// What a community is compared by: the greater stands before the lesser.
    #[cfg(feature = "arrow")]
    pub(crate) fn keys(&self, row: usize) -> impl Iterator<Item = i64> {
        self.keys.iter().filter_map(move |key| key.get(row))
    }

    /// `Less` where `a` stands before `b`. What is excluded is the least value there is, and
    /// so loses the tie.
    pub(crate) fn compare(&self, a: usize, b: usize) -> Order {
        self.keys
            .iter()
            .map(|key| key.at(b).cmp(&key.at(a)))
            .find(|order| order.is_ne())
            .unwrap_or(Order::Equal)
    }
}

/// Fewer rows than this are not worth a thread.
const ROWS_FOR_THREADS: usize = 50_000;

/// What places are told by, gathered over the parts of a table that is scored part by part: a
/// whole number for the total and for each tie-break, 8 bytes each, a community.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, ScoreOptions, Standard, Standings};
/// let standard = Standard::builtin("weihai-2020")?;
/// let heading = ["code", "activities"];
/// let mut standings = Standings::new();
/// for row in [["a", "6"], ["b", "8"]] {
///     let part = Observations::from_rows(&standard, &heading, &[row])?;
///     standings.add(&standard.score(&part, &ScoreOptions::new())?);
/// }
/// assert_eq!(standings.places(1), [2, 1]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Standings {
    keys: Vec<Vec<i64>>,
    placed: Vec<bool>,
}

impl Standings {
    /// Those of no community.
    #[must_use]
    pub fn new() -> Self {
        Standings::default()
    }

    /// Adds the next part, scored by the same standard as the others.
    pub fn add(&mut self, part: &Scores) {
        let standing = Standing::new(part);
        self.keys.resize(standing.keys.len(), Vec::new());
        for (held, key) in self.keys.iter_mut().zip(&standing.keys) {
            held.extend((0..part.len()).map(|row| key.at(row)));
        }
        let placed = Placed::new(part);
        let placed = |row| placed.has(row) && part.columns.totals.at(row) != NONE;
        self.placed.extend((0..part.len()).map(placed));
    }

    /// The places of all communities, in the order in which they were added, on at most so many
    /// threads; 0 stands for none.
    #[must_use]
    pub fn places(&self, threads: usize) -> Vec<u32> {
        let standing = Standing {
            keys: self.keys.iter().map(|key| Column::Wide(key)).collect(),
        };
        ranks_of(&standing, Placed::Listed(&self.placed), threads).to_vec()
    }
}

impl Scores {
    /// Sets the places of these communities, which are a part of a longer table, to those in
    /// the whole; see [`Standings::places`]. 0 stands for none, as what is wanting does.
    pub fn set_places(&mut self, places: &[u32]) {
        let mut places = places.to_vec();
        places.resize(self.len(), 0);
        self.ranks = Cells::Own(places);
    }
}

/// Who has a place beside what a total is needed for.
#[derive(Clone, Copy)]
enum Placed<'a> {
    All,
    /// Not where a veto took the grade.
    Graded {
        grades: &'a [u16],
        earned: &'a [u16],
    },
    Listed(&'a [bool]),
}

impl<'a> Placed<'a> {
    fn new(scores: &'a Scores) -> Self {
        let columns = &scores.columns;
        match &columns.earned {
            None => Placed::All,
            Some(earned) => Placed::Graded {
                grades: &columns.grades,
                earned,
            },
        }
    }

    fn has(self, row: usize) -> bool {
        match self {
            Placed::All => true,
            Placed::Graded { grades, earned } => grades[row] != NO_GRADE || earned[row] == NO_GRADE,
            Placed::Listed(placed) => placed[row],
        }
    }
}

/// Places from 1; 0 without a total or where a veto took the grade.
pub(crate) fn ranks(scores: &Scores, threads: usize) -> Cells<u32> {
    ranks_of(&Standing::new(scores), Placed::new(scores), threads)
}

fn ranks_of(standing: &Standing<'_>, placed: Placed<'_>, threads: usize) -> Cells<u32> {
    let rows = standing.keys.first().map_or(0, |totals| totals.len());
    let threads = if rows < ROWS_FOR_THREADS { 1 } else { threads };
    ranked(standing, placed, &stretches(rows, threads))
}

fn ranked(standing: &Standing<'_>, placed: Placed<'_>, parts: &[Range<usize>]) -> Cells<u32> {
    match Keys::new(standing, placed, parts) {
        Some(keys) => places(standing, &keys, parts),
        None => Cells::default(),
    }
}

#[cfg(test)]
mod tests;
