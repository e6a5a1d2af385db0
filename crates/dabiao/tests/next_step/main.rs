//! Every next step keeps its promise: the change is made in the table, the table is scored
//! again, and the item has exactly the points that were promised.

mod generate;

use dabiao::explain::{ItemLine, NextStep, Scorecard, SectionLine, Target};
use dabiao::standard::document::{Check, Document, Item, Marking, Rule, Section};
use dabiao::{Observations, Rational, ScoreOptions, Scores, Standard, Statistics};
use generate::{COLUMNS, NEAREST, Row, cells, standards};
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A standard, run on tables that are their own cohort or against given statistics.
struct Run {
    standard: Standard,
    statistics: Option<Statistics>,
}

impl Run {
    fn table(&self, rows: &[Row]) -> Option<Scores> {
        let coded: Vec<Row> = rows
            .iter()
            .enumerate()
            .map(|(at, cells)| {
                let mut row = vec![format!("c{at}")];
                row.extend(cells.iter().cloned());
                row
            })
            .collect();
        let table = Observations::from_rows(&self.standard, &COLUMNS, &coded).ok()?;
        let mut options = ScoreOptions::new();
        if let Some(statistics) = &self.statistics {
            options = options.alone().with_statistics(statistics.clone());
        }
        self.standard.score(&table, &options).ok()
    }
}

fn set(rows: &[Row], row: usize, measure: &str, value: &str) -> Vec<Row> {
    let column = COLUMNS.iter().position(|name| *name == measure).unwrap() - 1;
    let mut changed = rows.to_vec();
    changed[row][column] = value.to_owned();
    changed
}

fn lines(card: &Scorecard) -> Vec<&ItemLine> {
    fn of<'a>(section: &'a SectionLine, lines: &mut Vec<&'a ItemLine>) {
        lines.extend(&section.items);
        section.sections.iter().for_each(|child| of(child, lines));
    }
    let mut found = Vec::new();
    card.sections
        .iter()
        .for_each(|section| of(section, &mut found));
    found.extend(&card.bonus_items);
    found.extend(&card.deduction_items);
    found
}

fn marking<'a>(document: &'a Document, code: &str) -> Option<&'a Marking> {
    fn items<'a>(section: &'a Section, found: &mut Vec<&'a Item>) {
        found.extend(&section.items);
        section
            .sections
            .iter()
            .for_each(|child| items(child, found));
    }
    let mut all: Vec<&Item> = Vec::new();
    document
        .sections
        .iter()
        .for_each(|section| items(section, &mut all));
    all.extend(document.bonus.iter().chain(&document.deductions));
    let checks = |item: &&'a Item| -> Vec<&'a Check> {
        match &item.marking.rule {
            Rule::Checks(checks) => checks.checks.iter().collect(),
            _ => Vec::new(),
        }
    };
    all.iter()
        .find(|item| item.id == code)
        .map(|item| &item.marking)
        .or_else(|| {
            let check = all.iter().flat_map(checks).find(|check| check.id == code);
            check.map(|check| &check.marking)
        })
}

struct Seen {
    steps: usize,
    kinds: std::collections::BTreeMap<String, usize>,
}

/// Makes the change that a step asks for, and looks whether it keeps its promise.
fn keep(run: &Run, rows: &[Row], row: usize, item: &ItemLine, step: &NextStep, seen: &mut Seen) {
    let value = marking(run.standard.document(), &step.code).and_then(|m| m.value.as_ref());
    let lone = value.and_then(|value| value.lone_measure());
    let (changed, promised) = match (&step.target, &step.measure) {
        (_, Some(moved)) => (
            set(rows, row, &moved.measure, &moved.to.to_string()),
            moved.points,
        ),
        (Target::Answer { yes }, _) => (
            set(rows, row, lone.unwrap(), if *yes { "是" } else { "否" }),
            step.points.unwrap(),
        ),
        (Target::Label { label }, _) => {
            (set(rows, row, lone.unwrap(), label), step.points.unwrap())
        }
        (Target::Boxes { change, boxes }, _) => {
            let mut changed = rows.to_vec();
            // What is blank and not promised counts as unticked.
            for name in ["a", "b", "c"] {
                let column = COLUMNS.iter().position(|held| *held == name).unwrap() - 1;
                if changed[row][column].is_empty() {
                    changed = set(&changed, row, name, "否");
                }
            }
            for title in boxes.iter().take(change.unsigned_abs() as usize) {
                changed = set(
                    &changed,
                    row,
                    &title.en,
                    if *change > 0 { "是" } else { "否" },
                );
            }
            (changed, step.points.unwrap())
        }
        _ => return,
    };
    let after = run
        .table(&changed)
        .unwrap_or_else(|| panic!("{step:?} leaves no table"));
    let before = item.points.unwrap();
    let found = after.points_of(&item.code, row);
    assert_eq!(found, Some(promised), "{} {step:#?}", item.code);
    let better = if item.code.ends_with("deduction") {
        promised.scaled() < before.scaled()
    } else {
        promised.scaled() > before.scaled()
    };
    assert!(better, "{} {step:?} wins nothing over {before}", item.code);
    seen.steps += 1;
    *seen
        .kinds
        .entry(
            item.code
                .trim_end_matches(|c: char| c.is_ascii_digit())
                .to_owned(),
        )
        .or_default() += 1;
    // No nearer value of the measure is enough.
    if let (Some(moved), true) = (
        &step.measure,
        NEAREST.iter().any(|kind| item.code.starts_with(kind)),
    ) {
        let count = ["done", "all", "kinds"].contains(&moved.measure.as_str());
        let one = Rational::from_scaled(1, if count { 0 } else { 6 });
        let nearer = if moved.to > moved.from {
            &moved.to - &one
        } else {
            &moved.to + &one
        };
        let after = run
            .table(&set(rows, row, &moved.measure, &nearer.to_string()))
            .unwrap();
        let found = after
            .points_of(&item.code, row)
            .map(|points| points.scaled());
        let wins = |found: i64| {
            if item.code.ends_with("deduction") {
                found < before.scaled()
            } else {
                found > before.scaled()
            }
        };
        assert!(
            !found.is_some_and(wins),
            "{} {step:#?}: {nearer} is enough",
            item.code
        );
    }
}

