//! Communities one at a time, as a service has them that answers a request.

use std::collections::HashMap;
use std::sync::Arc;

use dabiao::standard::document::MeasureKind;
use dabiao::{CardScorer, Cell, Faults, Flag, Points, PointsOf, ScoreOptions, Scores, Standard};
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString};

use crate::convert::points;
use crate::errors::{Doing, raise};
use crate::input;
use crate::standard::PyStandard;
use crate::statistics::PyStatistics;

/// The flags, with their names.
const FLAGS: [Flag; 4] = [
    Flag::Provisional,
    Flag::Imputed,
    Flag::GradeTaken,
    Flag::NoTotal,
];

/// Scores communities one at a time and in microseconds, without words. ``Standard.card``
/// explains a community as well.
///
/// What is made once for all communities is kept, so that a scorer serves one thread at a time.
///
/// Args:
///     standard: The standard.
///     statistics: The cohorts' statistics of a full run, where a rule looks at a cohort.
///
/// Raises:
///     CohortError: If a rule needs statistics that are not given.
///
/// Example:
///     >>> import dabiao
///     >>> scorer = dabiao.Scorer(dabiao.Standard.builtin("weihai-2020"))
///     >>> scored = scorer.score({"activities": 9})
///     >>> scored.total, scored.grade, scored.points("5.2")
///     (Decimal('2.25'), 'developing', Decimal('2.25'))
#[pyclass(module = "dabiao", name = "Scorer")]
pub(crate) struct PyScorer {
    card: CardScorer,
    options: ScoreOptions,
    parts: Arc<Parts>,
    /// Each measure's place by its name.
    measures: HashMap<String, usize>,
    /// Whether a measure is a number, which any number may stand for.
    numbers: Vec<bool>,
}

/// The codes behind the points of a result, and where they are.
struct Parts {
    standard: Standard,
    codes: HashMap<String, usize>,
    columns: Vec<PointsOf>,
}

/// What an ordinary record was read into, or a reason to look closer.
enum Read {
    Done,
    Closer,
}

#[pymethods]
impl PyScorer {
    #[new]
    #[pyo3(signature = (standard, *, statistics = None))]
    fn new(
        py: Python<'_>,
        standard: PyRef<'_, PyStandard>,
        statistics: Option<PyRef<'_, PyStatistics>>,
    ) -> PyResult<Self> {
        let standard = standard.inner.clone();
        let statistics = statistics.map(|held| held.0.clone());
        let mut options = ScoreOptions::new().with_threads(1).alone();
        if let Some(statistics) = &statistics {
            options = options.with_statistics(statistics.clone());
        }
        let card = CardScorer::new(&standard, statistics)
            .map_err(|faults| raise(py, &faults, Doing::Score))?;
        let names = standard.document().measures.iter().map(|m| m.name.clone());
        let measures: HashMap<String, usize> = names.zip(0..).collect();
        let kinds = (0..measures.len()).map(|at| standard.observed(at).map(|held| held.kind));
        let numbers =
            kinds.map(|kind| matches!(kind, Some(MeasureKind::Number | MeasureKind::Count)));
        Ok(PyScorer {
            card,
            options,
            numbers: numbers.collect(),
            measures,
            parts: Arc::new(Parts::of(standard)),
        })
    }

