//! Workbooks in: files of openpyxl and LibreOffice, every fault in its cell, hostile files.

#![cfg(feature = "workbook")]

use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dabiao::{FaultCode, Faults, Lang, Observations, Standard};
use dabiao_io::{Limits, ReadOptions, Source, read_observations};
use zip::write::SimpleFileOptions;

const STANDARD: &str = r#"
[standard]
id = "small"
title = "Small"
[measures.meetings]
type = "count"
title = "议事次数"
[measures.coverage]
type = "number"
unit = "%"
title = "覆盖率"
[measures.level]
type = "label"
labels = ["优", "良", "差"]
title = "等级"
[measures.charter]
type = "yes-no"
title = "有无章程"
[measures.since]
type = "date"
title = "成立日期"
[measures.mark]
type = "number"
title = "打分"
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
title = "Coverage"
points = 2
value = "coverage"
curve = [["0%", 0], ["100%", 2]]
[[section.item]]
id = "1.3"
title = "Level"
points = 3
value = "level"
levels = { "优" = 3, "良" = 2, "差" = 0 }
[[section.item]]
id = "1.4"
title = "Charter"
points = 1
value = "charter"
yes_no = {}
[[section.item]]
id = "1.5"
title = "Age"
points = 1
value = "days(since, 2020-12-31)"
bands = [{ at_least = 365, points = 1 }]
[[section.item]]
id = "1.6"
title = "Mark"
points = 2
value = "mark"
curve = [[0, 0], [2, 2]]
"#;

/// The rows of the workbooks, as they are typed into a CSV file.
const AS_CSV: &str = "社区编码,社区名称,区县,议事次数,覆盖率,等级,有无章程,成立日期,打分\n\
    c03,丙社区,环翠区,12,95.5%,良,是,2020-07-23,1.5\n\
    c01,甲社区,环翠区,1359,100%,优,true,2019-01-01,0.3\n\
    c02,乙社区,文登区,,7%,差,否,,不涉及\n\
    104,丁社区,文登区,0,12.3456%,,√,1996-02-29,2\n";

fn standard() -> Standard {
    Standard::from_toml(STANDARD).unwrap()
}

/// The committed workbooks, or fresh ones made by the same script.
fn folder() -> PathBuf {
    match std::env::var_os("DABIAO_WORKBOOKS") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks"),
    }
}

fn read(source: Source<'_>) -> Result<Observations, Faults> {
    read_observations(&standard(), source, &ReadOptions::new())
}

fn read_file(name: &str) -> Result<Observations, Faults> {
    read(Source::path(folder().join(name)))
}

fn digest(table: &Observations) -> String {
    table.digest(&standard())
}

fn messages(faults: &Faults) -> Vec<String> {
    let folder = folder().display().to_string();
    let shown = |message: String| message.replace(&format!("{folder}/"), "");
    let listed = faults.listed.iter();
    listed.map(|fault| shown(fault.message(Lang::En))).collect()
}

#[test]
fn real_workbooks_read_as_their_csv_does() {
    let csv = read(Source::bytes("t.csv", AS_CSV)).unwrap();
    for name in [
        "openpyxl.xlsx",
        "libreoffice.xlsx",
        "libreoffice.ods",
        "libreoffice.xls",
    ] {
        let table = read_file(name).map_err(|faults| messages(&faults)).unwrap();
        assert_eq!(table.codes(), ["104", "c01", "c02", "c03"], "{name}");
        assert_eq!(table.attribute("name"), csv.attribute("name"), "{name}");
        assert_eq!(digest(&table), digest(&csv), "{name}");
        assert_eq!(
            table.line(3),
            Some(6),
            "{name}: rows are those of the sheet"
        );
    }
    let bytes = std::fs::read(folder().join("libreoffice.ods")).unwrap();
    let from_bytes = read(Source::bytes("<stdin>", &bytes)).unwrap();
    assert_eq!(digest(&from_bytes), digest(&csv));
    let streamed = read(Source::reader("table.csv", bytes.as_slice())).unwrap();
    assert_eq!(digest(&streamed), digest(&csv));
}

#[test]
fn a_sheet_may_be_named() {
    let read_sheet = |name: &str, sheet: &str| {
        let options = ReadOptions::new().with_sheet(sheet);
        read_observations(&standard(), Source::path(folder().join(name)), &options)
    };
    for name in ["openpyxl.xlsx", "libreoffice.ods", "libreoffice.xls"] {
        assert_eq!(read_sheet(name, "填报表").unwrap().len(), 4);
        assert_eq!(
            read_sheet(name, "旧表").unwrap().len(),
            0,
            "hidden, yet asked for"
        );
        let faults = read_sheet(name, "表1").unwrap_err();
        assert_eq!(
            messages(&faults),
            [format!(
                "{name}: the file cannot be read: found 表1, expected one of its sheets: 旧表, 封面, 填报表"
            )]
        );
    }
}

