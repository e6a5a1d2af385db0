//! Items, checks, bonuses and deductions: the order of judgement (§2.15), what is missing (§2.5),
//! boxes and checks.

use dabiao::Rational;
use dabiao::standard::document::{
    Check, CheckBox, ChecklistPay, Checks, Combine, Item, Marking, MeasureKind, MissingPolicy,
    Rule, ZeroDenominator,
};

use super::conditions::{NOT_APPLICABLE, TRUE, holds, is_undecided, may_hold};
use super::formula::{
    Formula, add, and, eq, gt, if_else, max, min, mul, num, one_if, or, sub, sum,
};
use super::fractions::{Fraction, common, first_of};
use super::rules::{Least, is_numeric, pay};
use super::{
    Builder, COHORT, LEFT, LiveItem, MISSING, OVER, Published, REQUIRED, ZERO_DENOMINATOR,
};

/// What marking gives.
pub(super) struct Marked {
    /// The points, or a code: [`LEFT`], [`OVER`], [`COHORT`], [`REQUIRED`].
    points: Fraction,
    /// Whether a blank leaves it without a least.
    bottomless: Formula,
    /// Whether something is blank that is not settled otherwise.
    missing: Formula,
}

/// What is said outside of a marking.
#[derive(Clone, Copy)]
struct Outer {
    /// The policy of the item that a check belongs to.
    policy: Option<MissingPolicy>,
    /// A bonus or a deduction, where a blank is none.
    blank_is_none: bool,
}

/// How severe a policy is.
fn severity(policy: MissingPolicy) -> f64 {
    match policy {
        MissingPolicy::Error => 4.0,
        MissingPolicy::Zero => 3.0,
        MissingPolicy::Exclude => 2.0,
        MissingPolicy::Median => 1.0,
        MissingPolicy::Mean => 0.0,
    }
}

impl<'a> Builder<'a> {
    /// An item of a section.
    pub(super) fn item(&mut self, item: &'a Item, blank_is_none: bool) -> LiveItem {
        self.about.clone_from(&item.id);
        self.doubts.clear();
        let decimals = self.document.decimals;
        let scale = 10f64.powi(i32::from(decimals));
        if item.each.is_some() {
            return LiveItem {
                published: Published {
                    points: num(0.0),
                    code: num(COHORT),
                    decimals,
                },
                missing: num(0.0),
            };
        }
        let full = item.points.clone().unwrap_or_default();
        let outer = Outer {
            policy: None,
            blank_is_none,
        };
        let marked = self.mark(&item.marking, &full, outer);
        let bottomless = eq(marked.bottomless.clone(), num(1.0));
        let points = match marked.bottomless {
            Formula::Number(0.0) => marked.points,
            _ => {
                let is_value = gt(marked.points.d.clone(), num(0.0));
                let nothing = Fraction::whole(num(0.0));
                self.choose(&and(vec![is_value, bottomless]), &nothing, &marked.points)
            }
        };
        let most = item.points.as_ref().map(|p| (p.to_f64() * scale).round());
        let (points, code) = self.published(&points, decimals, most);
        let doubts = std::mem::take(&mut self.doubts);
        let doubt = self.any(doubts);
        let code = match doubt {
            Formula::Number(_) => code,
            doubt => {
                let unsure = and(vec![eq(doubt, num(1.0)), eq(code.clone(), num(0.0))]);
                self.cell(if_else(unsure, num(OVER), code))
            }
        };
        LiveItem {
            published: Published {
                points,
                code,
                decimals,
            },
            missing: marked.missing,
        }
    }

    /// Whether nothing of a marking applies.
    fn leaves(&mut self, marking: &'a Marking) -> Formula {
        let mut reasons = Vec::new();
        if let Some(applies) = &marking.applies {
            let outcome = self.condition(applies);
            reasons.push(eq(one_if(may_hold(&outcome)), num(0.0)));
        }
        match &marking.rule {
            Rule::Checklist(list) if list.of.is_none() => {
                let mut gone = Vec::new();
                for item in &list.boxes {
                    let outcome = self.condition(&item.when);
                    gone.push(eq(outcome, num(NOT_APPLICABLE)));
                }
                reasons.push(match gone.as_slice() {
                    [one] => one.clone(),
                    _ => and(gone),
                });
            }
            Rule::Checks(checks) => {
                let counted = |check: &&Check| {
                    checks.combine != Combine::Sum || checks.from_full || !check.points.is_zero()
                };
                let mut gone = Vec::new();
                for check in checks.checks.iter().filter(counted) {
                    let leaves = self.leaves(&check.marking);
                    gone.push(eq(leaves, num(1.0)));
                }
                reasons.push(match gone.as_slice() {
                    [] => eq(num(0.0), num(0.0)),
                    [one] => one.clone(),
                    _ => and(gone),
                });
            }
            _ => {
                let value = self.value(marking);
                reasons.push(and(vec![
                    eq(value.d.clone(), num(0.0)),
                    eq(value.n, num(LEFT)),
                ]));
            }
        }
        self.any(reasons)
    }

