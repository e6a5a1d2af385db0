//! What C hands in and wants filled: the one place where its pointers are read.

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use crate::status::{Error, Status};

/// The most bytes that one array or text may have, as in C and in Rust.
const MOST: usize = isize::MAX as usize;

/// A length that says "up to the NUL".
pub(crate) const DABIAO_NUL_TERMINATED: usize = usize::MAX;

fn check<T>(argument: &str, pointer: *const T) -> Result<(), Error> {
    if pointer.is_null() {
        Err(Error::null(argument))
    } else if !pointer.is_aligned() {
        Err(Error::argument(argument, "未对齐", "is not aligned"))
    } else {
        Ok(())
    }
}

/// The caller's place for one result; written only when all has gone well.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Clone for Out<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Out<T> {}

impl<T> Out<T> {
    /// # Safety
    /// `pointer` is NULL or points to memory for a `T` that nobody else uses during the call.
    pub(crate) unsafe fn new(argument: &str, pointer: *mut T) -> Result<Out<T>, Error> {
        check(argument, pointer)?;
        NonNull::new(pointer)
            .map(Out)
            .ok_or_else(|| Error::null(argument))
    }

    /// The place itself.
    pub(crate) fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }

    /// What stands there now.
    ///
    /// # Safety
    /// There is a `T`, which nobody changes while the reference lives.
    pub(crate) unsafe fn get<'a>(self) -> &'a T {
        // SAFETY: `new` checked the pointer; the caller promises the rest.
        unsafe { self.0.as_ref() }
    }

    /// What stood there is not dropped: it may never have been set.
    pub(crate) fn write(self, value: T) {
        // SAFETY: `new` was promised memory for a `T`, and checked its alignment.
        unsafe { self.0.write(value) }
    }
}

/// The caller's array for results; written only when all has gone well.
#[derive(Clone, Copy)]
pub(crate) struct OutSlice<T> {
    pointer: *mut T,
    length: usize,
}

impl<T: Copy> OutSlice<T> {
    /// An array that must have exactly `expected` places; nothing where it is NULL: the caller
    /// does not want it.
    ///
    /// # Safety
    /// `pointer` is NULL or points to `length` places that nobody else uses during the call.
    pub(crate) unsafe fn new(
        argument: &str,
        pointer: *mut T,
        length: usize,
        expected: usize,
    ) -> Result<Option<OutSlice<T>>, Error> {
        if pointer.is_null() {
            return Ok(None);
        }
        check(argument, pointer)?;
        if length != expected {
            return Err(Error::length(argument, length, expected));
        }
        Ok(Some(OutSlice { pointer, length }))
    }

    /// Writes from the start, up to the end of the array.
    pub(crate) fn write(self, values: impl Iterator<Item = T>) {
        for (at, value) in values.take(self.length).enumerate() {
            // SAFETY: `new` was promised `length` places, and `at` is below it.
            unsafe { self.pointer.add(at).write(value) }
        }
    }
}

/// The caller's places for results, so many bytes apart; written only when all has gone well.
pub(crate) struct OutStrided<T> {
    next: *mut u8,
    stride: isize,
    left: usize,
    value: PhantomData<T>,
}

impl<T: Copy> OutStrided<T> {
    /// Exactly `expected` places, which need not be aligned.
    ///
    /// # Safety
    /// `pointer` is NULL or points to `length` places, `stride` bytes apart, that nobody else
    /// uses during the call.
    pub(crate) unsafe fn new(
        argument: &str,
        pointer: *mut T,
        stride: isize,
        length: usize,
        expected: usize,
    ) -> Result<OutStrided<T>, Error> {
        if pointer.is_null() && expected > 0 {
            return Err(Error::null(argument));
        }
        if length != expected {
            return Err(Error::length("length", length, expected));
        }
        let natural = size_of::<T>() as isize;
        let stride = if stride == 0 { natural } else { stride };
        let reach = isize::try_from(length).ok();
        if stride.abs() < natural || reach.and_then(|r| r.checked_mul(stride)).is_none() {
            return Err(Error::argument(
                "stride",
                "不合",
                "is too small or impossibly large",
            ));
        }
        Ok(OutStrided {
            next: pointer.cast(),
            stride,
            left: length,
            value: PhantomData,
        })
    }

