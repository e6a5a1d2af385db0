//! One cell: what a person typed or a column holds, read into a measure (§2.1).

use std::borrow::Cow;

use jiff::civil::Date;

use super::{MISSING, NOT_APPLICABLE, date_of, days_of};
use crate::decimal::{Decimal, DecimalFault, ReadNumber};
use crate::expression::PartSign;
use crate::fault::{Fault, FaultCode};
use crate::lang::Text;
use crate::plan::MeasurePlan;
use crate::rational::Rational;
use crate::standard::document::MeasureKind;

/// The word in a cell that says that a measure does not apply.
pub const NOT_APPLICABLE_WORD: &str = "不涉及";

/// A cell as a table holds it, before it is read into a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing: a missing value.
    Blank,
    /// 不涉及.
    NotApplicable,
    /// Text as typed: `95%`, `1,359`, full-width digits, 是/否, a label, a date; blank text is
    /// a missing value.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A binary float; NaN and infinities are faults.
    Float(f64),
    /// A spreadsheet's number in a cell formatted as a percentage: 0.95 for 95%.
    Percentage(f64),
    /// `scaled ÷ 10^decimals`; `decimals` may be negative.
    Scaled {
        /// The digits.
        scaled: i128,
        /// How many of them stand after the point.
        decimals: i8,
    },
    /// Yes or no.
    Bool(bool),
    /// A day.
    Date(Date),
    /// Which label, counted from 0 in the order of the measure's; or which day, counted from
    /// 1970-01-01.
    Index(i64),
}

/// A cell that was read.
pub(crate) struct Read {
    pub(crate) value: i64,
    pub(crate) rounded: bool,
    /// A percent sign was typed, or the cell is formatted so.
    pub(crate) signed: bool,
}

impl Read {
    fn plain(value: i64) -> Read {
        Read {
            value,
            rounded: false,
            signed: false,
        }
    }
}

/// Reads a cell into a measure: its stored form, or what is wrong with it (without a place).
pub(crate) fn read(measure: &MeasurePlan, cell: Cell<'_>) -> Result<Read, Fault> {
    let normalised;
    let cell = match cell {
        Cell::Text(text) => {
            normalised = normalise(text);
            match normalised.as_ref() {
                "" => Cell::Blank,
                NOT_APPLICABLE_WORD => Cell::NotApplicable,
                text => Cell::Text(text),
            }
        }
        cell => cell,
    };
    match cell {
        Cell::Blank => return Ok(Read::plain(MISSING)),
        Cell::NotApplicable => return Ok(Read::plain(NOT_APPLICABLE)),
        _ => {}
    }
    match measure.kind {
        MeasureKind::Count | MeasureKind::Number => read_number(measure, cell),
        MeasureKind::YesNo => read_yes_no(measure, cell).map(|yes| Read::plain(i64::from(yes))),
        MeasureKind::Label => read_label(measure, cell),
        MeasureKind::Date => read_date(measure, cell).map(|date| Read::plain(days_of(date))),
    }
}

/// Full-width forms become ASCII, outer blanks go.
pub(crate) fn normalise(text: &str) -> Cow<'_, str> {
    let folded = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2212}' => '-',
        _ => c,
    };
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if trimmed.is_ascii() {
        return Cow::Borrowed(trimmed);
    }
    let plain: String = trimmed.chars().map(folded).collect();
    Cow::Owned(plain.trim().to_owned())
}

fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::NotApplicable => NOT_APPLICABLE_WORD.to_owned(),
        Cell::Text(text) => text.to_owned(),
        Cell::Integer(whole) => whole.to_string(),
        Cell::Float(float) => float.to_string(),
        // As a spreadsheet shows it, without the digits that are a float's own.
        Cell::Percentage(float) => format!("{}%", (float * 1e12).round() / 1e10),
        Cell::Scaled { scaled, decimals } => format!("{scaled}e{}", -i32::from(decimals)),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Index(index) => format!("#{index}"),
    }
}

fn unreadable(code: FaultCode, cell: Cell<'_>, expected: Text) -> Fault {
    Fault::new(code).found(shown(cell)).expected(expected)
}

