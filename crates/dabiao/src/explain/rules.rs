//! Rules in words: every kind, in Chinese and English.

use super::{ValueFormat, Words};
use crate::lang::{Lang, Text};
use crate::rational::Rational;
use crate::standard::document::{
    Check, Checklist, ChecklistPay, Checks, Combine, Mark, Marking, PerUnit, Rule, Side, Start,
    Steps,
};

/// What the points of a marking do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// An item, or a check of one: points are earned.
    #[default]
    Item,
    /// 加分项: points are added.
    Bonus,
    /// 扣分项: points are taken off.
    Deduction,
}

/// What a rule's words depend on besides the rule.
#[derive(Clone, Copy)]
pub(super) struct Frame<'p> {
    pub(super) points: Option<&'p Rational>,
    pub(super) role: Role,
    /// A title that the reader has already seen, and that need not be said again.
    pub(super) known_as: Option<&'p Text>,
}

impl Words<'_> {
    /// So many points earned, or taken off where they are below 0.
    pub(super) fn earns(&self, points: &Rational, role: Role) -> String {
        let takes = points.is_negative() != (role == Role::Deduction);
        let size = points.abs();
        match (self.lang, takes, role) {
            (Lang::Zh, true, _) => format!("扣{size}分"),
            (Lang::Zh, false, Role::Item) => format!("得{size}分"),
            (Lang::Zh, false, Role::Bonus) => format!("加{size}分"),
            (Lang::Zh, false, Role::Deduction) => format!("少扣{size}分"),
            (Lang::En, true, Role::Item) => format!("loses {size}"),
            (Lang::En, true, _) => format!("takes off {size}"),
            (Lang::En, false, Role::Item) => format!("earns {size}"),
            (Lang::En, false, Role::Bonus) => format!("adds {size}"),
            (Lang::En, false, Role::Deduction) => format!("takes off {size} less"),
        }
    }

    /// Points that may be left to the full points.
    pub(super) fn earns_or_full(&self, points: Option<&Rational>, frame: Frame<'_>) -> String {
        match points.or(frame.points) {
            Some(points) => self.earns(points, frame.role),
            None => self.pick("得满分", "earns full marks").to_owned(),
        }
    }

    /// Phrases of one level: `a；b`, `a; b`.
    pub(super) fn clauses(&self, parts: &[String]) -> String {
        parts.join(self.pick("\u{ff1b}", "; "))
    }

    /// Sentences: `a。b`, `a. b`, without the last stop.
    pub(super) fn sentences(&self, parts: &[String]) -> String {
        parts.join(self.pick("。", ". "))
    }

    pub(super) fn phrases(&self, parts: &[String]) -> String {
        parts.join(self.pick("\u{ff0c}", ", "))
    }

    pub(super) fn headed(&self, head: &str, text: &str) -> String {
        format!("{head}{}{text}", self.pick("\u{ff1a}", ": "))
    }

    /// What is observed, the rule, and the conditions around it.
    pub(super) fn marking(&self, marking: &Marking, frame: Frame<'_>) -> String {
        let rule = self.rule(marking, frame);
        let mut parts = vec![match &marking.value {
            Some(value) => {
                let subject = self.expression(value);
                let known = frame
                    .known_as
                    .is_some_and(|title| self.text(title) == subject);
                if known {
                    rule
                } else {
                    self.headed(&subject, &rule)
                }
            }
            None => rule,
        }];
        parts.extend(self.circumstances(marking, frame));
        self.sentences(&parts)
    }

    pub(super) fn rule(&self, marking: &Marking, frame: Frame<'_>) -> String {
        let format = ValueFormat::of_marking(self.document, marking);
        let cohort = marking.cohort.as_deref();
        match &marking.rule {
            Rule::Award { min, max, step } => {
                self.award(min, max.as_ref().or(frame.points), step.as_ref())
            }
            Rule::YesNo { yes, no } => {
                let yes = self.earns_or_full(yes.as_ref(), frame);
                let no = self.earns(no, frame.role);
                match self.lang {
                    Lang::Zh => format!("是{yes}\u{ff0c}否{no}"),
                    Lang::En => format!("yes {yes}, no {no}"),
                }
            }
            Rule::Levels(levels) => {
                let phrase = |(label, points): &(String, Rational)| {
                    let gap = self.pick("", " ");
                    format!(
                        "{}{gap}{}",
                        self.quoted(label),
                        self.earns(points, frame.role)
                    )
                };
                self.phrases(&levels.iter().map(phrase).collect::<Vec<_>>())
            }
            Rule::Checklist(checklist) => self.checklist(checklist, frame),
            Rule::Bands { bands, otherwise } => {
                self.bands(bands, otherwise, marking, &format, frame)
            }
            Rule::Curve(knots) => self.curve(knots, marking, &format, frame),
            Rule::PerUnit(rule) => self.per_unit(rule, &format, cohort, frame),
            Rule::Rank(rank) => self.rank(rank, cohort, frame),
            Rule::ShareOfBest { lower_is_better } => {
                self.share_of_best(*lower_is_better, cohort, frame)
            }
            Rule::ShareOfMean { lower_is_better } => {
                self.share_of_mean(*lower_is_better, cohort, frame)
            }
            Rule::MinMax { lower_is_better } => self.min_max(*lower_is_better, cohort, frame),
            Rule::Checks(checks) => self.checks(checks, frame),
        }
    }

    fn award(&self, min: &Rational, max: Option<&Rational>, step: Option<&Rational>) -> String {
        let range = match (self.lang, max) {
            (Lang::Zh, Some(max)) => format!("由评审打分\u{ff0c}{min}至{max}分"),
            (Lang::Zh, None) => format!("由评审打分\u{ff0c}不低于{min}分"),
            (Lang::En, Some(max)) => format!("an assessor's mark from {min} to {max}"),
            (Lang::En, None) => format!("an assessor's mark of at least {min}"),
        };
        match (self.lang, step) {
            (_, None) => range,
            (Lang::Zh, Some(step)) => format!("{range}\u{ff0c}每{step}分一档"),
            (Lang::En, Some(step)) => format!("{range} in steps of {step}"),
        }
    }

    fn checklist(&self, checklist: &Checklist, frame: Frame<'_>) -> String {
        let boxes: Vec<String> = checklist
            .boxes
            .iter()
            .map(|tick| self.quoted(&self.box_title(tick)))
            .collect();
        let all = match checklist.of {
            Some(of) => usize::try_from(of).unwrap_or(usize::MAX),
            None => boxes.len(),
        };
        let counted = match (self.lang, boxes.is_empty()) {
            (Lang::Zh, true) => format!("共{all}项"),
            (Lang::Zh, false) => format!("{}共{all}项", boxes.join("")),
            (Lang::En, true) => format!("of {all}"),
            (Lang::En, false) if all == 1 => boxes.concat(),
            (Lang::En, false) => format!("of these {all}: {}", self.list(&boxes)),
        };
        let pays = match &checklist.pays {
            ChecklistPay::Each(points) => match self.lang {
                Lang::Zh => format!("每符合1项{}", self.earns(points, frame.role)),
                Lang::En => format!("each one met {}", self.earns(points, frame.role)),
            },
            ChecklistPay::Table(table) => self.checklist_table(table, all, frame),
        };
        match self.lang {
            Lang::Zh => format!("{counted}\u{ff0c}{pays}"),
            Lang::En if boxes.is_empty() => format!("{counted}, {pays}"),
            Lang::En => format!("{counted}; {pays}"),
        }
    }

    fn checklist_table(&self, table: &[(u32, Rational)], all: usize, frame: Frame<'_>) -> String {
        let mut rows: Vec<&(u32, Rational)> = table.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.0));
        let mut phrases: Vec<String> = Vec::with_capacity(rows.len() + 1);
        for (count, points) in &rows {
            let earns = self.earns(points, frame.role);
            phrases.push(match self.lang {
                Lang::Zh => format!("符合{count}项{earns}"),
                Lang::En => format!("{count} met {earns}"),
            });
        }
        if rows.len() <= all {
            let earns = self.earns(&Rational::ZERO, frame.role);
            phrases.push(format!("{}{earns}", self.pick("其余", "otherwise ")));
        }
        self.phrases(&phrases)
    }

    /// The wording of a box: its title, the title of its measure, or its condition.
    #[must_use]
    pub fn box_title(&self, tick: &crate::standard::document::CheckBox) -> String {
        use crate::expression::Condition;
        match (&tick.title, &tick.when) {
            (Some(title), _) if !title.is_empty() => self.text(title).to_owned(),
            (_, Condition::Holds(name)) => self.measure(name),
            (_, when) => self.condition(when),
        }
    }

    fn per_unit(
        &self,
        rule: &PerUnit,
        format: &ValueFormat,
        cohort: Option<&str>,
        frame: Frame<'_>,
    ) -> String {
        let each = self.each_unit(rule, format, cohort, frame);
        let start = match (&rule.from, frame.points) {
            (Start::Points(points), _) if points.is_zero() => None,
            (Start::Full, Some(full)) => Some(match self.lang {
                Lang::Zh => format!("满分{full}分"),
                Lang::En => full.to_string(),
            }),
            (Start::Full, None) => Some(self.pick("从满分起", "full marks").to_owned()),
            (Start::Points(points), _) => Some(match self.lang {
                Lang::Zh => format!("从{points}分起"),
                Lang::En => points.to_string(),
            }),
        };
        let joins = match (self.lang, rule.points.is_negative()) {
            (Lang::Zh, _) => "\u{ff0c}",
            (Lang::En, true) => ", less ",
            (Lang::En, false) => ", plus ",
        };
        let mut parts = vec![match (start, self.lang, frame.role) {
            (Some(start), ..) => format!("{start}{joins}{each}"),
            (None, Lang::En, Role::Deduction) => format!("takes off {each}"),
            (None, Lang::En, _) if rule.points.is_negative() => format!("less {each}"),
            (None, ..) => each,
        }];
        parts.extend(self.per_unit_limits(rule, frame));
        self.phrases(&parts)
    }

    fn each_unit(
        &self,
        rule: &PerUnit,
        format: &ValueFormat,
        cohort: Option<&str>,
        frame: Frame<'_>,
    ) -> String {
        let unit = format.distance(&rule.unit, self.lang);
        // A whole count cannot have a part of a unit of 1.
        let whole = format.is_whole()
            && rule.unit.number.is_integer()
            && rule.unit.number == Rational::ONE
            && matches!(&rule.mark, Mark::Quantity(q) if q.sign.is_none() && q.number.is_integer());
        let from_zero = rule.side == Side::Over
            && matches!(&rule.mark, Mark::Quantity(quantity) if quantity.number.is_zero());
        let mark = self.mark(&rule.mark, format, cohort);
        let earns = self.earns(&rule.points, frame.role);
        match self.lang {
            Lang::Zh => {
                let head = match (from_zero, rule.side) {
                    (true, _) => String::new(),
                    (false, Side::Over) => format!("超过{mark}的\u{ff0c}"),
                    (false, Side::Under) => format!("低于{mark}的\u{ff0c}"),
                };
                let verb = match (from_zero, rule.side, whole, rule.steps) {
                    (_, _, false, Steps::Completed) => "每满",
                    (true, ..) => "每有",
                    (false, Side::Over, ..) => "每多",
                    (false, Side::Under, ..) => "每少",
                };
                let rest = match (whole, rule.steps) {
                    (true, _) => String::new(),
                    (_, Steps::Proportional) => format!("\u{ff0c}不足{unit}的按比例计"),
                    (_, Steps::Started) => format!("\u{ff0c}不足{unit}的按{unit}计"),
                    (_, Steps::Completed) => format!("\u{ff0c}不足{unit}的不计"),
                };
                format!("{head}{verb}{unit}{earns}{rest}")
            }
            Lang::En => {
                let side = match (from_zero, rule.side) {
                    (true, _) => String::new(),
                    (false, Side::Over) => format!(" above {mark}"),
                    (false, Side::Under) => format!(" below {mark}"),
                };
                let each = match (whole, rule.steps) {
                    (false, Steps::Completed) => "each full",
                    (false, Steps::Started) => "each started",
                    _ => "each",
                };
                let part = match (whole, rule.steps) {
                    (false, Steps::Proportional) => ", parts in proportion",
                    _ => "",
                };
                let unit = match unit.strip_prefix("1 ") {
                    _ if whole => "one",
                    Some(named) => named,
                    None => &unit,
                };
                format!("{} for {each} {unit}{side}{part}", rule.points.abs())
            }
        }
    }

    fn per_unit_limits(&self, rule: &PerUnit, frame: Frame<'_>) -> Vec<String> {
        let mut parts = Vec::new();
        let falls = rule.points.is_negative() && frame.role != Role::Deduction;
        match (&rule.floor, self.lang) {
            (Some(floor), Lang::Zh) if falls && floor.is_zero() => {
                parts.push("扣完为止".to_owned())
            }
            (Some(floor), Lang::En) if falls && floor.is_zero() => {
                parts.push("not below 0".to_owned());
            }
            (Some(floor), Lang::Zh) => parts.push(format!("最低{floor}分")),
            (Some(floor), Lang::En) => parts.push(format!("not below {floor}")),
            (None, _) => {}
        }
        match (&rule.cap, self.lang) {
            (Some(cap), Lang::Zh) => parts.push(format!("最高{cap}分")),
            (Some(cap), Lang::En) => parts.push(format!("at most {cap}")),
            (None, _) => {}
        }
        parts
    }

    fn checks(&self, checks: &Checks, frame: Frame<'_>) -> String {
        let head = match (checks.combine, checks.from_full) {
            (Combine::Best, _) => self.pick("以下各项取最高分", "the best of these"),
            (Combine::Worst, _) => self.pick("以下各项取最低分", "the worst of these"),
            (Combine::Sum, true) => self.pick(
                "从满分起\u{ff0c}以下各项相加减",
                "from full marks, these added up",
            ),
            (Combine::Sum, false) => self.pick("以下各项相加", "these added up"),
        };
        let parts: Vec<String> = checks
            .checks
            .iter()
            .enumerate()
            .map(|(at, check)| {
                let number = match self.lang {
                    Lang::Zh => format!("\u{ff08}{}\u{ff09}", at + 1),
                    Lang::En => format!("({}) ", at + 1),
                };
                format!("{number}{}", self.check(check, frame.role))
            })
            .collect();
        self.headed(head, &self.clauses(&parts))
    }

    /// A check: its title, its rule, its floor and cap.
    pub(super) fn check(&self, check: &Check, role: Role) -> String {
        let frame = Frame {
            points: Some(&check.points),
            role,
            known_as: Some(&check.title),
        };
        let rule = self.rule(&check.marking, frame);
        let mut text = self.headed(self.text(&check.title), &rule);
        let subject = check.marking.value.as_ref().map(|v| self.expression(v));
        if let Some(subject) = subject.filter(|subject| subject != self.text(&check.title)) {
            text = self.headed(self.text(&check.title), &self.headed(&subject, &rule));
        }
        let mut parts = vec![text];
        parts.extend(self.check_limits(check));
        parts.extend(self.circumstances(&check.marking, frame));
        self.phrases(&parts)
    }

    /// A check's own floor and cap.
    pub(super) fn check_limits(&self, check: &Check) -> Vec<String> {
        let floor = check.floor.as_ref().map(|floor| match self.lang {
            Lang::Zh => format!("本项最低{floor}分"),
            Lang::En => format!("this part not below {floor}"),
        });
        let cap = check.cap.as_ref().map(|cap| match self.lang {
            Lang::Zh => format!("本项最高{cap}分"),
            Lang::En => format!("this part at most {cap}"),
        });
        floor.into_iter().chain(cap).collect()
    }
}
