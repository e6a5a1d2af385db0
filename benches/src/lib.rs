//! What the benchmarks measure: the standards `bench-33` and `weihai-2020`, and tables of any
//! length for them.
//!
//! The tables are the same on every machine: each cell is drawn by its row and column alone.

#![forbid(unsafe_code)]

mod data;
mod drawn;

use dabiao::{Faults, Standard};

pub use data::Data;
pub use drawn::drawn;

/// The standard: 33 items, each of a column of its own.
pub const BENCH_33: &str = include_str!("../bench-33.toml");

/// Rows of the country's communities.
pub const COUNTRY: usize = 620_573;
/// Rows of a country of buildings.
pub const LARGE: usize = 5_000_000;

/// The standard `bench-33`.
///
/// # Errors
/// None, unless the file beside this one was changed.
pub fn bench_33() -> Result<Standard, Faults> {
    Standard::from_toml(BENCH_33)
}
