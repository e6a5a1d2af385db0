//! An Arrow array as a column of shared memory.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_schema::DataType;

use crate::observations::{SharedColumn, SharedNumber};

/// A buffer that keeps what it points to.
struct Bytes(Buffer);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The numbers of an array, sharing its memory.
struct Numbers<T: ArrowPrimitiveType>(ScalarBuffer<T::Native>);

impl<T: ArrowPrimitiveType> AsRef<[T::Native]> for Numbers<T> {
    fn as_ref(&self) -> &[T::Native] {
        &self.0
    }
}

/// Nothing where the type cannot be read as it stands.
pub(super) fn column(array: &ArrayRef, nan_is_missing: bool) -> Option<SharedColumn> {
    fn numbers<T: ArrowPrimitiveType<Native: SharedNumber>>(array: &ArrayRef) -> SharedColumn {
        SharedColumn::new(Numbers::<T>(array.as_primitive::<T>().values().clone()))
    }
    let column = match array.data_type() {
        DataType::Float64 => numbers::<Float64Type>(array),
        DataType::Float32 => numbers::<Float32Type>(array),
        DataType::Int64 => numbers::<Int64Type>(array),
        DataType::Int32 => numbers::<Int32Type>(array),
        DataType::Int16 => numbers::<Int16Type>(array),
        DataType::Int8 => numbers::<Int8Type>(array),
        DataType::UInt32 => numbers::<UInt32Type>(array),
        DataType::UInt16 => numbers::<UInt16Type>(array),
        DataType::UInt8 => numbers::<UInt8Type>(array),
        DataType::Boolean => {
            let values = array.as_boolean().values();
            SharedColumn::bits(Bytes(values.inner().clone()), values.offset(), values.len())
        }
        DataType::Decimal128(_, scale) => {
            let scaled = array.as_primitive::<Decimal128Type>().values().clone();
            SharedColumn::decimals(Numbers::<Decimal128Type>(scaled), *scale)
        }
        _ => return None,
    };
    let column = match array.nulls().filter(|nulls| nulls.null_count() > 0) {
        Some(nulls) => {
            let bits = nulls.inner();
            column.with_validity(Bytes(bits.inner().clone()), bits.offset())
        }
        None => column,
    };
    Some(if nan_is_missing {
        column.nan_is_missing()
    } else {
        column
    })
}
