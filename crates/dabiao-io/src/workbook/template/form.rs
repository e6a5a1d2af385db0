//! The form of one community: items with what they ask, cells to fill in, points beside them.

use dabiao::Text;
use dabiao::explain::Role;
use dabiao::standard::document::{Item, Section};
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::computation::{References, address};
use super::live::{LiveItem, Published};
use super::paper::{self, Block};
use super::style::{height, lines};
use super::{Inputs, Template};

/// Widths of the columns.
const WIDTHS: [f64; 10] = [7.0, 22.0, 6.5, 46.0, 20.0, 25.0, 13.0, 8.0, 12.0, 13.0];
const CODE: u16 = 0;
const TITLE: u16 = 1;
const POINTS: u16 = 2;
const RULE: u16 = 3;
const EVIDENCE: u16 = 4;
const ASKED: u16 = 5;
pub(super) const INPUT: u16 = 6;
const UNIT: u16 = 7;
const EARNED: u16 = 8;
const HINT: u16 = 9;
/// The row of the heading, from 0.
const HEADING: u32 = 4;

/// Where things are put as the form grows.
struct Form<'s> {
    sheet: &'s mut Worksheet,
    row: u32,
    places: Vec<Option<(u32, u16)>>,
    /// Formulas of points are written once all inputs have their places.
    results: Vec<(u32, u16, Shown)>,
    /// What a page is not to part.
    blocks: Vec<Block>,
}

impl Form<'_> {
    /// Sets the heights of rows that stay together.
    fn rows(&mut self, heights: &[f64], heads: bool) -> Result<(), XlsxError> {
        for (row, height) in (self.row..).zip(heights) {
            self.sheet.set_row_height(row, *height)?;
        }
        self.blocks.push(Block {
            first: self.row,
            height: heights.iter().sum(),
            heads,
        });
        Ok(())
    }
}

/// What a cell of results shows.
enum Shown {
    /// An item or an entry, whether blanks of it are told, and what it looks at.
    Item(LiveItem, bool, Vec<usize>),
    Points(Published, bool),
}

