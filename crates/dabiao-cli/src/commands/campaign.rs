//! `dabiao run`, `select`, `compare`, `grid check`: a whole campaign from its file.

use std::fs::File;
use std::path::{Path, PathBuf};

use dabiao::campaign::{CampaignResult, Movement, Outcome};
use dabiao::grid::{AdviceSwitches, CodeScheme, Grid, Level};
use dabiao::{Lang, Points, Rational, Rounding};
use dabiao_io::{
    LoadedCampaign, ReadOptions, campaign_summary, reason, write_campaign, write_rows,
};
use serde_json::{Value, json};

use super::{grouped, overview, score::name_of, text};
use crate::args::{Compare, Format, GridCheck, Run, Select};
use crate::failure::Failure;
use crate::faults;
use crate::session::{Session, new_table};

const SHOWN: usize = 5;

pub(crate) fn run(session: &mut Session, call: &Run) -> Result<(), Failure> {
    let (loaded, result) = load(session, &call.campaign)?;
    let files = match &call.out {
        Some(folder) => write_campaign(&loaded, &result, session.lang, folder)
            .map_err(|error| Failure::at(session.lang, folder, &error))?,
        None => Vec::new(),
    };
    show(session, &loaded, &result)?;
    if let (Format::Table, Some(folder)) = (session.format, &call.out) {
        written(session, folder, &files)?;
    }
    Ok(())
}

/// Reads a campaign and runs it.
pub(crate) fn load(
    session: &Session,
    path: &Path,
) -> Result<(LoadedCampaign, CampaignResult), Failure> {
    File::open(path).map_err(|error| Failure::at(session.lang, path, &error))?;
    let loaded = dabiao_io::read_campaign(path, &ReadOptions::new())?;
    faults::advise(&loaded.advice, session.lang, session.format);
    let result = loaded.campaign.run(&session.score_options())?;
    Ok((loaded, result))
}

pub(crate) fn written(
    session: &mut Session,
    folder: &Path,
    files: &[PathBuf],
) -> Result<(), Failure> {
    let names: Vec<String> = files.iter().map(|file| name_of(file)).collect();
    let (folder, names) = (folder.display(), names.join(", "));
    session.title(match session.lang {
        Lang::Zh => format!("结果已写入 {folder}\u{ff1a}{names}"),
        Lang::En => format!("Written to {folder}: {names}"),
    })
}

pub(crate) fn show(
    session: &mut Session,
    loaded: &LoadedCampaign,
    result: &CampaignResult,
) -> Result<(), Failure> {
    match session.format {
        Format::Json => return session.json(&campaign_summary(loaded, result)),
        Format::Csv => {
            dabiao_io::write_scores(&result.scores, &mut session.out)?;
            return Ok(());
        }
        Format::Table => {}
    }
    let lang = session.lang;
    session.line(loaded.document.title.get(lang))?;
    if loaded.document.synthetic {
        session.line(dabiao_io::SYNTHETIC)?;
    }
    if let Some(notice) = &loaded.document.notice {
        session.line(notice.get(lang))?;
    }
    session.line("")?;
    overview::print(session, &result.scores)?;
    selection(session, result, false)?;
    if let Some(grid) = &loaded.campaign.grid {
        coverage(session, grid)?;
    }
    phases(session, result)
}

fn attribute(result: &CampaignResult, name: &str, row: usize) -> String {
    let values = result.scores.observations().attribute(name);
    text(values.and_then(|values| values.get(row)))
}

