//! The sheets that only a campaign has.

use dabiao::campaign::{CampaignResult, Decision, GroupScore, Outcome};
use rust_xlsxwriter::{
    Color, ConditionalFormat3ColorScale, ConditionalFormatCell, ConditionalFormatCellRule,
    ConditionalFormatType, Format,
};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::ranking::{bar, colour_grades};
use super::{Made, text};
use dabiao::campaign::reason;

use crate::campaign::{LoadedCampaign, area_name, coverage_table};
use crate::workbook::sheet::{Column, FIRST, Kind};

/// Everyone with the reason: the chosen first, tier by tier, then those left open.
pub(super) fn selection(
    made: &Made<'_>,
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    book: &mut Workbook,
) -> Result<(), XlsxError> {
    let Some(selection) = &result.selection else {
        return Ok(());
    };
    let (scores, lang) = (&result.scores, made.lang);
    let document = scores.standard().document();
    let decimals = document.total_decimals.unwrap_or(document.decimals);
    let mut table = made.table(
        made.pick("评选", "Selection"),
        made.pick("评选结果和缘由", "The chosen, and why"),
    );
    let (outcome, grade) = (made.pick("结果", "Outcome"), made.pick("等次", "Grade"));
    table.columns = vec![
        Column::new(outcome, Kind::Text, 12.0),
        Column::new(made.pick("奖次", "Tier"), Kind::Text, 14.0),
        Column::new(made.pick("名次", "Place"), Kind::Whole, 7.0),
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("社区", "Community"), Kind::Text, 22.0),
        Column::new(made.pick("区县", "District"), Kind::Text, 24.0),
        Column::new(made.pick("总分", "Total"), Kind::Number(decimals), 10.0),
        Column::new(grade, Kind::Text, 14.0),
        Column::new(made.pick("缘由", "Why"), Kind::Long, 80.0),
    ];
    table.frozen = 5;
    let tier_at = |id: &Option<String>| {
        let at = id
            .as_ref()
            .and_then(|id| selection.tiers.iter().position(|tier| tier.id == *id));
        at.unwrap_or(usize::MAX)
    };
    let tier = |id: &String| {
        let tier = loaded.document.tiers().find(|tier| tier.id == *id);
        tier.map_or(id.as_str(), |tier| tier.title.get(lang))
            .to_owned()
    };
    let order = |outcome: Outcome| match outcome {
        Outcome::Chosen => 0,
        Outcome::Tied => 1,
        Outcome::NotChosen => 2,
    };
    let mut decided: Vec<(usize, &Decision)> = selection.decisions.iter().enumerate().collect();
    decided.sort_by_key(|(row, held)| {
        let place = scores.rank(*row).unwrap_or(u32::MAX);
        (order(held.outcome), tier_at(&held.tier), place, *row)
    });
    let chosen = made.pick("入选", "chosen");
    let tied = made.pick("提请研究", "left open");
    for (row, held) in decided {
        let word = match held.outcome {
            Outcome::Chosen => chosen,
            Outcome::Tied => tied,
            Outcome::NotChosen => made.pick("未入选", "not chosen"),
        };
        table.rows.push(vec![
            word.to_owned(),
            text(held.tier.as_ref().map(tier)),
            text(scores.rank(row)),
            text(scores.codes().get(row)),
            made.attribute("name", row),
            made.attribute("district", row),
            text(scores.total(row)),
            text(scores.grade(row).map(|grade| made.grade(&grade.id))),
            reason(scores, row, held, lang),
        ]);
    }
    let sheet = table.write(book.add_worksheet(), &made.look)?;
    if table.rows.is_empty() {
        return Ok(());
    }
    for (word, colour) in [(chosen, 0xBF_E3_C4), (tied, 0xFB_F0_C0)] {
        let rule = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::EqualTo(word.to_owned()))
            .set_format(
                Format::new()
                    .set_background_color(Color::RGB(colour))
                    .set_bold(),
            );
        sheet.add_conditional_format(FIRST, 0, table.last(), 0, &rule)?;
    }
    if let Some(column) = table.column(grade) {
        colour_grades(made, sheet, &table, column)?;
    }
    Ok(())
}

