//! The conformance suite of `tests/conformance`, through the library as its users have it.
//! Its README defines the format.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dabiao::campaign::{Amount, Selection, Tier};
use dabiao::expression::Quantity;
use dabiao::{Fault, Faults, Points, Rational, ScoreOptions, Scores, Standard};
use dabiao_io::{ReadOptions, Source, read_observations};
use toml::de::{DeTable, DeValue};

/// One folder of the suite.
struct Case {
    folder: PathBuf,
    about: String,
}

impl Case {
    fn open(folder: PathBuf) -> Case {
        let about = fs::read_to_string(folder.join("case.toml")).expect("a case has a case.toml");
        Case { folder, about }
    }

    fn key(&self, key: &str) -> Option<String> {
        let about = DeTable::parse(&self.about).expect("case.toml is well-formed");
        about
            .get_ref()
            .get(key)?
            .get_ref()
            .as_str()
            .map(str::to_owned)
    }

    fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }

    fn standard(&self) -> Result<Standard, Faults> {
        match (self.key("standard"), self.file("standard.toml")) {
            (Some(id), None) => Standard::builtin(&id),
            (None, Some(text)) => Standard::from_toml(&text),
            _ => panic!("a case has a built-in standard or a standard.toml, not both"),
        }
    }

    fn observations(&self) -> String {
        match (self.key("observations"), self.file("observations.csv")) {
            (Some(path), None) => {
                fs::read_to_string(top().join(path)).expect("the table that the case names")
            }
            (None, Some(text)) => text,
            _ => panic!("a case names a table or has an observations.csv, not both"),
        }
    }

    /// `[[selection.tier]]` of case.toml.
    fn selection(&self) -> Selection {
        let about = DeTable::parse(&self.about).expect("case.toml is well-formed");
        let selection = about.get_ref().get("selection").map(|held| held.get_ref());
        let tiers = selection
            .and_then(|held| held.get("tier"))
            .map(|held| held.get_ref());
        let tiers = tiers
            .and_then(DeValue::as_array)
            .expect("a selection has tiers");
        Selection {
            tiers: tiers.iter().map(|tier| tier_of(tier.get_ref())).collect(),
            ..Selection::default()
        }
    }

    /// The rows of one of its expectations, each of three cells.
    fn expected(&self, name: &str, heading: [&str; 3]) -> Option<Vec<[String; 3]>> {
        let text = self.file(name)?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().expect("a heading"), heading.as_slice());
        let cells = |row: csv::StringRecord| [0, 1, 2].map(|at| row[at].to_owned());
        Some(
            reader
                .records()
                .map(|row| cells(row.expect("a row")))
                .collect(),
        )
    }
}

/// A text or a number as it is written.
fn text_at(table: &DeValue<'_>, key: &str) -> Option<String> {
    match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(whole) => Some(whole.to_string()),
        _ => None,
    }
}

fn tier_of(tier: &DeValue<'_>) -> Tier {
    Tier {
        id: text_at(tier, "id").expect("a tier has an id"),
        grade: text_at(tier, "grade"),
        total: text_at(tier, "total").map(|mark| Quantity::plain(mark.parse().expect("a mark"))),
        places: amount_of(tier, "places"),
        ceiling: amount_of(tier, "ceiling"),
        floor: amount_of(tier, "floor"),
        ..Tier::default()
    }
}

