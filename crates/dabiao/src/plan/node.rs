//! Expressions and conditions on one row (docs/semantics.md §2.2).

use std::cmp::Ordering;

use super::MeasureId;
use crate::expression::{Comparison, Operator};
use crate::rational::Rational;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reading<T> {
    Value(T),
    Missing,
    /// 不涉及
    NotApplicable,
}

/// One row's cells, as an expression sees them.
pub(crate) trait Row {
    /// A count, number or date (in days).
    fn number(&self, measure: MeasureId) -> Reading<Rational>;
    /// A yes-no (0, 1) or a label (its index).
    fn code(&self, measure: MeasureId) -> Reading<i64>;
    /// All labels that several assessors gave, where they did.
    fn labels(&self, _: MeasureId) -> Option<&[i64]> {
        None
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Constant(Rational),
    Measure(MeasureId),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Min(Vec<Node>),
    Max(Vec<Node>),
}

/// What an expression comes to. The later outranks the earlier where two meet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Computed {
    Value(Rational),
    Missing,
    ZeroDenominator,
    NotApplicable,
}

impl Computed {
    fn rank(&self) -> u8 {
        match self {
            Computed::Value(_) => 0,
            Computed::Missing => 1,
            Computed::ZeroDenominator => 2,
            Computed::NotApplicable => 3,
        }
    }
}

impl Node {
    /// Calls `visit` with every measure, in the order of the text.
    pub(crate) fn visit_measures(&self, visit: &mut dyn FnMut(MeasureId)) {
        match self {
            Node::Constant(_) => {}
            Node::Measure(measure) => visit(*measure),
            Node::Negate(inner) => inner.visit_measures(visit),
            Node::Binary(_, left, right) => {
                left.visit_measures(visit);
                right.visit_measures(visit);
            }
            Node::Min(terms) | Node::Max(terms) => {
                terms.iter().for_each(|term| term.visit_measures(visit));
            }
        }
    }

    pub(crate) fn compute(&self, row: &dyn Row) -> Computed {
        match self {
            Node::Constant(number) => Computed::Value(number.clone()),
            Node::Measure(measure) => match row.number(*measure) {
                Reading::Value(number) => Computed::Value(number),
                Reading::Missing => Computed::Missing,
                Reading::NotApplicable => Computed::NotApplicable,
            },
            Node::Negate(inner) => match inner.compute(row) {
                Computed::Value(number) => Computed::Value(-number),
                other => other,
            },
            Node::Binary(operator, left, right) => {
                let (left, right) = (left.compute(row), right.compute(row));
                binary(*operator, left, right)
            }
            Node::Min(terms) => extreme(terms, row, Ordering::Less),
            Node::Max(terms) => extreme(terms, row, Ordering::Greater),
        }
    }
}

fn binary(operator: Operator, left: Computed, right: Computed) -> Computed {
    // A zero denominator is judged before a missing numerator.
    let by_zero = operator == Operator::Divide
        && matches!(&right, Computed::Value(divisor) if divisor.is_zero());
    let right = if by_zero {
        Computed::ZeroDenominator
    } else {
        right
    };
    match (left, right) {
        (Computed::Value(left), Computed::Value(right)) => match operator {
            Operator::Add => Computed::Value(left + right),
            Operator::Subtract => Computed::Value(left - right),
            Operator::Multiply => Computed::Value(left * right),
            Operator::Divide => left
                .checked_div(&right)
                .map_or(Computed::ZeroDenominator, Computed::Value),
        },
        (left, right) if left.rank() >= right.rank() => left,
        (_, right) => right,
    }
}

fn extreme(terms: &[Node], row: &dyn Row, wanted: Ordering) -> Computed {
    let mut best: Option<Computed> = None;
    for term in terms {
        let next = term.compute(row);
        best = Some(match best {
            None => next,
            Some(Computed::Value(held)) => match next {
                Computed::Value(next) if next.cmp(&held) != wanted => Computed::Value(held),
                other => other,
            },
            Some(held) if next.rank() > held.rank() => next,
            Some(held) => held,
        });
    }
    best.unwrap_or(Computed::Missing)
}

