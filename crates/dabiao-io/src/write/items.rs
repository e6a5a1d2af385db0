//! `items.csv`: one row an item of a community, explained.

use std::io::{self, Write};

use dabiao::explain::{ItemLine, Scorecard, SectionLine};
use dabiao::{Lang, Scores};

use super::cells::Rows;
use super::scores::text;

/// Writes `items.csv`: `code`, `item`, `value`, `points`, `lost`, `explanation`, one row an item
/// of a community; communities in the order of their codes, items in that of the standard, then
/// the bonuses and deductions that were observed. Points that are taken off are below 0. Points
/// of what was excluded are blank.
///
/// # Errors
/// Those of `out`.
pub fn write_items(scores: &Scores, lang: Lang, out: impl Write) -> io::Result<()> {
    let mut rows = Rows::new(out);
    rows.row(ITEMS_HEADING)?;
    let explainer = scores.explainer().in_language(lang);
    for row in 0..scores.len() {
        if let Some(card) = explainer.card(row) {
            for cells in item_rows(&card, lang) {
                rows.row(cells)?;
            }
        }
    }
    rows.finish()
}

/// The columns of `items.csv`.
pub const ITEMS_HEADING: [&str; 6] = ["code", "item", "value", "points", "lost", "explanation"];

/// The rows of one card in `items.csv`.
#[must_use]
pub fn item_rows(card: &Scorecard, lang: Lang) -> Vec<[String; 6]> {
    let row = |(sign, item): (&str, &ItemLine)| {
        [
            card.code.clone(),
            item.code.clone(),
            text(item.value.as_ref().map(|value| value.shown.get(lang))),
            signed(sign, item),
            text(item.lost),
            explanation(item, lang),
        ]
    };
    lines(card).into_iter().map(row).collect()
}

fn signed(sign: &str, item: &ItemLine) -> String {
    match item.points {
        Some(points) if points.scaled() != 0 => format!("{sign}{points}"),
        points => text(points),
    }
}

/// The items of a card with the sign of their points.
fn lines(card: &Scorecard) -> Vec<(&'static str, &ItemLine)> {
    let mut lines = Vec::new();
    let mut waiting: Vec<&SectionLine> = card.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        lines.extend(section.items.iter().map(|item| ("", item)));
        waiting.extend(section.sections.iter().rev());
    }
    lines.extend(card.bonus_items.iter().map(|item| ("", item)));
    lines.extend(card.deduction_items.iter().map(|item| ("-", item)));
    lines
}

/// How it came to its points, the rule, and the next step, as sentences on one line.
fn explanation(item: &ItemLine, lang: Lang) -> String {
    let note = item.note.as_ref().map(|note| note.get(lang));
    let next = item.next.as_ref().map(|next| next.wording.get(lang));
    sentences([note, Some(item.rule.get(lang)), next], lang)
}

/// Phrases as sentences on one line.
pub(super) fn sentences<'a>(
    phrases: impl IntoIterator<Item = Option<&'a str>>,
    lang: Lang,
) -> String {
    let stop = lang.pick("。", ".");
    let mut text = String::new();
    for phrase in phrases.into_iter().flatten() {
        let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
        if phrase.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(lang.pick("", " "));
        }
        text.push_str(&phrase);
        if !phrase.ends_with(stop) {
            text.push_str(stop);
        }
    }
    text
}
