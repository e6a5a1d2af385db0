//! Results' columns: what a standard needs of them, a block's results while they are made, and
//! their way into the columns.

use super::Columns;
use super::kernels::Kernels;
use super::scaled::{Scaled, ScaledMut};
use crate::plan::node::Outcomes;
use crate::plan::{Plan, State};

/// Which columns are kept, and how wide. Leaving one out is a guess from the plan, which every
/// block proves for its rows; where a guess is wrong the run is made again with all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    narrow: bool,
    bonus: bool,
    deductions: bool,
    /// Whether the total before bonus may be another than the total.
    before_bonus: bool,
    /// Whether the grade earned may be another than the grade.
    earned: bool,
}

impl Shape {
    pub(super) const WHOLE: Shape = Shape {
        narrow: false,
        bonus: true,
        deductions: true,
        before_bonus: true,
        earned: true,
    };

    pub(super) fn new(plan: &Plan, kernels: &Kernels) -> Shape {
        Shape {
            narrow: true,
            bonus: !plan.bonus.is_empty(),
            deductions: !plan.deductions.is_empty(),
            before_bonus: !plan.bonus.is_empty()
                || !plan.vetoes.is_empty()
                || !kernels.whole_totals,
            earned: !plan.vetoes.is_empty(),
        }
    }
}

/// A block's results, in cache.
#[derive(Debug)]
pub(super) struct Results {
    sections: Vec<Vec<i64>>,
    bonus: Vec<i64>,
    deductions: Vec<i64>,
    totals: Vec<i64>,
    before_bonus: Vec<i64>,
    earned: Vec<u16>,
    grades: Vec<u16>,
    vetoes: Vec<Vec<Outcomes>>,
    seen: Vec<State>,
}

/// The rows of a block in [`Results`].
pub(super) struct ResultsMut<'a> {
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

impl Results {
    /// For blocks of at most so many rows.
    pub(super) fn new(plan: &Plan, rows: usize) -> Results {
        let points = || vec![0i64; rows];
        Results {
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

    /// The first so many rows, at most all.
    pub(super) fn rows(&mut self, rows: usize) -> ResultsMut<'_> {
        let sections = self.sections.iter_mut();
        let vetoes = self.vetoes.iter_mut();
        ResultsMut {
            sections: sections.map(|column| &mut column[..rows]).collect(),
            bonus: &mut self.bonus[..rows],
            deductions: &mut self.deductions[..rows],
            totals: &mut self.totals[..rows],
            before_bonus: &mut self.before_bonus[..rows],
            earned: &mut self.earned[..rows],
            grades: &mut self.grades[..rows],
            vetoes: vetoes.map(|column| &mut column[..rows]).collect(),
            seen: &mut self.seen[..rows],
        }
    }
}

/// A stretch of rows of [`Columns`], each to be written once.
pub(super) struct Stretch<'a> {
    sections: Vec<ScaledMut<'a>>,
    bonus: ScaledMut<'a>,
    deductions: ScaledMut<'a>,
    totals: ScaledMut<'a>,
    before_bonus: Option<ScaledMut<'a>>,
    earned: Option<&'a mut [u16]>,
    grades: &'a mut [u16],
    vetoes: Vec<&'a mut [Outcomes]>,
    seen: &'a mut [u8],
}

impl Stretch<'_> {
    pub(super) fn len(&self) -> usize {
        self.grades.len()
    }

    /// Writes a block's rows from a row of the stretch on; `false` where a column is not wide
    /// enough or not there for them.
    pub(super) fn store(&mut self, from: usize, results: &mut Results, rows: usize) -> bool {
        let results = results.rows(rows);
        let mut fits = true;
        for (column, points) in self.sections.iter_mut().zip(&results.sections) {
            fits &= column.store(from, points);
        }
        fits &= self.bonus.store(from, results.bonus);
        fits &= self.deductions.store(from, results.deductions);
        fits &= self.totals.store(from, results.totals);
        fits &= match &mut self.before_bonus {
            Some(column) => column.store(from, results.before_bonus),
            None => results.before_bonus == results.totals,
        };
        copy(self.grades, from, results.grades);
        match &mut self.earned {
            Some(column) => copy(column, from, results.earned),
            None => fits &= results.earned == results.grades,
        }
        for (column, outcomes) in self.vetoes.iter_mut().zip(&results.vetoes) {
            copy(column, from, outcomes);
        }
        // Most tables have nothing to say; memory that is never written costs nothing.
        if results.seen.iter().any(|state| *state != State::EMPTY) {
            let seen = self.seen.iter_mut().skip(from);
            for (held, state) in seen.zip(&*results.seen) {
                *held = state.0;
            }
        }
        fits
    }
}

