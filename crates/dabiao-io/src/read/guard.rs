//! Readers of others that panic on damaged files: caught, and silently.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside a guarded section.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Does what a damaged file may make panic; nothing where it did.
///
/// The panic says nothing on standard error, since the fault that it becomes says it. Panics of
/// other threads, and outside of the section, are told as ever: the hook that was there before
/// is called for them.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            if !GUARDED.try_with(Cell::get).unwrap_or(false) {
                before(about);
            }
        }));
    });
    let outside = GUARDED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outside);
    done.ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_panic_inside_is_silent_and_one_outside_is_not() {
        let told = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&told);
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            let said = about.payload().downcast_ref::<&str>().copied();
            match said {
                Some("inside" | "outside") => {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
                _ => before(about),
            }
        }));
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| -> u8 { panic!("inside") }), None);
        assert_eq!(told.load(Ordering::SeqCst), 0);
        let thread = std::thread::spawn(|| panic!("outside"));
        assert!(thread.join().is_err());
        assert_eq!(told.load(Ordering::SeqCst), 1);
        assert!(!GUARDED.get());
    }
}
