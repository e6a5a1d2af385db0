//! Sums, means, least and greatest of a community's units, exactly.

use super::groups::{GroupExtremes, GroupSums};
use crate::decimal::Decimal;
use crate::plan::RollUpPlan;
use crate::plan::node::Reading;
use crate::rational::Rational;
use crate::standard::document::MeasureKind;

/// What a community's units come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub(super) units: u64,
    recorded: bool,
    pub(super) not_applicable: u64,
    pub(super) count: u64,
    pub(super) holding: u64,
    sum: Rational,
    weight: Rational,
    weighted: Rational,
    min: Option<Rational>,
    max: Option<Rational>,
}

impl Sum {
    /// Nothing yet; `recorded` says whether any unit's cell holds anything.
    pub(super) fn new(recorded: bool) -> Sum {
        Sum {
            recorded,
            ..Sum::default()
        }
    }

    pub(super) fn add(&mut self, value: &Rational, weight: Reading<Rational>) {
        self.count += 1;
        self.sum = &self.sum + value;
        if let Reading::Value(weight) = weight {
            self.weighted = &self.weighted + &(value * &weight);
            self.weight = &self.weight + &weight;
        }
        self.see(value);
    }

    /// Adds what plain columns came to in a group, where values have so many decimals, and
    /// weights.
    pub(super) fn add_plain(
        &mut self,
        plain: &Plain,
        group: usize,
        (decimals, of_weight): (u8, Option<u8>),
    ) {
        match plain {
            Plain::Sums(sums) => {
                let (sum, weight) = sums.stored(group, of_weight.is_some());
                let of_weight = of_weight.unwrap_or(0);
                let of_both = &sum * &Rational::from_scaled(1, decimals + of_weight);
                // Without weights it is both: every unit weighs 1.
                self.sum = &self.sum + &of_both;
                self.weighted = &self.weighted + &of_both;
                self.weight = &self.weight + &(&weight * &Rational::from_scaled(1, of_weight));
            }
            Plain::Extremes(extremes) => {
                let Some([least, greatest]) = extremes.stored(group) else {
                    return;
                };
                let exact = |stored| Rational::from_scaled(i128::from(stored), decimals);
                self.see(&exact(least));
                self.see(&exact(greatest));
            }
        }
    }

    fn see(&mut self, value: &Rational) {
        if self.min.as_ref().is_none_or(|min| value < min) {
            self.min = Some(value.clone());
        }
        if self.max.as_ref().is_none_or(|max| value > max) {
            self.max = Some(value.clone());
        }
    }

    pub(super) fn result(self, rollup: &RollUpPlan) -> Reading<Rational> {
        if self.units > 0 && self.not_applicable == self.units {
            return Reading::NotApplicable;
        }
        let share = matches!(rollup, RollUpPlan::Share(_));
        if self.count == 0 || (share && !self.recorded) {
            return Reading::Missing;
        }
        let count = Rational::ratio(i128::from(self.count), 1).unwrap_or_default();
        let value = match rollup {
            RollUpPlan::Sum => Some(self.sum),
            RollUpPlan::Mean => self.sum.checked_div(&count),
            RollUpPlan::WeightedMean(_) => self.weighted.checked_div(&self.weight),
            RollUpPlan::Min => self.min,
            RollUpPlan::Max => self.max,
            RollUpPlan::Share(_) => {
                Rational::ratio(i128::from(self.holding), i128::from(self.count))
            }
        };
        value.map_or(Reading::Missing, Reading::Value)
    }
}

/// What the units of plain columns come to, by community.
pub(super) enum Plain {
    Sums(GroupSums),
    Extremes(GroupExtremes),
}

/// How many decimals a plain column of a kind holds.
pub(super) fn decimals_of(kind: MeasureKind) -> u8 {
    match kind {
        MeasureKind::Count | MeasureKind::Number => Decimal::DIGITS,
        MeasureKind::YesNo | MeasureKind::Label | MeasureKind::Date => 0,
    }
}
