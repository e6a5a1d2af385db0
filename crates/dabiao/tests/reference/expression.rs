//! §2.2 Expressions and conditions.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;

use dabiao::expression::{
    Comparison, Condition, Expression, Operator, PartSign, Quantity as Written,
};
use dabiao::standard::document::Document;

use super::number::{Q, of, whole, zero};
use super::table::{Cell, Row};

/// What an expression comes to on one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(Q),
    YesNo(bool),
    Label(String),
    Date(Date),
    /// Something in it is 不涉及.
    NotApplicable,
    /// It divides by 0.
    ZeroDenominator,
    /// Something in it is blank.
    Missing,
}

/// Values that stand in for blank cells, by measure (§2.5 imputed).
pub(crate) type StandIns = BTreeMap<String, Q>;

/// The unit of a measure, where it is one of `%` and `‰`.
pub(crate) fn unit_of(document: &Document, measure: &str) -> Option<PartSign> {
    let measure = document.measures.iter().find(|m| m.name == measure)?;
    PartSign::of_unit(measure.unit.as_deref()?)
}

/// §2.15 "`95%` is read into the unit of the lone measure that it is compared with, otherwise as
/// 0.95."
pub(crate) fn quantity(written: &Written, unit: Option<PartSign>) -> Q {
    let number = of(&written.number);
    match written.sign {
        None => number,
        Some(sign) => number * whole(unit.map_or(1, PartSign::per_whole)) / whole(sign.per_whole()),
    }
}

/// The unit of an expression that is nothing but a measure.
pub(crate) fn lone_unit(document: &Document, expression: &Expression) -> Option<PartSign> {
    unit_of(document, expression.lone_measure()?)
}

/// The names of the measures in an expression.
pub(crate) fn measures_of(expression: &Expression) -> Vec<&str> {
    let mut names = Vec::new();
    expression.visit_measures(&mut |name| names.push(name));
    names
}

/// The blank measures in an expression.
pub(crate) fn blanks_of(expression: &Expression, row: &Row) -> Vec<String> {
    let mut names = measures_of(expression);
    names.retain(|name| *row.cell(name) == Cell::Missing);
    names.into_iter().map(str::to_owned).collect()
}

/// The blank measures in a condition.
pub(crate) fn blanks_of_condition(condition: &Condition, row: &Row) -> Vec<String> {
    let mut names = Vec::new();
    condition.visit_measures(&mut |name| {
        if *row.cell(name) == Cell::Missing {
            names.push(name.to_owned());
        }
    });
    names
}

/// The value of an expression on a row. 不涉及 outranks a zero denominator (§2.6, §2.15), which is
/// "judged before a missing numerator" (§2.2).
pub(crate) fn value(expression: &Expression, row: &Row, stand_ins: &StandIns) -> Value {
    side(expression, None, row, stand_ins)
}

/// One side of a comparison, whose other side is a lone measure in `unit`.
fn side(expression: &Expression, unit: Option<PartSign>, row: &Row, given: &StandIns) -> Value {
    let leaves = |name: &&str| *row.cell(name) == Cell::NotApplicable;
    if measures_of(expression).iter().any(leaves) {
        return Value::NotApplicable;
    }
    match expression {
        Expression::Number(written) => Value::Number(quantity(written, unit)),
        other => computed(other, row, given),
    }
}

fn computed(expression: &Expression, row: &Row, given: &StandIns) -> Value {
    let several = |terms: &[Expression], better: Ordering| {
        terms
            .iter()
            .map(|term| computed(term, row, given))
            .reduce(|a, b| {
                combined(a, b, |a, b| {
                    Value::Number(if b.cmp(&a) == better { b } else { a })
                })
            })
            .unwrap_or(Value::Missing)
    };
    match expression {
        Expression::Number(written) => Value::Number(quantity(written, None)),
        Expression::Label(label) => Value::Label(label.clone()),
        Expression::YesNo(yes) => Value::YesNo(*yes),
        Expression::Date(date) => Value::Date(*date),
        Expression::Measure(name) => match row.cell(name) {
            Cell::Number(number) => Value::Number(number.clone()),
            Cell::YesNo(yes) => Value::YesNo(*yes),
            Cell::Label(label) => Value::Label(label.clone()),
            Cell::Date(date) => Value::Date(*date),
            Cell::NotApplicable => Value::NotApplicable,
            Cell::Missing => given
                .get(name)
                .map_or(Value::Missing, |q| Value::Number(q.clone())),
        },
        Expression::Negate(inner) => match computed(inner, row, given) {
            Value::Number(number) => Value::Number(-number),
            other => other,
        },
        Expression::Binary(Operator::Divide, numerator, denominator) => {
            let numerator = computed(numerator, row, given);
            let denominator = computed(denominator, row, given);
            if denominator == Value::Number(zero()) {
                return Value::ZeroDenominator;
            }
            combined(numerator, denominator, |a, b| Value::Number(a / b))
        }
        Expression::Binary(operator, left, right) => {
            let left = computed(left, row, given);
            let right = computed(right, row, given);
            combined(left, right, |a, b| {
                Value::Number(match operator {
                    Operator::Add => a + b,
                    Operator::Subtract => a - b,
                    Operator::Multiply => a * b,
                    Operator::Divide => unreachable!("divided above"),
                })
            })
        }
        Expression::Min(terms) => several(terms, Ordering::Less),
        Expression::Max(terms) => several(terms, Ordering::Greater),
        // §2.15 "days(a, b) is b − a."
        Expression::Days(from, to) => {
            let (from, to) = (computed(from, row, given), computed(to, row, given));
            match (from, to) {
                (Value::Date(from), Value::Date(to)) => {
                    Value::Number(whole(day_number(to) - day_number(from)))
                }
                (from, to) => combined(from, to, |_, _| unreachable!("days between numbers")),
            }
        }
    }
}

