//! `dabiao report`: a campaign or a scored table as one page.

use std::io::{self, Write};

use dabiao::Lang;
use dabiao_io::write_whole;
use dabiao_report::Report;

use super::run::load;
use crate::args::{self, Inputs};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &args::Report) -> Result<(), Failure> {
    let lang = session.lang;
    let mut read = vec![call.input.clone()];
    let page = match &call.standard {
        Some(standard) => {
            let inputs = Inputs {
                table: call.input.clone(),
                standard: standard.clone(),
                encoding: call.encoding,
                sheet: None,
            };
            let scores = inputs::score(session, &inputs)?;
            read.push(standard.clone());
            page(session, Report::of_scores(&scores))?
        }
        None => {
            let (loaded, result) = load(session, &call.input)?;
            let report = Report::of_campaign(&loaded.document, &loaded.campaign, &result);
            read.extend_from_slice(loaded.files());
            page(session, report)?
        }
    };
    outputs::spare(lang, &call.out, &read)?;
    write_whole(&call.out, &page).map_err(|error| Failure::at(lang, &call.out, &error))?;
    let shown = call.out.display();
    session.line(match lang {
        Lang::Zh => format!("报告已写入 {shown}\u{ff0c}用浏览器打开即可"),
        Lang::En => format!("Written to {shown}; open it in a browser"),
    })
}

/// Says that the page was left out of a set.
pub(crate) fn left_out(lang: Lang, report: &Report<'_>) {
    let Some(why) = report.too_large() else {
        return;
    };
    let why = why.get(lang);
    let said = match lang {
        Lang::Zh => format!("未写 report.html\u{ff1a}{why}"),
        Lang::En => format!("report.html is left out: {why}"),
    };
    // Standard error may be closed; the files are what matters.
    let _ = writeln!(io::stderr(), "{said}");
}

/// The report, in the language of the call, if it is not too large.
fn page(session: &Session, report: Report<'_>) -> Result<Vec<u8>, Failure> {
    let report = report.in_language(session.lang);
    if let Some(why) = report.too_large() {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| why.get(lang));
        return Err(Failure::call(
            session.lang,
            format!("{zh}\u{ff1b}可按区县分别生成"),
            format!("{en}: make one for each district"),
        ));
    }
    Ok(report.page()?.unwrap_or_default())
}
