//! Files that are protected, cut, damaged or made to do harm: a clear fault, in bounded memory,
//! and nothing else on standard error. What is said of a whole process is looked at in a child:
//! this program, run again for one test.

#![cfg(all(feature = "workbook", feature = "columns"))]

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use dabiao::{FaultCode, Faults, Lang, Observations, Standard};
use dabiao_io::{Limits, ReadOptions, Source, read_observations, write_observations_parquet};
use zip::write::SimpleFileOptions;

const FILE: &str = "DABIAO_HOSTILE_FILE";

fn standard() -> Standard {
    Standard::from_toml(include_str!("workbooks/standard.toml")).unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Result<Observations, Faults> {
    let source = Source::bytes(name, bytes);
    read_observations(&standard(), source, &ReadOptions::new())
}

/// Its one fault.
fn refused(name: &str, bytes: &[u8]) -> (FaultCode, String) {
    let faults = read(name, bytes).unwrap_err();
    assert_eq!(faults.count(), 1, "{name}: {faults}");
    (faults.listed[0].code, faults.listed[0].message(Lang::En))
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default();
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of one sheet.
fn xlsx(sheet_data: &[u8]) -> Vec<u8> {
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!(
            r#"<Relationships><Relationship Id="r1" Type="{rel}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let book = r#"<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let sheet = [
        b"<worksheet><sheetData>",
        sheet_data,
        b"</sheetData></worksheet>",
    ]
    .concat();
    archive(&[
        (
            "_rels/.rels",
            relation("officeDocument", "xl/workbook.xml").as_bytes(),
        ),
        ("xl/workbook.xml", book.as_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml").as_bytes(),
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

/// A compound file with one stream.
fn ole(stream: &str, bytes: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream)
        .unwrap()
        .write_all(bytes)
        .unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn a_workbook_with_a_password_says_what_to_do() {
    // XLS: the record BOF, then FILEPASS.
    let xls = [0x09, 0x08, 4, 0, 0, 6, 5, 0, 0x2f, 0, 2, 0, 1, 0];
    let manifest = br#"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"#;
    for (name, bytes) in [
        ("t.xlsx", ole("/EncryptedPackage", &[7; 5000])),
        ("t.xls", ole("/Workbook", &xls)),
        (
            "t.ods",
            archive(&[
                ("META-INF/manifest.xml", manifest),
                ("content.xml", &[7; 99]),
            ]),
        ),
        ("new.ods", archive(&[("encrypted-package", &[7; 99])])),
    ] {
        let faults = read(name, &bytes).unwrap_err();
        assert_eq!(faults.count(), 1, "{name}: {faults}");
        let said = format!(
            "{name}: the file cannot be read: expected a workbook that no password protects (save it without one)"
        );
        // A workbook's ending says XLSX where a password has made a compound file of it.
        assert_eq!(faults.listed[0].message(Lang::En), said);
    }
}

fn batch(rows: usize) -> RecordBatch {
    let codes = StringArray::from_iter_values((0..rows).map(|row| format!("c{row:07}")));
    let numbers = Int64Array::from(vec![7; rows]);
    let columns: [(&str, ArrayRef); 2] =
        [("code", Arc::new(codes)), ("meetings", Arc::new(numbers))];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn arrow(rows: usize, stream: bool, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default()
        .try_with_compression(compression)
        .unwrap();
    let (batch, mut out) = (batch(rows), Vec::new());
    let schema = batch.schema();
    if stream {
        let mut writer = StreamWriter::try_new_with_options(&mut out, &schema, options).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    } else {
        let mut writer = FileWriter::try_new_with_options(&mut out, &schema, options).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    }
    out
}

#[test]
fn arrow_is_read_as_a_file_and_as_a_stream_compressed_or_not() {
    for stream in [false, true] {
        for compression in [
            None,
            Some(CompressionType::ZSTD),
            Some(CompressionType::LZ4_FRAME),
        ] {
            let table = read("t.arrow", &arrow(100, stream, compression));
            let table = table.unwrap_or_else(|faults| panic!("{stream} {compression:?}: {faults}"));
            assert_eq!(table.len(), 100);
            let value = table.value(&standard(), "meetings", 99);
            assert_eq!(value.as_deref(), Some("7"));
        }
    }
}

#[test]
fn what_compressed_arrow_says_of_its_size_is_looked_at_first() {
    let rows = 100_000_usize;
    for stream in [false, true] {
        let mut bytes = arrow(rows, stream, Some(CompressionType::ZSTD));
        let says = (rows as i64 * 8).to_le_bytes();
        let at = bytes.windows(8).position(|held| held == says).unwrap();
        bytes[at..at + 8].copy_from_slice(&4_000_000_000_i64.to_le_bytes());
        let (code, message) = refused("t.arrow", &bytes);
        assert_eq!(code, FaultCode::TooLarge);
        assert!(
            message.ends_with("expected at most 1,000,000,000 bytes uncompressed"),
            "{message}"
        );
        // One that is honest, under a lower limit.
        let limits = Limits {
            bytes: 1_000_000,
            ..Limits::STATED
        };
        let honest = arrow(rows, stream, Some(CompressionType::ZSTD));
        let options = ReadOptions::new().with_limits(limits);
        let source = Source::bytes("t.arrow", &honest);
        let faults = read_observations(&standard(), source, &options).unwrap_err();
        assert_eq!(faults.listed[0].code, FaultCode::TooLarge, "{faults}");
    }
}

fn parquet() -> Vec<u8> {
    let (table, mut bytes) = (
        read("t.arrow", &arrow(50, false, None)).unwrap(),
        Vec::new(),
    );
    write_observations_parquet(&standard(), &table, &mut bytes).unwrap();
    bytes
}

/// Sound files of every kind.
fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks");
    let held = |name: &str| std::fs::read(folder.join(name)).unwrap();
    vec![
        ("t.xlsx", held("libreoffice.xlsx")),
        ("t.ods", held("libreoffice.ods")),
        ("t.xls", held("libreoffice.xls")),
        ("t.parquet", parquet()),
        (
            "t.arrow",
            arrow(50, false, Some(CompressionType::LZ4_FRAME)),
        ),
        ("stream.arrow", arrow(50, true, None)),
    ]
}

#[test]
fn a_file_that_is_cut_is_said_to_be_damaged() {
    for (name, bytes) in sound() {
        for part in [3, 2] {
            let cut = &bytes[..bytes.len() - bytes.len() / part];
            let (code, message) = refused(name, cut);
            assert_eq!(code, FaultCode::Syntax, "{message}");
            assert!(message.contains("expected a sound "), "{message}");
        }
    }
}

#[test]
fn no_piece_of_a_workbook_is_held_beyond_a_bound() {
    let (code, message) = refused("t.xlsx", &xlsx(&vec![b' '; 20_000_000]));
    assert_eq!(code, FaultCode::TooLarge);
    assert_eq!(
        message,
        "t.xlsx: the input is over a stated limit: expected at most 16,777,216 bytes in one piece"
    );
}

/// Runs a test of this program in a process of its own.
fn child(test: &str, file: &Path) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .env("RUST_BACKTRACE", "0");
    command.output().unwrap()
}

/// In a child: reads the file, and says its fault and the most memory that it held.
#[test]
fn child_reads_the_file() {
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let read = read_observations(&standard(), Source::path(&file), &ReadOptions::new());
    let said = match read {
        Ok(table) => format!("{} rows", table.len()),
        Err(faults) => format!("{} {faults}", faults.listed[0].code),
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find(|line| line.starts_with("VmHWM:"));
    println!("said: {}", said.replace('\n', " "));
    println!("most: {}", most.unwrap_or_default());
}

#[test]
#[cfg(target_os = "linux")]
fn hostile_files_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let head = r#"<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="str"><v>meetings</v></c></row>"#;
    let corner = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let spaces = [head.as_bytes(), &vec![b' '; 120_000_000]].concat();
    let rows = [head.as_bytes(), &b"<row></row>".repeat(8_000_000)].concat();
    let mut lying = arrow(100_000, false, Some(CompressionType::ZSTD));
    let says = 800_000_i64.to_le_bytes();
    let at = lying.windows(8).position(|held| held == says).unwrap();
    lying[at..at + 8].copy_from_slice(&900_000_000_000_i64.to_le_bytes());
    for (name, bytes, expected) in [
        (
            "corners.xlsx",
            xlsx(format!("{head}{corner}").as_bytes()),
            "file-too-large",
        ),
        ("spaces.xlsx", xlsx(&spaces), "file-too-large"),
        ("rows.xlsx", xlsx(&rows), "0 rows"),
        ("lying.arrow", lying, "file-too-large"),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let output = child("child_reads_the_file", &file);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let of = |key: &str| {
            let line = said.lines().find_map(|line| line.split(key).nth(1));
            line.unwrap_or_else(|| panic!("{name}: {said}")).to_owned()
        };
        assert!(of("said: ").starts_with(expected), "{name}: {said}");
        let most: u64 = of("VmHWM:").trim().trim_end_matches(" kB").parse().unwrap();
        assert!(most < 200_000, "{name} took {most} kB");
    }
}

/// In a child: reads sound files with bytes changed, as many times as it is told.
#[test]
fn child_reads_damaged_files() {
    let Some(times) = std::env::var_os(FILE).and_then(|times| times.into_string().ok()) else {
        return;
    };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for (name, sound) in sound() {
        for _ in 0..times.parse::<usize>().unwrap_or(0) {
            let mut bytes = sound.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] = random(256) as u8,
                    1 => bytes[at] ^= 1 << random(8),
                    2 => bytes[at] = [0, 0xff, 0x7f, 0x80][random(4)],
                    _ => {
                        let (from, length) = (random(bytes.len()), 1 + random(16));
                        let piece: Vec<u8> = bytes[from..].iter().take(length).copied().collect();
                        let room = bytes.len() - at;
                        let length = piece.len().min(room);
                        bytes[at..at + length].copy_from_slice(&piece[..length]);
                    }
                }
            }
            let _ = read(name, &bytes);
        }
    }
    println!("said: done");
}

#[test]
fn damaged_files_bring_no_reader_down_and_say_nothing_of_their_own() {
    let times = std::env::var("DABIAO_FLIPS").unwrap_or_else(|_| "60".to_owned());
    let output = child("child_reads_damaged_files", Path::new(&times));
    let (said, told) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && said.contains("said: done"),
        "{said}{told}"
    );
    assert!(!told.contains("panicked"), "{told}");
}
