//! Loading a grid: every unit's code, level and parent checked, all faults at once.

use std::collections::HashMap;

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
    file: Option<String>,
    rows: Vec<Row>,
    faults: Faults,
}

#[derive(Debug)]
struct Row {
    code: String,
    level: Level,
    parent: String,
    name: String,
    organisation: Option<bool>,
    households: Option<u64>,
    members: Option<u64>,
    compound: String,
    line: u64,
}

impl GridBuilder {
    pub(super) fn new(scheme: CodeScheme) -> Self {
        GridBuilder {
            scheme,
            file: None,
            rows: Vec::new(),
            faults: Faults::new(),
        }
    }

    /// Names the file that the rows come from, for faults.
    pub fn file(&mut self, name: &str) -> &mut Self {
        self.file = Some(name.to_owned());
        self
    }

    /// Adds a unit. `line` is its row in the file, from 1.
    pub fn unit(&mut self, line: u64, unit: &UnitRow<'_>) -> &mut Self {
        self.rows.push(Row {
            code: unit.code.trim().to_owned(),
            level: unit.level,
            parent: unit.parent.trim().to_owned(),
            name: unit.name.trim().to_owned(),
            organisation: unit.organisation,
            households: unit.households,
            members: unit.members,
            compound: unit.compound.trim().to_owned(),
            line,
        });
        self
    }

    /// Adds a fault that a reader found before the grid saw the row.
    pub fn push_fault(&mut self, fault: Fault) -> &mut Self {
        self.faults.push(fault);
        self
    }

    fn fault(&mut self, code: FaultCode, row: usize, field: &str, found: &str, expected: Text) {
        let place = Place {
            file: self.file.clone(),
            line: Some(self.rows[row].line),
            field: Some(field.to_owned()),
            ..Place::default()
        };
        let subject = self.rows[row].code.clone();
        self.faults.push(
            Fault::new(code)
                .at(place)
                .about(subject)
                .found(found)
                .expected(expected),
        );
    }

    /// The grid, checked.
    ///
    /// # Errors
    /// All faults at once: codes of the wrong form, duplicated units, missing parents, parents
    /// at the wrong level, cycles, compounds that are none.
    pub fn finish(mut self) -> Result<Grid, Faults> {
        self.rows
            .sort_by(|a, b| (a.level, &a.code).cmp(&(b.level, &b.code)));
        self.check_codes();
        self.check_duplicates();
        let links = self.link();
        self.check_cycles(&links.0);
        if !self.faults.is_empty() {
            self.faults.listed.sort_by_key(|a| a.place.line);
            return Err(self.faults);
        }
        Ok(self.assemble(links))
    }

    fn check_codes(&mut self) {
        for row in 0..self.rows.len() {
            let Row {
                code,
                level,
                parent,
                ..
            } = &self.rows[row];
            if code.is_empty() {
                self.fault(
                    FaultCode::EmptyCode,
                    row,
                    "code",
                    "",
                    Text::new("单元编码", "a unit's code"),
                );
            } else if let Some(expected) = self.scheme.expected(*level, code, parent) {
                let code = code.clone();
                self.fault(FaultCode::UnitCode, row, "code", &code, expected);
            }
        }
    }

    fn check_duplicates(&mut self) {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by(|a, b| {
            let key = |row: usize| (&self.rows[row].code, self.rows[row].line);
            key(*a).cmp(&key(*b))
        });
        for pair in order.windows(2) {
            let (first, second) = (&self.rows[pair[0]], &self.rows[pair[1]]);
            if first.code != second.code || first.code.is_empty() {
                continue;
            }
            let line = first.line;
            let expected = if first.level == second.level && first.parent != second.parent {
                let parent = &first.parent;
                Text::new(
                    format!("只属于一个上级(第 {line} 行已列入 {parent})"),
                    format!("one parent (in {parent} already, row {line})"),
                )
            } else {
                Text::new(
                    format!("编码不重复(首见于第 {line} 行)"),
                    format!("a code of its own (first in row {line})"),
                )
            };
            let found = second.parent.clone();
            self.fault(FaultCode::UnitDuplicate, pair[1], "code", &found, expected);
        }
    }

