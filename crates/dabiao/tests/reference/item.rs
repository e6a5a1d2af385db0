//! What one item, bonus, deduction or check earns on one row: §2.2, §2.3, §2.5, §2.6, §2.15.

use std::collections::BTreeSet;

use dabiao::FaultCode;
use dabiao::expression::{Condition, Expression};
use dabiao::standard::document::{
    Checklist, Checks, Combine, Document, Item, Marking, MeasureKind, MissingPolicy, Rule,
    ZeroDenominator,
};

use super::expression::{
    Outcomes, StandIns, Value, blanks_of, blanks_of_condition, lone_unit, outcomes, value,
};
use super::number::{Q, held, of, power_of_ten, whole, zero};
use super::rule::{self, Setting};
use super::table::{Cell, Row, Table};

/// How an item came by its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What does not apply is excluded.
    NotApplicable,
    /// Settled by its no-marks condition (该项不得分).
    NoMarks,
    /// Settled by its full-marks condition (免检).
    FullMarks,
    /// Missing, and taken out by the policy "exclude".
    Excluded,
    /// Marked by its rule.
    Marked,
}

/// What came of an item or a check, before it is clamped and rounded.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) standing: Standing,
    /// Nothing where it is excluded, or where it is missing and its rule has no least.
    pub(crate) points: Option<Q>,
    /// A part of it is missing: listed.
    pub(crate) missing: bool,
    /// The cohort's mean or median stands in for a missing part: listed.
    pub(crate) imputed: bool,
    /// One of its conditions is undecided: listed.
    pub(crate) undecided: bool,
    pub(crate) faults: BTreeSet<FaultCode>,
}

impl Outcome {
    fn new(standing: Standing, points: Option<Q>) -> Self {
        Outcome {
            standing,
            points,
            missing: false,
            imputed: false,
            undecided: false,
            faults: BTreeSet::new(),
        }
    }

    fn marked(points: Q) -> Self {
        Outcome::new(Standing::Marked, Some(points))
    }

    fn missing(standing: Standing, points: Option<Q>) -> Self {
        Outcome {
            missing: true,
            ..Outcome::new(standing, points)
        }
    }

    fn fault(code: FaultCode) -> Self {
        Outcome {
            faults: BTreeSet::from([code]),
            ..Outcome::missing(Standing::Marked, None)
        }
    }
}

/// An item, bonus or deduction, or a check of one.
pub(crate) struct Part<'a> {
    pub(crate) marking: &'a Marking,
    /// Full marks; 0 for a bonus without a cap.
    pub(crate) full: Q,
    /// The policy of the check, or else of its item.
    policy: Option<MissingPolicy>,
    /// The attribute of the check's cohort, or else of its item's.
    cohort: Option<&'a str>,
    /// The condition under which a check's item applies.
    within: Option<&'a Condition>,
    /// §2.7 "a blank 扣分项 or 加分项 is none and is not listed"
    blank_is_none: bool,
}

impl<'a> Part<'a> {
    pub(crate) fn of_item(item: &'a Item, blank_is_none: bool) -> Self {
        Part {
            marking: &item.marking,
            full: item.points.as_ref().map_or_else(zero, of),
            policy: item.marking.missing,
            cohort: item.marking.cohort.as_deref(),
            within: None,
            blank_is_none,
        }
    }

    /// The checks it is made of.
    pub(crate) fn checks(&self) -> Vec<Part<'a>> {
        let Rule::Checks(checks) = &self.marking.rule else {
            return Vec::new();
        };
        checks
            .checks
            .iter()
            .map(|check| Part {
                marking: &check.marking,
                full: of(&check.points),
                policy: check.marking.missing.or(self.policy),
                cohort: check.marking.cohort.as_deref().or(self.cohort),
                within: self.marking.applies.as_ref(),
                blank_is_none: self.blank_is_none,
            })
            .collect()
    }
}

/// A document and a table of communities.
pub(crate) struct Run<'a> {
    pub(crate) document: &'a Document,
    pub(crate) table: &'a Table,
}

