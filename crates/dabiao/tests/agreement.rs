//! The engine agrees with the reference on everything, over random standards and tables.
//!
//! `PROPTEST_CASES` says how many cases are tried.

mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use dabiao::{
    Cell, Faults, Flag, Observations, ObservationsBuilder, ScoreOptions, Scores, Standard,
};
use reference::card::{Card, RefFault, items_of, score, sections_of};
use reference::item::Standing;
use reference::number::power_of_ten;
use reference::random::{describe, standards::standards, tables::tables};
use reference::table::{Cell as Plain, Table};

use dabiao::standard::document::Document;

/// A plain table as the engine's, from numbers scaled by 10^6.
fn observations(standard: &Standard, table: &Table) -> Result<Observations, Faults> {
    let measures: Vec<&str> = standard
        .document()
        .measures
        .iter()
        .map(|measure| measure.name.as_str())
        .collect();
    let mut builder = ObservationsBuilder::new(standard);
    builder.heading(&[&["code", "district"], measures.as_slice()].concat());
    for (i, row) in table.iter().enumerate() {
        let mut cells = vec![Cell::Text(&row.code), Cell::Text(row.attribute("district"))];
        for measure in &measures {
            cells.push(match row.cell(measure) {
                Plain::Missing => Cell::Blank,
                Plain::NotApplicable => Cell::NotApplicable,
                Plain::YesNo(yes) => Cell::Bool(*yes),
                Plain::Label(label) => Cell::Text(label),
                Plain::Date(date) => Cell::Date(*date),
                Plain::Number(number) => {
                    let scaled = (number * power_of_ten(6)).to_integer();
                    Cell::Scaled {
                        scaled: (&scaled).try_into().expect("at most 10^12"),
                        decimals: 6,
                    }
                }
            });
        }
        builder.row(i as u64 + 2, &cells);
    }
    builder.finish()
}

/// What stopped a run: the community, the item or check, and the code.
fn faults_of(faults: &Faults) -> BTreeSet<(String, String)> {
    let listed = faults.listed.iter().map(|fault| {
        let subject = fault.subject.clone().unwrap_or_default();
        let row = subject.split(' ').next().unwrap_or_default().to_owned();
        (row, fault.code.as_str().to_owned())
    });
    listed.collect()
}

fn expected_faults(faults: &BTreeSet<RefFault>) -> BTreeSet<(String, String)> {
    let listed = faults.iter();
    listed
        .map(|(code, row, _)| (row.clone(), code.as_str().to_owned()))
        .collect()
}

