//! Results of scores as tables: items, gaps, losses, movements, groups, a selection.

use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, Float64Array, StringArray, UInt32Array, UInt64Array};
use dabiao::campaign::{CampaignResult, GroupScore};
use dabiao::explain::{Gaps, ItemLine, Loss, Scorecard, SectionLine, Short, Shortfall};
use dabiao::{Lang, Points, Scores, Text};
use pyo3::prelude::*;

use crate::errors::Problem;
use crate::frame::arrow_error;
use crate::table::PyTable;
use crate::watch::Watch;

pub(crate) type Column<'a> = (&'a str, bool, ArrayRef);

pub(crate) fn texts(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

pub(crate) fn counts(values: impl IntoIterator<Item = usize>) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(
        values.into_iter().map(|count| count as u64),
    ))
}

pub(crate) fn ranks(values: impl IntoIterator<Item = Option<u32>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<UInt32Array>())
}

fn floats(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

/// Points as exact decimals, with the most digits that any of them has, and at least `decimals`.
pub(crate) fn points(
    values: impl IntoIterator<Item = Option<Points>>,
    decimals: u8,
) -> PyResult<ArrayRef> {
    let values: Vec<Option<Points>> = values.into_iter().collect();
    let most = values
        .iter()
        .flatten()
        .map(|points| points.decimals())
        .max();
    let decimals = most.unwrap_or(decimals).max(decimals);
    let scaled = values.into_iter().map(|points| {
        points.map(|points| {
            let more = u32::from(decimals - points.decimals());
            i128::from(points.scaled()) * 10i128.pow(more)
        })
    });
    let array: Decimal128Array = scaled.collect();
    let array = array.with_precision_and_scale(38, decimals as i8);
    Ok(Arc::new(array.map_err(arrow_error)?))
}

pub(crate) fn decimals_of(scores: &Scores) -> u8 {
    scores.standard().document().decimals
}

/// The items of a card's sections, in the order of the standard.
pub(crate) fn lines_of(card: &Scorecard) -> Vec<&ItemLine> {
    let mut lines = Vec::new();
    let mut waiting: Vec<&SectionLine> = card.sections.iter().rev().collect();
    while let Some(section) = waiting.pop() {
        lines.extend(&section.items);
        waiting.extend(section.sections.iter().rev());
    }
    lines
}

/// The items of a card, bonuses and deductions last, each with the sign of its points.
fn lines(card: &Scorecard) -> impl Iterator<Item = (i64, &ItemLine)> {
    let gains = lines_of(card).into_iter().chain(&card.bonus_items);
    let losses = card.deduction_items.iter().map(|item| (-1, item));
    gains.map(|item| (1, item)).chain(losses)
}

/// One row an item of a community, explained.
pub(crate) fn items(
    scores: &Scores,
    rows: &[usize],
    lang: Lang,
    watch: &Watch,
) -> Result<PyTable, Problem> {
    let explainer = scores.explainer();
    let (mut codes, mut items, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (mut earned, mut lost, mut notes, mut next) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (done, row) in rows.iter().enumerate() {
        watch.row(done, rows.len())?;
        let Some(card) = explainer.card(*row) else {
            continue;
        };
        for (sign, item) in lines(&card) {
            codes.push(Some(card.code.clone()));
            items.push(Some(item.code.clone()));
            values.push(
                item.value
                    .as_ref()
                    .map(|value| value.shown.get(lang).to_owned()),
            );
            let signed = |points: Points| Points::new(sign * points.scaled(), points.decimals());
            earned.push(item.points.map(signed));
            lost.push(item.lost);
            notes.push(item.note.as_ref().map(|note| note.get(lang).to_owned()));
            next.push(
                item.next
                    .as_ref()
                    .map(|next| next.wording.get(lang).to_owned()),
            );
        }
    }
    let decimals = decimals_of(scores);
    let columns: Vec<Column<'_>> = vec![
        ("code", false, texts(codes)),
        ("item", false, texts(items)),
        ("value", true, texts(values)),
        ("points", true, points(earned, decimals)?),
        ("lost", true, points(lost, decimals)?),
        ("note", true, texts(notes)),
        ("next", true, texts(next)),
    ];
    watch.row(rows.len(), rows.len())?;
    Ok(PyTable::new("items", columns)?)
}

/// The items that lose points, of each community those that cost the total most first.
pub(crate) fn gaps(
    scores: &Scores,
    rows: &[usize],
    lang: Lang,
    watch: &Watch,
) -> Result<PyTable, Problem> {
    let explainer = scores.explainer();
    let mut found: Vec<Gaps> = Vec::with_capacity(rows.len());
    for (done, row) in rows.iter().enumerate() {
        watch.row(done, rows.len())?;
        found.extend(explainer.gaps(*row));
    }
    let all = || {
        found
            .iter()
            .flat_map(|gaps| gaps.items.iter().map(move |gap| (gaps, gap)))
    };
    let said = |text: &Text| text.get(lang).to_owned();
    let decimals = decimals_of(scores);
    let full = |gap: &dabiao::explain::Gap| {
        let (points, lost) = (gap.points, gap.lost);
        Points::new(points.scaled() + lost.scaled(), points.decimals())
    };
    let table = PyTable::new(
        "gaps",
        vec![
            (
                "code",
                false,
                texts(all().map(|(gaps, _)| Some(gaps.code.clone()))),
            ),
            (
                "name",
                true,
                texts(all().map(|(gaps, _)| gaps.name.clone())),
            ),
            (
                "item",
                false,
                texts(all().map(|(_, gap)| Some(gap.code.clone()))),
            ),
            (
                "title",
                false,
                texts(all().map(|(_, gap)| Some(said(&gap.title)))),
            ),
            (
                "section",
                false,
                texts(all().map(|(_, gap)| Some(gap.section.clone()))),
            ),
            (
                "value",
                true,
                texts(all().map(|(_, gap)| gap.value.as_ref().map(|value| said(&value.shown)))),
            ),
            (
                "points",
                false,
                points(all().map(|(_, gap)| Some(gap.points)), decimals)?,
            ),
            (
                "full",
                false,
                points(all().map(|(_, gap)| Some(full(gap))), decimals)?,
            ),
            (
                "lost",
                false,
                points(all().map(|(_, gap)| Some(gap.lost)), decimals)?,
            ),
            (
                "gain",
                true,
                points(
                    all().map(|(_, gap)| gap.next.as_ref().and_then(|n| n.gain)),
                    decimals,
                )?,
            ),
            (
                "next",
                true,
                texts(all().map(|(_, gap)| gap.next.as_ref().map(|next| said(&next.wording)))),
            ),
        ],
    )?;
    watch.row(rows.len(), rows.len())?;
    Ok(table)
}

/// What stands between each community and the next better grade, a row a mark or a veto.
pub(crate) fn next_grades(
    scores: &Scores,
    rows: &[usize],
    lang: Lang,
    watch: &Watch,
) -> Result<PyTable, Problem> {
    struct Row {
        code: String,
        grade: String,
        kind: &'static str,
        subject: Option<String>,
        by: Option<Short>,
        wording: Option<String>,
    }
    let explainer = scores.explainer();
    let mut found: Vec<Row> = Vec::new();
    for (done, row) in rows.iter().enumerate() {
        watch.row(done, rows.len())?;
        let Some(gaps) = explainer.gaps(*row) else {
            continue;
        };
        let Some(next) = gaps.next_grade else {
            continue;
        };
        let mut push = |kind, subject: Option<&str>, by: Option<Short>, wording: Option<&Text>| {
            found.push(Row {
                code: gaps.code.clone(),
                grade: next.grade.code.clone(),
                kind,
                subject: subject.map(str::to_owned),
                by,
                wording: wording.map(|text| text.get(lang).to_owned()),
            });
        };
        push("grade", None, None, Some(&next.wording));
        for shortfall in &next.shortfalls {
            match shortfall {
                Shortfall::Total(by) => push("total", None, Some(*by), None),
                Shortfall::TotalBeforeBonus(by) => {
                    push("total_before_bonus", None, Some(*by), None);
                }
                Shortfall::Part(part) => push("part", Some(&part.code), Some(part.by), None),
                Shortfall::Sections { below, .. } => {
                    for part in below {
                        push("sections", Some(&part.code), Some(part.by), None);
                    }
                }
            }
        }
        for veto in &next.vetoes {
            push("veto", Some(&veto.code), None, Some(&veto.wording));
        }
    }
    let decimals = decimals_of(scores);
    let by = |of: fn(&Short) -> Points| {
        let values = found.iter().map(|row| row.by.as_ref().map(of));
        points(values, decimals)
    };
    let columns: Vec<Column<'_>> = vec![
        (
            "code",
            false,
            texts(found.iter().map(|row| Some(row.code.clone()))),
        ),
        (
            "grade",
            false,
            texts(found.iter().map(|row| Some(row.grade.clone()))),
        ),
        (
            "kind",
            false,
            texts(found.iter().map(|row| Some(row.kind.to_owned()))),
        ),
        (
            "subject",
            true,
            texts(found.iter().map(|row| row.subject.clone())),
        ),
        ("points", true, by(|short| short.points)?),
        ("mark", true, by(|short| short.mark)?),
        ("short", true, by(|short| short.short)?),
        (
            "wording",
            true,
            texts(found.iter().map(|row| row.wording.clone())),
        ),
    ];
    watch.row(rows.len(), rows.len())?;
    Ok(PyTable::new("next grades", columns)?)
}

