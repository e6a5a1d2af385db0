//! Scores as Python sees them.

mod explained;
mod files;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use dabiao::Scores;
use dabiao::arrow::{PointsAs, ScoreColumn};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::convert;
use crate::fault::PyFault;
use crate::frame::Reader;
use crate::standard::PyStandard;
use crate::statistics::PyStatistics;

/// The scores of all communities of a table, in the order of their codes.
///
/// Its columns are ``code``, ``name`` and ``district`` where the table has them, ``total``,
/// ``bonus``, ``grade`` (the grade's id), ``rank``, ``vetoes``, ``missing``, ``flags`` (codes
/// joined by ``;``), then one for each section and each item, headed by its code. Points are
/// exact decimals with the standard's digits; what is excluded is null. They are held as scaled
/// integers, and become columns when they are asked for.
///
/// Anything that reads the Arrow PyCapsule interface takes it as it is: ``polars.DataFrame(scores)``,
/// ``pyarrow.table(scores)``, ``duckdb.sql("from scores")``.
///
/// Example:
///     >>> import dabiao
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> scores = standard.score({"code": ["c2", "c1"], "activities": [12, 9]})
///     >>> len(scores), scores.columns[:4]
///     (2, ['code', 'total', 'bonus', 'grade'])
///     >>> scores.points("5.2")
///     [Decimal('2.25'), Decimal('3.00')]
#[pyclass(frozen, module = "dabiao", name = "Scores")]
pub(crate) struct PyScores {
    pub(crate) inner: Arc<Scores>,
    pub(crate) standard: Py<PyStandard>,
    /// What they were read from.
    pub(crate) files: Vec<PathBuf>,
}

impl PyScores {
    /// The columns of some names, or those of the published table.
    fn pick(&self, names: Option<Vec<String>>) -> PyResult<Vec<ScoreColumn>> {
        let Some(names) = names else {
            return Ok(self.inner.columns());
        };
        let known = self.inner.all_columns();
        let pick = |name: String| {
            let found = known.iter().find(|column| column.name() == name);
            found.cloned().ok_or_else(|| PyKeyError::new_err(name))
        };
        names.into_iter().map(pick).collect()
    }

    fn reader(&self, names: Option<Vec<String>>, points: PointsAs) -> PyResult<Reader> {
        Ok(Box::new(self.inner.batches(self.pick(names)?, points)))
    }

    fn row(&self, code: &str) -> PyResult<usize> {
        let row = self.inner.observations().row_of(code);
        row.ok_or_else(|| PyKeyError::new_err(code.to_owned()))
    }

    /// The rows of some codes, or all of them.
    fn rows(&self, codes: Option<Vec<String>>) -> PyResult<Vec<usize>> {
        match codes {
            Some(codes) => codes.iter().map(|code| self.row(code)).collect(),
            None => Ok((0..self.inner.len()).collect()),
        }
    }
}

#[pymethods]
impl PyScores {
    /// The standard that was run.
    ///
    /// Example:
    ///     >>> scores.standard == standard
    ///     True
    #[getter]
    fn standard(&self, py: Python<'_>) -> Py<PyStandard> {
        self.standard.clone_ref(py)
    }

    /// The communities' codes, sorted as bytes.
    ///
    /// Example:
    ///     >>> scores.codes
    ///     ['c1', 'c2']
    #[getter]
    fn codes(&self) -> Vec<&str> {
        self.inner.codes().iter().collect()
    }

    /// The names of the columns of the published table.
    ///
    /// Example:
    ///     >>> scores.columns[-2:]
    ///     ['6.2', '6.3']
    #[getter]
    fn columns(&self) -> Vec<String> {
        let columns = self.inner.columns();
        columns
            .iter()
            .map(|column| column.name().to_owned())
            .collect()
    }

    /// The names of every column that can be asked for: beside the published ones other
    /// attributes, each bonus and deduction, ``total_before_bonus``, ``deductions``,
    /// ``grade_earned`` (before vetoes), ``undecided`` and ``rank_key`` (bytes that sort as the
    /// places do).
    ///
    /// Example:
    ///     >>> scores.all_columns[-3:]
    ///     ['grade_earned', 'undecided', 'rank_key']
    #[getter]
    fn all_columns(&self) -> Vec<String> {
        let columns = self.inner.all_columns();
        columns
            .iter()
            .map(|column| column.name().to_owned())
            .collect()
    }

    /// The cohorts' statistics that it used, to score single communities or other parts later.
    ///
    /// Example:
    ///     >>> standard.score({"code": ["c3"]}, statistics=scores.statistics).codes
    ///     ['c3']
    #[getter]
    fn statistics(&self) -> PyStatistics {
        PyStatistics(self.inner.statistics().clone())
    }

    /// What a reader should look at although it is no fault: rounded digits, a percent column
    /// that looks like bare ratios.
    ///
    /// Example:
    ///     >>> scores.advice
    ///     []
    #[getter]
    fn advice(&self) -> Vec<PyFault> {
        let advice = self.inner.observations().advice();
        advice.iter().cloned().map(PyFault).collect()
    }

    /// The SHA-256 of the observations in hexadecimal, the same for any format and order of
    /// rows. That of the standard is ``scores.standard.digest``.
    ///
    /// Example:
    ///     >>> len(scores.observations_digest)
    ///     64
    #[getter]
    fn observations_digest(&self, py: Python<'_>) -> String {
        py.detach(|| self.inner.observations().digest(self.inner.standard()))
    }

    /// The points of a column for every community: ``"total"``, ``"total_before_bonus"``,
    /// ``"bonus"``, ``"deductions"``, or the code of a section, an item, a bonus or a deduction.
    ///
    /// Returns:
    ///     A list of ``decimal.Decimal``, ``None`` where it is excluded.
    ///
    /// Raises:
    ///     KeyError: If there is no such column of points.
    ///
    /// Example:
    ///     >>> scores.points("total")
    ///     [Decimal('2.25'), Decimal('3.00')]
    fn points<'py>(&self, py: Python<'py>, column: &str) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        let columns = self.pick(Some(vec![column.to_owned()]))?;
        let of = |row: usize| match &columns[0] {
            ScoreColumn::Total => Some(self.inner.total(row)),
            ScoreColumn::TotalBeforeBonus => Some(self.inner.total_before_bonus(row)),
            ScoreColumn::Bonus => Some(self.inner.bonus(row)),
            ScoreColumn::Deductions => Some(self.inner.deductions(row)),
            ScoreColumn::Part(code) => Some(self.inner.points_of(code, row)),
            _ => None,
        };
        for row in 0..self.inner.len() {
            let points = of(row).ok_or_else(|| PyKeyError::new_err(column.to_owned()))?;
            list.append(convert::points(py, points)?)?;
        }
        Ok(list)
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __contains__(&self, code: &str) -> bool {
        self.inner.observations().row_of(code).is_some()
    }

    fn __repr__(&self) -> String {
        let id = &self.inner.standard().document().id;
        format!("<Scores of {} communities against {id}>", self.inner.len())
    }
}
