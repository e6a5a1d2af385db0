//! Exact rational numbers: what is computed between a cell and a published point.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How points are rounded to the standard's decimals (DESIGN.md §2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// 四舍五入: ties go away from zero.
    #[default]
    HalfUp,
    /// 四舍六入五成双, GB/T 8170: ties go to the even digit.
    HalfEven,
}

/// An exact rational number, unbounded, always in lowest terms.
///
/// It is read from a decimal (`"16.2"`, `"1e-3"`) or a fraction (`"1/3"`), never
/// from a binary float, and prints as a decimal where it has one.
///
/// ```
/// use dabiao::{Rational, Rounding};
/// let third: Rational = "1/3".parse()?;
/// assert_eq!((third.clone() + third.clone() + third.clone()), Rational::from(1));
/// assert_eq!(third.to_string(), "1/3");
/// assert_eq!("16.20".parse::<Rational>()?.to_string(), "16.2");
/// assert_eq!("0.125".parse::<Rational>()?.round(2, Rounding::HalfUp), Some(13));
/// assert_eq!("0.125".parse::<Rational>()?.round(2, Rounding::HalfEven), Some(12));
/// # Ok::<(), dabiao::NotANumber>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rational(RBig);

/// A text that is neither a decimal nor a fraction of two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number: expected a decimal such as 16.2 or a fraction such as 1/3")]
pub struct NotANumber;

/// No number in a standard has more digits, before or after the point.
const MAX_DIGITS: usize = 40;

impl Rational {
    /// 0.
    pub const ZERO: Rational = Rational(RBig::ZERO);
    /// 1.
    pub const ONE: Rational = Rational(RBig::ONE);

