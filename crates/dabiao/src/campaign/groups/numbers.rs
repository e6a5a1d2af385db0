//! Columns of numbers as they come, read block by block.

use std::ops::Range;

use super::{NO_GROUP, no_group, same_length};
use crate::decimal::Decimal;
use crate::fault::{Fault, FaultCode, Place};
use crate::lang::Text;
use crate::observations::quantise::{self, SHIFT, SIMPLE};
use crate::vectors::{prefetch, vectorised};

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    /// Binary floats, each taken as the nearest decimal (§2.1).
    Floats(&'a [f64]),
    /// Whole numbers of millionths, as [`Decimal`] holds them.
    Millionths(&'a [i64]),
}

impl Numbers<'_> {
    fn len(&self) -> usize {
        match self {
            Numbers::Floats(numbers) => numbers.len(),
            Numbers::Millionths(numbers) => numbers.len(),
        }
    }

    #[inline(always)]
    fn ahead(&self, row: usize) {
        match self {
            Numbers::Floats(numbers) => prefetch_at(numbers, row),
            Numbers::Millionths(numbers) => prefetch_at(numbers, row),
        }
    }

    fn millionths(&self, rows: Range<usize>, out: &mut [i64]) {
        match self {
            Numbers::Floats(numbers) => quantise::millionths(&numbers[rows], out),
            Numbers::Millionths(numbers) => out.copy_from_slice(&numbers[rows]),
        }
    }

    /// Whether all of them are whole and decimals; if so, as whole numbers.
    fn whole(&self, rows: Range<usize>, out: &mut [i64]) -> bool {
        const ONE: i64 = 1_000_000;
        match self {
            Numbers::Floats(numbers) => all_whole(&numbers[rows], out),
            Numbers::Millionths(numbers) => {
                let mut rest = 0;
                for (number, out) in numbers[rows].iter().zip(out) {
                    *out = number / ONE;
                    rest |= number - *out * ONE;
                    rest |= i64::from(number.unsigned_abs() > MOST);
                }
                rest == 0
            }
        }
    }
}

#[inline(always)]
fn prefetch_at<T>(data: &[T], row: usize) {
    if let Some(element) = data.get(row) {
        prefetch(std::slice::from_ref(element));
    }
}

/// The greatest decimal, in millionths.
const MOST: u64 = Decimal::MAX.millionths().unsigned_abs();
/// How many units are read at once: their numbers stay in the first cache.
pub(super) const BLOCK: usize = 1024;

/// How many of them share a line of a cache.
pub(super) const LINE: usize = 8;

/// Numbers with their groups and weights.
pub(super) struct Blocks<'a> {
    pub(super) keys: &'a [u32],
    pub(super) groups: usize,
    values: Numbers<'a>,
    weights: Option<Numbers<'a>>,
}

/// Room for one block, and what stands in it.
pub(super) struct Room {
    keys: Vec<u32>,
    values: Vec<i64>,
    weights: Vec<i64>,
    /// Which units are left out.
    out: Vec<bool>,
    /// Whether keys were changed, because some unit is left out.
    copied: bool,
    /// The group that units left out seem to be in.
    group: u32,
}

/// One block's units: those left out have a value and a weight of 0, in some group or other.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) keys: &'a [u32],
    /// In millionths.
    pub(super) values: &'a [i64],
    pub(super) weights: &'a [i64],
}

impl Block<'_> {
    pub(super) fn from(self, first: usize) -> Self {
        Block {
            keys: &self.keys[first..],
            values: &self.values[first..],
            weights: &self.weights[first..],
        }
    }
}

/// One block's units: values × weights, all of which together are below 2⁶³ in size, and weights,
/// of which so are they. Those left out have a product and a weight of 0.
pub(super) struct Products<'a> {
    pub(super) keys: &'a [u32],
    pub(super) products: &'a mut [i64],
    pub(super) weights: &'a mut [i64],
}

