//! The first sheet: how many, which grades, where points are lost, with charts.

use dabiao::campaign::{CampaignResult, GroupScore};
use dabiao::explain::Loss;
use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartFormat, ChartLine, ChartSolidFill, Color, Workbook, Worksheet,
    XlsxError,
};

use super::{Made, text};
use crate::workbook::look::{GRADES, INK};
use crate::workbook::sheet::{Kind, banner, page, write_cell};
use crate::write::summary;

/// Weakest items that are shown.
const WEAKEST: usize = 10;

/// A block of a name and numbers, and where its rows stand.
struct Block {
    first: u32,
    last: u32,
}

pub(super) fn write(
    made: &Made<'_>,
    title: &str,
    result: Option<&CampaignResult>,
    book: &mut Workbook,
) -> Result<(), XlsxError> {
    let (scores, lang) = (made.scores, made.lang);
    let name = made.pick("概览", "Overview").to_owned();
    let sheet = book.add_worksheet();
    sheet.set_name(&name)?;
    let widths = [34.0, 13.0, 13.0, 13.0, 4.0];
    banner(sheet, &made.look, title, made.remark.as_deref(), &widths)?;
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    let all = summary(scores);
    let decimals = scores.standard().document().decimals;
    let mut row = 2;
    for (label, value) in [
        (made.pick("参评社区", "Communities"), scores.len()),
        (made.pick("已排名", "Ranked"), all.communities.ranked),
        (made.pick("触及一票否决", "Vetoed"), all.communities.vetoed),
        (
            made.pick("有缺报指标", "With missing values"),
            all.communities.with_missing,
        ),
    ] {
        sheet.write_with_format(row, 0, label, &made.look.text)?;
        write_cell(
            sheet,
            (row, 1),
            Kind::Whole,
            &value.to_string(),
            &made.look.whole,
        )?;
        row += 1;
    }
    row += 1;
    let grades: Vec<Vec<String>> = all
        .grades
        .iter()
        .map(|count| {
            vec![
                count.title.get(lang).to_owned(),
                count.communities.to_string(),
            ]
        })
        .chain([vec![
            made.pick("未达等次", "No grade").to_owned(),
            all.communities.without_grade.to_string(),
        ]])
        .collect();
    // Where the next chart stands.
    let mut below = 2;
    let heading = [
        made.pick("等次", "Grade"),
        made.pick("社区数", "Communities"),
    ];
    let block = write_block(
        made,
        sheet,
        row,
        &heading,
        &[Kind::Text, Kind::Whole],
        &grades,
    )?;
    row = block.last + 2;
    if !all.grades.is_empty() {
        let colours: Vec<Color> = GRADES
            .into_iter()
            .take(all.grades.len())
            .chain(std::iter::repeat_n(
                0xD9_D9_D9,
                grades
                    .len()
                    .saturating_sub(GRADES.len().min(all.grades.len())),
            ))
            .map(Color::RGB)
            .collect();
        let mut chart = column_chart(made.pick("各等次社区数", "Communities by grade"));
        chart.x_axis().set_name(made.pick("等次", "Grade"));
        chart.y_axis().set_name(made.pick("社区数", "Communities"));
        if let Some(series) = chart_series(&mut chart, &name, &block, 1) {
            series.set_point_colors(&colours);
        }
        sheet.insert_chart(below, 5, &chart)?;
        below += rows_of(SHORT);
    }
    if let Some(result) = result.filter(|result| !result.districts.is_empty()) {
        let mut districts: Vec<&GroupScore> = result.districts.iter().collect();
        districts.sort_by_key(|group| group.rank.unwrap_or(u32::MAX));
        let rows: Vec<Vec<String>> = districts
            .into_iter()
            .map(|group| {
                vec![
                    crate::campaign::area_name(result, "district", &group.key),
                    group.communities.to_string(),
                    text(group.mean),
                ]
            })
            .collect();
        let heading = [
            made.pick("区县", "District"),
            made.pick("社区数", "Communities"),
            made.pick("平均分", "Mean total"),
        ];
        let kinds = [Kind::Text, Kind::Whole, Kind::Number(decimals)];
        let block = write_block(made, sheet, row, &heading, &kinds, &rows)?;
        row = block.last + 2;
        let title = made.pick("各区县平均分", "Mean total by district");
        let height = bars(rows.len());
        let mut chart = bar_chart(title, height);
        chart.y_axis().set_name(made.pick("区县", "District"));
        let mean = made.pick("平均分\u{ff08}分\u{ff09}", "Mean total (points)");
        chart.x_axis().set_name(mean).set_min(0);
        chart_series(&mut chart, &name, &block, 2);
        sheet.insert_chart(below, 5, &chart)?;
        below += rows_of(height);
    }
    let losses = scores.losses(0..scores.len());
    let share = |loss: &Loss| {
        let full = loss.full.to_f64();
        if full > 0.0 {
            loss.mean_lost.to_f64() / full
        } else {
            0.0
        }
    };
    let mut items: Vec<&Loss> = losses
        .items
        .iter()
        .filter(|loss| loss.counted > 0)
        .collect();
    items.sort_by(|a, b| share(b).total_cmp(&share(a)));
    let rows: Vec<Vec<String>> = items
        .into_iter()
        .take(WEAKEST)
        .map(|loss| {
            vec![
                format!("{} {}", loss.code, loss.title.get(lang)),
                loss.full.display(decimals),
                loss.mean_lost.to_string(),
                format!("{}%", share(loss) * 100.0),
            ]
        })
        .collect();
    let heading = [
        made.pick("失分率最高的小项", "Items that lose most of their points"),
        made.pick("分值", "Points"),
        made.pick("平均失分", "Mean lost"),
        made.pick("失分率", "Share lost"),
    ];
    let kinds = [
        Kind::Text,
        Kind::Number(decimals),
        Kind::Number(decimals),
        Kind::Percent,
    ];
    let block = write_block(made, sheet, row, &heading, &kinds, &rows)?;
    row = block.last + 2;
    if !rows.is_empty() {
        let title = made.pick("失分率最高的小项", "Items that lose most of their points");
        let height = bars(rows.len());
        let mut chart = bar_chart(title, height);
        chart.y_axis().set_name(made.pick("小项", "Item"));
        let lost = made.pick("失分率", "Share of points lost");
        let axis = chart.x_axis().set_name(lost);
        axis.set_num_format("0%").set_min(0);
        chart_series(&mut chart, &name, &block, 3);
        sheet.insert_chart(below, 5, &chart)?;
        below += rows_of(height);
    }
    // Below the charts, which would cover its long texts.
    row = row.max(below);
    let standard = &all.standard;
    for (label, value) in [
        (
            made.pick("标准", "Standard"),
            format!(
                "{} {}",
                standard.id,
                standard.version.as_deref().unwrap_or_default()
            ),
        ),
        (
            made.pick("标准的 SHA-256", "SHA-256 of the standard"),
            standard.sha256.clone(),
        ),
        (
            made.pick("数据的 SHA-256", "SHA-256 of the observations"),
            all.observations.sha256.clone(),
        ),
        (
            made.pick("计算程序", "Engine"),
            format!("{} {}", all.engine.name, all.engine.version),
        ),
    ] {
        sheet.write_with_format(row, 0, label, &made.look.label)?;
        sheet.write(row, 1, value.trim())?;
        row += 1;
    }
    page(sheet, made.mark.as_deref());
    sheet.set_print_fit_to_pages(1, 1);
    Ok(())
}

