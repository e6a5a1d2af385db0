//! Clauses of published standards, worked out by hand.

use dabiao::standard::document::{
    Checks, Combine, Document, End, Grade, MeasureKind, Rank, RankPay, Rule, SectionCount, Side,
    Start, Steps,
};
use dabiao::{FaultCode, Rational};

use super::build::*;
use super::card::{Card, score};
use super::number::unscaled;
use super::table::Table;

/// Published points as a person reads them.
pub(super) fn shown(published: &num_bigint::BigInt, decimals: u8) -> String {
    let exact = unscaled(published, decimals);
    dabiao::Rational::ratio(
        exact.numer().try_into().expect("small"),
        exact.denom().try_into().expect("small"),
    )
    .expect("not 0")
    .to_string()
}

pub(super) fn item_points(document: &Document, card: &Card, code: &str) -> String {
    let published = card.items[code].published.as_ref();
    published.map_or("-".to_owned(), |p| shown(p, document.decimals))
}

pub(super) fn total(document: &Document, card: &Card) -> String {
    let decimals = super::card::total_decimals(document);
    let total = card.total.as_ref();
    total.map_or("-".to_owned(), |p| shown(p, decimals))
}

/// One item marked by one measure `x`, and a row for each value.
pub(super) fn lone(points: &str, kind: MeasureKind, unit: Option<&str>, rule: Rule) -> Document {
    let mut x = measure("x", kind);
    x.unit = unit.map(str::to_owned);
    document(
        vec![x],
        vec![section("1", vec![item("1.1", points, m("x"), rule)])],
    )
}

pub(super) fn column(values: &[&str]) -> Table {
    let rows = values.iter().enumerate();
    rows.map(|(i, value)| row(&format!("c{i:02}"), &["x"], &[value]))
        .collect()
}

/// The points of item 1.1 on each row.
pub(super) fn earned(document: &Document, table: &Table) -> Vec<String> {
    let cards = score(document, table).expect("no fault");
    cards
        .iter()
        .map(|card| item_points(document, card, "1.1"))
        .collect()
}

fn faults(document: &Document, value: &str) -> Vec<FaultCode> {
    let faults = score(document, &column(&[value])).expect_err("a fault");
    faults.into_iter().map(|(code, ..)| code).collect()
}

#[test]
fn c1_three_demands() {
    let rule = count_of(3, table_of(&[(3, "3"), (2, "2"), (1, "1")]));
    let standard = lone("3", MeasureKind::Count, None, rule);
    assert_eq!(
        earned(&standard, &column(&["3", "2", "1", "0"])),
        ["3", "2", "1", "0"]
    );
    assert_eq!(faults(&standard, "4"), [FaultCode::ValueRange]);
    assert_eq!(faults(&standard, "-1"), [FaultCode::ValueRange]);
}

#[test]
fn c2_labels() {
    let rule = levels(&[("符合", "1.0"), ("基本符合", "0.5"), ("不符合", "0")]);
    let standard = lone("1", MeasureKind::Label, None, rule);
    assert_eq!(
        earned(&standard, &column(&["符合", "基本符合", "不符合"])),
        ["1", "0.5", "0"]
    );
    assert_eq!(faults(&standard, "很好"), [FaultCode::ValueLabel]);
}

#[test]
fn c3_gaps_off_the_items_points() {
    let mut gaps = less(Side::Over, "0", "1", "0.2", Steps::Proportional);
    gaps.from = Start::Points(Rational::ZERO);
    let mut gaps = check("a", "0", m("gaps"), Rule::PerUnit(gaps));
    gaps.floor = Some(r("-1"));
    let measures = check("b", "0", m("measures"), yes_no(Some("0"), "-0.5"));
    let appraisal = check("c", "0", m("appraisal"), yes_no(Some("0"), "-0.5"));
    let checks = Rule::Checks(Checks {
        from_full: true,
        combine: Combine::Sum,
        checks: vec![gaps, measures, appraisal],
    });
    let names = ["gaps", "measures", "appraisal"];
    let standard = document(
        vec![
            measure("gaps", MeasureKind::Count),
            measure("measures", MeasureKind::YesNo),
            measure("appraisal", MeasureKind::YesNo),
        ],
        vec![section("1", vec![composed("1.1", "2", checks)])],
    );
    let table = vec![
        row("a", &names, &["3", "yes", "yes"]),
        row("b", &names, &["9", "yes", "no"]),
        row("c", &names, &["0", "yes", "yes"]),
        // A blank check costs the most it can.
        row("d", &names, &["", "yes", ""]),
    ];
    assert_eq!(earned(&standard, &table), ["1.4", "0.5", "2", "0.5"]);
}

