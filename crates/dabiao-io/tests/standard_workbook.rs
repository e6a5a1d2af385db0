//! Standards through workbooks and back: nothing is lost, and a fault names its cell.
#![cfg(feature = "workbook")]

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use dabiao::standard::document::Document;
use dabiao::{FaultCode, Standard};
use dabiao_io::{read_standard, standard_workbook};

/// The built-in standards and those of all sound cases, by name.
fn standards() -> Vec<(String, Standard)> {
    let mut all: Vec<(String, Standard)> = Standard::builtin_ids()
        .map(|id| {
            (
                id.to_owned(),
                Standard::builtin(id).expect("a built-in standard"),
            )
        })
        .collect();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    for entry in fs::read_dir(cases).expect("the suite is there") {
        let folder = entry.expect("a folder").path();
        let Ok(text) = fs::read_to_string(folder.join("standard.toml")) else {
            continue;
        };
        if let Ok(standard) = Standard::from_toml(&text) {
            let name = folder.file_name().unwrap_or_default();
            all.push((name.to_string_lossy().into_owned(), standard));
        }
    }
    all
}

#[test]
fn every_standard_comes_back_as_it_was() {
    let standards = standards();
    assert!(standards.len() > 90, "{} standards", standards.len());
    let mut wrong = Vec::new();
    for (name, standard) in standards {
        let workbook = standard_workbook(standard.document()).expect("a workbook");
        match read_standard(&name, &workbook) {
            Ok(again) if again.document() == standard.document() => {}
            Ok(again) => wrong.push(format!(
                "{name} differs:\n{}\n---\n{}",
                standard.document().to_toml(),
                again.document().to_toml()
            )),
            Err(faults) => wrong.push(format!("{name}: {faults}")),
        }
    }
    let first = wrong.iter().take(3).cloned().collect::<Vec<_>>();
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        first.join("\n")
    );
}

const FAULTY: &str = r#"
[standard]
id = "faulty"
title = "t"

[measures.visits]
type = "count"

[[section]]
id = "1"
title = "one"

[[section.item]]
id = "1.1"
title = "an unknown measure"
points = 2
value = "visit"
bands = [{ at_least = 3, points = 2 }]

[[section.item]]
id = "1.2"
title = "bands that can never hold"
points = 2
value = "visits"
bands = [{ at_least = 1, points = 1 }, { at_least = 3, points = 2 }]
"#;

#[test]
fn a_fault_names_its_sheet_and_cell() {
    let document = Document::from_toml(FAULTY).expect("well-formed");
    let workbook = standard_workbook(&document).expect("a workbook");
    let faults = read_standard("standard.xlsx", &workbook).expect_err("faults");
    let at = |code: FaultCode| {
        let fault = faults.listed.iter().find(|fault| fault.code == code);
        let place = &fault.unwrap_or_else(|| panic!("{code} in {faults}")).place;
        (
            place.file.clone().unwrap_or_default(),
            place.sheet.clone().unwrap_or_default(),
            place.cell.clone().unwrap_or_default(),
        )
    };
    let (file, sheet, cell) = at(FaultCode::UnknownMeasure);
    // Row 2 is the first item; `value` is the column L.
    assert_eq!(
        (file.as_str(), sheet.as_str(), cell.as_str()),
        ("standard.xlsx", "小项", "L2")
    );
    let in_details = faults
        .listed
        .iter()
        .filter(|f| f.place.sheet.as_deref() == Some("评分明细"));
    assert!(in_details.count() >= 1, "{faults}");
    assert!(
        faults.listed.iter().all(|fault| fault.place.line.is_none()),
        "{faults}"
    );
}

