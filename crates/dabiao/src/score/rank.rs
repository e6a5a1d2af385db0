//! Places: total, then tie-breaks, competition places (§2.10).

use std::cmp::Ordering as Order;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::{Column, Leaf, NO_GRADE, NONE, Scores};
use crate::plan::{Part, TieBreak};
use crate::threads::on_threads;

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

/// Totals that differ by no more than this are counted instead of sorted.
const COUNTED: i64 = 1 << 20;
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
        let placed = placed(part);
        self.placed.extend((0..part.len()).map(placed));
    }

    /// The places of all communities, in the order in which they were added, on at most so many
    /// threads; 0 stands for none.
    #[must_use]
    pub fn places(&self, threads: usize) -> Vec<u32> {
        let standing = Standing {
            keys: self.keys.iter().map(|key| Column::Wide(key)).collect(),
        };
        let placed = |row: usize| self.placed.get(row).copied().unwrap_or(false);
        ranks_of(&standing, self.placed.len(), placed, threads)
    }
}

impl Scores {
    /// Sets the places of these communities, which are a part of a longer table, to those in
    /// the whole; see [`Standings::places`]. 0 stands for none, as what is wanting does.
    pub fn set_places(&mut self, places: &[u32]) {
        self.ranks = places.to_vec();
        self.ranks.resize(self.len(), 0);
    }
}

/// Who has a place: not without a total, nor where a veto took the grade.
fn placed(scores: &Scores) -> impl Fn(usize) -> bool + Sync + '_ {
    let columns = &scores.columns;
    let (grades, earned): (&[u16], &[u16]) = (&columns.grades, columns.earned());
    let totals = columns.totals.view();
    move |row| {
        let taken = grades[row] == NO_GRADE && earned[row] != NO_GRADE;
        totals.at(row) != NONE && !taken
    }
}

/// Places from 1; 0 without a total or where a veto took the grade.
pub(crate) fn ranks(scores: &Scores, threads: usize) -> Vec<u32> {
    let standing = Standing::new(scores);
    let rows = scores.columns.totals.len();
    ranks_of(&standing, rows, placed(scores), threads)
}