#[test]
fn a_formula_without_a_result_is_a_fault() {
    let faults = read_file("no-results.xlsx").unwrap_err();
    let cells: Vec<_> = faults
        .listed
        .iter()
        .map(|f| f.place.cell.as_deref().unwrap())
        .collect();
    assert_eq!(cells, ["B6", "D6", "E6", "H6"]);
    assert_eq!(
        messages(&faults)[0],
        "no-results.xlsx:填报表!B6: the value cannot be read: expected the formula's result: \
         open the workbook in a spreadsheet program and save it"
    );
}

#[test]
fn every_fault_names_its_cell() {
    for name in ["errors.xlsx", "errors.ods", "errors.xls"] {
        let faults = read_file(name).unwrap_err();
        let mut found = messages(&faults);
        found.sort();
        let wrong = "the value cannot be read: found";
        let expected = [
            "A5:code: a duplicated code: found c1, expected one row a code (first in row 3)",
            &format!("B4:议事次数: c2: {wrong} 许多, expected a whole number, at least 0"),
            &format!("C3: {wrong} #DIV/0!, expected a value: the formula failed"),
            &format!("C4: {wrong} #N/A, expected a value: the formula failed"),
        ];
        assert_eq!(
            found,
            expected.map(|message| format!("{name}:Sheet1!{message}"))
        );
    }
}

/// A workbook of one sheet, from its XML and further parts.
fn xlsx(sheet_data: &str, further: &[(&str, &str)]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let sheet =
        format!(r#"<worksheet xmlns="{main}"><sheetData>{sheet_data}</sheetData></worksheet>"#);
    let book = format!(
        r#"<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let top = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let of_book = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId9" Type="{rel}/externalLink" Target="http://127.0.0.1:9/none.xlsx" TargetMode="External"/></Relationships>"#
    );
    let mut parts = vec![
        ("_rels/.rels", top.as_str()),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &of_book),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    parts.extend(further);
    archive(&parts)
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ])
}

/// Reads it within bounds of time, and gives its one fault.
fn refused(name: &str, bytes: &[u8]) -> (FaultCode, String) {
    let start = Instant::now();
    let faults = read(Source::bytes(name, bytes)).unwrap_err();
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{name} took {:?}",
        start.elapsed()
    );
    assert_eq!(faults.count(), 1, "{faults}");
    (faults.listed[0].code, messages(&faults).remove(0))
}

const HEADING: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1" t="inlineStr"><is><t>议事次数</t></is></c></row>"#;

#[test]
fn inline_and_shared_texts_formulas_and_external_links_are_values() {
    let shared = r#"<sst uniqueCount="99999999999999999"><si><t>c&#49;</t></si><si><r><t>甲</t></r><r><t>_x000D_社区</t></r><rPh><t>jia</t></rPh></si></sst>"#;
    let rows = format!(
        r#"{HEADING}<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><f>[1]Sheet1!A1+'http://127.0.0.1:9/x.xlsx'!B2</f><v>7</v></c></row>"#
    );
    let table = read(Source::bytes(
        "t.xlsx",
        &xlsx(&rows, &[("xl/sharedStrings.xml", shared)]),
    ))
    .unwrap();
    let csv = read(Source::bytes("t.csv", "code,议事次数\nc1,7\n")).unwrap();
    assert_eq!(digest(&table), digest(&csv));
}

#[test]
fn cells_without_addresses_count_on() {
    let rows = r#"<row><c t="inlineStr"><is><t>code</t></is></c><c t="str"><v>议事次数</v></c></row><row><c t="str"><v>c1</v></c><c><v>7</v></c></row>"#;
    let table = read(Source::bytes("t.xlsx", &xlsx(rows, &[]))).unwrap();
    let csv = read(Source::bytes("t.csv", "code,议事次数\nc1,7\n")).unwrap();
    assert_eq!(digest(&table), digest(&csv));
}

