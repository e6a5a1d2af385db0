//! What a later phase says of an item, less what an earlier one said (docs/semantics.md §2.12).

use super::run::CampaignResult;
use crate::points::Points;
use crate::score::Leaf;

/// One item of one community as two phases have it, each on its own marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The community, as a row of [`CampaignResult::scores`].
    pub row: usize,
    /// The item's code.
    pub item: String,
    /// The earlier phase, as an index into [`CampaignResult::phases`]: the last one before
    /// `to` that has marked the item for this community.
    pub from: usize,
    /// The later phase.
    pub to: usize,
    /// The item's points in the earlier phase.
    pub earlier: Points,
    /// Its points in the later phase.
    pub later: Points,
    /// Later less earlier: review less self-assessment.
    pub difference: Points,
}

impl CampaignResult {
    /// Every item that two phases have marked for one community, in the order of the later
    /// phases, of the communities, of the standard; those that agree included.
    ///
    /// A phase that has not marked an item is passed over, and so is one in which the item does
    /// not apply. What the grid fills, no phase has marked.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let plan = self.scores.standard.plan();
        let mut all = Vec::new();
        for (to, later) in self.phases.iter().enumerate() {
            for row in 0..self.scores.len() {
                for (position, item) in plan.items.iter().enumerate() {
                    let marked = |phase: &super::PhaseResult| phase.marked_at(position, row);
                    if !marked(later) || later.is_by_grid(position) {
                        continue;
                    }
                    let before = self.phases.iter().take(to);
                    let Some(from) = before.enumerate().rev().find(|(_, phase)| marked(phase))
                    else {
                        continue;
                    };
                    let points = |phase: &super::PhaseResult| {
                        let (scaled, _) = phase.scores.leaf(Leaf::Item(position))?.get(row)?;
                        crate::observations::optional_points(scaled, plan.decimals)
                    };
                    if let (Some(earlier), Some(later)) = (points(from.1), points(later)) {
                        all.push(Difference {
                            row,
                            item: item.code.clone(),
                            from: from.0,
                            to,
                            earlier,
                            later,
                            difference: Points::new(
                                later.scaled().saturating_sub(earlier.scaled()),
                                plan.decimals,
                            ),
                        });
                    }
                }
            }
        }
        all
    }
}
