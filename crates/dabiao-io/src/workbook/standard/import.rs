//! A workbook back into a standard.
//!
//! The cells become the text of a standard's file, a line for each, which is read and checked
//! like any other; a fault of a line is a fault of its cell.

use std::collections::{BTreeMap, BTreeSet};

use dabiao::{Fault, FaultCode, Faults, Rational, Standard, Text};

use super::layout::{
    CHECKS, DETAILS, EXTRAS, GRADES, HEAD, ITEMS, Kind, MEASURES, SECTIONS, Sheet, VETOES,
    english_of,
};
use super::table::{At, Line, Table, address, is_absent, place};

/// Whether bytes are those of a workbook rather than of a text.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Reads a standard from a workbook as [`super::standard_workbook`] lays it out: XLSX, XLS or
/// ODS. `name` is the file's name, for faults.
///
/// ```
/// use dabiao::Standard;
/// use dabiao_io::{read_standard, standard_workbook};
/// let standard = Standard::builtin("weihai-2020")?;
/// let workbook = standard_workbook(standard.document())?;
/// let again = read_standard("standard.xlsx", &workbook)?;
/// assert_eq!(again.document(), standard.document());
/// # Ok::<(), dabiao::Faults>(())
/// ```
///
/// # Errors
/// All faults of the standard, each with its sheet and cell.
pub fn read_standard(name: &str, bytes: &[u8]) -> Result<Standard, Faults> {
    let mut faults = Faults::new();
    let mut table = |sheet: &Sheet, required: bool| match Table::read(name, bytes, sheet) {
        Ok(table) => table,
        Err(found) => {
            if !is_absent(&found, sheet) {
                faults.extend(found);
            } else if required {
                let name = sheet.name;
                faults.push(Fault::new(FaultCode::Unreadable).expected(Text::new(
                    format!("名为“{name}”的工作表\u{ff08}请勿改名或删除\u{ff09}"),
                    format!("a sheet named {name}: sheets keep their names"),
                )));
            }
            Table::default()
        }
    };
    let head = table(&HEAD, true);
    let book = Book {
        measures: table(&MEASURES, true),
        sections: table(&SECTIONS, true),
        items: table(&ITEMS, true),
        checks: table(&CHECKS, false),
        details: table(&DETAILS, false),
        extras: table(&EXTRAS, false),
        vetoes: table(&VETOES, false),
        grades: table(&GRADES, false),
    };
    if !faults.is_empty() {
        return Err(faults.in_file(name));
    }
    let mut writer = Writer {
        book: &book,
        text: String::new(),
        line: 1,
        places: BTreeMap::new(),
        used: BTreeSet::new(),
        faults: Faults::new(),
        torn: false,
    };
    writer.head(&head);
    writer.all();
    let Writer {
        text,
        places,
        faults,
        torn,
        ..
    } = writer;
    if torn {
        // The text is not well-formed either; its faults would be those of other cells.
        return Err(faults.in_file(name));
    }
    let read = Standard::from_toml(&text).map_err(|mut found| {
        for fault in &mut found.listed {
            let line = fault.place.line.take().unwrap_or(0);
            fault.place.column = None;
            if let Some((_, at)) = places.range(..=line).next_back() {
                fault.place.sheet = Some(at.sheet.to_owned());
                fault.place.cell = Some(at.cell.clone());
                if fault.code == FaultCode::MissingKey
                    && let Some(cell) = book.missing(at, fault.expected.as_ref())
                {
                    fault.place.cell = Some(cell);
                }
            }
        }
        found
    });
    match (read, faults.is_empty()) {
        (Ok(standard), true) => Ok(standard),
        (Ok(_), false) => Err(faults.in_file(name)),
        (Err(found), _) => {
            let mut all = faults;
            all.extend(found);
            Err(all.in_file(name))
        }
    }
}

struct Book {
    measures: Table,
    sections: Table,
    items: Table,
    checks: Table,
    details: Table,
    extras: Table,
    vetoes: Table,
    grades: Table,
}