/// Points lost by item or by section over some communities.
pub(crate) fn losses(scores: &Scores, rows: &[usize], sections: bool) -> PyResult<PyTable> {
    let losses = scores.losses(rows.iter().copied());
    let found: &[Loss] = if sections {
        &losses.sections
    } else {
        &losses.items
    };
    let title = |lang: Lang| texts(found.iter().map(|l| Some(l.title.get(lang).to_owned())));
    let mean = points(found.iter().map(|l| Some(l.mean_lost)), decimals_of(scores))?;
    PyTable::new(
        "losses",
        vec![
            (
                "code",
                false,
                texts(found.iter().map(|l| Some(l.code.clone()))),
            ),
            ("title_zh", false, title(Lang::Zh)),
            ("title_en", false, title(Lang::En)),
            ("full", false, floats(found.iter().map(|l| l.full.to_f64()))),
            ("lost", false, floats(found.iter().map(|l| l.lost.to_f64()))),
            ("mean_lost", false, mean),
            ("counted", false, counts(found.iter().map(|l| l.counted))),
            ("at_full", false, counts(found.iter().map(|l| l.at_full))),
        ],
    )
}

/// How communities moved from an earlier result to a later one.
pub(crate) fn movements(later: &Scores, earlier: &Scores) -> PyResult<PyTable> {
    let moved = later.compare(earlier);
    let decimals = decimals_of(later);
    let codes = |movement: &dabiao::campaign::Movement| {
        let codes: Vec<&str> = movement
            .items
            .iter()
            .map(|item| item.code.as_str())
            .collect();
        codes.join(";")
    };
    PyTable::new(
        "movements",
        vec![
            (
                "code",
                false,
                texts(moved.iter().map(|m| Some(m.code.clone()))),
            ),
            (
                "total_earlier",
                true,
                points(moved.iter().map(|m| m.totals.0), decimals)?,
            ),
            (
                "total",
                true,
                points(moved.iter().map(|m| m.totals.1), decimals)?,
            ),
            (
                "change",
                true,
                points(moved.iter().map(|m| m.total), decimals)?,
            ),
            (
                "grade_earlier",
                true,
                texts(moved.iter().map(|m| m.grades.0.clone())),
            ),
            (
                "grade",
                true,
                texts(moved.iter().map(|m| m.grades.1.clone())),
            ),
            ("rank_earlier", true, ranks(moved.iter().map(|m| m.ranks.0))),
            ("rank", true, ranks(moved.iter().map(|m| m.ranks.1))),
            ("items", false, texts(moved.iter().map(|m| Some(codes(m))))),
        ],
    )
}

