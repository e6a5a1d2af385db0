//! Tables of observations: wide (a column a measure) or long (code, measure, value), told
//! apart by their headings.

use std::ops::ControlFlow;

use dabiao::campaign::RecordsBuilder;
use dabiao::{
    Cell, Fault, FaultCode, Faults, Observations, ObservationsBuilder, Place, Standard, Text,
};

use super::blocks::Blocks;
use super::delimited::many_rows;
use super::source::Source;
use super::{
    ReadOptions, Row, SheetPlaces, TakesRows, at_line, is_blank, lanes, locate, read_table,
};

/// The headings of a long table, each with the words for it.
const CODE: [&str; 6] = ["code", "编码", "代码", "社区编码", "unit", "单元编码"];
const ASSESSOR: [&str; 3] = ["assessor", "评委", "考评员"];
const NOTE: [&str; 2] = ["note", "备注"];
const MEASURE: [&str; 3] = ["measure", "指标", "指标名称"];
const VALUE: [&str; 4] = ["value", "值", "指标值", "观测值"];
/// Attributes that tables carry, as they are headed; they tell where a heading is.
const ATTRIBUTES: [&str; 18] = [
    "name",
    "名称",
    "社区",
    "社区名称",
    "district",
    "区县",
    "区市",
    "所属区县",
    "street",
    "街道",
    "所属街道",
    "city",
    "市",
    "province",
    "省",
    "district_code",
    "区县编码",
    "street_code",
];

/// Reads a table of communities, wide or long, checked against a standard's measures.
///
/// A wide table has one row a community: `code`, `name`, `district` and other attributes, and a
/// column for each measure, headed by its name or its title. A long table has the headings
/// `code`, `measure`, `value` (编码、指标、值), in any order, and one row a value; an attribute
/// stands in it as a measure does. Blank rows, and blank columns without a heading, are passed
/// over.
///
/// # Errors
/// All faults of the input at once, each with line and column heading. A line is that on which
/// the record starts, counted from 1 with the heading.
pub fn read_observations(
    standard: &Standard,
    source: Source<'_>,
    options: &ReadOptions,
) -> Result<Observations, Faults> {
    read_located(standard, source, options).map(|(table, _)| table)
}

/// As [`read_observations`], with where the columns of a workbook's table stand.
pub(crate) fn read_located(
    standard: &Standard,
    source: Source<'_>,
    options: &ReadOptions,
) -> Result<(Observations, Option<SheetPlaces>), Faults> {
    let whole = read_in_parts(standard, source, options, usize::MAX, &mut |_| Ok(()));
    let places = whole.places.clone();
    Ok((whole.finish()?, places))
}

/// What is called whenever rows of a table were read: it may take them from the builder.
pub(crate) type EachPart<'e> = dyn FnMut(&mut ObservationsBuilder) -> Result<(), Faults> + 'e;

/// A table that was read to its end.
pub(crate) struct Parts {
    name: String,
    pub(crate) builder: ObservationsBuilder,
    /// The line of the heading.
    heading: u64,
    places: Option<SheetPlaces>,
}

impl Parts {
    /// The rows that are still here; all faults of the table.
    pub(crate) fn finish(self) -> Result<Observations, Faults> {
        let heading = self.heading;
        self.builder.finish().map_err(|mut faults| {
            // The builder counts from the heading's line as 1.
            let in_heading = |fault: &&mut Fault| fault.place.line == Some(1) && heading > 1;
            for fault in faults.listed.iter_mut().filter(in_heading) {
                fault.place.line = Some(heading);
            }
            locate(&mut faults, self.places.as_slice());
            faults.in_file(&self.name)
        })
    }
}

/// Reads a table as [`read_observations`] does; `each` may take rows away as it goes on, and is
/// called before there are many more than `most`.
pub(crate) fn read_in_parts(
    standard: &Standard,
    source: Source<'_>,
    options: &ReadOptions,
    most: usize,
    each: &mut EachPart<'_>,
) -> Parts {
    let name = source.name().to_owned();
    let mut builder = ObservationsBuilder::new(standard);
    builder.file(&name);
    let mut sheet = OfCommunities {
        builder,
        heading: 1,
        threads: options.threads(),
        most,
        each,
        stopped: None,
    };
    let places = read_sheet(standard, &mut sheet, source, options);
    let (mut builder, stopped) = (sheet.builder, sheet.stopped);
    for fault in stopped.into_iter().flat_map(|faults| faults.listed) {
        builder.push_fault(fault);
    }
    Parts {
        name,
        builder,
        heading: sheet.heading,
        places,
    }
}