/// Districts or streets by their place.
pub(super) fn league(
    made: &Made<'_>,
    result: &CampaignResult,
    kind: &str,
    book: &mut Workbook,
) -> Result<(), XlsxError> {
    let street = kind == "street";
    let groups = if street {
        &result.streets
    } else {
        &result.districts
    };
    if groups.is_empty() {
        return Ok(());
    }
    let document = result.scores.standard().document();
    let decimals = document.decimals;
    let mut table = if street {
        made.table(
            made.pick("街道", "Streets"),
            made.pick("街道排名", "Streets by mean total"),
        )
    } else {
        made.table(
            made.pick("区县", "Districts"),
            made.pick("区县排名", "Districts by mean total"),
        )
    };
    table.columns = vec![
        Column::new(made.pick("名次", "Place"), Kind::Whole, 7.0),
        Column::new(made.pick("编码", "Code"), Kind::Text, 14.0),
        Column::new(made.pick("名称", "Name"), Kind::Text, 26.0),
        Column::new(made.pick("社区数", "Communities"), Kind::Whole, 9.0),
        Column::new(made.pick("计分社区数", "Scored"), Kind::Whole, 9.0),
        Column::new(
            made.pick("平均分", "Mean total"),
            Kind::Number(decimals),
            10.0,
        ),
    ];
    for (grade, _) in &result.city.grades {
        table
            .columns
            .push(Column::new(made.grade(grade), Kind::Whole, 10.0));
    }
    table.columns.push(Column::new(
        made.pick("未达等次", "No grade"),
        Kind::Whole,
        9.0,
    ));
    let top: Vec<&str> = document
        .sections
        .iter()
        .map(|section| section.id.as_str())
        .collect();
    for section in &document.sections {
        let title = format!("{} {}", section.id, section.title.get(made.lang));
        table
            .columns
            .push(Column::new(title, Kind::Number(decimals), 11.0));
    }
    table.frozen = 3;
    let mut groups: Vec<&GroupScore> = groups.iter().collect();
    groups.sort_by_key(|group| group.rank.unwrap_or(u32::MAX));
    for group in groups {
        let mut cells = vec![
            text(group.rank),
            group.key.clone(),
            area_name(result, kind, &group.key),
            group.communities.to_string(),
            group.scored.to_string(),
            text(group.mean),
        ];
        cells.extend(group.grades.iter().map(|(_, count)| count.to_string()));
        cells.push(group.ungraded.to_string());
        let parts = group
            .parts
            .iter()
            .filter(|(code, _)| top.contains(&code.as_str()));
        cells.extend(parts.map(|(_, mean)| text(*mean)));
        table.rows.push(cells);
    }
    let sheet = table.write(book.add_worksheet(), &made.look)?;
    let bar = bar();
    sheet.add_conditional_format(FIRST, 5, table.last(), 5, &bar)?;
    Ok(())
}

/// The four levels: of the whole, then of each community.
pub(super) fn coverage(
    made: &Made<'_>,
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    book: &mut Workbook,
) -> Result<(), XlsxError> {
    let Some((_, rows)) = coverage_table(loaded, result) else {
        return Ok(());
    };
    let mut table = made.table(
        made.pick("组织覆盖", "Coverage"),
        made.pick(
            "四级网格党组织覆盖\u{ff08}全覆盖\u{ff09}",
            "Coverage of the four-level party grid",
        ),
    );
    let share = made.pick("覆盖率", "Share");
    table.columns = vec![
        Column::new(made.pick("范围", "Scope"), Kind::Text, 10.0),
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("名称", "Name"), Kind::Text, 26.0),
        Column::new(made.pick("区县", "District"), Kind::Text, 24.0),
        Column::new(made.pick("层级", "Level"), Kind::Text, 10.0),
        Column::new(made.pick("党组织", "Organisation"), Kind::Text, 30.0),
        Column::new(made.pick("单元数", "Units"), Kind::Whole, 9.0),
        Column::new(made.pick("已建数", "Established"), Kind::Whole, 9.0),
        Column::new(share, Kind::Percent, 10.0),
        Column::new(made.pick("尚缺的单元", "Lacking"), Kind::Long, 44.0),
        Column::new(
            made.pick("无网格的小区", "Compounds without grid"),
            Kind::Long,
            24.0,
        ),
        Column::new(
            made.pick("无网格的户数", "Households without grid"),
            Kind::Whole,
            12.0,
        ),
    ];
    table.frozen = 3;
    table.rows = rows;
    for cells in &mut table.rows {
        let words = [
            (0, "all", made.pick("全部", "all")),
            (0, "community", made.pick("社区", "community")),
            (4, "street", made.pick("街道", "street")),
            (4, "community", made.pick("社区", "community")),
            (4, "grid", made.pick("网格", "grid")),
            (4, "building", made.pick("楼宇", "building")),
            (4, "chain", made.pick("四级合计", "all four")),
        ];
        for (at, word, shown) in words {
            if let Some(cell) = cells.get_mut(at).filter(|cell| *cell == word) {
                shown.clone_into(cell);
            }
        }
    }
    let sheet = table.write(book.add_worksheet(), &made.look)?;
    if let Some(column) = table.column(share).filter(|_| !table.rows.is_empty()) {
        let rule = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::LessThan(1))
            .set_format(Format::new().set_font_color(Color::RGB(0xB0_2A_1A)));
        sheet.add_conditional_format(FIRST, column, table.last(), column, &rule)?;
    }
    Ok(())
}

