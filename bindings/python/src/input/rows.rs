//! Tables of any meaning, row by row.

use std::ops::ControlFlow;
use std::path::PathBuf;

use arrow_array::{RecordBatchIterator, RecordBatchReader};
use dabiao::arrow::each_row;
use dabiao::{Cell, Faults};
use dabiao_io::{ReadOptions, Row, Source, read_rows};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyTuple};

use super::{
    WithoutIndex, column, is_pandas, native_of, no_table, path_of, records, title_of, unreadable,
};
use crate::capsule::{self, BatchStream};
use crate::convert::Owned;
use crate::frame;
use crate::outputs;

/// The rows of a table of any meaning, its heading first.
pub(crate) enum AnyRows {
    File(PathBuf),
    Batches {
        reader: Box<dyn RecordBatchReader + Send>,
        nan_is_null: bool,
    },
    Held(Vec<Vec<Owned>>),
}

impl AnyRows {
    pub(crate) fn read(table: &Bound<'_, PyAny>) -> PyResult<AnyRows> {
        let py = table.py();
        if let Some(path) = path_of(table)? {
            std::fs::metadata(&path).map_err(|error| outputs::at(&path, &error))?;
            return Ok(AnyRows::File(path));
        }
        if let Some(native) = native_of(table)? {
            return AnyRows::read(&native);
        }
        let nan_is_null = is_pandas(table)?;
        let stream = intern!(py, "__arrow_c_stream__");
        if table.hasattr(stream)? {
            let capsule = table.call_method0(stream)?;
            let stream = capsule::import_stream(&capsule)?;
            let reader = BatchStream::new(stream).and_then(WithoutIndex::new);
            let reader = reader.map_err(frame::arrow_error)?;
            return Ok(AnyRows::Batches {
                reader: Box::new(reader),
                nan_is_null,
            });
        }
        let array = intern!(py, "__arrow_c_array__");
        if table.hasattr(array)? {
            let batch = capsule::import_array(&table.call_method0(array)?)?;
            let reader = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
            return Ok(AnyRows::Batches {
                reader: Box::new(reader),
                nan_is_null,
            });
        }
        if table.hasattr("collect")? && !table.is_instance_of::<PyDict>() {
            return AnyRows::read(&table.call_method0("collect")?);
        }
        if let Ok(columns) = table.cast::<PyMapping>() {
            return AnyRows::of_columns(columns);
        }
        if table.is_instance_of::<PyList>() || table.is_instance_of::<PyTuple>() {
            let (titles, rows) = records(table)?;
            let width = titles.len();
            let mut held = vec![titles.into_iter().map(Owned::Text).collect::<Vec<_>>()];
            for row in rows {
                let mut cells: Vec<Owned> = (0..width).map(|_| Owned::Blank).collect();
                for (at, cell) in row {
                    cells[at] = cell;
                }
                held.push(cells);
            }
            return Ok(AnyRows::Held(held));
        }
        Err(no_table(table))
    }

    fn of_columns(columns: &Bound<'_, PyMapping>) -> PyResult<AnyRows> {
        let (mut heading, mut made) = (Vec::new(), Vec::new());
        for entry in columns.items()?.iter() {
            let (title, values): (Bound<'_, PyAny>, Bound<'_, PyAny>) = entry.extract()?;
            heading.push(Owned::Text(title_of(&title)?));
            made.push(column(&values, false)?.into_iter());
        }
        let mut held = vec![heading];
        let rows = made.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        for _ in 0..rows {
            // A column that is too short gives a row that is too short, which is a fault.
            held.push(made.iter_mut().filter_map(Iterator::next).collect());
        }
        Ok(AnyRows::Held(held))
    }

    /// Shows each row, the heading first as row 1.
    pub(crate) fn each(
        &mut self,
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), Faults> {
        match self {
            AnyRows::File(path) => read_rows(Source::path(path), &ReadOptions::new(), each),
            AnyRows::Held(rows) => {
                for (line, row) in rows.iter().enumerate() {
                    let cells: Vec<Cell<'_>> = row.iter().map(Owned::cell).collect();
                    let line = line as u64 + 1;
                    if each(Row {
                        line,
                        cells: &cells,
                    })
                    .is_break()
                    {
                        break;
                    }
                }
                Ok(())
            }
            AnyRows::Batches {
                reader,
                nan_is_null,
            } => {
                let schema = reader.schema();
                let titles = schema.fields().iter().map(|field| Cell::Text(field.name()));
                let titles: Vec<Cell<'_>> = titles.collect();
                let heading = Row {
                    line: 1,
                    cells: &titles,
                };
                if each(heading).is_break() {
                    return Ok(());
                }
                let mut line = 1;
                let mut stopped = false;
                for batch in reader {
                    each_row(&batch.map_err(unreadable)?, *nan_is_null, &mut |cells| {
                        line += 1;
                        stopped = stopped || each(Row { line, cells }).is_break();
                    })?;
                }
                Ok(())
            }
        }
    }
}
