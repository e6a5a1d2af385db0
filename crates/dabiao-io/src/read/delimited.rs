//! CSV and TSV: from decoded text to records, in bounded memory.
//!
//! A text is cut into [`blocks`](super::blocks) of whole records, which may be read side by side.
//! A block without quotes is split where its delimiters stand; the state machine for quotes is
//! csv-core's. A record can never take more memory than the limit, whatever its quotes say, and
//! each has its line.

use std::ops::ControlFlow;

use csv_core::ReadRecordResult;
use dabiao::{Cell, Fault, FaultCode, Faults, Text as Words};

use super::blocks::{Block, Blocks};
use super::source::Opened;
use super::text::Text;
use super::{Format, Limits, ReadOptions, Row, TakesRows, at_line, grouped, over_limit};

pub(super) fn read(
    opened: Opened<'_>,
    options: &ReadOptions,
    each: &mut dyn TakesRows,
) -> Result<(), Faults> {
    let mut text = Text::new(opened, options.encoding)?;
    text.advance()?;
    let delimiter = match options.format.unwrap_or_else(|| format_of(&text)) {
        Format::Tsv => b'\t',
        _ => b',',
    };
    let mut blocks = Blocks::new(text, delimiter, options);
    let (mut rows, mut broken) = (0, false);
    while let Some(block) = blocks.advance()? {
        let mut over = None;
        let stopped = records(&block, &mut |line, texts| {
            if texts.iter().all(|text| is_blank(text)) {
                return ControlFlow::Continue(());
            }
            rows += 1;
            if rows > options.limits.rows {
                over = Some(many_rows(line, rows, options.limits.rows));
                return ControlFlow::Break(());
            }
            let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
            let row = Row {
                line,
                cells: &cells,
            };
            broken = each.row(row).is_break();
            // Whoever has seen the heading may take the rest in blocks.
            match broken || rows == 1 {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if let Some(over) = over {
            return Err(over.into());
        }
        if broken {
            break;
        }
        if let Some((used, line)) = stopped {
            blocks.unread(block, used, line);
            if let Some(read) = each.blocks(&mut blocks, rows) {
                return read;
            }
        }
    }
    Ok(())
}

/// A table with more rows than the limit.
pub(super) fn many_rows(line: u64, rows: u64, limit: u64) -> Fault {
    let most = grouped(limit);
    let expected = Words::new(
        format!("至多 {most} 行\u{ff08}含标题行\u{ff09}"),
        format!("at most {most} rows with the heading"),
    );
    over_limit(Some(line), format!("{rows}"), expected)
}

/// Whether nothing can be seen in a cell.
#[inline]
pub(super) fn is_blank(text: &str) -> bool {
    match text.as_bytes().first() {
        None => true,
        Some(first) if first.is_ascii_graphic() => false,
        _ => text.chars().all(|c| c.is_whitespace() || c == '\u{feff}'),
    }
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

/// Takes a record: the line on which it starts, and its fields.
pub(super) type EachRecord<'e> = dyn FnMut(u64, &[&str]) -> ControlFlow<()> + 'e;

/// Hands on the records of a block. Where it is stopped: how many bytes are used up, and the
/// line that comes next.
pub(super) fn records(
    block: &Block,
    each: &mut EachRecord<'_>,
) -> Result<Option<(usize, u64)>, Fault> {
    // Every piece was checked or decoded, so this holds, unless the file has changed since.
    let text = simdutf8::basic::from_utf8(&block.bytes).map_err(|_| {
        Fault::new(FaultCode::Syntax)
            .at(at_line(block.line))
            .expected("UTF-8")
    })?;
    if block.quoted {
        Quoted::new(block).records(each)
    } else {
        plain_records(block, text, each)
    }
}

/// The bytes of a word that equal a byte, as their highest bits.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differing = word ^ (u64::from(byte) * 0x0101_0101_0101_0101);
    // The highest bit of each byte is set where the byte is not 0; nothing is carried over.
    !(((differing & LOW) + LOW) | differing | LOW)
}

/// Records without quotes: fields end at delimiters, records at ends of lines.
fn plain_records(
    block: &Block,
    text: &str,
    each: &mut EachRecord<'_>,
) -> Result<Option<(usize, u64)>, Fault> {
    let limits = &block.limits;
    let mut cells: Vec<&str> = Vec::with_capacity(64);
    let (mut line, mut start, mut record) = (block.line, 0, 0);
    // Gives whether to go on.
    let mut end = |at: usize, byte: Option<u8>| -> Result<ControlFlow<()>, Fault> {
        if byte == Some(block.delimiter) {
            cells.push(text.get(start..at).unwrap_or_default());
            start = at + 1;
            return Ok(ControlFlow::Continue(()));
        }
        let mut flow = ControlFlow::Continue(());
        if at > record {
            cells.push(text.get(start..at).unwrap_or_default());
            if cells.len() > limits.columns {
                return Err(many_columns(line, limits));
            }
            if at - record > limits.record + cells.len() - 1 {
                let shown = text.get(record..).unwrap_or_default();
                return Err(long_record(line, shown, limits));
            }
            flow = each(line, &cells);
            cells.clear();
        }
        if byte == Some(block.line_end) {
            line += 1;
        }
        (start, record) = (at + 1, at + 1);
        Ok(flow)
    };
    let (words, rest) = block.bytes.as_chunks::<8>();
    for (at, bytes) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*bytes);
        let mut ends = equal(word, block.delimiter) | equal(word, b'\n') | equal(word, b'\r');
        while ends != 0 {
            let place = (ends.trailing_zeros() / 8) as usize;
            ends &= ends - 1;
            if end(8 * at + place, bytes.get(place).copied())?.is_break() {
                return Ok(Some((start, line)));
            }
        }
    }
    for (at, byte) in (8 * words.len()..).zip(rest) {
        if (*byte == block.delimiter || matches!(byte, b'\n' | b'\r'))
            && end(at, Some(*byte))?.is_break()
        {
            return Ok(Some((start, line)));
        }
    }
    if end(block.bytes.len(), None)?.is_break() {
        return Ok(Some((block.bytes.len(), line)));
    }
    Ok(None)
}

/// The records of a block in which quotes stand.
struct Quoted<'b> {
    block: &'b Block,
    reader: csv_core::Reader,
    used: usize,
    fields: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    columns: usize,
    line: u64,
}

