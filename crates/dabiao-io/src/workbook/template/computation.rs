//! The hidden sheet on which points are worked out: a row for each step, a column for each
//! community.

use dabiao::Points;
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::live::{self, CellId, Formula as LiveFormula, Places, Published, Value};
use super::{Inputs, Template};

/// Rows above the first step.
const HEAD: u32 = 3;

/// References to the computation of one community, from one of the sheets.
pub(super) struct References<'a> {
    template: &'a Template<'a>,
    inputs: &'a [Option<(u32, u16)>],
    /// The community.
    at: usize,
    /// Whether the formula itself stands on the sheet of the computation.
    inside: bool,
}

/// `B12`, with signs of the dollar.
pub(super) fn address(row: u32, column: u16) -> String {
    format!("${}${}", column_number_to_name(column), row + 1)
}

impl Places for References<'_> {
    fn cell(&self, id: CellId) -> String {
        let (row, column) = (HEAD + id as u32, self.at as u16 + 2);
        let place = format!("{}{}", column_number_to_name(column), row + 1);
        if self.inside {
            place
        } else {
            format!("'{}'!{place}", self.template.names.computation)
        }
    }

    fn input(&self, measure: usize) -> String {
        if let Some(id) = self.template.normalised(measure)
            && self.inputs.get(measure).is_some_and(Option::is_some)
        {
            return self.cell(id);
        }
        match self.inputs.get(measure).copied().flatten() {
            Some((row, column)) if self.inside => {
                format!("'{}'!{}", self.template.names.form, address(row, column))
            }
            Some((row, column)) => address(row, column),
            // Typed nowhere: blank.
            None => "\"\"".to_owned(),
        }
    }

    fn units(&self, measure: usize) -> String {
        match self.template.unit_cells(measure) {
            Some(cells) => format!("COUNTA({cells})"),
            None => "0".to_owned(),
        }
    }
}

