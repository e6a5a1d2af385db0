//! Published points: rounded once, printed with exactly the standard's decimals.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::rational::Rational;

/// Points as they are published and compared: a whole number of units of `10^-decimals`.
///
/// ```
/// use dabiao::Points;
/// let points = Points::new(9_050, 2);
/// assert_eq!(points.to_string(), "90.50");
/// assert_eq!(points.scaled(), 9_050);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Points {
    scaled: i64,
    decimals: u8,
}

impl Points {
    /// `scaled ÷ 10^decimals` points.
    #[inline]
    #[must_use]
    pub fn new(scaled: i64, decimals: u8) -> Self {
        Points { scaled, decimals }
    }

    /// In units of `10^-decimals`.
    #[inline]
    #[must_use]
    pub fn scaled(self) -> i64 {
        self.scaled
    }

    /// How many digits stand after the point.
    #[must_use]
    pub fn decimals(self) -> u8 {
        self.decimals
    }

    /// As an exact number.
    #[must_use]
    pub fn exact(self) -> Rational {
        Rational::from_scaled(i128::from(self.scaled), self.decimals)
    }

    /// The nearest `f64`, for charts.
    #[inline]
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // Both are exact, so the quotient is rounded once.
        let unit = match self.decimals {
            0 => 1.0,
            1 => 10.0,
            2 => 100.0,
            3 => 1_000.0,
            4 => 10_000.0,
            5 => 100_000.0,
            6 => 1_000_000.0,
            more => 10f64.powi(i32::from(more)),
        };
        self.scaled as f64 / unit
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.scaled < 0 { "-" } else { "" };
        let magnitude = self.scaled.unsigned_abs();
        let width = usize::from(self.decimals);
        if width == 0 {
            return write!(f, "{sign}{magnitude}");
        }
        let unit = 10u64.pow(u32::from(self.decimals));
        write!(f, "{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
    }
}

impl Serialize for Points {
    /// As text, with its trailing zeros.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Points;

    #[test]
    fn the_nearest_float_whatever_the_decimals() {
        for decimals in 0..=9 {
            for scaled in [0, 1, -7, 9_050, 12_345_678_901] {
                let nearest: f64 = format!("{scaled}e-{decimals}").parse().unwrap();
                assert_eq!(Points::new(scaled, decimals).to_f64(), nearest);
            }
        }
    }
}
