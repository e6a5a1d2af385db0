//! What stands around the rules, in words: conditions of an item, vetoes, grades.

use super::Words;
use super::rules::{Frame, Role};
use crate::expression::{Expression, Operator, Quantity};
use crate::lang::{Lang, Text};
use crate::rational::Rational;
use crate::standard::document::{
    Each, Effect, Grade, Item, Level, Marking, MissingPolicy, RollUp, Section, Veto,
    ZeroDenominator,
};

impl Words<'_> {
    /// An item, a bonus or a deduction whole: its rule, its conditions, and how the points of
    /// units become its own.
    #[must_use]
    pub fn item(&self, item: &Item, role: Role) -> String {
        let frame = Frame {
            points: item.points.as_ref(),
            role,
            known_as: Some(&item.title),
        };
        let mut parts = vec![self.marking(&item.marking, frame)];
        parts.extend(item.each.as_ref().map(|each| self.each(each)));
        if role != Role::Item {
            parts.extend(item.points.as_ref().map(|cap| match (self.lang, role) {
                (Lang::Zh, Role::Bonus) => format!("最多加{cap}分"),
                (Lang::Zh, _) => format!("最多扣{cap}分"),
                (Lang::En, _) => format!("At most {cap}"),
            }));
        }
        self.sentences(&parts)
    }

    /// The name of a level of the party grid: `楼宇`, `building`.
    #[must_use]
    pub fn level(&self, level: Level) -> &'static str {
        match level {
            Level::Street => self.pick("街道", "street"),
            Level::Community => self.pick("社区", "community"),
            Level::Grid => self.pick("网格", "grid"),
            Level::Building => self.pick("楼宇", "building"),
            Level::Compound => self.pick("住宅小区", "compound"),
        }
    }

    fn each(&self, each: &Each) -> String {
        let level = self.level(each.level);
        let by = |measure: &String| self.quoted(&self.measure(measure));
        let how = match (self.lang, &each.rollup) {
            (Lang::Zh, RollUp::Mean | RollUp::Share(_)) => "取平均值".to_owned(),
            (Lang::Zh, RollUp::WeightedMean(measure)) => format!("按{}加权平均", by(measure)),
            (Lang::Zh, RollUp::Sum) => "合计".to_owned(),
            (Lang::Zh, RollUp::Min) => "取最低值".to_owned(),
            (Lang::Zh, RollUp::Max) => "取最高值".to_owned(),
            (Lang::En, RollUp::Mean | RollUp::Share(_)) => "the mean".to_owned(),
            (Lang::En, RollUp::WeightedMean(measure)) => {
                format!("the mean, weighted by {},", by(measure))
            }
            (Lang::En, RollUp::Sum) => "the sum".to_owned(),
            (Lang::En, RollUp::Min) => "the least".to_owned(),
            (Lang::En, RollUp::Max) => "the greatest".to_owned(),
        };
        match self.lang {
            Lang::Zh => format!("按{level}逐一评分\u{ff0c}各{level}得分{how}"),
            Lang::En => format!("Marked for each {level}: {how} of their points counts"),
        }
    }

    /// The conditions of a marking, a phrase each.
    pub(super) fn circumstances(&self, marking: &Marking, frame: Frame<'_>) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(condition) = &marking.applies {
            let condition = self.condition(condition);
            parts.push(match self.lang {
                Lang::Zh => format!("仅适用于{condition}的社区"),
                Lang::En => format!("Applies only where {condition}"),
            });
        }
        if let Some(condition) = &marking.no_marks {
            let condition = self.condition(condition);
            parts.push(match (self.lang, frame.role) {
                (Lang::Zh, Role::Deduction) => format!("{condition}的\u{ff0c}不扣分"),
                (Lang::Zh, _) => format!("{condition}的\u{ff0c}不得分"),
                (Lang::En, Role::Deduction) => format!("Nothing off where {condition}"),
                (Lang::En, _) => format!("No marks where {condition}"),
            });
        }
        if let Some(condition) = &marking.full_marks {
            let condition = self.condition(condition);
            parts.push(match self.lang {
                Lang::Zh => format!("{condition}的\u{ff0c}{}", self.full(frame)),
                Lang::En => format!("{} where {condition}", capital(self.full(frame))),
            });
        }
        parts.extend(self.zero_denominator(marking, frame));
        parts.extend(self.missing(marking));
        parts
    }

    fn full(&self, frame: Frame<'_>) -> &'static str {
        match frame.role {
            Role::Item | Role::Bonus => self.pick("得满分", "full marks"),
            Role::Deduction => self.pick("全额扣分", "the whole taken off"),
        }
    }

    /// What a zero denominator comes to: `小区数为0的，得满分`.
    pub(super) fn zero_in_words(&self, marking: &Marking, role: Role) -> Option<String> {
        let frame = Frame {
            points: None,
            role,
            known_as: None,
        };
        self.zero_denominator(marking, frame)
    }

    fn zero_denominator(&self, marking: &Marking, frame: Frame<'_>) -> Option<String> {
        let mut divisors = Vec::new();
        self.divisors(marking.value.as_ref()?, &mut divisors);
        let named = match (divisors.as_slice(), self.lang) {
            ([], _) => return None,
            ([Expression::Measure(name)], Lang::Zh) => self.measure(name),
            ([Expression::Measure(name)], Lang::En) => self.quoted(&self.measure(name)),
            (_, Lang::Zh) => "分母".to_owned(),
            (_, Lang::En) => "the denominator".to_owned(),
        };
        let settled = match (&marking.zero_denominator, self.lang) {
            (None, Lang::Zh) => "按缺报处理".to_owned(),
            (None, Lang::En) => "counts as blank".to_owned(),
            (Some(ZeroDenominator::Full), Lang::Zh) => self.full(frame).to_owned(),
            (Some(ZeroDenominator::Full), Lang::En) => self.full(frame).to_owned(),
            (Some(ZeroDenominator::NotApplicable), Lang::Zh) => "本项不适用".to_owned(),
            (Some(ZeroDenominator::NotApplicable), Lang::En) => "does not apply".to_owned(),
            (Some(ZeroDenominator::Points(points)), _) => self.earns(points, frame.role),
        };
        Some(match self.lang {
            Lang::Zh => format!("{named}为0的\u{ff0c}{settled}"),
            Lang::En => format!("Where {named} is 0: {settled}"),
        })
    }

    /// What stands under a division and may be 0, each once.
    fn divisors<'e>(&self, value: &'e Expression, found: &mut Vec<&'e Expression>) {
        match value {
            Expression::Binary(operator, left, right) => {
                self.divisors(left, found);
                self.divisors(right, found);
                if *operator == Operator::Divide
                    && self.may_be_zero(right)
                    && !found.contains(&&**right)
                {
                    found.push(right);
                }
            }
            Expression::Negate(inner) => self.divisors(inner, found),
            Expression::Min(terms) | Expression::Max(terms) => {
                for term in terms {
                    self.divisors(term, found);
                }
            }
            _ => {}
        }
    }

    fn may_be_zero(&self, divisor: &Expression) -> bool {
        match divisor {
            Expression::Number(_) => false,
            Expression::Measure(name) => {
                let min = self
                    .find_measure(name)
                    .and_then(|measure| measure.min.as_ref());
                min.is_none_or(|min| *min <= Rational::ZERO)
            }
            _ => true,
        }
    }

    /// What a blank earns, where the item or its measures differ from the standard.
    fn missing(&self, marking: &Marking) -> Option<String> {
        let own = marking.missing.or_else(|| {
            let mut policies = Vec::new();
            marking.value.as_ref()?.visit_measures(&mut |name| {
                policies.extend(self.find_measure(name).map(|measure| measure.missing));
            });
            let first = policies.first().copied().flatten()?;
            let alike = policies.iter().all(|policy| *policy == Some(first));
            alike.then_some(first)
        })?;
        (own != self.document.missing).then(|| self.missing_policy(own, marking.cohort.as_deref()))
    }

    /// What a blank earns under a policy.
    #[must_use]
    pub fn missing_policy(&self, policy: MissingPolicy, cohort: Option<&str>) -> String {
        let among = self.among(cohort);
        match (self.lang, policy) {
            (Lang::Zh, MissingPolicy::Zero) => "缺报的\u{ff0c}按该项最低得分计".to_owned(),
            (Lang::Zh, MissingPolicy::Error) => "不得缺报".to_owned(),
            (Lang::Zh, MissingPolicy::Exclude) => "缺报的\u{ff0c}本项不计入".to_owned(),
            (Lang::Zh, MissingPolicy::Mean) => format!("缺报的\u{ff0c}按{among}的平均值计"),
            (Lang::Zh, MissingPolicy::Median) => format!("缺报的\u{ff0c}按{among}的中位数计"),
            (Lang::En, MissingPolicy::Zero) => "A blank earns the least the rule gives".to_owned(),
            (Lang::En, MissingPolicy::Error) => "It must not be blank".to_owned(),
            (Lang::En, MissingPolicy::Exclude) => "A blank is left out of the score".to_owned(),
            (Lang::En, MissingPolicy::Mean) => format!("A blank counts as the mean of {among}"),
            (Lang::En, MissingPolicy::Median) => {
                format!("A blank counts as the median of {among}")
            }
        }
    }

    /// A veto: `重大安全责任事故数不为0的，不评定等次`.
    #[must_use]
    pub fn veto(&self, veto: &Veto) -> String {
        let effects: Vec<String> = veto.effects.iter().map(|e| self.effect(e)).collect();
        let condition = self.condition(&veto.when);
        match self.lang {
            Lang::Zh => format!("{condition}的\u{ff0c}{}", effects.join("\u{ff0c}")),
            Lang::En => format!("where {condition}: {}", self.list(&effects)),
        }
    }

    /// What one effect of a veto does.
    #[must_use]
    pub fn effect(&self, effect: &Effect) -> String {
        match (effect, self.lang) {
            (Effect::NoGrade, Lang::Zh) => "不评定等次".to_owned(),
            (Effect::NoGrade, Lang::En) => "no grade".to_owned(),
            (Effect::Ceiling(grade), lang) => {
                let titles = self.document.grades.iter().find(|g| g.id == *grade);
                let title = self.quoted(titles.map_or(grade, |grade| self.text(&grade.title)));
                match lang {
                    Lang::Zh => format!("等次最高为{title}"),
                    Lang::En => format!("the grade is at most {title}"),
                }
            }
            (Effect::OneGradeDown, Lang::Zh) => "降一个等次".to_owned(),
            (Effect::OneGradeDown, Lang::En) => "one grade down".to_owned(),
            (Effect::Points(points), Lang::Zh) => format!("从总分中扣{points}分"),
            (Effect::Points(points), Lang::En) => format!("{points} off the total"),
            (Effect::Zero(code), Lang::Zh) => format!("{}计0分", self.coded(code)),
            (Effect::Zero(code), Lang::En) => format!("{} counts 0", self.coded(code)),
        }
    }

    /// What a grade asks for: `总分不低于90分，且各大项均不低于其分值的80%`.
    #[must_use]
    pub fn grade(&self, grade: &Grade) -> String {
        let mut parts = Vec::new();
        let total = |quantity: &Quantity, zh: &str, en: &str| match self.lang {
            Lang::Zh => format!("{zh}{}", self.reaches(quantity, "满分")),
            Lang::En => format!("{en} {}", self.reaches(quantity, "full marks")),
        };
        parts.extend(grade.total.as_ref().map(|q| total(q, "总分", "a total of")));
        parts.extend(
            grade
                .total_before_bonus
                .as_ref()
                .map(|quantity| total(quantity, "加分前总分", "a total before bonus of")),
        );
        parts.extend(grade.sections.as_ref().map(|quantity| match self.lang {
            Lang::Zh => format!("各大项均{}", self.reaches(quantity, "其分值")),
            Lang::En => format!("every section {}", self.reaches(quantity, "its points")),
        }));
        parts.extend(grade.marks.iter().map(|(code, quantity)| match self.lang {
            Lang::Zh => format!("{}{}", self.coded(code), self.reaches(quantity, "其分值")),
            Lang::En => {
                format!(
                    "{} {}",
                    self.coded(code),
                    self.reaches(quantity, "its points")
                )
            }
        }));
        parts.extend(grade.count.as_ref().map(|count| {
            let least = count.at_least;
            let of: Vec<String> = count.of.iter().map(|code| self.coded(code)).collect();
            match (self.lang, of.is_empty()) {
                (Lang::Zh, true) => {
                    format!("至少{least}个大项{}", self.reaches(&count.mark, "其分值"))
                }
                (Lang::Zh, false) => format!(
                    "{}中至少{least}项{}",
                    self.list(&of),
                    self.reaches(&count.mark, "其分值")
                ),
                (Lang::En, true) => format!(
                    "at least {least} sections each {}",
                    self.reaches(&count.mark, "its points")
                ),
                (Lang::En, false) => format!(
                    "at least {least} of {} each {}",
                    self.list(&of),
                    self.reaches(&count.mark, "its points")
                ),
            }
        }));
        if parts.is_empty() {
            return self.pick("其余社区", "all others").to_owned();
        }
        match self.lang {
            Lang::Zh => parts.join("\u{ff0c}且"),
            Lang::En => self.list(&parts),
        }
    }

    fn reaches(&self, quantity: &Quantity, of: &str) -> String {
        match (self.lang, quantity.sign) {
            (Lang::Zh, None) => format!("不低于{}分", quantity.number),
            (Lang::En, None) => format!("at least {}", quantity.number),
            (Lang::Zh, Some(_)) => format!("不低于{of}的{quantity}"),
            (Lang::En, Some(_)) => format!("at least {quantity} of {of}"),
        }
    }

    /// A section or an item by its code and its title: `2“治理精细”`, `2 “Careful governance”`.
    #[must_use]
    pub fn coded(&self, code: &str) -> String {
        match find_title(self.document, code) {
            Some(title) if !title.is_empty() => {
                let gap = self.pick("", " ");
                format!("{code}{gap}{}", self.quoted(self.text(title)))
            }
            _ => code.to_owned(),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The title of a section or an item by its code.
pub(super) fn find_title<'d>(
    document: &'d crate::standard::document::Document,
    code: &str,
) -> Option<&'d Text> {
    let mut open: Vec<&Section> = document.sections.iter().rev().collect();
    while let Some(section) = open.pop() {
        if section.id == code {
            return Some(&section.title);
        }
        if let Some(item) = section.items.iter().find(|item| item.id == code) {
            return Some(&item.title);
        }
        open.extend(section.sections.iter().rev());
    }
    None
}
