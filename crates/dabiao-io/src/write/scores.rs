//! `scores.csv`: one row a community.

use std::io::{self, Write};

use dabiao::Scores;
use dabiao::standard::document::{Document, Section};

use super::cells::Rows;

/// Writes `scores.csv`: one row a community, in the order of their codes.
///
/// The columns are `code`; `name` and `district` where the table has them; `total`, `bonus`,
/// `grade` (its id), `rank`; `vetoes`, `missing` and `flags`, codes joined by `;`; then each
/// section and each item, headed by its code, in the order of the standard. A blank among the
/// points is what was excluded; a blank total, grade or rank is that there is none.
///
/// # Errors
/// Those of `out`.
pub fn write_scores(scores: &Scores, out: impl Write) -> io::Result<()> {
    let attributes: Vec<(&str, &[String])> = ["name", "district"]
        .into_iter()
        .filter_map(|name| Some((name, scores.observations().attribute(name)?)))
        .collect();
    let parts = parts_of(scores.standard().document());
    let mut rows = Rows::new(out);
    let mut heading = vec!["code"];
    heading.extend(attributes.iter().map(|(name, _)| *name));
    heading.extend([
        "total", "bonus", "grade", "rank", "vetoes", "missing", "flags",
    ]);
    heading.extend(&parts);
    rows.row(heading)?;
    for (row, code) in scores.codes().iter().enumerate() {
        let mut cells = vec![code.clone()];
        let texts = attributes.iter().map(|(_, values)| values.get(row));
        cells.extend(texts.map(|text| text.cloned().unwrap_or_default()));
        cells.push(text(scores.total(row)));
        cells.push(text(scores.bonus(row)));
        cells.push(text(scores.grade(row).map(|grade| &grade.id)));
        cells.push(text(scores.rank(row)));
        cells.push(joined(scores.vetoes(row)));
        cells.push(joined(scores.missing(row)));
        cells.push(joined(scores.flags(row).iter().map(|flag| flag.as_str())));
        cells.extend(parts.iter().map(|part| text(scores.points_of(part, row))));
        rows.row(cells)?;
    }
    rows.finish()
}

/// The codes of sections and items in the order of the standard: a section, its items, its
/// sections.
pub(crate) fn parts_of(document: &Document) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut waiting: Vec<&Section> = document.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        parts.push(section.id.as_str());
        parts.extend(section.items.iter().map(|item| item.id.as_str()));
        waiting.extend(section.sections.iter().rev());
    }
    parts
}

/// The codes of the items in the order of the standard.
pub(crate) fn items_of(document: &Document) -> Vec<&str> {
    let mut items = Vec::new();
    let mut waiting: Vec<&Section> = document.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        items.extend(section.items.iter().map(|item| item.id.as_str()));
        waiting.extend(section.sections.iter().rev());
    }
    items
}

pub(crate) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(crate) fn joined<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    codes.collect::<Vec<_>>().join(";")
}
