//! Items, bonuses, deductions and checks: everything but the rule itself.

use super::interval::Interval;
use super::types::Kind;
use super::{At, Checker, Worth};
use crate::expression::{Expression, Operator};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{
    Check, Checks, Each, Item, Level, Mark, Marking, MissingPolicy, RollUp, Rule, ZeroDenominator,
};

/// What marks an item: itself and its checks.
pub(super) fn markings(item: &Item) -> Vec<&Marking> {
    let mut all = vec![&item.marking];
    if let Rule::Checks(checks) = &item.marking.rule {
        all.extend(checks.checks.iter().map(|check| &check.marking));
    }
    all
}

/// Every measure that a marking names, those of its checks left out.
pub(super) fn visit_measures<'d>(marking: &'d Marking, visit: &mut dyn FnMut(&'d str)) {
    if let Some(value) = &marking.value {
        value.visit_measures(visit);
    }
    for condition in [&marking.applies, &marking.full_marks, &marking.no_marks]
        .into_iter()
        .flatten()
    {
        condition.visit_measures(visit);
    }
    if let Rule::Checklist(list) = &marking.rule {
        for item in &list.boxes {
            item.when.visit_measures(visit);
        }
    }
}

/// What is marked, and what the rule may count on.
pub(super) struct Marked<'d> {
    pub(super) at: At<'d>,
    pub(super) marking: &'d Marking,
    /// Full points, where they are known; a bonus may have none.
    pub(super) full: Worth,
    /// Whether it is a part of an item, whose points nothing holds but its floor and cap.
    pub(super) is_check: bool,
    /// Whether its points are taken off: then more is worse.
    pub(super) costs: bool,
    /// Whether full points are written and could be read.
    pub(super) has_full: bool,
    /// A check's own cap.
    pub(super) cap: Option<&'d Rational>,
    pub(super) level: Level,
}

impl<'d> Checker<'d> {
    /// An item of a section; its points, where they are known.
    pub(super) fn item(&mut self, item: &'d Item, at: &At<'d>) -> Worth {
        let at = At::new(at.path.clone(), &item.id);
        let full = self.full_points(item.points.as_ref(), &at.key("points"));
        // A file without points has been faulted already.
        if item.points.is_none() && self.places.source().is_none() {
            self.missing(&at, "points");
        }
        let level = self.each(item, &at);
        self.marked(&Marked {
            marking: &item.marking,
            has_full: full.is_some(),
            full: full.clone(),
            is_check: false,
            costs: false,
            cap: None,
            level,
            at,
        });
        full
    }

    /// Points that are fit to be full marks.
    fn full_points(&mut self, points: Option<&Rational>, at: &At<'d>) -> Worth {
        let points = points.filter(|points| self.above_zero(at, points))?;
        self.points(at, points);
        Some(points.clone())
    }

    /// The level at which an item is marked.
    fn each(&mut self, item: &'d Item, at: &At<'d>) -> Level {
        let Some(Each { level, rollup }) = &item.each else {
            return Level::Community;
        };
        if !super::types::is_below_community(*level) {
            let fault = self.fault(FaultCode::BadChoice, &at.key("each"));
            self.push(fault.expected(Text::from("grid, building, compound")));
            return Level::Community;
        }
        match rollup {
            RollUp::WeightedMean(weight) => self.weight(weight, &at.key("points_rollup"), *level),
            RollUp::Share(_) => {
                let fault = self.fault(FaultCode::BadChoice, &at.key("points_rollup"));
                self.push(fault.expected(Text::from("mean, min, max, sum, { mean_by = \"…\" }")));
            }
            RollUp::Sum | RollUp::Mean | RollUp::Min | RollUp::Max => {}
        }
        *level
    }

    /// Bonuses and deductions.
    pub(super) fn extras(&mut self) {
        let document = self.document;
        for (key, items) in [
            ("bonus", &document.bonus),
            ("deduction", &document.deductions),
        ] {
            for (index, item) in items.iter().enumerate() {
                let at = At::new(format!("{key}[{index}]"), &item.id);
                let full = self.full_points(item.points.as_ref(), &at.key("points"));
                for (given, key) in [
                    (item.each.is_some(), "each"),
                    (item.marking.missing.is_some(), "missing"),
                ] {
                    if given {
                        self.misplaced(
                            &at,
                            key,
                            Text::new(
                                "加分项、扣分项没有此字段",
                                "no such key in a bonus or deduction",
                            ),
                        );
                    }
                }
                let unread = self.is_broken(&at.key("points"));
                self.marked(&Marked {
                    marking: &item.marking,
                    has_full: full.is_some() || unread,
                    full,
                    is_check: false,
                    costs: key == "deduction",
                    cap: None,
                    level: Level::Community,
                    at,
                });
            }
        }
    }