/// Where a card and the engine's row differ; empty where they agree on everything.
fn differences(document: &Document, card: &Card, scores: &Scores, row: usize) -> Vec<String> {
    let mut differences = Vec::new();
    let mut same = |what: &str, reference: String, engine: String| {
        if reference != engine {
            let code = &card.code;
            differences.push(format!(
                "{code} {what}: reference {reference}, engine {engine}"
            ));
        }
    };
    let scaled = |points: Option<dabiao::Points>| {
        points.map_or("none".to_owned(), |points| points.scaled().to_string())
    };
    let shown = |points: &Option<num_bigint::BigInt>| {
        points
            .as_ref()
            .map_or("none".to_owned(), ToString::to_string)
    };
    for item in items_of(&document.sections) {
        let code = item.id.as_str();
        let expected = &card.items[code];
        let what = format!("item {code}");
        same(
            &what,
            shown(&expected.published),
            scaled(scores.points_of(code, row)),
        );
        let Some(state) = scores.state_of(code, row) else {
            same(&what, "a state".to_owned(), "none".to_owned());
            continue;
        };
        let found = (
            state.is_not_applicable(),
            state.is_excluded(),
            state.is_none_by_condition(),
            state.is_full_by_condition(),
            state.is_missing(),
            state.is_imputed(),
        );
        let wanted = (
            expected.standing == Standing::NotApplicable,
            expected.standing == Standing::Excluded,
            expected.standing == Standing::NoMarks,
            expected.standing == Standing::FullMarks,
            expected.missing,
            expected.imputed,
        );
        same(
            &format!("state {code}"),
            format!("{wanted:?}"),
            format!("{found:?}"),
        );
    }
    for section in sections_of(&document.sections) {
        let code = section.id.as_str();
        let what = format!("section {code}");
        same(
            &what,
            shown(&card.sections[code]),
            scaled(scores.points_of(code, row)),
        );
    }
    for (code, points) in card.bonuses.iter().chain(&card.deductions) {
        // A blank one is none.
        let found = scores
            .points_of(code, row)
            .map_or(0, |points| points.scaled());
        same(code, points.to_string(), found.to_string());
    }
    let none = || "none".to_owned();
    let id = |grade: Option<&dabiao::standard::document::Grade>| {
        grade.map_or_else(none, |grade| grade.id.clone())
    };
    let listed = |codes: Vec<String>| codes.join(" ");
    same("bonus", card.bonus.to_string(), scaled(scores.bonus(row)));
    same(
        "deductions",
        card.deduction.to_string(),
        scaled(scores.deductions(row)),
    );
    same("total", shown(&card.total), scaled(scores.total(row)));
    same(
        "total before bonus",
        shown(&card.total_before_bonus),
        scaled(scores.total_before_bonus(row)),
    );
    same(
        "earned",
        card.earned.clone().unwrap_or_else(none),
        id(scores.grade_earned(row)),
    );
    same(
        "grade",
        card.grade.clone().unwrap_or_else(none),
        id(scores.grade(row)),
    );
    same(
        "rank",
        format!("{:?}", card.rank),
        format!("{:?}", scores.rank(row).map(|r| r as usize)),
    );
    same(
        "vetoes",
        listed(card.vetoes.clone()),
        listed(scores.vetoes(row).map(str::to_owned).collect()),
    );
    same(
        "missing",
        listed(card.missing.clone()),
        listed(scores.missing(row).map(str::to_owned).collect()),
    );
    let undecided: BTreeSet<String> = scores.undecided(row).map(str::to_owned).collect();
    same(
        "undecided",
        format!("{:?}", card.undecided),
        format!("{undecided:?}"),
    );
    let mut flags = Vec::new();
    let flag = |flag: Flag, holds: bool, flags: &mut Vec<Flag>| {
        if holds {
            flags.push(flag);
        }
    };
    let imputed = card.items.values().any(|item| item.imputed);
    flag(Flag::Provisional, card.provisional, &mut flags);
    flag(Flag::Imputed, imputed, &mut flags);
    let taken = card.earned.is_some() && card.grade.is_none();
    flag(Flag::GradeTaken, taken, &mut flags);
    flag(Flag::NoTotal, card.total.is_none(), &mut flags);
    same(
        "flags",
        format!("{flags:?}"),
        format!("{:?}", scores.flags(row)),
    );
    differences
}

/// All differences over a table.
fn disagreements(document: &Document, table: &Table) -> Vec<String> {
    let standard = match Standard::from_document(document.clone()) {
        Ok(standard) => standard,
        Err(faults) => {
            REJECTED.fetch_add(1, Ordering::Relaxed);
            return vec![format!("rejected: {faults}")];
        }
    };
    let expected = score(document, table);
    let found = observations(&standard, table)
        .and_then(|table| standard.score(&table, &ScoreOptions::new().with_threads(1)));
    match (expected, found) {
        (Ok(cards), Ok(scores)) => {
            let rows: BTreeMap<&str, usize> = scores
                .codes()
                .iter()
                .enumerate()
                .map(|(row, code)| (code.as_str(), row))
                .collect();
            if rows.len() != cards.len() {
                return vec![format!("{} cards, {} rows", cards.len(), rows.len())];
            }
            let each = cards
                .iter()
                .flat_map(|card| differences(document, card, &scores, rows[card.code.as_str()]));
            each.collect()
        }
        (Err(expected), Err(found)) => {
            let expected = expected_faults(&expected);
            let found = faults_of(&found);
            // A faulty cell stops the run before anything is computed.
            if !found.is_empty() && found.is_subset(&expected) {
                Vec::new()
            } else {
                vec![format!("faults: reference {expected:?}, engine {found:?}")]
            }
        }
        (Ok(_), Err(found)) => vec![format!("the engine alone has faults: {found}")],
        (Err(expected), Ok(_)) => vec![format!("the reference alone has faults: {expected:?}")],
    }
}

static REJECTED: AtomicUsize = AtomicUsize::new(0);

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_agrees_with_the_reference(standard in standards(), table in tables(0..31)) {
        let table = table.table_for(&standard);
        let disagreements = disagreements(&standard, &table);
        prop_assert!(
            disagreements.is_empty(),
            "{}\n{}\n{}",
            disagreements.join("\n"),
            describe::standard(&standard),
            describe::table(&table),
        );
    }
}
