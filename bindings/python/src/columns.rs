//! Arrow columns as plain Python values, and as HTML.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
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

/// A table in HTML, for notebooks.
pub(crate) fn html(caption: &str, batch: &RecordBatch, rows: usize) -> String {
    let mut html = String::from("<table class=\"dabiao\"><caption>");
    escape(&mut html, caption);
    html.push_str("</caption><thead><tr>");
    for field in batch.schema().fields() {
        html.push_str("<th>");
        escape(&mut html, field.name());
        html.push_str("</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for row in 0..batch.num_rows() {
        html.push_str("<tr>");
        for array in batch.columns() {
            let numeric = array.data_type().is_numeric();
            html.push_str(if numeric {
                "<td style=\"text-align:right\">"
            } else {
                "<td style=\"text-align:left\">"
            });
            escape(&mut html, &text(array, row));
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    if rows > batch.num_rows() {
        html.push_str(&format!("<p>{} of {rows} rows</p>", batch.num_rows()));
    }
    html
}

/// Text that cannot be mistaken for markup.
pub(crate) fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}