    /// The value of a marking.
    fn value(&mut self, marking: &'a Marking) -> Fraction {
        let Some(value) = &marking.value else {
            return Fraction::none(MISSING);
        };
        match (&marking.rule, value.lone_measure()) {
            (Rule::YesNo { .. } | Rule::Levels(_), Some(name)) => {
                let measure = self.measure(name);
                self.answer_of(measure)
            }
            _ => self.expression(value),
        }
    }

    /// The measures of a marking's value.
    fn measures_of(&self, marking: &Marking) -> Vec<usize> {
        let mut names = Vec::new();
        if let Some(value) = &marking.value {
            value.visit_measures(&mut |name| names.push(self.measure(name)));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn mark(&mut self, marking: &'a Marking, full: &Rational, outer: Outer) -> Marked {
        let leaves = self.leaves(marking);
        if let Some(applies) = &marking.applies {
            let outcome = self.condition(applies);
            self.undecided.push(and(vec![
                is_undecided(&outcome),
                eq(leaves.clone(), num(0.0)),
            ]));
        }
        let mut settled = Vec::new();
        let before = Fraction::whole(num(0.0));
        let whole = Fraction::of(full);
        for (condition, points) in [(&marking.no_marks, before), (&marking.full_marks, whole)] {
            if let Some(condition) = condition {
                let outcome = self.condition(condition);
                let earlier: Vec<Formula> = settled.iter().map(|(test, _)| test).cloned().collect();
                let mut open = vec![is_undecided(&outcome), eq(leaves.clone(), num(0.0))];
                open.extend(
                    earlier
                        .iter()
                        .map(|test| eq(one_if(test.clone()), num(0.0))),
                );
                self.undecided.push(and(open));
                settled.push((holds(&outcome), points));
            }
        }
        let policy = marking.missing.or(outer.policy);
        let inner = Outer { policy, ..outer };
        let rule = match &marking.rule {
            Rule::Checklist(list) if list.of.is_none() => {
                self.boxes(&list.boxes, &list.pays, inner)
            }
            Rule::Checks(checks) => self.checks(checks, full, inner),
            _ => self.by_value(marking, full, inner),
        };
        let mut points = rule.points;
        for (test, settles) in settled.iter().rev() {
            points = self.choose(test, settles, &points);
        }
        let gone = eq(leaves.clone(), num(1.0));
        points = self.choose(&gone, &Fraction::none(LEFT), &points);
        let mut quiet: Vec<Formula> = vec![gone];
        quiet.extend(settled.into_iter().map(|(test, _)| test));
        let quiet = self.any(quiet);
        let loud = eq(quiet, num(0.0));
        let both = |flag: Formula| match flag {
            Formula::Number(0.0) => num(0.0),
            flag => one_if(and(vec![loud.clone(), eq(flag, num(1.0))])),
        };
        let (bottomless, missing) = (both(rule.bottomless), both(rule.missing));
        Marked {
            points,
            bottomless: self.cell(bottomless),
            missing: self.cell(missing),
        }
    }

    fn by_value(&mut self, marking: &'a Marking, full: &Rational, outer: Outer) -> Marked {
        let value = self.value(marking);
        let mut points = self.points(marking, &value, full);
        if marking
            .value
            .as_ref()
            .is_some_and(|v| v.lone_measure().is_none())
        {
            // A computed value beyond 10¹² is a fault.
            let beyond = gt(
                max(vec![value.n.clone(), sub(num(0.0), value.n.clone())]),
                mul(num(1e12), max(vec![value.d.clone(), num(1.0)])),
            );
            points = self.choose(&beyond, &Fraction::none(OVER), &points);
        }
        let code = self.cell(value.code());
        let is = |what: f64| eq(code.clone(), num(what));
        let (blank, bottomless) = self.missing(marking, full, outer, &self.measures_of(marking));
        let no_measure = self.missing(marking, full, outer, &[]);
        let (by_zero, bottomless_by_zero) = match &marking.zero_denominator {
            Some(ZeroDenominator::Full) => (Fraction::of(full), num(0.0)),
            Some(ZeroDenominator::Points(points)) => (Fraction::of(points), num(0.0)),
            Some(ZeroDenominator::NotApplicable) => (Fraction::none(LEFT), num(0.0)),
            None => no_measure,
        };
        let listed = match &marking.zero_denominator {
            None => or(vec![is(MISSING), is(ZERO_DENOMINATOR)]),
            Some(_) => is(MISSING),
        };
        let choose = |pick: fn(&Fraction) -> &Formula| {
            first_of(
                vec![
                    (is(0.0), pick(&points).clone()),
                    (is(MISSING), pick(&blank).clone()),
                    (is(ZERO_DENOMINATOR), pick(&by_zero).clone()),
                ],
                pick(&value).clone(),
            )
        };
        let (n, d) = (choose(|f| &f.n), choose(|f| &f.d));
        let bottomless = first_of(
            vec![
                (is(MISSING), bottomless),
                (is(ZERO_DENOMINATOR), bottomless_by_zero),
            ],
            num(0.0),
        );
        Marked {
            points: Fraction {
                n: self.cell(n),
                d: self.cell(d),
            },
            bottomless: self.cell(bottomless),
            missing: self.cell(one_if(listed)),
        }
    }

    /// What a missing value earns, and whether it has no least.
    fn missing(
        &mut self,
        marking: &Marking,
        full: &Rational,
        outer: Outer,
        measures: &[usize],
    ) -> (Fraction, Formula) {
        if outer.blank_is_none {
            return (Fraction::whole(num(0.0)), num(0.0));
        }
        let least = match self.least(marking, full) {
            Least::Points(points) => (Fraction::of(&points), num(0.0)),
            Least::None => (Fraction::whole(num(0.0)), num(1.0)),
            Least::Cohort => (Fraction::none(COHORT), num(0.0)),
        };
        // A day is no mean of days; a word has none.
        let dates = measures.iter().any(|measure| {
            let observed = self.standard.observed(*measure);
            observed.is_some_and(|observed| observed.kind == MeasureKind::Date)
        });
        let by_measure = outer.policy.is_none()
            && measures
                .iter()
                .any(|m| self.document.measures[*m].missing.is_some());
        let imputes = is_numeric(&marking.rule) && !(dates && by_measure);
        let of = |policy: MissingPolicy| match policy {
            MissingPolicy::Error => (Fraction::none(REQUIRED), num(0.0)),
            MissingPolicy::Zero => least.clone(),
            MissingPolicy::Exclude => (Fraction::none(LEFT), num(0.0)),
            _ if imputes => (Fraction::none(COHORT), num(0.0)),
            _ => least.clone(),
        };
        match self.policy(outer, measures) {
            Ok(policy) => of(policy),
            Err(severest) => {
                let is = |what: f64| eq(severest.clone(), num(what));
                let [error, zero, exclude, imputed] = [
                    MissingPolicy::Error,
                    MissingPolicy::Zero,
                    MissingPolicy::Exclude,
                    MissingPolicy::Mean,
                ]
                .map(of);
                let pick = |part: fn(&(Fraction, Formula)) -> Formula| {
                    first_of(
                        vec![
                            (is(4.0), part(&error)),
                            (is(3.0), part(&zero)),
                            (is(2.0), part(&exclude)),
                        ],
                        part(&imputed),
                    )
                };
                let (n, d) = (pick(|p| p.0.n.clone()), pick(|p| p.0.d.clone()));
                let bottomless = pick(|p| p.1.clone());
                let fraction = Fraction {
                    n: self.cell(n),
                    d: self.cell(d),
                };
                (fraction, self.cell(bottomless))
            }
        }
    }

    /// The policy for what is blank among some measures: a known one, or a cell with the
    /// severest of those that are blank.
    fn policy(&mut self, outer: Outer, measures: &[usize]) -> Result<MissingPolicy, Formula> {
        if let Some(policy) = outer.policy {
            return Ok(policy);
        }
        let standard = self.document.missing;
        let of = |measure: &usize| self.document.measures[*measure].missing.unwrap_or(standard);
        let policies: Vec<MissingPolicy> = measures.iter().map(of).collect();
        match policies.split_first() {
            None => Ok(standard),
            Some((first, rest)) if rest.iter().all(|policy| policy == first) => Ok(*first),
            Some(_) => {
                let entries = measures.iter().zip(&policies);
                let entries =
                    entries.map(|(measure, policy)| (self.is_blank(*measure), severity(*policy)));
                let entries = entries.collect();
                Err(self.severity(entries))
            }
        }
    }

    fn boxes(&mut self, boxes: &'a [CheckBox], pays: &ChecklistPay, outer: Outer) -> Marked {
        let mut outcomes = Vec::new();
        let mut blank_measures = Vec::new();
        for item in boxes {
            let outcome = self.condition(&item.when);
            let mut names = Vec::new();
            item.when.visit_measures(&mut |name| names.push(name));
            for name in names {
                blank_measures.push((outcome.clone(), self.measure(name)));
            }
            outcomes.push(outcome);
        }
        let is = |outcome: &Formula, what: f64| eq(outcome.clone(), num(what));
        let ticked = self.count(outcomes.iter().map(|o| is(o, TRUE)).collect());
        let gone = self.count(outcomes.iter().map(|o| is(o, NOT_APPLICABLE)).collect());
        let open = self.count(outcomes.iter().map(|o| is(o, 2.0)).collect());
        let all = boxes.len() as f64;
        let blank = sub(sub(sub(num(all), ticked.clone()), gone.clone()), open);
        let blank = self.cell(blank);
        let some_blank = gt(blank.clone(), num(0.0));
        let mut code = num(0.0);
        let (mut gone, mut unsure) = (gone, num(0.0));
        if !outer.blank_is_none {
            let measures: Vec<usize> = blank_measures.iter().map(|(_, measure)| *measure).collect();
            let severest = match self.policy(outer, &measures) {
                Ok(policy) => num(severity(policy)),
                Err(_) => {
                    // Only the measures of blank boxes that are blank themselves count.
                    let standard = self.document.missing;
                    let mut entries = Vec::new();
                    for (outcome, measure) in &blank_measures {
                        let decided = or(vec![
                            is(outcome, TRUE),
                            is(outcome, 2.0),
                            is(outcome, NOT_APPLICABLE),
                        ]);
                        let policy = self.document.measures[*measure].missing.unwrap_or(standard);
                        let counts =
                            and(vec![eq(one_if(decided), num(0.0)), self.is_blank(*measure)]);
                        entries.push((counts, severity(policy)));
                    }
                    let found = self.severity(entries);
                    let none = num(severity(standard));
                    self.cell(if_else(eq(found.clone(), num(-1.0)), none, found))
                }
            };
            let error = and(vec![some_blank.clone(), eq(severest.clone(), num(4.0))]);
            code = if_else(error, num(REQUIRED), num(0.0));
            let excludes = eq(severest, num(2.0));
            let further = if_else(excludes.clone(), blank.clone(), num(0.0));
            gone = self.cell(add(gone, further));
            unsure = self.cell(if_else(excludes, num(0.0), blank.clone()));
        }
        let left = self.cell(sub(num(all), gone));
        let code = if_else(eq(left.clone(), num(0.0)), num(LEFT), code);
        let code = self.cell(code);
        let table: Vec<Rational> = (0..=boxes.len() as u32).map(|n| pay(pays, n)).collect();
        let points = match common(&table) {
            None => Fraction::none(OVER),
            Some((table, scale)) => {
                let to = self.cell(add(ticked.clone(), unsure));
                let least = self.least_between(&table, &ticked, &to);
                self.reduced(
                    code,
                    mul(least, num(all)),
                    mul(num(scale), left),
                    Vec::new(),
                )
            }
        };
        Marked {
            points,
            bottomless: num(0.0),
            missing: self.cell(one_if(some_blank)),
        }
    }

    fn checks(&mut self, checks: &'a Checks, full: &Rational, outer: Outer) -> Marked {
        let item = self.about.clone();
        let (mut parts, mut bottomless, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for check in &checks.checks {
            self.about.clone_from(&check.id);
            let marked = self.mark(&check.marking, &check.points, outer);
            let mut points = self.held(&marked.points, check.floor.as_ref(), check.cap.as_ref());
            if !matches!(marked.bottomless, Formula::Number(_)) {
                let without = and(vec![
                    eq(marked.bottomless.clone(), num(1.0)),
                    gt(points.d.clone(), num(0.0)),
                ]);
                match &check.floor {
                    Some(floor) => points = self.choose(&without, &Fraction::of(floor), &points),
                    None => bottomless.push(without),
                }
            }
            missing.push(eq(marked.missing, num(1.0)));
            parts.push((check, points));
        }
        self.about = item;
        let left: Vec<Formula> = parts
            .iter()
            .map(|(_, points)| {
                or(vec![
                    gt(points.d.clone(), num(0.0)),
                    eq(points.n.clone(), num(OVER)),
                    gt(points.n.clone(), num(LEFT)),
                ])
            })
            .collect();
        // A check that cannot be told leaves the item untold.
        let codes = parts.iter().map(|(_, points)| {
            let leaves = and(vec![
                eq(points.d.clone(), num(0.0)),
                eq(points.n.clone(), num(LEFT)),
            ]);
            if_else(leaves, num(0.0), points.code())
        });
        let untold = max(codes.collect());
        let untold = self.cell(untold);
        let fractions: Vec<Fraction> = parts.iter().map(|(_, points)| points.clone()).collect();
        let combined = match checks.combine {
            Combine::Sum => {
                let mut total = Fraction::whole(num(0.0));
                for points in &fractions {
                    let counted = gt(points.d.clone(), num(0.0));
                    let part = self.choose(&counted, points, &Fraction::whole(num(0.0)));
                    total = self.plus(&total, &part, 1.0);
                }
                if checks.from_full {
                    let total = self.plus(&total, &Fraction::of(full), 1.0);
                    let some = self.any(left);
                    self.choose(&eq(some, num(1.0)), &total, &Fraction::none(LEFT))
                } else {
                    self.rescaled(&total, &parts, &left)
                }
            }
            Combine::Best => self.best(&fractions, 1.0),
            Combine::Worst => self.best(&fractions, -1.0),
        };
        let told = eq(untold.clone(), num(0.0));
        let why = Fraction {
            n: untold,
            d: num(0.0),
        };
        let points = self.choose(&told, &combined, &why);
        Marked {
            points,
            bottomless: self.any(bottomless),
            missing: self.any(missing),
        }
    }

    /// A sum from 0, scaled by what its checks can earn where some left.
    fn rescaled(
        &mut self,
        total: &Fraction,
        parts: &[(&Check, Fraction)],
        left: &[Formula],
    ) -> Fraction {
        let points: Vec<Rational> = parts
            .iter()
            .map(|(check, _)| check.points.clone())
            .collect();
        let Some((points, _)) = common(&points) else {
            return Fraction::none(OVER);
        };
        let earnable: f64 = points.iter().sum();
        let applicable = left.iter().zip(&points);
        let applicable =
            applicable.map(|(left, points)| if_else(left.clone(), num(*points), num(0.0)));
        let applicable = sum(applicable.collect());
        let applicable = self.cell(applicable);
        let nothing = eq(applicable.clone(), num(0.0));
        let whole = eq(applicable.clone(), num(earnable));
        let n = mul(
            total.n.clone(),
            if_else(whole.clone(), num(1.0), num(earnable)),
        );
        let d = mul(total.d.clone(), if_else(whole, num(1.0), applicable));
        let code = if_else(nothing, num(LEFT), total.code());
        let code = self.cell(code);
        self.reduced(code, n, d, Vec::new())
    }

    /// The best or worst of those that have not left.
    fn best(&mut self, fractions: &[Fraction], wanted: f64) -> Fraction {
        let mut best = Fraction::none(LEFT);
        for (at, next) in fractions.iter().enumerate() {
            if at == 0 {
                best = next.clone();
                continue;
            }
            let order = self.order(next, &best);
            let better = eq(order, num(wanted));
            let first = eq(best.d.clone(), num(0.0));
            let counted = gt(next.d.clone(), num(0.0));
            best = self.choose(&and(vec![counted, or(vec![better, first])]), next, &best);
        }
        best
    }

    /// The sum of published points, as a whole number; held at a cap.
    pub(super) fn capped(&mut self, items: &[LiveItem], cap: Option<f64>) -> Published {
        let points = items.iter().map(|item| {
            let known = eq(item.published.code.clone(), num(0.0));
            if_else(known, item.published.points.clone(), num(0.0))
        });
        let mut points = sum(points.collect());
        if let Some(cap) = cap {
            points = min(vec![points, num(cap)]);
        }
        let codes: Vec<&Published> = items.iter().map(|item| &item.published).collect();
        let code = self.untold(&codes);
        Published {
            points: self.cell(points),
            code,
            decimals: self.document.decimals,
        }
    }
}
