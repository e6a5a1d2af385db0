//! A sum of values × weights and a sum of weights for each group.

use std::ops::Range;

use super::NO_GROUP;
use super::numbers::{BLOCK, Block, Blocks, LINE, Products, Room, Weighing};
use crate::decimal::Decimal;
use crate::fault::Fault;
use crate::observations::quantise::SHIFT;
use crate::rational::Rational;
use crate::vectors::vectorised;

/// Small sums as long as all of them fit, and wide ones from there on.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// Values in millionths × whole weights; whole weights.
    Small(Vec<[i64; 2]>),
    /// Values in millionths × weights in millionths; weights in millionths.
    Wide(Vec<Wide>),
}

/// A sum of any size.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wide {
    sum: i128,
    weight: i128,
    /// How often the sum went past its end: what is missing from it, in 2¹²⁸.
    carry: i64,
}

const ONE: i128 = 1_000_000;

impl Wide {
    fn of([sum, weight]: [i64; 2]) -> Wide {
        Wide {
            sum: i128::from(sum) * ONE,
            weight: i128::from(weight) * ONE,
            carry: 0,
        }
    }

    fn add(&mut self, product: i128, weight: i128) {
        let (sum, past) = self.sum.overflowing_add(product);
        self.sum = sum;
        if past {
            self.carry += if product < 0 { -1 } else { 1 };
        }
        // Below 10¹⁸ each, and fewer than 2⁶⁴ of them.
        self.weight = self.weight.wrapping_add(weight);
    }

    fn merge(&mut self, other: Wide) {
        self.add(other.sum, other.weight);
        self.carry += other.carry;
    }
}

impl Cells {
    pub(super) fn new(groups: usize) -> Cells {
        Cells::Small(vec![[0; 2]; groups])
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Cells::Small(cells) => cells.len(),
            Cells::Wide(cells) => cells.len(),
        }
    }

    /// The sums of a stretch of units in any order, in an array of their own.
    pub(super) fn sum(blocks: &Blocks<'_>, rows: Range<usize>) -> Result<Cells, Fault> {
        let mut cells = Cells::new(blocks.groups);
        let mut room = Room::new();
        for rows in Blocks::of(rows) {
            let mut done = 0;
            if let Cells::Small(cells) = &mut cells {
                done = add_small(blocks, rows.clone(), &mut room, cells, 0)?;
            }
            if done == rows.len() || !blocks.read(rows.clone(), &mut room)? {
                continue;
            }
            let wide = cells.widen();
            if let Some(block) = blocks.weigh(rows, Weighing::Millionths, &mut room)? {
                add_wide(block.from(done), wide);
            }
        }
        Ok(cells)
    }

    fn widen(&mut self) -> &mut [Wide] {
        if let Cells::Small(cells) = self {
            *self = Cells::Wide(cells.iter().map(|cell| Wide::of(*cell)).collect());
        }
        match self {
            Cells::Wide(cells) => cells,
            Cells::Small(_) => &mut [],
        }
    }

    /// Both together; they are equally long.
    pub(super) fn merged(mut self, mut other: Cells) -> Cells {
        if let (Cells::Small(into), Cells::Small(from)) = (&mut self, &other)
            && fits(into, from)
        {
            for (into, from) in into.iter_mut().zip(from) {
                *into = [into[0].wrapping_add(from[0]), into[1].wrapping_add(from[1])];
            }
            return self;
        }
        for (into, from) in self.widen().iter_mut().zip(&*other.widen()) {
            into.merge(*from);
        }
        self
    }

    /// The sums of the groups' groups.
    pub(super) fn up(&self, parents: &[u32], groups: usize) -> Cells {
        if let Cells::Small(cells) = self
            && let Some(above) = up_small(cells, parents, groups)
        {
            return Cells::Small(above);
        }
        let held = |parent: u32| (parent != NO_GROUP).then_some(parent as usize);
        let mut above = Cells::new(groups);
        let into = above.widen();
        for (group, parent) in parents.iter().enumerate() {
            if let Some(cell) = held(*parent).and_then(|parent| into.get_mut(parent)) {
                cell.merge(self.wide(group));
            }
        }
        above
    }

    fn wide(&self, group: usize) -> Wide {
        match self {
            Cells::Small(cells) => cells.get(group).map(|cell| Wide::of(*cell)),
            Cells::Wide(cells) => cells.get(group).copied(),
        }
        .unwrap_or_default()
    }

    /// A group's sum and weight as they are held, and the sum's decimals; the weight has
    /// [`Decimal::DIGITS`] fewer.
    pub(super) fn exact(&self, group: usize) -> (Rational, Rational, u8) {
        let whole = |number: i128| Rational::from_scaled(number, 0);
        match self {
            Cells::Small(cells) => {
                let [sum, weight] = cells.get(group).copied().unwrap_or_default();
                (Rational::from(sum), Rational::from(weight), Decimal::DIGITS)
            }
            Cells::Wide(_) => {
                let Wide { sum, weight, carry } = self.wide(group);
                let half = whole(1 << 64);
                let carried = &(&half * &half) * &Rational::from(carry);
                (&whole(sum) + &carried, whole(weight), 2 * Decimal::DIGITS)
            }
        }
    }

    /// The means of groups from one on in millionths, ties away from zero; [`UNSETTLED`] for those
    /// that take a closer look or have none.
    pub(super) fn quick_means(&self, from: usize, out: &mut [i64]) {
        match self {
            Cells::Small(cells) => rounded(&cells[from..], out),
            Cells::Wide(_) => out.fill(UNSETTLED),
        }
    }

    /// A group's mean in millionths, ties away from zero, or that there is none; nothing where
    /// it takes more than machine words.
    #[allow(clippy::option_option)]
    pub(super) fn millionths(&self, group: usize) -> Option<Option<i64>> {
        let Cells::Small(cells) = self else {
            return None;
        };
        let [sum, weight] = cells.get(group).copied().unwrap_or_default();
        let (of, by) = (sum.unsigned_abs(), weight.unsigned_abs());
        let (Some(quotient), Some(rest)) = (of.checked_div(by), of.checked_rem(by)) else {
            return Some(None);
        };
        let magnitude = i64::try_from(quotient + u64::from(rest >= by - rest)).ok()?;
        let negative = (sum < 0) != (weight < 0);
        Some(Some(if negative { -magnitude } else { magnitude }))
    }
}

