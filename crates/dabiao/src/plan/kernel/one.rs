//! Marking one row by a kernel, without a block around it. Only what is ordinary is told: a row
//! with anything else goes the way of all blocks.

use super::lanes::rounded;
use super::{Body, EXACT, Kernel, Operand, Part, Predicate, Rule, Step, Value, Zero};
use crate::observations::{MISSING, NOT_APPLICABLE};
use crate::plan::node::Outcomes;
use crate::plan::{MeasureId, State};

/// The cells of one row in their stored form.
pub(crate) type Cells<'a> = &'a dyn Fn(MeasureId) -> i64;

/// A computed value is no greater: 10¹².
const LIMIT: f64 = 1e12;

impl Kernel {
    /// The scaled points and the state, where the item applies and nothing but its value
    /// decides.
    pub(crate) fn one(&self, cells: Cells<'_>) -> Option<(i64, State)> {
        if self.no_marks.is_some() || self.full_marks.is_some() {
            return None;
        }
        if let Some(applies) = &self.applies
            && applies.one(cells)? != Outcomes::TRUE
        {
            return None;
        }
        let (points, blank) = match &self.body {
            Body::One(part) => part.one(cells)?,
            Body::Boxes { boxes, base, steps } => {
                let (mut ticked, mut blank) = (0.0, false);
                for measure in boxes {
                    match cells(*measure) {
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
        Some((points as i64, state))
    }

    /// Whether it marks one value, and no condition looks at anything else.
    pub(crate) fn is_lone(&self) -> bool {
        let conditional = [&self.applies, &self.no_marks, &self.full_marks];
        matches!(self.body, Body::One(_)) && conditional.iter().all(|test| test.is_none())
    }
}

impl Operand {
    /// The number; nothing where it is too large.
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
    fn one(&self, cells: Cells<'_>) -> Option<Loaded> {
        let top = cells(self.numerator.measure);
        let bottom = self
            .denominator
            .map(|operand| (operand, cells(operand.measure)));
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
                let reached = |p: f64, q: f64| d.map_or(n >= p, |d| n * q >= p * d);
                let piece = rest
                    .iter()
                    .rfind(|piece| reached(piece.p, piece.q))
                    .unwrap_or(first);
                let (top, bottom) = match d {
                    None => (piece.a * n + piece.b, linear.m),
                    Some(d) => (piece.a * n + piece.b * d, linear.m * d),
                };
                rounded(top, bottom, linear.half_even)
            }
            Rule::Units(units) => {
                let distance = (units.a * n + units.b) / units.m;
                let whole = if units.started {
                    distance.ceil()
                } else {
                    distance.floor()
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

fn stepped(n: f64, d: Option<f64>, base: f64, steps: &[Step]) -> f64 {
    let reached = |step: &&Step| match d {
        None => n >= step.p,
        Some(d) if step.strict => n * step.q > step.p * d,
        Some(d) => n * step.q >= step.p * d,
    };
    steps
        .iter()
        .filter(reached)
        .fold(base, |points, step| points + step.add)
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
                let cell = cells(*measure);
                coded(cell, cell != 0)
            }
            Predicate::Label {
                measure,
                label,
                equal,
            } => {
                let cell = cells(*measure);
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
