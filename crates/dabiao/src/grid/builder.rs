//! Loading a grid: every unit's code, level and parent checked, all faults at once.

use std::fmt::Display;
use std::num::NonZeroU32;

use super::index::Index;
use super::{CodeScheme, Grid, Level, NO_UNIT, UnitId};
use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::lang::{Lang, Text};

/// One unit as a table has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnitRow<'a> {
    /// Unique among all units.
    pub code: &'a str,
    /// Its level.
    pub level: Level,
    /// The code of its parent; blank for a street.
    pub parent: &'a str,
    /// Its name, which may be blank.
    pub name: &'a str,
    /// Whether its party organisation is established; `None` without a record.
    pub organisation: Option<bool>,
    /// Households that live in it.
    pub households: Option<u64>,
    /// Full party members of its organisation.
    pub members: Option<u64>,
    /// For a building: the code of its compound, or blank.
    pub compound: &'a str,
}

/// Builds a [`Grid`] from rows in any order.
#[derive(Debug)]
pub struct GridBuilder {
    scheme: CodeScheme,
    files: Vec<String>,
    /// The texts of all rows, one after the other.
    text: String,
    rows: Vec<Row>,
    /// Counted from 1 by [`Row::counts`].
    counts: Vec<Counts>,
    faults: Faults,
}

/// Where a text stands in [`GridBuilder::text`].
#[derive(Clone, Copy, Debug)]
struct Span(u32, u32);

/// One unit, without an allocation of its own: there may be millions.
#[derive(Clone, Copy, Debug)]
struct Row {
    code: Span,
    parent: Span,
    name: Span,
    compound: Span,
    level: Level,
    organisation: Option<bool>,
    /// One of the counts; most units have none.
    counts: Option<NonZeroU32>,
    /// An index into the files, and the line there.
    place: (u32, u32),
}

/// Households and members of a unit.
type Counts = (Option<u64>, Option<u64>);

impl GridBuilder {
    pub(super) fn new(scheme: CodeScheme) -> Self {
        GridBuilder {
            scheme,
            files: Vec::new(),
            text: String::new(),
            rows: Vec::new(),
            counts: Vec::new(),
            faults: Faults::new(),
        }
    }

    /// Names the file that the following rows come from, for faults. There may be several.
    pub fn file(&mut self, name: &str) -> &mut Self {
        self.files.push(name.to_owned());
        self
    }

    /// Adds a unit. `line` is its row in the file, from 1.
    pub fn unit(&mut self, line: u64, unit: &UnitRow<'_>) -> &mut Self {
        let start = (self.text.len(), self.rows.len());
        let spans = [unit.code, unit.parent, unit.name, unit.compound].map(|text| self.keep(text));
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let [Some(code), Some(parent), Some(name), Some(compound)] = spans else {
            self.text.truncate(start.0);
            let fault = Fault::new(FaultCode::TooLarge).at(self.place(file, line, "code"));
            self.faults.push(fault.expected(Text::new(
                "编码和名称合计不超过 4 GB",
                "at most 4 GB of codes and names",
            )));
            return self;
        };
        let counts = (unit.households, unit.members);
        let counts = (counts != (None, None)).then(|| {
            self.counts.push(counts);
            u32::try_from(self.counts.len())
                .ok()
                .and_then(NonZeroU32::new)
        });
        self.rows.push(Row {
            code,
            parent,
            name,
            compound,
            level: unit.level,
            organisation: unit.organisation,
            counts: counts.flatten(),
            place: (file, u32::try_from(line).unwrap_or(u32::MAX)),
        });
        self
    }

    fn keep(&mut self, text: &str) -> Option<Span> {
        let start = u32::try_from(self.text.len()).ok()?;
        self.text.push_str(text.trim());
        Some(Span(start, u32::try_from(self.text.len()).ok()?))
    }

    fn counts(&self, row: &Row) -> Counts {
        let at = row.counts.map_or(0, NonZeroU32::get) as usize;
        let held = at.checked_sub(1).and_then(|at| self.counts.get(at));
        held.copied().unwrap_or_default()
    }

