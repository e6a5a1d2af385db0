//! Status codes, and the last error of each thread.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};

use engine::{FaultCode, Faults, Lang, Text};

use crate::text::c_string;

/// What a call came to. The numbers never change their meaning.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub enum dabiao_status {
    /// It was done.
    DABIAO_OK = 0,
    /// A pointer is NULL that must not be.
    DABIAO_ERROR_NULL = 1,
    /// A number, a length, a choice or an alignment that cannot be.
    DABIAO_ERROR_ARGUMENT = 2,
    /// A text is not UTF-8.
    DABIAO_ERROR_UTF8 = 3,
    /// A handle that was freed, is of another type, or never was one.
    DABIAO_ERROR_HANDLE = 4,
    /// The handle is in use by another thread and may be used by one at a time.
    DABIAO_ERROR_BUSY = 5,
    /// Nothing has this id, code or index.
    DABIAO_ERROR_NOT_FOUND = 6,
    /// The input is at fault; `dabiao_last_error_faults` lists every fault.
    DABIAO_ERROR_FAULTS = 7,
    /// A file or a stream could not be read or written.
    DABIAO_ERROR_IO = 8,
    /// The progress callback asked to stop.
    DABIAO_ERROR_CANCELLED = 9,
    /// A limit of the library, such as a million handles at once.
    DABIAO_ERROR_LIMIT = 10,
    /// An error inside the library; please report it. Handles stay usable.
    DABIAO_ERROR_PANIC = 99,
}

pub(crate) use dabiao_status as Status;

/// Messages in Chinese.
pub const DABIAO_LANG_ZH: i32 = 0;
/// Messages in English.
pub const DABIAO_LANG_EN: i32 = 1;

/// Why a call failed.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) status: Status,
    message: Text,
    faults: Faults,
}

impl Error {
    pub(crate) fn new(status: Status, zh: impl Into<String>, en: impl Into<String>) -> Error {
        Error {
            status,
            message: Text::new(zh, en),
            faults: Faults::new(),
        }
    }

    pub(crate) fn null(argument: &str) -> Error {
        Error::new(
            Status::DABIAO_ERROR_NULL,
            format!("参数 {argument} 为空指针"),
            format!("argument {argument} is NULL"),
        )
    }

    /// `what` says what is wrong with it, as in "is not aligned".
    pub(crate) fn argument(argument: &str, zh: &str, en: &str) -> Error {
        Error::new(
            Status::DABIAO_ERROR_ARGUMENT,
            format!("参数 {argument} {zh}"),
            format!("argument {argument} {en}"),
        )
    }

    /// An array that does not have as many places as are needed.
    pub(crate) fn length(argument: &str, found: usize, expected: usize) -> Error {
        Error::argument(
            argument,
            &format!("长度为 {found},应为 {expected}"),
            &format!("has a length of {found}, expected {expected}"),
        )
    }

    pub(crate) fn not_found(argument: &str, found: impl std::fmt::Display) -> Error {
        Error::new(
            Status::DABIAO_ERROR_NOT_FOUND,
            format!("参数 {argument}:没有 {found}"),
            format!("argument {argument}: there is no {found}"),
        )
    }

    /// Names the argument or the file that the faults are of.
    pub(crate) fn message(&self, lang: Lang) -> String {
        if self.faults.is_empty() {
            self.message.get(lang).to_owned()
        } else {
            self.faults.message(lang)
        }
    }
}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Error {
        let has = |code| faults.listed.iter().any(|fault| fault.code == code);
        let status = if has(FaultCode::Cancelled) {
            Status::DABIAO_ERROR_CANCELLED
        } else if has(FaultCode::Unreadable) {
            Status::DABIAO_ERROR_IO
        } else {
            Status::DABIAO_ERROR_FAULTS
        };
        Error {
            status,
            message: Text::default(),
            faults,
        }
    }
}

/// The last error of a thread, with its texts once they were asked for.
struct LastError {
    error: Error,
    messages: [Option<CString>; 2],
    faults: Option<CString>,
}

thread_local! {
    static LAST: RefCell<Option<LastError>> = const { RefCell::new(None) };
}

/// Keeps an error for whoever asks on this thread.
pub(crate) fn keep(error: Error) -> Status {
    let status = error.status;
    let last = LastError {
        error,
        messages: [None, None],
        faults: None,
    };
    // A thread that is ending has nobody left to ask.
    let _ = LAST.try_with(|slot| {
        if let Ok(mut slot) = slot.try_borrow_mut() {
            *slot = Some(last);
        }
    });
    status
}

pub(crate) fn lang(lang: i32) -> Result<Lang, Error> {
    match lang {
        DABIAO_LANG_ZH => Ok(Lang::Zh),
        DABIAO_LANG_EN => Ok(Lang::En),
        _ => Err(Error::argument(
            "lang",
            "应为 DABIAO_LANG_ZH 或 DABIAO_LANG_EN",
            "is neither DABIAO_LANG_ZH nor DABIAO_LANG_EN",
        )),
    }
}

/// A text of the last error, made when it is first asked for.
fn last_text(pick: impl FnOnce(&mut LastError) -> &CStr) -> *const c_char {
    LAST.try_with(|slot| match slot.try_borrow_mut() {
        Ok(mut slot) => slot
            .as_mut()
            .map_or(c"".as_ptr(), |last| pick(last).as_ptr()),
        Err(_) => c"".as_ptr(),
    })
    .unwrap_or(c"".as_ptr())
}

/// What the last failing call on this thread said, in `lang`; "" if none has failed. Several
/// faults are a line each. Never NULL. The text belongs to the library and lives until the
/// next failing call on this thread, or the thread's end. A call that succeeds leaves it.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_last_error_message(lang: i32) -> *const c_char {
    let (lang, at) = if lang == DABIAO_LANG_EN {
        (Lang::En, 1)
    } else {
        (Lang::Zh, 0)
    };
    last_text(|last| {
        let message = || c_string(&last.error.message(lang));
        last.messages[at].get_or_insert_with(message)
    })
}

/// The faults of the last failing call on this thread as JSON:
/// `{"listed":[{"code":"value-range","place":{"line":3},...}],"more":0}`; "" if none has
/// failed. The list is empty where an argument was wrong rather than an input. Never NULL;
/// owned as the message is.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_last_error_faults() -> *const c_char {
    last_text(|last| {
        let faults = || c_string(&serde_json::to_string(&last.error.faults).unwrap_or_default());
        last.faults.get_or_insert_with(faults)
    })
}

/// The status of the last failing call on this thread, for calls that return something else;
/// `DABIAO_OK` if none has failed.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_last_error_status() -> dabiao_status {
    LAST.try_with(|slot| match slot.try_borrow() {
        Ok(slot) => slot
            .as_ref()
            .map_or(Status::DABIAO_OK, |last| last.error.status),
        Err(_) => Status::DABIAO_OK,
    })
    .unwrap_or(Status::DABIAO_OK)
}
