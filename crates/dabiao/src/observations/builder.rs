//! Building a table row by row or cell by cell, with every fault in its place.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::{self, Cell};
use super::heading::{Heading, Titles, trimmed};
use super::shared::{Piece, Pieces};
use super::text::{Column as TextColumn, read_plain};
use super::typed::{Bounds, Placed, Stretch};
use super::{Column, MISSING, NOT_APPLICABLE, Observations, Table, Texts};
use crate::decimal::Decimal;
use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::lang::Text;
use crate::plan::{MeasureId, MeasurePlan};
use crate::standard::Standard;
use crate::standard::document::MeasureKind;

/// Builds [`Observations`]. A heading names `code` (编码), attributes (`name` 名称, `district`
/// 区县, `street` 街道 and what the standard's cohorts share) and measures, by name or title.
///
/// Faults are collected; [`ObservationsBuilder::finish`] returns them all.
#[derive(Debug)]
pub struct ObservationsBuilder {
    pub(super) standard: Standard,
    pub(super) known: Titles,
    pub(super) heading: Vec<Heading>,
    pub(super) titles: Vec<String>,
    pub(super) attributes: Vec<(String, Vec<String>)>,
    /// By place in the heading, where rows of cells come.
    text_columns: Vec<TextColumn>,
    pub(super) codes: Texts,
    /// Where a community of a long table stands, for the first `indexed` codes.
    pub(super) rows: HashMap<String, usize>,
    pub(super) indexed: usize,
    pub(super) columns: Vec<Vec<i64>>,
    /// By measure: columns that stay in the caller's memory.
    pub(super) shared: Vec<Vec<Stretch>>,
    /// Faults in columns, to be put in the order of their places.
    pub(super) placed: Vec<Placed>,
    /// Where each row began, in the file's lines.
    pub(super) lines: Vec<u64>,
    pub(super) file: Option<String>,
    pub(super) faults: Faults,
    pub(super) advice: Faults,
    pub(super) parts: Vec<PartColumn>,
    /// Columns of a type that cannot be read.
    #[cfg(feature = "arrow")]
    pub(super) refused: Vec<usize>,
}

/// Where the numbers of a percent column lie.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(super) beyond_one: bool,
    pub(super) between: bool,
}

impl Seen {
    /// Takes note of a number, in millionths.
    pub(super) fn see(&mut self, millionths: i64) {
        const ONE: i64 = 1_000_000;
        self.beyond_one |= !(0..=ONE).contains(&millionths);
        self.between |= (1..ONE).contains(&millionths);
    }

    pub(super) fn join(&mut self, other: Seen) {
        self.beyond_one |= other.beyond_one;
        self.between |= other.between;
    }
}

/// Whether a percent column looks as if somebody typed bare ratios.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PartColumn {
    pub(crate) signed: bool,
    pub(super) seen: Seen,
}

impl PartColumn {
    /// Takes note of a number, in millionths.
    pub(crate) fn see(&mut self, millionths: i64) {
        self.seen.see(millionths);
    }

    /// What a reader should look at.
    pub(crate) fn advice(self, place: Place) -> Option<Fault> {
        let bare = self.seen.between && !self.signed && !self.seen.beyond_one;
        bare.then(|| Fault::new(FaultCode::AdvicePercent).at(place).expected(Text::new(
            "整列都在 0 与 1 之间\u{ff1b}0.95 按 0.95% 计\u{ff0c}如指 95% 请写 95%",
            "the whole column is between 0 and 1; 0.95 is read as 0.95%; write 95% if that is meant",
        )))
    }
}

/// Whether a percentage may be typed into a measure, and a bare ratio by mistake.
pub(crate) fn has_parts(plan: &MeasurePlan) -> bool {
    plan.sign.is_some() && plan.kind == MeasureKind::Number
}

