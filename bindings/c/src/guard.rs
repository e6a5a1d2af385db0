//! The border: no panic crosses it, and nothing is printed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::status::{Error, Status, keep};

/// Runs the body of an exported function and turns its result into a status.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Error>) -> Status {
    match run(body) {
        Ok(()) => Status::DABIAO_OK,
        Err(error) => keep(error),
    }
}

/// The same for a function that returns a value, and `failed` where there is none.
pub(crate) fn guard_or<T>(failed: T, body: impl FnOnce() -> Result<T, Error>) -> T {
    run(body).unwrap_or_else(|error| {
        keep(error);
        failed
    })
}

fn run<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    static HOOK: Once = Once::new();
    HOOK.call_once(silence);
    // What a panic leaves half done is either dropped here or behind a lock that says so.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let what = describe(panic.as_ref());
        Err(Error::new(
            Status::DABIAO_ERROR_PANIC,
            format!("程序库内部错误:{what}"),
            format!("an error inside the library: {what}"),
        ))
    })
}

/// Rust prints a panic to stderr before it unwinds; the host's stderr is not ours. The
/// library has a standard library of its own, so that no panic of anybody else comes here.
fn silence() {
    if cfg!(not(test)) {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

/// The words of a panic.
pub(crate) fn describe(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "?".to_owned())
}

/// Panics inside, to show that nothing leaves. Only in builds for tests.
#[cfg(feature = "deliberate-panic")]
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_deliberate_panic() -> Status {
    guard(|| panic!("on purpose"))
}
