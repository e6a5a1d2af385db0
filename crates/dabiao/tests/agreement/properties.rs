//! What must hold whatever the standard and the table.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use dabiao::standard::document::{Document, MeasureKind, MissingPolicy, Rule};
use dabiao::{Faults, Observations, ScoreOptions, Scores, Standard, Statistics};

use crate::bridge::{observations, printed};
use crate::reference::card::{full_marks, sections_of, worth};
use crate::reference::number::{Q, held, of, rounded, unscaled, whole, zero};
use crate::reference::random::measures::parts;
use crate::reference::random::monotone::{Better, monotone};
use crate::reference::random::standards::{lone_items, standards, without_idle_cohorts};
use crate::reference::random::tables::tables;
use crate::reference::table::{Cell, Table};
use crate::{config, described};

fn standard_of(document: &Document) -> Standard {
    Standard::from_document(document.clone()).expect("valid by construction")
}

fn scored(standard: &Standard, table: &Observations, threads: usize) -> Result<Scores, Faults> {
    standard.score(table, &ScoreOptions::new().with_threads(threads))
}

fn engine(standard: &Standard, table: &Table) -> Result<Scores, Faults> {
    scored(standard, &observations(standard, table)?, 1)
}

/// Everything about every card, or the faults.
fn all_of(document: &Document, scores: &Result<Scores, Faults>) -> Vec<String> {
    match scores {
        Ok(scores) => (0..scores.len())
            .map(|row| printed(document, scores, row))
            .collect(),
        Err(faults) => vec![faults.to_string()],
    }
}

/// What is printed of a row, but for its place, which depends on the others.
fn unranked(mut text: String) -> String {
    let end = text.rfind(" rank").unwrap_or(text.len());
    text.truncate(end);
    text
}

