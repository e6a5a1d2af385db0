//! Standards as Python sees them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, StringArray};
use dabiao::explain::{Role, Words};
use dabiao::standard::{Format, document as doc};
use dabiao::{Fault, FaultCode, Faults, Lang, Rational, ScoreOptions, Standard, Text};
use dabiao_io::format_of;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyType};

use crate::card::PyCard;
use crate::convert::number;
use crate::errors::{Doing, Problem, raise};
use crate::fault::{PyFault, PyText, read_lang};
use crate::grid::PyGrid;
use crate::input::{self, PyObservations};
use crate::scores::PyScores;
use crate::statistics::PyStatistics;
use crate::table::PyTable;
use crate::watch::Watch;

/// Where a standard came from, so that it can be pickled.
#[derive(Clone)]
enum Origin {
    Builtin(String),
    Toml(String),
    Json(String),
}

/// A standard (创建标准): checked, compiled, and safe to share between threads.
///
/// It is made by ``Standard.builtin``, ``Standard.from_file``, ``Standard.from_toml`` or
/// ``Standard.from_json``, and never changes.
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
        let origin = if Standard::builtin_ids().any(|id| id == named) {
            Origin::Builtin(named.to_owned())
        } else {
            let path = folder.join(named);
            let text = std::fs::read_to_string(&path)?;
            match format_of(&path, &text) {
                Format::Json => Origin::Json(text),
                Format::Toml => Origin::Toml(text),
            }
        };
        Ok(PyStandard {
            inner: inner.clone(),
            origin,
        })
    }

    fn document(&self) -> &doc::Document {
        self.inner.document()
    }

    /// Every section with the code of the one around it, in the order of the standard.
    fn all_sections(&self) -> Vec<(&doc::Section, Option<&str>)> {
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

    fn item(&self, item: &doc::Item, section: Option<&str>, role: Role) -> PyItem {
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
    #[classmethod]
    fn builtin(_class: &Bound<'_, PyType>, py: Python<'_>, id: &str) -> PyResult<Self> {
        let made = py.detach(|| Standard::builtin(id));
        PyStandard::made(py, made, Origin::Builtin(id.to_owned()))
    }

    /// The ids of the standards that ship with the library.
    #[staticmethod]
    fn builtin_ids() -> Vec<&'static str> {
        Standard::builtin_ids().collect()
    }

    /// Reads a standard from a TOML or JSON file; JSON where its name ends in ``.json``.
    ///
    /// Raises:
    ///     OSError: If the file cannot be read.
    ///     StandardError: With all faults of the text, each with line and offset.
    #[classmethod]
    fn from_file(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let name = path.display().to_string();
        let bytes = std::fs::read(&path)?;
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
    #[classmethod]
    fn from_toml(_class: &Bound<'_, PyType>, py: Python<'_>, text: String) -> PyResult<Self> {
        let made = py.detach(|| Standard::from_toml(&text));
        PyStandard::made(py, made, Origin::Toml(text))
    }

    /// Reads a standard from JSON text of the same schema.
    ///
    /// Raises:
    ///     StandardError: With all faults of the text, each with line and offset.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, py: Python<'_>, text: String) -> PyResult<Self> {
        let made = py.detach(|| Standard::from_json(&text));
        PyStandard::made(py, made, Origin::Json(text))
    }

    /// Its id, such as ``"weihai-2020"``.
    #[getter]
    fn id(&self) -> &str {
        &self.document().id
    }

    /// Its version, as its authors write it.
    #[getter]
    fn version(&self) -> Option<&str> {
        self.document().version.as_deref()
    }

    /// Its title.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.document().title.clone())
    }

    /// What is official in it and what is drafted; to be shown wherever the standard is.
    #[getter]
    fn notice(&self) -> Option<PyText> {
        self.document().notice.clone().map(PyText)
    }

    /// Where it was published.
    #[getter]
    fn source(&self) -> Option<&str> {
        self.document().source.as_deref()
    }

    /// The SHA-256 of its canonical form in hexadecimal, the same for TOML and JSON.
    #[getter]
    fn digest(&self) -> &str {
        self.inner.digest()
    }

    /// Its text as it was read, with its comments.
    #[getter]
    fn text(&self) -> &str {
        match &self.origin {
            Origin::Builtin(id) => Standard::builtin_text(id).unwrap_or_default(),
            Origin::Toml(text) | Origin::Json(text) => text,
        }
    }

    /// Full marks: what the top-level sections are worth together.
    #[getter]
    fn full_marks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, self.inner.full_marks())
    }

    /// How many digits points have.
    #[getter]
    fn decimals(&self) -> u8 {
        self.document().decimals
    }

    /// The top-level sections, in the order of the standard.
    #[getter]
    fn sections(&self) -> Vec<PySection> {
        let sections = self.document().sections.iter();
        sections
            .map(|section| self.section(section, None))
            .collect()
    }

    /// The items of all sections, in the order of the standard.
    #[getter]
    fn items(&self) -> Vec<PyItem> {
        let sections = self.all_sections().into_iter();
        let items = sections.flat_map(|(section, _)| {
            let items = section.items.iter();
            items.map(|item| self.item(item, Some(&section.id), Role::Item))
        });
        items.collect()
    }

    /// The bonuses (加分项).
    #[getter]
    fn bonus(&self) -> Vec<PyItem> {
        let items = self.document().bonus.iter();
        items
            .map(|item| self.item(item, None, Role::Bonus))
            .collect()
    }

    /// The deductions (扣分项).
    #[getter]
    fn deductions(&self) -> Vec<PyItem> {
        let items = self.document().deductions.iter();
        items
            .map(|item| self.item(item, None, Role::Deduction))
            .collect()
    }

    /// The measures (指标), which a table may have as columns.
    #[getter]
    fn measures(&self) -> Vec<PyMeasure> {
        let measures = self.document().measures.iter();
        let made = measures.map(|measure| PyMeasure {
            standard: self.inner.clone(),
            measure: measure.clone(),
        });
        made.collect()
    }

    /// The grades, best first: each its id and its title.
    #[getter]
    fn grades(&self) -> Vec<(String, PyText)> {
        let grades = self.document().grades.iter();
        grades
            .map(|grade| (grade.id.clone(), PyText(grade.title.clone())))
            .collect()
    }

    /// The vetoes (一票否决): each its id and its title.
    #[getter]
    fn vetoes(&self) -> Vec<(String, PyText)> {
        let vetoes = self.document().vetoes.iter();
        vetoes
            .map(|veto| (veto.id.clone(), PyText(veto.title.clone())))
            .collect()
    }

    /// Its items, sections or measures as a table.
    ///
    /// Args:
    ///     of: ``"items"``, ``"sections"`` or ``"measures"``.
    ///
    /// Raises:
    ///     ValueError: For anything else.
    #[pyo3(signature = (of = "items"))]
    fn table(&self, of: &str) -> PyResult<PyTable> {
        match of {
            "items" => self.items_table(),
            "sections" => self.sections_table(),
            "measures" => self.measures_table(),
            _ => Err(PyValueError::new_err(format!(
                "no table of {of:?}: expected items, sections or measures"
            ))),
        }
    }

    /// The section, item, bonus or deduction of a code.
    fn __getitem__<'py>(&self, py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
        for (section, parent) in self.all_sections() {
            if section.id == code {
                return Ok(self.section(section, parent).into_pyobject(py)?.into_any());
            }
            if let Some(item) = section.items.iter().find(|item| item.id == code) {
                let item = self.item(item, Some(&section.id), Role::Item);
                return Ok(item.into_pyobject(py)?.into_any());
            }
        }
        let document = self.document();
        let extras = [
            (&document.bonus, Role::Bonus),
            (&document.deductions, Role::Deduction),
        ];
        for (items, role) in extras {
            if let Some(item) = items.iter().find(|item| item.id == code) {
                return Ok(self.item(item, None, role).into_pyobject(py)?.into_any());
            }
        }
        Err(PyKeyError::new_err(code.to_owned()))
    }

    /// Reads a table of communities and checks it against the measures.
    ///
    /// Args:
    ///     table: A data frame of any library with the Arrow PyCapsule interface, a lazy one
    ///         with ``collect()``, the path of a CSV or Parquet file, a dict of lists, or a list
    ///         of dicts. Its columns are ``code``, perhaps ``name``, ``district`` and other
    ///         attributes, and measures by name or title. Null is a missing value; so is NaN in
    ///         pandas, and a fault anywhere else.
    ///
    /// Raises:
    ///     TableError: With all faults of the table.
    ///     TypeError: If it is no table.
    fn read(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<PyObservations> {
        match input::read(&self.inner, table) {
            Ok(inner) => Ok(PyObservations {
                inner,
                standard: self.inner.clone(),
            }),
            Err(problem) => Err(problem.raise(py, Doing::Table)),
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
    #[pyo3(signature = (table, *, grid = None, statistics = None, alone = false, threads = None, progress = None, cancel = None))]
    fn score<'py>(
        slf: &Bound<'py, Self>,
        table: &Bound<'py, PyAny>,
        grid: Option<PyRef<'py, PyGrid>>,
        statistics: Option<PyRef<'py, PyStatistics>>,
        alone: bool,
        threads: Option<usize>,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
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
        let observations = input::read(standard, table)
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
    ///
    /// Raises:
    ///     TableError: With all faults of the table.
    ///     TypeError: If it is no table.
    #[pyo3(signature = (table, *, threads = None))]
    fn statistics(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        threads: Option<usize>,
    ) -> PyResult<PyStatistics> {
        let _ = options(threads)?;
        let observations =
            input::read(&self.inner, table).map_err(|problem| problem.raise(py, Doing::Table))?;
        let threads = threads.unwrap_or(usize::MAX);
        let made = py.detach(|| self.inner.statistics(&observations, threads));
        made.map(PyStatistics)
            .map_err(|faults| raise(py, &faults, Doing::Score))
    }

    /// Every fault of a table, of its cells and then of its scores; none where it is sound.
    ///
    /// Args:
    ///     table: As ``Standard.read`` takes it.
    ///
    /// Raises:
    ///     TypeError: If it is no table.
    fn validate(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Vec<PyFault>> {
        let found = match input::read(&self.inner, table) {
            Ok(observations) => py
                .detach(|| self.inner.score(&observations, &ScoreOptions::new()))
                .err(),
            Err(Problem::Faults(faults)) => Some(faults),
            Err(Problem::Python(error)) => return Err(error),
        };
        let listed = found.map(|faults| faults.listed).unwrap_or_default();
        Ok(listed.into_iter().map(PyFault).collect())
    }

    fn __repr__(&self) -> String {
        format!("<Standard {}: {}>", self.id(), self.document().title)
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
        let (maker, text) = match &self.origin {
            Origin::Builtin(id) => ("builtin", id),
            Origin::Toml(text) => ("from_toml", text),
            Origin::Json(text) => ("from_json", text),
        };
        Ok((class.getattr(maker)?, (text.clone(),)))
    }
}

fn options(threads: Option<usize>) -> PyResult<ScoreOptions> {
    match threads {
        Some(0) => Err(PyValueError::new_err("threads must be at least 1")),
        Some(threads) => Ok(ScoreOptions::new().with_threads(threads)),
        None => Ok(ScoreOptions::new()),
    }
}

impl PyStandard {
    fn items_table(&self) -> PyResult<PyTable> {
        let mut rows = Texts::new(9);
        let extras = self.bonus().into_iter().chain(self.deductions());
        for item in self.items().into_iter().chain(extras) {
            let (zh, en) = (item.words(Lang::Zh), item.words(Lang::En));
            rows.push(&[
                Some(item.item.id.clone()),
                item.section.clone(),
                Some(item.kind().to_owned()),
                Some(item.item.title.get(Lang::Zh).to_owned()),
                Some(item.item.title.get(Lang::En).to_owned()),
                item.item.points.as_ref().map(Rational::to_string),
                item.value(),
                Some(zh),
                Some(en),
            ]);
        }
        rows.table(
            "items",
            &[
                "code", "section", "kind", "title_zh", "title_en", "points", "value", "rule_zh",
                "rule_en",
            ],
        )
    }

    fn sections_table(&self) -> PyResult<PyTable> {
        let mut rows = Texts::new(6);
        for (section, parent) in self.all_sections() {
            rows.push(&[
                Some(section.id.clone()),
                parent.map(str::to_owned),
                Some(section.title.get(Lang::Zh).to_owned()),
                Some(section.title.get(Lang::En).to_owned()),
                section.points.as_ref().map(Rational::to_string),
                section.weight.as_ref().map(Rational::to_string),
            ]);
        }
        let names = ["code", "parent", "title_zh", "title_en", "points", "weight"];
        rows.table("sections", &names)
    }

    fn measures_table(&self) -> PyResult<PyTable> {
        let mut rows = Texts::new(9);
        for measure in self.measures() {
            let labels = measure.labels();
            let held = &measure.measure;
            rows.push(&[
                Some(held.name.clone()),
                Some(held.title.get(Lang::Zh).to_owned()),
                Some(held.title.get(Lang::En).to_owned()),
                Some(measure.kind().to_owned()),
                held.unit.clone(),
                held.min.as_ref().map(Rational::to_string),
                held.max.as_ref().map(Rational::to_string),
                (!labels.is_empty()).then(|| labels.join(";")),
                Some(held.level.as_str().to_owned()),
            ]);
        }
        rows.table(
            "measures",
            &[
                "name", "title_zh", "title_en", "type", "unit", "min", "max", "labels", "level",
            ],
        )
    }
}

/// A table of texts, row by row.
struct Texts(Vec<StringBuilder>);

impl Texts {
    fn new(columns: usize) -> Texts {
        Texts((0..columns).map(|_| StringBuilder::new()).collect())
    }

    fn push(&mut self, row: &[Option<String>]) {
        for (column, text) in self.0.iter_mut().zip(row) {
            column.append_option(text.as_deref());
        }
    }

    fn table(self, title: &str, names: &[&str]) -> PyResult<PyTable> {
        let arrays = self.0.into_iter().map(|mut column| {
            let array: StringArray = column.finish();
            Arc::new(array) as ArrayRef
        });
        let columns = names
            .iter()
            .zip(arrays)
            .map(|(name, array)| (*name, true, array));
        PyTable::new(title, columns.collect())
    }
}

/// A titled group of items (大项), of a ``Standard``.
///
/// Example:
///     >>> import dabiao
///     >>> section = dabiao.Standard.builtin("weihai-2020").sections[1]
///     >>> section.code, section.title.en, section.points, len(section.items)
///     ('2', 'Careful governance', Decimal('20'), 6)
#[pyclass(frozen, module = "dabiao", name = "Section")]
pub(crate) struct PySection {
    standard: Standard,
    section: doc::Section,
    parent: Option<String>,
}

#[pymethods]
impl PySection {
    /// Its code, such as ``"2"``.
    #[getter]
    fn code(&self) -> &str {
        &self.section.id
    }

    /// Its title.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.section.title.clone())
    }

    /// The code of the section around it; ``None`` at the top.
    #[getter]
    fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// The points that are declared for it.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.section
            .points
            .as_ref()
            .map(|points| number(py, points))
            .transpose()
    }

    /// What it is worth in its parent whatever its children add up to, where that is declared.
    #[getter]
    fn weight<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.section
            .weight
            .as_ref()
            .map(|weight| number(py, weight))
            .transpose()
    }

    /// Its own items.
    #[getter]
    fn items(&self) -> Vec<PyItem> {
        let items = self.section.items.iter().map(|item| PyItem {
            standard: self.standard.clone(),
            item: item.clone(),
            section: Some(self.section.id.clone()),
            role: Role::Item,
        });
        items.collect()
    }

    /// The sections inside it.
    #[getter]
    fn sections(&self) -> Vec<PySection> {
        let sections = self.section.sections.iter().map(|section| PySection {
            standard: self.standard.clone(),
            section: section.clone(),
            parent: Some(self.section.id.clone()),
        });
        sections.collect()
    }

    fn __repr__(&self) -> String {
        format!("<Section {}: {}>", self.section.id, self.section.title)
    }
}