/// The sums of groups' groups, where they fit. Groups of one mostly stand together: what has been
/// summed is written when another one comes.
fn up_small(cells: &[[i64; 2]], parents: &[u32], groups: usize) -> Option<Vec<[i64; 2]>> {
    let mut above = vec![[0i64; 2]; groups];
    let (mut sum, mut weight, mut of) = (0i64, 0i64, NO_GROUP);
    let mut odd = false;
    let mut write = |sum: i64, weight: i64, of: u32| {
        let Some(cell) = above.get_mut(of as usize) else {
            return false;
        };
        let (sum, past) = cell[0].overflowing_add(sum);
        let (weight, beyond) = cell[1].overflowing_add(weight);
        *cell = [sum, weight];
        past | beyond
    };
    for (cell, parent) in cells.iter().zip(parents) {
        if *parent != of {
            odd |= write(sum, weight, of);
            (sum, weight, of) = (0, 0, *parent);
        }
        let (more, past) = sum.overflowing_add(cell[0]);
        let (heavier, beyond) = weight.overflowing_add(cell[1]);
        (sum, weight) = (more, heavier);
        odd |= past | beyond;
    }
    odd |= write(sum, weight, of);
    (!odd).then_some(above)
}

vectorised! {
    /// Sums over weights, rounded; [`UNSETTLED`] for those that take a closer look.
    ///
    /// A quotient of floats is at most a little off, so that the whole number next to it is the
    /// exact one's wherever what remains is less than half of the weight, and only there.
    fn rounded(cells: &[[i64; 2]], out: &mut [i64]) {
        const BITS: i64 = SHIFT.to_bits() as i64;
        let float = |number: i64| f64::from_bits(number.wrapping_add(BITS) as u64) - SHIFT;
        let size = |number: i64| number ^ (number >> 63);
        for ([sum, weight], out) in cells.iter().zip(out) {
            let shifted = float(*sum) / float(*weight) + SHIFT;
            let mean = (shifted.to_bits() as i64).wrapping_sub(BITS);
            let rest = sum.wrapping_sub(mean.wrapping_mul(*weight)).unsigned_abs();
            // Such numbers are floats too.
            let simple = (size(*sum) | size(*weight)) >> 51 == 0;
            let settled = simple & (rest.wrapping_mul(2) < weight.unsigned_abs());
            *out = if settled { mean } else { UNSETTLED };
        }
    }
}

/// What is no mean.
pub(super) const UNSETTLED: i64 = i64::MIN;

/// Adds a block's units to the cells of the groups from a first one on, as long as they fit and
/// their weights are whole; gives how many did.
pub(super) fn add_small(
    blocks: &Blocks<'_>,
    rows: Range<usize>,
    room: &mut Room,
    cells: &mut [[i64; 2]],
    first: u32,
) -> Result<usize, Fault> {
    if let Some(block) = blocks.multiplied(rows.clone(), room) {
        return Ok(add_runs(blocks, rows.start, block, cells, first));
    }
    if !blocks.read(rows.clone(), room)? {
        return Ok(rows.len());
    }
    if blocks.weigh(rows.clone(), Weighing::Whole, room)?.is_none() {
        return Ok(0);
    }
    if let Some(block) = blocks.multiply(rows.clone(), room) {
        return Ok(add_runs(blocks, rows.start, block, cells, first));
    }
    let block = blocks.weigh(rows, Weighing::Whole, room)?;
    Ok(block.map_or(0, |block| add_each(block, cells, first)))
}

