//! Every kind of rule in both languages, against the sentences in `words.txt`.

mod cards;
mod fixture;
mod markings;

use self::fixture::*;
use self::markings::markings;
use super::{Role, ValueFormat, Words, rule_in_words};
use crate::lang::{Lang, Text};
use crate::rational::Rational;
use crate::standard::document::*;

/// The sentences of `words.txt` by their heading.
fn expected() -> Vec<(&'static str, &'static str, &'static str)> {
    let blocks = include_str!("words.txt").split("\n\n");
    blocks
        .filter_map(|block| {
            let mut lines = block.trim().lines();
            let head = lines.next()?.strip_prefix("# ")?;
            Some((head, lines.next()?, lines.next()?))
        })
        .collect()
}

/// What is said, a block each, as it stands in `words.txt`.
fn said() -> Vec<(String, String, String)> {
    let document = document();
    let in_both = |head: &str, say: &dyn Fn(&Words<'_>) -> String| {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| say(&Words::new(&document, lang)));
        (head.to_owned(), zh, en)
    };
    let mut blocks: Vec<_> = markings()
        .iter()
        .map(|(head, points, marking)| {
            let points = (!points.is_empty()).then(|| number(points));
            in_both(head, &|words| {
                rule_in_words(&document, marking, points.as_ref(), words.lang())
            })
        })
        .collect();
    let item = |role: Role, each: Option<Each>| {
        let item = Item {
            id: "x".into(),
            title: Text::new("公开次数", "publishing"),
            points: Some(number("4")),
            evidence: None,
            marking: marking(
                "notices",
                Rule::PerUnit(per_unit("0", Side::Over, "0", "1", Steps::Completed)),
            ),
            each,
        };
        (item, role)
    };
    let each = Each {
        level: Level::Building,
        rollup: RollUp::WeightedMean("compounds".into()),
    };
    for (head, (item, role)) in [
        ("item for each unit", item(Role::Item, Some(each))),
        ("bonus", item(Role::Bonus, None)),
        ("deduction", item(Role::Deduction, None)),
    ] {
        blocks.push(in_both(head, &|words| words.item(&item, role)));
    }
    let conditions = [
        "faults > 0",
        "faults = 0",
        "3 <= notices",
        "not notices < 3",
        "age > 48",
        "coverage < 60%",
        "red / compounds < 60%",
        "opened <= 2020-07-23",
        "rating != \"差\"",
        "firm = no",
        "not firm",
        "firm and (rules or faults = 0)",
        "not (firm and rules)",
        "age >= area - 1",
    ];
    for text in conditions {
        let condition = condition(text);
        blocks.push(in_both(text, &|words| words.condition(&condition)));
    }
    let veto = Veto {
        id: "V".into(),
        title: Text::from("V"),
        when: condition("faults > 0"),
        effects: vec![
            Effect::NoGrade,
            Effect::Ceiling("qualified".into()),
            Effect::OneGradeDown,
            Effect::Points(number("5")),
            Effect::Zero("2".into()),
            Effect::Zero("9.9".into()),
        ],
    };
    blocks.push(in_both("veto", &|words| words.veto(&veto)));
    let mut star = grade("star", "示范社区", "Demonstration");
    blocks.push(in_both("grade of all others", &|words| words.grade(&star)));
    star.total = Some(quantity("90"));
    star.total_before_bonus = Some(quantity("85%"));
    star.sections = Some(quantity("80%"));
    star.marks = vec![("2".into(), quantity("85%")), ("2.4".into(), quantity("3"))];
    star.count = Some(SectionCount {
        at_least: 3,
        mark: quantity("80"),
        of: Vec::new(),
    });
    blocks.push(in_both("grade", &|words| words.grade(&star)));
    star.count = star.count.map(|count| SectionCount {
        of: vec!["2".into(), "3".into()],
        ..count
    });
    blocks.push(in_both("grade of named sections", &|words| {
        words.grade(&star)
    }));
    blocks
}

#[test]
fn every_rule_says_what_is_expected() {
    let (said, expected) = (said(), expected());
    let mut print = String::new();
    for (head, zh, en) in &said {
        print.push_str(&format!("# {head}\n{zh}\n{en}\n\n"));
    }
    let same = said.len() == expected.len()
        && said.iter().zip(&expected).all(|(said, expected)| {
            (said.0.as_str(), said.1.as_str(), said.2.as_str()) == *expected
        });
    let path = option_env!("CARGO_MANIFEST_DIR").unwrap_or(".");
    assert!(
        same,
        "{path}/src/explain/tests/words.txt should read:\n{print}"
    );
}

#[test]
fn chinese_is_punctuated_in_full_width() {
    for (head, zh, en) in said() {
        let han = |c: Option<&char>| c.is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
        let letters: Vec<char> = zh.chars().collect();
        for (at, letter) in letters.iter().enumerate() {
            let beside = han(letters.get(at + 1)) || at > 0 && han(letters.get(at - 1));
            assert!(
                !(beside && ",;:()?!%".contains(*letter) && *letter != '%'),
                "{head}: {zh}"
            );
        }
        assert!(!zh.ends_with('。') && !en.ends_with('.'), "{head}");
        assert!(
            !en.contains(['\u{ff0c}', '\u{ff1b}', '\u{ff1a}', '。', '、']),
            "{head}: {en}"
        );
    }
}

#[test]
fn a_value_is_shown_as_its_rule_is_written() {
    let document = document();
    let show = |value: &str, rule: Rule, number: Rational, lang| {
        ValueFormat::of_marking(&document, &marking(value, rule)).show(&number, lang)
    };
    let share = || curve(&[("50%", "0"), ("100%", "4")]);
    let third = || Rational::ratio(1, 3).unwrap();
    assert_eq!(
        show("red / compounds", share(), number("0.912"), Lang::Zh),
        "91.2%"
    );
    assert_eq!(
        show("red / compounds", share(), third(), Lang::Zh),
        "33.3333%"
    );
    assert_eq!(show("coverage", share(), number("91.2"), Lang::Zh), "91.2%");
    assert_eq!(
        show("red / compounds", curve(&[("0", "0")]), third(), Lang::Zh),
        "0.333333"
    );
    assert_eq!(
        show("age", curve(&[("0", "0")]), number("48.50"), Lang::Zh),
        "48.5岁"
    );
    assert_eq!(
        show("age", curve(&[("0", "0")]), number("48.50"), Lang::En),
        "48.5"
    );
    assert_eq!(
        show("area - 1", curve(&[("0", "0")]), number("30"), Lang::Zh),
        "30 m²"
    );
    assert_eq!(
        show("area", curve(&[("0", "0")]), number("30"), Lang::En),
        "30 m²"
    );
    assert_eq!(
        show(
            "days(opened, closed)",
            curve(&[("0", "0")]),
            number("1"),
            Lang::En
        ),
        "1 day"
    );
    let rate = curve(&[("3‰", "0")]);
    assert_eq!(
        show("red / compounds", rate, number("0.0045"), Lang::En),
        "4.5‰"
    );
}