/// A leaf that earns points (小项), a bonus or a deduction of a ``Standard``.
///
/// Example:
///     >>> import dabiao
///     >>> item = dabiao.Standard.builtin("weihai-2020")["4.2"]
///     >>> item.section, item.rule, item.value, item.points
///     ('4', 'curve', 'green_area / area', Decimal('2'))
#[pyclass(frozen, module = "dabiao", name = "Item")]
pub(crate) struct PyItem {
    standard: Standard,
    item: doc::Item,
    section: Option<String>,
    role: Role,
}

impl PyItem {
    fn words(&self, lang: Lang) -> String {
        Words::new(self.standard.document(), lang).item(&self.item, self.role)
    }
}

#[pymethods]
impl PyItem {
    /// Its code, such as ``"2.4"``.
    #[getter]
    fn code(&self) -> &str {
        &self.item.id
    }

    /// Its title.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.item.title.clone())
    }

    /// The code of its section; ``None`` for a bonus or a deduction.
    #[getter]
    fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    /// ``"item"``, ``"bonus"`` or ``"deduction"``.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.role {
            Role::Bonus => "bonus",
            Role::Deduction => "deduction",
            _ => "item",
        }
    }

    /// Full marks; the cap of a bonus or a deduction, if it has one.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.item
            .points
            .as_ref()
            .map(|points| number(py, points))
            .transpose()
    }

    /// The expression that its rule looks at; ``None`` for a checklist of boxes and for checks.
    #[getter]
    fn value(&self) -> Option<String> {
        self.item.marking.value.as_ref().map(ToString::to_string)
    }

    /// What the assessor wants to see.
    #[getter]
    fn evidence(&self) -> Option<PyText> {
        self.item.evidence.clone().map(PyText)
    }

    /// The key of its rule, such as ``"bands"`` or ``"curve"``.
    #[getter]
    fn rule(&self) -> &'static str {
        match self.item.marking.rule {
            doc::Rule::Award { .. } => "award",
            doc::Rule::YesNo { .. } => "yes_no",
            doc::Rule::Levels(_) => "levels",
            doc::Rule::Checklist(_) => "checklist",
            doc::Rule::Bands { .. } => "bands",
            doc::Rule::Curve(_) => "curve",
            doc::Rule::PerUnit(_) => "per_unit",
            doc::Rule::Rank(_) => "rank",
            doc::Rule::ShareOfBest { .. } => "share_of_best",
            doc::Rule::ShareOfMean { .. } => "share_of_mean",
            doc::Rule::MinMax { .. } => "min_max",
            doc::Rule::Checks(_) => "checks",
        }
    }

    /// Its rule and its conditions in words, ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    #[pyo3(signature = (lang = "zh"))]
    fn rule_in_words(&self, lang: &str) -> PyResult<String> {
        Ok(self.words(read_lang(lang)?))
    }

    fn __repr__(&self) -> String {
        format!("<Item {}: {}>", self.item.id, self.item.title)
    }
}

