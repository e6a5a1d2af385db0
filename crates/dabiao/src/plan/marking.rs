//! One item, check, bonus or deduction on one row: the order of judgement
//! (docs/semantics.md §2.15), missing and imputed values, checks and boxes.

use super::State;
use super::node::{Computed, Outcomes, Reading, Row, Test};
use super::{
    Assumption, CheckPlan, ItemPlan, MarkingId, MarkingPlan, MeasureId, PayPlan, Plan, RulePlan,
    SlotId,
};
use crate::cohort::Cohort;
use crate::decimal::Decimal;
use crate::fault::{Fault, FaultCode};
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{Assessors, Combine, MeasureKind, MissingPolicy, ZeroDenominator};

/// What marking gave: exact points, or none where it leaves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked {
    pub(crate) points: Option<Rational>,
    pub(crate) state: State,
    /// A blank check whose rule has no least makes its item 0.
    bottomless: bool,
}

impl Marked {
    fn new(points: Option<Rational>, state: State) -> Marked {
        Marked {
            points,
            state,
            bottomless: false,
        }
    }

    /// Points rolled up from units, each of which was held to the full marks.
    pub(crate) fn of_units(points: Rational) -> Marked {
        Marked::new(Some(points), State::EMPTY)
    }

    pub(crate) fn not_applicable() -> Marked {
        Marked::new(None, State::EMPTY.with(State::NOT_APPLICABLE))
    }
}

/// The cohorts of one row, by slot.
pub(crate) trait Cohorts {
    fn cohort(&self, slot: SlotId) -> Option<&Cohort>;

    /// What an explanation assumes about the marking of a code instead of what is observed.
    fn assumed(&self, _code: &str) -> Option<&Assumption> {
        None
    }
}

/// A row in which some missing measures are imputed.
struct Imputed<'a> {
    row: &'a dyn Row,
    values: Vec<(MeasureId, Rational)>,
}

impl Row for Imputed<'_> {
    fn number(&self, measure: MeasureId) -> Reading<Rational> {
        match self.values.iter().find(|(imputed, _)| *imputed == measure) {
            Some((_, value)) => Reading::Value(value.clone()),
            None => self.row.number(measure),
        }
    }

    fn code(&self, measure: MeasureId) -> Reading<i64> {
        self.row.code(measure)
    }
}

/// Marks on one row.
pub(crate) struct Marker<'a> {
    pub(crate) plan: &'a Plan,
    /// What conditions see.
    pub(crate) row: &'a dyn Row,
    /// What the item's own value sees.
    pub(crate) own: &'a dyn Row,
    pub(crate) cohorts: &'a dyn Cohorts,
    /// Whether a blank is none, whatever the policy: in a 加分项 or 扣分项.
    pub(crate) blank_is_none: bool,
    /// Whether a blank is no fault where the policy says so: in one phase's own card.
    pub(crate) blank_is_no_fault: bool,
}

