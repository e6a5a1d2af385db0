//! The statistics of cohorts as Python sees them.

use dabiao::Statistics;
use pyo3::prelude::*;

use crate::errors::{Doing, raise};

/// The statistics of every cohort that a standard looks at: exact, and mergeable.
///
/// The statistics of the parts of a table merge into those of the whole, in any order.
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
///     ... item = [{ id = "1.1", title = "Trees", points = 10, value = "trees", share_of_best = {} }]
///     ... ''')
///     >>> north = standard.statistics({"code": ["n"], "trees": [40]})
///     >>> south = standard.statistics({"code": ["s"], "trees": [50]})
///     >>> scores = standard.score({"code": ["n"], "trees": [40]}, statistics=north.merge(south))
///     >>> scores.points("total")
///     [Decimal('8.00')]
#[pyclass(frozen, eq, module = "dabiao", name = "Statistics")]
#[derive(Clone, PartialEq)]
pub(crate) struct PyStatistics(pub(crate) Statistics);

#[pymethods]
impl PyStatistics {
    /// Reads what ``to_json`` wrote.
    ///
    /// Raises:
    ///     DabiaoError: If the text is no such object.
    ///
    /// Example:
    ///     >>> dabiao.Statistics.from_json(north.to_json()) == north
    ///     True
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        match Statistics::from_json(text) {
            Ok(statistics) => Ok(PyStatistics(statistics)),
            Err(faults) => Err(raise(py, &faults, Doing::Score)),
        }
    }

    /// As JSON text, exact; the same text for the same statistics.
    ///
    /// Example:
    ///     >>> north.merge(south).to_json() == south.merge(north).to_json()
    ///     True
    fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// These statistics and those of other parts of the table, together.
    ///
    /// Raises:
    ///     CohortError: If they belong to another standard.
    ///
    /// Example:
    ///     >>> north.merge(south) == standard.statistics({"code": ["n", "s"], "trees": [40, 50]})
    ///     True
    #[pyo3(signature = (*others))]
    fn merge(&self, py: Python<'_>, others: Vec<PyRef<'_, PyStatistics>>) -> PyResult<Self> {
        let mut merged = self.0.clone();
        for other in others {
            merged
                .merge(other.0.clone())
                .map_err(|faults| raise(py, &faults, Doing::Score))?;
        }
        Ok(PyStatistics(merged))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let class = py.get_type::<PyStatistics>();
        Ok((class.getattr("from_json")?, (self.0.to_json(),)))
    }
}
