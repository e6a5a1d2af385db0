//! A standard into a workbook.

use dabiao::standard::Written;
use dabiao::standard::document::Document;
use dabiao::{Faults, Rational};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Worksheet,
    XlsxError,
};

use super::super::template::style::{height, lines};
use super::layout::{
    CHECKS, Column, DETAILS, EXTRAS, GRADES, HEAD, ITEMS, Kind, MEASURES, SECTIONS, SHEETS, Sheet,
    VETOES, choices, english_of,
};

/// What a cell is to hold.
#[derive(Clone, Debug, PartialEq)]
enum Held {
    Number(f64),
    Text(String),
}

/// Rows of cells by sheet: as many as there are in [`SHEETS`].
type Rows = Vec<(&'static str, Vec<Vec<Option<Held>>>)>;

/// A workbook (XLSX) with a standard in it, for a bureau to edit; see [`super::read_standard`].
///
/// # Errors
/// A standard that does not fit into the cells of a workbook.
pub fn standard_workbook(document: &Document) -> Result<Vec<u8>, Faults> {
    let written = document.to_parts();
    let mut tables = Tables {
        rows: SHEETS
            .iter()
            .map(|sheet| (sheet.name, Vec::new()))
            .collect(),
    };
    let root = entries(&written);
    for (key, value) in root {
        match (key.as_str(), value) {
            ("measures", Written::Map(measures)) => {
                for (name, measure) in measures {
                    tables.row(&MEASURES, name, measure);
                }
            }
            ("section", Written::List(sections)) => {
                for section in sections {
                    tables.section("", section);
                }
            }
            ("bonus" | "deduction", Written::List(items)) => {
                for item in items {
                    tables.item(&EXTRAS, key, item);
                }
            }
            ("veto", Written::List(vetoes)) => {
                for veto in vetoes {
                    tables.row(&VETOES, "", veto);
                }
            }
            ("grade", Written::List(grades)) => {
                for grade in grades {
                    tables.row(&GRADES, "", grade);
                }
            }
            _ => {}
        }
    }
    let head = get(&written, "standard")
        .map(|head| cells(&HEAD, "", head))
        .unwrap_or_default();
    write(&document.title.zh, &head, &tables.rows).map_err(|error| super::unwritable(&error))
}

fn entries(written: &Written) -> &[(String, Written)] {
    match written {
        Written::Map(entries) => entries,
        _ => &[],
    }
}

fn get<'w>(written: &'w Written, key: &str) -> Option<&'w Written> {
    let entries = entries(written);
    entries
        .iter()
        .find(|(held, _)| held == key)
        .map(|(_, value)| value)
}

fn text_of(written: &Written) -> String {
    match written {
        Written::Text(text) => text.clone(),
        other => other.to_inline_toml(),
    }
}

fn held(written: &Written) -> Held {
    match written {
        Written::Number(number) => {
            // A cell holds what a float holds; anything else stands as text.
            let float = number.to_f64();
            let again = float.to_string().parse::<Rational>();
            if again.is_ok_and(|again| again == *number) && float.abs() < 1e15 {
                Held::Number(float)
            } else {
                Held::Text(number.to_string())
            }
        }
        Written::Yes(yes) => Held::Text(if *yes { "是" } else { "否" }.to_owned()),
        other => Held::Text(text_of(other)),
    }
}

/// The cells of one table, in the order of the sheet's columns.
fn cells(sheet: &Sheet, owner: &str, written: &Written) -> Vec<Option<Held>> {
    let value = |column: &Column| match column.kind {
        Kind::Owner => (!owner.is_empty()).then(|| Held::Text(owner.to_owned())),
        Kind::Title => get(written, column.key).and_then(|title| half(title, "zh")),
        Kind::English => {
            let title = sheet
                .columns
                .iter()
                .find(|c| english_of(c.key) == column.key)?;
            get(written, title.key).and_then(|title| half(title, "en"))
        }
        Kind::Text | Kind::Plain | Kind::Yes => get(written, column.key).map(held),
    };
    sheet.columns.iter().map(value).collect()
}

/// One language of a title; a text in both is the same in both.
fn half(title: &Written, lang: &str) -> Option<Held> {
    match title {
        Written::Map(_) => get(title, lang).map(held),
        text => Some(Held::Text(text_of(text))),
    }
}

struct Tables {
    rows: Rows,
}

impl Tables {
    fn push(&mut self, sheet: &Sheet, cells: Vec<Option<Held>>) {
        if let Some((_, rows)) = self.rows.iter_mut().find(|(name, _)| *name == sheet.name) {
            rows.push(cells);
        }
    }

    fn row(&mut self, sheet: &Sheet, owner: &str, written: &Written) {
        self.push(sheet, cells(sheet, owner, written));
    }

    fn section(&mut self, parent: &str, section: &Written) {
        self.row(&SECTIONS, parent, section);
        let id = get(section, "id").map(text_of).unwrap_or_default();
        if let Some(Written::List(items)) = get(section, "item") {
            for item in items {
                self.item(&ITEMS, &id, item);
            }
        }
        if let Some(Written::List(sections)) = get(section, "section") {
            for inner in sections {
                self.section(&id, inner);
            }
        }
    }

