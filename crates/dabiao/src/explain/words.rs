//! Expressions and conditions in words, with the titles of their measures.

use std::collections::HashMap;

use crate::expression::{Comparison, Condition, Expression, Operator};
use crate::lang::{Lang, Text};
use crate::standard::document::{Document, Measure, MeasureKind};

/// Puts the parts of one standard into words, in one language.
///
/// It is cheap to make and worth keeping where many parts of a standard are explained.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Lang, Standard, explain::Words};
/// let standard = Standard::builtin("weihai-2020")?;
/// let words = Words::new(standard.document(), Lang::En);
/// assert_eq!(
///     words.grade(&standard.document().grades[0]),
///     "a total of at least 90 and every section at least 80% of its points"
/// );
/// assert_eq!(words.coded("2"), "2 “Careful governance”");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Words<'a> {
    pub(super) document: &'a Document,
    pub(super) lang: Lang,
    measures: HashMap<&'a str, &'a Measure>,
}

impl<'a> Words<'a> {
    /// The words for a standard in a language.
    #[must_use]
    pub fn new(document: &'a Document, lang: Lang) -> Self {
        let measures = document.measures.iter().map(|m| (m.name.as_str(), m));
        Words {
            document,
            lang,
            measures: measures.collect(),
        }
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    pub(super) fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    pub(super) fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.lang)
    }

    pub(super) fn find_measure(&self, name: &str) -> Option<&'a Measure> {
        self.measures.get(name).copied()
    }

    /// The title of a measure; the name itself where the standard has none.
    #[must_use]
    pub fn measure(&self, name: &str) -> String {
        match self.find_measure(name) {
            Some(measure) if !measure.title.is_empty() => self.text(&measure.title).to_owned(),
            _ => name.to_owned(),
        }
    }

    /// A title in quotation marks.
    pub(super) fn quoted(&self, title: &str) -> String {
        // Quotation marks inside quotation marks are single ones.
        let inner = title
            .replace('\u{201c}', "\u{2018}")
            .replace('\u{201d}', "\u{2019}");
        format!("\u{201c}{inner}\u{201d}")
    }

    /// Several phrases: `a、b和c`, `a, b and c`.
    pub(super) fn list<S: AsRef<str>>(&self, phrases: &[S]) -> String {
        let (comma, last) = match self.lang {
            Lang::Zh => ("、", "和"),
            Lang::En => (", ", " and "),
        };
        let mut text = String::new();
        for (at, phrase) in phrases.iter().enumerate() {
            if at > 0 {
                text.push_str(if at + 1 == phrases.len() { last } else { comma });
            }
            text.push_str(phrase.as_ref());
        }
        text
    }

    /// An expression: `red_compounds / compounds` as `实行“红色物业”的小区数 ÷ 小区数`.
    #[must_use]
    pub fn expression(&self, expression: &Expression) -> String {
        match expression {
            Expression::Number(quantity) => quantity.to_string(),
            Expression::Label(label) => self.quoted(label),
            Expression::YesNo(true) => self.quoted(self.pick("是", "yes")),
            Expression::YesNo(false) => self.quoted(self.pick("否", "no")),
            Expression::Date(date) => self.date(*date),
            Expression::Measure(name) => self.measure(name),
            Expression::Negate(inner) => format!("−{}", self.operand(inner, 4)),
            Expression::Binary(operator, left, right) => {
                let (sign, binding) = match operator {
                    Operator::Add => ("+", 1),
                    Operator::Subtract => ("−", 1),
                    Operator::Multiply => ("×", 2),
                    Operator::Divide => ("÷", 2),
                };
                let left = self.operand(left, binding);
                let right = self.operand(right, binding + 1);
                // A full-width bracket is wide enough to need no blank beside it.
                let before = if left.ends_with('\u{ff09}') { "" } else { " " };
                let after = if right.starts_with('\u{ff08}') {
                    ""
                } else {
                    " "
                };
                format!("{left}{before}{sign}{after}{right}")
            }
            Expression::Min(terms) => {
                self.extreme(terms, ["较小者", "最小者"], ["lesser", "least"])
            }
            Expression::Max(terms) => {
                self.extreme(terms, ["较大者", "最大者"], ["greater", "greatest"])
            }
            Expression::Days(from, to) => {
                let (from, to) = (self.operand(from, 4), self.operand(to, 4));
                match self.lang {
                    Lang::Zh => format!("自{from}至{to}的天数"),
                    Lang::En => format!("days from {from} to {to}"),
                }
            }
        }
    }

    fn extreme(&self, terms: &[Expression], zh: [&str; 2], en: [&str; 2]) -> String {
        let parts: Vec<String> = terms.iter().map(|term| self.operand(term, 1)).collect();
        let many = usize::from(parts.len() > 2);
        match self.lang {
            Lang::Zh => format!("{}中的{}", self.list(&parts), zh[many]),
            Lang::En => format!("the {} of {}", en[many], self.list(&parts)),
        }
    }

    /// An operand, in brackets where it binds less than its place asks for.
    fn operand(&self, inner: &Expression, least: u8) -> String {
        let binding = match inner {
            Expression::Binary(Operator::Add | Operator::Subtract, ..) => 1,
            Expression::Binary(..) => 2,
            // Two signs side by side, or words beside a sign, would be hard to read.
            _ if matches!(inner, Expression::Number(q) if !q.number.is_negative()) => 4,
            Expression::Negate(_) | Expression::Number(_) => 1,
            Expression::Min(_) | Expression::Max(_) | Expression::Days(..) => 1,
            _ => 4,
        };
        let text = self.expression(inner);
        if binding < least {
            self.bracketed(&text)
        } else {
            text
        }
    }

    pub(super) fn bracketed(&self, text: &str) -> String {
        match self.lang {
            Lang::Zh => format!("\u{ff08}{text}\u{ff09}"),
            Lang::En => format!("({text})"),
        }
    }

    fn date(&self, date: jiff::civil::Date) -> String {
        match self.lang {
            Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
            Lang::En => date.to_string(),
        }
    }

    /// A condition: `网格数不少于3且“有物业服务企业”为“是”`.
    #[must_use]
    pub fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::Compare(left, comparison, right) => self.compare(left, *comparison, right),
            Condition::Holds(name) => self.answered(name, true),
            Condition::And(parts) => self.joined(parts, self.pick("且", " and ")),
            Condition::Or(parts) => self.joined(parts, self.pick("或", " or ")),
            Condition::Not(inner) => match inner.as_ref() {
                Condition::Holds(name) => self.answered(name, false),
                // Three-valued logic keeps what is blank undecided on either side.
                Condition::Compare(left, comparison, right) => {
                    self.compare(left, contrary(*comparison), right)
                }
                Condition::Not(inner) => self.condition(inner),
                other => {
                    let text = self.bracketed(&self.condition(other));
                    format!("{}{text}", self.pick("并非", "not "))
                }
            },
        }
    }

    fn joined(&self, parts: &[Condition], word: &str) -> String {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Condition::And(_) | Condition::Or(_) => self.bracketed(&self.condition(part)),
                _ => self.condition(part),
            })
            .collect();
        parts.join(word)
    }

    fn answered(&self, name: &str, yes: bool) -> String {
        let title = self.quoted(&self.measure(name));
        match (self.lang, yes) {
            (Lang::Zh, true) => format!("{title}为“是”"),
            (Lang::Zh, false) => format!("{title}为“否”"),
            (Lang::En, true) => format!("{title} is yes"),
            (Lang::En, false) => format!("{title} is no"),
        }
    }

    fn compare(&self, left: &Expression, comparison: Comparison, right: &Expression) -> String {
        // The measure goes first: "days >= 3" and "3 <= days" read alike.
        if is_constant(left) && !is_constant(right) {
            return self.compare(right, mirrored(comparison), left);
        }
        let equal = match comparison {
            Comparison::Equal => Some(true),
            Comparison::NotEqual => Some(false),
            _ => None,
        };
        if let (Expression::Measure(name), Expression::YesNo(yes), Some(equal)) =
            (left, right, equal)
        {
            return self.answered(name, *yes == equal);
        }
        let comparison = match comparison {
            Comparison::Above if self.is_count(left) && is_zero(right) => Comparison::NotEqual,
            other => other,
        };
        let kind = if self.is_date(left) || self.is_date(right) {
            2
        } else {
            usize::from(self.is_count(left))
        };
        let label = matches!(right, Expression::Label(_));
        let (zh, en) = match comparison {
            Comparison::AtLeast => (
                ["不低于", "不少于", "不早于"],
                ["is at least", "is at least", "is on or after"],
            ),
            Comparison::Above => (
                ["超过", "超过", "晚于"],
                ["is above", "is more than", "is after"],
            ),
            Comparison::AtMost => (
                ["不超过", "不超过", "不晚于"],
                ["is at most", "is at most", "is on or before"],
            ),
            Comparison::Below => (
                ["低于", "少于", "早于"],
                ["is below", "is fewer than", "is before"],
            ),
            Comparison::Equal => (["等于", "为", "为"], ["is", "is", "is"]),
            Comparison::NotEqual => (["不等于", "不为", "不为"], ["is not"; 3]),
        };
        let zh = match (comparison, label) {
            (Comparison::Equal, true) => "为",
            (Comparison::NotEqual, true) => "不为",
            _ => zh[kind],
        };
        let (left, right) = (self.named(left), self.side(left, right));
        match self.lang {
            Lang::Zh => format!("{left}{zh}{right}"),
            Lang::En => format!("{left} {} {right}", en[kind]),
        }
    }

    /// The right side, with the unit of the measure that it is compared with.
    fn side(&self, left: &Expression, right: &Expression) -> String {
        let unit = left
            .lone_measure()
            .and_then(|name| self.find_measure(name)?.unit.as_deref());
        match (right, unit) {
            // Nothing is nothing in any unit.
            (Expression::Number(quantity), Some(unit)) if !quantity.number.is_zero() => {
                super::ValueFormat::unit(unit).quantity(quantity, self.lang)
            }
            _ => self.named(right),
        }
    }

    /// A side of a comparison; in English a lone title is quoted, so that "is" fits any title.
    fn named(&self, side: &Expression) -> String {
        match (self.lang, side) {
            (Lang::En, Expression::Measure(name)) => self.quoted(&self.measure(name)),
            (Lang::Zh, Expression::Binary(..)) => self.bracketed(&self.expression(side)),
            _ => self.expression(side),
        }
    }

    fn kind_of(&self, expression: &Expression) -> Option<MeasureKind> {
        let measure = self.find_measure(expression.lone_measure()?)?;
        Some(measure.kind)
    }

    fn is_count(&self, expression: &Expression) -> bool {
        self.kind_of(expression) == Some(MeasureKind::Count)
    }

    fn is_date(&self, expression: &Expression) -> bool {
        matches!(expression, Expression::Date(_))
            || self.kind_of(expression) == Some(MeasureKind::Date)
    }
}

fn is_constant(expression: &Expression) -> bool {
    let mut constant = true;
    expression.visit_measures(&mut |_| constant = false);
    constant
}

fn is_zero(expression: &Expression) -> bool {
    matches!(expression, Expression::Number(quantity) if quantity.number.is_zero())
}

fn contrary(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtLeast => Comparison::Below,
        Comparison::Above => Comparison::AtMost,
        Comparison::AtMost => Comparison::Above,
        Comparison::Below => Comparison::AtLeast,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
    }
}

fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::Above => Comparison::Below,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Below => Comparison::Above,
        other => other,
    }
}
