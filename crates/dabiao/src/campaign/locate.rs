//! Where a fault of scoring comes from: the phase, and the file and row of the marks.

use super::records::Target;
use super::run::Phase;
use crate::fault::{Fault, Faults, Place};
use crate::grid::Registry;
use crate::plan::{ItemPlan, Plan};

/// Scoring knows a community and an item; this knows which phase marked them, and where.
pub(super) struct Locator<'a> {
    pub(super) plan: &'a Plan,
    pub(super) registry: &'a Registry,
    pub(super) phases: &'a [Phase],
}

impl Locator<'_> {
    /// Names the phase in every fault and, where it is known, the place of the marks.
    /// `phase_of` gives the phase that an item of a row is marked in.
    pub(super) fn named(
        &self,
        mut faults: Faults,
        phase_of: &dyn Fn(usize, usize) -> usize,
    ) -> Faults {
        for fault in &mut faults.listed {
            self.name(fault, phase_of);
        }
        faults
    }

    fn name(&self, fault: &mut Fault, phase_of: &dyn Fn(usize, usize) -> usize) {
        let Some(subject) = fault.subject.clone() else {
            return;
        };
        let Some((row, item)) = self.subject(&subject) else {
            return;
        };
        let Some((position, item)) = item else { return };
        let Some(phase) = self.phases.get(phase_of(position, row)) else {
            return;
        };
        fault.subject = Some(format!("{}: {subject}", phase.id));
        if fault.place == Place::default()
            && let Some(place) = self.place(phase, row, item)
        {
            fault.place = place;
        }
    }

    /// The row and the item or check of `c1 3.2`, as scoring writes it.
    #[allow(clippy::type_complexity)]
    fn subject(&self, subject: &str) -> Option<(usize, Option<(usize, &ItemPlan)>)> {
        if let Some((code, part)) = subject.rsplit_once(' ')
            && let Some(row) = self.registry.row_of(code)
        {
            return Some((row, self.item(part)));
        }
        let row = self.registry.row_of(subject)?;
        Some((row, None))
    }

    fn item(&self, part: &str) -> Option<(usize, &ItemPlan)> {
        let markings = &self.plan.markings;
        let mut items = self.plan.all_items().enumerate();
        items.find(|(_, item)| {
            item.code == part
                || markings[item.marking]
                    .checks()
                    .any(|id| markings[id].code == part)
        })
    }

    /// A mark of the item's own measures, or the row in which one should stand, or the file.
    fn place(&self, phase: &Phase, row: usize, item: &ItemPlan) -> Option<Place> {
        let records = &phase.records;
        let target = Target::Community(u32::try_from(row).ok()?);
        let measures = &self.plan.measures;
        let own: Vec<usize> = item.own.iter().map(|id| self.plan.base(*id)).collect();
        if let Some(place) = own.iter().find_map(|id| {
            let mark = records.first(*id, target)?;
            Some(records.place(mark, &measures[*id]))
        }) {
            return Some(place);
        }
        let field = own.first().map(|id| measures[*id].name.clone());
        let mut any = (0..records.marks.len()).filter_map(|id| {
            let mark = records.first(id, target)?;
            Some(records.place(mark, &measures[id]))
        });
        if let Some(place) = any.next() {
            return Some(Place { field, ..place });
        }
        // Rolled up from units: the file of any of their marks.
        let mark = own.iter().find_map(|id| records.marks.get(*id)?.first())?;
        let file = records.place(mark, measures.get(*own.first()?)?).file;
        Some(Place {
            file,
            field,
            ..Place::default()
        })
    }
}
