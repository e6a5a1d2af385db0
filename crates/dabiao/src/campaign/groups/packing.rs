//! A unit in one machine word: its group, its weight and its value, each in as many bits as the
//! column needs.

use super::numbers::{BLOCK, Block, extents, quantised, whole};
use super::ways::Cell;
use crate::vectors::vectorised;

/// How units are written: the low bits of their group, then weight, then value, both with a sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    group: u32,
    weight: u32,
    value: u32,
}

/// The least and the greatest value, and weight.
pub(super) type Extents = [[i64; 2]; 2];

/// Room for a block.
pub(super) type Packed = [u64; BLOCK];

/// Values and weights are given this many bits together, or a few more than they need: numbers
/// that were not looked at may be larger.
const EASY: u32 = 46;
const MORE: u32 = 4;

/// How many bits numbers take with their sign.
fn bits([least, greatest]: [i64; 2]) -> u32 {
    let of = |number: i64| 65 - (number ^ (number >> 63)).leading_zeros();
    of(least).max(of(greatest))
}

impl Packing {
    /// How units are packed when so many bits are left for their groups and some of them have
    /// these extents; nothing where they are too large.
    pub(super) fn new(group: u32, extents: Extents) -> Option<Packing> {
        let [value, weight] = extents.map(bits);
        let needed = value + weight;
        let room = (64 - group).checked_sub(needed)?;
        let spare = EASY.saturating_sub(needed).max(MORE).min(room);
        let weight = weight + spare / 2;
        Some(Packing {
            group,
            weight,
            value: value + spare.div_ceil(2),
        })
    }

    /// Packs a block; nothing where it does not fit.
    pub(super) fn block<'r>(self, block: Block<'_>, room: &'r mut Packed) -> Option<&'r [u64]> {
        let fits = bits(extents(block.values)) <= self.value;
        let fits = fits && bits(extents(block.weights)) <= self.weight;
        let out = room.get_mut(..block.keys.len())?;
        pack(self, block, out);
        fits.then_some(out)
    }

    /// Packs floats, whose groups are below a number; nothing where one of them does not fit or
    /// takes a closer look.
    pub(super) fn floats<'r>(
        self,
        keys: &[u32],
        numbers: [&[f64]; 2],
        groups: usize,
        room: &'r mut Packed,
    ) -> Option<&'r [u64]> {
        let out = room.get_mut(..keys.len())?;
        let (fit, greatest) = pack_floats(self, keys, numbers, out);
        (fit && (greatest as usize) < groups).then_some(out)
    }

    /// Adds units to the groups of their range; gives whether all sums fit.
    pub(super) fn add<'r>(
        self,
        records: impl Iterator<Item = &'r [u64]>,
        count: usize,
        cells: &mut [Cell],
    ) -> bool {
        // What is added is below half of a machine word's end: so many products of this size.
        let added = count.checked_ilog2().unwrap_or(0) + 1 + self.value + self.weight - 2;
        let mut records = records;
        if sizes(cells) <= i64::MAX as u64 / 2 && added <= 62 {
            records.all(|records| add(self, records, cells))
        } else {
            records.all(|records| self.add_checked(records, cells))
        }
    }

    fn add_checked(self, records: &[u64], cells: &mut [Cell]) -> bool {
        let mut odd = false;
        for record in records {
            let (group, value, weight) = self.read(*record);
            let Some(cell) = cells.get_mut(group) else {
                return false;
            };
            let (product, over) = value.overflowing_mul(weight);
            let (sum, past) = cell[0].overflowing_add(product);
            let (weight, beyond) = cell[1].overflowing_add(weight);
            odd |= over | past | beyond;
            *cell = [sum, weight];
        }
        !odd
    }

    /// A unit's group, value and weight.
    #[inline(always)]
    fn read(self, record: u64) -> (usize, i64, i64) {
        let group = record & ((1 << self.group) - 1);
        let value = record as i64 >> (64 - self.value);
        let weight = (record << (64 - self.group - self.weight)) as i64 >> (64 - self.weight);
        (group as usize, value, weight)
    }

    #[inline(always)]
    fn write(self, key: u32, value: i64, weight: i64) -> u64 {
        let group = u64::from(key & ((1 << self.group) - 1));
        let weight = (weight as u64) << (64 - self.weight) >> (64 - self.group - self.weight);
        group | weight | (value as u64) << (64 - self.value)
    }
}

vectorised! {
    fn pack(packing: Packing, block: Block<'_>, out: &mut [u64]) {
        let numbers = block.values.iter().zip(block.weights);
        for ((key, numbers), out) in block.keys.iter().zip(numbers).zip(out) {
            *out = packing.write(*key, *numbers.0, *numbers.1);
        }
    }
}

vectorised! {
    /// Whether all of them fit, and the greatest key.
    fn pack_floats(packing: Packing, keys: &[u32], numbers: [&[f64]; 2], out: &mut [u64])
        -> (bool, u32) {
        let numbers = numbers[0].iter().zip(numbers[1]);
        let (mut odd, mut sizes, mut greatest) = (0u64, [0i64; 2], 0);
        for ((key, numbers), out) in keys.iter().zip(numbers).zip(out) {
            let (value, settled) = quantised(*numbers.0);
            let (weight, even) = whole(*numbers.1);
            odd |= u64::from(!settled) | u64::from(!even);
            sizes = [sizes[0] | (value ^ (value >> 63)), sizes[1] | (weight ^ (weight >> 63))];
            greatest = greatest.max(*key);
            *out = packing.write(*key, value, weight);
        }
        let fit = sizes[0] >> (packing.value - 1) == 0 && sizes[1] >> (packing.weight - 1) == 0;
        (fit && odd == 0, greatest)
    }
}

vectorised! {
    /// Adds units none of whose sums can pass its end.
    fn add(packing: Packing, records: &[u64], cells: &mut [Cell]) -> bool {
        for record in records {
            let (group, value, weight) = packing.read(*record);
            let Some(cell) = cells.get_mut(group) else {
                return false;
            };
            *cell = [cell[0].wrapping_add(value.wrapping_mul(weight)), cell[1].wrapping_add(weight)];
        }
        true
    }
}

vectorised! {
    /// No sum is larger in size. Reading them in order is quicker than to miss each of them in
    /// no order afterwards.
    fn sizes(cells: &[Cell]) -> u64 {
        let size = |number: i64| number ^ (number >> 63);
        cells.iter().fold(0, |all, cell| all | size(cell[0]) | size(cell[1])) as u64
    }
}
