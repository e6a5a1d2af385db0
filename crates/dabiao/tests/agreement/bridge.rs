//! Between the reference's plain tables and the engine.

use std::collections::{BTreeMap, BTreeSet};

use dabiao::Standard;
use dabiao::standard::document::{Document, Grade};
use dabiao::{
    Cell, CellColumn, ColumnData, Faults, Flag, Observations, ObservationsBuilder, Points,
    ScoreOptions, Scores, SharedColumn,
};

use crate::reference::card::{Card, RefFault, items_of, score, sections_of};
use crate::reference::item::Standing;
use crate::reference::number::power_of_ten;
use crate::reference::table::{Cell as Plain, Table};

/// A plain table as the engine's, from numbers scaled by 10^6.
pub(crate) fn observations(standard: &Standard, table: &Table) -> Result<Observations, Faults> {
    let measures: Vec<&str> = standard
        .document()
        .measures
        .iter()
        .map(|measure| measure.name.as_str())
        .collect();
    let mut builder = ObservationsBuilder::new(standard);
    let attributes = table.iter().flat_map(|row| row.attributes.keys());
    let attributes: BTreeSet<&str> = attributes.map(String::as_str).collect();
    let mut heading = vec!["code"];
    heading.extend(&attributes);
    heading.extend(&measures);
    builder.heading(&heading);
    for (i, row) in table.iter().enumerate() {
        let mut cells = vec![Cell::Text(&row.code)];
        cells.extend(
            attributes
                .iter()
                .map(|name| Cell::Text(row.attribute(name))),
        );
        for measure in &measures {
            cells.push(plain_cell(row.cell(measure)));
        }
        builder.row(i as u64 + 2, &cells);
    }
    builder.finish()
}

fn plain_cell(cell: &Plain) -> Cell<'_> {
    match cell {
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
    }
}

struct Cells<'a>(Vec<Cell<'a>>);

impl CellColumn for Cells<'_> {
    fn cell(&self, row: usize) -> Cell<'_> {
        self.0[row]
    }
}

/// The same table in shared memory, as far as that can hold its values: floats, whole numbers
/// and scaled decimals in turn, in one stretch or two.
pub(crate) fn shared(standard: &Standard, table: &Table) -> Result<Observations, Faults> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    let attributes = rows.iter().flat_map(|row| row.attributes.keys());
    let attributes: BTreeSet<&str> = attributes.map(String::as_str).collect();
    let measures = &standard.document().measures;
    let mut heading = vec!["code"];
    heading.extend(&attributes);
    heading.extend(measures.iter().map(|measure| measure.name.as_str()));
    let mut builder = ObservationsBuilder::new(standard);
    builder.heading(&heading);
    let stretches = if rows.len() > 20 { 2 } else { 1 };
    for rows in rows.chunks(rows.len().div_ceil(stretches).max(1)) {
        let mut cells = vec![Cells(
            rows.iter().map(|row| Cell::Text(&row.code)).collect(),
        )];
        for name in &attributes {
            let texts = rows.iter().map(|row| Cell::Text(row.attribute(name)));
            cells.push(Cells(texts.collect()));
        }
        let mut columns = Vec::new();
        for (i, measure) in measures.iter().enumerate() {
            let values = rows.iter().map(|row| row.cell(&measure.name));
            columns.push(match memory(values.clone(), i) {
                Some(column) => Ok(column),
                None => Err(Cells(values.map(plain_cell).collect())),
            });
        }
        let known = cells.iter().map(|cells| ColumnData::Cells(cells));
        let measured = columns.iter().map(|column| match column {
            Ok(shared) => ColumnData::Shared(shared.clone()),
            Err(cells) => ColumnData::Cells(cells),
        });
        let all: Vec<ColumnData<'_>> = known.chain(measured).collect();
        builder.shared(rows.len(), &all);
    }
    builder.finish()
}

