//! From units to communities: one phase's table (docs/semantics.md §2.12).

use std::collections::HashSet;
use std::sync::Arc;

use super::each::UnitRow;
use super::groups::{GroupExtremes, GroupSums, NO_GROUP, Numbers};
use super::marks::{Marks, Touched, range_of};
use super::records::{Mark, Records, Target};
use super::sum::{Plain, Sum, decimals_of};
use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::grid::{Grid, Registry};
use crate::lang::Text;
use crate::observations::{Column, Observations, Table};
use crate::plan::node::{Outcomes, Reading, Test};
use crate::plan::{ItemPlan, MeasureId, MeasurePlan, RollUpPlan};
use crate::rational::Rational;
use crate::standard::Standard;
use crate::standard::document::{FilledBy, Level, MeasureKind};

/// A unit that lacks a value of a measure or an item that others of its community have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The community's code.
    pub community: String,
    /// The unit's code.
    pub unit: String,
    /// The measure's name, or the item's code for an item marked for each unit.
    pub what: String,
    /// Whether the unit counted all the same: in a share, as one that does not meet the
    /// condition; in an item marked for each unit, where it earned points although a value or a
    /// condition of it is blank. False for a unit that was left out of its community's value.
    pub counted: bool,
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
    /// Where anything was marked, whatever it came to.
    pub(super) touched: Touched,
    /// Measures that the grid filled, which nobody marked.
    pub(crate) filled: Vec<MeasureId>,
}

