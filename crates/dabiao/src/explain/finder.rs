//! Finds the next step of a marking, whatever its rule.

use super::explainer::{Explainer, Known};
use super::lever::{Lever, base_of};
use super::search::Search;
use super::step::{MeasureStep, NextStep, Setting, StepBound, Target};
use super::trial::{Reach, Trial};
use super::{Role, ValueFormat, Words};
use crate::lang::Text;
use crate::plan::node::{Computed, Outcomes, Row};
use crate::plan::{Assumption, BoxPlan, MeasureId, RulePlan};
use crate::points::Points;
use crate::rational::Rational;

/// Counts that are tried one after the other.
const COUNTS: u32 = 1000;

/// One marking of one community, to be improved.
pub(super) struct Finder<'a> {
    pub(super) explainer: &'a Explainer<'a>,
    pub(super) trial: Trial<'a>,
    pub(super) known: &'a Known<'a>,
    pub(super) role: Role,
    /// Whether the marking is a check of the item.
    pub(super) check: bool,
    /// The item's full marks, scaled, where it has any.
    pub(super) full: Option<i64>,
    /// Whether the item counts at all: what is excluded has no points to gain on.
    pub(super) counted: bool,
}

impl Finder<'_> {
    /// The nearest change to this marking that wins the item points.
    pub(super) fn find(&self) -> Option<NextStep> {
        let marker = self.trial.marker(self.trial.row, self.trial.own);
        let marked = marker.mark(self.trial.marking).ok()?;
        let state = marked.state;
        if state.is_not_applicable() || state.is_full_by_condition() {
            return None;
        }
        if state.is_none_by_condition() {
            return self.lift();
        }
        if let RulePlan::Boxes { boxes, .. } = &self.trial.marking.rule {
            return self.boxes(boxes);
        }
        match self.trial.value() {
            Computed::Value(value) => self.step_from(&value),
            Computed::Missing | Computed::ZeroDenominator if self.role != Role::Item => None,
            Computed::Missing => self.report(&self.blanks(), false),
            Computed::ZeroDenominator if state.is_missing() => {
                self.report(&self.zero_divisors(), true)
            }
            Computed::ZeroDenominator | Computed::NotApplicable => None,
        }
    }

    fn step_from(&self, value: &Rational) -> Option<NextStep> {
        match &self.trial.marking.rule {
            RulePlan::YesNo { .. } => self.answer(value),
            RulePlan::Levels(levels) => self.label(value, levels.len()),
            RulePlan::Count { of, .. } => self.count(value, *of),
            _ => {
                let lever = Lever::of(self.trial.plan, self.trial.marking, self.trial.own);
                let reach = Search::new(&self.trial, value, lever.as_ref()).run()?;
                Some(self.value_step(value, &reach, lever.is_some_and(|lever| lever.lone)))
            }
        }
    }

    fn points(&self, scaled: i64) -> Points {
        Points::new(scaled, self.trial.plan.decimals)
    }

    fn step(&self, target: Target, points: i64, wording: Text) -> NextStep {
        NextStep {
            code: self.trial.marking.code.clone(),
            target,
            points: Some(self.points(points)),
            gain: Some(self.points(points.saturating_sub(self.trial.now).saturating_abs())),
            measure: None,
            wording,
        }
    }

    fn check_title(&self) -> Option<&Text> {
        self.check.then_some(self.known.title)
    }

    fn instead(&self, words: &Words<'_>, points: i64) -> String {
        words.instead(self.role, self.points(self.trial.now), self.points(points))
    }

    fn value_step(&self, value: &Rational, reach: &Reach, lone: bool) -> NextStep {
        let plan = self.trial.plan;
        let pulled = reach.lever.as_ref().and_then(|pull| {
            let id = base_of(plan, pull.measure);
            let measure = self.explainer.document().measures.get(id)?;
            Some((pull, measure))
        });
        let places = self.places(value, reach);
        let wording = self.explainer.both(|words| {
            let lever = pulled.filter(|_| !lone).map(|(_, measure)| {
                (
                    words.measure(&measure.name),
                    ValueFormat::of_measure(measure),
                )
            });
            let setting = Setting {
                format: &self.known.format,
                role: self.role,
                check: self.check_title(),
                value,
                now: self.points(self.trial.now),
                then: self.points(reach.points),
                lever,
                places: places.map(|(from, to)| {
                    let cohort = self
                        .known
                        .marking
                        .cohort
                        .as_deref()
                        .or(self.known.outer_cohort);
                    (from, to, words.among(cohort))
                }),
            };
            words.value_step(reach, &setting)
        });
        let target = Target::Value {
            value: reach.value.clone(),
            bound: match (reach.up, reach.inclusive) {
                (true, true) => StepBound::AtLeast,
                (true, false) => StepBound::Above,
                (false, true) => StepBound::AtMost,
                (false, false) => StepBound::Below,
            },
            shown: self
                .explainer
                .both(|words| self.known.format.show(&reach.value, words.lang())),
            place: places.map(|(_, to)| to),
        };
        let mut step = self.step(target, reach.points, wording);
        step.measure = pulled.map(|(pull, measure)| MeasureStep {
            measure: measure.name.clone(),
            title: measure.title.clone(),
            from: pull.from.clone(),
            to: pull.to.clone(),
            value: pull.value.clone(),
            points: self.points(pull.points),
        });
        step
    }

    /// The places now and then, where the rule ranks.
    fn places(&self, value: &Rational, reach: &Reach) -> Option<(u64, u64)> {
        let RulePlan::Rank { from_top, .. } = &self.trial.marking.rule else {
            return None;
        };
        let slot = self.trial.marking.slot?;
        let moving = self.trial.moving.iter().find(|moving| moving.slot == slot);
        // Where the target itself is not enough, the place is that of just past it.
        let then = match (&reach.lever, reach.inclusive) {
            (Some(pull), false) => pull.value.clone(),
            _ => reach.value.clone(),
        };
        match moving {
            Some(moving) => {
                let moved = moving.cohort.moved(&moving.own, &then, false);
                let now = moving.cohort.place(value, *from_top);
                Some((now, moved.place(&then, *from_top)))
            }
            None => {
                let cohort = self.trial.cohorts.cohort(slot)?;
                Some((
                    cohort.place(value, *from_top),
                    cohort.place(&then, *from_top),
                ))
            }
        }
    }

    fn answer(&self, value: &Rational) -> Option<NextStep> {
        let measure = *self.trial.marking.measures.first()?;
        let yes = value.is_zero();
        let other = if yes { Rational::ONE } else { Rational::ZERO };
        let points = self.trial.with_measure(measure, &other)?;
        self.trial.gains(points).then(|| {
            let wording = self.explainer.both(|words| {
                words.answer_step(yes, self.check_title(), &self.instead(words, points))
            });
            self.step(Target::Answer { yes }, points, wording)
        })
    }

    /// The label that wins least, and of these the one that stands nearest.
    fn label(&self, value: &Rational, levels: usize) -> Option<NextStep> {
        let measure = *self.trial.marking.measures.first()?;
        let labels = &self.trial.plan.measures.get(measure)?.labels;
        let given = given_labels(self.trial.own, measure, value);
        // Where assessors disagree, the best of what they gave is the nearest.
        let now = *given.iter().min()?;
        let mut found: Option<(i64, usize)> = None;
        for index in 0..levels.min(labels.len()) {
            let index_value = Rational::from(i64::try_from(index).ok()?);
            let points = self.trial.with_measure(measure, &index_value);
            let Some(points) = points.filter(|points| self.trial.gains(*points)) else {
                continue;
            };
            let key = |points: i64, at: usize| (points.abs_diff(self.trial.now), at.abs_diff(now));
            if found.is_none_or(|(held, at)| key(points, index) < key(held, at)) {
                found = Some((points, index));
            }
        }
        let (points, index) = found?;
        let given: Vec<&String> = given
            .iter()
            .filter_map(|index| labels.get(*index))
            .collect();
        let to = labels.get(index)?;
        let wording = self.explainer.both(|words| {
            words.label_step(&given, to, self.check_title(), &self.instead(words, points))
        });
        let label = to.clone();
        Some(self.step(Target::Label { label }, points, wording))
    }

    fn count(&self, value: &Rational, of: u32) -> Option<NextStep> {
        let lever = Lever::of(self.trial.plan, self.trial.marking, self.trial.own);
        let now = value.floor()?;
        let reach = (1..=i64::from(of.min(COUNTS))).find_map(|distance| {
            [true, false].into_iter().find_map(|up| {
                let count = if up { now + distance } else { now - distance };
                if !(0..=i64::from(of)).contains(&count) {
                    return None;
                }
                let edge = super::trial::Edge::At(Rational::from(count));
                self.trial.reach(&edge, up, lever.as_ref())
            })
        })?;
        Some(self.value_step(value, &reach, lever.is_some_and(|lever| lever.lone)))
    }

    fn boxes(&self, boxes: &[BoxPlan]) -> Option<NextStep> {
        let (mut ticked, mut open) = (Vec::new(), Vec::new());
        for (index, item) in boxes.iter().enumerate() {
            match item.test.outcomes(self.trial.own) {
                Outcomes::TRUE => ticked.push(index),
                Outcomes::NOT_APPLICABLE => {}
                _ => open.push(index),
            }
        }
        // What a box decides elsewhere in the item would move as well, and which box it is
        // is left open: there is nothing to promise.
        let elsewhere = self.measures_elsewhere();
        let shared = |index: &usize| {
            let measures = boxes.get(*index).map(|item| &item.measures);
            measures.is_some_and(|m| m.iter().any(|m| elsewhere.contains(m)))
        };
        if ticked.iter().chain(&open).any(shared) {
            return None;
        }
        let now = i64::try_from(ticked.len()).ok()?;
        let all = now + i64::try_from(open.len()).ok()?;
        let (change, points) = (1..=all).find_map(|distance| {
            [distance, -distance].into_iter().find_map(|change| {
                let count = u32::try_from(now + change).ok()?;
                if i64::from(count) > all {
                    return None;
                }
                let points = self.trial.assuming(Assumption::Ticked(count))?;
                self.trial.gains(points).then_some((change, points))
            })
        })?;
        let indexes = if change > 0 { open } else { ticked };
        let titles = indexes
            .iter()
            .filter_map(|index| self.known.boxes.get(*index));
        let titles: Vec<Text> = titles.cloned().collect();
        let wording = self.explainer.both(|words| {
            let instead = self.instead(words, points);
            words.boxes_step(change, &titles, self.check_title(), &instead)
        });
        let target = Target::Boxes {
            change,
            boxes: titles,
        };
        Some(self.step(target, points, wording))
    }

    /// The measures that the item looks at beside the boxes of this marking.
    fn measures_elsewhere(&self) -> Vec<MeasureId> {
        let mut found = Vec::new();
        for id in self.explainer.markings_of(self.trial.item) {
            let Some(marking) = self.trial.plan.markings.get(id) else {
                continue;
            };
            let conditions = [&marking.applies, &marking.no_marks, &marking.full_marks];
            for test in conditions.into_iter().flatten() {
                test.visit_measures(&mut |measure| found.push(measure));
            }
            if marking.code == self.trial.marking.code {
                continue;
            }
            found.extend(&marking.measures);
            if let RulePlan::Boxes { boxes, .. } = &marking.rule {
                found.extend(boxes.iter().flat_map(|item| &item.measures));
            }
        }
        found
    }

    fn lift(&self) -> Option<NextStep> {
        let points = self.trial.assuming(Assumption::Lifted)?;
        let condition = self.known.marking.no_marks.as_ref()?;
        self.trial.gains(points).then(|| {
            let wording = self.explainer.both(|words| {
                let instead = self.instead(words, points);
                words.lift_step(&words.condition(condition), self.check_title(), &instead)
            });
            self.step(Target::Lift, points, wording)
        })
    }

    /// A value has to be reported before anything can be won.
    pub(super) fn report(&self, measures: &[MeasureId], zero: bool) -> Option<NextStep> {
        let documents = &self.explainer.document().measures;
        let plan = self.trial.plan;
        let named: Vec<_> = measures
            .iter()
            .filter_map(|id| documents.get(base_of(plan, *id)))
            .collect();
        // Of a check, what the item could earn depends on the others.
        let most = self
            .full
            .filter(|_| !self.check)
            .map(|full| self.points(full));
        let gain = most.filter(|_| self.counted);
        let wording = self.explainer.both(|words| {
            let titles: Vec<String> = named.iter().map(|m| words.measure(&m.name)).collect();
            words.report_step(&titles, zero, self.check_title(), most)
        });
        let measures = named.iter().map(|measure| measure.name.clone()).collect();
        Some(NextStep {
            code: self.trial.marking.code.clone(),
            target: Target::Report { measures },
            points: most,
            gain: gain.map(|most| self.points(most.scaled().saturating_sub(self.trial.now))),
            measure: None,
            wording,
        })
    }

    fn blanks(&self) -> Vec<MeasureId> {
        let marker = self.trial.marker(self.trial.row, self.trial.own);
        let measures = self.trial.marking.measures.iter().copied();
        measures
            .filter(|measure| marker.is_blank(*measure))
            .collect()
    }

    /// The measures that stand under a division and are 0.
    fn zero_divisors(&self) -> Vec<MeasureId> {
        use crate::plan::node::{Node, Reading};
        fn divisors(node: &Node, found: &mut Vec<MeasureId>) {
            match node {
                Node::Binary(operator, left, right) => {
                    divisors(left, found);
                    divisors(right, found);
                    if *operator == crate::expression::Operator::Divide {
                        right.visit_measures(&mut |measure| found.push(measure));
                    }
                }
                Node::Negate(inner) => divisors(inner, found),
                Node::Min(terms) | Node::Max(terms) => {
                    for term in terms {
                        divisors(term, found);
                    }
                }
                Node::Constant(_) | Node::Measure(_) => {}
            }
        }
        let mut found = Vec::new();
        if let Some(node) = &self.trial.marking.value {
            divisors(node, &mut found);
        }
        let zero = |measure: &MeasureId| matches!(self.trial.own.number(*measure), Reading::Value(value) if value.is_zero());
        let zeros: Vec<MeasureId> = found.iter().copied().filter(zero).collect();
        if zeros.is_empty() { found } else { zeros }
    }
}

/// The labels that were given: one, or those of all assessors where they disagree.
pub(super) fn given_labels(row: &dyn Row, measure: MeasureId, value: &Rational) -> Vec<usize> {
    let all = row.labels(measure).map(<[i64]>::to_vec);
    let codes = all.unwrap_or_else(|| value.floor().into_iter().collect());
    let mut indexes: Vec<usize> = codes
        .iter()
        .filter_map(|code| usize::try_from(*code).ok())
        .collect();
    if indexes.windows(2).all(|pair| pair.first() == pair.last()) {
        indexes.truncate(1);
    }
    indexes
}
