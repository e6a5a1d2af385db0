//! Tables in: encodings, shapes, limits, and every fault in its place.

use std::io::Read;

use dabiao::{FaultCode, Faults, Lang, Observations, Standard};
use dabiao_io::{Encoding, Format, Limits, ReadOptions, Source, read_observations};

const STANDARD: &str = r#"
[standard]
id = "small"
title = "Small"
[measures.meetings]
type = "count"
title = { zh = "议事次数", en = "meetings" }
[measures.share]
type = "number"
unit = "%"
min = 0
max = 100
[measures.level]
type = "label"
labels = ["优", "良", "差"]
[measures.mark]
type = "number"
[[section]]
id = "1"
title = "All"
[[section.item]]
id = "1.1"
title = "Meetings"
points = 3
value = "meetings"
per_unit = { over = 0, points = 1, cap = 3 }
[[section.item]]
id = "1.2"
title = "Share"
points = 2
value = "share"
curve = [["0%", 0], ["100%", 2]]
[[section.item]]
id = "1.3"
title = "Level"
points = 3
value = "level"
levels = { "优" = 3, "良" = 2, "差" = 0 }
[[section.item]]
id = "1.4"
title = "Mark"
points = 2
value = "mark"
award = { step = 0.5 }
"#;

fn standard() -> Standard {
    Standard::from_toml(STANDARD).unwrap()
}

fn read(text: impl AsRef<[u8]>) -> Result<Observations, Faults> {
    read_with(text, &ReadOptions::new())
}

fn read_with(text: impl AsRef<[u8]>, options: &ReadOptions) -> Result<Observations, Faults> {
    read_observations(&standard(), Source::bytes("t.csv", text.as_ref()), options)
}

fn digest(text: impl AsRef<[u8]>) -> String {
    read(text).unwrap().digest(&standard())
}

fn messages(text: impl AsRef<[u8]>) -> Vec<String> {
    let faults = read(text).unwrap_err();
    faults
        .listed
        .iter()
        .map(|fault| fault.message(Lang::En))
        .collect()
}

const WIDE: &str = "code,name,district,meetings,share,level,mark\n\
                    c1,甲社区,环翠区,3,95%,优,1.5\n\
                    c2,乙社区,文登区,\"1,359\",不涉及,良,\n";

#[test]
fn the_same_table_in_any_encoding_and_shape_is_the_same() {
    let expected = digest(WIDE);
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16 = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let tabs = WIDE.replace("\"1,359\"", "1359").replace(',', "\t");
    for (what, bytes) in [
        ("a byte-order mark", format!("\u{feff}{WIDE}").into_bytes()),
        ("GB18030", gb(WIDE)),
        ("UTF-16", utf16(WIDE)),
        ("CRLF", WIDE.replace('\n', "\r\n").into_bytes()),
        ("CR", WIDE.replace('\n', "\r").into_bytes()),
        ("no last line end", WIDE.trim_end().as_bytes().to_vec()),
        ("blank lines", WIDE.replace('\n', "\n\n ,,\n").into_bytes()),
        (
            "blank columns at the end",
            WIDE.replace('\n', ",,\n").into_bytes(),
        ),
        ("tabs", tabs.clone().into_bytes()),
        ("GB18030 tabs", gb(&tabs)),
        (
            "titles for names",
            WIDE.replace("code,name,district,meetings", "编码,名称,区县,议事次数")
                .into_bytes(),
        ),
        (
            "long",
            "measure,value,code\nname,乙社区,c2\ndistrict,文登区,c2\nmeetings,\u{ff11}\u{ff13}\u{ff15}\u{ff19},c2\n\
             share,不涉及,c2\nlevel,良,c2\nmeetings,3,c1\nshare,95,c1\nlevel,优,c1\nmark,1.50,c1\n\
             name,甲社区,c1\ndistrict,环翠区,c1\n"
                .as_bytes().to_vec(),
        ),
        (
            "long, in Chinese",
            gb(
                "编码,指标,值\nc1,名称,甲社区\nc1,区县,环翠区\nc1,议事次数,3\nc1,share,95%\nc1,level,优\n\
                c1,mark,1.5\nc2,meetings,1359\nc2,share,不涉及\nc2,level,良\nc2,名称,乙社区\nc2,区县,文登区\n",
            ),
        ),
    ] {
        assert_eq!(digest(&bytes), expected, "{what}");
    }
}

