//! The ranking: everyone by place, then those without one.

use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};
use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatDataBar};

use super::{Made, text};
use crate::workbook::look::GRADES;
use crate::workbook::sheet::{Column, FIRST, Kind, Table};

pub(super) fn write(made: &Made<'_>, book: &mut Workbook) -> Result<(), XlsxError> {
    let scores = made.scores;
    let document = scores.standard().document();
    let decimals = document.decimals;
    let of_total = document.total_decimals.unwrap_or(decimals);
    let mut table = made.table(
        made.pick("排名", "Ranking"),
        made.pick("总分排名", "Ranking by total"),
    );
    let total = made.pick("总分", "Total");
    let grade = made.pick("等次", "Grade");
    let mut columns = vec![
        Column::new(made.pick("名次", "Place"), Kind::Whole, 7.0),
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("社区", "Community"), Kind::Text, 22.0),
        Column::new(made.pick("区县", "District"), Kind::Text, 24.0),
        Column::new(total, Kind::Number(of_total), 10.0),
        Column::new(grade, Kind::Text, 14.0),
    ];
    for section in &document.sections {
        let title = format!("{} {}", section.id, section.title.get(made.lang));
        columns.push(Column::new(title, Kind::Number(decimals), 11.0));
    }
    columns.push(Column::new(
        made.pick("加分", "Bonus"),
        Kind::Number(decimals),
        8.0,
    ));
    columns.push(Column::new(
        made.pick("一票否决", "Vetoes"),
        Kind::Long,
        26.0,
    ));
    columns.push(Column::new(
        made.pick("缺报指标数", "Missing"),
        Kind::Whole,
        8.0,
    ));
    columns.push(Column::new(made.pick("说明", "Remarks"), Kind::Text, 22.0));
    table.columns = columns;
    table.frozen = 3;
    let mut rows: Vec<usize> = (0..scores.len()).collect();
    rows.sort_by_key(|row| scores.rank(*row).unwrap_or(u32::MAX));
    for row in rows {
        let mut cells = vec![
            text(scores.rank(row)),
            text(scores.codes().get(row)),
            made.attribute("name", row),
            made.attribute("district", row),
            text(scores.total(row)),
            text(scores.grade(row).map(|grade| grade.title.get(made.lang))),
        ];
        let sections = document.sections.iter();
        cells.extend(sections.map(|section| text(scores.points_of(&section.id, row))));
        cells.push(text(scores.bonus(row)));
        let vetoes = scores.vetoes(row).map(|veto| made.titled(veto));
        cells.push(vetoes.collect::<Vec<_>>().join("\n"));
        let missing = scores.missing(row).count();
        cells.push(if missing == 0 {
            String::new()
        } else {
            missing.to_string()
        });
        let flags: Vec<&str> = scores
            .flags(row)
            .iter()
            .map(|flag| made.flag(*flag))
            .collect();
        cells.push(flags.join(made.pick("、", ", ")));
        table.rows.push(cells);
    }
    let sheet = table.write(book.add_worksheet(), &made.look)?;
    if let Some(column) = table.column(grade) {
        colour_grades(made, sheet, &table, column)?;
    }
    if let Some(column) = table.column(total)
        && !table.rows.is_empty()
    {
        let bar = bar();
        sheet.add_conditional_format(FIRST, column, table.last(), column, &bar)?;
    }
    Ok(())
}

/// A bar behind a number. Only what spreadsheets have had since 2007: readers of files warn of
/// the rest.
pub(super) fn bar() -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_fill_color(Color::RGB(0x9D_B8_D9))
        .use_classic_style()
}

/// A colour for each grade.
pub(super) fn colour_grades(
    made: &Made<'_>,
    sheet: &mut Worksheet,
    table: &Table,
    column: u16,
) -> Result<(), XlsxError> {
    if table.rows.is_empty() {
        return Ok(());
    }
    for (title, colour) in made.grades().into_iter().zip(GRADES) {
        let format = Format::new().set_background_color(Color::RGB(colour));
        let rule = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::EqualTo(title))
            .set_format(format);
        sheet.add_conditional_format(FIRST, column, table.last(), column, &rule)?;
    }
    Ok(())
}
