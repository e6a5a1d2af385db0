//! The roll-up itself: numbers of many units, summed exactly for each group (docs/semantics.md
//! §2.12).
//!
//! Groups are whole numbers from 0, so that a unit's group is one look-up; units come in any
//! order, and how they come decides how they are summed ([`ways`]). Sums are exact, so that the
//! way does not show: machine words as long as they fit, and wider from there on.

mod cells;
mod extremes;
mod numbers;
mod packing;
mod spread;
mod ways;

use crate::decimal::Decimal;
use crate::fault::{Fault, FaultCode};
use crate::rational::{Rational, Rounding};
use crate::threads::{on_threads, stretches};

use crate::vectors::vectorised;
use cells::{Cells, UNSETTLED};
pub use extremes::GroupExtremes;
pub use numbers::Numbers;
use numbers::{BLOCK, Blocks};

/// The group of a unit that is left out, whatever stands in its cells.
pub const NO_GROUP: u32 = u32::MAX;
/// Fewer units than this are not worth a thread.
const UNITS_FOR_THREADS: usize = 50_000;

/// Exact sums of units' values by group, weighted or not: sums, means, and, from ones and zeros,
/// shares.
///
/// Sums of one part of the units [merge](GroupSums::merge) with those of another, and those of
/// one level [go up](GroupSums::up) to the next.
///
/// ```
/// # fn main() -> Result<(), dabiao::Fault> {
/// use dabiao::campaign::{GroupSums, Numbers};
/// // Five buildings in three communities, three communities in two districts.
/// let (community, district) = ([0, 2, 0, 1, 2], [0, 0, 1]);
/// let occupied = Numbers::Floats(&[90.0, 50.0, 80.0, 99.9, 70.0]);
/// let households = Numbers::Floats(&[100.0, 60.0, 300.0, 10.0, 20.0]);
/// let communities = GroupSums::of(&community, 3, occupied, Some(households), 2)?;
/// assert_eq!(communities.mean(0).unwrap().to_string(), "82.5");
/// let districts = communities.up(&district, 2)?;
/// // (90 × 100 + 80 × 300 + 99.9 × 10) ÷ 410
/// assert_eq!(districts.mean(0).unwrap().to_string(), "33999/410");
/// assert_eq!(districts.means(1)[0].unwrap().to_string(), "82.92439");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct GroupSums(Cells);