    /// Scores one community.
    ///
    /// Args:
    ///     record: A dict of its values, as ``Standard.card`` takes it; or an array of numbers,
    ///         one for each of ``Standard.measures``: a yes-no is 1 or 0, a label its index, a
    ///         date the days since 1970-01-01, None is a missing value. A list is quickest.
    ///
    /// Raises:
    ///     TableError: With all faults of the record.
    ///     ScoreError: With all faults that only the computation shows.
    ///     ValueError: For an array that is not as long as there are measures.
    ///
    /// Example:
    ///     >>> import dabiao
    ///     >>> standard = dabiao.Standard.from_toml('''
    ///     ... [standard]
    ///     ... id = "green"
    ///     ... title = "Green"
    ///     ... [measures.trees]
    ///     ... type = "count"
    ///     ... [[section]]
    ///     ... id = "1"
    ///     ... title = "Trees"
    ///     ... item = [{ id = "1.1", title = "Trees", points = 9, value = "trees", curve = [[0, 0], [90, 9]] }]
    ///     ... ''')
    ///     >>> dabiao.Scorer(standard).score([40]).total
    ///     Decimal('4.00')
    fn score(&mut self, py: Python<'_>, record: &Bound<'_, PyAny>) -> PyResult<PyScored> {
        if let Ok(dict) = record.cast::<PyDict>() {
            if let Read::Done = self.read_dict(dict)? {
                // Where something is at fault, the closer look tells it.
                if let Ok(scores) = self.card.score() {
                    return Ok(PyScored::new(&self.parts, scores));
                }
            }
            return self.closer(py, dict.as_mapping());
        }
        if let Ok(mapping) = record.cast::<PyMapping>() {
            return self.closer(py, mapping);
        }
        if let Ok(list) = record.cast::<PyList>() {
            self.read_list(py, list)?;
        } else if record.hasattr("tolist")? {
            // Arrays of NumPy, of the standard library …
            let list = record.call_method0("tolist")?;
            self.read_list(py, list.cast::<PyList>()?)?;
        } else {
            let list: Vec<Bound<'_, PyAny>> = record.extract()?;
            self.read_list(py, &PyList::new(py, list)?)?;
        }
        let scored = self.card.score();
        let scores = scored.map_err(|faults| raise(py, &faults, Doing::Score))?;
        Ok(PyScored::new(&self.parts, scores))
    }

    fn __repr__(&self) -> String {
        format!("<Scorer of {}>", self.parts.standard.document().id)
    }
}

impl PyScorer {
    /// Reads a dict of names of measures and plain values.
    fn read_dict(&mut self, dict: &Bound<'_, PyDict>) -> PyResult<Read> {
        self.card.clear();
        for (name, value) in dict.iter() {
            let Ok(name) = name.cast::<PyString>() else {
                return Ok(Read::Closer);
            };
            let Some(&at) = self.measures.get(name.to_str()?) else {
                return Ok(Read::Closer);
            };
            let set = if let Ok(float) = value.cast::<PyFloat>() {
                if self.numbers.get(at) == Some(&true) {
                    self.card.set_f64(at, float.value())
                } else {
                    self.card.set(at, Cell::Float(float.value()))
                }
            } else if let Ok(yes) = value.cast::<PyBool>() {
                self.card.set(at, Cell::Bool(yes.is_true()))
            } else if value.is_instance_of::<PyInt>() {
                let Ok(whole) = value.extract::<i64>() else {
                    return Ok(Read::Closer);
                };
                self.card.set(at, Cell::Integer(whole))
            } else if let Ok(text) = value.cast::<PyString>() {
                self.card.set(at, Cell::Text(text.to_str()?))
            } else if value.is_none() {
                Ok(())
            } else {
                return Ok(Read::Closer);
            };
            if set.is_err() {
                return Ok(Read::Closer);
            }
        }
        Ok(Read::Done)
    }

    /// Reads a number for each measure; all faults at once.
    fn read_list(&mut self, py: Python<'_>, list: &Bound<'_, PyList>) -> PyResult<()> {
        if list.len() != self.numbers.len() {
            let message = format!("{} numbers for {} measures", list.len(), self.numbers.len());
            return Err(PyValueError::new_err(message));
        }
        self.card.clear();
        let mut faults = Faults::new();
        for (at, value) in list.iter().enumerate() {
            let number = match value.cast::<PyFloat>() {
                Ok(float) => float.value(),
                Err(_) if value.is_none() => continue,
                Err(_) => value.extract().map_err(|_| {
                    let message = format!("a number is expected at {at}, not {value:?}");
                    PyTypeError::new_err(message)
                })?,
            };
            if let Err(fault) = self.card.set_f64(at, number) {
                faults.push(fault);
            }
        }
        faults
            .into_result(())
            .map_err(|faults| raise(py, &faults, Doing::Table))
    }

