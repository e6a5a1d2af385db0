//! Columns of scaled points, no wider than they need be: most of what a run of a country costs
//! beside reading is the fresh memory that its results stand in.

use super::NONE;
use super::vectors::all_are;
use crate::memory::Cells;
use crate::vectors::vectorised;

/// Scaled points of all rows, with [`NONE`] set aside.
#[derive(Clone, Debug)]
pub(crate) enum Scaled {
    /// The same on every row: what a standard has no part for.
    Same(i64, usize),
    /// In 32 bits, the least of them for [`NONE`].
    Narrow(Cells<i32>),
    Wide(Cells<i64>),
}

/// A column to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column<'a> {
    Same(i64, usize),
    Narrow(&'a [i32]),
    Wide(&'a [i64]),
}

impl Column<'_> {
    #[inline(always)]
    pub(crate) fn get(self, row: usize) -> Option<i64> {
        match self {
            Column::Same(points, rows) => (row < rows).then_some(points),
            Column::Narrow(column) => column.get(row).map(|points| widened(*points)),
            Column::Wide(column) => column.get(row).copied(),
        }
    }

    /// The points of a row of the table; none past its end.
    #[inline(always)]
    pub(crate) fn at(self, row: usize) -> i64 {
        self.get(row).unwrap_or(NONE)
    }

    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        match self {
            Column::Same(_, rows) => rows,
            Column::Narrow(column) => column.len(),
            Column::Wide(column) => column.len(),
        }
    }
}

impl Default for Scaled {
    fn default() -> Self {
        Scaled::Wide(Cells::default())
    }
}

#[inline(always)]
fn widened(points: i32) -> i64 {
    if points == i32::MIN {
        NONE
    } else {
        i64::from(points)
    }
}

impl Scaled {
    #[inline]
    pub(crate) fn view(&self) -> Column<'_> {
        match self {
            Scaled::Same(points, rows) => Column::Same(*points, *rows),
            Scaled::Narrow(column) => Column::Narrow(column),
            Scaled::Wide(column) => Column::Wide(column),
        }
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        self.view().get(row)
    }

    /// The points of a row of the table; none past its end.
    #[inline]
    pub(crate) fn at(&self, row: usize) -> i64 {
        self.view().at(row)
    }

    pub(crate) fn len(&self) -> usize {
        self.view().len()
    }

    /// Adds a row; only a column that was made wide takes every number.
    pub(crate) fn push(&mut self, points: i64) {
        if let Scaled::Wide(column) = self {
            column.push(points);
        } else {
            let mut column: Vec<i64> = (0..self.len()).map(|row| self.at(row)).collect();
            column.push(points);
            *self = Scaled::Wide(Cells::Own(column));
        }
    }

    /// Writes the one row of a wide column.
    #[inline]
    pub(super) fn set_one(&mut self, points: i64) {
        if let Scaled::Wide(column) = self
            && let Some(held) = column.own_mut().first_mut()
        {
            *held = points;
        }
    }

    /// The memory of a wide column.
    pub(super) fn own_mut(&mut self) -> ScaledMut<'_> {
        match self {
            Scaled::Wide(column) => ScaledMut::Wide(column.own_mut()),
            _ => ScaledMut::default(),
        }
    }
}

/// Some rows of a column, to be written.
#[derive(Debug)]
pub(super) enum ScaledMut<'a> {
    Same(i64),
    Narrow(&'a mut [i32]),
    Wide(&'a mut [i64]),
}

impl Default for ScaledMut<'_> {
    fn default() -> Self {
        ScaledMut::Wide(&mut [])
    }
}

impl ScaledMut<'_> {
    /// Writes points from a row on; `false` where the column cannot hold them.
    pub(super) fn store(&mut self, from: usize, points: &[i64]) -> bool {
        let rows = from..from + points.len();
        match self {
            ScaledMut::Same(held) => all_are(points, *held),
            ScaledMut::Narrow(column) => column
                .get_mut(rows)
                .is_some_and(|column| narrowed(points, column)),
            ScaledMut::Wide(column) => column.get_mut(rows).is_some_and(|column| {
                column.copy_from_slice(points);
                true
            }),
        }
    }
}

vectorised! {
    /// Whether all points have room in 32 bits.
    fn narrowed(points: &[i64], out: &mut [i32]) -> bool {
        let mut odd = 0i64;
        for (points, out) in points.iter().zip(out) {
            let none = *points == NONE;
            let narrow = if none { i32::MIN } else { *points as i32 };
            let back = if none { NONE } else { i64::from(narrow) };
            // The least stands for none alone.
            odd |= (back ^ *points) | i64::from(!none & (narrow == i32::MIN));
            *out = narrow;
        }
        odd == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_hold_what_fits_and_refuse_the_rest() {
        let fits = [0, 1, -1, NONE, i64::from(i32::MAX), i64::from(i32::MIN) + 1];
        let mut column = vec![7; fits.len() + 1];
        assert!(ScaledMut::Narrow(&mut column).store(1, &fits));
        let column = Scaled::Narrow(Cells::Own(column));
        let held: Vec<i64> = (0..column.len()).map(|row| column.at(row)).collect();
        assert_eq!((held[0], &held[1..]), (7, &fits[..]));
        assert_eq!(column.get(column.len()), None);
        for odd in [
            i64::from(i32::MIN),
            i64::from(i32::MAX) + 1,
            i64::MAX,
            NONE + 1,
            1 << 32,
        ] {
            let mut room = [0i32; 9];
            for at in 0..9 {
                let mut points = [0i64; 9];
                points[at] = odd;
                assert!(!ScaledMut::Narrow(&mut room).store(0, &points), "{odd}");
            }
        }
        let mut wide = [0i64; 2];
        assert!(ScaledMut::Wide(&mut wide).store(0, &[NONE, i64::MAX]));
        assert!(ScaledMut::Same(0).store(5, &[0, 0]));
        assert!(!ScaledMut::Same(0).store(5, &[0, 1]));
        let mut grown = Scaled::Same(0, 2);
        grown.push(i64::MAX);
        assert_eq!((grown.len(), grown.at(1), grown.at(2)), (3, 0, i64::MAX));
    }
}
