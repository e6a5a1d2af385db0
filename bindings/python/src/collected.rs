//! A folder of filled tables, put together.

use std::path::PathBuf;

use dabiao_io::{CollectOptions, Collected, ReadOptions, collect as collect_folder};
use pyo3::prelude::*;

use crate::errors::{Doing, Problem};
use crate::fault::PyFault;
use crate::input::AnyRows;
use crate::observations::PyObservations;
use crate::outputs;
use crate::registry;
use crate::results::{counts, texts};
use crate::standard::PyStandard;
use crate::table::PyTable;
use crate::watch::Watch;

/// The tables of a folder, put together by ``dabiao.collect``: who has sent what, and who is
/// missing.
///
/// Example:
///     >>> import dabiao, pathlib, tempfile
///     >>> folder = pathlib.Path(tempfile.mkdtemp())
///     >>> _ = (folder / "north.csv").write_text("code,activities\nc1,12\n")
///     >>> _ = (folder / "south.csv").write_text("code,activities\nc2,9\n")
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> collected = dabiao.collect(folder, standard, communities={"code": ["c1", "c2", "c3"]})
///     >>> collected.observations.codes
///     ['c1', 'c2']
///     >>> collected.missing.to_dicts()
///     [{'code': 'c3', 'name': '', 'district': ''}]
///     >>> standard.score(collected.observations).points("5.2")
///     [Decimal('3.00'), Decimal('2.25')]
#[pyclass(frozen, module = "dabiao", name = "Collected")]
pub(crate) struct PyCollected {
    inner: Collected,
    observations: Py<PyObservations>,
}

#[pymethods]
impl PyCollected {
    /// All communities of all tables, as ``Standard.score`` takes them.
    ///
    /// Example:
    ///     >>> len(collected.observations)
    ///     2
    #[getter]
    fn observations(&self, py: Python<'_>) -> Py<PyObservations> {
        self.observations.clone_ref(py)
    }

    /// The files that were read: ``file`` (its path from the folder) and ``communities``, how
    /// many it holds.
    ///
    /// Example:
    ///     >>> collected.files.to_dicts()[0]
    ///     {'file': 'north.csv', 'communities': 1}
    #[getter]
    fn files(&self) -> PyResult<PyTable> {
        let all = || self.inner.files.iter();
        PyTable::new(
            "files",
            vec![
                ("file", false, texts(all().map(|f| Some(f.name.clone())))),
                ("communities", false, counts(all().map(|f| f.communities))),
            ],
        )
    }

    /// The communities that should be there and that no file holds: ``code``, ``name``,
    /// ``district``; no row where nobody was named.
    ///
    /// Example:
    ///     >>> collected.missing.to_dicts()[0]["code"]
    ///     'c3'
    #[getter]
    fn missing(&self) -> PyResult<PyTable> {
        let all = || self.inner.missing.iter();
        PyTable::new(
            "missing",
            vec![
                ("code", false, texts(all().map(|c| Some(c.code.clone())))),
                ("name", false, texts(all().map(|c| Some(c.name.clone())))),
                (
                    "district",
                    false,
                    texts(all().map(|c| Some(c.district.clone()))),
                ),
            ],
        )
    }

    /// The files that are no tables, by their endings; their paths from the folder.
    ///
    /// Example:
    ///     >>> collected.passed_over
    ///     []
    #[getter]
    fn passed_over(&self) -> Vec<String> {
        self.inner.passed_over.clone()
    }

    /// What a reader should look at although it is no fault: rounded digits, a percent column
    /// that looks like bare ratios.
    ///
    /// Example:
    ///     >>> collected.advice
    ///     []
    #[getter]
    fn advice(&self) -> Vec<PyFault> {
        self.inner.advice.iter().cloned().map(PyFault).collect()
    }

    fn __repr__(&self) -> String {
        let (files, held) = (self.inner.files.len(), self.inner.observations.len());
        format!("<Collected {held} communities of {files} files>")
    }
}

/// Puts the tables of a folder, and of the folders in it, together: filled templates and other
/// workbooks, CSV, TSV, Parquet, Arrow. A community may stand in one of them alone.
///
/// Args:
///     folder: Where they are.
///     standard: The ``Standard`` that they are for.
///     communities: Who should be there, to list who is missing: a table as ``Standard.read``
///         takes it, with ``code`` and perhaps ``name`` and ``district``. A community that is
///         none of it is a fault then.
///     cancel: A ``threading.Event``; the reading ends when it is set.
///
/// Returns:
///     A ``Collected``.
///
/// Raises:
///     OSError: If there is no such folder.
///     TableError: With all faults of all files, each with file, sheet and cell.
///     Cancelled: If it was cancelled.
///     TypeError: If ``communities`` is no table.
///
/// Example:
///     >>> import dabiao, pathlib, tempfile
///     >>> folder = pathlib.Path(tempfile.mkdtemp())
///     >>> _ = (folder / "north.csv").write_text("code,activities\nc1,12\n")
///     >>> dabiao.collect(folder, dabiao.Standard.builtin("weihai-2020"))
///     <Collected 1 communities of 1 files>
#[pyfunction]
#[pyo3(signature = (folder, standard, *, communities = None, cancel = None))]
pub(crate) fn collect(
    py: Python<'_>,
    folder: PathBuf,
    standard: &Bound<'_, PyStandard>,
    communities: Option<&Bound<'_, PyAny>>,
    cancel: Option<Bound<'_, PyAny>>,
) -> PyResult<PyCollected> {
    // A folder that is not there is an OSError, as everywhere in Python.
    std::fs::read_dir(&folder).map_err(|error| outputs::at(&folder, &error))?;
    let standard = &standard.get().inner;
    let rows = communities.map(AnyRows::read).transpose()?;
    let watch = Watch::new(None, cancel)?;
    let read = py.detach(|| {
        watch.row(0, 1)?;
        let registered = rows.map(registry::registered).transpose()?;
        let options = ReadOptions::new().with_progress(watch.reading());
        let mut wanted = CollectOptions::new().with_read(options);
        if let Some(registered) = registered {
            wanted = wanted.with_registry(registered);
        }
        collect_folder(standard, &folder, &wanted)
    });
    let inner = read.map_err(|faults| watch.raise(py, Problem::Faults(faults), Doing::Table))?;
    let read = inner.files.iter().map(|file| folder.join(&file.name));
    let observations = PyObservations {
        inner: inner.observations.clone(),
        standard: standard.clone(),
        files: read.collect(),
    };
    Ok(PyCollected {
        inner,
        observations: Py::new(py, observations)?,
    })
}
