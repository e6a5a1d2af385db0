//! A table: codes, and a column of each measure in the type that people have it in.

use std::sync::Arc;

use arrow_array::types::{Float64Type, Int8Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int8Array, Int64Array,
    RecordBatch, StringArray, cast::AsArray,
};
use dabiao::Standard;
use dabiao::standard::document::MeasureKind;

use crate::drawn::Table;

/// A table: the codes and the columns.
#[derive(Clone, Debug)]
pub struct Data {
    /// In order.
    pub codes: Vec<String>,
    /// In the order of the standard's measures: numbers as doubles, counts as whole numbers,
    /// yes-no as booleans, labels by a dictionary; of `bench-33` all as doubles.
    pub columns: Vec<ArrayRef>,
}

impl Data {
    /// A table of so many rows of `bench-33`: doubles alone.
    #[must_use]
    pub fn new(standard: &Standard, rows: usize) -> Data {
        Data::made(standard, rows, true)
    }

    /// A table of so many rows with the types that the standard's measures have.
    #[must_use]
    pub fn typed(standard: &Standard, rows: usize) -> Data {
        Data::made(standard, rows, false)
    }

    fn made(standard: &Standard, rows: usize, doubles: bool) -> Data {
        let drawn = Table::of(standard);
        let columns = (0..standard.document().measures.len()).map(|at| -> ArrayRef {
            let values = (0..rows).map(|row| drawn.value(row, at));
            let observed = standard.observed(at).filter(|_| !doubles);
            match observed.map(|observed| (observed.kind, observed.labels)) {
                Some((MeasureKind::Count, _)) => Arc::new(Int64Array::from_iter_values(
                    values.map(|value| value as i64),
                )),
                Some((MeasureKind::YesNo, _)) => Arc::new(BooleanArray::from_iter(
                    values.map(|value| Some(value > 0.0)),
                )),
                Some((MeasureKind::Label, labels)) => {
                    let keys = Int8Array::from_iter_values(values.map(|value| value as i8));
                    let labels = Arc::new(StringArray::from_iter_values(labels));
                    // A key beyond the labels would be refused: there are four of each.
                    match DictionaryArray::<Int8Type>::try_new(keys, labels) {
                        Ok(column) => Arc::new(column),
                        Err(_) => Arc::new(StringArray::new_null(rows)),
                    }
                }
                _ => Arc::new(Float64Array::from_iter_values(values)),
            }
        });
        Data {
            codes: (0..rows)
                .map(|row| format!("{:012}", 110_000_000_000 + row))
                .collect(),
            columns: columns.collect(),
        }
    }

    /// The names of the columns, `code` first.
    #[must_use]
    pub fn titles(standard: &Standard) -> Vec<&str> {
        let measures = standard.document().measures.iter();
        std::iter::once("code")
            .chain(measures.map(|m| m.name.as_str()))
            .collect()
    }

    /// The table as Arrow has it; the columns are shared.
    ///
    /// # Errors
    /// None for a table that this module made.
    pub fn batch(&self, standard: &Standard) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let codes: ArrayRef = Arc::new(StringArray::from_iter_values(&self.codes));
        let columns = std::iter::once(codes).chain(self.columns.iter().cloned());
        RecordBatch::try_from_iter(Data::titles(standard).into_iter().zip(columns))
    }

    /// The values of some rows as arrays of doubles, row after row: a label is its index.
    #[must_use]
    pub fn cards(&self, rows: usize) -> Vec<Vec<f64>> {
        let rows = rows.min(self.codes.len());
        let value = |column: &ArrayRef, row: usize| -> f64 {
            if let Some(doubles) = column.as_primitive_opt::<Float64Type>() {
                doubles.value(row)
            } else if let Some(whole) = column.as_primitive_opt::<Int64Type>() {
                whole.value(row) as f64
            } else if let Some(ticks) = column.as_boolean_opt() {
                f64::from(u8::from(ticks.value(row)))
            } else if let Some(labels) = column.as_dictionary_opt::<Int8Type>() {
                f64::from(labels.keys().value(row))
            } else {
                f64::NAN
            }
        };
        let card = |row| self.columns.iter().map(|c| value(c, row)).collect();
        (0..rows).map(card).collect()
    }

    /// A column as numbers in the order of their bytes, and the ending that says which: `f64`,
    /// `i64`, `u8` for yes and no, `i8` for labels.
    #[must_use]
    pub fn bytes(&self, column: usize) -> Option<(&'static str, Vec<u8>)> {
        let column = self.columns.get(column)?;
        Some(
            if let Some(doubles) = column.as_primitive_opt::<Float64Type>() {
                let values = doubles.values().iter();
                (
                    "f64",
                    values.flat_map(|value| value.to_le_bytes()).collect(),
                )
            } else if let Some(whole) = column.as_primitive_opt::<Int64Type>() {
                let values = whole.values().iter();
                (
                    "i64",
                    values.flat_map(|value| value.to_le_bytes()).collect(),
                )
            } else if let Some(ticks) = column.as_boolean_opt() {
                ("u8", ticks.values().iter().map(u8::from).collect())
            } else {
                let labels = column.as_dictionary_opt::<Int8Type>()?;
                let keys = labels.keys().values().iter();
                ("i8", keys.flat_map(|key| key.to_le_bytes()).collect())
            },
        )
    }

    /// The memory that the columns' values lie in, in whole words of eight bytes.
    #[must_use]
    pub fn memory(&self) -> Vec<arrow_buffer::Buffer> {
        let columns = self.columns.iter();
        let buffers = columns.filter_map(|column| {
            let keys = column.as_dictionary_opt::<Int8Type>();
            let data = keys.map_or_else(|| column.to_data(), |keys| keys.keys().to_data());
            let buffer = data.buffers().first()?;
            Some(buffer.slice_with_length(0, buffer.len() / 8 * 8))
        });
        buffers.collect()
    }
}
