//! Numbers in the memory of others, of any width, as cells of a measure.

use super::MISSING;
use super::cell::Cell;
use super::quantise;
use crate::decimal::Decimal;

/// A number of a machine type.
pub(crate) trait Number: Copy {
    /// In millionths, where it is in range.
    fn millionths(self) -> Option<i64>;
    /// Where it is a whole number that may stand for a yes-no.
    fn whole(self) -> Option<i64>;
    fn cell(self) -> Cell<'static>;
    fn is_nan(self) -> bool {
        false
    }
    /// All in millionths, [`MISSING`] where one is out of range; as many as there are of both.
    fn run(values: &[Self], out: &mut [i64]) {
        for (value, out) in values.iter().zip(out) {
            *out = value.millionths().unwrap_or(MISSING);
        }
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Number for $type {
            #[inline]
            fn millionths(self) -> Option<i64> {
                Decimal::from_i64(i64::try_from(self).ok()?).map(Decimal::millionths)
            }
            fn whole(self) -> Option<i64> {
                i64::try_from(self).ok()
            }
            fn cell(self) -> Cell<'static> {
                i64::try_from(self).map_or(
                    Cell::Scaled { scaled: i128::from(self), decimals: 0 },
                    Cell::Integer,
                )
            }
        }
    )*};
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! floats {
    ($($type:ty $(, $run:path)?);*) => {$(
        impl Number for $type {
            fn millionths(self) -> Option<i64> {
                Decimal::from_f64(f64::from(self)).map(Decimal::millionths)
            }
            fn whole(self) -> Option<i64> {
                let float = f64::from(self);
                (float == 0.0 || float == 1.0).then_some(float as i64)
            }
            fn cell(self) -> Cell<'static> {
                Cell::Float(f64::from(self))
            }
            fn is_nan(self) -> bool {
                f64::from(self).is_nan()
            }
            $(fn run(values: &[Self], out: &mut [i64]) {
                $run(values, out);
            })?
        }
    )*};
}
floats!(f32; f64, quantise::millionths);
#[cfg(feature = "arrow")]
floats!(half::f16);
