//! `dabiao collect`: a folder of filled tables into one.

use std::fs::File;
use std::path::Path;

use dabiao::Lang;
use dabiao_io::{
    BYTE_ORDER_MARK, CollectOptions, Collected, Format, ReadOptions, SheetTable, Source, collect,
    observations_file, read_registered, write_rows, write_whole,
};
use serde_json::json;

use crate::args;
use crate::failure::Failure;
use crate::faults;
use crate::inputs;
use crate::outputs;
use crate::session::{Session, new_table};

pub(crate) fn run(session: &mut Session, call: &args::Collect) -> Result<(), Failure> {
    let lang = session.lang;
    let standard = inputs::standard(session, &call.standard)?.standard;
    let named = call.output.file_name().unwrap_or_default();
    let format = match Format::of_name(&named.to_string_lossy()) {
        Some(format @ (Format::Parquet | Format::Csv)) => format,
        _ => {
            return Err(Failure::call(
                lang,
                "汇总表的文件名须以 .parquet 或 .csv 结尾",
                "the table's name must end in .parquet or .csv",
            ));
        }
    };
    let options = ReadOptions::new();
    for path in call.grid.iter().chain(&call.units) {
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !ending.is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            return Err(Failure::call(
                lang,
                "网格表和单元数据表的文件名须以 .csv 结尾",
                "the names of the tables of the grid and its units must end in .csv",
            ));
        }
    }
    let mut wanted = CollectOptions::new();
    if let Some(path) = &call.communities {
        File::open(path).map_err(|error| Failure::at(lang, path, &error))?;
        wanted = wanted.with_registry(read_registered(Source::path(path), &options)?);
    }
    if call.grid.is_some() {
        wanted = wanted.with_grid();
    }
    if call.units.is_some() {
        wanted = wanted.with_units();
    }
    if let Err(error) = std::fs::read_dir(&call.folder) {
        return Err(Failure::at(lang, &call.folder, &error));
    }
    let collected = collect(&standard, &call.folder, &wanted)?;
    faults::advise(&collected.advice, lang, session.format);
    let bytes = observations_file(&standard, &collected.observations, format)?.unwrap_or_default();
    let mut outputs = vec![(call.output.as_path(), bytes)];
    let beside = [
        (&call.grid, &collected.grid),
        (&call.units, &collected.units),
    ];
    for (path, table) in beside {
        if let (Some(path), Some(table)) = (path, table) {
            outputs.push((path, csv(table)?));
        }
    }
    let read: Vec<_> = collected
        .files
        .iter()
        .map(|file| call.folder.join(&file.name))
        .chain([call.standard.clone()])
        .chain(call.communities.clone())
        .collect();
    for (path, _) in &outputs {
        outputs::spare(lang, path, &read)?;
    }
    for (path, bytes) in &outputs {
        write_whole(path, bytes).map_err(|error| Failure::at(lang, path, &error))?;
    }
    match session.format {
        args::Format::Json => session.json(&json!({
            "communities": collected.observations.len(),
            "files": collected.files,
            "passed_over": collected.passed_over,
            "missing": collected.missing,
            "blank": collected.blank,
            "grid": collected.grid.as_ref().map(|table| table.rows.len()),
            "units": collected.units.as_ref().map(|table| table.rows.len()),
            "grid_sheets": collected.grid_sheets,
            "unit_sheets": collected.unit_sheets,
        })),
        args::Format::Csv => {
            let rows = collected
                .missing
                .iter()
                .map(|m| [&m.code, &m.name, &m.district]);
            dabiao_io::write_rows(&mut session.out, &["code", "name", "district"], rows)?;
            Ok(())
        }
        args::Format::Table | args::Format::Parquet => show(session, call, &collected),
    }
}

/// A table as a CSV file, with the mark by which Excel knows that it is UTF-8.
fn csv(table: &SheetTable) -> std::io::Result<Vec<u8>> {
    let mut bytes = BYTE_ORDER_MARK.to_vec();
    let heading: Vec<&str> = table.heading.iter().map(String::as_str).collect();
    write_rows(&mut bytes, &heading, &table.rows)?;
    Ok(bytes)
}

/// What became of the sheets beside the forms: written, or left where they are.
fn show_sheet(
    session: &mut Session,
    (zh, en): (&str, &str),
    option: &str,
    table: Option<(&Path, &SheetTable)>,
    sheets: usize,
) -> Result<(), Failure> {
    let lang = session.lang;
    let line = match table {
        Some((path, table)) => {
            let (rows, path) = (table.rows.len(), path.display());
            match lang {
                Lang::Zh => format!("{zh}\u{ff1a}{sheets} 个文件、{rows} 行已汇总到 {path}"),
                Lang::En => format!("{en}: {rows} rows of {sheets} files put together in {path}"),
            }
        }
        None if sheets == 0 => return Ok(()),
        None => match lang {
            Lang::Zh => format!(
                "{zh}\u{ff1a}{sheets} 个文件已填\u{ff0c}未汇总\u{ff08}加 {option} 文件.csv\u{ff09}"
            ),
            Lang::En => {
                format!("{en}: filled in in {sheets} files, not collected ({option} FILE.csv does)")
            }
        },
    };
    session.line(line)
}

fn show(session: &mut Session, call: &args::Collect, collected: &Collected) -> Result<(), Failure> {
    let lang = session.lang;
    let (files, communities) = (collected.files.len(), collected.observations.len());
    let output = call.output.display();
    session.line(match lang {
        Lang::Zh => format!("{files} 个文件、{communities} 个社区已汇总到 {output}"),
        Lang::En => format!("{communities} communities of {files} files put together in {output}"),
    })?;
    if !collected.passed_over.is_empty() {
        let names = collected.passed_over.join(", ");
        session.line(match lang {
            Lang::Zh => format!("不是数据表\u{ff0c}未读\u{ff1a}{names}"),
            Lang::En => format!("No tables, passed over: {names}"),
        })?;
    }
    let held = call.grid.as_deref().zip(collected.grid.as_ref());
    let grid = ("党建网格", "The party grid");
    show_sheet(session, grid, "--grid", held, collected.grid_sheets)?;
    let held = call.units.as_deref().zip(collected.units.as_ref());
    let units = ("单元数据", "Values of units");
    show_sheet(session, units, "--units", held, collected.unit_sheets)?;
    if !collected.blank.is_empty() {
        let names: Vec<String> = collected
            .blank
            .iter()
            .map(|form| {
                format!("{} ({})", form.code, form.file)
                    .trim_start()
                    .to_owned()
            })
            .collect();
        let names = names.join(", ");
        session.line(match lang {
            Lang::Zh => format!("交了空白表\u{ff0c}未计入\u{ff1a}{names}"),
            Lang::En => format!("Sent in blank, left out: {names}"),
        })?;
    }
    if call.communities.is_none() {
        return Ok(());
    }
    let missing = collected.missing.len();
    session.title(match (lang, missing) {
        (Lang::Zh, 0) => "登记的社区都已上报".to_owned(),
        (Lang::En, 0) => "Every registered community is there".to_owned(),
        (Lang::Zh, _) => format!("尚未上报的社区\u{ff1a}{missing} 个"),
        (Lang::En, _) => format!("Missing: {missing}"),
    })?;
    if missing == 0 {
        return Ok(());
    }
    let heading = match lang {
        Lang::Zh => ["编码", "社区", "区县"],
        Lang::En => ["Code", "Name", "District"],
    };
    let mut table = new_table(&heading, &[]);
    for held in &collected.missing {
        table.add_row([&held.code, &held.name, &held.district]);
    }
    session.table(&table)
}
