//! Each community's card.

use dabiao::explain::{BoxAnswer, Explainer, ItemLine, Scorecard, SectionLine};
use dabiao::{Flag, Points, Rational};
use serde::Serialize;

use super::overview::key_of;
use super::texts::{TextId, Texts};
use super::{Gather, PartOf, Which, attribute, row_of, text};

/// A part, the points that it loses, the next step.
type Gap = (usize, String, Option<TextId>);

/// One community. Lists by part hold a place among the parts first.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Card {
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Among the districts and the streets.
    #[serde(skip_serializing_if = "Option::is_none")]
    district: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<usize>,
    total: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    before: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    bonus: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    deductions: String,
    rank: Option<u32>,
    /// Among the grades.
    grade: Option<usize>,
    /// Before vetoes, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    earned: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<&'static str>,
    /// The points of all parts.
    points: String,
    /// The next better grade, and what stands between.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<(usize, TextId)>,
    /// Code, title, whether it holds, wording.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vetoes: Vec<(String, TextId, bool, TextId)>,
    /// The titles of measures that are blank.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<TextId>,
    /// What was observed, by part.
    values: Vec<(usize, TextId)>,
    /// What there is to say besides, by part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<(usize, TextId)>,
    /// Points lost by part, and the next step; what costs the total most first.
    gaps: Vec<Gap>,
    /// The answers of boxes by part: 1 ticked, 0 not, ? blank, - does not apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    boxes: Vec<(usize, String)>,
    /// By part: what each check counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<(usize, Vec<String>)>,
    /// By phase: the points of the items that it has marked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phases: Vec<String>,
}

pub(crate) fn cards(
    gather: &mut Gather<'_>,
    explainer: &Explainer<'_>,
    districts: Vec<&str>,
    streets: Vec<&str>,
) -> Vec<Card> {
    let standard = gather.standard;
    let worths: Vec<Rational> = gather
        .parts
        .iter()
        .map(|part| standard.worth_of(part.code).unwrap_or_default())
        .collect();
    let rows = 0..gather.scores.len();
    rows.filter_map(|row| {
        let held = explainer.card(row)?;
        let mut card = head(gather, &held, row);
        card.district = place(gather, &districts, "district", row);
        card.street = place(gather, &streets, "street", row);
        Filling {
            parts: &gather.parts,
            places: &gather.places,
            texts: &mut gather.texts,
            worths: &worths,
        }
        .fill(&mut card, &held);
        card.phases = phases(gather, row);
        Some(card)
    })
    .collect()
}

fn place(gather: &Gather<'_>, groups: &[&str], kind: &str, row: usize) -> Option<usize> {
    let key = key_of(gather.scores, kind, row);
    groups.iter().position(|group| *group == key)
}

fn head(gather: &mut Gather<'_>, held: &Scorecard, row: usize) -> Card {
    let scores = gather.scores;
    let document = gather.standard.document();
    let grade = |code: &str| document.grades.iter().position(|grade| grade.id == code);
    let holds = |extra: &Option<Points>| extra.filter(|points| points.scaled() != 0);
    let earned = held
        .grade_earned
        .as_ref()
        .filter(|_| held.grade != held.grade_earned);
    let next = held.next_grade.as_ref();
    let plain = document.bonus.is_empty() && document.deductions.is_empty();
    let texts = &mut gather.texts;
    Card {
        code: held.code.clone(),
        name: attribute(scores, "name", row).map(str::to_owned),
        total: text(held.total),
        before: match plain {
            true => String::new(),
            false => text(held.total_before_bonus),
        },
        bonus: text(holds(&held.bonus)),
        deductions: text(holds(&held.deductions)),
        rank: held.rank,
        grade: held.grade.as_ref().and_then(|held| grade(&held.code)),
        earned: earned.and_then(|held| grade(&held.code)),
        flags: scores.flags(row).into_iter().map(Flag::as_str).collect(),
        points: row_of(
            gather
                .parts
                .iter()
                .map(|part| shown_points(part, scores.points_of(part.code, row))),
        ),
        next: next.and_then(|gap| Some((grade(&gap.grade.code)?, texts.add(&gap.wording)))),
        vetoes: held
            .vetoes
            .iter()
            .map(|veto| {
                let (title, wording) = (texts.add(&veto.title), texts.add(&veto.wording));
                (veto.code.clone(), title, veto.holds, wording)
            })
            .collect(),
        missing: held
            .missing
            .iter()
            .map(|line| texts.add(&line.title))
            .collect(),
        ..Card::default()
    }
}

