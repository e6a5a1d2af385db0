//! What the benchmarks measure: the standard `bench-33` and tables of any length for it.
//!
//! The tables are the same on every machine: each cell is drawn by its row and column alone.

#![forbid(unsafe_code)]

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use dabiao::{Faults, Standard};

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

/// How a column's values lie.
#[derive(Clone, Copy, Debug)]
enum Drawn {
    /// A share in percent, most of them high, with so many decimals.
    Percent(f64, i32),
    /// A number up to a greatest, with so many decimals.
    Number(f64, i32),
    /// A whole number up to a greatest, higher ones oftener.
    Many(u64),
    /// A whole number up to a greatest, lower ones oftener.
    Few(u64),
    /// Halves up to a greatest.
    Halves(u64),
}

use Drawn::{Few, Halves, Many, Number, Percent};

/// The columns, in the order of the standard's measures.
const COLUMNS: [Drawn; 33] = [
    Percent(85.0, 2),
    Percent(82.0, 2),
    Number(24.0, 4),
    Number(52.0, 1),
    Many(4),
    Many(4),
    Percent(84.0, 3),
    Many(6),
    Percent(60.0, 2),
    Few(5),
    Few(3),
    Number(40.0, 3),
    Many(4),
    Many(6),
    Many(9),
    Number(20.0, 3),
    Halves(4),
    Many(1),
    Percent(65.0, 2),
    Number(45.0, 3),
    Percent(70.0, 2),
    Few(5),
    Percent(90.0, 2),
    Many(6),
    Percent(30.0, 2),
    Many(4),
    Many(16),
    Many(7),
    Many(4),
    Number(60.0, 1),
    Percent(62.0, 3),
    Percent(89.0, 2),
    Number(40.0, 3),
];

/// A number that looks random, of a cell alone.
fn drawn(row: usize, column: usize) -> u64 {
    // SplitMix64, of a counter.
    let mut state = (row as u64)
        .wrapping_mul(64)
        .wrapping_add(column as u64 + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Between 0 and 1.
fn unit(random: u64) -> f64 {
    (random >> 11) as f64 / (1u64 << 53) as f64
}

/// How good a community is in all: what it does well in one column it does well in others.
fn standing(row: usize) -> f64 {
    unit(drawn(row, 63))
}

fn value(row: usize, column: usize) -> f64 {
    let chance = unit(drawn(row, column));
    let good = 1.0 - (1.0 - chance) * (1.2 - standing(row)).clamp(0.05, 1.0);
    let decimals = |value: f64, digits: i32| {
        let scale = 10f64.powi(digits);
        (value * scale).round() / scale
    };
    match COLUMNS[column] {
        Percent(low, digits) => decimals(low + (100.0 - low) * good, digits),
        Number(most, digits) => decimals(most * good, digits),
        Many(most) => ((most + 1) as f64 * good).floor().min(most as f64),
        Few(most) => ((most + 1) as f64 * (1.0 - good)).floor().min(most as f64),
        Halves(most) => ((most + 1) as f64 * good).floor().min(most as f64) / 2.0,
    }
}

/// A table: the codes and the columns.
#[derive(Clone, Debug)]
pub struct Data {
    /// In order.
    pub codes: Vec<String>,
    /// In the order of the standard's measures.
    pub columns: Vec<Arc<[f64]>>,
}

impl Data {
    /// A table of so many rows.
    #[must_use]
    pub fn new(rows: usize) -> Data {
        Data {
            codes: (0..rows)
                .map(|row| format!("{:012}", 110_000_000_000 + row))
                .collect(),
            columns: (0..COLUMNS.len())
                .map(|column| (0..rows).map(|row| value(row, column)).collect())
                .collect(),
        }
    }

    /// The names of the columns, `code` first.
    #[must_use]
    pub fn titles(standard: &Standard) -> Vec<&str> {
        let measures = standard.document().measures.iter();
        std::iter::once("code")
            .chain(measures.map(|m| m.name.as_str()))
            .collect()
    }

    /// The table as Arrow has it.
    ///
    /// # Errors
    /// None for a table that this module made.
    pub fn batch(&self, standard: &Standard) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let codes: ArrayRef = Arc::new(StringArray::from_iter_values(&self.codes));
        let columns = self.columns.iter().map(|column| {
            Arc::new(Float64Array::from_iter_values(column.iter().copied())) as ArrayRef
        });
        let columns = std::iter::once(codes).chain(columns);
        RecordBatch::try_from_iter(Data::titles(standard).into_iter().zip(columns))
    }
}
