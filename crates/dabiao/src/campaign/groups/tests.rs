//! The same sums one unit after the other, in exact fractions.

use proptest::prelude::*;

use super::*;

/// What a group comes to, plainly.
fn plainly(
    units: &[(u32, i64, i64)],
    group_of: impl Fn(u32) -> u32,
    group: u32,
) -> (Rational, Rational, Option<i64>, Option<i64>) {
    let exact = |millionths: i64| Rational::from_scaled(i128::from(millionths), 6);
    let own = || {
        let held = units.iter().filter(|unit| unit.0 != NO_GROUP);
        held.filter(|unit| group_of(unit.0) == group)
    };
    (
        own()
            .map(|(_, value, weight)| &exact(*value) * &exact(*weight))
            .sum(),
        own().map(|(_, _, weight)| exact(*weight)).sum(),
        own().map(|unit| unit.1).min(),
        own().map(|unit| unit.1).max(),
    )
}

fn number() -> impl Strategy<Value = i64> {
    let most = Decimal::MAX.millionths();
    prop_oneof![
        (-3i64..300).prop_map(|whole| whole * 1_000_000),
        -100_000_000..100_000_000i64,
        -most..=most,
        Just(most),
        Just(-most),
    ]
}

/// Small numbers alone, large ones alone, or all kinds.
fn units() -> impl Strategy<Value = Vec<(u32, i64, i64)>> {
    let key = prop_oneof![6 => 0..5u32, 1 => Just(NO_GROUP)];
    let whole = (0i64..500).prop_map(|whole| whole * 1_000_000);
    let most = Decimal::MAX.millionths();
    prop_oneof![
        prop::collection::vec((key.clone(), 0..100_000_000i64, whole), 0..3000),
        prop::collection::vec((key.clone(), Just(most), Just(most)), 0..3000),
        prop::collection::vec((key, number(), number()), 0..3000),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_are_exact(units in units(), split in 0..3000usize) {
        let keys: Vec<u32> = units.iter().map(|unit| unit.0).collect();
        let values: Vec<i64> = units.iter().map(|unit| unit.1).collect();
        let weights: Vec<i64> = units.iter().map(|unit| unit.2).collect();
        let parents = [1, 0, 1, NO_GROUP, 1];
        let split = split.min(keys.len());
        let sums = |from: usize, to: usize| GroupSums::of(
            &keys[from..to],
            5,
            Numbers::Millionths(&values[from..to]),
            Some(Numbers::Millionths(&weights[from..to])),
            1,
        );
        let whole = sums(0, keys.len()).unwrap();
        let merged = sums(0, split).unwrap().merge(sums(split, keys.len()).unwrap()).unwrap();
        let extremes = GroupExtremes::of(&keys, 5, Numbers::Millionths(&values), 1).unwrap();
        let counted = GroupSums::of(&keys, 5, Numbers::Millionths(&values), None, 1).unwrap();
        let check = |sums: &GroupSums, extremes: &GroupExtremes, group: usize, expected: (Rational, Rational, _, _)| {
            let (sum, weight, least, greatest) = expected;
            prop_assert_eq!(sums.sum(group), sum.clone());
            prop_assert_eq!(sums.weight(group), weight.clone());
            let mean = sum.checked_div(&weight);
            prop_assert_eq!(sums.mean(group), mean.clone());
            let shown = mean.and_then(|mean| mean.round(6, Rounding::HalfUp));
            let shown = shown.and_then(Decimal::from_millionths);
            prop_assert_eq!(sums.means(1)[group], shown);
            prop_assert_eq!(extremes.least(group).map(Decimal::millionths), least);
            prop_assert_eq!(extremes.greatest(group).map(Decimal::millionths), greatest);
            Ok(())
        };
        for group in 0..5 {
            let expected = plainly(&units, |key| key, group);
            check(&whole, &extremes, group as usize, expected.clone())?;
            check(&merged, &extremes, group as usize, expected)?;
            let ones: Vec<_> = units.iter().map(|unit| (unit.0, unit.1, 1_000_000)).collect();
            check(&counted, &extremes, group as usize, plainly(&ones, |key| key, group))?;
        }
        let (above, extremes) = (whole.up(&parents, 2).unwrap(), extremes.up(&parents, 2).unwrap());
        for group in 0..2 {
            let expected = plainly(&units, |key| parents[key as usize], group);
            check(&above, &extremes, group as usize, expected)?;
        }
    }
}

#[test]
fn threads_and_floats_give_the_same() {
    let units = 2 * UNITS_FOR_THREADS + 777;
    let keys: Vec<u32> = (0..units as u32)
        .map(|unit| match unit.wrapping_mul(2_654_435_761) % 1000 {
            999 => NO_GROUP,
            key => key,
        })
        .collect();
    // What stands in a unit that is left out does not matter.
    let values: Vec<f64> = (0..units)
        .map(|unit| {
            if keys[unit] == NO_GROUP {
                f64::NAN
            } else {
                (unit % 1013) as f64 / 7.0
            }
        })
        .collect();
    let weights: Vec<f64> = (0..units).map(|unit| (unit % 47) as f64).collect();
    let millionths: Vec<i64> = values
        .iter()
        .map(|value| Decimal::from_f64(*value).map_or(0, Decimal::millionths))
        .collect();
    let one = GroupSums::of(
        &keys,
        999,
        Numbers::Millionths(&millionths),
        Some(Numbers::Floats(&weights)),
        1,
    )
    .unwrap();
    let least = GroupExtremes::of(&keys, 999, Numbers::Millionths(&millionths), 1).unwrap();
    for threads in [1, 2, 5] {
        let sums = GroupSums::of(
            &keys,
            999,
            Numbers::Floats(&values),
            Some(Numbers::Floats(&weights)),
            threads,
        )
        .unwrap();
        assert_eq!(sums.means(threads), one.means(1));
        let found = GroupExtremes::of(&keys, 999, Numbers::Floats(&values), threads).unwrap();
        for group in 0..999 {
            assert_eq!(sums.sum(group), one.sum(group));
            assert_eq!(found.least(group), least.least(group));
        }
    }
    // A weight that is not whole makes all sums wide.
    let mut odd = weights.clone();
    odd[units - 1] += 0.5;
    let sums = GroupSums::of(
        &keys,
        999,
        Numbers::Floats(&values),
        Some(Numbers::Floats(&odd)),
        2,
    )
    .unwrap();
    let last = keys[units - 1] as usize;
    for group in (0..999).filter(|group| *group != last) {
        assert_eq!(sums.mean(group), one.mean(group));
    }
    assert_eq!(
        sums.weight(last),
        &one.weight(last) + &"0.5".parse().unwrap()
    );
}

#[test]
fn what_cannot_be_summed_is_named() {
    let values = Numbers::Floats(&[1.0, f64::NAN, 2.0]);
    let of = |keys: &[u32], weights| GroupSums::of(keys, 2, values, weights, 1);
    let line = |sums: Result<GroupSums, Fault>| sums.unwrap_err().place.line;
    assert_eq!(line(of(&[0, 1, 1], None)), Some(2));
    assert_eq!(line(of(&[0, NO_GROUP, 2], None)), Some(3));
    assert!(of(&[0, NO_GROUP, 1], None).is_ok());
    assert_eq!(of(&[0, 1], None).unwrap_err().code, FaultCode::ColumnLength);
    let heavy = Numbers::Floats(&[1.0, 1.0, 2e12]);
    assert_eq!(line(of(&[0, NO_GROUP, 1], Some(heavy))), Some(3));
    let sums = of(&[0, NO_GROUP, 1], None).unwrap();
    assert!(sums.up(&[0], 1).is_err());
    assert_eq!(sums.up(&[0, 7], 1).unwrap_err().place.line, Some(2));
    assert!(
        sums.clone()
            .merge(GroupSums::of(&[], 3, Numbers::Millionths(&[]), None, 1).unwrap())
            .is_err()
    );
    let none = GroupSums::of(&[NO_GROUP; 3], 0, values, None, 1).unwrap();
    assert!(none.is_empty() && none.means(4).is_empty() && none.mean(0).is_none());
}