/// The items whose points differ between two results.
pub(crate) fn item_movements(later: &Scores, earlier: &Scores) -> PyResult<PyTable> {
    let moved = later.compare(earlier);
    let decimals = decimals_of(later);
    let all = || {
        moved
            .iter()
            .flat_map(|m| m.items.iter().map(move |item| (&m.code, item)))
    };
    PyTable::new(
        "item movements",
        vec![
            (
                "code",
                false,
                texts(all().map(|(code, _)| Some(code.clone()))),
            ),
            (
                "item",
                false,
                texts(all().map(|(_, item)| Some(item.code.clone()))),
            ),
            (
                "points_earlier",
                true,
                points(all().map(|(_, i)| i.points.0), decimals)?,
            ),
            (
                "points",
                true,
                points(all().map(|(_, i)| i.points.1), decimals)?,
            ),
            (
                "change",
                true,
                points(all().map(|(_, i)| i.difference), decimals)?,
            ),
        ],
    )
}

/// The groups of communities that share an attribute.
pub(crate) fn groups(scores: &Scores, attribute: &str) -> PyResult<PyTable> {
    group_table(scores, attribute, &scores.groups(attribute, None))
}

pub(crate) fn group_table(
    scores: &Scores,
    attribute: &str,
    found: &[GroupScore],
) -> PyResult<PyTable> {
    let decimals = decimals_of(scores);
    let mut columns: Vec<Column<'_>> = vec![
        (
            attribute,
            false,
            texts(found.iter().map(|g| Some(g.key.clone()))),
        ),
        (
            "communities",
            false,
            counts(found.iter().map(|g| g.communities)),
        ),
        ("scored", false, counts(found.iter().map(|g| g.scored))),
        (
            "mean",
            true,
            points(found.iter().map(|g| g.mean), decimals)?,
        ),
        ("rank", true, ranks(found.iter().map(|g| g.rank))),
    ];
    let document = scores.standard().document();
    for (at, grade) in document.grades.iter().enumerate() {
        let held = found
            .iter()
            .map(|g| g.grades.get(at).map_or(0, |(_, count)| *count));
        columns.push((&grade.id, false, counts(held)));
    }
    columns.push(("ungraded", false, counts(found.iter().map(|g| g.ungraded))));
    let parts: Vec<String> = found
        .first()
        .map(|g| g.parts.iter().map(|(code, _)| code.clone()).collect())
        .unwrap_or_default();
    for (at, code) in parts.iter().enumerate() {
        let means = found
            .iter()
            .map(|g| g.parts.get(at).and_then(|(_, mean)| *mean));
        columns.push((code, true, points(means, decimals)?));
    }
    PyTable::new("groups", columns)
}