    fn check(&mut self, check: &'d Check, at: At<'d>, level: Level, costs: bool) {
        if check.points.is_negative() {
            self.bad_number(
                &at.key("points"),
                &check.points,
                Text::new("不小于 0 的数", "a number, at least 0"),
            );
        }
        if let (Some(floor), Some(cap)) = (&check.floor, &check.cap)
            && floor > cap
        {
            let expected = Text::new(format!("不大于 cap({cap})"), format!("at most cap, {cap}"));
            self.bad_number(&at.key("floor"), floor, expected);
        }
        if matches!(check.marking.rule, Rule::Checks(_)) {
            let fault = self.fault(FaultCode::RuleCount, &at);
            self.push(fault.expected(Text::new("要点没有下级要点", "no checks inside a check")));
            return;
        }
        let mut marked = Marked::of_check(check, at, level, costs);
        if self.is_broken(&marked.at.key("points")) || check.points.is_negative() {
            marked.full = None;
        }
        self.marked(&marked);
    }

    pub(super) fn checks(&mut self, checks: &'d Checks, marked: &Marked<'d>) {
        if checks.checks.is_empty() {
            self.missing(&marked.at, "check");
        }
        for (index, check) in checks.checks.iter().enumerate() {
            let path = format!("{}.check[{index}]", marked.at.path);
            self.check(check, At::new(path, &check.id), marked.level, marked.costs);
        }
    }

    /// Whatever is marked: conditions, value, what a zero denominator earns, cohort, rule.
    fn marked(&mut self, marked: &Marked<'d>) {
        let (marking, at) = (marked.marking, &marked.at);
        let conditions = [
            ("applies", &marking.applies),
            ("full_marks", &marking.full_marks),
            ("no_marks", &marking.no_marks),
        ];
        for (key, condition) in conditions {
            if let Some(condition) = condition {
                self.condition(condition, &at.key(key), marked.level);
            }
        }
        if marking.full_marks.is_some() {
            self.needs_full(marked, "full_marks");
        }
        if let Some(value) = &marking.value {
            self.kind_of_value(value, marked);
        }
        self.zero_denominator(marked);
        self.cohort(marked);
        if !self.is_broken(&at.key("rule")) {
            self.rule(marked);
            self.reach(marked);
        }
    }

    /// Something earns full points where there are none.
    pub(super) fn needs_full(&mut self, marked: &Marked<'d>, because: &str) {
        if !marked.has_full && !self.is_broken(&marked.at.key("points")) {
            let fault = self.fault(FaultCode::MissingKey, &marked.at.key(because));
            self.push(fault.expected(Text::new(
                "points\u{ff08}此处得满分\u{ff09}",
                "points, since full points are earned here",
            )));
        }
    }

    /// The value's faults; its kind is for the rule to judge.
    fn kind_of_value(&mut self, value: &'d Expression, marked: &Marked<'d>) {
        let at = marked.at.key("value");
        let wanted = match &marked.marking.rule {
            _ if self.is_broken(&marked.at.key("rule")) => {
                self.kind(value, &at, marked.level);
                return;
            }
            Rule::Checks(_) => {
                self.misplaced(
                    &marked.at,
                    "value",
                    Text::new("由各要点取值", "no value beside checks"),
                );
                return;
            }
            Rule::Checklist(list) if list.of.is_none() => {
                self.misplaced(
                    &marked.at,
                    "value",
                    Text::new("由各条件取值", "no value beside boxes"),
                );
                return;
            }
            Rule::YesNo { .. } => Kind::YesNo,
            Rule::Levels(_) => Kind::Label,
            _ => Kind::Number,
        };
        if !self.is_of_kind(value, wanted, &at, marked.level) {
            return;
        }
        let lone = value.lone_measure().is_some();
        let needs_lone = matches!(
            marked.marking.rule,
            Rule::Award { .. } | Rule::YesNo { .. } | Rule::Levels(_)
        );
        if needs_lone && !lone {
            let fault = self.fault(FaultCode::BadExpression, &at).found(value);
            self.push(fault.expected(Text::new("单独一个指标", "a measure alone")));
        }
    }

