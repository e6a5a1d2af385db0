//! Apache Arrow's C data and C stream interfaces, in and out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{Array, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use engine::ObservationsBuilder;
use engine::arrow::PointsAs;

use crate::args::Out;
use crate::guard::{describe, guard};
use crate::handle;
use crate::observations::{self, dabiao_observations};
use crate::scores::dabiao_scores;
use crate::standard::dabiao_standard;
use crate::status::{Error, Status, dabiao_status};

/// Arrow's own structure, which the header declares and every Arrow library defines.
#[derive(Debug)]
pub struct ArrowSchema {
    _opaque: [u8; 0],
}

/// As [`ArrowSchema`].
#[derive(Debug)]
pub struct ArrowArray {
    _opaque: [u8; 0],
}

/// As [`ArrowSchema`].
#[derive(Debug)]
pub struct ArrowArrayStream {
    _opaque: [u8; 0],
}

/// Points as `decimal128` with exactly the standard's decimals.
pub const DABIAO_ARROW_DECIMAL: i32 = 0;
/// Points as the nearest `float64`.
pub const DABIAO_ARROW_FLOAT64: i32 = 1;

/// Arrow's code stops where structures contradict each other, such as an array with fewer
/// children than its schema; that is an error like any other.
fn without_panic<T>(work: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, ArrowError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(ArrowError::CDataInterface(describe(panic.as_ref()))))
}

/// Looks a batch of somebody else's over before it is read: texts that are no UTF-8, offsets
/// out of order.
fn check(batch: &RecordBatch) -> Result<(), ArrowError> {
    batch
        .columns()
        .iter()
        .try_for_each(|column| column.to_data().validate_full())
}

fn unreadable(argument: &str, error: &ArrowError) -> Error {
    Error::new(
        Status::DABIAO_ERROR_IO,
        format!("参数 {argument} 无法读取:{error}"),
        format!("argument {argument} cannot be read: {error}"),
    )
}

fn released(argument: &str) -> Error {
    Error::argument(argument, "已释放", "was released before")
}

/// Record batches that go out: a caller's program asks for each, and no panic must reach it.
struct Outgoing<R>(R);

impl<R: RecordBatchReader> Iterator for Outgoing<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        without_panic(|| self.0.next().transpose()).transpose()
    }
}

