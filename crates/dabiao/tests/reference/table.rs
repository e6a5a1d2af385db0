//! The table of the reference: plain rows of plain cells.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::number::Q;

/// One cell: §2.1 a number, yes-no, label or date; blank is missing; 不涉及 is not applicable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Number(Q),
    YesNo(bool),
    Label(String),
    Date(Date),
    Missing,
    NotApplicable,
}

/// One community.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) code: String,
    /// `district` and others; an absent one is empty.
    pub(crate) attributes: BTreeMap<String, String>,
    /// By measure; an absent one is missing.
    pub(crate) cells: BTreeMap<String, Cell>,
}

impl Row {
    pub(crate) fn cell(&self, measure: &str) -> &Cell {
        self.cells.get(measure).unwrap_or(&Cell::Missing)
    }

    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// All communities of a run.
pub(crate) type Table = Vec<Row>;
