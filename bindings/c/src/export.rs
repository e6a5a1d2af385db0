//! Results as texts and files: CSV, JSON, explanations.

use std::ffi::c_char;
use std::path::Path;

use dabiao_io::{summary, write_gaps, write_items, write_results, write_scores};
use engine::Scores;
use engine::explain::Scorecard;

use crate::args::{self, Out};
use crate::guard::guard;
use crate::handle;
use crate::scorer::dabiao_scorer;
use crate::scores::dabiao_scores;
use crate::status::{self, Error, dabiao_status};
use crate::text::{self, dabiao_text, unwritten};

/// `scores.csv`: a row a community.
pub const DABIAO_CSV_SCORES: i32 = 0;
/// `items.csv`: a row for each item of each community, with its explanation.
pub const DABIAO_CSV_ITEMS: i32 = 1;
/// `gaps.csv`: what each community lost, and what would win it back.
pub const DABIAO_CSV_GAPS: i32 = 2;

fn card(scores: &Scores, row: usize) -> Result<Scorecard, Error> {
    scores.card(row).ok_or_else(|| Error::not_found("row", row))
}

/// A table of results as CSV text: `table` is `DABIAO_CSV_...`, `lang` is `DABIAO_LANG_...`.
/// The bytes are those of the command's file, without its byte-order mark. On success `*out`
/// is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_csv(
    scores: *const dabiao_scores,
    table: i32,
    lang: i32,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let lang = status::lang(lang)?;
        let mut csv = Vec::new();
        match table {
            DABIAO_CSV_SCORES => write_scores(&held.scores, &mut csv),
            DABIAO_CSV_ITEMS => write_items(&held.scores, lang, &mut csv),
            DABIAO_CSV_GAPS => write_gaps(&held.scores, lang, &mut csv),
            _ => {
                return Err(Error::argument(
                    "table",
                    "不是 DABIAO_CSV_...",
                    "is no DABIAO_CSV_...",
                ));
            }
        }
        .map_err(|error| unwritten(&error))?;
        text::give(out, &String::from_utf8_lossy(&csv))
    })
}

/// Writes `scores.csv`, `items.csv`, `gaps.csv` and `summary.json` into a folder, which is made
/// if it is not there; all of them appear, or none. `folder` is UTF-8. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_write(
    scores: *const dabiao_scores,
    folder: *const c_char,
    lang: i32,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every text.
        let folder = unsafe { args::text("folder", folder)? };
        let lang = status::lang(lang)?;
        write_results(&held.scores, lang, Path::new(folder)).map_err(|error| unwritten(&error))?;
        Ok(())
    })
}

/// What the run amounts to as JSON: counts, grades, the digests of standard and observations,
/// the engine's version. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_summary(
    scores: *const dabiao_scores,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give_json(out, &summary(&held.scores))
    })
}

/// The scorecard of a row as JSON: each item's value, rule in words, points, what was lost and
/// the next step that would win points, with every wording in Chinese and English. On success
/// `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_explain(
    scores: *const dabiao_scores,
    row: usize,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give_json(out, &card(&held.scores, row)?)
    })
}

/// The same as text for people, in one language. On success `*out` is yours to free. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_explain_text(
    scores: *const dabiao_scores,
    row: usize,
    lang: i32,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let lang = status::lang(lang)?;
        text::give(out, &card(&held.scores, row)?.explain(lang))
    })
}

/// Explains the community that the scorer scored last, as `dabiao_scores_explain` does. On
/// success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scorer_explain(
    scorer: *mut dabiao_scorer,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scorer", scorer)?;
        let mut scorer = handle::alone("scorer", &held)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give_json(out, &card(scorer.card.score()?, 0)?)
    })
}
