//! Expressions over measures and conditions on them, as they are written in a standard.
//!
//! An expression is `red_compounds / compounds`; a condition is
//! `complaints <= 3 and (rating = "优" or not closed)`. [`Quantity`] keeps a
//! percent sign, because `95%` is read into the unit of what it is compared with.
//!
//! Grammar (Chinese and typographic forms are equal to the ASCII ones):
//!
//! ```text
//! condition  = conjunct { ("or" | "或") conjunct }
//! conjunct   = negation { ("and" | "且") negation }
//! negation   = ("not" | "非") negation | comparison | "(" condition ")"
//! comparison = expression [ (">=" | "≥" | ">" | "<=" | "≤" | "<" | "=" | "==" | "≠" | "!=" | "<>") expression ]
//! expression = term { ("+" | "-" | "−") term }
//! term       = factor { ("*" | "×" | "/" | "÷") factor }
//! factor     = ("-" | "−") factor | number ["%" | "‰"] | date | label | "yes" | "no" | "是" | "否"
//!            | name | "(" expression ")" | ("min" | "max") "(" expression { "," expression } ")"
//!            | "days" "(" expression "," expression ")"
//! date       = YYYY-MM-DD, without blanks          label = text in "…", '…', “…” or ‘…’
//! name       = a Unicode identifier, or anything but a backquote between backquotes
//! ```
//!
//! A comparison without an operator is a yes-no measure that must be yes. Full-width signs,
//! brackets and digits are read; nothing nests deeper than [`MAX_DEPTH`] or is longer than [`MAX_LENGTH`].

use std::fmt;

use crate::rational::Rational;

mod lexer;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use lexer::{GREATEST, parse_number};
pub use parse::{MAX_DEPTH, MAX_LENGTH, SyntaxError};

/// A number as it stands in a standard, with the sign that followed it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// The digits before any sign: 95 in `95%`.
    pub number: Rational,
    /// `%` or `‰`, where one was written.
    pub sign: Option<PartSign>,
}

/// A sign that makes a number a part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartSign {
    /// `%`, hundredths.
    Percent,
    /// `‰`, thousandths.
    PerMille,
}

impl PartSign {
    /// How many make a whole: 100 or 1000.
    #[must_use]
    pub fn per_whole(self) -> i64 {
        match self {
            PartSign::Percent => 100,
            PartSign::PerMille => 1000,
        }
    }

    /// The sign itself.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PartSign::Percent => "%",
            PartSign::PerMille => "‰",
        }
    }

    /// The sign that a measure's unit stands for, if it does.
    #[must_use]
    pub fn of_unit(unit: &str) -> Option<Self> {
        match unit {
            "%" | "\u{ff05}" => Some(PartSign::Percent),
            "‰" => Some(PartSign::PerMille),
            _ => None,
        }
    }
}

impl Quantity {
    /// A number without a sign.
    #[must_use]
    pub fn plain(number: Rational) -> Self {
        Quantity { number, sign: None }
    }

    /// Its value in a unit: `95%` is 95 in a measure in `%`, 950 in one in `‰`,
    /// and 0.95 anywhere else (DESIGN.md §2.15). A number without a sign is itself.
    ///
    /// ```
    /// use dabiao::expression::{PartSign, Quantity};
    /// let mark = Quantity { number: "95".parse()?, sign: Some(PartSign::Percent) };
    /// assert_eq!(mark.in_unit(None).to_string(), "0.95");
    /// assert_eq!(mark.in_unit(Some(PartSign::Percent)).to_string(), "95");
    /// # Ok::<(), dabiao::NotANumber>(())
    /// ```
    #[must_use]
    pub fn in_unit(&self, unit: Option<PartSign>) -> Rational {
        let Some(sign) = self.sign else {
            return self.number.clone();
        };
        let target = unit.map_or(1, PartSign::per_whole);
        let factor = Rational::ratio(i128::from(target), i128::from(sign.per_whole()));
        &self.number * &factor.unwrap_or_default()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = self.sign.map_or("", PartSign::as_str);
        write!(f, "{}{sign}", self.number)
    }
}

