//! `dabiao run`: a whole campaign from its file.

use std::fs::File;
use std::path::{Path, PathBuf};

use dabiao::Lang;
use dabiao::campaign::CampaignResult;
use dabiao_io::{
    LoadedCampaign, OutputSet, ReadOptions, add_run, campaign_summary, write_campaign_scores,
};
use dabiao_report::Report;

use super::{areas, grid, overview, report, score::name_of, select, text};
use crate::args::{Format, Run};
use crate::failure::Failure;
use crate::faults;
use crate::outputs;
use crate::progress::Bar;
use crate::session::{Session, new_table};

/// Differences between phases that are shown.
const SHOWN: usize = 5;

pub(crate) fn run(session: &mut Session, call: &Run) -> Result<(), Failure> {
    let (loaded, result) = load(session, &call.campaign)?;
    let files = match &call.out {
        Some(folder) => write(session, &loaded, &result, folder)?,
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
    let bar = Bar::reading(session.lang);
    let options = ReadOptions::new().with_progress(bar.for_reading());
    let read = dabiao_io::read_campaign(path, &options);
    drop((bar, options));
    let loaded = read?;
    faults::advise(&loaded.advice, session.lang, session.format);
    let bar = Bar::scoring(session.lang);
    let options = session.score_options().with_progress(bar.for_scoring());
    let run = loaded.run(&options);
    drop((bar, options));
    Ok((loaded, run?))
}

/// Writes the files of a campaign's run into a folder: all of them appear, or none.
pub(crate) fn write(
    session: &Session,
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    folder: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let lang = session.lang;
    let at = |error| Failure::at(lang, folder, &error);
    let mut set = OutputSet::new(folder).map_err(at)?;
    let report = Report::of_campaign(&loaded.document, &loaded.campaign, result).in_language(lang);
    let left_out = add_run(loaded, result, lang, || report.page(), &mut set).map_err(at)?;
    report::left_out(lang, &report);
    super::export::left_out(session, !left_out.workbook);
    outputs::commit(lang, folder, set)
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
            write_campaign_scores(loaded, result, &mut session.out)?;
            return Ok(());
        }
        Format::Parquet => return session.parquet(&result.scores),
        Format::Table => {}
    }
    let lang = session.lang;
    session.line(loaded.document.title.get(lang))?;
    session.synthetic(loaded.document.synthetic)?;
    if let Some(notice) = &loaded.document.notice {
        session.line(notice.get(lang))?;
    }
    session.line("")?;
    overview::print(session, &result.scores)?;
    areas::print(session, result)?;
    select::chosen(session, loaded, result, false)?;
    if let Some(held) = &loaded.campaign.grid {
        grid::coverage(session, held)?;
    }
    phases(session, result)
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
