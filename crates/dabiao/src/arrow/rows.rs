//! Record batches of any meaning, row by row.

use arrow_array::RecordBatch;
use jiff::civil::Date;

use super::values::{self, Visitor};
use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::observations::Cell;
use crate::observations::typed::Source;

/// A cell with its own text.
enum Held {
    Blank,
    NotApplicable,
    Text(String),
    Integer(i64),
    Float(f64),
    Scaled(i128, i8),
    Bool(bool),
    Date(Date),
}

impl Held {
    fn of(cell: Cell<'_>) -> Held {
        match cell {
            Cell::Blank => Held::Blank,
            Cell::NotApplicable => Held::NotApplicable,
            Cell::Text(text) => Held::Text(text.to_owned()),
            Cell::Integer(whole) => Held::Integer(whole),
            Cell::Float(float) | Cell::Percentage(float) => Held::Float(float),
            Cell::Scaled { scaled, decimals } => Held::Scaled(scaled, decimals),
            Cell::Bool(yes) => Held::Bool(yes),
            Cell::Date(date) => Held::Date(date),
            // No Arrow type is one.
            Cell::Index(_) => Held::Blank,
        }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Held::Blank => Cell::Blank,
            Held::NotApplicable => Cell::NotApplicable,
            Held::Text(text) => Cell::Text(text),
            Held::Integer(whole) => Cell::Integer(*whole),
            Held::Float(float) => Cell::Float(*float),
            Held::Scaled(scaled, decimals) => Cell::Scaled {
                scaled: *scaled,
                decimals: *decimals,
            },
            Held::Bool(yes) => Cell::Bool(*yes),
            Held::Date(date) => Cell::Date(*date),
        }
    }
}

struct Column(usize);

impl Visitor for Column {
    type Out = Vec<Held>;

    fn visit(self, source: &impl Source) -> Vec<Held> {
        (0..self.0)
            .map(|row| source.with_cell(row, Held::of))
            .collect()
    }
}

/// Shows the rows of a batch that is no table of observations, such as units of a party grid.
/// It holds a copy of the batch while it does.
///
/// # Errors
/// Columns of types that cannot be read.
pub fn each_row(
    batch: &RecordBatch,
    nan_is_null: bool,
    each: &mut dyn FnMut(&[Cell<'_>]),
) -> Result<(), Faults> {
    let mut faults = Faults::new();
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        match values::visit(array.as_ref(), nan_is_null, Column(batch.num_rows())) {
            Some(column) => columns.push(column),
            None => faults.push(
                Fault::new(FaultCode::ValueType)
                    .at(Place {
                        field: Some(field.name().clone()),
                        ..Place::default()
                    })
                    .found(field.data_type()),
            ),
        }
    }
    faults.into_result(())?;
    let mut cells = Vec::with_capacity(columns.len());
    for row in 0..batch.num_rows() {
        cells.clear();
        let held = columns.iter().map(|column| column.get(row));
        cells.extend(held.map(|held| held.map_or(Cell::Blank, Held::cell)));
        // The cells borrow from the columns, which stay as they are.
        each(&cells);
    }
    Ok(())
}
