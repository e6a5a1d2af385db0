//! Exact rational numbers: what is computed between a cell and a published point.

mod operators;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU64;

use dashu_int::{IBig, Sign, UBig};
use dashu_ratio::RBig;
use serde::Serialize;

pub use text::NotANumber;
use words::Wide;

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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rational(Form);

/// How a number is held. Each number has one form alone, so that equality and hash may go by form:
/// what fits machine words is always small, and both forms are in lowest terms.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    /// Numerator and denominator.
    Small(i64, NonZeroU64),
    Big(Box<RBig>),
}

/// No number in a standard has more digits, before or after the point.
const MAX_DIGITS: usize = 40;

impl Rational {
    /// 0.
    pub const ZERO: Rational = Rational(Form::Small(0, NonZeroU64::MIN));
    /// 1.
    pub const ONE: Rational = Rational(Form::Small(1, NonZeroU64::MIN));

    /// `numerator ÷ denominator`, or nothing where the denominator is 0.
    #[must_use]
    pub fn ratio(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator != 0).then(|| {
            Rational::of_wide(Wide::reduced(
                (numerator < 0) != (denominator < 0),
                numerator.unsigned_abs(),
                denominator.unsigned_abs(),
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
        match 10u128.checked_pow(u32::from(decimals)) {
            Some(unit) => Rational::of_wide(Wide::reduced(scaled < 0, scaled.unsigned_abs(), unit)),
            None => {
                let unit = UBig::from(10u8).pow(usize::from(decimals));
                Rational::of_big(RBig::from_parts(IBig::from(scaled), unit))
            }
        }
    }

    /// What fits machine words is held in them.
    fn of_wide(wide: Wide) -> Self {
        match wide.narrow() {
            Some((numerator, denominator)) => Rational(Form::Small(numerator, denominator)),
            None => {
                let sign = if wide.negative {
                    Sign::Negative
                } else {
                    Sign::Positive
                };
                let numerator = IBig::from_parts(sign, UBig::from(wide.numerator));
                let big = RBig::from_parts(numerator, UBig::from(wide.denominator));
                Rational(Form::Big(Box::new(big)))
            }
        }
    }

    /// A big fraction, in machine words where it fits them.
    fn of_big(big: RBig) -> Self {
        let denominator = u64::try_from(big.denominator()).ok();
        let narrow = i64::try_from(big.numerator())
            .ok()
            .zip(denominator.and_then(NonZeroU64::new));
        Rational(match narrow {
            Some((numerator, denominator)) => Form::Small(numerator, denominator),
            None => Form::Big(Box::new(big)),
        })
    }

    /// As a big fraction.
    fn big(&self) -> Cow<'_, RBig> {
        match &self.0 {
            Form::Small(numerator, denominator) => Cow::Owned(RBig::from_parts(
                IBig::from(*numerator),
                UBig::from(denominator.get()),
            )),
            Form::Big(big) => Cow::Borrowed(big),
        }
    }

    /// The quotient, or nothing where the divisor is 0.
    #[must_use]
    pub fn checked_div(&self, divisor: &Rational) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        Some(match (&self.0, &divisor.0) {
            (Form::Small(a, b), Form::Small(c, d)) => Rational::of_wide(words::product(
                (*a < 0) != (*c < 0),
                (a.unsigned_abs(), b.get()),
                (d.get(), c.unsigned_abs()),
            )),
            _ => Rational::of_big(self.big().as_ref() / divisor.big().as_ref()),
        })
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Rational::ZERO
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Form::Small(numerator, _) => *numerator < 0,
            Form::Big(big) => big.sign() == Sign::Negative,
        }
    }