#[test]
fn a_fault_has_its_line_its_heading_what_was_found_and_what_was_expected() {
    assert_eq!(
        messages(
            "\n\ncode,name,meetings,share,level,mark\n\
             c1,\"one\ntwo\",3,95%,优,1.5\n\
             c2,,many,101,中,2.5\n\
             c3,,-1,5,优,0.7\n\
             c1,,1,5,优,1\n\
             ,,1,5,优,1\n\
             c4,,1\n\
             c5,,1,5,优,1,9\n\
             c6,,1.5,NaN,,\n"
        ),
        [
            "t.csv:6:meetings: c2: the value cannot be read: found many, expected a whole number, at least 0",
            "t.csv:6:share: c2: out of range: found 101, expected 0 to 100",
            "t.csv:6:level: c2: unknown label: found 中, expected 优, 良, 差",
            "t.csv:6:mark: c2: out of range: found 2.5, expected 0 to 2 for 1.4",
            "t.csv:7:meetings: c3: out of range: found -1, expected at least 0",
            "t.csv:7:mark: c3: not on the step: found 0.7, expected 0 and then steps of 0.5 for 1.4",
            "t.csv:8:code: a duplicated code: found c1, expected one row a code (first in row 4)",
            "t.csv:9:code: a row without a code",
            "t.csv:10: columns of different lengths: found 3, expected 6",
            "t.csv:11: columns of different lengths: found 7, expected 6",
            "t.csv:12:meetings: c6: the value cannot be read: found 1.5, expected a whole number, at least 0",
            "t.csv:12:share: c6: the value cannot be read: found NaN, expected a number",
        ]
    );
}

#[test]
fn headings_at_fault() {
    assert_eq!(
        messages("code,meeting,share,share\nc1,1,2,3\n"),
        [
            "t.csv:1:meeting: unknown column: found meeting, expected a known column, perhaps meetings",
            "t.csv:1:share: a duplicated column: found share",
        ]
    );
    assert_eq!(
        messages("\nname,meetings\n甲,1\n"),
        ["t.csv:2: a column is missing: expected code"]
    );
    assert_eq!(
        messages("code,measure,value,value,remark\nc1,meetings,3,3,x\n"),
        [
            "t.csv:1:value: a duplicated column: found value",
            "t.csv:1:remark: unknown column: found remark, expected code, measure, value",
        ]
    );
    assert_eq!(
        messages("code,,meetings\nc1,,1\nc2,x,1\nc3,y,1\n"),
        ["t.csv:3: unknown column: found x, expected a heading over column 2, or nothing in it"]
    );
    for empty in ["", "\n\n", "\u{feff}", " , ,\n"] {
        assert_eq!(
            messages(empty),
            ["t.csv: a column is missing: expected a heading such as code,name,district,…"]
        );
    }
}

#[test]
fn long_tables_at_fault() {
    assert_eq!(
        messages(
            "code,measure,value\nc1,meetings,3\nc1,meetings,4\nc1,meting,4\nc1,share\n,share,1\nc1,level,1\n"
        ),
        [
            "t.csv:3:meetings: c1: a duplicated code",
            "t.csv:4: a row of an unknown measure: found meting, expected a known column, perhaps meetings",
            "t.csv:5: columns of different lengths: found 2, expected 3",
            "t.csv:6:code: a row without a code",
            "t.csv:7:level: c1: unknown label: found 1, expected 优, 良, 差",
        ]
    );
}

#[test]
fn what_is_no_table_of_text_is_said_to_be_so() {
    let first = |bytes: &[u8]| messages(bytes).remove(0);
    let text = "expected a CSV, TSV, XLSX, XLS, ODS, Parquet or Arrow file";
    let sound = "expected a sound workbook (open it in a spreadsheet program and save it again)";
    assert_eq!(
        first(b"PK\x03\x04\x14\0\x06\0"),
        format!(
            "t.csv: the text is not well-formed: found invalid Zip archive: Could not find EOCD, {sound}"
        )
    );
    assert_eq!(
        first(b"\x1f\x8b\x08\0"),
        format!("t.csv: the text is not well-formed: found gzip, {text}")
    );
    assert_eq!(
        first(b"code,meetings\nc1,\0\n"),
        format!("t.csv: the text is not well-formed: found NUL, {text}")
    );
    let western = encoding_rs::WINDOWS_1252
        .encode("code,name\nc1,Ch\u{e2}teau d'\u{c9}t\u{e9}\nc2,\u{ab}\u{c9}t\u{e9}\u{bb}\n")
        .0;
    assert_eq!(
        first(&western),
        "t.csv: the text is not well-formed: found windows-1252, expected UTF-8 or GB18030 text"
    );
    let mut broken = encoding_rs::GB18030.encode(WIDE).0.into_owned();
    broken.extend_from_slice(b"c3,\xff\xff,,1\n");
    assert_eq!(messages(&broken).len(), 1);
    let forced = ReadOptions::new().with_encoding(Encoding::Gb18030);
    let faults = read_with(&broken, &forced).unwrap_err();
    assert_eq!(
        faults.to_string(),
        "t.csv:4: the text is not well-formed: expected UTF-8 or GB18030 text"
    );
    let faults = read_with(
        "code,meetings\nc1,3\nc2,\"4\nc3,5\n",
        &ReadOptions::new().with_format(Format::Csv),
    )
    .unwrap_err();
    assert_eq!(
        faults.to_string(),
        "t.csv:3: the text is not well-formed: found \", expected quotes in pairs: this one is never closed"
    );
}

