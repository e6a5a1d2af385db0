//! Standards as Python sees them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dabiao::explain::Role;
use dabiao::standard::document as doc;
use dabiao::{Fault, FaultCode, Faults, ScoreOptions, Standard, Text};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyType};

use crate::card::PyCard;
use crate::convert::number;
use crate::errors::{Doing, Problem, raise};
use crate::fault::{PyFault, PyText};
use crate::grid::PyGrid;
use crate::input::{self, PyObservations};
use crate::origin::Origin;
use crate::parts::{PyItem, PyMeasure, PySection};
use crate::scores::PyScores;
use crate::statistics::PyStatistics;
use crate::table::PyTable;
use crate::watch::Watch;

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
        self.origin.text()
    }

    /// Full marks: what the top-level sections are worth together.
    #[getter]
    fn full_marks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, self.inner.full_marks())
    }

    /// Whether any of its rules looks at a cohort: a table may then be scored in parts only with
    /// the statistics of the whole.
    #[getter]
    fn looks_at_cohorts(&self) -> bool {
        self.inner.looks_at_cohorts()
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
    pub(crate) fn items(&self) -> Vec<PyItem> {
        let sections = self.all_sections().into_iter();
        let items = sections.flat_map(|(section, _)| {
            let items = section.items.iter();
            items.map(|item| self.made_item(item, Some(&section.id), Role::Item))
        });
        items.collect()
    }

    /// The bonuses (加分项).
    #[getter]
    pub(crate) fn bonus(&self) -> Vec<PyItem> {
        let items = self.document().bonus.iter();
        items
            .map(|item| self.made_item(item, None, Role::Bonus))
            .collect()
    }

    /// The deductions (扣分项).
    #[getter]
    pub(crate) fn deductions(&self) -> Vec<PyItem> {
        let items = self.document().deductions.iter();
        items
            .map(|item| self.made_item(item, None, Role::Deduction))
            .collect()
    }

    /// The measures (指标), which a table may have as columns.
    #[getter]
    pub(crate) fn measures(&self) -> Vec<PyMeasure> {
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

    /// The item, bonus or deduction of a code.
    ///
    /// Raises:
    ///     KeyError: If no item has the code.
    fn item(&self, code: &str) -> PyResult<PyItem> {
        let document = self.document();
        let sections = self.all_sections().into_iter().flat_map(|(section, _)| {
            let inside = section.items.iter();
            inside.map(move |item| (item, Some(section.id.as_str()), Role::Item))
        });
        let bonus = document.bonus.iter().map(|item| (item, None, Role::Bonus));
        let deductions = document.deductions.iter();
        let deductions = deductions.map(|item| (item, None, Role::Deduction));
        let found = sections
            .chain(bonus)
            .chain(deductions)
            .find(|(item, _, _)| item.id == code);
        let (item, section, role) = found.ok_or_else(|| PyKeyError::new_err(code.to_owned()))?;
        Ok(self.made_item(item, section, role))
    }

    /// The section, item, bonus or deduction of a code.
    ///
    /// Raises:
    ///     KeyError: If nothing has the code.
    fn __getitem__<'py>(&self, py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
        let sections = self.all_sections().into_iter();
        for (section, parent) in sections {
            if section.id == code {
                return Ok(self.section(section, parent).into_pyobject(py)?.into_any());
            }
        }
        Ok(self.item(code)?.into_pyobject(py)?.into_any())
    }

    /// Reads a table of communities and checks it against the measures.
    ///
    /// Args:
    ///     table: A data frame of any library with the Arrow PyCapsule interface, a lazy one
    ///         with ``collect()``, the path of a file (CSV, TSV, Parquet, Arrow, a workbook), a
    ///         dict of lists, or a list of dicts. Its columns are ``code``, perhaps ``name``, ``district`` and other
    ///         attributes, and measures by name or title. Null is a missing value; so is NaN in
    ///         pandas, and a fault anywhere else.
    ///
    /// Raises:
    ///     TableError: With all faults of the table.
    ///     TypeError: If it is no table.
    fn read(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<PyObservations> {
        let watch = Watch::new(None, None)?;
        match input::read(&self.inner, table, &watch) {
            Ok(inner) => Ok(PyObservations {
                inner,
                standard: self.inner.clone(),
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
        let observations = input::read(standard, table, &watch)
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
    ///     progress: As ``Standard.score`` calls it.
    ///     cancel: A ``threading.Event``; the run is cancelled when it is set.
    ///
    /// Raises:
    ///     TableError: With all faults of the table.
    ///     Cancelled: If it was cancelled.
    ///     TypeError: If it is no table.
    #[pyo3(signature = (table, *, threads = None, progress = None, cancel = None))]
    fn statistics<'py>(
        &self,
        py: Python<'py>,
        table: &Bound<'py, PyAny>,
        threads: Option<usize>,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
    ) -> PyResult<PyStatistics> {
        let watch = Watch::new(progress, cancel)?;
        let options = options(threads)?.with_progress(watch.progress());
        let observations = input::read(&self.inner, table, &watch)
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
    ///
    /// Raises:
    ///     TypeError: If it is no table.
    #[pyo3(signature = (table, *, grid = None))]
    fn validate(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        grid: Option<PyRef<'_, PyGrid>>,
    ) -> PyResult<Vec<PyFault>> {
        let watch = Watch::new(None, None)?;
        let options = ScoreOptions::new().with_progress(watch.progress());
        let found = match input::read(&self.inner, table, &watch) {
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
        let (maker, text) = self.origin.maker();
        Ok((class.getattr(maker)?, (text.to_owned(),)))
    }
}

fn options(threads: Option<usize>) -> PyResult<ScoreOptions> {
    match threads {
        Some(0) => Err(PyValueError::new_err("threads must be at least 1")),
        Some(threads) => Ok(ScoreOptions::new().with_threads(threads)),
        None => Ok(ScoreOptions::new()),
    }
}
