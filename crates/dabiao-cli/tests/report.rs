//! The report as the command writes it: of the demonstration campaign, of a table, of too many.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What a report of the demonstration may weigh.
const MOST_BYTES: usize = 3_000_000;

fn dabiao(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dabiao"))
        .args(arguments)
        .args(["--lang", "en"])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn data(page: &str) -> Value {
    let (_, rest) = page
        .split_once("<script type=\"application/json\" id=\"data\">")
        .unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn rows(file: &Path) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(file).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_demonstration_says_what_its_tables_say() {
    let folder = tempfile::tempdir().unwrap();
    let run = dabiao(folder.path(), &["demo", "--out", "demo"]);
    assert!(run.status.success(), "{run:?}");
    let results = folder.path().join("demo/results");
    let page = fs::read_to_string(results.join("report.html")).unwrap();
    assert!(page.len() <= MOST_BYTES, "{} bytes", page.len());
    let data = data(&page);
    assert_eq!(data["synthetic"], true);
    let parts = data["parts"].as_array().unwrap();
    let codes: Vec<&str> = parts.iter().map(|p| p["code"].as_str().unwrap()).collect();
    let cards = data["cards"].as_array().unwrap();
    let scores = rows(&results.join("scores.csv"));
    assert_eq!(cards.len(), scores.len());
    let texts = |at: &Value| data["texts"][at.as_u64().unwrap() as usize].clone();
    for (card, row) in cards.iter().zip(&scores) {
        assert_eq!(card["code"], row["code"]);
        assert_eq!(card["name"], row["name"]);
        assert_eq!(card["total"], row["total"]);
        let rank = card["rank"].as_u64().map(|rank| rank.to_string());
        assert_eq!(rank.unwrap_or_default(), row["rank"]);
        let grade = card["grade"]
            .as_u64()
            .map(|at| &data["grades"][at as usize]["id"]);
        assert_eq!(
            grade.and_then(Value::as_str).unwrap_or_default(),
            row["grade"]
        );
        let district = &data["districts"][card["district"].as_u64().unwrap() as usize];
        assert_eq!(district["name"], row["district"]);
        let points = card["points"].as_str().unwrap().split(' ');
        for (code, shown) in codes.iter().zip(points) {
            if let Some(published) = row.get(*code) {
                assert_eq!(shown.trim_matches('-'), published, "{code}");
            }
        }
    }
    let districts = rows(&results.join("districts.csv"));
    for (shown, row) in data["districts"].as_array().unwrap().iter().zip(&districts) {
        assert_eq!(shown["name"], row["name"]);
        assert_eq!(shown["mean"], row["mean"]);
    }
    let decisions = data["selection"]["decisions"].as_array().unwrap();
    for (shown, row) in decisions.iter().zip(rows(&results.join("selection.csv"))) {
        let outcome = ["chosen", "tied", "not-chosen"][shown[1].as_u64().unwrap() as usize];
        assert_eq!(outcome, row["outcome"]);
        assert_eq!(texts(&shown[2])[1], row["reason"]);
    }
    let coverage = rows(&results.join("coverage.csv"));
    for (shown, row) in data["grid"]["levels"]
        .as_array()
        .unwrap()
        .iter()
        .zip(&coverage)
    {
        assert_eq!(shown["units"].to_string(), row["units"]);
        assert_eq!(shown["share"], row["share"]);
    }
    // Alone, and on one thread, it is the same page.
    let again = dabiao(
        folder.path(),
        &[
            "report",
            "demo/campaign.toml",
            "-o",
            "again.html",
            "--threads",
            "1",
        ],
    );
    assert!(again.status.success(), "{again:?}");
    let again = fs::read_to_string(folder.path().join("again.html")).unwrap();
    assert!(again == page);
}

#[test]
fn a_table_alone_and_a_name_that_is_markup() {
    let folder = tempfile::tempdir().unwrap();
    let table = "code,name,activities\nc1,<script>alert(1)</script>,12\nc2,</script>,6\n";
    fs::write(folder.path().join("table.csv"), table).unwrap();
    let run = dabiao(folder.path(), &["report", "table.csv", "-s", "weihai-2020"]);
    assert!(run.status.success(), "{run:?}");
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(!page.contains("<script>alert(1)"));
    assert_eq!(data(&page)["cards"][0]["name"], "<script>alert(1)</script>");
    // A fault of the input leaves no page.
    fs::write(
        folder.path().join("table.csv"),
        "code,activities\nc1,many\n",
    )
    .unwrap();
    let run = dabiao(
        folder.path(),
        &[
            "report",
            "table.csv",
            "-s",
            "weihai-2020",
            "-o",
            "wrong.html",
        ],
    );
    assert_eq!(run.status.code(), Some(1));
    assert!(!folder.path().join("wrong.html").exists());
}

#[test]
fn too_many_communities_for_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let codes: String = (0..2_001).map(|n| format!("c{n}\n")).collect();
    fs::write(folder.path().join("table.csv"), format!("code\n{codes}")).unwrap();
    let run = dabiao(folder.path(), &["report", "table.csv", "-s", "weihai-2020"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("2000 at most"));
    assert!(!folder.path().join("report.html").exists());
    // A run writes everything else, and says so.
    let campaign = r#"
        [campaign]
        id = "many"
        title = "Many"
        standard = "weihai-2020"
        communities = "table.csv"
        [[phase]]
        id = "self"
        title = "self"
        observations = ["table.csv"]
    "#;
    fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
    let run = dabiao(folder.path(), &["run", "campaign.toml", "--out", "out"]);
    assert!(run.status.success(), "{run:?}");
    assert!(String::from_utf8_lossy(&run.stderr).contains("report.html is left out"));
    assert!(folder.path().join("out/scores.csv").exists());
    assert!(!folder.path().join("out/report.html").exists());
}
