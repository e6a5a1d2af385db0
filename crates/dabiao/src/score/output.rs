//! Results' columns: what a standard needs of them, a block's results while they are made, and
//! their way into the columns.

use std::ops::Range;
use std::sync::Arc;

use super::Columns;
use super::kernels::Kernels;
use super::scaled::{Scaled, ScaledMut};
use super::vectors::nothing_seen;
use crate::memory::{Cells, Layout, Parts, Piece};
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
        if !nothing_seen(results.seen) {
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

/// Columns while they are filled, in one piece of memory.
pub(super) struct Draft {
    rows: usize,
    piece: Piece,
    sections: Vec<Place>,
    bonus: Place,
    deductions: Place,
    totals: Place,
    before_bonus: Option<Place>,
    earned: Option<Range<usize>>,
    grades: Range<usize>,
    vetoes: Vec<Vec<Outcomes>>,
    seen: Vec<u8>,
}

/// Where a column of points stands in the piece.
enum Place {
    Same,
    Narrow(Range<usize>),
    Wide(Range<usize>),
}

impl Place {
    /// The column in stretches of so many rows; the last may have fewer.
    fn chunks<'a>(
        &self,
        parts: &mut Parts<'a>,
        rows: usize,
    ) -> Box<dyn Iterator<Item = ScaledMut<'a>> + 'a> {
        match self {
            Place::Same => Box::new(std::iter::repeat_with(|| ScaledMut::Same(0))),
            Place::Narrow(place) => {
                Box::new(parts.take(place).chunks_mut(rows).map(ScaledMut::Narrow))
            }
            Place::Wide(place) => Box::new(parts.take(place).chunks_mut(rows).map(ScaledMut::Wide)),
        }
    }

    fn filled(self, piece: &Arc<Piece>, rows: usize) -> Scaled {
        match self {
            Place::Same => Scaled::Same(0, rows),
            Place::Narrow(place) => Scaled::Narrow(Cells::part(piece, place)),
            Place::Wide(place) => Scaled::Wide(Cells::part(piece, place)),
        }
    }
}

impl Draft {
    pub(super) fn new(plan: &Plan, rows: usize, shape: Shape) -> Draft {
        let mut layout = Layout::default();
        let mut points = |kept: bool| match (kept, shape.narrow) {
            (false, _) => Place::Same,
            (true, true) => Place::Narrow(layout.place::<i32>(rows)),
            (true, false) => Place::Wide(layout.place::<i64>(rows)),
        };
        // In the order in which [`Draft::stretches`] takes them.
        let sections = plan.sections.iter().map(|_| points(true)).collect();
        let bonus = points(shape.bonus);
        let deductions = points(shape.deductions);
        let totals = points(true);
        let before_bonus = shape.before_bonus.then(|| points(true));
        let earned = shape.earned.then(|| layout.place::<u16>(rows));
        let grades = layout.place::<u16>(rows);
        Draft {
            rows,
            piece: layout.piece(),
            sections,
            bonus,
            deductions,
            totals,
            before_bonus,
            earned,
            grades,
            vetoes: vec![vec![Outcomes::FALSE; rows]; plan.vetoes.len()],
            seen: vec![0; rows],
        }
    }

    /// The columns in stretches of so many rows; the last may have fewer.
    pub(super) fn stretches(&mut self, rows: usize) -> Vec<Stretch<'_>> {
        let parts = &mut Parts::of(&mut self.piece);
        let sections = self.sections.iter();
        let mut sections: Vec<_> = sections.map(|place| place.chunks(parts, rows)).collect();
        let mut bonus = self.bonus.chunks(parts, rows);
        let mut deductions = self.deductions.chunks(parts, rows);
        let mut totals = self.totals.chunks(parts, rows);
        let before_bonus = self.before_bonus.as_ref();
        let mut before_bonus = before_bonus.map(|place| place.chunks(parts, rows));
        let earned = self.earned.as_ref();
        let mut earned = earned.map(|place| parts.take(place).chunks_mut(rows));
        let mut grades = parts.take(&self.grades).chunks_mut(rows);
        let vetoes = self.vetoes.iter_mut();
        let mut vetoes: Vec<_> = vetoes.map(|column| column.chunks_mut(rows)).collect();
        let mut seen = self.seen.chunks_mut(rows);
        // All columns are equally long, so that none runs out before the others.
        (0..self.rows.div_ceil(rows))
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

    /// The columns, whose stretches were all written.
    pub(super) fn filled(self) -> Columns {
        let piece = &Arc::new(self.piece);
        let column = |place: Place| place.filled(piece, self.rows);
        Columns {
            sections: self.sections.into_iter().map(column).collect(),
            bonus: column(self.bonus),
            deductions: column(self.deductions),
            totals: column(self.totals),
            before_bonus: self.before_bonus.map(column),
            earned: self.earned.map(|place| Cells::part(piece, place)),
            grades: Cells::part(piece, self.grades),
            vetoes: self.vetoes,
            seen: self.seen,
        }
    }
}

impl Columns {
    /// Columns of so many rows that are still to be written one by one, all of them and as wide
    /// as can be.
    pub(crate) fn with_rows(plan: &Plan, rows: usize) -> Columns {
        let points = || Scaled::Wide(Cells::Own(vec![0; rows]));
        Columns {
            sections: plan.sections.iter().map(|_| points()).collect(),
            bonus: points(),
            deductions: points(),
            totals: points(),
            before_bonus: Some(points()),
            earned: Some(Cells::Own(vec![0; rows])),
            grades: Cells::Own(vec![0; rows]),
            vetoes: vec![vec![Outcomes::FALSE; rows]; plan.vetoes.len()],
            seen: vec![0; rows],
        }
    }

    /// The rows of such columns, to be written.
    pub(super) fn whole(&mut self) -> Stretch<'_> {
        let sections = self.sections.iter_mut();
        let vetoes = self.vetoes.iter_mut();
        Stretch {
            sections: sections.map(Scaled::own_mut).collect(),
            bonus: self.bonus.own_mut(),
            deductions: self.deductions.own_mut(),
            totals: self.totals.own_mut(),
            before_bonus: self.before_bonus.as_mut().map(Scaled::own_mut),
            earned: self.earned.as_mut().map(Cells::own_mut),
            grades: self.grades.own_mut(),
            vetoes: vetoes.map(Vec::as_mut_slice).collect(),
            seen: &mut self.seen,
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
}
