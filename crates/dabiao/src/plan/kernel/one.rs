//! Marking one row by a kernel, without a block around it. Only what is ordinary is told: a row
//! with anything else goes the way of all blocks.

use super::{Body, EXACT, Kernel, Operand, Part, Predicate, Rule, Step, Value, Zero};
use crate::observations::quantise::{SHIFT, SIMPLE};
use crate::observations::{MISSING, NOT_APPLICABLE};
use crate::plan::State;
use crate::plan::node::Outcomes;

/// The cells of one row in their stored form, by measure.
pub(crate) type Cells<'a> = &'a [i64];

#[inline(always)]
fn cell_of(cells: Cells<'_>, measure: usize) -> i64 {
    cells.get(measure).copied().unwrap_or(MISSING)
}

/// A computed value is no greater: 10¹².
const LIMIT: f64 = 1e12;

impl Kernel {
    /// The scaled points, where it applies, and the state, where nothing but that and its value
    /// decides.
    #[inline]
    pub(crate) fn one(&self, cells: Cells<'_>) -> Option<(Option<i64>, State)> {
        if self.no_marks.is_some() || self.full_marks.is_some() {
            return None;
        }
        match self.applies.as_ref().map(|applies| applies.one(cells)) {
            None | Some(Some(Outcomes::TRUE)) => {}
            Some(Some(Outcomes::FALSE)) => {
                return Some((None, State::EMPTY.with(State::NOT_APPLICABLE)));
            }
            Some(_) => return None,
        }
        let (points, blank) = match &self.body {
            Body::One(part) => part.one(cells)?,
            Body::Boxes { boxes, base, steps } => {
                let (mut ticked, mut blank) = (0.0, false);
                for measure in boxes {
                    match cell_of(cells, *measure) {
                        MISSING => blank = true,
                        NOT_APPLICABLE => return None,
                        cell => ticked += f64::from(u8::from(cell != 0)),
                    }
                }
                let points = stepped(ticked, None, *base, steps);
                (points.clamp(0.0, self.full), blank)
            }
            Body::Sum { start, parts } => {
                let (mut sum, mut blank) = (*start, false);
                for part in parts {
                    let (points, missing) = part.one(cells)?;
                    sum += points;
                    blank |= missing;
                }
                (sum.clamp(0.0, self.full), blank)
            }
        };
        let state = if blank { State::BLANK } else { State::EMPTY };
        Some((Some(points as i64), state))
    }

    /// Whether it marks one value, and no condition looks at anything else.
    pub(crate) fn is_lone(&self) -> bool {
        let conditional = [&self.applies, &self.no_marks, &self.full_marks];
        matches!(self.body, Body::One(_)) && conditional.iter().all(|test| test.is_none())
    }
}

impl Operand {
    /// The number; nothing where it is too large.
    #[inline(always)]
    fn one(self, stored: i64, most: f64) -> Option<f64> {
        let whole = stored as f64;
        let number = if self.grain == 1.0 {
            whole
        } else {
            whole / self.grain
        } * self.factor;
        (whole.abs() < EXACT && number.abs() < most).then_some(number)
    }
}

/// A value of one row.
enum Loaded {
    Number(f64, Option<f64>),
    Missing,
    ZeroDenominator,
}

impl Value {
    /// Nothing where it does not apply, or is too large.
    #[inline(always)]
    fn one(&self, cells: Cells<'_>) -> Option<Loaded> {
        let top = cell_of(cells, self.numerator.measure);
        let bottom = self
            .denominator
            .map(|operand| (operand, cell_of(cells, operand.measure)));
        if top == NOT_APPLICABLE || bottom.is_some_and(|(_, cell)| cell == NOT_APPLICABLE) {
            return None;
        }
        if bottom.is_some_and(|(_, cell)| cell == 0) {
            return Some(Loaded::ZeroDenominator);
        }
        if top == MISSING || bottom.is_some_and(|(_, cell)| cell == MISSING) {
            return Some(Loaded::Missing);
        }
        let n = self.numerator.one(top, self.most_numerator)?;
        let Some((operand, cell)) = bottom else {
            return Some(Loaded::Number(n, None));
        };
        let d = operand.one(cell, self.most_denominator)?;
        (cell > 0 && n.abs() <= LIMIT * d).then_some(Loaded::Number(n, Some(d)))
    }
}

