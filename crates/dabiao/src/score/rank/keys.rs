//! Standings as strings of bits, built from the columns a few thousand rows at a time.
//!
//! Each column gives how far its points are from the best, in as many bits as the farthest needs;
//! the total's come first, then each tie-break's. The first bits of that string are a row's
//! bucket, the next 32 its prefix: what is less stands before what is greater.

use std::ops::Range;

use super::{Placed, Standing};
use crate::score::{Column, NO_GRADE, NONE};
use crate::threads::on_threads;
use crate::vectors::vectorised;

/// Rows whose bits are built at a time; they stay in the nearest cache.
pub(super) const CHUNK: usize = 2_048;
/// Rows for each bucket, if as many are to be had.
const ROWS_IN_BUCKET: usize = 16;
/// With more buckets than this their ends are too far apart for the caches.
const MOST_BUCKETS: usize = 1 << 15;
/// Bits of a prefix.
const PREFIX: u32 = 32;

/// Where the bits of a column stand in the string, from its beginning.
struct Field<'a> {
    column: Column<'a>,
    best: i64,
    /// The distance of what is excluded: one more than any other.
    excluded: u64,
    bits: Range<u32>,
}

/// What a column adds to a word: its distance, moved up or down.
struct Step<'a> {
    column: Column<'a>,
    best: i64,
    excluded: u64,
    up: u32,
    down: u32,
}

pub(super) struct Keys<'a> {
    totals: Column<'a>,
    placed: Placed<'a>,
    bucket: Vec<Step<'a>>,
    prefix: Vec<Step<'a>>,
    /// How many buckets there are. Who has no place is in one more, the last.
    pub(super) buckets: u32,
    /// Whether rows of one bucket are tied.
    pub(super) bucket_is_all: bool,
    /// Whether rows of one bucket and one prefix are tied.
    pub(super) prefix_is_all: bool,
}

impl<'a> Keys<'a> {
    /// Nothing without a column. The parts are of all rows, each for a thread.
    pub(super) fn new(
        standing: &Standing<'a>,
        placed: Placed<'a>,
        parts: &[Range<usize>],
    ) -> Option<Keys<'a>> {
        let columns = &standing.keys;
        let totals = *columns.first()?;
        let rows = totals.len();
        let fields = fields(columns, parts);
        let first = fields.first()?;
        let all = fields.last()?.bits.end;
        let most = (rows / ROWS_IN_BUCKET).clamp(1, MOST_BUCKETS) as u128;
        let count = |bits: u32| match bits.checked_sub(first.bits.end) {
            Some(more) => (u128::from(first.excluded) + 1) << more.min(64),
            None => u128::from(first.excluded >> (first.bits.end - bits).min(63)) + 1,
        };
        let bits = (1..=all.min(PREFIX))
            .take_while(|bits| count(*bits) <= most)
            .last();
        let bits = bits.unwrap_or(0);
        Some(Keys {
            totals,
            placed,
            bucket: word(&fields, 0..bits),
            prefix: word(&fields, bits..bits + PREFIX),
            buckets: if bits == 0 { 1 } else { count(bits) as u32 },
            bucket_is_all: all <= bits,
            prefix_is_all: all <= bits + PREFIX,
        })
    }

    /// The buckets of some rows, as many as there is room for.
    pub(super) fn buckets(&self, rows: Range<usize>, out: &mut [u32]) {
        lay(&self.bucket, rows.clone(), out);
        match self.totals {
            Column::Same(NONE, _) => out.fill(self.buckets),
            Column::Same(..) => {}
            Column::Narrow(column) => without_narrow(part(column, &rows), self.buckets, out),
            Column::Wide(column) => without_wide(part(column, &rows), self.buckets, out),
        }
        match self.placed {
            Placed::All => {}
            Placed::Graded { grades, earned } => {
                taken(part(grades, &rows), part(earned, &rows), self.buckets, out);
            }
            Placed::Listed(placed) => unlisted(part(placed, &rows), self.buckets, out),
        }
    }

    /// The prefixes of some rows.
    pub(super) fn prefixes(&self, rows: Range<usize>, out: &mut [u32]) {
        lay(&self.prefix, rows, out);
    }
}

fn part<'c, T>(column: &'c [T], rows: &Range<usize>) -> &'c [T] {
    column.get(rows.clone()).unwrap_or_default()
}

fn fields<'a>(columns: &[Column<'a>], parts: &[Range<usize>]) -> Vec<Field<'a>> {
    let extents = on_threads(parts.to_vec(), |rows| {
        let extents = columns.iter().map(|column| extent(*column, &rows));
        extents.collect::<Vec<_>>()
    });
    let mut from = 0;
    let field = |(at, column): (usize, &Column<'a>)| {
        let (mut least, mut best) = (i64::MAX, NONE);
        for extent in &extents {
            least = least.min(extent[at].0);
            best = best.max(extent[at].1);
        }
        if best == NONE {
            (least, best) = (0, 0);
        }
        // NONE aside, no two numbers are farther apart than 2^64 - 2.
        let excluded = (best.wrapping_sub(least) as u64).saturating_add(1);
        let bits = from..from + (64 - excluded.leading_zeros());
        from = bits.end;
        Field {
            column: *column,
            best,
            excluded,
            bits,
        }
    };
    columns.iter().enumerate().map(field).collect()
}

