use super::interval::Interval;
use super::*;
use crate::expression::Comparison;

use proptest::prelude::*;

fn checked(text: &str) -> String {
    match Document::from_text_checked(text, Format::Toml) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    }
}

#[test]
fn the_shipped_standards_pass() {
    for text in [
        include_str!("../../../standards/weihai-2020.toml"),
        include_str!("../../../standards/uci-communities.toml"),
    ] {
        assert_eq!(checked(text), "");
        let document = Document::from_toml(text).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(document.check(), Ok(()));
    }
}

fn any_interval() -> impl Strategy<Value = Interval> {
    let edge =
        prop::option::of((-6i64..=6, any::<bool>()).prop_map(|(x, inclusive)| {
            (Rational::ratio(x.into(), 2).unwrap_or_default(), inclusive)
        }));
    (edge.clone(), edge, any::<bool>()).prop_map(|(low, high, whole)| {
        Interval {
            low,
            high,
            whole: false,
        }
        .of_whole(whole)
    })
}

fn holds(interval: &Interval, x: &Rational) -> bool {
    let above = interval
        .low
        .as_ref()
        .is_none_or(|(low, inclusive)| x > low || (*inclusive && x == low));
    let below = interval
        .high
        .as_ref()
        .is_none_or(|(high, inclusive)| x < high || (*inclusive && x == high));
    above && below && (!interval.whole || x.is_integer())
}

proptest! {
    /// Halves and quarters from −5 to 5 tell all intervals with halves as edges apart.
    #[test]
    fn intervals_are_sets(a in any_interval(), b in any_interval()) {
        // A band is taken out of values, whole or not; values are never taken out of a band.
        prop_assume!(a.whole || !b.whole);
        let left = a.without(&b);
        let mut seen = false;
        for x in (-20i64..=20).map(|x| Rational::ratio(x.into(), 4).unwrap_or_default()) {
            let in_both = holds(&a, &x) && holds(&b, &x);
            prop_assert_eq!(holds(&a.and(&b), &x), in_both);
            prop_assert_eq!(left.iter().any(|part| holds(part, &x)), holds(&a, &x) && !holds(&b, &x));
            seen |= holds(&a, &x);
        }
        prop_assert_eq!(a.is_empty(), !seen && a.low.is_some() && a.high.is_some());
    }
}

#[test]
fn comparisons_are_intervals() {
    let two = Rational::from(2);
    for (comparison, inside) in [
        (Comparison::AtLeast, [false, true, true]),
        (Comparison::Above, [false, false, true]),
        (Comparison::AtMost, [true, true, false]),
        (Comparison::Below, [true, false, false]),
        (Comparison::Equal, [false, true, false]),
    ] {
        let interval = Interval::compared(comparison, two.clone());
        let found = [1, 2, 3].map(|x| holds(&interval, &Rational::from(x)));
        assert_eq!(found, inside, "{comparison}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A document made in memory may hold anything; its faults are told, and what has none compiles.
    #[test]
    fn no_document_panics(document in crate::standard::arbitrary::documents()) {
        if document.check().is_ok() {
            prop_assert!(crate::Standard::from_document(document).is_ok());
        }
    }
}