#[test]
fn two_cells_at_opposite_corners_take_no_memory() {
    let rows = format!(r#"{HEADING}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#);
    let (code, message) = refused("corners.xlsx", &xlsx(&rows, &[]));
    assert_eq!(code, FaultCode::TooLarge);
    assert_eq!(
        message,
        "corners.xlsx:S!XFD1048576: the input is over a stated limit: expected at most 1,024 columns and 1,048,576 rows"
    );
    // Within the limits it is a table with an odd row.
    let rows = format!(
        r#"{HEADING}<row r="1048576"><c r="A1048576" t="str"><v>c1</v></c><c r="B1048576"><v>1</v></c></row>"#
    );
    let table = read(Source::bytes("t.xlsx", &xlsx(&rows, &[]))).unwrap();
    assert_eq!(table.line(0), Some(1_048_576));
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let rows = format!("{HEADING}{}", " ".repeat(50_000_000));
    let bytes = xlsx(&rows, &[]);
    assert!(bytes.len() < 200_000);
    let small = Limits {
        bytes: 10_000_000,
        ..Limits::STATED
    };
    let options = ReadOptions::new().with_limits(small);
    let faults =
        read_observations(&standard(), Source::bytes("b.xlsx", &bytes), &options).unwrap_err();
    let message = messages(&faults).remove(0);
    assert!(
        message.ends_with("expected at most 10,000,000 bytes uncompressed"),
        "{message}"
    );

    // One that lies about its size, in both of the places that say it.
    let mut lying = bytes.clone();
    let size = (0..lying.len() - 4)
        .map(|at| u32::from_le_bytes(lying[at..at + 4].try_into().unwrap()))
        .find(|size| (50_000_000..50_001_000).contains(size))
        .unwrap()
        .to_le_bytes();
    let mut changed = 0;
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size {
            lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
            changed += 1;
        }
    }
    assert!(changed >= 1);
    let faults =
        read_observations(&standard(), Source::bytes("b.xlsx", &lying), &options).unwrap_err();
    let message = messages(&faults).remove(0);
    assert_eq!(faults.count(), 1);
    assert!(
        message.contains("than the archive's directory says") || message.contains("sound workbook"),
        "{message}"
    );
}

#[test]
fn repeated_cells_are_not_written_out() {
    let row = |rows: u32, columns: u32| {
        format!(
            r#"<table:table-row><table:table-cell office:value-type="string"><text:p>code</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>议事次数</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="{rows}"><table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>"#
        )
    };
    let (code, _) = refused("t.ods", &ods(&row(4_294_967_295, 4_294_967_295)));
    assert_eq!(code, FaultCode::TooLarge);
    let (code, message) = refused("t.ods", &ods(&row(1, 2000)));
    assert_eq!(code, FaultCode::TooLarge);
    assert!(message.starts_with("t.ods:S!AMK2: "), "{message}");
    // Blank cells to the end of the sheet, as LibreOffice writes them, are nothing.
    let blank = r#"<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let table = read(Source::bytes("t.ods", &ods(&(row(1, 2) + blank)))).unwrap();
    assert_eq!(table.codes(), ["1"]);
}

#[test]
fn what_is_damaged_or_something_else_is_said_to_be_so() {
    let whole = std::fs::read(folder().join("openpyxl.xlsx")).unwrap();
    let old = std::fs::read(folder().join("libreoffice.xls")).unwrap();
    for (name, bytes) in [
        ("cut.xlsx", &whole[..whole.len() / 2]),
        ("cut.xls", &old[..old.len() / 2]),
        ("head.xls", &old[..600]),
        ("text.xlsx", b"code,meetings\nc1,3\n".as_slice()),
        ("text.xls", b"code,meetings\nc1,3\n"),
        ("text.ods", b"code,meetings\nc1,3\n"),
        ("text.parquet", b"code,meetings\nc1,3\n"),
        ("empty.xlsx", b""),
        ("zip.xlsx", &archive(&[("a.txt", "a")])),
        ("zip.ods", &archive(&[("content.xml", "<a>")])),
        ("binary.xlsx", &archive(&[("xl/workbook.bin", "a")])),
        (
            "entity.xlsx",
            &xlsx(
                "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>&boom;</v></c></row>",
                &[],
            ),
        ),
        (
            "address.xlsx",
            &xlsx("<row r=\"1\"><c r=\"1A\"><v>1</v></c></row>", &[]),
        ),
        (
            "string.xlsx",
            &xlsx("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>", &[]),
        ),
    ] {
        let faults = read(Source::bytes(name, bytes)).unwrap_err();
        assert_eq!(faults.count(), 1, "{name}: {faults}");
        assert_eq!(faults.listed[0].code, FaultCode::Syntax, "{name}: {faults}");
    }
    let message = refused("text.xlsx", b"code\n").1;
    assert_eq!(
        message,
        "text.xlsx: the text is not well-formed: found text, expected a file of the format XLSX"
    );
}

#[test]
fn no_cut_and_no_flipped_byte_brings_the_reader_down() {
    for name in ["openpyxl.xlsx", "libreoffice.ods", "libreoffice.xls"] {
        let whole = std::fs::read(folder().join(name)).unwrap();
        for at in (0..whole.len()).step_by(97) {
            let _ = read(Source::bytes(name, &whole[..at]));
            let mut flipped = whole.clone();
            flipped[at] ^= 0x55;
            let _ = read(Source::bytes(name, &flipped));
        }
    }
}

#[test]
fn rows_out_of_order_are_no_table() {
    let cell =
        |row: u32| format!(r#"<row r="{row}"><c r="A{row}" t="str"><v>c{row}</v></c></row>"#);
    let bytes = xlsx(&format!("{HEADING}{}{}", cell(5), cell(3)), &[]);
    let faults = read(Source::bytes("t.xlsx", &bytes)).unwrap_err();
    assert!(
        faults
            .listed
            .iter()
            .any(|fault| fault.code == FaultCode::Syntax),
        "{faults}"
    );
}
