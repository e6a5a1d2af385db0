//! `dabiao score`: a table of communities against a standard.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dabiao::Scores;
use dabiao_io::{
    OutputSet, PartScores, TableScores, add_part_results, add_results, add_results_workbook,
    summary, write_scores,
};
use serde_json::{Value, json};

use super::{Part, grouped, overview, parts, run};
use crate::args::{Format, Inputs, Score};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &Score) -> Result<(), Failure> {
    let scores = match inputs::score_any(session, &call.inputs)? {
        TableScores::Whole(scores) => *scores,
        TableScores::Parts(scores) => return parts_of_table(session, call, &scores),
    };
    let files = match &call.out {
        Some(folder) => write(session, &scores, &call.inputs, folder)?,
        None => Vec::new(),
    };
    match (session.format, &call.out) {
        (Format::Csv, _) => write_scores(&scores, &mut session.out)?,
        (Format::Parquet, _) => session.parquet(&scores)?,
        (Format::Json, Some(_)) => session.json(&summary(&scores))?,
        (Format::Json, None) => session.json(&as_json(&scores))?,
        (Format::Table, Some(folder)) => {
            overview::print(session, &scores)?;
            run::written(session, folder, &files)?;
        }
        (Format::Table, None) => {
            let rows = overview::by_place(&scores);
            let table = overview::ranking(session.lang, &scores, &rows);
            session.table(&table)?;
            overview::notice(session, scores.standard().document())?;
        }
    }
    Ok(())
}

/// A table that does not fit into memory: its results go to files, or in rows to standard
/// output.
fn parts_of_table(session: &mut Session, call: &Score, scores: &PartScores) -> Result<(), Failure> {
    let (communities, lang) = (grouped(scores.len()), session.lang);
    let files = match &call.out {
        Some(folder) => write_parts(session, scores, &call.inputs, folder)?,
        None => Vec::new(),
    };
    match (session.format, &call.out) {
        (Format::Csv, _) => scores.write_scores(&mut session.out)?,
        (Format::Parquet, _) => session.parquet_parts(scores)?,
        (Format::Json, Some(_)) => session.json(&scores.summary()?)?,
        (Format::Table, Some(folder)) => {
            overview::print_parts(session, scores.standard(), &scores.summary()?)?;
            run::written(session, folder, &files)?;
        }
        (Format::Json | Format::Table, None) => {
            return Err(Failure::call(
                lang,
                format!(
                    "{communities} 个社区不能这样显示\u{ff1b}请用 --out 写入文件夹\u{ff0c}或用 --format csv 或 parquet"
                ),
                format!(
                    "{communities} communities are not shown so; use --out, or --format csv or parquet"
                ),
            ));
        }
    }
    Ok(())
}

fn write_parts(
    session: &Session,
    scores: &PartScores,
    read: &Inputs,
    folder: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let lang = session.lang;
    let at = |error| Failure::at(lang, folder, &error);
    let mut set = OutputSet::new(folder).map_err(at)?;
    set.spare([&read.table, &read.standard]);
    add_part_results(scores, &mut set).map_err(at)?;
    let said = lang.pick(
        "数据表过长\u{ff0c}未写 items.csv、gaps.csv、results.xlsx",
        "the table is long: items.csv, gaps.csv and results.xlsx are left out",
    );
    let _ = writeln!(io::stderr(), "{said}");
    outputs::commit(lang, folder, set)
}

fn write(
    session: &Session,
    scores: &Scores,
    read: &Inputs,
    folder: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let lang = session.lang;
    let at = |error| Failure::at(lang, folder, &error);
    let mut set = OutputSet::new(folder).map_err(at)?;
    set.spare([&read.table, &read.standard]);
    add_results(scores, lang, &mut set).map_err(at)?;
    let added = add_results_workbook(scores, lang, &mut set).map_err(at)?;
    super::export::left_out(session, added);
    outputs::commit(lang, folder, set)
}

pub(crate) fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The summary and all cards in short, with points as text: they are exact.
fn as_json(scores: &Scores) -> Value {
    let codes: Vec<&str> = parts(scores.standard().document())
        .into_iter()
        .map(|(_, part)| match part {
            Part::Section(section) => section.id.as_str(),
            Part::Item(item) => item.id.as_str(),
        })
        .collect();
    let attribute = |name: &str, row: usize| -> Option<&String> {
        scores.observations().attribute(name)?.get(row)
    };
    let cards: Vec<Value> = scores
        .codes()
        .iter()
        .enumerate()
        .map(|(row, code)| {
            let points: serde_json::Map<String, Value> = codes
                .iter()
                .map(|part| ((*part).to_owned(), json!(scores.points_of(part, row))))
                .collect();
            let flags: Vec<&str> = scores.flags(row).iter().map(|f| f.as_str()).collect();
            json!({
                "code": code,
                "name": attribute("name", row),
                "district": attribute("district", row),
                "total": scores.total(row),
                "bonus": scores.bonus(row),
                "grade": scores.grade(row).map(|grade| &grade.id),
                "rank": scores.rank(row),
                "vetoes": scores.vetoes(row).collect::<Vec<_>>(),
                "missing": scores.missing(row).collect::<Vec<_>>(),
                "flags": flags,
                "points": points,
            })
        })
        .collect();
    json!({"summary": summary(scores), "scores": cards})
}
