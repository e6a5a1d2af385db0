//! How values and marks are shown, decided once for an item or a check.

use crate::expression::{Expression, PartSign, Quantity};
use crate::lang::Lang;
use crate::rational::Rational;
use crate::standard::document::{Document, Mark, Marking, Measure, MeasureKind, Rule};

/// Digits after the point of a value that is shown; scoring uses the exact one.
const DECIMALS: u8 = 6;

/// How the value of an item or a check is shown: as a percentage where its rule is written in
/// percent, in the unit of its measure, or as a plain number.
///
/// ```
/// use dabiao::{Lang, Rational};
/// use dabiao::expression::PartSign;
/// use dabiao::explain::ValueFormat;
/// let share = ValueFormat::part(PartSign::Percent);
/// assert_eq!(share.show(&"0.912".parse()?, Lang::En), "91.2%");
/// assert_eq!(share.show(&Rational::ratio(2, 3).unwrap(), Lang::En), "66.6667%");
/// assert_eq!(ValueFormat::unit("岁").show(&"48.5".parse()?, Lang::Zh), "48.5岁");
/// assert_eq!(ValueFormat::plain().show(&Rational::ratio(2, 3).unwrap(), Lang::En), "0.666667");
/// # Ok::<(), dabiao::NotANumber>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFormat {
    shape: Shape,
    whole: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Plain,
    /// A bare ratio that is shown in hundredths or thousandths.
    Part(PartSign),
    /// A number in a unit.
    Unit(String),
    /// A number of days.
    Days,
}

impl ValueFormat {
    /// A number without a unit.
    #[must_use]
    pub fn plain() -> Self {
        ValueFormat::of(Shape::Plain)
    }

    /// A bare ratio shown with a sign: 0.912 as `91.2%`.
    #[must_use]
    pub fn part(sign: PartSign) -> Self {
        ValueFormat::of(Shape::Part(sign))
    }

    /// A number in a unit: `48.5岁`, `30 m²`, `95%`.
    #[must_use]
    pub fn unit(unit: &str) -> Self {
        ValueFormat::of(Shape::Unit(unit.to_owned()))
    }

    /// The way in which the values of a measure are shown.
    #[must_use]
    pub fn of_measure(measure: &Measure) -> Self {
        ValueFormat {
            shape: match &measure.unit {
                Some(unit) => Shape::Unit(unit.clone()),
                None => Shape::Plain,
            },
            whole: measure.kind == MeasureKind::Count,
        }
    }

    fn of(shape: Shape) -> Self {
        ValueFormat {
            shape,
            whole: false,
        }
    }

    /// The way in which the value of a marking is shown.
    #[must_use]
    pub fn of_marking(document: &Document, marking: &Marking) -> Self {
        let Some(value) = &marking.value else {
            return ValueFormat::plain();
        };
        let lone = value.lone_measure().and_then(|name| {
            let mut measures = document.measures.iter();
            measures.find(|measure| measure.name == name)
        });
        let whole = lone.is_some_and(|measure| measure.kind == MeasureKind::Count);
        let shape = match (lone.and_then(|m| m.unit.as_deref()), sign_of(&marking.rule)) {
            (Some(unit), _) => Shape::Unit(unit.to_owned()),
            (None, Some(sign)) => Shape::Part(sign),
            (None, None) => common_shape(document, value),
        };
        ValueFormat { shape, whole }
    }

    /// Whether the value is always a whole number: a count.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// A value for people, with at most 6 decimals.
    #[must_use]
    pub fn show(&self, value: &Rational, lang: Lang) -> String {
        self.show_with(value, DECIMALS, lang)
    }

    /// A value with at most so many decimals of the value itself; a percentage has two less.
    #[must_use]
    pub fn show_with(&self, value: &Rational, decimals: u8, lang: Lang) -> String {
        match &self.shape {
            Shape::Plain => value.display(decimals),
            Shape::Part(sign) => {
                let scaled = value * &Rational::from(sign.per_whole());
                let digits = if *sign == PartSign::Percent { 2 } else { 3 };
                let shown = scaled.display(decimals.saturating_sub(digits));
                format!("{shown}{}", sign.as_str())
            }
            Shape::Unit(unit) => joined(&value.display(decimals), unit, lang),
            Shape::Days => days(&value.display(decimals), lang),
        }
    }

    /// A mark as it was written, in the unit of the value.
    #[must_use]
    pub fn quantity(&self, quantity: &Quantity, lang: Lang) -> String {
        if quantity.sign.is_some() {
            return quantity.to_string();
        }
        let number = &quantity.number;
        match &self.shape {
            Shape::Plain => number.to_string(),
            Shape::Part(_) => self.show(number, lang),
            Shape::Unit(unit) => joined(&number.to_string(), unit, lang),
            Shape::Days => days(&number.to_string(), lang),
        }
    }

