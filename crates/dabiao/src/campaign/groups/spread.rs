//! Units in no order, of so many groups that each would miss the cache: they are first spread over
//! ranges of groups, and then summed range by range, whose sums stay in a core's own cache.
//!
//! Threads take turns in rounds, so that what is written in between stays small: each spreads a
//! stretch of units, then each sums some of the ranges over all stretches. No sum is written by
//! two of them, and none is added up afterwards.

use std::hint::black_box;
use std::ops::Range;

use super::numbers::{Blocks, Room, Weighing, extents};
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
                    bring(cells);
                    let mut records = spreads.iter().flat_map(|spread| spread.of(range));
                    records.all(|records| packing.add(records, cells))
                })
        });
        if done.contains(&false) {
            return Ok(None);
        }
        spreads.iter_mut().for_each(Spread::clear);
    }
    Ok(Some(cells))
}

/// Reads sums in order, which is quicker than to miss each of them in no order.
fn bring(cells: &[Cell]) {
    const LINE: usize = 64 / size_of::<Cell>();
    let lines = cells.iter().step_by(LINE);
    black_box(lines.fold(0, |all, cell| all ^ cell[0]));
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
            if !blocks.read(rows.clone(), &mut room)? {
                continue;
            }
            let Some(block) = blocks.weigh(rows, Weighing::Whole, &mut room)? else {
                return Ok(false);
            };
            let Some(records) = packing.pack(block, &mut packed) else {
                return Ok(false);
            };
            for (key, record) in block.keys.iter().zip(records) {
                let range = (key >> bits) as usize % RANGES;
                let next = &mut self.next[range];
                let Some(place) = self.records.get_mut(*next as usize) else {
                    return Ok(false);
                };
                *place = *record;
                *next += 1;
                if (*next as usize).is_multiple_of(BUCKET) {
                    *next = self.buckets * BUCKET as u32;
                    self.chains[range].push(self.buckets);
                    self.buckets += 1;
                }
            }
        }
        Ok(true)
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
        self.chains[range].len() * BUCKET + self.next[range] as usize % BUCKET
    }
}

/// How late a range's first bucket begins. Ranges mostly fill alike; were all to begin alike, they
/// would go through the first cache in the same few of its sets.
fn late(range: usize) -> usize {
    range * 8 % BUCKET
}
