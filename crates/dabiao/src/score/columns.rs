//! Results as columns, by the place of a part in its standard.

use super::{Column, Leaf, NO_GRADE, Scaled, Scores};
use crate::observations::optional_points;
use crate::plan::State;
use crate::points::Points;

/// Which points are meant. A section is an index into [`Standard::sections`], an item into
/// [`Standard::items`], a bonus or a deduction into its list in the document.
///
/// [`Standard::sections`]: crate::Standard::sections
/// [`Standard::items`]: crate::Standard::items
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointsOf {
    /// The total.
    Total,
    /// The total before bonus.
    TotalBeforeBonus,
    /// All bonuses together.
    AllBonuses,
    /// All deductions together.
    AllDeductions,
    /// A section.
    Section(usize),
    /// An item.
    Item(usize),
    /// One bonus.
    Bonus(usize),
    /// One deduction.
    Deduction(usize),
}

/// The points of one kind for all rows.
#[derive(Clone, Copy, Debug)]
pub struct PointsColumn<'a> {
    scaled: Column<'a>,
    decimals: u8,
}

impl<'a> PointsColumn<'a> {
    /// Digits after the point.
    #[must_use]
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// The points of a row; nothing where there are none.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Points> {
        optional_points(self.scaled.get(row)?, self.decimals)
    }

    /// The points of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<Points>> + use<'a> {
        let column = *self;
        (0..self.scaled.len()).map(move |row| column.get(row))
    }
}

/// What came of a veto's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VetoState {
    /// It does not hold.
    Clear,
    /// It holds.
    Holds,
    /// A missing value leaves it open; it does not hold.
    Undecided,
}

impl Scores {
    /// A column of points; nothing where the standard has no such part.
    ///
    /// ```
    /// use dabiao::{Observations, PointsOf, ScoreOptions, Standard};
    /// let standard = Standard::builtin("weihai-2020")?;
    /// let heading = ["code", "activities"];
    /// let table = Observations::from_rows(&standard, &heading, &[["a", "6"], ["b", "8"]])?;
    /// let scores = standard.score(&table, &ScoreOptions::new())?;
    /// let item = standard.items().iter().position(|item| item.id == "5.2").unwrap();
    /// let column = scores.column(PointsOf::Item(item)).unwrap();
    /// let points: Vec<String> = column.iter().flatten().map(|p| p.to_string()).collect();
    /// assert_eq!(points, ["1.50", "2.00"]);
    /// # Ok::<(), dabiao::Faults>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn column(&self, points: PointsOf) -> Option<PointsColumn<'_>> {
        let plan = self.standard.plan();
        let columns = &self.columns;
        let leaf = |leaf: Leaf| self.leaf(leaf).map(|column| Column::Wide(&column.points));
        let (scaled, decimals) = match points {
            PointsOf::Total => (Some(columns.totals.view()), plan.total_decimals),
            PointsOf::TotalBeforeBonus => {
                (Some(columns.before_bonus().view()), plan.total_decimals)
            }
            PointsOf::AllBonuses => (Some(columns.bonus.view()), plan.decimals),
            PointsOf::AllDeductions => (Some(columns.deductions.view()), plan.decimals),
            PointsOf::Section(at) => (columns.sections.get(at).map(Scaled::view), plan.decimals),
            PointsOf::Item(at) => (leaf(Leaf::Item(at)), plan.decimals),
            PointsOf::Bonus(at) => (leaf(Leaf::Bonus(at)), plan.decimals),
            PointsOf::Deduction(at) => (leaf(Leaf::Deduction(at)), plan.decimals),
        };
        scaled.map(|scaled| PointsColumn { scaled, decimals })
    }

    /// How an item, an index into [`Standard::items`](crate::Standard::items), came to its
    /// points.
    #[must_use]
    pub fn item_state(&self, item: usize, row: usize) -> Option<State> {
        let (_, state) = self.leaf(Leaf::Item(item))?.get(row)?;
        Some(state)
    }

    /// What came of a veto, an index into the document's list.
    #[must_use]
    pub fn veto_state(&self, veto: usize, row: usize) -> Option<VetoState> {
        let outcomes = self.columns.vetoes.get(veto)?.get(row)?;
        Some(if outcomes.holds() {
            VetoState::Holds
        } else if outcomes.is_undecided() {
            VetoState::Undecided
        } else {
            VetoState::Clear
        })
    }

    /// The grade after vetoes, as an index into the document's grades.
    #[must_use]
    pub fn grade_index(&self, row: usize) -> Option<usize> {
        grade_index(&self.columns.grades, row)
    }

    /// The grade that the points earned, before vetoes, as an index into the document's grades.
    #[must_use]
    pub fn grade_earned_index(&self, row: usize) -> Option<usize> {
        grade_index(self.columns.earned(), row)
    }
}

fn grade_index(column: &[u16], row: usize) -> Option<usize> {
    let grade = column.get(row).copied();
    grade.filter(|grade| *grade != NO_GRADE).map(usize::from)
}