    /// `numerator ÷ denominator`, or nothing where the denominator is 0.
    #[must_use]
    pub fn ratio(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator != 0).then(|| {
            Rational(RBig::from_parts_signed(
                IBig::from(numerator),
                IBig::from(denominator),
            ))
        })
    }

    /// `scaled ÷ 10^decimals`.
    #[must_use]
    pub fn from_scaled(scaled: i128, decimals: u8) -> Self {
        // Most numbers are whole and small: no common divisor need be looked for.
        if let (Ok(small), Some(unit)) = (
            i64::try_from(scaled),
            10i64.checked_pow(u32::from(decimals)),
        ) && small % unit == 0
        {
            return Rational::from(small / unit);
        }
        let denominator = UBig::from(10u8).pow(usize::from(decimals));
        Rational(RBig::from_parts(IBig::from(scaled), denominator))
    }

    /// The quotient, or nothing where the divisor is 0.
    #[must_use]
    pub fn checked_div(&self, divisor: &Rational) -> Option<Self> {
        (!divisor.is_zero()).then(|| Rational(&self.0 / &divisor.0))
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        *self < Rational::ZERO
    }

    /// Whether it is a whole number.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.0.is_int()
    }

    /// The whole number at or below it, where it fits.
    #[must_use]
    pub fn floor(&self) -> Option<i64> {
        i64::try_from(self.0.floor()).ok()
    }

    /// The largest whole number at or below it, as a number.
    #[must_use]
    pub fn floor_exact(&self) -> Self {
        Rational(RBig::from(self.0.floor()))
    }

    /// The smallest whole number at or above it, as a number.
    #[must_use]
    pub fn ceil_exact(&self) -> Self {
        Rational(RBig::from(self.0.ceil()))
    }

    /// Its denominator, in lowest terms.
    pub(crate) fn denominator(&self) -> Self {
        Rational(RBig::from(self.0.denominator().clone()))
    }

    /// The whole number that it is, where an `f64` holds it and its neighbours.
    pub(crate) fn to_whole(&self) -> Option<f64> {
        let whole = i64::try_from(self.0.numerator())
            .ok()
            .filter(|_| self.is_integer())?;
        (whole.unsigned_abs() < 1 << 53).then_some(whole as f64)
    }

    /// Its numerator and denominator in lowest terms, where both are below 2⁵³ in size, so that an
    /// `f64` holds them and their neighbours exactly.
    ///
    /// ```
    /// use dabiao::Rational;
    /// let third: Rational = "1/3".parse()?;
    /// assert_eq!(third.as_integers(), Some((1.0, 3.0)));
    /// # Ok::<(), dabiao::NotANumber>(())
    /// ```
    #[must_use]
    pub fn as_integers(&self) -> Option<(f64, f64)> {
        let denominator = self.denominator();
        Some(((self * &denominator).to_whole()?, denominator.to_whole()?))
    }

    /// Its distance from 0.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() {
            -self
        } else {
            self.clone()
        }
    }

    /// Held between two bounds; where they cross, the lower one wins.
    #[must_use]
    pub fn clamped(self, low: Option<&Rational>, high: Option<&Rational>) -> Self {
        let mut held = self;
        if let Some(high) = high
            && held > *high
        {
            held = high.clone();
        }
        if let Some(low) = low
            && held < *low
        {
            held = low.clone();
        }
        held
    }

    /// Rounded once to `decimals` digits, as an integer scaled by `10^decimals`;
    /// nothing where that does not fit.
    #[must_use]
    pub fn round(&self, decimals: u8, rounding: Rounding) -> Option<i64> {
        match self.round_small(decimals, rounding) {
            Some(scaled) => i64::try_from(scaled).ok(),
            None => i64::try_from(self.round_unbounded(decimals, rounding)).ok(),
        }
    }

    /// Numerator and denominator, where each fits 64 bits: nearly always.
    fn small(&self) -> Option<(i64, u64)> {
        let numerator = i64::try_from(self.0.numerator()).ok()?;
        Some((numerator, u64::try_from(self.0.denominator()).ok()?))
    }

    /// The same as [`Rational::round_unbounded`], where it needs no big integers.
    fn round_small(&self, decimals: u8, rounding: Rounding) -> Option<i128> {
        const DIGITS: u8 = 18;
        let (numerator, denominator) = self.small()?;
        if decimals > DIGITS {
            return None;
        }
        // Below 2^63 · 2^60, and twice a rest below 2^65: there is room.
        let scaled = u128::from(numerator.unsigned_abs()) * 10u128.pow(u32::from(decimals));
        let denominator = u128::from(denominator);
        let (quotient, twice_rest) = (scaled / denominator, scaled % denominator * 2);
        let up = match rounding {
            Rounding::HalfUp => twice_rest >= denominator,
            Rounding::HalfEven => {
                twice_rest > denominator || (twice_rest == denominator && quotient % 2 == 1)
            }
        };
        let magnitude = i128::try_from(quotient + u128::from(up)).ok()?;
        Some(if numerator < 0 { -magnitude } else { magnitude })
    }

    fn round_unbounded(&self, decimals: u8, rounding: Rounding) -> IBig {
        let scale = IBig::from(UBig::from(10u8).pow(usize::from(decimals)));
        let denominator = IBig::from(self.0.denominator().clone());
        let magnitude = self.abs();
        let scaled = magnitude.0.numerator() * scale;
        let mut quotient = &scaled / &denominator;
        let twice_rest = (&scaled - &quotient * &denominator) * IBig::from(2);
        let odd = !(&quotient % IBig::from(2)).is_zero();
        let up = match rounding {
            Rounding::HalfUp => twice_rest >= denominator,
            Rounding::HalfEven => twice_rest > denominator || (twice_rest == denominator && odd),
        };
        if up {
            quotient += IBig::ONE;
        }
        if self.is_negative() {
            -quotient
        } else {
            quotient
        }
    }

    /// The nearest `f64`, for charts and estimates; never for scoring.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().value()
    }

    /// Whether it can be written with at most `decimals` digits after the point.
    #[must_use]
    pub fn fits_decimals(&self, decimals: u8) -> bool {
        let scale = UBig::from(10u8).pow(usize::from(decimals));
        (scale % self.0.denominator()).is_zero()
    }

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
    fn exact_decimals(&self) -> Option<u8> {
        let Some((_, mut denominator)) = self.small() else {
            return (0..=MAX_DIGITS as u8).find(|digits| self.fits_decimals(*digits));
        };
        // So many digits as the greater of the powers of 2 and of 5; any other factor has none.
        let twos = denominator.trailing_zeros();
        denominator >>= twos;
        let mut fives = 0;
        while denominator % 5 == 0 {
            denominator /= 5;
            fives += 1;
        }
        let digits = u8::try_from(twos.max(fives)).ok();
        digits.filter(|digits| denominator == 1 && usize::from(*digits) <= MAX_DIGITS)
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
    let magnitude = UBig::from_str_radix(&digits, 10).map_err(|_| NotANumber)?;
    let power = UBig::from(10u8).pow(places.unsigned_abs() as usize);
    let value = if places >= 0 {
        RBig::from_parts(IBig::from(magnitude), power)
    } else {
        RBig::from(magnitude * power)
    };
    Ok(Rational(if negative { -value } else { value }))
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
            None => write!(f, "{}/{}", self.0.numerator(), self.0.denominator()),
        }
    }
}

