//! Tables from Python: whatever has the Arrow PyCapsule interface, lazy frames, files, lists.

mod rows;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, make_array,
};
use arrow_buffer::Buffer;
use arrow_schema::{ArrowError, DataType, SchemaRef};
use dabiao::{Cell, Fault, FaultCode, Faults, Observations, ObservationsBuilder, Place, Standard};
use dabiao_io::{Encoding, ReadOptions, Source, read_observations};
use pyo3::exceptions::{PyImportError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyString, PyTuple};

use crate::capsule::{self, BatchStream};
use crate::convert::Owned;
use crate::errors::Problem;
use crate::observations::PyObservations;
use crate::outputs;
use crate::watch::Watch;

pub(crate) use rows::AnyRows;

/// How a file is read, where that is not left to be found out.
pub(crate) struct Reading {
    sheet: Option<String>,
    encoding: Option<Encoding>,
}

impl Reading {
    /// The encoding by a name that Python has for it.
    pub(crate) fn new(sheet: Option<String>, encoding: Option<&str>) -> PyResult<Self> {
        let encoding = encoding.map(|name| {
            let plain = name.to_ascii_lowercase().replace(['-', '_'], "");
            match plain.as_str() {
                "utf8" | "utf8sig" => Ok(Encoding::Utf8),
                "gb18030" | "gbk" | "gb2312" => Ok(Encoding::Gb18030),
                "utf16" => Ok(Encoding::Utf16),
                _ => Err(PyValueError::new_err(format!(
                    "encoding: {name:?} is not utf-8, gb18030 or utf-16"
                ))),
            }
        });
        Ok(Reading {
            sheet,
            encoding: encoding.transpose()?,
        })
    }

    /// That a table is no file, which alone has sheets and encodings.
    fn of_no_file(&self) -> PyResult<()> {
        let given = match (&self.sheet, &self.encoding) {
            (Some(_), _) => "sheet",
            (None, Some(_)) => "encoding",
            (None, None) => return Ok(()),
        };
        let message = format!("{given}: the table is no path of a file");
        Err(PyValueError::new_err(message))
    }
}

/// Reads a table of any kind that Python has.
pub(crate) fn read(
    standard: &Standard,
    table: &Bound<'_, PyAny>,
    reading: &Reading,
    watch: &Watch,
) -> Result<Observations, Problem> {
    if let Some(path) = path_of(table)? {
        return read_file(standard, table.py(), &path, reading, watch);
    }
    reading.of_no_file()?;
    read_table(standard, table)
}

/// A table that is no file.
fn read_table(standard: &Standard, table: &Bound<'_, PyAny>) -> Result<Observations, Problem> {
    let py = table.py();
    if let Ok(read) = table.cast::<PyObservations>() {
        let read = read.get();
        if read.standard.digest() == standard.digest() {
            return Ok(read.inner.clone());
        }
        let message = "these observations were read for another standard";
        return Err(PyValueError::new_err(message).into());
    }
    if let Some(native) = native_of(table)? {
        return read_table(standard, &native);
    }
    let nan_is_null = is_pandas(table)?;
    if table.hasattr(intern!(py, "__arrow_c_stream__"))? {
        return match table.call_method0(intern!(py, "__arrow_c_stream__")) {
            Ok(capsule) => read_stream(standard, &capsule, nan_is_null),
            // pandas needs pyarrow for it.
            Err(error) if nan_is_null && error.is_instance_of::<PyImportError>(py) => {
                let columns = table.call_method1("to_dict", ("list",))?;
                read_columns(
                    standard,
                    columns.cast::<PyMapping>().map_err(PyErr::from)?,
                    true,
                )
            }
            Err(error) => Err(error.into()),
        };
    }
    if table.hasattr(intern!(py, "__arrow_c_array__"))? {
        let pair = table.call_method0(intern!(py, "__arrow_c_array__"))?;
        let batch = capsule::import_array(&pair)?;
        let reader = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
        return Ok(py.detach(|| Observations::from_batches(standard, reader, nan_is_null))?);
    }
    if table.hasattr("collect")? && !table.is_instance_of::<PyDict>() {
        return read_table(standard, &table.call_method0("collect")?);
    }
    if let Ok(columns) = table.cast::<PyMapping>() {
        return read_columns(standard, columns, false);
    }
    if table.is_instance_of::<PyList>() || table.is_instance_of::<PyTuple>() {
        return read_records(standard, table);
    }
    Err(no_table(table).into())
}

fn no_table(table: &Bound<'_, PyAny>) -> PyErr {
    let message = format!(
        "expected a data frame (anything with __arrow_c_stream__ or __arrow_c_array__, or a lazy \
         one with collect()), a path, a dict of lists or a list of dicts; found {}",
        table.get_type()
    );
    PyTypeError::new_err(message)
}

fn path_of(table: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is_path = table.is_instance_of::<PyString>() || table.hasattr("__fspath__")?;
    is_path.then(|| table.extract()).transpose()
}