/// `3`, or `{ share = "10%", grade = "passed" }`.
fn amount_of(tier: &DeValue<'_>, key: &str) -> Option<Amount> {
    if let Some(number) = text_at(tier, key) {
        return Some(Amount::Number(number.parse().expect("a number of places")));
    }
    let amount = tier.get(key)?.get_ref();
    let share = text_at(amount, "share").expect("a number or a share");
    let percent = share.strip_suffix('%').expect("a share in percent");
    let share = Rational::ratio(percent.parse().expect("a whole percent"), 100);
    let share = share.expect("100 is not 0");
    Some(Amount::Share {
        share,
        grade: text_at(amount, "grade"),
    })
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cases() -> Vec<Case> {
    let root = top().join("tests/conformance");
    let entries = fs::read_dir(&root).expect("the suite is there");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.into_iter().map(Case::open).collect()
}

fn score(standard: &Standard, text: &str, threads: usize) -> Result<Scores, Faults> {
    let source = Source::bytes("observations.csv", text);
    let table = read_observations(standard, source, &ReadOptions::new())?;
    standard.score(&table, &ScoreOptions::new().with_threads(threads))
}

fn field(scores: &Scores, row: usize, field: &str) -> String {
    let points = |points: Option<Points>| points.map(|p| p.to_string()).unwrap_or_default();
    let list = |codes: Vec<&str>| codes.join(";");
    match field {
        "total" => points(scores.total(row)),
        "total_before_bonus" => points(scores.total_before_bonus(row)),
        "bonus" => points(scores.bonus(row)),
        "deductions" => points(scores.deductions(row)),
        "grade" => scores
            .grade(row)
            .map(|grade| grade.id.clone())
            .unwrap_or_default(),
        "rank" => scores
            .rank(row)
            .map(|place| place.to_string())
            .unwrap_or_default(),
        "vetoes" => list(scores.vetoes(row).collect()),
        "missing" => list(scores.missing(row).collect()),
        "undecided" => list(scores.undecided(row).collect()),
        "flags" => list(scores.flags(row).iter().map(|flag| flag.as_str()).collect()),
        code => points(scores.points_of(code, row)),
    }
}

fn place_of(fault: &Fault) -> [String; 3] {
    let line = fault.place.line.map(|line| line.to_string());
    let field = fault.place.field.clone();
    [
        fault.code.to_string(),
        line.unwrap_or_default(),
        field.unwrap_or_default(),
    ]
}

/// In a standard, what is at fault is a part by its code.
fn part_of(fault: &Fault) -> [String; 3] {
    let [code, line, _] = place_of(fault);
    [code, line, fault.subject.clone().unwrap_or_default()]
}

/// What a case gets wrong, a line each.
fn differences(case: &Case) -> Vec<String> {
    let cards = case.expected("expected.csv", ["code", "field", "value"]);
    let faults = case.expected("expected-faults.csv", ["fault", "line", "field"]);
    let standard = match case.standard() {
        Ok(standard) => standard,
        Err(found) => return fault_differences(&found, faults, part_of),
    };
    let text = case.observations();
    match (score(&standard, &text, 1), cards) {
        (Ok(_), _) if faults.is_some() => vec!["no fault was found".to_owned()],
        (Ok(scores), Some(cards)) => {
            let mut wrong = card_differences(&scores, &cards);
            wrong.extend(advice_differences(case, &scores));
            wrong.extend(order_differences(&scores, &text));
            wrong.extend(selection_differences(case, &scores));
            wrong
        }
        (Ok(_), None) => vec!["nothing is expected".to_owned()],
        (Err(found), _) => fault_differences(&found, faults, place_of),
    }
}

fn fault_differences(
    found: &Faults,
    expected: Option<Vec<[String; 3]>>,
    told: fn(&Fault) -> [String; 3],
) -> Vec<String> {
    let Some(expected) = expected else {
        return vec![found.to_string()];
    };
    let found: Vec<[String; 3]> = found.listed.iter().map(told).collect();
    let differs = found != expected;
    differs
        .then(|| format!("faults {found:?}, expected {expected:?}"))
        .into_iter()
        .collect()
}

fn card_differences(scores: &Scores, expected: &[[String; 3]]) -> Vec<String> {
    let mut wrong = Vec::new();
    if expected.is_empty() {
        wrong.push("nothing is expected".to_owned());
    }
    let rows: BTreeMap<&str, usize> = scores
        .codes()
        .iter()
        .enumerate()
        .map(|(row, code)| (code, row))
        .collect();
    for [code, name, value] in expected {
        let Some(row) = rows.get(code.as_str()) else {
            wrong.push(format!("{code} is not in the table"));
            continue;
        };
        let found = field(scores, *row, name);
        if found != *value {
            wrong.push(format!("{code} {name}: {found:?}, expected {value:?}"));
        }
    }
    let sorted = scores
        .codes()
        .iter()
        .is_sorted_by(|a, b| a.as_bytes() < b.as_bytes());
    if !sorted {
        wrong.push("the codes are not in the order of their bytes".to_owned());
    }
    wrong
}

fn selection_differences(case: &Case, scores: &Scores) -> Vec<String> {
    let heading = ["code", "field", "value"];
    let Some(expected) = case.expected("expected-selection.csv", heading) else {
        return Vec::new();
    };
    let result = match scores.select(&case.selection()) {
        Ok(result) => result,
        Err(faults) => return vec![faults.to_string()],
    };
    let found = scores
        .codes()
        .iter()
        .zip(&result.decisions)
        .flat_map(|(code, decision)| {
            let tier = decision.tier.clone().unwrap_or_default();
            let outcome = decision.outcome.as_str().to_owned();
            [
                [code.to_owned(), "tier".to_owned(), tier],
                [code.to_owned(), "outcome".to_owned(), outcome],
            ]
        });
    let found: Vec<[String; 3]> = found.collect();
    let missing = expected.iter().filter(|row| !found.contains(row));
    missing
        .map(|row| format!("selection: expected {row:?}"))
        .collect()
}

fn advice_differences(case: &Case, scores: &Scores) -> Option<String> {
    let expected = case.expected("expected-advice.csv", ["advice", "line", "field"]);
    let expected = expected.unwrap_or_default();
    let found: Vec<[String; 3]> = scores
        .observations()
        .advice()
        .iter()
        .map(place_of)
        .collect();
    (found != expected).then(|| format!("advice {found:?}, expected {expected:?}"))
}

/// The same table with its rows the other way round, on four threads, gives the same cards.
fn order_differences(scores: &Scores, text: &str) -> Option<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(reader.headers().expect("a heading"))
        .expect("in memory");
    let mut rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    rows.reverse();
    for row in &rows {
        writer.write_record(row).expect("in memory");
    }
    let turned = String::from_utf8(writer.into_inner().expect("in memory")).expect("UTF-8");
    match score(scores.standard(), &turned, 4) {
        Ok(again) => (all_fields(&again) != all_fields(scores))
            .then(|| "another order of rows gives other cards".to_owned()),
        Err(faults) => Some(faults.to_string()),
    }
}

