//! Explanations: what a standard says, what it says about a community, and what would win it
//! points, in words that a resident understands.
//!
//! [`Words`] puts the parts of a [`Document`] into sentences in Chinese and English: rules,
//! conditions, vetoes and grades, with the titles of the measures and every bound said so that
//! nobody can read it two ways. Sentences have no last stop, so that they fit a table cell.
//!
//! [`Scorecard`] is all that the standard says about one community, [`Gaps`] what it loses and
//! what would win it back, [`Losses`] the same over many. All of it is made on request from a
//! run's [`Scores`](crate::Scores); every [`NextStep`] is found by marking the item again.

mod build;
mod card;
mod cohort;
mod explainer;
mod finder;
mod gaps;
mod lever;
mod lines;
mod ranges;
mod rules;
mod search;
mod standing;
mod step;
mod text;
mod trial;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use card::{
    BoxAnswer, BoxLine, CheckLine, InputLine, ItemLine, ItemState, MissingLine, Named, Scorecard,
    SectionLine, ShownValue, StandardLine, VetoLine,
};
pub use explainer::Explainer;
pub use gaps::{Gap, Gaps, GradeGap, Loss, Losses, PartShort, Short, Shortfall};
pub use rules::Role;
pub use step::{MeasureStep, NextStep, StepBound, Target};
pub use value::ValueFormat;
pub use words::Words;

use crate::lang::Lang;
use crate::rational::Rational;
use crate::standard::document::{Document, Marking};

/// What a marking looks at, how its value becomes points, and the conditions around it.
///
/// `points` are the full points of the item or the check; a bonus may have none. Where several
/// parts of one standard are explained, [`Words::item`] saves the look-ups.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Lang, Standard, explain::rule_in_words};
/// let standard = Standard::builtin("weihai-2020")?;
/// let document = standard.document();
/// let item = &document.sections[1].items[3];
/// let text = rule_in_words(document, &item.marking, item.points.as_ref(), Lang::En);
/// assert_eq!(
///     text,
///     "compounds with Red Property ÷ residential compounds: 50% or less earns 0, 100% or more \
///      earns 4, in proportion between. Where “residential compounds” is 0: does not apply"
/// );
/// # Ok(()) }
/// ```
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
