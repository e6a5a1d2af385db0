//! The C interface. The header `include/dabiao.h` is made from the comments in these files;
//! `docs/c.md` leads a caller through it.
//!
//! It is thin: every rule, every reading of a cell and every rounding is the core's. What is
//! here is how values cross the border: [`handle`] (objects), `args` (memory of the caller's),
//! [`text`] (texts of ours), [`status`] (what went wrong), `guard` (no panic crosses).

#![allow(
    unsafe_code,
    clippy::missing_safety_doc,
    reason = "the border to C; what callers promise is stated once, at the top of the header"
)]

// In the order of the header.
pub mod version;

pub mod status;

pub mod text;

pub mod standard;

pub mod contents;

pub mod scorer;

pub mod statistics;

pub mod column;

pub mod observations;

pub mod options;

pub mod scores;

pub mod export;

pub mod arrow;

pub mod grid;

pub mod campaign;

pub mod handle;

mod args;
mod guard;
