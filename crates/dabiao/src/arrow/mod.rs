//! Apache Arrow tables in and out (feature `arrow`).
//!
//! [`schema`](crate::ObservationsBuilder::schema) and
//! [`batch`](crate::ObservationsBuilder::batch) of an `ObservationsBuilder` read record batches of
//! the types that data frames have, column by column and without a text for each cell;
//! [`Observations::from_batches`](crate::Observations::from_batches) is the short way. [`Scores::batches`](crate::Scores::batches) and
//! [`Scores::record_batch`](crate::Scores::record_batch) give results as exact decimals.
//!
//! | a measure's type | column types that it reads |
//! | --- | --- |
//! | count, number | integers, floats, decimals, strings |
//! | yes-no | boolean, integers, floats and decimals of 0 and 1, strings |
//! | label | strings; whole numbers, where labels are such |
//! | date | `date32`, `date64`, timestamps at midnight without a time zone, strings |
//!
//! Strings are `Utf8`, `LargeUtf8` or `Utf8View`, and any of these types may stand in a
//! dictionary; a null column is blank. Codes and attributes may have any of these types.
//! Null is a missing value; NaN is a fault unless the caller says that it means null. Rows are
//! counted from 2, as in a file whose heading is row 1.

mod export;
mod ingest;
mod rows;
mod shared;
mod values;

pub use export::{PointsAs, ScoreColumn, ScoresReader, with_floats};
pub use rows::each_row;
