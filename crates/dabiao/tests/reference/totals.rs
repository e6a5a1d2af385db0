//! Statements of the design about sections, totals, vetoes, grades and places, each on a table
//! written by hand.

use dabiao::standard::document::{Document, Effect, MeasureKind};

use super::build::*;
use super::card::{Card, score};
use super::clauses::{item_points, shown, total};
use super::statements::{award, cards, numbers};
use super::table::Row;

/// Section 1 of awards `a` (6 points) and `b` (4), section 2 of `c` (10).
fn two_sections() -> Document {
    let one = section(
        "1",
        vec![
            item("1.1", "6", m("a"), award()),
            item("1.2", "4", m("b"), award()),
        ],
    );
    let two = section("2", vec![item("2.1", "10", m("c"), award())]);
    document(numbers(&["a", "b", "c"]), vec![one, two])
}

fn abc(code: &str, cells: [&str; 3]) -> Row {
    row(code, &["a", "b", "c"], &cells)
}

fn section_points(document: &Document, card: &Card, code: &str) -> String {
    let published = card.sections[code].as_ref();
    published.map_or("-".to_owned(), |p| shown(p, document.decimals))
}

#[test]
fn what_does_not_apply_is_excluded_up_to_the_total() {
    let mut standard = two_sections();
    let table = vec![
        abc("a", ["3", "n/a", "5"]),
        abc("b", ["n/a", "n/a", "5"]),
        abc("c", ["n/a", "n/a", "n/a"]),
        abc("d", ["0", "n/a", "9.99"]),
    ];
    let cards = cards(&standard, &table);
    let sections: Vec<String> = cards
        .iter()
        .map(|c| section_points(&standard, c, "1"))
        .collect();
    assert_eq!(sections, ["5", "-", "-", "0"]);
    let totals: Vec<String> = cards.iter().map(|card| total(&standard, card)).collect();
    assert_eq!(totals, ["10", "10", "-", "9.99"]);
    let ranks: Vec<Option<usize>> = cards.iter().map(|card| card.rank).collect();
    assert_eq!(ranks, [Some(1), Some(1), None, Some(3)]);
    // An excluded section loses the tie.
    standard.tie_breaks = vec!["1".to_owned()];
    let cards = score(&standard, &table).expect("no fault");
    let ranks: Vec<Option<usize>> = cards.iter().map(|card| card.rank).collect();
    assert_eq!(ranks, [Some(1), Some(2), None, Some(3)]);
}

#[test]
fn a_printed_card_adds_up() {
    let third = || curve(&[("0", "0"), ("3", "1")]);
    let one = section(
        "1",
        vec![
            item("1.1", "1", m("a"), third()),
            item("1.2", "1", m("b"), third()),
        ],
    );
    let mut standard = document(numbers(&["a", "b"]), vec![one]);
    let table = vec![row("x", &["a", "b"], &["1", "1"])];
    let card = &cards(&standard, &table)[0];
    assert_eq!(item_points(&standard, card, "1.1"), "0.33");
    assert_eq!(section_points(&standard, card, "1"), "0.66");
    standard.sections[0].weight = Some(r("1/3"));
    let card = &cards(&standard, &table)[0];
    assert_eq!(section_points(&standard, card, "1"), "0.11");
}

#[test]
fn bonus_deductions_and_full_marks() {
    let mut standard = two_sections();
    standard.measures.extend(numbers(&["good", "bad"]));
    standard.bonus = vec![item("b", "5", m("good"), award())];
    standard.deductions = vec![item("d", "5", m("bad"), award())];
    standard.deduction_cap = Some(r("3"));
    let names = ["a", "b", "c", "good", "bad"];
    let judged = |standard: &Document, cells: [&str; 5]| {
        let card = cards(standard, &vec![row("a", &names, &cells)]).remove(0);
        let before = card.total_before_bonus.as_ref().expect("a total");
        (total(standard, &card), shown(before, 2))
    };
    let is = |total: &str, before: &str| (total.to_owned(), before.to_owned());
    assert_eq!(judged(&standard, ["6", "4", "9", "4", ""]), is("20", "19"));
    assert_eq!(judged(&standard, ["6", "4", "9", "4", "5"]), is("20", "16"));
    assert_eq!(judged(&standard, ["6", "4", "9", "", "1"]), is("18", "18"));
    assert_eq!(judged(&standard, ["0", "0", "1", "1.5", "5"]), is("0", "0"));
    standard.exceed_full = true;
    assert_eq!(judged(&standard, ["6", "4", "9", "4", ""]), is("23", "19"));
}

