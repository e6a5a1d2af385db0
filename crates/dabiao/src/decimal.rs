//! Observed numbers: exact decimals with at most 6 digits after the point (docs/semantics.md §2.1).

use std::fmt;

use crate::rational::Rational;

/// A number as it is observed: a whole number of millionths, |v| ≤ 10¹².
///
/// ```
/// use dabiao::Decimal;
/// assert_eq!(Decimal::from_f64(0.1 + 0.2).unwrap().to_string(), "0.3");
/// assert_eq!(Decimal::MAX.to_string(), "1000000000000");
/// assert!(Decimal::from_f64(f64::NAN).is_none());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i64);

/// What reading a number's text gave beside the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadNumber {
    pub(crate) value: Decimal,
    /// Whether digits beyond the sixth were rounded away.
    pub(crate) rounded: bool,
}

impl Decimal {
    /// Digits after the point.
    pub const DIGITS: u8 = 6;
    /// How many make 1.
    const SCALE: i64 = 1_000_000;
    /// The greatest: 10¹².
    pub const MAX: Decimal = Decimal(1_000_000_000_000 * Decimal::SCALE);
    /// The least: −10¹².
    pub const MIN: Decimal = Decimal(-Decimal::MAX.0);

    /// From millionths, or nothing beyond ±10¹².
    #[inline]
    #[must_use]
    pub fn from_millionths(millionths: i64) -> Option<Self> {
        (Decimal::MIN.0..=Decimal::MAX.0)
            .contains(&millionths)
            .then_some(Decimal(millionths))
    }

    /// In millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// A whole number, or nothing beyond ±10¹².
    #[inline]
    #[must_use]
    pub fn from_i64(whole: i64) -> Option<Self> {
        whole
            .checked_mul(Decimal::SCALE)
            .and_then(Decimal::from_millionths)
    }

    /// The nearest decimal to a binary float, ties away from zero; nothing for NaN, an
    /// infinity, or a value beyond ±10¹².
    #[must_use]
    pub fn from_f64(float: f64) -> Option<Self> {
        Decimal::from_f64_times(float, 1)
    }

    /// The nearest decimal to `float × factor`, where the product is never a float.
    pub(crate) fn from_f64_times(float: f64, factor: u16) -> Option<Self> {
        if !float.is_finite() || float.abs() > 1e12 {
            return None;
        }
        let bits = float.to_bits();
        let exponent_bits = ((bits >> 52) & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = match exponent_bits {
            0 => (fraction, -1074),
            _ => (fraction | (1 << 52), exponent_bits - 1075),
        };
        // Below 2^53 · 2^20 · 2^16: there is room for the rounding.
        let scaled = u128::from(mantissa) * Decimal::SCALE as u128 * u128::from(factor);
        let magnitude = match exponent {
            0.. => scaled << exponent,
            -120..0 => (scaled + (1 << (-exponent - 1))) >> -exponent,
            _ => 0,
        };
        let magnitude = i64::try_from(magnitude).ok()?;
        Decimal::from_millionths(if float < 0.0 { -magnitude } else { magnitude })
    }

    /// From an integer scaled by `10^decimals`, rounded half-up where there are more than
    /// 6 of them; nothing beyond ±10¹².
    pub(crate) fn from_scaled(scaled: i128, decimals: i32) -> Option<ReadNumber> {
        let shift = decimals - i32::from(Decimal::DIGITS);
        if scaled == 0 || shift > 38 {
            return Some(ReadNumber {
                value: Decimal(0),
                rounded: scaled != 0,
            });
        }
        let (power, magnitude) = (
            10i128.checked_pow(shift.unsigned_abs())?,
            scaled.checked_abs()?,
        );
        let (magnitude, rounded) = if shift <= 0 {
            (magnitude.checked_mul(power)?, false)
        } else {
            let (quotient, rest) = (magnitude / power, magnitude % power);
            (quotient + i128::from(rest >= power - rest), rest != 0)
        };
        let magnitude = i64::try_from(magnitude).ok()?;
        let value = Decimal::from_millionths(if scaled < 0 { -magnitude } else { magnitude })?;
        Some(ReadNumber { value, rounded })
    }

    /// Reads plain ASCII text: sign, digits, thousands commas in their right places, a
    /// point, an exponent; then moves the point by `shift` places.
    pub(crate) fn read(text: &str, shift: i32) -> Result<ReadNumber, DecimalFault> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            // An exponent of more digits than this is out of range, or of zero.
            Some((mantissa, exponent)) => (
                mantissa,
                exponent.parse::<i16>().map_err(|_| DecimalFault::Form)?,
            ),
            None => (text, 0),
        };
        let negative = mantissa.starts_with('-');
        let mantissa = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if !is_grouped(whole)
            || !fraction.bytes().all(|b| b.is_ascii_digit())
            || (whole.is_empty() && fraction.is_empty())
        {
            return Err(DecimalFault::Form);
        }
        let digits = || {
            whole
                .bytes()
                .filter(|b| *b != b',')
                .chain(fraction.bytes())
                .map(|b| b - b'0')
        };
        let whole_digits = whole.bytes().filter(|b| *b != b',').count() as i64;
        // Digits before this position are kept: those down to the millionths.
        let kept =
            whole_digits + i64::from(exponent) + i64::from(shift) + i64::from(Decimal::DIGITS);
        let (mut magnitude, mut rounded, mut up, mut count) = (0i64, false, false, 0i64);
        for digit in digits() {
            if count < kept {
                magnitude = magnitude
                    .checked_mul(10)
                    .and_then(|m| m.checked_add(i64::from(digit)))
                    .ok_or(DecimalFault::Range)?;
            } else {
                up |= count == kept && digit >= 5;
                rounded |= digit != 0;
            }
            count += 1;
        }
        for _ in count..kept {
            if magnitude == 0 {
                break;
            }
            magnitude = magnitude.checked_mul(10).ok_or(DecimalFault::Range)?;
        }
        magnitude = magnitude
            .checked_add(i64::from(up))
            .ok_or(DecimalFault::Range)?;
        let value = Decimal::from_millionths(if negative { -magnitude } else { magnitude })
            .ok_or(DecimalFault::Range)?;
        Ok(ReadNumber { value, rounded })
    }
}