impl<R: RecordBatchReader> RecordBatchReader for Outgoing<R> {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

/// Reads a table from an Arrow stream of record batches: a column a measure, beside "code" and
/// attributes; a null is a missing value. `nan_is_null` is not 0 where a missing number is
/// written as NaN, as in pandas. Unless an argument is NULL or wrong, the stream is taken over:
/// the library releases it, whatever the status, and `*stream` is marked as released. On
/// success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_from_arrow_stream(
    standard: *const dabiao_standard,
    stream: *mut ArrowArrayStream,
    nan_is_null: i32,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`; the stream is looked at as one.
        let (stream, out) = unsafe {
            let stream = stream.cast::<FFI_ArrowArrayStream>();
            (Out::new("stream", stream)?, Out::new("out", out)?)
        };
        // SAFETY: neither NULL nor misaligned, and promised to be a stream of Arrow's.
        if unsafe { stream.get() }.release().is_none() {
            return Err(released("stream"));
        }
        // SAFETY: the same.
        let reader =
            without_panic(|| unsafe { RecordBatchStreamReader::from_raw(stream.as_ptr()) });
        let unreadable = |error| unreadable("stream", &error);
        let mut reader = reader.map_err(unreadable)?;
        let mut builder = ObservationsBuilder::new(&held.standard);
        builder.schema(&reader.schema());
        let mut next = || {
            without_panic(|| {
                let batch = reader.next().transpose()?;
                batch.as_ref().map_or(Ok(()), check)?;
                Ok(batch)
            })
        };
        while let Some(batch) = next().map_err(unreadable)? {
            builder.batch(&batch, nan_is_null != 0);
        }
        observations::give(out, &held.standard, builder.finish()?)
    })
}

/// The same from one Arrow array, a structure whose children are the columns, and its schema.
/// Both are taken over as a stream is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_from_arrow_array(
    standard: *const dabiao_standard,
    array: *mut ArrowArray,
    schema: *mut ArrowSchema,
    nan_is_null: i32,
    out: *mut *mut dabiao_observations,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`; the others are looked at as what they are.
        let (array, schema, out) = unsafe {
            (
                Out::new("array", array.cast::<FFI_ArrowArray>())?,
                Out::new("schema", schema.cast::<FFI_ArrowSchema>())?,
                Out::new("out", out)?,
            )
        };
        // SAFETY: neither NULL nor misaligned, and promised to be what they are.
        let (array_lives, schema_lives) =
            unsafe { (!array.get().is_released(), schema.get().release().is_some()) };
        if !array_lives || !schema_lives {
            return Err(released(if array_lives { "schema" } else { "array" }));
        }
        // SAFETY: the same.
        let (array, schema) = unsafe {
            (
                FFI_ArrowArray::from_raw(array.as_ptr()),
                FFI_ArrowSchema::from_raw(schema.as_ptr()),
            )
        };
        let batch = without_panic(|| {
            // SAFETY: promised to agree with the C data interface.
            let data = unsafe { from_ffi(array, &schema)? };
            data.validate_full()?;
            match data.data_type() {
                DataType::Struct(_) => Ok(RecordBatch::from(StructArray::from(data))),
                other => Err(ArrowError::CDataInterface(format!(
                    "a struct is expected, not {other}"
                ))),
            }
        });
        let batch = batch.map_err(|error| unreadable("array", &error))?;
        let mut builder = ObservationsBuilder::new(&held.standard);
        builder
            .schema(&batch.schema())
            .batch(&batch, nan_is_null != 0);
        observations::give(out, &held.standard, builder.finish()?)
    })
}

fn points_as(points: i32) -> Result<PointsAs, Error> {
    match points {
        DABIAO_ARROW_DECIMAL => Ok(PointsAs::Decimal),
        DABIAO_ARROW_FLOAT64 => Ok(PointsAs::Float),
        _ => Err(Error::argument(
            "points",
            "不是 DABIAO_ARROW_...",
            "is no DABIAO_ARROW_...",
        )),
    }
}

/// Gives the scores as an Arrow stream of record batches: code, name and district where the
/// table has them, total, bonus, grade, rank, vetoes, missing, flags, then each section and its
/// items. `points` is `DABIAO_ARROW_...`. `*out` is overwritten, and yours to release; it stays
/// usable when the scores are freed. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_to_arrow_stream(
    scores: *const dabiao_scores,
    points: i32,
    out: *mut ArrowArrayStream,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out.cast::<FFI_ArrowArrayStream>())? };
        let points = points_as(points)?;
        let reader = held.scores.batches(held.scores.columns(), points);
        out.write(FFI_ArrowArrayStream::new(Box::new(Outgoing(reader))));
        Ok(())
    })
}

/// The same columns of all rows as one Arrow array, a structure, and its schema. Both are
/// overwritten, and yours to release. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_to_arrow_array(
    scores: *const dabiao_scores,
    points: i32,
    out_array: *mut ArrowArray,
    out_schema: *mut ArrowSchema,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let (out_array, out_schema) = unsafe {
            (
                Out::new("out_array", out_array.cast::<FFI_ArrowArray>())?,
                Out::new("out_schema", out_schema.cast::<FFI_ArrowSchema>())?,
            )
        };
        let (scores, points) = (&held.scores, points_as(points)?);
        let made = scores
            .record_batch(&scores.columns(), points, 0, scores.len())
            .and_then(|batch| {
                let schema = FFI_ArrowSchema::try_from(batch.schema().as_ref())?;
                Ok((StructArray::from(batch).into_data(), schema))
            });
        let (data, schema) = made.map_err(|error| unreadable("scores", &error))?;
        out_array.write(FFI_ArrowArray::new(&data));
        out_schema.write(schema);
        Ok(())
    })
}
