//! Texts that the library makes and the caller frees.

use std::ffi::{CString, c_char};
use std::ptr;

use serde::Serialize;

use crate::args::Out;
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::status::{Error, Status, dabiao_status};

/// A text that the library made: UTF-8, with a length, and a NUL behind it. Many threads may
/// read it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_text {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_text {
    type Object = CString;
    const NAME: &'static str = "dabiao_text";
}

/// A NUL inside, which no C text can hold, becomes U+FFFD.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text)
        .or_else(|_| CString::new(text.replace('\0', "\u{fffd}")))
        .unwrap_or_default()
}

/// Hands a text to the caller.
pub(crate) fn give(out: Out<*mut dabiao_text>, text: &str) -> Result<(), Error> {
    out.write(handle::give::<dabiao_text>(c_string(text))?);
    Ok(())
}

/// Hands a value to the caller as JSON.
pub(crate) fn give_json(
    out: Out<*mut dabiao_text>,
    value: &(impl Serialize + ?Sized),
) -> Result<(), Error> {
    let json = serde_json::to_string(value).map_err(|error| unwritten(&error))?;
    give(out, &json)
}

/// Why a result could not be written.
pub(crate) fn unwritten(error: &dyn std::fmt::Display) -> Error {
    Error::new(
        Status::DABIAO_ERROR_IO,
        format!("无法写出:{error}"),
        format!("it cannot be written: {error}"),
    )
}

/// The text's bytes, UTF-8 with a NUL behind them; NULL for a wrong handle. They live until
/// the text is freed.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_text_data(text: *const dabiao_text) -> *const c_char {
    guard_or(ptr::null(), || Ok(handle::hold("text", text)?.as_ptr()))
}

/// How many bytes the text has, without the NUL; 0 for a wrong handle.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_text_length(text: *const dabiao_text) -> usize {
    guard_or(0, || Ok(handle::hold("text", text)?.count_bytes()))
}

/// Frees a text. NULL is nothing to free; a text that was freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_text_free(text: *mut dabiao_text) -> dabiao_status {
    guard(|| handle::free("text", text))
}