fn memory<'a>(
    values: impl Iterator<Item = &'a Plain> + Clone,
    turn: usize,
) -> Option<SharedColumn> {
    let mut valid = Vec::new();
    let (mut scaled, mut whole) = (Vec::<i128>::new(), true);
    for (row, value) in values.enumerate() {
        let millionths: i128 = match value {
            Plain::Missing => 0,
            Plain::YesNo(yes) => i128::from(*yes) * 1_000_000,
            Plain::Number(number) => {
                let scaled = (number * power_of_ten(6)).to_integer();
                (&scaled).try_into().expect("at most 10^12")
            }
            _ => return None,
        };
        if row % 8 == 0 {
            valid.push(0u8);
        }
        *valid.last_mut()? |= u8::from(*value != Plain::Missing) << (row % 8);
        whole &= millionths % 1_000_000 == 0;
        scaled.push(millionths);
    }
    let small = scaled.iter().all(|n| n.abs() < 1 << 50);
    let units = scaled.iter().map(|n| (n / 1_000_000) as i64);
    let all = valid
        .iter()
        .map(|byte| byte.count_ones() as usize)
        .sum::<usize>()
        == scaled.len();
    let column = match turn % 3 {
        0 if small => SharedColumn::new(scaled.iter().map(|n| *n as f64 / 1e6).collect::<Vec<_>>()),
        1 if whole => match units
            .clone()
            .map(i8::try_from)
            .collect::<Result<Vec<_>, _>>()
        {
            Ok(short) => SharedColumn::new(short),
            Err(_) => SharedColumn::new(units.collect::<Vec<_>>()),
        },
        2 if whole && units.clone().all(|n| n == 0 || n == 1) => {
            SharedColumn::new(units.map(|n| n as f32).collect::<Vec<_>>())
        }
        _ => SharedColumn::decimals(scaled, 6),
    };
    Some(if all {
        column
    } else {
        column.with_validity(valid, 0)
    })
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
    let scaled = |points: Option<Points>| {
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
    let id = |grade: Option<&Grade>| grade.map_or_else(none, |grade| grade.id.clone());
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

/// Everything that the engine says about a row, its place last.
pub(crate) fn printed(document: &Document, scores: &Scores, row: usize) -> String {
    let points = |code: &str| {
        let points = scores.points_of(code, row);
        format!("{code} {points:?} {:?}", scores.state_of(code, row))
    };
    let items = items_of(&document.sections).into_iter();
    let extras = document.bonus.iter().chain(&document.deductions);
    let mut lines: Vec<String> = items.chain(extras).map(|item| points(&item.id)).collect();
    let sections = sections_of(&document.sections);
    lines.extend(sections.iter().map(|section| points(&section.id)));
    let grade = |grade: Option<&Grade>| grade.map(|grade| grade.id.clone());
    lines.push(format!(
        "{} {:?} {:?} {:?} {:?}",
        &scores.codes()[row],
        scores.total(row),
        scores.total_before_bonus(row),
        scores.bonus(row),
        scores.deductions(row),
    ));
    lines.push(format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        grade(scores.grade_earned(row)),
        grade(scores.grade(row)),
        scores.vetoes(row).collect::<Vec<_>>(),
        scores.missing(row).collect::<Vec<_>>(),
        scores.undecided(row).collect::<Vec<_>>(),
        scores.flags(row),
    ));
    format!("{} rank {:?}", lines.join("; "), scores.rank(row))
}

/// All differences over a table.
pub(crate) fn disagreements(document: &Document, table: &Table) -> Vec<String> {
    if let Err(faults) = document.check() {
        return vec![format!("rejected: {faults}")];
    }
    let standard = match Standard::from_document(document.clone()) {
        Ok(standard) => standard,
        // A random standard is valid by construction.
        Err(faults) => return vec![format!("rejected: {faults}")],
    };
    let expected = score(document, table);
    let options = ScoreOptions::new().with_threads(1);
    let scored = |table: Result<Observations, Faults>| standard.score(&table?, &options);
    let mut all = compared(document, &expected, scored(observations(&standard, table)));
    if all.is_empty() {
        let found = compared(document, &expected, scored(shared(&standard, table)));
        all.extend(
            found
                .into_iter()
                .map(|text| format!("shared columns: {text}")),
        );
    }
    all
}

fn compared(
    document: &Document,
    expected: &Result<Vec<Card>, BTreeSet<RefFault>>,
    found: Result<Scores, Faults>,
) -> Vec<String> {
    match (expected, found) {
        (Ok(cards), Ok(scores)) => {
            let rows: BTreeMap<&str, usize> = scores
                .codes()
                .iter()
                .enumerate()
                .map(|(row, code)| (code, row))
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
            let expected = expected_faults(expected);
            let faults = &found.listed;
            let found = faults_of(&found);
            let mut listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
            listed.sort();
            listed.dedup();
            if listed.len() < faults.len() {
                return vec![format!("a fault is listed twice: {faults:?}")];
            }
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
