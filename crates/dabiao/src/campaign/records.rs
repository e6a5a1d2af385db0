//! What was observed in one phase: marks of units and communities, by one or more assessors.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::grid::{Grid, Registry};
use crate::lang::{Lang, Text};
use crate::observations::builder::{PartColumn, has_parts};
use crate::observations::cell::{self, Cell};
use crate::observations::heading::{Heading, Titles, trimmed};
use crate::plan::{MeasureId, MeasurePlan};
use crate::standard::Standard;
use crate::standard::document::Level;

/// Whom a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Target {
    /// A row of the registry.
    Community(u32),
    /// A unit of the grid below the community.
    Unit(u32),
}

/// One mark, as stored in a plain column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) target: Target,
    pub(crate) assessor: u32,
    pub(crate) value: i64,
    /// An index into the files and the line there.
    pub(crate) place: (u32, u32),
}

/// The checked observations of one phase.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// By measure, sorted by target and assessor.
    pub(crate) marks: Vec<Vec<Mark>>,
    /// Communities with any mark of their own or of a unit.
    pub(crate) present: Vec<bool>,
    pub(crate) files: Vec<String>,
    /// Their names; marks hold an index.
    pub(crate) assessors: Vec<String>,
    advice: Vec<Fault>,
}

impl Records {
    /// What a reader should look at although it is no fault.
    #[must_use]
    pub fn advice(&self) -> &[Fault] {
        &self.advice
    }

    /// The first mark of a measure for a community or unit.
    pub(super) fn first(&self, measure: MeasureId, target: Target) -> Option<&Mark> {
        let marks = self.marks.get(measure)?;
        let at = marks.partition_point(|mark| mark.target < target);
        marks.get(at).filter(|mark| mark.target == target)
    }

    pub(crate) fn place(&self, mark: &Mark, measure: &MeasurePlan) -> Place {
        Place {
            file: self
                .files
                .get(mark.place.0 as usize)
                .filter(|f| !f.is_empty())
                .cloned(),
            line: Some(u64::from(mark.place.1)),
            field: Some(measure.name.clone()),
            ..Place::default()
        }
    }
}

/// Reads the tables of one phase: a row is a community or a unit of the grid, its columns are
/// `code`, perhaps `assessor`, and measures.
#[derive(Debug)]
pub struct RecordsBuilder<'a> {
    /// The measures as communities and as units have them.
    communities: Vec<MeasurePlan>,
    units: Vec<MeasurePlan>,
    titles: Titles,
    registry: &'a Registry,
    grid: Option<&'a Grid>,
    /// The first community of the grid, and the registry's row of each.
    rows: (usize, Vec<Option<u32>>),
    heading: Vec<(Heading, String)>,
    assessors: HashMap<String, u32>,
    /// The first measure under the heading that units below the community have.
    of_units: Option<MeasureId>,
    /// Whether the file's units were found to have no grid.
    no_grid: bool,
    /// The unit of the last row: tables are mostly in the grid's own order.
    last: u32,
    records: Records,
    parts: Vec<PartColumn>,
    faults: Faults,
    advice: Faults,
}

impl<'a> RecordsBuilder<'a> {
    /// An empty phase. Without a grid, only communities can be marked.
    #[must_use]
    pub fn new(standard: &Standard, registry: &'a Registry, grid: Option<&'a Grid>) -> Self {
        let declared = standard.document().measures.len();
        let communities: Vec<MeasurePlan> = standard.plan().measures[..declared].to_vec();
        RecordsBuilder {
            units: communities.iter().map(MeasurePlan::of_unit).collect(),
            titles: Titles::new(standard),
            registry,
            grid,
            rows: grid.map_or((0, Vec::new()), |grid| {
                let start = grid.range(Level::Community).start;
                (start, grid.rows_of_communities(registry))
            }),
            heading: Vec::new(),
            of_units: None,
            no_grid: false,
            assessors: HashMap::new(),
            last: 0,
            records: Records {
                marks: vec![Vec::new(); communities.len()],
                present: vec![false; registry.len()],
                files: vec![String::new()],
                assessors: Vec::new(),
                advice: Vec::new(),
            },
            parts: vec![PartColumn::default(); communities.len()],
            communities,
            faults: Faults::new(),
            advice: Faults::new(),
        }
    }

