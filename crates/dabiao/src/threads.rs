//! Work cut into parts, each on a thread of its own.

use std::ops::Range;

/// Works on each part on a thread of its own, the first on this one; what they gave, in order.
pub(crate) fn on_threads<P: Send, T: Send>(parts: Vec<P>, work: impl Fn(P) -> T + Sync) -> Vec<T> {
    let work = &work;
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else {
        return Vec::new();
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut done = vec![work(first)];
        // A worker does not panic; if one did, so would the caller.
        done.extend(others.into_iter().filter_map(|other| other.join().ok()));
        done
    })
}

/// So many rows cut into at most `threads` stretches, one after the other.
pub(crate) fn stretches(rows: usize, threads: usize) -> Vec<Range<usize>> {
    let each = rows.div_ceil(threads.max(1)).max(1);
    (0..rows)
        .step_by(each)
        .map(|from| from..(from + each).min(rows))
        .collect()
}