/// A word of these bits of the string, at most 32; the last is the lowest of the word.
fn word<'a>(fields: &[Field<'a>], bits: Range<u32>) -> Vec<Step<'a>> {
    fields
        .iter()
        .filter(|field| field.bits.start < bits.end && field.bits.end > bits.start)
        .map(|field| Step {
            column: field.column,
            best: field.best,
            excluded: field.excluded,
            up: bits.end.saturating_sub(field.bits.end),
            down: field.bits.end.saturating_sub(bits.end),
        })
        .collect()
}

fn lay(steps: &[Step<'_>], rows: Range<usize>, out: &mut [u32]) {
    // What the word keeps of what it was: of the first step nothing.
    let mut kept = 0;
    for step in steps {
        let (best, excluded) = (step.best, step.excluded);
        let (up, down) = (step.up, step.down);
        match step.column {
            // What all have tells nobody apart.
            Column::Same(..) => continue,
            Column::Narrow(column) => {
                // Distances in 32 bits fit 32 bits.
                let (best, excluded) = (best as i32, excluded as u32);
                lay_narrow(part(column, &rows), best, excluded, (up, down), kept, out);
            }
            Column::Wide(column) => {
                lay_wide(part(column, &rows), best, excluded, (up, down), kept, out);
            }
        }
        kept = u32::MAX;
    }
    if kept == 0 {
        out.fill(0);
    }
}

/// The least and the greatest, what is excluded aside; the greatest is [`NONE`] where all is.
fn extent(column: Column<'_>, rows: &Range<usize>) -> (i64, i64) {
    match column {
        Column::Same(points, _) => (points, points),
        Column::Wide(column) => extent_wide(part(column, rows)),
        Column::Narrow(column) => match extent_narrow(part(column, rows)) {
            (_, i32::MIN) => (i64::MAX, NONE),
            (least, most) => (i64::from(least), i64::from(most)),
        },
    }
}

vectorised! {
    fn extent_narrow(column: &[i32]) -> (i32, i32) {
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        for points in column {
            least = least.min(if *points == i32::MIN { i32::MAX } else { *points });
            most = most.max(*points);
        }
        (least, most)
    }
}

vectorised! {
    fn extent_wide(column: &[i64]) -> (i64, i64) {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for points in column {
            least = least.min(if *points == NONE { i64::MAX } else { *points });
            most = most.max(*points);
        }
        (least, most)
    }
}

vectorised! {
    fn lay_narrow(
        column: &[i32],
        best: i32,
        excluded: u32,
        moved: (u32, u32),
        kept: u32,
        out: &mut [u32],
    ) {
        let (up, down) = moved;
        for (out, points) in out.iter_mut().zip(column) {
            let distance = best.wrapping_sub(*points) as u32;
            let distance = if *points == i32::MIN { excluded } else { distance };
            *out = (*out & kept) | distance.wrapping_shl(up).wrapping_shr(down);
        }
    }
}

vectorised! {
    fn lay_wide(
        column: &[i64],
        best: i64,
        excluded: u64,
        moved: (u32, u32),
        kept: u32,
        out: &mut [u32],
    ) {
        let (up, down) = moved;
        for (out, points) in out.iter_mut().zip(column) {
            let distance = best.wrapping_sub(*points) as u64;
            let distance = if *points == NONE { excluded } else { distance };
            let moved = distance.wrapping_shl(up).wrapping_shr(down);
            *out = (*out & kept) | moved as u32;
        }
    }
}

vectorised! {
    fn without_narrow(totals: &[i32], last: u32, out: &mut [u32]) {
        for (out, total) in out.iter_mut().zip(totals) {
            *out = if *total == i32::MIN { last } else { *out };
        }
    }
}

vectorised! {
    fn without_wide(totals: &[i64], last: u32, out: &mut [u32]) {
        for (out, total) in out.iter_mut().zip(totals) {
            *out = if *total == NONE { last } else { *out };
        }
    }
}

vectorised! {
    fn taken(grades: &[u16], earned: &[u16], last: u32, out: &mut [u32]) {
        for (out, (grade, earned)) in out.iter_mut().zip(grades.iter().zip(earned)) {
            let taken = (*grade == NO_GRADE) & (*earned != NO_GRADE);
            *out = if taken { last } else { *out };
        }
    }
}

vectorised! {
    fn unlisted(placed: &[bool], last: u32, out: &mut [u32]) {
        for (out, placed) in out.iter_mut().zip(placed) {
            *out = if *placed { *out } else { last };
        }
    }
}