/// The chosen and the tied, or everyone, with the reason.
fn selection(
    session: &mut Session,
    result: &CampaignResult,
    everyone: bool,
) -> Result<(), Failure> {
    let lang = session.lang;
    let Some(selection) = &result.selection else {
        return Ok(());
    };
    session.title(lang.pick("评选结果", "Selection"))?;
    for tier in &selection.tiers {
        let places = tier
            .places
            .map_or(lang.pick("不限", "no limit").to_owned(), |p| {
                p.to_string()
            });
        session.line(match lang {
            Lang::Zh => format!(
                "{}\u{ff1a}名额 {places}\u{ff0c}符合条件 {}\u{ff0c}入选 {}\u{ff0c}并列待定 {} 个社区\u{ff08}空出 {} 个名额\u{ff09}\u{ff0c}未用 {}",
                tier.id, tier.qualified, tier.chosen, tier.tied, tier.open, tier.unfilled
            ),
            Lang::En => format!(
                "{}: places {places}, qualified {}, chosen {}, tied {} (places left open {}), unused {}",
                tier.id, tier.qualified, tier.chosen, tier.tied, tier.open, tier.unfilled
            ),
        })?;
    }
    let heading = match lang {
        Lang::Zh => ["名次", "编码", "名称", "区县", "总分", "结果", "理由"],
        Lang::En => [
            "Place", "Code", "Name", "District", "Total", "Outcome", "Reason",
        ],
    };
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
        table.add_row([
            text(result.scores.rank(row)),
            text(result.scores.codes().get(row)),
            attribute(result, "name", row),
            attribute(result, "district", row),
            text(result.scores.total(row)),
            outcome.to_owned(),
            reason(&result.scores, row, decision, lang),
        ]);
    }
    overview::align(&mut table, &[0, 4]);
    session.table(&table)
}

fn percent(part: u64, whole: u64) -> String {
    let share = Rational::ratio(i128::from(part) * 100, i128::from(whole));
    let scaled = share.and_then(|share| share.round(2, Rounding::HalfUp));
    scaled.map_or(String::new(), |scaled| {
        format!("{}%", Points::new(scaled, 2))
    })
}

fn coverage(session: &mut Session, grid: &Grid) -> Result<(), Failure> {
    let lang = session.lang;
    session.title(lang.pick("四级组织覆盖", "Coverage of the four levels"))?;
    let heading = match lang {
        Lang::Zh => ["层级", "党组织", "单元", "已建立", "覆盖率"],
        Lang::En => ["Level", "Organisation", "Units", "Established", "Share"],
    };
    let mut table = new_table(&heading, &[]);
    for level in grid.coverage().levels() {
        let title = level.level.organisation().unwrap_or_default();
        table.add_row([
            level.level.title(lang).to_owned(),
            title.get(lang).to_owned(),
            grouped(level.units as usize),
            grouped(level.organised as usize),
            percent(level.organised, level.units),
        ]);
    }
    overview::align(&mut table, &[2, 3, 4]);
    session.table(&table)?;
    let compounds = grid.unheld_compounds().len();
    let all = grid.count(Level::Compound);
    let households: u64 = grid
        .unheld_households()
        .iter()
        .map(|(_, number)| number)
        .sum();
    session.line(match lang {
        Lang::Zh => format!("不在任何网格中的小区 {compounds} 个\u{ff08}共 {all} 个\u{ff09}\u{ff0c}住户 {households} 户"),
        Lang::En => format!(
            "Compounds that no grid holds: {compounds} of {all}; households: {households}"
        ),
    })
}

/// The largest differences between a phase and the one before it.
fn phases(session: &mut Session, result: &CampaignResult) -> Result<(), Failure> {
    if result.phases.len() < 2 {
        return Ok(());
    }
    let lang = session.lang;
    let mut differences = result.differences();
    differences.sort_by_key(|held| std::cmp::Reverse(held.difference.scaled().unsigned_abs()));
    session.title(lang.pick(
        "各阶段差异最大的小项\u{ff08}后一阶段减前一阶段\u{ff09}",
        "Largest differences between phases (later less earlier)",
    ))?;
    let heading = match lang {
        Lang::Zh => ["阶段", "编码", "小项", "前", "后", "差"],
        Lang::En => ["Phases", "Code", "Item", "Earlier", "Later", "Difference"],
    };
    let mut table = new_table(&heading, &[]);
    let phase = |at: usize| result.phases.get(at).map_or("", |p| p.title.get(lang));
    for held in differences.iter().take(SHOWN) {
        table.add_row([
            format!("{} → {}", phase(held.from), phase(held.to)),
            text(result.scores.codes().get(held.row)),
            held.item.clone(),
            held.earlier.to_string(),
            held.later.to_string(),
            held.difference.to_string(),
        ]);
    }
    overview::align(&mut table, &[3, 4, 5]);
    session.table(&table)
}

