//! Sums, means, least and greatest of a community's units, exactly.

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
    plain: PlainSum,
}

/// The part of a [`Sum`] that plain columns give, in whole numbers of their own scale.
#[derive(Clone, Debug, Default)]
struct PlainSum {
    sum: i128,
    weight: i128,
    weighted: i128,
    range: Option<(i64, i64)>,
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
        if self.min.as_ref().is_none_or(|min| value < min) {
            self.min = Some(value.clone());
        }
        if self.max.as_ref().is_none_or(|max| value > max) {
            self.max = Some(value.clone());
        }
    }

    /// Adds a value as a plain column holds it, and its weight; both below 2⁶⁰ in size, so that
    /// only products can grow too large. Gives whether there was room.
    #[must_use]
    pub(super) fn add_plain(&mut self, value: i64, weight: Option<i64>) -> bool {
        let plain = &mut self.plain;
        if let Some(weight) = weight {
            let product = i128::from(value) * i128::from(weight);
            let Some(weighted) = plain.weighted.checked_add(product) else {
                return false;
            };
            plain.weighted = weighted;
            plain.weight += i128::from(weight);
        }
        self.count += 1;
        plain.sum += i128::from(value);
        let (min, max) = plain.range.unwrap_or((value, value));
        plain.range = Some((min.min(value), max.max(value)));
        true
    }

    /// Everything as exact numbers, where values have so many decimals, and weights.
    pub(super) fn settled(mut self, (decimals, of_weight): (u8, u8)) -> Sum {
        let plain = std::mem::take(&mut self.plain);
        let Some((min, max)) = plain.range else {
            return self;
        };
        let exact = Rational::from_scaled;
        self.sum = &self.sum + &exact(plain.sum, decimals);
        self.weight = &self.weight + &exact(plain.weight, of_weight);
        self.weighted = &self.weighted + &exact(plain.weighted, decimals + of_weight);
        let min = exact(i128::from(min), decimals);
        let max = exact(i128::from(max), decimals);
        self.min = Some(self.min.map_or(min.clone(), |held| held.min(min)));
        self.max = Some(self.max.map_or(max.clone(), |held| held.max(max)));
        self
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

/// How many decimals a plain column of a kind holds.
pub(super) fn decimals_of(kind: MeasureKind) -> u8 {
    match kind {
        MeasureKind::Count | MeasureKind::Number => Decimal::DIGITS,
        MeasureKind::YesNo | MeasureKind::Label | MeasureKind::Date => 0,
    }
}