/// Whether so many products of numbers below some sizes are below 2⁶³ together.
fn fits([value, weight]: [u64; 2]) -> bool {
    let all = u128::from(value) * u128::from(weight) * BLOCK as u128;
    all.max(u128::from(weight) * BLOCK as u128) <= i64::MAX as u128
}

/// How weights are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weighing {
    Whole,
    Millionths,
}

impl Room {
    pub(super) fn new() -> Room {
        Room::with(0)
    }

    /// Room in which units that are left out seem to be in a group, with a weight of 0.
    pub(super) fn with(group: u32) -> Room {
        Room {
            keys: vec![0; BLOCK],
            values: vec![0; BLOCK],
            weights: vec![0; BLOCK],
            out: vec![false; BLOCK],
            copied: false,
            group,
        }
    }
}

impl<'a> Blocks<'a> {
    pub(super) fn new(
        keys: &'a [u32],
        groups: usize,
        values: Numbers<'a>,
        weights: Option<Numbers<'a>>,
    ) -> Result<Self, Fault> {
        same_length(keys.len(), values.len())?;
        same_length(
            keys.len(),
            weights.map_or(keys.len(), |weights| weights.len()),
        )?;
        Ok(Blocks {
            keys,
            groups,
            values,
            weights,
        })
    }

    /// The fault of the first unit that has one.
    pub(super) fn fault(&self) -> Result<(), Fault> {
        let mut number = [0];
        for (at, key) in self.keys.iter().enumerate() {
            if *key == NO_GROUP {
                continue;
            }
            if *key as usize >= self.groups {
                return Err(no_group(at, *key, self.groups));
            }
            for numbers in [Some(self.values), self.weights].into_iter().flatten() {
                numbers.millionths(at..at + 1, &mut number);
                check(&number, at)?;
            }
        }
        Ok(())
    }

    /// The blocks of a stretch of units.
    pub(super) fn of(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let end = rows.end;
        rows.step_by(BLOCK)
            .map(move |from| from..(from + BLOCK).min(end))
    }

    /// Reads the values of a block; gives whether any unit of it is in a group.
    pub(super) fn read(&self, rows: Range<usize>, room: &mut Room) -> Result<bool, Fault> {
        let (from, count) = (rows.start, rows.len());
        let keys = &self.keys[rows.clone()];
        let values = &mut room.values[..count];
        self.values.millionths(rows, values);
        room.copied = greatest(keys) as usize >= self.groups;
        if room.copied {
            let (into, out) = (&mut room.keys[..count], &mut room.out[..count]);
            into.copy_from_slice(keys);
            out.fill(false);
            let mut any = false;
            for (at, (key, value)) in into.iter_mut().zip(&mut *values).enumerate() {
                if *key == NO_GROUP {
                    (*key, *value, out[at]) = (room.group, 0, true);
                } else if *key as usize >= self.groups {
                    return Err(no_group(from + at, *key, self.groups));
                } else {
                    any = true;
                }
            }
            if !any {
                return Ok(false);
            }
        }
        check(values, from)?;
        Ok(count > 0)
    }

