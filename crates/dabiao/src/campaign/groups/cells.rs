//! A sum of values × weights and a sum of weights for each group.

use std::ops::Range;

use super::NO_GROUP;
use super::numbers::{Block, Blocks, Room, Weighing};
use crate::decimal::Decimal;
use crate::fault::Fault;
use crate::rational::Rational;

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
            if !blocks.read(rows.clone(), &mut room)? {
                continue;
            }
            let mut done = 0;
            if let Cells::Small(cells) = &mut cells
                && let Some(block) = blocks.weigh(rows.clone(), Weighing::Whole, &mut room)?
            {
                done = add_small(block, cells, 0);
            }
            if done == rows.len() {
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
        let mut above = Cells::new(groups);
        let held = |parent: u32| (parent != NO_GROUP).then_some(parent as usize);
        let mut first = 0;
        if let (Cells::Small(cells), Cells::Small(into)) = (self, &mut above) {
            for ([sum, weight], parent) in cells.iter().zip(parents) {
                if let Some(cell) = held(*parent).and_then(|parent| into.get_mut(parent)) {
                    let (sum, past) = cell[0].overflowing_add(*sum);
                    let (weight, over) = cell[1].overflowing_add(*weight);
                    if past || over {
                        break;
                    }
                    *cell = [sum, weight];
                }
                first += 1;
            }
            if first == cells.len() {
                return above;
            }
        }
        let into = above.widen();
        for (group, parent) in parents.iter().enumerate().skip(first) {
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

/// Adds units to the cells of the groups from a first one on, as long as they fit; gives how many
/// did. Units of one group mostly stand together or nowhere near: a run of them is summed before
/// its cell is written.
pub(super) fn add_small(block: Block<'_>, cells: &mut [[i64; 2]], first: u32) -> usize {
    if block.fits() {
        add_runs(block, cells, first)
    } else {
        add_each(block, cells, first)
    }
}

/// Adds runs of units, none of which goes past its end.
fn add_runs(block: Block<'_>, cells: &mut [[i64; 2]], first: u32) -> usize {
    let (keys, values, weights) = (block.keys, block.values, block.weights);
    let mut units = keys.iter().zip(values.iter().zip(weights));
    let (mut done, mut next) = (0, units.next());
    while let Some((key, mut unit)) = next {
        let Some(cell) = cells.get_mut(key.wrapping_sub(first) as usize) else {
            return done;
        };
        let (mut sum, mut weight, mut length) = (0i64, 0i64, 0);
        loop {
            sum = sum.wrapping_add(unit.0.wrapping_mul(*unit.1));
            weight = weight.wrapping_add(*unit.1);
            length += 1;
            next = units.next();
            match next {
                Some((other, more)) if other == key => unit = more,
                _ => break,
            }
        }
        let (sum, past) = cell[0].overflowing_add(sum);
        let (weight, beyond) = cell[1].overflowing_add(weight);
        if past | beyond {
            return done;
        }
        *cell = [sum, weight];
        done += length;
    }
    done
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
