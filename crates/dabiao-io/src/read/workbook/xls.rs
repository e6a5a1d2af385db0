//! XLS: the binary format of Excel 97 to 2003.
//!
//! The cells are read by calamine, which lays out every sheet as a full rectangle. So the
//! records are walked before it, to know how large those would be and which cells are
//! formatted as percentages.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader};
use dabiao::{Fault, FaultCode, Text};

use super::elsewhere::At;
use super::formats::{Kind, kind_of, kind_of_builtin};
use super::package::{damaged, encrypted};
use super::{Merge, SheetName, Value, Visit};
use crate::read::guard::guarded;
use crate::read::source::Opened;
use crate::read::{Limits, grouped};

/// The cells of the rectangles that the sheets span.
const AREA: u64 = 8_000_000;

pub(super) struct Xls {
    sheets: Vec<SheetName>,
    ranges: Vec<calamine::Range<Data>>,
    merges: Vec<Vec<Merge>>,
    /// Cells formatted as percentages: sheet, row from 0, column.
    percents: HashSet<(usize, u32, u32)>,
    /// Cells that only repeat another: sheet, row from 0, column.
    repeated: HashMap<(usize, u32, u32), At>,
    follow: bool,
}

impl Xls {
    pub(super) fn open(mut opened: Opened<'_>, limits: Limits) -> Result<Xls, Fault> {
        let mut bytes = Vec::new();
        let mut bounded = (&mut opened.data).take(limits.bytes);
        bounded
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(&error))?;
        // What is damaged in a way that its readers did not foresee is damaged all the same.
        let read = guarded(|| {
            let (walked, clean) = walk(&bytes)?;
            Ok((walked, read(clean)?))
        });
        let (walked, read) = read.unwrap_or_else(|| Err(damaged(&"XLS")))?;
        Ok(Xls {
            sheets: read.sheets,
            ranges: read.ranges,
            merges: read.merges,
            percents: walked.percents,
            repeated: walked.repeated,
            follow: false,
        })
    }

    pub(super) fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    pub(super) fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>, Fault> {
        Ok(self.merges.get(sheet).cloned().unwrap_or_default())
    }

    pub(super) fn follow(&mut self, follow: bool) {
        self.follow = follow;
    }

    pub(super) fn cells(&mut self, sheet: usize, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let Some(range) = self.ranges.get(sheet) else {
            return Ok(());
        };
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let (row, column) = (first_row + row as u32, first_column + column as u32);
            let percent = self.percents.contains(&(sheet, row, column));
            if self.follow
                && let Some(at) = self.repeated.get(&(sheet, row, column))
            {
                if visit(row + 1, column, Value::Elsewhere(*at))?.is_break() {
                    return Ok(());
                }
                continue;
            }
            let value = match data {
                Data::Empty => continue,
                Data::String(text) if text.is_empty() => continue,
                Data::String(text) => Value::Text(text.into()),
                Data::Int(whole) if percent => Value::Percent(*whole as f64),
                Data::Int(whole) => Value::Number(*whole as f64),
                Data::Float(number) if percent => Value::Percent(*number),
                Data::Float(number) => Value::Number(*number),
                Data::Bool(yes) => Value::Bool(*yes),
                Data::DateTime(moment) if moment.is_datetime() => {
                    let (year, month, day, hour, minute, _, _) = moment.to_ymd_hms_milli();
                    let date = jiff::civil::Date::new(year as i16, month as i8, day as i8);
                    match date {
                        Ok(date) if moment.as_f64().fract() == 0.0 => Value::Date(date),
                        Ok(date) => Value::Text(format!("{date} {hour:02}:{minute:02}").into()),
                        Err(_) => Value::Number(moment.as_f64()),
                    }
                }
                Data::DateTime(moment) => Value::Number(moment.as_f64()),
                Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(text.into()),
                Data::Error(error) => Value::Error(error.to_string().into()),
            };
            if visit(row + 1, column, value)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Sheets {
    sheets: Vec<SheetName>,
    ranges: Vec<calamine::Range<Data>>,
    merges: Vec<Vec<Merge>>,
}

fn read(bytes: Vec<u8>) -> Result<Sheets, Fault> {
    let mut book: calamine::Xls<_> =
        calamine::Xls::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut read = Sheets::default();
    for sheet in book.sheets_metadata().to_vec() {
        // A sheet of a chart has no cells; it counts all the same, as the records do.
        let range = book.worksheet_range(&sheet.name).unwrap_or_default();
        let merged = book
            .merge_cells_by_sheet_name(&sheet.name)
            .unwrap_or_default();
        let merged = merged.into_iter().map(|merge| Merge {
            rows: (merge.start.0 + 1, merge.end.0 + 1),
            columns: (merge.start.1, merge.end.1),
        });
        read.merges.push(merged.collect());
        read.sheets.push(SheetName {
            hidden: sheet.visible != calamine::SheetVisible::Visible,
            name: sheet.name,
        });
        read.ranges.push(range);
    }
    Ok(read)
}

/// Walks the records of the workbook's stream.
fn walk(bytes: &[u8]) -> Result<(Walk, Vec<u8>), Fault> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if file.exists("/EncryptedPackage") {
        return Err(encrypted());
    }
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| file.exists(name));
    let name = name.ok_or_else(|| super::super::source::other_format("OLE"))?;
    let mut stream = Vec::new();
    file.open_stream(name)
        .and_then(|found| found.take(bytes.len() as u64).read_to_end(&mut stream))
        .map_err(|error| damaged(&error))?;
    let mut walk = Walk::default();
    let mut at = 0_usize;
    while let Some(header) = stream.get(at..at + 4) {
        let (id, length) = (word(header, 0), usize::from(word(header, 2)));
        let data = stream.get(at + 4..at + 4 + length).unwrap_or_default();
        walk.record(at as u32, id, data)?;
        at += 4 + length;
    }
    // Its reader takes the memory that the directory of the file declares: it gets one of ours,
    // with this stream alone.
    let clean = || {
        let clean = Cursor::new(Vec::with_capacity(stream.len() + (1 << 16)));
        let mut clean = cfb::CompoundFile::create_with_version(cfb::Version::V3, clean)?;
        clean.create_stream(name)?.write_all(&stream)?;
        clean.flush()?;
        Ok(clean.into_inner().into_inner())
    };
    let clean = clean().map_err(|error: std::io::Error| damaged(&error))?;
    Ok((walk, clean))
}

