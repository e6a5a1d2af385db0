//! `dabiao report`: a campaign or a scored table as one page.

use std::io::{self, Write};

use dabiao::Lang;
use dabiao::campaign::CampaignResult;
use dabiao_io::{LoadedCampaign, OutputSet, write_whole};
use dabiao_report::{LIMIT, Report};

use super::run::load;
use crate::args::{self, Inputs};
use crate::failure::Failure;
use crate::inputs;
use crate::outputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &args::Report) -> Result<(), Failure> {
    let lang = session.lang;
    let mut page = Vec::new();
    let mut read = vec![call.input.clone()];
    match &call.standard {
        Some(standard) => {
            let inputs = Inputs {
                table: call.input.clone(),
                standard: standard.clone(),
                encoding: call.encoding,
                sheet: None,
            };
            let scores = inputs::score(session, &inputs)?;
            read.push(standard.clone());
            write(session, Report::of_scores(&scores), &mut page)?;
        }
        None => {
            let (loaded, result) = load(session, &call.input)?;
            let report = Report::of_campaign(&loaded.document, &loaded.campaign, &result);
            read.extend_from_slice(loaded.files());
            write(session, report, &mut page)?;
        }
    }
    outputs::spare(lang, &call.out, &read)?;
    write_whole(&call.out, &page).map_err(|error| Failure::at(lang, &call.out, &error))?;
    let shown = call.out.display();
    session.line(match lang {
        Lang::Zh => format!("报告已写入 {shown}\u{ff0c}用浏览器打开即可"),
        Lang::En => format!("Written to {shown}; open it in a browser"),
    })
}

/// The page of a campaign's run, or nothing where it is left out, which is said.
pub(crate) fn page(
    lang: Lang,
    loaded: &LoadedCampaign,
    result: &CampaignResult,
) -> io::Result<Option<Vec<u8>>> {
    let report = Report::of_campaign(&loaded.document, &loaded.campaign, result);
    let many = report.communities();
    if many > LIMIT {
        let said = match lang {
            Lang::Zh => {
                format!("未写 report.html\u{ff1a}{many} 个社区\u{ff0c}一份报告至多 {LIMIT} 个")
            }
            Lang::En => {
                format!(
                    "report.html is left out: {many} communities; a report holds {LIMIT} at most"
                )
            }
        };
        // Standard error may be closed; the files are what matters.
        let _ = writeln!(io::stderr(), "{said}");
        return Ok(None);
    }
    let mut page = Vec::new();
    report.in_language(lang).write(&mut page)?;
    Ok(Some(page))
}

/// Adds the page to the files of a campaign's run; where there is none, an older one goes.
pub(crate) fn add(page: Option<&[u8]>, set: &mut OutputSet) -> io::Result<()> {
    match page {
        Some(page) => set.write("report.html", |file| file.write_all(page)),
        None => {
            set.remove("report.html");
            Ok(())
        }
    }
}

fn write(session: &Session, report: Report<'_>, page: &mut Vec<u8>) -> Result<(), Failure> {
    let many = report.communities();
    if many > LIMIT {
        return Err(Failure::call(
            session.lang,
            format!("{many} 个社区\u{ff0c}一份报告至多 {LIMIT} 个\u{ff1b}可按区县分别生成"),
            format!(
                "{many} communities; a report holds {LIMIT} at most: make one for each district"
            ),
        ));
    }
    report.in_language(session.lang).write(page)?;
    Ok(())
}