/// Why a text is no decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecimalFault {
    /// It is not written as a number.
    Form,
    /// It is beyond ±10¹².
    Range,
}

/// Digits with no comma, or with a comma before every three.
fn is_grouped(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    if !whole.contains(',') {
        return digits(first);
    }
    (1..=3).contains(&first.len()) && digits(first) && groups.all(|g| g.len() == 3 && digits(g))
}

impl From<Decimal> for Rational {
    fn from(decimal: Decimal) -> Rational {
        Rational::from_scaled(i128::from(decimal.0), Decimal::DIGITS)
    }
}

impl fmt::Display for Decimal {
    /// Without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let (whole, fraction) = (magnitude / 1_000_000, magnitude % 1_000_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, DecimalFault> {
        Decimal::read(text, 0)
            .map(|n| format!("{}{}", n.value, if n.rounded { " rounded" } else { "" }))
    }

    #[test]
    fn text_is_read_exactly() {
        for (text, value) in [
            ("0", "0"),
            ("-0", "0"),
            ("+5", "5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1,359", "1359"),
            ("12,345,678.9", "12345678.9"),
            ("1e3", "1000"),
            ("1.5E-2", "0.015"),
            ("0.1234565", "0.123457 rounded"),
            ("-0.1234565", "-0.123457 rounded"),
            ("0.1234564999", "0.123456 rounded"),
            ("1.50000000000", "1.5"),
            ("0.0000005", "0.000001 rounded"),
            ("0.00000049", "0 rounded"),
            ("1000000000000", "1000000000000"),
            ("0e999", "0"),
            ("1e-300", "0 rounded"),
            ("000000000000000000000000000012", "12"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(value), "{text}");
        }
        for text in [
            "", ".", "-", "1,35", "1,3590", ",359", "1359,", "1,359,", "abc", "1e", "1e1.5",
            "1.2.3", "--1", "0x10", "1_000", "1e99999", "inf", "NaN", "1.5,000",
        ] {
            assert_eq!(read(text), Err(DecimalFault::Form), "{text}");
        }
        for text in [
            "1000000000000.000001",
            "1e13",
            "99999999999999999999",
            "1e300",
        ] {
            assert_eq!(read(text), Err(DecimalFault::Range), "{text}");
        }
        assert_eq!(Decimal::read("95", -2).unwrap().value.to_string(), "0.95");
    }

    #[test]
    fn floats_go_to_the_nearest_decimal() {
        for (float, value) in [
            (0.95, "0.95"),
            (-0.1, "-0.1"),
            (1e12, "1000000000000"),
            (1e-7, "0"),
            (5e-324, "0"),
            (0.0000005, "0"),
            (2.5e-6, "0.000003"),
            (1.0 / 3.0, "0.333333"),
            (123456.7890125, "123456.789012"),
        ] {
            assert_eq!(
                Decimal::from_f64(float).unwrap().to_string(),
                value,
                "{float}"
            );
        }
        for float in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            1.0000001e12,
            f64::MAX,
        ] {
            assert!(Decimal::from_f64(float).is_none(), "{float}");
        }
        assert_eq!(
            Decimal::from_f64_times(0.95, 100).unwrap().to_string(),
            "95"
        );
    }
}