/// Two parts of an expression: a zero denominator in either is one of the whole, then a blank.
fn combined(left: Value, right: Value, both: impl Fn(Q, Q) -> Value) -> Value {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => both(left, right),
        (Value::ZeroDenominator, _) | (_, Value::ZeroDenominator) => Value::ZeroDenominator,
        _ => Value::Missing,
    }
}

/// Days since some day, in the Gregorian calendar.
fn day_number(date: Date) -> i64 {
    let years = i64::from(date.year()) - 1 + 400 * 100;
    years * 365 + years / 4 - years / 100 + years / 400 + i64::from(date.day_of_year())
}

/// The outcomes that a condition could still have: §2.2 "undecided only while its blanks could
/// change it".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcomes {
    /// It could hold.
    pub(crate) yes: bool,
    /// It could fail.
    pub(crate) no: bool,
    /// §2.15 "A condition over 不涉及 does not hold (as an applies or a box it means not
    /// applicable)": it could be that.
    pub(crate) not_applicable: bool,
}

impl Outcomes {
    const NOT_APPLICABLE: Outcomes = Outcomes {
        yes: false,
        no: false,
        not_applicable: true,
    };
    const UNKNOWN: Outcomes = Outcomes {
        yes: true,
        no: true,
        not_applicable: false,
    };

    fn known(holds: bool) -> Self {
        Outcomes {
            yes: holds,
            no: !holds,
            not_applicable: false,
        }
    }

    /// It holds whatever the blanks are.
    pub(crate) fn holds(self) -> bool {
        self.yes && !self.no && !self.not_applicable
    }

    /// It could hold, and could not.
    pub(crate) fn undecided(self) -> bool {
        self.yes && (self.no || self.not_applicable)
    }

    /// It cannot hold.
    pub(crate) fn fails(self) -> bool {
        !self.yes
    }

    /// Every outcome with every other: no > not applicable > yes.
    fn and(self, other: Self) -> Self {
        Outcomes {
            no: self.no || other.no,
            not_applicable: (self.not_applicable && (other.not_applicable || other.yes))
                || (other.not_applicable && self.yes),
            yes: self.yes && other.yes,
        }
    }

    /// Every outcome with every other: yes > not applicable > no.
    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    fn not(self) -> Self {
        Outcomes {
            yes: self.no,
            no: self.yes,
            not_applicable: self.not_applicable,
        }
    }
}

/// §2.2 "A condition compares expressions or labels and joins with and, or, not … three-valued."
pub(crate) fn outcomes(document: &Document, condition: &Condition, row: &Row) -> Outcomes {
    let each = |parts: &[Condition]| -> Vec<Outcomes> {
        parts.iter().map(|p| outcomes(document, p, row)).collect()
    };
    match condition {
        Condition::Compare(left, comparison, right) => {
            compared(document, left, *comparison, right, row)
        }
        Condition::Holds(name) => match row.cell(name) {
            Cell::YesNo(yes) => Outcomes::known(*yes),
            Cell::NotApplicable => Outcomes::NOT_APPLICABLE,
            _ => Outcomes::UNKNOWN,
        },
        Condition::And(parts) => each(parts)
            .into_iter()
            .fold(Outcomes::known(true), Outcomes::and),
        Condition::Or(parts) => each(parts)
            .into_iter()
            .fold(Outcomes::known(false), Outcomes::or),
        Condition::Not(inner) => outcomes(document, inner, row).not(),
    }
}

fn compared(
    document: &Document,
    left: &Expression,
    comparison: Comparison,
    right: &Expression,
    row: &Row,
) -> Outcomes {
    let none = StandIns::new();
    let values = (
        side(left, lone_unit(document, right), row, &none),
        side(right, lone_unit(document, left), row, &none),
    );
    match values {
        (Value::NotApplicable, _) | (_, Value::NotApplicable) => Outcomes::NOT_APPLICABLE,
        (Value::Number(a), Value::Number(b)) => Outcomes::known(comparison.holds(a.cmp(&b))),
        (Value::Date(a), Value::Date(b)) => Outcomes::known(comparison.holds(a.cmp(&b))),
        (Value::YesNo(a), Value::YesNo(b)) => Outcomes::known(comparison.holds(a.cmp(&b))),
        // §2.15 "Labels compare by = and ≠ alone."
        (Value::Label(a), Value::Label(b)) => Outcomes::known(comparison.holds(a.cmp(&b))),
        // A blank, or "a zero denominator in a condition is a missing value".
        _ => Outcomes::UNKNOWN,
    }
}
