//! `dabiao collect`: a folder of filled tables into one.

use std::fs::File;

use dabiao::Lang;
use dabiao_io::{
    Collected, Format, ReadOptions, Source, collect, observations_file, read_registered,
    write_whole,
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
    let registry = match &call.communities {
        Some(path) => {
            File::open(path).map_err(|error| Failure::at(lang, path, &error))?;
            Some(read_registered(Source::path(path), &options)?)
        }
        None => None,
    };
    if let Err(error) = std::fs::read_dir(&call.folder) {
        return Err(Failure::at(lang, &call.folder, &error));
    }
    let collected = collect(&standard, &call.folder, registry.as_deref(), &options)?;
    faults::advise(&collected.advice, lang, session.format);
    let bytes = observations_file(&standard, &collected.observations, format)?.unwrap_or_default();
    let read = collected
        .files
        .iter()
        .map(|file| call.folder.join(&file.name));
    let named = [call.standard.clone()]
        .into_iter()
        .chain(call.communities.clone());
    outputs::spare(lang, &call.output, read.chain(named))?;
    write_whole(&call.output, &bytes).map_err(|error| Failure::at(lang, &call.output, &error))?;
    match session.format {
        args::Format::Json => session.json(&json!({
            "communities": collected.observations.len(),
            "files": collected.files,
            "passed_over": collected.passed_over,
            "missing": collected.missing,
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
