//! Kernels: an item's way from stored cells to published points over a block of rows, in
//! vectors of whole numbers that `f64` holds exactly (|n| < 2^53).
//!
//! A kernel is compiled by asking the rule itself ([`super::RulePlan::points`]) at its edges,
//! so that no rule is written twice. What does not fit (ranks, imputation, long expressions)
//! has no kernel, and single rows with numbers too large are left to [`super::marking`].

mod compile;
mod direct;
mod lanes;
mod line;
#[cfg(test)]
mod line_tests;
mod loops;
mod one;
mod predicate;

pub(crate) use compile::compile;
pub(crate) use direct::{Direct, DirectRoom};
pub(crate) use lanes::{Block, Marks, Scratch};
pub(crate) use predicate::Predicate;

use super::MeasureId;

/// Rows that one call marks at most: what a block of columns takes stays in cache.
pub(crate) const LANES: usize = 2048;

/// Whole numbers of a lesser size are exact in `f64`, and so are the floors of their quotients.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An item as vectors see it.
#[derive(Debug)]
pub(crate) struct Kernel {
    applies: Option<Predicate>,
    no_marks: Option<Predicate>,
    full_marks: Option<Predicate>,
    body: Body,
    /// Full marks, scaled.
    full: f64,
}

#[derive(Debug)]
enum Body {
    One(Part),
    /// Yes-no boxes: how many are ticked decides.
    Boxes {
        boxes: Vec<MeasureId>,
        base: f64,
        steps: Vec<Step>,
    },
    /// Checks that are summed.
    Sum {
        start: f64,
        parts: Vec<Part>,
    },
}

/// One value and the rule that marks it.
#[derive(Debug)]
struct Part {
    value: Value,
    rule: Rule,
    /// Points are held to these, scaled.
    low: f64,
    high: f64,
    /// Points of a missing value.
    missing: f64,
    zero: Zero,
}

/// What a zero denominator earns.
#[derive(Clone, Copy, Debug)]
enum Zero {
    Missing,
    NotApplicable,
    Points(f64),
}

/// A value as numerator and denominator, whole numbers both; lanes beyond the limits are left
/// to the exact evaluator.
#[derive(Debug)]
pub(crate) struct Value {
    numerator: Operand,
    /// 1 where absent.
    denominator: Option<Operand>,
    most_numerator: f64,
    most_denominator: f64,
}

/// A measure's stored cells ÷ grain × factor.
#[derive(Clone, Copy, Debug)]
struct Operand {
    measure: MeasureId,
    /// 10^6 for a count, whose cells are whole; 1 for all else.
    grain: f64,
    factor: f64,
}

#[derive(Debug)]
enum Rule {
    /// What each threshold that is reached adds.
    Steps {
        base: f64,
        steps: Vec<Step>,
    },
    Linear(Linear),
    Units(Units),
}

/// Adds where numerator × q ≥ p × denominator (> where strict).
#[derive(Clone, Copy, Debug)]
struct Step {
    p: f64,
    q: f64,
    strict: bool,
    add: f64,
}

/// ⌊(a × numerator + b × denominator) ÷ (m × denominator)⌋, piece by piece; a and b hold the
/// rounding's half already.
#[derive(Debug)]
struct Linear {
    pieces: Vec<Piece>,
    m: f64,
    half_even: bool,
}

/// A piece begins where numerator × q ≥ p × denominator; the first begins everywhere.
#[derive(Clone, Copy, Debug)]
struct Piece {
    p: f64,
    q: f64,
    a: f64,
    b: f64,
}

/// from + points × the whole units in (a × numerator + b) ÷ m.
#[derive(Debug)]
struct Units {
    a: f64,
    b: f64,
    m: f64,
    started: bool,
    from: f64,
    points: f64,
}
