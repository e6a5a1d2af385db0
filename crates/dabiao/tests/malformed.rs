//! Malformed standards: each file in `malformed/` is read, and what is said about it is what
//! the `.txt` beside it says, in both languages.
//!
//! Where a message is changed on purpose, `DABIAO_BLESS=1 cargo test` writes the texts anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dabiao::standard::document::Document;
use dabiao::standard::{Format, text_of};
use dabiao::{FaultCode, Faults, Lang, Standard};
use proptest::prelude::*;

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

/// Standards that make sense, to be spoilt.
const SOUND: [&str; 2] = [
    include_str!("../standards/weihai-2020.toml"),
    include_str!("../standards/uci-communities.toml"),
];

/// What slips into a file.
const SNIPPETS: [&str; 30] = [
    "",
    "\n",
    "=",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    "0",
    "-1",
    "1e400",
    "0.0000001",
    "nan",
    "\"95%\"",
    "\"1/3\"",
    "[[section.item]]\n",
    "[[section.item.check]]\n",
    "id = \"1\"\n",
    "points = 1\n",
    "value = \"a / b\"\n",
    "bands = [{ at_least = \"mean\", points = 1 }]\n",
    "yes_no = {}\n",
    "each = \"grid\"\n",
    "min_max = {}\n",
    "effect = { zero = \"1\" }\n",
    "\u{feff}",
    "优\u{ff05}",
];

/// One way to spoil a text; positions are in thousandths of it.
#[derive(Clone, Debug)]
enum Slip {
    Insert(usize, usize),
    DropLine(usize),
    RepeatLine(usize, usize),
    SwapWords(usize, usize),
    Cut(usize),
}

fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let at = 0..1000usize;
    let slip = prop_oneof![
        3 => (at.clone(), 0..SNIPPETS.len()).prop_map(|(at, what)| Slip::Insert(at, what)),
        3 => at.clone().prop_map(Slip::DropLine),
        3 => (at.clone(), at.clone()).prop_map(|(from, to)| Slip::RepeatLine(from, to)),
        3 => (at.clone(), at.clone()).prop_map(|(a, b)| Slip::SwapWords(a, b)),
        1 => at.prop_map(Slip::Cut),
    ];
    prop::collection::vec(slip, 1..6)
}

fn spoilt(text: &str, slips: &[Slip]) -> String {
    let mut text = text.to_owned();
    for slip in slips {
        let line = |at: usize| at * text.lines().count() / 1000;
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        text = match *slip {
            Slip::Insert(at, what) => {
                let mut at = at * text.len() / 1000;
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                format!("{}{}{}", &text[..at], SNIPPETS[what], &text[at..])
            }
            Slip::DropLine(at) if !lines.is_empty() => {
                lines.remove(line(at).min(lines.len() - 1));
                lines.concat()
            }
            Slip::RepeatLine(from, to) if !lines.is_empty() => {
                let repeated = lines[line(from).min(lines.len() - 1)];
                lines.insert(line(to).min(lines.len()), repeated);
                lines.concat()
            }
            Slip::SwapWords(a, b) => {
                let mut words: Vec<&str> = text.split(' ').collect();
                let (a, b) = (a * words.len() / 1000, b * words.len() / 1000);
                words.swap(a, b);
                words.join(" ")
            }
            Slip::Cut(at) => lines.iter().take(line(at)).copied().collect(),
            _ => text,
        };
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever slips into a standard, it is faulted or it is a standard: it compiles and is
    /// written and read back. Nothing panics.
    #[test]
    fn spoilt_standards_are_faulted_or_sound(which in 0..SOUND.len(), slips in slips()) {
        let text = spoilt(SOUND[which], &slips);
        match Document::from_text_checked(&text, Format::Toml) {
            Err(faults) => prop_assert!(!faults.is_empty() && !faults.message(Lang::Zh).is_empty()),
            Ok(document) => {
                prop_assert_eq!(document.check(), Ok(()));
                prop_assert!(Standard::from_toml(&text).is_ok());
                prop_assert_eq!(Document::from_toml(&document.to_toml()), Ok(document.clone()));
                prop_assert_eq!(Document::from_json(&document.to_json()), Ok(document));
            }
        }
    }

    #[test]
    fn spoilt_json_is_faulted_or_sound(which in 0..SOUND.len(), slips in slips()) {
        let document = Document::from_toml(SOUND[which]).expect("a standard");
        let text = spoilt(&document.to_json(), &slips);
        if let Ok(document) = Document::from_text_checked(&text, Format::Json) {
            prop_assert!(Standard::from_document(document).is_ok());
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        let _ = text_of(&bytes);
        let lossy = String::from_utf8_lossy(&bytes);
        for text in [&*lossy, &text] {
            for format in [Format::Toml, Format::Json] {
                prop_assert!(Document::from_text_checked(text, format).is_err());
            }
        }
    }
}