    /// Reads the weights of a block after its values; nothing where they are asked for as whole
    /// numbers and are not.
    pub(super) fn weigh<'r>(
        &'r self,
        rows: Range<usize>,
        weighing: Weighing,
        room: &'r mut Room,
    ) -> Result<Option<Block<'r>>, Fault> {
        let (from, count) = (rows.start, rows.len());
        let out = if room.copied { &room.out[..count] } else { &[] };
        let keys = self.keys_of(rows.clone(), room.copied, &room.keys);
        let weights = &mut room.weights[..count];
        let clear = |weights: &mut [i64]| {
            for (weight, out) in weights.iter_mut().zip(out) {
                *weight = if *out { 0 } else { *weight };
            }
        };
        match (self.weights, weighing) {
            (None, weighing) => {
                let one = if weighing == Weighing::Whole {
                    1
                } else {
                    1_000_000
                };
                weights.fill(one);
                clear(weights);
            }
            (Some(numbers), Weighing::Whole) => {
                // What stands in a unit that is left out does not matter.
                let whole = numbers.whole(rows, weights) || {
                    let mut one =
                        |at| numbers.whole(from + at..from + at + 1, &mut weights[at..=at]);
                    !out.is_empty() && (0..count).all(|at| out[at] || one(at))
                };
                if !whole {
                    return Ok(None);
                }
                clear(weights);
            }
            (Some(numbers), Weighing::Millionths) => {
                numbers.millionths(rows, weights);
                clear(weights);
                check(weights, from)?;
            }
        }
        Ok(Some(Block {
            keys,
            values: &room.values[..count],
            weights: &room.weights[..count],
        }))
    }

    /// Values and weights where both are floats.
    pub(super) fn floats(&self, rows: Range<usize>) -> Option<[&'a [f64]; 2]> {
        match (self.values, self.weights) {
            (Numbers::Floats(values), Some(Numbers::Floats(weights))) => {
                Some([&values[rows.clone()], &weights[rows]])
            }
            _ => None,
        }
    }

    /// Asks memory for units that are read next, the row's and those that share its cache lines,
    /// while others are worked on.
    #[inline(always)]
    pub(super) fn ahead(&self, row: usize) {
        prefetch_at(self.keys, row);
        self.values.ahead(row);
        if let Some(weights) = &self.weights {
            weights.ahead(row);
        }
    }

    /// Reads a block of floats at once; nothing where one of them is no everyday number or none
    /// at all, a unit is left out, or there are no floats.
    pub(super) fn multiplied<'r>(
        &'r self,
        rows: Range<usize>,
        room: &'r mut Room,
    ) -> Option<Products<'r>> {
        let numbers = self.floats(rows.clone())?;
        let keys = &self.keys[rows];
        let products = &mut room.values[..keys.len()];
        let weights = &mut room.weights[..keys.len()];
        let seen = multiply(keys, numbers, products, weights);
        let plain = !seen.odd && (seen.greatest as usize) < self.groups;
        (plain && fits(seen.sizes.map(|size| size as u64 + 1))).then_some(Products {
            keys,
            products,
            weights,
        })
    }

    /// Multiplies what was read as whole numbers; nothing, and nothing is changed, where the
    /// products are too large.
    pub(super) fn multiply<'r>(
        &'r self,
        rows: Range<usize>,
        room: &'r mut Room,
    ) -> Option<Products<'r>> {
        let count = rows.len();
        let keys = self.keys_of(rows, room.copied, &room.keys);
        let (products, weights) = (&mut room.values[..count], &mut room.weights[..count]);
        let size = |numbers: &[i64]| {
            let [least, greatest] = extents(numbers);
            least.unsigned_abs().max(greatest.unsigned_abs())
        };
        if !fits([size(products), size(weights)]) {
            return None;
        }
        for (product, weight) in products.iter_mut().zip(&*weights) {
            *product = product.wrapping_mul(*weight);
        }
        Some(Products {
            keys,
            products,
            weights,
        })
    }

    /// The keys and values that were read, without those that are left out.
    pub(super) fn plain<'r>(
        &'r self,
        rows: Range<usize>,
        room: &'r Room,
    ) -> impl Iterator<Item = (u32, i64)> + 'r {
        let (count, copied) = (rows.len(), room.copied);
        let keys = self.keys_of(rows, copied, &room.keys);
        let units = keys.iter().zip(&room.values[..count]).zip(&room.out);
        let held = units.filter(move |(_, out)| !copied || !**out);
        held.map(|((key, value), _)| (*key, *value))
    }

    fn keys_of<'r>(&'r self, rows: Range<usize>, copied: bool, room: &'r [u32]) -> &'r [u32] {
        if copied {
            &room[..rows.len()]
        } else {
            &self.keys[rows]
        }
    }
}

