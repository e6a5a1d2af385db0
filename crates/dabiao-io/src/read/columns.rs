//! Parquet and Arrow files: columns of a type, handed on as rows.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use bytes::Bytes;
use dabiao::arrow::each_row;
use dabiao::{Cell, Fault, FaultCode, Faults, Text};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::guard;
use super::source::Opened;
use super::{Format, Limits, ReadOptions, Row, grouped, over_limit};

/// Rows that are taken apart together.
const BATCH: usize = 8192;

pub(super) fn read(
    mut opened: Opened<'_>,
    format: Format,
    options: &ReadOptions,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<(), Faults> {
    let file = opened.file.take();
    let file = file.filter(|_| options.unbounded && format == Format::Parquet);
    let mut rows = Rows {
        options,
        length: opened.length,
        most: match file {
            Some(_) => u64::MAX,
            None => options.limits.rows,
        },
        line: 1,
        each,
    };
    if let Some(file) = file {
        return rows.parquet(file);
    }
    let mut bytes = Vec::new();
    let mut bounded = (&mut opened.data).take(options.limits.bytes);
    bounded
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(&error))?;
    if format == Format::Parquet {
        rows.parquet(Bytes::from(bytes))
    } else {
        rows.arrow(bytes)
    }
}

fn damaged(found: &dyn std::fmt::Display) -> Fault {
    Fault::new(FaultCode::Syntax)
        .found(found)
        .expected(Text::new(
            "完好的 Parquet 或 Arrow 文件",
            "a sound Parquet or Arrow file",
        ))
}

/// What a damaged file makes of its reader: an error, or a panic where it did not foresee it.
fn guarded<T, E: std::fmt::Display>(read: impl FnOnce() -> Result<T, E>) -> Result<T, Fault> {
    match guard::guarded(read) {
        Some(Ok(done)) => Ok(done),
        Some(Err(error)) => Err(damaged(&error)),
        None => Err(damaged(&"damaged")),
    }
}

struct Rows<'r> {
    options: &'r ReadOptions,
    length: u64,
    /// Rows there may be, the heading among them.
    most: u64,
    /// The row that was handed on last; the heading is row 1.
    line: u64,
    each: &'r mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
}

impl Rows<'_> {
    /// A file of any length is read group by group, each of which keeps the limit of bytes.
    fn parquet(&mut self, input: impl ChunkReader + 'static) -> Result<(), Faults> {
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(input))?;
        let about = builder.metadata();
        let rows = u64::try_from(about.file_metadata().num_rows()).unwrap_or(u64::MAX);
        let sizes = about.row_groups().iter();
        let sizes = sizes.map(|group| u64::try_from(group.total_byte_size()).unwrap_or(u64::MAX));
        let held = match self.most {
            u64::MAX => sizes.max().unwrap_or_default(),
            _ => sizes.fold(0_u64, u64::saturating_add),
        };
        check_size(held, &self.options.limits)?;
        self.check_rows(rows.saturating_add(1))?;
        if self.heading(builder.schema())?.is_break() {
            return Ok(());
        }
        let mut batches = guarded(|| builder.with_batch_size(BATCH).build())?;
        while let Some(batch) = guarded(|| batches.next().transpose())? {
            if self.batch(&batch)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn arrow(&mut self, bytes: Vec<u8>) -> Result<(), Faults> {
        let limits = self.options.limits;
        if bytes.starts_with(b"ARROW1") {
            check_file(&bytes, &limits)?;
            let open = || arrow_ipc::reader::FileReader::try_new(Cursor::new(bytes), None);
            let batches = guarded(open)?;
            self.batches(&batches.schema(), batches)
        } else {
            check_stream(&bytes, &limits)?;
            let open = || arrow_ipc::reader::StreamReader::try_new(Cursor::new(bytes), None);
            let batches = guarded(open)?;
            self.batches(&batches.schema(), batches)
        }
    }

    fn batches(
        &mut self,
        schema: &SchemaRef,
        mut batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    ) -> Result<(), Faults> {
        if self.heading(schema)?.is_break() {
            return Ok(());
        }
        while let Some(batch) = guarded(|| batches.next().transpose())? {
            let mut from = 0;
            while from < batch.num_rows() {
                let count = BATCH.min(batch.num_rows() - from);
                if self.batch(&batch.slice(from, count))?.is_break() {
                    return Ok(());
                }
                from += count;
            }
        }
        Ok(())
    }

    fn heading(&mut self, schema: &SchemaRef) -> Result<ControlFlow<()>, Fault> {
        if schema.fields().len() > self.options.limits.columns {
            let most = grouped(self.options.limits.columns as u64);
            let expected = Text::new(format!("至多 {most} 列"), format!("at most {most} columns"));
            return Err(over_limit(None, schema.fields().len(), expected));
        }
        let titles: Vec<Cell<'_>> = schema
            .fields()
            .iter()
            .map(|field| Cell::Text(field.name()))
            .collect();
        Ok((self.each)(Row {
            line: 1,
            cells: &titles,
        }))
    }

    fn check_rows(&self, rows: u64) -> Result<(), Fault> {
        if rows <= self.most {
            return Ok(());
        }
        let most = grouped(self.most);
        let expected = Text::new(
            format!("至多 {most} 行\u{ff08}含标题行\u{ff09}"),
            format!("at most {most} rows with the heading"),
        );
        Err(over_limit(None, grouped(rows), expected))
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<ControlFlow<()>, Faults> {
        self.check_rows(self.line + batch.num_rows() as u64)?;
        if let Some(progress) = &self.options.progress
            && !progress(0, self.length)
        {
            return Err(Fault::new(FaultCode::Cancelled).into());
        }
        let (mut line, mut flow) = (self.line, ControlFlow::Continue(()));
        let each = &mut self.each;
        let shown = each_row(batch, false, &mut |cells| {
            line += 1;
            let row = Row { line, cells };
            if flow.is_continue() && !row.is_blank() {
                flow = each(row);
            }
        });
        shown.map_err(|mut faults| {
            for fault in &mut faults.listed {
                fault.place.line = Some(1);
                fault.expected = Some(Text::new(
                    "数值、文本、是否或日期列",
                    "a column of numbers, texts, booleans or days",
                ));
            }
            faults
        })?;
        self.line = line;
        Ok(flow)
    }
}

fn check_size(all: u64, limits: &Limits) -> Result<(), Fault> {
    if all <= limits.bytes {
        return Ok(());
    }
    let most = grouped(limits.bytes);
    let expected = Text::new(
        format!("解压后至多 {most} 字节"),
        format!("at most {most} bytes uncompressed"),
    );
    Err(over_limit(None, grouped(all), expected))
}

/// Bytes from a place on, where there are so many.
fn piece(bytes: &[u8], from: u64, length: u64) -> Result<&[u8], Fault> {
    let end = from
        .checked_add(length)
        .and_then(|end| usize::try_from(end).ok());
    let range = usize::try_from(from).ok().zip(end);
    let piece = range.and_then(|(from, end)| bytes.get(from..end));
    piece.ok_or_else(|| damaged(&"block"))
}

/// What a message's buffers take uncompressed: each says it in its first eight bytes, and its
/// reader takes so much memory at once.
fn uncompressed(message: &arrow_ipc::Message<'_>, body: &[u8]) -> Result<u64, Fault> {
    let dictionary = message.header_as_dictionary_batch();
    let batch = match dictionary {
        Some(dictionary) => dictionary.data(),
        None => message.header_as_record_batch(),
    };
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else {
        return Ok(body.len() as u64);
    };
    let mut all = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let place = |number: i64| u64::try_from(number).map_err(|_| damaged(&"buffer"));
        let held = piece(body, place(buffer.offset())?, place(buffer.length())?)?;
        let says = held.get(..8).and_then(|says| says.try_into().ok());
        let says = says.map_or(0, i64::from_le_bytes);
        // -1 says that it is not compressed.
        all = all.saturating_add(u64::try_from(says).unwrap_or(held.len() as u64));
    }
    Ok(all)
}