/// Sections of 100 points each, marked by an award `s1`, `s2`, …
fn stars(sections: usize, grades: Vec<Grade>) -> (Document, Vec<String>) {
    let names: Vec<String> = (1..=sections).map(|i| format!("s{i}")).collect();
    let award = Rule::Award {
        min: Rational::ZERO,
        max: None,
        step: None,
    };
    let stars = names.iter().enumerate().map(|(i, name)| {
        let code = (i + 1).to_string();
        let marked = item(&format!("{code}.1"), "100", m(name), award.clone());
        section(&code, vec![marked])
    });
    let measures = names.iter().map(|name| measure(name, MeasureKind::Number));
    let mut standard = document(measures.collect(), stars.collect());
    standard.grades = grades;
    (standard, names)
}

fn grades_of(standard: &Document, names: &[String], rows: &[&[&str]]) -> Vec<Option<String>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = rows.iter().enumerate();
    let table = rows
        .map(|(i, cells)| row(&i.to_string(), &names, cells))
        .collect();
    let cards = score(standard, &table).expect("no fault");
    cards.into_iter().map(|card| card.grade).collect()
}

#[test]
fn c4_every_star_and_the_total() {
    let mut pass = grade("pass");
    pass.sections = Some(quantity("80"));
    pass.total = Some(quantity("450"));
    let (standard, names) = stars(5, vec![pass]);
    let rows: [&[&str]; 3] = [
        &["90", "90", "90", "90", "90"],
        &["100", "100", "100", "100", "79.99"],
        &["80", "80", "80", "80", "100"],
    ];
    assert_eq!(
        grades_of(&standard, &names, &rows),
        [Some("pass".to_owned()), None, None]
    );
}

#[test]
fn c6_bonuses() {
    let each = |id: &str, points: &str| {
        let mut rule = less(Side::Over, "0", "1", "0", Steps::Proportional);
        rule.from = Start::Points(Rational::ZERO);
        rule.points = r(points);
        let mut bonus = item(id, "1", m(id), Rule::PerUnit(rule));
        bonus.points = None;
        bonus
    };
    let pay = [
        ("honours", "5"),
        ("central", "5"),
        ("provincial", "3"),
        ("city", "1"),
        ("national_meetings", "4"),
        ("provincial_meetings", "3"),
        ("city_meetings", "2"),
    ];
    let (mut standard, names) = stars(1, Vec::new());
    standard.bonus = pay.iter().map(|(id, points)| each(id, points)).collect();
    standard.exceed_full = true;
    let entries = pay.iter().map(|(id, _)| measure(id, MeasureKind::Count));
    standard.measures.extend(entries);
    let cells = [
        (names[0].as_str(), "95"),
        ("honours", "1"),
        ("city", "2"),
        ("provincial_meetings", "1"),
    ];
    let (names, cells): (Vec<&str>, Vec<&str>) = cells.into_iter().unzip();
    let table = vec![row("a", &names, &cells)];
    let card = &score(&standard, &table).expect("no fault")[0];
    assert_eq!(shown(&card.bonus, 2), "10");
    assert_eq!(total(&standard, card), "105");
    // Blank bonuses are none, and not listed.
    assert!(card.missing.is_empty());
    standard.exceed_full = false;
    assert_eq!(
        total(&standard, &score(&standard, &table).expect("no fault")[0]),
        "100"
    );
}

