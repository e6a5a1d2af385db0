//! The table of a street: a row for each community, a column for each value, points behind them.

use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::live::Published;
use super::style::{height, lines};
use super::{Inputs, Template};

/// The rows of the heading, from 0: groups, titles, units.
const HEADING: u32 = 2;
const CODE: u16 = 0;
const NAME: u16 = 1;
const WIDTH: f64 = 14.0;
/// Columns of a page beside the first two.
const COLUMNS: u32 = 8;

impl Template<'_> {
    pub(super) fn table(&self, sheet: &mut Worksheet) -> Result<Vec<Inputs>, XlsxError> {
        let document = self.standard.document();
        let (style, lang) = (&self.style, self.options.lang);
        let title = format!(
            "{} {}",
            document.title.get(lang),
            self.pick("自评汇总表", "self-assessment")
        );
        sheet.write_with_format(0, 0, &title, &style.title)?;
        sheet.set_row_height(0, 30)?;
        let note = self.pick(
            "每个社区一行\u{ff1b}只填浅黄色的格子\u{ff0c}得分自动计算。评分办法见“填表说明”。",
            "A row for each community. Fill in the pale yellow cells; points are worked out. See the sheet Guide.",
        );
        sheet.write_with_format(1, 0, note, &style.plain)?;
        let (first, communities) = (HEADING + 3, self.options.communities.len() as u32);
        for (column, text) in [
            (CODE, self.pick("社区编码", "Code")),
            (NAME, self.pick("社区名称", "Name")),
        ] {
            sheet.merge_range(HEADING, column, HEADING + 2, column, text, &style.head)?;
        }
        sheet.set_column_width(CODE, 15)?;
        sheet.set_column_width(NAME, 16)?;
        let mut column = NAME + 1;
        let mut places: Vec<Option<u16>> = vec![None; document.measures.len()];
        let mut tallest = 1.0f64;
        // Pages end between items.
        let mut breaks: Vec<u32> = Vec::new();
        for (group, measures) in self.groups() {
            let measures: Vec<usize> = measures
                .into_iter()
                .filter(|at| places[*at].is_none() && self.fields.is_of_community(*at))
                .collect();
            if measures.is_empty() {
                continue;
            }
            let from = column;
            let page = breaks.last().copied().unwrap_or(2);
            if u32::from(from) + measures.len() as u32 > page + COLUMNS {
                breaks.push(u32::from(from));
            }
            for measure in measures {
                places[measure] = Some(column);
                let title = self.fields.title(measure);
                tallest = tallest.max(lines(&title, WIDTH));
                sheet.write_with_format(HEADING + 1, column, title, &style.head)?;
                sheet.write_with_format(
                    HEADING + 2,
                    column,
                    self.fields.unit(measure),
                    &style.head,
                )?;
                for at in 0..communities {
                    self.input(sheet, (first + at, column), at as usize, measure)?;
                }
                let place = format!("{}{}", column_number_to_name(column), first + 1);
                let list = self.list_place(measure);
                let validation = self.fields.validation(measure, &place, list.as_deref())?;
                sheet.add_data_validation(
                    first,
                    column,
                    first + communities - 1,
                    column,
                    &validation,
                )?;
                sheet.set_column_width(column, WIDTH)?;
                column += 1;
            }
            let code: String = group;
            if column - from > 1 {
                sheet.merge_range(HEADING, from, HEADING, column - 1, &code, &style.head)?;
            } else {
                sheet.write_with_format(HEADING, from, &code, &style.head)?;
            }
        }
        let inputs: Vec<Inputs> = (0..communities)
            .map(|at| Inputs {
                places: places
                    .iter()
                    .map(|column| column.map(|column| (first + at, column)))
                    .collect(),
                code: (first + at, CODE),
                name: (first + at, NAME),
            })
            .collect();
        for (at, community) in self.options.communities.iter().enumerate() {
            let row = first + at as u32;
            sheet.write_string_with_format(row, CODE, &community.code, &style.input)?;
            sheet.write_string_with_format(row, NAME, &community.name, &style.input)?;
            sheet.set_row_height(row, 22)?;
        }
        let last = self.results(sheet, &inputs, column, first, &mut tallest)?;
        let results = (u32::from(column)..=u32::from(last)).step_by(COLUMNS as usize);
        breaks.extend(results);
        sheet.set_vertical_page_breaks(&breaks)?;
        super::paper::lay(sheet);
        super::paper::headline(sheet, &title);
        sheet.set_print_scale(68);
        sheet.set_row_height(HEADING, 24)?;
        sheet.set_row_height(HEADING + 1, height(tallest))?;
        sheet.set_freeze_panes(first, NAME + 1)?;
        sheet.set_repeat_rows(HEADING, HEADING + 2)?;
        sheet.set_repeat_columns(CODE, NAME)?;
        // From the heading on: every page has the title above it.
        sheet.set_print_area(HEADING, 0, first + communities - 1, last)?;
        sheet.set_screen_gridlines(false);
        sheet.protect();
        Ok(inputs)
    }

    /// What is filled in, by item: its code and its measures.
    fn groups(&self) -> Vec<(String, Vec<usize>)> {
        let document = self.standard.document();
        let extras = document.bonus.iter().chain(&document.deductions);
        let items = self.standard.items().into_iter().chain(extras);
        let mut groups: Vec<(String, Vec<usize>)> = items
            .map(|item| (item.id.clone(), self.fields.of_item(item)))
            .collect();
        for veto in &document.vetoes {
            let mut names = Vec::new();
            veto.when.visit_measures(&mut |name| names.push(name));
            groups.push((veto.id.clone(), self.fields.indices(&names)));
        }
        let further = self.pick("其他数据", "Further data").to_owned();
        groups.push((further, (0..document.measures.len()).collect()));
        groups
    }

    /// The columns of points; gives the last one.
    fn results(
        &self,
        sheet: &mut Worksheet,
        inputs: &[Inputs],
        mut column: u16,
        first: u32,
        tallest: &mut f64,
    ) -> Result<u16, XlsxError> {
        let document = self.standard.document();
        let (style, lang) = (&self.style, self.options.lang);
        let mut columns: Vec<(String, String, &Published)> = Vec::new();
        let items = self.standard.items().into_iter().zip(&self.live.items);
        for (item, live) in items {
            columns.push((
                item.id.clone(),
                item.title.get(lang).to_owned(),
                &live.published,
            ));
        }
        for (section, published) in self
            .standard
            .sections()
            .into_iter()
            .zip(&self.live.sections)
        {
            columns.push((
                section.id.clone(),
                section.title.get(lang).to_owned(),
                published,
            ));
        }
        if !document.bonus.is_empty() {
            columns.push((
                String::new(),
                self.pick("加分", "Bonus").to_owned(),
                &self.live.bonus,
            ));
        }
        if !document.deductions.is_empty() {
            columns.push((
                String::new(),
                self.pick("扣分", "Deductions").to_owned(),
                &self.live.deductions,
            ));
        }
        columns.push((
            String::new(),
            self.pick("总分", "Total").to_owned(),
            &self.live.total,
        ));
        for (code, title, published) in columns {
            *tallest = tallest.max(lines(&title, WIDTH));
            sheet.write_with_format(HEADING, column, code, &style.head)?;
            sheet.write_with_format(HEADING + 1, column, title, &style.head)?;
            sheet.write_with_format(
                HEADING + 2,
                column,
                self.pick("得分", "earned"),
                &style.head,
            )?;
            for (at, inputs) in inputs.iter().enumerate() {
                let places = self.references(&inputs.places, at, false);
                let points = self.points(published, &places);
                sheet.write_formula_with_format(
                    first + at as u32,
                    column,
                    points,
                    &style.result,
                )?;
            }
            sheet.set_column_width(column, 12)?;
            column += 1;
        }
        sheet.merge_range(
            HEADING,
            column,
            HEADING + 2,
            column,
            self.pick("等次", "Grade"),
            &style.head,
        )?;
        for (at, inputs) in inputs.iter().enumerate() {
            let places = self.references(&inputs.places, at, false);
            let row = first + at as u32;
            sheet.write_formula_with_format(row, column, self.grade(&places), &style.result)?;
        }
        sheet.set_column_width(column, 14)?;
        Ok(column)
    }
}