pub(crate) fn select(session: &mut Session, call: &Select) -> Result<(), Failure> {
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
        Format::Csv => {
            let mut heading = HEADING.to_vec();
            let note = loaded.document.synthetic;
            if note {
                heading.push("note");
            }
            let rows = cells.map(|mut row| {
                if note {
                    row.push(dabiao_io::SYNTHETIC.to_owned());
                }
                row
            });
            write_rows(&mut session.out, &heading, rows)?;
            Ok(())
        }
        Format::Json => {
            let rows: Vec<Value> = cells
                .map(|row| {
                    let members = HEADING.iter().zip(row);
                    Value::Object(members.map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
                })
                .collect();
            session.json(&json!({"summary": campaign_summary(&loaded, &result), "selection": rows}))
        }
        Format::Table => {
            session.line(loaded.document.title.get(lang))?;
            if loaded.document.synthetic {
                session.line(dabiao_io::SYNTHETIC)?;
            }
            self::selection(session, &result, call.all)
        }
    }
}

pub(crate) fn compare(session: &mut Session, call: &Compare) -> Result<(), Failure> {
    let lang = session.lang;
    let (_, result) = load(session, &call.campaign)?;
    let movements = match &call.later {
        Some(later) => {
            let (_, later) = load(session, later)?;
            later.scores.compare(&result.scores)
        }
        None => {
            let find = |wanted: &Option<String>, otherwise: usize| match wanted {
                Some(id) => result.phases.iter().position(|phase| phase.id == *id),
                None => Some(otherwise),
            };
            let last = result.phases.len().saturating_sub(1);
            let found = find(&call.from, 0).zip(find(&call.to, last));
            let Some((from, to)) = found.filter(|(from, to)| from != to) else {
                let known: Vec<&str> = result.phases.iter().map(|p| p.id.as_str()).collect();
                let known = known.join(", ");
                return Err(Failure::call(
                    lang,
                    format!("需要两个不同的阶段\u{ff0c}可选\u{ff1a}{known}"),
                    format!("two phases are needed, out of: {known}"),
                ));
            };
            let (Some(from), Some(to)) = (result.phases.get(from), result.phases.get(to)) else {
                return Ok(());
            };
            // What the later phase has not looked at has not moved.
            let mut movements = to.scores.compare(&from.scores);
            for movement in &mut movements {
                let row = result.scores.observations().row_of(&movement.code);
                let both = |item: &str| {
                    row.is_some_and(|row| from.has_marked(item, row) && to.has_marked(item, row))
                };
                movement.items.retain(|item| both(&item.code));
            }
            movements.retain(|movement| !movement.items.is_empty());
            movements
        }
    };
    let heading = [
        "code",
        "total_earlier",
        "total_later",
        "difference",
        "rank_earlier",
        "rank_later",
        "items",
    ];
    let row = |movement: &Movement| {
        let items = movement.items.iter().map(|item| {
            let signed = item.difference.map(|d| {
                let plus = if d.scaled() > 0 { "+" } else { "" };
                format!("{plus}{d}")
            });
            format!("{} {}", item.code, signed.unwrap_or_else(|| "-".to_owned()))
        });
        vec![
            movement.code.clone(),
            text(movement.totals.0),
            text(movement.totals.1),
            text(movement.total),
            text(movement.ranks.0),
            text(movement.ranks.1),
            items.collect::<Vec<_>>().join("; "),
        ]
    };
    match session.format {
        Format::Csv => {
            write_rows(&mut session.out, &heading, movements.iter().map(row))?;
            Ok(())
        }
        Format::Json => {
            let all: Vec<Value> = movements
                .iter()
                .map(|movement| {
                    let members = heading.iter().zip(row(movement));
                    Value::Object(members.map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
                })
                .collect();
            session.json(&all)
        }
        Format::Table => {
            let mut moved: Vec<&Movement> = movements
                .iter()
                .filter(|held| !held.items.is_empty())
                .collect();
            let size = |held: &Movement| held.total.map_or(0, |d| d.scaled().unsigned_abs());
            moved.sort_by_key(|held| std::cmp::Reverse(size(held)));
            let heading = match lang {
                Lang::Zh => ["编码", "前总分", "后总分", "差", "前名次", "后名次", "小项"],
                Lang::En => [
                    "Code",
                    "Earlier",
                    "Later",
                    "Difference",
                    "Place",
                    "Place later",
                    "Items",
                ],
            };
            let mut table = new_table(&heading, &[]);
            for movement in moved.iter().take(call.top) {
                table.add_row(row(movement));
            }
            overview::align(&mut table, &[1, 2, 3, 4, 5]);
            session.line(match lang {
                Lang::Zh => format!("有变化的社区 {} 个", moved.len()),
                Lang::En => format!("{} communities moved", moved.len()),
            })?;
            session.table(&table)
        }
    }
}

pub(crate) fn grid_check(session: &mut Session, call: &GridCheck) -> Result<(), Failure> {
    let lang = session.lang;
    let first = call
        .files
        .first()
        .map(PathBuf::as_path)
        .unwrap_or(Path::new(""));
    let is_campaign = first
        .extension()
        .is_some_and(|e| e == "toml" || e == "json");
    let (grid, switches) = if is_campaign {
        File::open(first).map_err(|error| Failure::at(lang, first, &error))?;
        let loaded = dabiao_io::read_campaign(first, &ReadOptions::new())?;
        let switches = loaded.document.advice.clone();
        let Some(grid) = loaded.campaign.grid else {
            return Err(Failure::call(
                lang,
                "活动文件中没有 grid",
                "the campaign's file names no grid",
            ));
        };
        (grid, switches)
    } else {
        let scheme = match call.divisions {
            true => CodeScheme::Divisions,
            false => CodeScheme::Free,
        };
        for file in call.files.iter().chain(&call.compounds) {
            File::open(file).map_err(|error| Failure::at(lang, file, &error))?;
        }
        let options = ReadOptions::new();
        let grid = dabiao_io::read_grid(scheme, &call.files, &call.compounds, &options)?;
        (grid, AdviceSwitches::default())
    };
    let advice = grid.advice(&switches);
    let lacking = grid.coverage().lacking().into_iter().map(str::to_owned);
    let lacking: Vec<String> = lacking.collect();
    match session.format {
        Format::Json => session.json(&json!({
            "units": grid.len(),
            "levels": grid.coverage().levels().iter().map(|level| json!({
                "level": level.level.as_str(), "units": level.units, "established": level.organised,
            })).collect::<Vec<_>>(),
            "lacking": lacking,
            "compounds_without_grid": grid.unheld_compounds(),
            "households_without_grid": grid.unheld_households(),
            "advice": advice.iter().map(|held| json!({
                "check": held.check.as_str(), "unit": held.unit, "found": held.found,
                "source": held.check.source(),
            })).collect::<Vec<_>>(),
        })),
        Format::Csv => {
            let rows = lacking.iter().map(|unit| {
                let level = grid.level_of(unit).map_or("", Level::as_str);
                [
                    unit.as_str(),
                    level,
                    grid.community_of(unit).unwrap_or_default(),
                ]
            });
            write_rows(&mut session.out, &["code", "level", "community"], rows)?;
            Ok(())
        }
        Format::Table => {
            session.line(match lang {
                Lang::Zh => format!("{} 个单元\u{ff0c}没有错误", grouped(grid.len())),
                Lang::En => format!("{} units, no fault", grouped(grid.len())),
            })?;
            coverage(session, &grid)?;
            let count = lacking.len();
            session.title(match lang {
                Lang::Zh => format!(
                    "没有党组织的单元 {} 个\u{ff08}--format csv 全部列出\u{ff09}",
                    grouped(count)
                ),
                Lang::En => format!(
                    "{} units lack an organisation (--format csv lists all)",
                    grouped(count)
                ),
            })?;
            session.title(match lang {
                Lang::Zh => format!(
                    "提示 {} 条\u{ff08}不影响评分\u{ff09}",
                    grouped(advice.len())
                ),
                Lang::En => format!(
                    "{} advisory findings (no score depends on them)",
                    grouped(advice.len())
                ),
            })?;
            for check in dabiao::grid::GridCheck::ALL {
                let own: Vec<_> = advice.iter().filter(|held| held.check == check).collect();
                if own.is_empty() {
                    continue;
                }
                let (wording, source) = (check.wording(), check.source());
                let (wording, source) = (wording.get(lang), source.get(lang));
                let (id, count) = (check.as_str(), own.len());
                session.line(match lang {
                    Lang::Zh => format!("{id}\u{ff1a}{count} 条。{wording}。依据\u{ff1a}{source}"),
                    Lang::En => format!("{id}: {count}. Advised: {wording}. Source: {source}"),
                })?;
                for held in own.iter().take(SHOWN) {
                    session.line(format!("  {}", held.message(lang)))?;
                }
            }
            Ok(())
        }
    }
}
