//! What is done in machine words is what big fractions give, and a number has one form.

use std::hash::{BuildHasher, RandomState};

use proptest::prelude::*;

use super::*;

fn ten_to(power: u8) -> UBig {
    UBig::from(10u8).pow(usize::from(power))
}

/// Sizes up to and about what a word holds, and far beyond.
fn sizes() -> impl Strategy<Value = u128> {
    prop_oneof![
        3 => 0u128..200,
        2 => any::<u32>().prop_map(u128::from),
        2 => any::<u64>().prop_map(u128::from),
        2 => (0u128..6).prop_map(|near| (1 << 63) - 3 + near),
        2 => (0u128..6).prop_map(|near| (1 << 64) - 3 + near),
        1 => (0u32..30).prop_map(|power| 10u128.pow(power)),
        1 => (0u32..100).prop_map(|power| 1u128 << power),
        1 => any::<u128>().prop_map(|size| size >> 4),
    ]
}

/// A fraction, not in lowest terms: the sign, and the sizes of numerator and denominator.
fn parts() -> impl Strategy<Value = (bool, u128, u128)> {
    let size = sizes().prop_map(|size| size.max(1));
    (any::<bool>(), sizes(), prop_oneof![2 => size, 1 => Just(1)])
}

fn big((negative, numerator, denominator): (bool, u128, u128)) -> RBig {
    let size = IBig::from(numerator);
    RBig::from_parts(if negative { -size } else { size }, UBig::from(denominator))
}

/// The same number by way of the public constructor.
fn number((negative, numerator, denominator): (bool, u128, u128)) -> Rational {
    let size = i128::try_from(numerator).unwrap();
    Rational::ratio(
        if negative { -size } else { size },
        i128::try_from(denominator).unwrap(),
    )
    .unwrap()
}

/// Two fractions; often with a denominator, a numerator or a factor in common.
fn pairs() -> impl Strategy<Value = ((bool, u128, u128), (bool, u128, u128))> {
    (parts(), parts(), 0u8..6).prop_map(|(a, b, kind)| match kind {
        0 => (a, (b.0, b.1, a.2)),
        1 => (a, (b.0, a.2, a.1.max(1))),
        2 => (a, (b.0, a.1, a.2)),
        _ => (a, b),
    })
}

/// It is what the big fraction is, in the only form for it.
fn held(number: &Rational, expected: &RBig) -> Result<(), TestCaseError> {
    let fits = i64::try_from(expected.numerator()).is_ok()
        && u64::try_from(expected.denominator()).is_ok();
    prop_assert_eq!(number.small().is_some(), fits, "form of {}", expected);
    prop_assert!(
        number.big().as_ref() == expected,
        "{:?} for {}",
        number,
        expected
    );
    if let Some((numerator, denominator)) = number.small() {
        // Not by way of a big fraction, which would put it into lowest terms.
        prop_assert_eq!(&IBig::from(numerator), expected.numerator());
        prop_assert_eq!(&UBig::from(denominator.get()), expected.denominator());
    }
    let same = Rational::of_big(expected.clone());
    prop_assert_eq!(number, &same);
    let state = RandomState::new();
    prop_assert_eq!(state.hash_one(number), state.hash_one(&same));
    Ok(())
}

fn rounded(number: &RBig, decimals: u8, rounding: Rounding) -> IBig {
    let scaled = number * RBig::from(ten_to(decimals));
    let (sign, size) = (
        scaled.sign(),
        if scaled.sign() == Sign::Negative {
            -scaled
        } else {
            scaled
        },
    );
    let half = RBig::from_parts(IBig::ONE, UBig::from(2u8));
    let up = (&size + &half).floor();
    let tie = RBig::from(up.clone()) == &size + &half;
    let odd = &up % IBig::from(2) != IBig::ZERO;
    let size = if rounding == Rounding::HalfEven && tie && odd {
        up - IBig::ONE
    } else {
        up
    };
    size * sign
}

