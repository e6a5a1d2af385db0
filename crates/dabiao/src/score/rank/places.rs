//! Places by counting: rows go to their buckets, and within a bucket to the place behind all whose
//! prefix is less.
//!
//! Each thread counts its own rows into memory of its own; then each takes some of the buckets,
//! gathers what all threads have of them, and gives out the places.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Standing;
use super::keys::{CHUNK, Keys};
use crate::memory::{Cells, Piece};
use crate::threads::on_threads;
use crate::vectors::{prefetch, vectorised};

/// In buckets of at most this many rows each row is compared with all others, which is quicker
/// than to sort them.
const COMPARED: usize = 192;
/// Rows that are compared at a time.
const LANES: usize = 32;

/// Rows by bucket, each below its prefix; in a bucket in their order.
struct Counted {
    entries: Piece,
    placed: usize,
    /// Where each bucket ends.
    ends: Vec<u32>,
}

impl Counted {
    fn new(keys: &Keys<'_>, rows: Range<usize>) -> Counted {
        let chunks = || {
            let starts = rows.clone().step_by(CHUNK);
            starts.map(|from| from..(from + CHUNK).min(rows.end))
        };
        let (mut buckets, mut prefixes) = ([0u32; CHUNK], [0u32; CHUNK]);
        let mut next = vec![0u32; keys.buckets as usize + 1];
        for rows in chunks() {
            let buckets = &mut buckets[..rows.len()];
            keys.buckets(rows, buckets);
            for bucket in buckets {
                if let Some(count) = next.get_mut(*bucket as usize) {
                    *count += 1;
                }
            }
        }
        let mut before = 0;
        for count in &mut next {
            before += std::mem::replace(count, before);
        }
        // The rows of the last bucket have no entries.
        let placed = next.last().map_or(0, |before| *before as usize);
        let mut piece = Piece::of::<u64>(placed);
        let entries = piece.numbers_mut::<u64>(placed);
        for rows in chunks() {
            let buckets = &mut buckets[..rows.len()];
            let prefixes = &mut prefixes[..rows.len()];
            keys.buckets(rows.clone(), buckets);
            keys.prefixes(rows.clone(), prefixes);
            for (row, (bucket, prefix)) in rows.zip(buckets.iter().zip(&*prefixes)) {
                if let Some(at) = next.get_mut(*bucket as usize) {
                    if let Some(entry) = entries.get_mut(*at as usize) {
                        *entry = u64::from(*prefix) << 32 | row as u64;
                    }
                    *at += 1;
                }
            }
        }
        next.truncate(keys.buckets as usize);
        Counted {
            entries: piece,
            placed,
            ends: next,
        }
    }

    fn entries(&self) -> &[u64] {
        self.entries.numbers(self.placed)
    }

    fn bucket(&self, bucket: usize) -> &[u64] {
        let start = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
        let entries = start as usize..self.ends[bucket] as usize;
        self.entries().get(entries).unwrap_or_default()
    }
}

/// The places of all rows; 0 for none. The parts are of all rows, each for a thread.
pub(super) fn places(
    standing: &Standing<'_>,
    keys: &Keys<'_>,
    parts: &[Range<usize>],
) -> Cells<u32> {
    let rows = parts.last().map_or(0, |part| part.end);
    let counted = on_threads(parts.to_vec(), |rows| Counted::new(keys, rows));
    let end = |bucket: usize| counted.iter().map(|part| part.ends[bucket]).sum();
    let ends: Vec<u32> = (0..keys.buckets as usize).map(end).collect();
    let mut piece = Piece::of::<AtomicU32>(rows);
    let ranks: &[AtomicU32] = piece.numbers_mut(rows);
    on_threads(stretches(&ends, parts.len()), |buckets| {
        let mut room = Room::new(standing, keys, ranks);
        for bucket in buckets {
            let before = bucket.checked_sub(1).map_or(0, |before| ends[before]);
            if ends[bucket] > before {
                room.place(&counted, bucket, (ends[bucket] - before) as usize, before);
            }
        }
    });
    Cells::first(piece, rows)
}

/// The buckets cut into stretches of about as many rows.
fn stretches(ends: &[u32], threads: usize) -> Vec<Range<usize>> {
    let rows = ends.last().map_or(0, |end| *end as usize);
    let mut from = 0;
    (1..=threads)
        .map(|thread| {
            let wanted = rows * thread / threads;
            let to = match thread == threads {
                true => ends.len(),
                false => ends.partition_point(|end| (*end as usize) < wanted),
            };
            let stretch = from..to.max(from);
            from = stretch.end;
            stretch
        })
        .filter(|stretch| !stretch.is_empty())
        .collect()
}

