//! Random tables for a standard.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use dabiao::expression::{Expression, Operator, Quantity};
use dabiao::standard::document::{Document, Mark, Measure, MeasureKind, RollUp, Rule};

use super::super::expression::{quantity, unit_of};
use super::super::number::{Q, held, of, power_of_ten, whole, zero};
use super::super::table::{Cell, Row, Table};
use super::Choices;
use super::conditions::{DATES, each_comparison};
use super::measures::{LABELS, SLOTS, conditions, parts, slot};

/// What is drawn for a table.
#[derive(Clone, Debug)]
pub(crate) struct TableShape {
    head: Vec<u16>,
    rows: Vec<Vec<u16>>,
}

/// How many numbers a cell reads.
const CELL: usize = 3;

pub(crate) fn tables(rows: std::ops::Range<usize>) -> impl Strategy<Value = TableShape> {
    let row = || vec(any::<u16>(), 2 + SLOTS * CELL);
    // Most are small: the reference looks at every row for every row.
    let few = rows.start..rows.end.min(7);
    let rows = prop_oneof![3 => vec(row(), few), 1 => vec(row(), rows)];
    let parts = (vec(any::<u16>(), 4), rows);
    parts.prop_map(|(head, rows)| TableShape { head, rows })
}

impl TableShape {
    /// The table for a standard: cells at and around its thresholds, blanks, 不涉及, ties, extremes.
    pub(crate) fn table_for(&self, standard: &Document) -> Table {
        let mut head = Choices::new(&self.head);
        let kinds = Kinds {
            blanks: *head.pick(&[10, 0, 3, 30]),
            not_applicable: *head.pick(&[3, 0, 10, 25]),
            extremes: head.chance(15),
        };
        let marks = thresholds(standard);
        let ranges = ranges(standard);
        let quotients = quotients(standard);
        let rows = self.rows.iter().enumerate().map(|(i, numbers)| {
            let district = ["", "A", "B"][usize::from(numbers[0]) % 3];
            let mut attributes = BTreeMap::new();
            if !district.is_empty() {
                attributes.insert("district".to_owned(), district.to_owned());
            }
            let cells = standard.measures.iter().enumerate().map(|(i, measure)| {
                let at = 2 + slot(&measure.name, i) * CELL;
                let mut choices = Choices::new(&numbers[at..at + CELL]);
                let none = Vec::new();
                let marks = marks.get(&measure.name).unwrap_or(&none);
                let range = ranges.get(&measure.name);
                let cell = cell(&mut choices, measure, marks, range, &kinds);
                (measure.name.clone(), cell)
            });
            let mut cells: BTreeMap<String, Cell> = cells.collect();
            if !quotients.is_empty() {
                let drawn = usize::from(numbers[1]);
                let quotient = &quotients[drawn / 6 % quotients.len()];
                let aimed = aimed(&cells, quotient, drawn % 6, standard);
                cells.extend(aimed);
            }
            Row {
                code: format!("c{i:02}"),
                attributes,
                cells,
            }
        });
        rows.collect()
    }
}

/// What the cells of a table are like.
struct Kinds {
    blanks: usize,
    not_applicable: usize,
    extremes: bool,
}

/// The marks that a lone measure is held against, in its unit.
fn thresholds(standard: &Document) -> BTreeMap<String, Vec<Q>> {
    let mut written: Vec<(String, Quantity)> = Vec::new();
    for condition in conditions(standard) {
        each_comparison(condition, &mut |side, mark| {
            if let Some(name) = side.lone_measure() {
                written.push((name.to_owned(), mark.clone()));
            }
        });
    }
    for part in parts(standard) {
        let Some(name) = part.value.as_ref().and_then(|value| value.lone_measure()) else {
            continue;
        };
        for mark in marks_of(&part.rule) {
            if let Mark::Quantity(mark) = mark {
                written.push((name.to_owned(), mark.clone()));
            }
        }
    }
    let mut marks: BTreeMap<String, Vec<Q>> = BTreeMap::new();
    for (name, mark) in written {
        let mark = quantity(&mark, unit_of(standard, &name));
        marks.entry(name).or_default().push(mark);
    }
    marks
}

/// A quotient of two measures and a mark that it is held against.
type Quotient = (String, String, Q);

fn quotients(standard: &Document) -> Vec<Quotient> {
    let mut found = Vec::new();
    let mut add = |value: &Expression, mark: &Quantity| {
        if let Expression::Binary(Operator::Divide, over, under) = value
            && let (Some(over), Some(under)) = (over.lone_measure(), under.lone_measure())
        {
            found.push((over.to_owned(), under.to_owned(), quantity(mark, None)));
        }
    };
    for part in parts(standard) {
        for mark in marks_of(&part.rule) {
            if let (Some(value), Mark::Quantity(mark)) = (&part.value, mark) {
                add(value, mark);
            }
        }
    }
    for condition in conditions(standard) {
        each_comparison(condition, &mut |value, mark| add(value, mark));
    }
    found
}

/// A numerator that brings the quotient to its mark, or just beside it: in half of all rows.
fn aimed(
    cells: &BTreeMap<String, Cell>,
    (over, under, mark): &Quotient,
    how: usize,
    standard: &Document,
) -> Option<(String, Cell)> {
    let measure = standard.measures.iter().find(|m| m.name == *over)?;
    let (Some(Cell::Number(_)), Some(Cell::Number(denominator))) =
        (cells.get(over), cells.get(under))
    else {
        return None;
    };
    let last_place = whole(1) / power_of_ten(6);
    let exactly = mark * denominator;
    let aim = match how {
        3 => exactly,
        4 => exactly + &last_place,
        5 => exactly - &last_place,
        _ => return None,
    };
    let step = match measure.kind {
        MeasureKind::Count => whole(1),
        _ => last_place,
    };
    let aim = (aim / &step).floor() * step;
    let low = match measure.kind {
        MeasureKind::Count => Some(zero()),
        _ => measure.min.as_ref().map(of),
    };
    let limit = power_of_ten(12);
    let high = measure.max.as_ref().map_or(limit.clone(), of);
    let low = low.unwrap_or(-limit);
    (over != under).then(|| {
        (
            over.clone(),
            Cell::Number(held(aim, Some(&low), Some(&high))),
        )
    })
}

