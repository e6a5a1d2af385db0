//! Fractions in machine words: what nearly every number is and stays.
//!
//! A fraction is a numerator of 64 bits with its sign and a denominator of 64 bits without. A
//! product of two such numbers fits 128 bits: at most 2^63 · (2^64 − 1) in size, below 2^127.
//! A result is given as [`Wide`], which may be too wide for 64 bits; it is always in lowest terms.

use std::num::NonZeroU64;

use super::Rounding;

/// A fraction in lowest terms: its sign, and the sizes of its numerator and denominator.
pub(super) struct Wide {
    pub(super) negative: bool,
    pub(super) numerator: u128,
    pub(super) denominator: u128,
}

impl Wide {
    /// The fraction of two sizes, of which the denominator is not 0, in lowest terms.
    pub(super) fn reduced(negative: bool, numerator: u128, denominator: u128) -> Wide {
        let divisor = if denominator == 1 {
            1
        } else {
            wide_divisor(numerator, denominator).max(1)
        };
        Wide {
            negative,
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        }
    }

    /// Where it fits 64 bits each.
    pub(super) fn narrow(&self) -> Option<(i64, NonZeroU64)> {
        let size = u64::try_from(self.numerator).ok()?;
        let numerator = if self.negative {
            0i64.checked_sub_unsigned(size)?
        } else {
            i64::try_from(size).ok()?
        };
        let denominator = u64::try_from(self.denominator).ok()?;
        Some((numerator, NonZeroU64::new(denominator)?))
    }
}

/// The greatest common divisor of two numbers, found by halving; of 0 and a number, that number.
fn divisor(mut a: u64, mut b: u64) -> u64 {
    if a == 1 || b == 1 {
        return 1;
    }
    // One division first: often one number is far the greater, or a multiple of the other.
    if b != 0 && a > b {
        a %= b;
    } else if a != 0 {
        b %= a;
    }
    if a == 0 || b == 0 {
        return a | b;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << twos;
        }
    }
}

/// The same of two wide numbers: by division, until both are narrow.
fn wide_divisor(mut a: u128, mut b: u128) -> u128 {
    loop {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return divisor(a, b).into();
        }
        if b == 0 {
            return a;
        }
        (a, b) = (b, a % b);
    }
}

/// The sum of two fractions in lowest terms, where there is room for it; the numerators are at most
/// 2^63 in size.
pub(super) fn sum((a, b): (i128, u64), (c, d): (i128, u64)) -> Option<Wide> {
    let shared = if b == d { b } else { divisor(b, d) };
    let (own, other) = (b / shared, d / shared);
    let left = a.checked_mul(i128::from(other))?;
    let top = left.checked_add(c.checked_mul(i128::from(own))?)?;
    // Only what the denominators share can divide the numerator (Knuth, volume 2, 4.5.1).
    let size = top.unsigned_abs();
    let cancelled = if shared == 1 {
        1
    } else {
        let rest = u64::try_from(size % u128::from(shared)).ok()?;
        divisor(rest, shared)
    };
    Some(Wide {
        negative: top < 0,
        numerator: if cancelled == 1 {
            size
        } else {
            size / u128::from(cancelled)
        },
        denominator: u128::from(own) * u128::from(d / cancelled),
    })
}

/// The product `a/b · c/d` of two fractions in lowest terms, of which the sizes are given.
pub(super) fn product(negative: bool, (a, b): (u64, u64), (c, d): (u64, u64)) -> Wide {
    let (across, back) = (divisor(a, d), divisor(c, b));
    Wide {
        negative,
        numerator: u128::from(a / across) * u128::from(c / back),
        denominator: u128::from(b / back) * u128::from(d / across),
    }
}

/// How many digits after the point write a fraction of this denominator, where any number does.
pub(super) fn places(mut denominator: u64) -> Option<u32> {
    // As many as the greater of the powers of 2 and of 5; any other factor has none.
    let twos = denominator.trailing_zeros();
    denominator = denominator.checked_shr(twos)?;
    let mut fives = 0;
    while denominator != 0 && denominator.is_multiple_of(5) {
        denominator /= 5;
        fives += 1;
    }
    (denominator == 1).then_some(twos.max(fives))
}

/// Rounded once to `decimals` digits, scaled by 10^`decimals`; nothing above 18 digits.
pub(super) fn round(
    numerator: i64,
    denominator: NonZeroU64,
    decimals: u8,
    rounding: Rounding,
) -> Option<i128> {
    const DIGITS: u8 = 18;
    if decimals > DIGITS {
        return None;
    }
    let (size, denominator) = (numerator.unsigned_abs(), denominator.get());
    let unit = 10u64.pow(u32::from(decimals));
    let (quotient, rest) = match size.checked_mul(unit) {
        Some(scaled) => (
            u128::from(scaled / denominator),
            u128::from(scaled % denominator),
        ),
        None => {
            let scaled = u128::from(size) * u128::from(unit);
            let denominator = u128::from(denominator);
            (scaled / denominator, scaled % denominator)
        }
    };
    // Below 2^63 · 2^60, and twice a rest below 2^65: there is room.
    let (twice_rest, denominator) = (rest * 2, u128::from(denominator));
    let up = match rounding {
        Rounding::HalfUp => twice_rest >= denominator,
        Rounding::HalfEven => {
            twice_rest > denominator || (twice_rest == denominator && quotient % 2 == 1)
        }
    };
    let magnitude = i128::try_from(quotient + u128::from(up)).ok()?;
    Some(if numerator < 0 { -magnitude } else { magnitude })
}
