//! Units in no order, of so many groups that each would miss the cache: they are first spread over
//! ranges of groups, and then summed range by range, whose sums stay in a core's own cache.
//!
//! Threads take turns in rounds, so that what is written in between stays small: each spreads a
//! stretch of units, then each sums some of the ranges over all stretches. No sum is written by
//! two of them, and none is added up afterwards.

use std::ops::Range;

use super::numbers::{BLOCK, Blocks, LINE, Room, Weighing, extents};
use super::packing::{Extents, Packed, Packing};
use super::ways::Cell;
use crate::fault::Fault;
use crate::threads::{on_threads, stretches};

/// Ranges at most: each needs a line of the first cache, and an entry among the memory pages.
const RANGES: usize = 256;
/// How many packed units stand together: a memory page of them.
const BUCKET: usize = 512;
/// Blocks looked at to see how large numbers are.
const LOOKS: usize = 16;

/// How much is done at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// The bits of a range's groups, at least.
    pub(super) bits: u32,
    /// How many units each thread spreads in a round.
    pub(super) round: usize,
}

impl Sizes {
    /// A range's sums are twice as large as the first cache; what a thread writes in a round is
    /// 4 MB and stays in the last one.
    pub(super) const BEST: Sizes = Sizes {
        bits: 12,
        round: 1 << 19,
    };
}

/// Sums of all units; nothing where their numbers are too large or their weights not whole.
pub(super) fn sum(
    blocks: &Blocks<'_>,
    threads: usize,
    sizes: Sizes,
) -> Result<Option<Vec<Cell>>, Fault> {
    let bits = (usize::BITS - (blocks.groups / RANGES).leading_zeros()).max(sizes.bits);
    let ranges = blocks.groups.div_ceil(1 << bits);
    let Some(packing) = packing(blocks, bits)? else {
        return Ok(None);
    };
    let units = blocks.keys.len();
    let round = sizes.round.min(units.div_ceil(threads)).max(1);
    let mut spreads: Vec<Spread> = (0..threads).map(|_| Spread::new(ranges, round)).collect();
    let mut cells = vec![[0; 2]; blocks.groups];
    for from in (0..units).step_by(threads * round) {
        let parts = stretches((units - from).min(threads * round), threads);
        let work = parts.into_iter().zip(&mut spreads).collect();
        let done = on_threads(work, |(part, spread)| {
            spread.take(blocks, from + part.start..from + part.end, bits, packing)
        });
        for done in done {
            if !done? {
                return Ok(None);
            }
        }
        let work = shares(&spreads, &mut cells, threads, bits);
        let done = on_threads(work, |(ranges, cells)| {
            ranges
                .zip(cells.chunks_mut(1 << bits))
                .all(|(range, cells)| {
                    let count = spreads.iter().map(|spread| spread.count(range)).sum();
                    let records = spreads.iter().flat_map(|spread| spread.of(range));
                    packing.add(records, count, cells)
                })
        });
        if done.contains(&false) {
            return Ok(None);
        }
        spreads.iter_mut().for_each(Spread::clear);
    }
    Ok(Some(cells))
}

/// How units are packed, from a look at some of them.
fn packing(blocks: &Blocks<'_>, bits: u32) -> Result<Option<Packing>, Fault> {
    let all: Vec<_> = Blocks::of(0..blocks.keys.len()).collect();
    let mut seen: Extents = [[0; 2]; 2];
    let mut room = Room::new();
    for rows in all.iter().step_by(all.len().div_ceil(LOOKS).max(1)) {
        if !blocks.read(rows.clone(), &mut room)? {
            continue;
        }
        let Some(block) = blocks.weigh(rows.clone(), Weighing::Whole, &mut room)? else {
            return Ok(None);
        };
        for (seen, numbers) in seen.iter_mut().zip([block.values, block.weights]) {
            let here = extents(numbers);
            *seen = [seen[0].min(here[0]), seen[1].max(here[1])];
        }
    }
    Ok(Packing::new(bits, seen))
}

/// Ranges and their groups' sums, about as many units for each thread.
fn shares<'a>(
    spreads: &[Spread],
    cells: &'a mut [Cell],
    threads: usize,
    bits: u32,
) -> Vec<(Range<usize>, &'a mut [Cell])> {
    let ranges = cells.len().div_ceil(1 << bits);
    let units = |range| -> usize { spreads.iter().map(|spread| spread.count(range)).sum() };
    let all: usize = (0..ranges).map(units).sum();
    let (mut work, mut rest, mut first, mut done) = (Vec::new(), cells, 0, 0);
    for range in 0..ranges {
        done += units(range);
        if range + 1 == ranges || done * threads >= all * (work.len() + 1) {
            let groups = (range + 1 - first) << bits;
            let (here, beyond) = rest.split_at_mut(groups.min(rest.len()));
            work.push((first..range + 1, here));
            (rest, first) = (beyond, range + 1);
        }
    }
    work
}