    /// Starts a file, for the places of faults.
    pub fn file(&mut self, name: &str) -> &mut Self {
        self.records.files.push(name.to_owned());
        self.no_grid = false;
        self
    }

    /// Adds a fault that a reader found before the table saw the cell; in the current file,
    /// unless it names another.
    pub fn push_fault(&mut self, mut fault: Fault) -> &mut Self {
        if fault.place.file.is_none() {
            fault.place.file = self.records.files.last().filter(|f| !f.is_empty()).cloned();
        }
        self.faults.push(fault);
        self
    }

    fn place(&self, line: u64, field: Option<&str>) -> Place {
        Place {
            file: self.records.files.last().filter(|f| !f.is_empty()).cloned(),
            line: Some(line),
            field: field.map(str::to_owned),
            ..Place::default()
        }
    }

    /// Names the columns of the rows that follow. Names of communities, districts and streets
    /// may stand there for people to read; they are passed over.
    pub fn heading<S: AsRef<str>>(&mut self, titles: &[S]) -> &mut Self {
        self.heading_at(1, titles)
    }

    /// The same, where the heading stands in another line than the first.
    pub fn heading_at<S: AsRef<str>>(&mut self, line: u64, titles: &[S]) -> &mut Self {
        self.heading.clear();
        for title in titles {
            let title = trimmed(title.as_ref()).to_owned();
            let heading = self.titles.read(&title);
            let place = self.place(line, Some(&title));
            if heading == Heading::Unknown {
                let expected = self.titles.nearest(&title);
                self.faults.push(
                    Fault::new(FaultCode::UnknownColumn)
                        .at(place)
                        .found(&title)
                        .expected(expected),
                );
            } else if self.heading.iter().any(|(held, _)| *held == heading) {
                self.faults.push(
                    Fault::new(FaultCode::DuplicateColumn)
                        .at(place)
                        .found(&title),
                );
            }
            self.heading.push((heading, title));
        }
        self.of_units = self.heading.iter().find_map(|(held, _)| match held {
            Heading::Measure(measure) if self.is_of_units(*measure) => Some(*measure),
            _ => None,
        });
        if !self.heading.iter().any(|(held, _)| *held == Heading::Code) {
            let fault = Fault::new(FaultCode::MissingColumn).at(self.place(line, None));
            self.faults.push(fault.expected("code"));
        }
        self
    }

