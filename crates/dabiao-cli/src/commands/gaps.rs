//! `dabiao gaps`: where points are lost, and what would win them back.

use dabiao::explain::Gaps as Losing;
use dabiao::{Lang, Scores};
use dabiao_io::write_rows;

use super::overview::Lost;
use super::{overview, text};
use crate::args::{Format, Gaps};
use crate::failure::Failure;
use crate::inputs;
use crate::session::{Session, new_table};

pub(crate) fn run(session: &mut Session, call: &Gaps) -> Result<(), Failure> {
    let scores = inputs::score(session, &call.inputs)?;
    let mut rows = Vec::new();
    for code in &call.code {
        rows.push(super::row_of(session, &scores, code)?);
    }
    if call.code.is_empty() {
        rows = (0..scores.len()).collect();
    }
    let explainer = scores.explainer();
    let gaps = rows.iter().filter_map(|row| explainer.gaps(*row));
    match session.format {
        Format::Json => session.json(&gaps.collect::<Vec<_>>()),
        Format::Csv => {
            let rows = gaps.flat_map(|gaps| dabiao_io::gap_rows(&gaps, session.lang));
            write_rows(&mut session.out, &dabiao_io::GAPS_HEADING, rows)?;
            Ok(())
        }
        Format::Table | Format::Parquet if call.code.is_empty() => all(session, &scores),
        Format::Table | Format::Parquet => {
            for (at, gaps) in gaps.enumerate() {
                if at > 0 {
                    session.line("")?;
                }
                one(session, &gaps, call.top)?;
            }
            overview::notice(session, scores.standard().document())
        }
    }
}

/// Where the communities together lose points.
fn all(session: &mut Session, scores: &Scores) -> Result<(), Failure> {
    let lang = session.lang;
    session.line(scores.standard().document().title.get(lang))?;
    session.title(session.pick(
        "大项失分\u{ff08}平均每个社区\u{ff09}",
        "Points lost by section (on average over the communities)",
    ))?;
    let table = overview::losses_table(
        lang,
        overview::sections_by_loss(scores).iter().map(Lost::parts),
    );
    session.table(&table)?;
    session.title(session.pick(
        "小项失分\u{ff08}平均每个社区\u{ff0c}折算到总分\u{ff0c}由多到少\u{ff09}",
        "Points lost by item (on average over the communities, as parts of the total, most first)",
    ))?;
    let table = overview::losses_table(
        lang,
        overview::items_by_loss(scores).iter().map(Lost::parts),
    );
    session.table(&table)?;
    overview::notice(session, scores.standard().document())?;
    session.title(session.pick(
        "某个社区的短板\u{ff1a}加上 --code 编码\u{ff1b}全部社区\u{ff1a}--format csv",
        "The gaps of one community: add --code CODE; of all communities: --format csv",
    ))
}

/// One community.
fn one(session: &mut Session, gaps: &Losing, top: usize) -> Result<(), Failure> {
    let lang = session.lang;
    let name = gaps.name.as_deref().unwrap_or_default();
    let mut line = format!("{} {name}", gaps.code).trim_end().to_owned();
    if let Some(total) = gaps.total {
        line.push_str(&match lang {
            Lang::Zh => format!("\u{ff1a}{total} 分"),
            Lang::En => format!(": {total}"),
        });
    }
    if let Some(grade) = &gaps.grade {
        line.push_str(lang.pick("\u{ff0c}", ", "));
        line.push_str(grade.title.get(lang));
    }
    session.line(line)?;
    if let Some(next) = &gaps.next_grade {
        let (grade, wording) = (next.grade.title.get(lang), next.wording.get(lang));
        session.line(match lang {
            Lang::Zh => format!("距{grade}\u{ff1a}{wording}"),
            Lang::En => format!("To {grade}: {wording}"),
        })?;
    }
    let heading = match lang {
        Lang::Zh => ["小项", "名称", "得分", "分值", "失分", "怎样得分"],
        Lang::En => [
            "Item",
            "Title",
            "Earned",
            "Points",
            "Lost",
            "What wins points",
        ],
    };
    let mut table = new_table(&heading, &[]);
    for gap in gaps.items.iter().take(top) {
        table.add_row([
            gap.code.clone(),
            gap.title.get(lang).to_owned(),
            gap.points.to_string(),
            gap.full.to_string(),
            gap.lost.to_string(),
            text(gap.next.as_ref().map(|next| next.wording.get(lang))),
        ]);
    }
    overview::align(&mut table, &[2, 3, 4]);
    session.line("")?;
    session.table(&table)?;
    if let Some(more) = gaps.items.len().checked_sub(top).filter(|more| *more > 0) {
        session.line(match lang {
            Lang::Zh => format!(
                "另有 {more} 个小项失分\u{ff08}--top {} 可全部列出\u{ff09}",
                gaps.items.len()
            ),
            Lang::En => format!(
                "{more} more items lose points (--top {} lists all)",
                gaps.items.len()
            ),
        })?;
    }
    Ok(())
}
