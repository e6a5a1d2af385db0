//! Standards in and out of workbooks, and templates to be filled in.

use std::io::Write;
use std::path::PathBuf;

use dabiao::grid::CodeScheme;
use dabiao_io::{
    TemplateFor, TemplateOptions, read_standard, standard_workbook, template, templates,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::PyStandard;
use crate::errors::{Doing, Problem};
use crate::fault::read_lang;
use crate::input::{self, AnyRows};
use crate::origin::Origin;
use crate::outputs;
use crate::registry;

#[pymethods]
impl PyStandard {
    /// Reads a standard from a workbook as ``Standard.to_workbook`` lays it out: XLSX, XLS or
    /// ODS.
    ///
    /// Raises:
    ///     OSError: If the file cannot be read.
    ///     StandardError: With all faults of the standard, each with its sheet and cell.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> path = pathlib.Path(tempfile.mkdtemp()) / "standard.xlsx"
    ///     >>> standard.to_workbook(path)
    ///     >>> dabiao.Standard.from_workbook(path) == standard
    ///     True
    #[classmethod]
    fn from_workbook(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let bytes = std::fs::read(&path).map_err(|error| outputs::at(&path, &error))?;
        PyStandard::of_workbook(py, &path.display().to_string(), &bytes)
    }

    /// Writes the standard as a workbook (XLSX) in which its items can be edited, and which
    /// ``Standard.from_workbook`` reads back without loss.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///     DabiaoError: If a text is too long for a cell.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> standard.to_workbook(pathlib.Path(tempfile.mkdtemp()) / "standard.xlsx")
    fn to_workbook(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let made = py.detach(|| -> Result<(), Problem> {
            let bytes = standard_workbook(self.document())?;
            Ok(outputs::write(&path, &bytes, &[])?)
        });
        made.map_err(|problem| problem.raise(py, Doing::Write))
    }

    /// The standard as TOML text, without the comments that it may have been read with.
    ///
    /// Example:
    ///     >>> dabiao.Standard.from_toml(standard.to_toml()) == standard
    ///     True
    fn to_toml(&self, py: Python<'_>) -> String {
        py.detach(|| self.document().to_toml())
    }

    /// The standard as JSON text of the same schema.
    ///
    /// Example:
    ///     >>> standard.to_json()[:1]
    ///     '{'
    fn to_json(&self, py: Python<'_>) -> String {
        py.detach(|| self.document().to_json())
    }

    /// Writes a workbook (XLSX) that a community fills in without help: a cell for each value
    /// with what it may hold, and the points worked out beside it while it is filled in.
    ///
    /// Filled and saved, it is a table like any other: ``standard.score("filled.xlsx")``, or a
    /// folder of them with ``dabiao.collect``.
    ///
    /// Args:
    ///     path: The workbook, or with ``communities`` the folder for one each; all of them
    ///         appear, or none.
    ///     communities: A table of communities as ``Standard.read`` takes it, with ``code`` and
    ///         perhaps ``name``, ``street_code``, ``street`` and ``district``.
    ///     each: With ``communities``, what there is one workbook for: ``"community"``, a form,
    ///         or ``"street"``, a table with a row for each of its communities, 200 at most.
    ///     lang: Its words, ``"zh"`` or ``"en"``.
    ///
    /// Returns:
    ///     The paths of the workbooks.
    ///
    /// Raises:
    ///     OSError: If a file cannot be read or written.
    ///     TableError: With all faults of the table; where it has no column of streets and one
    ///         workbook a street is asked for.
    ///     DabiaoError: If a workbook cannot hold it.
    ///     TypeError: If ``communities`` is no table.
    ///     ValueError: For any other language or unit.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> folder = pathlib.Path(tempfile.mkdtemp())
    ///     >>> forms = standard.write_template(folder, communities={"code": ["c1"], "name": ["甲"]})
    ///     >>> [pathlib.Path(form).name for form in forms]
    ///     ['c1 甲.xlsx']
    #[pyo3(signature = (path, *, communities = None, each = "community", lang = "zh"))]
    fn write_template(
        &self,
        py: Python<'_>,
        path: PathBuf,
        communities: Option<&Bound<'_, PyAny>>,
        each: &str,
        lang: &str,
    ) -> PyResult<Vec<String>> {
        let options = TemplateOptions::new().with_lang(read_lang(lang)?);
        let each = match each {
            "community" => TemplateFor::Community,
            "street" => TemplateFor::Street,
            _ => {
                let message = format!("each: {each:?} is not community or street");
                return Err(PyValueError::new_err(message));
            }
        };
        let Some(communities) = communities else {
            let made = py.detach(|| -> Result<(), Problem> {
                let bytes = template(&self.inner, &options)?;
                Ok(outputs::write(&path, &bytes, &[])?)
            });
            made.map_err(|problem| problem.raise(py, Doing::Write))?;
            return Ok(vec![path.display().to_string()]);
        };
        let read = input::file_of(communities)?;
        let rows = AnyRows::read(communities)?;
        let registry = py
            .detach(|| registry::registry(CodeScheme::Free, rows))
            .map_err(|faults| Problem::Faults(faults).raise(py, Doing::Table))?;
        let written = py.detach(|| {
            let planned = templates(&registry, each, &options)?;
            outputs::write_set::<Problem>(&path, |set| {
                set.spare(&read);
                for (name, options) in planned {
                    let bytes = template(&self.inner, &options)?;
                    let written = set.write(&format!("{name}.xlsx"), |file| file.write_all(&bytes));
                    written.map_err(|error| outputs::at(&path, &error))?;
                }
                Ok(())
            })
        });
        written.map_err(|problem| problem.raise(py, Doing::Write))
    }
}

impl PyStandard {
    /// A standard out of a workbook's bytes; `name` is the file's, for faults.
    pub(super) fn of_workbook(py: Python<'_>, name: &str, bytes: &[u8]) -> PyResult<Self> {
        let made = py.detach(|| read_standard(name, bytes));
        let text = made.as_ref().map(|made| made.document().to_toml());
        let origin = Origin::Toml(text.unwrap_or_default());
        PyStandard::made(py, made, origin)
    }
}
