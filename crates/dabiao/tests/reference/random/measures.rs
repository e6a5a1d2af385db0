//! The measures of a random standard.

use dabiao::expression::{Condition, Expression};
use dabiao::standard::document::{Document, Item, Measure, MeasureKind, MissingPolicy, Rule};

use super::super::build::{measure, r};
use super::super::card::items_of;
use super::Choices;

/// The measures that any item or condition may use: name, kind, unit, least, greatest.
type Pooled = (
    &'static str,
    MeasureKind,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

const POOL: [Pooled; 19] = [
    ("c0", MeasureKind::Count, None, None, None),
    ("c1", MeasureKind::Count, None, None, Some("1000")),
    ("c2", MeasureKind::Count, Some("%"), None, None),
    ("n0", MeasureKind::Number, None, None, None),
    ("n1", MeasureKind::Number, Some("%"), Some("0"), Some("100")),
    ("n2", MeasureKind::Number, None, Some("0"), None),
    ("n3", MeasureKind::Number, None, Some("-5.5"), Some("1000")),
    ("n4", MeasureKind::Number, Some("\u{2030}"), None, None),
    ("n5", MeasureKind::Number, None, None, None),
    ("p0", MeasureKind::YesNo, None, None, None),
    ("p1", MeasureKind::YesNo, None, None, None),
    ("p2", MeasureKind::YesNo, None, None, None),
    ("p3", MeasureKind::YesNo, None, None, None),
    ("p4", MeasureKind::YesNo, None, None, None),
    ("l0", MeasureKind::Label, None, None, None),
    ("l1", MeasureKind::Label, None, None, None),
    ("l2", MeasureKind::Label, None, None, None),
    ("d0", MeasureKind::Date, None, None, None),
    ("d1", MeasureKind::Date, None, None, None),
];

/// How many measures a table draws cells for.
pub(crate) const SLOTS: usize = POOL.len() + 40;

/// The labels of every label measure, best first.
pub(crate) const LABELS: [&str; 4] = ["优", "良", "中", "差"];

/// The measures of a standard in the making.
pub(crate) struct Measures {
    all: Vec<Measure>,
}

impl Measures {
    pub(crate) fn new(choices: &mut Choices) -> Self {
        let pooled = |(name, kind, unit, least, greatest): &Pooled| {
            let mut measure = measure(name, *kind);
            measure.unit = unit.map(str::to_owned);
            measure.min = least.map(r);
            measure.max = greatest.map(r);
            measure.missing = choices.chance(20).then(|| policy(choices));
            if *kind == MeasureKind::Label {
                measure.labels = LABELS.map(str::to_owned).to_vec();
            }
            measure
        };
        Measures {
            all: POOL.iter().map(pooled).collect(),
        }
    }

    /// One measure of a kind from the pool.
    pub(crate) fn any(&self, choices: &mut Choices, kinds: &[MeasureKind]) -> &Measure {
        let fit = |m: &&Measure| kinds.contains(&m.kind);
        let pool: Vec<&Measure> = self.all[..POOL.len()].iter().filter(fit).collect();
        pool[choices.below(pool.len())]
    }

    pub(crate) fn any_number(&self, choices: &mut Choices) -> &Measure {
        self.any(choices, &[MeasureKind::Count, MeasureKind::Number])
    }

    /// A number that goes both ways without end.
    pub(crate) fn any_unbounded(&self, choices: &mut Choices) -> &Measure {
        let is_unbounded = |m: &&Measure| m.min.is_none() && m.kind == MeasureKind::Number;
        let pool: Vec<&Measure> = self.all[..POOL.len()].iter().filter(is_unbounded).collect();
        pool[choices.below(pool.len())]
    }

    /// A measure of its own for a mark or a count, which has a range of its own.
    pub(crate) fn own(&mut self, choices: &mut Choices, kind: MeasureKind) -> Expression {
        let name = format!("m{}", self.all.len() - POOL.len());
        let mut own = measure(&name, kind);
        own.missing = choices.chance(20).then(|| policy(choices));
        self.all.push(own);
        Expression::Measure(name)
    }

    /// Those that the document uses.
    pub(crate) fn used_by(self, document: &Document) -> Vec<Measure> {
        let mut used: Vec<&str> = Vec::new();
        visit_measures(document, &mut |name| used.push(name));
        let mut all = self.all;
        all.retain(|measure| used.contains(&measure.name.as_str()));
        all
    }
}

/// Where the cells of a measure are drawn in a row; `at` is its place among all measures.
pub(crate) fn slot(name: &str, at: usize) -> usize {
    let pooled = POOL.iter().position(|(pooled, ..)| *pooled == name);
    let own = || name.strip_prefix('m')?.parse::<usize>().ok();
    pooled.unwrap_or_else(|| POOL.len() + own().unwrap_or(at) % (SLOTS - POOL.len()))
}

/// A policy; the one that stops nearly every run is rare.
pub(crate) fn policy(choices: &mut Choices) -> MissingPolicy {
    use MissingPolicy::{Error, Exclude, Mean, Median, Zero};
    let policies = [
        Zero, Zero, Zero, Exclude, Exclude, Exclude, Mean, Mean, Median, Median,
    ];
    if choices.chance(3) {
        Error
    } else {
        *choices.pick(&policies)
    }
}

/// All items, bonuses and deductions.
pub(crate) fn entries(document: &Document) -> Vec<&Item> {
    let mut entries = items_of(&document.sections);
    entries.extend(document.bonus.iter().chain(&document.deductions));
    entries
}

/// The rules and values of all items and checks.
pub(crate) fn parts(document: &Document) -> Vec<&dabiao::standard::document::Marking> {
    let mut parts = Vec::new();
    for item in entries(document) {
        parts.push(&item.marking);
        if let Rule::Checks(checks) = &item.marking.rule {
            parts.extend(checks.checks.iter().map(|check| &check.marking));
        }
    }
    parts
}

/// All conditions of a document.
pub(crate) fn conditions(document: &Document) -> Vec<&Condition> {
    let mut conditions: Vec<&Condition> = document.vetoes.iter().map(|veto| &veto.when).collect();
    for part in parts(document) {
        let own = [&part.applies, &part.full_marks, &part.no_marks];
        conditions.extend(own.into_iter().flatten());
        if let Rule::Checklist(list) = &part.rule {
            conditions.extend(list.boxes.iter().map(|one| &one.when));
        }
    }
    conditions
}

fn visit_measures<'a>(document: &'a Document, visit: &mut dyn FnMut(&'a str)) {
    for condition in conditions(document) {
        condition.visit_measures(visit);
    }
    for part in parts(document) {
        if let Some(value) = &part.value {
            value.visit_measures(visit);
        }
    }
}