/// Reads one table of a campaign's phase into a builder: communities and units of the party
/// grid, by one or more assessors.
///
/// It is shaped as [`read_observations`] has it; `code` may be that of a unit, and a column
/// `assessor` (评委) says who gave the row's marks. What is wrong with it is told by
/// [`RecordsBuilder::finish`]; where the table stands in a workbook, [`SheetPlaces::locate`]
/// says in which cell.
pub fn read_records(
    standard: &Standard,
    builder: &mut RecordsBuilder<'_>,
    source: Source<'_>,
    options: &ReadOptions,
) -> Option<SheetPlaces> {
    builder.file(source.name());
    read_sheet(standard, builder, source, options)
}

/// What takes the rows of a table.
trait Sheet {
    fn heading(&mut self, line: u64, titles: &[&str]);
    fn row(&mut self, line: u64, cells: &[Cell<'_>]);
    fn long_row(&mut self, line: u64, code: &str, assessor: &str, measure: &str, value: Cell<'_>);
    fn push_fault(&mut self, fault: Fault);
    /// Whether several assessors may stand in it.
    fn has_assessors(&self) -> bool;
    /// Takes the rest of a wide table, with so many columns that all have a heading.
    fn blocks(
        &mut self,
        _: &mut Blocks<'_>,
        _width: usize,
        _rows: u64,
    ) -> Option<Result<(), Faults>> {
        None
    }
    /// Whether no more rows are wanted.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Rows that are added one by one before anybody looks whether they are to be taken away.
const LOOKED_AT: usize = 1024;

/// Fewer rows than these are less than what stands in the blocks that are read side by side.
const LANES_FROM: usize = 1 << 17;

struct OfCommunities<'e, 'f> {
    builder: ObservationsBuilder,
    /// The line of the heading.
    heading: u64,
    threads: usize,
    most: usize,
    each: &'e mut EachPart<'f>,
    /// Why no more rows are wanted.
    stopped: Option<Faults>,
}

impl Sheet for OfCommunities<'_, '_> {
    fn heading(&mut self, line: u64, titles: &[&str]) {
        self.heading = line;
        self.builder.heading(titles);
    }

    fn row(&mut self, line: u64, cells: &[Cell<'_>]) {
        self.builder.row(line, cells);
        if self.builder.len().is_multiple_of(LOOKED_AT.min(self.most))
            && let Err(faults) = (self.each)(&mut self.builder)
        {
            self.stopped = Some(faults);
        }
    }

    fn blocks(
        &mut self,
        blocks: &mut Blocks<'_>,
        width: usize,
        rows: u64,
    ) -> Option<Result<(), Faults>> {
        if self.most < LANES_FROM {
            return None;
        }
        let how = (width, rows, self.threads);
        Some(lanes::read(blocks, &mut self.builder, how, self.each))
    }

    fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    fn long_row(&mut self, line: u64, code: &str, _: &str, measure: &str, value: Cell<'_>) {
        self.builder.long_row(line, code, measure, value);
    }

    fn push_fault(&mut self, fault: Fault) {
        self.builder.push_fault(fault);
    }

    fn has_assessors(&self) -> bool {
        false
    }
}

impl Sheet for RecordsBuilder<'_> {
    fn heading(&mut self, line: u64, titles: &[&str]) {
        self.heading_at(line, titles);
    }

    fn row(&mut self, line: u64, cells: &[Cell<'_>]) {
        RecordsBuilder::row(self, line, cells);
    }

    fn long_row(&mut self, line: u64, code: &str, assessor: &str, measure: &str, value: Cell<'_>) {
        RecordsBuilder::long_row(self, line, code, assessor, measure, value);
    }

    fn push_fault(&mut self, fault: Fault) {
        RecordsBuilder::push_fault(self, fault);
    }

    fn has_assessors(&self) -> bool {
        true
    }
}

fn read_sheet(
    standard: &Standard,
    sheet: &mut dyn Sheet,
    source: Source<'_>,
    options: &ReadOptions,
) -> Option<SheetPlaces> {
    let name = source.name().to_owned();
    let knows = |title: &str| {
        let words = [&CODE[..], &ASSESSOR, &NOTE, &MEASURE, &VALUE, &ATTRIBUTES];
        words.iter().any(|words| words.contains(&title)) || is_measure(standard, title)
    };
    let mut reading = Reading {
        standard,
        sheet,
        table: None,
        long_rows: 0,
        limit: options.limits.rows,
    };
    let (places, read) = read_table(source, options, &knows, &mut reading);
    let Reading { sheet, table, .. } = reading;
    if let Err(faults) = read {
        for fault in faults.listed {
            sheet.push_fault(fault);
        }
    } else if table.is_none() {
        let place = Place {
            file: Some(name),
            ..Place::default()
        };
        let fault = Fault::new(FaultCode::MissingColumn).at(place);
        sheet.push_fault(fault.expected(Text::new(
            "标题行\u{ff0c}如 code,name,district,\u{2026}",
            "a heading such as code,name,district,\u{2026}",
        )));
    }
    places
}

/// A sheet while its rows come.
struct Reading<'r> {
    standard: &'r Standard,
    sheet: &'r mut dyn Sheet,
    table: Option<Table>,
    /// Rows of a long table, which is held whole whatever else is not.
    long_rows: u64,
    limit: u64,
}

impl TakesRows for Reading<'_> {
    fn row(&mut self, row: Row<'_>) -> ControlFlow<()> {
        match &mut self.table {
            None => self.table = Some(Table::headed(self.standard, self.sheet, row)),
            Some(Table::Wide(wide)) => wide.row(self.sheet, row),
            Some(Table::Long(long)) => {
                self.long_rows += 1;
                if self.long_rows >= self.limit {
                    let fault = many_rows(row.line, self.long_rows + 1, self.limit);
                    self.sheet.push_fault(fault);
                    return ControlFlow::Break(());
                }
                long.row(self.sheet, row);
            }
            Some(Table::Refused) => return ControlFlow::Break(()),
        }
        match self.sheet.is_stopped() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn blocks(&mut self, blocks: &mut Blocks<'_>, rows: u64) -> Option<Result<(), Faults>> {
        match &self.table {
            Some(Table::Wide(wide)) if wide.kept.len() == wide.width => {
                self.sheet.blocks(blocks, wide.width, rows)
            }
            _ => None,
        }
    }
}

enum Table {
    Wide(Wide),
    Long(Long),
    /// Its heading is at fault, so that its rows say nothing.
    Refused,
}

impl Table {
    fn headed(standard: &Standard, sheet: &mut dyn Sheet, row: Row<'_>) -> Table {
        let titles: Vec<&str> = row.cells.iter().map(|cell| title_of(*cell)).collect();
        let names = |words: &[&str]| {
            titles
                .iter()
                .any(|title| words.contains(title) && !is_measure(standard, title))
        };
        if names(&MEASURE) && names(&VALUE) {
            Long::headed(sheet, row.line, &titles)
        } else {
            Table::Wide(Wide::headed(sheet, row.line, &titles))
        }
    }
}

fn title_of<'a>(cell: Cell<'a>) -> &'a str {
    match cell {
        Cell::Text(text) => text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'),
        _ => "",
    }
}

fn is_measure(standard: &Standard, title: &str) -> bool {
    let measures = &standard.document().measures;
    measures
        .iter()
        .any(|m| m.name == title || m.title.zh == title || m.title.en == title)
}

fn fault_in(line: u64, field: &str, code: FaultCode) -> Fault {
    Fault::new(code).at(Place {
        field: Some(field.to_owned()),
        ..at_line(line)
    })
}

struct Wide {
    /// The columns that have a heading.
    kept: Vec<usize>,
    /// Columns without a heading that were found to hold something.
    nameless: Vec<usize>,
    width: usize,
}

impl Wide {
    fn headed(sheet: &mut dyn Sheet, line: u64, titles: &[&str]) -> Wide {
        let titled = |column: &usize| titles.get(*column).is_some_and(|title| !title.is_empty());
        let kept: Vec<usize> = (0..titles.len()).filter(titled).collect();
        let headings: Vec<&str> = titles.iter().copied().filter(|t| !t.is_empty()).collect();
        sheet.heading(line, &headings);
        Wide {
            width: kept.last().map_or(0, |last| last + 1),
            kept,
            nameless: Vec::new(),
        }
    }

    fn row(&mut self, sheet: &mut dyn Sheet, row: Row<'_>) {
        for (column, cell) in row.cells.iter().enumerate() {
            let named = self.kept.binary_search(&column).is_ok();
            if !named && column < self.width && !is_blank(*cell) && !self.nameless.contains(&column)
            {
                self.nameless.push(column);
                let number = column + 1;
                let fault = Fault::new(FaultCode::UnknownColumn).at(at_line(row.line));
                sheet.push_fault(fault.found(title_of(*cell)).expected(Text::new(
                    format!("第 {number} 列有标题\u{ff0c}或整列为空"),
                    format!("a heading over column {number}, or nothing in it"),
                )));
            }
        }
        // A spreadsheet adds blank cells after the table, to any row.
        let length = row.cells.len();
        let blank = row.cells.iter().rev().take_while(|c| is_blank(**c)).count();
        if length < self.width || length - blank > self.width {
            let found = match length < self.width {
                true => length,
                false => length - blank,
            };
            sheet.push_fault(lanes::wrong_length(row.line, found, self.width));
            return;
        }
        let cells: Vec<Cell<'_>> = self
            .kept
            .iter()
            .filter_map(|column| row.cells.get(*column).copied())
            .collect();
        sheet.row(row.line, &cells);
    }
}

struct Long {
    code: usize,
    assessor: Option<usize>,
    measure: usize,
    value: usize,
    width: usize,
}

impl Long {
    fn headed(sheet: &mut dyn Sheet, line: u64, titles: &[&str]) -> Table {
        let mut sound = true;
        let mut place = |words: &[&str]| {
            let mut found = None;
            for (column, title) in titles.iter().enumerate() {
                if words.contains(title) && found.replace(column).is_some() {
                    sound = false;
                    let fault = fault_in(line, title, FaultCode::DuplicateColumn);
                    sheet.push_fault(fault.found(title));
                }
            }
            found
        };
        let (code, measure, value) = (place(&CODE), place(&MEASURE), place(&VALUE));
        let assessor = place(&ASSESSOR);
        let mut known = [&CODE[..], &MEASURE, &VALUE, &NOTE].concat();
        let mut named = "code, measure, value";
        if sheet.has_assessors() {
            known.extend(ASSESSOR);
            named = "code, assessor, measure, value";
        }
        for title in titles.iter().filter(|title| !title.is_empty()) {
            if !known.contains(title) {
                sound = false;
                let fault = fault_in(line, title, FaultCode::UnknownColumn);
                sheet.push_fault(fault.found(title).expected(named));
            }
        }
        if code.is_none() {
            let fault = Fault::new(FaultCode::MissingColumn).at(at_line(line));
            sheet.push_fault(fault.expected("code"));
        }
        match (code, measure, value) {
            (Some(code), Some(measure), Some(value)) if sound => Table::Long(Long {
                code,
                assessor,
                measure,
                value,
                width: titles.len(),
            }),
            _ => Table::Refused,
        }
    }

    fn row(&self, sheet: &mut dyn Sheet, row: Row<'_>) {
        let cell = |column: usize| row.cells.get(column).copied();
        let beyond = row.cells.iter().skip(self.width);
        let (Some(code), Some(measure), Some(value), true) = (
            cell(self.code),
            cell(self.measure),
            cell(self.value),
            beyond.into_iter().all(|cell| is_blank(*cell)),
        ) else {
            let fault = Fault::new(FaultCode::ColumnLength).at(at_line(row.line));
            sheet.push_fault(
                fault
                    .found(row.cells.len())
                    .expected(self.width.to_string()),
            );
            return;
        };
        let assessor = self.assessor.and_then(cell).map(text).unwrap_or_default();
        sheet.long_row(row.line, &text(code), &assessor, &text(measure), value);
    }
}

/// A code or a measure's name; codes in a workbook may be whole numbers.
fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Integer(whole) => whole.to_string(),
        Cell::Float(float) => float.to_string(),
        other => title_of(other).to_owned(),
    }
}
