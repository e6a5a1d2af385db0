//! Malformed standards: each file in `malformed/` is read, and what is said about it is what
//! the `.txt` beside it says, in both languages.
//!
//! Where a message is changed on purpose, `DABIAO_BLESS=1 cargo test` writes the texts anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dabiao::standard::document::Document;
use dabiao::standard::{Format, text_of};
use dabiao::{FaultCode, Faults, Lang};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed")
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending != "txt"));
    files.sort();
    files
}

fn faults_of(path: &Path) -> Faults {
    let bytes = fs::read(path).expect("a file");
    let format = match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => Format::Json,
        _ => Format::Toml,
    };
    let text = text_of(&bytes).expect("UTF-8");
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    match Document::from_text_checked(text, format) {
        Ok(_) => panic!("{name} has no fault"),
        Err(faults) => faults.in_file(name),
    }
}

fn told(faults: &Faults) -> String {
    let lines = faults.listed.iter().map(|fault| {
        let (en, zh) = (fault.message(Lang::En), fault.message(Lang::Zh));
        format!("{}\n    {en}\n    {zh}\n", fault.code)
    });
    lines.collect()
}

#[test]
fn each_file_is_told_its_faults() {
    let bless = std::env::var_os("DABIAO_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files() {
        let told = told(&faults_of(&path));
        let beside = path.with_extension(format!(
            "{}.txt",
            path.extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or("")
        ));
        if bless {
            fs::write(&beside, &told).expect("a text");
        }
        if fs::read_to_string(&beside).unwrap_or_default() != told {
            wrong.push(format!("{}\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_of_a_standard_has_a_file() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for path in files() {
        seen.extend(
            faults_of(&path)
                .listed
                .iter()
                .map(|fault| fault.code.as_str()),
        );
    }
    // Too large and unreadable files are made below.
    let wanted = FaultCode::ALL.iter().map(|code| code.as_str());
    let wanted = wanted.filter(|code| code.starts_with("standard-") || *code == "file-syntax");
    let missing: Vec<&str> = wanted.filter(|code| !seen.contains(code)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn faults_stand_in_the_order_of_their_places() {
    for path in files() {
        let faults = faults_of(&path);
        let places: Vec<_> = faults
            .listed
            .iter()
            .map(|fault| (fault.place.line, fault.place.column))
            .collect();
        assert!(places.is_sorted(), "{}", path.display());
        assert!(
            places
                .iter()
                .all(|(line, column)| line.is_some() && column.is_some()),
            "{}",
            path.display()
        );
        for fault in &faults.listed {
            for lang in [Lang::Zh, Lang::En] {
                assert!(!fault.message(lang).contains('\n'));
            }
        }
    }
}

#[test]
fn what_is_no_text_is_a_fault() {
    let junk: Vec<u8> = (0..4096u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8)
        .collect();
    let faults = text_of(&junk).expect_err("junk");
    assert_eq!(faults.listed[0].code, FaultCode::Unreadable);
    let mut gbk = b"[standard]\nid = \"x\"\ntitle = \"".to_vec();
    gbk.extend([0xbe, 0xab, 0xd6, 0xc2]);
    let faults = text_of(&gbk).expect_err("GBK");
    assert_eq!(
        faults.to_string(),
        "3:10: the file cannot be read: found byte 0xBE, expected text in UTF-8"
    );
    let zeros = "\0".repeat(100_000);
    for format in [Format::Toml, Format::Json] {
        let faults = Document::from_text_checked(&zeros, format).expect_err("zeros");
        assert_eq!(faults.listed[0].code, FaultCode::Syntax);
    }
}

#[test]
fn a_line_of_100_mb_is_a_fault() {
    let line = format!("[standard]\nid = \"{}\"\n", "x".repeat(100 << 20));
    for format in [Format::Toml, Format::Json] {
        let faults = Document::from_text_checked(&line, format).expect_err("too long");
        assert_eq!(faults.listed[0].code, FaultCode::TooLarge);
        assert!(faults.to_string().len() < 200);
    }
    assert_eq!(
        text_of(line.as_bytes()).expect_err("too long").listed[0].code,
        FaultCode::TooLarge
    );
}
