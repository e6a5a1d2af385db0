//! Conditions over a block: comparisons of simple values with constants, joined.

use super::lanes::{Block, Scratch, flags};
use super::{Operand, Value};
use crate::expression::{Comparison, Operator};
use crate::plan::node::{Node, Outcomes, Test};
use crate::plan::{MeasureId, Plan};
use crate::rational::Rational;

/// A condition as vectors see it.
#[derive(Debug)]
pub(crate) enum Predicate {
    Holds(MeasureId),
    Label {
        measure: MeasureId,
        label: i64,
        equal: bool,
    },
    /// numerator × q against p × denominator.
    Compare {
        value: Value,
        comparison: Comparison,
        p: f64,
        q: f64,
    },
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
}

impl Predicate {
    pub(crate) fn compile(plan: &Plan, test: &Test) -> Option<Predicate> {
        let all = |parts: &[Test]| -> Option<Vec<_>> {
            parts
                .iter()
                .map(|part| Predicate::compile(plan, part))
                .collect()
        };
        Some(match test {
            Test::Holds(measure) => Predicate::Holds(*measure),
            Test::Label {
                measure,
                label,
                equal,
            } => Predicate::Label {
                measure: *measure,
                label: *label,
                equal: *equal,
            },
            Test::And(parts) => Predicate::And(all(parts)?),
            Test::Or(parts) => Predicate::Or(all(parts)?),
            Test::Not(inner) => Predicate::Not(Box::new(Predicate::compile(plan, inner)?)),
            Test::Compare(left, comparison, Node::Constant(mark)) => {
                Predicate::comparison(plan, left, *comparison, mark)?
            }
            Test::Compare(Node::Constant(mark), comparison, right) => {
                Predicate::comparison(plan, right, turned(*comparison), mark)?
            }
            Test::Compare(..) => return None,
        })
    }

    fn comparison(
        plan: &Plan,
        node: &Node,
        comparison: Comparison,
        mark: &Rational,
    ) -> Option<Predicate> {
        let (mut value, per_whole) = Value::compile(plan, node)?;
        let mark = mark * &per_whole;
        let (p, q) = mark.as_integers()?;
        value.limit_numerator(q);
        value.limit_denominator(p.abs());
        Some(Predicate::Compare {
            value,
            comparison,
            p,
            q,
        })
    }

    /// The outcomes of all rows; rows that need the exact evaluator are added to `long`.
    /// `None` where a column is not plain, so that nothing was judged.
    pub(crate) fn outcomes(
        &self,
        block: &Block<'_>,
        scratch: &mut Scratch,
        long: &mut Vec<usize>,
        out: &mut [Outcomes],
    ) -> Option<()> {
        match self {
            Predicate::Holds(measure) => {
                for (out, cell) in out
                    .iter_mut()
                    .zip(block.cells(*measure, &mut scratch.cells)?)
                {
                    *out = coded(*cell, *cell != 0);
                }
            }
            Predicate::Label {
                measure,
                label,
                equal,
            } => {
                for (out, cell) in out
                    .iter_mut()
                    .zip(block.cells(*measure, &mut scratch.cells)?)
                {
                    *out = coded(*cell, (cell == label) == *equal);
                }
            }
            Predicate::Compare {
                value,
                comparison,
                p,
                q,
            } => {
                value.load(block, scratch)?;
                for (row, out) in out.iter_mut().enumerate() {
                    let flag = scratch.flags[row];
                    let (n, d) = (scratch.numerator[row], scratch.denominator_of(value, row));
                    *out = if flag & flags::NOT_APPLICABLE != 0 {
                        Outcomes::NOT_APPLICABLE
                    } else if flag & (flags::MISSING | flags::ZERO) != 0 {
                        Outcomes::BLANK
                    } else if flag & flags::LONG != 0 {
                        long.push(row);
                        Outcomes::BLANK
                    } else {
                        let order = (n * q).partial_cmp(&(p * d));
                        order.map_or(Outcomes::BLANK, |order| {
                            Outcomes::of(comparison.holds(order))
                        })
                    };
                }
            }
            Predicate::And(parts) => {
                out.fill(Outcomes::TRUE);
                joined(parts, Outcomes::and, block, scratch, long, out)?;
            }
            Predicate::Or(parts) => {
                out.fill(Outcomes::FALSE);
                joined(parts, Outcomes::or, block, scratch, long, out)?;
            }
            Predicate::Not(inner) => {
                inner.outcomes(block, scratch, long, out)?;
                out.iter_mut().for_each(|out| *out = out.negated());
            }
        }
        Some(())
    }
}