impl Marker<'_> {
    /// An item's exact points, held to 0 and its full marks.
    pub(crate) fn item(&self, item: &ItemPlan) -> Result<Marked, Fault> {
        let marking = self.marking(item.marking);
        let mut marked = self.mark(marking)?;
        if marked.bottomless {
            marked.points = Some(Rational::ZERO);
        }
        marked.points = marked
            .points
            .map(|points| points.clamped(Some(&Rational::ZERO), marking.points.as_ref()));
        Ok(marked)
    }

    /// Whether an item does not apply, whatever else is blank.
    pub(crate) fn item_leaves(&self, item: &ItemPlan) -> bool {
        self.leaves(self.marking(item.marking))
    }

    /// An item marked for each unit of which no unit has a value.
    pub(crate) fn missing_units(&self, item: &ItemPlan) -> Result<Marked, Fault> {
        let marking = self.marking(item.marking);
        let full = marking.points.clone().unwrap_or_default();
        let mut marked = self.missing(marking, &marking.measures, &full, State::EMPTY)?;
        if marked.bottomless {
            marked.points = Some(Rational::ZERO);
        }
        marked.points = marked
            .points
            .map(|p| p.clamped(Some(&Rational::ZERO), Some(&full)));
        Ok(marked)
    }

    /// The value of a marking where it applies and needs no imputation: what joins its cohort.
    pub(crate) fn cohort_value(&self, id: MarkingId) -> Option<Rational> {
        let marking = self.marking(id);
        if !self.may_apply(marking) {
            return None;
        }
        match self.compute(marking, self.own) {
            Computed::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether its own condition leaves open that it applies.
    pub(crate) fn may_apply(&self, marking: &MarkingPlan) -> bool {
        self.outcomes(&marking.applies)
            .is_none_or(Outcomes::may_hold)
    }

    pub(crate) fn marking(&self, id: MarkingId) -> &MarkingPlan {
        &self.plan.markings[id]
    }

    fn outcomes(&self, test: &Option<Test>) -> Option<Outcomes> {
        test.as_ref().map(|test| test.outcomes(self.row))
    }

    /// The value: a number, or the code of a yes-no or label.
    pub(crate) fn compute(&self, marking: &MarkingPlan, row: &dyn Row) -> Computed {
        if let Some(Assumption::Value(value)) = self.cohorts.assumed(&marking.code) {
            return Computed::Value(value.clone());
        }
        match (&marking.rule, marking.measures.first()) {
            (RulePlan::YesNo { .. } | RulePlan::Levels(_), Some(measure)) => {
                match row.code(*measure) {
                    Reading::Value(code) => Computed::Value(Rational::from(code)),
                    Reading::Missing => Computed::Missing,
                    Reading::NotApplicable => Computed::NotApplicable,
                }
            }
            _ => marking
                .value
                .as_ref()
                .map_or(Computed::Missing, |value| value.compute(row)),
        }
    }

    /// Whether nothing of it applies on this row, before anything else is judged.
    fn leaves(&self, marking: &MarkingPlan) -> bool {
        if !self.may_apply(marking) {
            return true;
        }
        match &marking.rule {
            RulePlan::Boxes { boxes, .. } => boxes
                .iter()
                .all(|item| item.test.outcomes(self.own) == Outcomes::NOT_APPLICABLE),
            RulePlan::Checks {
                from_full,
                combine,
                checks,
            } => {
                let mut left = checks
                    .iter()
                    .filter(|c| !self.leaves(self.marking(c.marking)));
                if *combine == Combine::Sum && !from_full {
                    !left.any(|check| !check.points.is_zero())
                } else {
                    left.next().is_none()
                }
            }
            _ => self.compute(marking, self.own) == Computed::NotApplicable,
        }
    }

    pub(crate) fn mark(&self, marking: &MarkingPlan) -> Result<Marked, Fault> {
        let mut state = State::EMPTY;
        if self.leaves(marking) {
            return Ok(Marked::new(None, state.with(State::NOT_APPLICABLE)));
        }
        if self
            .outcomes(&marking.applies)
            .is_some_and(Outcomes::is_undecided)
        {
            state = state.with(State::UNDECIDED);
        }
        let full = marking.points.clone().unwrap_or_default();
        for (test, bit, points) in [
            (&marking.no_marks, State::NO_MARKS, Rational::ZERO),
            (&marking.full_marks, State::FULL_MARKS, full.clone()),
        ] {
            let lifted = bit == State::NO_MARKS
                && self.cohorts.assumed(&marking.code) == Some(&Assumption::Lifted);
            match self.outcomes(test) {
                _ if lifted => {}
                Some(outcomes) if outcomes.holds() => {
                    self.check_limits(marking)?;
                    return Ok(Marked::new(Some(points), state.with(bit)));
                }
                Some(outcomes) if outcomes.is_undecided() => state = state.with(State::UNDECIDED),
                _ => {}
            }
        }
        match &marking.rule {
            RulePlan::Boxes { boxes, pay } => self.boxes(marking, boxes, pay, state),
            RulePlan::Checks {
                from_full,
                combine,
                checks,
            } => self.checks(*from_full, *combine, checks, &full, state),
            _ => self.value(marking, &full, state),
        }
    }

    /// Points of labels on which assessors disagree: each label's points, combined as their
    /// marks would be.
    fn mixed_labels(&self, marking: &MarkingPlan) -> Option<Result<Rational, Fault>> {
        let (RulePlan::Levels(levels), Some(measure)) = (&marking.rule, marking.measures.first())
        else {
            return None;
        };
        let labels = self.own.labels(*measure)?;
        let points = labels
            .iter()
            .filter_map(|label| levels.get(usize::try_from(*label).ok()?).cloned());
        let rule = self.plan.measures[*measure]
            .assessors
            .unwrap_or(Assessors::Mean);
        let combined = crate::campaign::assessors::combine(points.collect(), rule);
        Some(combined.ok_or_else(|| Fault::new(FaultCode::AssessorTrim).about(&marking.code)))
    }

    fn value(&self, marking: &MarkingPlan, full: &Rational, state: State) -> Result<Marked, Fault> {
        if let Some(points) = self.mixed_labels(marking) {
            return Ok(Marked::new(Some(points?), state));
        }
        match self.compute(marking, self.own) {
            Computed::Value(value) => Ok(Marked::new(
                Some(self.points(marking, &value, full)?),
                state,
            )),
            Computed::ZeroDenominator => match self.zero_denominator(marking, full, state) {
                Some(marked) => Ok(marked),
                // No measure is to blame, even where a numerator is blank too.
                None => self.missing(marking, &[], full, state),
            },
            Computed::Missing => self.missing(marking, &marking.measures, full, state),
            Computed::NotApplicable => Ok(Marked::new(None, state.with(State::NOT_APPLICABLE))),
        }
    }

    fn zero_denominator(
        &self,
        marking: &MarkingPlan,
        full: &Rational,
        state: State,
    ) -> Option<Marked> {
        let state = state.with(State::ZERO_DENOMINATOR);
        Some(match marking.zero_denominator.as_ref()? {
            ZeroDenominator::Full => Marked::new(Some(full.clone()), state),
            ZeroDenominator::Points(points) => Marked::new(Some(points.clone()), state),
            ZeroDenominator::NotApplicable => Marked::new(None, state.with(State::NOT_APPLICABLE)),
        })
    }

    fn points(
        &self,
        marking: &MarkingPlan,
        value: &Rational,
        full: &Rational,
    ) -> Result<Rational, Fault> {
        check_limit(&marking.code, value)?;
        // Statistics from elsewhere may know nothing of this community's cohort.
        if marking.slot.is_some()
            && marking.rule.looks_at_cohort()
            && self.cohort(marking.slot).is_none()
        {
            return Err(Fault::new(FaultCode::CohortNeeded).about(&marking.code));
        }
        match &marking.rule {
            RulePlan::Award { min, max, .. } if value < min || value > max => {
                Err(out_of_range(&marking.code, value, min, max))
            }
            RulePlan::Count { of, .. } => {
                let (least, most) = (Rational::ZERO, Rational::from(i64::from(*of)));
                if *value < least || *value > most || !value.is_integer() {
                    return Err(out_of_range(&marking.code, value, &least, &most));
                }
                Ok(marking.rule.points(value, full, None))
            }
            rule => Ok(rule.points(value, full, self.cohort(marking.slot))),
        }
    }

    /// A settled item needs no value, but one beyond the limit is a fault all the same: it
    /// would join a cohort.
    fn check_limits(&self, marking: &MarkingPlan) -> Result<(), Fault> {
        if let RulePlan::Checks { checks, .. } = &marking.rule {
            let mut checks = checks.iter().map(|check| self.marking(check.marking));
            return checks.try_for_each(|check| match self.may_apply(check) {
                true => self.check_limits(check),
                false => Ok(()),
            });
        }
        match self.compute(marking, self.own) {
            Computed::Value(value) => check_limit(&marking.code, &value),
            _ => Ok(()),
        }
    }

    fn cohort(&self, slot: Option<SlotId>) -> Option<&Cohort> {
        slot.and_then(|slot| self.cohorts.cohort(slot))
    }

    /// The policy for what is blank among `measures`, and whether a measure's own decided.
    pub(crate) fn policy(
        &self,
        marking: &MarkingPlan,
        measures: &mut dyn Iterator<Item = MeasureId>,
    ) -> (MissingPolicy, bool) {
        if let Some(policy) = marking.own_policy {
            return (policy, false);
        }
        let (mut policy, mut own) = (None, false);
        for measure in measures.filter(|measure| self.is_blank(*measure)) {
            let measured = self.plan.measures[measure].policy;
            own |= measured.is_some();
            let next = measured.unwrap_or(self.plan.missing);
            policy = Some(policy.map_or(next, |held| severest(held, next)));
        }
        (policy.unwrap_or(self.plan.missing), own)
    }

    pub(crate) fn is_blank(&self, measure: MeasureId) -> bool {
        match self.plan.measures[measure].kind {
            MeasureKind::YesNo | MeasureKind::Label => self.own.code(measure) == Reading::Missing,
            _ => self.own.number(measure) == Reading::Missing,
        }
    }

    fn missing(
        &self,
        marking: &MarkingPlan,
        measures: &[MeasureId],
        full: &Rational,
        state: State,
    ) -> Result<Marked, Fault> {
        let listed = state.with(State::MISSING);
        if self.blank_is_none {
            return Ok(Marked::new(Some(Rational::ZERO), listed));
        }
        let (policy, by_measure) = self.policy(marking, &mut measures.iter().copied());
        match policy {
            MissingPolicy::Error if self.blank_is_no_fault => Ok(self.least(marking, listed)),
            MissingPolicy::Error => Err(missing_fault(&marking.code)),
            MissingPolicy::Exclude => Ok(Marked::new(None, listed.with(State::EXCLUDED))),
            MissingPolicy::Mean | MissingPolicy::Median => {
                let imputed = if by_measure {
                    self.with_imputed_measures(marking, policy)
                } else {
                    self.imputed_value(marking, policy).map(Computed::Value)
                };
                let state = listed.with(State::IMPUTED);
                match imputed {
                    Some(Computed::Value(value)) => Ok(Marked::new(
                        Some(self.points(marking, &value, full)?),
                        state,
                    )),
                    Some(Computed::ZeroDenominator) => Ok(self
                        .zero_denominator(marking, full, state)
                        .unwrap_or_else(|| self.least(marking, listed))),
                    _ => Ok(self.least(marking, listed)),
                }
            }
            MissingPolicy::Zero => Ok(self.least(marking, listed)),
        }
    }

    pub(crate) fn imputed_value(
        &self,
        marking: &MarkingPlan,
        policy: MissingPolicy,
    ) -> Option<Rational> {
        if !marking.rule.is_numeric() {
            return None;
        }
        self.cohort(marking.slot)
            .map(|cohort| centre(cohort, policy))
    }

    pub(crate) fn with_imputed_measures(
        &self,
        marking: &MarkingPlan,
        policy: MissingPolicy,
    ) -> Option<Computed> {
        if !marking.rule.is_numeric() {
            return None;
        }
        let mut values = Vec::new();
        for (measure, slot) in &marking.measure_slots {
            if self.is_blank(*measure) {
                // A day is no mean of days.
                if self.plan.measures[*measure].kind == MeasureKind::Date {
                    return None;
                }
                values.push((*measure, centre(self.cohorts.cohort(*slot)?, policy)));
            }
        }
        let row = Imputed {
            row: self.own,
            values,
        };
        Some(self.compute(marking, &row))
    }

    fn least(&self, marking: &MarkingPlan, state: State) -> Marked {
        let least = marking
            .rule
            .least(self.cohort(marking.slot), marking.non_negative);
        Marked {
            bottomless: least.is_none(),
            points: Some(least.unwrap_or_default()),
            state,
        }
    }

    fn boxes(
        &self,
        marking: &MarkingPlan,
        boxes: &[super::BoxPlan],
        pay: &PayPlan,
        mut state: State,
    ) -> Result<Marked, Fault> {
        let (mut ticked, mut blank, mut left) = (0u32, Vec::new(), 0i64);
        for item in boxes {
            match item.test.outcomes(self.own) {
                Outcomes::TRUE => ticked += 1,
                Outcomes::FALSE => {}
                Outcomes::NOT_APPLICABLE => left += 1,
                _ => blank.push(item),
            }
        }
        if let Some(Assumption::Ticked(count)) = self.cohorts.assumed(&marking.code) {
            ticked = *count;
            blank.clear();
        }
        let mut unsure = 0;
        if !blank.is_empty() {
            state = state.with(State::MISSING);
        }
        if !blank.is_empty() && !self.blank_is_none {
            let mut measures = blank.iter().flat_map(|item| item.measures.iter().copied());
            match self.policy(marking, &mut measures).0 {
                MissingPolicy::Error if !self.blank_is_no_fault => {
                    return Err(missing_fault(&marking.code));
                }
                MissingPolicy::Exclude => left += blank.len() as i64,
                // A box has no number to impute.
                _ => unsure = blank.len() as u32,
            }
        }
        let all = boxes.len() as i64;
        let Some(factor) = Rational::ratio(i128::from(all), i128::from(all - left)) else {
            return Ok(Marked::new(None, state.with(State::EXCLUDED)));
        };
        let least = (ticked..=ticked + unsure)
            .map(|count| pay.points(count))
            .min();
        Ok(Marked::new(
            Some(&least.unwrap_or_default() * &factor),
            state,
        ))
    }

    fn checks(
        &self,
        from_full: bool,
        combine: Combine,
        checks: &[CheckPlan],
        full: &Rational,
        mut state: State,
    ) -> Result<Marked, Fault> {
        let (mut sum, mut best, mut worst) = (Rational::ZERO, None::<Rational>, None::<Rational>);
        let (mut earnable, mut applicable) = (Rational::ZERO, Rational::ZERO);
        let (mut bottomless, mut remaining) = (false, false);
        for check in checks {
            let marked = self.mark(self.marking(check.marking))?;
            let carried = State::MISSING | State::IMPUTED | State::UNDECIDED;
            state = state.with(marked.state.0 & carried);
            earnable = &earnable + &check.points;
            let Some(points) = marked.points else {
                continue;
            };
            let points = match (&check.floor, marked.bottomless) {
                (Some(floor), true) => floor.clone(),
                (floor, _) => points.clamped(floor.as_ref(), check.cap.as_ref()),
            };
            bottomless |= marked.bottomless && check.floor.is_none();
            remaining = true;
            applicable = &applicable + &check.points;
            sum = &sum + &points;
            best = best.max(Some(points.clone()));
            worst = Some(worst.map_or(points.clone(), |held| held.min(points)));
        }
        let points = match combine {
            Combine::Sum if from_full => remaining.then(|| full + &sum),
            Combine::Sum => earnable
                .checked_div(&applicable)
                .map(|factor| &sum * &factor),
            Combine::Best => best,
            Combine::Worst => worst,
        };
        match points {
            Some(points) => Ok(Marked {
                points: Some(points),
                state,
                bottomless,
            }),
            None if state.is_missing() => Ok(Marked::new(None, state.with(State::EXCLUDED))),
            // Zero denominators took every check.
            None => Ok(Marked::new(None, state.with(State::NOT_APPLICABLE))),
        }
    }
}

fn centre(cohort: &Cohort, policy: MissingPolicy) -> Rational {
    match policy {
        MissingPolicy::Median => cohort.median(),
        _ => cohort.mean().clone(),
    }
}

pub(super) fn severest(a: MissingPolicy, b: MissingPolicy) -> MissingPolicy {
    let severity = |policy: MissingPolicy| match policy {
        MissingPolicy::Error => 4,
        MissingPolicy::Zero => 3,
        MissingPolicy::Exclude => 2,
        MissingPolicy::Median => 1,
        MissingPolicy::Mean => 0,
    };
    if severity(b) > severity(a) { b } else { a }
}

fn check_limit(code: &str, value: &Rational) -> Result<(), Fault> {
    if value.abs() <= Rational::from(Decimal::MAX) {
        return Ok(());
    }
    Err(Fault::new(FaultCode::Computed)
        .about(code)
        .found(value.display(0))
        .expected(Text::new("绝对值不超过 10¹²", "at most 10¹² in size")))
}

fn missing_fault(code: &str) -> Fault {
    Fault::new(FaultCode::MissingValue)
        .about(code)
        .found("")
        .expected(Text::new("一个值", "a value"))
}

fn out_of_range(code: &str, value: &Rational, min: &Rational, max: &Rational) -> Fault {
    Fault::new(FaultCode::ValueRange)
        .about(code)
        .found(value.display(Decimal::DIGITS))
        .expected(Text::new(
            format!("{min} 至 {max}"),
            format!("{min} to {max}"),
        ))
}