    fn text(&self, span: Span) -> &str {
        let Span(start, end) = span;
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    fn code(&self, row: usize) -> &str {
        self.rows.get(row).map_or("", |row| self.text(row.code))
    }

    /// Adds a fault that a reader found before the grid saw the row.
    pub fn push_fault(&mut self, fault: Fault) -> &mut Self {
        self.faults.push(fault);
        self
    }

    fn place(&self, file: u32, line: u64, field: &str) -> Place {
        super::place_of(&self.files, (file, line), field)
    }

    fn fault(
        &self,
        code: FaultCode,
        row: usize,
        field: &str,
        found: impl Display,
        expected: Text,
    ) -> Fault {
        let (file, line) = self
            .rows
            .get(row)
            .map_or((0, 0), |row| (row.place.0, u64::from(row.place.1)));
        Fault::new(code)
            .at(self.place(file, line, field))
            .about(self.code(row))
            .found(found)
            .expected(expected)
    }

    /// The grid, checked.
    ///
    /// # Errors
    /// All faults at once: codes of the wrong form, duplicated units, missing parents, parents
    /// at the wrong level, cycles, compounds that are none.
    pub fn finish(mut self) -> Result<Grid, Faults> {
        let mut faults = std::mem::take(&mut self.faults);
        self.check_codes(&mut faults);
        let index = self.index(&mut faults);
        let (parents, compounds) = self.link(&index, &mut faults);
        self.check_cycles(&parents, &mut faults);
        if !faults.is_empty() {
            return Err(faults.sorted());
        }
        Ok(self.assemble(index, &parents, &compounds))
    }

    fn check_codes(&self, faults: &mut Faults) {
        for (at, row) in self.rows.iter().enumerate() {
            let (code, parent) = (self.text(row.code), self.text(row.parent));
            let found = code;
            if code.is_empty() {
                let expected = Text::new("单元编码", "a unit's code");
                faults.push(self.fault(FaultCode::EmptyCode, at, "code", found, expected));
            } else if let Some(expected) = self.scheme.expected(row.level, code, parent) {
                faults.push(self.fault(FaultCode::UnitCode, at, "code", found, expected));
            }
        }
    }

    /// The rows by code; each code once.
    fn index(&self, faults: &mut Faults) -> Index {
        let mut index = Index::with_capacity(self.rows.len());
        for (at, row) in self.rows.iter().enumerate() {
            let code = self.text(row.code);
            if code.is_empty() {
                continue;
            }
            let held = index.insert(at as UnitId, code, |row| self.code(row as usize));
            let Some(first) = held.and_then(|held| self.rows.get(held as usize)) else {
                continue;
            };
            let (parent, other, line) = (
                self.text(first.parent),
                self.text(row.parent),
                first.place.1,
            );
            let (found, expected) = if first.level == row.level && parent != other {
                let expected = Text::new(
                    format!("只属于一个上级\u{ff08}第 {line} 行已列入 {parent}\u{ff09}"),
                    format!("one parent (in {parent} already, row {line})"),
                );
                (other, expected)
            } else {
                let expected = Text::new(
                    format!("编码不重复\u{ff08}首见于第 {line} 行\u{ff09}"),
                    format!("a code of its own (first in row {line})"),
                );
                (code, expected)
            };
            faults.push(self.fault(FaultCode::UnitDuplicate, at, "code", found, expected));
        }
        index
    }

    /// Each row's parent and, for a building, its compound.
    fn link(&self, index: &Index, faults: &mut Faults) -> (Vec<UnitId>, Vec<UnitId>) {
        let find = |code: &str| match code {
            "" => NO_UNIT,
            code => index
                .find(code, |row| self.code(row as usize))
                .unwrap_or(NO_UNIT),
        };
        let mut parents = Vec::with_capacity(self.rows.len());
        let mut compounds = Vec::with_capacity(self.rows.len());
        // Rows of one parent mostly stand together.
        let (mut last, mut last_compound) = (("", NO_UNIT), ("", NO_UNIT));
        let mut again = |code| {
            if last.0 != code {
                last = (code, find(code));
            }
            last.1
        };
        let mut compound_again = |code| {
            if last_compound.0 != code {
                last_compound = (code, find(code));
            }
            last_compound.1
        };
        for (at, row) in self.rows.iter().enumerate() {
            let parent = again(self.text(row.parent));
            let compound = compound_again(self.text(row.compound));
            let misplaced = self.misplaced(at, row, parent);
            for fault in misplaced
                .into_iter()
                .chain(self.no_compound(at, row, compound))
            {
                faults.push(fault);
            }
            parents.push(match row.level.parent() {
                Some(_) => parent,
                None => NO_UNIT,
            });
            compounds.push(compound);
        }
        // A building and its compound lie in one community. What is misplaced has been told.
        let is_community = |unit: &UnitId| {
            let row = self.rows.get(*unit as usize);
            row.is_some_and(|row| row.level == Level::Community)
        };
        let parent_of = |row: UnitId| {
            let parent = parents.get(row as usize).copied();
            parent.filter(is_community)
        };
        for (at, row) in self.rows.iter().enumerate() {
            if row.level != Level::Building || compounds[at] == NO_UNIT {
                continue;
            }
            if let (Some(own), Some(other)) = (parent_of(parents[at]), parent_of(compounds[at]))
                && own != other
            {
                let community = self.code(own as usize);
                let expected = Text::new(
                    format!("社区 {community} 的小区"),
                    format!("a compound of community {community}"),
                );
                let found = self.text(row.compound);
                faults.push(self.fault(FaultCode::UnitParent, at, "compound", found, expected));
            }
        }
        (parents, compounds)
    }

    /// What is wrong with a row's parent.
    fn misplaced(&self, at: usize, row: &Row, parent: UnitId) -> Option<Fault> {
        let named = self.text(row.parent);
        let expected = |level: Level| Text::new(level.title(Lang::Zh), level.title(Lang::En));
        match (row.level.parent(), self.rows.get(parent as usize)) {
            (None, _) if named.is_empty() => None,
            (None, _) => {
                let expected =
                    Text::new("空白\u{ff1a}街道没有上级", "blank: a street has no parent");
                Some(self.fault(FaultCode::UnitParent, at, "parent", named, expected))
            }
            (Some(level), None) => {
                Some(self.fault(FaultCode::UnitParent, at, "parent", named, expected(level)))
            }
            (Some(level), Some(parent)) if parent.level != level => {
                let expected = level.instead_of(parent.level, named);
                Some(self.fault(FaultCode::UnitLevel, at, "parent", named, expected))
            }
            _ => None,
        }
    }

    /// What is wrong with a row's compound.
    fn no_compound(&self, at: usize, row: &Row, compound: UnitId) -> Option<Fault> {
        let named = self.text(row.compound);
        let is_compound = |held: &Row| held.level == Level::Compound;
        let expected = if named.is_empty() {
            return None;
        } else if row.level != Level::Building {
            Text::new(
                "空白\u{ff1a}只有楼宇属于小区",
                "blank: only a building is in a compound",
            )
        } else if !self.rows.get(compound as usize).is_some_and(is_compound) {
            let level = Level::Compound;
            Text::new(level.title(Lang::Zh), level.title(Lang::En))
        } else {
            return None;
        };
        Some(self.fault(FaultCode::UnitParent, at, "compound", named, expected))
    }

    /// Units that are their own ancestors. Each row is walked over once.
    fn check_cycles(&self, parents: &[UnitId], faults: &mut Faults) {
        const FRESH: u32 = 0;
        let mut seen_in = vec![FRESH; parents.len()];
        for start in 0..parents.len() {
            let walk = start as u32 + 1;
            let mut at = start;
            while seen_in[at] == FRESH {
                seen_in[at] = walk;
                match parents[at] {
                    NO_UNIT => break,
                    parent => at = parent as usize,
                }
            }
            // A walk that comes back to its own steps has closed a circle.
            if seen_in[at] == walk && parents[at] != NO_UNIT {
                let found = self.text(self.rows[at].parent);
                let expected = Text::new("逐级向上到街道", "a way up to a street");
                faults.push(self.fault(FaultCode::UnitCycle, at, "parent", found, expected));
            }
        }
    }

    /// Rows become units, sorted by level and code.
    fn assemble(&self, index: Index, parents: &[UnitId], compounds: &[UnitId]) -> Grid {
        let mut levels: [Vec<UnitId>; 5] = Default::default();
        for (at, row) in self.rows.iter().enumerate() {
            levels[row.level as usize].push(at as UnitId);
        }
        let mut order: Vec<UnitId> = Vec::with_capacity(self.rows.len());
        for level in &mut levels {
            self.sort(level);
            order.append(level);
        }
        let mut unit_of = vec![NO_UNIT; self.rows.len()];
        for (unit, row) in order.iter().enumerate() {
            unit_of[*row as usize] = unit as UnitId;
        }
        let unit = |row: UnitId| unit_of.get(row as usize).copied().unwrap_or(NO_UNIT);
        let units = order.len();
        let mut grid = Grid {
            index: index.renamed(unit),
            files: self.files.clone(),
            codes: Vec::with_capacity(units),
            names: Vec::with_capacity(units),
            levels: Vec::with_capacity(units),
            parents: Vec::with_capacity(units),
            compounds: Vec::with_capacity(units),
            organised: Vec::with_capacity(units),
            households: Vec::with_capacity(units),
            members: Vec::with_capacity(units),
            ..Grid::default()
        };
        for row in order {
            let at = row as usize;
            let row = &self.rows[at];
            grid.codes.push(self.text(row.code).to_owned());
            grid.names.push(self.text(row.name).to_owned());
            grid.levels.push(row.level);
            grid.parents.push(unit(parents[at]));
            grid.compounds.push(unit(compounds[at]));
            grid.organised.push(row.organisation);
            let (households, members) = self.counts(row);
            grid.households.push(households);
            grid.members.push(members);
            if row.level <= Level::Community {
                grid.places.push((row.place.0, u64::from(row.place.1)));
            }
        }
        grid.communities = (0..grid.codes.len())
            .map(|at| match (grid.levels[at], grid.parents[at]) {
                (Level::Street, _) => NO_UNIT,
                (Level::Community, _) => at as UnitId,
                (Level::Grid | Level::Compound, parent) => parent,
                (Level::Building, parent) => grid
                    .parents
                    .get(parent as usize)
                    .copied()
                    .unwrap_or(NO_UNIT),
            })
            .collect();
        grid
    }

    /// Sorts rows by code. What a code begins with is kept beside its row, past what all codes
    /// begin with, so that hardly any code need be looked up.
    fn sort(&self, rows: &mut [UnitId]) {
        let code = |row: UnitId| self.code(row as usize).as_bytes();
        let Some((first, others)) = rows.split_first() else {
            return;
        };
        let first = code(*first);
        let shared = others.iter().fold(first.len(), |shared, row| {
            let pairs = first.iter().zip(code(*row)).take(shared);
            pairs.take_while(|(a, b)| a == b).count()
        });
        let start_of = |row: UnitId| {
            let mut start = [0; 16];
            let rest = code(row).get(shared..).unwrap_or_default();
            for (into, from) in start.iter_mut().zip(rest) {
                *into = *from;
            }
            u128::from_be_bytes(start)
        };
        let mut keyed: Vec<(u128, UnitId)> =
            rows.iter().map(|row| (start_of(*row), *row)).collect();
        // Rows are mostly sorted already, which this sort makes use of.
        keyed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| code(a.1).cmp(code(b.1))));
        for (row, (_, sorted)) in rows.iter_mut().zip(keyed) {
            *row = sorted;
        }
    }
}