/// A bonus or deduction that came to nothing is left out.
fn shown_points(part: &PartOf<'_>, points: Option<Points>) -> Option<Points> {
    match part.what {
        Which::Section(_) | Which::Item(_) => points,
        Which::Bonus(_) | Which::Deduction(_) => points.filter(|held| held.scaled() != 0),
    }
}

/// The points that each phase gave, item by item in the order of the parts.
fn phases(gather: &Gather<'_>, row: usize) -> Vec<String> {
    let Some((.., result)) = gather.source.campaign else {
        return Vec::new();
    };
    if result.phases.len() < 2 {
        return Vec::new();
    }
    let of = |phase: &dabiao::campaign::PhaseResult| {
        let items = gather
            .parts
            .iter()
            .filter(|part| matches!(part.what, Which::Item(_)));
        row_of(items.map(|part| {
            let marked = phase.has_marked(part.code, row);
            marked
                .then(|| phase.scores.points_of(part.code, row))
                .flatten()
        }))
    };
    result.phases.iter().map(of).collect()
}

/// What a card's lines become.
struct Filling<'g, 'a> {
    parts: &'g [PartOf<'a>],
    places: &'g std::collections::HashMap<&'a str, usize>,
    texts: &'g mut Texts,
    worths: &'g [Rational],
}

impl Filling<'_, '_> {
    fn fill(mut self, card: &mut Card, held: &Scorecard) {
        let mut lost = Vec::new();
        let mut waiting: Vec<&SectionLine> = held.sections.iter().rev().collect();
        while let Some(section) = waiting.pop() {
            for item in &section.items {
                self.item(card, item, &mut lost);
            }
            waiting.extend(section.sections.iter().rev());
        }
        for item in held.bonus_items.iter().chain(&held.deduction_items) {
            self.item(card, item, &mut Vec::new());
        }
        // Stable: of equal ones the first of the standard stays first.
        lost.sort_by(|a, b| b.0.cmp(&a.0));
        card.gaps = lost.into_iter().map(|(_, gap)| gap).collect();
    }

    fn item(&mut self, card: &mut Card, item: &ItemLine, lost: &mut Vec<(Rational, Gap)>) {
        let Some(part) = self.places.get(item.code.as_str()).copied() else {
            return;
        };
        debug_assert!(part < self.parts.len());
        if let Some(value) = &item.value {
            card.values.push((part, self.texts.add(&value.shown)));
        }
        if let Some(note) = self.texts.add_some(item.note.as_ref()) {
            card.notes.push((part, note));
        }
        if !item.boxes.is_empty() {
            let answers = item.boxes.iter().map(|line| match line.answer {
                BoxAnswer::Met => '1',
                BoxAnswer::Unmet => '0',
                BoxAnswer::Blank => '?',
                BoxAnswer::NotApplicable => '-',
            });
            card.boxes.push((part, answers.collect()));
        }
        if !item.checks.is_empty() {
            let points = item.checks.iter().map(|check| {
                let points = check.points.as_ref();
                points.map_or("-".to_owned(), |points| points.display(6))
            });
            card.checks.push((part, points.collect()));
        }
        if let Some(points) = item.lost.filter(|points| points.scaled() > 0) {
            let worth = self.worths.get(part).cloned().unwrap_or_default();
            let step = item.next.as_ref();
            let step = step.map(|step| self.texts.add(&step.wording));
            let gap = (part, points.to_string(), step);
            lost.push((&points.exact() * &worth, gap));
        }
    }
}