impl From<i64> for Rational {
    fn from(whole: i64) -> Self {
        Rational(RBig::from(IBig::from(whole)))
    }
}

macro_rules! binary_operators {
    ($($operator:ident $method:ident),*) => {$(
        impl $operator for Rational {
            type Output = Rational;
            fn $method(self, other: Rational) -> Rational {
                Rational(self.0.$method(other.0))
            }
        }
        impl $operator<&Rational> for &Rational {
            type Output = Rational;
            fn $method(self, other: &Rational) -> Rational {
                Rational((&self.0).$method(&other.0))
            }
        }
    )*};
}
binary_operators!(Add add, Sub sub, Mul mul);

impl Neg for Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        Rational(-self.0)
    }
}

impl Neg for &Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        Rational(-self.0.clone())
    }
}

impl Sum for Rational {
    fn sum<I: Iterator<Item = Rational>>(terms: I) -> Rational {
        terms.fold(Rational::ZERO, |total, term| total + term)
    }
}

impl<'a> Sum<&'a Rational> for Rational {
    fn sum<I: Iterator<Item = &'a Rational>>(terms: I) -> Rational {
        terms.fold(Rational::ZERO, |total, term| &total + term)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is done in machine words is what big integers give.
        #[test]
        fn small_and_big_round_alike(
            numerator in prop_oneof![any::<i64>(), -10_000i64..10_000],
            denominator in prop_oneof![1i64..=i64::MAX, 1i64..=100, Just(64), Just(125), Just(1_000_000)],
            decimals in 0u8..=18,
        ) {
            let number = Rational::ratio(numerator.into(), denominator.into()).unwrap();
            for rounding in [Rounding::HalfUp, Rounding::HalfEven] {
                let small = number.round_small(decimals, rounding).unwrap();
                prop_assert_eq!(IBig::from(small), number.round_unbounded(decimals, rounding));
            }
            let exact = (0..=MAX_DIGITS as u8).find(|digits| number.fits_decimals(*digits));
            prop_assert_eq!(number.exact_decimals(), exact);
            let printed: Rational = number.to_string().parse().unwrap();
            prop_assert_eq!(&printed, &number);
            let shown = number.display(decimals);
            let unit = Rational::from_scaled(1, decimals);
            let half = &unit * &Rational::ratio(1, 2).unwrap();
            let read: Rational = shown.parse().unwrap();
            prop_assert!((&read - &number).abs() <= half, "{} as {}", number, shown);
        }
    }

    #[test]
    fn what_fits_no_machine_word_is_printed_as_well() {
        let ten = Rational::from(10);
        let huge = (0..30).fold(Rational::ONE, |product, _| &product * &ten);
        let number = &huge + &Rational::ratio(-1, 8).unwrap();
        assert_eq!(number.to_string(), format!("{}.875", "9".repeat(30)));
        assert_eq!(number.display(2), format!("{}.88", "9".repeat(30)));
        assert_eq!((-number).display(0), format!("-1{}", "0".repeat(30)));
        assert_eq!(Rational::ratio(-1, 3).unwrap().display(0), "0");
        assert_eq!(Rational::ratio(-2, 3).unwrap().display(0), "-1");
    }
}
