use super::*;
use crate::expression::{Condition, PartSign};
use crate::fault::FaultCode;
use crate::rational::Rational;
use crate::standard::document::*;

fn toml(text: &str) -> Document {
    Document::from_toml(text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(text: &str) -> String {
    Document::from_toml(text).expect_err(text).to_string()
}

/// The example of the design, as it stands there.
const EXAMPLE: &str = r#"
[standard]
id = "weihai-2020"
title = { zh = "“精致幸福社区”示范创建标准", en = "Refined, Happy Community" }
decimals = 2
rounding = "half-up"
missing = "zero"

[measures.red_compounds]
type = "count"

[[section]]
id = "2"
title = { zh = "治理精细", en = "Careful governance" }

[[section.item]]
id = "2.4"
title = { zh = "“红色物业”覆盖", en = "Red Property coverage" }
points = 4
value = "red_compounds / compounds"
zero_denominator = "not-applicable"
curve = [["50%", 0], ["100%", 4]]
"#;

#[test]
fn the_example_of_the_design_is_read_unchanged() {
    let document = toml(EXAMPLE);
    assert_eq!(document.measures[0].name, "red_compounds");
    let item = &document.sections[0].items[0];
    assert_eq!(item.points, Some(Rational::from(4)));
    assert_eq!(
        item.marking.zero_denominator,
        Some(ZeroDenominator::NotApplicable)
    );
    let Rule::Curve(knots) = &item.marking.rule else {
        panic!("{:?}", item.marking.rule);
    };
    let Mark::Quantity(mark) = &knots[1].0 else {
        panic!("{knots:?}");
    };
    assert_eq!(
        (mark.sign, mark.number.clone()),
        (Some(PartSign::Percent), Rational::from(100))
    );
}

#[test]
fn the_shipped_standards_are_read() {
    let weihai = toml(include_str!("../../../standards/weihai-2020.toml"));
    let items = weihai
        .sections
        .iter()
        .map(|section| section.items.len())
        .sum::<usize>();
    assert_eq!((weihai.sections.len(), items), (6, 33));
    assert_eq!(weihai.measures[0].name, "organisation_coverage");
    assert_eq!(
        weihai.measures[1].rollup,
        Some(RollUp::Share(Condition::Holds(
            "grids_with_officer".to_owned()
        )))
    );
    let uci = toml(include_str!("../../../standards/uci-communities.toml"));
    assert_eq!(uci.sections[0].sections[0].weight, Rational::ratio(200, 3));
}

#[test]
fn json_says_the_same() {
    let json = r#"{
        "$schema": "standard.schema.json",
        "standard": { "id": "x", "title": "X" },
        "section": [{ "id": "1", "title": { "zh": "一" }, "item": [
            { "id": "1.1", "title": "i", "points": 1.50, "value": "a", "yes_no": { "no": -1e-1 } }
        ] }]
    }"#;
    let same = r#"
        [standard]
        id = "x"
        title = "X"
        [[section]]
        id = "1"
        title.zh = "一"
        [[section.item]]
        id = "1.1"
        title = { zh = "i", en = "i" }
        points = "1.5"
        value = "a"
        yes_no.no = "-0.10"
    "#;
    assert_eq!(Document::from_json(json), Ok(toml(same)));
}

#[test]
fn full_width_digits_are_read() {
    let wide = EXAMPLE
        .replace("points = 4", "points = \"\u{ff14}\u{ff0e}\u{ff15}\"")
        .replace(
            "[\"50%\", 0]",
            "[\"\u{ff15}\u{ff10}\u{ff05}\", \"\u{2212}\u{ff11}\"]",
        );
    let narrow = EXAMPLE
        .replace("points = 4", "points = 4.5")
        .replace("[\"50%\", 0]", "[\"50%\", -1]");
    assert_ne!(wide, EXAMPLE);
    assert_eq!(toml(&wide), toml(&narrow));
}

#[test]
fn several_syntax_faults_are_reported_at_once() {
    let text = "[standard]\nid = x\ntitle = 'a'\ntitle = 'b'\n标题 = 1\npoints = [1 2]\n";
    assert_eq!(
        faults(text),
        "2:6: the text is not well-formed: found x, expected a value (text stands in quotes)\n\
         4:1: the text is not well-formed: found title, expected a key that is not given yet\n\
         5:1: the text is not well-formed: found 标题, expected letters, numbers, `-`, `_`\n\
         6:11: the text is not well-formed: found 1 2, expected a value (text stands in quotes)"
    );
}

#[test]
fn expressions_are_faulted_at_their_column() {
    let text = EXAMPLE.replace("red_compounds / compounds\"", "红色物业 / (compounds\"");
    assert_eq!(
        faults(&text),
        "20:27: 2.4: a faulty expression or condition: expected an operator or a closing bracket"
    );
    // With an escape in it, the columns of the text are not those of the file.
    let text = EXAMPLE.replace("red_compounds / compounds\"", "red_compounds \\u002f ##\"");
    assert_eq!(faults(&text).split(": ").next(), Some("20:9"));
    let text = EXAMPLE.replace("\"red_compounds / compounds\"", "\"\"\"\na +\n  # b\"\"\"");
    assert_eq!(faults(&text).split(": ").next(), Some("22:3"));
}

#[test]
fn json_is_strict() {
    let cases = [
        (
            "{ \"standard\": {}, }",
            "1:17",
            "no comma after the last entry",
        ),
        ("{ // x\n}", "1:3", "no comments in JSON"),
        (
            "{ \"a\": 1,\n \"a\": 2 }",
            "2:2",
            "a key that is not given yet",
        ),
        ("{ \"a\": 01 }", "1:9", "a comma"),
        ("{ \"a\": 1. }", "1:8", "a number of JSON"),
        ("{ \"a\": \"x\ty\" }", "1:", "strict JSON"),
        ("{ \"a\":\u{3000}1 }", "1:", "strict JSON"),
        ("{ \"a\": \"\\ud800\" }", "1:9", "well-formed text"),
        ("", "1:1", "{ … }"),
        ("[", "1:1", "a ]"),
        ("{} {}", "1:4", "the end"),
    ];
    for (text, place, expected) in cases {
        let found = Document::from_json(text).expect_err(text).to_string();
        assert!(
            found.starts_with(place) && found.contains(expected),
            "{text}: {found}"
        );
    }
}

#[test]
fn two_rules_are_one_fault() {
    let text = EXAMPLE.replace(
        "curve =",
        "bands = [{ points = 1 }]\notherwise = 0\ncurve =",
    );
    assert_eq!(
        faults(&text),
        "24:1: 2.4: an item needs exactly one rule: found bands, curve, expected one of award, \
         yes_no, levels, checklist, bands, curve, per_unit, rank, share_of_best, share_of_mean, \
         min_max, check"
    );
    let text = EXAMPLE.replace("curve =", "crve =");
    assert_eq!(faults(&text).lines().count(), 2);
    assert!(faults(&text).contains("unknown key: found crve, expected curve"));
}

#[test]
fn what_cannot_be_read_leaves_the_rest_to_be_checked() {
    let text = EXAMPLE
        .replace("points = 4", "points = \"four\"")
        .replace("\"count\"", "\"cuont\"");
    let decoded = decode(&text, Format::Toml).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(decoded.faults.count(), 2);
    assert!(decoded.places.is_broken("section[0].item[0].points"));
    assert!(decoded.places.is_broken("measures.red_compounds.type"));
    assert!(decoded.places.breaks_inside("section"));
    assert!(!decoded.places.is_broken("section[0].item[0].curve[1]"));
    let place = decoded.places.of("section[0].item[0].curve[1]");
    assert_eq!((place.line, place.column), (Some(22), Some(22)));
    let place = decoded
        .places
        .within("section[0].item[0].value", "compounds");
    assert_eq!((place.line, place.column), (Some(20), Some(26)));
    assert_eq!(
        decoded.places.of("section[0].item[0].no_marks").line,
        Some(16)
    );
}

#[test]
fn what_is_too_large_or_too_deep_is_a_fault() {
    let long = format!("x = \"{}\"", "a".repeat(100 << 20));
    let faults = Document::from_toml(&long).expect_err("too long");
    assert_eq!(faults.listed[0].code, FaultCode::TooLarge);
    for (open, close) in [("[", "]"), ("{a=", "}")] {
        for depth in [100, 100_000] {
            let deep = format!("x = {}{}", open.repeat(depth), close.repeat(depth));
            let faults = Document::from_toml(&deep).expect_err("too deep");
            assert!(
                faults
                    .listed
                    .iter()
                    .any(|fault| fault.code == FaultCode::TooLarge),
                "{faults}"
            );
        }
    }
    for depth in [100, 100_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let faults = Document::from_json(&deep).expect_err("too deep");
        assert_eq!(
            faults.to_string(),
            "1:81: the input is over a stated limit: expected at most 80 levels of nesting"
        );
        let keys = vec!["a"; depth].join(".");
        assert!(Document::from_toml(&format!("{keys} = 1")).is_err());
        assert!(Document::from_toml(&format!("[{keys}]")).is_err());
        assert!(Document::from_toml(&"[[section.section]]\n".repeat(depth)).is_err());
    }
}
