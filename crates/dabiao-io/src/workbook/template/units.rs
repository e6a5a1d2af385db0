//! The party grid of the community, and what is collected in its units.

use dabiao::Lang;
use dabiao::standard::document::{Level, MeasureKind};
use rust_xlsxwriter::{Color, DataValidation, DataValidationRule, Format, Worksheet, XlsxError};

use super::computation::address;
use super::live::WORDS;
use super::style::{height, lines};
use super::{Template, paper};

/// Rows whose values are checked and counted.
const ROWS: u32 = 5_000;
/// Rows that a blank sheet prints; those below are there when they are filled in.
const PRINTED: u32 = 24;
/// The row of the heading, from 0.
const HEADING: u32 = 2;
/// The lines of rows that are not printed while they are blank.
const FURTHER: u32 = 0xE3_E8_EC;
/// The width of a column of units' values.
const UNIT_WIDTH: f64 = 16.0;

impl Template<'_> {
    pub(super) fn grid(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let style = &self.style;
        let columns = [
            ("编码", "code", 18.0),
            ("层级", "level", 9.0),
            ("上级", "parent", 18.0),
            ("名称", "name", 24.0),
            ("党组织", "organisation", 13.0),
            ("户数", "households", 12.0),
            ("党员数", "members", 10.0),
            ("小区", "compound", 18.0),
        ];
        let formats = (0..columns.len()).map(|column| match column {
            5 | 6 => &style.input_count,
            _ => &style.input,
        });
        let formats: Vec<(f64, &Format)> = columns
            .iter()
            .zip(formats)
            .map(|((_, _, width), format)| (*width, format))
            .collect();
        self.rows_to_fill(sheet, &formats)?;
        let title = self.pick("党建网格", "The party grid");
        sheet.write_with_format(0, 0, title, &style.title)?;
        let note = self.pick(
            "街道、社区、网格、楼宇、住宅小区各一行\u{ff0c}上级填上一级的编码\u{ff08}小区的上级是社区\u{ff09}。党组织填“是”或“否”\u{ff1b}末列只对楼宇填写小区的编码。",
            "A row for each street, community, grid, building and compound; Parent is the code one level up, of a compound its community. Organisation is 是 or 否; the last column is for buildings alone.",
        );
        sheet.write_with_format(1, 0, note, &style.plain)?;
        for (column, (zh, en, _)) in (0..).zip(columns) {
            sheet.write_with_format(HEADING, column, self.pick(zh, en), &style.head)?;
        }
        let rows = (HEADING + 1, HEADING + ROWS);
        let levels = ["街道", "社区", "网格", "楼宇", "住宅小区"];
        let level = DataValidation::new().allow_list_strings(&levels)?;
        sheet.add_data_validation(rows.0, 1, rows.1, 1, &level)?;
        let answers = DataValidation::new().allow_list_strings(&[WORDS.yes, WORDS.no])?;
        sheet.add_data_validation(rows.0, 4, rows.1, 4, &answers)?;
        let count = DataValidation::new()
            .allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0))
            .set_error_message(self.pick("填整数", "A whole number"))?;
        sheet.add_data_validation(rows.0, 5, rows.1, 6, &count)?;
        let community = &self.options.communities[0];
        if !self.options.rows && !community.code.is_empty() {
            let row = HEADING + 1;
            sheet.write_string_with_format(row, 0, &community.code, &style.input)?;
            sheet.write_string_with_format(row, 1, levels[1], &style.input)?;
            sheet.write_string_with_format(row, 3, &community.name, &style.input)?;
        }
        sheet.set_row_height(1, 20)?;
        sheet.set_row_height(HEADING, 24)?;
        sheet.set_freeze_panes(HEADING + 1, 1)?;
        sheet.set_repeat_rows(HEADING, HEADING)?;
        Ok(())
    }

    pub(super) fn units(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (style, lang) = (&self.style, self.options.lang);
        let measures: Vec<usize> = self.fields.unit_measures().collect();
        let document = self.standard.document();
        let mut formats = vec![(20.0, &style.input)];
        formats.extend(measures.iter().map(|measure| {
            let format = match document.measures[*measure].kind {
                _ if self.fields.is_percent_of_units(*measure) => &style.input_percent,
                MeasureKind::Count => &style.input_count,
                MeasureKind::Number => &style.input_number,
                MeasureKind::Date => &style.input_date,
                MeasureKind::YesNo | MeasureKind::Label => &style.input,
            };
            (UNIT_WIDTH, format)
        }));
        self.rows_to_fill(sheet, &formats)?;
        let title = self.pick("单元数据", "Values of units");
        let note = self.pick(
            "逐个网格、楼宇、小区填报\u{ff0c}编码与“网格”表一致。在此填报的\u{ff0c}自评表中同一项留空\u{ff0c}汇总后计算。",
            "Values of each grid, building or compound, by the codes of the sheet Grid. What is given here stays blank in the form, and is worked out after collecting.",
        );
        sheet.write_with_format(0, 0, title, &style.title)?;
        sheet.write_with_format(0, 2, note, &style.plain)?;
        // People read the titles; programs read the names below them.
        let code = self.pick("单元编码", "Code of the unit");
        sheet.write_with_format(HEADING - 1, 0, code, &style.head)?;
        sheet.write_with_format(HEADING, 0, "code", &style.mirror)?;
        let mut tallest = 1.0f64;
        for (column, measure) in (1..).zip(&measures) {
            let held = &document.measures[*measure];
            let title = self.fields.title(*measure);
            let title = match lang {
                Lang::Zh => format!("{title}\u{ff08}{}\u{ff09}", level(held.level, lang)),
                Lang::En => format!("{title} ({})", level(held.level, lang)),
            };
            tallest = tallest.max(lines(&title, UNIT_WIDTH));
            sheet.write_with_format(HEADING - 1, column, title, &style.head)?;
            sheet.write_with_format(HEADING, column, &held.name, &style.mirror)?;
        }
        sheet.set_row_height(HEADING - 1, height(tallest))?;
        sheet.set_row_height(HEADING, 28)?;
        sheet.set_freeze_panes(HEADING + 1, 1)?;
        sheet.set_repeat_rows(HEADING - 1, HEADING - 1)?;
        Ok(())
    }

    /// Columns to be filled in to any depth; the head of the sheet is locked.
    fn rows_to_fill(
        &self,
        sheet: &mut Worksheet,
        columns: &[(f64, &Format)],
    ) -> Result<(), XlsxError> {
        for (column, (width, format)) in (0..).zip(columns) {
            sheet.set_column_width(column, *width)?;
            // Of another line than the rows below: programs print no cells that look like the
            // whole of their column.
            let further = Format::clone(format).set_border_color(Color::RGB(FURTHER));
            sheet.set_column_format(column, &further)?;
            for row in 0..=HEADING {
                sheet.write_blank(row, column, &self.style.plain)?;
            }
            for row in HEADING + 1..=HEADING + PRINTED {
                sheet.write_blank(row, column, format)?;
            }
        }
        sheet.set_row_height(0, 28)?;
        paper::lay(sheet);
        sheet.protect();
        Ok(())
    }

    /// The cells in which units' values of a measure are typed.
    pub(super) fn unit_cells(&self, measure: usize) -> Option<String> {
        let at = self
            .fields
            .unit_measures()
            .position(|held| held == measure)?;
        let column = at as u16 + 1;
        Some(format!(
            "'{}'!{}:{}",
            self.names.units,
            address(HEADING + 1, column),
            address(HEADING + ROWS, column)
        ))
    }
}

/// A level in words.
fn level(level: Level, lang: Lang) -> &'static str {
    match level {
        Level::Street => lang.pick("街道", "street"),
        Level::Community => lang.pick("社区", "community"),
        Level::Grid => lang.pick("网格", "grid"),
        Level::Building => lang.pick("楼宇", "building"),
        Level::Compound => lang.pick("住宅小区", "compound"),
    }
}
