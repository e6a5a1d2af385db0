//! Scores as files.

use std::path::PathBuf;

use dabiao::{Lang, Scores};
use dabiao_io::{
    BYTE_ORDER_MARK, RESULTS_COMMUNITIES, add_results, add_results_workbook, results_workbook,
    write_scores,
};
use dabiao_report::{LIMIT, Report};
use pyo3::prelude::*;

use super::PyScores;
use crate::errors::{Doing, Problem};
use crate::fault::read_lang;
use crate::outputs;

#[pymethods]
impl PyScores {
    /// Writes the published table as CSV, the ``scores.csv`` of a run. Any library of data frames
    /// writes other formats: ``scores.to_polars().write_parquet(path)``.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> path = pathlib.Path(tempfile.mkdtemp()) / "scores.csv"
    ///     >>> scores.write_csv(path)
    ///     >>> path.read_text(encoding="utf-8-sig")[:21]
    ///     'code,total,bonus,grad'
    fn write_csv(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.write_one(py, path, |scores, bytes| {
            bytes.extend_from_slice(BYTE_ORDER_MARK);
            Ok(write_scores(scores, bytes)?)
        })
    }

    /// Writes a workbook (XLSX) for people: an overview with charts, the ranking, every item of
    /// every community, and where points are lost.
    ///
    /// Args:
    ///     path: The file.
    ///     lang: ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///     DabiaoError: For more than 5,000 communities.
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> path = pathlib.Path(tempfile.mkdtemp()) / "results.xlsx"
    ///     >>> scores.write_excel(path, lang="en")
    #[pyo3(signature = (path, *, lang = "zh"))]
    fn write_excel(&self, py: Python<'_>, path: PathBuf, lang: &str) -> PyResult<()> {
        let lang = read_lang(lang)?;
        self.write_one(py, path, |scores, bytes| {
            if scores.len() > RESULTS_COMMUNITIES {
                return Err(outputs::too_large(scores.len(), RESULTS_COMMUNITIES));
            }
            Ok(results_workbook(scores, lang, bytes)?)
        })
    }

    /// Writes the report: one HTML file that opens from disk without a network, with the
    /// ranking, a card for each community and charts.
    ///
    /// Args:
    ///     path: The file.
    ///     lang: The language in which it opens, ``"zh"`` or ``"en"``; its reader can switch.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///     DabiaoError: For more than 2,000 communities.
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    ///     >>> scores.write_report(path, lang="en")
    #[pyo3(signature = (path, *, lang = "zh"))]
    fn write_report(&self, py: Python<'_>, path: PathBuf, lang: &str) -> PyResult<()> {
        let lang = read_lang(lang)?;
        self.write_one(py, path, |scores, bytes| {
            let report = Report::of_scores(scores).in_language(lang);
            let page = report.page()?;
            *bytes = page.ok_or_else(|| outputs::too_large(scores.len(), LIMIT))?;
            Ok(())
        })
    }

    /// Writes ``scores.csv``, ``items.csv``, ``gaps.csv``, ``summary.json`` and
    /// ``results.xlsx`` into a folder, as ``dabiao score --out`` does. All of them appear, or
    /// none. Above 5,000 communities the workbook is left out with a ``UserWarning``.
    ///
    /// Args:
    ///     folder: It is made if it is not there.
    ///     lang: ``"zh"`` or ``"en"``.
    ///
    /// Returns:
    ///     The paths of the files.
    ///
    /// Raises:
    ///     OSError: If a file cannot be written.
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> written = scores.write(pathlib.Path(tempfile.mkdtemp()) / "out")
    ///     >>> [pathlib.Path(path).name for path in written]
    ///     ['scores.csv', 'items.csv', 'gaps.csv', 'summary.json', 'results.xlsx']
    #[pyo3(signature = (folder, *, lang = "zh"))]
    fn write(&self, py: Python<'_>, folder: PathBuf, lang: &str) -> PyResult<Vec<String>> {
        let lang = read_lang(lang)?;
        let written = py.detach(|| self.write_all(&folder, lang))?;
        if self.inner.len() > RESULTS_COMMUNITIES {
            outputs::left_out(py, "results.xlsx", RESULTS_COMMUNITIES)?;
        }
        Ok(written)
    }
}

impl PyScores {
    fn write_one(
        &self,
        py: Python<'_>,
        path: PathBuf,
        make: impl FnOnce(&Scores, &mut Vec<u8>) -> Result<(), Problem> + Send,
    ) -> PyResult<()> {
        let made = py.detach(|| {
            let mut bytes = Vec::new();
            make(&self.inner, &mut bytes)?;
            Ok(outputs::write(&path, &bytes, &self.files)?)
        });
        made.map_err(|problem: Problem| problem.raise(py, Doing::Write))
    }

    fn write_all(&self, folder: &std::path::Path, lang: Lang) -> PyResult<Vec<String>> {
        outputs::write_set(folder, |set| {
            set.spare(&self.files);
            let added = add_results(&self.inner, lang, set)
                .and_then(|()| add_results_workbook(&self.inner, lang, set));
            added.map_err(|error| outputs::at(folder, &error))?;
            Ok(())
        })
    }
}
