//! One phase's marks: combined over assessors, in columns of communities and of units
//! (docs/semantics.md §2.12).

use std::ops::Range;

use super::assessors::{combine, majority};
use super::records::{Mark, Records, Target};
use crate::fault::{Fault, FaultCode, Faults};
use crate::grid::{Grid, Registry};
use crate::lang::Text;
use crate::observations::{Column, MISSING, NOT_APPLICABLE};
use crate::plan::node::Reading;
use crate::plan::{MeasureId, MeasurePlan};
use crate::rational::Rational;
use crate::standard::Standard;
use crate::standard::document::{Assessors, Level, MeasureKind};

/// The marks of one phase, a column each declared measure.
pub(super) struct Marks {
    /// What stands in communities' own rows.
    pub(super) given: Vec<Column>,
    /// What stands in units' rows, by position in the measure's level.
    pub(super) units: Vec<Column>,
    pub(super) touched: Touched,
}

/// Where anything stands in a cell, be it 不涉及: by measure, in a community's own row or in a
/// unit's of it. What such cells come to is another question: it may be nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched(Vec<Vec<u8>>);

const OWN: u8 = 1;
const UNIT: u8 = 2;

impl Touched {
    fn has(&self, measure: MeasureId, row: usize, wanted: u8) -> bool {
        let rows = self.0.get(measure);
        rows.and_then(|rows| rows.get(row))
            .is_some_and(|held| held & wanted != 0)
    }

    /// In the community's own row.
    pub(super) fn own(&self, measure: MeasureId, row: usize) -> bool {
        self.has(measure, row, OWN)
    }

    /// In the row of a unit of the community.
    pub(super) fn unit(&self, measure: MeasureId, row: usize) -> bool {
        self.has(measure, row, UNIT)
    }

    /// In either.
    pub(super) fn any(&self, measure: MeasureId, row: usize) -> bool {
        self.has(measure, row, OWN | UNIT)
    }

    /// In the row of any unit at all.
    pub(super) fn any_unit(&self, measure: MeasureId) -> bool {
        let rows = self.0.get(measure);
        rows.is_some_and(|rows| rows.iter().any(|held| held & UNIT != 0))
    }

    fn note(
        &mut self,
        marks: &[Mark],
        rows: usize,
        row_of: impl Fn(Target) -> Option<(usize, u8)>,
    ) {
        let mut held = vec![0u8; if marks.is_empty() { 0 } else { rows }];
        for mark in marks {
            if let Some((row, bit)) = row_of(mark.target)
                && let Some(held) = held.get_mut(row)
            {
                *held |= bit;
            }
        }
        self.0.push(held);
    }
}

impl Marks {
    /// `rows` gives each unit's row of the registry.
    pub(super) fn combined(
        standard: &Standard,
        registry: &Registry,
        grid: Option<&Grid>,
        rows: &[Option<u32>],
        records: &Records,
        faults: &mut Faults,
    ) -> Marks {
        let mut all = Marks {
            given: Vec::new(),
            units: Vec::new(),
            touched: Touched::default(),
        };
        let row_of = |target: Target| match target {
            Target::Community(row) => Some((row as usize, OWN)),
            Target::Unit(unit) => {
                let row = rows.get(unit as usize).copied().flatten()?;
                Some((row as usize, UNIT))
            }
        };
        let plan = standard.plan();
        let labels = &plan.label_conditions;
        for (measure, (plan, marks)) in plan.measures.iter().zip(&records.marks).enumerate() {
            let split = marks.partition_point(|mark| matches!(mark.target, Target::Community(_)));
            let range = range_of(grid, plan.level);
            let mut column = |kind, marks, rows| {
                let in_level = |target: Target| match target {
                    Target::Community(row) => row as usize,
                    Target::Unit(unit) => (unit as usize).wrapping_sub(range.start),
                };
                let strict = labels.contains(&measure);
                Combining {
                    plan,
                    kind,
                    records,
                    registry,
                    grid,
                    strict,
                }
                .column(marks, rows, in_level, faults)
            };
            let (own, of_units) = marks.split_at(split);
            all.given.push(column(plan.kind, own, registry.len()));
            all.units
                .push(column(plan.unit_kind, of_units, range.len()));
            all.touched.note(marks, registry.len(), row_of);
        }
        all
    }
}

