//! Floats taken as the nearest decimal with 6 digits, ties away from zero, in vectors.
//!
//! `x × 10⁶` is rounded to a float `y`, and `y` to the whole number `n`. Below 2⁵¹ the floats
//! around `y` are at most 2⁻² apart and ½ is one of their steps, so the product, which is less
//! than half a step from `y`, lies on the same side of every half as `y` does, unless `y` is a
//! half itself. Hence `n` is exact wherever `|y − n| < ½`; what is left goes the exact way,
//! [`Decimal::from_f64`].

use super::MISSING;
use crate::decimal::Decimal;
use crate::vectors::vectorised;

/// Added to a float below 2⁵¹ it leaves no room for fractions: 1.5 · 2⁵².
pub(crate) const SHIFT: f64 = 6_755_399_441_055_744.0;
/// 2⁵¹
pub(crate) const SIMPLE: f64 = 2_251_799_813_685_248.0;

/// One decimal, in millionths; nothing for what is no decimal.
#[inline]
pub(crate) fn one(value: f64) -> Option<i64> {
    let product = value * 1e6;
    let shifted = product + SHIFT;
    if (product - (shifted - SHIFT)).abs() < 0.5 && product.abs() < SIMPLE {
        return Some((shifted.to_bits() as i64).wrapping_sub(SHIFT.to_bits() as i64));
    }
    Decimal::from_f64(value).map(Decimal::millionths)
}

/// The decimals of a column, in millionths.
pub(crate) fn millionths(values: &[f64], out: &mut [i64]) {
    if simple(values, out) {
        return;
    }
    for (value, out) in values.iter().zip(out) {
        *out = Decimal::from_f64(*value).map_or(MISSING, Decimal::millionths);
    }
}

vectorised! {
    /// Whether all of them were settled without a closer look.
    fn simple(values: &[f64], out: &mut [i64]) -> bool {
        let mut odd = 0u64;
        for (value, out) in values.iter().zip(out) {
            let product = *value * 1e6;
            let shifted = product + SHIFT;
            let whole = shifted - SHIFT;
            let settled = (product - whole).abs() < 0.5 && product.abs() < SIMPLE;
            odd |= u64::from(!settled);
            *out = (shifted.to_bits() as i64).wrapping_sub(SHIFT.to_bits() as i64);
        }
        odd == 0
    }
}

/// The least float whose decimal is at least so many millionths; infinity beyond ±10¹².
pub(crate) fn least(millionths: i64) -> f64 {
    let reaches = |float: f64| {
        Decimal::from_f64(float).is_some_and(|decimal| decimal.millionths() >= millionths)
    };
    if Decimal::from_millionths(millionths).is_none() {
        return f64::INFINITY;
    }
    // Half a millionth below it, give or take a few steps.
    let mut float = (millionths as f64 - 0.5) / 1e6;
    while !reaches(float) {
        float = float.next_up();
    }
    while reaches(float.next_down()) {
        float = float.next_down();
    }
    float
}

/// The greatest float whose decimal is at most so many millionths.
pub(crate) fn greatest(millionths: i64) -> f64 {
    -least(-millionths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_agree_with_the_exact_way() {
        let mut values = vec![
            0.0, -0.0, 5e-324, 1e-7, 5e-7, -5e-7, 1e12, -1e12, 1.5e9, 2.3e9,
        ];
        for n in [
            0i64,
            1,
            2,
            7,
            1_000_000,
            999_999,
            123_456_789,
            4_503_599_627_370_497,
        ] {
            for offset in [0.0, 0.25, 0.5, 0.75] {
                let near = (n as f64 + offset) / 1e6;
                for value in [near.next_down(), near, near.next_up()] {
                    values.extend([value, -value]);
                }
            }
        }
        let mut out = vec![0; values.len()];
        millionths(&values, &mut out);
        let mut alone = [0];
        for (value, out) in values.iter().zip(out) {
            let exact = Decimal::from_f64(*value).unwrap().millionths();
            assert_eq!(out, exact, "{value:e}");
            millionths(&[*value], &mut alone);
            assert_eq!(alone, [exact], "{value:e}");
            assert_eq!(one(*value), Some(exact), "{value:e}");
        }
        millionths(&[f64::NAN, 1.0, f64::INFINITY, 2e12], &mut out_of(4));
    }

    fn out_of(rows: usize) -> Vec<i64> {
        vec![0; rows]
    }

    #[test]
    fn marks_move_to_the_least_float() {
        for mark in [
            0,
            1,
            -1,
            2,
            500_000,
            980_000_000,
            -3_333_333,
            1_000_000_000_000_000_000,
            -1_000_000_000_000_000_000,
            95_000_000,
            7,
        ] {
            let of = |float: f64| Decimal::from_f64(float).map(Decimal::millionths);
            let float = least(mark);
            assert!(of(float).is_some_and(|n| n >= mark), "{mark}");
            assert!(of(float.next_down()).is_none_or(|n| n < mark), "{mark}");
            let float = greatest(mark);
            assert!(of(float).is_some_and(|n| n <= mark), "{mark}");
            assert!(of(float.next_up()).is_none_or(|n| n > mark), "{mark}");
        }
        assert_eq!(least(i64::MAX), f64::INFINITY);
    }
}