/// The points of an item on a row, exactly.
fn points(scores: &Scores, code: &str, row: &str) -> Option<Q> {
    let at = scores.codes().iter().position(|code| code == row)?;
    let points = scores.points_of(code, at)?;
    Some(unscaled(&points.scaled().into(), points.decimals()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases / 4, ..config() })]

    #[test]
    fn the_order_of_rows_never_matters(
        standard in standards(),
        table in tables(0..12),
        order in vec(any::<Index>(), 12),
    ) {
        let table = table.table_for(&standard);
        let mut shuffled = table.clone();
        for (i, other) in order.iter().enumerate().take(table.len()) {
            shuffled.swap(i, other.index(table.len()));
        }
        let compiled = standard_of(&standard);
        let (one, other) = (engine(&compiled, &table), engine(&compiled, &shuffled));
        if let (Ok(one), Ok(other)) = (&one, &other) {
            prop_assert_eq!(one.observations().digest(&compiled), other.observations().digest(&compiled));
        }
        // Faults come in the order of the lines they stand on.
        if one.is_ok() || other.is_ok() {
            prop_assert_eq!(
                all_of(&standard, &one),
                all_of(&standard, &other),
                "{}",
                described(&standard, &table)
            );
        }
    }

    #[test]
    fn statistics_merge_from_any_partition(
        standard in standards(),
        table in tables(1..16),
        parts in vec(0..4usize, 16),
    ) {
        let table = table.table_for(&standard);
        let compiled = standard_of(&standard);
        let Ok(whole) = observations(&compiled, &table) else { return Ok(()) };
        let all = compiled.statistics(&whole, 1).expect("no fault");
        let mut merged: Option<Statistics> = None;
        let mut partition = Vec::new();
        for part in 0..4 {
            let rows = table.iter().zip(&parts);
            let rows: Table = rows.filter(|(_, p)| **p == part).map(|(row, _)| row.clone()).collect();
            let rows = observations(&compiled, &rows).expect("part of a sound table");
            let statistics = compiled.statistics(&rows, 1).expect("no fault");
            partition.push(rows);
            match &mut merged {
                None => merged = Some(statistics),
                Some(merged) => merged.merge(statistics).expect("of one standard"),
            }
        }
        let merged = merged.expect("four parts");
        prop_assert_eq!(merged.to_json(), all.to_json());
        let read = Statistics::from_json(&merged.to_json()).expect("its own text");
        prop_assert_eq!(&read, &merged);

        // A part scored with the statistics of the whole: everything but the places is the same.
        let Ok(scores) = scored(&compiled, &whole, 1) else { return Ok(()) };
        for rows in &partition {
            let options = ScoreOptions::new().with_statistics(read.clone()).alone();
            let found = compiled.score(rows, &options).expect("no fault in the whole");
            for (row, code) in found.codes().iter().enumerate() {
                let at = scores.codes().iter().position(|c| c == code).expect("in the whole");
                prop_assert_eq!(
                    unranked(printed(&standard, &found, row)),
                    unranked(printed(&standard, &scores, at)),
                    "{}",
                    described(&standard, &table)
                );
            }
        }
    }

    /// A section is the sum of its children unless it is weighted or rescaled, and the total
    /// re-adds from what is printed.
    #[test]
    fn printed_cards_add_up(standard in standards(), table in tables(0..8)) {
        let table = table.table_for(&standard);
        let compiled = standard_of(&standard);
        let Ok(scores) = engine(&compiled, &table) else { return Ok(()) };
        for row in 0..scores.len() {
            let exact = |points: Option<dabiao::Points>| {
                points.map(|p| unscaled(&p.scaled().into(), p.decimals()))
            };
            let zeroed = |code: &str| {
                let held: Vec<&str> = scores.vetoes(row).collect();
                standard.vetoes.iter().filter(|v| held.contains(&v.id.as_str())).any(|veto| {
                    veto.effects.iter().any(|effect| {
                        *effect == dabiao::standard::document::Effect::Zero(code.to_owned())
                    })
                })
            };
            for section in sections_of(&standard.sections) {
                let items = section.items.iter().map(|item| &item.id);
                let children = items.chain(section.sections.iter().map(|inner| &inner.id));
                let children: Option<Vec<Q>> =
                    children.map(|code| exact(scores.points_of(code, row))).collect();
                let found = exact(scores.points_of(&section.id, row));
                let plain = section.weight.is_none() && !zeroed(&section.id);
                if let Some(children) = children.filter(|_| plain) {
                    let sum = children.into_iter().fold(zero(), |sum, points| sum + points);
                    prop_assert_eq!(found, Some(sum), "{}", described(&standard, &table));
                }
            }
            let Some(total) = scores.total(row) else { continue };
            let (mut sum, mut applicable) = (zero(), zero());
            for section in &standard.sections {
                if let Some(points) = exact(scores.points_of(&section.id, row)) {
                    sum += points;
                    applicable += worth(section);
                }
            }
            let full = full_marks(&standard);
            let bonus = exact(scores.bonus(row)).unwrap_or_else(zero);
            let deductions = exact(scores.deductions(row)).unwrap_or_else(zero);
            let cap = (!standard.exceed_full).then_some(&full);
            let mut exactly = held(sum * &full / applicable + bonus - deductions, None, cap);
            let holding: Vec<&str> = scores.vetoes(row).collect();
            for veto in standard.vetoes.iter().filter(|v| holding.contains(&v.id.as_str())) {
                for effect in &veto.effects {
                    if let dabiao::standard::document::Effect::Points(points) = effect {
                        exactly -= of(points);
                    }
                }
            }
            let exactly = held(exactly, Some(&zero()), None);
            let expected = rounded(&exactly, total.decimals(), standard.rounding);
            prop_assert_eq!(
                num_bigint::BigInt::from(total.scaled()),
                expected,
                "{}",
                described(&standard, &table)
            );
        }
    }

    /// Under the policy "zero" no answer earns less than no answer.
    #[test]
    fn a_blank_is_never_better_than_an_honest_no(
        standard in lone_items(),
        table in tables(1..6),
        row in any::<Index>(),
        measure in any::<Index>(),
    ) {
        let standard = with_nothing_but_zero(standard);
        prop_assume!(standard.check().is_ok());
        let table = table.table_for(&standard);
        let at = row.index(table.len());
        let name = &standard.measures[measure.index(standard.measures.len())].name;
        // 不涉及 is no answer.
        prop_assume!(*table[at].cell(name) != Cell::NotApplicable);
        let mut blank = table.clone();
        blank[at].cells.insert(name.clone(), Cell::Missing);
        let compiled = standard_of(&standard);
        let (Ok(answered), Ok(blank)) = (engine(&compiled, &table), engine(&compiled, &blank)) else {
            return Ok(());
        };
        let code = &table[at].code;
        let honest = points(&answered, "1.1", code);
        let missing = points(&blank, "1.1", code);
        if let (Some(honest), Some(missing)) = (honest, missing) {
            prop_assert!(
                missing <= honest,
                "{code} without {name}: {missing}, with it: {honest}\n{}",
                described(&standard, &table)
            );
        }
    }

    /// A better value never lowers the points of a rule that only goes one way.
    #[test]
    fn a_better_value_never_earns_less(
        rule in monotone(),
        table in tables(1..8),
        row in any::<Index>(),
        by in 1..100_000i64,
    ) {
        let (standard, better) = rule;
        prop_assume!(standard.check().is_ok());
        let table = table.table_for(&standard);
        let at = row.index(table.len());
        let name = standard.measures[0].name.clone();
        let Cell::Number(before) = table[at].cell(&name).clone() else { return Ok(()) };
        let is_count = standard.measures[0].kind == MeasureKind::Count;
        let step = if is_count { whole(1 + by % 7) } else { whole(by) / whole(1000) };
        let after = match better {
            Better::Higher => &before + step,
            Better::Lower => held(&before - step, Some(&zero()), None),
        };
        let mut bettered = table.clone();
        bettered[at].cells.insert(name, Cell::Number(after));
        let compiled = standard_of(&standard);
        let (Ok(first), Ok(second)) = (engine(&compiled, &table), engine(&compiled, &bettered)) else {
            return Ok(());
        };
        let code = &table[at].code;
        let (first, second) = (points(&first, "1.1", code), points(&second, "1.1", code));
        prop_assert!(
            first <= second,
            "{code}: {first:?}, then {second:?}\n{}\n{}",
            described(&standard, &table),
            described(&standard, &bettered)
        );
    }
}

