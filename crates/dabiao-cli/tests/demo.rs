//! The demonstration campaign, looked at through the files that it writes alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use dabiao::{Rational, Rounding, Standard};
use tempfile::TempDir;

const SYNTHETIC: &str = "synthetic 合成数据";

fn said(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dabiao"))
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let faults = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {faults}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of one run of the demonstration, which all tests look at.
fn demo() -> &'static Path {
    static DEMO: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, folder) = DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        said(&["demo", "--lang", "en"], folder.path());
        let out = folder.path().join("dabiao-demo");
        (folder, out)
    });
    folder
}

/// The rows of a table by the names of their columns.
fn table(name: &str) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(demo().join(name)).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn heading(name: &str) -> Vec<String> {
    let text = fs::read_to_string(demo().join(name)).unwrap();
    let line = text.trim_start_matches('\u{feff}').lines().next().unwrap();
    line.split(',').map(str::to_owned).collect()
}

/// Points as whole hundredths.
fn hundredths(points: &str) -> i64 {
    let (whole, part) = points.split_once('.').unwrap();
    assert_eq!(part.len(), 2, "{points}");
    let scaled: i64 = format!("{whole}{part}").parse().unwrap();
    scaled
}

/// All files below a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            for (inner, bytes) in files(&path) {
                all.insert(format!("{name}/{inner}"), bytes);
            }
        } else {
            all.insert(name, fs::read(&path).unwrap());
        }
    }
    all
}

fn column<'a>(rows: &'a [HashMap<String, String>], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

fn distinct(values: &[&str]) -> usize {
    values.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn it_is_as_large_as_it_says() {
    let scores = table("results/scores.csv");
    assert_eq!(scores.len(), 325);
    let items = table("results/items.csv");
    for row in &scores {
        let own = items.iter().filter(|item| item["code"] == row["code"]);
        let own: Vec<_> = own.filter(|item| !item["item"].starts_with('B')).collect();
        assert_eq!(own.len(), 33, "{}", row["code"]);
    }
    let communities = table("communities.csv");
    assert_eq!(distinct(&column(&communities, "district")), 7);
    assert_eq!(distinct(&column(&communities, "street_code")), 73);
    assert_eq!(table("compounds.csv").len(), 1359);
    let units = table("units.csv");
    let count = |level: &str| units.iter().filter(|unit| unit["level"] == level).count();
    assert_eq!((count("street"), count("community")), (73, 325));
    assert!((2800..=3200).contains(&count("grid")), "{}", count("grid"));
    assert!((18_000..=22_000).contains(&count("building")));

    // No code and no name is that of a real place.
    let divisions = include_str!("../data/weihai-divisions.csv");
    for row in &communities {
        let code = &row["code"];
        let last: u32 = code[9..].parse().unwrap();
        assert!((901..=999).contains(&last), "{code}");
        assert!(!divisions.contains(code.as_str()), "{code}");
        assert!(divisions.contains(&row["street_code"]), "{code}");
        assert!(row["name"].starts_with('第'), "{code}");
    }
}

#[test]
fn the_same_bytes_come_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["demo", "--out", "again", "--lang", "en", "--threads", "1"];
    said(&arguments, folder.path());
    assert_eq!(files(&folder.path().join("again")), files(demo()));
}

#[test]
fn every_total_re_adds_from_the_items() {
    let standard = Standard::builtin("weihai-2020").unwrap();
    let document = standard.document();
    let full: HashMap<&str, &Rational> = document
        .sections
        .iter()
        .flat_map(|section| &section.items)
        .map(|item| (item.id.as_str(), item.points.as_ref().unwrap()))
        .collect();
    let items = table("results/items.csv");
    let mut of: HashMap<&str, HashMap<&str, &str>> = HashMap::new();
    for row in &items {
        let own = of.entry(row["code"].as_str()).or_default();
        own.insert(row["item"].as_str(), row["points"].as_str());
    }
    let (mut rescaled, mut capped, mut with_bonus) = (0, 0, 0);
    for row in table("results/scores.csv") {
        let code = row["code"].as_str();
        let own = &of[code];
        let mut total = 0;
        for section in &document.sections {
            let (mut sum, mut worth, mut applicable) = (0, Rational::from(0), Rational::from(0));
            for item in &section.items {
                let item = item.id.as_str();
                worth = &worth + full[item];
                assert_eq!(own[item], row[item], "{code} {item}");
                if own[item].is_empty() {
                    continue;
                }
                applicable = &applicable + full[item];
                sum += hundredths(own[item]);
            }
            // What does not apply is taken out and the rest is scaled up, once.
            let points = if applicable == worth {
                sum
            } else {
                rescaled += 1;
                let scaled = &Rational::from(sum) * &worth.checked_div(&applicable).unwrap();
                scaled.round(0, Rounding::HalfUp).unwrap()
            };
            assert_eq!(
                points,
                hundredths(&row[&section.id]),
                "{code} {}",
                section.id
            );
            total += points;
        }
        let bonus: i64 = own
            .iter()
            .filter(|(item, _)| item.starts_with('B'))
            .map(|(_, points)| hundredths(points))
            .sum();
        with_bonus += i64::from(bonus > 0);
        capped += i64::from(bonus > 500);
        let bonus = bonus.min(500);
        assert_eq!(bonus, hundredths(&row["bonus"]), "{code}");
        // The standard lets a bonus lift a total past full marks, and no veto takes points.
        assert_eq!(total + bonus, hundredths(&row["total"]), "{code}");
    }
    assert!(
        rescaled > 10 && with_bonus > 20,
        "{rescaled} {with_bonus} {capped}"
    );
}