/// An expression; also a label, a yes-no or a date where a comparison needs one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expression {
    /// A constant.
    Number(Quantity),
    /// A label such as `"优"`; only compared by = and ≠ with a label measure.
    Label(String),
    /// 是 or 否; only compared by = and ≠ with a yes-no measure.
    YesNo(bool),
    /// A date; only inside `days` or compared with a date.
    Date(jiff::civil::Date),
    /// A measure by its name.
    Measure(String),
    /// − a
    Negate(Box<Expression>),
    /// a + b, a − b, a × b, a ÷ b
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// The least of one or more.
    Min(Vec<Expression>),
    /// The greatest of one or more.
    Max(Vec<Expression>),
    /// `days(a, b)`: b − a in days.
    Days(Box<Expression>, Box<Expression>),
}

/// An operator of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// +
    Add,
    /// −
    Subtract,
    /// ×
    Multiply,
    /// ÷
    Divide,
}

/// How two sides are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// ≥
    AtLeast,
    /// >
    Above,
    /// ≤
    AtMost,
    /// <
    Below,
    /// =
    Equal,
    /// ≠
    NotEqual,
}

impl Comparison {
    /// Whether an order of the two sides satisfies it.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::AtLeast => order.is_ge(),
            Comparison::Above => order.is_gt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Below => order.is_lt(),
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
        }
    }
}

/// A condition: what follows "if" in a standard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Two sides compared.
    Compare(Expression, Comparison, Expression),
    /// A yes-no measure that must be yes.
    Holds(String),
    /// Both of two or more.
    And(Vec<Condition>),
    /// One of two or more.
    Or(Vec<Condition>),
    /// The contrary.
    Not(Box<Condition>),
}

impl Expression {
    /// The measure, where the expression is nothing else.
    #[must_use]
    pub fn lone_measure(&self) -> Option<&str> {
        match self {
            Expression::Measure(name) => Some(name),
            _ => None,
        }
    }

    /// Calls `visit` with every measure named, in the order of the text.
    pub fn visit_measures<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Expression::Measure(name) => visit(name),
            Expression::Negate(inner) => inner.visit_measures(visit),
            Expression::Binary(_, left, right) | Expression::Days(left, right) => {
                left.visit_measures(visit);
                right.visit_measures(visit);
            }
            Expression::Min(terms) | Expression::Max(terms) => {
                for term in terms {
                    term.visit_measures(visit);
                }
            }
            Expression::Number(_)
            | Expression::Label(_)
            | Expression::YesNo(_)
            | Expression::Date(_) => {}
        }
    }

    /// Whether a division stands anywhere in it.
    #[must_use]
    pub fn divides(&self) -> bool {
        match self {
            Expression::Binary(Operator::Divide, ..) => true,
            Expression::Binary(_, left, right) | Expression::Days(left, right) => {
                left.divides() || right.divides()
            }
            Expression::Negate(inner) => inner.divides(),
            Expression::Min(terms) | Expression::Max(terms) => {
                terms.iter().any(Expression::divides)
            }
            _ => false,
        }
    }

    fn binding(&self) -> u8 {
        match self {
            Expression::Binary(Operator::Add | Operator::Subtract, ..) => 1,
            Expression::Binary(..) => 2,
            Expression::Negate(_) => 3,
            Expression::Number(q) if q.number.is_negative() => 3,
            _ => 4,
        }
    }
}

impl Condition {
    /// Calls `visit` with every measure named, in the order of the text.
    pub fn visit_measures<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Condition::Compare(left, _, right) => {
                left.visit_measures(visit);
                right.visit_measures(visit);
            }
            Condition::Holds(name) => visit(name),
            Condition::And(parts) | Condition::Or(parts) => {
                for part in parts {
                    part.visit_measures(visit);
                }
            }
            Condition::Not(inner) => inner.visit_measures(visit),
        }
    }

    fn binding(&self) -> u8 {
        match self {
            Condition::Or(_) => 1,
            Condition::And(_) => 2,
            _ => 3,
        }
    }
}

