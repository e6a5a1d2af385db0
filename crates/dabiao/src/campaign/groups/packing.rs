//! A unit in one machine word: its group, its value and its weight, each in as many bits as the
//! column needs.

use super::numbers::{BLOCK, Block, extents};
use super::ways::Cell;
use crate::vectors::vectorised;

/// Where a number stands in a word, and what was taken from it so that it is none below 0.
#[derive(Clone, Copy, Debug)]
struct Field {
    shift: u32,
    bits: u32,
    base: i64,
}

/// How units are written: the low bits of their group, then value, then weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    groups: u32,
    value: Field,
    weight: Field,
}

/// The least and the greatest value, and weight.
pub(super) type Extents = [[i64; 2]; 2];

/// Room for a block.
pub(super) type Packed = [u64; BLOCK];

impl Field {
    /// So many bits, from where another field ends, around numbers from a least one on.
    fn new(shift: u32, bits: u32, least: i64) -> Field {
        let base = match least {
            0.. => 0,
            // As much again below it as there is room.
            _ => -(1 << (bits - 1)),
        };
        Field { shift, bits, base }
    }

    /// How many bits numbers with these extents take.
    fn needed([least, greatest]: [i64; 2]) -> u32 {
        let bits = |number: i64| 64 - number.unsigned_abs().leading_zeros();
        match least {
            0.. => bits(greatest).max(1),
            _ => bits(least).max(bits(greatest)) + 1,
        }
    }

    fn holds(self, [least, greatest]: [i64; 2]) -> bool {
        least >= self.base && (greatest - self.base) >> self.bits == 0
    }
}

impl Packing {
    /// How units are packed when so many bits are left for their groups, some of them have these
    /// extents, and others go somewhat beyond; nothing where they are too large.
    pub(super) fn new(groups: u32, [value, weight]: Extents) -> Option<Packing> {
        let (of_value, of_weight) = (Field::needed(value), Field::needed(weight));
        // A product has fewer than 63 bits then, whatever `groups` is.
        let spare = (64 - groups.max(4)).checked_sub(of_value + of_weight)?;
        let (value_bits, weight_bits) = (of_value + spare / 2, of_weight + spare.div_ceil(2));
        Some(Packing {
            groups,
            value: Field::new(groups, value_bits, value[0]),
            weight: Field::new(groups + value_bits, weight_bits, weight[0]),
        })
    }

    /// Packs a block; nothing where it does not fit.
    pub(super) fn pack<'r>(&self, block: Block<'_>, room: &'r mut Packed) -> Option<&'r [u64]> {
        let fits =
            self.value.holds(extents(block.values)) && self.weight.holds(extents(block.weights));
        let out = room.get_mut(..block.keys.len())?;
        pack(*self, block, out);
        fits.then_some(out)
    }

    /// Adds units to the groups of their range; gives whether all sums fit.
    pub(super) fn add(self, records: &[u64], cells: &mut [Cell]) -> bool {
        let mask = (1u64 << self.groups) - 1;
        let (of_value, above) = ((1u64 << self.value.bits) - 1, self.weight.shift);
        let mut odd = false;
        for record in records {
            let Some(cell) = cells.get_mut((record & mask) as usize) else {
                return false;
            };
            let value = ((record >> self.groups) & of_value) as i64 + self.value.base;
            let weight = (record >> above) as i64 + self.weight.base;
            let (sum, past) = cell[0].overflowing_add(value * weight);
            let (weight, beyond) = cell[1].overflowing_add(weight);
            odd |= past | beyond;
            *cell = [sum, weight];
        }
        !odd
    }
}

vectorised! {
    fn pack(packing: Packing, block: Block<'_>, out: &mut [u64]) {
        let mask = (1u32 << packing.groups) - 1;
        let (value, weight) = (packing.value, packing.weight);
        let numbers = block.values.iter().zip(block.weights);
        for ((key, numbers), out) in block.keys.iter().zip(numbers).zip(out) {
            *out = u64::from(*key & mask)
                | (numbers.0.wrapping_sub(value.base) as u64) << value.shift
                | (numbers.1.wrapping_sub(weight.base) as u64) << weight.shift;
        }
    }
}