impl Book {
    /// The blank cell that a fault misses, in the row of another one.
    fn missing(&self, at: &At, expected: Option<&Text>) -> Option<String> {
        let tables = [
            (&MEASURES, &self.measures),
            (&SECTIONS, &self.sections),
            (&ITEMS, &self.items),
            (&CHECKS, &self.checks),
            (&DETAILS, &self.details),
            (&EXTRAS, &self.extras),
            (&VETOES, &self.vetoes),
            (&GRADES, &self.grades),
        ];
        let (_, table) = tables.iter().find(|(sheet, _)| sheet.name == at.sheet)?;
        let row = at
            .cell
            .trim_start_matches(|c: char| c.is_ascii_alphabetic());
        table.cell_of(row.parse().ok()?, &expected?.en)
    }
}

/// Writes the text of a standard's file, and notes which cell each line came from.
struct Writer<'b> {
    book: &'b Book,
    text: String,
    line: u64,
    places: BTreeMap<u64, At>,
    /// Rows that belong to something: sheet and row.
    used: BTreeSet<(&'static str, u64)>,
    faults: Faults,
    /// Whether a cell does not hold together by itself.
    torn: bool,
}

impl<'b> Writer<'b> {
    fn push(&mut self, line: &str, sheet: &'static str, row: u64, column: usize) {
        self.places.insert(
            self.line,
            At {
                sheet,
                cell: address(row, column),
            },
        );
        self.text.push_str(line);
        self.text.push('\n');
        self.line += 1;
    }

    fn head(&mut self, head: &Table) {
        let mut all = Line::default();
        let mut rows = BTreeMap::new();
        for line in &head.rows {
            for (key, value) in &line.values {
                if !value.1.is_empty() {
                    all.values.insert(key, value.clone());
                    rows.insert(*key, line.row);
                }
            }
        }
        self.push("[standard]", HEAD.name, 1, 0);
        for column in HEAD.columns {
            let row = rows.get(column.key).copied().unwrap_or(1);
            all.row = row;
            self.key(&HEAD, &all, column.key);
        }
    }

    fn all(&mut self) {
        let book = self.book;
        for line in &book.measures.rows {
            let name = line.get("name");
            self.push(
                &format!("[measures.{}]", quoted(name)),
                MEASURES.name,
                line.row,
                0,
            );
            self.keys(&MEASURES, line);
        }
        for line in &book.sections.rows {
            if line.get("parent").is_empty() {
                self.section(line, "section");
            }
        }
        for line in &book.extras.rows {
            let kind = match line.get("kind") {
                "加分" | "bonus" => "bonus",
                "扣分" | "deduction" => "deduction",
                other => {
                    let fault =
                        Fault::new(FaultCode::BadChoice).at(place(EXTRAS.name, line.row, 0));
                    let expected = Text::new("加分 或 扣分", "加分 (bonus) or 扣分 (deduction)");
                    self.faults.push(fault.found(other).expected(expected));
                    "bonus"
                }
            };
            self.item(&EXTRAS, line, kind);
        }
        for (sheet, table, header) in [
            (&VETOES, &book.vetoes, "[[veto]]"),
            (&GRADES, &book.grades, "[[grade]]"),
        ] {
            for line in &table.rows {
                self.push(header, sheet.name, line.row, 0);
                self.keys(sheet, line);
            }
        }
        for (sheet, table, owner, among) in [
            (&SECTIONS, &book.sections, "parent", "“大项”"),
            (&ITEMS, &book.items, "section", "“大项”"),
            (&CHECKS, &book.checks, "item", "“小项”“加分扣分”"),
            (&DETAILS, &book.details, "of", "“小项”“评分要点”“加分扣分”"),
        ] {
            for line in &table.rows {
                if !self.used.contains(&(sheet.name, line.row)) {
                    let column = line.values.get(owner).map_or(0, |(at, _)| *at);
                    let place = place(sheet.name, line.row, column);
                    let held = line.get(owner);
                    let fault = match held {
                        "" => Fault::new(FaultCode::MissingKey)
                            .at(place)
                            .expected(Text::new(
                                format!("{owner}\u{ff0c}每行都要填\u{ff1b}合并的单元格请取消合并\u{ff0c}逐行填写"),
                                format!("{owner} in every row; unmerge merged cells"),
                            )),
                        held => Fault::new(FaultCode::UnknownReference)
                            .at(place)
                            .found(held)
                            .expected(Text::new(
                                format!("{among}中的编号"),
                                format!("an id of {among}"),
                            )),
                    };
                    self.faults.push(fault);
                }
            }
        }
    }

