//! The commands, one a module, and what several of them show.

mod areas;
pub(crate) mod collect;
pub(crate) mod compare;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod gaps;
pub(crate) mod grid;
pub(crate) mod overview;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod score;
pub(crate) mod select;
pub(crate) mod standard;
pub(crate) mod template;

use dabiao::campaign::CampaignResult;
use dabiao::standard::document::{Document, Item, Section};
use dabiao::{Rational, Scores};

use crate::failure::Failure;
use crate::session::Session;

/// A section or an item, in the order of the standard: a section, its items, its sections.
pub(crate) enum Part<'a> {
    Section(&'a Section),
    Item(&'a Item),
}

/// All parts with their depth, from 0.
pub(crate) fn parts(document: &Document) -> Vec<(usize, Part<'_>)> {
    let mut parts = Vec::new();
    let mut waiting: Vec<(usize, &Section)> =
        document.sections.iter().rev().map(|s| (0, s)).collect();
    while let Some((depth, section)) = waiting.pop() {
        parts.push((depth, Part::Section(section)));
        parts.extend(section.items.iter().map(|i| (depth + 1, Part::Item(i))));
        waiting.extend(section.sections.iter().rev().map(|s| (depth + 1, s)));
    }
    parts
}

pub(crate) fn items(document: &Document) -> impl Iterator<Item = &Item> {
    parts(document)
        .into_iter()
        .filter_map(|(_, part)| match part {
            Part::Item(item) => Some(item),
            Part::Section(_) => None,
        })
}

/// `1993` as `1,993`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// What the registry says of a community.
pub(crate) fn attribute(result: &CampaignResult, name: &str, row: usize) -> String {
    let values = result.scores.observations().attribute(name);
    text(values.and_then(|values| values.get(row)))
}

/// The row of a code that the call names.
pub(crate) fn row_of(session: &Session, scores: &Scores, code: &str) -> Result<usize, Failure> {
    scores.observations().row_of(code).ok_or_else(|| {
        Failure::call(
            session.lang,
            format!("数据表中没有编码 {code}"),
            format!("no community has the code {code}"),
        )
    })
}

/// What the children of a section are worth together.
pub(crate) fn children(section: &Section) -> Rational {
    let items = section.items.iter().filter_map(|item| item.points.clone());
    items
        .chain(section.sections.iter().map(worth))
        .fold(Rational::default(), |sum, points| &sum + &points)
}

/// What a section is worth in its parent: its weight, otherwise what its children are worth.
pub(crate) fn worth(section: &Section) -> Rational {
    section.weight.clone().unwrap_or_else(|| children(section))
}
