//! The statistics of cohorts: what rank, shares, min–max, means and medians look at.
//!
//! [`Statistics`] can be computed over parts of a table, merged in any order, stored, and
//! handed in where a single card is scored later (docs/semantics.md §2.3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, FaultCode, Faults};
use crate::rational::Rational;

/// The statistics of every cohort that a standard looks at.
///
/// They are exact, so any partition of a table merges into the same object.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, ScoreOptions, Standard};
/// let standard = Standard::from_toml(r#"
/// [standard]
/// id = "green"
/// title = "Green"
/// [measures.trees]
/// type = "count"
/// [[section]]
/// id = "1"
/// title = "Trees"
/// item = [{ id = "1.1", title = "Most trees", points = 10, value = "trees", share_of_best = {} }]
/// "#)?;
/// let north = Observations::from_rows(&standard, &["code", "trees"], &[&["n1", "40"]])?;
/// let south = Observations::from_rows(&standard, &["code", "trees"], &[&["s1", "50"]])?;
/// let mut statistics = standard.statistics(&north, 1)?;
/// statistics.merge(standard.statistics(&south, 1)?)?;
/// let options = ScoreOptions::new().with_statistics(statistics);
/// let scores = standard.score(&north, &options)?;
/// assert_eq!(scores.total(0).unwrap().to_string(), "8.00");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// The SHA-256 of the standard, in hexadecimal.
    pub(crate) standard: String,
    /// A slot of the plan → the attribute's value (empty for the whole table) → numbers.
    pub(crate) slots: Vec<BTreeMap<String, Summary>>,
}

/// The numbers of one cohort, mergeable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) count: u64,
    pub(crate) sum: Rational,
    pub(crate) min: Rational,
    pub(crate) max: Rational,
    /// Distinct values in order, each with how often it occurs; empty where none are counted.
    pub(crate) values: Vec<(Rational, u64)>,
}

impl Statistics {
    /// Those of a table without communities.
    pub(crate) fn of_nobody(standard: &crate::Standard) -> Statistics {
        Statistics {
            standard: standard.digest().to_owned(),
            slots: vec![BTreeMap::new(); standard.plan().slots.len()],
        }
    }

    /// Adds the statistics of another part of the table.
    ///
    /// # Errors
    /// [`FaultCode::CohortMismatch`] where they belong to another standard.
    pub fn merge(&mut self, other: Statistics) -> Result<(), Faults> {
        if self.standard != other.standard || self.slots.len() != other.slots.len() {
            return Err(mismatch(&self.standard, &other.standard).into());
        }
        for (mine, theirs) in self.slots.iter_mut().zip(other.slots) {
            for (group, summary) in theirs {
                mine.entry(group).or_default().merge(summary);
            }
        }
        Ok(())
    }

    /// Reads what [`Statistics::to_json`] wrote.
    ///
    /// # Errors
    /// [`FaultCode::Syntax`] where the text is no such object.
    pub fn from_json(text: &str) -> Result<Self, Faults> {
        let read: Statistics = serde_json::from_str(text)
            .map_err(|error| Faults::from(Fault::new(FaultCode::Syntax).found(error)))?;
        let sound = read
            .slots
            .iter()
            .flat_map(BTreeMap::values)
            .all(Summary::is_sound);
        if sound {
            Ok(read)
        } else {
            Err(Fault::new(FaultCode::Syntax).about("statistics").into())
        }
    }

    /// As JSON text, exact, the same bytes for the same statistics.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists alone: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The statistics are of one standard, the standard in hand is another.
pub(crate) fn mismatch(expected: &str, found: &str) -> Fault {
    Fault::new(FaultCode::CohortMismatch)
        .found(found)
        .expected(expected)
}

impl Summary {
    pub(crate) fn from_values(mut values: Vec<Rational>, distinct: bool) -> Summary {
        if distinct {
            values.sort_unstable();
        }
        let mut summary = Summary::default();
        for value in values {
            if summary.count == 0 || value < summary.min {
                summary.min = value.clone();
            }
            if summary.count == 0 || value > summary.max {
                summary.max = value.clone();
            }
            summary.count += 1;
            summary.sum = &summary.sum + &value;
            if distinct {
                match summary.values.last_mut() {
                    Some((last, times)) if *last == value => *times += 1,
                    _ => summary.values.push((value, 1)),
                }
            }
        }
        summary
    }