fn is_of(value: &Bound<'_, PyAny>, package: &str) -> PyResult<bool> {
    let module = value.get_type().module()?;
    let rest = module.to_str()?.strip_prefix(package);
    Ok(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

fn is_pandas(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_of(value, "pandas")
}

/// What narwhals has wrapped: whether NaN means null depends on it.
fn native_of<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let wraps = is_of(value, "narwhals")? && value.hasattr("to_native")?;
    wraps.then(|| value.call_method0("to_native")).transpose()
}

fn read_stream(
    standard: &Standard,
    capsule: &Bound<'_, PyAny>,
    nan_is_null: bool,
) -> Result<Observations, Problem> {
    let stream = capsule::import_stream(capsule)?;
    Ok(capsule.py().detach(|| {
        let reader = BatchStream::new(stream).map_err(unreadable)?;
        let reader = WithoutIndex::new(reader).map_err(unreadable)?;
        if nan_is_null {
            // Observations last, and a frame of pandas can be written to meanwhile.
            return Observations::from_batches(standard, Owning(reader), nan_is_null);
        }
        Observations::from_batches(standard, reader, nan_is_null)
    })?)
}

fn unreadable(error: ArrowError) -> Faults {
    Fault::new(FaultCode::Unreadable).found(error).into()
}

/// Leaves out the columns in which pandas hands over an index that has no name.
struct WithoutIndex<R> {
    reader: R,
    schema: SchemaRef,
    kept: Option<Vec<usize>>,
}

impl<R: RecordBatchReader> WithoutIndex<R> {
    fn new(reader: R) -> Result<Self, ArrowError> {
        let schema = reader.schema();
        let is_index = |name: &str| name.starts_with("__index_level_") && name.ends_with("__");
        let fields = schema.fields().iter().enumerate();
        let kept: Vec<usize> = fields
            .filter(|(_, field)| !is_index(field.name()))
            .map(|(at, _)| at)
            .collect();
        if kept.len() == schema.fields().len() {
            return Ok(WithoutIndex {
                reader,
                schema,
                kept: None,
            });
        }
        Ok(WithoutIndex {
            schema: Arc::new(schema.project(&kept)?),
            reader,
            kept: Some(kept),
        })
    }
}

impl<R: RecordBatchReader> Iterator for WithoutIndex<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(match &self.kept {
            Some(kept) => batch.and_then(|batch| batch.project(kept)),
            None => batch,
        })
    }
}

impl<R: RecordBatchReader> RecordBatchReader for WithoutIndex<R> {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Copies the numbers of a table whose memory its owner can write to.
struct Owning<R>(R);

impl<R: RecordBatchReader> Iterator for Owning<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let copied = |batch: RecordBatch| {
            let columns = batch.columns().iter().map(own);
            let columns = columns.collect::<Result<Vec<_>, _>>()?;
            RecordBatch::try_new(batch.schema(), columns)
        };
        Some(self.0.next()?.and_then(copied))
    }
}

