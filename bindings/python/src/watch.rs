//! Progress and cancelling: a run asks Python now and then, seldom enough not to be slowed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use dabiao::{Fault, FaultCode, Faults, Progress};
use dabiao_io::ReadProgress;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::errors::{Doing, Problem};

/// Milliseconds between two questions.
const PAUSE: u64 = 50;

/// Tells a callback how far a run is, and hears whether to go on.
#[derive(Clone)]
pub(crate) struct Watch(Arc<Inner>);

struct Inner {
    progress: Option<Py<PyAny>>,
    cancel: Option<Py<PyAny>>,
    began: Instant,
    /// Milliseconds after which the next question is due.
    due: AtomicU64,
    stopped: AtomicBool,
    raised: Mutex<Option<PyErr>>,
}

impl Watch {
    /// `progress` is called with rows done and rows in all, and stops the run by `False`;
    /// `cancel` has `is_set()`, as a `threading.Event` has.
    pub(crate) fn new(
        progress: Option<Bound<'_, PyAny>>,
        cancel: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Watch> {
        if let Some(progress) = progress.as_ref().filter(|held| !held.is_callable()) {
            let message = format!("progress must be callable, not {}", progress.get_type());
            return Err(PyTypeError::new_err(message));
        }
        if let Some(cancel) = &cancel
            && !cancel.hasattr("is_set")?
        {
            let message = "cancel must have is_set(), as a threading.Event has";
            return Err(PyTypeError::new_err(message));
        }
        Ok(Watch(Arc::new(Inner {
            progress: progress.map(Bound::unbind),
            cancel: cancel.map(Bound::unbind),
            began: Instant::now(),
            due: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            raised: Mutex::new(None),
        })))
    }

    pub(crate) fn progress(&self) -> Progress {
        let watch = self.clone();
        Arc::new(move |done, all| watch.0.go_on(Some((done, all))))
    }

    /// For what is measured in bytes: Ctrl-C and `cancel` alone.
    pub(crate) fn reading(&self) -> ReadProgress {
        let watch = self.clone();
        Arc::new(move |_, _| watch.0.go_on(None))
    }

    /// Whether to go on after so many rows; the fault of a cancelled run if not.
    pub(crate) fn row(&self, done: usize, all: usize) -> Result<(), Faults> {
        if self.0.go_on(Some((done, all))) {
            Ok(())
        } else {
            Err(Fault::new(FaultCode::Cancelled).into())
        }
    }

    /// The exception for a run that failed: what the callback raised, if it did.
    pub(crate) fn raise(&self, py: Python<'_>, problem: Problem, doing: Doing) -> PyErr {
        let cancelled = matches!(&problem, Problem::Faults(faults)
            if faults.listed.first().is_some_and(|fault| fault.code == FaultCode::Cancelled));
        let raised = self.0.raised.lock().ok().and_then(|mut held| held.take());
        match raised {
            Some(error) if cancelled => error,
            _ => problem.raise(py, doing),
        }
    }
}

impl Inner {
    fn go_on(&self, rows: Option<(usize, usize)>) -> bool {
        if self.stopped.load(Ordering::Relaxed) {
            return false;
        }
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due = self.due.load(Ordering::Relaxed);
        let claimed = now >= due
            && self
                .due
                .compare_exchange(due, now + PAUSE, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        let last = rows.is_some_and(|(done, all)| done >= all);
        if !claimed && !last {
            return true;
        }
        // Nothing is asked of an interpreter that is shutting down.
        let answer = Python::try_attach(|py| self.ask(py, rows)).unwrap_or(Ok(false));
        let go_on = answer.unwrap_or_else(|error| {
            if let Ok(mut raised) = self.raised.lock() {
                raised.get_or_insert(error);
            }
            false
        });
        if !go_on {
            self.stopped.store(true, Ordering::Relaxed);
        }
        go_on
    }

    fn ask(&self, py: Python<'_>, rows: Option<(usize, usize)>) -> PyResult<bool> {
        // Ctrl-C.
        py.check_signals()?;
        if let Some(cancel) = &self.cancel
            && cancel.bind(py).call_method0("is_set")?.is_truthy()?
        {
            return Ok(false);
        }
        let Some((progress, rows)) = self.progress.as_ref().zip(rows) else {
            return Ok(true);
        };
        let answer = progress.bind(py).call1(rows)?;
        // A callback that returns nothing lets the run go on.
        Ok(answer.is_none() || answer.is_truthy()?)
    }
}