impl ObservationsBuilder {
    /// An empty table for a standard.
    #[must_use]
    pub fn new(standard: &Standard) -> Self {
        let measures = standard.document().measures.len();
        ObservationsBuilder {
            standard: standard.clone(),
            heading: Vec::new(),
            titles: Vec::new(),
            known: Titles::new(standard),
            attributes: Vec::new(),
            text_columns: Vec::new(),
            codes: Texts::new(),
            rows: HashMap::new(),
            indexed: 0,
            columns: vec![Vec::new(); measures],
            shared: vec![Vec::new(); measures],
            placed: Vec::new(),
            lines: Vec::new(),
            file: None,
            faults: Faults::new(),
            advice: Faults::new(),
            parts: vec![PartColumn::default(); measures],
            #[cfg(feature = "arrow")]
            refused: Vec::new(),
        }
    }

    /// Names the file that the rows come from, for faults.
    pub fn file(&mut self, name: &str) -> &mut Self {
        self.file = Some(name.to_owned());
        self
    }

    /// Allows one more attribute as a column.
    pub fn allow_attribute(&mut self, name: &str) -> &mut Self {
        self.known.allow_attribute(name);
        self
    }

    /// Names the columns of the rows that follow.
    pub fn heading<S: AsRef<str>>(&mut self, titles: &[S]) -> &mut Self {
        self.heading.clear();
        self.titles = titles
            .iter()
            .map(|t| trimmed(t.as_ref()).to_owned())
            .collect();
        for title in self.titles.clone() {
            let heading = match self.known.read(&title) {
                // A table of communities has one value of each; assessors have their own tables.
                Heading::Assessor => Heading::Unknown,
                heading => heading,
            };
            if heading == Heading::Unknown {
                let expected = self.known.nearest(&title);
                self.fault(FaultCode::UnknownColumn, 1, Some(&title), |fault| {
                    fault.found(&title).expected(expected)
                });
            } else if self.heading.contains(&heading) {
                self.fault(FaultCode::DuplicateColumn, 1, Some(&title), |fault| {
                    fault.found(&title)
                });
            }
            if let Heading::Attribute(name) = &heading {
                self.attribute(name);
            }
            self.heading.push(heading);
        }
        if !self.heading.contains(&Heading::Code) {
            self.fault(FaultCode::MissingColumn, 1, None, |fault| {
                fault.expected("code")
            });
        }
        self.prepare();
        self
    }

    /// Makes ready for rows of cells under the heading.
    pub(super) fn prepare(&mut self) {
        let columns = self.heading.iter().map(|heading| match heading {
            Heading::Code => TextColumn::Code,
            Heading::Attribute(name) => {
                let mut held = self.attributes.iter();
                let at = held.position(|(held, _)| held == name);
                at.map_or(TextColumn::None, TextColumn::Attribute)
            }
            Heading::Measure(measure) => {
                let plan = &self.standard.plan().measures[*measure];
                TextColumn::Measure(*measure, Bounds::new(plan))
            }
            Heading::Assessor | Heading::Unknown => TextColumn::None,
        });
        self.text_columns = columns.collect();
    }

    /// The texts of an attribute, one a community so far.
    pub(super) fn attribute(&mut self, name: &str) -> &mut Vec<String> {
        let at = match self.attributes.iter().position(|(held, _)| held == name) {
            Some(at) => at,
            None => {
                self.attributes
                    .push((name.to_owned(), vec![String::new(); self.codes.len()]));
                self.attributes.len() - 1
            }
        };
        &mut self.attributes[at].1
    }