impl<R: RecordBatchReader> RecordBatchReader for Owning<R> {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

/// Numbers, and the codes of a dictionary, may be NumPy's memory; texts are Arrow's own.
fn own(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let kind = array.data_type();
    if !kind.is_primitive() && !matches!(kind, DataType::Dictionary(_, _)) {
        return Ok(array.clone());
    }
    let data = array.to_data();
    let buffers = data.buffers().iter();
    let buffers = buffers
        .map(|buffer| Buffer::from_slice_ref(buffer.as_slice()))
        .collect();
    Ok(make_array(data.into_builder().buffers(buffers).build()?))
}

fn read_file(
    standard: &Standard,
    py: Python<'_>,
    path: &Path,
    reading: &Reading,
    watch: &Watch,
) -> Result<Observations, Problem> {
    // A path that leads nowhere is an OSError, as everywhere in Python.
    std::fs::metadata(path).map_err(|error| outputs::at(path, &error))?;
    Ok(py.detach(|| {
        let source = Source::path(path);
        let mut options = ReadOptions::new().with_progress(watch.reading());
        if let Some(sheet) = &reading.sheet {
            options = options.with_sheet(sheet);
        }
        if let Some(encoding) = reading.encoding {
            options = options.with_encoding(encoding);
        }
        read_observations(standard, source, &options)
    })?)
}

/// The path, where a table is a file.
pub(crate) fn file_of(table: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let path = path_of(table)?;
    if let Some(path) = &path {
        std::fs::metadata(path).map_err(|error| outputs::at(path, &error))?;
    }
    Ok(path)
}

/// The files that a table was read from.
pub(crate) fn files_of(table: &Bound<'_, PyAny>) -> PyResult<Vec<PathBuf>> {
    match table.cast::<PyObservations>() {
        Ok(read) => Ok(read.get().files.clone()),
        Err(_) => Ok(path_of(table)?.into_iter().collect()),
    }
}

/// A dict of lists.
fn read_columns(
    standard: &Standard,
    columns: &Bound<'_, PyMapping>,
    nan_is_null: bool,
) -> Result<Observations, Problem> {
    let (mut titles, mut cells) = (Vec::new(), Vec::new());
    for entry in columns.items()?.iter() {
        let (title, values): (Bound<'_, PyAny>, Bound<'_, PyAny>) = entry.extract()?;
        titles.push(title_of(&title)?);
        cells.push(column(&values, nan_is_null)?);
    }
    let mut builder = ObservationsBuilder::new(standard);
    builder.heading(&titles);
    let rows = cells.first().map_or(0, Vec::len);
    for (title, column) in titles.iter().zip(&cells) {
        if column.len() != rows {
            let place = Place {
                field: Some(title.clone()),
                ..Place::default()
            };
            let fault = Fault::new(FaultCode::ColumnLength).at(place);
            let fault = fault.found(column.len()).expected(rows.to_string());
            return Err(Faults::from(fault).into());
        }
    }
    let mut row = Vec::with_capacity(cells.len());
    for at in 0..rows {
        row.clear();
        row.extend(
            cells
                .iter()
                .map(|c| c.get(at).map_or(Cell::Blank, Owned::cell)),
        );
        builder.row(at as u64 + 2, &row);
    }
    Ok(builder.finish()?)
}

fn title_of(title: &Bound<'_, PyAny>) -> PyResult<String> {
    match title.cast::<PyString>() {
        Ok(title) => Ok(title.to_str()?.to_owned()),
        Err(_) => {
            let message = format!("a column's name must be a str, not {}", title.repr()?);
            Err(PyTypeError::new_err(message))
        }
    }
}

/// A list, or an array or series of any library, as cells.
fn column(values: &Bound<'_, PyAny>, nan_is_null: bool) -> PyResult<Vec<Owned>> {
    let values = &native_of(values)?.unwrap_or_else(|| values.clone());
    let nan_is_null = nan_is_null || is_pandas(values)?;
    let mut listed = values.clone();
    if !values.is_instance_of::<PyList>() {
        for method in ["to_list", "to_pylist", "tolist"] {
            if values.hasattr(method)? {
                listed = values.call_method0(method)?;
                break;
            }
        }
    }
    if listed.is_instance_of::<PyString>() || listed.try_iter().is_err() {
        let message = format!("a column must be a list, not {}", values.repr()?);
        return Err(PyTypeError::new_err(message));
    }
    let cells = listed
        .try_iter()?
        .map(|value| Owned::read(&value?, nan_is_null));
    cells.collect()
}

/// One community's values; a code may be left out.
pub(crate) fn read_record(
    standard: &Standard,
    record: &Bound<'_, PyMapping>,
) -> Result<Observations, Problem> {
    let (mut titles, mut cells) = (Vec::new(), Vec::new());
    for entry in record.items()?.iter() {
        let (title, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = entry.extract()?;
        titles.push(title_of(&title)?);
        cells.push(Owned::read(&value, false)?);
    }
    if !titles.iter().any(|title| title == "code") {
        titles.push("code".to_owned());
        cells.push(Owned::Text("1".to_owned()));
    }
    let mut builder = ObservationsBuilder::new(standard);
    builder.heading(&titles);
    let cells: Vec<Cell<'_>> = cells.iter().map(Owned::cell).collect();
    builder.row(2, &cells);
    Ok(builder.finish()?)
}

/// Titles, and of each row the cells that it names.
type Records = (Vec<String>, Vec<Vec<(usize, Owned)>>);

/// A list of dicts; what a dict does not name is blank.
fn records(records: &Bound<'_, PyAny>) -> PyResult<Records> {
    let mut titles: Vec<String> = Vec::new();
    let mut rows: Vec<Vec<(usize, Owned)>> = Vec::new();
    for record in records.try_iter()? {
        let record = record?;
        let Ok(record) = record.cast::<PyMapping>() else {
            let message = format!("a row must be a dict, not {}", record.repr()?);
            return Err(PyTypeError::new_err(message));
        };
        let mut row = Vec::new();
        for (position, entry) in record.items()?.iter().enumerate() {
            let (title, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = entry.extract()?;
            let title = title_of(&title)?;
            // Rows mostly name the same columns in the same order.
            let here = titles.get(position).is_some_and(|held| *held == title);
            let at = match here.then_some(position) {
                Some(at) => at,
                None => match titles.iter().position(|held| *held == title) {
                    Some(at) => at,
                    None => {
                        titles.push(title);
                        titles.len() - 1
                    }
                },
            };
            row.push((at, Owned::read(&value, false)?));
        }
        rows.push(row);
    }
    Ok((titles, rows))
}

fn read_records(standard: &Standard, listed: &Bound<'_, PyAny>) -> Result<Observations, Problem> {
    let (titles, rows) = records(listed)?;
    let mut builder = ObservationsBuilder::new(standard);
    builder.heading(&titles);
    for (line, row) in rows.iter().enumerate() {
        let mut cells = vec![Cell::Blank; titles.len()];
        for (at, owned) in row {
            cells[*at] = owned.cell();
        }
        builder.row(line as u64 + 2, &cells);
    }
    Ok(builder.finish()?)
}
