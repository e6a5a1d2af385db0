//! Apache Arrow's C stream interface, in and out.

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use engine::arrow::PointsAs;
use engine::{Fault, FaultCode, Faults, Observations};

use crate::args::Out;
use crate::guard::guard;
use crate::handle;
use crate::observations::{self, dabiao_observations};
use crate::scores::dabiao_scores;
use crate::standard::dabiao_standard;
use crate::status::{Error, dabiao_status};

/// Arrow's own structure, as its C stream interface defines it; include its definition, which
/// every Arrow library has, where you make or read one.
#[derive(Debug)]
pub struct ArrowArrayStream {
    _opaque: [u8; 0],
}

/// Points as `decimal128` with exactly the standard's decimals.
pub const DABIAO_ARROW_DECIMAL: i32 = 0;
/// Points as the nearest `float64`.
pub const DABIAO_ARROW_FLOAT64: i32 = 1;

/// Record batches of somebody else's, each looked over before it is read: texts that are no
/// UTF-8, offsets out of order.
struct Checked(RecordBatchStreamReader);

impl Iterator for Checked {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.0.next()?;
        Some(batch.and_then(|batch| {
            for column in batch.columns() {
                column.to_data().validate_full()?;
            }
            Ok(batch)
        }))
    }
}

impl RecordBatchReader for Checked {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

/// Reads a table from a stream of record batches: a column a measure, beside "code" and
/// attributes; a null is a missing value. `nan_is_null` is not 0 where a missing number is
/// written as NaN, as in pandas. Unless an argument is wrong the stream is taken over: it is
/// released when the call is over, whatever its status, and `stream` is marked so. On success
/// `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_observations_from_arrow(
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
        let wrong = |error: ArrowError| {
            Faults::from(
                Fault::new(FaultCode::Unreadable)
                    .about("stream")
                    .found(error),
            )
        };
        // SAFETY: neither NULL nor misaligned, and promised to be a stream of Arrow's.
        let reader = unsafe { RecordBatchStreamReader::from_raw(stream.as_ptr()) };
        let reader = Checked(reader.map_err(wrong)?);
        let read = Observations::from_batches(&held.standard, reader, nan_is_null != 0)?;
        observations::give(out, &held.standard, read)
    })
}

/// Gives the scores as a stream of record batches: code, name and district where the table has
/// them, total, bonus, grade, rank, vetoes, missing, flags, then each section and its items.
/// `points` is `DABIAO_ARROW_...`. `*out` is overwritten, and yours to release; it stays usable
/// when the scores are freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_to_arrow(
    scores: *const dabiao_scores,
    points: i32,
    out: *mut ArrowArrayStream,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out.cast::<FFI_ArrowArrayStream>())? };
        let points = match points {
            DABIAO_ARROW_DECIMAL => PointsAs::Decimal,
            DABIAO_ARROW_FLOAT64 => PointsAs::Float,
            _ => {
                return Err(Error::argument(
                    "points",
                    "不是 DABIAO_ARROW_...",
                    "is no DABIAO_ARROW_...",
                ));
            }
        };
        let reader = held.scores.batches(held.scores.columns(), points);
        out.write(FFI_ArrowArrayStream::new(Box::new(reader)));
        Ok(())
    })
}