    fn section(&mut self, line: &'b Line, path: &str) {
        if !self.used.insert((SECTIONS.name, line.row)) {
            return;
        }
        let book = self.book;
        self.push(&format!("[[{path}]]"), SECTIONS.name, line.row, 0);
        self.keys(&SECTIONS, line);
        let id = line.get("id");
        if id.is_empty() {
            return;
        }
        for item in &book.items.rows {
            if item.get("section") == id && self.used.insert((ITEMS.name, item.row)) {
                self.item(&ITEMS, item, &format!("{path}.item"));
            }
        }
        for inner in &book.sections.rows {
            if inner.get("parent") == id {
                self.section(inner, &format!("{path}.section"));
            }
        }
    }

    fn item(&mut self, sheet: &Sheet, line: &'b Line, path: &str) {
        let book = self.book;
        self.push(&format!("[[{path}]]"), sheet.name, line.row, 0);
        self.keys(sheet, line);
        self.details(sheet, line);
        let id = line.get("id");
        for check in &book.checks.rows {
            if !id.is_empty()
                && check.get("item") == id
                && self.used.insert((CHECKS.name, check.row))
            {
                self.push(&format!("[[{path}.check]]"), CHECKS.name, check.row, 0);
                self.keys(&CHECKS, check);
                self.details(&CHECKS, check);
            }
        }
    }

    fn keys(&mut self, sheet: &Sheet, line: &Line) {
        for column in sheet.columns {
            self.key(sheet, line, column.key);
        }
    }

    /// One key of a table, where its cell holds anything.
    fn key(&mut self, sheet: &Sheet, line: &Line, key: &'static str) {
        let Some(column) = sheet.columns.iter().find(|column| column.key == key) else {
            return;
        };
        let english = line.get(english_of(key));
        let held = line.values.get(key);
        let at = held
            .or(line.values.get(english_of(key)))
            .map_or(0, |(at, _)| *at);
        let text = line.get(key);
        let value = match column.kind {
            Kind::Owner | Kind::English => return,
            Kind::Title => match title(text, english) {
                Some(value) => value,
                None => return,
            },
            _ if text.is_empty() => return,
            // Its rows stand in the details.
            _ if key == "checklist" => return,
            Kind::Text => quoted(text),
            Kind::Plain => plain(text),
            Kind::Yes => match text {
                "是" | "true" | "TRUE" | "1" => "true".to_owned(),
                "否" | "false" | "FALSE" | "0" => "false".to_owned(),
                other => quoted(other),
            },
        };
        if column.kind == Kind::Plain && !holds_together(&value) {
            self.torn = true;
            let fault = Fault::new(FaultCode::Syntax).at(place(sheet.name, line.row, at));
            self.faults.push(fault.found(text).expected(Text::new(
                "成对的括号和引号\u{ff0c}写法如 { min = 0, max = 2 }、[\"a\", \"b\"]",
                "closed brackets and quotes, as in { min = 0, max = 2 } or [\"a\", \"b\"]",
            )));
        }
        self.push(&format!("{key} = {value}"), sheet.name, line.row, at);
    }