impl Template<'_> {
    pub(super) fn form(&self, sheet: &mut Worksheet) -> Result<Inputs, XlsxError> {
        let document = self.standard.document();
        for (column, width) in WIDTHS.iter().enumerate() {
            sheet.set_column_width(column as u16, *width)?;
        }
        let mut form = Form {
            sheet: &mut *sheet,
            row: HEADING + 1,
            places: vec![None; document.measures.len()],
            results: Vec::new(),
            blocks: Vec::new(),
        };
        let top = self.form_head(form.sheet)?;
        let (code, name) = ((2, TITLE), (2, RULE));
        let sections = self.standard.sections();
        let mut items = self.live.items.iter();
        for (at, section) in sections.iter().enumerate() {
            self.section_row(&mut form, section, at)?;
            for item in &section.items {
                if let Some(live) = items.next() {
                    self.item_rows(&mut form, item, live, Role::Item)?;
                }
            }
        }
        let bonus = (
            &document.bonus,
            &self.live.bonus_items,
            Role::Bonus,
            Text::new("加分项", "Bonus"),
            &self.live.bonus,
        );
        let deductions = (
            &document.deductions,
            &self.live.deduction_items,
            Role::Deduction,
            Text::new("扣分项", "Deductions"),
            &self.live.deductions,
        );
        for (items, live, role, title, sum) in [bonus, deductions] {
            if items.is_empty() {
                continue;
            }
            self.band(&mut form, title.get(self.options.lang), Some(sum), true)?;
            for (item, live) in items.iter().zip(live) {
                self.item_rows(&mut form, item, live, role)?;
            }
        }
        self.veto_rows(&mut form)?;
        self.further_rows(&mut form)?;
        if !document.bonus.is_empty() {
            let title = self.pick("加分前总分", "Total before bonus");
            self.band(&mut form, title, Some(&self.live.before_bonus), false)?;
        }
        let pages = paper::breaks(&form.blocks, &WIDTHS, top, 24.0);
        let places = form.places;
        let references = self.references(&places, 0, false);
        for (row, column, result) in &form.results {
            self.result(form.sheet, *row, *column, result, &references)?;
        }
        self.form_totals(form.sheet, &references)?;
        let last = form.row;
        sheet.set_freeze_panes(HEADING + 1, 2)?;
        paper::lay(sheet);
        sheet.set_repeat_rows(HEADING, HEADING)?;
        sheet.set_print_area(0, 0, last.saturating_sub(1), HINT)?;
        sheet.set_page_breaks(&pages)?;
        sheet.set_screen_gridlines(false);
        sheet.protect();
        Ok(Inputs { places, code, name })
    }

    /// What stands above the items; gives its height.
    fn form_head(&self, sheet: &mut Worksheet) -> Result<f64, XlsxError> {
        let document = self.standard.document();
        let (style, lang) = (&self.style, self.options.lang);
        let title = format!(
            "{} {}",
            document.title.get(lang),
            self.pick("自评表", "self-assessment")
        );
        sheet.merge_range(0, CODE, 0, HINT, &title, &style.title)?;
        sheet.set_row_height(0, 30)?;
        let mut note = self
            .pick(
                "只填浅黄色的格子\u{ff0c}其余自动计算\u{ff1b}详见“填表说明”。",
                "Fill in the pale yellow cells; the rest is worked out. See the sheet Guide.",
            )
            .to_owned();
        if let Some(notice) = &document.notice {
            note.push_str(self.pick("", " "));
            note.push_str(notice.get(lang));
        }
        sheet.merge_range(1, CODE, 1, HINT, &note, &style.note)?;
        let of_note = height(lines(&note, WIDTHS.iter().sum()));
        sheet.set_row_height(1, of_note)?;
        let community = &self.options.communities[0];
        sheet.write_with_format(2, CODE, self.pick("社区编码", "Code"), &style.label)?;
        sheet.write_string_with_format(2, TITLE, &community.code, &style.input)?;
        sheet.write_with_format(2, POINTS, self.pick("名称", "Name"), &style.label)?;
        sheet.write_string_with_format(2, RULE, &community.name, &style.input)?;
        sheet.write_with_format(
            2,
            EVIDENCE,
            self.pick("填表人、电话", "Filled in by"),
            &style.label,
        )?;
        sheet.merge_range(2, ASKED, 2, INPUT, "", &style.input)?;
        sheet.write_with_format(2, UNIT, self.pick("日期", "Date"), &style.label)?;
        sheet.merge_range(2, EARNED, 2, HINT, "", &style.input_date)?;
        sheet.set_row_height(2, 24)?;
        let heads = [
            ("编号", "Code"),
            ("小项", "Item"),
            ("分值", "Points"),
            ("怎样评分", "How it is marked"),
            ("佐证材料", "Evidence"),
            ("填报内容", "What to fill in"),
            ("填报值", "Value"),
            ("单位", "Unit"),
            ("得分", "Points earned"),
            ("提示", "Hint"),
        ];
        for (column, (zh, en)) in heads.into_iter().enumerate() {
            sheet.write_with_format(HEADING, column as u16, self.pick(zh, en), &style.head)?;
        }
        sheet.set_row_height(HEADING, 24)?;
        Ok(30.0 + of_note + 24.0 + 26.0 + 24.0)
    }

    /// The total and the grade, above the heading, where they stay in sight.
    fn form_totals(&self, sheet: &mut Worksheet, places: &References<'_>) -> Result<(), XlsxError> {
        let style = &self.style;
        let row = HEADING - 1;
        sheet.set_row_height(row, 26)?;
        sheet.merge_range(
            row,
            CODE,
            row,
            TITLE,
            self.pick("自评总分", "Total"),
            &style.total,
        )?;
        sheet.merge_range(row, POINTS, row, RULE, "", &style.total)?;
        let total = self.points(&self.live.total, places);
        sheet.write_formula_with_format(row, POINTS, total, &style.total)?;
        sheet.write_with_format(row, EVIDENCE, self.pick("等次", "Grade"), &style.total)?;
        sheet.merge_range(row, ASKED, row, INPUT, "", &style.total)?;
        sheet.write_formula_with_format(row, ASKED, self.grade(places), &style.total)?;
        let open = self.pick("等次暂定", "provisional");
        sheet.merge_range(row, UNIT, row, HINT, "", &style.total)?;
        let open = self.flagged(&self.live.undecided, open, places);
        sheet.write_formula_with_format(row, UNIT, open, &style.total)?;
        Ok(())
    }

    fn band(
        &self,
        form: &mut Form<'_>,
        title: &str,
        points: Option<&Published>,
        heads: bool,
    ) -> Result<(), XlsxError> {
        let style = &self.style;
        let row = form.row;
        form.sheet
            .merge_range(row, CODE, row, UNIT, title, &style.section)?;
        form.sheet.write_blank(row, EARNED, &style.section_points)?;
        form.sheet.write_blank(row, HINT, &style.section)?;
        form.rows(&[22.0], heads)?;
        if let Some(points) = points {
            form.results
                .push((row, EARNED, Shown::Points(points.clone(), true)));
        }
        form.row += 1;
        Ok(())
    }

    fn section_row(
        &self,
        form: &mut Form<'_>,
        section: &Section,
        at: usize,
    ) -> Result<(), XlsxError> {
        let style = &self.style;
        let row = form.row;
        let title = section.title.get(self.options.lang);
        form.sheet
            .write_with_format(row, CODE, &section.id, &style.section)?;
        form.sheet
            .write_with_format(row, TITLE, title, &style.section)?;
        let worth = self.standard.worth(at).cloned().unwrap_or_default();
        form.sheet
            .write_with_format(row, POINTS, worth.to_f64(), &style.section_points)?;
        for column in RULE..EARNED {
            form.sheet.write_blank(row, column, &style.section)?;
        }
        form.sheet.write_blank(row, EARNED, &style.section_points)?;
        form.sheet.write_blank(row, HINT, &style.section)?;
        form.rows(&[height(lines(title, 120.0)).max(22.0)], true)?;
        if let Some(published) = self.live.sections.get(at) {
            form.results
                .push((row, EARNED, Shown::Points(published.clone(), true)));
        }
        form.row += 1;
        Ok(())
    }

    fn item_rows(
        &self,
        form: &mut Form<'_>,
        item: &Item,
        live: &LiveItem,
        role: Role,
    ) -> Result<(), XlsxError> {
        let style = &self.style;
        let lang = self.options.lang;
        let mut fields = self.fields.of_item(item);
        if fields.is_empty() {
            // A standard without a value anywhere; there is nothing to fill in.
            fields.push(usize::MAX);
        }
        let (first, last) = (form.row, form.row + fields.len() as u32 - 1);
        let rule = self.fields.words.item(item, role);
        let title = item.title.get(lang);
        let evidence = item
            .evidence
            .as_ref()
            .map_or("", |evidence| evidence.get(lang));
        let texts = [
            (CODE, item.id.as_str(), &style.code),
            (TITLE, title, &style.text),
            (RULE, rule.as_str(), &style.text),
            (EVIDENCE, evidence, &style.text),
        ];
        for (column, text, format) in texts {
            block(form.sheet, first, last, column, format)?;
            form.sheet
                .write_string_with_format(first, column, text, format)?;
        }
        block(form.sheet, first, last, POINTS, &style.number)?;
        if let Some(points) = &item.points {
            form.sheet
                .write_with_format(first, POINTS, points.to_f64(), &style.number)?;
        }
        block(form.sheet, first, last, EARNED, &style.result)?;
        block(form.sheet, first, last, HINT, &style.hint)?;
        form.results.push((
            first,
            EARNED,
            Shown::Item(live.clone(), role == Role::Item, fields.clone()),
        ));
        let all = texts.map(|(column, text, _)| lines(text, WIDTHS[usize::from(column)]));
        let needed = height(all.into_iter().fold(1.0, f64::max));
        form.rows(&self.heights(&fields, needed), false)?;
        for (at, measure) in fields.iter().enumerate() {
            let row = first + at as u32;
            if *measure == usize::MAX {
                for column in [ASKED, INPUT, UNIT] {
                    form.sheet.write_blank(row, column, &style.text)?;
                }
            } else {
                self.field(form, row, *measure)?;
            }
        }
        form.row = last + 1;
        Ok(())
    }

    /// The heights of the rows of some fields, which together need at least so much.
    fn heights(&self, fields: &[usize], needed: f64) -> Vec<f64> {
        let asked = fields.iter().map(|measure| {
            let title = match *measure {
                usize::MAX => String::new(),
                measure => self.fields.title(measure),
            };
            height(lines(&title, WIDTHS[usize::from(ASKED)])).max(22.0)
        });
        let asked: Vec<f64> = asked.collect();
        let missing = (needed - asked.iter().sum::<f64>()).max(0.0) / fields.len() as f64;
        let full = asked.into_iter().map(|asked| (asked + missing).min(409.0));
        full.collect()
    }

    /// One thing to fill in; a second time, where it was filled in.
    fn field(&self, form: &mut Form<'_>, row: u32, measure: usize) -> Result<(), XlsxError> {
        let style = &self.style;
        let sheet = &mut *form.sheet;
        sheet.write_with_format(row, ASKED, self.fields.title(measure), &style.text)?;
        sheet.write_with_format(row, UNIT, self.fields.unit(measure), &style.code)?;
        if !self.fields.is_of_community(measure) {
            let there = self.pick("见“单元数据”", "see Units");
            sheet.write_with_format(row, INPUT, there, &style.mirror)?;
            return Ok(());
        }
        if let Some((from, column)) = form.places[measure] {
            let place = address(from, column).replace('$', "");
            let mirror = Formula::new(format!("=IF({place}=\"\",\"\",{place})")).set_result("");
            let format = self.fields.shown_again(measure, style);
            sheet.write_formula_with_format(row, INPUT, mirror, &format)?;
            let again = format!("{}{}{}", self.pick("同 ", "same as "), place, "");
            sheet.write_with_format(row, UNIT, again, &style.mirror)?;
            return Ok(());
        }
        self.input(sheet, (row, INPUT), 0, measure)?;
        let place = address(row, INPUT).replace('$', "");
        let list = self.list_place(measure);
        let validation = self.fields.validation(measure, &place, list.as_deref())?;
        sheet.add_data_validation(row, INPUT, row, INPUT, &validation)?;
        form.places[measure] = Some((row, INPUT));
        Ok(())
    }

    fn veto_rows(&self, form: &mut Form<'_>) -> Result<(), XlsxError> {
        let document = self.standard.document();
        if document.vetoes.is_empty() {
            return Ok(());
        }
        let style = &self.style;
        self.band(form, self.pick("一票否决", "Vetoes"), None, true)?;
        for (veto, outcome) in document.vetoes.iter().zip(&self.live.vetoes) {
            let mut names = Vec::new();
            veto.when.visit_measures(&mut |name| names.push(name));
            let fields = self.fields.indices(&names);
            let (first, last) = (form.row, form.row + fields.len().max(1) as u32 - 1);
            let rule = self.fields.words.veto(veto);
            let title = veto.title.get(self.options.lang);
            let texts = [
                (CODE, veto.id.as_str(), &style.code),
                (TITLE, title, &style.text),
                (RULE, rule.as_str(), &style.text),
                (POINTS, "", &style.code),
                (EVIDENCE, "", &style.text),
                (HINT, "", &style.hint),
            ];
            for (column, text, format) in texts {
                block(form.sheet, first, last, column, format)?;
                form.sheet
                    .write_string_with_format(first, column, text, format)?;
            }
            block(form.sheet, first, last, EARNED, &style.result)?;
            let published = Published {
                points: outcome.clone(),
                code: outcome.clone(),
                decimals: 0,
            };
            form.results
                .push((first, EARNED, Shown::Points(published, false)));
            let needed =
                height(lines(&rule, WIDTHS[usize::from(RULE)]).max(lines(title, WIDTHS[1])));
            let heights = match fields.is_empty() {
                true => vec![needed.max(22.0)],
                false => self.heights(&fields, needed),
            };
            form.rows(&heights, false)?;
            for (at, measure) in fields.into_iter().enumerate() {
                self.field(form, first + at as u32, measure)?;
            }
            form.row = last + 1;
        }
        Ok(())
    }

    /// What nothing above asks for and a community's table may hold.
    fn further_rows(&self, form: &mut Form<'_>) -> Result<(), XlsxError> {
        let measures = 0..self.standard.document().measures.len();
        let further: Vec<usize> = measures
            .filter(|at| form.places[*at].is_none() && self.fields.is_of_community(*at))
            .collect();
        if further.is_empty() {
            return Ok(());
        }
        self.band(form, self.pick("其他数据", "Further data"), None, true)?;
        for measure in further {
            let row = form.row;
            for column in [CODE, TITLE, POINTS, RULE, EVIDENCE, EARNED, HINT] {
                form.sheet.write_blank(row, column, &self.style.text)?;
            }
            form.rows(&self.heights(&[measure], 0.0), false)?;
            self.field(form, row, measure)?;
            form.row += 1;
        }
        Ok(())
    }

    /// What a person should look at again.
    fn hint(
        &self,
        live: &LiveItem,
        counts: bool,
        fields: &[usize],
        places: &References<'_>,
    ) -> Formula {
        let faulty = fields.iter().filter_map(|at| self.live.faulty.get(*at));
        let faulty: Vec<String> = faulty.map(|faulty| faulty.written(places)).collect();
        let (wrong, open) = (
            self.pick("填写有误", "not accepted"),
            self.pick("有未填项", "blank"),
        );
        let missing = match counts {
            true => format!("IF({}=1,\"{open}\",\"\")", live.missing.written(places)),
            false => "\"\"".to_owned(),
        };
        let text = match faulty.is_empty() {
            true => format!("={missing}"),
            false => format!("=IF(OR({}),\"{wrong}\",{missing})", faulty.join(",")),
        };
        let is_open = counts && self.blank_value(&live.missing).number() == Some(1.0);
        Formula::new(text).set_result(if is_open { open } else { "" })
    }

    fn result(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        result: &Shown,
        places: &References<'_>,
    ) -> Result<(), XlsxError> {
        let style = &self.style;
        match result {
            Shown::Item(live, counts, fields) => {
                let points = self.points(&live.published, places);
                sheet.write_formula_with_format(row, column, points, &style.result)?;
                let hint = self.hint(live, *counts, fields, places);
                sheet.write_formula_with_format(row, HINT, hint, &style.hint)?;
            }
            Shown::Points(published, true) => {
                let points = self.points(published, places);
                sheet.write_formula_with_format(row, column, points, &style.section_points)?;
            }
            // A veto: whether it holds.
            Shown::Points(published, false) => {
                let outcome = published.points.written(places);
                let (holds, open, no) = (
                    self.pick("触发", "holds"),
                    self.pick("待定", "open"),
                    self.pick("未触发", "no"),
                );
                let text = format!(
                    "=IF({outcome}=1,\"{holds}\",IF(OR({outcome}=3,{outcome}=5,{outcome}=7),\"{open}\",\"{no}\"))"
                );
                let result = match self.blank_value(&published.points).number() {
                    Some(1.0) => holds,
                    Some(3.0 | 5.0 | 7.0) => open,
                    _ => no,
                };
                let formula = Formula::new(text).set_result(result);
                sheet.write_formula_with_format(row, column, formula, &style.result)?;
            }
        }
        Ok(())
    }
}

/// Cells that are merged downwards where there are several.
fn block(
    sheet: &mut Worksheet,
    first: u32,
    last: u32,
    column: u16,
    format: &rust_xlsxwriter::Format,
) -> Result<(), XlsxError> {
    if last > first {
        sheet.merge_range(first, column, last, column, "", format)?;
    } else {
        sheet.write_blank(first, column, format)?;
    }
    Ok(())
}