/// What a cell of the measure should hold.
pub(super) fn expected(measure: &MeasurePlan) -> Text {
    match measure.kind {
        MeasureKind::Count => Text::new("非负整数", "a whole number, at least 0"),
        MeasureKind::Number => Text::new("数值", "a number"),
        MeasureKind::YesNo => expected_yes_no(),
        MeasureKind::Label => Text::new(measure.labels.join("、"), measure.labels.join(", ")),
        MeasureKind::Date => Text::new("日期\u{ff0c}如 2020-07-23", "a date such as 2020-07-23"),
    }
}

fn expected_yes_no() -> Text {
    Text::new(
        "是/否、有/无、\u{221a}/\u{d7}",
        "yes/no, 是/否, 有/无, \u{221a}/\u{d7}, true/false or 1/0",
    )
}

fn read_number(measure: &MeasurePlan, cell: Cell<'_>) -> Result<Read, Fault> {
    let wrong = |code| unreadable(code, cell, expected(measure));
    let out = || {
        unreadable(
            FaultCode::ValueRange,
            cell,
            Text::new("绝对值不超过 10¹²", "at most 10¹² in size"),
        )
    };
    let exact = |value: Option<Decimal>| {
        value.map(|value| ReadNumber {
            value,
            rounded: false,
        })
    };
    let mut signed = false;
    let number = match cell {
        Cell::Text(text) => {
            let (digits, sign) = split_sign(text);
            signed = sign.is_some();
            let shift = match (sign, measure.takes_parts(measure.kind)) {
                (None, _) => 0,
                (Some(sign), true) => places(measure.sign) - places(Some(sign)),
                (Some(_), false) => return Err(wrong(FaultCode::Value)),
            };
            Decimal::read(digits, shift).map_err(|fault| match fault {
                DecimalFault::Form => wrong(FaultCode::Value),
                DecimalFault::Range => out(),
            })?
        }
        Cell::Integer(whole) => exact(Decimal::from_i64(whole)).ok_or_else(out)?,
        Cell::Scaled { scaled, decimals } => {
            Decimal::from_scaled(scaled, i32::from(decimals)).ok_or_else(out)?
        }
        Cell::Float(float) if !float.is_finite() => return Err(wrong(FaultCode::Value)),
        Cell::Float(float) => exact(Decimal::from_f64(float)).ok_or_else(out)?,
        Cell::Percentage(float) if measure.takes_parts(measure.kind) && float.is_finite() => {
            signed = true;
            let per_whole = measure.sign.map_or(1, PartSign::per_whole) as u16;
            exact(Decimal::from_f64_times(float, per_whole)).ok_or_else(out)?
        }
        _ => return Err(wrong(FaultCode::ValueType)),
    };
    let value = Rational::from(number.value);
    if measure.kind == MeasureKind::Count && !value.is_integer() {
        return Err(wrong(FaultCode::Value));
    }
    check_range(measure, cell, &value)?;
    Ok(Read {
        value: number.value.millionths(),
        rounded: number.rounded,
        signed,
    })
}

/// The measure's own range, then what each rule asks of a mark.
fn check_range(measure: &MeasurePlan, cell: Cell<'_>, value: &Rational) -> Result<(), Fault> {
    let below = measure.min.as_ref().is_some_and(|min| value < min);
    let above = measure.max.as_ref().is_some_and(|max| value > max);
    if below || above {
        let expected = match (&measure.min, &measure.max) {
            (Some(min), Some(max)) => {
                Text::new(format!("{min} 至 {max}"), format!("{min} to {max}"))
            }
            (Some(min), None) => Text::new(format!("不小于 {min}"), format!("at least {min}")),
            (_, max) => {
                let max = max.clone().unwrap_or_default();
                Text::new(format!("不大于 {max}"), format!("at most {max}"))
            }
        };
        return Err(unreadable(FaultCode::ValueRange, cell, expected));
    }
    for demand in &measure.demands {
        let (min, max) = (&demand.min, &demand.max);
        if value < min || value > max {
            let expected = Text::new(
                format!("{} 的 {min} 至 {max}", demand.code),
                format!("{min} to {max} for {}", demand.code),
            );
            return Err(unreadable(FaultCode::ValueRange, cell, expected));
        }
        if let Some(step) = &demand.step
            && !(value - min)
                .checked_div(step)
                .is_some_and(|steps| steps.is_integer())
        {
            let expected = Text::new(
                format!("{} 的 {min} 起每 {step} 一档", demand.code),
                format!("{min} and then steps of {step} for {}", demand.code),
            );
            return Err(unreadable(FaultCode::ValueStep, cell, expected));
        }
    }
    Ok(())
}

