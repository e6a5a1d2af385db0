//! The conformance suite through formulas, computed here. The same cases go through LibreOffice
//! in the suite `templates` of `cargo xtask test`.

use std::fs;
use std::path::{Path, PathBuf};

use dabiao::standard::document::MeasureKind;
use dabiao::{Observations, Points, ScoreOptions, Standard};

use super::{Formula, Live, Published, Sheet, Value, WORDS};
use crate::{ReadOptions, Source, read_observations};

/// What someone types for a measure of a community.
pub(crate) fn typed(
    standard: &Standard,
    table: &Observations,
    measure: usize,
    row: usize,
) -> Value {
    let Some(text) = table.value_text(standard, measure, row) else {
        return Value::Blank;
    };
    let kind = standard.observed(measure).expect("a measure").kind;
    match kind {
        _ if text == WORDS.not_applicable => Value::Text(text),
        MeasureKind::Count | MeasureKind::Number => Value::Number(text.parse().expect("a number")),
        MeasureKind::Date => {
            let date: jiff::civil::Date = text.parse().expect("a date");
            let epoch = jiff::civil::date(1970, 1, 1);
            let days = date
                .since((jiff::Unit::Day, epoch))
                .expect("days")
                .get_days();
            Value::Number(f64::from(days) + 25_569.0)
        }
        MeasureKind::YesNo | MeasureKind::Label => Value::Text(text),
    }
}

struct Card<'a> {
    sheet: Sheet<'a>,
}

impl Card<'_> {
    fn number(&self, formula: &Formula) -> f64 {
        formula
            .value(&self.sheet)
            .number()
            .expect("no error in any cell")
    }

    /// The points, or the code that says why there are none.
    fn points(&self, published: &Published) -> Result<Option<String>, f64> {
        let code = self.number(&published.code);
        if code == super::LEFT {
            return Ok(None);
        }
        if code != 0.0 {
            return Err(code);
        }
        let scaled = self.number(&published.points);
        assert!(scaled.fract() == 0.0, "{scaled} is whole");
        Ok(Some(
            Points::new(scaled as i64, published.decimals).to_string(),
        ))
    }
}

/// Cards, cards whose total is told, differences.
#[derive(Default)]
struct Tally {
    cards: usize,
    totals: usize,
    items: usize,
    told: usize,
    wrong: Vec<String>,
}

