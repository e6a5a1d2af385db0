//! Random expressions and conditions.

use dabiao::expression::{Comparison, Condition, Expression, Operator, PartSign, Quantity};
use dabiao::standard::document::{Measure, MeasureKind};

use super::super::build::{binary, m};
use super::super::number::whole;
use super::measures::{LABELS, Measures};
use super::{Choices, rational};

const COMPARISONS: [Comparison; 6] = [
    Comparison::AtLeast,
    Comparison::Below,
    Comparison::Above,
    Comparison::AtMost,
    Comparison::Equal,
    Comparison::NotEqual,
];

const PLAIN: [&str; 10] = [
    "1", "2", "5", "10", "0.5", "3", "95", "0.333333", "48", "12.5",
];

/// A number, of which none is 0, as a part of an expression.
fn constant(choices: &mut Choices) -> Expression {
    Expression::Number(Quantity::plain(rational(&choices.number(&PLAIN))))
}

/// An expression over at least one measure. A constant only multiplies or divides, so that the
/// expression can still be anything.
pub(crate) fn expression(choices: &mut Choices, measures: &Measures, depth: usize) -> Expression {
    let lone = |choices: &mut Choices| m(&measures.any_number(choices).name);
    let unbounded = |choices: &mut Choices| m(&measures.any_unbounded(choices).name);
    if depth == 0 {
        return lone(choices);
    }
    let inner = |choices: &mut Choices| expression(choices, measures, depth - 1);
    let factor = |choices: &mut Choices| {
        if choices.chance(30) {
            constant(choices)
        } else {
            expression(choices, measures, depth - 1)
        }
    };
    match choices.below(12) {
        0..=1 => lone(choices),
        2 | 3 => binary(lone(choices), Operator::Divide, lone(choices)),
        4 => binary(lone(choices), Operator::Add, inner(choices)),
        5 => binary(inner(choices), Operator::Subtract, unbounded(choices)),
        6 => binary(lone(choices), Operator::Multiply, factor(choices)),
        7 => binary(inner(choices), Operator::Divide, factor(choices)),
        8 => Expression::Min(vec![lone(choices), inner(choices)]),
        9 => Expression::Max(vec![unbounded(choices), inner(choices), inner(choices)]),
        10 => Expression::Negate(Box::new(unbounded(choices))),
        _ => days(choices, measures),
    }
}

fn date(choices: &mut Choices, measures: &Measures) -> Expression {
    m(&measures.any(choices, &[MeasureKind::Date]).name)
}

fn days(choices: &mut Choices, measures: &Measures) -> Expression {
    let from = date(choices, measures);
    let to = if choices.chance(50) {
        Expression::Date(*choices.pick(&DATES))
    } else {
        date(choices, measures)
    };
    Expression::Days(Box::new(from), Box::new(to))
}

pub(crate) const DATES: [jiff::civil::Date; 4] = [
    jiff::civil::date(2020, 7, 1),
    jiff::civil::date(2020, 2, 29),
    jiff::civil::date(2019, 12, 31),
    jiff::civil::date(2100, 3, 1),
];

/// A threshold for a measure, inside its range, now and then as a percentage.
pub(crate) fn threshold(choices: &mut Choices, measure: Option<&Measure>) -> Quantity {
    let unit = measure.and_then(|measure| PartSign::of_unit(measure.unit.as_deref()?));
    let sign = choices.chance(if unit.is_some() { 50 } else { 10 });
    let sign = sign.then(|| *choices.pick(&[PartSign::Percent, PartSign::PerMille]));
    let kind = measure.map(|measure| measure.kind);
    // A count is never a part of 1.
    let sign = match kind {
        Some(MeasureKind::Count) => unit.filter(|_| sign.is_some()),
        _ => sign,
    };
    let number = match kind {
        Some(MeasureKind::Count) => choices.number(&["1", "2", "3", "5", "8", "10", "15"]),
        _ => choices.number(&[
            "1",
            "2",
            "5",
            "50",
            "10",
            "0.5",
            "95",
            "2.25",
            "90",
            "0.333333",
            "12.5",
            "99.999999",
        ]),
    };
    Quantity {
        number: rational(&number),
        sign,
    }
}

fn atom(choices: &mut Choices, measures: &Measures) -> Condition {
    let yes_no = |choices: &mut Choices| measures.any(choices, &[MeasureKind::YesNo]).name.clone();
    match choices.below(10) {
        0..=2 => Condition::Holds(yes_no(choices)),
        3 | 4 => {
            let measure = measures.any_number(choices);
            let mark = Expression::Number(threshold(choices, Some(measure)));
            sided(choices, m(&measure.name), mark)
        }
        5 => {
            let left = expression(choices, measures, 2);
            let measure = left.lone_measure().map(str::to_owned);
            let mark = match measure {
                Some(_) => Expression::Number(Quantity::plain(rational(&whole(1)))),
                None => Expression::Number(threshold(choices, None)),
            };
            sided(choices, left, mark)
        }
        6 => {
            let left = m(&measures.any_number(choices).name);
            let right = binary(
                expression(choices, measures, 1),
                Operator::Multiply,
                constant(choices),
            );
            sided(choices, left, right)
        }
        7 => {
            let left = m(&measures.any(choices, &[MeasureKind::Label]).name);
            let right = Expression::Label((*choices.pick(&LABELS)).to_owned());
            Condition::Compare(left, equality(choices), right)
        }
        8 => {
            let yes = Expression::YesNo(!choices.chance(50));
            Condition::Compare(m(&yes_no(choices)), equality(choices), yes)
        }
        _ => {
            let right = Expression::Date(*choices.pick(&DATES));
            Condition::Compare(date(choices, measures), *choices.pick(&COMPARISONS), right)
        }
    }
}

fn equality(choices: &mut Choices) -> Comparison {
    *choices.pick(&[Comparison::Equal, Comparison::NotEqual])
}

/// Compared, with the constant on either side.
fn sided(choices: &mut Choices, left: Expression, right: Expression) -> Condition {
    let comparison = *choices.pick(&COMPARISONS);
    if choices.chance(25) {
        Condition::Compare(right, comparison, left)
    } else {
        Condition::Compare(left, comparison, right)
    }
}

/// A condition of some depth.
pub(crate) fn condition(choices: &mut Choices, measures: &Measures, depth: usize) -> Condition {
    if depth == 0 {
        return atom(choices, measures);
    }
    let several = |choices: &mut Choices| -> Vec<Condition> {
        let n = 2 + choices.below(2);
        (0..n)
            .map(|_| condition(choices, measures, depth - 1))
            .collect()
    };
    match choices.below(8) {
        0..=3 => atom(choices, measures),
        4 => Condition::And(several(choices)),
        5 => Condition::Or(several(choices)),
        6 => Condition::Not(Box::new(condition(choices, measures, depth - 1))),
        _ => {
            let both = Condition::And(several(choices));
            Condition::Or(vec![both, atom(choices, measures)])
        }
    }
}

/// Every expression that is compared with a constant.
pub(crate) fn each_comparison(
    condition: &Condition,
    found: &mut dyn FnMut(&Expression, &Quantity),
) {
    match condition {
        Condition::Compare(left, _, right) => {
            for (side, other) in [(left, right), (right, left)] {
                if let Expression::Number(mark) = other {
                    found(side, mark);
                }
            }
        }
        Condition::And(parts) | Condition::Or(parts) => {
            for part in parts {
                each_comparison(part, found);
            }
        }
        Condition::Not(inner) => each_comparison(inner, found),
        Condition::Holds(_) => {}
    }
}
