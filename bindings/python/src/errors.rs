//! The core's faults become Python's exceptions.

use dabiao::{Fault, FaultCode, Faults, Lang, Place, Text};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::fault::PyFault;

/// Lines of a message; the rest is in `.faults`.
const SHOWN: usize = 20;

/// What was being read when a fault was found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doing {
    Standard,
    Table,
    Score,
    Select,
    Campaign,
    Write,
}

/// What goes wrong: a fault of the input, or an error of Python.
#[derive(Debug)]
pub(crate) enum Problem {
    Faults(Faults),
    Python(PyErr),
}

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        Problem::Faults(faults)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Problem::Python(error.into())
    }
}

impl From<PyErr> for Problem {
    fn from(error: PyErr) -> Self {
        Problem::Python(error)
    }
}

impl Problem {
    pub(crate) fn raise(self, py: Python<'_>, doing: Doing) -> PyErr {
        match self {
            Problem::Python(error) => error,
            Problem::Faults(faults) => raise(py, &faults, doing),
        }
    }
}

/// The exception for some faults; the first one says its kind.
pub(crate) fn raise(py: Python<'_>, faults: &Faults, doing: Doing) -> PyErr {
    let kind = faults.listed.first().map_or("DabiaoError", |fault| {
        let code = fault.code.as_str();
        let family = code.split_once('-').map_or(code, |(family, _)| family);
        match (fault.code, family, doing) {
            (FaultCode::Cancelled, _, _) => "Cancelled",
            (FaultCode::TooLarge, _, Doing::Write) => "DabiaoError",
            (_, _, Doing::Select) => "SelectionError",
            (_, "standard", _) | (_, "file", Doing::Standard) => "StandardError",
            (_, "cohort", _) => "CohortError",
            (_, "unit", _) => "GridError",
            (_, "file", Doing::Campaign) => "CampaignError",
            (_, "selection", _) => "SelectionError",
            (_, "campaign" | "phase", _) => "CampaignError",
            (_, _, Doing::Score) => "ScoreError",
            _ => "TableError",
        }
    });
    make(py, kind, faults).unwrap_or_else(|error| error)
}

fn make(py: Python<'_>, kind: &str, faults: &Faults) -> PyResult<PyErr> {
    let listed = faults.listed.iter().cloned().map(PyFault);
    let listed = PyTuple::new(py, listed.collect::<Vec<_>>())?;
    let kind = py.import("dabiao._errors")?.getattr(kind)?;
    let error = kind.call1((message(faults), listed, faults.more))?;
    Ok(PyErr::from_value(error))
}

fn message(faults: &Faults) -> String {
    let more = faults.count().saturating_sub(SHOWN);
    let shown = Faults {
        listed: faults.listed.iter().take(SHOWN).cloned().collect(),
        more,
    };
    shown.message(Lang::En)
}

/// Raises the faults of the parts of a table together. Rows of a part have no number in the
/// whole, so that a place is a column alone; a code may stand in two parts.
#[pyfunction]
#[pyo3(signature = (faults, more, duplicates, *, scoring))]
pub(crate) fn _raise_parts(
    py: Python<'_>,
    faults: Vec<PyRef<'_, PyFault>>,
    more: usize,
    duplicates: Vec<String>,
    scoring: bool,
) -> PyResult<()> {
    let once = || Text::new("每个编码一行", "one row a code");
    let mut all: Vec<Fault> = faults.iter().map(|fault| fault.0.clone()).collect();
    all.extend(duplicates.into_iter().map(|code| {
        let place = Place {
            field: Some("code".to_owned()),
            ..Place::default()
        };
        Fault::new(FaultCode::DuplicateRow).at(place).found(code)
    }));
    for fault in &mut all {
        fault.place.line = None;
        if fault.code == FaultCode::DuplicateRow {
            fault.expected = Some(once());
        }
    }
    // The same in any partition.
    all.sort_by_cached_key(|fault| (fault.subject.clone(), fault.message(Lang::En)));
    all.dedup();
    let mut raised = Faults::new();
    all.into_iter().for_each(|fault| raised.push(fault));
    raised.more += more;
    let table = raised
        .listed
        .iter()
        .any(|fault| fault.code == FaultCode::DuplicateRow);
    let doing = if scoring && !table {
        Doing::Score
    } else {
        Doing::Table
    };
    Err(raise(py, &raised, doing))
}
