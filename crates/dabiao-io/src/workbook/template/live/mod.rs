//! A standard as formulas: the second expression of its rules, from which a template works out
//! points while it is filled in.
//!
//! Spreadsheets compute in binary floats, which hold neither 94.99% nor 2.675. So nothing here is
//! ever a float that was rounded: each number is a fraction of two whole numbers, in two cells, in
//! lowest terms, and at most [`LIMIT`] in size, where sums and products of floats are exact. What
//! grows beyond that says so ([`OVER`]) instead of guessing. Thresholds are compared by
//! cross-multiplication; points are rounded by looking at the exact remainder.
//!
//! [`formula`] are the formulas themselves; [`fractions`] counts with them; [`measures`] reads
//! inputs; [`conditions`] has the three-valued logic; [`rules`] and [`marking`] mark items;
//! [`totals`] adds up. The same cells are computed here ([`Live::compute`]) for the values that a
//! template carries before anyone opens it.

mod conditions;
mod formula;
mod fractions;
mod marking;
mod measures;
mod rules;
#[cfg(test)]
pub(super) mod tests;
mod totals;

use std::collections::HashMap;

use dabiao::Standard;
use dabiao::standard::document::{Document, Item};

pub(crate) use formula::{CellId, Formula, Held, Places, Value};
use fractions::Fraction;

use super::fields::Demand;

/// The greatest whole number of a fraction. Spreadsheets treat numbers as equal that differ by a
/// few parts in 10¹⁵; whole numbers up to here are out of reach of that.
const LIMIT: f64 = 1e14;

/// Why a fraction has no value: its denominator is 0 and its numerator one of these. Of two, the
/// greater goes first, as in the semantics (§2.2).
pub(crate) const OVER: f64 = 1.0;
const MISSING: f64 = 2.0;
const ZERO_DENOMINATOR: f64 = 3.0;
/// Does not apply, or left for a blank.
pub(crate) const LEFT: f64 = 4.0;
/// Some input is not what it may be; of totals alone.
pub(crate) const FAULTY: f64 = 5.0;
/// Only a run over all communities can tell.
pub(crate) const COHORT: f64 = 6.0;
/// A value must be given.
pub(crate) const REQUIRED: f64 = 7.0;

/// A cell of the computation.
#[derive(Clone, Debug)]
pub(crate) struct LiveCell {
    /// What it is about: a code, a measure.
    pub(crate) about: String,
    pub(crate) formula: Formula,
}

/// Published points as a whole number of the last decimal, and why there are none.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) points: Formula,
    /// 0, or one of the codes above.
    pub(crate) code: Formula,
    /// How many decimals.
    pub(crate) decimals: u8,
}

/// An item, bonus or deduction.
#[derive(Clone, Debug)]
pub(crate) struct LiveItem {
    pub(crate) published: Published,
    /// Whether something of it is blank.
    pub(crate) missing: Formula,
}

/// A standard as formulas. Cells refer to earlier cells and to inputs alone.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) cells: Vec<LiveCell>,
    /// In the order of [`Standard::items`].
    pub(crate) items: Vec<LiveItem>,
    pub(crate) bonus_items: Vec<LiveItem>,
    pub(crate) deduction_items: Vec<LiveItem>,
    /// In the order of [`Standard::sections`].
    pub(crate) sections: Vec<Published>,
    pub(crate) bonus: Published,
    pub(crate) deductions: Published,
    pub(crate) before_bonus: Published,
    pub(crate) total: Published,
    /// The index of the grade, or the number of grades where there is none.
    pub(crate) grade: Formula,
    /// By veto: its outcomes, 1 where it holds.
    pub(crate) vetoes: Vec<Formula>,
    /// Whether a condition is open for want of a value.
    pub(crate) undecided: Formula,
    /// By measure: whether its input is not what it may be.
    pub(crate) faulty: Vec<Formula>,
}

/// The words that are typed into inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InputWords {
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) not_applicable: &'static str,
}

pub(crate) const WORDS: InputWords = InputWords {
    yes: "是",
    no: "否",
    not_applicable: dabiao::NOT_APPLICABLE_WORD,
};

impl Live {
    /// Puts a standard into formulas.
    pub(crate) fn new(standard: &Standard) -> Live {
        Builder::new(standard).build()
    }

    /// What all cells come to, in their order, for the inputs by measure.
    pub(crate) fn compute(&self, inputs: &[Value]) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            let value = cell.formula.value(&Sheet {
                values: &values,
                inputs,
            });
            values.push(value);
        }
        values
    }
}

/// Cells and inputs with what they hold.
pub(crate) struct Sheet<'a> {
    pub(crate) values: &'a [Value],
    pub(crate) inputs: &'a [Value],
}

impl Held for Sheet<'_> {
    fn cell(&self, id: CellId) -> Value {
        self.values.get(id).cloned().unwrap_or(Value::Error)
    }

    fn input(&self, measure: usize) -> Value {
        self.inputs.get(measure).cloned().unwrap_or(Value::Blank)
    }
}

/// Builds the cells of one standard.
struct Builder<'a> {
    standard: &'a Standard,
    document: &'a Document,
    cells: Vec<LiveCell>,
    /// The cell of each formula.
    known: HashMap<String, CellId>,
    about: String,
    numbers: Vec<Option<Fraction>>,
    codes: Vec<Option<Formula>>,
    /// By measure: what rules ask of its marks.
    demands: Vec<Vec<Demand>>,
    /// By measure: whether the input is not what it may be.
    faulty: Vec<Formula>,
    /// Where what is being built went beyond [`LIMIT`].
    doubts: Vec<Formula>,
    /// Conditions that are open.
    undecided: Vec<Formula>,
}

impl<'a> Builder<'a> {
    fn new(standard: &'a Standard) -> Builder<'a> {
        let document = standard.document();
        let measures = document.measures.len();
        let mut builder = Builder {
            standard,
            document,
            cells: Vec::new(),
            known: HashMap::new(),
            about: String::new(),
            numbers: vec![None; measures],
            codes: vec![None; measures],
            demands: super::fields::demands(standard),
            faulty: Vec::new(),
            doubts: Vec::new(),
            undecided: Vec::new(),
        };
        for measure in 0..measures {
            builder.read(measure);
        }
        builder
    }

    /// A new cell with a formula.
    fn cell(&mut self, formula: Formula) -> Formula {
        if matches!(formula, Formula::Number(_) | Formula::Cell(_)) {
            return formula;
        }
        // What was worked out before is not worked out again.
        let key = format!("{formula:?}");
        if let Some(held) = self.known.get(&key) {
            return Formula::Cell(*held);
        }
        let id = self.cells.len();
        self.known.insert(key, id);
        self.cells.push(LiveCell {
            about: self.about.clone(),
            formula,
        });
        Formula::Cell(id)
    }

    fn items(&self) -> Vec<&'a Item> {
        self.standard.items()
    }
}
