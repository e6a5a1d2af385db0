//! An Arrow array, seen as a column of cells.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayAccessor, ArrowPrimitiveType, BooleanArray, PrimitiveArray};
use arrow_buffer::{NullBuffer, i256};
use arrow_schema::{DataType, TimeUnit};

use crate::decimal::Decimal;
use crate::observations::number::Number;
use crate::observations::typed::Source;
use crate::observations::{Cell, MISSING, date_of};
use crate::standard::document::MeasureKind;

/// What is done with a column, whatever its type.
pub(super) trait Visitor {
    type Out;
    fn visit(self, source: &impl Source) -> Self::Out;
}

/// Whether a column of the type can be read at all.
pub(super) fn is_read(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_plain(values),
        plain => is_plain(plain),
    }
}

fn is_plain(data_type: &DataType) -> bool {
    let days = matches!(data_type, DataType::Date32 | DataType::Date64);
    let words = matches!(
        data_type,
        DataType::Null
            | DataType::Boolean
            | DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Timestamp(_, None)
    );
    days || words || data_type.is_numeric()
}

/// Whether values of the type can belong to a measure of the kind.
pub(super) fn fits(data_type: &DataType, kind: MeasureKind) -> bool {
    let data_type = match data_type {
        DataType::Dictionary(_, values) => values,
        plain => plain,
    };
    let numeric = data_type.is_numeric();
    match data_type {
        DataType::Boolean => kind == MeasureKind::YesNo,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) => {
            kind == MeasureKind::Date
        }
        _ if numeric => kind != MeasureKind::Date,
        _ => true,
    }
}

/// Shows an array to a visitor; nothing where its type is not read.
pub(super) fn visit<V: Visitor>(
    array: &dyn Array,
    nan_is_null: bool,
    visitor: V,
) -> Option<V::Out> {
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        return visit_plain(array, nan_is_null, visitor);
    };
    let values = dictionary.values();
    if values.is_empty() {
        return is_plain(values.data_type()).then(|| visitor.visit(&Nulls));
    }
    let visitor = Through {
        keys: dictionary.normalized_keys(),
        nulls: array.nulls().cloned(),
        visitor,
    };
    visit_plain(values.as_ref(), nan_is_null, visitor)
}

fn visit_plain<V: Visitor>(array: &dyn Array, nan_is_null: bool, visitor: V) -> Option<V::Out> {
    macro_rules! numbers {
        ($type:ty) => {
            visitor.visit(&Numbers {
                array: array.as_primitive::<$type>(),
                nan_is_null,
            })
        };
    }
    macro_rules! decimals {
        ($type:ty, $scale:expr) => {
            visitor.visit(&Decimals {
                array: array.as_primitive::<$type>(),
                scale: *$scale,
            })
        };
    }
    macro_rules! moments {
        ($type:ty, $in_a_second:expr) => {
            visitor.visit(&Moments {
                array: array.as_primitive::<$type>(),
                in_a_second: $in_a_second,
            })
        };
    }
    Some(match array.data_type() {
        DataType::Null => visitor.visit(&Nulls),
        DataType::Boolean => visitor.visit(&Bools(array.as_boolean())),
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Float16 => numbers!(Float16Type),
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        DataType::Decimal32(_, scale) => decimals!(Decimal32Type, scale),
        DataType::Decimal64(_, scale) => decimals!(Decimal64Type, scale),
        DataType::Decimal128(_, scale) => decimals!(Decimal128Type, scale),
        DataType::Decimal256(_, scale) => decimals!(Decimal256Type, scale),
        DataType::Utf8 => visitor.visit(&Texts(array.as_string::<i32>())),
        DataType::LargeUtf8 => visitor.visit(&Texts(array.as_string::<i64>())),
        DataType::Utf8View => visitor.visit(&Texts(array.as_string_view())),
        DataType::Date32 => visitor.visit(&Days(array.as_primitive())),
        DataType::Date64 => moments!(Date64Type, 1_000),
        DataType::Timestamp(TimeUnit::Second, None) => moments!(TimestampSecondType, 1),
        DataType::Timestamp(TimeUnit::Millisecond, None) => {
            moments!(TimestampMillisecondType, 1_000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            moments!(TimestampMicrosecondType, 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, None) => {
            moments!(TimestampNanosecondType, 1_000_000_000)
        }
        _ => return None,
    })
}

/// Nothing but nulls.
struct Nulls;

impl Source for Nulls {
    fn stored(&self, _row: usize, _kind: MeasureKind) -> Option<i64> {
        Some(MISSING)
    }

    fn with_cell<R>(&self, _row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        look(Cell::Blank)
    }
}

struct Bools<'a>(&'a BooleanArray);

impl Source for Bools<'_> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        if self.0.is_null(row) {
            return Some(MISSING);
        }
        (kind == MeasureKind::YesNo).then(|| i64::from(self.0.value(row)))
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        look(if self.0.is_null(row) {
            Cell::Blank
        } else {
            Cell::Bool(self.0.value(row))
        })
    }
}

struct Numbers<'a, T: ArrowPrimitiveType> {
    array: &'a PrimitiveArray<T>,
    nan_is_null: bool,
}

impl<T: ArrowPrimitiveType<Native: Number>> Numbers<'_, T> {
    fn is_blank(&self, row: usize) -> bool {
        self.array.is_null(row) || (self.nan_is_null && self.array.value(row).is_nan())
    }
}

