//! What every table of results can become.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, RecordBatchReader};
use arrow_schema::{ArrowError, DataType};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::columns;

pub(crate) type Reader = Box<dyn RecordBatchReader + Send>;

pub(crate) fn arrow_error(error: ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// An object's own capsule, handed to a library that takes it.
pub(crate) fn through<'py>(
    py: Python<'py>,
    module: &str,
    function: &str,
    stream: Py<PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    py.import(module)?.getattr(function)?.call1((stream,))
}

/// The rows as dicts.
pub(crate) fn to_dicts(py: Python<'_>, reader: Reader) -> PyResult<Bound<'_, PyList>> {
    let rows = PyList::empty(py);
    for batch in reader {
        let batch = batch.map_err(arrow_error)?;
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let dict = PyDict::new(py);
            for (field, array) in schema.fields().iter().zip(batch.columns()) {
                dict.set_item(field.name(), columns::value(py, array, row)?)?;
            }
            rows.append(dict)?;
        }
    }
    Ok(rows)
}

/// A pandas frame: floats as NumPy arrays, other columns as what pandas makes of their values.
pub(crate) fn to_pandas(py: Python<'_>, reader: Reader) -> PyResult<Bound<'_, PyAny>> {
    let pandas = py.import("pandas")?;
    let schema = reader.schema();
    let batches: Vec<RecordBatch> = py
        .detach(|| reader.collect::<Result<_, _>>())
        .map_err(arrow_error)?;
    // What pandas takes texts for by itself: `str` since version 3.
    let version = pandas.getattr("__version__")?.to_string();
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    let strings = if major >= Some(3) { "str" } else { "object" };
    let dict = PyDict::new(py);
    for (at, field) in schema.fields().iter().enumerate() {
        let arrays = batches.iter().map(|batch| batch.column(at).as_ref());
        let column = match field.data_type() {
            DataType::Float64 => floats(py, arrays)?,
            DataType::UInt32 | DataType::UInt64 | DataType::Int64 => {
                let kind = if field.is_nullable() {
                    "Int64"
                } else {
                    "int64"
                };
                pandas.call_method1("array", (values(py, arrays)?, kind))?
            }
            DataType::Boolean => pandas.call_method1("array", (values(py, arrays)?, "boolean"))?,
            DataType::Utf8 => {
                // Said here, since a column without a value would be of any type.
                let listed = values(py, arrays)?;
                pandas.call_method1("Series", (listed, py.None(), strings))?
            }
            _ => {
                let listed = values(py, arrays)?;
                pandas.call_method1("Series", (listed, py.None(), "object"))?
            }
        };
        dict.set_item(field.name(), column)?;
    }
    pandas.call_method1("DataFrame", (dict,))
}

fn values<'a, 'py>(
    py: Python<'py>,
    arrays: impl Iterator<Item = &'a dyn Array>,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for array in arrays {
        for row in 0..array.len() {
            list.append(columns::value(py, array, row)?)?;
        }
    }
    Ok(list)
}

/// A NumPy array, NaN for null.
fn floats<'a, 'py>(
    py: Python<'py>,
    arrays: impl Iterator<Item = &'a dyn Array>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut bytes = Vec::new();
    for array in arrays {
        let array = array.as_primitive::<Float64Type>();
        for value in array {
            bytes.extend(value.unwrap_or(f64::NAN).to_ne_bytes());
        }
    }
    let numpy = py.import("numpy")?;
    let array = numpy.call_method1("frombuffer", (PyBytes::new(py, &bytes), "float64"))?;
    // The bytes belong to Python and cannot be written to.
    array.call_method0("copy")
}
