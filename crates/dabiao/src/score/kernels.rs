//! The kernels of a run: how each part of a standard is marked over a block.

use super::run::Prepared;
use crate::observations::Observations;
use crate::plan::kernel::{Direct, Kernel, Predicate};
use crate::plan::{ItemPlan, Part, Plan};

/// Kernels of a run; each is absent where the exact way is the only one.
#[derive(Debug)]
pub(super) struct Kernels {
    pub(super) items: Vec<Option<Kernel>>,
    pub(super) bonus: Vec<Option<Kernel>>,
    pub(super) deductions: Vec<Option<Kernel>>,
    pub(super) vetoes: Vec<Option<Predicate>>,
    /// Whether totals of ordinary rows are sums of whole numbers.
    pub(super) whole_totals: bool,
    /// Full marks, scaled, where the total may not pass them.
    pub(super) full: Option<i64>,
    /// All items, where all of them take the shortest way.
    pub(super) direct: Option<Vec<Direct>>,
}

impl Kernels {
    pub(super) fn compile<'a>(
        plan: &'a Plan,
        observations: &Observations,
        prepared: &'a Prepared,
    ) -> Kernels {
        // A cohort is shared where it is the whole table.
        let shared = |slot: usize| match plan.slots[slot].attribute {
            None => prepared.cohorts[slot].first()?.as_ref(),
            Some(_) => None,
        };
        // Phases that were merged have columns of their own for each item.
        let merged = !observations.0.phases.is_empty();
        let kernel = |item: &ItemPlan| {
            let rolled = observations.0.unit_points.contains_key(&item.code);
            (!merged && !rolled)
                .then(|| crate::plan::kernel::compile(plan, item, &shared))
                .flatten()
        };
        let full = &plan.full;
        let full_fits = full.fits_decimals(plan.decimals);
        let items: Vec<Option<Kernel>> = plan.items.iter().map(kernel).collect();
        let whole_totals = plan.total_decimals == plan.decimals
            && plan.sections.iter().all(|section| !section.weighted)
            && (plan.exceed_full || full_fits);
        // Sections are enough to tell the grade.
        let by_sections = plan.grades.iter().all(|grade| {
            let mut marks = grade.marks.iter();
            marks.all(|(part, _)| matches!(part, Part::Section(_)))
        });
        let direct = items
            .iter()
            .map(|kernel| Direct::new(plan, kernel.as_ref()?));
        let direct = direct
            .collect::<Option<Vec<_>>>()
            .filter(|_| whole_totals && by_sections && items.len() < 1024);
        Kernels {
            direct,
            items,
            bonus: plan.bonus.iter().map(kernel).collect(),
            deductions: plan.deductions.iter().map(kernel).collect(),
            vetoes: plan
                .vetoes
                .iter()
                .map(|veto| Predicate::compile(plan, &veto.test))
                .collect(),
            whole_totals,
            full: (!plan.exceed_full)
                .then(|| full.round(plan.decimals, plan.rounding))
                .flatten(),
        }
    }
}
