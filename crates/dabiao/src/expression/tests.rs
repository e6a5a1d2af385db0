use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn expression(text: &str) -> String {
    match text.parse::<Expression>() {
        Ok(expression) => expression.to_string(),
        Err(error) => format!("error {error}"),
    }
}

fn condition(text: &str) -> String {
    match text.parse::<Condition>() {
        Ok(condition) => condition.to_string(),
        Err(error) => format!("error {error}"),
    }
}

#[test]
fn operators_bind_as_in_school() {
    assert_eq!(expression("a+b*c-d/e"), "a + b * c - d / e");
    assert_eq!(expression("(a+b)*(c-(d-e))"), "(a + b) * (c - (d - e))");
    assert_eq!(expression("a-(b-c)-d"), "a - (b - c) - d");
    assert_eq!(expression("((a))"), "a");
    assert_eq!(expression("-a * -3"), "-a * -3");
    assert_eq!(expression("-(3)"), "-(3)");
    assert_eq!(
        expression("max(min(a, 3), days(from, 2020-07-01))"),
        "max(min(a, 3), days(from, 2020-07-01))"
    );
}

#[test]
fn typographic_and_full_width_forms_are_the_ascii_ones() {
    let wide = "\u{ff08}a\u{ff0b}\u{ff11}\u{ff12}\u{ff0e}\u{ff15}\u{ff09}\u{d7}b\u{f7}c\u{2212}\u{ff11}\u{ff10}\u{ff05}";
    assert_eq!(expression(wide), "(a + 12.5) * b / c - 10%");
    assert_eq!(expression("3 \u{2030}"), "3‰");
    assert_eq!(
        condition("a\u{2265}1 且 b\u{2264}2 或 非 c\u{2260}3"),
        "a >= 1 and b <= 2 or not c != 3"
    );
    assert_eq!(
        condition("a\u{ff1e}\u{ff1d}1 and b\u{ff1c}\u{ff1e}2"),
        "a >= 1 and b != 2"
    );
    assert_eq!(condition("rating = \u{201c}优\u{201d}"), "rating = \"优\"");
    assert_eq!(condition("合格 = 是"), "合格 = yes");
    assert_eq!(expression("max\u{ff08}a\u{ff0c}b\u{ff09}"), "max(a, b)");
}

#[test]
fn conditions_join_and_nest() {
    assert_eq!(
        condition("a and b and c or d and not e"),
        "a and b and c or d and not e"
    );
    assert_eq!(condition("(a and b) and c"), "(a and b) and c");
    assert_eq!(
        condition("(a or b) and not (c or d)"),
        "(a or b) and not (c or d)"
    );
    assert_eq!(condition("((a + 1)) * 2 >= (b)"), "(a + 1) * 2 >= b");
    assert_eq!(condition("(a >= 1)"), "a >= 1");
    assert_eq!(
        "a or b or c"
            .parse::<Condition>()
            .map(|c| matches!(c, Condition::Or(parts) if parts.len() == 3)),
        Ok(true)
    );
}

#[test]
fn names_and_labels_may_be_quoted() {
    assert_eq!(
        expression("`red-compounds` / `min` / 小区"),
        "`red-compounds` / `min` / 小区"
    );
    assert_eq!(condition("r = 'it\"s'"), "r = 'it\"s'");
    assert_eq!(
        condition("r = \u{201c}it's \"x\"\u{201d}"),
        "r = \u{201c}it's \"x\"\u{201d}"
    );
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let cases = [
        ("", 0, None, "a number"),
        ("a +", 3, None, "a number"),
        ("a b", 2, Some("b"), "an operator"),
        ("a / (b", 6, None, "closing bracket"),
        ("a)", 1, Some(")"), "an operator"),
        ("优 + #", 6, Some("#"), "a number"),
        ("min a", 4, Some("a"), "("),
        ("days(a)", 0, Some("days(a)"), "two dates"),
        ("days(a, b, c)", 0, Some("days(a, b, c)"), "two dates"),
        ("2020-02-30", 0, Some("2020-02-30"), "a day that exists"),
        ("1e99", 0, Some("1e99"), "10^12"),
        ("1000000000001", 0, Some("1000000000001"), "10^12"),
        ("\"x", 0, Some("\"x"), "\""),
        ("``", 0, Some("``"), "name between"),
        ("and", 0, Some("and"), "backquotes"),
        ("1,000", 1, Some(","), "an operator"),
        ("a >= 1", 0, Some("a >= 1"), "not a condition"),
        ("1 + (a and b)", 4, Some("(a and b)"), "not a condition"),
    ];
    for (text, offset, found, expected) in cases {
        let error = text.parse::<Expression>().expect_err(text);
        assert_eq!(
            (error.offset, error.found.as_deref()),
            (offset, found),
            "{text}"
        );
        assert!(error.expected.en.contains(expected), "{text}: {error}");
        assert!(!error.expected.zh.is_empty());
    }
    let cases = [
        ("a + 1", 0, Some("a + 1"), "a comparison"),
        ("60 <= x < 80", 8, Some("<"), "and, or"),
        ("a and 3", 6, Some("3"), "a comparison"),
        ("yes", 0, Some("yes"), "a comparison"),
        ("not (a", 6, None, "closing bracket"),
    ];
    for (text, offset, found, expected) in cases {
        let error = text.parse::<Condition>().expect_err(text);
        assert_eq!(
            (error.offset, error.found.as_deref()),
            (offset, found),
            "{text}"
        );
        assert!(error.expected.en.contains(expected), "{text}: {error}");
    }
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("max(", ")"),
        ("not ", ""),
        ("1 + ", ""),
        ("1 - (", ")"),
    ] {
        for count in [100_000, MAX_DEPTH * 3] {
            let text = format!("{}a{}", open.repeat(count), close.repeat(count));
            assert!(text.parse::<Expression>().is_err(), "{open}");
            assert!(text.parse::<Condition>().is_err(), "{open}");
        }
    }
    let sum = ["a"; MAX_DEPTH].join(" + ");
    assert_eq!(expression(&sum), sum);
    let any = ["a"; 1_900].join(" or ");
    assert_eq!(condition(&any), any);
    let minus = format!("{}a", "-".repeat(MAX_DEPTH - 1));
    let parsed: Expression = minus.parse().expect("as deep as allowed");
    assert_eq!(parsed.to_string().parse(), Ok(parsed));
}

