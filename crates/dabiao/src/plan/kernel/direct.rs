//! The shortest way: an item that marks one measure, from the caller's memory to the sum of its
//! section, in one pass and without a state of its own. What is out of the ordinary is left to
//! [`super::lanes`], a whole block at a time.

use zerocopy::IntoBytes;

use super::lanes::Block;
use super::line::Line;
use super::loops::{STEPS, add_line, add_steps, numbers};
use super::{Body, Kernel, Rule, Step};
use crate::observations::quantise::least;
use crate::observations::{Column, MISSING, NOT_APPLICABLE};
use crate::plan::{MeasureId, Plan};
use crate::standard::document::MeasureKind;

/// Sums below this are exact, however many items are added.
const SUM: f64 = 1_125_899_906_842_624.0;

/// An item that takes the shortest way.
#[derive(Debug)]
pub(crate) struct Direct {
    measure: MeasureId,
    /// How a float becomes the whole number that the rule asks for.
    scale: Scale,
    /// How many of its stored units make one of the rule's.
    grain: f64,
    /// For floats as they stand, and for whole numbers.
    floats: Table,
    whole: Table,
    /// Points of a missing value.
    missing: f64,
    /// Points of 0, which stands for a missing value until they are put right.
    plain_points: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    /// Nearest millionths.
    Millionths,
    /// A count, or a yes-no.
    Whole,
}

#[derive(Debug)]
enum Table {
    Steps { base: f64, steps: Vec<(f64, f64)> },
    Line(Line),
}

impl Direct {
    /// Nothing where the kernel needs more than one value, or conditions.
    pub(crate) fn new(plan: &Plan, kernel: &Kernel) -> Option<Direct> {
        let Body::One(part) = &kernel.body else {
            return None;
        };
        let conditional =
            kernel.applies.is_some() || kernel.no_marks.is_some() || kernel.full_marks.is_some();
        let operand = part.value.numerator;
        let simple = part.value.denominator.is_none()
            && operand.factor == 1.0
            && !conditional
            && part.low >= 0.0
            && part.high < SUM / 1024.0
            && (0.0..SUM).contains(&part.missing);
        let scale = match plan.measures[operand.measure].kind {
            MeasureKind::Number => Scale::Millionths,
            MeasureKind::Count | MeasureKind::YesNo => Scale::Whole,
            MeasureKind::Label | MeasureKind::Date => return None,
        };
        let count = plan.measures[operand.measure].kind == MeasureKind::Count;
        let table = || Table::new(&part.rule, part.low, part.high);
        let whole = table()?;
        let floats = match (&whole, scale) {
            (Table::Steps { base, steps }, _) if count || scale == Scale::Millionths => {
                let grain = if count { 1_000_000 } else { 1 };
                let moved = steps.iter().map(|(mark, add)| {
                    let mark = (*mark as i64).checked_mul(grain)?;
                    Some((least(mark), *add))
                });
                Table::Steps {
                    base: *base,
                    steps: moved.collect::<Option<_>>()?,
                }
            }
            _ => table()?,
        };
        let mut direct = Direct {
            measure: operand.measure,
            scale,
            grain: operand.grain,
            floats,
            whole,
            missing: part.missing,
            plain_points: 0.0,
        };
        let mut points = [0.0];
        direct.add(&Lanes::Whole(&[0.0]), &[], &mut points);
        direct.plain_points = points[0];
        simple.then_some(direct)
    }

    /// Adds the item's points to sums; the rows whose value is missing are noted. `false` where
    /// some row needs a closer look: the sums are then worth nothing. `ahead` is the memory that
    /// is read after this.
    pub(crate) fn mark(
        &self,
        block: &Block<'_>,
        ahead: &[u8],
        room: &mut DirectRoom,
        sums: &mut [f64],
    ) -> bool {
        room.missing.clear();
        let rows = block.to - block.from;
        let settled = match block.column(self.measure) {
            Some(Column::Plain(cells)) => {
                let Some(cells) = cells.get(block.from..block.to) else {
                    return false;
                };
                self.stored(cells, ahead, room, sums)
            }
            Some(Column::Shared(pieces)) => {
                // Marks were moved to floats; a line wants whole numbers.
                let wants_whole = matches!(self.floats, Table::Line(_));
                let floats = pieces.floats(block.from, block.to);
                if let Some((values, _)) = floats.filter(|(_, plain)| *plain || !wants_whole) {
                    self.add(&Lanes::Floats(values), ahead, sums);
                    true
                } else {
                    let mut cells = std::mem::take(&mut room.cells);
                    cells.resize(rows, 0);
                    pieces.fill(block.from, &mut cells);
                    let settled = self.stored(&cells, ahead, room, sums);
                    room.cells = cells;
                    settled
                }
            }
            _ => false,
        };
        for row in &room.missing {
            sums[*row] += self.missing - self.plain_points;
        }
        settled
    }

    /// The memory that marking a block reads; none where that is not known before.
    pub(crate) fn memory<'a>(&self, block: &'a Block<'_>) -> &'a [u8] {
        match block.column(self.measure) {
            Some(Column::Plain(cells)) => cells
                .get(block.from..block.to)
                .map_or(&[], IntoBytes::as_bytes),
            Some(Column::Shared(pieces)) => pieces
                .floats(block.from, block.to)
                .map_or(&[], |(values, _)| values.as_bytes()),
            _ => &[],
        }
    }

    fn stored(&self, cells: &[i64], ahead: &[u8], room: &mut DirectRoom, sums: &mut [f64]) -> bool {
        room.numbers.resize(cells.len(), 0.0);
        if !numbers(cells, self.grain, &mut room.numbers) {
            for (row, cell) in cells.iter().enumerate() {
                match *cell {
                    MISSING => {
                        room.numbers[row] = 0.0;
                        room.missing.push(row);
                    }
                    NOT_APPLICABLE => return false,
                    _ => {}
                }
            }
        }
        self.add(&Lanes::Whole(&room.numbers), ahead, sums);
        true
    }

    fn add(&self, lanes: &Lanes<'_>, ahead: &[u8], sums: &mut [f64]) {
        let (values, table, millionths) = match lanes {
            Lanes::Floats(values) => (values, &self.floats, self.scale == Scale::Millionths),
            Lanes::Whole(values) => (values, &self.whole, false),
        };
        match table {
            Table::Steps { base, steps } => add_steps(values, *base, steps, sums, ahead),
            Table::Line(line) => add_line(values, millionths, line, sums, ahead),
        }
    }
}

impl Table {
    fn new(rule: &Rule, low: f64, high: f64) -> Option<Table> {
        Some(match rule {
            Rule::Steps { base, steps } if steps.len() <= STEPS => Table::Steps {
                base: *base,
                steps: steps.iter().map(|Step { p, add, .. }| (*p, *add)).collect(),
            },
            Rule::Steps { .. } => return None,
            Rule::Linear(linear) => Table::Line(Line::of_linear(linear, low, high)?),
            Rule::Units(units) => Table::Line(Line::of_units(units, low, high)?),
        })
    }
}

/// Room for one block.
#[derive(Debug, Default)]
pub(crate) struct DirectRoom {
    cells: Vec<i64>,
    numbers: Vec<f64>,
    /// The rows of the item marked last whose value is missing.
    pub(crate) missing: Vec<usize>,
}

enum Lanes<'a> {
    /// As they stand in the caller's memory.
    Floats(&'a [f64]),
    /// Whole numbers of what the rule counts in.
    Whole(&'a [f64]),
}
