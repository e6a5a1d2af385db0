//! The core's faults become Python's exceptions.

use dabiao::{FaultCode, Faults, Lang};
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
