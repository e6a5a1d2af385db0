//! A column of cells, and one row across the columns.

use super::shared::Pieces;
use super::{MISSING, NOT_APPLICABLE};
use crate::decimal::Decimal;
use crate::plan::node::{Reading, Row};
use crate::plan::{MeasureId, MeasurePlan};
use crate::rational::Rational;
use crate::standard::document::MeasureKind;

#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// As observed.
    Plain(Vec<i64>),
    /// As observed, in memory of the caller's.
    Shared(Pieces),
    /// Rolled up or combined, exactly.
    Exact(Vec<Reading<Rational>>),
    /// Labels on which assessors may disagree: all that were given.
    Mixed(Vec<Reading<Vec<i64>>>),
    /// The same as the column of another measure: what a division sees of a measure, in a
    /// table that carries it already rolled up.
    Same(MeasureId),
}

fn plain(cell: Option<i64>) -> Reading<i64> {
    match cell.unwrap_or(MISSING) {
        MISSING => Reading::Missing,
        NOT_APPLICABLE => Reading::NotApplicable,
        value => Reading::Value(value),
    }
}

/// The number that a stored cell stands for.
fn number(stored: i64, kind: MeasureKind) -> Rational {
    match kind {
        MeasureKind::Date | MeasureKind::YesNo | MeasureKind::Label => Rational::from(stored),
        _ => Rational::from_scaled(i128::from(stored), Decimal::DIGITS),
    }
}

impl<T> Reading<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Reading::Value(value) => Reading::Value(change(value)),
            Reading::Missing => Reading::Missing,
            Reading::NotApplicable => Reading::NotApplicable,
        }
    }
}

impl Column {
    /// A cell that holds a number; dates are in days, everything else in its own measure.
    pub(crate) fn number(&self, row: usize, kind: MeasureKind) -> Reading<Rational> {
        match self {
            Column::Plain(cells) => plain(cells.get(row).copied()).map(|cell| number(cell, kind)),
            Column::Shared(pieces) => plain(Some(pieces.cell(row))).map(|cell| number(cell, kind)),
            Column::Exact(cells) => cells.get(row).cloned().unwrap_or(Reading::Missing),
            Column::Mixed(_) | Column::Same(_) => Reading::Missing,
        }
    }

    /// A cell that holds a yes-no (0, 1) or a label (its index). Labels that differ have no
    /// index: −1.
    pub(crate) fn code(&self, row: usize) -> Reading<i64> {
        match self {
            Column::Plain(cells) => plain(cells.get(row).copied()),
            Column::Shared(pieces) => plain(Some(pieces.cell(row))),
            Column::Exact(cells) => {
                let cell = cells.get(row).cloned().unwrap_or(Reading::Missing);
                cell.map(|value| value.floor().unwrap_or(-1))
            }
            Column::Mixed(cells) => {
                let cell = cells.get(row).cloned().unwrap_or(Reading::Missing);
                cell.map(|labels| match labels.split_first() {
                    Some((first, rest)) if rest.iter().all(|other| other == first) => *first,
                    _ => -1,
                })
            }
            Column::Same(_) => Reading::Missing,
        }
    }
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(crate) struct TableRow<'a> {
    columns: &'a [Column],
    measures: &'a [MeasurePlan],
    row: usize,
}

impl<'a> TableRow<'a> {
    pub(crate) fn new(columns: &'a [Column], measures: &'a [MeasurePlan], row: usize) -> Self {
        TableRow {
            columns,
            measures,
            row,
        }
    }

    fn column(&self, measure: MeasureId) -> Option<&'a Column> {
        match self.columns.get(measure)? {
            Column::Same(base) => self.columns.get(*base),
            column => Some(column),
        }
    }
}

impl Row for TableRow<'_> {
    fn number(&self, measure: MeasureId) -> Reading<Rational> {
        let kind = self.measures[measure].kind;
        self.column(measure)
            .map_or(Reading::Missing, |column| column.number(self.row, kind))
    }

    fn code(&self, measure: MeasureId) -> Reading<i64> {
        self.column(measure)
            .map_or(Reading::Missing, |column| column.code(self.row))
    }

    fn labels(&self, measure: MeasureId) -> Option<&[i64]> {
        match self.column(measure)? {
            Column::Mixed(cells) => match cells.get(self.row)? {
                Reading::Value(labels) => Some(labels),
                _ => None,
            },
            _ => None,
        }
    }
}
