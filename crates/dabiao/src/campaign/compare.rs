//! Two runs or two phases side by side: who moved, and by which items.

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

impl Scores {
    /// How every community of either result moved from `earlier` to this one, by code as
    /// bytes. For phases: review less self-assessment.
    ///
    /// Items are matched by code; the two may be of different standards.
    #[must_use]
    pub fn compare(&self, earlier: &Scores) -> Vec<Movement> {
        let mut codes: Vec<&String> = self.codes().iter().chain(earlier.codes()).collect();
        codes.sort_unstable();
        codes.dedup();
        let items: Vec<&str> = self
            .standard
            .plan()
            .items
            .iter()
            .map(|item| item.code.as_str())
            .collect();
        codes
            .into_iter()
            .map(|code| self.movement(earlier, code, &items))
            .collect()
    }

    fn movement(&self, earlier: &Scores, code: &str, items: &[&str]) -> Movement {
        let rows = (
            earlier.observations().row_of(code),
            self.observations().row_of(code),
        );
        let totals = (
            rows.0.and_then(|row| earlier.total(row)),
            rows.1.and_then(|row| self.total(row)),
        );
        let grade = |scores: &Scores, row: Option<usize>| Some(scores.grade(row?)?.id.clone());
        let moved = items.iter().filter_map(|item| {
            let points = (
                rows.0.and_then(|row| earlier.points_of(item, row)),
                rows.1.and_then(|row| self.points_of(item, row)),
            );
            let item = ItemMovement {
                code: (*item).to_owned(),
                points,
                difference: difference(points),
            };
            (points.0.map(Points::exact) != points.1.map(Points::exact)).then_some(item)
        });
        Movement {
            code: code.to_owned(),
            totals,
            total: difference(totals),
            grades: (grade(earlier, rows.0), grade(self, rows.1)),
            ranks: (
                rows.0.and_then(|row| earlier.rank(row)),
                rows.1.and_then(|row| self.rank(row)),
            ),
            items: if rows.0.is_some() && rows.1.is_some() {
                moved.collect()
            } else {
                Vec::new()
            },
        }
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