    fn merge(&mut self, other: Summary) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = other;
            return;
        }
        self.count += other.count;
        self.sum = &self.sum + &other.sum;
        if other.min < self.min {
            self.min = other.min;
        }
        if other.max > self.max {
            self.max = other.max;
        }
        let mut merged: Vec<(Rational, u64)> =
            Vec::with_capacity(self.values.len() + other.values.len());
        let mut left = std::mem::take(&mut self.values).into_iter().peekable();
        let mut right = other.values.into_iter().peekable();
        loop {
            let from_left = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.0 <= b.0,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            let next = if from_left { left.next() } else { right.next() };
            let Some((value, times)) = next else { break };
            match merged.last_mut() {
                Some((last, held)) if *last == value => *held += times,
                _ => merged.push((value, times)),
            }
        }
        self.values = merged;
    }

    /// What an honest summary holds; one from outside may not.
    fn is_sound(&self) -> bool {
        let counted = || {
            self.values
                .iter()
                .map(|(_, times)| *times)
                .try_fold(0u64, u64::checked_add)
        };
        let ordered = self.values.windows(2).all(|pair| pair[0].0 < pair[1].0);
        self.count > 0
            && self.min <= self.max
            && ordered
            && (self.values.is_empty() || counted() == Some(self.count))
    }
}

/// A cohort's numbers, ready to be asked. There is at least one value.
#[derive(Debug)]
pub(crate) struct Cohort {
    count: u64,
    min: Rational,
    max: Rational,
    mean: Rational,
    values: Vec<Rational>,
    /// How many values stand before each of `values`, and in all.
    before: Vec<u64>,
}

impl Cohort {
    pub(crate) fn new(summary: &Summary) -> Option<Cohort> {
        let count = Rational::ratio(i128::from(summary.count), 1)?;
        let mean = summary.sum.checked_div(&count)?;
        let mut before = Vec::with_capacity(summary.values.len() + 1);
        let mut total = 0;
        before.push(0);
        for (_, times) in &summary.values {
            total += times;
            before.push(total);
        }
        Some(Cohort {
            count: summary.count,
            min: summary.min.clone(),
            max: summary.max.clone(),
            mean,
            values: summary
                .values
                .iter()
                .map(|(value, _)| value.clone())
                .collect(),
            before,
        })
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn min(&self) -> &Rational {
        &self.min
    }

    pub(crate) fn max(&self) -> &Rational {
        &self.max
    }

    pub(crate) fn mean(&self) -> &Rational {
        &self.mean
    }

    /// 1 + the number of better values; from the bottom, of worse ones.
    pub(crate) fn place(&self, value: &Rational, from_top: bool) -> u64 {
        let better = if from_top {
            let at = self.values.partition_point(|held| held <= value);
            self.count - self.before.get(at).copied().unwrap_or(self.count)
        } else {
            let at = self.values.partition_point(|held| held < value);
            self.before.get(at).copied().unwrap_or(0)
        };
        better + 1
    }

    /// The middle value, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> Rational {
        let at = |index: u64| {
            let position = self.before.partition_point(|before| *before <= index);
            self.values
                .get(position.saturating_sub(1))
                .cloned()
                .unwrap_or_default()
        };
        let upper = at(self.count / 2);
        if self.count % 2 == 1 {
            return upper;
        }
        let lower = at(self.count / 2 - 1);
        let half = Rational::ratio(1, 2).unwrap_or_default();
        &(&lower + &upper) * &half
    }