    /// Adds a row under the heading. `line` is its line in the file, from 1.
    pub fn row(&mut self, line: u64, cells: &[Cell<'_>]) -> &mut Self {
        self.fill(line, cells.len(), |at| cells[at])
    }

    /// Adds a row of texts under the heading, as [`ObservationsBuilder::row`] does.
    pub fn text_row(&mut self, line: u64, cells: &[&str]) -> &mut Self {
        self.fill(line, cells.len(), |at| Cell::Text(cells[at]))
    }

    #[inline(always)]
    fn fill<'c>(&mut self, line: u64, count: usize, cell: impl Fn(usize) -> Cell<'c>) -> &mut Self {
        if count != self.heading.len() {
            let expected = self.heading.len().to_string();
            self.fault(FaultCode::ColumnLength, line, None, |fault| {
                fault.found(count).expected(expected)
            });
            return self;
        }
        let Some(at) = self.code_column() else {
            return self;
        };
        let started = cell::with_text(cell(at), |code| self.community(code, line));
        let Some(row) = started else {
            return self;
        };
        let columns = std::mem::take(&mut self.text_columns);
        for (i, held) in columns.iter().enumerate() {
            match held {
                TextColumn::Measure(measure, bounds) => {
                    let cell = cell(i);
                    let plain = match cell {
                        Cell::Text(text) => read_plain(bounds, text),
                        _ => None,
                    };
                    let value = match plain {
                        Some(value) => {
                            if bounds.parts && value > NOT_APPLICABLE {
                                self.parts[*measure].see(value);
                            }
                            value
                        }
                        None => self.read_cell(row, *measure, i, cell, line),
                    };
                    let column = &mut self.columns[*measure];
                    if column.len() == row {
                        column.push(value);
                    } else {
                        column.resize(row + 1, MISSING);
                        column[row] = value;
                    }
                }
                TextColumn::Attribute(at) => {
                    let values = &mut self.attributes[*at].1;
                    values.resize(row, String::new());
                    values.push(cell::text_of(cell(i)));
                }
                TextColumn::Code | TextColumn::None => {}
            }
        }
        self.text_columns = columns;
        self
    }

    /// Reads a cell that is more than plain digits.
    #[cold]
    fn read_cell(
        &mut self,
        row: usize,
        measure: MeasureId,
        at: usize,
        cell: Cell<'_>,
        line: u64,
    ) -> i64 {
        let title = std::mem::take(&mut self.titles[at]);
        let read = self.read(row, measure, cell, line, &title);
        self.titles[at] = title;
        read.unwrap_or_else(|fault| {
            self.faults.push(fault);
            MISSING
        })
    }

    /// Adds one value of a long table: code, measure, value. A community appears with its
    /// first value.
    pub fn long_row(&mut self, line: u64, code: &str, measure: &str, value: Cell<'_>) -> &mut Self {
        let code = code.trim();
        for (row, held) in self.codes.iter().enumerate().skip(self.indexed) {
            self.rows.entry(held.to_owned()).or_insert(row);
        }
        self.indexed = self.codes.len();
        let row = match self.rows.get(code) {
            Some(row) => Some(*row),
            None => self.community(code, line),
        };
        let Some(row) = row else { return self };
        match self.known.read(trimmed(measure)) {
            Heading::Measure(id) => {
                let rows = self.codes.len();
                self.columns[id].resize(rows, MISSING);
                if self.columns[id][row] == MISSING {
                    match self.read(row, id, value, line, measure) {
                        Ok(value) => self.columns[id][row] = value,
                        Err(fault) => self.faults.push(fault),
                    }
                } else {
                    let code = code.to_owned();
                    self.fault(FaultCode::DuplicateRow, line, Some(measure), |fault| {
                        fault.about(code)
                    });
                }
            }
            Heading::Attribute(name) => {
                let rows = self.codes.len();
                let values = self.attribute(&name);
                values.resize(rows, String::new());
                values[row] = cell::text_of(value);
            }
            Heading::Code | Heading::Assessor | Heading::Unknown => {
                let expected = self.known.nearest(measure);
                self.fault(FaultCode::UnknownMeasureRow, line, None, |fault| {
                    fault.found(measure).expected(expected)
                });
            }
        }
        self
    }

    /// Starts a community's row; nothing where its code is blank. Repeated codes are found at
    /// the end.
    fn community(&mut self, code: &str, line: u64) -> Option<usize> {
        if code.is_empty() {
            self.fault(FaultCode::EmptyCode, line, Some("code"), |fault| fault);
            return None;
        }
        self.codes.push(code);
        self.lines.push(line);
        Some(self.codes.len() - 1)
    }