#[test]
fn c7_bands() {
    let rule = at_least_bands(&[("95%", "10"), ("90%", "8"), ("85%", "6")]);
    let percent = lone("10", MeasureKind::Number, Some("%"), rule.clone());
    let values = ["95", "94.99", "90", "85", "84.9"];
    assert_eq!(
        earned(&percent, &column(&values)),
        ["10", "8", "8", "6", "0"]
    );
    let plain = lone("10", MeasureKind::Number, None, rule);
    let values = ["0.95", "0.9499", "0.9", "0.85", "0.849"];
    assert_eq!(earned(&plain, &column(&values)), ["10", "8", "8", "6", "0"]);
}

fn floored(mut rule: dabiao::standard::document::PerUnit) -> Rule {
    rule.floor = Some(Rational::ZERO);
    Rule::PerUnit(rule)
}

#[test]
fn c8_years_over_a_mark() {
    let rule = floored(less(Side::Over, "48", "1", "3", Steps::Completed));
    let standard = lone("20", MeasureKind::Number, None, rule);
    let values = ["48", "48.9", "49", "51.5", "60"];
    assert_eq!(
        earned(&standard, &column(&values)),
        ["20", "20", "17", "11", "0"]
    );
}

#[test]
fn c9_percentage_points_under_a_mark() {
    let rule = floored(less(Side::Under, "55%", "1%", "1", Steps::Completed));
    let standard = lone("10", MeasureKind::Number, Some("%"), rule);
    let values = ["55", "54.4", "54", "40"];
    assert_eq!(earned(&standard, &column(&values)), ["10", "10", "9", "0"]);
}

#[test]
fn c10_times_under_a_mark() {
    let rule = floored(less(Side::Under, "4", "1", "1", Steps::Proportional));
    let standard = lone("4", MeasureKind::Count, None, rule);
    assert_eq!(
        earned(&standard, &column(&["4", "6", "3", "0"])),
        ["4", "4", "3", "0"]
    );
}

#[test]
fn c11_stars() {
    let star = |n: u32| {
        let mut grade = grade(&n.to_string());
        grade.count = Some(SectionCount {
            at_least: n,
            mark: quantity("80"),
            of: Vec::new(),
        });
        grade
    };
    let (standard, names) = stars(5, (1..=5).rev().map(star).collect());
    let rows: [&[&str]; 3] = [
        &["80", "80", "80", "90", "100"],
        &["80", "79.99", "100", "0", "80"],
        &["79", "79", "79", "79", "79"],
    ];
    let stars = [Some("5".to_owned()), Some("3".to_owned()), None];
    assert_eq!(grades_of(&standard, &names, &rows), stars);
}

#[test]
fn c12_places_by_a_table() {
    let table = ["60", "57", "54", "51", "48"].map(r).to_vec();
    let rule = Rule::Rank(Rank {
        from: End::Top,
        pays: RankPay::Table(table, Rational::ZERO),
    });
    let standard = lone("60", MeasureKind::Number, None, rule);
    let values = ["9", "8", "7", "6", "5", "4"];
    assert_eq!(
        earned(&standard, &column(&values)),
        ["60", "57", "54", "51", "48", "0"]
    );
    let values = ["9", "8", "8", "6"];
    assert_eq!(
        earned(&standard, &column(&values)),
        ["60", "57", "57", "51"]
    );
}

#[test]
fn c13_share_of_the_best() {
    let rule = Rule::ShareOfBest {
        lower_is_better: false,
    };
    let standard = lone("6", MeasureKind::Number, None, rule);
    assert_eq!(
        earned(&standard, &column(&["50", "40", "25"])),
        ["6", "4.8", "3"]
    );
    assert_eq!(earned(&standard, &column(&["0", "0"])), ["0", "0"]);
}

