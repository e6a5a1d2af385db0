//! Results' columns, and the parts of them that one block of rows fills.

use super::Columns;
use crate::plan::node::Outcomes;
use crate::plan::{Plan, State};

/// A block's rows of [`Columns`].
pub(super) struct ColumnsMut<'a> {
    pub(super) sections: Vec<&'a mut [i64]>,
    pub(super) bonus: &'a mut [i64],
    pub(super) deductions: &'a mut [i64],
    pub(super) totals: &'a mut [i64],
    pub(super) before_bonus: &'a mut [i64],
    pub(super) earned: &'a mut [u16],
    pub(super) grades: &'a mut [u16],
    pub(super) vetoes: Vec<&'a mut [Outcomes]>,
    pub(super) seen: &'a mut [State],
}

impl Columns {
    /// Columns that are still to be filled.
    pub(crate) fn with_rows(plan: &Plan, rows: usize) -> Columns {
        let points = || vec![0i64; rows];
        Columns {
            sections: plan.sections.iter().map(|_| points()).collect(),
            bonus: points(),
            deductions: points(),
            totals: points(),
            before_bonus: points(),
            earned: vec![0; rows],
            grades: vec![0; rows],
            vetoes: vec![vec![Outcomes::FALSE; rows]; plan.vetoes.len()],
            seen: vec![State::EMPTY; rows],
        }
    }

    /// The columns in blocks of so many rows; the last may have fewer.
    pub(super) fn blocks(&mut self, rows: usize) -> Vec<ColumnsMut<'_>> {
        let blocks = self.totals.len().div_ceil(rows);
        let (mut sections, mut vetoes) = (
            parts(&mut self.sections, rows),
            parts(&mut self.vetoes, rows),
        );
        let mut bonus = self.bonus.chunks_mut(rows);
        let mut deductions = self.deductions.chunks_mut(rows);
        let mut totals = self.totals.chunks_mut(rows);
        let mut before_bonus = self.before_bonus.chunks_mut(rows);
        let mut earned = self.earned.chunks_mut(rows);
        let mut grades = self.grades.chunks_mut(rows);
        let mut seen = self.seen.chunks_mut(rows);
        // All columns are equally long, so that none runs out before the others.
        (0..blocks)
            .map(|_| ColumnsMut {
                sections: next(&mut sections),
                bonus: bonus.next().unwrap_or_default(),
                deductions: deductions.next().unwrap_or_default(),
                totals: totals.next().unwrap_or_default(),
                before_bonus: before_bonus.next().unwrap_or_default(),
                earned: earned.next().unwrap_or_default(),
                grades: grades.next().unwrap_or_default(),
                vetoes: next(&mut vetoes),
                seen: seen.next().unwrap_or_default(),
            })
            .collect()
    }
}

fn parts<T>(columns: &mut [Vec<T>], rows: usize) -> Vec<std::slice::ChunksMut<'_, T>> {
    columns
        .iter_mut()
        .map(|column| column.chunks_mut(rows))
        .collect()
}

fn next<'a, T>(columns: &mut [std::slice::ChunksMut<'a, T>]) -> Vec<&'a mut [T]> {
    columns
        .iter_mut()
        .map(|parts| parts.next().unwrap_or_default())
        .collect()
}
