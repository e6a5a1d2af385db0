//! `scores.csv`: one row a community.

use std::io::{self, Write};
use std::ops::{ControlFlow, Range};

use dabiao::standard::document::{Document, Section};
use dabiao::{Flag, Points, PointsColumn, PointsOf, Scores};

use super::cells::{Rows, push_cell};
use crate::ordered::in_order;

/// Rows that are written together.
const BLOCK: usize = 8192;

/// Writes `scores.csv`: one row a community, in the order of their codes.
///
/// The columns are `code`; `name` and `district` where the table has them; `total`, `bonus`,
/// `grade` (its id), `rank`; `vetoes`, `missing` and `flags`, codes joined by `;`; then each
/// section and each item, headed by its code, in the order of the standard. A blank among the
/// points is what was excluded; a blank total, grade or rank is that there is none.
///
/// Rows are put into words on as many threads as the scores were computed on.
///
/// # Errors
/// Those of `out`.
pub fn write_scores(scores: &Scores, out: impl Write) -> io::Result<()> {
    let mut rows = Rows::new(out);
    rows.row(scores_heading(scores))?;
    scores_rows(scores, &mut rows)?;
    rows.finish()
}

/// The attributes that stand beside the scores.
const ATTRIBUTES: [&str; 2] = ["name", "district"];

/// The heading of `scores.csv`.
pub(crate) fn scores_heading(scores: &Scores) -> Vec<&str> {
    let mut heading = vec!["code"];
    let attributes = ATTRIBUTES.into_iter();
    heading.extend(attributes.filter(|name| scores.observations().attribute(name).is_some()));
    heading.extend([
        "total", "bonus", "grade", "rank", "vetoes", "missing", "flags",
    ]);
    heading.extend(parts_of(scores.standard().document()));
    heading
}

/// The rows of `scores.csv` under its heading.
pub(crate) fn scores_rows<W: Write>(scores: &Scores, rows: &mut Rows<W>) -> io::Result<()> {
    let columns = ScoreColumns::new(scores);
    let mut state = (rows, Vec::<Vec<u8>>::new(), 0, Ok(()));
    // A table that fits into one block is not worth a thread.
    let threads = match scores.len() <= BLOCK {
        true => 1,
        false => scores.threads(),
    };
    in_order(
        threads,
        &mut state,
        |(_, spare, next, _)| {
            let from = *next;
            *next = (from + BLOCK).min(scores.len());
            (from < *next).then(|| (from..*next, spare.pop().unwrap_or_default()))
        },
        |(range, mut text)| {
            columns.write(range, &mut text);
            text
        },
        |(rows, spare, _, done), mut text| {
            *done = rows.rows(&text);
            text.clear();
            spare.push(text);
            match done {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        },
    );
    state.3
}

/// What is looked up once for all rows.
struct ScoreColumns<'s> {
    scores: &'s Scores,
    attributes: Vec<&'s [String]>,
    total: Option<PointsColumn<'s>>,
    bonus: Option<PointsColumn<'s>>,
    grades: Vec<Vec<u8>>,
    parts: Vec<Option<PointsColumn<'s>>>,
    words: Words,
}