fn copy<T: Copy>(column: &mut [T], from: usize, values: &[T]) {
    if let Some(column) = column.get_mut(from..from + values.len()) {
        column.copy_from_slice(values);
    }
}

impl Columns {
    /// Columns that are still to be filled, all of them and as wide as can be.
    pub(crate) fn with_rows(plan: &Plan, rows: usize) -> Columns {
        Columns::shaped(plan, rows, Shape::WHOLE)
    }

    pub(super) fn shaped(plan: &Plan, rows: usize, shape: Shape) -> Columns {
        let points = |kept: bool| match (kept, shape.narrow) {
            (false, _) => Scaled::Same(0, rows),
            (true, true) => Scaled::Narrow(vec![0; rows]),
            (true, false) => Scaled::Wide(vec![0; rows]),
        };
        Columns {
            sections: plan.sections.iter().map(|_| points(true)).collect(),
            bonus: points(shape.bonus),
            deductions: points(shape.deductions),
            totals: points(true),
            before_bonus: shape.before_bonus.then(|| points(true)),
            earned: shape.earned.then(|| vec![0; rows]),
            grades: vec![0; rows],
            vetoes: vec![vec![Outcomes::FALSE; rows]; plan.vetoes.len()],
            seen: vec![0; rows],
        }
    }

    /// The total before bonus, which is the total where nothing makes a difference.
    pub(crate) fn before_bonus(&self) -> &Scaled {
        self.before_bonus.as_ref().unwrap_or(&self.totals)
    }

    /// The grades earned, which are the grades where no veto takes one.
    pub(crate) fn earned(&self) -> &[u16] {
        self.earned.as_ref().unwrap_or(&self.grades)
    }

    /// The columns in stretches of so many rows; the last may have fewer.
    pub(super) fn stretches(&mut self, rows: usize) -> Vec<Stretch<'_>> {
        let count = self.grades.len().div_ceil(rows);
        let sections = self.sections.iter_mut();
        let mut sections: Vec<_> = sections.map(|column| column.chunks(rows)).collect();
        let vetoes = self.vetoes.iter_mut();
        let mut vetoes: Vec<_> = vetoes.map(|column| column.chunks_mut(rows)).collect();
        let mut bonus = self.bonus.chunks(rows);
        let mut deductions = self.deductions.chunks(rows);
        let mut totals = self.totals.chunks(rows);
        let mut before_bonus = self.before_bonus.as_mut().map(|column| column.chunks(rows));
        let mut earned = self.earned.as_mut().map(|column| column.chunks_mut(rows));
        let mut grades = self.grades.chunks_mut(rows);
        let mut seen = self.seen.chunks_mut(rows);
        // All columns are equally long, so that none runs out before the others.
        (0..count)
            .map(|_| Stretch {
                sections: sections
                    .iter_mut()
                    .map(|parts| parts.next().unwrap_or_default())
                    .collect(),
                bonus: bonus.next().unwrap_or_default(),
                deductions: deductions.next().unwrap_or_default(),
                totals: totals.next().unwrap_or_default(),
                before_bonus: before_bonus
                    .as_mut()
                    .map(|parts| parts.next().unwrap_or_default()),
                earned: earned
                    .as_mut()
                    .map(|parts| parts.next().unwrap_or_default()),
                grades: grades.next().unwrap_or_default(),
                vetoes: vetoes
                    .iter_mut()
                    .map(|parts| parts.next().unwrap_or_default())
                    .collect(),
                seen: seen.next().unwrap_or_default(),
            })
            .collect()
    }
}