#[test]
fn quantities_keep_their_sign() {
    for (text, shown) in [
        ("95%", "95%"),
        (" 1/3 % ", "1/3%"),
        ("\u{ff19}\u{ff15}\u{ff05}", "95%"),
        ("-0.50", "-0.5"),
        ("3\u{2030}", "3‰"),
    ] {
        assert_eq!(
            text.parse::<Quantity>().map(|q| q.to_string()),
            Ok(shown.to_owned())
        );
    }
    for text in ["", "%", "95%%", "5%\u{2030}", "1,000", "x", "NaN", "1/0"] {
        assert!(text.parse::<Quantity>().is_err(), "{text}");
    }
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    let sign = prop_oneof![
        4 => Just(None),
        1 => Just(Some(PartSign::Percent)),
        1 => Just(Some(PartSign::PerMille)),
    ];
    (-1_000_000_000_000i64..=1_000_000_000_000, 0u8..=12, sign).prop_map(
        |(scaled, decimals, sign)| Quantity {
            number: Rational::from_scaled(scaled.into(), decimals),
            sign,
        },
    )
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        "[小区居民网格]{1,4}",
        Just("min".to_owned()),
        Just("且".to_owned()),
        "[^`]{1,6}",
    ]
}

fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        any_quantity().prop_map(Expression::Number),
        "[^\"]{0,5}".prop_map(Expression::Label),
        "[^']{0,5}".prop_map(Expression::Label),
        any::<bool>().prop_map(Expression::YesNo),
        (0i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Expression::Date(date(y, m, d))),
        any_name().prop_map(Expression::Measure),
    ];
    let operator = prop_oneof![
        Just(Operator::Add),
        Just(Operator::Subtract),
        Just(Operator::Multiply),
        Just(Operator::Divide),
    ];
    leaf.prop_recursive(6, 40, 3, move |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| Expression::Negate(Box::new(e))),
            (operator.clone(), inner.clone(), inner.clone())
                .prop_map(|(o, a, b)| Expression::Binary(o, Box::new(a), Box::new(b))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expression::Min),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expression::Max),
            (inner.clone(), inner).prop_map(|(a, b)| Expression::Days(Box::new(a), Box::new(b))),
        ]
    })
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let comparison = prop_oneof![
        Just(Comparison::AtLeast),
        Just(Comparison::Above),
        Just(Comparison::AtMost),
        Just(Comparison::Below),
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
    ];
    let leaf = prop_oneof![
        (any_expression(), comparison, any_expression())
            .prop_map(|(a, c, b)| Condition::Compare(a, c, b)),
        any_name().prop_map(Condition::Holds),
    ];
    leaf.prop_recursive(4, 20, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|c| Condition::Not(Box::new(c))),
        ]
    })
}

proptest! {
    #[test]
    fn expressions_read_back(written in any_expression()) {
        prop_assert_eq!(written.to_string().parse::<Expression>(), Ok(written));
    }

    #[test]
    fn conditions_read_back(written in any_condition()) {
        prop_assert_eq!(written.to_string().parse::<Condition>(), Ok(written));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = text.parse::<Expression>();
    }

    #[test]
    fn no_text_of_the_language_panics(
        words in prop::collection::vec(
            prop_oneof!["a", "1", "2020-02-3", "\\(", "\\)", "-", "and", "not ", "min", ",", ">=", "`", "\"", "%", "或", "\u{ff08}", "\u{ff19}"],
            0..30,
        ),
    ) {
        let text = words.concat();
        if let Ok(condition) = text.parse::<Condition>() {
            prop_assert_eq!(condition.to_string().parse(), Ok(condition));
        }
        if let Err(error) = text.parse::<Expression>() {
            prop_assert!(text.is_char_boundary(error.offset));
        }
    }
}
