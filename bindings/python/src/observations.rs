//! Tables that were read, as Python sees them.

use std::path::PathBuf;

use dabiao::{Observations, Standard};
use dabiao_io::{BYTE_ORDER_MARK, write_observations};
use pyo3::prelude::*;

use crate::errors::{Doing, Problem};
use crate::fault::PyFault;
use crate::outputs;

/// A table of communities, read and checked against a standard's measures.
///
/// ``Standard.score`` takes it in place of a data frame; read once, it can be scored often.
///
/// Example:
///     >>> import dabiao
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> table = standard.read({"code": ["c1"], "name": ["甲"], "activities": [12]})
///     >>> len(table), table.codes, table.attribute("name"), table.advice
///     (1, ['c1'], ['甲'], [])
#[pyclass(frozen, module = "dabiao", name = "Observations")]
#[derive(Clone)]
pub(crate) struct PyObservations {
    pub(crate) inner: Observations,
    pub(crate) standard: Standard,
    /// What it was read from.
    pub(crate) files: Vec<PathBuf>,
}

#[pymethods]
impl PyObservations {
    /// The communities' codes, sorted as bytes.
    ///
    /// Example:
    ///     >>> table.codes
    ///     ['c1']
    #[getter]
    fn codes(&self) -> Vec<&str> {
        self.inner.codes().iter().collect()
    }

    /// An attribute of every community, such as ``"name"`` or ``"district"``; ``None`` where
    /// the table has no such column.
    ///
    /// Example:
    ///     >>> table.attribute("name"), table.attribute("district")
    ///     (['甲'], None)
    fn attribute(&self, name: &str) -> Option<&[String]> {
        self.inner.attribute(name)
    }

    /// What a reader should look at although it is no fault: rounded digits, a percent column
    /// that looks like bare ratios.
    ///
    /// Example:
    ///     >>> table.advice
    ///     []
    #[getter]
    fn advice(&self) -> Vec<PyFault> {
        self.inner.advice().iter().cloned().map(PyFault).collect()
    }

    /// The SHA-256 of the observations in hexadecimal, the same for any format and order of
    /// rows.
    ///
    /// Example:
    ///     >>> len(table.digest)
    ///     64
    #[getter]
    fn digest(&self, py: Python<'_>) -> String {
        py.detach(|| self.inner.digest(&self.standard))
    }

    /// Writes the table as CSV that reads back as the same one, as ``dabiao collect`` does: code,
    /// attributes and measures, those alone that hold something, numbers in their measure's unit.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> path = pathlib.Path(tempfile.mkdtemp()) / "observations.csv"
    ///     >>> table.write_csv(path)
    ///     >>> path.read_text(encoding="utf-8-sig")
    ///     'code,name,activities\nc1,甲,12\n'
    fn write_csv(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let written = py.detach(|| -> Result<(), Problem> {
            let mut bytes = BYTE_ORDER_MARK.to_vec();
            write_observations(&self.standard, &self.inner, &mut bytes)?;
            Ok(outputs::write(&path, &bytes, &self.files)?)
        });
        written.map_err(|problem| problem.raise(py, Doing::Write))
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __repr__(&self) -> String {
        format!("<Observations of {} communities>", self.inner.len())
    }
}
