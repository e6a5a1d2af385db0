//! A table in parts is scored as the same table in memory: the same bytes, the same faults.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use dabiao::{Faults, Lang, ScoreOptions, Standard};
use dabiao_io::{
    Held, Limits, ReadOptions, Source, TableOptions, TableScores, read_observations, score_table,
    summary, write_scores,
};
use proptest::prelude::*;
use toml::de::{DeTable, DeValue};

/// `scores.csv` and `summary.json`, or the faults.
type Outcome = Result<(String, String), String>;

fn whole(standard: &Standard, table: &str) -> Outcome {
    let score = || {
        let source = Source::bytes("table.csv", table);
        let observations = read_observations(standard, source, &ReadOptions::new())?;
        standard.score(&observations, &ScoreOptions::new())
    };
    let scores = score().map_err(said)?;
    let mut written = Vec::new();
    write_scores(&scores, &mut written).unwrap();
    Ok((text(written), json(&summary(&scores))))
}

fn said(faults: Faults) -> String {
    format!("{}: {}", faults.count(), faults.message(Lang::En))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// The same, of which so many rows are held; and whether it came in parts.
fn in_parts(standard: &Standard, table: &str, rows: usize, threads: usize) -> (Outcome, bool) {
    let read = ReadOptions::new().with_threads(threads);
    let options = TableOptions::new(read, ScoreOptions::new().with_threads(threads));
    let options = options.with_held(Held {
        rows,
        cells: usize::MAX,
    });
    match score_table(standard, Source::bytes("table.csv", table), &options) {
        Err(faults) => (Err(said(faults)), true),
        Ok(TableScores::Whole(scores)) => {
            let mut written = Vec::new();
            write_scores(&scores, &mut written).unwrap();
            (Ok((text(written), json(&summary(&scores)))), false)
        }
        Ok(TableScores::Parts(scores)) => {
            let mut written = Vec::new();
            scores.write_scores(&mut written).unwrap();
            let summary = json(&scores.summary().unwrap());
            (Ok((text(written), summary)), true)
        }
    }
}

#[test]
fn the_conformance_suite_comes_out_the_same_in_parts_of_few_rows() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let (mut compared, mut faulty) = (0, 0);
    for case in folders(&suite) {
        let Ok(table) = fs::read_to_string(case.join("observations.csv")) else {
            continue;
        };
        let about = fs::read_to_string(case.join("case.toml")).unwrap();
        let about = DeTable::parse(&about).unwrap();
        let named = about.get_ref().get("standard").map(|value| value.get_ref());
        let standard = match (named, fs::read_to_string(case.join("standard.toml"))) {
            (Some(DeValue::String(id)), _) => Standard::builtin(id).ok(),
            (_, Ok(text)) => Standard::from_toml(&text).ok(),
            _ => None,
        };
        let Some(standard) = standard else { continue };
        let expected = whole(&standard, &table);
        let long = expected.is_ok() && table.lines().next().unwrap().contains("measure");
        for rows in [1, 2, 3] {
            let (found, parts) = in_parts(&standard, &table, rows, 2);
            assert_eq!(found, expected, "{} in parts of {rows}", case.display());
            if rows == 1 && !long && expected.is_ok() && table.lines().count() > 1 {
                assert!(parts, "{}", case.display());
            }
        }
        compared += 1;
        faulty += usize::from(expected.is_err());
    }
    assert!(
        compared > 50 && faulty > 3,
        "{compared} cases, {faulty} faulty"
    );
}

/// The folders that hold a case, whatever the folder above.
fn folders(top: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![top.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.join("case.toml").is_file() {
                found.push(path);
            } else if path.is_dir() {
                waiting.push(path);
            }
        }
    }
    found.sort();
    found
}

const STANDARD: &str = r#"
[standard]
id = "parts"
title = "Parts"
rounding = "half-up"
tie_breaks = ["2"]

[measures.trees]
type = "count"
[measures.share]
type = "number"
unit = "%"
missing = "mean"

[[section]]
id = "1"
title = "Trees"
item = [
  { id = "1.1", title = "Most trees", points = 5, value = "trees", share_of_best = {} },
  { id = "1.2", title = "Place", points = 5, value = "trees", cohort = "district", rank = { start = 5, step = 1, floor = 0 } },
]
[[section]]
id = "2"
title = "Share"
item = [{ id = "2.1", title = "Share", points = 5, value = "share", curve = [[0, 0], [100, 5]] }]
"#;

fn standard() -> Standard {
    Standard::from_toml(STANDARD).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn parts_in_any_order_give_the_same_bytes(
        rows in prop::collection::vec(
            (0..60_u32, 0..3_u32, prop::sample::select(vec!["", "7", "31", "1,200", "x", "不涉及"]), 0..400_u32),
            0..40,
        ),
        faulty in any::<bool>(),
        held in 1..9_usize,
    ) {
        let mut table = "code,district,trees,share\n".to_owned();
        let mut seen = std::collections::HashSet::new();
        for (code, district, trees, share) in rows {
            if !faulty && (trees == "x" || !seen.insert(code)) {
                continue;
            }
            let share = match share % 5 {
                0 => String::new(),
                _ => format!("{}", f64::from(share) / 4.0),
            };
            writeln!(table, "c{code},\"d,{district}\",\"{trees}\",{share}").unwrap();
        }
        let (found, _) = in_parts(&standard(), &table, held, 1);
        prop_assert_eq!(found, whole(&standard(), &table));
    }
}