impl GroupSums {
    /// Sums `values` over the units of each of so many groups; `keys` gives each unit's group,
    /// in any order, or [`NO_GROUP`]. Without weights every unit weighs 1. The sums are the same
    /// for any number of threads.
    ///
    /// # Errors
    /// Arrays that are not equally long, a key that is no group, and a number that is no decimal
    /// ([`Decimal`]) in a unit that is not left out: a NaN, or one beyond ±10¹². The fault names
    /// the position of the unit, counted from 1, as its line.
    pub fn of(
        keys: &[u32],
        groups: usize,
        values: Numbers<'_>,
        weights: Option<Numbers<'_>>,
        threads: usize,
    ) -> Result<GroupSums, Fault> {
        let blocks = Blocks::new(keys, groups, values, weights)?;
        let threads = threads_for(keys.len(), threads);
        match ways::sum(&blocks, threads) {
            Ok(cells) => Ok(GroupSums(cells)),
            // Which fault was found first depends on the threads.
            Err(fault) => Err(blocks.fault().err().unwrap_or(fault)),
        }
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the sums of other units of the same groups.
    ///
    /// # Errors
    /// Sums of another number of groups.
    pub fn merge(self, other: GroupSums) -> Result<GroupSums, Fault> {
        same_length(self.len(), other.len())?;
        Ok(GroupSums(Cells::merged(self.0, other.0)))
    }

    /// The sums of the next level: `parents` gives each group's own group there, or
    /// [`NO_GROUP`].
    ///
    /// # Errors
    /// Another number of parents than of groups; a parent that is none.
    pub fn up(&self, parents: &[u32], groups: usize) -> Result<GroupSums, Fault> {
        same_length(self.len(), parents.len())?;
        let odd = |parent: &u32| *parent != NO_GROUP && *parent as usize >= groups;
        if groups_of(parents) as usize > groups
            && let Some(at) = parents.iter().position(odd)
        {
            return Err(no_group(at, parents[at], groups));
        }
        Ok(GroupSums(self.0.up(parents, groups)))
    }

    /// A group's sum of values × weights; 0 for what is no group.
    #[must_use]
    pub fn sum(&self, group: usize) -> Rational {
        let (sum, _, scale) = self.0.exact(group);
        shifted(sum, scale)
    }

    /// A group's sum of weights: without weights, how many units it has.
    #[must_use]
    pub fn weight(&self, group: usize) -> Rational {
        let (_, weight, scale) = self.0.exact(group);
        shifted(weight, scale - Decimal::DIGITS)
    }

    /// A group's mean, exactly; nothing where the weights add up to 0.
    #[must_use]
    pub fn mean(&self, group: usize) -> Option<Rational> {
        let (sum, weight, _) = self.0.exact(group);
        Some(shifted(sum.checked_div(&weight)?, Decimal::DIGITS))
    }

    /// A group's sums in whole units of what was stored: of value × weight, and of weight, which
    /// is a count without weights. It undoes the millionths.
    pub(in crate::campaign) fn stored(&self, group: usize, weighted: bool) -> (Rational, Rational) {
        let digits = if weighted {
            2 * Decimal::DIGITS
        } else {
            Decimal::DIGITS
        };
        let power = |digits: u8| Rational::from(10i64.pow(u32::from(digits)));
        let of_weight = power(if weighted { Decimal::DIGITS } else { 0 });
        (
            &self.sum(group) * &power(digits),
            &self.weight(group) * &of_weight,
        )
    }

    /// All groups' means, each as the nearest decimal, ties away from zero: to be shown. What
    /// goes on being computed with is [`GroupSums::mean`].
    #[must_use]
    pub fn means(&self, threads: usize) -> Vec<Option<Decimal>> {
        let rounded = |group| {
            let millionths = match self.0.millionths(group) {
                Some(settled) => settled,
                None => self.mean(group)?.round(Decimal::DIGITS, Rounding::HalfUp),
            };
            Decimal::from_millionths(millionths?)
        };
        let mut means = vec![None; self.len()];
        let parts = stretches(self.len(), threads_for(self.len(), threads));
        let mut rest = means.as_mut_slice();
        let mut work = Vec::with_capacity(parts.len());
        for part in parts {
            let (here, beyond) = rest.split_at_mut(part.len());
            work.push((part, here));
            rest = beyond;
        }
        on_threads(work, |(part, means)| {
            let mut quick = [0; BLOCK];
            for (from, means) in part.step_by(BLOCK).zip(means.chunks_mut(BLOCK)) {
                self.0.quick_means(from, &mut quick[..means.len()]);
                for (at, (mean, quick)) in means.iter_mut().zip(quick).enumerate() {
                    *mean = match quick {
                        UNSETTLED => rounded(from + at),
                        settled => Decimal::from_millionths(settled),
                    };
                }
            }
        });
        means
    }
}

vectorised! {
    /// How many groups there are at least.
    fn groups_of(keys: &[u32]) -> u32 {
        // No group comes to 0.
        keys.iter().fold(0, |most, key| most.max(key.wrapping_add(1)))
    }
}

/// A number in units of 10^−decimals.
fn shifted(number: Rational, decimals: u8) -> Rational {
    &number * &Rational::from_scaled(1, decimals)
}

fn threads_for(units: usize, threads: usize) -> usize {
    if units < UNITS_FOR_THREADS {
        1
    } else {
        threads.max(1)
    }
}

fn same_length(expected: usize, found: usize) -> Result<(), Fault> {
    if expected == found {
        return Ok(());
    }
    let fault = Fault::new(FaultCode::ColumnLength).found(found);
    Err(fault.expected(expected.to_string()))
}

fn no_group(at: usize, key: u32, groups: usize) -> Fault {
    use crate::lang::Text;
    numbers::at_unit(FaultCode::Value, at)
        .found(key)
        .expected(Text::new(
            format!("小于 {groups} 的组号"),
            format!("a group below {groups}"),
        ))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod ways_tests;
