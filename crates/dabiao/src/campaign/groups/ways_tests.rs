//! Every way of summing against one unit after the other, in exact fractions.

use proptest::prelude::*;

use super::cells::Cells;
use super::numbers::Blocks;
use super::spread::{self, Sizes};
use super::*;
use crate::vectors::{Path, force};

/// Units' keys, values and weights, as decimals and as the floats they come from.
#[derive(Clone, Debug)]
struct Units {
    groups: usize,
    keys: Vec<u32>,
    values: Vec<i64>,
    weights: Vec<i64>,
    floats: [Vec<f64>; 2],
}

impl Units {
    /// With values near these, and weights.
    fn new(groups: usize, keys: Vec<u32>, values: &[i64], weights: &[i64]) -> Units {
        let floats = [values, weights].map(|numbers| {
            let numbers = numbers.iter().zip(&keys);
            // What stands in a unit that is left out does not matter.
            let float = |(number, key): (&i64, &u32)| match *key {
                NO_GROUP => f64::NAN,
                _ => *number as f64 / 1e6,
            };
            numbers.map(float).collect::<Vec<f64>>()
        });
        let decimal = |float: &f64| Decimal::from_f64(*float).map_or(0, Decimal::millionths);
        let [values, weights] = [0, 1].map(|n: usize| floats[n].iter().map(decimal).collect());
        Units {
            groups,
            keys,
            values,
            weights,
            floats,
        }
    }

    fn blocks(&self) -> Blocks<'_> {
        let (values, weights) = (&self.values, &self.weights);
        let (values, weights) = (Numbers::Millionths(values), Numbers::Millionths(weights));
        Blocks::new(&self.keys, self.groups, values, Some(weights)).unwrap()
    }

    fn float_blocks(&self) -> Blocks<'_> {
        let [values, weights] = [0, 1].map(|n: usize| Numbers::Floats(&self.floats[n]));
        Blocks::new(&self.keys, self.groups, values, Some(weights)).unwrap()
    }

    fn plainly(&self) -> Vec<(Rational, Rational)> {
        let exact = |millionths: i64| Rational::from_scaled(i128::from(millionths), 6);
        let mut all = vec![(Rational::default(), Rational::default()); self.groups];
        for ((key, value), weight) in self.keys.iter().zip(&self.values).zip(&self.weights) {
            if let Some((sum, heavy)) = all.get_mut(*key as usize) {
                *sum = &*sum + &(&exact(*value) * &exact(*weight));
                *heavy = &*heavy + &exact(*weight);
            }
        }
        all
    }

    fn check(&self, cells: Cells, plainly: &[(Rational, Rational)]) -> Result<(), TestCaseError> {
        let sums = GroupSums(cells);
        prop_assert_eq!(sums.len(), self.groups);
        let means = sums.means(1);
        for (group, (sum, weight)) in plainly.iter().enumerate() {
            prop_assert_eq!(&sums.sum(group), sum);
            prop_assert_eq!(&sums.weight(group), weight);
            let mean = sum.checked_div(weight);
            let shown = mean.and_then(|mean| mean.round(6, Rounding::HalfUp));
            prop_assert_eq!(means[group], shown.and_then(Decimal::from_millionths));
        }
        Ok(())
    }
}

const ONE: i64 = 1_000_000;
const MOST: i64 = Decimal::MAX.millionths();

/// Values and whole weights of some size.
fn numbers() -> impl Strategy<Value = (i64, i64)> {
    prop_oneof![
        8 => (0..100_000_000i64, 0..500i64),
        1 => (-100_000_000..100_000_000i64, -3..500i64),
        1 => (-MOST..=MOST, Just(1)),
        1 => (-MOST..=MOST, -1000..1000i64),
        1 => prop_oneof![Just((MOST, MOST / ONE)), Just((-MOST, MOST / ONE))],
    ]
}

