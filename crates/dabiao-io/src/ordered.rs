//! Work on several threads, its results in order.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Jobs that wait for each thread: while one is worked on, the next one is at hand.
const WAITING: usize = 2;

/// Works on jobs on so many threads and hands the results on in the order of the jobs. `next`
/// and `done` run on the calling thread. No job is asked for after `done` has stopped.
pub(crate) fn in_order<S, J: Send, T: Send>(
    threads: usize,
    state: &mut S,
    mut next: impl FnMut(&mut S) -> Option<J>,
    work: impl Fn(J) -> T + Sync,
    mut done: impl FnMut(&mut S, T) -> ControlFlow<()>,
) {
    if threads <= 1 {
        while let Some(job) = next(state) {
            if done(state, work(job)).is_break() {
                break;
            }
        }
        return;
    }
    thread::scope(|scope| {
        let work = &work;
        let workers = (0..threads).map(|_| {
            let (jobs, waiting): (Sender<J>, Receiver<J>) = channel();
            let (worked, results) = channel();
            let thread = scope.spawn(move || {
                // Whoever is not listening any more has stopped.
                while let Ok(job) = waiting.recv() {
                    if worked.send(work(job)).is_err() {
                        break;
                    }
                }
            });
            (jobs, results, thread)
        });
        let workers: Vec<_> = workers.collect();
        let (mut sent, mut received, mut ended) = (0_usize, 0_usize, false);
        loop {
            while !ended && sent - received < WAITING * threads {
                let (Some(job), Some((jobs, ..))) = (next(state), workers.get(sent % threads))
                else {
                    ended = true;
                    break;
                };
                // A worker that is gone has panicked: its result is not there either.
                let _ = jobs.send(job);
                sent += 1;
            }
            if received == sent {
                break;
            }
            let result = workers
                .get(received % threads)
                .map(|(_, results, _)| results.recv());
            received += 1;
            let Some(Ok(result)) = result else { break };
            if done(state, result).is_break() {
                break;
            }
        }
        for (jobs, results, thread) in workers {
            drop((jobs, results));
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        for threads in [1, 2, 3, 8] {
            for count in [0, 1, 2, 7, 100] {
                let (mut state, mut results) = (0..count, Vec::new());
                in_order(
                    threads,
                    &mut state,
                    Iterator::next,
                    |job: usize| job * job,
                    |_, result| {
                        results.push(result);
                        ControlFlow::Continue(())
                    },
                );
                let expected: Vec<usize> = (0..count).map(|job| job * job).collect();
                assert_eq!(results, expected, "{threads} threads");
            }
        }
    }

    #[test]
    fn it_stops_where_it_is_told() {
        for threads in [1, 2, 3] {
            let mut asked = 0;
            in_order(
                threads,
                &mut asked,
                |asked| {
                    *asked += 1;
                    Some(*asked)
                },
                |job: usize| job,
                |_, result| match result < 5 {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                },
            );
            assert!((5..=5 + WAITING * threads).contains(&asked), "{asked}");
        }
    }
}
