//! `dabiao score`: a table of communities against a standard.

use std::path::{Path, PathBuf};

use dabiao::{Lang, Scores};
use dabiao_io::{OutputSet, add_results, add_results_workbook, summary, write_scores};
use serde_json::{Value, json};

use super::{Part, overview, parts};
use crate::args::{Format, Inputs, Score};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &Score) -> Result<(), Failure> {
    let scores = inputs::score(session, &call.inputs)?;
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
            let names: Vec<String> = files.iter().map(|file| name_of(file)).collect();
            let (folder, names) = (folder.display(), names.join(", "));
            session.title(match session.lang {
                Lang::Zh => format!("结果已写入 {folder}\u{ff1a}{names}"),
                Lang::En => format!("Written to {folder}: {names}"),
            })?;
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