#[test]
fn totals_are_compared_as_published() {
    let mut standard = two_sections();
    standard.total_decimals = Some(0);
    standard.grades = vec![grade("good")];
    standard.grades[0].total = Some(quantity("60%"));
    let table = vec![
        abc("a", ["1", "0", "10"]),
        abc("b", ["1", "0.5", "10"]),
        abc("c", ["2", "0", "10"]),
    ];
    let cards = cards(&standard, &table);
    let judged: Vec<_> = cards
        .iter()
        .map(|c| (total(&standard, c), c.grade.is_some(), c.rank))
        .collect();
    let is = |total: &str, good, rank| (total.to_owned(), good, Some(rank));
    assert_eq!(
        judged,
        [is("11", false, 3), is("12", true, 1), is("12", true, 1)]
    );
}

#[test]
fn vetoes() {
    let mut standard = two_sections();
    standard
        .measures
        .extend(["v", "w"].map(|name| measure(name, MeasureKind::YesNo)));
    standard.grades = ["gold", "silver", "bronze"].map(grade).to_vec();
    standard.grades[0].total = Some(quantity("18"));
    standard.grades[1].total = Some(quantity("15"));
    standard.grades[2].total = Some(quantity("10"));
    let names = ["a", "b", "c", "v", "w"];
    let judged = |standard: &Document, effects: [Vec<Effect>; 2], c: &str, w: &str| {
        let mut standard = standard.clone();
        let [v_effects, w_effects] = effects;
        standard.vetoes = vec![
            veto("V", yes("v"), v_effects),
            veto("W", yes("w"), w_effects),
        ];
        let row = row("a", &names, &["6", "4", c, "yes", w]);
        let card = cards(&standard, &vec![row]).remove(0);
        let grade = card.grade.clone().unwrap_or_default();
        (total(&standard, &card), grade, card.rank)
    };
    let is = |total: &str, grade: &str, rank| (total.to_owned(), grade.to_owned(), rank);
    let ceiling = |id: &str| vec![Effect::Ceiling(id.to_owned())];
    let down = || vec![Effect::OneGradeDown];
    let none = || vec![Effect::NoGrade];
    let zero = |id: &str| vec![Effect::Zero(id.to_owned())];
    let twenty = |effects, w| judged(&standard, effects, "10", w);
    assert_eq!(twenty([none(), down()], "no"), is("20", "", None));
    assert_eq!(
        twenty([ceiling("bronze"), down()], "yes"),
        is("20", "bronze", Some(1))
    );
    assert_eq!(
        twenty([ceiling("silver"), down()], "yes"),
        is("20", "silver", Some(1))
    );
    assert_eq!(
        twenty([vec![Effect::Points(r("2.5"))], zero("1.2")], "no"),
        is("17.5", "silver", Some(1))
    );
    assert_eq!(
        twenty([zero("1.2"), zero("1")], "no"),
        is("16", "silver", Some(1))
    );
    assert_eq!(
        twenty([zero("1"), down()], "no"),
        is("10", "bronze", Some(1))
    );
    // One down from the last grade is no grade, and takes the place with it.
    assert_eq!(
        judged(&standard, [down(), down()], "0", "no"),
        is("10", "", None)
    );
    // A card that earns no grade is ranked even so; what does not apply stays excluded.
    standard.grades.pop();
    assert_eq!(
        judged(&standard, [none(), zero("2")], "0", "no"),
        is("10", "", Some(1))
    );
    assert_eq!(
        judged(&standard, [zero("2"), down()], "n/a", "no"),
        is("20", "gold", Some(1))
    );
    assert_eq!(
        judged(&standard, [zero("2"), down()], "5", ""),
        is("10", "", Some(1))
    );
}

#[test]
fn marks_of_sections_and_items() {
    let mut standard = two_sections();
    let mut good = grade("good");
    good.sections = Some(quantity("80%"));
    good.marks = vec![("1.1".to_owned(), quantity("5"))];
    standard.grades = vec![good];
    let table = vec![
        abc("a", ["5", "3", "8"]),
        abc("b", ["4.99", "4", "8"]),
        abc("c", ["5", "3", "7.99"]),
        // What is excluded is skipped.
        abc("d", ["n/a", "n/a", "8"]),
    ];
    let good: Vec<bool> = cards(&standard, &table)
        .iter()
        .map(|c| c.grade.is_some())
        .collect();
    assert_eq!(good, [true, false, false, true]);
}