fn compare(name: &str, standard: &Standard, table: &Observations, tally: &mut Tally) {
    let live = Live::new(standard);
    let scores = standard
        .score(table, &ScoreOptions::new().with_threads(1))
        .expect("a sound table");
    for row in 0..table.len() {
        let inputs: Vec<Value> = (0..standard.document().measures.len())
            .map(|measure| typed(standard, table, measure, row))
            .collect();
        let values = live.compute(&inputs);
        for (cell, value) in live.cells.iter().zip(&values) {
            assert!(
                *value != Value::Error,
                "{name} {}: {:?}",
                cell.about,
                cell.formula
            );
        }
        let card = Card {
            sheet: Sheet {
                values: &values,
                inputs: &inputs,
            },
        };
        let code = &table.codes()[row];
        let text = |points: Option<Points>| points.map(|points| points.to_string());
        let sections = standard.sections();
        let items = standard.items();
        let document = standard.document();
        let mut all: Vec<(String, &Published, Option<String>)> = Vec::new();
        for (section, published) in sections.iter().zip(&live.sections) {
            all.push((
                section.id.clone(),
                published,
                text(scores.points_of(&section.id, row)),
            ));
        }
        let extras = document.bonus.iter().zip(&live.bonus_items);
        let extras = extras.chain(document.deductions.iter().zip(&live.deduction_items));
        for (item, live) in items.into_iter().zip(&live.items).chain(extras) {
            let held = text(scores.points_of(&item.id, row));
            tally.items += 1;
            tally.told += usize::from(card.points(&live.published).is_ok());
            // A blank or inapplicable entry has no points, where a template shows 0.
            let extra = document
                .bonus
                .iter()
                .chain(&document.deductions)
                .any(|e| e.id == item.id);
            let held = match held {
                None if extra && card.points(&live.published) != Ok(None) => {
                    text(Some(Points::new(0, document.decimals)))
                }
                held => held,
            };
            all.push((item.id.clone(), &live.published, held));
        }
        all.push(("bonus".into(), &live.bonus, text(scores.bonus(row))));
        all.push((
            "deductions".into(),
            &live.deductions,
            text(scores.deductions(row)),
        ));
        all.push((
            "before".into(),
            &live.before_bonus,
            text(scores.total_before_bonus(row)),
        ));
        all.push(("total".into(), &live.total, text(scores.total(row))));
        for (field, published, expected) in all {
            match card.points(published) {
                // Nothing but the want of a cohort may leave anything untold.
                Err(code) if code != super::COHORT => {
                    tally
                        .wrong
                        .push(format!("{name} {code} {field}: code {code}"));
                }
                Ok(found) if found != expected => tally.wrong.push(format!(
                    "{name} {code} {field}: {found:?}, expected {expected:?}"
                )),
                _ => {}
            }
        }
        tally.cards += 1;
        if card.points(&live.total).is_err() {
            continue;
        }
        tally.totals += 1;
        let grade = card.number(&live.grade);
        let expected = scores.grade(row).map(|grade| grade.id.as_str());
        let found = document
            .grades
            .get(grade as usize)
            .map(|grade| grade.id.as_str());
        if found != expected {
            tally.wrong.push(format!(
                "{name} {code} grade: {found:?}, expected {expected:?}"
            ));
        }
        let undecided = scores.undecided(row).next().is_some();
        if (card.number(&live.undecided) == 1.0) != undecided {
            tally
                .wrong
                .push(format!("{name} {code} undecided: expected {undecided}"));
        }
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(top().join("tests/conformance")).expect("the suite is there");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.join("case.toml").is_file())
        .collect();
    folders.sort();
    folders
}

/// The standard and the table of a case, where both are sound.
pub(crate) fn case(folder: &Path) -> Option<(Standard, Observations)> {
    let about = fs::read_to_string(folder.join("case.toml")).expect("a case has a case.toml");
    let about = toml::de::DeTable::parse(&about).expect("well-formed");
    let key = |key: &str| {
        about
            .get_ref()
            .get(key)
            .and_then(|held| held.get_ref().as_str())
    };
    let standard = match key("standard") {
        Some(id) => Standard::builtin(id).ok()?,
        None => {
            Standard::from_toml(&fs::read_to_string(folder.join("standard.toml")).ok()?).ok()?
        }
    };
    let table = match key("observations") {
        Some(path) => top().join(path),
        None => folder.join("observations.csv"),
    };
    let table = read_observations(&standard, Source::path(table), &ReadOptions::new()).ok()?;
    let sound = standard
        .score(&table, &ScoreOptions::new().with_threads(1))
        .is_ok();
    sound.then_some((standard, table))
}

#[test]
fn formulas_agree_with_the_engine_on_every_case() {
    let mut tally = Tally::default();
    let mut sound = 0;
    for folder in cases() {
        let Some((standard, table)) = case(&folder) else {
            continue;
        };
        sound += 1;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut held = Tally::default();
        compare(&name, &standard, &table, &mut held);
        if held.told < held.items || held.totals < held.cards {
            println!(
                "{name}: {}/{} cards, {}/{} items",
                held.totals, held.cards, held.told, held.items
            );
        }
        tally.cards += held.cards;
        tally.totals += held.totals;
        tally.items += held.items;
        tally.told += held.told;
        tally.wrong.extend(held.wrong);
    }
    println!(
        "{sound} sound cases; {} of {} cards and {} of {} items are told by formulas",
        tally.totals, tally.cards, tally.told, tally.items
    );
    assert!(
        tally.wrong.is_empty(),
        "{} differences:\n{}",
        tally.wrong.len(),
        tally.wrong.join("\n")
    );
    assert!(sound >= 94 && tally.totals >= 457 && tally.told >= 9874);
}