/// A named quantity that is observed (指标), of a ``Standard``: a column of a table.
///
/// Example:
///     >>> import dabiao
///     >>> measure = dabiao.Standard.builtin("weihai-2020").measures[0]
///     >>> measure.name, measure.kind, measure.unit, measure.max
///     ('organisation_coverage', 'number', '%', Decimal('100'))
#[pyclass(frozen, module = "dabiao", name = "Measure")]
pub(crate) struct PyMeasure {
    standard: Standard,
    measure: doc::Measure,
}

#[pymethods]
impl PyMeasure {
    /// Its name: the heading of its column.
    #[getter]
    fn name(&self) -> &str {
        &self.measure.name
    }

    /// Its title, which a column may have for a heading as well.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.measure.title.clone())
    }

    /// ``"count"``, ``"number"``, ``"yes-no"``, ``"label"`` or ``"date"``.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.measure.kind {
            doc::MeasureKind::Count => "count",
            doc::MeasureKind::Number => "number",
            doc::MeasureKind::YesNo => "yes-no",
            doc::MeasureKind::Label => "label",
            doc::MeasureKind::Date => "date",
        }
    }

    /// The unit of its numbers, such as ``"%"`` or ``"m²"``.
    #[getter]
    fn unit(&self) -> Option<&str> {
        self.measure.unit.as_deref()
    }

    /// The least value allowed.
    #[getter]
    fn min<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.measure
            .min
            .as_ref()
            .map(|min| number(py, min))
            .transpose()
    }

    /// The greatest value allowed.
    #[getter]
    fn max<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.measure
            .max
            .as_ref()
            .map(|max| number(py, max))
            .transpose()
    }

    /// The labels that it may take, best first.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.standard.document().labels_of(&self.measure)
    }

    /// Where it is collected: ``"street"``, ``"community"``, ``"grid"``, ``"building"`` or
    /// ``"compound"``.
    #[getter]
    fn level(&self) -> &'static str {
        self.measure.level.as_str()
    }

    fn __repr__(&self) -> String {
        format!("<Measure {}: {}>", self.measure.name, self.measure.title)
    }
}