pub(crate) fn tabulate(
    standard: &Standard,
    registry: &Registry,
    grid: Option<&Grid>,
    records: &Records,
    threads: usize,
) -> Result<PhaseTable, Faults> {
    let plan = standard.plan();
    let rows = grid.map(|grid| rows_of_units(grid, registry));
    let rows = rows.unwrap_or_default();
    let mut faults = Faults::new();
    let marks = Marks::combined(standard, registry, grid, &rows, records, &mut faults);
    let mut work = RollUp {
        measures: &plan.measures,
        registry,
        grid,
        records,
        marks: &marks,
        rows: &rows,
        faults,
        left_out: Vec::new(),
        incomplete: HashSet::new(),
        threads,
    };
    work.check_given();
    let mut table = Table {
        codes: registry.codes.iter().collect(),
        attributes: registry.attributes.clone(),
        ..Table::default()
    };
    table.incomplete = vec![false; registry.len()];
    for measure in 0..work.measures.len() {
        let column = work.column(measure);
        table.columns.push(column);
    }
    let filled = work.fill_coverage(standard, &mut table);
    for (position, item) in plan.items.iter().enumerate() {
        if let Some(each) = &item.each {
            let points = work.each(plan, position, item, each);
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
    let mut looked_at = plan.looked_at_alone();
    looked_at.extend(plan.all_items().flat_map(|item| &item.own));
    for (row, what) in &incomplete {
        let counts = *what >= plan.measures.len() || looked_at.contains(what);
        table.incomplete[*row as usize] |= counts;
    }
    faults.into_result(PhaseTable {
        observations: Observations(Arc::new(table)),
        incomplete,
        left_out,
        present: records.present.clone(),
        touched: marks.touched,
        filled,
    })
}

/// The row of the registry of every unit of the grid.
fn rows_of_units(grid: &Grid, registry: &Registry) -> Vec<Option<u32>> {
    let of_community = grid.rows_of_communities(registry);
    let start = grid.range(Level::Community).start;
    let row = |community: &u32| *of_community.get((*community as usize).checked_sub(start)?)?;
    grid.communities.iter().map(row).collect()
}

pub(super) struct RollUp<'a> {
    pub(super) measures: &'a [MeasurePlan],
    pub(super) registry: &'a Registry,
    pub(super) grid: Option<&'a Grid>,
    records: &'a Records,
    pub(super) marks: &'a Marks,
    /// Each unit's row of the registry.
    pub(super) rows: &'a [Option<u32>],
    faults: Faults,
    left_out: Vec<LeftOut>,
    incomplete: HashSet<(u32, usize)>,
    threads: usize,
}

impl RollUp<'_> {
    /// A measure of units stands in its community's row, already rolled up, or in its units'
    /// rows; not in both.
    fn check_given(&mut self) {
        for (measure, plan) in self.measures.iter().enumerate() {
            if plan.within.is_some() || plan.level <= Level::Community {
                continue;
            }
            for row in 0..self.registry.len() {
                let touched = &self.marks.touched;
                if touched.own(measure, row) && touched.unit(measure, row) {
                    self.both_given(measure, row);
                }
            }
        }
    }

    /// A community's column: given, rolled up, or a mixture with no community in both.
    fn column(&mut self, measure: MeasureId) -> Column {
        let plan = &self.measures[measure];
        let base = plan.within.as_ref().map_or(measure, |(base, _)| *base);
        let (marks, given) = (self.marks, &self.marks.given[base]);
        let (Some(rollup), true) = (&plan.rollup, marks.touched.any_unit(base)) else {
            return match plan.within {
                Some((base, _)) => Column::Same(base),
                None => given.clone(),
            };
        };
        let alone = [base];
        let together = plan.within.as_ref().map_or(&alone[..], |(_, all)| all);
        // A unit without a weight has no value, for itself and for the others of a division.
        let needed: Vec<MeasureId> = together
            .iter()
            .flat_map(|measure| [Some(*measure), self.weight_of(*measure)])
            .flatten()
            .collect();
        let weighing = self.weight_of(base);
        let mut sums: Vec<Sum> = (0..self.registry.len())
            .map(|row| Sum::new(marks.touched.unit(base, row)))
            .collect();
        let mut without: Vec<(u32, usize, usize)> = Vec::new();
        let of_units = |measure: MeasureId| match &marks.units[measure] {
            Column::Plain(cells) => Some(cells.as_slice()),
            _ => None,
        };
        // What stands in plain columns is summed at once, all else unit by unit.
        let plain = of_units(base).filter(|_| weighing.is_none_or(|w| of_units(w).is_some()));
        let range = range_of(self.grid, plan.level);
        let mut keys = vec![NO_GROUP; range.len()];
        for (position, unit) in range.enumerate() {
            let Some(row) = self.rows.get(unit).copied().flatten() else {
                continue;
            };
            let sum = &mut sums[row as usize];
            sum.units += 1;
            if let RollUpPlan::Share(test) = rollup {
                match self.outcomes(test, position) {
                    Outcomes::NOT_APPLICABLE => sum.not_applicable += 1,
                    outcomes => {
                        sum.count += 1;
                        sum.holding += u64::from(outcomes.holds());
                        if ![Outcomes::TRUE, Outcomes::FALSE].contains(&outcomes) {
                            without.push((row, position, unit));
                        }
                    }
                }
                continue;
            }
            match self.usable(&needed, position) {
                Reading::Value(()) if plain.is_some() => {
                    keys[position] = row;
                    sum.count += 1;
                }
                Reading::Value(()) => {
                    let value = marks.units[base].number(position, plan.unit_kind);
                    let Reading::Value(value) = value else {
                        continue;
                    };
                    let weight = weighing.map_or(Reading::Missing, |weight| {
                        marks.units[weight].number(position, self.measures[weight].unit_kind)
                    });
                    sum.add(&value, weight);
                }
                Reading::Missing => without.push((row, position, unit)),
                Reading::NotApplicable => sum.not_applicable += 1,
            }
        }
        let share = matches!(rollup, RollUpPlan::Share(_));
        for (row, position, unit) in without {
            for lacking in together {
                // A community that nobody has marked is missing as a whole.
                let recorded = marks.touched.unit(*lacking, row as usize);
                if recorded && (share || self.lacks(*lacking, position)) {
                    // In a share it counts as one that does not meet the condition.
                    self.leave_out(row, unit, measure, &self.measures[*lacking].name, share);
                }
            }
        }
        let of_weight = weighing.map(|weight| decimals_of(self.measures[weight].unit_kind));
        let decimals = (decimals_of(plan.unit_kind), of_weight);
        let weights = weighing.and_then(of_units).map(Numbers::Millionths);
        let values = plain.filter(|_| !share).map(Numbers::Millionths);
        let plain = values.and_then(|values| self.plainly(&keys, values, weights, rollup));
        let cells = sums.into_iter().enumerate().map(|(row, mut sum)| {
            if marks.touched.own(base, row) {
                return given.number(row, plan.kind);
            }
            if let Some(plain) = &plain
                && sum.count > 0
            {
                sum.add_plain(plain, row, decimals);
            }
            sum.result(rollup)
        });
        Column::Exact(cells.collect())
    }

    /// What plain columns come to, by community.
    fn plainly(
        &mut self,
        keys: &[u32],
        values: Numbers<'_>,
        weights: Option<Numbers<'_>>,
        rollup: &RollUpPlan,
    ) -> Option<Plain> {
        let (groups, threads) = (self.registry.len(), self.threads);
        let done = match rollup {
            RollUpPlan::Min | RollUpPlan::Max => {
                GroupExtremes::of(keys, groups, values, threads).map(Plain::Extremes)
            }
            _ => GroupSums::of(keys, groups, values, weights, threads).map(Plain::Sums),
        };
        // Whatever was read into a table is a decimal.
        done.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// The measure that weighs a measure's units.
    fn weight_of(&self, measure: MeasureId) -> Option<MeasureId> {
        match self.measures[measure].rollup {
            Some(RollUpPlan::WeightedMean(weight)) => Some(weight),
            _ => None,
        }
    }

    /// Whether a unit has no value of a measure, or none of its weight.
    fn lacks(&self, measure: MeasureId, position: usize) -> bool {
        let blank = |id: MeasureId| self.marks.units[id].code(position) == Reading::Missing;
        blank(measure) || self.weight_of(measure).is_some_and(blank)
    }

    fn outcomes(&self, test: &Test, position: usize) -> Outcomes {
        test.outcomes(&UnitRow {
            columns: &self.marks.units,
            measures: self.measures,
            position,
        })
    }

    /// Whether a unit has all of some measures.
    fn usable(&self, needed: &[MeasureId], position: usize) -> Reading<()> {
        let mut usable = Reading::Value(());
        for measure in needed {
            match self.marks.units[*measure].code(position) {
                Reading::NotApplicable => return Reading::NotApplicable,
                Reading::Missing => usable = Reading::Missing,
                Reading::Value(_) => {}
            }
        }
        usable
    }

    /// Lists what a unit lacks; `what` is the measure, or the item behind all measures.
    pub(super) fn leave_out(
        &mut self,
        row: u32,
        unit: usize,
        what: usize,
        name: &str,
        counted: bool,
    ) {
        let Some(grid) = self.grid else { return };
        self.incomplete.insert((row, what));
        self.left_out.push(LeftOut {
            community: self.registry.codes[row as usize].clone(),
            unit: grid.codes[unit].clone(),
            what: name.to_owned(),
            counted,
        });
    }

    /// A community's value that stands in its row and comes from below as well.
    pub(super) fn both_given(&mut self, measure: MeasureId, row: usize) {
        let mark = self.records.first(measure, Target::Community(row as u32));
        let fault = Fault::new(FaultCode::BothGiven)
            .at(self.place(mark, measure))
            .about(&self.registry.codes[row])
            .expected(Text::new(
                "社区一行的汇总值与各单元或网格的值只留其一",
                "either the community's own value or those of its units or its grid",
            ));
        if !self.faults.listed.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// What is wrong with an item of one unit, at one of its marks.
    pub(super) fn unit_fault(&mut self, fault: Fault, unit: usize, item: &ItemPlan) {
        let target = Target::Unit(unit as u32);
        let held = item.own.iter().find_map(|measure| {
            let mark = self.records.first(*measure, target)?;
            Some(self.place(Some(mark), *measure))
        });
        let code = self.grid.and_then(|grid| grid.codes.get(unit));
        let code = code.map_or("", String::as_str);
        let fault = fault.at(held.unwrap_or_default());
        self.faults
            .push(fault.about(format!("{code} {}", item.code)));
    }

    fn place(&self, mark: Option<&Mark>, measure: MeasureId) -> Place {
        let place = mark.map(|mark| self.records.place(mark, &self.measures[measure]));
        place.unwrap_or_default()
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
                if share.is_some() && self.marks.touched.any(measure, row) {
                    self.both_given(measure, row);
                }
                cells.push(match share {
                    Some(share) => Reading::Value(&share * &Rational::from(whole)),
                    None => given,
                });
            }
            table.columns[measure] = Column::Exact(cells);
            filled.push(measure);
        }
        filled
    }
}
