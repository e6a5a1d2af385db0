//! `dabiao select`: who is chosen, and a reason for everyone.

use dabiao::Lang;
use dabiao::campaign::{CampaignResult, Outcome};
use dabiao_io::{LoadedCampaign, area_name, campaign_summary, reason};
use serde_json::{Value, json};

use super::run::load;
use super::{attribute, overview, text};
use crate::args::{Format, Select};
use crate::failure::Failure;
use crate::session::{Session, new_table};

pub(crate) fn run(session: &mut Session, call: &Select) -> Result<(), Failure> {
    let (loaded, result) = load(session, &call.campaign)?;
    let Some(selection) = &result.selection else {
        return Err(Failure::call(
            session.lang,
            "活动文件中没有 [selection]",
            "the campaign's file has no [selection]",
        ));
    };
    let lang = session.lang;
    let cells = selection
        .decisions
        .iter()
        .enumerate()
        .map(|(row, decision)| {
            vec![
                text(result.scores.codes().get(row)),
                attribute(&result, "name", row),
                attribute(&result, "district", row),
                text(result.scores.total(row)),
                text(result.scores.rank(row)),
                text(decision.tier.as_ref()),
                decision.outcome.as_str().to_owned(),
                reason(&result.scores, row, decision, lang),
            ]
        });
    const HEADING: [&str; 8] = [
        "code", "name", "district", "total", "rank", "tier", "outcome", "reason",
    ];
    match session.format {
        Format::Csv => session.rows(&HEADING, cells, loaded.document.synthetic),
        Format::Json => {
            let rows: Vec<Value> = cells
                .map(|row| {
                    let members = HEADING.iter().zip(row);
                    Value::Object(members.map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
                })
                .collect();
            session.json(&json!({"summary": campaign_summary(&loaded, &result), "selection": rows}))
        }
        Format::Table | Format::Parquet => {
            session.line(loaded.document.title.get(lang))?;
            session.synthetic(loaded.document.synthetic)?;
            chosen(session, &loaded, &result, call.all)
        }
    }
}

/// The chosen and the tied, or everyone, with the reason.
pub(crate) fn chosen(
    session: &mut Session,
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    everyone: bool,
) -> Result<(), Failure> {
    let lang = session.lang;
    let Some(selection) = &result.selection else {
        return Ok(());
    };
    session.title(lang.pick("评选结果", "Selection"))?;
    let title_of = |id: &str| {
        let titled = loaded.document.tiers().find(|held| held.id == id);
        titled.map_or(id.to_owned(), |held| held.title.get(lang).to_owned())
    };
    for tier in &selection.tiers {
        let places = tier
            .places
            .map_or(lang.pick("不限", "no limit").to_owned(), |p| {
                p.to_string()
            });
        let title = title_of(&tier.id);
        session.line(match lang {
            Lang::Zh => format!(
                "{}\u{ff1a}名额 {places}\u{ff0c}符合条件 {}\u{ff0c}入选 {}\u{ff0c}并列待定 {} 个社区\u{ff08}空出 {} 个名额\u{ff09}\u{ff0c}未用 {}",
                title, tier.qualified, tier.chosen, tier.tied, tier.open, tier.unfilled
            ),
            Lang::En => format!(
                "{}: places {places}, qualified {}, chosen {}, tied {} (places left open {}), unused {}",
                title, tier.qualified, tier.chosen, tier.tied, tier.open, tier.unfilled
            ),
        })?;
        if !tier.floors_short.is_empty() {
            let short = tier.floors_short.iter().map(|(key, missing)| {
                let name = area_name(result, "district", key);
                let name = if name.is_empty() { key.clone() } else { name };
                format!("{name} {missing}")
            });
            let short: Vec<String> = short.collect();
            let by = loaded.campaign.selection.as_ref();
            let by = by.map(|held| held.by.as_str());
            let by = by.filter(|by| !["", "district", "district_code"].contains(by));
            let of = by.map_or("区县".to_owned(), |by| format!("“{by}”"));
            session.line(match lang {
                Lang::Zh => format!("  下限未满的{of}及所缺名额\u{ff1a}{}", short.join("、")),
                Lang::En => format!(
                    "  floors that too few qualify for, and how many are short: {}",
                    short.join(", ")
                ),
            })?;
        }
    }
    let heading = match lang {
        Lang::Zh => ["名次", "编码", "名称", "区县", "总分", "结果", "理由"],
        Lang::En => [
            "Place", "Code", "Name", "District", "Total", "Outcome", "Reason",
        ],
    };
    // With one tier, the column would say the same in every row.
    let tiered = selection.tiers.len() > 1;
    let mut heading = heading.to_vec();
    if tiered {
        heading.insert(5, lang.pick("档次", "Tier"));
    }
    let mut table = new_table(&heading, &[]);
    let mut rows = overview::by_place(&result.scores);
    rows.retain(|row| {
        let held = selection.decisions.get(*row);
        everyone || held.is_some_and(|held| held.outcome != Outcome::NotChosen)
    });
    for row in rows {
        let Some(decision) = selection.decisions.get(row) else {
            continue;
        };
        let outcome = match decision.outcome {
            Outcome::Chosen => lang.pick("入选", "chosen"),
            Outcome::Tied => lang.pick("提请研究", "tied"),
            Outcome::NotChosen => lang.pick("未入选", "not chosen"),
        };
        let mut cells = vec![
            text(result.scores.rank(row)),
            text(result.scores.codes().get(row)),
            attribute(result, "name", row),
            attribute(result, "district", row),
            text(result.scores.total(row)),
            outcome.to_owned(),
            reason(&result.scores, row, decision, lang),
        ];
        if tiered {
            let tier = decision.tier.as_deref();
            cells.insert(5, tier.map(title_of).unwrap_or_default());
        }
        table.add_row(cells);
    }
    overview::align(&mut table, &[0, 4]);
    session.table(&table)
}