/// As a decimal of so many digits, which writes it exactly.
fn decimal(number: &RBig, digits: u8) -> String {
    let scaled = rounded(number, digits, Rounding::HalfUp);
    let sign = if scaled < IBig::ZERO { "-" } else { "" };
    let width = usize::from(digits);
    let text = format!(
        "{:0>fill$}",
        (scaled * number.sign()).to_string(),
        fill = width + 1
    );
    let (whole, fraction) = text.split_at(text.len() - width);
    let text = format!("{sign}{whole}.{fraction}");
    let text = text.trim_end_matches('0');
    text.trim_end_matches('.').to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_numbers_give_what_big_fractions_give((a, b) in pairs()) {
        let (x, y) = (number(a), number(b));
        let (p, q) = (big(a), big(b));
        held(&x, &p)?;
        held(&y, &q)?;
        held(&(&x + &y), &(&p + &q))?;
        held(&(&x - &y), &(&p - &q))?;
        held(&(&x * &y), &(&p * &q))?;
        held(&(x.clone() + y.clone()), &(&p + &q))?;
        held(&[x.clone(), y.clone(), x.clone()].iter().sum(), &(&(&p + &q) + &p))?;
        prop_assert_eq!(x.cmp(&y), p.cmp(&q));
        prop_assert_eq!(x == y, p == q);
        prop_assert_eq!(x.cmp(&y).is_eq(), x == y);
        // What has grown beyond machine words comes back to them.
        held(&(&(&x + &y) - &y), &p)?;
        held(&(&x - &x), &RBig::ZERO)?;
        match x.checked_div(&y) {
            None => prop_assert!(q.is_zero()),
            Some(quotient) => {
                held(&quotient, &(&p / &q))?;
                held(&(&quotient * &y), &p)?;
                held(&(&x * &y).checked_div(&y).unwrap(), &p)?;
            }
        }
    }

    #[test]
    fn one_number_gives_what_a_big_fraction_gives(a in parts(), decimals in 0u8..=40) {
        let (x, p) = (number(a), big(a));
        held(&-&x, &-p.clone())?;
        held(&-(-x.clone()), &p)?;
        let size = if p < RBig::ZERO { -p.clone() } else { p.clone() };
        held(&x.abs(), &size)?;
        held(&x.floor_exact(), &RBig::from(p.floor()))?;
        held(&x.ceil_exact(), &RBig::from(p.ceil()))?;
        held(&x.denominator(), &RBig::from(p.denominator().clone()))?;
        prop_assert_eq!(x.floor(), i64::try_from(p.floor()).ok());
        prop_assert_eq!(x.is_zero(), p.is_zero());
        prop_assert_eq!(x.is_negative(), p < RBig::ZERO);
        prop_assert_eq!(x.is_integer(), p.is_int());
        prop_assert_eq!(x.to_f64(), p.to_f64().value());
        prop_assert_eq!(format!("{x:?}"), format!("Rational({p:?})"));
        prop_assert_eq!(format!("{x:#?}"), format!("Rational(\n    {},\n)", format!("{p:#?}").replace('\n', "\n    ")));
        let exact = |part: IBig| {
            let part = i64::try_from(part).ok()?;
            (part.unsigned_abs() < 1 << 53).then_some(part as f64)
        };
        let (numerator, denominator) = p.clone().into_parts();
        let integers = exact(numerator).zip(exact(denominator.into()));
        prop_assert_eq!(x.as_integers(), integers);
        prop_assert_eq!(x.to_whole(), integers.filter(|(_, below)| *below == 1.0).map(|(whole, _)| whole));
        for rounding in [Rounding::HalfUp, Rounding::HalfEven] {
            let scaled = rounded(&p, decimals, rounding);
            prop_assert_eq!(x.round_unbounded(decimals, rounding), scaled.clone());
            prop_assert_eq!(x.round(decimals, rounding), i64::try_from(scaled).ok());
        }
        let fits = |digits: u8| (ten_to(digits) % p.denominator()).is_zero();
        prop_assert_eq!(x.fits_decimals(decimals), fits(decimals));
        let printed = match (0..=MAX_DIGITS as u8).find(|digits| fits(*digits)) {
            Some(0) => p.numerator().to_string(),
            Some(digits) => decimal(&p, digits),
            None => format!("{}/{}", p.numerator(), p.denominator()),
        };
        prop_assert_eq!(x.to_string(), printed.clone());
        held(&printed.parse().unwrap(), &p)?;
        if decimals > 0 {
            prop_assert_eq!(x.display(decimals), decimal(&p, decimals));
        }
        let read: Rational = x.display(decimals).parse().unwrap();
        let half = RBig::from_parts(IBig::ONE, ten_to(decimals) * UBig::from(2u8));
        prop_assert!((&read - &x).abs() <= Rational::of_big(half), "{} as {}", x, x.display(decimals));
    }

    #[test]
    fn a_scaled_number_is_what_it_says(
        scaled in prop_oneof![any::<i128>(), any::<i64>().prop_map(i128::from), -100_000i128..100_000],
        decimals in prop_oneof![0u8..=6, any::<u8>()],
    ) {
        let expected = RBig::from_parts(IBig::from(scaled), ten_to(decimals));
        held(&Rational::from_scaled(scaled, decimals), &expected)?;
    }

    #[test]
    fn any_ratio_is_what_it_says(numerator in any::<i128>(), denominator in any::<i128>()) {
        if denominator != 0 {
            let expected = RBig::from_parts_signed(numerator.into(), denominator.into());
            held(&Rational::ratio(numerator, denominator).unwrap(), &expected)?;
        }
    }

    #[test]
    fn a_decimal_is_read_as_it_stands(text in "[+-]?[0-9]{1,42}(\\.[0-9]{0,38})?(e-?[0-9])?") {
        let Ok(read) = text.parse::<Rational>() else { return Ok(()); };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let digits = RBig::from(IBig::from_str_radix(digits.trim_start_matches('+'), 10).unwrap());
        let places = fraction.len() as i32 - exponent.parse::<i32>().unwrap();
        let unit = RBig::from(ten_to(places.unsigned_abs() as u8));
        held(&read, &if places < 0 { digits * unit } else { digits / unit })?;
    }
}

