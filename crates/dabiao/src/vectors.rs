//! The same loop compiled for several kinds of vectors, and which of them runs.
//!
//! A function written in `vectorised!` is compiled for plain machine code, for AVX2 with FMA
//! and for AVX-512; the best that the machine has is chosen when it is first asked. All of them
//! are the same source and give the same bits: no step is reordered or fused.
//!
//! This is the one module with `unsafe` code. A function with `target_feature` may be called
//! only where the machine has the features. `path` gives nothing else: `PATH` is private,
//! starts out as what the standard library detects, and [`force`] stores a path only after
//! asking [`Path::is_here`] for it. `prefetch` gives a hint that has no effect on any value.

use std::sync::atomic::{AtomicU8, Ordering};

/// Which machine code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Path {
    /// What every machine of the architecture has.
    Portable = 1,
    /// AVX2 and FMA.
    Avx2 = 2,
    /// AVX-512 F, DQ, VL and BW.
    Avx512 = 3,
}

impl Path {
    /// All paths.
    pub const ALL: [Path; 3] = [Path::Portable, Path::Avx2, Path::Avx512];

    /// Whether the machine has what it needs.
    #[must_use]
    pub fn is_here(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            let avx2 = || has!("avx2") && has!("fma");
            match self {
                Path::Portable => true,
                Path::Avx2 => avx2(),
                Path::Avx512 => {
                    let more = has!("avx512f") && has!("avx512dq");
                    avx2() && more && has!("avx512vl") && has!("avx512bw")
                }
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self == Path::Portable
        }
    }
}

impl std::str::FromStr for Path {
    type Err = ();

    fn from_str(name: &str) -> Result<Path, ()> {
        match name {
            "portable" => Ok(Path::Portable),
            "avx2" => Ok(Path::Avx2),
            "avx512" => Ok(Path::Avx512),
            _ => Err(()),
        }
    }
}

/// The path that runs; 0 before it was first asked for.
static PATH: AtomicU8 = AtomicU8::new(0);

/// The path that runs. The machine has it.
#[inline]
pub(crate) fn path() -> Path {
    match PATH.load(Ordering::Relaxed) {
        1 => Path::Portable,
        2 => Path::Avx2,
        3 => Path::Avx512,
        _ => detected(),
    }
}

#[cold]
fn detected() -> Path {
    let best = Path::ALL.into_iter().rev().find(|path| path.is_here());
    let best = best.unwrap_or(Path::Portable);
    PATH.store(best as u8, Ordering::Relaxed);
    best
}

/// Makes one path run from now on in the whole process, for tests and benchmarks: results do
/// not depend on it. `false` where the machine does not have it.
pub fn force(path: Path) -> bool {
    let here = path.is_here();
    if here {
        PATH.store(path as u8, Ordering::Relaxed);
    }
    here
}

/// Asks the machine to bring memory near that is read soon; nothing else depends on it.
#[inline(always)]
pub(crate) fn prefetch<T>(data: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in data.chunks(64 / size_of::<T>().clamp(1, 64)) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: the instruction is part of SSE, which every x86-64 has. It is a hint: it gives
        // no value, writes nothing and faults nowhere, and the address is that of a slice.
        #[allow(unsafe_code)]
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = data;
}

/// Compiles a function for each kind of vectors.
macro_rules! vectorised {
    ($(#[$attribute:meta])* $sight:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?)
     $(-> $out:ty)? $body:block) => {
        $(#[$attribute])*
        #[allow(unsafe_code)]
        $sight fn $name($($arg: $type),*) $(-> $out)? {
            #[inline(always)]
            fn portable($($arg: $type),*) $(-> $out)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma,avx512f,avx512dq,avx512vl,avx512bw")]
                fn avx512($($arg: $type),*) $(-> $out)? {
                    portable($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) $(-> $out)? {
                    portable($($arg),*)
                }
                // SAFETY: `path` gives only what the machine has; see the module.
                match $crate::vectors::path() {
                    $crate::vectors::Path::Avx512 => return unsafe { avx512($($arg),*) },
                    $crate::vectors::Path::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::vectors::Path::Portable => {}
                }
            }
            portable($($arg),*)
        }
    };
}
pub(crate) use vectorised;