fn split_sign(text: &str) -> (&str, Option<PartSign>) {
    for sign in [PartSign::Percent, PartSign::PerMille] {
        if let Some(digits) = text.strip_suffix(sign.as_str()) {
            return (digits.trim_end(), Some(sign));
        }
    }
    (text, None)
}

/// How far the point of a unit's numbers is moved: 2 for hundredths.
fn places(sign: Option<PartSign>) -> i32 {
    match sign {
        None => 0,
        Some(PartSign::Percent) => 2,
        Some(PartSign::PerMille) => 3,
    }
}

fn read_yes_no(measure: &MeasurePlan, cell: Cell<'_>) -> Result<bool, Fault> {
    yes_or_no(cell).ok_or_else(|| unreadable(FaultCode::Value, cell, expected(measure)))
}

fn yes_or_no(cell: Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Bool(yes) => Some(yes),
        Cell::Integer(1) => Some(true),
        Cell::Integer(0) => Some(false),
        Cell::Float(1.0) => Some(true),
        Cell::Float(0.0) => Some(false),
        Cell::Scaled { scaled, decimals } => {
            let number = Decimal::from_scaled(scaled, i32::from(decimals));
            match number.filter(|read| !read.rounded).map(|read| read.value) {
                Some(value) if value == Decimal::default() => Some(false),
                Some(value) if Some(value) == Decimal::from_i64(1) => Some(true),
                _ => None,
            }
        }
        Cell::Text(text) => match text.to_ascii_lowercase().as_str() {
            "是" | "有" | "\u{221a}" | "\u{2713}" | "\u{2714}" | "yes" | "true" | "1" => {
                Some(true)
            }
            "否" | "无" | "\u{d7}" | "\u{2717}" | "\u{2718}" | "no" | "false" | "0" => {
                Some(false)
            }
            _ => None,
        },
        _ => None,
    }
}

fn read_label(measure: &MeasurePlan, cell: Cell<'_>) -> Result<Read, Fault> {
    if let Cell::Index(index) = cell
        && (0..measure.labels.len() as i64).contains(&index)
    {
        return Ok(Read::plain(index));
    }
    let whole;
    let text = match cell {
        Cell::Text(text) => Some(text),
        // Labels such as 1 to 5 are typed as numbers, and blanks make floats of them.
        Cell::Integer(_) => {
            whole = shown(cell);
            Some(whole.as_str())
        }
        Cell::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => {
            whole = shown(Cell::Integer(float as i64));
            Some(whole.as_str())
        }
        _ => None,
    };
    let index = text.and_then(|text| {
        let mut labels = measure.labels.iter();
        labels.position(|label| normalise(label) == text)
    });
    match index {
        Some(index) => Ok(Read::plain(index as i64)),
        None => Err(unreadable(FaultCode::ValueLabel, cell, expected(measure))),
    }
}

fn read_date(measure: &MeasurePlan, cell: Cell<'_>) -> Result<Date, Fault> {
    let date = match cell {
        Cell::Date(date) => Some(date),
        Cell::Text(text) => parse_date(text),
        Cell::Index(days) => date_of(days),
        _ => None,
    };
    date.ok_or_else(|| unreadable(FaultCode::Value, cell, expected(measure)))
}