impl<T: ArrowPrimitiveType<Native: Number>> Source for Numbers<'_, T> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        if self.is_blank(row) {
            return Some(MISSING);
        }
        let number = self.array.value(row);
        match kind {
            MeasureKind::Count | MeasureKind::Number => number.millionths(),
            MeasureKind::YesNo => number.whole(),
            MeasureKind::Label | MeasureKind::Date => None,
        }
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        look(if self.is_blank(row) {
            Cell::Blank
        } else {
            self.array.value(row).cell()
        })
    }
}

struct Decimals<'a, T: ArrowPrimitiveType> {
    array: &'a PrimitiveArray<T>,
    scale: i8,
}

impl<T: ArrowPrimitiveType<Native: Wide>> Source for Decimals<'_, T> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        if self.array.is_null(row) {
            return Some(MISSING);
        }
        if !matches!(kind, MeasureKind::Count | MeasureKind::Number) {
            return None;
        }
        let scaled = self.array.value(row).wide();
        let read = Decimal::from_scaled(scaled, i32::from(self.scale))?;
        // What was rounded is looked at, for the advice.
        (!read.rounded).then(|| read.value.millionths())
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        look(if self.array.is_null(row) {
            Cell::Blank
        } else {
            Cell::Scaled {
                scaled: self.array.value(row).wide(),
                decimals: self.scale,
            }
        })
    }
}

trait Wide: Copy {
    /// What does not fit is far out of range, and stays so.
    fn wide(self) -> i128;
}

impl Wide for i32 {
    fn wide(self) -> i128 {
        i128::from(self)
    }
}

impl Wide for i64 {
    fn wide(self) -> i128 {
        i128::from(self)
    }
}

impl Wide for i128 {
    fn wide(self) -> i128 {
        self
    }
}

impl Wide for i256 {
    fn wide(self) -> i128 {
        let bound = if self < i256::ZERO {
            i128::MIN + 1
        } else {
            i128::MAX
        };
        self.to_i128().unwrap_or(bound)
    }
}

struct Texts<A>(A);

impl<'a, A: Array + ArrayAccessor<Item = &'a str>> Source for Texts<A> {
    fn stored(&self, row: usize, _kind: MeasureKind) -> Option<i64> {
        self.0.is_null(row).then_some(MISSING)
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        look(if self.0.is_null(row) {
            Cell::Blank
        } else {
            Cell::Text(self.0.value(row))
        })
    }
}

struct Days<'a>(&'a PrimitiveArray<Date32Type>);

impl Source for Days<'_> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        if self.0.is_null(row) {
            return Some(MISSING);
        }
        (kind == MeasureKind::Date).then(|| i64::from(self.0.value(row)))
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        if self.0.is_null(row) {
            return look(Cell::Blank);
        }
        let days = i64::from(self.0.value(row));
        look(date_of(days).map_or(Cell::Integer(days), Cell::Date))
    }
}

/// Dates with a time of day, which a date has not.
struct Moments<'a, T: ArrowPrimitiveType> {
    array: &'a PrimitiveArray<T>,
    in_a_second: i64,
}

impl<T: ArrowPrimitiveType<Native = i64>> Moments<'_, T> {
    /// Days, and what is left of the day.
    fn split(&self, row: usize) -> (i64, i64) {
        let day = 86_400 * self.in_a_second;
        let moment = self.array.value(row);
        (moment.div_euclid(day), moment.rem_euclid(day))
    }
}

impl<T: ArrowPrimitiveType<Native = i64>> Source for Moments<'_, T> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        if self.array.is_null(row) {
            return Some(MISSING);
        }
        match self.split(row) {
            (days, 0) if kind == MeasureKind::Date => Some(days),
            _ => None,
        }
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        if self.array.is_null(row) {
            return look(Cell::Blank);
        }
        let (days, rest) = self.split(row);
        match (date_of(days), rest / self.in_a_second) {
            (Some(date), _) if rest == 0 => look(Cell::Date(date)),
            (Some(date), seconds) => {
                let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
                let text = format!("{date}T{hours:02}:{minutes:02}:{:02}", seconds % 60);
                look(Cell::Text(&text))
            }
            (None, _) => look(Cell::Integer(self.array.value(row))),
        }
    }
}

/// Leads a visitor through the keys of a dictionary.
struct Through<V> {
    keys: Vec<usize>,
    nulls: Option<NullBuffer>,
    visitor: V,
}

impl<V: Visitor> Visitor for Through<V> {
    type Out = V::Out;

    fn visit(self, source: &impl Source) -> V::Out {
        let count = self.keys.iter().max().map_or(0, |key| key + 1);
        self.visitor.visit(&Keyed {
            keys: self.keys,
            nulls: self.nulls,
            values: source,
            count,
        })
    }
}

struct Keyed<'a, S> {
    keys: Vec<usize>,
    nulls: Option<NullBuffer>,
    values: &'a S,
    count: usize,
}

impl<S> Keyed<'_, S> {
    fn at(&self, row: usize) -> Option<usize> {
        let null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        (!null).then(|| self.keys.get(row).copied()).flatten()
    }
}

impl<S: Source> Source for Keyed<'_, S> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        self.at(row)
            .map_or(Some(MISSING), |key| self.values.stored(key, kind))
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        match self.at(row) {
            Some(key) => self.values.with_cell(key, look),
            None => look(Cell::Blank),
        }
    }

    fn key(&self, row: usize) -> Option<usize> {
        self.at(row)
    }

    fn keys(&self) -> usize {
        self.count
    }
}
