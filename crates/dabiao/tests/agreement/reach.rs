//! The random cases reach what they are meant to reach: a strategy that lost a branch would
//! otherwise agree on everything in silence.

use std::collections::{BTreeMap, BTreeSet};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use dabiao::standard::document::{Document, Effect, Rule};

use crate::reference::card::{Card, full_marks, items_of, score};
use crate::reference::item::Standing;
use crate::reference::number::unscaled;
use crate::reference::random::measures::parts;
use crate::reference::random::{
    standards::{standards, unchecked},
    tables::tables,
};

const CASES: usize = 300;

/// What a case must show somewhere.
const WANTED: [&str; 52] = [
    "a card",
    "a fault: value-computed-range",
    "a fault: value-missing",
    "a fault: value-range",
    "a grade earned",
    "a grade lowered",
    "a grade taken",
    "a nested section",
    "a place by tie-break",
    "a shared place",
    "a veto holds",
    "a weighted section",
    "an empty table",
    "an excluded section",
    "an imputed item: bands",
    "an imputed item: curve",
    "an imputed item: rank",
    "an item undecided",
    "an unrounded total",
    "award",
    "bands",
    "best of checks",
    "bonus beyond full marks",
    "bonus held at full marks",
    "boxes",
    "count",
    "curve",
    "deductions",
    "excluded: bands",
    "excluded: boxes",
    "excluded: checks",
    "full marks",
    "levels",
    "min-max",
    "missing, partly earned",
    "missing: award",
    "missing: bands",
    "missing: boxes",
    "missing: checks",
    "missing: levels",
    "missing: per-unit",
    "no grade",
    "no marks",
    "no total",
    "not applicable",
    "per-unit",
    "rank",
    "share of best",
    "share of mean",
    "sum of checks from full",
    "worst of checks",
    "zeroed",
];

fn kind(rule: &Rule) -> &'static str {
    match rule {
        Rule::Award { .. } => "award",
        Rule::YesNo { .. } => "yes-no",
        Rule::Levels(_) => "levels",
        Rule::Checklist(list) if list.boxes.is_empty() => "count",
        Rule::Checklist(_) => "boxes",
        Rule::Bands { .. } => "bands",
        Rule::Curve(_) => "curve",
        Rule::PerUnit(_) => "per-unit",
        Rule::Rank(_) => "rank",
        Rule::ShareOfBest { .. } => "share of best",
        Rule::ShareOfMean { .. } => "share of mean",
        Rule::MinMax { .. } => "min-max",
        Rule::Checks(_) => "checks",
    }
}

fn seen_in_card(document: &Document, card: &Card, seen: &mut BTreeSet<String>) {
    let mut see = |what: &str, holds: bool| {
        if holds {
            seen.insert(what.to_owned());
        }
    };
    for item in items_of(&document.sections) {
        let found = &card.items[&item.id];
        let kind = kind(&item.marking.rule);
        see("not applicable", found.standing == Standing::NotApplicable);
        see("no marks", found.standing == Standing::NoMarks);
        see("full marks", found.standing == Standing::FullMarks);
        see(
            &format!("excluded: {kind}"),
            found.standing == Standing::Excluded,
        );
        see(&format!("an imputed item: {kind}"), found.imputed);
        see(&format!("missing: {kind}"), found.missing && !found.imputed);
        let earned = found
            .exact
            .as_ref()
            .is_some_and(|exact| *exact.numer() > 0.into());
        see(
            "missing, partly earned",
            found.missing && !found.imputed && earned,
        );
        see("zeroed", found.zeroed && found.exact.is_some());
        see("an item undecided", card.undecided.contains(&item.id));
    }
    see("a card", true);
    see(
        "an excluded section",
        card.sections.values().any(Option::is_none),
    );
    see("no total", card.total.is_none());
    see("a veto holds", !card.vetoes.is_empty());
    see("a grade earned", card.grade.is_some());
    see(
        "no grade",
        card.earned.is_none() && !document.grades.is_empty(),
    );
    see(
        "a grade taken",
        card.earned.is_some() && card.grade.is_none(),
    );
    see(
        "a grade lowered",
        card.grade.is_some() && card.grade != card.earned,
    );
    see("deductions", card.deduction > 0.into());
    let full = full_marks(document);
    let total = card.total.as_ref();
    let exactly =
        total.map(|total| unscaled(total, document.total_decimals.unwrap_or(document.decimals)));
    let bonus = card.bonus > 0.into();
    see(
        "bonus beyond full marks",
        bonus && exactly.as_ref().is_some_and(|total| *total > full),
    );
    see(
        "bonus held at full marks",
        bonus && exactly.is_some_and(|total| total == full),
    );
    see(
        "an unrounded total",
        document.total_decimals.is_some() && total.is_some(),
    );
}