/// One community as the selection looks at it.
struct Candidate<'a> {
    code: &'a str,
    district: &'a str,
    rank: u32,
    title: bool,
}

/// The rule of the campaign's file, by hand: 30 places for demonstration communities, first one
/// for every district, then by rank, at most 8 from one district.
fn chosen<'a>(candidates: &[&Candidate<'a>]) -> BTreeSet<&'a str> {
    let (places, ceiling, floor) = (30, 8, 1);
    let mut held: HashMap<&str, usize> = HashMap::new();
    let mut chosen = BTreeSet::new();
    for round in ["floor", "rank"] {
        for candidate in candidates.iter().filter(|held| held.title) {
            let own = held.entry(candidate.district).or_default();
            let limit = if round == "floor" { floor } else { ceiling };
            if *own < limit && chosen.len() < places && chosen.insert(candidate.code) {
                *own += 1;
            }
        }
    }
    chosen
}

#[test]
fn the_selection_follows_from_the_scores_alone() {
    let campaign = fs::read_to_string(demo().join("campaign.toml")).unwrap();
    for said in [
        "grade = \"demonstration\"",
        "places = 30",
        "ceiling = 8",
        "floor = 1",
    ] {
        assert!(campaign.contains(said), "{said}");
    }
    let scores = table("results/scores.csv");
    let candidates = scores.iter().filter(|row| !row["rank"].is_empty());
    let mut candidates: Vec<Candidate<'_>> = candidates
        .map(|row| Candidate {
            code: &row["code"],
            district: &row["district"],
            rank: row["rank"].parse().unwrap(),
            title: row["grade"] == "demonstration",
        })
        .collect();
    let mut ranks: HashMap<u32, usize> = HashMap::new();
    for candidate in candidates.iter().filter(|held| held.title) {
        *ranks.entry(candidate.rank).or_default() += 1;
    }
    assert!(
        ranks.values().all(|many| *many <= 2),
        "two orders break every tie"
    );
    candidates.sort_by_key(|held| (held.rank, held.code));
    let one: Vec<&Candidate<'_>> = candidates.iter().collect();
    let mut other = one.clone();
    other.sort_by_key(|held| (held.rank, std::cmp::Reverse(held.code)));
    let (one, other) = (chosen(&one), chosen(&other));

    let mut open = 0;
    for row in table("results/selection.csv") {
        let code = row["code"].as_str();
        let outcome = match (one.contains(code), other.contains(code)) {
            (true, true) => "chosen",
            (false, false) => "not-chosen",
            _ => "tied",
        };
        assert_eq!(row["outcome"], outcome, "{code}");
        open += usize::from(outcome == "tied");
        let score = scores.iter().find(|held| held["code"] == code).unwrap();
        for name in ["total", "rank", "grade", "district"] {
            assert_eq!(row[name], score[name], "{code} {name}");
        }
        // The reason carries what it can be checked by.
        let (reason, rank) = (&row["reason"], &score["rank"]);
        let needed = match (outcome, score["grade"].as_str()) {
            ("not-chosen", _) if rank.is_empty() => score["vetoes"].clone(),
            ("not-chosen", "demonstration") => format!("rank {rank}"),
            ("not-chosen", grade) => format!("{grade}, needed demonstration"),
            _ => format!("rank {rank}"),
        };
        assert!(reason.contains(&needed), "{code}: {reason}: {needed}");
    }
    assert_eq!(open, 2, "a tie is left open");
    let taken = one.intersection(&other).count();
    assert_eq!(taken + 1, 30, "and its place with it");
}

