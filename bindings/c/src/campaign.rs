//! A whole campaign from its file: registry, grid, phases, selection.

use std::ffi::{CString, c_char};
use std::path::Path;
use std::ptr;

use dabiao_io::{
    CAMPAIGN_FILES, LoadedCampaign, ReadOptions, campaign_file, has_campaign_file, read_campaign,
    reason, write_campaign,
};
use engine::campaign::{CampaignResult, Outcome};

use crate::args::{self, Out, OutSlice};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::options::{Run, dabiao_score_options};
use crate::scores::{Scored, dabiao_scores};
use crate::status::{self, Error, dabiao_status};
use crate::text::{self, c_string, dabiao_text, unwritten};

/// A campaign that was run. Many threads may share it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_campaign {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_campaign {
    type Object = Done;
    const NAME: &'static str = "dabiao_campaign";
}

/// A campaign, what came of it, and its texts as C reads them.
pub(crate) struct Done {
    loaded: LoadedCampaign,
    result: CampaignResult,
    phases: Vec<CString>,
    tiers: Vec<CString>,
    files: Vec<CString>,
}

impl Done {
    fn new(loaded: LoadedCampaign, result: CampaignResult) -> Done {
        let tiers = result.selection.iter().flat_map(|made| &made.tiers);
        let files = CAMPAIGN_FILES.iter();
        Done {
            phases: result.phases.iter().map(|p| c_string(&p.id)).collect(),
            tiers: tiers.map(|tier| c_string(&tier.id)).collect(),
            files: files
                .filter(|name| has_campaign_file(&loaded, &result, name))
                .map(|name| c_string(name))
                .collect(),
            loaded,
            result,
        }
    }
}

/// The community is not chosen, or nobody is to be chosen.
pub const DABIAO_OUTCOME_NOT_CHOSEN: i32 = 0;
/// The community is chosen, however ties are broken.
pub const DABIAO_OUTCOME_CHOSEN: i32 = 1;
/// The community is chosen by one way of breaking the ties and not by another (提请研究).
pub const DABIAO_OUTCOME_TIED: i32 = 2;
/// Stands for no tier.
pub const DABIAO_NO_TIER: i32 = -1;

/// Reads a campaign's file, and every table that it names by a path relative to it, and runs
/// the whole of it, as the command `dabiao run` does. Every fault is listed with its file and
/// line. `path` is UTF-8. `options` may be NULL; only its threads and progress are for a
/// campaign. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_run_file(
    path: *const c_char,
    options: *const dabiao_score_options,
    out: *mut *mut dabiao_campaign,
) -> dabiao_status {
    guard(|| {
        // SAFETY: as the header asks of every text, every structure and every `out`.
        let (path, options, out) = unsafe {
            (
                args::text("path", path)?,
                args::optional("options", options)?,
                Out::new("out", out)?,
            )
        };
        let run = Run::of_campaign(options)?;
        let loaded = read_campaign(Path::new(path), &ReadOptions::new())?;
        let result = loaded.campaign.run(&run.options)?;
        run.finish(result.scores.len());
        out.write(handle::give::<dabiao_campaign>(Done::new(loaded, result))?);
        Ok(())
    })
}

/// Frees a campaign. Scores that came from it stay usable; its texts do not. NULL is nothing
/// to free; one that was freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_campaign_free(campaign: *mut dabiao_campaign) -> dabiao_status {
    guard(|| handle::free("campaign", campaign))
}

/// 1 where the campaign's file says that its marks are made up, 0 where not, and for a wrong
/// handle. Say so wherever you show what came of it; the files of results do. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_campaign_synthetic(campaign: *const dabiao_campaign) -> i32 {
    guard_or(0, || {
        let held = handle::hold("campaign", campaign)?;
        Ok(held.loaded.document.synthetic.into())
    })
}

/// The published scores: of the last phase that marked each item, or of all phases weighted.
/// They are read as those of a table; `dabiao_scores_standard` gives their standard. On
/// success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_scores(
    campaign: *const dabiao_campaign,
    out: *mut *mut dabiao_scores,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let scores = Scored::new(held.result.scores.clone());
        out.write(handle::give::<dabiao_scores>(scores)?);
        Ok(())
    })
}

/// The id of a phase by its index from 0, in order of time; NULL past the last. The text
/// belongs to the campaign. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_campaign_phase(
    campaign: *const dabiao_campaign,
    index: usize,
) -> *const c_char {
    guard_or(ptr::null(), || {
        let held = handle::hold("campaign", campaign)?;
        of("index", &held.phases, index)
    })
}

/// The scores of a phase on its own marks alone, by its index from 0. On success `*out` is
/// yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_phase_scores(
    campaign: *const dabiao_campaign,
    index: usize,
    out: *mut *mut dabiao_scores,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let phase = held.result.phases.get(index);
        let phase = phase.ok_or_else(|| Error::not_found("index", index))?;
        let scores = Scored::new(phase.scores.clone());
        out.write(handle::give::<dabiao_scores>(scores)?);
        Ok(())
    })
}

