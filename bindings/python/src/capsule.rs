//! The Arrow PyCapsule interface: the only place where memory of others is taken on trust.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, NullArray, RecordBatch, RecordBatchOptions, RecordBatchReader, StructArray,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// Takes the stream out of a capsule that `__arrow_c_stream__` gave.
pub(crate) fn import_stream(capsule: &Bound<'_, PyAny>) -> PyResult<FFI_ArrowArrayStream> {
    let capsule = capsule.cast::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    // SAFETY: a capsule of this name holds a valid, aligned `ArrowArrayStream`, says the
    // interface; its owner may have moved it out, which leaves an empty one. It is moved out
    // here in turn, so that the capsule's destructor finds it released.
    Ok(unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) })
}

/// The batches of a stream of tables. Reading needs no Python: a producer in Python takes the
/// interpreter for itself.
pub(crate) struct BatchStream {
    stream: FFI_ArrowArrayStream,
    schema: SchemaRef,
}

impl BatchStream {
    pub(crate) fn new(mut stream: FFI_ArrowArrayStream) -> Result<Self, ArrowError> {
        let Some(get_schema) = stream.get_schema() else {
            return Err(failed("the stream was read before".to_owned()));
        };
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: the callback is that of this stream, which is not released, since a released
        // one has none; it fills the schema, or leaves it empty and returns a number.
        if unsafe { get_schema(&raw mut stream, &raw mut schema) } != 0 {
            return Err(last_error(&mut stream));
        }
        let field = Field::try_from(&schema)?;
        let DataType::Struct(fields) = field.data_type() else {
            let message = format!("expected a table, found a column of {}", field.data_type());
            return Err(failed(message));
        };
        Ok(BatchStream {
            stream,
            schema: Arc::new(Schema::new(fields.clone())),
        })
    }
}

impl Iterator for BatchStream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let get_next = self.stream.get_next()?;
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the callback is that of this stream; it fills the array, leaves it released
        // at the end, or returns a number.
        if unsafe { get_next(&raw mut self.stream, &raw mut array) } != 0 {
            return Some(Err(last_error(&mut self.stream)));
        }
        if array.is_released() {
            return None;
        }
        Some(import_batch(array, &self.schema))
    }
}

impl RecordBatchReader for BatchStream {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

fn failed(message: String) -> ArrowError {
    ArrowError::ExternalError(message.into())
}

fn last_error(stream: &mut FFI_ArrowArrayStream) -> ArrowError {
    let message = stream.get_last_error().map(|get_last_error| {
        // SAFETY: the callback is that of this stream, and its last call failed; the text, if
        // there is one, lives until the next call and is copied at once.
        unsafe {
            let text = get_last_error(stream);
            (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
        }
    });
    failed(
        message
            .flatten()
            .unwrap_or_else(|| "the stream failed".to_owned()),
    )
}

/// Makes a batch of an array of tables.
fn import_batch(array: FFI_ArrowArray, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    if array.num_children() != schema.fields().len() {
        return Err(failed("a batch that does not fit its schema".to_owned()));
    }
    // polars gives columns of nothing but null a buffer, as structs have, and not none.
    let as_given = |at: usize, field: &FieldRef| {
        if *field.data_type() == DataType::Null && array.child(at).num_buffers() == 1 {
            let nothing = DataType::Struct(Fields::empty());
            Arc::new(Field::new(field.name(), nothing, true))
        } else {
            Arc::clone(field)
        }
    };
    let fields = schema.fields().iter().enumerate();
    let fields: Fields = fields.map(|(at, field)| as_given(at, field)).collect();
    // SAFETY: the array came from a stream or a capsule of the interface, whose data are of the
    // type that came with them; the one that stands in has the layout that was found.
    let data = unsafe { from_ffi_and_data_type(array, DataType::Struct(fields)) }?;
    let rows = data.len();
    let (_, columns, _) = StructArray::from(data).into_parts();
    let columns = schema.fields().iter().zip(columns).map(|(field, column)| {
        if *field.data_type() == DataType::Null {
            Arc::new(NullArray::new(rows)) as ArrayRef
        } else {
            column
        }
    });
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema.clone(), columns.collect(), &options)
}

/// Takes the table out of what `__arrow_c_array__` gave.
pub(crate) fn import_array(pair: &Bound<'_, PyAny>) -> PyResult<RecordBatch> {
    let pair = pair.cast::<PyTuple>()?;
    let (schema, array) = (pair.get_item(0)?, pair.get_item(1)?);
    let schema = schema
        .cast::<PyCapsule>()?
        .pointer_checked(Some(SCHEMA))?
        .cast::<FFI_ArrowSchema>();
    let array = array
        .cast::<PyCapsule>()?
        .pointer_checked(Some(ARRAY))?
        .cast::<FFI_ArrowArray>();
    // SAFETY: capsules of these names hold a valid, aligned `ArrowSchema` and `ArrowArray`,
    // says the interface. The array is moved out, so that the capsule's destructor finds it
    // released; the schema is borrowed while its capsule lives.
    let (array, schema) = unsafe { (FFI_ArrowArray::from_raw(array.as_ptr()), schema.as_ref()) };
    let read = || {
        let field = Field::try_from(schema)?;
        let DataType::Struct(fields) = field.data_type() else {
            let message = format!("expected a table, found a column of {}", field.data_type());
            return Err(failed(message));
        };
        if array.is_released() {
            return Err(failed("the array was taken before".to_owned()));
        }
        import_batch(array, &Arc::new(Schema::new(fields.clone())))
    };
    read().map_err(|error: ArrowError| PyTypeError::new_err(error.to_string()))
}

/// A capsule that gives the batches of a reader, for `__arrow_c_stream__`.
pub(crate) fn export_stream<'py>(
    py: Python<'py>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), STREAM)
}
