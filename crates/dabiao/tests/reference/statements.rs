//! Statements of the design, each on a table written by hand.

use dabiao::expression::{Comparison, Condition, Expression, Operator};
use dabiao::standard::document::{
    ChecklistPay, Checks, Combine, Document, Effect, End, Measure, MeasureKind, MissingPolicy,
    Rank, RankPay, Rule, Side, Steps, ZeroDenominator,
};
use dabiao::{FaultCode, Rational, Rounding};

use super::build::*;
use super::card::{Card, score};
use super::clauses::{column, earned, item_points, lone};
use super::table::Table;

pub(super) fn award() -> Rule {
    Rule::Award {
        min: Rational::ZERO,
        max: None,
        step: None,
    }
}

pub(super) fn numbers(names: &[&str]) -> Vec<Measure> {
    names
        .iter()
        .map(|name| measure(name, MeasureKind::Number))
        .collect()
}

pub(super) fn cards(document: &Document, table: &Table) -> Vec<Card> {
    score(document, table).expect("no fault")
}

#[test]
fn rounding_is_once_and_ties_go_as_told() {
    let mut standard = lone(
        "4",
        MeasureKind::Number,
        None,
        curve(&[("0", "0"), ("4", "4")]),
    );
    let values = ["0.125", "0.135", "0.1349", "2.675"];
    assert_eq!(
        earned(&standard, &column(&values)),
        ["0.13", "0.14", "0.13", "2.68"]
    );
    standard.rounding = Rounding::HalfEven;
    assert_eq!(
        earned(&standard, &column(&values)),
        ["0.12", "0.14", "0.13", "2.68"]
    );
    standard.decimals = 0;
    assert_eq!(
        earned(&standard, &column(&["0.5", "1.5", "2.5"])),
        ["0", "2", "2"]
    );
}

#[test]
fn curves_are_exact_between_and_flat_outside() {
    let rule = curve(&[("60%", "0"), ("80%", "3"), ("95%", "6")]);
    let standard = lone("6", MeasureKind::Number, Some("%"), rule);
    let values = ["50", "60", "70", "80", "90", "95", "100"];
    assert_eq!(
        earned(&standard, &column(&values)),
        ["0", "0", "1.5", "3", "5", "6", "6"]
    );
}

#[test]
fn a_quotient_is_not_rounded_before_its_band() {
    let mut standard = lone(
        "3",
        MeasureKind::Number,
        None,
        at_least_bands(&[("66.6667%", "3")]),
    );
    standard.measures = numbers(&["n", "d"]);
    standard.sections[0].items[0].marking.value = Some(ratio("n", "d"));
    let table = vec![
        row("a", &["n", "d"], &["2", "3"]),
        row("b", &["n", "d"], &["666667", "1000000"]),
    ];
    assert_eq!(earned(&standard, &table), ["0", "3"]);
}

#[test]
fn zero_denominators_come_before_a_missing_numerator() {
    let mut standard = lone(
        "3",
        MeasureKind::Number,
        None,
        at_least_bands(&[("50%", "3")]),
    );
    standard.measures = numbers(&["n", "d"]);
    standard.sections[0].items[0].marking.value = Some(ratio("n", "d"));
    let cells = [["1", "0"], ["", "0"], ["0", ""], ["n/a", "0"]];
    let rows = cells.iter().enumerate();
    let table: Table = rows
        .map(|(i, cells)| row(&i.to_string(), &["n", "d"], cells))
        .collect();
    let missing = |standard: &Document| -> Vec<usize> {
        cards(standard, &table)
            .iter()
            .map(|card| card.missing.len())
            .collect()
    };
    assert_eq!(earned(&standard, &table), ["0", "0", "0", "-"]);
    assert_eq!(missing(&standard), [1, 1, 1, 0]);
    let marked = |zero| {
        let mut standard = standard.clone();
        standard.sections[0].items[0].marking.zero_denominator = Some(zero);
        (earned(&standard, &table), missing(&standard))
    };
    let expect = |points: [&str; 4]| (points.map(str::to_owned).to_vec(), vec![0, 0, 1, 0]);
    assert_eq!(marked(ZeroDenominator::Full), expect(["3", "3", "0", "-"]));
    assert_eq!(
        marked(ZeroDenominator::Points(r("1.5"))),
        expect(["1.5", "1.5", "0", "-"])
    );
    assert_eq!(
        marked(ZeroDenominator::NotApplicable),
        expect(["-", "-", "0", "-"])
    );
}

