//! Memory for the results of a run: all columns in one piece.
//!
//! Fresh memory costs a system one fault a page, which for a country takes as long as the marking
//! itself. A long piece is therefore mapped from the system in huge pages where it has them, and
//! goes back as a whole.

use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::Arc;

use memmap2::MmapMut;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Pieces of at least so many bytes are mapped: two huge pages.
const MAPPED: usize = 2 * HUGE;
/// Bytes of a huge page on most machines.
const HUGE: usize = 1 << 21;
/// Parts of a piece begin at multiples of so many bytes: a cache line.
const ALIGNED: usize = 64;

/// Numbers that any bytes are.
pub(crate) trait Plain: FromBytes + IntoBytes + KnownLayout {}
impl<T: FromBytes + IntoBytes + KnownLayout> Plain for T {}

/// A piece of memory, all zero at first.
#[derive(Debug)]
pub(crate) enum Piece {
    Heap(Vec<u64>),
    Mapped(MmapMut),
}

impl Piece {
    /// At least so many bytes.
    pub(crate) fn zeroed(bytes: usize) -> Piece {
        let mapped = (bytes >= MAPPED).then(|| mapped(bytes)).flatten();
        mapped.map_or_else(|| Piece::Heap(vec![0; bytes.div_ceil(8)]), Piece::Mapped)
    }

    /// Room for so many numbers.
    pub(crate) fn of<T: Plain>(numbers: usize) -> Piece {
        Piece::zeroed(numbers.saturating_mul(size_of::<T>()))
    }

    /// The first so many numbers; none where there are not as many.
    pub(crate) fn numbers<T: Plain + Immutable>(&self, numbers: usize) -> &[T] {
        let bytes = self.bytes().get(..numbers.saturating_mul(size_of::<T>()));
        <[T]>::ref_from_bytes(bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// The same, to be written.
    pub(crate) fn numbers_mut<T: Plain>(&mut self, numbers: usize) -> &mut [T] {
        let bytes = self.bytes_mut();
        let bytes = bytes.get_mut(..numbers.saturating_mul(size_of::<T>()));
        <[T]>::mut_from_bytes(bytes.unwrap_or_default()).unwrap_or_default()
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Piece::Heap(words) => words.as_bytes(),
            Piece::Mapped(map) => map,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Piece::Heap(words) => words.as_mut_bytes(),
            Piece::Mapped(map) => map,
        }
    }
}

fn mapped(bytes: usize) -> Option<MmapMut> {
    // Whole huge pages, so that the end is no heap of small ones.
    let map = MmapMut::map_anon(bytes.checked_next_multiple_of(HUGE)?).ok()?;
    // A system without huge pages gives small ones.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Some(map)
}

/// Where parts of a piece stand, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    bytes: usize,
}

impl Layout {
    /// The place of so many numbers.
    pub(crate) fn place<T: Plain>(&mut self, numbers: usize) -> Range<usize> {
        let from = self.bytes;
        let to = from.saturating_add(numbers.saturating_mul(size_of::<T>()));
        self.bytes = to.checked_next_multiple_of(ALIGNED).unwrap_or(to);
        from..to
    }

    pub(crate) fn piece(&self) -> Piece {
        Piece::zeroed(self.bytes)
    }
}

/// Takes parts out of a piece, in the order of their places.
pub(crate) struct Parts<'a> {
    rest: &'a mut [u8],
    at: usize,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(piece: &'a mut Piece) -> Self {
        Parts {
            rest: piece.bytes_mut(),
            at: 0,
        }
    }

    /// The numbers at a place; none where they were taken before.
    pub(crate) fn take<T: Plain>(&mut self, place: &Range<usize>) -> &'a mut [T] {
        let rest = std::mem::take(&mut self.rest);
        let skipped = place.start.checked_sub(self.at);
        let taken = skipped
            .and_then(|skipped| rest.split_at_mut_checked(skipped))
            .and_then(|(_, rest)| rest.split_at_mut_checked(place.len()));
        let Some((taken, rest)) = taken else {
            return &mut [];
        };
        (self.rest, self.at) = (rest, place.end);
        <[T]>::mut_from_bytes(taken).unwrap_or(&mut [])
    }
}

/// A column of numbers: memory of its own that can grow, or a part of a piece.
#[derive(Clone, Debug)]
pub(crate) enum Cells<T> {
    Own(Vec<T>),
    Part(Arc<Piece>, Range<usize>, PhantomData<T>),
}

impl<T: Plain + Immutable + Copy> Cells<T> {
    /// The numbers at a place of a piece.
    pub(crate) fn part(piece: &Arc<Piece>, place: Range<usize>) -> Self {
        Cells::Part(Arc::clone(piece), place, PhantomData)
    }

    /// The first so many numbers of a piece.
    pub(crate) fn first(piece: Piece, numbers: usize) -> Self {
        let bytes = numbers.saturating_mul(size_of::<T>());
        Cells::Part(Arc::new(piece), 0..bytes, PhantomData)
    }

    pub(crate) fn push(&mut self, number: T) {
        if let Cells::Own(numbers) = self {
            numbers.push(number);
        } else {
            let mut numbers = self.to_vec();
            numbers.push(number);
            *self = Cells::Own(numbers);
        }
    }

    /// The numbers to be written, where they stand in memory of their own.
    #[inline]
    pub(crate) fn own_mut(&mut self) -> &mut [T] {
        match self {
            Cells::Own(numbers) => numbers,
            Cells::Part(..) => &mut [],
        }
    }
}

impl<T: Plain + Immutable> Deref for Cells<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Cells::Own(numbers) => numbers,
            Cells::Part(piece, place, _) => {
                let bytes = piece.bytes().get(place.clone()).unwrap_or_default();
                <[T]>::ref_from_bytes(bytes).unwrap_or_default()
            }
        }
    }
}

impl<T> Default for Cells<T> {
    fn default() -> Self {
        Cells::Own(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_what_was_written() {
        for numbers in [0, 1, 7, 1000, 3_000_000] {
            let mut layout = Layout::default();
            let narrow = layout.place::<i32>(numbers);
            let grades = layout.place::<u16>(numbers);
            let wide = layout.place::<i64>(numbers);
            let mut piece = layout.piece();
            assert_eq!(matches!(piece, Piece::Mapped(_)), numbers > 1000);
            let mut parts = Parts::of(&mut piece);
            let first = parts.take::<i32>(&narrow);
            // One that is left out does not move the next.
            let last = parts.take::<i64>(&wide);
            assert_eq!((first.len(), last.len()), (numbers, numbers));
            assert!(parts.take::<u16>(&grades).is_empty());
            for (n, (a, b)) in first.iter_mut().zip(last).enumerate() {
                assert_eq!((*a, *b), (0, 0));
                (*a, *b) = (n as i32, -(n as i64));
            }
            let piece = Arc::new(piece);
            let mut first = Cells::<i32>::part(&piece, narrow);
            let last = Cells::<i64>::part(&piece, wide);
            let between = Cells::<u16>::part(&piece, grades);
            assert!((0..numbers).all(|n| first[n] == n as i32 && last[n] == -(n as i64)));
            assert!(between.len() == numbers && between.iter().all(|grade| *grade == 0));
            drop((piece, between));
            first.push(8);
            assert_eq!(first.get(numbers), Some(&8));
            assert_eq!(first.len(), numbers + 1);
        }
    }
}