/// Whether a name may stand without backquotes.
fn is_plain_name(name: &str) -> bool {
    const RESERVED: [&str; 12] = [
        "and", "or", "not", "min", "max", "days", "yes", "no", "且", "或", "非", "是",
    ];
    let mut chars = name.chars();
    let starts = chars
        .next()
        .is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
    starts && chars.all(unicode_ident::is_xid_continue) && name != "否" && !RESERVED.contains(&name)
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if is_plain_name(name) {
        f.write_str(name)
    } else {
        write!(f, "`{name}`")
    }
}

/// In the first kind of quotation marks that the label does not close itself.
fn write_label(f: &mut fmt::Formatter<'_>, label: &str) -> fmt::Result {
    const MARKS: [(char, char); 4] = [
        ('"', '"'),
        ('\'', '\''),
        ('\u{201c}', '\u{201d}'),
        ('\u{2018}', '\u{2019}'),
    ];
    let fitting = MARKS.iter().find(|(_, close)| !label.contains(*close));
    let (open, close) = fitting.unwrap_or(&MARKS[0]);
    write!(f, "{open}{label}{close}")
}

fn write_list(f: &mut fmt::Formatter<'_>, head: &str, terms: &[&Expression]) -> fmt::Result {
    write!(f, "{head}(")?;
    for (i, term) in terms.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{term}")?;
    }
    f.write_str(")")
}

impl fmt::Display for Expression {
    /// The canonical form, which reads back as the same expression.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = |f: &mut fmt::Formatter<'_>, inner: &Expression, least: u8| {
            if inner.binding() < least {
                write!(f, "({inner})")
            } else {
                write!(f, "{inner}")
            }
        };
        match self {
            Expression::Number(quantity) => write!(f, "{quantity}"),
            Expression::Label(label) => write_label(f, label),
            Expression::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Expression::Date(date) => write!(f, "{date}"),
            Expression::Measure(name) => write_name(f, name),
            // "-3" is the number -3, so the negated number keeps its brackets.
            Expression::Negate(inner) if matches!(**inner, Expression::Number(_)) => {
                write!(f, "-({inner})")
            }
            Expression::Negate(inner) => {
                f.write_str("-")?;
                held(f, inner, 3)
            }
            Expression::Binary(operator, left, right) => {
                let (sign, binding) = match operator {
                    Operator::Add => ("+", 1),
                    Operator::Subtract => ("-", 1),
                    Operator::Multiply => ("*", 2),
                    Operator::Divide => ("/", 2),
                };
                held(f, left, binding)?;
                write!(f, " {sign} ")?;
                held(f, right, binding + 1)
            }
            Expression::Min(terms) => write_list(f, "min", &terms.iter().collect::<Vec<_>>()),
            Expression::Max(terms) => write_list(f, "max", &terms.iter().collect::<Vec<_>>()),
            Expression::Days(from, to) => write_list(f, "days", &[from, to]),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::AtLeast => ">=",
            Comparison::Above => ">",
            Comparison::AtMost => "<=",
            Comparison::Below => "<",
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
        })
    }
}

impl fmt::Display for Condition {
    /// The canonical form, which reads back as the same condition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str, own: u8| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                if part.binding() <= own {
                    write!(f, "({part})")?;
                } else {
                    write!(f, "{part}")?;
                }
            }
            Ok(())
        };
        match self {
            Condition::Compare(left, comparison, right) => {
                write!(f, "{left} {comparison} {right}")
            }
            Condition::Holds(name) => write_name(f, name),
            Condition::And(parts) => joined(f, parts, "and", 2),
            Condition::Or(parts) => joined(f, parts, "or", 1),
            Condition::Not(inner) if inner.binding() < 3 => write!(f, "not ({inner})"),
            Condition::Not(inner) => write!(f, "not {inner}"),
        }
    }
}
