//! `dabiao template`: workbooks to fill in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dabiao::Standard;
use dabiao::grid::{CodeScheme, Registry};
use dabiao_io::{
    ReadOptions, TemplateCommunity, TemplateOptions, read_registry, template, write_whole,
};
use serde_json::json;

use crate::args::{Format, Template, TemplateFor};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

/// A workbook to write: its name without the ending, and what it is made for.
type Planned = (String, TemplateOptions);

pub(crate) fn run(session: &mut Session, call: &Template) -> Result<(), Failure> {
    let standard = inputs::standard(session, &call.standard)?.standard;
    let blank = TemplateOptions::new().with_lang(session.lang);
    let written = match &call.registry {
        None => {
            outputs::spare(session.lang, &call.output, [&call.standard])?;
            vec![write(session, &standard, &blank, &call.output)?]
        }
        Some(registry) => {
            let files = [registry.clone()];
            let registry = read_registry(CodeScheme::Free, &files, &ReadOptions::new())?;
            let planned = match call.each {
                TemplateFor::Community => one_each(&registry, &blank),
                TemplateFor::Street => one_a_street(session, &registry, &blank)?,
            };
            let place = |name: &str| call.output.join(format!("{name}.xlsx"));
            for (name, _) in &planned {
                outputs::spare(
                    session.lang,
                    &place(name),
                    files.iter().chain([&call.standard]),
                )?;
            }
            fs::create_dir_all(&call.output)
                .map_err(|error| Failure::at(session.lang, &call.output, &error))?;
            let mut written = Vec::new();
            for (name, options) in planned {
                written.push(write(session, &standard, &options, &place(&name))?);
            }
            written
        }
    };
    match session.format {
        Format::Json => {
            let paths: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
            session.json(&json!({ "written": paths }))
        }
        _ => {
            for path in &written {
                session.line(path.display().to_string())?;
            }
            Ok(())
        }
    }
}

fn write(
    session: &Session,
    standard: &Standard,
    options: &TemplateOptions,
    path: &Path,
) -> Result<PathBuf, Failure> {
    let bytes = template(standard, options)?;
    write_whole(path, &bytes).map_err(|error| Failure::at(session.lang, path, &error))?;
    Ok(path.to_owned())
}

fn communities(registry: &Registry) -> Vec<TemplateCommunity> {
    let names = registry.attribute("name");
    let name = |row: usize| names.and_then(|names| names.get(row)).cloned();
    let codes = registry.codes().iter().enumerate();
    codes
        .map(|(row, code)| TemplateCommunity {
            code: code.clone(),
            name: name(row).unwrap_or_default(),
        })
        .collect()
}

fn one_each(registry: &Registry, blank: &TemplateOptions) -> Vec<Planned> {
    let mut taken = BTreeSet::new();
    communities(registry)
        .into_iter()
        .map(|community| {
            let name = unused(
                &mut taken,
                &format!("{} {}", community.code, community.name),
            );
            (name, blank.clone().for_community(community))
        })
        .collect()
}

fn one_a_street(
    session: &Session,
    registry: &Registry,
    blank: &TemplateOptions,
) -> Result<Vec<Planned>, Failure> {
    let (codes, names) = (
        registry.attribute("street_code"),
        registry.attribute("street"),
    );
    if codes.is_none() && names.is_none() {
        return Err(Failure::call(
            session.lang,
            "登记表中没有街道一列\u{ff08}街道、街道编码\u{ff09}",
            "the registry has no column of streets (street, street_code)",
        ));
    }
    let held = |column: Option<&[String]>, row: usize| {
        column
            .and_then(|column| column.get(row))
            .cloned()
            .unwrap_or_default()
    };
    let mut streets: BTreeMap<(String, String), Vec<TemplateCommunity>> = BTreeMap::new();
    for (row, community) in communities(registry).into_iter().enumerate() {
        let street = (held(codes, row), held(names, row));
        streets.entry(street).or_default().push(community);
    }
    let mut taken = BTreeSet::new();
    let planned = streets.into_iter().map(|((code, name), communities)| {
        let name = unused(&mut taken, &format!("{code} {name}"));
        (name, blank.clone().for_street(communities))
    });
    Ok(planned.collect())
}

/// A name that a file may have on any system and that no other file of this call has.
fn unused(taken: &mut BTreeSet<String>, wanted: &str) -> String {
    let plain: String = wanted
        .trim()
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .take(80)
        .collect();
    let plain = plain.trim_end_matches(['.', ' ']);
    let plain = if plain.is_empty() { "template" } else { plain };
    let mut name = plain.to_owned();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{plain} ({number})");
        number += 1;
    }
    name
}
