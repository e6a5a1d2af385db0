//! The loops of the shortest way: from values to the sums of a section.

use super::line::{Line, PIECES};
use super::{EXACT, line};
use crate::observations::quantise::SHIFT;
use crate::vectors::{prefetch, vectorised};

/// The most steps that vectors hold in registers.
pub(super) const STEPS: usize = 6;

vectorised! {
    /// Whether all cells are numbers below 2^53.
    pub(super) fn numbers(cells: &[i64], grain: f64, out: &mut [f64]) -> bool {
        let mut odd = 0u64;
        for (cell, out) in cells.iter().zip(out) {
            let number = *cell as f64;
            *out = number / grain;
            odd |= u64::from(number.abs() >= EXACT);
        }
        odd == 0
    }
}

vectorised! {
    /// At most [`STEPS`] steps. `ahead` is the memory that is read next.
    pub(super) fn add_steps(
        values: &[f64],
        base: f64,
        steps: &[(f64, f64)],
        sums: &mut [f64],
        ahead: &[u8],
    ) {
        match steps.len() {
            0 => steps_of::<0>(values, base, steps, sums, ahead),
            1 => steps_of::<1>(values, base, steps, sums, ahead),
            2 => steps_of::<2>(values, base, steps, sums, ahead),
            3 => steps_of::<3>(values, base, steps, sums, ahead),
            4 => steps_of::<4>(values, base, steps, sums, ahead),
            5 => steps_of::<5>(values, base, steps, sums, ahead),
            _ => steps_of::<STEPS>(values, base, steps, sums, ahead),
        }
    }
}

/// Numbers between two requests for the memory that is read next.
const PART: usize = 256;

/// Values and sums in parts; before each is worked on, as much of the memory ahead is asked for:
/// it comes while the machine computes.
#[inline(always)]
fn in_parts<'a>(
    values: &'a [f64],
    sums: &'a mut [f64],
    ahead: &'a [u8],
) -> impl Iterator<Item = (&'a [f64], &'a mut [f64])> {
    let ahead = ahead.chunks(PART * size_of::<f64>());
    let ahead = ahead.chain(std::iter::repeat(&[][..]));
    let parts = values.chunks(PART).zip(sums.chunks_mut(PART));
    parts.zip(ahead).map(|(part, ahead)| {
        prefetch(ahead);
        part
    })
}

#[inline(always)]
fn steps_of<const N: usize>(
    values: &[f64],
    base: f64,
    steps: &[(f64, f64)],
    sums: &mut [f64],
    ahead: &[u8],
) {
    let Ok(steps) = <[(f64, f64); N]>::try_from(steps) else {
        return;
    };
    for (values, sums) in in_parts(values, sums, ahead) {
        for (value, sum) in values.iter().zip(sums) {
            let mut points = base;
            for (mark, add) in steps {
                points += if *value >= mark { add } else { 0.0 };
            }
            *sum += points;
        }
    }
}

/// What is done with a line's floor.
const AS_IT_IS: u8 = 0;
const HELD: u8 = 1;
const EVEN: u8 = 2;
const EACH: u8 = 3;

vectorised! {
    /// Values are whole numbers, or floats of which millionths are to be taken, each off a half.
    /// `ahead` is the memory that is read next.
    pub(super) fn add_line(
        values: &[f64],
        millionths: bool,
        line: &Line,
        sums: &mut [f64],
        ahead: &[u8],
    ) {
        macro_rules! pieces {
            ($millionths:expr, $kind:expr) => {
                match line.pieces.len() {
                    1 => line_of::<1, $millionths, $kind>(values, line, sums, ahead),
                    2 => line_of::<2, $millionths, $kind>(values, line, sums, ahead),
                    3 => line_of::<3, $millionths, $kind>(values, line, sums, ahead),
                    _ => line_of::<PIECES, $millionths, $kind>(values, line, sums, ahead),
                }
            };
        }
        match (millionths, line.each.is_some(), line.even.is_some(), line.held.is_some()) {
            (true, true, ..) => line_of::<1, true, EACH>(values, line, sums, ahead),
            (false, true, ..) => line_of::<1, false, EACH>(values, line, sums, ahead),
            (true, _, true, _) => pieces!(true, EVEN),
            (false, _, true, _) => pieces!(false, EVEN),
            (true, _, _, true) => pieces!(true, HELD),
            (false, _, _, true) => pieces!(false, HELD),
            (true, ..) => pieces!(true, AS_IT_IS),
            (false, ..) => pieces!(false, AS_IT_IS),
        }
    }
}

#[inline(always)]
fn line_of<const N: usize, const MILLIONTHS: bool, const KIND: u8>(
    values: &[f64],
    line: &Line,
    sums: &mut [f64],
    ahead: &[u8],
) {
    let Ok(pieces) = <[line::Piece; N]>::try_from(line.pieces.as_slice()) else {
        return;
    };
    let (from, to) = (line.from, line.to);
    let m = line.even.unwrap_or(1.0);
    let (each, start) = line.each.unwrap_or((1.0, 0.0));
    let (low, high) = line.held.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    for (values, sums) in in_parts(values, sums, ahead) {
        for (value, sum) in values.iter().zip(sums) {
            let n = if MILLIONTHS {
                (*value * 1e6 + SHIFT) - SHIFT
            } else {
                *value
            };
            let n = if n > from { n } else { from };
            let n = if n < to { n } else { to };
            let mut piece = pieces[0];
            for next in &pieces[1..] {
                let reached = n >= next.from;
                piece.slope = if reached { next.slope } else { piece.slope };
                piece.offset = if reached { next.offset } else { piece.offset };
                if KIND == EVEN {
                    piece.a = if reached { next.a } else { piece.a };
                    piece.b = if reached { next.b } else { piece.b };
                }
            }
            let mut points = (piece.slope * n + piece.offset).floor();
            if KIND == EVEN {
                let tie = points * m == piece.a * n + piece.b;
                let odd = points - 2.0 * (points * 0.5).floor();
                points = if tie { points - odd } else { points };
            }
            if KIND == EACH {
                points = start + each * points;
            }
            if KIND != AS_IT_IS {
                points = if points > high { high } else { points };
                points = if points < low { low } else { points };
            }
            *sum += points;
        }
    }
}
