//! Arrow columns as plain Python values, and as text.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::convert::decimal;

/// One value: `None`, `str`, `int`, `float`, `bool`, `bytes` or an exact `decimal.Decimal`.
pub(crate) fn value<'py>(
    py: Python<'py>,
    array: &dyn Array,
    row: usize,
) -> PyResult<Bound<'py, PyAny>> {
    if array.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    Ok(match array.data_type() {
        DataType::Utf8 => array
            .as_string::<i32>()
            .value(row)
            .into_pyobject(py)?
            .into_any(),
        DataType::UInt32 => {
            let number = array.as_primitive::<UInt32Type>().value(row);
            number.into_pyobject(py)?.into_any()
        }
        DataType::UInt64 => {
            let number = array.as_primitive::<UInt64Type>().value(row);
            number.into_pyobject(py)?.into_any()
        }
        DataType::Int64 => {
            let number = array.as_primitive::<Int64Type>().value(row);
            number.into_pyobject(py)?.into_any()
        }
        DataType::Float64 => {
            let number = array.as_primitive::<Float64Type>().value(row);
            number.into_pyobject(py)?.into_any()
        }
        DataType::Boolean => {
            let yes = array.as_boolean().value(row);
            yes.into_pyobject(py)?.to_owned().into_any()
        }
        DataType::Binary => PyBytes::new(py, array.as_binary::<i32>().value(row)).into_any(),
        _ => decimal(py, &text(array, row))?,
    })
}

/// A value for people; nothing for null.
pub(crate) fn text(array: &dyn Array, row: usize) -> String {
    if array.is_null(row) {
        return String::new();
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).to_string(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Decimal128(_, _) => array.as_primitive::<Decimal128Type>().value_as_string(row),
        _ => String::new(),
    }
}