impl Part {
    /// Scaled points, and whether the value is missing.
    #[inline(always)]
    fn one(&self, cells: Cells<'_>) -> Option<(f64, bool)> {
        let (n, d) = match self.value.one(cells)? {
            Loaded::Number(n, d) => (n, d),
            Loaded::Missing => return Some((self.missing, true)),
            Loaded::ZeroDenominator => match self.zero {
                Zero::Missing => return Some((self.missing, true)),
                // It settles an item, and is told by its state.
                Zero::Points(_) | Zero::NotApplicable => return None,
            },
        };
        let points = match &self.rule {
            Rule::Steps { base, steps } => stepped(n, d, *base, steps),
            Rule::Linear(linear) => {
                let (first, rest) = linear.pieces.split_first()?;
                let (mut a, mut b) = (first.a, first.b);
                // The last piece that is reached; chosen without a jump, which would be hard to
                // foretell.
                let whole = d.unwrap_or(1.0);
                for piece in rest {
                    let reached = match d {
                        None => n >= piece.p,
                        Some(d) => n * piece.q >= piece.p * d,
                    };
                    a = if reached { piece.a } else { a };
                    b = if reached { piece.b } else { b };
                }
                rounded(a * n + b * whole, linear.m * whole, linear.half_even)
            }
            Rule::Units(units) => {
                let distance = (units.a * n + units.b) / units.m;
                let whole = if units.started {
                    -floor(-distance)
                } else {
                    floor(distance)
                };
                units.from + units.points * whole.max(0.0)
            }
        };
        let points = if points > self.high {
            self.high
        } else {
            points
        };
        Some((if points < self.low { self.low } else { points }, false))
    }
}

#[inline(always)]
fn stepped(n: f64, d: Option<f64>, base: f64, steps: &[Step]) -> f64 {
    let mut points = base;
    match d {
        None => {
            for step in steps {
                points += if n >= step.p { step.add } else { 0.0 };
            }
        }
        Some(d) => {
            for step in steps {
                let (left, right) = (n * step.q, step.p * d);
                let reached = (left > right) | (!step.strict & (left == right));
                points += if reached { step.add } else { 0.0 };
            }
        }
    }
    points
}

/// As `f64::floor`, which is a call where the processor that is built for has no such
/// instruction.
#[inline(always)]
fn floor(number: f64) -> f64 {
    if number.abs() < SIMPLE {
        let nearest = (number + SHIFT) - SHIFT;
        nearest - if nearest > number { 1.0 } else { 0.0 }
    } else {
        number.floor()
    }
}

/// As [`super::lanes::rounded`].
#[inline(always)]
fn rounded(top: f64, bottom: f64, half_even: bool) -> f64 {
    let quotient = floor(top / bottom);
    if half_even && quotient * bottom == top {
        2.0 * floor(quotient * 0.5)
    } else {
        quotient
    }
}

impl Predicate {
    /// What comes of it on one row; nothing where the exact evaluator must say.
    pub(crate) fn one(&self, cells: Cells<'_>) -> Option<Outcomes> {
        let coded = |cell: i64, holds: bool| match cell {
            MISSING => Outcomes::BLANK,
            NOT_APPLICABLE => Outcomes::NOT_APPLICABLE,
            _ => Outcomes::of(holds),
        };
        Some(match self {
            Predicate::Holds(measure) => {
                let cell = cell_of(cells, *measure);
                coded(cell, cell != 0)
            }
            Predicate::Label {
                measure,
                label,
                equal,
            } => {
                let cell = cell_of(cells, *measure);
                coded(cell, (cell == *label) == *equal)
            }
            Predicate::Compare {
                value,
                comparison,
                p,
                q,
            } => match value.one(cells)? {
                Loaded::Missing | Loaded::ZeroDenominator => Outcomes::BLANK,
                Loaded::Number(n, d) => {
                    let order = (n * q).partial_cmp(&(p * d.unwrap_or(1.0)))?;
                    Outcomes::of(comparison.holds(order))
                }
            },
            Predicate::And(parts) => parts
                .iter()
                .try_fold(Outcomes::TRUE, |all, part| Some(all.and(part.one(cells)?)))?,
            Predicate::Or(parts) => parts
                .iter()
                .try_fold(Outcomes::FALSE, |all, part| Some(all.or(part.one(cells)?)))?,
            Predicate::Not(inner) => inner.one(cells)?.negated(),
        })
    }
}
