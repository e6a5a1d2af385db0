//! Steps of a block in vectors: sums, totals and grades of ordinary rows.

use crate::observations::quantise::SHIFT;
use crate::plan::State;
use crate::vectors::vectorised;

vectorised! {
    pub(super) fn reach(column: &[i64], mark: i64, holds: &mut [bool]) {
        for (holds, points) in holds.iter_mut().zip(column) {
            *holds &= *points >= mark;
        }
    }
}

vectorised! {
    pub(super) fn place(holds: &[bool], position: u16, grades: &mut [u16]) {
        for (held, holds) in grades.iter_mut().zip(holds) {
            *held = if *holds { position } else { *held };
        }
    }
}

vectorised! {
    /// Whole numbers below 2^51.
    pub(super) fn whole(sums: &[f64], out: &mut [i64]) {
        for (out, sum) in out.iter_mut().zip(sums) {
            let bits = (*sum + SHIFT).to_bits() as i64;
            *out = bits.wrapping_sub(SHIFT.to_bits() as i64);
        }
    }
}

vectorised! {
    pub(super) fn totalled(
        before: &mut [i64],
        totals: &mut [i64],
        deductions: &[i64],
        bonus: &[i64],
        most: i64,
    ) {
        let extras = deductions.iter().zip(bonus);
        for ((before, total), (deducted, bonus)) in before.iter_mut().zip(totals).zip(extras) {
            *before = before.wrapping_sub(*deducted);
            *total = before.wrapping_add(*bonus).min(most).max(0);
            *before = (*before).max(0);
        }
    }
}

vectorised! {
    pub(super) fn add(sum: &mut [i64], column: &[i64]) {
        for (sum, points) in sum.iter_mut().zip(column) {
            *sum = sum.wrapping_add(*points);
        }
    }
}

vectorised! {
    /// Whether all points are the same as these.
    pub(super) fn all_are(column: &[i64], points: i64) -> bool {
        column.iter().fold(0, |odd, held| odd | (held ^ points)) == 0
    }
}

vectorised! {
    /// Whether no row has anything to say.
    pub(super) fn nothing_seen(states: &[State]) -> bool {
        states.iter().fold(0, |seen, state| seen | state.0) == 0
    }
}
