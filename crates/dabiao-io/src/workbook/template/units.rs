//! The party grid of the community, and what is collected in its units.

use dabiao::standard::document::MeasureKind;
use rust_xlsxwriter::{DataValidation, DataValidationRule, Worksheet, XlsxError};

use super::Template;
use super::computation::address;
use super::live::WORDS;

/// Rows to fill in.
const ROWS: u32 = 300;
/// The row of the heading, from 0.
const HEADING: u32 = 2;

impl Template<'_> {
    pub(super) fn grid(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let style = &self.style;
        sheet.write_with_format(0, 0, self.pick("党建网格", "The party grid"), &style.title)?;
        let note = self.pick(
            "街道、社区、网格、楼宇各一行\u{ff0c}上级填上一级的编码。党组织填“是”或“否”\u{ff1b}小区只对楼宇填写。",
            "A row for each street, community, grid and building; Parent is the code one level up. Organisation is 是 or 否; a compound is for buildings alone.",
        );
        sheet.write_with_format(1, 0, note, &style.plain)?;
        let columns = [
            ("编码", "code", 18.0),
            ("层级", "level", 9.0),
            ("上级", "parent", 18.0),
            ("名称", "name", 24.0),
            ("党组织", "organisation", 10.0),
            ("户数", "households", 9.0),
            ("党员数", "members", 9.0),
            ("小区", "compound", 18.0),
        ];
        for (column, (zh, en, width)) in columns.into_iter().enumerate() {
            let column = column as u16;
            sheet.write_with_format(HEADING, column, self.pick(zh, en), &style.head)?;
            sheet.set_column_width(column, width)?;
            let format = match column {
                5 | 6 => &style.input_count,
                _ => &style.input,
            };
            for row in HEADING + 1..=HEADING + ROWS {
                sheet.write_blank(row, column, format)?;
            }
        }
        let rows = (HEADING + 1, HEADING + ROWS);
        let levels = ["街道", "社区", "网格", "楼宇"];
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
        self.sheet_of_rows(sheet, 7)
    }

    pub(super) fn units(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let style = &self.style;
        let measures: Vec<usize> = self.fields.unit_measures().collect();
        let document = self.standard.document();
        sheet.write_with_format(0, 0, self.pick("单元数据", "Values of units"), &style.title)?;
        let note = self.pick(
            "逐个网格、楼宇、小区填报的数据\u{ff0c}编码与“网格”表一致。在此填报的\u{ff0c}自评表中同一项留空\u{ff0c}汇总后计算。",
            "Values of each grid, building or compound, by the codes of the sheet Grid. What is given here stays blank in the form, and is worked out after collecting.",
        );
        sheet.write_with_format(0, 2, note, &style.plain)?;
        sheet.set_row_height(1, 34)?;
        sheet.write_with_format(HEADING, 0, "code", &style.head)?;
        sheet.set_column_width(0, 20)?;
        for row in HEADING + 1..=HEADING + ROWS {
            sheet.write_blank(row, 0, &style.input)?;
        }
        for (at, measure) in measures.iter().enumerate() {
            let column = at as u16 + 1;
            let held = &document.measures[*measure];
            sheet.write_with_format(HEADING, column, &held.name, &style.head)?;
            let title = self.fields.title(*measure);
            sheet.write_with_format(HEADING - 1, column, &title, &style.note)?;
            let note = format!("{title} ({})", level(held.level, self.options.lang));
            sheet.insert_note(
                HEADING,
                column,
                &rust_xlsxwriter::Note::new(note).set_author(""),
            )?;
            let format = match held.kind {
                MeasureKind::Count => &style.input_count,
                MeasureKind::Number => &style.input_number,
                MeasureKind::Date => &style.input_date,
                MeasureKind::YesNo | MeasureKind::Label => &style.input,
            };
            for row in HEADING + 1..=HEADING + ROWS {
                sheet.write_blank(row, column, format)?;
            }
            sheet.set_column_width(column, 18)?;
        }
        self.sheet_of_rows(sheet, measures.len() as u16)
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

    fn sheet_of_rows(&self, sheet: &mut Worksheet, last: u16) -> Result<(), XlsxError> {
        sheet.set_row_height(0, 28)?;
        sheet.set_row_height(HEADING, 24)?;
        sheet.set_freeze_panes(HEADING + 1, 1)?;
        sheet.set_landscape().set_paper_size(9);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(HEADING, HEADING)?;
        sheet.set_print_area(0, 0, HEADING + 40, last)?;
        sheet.protect();
        Ok(())
    }
}

/// A level in words.
fn level(level: dabiao::standard::document::Level, lang: dabiao::Lang) -> &'static str {
    use dabiao::standard::document::Level;
    match level {
        Level::Street => lang.pick("街道", "street"),
        Level::Community => lang.pick("社区", "community"),
        Level::Grid => lang.pick("网格", "grid"),
        Level::Building => lang.pick("楼宇", "building"),
        Level::Compound => lang.pick("住宅小区", "compound"),
    }
}
