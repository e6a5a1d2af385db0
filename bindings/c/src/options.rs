//! How a run goes: the limit of threads, progress, and where cohorts come from.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::thread;

use engine::ScoreOptions;

use crate::handle;
use crate::statistics::dabiao_statistics;
use crate::status::Error;

/// Is told how far a run is: `done` of `all` rows. It returns 0 to go on, anything else to
/// stop. It is called on the thread that called the library, and must not unwind or jump out.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub type dabiao_progress =
    Option<unsafe extern "C" fn(user: *mut c_void, done: usize, all: usize) -> i32>;

/// How a table is scored. All zeros is a good choice.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_score_options {
    /// At most so many threads; 0 for as many as the machine has. Small tables take one. The
    /// result is the same for any number.
    pub threads: usize,
    /// Not 0 where the rows are single cards and no cohort: a rule that needs one is refused
    /// unless statistics are given.
    pub alone: i32,
    /// Cohorts are those of an earlier run; NULL where the table is its own cohort.
    pub statistics: *const dabiao_statistics,
    /// Is told how far the run is; NULL for nobody.
    pub progress: dabiao_progress,
    /// Handed to `progress`.
    pub user: *mut c_void,
}

/// 0 stands for as many as the machine has.
pub(crate) fn threads(threads: usize) -> usize {
    match threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

/// Options as the core has them, and who is told how far the run is.
pub(crate) struct Run {
    pub(crate) options: ScoreOptions,
    told: Option<Arc<Told>>,
}

impl Run {
    /// Of a table.
    pub(crate) fn of_table(given: Option<&dabiao_score_options>) -> Result<Run, Error> {
        let Some(given) = given else {
            return Ok(Run::plain());
        };
        let mut run = Run::on(given);
        if given.alone != 0 {
            run.options = run.options.alone();
        }
        if !given.statistics.is_null() {
            let held = handle::hold("options->statistics", given.statistics)?;
            let statistics = handle::shared("options->statistics", &held)?.clone();
            run.options = run.options.with_statistics(statistics);
        }
        Ok(run)
    }

    /// Of a campaign, whose cohorts are its own.
    pub(crate) fn of_campaign(given: Option<&dabiao_score_options>) -> Result<Run, Error> {
        let Some(given) = given else {
            return Ok(Run::plain());
        };
        let own = |argument: &str| {
            let (zh, en) = ("不适用于活动", "is not for a campaign");
            Err(Error::argument(argument, zh, en))
        };
        if given.alone != 0 {
            return own("options->alone");
        }
        if !given.statistics.is_null() {
            return own("options->statistics");
        }
        Ok(Run::on(given))
    }

    fn plain() -> Run {
        Run {
            options: ScoreOptions::new(),
            told: None,
        }
    }

    /// The limit of threads and the progress.
    fn on(given: &dabiao_score_options) -> Run {
        let mut run = Run::plain();
        run.options = run.options.with_threads(threads(given.threads));
        if let Some(tell) = given.progress {
            let told = Arc::new(Told::new(tell, given.user));
            let teller = Arc::clone(&told);
            let progress = Arc::new(move |done, all| teller.tell(done, all));
            run.options = run.options.with_progress(progress);
            run.told = Some(told);
        }
        run
    }

    /// Tells that all rows are done.
    pub(crate) fn finish(&self, all: usize) {
        if let Some(told) = &self.told {
            told.finish(all);
        }
    }
}

/// A callback that is only called on the thread that called the library, since many a
/// language cannot be called from any other.
struct Told {
    tell: unsafe extern "C" fn(*mut c_void, usize, usize) -> i32,
    user: AtomicPtr<c_void>,
    caller: usize,
    furthest: AtomicUsize,
    /// What the callback was told last.
    said: AtomicUsize,
    stopped: AtomicBool,
}

/// A number that no other living thread has.
fn this_thread() -> usize {
    thread_local!(static PLACE: u8 = const { 0 });
    PLACE
        .try_with(|place| std::ptr::from_ref(place).addr())
        .unwrap_or(0)
}

impl Told {
    fn new(
        tell: unsafe extern "C" fn(*mut c_void, usize, usize) -> i32,
        user: *mut c_void,
    ) -> Told {
        Told {
            tell,
            user: AtomicPtr::new(user),
            caller: this_thread(),
            furthest: AtomicUsize::new(0),
            said: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// Whether to go on.
    fn tell(&self, done: usize, all: usize) -> bool {
        self.furthest.fetch_max(done, Ordering::Relaxed);
        if this_thread() == self.caller {
            let furthest = self.furthest.load(Ordering::Relaxed);
            self.said.store(furthest, Ordering::Relaxed);
            // SAFETY: as the header asks of the callback; `user` is the caller's own.
            let answer = unsafe { (self.tell)(self.user.load(Ordering::Relaxed), furthest, all) };
            if answer != 0 {
                self.stopped.store(true, Ordering::Relaxed);
            }
        }
        !self.stopped.load(Ordering::Relaxed)
    }

    /// The last rows may have been another thread's. What it answers now comes too late.
    fn finish(&self, all: usize) {
        if self.said.load(Ordering::Relaxed) < all {
            self.tell(all, all);
        }
    }
}