#[test]
fn conditions_are_three_valued() {
    let mut standard = lone("1", MeasureKind::Number, None, award());
    standard
        .measures
        .extend(["p", "q"].map(|name| measure(name, MeasureKind::YesNo)));
    let both = Condition::And(vec![yes("p"), yes("q")]);
    standard.vetoes = vec![
        veto("and", both.clone(), vec![Effect::Points(r("1"))]),
        veto(
            "or",
            Condition::Or(vec![yes("p"), yes("q")]),
            vec![Effect::Points(r("1"))],
        ),
        veto("nand", not(both), vec![Effect::Points(r("1"))]),
    ];
    let judged = |p: &str, q: &str| {
        let table = vec![row("a", &["x", "p", "q"], &["1", p, q])];
        let card = cards(&standard, &table).remove(0);
        let undecided: Vec<String> = card.undecided.iter().cloned().collect();
        assert_eq!(card.provisional, !undecided.is_empty());
        (card.vetoes.join(" "), undecided.join(" "))
    };
    let is = |holds: &str, undecided: &str| (holds.to_owned(), undecided.to_owned());
    assert_eq!(judged("yes", "yes"), is("and or", ""));
    assert_eq!(judged("no", ""), is("nand", "or"));
    assert_eq!(judged("yes", ""), is("or", "and nand"));
    assert_eq!(judged("", ""), is("", "and nand or"));
    // 不涉及 does not hold, even under not, unless the rest decides.
    assert_eq!(judged("n/a", "yes"), is("or", ""));
    assert_eq!(judged("n/a", "no"), is("nand", ""));
    assert_eq!(judged("n/a", "n/a"), is("", ""));
    assert_eq!(judged("n/a", ""), is("", "nand or"));
}

#[test]
fn percentages_are_read_into_the_unit_of_the_lone_measure() {
    let mut standard = lone("1", MeasureKind::Number, Some("%"), award());
    let halved = binary(m("x"), Operator::Divide, constant("100"));
    standard.vetoes = vec![
        veto(
            "lone",
            at_least(m("x"), "50%"),
            vec![Effect::Points(r("1"))],
        ),
        veto(
            "quotient",
            at_least(halved, "50%"),
            vec![Effect::Points(r("1"))],
        ),
    ];
    standard.sections[0].items[0].marking.rule = at_least_bands(&[("0", "1")]);
    let held = |x| cards(&standard, &column(&[x])).remove(0).vetoes;
    assert_eq!(held("50"), ["lone", "quotient"]);
    assert!(held("49.999999").is_empty());
}

#[test]
fn days_and_dates() {
    let mut standard = lone(
        "1",
        MeasureKind::Number,
        None,
        curve(&[("0", "0"), ("400", "400")]),
    );
    standard.sections[0].items[0].points = Some(r("400"));
    standard.measures = ["a", "b"]
        .map(|name| measure(name, MeasureKind::Date))
        .to_vec();
    let days = Expression::Days(Box::new(m("a")), Box::new(m("b")));
    standard.sections[0].items[0].marking.value = Some(days);
    standard.sections[0].items[0].marking.no_marks =
        Some(Condition::Compare(m("a"), Comparison::Above, m("b")));
    let dates = [
        ["2024-02-28", "2024-03-01"],
        ["2023-02-28", "2024-02-28"],
        ["2020-01-01", "2021-01-01"],
        ["2021-01-01", "2020-01-01"],
    ];
    let rows = dates.iter().enumerate();
    let table = rows
        .map(|(i, cells)| row(&i.to_string(), &["a", "b"], cells))
        .collect();
    assert_eq!(earned(&standard, &table), ["2", "365", "366", "0"]);
}

