//! Explanations: what a standard says, in words that a resident understands.
//!
//! [`Words`] puts the parts of a [`Document`] into sentences in Chinese and English: rules,
//! conditions, vetoes and grades, with the titles of the measures and every bound said so that
//! nobody can read it two ways. Sentences have no last stop, so that they fit a table cell.

mod cohort;
mod ranges;
mod rules;
mod standing;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use rules::Role;
pub use value::ValueFormat;
pub use words::Words;

use crate::lang::Lang;
use crate::rational::Rational;
use crate::standard::document::{Document, Marking};

/// What a marking looks at, how its value becomes points, and the conditions around it.
///
/// `points` are the full points of the item or the check; a bonus may have none. Where several
/// parts of one standard are explained, [`Words::item`] saves the look-ups.
#[must_use]
pub fn rule_in_words(
    document: &Document,
    marking: &Marking,
    points: Option<&Rational>,
    lang: Lang,
) -> String {
    let frame = rules::Frame {
        points,
        role: Role::Item,
        known_as: None,
    };
    Words::new(document, lang).marking(marking, frame)
}
