//! `dabiao export`: results as a workbook.

use std::io::{self, Write};

use dabiao::Lang;
use dabiao_io::{RESULTS_COMMUNITIES, campaign_workbook, results_workbook, write_whole};

use super::run::load;
use crate::args::{Export, Format, Inputs};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &Export) -> Result<(), Failure> {
    let lang = session.lang;
    let mut bytes = Vec::new();
    let mut read = vec![call.input.clone()];
    let communities = match &call.standard {
        Some(standard) => {
            let inputs = Inputs {
                table: call.input.clone(),
                standard: standard.clone(),
                encoding: None,
                sheet: None,
            };
            let scores = inputs::score(session, &inputs)?;
            check(session, scores.len())?;
            read.push(standard.clone());
            results_workbook(&scores, lang, &mut bytes)?;
            scores.len()
        }
        None => {
            let (loaded, result) = load(session, &call.input)?;
            check(session, result.scores.len())?;
            read.extend_from_slice(loaded.files());
            campaign_workbook(&loaded, &result, lang, &mut bytes)?;
            result.scores.len()
        }
    };
    outputs::spare(lang, &call.output, &read)?;
    write_whole(&call.output, &bytes).map_err(|error| Failure::at(lang, &call.output, &error))?;
    if session.format != Format::Table {
        return Ok(());
    }
    let file = call.output.display();
    session.line(match lang {
        Lang::Zh => format!("{communities} 个社区的结果已写入 {file}"),
        Lang::En => format!("Results of {communities} communities written to {file}"),
    })
}

fn check(session: &Session, communities: usize) -> Result<(), Failure> {
    if communities <= RESULTS_COMMUNITIES {
        return Ok(());
    }
    let most = RESULTS_COMMUNITIES;
    Err(Failure::call(
        session.lang,
        format!(
            "工作簿至多容纳 {most} 个社区\u{ff0c}实有 {communities} 个\u{ff1b}请用 --out 写出 CSV"
        ),
        format!(
            "a workbook takes {most} communities at most, not {communities}; --out writes CSV files"
        ),
    ))
}

/// Says that the workbook was left out of a set.
pub(crate) fn left_out(session: &Session, added: bool) {
    if added {
        return;
    }
    let most = RESULTS_COMMUNITIES;
    let message = match session.lang {
        Lang::Zh => format!("社区多于 {most} 个\u{ff0c}未写 results.xlsx"),
        Lang::En => format!("more than {most} communities: results.xlsx is left out"),
    };
    let _ = writeln!(io::stderr(), "{message}");
}
