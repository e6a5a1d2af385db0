//! `dabiao explain CODE`: one community's scorecard, in words.

use dabiao_io::write_rows;

use crate::args::{Explain, Format};
use crate::failure::Failure;
use crate::inputs;
use crate::session::Session;

pub(crate) fn run(session: &mut Session, call: &Explain) -> Result<(), Failure> {
    let scores = inputs::score(session, &call.inputs)?;
    let row = super::row_of(session, &scores, &call.code)?;
    let Some(card) = scores.card(row) else {
        return Ok(());
    };
    match session.format {
        Format::Table | Format::Parquet => session.line(card.explain(session.lang)),
        Format::Json => session.json(&card),
        Format::Csv => {
            let rows = dabiao_io::item_rows(&card, session.lang);
            write_rows(&mut session.out, &dabiao_io::ITEMS_HEADING, rows)?;
            Ok(())
        }
    }
}