fn word(data: &[u8], at: usize) -> u16 {
    let byte = |at: usize| u16::from(data.get(at).copied().unwrap_or_default());
    byte(at) | byte(at + 1) << 8
}

/// The cell that a formula repeats: `IF(Sheet!A1="","",Sheet!A1)` in its tokens (MS-XLS §2.5.198).
fn repeated(mut tokens: &[u8], externs: &[u16]) -> Option<At> {
    let mut rest = Vec::new();
    let mut references: Vec<(u16, u16, u16)> = Vec::new();
    while let Some(token) = tokens.first() {
        let length = match token {
            // PtgRef3d: which sheet, row, column
            0x3a | 0x5a | 0x7a => {
                references.push((word(tokens, 1), word(tokens, 3), word(tokens, 5) & 0x3fff));
                7
            }
            // PtgStr, an empty one
            0x17 if tokens.get(1) == Some(&0) => 3,
            // PtgEq
            0x0b => 1,
            // PtgAttr of a branch, which says nothing of its own
            0x19 => {
                tokens = tokens.get(4..)?;
                continue;
            }
            // PtgFuncVar: IF with three arguments
            0x22 | 0x42 | 0x62 if tokens.get(1..4) == Some(&[3, 1, 0]) => 4,
            _ => return None,
        };
        rest.push(*token & 0x1f);
        tokens = tokens.get(length..)?;
    }
    let [first, second] = references.as_slice() else {
        return None;
    };
    let fits = first == second && rest == [0x1a, 0x17, 0x0b, 0x17, 0x1a, 0x02];
    let (sheet, row, column) = *first;
    fits.then_some(At {
        sheet: usize::from(*externs.get(usize::from(sheet))?),
        row: u32::from(row) + 1,
        column: u32::from(column),
    })
}