/// One thread's units, packed, each with others of its range.
struct Spread {
    records: Vec<u64>,
    /// Where the next unit of each range goes.
    next: Box<[u32; RANGES]>,
    /// The buckets of each range, in the order they were begun.
    chains: Vec<Vec<u32>>,
    buckets: u32,
}

impl Spread {
    fn new(ranges: usize, units: usize) -> Spread {
        let mut spread = Spread {
            // Each range may leave one bucket unfinished and begin one late.
            records: vec![0; (units.div_ceil(BUCKET) + 2 * ranges) * BUCKET],
            next: Box::new([0; RANGES]),
            chains: vec![Vec::new(); ranges],
            buckets: 0,
        };
        spread.clear();
        spread
    }

    fn clear(&mut self) {
        self.buckets = 0;
        for (range, chain) in self.chains.iter_mut().enumerate() {
            chain.clear();
            chain.push(self.buckets);
            self.next[range] = self.buckets * BUCKET as u32 + late(range) as u32;
            self.buckets += 1;
        }
    }

    /// Takes a stretch of units in; gives whether all of them fit.
    fn take(
        &mut self,
        blocks: &Blocks<'_>,
        rows: Range<usize>,
        bits: u32,
        packing: Packing,
    ) -> Result<bool, Fault> {
        let mut room = Room::new();
        let mut packed: Packed = [0; _];
        for rows in Blocks::of(rows) {
            let (keys, numbers) = (&blocks.keys[rows.clone()], blocks.floats(rows.clone()));
            let quick = numbers
                .and_then(|numbers| packing.floats(keys, numbers, blocks.groups, &mut packed));
            if let Some(records) = quick {
                self.put(blocks, rows.start, keys, records, bits);
                continue;
            }
            if !blocks.read(rows.clone(), &mut room)? {
                continue;
            }
            let from = rows.start;
            let Some(block) = blocks.weigh(rows, Weighing::Whole, &mut room)? else {
                return Ok(false);
            };
            let Some(records) = packing.block(block, &mut packed) else {
                return Ok(false);
            };
            self.put(blocks, from, block.keys, records, bits);
        }
        Ok(true)
    }

    /// Writes a block's units where those of their ranges stand.
    fn put(&mut self, blocks: &Blocks<'_>, from: usize, keys: &[u32], records: &[u64], bits: u32) {
        let (lines, rest) = records.as_chunks::<LINE>();
        let (keys, rest_keys) = keys.as_chunks::<LINE>();
        let mut next = from + BLOCK;
        for (keys, records) in keys.iter().zip(lines) {
            blocks.ahead(next);
            next += LINE;
            for at in 0..LINE {
                self.put_one((keys[at] >> bits) as usize, records[at]);
            }
        }
        for (key, record) in rest_keys.iter().zip(rest) {
            self.put_one((key >> bits) as usize, *record);
        }
    }

    #[inline(always)]
    fn put_one(&mut self, range: usize, record: u64) {
        let range = range % RANGES;
        let at = self.next[range] as usize;
        // There is room for all.
        if let Some(place) = self.records.get_mut(at) {
            *place = record;
        }
        self.next[range] = at as u32 + 1;
        if (at + 1).is_multiple_of(BUCKET) {
            self.begin(range);
        }
    }

    /// Begins a bucket.
    #[cold]
    fn begin(&mut self, range: usize) {
        self.next[range] = self.buckets * BUCKET as u32;
        self.chains[range].push(self.buckets);
        self.buckets += 1;
    }

    /// The units of a range.
    fn of(&self, range: usize) -> impl Iterator<Item = &[u64]> {
        let chain = &self.chains[range];
        chain.iter().enumerate().map(move |(n, bucket)| {
            let from = *bucket as usize * BUCKET;
            let to = if n + 1 == chain.len() {
                self.next[range] as usize
            } else {
                from + BUCKET
            };
            &self.records[from + if n == 0 { late(range) } else { 0 }..to]
        })
    }

    fn count(&self, range: usize) -> usize {
        let full = (self.chains[range].len() - 1) * BUCKET;
        full + self.next[range] as usize % BUCKET - late(range)
    }
}

/// How late a range's first bucket begins. Ranges mostly fill alike; were all to begin alike, they
/// would go through the first cache in the same few of its sets.
fn late(range: usize) -> usize {
    range * 8 % BUCKET
}