#[test]
fn missing_policies() {
    let rule = curve(&[("0", "0"), ("10", "10")]);
    let mut standard = lone("10", MeasureKind::Number, None, rule);
    let table = column(&["1", "", "2", "9", "n/a"]);
    let mut with = |policy| {
        standard.missing = policy;
        earned(&standard, &table)[1].clone()
    };
    assert_eq!(with(MissingPolicy::Zero), "0");
    assert_eq!(with(MissingPolicy::Exclude), "-");
    assert_eq!(with(MissingPolicy::Mean), "4");
    assert_eq!(with(MissingPolicy::Median), "2");
    // A measure's policy goes before the standard's, an item's before both.
    standard.missing = MissingPolicy::Exclude;
    standard.measures[0].missing = Some(MissingPolicy::Median);
    assert_eq!(earned(&standard, &table)[1], "2");
    standard.sections[0].items[0].marking.missing = Some(MissingPolicy::Zero);
    assert_eq!(earned(&standard, &table)[1], "0");
    assert_eq!(cards(&standard, &table)[1].missing, ["1.1"]);
    standard.sections[0].items[0].marking.missing = Some(MissingPolicy::Error);
    let fault = (FaultCode::MissingValue, "c01".to_owned(), "1.1".to_owned());
    assert_eq!(score(&standard, &table), Err([fault].into()));
}

#[test]
fn the_severest_of_several_policies_holds() {
    let mut standard = lone(
        "10",
        MeasureKind::Number,
        None,
        curve(&[("0", "0"), ("10", "10")]),
    );
    standard.measures = numbers(&["a", "b"]);
    let sum = binary(m("a"), Operator::Add, m("b"));
    standard.sections[0].items[0].marking.value = Some(sum);
    standard.measures[0].missing = Some(MissingPolicy::Mean);
    standard.measures[1].missing = Some(MissingPolicy::Median);
    let cells = [["1", "1"], ["1", "2"], ["4", "6"], ["", "3"], ["", ""]];
    let rows = cells.iter().enumerate();
    let table: Table = rows
        .map(|(i, cells)| row(&i.to_string(), &["a", "b"], cells))
        .collect();
    // The mean of a is 2; both blank: the medians of a and b are 1 and 2.
    assert_eq!(earned(&standard, &table)[3..], ["5", "3"]);
    standard.measures[1].missing = Some(MissingPolicy::Exclude);
    assert_eq!(earned(&standard, &table)[3..], ["5", "-"]);
}

#[test]
fn a_blank_is_never_better_than_an_honest_no() {
    let below = Rule::Bands {
        bands: vec![
            dabiao::standard::document::Band {
                low: None,
                high: Some(dabiao::standard::document::Bound {
                    mark: at("5"),
                    inclusive: false,
                }),
                points: r("3"),
            },
            dabiao::standard::document::Band {
                low: Some(dabiao::standard::document::Bound {
                    mark: at("5"),
                    inclusive: true,
                }),
                high: None,
                points: r("1"),
            },
        ],
        otherwise: Rational::ZERO,
    };
    let standard = lone("3", MeasureKind::Number, None, below);
    // The two bands cover every number, so 1 is the least there is.
    assert_eq!(earned(&standard, &column(&["4", "5", ""])), ["3", "1", "1"]);
    let unbounded = Rule::PerUnit(less(Side::Over, "0", "1", "1", Steps::Proportional));
    let standard = lone("3", MeasureKind::Number, None, unbounded);
    assert_eq!(earned(&standard, &column(&["1", ""])), ["2", "0"]);
}