    /// Any record in the way of tables, which knows titles and attributes and tells all faults.
    fn closer(&self, py: Python<'_>, record: &Bound<'_, PyMapping>) -> PyResult<PyScored> {
        let standard = &self.parts.standard;
        let observations = input::read_record(standard, record)
            .map_err(|problem| problem.raise(py, Doing::Table))?;
        let scores = standard.score(&observations, &self.options);
        let scores = scores.map_err(|faults| raise(py, &faults, Doing::Score))?;
        Ok(PyScored::new(&self.parts, &scores))
    }
}

impl Parts {
    fn of(standard: Standard) -> Parts {
        let sections = standard.sections().into_iter().map(|s| s.id.clone());
        let items = standard.items().into_iter().map(|item| item.id.clone());
        let sections = sections.zip((0..).map(PointsOf::Section));
        let all = sections.chain(items.zip((0..).map(PointsOf::Item)));
        let (codes, columns): (Vec<String>, Vec<PointsOf>) = all.unzip();
        Parts {
            codes: codes.into_iter().zip(0..).collect(),
            columns,
            standard,
        }
    }
}

/// The points of one community, as ``Scorer.score`` gives them.
///
/// Example:
///     >>> import dabiao
///     >>> scored = dabiao.Scorer(dabiao.Standard.builtin("weihai-2020")).score({"activities": 9})
///     >>> scored.points("5"), scored.points("5.2"), scored.flags
///     (Decimal('2.25'), Decimal('2.25'), ['provisional'])
#[pyclass(frozen, module = "dabiao", name = "Scored")]
pub(crate) struct PyScored {
    parts: Arc<Parts>,
    total: Option<Points>,
    grade: Option<usize>,
    flags: [bool; FLAGS.len()],
    points: Vec<Option<Points>>,
}

impl PyScored {
    /// The first row.
    fn new(parts: &Arc<Parts>, scores: &Scores) -> PyScored {
        let of = |column: &PointsOf| scores.column(*column).and_then(|column| column.get(0));
        PyScored {
            total: scores.total(0),
            grade: scores.grade_index(0),
            flags: FLAGS.map(|flag| scores.has_flag(flag, 0)),
            points: parts.columns.iter().map(of).collect(),
            parts: parts.clone(),
        }
    }
}

#[pymethods]
impl PyScored {
    /// The published total; ``None`` where nothing applies.
    ///
    /// Example:
    ///     >>> scored.total
    ///     Decimal('2.25')
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        points(py, self.total)
    }

    /// The id of the grade after vetoes.
    ///
    /// Example:
    ///     >>> scored.grade
    ///     'developing'
    #[getter]
    fn grade(&self) -> Option<&str> {
        let grades = &self.parts.standard.document().grades;
        let grade = self.grade.and_then(|at| grades.get(at));
        grade.map(|grade| grade.id.as_str())
    }

    /// What its reader must know, as of a ``Card``.
    ///
    /// Example:
    ///     >>> scored.flags
    ///     ['provisional']
    #[getter]
    fn flags(&self) -> Vec<&'static str> {
        let raised = FLAGS.iter().zip(self.flags);
        let raised = raised.filter_map(|(flag, raised)| raised.then_some(flag.as_str()));
        raised.collect()
    }

    /// The published points of a section or an item; ``None`` where it is excluded.
    ///
    /// Raises:
    ///     KeyError: If the standard has no such section or item.
    ///
    /// Example:
    ///     >>> scored.points("5"), scored.points("5.2")
    ///     (Decimal('2.25'), Decimal('2.25'))
    fn points<'py>(&self, py: Python<'py>, code: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let at = self.parts.codes.get(code);
        let at = at.ok_or_else(|| PyKeyError::new_err(code.to_owned()))?;
        points(py, self.points.get(*at).copied().flatten())
    }

    fn __repr__(&self) -> String {
        let total = self
            .total
            .map_or("no total".to_owned(), |total| total.to_string());
        format!("<Scored {total}>")
    }
}