#[test]
fn blocks_are_read_on_any_number_of_threads() {
    let mut table = "code,district,trees,share\r\n".to_owned();
    for row in 0..260_000_u64 {
        let code = row.wrapping_mul(7_919) % 1_000_003;
        let district = match row % 1_000 {
            7 => "\"two\r\nlines\"",
            8 => "\"say \"\"d\"\", d\"",
            9 => "a\"b",
            _ => "d",
        };
        let trees = match row % 50_000 {
            49_999 => "many",
            _ => "12",
        };
        writeln!(
            table,
            "c{code:07},{district}{},{trees},{}.5\r",
            row % 7,
            row % 100
        )
        .unwrap();
        if row % 100_000 == 3 {
            table.push_str(",,,\r\n\r\n");
        }
    }
    assert!(table.len() > 5 << 20);
    let alone = in_parts(&standard(), &table, usize::MAX, 1).0;
    let faults = alone.clone().unwrap_err();
    let first = table.find(",many,").unwrap();
    let line = table[..first].matches('\n').count() + 1;
    let start = format!("5: table.csv:{line}:trees: c");
    assert!(faults.starts_with(&start), "{faults}");
    for threads in [2, 3, 5] {
        assert_eq!(in_parts(&standard(), &table, usize::MAX, threads).0, alone);
    }
    let sound = table.replace(",many,", ",9,");
    let alone = in_parts(&standard(), &sound, usize::MAX, 1).0;
    assert!(alone.is_ok());
    for (rows, threads) in [(usize::MAX, 3), (140_000, 2), (100_000, 1)] {
        assert_eq!(
            in_parts(&standard(), &sound, rows, threads).0,
            alone,
            "{rows}"
        );
    }
}

#[test]
fn a_code_that_stands_in_two_parts_is_found() {
    let mut table = "code,trees\n".to_owned();
    for row in 0..1500 {
        writeln!(table, "c{row},1\nd{row},2").unwrap();
    }
    for row in 0..1500 {
        writeln!(table, "c{row},1").unwrap();
    }
    let expected = whole(&standard(), &table);
    let faults = expected.clone().unwrap_err();
    assert!(
        faults.starts_with("1500: table.csv:3002:code: a duplicated code: found c0,"),
        "{faults}"
    );
    for rows in [1, 700, 5000] {
        assert_eq!(in_parts(&standard(), &table, rows, 1).0, expected);
    }
}

#[test]
fn a_long_table_is_held_whole() {
    let table = "code,measure,value\nc1,trees,5\nc2,trees,7\nc1,share,50\n";
    let (found, parts) = in_parts(&standard(), table, 1, 1);
    assert!(!parts);
    assert_eq!(found, whole(&standard(), table));
}

#[cfg(feature = "columns")]
#[test]
fn a_parquet_file_is_scored_in_parts_too() {
    let mut table = "code,district,trees,share\n".to_owned();
    for row in 0..900 {
        writeln!(
            table,
            "c{},d{},{},{}",
            row * 7 % 901,
            row % 3,
            row % 11,
            row % 100
        )
        .unwrap();
    }
    let expected = whole(&standard(), &table);
    let source = Source::bytes("table.csv", &table);
    let held = read_observations(&standard(), source, &ReadOptions::new()).unwrap();
    let file = tempfile::Builder::new()
        .suffix(".parquet")
        .tempfile()
        .unwrap();
    dabiao_io::write_observations_parquet(&standard(), &held, file.as_file()).unwrap();
    let calls = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = calls.clone();
    let read = ReadOptions::new().with_progress(std::sync::Arc::new(move |done, all| {
        told.lock().unwrap().push((done, all));
        true
    }));
    let options = TableOptions::new(read, ScoreOptions::new());
    let options = options.with_held(Held {
        rows: 100,
        cells: usize::MAX,
    });
    let scores = score_table(&standard(), Source::path(file.path()), &options).unwrap();
    let TableScores::Parts(scores) = scores else {
        panic!("held whole");
    };
    let mut written = Vec::new();
    scores.write_scores(&mut written).unwrap();
    let found = Ok((text(written), json(&scores.summary().unwrap())));
    assert_eq!(found, expected);
    let mut columns = Vec::new();
    scores.write_scores_parquet(&mut columns).unwrap();
    assert!(columns.starts_with(b"PAR1") && columns.ends_with(b"PAR1"));
    assert!(!calls.lock().unwrap().is_empty());

    // A file may have more rows than the limit; a group of them no more bytes.
    let limited = |limits: Limits| {
        let read = ReadOptions::new().with_limits(limits);
        let options = TableOptions::new(read, ScoreOptions::new());
        let options = options.with_held(Held {
            rows: 100,
            cells: usize::MAX,
        });
        score_table(&standard(), Source::path(file.path()), &options)
    };
    let stated = Limits::default();
    let TableScores::Parts(scores) = limited(Limits {
        rows: 200,
        ..stated
    })
    .unwrap() else {
        panic!("held whole");
    };
    let mut written = Vec::new();
    scores.write_scores(&mut written).unwrap();
    assert_eq!(text(written), expected.unwrap().0);
    let fault = limited(Limits {
        bytes: 1_000,
        ..stated
    });
    assert!(said(fault.unwrap_err()).contains("at most 1,000 bytes uncompressed"));
    let options = ReadOptions::new().with_limits(Limits {
        rows: 200,
        ..stated
    });
    let fault = read_observations(&standard(), Source::path(file.path()), &options);
    assert!(said(fault.unwrap_err()).contains("at most 200 rows"));
}
