//! Templates of every sound case of the conformance suite, filled in, recalculated by
//! LibreOffice, and held to the engine. It needs `soffice`: `cargo xtask test templates`. With
//! `DABIAO_TEMPLATES=DIR` the files stay in that folder for a look.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use dabiao::{Observations, Points, ScoreOptions, Scores, Standard};

use super::live::tests::{case, cases, typed};
use super::live::{Value, WORDS};
use super::{TemplateCommunity, TemplateOptions, template};
use crate::{ReadOptions, Source, read_observations};

/// Rows of one workbook.
const ROWS: usize = 25;

/// Recalculates every workbook when it is loaded, whoever saved it.
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// A case, its table and what the engine says.
struct Case {
    name: String,
    standard: Standard,
    table: Observations,
    scores: Scores,
}

fn sound_cases() -> Vec<Case> {
    let mut sound = Vec::new();
    for folder in cases() {
        let Some((standard, table)) = case(&folder) else {
            continue;
        };
        let scores = standard
            .score(&table, &ScoreOptions::new().with_threads(1))
            .expect("a sound table");
        let name = folder.file_name().unwrap_or_default();
        sound.push(Case {
            name: name.to_string_lossy().into_owned(),
            standard,
            table,
            scores,
        });
    }
    sound
}

impl Case {
    fn rows(&self) -> usize {
        self.table.len().min(ROWS)
    }

    fn community(&self, row: usize) -> TemplateCommunity {
        TemplateCommunity {
            code: self.table.codes()[row].to_owned(),
            name: format!("第{row}社区"),
        }
    }

    fn values(&self, row: usize) -> Vec<Value> {
        let measures = 0..self.standard.document().measures.len();
        measures
            .map(|measure| typed(&self.standard, &self.table, measure, row))
            .collect()
    }

    /// A street's table with all rows, and the form of each of the first two communities.
    fn write(&self, folder: &Path) {
        let all: Vec<usize> = (0..self.rows()).collect();
        let street = TemplateOptions {
            filled: all.iter().map(|row| self.values(*row)).collect(),
            ..TemplateOptions::new()
                .for_street(all.iter().map(|row| self.community(*row)).collect())
        };
        let mut books = vec![(format!("{}.table.xlsx", self.name), street)];
        for row in all.into_iter().take(2) {
            let form = TemplateOptions {
                filled: vec![self.values(row)],
                ..TemplateOptions::new().for_community(self.community(row))
            };
            books.push((format!("{}.form{row}.xlsx", self.name), form));
        }
        for (name, options) in books {
            let bytes = template(&self.standard, &options).expect("a template");
            fs::write(folder.join(name), bytes).expect("a file");
        }
    }
}

