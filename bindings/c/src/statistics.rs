//! The statistics of cohorts: taken from a full run, merged, stored, handed in.

use std::ffi::c_char;
use std::sync::RwLock;

use engine::Statistics;

use crate::args::{self, Out};
use crate::guard::guard;
use crate::handle::{self, Opaque};
use crate::status::dabiao_status;
use crate::text::{self, dabiao_text};

/// The statistics of every cohort that a standard looks at. Many threads may read it; while
/// one merges into it, others get `DABIAO_ERROR_BUSY`.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_statistics {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_statistics {
    type Object = RwLock<Statistics>;
    const NAME: &'static str = "dabiao_statistics";
}

/// Hands statistics to the caller.
pub(crate) fn give(
    out: Out<*mut dabiao_statistics>,
    statistics: Statistics,
) -> Result<(), crate::status::Error> {
    out.write(handle::give::<dabiao_statistics>(RwLock::new(statistics))?);
    Ok(())
}

/// Reads what `dabiao_statistics_to_json` wrote: `length` bytes, or `DABIAO_NUL_TERMINATED`.
/// On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_statistics_from_json(
    json: *const c_char,
    length: usize,
    out: *mut *mut dabiao_statistics,
) -> dabiao_status {
    guard(|| {
        // SAFETY: as the header asks of every text and every `out`.
        let (json, out) = unsafe { (args::text_of("json", json, length)?, Out::new("out", out)?) };
        give(out, Statistics::from_json(json)?)
    })
}

/// Writes statistics as JSON, exactly, the same bytes for the same statistics. On success
/// `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_statistics_to_json(
    statistics: *const dabiao_statistics,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("statistics", statistics)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give(out, &handle::shared("statistics", &held)?.to_json())
    })
}

/// Adds the statistics of another part of the same table, of the same standard. `other` stays
/// as it is.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_statistics_merge(
    statistics: *mut dabiao_statistics,
    other: *const dabiao_statistics,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("statistics", statistics)?;
        let other = handle::hold("other", other)?;
        let other = handle::shared("other", &other)?.clone();
        Ok(handle::alone("statistics", &held)?.merge(other)?)
    })
}

/// Frees statistics. NULL is nothing to free; statistics that were freed before are told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_statistics_free(statistics: *mut dabiao_statistics) -> dabiao_status {
    guard(|| handle::free("statistics", statistics))
}