fn seen_in(document: &Document, cards: &[Card], seen: &mut BTreeSet<String>) {
    for part in parts(document) {
        seen.insert(kind(&part.rule).to_owned());
        if let Rule::Checks(checks) = &part.rule {
            seen.insert(match checks.combine {
                dabiao::standard::document::Combine::Best => "best of checks".to_owned(),
                dabiao::standard::document::Combine::Worst => "worst of checks".to_owned(),
                _ if checks.from_full => "sum of checks from full".to_owned(),
                _ => "sum of checks from 0".to_owned(),
            });
        }
    }
    for veto in &document.vetoes {
        for effect in &veto.effects {
            let name = match effect {
                Effect::NoGrade => "no grade",
                Effect::Ceiling(_) => "ceiling",
                Effect::OneGradeDown => "one down",
                Effect::Points(_) => "points",
                Effect::Zero(_) => "zero",
            };
            seen.insert(format!("effect: {name}"));
        }
    }
    let mut see = |what: &str, holds: bool| {
        if holds {
            seen.insert(what.to_owned());
        }
    };
    see(
        "a nested section",
        document.sections.iter().any(|s| !s.sections.is_empty()),
    );
    see(
        "a weighted section",
        document.sections.iter().any(|s| s.weight.is_some()),
    );
    see("an empty table", cards.is_empty());
    for (i, card) in cards.iter().enumerate() {
        for other in &cards[i + 1..] {
            let tied = card.total == other.total && card.rank.is_some() && other.rank.is_some();
            see("a shared place", tied && card.rank == other.rank);
            see("a place by tie-break", tied && card.rank != other.rank);
        }
    }
    for card in cards {
        seen_in_card(document, card, seen);
    }
}

#[test]
fn the_random_cases_reach_everything() {
    let mut runner = TestRunner::deterministic();
    let cases = (standards(), tables(0..12));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..CASES {
        let case = cases.new_tree(&mut runner).expect("a case").current();
        let (document, shape) = case;
        let table = shape.table_for(&document);
        let mut seen = BTreeSet::new();
        match score(&document, &table) {
            Ok(cards) => seen_in(&document, &cards, &mut seen),
            Err(faults) => seen.extend(faults.iter().map(|(code, ..)| format!("a fault: {code}"))),
        }
        for what in seen {
            *counts.entry(what).or_default() += 1;
        }
    }
    if std::env::var_os("DABIAO_REACH").is_some() {
        println!("{counts:#?}");
    }
    let never: Vec<&str> = WANTED
        .into_iter()
        .filter(|what| !counts.contains_key(*what))
        .collect();
    assert!(
        never.is_empty(),
        "never in {CASES} cases: {never:?}; seen: {counts:#?}"
    );
}

#[test]
fn few_random_standards_are_rejected() {
    let mut runner = TestRunner::deterministic();
    let drawn = (0..CASES).map(|_| {
        unchecked()
            .new_tree(&mut runner)
            .expect("a standard")
            .current()
    });
    let faults: Vec<String> = drawn
        .filter_map(|standard| standard.check().err())
        .map(|faults| faults.to_string())
        .collect();
    assert!(
        faults.len() * 8 < CASES,
        "{} of {CASES}: {}",
        faults.len(),
        faults.join("\n")
    );
}