/// The outcomes that a condition could still have: a set of true, false, not applicable.
///
/// Blank cells could make it either; only a set of one is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcomes(u8);

impl Outcomes {
    pub(crate) const TRUE: Outcomes = Outcomes(1);
    pub(crate) const FALSE: Outcomes = Outcomes(2);
    pub(crate) const NOT_APPLICABLE: Outcomes = Outcomes(4);
    /// A blank: true or false.
    pub(crate) const BLANK: Outcomes = Outcomes(3);

    pub(crate) fn of(holds: bool) -> Self {
        if holds {
            Outcomes::TRUE
        } else {
            Outcomes::FALSE
        }
    }

    /// Certainly true.
    pub(crate) fn holds(self) -> bool {
        self == Outcomes::TRUE
    }

    /// True is possible, and so is something else.
    pub(crate) fn is_undecided(self) -> bool {
        self.may_hold() && !self.holds()
    }

    pub(crate) fn may_hold(self) -> bool {
        self.0 & Outcomes::TRUE.0 != 0
    }

    pub(crate) fn negated(self) -> Self {
        let (t, f, n) = (self.0 & 1, (self.0 >> 1) & 1, self.0 & 4);
        Outcomes((t << 1) | f | n)
    }

    /// False wins over not applicable, which wins over true.
    pub(crate) fn and(self, other: Self) -> Self {
        let mut result = 0;
        for (a, b) in self.pairs(other) {
            result |= if a == 2 || b == 2 {
                2
            } else if a == 4 || b == 4 {
                4
            } else {
                1
            };
        }
        Outcomes(result)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }

    fn pairs(self, other: Self) -> impl Iterator<Item = (u8, u8)> {
        let members = |set: u8| [1u8, 2, 4].into_iter().filter(move |bit| set & bit != 0);
        members(self.0).flat_map(move |a| members(other.0).map(move |b| (a, b)))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Test {
    Compare(Node, Comparison, Node),
    /// Whether a label is (or is not) the one of an index.
    Label {
        measure: MeasureId,
        label: i64,
        equal: bool,
    },
    Holds(MeasureId),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
}

impl Test {
    /// Calls `visit` with every measure, in the order of the text.
    pub(crate) fn visit_measures(&self, visit: &mut dyn FnMut(MeasureId)) {
        match self {
            Test::Compare(left, _, right) => {
                left.visit_measures(visit);
                right.visit_measures(visit);
            }
            Test::Label { measure, .. } | Test::Holds(measure) => visit(*measure),
            Test::And(parts) | Test::Or(parts) => {
                parts.iter().for_each(|part| part.visit_measures(visit));
            }
            Test::Not(inner) => inner.visit_measures(visit),
        }
    }

    pub(crate) fn outcomes(&self, row: &dyn Row) -> Outcomes {
        match self {
            Test::Compare(left, comparison, right) => {
                let order = match (left.compute(row), right.compute(row)) {
                    (Computed::NotApplicable, _) | (_, Computed::NotApplicable) => {
                        return Outcomes::NOT_APPLICABLE;
                    }
                    (Computed::Value(left), Computed::Value(right)) => left.cmp(&right),
                    // A zero denominator in a condition is a missing value.
                    _ => return Outcomes::BLANK,
                };
                Outcomes::of(comparison.holds(order))
            }
            Test::Label {
                measure,
                label,
                equal,
            } => match row.code(*measure) {
                Reading::Value(code) => Outcomes::of((code == *label) == *equal),
                Reading::Missing => Outcomes::BLANK,
                Reading::NotApplicable => Outcomes::NOT_APPLICABLE,
            },
            Test::Holds(measure) => match row.code(*measure) {
                Reading::Value(code) => Outcomes::of(code != 0),
                Reading::Missing => Outcomes::BLANK,
                Reading::NotApplicable => Outcomes::NOT_APPLICABLE,
            },
            Test::And(parts) => parts
                .iter()
                .fold(Outcomes::TRUE, |all, part| all.and(part.outcomes(row))),
            Test::Or(parts) => parts
                .iter()
                .fold(Outcomes::FALSE, |any, part| any.or(part.outcomes(row))),
            Test::Not(inner) => inner.outcomes(row).negated(),
        }
    }
}
