//! Faults and bilingual texts as Python sees them.

use dabiao::{Fault, Lang, Text};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// Reads `"zh"`, `"en"` and the tags that begin with them.
pub(crate) fn read_lang(lang: &str) -> PyResult<Lang> {
    lang.parse()
        .map_err(|_| PyValueError::new_err(format!("unknown language {lang:?}: expected zh or en")))
}

/// A text in Chinese and in English.
///
/// ``str(text)`` is the Chinese one; where one is absent, the other stands in.
///
/// Example:
///     >>> import dabiao
///     >>> title = dabiao.Standard.builtin("weihai-2020")["2.3"].title
///     >>> str(title), title.en
///     ('居民议事协商', "residents' deliberation")
#[pyclass(frozen, eq, hash, module = "dabiao", name = "Text")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PyText(pub(crate) Text);

#[pymethods]
impl PyText {
    #[new]
    #[pyo3(signature = (zh, en = ""))]
    fn new(zh: &str, en: &str) -> Self {
        PyText(Text::new(zh, en))
    }

    /// The text in Chinese (simplified).
    ///
    /// Example:
    ///     >>> title.zh
    ///     '居民议事协商'
    #[getter]
    fn zh(&self) -> &str {
        self.0.get(Lang::Zh)
    }

    /// The text in English.
    ///
    /// Example:
    ///     >>> title.en
    ///     "residents' deliberation"
    #[getter]
    fn en(&self) -> &str {
        self.0.get(Lang::En)
    }

    /// The text in a language, ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> title.get("en")
    ///     "residents' deliberation"
    fn get(&self, lang: &str) -> PyResult<&str> {
        Ok(self.0.get(read_lang(lang)?))
    }

    fn __str__(&self) -> &str {
        self.0.get(Lang::Zh)
    }

    fn __repr__(&self) -> String {
        format!("Text({:?}, {:?})", self.0.zh, self.0.en)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String, String))> {
        let class = py.get_type::<PyText>().into_any();
        Ok((class, (self.0.zh.clone(), self.0.en.clone())))
    }
}

/// What is wrong in an input, where, and what was expected instead.
///
/// Example:
///     >>> import dabiao
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> fault, = standard.validate({"code": ["c1", "c2"], "activities": [12, -1]})
///     >>> fault.code, fault.row, fault.column, fault.subject, fault.found, fault.expected.en
///     ('value-range', 1, 'activities', 'c2', '-1', 'at least 0')
#[pyclass(frozen, eq, module = "dabiao", name = "Fault")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PyFault(pub(crate) Fault);