/// The items that two phases have marked for one community.
pub(crate) fn differences(result: &CampaignResult) -> PyResult<PyTable> {
    let found = result.differences();
    let codes = result.scores.codes();
    let code = |row: usize| codes.get(row).map(str::to_owned);
    let phase = |at: usize| result.phases.get(at).map(|phase| phase.id.clone());
    let decimals = decimals_of(&result.scores);
    PyTable::new(
        "differences",
        vec![
            ("code", true, texts(found.iter().map(|d| code(d.row)))),
            (
                "item",
                false,
                texts(found.iter().map(|d| Some(d.item.clone()))),
            ),
            ("from", true, texts(found.iter().map(|d| phase(d.from)))),
            ("to", true, texts(found.iter().map(|d| phase(d.to)))),
            (
                "earlier",
                false,
                points(found.iter().map(|d| Some(d.earlier)), decimals)?,
            ),
            (
                "later",
                false,
                points(found.iter().map(|d| Some(d.later)), decimals)?,
            ),
            (
                "difference",
                false,
                points(found.iter().map(|d| Some(d.difference)), decimals)?,
            ),
        ],
    )
}

/// The units without a value, which a phase left out of their community's.
pub(crate) fn left_out(result: &CampaignResult) -> PyResult<PyTable> {
    let all = || {
        let phases = result.phases.iter();
        phases.flat_map(|phase| phase.left_out.iter().map(move |unit| (&phase.id, unit)))
    };
    let columns: Vec<Column<'_>> = vec![
        (
            "phase",
            false,
            texts(all().map(|(phase, _)| Some(phase.clone()))),
        ),
        (
            "community",
            false,
            texts(all().map(|(_, unit)| Some(unit.community.clone()))),
        ),
        (
            "unit",
            false,
            texts(all().map(|(_, unit)| Some(unit.unit.clone()))),
        ),
        (
            "what",
            false,
            texts(all().map(|(_, unit)| Some(unit.what.clone()))),
        ),
    ];
    PyTable::new("left out", columns)
}
