//! What if: one item of one community under a hypothesis, marked by the engine itself.

use super::Role;
use super::lever::{Lever, Overlay};
use crate::cohort::Cohort;
use crate::plan::marking::{Cohorts, Marker};
use crate::plan::node::{Computed, Row};
use crate::plan::total::publish;
use crate::plan::{Assumption, ItemPlan, MarkingId, MarkingPlan, MeasureId, Plan, SlotId};
use crate::rational::Rational;

/// A cohort that the community's own value belongs to, and moves with.
pub(super) struct Moving<'a> {
    pub(super) slot: SlotId,
    pub(super) marking: MarkingId,
    pub(super) cohort: &'a Cohort,
    pub(super) own: Rational,
}

/// One item of one community, to be tried with other values of one of its markings.
pub(super) struct Trial<'a> {
    pub(super) plan: &'a Plan,
    pub(super) item: &'a ItemPlan,
    /// The marking that is varied: the item's own or that of one of its checks.
    pub(super) marking: &'a MarkingPlan,
    /// What conditions see, and what the item's own value sees.
    pub(super) row: &'a dyn Row,
    pub(super) own: &'a dyn Row,
    pub(super) cohorts: &'a dyn Cohorts,
    pub(super) moving: &'a [Moving<'a>],
    /// Of a bonus or deduction a blank is none; of a deduction fewer points are better.
    pub(super) role: Role,
    /// The item's published points as things stand, scaled.
    pub(super) now: i64,
}

/// The cohorts and the one assumption under which an item is tried.
struct Hypothesis<'a> {
    base: &'a dyn Cohorts,
    moved: Vec<(SlotId, Cohort)>,
    about: &'a str,
    assumption: Option<Assumption>,
}

impl Cohorts for Hypothesis<'_> {
    fn cohort(&self, slot: SlotId) -> Option<&Cohort> {
        let moved = self.moved.iter().find(|(held, _)| *held == slot);
        moved.map_or_else(|| self.base.cohort(slot), |(_, cohort)| Some(cohort))
    }

    fn assumed(&self, code: &str) -> Option<&Assumption> {
        self.assumption.as_ref().filter(|_| self.about == code)
    }
}

/// Where the value has to get.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Edge {
    /// To this value.
    At(Rational),
    /// Past this value; `sample` lies in the stretch that begins there.
    Past { at: Rational, sample: Rational },
}

/// A value that wins points, and how it can be reached.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reach {
    pub(super) value: Rational,
    /// Whether the value itself is enough.
    pub(super) inclusive: bool,
    /// Whether the value has to rise.
    pub(super) up: bool,
    /// The item's published points then, scaled.
    pub(super) points: i64,
    /// The measure that would bring it there, and to what.
    pub(super) lever: Option<Pull>,
}

/// A measure moved, alone, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pull {
    pub(super) measure: MeasureId,
    pub(super) from: Rational,
    pub(super) to: Rational,
    /// The value of the marking then.
    pub(super) value: Rational,
    /// The item's published points then, scaled.
    pub(super) points: i64,
}