/// Every number of a block must be a decimal.
fn check(numbers: &[i64], from: usize) -> Result<(), Fault> {
    if within(numbers) {
        return Ok(());
    }
    let beyond = |number: &i64| number.unsigned_abs() > MOST;
    let at = numbers.iter().position(beyond).unwrap_or_default();
    Err(at_unit(FaultCode::Value, from + at).expected(Text::new(
        "绝对值不超过 10\u{b9}\u{b2} 的数",
        "a number of at most 10\u{b9}\u{b2} in size",
    )))
}

/// A fault of the unit at a position.
pub(super) fn at_unit(code: FaultCode, at: usize) -> Fault {
    Fault::new(code).at(Place {
        line: Some(at as u64 + 1),
        ..Place::default()
    })
}

vectorised! {
    /// Whether all of them are decimals.
    fn within(numbers: &[i64]) -> bool {
        const MOST: i64 = Decimal::MAX.millionths();
        let mut odd = 0u64;
        for number in numbers {
            odd |= u64::from(*number > MOST) | u64::from(*number < -MOST);
        }
        odd == 0
    }
}

vectorised! {
    /// The least and the greatest of them and of 0.
    pub(super) fn extents(numbers: &[i64]) -> [i64; 2] {
        let mut extents = [0i64; 2];
        for number in numbers {
            extents = [extents[0].min(*number), extents[1].max(*number)];
        }
        extents
    }
}

vectorised! {
    /// The greatest of them.
    fn greatest(keys: &[u32]) -> u32 {
        keys.iter().fold(0, |most, key| most.max(*key))
    }
}

vectorised! {
    /// Whether all floats are whole and at most 10¹² in size; as whole numbers.
    fn all_whole(numbers: &[f64], out: &mut [i64]) -> bool {
        let mut odd = 0u64;
        for (number, out) in numbers.iter().zip(out) {
            let (number, whole) = whole(*number);
            odd |= u64::from(!whole);
            *out = number;
        }
        odd == 0
    }
}

/// A float as a whole number, and whether it is one and at most 10¹² in size.
#[inline(always)]
pub(super) fn whole(number: f64) -> (i64, bool) {
    let shifted = number + SHIFT;
    let whole = number == shifted - SHIFT && number.abs() <= 1e12;
    (
        (shifted.to_bits() as i64).wrapping_sub(SHIFT.to_bits() as i64),
        whole,
    )
}

/// A float in millionths, and whether that is so without a closer look.
#[inline(always)]
pub(super) fn quantised(number: f64) -> (i64, bool) {
    let product = number * 1e6;
    let shifted = product + SHIFT;
    let settled = (product - (shifted - SHIFT)).abs() < 0.5 && product.abs() < SIMPLE;
    (
        (shifted.to_bits() as i64).wrapping_sub(SHIFT.to_bits() as i64),
        settled,
    )
}

/// What was seen of a block's floats.
#[derive(Clone, Copy)]
struct Seen {
    /// Whether any takes a closer look.
    odd: bool,
    /// No value, and no weight, is larger in size.
    sizes: [i64; 2],
    /// The greatest key.
    greatest: u32,
}

vectorised! {
    /// Values × weights, and weights.
    fn multiply(keys: &[u32], numbers: [&[f64]; 2], products: &mut [i64], weights: &mut [i64])
        -> Seen {
        let numbers = numbers[0].iter().zip(numbers[1]);
        let out = products.iter_mut().zip(weights);
        let (mut odd, mut sizes, mut greatest) = (0u64, [0i64; 2], 0);
        for ((key, numbers), out) in keys.iter().zip(numbers).zip(out) {
            let (value, settled) = quantised(*numbers.0);
            let (weight, even) = whole(*numbers.1);
            odd |= u64::from(!settled) | u64::from(!even);
            sizes = [sizes[0] | (value ^ (value >> 63)), sizes[1] | (weight ^ (weight >> 63))];
            greatest = greatest.max(*key);
            (*out.0, *out.1) = (value.wrapping_mul(weight), weight);
        }
        Seen { odd: odd != 0, sizes, greatest }
    }
}