#[test]
fn boxes_leave_or_count_against() {
    let table = |each: ChecklistPay, cells: [&str; 4]| {
        let names = ["p", "q", "s", "t"];
        let measures = names.map(|name| measure(name, MeasureKind::YesNo)).to_vec();
        let rule = boxes(names.map(yes).to_vec(), each);
        let standard = document(
            measures,
            vec![section("1", vec![composed("1.1", "4", rule)])],
        );
        earned(&standard, &vec![row("a", &names, &cells)]).remove(0)
    };
    let each = || ChecklistPay::Each(r("1"));
    assert_eq!(table(each(), ["yes", "yes", "no", "yes"]), "3");
    assert_eq!(table(each(), ["yes", "yes", "no", ""]), "2");
    assert_eq!(table(each(), ["yes", "yes", "no", "n/a"]), "2.67");
    assert_eq!(table(each(), ["n/a", "n/a", "n/a", "n/a"]), "-");
    // A blank box counts as ticked where that earns less.
    let odd = || table_of(&[(1, "4"), (2, "1"), (3, "2")]);
    assert_eq!(table(odd(), ["yes", "no", "no", "no"]), "4");
    assert_eq!(table(odd(), ["yes", "no", "no", ""]), "1");
    assert_eq!(table(odd(), ["no", "no", "no", ""]), "0");
    assert_eq!(table(odd(), ["yes", "yes", "yes", "n/a"]), "2.67");
}

#[test]
fn checks_add_up_and_leave() {
    let judged = |from_full, combine, cells: [&str; 3]| {
        let names = ["p", "q", "s"];
        let checks = Rule::Checks(Checks {
            from_full,
            combine,
            checks: vec![
                check("a", "3", m("p"), yes_no(None, "0")),
                check("b", "1", m("q"), yes_no(None, "-1")),
                check("c", "0", m("s"), yes_no(Some("0"), "-2")),
            ],
        });
        let measures = names.map(|name| measure(name, MeasureKind::YesNo)).to_vec();
        let standard = document(
            measures,
            vec![section("1", vec![composed("1.1", "4", checks)])],
        );
        earned(&standard, &vec![row("a", &names, &cells)]).remove(0)
    };
    use Combine::{Best, Sum, Worst};
    assert_eq!(judged(false, Sum, ["yes", "yes", "yes"]), "4");
    assert_eq!(judged(false, Sum, ["yes", "no", "yes"]), "2");
    assert_eq!(judged(false, Sum, ["yes", "", ""]), "0");
    // Scaled by 4 ÷ 3, deductions along with it.
    assert_eq!(judged(false, Sum, ["yes", "n/a", "no"]), "1.33");
    // Nothing that can earn points is left.
    assert_eq!(judged(false, Sum, ["n/a", "n/a", "no"]), "-");
    assert_eq!(judged(true, Sum, ["n/a", "n/a", "no"]), "2");
    assert_eq!(judged(true, Sum, ["n/a", "n/a", "n/a"]), "-");
    assert_eq!(judged(true, Sum, ["no", "n/a", "no"]), "2");
    assert_eq!(judged(false, Best, ["no", "yes", "yes"]), "1");
    assert_eq!(judged(false, Best, ["yes", "n/a", "n/a"]), "3");
    assert_eq!(judged(false, Worst, ["yes", "yes", "n/a"]), "1");
    assert_eq!(judged(false, Worst, ["yes", "", "n/a"]), "0");
}

#[test]
fn settled_items_come_before_zero_denominators_and_blanks() {
    let mut standard = lone("5", MeasureKind::Number, None, award());
    standard
        .measures
        .extend(["full", "none", "in"].map(|name| measure(name, MeasureKind::YesNo)));
    let marking = &mut standard.sections[0].items[0].marking;
    marking.full_marks = Some(yes("full"));
    marking.no_marks = Some(yes("none"));
    marking.applies = Some(yes("in"));
    let names = ["x", "full", "none", "in"];
    let judged = |cells: [&str; 4]| {
        let card = cards(&standard, &vec![row("a", &names, &cells)]).remove(0);
        let points = item_points(&standard, &card, "1.1");
        (points, card.missing.len(), card.undecided.len())
    };
    let is = |points: &str, missing, undecided| (points.to_owned(), missing, undecided);
    assert_eq!(judged(["", "yes", "no", "yes"]), is("5", 0, 0));
    assert_eq!(judged(["", "yes", "yes", "yes"]), is("0", 0, 0));
    assert_eq!(judged(["2", "no", "no", "no"]), is("-", 0, 0));
    assert_eq!(judged(["n/a", "yes", "no", "yes"]), is("-", 0, 0));
    assert_eq!(judged(["2", "no", "no", ""]), is("2", 0, 1));
    assert_eq!(judged(["2", "no", "no", "n/a"]), is("-", 0, 0));
    assert_eq!(judged(["2", "", "no", "yes"]), is("2", 0, 1));
    assert_eq!(judged(["", "n/a", "no", "yes"]), is("0", 1, 0));
}

