//! Standards through workbooks and back: nothing is lost, and a fault names its cell.
#![cfg(feature = "workbook")]

use std::fs;
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
