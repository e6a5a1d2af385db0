//! Conditions that can never hold, or that always do.
//!
//! What is known are the ranges of measures and the constants that one expression is compared
//! with. A condition is only called constant where that is certain.

use std::collections::HashMap;

use super::interval::Interval;
use super::{At, Checker};
use crate::expression::{Comparison, Condition, Expression};
use crate::lang::Text;
use crate::standard::document::Level;

/// What a conjunction demands of each expression.
#[derive(Default)]
struct Demands<'c> {
    numbers: HashMap<&'c Expression, Interval>,
    yes_no: HashMap<&'c str, bool>,
    labels: HashMap<&'c str, &'c str>,
    contradicted: bool,
}

impl<'d> Checker<'d> {
    /// Checks the types of a condition, and that it can hold and can fail.
    pub(super) fn condition(&mut self, condition: &Condition, at: &At<'d>, level: Level) {
        if self.is_broken(at) || !self.condition_types(condition, at, level) {
            return;
        }
        let constant = match (
            self.never(condition, false, level),
            self.never(condition, true, level),
        ) {
            (true, _) => Text::new("可能成立的条件", "a condition that can hold"),
            (_, true) => Text::new("可能不成立的条件", "a condition that can fail"),
            _ => return,
        };
        let fault = self
            .fault(crate::fault::FaultCode::NeverMatters, at)
            .found(condition);
        self.push(fault.expected(constant));
    }

    /// Whether a condition (or its contrary) can never hold.
    fn never(&self, condition: &Condition, contrary: bool, level: Level) -> bool {
        match condition {
            Condition::Holds(_) => false,
            Condition::Not(inner) => self.never(inner, !contrary, level),
            Condition::Compare(left, comparison, right) => {
                self.never_compares(left, turned(*comparison, contrary), right, level)
            }
            Condition::And(parts) | Condition::Or(parts) => {
                let all = matches!(condition, Condition::And(_)) != contrary;
                if !all {
                    return parts.iter().all(|part| self.never(part, contrary, level));
                }
                if parts.iter().any(|part| self.never(part, contrary, level)) {
                    return true;
                }
                let mut demands = Demands::default();
                self.gather(condition, contrary, level, &mut demands);
                demands.contradicted
            }
        }
    }

    fn never_compares(
        &self,
        left: &Expression,
        comparison: Comparison,
        right: &Expression,
        level: Level,
    ) -> bool {
        if left == right {
            return matches!(
                comparison,
                Comparison::Above | Comparison::Below | Comparison::NotEqual
            );
        }
        let (a, b) = (self.side(left, right, level), self.side(right, left, level));
        let apart = |low: &Interval, high: &Interval, touching: bool| match (
            low.greatest(),
            high.least(),
        ) {
            (Some(x), Some(y)) => x < y || (touching && x == y),
            _ => false,
        };
        match comparison {
            Comparison::AtLeast => apart(&a, &b, false),
            Comparison::Above => apart(&a, &b, true),
            Comparison::AtMost => apart(&b, &a, false),
            Comparison::Below => apart(&b, &a, true),
            Comparison::Equal => a.and(&b).is_empty(),
            Comparison::NotEqual => a.only().is_some() && a.only() == b.only(),
        }
    }

    /// The values of one side; a lone constant is read into the unit of the other side.
    fn side(&self, side: &Expression, other: &Expression, level: Level) -> Interval {
        match side {
            Expression::Number(quantity) => {
                Interval::point(quantity.in_unit(self.unit_sign(other, level)))
            }
            _ => self.range(side, level),
        }
    }

    /// What every part of a conjunction demands.
    fn gather<'c>(
        &self,
        condition: &'c Condition,
        contrary: bool,
        level: Level,
        demands: &mut Demands<'c>,
    ) {
        match condition {
            Condition::Not(inner) => self.gather(inner, !contrary, level, demands),
            Condition::And(parts) | Condition::Or(parts) => {
                if matches!(condition, Condition::And(_)) != contrary {
                    for part in parts {
                        self.gather(part, contrary, level, demands);
                    }
                }
            }
            Condition::Holds(name) => demands.yes_no(name, !contrary),
            Condition::Compare(left, comparison, right) => {
                let comparison = turned(*comparison, contrary);
                self.gather_comparison(left, comparison, right, level, demands);
                self.gather_comparison(right, mirrored(comparison), left, level, demands);
            }
        }
    }

    fn gather_comparison<'c>(
        &self,
        left: &'c Expression,
        comparison: Comparison,
        right: &'c Expression,
        level: Level,
        demands: &mut Demands<'c>,
    ) {
        match (left, right) {
            (Expression::Measure(name), Expression::YesNo(yes)) => {
                demands.yes_no(name, (comparison == Comparison::Equal) == *yes);
            }
            (Expression::Measure(name), Expression::Label(label))
                if comparison == Comparison::Equal =>
            {
                let held = demands.labels.insert(name, label);
                demands.contradicted |= held.is_some_and(|held| held != label);
            }
            (
                Expression::Label(_)
                | Expression::YesNo(_)
                | Expression::Date(_)
                | Expression::Number(_),
                _,
            ) => {}
            _ => {
                let right = self.side(right, left, level);
                if let Some(constant) = right.only() {
                    let wanted = Interval::compared(comparison, constant.clone());
                    let own = || self.range(left, level);
                    let held = demands.numbers.entry(left).or_insert_with(own);
                    *held = held.and(&wanted);
                    demands.contradicted |= held.is_empty();
                }
            }
        }
    }
}

impl<'c> Demands<'c> {
    fn yes_no(&mut self, name: &'c str, yes: bool) {
        let held = self.yes_no.insert(name, yes);
        self.contradicted |= held.is_some_and(|held| held != yes);
    }
}

/// The contrary of a comparison, where that is asked for.
fn turned(comparison: Comparison, contrary: bool) -> Comparison {
    if !contrary {
        return comparison;
    }
    match comparison {
        Comparison::AtLeast => Comparison::Below,
        Comparison::Above => Comparison::AtMost,
        Comparison::AtMost => Comparison::Above,
        Comparison::Below => Comparison::AtLeast,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
    }
}

/// The same comparison with its sides exchanged.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::Above => Comparison::Below,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Below => Comparison::Above,
        other => other,
    }
}