    /// Adds a row under the heading.
    pub fn row(&mut self, line: u64, cells: &[Cell<'_>]) -> &mut Self {
        if cells.len() != self.heading.len() {
            let fault = Fault::new(FaultCode::ColumnLength).at(self.place(line, None));
            self.faults.push(
                fault
                    .found(cells.len())
                    .expected(self.heading.len().to_string()),
            );
            return self;
        }
        let text_at = |wanted: Heading| {
            let at = self.heading.iter().position(|(held, _)| *held == wanted)?;
            Some(match cells[at] {
                Cell::Text(text) => Cow::Borrowed(text.trim()),
                cell => Cow::Owned(cell::text_of(cell)),
            })
        };
        let Some(code) = text_at(Heading::Code) else {
            return self;
        };
        let assessor = text_at(Heading::Assessor).unwrap_or_default();
        let Some((target, level, at)) = self.target(&code, line, self.of_units) else {
            return self;
        };
        let assessor = self.assessor(&assessor);
        let heading = std::mem::take(&mut self.heading);
        for ((held, title), cell) in heading.iter().zip(cells) {
            if let Heading::Measure(measure) = held {
                self.records.present[at] |=
                    self.mark(*measure, target, level, assessor, *cell, line, &code, title);
            }
        }
        self.heading = heading;
        self
    }

    /// Adds one value of a long table: code, perhaps assessor, measure, value.
    pub fn long_row(
        &mut self,
        line: u64,
        code: &str,
        assessor: &str,
        measure: &str,
        value: Cell<'_>,
    ) -> &mut Self {
        let code = code.trim();
        let measure = trimmed(measure);
        let heading = self.titles.read(measure);
        let of_units = match heading {
            Heading::Measure(id) if self.is_of_units(id) => Some(id),
            _ => None,
        };
        let Some((target, level, at)) = self.target(code, line, of_units) else {
            return self;
        };
        match heading {
            Heading::Measure(id) => {
                let assessor = self.assessor(assessor.trim());
                self.records.present[at] |=
                    self.mark(id, target, level, assessor, value, line, code, measure);
            }
            _ => {
                let fault = Fault::new(FaultCode::UnknownMeasureRow).at(self.place(line, None));
                self.faults
                    .push(fault.found(measure).expected(self.titles.nearest(measure)));
            }
        }
        self
    }

    fn assessor(&mut self, name: &str) -> u32 {
        // Mostly the one of the row before.
        let last = self.records.assessors.len().wrapping_sub(1);
        if self
            .records
            .assessors
            .get(last)
            .is_some_and(|held| held == name)
        {
            return last as u32;
        }
        if let Some(id) = self.assessors.get(name) {
            return *id;
        }
        let id = self.records.assessors.len() as u32;
        self.records.assessors.push(name.to_owned());
        self.assessors.insert(name.to_owned(), id);
        id
    }

    fn is_of_units(&self, measure: MeasureId) -> bool {
        self.communities[measure].level > Level::Community
    }

    /// Whom a row is about; `of_units` is a measure of it that units have.
    fn target(
        &mut self,
        code: &str,
        line: u64,
        of_units: Option<MeasureId>,
    ) -> Option<(Target, Level, usize)> {
        if code.is_empty() {
            let fault = Fault::new(FaultCode::EmptyCode).at(self.place(line, Some("code")));
            self.faults.push(fault);
            return None;
        }
        let found = self.grid.and_then(|grid| {
            let unit = self.next_unit(code).or_else(|| grid.find(code))?;
            Some((grid, unit, grid.levels[unit as usize]))
        });
        if let Some((grid, unit, level)) = found.filter(|(_, _, level)| *level > Level::Community) {
            self.last = unit;
            let community = grid.communities[unit as usize] as usize;
            let (start, rows) = &self.rows;
            let row = community.checked_sub(*start).and_then(|at| *rows.get(at)?);
            if let Some(row) = row {
                return Some((Target::Unit(unit), level, row as usize));
            }
        } else if let Some(row) = self.registry.row_of(code) {
            return Some((Target::Community(row as u32), Level::Community, row));
        }
        let fault = Fault::new(FaultCode::UnitUnknown).at(self.place(line, Some("code")));
        if let (None, Some(measure)) = (self.grid, of_units) {
            // Without a grid no unit is known: that is one fault, not one for every row.
            if !std::mem::replace(&mut self.no_grid, true) {
                let plan = &self.communities[measure];
                let (name, level) = (&plan.name, plan.level);
                self.faults.push(fault.found(code).expected(Text::new(
                    format!(
                        "登记在册的社区\u{ff1b}没有给出党建网格\u{ff08}grid\u{ff09}\u{ff0c}而 {name} 按{}采集",
                        level.title(Lang::Zh)
                    ),
                    format!(
                        "a community of the registry: no party grid (grid) is given, and {name} is collected by {}",
                        level.title(Lang::En)
                    ),
                )));
            }
            return None;
        }
        self.faults.push(fault.found(code).expected(Text::new(
            "登记在册的社区或网格中的单元",
            "a community of the registry or a unit of its grid",
        )));
        None
    }

    /// The unit after the last one, or that one again, if it has this code and is below the
    /// community: then no look-up is needed.
    fn next_unit(&self, code: &str) -> Option<u32> {
        let grid = self.grid?;
        [self.last.checked_add(1)?, self.last]
            .into_iter()
            .find(|unit| {
                let unit = *unit as usize;
                grid.codes.get(unit).is_some_and(|held| held == code)
                    && grid.levels.get(unit).is_some_and(|l| *l > Level::Community)
            })
    }

    /// Takes a cell; gives whether anything stands there.
    #[allow(clippy::too_many_arguments)]
    fn mark(
        &mut self,
        measure: MeasureId,
        target: Target,
        level: Level,
        assessor: u32,
        cell: Cell<'_>,
        line: u64,
        code: &str,
        title: &str,
    ) -> bool {
        let plan = match target {
            Target::Community(_) => &self.communities[measure],
            Target::Unit(_) => &self.units[measure],
        };
        if level != Level::Community && level != plan.level {
            let blank = match cell {
                Cell::Text(text) => text.trim().is_empty(),
                cell => cell == Cell::Blank,
            };
            if !blank {
                let place = self.place(line, Some(title));
                let expected = plan.level.instead_of(level, code);
                let fault = Fault::new(FaultCode::UnitLevel).at(place).about(code);
                self.faults
                    .push(fault.found(cell::text_of(cell)).expected(expected));
            }
            return false;
        }
        match cell::read(plan, cell) {
            Ok(read) if read.value == crate::observations::MISSING => false,
            Ok(read) => {
                if has_parts(plan) && read.value > crate::observations::NOT_APPLICABLE {
                    self.parts[measure].see(read.value);
                    self.parts[measure].signed |= read.signed;
                }
                if read.rounded {
                    let fault =
                        Fault::new(FaultCode::AdviceDecimals).at(self.place(line, Some(title)));
                    self.advice
                        .push(fault.about(code).found(cell::text_of(cell)));
                }
                let place = (
                    self.records.files.len() as u32 - 1,
                    u32::try_from(line).unwrap_or(u32::MAX),
                );
                self.records.marks[measure].push(Mark {
                    target,
                    assessor,
                    value: read.value,
                    place,
                });
                true
            }
            Err(fault) => {
                let place = self.place(line, Some(title));
                self.faults.push(fault.at(place).about(code));
                false
            }
        }
    }

    /// The phase, checked.
    ///
    /// # Errors
    /// All faults of all tables: unknown codes and columns, unreadable values, two marks of
    /// one unit by one assessor or where the standard does not combine assessors.
    pub fn finish(mut self) -> Result<Records, Faults> {
        let (communities, units) = (self.registry.len(), self.grid.map_or(0, Grid::len));
        for (measure, marks) in self.records.marks.iter_mut().enumerate() {
            sort(marks, communities, units);
            let combines = self.communities[measure].assessors.is_some();
            for pair in marks.windows(2) {
                let same = pair[0].target == pair[1].target;
                if same && (!combines || pair[0].assessor == pair[1].assessor) {
                    let plan = &self.communities[measure];
                    let file = self
                        .records
                        .files
                        .get(pair[1].place.0 as usize)
                        .filter(|f| !f.is_empty());
                    let place = Place {
                        file: file.cloned(),
                        line: Some(u64::from(pair[1].place.1)),
                        field: Some(plan.name.clone()),
                        ..Place::default()
                    };
                    let code = match pair[1].target {
                        Target::Community(row) => self.registry.codes()[row as usize].clone(),
                        Target::Unit(unit) => self
                            .grid
                            .map(|g| g.codes[unit as usize].clone())
                            .unwrap_or_default(),
                    };
                    let line = pair[0].place.1;
                    self.faults.push(
                        Fault::new(FaultCode::DuplicateRow)
                            .at(place)
                            .about(code)
                            .expected(Text::new(
                                format!("每位评委一个值\u{ff08}首见于第 {line} 行\u{ff09}"),
                                format!("one value an assessor (first in row {line})"),
                            )),
                    );
                }
            }
        }
        for (part, measure) in self.parts.iter().zip(&self.communities) {
            let place = Place {
                field: Some(measure.name.clone()),
                ..Place::default()
            };
            if let Some(advice) = part.advice(place) {
                self.advice.push(advice);
            }
        }
        self.records.advice = self.advice.listed;
        self.faults.into_result(self.records)
    }
}

/// Sorts the marks of a measure by target, assessor and place: targets are numbers, so that they
/// need only be counted.
fn sort(marks: &mut Vec<Mark>, communities: usize, units: usize) {
    let key = |mark: &Mark| (mark.target, mark.assessor, mark.place);
    if marks.is_sorted_by_key(key) {
        return;
    }
    let at = |mark: &Mark| match mark.target {
        Target::Community(row) => row as usize,
        Target::Unit(unit) => communities + unit as usize,
    };
    // Few marks of many targets are sorted sooner than counted.
    if marks.len() < (communities + units) / 16 || u32::try_from(marks.len()).is_err() {
        marks.sort_unstable_by_key(key);
        return;
    }
    let mut next = vec![0u32; communities + units + 1];
    for mark in &*marks {
        next[at(mark) + 1] += 1;
    }
    let mut before = 0;
    for next in &mut next {
        before += *next;
        *next = before;
    }
    let mut sorted = marks.clone();
    for mark in &*marks {
        let next = &mut next[at(mark)];
        sorted[*next as usize] = *mark;
        *next += 1;
    }
    for same in sorted.chunk_by_mut(|a, b| a.target == b.target) {
        same.sort_unstable_by_key(key);
    }
    *marks = sorted;
}
