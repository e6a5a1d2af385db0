//! Scores as tables of other libraries.

use std::sync::Arc;

use dabiao::Scores;
use dabiao::arrow::{PointsAs, ScoreColumn};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use super::PyScores;
use crate::frame::{self, arrow_error};
use crate::{capsule, html};

/// Rows that a notebook shows.
const SHOWN: usize = 10;

#[pymethods]
impl PyScores {
    /// The rows as dicts; points are ``decimal.Decimal``.
    ///
    /// Args:
    ///     columns: Names out of ``all_columns``; the published ones if not given.
    ///
    /// Raises:
    ///     KeyError: If there is no such column.
    ///
    /// Example:
    ///     >>> scores.to_dicts(["code", "5.2"])
    ///     [{'code': 'c1', '5.2': Decimal('2.25')}, {'code': 'c2', '5.2': Decimal('3.00')}]
    #[pyo3(signature = (columns = None))]
    fn to_dicts<'py>(
        &self,
        py: Python<'py>,
        columns: Option<Vec<String>>,
    ) -> PyResult<Bound<'py, PyList>> {
        frame::to_dicts(py, self.reader(columns, PointsAs::Decimal)?)
    }

    /// A ``polars.DataFrame`` with exact decimals. Needs polars.
    ///
    /// Args:
    ///     columns: Names out of ``all_columns``; the published ones if not given.
    ///
    /// Raises:
    ///     KeyError: If there is no such column.
    ///
    /// Example:
    ///     >>> scores.to_polars(["code", "5.2"])["5.2"].dtype
    ///     Decimal(precision=38, scale=2)
    #[pyo3(signature = (columns = None))]
    fn to_polars<'py>(
        &self,
        py: Python<'py>,
        columns: Option<Vec<String>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let stream = Stream(self.inner.clone(), self.pick(columns)?);
        frame::through(py, "polars", "DataFrame", Py::new(py, stream)?.into_any())
    }

    /// A ``pyarrow.Table`` with exact decimals. Needs pyarrow.
    ///
    /// Args:
    ///     columns: Names out of ``all_columns``; the published ones if not given.
    ///
    /// Raises:
    ///     KeyError: If there is no such column.
    ///
    /// Example:
    ///     >>> scores.to_arrow(["code", "5.2"]).column_names
    ///     ['code', '5.2']
    #[pyo3(signature = (columns = None))]
    fn to_arrow<'py>(
        &self,
        py: Python<'py>,
        columns: Option<Vec<String>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let stream = Stream(self.inner.clone(), self.pick(columns)?);
        frame::through(py, "pyarrow", "table", Py::new(py, stream)?.into_any())
    }

    /// A ``pandas.DataFrame``. Needs pandas.
    ///
    /// Args:
    ///     columns: Names out of ``all_columns``; the published ones if not given.
    ///     exact: ``decimal.Decimal`` objects in place of floats, which plot at once.
    ///
    /// Raises:
    ///     KeyError: If there is no such column.
    ///
    /// Example:
    ///     >>> scores.to_pandas(["code", "5.2"])["5.2"].tolist()
    ///     [2.25, 3.0]
    #[pyo3(signature = (columns = None, *, exact = false))]
    fn to_pandas<'py>(
        &self,
        py: Python<'py>,
        columns: Option<Vec<String>>,
        exact: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let points = if exact {
            PointsAs::Decimal
        } else {
            PointsAs::Float
        };
        frame::to_pandas(py, self.reader(columns, points)?)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // What cannot be given in another schema is given in its own, says the interface.
        let _ = requested_schema;
        capsule::export_stream(py, self.reader(None, PointsAs::Decimal)?)
    }

    fn _repr_html_(&self) -> PyResult<String> {
        let columns = self.inner.columns();
        let batch = self
            .inner
            .record_batch(&columns, PointsAs::Decimal, 0, SHOWN);
        let title = self.inner.standard().document().title.to_string();
        let batch = batch.map_err(arrow_error)?;
        Ok(html::batch(&title, &batch, self.inner.len()))
    }
}

/// Some columns of some scores, for a library that takes the Arrow PyCapsule interface.
#[pyclass(frozen, module = "dabiao")]
struct Stream(Arc<Scores>, Vec<ScoreColumn>);

#[pymethods]
impl Stream {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let reader = self.0.batches(self.1.clone(), PointsAs::Decimal);
        capsule::export_stream(py, Box::new(reader))
    }
}