impl Trial<'_> {
    /// Whether fewer points are better.
    pub(super) fn costs(&self) -> bool {
        self.role == Role::Deduction
    }

    /// Whether so many points are better than what the item has now.
    pub(super) fn gains(&self, points: i64) -> bool {
        if self.costs() {
            points < self.now
        } else {
            points > self.now
        }
    }

    /// The marking's value as things stand.
    pub(super) fn value(&self) -> Computed {
        self.marker(self.row, self.own)
            .compute(self.marking, self.own)
    }

    pub(super) fn marker<'m>(&'m self, row: &'m dyn Row, own: &'m dyn Row) -> Marker<'m> {
        Marker {
            plan: self.plan,
            row,
            own,
            cohorts: self.cohorts,
            blank_is_none: self.role != Role::Item,
            blank_is_no_fault: true,
        }
    }

    /// The item's published points as things stand, marked again.
    pub(super) fn again(&self) -> Option<i64> {
        self.points(self.row, self.own, None)
    }

    /// The item's published points under an assumption about the marking.
    pub(super) fn assuming(&self, assumption: Assumption) -> Option<i64> {
        self.points(self.row, self.own, Some(assumption))
    }

    fn points(&self, row: &dyn Row, own: &dyn Row, assumption: Option<Assumption>) -> Option<i64> {
        let mut moved = Vec::new();
        for moving in self.moving {
            let marker = self.marker(row, own);
            let assumed = match &assumption {
                Some(Assumption::Value(value)) => {
                    let same = marker.marking(moving.marking).code == self.marking.code;
                    same.then(|| value.clone())
                }
                _ => None,
            };
            let value = assumed.or_else(|| marker.cohort_value(moving.marking))?;
            if value != moving.own {
                let needs_mean = marker.marking(moving.marking).rule.needs_mean();
                moved.push((
                    moving.slot,
                    moving.cohort.moved(&moving.own, &value, needs_mean),
                ));
            }
        }
        let hypothesis = Hypothesis {
            base: self.cohorts,
            moved,
            about: &self.marking.code,
            assumption,
        };
        let marker = Marker {
            plan: self.plan,
            row,
            own,
            cohorts: &hypothesis,
            blank_is_none: self.role != Role::Item,
            blank_is_no_fault: true,
        };
        let points = marker.item(self.item).ok()?.points?;
        publish(self.plan, &self.item.code, &points).ok()
    }

    /// The points with a measure at another value.
    pub(super) fn with_measure(&self, measure: MeasureId, value: &Rational) -> Option<i64> {
        let [row, own] = self.overlaid(measure, value);
        self.points(&row, &own, None)
    }

    fn overlaid(&self, measure: MeasureId, value: &Rational) -> [Overlay<'_>; 2] {
        [self.row, self.own].map(|row| Overlay::new(self.plan, row, measure, value.clone()))
    }

    /// The points with another value of the marking.
    pub(super) fn with_value(&self, value: &Rational) -> Option<i64> {
        self.assuming(Assumption::Value(value.clone()))
    }

    /// What reaching an edge wins, if anything.
    pub(super) fn reach(&self, edge: &Edge, up: bool, lever: Option<&Lever<'_>>) -> Option<Reach> {
        let (at, past) = match edge {
            Edge::At(at) => (at, false),
            Edge::Past { at, .. } => (at, true),
        };
        let pull = lever.and_then(|lever| self.pull(lever, at, past, up));
        if lever.is_some_and(|lever| lever.lone) {
            // The measure is the value: what it cannot take, the value cannot.
            let pull = pull?;
            let (value, inclusive) = if past && !lever.is_some_and(|lever| lever.whole) {
                (at.clone(), false)
            } else {
                (pull.to.clone(), true)
            };
            return Some(Reach {
                value,
                inclusive,
                up,
                points: pull.points,
                lever: Some(pull),
            });
        }
        let points = match edge {
            Edge::At(at) => self.with_value(at)?,
            Edge::Past { sample, .. } => self.with_value(sample)?,
        };
        self.gains(points).then(|| Reach {
            value: at.clone(),
            inclusive: !past,
            up,
            points,
            lever: pull,
        })
    }

    /// Whether a value that is one measure alone can get to an edge.
    pub(super) fn attains(&self, edge: &Edge, up: bool, lever: Option<&Lever<'_>>) -> bool {
        let (at, past) = match edge {
            Edge::At(at) => (at, false),
            Edge::Past { at, .. } => (at, true),
        };
        lever.is_none_or(|lever| !lever.lone || lever.bring(at, past, up).is_some())
    }

    /// Moves a measure just far enough, on the values that it can take.
    fn pull(&self, lever: &Lever<'_>, at: &Rational, past: bool, up: bool) -> Option<Pull> {
        let far = lever.bring(at, past, up)?;
        let short = || lever.bring_short(at, up).filter(|_| !past);
        self.moved(lever, far)
            .or_else(|| self.moved(lever, short()?))
    }

    /// The measure at another value, where that wins points.
    fn moved(&self, lever: &Lever<'_>, to: Rational) -> Option<Pull> {
        let [row, own] = self.overlaid(lever.measure, &to);
        let Computed::Value(value) = self.marker(&row, &own).compute(self.marking, &own) else {
            return None;
        };
        let points = self.with_measure(lever.measure, &to)?;
        self.gains(points).then(|| Pull {
            measure: lever.measure,
            from: lever.now.clone(),
            to,
            value,
            points,
        })
    }
}
