//! The reference on the conformance suite and on the standards that ship with the library.
//!
//! The suite's numbers were worked out by hand, so that it also tests the reference: the engine
//! gives what is expected there, and here the reference gives what the engine gives.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use dabiao::Standard;
use dabiao::expression::PartSign;
use dabiao::standard::document::{Document, Measure, MeasureKind, RollUp};

use crate::bridge::disagreements;
use crate::described;
use crate::reference::number::{Q, parse, whole};
use crate::reference::random::tables::tables;
use crate::reference::table::{Cell, Row, Table};

/// Rows of a large table that are enough here: the reference takes its time.
const ROWS: usize = 40;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A case's standard and table; nothing where the standard itself is at fault.
fn open(folder: &Path) -> Option<(Standard, String)> {
    let text = fs::read_to_string(folder.join("case.toml")).expect("a case.toml");
    let named = |key: &str| {
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
        value.split('"').next()
    };
    let standard = match named("standard") {
        Some(id) => Standard::builtin(id),
        None => {
            let text = fs::read_to_string(folder.join("standard.toml")).expect("a standard");
            Standard::from_toml(&text)
        }
    };
    let table = match named("observations") {
        Some(path) => top().join(path),
        None => folder.join("observations.csv"),
    };
    Some((standard.ok()?, fs::read_to_string(table).ok()?))
}

/// A number as typed: `95%`, `0.95`.
fn number(text: &str, measure: &Measure) -> Option<Q> {
    let signs = [PartSign::Percent, PartSign::PerMille];
    let sign = signs.into_iter().find(|sign| text.ends_with(sign.as_str()));
    let digits = text.trim_end_matches(['%', '\u{2030}']);
    let typed: dabiao::Rational = digits.parse().ok()?;
    let typed = parse(&typed.to_string());
    let unit = measure.unit.as_deref().and_then(PartSign::of_unit);
    Some(match sign {
        None => typed,
        Some(sign) => typed * whole(unit.map_or(1, PartSign::per_whole)) / whole(sign.per_whole()),
    })
}

fn cell(text: &str, measure: &Measure) -> Option<Cell> {
    Some(match (text.trim(), measure.kind) {
        ("", _) => Cell::Missing,
        ("不涉及", _) => Cell::NotApplicable,
        (label, MeasureKind::Label) => Cell::Label(label.to_owned()),
        (date, MeasureKind::Date) => Cell::Date(date.parse().ok()?),
        (share, _) if matches!(measure.rollup, Some(RollUp::Share(_))) => {
            Cell::Number(number(share, measure)?)
        }
        ("是" | "有" | "√" | "yes" | "true" | "1", MeasureKind::YesNo) => Cell::YesNo(true),
        (_, MeasureKind::YesNo) => Cell::YesNo(false),
        (typed, _) => Cell::Number(number(typed, measure)?),
    })
}

/// A table in which every cell can be read without knowing all that people type.
fn table(document: &Document, text: &str) -> Option<Table> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().ok()?.clone();
    let mut rows = Table::new();
    for record in reader.records().take(ROWS) {
        let mut row = Row::default();
        for (title, text) in heading.iter().zip(&record.ok()?) {
            let measure = document.measures.iter().find(|m| m.name == title);
            if title == "code" {
                row.code = text.to_owned();
            } else if let Some(measure) = measure {
                row.cells.insert(title.to_owned(), cell(text, measure)?);
            } else {
                row.attributes.insert(title.to_owned(), text.to_owned());
            }
        }
        rows.push(row);
    }
    Some(rows)
}

#[test]
fn the_reference_agrees_on_the_conformance_suite() {
    let entries = fs::read_dir(top().join("tests/conformance")).expect("the suite is there");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let (mut tried, mut wrong) = (0, Vec::new());
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let Some((standard, text)) = open(&folder) else {
            continue;
        };
        // What people type into cells is no business of the reference.
        let typed = name.starts_with("2.01") || standard.document().id.is_empty();
        let Some(table) = table(standard.document(), &text).filter(|_| !typed) else {
            continue;
        };
        tried += 1;
        for line in disagreements(standard.document(), &table) {
            wrong.push(format!("{name}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 70, "only {tried} cases could be read");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::config().cases / 8, ..crate::config() })]

    #[test]
    fn they_agree_on_the_shipped_standards(table in tables(0..12), which in 0..2usize) {
        let id = ["weihai-2020", "uci-communities"][which];
        let standard = Standard::builtin(id).expect("it ships");
        let table = table.table_for(standard.document());
        let disagreements = disagreements(standard.document(), &table);
        prop_assert!(
            disagreements.is_empty(),
            "{}\n{}",
            disagreements.join("\n"),
            described(standard.document(), &table),
        );
    }
}
