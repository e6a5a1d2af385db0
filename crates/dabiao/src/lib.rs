//! Scores communities against a published standard, exactly and explainably.

#![deny(unsafe_code)]

#[cfg(feature = "arrow")]
pub mod arrow;
pub mod campaign;
mod cohort;
mod decimal;
pub mod explain;
pub mod expression;
mod fault;
pub mod grid;
mod lang;
mod memory;
mod observations;
mod plan;
mod points;
mod rational;
mod score;
pub mod standard;
mod threads;
#[doc(hidden)]
pub mod vectors;

pub use cohort::Statistics;
pub use decimal::Decimal;
pub use fault::{Fault, FaultCode, Faults, Place};
pub use lang::{Lang, Text, UnknownLang};
pub use observations::{
    Cell, CellColumn, ColumnData, NOT_APPLICABLE_WORD, Observations, ObservationsBuilder,
    ObservationsDigest, SharedColumn, SharedNumber, TableRows, Texts,
};
pub use plan::State;
pub use points::Points;
pub use rational::{NotANumber, Rational, Rounding};
pub use score::{
    CardScorer, Flag, PointsColumn, PointsOf, Progress, ScoreOptions, Scores, Standings, VetoState,
};
pub use standard::Standard;