/// The id of a tier of the selection by its index from 0; NULL past the last, and where nobody
/// is to be chosen. The text belongs to the campaign. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_campaign_tier(
    campaign: *const dabiao_campaign,
    index: usize,
) -> *const c_char {
    guard_or(ptr::null(), || {
        let held = handle::hold("campaign", campaign)?;
        of("index", &held.tiers, index)
    })
}

fn of(argument: &str, texts: &[CString], index: usize) -> Result<*const c_char, Error> {
    let text = texts.get(index).map(|text| text.as_ptr());
    text.ok_or_else(|| Error::not_found(argument, index))
}

/// Writes for each community, in the order of the published scores, what the selection came
/// to: `outcomes` takes `DABIAO_OUTCOME_...`, `tiers` the index of the tier in which it is
/// chosen or tied, or `DABIAO_NO_TIER`. Either may be NULL; `length` is the number of
/// communities. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_selection(
    campaign: *const dabiao_campaign,
    outcomes: *mut i32,
    tiers: *mut i32,
    length: usize,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        let rows = held.result.scores.len();
        // SAFETY: as the header asks of every array.
        let (outcomes, tiers) = unsafe {
            (
                OutSlice::new("outcomes", outcomes, length, rows)?,
                OutSlice::new("tiers", tiers, length, rows)?,
            )
        };
        let made = held.result.selection.as_ref();
        let decision = |row: usize| made.and_then(|made| made.decisions.get(row));
        if let Some(outcomes) = outcomes {
            outcomes.write((0..rows).map(
                |row| match decision(row).map(|decision| decision.outcome) {
                    Some(Outcome::Chosen) => DABIAO_OUTCOME_CHOSEN,
                    Some(Outcome::Tied) => DABIAO_OUTCOME_TIED,
                    Some(Outcome::NotChosen) | None => DABIAO_OUTCOME_NOT_CHOSEN,
                },
            ));
        }
        let tier = |id: &String| {
            let at = made?.tiers.iter().position(|tier| tier.id == *id)?;
            i32::try_from(at).ok()
        };
        if let Some(tiers) = tiers {
            tiers.write((0..rows).map(|row| {
                let id = decision(row).and_then(|decision| decision.tier.as_ref());
                id.and_then(tier).unwrap_or(DABIAO_NO_TIER)
            }));
        }
        Ok(())
    })
}

/// Why a community (a row of the published scores) was chosen or not, in words that can be
/// checked from its scores. `lang` is `DABIAO_LANG_...`. `DABIAO_ERROR_NOT_FOUND` where nobody
/// is to be chosen. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_reason(
    campaign: *const dabiao_campaign,
    row: usize,
    lang: i32,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let lang = status::lang(lang)?;
        let made = held.result.selection.as_ref();
        let decision = made.and_then(|made| made.decisions.get(row));
        let decision = decision.ok_or_else(|| Error::not_found("row", row))?;
        text::give(out, &reason(&held.result.scores, row, decision, lang))
    })
}

/// The name of a file of results by its index from 0: "scores.csv", "items.csv", "gaps.csv",
/// "selection.csv", "coverage.csv" and so on, as far as this campaign has them, and
/// "summary.json"; NULL past the last. The text belongs to the campaign. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_campaign_file_name(
    campaign: *const dabiao_campaign,
    index: usize,
) -> *const c_char {
    guard_or(ptr::null(), || {
        let held = handle::hold("campaign", campaign)?;
        of("index", &held.files, index)
    })
}

/// What stands in one of these files, without a byte-order mark. `lang` is `DABIAO_LANG_...`.
/// On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_file(
    campaign: *const dabiao_campaign,
    name: *const c_char,
    lang: i32,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (name, out) = unsafe { (args::text("name", name)?, Out::new("out", out)?) };
        let lang = status::lang(lang)?;
        let bytes = campaign_file(&held.loaded, &held.result, lang, name);
        let bytes = bytes.map_err(|error| unwritten(&error))?;
        let bytes = bytes.ok_or_else(|| Error::not_found("name", name))?;
        text::give(out, &String::from_utf8_lossy(&bytes))
    })
}

/// Writes all of these files into a folder, which is made if it is not there, as the command
/// `dabiao run --out` does; all of them appear, or none. `folder` is UTF-8, `lang` is
/// `DABIAO_LANG_...`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_write(
    campaign: *const dabiao_campaign,
    folder: *const c_char,
    lang: i32,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        // SAFETY: as the header asks of every text.
        let folder = unsafe { args::text("folder", folder)? };
        let lang = status::lang(lang)?;
        write_campaign(&held.loaded, &held.result, lang, Path::new(folder))
            .map_err(|error| unwritten(&error))?;
        Ok(())
    })
}

/// What a reader of the campaign's tables should look at although it is no fault, as a JSON
/// array in the form of faults. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_campaign_advice(
    campaign: *const dabiao_campaign,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("campaign", campaign)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give_json(out, &held.loaded.advice)
    })
}