    /// Bands, a curve, levels or a checklist.
    fn details(&mut self, sheet: &Sheet, line: &Line) {
        let book = self.book;
        let id = line.get("id");
        let rows: Vec<&'b Line> = book
            .details
            .rows
            .iter()
            .filter(|row| !id.is_empty() && row.get("of") == id)
            .collect();
        self.used
            .extend(rows.iter().map(|row| (DETAILS.name, row.row)));
        let has = |row: &Line, keys: &[&str]| keys.iter().any(|key| !row.get(key).is_empty());
        let list = line.get("checklist");
        let boxes: Vec<&Line> = rows
            .iter()
            .copied()
            .filter(|row| has(row, &["when"]))
            .collect();
        let counts: Vec<&Line> = rows
            .iter()
            .copied()
            .filter(|row| has(row, &["count"]))
            .collect();
        if !list.is_empty() || !boxes.is_empty() || !counts.is_empty() {
            self.checklist(sheet, line, &boxes, &counts);
        }
        let knots: Vec<&Line> = rows
            .iter()
            .copied()
            .filter(|row| has(row, &["at"]))
            .collect();
        if let Some(first) = knots.first() {
            self.push("curve = [", DETAILS.name, first.row, 0);
            for knot in &knots {
                let pair = format!(
                    "  [{}, {}],",
                    plain(knot.get("at")),
                    plain(knot.get("points"))
                );
                self.push(&pair, DETAILS.name, knot.row, self.column_of(knot, "at"));
            }
            self.text.push_str("]\n");
            self.line += 1;
        }
        for level in rows.iter().filter(|row| has(row, &["label"])) {
            let entry = format!(
                "levels.{} = {}",
                quoted(level.get("label")),
                plain(level.get("points"))
            );
            self.push(
                &entry,
                DETAILS.name,
                level.row,
                self.column_of(level, "points"),
            );
        }
        let bounds = ["at_least", "above", "at_most", "below"];
        let rest = ["when", "count", "at", "label"];
        let bands: Vec<&Line> = rows
            .iter()
            .copied()
            .filter(|row| !has(row, &rest))
            .collect();
        if let Some(first) = bands.first() {
            self.push("bands = [", DETAILS.name, first.row, 0);
            for band in &bands {
                let keys = bounds.into_iter().chain(["points"]);
                let parts: Vec<String> = keys
                    .filter(|key| !band.get(key).is_empty())
                    .map(|key| format!("{key} = {}", plain(band.get(key))))
                    .collect();
                let entry = format!("  {{ {} }},", parts.join(", "));
                self.push(
                    &entry,
                    DETAILS.name,
                    band.row,
                    self.column_of(band, "points"),
                );
            }
            self.text.push_str("]\n");
            self.line += 1;
        }
    }

    fn column_of(&self, line: &Line, key: &str) -> usize {
        line.values.get(key).map_or(0, |(at, _)| *at)
    }

    /// `checklist = { boxes = [ … ], each = 1 }`, the boxes a line each.
    fn checklist(&mut self, sheet: &Sheet, line: &Line, boxes: &[&Line], counts: &[&Line]) {
        let held = line.get("checklist").trim();
        let inner = held
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.unwrap_or(held).replace(['\n', '\r'], " ");
        let inner = inner.trim();
        let at = self.column_of(line, "checklist");
        if !boxes.is_empty() {
            self.push("checklist = { boxes = [", sheet.name, line.row, at);
        }
        for tick in boxes {
            let when = quoted(tick.get("when"));
            let entry = match title(tick.get("title"), tick.get("title_en")) {
                None => format!("  {when},"),
                Some(title) => format!("  {{ when = {when}, title = {title} }},"),
            };
            self.push(&entry, DETAILS.name, tick.row, self.column_of(tick, "when"));
        }
        let mut rest = Vec::new();
        if !inner.is_empty() {
            rest.push(inner.to_owned());
        }
        let table: Vec<String> = counts
            .iter()
            .map(|row| {
                format!(
                    "{} = {}",
                    quoted(row.get("count")),
                    plain(row.get("points"))
                )
            })
            .collect();
        if !table.is_empty() {
            rest.push(format!("table = {{ {} }}", table.join(", ")));
        }
        let open = if boxes.is_empty() {
            "checklist = {"
        } else {
            "],"
        };
        let line_text = format!("{open} {} }}", rest.join(", "));
        self.push(&line_text, sheet.name, line.row, at);
    }
}

/// Whether a value's brackets and quotes are closed, so that what follows it is read as it stands.
fn holds_together(value: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => loop {
                match rest.next() {
                    Some('"') => break,
                    Some('\\') => {
                        rest.next();
                    }
                    Some(_) => {}
                    None => return false,
                }
            },
            '\'' if !rest.any(|c| c == '\'') => return false,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A title in two languages; nothing where it has neither.
fn title(chinese: &str, english: &str) -> Option<String> {
    match (chinese, english) {
        ("", "") => None,
        (chinese, "") => Some(format!("{{ zh = {} }}", quoted(chinese))),
        ("", english) => Some(format!("{{ en = {} }}", quoted(english))),
        (chinese, english) if chinese == english => Some(quoted(chinese)),
        (chinese, english) => Some(format!(
            "{{ zh = {}, en = {} }}",
            quoted(chinese),
            quoted(english)
        )),
    }
}

/// A number bare, a list or table as it stands, anything else as a text.
fn plain(text: &str) -> String {
    if text.starts_with(['{', '[']) {
        return text.replace(['\n', '\r'], " ");
    }
    match text.parse::<Rational>() {
        Ok(number) if !number.to_string().contains('/') => number.to_string(),
        _ => quoted(text),
    }
}
