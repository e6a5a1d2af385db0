//! Results as a workbook and as Parquet, and folders of tables put together.

#![cfg(all(feature = "workbook", feature = "columns"))]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use dabiao::{Cell, FaultCode, Lang, Observations, ScoreOptions, Scores, Standard};
use dabiao_io::{
    CollectOptions, ReadOptions, Registered, Source, campaign_workbook, collect, read_campaign,
    read_observations, read_registered, read_rows, results_workbook, write_observations,
    write_observations_parquet, write_scores_parquet,
};

fn standard() -> Standard {
    Standard::builtin("weihai-2020").unwrap()
}

fn scores() -> Scores {
    let rows = [
        ["c2", "乙社区", "环翠区", "3", "12"],
        ["c1", "=甲社区", "文登区", "1", "6"],
        ["c3", "丙社区", "文登区", "", "不涉及"],
    ];
    let heading = [
        "code",
        "name",
        "district",
        "deliberation_meetings",
        "activities",
    ];
    let table = Observations::from_rows(&standard(), &heading, &rows).unwrap();
    standard().score(&table, &ScoreOptions::new()).unwrap()
}

/// The cells of a sheet as they come: numbers by their value, texts in quotes.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let options = ReadOptions::new().with_sheet(name);
    read_rows(Source::bytes("results.xlsx", bytes), &options, &mut |row| {
        let cell = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => format!("'{text}'"),
            other => other.to_text(),
        };
        rows.push(row.cells.iter().map(cell).collect());
        ControlFlow::Continue(())
    })
    .unwrap();
    rows
}

#[test]
fn results_are_a_workbook_of_numbers_with_the_same_bytes_every_time() {
    let scores = scores();
    let write = || {
        let mut bytes = Vec::new();
        results_workbook(&scores, Lang::Zh, &mut bytes).unwrap();
        bytes
    };
    let bytes = write();
    assert_eq!(bytes, write());
    let ranking = sheet(&bytes, "排名");
    assert_eq!(
        ranking[0][..5],
        ["'名次'", "'编码'", "'社区'", "'区县'", "'总分'"]
    );
    assert_eq!(ranking.len(), 4);
    for cells in &ranking[1..] {
        let row = scores
            .observations()
            .row_of(cells[1].trim_matches('\''))
            .unwrap();
        let total = scores.total(row).unwrap().to_f64();
        assert_eq!(cells[4], total.to_string());
        assert_eq!(cells[0], scores.rank(row).unwrap().to_string());
    }
    // A text that looks like a formula is none.
    assert!(ranking.iter().any(|cells| cells[2] == "'=甲社区'"));
    let items = sheet(&bytes, "得分明细");
    let activities = items
        .iter()
        .find(|cells| cells[0] == "'c2'" && cells[2] == "'5.2'")
        .unwrap();
    let row = scores.observations().row_of("c2").unwrap();
    let points = scores.points_of("5.2", row).unwrap();
    assert_eq!(activities[5], points.to_f64().to_string());
    assert!(sheet(&bytes, "短板").len() > 10);
    assert_eq!(sheet(&bytes, "计分卡").len(), 4);
}

#[test]
fn a_campaign_has_its_own_sheets() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/campaign/small/last.toml");
    let loaded = read_campaign(&file, &ReadOptions::new()).unwrap();
    let result = loaded.run(&ScoreOptions::new()).unwrap();
    let mut bytes = Vec::new();
    campaign_workbook(&loaded, &result, Lang::En, &mut bytes).unwrap();
    let all = result.scores.len();
    assert_eq!(sheet(&bytes, "Ranking").len(), all + 1);
    if let Some(selection) = &result.selection {
        let rows = sheet(&bytes, "Selection");
        assert_eq!(rows.len(), all + 1);
        let chosen = rows.iter().filter(|cells| cells[0] == "'chosen'").count();
        assert_eq!(
            chosen,
            selection
                .tiers
                .iter()
                .map(|tier| tier.chosen)
                .sum::<usize>()
        );
    }
    let districts = sheet(&bytes, "Districts");
    assert_eq!(districts.len(), result.districts.len() + 1);
}

