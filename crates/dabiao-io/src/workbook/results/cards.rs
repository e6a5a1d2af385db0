//! Scorecards: points at a glance, each item with how it came about, and where points are lost.

use dabiao::explain::{ItemLine, Scorecard, SectionLine};
use rust_xlsxwriter::{
    Color, ConditionalFormat2ColorScale, ConditionalFormatType, Workbook, XlsxError,
};

use super::{Made, text};
use crate::workbook::sheet::{Column, FIRST, Kind};
use crate::write::gap_rows;

/// A row a community, a column an item: the paler, the fewer of its points.
pub(super) fn matrix(made: &Made<'_>, book: &mut Workbook) -> Result<(), XlsxError> {
    let scores = made.scores;
    let document = scores.standard().document();
    let decimals = document.decimals;
    let mut table = made.table(
        made.pick("计分卡", "Scorecards"),
        made.pick(
            "各小项得分\u{ff08}空白为不计\u{ff09}",
            "Points by item (blank: excluded)",
        ),
    );
    table.columns = vec![
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("社区", "Community"), Kind::Text, 22.0),
        Column::new(made.pick("总分", "Total"), Kind::Number(decimals), 9.0),
    ];
    table.frozen = 2;
    let mut parts: Vec<(&str, Option<f64>)> = Vec::new();
    let mut waiting: Vec<_> = document.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        let title = format!("{} {}", section.id, section.title.get(made.lang));
        table
            .columns
            .push(Column::new(title, Kind::Number(decimals), 11.0));
        parts.push((&section.id, None));
        for item in &section.items {
            let full = item.points.as_ref().map(|points| points.to_f64());
            let title = format!(
                "{} {}\n{}",
                item.id,
                item.title.get(made.lang),
                text(item.points.as_ref())
            );
            table
                .columns
                .push(Column::new(title, Kind::Number(decimals), 11.0));
            parts.push((&item.id, full));
        }
        waiting.extend(section.sections.iter().rev());
    }
    for (row, code) in scores.codes().iter().enumerate() {
        let mut cells = vec![
            code.to_owned(),
            made.attribute("name", row),
            text(scores.total(row)),
        ];
        cells.extend(
            parts
                .iter()
                .map(|(part, _)| text(scores.points_of(part, row))),
        );
        table.rows.push(cells);
    }
    let sheet = table.write(book.add_worksheet(), &made.look)?;
    sheet.set_row_height(FIRST - 1, 78)?;
    for (column, (_, full)) in (3..).zip(&parts) {
        if let Some(full) = full.filter(|_| !table.rows.is_empty()) {
            let scale = ConditionalFormat2ColorScale::new()
                .set_minimum(ConditionalFormatType::Number, 0)
                .set_maximum(ConditionalFormatType::Number, full)
                .set_minimum_color(Color::RGB(0xF6_C9_C2))
                .set_maximum_color(Color::RGB(0xFF_FF_FF));
            sheet.add_conditional_format(FIRST, column, table.last(), column, &scale)?;
        }
    }
    Ok(())
}

/// A row an item of a community, with how it came to its points.
pub(super) fn items(made: &Made<'_>, book: &mut Workbook) -> Result<(), XlsxError> {
    let (scores, lang) = (made.scores, made.lang);
    let decimals = scores.standard().document().decimals;
    let mut table = made.table(
        made.pick("得分明细", "Items"),
        made.pick(
            "每个社区每个小项的得分和缘由",
            "Every item of every community, and why",
        ),
    );
    table.columns = vec![
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("社区", "Community"), Kind::Text, 20.0),
        Column::new(made.pick("小项", "Item"), Kind::Text, 7.0),
        Column::new(made.pick("名称", "Title"), Kind::Long, 26.0),
        Column::new(made.pick("观测值", "Value"), Kind::Long, 20.0),
        Column::new(made.pick("得分", "Points"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("分值", "Of"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("失分", "Lost"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("缘由", "Why"), Kind::Long, 90.0),
    ];
    table.frozen = 4;
    let explainer = scores.explainer().in_language(lang);
    for row in 0..scores.len() {
        let Some(card) = explainer.card(row) else {
            continue;
        };
        let titles = lines(&card);
        for cells in crate::write::item_rows(&card, lang) {
            let [code, item, value, points, lost, why] = cells;
            let line = titles.iter().find(|line| line.code == item);
            let full = line.and_then(|line| line.full.as_ref());
            table.rows.push(vec![
                code,
                made.attribute("name", row),
                item,
                line.map_or("", |line| line.title.get(lang)).to_owned(),
                value,
                points,
                text(full.map(|full| full.display(decimals))),
                lost,
                why,
            ]);
        }
    }
    table.write(book.add_worksheet(), &made.look)?;
    Ok(())
}

fn lines(card: &Scorecard) -> Vec<&ItemLine> {
    let mut lines = Vec::new();
    let mut waiting: Vec<&SectionLine> = card.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        lines.extend(&section.items);
        waiting.extend(section.sections.iter().rev());
    }
    lines.extend(&card.bonus_items);
    lines.extend(&card.deduction_items);
    lines
}

/// What stands before the next grade, then the items that lose points, most first.
pub(super) fn gaps(made: &Made<'_>, book: &mut Workbook) -> Result<(), XlsxError> {
    let (scores, lang) = (made.scores, made.lang);
    let document = scores.standard().document();
    let decimals = document.decimals;
    let mut table = made.table(
        made.pick("短板", "Gaps"),
        made.pick(
            "距上一等次的差距\u{ff0c}以及各小项失分\u{ff08}由多到少\u{ff09}",
            "What stands before the next grade, and points lost by item (most first)",
        ),
    );
    table.columns = vec![
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("社区", "Community"), Kind::Text, 20.0),
        Column::new(made.pick("类别", "Kind"), Kind::Text, 12.0),
        Column::new(made.pick("对象", "Of"), Kind::Long, 26.0),
        Column::new(made.pick("观测值", "Value"), Kind::Long, 20.0),
        Column::new(made.pick("得分", "Points"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("应得", "Mark"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("相差", "Short"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("可增", "Gain"), Kind::Number(decimals), 8.0),
        Column::new(made.pick("说明", "In words"), Kind::Long, 80.0),
    ];
    table.frozen = 4;
    let explainer = scores.explainer().in_language(lang);
    for row in 0..scores.len() {
        let Some(gaps) = explainer.gaps(row) else {
            continue;
        };
        for cells in gap_rows(&gaps, lang) {
            let [code, kind, subject, value, points, mark, lost, gain, words] = cells;
            let subject = match kind.as_str() {
                "grade" => made.grade(&subject),
                _ => made.titled(&subject),
            };
            let kind = match kind.as_str() {
                "grade" => made.pick("上一等次", "next grade"),
                "total" => made.pick("总分", "total"),
                "total-before-bonus" => made.pick("加分前总分", "total before bonus"),
                "part" => made.pick("大项或小项", "part"),
                "sections" => made.pick("大项个数", "sections"),
                "veto" => made.pick("一票否决", "veto"),
                "item" => made.pick("小项失分", "item"),
                other => other,
            };
            let kind = kind.to_owned();
            table.rows.push(vec![
                code,
                made.attribute("name", row),
                kind,
                subject,
                value,
                points,
                mark,
                lost,
                gain,
                words,
            ]);
        }
    }
    table.write(book.add_worksheet(), &made.look)?;
    Ok(())
}