fn ranks_of(
    standing: &Standing<'_>,
    rows: usize,
    placed: impl Fn(usize) -> bool + Sync,
    threads: usize,
) -> Vec<u32> {
    let threads = if rows < ROWS_FOR_THREADS {
        1
    } else {
        threads.max(1)
    };
    if let Some(packed) = Packed::new(standing, rows) {
        return packed.ranks(placed, threads);
    }
    let mut order: Vec<usize> = (0..rows).filter(|row| placed(*row)).collect();
    order.sort_unstable_by(|a, b| standing.compare(*a, *b).then(a.cmp(b)));
    let mut ranks = vec![0; rows];
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

/// Standings as small numbers: how far a total is from the best, and 32 bits for what breaks
/// ties.
struct Packed<'a> {
    totals: Column<'a>,
    best: i64,
    /// How many different distances there may be.
    distances: usize,
    /// Each tie-break's column, its best, and the bits below it.
    ties: Vec<(Column<'a>, i64, u32)>,
}

impl<'a> Packed<'a> {
    /// Nothing where the numbers are too far apart.
    fn new(standing: &Standing<'a>, rows: usize) -> Option<Packed<'a>> {
        let (totals, others) = standing.keys.split_first()?;
        u32::try_from(rows).ok()?;
        let (least, best) = extent(*totals);
        let spread = best
            .checked_sub(least)
            .filter(|spread| (0..COUNTED).contains(spread))?;
        let (mut ties, mut bits) = (Vec::new(), 0u32);
        for key in others.iter().rev() {
            let (least, best) = extent(*key);
            // One more for what is excluded, which loses the tie.
            let most = best.checked_sub(least)?.max(0).checked_add(1)?;
            ties.push((*key, best, bits));
            bits += 64 - most.leading_zeros();
        }
        (bits <= 32).then_some(Packed {
            totals: *totals,
            best,
            distances: spread as usize + 1,
            ties,
        })
    }

    #[inline(always)]
    fn distance(&self, row: usize) -> usize {
        self.best.wrapping_sub(self.totals.at(row)) as usize
    }

    /// What breaks a tie, the better the less, and the row.
    #[inline(always)]
    fn tie(&self, row: usize) -> u64 {
        let mut tie = 0u64;
        for (n, (key, best, bits)) in self.ties.iter().enumerate() {
            let excluded = match self.ties.get(n + 1) {
                Some((_, _, above)) => (1u64 << (above - bits)) - 1,
                None => (1u64 << (32 - bits)) - 1,
            };
            let distance = match key.at(row) {
                NONE => excluded,
                points => best.wrapping_sub(points) as u64,
            };
            tie |= distance << bits;
        }
        tie << 32 | row as u64
    }

    fn ranks(&self, placed: impl Fn(usize) -> bool + Sync, threads: usize) -> Vec<u32> {
        let rows = self.totals.len();
        let each = rows.div_ceil(threads).max(1);
        let parts: Vec<Range<usize>> = (0..rows)
            .step_by(each)
            .map(|from| from..(from + each).min(rows))
            .collect();
        let counts = on_threads(parts.clone(), |part| {
            let mut counts = vec![0u32; self.distances];
            for row in part.filter(|row| placed(*row)) {
                counts[self.distance(row)] += 1;
            }
            counts
        });
        // Where the rows of a distance begin in the order, all in all and for each part.
        let mut starts = Vec::with_capacity(self.distances + 1);
        let mut next: Vec<Vec<u32>> = vec![vec![0; self.distances]; counts.len()];
        let mut before = 0;
        for distance in 0..self.distances {
            starts.push(before);
            for (counts, next) in counts.iter().zip(&mut next) {
                next[distance] = before;
                before += counts[distance];
            }
        }
        starts.push(before);
        let order: Vec<AtomicU64> = (0..before).map(|_| AtomicU64::new(0)).collect();
        on_threads(parts.into_iter().zip(next).collect(), |(part, mut next)| {
            for row in part.filter(|row| placed(*row)) {
                let at = &mut next[self.distance(row)];
                order[*at as usize].store(self.tie(row), Ordering::Relaxed);
                *at += 1;
            }
        });
        let mut order: Vec<u64> = order.into_iter().map(AtomicU64::into_inner).collect();
        let ranks: Vec<AtomicU32> = (0..rows).map(|_| AtomicU32::new(0)).collect();
        on_threads(
            stretches(&mut order, &starts, threads),
            |(mut order, starts)| {
                for pair in starts.windows(2) {
                    let (equal, rest) = order.split_at_mut((pair[1] - pair[0]) as usize);
                    if !self.ties.is_empty() {
                        equal.sort_unstable();
                    }
                    let (mut place, mut last) = (0, u64::MAX);
                    for (position, packed) in (pair[0]..).zip(&*equal) {
                        let (tie, row) = (packed >> 32, *packed as u32);
                        if tie != last {
                            (place, last) = (position + 1, tie);
                        }
                        ranks[row as usize].store(place, Ordering::Relaxed);
                    }
                    order = rest;
                }
            },
        );
        ranks.into_iter().map(AtomicU32::into_inner).collect()
    }
}

/// The order cut into about equal stretches, no total in two of them, each with its starts.
fn stretches<'a>(
    mut order: &'a mut [u64],
    starts: &'a [u32],
    threads: usize,
) -> Vec<(&'a mut [u64], &'a [u32])> {
    let each = order.len().div_ceil(threads).max(1) as u32;
    let mut stretches = Vec::with_capacity(threads);
    let mut first = 0;
    while first + 1 < starts.len() {
        let wanted = starts[first].saturating_add(each);
        let beyond = starts[first + 1..].partition_point(|start| *start < wanted);
        let last = (first + 1 + beyond).min(starts.len() - 1);
        let (here, rest) = order.split_at_mut((starts[last] - starts[first]) as usize);
        stretches.push((here, &starts[first..=last]));
        (order, first) = (rest, last);
    }
    stretches
}

/// The least and the greatest, what is excluded aside.
fn extent(column: Column<'_>) -> (i64, i64) {
    let (mut least, mut most) = (i64::MAX, i64::MIN);
    for points in (0..column.len()).map(|row| column.at(row)) {
        least = least.min(if points == NONE { i64::MAX } else { points });
        most = most.max(points);
    }
    if most == NONE { (0, 0) } else { (least, most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places one by one, as they are defined.
    fn plainly(keys: &[Vec<i64>], placed: &[bool]) -> Vec<u32> {
        let of = |row: usize| keys.iter().map(|key| key[row]).collect::<Vec<_>>();
        let rows = 0..placed.len();
        rows.clone()
            .map(|row| match placed[row] {
                false => 0,
                true => {
                    1 + rows
                        .clone()
                        .filter(|o| placed[*o] && of(*o) > of(row))
                        .count() as u32
                }
            })
            .collect()
    }

    #[test]
    fn counted_places_are_places() {
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ((state >> 33) % below) as i64
        };
        for (rows, spread) in [(0, 1), (1, 1), (40, 3), (200, 1), (300, 40), (300, 900_000)] {
            let mut column =
                |spread: u64| -> Vec<i64> { (0..rows).map(|_| next(spread) - 5).collect() };
            let mut keys = vec![column(spread), column(3), column(2)];
            if rows > 100 {
                keys[1][17] = NONE;
                keys[2][50] = NONE;
            }
            let mut placed: Vec<bool> = (0..rows).map(|row| row % 7 != 3).collect();
            if rows > 100 {
                keys[0][5] = NONE;
                placed[5] = false;
            }
            let expected = plainly(&keys, &placed);
            let standing = Standing {
                keys: keys.iter().map(|key| Column::Wide(key)).collect(),
            };
            let packed = Packed::new(&standing, rows).unwrap();
            for threads in [1, 2, 3, 16] {
                assert_eq!(packed.ranks(|row| placed[row], threads), expected);
            }
        }
        let far = [i64::MAX, 0, -5];
        assert!(
            Packed::new(
                &Standing {
                    keys: vec![Column::Wide(&far)]
                },
                3
            )
            .is_none()
        );
        assert!(
            Packed::new(
                &Standing {
                    keys: vec![Column::Wide(&[1, 2, 3]), Column::Wide(&far)]
                },
                3
            )
            .is_none()
        );
    }
}
