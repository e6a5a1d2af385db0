//! Standards as Python sees them.

mod about;
mod files;
mod scoring;
mod tables;

use std::path::{Path, PathBuf};

use dabiao::explain::Role;
use dabiao::standard::document as doc;
use dabiao::{Fault, FaultCode, Faults, Standard, Text};
use dabiao_io::is_workbook;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors::{Doing, raise};
use crate::origin::Origin;
use crate::outputs;
use crate::parts::{PyItem, PySection};

/// A standard (创建标准): checked, compiled, and safe to share between threads.
///
/// It is made by ``Standard.builtin``, ``Standard.from_file``, ``Standard.from_toml``,
/// ``Standard.from_json`` or ``Standard.from_workbook``, and never changes.
///
/// Example:
///     >>> import dabiao
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> standard.id, standard.title.en, len(standard.items), standard.full_marks
///     ('weihai-2020', 'Refined, Happy Community', 33, Decimal('100'))
///     >>> standard["2.3"].rule_in_words("en")
///     "residents' deliberation meetings held in the period: 1 for each one, at most 3"
#[pyclass(frozen, module = "dabiao", name = "Standard")]
pub(crate) struct PyStandard {
    pub(crate) inner: Standard,
    origin: Origin,
}

impl PyStandard {
    fn made(py: Python<'_>, made: Result<Standard, Faults>, origin: Origin) -> PyResult<Self> {
        match made {
            Ok(inner) => Ok(PyStandard { inner, origin }),
            Err(faults) => Err(raise(py, &faults, Doing::Standard)),
        }
    }

    /// A standard that a campaign names: a built-in one, or a file relative to the campaign's.
    pub(crate) fn named(inner: &Standard, named: &str, folder: &Path) -> PyResult<Self> {
        let origin = Origin::of(named, folder)?;
        Ok(PyStandard {
            inner: inner.clone(),
            origin,
        })
    }

    pub(crate) fn document(&self) -> &doc::Document {
        self.inner.document()
    }

    /// Every section with the code of the one around it, in the order of the standard.
    pub(crate) fn all_sections(&self) -> Vec<(&doc::Section, Option<&str>)> {
        let mut found = Vec::new();
        let mut rest: Vec<_> = self
            .document()
            .sections
            .iter()
            .rev()
            .map(|s| (s, None))
            .collect();
        while let Some((section, parent)) = rest.pop() {
            found.push((section, parent));
            let inner = section.sections.iter().rev();
            rest.extend(inner.map(|inner| (inner, Some(section.id.as_str()))));
        }
        found
    }

    fn made_item(&self, item: &doc::Item, section: Option<&str>, role: Role) -> PyItem {
        PyItem {
            standard: self.inner.clone(),
            item: item.clone(),
            section: section.map(str::to_owned),
            role,
        }
    }

    fn section(&self, section: &doc::Section, parent: Option<&str>) -> PySection {
        PySection {
            standard: self.inner.clone(),
            section: section.clone(),
            parent: parent.map(str::to_owned),
        }
    }
}

#[pymethods]
impl PyStandard {
    /// A standard that ships with the library: one of ``Standard.builtin_ids()``.
    ///
    /// Raises:
    ///     StandardError: For any other id.
    ///
    /// Example:
    ///     >>> dabiao.Standard.builtin("uci-communities").title.en
    ///     'Composite index of United States communities (example)'
    #[classmethod]
    fn builtin(_class: &Bound<'_, PyType>, py: Python<'_>, id: &str) -> PyResult<Self> {
        let made = py.detach(|| Standard::builtin(id));
        PyStandard::made(py, made, Origin::Builtin(id.to_owned()))
    }

    /// The ids of the standards that ship with the library.
    ///
    /// Example:
    ///     >>> dabiao.Standard.builtin_ids()
    ///     ['weihai-2020', 'uci-communities']
    #[staticmethod]
    fn builtin_ids() -> Vec<&'static str> {
        Standard::builtin_ids().collect()
    }

    /// Reads a standard from a TOML or JSON file, JSON where its name ends in ``.json``, or from
    /// a workbook.
    ///
    /// Raises:
    ///     OSError: If the file cannot be read.
    ///     StandardError: With all faults of the text, each with line and offset.
    ///
    /// Example:
    ///     >>> import pathlib, tempfile
    ///     >>> path = pathlib.Path(tempfile.mkdtemp()) / "standard.toml"
    ///     >>> _ = path.write_text(standard.text, encoding="utf-8")
    ///     >>> dabiao.Standard.from_file(path) == standard
    ///     True
    #[classmethod]
    fn from_file(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let name = path.display().to_string();
        let bytes = std::fs::read(&path).map_err(|error| outputs::at(&path, &error))?;
        if is_workbook(&bytes) {
            return PyStandard::of_workbook(py, &name, &bytes);
        }
        let is_json = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let Ok(text) = String::from_utf8(bytes) else {
            let fault = Fault::new(FaultCode::Unreadable)
                .expected(Text::new("UTF-8 编码的文本", "text in UTF-8"));
            return Err(raise(
                py,
                &Faults::from(fault).in_file(&name),
                Doing::Standard,
            ));
        };
        let made = py.detach(|| {
            let made = if is_json {
                Standard::from_json(&text)
            } else {
                Standard::from_toml(&text)
            };
            made.map_err(|faults| faults.in_file(&name))
        });
        let origin = if is_json {
            Origin::Json(text)
        } else {
            Origin::Toml(text)
        };
        PyStandard::made(py, made, origin)
    }

    /// Reads a standard from TOML text.
    ///
    /// Raises:
    ///     StandardError: With all faults of the text, each with line and offset.
    ///
    /// Example:
    ///     >>> dabiao.Standard.from_toml(standard.text) == standard
    ///     True
    #[classmethod]
    fn from_toml(_class: &Bound<'_, PyType>, py: Python<'_>, text: String) -> PyResult<Self> {
        let made = py.detach(|| Standard::from_toml(&text));
        PyStandard::made(py, made, Origin::Toml(text))
    }

    /// Reads a standard from JSON text of the same schema.
    ///
    /// Raises:
    ///     StandardError: With all faults of the text, each with line and offset.
    ///
    /// Example:
    ///     >>> dabiao.Standard.from_json(standard.to_json()) == standard
    ///     True
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, py: Python<'_>, text: String) -> PyResult<Self> {
        let made = py.detach(|| Standard::from_json(&text));
        PyStandard::made(py, made, Origin::Json(text))
    }

    fn __repr__(&self) -> String {
        format!(
            "<Standard {}: {}>",
            self.document().id,
            self.document().title
        )
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other
            .cast::<PyStandard>()
            .is_ok_and(|other| other.get().inner.digest() == self.inner.digest())
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.inner.digest().hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let class = py.get_type::<PyStandard>();
        let (maker, text) = self.origin.maker();
        Ok((class.getattr(maker)?, (text.to_owned(),)))
    }
}