    /// A mark in the numbers of the value: 0.95 for `95%` of a bare ratio.
    pub(crate) fn amount(&self, quantity: &Quantity) -> Rational {
        let unit = match &self.shape {
            Shape::Unit(unit) => PartSign::of_unit(unit),
            _ => None,
        };
        quantity.in_unit(unit)
    }

    /// The length of a step from one value to another: a percentage point where the value is a
    /// percentage.
    pub(crate) fn distance(&self, quantity: &Quantity, lang: Lang) -> String {
        let (number, sign) = match (quantity.sign, &self.shape) {
            (Some(sign), _) => (quantity.number.clone(), Some(sign)),
            (None, Shape::Part(sign)) => (
                &quantity.number * &Rational::from(sign.per_whole()),
                Some(*sign),
            ),
            (None, Shape::Unit(unit)) => (quantity.number.clone(), PartSign::of_unit(unit)),
            (None, _) => (quantity.number.clone(), None),
        };
        let one = number == Rational::ONE;
        match (sign, lang) {
            (Some(PartSign::Percent), Lang::Zh) => format!("{number}个百分点"),
            (Some(PartSign::PerMille), Lang::Zh) => format!("{number}个千分点"),
            (Some(PartSign::Percent), Lang::En) if one => "1 percentage point".to_owned(),
            (Some(PartSign::Percent), Lang::En) => format!("{number} percentage points"),
            (Some(PartSign::PerMille), Lang::En) if one => "1 point per thousand".to_owned(),
            (Some(PartSign::PerMille), Lang::En) => format!("{number} points per thousand"),
            (None, Lang::Zh) if self.whole && self.shape == Shape::Plain => format!("{number}个"),
            (None, _) => self.quantity(quantity, lang),
        }
    }
}

/// A number and its unit: joined in Chinese and with signs, apart before a Latin unit. A
/// Chinese unit is left out of English, where the measure's title says what is counted.
fn joined(number: &str, unit: &str, lang: Lang) -> String {
    let script = unit.chars().next();
    match (script, lang) {
        (Some(first), Lang::En) if u32::from(first) >= 0x2e80 => match PartSign::of_unit(unit) {
            Some(sign) => format!("{number}{}", sign.as_str()),
            None => number.to_owned(),
        },
        (Some(first), _) if first.is_alphabetic() && u32::from(first) < 0x2e80 => {
            format!("{number} {unit}")
        }
        _ => format!("{number}{unit}"),
    }
}

fn days(number: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{number}天"),
        Lang::En if number == "1" => "1 day".to_owned(),
        Lang::En => format!("{number} days"),
    }
}

/// The sign with which a rule's marks are written, if any is.
fn sign_of(rule: &Rule) -> Option<PartSign> {
    let sign = |mark: &Mark| match mark {
        Mark::Quantity(quantity) => quantity.sign,
        Mark::CohortMean => None,
    };
    match rule {
        Rule::Bands { bands, .. } => bands
            .iter()
            .flat_map(|band| [&band.low, &band.high])
            .flatten()
            .find_map(|bound| sign(&bound.mark)),
        Rule::Curve(knots) => knots.iter().find_map(|(mark, _)| sign(mark)),
        Rule::PerUnit(rule) => sign(&rule.mark).or(rule.unit.sign),
        _ => None,
    }
}

/// The unit that everything in a sum, a least or a greatest shares.
fn common_shape(document: &Document, value: &Expression) -> Shape {
    use crate::expression::Operator::{Add, Subtract};
    match value {
        Expression::Measure(name) => {
            let measure = document.measures.iter().find(|m| m.name == *name);
            match measure.and_then(|m| m.unit.as_ref()) {
                Some(unit) => Shape::Unit(unit.clone()),
                None => Shape::Plain,
            }
        }
        Expression::Days(..) => Shape::Days,
        Expression::Negate(inner) => common_shape(document, inner),
        Expression::Binary(Add | Subtract, left, right) => {
            shared(document, &[left.as_ref(), right.as_ref()])
        }
        Expression::Min(terms) | Expression::Max(terms) => {
            shared(document, &terms.iter().collect::<Vec<_>>())
        }
        _ => Shape::Plain,
    }
}

fn shared(document: &Document, terms: &[&Expression]) -> Shape {
    let mut shapes = terms
        .iter()
        .filter(|term| !matches!(term, Expression::Number(_)))
        .map(|term| common_shape(document, term));
    let first = shapes.next().unwrap_or(Shape::Plain);
    if shapes.all(|shape| shape == first) {
        first
    } else {
        Shape::Plain
    }
}
