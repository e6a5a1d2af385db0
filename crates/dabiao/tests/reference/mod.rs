//! The reference: a slow evaluator, straight from section 2 of the design, that shares nothing
//! with the engine but the document of a standard. Where the two disagree, one of them is wrong.

pub(crate) mod build;
pub(crate) mod card;
mod clauses;
pub(crate) mod expression;
pub(crate) mod item;
pub(crate) mod number;
pub(crate) mod random;
pub(crate) mod rule;
mod statements;
pub(crate) mod table;
mod totals;