#[test]
fn the_flaws_of_a_real_campaign_occur() {
    let units = table("units.csv");
    let without = |level: &str, held: &str| {
        let own = units.iter().filter(|unit| unit["level"] == level);
        own.filter(|unit| unit["organisation"] == held).count()
    };
    assert!(without("grid", "否") > 50, "grids without a branch");
    assert!(without("grid", "") > 5, "grids without a record of one");
    assert!(without("building", "否") > 500);

    let scores = table("results/scores.csv");
    let with = |name: &str| scores.iter().filter(|row| !row[name].is_empty()).count();
    assert!(with("missing") > 10, "blanks");
    let review = table("review-communities.csv");
    let not_applicable = review
        .iter()
        .filter(|row| row["property_complaints"] == "不涉及");
    assert!(not_applicable.count() > 10, "items that do not apply");
    let vetoes: BTreeSet<&str> = column(&scores, "vetoes").into_iter().collect();
    assert!(vetoes.contains("V1") && vetoes.contains("V2"), "{vetoes:?}");
    let provisional = scores
        .iter()
        .filter(|row| row["flags"].contains("provisional"));
    assert!(provisional.count() > 3, "provisional grades");
    assert!(
        table("results/left-out.csv").len() > 10,
        "buildings without a mark"
    );

    let mut totals: HashMap<&str, usize> = HashMap::new();
    for total in column(&scores, "total") {
        *totals.entry(total).or_default() += 1;
    }
    assert!(
        totals.values().filter(|many| **many > 1).count() > 10,
        "equal totals"
    );
    let shared = scores.len() - distinct(&column(&scores, "rank"));
    assert!(shared >= 1, "a full tie");

    let phases = table("results/phases.csv");
    let hopeful = phases
        .iter()
        .filter(|row| row["from"] == "self" && row["to"] == "review");
    let (down, up): (Vec<_>, Vec<_>) = hopeful.partition(|row| row["difference"].starts_with('-'));
    assert!(
        down.len() > 2 * up.len(),
        "{} down, {} up",
        down.len(),
        up.len()
    );

    let assessors = |name: &str| distinct(&column(&table(name), "assessor"));
    assert_eq!(assessors("review-marks.csv"), 3);
    assert_eq!(assessors("review-buildings.csv"), 2);
    assert_eq!(assessors("verification-marks.csv"), 3);

    let coverage = table("results/coverage.csv");
    let all = coverage
        .iter()
        .find(|row| row["scope"] == "all" && row["level"] == "chain");
    let all = all.unwrap();
    assert!(all["compounds_without_grid"].parse::<u32>().unwrap() > 0);
    assert!(all["households_without_grid"].parse::<u32>().unwrap() > 0);
}

#[test]
fn the_chain_of_four_levels_stands_in_the_coverage() {
    let units = table("units.csv");
    let mut counts: HashMap<(&str, &str), (u32, u32)> = HashMap::new();
    for unit in &units {
        // Codes of grids and buildings begin with their community's.
        let of = &unit["code"][..unit["code"].len().min(12)];
        let held = counts.entry((of, &unit["level"])).or_default();
        held.0 += 1;
        held.1 += u32::from(unit["organisation"] == "是");
    }
    let coverage = table("results/coverage.csv");
    const CHAIN: &str = "街道党工委—社区党总支—网格党支部—楼宇党小组";
    let chains = coverage.iter().filter(|row| row["organisation"] == CHAIN);
    assert_eq!(chains.count(), 326, "of each community, and of all");
    for row in coverage.iter().filter(|row| row["scope"] == "community") {
        let code = row["code"].as_str();
        let level = |level: &str| match level {
            "street" => counts[&(&code[..9], "street")],
            level => counts[&(code, level)],
        };
        let expected = match row["level"].as_str() {
            "chain" => ["street", "community", "grid", "building"]
                .map(level)
                .iter()
                .fold((0, 0), |sum, held| (sum.0 + held.0, sum.1 + held.1)),
            own => level(own),
        };
        let found = (
            row["units"].parse().unwrap(),
            row["established"].parse().unwrap(),
        );
        assert_eq!(found, expected, "{code} {}", row["level"]);
        if row["level"] != "chain" {
            let lacking = row["lacking"].split(';').filter(|unit| !unit.is_empty());
            assert_eq!(lacking.count() as u32, expected.0 - expected.1, "{code}");
        }
    }
}

