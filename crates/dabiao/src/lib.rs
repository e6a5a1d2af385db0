//! Scores communities against a published standard, exactly and explainably.

#![forbid(unsafe_code)]

pub mod explain;
pub mod expression;
mod fault;
mod lang;
mod rational;
pub mod standard;

pub use fault::{Fault, FaultCode, Faults, Place};
pub use lang::{Lang, Text, UnknownLang};
pub use rational::{NotANumber, Rational, Rounding};
