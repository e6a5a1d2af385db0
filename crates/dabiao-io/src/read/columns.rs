//! Parquet and Arrow files: columns of a type, handed on as rows.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use dabiao::arrow::each_row;
use dabiao::{Cell, Fault, FaultCode, Faults, Text};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::source::Opened;
use super::{Format, ReadOptions, Row, grouped, over_limit};

/// Rows that are taken apart together.
const BATCH: usize = 8192;

pub(super) fn read(
    mut opened: Opened<'_>,
    format: Format,
    options: &ReadOptions,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<(), Faults> {
    let mut bytes = Vec::new();
    let mut bounded = (&mut opened.data).take(options.limits.bytes);
    bounded
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(&error))?;
    let mut rows = Rows {
        options,
        length: opened.length,
        line: 1,
        each,
    };
    if format == Format::Parquet {
        rows.parquet(bytes)
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
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(damaged(&error)),
        Err(_) => Err(damaged(&"damaged")),
    }
}

struct Rows<'r> {
    options: &'r ReadOptions,
    length: u64,
    /// The row that was handed on last; the heading is row 1.
    line: u64,
    each: &'r mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
}

impl Rows<'_> {
    fn parquet(&mut self, bytes: Vec<u8>) -> Result<(), Faults> {
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)))?;
        let about = builder.metadata();
        let rows = u64::try_from(about.file_metadata().num_rows()).unwrap_or(u64::MAX);
        let sizes = about.row_groups().iter();
        let sizes = sizes.map(|group| u64::try_from(group.total_byte_size()).unwrap_or(u64::MAX));
        let all = sizes.fold(0_u64, u64::saturating_add);
        if all > self.options.limits.bytes {
            let most = grouped(self.options.limits.bytes);
            let expected = Text::new(
                format!("解压后至多 {most} 字节"),
                format!("at most {most} bytes uncompressed"),
            );
            return Err(over_limit(None, grouped(all), expected).into());
        }
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
        check_blocks(&bytes)?;
        let open = || arrow_ipc::reader::FileReader::try_new(Cursor::new(bytes), None);
        let mut batches = guarded(open)?;
        if self.heading(&batches.schema())?.is_break() {
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
        if rows <= self.options.limits.rows {
            return Ok(());
        }
        let most = grouped(self.options.limits.rows);
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

/// The footer says how long each block is, and its reader takes so much memory at once.
fn check_blocks(bytes: &[u8]) -> Result<(), Fault> {
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
    for block in blocks.chain(dictionaries) {
        let parts = [
            block.offset(),
            i64::from(block.metaDataLength()),
            block.bodyLength(),
        ];
        let mut reach = 0_u64;
        for part in parts {
            let part = u64::try_from(part).map_err(|_| damaged(&"block"))?;
            reach = reach.saturating_add(part);
        }
        if reach > bytes.len() as u64 {
            return Err(damaged(&"block"));
        }
    }
    Ok(())
}
