//! Parquet out: scores with points as exact decimals, and tables of observations.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, RecordBatch, StringArray};
use arrow_schema::SchemaRef;
use dabiao::arrow::{PointsAs, ScoreColumn};
use dabiao::standard::document::MeasureKind;
use dabiao::{Observations, Scores, Standard};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// Rows of a batch.
const BATCH: usize = 65_536;

/// Writes the columns of `scores.csv` as a Parquet file: places as whole numbers, points as
/// decimals of as many digits as are published, so that nothing is rounded twice.
///
/// The same scores give the same bytes.
///
/// # Errors
/// Those of `out`.
pub fn write_scores_parquet(scores: &Scores, out: impl Write + Send) -> io::Result<()> {
    let mut written = ScoresOut::new(scores, out)?;
    written.add(scores)?;
    written.finish()
}

/// Scores on their way into a Parquet file, part by part.
pub(crate) struct ScoresOut<W: Write + Send> {
    columns: Vec<ScoreColumn>,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> ScoresOut<W> {
    pub(crate) fn new(scores: &Scores, out: W) -> io::Result<ScoresOut<W>> {
        let columns = scores.columns();
        let writer = writer(out, scores.schema(&columns, PointsAs::Decimal))?;
        Ok(ScoresOut { columns, writer })
    }

    pub(crate) fn add(&mut self, scores: &Scores) -> io::Result<()> {
        let mut from = 0;
        while from < scores.len() {
            let batch = scores
                .record_batch(&self.columns, PointsAs::Decimal, from, BATCH)
                .map_err(io::Error::other)?;
            self.writer.write(&batch).map_err(io::Error::other)?;
            from += BATCH;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        self.writer.close().map_err(io::Error::other)?;
        Ok(())
    }
}

fn writer<W: Write + Send>(out: W, schema: SchemaRef) -> io::Result<ArrowWriter<W>> {
    let about = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("dabiao ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    ArrowWriter::try_new(out, schema, Some(about)).map_err(io::Error::other)
}

/// Writes a table of observations as a Parquet file that reads back as the same table: code,
/// attributes and measures in the order of the standard, those alone that hold something.
///
/// Numbers are decimals of 6 digits after the point; a column in which 不涉及 stands is text.
///
/// # Errors
/// Those of `out`.
pub fn write_observations_parquet(
    standard: &Standard,
    observations: &Observations,
    out: impl Write + Send,
) -> io::Result<()> {
    let table = super::observations::Held::new(standard, observations);
    let numeric = |name: &str| {
        let measures = &standard.document().measures;
        let measure = measures.iter().find(|measure| measure.name == name);
        measure.is_some_and(|m| matches!(m.kind, MeasureKind::Count | MeasureKind::Number))
    };
    let arrays = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, (name, is_measure))| {
            let cells = || {
                table
                    .rows
                    .iter()
                    .map(move |row| row.get(at).and_then(Option::as_deref))
            };
            let scaled = (*is_measure && numeric(name))
                .then(|| decimals(cells()))
                .flatten();
            let array: ArrayRef = match scaled {
                Some(scaled) => Arc::new(scaled),
                None => Arc::new(cells().collect::<StringArray>()),
            };
            (name.as_str(), array, true)
        });
    let batch = RecordBatch::try_from_iter_with_nullable(arrays).map_err(io::Error::other)?;
    let mut writer = writer(out, batch.schema())?;
    writer.write(&batch).map_err(io::Error::other)?;
    writer.close().map_err(io::Error::other)?;
    Ok(())
}

/// Decimals of 6 digits after the point; nothing where a cell is none.
fn decimals<'c>(cells: impl Iterator<Item = Option<&'c str>>) -> Option<Decimal128Array> {
    let scaled: Option<Vec<Option<i128>>> = cells
        .map(|cell| match cell {
            None => Some(None),
            Some(text) => {
                let (whole, parts) = text.split_once('.').unwrap_or((text, ""));
                let digits = format!("{whole}{parts:0<6}");
                (parts.len() <= 6)
                    .then(|| digits.parse().ok())
                    .flatten()
                    .map(Some)
            }
        })
        .collect();
    let array = scaled?.into_iter().collect::<Decimal128Array>();
    array.with_precision_and_scale(24, 6).ok()
}