    /// Each unit's parent and, for a building, its compound.
    fn link(&mut self) -> (Vec<UnitId>, Vec<UnitId>) {
        let mut faults = Vec::new();
        let (mut parents, mut compounds) = (
            Vec::with_capacity(self.rows.len()),
            Vec::with_capacity(self.rows.len()),
        );
        {
            let ids: HashMap<&str, UnitId> = self
                .rows
                .iter()
                .zip(0..)
                .map(|(row, id)| (row.code.as_str(), id))
                .collect();
            for (at, row) in self.rows.iter().enumerate() {
                let parent = ids.get(row.parent.as_str()).copied().unwrap_or(NO_UNIT);
                let wanted = row.level.parent();
                let titled = |level: Level| Text::new(level.title(Lang::Zh), level.title(Lang::En));
                match (wanted, self.rows.get(parent as usize)) {
                    (None, _) if row.parent.is_empty() => {}
                    (None, _) => faults.push((
                        FaultCode::UnitParent,
                        at,
                        "parent",
                        row.parent.clone(),
                        Text::new("空白:街道没有上级", "blank: a street has no parent"),
                    )),
                    (Some(level), None) => faults.push((
                        FaultCode::UnitParent,
                        at,
                        "parent",
                        row.parent.clone(),
                        titled(level),
                    )),
                    (Some(level), Some(parent)) if parent.level != level => {
                        let found = format!("{} ({})", row.parent, parent.level.as_str());
                        faults.push((FaultCode::UnitLevel, at, "parent", found, titled(level)));
                    }
                    _ => {}
                }
                parents.push(if wanted.is_some() { parent } else { NO_UNIT });
                let compound = ids.get(row.compound.as_str()).copied().unwrap_or(NO_UNIT);
                if !row.compound.is_empty() {
                    let fits = self
                        .rows
                        .get(compound as usize)
                        .is_some_and(|c| c.level == Level::Compound);
                    if row.level != Level::Building {
                        faults.push((
                            FaultCode::UnitParent,
                            at,
                            "compound",
                            row.compound.clone(),
                            Text::new(
                                "空白:只有楼宇属于小区",
                                "blank: only a building is in a compound",
                            ),
                        ));
                    } else if !fits {
                        faults.push((
                            FaultCode::UnitParent,
                            at,
                            "compound",
                            row.compound.clone(),
                            titled(Level::Compound),
                        ));
                    }
                }
                compounds.push(compound);
            }
            // A building and its compound lie in one community.
            let parent_of = |unit: UnitId| parents.get(unit as usize).copied().unwrap_or(NO_UNIT);
            for (at, row) in self.rows.iter().enumerate() {
                let compound = compounds[at];
                if row.level == Level::Building && compound != NO_UNIT {
                    let (own, other) = (parent_of(parents[at]), parent_of(compound));
                    if own != other && own != NO_UNIT && other != NO_UNIT {
                        let expected = &self.rows[own as usize].code;
                        let expected = Text::new(
                            format!("社区 {expected} 的小区"),
                            format!("a compound of community {expected}"),
                        );
                        faults.push((
                            FaultCode::UnitParent,
                            at,
                            "compound",
                            row.compound.clone(),
                            expected,
                        ));
                    }
                }
            }
        }
        for (code, row, field, found, expected) in faults {
            self.fault(code, row, field, &found, expected);
        }
        (parents, compounds)
    }

    /// Units that are their own ancestors. Each unit is walked over once.
    fn check_cycles(&mut self, parents: &[UnitId]) {
        const FRESH: u32 = 0;
        let mut seen_in = vec![FRESH; parents.len()];
        let mut cycles = Vec::new();
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
            if seen_in[at] == walk && parents[at] != NO_UNIT && self.closes(parents, at) {
                cycles.push(at);
            }
        }
        for at in cycles {
            let found = self.rows[at].parent.clone();
            self.fault(
                FaultCode::UnitCycle,
                at,
                "parent",
                &found,
                Text::new("逐级向上到街道", "a way up to a street"),
            );
        }
    }

    fn closes(&self, parents: &[UnitId], start: usize) -> bool {
        let mut at = parents[start];
        for _ in 0..parents.len() {
            match parents.get(at as usize) {
                None => return false,
                Some(_) if at as usize == start => return true,
                Some(parent) => at = *parent,
            }
        }
        false
    }

    fn assemble(self, (parents, compounds): (Vec<UnitId>, Vec<UnitId>)) -> Grid {
        let communities = self
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| match row.level {
                Level::Street => NO_UNIT,
                Level::Community => at as UnitId,
                Level::Grid | Level::Compound => parents[at],
                Level::Building => parents
                    .get(parents[at] as usize)
                    .copied()
                    .unwrap_or(NO_UNIT),
            });
        let mut grid = Grid {
            communities: communities.collect(),
            parents,
            compounds,
            ..Grid::default()
        };
        for row in self.rows {
            grid.codes.push(row.code);
            grid.names.push(row.name);
            grid.levels.push(row.level);
            grid.organised.push(row.organisation);
            grid.households.push(row.households);
            grid.members.push(row.members);
        }
        grid.by_code = (0..grid.codes.len() as UnitId).collect();
        grid.by_code
            .sort_unstable_by(|a, b| grid.codes[*a as usize].cmp(&grid.codes[*b as usize]));
        grid
    }
}
