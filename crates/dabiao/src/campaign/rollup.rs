//! From units to communities: one phase's table (docs/semantics.md §2.12).

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::assessors::{combine, majority};
use super::records::{Mark, Records, Target};
use super::sum::{Sum, decimals_of};
use crate::cohort::Cohort;
use crate::fault::{Fault, FaultCode, Faults};
use crate::grid::{Grid, Registry};
use crate::lang::Text;
use crate::observations::{Column, MISSING, NOT_APPLICABLE, Observations, Table, UnitPoints};
use crate::plan::marking::{Cohorts, Marker};
use crate::plan::node::{Outcomes, Reading, Test};
use crate::plan::{EachPlan, ItemPlan, MeasureId, MeasurePlan, RollUpPlan, SlotId};
use crate::rational::Rational;
use crate::standard::Standard;
use crate::standard::document::{Assessors, FilledBy, Level, MeasureKind};

/// A unit without a value, left out of its community's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The community's code.
    pub community: String,
    /// The unit's code.
    pub unit: String,
    /// The measure's name, or the item's code for an item marked for each unit.
    pub what: String,
}

/// The table of one phase: every community of the registry, whatever it was marked for.
#[derive(Clone, Debug)]
pub(crate) struct PhaseTable {
    pub(crate) observations: Observations,
    /// Communities and measures whose value left out units; an item by its position behind all
    /// measures.
    pub(crate) incomplete: HashSet<(u32, usize)>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) present: Vec<bool>,
    /// Measures that the grid filled, which nobody marked.
    pub(crate) filled: Vec<MeasureId>,
}

pub(crate) fn tabulate(
    standard: &Standard,
    registry: &Registry,
    grid: Option<&Grid>,
    records: &Records,
) -> Result<PhaseTable, Faults> {
    let mut work = RollUp {
        measures: &standard.plan().measures,
        declared: standard.document().measures.len(),
        registry,
        grid,
        records,
        rows: grid
            .map(|grid| rows_of_units(grid, registry))
            .unwrap_or_default(),
        faults: Faults::new(),
        left_out: Vec::new(),
        incomplete: HashSet::new(),
    };
    let (direct, units) = work.combined(standard);
    let mut table = Table {
        codes: registry.codes.clone(),
        attributes: registry.attributes.clone(),
        ..Table::default()
    };
    table.incomplete = vec![false; registry.len()];
    for measure in 0..work.measures.len() {
        let base = work.measures[measure]
            .within
            .as_ref()
            .map_or(measure, |(base, _)| *base);
        let column = work.column(measure, &direct[base], &units);
        table.columns.push(column);
    }
    let filled = work.fill_coverage(standard, &mut table);
    for (position, item) in standard.plan().items.iter().enumerate() {
        if let Some(each) = &item.each {
            let points = work.each(standard, position, item, each, &units);
            table.unit_points.insert(item.code.clone(), points);
        }
    }
    let RollUp {
        faults,
        mut left_out,
        incomplete,
        ..
    } = work;
    left_out.sort();
    left_out.dedup();
    let plan = standard.plan();
    let mut looked_at = plan.looked_at_alone();
    looked_at.extend(plan.items.iter().flat_map(|item| &item.own));
    for (row, what) in &incomplete {
        let counts = *what >= plan.measures.len() || looked_at.contains(what);
        table.incomplete[*row as usize] |= counts;
    }
    faults.into_result(PhaseTable {
        observations: Observations(Arc::new(table)),
        incomplete,
        left_out,
        present: records.present.clone(),
        filled,
    })
}

/// The row of the registry of every unit of the grid.
fn rows_of_units(grid: &Grid, registry: &Registry) -> Vec<Option<u32>> {
    let of_community: Vec<Option<u32>> = grid
        .codes(Level::Community)
        .iter()
        .map(|code| registry.row_of(code).map(|row| row as u32))
        .collect();
    let start = grid.range(Level::Community).start;
    let row = |community: &u32| *of_community.get((*community as usize).checked_sub(start)?)?;
    grid.communities.iter().map(row).collect()
}

struct RollUp<'a> {
    measures: &'a [MeasurePlan],
    declared: usize,
    registry: &'a Registry,
    grid: Option<&'a Grid>,
    records: &'a Records,
    rows: Vec<Option<u32>>,
    faults: Faults,
    left_out: Vec<LeftOut>,
    incomplete: HashSet<(u32, usize)>,
}