impl<'b> Quoted<'b> {
    fn new(block: &'b Block) -> Quoted<'b> {
        let mut reader = csv_core::ReaderBuilder::new();
        Quoted {
            reader: reader.delimiter(block.delimiter).build(),
            used: 0,
            fields: vec![0; block.limits.record.min(4096)],
            filled: 0,
            ends: vec![0; block.limits.columns + 1],
            columns: 0,
            line: block.line,
            block,
        }
    }

    fn records(mut self, each: &mut EachRecord<'_>) -> Result<Option<(usize, u64)>, Fault> {
        while let Some(line) = self.advance()? {
            let bytes = self.fields.get(..self.filled).unwrap_or_default();
            let text = std::str::from_utf8(bytes).map_err(|_| {
                Fault::new(FaultCode::Syntax)
                    .at(at_line(line))
                    .expected("UTF-8")
            })?;
            let ends = self.ends.get(..self.columns).unwrap_or_default();
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let fields = starts.zip(ends);
            let cells: Vec<&str> = fields
                .map(|(start, end)| text.get(start..*end).unwrap_or_default())
                .collect();
            if each(line, &cells).is_break() {
                return Ok(Some((self.used, self.line)));
            }
        }
        Ok(None)
    }

    /// Goes past ends of lines between records, so that each record has its own line.
    fn skip_line_ends(&mut self) {
        let rest = self.block.bytes.get(self.used..).unwrap_or_default();
        let count = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .count();
        let blank = rest.get(..count).unwrap_or_default();
        self.line += memchr::memchr_iter(self.block.line_end, blank).count() as u64;
        self.used += count;
    }

    /// Reads the next record; gives the line on which it starts, or nothing at the end.
    fn advance(&mut self) -> Result<Option<u64>, Fault> {
        self.skip_line_ends();
        let (start, begins) = (self.line, self.used);
        let limits = &self.block.limits;
        (self.filled, self.columns) = (0, 0);
        let (mut quotes, mut line_ends) = (0, 0);
        loop {
            let rest = self.block.bytes.get(self.used..).unwrap_or_default();
            let at_end = rest.is_empty();
            let (result, read, written, ended) = self.reader.read_record(
                rest,
                self.fields.get_mut(self.filled..).unwrap_or_default(),
                self.ends.get_mut(self.columns..).unwrap_or_default(),
            );
            let taken = rest.get(..read).unwrap_or_default();
            quotes += memchr::memchr_iter(b'"', taken).count();
            line_ends += memchr::memchr_iter(self.block.line_end, taken).count() as u64;
            self.used += read;
            self.filled += written;
            self.columns += ended;
            match result {
                ReadRecordResult::InputEmpty if at_end => return Ok(None),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.fields.len() < limits.record => {
                    let wanted = (2 * self.fields.len()).min(limits.record);
                    self.fields.resize(wanted, 0);
                }
                ReadRecordResult::OutputFull if quotes % 2 == 1 => return Err(open_quote(start)),
                ReadRecordResult::OutputFull => {
                    let shown = self.block.bytes.get(begins..begins + 80);
                    let shown = String::from_utf8_lossy(shown.unwrap_or_default());
                    return Err(long_record(start, &shown, limits));
                }
                ReadRecordResult::OutputEndsFull => return Err(many_columns(start, limits)),
                ReadRecordResult::Record => {
                    if self.columns > limits.columns {
                        return Err(many_columns(start, limits));
                    }
                    if at_end && quotes % 2 == 1 && line_ends > 0 {
                        return Err(open_quote(start));
                    }
                    self.line += line_ends;
                    return Ok(Some(start));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }
}

fn long_record(line: u64, record: &str, limits: &Limits) -> Fault {
    let most = grouped(limits.record as u64);
    let expected = Words::new(
        format!("每行至多 {most} 字节"),
        format!("at most {most} bytes a line"),
    );
    let mut fault = Fault::new(FaultCode::TooLarge).at(at_line(line));
    if let Some(start) = record.as_bytes().get(..40) {
        let start = String::from_utf8_lossy(start);
        fault = fault.found(format!("{}…", start.trim_end_matches('\u{fffd}')));
    }
    fault.expected(expected)
}

fn many_columns(line: u64, limits: &Limits) -> Fault {
    let most = grouped(limits.columns as u64);
    let expected = Words::new(format!("至多 {most} 列"), format!("at most {most} columns"));
    Fault::new(FaultCode::TooLarge)
        .at(at_line(line))
        .expected(expected)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_word_are_found() {
        for byte in [0, b',', b'\n', 0x7f, 0x80, 0xff] {
            for other in 0..=255u8 {
                let bytes = [
                    other,
                    byte,
                    other,
                    byte.wrapping_add(1),
                    byte,
                    0,
                    0xff,
                    other,
                ];
                let found = equal(u64::from_le_bytes(bytes), byte);
                for (at, held) in bytes.iter().enumerate() {
                    let mark = (found >> (8 * at)) as u8;
                    assert_eq!(mark, if *held == byte { 0x80 } else { 0 });
                }
            }
        }
    }
}
