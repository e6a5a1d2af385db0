//! Handles: what C holds is a number in the shape of a pointer, looked up in one table.
//!
//! A handle is never dereferenced, so a stale, foreign or made-up one is told by the table and
//! answered with a status. The table never blocks for long and never moves: places are made
//! in blocks that double in size, and a freed place is used again under a new generation.

use std::any::Any;
use std::collections::VecDeque;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    TryLockError,
};

use crate::status::{Error, Status};

/// A type that C knows by name alone, and what stands behind it.
pub(crate) trait Opaque {
    /// What the table owns for as long as the handle lives.
    type Object: Send + Sync + 'static;
    /// The type's name in C.
    const NAME: &'static str;
}

/// Bits of a handle: 4 that are always 0, then the place, then the generation; 47 in all,
/// since some languages keep their own marks in the rest of a pointer.
#[cfg(target_pointer_width = "64")]
const WIDTHS: (u32, u32) = (20, 23);
#[cfg(not(target_pointer_width = "64"))]
const WIDTHS: (u32, u32) = (16, 12);
const ALIGN: u32 = 4;
/// How many places the first block has.
const FIRST: usize = 64;
/// Blocks that hold all places between them.
const BLOCKS: usize = WIDTHS.0 as usize - FIRST.trailing_zeros() as usize;
/// How many places rest before one is used again, so that a second free is told for long.
const RESTING: usize = 64;

struct Place {
    /// Never 0, so that no handle is NULL.
    generation: usize,
    object: Option<(&'static str, Arc<dyn Any + Send + Sync>)>,
}

struct Table {
    blocks: [OnceLock<Box<[RwLock<Place>]>>; BLOCKS],
    /// How many places were ever used.
    used: AtomicUsize,
    live: AtomicUsize,
    free: Mutex<VecDeque<usize>>,
}

static TABLE: Table = Table {
    blocks: [const { OnceLock::new() }; BLOCKS],
    used: AtomicUsize::new(0),
    live: AtomicUsize::new(0),
    free: Mutex::new(VecDeque::new()),
};

impl Table {
    /// The place of an index: block 0 holds 64, and each next block as many as all before it.
    fn place(&self, index: usize, make: bool) -> Option<&RwLock<Place>> {
        let block = (index / FIRST)
            .checked_ilog2()
            .map_or(0, |log| log as usize + 1);
        let (start, length) = match block {
            0 => (0, FIRST),
            _ => (FIRST << (block - 1), FIRST << (block - 1)),
        };
        let held = self.blocks.get(block)?;
        let places = if make {
            held.get_or_init(|| {
                let empty = || {
                    RwLock::new(Place {
                        generation: 1,
                        object: None,
                    })
                };
                (0..length).map(|_| empty()).collect()
            })
        } else {
            held.get()?
        };
        places.get(index - start)
    }

    fn free(&self) -> MutexGuard<'_, VecDeque<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_index(&self) -> Option<usize> {
        let mut free = self.free();
        if free.len() > RESTING {
            return free.pop_front();
        }
        let used = self.used.load(Ordering::Relaxed);
        if used < 1 << WIDTHS.0 {
            self.used.store(used + 1, Ordering::Relaxed);
            return Some(used);
        }
        free.pop_front()
    }
}

/// Puts an object into the table and gives out its handle.
pub(crate) fn give<T: Opaque>(object: T::Object) -> Result<*mut T, Error> {
    let full = || {
        Error::new(
            Status::DABIAO_ERROR_LIMIT,
            "句柄过多:请释放不再使用的句柄",
            "too many handles: free those that are no longer used",
        )
    };
    let index = TABLE.next_index().ok_or_else(full)?;
    let place = TABLE.place(index, true).ok_or_else(full)?;
    let mut place = place.write().unwrap_or_else(PoisonError::into_inner);
    place.object = Some((T::NAME, Arc::new(object)));
    TABLE.live.fetch_add(1, Ordering::Relaxed);
    let number = (place.generation << WIDTHS.0 | index) << ALIGN;
    Ok(ptr::without_provenance_mut(number))
}

/// The index and the generation of a handle.
fn parts(number: usize) -> Option<(usize, usize)> {
    let (index, generation) = (number >> ALIGN, number >> ALIGN >> WIDTHS.0);
    let sound = number & ((1 << ALIGN) - 1) == 0 && generation >> WIDTHS.1 == 0;
    sound.then_some((index & ((1 << WIDTHS.0) - 1), generation))
}

fn dead(argument: &str, expected: &str) -> Error {
    Error::new(
        Status::DABIAO_ERROR_HANDLE,
        format!("参数 {argument} 不是有效的 {expected}(或已释放)"),
        format!("argument {argument} is no live {expected} (was it freed?)"),
    )
}

