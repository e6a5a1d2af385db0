//! Expressions and conditions (§2.2). A condition is the set of outcomes that it could still
//! have, in a cell: 1 true, 2 false, 4 not applicable, added up.

use dabiao::Rational;
use dabiao::expression::{Comparison, Condition, Expression, Operator, PartSign};
use dabiao::standard::document::{MeasureKind, RollUp};

use super::formula::{Formula, and, eq, ge, if_else, int, lt, mul, ne, num, or, sub, sum};
use super::fractions::{Fraction, NO_VALUE};
use super::measures::{BLANK_ANSWER, NO_ANSWER};
use super::{Builder, LEFT, MISSING};

pub(super) const TRUE: f64 = 1.0;
const FALSE: f64 = 2.0;
pub(super) const NOT_APPLICABLE: f64 = 4.0;
/// True or false.
const BLANK: f64 = 3.0;

/// A side of a comparison.
enum Term {
    Number(Fraction),
    YesNo(bool),
    Label(String),
    /// A yes-no or a label.
    Answer(usize),
}

impl Builder<'_> {
    /// The index of a measure by its name. A checked standard names none that is not there.
    pub(super) fn measure(&self, name: &str) -> usize {
        let found = self.document.measures.iter().position(|m| m.name == name);
        found.unwrap_or(usize::MAX)
    }

    /// The sign of a community's value of a measure: a share has none.
    fn sign_of(&self, measure: usize) -> Option<PartSign> {
        let measure = self.document.measures.get(measure)?;
        match measure.rollup {
            Some(RollUp::Share(_)) => None,
            _ => measure.unit.as_deref().and_then(PartSign::of_unit),
        }
    }

    /// The sign of the lone measure that an expression is.
    pub(super) fn lone_sign(&self, value: Option<&Expression>) -> Option<PartSign> {
        let name = value?.lone_measure()?;
        self.sign_of(self.measure(name))
    }

    /// The value of an expression.
    pub(super) fn expression(&mut self, expression: &Expression) -> Fraction {
        match expression {
            Expression::Number(quantity) => Fraction::of(&quantity.in_unit(None)),
            Expression::Date(date) => Fraction::of(&days_of(*date)),
            Expression::Measure(name) => self.number_of(self.measure(name)),
            Expression::Negate(inner) => {
                let inner = self.expression(inner);
                let n = if_else(
                    eq(inner.d.clone(), num(0.0)),
                    inner.n.clone(),
                    sub(num(0.0), inner.n.clone()),
                );
                Fraction {
                    n: self.cell(n),
                    d: inner.d,
                }
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.expression(left), self.expression(right));
                match operator {
                    Operator::Add => self.plus(&left, &right, 1.0),
                    Operator::Subtract => self.plus(&left, &right, -1.0),
                    Operator::Multiply => self.times(&left, &right),
                    Operator::Divide => self.divided(&left, &right),
                }
            }
            Expression::Min(terms) | Expression::Max(terms) => {
                let values: Vec<Fraction> =
                    terms.iter().map(|term| self.expression(term)).collect();
                let wanted = if matches!(expression, Expression::Min(_)) {
                    -1.0
                } else {
                    1.0
                };
                self.extreme(&values, wanted)
            }
            Expression::Days(from, to) => {
                let (from, to) = (self.expression(from), self.expression(to));
                self.plus(&to, &from, -1.0)
            }
            // Only compared, which `term` sees to.
            Expression::Label(_) | Expression::YesNo(_) => Fraction::none(MISSING),
        }
    }

    /// The outcomes that a condition could have, in a cell.
    pub(super) fn condition(&mut self, condition: &Condition) -> Formula {
        match condition {
            Condition::Compare(left, comparison, right) => {
                self.comparison(left, *comparison, right)
            }
            Condition::Holds(name) => {
                let code = self.code_of(self.measure(name));
                let outcome = if_else(eq(code.clone(), num(0.0)), num(FALSE), num(TRUE));
                self.answered(code, outcome)
            }
            Condition::Not(inner) => {
                let inner = self.condition(inner);
                self.negated(inner)
            }
            Condition::And(parts) => {
                let parts: Vec<Formula> = parts.iter().map(|part| self.condition(part)).collect();
                self.all(parts)
            }
            // a or b = not (not a and not b)
            Condition::Or(parts) => {
                let mut contraries = Vec::new();
                for part in parts {
                    let outcome = self.condition(part);
                    contraries.push(self.negated(outcome));
                }
                let none = self.all(contraries);
                self.negated(none)
            }
        }
    }

    /// What an answer comes to where there is one.
    fn answered(&mut self, code: Formula, outcome: Formula) -> Formula {
        let blank = eq(code.clone(), num(BLANK_ANSWER));
        let none = eq(code, num(NO_ANSWER));
        self.cell(if_else(
            blank,
            num(BLANK),
            if_else(none, num(NOT_APPLICABLE), outcome),
        ))
    }

    fn negated(&mut self, outcome: Formula) -> Formula {
        let swapped = vec![
            if_else(may_be_false(&outcome), num(TRUE), num(0.0)),
            if_else(may_hold(&outcome), num(FALSE), num(0.0)),
            if_else(may_leave(&outcome), num(NOT_APPLICABLE), num(0.0)),
        ];
        self.cell(sum(swapped))
    }

    /// All of some: false where one is, otherwise not applicable where one is, otherwise true.
    fn all(&mut self, parts: Vec<Formula>) -> Formula {
        if let [one] = parts.as_slice() {
            return one.clone();
        }
        let each = |test: fn(&Formula) -> Formula| parts.iter().map(test).collect::<Vec<_>>();
        let not_false = |outcome: &Formula| or(vec![may_hold(outcome), may_leave(outcome)]);
        let parts = vec![
            if_else(and(each(may_hold)), num(TRUE), num(0.0)),
            if_else(or(each(may_be_false)), num(FALSE), num(0.0)),
            if_else(
                and(vec![or(each(may_leave)), and(each(not_false))]),
                num(NOT_APPLICABLE),
                num(0.0),
            ),
        ];
        self.cell(sum(parts))
    }

    fn comparison(
        &mut self,
        left: &Expression,
        comparison: Comparison,
        right: &Expression,
    ) -> Formula {
        let equal = comparison == Comparison::Equal;
        match (self.term(left, right), self.term(right, left)) {
            (Term::Number(left), Term::Number(right)) => {
                let order = self.order(&left, &right);
                let o = || order.clone();
                let holds = match comparison {
                    Comparison::AtLeast => ge(o(), num(0.0)),
                    Comparison::Above => eq(o(), num(1.0)),
                    Comparison::AtMost => lt(o(), num(1.0)),
                    Comparison::Below => eq(o(), num(-1.0)),
                    Comparison::Equal => eq(o(), num(0.0)),
                    Comparison::NotEqual => ne(o(), num(0.0)),
                };
                let known = if_else(holds, num(TRUE), num(FALSE));
                let none = eq(o(), num(NO_VALUE + LEFT));
                let unknown = if_else(none, num(NOT_APPLICABLE), num(BLANK));
                self.cell(if_else(lt(o(), num(2.0)), known, unknown))
            }
            (Term::Answer(measure), Term::Label(label))
            | (Term::Label(label), Term::Answer(measure)) => {
                let labels = self.standard.observed(measure).map(|o| o.labels);
                let index = labels.and_then(|labels| labels.iter().position(|held| *held == label));
                let code = self.code_of(measure);
                let same = eq(code.clone(), num(index.map_or(-9.0, |index| index as f64)));
                let outcome = if equal {
                    if_else(same, num(TRUE), num(FALSE))
                } else {
                    if_else(same, num(FALSE), num(TRUE))
                };
                self.answered(code, outcome)
            }
            (Term::Answer(measure), Term::YesNo(yes))
            | (Term::YesNo(yes), Term::Answer(measure)) => {
                let code = self.code_of(measure);
                let wanted = if yes == equal { 1.0 } else { 0.0 };
                let outcome = if_else(eq(code.clone(), num(wanted)), num(TRUE), num(FALSE));
                self.answered(code, outcome)
            }
            // A checked standard compares nothing else.
            _ => num(BLANK),
        }
    }

    /// One side of a comparison; a lone constant is read into the unit of the other side.
    fn term(&mut self, side: &Expression, other: &Expression) -> Term {
        match side {
            Expression::Label(label) => Term::Label(label.clone()),
            Expression::YesNo(yes) => Term::YesNo(*yes),
            Expression::Number(quantity) => {
                Term::Number(Fraction::of(&quantity.in_unit(self.lone_sign(Some(other)))))
            }
            Expression::Measure(name) => {
                let measure = self.measure(name);
                match self
                    .standard
                    .observed(measure)
                    .map(|observed| observed.kind)
                {
                    Some(MeasureKind::YesNo | MeasureKind::Label) => Term::Answer(measure),
                    _ => Term::Number(self.number_of(measure)),
                }
            }
            _ => Term::Number(self.expression(side)),
        }
    }
}

fn days_of(date: jiff::civil::Date) -> Rational {
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = date.since((jiff::Unit::Day, epoch));
    Rational::from(days.map_or(0, |span| i64::from(span.get_days())))
}

/// Certainly true.
pub(super) fn holds(outcome: &Formula) -> Formula {
    eq(outcome.clone(), num(TRUE))
}

/// True is possible: 1, 3, 5, 7.
pub(super) fn may_hold(outcome: &Formula) -> Formula {
    let half = int(mul(outcome.clone(), num(0.5)));
    eq(sub(outcome.clone(), mul(num(2.0), half)), num(1.0))
}

/// True is possible, and so is something else.
pub(super) fn is_undecided(outcome: &Formula) -> Formula {
    and(vec![may_hold(outcome), ne(outcome.clone(), num(TRUE))])
}

/// False is possible: 2, 3, 6, 7.
fn may_be_false(outcome: &Formula) -> Formula {
    let o = || outcome.clone();
    or(vec![
        eq(o(), num(2.0)),
        eq(o(), num(3.0)),
        ge(o(), num(6.0)),
    ])
}

/// Not applicable is possible: 4 and more.
fn may_leave(outcome: &Formula) -> Formula {
    ge(outcome.clone(), num(NOT_APPLICABLE))
}