#[test]
fn every_output_says_that_it_is_synthetic() {
    for (name, bytes) in files(demo()) {
        let text = String::from_utf8(bytes).unwrap_or_default();
        if name.ends_with(".csv") {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let last = reader.records().map(|row| {
                let row = row.unwrap();
                row.iter().next_back().unwrap_or_default().to_owned()
            });
            let mut last = last.collect::<Vec<_>>().into_iter();
            assert_eq!(last.next().as_deref(), Some("note"), "{name}");
            assert!(last.all(|note| note == SYNTHETIC), "{name}");
            let marked = text.starts_with('\u{feff}');
            assert_eq!(marked, name.starts_with("results/"), "{name}");
        } else if name.ends_with(".toml") || name.ends_with(".md") || name.ends_with(".json") {
            assert!(
                text.contains("ynthetic") && text.contains("合成数据"),
                "{name}"
            );
        }
    }
    assert!(said(&["run", "campaign.toml", "--format", "csv"], demo()).contains(SYNTHETIC));
}

/// A small campaign that says so answers as a large one does.
#[test]
fn every_command_says_that_it_is_synthetic() {
    let folder = tempfile::tempdir().unwrap();
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/campaign.in");
    for (name, bytes) in files(&small) {
        let mut text = String::from_utf8(bytes).unwrap();
        if name == "campaign.toml" {
            text = text.replace("[campaign]\n", "[campaign]\nsynthetic = true\n");
        }
        fs::write(folder.path().join(name), text).unwrap();
    }
    let campaign = "campaign.toml";
    said(&["run", campaign, "--out", "results"], folder.path());
    for format in ["table", "csv", "json"] {
        for call in [
            &["run", campaign][..],
            &["select", campaign],
            &["compare", campaign],
            &["compare", "results", campaign],
            &["grid", "check", campaign],
        ] {
            let call = [call, &["--format", format]].concat();
            let text = said(&call, folder.path());
            assert!(text.contains(SYNTHETIC), "{call:?}");
            if format == "csv" {
                let notes = ["note", SYNTHETIC];
                let mut lines = text.lines();
                assert!(lines.all(|line| notes.iter().any(|note| line.ends_with(note))));
            }
        }
    }
}

#[test]
fn every_column_is_in_the_documentation() {
    let documented = include_str!("../../../docs/file-formats.md");
    let standard = Standard::builtin("weihai-2020").unwrap();
    let document = standard.document();
    let mut own: BTreeSet<&str> = document
        .grades
        .iter()
        .map(|grade| grade.id.as_str())
        .collect();
    for section in &document.sections {
        own.insert(&section.id);
        own.extend(section.items.iter().map(|item| item.id.as_str()));
    }
    for name in files(&demo().join("results")).keys() {
        assert!(documented.contains(&format!("`{name}`")), "{name}");
        if !name.ends_with(".csv") {
            continue;
        }
        for title in heading(&format!("results/{name}")) {
            let title = match title.split_once('_') {
                Some((kind @ ("won" | "compared"), _)) => format!("{kind}_PHASE"),
                _ => title,
            };
            let known = documented.contains(&format!("`{title}`")) || own.contains(&*title);
            assert!(known, "{name}: {title}");
        }
    }
}

#[test]
fn an_input_can_be_changed_and_run_again() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files(demo()) {
        if !name.starts_with("results/") {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
    }
    let path = folder.path().join("review-communities.csv");
    let text = fs::read_to_string(&path).unwrap();
    let column = text
        .lines()
        .next()
        .unwrap()
        .split(',')
        .position(|t| t == "open_hours");
    let changed = text.lines().map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[0] == "371083111903" {
            cells[column.unwrap()] = "20";
        }
        cells.join(",") + "\n"
    });
    fs::write(&path, changed.collect::<String>()).unwrap();
    said(&["run", "campaign.toml", "--out", "results"], folder.path());
    let before = demo().join("results");
    let call = [
        "compare",
        before.to_str().unwrap(),
        "results",
        "--format",
        "csv",
    ];
    let moved = said(&call, folder.path());
    let moved: Vec<&str> = moved.lines().filter(|line| line.contains("5.5 ")).collect();
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert!(moved[0].starts_with("371083111903,"), "{moved:?}");
}