/// Without policies and conditions of its own, so that a blank can only cost.
fn with_nothing_but_zero(mut standard: Document) -> Document {
    standard.missing = MissingPolicy::Zero;
    for measure in &mut standard.measures {
        measure.missing = None;
    }
    let clear = |marking: &mut dabiao::standard::document::Marking| {
        marking.missing = None;
        marking.applies = None;
        marking.full_marks = None;
        marking.no_marks = None;
        marking.zero_denominator = None;
    };
    for item in &mut standard.sections[0].items {
        clear(&mut item.marking);
        if let Rule::Checks(checks) = &mut item.marking.rule {
            for check in &mut checks.checks {
                clear(&mut check.marking);
            }
        }
    }
    let used: Vec<String> = {
        let mut names = Vec::new();
        for part in parts(&standard) {
            if let Some(value) = &part.value {
                value.visit_measures(&mut |name| names.push(name.to_owned()));
            }
            if let Rule::Checklist(list) = &part.rule {
                for one in &list.boxes {
                    one.when
                        .visit_measures(&mut |name| names.push(name.to_owned()));
                }
            }
        }
        names
    };
    standard
        .measures
        .retain(|measure| used.contains(&measure.name));
    without_idle_cohorts(&mut standard);
    standard
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1 + config().cases / 256, ..config() })]

    /// Enough rows for several blocks, so that the threads have something to share.
    #[test]
    fn any_number_of_threads_gives_the_same(standard in standards(), table in tables(1..31)) {
        let small = table.table_for(&standard);
        let mut large = Table::new();
        while large.len() < 6_000 {
            for row in &small {
                let mut row = row.clone();
                row.code = format!("r{:05}", large.len());
                large.push(row);
            }
        }
        let compiled = standard_of(&standard);
        let Ok(table) = observations(&compiled, &large) else { return Ok(()) };
        let one = scored(&compiled, &table, 1);
        for threads in [2, 3] {
            let other = scored(&compiled, &table, threads);
            let (Ok(one), Ok(other)) = (&one, &other) else {
                prop_assert_eq!(all_of(&standard, &one), all_of(&standard, &other));
                continue;
            };
            for row in 0..one.len() {
                prop_assert_eq!(one.total(row), other.total(row));
                prop_assert_eq!(one.rank(row), other.rank(row));
                if row % 97 == 0 {
                    let card = printed(&standard, one, row);
                    prop_assert_eq!(card, printed(&standard, other, row));
                }
            }
        }
        if let Ok(one) = &one {
            let few: Table = large.iter().step_by(487).cloned().collect();
            let few = observations(&compiled, &few).expect("rows of a sound table");
            let options = ScoreOptions::new().with_statistics(one.statistics().clone()).alone();
            let few = compiled.score(&few, &options).expect("rows without a fault");
            for row in 0..few.len() {
                prop_assert_eq!(
                    unranked(printed(&standard, &few, row)),
                    unranked(printed(&standard, one, row * 487))
                );
            }
        }
        let alone = compiled.statistics(&table, 1).expect("no fault");
        prop_assert_eq!(alone, compiled.statistics(&table, 2).expect("no fault"));
    }
}