/// The marks of a rule.
fn marks_of(rule: &Rule) -> Vec<&Mark> {
    match rule {
        Rule::Bands { bands, .. } => {
            let bounds = bands.iter().flat_map(|band| [&band.low, &band.high]);
            bounds.flatten().map(|bound| &bound.mark).collect()
        }
        Rule::Curve(knots) => knots.iter().map(|(mark, _)| mark).collect(),
        Rule::PerUnit(rule) => vec![&rule.mark],
        _ => Vec::new(),
    }
}

/// What a measure that is marked or counted by its own rule may be: from, to, step.
type Range = (Q, Q, Q);

fn ranges(standard: &Document) -> BTreeMap<String, Range> {
    let mut ranges = BTreeMap::new();
    let mut add = |part: &dabiao::standard::document::Marking, full: Option<&dabiao::Rational>| {
        let Some(name) = part.value.as_ref().and_then(|value| value.lone_measure()) else {
            return;
        };
        let range = match &part.rule {
            Rule::Award { min, max, step } => {
                let max = max.as_ref().or(full).map_or_else(zero, of);
                let step = step.as_ref().map_or_else(|| whole(1) / whole(4), of);
                (of(min), max, step)
            }
            Rule::Checklist(list) => (zero(), whole(list.of.unwrap_or_default().into()), whole(1)),
            _ => return,
        };
        ranges.insert(name.to_owned(), range);
    };
    for item in super::measures::entries(standard) {
        add(&item.marking, item.points.as_ref());
        if let Rule::Checks(checks) = &item.marking.rule {
            for check in &checks.checks {
                add(&check.marking, Some(&check.points));
            }
        }
    }
    ranges
}

fn cell(
    choices: &mut Choices,
    measure: &Measure,
    marks: &[Q],
    range: Option<&Range>,
    kinds: &Kinds,
) -> Cell {
    if choices.chance(kinds.blanks) {
        return Cell::Missing;
    }
    if choices.chance(kinds.not_applicable) {
        return Cell::NotApplicable;
    }
    match measure.kind {
        // A table of communities carries the share, already rolled up.
        _ if matches!(measure.rollup, Some(RollUp::Share(_))) => {
            Cell::Number(whole(choices.below(21) as i64) / whole(20))
        }
        MeasureKind::YesNo => Cell::YesNo(!choices.chance(50)),
        MeasureKind::Label => Cell::Label((*choices.pick(&LABELS)).to_owned()),
        MeasureKind::Date => Cell::Date(*choices.pick(&DATES)),
        MeasureKind::Count | MeasureKind::Number => {
            let drawn = choices.next();
            Cell::Number(match range {
                Some(range) => in_range(drawn, range),
                None => number(drawn, measure, marks, kinds),
            })
        }
    }
}

/// A mark on its step; one in three hundred is out of range.
fn in_range(drawn: usize, (from, to, step): &Range) -> Q {
    let steps = ((to - from) / step).floor().to_integer();
    let steps = usize::try_from(steps).unwrap_or(0);
    if drawn % 300 == 299 {
        return to + step;
    }
    let at = from + step * whole((drawn % (steps + 1)) as i64);
    let at = held(at, Some(from), Some(to));
    // A range may begin at 1/3; a cell cannot.
    (at * power_of_ten(6)).ceil() / power_of_ten(6)
}

fn number(drawn: usize, measure: &Measure, marks: &[Q], kinds: &Kinds) -> Q {
    let (kind, rest) = (drawn % 16, drawn / 16);
    let last_place = whole(1) / power_of_ten(6);
    let mark = if marks.is_empty() {
        whole(10)
    } else {
        marks[rest % marks.len()].clone()
    };
    let drawn = match kind {
        0..=4 => whole((rest % 13) as i64),
        5..=7 => mark,
        8 | 9 => mark + last_place,
        10 | 11 => mark - last_place,
        12 => whole((rest % 200) as i64 - 100),
        13 => whole(rest as i64 - 2048) / power_of_ten((rest % 7) as u8),
        14 if kinds.extremes => {
            // Around 2^53 in the last place, and around every power of ten.
            let limit = power_of_ten(12);
            let power = whole((rest % 9) as i64 + 1) * power_of_ten((rest / 9 % 12) as u8);
            let binary = whole(1 << 53) * &last_place;
            let extremes = [
                limit.clone(),
                -&limit,
                &limit - &last_place,
                last_place.clone(),
                binary.clone(),
                &binary - &last_place,
                power.clone(),
                &power - &last_place,
                -power - last_place,
            ];
            extremes[rest % extremes.len()].clone()
        }
        _ => whole((rest % 101) as i64),
    };
    let least = match measure.kind {
        MeasureKind::Count => Some(measure.min.as_ref().map_or_else(zero, of)),
        _ => measure.min.as_ref().map(of),
    };
    let drawn = held(drawn, least.as_ref(), measure.max.as_ref().map(of).as_ref());
    if measure.kind == MeasureKind::Count {
        drawn.floor()
    } else {
        // A mark such as 1/3 has no cell that equals it.
        (drawn * power_of_ten(6)).floor() / power_of_ten(6)
    }
}
