//! A small table of results.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{Field, Schema};
use dabiao::arrow::with_floats;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use crate::frame::{self, Reader, arrow_error};
use crate::{capsule, html};

/// Rows that a notebook shows.
const SHOWN: usize = 20;

/// A table of results, of which any library of data frames makes its own.
///
/// Anything that reads the Arrow PyCapsule interface takes it as it is: ``polars.DataFrame(table)``,
/// ``pyarrow.table(table)``, ``duckdb.sql("from table")``.
///
/// Example:
///     >>> import dabiao
///     >>> table = dabiao.Standard.builtin("weihai-2020").table("sections")
///     >>> len(table), table.columns[:4]
///     (6, ['code', 'parent', 'title_zh', 'title_en'])
///     >>> table.to_dicts()[1]["title_zh"]
///     '治理精细'
#[pyclass(frozen, subclass, module = "dabiao", name = "Table")]
pub(crate) struct PyTable {
    title: String,
    batch: RecordBatch,
}

impl PyTable {
    pub(crate) fn new(title: &str, columns: Vec<(&str, bool, ArrayRef)>) -> PyResult<Self> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, nullable, array)| Field::new(*name, array.data_type().clone(), *nullable))
            .collect();
        let arrays = columns.into_iter().map(|(_, _, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays);
        Ok(PyTable {
            title: title.to_owned(),
            batch: batch.map_err(arrow_error)?,
        })
    }

    fn reader(&self, floats: bool) -> PyResult<Reader> {
        let batch = if floats {
            with_floats(&self.batch).map_err(arrow_error)?
        } else {
            self.batch.clone()
        };
        let schema = batch.schema();
        Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))
    }
}

#[pymethods]
impl PyTable {
    /// The names of the columns.
    ///
    /// Example:
    ///     >>> table.columns[:2]
    ///     ['code', 'parent']
    #[getter]
    fn columns(&self) -> Vec<String> {
        let schema = self.batch.schema();
        schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }

    /// The rows as dicts; numbers with decimals are ``decimal.Decimal``.
    ///
    /// Example:
    ///     >>> table.to_dicts()[0]["code"]
    ///     '1'
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        frame::to_dicts(py, self.reader(false)?)
    }

    /// A ``polars.DataFrame`` with exact decimals. Needs polars.
    ///
    /// Example:
    ///     >>> table.to_polars().height
    ///     6
    fn to_polars(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        let py = slf.py();
        frame::through(py, "polars", "DataFrame", slf.into_any().unbind())
    }

    /// A ``pyarrow.Table`` with exact decimals. Needs pyarrow.
    ///
    /// Example:
    ///     >>> table.to_arrow().num_rows
    ///     6
    fn to_arrow(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        let py = slf.py();
        frame::through(py, "pyarrow", "table", slf.into_any().unbind())
    }

    /// A ``pandas.DataFrame``. Needs pandas.
    ///
    /// Args:
    ///     exact: ``decimal.Decimal`` objects in place of floats, which plot at once.
    ///
    /// Example:
    ///     >>> table.to_pandas()["code"].tolist()
    ///     ['1', '2', '3', '4', '5', '6']
    #[pyo3(signature = (*, exact = false))]
    fn to_pandas<'py>(&self, py: Python<'py>, exact: bool) -> PyResult<Bound<'py, PyAny>> {
        frame::to_pandas(py, self.reader(!exact)?)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // What cannot be given in another schema is given in its own, says the interface.
        let _ = requested_schema;
        capsule::export_stream(py, self.reader(false)?)
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __repr__(&self) -> String {
        let (rows, columns) = (self.batch.num_rows(), self.columns().join(", "));
        format!("<Table {}: {rows} rows of {columns}>", self.title)
    }

    fn _repr_html_(&self) -> String {
        let shown = self.batch.slice(0, SHOWN.min(self.batch.num_rows()));
        html::batch(&self.title, &shown, self.batch.num_rows())
    }
}