/// `2020-07-23`, `2020/7/23`, `2020.7.23`, `2020年7月23日`.
fn parse_date(text: &str) -> Option<Date> {
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let mut next = |longest: usize| {
        let part = parts.next()?;
        let sound = (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        sound.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Does something with [`text_of`] a cell, which for most is what it holds.
pub(crate) fn with_text<T>(cell: Cell<'_>, then: impl FnOnce(&str) -> T) -> T {
    match cell {
        Cell::Text(text) => then(text.trim()),
        cell => then(&text_of(cell)),
    }
}

/// A code or an attribute: text as it is, a whole number in digits.
pub(crate) fn text_of(cell: Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::NotApplicable => NOT_APPLICABLE_WORD.to_owned(),
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Integer(whole) | Cell::Index(whole) => whole.to_string(),
        Cell::Float(float) | Cell::Percentage(float) => float.to_string(),
        Cell::Scaled {
            scaled,
            decimals: 0,
        } => scaled.to_string(),
        Cell::Scaled { scaled, decimals } => format!("{scaled}e{}", -i32::from(decimals)),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Date(date) => date.to_string(),
    }
}

impl Cell<'_> {
    /// The cell as a person sees it: a code, a name; blank for nothing.
    ///
    /// ```
    /// use dabiao::Cell;
    /// assert_eq!(Cell::Text(" c1 ").to_text(), "c1");
    /// assert_eq!(Cell::Integer(371002).to_text(), "371002");
    /// ```
    #[must_use]
    pub fn to_text(self) -> String {
        text_of(self)
    }

    /// A yes-no as a table of observations has it; nothing where it is blank.
    ///
    /// # Errors
    /// [`FaultCode::Value`], without a place.
    ///
    /// ```
    /// use dabiao::Cell;
    /// assert_eq!(Cell::Text("是").to_yes_no().unwrap(), Some(true));
    /// assert_eq!(Cell::Text("").to_yes_no().unwrap(), None);
    /// assert!(Cell::Text("maybe").to_yes_no().is_err());
    /// ```
    pub fn to_yes_no(self) -> Result<Option<bool>, Fault> {
        let read = match self {
            Cell::Blank => return Ok(None),
            Cell::Text(text) => match normalise(text).as_ref() {
                "" => return Ok(None),
                text => yes_or_no(Cell::Text(text)),
            },
            cell => yes_or_no(cell),
        };
        let wrong = || unreadable(FaultCode::Value, self, expected_yes_no());
        read.map(Some).ok_or_else(wrong)
    }

    /// A whole number, at least 0, as a table of observations has it; nothing where it is
    /// blank.
    ///
    /// # Errors
    /// [`FaultCode::Value`], without a place.
    ///
    /// ```
    /// use dabiao::Cell;
    /// assert_eq!(Cell::Text("1,359").to_count().unwrap(), Some(1359));
    /// assert!(Cell::Text("-1").to_count().is_err());
    /// ```
    pub fn to_count(self) -> Result<Option<u64>, Fault> {
        let number = match self {
            Cell::Blank => return Ok(None),
            Cell::Text(text) => match normalise(text).as_ref() {
                "" => return Ok(None),
                text => Decimal::read(text, 0).ok(),
            },
            Cell::Integer(whole) => Decimal::from_i64(whole).map(exactly),
            Cell::Scaled { scaled, decimals } => Decimal::from_scaled(scaled, i32::from(decimals)),
            Cell::Float(float) if float.is_finite() => Decimal::from_f64(float).map(exactly),
            _ => None,
        };
        let whole = number
            .filter(|number| !number.rounded)
            .map(|number| Rational::from(number.value))
            .filter(Rational::is_integer);
        let count = whole.and_then(|whole| u64::try_from(whole.floor()?).ok());
        count.map(Some).ok_or_else(|| {
            let expected = Text::new("非负整数", "a whole number, at least 0");
            unreadable(FaultCode::Value, self, expected)
        })
    }
}

/// A number as people type it into a table (§2.1), but exact, and perhaps a fraction `n/d`.
pub(crate) fn number_of(text: &str) -> Option<Rational> {
    let text = normalise(text);
    let part = |part: &str| {
        let part = part.trim();
        Decimal::read(part, 0).ok()?;
        part.replace(',', "").parse::<Rational>().ok()
    };
    match text.split_once('/') {
        Some((above, below)) => part(above)?.checked_div(&part(below)?),
        None => part(&text),
    }
}

fn exactly(value: Decimal) -> ReadNumber {
    ReadNumber {
        value,
        rounded: false,
    }
}
