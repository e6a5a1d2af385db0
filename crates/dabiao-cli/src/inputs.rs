//! The files that a call names: standards and tables.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use dabiao::standard::MAX_BYTES;
use dabiao::{Fault, FaultCode, Faults, Observations, Place, Scores, Standard, Text};
use dabiao_io::{ReadOptions, Source, TableOptions, TableScores, read_observations, score_table};

use crate::args::{Encoding, Inputs};
use crate::failure::Failure;
use crate::faults;
use crate::progress::Bar;
use crate::session::Session;

/// A standard and where it came from.
pub(crate) struct Loaded {
    pub(crate) standard: Standard,
    pub(crate) text: String,
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Loads a built-in standard by its id, or one from a file or standard input.
pub(crate) fn standard(session: &Session, name: &Path) -> Result<Loaded, Failure> {
    if let Some(id) = name.to_str()
        && let Some(text) = Standard::builtin_text(id)
    {
        return Ok(Loaded {
            standard: Standard::builtin(id)?,
            text: text.to_owned(),
        });
    }
    let shown = if is_stdin(name) {
        "<stdin>".to_owned()
    } else {
        name.display().to_string()
    };
    let bytes = read_bounded(session, name)?;
    let text = decoded(bytes).map_err(|faults| faults.in_file(&shown))?;
    let json = name.extension().is_some_and(|ending| ending == "json")
        || text.trim_start().starts_with('{');
    let read = if json {
        Standard::from_json(&text)
    } else {
        Standard::from_toml(&text)
    };
    match read {
        Ok(standard) => Ok(Loaded { standard, text }),
        Err(faults) => Err(Failure::Input {
            faults: faults.in_file(&shown),
            text: Some(text),
        }),
    }
}

/// The bytes of a standard, one more than the limit at most.
fn read_bounded(session: &Session, name: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    let read = if is_stdin(name) {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(name).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let known = Standard::builtin_ids().collect::<Vec<_>>();
            let name = name.display();
            Err(Failure::call(
                session.lang,
                format!(
                    "{name}\u{ff1a}既不是内置标准\u{ff08}{}\u{ff09}\u{ff0c}也没有这个文件",
                    known.join("、")
                ),
                format!(
                    "{name}: neither a built-in standard ({}) nor a file",
                    known.join(", ")
                ),
            ))
        }
        Err(error) => Err(Failure::at(session.lang, name, &error)),
    }
}

fn decoded(bytes: Vec<u8>) -> Result<String, Faults> {
    String::from_utf8(bytes).map_err(|error| {
        let sound = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..sound).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Fault::new(FaultCode::Syntax)
            .at(Place {
                line: Some(line as u64),
                ..Place::default()
            })
            .expected(Text::new("UTF-8 编码", "UTF-8 text"))
            .into()
    })
}

/// Reads the standard and the table, and scores.
pub(crate) fn score(session: &Session, inputs: &Inputs) -> Result<Scores, Failure> {
    let standard = standard_of(session, inputs)?;
    let bar = Bar::reading(session.lang);
    let source = source(session, inputs)?;
    let observations = read_observations(&standard, source, &reading(session, inputs, &bar))?;
    drop(bar);
    faults::advise(observations.advice(), session.lang, session.format);
    scored(session, &standard, &observations)
}

/// Reads the standard and a table of any length, and scores.
pub(crate) fn score_any(session: &Session, inputs: &Inputs) -> Result<TableScores, Failure> {
    let standard = standard_of(session, inputs)?;
    let (read, scored) = (Bar::reading(session.lang), Bar::scoring(session.lang));
    let progress = {
        let (read, step) = (read.clone(), scored.for_scoring());
        Arc::new(move |done, all| {
            read.finish();
            step(done, all)
        })
    };
    let reading = reading(session, inputs, &read);
    let options = TableOptions::new(reading, session.score_options()).with_progress(progress);
    let scores = score_table(&standard, source(session, inputs)?, &options)?;
    drop((read, scored, options));
    let advice = match &scores {
        TableScores::Whole(scores) => scores.observations().advice(),
        TableScores::Parts(scores) => scores.advice(),
    };
    faults::advise(advice, session.lang, session.format);
    Ok(scores)
}

fn standard_of(session: &Session, inputs: &Inputs) -> Result<Standard, Failure> {
    if is_stdin(&inputs.table) && is_stdin(&inputs.standard) {
        return Err(Failure::call(
            session.lang,
            "标准和数据表不能都从标准输入读取",
            "the standard and the table cannot both be standard input",
        ));
    }
    Ok(standard(session, &inputs.standard)?.standard)
}

fn source(session: &Session, inputs: &Inputs) -> Result<Source<'static>, Failure> {
    if is_stdin(&inputs.table) {
        return Ok(Source::stdin());
    }
    // A name that leads nowhere is a fault of the call, what is in the file is not.
    File::open(&inputs.table).map_err(|error| Failure::at(session.lang, &inputs.table, &error))?;
    Ok(Source::path(&inputs.table))
}

fn reading(session: &Session, inputs: &Inputs, bar: &Bar) -> ReadOptions {
    let mut options = ReadOptions::new().with_progress(bar.for_reading());
    if let Some(threads) = session.threads {
        options = options.with_threads(threads);
    }
    if let Some(encoding) = inputs.encoding {
        options = options.with_encoding(match encoding {
            Encoding::Utf8 => dabiao_io::Encoding::Utf8,
            Encoding::Gb18030 => dabiao_io::Encoding::Gb18030,
            Encoding::Utf16 => dabiao_io::Encoding::Utf16,
        });
    }
    match &inputs.sheet {
        Some(sheet) => options.with_sheet(sheet),
        None => options,
    }
}

/// Scores a table, with progress.
pub(crate) fn scored(
    session: &Session,
    standard: &Standard,
    observations: &Observations,
) -> Result<Scores, Failure> {
    let bar = Bar::scoring(session.lang);
    let options = session.score_options().with_progress(bar.for_scoring());
    Ok(standard.score(observations, &options)?)
}