impl<'s> ScoreColumns<'s> {
    fn new(scores: &'s Scores) -> ScoreColumns<'s> {
        let standard = scores.standard();
        let attributes = ATTRIBUTES.into_iter();
        let (sections, items) = (standard.sections(), standard.items());
        let part = |code: &str| {
            let section = sections.iter().position(|held| held.id == code);
            let item = || items.iter().position(|held| held.id == code);
            let part = match section {
                Some(section) => PointsOf::Section(section),
                None => PointsOf::Item(item()?),
            };
            scores.column(part)
        };
        let grade = |id: &str| {
            let mut text = Vec::new();
            push_cell(id, &mut text);
            text
        };
        let parts = parts_of(standard.document()).into_iter();
        let grades = standard.document().grades.iter();
        ScoreColumns {
            scores,
            attributes: attributes
                .filter_map(|name| scores.observations().attribute(name))
                .collect(),
            total: scores.column(PointsOf::Total),
            bonus: scores.column(PointsOf::AllBonuses),
            grades: grades.map(|held| grade(&held.id)).collect(),
            words: Words::of(
                scores
                    .column(PointsOf::AllBonuses)
                    .map_or(0, |all| all.decimals()),
            ),
            parts: parts.map(part).collect(),
        }
    }

    fn write(&self, rows: Range<usize>, out: &mut Vec<u8>) {
        for row in rows {
            self.row(row, out);
        }
    }

    fn row(&self, row: usize, out: &mut Vec<u8>) {
        let scores = self.scores;
        push_cell(&scores.codes()[row], out);
        for values in &self.attributes {
            out.push(b',');
            push_cell(values.get(row).map_or("", String::as_str), out);
        }
        for column in [&self.total, &self.bonus] {
            out.push(b',');
            push_points(column.and_then(|column| column.get(row)), out);
        }
        out.push(b',');
        let grade = scores.grade_index(row).and_then(|at| self.grades.get(at));
        out.extend_from_slice(grade.map_or(&[], Vec::as_slice));
        out.push(b',');
        if let Some(rank) = scores.rank(row) {
            push_number(u64::from(rank), 1, out);
        }
        out.push(b',');
        push_joined(scores.vetoes(row), out);
        out.push(b',');
        push_joined(scores.missing(row), out);
        out.push(b',');
        let flags = FLAGS.into_iter().filter(|flag| scores.has_flag(*flag, row));
        push_joined(flags.map(Flag::as_str), out);
        for column in &self.parts {
            self.words
                .push(column.and_then(|column| column.get(row)), out);
        }
        out.push(b'\n');
    }
}

/// In the order of [`Scores::flags`].
const FLAGS: [Flag; 4] = [
    Flag::Provisional,
    Flag::Imputed,
    Flag::GradeTaken,
    Flag::NoTotal,
];

/// The most points that are looked up, in their units.
const LOOKED_UP: i64 = 10_000;

/// Points behind a comma, in words: most are few, and come again and again.
struct Words(Vec<[u8; 8]>);

impl Words {
    /// Of so many decimals; none where they take more room.
    fn of(decimals: u8) -> Words {
        let word = |scaled: i64| {
            let mut text = vec![b','];
            push_points(Some(Points::new(scaled, decimals)), &mut text);
            let mut word = [0; 8];
            let (last, held) = word.split_last_mut()?;
            held.get_mut(..text.len())?.copy_from_slice(&text);
            *last = text.len() as u8;
            Some(word)
        };
        let words: Option<Vec<[u8; 8]>> = (0..=LOOKED_UP).map(word).collect();
        Words(words.unwrap_or_default())
    }

    #[inline]
    fn push(&self, points: Option<Points>, out: &mut Vec<u8>) {
        let scaled = points.map(Points::scaled);
        let word = scaled
            .and_then(|scaled| usize::try_from(scaled).ok())
            .and_then(|scaled| self.0.get(scaled));
        match word {
            Some(word) => {
                let [.., length] = *word;
                let start = out.len();
                out.extend_from_slice(word);
                out.truncate(start + usize::from(length));
            }
            None => {
                out.push(b',');
                push_points(points, out);
            }
        }
    }
}

/// Points as [`Points`] prints them.
#[inline]
fn push_points(points: Option<Points>, out: &mut Vec<u8>) {
    let Some(points) = points else { return };
    let scaled = points.scaled();
    if scaled < 0 {
        out.push(b'-');
    }
    let decimals = usize::from(points.decimals());
    push_number(scaled.unsigned_abs(), decimals + 1, out);
    if decimals > 0 {
        out.push(b'.');
        let end = out.len();
        if let Some(digits) = out.get_mut(end - decimals - 1..) {
            digits.rotate_right(1);
        }
    }
}

/// A whole number with so many digits at least.
#[inline]
fn push_number(mut number: u64, least: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 24];
    let mut at = digits.len();
    for place in digits.iter_mut().rev() {
        if number == 0 {
            break;
        }
        *place = b'0' + (number % 10) as u8;
        number /= 10;
        at -= 1;
    }
    let at = at.min(digits.len() - least.min(digits.len()));
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

/// Codes joined by `;`, as one cell.
fn push_joined<'a>(mut codes: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    let Some(first) = codes.next() else { return };
    let mut joined = first.to_owned();
    for code in codes {
        joined.push(';');
        joined.push_str(code);
    }
    push_cell(&joined, out);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_written_as_they_print() {
        for decimals in 0..=6 {
            for scaled in [0, 1, -1, 9, 10, -99, 100, 12_345, i64::MAX, i64::MIN + 1] {
                let points = Points::new(scaled, decimals);
                let mut text = Vec::new();
                push_points(Some(points), &mut text);
                assert_eq!(String::from_utf8(text).unwrap(), points.to_string());
            }
        }
    }

    #[test]
    fn points_that_are_looked_up_are_the_same() {
        for decimals in 0..=6 {
            let words = Words::of(decimals);
            for scaled in (-3..=LOOKED_UP + 3)
                .step_by(7)
                .chain([0, 9_999, 10_000, 10_001])
            {
                let points = Points::new(scaled, decimals);
                let mut text = Vec::new();
                words.push(Some(points), &mut text);
                assert_eq!(String::from_utf8(text).unwrap(), format!(",{points}"));
            }
            let mut text = Vec::new();
            words.push(None, &mut text);
            assert_eq!(text, b",");
        }
    }
}
