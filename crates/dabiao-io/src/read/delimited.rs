//! CSV and TSV: from decoded text to records, in bounded memory.
//!
//! The state machine is csv-core's; the loop is ours, so that a record can never take more
//! memory than the limit, whatever its quotes say, and so that each has its line.

use std::ops::ControlFlow;

use csv_core::ReadRecordResult;
use dabiao::{Cell, Fault, FaultCode, Text as Words};

use super::source::Opened;
use super::text::Text;
use super::{Format, Limits, ReadOptions, Row, at_line, grouped, over_limit};

/// Rows between two words to the progress.
const WORD_EVERY: u64 = 4096;

pub(super) fn read(
    opened: Opened<'_>,
    options: &ReadOptions,
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let mut text = Text::new(opened, options.encoding)?;
    text.advance()?;
    let delimiter = match options.format.unwrap_or_else(|| format_of(&text)) {
        Format::Tsv => b'\t',
        _ => b',',
    };
    let mut records = Records::new(text, delimiter, options.limits);
    let mut rows = 0;
    while let Some(line) = records.advance()? {
        let record = records.text()?;
        let mut start = 0;
        let cells: Vec<Cell<'_>> = records
            .ends()
            .iter()
            .map(|end| {
                let cell = record.get(start..*end).unwrap_or_default();
                start = *end;
                Cell::Text(cell)
            })
            .collect();
        let row = Row {
            line,
            cells: &cells,
        };
        if row.is_blank() {
            continue;
        }
        rows += 1;
        if rows > options.limits.rows {
            let most = grouped(options.limits.rows);
            let expected = Words::new(
                format!("至多 {most} 行\u{ff08}含标题行\u{ff09}"),
                format!("at most {most} rows with the heading"),
            );
            return Err(over_limit(Some(line), format!("{rows}"), expected));
        }
        if rows % WORD_EVERY == 0
            && let Some(progress) = &options.progress
        {
            let (done, all) = records.input.progress();
            if !progress(done, all) {
                return Err(Fault::new(FaultCode::Cancelled));
            }
        }
        if each(row).is_break() {
            break;
        }
    }
    Ok(())
}

/// By the name's ending, otherwise by the first line: tabs and no comma make it TSV.
fn format_of(text: &Text<'_>) -> Format {
    let name = text.name().to_ascii_lowercase();
    if name.ends_with(".tsv") {
        return Format::Tsv;
    }
    let line = first_line(text);
    if line.contains(&b'\t') && !line.contains(&b',') {
        Format::Tsv
    } else {
        Format::Csv
    }
}

/// The first line that is not empty, as far as the first piece has it.
fn first_line<'t>(text: &'t Text<'_>) -> &'t [u8] {
    text.piece()
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

struct Records<'a> {
    reader: csv_core::Reader,
    input: Text<'a>,
    /// How much of the input's piece is used up.
    used: usize,
    ended: bool,
    limits: Limits,
    fields: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    columns: usize,
    line: u64,
}

impl<'a> Records<'a> {
    /// `input` holds its first piece.
    fn new(input: Text<'a>, delimiter: u8, limits: Limits) -> Records<'a> {
        Records {
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            ended: input.piece().is_empty(),
            input,
            used: 0,
            limits,
            fields: vec![0; limits.record.min(4096)],
            filled: 0,
            ends: vec![0; limits.columns + 1],
            columns: 0,
            line: 1,
        }
    }

    fn text(&self) -> Result<&str, Fault> {
        let bytes = self.fields.get(..self.filled).unwrap_or_default();
        // Every piece was checked or decoded, so this holds.
        std::str::from_utf8(bytes).map_err(|_| {
            Fault::new(FaultCode::Syntax)
                .at(at_line(self.line))
                .expected("UTF-8")
        })
    }

    fn ends(&self) -> &[usize] {
        self.ends.get(..self.columns).unwrap_or_default()
    }

    fn refill(&mut self) -> Result<(), Fault> {
        self.input.advance()?;
        self.used = 0;
        self.ended = self.input.piece().is_empty();
        Ok(())
    }

    /// Goes past ends of lines between records, so that each record has its own line.
    fn skip_line_ends(&mut self) -> Result<(), Fault> {
        while !self.ended {
            let end = self.input.line_end();
            let rest = self.input.piece().get(self.used..).unwrap_or_default();
            let count = rest
                .iter()
                .take_while(|byte| matches!(byte, b'\n' | b'\r'))
                .count();
            let blank = rest.get(..count).unwrap_or_default();
            self.line += blank.iter().filter(|byte| **byte == end).count() as u64;
            self.used += count;
            if count < rest.len() {
                break;
            }
            self.refill()?;
        }
        Ok(())
    }

    /// Reads the next record; gives the line on which it starts, or nothing at the end.
    fn advance(&mut self) -> Result<Option<u64>, Fault> {
        self.skip_line_ends()?;
        let start = self.line;
        (self.filled, self.columns) = (0, 0);
        let (mut quotes, mut line_ends) = (0, 0);
        loop {
            let piece = self.input.piece().get(self.used..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(
                piece,
                self.fields.get_mut(self.filled..).unwrap_or_default(),
                self.ends.get_mut(self.columns..).unwrap_or_default(),
            );
            let taken = piece.get(..read).unwrap_or_default();
            quotes += memchr::memchr_iter(b'"', taken).count();
            line_ends += memchr::memchr_iter(self.input.line_end(), taken).count() as u64;
            self.used += read;
            self.filled += written;
            self.columns += ended;
            match result {
                ReadRecordResult::InputEmpty if self.ended => return Ok(None),
                ReadRecordResult::InputEmpty => self.refill()?,
                ReadRecordResult::OutputFull if self.fields.len() < self.limits.record => {
                    let wanted = (2 * self.fields.len()).min(self.limits.record);
                    self.fields.resize(wanted, 0);
                }
                ReadRecordResult::OutputFull => return Err(self.long_record(start, quotes)),
                ReadRecordResult::OutputEndsFull => return Err(self.many_columns(start)),
                ReadRecordResult::Record => {
                    if self.columns > self.limits.columns {
                        return Err(self.many_columns(start));
                    }
                    if self.ended && quotes % 2 == 1 && line_ends > 0 {
                        return Err(open_quote(start));
                    }
                    self.line += line_ends;
                    return Ok(Some(start));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn long_record(&self, line: u64, quotes: usize) -> Fault {
        if quotes % 2 == 1 {
            return open_quote(line);
        }
        let most = grouped(self.limits.record as u64);
        let expected = Words::new(
            format!("每行至多 {most} 字节"),
            format!("at most {most} bytes a line"),
        );
        let mut fault = Fault::new(FaultCode::TooLarge).at(at_line(line));
        if let Some(start) = self.fields.get(..40) {
            let start = String::from_utf8_lossy(start);
            fault = fault.found(format!("{}…", start.trim_end_matches('\u{fffd}')));
        }
        fault.expected(expected)
    }

    fn many_columns(&self, line: u64) -> Fault {
        let most = grouped(self.limits.columns as u64);
        let expected = Words::new(format!("至多 {most} 列"), format!("at most {most} columns"));
        Fault::new(FaultCode::TooLarge)
            .at(at_line(line))
            .expected(expected)
    }
}

fn open_quote(line: u64) -> Fault {
    Fault::new(FaultCode::Syntax)
        .at(at_line(line))
        .found("\"")
        .expected(Words::new(
            "成对的双引号\u{ff08}此处的引号没有结束\u{ff09}",
            "quotes in pairs: this one is never closed",
        ))
}