/// A built-in standard's workbook with a text of one of its parts replaced, and its faults.
fn faults_of(part: &str, from: &str, to: &str) -> dabiao::Faults {
    let standard = Standard::builtin("weihai-2020").expect("a built-in standard");
    let workbook = standard_workbook(standard.document()).expect("a workbook");
    let mut read = zip::ZipArchive::new(Cursor::new(workbook)).expect("an archive");
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..read.len() {
        let mut file = read.by_index(at).expect("a part");
        let name = file.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("a part");
        if name == part {
            let text = String::from_utf8(bytes).expect("text");
            assert!(text.contains(from), "{from} stands in {part}");
            bytes = text.replacen(from, to, 1).into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        written.start_file(&name, options).expect("a part");
        written.write_all(&bytes).expect("a part");
    }
    let edited = written.finish().expect("an archive").into_inner();
    read_standard("standard.xlsx", &edited).expect_err("faults")
}

fn at(fault: &dabiao::Fault) -> (FaultCode, &str, &str) {
    let place = &fault.place;
    (
        fault.code,
        place.sheet.as_deref().unwrap_or_default(),
        place.cell.as_deref().unwrap_or_default(),
    )
}

#[test]
fn a_bracket_left_open_is_one_fault_of_its_own_cell() {
    let faults = faults_of(
        "xl/sharedStrings.xml",
        "{ ceiling = \"qualified\" }",
        "{ ceiling = \"qualified\"",
    );
    let found: Vec<_> = faults.listed.iter().map(at).collect();
    assert_eq!(found, [(FaultCode::Syntax, "否决", "E3")], "{faults}");
}

#[test]
fn a_sheet_renamed_is_asked_for_by_its_name() {
    let faults = faults_of("xl/workbook.xml", "name=\"大项\"", "name=\"大项目\"");
    assert_eq!(faults.listed.len(), 1, "{faults}");
    let expected = faults.listed[0].expected.as_ref().expect("an expectation");
    assert!(expected.zh.contains("名为“大项”的工作表"), "{faults}");
}

#[test]
fn a_column_without_which_no_row_makes_sense_is_one_fault() {
    // The heading of the sheet 小项 alone: another key is another column.
    let faults = faults_of("xl/sharedStrings.xml", "所属大项 section", "所属大项 each");
    let missing = faults
        .listed
        .iter()
        .filter(|f| f.code == FaultCode::MissingColumn);
    assert_eq!((missing.count(), faults.listed.len()), (1, 1), "{faults}");
    assert!(faults.to_string().contains("小项"), "{faults}");
}

#[test]
fn a_blank_owner_and_an_unknown_one_say_what_is_expected() {
    // `of` of the first detail: blank, as below merged cells, or of no item.
    let faults = faults_of("xl/worksheets/sheet6.xml", "<c r=\"A2\"", "<c r=\"N2\"");
    let blank = faults
        .listed
        .iter()
        .find(|f| f.place.sheet.as_deref() == Some("评分明细"));
    let blank = blank.unwrap_or_else(|| panic!("{faults}"));
    assert_eq!(blank.code, FaultCode::MissingKey, "{faults}");
    assert!(
        blank
            .expected
            .as_ref()
            .is_some_and(|e| e.zh.contains("合并"))
    );
}

#[test]
fn what_is_no_standard_is_refused() {
    assert!(read_standard("x.xlsx", b"PK\x03\x04 nothing").is_err());
    assert!(read_standard("x.csv", b"a,b\n1,2\n").is_err());
}

#[test]
#[ignore = "needs soffice: cargo xtask test templates"]
fn saved_by_libreoffice_it_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let [from, to, profile] = ["from", "to", "profile"].map(|name| folder.path().join(name));
    for folder in [&from, &to] {
        fs::create_dir(folder).expect("a folder");
    }
    let standards = standards();
    let mut files = Vec::new();
    for (name, standard) in &standards {
        let path = from.join(format!("{name}.xlsx"));
        fs::write(
            &path,
            standard_workbook(standard.document()).expect("a workbook"),
        )
        .expect("a file");
        files.push(path);
    }
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
        .arg(&to)
        .args(&files)
        .output()
        .expect("soffice runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut wrong = Vec::new();
    for (name, standard) in &standards {
        let bytes = fs::read(to.join(format!("{name}.xlsx"))).expect("a converted file");
        match read_standard(name, &bytes) {
            Ok(again) if again.document() == standard.document() => {}
            Ok(_) => wrong.push(format!("{name} differs")),
            Err(faults) => wrong.push(format!("{name}: {faults}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
