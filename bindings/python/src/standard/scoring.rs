//! Tables read, scored and checked against a standard.

use std::sync::Arc;

use dabiao::{Fault, FaultCode, Faults, ScoreOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use super::PyStandard;
use crate::card::PyCard;
use crate::errors::{Doing, Problem, raise};
use crate::fault::PyFault;
use crate::grid::PyGrid;
use crate::input::{self, Reading};
use crate::observations::PyObservations;
use crate::scores::PyScores;
use crate::statistics::PyStatistics;
use crate::watch::Watch;

#[pymethods]
impl PyStandard {
    /// Reads a table of communities and checks it against the measures.
    ///
    /// Args:
    ///     table: A data frame of any library with the Arrow PyCapsule interface, a lazy one
    ///         with ``collect()``, the path of a file (CSV or TSV of any encoding, XLSX, XLS, ODS,
    ///         Parquet, Arrow), a dict of lists, or a list of dicts. Its columns are ``code``,
    ///         perhaps ``name``, ``district`` and other attributes, and measures by name or
    ///         title. Null is a missing value; so is NaN in pandas, and a fault anywhere else.
    ///
    ///     sheet: The sheet of a workbook; the first that fits if not given.
    ///     encoding: Of a CSV or TSV file: ``"utf-8"``, ``"gb18030"`` (or ``"gbk"``) or
    ///         ``"utf-16"``; found out if not given.
    ///
    /// Raises:
    ///     OSError: If the file cannot be read.
    ///     TableError: With all faults of the table, each with its row and column or its cell.
    ///     TypeError: If it is no table.
    ///     ValueError: For any other encoding; for a sheet or an encoding of what is no file.
    ///
    /// Example:
    ///     >>> standard.read({"code": ["c1"], "activities": [9]})
    ///     <Observations of 1 communities>
    #[pyo3(signature = (table, *, sheet = None, encoding = None))]
    fn read(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        sheet: Option<String>,
        encoding: Option<&str>,
    ) -> PyResult<PyObservations> {
        let watch = Watch::new(None, None)?;
        let reading = Reading::new(sheet, encoding)?;
        match input::read(&self.inner, table, &reading, &watch) {
            Ok(inner) => Ok(PyObservations {
                inner,
                standard: self.inner.clone(),
                files: input::files_of(table)?,
            }),
            Err(problem) => Err(watch.raise(py, problem, Doing::Table)),
        }
    }

    /// Scores a table of communities, exactly. The table is the cohort, unless statistics are
    /// given.
    ///
    /// The interpreter is released while it runs, and the result is the same on any number of
    /// threads.
    ///
    /// Args:
    ///     table: As ``Standard.read`` takes it, or what that returned.
    ///     statistics: The cohorts' statistics of an earlier run, in place of the table's own.
    ///     grid: A ``Grid``, which fills the measures that the standard takes from it, such as
    ///         the coverage of organisations. Every community of the table must be one of it.
    ///     alone: The rows are single cards, not a cohort: a rule that needs one is refused
    ///         unless statistics are given.
    ///     threads: The most that may be used; as many as the machine has if not given.
    ///     progress: Called now and then with the rows done and the rows in all; the run is
    ///         cancelled if it returns a false value other than ``None``.
    ///     cancel: A ``threading.Event``; the run is cancelled when it is set.
    ///     sheet: As for ``Standard.read``.
    ///     encoding: As for ``Standard.read``.
    ///
    /// Raises:
    ///     TableError: With all faults of the table.
    ///     ScoreError: With all faults that only the computation shows.
    ///     CohortError: If a rule needs a cohort that is not there, or the statistics are those
    ///         of another standard.
    ///     Cancelled: If it was cancelled.
    ///     TypeError: If it is no table.
    ///
    /// Example:
    ///     >>> import dabiao
    ///     >>> standard = dabiao.Standard.builtin("weihai-2020")
    ///     >>> scores = standard.score({"code": ["c1"], "activities": [9]}, threads=1)
    ///     >>> scores.points("5.2")
    ///     [Decimal('2.25')]
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (table, *, grid = None, statistics = None, alone = false, threads = None, progress = None, cancel = None, sheet = None, encoding = None))]
    fn score<'py>(
        slf: &Bound<'py, Self>,
        table: &Bound<'py, PyAny>,
        grid: Option<PyRef<'py, PyGrid>>,
        statistics: Option<PyRef<'py, PyStatistics>>,
        alone: bool,
        threads: Option<usize>,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
        sheet: Option<String>,
        encoding: Option<&str>,
    ) -> PyResult<PyScores> {
        let py = slf.py();
        let standard = &slf.get().inner;
        let watch = Watch::new(progress, cancel)?;
        let mut options = options(threads)?.with_progress(watch.progress());
        if let Some(statistics) = statistics {
            options = options.with_statistics(statistics.0.clone());
        }
        if alone {
            options = options.alone();
        }
        let reading = Reading::new(sheet, encoding)?;
        let observations = input::read(standard, table, &reading, &watch)
            .map_err(|problem| watch.raise(py, problem, Doing::Table))?;
        let observations = match grid {
            Some(grid) => {
                let grid = &grid.0;
                let filled = py.detach(|| observations.with_grid(standard, grid));
                filled.map_err(|faults| raise(py, &faults, Doing::Table))?
            }
            None => observations,
        };
        let scores = py.detach(|| standard.score(&observations, &options));
        match scores {
            Ok(scores) => Ok(PyScores {
                inner: Arc::new(scores),
                standard: slf.clone().unbind(),
                files: input::files_of(table)?,
            }),
            Err(faults) => Err(watch.raise(py, Problem::Faults(faults), Doing::Score)),
        }
    }

    /// Scores one community and explains it.
    ///
    /// Args:
    ///     record: A dict of its values; ``code`` may be left out.
    ///     statistics: The cohorts' statistics of a full run, where a rule looks at a cohort.
    ///
    /// Raises:
    ///     TableError: With all faults of the record.
    ///     ScoreError: With all faults that only the computation shows.
    ///     CohortError: If a rule needs statistics that are not given.
    ///
    /// Example:
    ///     >>> import dabiao
    ///     >>> standard = dabiao.Standard.builtin("weihai-2020")
    ///     >>> standard.card({"activities": 9})["5.2"].points
    ///     Decimal('2.25')
    #[pyo3(signature = (record, *, statistics = None))]
    fn card(
        &self,
        py: Python<'_>,
        record: &Bound<'_, PyMapping>,
        statistics: Option<PyRef<'_, PyStatistics>>,
    ) -> PyResult<PyCard> {
        let mut options = options(Some(1))?.alone();
        if let Some(statistics) = statistics {
            options = options.with_statistics(statistics.0.clone());
        }
        let observations = input::read_record(&self.inner, record)
            .map_err(|problem| problem.raise(py, Doing::Table))?;
        let card = py.detach(|| {
            let scores = self.inner.score(&observations, &options)?;
            Ok(scores.card(0))
        });
        let card = card.map_err(|faults: Faults| raise(py, &faults, Doing::Score))?;
        card.map(PyCard)
            .ok_or_else(|| PyValueError::new_err("the record is empty"))
    }

    /// The statistics of a table's cohorts, to be merged with those of other parts or handed in
    /// where single communities are scored.
    ///
    /// Args:
    ///     table: As ``Standard.read`` takes it, or what that returned.
    ///     threads: The most that may be used; as many as the machine has if not given.
    ///     progress: As ``Standard.score`` calls it.
    ///     cancel: A ``threading.Event``; the run is cancelled when it is set.
    ///     sheet: As for ``Standard.read``.
    ///     encoding: As for ``Standard.read``.
    ///
    /// Raises:
    ///     TableError: With all faults of the table.
    ///     Cancelled: If it was cancelled.
    ///     TypeError: If it is no table.
    ///
    /// Example:
    ///     >>> standard.statistics({"code": ["c1"], "activities": [9]}).to_json()[:1]
    ///     '{'
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (table, *, threads = None, progress = None, cancel = None, sheet = None, encoding = None))]
    fn statistics<'py>(
        &self,
        py: Python<'py>,
        table: &Bound<'py, PyAny>,
        threads: Option<usize>,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
        sheet: Option<String>,
        encoding: Option<&str>,
    ) -> PyResult<PyStatistics> {
        let watch = Watch::new(progress, cancel)?;
        let options = options(threads)?.with_progress(watch.progress());
        let reading = Reading::new(sheet, encoding)?;
        let observations = input::read(&self.inner, table, &reading, &watch)
            .map_err(|problem| watch.raise(py, problem, Doing::Table))?;
        let made = py.detach(|| self.inner.statistics_with(&observations, &options));
        made.map(PyStatistics)
            .map_err(|faults| watch.raise(py, Problem::Faults(faults), Doing::Score))
    }

    /// The faults of a table, of its cells and of the grid, or where there are none of its
    /// scores: all of them up to 1,000, and none where it is sound.
    ///
    /// Args:
    ///     table: As ``Standard.read`` takes it, or what that returned.
    ///     grid: A ``Grid``, as for ``Standard.score``.
    ///     sheet: As for ``Standard.read``.
    ///     encoding: As for ``Standard.read``.
    ///
    /// Raises:
    ///     TypeError: If it is no table.
    ///
    /// Example:
    ///     >>> [fault.column for fault in standard.validate({"code": ["c1"], "activities": [-1]})]
    ///     ['activities']
    #[pyo3(signature = (table, *, grid = None, sheet = None, encoding = None))]
    fn validate(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        grid: Option<PyRef<'_, PyGrid>>,
        sheet: Option<String>,
        encoding: Option<&str>,
    ) -> PyResult<Vec<PyFault>> {
        let watch = Watch::new(None, None)?;
        let reading = Reading::new(sheet, encoding)?;
        let options = ScoreOptions::new().with_progress(watch.progress());
        let found = match input::read(&self.inner, table, &reading, &watch) {
            Ok(observations) => {
                let grid = grid.as_ref().map(|grid| &grid.0);
                let score = || {
                    let observations = match grid {
                        Some(grid) => observations.with_grid(&self.inner, grid)?,
                        None => observations,
                    };
                    self.inner.score(&observations, &options).map(drop)
                };
                py.detach(score).err()
            }
            Err(Problem::Faults(faults)) => Some(faults),
            Err(Problem::Python(error)) => return Err(error),
        };
        let listed = found.map(|faults| faults.listed).unwrap_or_default();
        if listed
            .iter()
            .any(|fault| fault.code == FaultCode::Cancelled)
        {
            let stopped = Fault::new(FaultCode::Cancelled);
            return Err(watch.raise(py, Problem::Faults(stopped.into()), Doing::Table));
        }
        Ok(listed.into_iter().map(PyFault).collect())
    }
}

fn options(threads: Option<usize>) -> PyResult<ScoreOptions> {
    match threads {
        Some(0) => Err(PyValueError::new_err("threads must be at least 1")),
        Some(threads) => Ok(ScoreOptions::new().with_threads(threads)),
        None => Ok(ScoreOptions::new()),
    }
}