#[test]
fn the_ends_of_a_word_have_one_form() {
    let least = Rational::from(i64::MIN);
    let beyond = -&least;
    assert!(least.small().is_some() && beyond.small().is_none());
    assert_eq!(beyond, Rational::ratio(1 << 63, 1).unwrap());
    assert_eq!(-&beyond, least);
    assert_eq!(least.abs(), beyond);
    assert_eq!(&beyond - &Rational::ONE, Rational::from(i64::MAX));
    let minus = Rational::from(-1);
    assert_eq!(least.checked_div(&minus), Some(beyond.clone()));
    assert_eq!(&beyond * &minus, least);
    // The greatest denominator, and the first that does not fit.
    let fine = Rational::ratio(1, i128::from(u64::MAX)).unwrap();
    let finer = Rational::ratio(1, 1 << 64).unwrap();
    assert!(fine.small().is_some() && finer.small().is_none());
    assert!(finer < fine && least < finer && fine < beyond);
    assert!((&finer + &finer).small().is_some());
    let steep = least.checked_div(&fine).unwrap();
    assert_eq!(
        steep.checked_div(&least),
        Some(Rational::ratio(u64::MAX.into(), 1).unwrap())
    );
    assert_eq!(Rational::ratio(i128::MIN, i128::MIN), Some(Rational::ONE));
    assert_eq!(Rational::ratio(0, i128::MIN), Some(Rational::ZERO));
    assert_eq!(Rational::from_scaled(0, 255), Rational::ZERO);
    assert_eq!(Rational::default(), Rational::ZERO);
    assert_eq!(size_of::<Rational>(), 16);
}

#[test]
fn what_fits_no_machine_word_is_printed_as_well() {
    let ten = Rational::from(10);
    let huge = (0..30).fold(Rational::ONE, |product, _| &product * &ten);
    let number = &huge + &Rational::ratio(-1, 8).unwrap();
    assert_eq!(number.to_string(), format!("{}.875", "9".repeat(30)));
    assert_eq!(number.display(2), format!("{}.88", "9".repeat(30)));
    assert_eq!((-number).display(0), format!("-1{}", "0".repeat(30)));
    assert_eq!(Rational::ratio(-1, 3).unwrap().display(0), "0");
    assert_eq!(Rational::ratio(-2, 3).unwrap().display(0), "-1");
}
