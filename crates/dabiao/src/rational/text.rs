//! Numbers as text: read, printed, shown to people, serialised.

use std::fmt;
use std::str::FromStr;

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::words::{self, Wide};
use super::{Form, MAX_DIGITS, Rational, Rounding};

/// A text that is neither a decimal nor a fraction of two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number: expected a decimal such as 16.2 or a fraction such as 1/3")]
pub struct NotANumber;

impl Rational {
    /// Written for people: at most `decimals` digits (half-up), no trailing zeros.
    ///
    /// ```
    /// let share = dabiao::Rational::ratio(2, 3).unwrap();
    /// assert_eq!(share.display(6), "0.666667");
    /// ```
    #[must_use]
    pub fn display(&self, decimals: u8) -> String {
        let (negative, digits) = match self.round_small(decimals, Rounding::HalfUp) {
            Some(scaled) => (scaled < 0, scaled.unsigned_abs().to_string()),
            None => {
                let scaled = self.round_unbounded(decimals, Rounding::HalfUp);
                let negative = scaled < IBig::ZERO;
                (
                    negative,
                    if negative { -scaled } else { scaled }.to_string(),
                )
            }
        };
        let width = usize::from(decimals);
        if width == 0 {
            return if negative {
                format!("-{digits}")
            } else {
                digits
            };
        }
        let padded = format!("{digits:0>fill$}", fill = width + 1);
        let (whole, fraction) = padded.split_at(padded.len() - width);
        let fraction = fraction.trim_end_matches('0');
        let sign = if negative { "-" } else { "" };
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        }
    }

    /// How many digits after the point write it exactly, where any number does.
    pub(super) fn exact_decimals(&self) -> Option<u8> {
        let Some((_, denominator)) = self.small() else {
            return (0..=MAX_DIGITS as u8).find(|digits| self.fits_decimals(*digits));
        };
        let digits = u8::try_from(words::places(denominator.get())?).ok();
        digits.filter(|digits| usize::from(*digits) <= MAX_DIGITS)
    }
}

fn parse_decimal(text: &str) -> Result<Rational, NotANumber> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => {
            let exponent: i32 = text[at + 1..].parse().map_err(|_| NotANumber)?;
            (&text[..at], exponent)
        }
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.as_bytes().first() {
        Some(b'-') => (true, &mantissa[1..]),
        Some(b'+') => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let places = fraction.len() as i64 - i64::from(exponent);
    let sound = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !sound || digits.len() > 2 * MAX_DIGITS || places.unsigned_abs() > MAX_DIGITS as u64 {
        return Err(NotANumber);
    }
    if let (Ok(magnitude), Some(unit)) = (
        digits.parse::<u128>(),
        u32::try_from(places)
            .ok()
            .and_then(|places| 10u128.checked_pow(places)),
    ) {
        return Ok(Rational::of_wide(Wide::reduced(negative, magnitude, unit)));
    }
    let magnitude = UBig::from_str_radix(&digits, 10).map_err(|_| NotANumber)?;
    let power = UBig::from(10u8).pow(places.unsigned_abs() as usize);
    let value = if places >= 0 {
        RBig::from_parts(IBig::from(magnitude), power)
    } else {
        RBig::from(magnitude * power)
    };
    Ok(Rational::of_big(if negative { -value } else { value }))
}

impl FromStr for Rational {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        match text.split_once('/') {
            None => parse_decimal(text.trim()),
            Some((numerator, denominator)) => {
                let numerator = parse_decimal(numerator.trim())?;
                let denominator = parse_decimal(denominator.trim())?;
                numerator.checked_div(&denominator).ok_or(NotANumber)
            }
        }
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exact_decimals() {
            Some(digits) => f.write_str(&self.display(digits)),
            None => match &self.0 {
                Form::Small(numerator, denominator) => write!(f, "{numerator}/{denominator}"),
                Form::Big(big) => write!(f, "{}/{}", big.numerator(), big.denominator()),
            },
        }
    }
}

impl Serialize for Rational {
    /// As text, so that no reader turns it into a binary float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rational {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