fn recalculate(from: &Path, to: &Path, profile: &Path) {
    let user = profile.join("user");
    fs::create_dir_all(&user).expect("a folder");
    fs::write(user.join("registrymodifications.xcu"), PROFILE).expect("a profile");
    let mut files: Vec<_> = fs::read_dir(from)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    // LibreOffice does not bear hundreds of files in one call.
    for part in files.chunks(60) {
        let output = Command::new("soffice")
            .arg(format!(
                "-env:UserInstallation=file://{}",
                profile.display()
            ))
            .args([
                "--headless",
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
            ])
            .arg(to)
            .args(part)
            .output()
            .expect("soffice runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// The form of a recalculated workbook.
fn open(path: &Path, tally: &mut Tally) -> Option<Range<Data>> {
    let opened: Result<Xlsx<_>, _> = open_workbook(path);
    let range = opened.and_then(|mut book| book.worksheet_range("自评表"));
    let about = |error: calamine::XlsxError| format!("{}: {error}", path.display());
    range.map_err(|error| tally.wrong.push(about(error))).ok()
}

fn at(range: &Range<Data>, row: u32, column: u32) -> Data {
    range
        .get_value((row, column))
        .cloned()
        .unwrap_or(Data::Empty)
}

/// What a cell of points shows: points, that there are none, or that formulas cannot tell.
fn shown(cell: &Data, decimals: u8) -> Result<Option<String>, String> {
    match cell {
        Data::Float(number) => {
            let scaled = (number * 10f64.powi(i32::from(decimals))).round() as i64;
            let points = Points::new(scaled, decimals);
            assert!(
                (points.to_f64() - number).abs() < 1e-9,
                "{number} is published"
            );
            Ok(Some(points.to_string()))
        }
        Data::Int(number) => shown(&Data::Float(*number as f64), decimals),
        Data::String(text) if text == WORDS.not_applicable => Ok(None),
        other => Err(other.to_string()),
    }
}

#[derive(Default)]
struct Tally {
    cards: usize,
    totals: usize,
    points: usize,
    told: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn points(&mut self, about: &str, cell: &Data, expected: Option<Points>, decimals: u8) -> bool {
        self.points += 1;
        let expected = expected.map(|points| points.to_string());
        match shown(cell, decimals) {
            Ok(found) => {
                self.told += 1;
                // A blank or inapplicable entry has no points, where a template shows 0.
                let entry = expected.is_none() && found.as_deref().is_some_and(is_zero);
                if found != expected && !entry {
                    self.wrong
                        .push(format!("{about}: {found:?}, expected {expected:?}"));
                }
                true
            }
            Err(text) if text == "汇总后计算" => false,
            Err(text) => {
                self.wrong
                    .push(format!("{about}: {text:?}, expected {expected:?}"));
                false
            }
        }
    }

    fn grade(&mut self, about: &str, cell: &Data, case: &Case, row: usize) {
        let expected = case
            .scores
            .grade(row)
            .map_or("未达等次", |grade| grade.title.zh.as_str());
        let found = cell.to_string();
        if found != expected {
            self.wrong
                .push(format!("{about} grade: {cell:?}, expected {expected:?}"));
        }
    }
}

fn is_zero(points: &str) -> bool {
    points.parse::<f64>().is_ok_and(|points| points == 0.0)
}

fn total_decimals(case: &Case) -> u8 {
    let document = case.standard.document();
    document.total_decimals.unwrap_or(document.decimals)
}

fn check_table(case: &Case, range: &Range<Data>, tally: &mut Tally) {
    let (head, first) = (2, 5);
    let width = range.end().map_or(0, |(_, column)| column);
    let decimals = case.standard.document().decimals;
    for row in 0..case.rows() {
        let line = first + row as u32;
        let about = format!("{} {}", case.name, &case.table.codes()[row]);
        let mut told = false;
        for column in 0..=width {
            let code = at(range, head, column).to_string();
            let title = at(range, head + 1, column).to_string();
            let cell = at(range, line, column);
            if code == "等次" {
                tally.cards += 1;
                tally.totals += usize::from(told);
                if told && case.scores.total(row).is_some() {
                    tally.grade(&about, &cell, case, row);
                }
                continue;
            }
            let kind = at(range, head + 2, column).to_string();
            if kind != "得分" {
                continue;
            }
            let scores = &case.scores;
            let (expected, decimals) = match (code.as_str(), title.as_str()) {
                ("", "加分") => (scores.bonus(row), decimals),
                ("", "扣分") => (scores.deductions(row), decimals),
                ("", _) => (scores.total(row), total_decimals(case)),
                (code, _) => (scores.points_of(code, row), decimals),
            };
            let known = tally.points(&format!("{about} {code}{title}"), &cell, expected, decimals);
            told = known && code.is_empty() && title == "总分";
        }
    }
}

fn check_form(case: &Case, row: usize, range: &Range<Data>, tally: &mut Tally) {
    let about = format!("{} {} (form)", case.name, &case.table.codes()[row]);
    let decimals = case.standard.document().decimals;
    let document = case.standard.document();
    let height = range.end().map_or(0, |(row, _)| row);
    for line in 5..=height {
        let code = at(range, line, 0).to_string();
        let known = case.scores.points_of(&code, row).is_some()
            || case.standard.items().iter().any(|item| item.id == code);
        if !known || document.vetoes.iter().any(|veto| veto.id == code) {
            continue;
        }
        let cell = at(range, line, 8);
        let expected = case.scores.points_of(&code, row);
        tally.points(&format!("{about} {code}"), &cell, expected, decimals);
    }
    tally.cards += 1;
    let total = at(range, 3, 2);
    let told = tally.points(&about, &total, case.scores.total(row), total_decimals(case));
    tally.totals += usize::from(told);
    if told && case.scores.total(row).is_some() {
        tally.grade(&about, &at(range, 3, 5), case, row);
    }
}

/// What was filled in and saved by LibreOffice is read back as it was typed.
fn check_read_back(case: &Case, path: &Path, rows: &[usize], tally: &mut Tally) {
    let read = read_observations(&case.standard, Source::path(path), &ReadOptions::new());
    let read = match read {
        Ok(read) => read,
        Err(faults) => {
            tally
                .wrong
                .push(format!("{}: read back: {faults}", path.display()));
            return;
        }
    };
    for row in rows {
        let code = &case.table.codes()[*row];
        let Some(held) = read.row_of(code) else {
            tally
                .wrong
                .push(format!("{}: {code} is not read back", case.name));
            continue;
        };
        for (measure, about) in case.standard.document().measures.iter().enumerate() {
            let expected = case.table.value_text(&case.standard, measure, *row);
            let found = read.value_text(&case.standard, measure, held);
            // A cell of a workbook holds a float.
            let float = expected.as_ref().and_then(|text| text.parse::<f64>().ok());
            let exact = float.is_none_or(|float| Some(float.to_string()) == expected);
            if found != expected && exact {
                tally.wrong.push(format!(
                    "{} {code} {}: read back {found:?}, typed {expected:?}",
                    case.name, about.name
                ));
            }
        }
    }
}

#[test]
#[ignore = "needs soffice: cargo xtask test templates"]
fn libreoffice_agrees_with_the_engine_on_every_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = std::env::var_os("DABIAO_TEMPLATES").map(PathBuf::from);
    let top = kept.unwrap_or_else(|| folder.path().to_owned());
    let [from, to, profile] = ["from", "to", "profile"].map(|name| top.join(name));
    for folder in [&from, &to, &profile] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let cases = sound_cases();
    for case in &cases {
        case.write(&from);
    }
    recalculate(&from, &to, &profile);
    let mut tally = Tally::default();
    let mut whole = 0;
    for case in &cases {
        let before = (tally.cards, tally.totals);
        let path = to.join(format!("{}.table.xlsx", case.name));
        if let Some(range) = open(&path, &mut tally) {
            check_table(case, &range, &mut tally);
        }
        let rows: Vec<usize> = (0..case.rows()).collect();
        check_read_back(case, &path, &rows, &mut tally);
        for row in rows.into_iter().take(2) {
            let path = to.join(format!("{}.form{row}.xlsx", case.name));
            if let Some(range) = open(&path, &mut tally) {
                check_form(case, row, &range, &mut tally);
            }
            check_read_back(case, &path, &[row], &mut tally);
        }
        let expressible = tally.cards - before.0 == tally.totals - before.1;
        whole += usize::from(expressible);
        if !expressible {
            println!("{}: not every card has a total by formulas", case.name);
        }
    }
    println!(
        "{} sound cases, {whole} wholly expressible; {} of {} cards with a total and grade, {} of {} points told",
        cases.len(),
        tally.totals,
        tally.cards,
        tally.told,
        tally.points
    );
    let shown = tally.wrong.iter().take(60).cloned().collect::<Vec<_>>();
    assert!(
        tally.wrong.is_empty(),
        "{} differences:\n{}",
        tally.wrong.len(),
        shown.join("\n")
    );
    assert!(cases.len() >= 94 && tally.totals > 400);
}

#[test]
#[ignore = "needs soffice: cargo xtask test templates"]
fn a_percentage_counts_however_it_is_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let [from, to, profile] = ["from", "to", "profile"].map(|name| folder.path().join(name));
    for folder in [&from, &to, &profile] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let standard = Standard::builtin("weihai-2020").expect("a built-in standard");
    let measures = &standard.document().measures;
    let at = |name: &str| measures.iter().position(|m| m.name == name).expect(name);
    let (coverage, officers) = (at("organisation_coverage"), at("grids_with_officer"));
    let words = |word: &str| Value::Text(word.to_owned());
    // A percentage and a share, which has no unit: as numbers, as texts, too large.
    let typed = [
        ("number", Value::Number(95.0), Value::Number(0.95)),
        ("text", words("95%"), words("95%")),
        ("wide", words("95\u{ff05}"), words("95\u{ff05}")),
        ("over", Value::Number(9_500.0), Value::Number(95.0)),
    ];
    for (name, of_coverage, of_officers) in &typed {
        let mut filled = vec![Value::Blank; measures.len()];
        filled[coverage] = of_coverage.clone();
        filled[officers] = of_officers.clone();
        let options = TemplateOptions {
            filled: vec![filled],
            ..TemplateOptions::new().for_community(TemplateCommunity {
                code: "c1".to_owned(),
                name: String::new(),
            })
        };
        let bytes = template(&standard, &options).expect("a template");
        fs::write(from.join(format!("{name}.xlsx")), bytes).expect("a file");
    }
    recalculate(&from, &to, &profile);
    for (name, ..) in &typed {
        let path = to.join(format!("{name}.xlsx"));
        let mut tally = Tally::default();
        let form = open(&path, &mut tally).expect("a form");
        let row_of = |code: &str| (5..80).find(|row| at_text(&form, *row, 0) == code);
        let earned = ["1.1", "1.2"].map(|code| at_text(&form, row_of(code).expect(code), 8));
        let read = read_observations(&standard, Source::path(&path), &ReadOptions::new());
        if *name == "over" {
            assert_eq!(
                (earned, read.is_err()),
                (["0", "0"].map(String::from), true)
            );
            assert_eq!(at_text(&form, 3, 2), "填写有误");
            continue;
        }
        assert_eq!(earned, ["3", "2.25"], "{name}");
        let read = read.unwrap_or_else(|faults| panic!("{name}: {faults}"));
        let held = [coverage, officers].map(|at| read.value_text(&standard, at, 0));
        assert_eq!(
            held,
            ["95", "0.95"].map(|text| Some(text.to_owned())),
            "{name}"
        );
    }
}

fn at_text(range: &Range<Data>, row: u32, column: u32) -> String {
    at(range, row, column).to_string()
}

#[test]
fn a_blank_template_holds_nothing_before_anyone_opens_it() {
    for case in sound_cases() {
        let community = TemplateCommunity {
            code: "c1".to_owned(),
            name: "甲社区".to_owned(),
        };
        let options = TemplateOptions::new().for_community(community);
        let form = template(&case.standard, &options).expect("a form");
        let source = Source::bytes("form.xlsx", &form);
        let read = read_observations(&case.standard, source, &ReadOptions::new());
        let read = read.unwrap_or_else(|faults| panic!("{}: {faults}", case.name));
        assert_eq!(read.codes(), ["c1"], "{}", case.name);
        for measure in 0..case.standard.document().measures.len() {
            let held = read.value_text(&case.standard, measure, 0);
            assert_eq!(held, None, "{} {measure}", case.name);
        }
    }
}

#[test]
fn what_stands_in_the_units_is_left_to_collecting() {
    let standard = Standard::builtin("weihai-2020").expect("a built-in standard");
    let form = template(&standard, &TemplateOptions::new()).expect("a form");
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(form)).expect("a workbook");
    let units = book.worksheet_range("单元数据").expect("the units");
    let heading: Vec<String> = (0..=12)
        .map(|column| at(&units, 2, column).to_string())
        .collect();
    assert_eq!(
        (heading[0].as_str(), heading[1].as_str()),
        ("code", "grids_with_officer")
    );
    let computation = book.worksheet_formula("计算").expect("the computation");
    let counts = |column: &str| {
        let cells = format!("COUNTA('单元数据'!${column}$4:${column}$5003)>0,6,2");
        computation
            .cells()
            .any(|(_, _, formula)| formula.contains(&cells))
    };
    assert!(counts("B") && counts("M") && !counts("N"));
}
