//! `dabiao grid check`: a party grid's faults, coverage and advice.

use std::fs::File;
use std::path::{Path, PathBuf};

use dabiao::grid::{AdviceSwitches, CodeScheme, Grid, Level};
use dabiao::{Lang, Points, Rational, Rounding};
use dabiao_io::{ReadOptions, SYNTHETIC};
use serde_json::json;

use super::{grouped, overview};
use crate::args::{Format, GridCheck};
use crate::failure::Failure;
use crate::session::{Session, new_table};

/// Findings of an advisory check that are shown.
const SHOWN: usize = 5;

pub(crate) fn check(session: &mut Session, call: &GridCheck) -> Result<(), Failure> {
    let lang = session.lang;
    let first = call
        .files
        .first()
        .map(PathBuf::as_path)
        .unwrap_or(Path::new(""));
    let is_campaign = first
        .extension()
        .is_some_and(|e| e == "toml" || e == "json");
    let (grid, switches, synthetic) = if is_campaign {
        File::open(first).map_err(|error| Failure::at(lang, first, &error))?;
        let (document, grid) = dabiao_io::read_campaign_grid(first, &ReadOptions::new())?;
        let (switches, synthetic) = (document.advice.clone(), document.synthetic);
        let Some(grid) = grid else {
            return Err(Failure::call(
                lang,
                "活动文件中没有 grid",
                "the campaign's file names no grid",
            ));
        };
        (grid, switches, synthetic)
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
        (grid, AdviceSwitches::default(), false)
    };
    let advice = grid.advice(&switches);
    let lacking = grid.coverage().lacking().into_iter().map(str::to_owned);
    let lacking: Vec<String> = lacking.collect();
    match session.format {
        Format::Json => session.json(&json!({
            "synthetic": synthetic,
            "note": synthetic.then_some(SYNTHETIC),
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
                vec![
                    unit.clone(),
                    grid.level_of(unit).map_or("", Level::as_str).to_owned(),
                    grid.community_of(unit).unwrap_or_default().to_owned(),
                ]
            });
            session.rows(&["code", "level", "community"], rows, synthetic)
        }
        Format::Table | Format::Parquet => {
            session.synthetic(synthetic)?;
            session.line(match lang {
                Lang::Zh => format!("{} 个单元\u{ff0c}没有错误", grouped(grid.len())),
                Lang::En => format!("{} units, no fault", grouped(grid.len())),
            })?;
            coverage(session, &grid)?;
            let count = lacking.len();
            session.title(match lang {
                Lang::Zh if count == 0 => "各单元均已建立党组织".to_owned(),
                Lang::En if count == 0 => "Every unit has its organisation".to_owned(),
                Lang::En if count == 1 => "1 unit lacks its organisation".to_owned(),
                Lang::Zh => format!(
                    "没有党组织的单元 {} 个\u{ff08}--format csv 全部列出\u{ff09}",
                    grouped(count)
                ),
                Lang::En => format!(
                    "{} units lack an organisation (--format csv lists all)",
                    grouped(count)
                ),
            })?;
            for unit in lacking.iter().take(SHOWN) {
                let level = grid.level_of(unit).map_or("", |level| level.title(lang));
                session.line(format!("  {level} {unit}"))?;
            }
            if count > SHOWN {
                session.line("  …")?;
            }
            session.title(match (lang, advice.len()) {
                (Lang::Zh, 0) => "没有提示".to_owned(),
                (Lang::Zh, count) => {
                    format!("提示 {} 条\u{ff08}不影响评分\u{ff09}", grouped(count))
                }
                (Lang::En, 0) => "No advisory finding".to_owned(),
                (Lang::En, 1) => "1 advisory finding (no score depends on it)".to_owned(),
                (Lang::En, count) => format!(
                    "{} advisory findings (no score depends on them)",
                    grouped(count)
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

/// The four levels, and what no grid holds.
pub(crate) fn coverage(session: &mut Session, grid: &Grid) -> Result<(), Failure> {
    let lang = session.lang;
    session.title(lang.pick("四级组织覆盖", "Coverage of the four levels"))?;
    let heading = match lang {
        Lang::Zh => ["层级", "党组织", "单元", "已建立", "覆盖率"],
        Lang::En => ["Level", "Organisation", "Units", "Established", "Share"],
    };
    let mut table = new_table(&heading, &[]);
    let (mut units, mut organised) = (0, 0);
    for level in grid.coverage().levels() {
        units += level.units;
        organised += level.organised;
        let title = level.level.organisation().unwrap_or_default();
        table.add_row([
            level.level.title(lang).to_owned(),
            title.get(lang).to_owned(),
            grouped(level.units as usize),
            grouped(level.organised as usize),
            percent(level.organised, level.units),
        ]);
    }
    let chain = Level::CHAIN.map(|level| level.organisation().unwrap_or_default().zh);
    table.add_row([
        lang.pick("四级", "all four").to_owned(),
        match lang {
            Lang::Zh => chain.join("—"),
            Lang::En => String::new(),
        },
        grouped(units as usize),
        grouped(organised as usize),
        percent(organised, units),
    ]);
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

fn percent(part: u64, whole: u64) -> String {
    let share = Rational::ratio(i128::from(part) * 100, i128::from(whole));
    let scaled = share.and_then(|share| share.round(2, Rounding::HalfUp));
    scaled.map_or(String::new(), |scaled| {
        format!("{}%", Points::new(scaled, 2))
    })
}