    /// Says that a code stands in a row although it stood in an earlier one.
    pub fn push_repeated(&mut self, code: &str, line: u64, first: u64) -> &mut Self {
        let fault = self.repeated_code(code, line, first);
        self.push_fault(fault)
    }

    fn repeated_code(&self, code: &str, line: u64, first: u64) -> Fault {
        let place = self.place(line, Some("code"));
        let fault = Fault::new(FaultCode::DuplicateRow).at(place);
        fault.found(code).expected(Text::new(
            format!("每个编码一行\u{ff08}首次出现在第 {first} 行\u{ff09}"),
            format!("one row a code (first in row {first})"),
        ))
    }

    /// Faults for codes that stand in several rows; `order` sorts them.
    fn repeated_codes(&mut self, order: &[usize]) {
        let mut repeated = Vec::new();
        let mut first = None;
        for row in order {
            match first {
                Some(held) if self.codes[held] == self.codes[*row] => repeated.push((*row, held)),
                _ => first = Some(*row),
            }
        }
        repeated.retain(|(row, _)| !self.codes[*row].is_empty());
        repeated.sort_unstable();
        for (row, first) in repeated {
            let fault = self.repeated_code(&self.codes[row], self.lines[row], self.lines[first]);
            self.faults.push(fault);
        }
    }

    /// How often something was advised.
    pub(super) fn advised(&self) -> usize {
        self.advice.count()
    }

    /// Reads one cell of a row that is there: its stored form, or what is wrong with it.
    pub(super) fn read(
        &mut self,
        row: usize,
        measure: MeasureId,
        cell: Cell<'_>,
        line: u64,
        title: &str,
    ) -> Result<i64, Fault> {
        let plan = &self.standard.plan().measures[measure];
        let read = cell::read(plan, cell).map_err(|fault| {
            let place = self.place(line, Some(title));
            fault.at(place).about(&self.codes[row])
        })?;
        if has_parts(plan) && read.value > NOT_APPLICABLE {
            self.parts[measure].see(read.value);
            self.parts[measure].signed |= read.signed;
        }
        if read.rounded {
            let fault = Fault::new(FaultCode::AdviceDecimals).at(self.place(line, Some(title)));
            let kept = Decimal::from_millionths(read.value).unwrap_or_default();
            let fault = fault.about(&self.codes[row]).found(cell::text_of(cell));
            self.advice.push(fault.expected(Text::new(
                format!("至多 6 位小数\u{ff0c}按 {kept} 计"),
                format!("at most 6 decimals; taken as {kept}"),
            )));
        }
        Ok(read.value)
    }

    fn place(&self, line: u64, field: Option<&str>) -> Place {
        Place {
            file: self.file.clone(),
            line: Some(line),
            field: field.map(str::to_owned),
            ..Place::default()
        }
    }

    pub(super) fn fault(
        &mut self,
        code: FaultCode,
        line: u64,
        field: Option<&str>,
        fill: impl FnOnce(Fault) -> Fault,
    ) {
        let fault = Fault::new(code).at(self.place(line, field));
        self.faults.push(fill(fault));
    }

    /// Adds a fault that a reader found before the table saw the cell.
    pub fn push_fault(&mut self, fault: Fault) -> &mut Self {
        self.faults.push(fault);
        self
    }

    /// Checks what is shared. Where a cell must be looked at more closely, the stretch is read
    /// into memory of the table's own.
    pub(super) fn check_shared(&mut self) {
        for measure in 0..self.shared.len() {
            let stretches = std::mem::take(&mut self.shared[measure]);
            if stretches.is_empty() {
                continue;
            }
            let bounds = Bounds::new(&self.standard.plan().measures[measure]);
            for mut stretch in stretches {
                match stretch.column.check(0..stretch.column.len(), &bounds) {
                    Some(checked) => {
                        if bounds.parts {
                            self.parts[measure].seen.join(checked.seen);
                        }
                        stretch.plain = checked.plain;
                        self.shared[measure].push(stretch);
                    }
                    None => {
                        let read = self.read_stretch(measure, &stretch);
                        let column = &mut self.columns[measure];
                        column.resize(column.len().max(stretch.added.first + read.len()), MISSING);
                        column[stretch.added.first..][..read.len()].copy_from_slice(&read);
                    }
                }
            }
        }
    }

