//! The measure that moves a value: of `closed / reported`, how many more must be closed.

use crate::decimal::Decimal;
use crate::expression::Operator;
use crate::plan::node::{Computed, Node, Reading, Row};
use crate::plan::{Demand, MarkingPlan, MeasureId, Plan, RollUpPlan};
use crate::rational::Rational;
use crate::standard::document::MeasureKind;

/// A row in which one measure has another value, wherever it stands.
pub(super) struct Overlay<'a> {
    plan: &'a Plan,
    row: &'a dyn Row,
    measure: MeasureId,
    value: Rational,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        row: &'a dyn Row,
        measure: MeasureId,
        value: Rational,
    ) -> Self {
        Overlay {
            plan,
            row,
            measure: base_of(plan, measure),
            value,
        }
    }

    fn covers(&self, measure: MeasureId) -> bool {
        base_of(self.plan, measure) == self.measure
    }
}

/// The measure as the standard names it: in a division it may be rolled up once more.
pub(super) fn base_of(plan: &Plan, measure: MeasureId) -> MeasureId {
    let within = plan.measures.get(measure).and_then(|m| m.within.as_ref());
    within.map_or(measure, |(base, _)| *base)
}

impl Row for Overlay<'_> {
    fn number(&self, measure: MeasureId) -> Reading<Rational> {
        if self.covers(measure) {
            Reading::Value(self.value.clone())
        } else {
            self.row.number(measure)
        }
    }

    fn code(&self, measure: MeasureId) -> Reading<i64> {
        if self.covers(measure) {
            self.value.floor().map_or(Reading::Missing, Reading::Value)
        } else {
            self.row.code(measure)
        }
    }

    fn labels(&self, measure: MeasureId) -> Option<&[i64]> {
        if self.covers(measure) {
            None
        } else {
            self.row.labels(measure)
        }
    }
}

/// A measure on which a marking's value depends in a straight line.
#[derive(Clone, Debug)]
pub(super) struct Lever<'a> {
    pub(super) measure: MeasureId,
    /// Its value now.
    pub(super) now: Rational,
    /// The marking's value now.
    value: Rational,
    /// How much the marking's value changes with 1 of the measure; not 0.
    slope: Rational,
    /// Whether it is a whole number.
    pub(super) whole: bool,
    /// Whether the marking's value is this measure and nothing else.
    pub(super) lone: bool,
    pub(super) min: Option<Rational>,
    pub(super) max: Option<Rational>,
    /// What the rules ask of its marks.
    demands: &'a [Demand],
}

impl<'a> Lever<'a> {
    /// The first measure of the value, in the order of its text, that moves it in a straight
    /// line.
    pub(super) fn of(plan: &'a Plan, marking: &MarkingPlan, row: &dyn Row) -> Option<Lever<'a>> {
        let node = marking.value.as_ref()?;
        let Computed::Value(value) = node.compute(row) else {
            return None;
        };
        marking.measures.iter().find_map(|&measure| {
            let held = plan.measures.get(measure)?;
            let movable = matches!(held.kind, MeasureKind::Count | MeasureKind::Number);
            if !movable || shape(node, measure) != Shape::Line {
                return None;
            }
            let Reading::Value(now) = row.number(measure) else {
                return None;
            };
            let further = Overlay::new(plan, row, measure, &now + &Rational::ONE);
            let Computed::Value(moved) = node.compute(&further) else {
                return None;
            };
            let slope = &moved - &value;
            let summed = matches!(held.rollup, Some(RollUpPlan::Sum));
            (!slope.is_zero()).then(|| Lever {
                measure,
                whole: held.kind == MeasureKind::Count && now.is_integer(),
                now,
                value: value.clone(),
                slope,
                lone: matches!(node, Node::Measure(_)),
                // What bounds each unit does not bound their sum, but for 0.
                min: held.min.clone().filter(|min| !summed || min.is_zero()),
                max: held.max.clone().filter(|_| !summed),
                demands: &held.demands,
            })
        })
    }

    /// The nearest value of the measure that brings the marking's value to `at`, or past it;
    /// nothing where the measure cannot take it.
    pub(super) fn bring(&self, at: &Rational, past: bool, up: bool) -> Option<Rational> {
        let exact = &self.now + &(at - &self.value).checked_div(&self.slope)?;
        let rises = up != self.slope.is_negative();
        let per_one = self.per_one();
        let scaled = &exact * &per_one;
        let mut steps = if rises {
            scaled.ceil_exact()
        } else {
            scaled.floor_exact()
        };
        if past && steps == scaled {
            let one = if rises { Rational::ONE } else { -Rational::ONE };
            steps = steps + one;
        }
        self.allowed(steps.checked_div(&per_one)?)
    }

    /// One step short of where [`Lever::bring`] goes: on the other side of `at`, where a rule
    /// that rises and falls again may earn more.
    pub(super) fn bring_short(&self, at: &Rational, up: bool) -> Option<Rational> {
        let over = self.bring(at, false, up)?;
        let one = Rational::ONE.checked_div(&self.per_one())?;
        let rises = over > self.now;
        let short = if rises { &over - &one } else { &over + &one };
        let ahead = if rises {
            short > self.now
        } else {
            short < self.now
        };
        self.allowed(short).filter(|_| ahead)
    }

    /// How many of the smallest steps of the measure make 1.
    fn per_one(&self) -> Rational {
        if self.whole {
            Rational::ONE
        } else {
            Rational::from(10i64.pow(u32::from(Decimal::DIGITS)))
        }
    }

    fn allowed(&self, to: Rational) -> Option<Rational> {
        let inside = self.min.as_ref().is_none_or(|min| to >= *min)
            && self.max.as_ref().is_none_or(|max| to <= *max)
            && to.abs() <= Rational::from(Decimal::MAX)
            && self.demands.iter().all(|demand| demand.allows(&to));
        inside.then_some(to)
    }
}

/// How an expression depends on one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Not at all.
    Level,
    /// In a straight line.
    Line,
    /// In some other way, or in more than one place.
    Other,
}

fn shape(node: &Node, measure: MeasureId) -> Shape {
    match node {
        Node::Constant(_) => Shape::Level,
        Node::Measure(held) if *held == measure => Shape::Line,
        Node::Measure(_) => Shape::Level,
        Node::Negate(inner) => shape(inner, measure),
        Node::Binary(operator, left, right) => {
            match (operator, shape(left, measure), shape(right, measure)) {
                (_, shape, Shape::Level) => shape,
                (Operator::Divide, ..) => Shape::Other,
                (_, Shape::Level, shape) => shape,
                _ => Shape::Other,
            }
        }
        Node::Min(terms) | Node::Max(terms) => {
            let level = terms
                .iter()
                .all(|term| shape(term, measure) == Shape::Level);
            if level { Shape::Level } else { Shape::Other }
        }
    }
}
