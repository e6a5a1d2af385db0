//! The sheet that programs read: all values as one table, a row for each community, each cell a
//! reference to where it is typed.

use dabiao::standard::document::MeasureKind;
use rust_xlsxwriter::{Color, Formula, Worksheet, XlsxError};

use super::computation::address;
use super::{Inputs, Template, paper};

/// The row of the heading, from 0.
const HEADING: u32 = 2;

impl Template<'_> {
    pub(super) fn data(&self, sheet: &mut Worksheet, inputs: &[Inputs]) -> Result<(), XlsxError> {
        let style = &self.style;
        let form = self.names.form;
        let note = self.pick(
            "供程序读取\u{ff0c}由其他工作表自动带入\u{ff0c}请勿改动\u{ff0c}不必打印。第二行是每列的填写位置。",
            "For programs; filled by itself from the other sheets, not to be printed. The second row says where each value is typed.",
        );
        sheet.write_with_format(0, 0, note, &style.plain)?;
        let measures = &self.standard.document().measures;
        let typed: Vec<usize> = (0..measures.len())
            .filter(|at| self.fields.is_of_community(*at))
            .collect();
        sheet.write_with_format(HEADING, 0, "code", &style.head)?;
        sheet.write_with_format(HEADING, 1, "name", &style.head)?;
        for (at, measure) in typed.iter().enumerate() {
            sheet.write_with_format(
                HEADING,
                at as u16 + 2,
                &measures[*measure].name,
                &style.head,
            )?;
            if let Some((row, column)) = inputs.first().and_then(|i| i.places[*measure]) {
                let place = address(row, column).replace('$', "");
                sheet.write_with_format(
                    HEADING - 1,
                    at as u16 + 2,
                    format!("{form}!{place}"),
                    &style.plain,
                )?;
            }
        }
        for (at, inputs) in inputs.iter().enumerate() {
            let row = HEADING + 1 + at as u32;
            let held = &self.options.communities[at];
            for (column, (place, held)) in [(inputs.code, &held.code), (inputs.name, &held.name)]
                .into_iter()
                .enumerate()
            {
                let formula = self.typed(place.0, place.1, held);
                sheet.write_formula_with_format(row, column as u16, formula, &style.plain)?;
            }
            for (column, measure) in typed.iter().enumerate() {
                if let Some((from_row, from_column)) = inputs.places[*measure] {
                    let format = match self.fields.kind(*measure) {
                        _ if self.fields.percent(*measure).is_some() => &style.percent,
                        MeasureKind::Date => &style.date,
                        _ => &style.plain,
                    };
                    let formula = self.typed(from_row, from_column, "");
                    sheet.write_formula_with_format(row, column as u16 + 2, formula, format)?;
                }
            }
        }
        // Its note alone, where somebody prints the whole book.
        paper::lay(sheet);
        sheet.set_row_height(HEADING, 32)?;
        sheet.set_print_area(0, 0, 0, 7)?;
        sheet.set_column_range_width(0, typed.len() as u16 + 1, 16)?;
        sheet.set_freeze_panes(HEADING + 1, 2)?;
        sheet.set_tab_color(Color::Gray);
        sheet.protect();
        Ok(())
    }

    /// What stands in a cell of the form, blank where it is blank.
    fn typed(&self, row: u32, column: u16, held: &str) -> Formula {
        let place = format!("'{}'!{}", self.names.form, address(row, column));
        Formula::new(format!("=IF({place}=\"\",\"\",{place})")).set_result(held)
    }
}