impl Run<'_> {
    pub(crate) fn outcomes(&self, condition: &Condition, row: &Row) -> Outcomes {
        outcomes(self.document, condition, row)
    }

    /// §2.3 the cohort: "every community of the table, or those that share a stated attribute,
    /// for which the item applies and has a value, vetoed or not"
    fn cohort(&self, part: &Part, row: &Row) -> Vec<(&Row, Q)> {
        let peers = self.table.iter().filter(|other| {
            part.cohort
                .is_none_or(|name| other.attribute(name) == row.attribute(name))
        });
        peers
            .filter_map(|peer| Some((peer, self.own_value(part, peer)?)))
            .collect()
    }

    /// The number that a row has where the part applies to it.
    fn own_value(&self, part: &Part, row: &Row) -> Option<Q> {
        let conditions = part.within.iter().copied().chain(&part.marking.applies);
        for condition in conditions {
            if self.outcomes(condition, row).fails() {
                return None;
            }
        }
        match value(part.marking.value.as_ref()?, row, &StandIns::new()) {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// What is wrong with a value that is there, settled or not: §2.2 "A computed value beyond
    /// 10¹² is a fault", and a mark out of range or off its step, which stops a run even where
    /// the item does not apply (§2.13 "Any faulty cell").
    pub(crate) fn value_faults(&self, part: &Part, row: &Row) -> BTreeSet<FaultCode> {
        let mut faults: BTreeSet<FaultCode> = BTreeSet::new();
        for check in part.checks() {
            faults.extend(self.value_faults(&check, row));
        }
        let observed = part
            .marking
            .value
            .as_ref()
            .and_then(Expression::lone_measure);
        let (number, is_observed) = match observed.map(|name| row.cell(name)) {
            Some(Cell::Number(number)) => (number.clone(), true),
            _ => match self.own_value(part, row) {
                Some(number) => (number, false),
                None => return faults,
            },
        };
        if is_beyond(&number) {
            faults.insert(FaultCode::Computed);
        }
        let is_mark = matches!(part.marking.rule, Rule::Award { .. } | Rule::Checklist(_));
        if is_mark && is_observed {
            let setting = self.setting(part, &[], false);
            faults.extend(rule::points(&part.marking.rule, &Value::Number(number), &setting).err());
        }
        faults
    }

    fn setting(&self, part: &Part, cohort: &[(&Row, Q)], imputed: bool) -> Setting {
        let value = part.marking.value.as_ref();
        Setting {
            full: part.full.clone(),
            unit: value.and_then(|value| lone_unit(self.document, value)),
            cohort: cohort.iter().map(|(_, number)| number.clone()).collect(),
            imputed,
        }
    }

    /// §2.15 "Order in an item: not applicable, no marks, full marks, zero denominator, missing; a
    /// settled item lists no blank."
    pub(crate) fn outcome(&self, part: &Part, row: &Row) -> Outcome {
        if self.leaves(part, row) {
            return Outcome::new(Standing::NotApplicable, None);
        }
        let marking = part.marking;
        let mut undecided = false;
        let mut judge = |condition: &Option<Condition>| {
            let condition = condition.as_ref()?;
            let outcomes = self.outcomes(condition, row);
            undecided |= outcomes.undecided();
            Some(outcomes)
        };
        judge(&marking.applies);
        let settled = if judge(&marking.no_marks).is_some_and(Outcomes::holds) {
            Outcome::new(Standing::NoMarks, Some(zero()))
        } else if judge(&marking.full_marks).is_some_and(Outcomes::holds) {
            Outcome::new(Standing::FullMarks, Some(part.full.clone()))
        } else {
            match (&marking.rule, &marking.value) {
                (Rule::Checks(checks), _) => self.checks(part, checks, row),
                (Rule::Checklist(list), None) => self.boxes(part, list, row),
                (_, Some(expression)) => self.valued(part, expression, row),
                (rule, None) => unreachable!("{rule:?} without a value"),
            }
        };
        Outcome {
            undecided: undecided || settled.undecided,
            ..settled
        }
    }

    /// Whether it does not apply: §2.6 "An item applies unless its condition is known to say
    /// otherwise", its value is 不涉及, or that is so of all its boxes or checks (of a sum from 0:
    /// of all that can earn points).
    fn leaves(&self, part: &Part, row: &Row) -> bool {
        let marking = part.marking;
        let applies = marking.applies.as_ref();
        if applies.is_some_and(|applies| self.outcomes(applies, row).fails()) {
            return true;
        }
        match (&marking.rule, &marking.value) {
            (Rule::Checks(checks), _) => {
                let from_nothing = checks.combine == Combine::Sum && !checks.from_full;
                part.checks()
                    .iter()
                    .all(|check| self.leaves(check, row) || (from_nothing && check.full == zero()))
            }
            (Rule::Checklist(list), None) => list.boxes.iter().all(|one| {
                let outcomes = self.outcomes(&one.when, row);
                !outcomes.yes && !outcomes.no
            }),
            (_, Some(expression)) => {
                value(expression, row, &StandIns::new()) == Value::NotApplicable
            }
            (rule, None) => unreachable!("{rule:?} without a value"),
        }
    }

    /// An item with a value.
    fn valued(&self, part: &Part, expression: &Expression, row: &Row) -> Outcome {
        match value(expression, row, &StandIns::new()) {
            Value::NotApplicable => Outcome::new(Standing::NotApplicable, None),
            Value::Missing => self.blank(part, expression, blanks_of(expression, row), row),
            Value::ZeroDenominator => self
                .zero_denominator(part)
                .unwrap_or_else(|| self.blank(part, expression, Vec::new(), row)),
            known => {
                let setting = self.setting(part, &self.cohort(part, row), false);
                match rule::points(&part.marking.rule, &known, &setting) {
                    Ok(points) => Outcome::marked(points),
                    Err(code) => Outcome::fault(code),
                }
            }
        }
    }

    /// §2.2 "what a zero denominator earns: full, a number of points, not applicable; otherwise
    /// it is missing"
    fn zero_denominator(&self, part: &Part) -> Option<Outcome> {
        Some(match part.marking.zero_denominator.as_ref()? {
            ZeroDenominator::Full => Outcome::marked(part.full.clone()),
            ZeroDenominator::Points(points) => Outcome::marked(of(points)),
            ZeroDenominator::NotApplicable => Outcome::new(Standing::NotApplicable, None),
        })
    }

    /// §2.5 Missing: "by the standard's policy, which a measure or item may override: zero,
    /// error, exclude, or the cohort's mean or median".
    fn blank(
        &self,
        part: &Part,
        expression: &Expression,
        blanks: Vec<String>,
        row: &Row,
    ) -> Outcome {
        if part.blank_is_none {
            return Outcome::marked(zero());
        }
        match self.policy(part, &blanks) {
            MissingPolicy::Error => Outcome::fault(FaultCode::MissingValue),
            MissingPolicy::Exclude => Outcome::missing(Standing::Excluded, None),
            MissingPolicy::Zero => self.least(part, expression, &self.cohort(part, row)),
            MissingPolicy::Mean => self.imputed(part, expression, &blanks, row, rule::mean),
            MissingPolicy::Median => self.imputed(part, expression, &blanks, row, rule::median),
        }
    }

    /// §2.15 "an item's policy goes before its measures'; among several missing measures the
    /// severest holds: error, zero, exclude, median, mean"
    fn policy(&self, part: &Part, blanks: &[String]) -> MissingPolicy {
        let severity = |policy: &MissingPolicy| match policy {
            MissingPolicy::Error => 5,
            MissingPolicy::Zero => 4,
            MissingPolicy::Exclude => 3,
            MissingPolicy::Median => 2,
            MissingPolicy::Mean => 1,
        };
        let theirs = blanks
            .iter()
            .map(|name| self.own_policy(name).unwrap_or(self.document.missing));
        part.policy
            .or(theirs.max_by_key(severity))
            .unwrap_or(self.document.missing)
    }

    fn own_policy(&self, measure: &str) -> Option<MissingPolicy> {
        let measures = &self.document.measures;
        measures.iter().find(|m| m.name == measure)?.missing
    }

    /// §2.5 "Under zero, a missing part earns the least its rule can give".
    fn least(&self, part: &Part, expression: &Expression, cohort: &[(&Row, Q)]) -> Outcome {
        let name = expression.lone_measure();
        let measure = self
            .document
            .measures
            .iter()
            .find(|m| Some(m.name.as_str()) == name);
        let setting = self.setting(part, cohort, false);
        let least = rule::least(
            &part.marking.rule,
            &setting,
            measure.is_some_and(rule::never_negative),
        );
        Outcome::missing(Standing::Marked, least)
    }

    /// §2.15 "An item's or the standard's policy imputes the item's value, a measure's the
    /// measure, over the rule's cohort; imputed values join no cohort; labels, yes-no and boxes
    /// fall to zero."
    fn imputed(
        &self,
        part: &Part,
        expression: &Expression,
        blanks: &[String],
        row: &Row,
        statistic: fn(&[Q]) -> Q,
    ) -> Outcome {
        let cohort = self.cohort(part, row);
        let by_measure =
            part.policy.is_none() && blanks.iter().any(|name| self.own_policy(name).is_some());
        // A count of boxes has no half box either.
        let unmeasured = matches!(
            part.marking.rule,
            Rule::YesNo { .. } | Rule::Levels(_) | Rule::Checklist(_)
        );
        if unmeasured || cohort.is_empty() {
            return self.least(part, expression, &cohort);
        }
        let stand_in = if by_measure {
            let mut stand_ins = StandIns::new();
            for name in blanks {
                let cells = cohort.iter().map(|(peer, _)| peer.cell(name));
                let numbers: Vec<Q> = cells
                    .filter_map(|cell| match cell {
                        Cell::Number(number) => Some(number.clone()),
                        _ => None,
                    })
                    .collect();
                if !self.is_numeric(name) {
                    return self.least(part, expression, &cohort);
                }
                stand_ins.insert(name.clone(), statistic(&numbers));
            }
            value(expression, row, &stand_ins)
        } else {
            let values: Vec<Q> = cohort.iter().map(|(_, number)| number.clone()).collect();
            Value::Number(statistic(&values))
        };
        let number = match stand_in {
            Value::Number(number) => number,
            // The stand-ins make a denominator 0.
            Value::ZeroDenominator => {
                return match self.zero_denominator(part) {
                    Some(outcome) => Outcome {
                        missing: true,
                        imputed: true,
                        ..outcome
                    },
                    None => self.least(part, expression, &cohort),
                };
            }
            _ => return self.least(part, expression, &cohort),
        };
        if is_beyond(&number) {
            return Outcome::fault(FaultCode::Computed);
        }
        let setting = self.setting(part, &cohort, true);
        match rule::points(&part.marking.rule, &Value::Number(number), &setting) {
            Ok(points) => Outcome {
                imputed: true,
                ..Outcome::missing(Standing::Marked, Some(points))
            },
            Err(code) => Outcome::fault(code),
        }
    }

    fn is_numeric(&self, measure: &str) -> bool {
        self.document.measures.iter().any(|m| {
            m.name == measure && matches!(m.kind, MeasureKind::Count | MeasureKind::Number)
        })
    }

    /// §2.3 "checklist: named conditions …; points each, or a table by count". §2.6 "A box in a
    /// checklist that does not apply leaves, and the rest is scaled."
    fn boxes(&self, part: &Part, list: &Checklist, row: &Row) -> Outcome {
        let boxes = list.boxes.iter();
        let applying: Vec<(&Condition, Outcomes)> = boxes
            .map(|one| (&one.when, self.outcomes(&one.when, row)))
            .filter(|(_, outcomes)| outcomes.yes || outcomes.no)
            .collect();
        if applying.is_empty() {
            return Outcome::new(Standing::NotApplicable, None);
        }
        let no = Outcomes {
            no: true,
            ..Outcomes::default()
        };
        let ticked = applying.iter().filter(|(_, o)| o.holds()).count();
        let blank: Vec<&Condition> = applying
            .iter()
            .filter(|(_, o)| !o.holds() && *o != no)
            .map(|(when, _)| *when)
            .collect();
        let pays = |ticked: usize, of: usize| {
            let scale = whole(list.boxes.len() as i64) / whole(of as i64);
            rule::pays(&list.pays, &whole(ticked as i64)) * scale
        };
        if blank.is_empty() || part.blank_is_none {
            return Outcome::marked(pays(ticked, applying.len()));
        }
        let measures = blank.iter().flat_map(|when| blanks_of_condition(when, row));
        match self.policy(part, &measures.collect::<Vec<_>>()) {
            MissingPolicy::Error => Outcome::fault(FaultCode::MissingValue),
            // §2.15 "Under exclude, a blank check or box leaves as if it did not apply"
            MissingPolicy::Exclude if blank.len() == applying.len() => {
                Outcome::missing(Standing::Excluded, None)
            }
            MissingPolicy::Exclude => {
                let points = pays(ticked, applying.len() - blank.len());
                Outcome::missing(Standing::Marked, Some(points))
            }
            // §2.5 "a blank box counts as ticked or unticked, whichever earns less"
            MissingPolicy::Zero | MissingPolicy::Mean | MissingPolicy::Median => {
                let counts = ticked..=ticked + blank.len();
                let least = counts.map(|count| pays(count, applying.len())).min();
                Outcome::missing(Standing::Marked, least)
            }
        }
    }

    /// §2.3 "An item may be made of checks: it starts from 0 or from its full points, as it says,
    /// and takes the sum, the best, or the worst of them; a check is clamped only by its own
    /// floor and cap; one that does not apply leaves, and the rest is scaled by points."
    fn checks(&self, part: &Part, checks: &Checks, row: &Row) -> Outcome {
        let outcomes: Vec<Outcome> = part
            .checks()
            .iter()
            .map(|check| self.outcome(check, row))
            .collect();
        let worth = |stays: &dyn Fn(&Outcome) -> bool| {
            let pairs = checks.checks.iter().zip(&outcomes);
            let staying = pairs.filter(|(_, outcome)| stays(outcome));
            staying.fold(zero(), |sum, (check, _)| sum + of(&check.points))
        };
        let from_nothing = checks.combine == Combine::Sum && !checks.from_full;
        let remains = |outcome: &Outcome| {
            let leaves = [Standing::NotApplicable, Standing::Excluded];
            !leaves.contains(&outcome.standing)
        };
        let listed = |outcome: Outcome| Outcome {
            missing: outcomes.iter().any(|o| o.missing),
            imputed: outcomes.iter().any(|o| o.imputed),
            undecided: outcomes.iter().any(|o| o.undecided),
            faults: outcomes.iter().flat_map(|o| o.faults.clone()).collect(),
            ..outcome
        };
        // Nothing is left: a zero denominator or the policy "exclude" took the rest.
        if !outcomes.iter().any(remains) || (from_nothing && worth(&remains) <= zero()) {
            let missing = outcomes.iter().any(|o| o.missing);
            let standing = if missing {
                Standing::Excluded
            } else {
                Standing::NotApplicable
            };
            return listed(Outcome::new(standing, None));
        }
        let mut counted = Vec::new();
        for (check, outcome) in checks.checks.iter().zip(&outcomes) {
            if !remains(outcome) {
                continue;
            }
            let (floor, cap) = (check.floor.as_ref().map(of), check.cap.as_ref().map(of));
            // §2.5 "a blank check that takes points off costs the most it can; a rule without a
            // least makes the item 0"
            match outcome.points.clone().or(floor.clone()) {
                Some(points) => counted.push(held(points, floor.as_ref(), cap.as_ref())),
                None => return listed(Outcome::marked(zero())),
            }
        }
        let sum = counted.iter().fold(zero(), |sum, points| sum + points);
        let points = match checks.combine {
            Combine::Best => counted.into_iter().max(),
            Combine::Worst => counted.into_iter().min(),
            Combine::Sum if checks.from_full => Some(&part.full + sum),
            // §2.15 "only a sum from 0 is scaled, by the points its checks can earn, deductions
            // along with it"
            Combine::Sum => Some(sum * worth(&|_| true) / worth(&remains)),
        };
        listed(Outcome::new(Standing::Marked, points))
    }
}

fn is_beyond(number: &Q) -> bool {
    let limit = power_of_ten(12);
    *number > limit || *number < -limit
}