#[test]
fn c14_credits_by_weight() {
    let credit = |i: usize| {
        item(
            &format!("1.{i}"),
            "1",
            m(&format!("x{i}")),
            yes_no(None, "0"),
        )
    };
    let mut credits = section("1", (1..=12).map(credit).collect());
    credits.weight = Some(r("16.2"));
    let rest = Rule::Award {
        min: Rational::ZERO,
        max: None,
        step: None,
    };
    let rest = section("2", vec![item("2.1", "83.8", m("rest"), rest)]);
    let names: Vec<String> = (1..=12).map(|i| format!("x{i}")).collect();
    let mut measures: Vec<_> = names
        .iter()
        .map(|n| measure(n, MeasureKind::YesNo))
        .collect();
    measures.push(measure("rest", MeasureKind::Number));
    measures.push(measure("innovations", MeasureKind::Count));
    let mut standard = document(measures, vec![credits, rest]);
    let mut innovation = less(Side::Over, "0", "1", "-1", Steps::Proportional);
    innovation.from = Start::Points(Rational::ZERO);
    standard.bonus = vec![item("b", "10", m("innovations"), Rule::PerUnit(innovation))];
    standard.grades = [
        ("85", "outstanding"),
        ("70", "excellent"),
        ("55", "very-good"),
    ]
    .map(|(mark, id)| {
        let mut grade = grade(id);
        grade.total = Some(quantity(&format!("{mark}%")));
        grade
    })
    .to_vec();
    standard.grades[1].marks = vec![("1".to_owned(), quantity("60%"))];
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.extend(["rest", "innovations"]);
    let marks = |yes: usize, rest: &'static str, innovations: &'static str| {
        let mut cells: Vec<&str> = (0..12)
            .map(|i| if i < yes { "yes" } else { "no" })
            .collect();
        cells.extend([rest, innovations]);
        row(&format!("{yes}-{rest}"), &names, &cells)
    };
    let table = vec![
        marks(7, "60", "3"),
        marks(7, "70", "12"),
        marks(12, "55", ""),
    ];
    let cards = score(&standard, &table).expect("no fault");
    let section = |card: &Card| card.sections["1"].as_ref().map(|p| shown(p, 2));
    assert_eq!(section(&cards[0]), Some("9.45".to_owned()));
    let totals: Vec<String> = cards.iter().map(|card| total(&standard, card)).collect();
    assert_eq!(totals, ["72.45", "89.45", "71.2"]);
    let grades: Vec<&str> = cards
        .iter()
        .map(|c| c.grade.as_deref().unwrap_or(""))
        .collect();
    // 72.45 is enough for "excellent", but section 1 is at 58.3%.
    assert_eq!(grades, ["very-good", "outstanding", "excellent"]);
}

#[test]
fn c15_sections_nest() {
    let (mut standard, names) = stars(2, Vec::new());
    let second = standard.sections.pop().expect("two");
    let mut middle = section("1.9", Vec::new());
    middle.sections.push(second);
    standard.sections[0].sections.push(middle);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let table = vec![row("a", &names, &["10", "20.5"])];
    let card = &score(&standard, &table).expect("no fault")[0];
    let sections: Vec<Option<String>> = ["1", "1.9", "2"]
        .map(|code| card.sections[code].as_ref().map(|p| shown(p, 2)))
        .to_vec();
    let levels = ["30.5", "20.5", "20.5"].map(|p| Some(p.to_owned()));
    assert_eq!(sections, levels);
    assert_eq!(total(&standard, card), "30.5");
}

#[test]
fn c16_min_max() {
    let rule = |lower_is_better| Rule::MinMax { lower_is_better };
    let standard = lone("100", MeasureKind::Number, None, rule(false));
    assert_eq!(
        earned(&standard, &column(&["2", "4", "10"])),
        ["0", "25", "100"]
    );
    assert_eq!(earned(&standard, &column(&["3", "3"])), ["100", "100"]);
    let standard = lone("100", MeasureKind::Number, None, rule(true));
    assert_eq!(
        earned(&standard, &column(&["2", "4", "10"])),
        ["100", "75", "0"]
    );
}