fn joined(
    parts: &[Predicate],
    join: fn(Outcomes, Outcomes) -> Outcomes,
    block: &Block<'_>,
    scratch: &mut Scratch,
    long: &mut Vec<usize>,
    out: &mut [Outcomes],
) -> Option<()> {
    let mut next = scratch.outcomes(out.len());
    let mut whole = Some(());
    for part in parts {
        whole = part.outcomes(block, scratch, long, &mut next);
        if whole.is_none() {
            break;
        }
        for (out, next) in out.iter_mut().zip(&next) {
            *out = join(*out, *next);
        }
    }
    scratch.give_back(next);
    whole
}

fn coded(cell: i64, holds: bool) -> Outcomes {
    match cell {
        crate::observations::MISSING => Outcomes::BLANK,
        crate::observations::NOT_APPLICABLE => Outcomes::NOT_APPLICABLE,
        _ => Outcomes::of(holds),
    }
}

/// The comparison with its sides changed.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::Above => Comparison::Below,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Below => Comparison::Above,
        same => same,
    }
}

impl Value {
    /// A lone measure, or one (perhaps times a number above 0) divided by another; with it, how
    /// many of the numerator's units make one whole of the value.
    pub(super) fn compile(plan: &Plan, node: &Node) -> Option<(Value, Rational)> {
        let operand = |measure: MeasureId, factor: f64| {
            let grain = if plan.measures[measure].is_whole() {
                1e6
            } else {
                1.0
            };
            Operand {
                measure,
                grain,
                factor,
            }
        };
        let per_whole = |measure: MeasureId| Rational::from(plan.measures[measure].stored_units());
        let value = |numerator, denominator| Value {
            numerator,
            denominator,
            most_numerator: super::EXACT,
            most_denominator: super::EXACT,
        };
        match node {
            Node::Measure(measure) => {
                Some((value(operand(*measure, 1.0), None), per_whole(*measure)))
            }
            Node::Binary(Operator::Divide, top, bottom) => {
                let Node::Measure(denominator) = **bottom else {
                    return None;
                };
                let (numerator, times) = match &**top {
                    Node::Measure(measure) => (*measure, Rational::ONE),
                    Node::Binary(Operator::Multiply, left, right) => match (&**left, &**right) {
                        (Node::Measure(measure), Node::Constant(times))
                        | (Node::Constant(times), Node::Measure(measure)) => {
                            (*measure, times.clone())
                        }
                        _ => return None,
                    },
                    _ => return None,
                };
                if times <= Rational::ZERO {
                    return None;
                }
                let factor =
                    (&times * &per_whole(denominator)).checked_div(&per_whole(numerator))?;
                let (p, q) = factor.as_integers()?;
                Some((
                    value(operand(numerator, p), Some(operand(denominator, q))),
                    Rational::ONE,
                ))
            }
            _ => None,
        }
    }

    /// Numerators times `factor` must stay exact.
    pub(super) fn limit_numerator(&mut self, factor: f64) {
        if factor > 0.0 {
            self.most_numerator = self.most_numerator.min(super::EXACT / factor);
        }
    }

    /// Denominators times `factor` must stay exact.
    pub(super) fn limit_denominator(&mut self, factor: f64) {
        if factor > 0.0 {
            self.most_denominator = self.most_denominator.min(super::EXACT / factor);
        }
    }
}