impl<'a> Template<'a> {
    pub(super) fn references(
        &'a self,
        inputs: &'a [Option<(u32, u16)>],
        at: usize,
        inside: bool,
    ) -> References<'a> {
        References {
            template: self,
            inputs,
            at,
            inside,
        }
    }

    /// What a formula comes to on the blank sheet.
    pub(super) fn blank_value(&self, formula: &LiveFormula) -> Value {
        formula.value(&live::Sheet {
            values: &self.values,
            inputs: &[],
        })
    }

    /// A formula of the form with its result on the blank sheet.
    pub(super) fn formula(&self, formula: &LiveFormula, places: &References<'_>) -> Formula {
        let result = match self.blank_value(formula) {
            Value::Number(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Truth(truth) => f64::from(u8::from(truth)).to_string(),
            Value::Blank => String::new(),
            Value::Error => "#VALUE!".to_owned(),
        };
        Formula::new(format!("={}", formula.written(places))).set_result(result)
    }

    /// Points as they are shown: a number, or the words for why there is none.
    pub(super) fn points(&self, published: &Published, places: &References<'_>) -> Formula {
        let code = published.code.written(places);
        let scale = 10f64.powi(i32::from(published.decimals));
        let words = [
            (live::LEFT, live::WORDS.not_applicable),
            (live::COHORT, self.after_collecting()),
            (live::REQUIRED, self.required()),
            (live::FAULTY, self.faulty()),
        ];
        let mut shown = format!("\"{}\"", self.too_fine());
        for (why, word) in words.into_iter().rev() {
            shown = format!("IF({code}={why},\"{word}\",{shown})");
        }
        let points = published.points.written(places);
        let text = format!("=IF({code}=0,({points})/{scale},{shown})");
        let result = match super::points_of(&self.live, &self.values, &[], published) {
            Ok(Some(points)) => Points::to_string(&points),
            Ok(None) => live::WORDS.not_applicable.to_owned(),
            Err(why) => {
                let word = words.iter().find(|(held, _)| *held == why);
                word.map_or(self.too_fine(), |(_, word)| word).to_owned()
            }
        };
        Formula::new(text).set_result(result)
    }

    /// What formulas cannot tell.
    pub(super) fn after_collecting(&self) -> &'static str {
        self.pick("汇总后计算", "after collecting")
    }

    /// What is finer than a sheet can compute exactly, or hangs on what it does not have.
    fn too_fine(&self) -> &'static str {
        self.pick(
            "表内无法确定\u{ff0c}汇总后计算",
            "cannot be told here: after collecting",
        )
    }

    fn required(&self) -> &'static str {
        self.pick("必填项未填", "required")
    }

    fn faulty(&self) -> &'static str {
        self.pick("填写有误", "not accepted")
    }

    /// The grade in words, or why there is none.
    pub(super) fn grade(&self, places: &References<'_>) -> Formula {
        let lang = self.options.lang;
        let grade = self.live.grade.written(places);
        let code = self.live.total.code.written(places);
        let none = self.pick("未达等次", "no grade");
        let mut shown = format!("\"{none}\"");
        let grades = &self.standard.document().grades;
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        for (at, held) in grades.iter().enumerate().rev() {
            shown = format!("IF({grade}={at},{},{shown})", quoted(held.title.get(lang)));
        }
        let result = match self.blank_value(&self.live.total.code).number() {
            Some(0.0) => {
                let at = self.blank_value(&self.live.grade).number().unwrap_or(0.0);
                grades
                    .get(at as usize)
                    .map_or(none, |grade| grade.title.get(lang))
            }
            _ => "—",
        };
        Formula::new(format!("=IF({code}=0,{shown},\"—\")")).set_result(result)
    }

    /// The text where a flag holds, otherwise nothing.
    pub(super) fn flagged(
        &self,
        flag: &LiveFormula,
        text: &str,
        places: &References<'_>,
    ) -> Formula {
        let written = flag.written(places);
        let held = self.blank_value(flag).number() == Some(1.0);
        let result = if held { text } else { "" };
        Formula::new(format!("=IF({written}=1,\"{text}\",\"\")")).set_result(result)
    }

    pub(super) fn computation(
        &self,
        sheet: &mut Worksheet,
        inputs: &[Inputs],
    ) -> Result<(), XlsxError> {
        let style = &self.style;
        sheet.write_with_format(
            0,
            0,
            self.pick(
                "本表按标准逐步计算得分\u{ff0c}请勿改动。分数以“分子、分母”两格表示\u{ff0c}避免小数误差。",
                "Points are worked out here, step by step. Fractions stand in two cells, so that nothing is rounded on the way.",
            ),
            &style.plain,
        )?;
        sheet.write_with_format(1, 0, self.pick("步骤", "Step"), &style.plain)?;
        sheet.write_with_format(1, 1, self.pick("所属", "About"), &style.plain)?;
        for (at, community) in self.options.communities.iter().enumerate() {
            sheet.write_with_format(1, at as u16 + 2, &community.code, &style.plain)?;
        }
        for (id, cell) in self.live.cells.iter().enumerate() {
            let row = HEAD + id as u32;
            sheet.write(row, 0, id as f64 + 1.0)?;
            sheet.write(row, 1, &cell.about)?;
            for (at, inputs) in inputs.iter().enumerate() {
                let places = self.references(&inputs.places, at, true);
                let formula = self.formula(&cell.formula, &places);
                sheet.write_formula(row, at as u16 + 2, formula)?;
            }
        }
        self.percentages(sheet, inputs)?;
        // Lists that are too long for a cell's own check stand to the right.
        let measures = self.standard.document().measures.len();
        for (at, measure) in self.long_lists().into_iter().enumerate() {
            debug_assert!(measure < measures);
            let column = self.list_column(at);
            for (row, label) in self
                .fields
                .long_list(measure)
                .unwrap_or_default()
                .iter()
                .enumerate()
            {
                sheet.write_string(HEAD + row as u32, column, label)?;
            }
        }
        sheet.set_column_width(1, 24)?;
        sheet.protect();
        sheet.set_hidden(true);
        Ok(())
    }

    /// The measures that are percentages.
    fn percent_measures(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        let measures = 0..self.standard.document().measures.len();
        measures.filter_map(|at| Some((at, self.fields.percent(at)?)))
    }

    /// Where the value of a percentage stands in the measure's own unit.
    fn normalised(&self, measure: usize) -> Option<CellId> {
        let mut all = self.percent_measures();
        let at = all.position(|(held, _)| held == measure)?;
        Some(self.live.cells.len() + at)
    }

    /// Percentages in their measure's own unit, below the steps: a cell that is formatted as a
    /// percentage holds 0.95 for 95%, and so does one whose format cannot be told; a number that
    /// was pasted over it, format and all, is a bare one.
    fn percentages(&self, sheet: &mut Worksheet, inputs: &[Inputs]) -> Result<(), XlsxError> {
        // Tells whether a program knows formats at all.
        sheet.write_blank(HEAD - 1, 0, &self.style.percent)?;
        let known = address(HEAD - 1, 0);
        for (row, (measure, whole)) in
            (HEAD + self.live.cells.len() as u32..).zip(self.percent_measures())
        {
            sheet.write(row, 1, &self.standard.document().measures[measure].name)?;
            for (at, inputs) in inputs.iter().enumerate() {
                let Some((from, column)) = inputs.places[measure] else {
                    continue;
                };
                let p = format!("'{}'!{}", self.names.form, address(from, column));
                let text = format!(
                    "=IF({p}=\"\",\"\",IF(ISNUMBER({p}),\
                     IF(AND(LEFT(CELL(\"format\",{known}),1)=\"P\",LEFT(CELL(\"format\",{p}),1)<>\"P\"),\
                     {p},ROUND({p}*{whole},6)),\
                     IF(OR(RIGHT({p},1)=\"%\",RIGHT({p},1)=\"\u{ff05}\"),\
                     IFERROR(ROUND(VALUE(LEFT({p},LEN({p})-1))*{whole}/100,6),{p}),{p})))"
                );
                let formula = Formula::new(text).set_result("");
                sheet.write_formula(row, at as u16 + 2, formula)?;
            }
        }
        Ok(())
    }

    /// The measures whose lists are too long.
    fn long_lists(&self) -> Vec<usize> {
        let measures = 0..self.standard.document().measures.len();
        measures
            .filter(|measure| self.fields.long_list(*measure).is_some())
            .collect()
    }

    fn list_column(&self, at: usize) -> u16 {
        (self.options.communities.len() + 3 + at) as u16
    }

    /// Where the long list of a measure stands.
    pub(super) fn list_place(&self, measure: usize) -> Option<String> {
        let at = self.long_lists().iter().position(|held| *held == measure)?;
        let length = self.fields.long_list(measure)?.len() as u32;
        let column = self.list_column(at);
        Some(format!(
            "='{}'!{}:{}",
            self.names.computation,
            address(HEAD, column),
            address(HEAD + length - 1, column)
        ))
    }
}