#[test]
fn places_and_shares_of_places() {
    let shares = Rule::Rank(Rank {
        from: End::Bottom,
        pays: RankPay::Shares(vec![(r("0.3"), r("10")), (r("0.6"), r("6"))], r("1")),
    });
    let standard = lone("10", MeasureKind::Number, None, shares);
    // 30% of 5 is 1.5 places, 60% is 3.
    let table = column(&["1", "2", "2", "4", "5"]);
    assert_eq!(earned(&standard, &table), ["10", "6", "6", "1", "1"]);
    let table = column(&["1", "1", "1", "1", ""]);
    assert_eq!(earned(&standard, &table), ["10", "10", "10", "10", "1"]);
    let steps = Rule::Rank(Rank {
        from: End::Top,
        pays: RankPay::Steps {
            start: r("10"),
            step: r("4"),
            floor: Some(r("1")),
        },
    });
    let standard = lone("10", MeasureKind::Number, None, steps);
    assert_eq!(
        earned(&standard, &column(&["1", "9", "5", "7"])),
        ["1", "10", "2", "6"]
    );
}

#[test]
fn cohorts_share_an_attribute() {
    let mut standard = lone(
        "10",
        MeasureKind::Number,
        None,
        at_least_bands(&[("mean", "10")]),
    );
    standard.sections[0].items[0].marking.cohort = Some("district".to_owned());
    let mut table = column(&["1", "3", "10", "11", "12"]);
    for (row, district) in table.iter_mut().zip(["A", "A", "", "B", "B"]) {
        row.attributes
            .insert("district".to_owned(), district.to_owned());
    }
    table[2].attributes.clear();
    assert_eq!(earned(&standard, &table), ["0", "10", "10", "0", "10"]);
}

#[test]
fn lower_is_better() {
    let best = |lower_is_better| Rule::ShareOfBest { lower_is_better };
    let mean = |lower_is_better| Rule::ShareOfMean { lower_is_better };
    let points = |rule: Rule, values: &[&str]| {
        earned(&lone("6", MeasureKind::Number, None, rule), &column(values))
    };
    assert_eq!(points(best(true), &["2", "3", "4"]), ["6", "4", "3"]);
    assert_eq!(points(best(true), &["0", "3"]), ["6", "0"]);
    assert_eq!(points(best(true), &["-1", "0", "3"]), ["0", "6", "0"]);
    assert_eq!(points(mean(false), &["1", "2", "3"]), ["3", "6", "6"]);
    assert_eq!(points(mean(true), &["1", "2", "3"]), ["6", "6", "4"]);
    assert_eq!(points(mean(true), &["-1", "0", "1"]), ["0", "6", "0"]);
}

#[test]
fn computed_values_have_a_limit() {
    let mut standard = lone(
        "1",
        MeasureKind::Number,
        None,
        at_least_bands(&[("0", "1")]),
    );
    let squared = binary(m("x"), Operator::Multiply, m("x"));
    let back = binary(squared.clone(), Operator::Divide, m("x"));
    standard.sections[0].items[0].marking.value = Some(back);
    // What is between is unbounded.
    assert_eq!(earned(&standard, &column(&["1000000000000"])), ["1"]);
    standard.sections[0].items[0].marking.value = Some(squared);
    assert_eq!(earned(&standard, &column(&["1000000"])), ["1"]);
    let faults = score(&standard, &column(&["1000000.000001"])).expect_err("a fault");
    assert_eq!(
        faults
            .into_iter()
            .map(|(code, ..)| code)
            .collect::<Vec<_>>(),
        [FaultCode::Computed]
    );
}