/// The object behind a handle. It stays alive while it is held, whoever frees the handle.
pub(crate) fn hold<T: Opaque>(argument: &str, handle: *const T) -> Result<Arc<T::Object>, Error> {
    if handle.is_null() {
        return Err(Error::null(argument));
    }
    let held = parts(handle.addr()).and_then(|(index, generation)| {
        let place = TABLE.place(index, false)?;
        let place = place.read().unwrap_or_else(PoisonError::into_inner);
        match &place.object {
            Some((name, object)) if place.generation == generation => {
                Some((*name, Arc::clone(object)))
            }
            _ => None,
        }
    });
    let (name, object) = held.ok_or_else(|| dead(argument, T::NAME))?;
    object.downcast::<T::Object>().map_err(|_| {
        Error::new(
            Status::DABIAO_ERROR_HANDLE,
            format!("参数 {argument} 是 {name},应为 {}", T::NAME),
            format!("argument {argument} is a {name}, expected a {}", T::NAME),
        )
    })
}

/// Takes an object out of the table. NULL is nothing to free.
pub(crate) fn free<T: Opaque>(argument: &str, handle: *mut T) -> Result<(), Error> {
    if handle.is_null() {
        return Ok(());
    }
    // Tells a stale handle, and one of another type, before anything is taken.
    hold(argument, handle)?;
    let taken = parts(handle.addr()).and_then(|(index, generation)| {
        let place = TABLE.place(index, false)?;
        let mut place = place.write().unwrap_or_else(PoisonError::into_inner);
        if place.generation != generation {
            return None;
        }
        let (_, object) = place.object.take()?;
        place.generation = match generation + 1 {
            next if next >> WIDTHS.1 == 0 => next,
            _ => 1,
        };
        Some((index, object))
    });
    let (index, object) = taken.ok_or_else(|| dead(argument, T::NAME))?;
    TABLE.live.fetch_sub(1, Ordering::Relaxed);
    TABLE.free().push_back(index);
    // Outside all locks: it may be large.
    drop(object);
    Ok(())
}

fn busy(argument: &str) -> Error {
    Error::new(
        Status::DABIAO_ERROR_BUSY,
        format!("参数 {argument} 正被另一线程使用"),
        format!("argument {argument} is in use by another thread"),
    )
}

/// Holds an object that changes, for one thread alone.
pub(crate) fn alone<'a, T>(
    argument: &str,
    object: &'a RwLock<T>,
) -> Result<RwLockWriteGuard<'a, T>, Error> {
    match object.try_write() {
        Ok(held) => Ok(held),
        // What a panic left behind is set anew by the next call.
        Err(TryLockError::Poisoned(held)) => Ok(held.into_inner()),
        Err(TryLockError::WouldBlock) => Err(busy(argument)),
    }
}

/// Holds an object that may change, for as many threads as only read it.
pub(crate) fn shared<'a, T>(
    argument: &str,
    object: &'a RwLock<T>,
) -> Result<RwLockReadGuard<'a, T>, Error> {
    match object.try_read() {
        Ok(held) => Ok(held),
        Err(TryLockError::Poisoned(held)) => Ok(held.into_inner()),
        Err(TryLockError::WouldBlock) => Err(busy(argument)),
    }
}

/// How many handles have been given out and not been freed: 0 at the end of a program that
/// frees all of them. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_live_handles() -> usize {
    TABLE.live.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Word;
    impl Opaque for Word {
        type Object = String;
        const NAME: &'static str = "word";
    }
    struct Number;
    impl Opaque for Number {
        type Object = u64;
        const NAME: &'static str = "number";
    }

    #[test]
    fn stale_foreign_and_made_up_handles_are_told() {
        let word = give::<Word>("甲".to_owned()).unwrap();
        let number = give::<Number>(7).unwrap();
        assert_eq!(*hold("w", word).unwrap(), "甲");
        assert_eq!(*hold("n", number).unwrap(), 7);
        let status = |result: Result<_, Error>| result.map(|_: ()| ()).unwrap_err().status;
        let as_word = number.cast::<Word>();
        assert_eq!(status(free("w", as_word)), Status::DABIAO_ERROR_HANDLE);
        let kept = hold("w", word).unwrap();
        free("w", word).unwrap();
        assert_eq!(*kept, "甲");
        assert_eq!(status(free("w", word)), Status::DABIAO_ERROR_HANDLE);
        assert_eq!(
            hold("w", word).unwrap_err().status,
            Status::DABIAO_ERROR_HANDLE
        );
        free("n", number).unwrap();
        free("w", ptr::null_mut::<Word>()).unwrap();
        for made_up in [
            1usize,
            16,
            0xdead_beef,
            usize::MAX,
            usize::MAX << 4,
            1 << 46,
        ] {
            let handle = ptr::without_provenance_mut::<Word>(made_up);
            assert!(hold("w", handle).is_err(), "{made_up:x}");
            assert!(free("w", handle).is_err(), "{made_up:x}");
        }
    }

    #[test]
    fn places_are_found_in_every_block() {
        for index in [0, 1, 63, 64, 127, 128, 255, 256, 1000, 5000] {
            assert!(TABLE.place(index, true).is_some(), "{index}");
        }
        assert!(TABLE.place(1 << WIDTHS.0, false).is_none());
    }

    #[test]
    fn a_freed_place_rests_and_comes_back_under_another_number() {
        let first = give::<Number>(0).unwrap();
        free("n", first).unwrap();
        for i in 0..10 * RESTING as u64 {
            let handle = give::<Number>(i).unwrap();
            assert_ne!(handle, first);
            free("n", handle).unwrap();
        }
    }
}
