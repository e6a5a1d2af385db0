//! `dabiao template`: workbooks to fill in.

use std::io::Write;
use std::path::{Path, PathBuf};

use dabiao::Standard;
use dabiao::grid::CodeScheme;
use dabiao_io::{
    OutputSet, ReadOptions, TemplateFor, TemplateOptions, read_registry, template, templates,
    write_whole,
};
use serde_json::json;

use crate::args::{self, Format, Template};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &Template) -> Result<(), Failure> {
    let standard = inputs::standard(session, &call.standard)?.standard;
    let blank = TemplateOptions::new().with_lang(session.lang);
    let written = match &call.registry {
        None => {
            outputs::spare(session.lang, &call.output, [&call.standard])?;
            vec![write(session, &standard, &blank, &call.output)?]
        }
        Some(table) => {
            let files = [table.clone()];
            let registry = read_registry(CodeScheme::Free, &files, &ReadOptions::new())?;
            let each = match call.each {
                args::TemplateFor::Community => TemplateFor::Community,
                args::TemplateFor::Street => TemplateFor::Street,
            };
            let planned = templates(&registry, each, &blank)
                .map_err(|faults| faults.in_file(&table.display().to_string()))?;
            let at = |error| Failure::at(session.lang, &call.output, &error);
            let mut set = OutputSet::new(&call.output).map_err(at)?;
            set.spare([table, &call.standard]);
            for (name, options) in planned {
                let bytes = template(&standard, &options)?;
                set.write(&format!("{name}.xlsx"), |file| file.write_all(&bytes))
                    .map_err(at)?;
            }
            outputs::commit(session.lang, &call.output, set)?
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