    fn zero_denominator(&mut self, marked: &Marked<'d>) {
        let Some(earned) = &marked.marking.zero_denominator else {
            return;
        };
        let at = marked.at.key("zero_denominator");
        match earned {
            ZeroDenominator::Full => self.needs_full(marked, "zero_denominator"),
            ZeroDenominator::NotApplicable => {}
            ZeroDenominator::Points(points) => {
                let over = marked.full.as_ref().is_some_and(|full| points > full);
                // A check may cost points.
                if (points.is_negative() || over) && !marked.is_check {
                    self.bad_number(
                        &at,
                        points,
                        Text::new("0 至该项分值", "0 to the item's points"),
                    );
                }
            }
        }
        let value = &marked.marking.value;
        let divides = value
            .as_ref()
            .is_some_and(|value| self.may_divide_by_zero(value, marked.level));
        if !divides && !self.is_broken(&marked.at.key("value")) {
            self.never_matters(
                &at,
                Text::new(
                    "value 中有可能为 0 的除数",
                    "a value that divides by what may be 0",
                ),
            );
        }
    }

    fn may_divide_by_zero(&self, expression: &Expression, level: Level) -> bool {
        let any = |terms: &[&Expression]| {
            terms
                .iter()
                .any(|term| self.may_divide_by_zero(term, level))
        };
        match expression {
            Expression::Binary(operator, left, right) => {
                let zero = *operator == Operator::Divide && self.range(right, level).has_zero();
                zero || any(&[left, right])
            }
            Expression::Negate(inner) => any(&[inner]),
            Expression::Days(from, to) => any(&[from, to]),
            Expression::Min(terms) | Expression::Max(terms) => terms
                .iter()
                .any(|term| self.may_divide_by_zero(term, level)),
            _ => false,
        }
    }

    fn cohort(&mut self, marked: &Marked<'d>) {
        let looks = |marking: &Marking| looks_at_cohort(&marking.rule);
        let checks = match &marked.marking.rule {
            Rule::Checks(checks) => checks.checks.as_slice(),
            _ => &[],
        };
        let needed = looks(marked.marking) || checks.iter().any(|check| looks(&check.marking));
        if needed && marked.level != Level::Community {
            let fault = self.fault(FaultCode::BadChoice, &marked.at.key("each"));
            self.push(fault.expected(Text::new(
                "逐单元评分的项目不与其他社区比较",
                "a rule without a cohort, where each unit is marked",
            )));
        }
        let Some(attribute) = &marked.marking.cohort else {
            return;
        };
        let at = marked.at.key("cohort");
        let mut chars = attribute.chars();
        let starts = chars
            .next()
            .is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
        if !starts || !chars.all(|c| c == '-' || unicode_ident::is_xid_continue(c)) {
            let fault = self.fault(FaultCode::BadCode, &at).found(attribute);
            self.push(fault.expected(Text::new(
                "列名\u{ff0c}如 district",
                "a column's name, such as district",
            )));
        }
        let imputes =
            self.imputes(marked.marking) || checks.iter().any(|check| self.imputes(&check.marking));
        if !needed && !imputes && !self.is_broken(&marked.at.key("rule")) {
            self.never_matters(
                &at,
                Text::new(
                    "与其他社区比较的评分办法",
                    "a rule that looks at other communities",
                ),
            );
        }
    }

    /// Whether a blank may take a mean or a median.
    fn imputes(&self, marking: &Marking) -> bool {
        let imputes =
            |policy: MissingPolicy| matches!(policy, MissingPolicy::Mean | MissingPolicy::Median);
        if let Some(policy) = marking.missing {
            return imputes(policy);
        }
        let mut any = imputes(self.document.missing);
        visit_measures(marking, &mut |name| {
            any |= self
                .measure(name)
                .and_then(|measure| measure.missing)
                .is_some_and(imputes);
        });
        any
    }
}

/// Whether other communities decide what a value earns.
pub(super) fn looks_at_cohort(rule: &Rule) -> bool {
    let is_mean = |mark: &Mark| *mark == Mark::CohortMean;
    match rule {
        Rule::Rank(_)
        | Rule::ShareOfBest { .. }
        | Rule::ShareOfMean { .. }
        | Rule::MinMax { .. } => true,
        Rule::Bands { bands, .. } => bands
            .iter()
            .flat_map(|band| [&band.low, &band.high])
            .flatten()
            .any(|bound| is_mean(&bound.mark)),
        Rule::Curve(knots) => knots.iter().any(|(mark, _)| is_mean(mark)),
        Rule::PerUnit(rule) => is_mean(&rule.mark),
        _ => false,
    }
}

impl<'d> Marked<'d> {
    pub(super) fn of_check(check: &'d Check, at: At<'d>, level: Level, costs: bool) -> Self {
        Marked {
            at,
            marking: &check.marking,
            full: Some(check.points.clone()),
            is_check: true,
            costs,
            has_full: true,
            cap: check.cap.as_ref(),
            level,
        }
    }

    /// The values that the rule can meet.
    pub(super) fn range(&self, checker: &Checker<'_>) -> Interval {
        match &self.marking.value {
            Some(value) => checker.range(value, self.level),
            None => Interval::all(),
        }
    }
}