    /// The cohort after one of its values has moved, to be asked about the new value alone.
    ///
    /// The mean costs the most and is moved only where it is needed.
    pub(crate) fn moved(&self, from: &Rational, to: &Rational, needs_mean: bool) -> Cohort {
        let first = self.values.partition_point(|held| held < from);
        let own = usize::from(self.values.get(first) == Some(from));
        let times = |index: usize| {
            let after = self.before.get(index + 1).copied().unwrap_or(self.count);
            after - self.before.get(index).copied().unwrap_or(self.count)
        };
        let alone = own == 1 && times(first) == 1;
        let others = |index: Option<usize>| self.values.get(index?);
        let mut min = &self.min;
        if alone && first == 0 {
            min = others(Some(1)).unwrap_or(to);
        }
        let mut max = &self.max;
        if alone && first + 1 == self.values.len() {
            max = others(first.checked_sub(1)).unwrap_or(to);
        }
        let below = |end: usize| {
            let counted = self.before.get(end).copied().unwrap_or(self.count);
            counted - u64::from(own == 1 && first < end)
        };
        let less = below(self.values.partition_point(|held| held < to));
        let up_to = below(self.values.partition_point(|held| held <= to));
        let stands = [
            (to - &Rational::ONE, less),
            (to.clone(), up_to - less + 1),
            (to + &Rational::ONE, self.count - 1 - up_to),
        ];
        let (mut values, mut before, mut total) = (Vec::new(), vec![0], 0);
        for (value, times) in stands.into_iter().filter(|(_, times)| *times > 0) {
            total += times;
            values.push(value);
            before.push(total);
        }
        let count = Rational::ratio(i128::from(self.count), 1).unwrap_or_default();
        let mean = match (to - from).checked_div(&count) {
            Some(step) if needs_mean => &self.mean + &step,
            _ => self.mean.clone(),
        };
        Cohort {
            count: self.count,
            min: min.min(to).clone(),
            max: max.max(to).clone(),
            mean,
            values,
            before,
        }
    }

    /// The value at a place, ties counted one by one, where one value of `without` is left out.
    pub(crate) fn nth(
        &self,
        place: u64,
        from_top: bool,
        without: Option<&Rational>,
    ) -> Option<&Rational> {
        let counted = self.before.last().copied().unwrap_or(0);
        let size = counted.checked_sub(u64::from(without.is_some()))?;
        let index = if from_top {
            size.checked_sub(place)?
        } else {
            place.checked_sub(1)?
        };
        let own = without.map(|own| self.values.partition_point(|held| held < own));
        let shift = own
            .and_then(|own| self.before.get(own))
            .is_some_and(|own| index >= *own);
        let index = index + u64::from(shift);
        let at = self.before.partition_point(|before| *before <= index);
        self.values.get(at.checked_sub(1)?)
    }

    /// The next distinct value above or below one of the values.
    pub(crate) fn beside(&self, value: &Rational, above: bool) -> Option<&Rational> {
        let at = if above {
            self.values.partition_point(|held| held <= value)
        } else {
            self.values
                .partition_point(|held| held < value)
                .checked_sub(1)?
        };
        self.values.get(at)
    }

    /// The distinct values in order, where they are counted.
    pub(crate) fn values(&self) -> &[Rational] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(values: &[i64]) -> Summary {
        Summary::from_values(values.iter().map(|v| Rational::from(*v)).collect(), true)
    }

    #[test]
    fn places_medians_and_merging() {
        let whole = summary(&[50, 40, 40, 25]);
        let mut parts = summary(&[40, 25]);
        parts.merge(summary(&[40, 50]));
        assert_eq!(parts, whole);
        let cohort = Cohort::new(&whole).unwrap();
        let place = |v: i64, top| cohort.place(&Rational::from(v), top);
        assert_eq!(
            [
                place(50, true),
                place(40, true),
                place(25, true),
                place(30, true),
                place(60, true)
            ],
            [1, 2, 4, 4, 1]
        );
        assert_eq!(
            [
                place(25, false),
                place(40, false),
                place(50, false),
                place(10, false)
            ],
            [1, 2, 4, 1]
        );
        assert_eq!(cohort.median(), Rational::from(40));
        assert_eq!(
            Cohort::new(&summary(&[1, 2])).unwrap().median().to_string(),
            "1.5"
        );
        assert_eq!(
            Cohort::new(&summary(&[7])).unwrap().median().to_string(),
            "7"
        );
        assert_eq!(cohort.mean().to_string(), "38.75");
    }
}