#[test]
fn limits_are_checked_before_memory_is_taken() {
    let limits = |limits: Limits| ReadOptions::new().with_limits(limits);
    let stated = Limits::STATED;
    let small = limits(Limits {
        bytes: 20,
        ..stated
    });
    assert_eq!(
        read_with(WIDE, &small).unwrap_err().to_string(),
        format!(
            "t.csv: the input is over a stated limit: found {}, expected at most 20 bytes",
            WIDE.len()
        )
    );
    let stream = Source::reader("stream", std::io::repeat(b'x'));
    assert_eq!(
        read_observations(&standard(), stream, &small)
            .unwrap_err()
            .to_string(),
        "stream: the input is over a stated limit: expected at most 20 bytes"
    );
    let rows = limits(Limits { rows: 2, ..stated });
    assert_eq!(
        read_with(WIDE, &rows).unwrap_err().to_string(),
        "t.csv:3: the input is over a stated limit: found 3, expected at most 2 rows with the heading"
    );
    let columns = limits(Limits {
        columns: 6,
        ..stated
    });
    assert_eq!(
        read_with(WIDE, &columns).unwrap_err().to_string(),
        "t.csv:1: the input is over a stated limit: expected at most 6 columns"
    );
    assert!(
        read_with(
            WIDE,
            &limits(Limits {
                rows: 3,
                columns: 7,
                ..stated
            })
        )
        .is_ok()
    );
}

#[test]
fn a_line_of_100_mb_is_a_fault() {
    let long = |start: &'static str| {
        let line = std::io::repeat(b'7').take(100_000_000);
        Source::reader("long.csv", start.as_bytes().chain(line))
    };
    let fault = |start| {
        let faults = read_observations(&standard(), long(start), &ReadOptions::new()).unwrap_err();
        faults.to_string()
    };
    assert_eq!(
        fault("code,meetings\nc1,x\nc2,"),
        "long.csv:2:meetings: c1: the value cannot be read: found x, expected a whole number, at least 0\n\
         long.csv:3: the input is over a stated limit: found c2,7777777777777777777777777777777777777…, \
         expected at most 1,000,000 bytes a line"
    );
    assert_eq!(
        fault("code,meetings\nc1,1\nc2,\""),
        "long.csv:3: the text is not well-formed: found \", expected quotes in pairs: this one is never closed"
    );
}

#[test]
fn files_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marks.tsv");
    std::fs::write(&path, "code\tname\tmeetings\nc1\t甲,乙\t3\n").unwrap();
    let table = read_observations(&standard(), Source::path(&path), &ReadOptions::new()).unwrap();
    assert_eq!(table.attribute("name").unwrap(), ["甲,乙"]);
    let code = |path: &std::path::Path| {
        let read = read_observations(&standard(), Source::path(path), &ReadOptions::new());
        read.unwrap_err().listed[0].code
    };
    assert_eq!(code(folder.path()), FaultCode::Unreadable);
    assert_eq!(code(&folder.path().join("none.csv")), FaultCode::Unreadable);
}

#[test]
fn reading_can_be_cancelled() {
    let mut text = String::from("code,meetings\n");
    for row in 0..10_000 {
        text.push_str(&format!("c{row},1\n"));
    }
    let options = ReadOptions::new().with_progress(std::sync::Arc::new(|done, all| {
        assert!(done <= all);
        false
    }));
    let faults = read_with(&text, &options).unwrap_err();
    assert_eq!(faults.listed[0].code, FaultCode::Cancelled);
}