/// One measure's values of all units of its level, and whether there is any.
struct UnitColumns {
    columns: Vec<Column>,
    any: Vec<bool>,
}

impl RollUp<'_> {
    fn range(&self, level: Level) -> Range<usize> {
        self.grid.map_or(0..0, |grid| grid.range(level))
    }

    /// Marks combined over assessors: of communities, and of units by position in their level.
    fn combined(&mut self, standard: &Standard) -> (Vec<Column>, UnitColumns) {
        let mut direct = Vec::new();
        let mut units = UnitColumns {
            columns: Vec::new(),
            any: Vec::new(),
        };
        for measure in 0..self.declared {
            let plan = &self.measures[measure];
            let marks = &self.records.marks[measure];
            let split = marks.partition_point(|mark| matches!(mark.target, Target::Community(_)));
            let range = self.range(plan.level);
            let in_level = |target: Target| match target {
                Target::Community(row) => row as usize,
                Target::Unit(unit) => (unit as usize).wrapping_sub(range.start),
            };
            let strict = standard.plan().label_conditions.contains(&measure);
            let of_community = column_of(
                plan,
                plan.kind,
                &marks[..split],
                self.registry.len(),
                in_level,
                self.records,
                strict,
                &mut self.faults,
            );
            let of_unit = column_of(
                plan,
                plan.unit_kind,
                &marks[split..],
                range.len(),
                in_level,
                self.records,
                strict,
                &mut self.faults,
            );
            direct.push(of_community);
            units.columns.push(of_unit);
            units.any.push(split < marks.len());
        }
        (direct, units)
    }

    /// A community's column: given, rolled up, or a mixture with no community in both.
    fn column(&mut self, measure: MeasureId, direct: &Column, units: &UnitColumns) -> Column {
        let plan = &self.measures[measure];
        let base = plan.within.as_ref().map_or(measure, |(base, _)| *base);
        let (Some(rollup), true) = (&plan.rollup, units.any[base]) else {
            return match plan.within {
                Some((base, _)) => Column::Same(base),
                None => direct.clone(),
            };
        };
        let mut together = plan
            .within
            .as_ref()
            .map_or_else(|| vec![base], |(_, together)| together.clone());
        let weighing = match rollup {
            RollUpPlan::WeightedMean(weight) => Some(*weight),
            _ => None,
        };
        // A unit without a weight has no value, for itself and for the others of a division.
        for at in 0..together.len() {
            if let Some(RollUpPlan::WeightedMean(weight)) = &self.measures[together[at]].rollup
                && !together.contains(weight)
            {
                together.push(*weight);
            }
        }
        let mut sums = vec![Sum::default(); self.registry.len()];
        let mut without: Vec<(u32, usize)> = Vec::new();
        let range = self.range(plan.level);
        for position in 0..range.len() {
            let Some(row) = self.rows[range.start + position] else {
                continue;
            };
            let sum = &mut sums[row as usize];
            sum.units += 1;
            let recorded = units.columns[base].code(position) != Reading::Missing;
            sum.recorded |= recorded;
            if let RollUpPlan::Share(test) = rollup {
                match self.outcomes(test, &units.columns, position) {
                    Outcomes::NOT_APPLICABLE => sum.not_applicable += 1,
                    outcomes => {
                        sum.count += 1;
                        sum.holding += u64::from(outcomes.holds());
                        if ![Outcomes::TRUE, Outcomes::FALSE].contains(&outcomes) {
                            without.push((row, position));
                        }
                    }
                }
                continue;
            }
            match self.usable(&together, units, position) {
                Reading::Value(()) if sum_plain(sum, base, weighing, units, position) => {}
                Reading::Value(()) => {
                    let value = units.columns[base].number(position, plan.unit_kind);
                    let Reading::Value(value) = value else {
                        continue;
                    };
                    let weight = weighing.map_or(Reading::Missing, |weight| {
                        units.columns[weight].number(position, self.measures[weight].unit_kind)
                    });
                    sum.add(&value, weight);
                }
                Reading::Missing => without.push((row, position)),
                Reading::NotApplicable => sum.not_applicable += 1,
            }
        }
        for (row, position) in without {
            // A community that nobody has marked is missing as a whole.
            if sums[row as usize].recorded {
                self.leave_out(row, range.start + position, measure, plan.name.clone());
            }
        }
        let of_weight = weighing.map_or(0, |weight| decimals_of(self.measures[weight].unit_kind));
        let decimals = (decimals_of(plan.unit_kind), of_weight);
        let mut cells: Vec<Reading<Rational>> = sums
            .into_iter()
            .map(|sum| sum.settled(decimals).result(rollup))
            .collect();
        for (row, cell) in cells.iter_mut().enumerate() {
            let given = direct.number(row, plan.kind);
            if given == Reading::Missing {
                continue;
            }
            if *cell != Reading::Missing {
                self.both_given(base, row);
            }
            *cell = given;
        }
        Column::Exact(cells)
    }

    fn outcomes(&self, test: &Test, columns: &[Column], position: usize) -> Outcomes {
        test.outcomes(&UnitRow {
            columns,
            measures: self.measures,
            position,
        })
    }

    /// Whether a unit has all of some measures.
    fn usable(&self, together: &[MeasureId], units: &UnitColumns, position: usize) -> Reading<()> {
        let mut usable = Reading::Value(());
        for measure in together {
            match units.columns[*measure].code(position) {
                Reading::NotApplicable => return Reading::NotApplicable,
                Reading::Missing => usable = Reading::Missing,
                Reading::Value(_) => {}
            }
        }
        usable
    }

    fn leave_out(&mut self, row: u32, unit: usize, what: usize, name: String) {
        let Some(grid) = self.grid else { return };
        self.incomplete.insert((row, what));
        self.left_out.push(LeftOut {
            community: self.registry.codes[row as usize].clone(),
            unit: grid.codes[unit].clone(),
            what: name,
        });
    }

    fn both_given(&mut self, measure: MeasureId, row: usize) {
        let code = &self.registry.codes[row];
        let mark = self.records.marks[measure]
            .iter()
            .find(|mark| mark.target == Target::Community(row as u32));
        let place = mark
            .map(|mark| self.records.place(mark, &self.measures[measure]))
            .unwrap_or_default();
        let fault = Fault::new(FaultCode::BothGiven).at(place).about(code);
        if !self.faults.listed.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Measures that the grid fills where it is given.
    fn fill_coverage(&mut self, standard: &Standard, table: &mut Table) -> Vec<MeasureId> {
        let mut filled = Vec::new();
        let Some(grid) = self.grid else { return filled };
        let coverage = grid.coverage();
        for (measure, declared) in standard.document().measures.iter().enumerate() {
            if declared.filled_by != Some(FilledBy::OrganisationCoverage) {
                continue;
            }
            let whole = self.measures[measure]
                .sign
                .map_or(1, |sign| sign.per_whole());
            let mut cells = Vec::with_capacity(self.registry.len());
            for (row, code) in self.registry.codes.iter().enumerate() {
                let share = coverage.of_community(code);
                let given = table.columns[measure].number(row, MeasureKind::Number);
                cells.push(match (share, given) {
                    (Some(share), Reading::Missing) => {
                        Reading::Value(&share * &Rational::from(whole))
                    }
                    (None, given) => given,
                    (Some(_), given) => {
                        self.both_given(measure, row);
                        given
                    }
                });
            }
            table.columns[measure] = Column::Exact(cells);
            filled.push(measure);
        }
        filled
    }

    /// An item marked for each unit: the units' points, held to the item's, rolled up.
    fn each(
        &mut self,
        standard: &Standard,
        position: usize,
        item: &ItemPlan,
        each: &EachPlan,
        units: &UnitColumns,
    ) -> Vec<UnitPoints> {
        let plan = standard.plan();
        let mut sums = vec![Sum::default(); self.registry.len()];
        let mut without = Vec::new();
        let range = self.range(each.level);
        for unit in 0..range.len() {
            let Some(row) = self.rows[range.start + unit] else {
                continue;
            };
            let sum = &mut sums[row as usize];
            sum.units += 1;
            let blank = item
                .own
                .iter()
                .all(|m| units.columns[*m].code(unit) == Reading::Missing);
            sum.recorded |= !blank;
            let cells = UnitRow {
                columns: &units.columns,
                measures: self.measures,
                position: unit,
            };
            let marker = Marker {
                plan,
                row: &cells,
                own: &cells,
                cohorts: &NoCohorts,
                blank_is_none: false,
                blank_is_no_fault: false,
            };
            if marker.item_leaves(item) {
                sum.not_applicable += 1;
                continue;
            }
            let weight = match &each.rollup {
                RollUpPlan::WeightedMean(weight) => {
                    units.columns[*weight].number(unit, self.measures[*weight].unit_kind)
                }
                _ => Reading::Value(Rational::ONE),
            };
            let weight = match weight {
                Reading::Value(weight) if !blank => weight,
                Reading::NotApplicable => {
                    sum.not_applicable += 1;
                    continue;
                }
                _ => {
                    without.push((row, unit));
                    continue;
                }
            };
            match marker.item(item) {
                Ok(marked) => match marked.points {
                    Some(points) => {
                        if marked.state.is_missing() || marked.state.is_undecided() {
                            self.incomplete
                                .insert((row, self.measures.len() + position));
                        }
                        sum.add(&points, Reading::Value(weight));
                    }
                    None if marked.state.is_excluded() => without.push((row, unit)),
                    None => sum.not_applicable += 1,
                },
                Err(fault) => {
                    let code = self.grid.map(|grid| grid.codes[range.start + unit].clone());
                    self.faults.push(fault.about(format!(
                        "{} {}",
                        code.unwrap_or_default(),
                        item.code
                    )));
                }
            }
        }
        for (row, unit) in without {
            if sums[row as usize].recorded {
                self.leave_out(
                    row,
                    range.start + unit,
                    self.measures.len() + position,
                    item.code.clone(),
                );
            }
        }
        sums.into_iter()
            .map(|sum| match sum.result(&each.rollup) {
                Reading::Value(points) => {
                    let full = plan.markings[item.marking].points.as_ref();
                    UnitPoints::Points(points.clamped(Some(&Rational::ZERO), full))
                }
                Reading::Missing => UnitPoints::Missing,
                Reading::NotApplicable => UnitPoints::NotApplicable,
            })
            .collect()
    }
}