    fn item(&mut self, sheet: &Sheet, owner: &str, item: &Written) {
        let id = get(item, "id").map(text_of).unwrap_or_default();
        let mut row = cells(sheet, owner, item);
        self.details(sheet, &id, item, &mut row);
        self.push(sheet, row);
        if let Some(Written::List(checks)) = get(item, "check") {
            for check in checks {
                let id_of_check = get(check, "id").map(text_of).unwrap_or_default();
                let mut row = cells(&CHECKS, &id, check);
                self.details(&CHECKS, &id_of_check, check, &mut row);
                self.push(&CHECKS, row);
            }
        }
    }

    /// Bands, curves, levels and checklists as rows of their own.
    fn details(&mut self, sheet: &Sheet, id: &str, marking: &Written, row: &mut [Option<Held>]) {
        let of = || ("of".to_owned(), Written::Text(id.to_owned()));
        let pair = |key: &str, value: &Written| (key.to_owned(), value.clone());
        let mut rows: Vec<Vec<(String, Written)>> = Vec::new();
        if let Some(Written::List(bands)) = get(marking, "bands") {
            rows.extend(bands.iter().map(|band| entries(band).to_vec()));
        }
        if let Some(Written::List(knots)) = get(marking, "curve") {
            for knot in knots {
                if let Written::List(knot) = knot
                    && let [at, points] = knot.as_slice()
                {
                    rows.push(vec![pair("at", at), pair("points", points)]);
                }
            }
        }
        for (label, points) in get(marking, "levels").map(entries).unwrap_or_default() {
            rows.push(vec![
                ("label".to_owned(), Written::Text(label.clone())),
                pair("points", points),
            ]);
        }
        if let Some(list) = get(marking, "checklist") {
            let mut rest = Vec::new();
            for (key, value) in entries(list) {
                match (key.as_str(), value) {
                    ("boxes", Written::List(boxes)) => {
                        rows.extend(boxes.iter().map(|held| match held {
                            Written::Map(entries) => entries.clone(),
                            when => vec![pair("when", when)],
                        }));
                    }
                    ("table", Written::Map(table)) => {
                        rows.extend(table.iter().map(|(count, points)| {
                            vec![
                                ("count".to_owned(), Written::Text(count.clone())),
                                pair("points", points),
                            ]
                        }));
                    }
                    _ => rest.push((key.clone(), value.clone())),
                }
            }
            let at = sheet
                .columns
                .iter()
                .position(|column| column.key == "checklist");
            if let Some(cell) = at.and_then(|at| row.get_mut(at)) {
                *cell = Some(Held::Text(Written::Map(rest).to_inline_toml()));
            }
        }
        for mut entries in rows {
            entries.push(of());
            let cells = cells(&DETAILS, id, &Written::Map(entries));
            self.push(&DETAILS, cells);
        }
    }
}

const FONT: &str = "Microsoft YaHei";

struct Style {
    title: Format,
    note: Format,
    head: Format,
    key: Format,
    text: Format,
    number: Format,
    added: Format,
}

impl Style {
    fn new() -> Style {
        let base = || {
            Format::new()
                .set_font_name(FONT)
                .set_font_size(10)
                .set_align(FormatAlign::Top)
        };
        let boxed = || {
            base()
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0xB8_C2_CC))
                .set_text_wrap()
        };
        Style {
            title: base().set_bold().set_font_size(14),
            note: base()
                .set_text_wrap()
                .set_font_color(Color::RGB(0x4B_55_63)),
            head: boxed()
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0x1F_4E_79))
                .set_font_color(Color::White),
            key: boxed()
                .set_bold()
                .set_background_color(Color::RGB(0xDC_E6_F1)),
            added: base().set_num_format("@"),
            text: boxed().set_num_format("@"),
            number: boxed(),
        }
    }
}