/// Where there is no step, no other value of a lone measure wins anything either.
fn nothing_wins(run: &Run, rows: &[Row], row: usize, item: &ItemLine, pool: &[Row]) {
    let marking = marking(run.standard.document(), &item.code).unwrap();
    let Some(measure) = marking
        .value
        .as_ref()
        .and_then(|value| value.lone_measure())
    else {
        return;
    };
    let (Some(before), false) = (item.points, item.states.iter().any(|_| true)) else {
        return;
    };
    // Past the others a deduction in proportion to them falls on and on: there is no next goal.
    if item.code == "relative-deduction" {
        return;
    }
    let column = COLUMNS.iter().position(|name| *name == measure).unwrap() - 1;
    for other in pool {
        if other[column].is_empty() || other[column] == "不涉及" {
            continue;
        }
        let Some(after) = run.table(&set(rows, row, measure, &other[column])) else {
            continue;
        };
        let Some(found) = after.points_of(&item.code, row) else {
            continue;
        };
        let wins = if item.code.ends_with("deduction") {
            found.scaled() < before.scaled()
        } else {
            found.scaled() > before.scaled()
        };
        assert!(
            !wins,
            "{}: {} wins {found} over {before}, and no step says so\n{:?}\n{:?}",
            item.code, other[column], rows, marking
        );
    }
}

fn look_through(run: &Run, scores: &Scores, rows: &[Row], pool: &[Row], seen: &mut Seen) {
    let explainer = scores.explainer();
    for row in 0..scores.len() {
        let card = explainer.card(row).unwrap();
        for item in lines(&card) {
            let checks = item.checks.iter().filter_map(|check| check.next.as_ref());
            for step in item.next.iter().chain(checks) {
                keep(run, rows, row, item, step, seen);
            }
            if item.next.is_none() && item.checks.is_empty() {
                nothing_wins(run, rows, row, item, pool);
            }
        }
    }
}

#[test]
fn every_step_keeps_its_promise() {
    // The same cases every time, unless more are asked for.
    let asked: Option<u32> = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok());
    let cases = asked.unwrap_or(200);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let seen = std::cell::RefCell::new(Seen {
        steps: 0,
        kinds: std::collections::BTreeMap::new(),
    });
    let accepted = std::cell::Cell::new(0usize);
    let strategy = (standards(), vec(cells(), 1..=7), vec(cells(), 6));
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => {
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            TestRunner::new_with_rng(config, rng)
        }
    };
    let result = runner.run(&strategy, |(text, rows, pool)| {
        let Ok(standard) = Standard::from_toml(&text) else {
            return Ok(());
        };
        let mut run = Run {
            standard,
            statistics: None,
        };
        let Some(scores) = run.table(&rows) else {
            return Ok(());
        };
        accepted.set(accepted.get() + 1);
        look_through(&run, &scores, &rows, &pool, &mut seen.borrow_mut());
        // The same against the statistics of another table: they stay as they are.
        let statistics = run.table(&pool).map(|other| other.statistics().clone());
        run.statistics = statistics;
        if let (Some(_), Some(scores)) = (&run.statistics, run.table(&rows)) {
            look_through(&run, &scores, &rows, &pool, &mut seen.borrow_mut());
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let seen = seen.into_inner();
    println!(
        "{} standards, {} steps: {:?}",
        accepted.get(),
        seen.steps,
        seen.kinds
    );
    assert!(
        accepted.get() * 2 > cases as usize,
        "only {} of {cases} standards were accepted",
        accepted.get()
    );
    assert!(seen.steps > cases as usize, "{}", seen.steps);
}
