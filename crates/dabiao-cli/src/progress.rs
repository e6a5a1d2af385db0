//! Progress on standard error, for work that takes more than a second, on a terminal alone.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dabiao::{Lang, Progress};
use dabiao_io::ReadProgress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// A bar that appears when the work has gone on for a second, and goes when it is dropped.
#[derive(Clone)]
pub(crate) struct Bar(Arc<Inner>);

struct Inner {
    bar: ProgressBar,
    started: Instant,
    shown: Mutex<bool>,
    terminal: bool,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Bar {
    fn new(template: &str) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Bar(Arc::new(Inner {
            bar,
            started: Instant::now(),
            shown: Mutex::new(false),
            terminal: io::stderr().is_terminal(),
        }))
    }

    /// While a table is read.
    pub(crate) fn reading(lang: Lang) -> Bar {
        let word = lang.pick("读取", "reading");
        Bar::new(&format!(
            "{word} {{bar:30}} {{bytes}}/{{total_bytes}} {{eta}}"
        ))
    }

    /// While it is scored.
    pub(crate) fn scoring(lang: Lang) -> Bar {
        let word = lang.pick("评分", "scoring");
        Bar::new(&format!(
            "{word} {{bar:30}} {{human_pos}}/{{human_len}} {{eta}}"
        ))
    }

    fn step(&self, done: u64, all: u64) {
        let inner = &self.0;
        if !inner.terminal || inner.started.elapsed() < SHOWN_AFTER {
            return;
        }
        // Where it stands comes first: the first line that is drawn is not an empty one.
        inner.bar.set_length(all);
        inner.bar.set_position(done);
        if let Ok(mut shown) = inner.shown.lock()
            && !*shown
        {
            *shown = true;
            inner.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// The work is done: it shows no more.
    pub(crate) fn finish(&self) {
        if !self.0.bar.is_finished() {
            self.0.bar.finish_and_clear();
        }
    }

    pub(crate) fn for_reading(&self) -> ReadProgress {
        let bar = self.clone();
        Arc::new(move |done, all| {
            bar.step(done, all);
            true
        })
    }

    pub(crate) fn for_scoring(&self) -> Progress {
        let bar = self.clone();
        Arc::new(move |done, all| {
            bar.step(done as u64, all as u64);
            true
        })
    }
}
