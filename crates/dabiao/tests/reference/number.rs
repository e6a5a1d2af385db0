//! Exact numbers of the reference: `num-rational`, shared with nothing in the engine.

use num_bigint::BigInt;
use num_rational::BigRational;

use dabiao::{Rational, Rounding};

/// An exact number.
pub(crate) type Q = BigRational;

/// A whole number.
pub(crate) fn whole(n: i64) -> Q {
    Q::from_integer(BigInt::from(n))
}

/// 0.
pub(crate) fn zero() -> Q {
    whole(0)
}

/// 10^n.
pub(crate) fn power_of_ten(n: u8) -> Q {
    Q::from_integer(BigInt::from(10).pow(u32::from(n)))
}

/// A number of a document, by way of its text: the engine's arithmetic has no part in it.
pub(crate) fn of(number: &Rational) -> Q {
    parse(&number.to_string())
}

/// `12`, `-0.5` or `1/3`.
pub(crate) fn parse(text: &str) -> Q {
    if let Some((numerator, denominator)) = text.split_once('/') {
        return parse(numerator) / parse(denominator);
    }
    let (digits, places) = match text.split_once('.') {
        Some((before, after)) => (format!("{before}{after}"), after.len()),
        None => (text.to_owned(), 0),
    };
    let digits: BigInt = digits.parse().expect("a decimal");
    Q::new(digits, BigInt::from(10).pow(places as u32))
}

/// Held between two bounds, where there are any.
pub(crate) fn held(x: Q, low: Option<&Q>, high: Option<&Q>) -> Q {
    let x = match high {
        Some(high) if x > *high => high.clone(),
        _ => x,
    };
    match low {
        Some(low) if x < *low => low.clone(),
        _ => x,
    }
}

/// §2.4 rounded to `decimals`, as an integer scaled by 10^decimals: half-up 四舍五入, ties away
/// from zero, or half-even as in GB/T 8170.
pub(crate) fn rounded(x: &Q, decimals: u8, rounding: Rounding) -> BigInt {
    let negative = *x < zero();
    let size = if negative { -x.clone() } else { x.clone() };
    let scaled = size * power_of_ten(decimals);
    let below = scaled.floor();
    let rest = scaled - &below;
    let half = Q::new(BigInt::from(1), BigInt::from(2));
    let odd = !(&below / whole(2)).is_integer();
    let up = match rounding {
        Rounding::HalfUp => rest >= half,
        Rounding::HalfEven => rest > half || (rest == half && odd),
    };
    let nearest = if up { below + whole(1) } else { below }.to_integer();
    if negative { -nearest } else { nearest }
}

/// The number that a published integer stands for.
pub(crate) fn unscaled(published: &BigInt, decimals: u8) -> Q {
    Q::from_integer(published.clone()) / power_of_ten(decimals)
}