    /// The table, rows sorted by code.
    ///
    /// Columns of shared memory stay where they are if the rows come in the order of their
    /// codes; otherwise they are copied into that order.
    ///
    /// # Errors
    /// All faults of all rows.
    pub fn finish(mut self) -> Result<Observations, Faults> {
        self.check_shared();
        let mut placed = std::mem::take(&mut self.placed);
        placed.sort_by_key(|(line, column, _)| (*line, *column));
        for (_, _, fault) in placed {
            self.faults.push(fault);
        }
        for (measure, part) in self.parts.iter().enumerate() {
            let name = &self.standard.plan().measures[measure].name;
            let place = Place {
                file: self.file.clone(),
                field: Some(name.clone()),
                ..Place::default()
            };
            if let Some(advice) = part.advice(place) {
                self.advice.push(advice);
            }
        }
        let rows = self.codes.len();
        // Nothing where the rows are in order already, as most tables' are.
        let mut order = None;
        if !self.codes.is_ascending() {
            let sorted = self.codes.sorted();
            self.repeated_codes(&sorted);
            order = Some(sorted).filter(|sorted| !sorted.is_sorted());
        }
        let order = order.as_deref();
        if !self.faults.is_empty() {
            self.faults.listed.sort_by_key(|fault| fault.place.line);
            return Err(self.faults);
        }
        let mut attributes = Vec::with_capacity(self.attributes.len());
        for (name, mut values) in self.attributes {
            values.resize(rows, String::new());
            attributes.push((name, in_order(values, order)));
        }
        attributes.sort();
        let mut columns: Vec<Column> = Vec::with_capacity(self.columns.len());
        for (measure, mut column) in self.columns.into_iter().enumerate() {
            let stretches = std::mem::take(&mut self.shared[measure]);
            let kind = self.standard.plan().measures[measure].kind;
            if let Some(pieces) = whole(&stretches, kind, rows).filter(|_| order.is_none()) {
                columns.push(Column::Shared(pieces));
                continue;
            }
            column.resize(rows, MISSING);
            for stretch in stretches {
                stretch.fill(kind, &mut column);
            }
            columns.push(Column::Plain(in_order(column, order)));
        }
        let mut table = Table {
            lines: in_order(self.lines, order),
            columns,
            codes: self.codes.in_order(order),
            attributes,
            advice: self.advice.listed,
            file: self.file,
            ..Table::default()
        };
        table.complete(&self.standard);
        Ok(Observations(Arc::new(table)))
    }
}

impl Table {
    /// Adds what follows from the rows that a builder read.
    pub(super) fn complete(&mut self, standard: &Standard) {
        self.incomplete = vec![false; self.codes.len()];
        let measures = standard.plan().measures.iter();
        let derived = measures.filter_map(|measure| measure.within.as_ref());
        self.columns
            .extend(derived.map(|(base, _)| Column::Same(*base)));
    }
}

/// Shared memory as the whole of a column.
fn whole(stretches: &[Stretch], kind: MeasureKind, rows: usize) -> Option<Pieces> {
    let pieces = stretches.iter().map(|stretch| Piece {
        first: stretch.added.first,
        column: stretch.column.clone(),
        plain: stretch.plain,
    });
    (!stretches.is_empty())
        .then(|| Pieces::new(pieces.collect(), kind, rows))
        .flatten()
}

/// The values in another order; as they are where it is their own.
pub(super) fn in_order<T: Default>(mut values: Vec<T>, order: Option<&[usize]>) -> Vec<T> {
    let Some(order) = order else {
        return values;
    };
    order
        .iter()
        .map(|row| values.get_mut(*row).map(std::mem::take).unwrap_or_default())
        .collect()
}