/// What a thread gives out places with.
struct Room<'a> {
    standing: &'a Standing<'a>,
    keys: &'a Keys<'a>,
    ranks: &'a [AtomicU32],
    prefixes: [u32; COMPARED],
    rows: [u32; COMPARED],
    counts: [u32; COMPARED],
    sorted: Vec<u64>,
}

impl<'a> Room<'a> {
    fn new(standing: &'a Standing<'a>, keys: &'a Keys<'a>, ranks: &'a [AtomicU32]) -> Room<'a> {
        Room {
            standing,
            keys,
            ranks,
            prefixes: [0; COMPARED],
            rows: [0; COMPARED],
            counts: [0; COMPARED],
            sorted: Vec::new(),
        }
    }

    /// Each row is stored to by the one thread that has its bucket.
    #[inline(always)]
    fn set(&self, row: u32, place: u32) {
        if let Some(rank) = self.ranks.get(row as usize) {
            rank.store(place, Ordering::Relaxed);
        }
    }

    /// Gives out the places of a bucket of so many rows, with so many before them.
    fn place(&mut self, counted: &[Counted], bucket: usize, rows: usize, before: u32) {
        let entries = || counted.iter().map(|part| part.bucket(bucket));
        // Their places stand all over the table: they come near while the bucket is sorted.
        for entry in entries().flatten() {
            let at = *entry as u32 as usize;
            prefetch(self.ranks.get(at..=at).unwrap_or_default());
        }
        if rows == 1 || self.keys.bucket_is_all {
            for entry in entries().flatten() {
                self.set(*entry as u32, before + 1);
            }
        } else if rows > COMPARED || !self.compared(entries(), rows, before) {
            self.sorted.clear();
            entries().for_each(|entries| self.sorted.extend_from_slice(entries));
            self.sorted.sort_unstable();
            self.sorted_places(before);
        }
    }

    /// Compares each row with all others; `false` where prefixes are not enough.
    fn compared<'c>(
        &mut self,
        parts: impl Iterator<Item = &'c [u64]>,
        rows: usize,
        before: u32,
    ) -> bool {
        let mut from = 0;
        for entries in parts {
            let to = from + entries.len();
            let room = (self.prefixes.get_mut(from..to), self.rows.get_mut(from..to));
            if let (Some(prefixes), Some(rows)) = room {
                parted(entries, prefixes, rows);
            }
            from = to;
        }
        fewer(&self.prefixes, rows, &mut self.counts);
        let counts = &self.counts[..rows];
        // No two are tied only where the counts are 0, 1, 2 and so on.
        let distinct = rows * (rows - 1) / 2;
        if !self.keys.prefix_is_all && counts.iter().sum::<u32>() as usize != distinct {
            return false;
        }
        for (row, count) in self.rows.iter().zip(counts) {
            self.set(*row, before + 1 + count);
        }
        true
    }

    /// Places of what is sorted; where prefixes are equal and not all, the columns decide.
    fn sorted_places(&mut self, before: u32) {
        let mut sorted = std::mem::take(&mut self.sorted);
        let mut place = before + 1;
        for tied in sorted.chunk_by_mut(|a, b| a >> 32 == b >> 32) {
            let next = place + tied.len() as u32;
            if tied.len() > 1 && !self.keys.prefix_is_all {
                let compare = |a: &u64, b: &u64| {
                    let row = |entry: u64| entry as u32 as usize;
                    self.standing.compare(row(*a), row(*b))
                };
                tied.sort_unstable_by(compare);
                for tied in tied.chunk_by(|a, b| compare(a, b).is_eq()) {
                    tied.iter().for_each(|entry| self.set(*entry as u32, place));
                    place += tied.len() as u32;
                }
            } else {
                tied.iter().for_each(|entry| self.set(*entry as u32, place));
            }
            place = next;
        }
        self.sorted = sorted;
    }
}

/// The prefixes of entries, and their rows.
#[inline(always)]
fn parted(entries: &[u64], prefixes: &mut [u32], rows: &mut [u32]) {
    for ((prefix, row), entry) in prefixes.iter_mut().zip(rows).zip(entries) {
        (*prefix, *row) = ((entry >> 32) as u32, *entry as u32);
    }
}

vectorised! {
    /// For each of the first so many keys, how many of them are less.
    fn fewer(keys: &[u32; COMPARED], rows: usize, counts: &mut [u32; COMPARED]) {
        let (blocks, _) = keys.as_chunks::<LANES>();
        let (counts, _) = counts.as_chunks_mut::<LANES>();
        let needed = rows.div_ceil(LANES);
        for (block, counts) in blocks.iter().zip(counts).take(needed) {
            let mut fewer = [0u32; LANES];
            for key in keys.iter().take(rows) {
                for lane in 0..LANES {
                    fewer[lane] += u32::from(*key < block[lane]);
                }
            }
            *counts = fewer;
        }
    }
}