fn write_block(
    made: &Made<'_>,
    sheet: &mut Worksheet,
    row: u32,
    heading: &[&str],
    kinds: &[Kind],
    rows: &[Vec<String>],
) -> Result<Block, XlsxError> {
    for (column, title) in (0..).zip(heading) {
        sheet.write_with_format(row, column, *title, &made.look.head)?;
    }
    for (at, cells) in (row + 1..).zip(rows) {
        for ((column, cell), kind) in (0..).zip(cells).zip(kinds) {
            let format = match kind {
                Kind::Number(decimals) => made.look.decimals(*decimals),
                Kind::Percent => made.look.percent.clone(),
                Kind::Whole => made.look.whole.clone(),
                Kind::Text | Kind::Long => made.look.text.clone(),
            };
            write_cell(sheet, (at, column), *kind, cell, &format)?;
        }
    }
    Ok(Block {
        first: row + 1,
        last: row + rows.len() as u32,
    })
}

fn column_chart(title: &str) -> Chart {
    let mut chart = Chart::new_column();
    chart.title().set_name(title);
    dress(&mut chart, 760, SHORT);
    chart.y_axis().set_min(0);
    chart.x_axis().set_major_gridlines(false);
    chart
}

/// Bars from the top, the scale below them.
fn bar_chart(title: &str, height: u32) -> Chart {
    let mut chart = Chart::new_bar();
    chart.title().set_name(title);
    dress(&mut chart, 760, height);
    let names = chart.y_axis();
    names.set_reverse().set_crossing(ChartAxisCrossing::Max);
    chart
}

/// The height of a chart of a few columns, in pixels.
const SHORT: u32 = 300;

/// The height of so many bars.
fn bars(count: usize) -> u32 {
    let bars = u32::try_from(count).unwrap_or(u32::MAX).min(60);
    (bars * 26 + 110).max(SHORT)
}

/// The rows that a chart covers, with one below it.
fn rows_of(height: u32) -> u32 {
    height.div_ceil(20) + 1
}

fn dress(chart: &mut Chart, width: u32, height: u32) {
    chart.set_width(width).set_height(height);
    chart.legend().set_hidden();
    let pale = ChartLine::new().set_color(Color::RGB(0xDD_DD_DD)).clone();
    chart.x_axis().set_major_gridlines_line(&pale);
    chart.y_axis().set_major_gridlines_line(&pale);
}

/// Adds the one series of a chart: the names in the first column, the numbers in another.
fn chart_series<'c>(
    chart: &'c mut Chart,
    sheet: &str,
    block: &Block,
    column: u16,
) -> Option<&'c mut rust_xlsxwriter::ChartSeries> {
    if block.last < block.first {
        return None;
    }
    let mut fill = ChartFormat::new();
    fill.set_solid_fill(ChartSolidFill::new().set_color(INK));
    let mut label = rust_xlsxwriter::ChartDataLabel::new();
    label.show_value();
    let series = chart
        .add_series()
        .set_categories((sheet, block.first, 0, block.last, 0))
        .set_values((sheet, block.first, column, block.last, column))
        .set_format(&mut fill)
        .set_gap(60)
        .set_data_label(&label);
    Some(series)
}
