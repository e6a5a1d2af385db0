//! A whole campaign: registry, party grid, phases, assessors, selection (§2.11, §2.12, §3).

pub(crate) mod assessors;
mod records;
mod rollup;

pub use records::{Records, RecordsBuilder};
pub use rollup::LeftOut;