    /// Writes the next place; nothing past the last.
    pub(crate) fn write(&mut self, value: T) {
        if self.left == 0 {
            return;
        }
        // SAFETY: `new` was promised `length` places, of which some are left.
        unsafe { self.next.cast::<T>().write_unaligned(value) };
        self.left -= 1;
        self.next = self.next.wrapping_offset(self.stride);
    }
}

/// A structure that may be NULL.
///
/// # Safety
/// `pointer` is NULL or points to a `T` that nobody changes while `'a` lasts.
pub(crate) unsafe fn optional<'a, T>(
    argument: &str,
    pointer: *const T,
) -> Result<Option<&'a T>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    check(argument, pointer)?;
    // SAFETY: neither NULL nor misaligned, and promised by the caller.
    Ok(Some(unsafe { &*pointer }))
}

/// An array of `length` values; empty where `length` is 0, whatever the pointer.
///
/// # Safety
/// `pointer` is NULL or points to `length` values that nobody changes while `'a` lasts.
pub(crate) unsafe fn slice<'a, T: Copy>(
    argument: &str,
    pointer: *const T,
    length: usize,
) -> Result<&'a [T], Error> {
    if length == 0 {
        return Ok(&[]);
    }
    check(argument, pointer)?;
    if length
        .checked_mul(size_of::<T>())
        .is_none_or(|bytes| bytes > MOST)
    {
        return Err(Error::argument(
            argument,
            "长度过大",
            "has an impossible length",
        ));
    }
    // SAFETY: neither NULL nor misaligned, of a possible length, and promised by the caller.
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}

/// A text up to its NUL.
///
/// # Safety
/// `pointer` is NULL or points to a text that ends with a NUL and does not change while `'a`
/// lasts.
pub(crate) unsafe fn text<'a>(argument: &str, pointer: *const c_char) -> Result<&'a str, Error> {
    check(argument, pointer)?;
    // SAFETY: not NULL, and promised to end with a NUL.
    let text = unsafe { CStr::from_ptr(pointer) };
    utf8(argument, text.to_bytes())
}

/// The same where NULL stands for nothing.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn optional_text<'a>(
    argument: &str,
    pointer: *const c_char,
) -> Result<Option<&'a str>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    unsafe { text(argument, pointer) }.map(Some)
}

/// A text of `length` bytes, or up to its NUL for [`DABIAO_NUL_TERMINATED`].
///
/// # Safety
/// `pointer` is NULL or points to such a text, which does not change while `'a` lasts.
pub(crate) unsafe fn text_of<'a>(
    argument: &str,
    pointer: *const c_char,
    length: usize,
) -> Result<&'a str, Error> {
    // SAFETY: promised by the caller.
    utf8(argument, unsafe { bytes_of(argument, pointer, length)? })
}

/// The same in any encoding.
///
/// # Safety
/// As for [`text_of`].
pub(crate) unsafe fn bytes_of<'a>(
    argument: &str,
    pointer: *const c_char,
    length: usize,
) -> Result<&'a [u8], Error> {
    check(argument, pointer)?;
    if length == DABIAO_NUL_TERMINATED {
        // SAFETY: not NULL, and promised to end with a NUL.
        return Ok(unsafe { CStr::from_ptr(pointer) }.to_bytes());
    }
    // SAFETY: promised by the caller.
    unsafe { slice(argument, pointer.cast::<u8>(), length) }
}

pub(crate) fn utf8<'a>(argument: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Error::new(
            Status::DABIAO_ERROR_UTF8,
            format!("参数 {argument} 不是 UTF-8(第 {at} 字节处)"),
            format!("argument {argument} is not UTF-8 (at byte {at})"),
        )
    })
}