    /// Whether it is a whole number.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_, denominator) => denominator.get() == 1,
            Form::Big(big) => big.is_int(),
        }
    }

    /// The whole number at or below it, where it fits.
    #[must_use]
    pub fn floor(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(numerator, denominator) => {
                let floor = i128::from(*numerator).div_euclid(i128::from(denominator.get()));
                i64::try_from(floor).ok()
            }
            Form::Big(big) => i64::try_from(big.floor()).ok(),
        }
    }

    /// The largest whole number at or below it, as a number.
    #[must_use]
    pub fn floor_exact(&self) -> Self {
        match &self.0 {
            Form::Small(..) => self.floor().map_or(Rational::ZERO, Rational::from),
            Form::Big(big) => Rational::of_big(RBig::from(big.floor())),
        }
    }

    /// The smallest whole number at or above it, as a number.
    #[must_use]
    pub fn ceil_exact(&self) -> Self {
        -(-self).floor_exact()
    }

    /// Its denominator, in lowest terms.
    pub(crate) fn denominator(&self) -> Self {
        match &self.0 {
            Form::Small(_, denominator) => {
                Rational::of_wide(Wide::reduced(false, denominator.get().into(), 1))
            }
            Form::Big(big) => Rational::of_big(RBig::from(big.denominator().clone())),
        }
    }

    /// The whole number that it is, where an `f64` holds it and its neighbours.
    pub(crate) fn to_whole(&self) -> Option<f64> {
        let (numerator, denominator) = self.as_integers()?;
        (denominator == 1.0).then_some(numerator)
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
        // What is not small has a part above 2^63.
        let (numerator, denominator) = self.small()?;
        (numerator.unsigned_abs().max(denominator.get()) < 1 << 53)
            .then_some((numerator as f64, denominator.get() as f64))
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

    /// Numerator and denominator, where it is held in machine words: nearly always.
    fn small(&self) -> Option<(i64, NonZeroU64)> {
        match self.0 {
            Form::Small(numerator, denominator) => Some((numerator, denominator)),
            Form::Big(_) => None,
        }
    }

    /// The same as [`Rational::round_unbounded`], where it needs no big integers.
    fn round_small(&self, decimals: u8, rounding: Rounding) -> Option<i128> {
        let (numerator, denominator) = self.small()?;
        words::round(numerator, denominator, decimals, rounding)
    }

    fn round_unbounded(&self, decimals: u8, rounding: Rounding) -> IBig {
        let scale = IBig::from(UBig::from(10u8).pow(usize::from(decimals)));
        let (numerator, denominator) = self.big().into_owned().into_parts();
        let (sign, magnitude) = numerator.into_parts();
        let denominator = IBig::from(denominator);
        let scaled = IBig::from(magnitude) * scale;
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
        quotient * sign
    }

    /// The nearest `f64`, for charts and estimates; never for scoring.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self.as_integers() {
            // Both are exact, and one division rounds once.
            Some((numerator, denominator)) => numerator / denominator,
            None => self.big().to_f64().value(),
        }
    }

    /// Whether it can be written with at most `decimals` digits after the point.
    #[must_use]
    pub fn fits_decimals(&self, decimals: u8) -> bool {
        match &self.0 {
            Form::Small(_, denominator) => {
                words::places(denominator.get()).is_some_and(|places| places <= decimals.into())
            }
            Form::Big(big) => {
                let scale = UBig::from(10u8).pow(usize::from(decimals));
                (scale % big.denominator()).is_zero()
            }
        }
    }
}

impl Default for Rational {
    fn default() -> Self {
        Rational::ZERO
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rational")
            .field(self.big().as_ref())
            .finish()
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Rational) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small(a, b), Form::Small(c, d)) if b == d => a.cmp(c),
            (Form::Small(a, b), Form::Small(c, d)) => {
                // At most 2^63 · (2^64 − 1) in size, below 2^127.
                let left = i128::from(*a) * i128::from(d.get());
                left.cmp(&(i128::from(*c) * i128::from(b.get())))
            }
            _ => self.big().as_ref().cmp(other.big().as_ref()),
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Rational) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Rational {
    fn from(whole: i64) -> Self {
        Rational(Form::Small(whole, NonZeroU64::MIN))
    }
}