#[derive(Default)]
struct Walk {
    formats: Vec<(u16, Kind)>,
    /// By style: whether it shows percentages.
    styles: Vec<bool>,
    /// Where each sheet's records begin.
    starts: Vec<u32>,
    sheet: Option<usize>,
    /// What the sheet spans so far: rows, columns.
    span: Option<(u16, u16, u16, u16)>,
    area: u64,
    percents: HashSet<(usize, u32, u32)>,
    /// The sheet that each reference to another names.
    externs: Vec<u16>,
    repeated: HashMap<(usize, u32, u32), At>,
}

impl Walk {
    fn record(&mut self, at: u32, id: u16, data: &[u8]) -> Result<(), Fault> {
        match id {
            // FILEPASS
            0x002f => return Err(encrypted()),
            // BOUNDSHEET
            0x0085 => {
                let start = u32::from(word(data, 0)) | u32::from(word(data, 2)) << 16;
                self.starts.push(start);
            }
            // FORMAT: its id, then a text of one or two bytes a character
            0x041e => {
                let wide = data.get(4).is_some_and(|flags| flags & 1 == 1);
                let text = data.get(5..).unwrap_or_default();
                let code: String = match wide {
                    true => text
                        .chunks(2)
                        .filter_map(|pair| char::from_u32(u32::from(word(pair, 0))))
                        .collect(),
                    false => text.iter().map(|byte| char::from(*byte)).collect(),
                };
                self.formats.push((word(data, 0), kind_of(&code)));
            }
            // XF
            0x00e0 => {
                let format = word(data, 2);
                let own = self.formats.iter().find(|(held, _)| *held == format);
                let kind =
                    own.map_or_else(|| kind_of_builtin(u32::from(format)), |(_, kind)| *kind);
                self.styles.push(kind == Kind::Percent);
            }
            // BOF
            0x0809 => {
                if let Some(sheet) = self.starts.iter().position(|start| *start == at) {
                    self.sheet = Some(sheet);
                    self.span = None;
                }
            }
            // EXTERNSHEET: a count, then a book, its first and its last sheet of each
            0x0017 => {
                let count = usize::from(word(data, 0)).min(data.len() / 6);
                let sheets = (0..count).map(|at| word(data, 4 + 6 * at));
                self.externs.extend(sheets);
            }
            // NUMBER, RK, LABELSST, LABEL, BOOLERR, FORMULA
            0x0203 | 0x027e | 0x00fd | 0x0204 | 0x0205 | 0x0006 => {
                self.cell(word(data, 0), word(data, 2), word(data, 4))?;
                if id == 0x0006
                    && let Some(sheet) = self.sheet
                    && let Some(at) = repeated(data.get(22..).unwrap_or_default(), &self.externs)
                {
                    let place = (sheet, u32::from(word(data, 0)), u32::from(word(data, 2)));
                    self.repeated.insert(place, at);
                }
            }
            // MULRK: row, first column, then style and number of each
            0x00bd => {
                let (row, first) = (word(data, 0), word(data, 2));
                let count = data.len().saturating_sub(6) / 6;
                for step in 0..count as u16 {
                    let style = word(data, 4 + 6 * usize::from(step));
                    self.cell(row, first.saturating_add(step), style)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self, row: u16, column: u16, style: u16) -> Result<(), Fault> {
        let area = |span: Option<(u16, u16, u16, u16)>| {
            span.map_or(0, |(top, bottom, left, right)| {
                (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1)
            })
        };
        let before = area(self.span);
        let (top, bottom, left, right) = self.span.unwrap_or((row, row, column, column));
        self.span = Some((
            top.min(row),
            bottom.max(row),
            left.min(column),
            right.max(column),
        ));
        self.area += area(self.span) - before;
        if self.area > AREA {
            let most = grouped(AREA);
            return Err(Fault::new(FaultCode::TooLarge).expected(Text::new(
                format!("各工作表所占区域合计至多 {most} 个单元格\u{ff08}请另存为 XLSX\u{ff09}"),
                format!("sheets that span at most {most} cells in all (save it as XLSX)"),
            )));
        }
        if let Some(sheet) = self.sheet
            && self
                .styles
                .get(usize::from(style))
                .copied()
                .unwrap_or(false)
        {
            self.percents
                .insert((sheet, u32::from(row), u32::from(column)));
        }
        Ok(())
    }
}