/// Adds runs of units of one group each. What a run comes to is the difference of two sums from
/// the block's start on, so that no branch depends on where a run ends.
fn add_runs(
    blocks: &Blocks<'_>,
    from: usize,
    block: Products<'_>,
    cells: &mut [[i64; 2]],
    first: u32,
) -> usize {
    let Products {
        keys,
        products,
        weights,
    } = block;
    let mut sums = [0i64; 2];
    let mut so_far = |product: &mut i64, weight: &mut i64| {
        sums = [
            sums[0].wrapping_add(*product),
            sums[1].wrapping_add(*weight),
        ];
        (*product, *weight) = (sums[0], sums[1]);
    };
    let (lines, rest) = products.as_chunks_mut::<LINE>();
    let (heavy, rest_heavy) = weights.as_chunks_mut::<LINE>();
    let mut next = from + BLOCK;
    for (products, weights) in lines.iter_mut().zip(heavy) {
        blocks.ahead(next);
        next += LINE;
        for at in 0..LINE {
            so_far(&mut products[at], &mut weights[at]);
        }
    }
    for (product, weight) in rest.iter_mut().zip(rest_heavy) {
        so_far(product, weight);
    }
    // The last unit of each run.
    let (mut last, mut ends, mut runs) = ([0u8; BLOCK], [0u16; BLOCK], 0);
    differ(keys, &keys[1.min(keys.len())..], &mut last);
    last[keys.len().saturating_sub(1) % BLOCK] = 1;
    for (n, last) in last.as_chunks::<64>().0.iter().enumerate() {
        let mut bits = bits(last);
        while bits != 0 {
            ends[runs % BLOCK] = (n * 64) as u16 + bits.trailing_zeros() as u16;
            runs += 1;
            bits &= bits - 1;
        }
    }
    let (mut before, mut done) = ([0; 2], 0);
    for end in &ends[..runs] {
        let end = usize::from(*end);
        let sums = [products[end], weights[end]];
        let Some(cell) = cells.get_mut(keys[end].wrapping_sub(first) as usize) else {
            return done;
        };
        let (sum, past) = cell[0].overflowing_add(sums[0].wrapping_sub(before[0]));
        let (weight, beyond) = cell[1].overflowing_add(sums[1].wrapping_sub(before[1]));
        if past | beyond {
            return done;
        }
        *cell = [sum, weight];
        (before, done) = (sums, end + 1);
    }
    done
}

vectorised! {
    /// Marks keys that differ from the next.
    fn differ(keys: &[u32], next: &[u32], out: &mut [u8]) {
        for ((key, next), out) in keys.iter().zip(next).zip(out) {
            *out = u8::from(key != next);
        }
    }
}

/// Zeros and ones as bits.
fn bits(flags: &[u8; 64]) -> u64 {
    let mut bits = 0;
    for (n, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // Flag m is moved to bit 56 + m, and no two meet below it.
        let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= byte << (n * 8);
    }
    bits
}

/// Adds units one by one.
fn add_each(block: Block<'_>, cells: &mut [[i64; 2]], first: u32) -> usize {
    let units = block.values.iter().zip(block.weights);
    for (done, (key, (value, weight))) in block.keys.iter().zip(units).enumerate() {
        let Some(cell) = cells.get_mut(key.wrapping_sub(first) as usize) else {
            return done;
        };
        let (product, over) = value.overflowing_mul(*weight);
        let (sum, past) = cell[0].overflowing_add(product);
        let (weight, beyond) = cell[1].overflowing_add(*weight);
        if over | past | beyond {
            return done;
        }
        *cell = [sum, weight];
    }
    block.keys.len()
}

fn add_wide(block: Block<'_>, cells: &mut [Wide]) {
    let units = block.keys.iter().zip(block.values).zip(block.weights);
    for ((key, value), weight) in units {
        if let Some(cell) = cells.get_mut(*key as usize) {
            cell.add(
                i128::from(*value) * i128::from(*weight),
                i128::from(*weight),
            );
        }
    }
}

/// Whether every sum of two fits.
fn fits(a: &[[i64; 2]], b: &[[i64; 2]]) -> bool {
    let over = |a: i64, b: i64| {
        let sum = a.wrapping_add(b);
        (a ^ sum) & (b ^ sum)
    };
    let cells = a.iter().zip(b);
    cells.fold(0, |any, (a, b)| any | over(a[0], b[0]) | over(a[1], b[1])) >= 0
}
