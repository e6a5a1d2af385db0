//! `gaps.csv`: where points are lost, and what stands before the next grade.

use std::io::{self, Write};

use dabiao::explain::{Gap, Gaps, Short, Shortfall};
use dabiao::{Lang, Scores};

use super::cells::Rows;
use super::scores::text;

/// Writes `gaps.csv`: `code`, `kind`, `subject`, `value`, `points`, `mark`, `lost`, `gain`,
/// `explanation`; communities in the order of their codes.
///
/// First comes what stands between a community and the next better grade: one row `grade` with
/// the grade's id and all of it in words, then one for each mark that is not reached, `total`,
/// `total-before-bonus`, `part` (a section or an item) or `sections` (a number of sections, then
/// a `part` for each that is below), with the published points, the mark and what is wanting,
/// and one for each `veto`. Then its items (`item`) that lose points, those that cost the total
/// most first: the value, the points, full marks, what is lost, and what the next step gains.
///
/// # Errors
/// Those of `out`.
pub fn write_gaps(scores: &Scores, lang: Lang, out: impl Write) -> io::Result<()> {
    let mut rows = Rows::new(out);
    rows.row(GAPS_HEADING)?;
    let explainer = scores.explainer().in_language(lang);
    for row in 0..scores.len() {
        if let Some(gaps) = explainer.gaps(row) {
            for cells in gap_rows(&gaps, lang) {
                rows.row(cells)?;
            }
        }
    }
    rows.finish()
}

/// The columns of `gaps.csv`.
pub const GAPS_HEADING: [&str; 9] = [
    "code",
    "kind",
    "subject",
    "value",
    "points",
    "mark",
    "lost",
    "gain",
    "explanation",
];

/// The rows of one community in `gaps.csv`.
#[must_use]
pub fn gap_rows(gaps: &Gaps, lang: Lang) -> Vec<[String; 9]> {
    let mut rows = Vec::new();
    let row = |kind: &str, subject: &str| {
        let mut cells: [String; 9] = Default::default();
        let [code, kinds, subjects, ..] = &mut cells;
        (*code, *kinds, *subjects) = (gaps.code.clone(), kind.to_owned(), subject.to_owned());
        cells
    };
    let short = |kind: &str, subject: &str, by: &Short| {
        let mut cells = row(kind, subject);
        let [_, _, _, _, points, mark, lost, ..] = &mut cells;
        (*points, *mark, *lost) = (
            by.points.to_string(),
            by.mark.to_string(),
            by.short.to_string(),
        );
        cells
    };
    if let Some(next) = &gaps.next_grade {
        let mut cells = row("grade", &next.grade.code);
        let [.., explanation] = &mut cells;
        *explanation = next.wording.get(lang).to_owned();
        rows.push(cells);
        for shortfall in &next.shortfalls {
            match shortfall {
                Shortfall::Total(by) => rows.push(short("total", "", by)),
                Shortfall::TotalBeforeBonus(by) => rows.push(short("total-before-bonus", "", by)),
                Shortfall::Part(part) => rows.push(short("part", &part.code, &part.by)),
                Shortfall::Sections {
                    reached,
                    needed,
                    below,
                } => {
                    let mut cells = row("sections", "");
                    let [_, _, _, _, points, mark, lost, ..] = &mut cells;
                    (*points, *mark, *lost) = (
                        reached.to_string(),
                        needed.to_string(),
                        needed.saturating_sub(*reached).to_string(),
                    );
                    rows.push(cells);
                    rows.extend(below.iter().map(|part| short("part", &part.code, &part.by)));
                }
            }
        }
        for veto in &next.vetoes {
            let mut cells = row("veto", &veto.code);
            let [.., explanation] = &mut cells;
            *explanation = veto.wording.get(lang).to_owned();
            rows.push(cells);
        }
    }
    rows.extend(gaps.items.iter().map(|gap| item(&gaps.code, gap, lang)));
    rows
}

fn item(code: &str, gap: &Gap, lang: Lang) -> [String; 9] {
    let next = gap.next.as_ref();
    [
        code.to_owned(),
        "item".to_owned(),
        gap.code.clone(),
        text(gap.value.as_ref().map(|value| value.shown.get(lang))),
        gap.points.to_string(),
        gap.full.to_string(),
        gap.lost.to_string(),
        text(next.and_then(|next| next.gain)),
        text(next.map(|next| next.wording.get(lang))),
    ]
}
