//! Items marked for each unit (抽查): the units' points, rolled up (docs/semantics.md §2.15).

use super::marks::range_of;
use super::rollup::RollUp;
use super::sum::Sum;
use crate::cohort::Cohort;
use crate::observations::{Column, UnitPoints};
use crate::plan::marking::{Cohorts, Marker};
use crate::plan::node::Reading;
use crate::plan::{EachPlan, ItemPlan, MeasureId, MeasurePlan, Plan, RollUpPlan, SlotId};
use crate::rational::Rational;

impl RollUp<'_> {
    /// By community: the units' points, each held to the item's, rolled up.
    ///
    /// A community whose own row has the item's values, already rolled up, and none of whose
    /// units has any, is marked on its row.
    pub(super) fn each(
        &mut self,
        plan: &Plan,
        position: usize,
        item: &ItemPlan,
        each: &EachPlan,
    ) -> Vec<UnitPoints> {
        let what = self.measures.len() + position;
        let marks = self.marks;
        let mut sums = vec![Sum::default(); self.registry.len()];
        let mut without = Vec::new();
        for (index, unit) in range_of(self.grid, each.level).enumerate() {
            let Some(row) = self.rows.get(unit).copied().flatten() else {
                continue;
            };
            let sum = &mut sums[row as usize];
            sum.units += 1;
            let cells = UnitRow {
                columns: &marks.units,
                measures: self.measures,
                position: index,
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
            let blank = |measure: &MeasureId| marks.units[*measure].code(index) == Reading::Missing;
            let weight = match &each.rollup {
                RollUpPlan::WeightedMean(weight) => {
                    let kind = self.measures[*weight].unit_kind;
                    marks.units[*weight].number(index, kind)
                }
                _ => Reading::Value(Rational::ONE),
            };
            let weight = match weight {
                Reading::Value(weight) if !item.own.iter().all(blank) => weight,
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
                            self.leave_out(row, unit, what, &item.code, true);
                        }
                        sum.add(&points, Reading::Value(weight));
                    }
                    None if marked.state.is_excluded() => without.push((row, unit)),
                    None => sum.not_applicable += 1,
                },
                Err(fault) => self.unit_fault(fault, unit, item),
            }
        }
        let recorded = |row| item.own.iter().any(|m| marks.touched.unit(*m, row));
        for (row, unit) in without {
            // A community that nobody has marked is missing as a whole.
            if recorded(row as usize) {
                self.leave_out(row, unit, what, &item.code, false);
            }
        }
        let full = plan.markings[item.marking].points.as_ref();
        let points = sums.into_iter().enumerate().map(|(row, sum)| {
            // A share of units is no value that a rule for one of them could mark.
            let fits = |m: &&MeasureId| {
                !matches!(self.measures[**m].rollup, Some(RollUpPlan::Share(_)))
                    && marks.touched.own(**m, row)
            };
            if let Some(own) = item.own.iter().find(fits) {
                if recorded(row) {
                    self.both_given(*own, row);
                }
                return UnitPoints::Given;
            }
            match sum.result(&each.rollup) {
                Reading::Value(points) => {
                    UnitPoints::Points(points.clamped(Some(&Rational::ZERO), full))
                }
                Reading::Missing => UnitPoints::Missing,
                Reading::NotApplicable => UnitPoints::NotApplicable,
            }
        });
        points.collect()
    }
}

struct NoCohorts;

impl Cohorts for NoCohorts {
    fn cohort(&self, _: SlotId) -> Option<&Cohort> {
        None
    }
}

/// One unit's cells, as its own conditions and items see them.
pub(super) struct UnitRow<'a> {
    pub(super) columns: &'a [Column],
    pub(super) measures: &'a [MeasurePlan],
    pub(super) position: usize,
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