struct NoCohorts;

impl Cohorts for NoCohorts {
    fn cohort(&self, _: SlotId) -> Option<&Cohort> {
        None
    }
}

/// One unit's cells, as its own conditions and items see them.
struct UnitRow<'a> {
    columns: &'a [Column],
    measures: &'a [MeasurePlan],
    position: usize,
}

impl crate::plan::node::Row for UnitRow<'_> {
    fn number(&self, measure: MeasureId) -> Reading<Rational> {
        let kind = self.measures[measure].unit_kind;
        self.columns
            .get(measure)
            .map_or(Reading::Missing, |column| {
                column.number(self.position, kind)
            })
    }

    fn code(&self, measure: MeasureId) -> Reading<i64> {
        self.columns
            .get(measure)
            .map_or(Reading::Missing, |column| column.code(self.position))
    }

    fn labels(&self, measure: MeasureId) -> Option<&[i64]> {
        match self.columns.get(measure)? {
            Column::Mixed(cells) => match cells.get(self.position)? {
                Reading::Value(labels) => Some(labels),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Adds a unit's value where it and its weight stand in plain columns; gives whether it did.
fn sum_plain(
    sum: &mut Sum,
    base: MeasureId,
    weighing: Option<MeasureId>,
    units: &UnitColumns,
    position: usize,
) -> bool {
    let plain = |measure: MeasureId| match &units.columns[measure] {
        column @ Column::Plain(_) => match column.code(position) {
            Reading::Value(value) => Some(value),
            _ => None,
        },
        _ => None,
    };
    match (plain(base), weighing) {
        (Some(value), None) => sum.add_plain(value, None),
        (Some(value), Some(weight)) => {
            plain(weight).is_some_and(|weight| sum.add_plain(value, Some(weight)))
        }
        (None, _) => false,
    }
}

/// A column of marks, combined where several assessors gave one each.
#[allow(clippy::too_many_arguments)]
fn column_of(
    plan: &MeasurePlan,
    kind: MeasureKind,
    marks: &[Mark],
    rows: usize,
    position: impl Fn(Target) -> usize,
    records: &Records,
    strict: bool,
    faults: &mut Faults,
) -> Column {
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
        let fault = |code: FaultCode| Fault::new(code).at(records.place(&marks[0], plan));
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
                    None => faults.push(fault(FaultCode::AssessorTrim).found(count)),
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