/// Of one size or of all; in no order, in that of their groups, or with a few out of it.
fn units() -> impl Strategy<Value = Units> {
    let size = prop_oneof![
        3 => Just((0..100_000_000i64, 0..500i64)),
        1 => Just((-100_000_000..1i64, -3..1i64)),
        1 => Just((-9..10i64, -4..9i64)),
        1 => Just((MOST - 5..MOST, 1..500i64)),
    ];
    let alike = (1..300usize, size).prop_flat_map(|(groups, size)| {
        (
            Just(groups),
            prop::collection::vec((0..groups as u32, size), 0..6000),
        )
    });
    let mixed = (1..300usize).prop_flat_map(|groups| {
        let unit = (0..groups as u32, numbers());
        (Just(groups), prop::collection::vec(unit, 0..3000))
    });
    let units = prop_oneof![3 => alike, 1 => mixed];
    (units, 0..4u8, 0..3u8, any::<u32>()).prop_map(|((groups, units), order, without, one)| {
        let mut keys: Vec<u32> = units.iter().map(|unit| unit.0).collect();
        match order {
            0 => {}
            1 => keys.fill(one % groups as u32),
            _ => keys.sort_unstable(),
        }
        if order == 3 && !keys.is_empty() {
            let at = one as usize % keys.len();
            keys.swap(0, at);
        }
        for key in keys
            .iter_mut()
            .skip(2)
            .step_by(7)
            .take(if without > 0 { 500 } else { 0 })
        {
            *key = NO_GROUP;
        }
        if without == 2 {
            keys.fill(NO_GROUP);
        }
        let values: Vec<i64> = units.iter().map(|unit| unit.1.0).collect();
        let weights: Vec<i64> = units.iter().map(|unit| unit.1.1 * ONE).collect();
        Units::new(groups, keys, &values, &weights)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_way_is_exact(units in units(), threads in 1..4usize, bits in 0..5u32, round in 1..3000usize) {
        let plainly = units.plainly();
        for path in Path::ALL {
            if !force(path) {
                continue;
            }
            for blocks in [units.blocks(), units.float_blocks()] {
                units.check(ways::sum(&blocks, threads).unwrap(), &plainly)?;
                if let Some(cells) = spread::sum(&blocks, threads, Sizes { bits, round }).unwrap() {
                    units.check(Cells::Small(cells), &plainly)?;
                }
                if let Some(cells) = ways::in_order(&blocks, threads).unwrap() {
                    units.check(Cells::Small(cells), &plainly)?;
                }
            }
        }
    }
}

/// Numbers of everyday size take the quick ways, and larger ones fall back to the same sums.
#[test]
fn quick_ways_are_taken() {
    let (groups, rows) = (10_000, 40_000u32);
    let shuffled: Vec<u32> = (0..rows)
        .map(|row| row.wrapping_mul(2_654_435_761) % 10_000)
        .collect();
    let mut sorted = shuffled.clone();
    sorted.sort_unstable();
    let mut values: Vec<i64> = (0..i64::from(rows))
        .map(|row| row * 10_007 % 100_000_000)
        .collect();
    let mut weights: Vec<i64> = (0..i64::from(rows)).map(|row| row % 121 * ONE).collect();
    let sizes = Sizes {
        bits: 6,
        round: 3_000,
    };
    let check = |keys: &[u32], values: &[i64], weights: &[i64], spread: bool, in_order: bool| {
        let units = Units::new(groups, keys.to_vec(), values, weights);
        let plainly = units.plainly();
        for blocks in [units.blocks(), units.float_blocks()] {
            let found = [
                spread::sum(&blocks, 2, sizes).unwrap(),
                ways::in_order(&blocks, 2).unwrap(),
            ];
            assert_eq!(found.each_ref().map(Option::is_some), [spread, in_order]);
            let found = found.into_iter().flatten().map(Cells::Small);
            for cells in found.chain([ways::sum(&blocks, 2).unwrap()]) {
                units.check(cells, &plainly).unwrap();
            }
        }
    };
    check(&shuffled, &values, &weights, true, false);
    sorted[9] = NO_GROUP;
    check(&sorted, &values, &weights, true, true);
    // One number that was not looked at, and does not fit in with the others.
    values[20_001] = 1_000_000_000 * ONE;
    check(&sorted, &values, &weights, false, true);
    // A weight that is not whole.
    weights[39_999] += 1;
    check(&sorted, &values, &weights, false, false);
    // Sums past the end of a machine word, though no product is.
    values.fill(MOST);
    weights.fill(ONE);
    check(&vec![77; rows as usize], &values, &weights, false, false);
}

/// The first fault is the one that is told, whatever the way and the threads.
#[test]
fn the_first_fault_is_told() {
    let units = 3 * UNITS_FOR_THREADS;
    let groups = 70_000;
    let shuffled: Vec<u32> = (0..units as u32)
        .map(|row| row.wrapping_mul(2_654_435_761) % groups)
        .collect();
    let mut sorted = shuffled.clone();
    sorted.sort_unstable();
    for keys in [shuffled, sorted] {
        for threads in [1, 2, 3] {
            let mut values = vec![1.5; units];
            let mut weights = vec![2.0; units];
            let mut keys = keys.clone();
            let expect = |keys: &[u32], values: &[f64], weights: &[f64], at: usize| {
                let (values, weights) = (Numbers::Floats(values), Numbers::Floats(weights));
                let fault = GroupSums::of(keys, groups as usize, values, Some(weights), threads);
                assert_eq!(fault.unwrap_err().place.line, Some(at as u64 + 1));
                let of = GroupExtremes::of(keys, groups as usize, values, threads).err();
                let of = of.and_then(|fault| fault.place.line);
                let alone = Blocks::new(keys, groups as usize, values, None).unwrap();
                assert_eq!(of, alone.fault().err().and_then(|fault| fault.place.line));
            };
            weights[units - 1] = f64::INFINITY;
            expect(&keys, &values, &weights, units - 1);
            keys[units - 2] = groups;
            expect(&keys, &values, &weights, units - 2);
            values[90_000] = f64::NAN;
            expect(&keys, &values, &weights, 90_000);
            // In the same block, in front of it.
            weights[89_999] = 2e12;
            expect(&keys, &values, &weights, 89_999);
            (keys[11], values[11]) = (NO_GROUP, f64::NAN);
            expect(&keys, &values, &weights, 89_999);
        }
    }
}
