//! XLSX: Office Open XML, read as a stream.
//!
//! Why our own: a percentage is told by its number format, an input may lie about every count
//! it declares, and nothing larger than a row and the shared texts may be held.

use std::borrow::Cow;
use std::io::Read;

use dabiao::Fault;
use quick_xml::events::{BytesStart, Event};

use super::elsewhere::At;
use super::formats::{Kind, kind_of, kind_of_builtin};
use super::package::{Package, Part, damaged};
use super::xml::{attribute, next, push_text};
use super::{Merge, SheetName, Value, Visit, date_of_serial, letters_to_column};

pub(super) struct Xlsx<'a> {
    package: Package<'a>,
    sheets: Vec<SheetName>,
    paths: Vec<String>,
    kinds: Vec<Kind>,
    strings: Strings,
    from_1904: bool,
    follow: bool,
}

/// All shared texts, one after another.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }
}

impl<'a> Xlsx<'a> {
    pub(super) fn open(mut package: Package<'a>) -> Result<Xlsx<'a>, Fault> {
        let main = main_part(&mut package)?;
        let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = main.rsplit('/').next().unwrap_or_default();
        let relations = relations(&mut package, &join(folder, &format!("_rels/{name}.rels")))?;
        let target = |kind: &str| {
            let found = relations.iter().find(|r| r.kind.ends_with(kind));
            found.map(|relation| join(folder, &relation.target))
        };
        let (strings, styles) = (target("/sharedStrings"), target("/styles"));
        let mut book = Xlsx {
            sheets: Vec::new(),
            paths: Vec::new(),
            kinds: Vec::new(),
            strings: Strings::default(),
            from_1904: false,
            follow: false,
            package,
        };
        book.read_workbook(&main, folder, &relations)?;
        if let Some(path) = styles.filter(|path| book.package.has(path)) {
            book.read_styles(&path)?;
        }
        if let Some(path) = strings.filter(|path| book.package.has(path)) {
            book.read_strings(&path)?;
        }
        Ok(book)
    }

    pub(super) fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    pub(super) fn follow(&mut self, follow: bool) {
        self.follow = follow;
    }

    fn read_workbook(
        &mut self,
        main: &str,
        folder: &str,
        relations: &[Relation],
    ) -> Result<(), Fault> {
        let mut part = self.package.part(main)?;
        let mut buffer = Vec::new();
        loop {
            match next(&mut part, &mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "workbookPr" => {
                        let base = attribute(&element, "date1904")?;
                        self.from_1904 = matches!(base.as_deref(), Some("1" | "true"));
                    }
                    "sheet" => {
                        let name = attribute(&element, "name")?.unwrap_or_default();
                        // `id` of the relationships' namespace: `sheetId` is another word.
                        let id = attribute(&element, "id")?.unwrap_or_default();
                        let state = attribute(&element, "state")?;
                        let relation = relations.iter().find(|r| r.id == id);
                        if let Some(relation) = relation.filter(|r| r.kind.ends_with("/worksheet"))
                        {
                            self.sheets.push(SheetName {
                                name: name.into_owned(),
                                hidden: state.is_some_and(|state| state != "visible"),
                            });
                            self.paths.push(join(folder, &relation.target));
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn read_styles(&mut self, path: &str) -> Result<(), Fault> {
        let mut custom: Vec<(u32, Kind)> = Vec::new();
        let mut kinds = Vec::new();
        let mut part = self.package.part(path)?;
        let (mut buffer, mut in_cells) = (Vec::new(), false);
        loop {
            match next(&mut part, &mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "numFmt" => {
                        let id = attribute(&element, "numFmtId")?.and_then(|id| id.parse().ok());
                        let code = attribute(&element, "formatCode")?;
                        if let (Some(id), Some(code)) = (id, code) {
                            custom.push((id, kind_of(&code)));
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = attribute(&element, "numFmtId")?.and_then(|id| id.parse().ok());
                        let id: u32 = id.unwrap_or(0);
                        let own = custom.iter().find(|(held, _)| *held == id);
                        kinds.push(own.map_or_else(|| kind_of_builtin(id), |(_, kind)| *kind));
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "cellXfs" => {
                    in_cells = false;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        drop(part);
        self.kinds = kinds;
        Ok(())
    }

    fn read_strings(&mut self, path: &str) -> Result<(), Fault> {
        let mut part = self.package.part(path)?;
        let mut buffer = Vec::new();
        loop {
            match next(&mut part, &mut buffer)? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    read_rich(&mut part, &mut buffer, "si", &mut self.strings.text)?;
                    self.strings.ends.push(self.strings.text.len());
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// Hands on the cells of a sheet that hold something, in the order of the file.
    pub(super) fn cells(&mut self, sheet: usize, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let path = self.paths.get(sheet).cloned().unwrap_or_default();
        let mut part = self.package.part(&path)?;
        let (kinds, strings, from_1904) = (&self.kinds, &self.strings, self.from_1904);
        let (follow, sheets) = (self.follow, &self.sheets);
        let (mut buffer, mut cell) = (Vec::new(), CellText::default());
        let (mut row, mut column) = (0_u32, 0_u32);
        loop {
            match next(&mut part, &mut buffer)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "row" => {
                        let number = attribute(&element, "r")?;
                        match number.and_then(|number| number.parse::<u32>().ok()) {
                            Some(number) => row = number,
                            None => row = row.saturating_add(1),
                        }
                        column = 0;
                    }
                    "c" => {
                        let head = Head::read(&element, row, column)?;
                        (row, column) = (head.row, head.column);
                        cell.read(&mut part, &mut buffer)?;
                        let repeated = (follow && cell.formula)
                            .then(|| At::repeated(&cell.source, sheets))
                            .flatten();
                        let value = match repeated {
                            Some(at) => Some(Value::Elsewhere(at)),
                            None => value(&head, &cell, kinds, strings, from_1904)?,
                        };
                        if let Some(value) = value
                            && visit(row, column, value)?.is_break()
                        {
                            return Ok(());
                        }
                        column = column.saturating_add(1);
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "sheetData" => {
                    return Ok(());
                }
                Event::Eof => return Err(damaged(&format_args!("{path}: EOF"))),
                _ => {}
            }
        }
    }

    /// The merged cells of a sheet, which stand behind its cells.
    pub(super) fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>, Fault> {
        const MOST: usize = 4 << 20;
        let path = self.paths.get(sheet).cloned().unwrap_or_default();
        let mut bytes = self.package.bytes(&path)?;
        let sign = b"<mergeCell ";
        let (mut window, mut piece) = (Vec::new(), vec![0; 1 << 16]);
        let mut merges = Vec::new();
        let mut found = false;
        loop {
            let read = bytes.read(&mut piece).map_err(|error| damaged(&error))?;
            window.extend_from_slice(piece.get(..read).unwrap_or_default());
            if !found {
                match memchr::memmem::find(&window, b"<mergeCells") {
                    Some(at) => {
                        found = true;
                        window.drain(..at);
                    }
                    None => {
                        let keep = window.len().saturating_sub(16);
                        window.drain(..keep);
                    }
                }
            }
            if read == 0 || window.len() > MOST {
                break;
            }
        }
        for at in memchr::memmem::find_iter(&window, sign) {
            let rest = window.get(at..).unwrap_or_default();
            let text = rest
                .split(|byte| *byte == b'>')
                .next()
                .and_then(|tag| std::str::from_utf8(tag).ok())
                .and_then(|tag| tag.split("ref=").nth(1))
                .and_then(|tag| tag.get(1..))
                .and_then(|tag| tag.split(['"', '\'']).next());
            merges.extend(text.and_then(Merge::parse));
        }
        Ok(merges)
    }
}

/// The attributes of a cell.
struct Head {
    row: u32,
    column: u32,
    style: usize,
    kind: CellKind,
}

#[derive(Clone, Copy, PartialEq)]
enum CellKind {
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Date,
}

impl Head {
    fn read(element: &BytesStart<'_>, row: u32, column: u32) -> Result<Head, Fault> {
        let mut head = Head {
            row,
            column,
            style: 0,
            kind: CellKind::Number,
        };
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| damaged(&error))?;
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    let (letters, digits) = split_address(value);
                    match (letters_to_column(letters), digits.parse()) {
                        (Some(column), Ok(row)) => (head.row, head.column) = (row, column),
                        _ => return Err(damaged(&value)),
                    }
                }
                "s" => head.style = value.parse().unwrap_or(0),
                "t" => {
                    head.kind = match value {
                        "s" => CellKind::Shared,
                        "str" => CellKind::Text,
                        "inlineStr" => CellKind::Inline,
                        "b" => CellKind::Bool,
                        "e" => CellKind::Error,
                        "d" => CellKind::Date,
                        _ => CellKind::Number,
                    };
                }
                _ => {}
            }
        }
        Ok(head)
    }
}

pub(super) fn split_address(address: &str) -> (&str, &str) {
    let digits = address.find(|c: char| c.is_ascii_digit());
    address.split_at(digits.unwrap_or(address.len()))
}

/// What stands inside a cell.
#[derive(Default)]
struct CellText {
    text: String,
    has_value: bool,
    formula: bool,
    /// The formula itself.
    source: String,
}

impl CellText {
    /// Reads up to the end of the cell.
    fn read(&mut self, part: &mut Part<'_>, buffer: &mut Vec<u8>) -> Result<(), Fault> {
        self.text.clear();
        (self.has_value, self.formula) = (false, false);
        let (mut inside, mut in_formula) = (false, false);
        loop {
            let event = next(part, buffer)?;
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" => (inside, self.has_value) = (true, true),
                    "f" => {
                        (in_formula, self.formula) = (true, true);
                        self.source.clear();
                    }
                    "is" => {
                        self.has_value = true;
                        read_rich(part, buffer, "is", &mut self.text)?;
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "v" => inside = false,
                    "f" => in_formula = false,
                    "c" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(damaged(&"EOF")),
                _ if inside => push_text(&mut self.text, &event)?,
                _ if in_formula => push_text(&mut self.source, &event)?,
                _ => {}
            }
        }
    }
}

fn value<'v>(
    head: &Head,
    cell: &'v CellText,
    kinds: &[Kind],
    strings: &'v Strings,
    from_1904: bool,
) -> Result<Option<Value<'v>>, Fault> {
    let text = cell.text.as_str();
    if text.is_empty() {
        // A formula whose result is an empty text says so by its type.
        let unknown = cell.formula && (!cell.has_value || head.kind != CellKind::Text);
        return Ok(unknown.then_some(Value::NoResult));
    }
    Ok(Some(match head.kind {
        CellKind::Shared => {
            let at = text.trim().parse().ok();
            let text = at.and_then(|at| strings.get(at));
            unescaped(text.ok_or_else(|| damaged(&format_args!("sharedStrings[{text:?}]")))?)
        }
        CellKind::Text | CellKind::Inline => unescaped(text),
        CellKind::Bool => Value::Bool(matches!(text.trim(), "1" | "true")),
        CellKind::Error => Value::Error(Cow::Borrowed(text)),
        CellKind::Date => Value::Text(Cow::Borrowed(text.split('T').next().unwrap_or(text))),
        CellKind::Number => match text.trim().parse::<f64>() {
            Ok(number) => match kinds.get(head.style) {
                Some(Kind::Percent) => Value::Percent(number),
                Some(Kind::Date) => date_of_serial(number, from_1904),
                _ => Value::Number(number),
            },
            Err(_) => Value::Text(Cow::Borrowed(text)),
        },
    }))
}

/// `_x000D_` is how a control character stands in a text.
fn unescaped(text: &str) -> Value<'_> {
    if !text.contains("_x") {
        return Value::Text(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let code = here
            .get(2..6)
            .filter(|_| here.as_bytes().get(6) == Some(&b'_'))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(character) => {
                out.push(character);
                rest = here.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = here.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Value::Text(Cow::Owned(out))
}

/// Reads the text of a shared or inline string up to its end; phonetic guides are left out.
fn read_rich(
    part: &mut Part<'_>,
    buffer: &mut Vec<u8>,
    closing: &str,
    text: &mut String,
) -> Result<(), Fault> {
    let (mut inside, mut phonetic) = (false, false);
    loop {
        let event = next(part, buffer)?;
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "rPh" => phonetic = true,
                "t" => inside = !phonetic,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "rPh" => phonetic = false,
                "t" => inside = false,
                name if name == closing => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(damaged(&"EOF")),
            _ if inside => push_text(text, &event)?,
            _ => {}
        }
    }
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// The relations of a part; what is outside of the archive is never followed.
fn relations(package: &mut Package<'_>, path: &str) -> Result<Vec<Relation>, Fault> {
    let mut part = package.part(path)?;
    let (mut buffer, mut relations) = (Vec::new(), Vec::new());
    loop {
        match next(&mut part, &mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                if attribute(&element, "TargetMode")?.as_deref() == Some("External") {
                    continue;
                }
                let text = |name: &str| -> Result<String, Fault> {
                    Ok(attribute(&element, name)?.unwrap_or_default().into_owned())
                };
                relations.push(Relation {
                    id: text("Id")?,
                    kind: text("Type")?,
                    target: text("Target")?,
                });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

fn main_part(package: &mut Package<'_>) -> Result<String, Fault> {
    let relations = relations(package, "_rels/.rels")?;
    let main = relations
        .iter()
        .find(|r| r.kind.ends_with("/officeDocument"));
    main.map(|main| join("", &main.target))
        .ok_or_else(|| damaged(&"_rels/.rels"))
}

/// A target as a path of the archive.
fn join(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
