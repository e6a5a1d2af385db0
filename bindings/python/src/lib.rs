//! The Python package `dabiao`: the core's types under Python's names. No rule and no rounding
//! lives here.

mod campaign;
mod capsule;
mod card;
mod collected;
mod columns;
mod convert;
mod errors;
mod fault;
mod frame;
mod grid;
mod html;
mod input;
mod observations;
mod origin;
mod outputs;
mod parts;
mod registry;
mod results;
mod scorer;
mod scores;
mod selection;
mod standard;
mod statistics;
mod table;
mod watch;

use pyo3::prelude::*;

/// The compiled part of the package; import `dabiao` instead.
#[pymodule(gil_used = false)]
mod _dabiao {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::campaign::{PyCampaign, PyCampaignResult};
    #[pymodule_export]
    use super::card::{PyCard, PyCardItem, PyCardSection, PyGradeGap, PyNextStep};
    #[pymodule_export]
    use super::collected::{PyCollected, collect};
    #[pymodule_export]
    use super::errors::_raise_parts;
    #[pymodule_export]
    use super::fault::{PyFault, PyText};
    #[pymodule_export]
    use super::grid::PyGrid;
    #[pymodule_export]
    use super::observations::PyObservations;
    #[pymodule_export]
    use super::parts::{PyItem, PyMeasure, PySection};
    #[pymodule_export]
    use super::scorer::{PyScored, PyScorer};
    #[pymodule_export]
    use super::scores::PyScores;
    #[pymodule_export]
    use super::selection::PySelection;
    #[pymodule_export]
    use super::standard::PyStandard;
    #[pymodule_export]
    use super::statistics::PyStatistics;
    #[pymodule_export]
    use super::table::PyTable;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