fn message(metadata: &[u8]) -> Result<arrow_ipc::Message<'_>, Fault> {
    arrow_ipc::root_as_message(metadata).map_err(|error| damaged(&error))
}

/// The footer says how long each block is, and its reader takes so much memory at once.
fn check_file(bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    let end = bytes.len().checked_sub(10).ok_or_else(|| damaged(&"EOF"))?;
    let length = bytes.get(end..end + 4).and_then(|b| b.try_into().ok());
    let length = length.map_or(0, u32::from_le_bytes) as usize;
    let footer = end
        .checked_sub(length)
        .and_then(|start| bytes.get(start..end))
        .ok_or_else(|| damaged(&"footer"))?;
    let footer = arrow_ipc::root_as_footer(footer).map_err(|error| damaged(&error))?;
    let blocks = footer.recordBatches().into_iter().flatten();
    let dictionaries = footer.dictionaries().into_iter().flatten();
    let mut all = 0_u64;
    for block in blocks.chain(dictionaries) {
        let place = |number: i64| u64::try_from(number).map_err(|_| damaged(&"block"));
        let from = place(block.offset())?;
        let length = place(i64::from(block.metaDataLength()))?;
        let metadata = piece(bytes, from, length)?;
        let body = piece(
            bytes,
            from.saturating_add(length),
            place(block.bodyLength())?,
        )?;
        // A mark and a length stand before it, or a length alone.
        let head = if metadata.starts_with(&[0xff; 4]) {
            8
        } else {
            4
        };
        let message = message(metadata.get(head..).unwrap_or_default())?;
        all = all.saturating_add(uncompressed(&message, body)?);
        check_size(all, limits)?;
    }
    Ok(())
}

/// A stream has a message after another, each with its length before it.
fn check_stream(bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    let (mut at, mut all) = (0_u64, 0_u64);
    while at < bytes.len() as u64 {
        let mut head = piece(bytes, at, 4)?;
        at += 4;
        if head == [0xff; 4] {
            head = piece(bytes, at, 4)?;
            at += 4;
        }
        let length = u64::from(u32::from_le_bytes(head.try_into().unwrap_or_default()));
        if length == 0 {
            break;
        }
        let message = message(piece(bytes, at, length)?)?;
        at += length;
        let length = u64::try_from(message.bodyLength()).map_err(|_| damaged(&"block"))?;
        let body = piece(bytes, at, length)?;
        at += length;
        all = all.saturating_add(uncompressed(&message, body)?);
        check_size(all, limits)?;
    }
    Ok(())
}