/// Items on which phases differ, the largest difference first.
pub(super) fn phases(
    made: &Made<'_>,
    result: &CampaignResult,
    book: &mut Workbook,
) -> Result<(), XlsxError> {
    if result.phases.len() < 2 {
        return Ok(());
    }
    let decimals = result.scores.standard().document().decimals;
    let mut table = made.table(
        made.pick("阶段差异", "Phases"),
        made.pick(
            "后一阶段减前一阶段\u{ff0c}差异由大到小",
            "Later phase less earlier, largest difference first",
        ),
    );
    table.columns = vec![
        Column::new(made.pick("前一阶段", "From"), Kind::Text, 14.0),
        Column::new(made.pick("后一阶段", "To"), Kind::Text, 14.0),
        Column::new(made.pick("编码", "Code"), Kind::Text, 15.0),
        Column::new(made.pick("社区", "Community"), Kind::Text, 22.0),
        Column::new(made.pick("区县", "District"), Kind::Text, 24.0),
        Column::new(made.pick("小项", "Item"), Kind::Text, 28.0),
        Column::new(made.pick("前", "Earlier"), Kind::Number(decimals), 9.0),
        Column::new(made.pick("后", "Later"), Kind::Number(decimals), 9.0),
        Column::new(made.pick("差", "Difference"), Kind::Number(decimals), 9.0),
    ];
    let mut held = result.differences();
    held.retain(|held| held.difference.scaled() != 0);
    held.sort_by_key(|held| std::cmp::Reverse(held.difference.scaled().unsigned_abs()));
    let phase = |at: usize| {
        text(
            result
                .phases
                .get(at)
                .map(|phase| phase.title.get(made.lang)),
        )
    };
    for held in held {
        table.rows.push(vec![
            phase(held.from),
            phase(held.to),
            text(result.scores.codes().get(held.row)),
            made.attribute("name", held.row),
            made.attribute("district", held.row),
            made.titled(&held.item),
            held.earlier.to_string(),
            held.later.to_string(),
            held.difference.to_string(),
        ]);
    }
    let sheet = table.write(book.add_worksheet(), &made.look)?;
    if !table.rows.is_empty() {
        let most = most_points(made);
        let scale = ConditionalFormat3ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, -most)
            .set_midpoint(ConditionalFormatType::Number, 0)
            .set_maximum(ConditionalFormatType::Number, most)
            .set_minimum_color(Color::RGB(0xE0_8A_7D))
            .set_midpoint_color(Color::RGB(0xFF_FF_FF))
            .set_maximum_color(Color::RGB(0x8F_C1_9A));
        sheet.add_conditional_format(FIRST, 8, table.last(), 8, &scale)?;
    }
    Ok(())
}

/// The most points of an item.
fn most_points(made: &Made<'_>) -> f64 {
    let items = made.scores.standard().items();
    let points = items.iter().filter_map(|item| item.points.as_ref());
    points
        .map(dabiao::Rational::to_f64)
        .fold(1.0, |most, points| most.max(points))
}