fn all_fields(scores: &Scores) -> Vec<String> {
    const WORDS: [&str; 10] = [
        "total",
        "total_before_bonus",
        "bonus",
        "deductions",
        "grade",
        "rank",
        "vetoes",
        "missing",
        "undecided",
        "flags",
    ];
    let document = scores.standard().document();
    let mut names: Vec<&str> = WORDS.to_vec();
    let mut sections: Vec<_> = document.sections.iter().collect();
    while let Some(section) = sections.pop() {
        names.push(&section.id);
        names.extend(section.items.iter().map(|item| item.id.as_str()));
        sections.extend(&section.sections);
    }
    let extra = document.bonus.iter().chain(&document.deductions);
    names.extend(extra.map(|item| item.id.as_str()));
    let mut all = scores.codes().to_vec();
    for row in 0..scores.len() {
        all.extend(names.iter().map(|name| field(scores, row, name)));
    }
    all
}

#[test]
fn every_case_comes_out_as_worked_by_hand() {
    let cases = cases();
    assert!(cases.len() > 80, "only {} cases were found", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        assert!(
            case.key("title").is_some() && case.key("worked").is_some(),
            "{name}"
        );
        wrong.extend(
            differences(case)
                .iter()
                .map(|line| format!("{name}: {line}")),
        );
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