#[test]
fn every_table_of_the_suite_goes_through_parquet_and_csv_without_a_change() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut seen = 0;
    for entry in fs::read_dir(suite).unwrap().flatten() {
        let folder = entry.path();
        let Ok(text) = fs::read_to_string(folder.join("standard.toml")) else {
            continue;
        };
        let Ok(standard) = Standard::from_toml(&text) else {
            continue;
        };
        let source = Source::path(folder.join("observations.csv"));
        let Ok(table) = read_observations(&standard, source, &ReadOptions::new()) else {
            continue;
        };
        let digest = table.digest(&standard);
        let (mut parquet, mut csv) = (Vec::new(), Vec::new());
        write_observations_parquet(&standard, &table, &mut parquet).unwrap();
        write_observations(&standard, &table, &mut csv).unwrap();
        for (name, bytes) in [("t.parquet", parquet), ("t.csv", csv)] {
            let read =
                read_observations(&standard, Source::bytes(name, &bytes), &ReadOptions::new());
            let read = read.unwrap_or_else(|faults| panic!("{}: {faults}", folder.display()));
            assert_eq!(
                read.digest(&standard),
                digest,
                "{} {name}",
                folder.display()
            );
        }
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn scores_as_parquet_hold_exact_decimals() {
    let scores = scores();
    let mut bytes = Vec::new();
    write_scores_parquet(&scores, &mut bytes).unwrap();
    let mut rows = Vec::new();
    read_rows(
        Source::bytes("scores.parquet", &bytes),
        &ReadOptions::new(),
        &mut |row| {
            rows.push(
                row.cells
                    .iter()
                    .map(|cell| cell.to_text())
                    .collect::<Vec<_>>(),
            );
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    let total = rows[0].iter().position(|title| title == "total").unwrap();
    assert_eq!(rows[1][0], "c1");
    let scaled = scores.total(0).unwrap().scaled();
    assert_eq!(rows[1][total], format!("{scaled}e-2"));
    // Damaged ones are faults.
    for cut in [10, bytes.len() / 2, bytes.len() - 3] {
        let read = read_observations(
            &standard(),
            Source::bytes("t.parquet", &bytes[..cut]),
            &ReadOptions::new(),
        );
        assert_eq!(read.unwrap_err().listed[0].code, FaultCode::Syntax);
    }
    for at in (0..bytes.len()).step_by(31) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x55;
        let _ = read_observations(
            &standard(),
            Source::bytes("t.parquet", &flipped),
            &ReadOptions::new(),
        );
    }
}

#[test]
fn a_folder_becomes_one_table_and_says_who_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("环翠区")).unwrap();
    fs::write(
        at("环翠区/a.csv"),
        "编码,名称,activities\nc1,甲社区,3\nc2,乙社区,4\n",
    )
    .unwrap();
    fs::write(
        at("b.csv"),
        "code,district,deliberation_meetings\nc4,文登区,2\n",
    )
    .unwrap();
    fs::write(at("~$b.xlsx"), "lock").unwrap();
    fs::write(at("说明.txt"), "x").unwrap();
    let registry = "社区编码,社区名称,户数\nc1,甲社区,9\nc2,乙社区,9\nc3,丙社区,9\nc4,丁社区,9\n";
    let options = ReadOptions::new();
    let registry = read_registered(Source::bytes("r.csv", registry), &options).unwrap();
    let wanted = CollectOptions::new().with_registry(registry);
    let collected = collect(&standard(), folder.path(), &wanted).unwrap();
    assert_eq!(collected.observations.codes(), ["c1", "c2", "c4"]);
    let names: Vec<&str> = collected
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(names, ["b.csv", "环翠区/a.csv"]);
    assert_eq!(collected.passed_over, ["说明.txt"]);
    let missing = Registered {
        code: "c3".to_owned(),
        name: "丙社区".to_owned(),
        district: String::new(),
    };
    assert_eq!(collected.missing, [missing]);
    let whole = "code,name,district,activities,deliberation_meetings\n\
        c1,甲社区,,3,\nc2,乙社区,,4,\nc4,,文登区,,2\n";
    let whole = read_observations(&standard(), Source::bytes("t.csv", whole), &options).unwrap();
    assert_eq!(
        collected.observations.digest(&standard()),
        whole.digest(&standard())
    );

    // All faults of all files at once, each in its file.
    fs::write(at("c.csv"), "code,activities\nc2,3\nc9,1\n").unwrap();
    fs::write(at("d.csv"), "code,activities\nc5,many\n").unwrap();
    let faults = collect(&standard(), folder.path(), &wanted).unwrap_err();
    let mut codes: Vec<FaultCode> = faults.listed.iter().map(|fault| fault.code).collect();
    codes.sort();
    assert_eq!(
        codes,
        [
            FaultCode::DuplicateRow,
            FaultCode::Value,
            FaultCode::UnitUnknown
        ]
    );
}
