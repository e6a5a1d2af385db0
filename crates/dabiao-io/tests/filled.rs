//! Templates that came back filled in, by a program that worked out no formula or whose saved
//! results are old: the form's own cells count. And folders of them put together.

#![cfg(feature = "workbook")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use dabiao::{Faults, Lang, Observations, Standard};
use dabiao_io::{
    CollectOptions, Collected, ReadOptions, Registered, Source, TemplateCommunity, TemplateOptions,
    collect, read_observations, template,
};
use zip::write::SimpleFileOptions;

const STANDARD: &str = include_str!("workbooks/standard.toml");

fn standard() -> Standard {
    Standard::from_toml(STANDARD).unwrap()
}

/// A template's parts, to be filled in as a program does that knows no formula.
struct Book(BTreeMap<String, String>);

const DATA: &str = "xl/worksheets/sheet1.xml";
const FORM: &str = "xl/worksheets/sheet2.xml";
const GRID: &str = "xl/worksheets/sheet3.xml";
const UNITS: &str = "xl/worksheets/sheet4.xml";

impl Book {
    fn new(options: &TemplateOptions) -> Book {
        let bytes = template(&standard(), options).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = BTreeMap::new();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            parts.insert(part.name().unwrap().into_owned(), text);
        }
        Book(parts)
    }

    fn of(code: &str) -> Book {
        Book::new(&TemplateOptions::new().for_community(community(code)))
    }

    fn street(codes: &[&str]) -> Book {
        let communities = codes.iter().map(|code| community(code)).collect();
        Book::new(&TemplateOptions::new().for_street(communities))
    }

    /// The cell of the form in which a measure is typed, as the data sheet says.
    fn cell_of(&self, measure: &str) -> String {
        let strings = self.0["xl/sharedStrings.xml"].split("<t>").skip(1);
        let strings: Vec<&str> = strings.map(|s| s.split('<').next().unwrap()).collect();
        let place = |text: &str| strings.iter().position(|held| *held == text).unwrap();
        let mut places = strings.iter().filter_map(|s| s.strip_prefix("自评表!"));
        let measure = place(measure) - place("name") - 1;
        places.nth(measure).unwrap().to_owned()
    }

    /// Puts `<v>…</v>` or the like into a cell that is there, in the style that it has.
    fn put(mut self, part: &str, cell: &str, kind: &str, inside: &str) -> Book {
        let xml = self.0.get_mut(part).unwrap();
        let from = xml.find(&format!("<c r=\"{cell}\"")).expect(cell);
        let tag = from + xml[from..].find('>').unwrap();
        let style = xml[from..tag].split("s=\"").nth(1).unwrap();
        let style = style.split('"').next().unwrap().to_owned();
        let to = if xml[..tag].ends_with('/') {
            tag + 1
        } else {
            from + xml[from..].find("</c>").unwrap() + 4
        };
        let filled = format!("<c r=\"{cell}\" s=\"{style}\"{kind}>{inside}</c>");
        xml.replace_range(from..to, &filled);
        self
    }

    fn number(self, part: &str, cell: &str, number: &str) -> Book {
        self.put(part, cell, "", &format!("<v>{number}</v>"))
    }

    fn text(self, part: &str, cell: &str, text: &str) -> Book {
        let inside = format!("<is><t>{text}</t></is>");
        self.put(part, cell, " t=\"inlineStr\"", &inside)
    }

    /// As a person types 95% into a cell, which then shows percentages.
    fn percent(mut self, cell: &str, share: &str) -> Book {
        let styles = self.0.get_mut("xl/styles.xml").unwrap();
        let (start, end) = (
            styles.find("<cellXfs").unwrap(),
            styles.find("</cellXfs>").unwrap(),
        );
        let style = styles[start..end].matches("<xf ").count();
        styles.insert_str(
            end,
            "<xf numFmtId=\"9\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>",
        );
        let mut book = self.number(FORM, cell, share);
        let xml = book.0.get_mut(FORM).unwrap();
        let from = xml.find(&format!("<c r=\"{cell}\"")).unwrap();
        let at = from + xml[from..].find("s=\"").unwrap() + 3;
        let to = at + xml[at..].find('"').unwrap();
        xml.replace_range(at..to, &style.to_string());
        book
    }

    /// Takes all saved results out of the data sheet, or puts an old one into all cells.
    fn saved(mut self, result: Option<&str>) -> Book {
        let xml = self.0.get_mut(DATA).unwrap();
        let mut out = String::new();
        for piece in xml.split_inclusive("</c>") {
            match (piece.find("</f>"), piece.rfind("<v>")) {
                (Some(f), Some(v)) if f < v => {
                    let head = piece[..v].replace(" t=\"str\"", "");
                    let held = result.map(|r| format!("<v>{r}</v>")).unwrap_or_default();
                    out.push_str(&format!("{head}{held}</c>"));
                }
                _ => out.push_str(piece),
            }
        }
        assert!(*xml != out);
        *xml = out;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in &self.0 {
            let options = SimpleFileOptions::default();
            archive.start_file(name.as_str(), options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn read(&self) -> Result<Observations, Faults> {
        let (bytes, options) = (self.bytes(), ReadOptions::new());
        read_observations(&standard(), Source::bytes("t.xlsx", &bytes), &options)
    }
}

fn community(code: &str) -> TemplateCommunity {
    TemplateCommunity {
        code: code.to_owned(),
        name: format!("{code}社区"),
    }
}

fn digest(table: &Observations) -> String {
    table.digest(&standard())
}

fn messages(faults: &Faults) -> Vec<String> {
    let listed = faults.listed.iter();
    listed.map(|fault| fault.message(Lang::En)).collect()
}

/// The form of one community with all its values.
fn filled(code: &str) -> Book {
    let book = Book::of(code);
    let cell = |measure: &str| book.cell_of(measure);
    let (meetings, coverage, level) = (cell("meetings"), cell("coverage"), cell("level"));
    let (charter, since) = (cell("charter"), cell("since"));
    book.number(FORM, &meetings, "12")
        .number(FORM, &coverage, "0.955")
        .text(FORM, &level, "良")
        .text(FORM, &charter, "是")
        .number(FORM, &since, "44035")
}

const CSV: &str = "code,name,meetings,coverage,level,charter,since\n";

fn of_csv(rows: &str) -> Observations {
    let text = format!("{CSV}{rows}");
    read_observations(
        &standard(),
        Source::bytes("t.csv", &text),
        &ReadOptions::new(),
    )
    .unwrap()
}

#[test]
fn a_form_is_read_whatever_was_worked_out_of_it() {
    let expected = digest(&of_csv("c1,c1社区,12,95.5%,良,是,2020-07-23\n"));
    for (saved, book) in [
        ("none", filled("c1").saved(None)),
        ("old", filled("c1").saved(Some("7"))),
        ("blank", filled("c1")),
    ] {
        let table = book.read().map_err(|faults| messages(&faults)).unwrap();
        assert_eq!(digest(&table), expected, "{saved} results");
        assert_eq!(table.attribute("name").unwrap(), ["c1社区"]);
    }
}

#[test]
fn a_street_is_read_row_by_row() {
    let book = Book::street(&["c1", "c2", "c3"]);
    let first = book.cell_of("meetings");
    let (letters, digits) = first.split_at(first.find(|c: char| c.is_ascii_digit()).unwrap());
    let row: u32 = digits.parse().unwrap();
    let book = book
        .number(FORM, &format!("{letters}{row}"), "3")
        .number(FORM, &format!("{letters}{}", row + 2), "5")
        .saved(Some("7"));
    let table = book.read().map_err(|faults| messages(&faults)).unwrap();
    let expected = of_csv("c1,c1社区,3,,,,\nc2,c2社区,,,,,\nc3,c3社区,5,,,,\n");
    assert_eq!(digest(&table), digest(&expected));
}

#[test]
fn a_percentage_is_told_by_the_cell_in_which_it_was_typed() {
    let book = Book::of("c1");
    let cell = book.cell_of("coverage");
    let table = book.percent(&cell, "0.95").saved(None).read();
    let table = table.map_err(|faults| messages(&faults)).unwrap();
    assert_eq!(
        table.value(&standard(), "coverage", 0).as_deref(),
        Some("95")
    );
}

#[test]
fn a_fault_names_the_cell_of_the_form() {
    let book = filled("c1");
    let (coverage, level) = (book.cell_of("coverage"), book.cell_of("level"));
    let meetings = book.cell_of("meetings");
    let faults = book
        .number(FORM, &coverage, "1.3")
        .text(FORM, &level, "很好")
        .put(FORM, &meetings, " t=\"e\"", "<v>#N/A</v>")
        .saved(None)
        .read()
        .unwrap_err();
    let mut found = messages(&faults);
    found.sort();
    assert_eq!(
        found,
        [
            format!(
                "t.xlsx:自评表!{meetings}: the value cannot be read: found #N/A, expected a value: the formula failed"
            ),
            format!(
                "t.xlsx:自评表!{coverage}:coverage: c1: out of range: found 130%, expected 0 to 100"
            ),
            format!(
                "t.xlsx:自评表!{level}:level: c1: unknown label: found 很好, expected 优, 良, 差"
            ),
        ]
    );
    // Nobody said whose it is.
    let faults = Book::new(&TemplateOptions::new());
    let faults = faults.number(FORM, &meetings, "3").read().unwrap_err();
    assert_eq!(
        messages(&faults),
        ["t.xlsx:自评表!B3:code: a row without a code"]
    );
}

fn put_together(
    files: &[(&str, Vec<u8>)],
    options: &CollectOptions,
) -> Result<Collected, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    collect(&standard(), folder.path(), options).map_err(|faults| {
        let here = format!("{}/", folder.path().display());
        messages(&faults)
            .into_iter()
            .map(|message| message.replace(&here, ""))
            .collect()
    })
}

fn registry(codes: &[&str]) -> Vec<Registered> {
    let codes = codes.iter();
    codes
        .map(|code| Registered {
            code: (*code).to_owned(),
            name: format!("{code}社区"),
            district: String::new(),
        })
        .collect()
}

#[test]
fn a_folder_becomes_one_table() {
    let options = CollectOptions::new().with_registry(registry(&["c1", "c2", "c3", "c4"]));
    let files = [
        ("1.xlsx", filled("c1").saved(None).bytes()),
        ("2.xlsx", filled("c2").saved(Some("7")).bytes()),
        ("3.xlsx", Book::of("c3").saved(None).bytes()),
        ("4.xlsx", Book::new(&TemplateOptions::new()).bytes()),
    ];
    let found = put_together(&files, &options).unwrap();
    let values = "社区,12,95.5,良,是,2020-07-23\n";
    let expected = of_csv(&format!("c1,c1{values}c2,c2{values}"));
    assert_eq!(digest(&found.observations), digest(&expected));
    let missing: Vec<&str> = found.missing.iter().map(|m| m.code.as_str()).collect();
    assert_eq!(missing, ["c3", "c4"]);
    let blank: Vec<_> = found
        .blank
        .iter()
        .map(|b| (b.code.as_str(), b.file.as_str()))
        .collect();
    assert_eq!(blank, [("c3", "3.xlsx"), ("", "4.xlsx")]);
    assert_eq!((found.grid_sheets, found.unit_sheets), (0, 0));

    // Twice, and one that nobody knows.
    let options = CollectOptions::new().with_registry(registry(&["c1"]));
    let files = [
        ("1.xlsx", filled("c1").bytes()),
        ("2.xlsx", filled("c1").bytes()),
        ("3.xlsx", filled("c9").bytes()),
    ];
    let mut said = put_together(&files, &options).unwrap_err();
    said.sort();
    assert_eq!(
        said,
        [
            "2.xlsx:自评表!B3:code: a duplicated code: found c1, expected each community once (it stands in 1.xlsx, 自评表!B3)",
            "3.xlsx:自评表!B3:code: an unknown unit: found c9, expected a community of the registry",
        ]
    );
}

/// The sheet of the grid of a community that stands in its row 4: street, two grids, a building.
fn with_grid(book: Book, code: &str, organised: &str) -> Book {
    let row = |book: Book, row: u32, cells: [&str; 5]| {
        let columns = ["A", "B", "C", "D", "E"];
        columns
            .iter()
            .zip(cells)
            .fold(book, |book, (column, text)| match text {
                "" => book,
                text => book.text(GRID, &format!("{column}{row}"), text),
            })
    };
    let (g1, g2, b1) = (
        format!("{code}-1"),
        format!("{code}-2"),
        format!("{code}-1-1"),
    );
    let book = book.text(GRID, "C4", "s1");
    let book = row(book, 5, ["s1", "街道", "", "东街道", organised]);
    let book = row(book, 6, [&g1, "网格", code, "一网格", "是"]);
    let book = row(book, 7, [&g2, "网格", code, "二网格", "否"]);
    row(book, 9, [&b1, "楼宇", &g1, "", "是"]).number(GRID, "F6", "420")
}

#[test]
fn grids_and_values_of_units_become_tables_beside_it() {
    let units = |book: Book, code: &str| {
        book.text(UNITS, "A4", &format!("{code}-1"))
            .number(UNITS, "B4", "0.5")
            .text(UNITS, "A5", &format!("{code}-2"))
            .text(UNITS, "B5", "不涉及")
    };
    let one = with_grid(units(filled("c1"), "c1"), "c1", "是");
    let two = with_grid(units(Book::of("c2"), "c2"), "c2", "");
    let files = [("1.xlsx", one.bytes()), ("2.xlsx", two.saved(None).bytes())];
    let known = CollectOptions::new().with_registry(registry(&["c1", "c2"]));
    let left = put_together(&files, &known).unwrap();
    assert_eq!((left.grid_sheets, left.unit_sheets), (2, 2));
    assert_eq!((left.grid, left.units), (None, None));
    assert!(left.missing.is_empty(), "values of units alone are a form");

    let all = known.clone().with_grid().with_units();
    let found = put_together(&files, &all).unwrap();
    let grid = found.grid.unwrap();
    let lines = |rows: &[Vec<String>]| -> Vec<String> {
        let rows = rows.iter();
        rows.map(|row| row.join(",")).collect()
    };
    assert_eq!(
        grid.heading.join(","),
        "code,level,parent,name,organisation,households,members,compound"
    );
    assert_eq!(
        lines(&grid.rows),
        [
            "c1,社区,s1,c1社区,,,,",
            "s1,街道,,东街道,是,,,",
            "c1-1,网格,c1,一网格,是,420,,",
            "c1-2,网格,c1,二网格,否,,,",
            "c1-1-1,楼宇,c1-1,,是,,,",
            "c2,社区,s1,c2社区,,,,",
            "c2-1,网格,c2,一网格,是,420,,",
            "c2-2,网格,c2,二网格,否,,,",
            "c2-1-1,楼宇,c2-1,,是,,,",
        ]
    );
    let values = found.units.unwrap();
    assert_eq!(values.heading, ["code", "patrols"]);
    assert_eq!(
        lines(&values.rows),
        ["c1-1,0.5", "c1-2,不涉及", "c2-1,0.5", "c2-2,不涉及"]
    );

    // Two communities of a street that tell it otherwise, a parent that there is not, a unit
    // that no grid has, a value that is none.
    let one = with_grid(filled("c1"), "c1", "是");
    let two = with_grid(filled("c2"), "c2", "否").text(GRID, "C6", "c9");
    let files = [("1.xlsx", one.bytes()), ("2.xlsx", two.bytes())];
    let mut said = put_together(&files, &all).unwrap_err();
    said.sort();
    assert_eq!(
        said,
        [
            "2.xlsx:网格!C6:parent: c2-1: a missing or unfit parent: found c9, expected community",
            "2.xlsx:网格!E5:党组织: s1: a duplicated unit: found 否, expected 是, as in 1.xlsx, row 5",
        ]
    );
    let one = with_grid(units(filled("c1"), "c1"), "c1", "是").text(UNITS, "A5", "c1-7");
    let one = one.text(UNITS, "B4", "许多");
    let said = put_together(&[("1.xlsx", one.bytes())], &all).unwrap_err();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said.iter()
            .any(|m| m.starts_with("1.xlsx:单元数据!B4:patrols: ")),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|m| m.starts_with("1.xlsx:单元数据!A5:code: ")),
        "{said:?}"
    );
}

#[test]
fn a_folder_that_is_none_is_said_to_be_so() {
    assert!(
        collect(
            &standard(),
            Path::new("no such folder"),
            &CollectOptions::new()
        )
        .is_err()
    );
}