fn write(title: &str, head: &[Option<Held>], tables: &Rows) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = super::super::new_workbook(title)?;
    let style = Style::new();
    let sheet = workbook.add_worksheet().set_name(HEAD.name)?;
    for (column, title) in ["项目 key", "内容 value"].into_iter().enumerate() {
        sheet.write_with_format(0, column as u16, title, &style.head)?;
    }
    for (at, (column, held)) in HEAD.columns.iter().zip(head).enumerate() {
        let row = at as u32 + 1;
        sheet.write_with_format(row, 0, titled(column), &style.key)?;
        cell(sheet, row, 1, held.as_ref(), column.kind, &style)?;
        if let Some(Held::Text(text)) = held {
            sheet.set_row_height(row, height(lines(text, 100.0)))?;
        }
        choose(sheet, column.key, (row, 1), row)?;
    }
    sheet.set_column_width(0, 30)?;
    sheet.set_column_width(1, 100)?;
    let row = HEAD.columns.len() as u32 + 2;
    sheet.write_with_format(row, 0, "怎样改", &style.title)?;
    let notes = [
        "各工作表一行一项\u{ff0c}可改文字、分值、分档\u{ff0c}可增删行\u{ff0c}行的先后就是标准中的先后。列标题末尾的英文是程序认的名字\u{ff0c}请保留。",
        "分档、折线、选项、清单在“评分明细”中逐行填写\u{ff0c}以编号与小项、评分要点、加分扣分对应。",
        "这个标准没有用到的列已隐藏\u{ff0c}需要时取消隐藏即可。",
        "百分比可写 95%\u{ff1b}条件写法如 complaints <= 3 且 rating = \"优\"\u{ff1b}花括号和方括号里的写法与标准文件相同。",
        "改好后用 dabiao standard import 读回\u{ff1a}有错会逐个指出工作表和单元格。",
    ];
    for (at, note) in notes.into_iter().enumerate() {
        let row = row + 1 + at as u32;
        sheet.write_with_format(row, 1, note, &style.note)?;
        sheet.set_row_height(row, height(lines(note, 100.0)))?;
    }
    page(sheet, 130.0)?;
    for (layout, (_, rows)) in SHEETS.iter().zip(tables) {
        let sheet = workbook.add_worksheet().set_name(layout.name)?;
        for (at, column) in layout.columns.iter().enumerate() {
            sheet.write_with_format(0, at as u16, titled(column), &style.head)?;
            sheet.set_column_width(at as u16, column.width)?;
            if matches!(column.kind, Kind::Text | Kind::Owner) {
                // Also in rows that are added: codes such as 1.10 stay what they are.
                sheet.set_column_format(at as u16, &style.added)?;
            }
        }
        sheet.set_row_height(0, 34)?;
        let mut across = 0.0;
        for (at, column) in layout.columns.iter().enumerate() {
            choose(sheet, column.key, (1, at as u16), rows.len() as u32 + ADDED)?;
            let used = rows.iter().any(|cells| cells[at].is_some());
            // What a standard does not use stands there, out of the way.
            if column.rare && !used {
                sheet.set_column_hidden(at as u16)?;
            } else {
                across += column.width;
            }
        }
        for (at, cells) in rows.iter().enumerate() {
            sheet.set_row_height(at as u32 + 1, tallest(layout, cells))?;
            for (column, held) in cells.iter().enumerate() {
                let kind = layout.columns[column].kind;
                cell(
                    sheet,
                    at as u32 + 1,
                    column as u16,
                    held.as_ref(),
                    kind,
                    &style,
                )?;
            }
        }
        sheet.set_freeze_panes(1, 2)?;
        sheet.autofilter(0, 0, rows.len() as u32, layout.columns.len() as u16 - 1)?;
        page(sheet, across)?;
        if across > ACROSS {
            sheet.set_repeat_columns(0, 1)?;
        }
    }
    workbook.save_to_buffer()
}

/// Rows below the last that are offered the same choices.
const ADDED: u32 = 200;
/// So many characters are readable across an A4.
const ACROSS: f64 = 230.0;

/// Offers the words that a column's cells may hold; others pass, since a newer engine may know
/// them.
fn choose(
    sheet: &mut Worksheet,
    key: &str,
    (row, column): (u32, u16),
    last: u32,
) -> Result<(), XlsxError> {
    let words = choices(key);
    if words.is_empty() {
        return Ok(());
    }
    let validation = DataValidation::new()
        .allow_list_strings(words)?
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_message(format!("应为 {} 之一", words.join("、")))?;
    sheet.add_data_validation(row, column, last, column, &validation)?;
    Ok(())
}

/// The height of a row that shows all of its texts.
fn tallest(layout: &Sheet, cells: &[Option<Held>]) -> f64 {
    let needed = layout
        .columns
        .iter()
        .zip(cells)
        .map(|(column, held)| match held {
            Some(Held::Text(text)) => lines(text, column.width + 2.0),
            _ => 1.0,
        });
    height(needed.fold(1.0, f64::max))
}

fn page(sheet: &mut Worksheet, across: f64) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(9);
    sheet.set_print_fit_to_pages((across / ACROSS).ceil().max(1.0) as u16, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_footer("&L&A&C&P / &N");
    Ok(())
}

/// A title that ends in its key.
fn titled(column: &Column) -> String {
    format!("{} {}", column.zh, column.key)
}

fn cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    held: Option<&Held>,
    kind: Kind,
    style: &Style,
) -> Result<(), XlsxError> {
    match held {
        Some(Held::Number(number)) => {
            sheet.write_number_with_format(row, column, *number, &style.number)?;
        }
        Some(Held::Text(text)) => {
            let format = if kind == Kind::Plain {
                &style.number
            } else {
                &style.text
            };
            sheet.write_string_with_format(row, column, text, format)?;
        }
        None => {
            let format = if kind == Kind::Plain {
                &style.number
            } else {
                &style.text
            };
            sheet.write_blank(row, column, format)?;
        }
    }
    Ok(())
}
