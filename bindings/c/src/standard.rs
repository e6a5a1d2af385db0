//! Standards: read, and shared between threads.

use std::ffi::{CString, c_char};
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

use dabiao_io::{format_of, read_text};
use engine::standard::Format;
use engine::{Faults, Standard};

use crate::args::{self, Out};
use crate::contents::Contents;
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::status::{Error, dabiao_status};
use crate::text::{self, c_string, dabiao_text};

/// A standard: checked, compiled, and shared by as many threads as want it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_standard {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_standard {
    type Object = Held;
    const NAME: &'static str = "dabiao_standard";
}

/// A standard, and what it holds as C reads it.
pub(crate) struct Held {
    pub(crate) standard: Standard,
    pub(crate) contents: Contents,
}

impl Held {
    pub(crate) fn new(standard: Standard) -> Held {
        Held {
            contents: Contents::of(&standard),
            standard,
        }
    }
}

/// A text of the library's own, or NULL.
pub(crate) fn of(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

/// The library makes a standard of what `read` gives, or says what is wrong with it.
fn give(
    out: *mut *mut dabiao_standard,
    read: impl FnOnce() -> Result<Standard, Error>,
) -> dabiao_status {
    guard(|| {
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let held = Held::new(read()?);
        out.write(handle::give::<dabiao_standard>(held)?);
        Ok(())
    })
}

/// Takes a standard that ships with the library, such as "weihai-2020".
/// `DABIAO_ERROR_NOT_FOUND` for any other id. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_builtin(
    id: *const c_char,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let id = unsafe { args::text("id", id)? };
        if !Standard::builtin_ids().any(|held| held == id) {
            return Err(Error::not_found("id", id));
        }
        Ok(Standard::builtin(id)?)
    })
}

/// The id of a built-in standard by its index from 0, or NULL past the last. The text is
/// static. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_standard_builtin_id(index: usize) -> *const c_char {
    static IDS: OnceLock<Vec<CString>> = OnceLock::new();
    guard_or(ptr::null(), || {
        let ids = IDS.get_or_init(|| Standard::builtin_ids().map(c_string).collect());
        Ok(of(ids.get(index)))
    })
}

/// Reads a standard from TOML text of `length` bytes (or `DABIAO_NUL_TERMINATED`). Every fault
/// of it is listed with line and column. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_from_toml(
    text: *const c_char,
    length: usize,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let text = unsafe { args::text_of("text", text, length)? };
        Ok(Standard::from_toml(text)?)
    })
}

/// Reads a standard from JSON text of the same schema, as `dabiao_standard_from_toml` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_from_json(
    text: *const c_char,
    length: usize,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let text = unsafe { args::text_of("text", text, length)? };
        Ok(Standard::from_json(text)?)
    })
}

/// Reads a standard from a file: JSON by its name or its first character, otherwise TOML.
/// `path` is UTF-8. `DABIAO_ERROR_IO` where the file cannot be read. On success `*out` is yours to
/// free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_from_file(
    path: *const c_char,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let path = unsafe { args::text("path", path)? };
        Ok(from_file(path).map_err(|faults| faults.in_file(path))?)
    })
}

fn from_file(path: &str) -> Result<Standard, Faults> {
    let path = Path::new(path);
    let text = read_text(path)?;
    match format_of(path, &text) {
        Format::Json => Standard::from_json(&text),
        Format::Toml => Standard::from_toml(&text),
    }
}

/// Frees a standard. What was made from it stays usable; its texts do not. NULL is nothing to
/// free; a standard that was freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_standard_free(standard: *mut dabiao_standard) -> dabiao_status {
    guard(|| handle::free("standard", standard))
}

/// The SHA-256 of the standard's canonical form, in hexadecimal: the same for TOML and JSON.
/// On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_digest(
    standard: *const dabiao_standard,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give(out, held.standard.digest())
    })
}