#[pymethods]
impl PyFault {
    /// The stable code of the kind of fault, such as ``"value-range"``.
    ///
    /// Example:
    ///     >>> fault.code
    ///     'value-range'
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code.as_str()
    }

    /// The file's name, where the input was a file.
    ///
    /// Example:
    ///     >>> print(fault.file)
    ///     None
    #[getter]
    fn file(&self) -> Option<&str> {
        self.0.place.file.as_deref()
    }

    /// The sheet of a workbook.
    ///
    /// Example:
    ///     >>> print(fault.sheet)
    ///     None
    #[getter]
    fn sheet(&self) -> Option<&str> {
        self.0.place.sheet.as_deref()
    }

    /// The line of a text or of a table, from 1; the heading of a table is line 1.
    ///
    /// Example:
    ///     >>> fault.line
    ///     3
    #[getter]
    fn line(&self) -> Option<u64> {
        self.0.place.line
    }

    /// The row of a table in memory, from 0; nothing for the heading, or for a file.
    ///
    /// Example:
    ///     >>> fault.row
    ///     1
    #[getter]
    fn row(&self) -> Option<u64> {
        let family = self.0.code.as_str().split('-').next();
        let in_table = matches!(family, Some("table" | "value" | "advice" | "unit"));
        let in_memory = self.0.place.file.is_none();
        let line = self.0.place.line.filter(|_| in_table && in_memory)?;
        line.checked_sub(2)
    }

    /// The heading of the table's column.
    ///
    /// Example:
    ///     >>> fault.column
    ///     'activities'
    #[getter]
    fn column(&self) -> Option<&str> {
        self.0.place.field.as_deref()
    }

    /// The character in a line of text, from 1.
    ///
    /// Example:
    ///     >>> print(fault.offset)
    ///     None
    #[getter]
    fn offset(&self) -> Option<u64> {
        self.0.place.column
    }

    /// The cell of a workbook, such as ``C17``.
    ///
    /// Example:
    ///     >>> print(fault.cell)
    ///     None
    #[getter]
    fn cell(&self) -> Option<&str> {
        self.0.place.cell.as_deref()
    }

    /// The code of the item, measure, community or unit that it is about.
    ///
    /// Example:
    ///     >>> fault.subject
    ///     'c2'
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// What stands there.
    ///
    /// Example:
    ///     >>> fault.found
    ///     '-1'
    #[getter]
    fn found(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// What should stand there.
    ///
    /// Example:
    ///     >>> fault.expected.zh
    ///     '不小于 0'
    #[getter]
    fn expected(&self) -> Option<PyText> {
        self.0.expected.clone().map(PyText)
    }

    /// The whole fault on one line, in ``"en"`` or ``"zh"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> print(fault.message())
    ///     3:activities: c2: out of range: found -1, expected at least 0
    #[pyo3(signature = (lang = "en"))]
    fn message(&self, lang: &str) -> PyResult<String> {
        Ok(self.0.message(read_lang(lang)?))
    }

    /// The fault as plain values, for JSON or a table.
    ///
    /// Example:
    ///     >>> fault.to_dict()["expected"]
    ///     'at least 0'
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("code", self.code())?;
        dict.set_item("file", self.file())?;
        dict.set_item("sheet", self.sheet())?;
        dict.set_item("line", self.line())?;
        dict.set_item("row", self.row())?;
        dict.set_item("column", self.column())?;
        dict.set_item("offset", self.offset())?;
        dict.set_item("cell", self.cell())?;
        dict.set_item("subject", self.subject())?;
        dict.set_item("found", self.found())?;
        let expected = self.0.expected.as_ref();
        dict.set_item("expected", expected.map(|text| text.get(Lang::En)))?;
        dict.set_item("message", self.0.message(Lang::En))?;
        Ok(dict)
    }

    fn __str__(&self) -> String {
        self.0.message(Lang::En)
    }

    fn __repr__(&self) -> String {
        format!("<Fault {}: {}>", self.code(), self.0.message(Lang::En))
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.0.message(Lang::Zh).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let class = py.get_type::<PyFault>();
        let place = &self.0.place;
        let parts = (
            self.code(),
            (&place.file, &place.sheet, place.line, place.column),
            (&place.field, &place.cell),
            &self.0.subject,
            &self.0.found,
            self.expected(),
        );
        Ok((class.getattr("_restore")?, parts.into_pyobject(py)?))
    }

    /// Puts a pickled fault together again.
    #[staticmethod]
    #[allow(clippy::type_complexity)]
    fn _restore(
        code: &str,
        place: (Option<String>, Option<String>, Option<u64>, Option<u64>),
        cell: (Option<String>, Option<String>),
        subject: Option<String>,
        found: Option<String>,
        expected: Option<PyRef<'_, PyText>>,
    ) -> PyResult<Self> {
        let known = dabiao::FaultCode::ALL
            .iter()
            .find(|held| held.as_str() == code);
        let Some(code) = known else {
            return Err(PyValueError::new_err(format!("unknown fault {code:?}")));
        };
        let mut fault = Fault::new(*code).at(dabiao::Place {
            file: place.0,
            sheet: place.1,
            line: place.2,
            column: place.3,
            field: cell.0,
            cell: cell.1,
        });
        fault.subject = subject;
        fault.found = found;
        fault.expected = expected.map(|text| text.0.clone());
        Ok(PyFault(fault))
    }
}
