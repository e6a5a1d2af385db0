//! Two runs or two phases side by side: who moved, and by which items.

use std::collections::HashSet;

use super::run::CampaignResult;
use crate::points::Points;
use crate::score::Scores;

/// How one community moved from an earlier result to a later one: later less earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The community's code.
    pub code: String,
    /// Totals: earlier, later.
    pub totals: (Option<Points>, Option<Points>),
    /// Later less earlier, where both have a total.
    pub total: Option<Points>,
    /// Grades: earlier, later.
    pub grades: (Option<String>, Option<String>),
    /// Places: earlier, later.
    pub ranks: (Option<u32>, Option<u32>),
    /// The items whose points differ, in the order of the standard.
    pub items: Vec<ItemMovement>,
}

/// How one item moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemMovement {
    /// The item's code.
    pub code: String,
    /// Points: earlier, later; nothing where it did not apply.
    pub points: (Option<Points>, Option<Points>),
    /// Later less earlier, where it applied in both.
    pub difference: Option<Points>,
}

/// What one phase gave a community more or less than another, over the items that both have
/// marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseMovement {
    /// The community, as a row of [`CampaignResult::scores`].
    pub row: usize,
    /// How many items both have marked and found to apply.
    pub compared: usize,
    /// Their points in the earlier phase, added up.
    pub earlier: Points,
    /// Their points in the later phase, added up.
    pub later: Points,
    /// Later less earlier.
    pub difference: Points,
    /// The items whose points differ, in the order of the standard.
    pub items: Vec<ItemMovement>,
}

impl Movement {
    /// A movement from the earlier to the later of each pair. Of the items those count that
    /// differ; a community that is in one result alone has not moved in any.
    #[must_use]
    pub fn new(
        code: &str,
        totals: (Option<Points>, Option<Points>),
        grades: (Option<String>, Option<String>),
        ranks: (Option<u32>, Option<u32>),
        items: impl IntoIterator<Item = ItemMovement>,
    ) -> Self {
        let differ = |item: &ItemMovement| {
            item.points.0.map(Points::exact) != item.points.1.map(Points::exact)
        };
        Movement {
            code: code.to_owned(),
            total: difference(totals),
            totals,
            grades,
            ranks,
            items: items.into_iter().filter(differ).collect(),
        }
    }
}

impl ItemMovement {
    /// A movement of an item from the earlier to the later of two points.
    #[must_use]
    pub fn new(code: &str, points: (Option<Points>, Option<Points>)) -> Self {
        ItemMovement {
            code: code.to_owned(),
            points,
            difference: difference(points),
        }
    }
}

impl Scores {
    /// How every community of either result moved from `earlier` to this one, by code as
    /// bytes.
    ///
    /// Items are matched by code; the two may be of different standards: those that the earlier
    /// one alone has come last. Bonuses and deductions
    /// follow the items; what a deduction takes off is below 0, and one that was not observed
    /// is 0.
    #[must_use]
    pub fn compare(&self, earlier: &Scores) -> Vec<Movement> {
        let earlier_codes = earlier.codes().iter();
        let mut codes: Vec<&str> = self.codes().iter().chain(earlier_codes).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut parts: Vec<_> = self.parts().collect();
        let known: HashSet<&str> = parts.iter().map(|(code, _)| *code).collect();
        parts.extend(earlier.parts().filter(|(code, _)| !known.contains(code)));
        codes
            .into_iter()
            .map(|code| self.movement(earlier, code, &parts))
            .collect()
    }

    /// Every item, bonus and deduction by its code; of the latter two with the sign that they
    /// have in a total.
    fn parts(&self) -> impl Iterator<Item = (&str, Option<i64>)> {
        let plan = self.standard.plan();
        let items = plan.items.iter().map(|item| (item, None));
        let bonus = plan.bonus.iter().map(|item| (item, Some(1)));
        let deductions = plan.deductions.iter().map(|item| (item, Some(-1)));
        let all = items.chain(bonus).chain(deductions);
        all.map(|(item, sign)| (item.code.as_str(), sign))
    }

    fn movement(&self, earlier: &Scores, code: &str, parts: &[(&str, Option<i64>)]) -> Movement {
        let rows = (
            earlier.observations().row_of(code),
            self.observations().row_of(code),
        );
        let totals = (
            rows.0.and_then(|row| earlier.total(row)),
            rows.1.and_then(|row| self.total(row)),
        );
        let grade = |scores: &Scores, row: Option<usize>| Some(scores.grade(row?)?.id.clone());
        let ranks = (
            rows.0.and_then(|row| earlier.rank(row)),
            rows.1.and_then(|row| self.rank(row)),
        );
        let mut moved = Vec::new();
        if let (Some(before), Some(after)) = rows {
            for (code, sign) in parts {
                let Some(sign) = sign else {
                    let points = (earlier.points_of(code, before), self.points_of(code, after));
                    moved.push(ItemMovement::new(code, points));
                    continue;
                };
                let signed = |scores: &Scores, row: usize| {
                    let points = scores.points_of(code, row);
                    let scaled = points.map_or(0, Points::scaled);
                    Points::new(sign * scaled, scores.standard.plan().decimals)
                };
                let points = (Some(signed(earlier, before)), Some(signed(self, after)));
                moved.push(ItemMovement::new(code, points));
            }
        }
        let grades = (grade(earlier, rows.0), grade(self, rows.1));
        Movement::new(code, totals, grades, ranks, moved)
    }
}

impl CampaignResult {
    /// What phase `to` gave every community more than phase `from`, over the items that both
    /// have marked: review less self-assessment. Communities without such an item are left out.
    ///
    /// Whole cards of phases are not compared: a phase that looked at a few items alone has a
    /// card with a few points.
    #[must_use]
    pub fn compare_phases(&self, from: usize, to: usize) -> Vec<PhaseMovement> {
        let (Some(from), Some(to)) = (self.phases.get(from), self.phases.get(to)) else {
            return Vec::new();
        };
        let plan = self.scores.standard.plan();
        let mut all = Vec::new();
        for row in 0..self.scores.len() {
            let (mut compared, mut sums, mut items) = (0, (0i64, 0i64), Vec::new());
            for (position, item) in plan.items.iter().enumerate() {
                if !(from.marked_at(position, row) && to.marked_at(position, row)) {
                    continue;
                }
                let points = (
                    from.scores.points_of(&item.code, row),
                    to.scores.points_of(&item.code, row),
                );
                if let (Some(earlier), Some(later)) = points {
                    compared += 1;
                    sums.0 = sums.0.saturating_add(earlier.scaled());
                    sums.1 = sums.1.saturating_add(later.scaled());
                    if earlier != later {
                        items.push(ItemMovement::new(&item.code, points));
                    }
                }
            }
            if compared > 0 {
                let points = |scaled| Points::new(scaled, plan.decimals);
                all.push(PhaseMovement {
                    row,
                    compared,
                    earlier: points(sums.0),
                    later: points(sums.1),
                    difference: points(sums.1.saturating_sub(sums.0)),
                    items,
                });
            }
        }
        all
    }
}

fn difference((earlier, later): (Option<Points>, Option<Points>)) -> Option<Points> {
    let (earlier, later) = (earlier?, later?);
    let decimals = earlier.decimals().max(later.decimals());
    let scaled = |points: Points| {
        points
            .scaled()
            .checked_mul(10i64.checked_pow(u32::from(decimals - points.decimals()))?)
    };
    Some(Points::new(
        scaled(later)?.checked_sub(scaled(earlier)?)?,
        decimals,
    ))
}