/// The units of a level; none without a grid.
pub(super) fn range_of(grid: Option<&Grid>, level: Level) -> Range<usize> {
    grid.map_or(0..0, |grid| grid.range(level))
}

/// Several assessors' marks of one measure become one a unit.
struct Combining<'a> {
    plan: &'a MeasurePlan,
    /// A community's kind of value or a unit's.
    kind: MeasureKind,
    records: &'a Records,
    registry: &'a Registry,
    grid: Option<&'a Grid>,
    /// Whether assessors must agree on a label.
    strict: bool,
}

impl Combining<'_> {
    /// Trimming that leaves none of so many marks of a unit.
    fn trimmed(&self, mark: &Mark, count: usize) -> Fault {
        let codes = |row: u32, codes: &[String]| codes.get(row as usize).cloned();
        let code = match mark.target {
            Target::Community(row) => codes(row, self.registry.codes()),
            Target::Unit(unit) => self.grid.and_then(|grid| codes(unit, &grid.codes)),
        };
        let least = match self.plan.assessors {
            Some(Assessors::Trimmed(k)) => 2 * u64::from(k) + 1,
            _ => 1,
        };
        Fault::new(FaultCode::AssessorTrim)
            .at(self.records.place(mark, self.plan))
            .about(code.unwrap_or_default())
            .found(count)
            .expected(Text::new(
                format!("至少 {least} 位评委的评分"),
                format!("marks of at least {least} assessors"),
            ))
    }

    fn column(
        &self,
        marks: &[Mark],
        rows: usize,
        position: impl Fn(Target) -> usize,
        faults: &mut Faults,
    ) -> Column {
        let (plan, kind, strict) = (self.plan, self.kind, self.strict);
        let single = marks
            .windows(2)
            .all(|pair| pair[0].target != pair[1].target);
        // Even a lone mark may be trimmed away.
        let trims = matches!(plan.assessors, Some(Assessors::Trimmed(k)) if k > 0);
        if single && !trims {
            let mut cells = vec![MISSING; rows];
            for mark in marks {
                if let Some(cell) = cells.get_mut(position(mark.target)) {
                    *cell = mark.value;
                }
            }
            return Column::Plain(cells);
        }
        let mut exact = vec![Reading::Missing; rows];
        let mut mixed = vec![Reading::Missing; rows];
        for marks in marks.chunk_by(|a, b| a.target == b.target) {
            let at = position(marks[0].target);
            let mut values: Vec<i64> = marks
                .iter()
                .map(|m| m.value)
                .filter(|value| *value != NOT_APPLICABLE)
                .collect();
            if at >= rows {
                continue;
            }
            // In the order of the measure's labels, whoever gave them.
            values.sort_unstable();
            if values.is_empty() {
                exact[at] = Reading::NotApplicable;
                mixed[at] = Reading::NotApplicable;
                continue;
            }
            let fault = |code: FaultCode| Fault::new(code).at(self.records.place(&marks[0], plan));
            match kind {
                MeasureKind::Label => {
                    if strict && values.iter().any(|value| *value != values[0]) {
                        let names = values
                            .iter()
                            .filter_map(|v| plan.labels.get(usize::try_from(*v).ok()?).cloned());
                        let found = names.collect::<Vec<_>>().join("/");
                        faults.push(fault(FaultCode::LabelDisagreement).found(found).expected(
                            Text::new(
                                "一致的等级\u{ff1a}有条件取决于它",
                                "one label, since a condition depends on it",
                            ),
                        ));
                    }
                    mixed[at] = Reading::Value(values);
                }
                MeasureKind::YesNo => {
                    exact[at] = Reading::Value(Rational::from(i64::from(majority(&values))))
                }
                kind => {
                    let column = Column::Plain(values);
                    let count = if let Column::Plain(values) = &column {
                        values.len()
                    } else {
                        0
                    };
                    let numbers = (0..count).filter_map(|i| match column.number(i, kind) {
                        Reading::Value(value) => Some(value),
                        _ => None,
                    });
                    match combine(numbers.collect(), plan.assessors.unwrap_or(Assessors::Mean)) {
                        Some(value) => exact[at] = Reading::Value(value),
                        None => faults.push(self.trimmed(&marks[0], count)),
                    }
                }
            }
        }
        if kind == MeasureKind::Label {
            Column::Mixed(mixed)
        } else {
            Column::Exact(exact)
        }
    }
}
