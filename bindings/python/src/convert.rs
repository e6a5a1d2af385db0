//! Single values between Python and the core.

use dabiao::{Cell, Points, Rational};
use jiff::civil::Date;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

/// A cell of a Python list, with its own text.
pub(crate) enum Owned {
    Blank,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Date(Date),
    Text(String),
}

impl Owned {
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Owned::Blank => Cell::Blank,
            Owned::Bool(yes) => Cell::Bool(*yes),
            Owned::Integer(whole) => Cell::Integer(*whole),
            Owned::Float(float) => Cell::Float(*float),
            Owned::Date(date) => Cell::Date(*date),
            Owned::Text(text) => Cell::Text(text),
        }
    }

    /// Reads what may stand in a list: None, bool, int, float, str, Decimal, date and
    /// datetime, and the scalars of NumPy and pandas.
    pub(crate) fn read(value: &Bound<'_, PyAny>, nan_is_null: bool) -> PyResult<Owned> {
        if value.is_none() {
            return Ok(Owned::Blank);
        }
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Owned::Text(text.to_str()?.to_owned()));
        }
        if let Ok(yes) = value.cast::<PyBool>() {
            return Ok(Owned::Bool(yes.is_true()));
        }
        if let Ok(float) = value.cast::<PyFloat>() {
            return Ok(Owned::float(float.value(), nan_is_null));
        }
        if value.is_instance_of::<PyInt>() {
            return Owned::integer(value);
        }
        Owned::other(value, nan_is_null)
    }

    fn float(float: f64, nan_is_null: bool) -> Owned {
        if float.is_nan() && nan_is_null {
            Owned::Blank
        } else {
            Owned::Float(float)
        }
    }

    fn integer(value: &Bound<'_, PyAny>) -> PyResult<Owned> {
        Ok(match value.extract::<i64>() {
            Ok(whole) => Owned::Integer(whole),
            // Beyond every range: the core says so.
            Err(_) => Owned::Text(value.str()?.to_str()?.to_owned()),
        })
    }

    fn other(value: &Bound<'_, PyAny>, nan_is_null: bool) -> PyResult<Owned> {
        let class = value.get_type();
        let name = class.name()?.to_string();
        match name.as_str() {
            "NAType" | "NaTType" => return Ok(Owned::Blank),
            "bool" | "bool_" => return Ok(Owned::Bool(value.is_truthy()?)),
            _ => {}
        }
        if value.hasattr("year")? && value.hasattr("day")? {
            return Owned::date(value);
        }
        if name == "Decimal" {
            return Ok(Owned::Text(value.str()?.to_str()?.to_owned()));
        }
        if value.hasattr("__index__")? {
            return Owned::integer(&value.call_method0("__index__")?);
        }
        if value.hasattr("__float__")? {
            return Ok(Owned::float(value.extract()?, nan_is_null));
        }
        let message = format!("a cell cannot be a {name}: {}", value.repr()?);
        Err(PyTypeError::new_err(message))
    }

    /// A date, or the text of a moment, which is no date.
    fn date(value: &Bound<'_, PyAny>) -> PyResult<Owned> {
        let part = |name: &str| value.getattr(name)?.extract::<i16>();
        let moment = value.hasattr("hour")?;
        if moment {
            for name in ["hour", "minute", "second", "microsecond"] {
                if value.getattr(name)?.is_truthy()? {
                    let text = value.call_method0("isoformat")?;
                    return Ok(Owned::Text(text.extract()?));
                }
            }
        }
        let small = |number: i16| i8::try_from(number).unwrap_or_default();
        let date = Date::new(part("year")?, small(part("month")?), small(part("day")?));
        date.map(Owned::Date)
            .map_err(|error| PyTypeError::new_err(error.to_string()))
    }
}

/// A `decimal.Decimal` of a text.
pub(crate) fn decimal<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("decimal")?.getattr("Decimal")?.call1((text,))
}

/// Points as a `decimal.Decimal`, with their trailing zeros.
pub(crate) fn points(py: Python<'_>, points: Option<Points>) -> PyResult<Option<Bound<'_, PyAny>>> {
    points
        .map(|points| decimal(py, &points.to_string()))
        .transpose()
}

/// An exact number: a `decimal.Decimal` where it is one, otherwise a `fractions.Fraction`.
pub(crate) fn number<'py>(py: Python<'py>, number: &Rational) -> PyResult<Bound<'py, PyAny>> {
    let text = number.to_string();
    if text.contains('/') {
        py.import("fractions")?.getattr("Fraction")?.call1((text,))
    } else {
        decimal(py, &text)
    }
}
