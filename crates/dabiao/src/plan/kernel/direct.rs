//! The shortest way: an item that marks one measure, from the caller's memory to the sum of its
//! section, in one pass and without a state of its own. What is out of the ordinary is left to
//! [`super::lanes`], a whole block at a time.

use super::lanes::Block;
use super::{Body, EXACT, Kernel, Linear, Piece, Rule, Step, Units};
use crate::observations::quantise::{SHIFT, SIMPLE, least};
use crate::observations::{Column, MISSING, NOT_APPLICABLE};
use crate::plan::{MeasureId, Plan};
use crate::standard::document::MeasureKind;
use crate::vectors::vectorised;

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
    low: f64,
    high: f64,
    /// Whole numbers are below it.
    most: f64,
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
    Steps {
        base: f64,
        steps: Vec<(f64, f64)>,
    },
    Linear {
        pieces: Vec<Piece>,
        m: f64,
        half_even: bool,
    },
    Units {
        a: f64,
        b: f64,
        m: f64,
        started: bool,
        from: f64,
        points: f64,
    },
}

/// The most steps and pieces that vectors hold in registers.
const STEPS: usize = 6;
const PIECES: usize = 4;

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
        let whole = Table::new(&part.rule)?;
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
            _ => Table::new(&part.rule)?,
        };
        let mut direct = Direct {
            measure: operand.measure,
            scale,
            grain: operand.grain,
            floats,
            whole,
            low: part.low,
            high: part.high,
            most: part.value.most_numerator.min(EXACT),
            missing: part.missing,
            plain_points: 0.0,
        };
        let mut points = [0.0];
        let settled = direct.add(&Lanes::Whole(&[0.0]), &mut points);
        direct.plain_points = points[0];
        (simple && settled).then_some(direct)
    }

    /// Adds the item's points to sums; the rows whose value is missing are noted. `false` where
    /// some row needs a closer look: the sums are then worth nothing.
    pub(crate) fn mark(&self, block: &Block<'_>, room: &mut DirectRoom, sums: &mut [f64]) -> bool {
        room.missing.clear();
        let rows = block.to - block.from;
        let settled = match block.column(self.measure) {
            Some(Column::Plain(cells)) => {
                let Some(cells) = cells.get(block.from..block.to) else {
                    return false;
                };
                self.stored(cells, room, sums)
            }
            Some(Column::Shared(pieces)) => {
                if let Some(values) = pieces.floats(block.from, block.to) {
                    self.add(&Lanes::Floats(values), sums)
                } else {
                    let mut cells = std::mem::take(&mut room.cells);
                    cells.resize(rows, 0);
                    pieces.fill(block.from, &mut cells);
                    let settled = self.stored(&cells, room, sums);
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

    fn stored(&self, cells: &[i64], room: &mut DirectRoom, sums: &mut [f64]) -> bool {
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
        self.add(&Lanes::Whole(&room.numbers), sums)
    }

    fn add(&self, lanes: &Lanes<'_>, sums: &mut [f64]) -> bool {
        let (values, table, millionths) = match lanes {
            Lanes::Floats(values) => (values, &self.floats, self.scale == Scale::Millionths),
            Lanes::Whole(values) => (values, &self.whole, false),
        };
        let held = Held {
            low: self.low,
            high: self.high,
            most: self.most,
            millionths,
        };
        match table {
            Table::Steps { base, steps } => {
                add_steps(values, *base, steps, sums);
                true
            }
            Table::Linear {
                pieces,
                m,
                half_even,
            } => add_linear(values, pieces, *m, *half_even, held, sums),
            Table::Units {
                a,
                b,
                m,
                started,
                from,
                points,
            } => add_units(values, [*a, *b, *m, *from, *points], *started, held, sums),
        }
    }
}

impl Table {
    fn new(rule: &Rule) -> Option<Table> {
        Some(match rule {
            Rule::Steps { base, steps } if steps.len() <= STEPS => Table::Steps {
                base: *base,
                steps: steps.iter().map(|Step { p, add, .. }| (*p, *add)).collect(),
            },
            Rule::Linear(Linear {
                pieces,
                m,
                half_even,
            }) if pieces.len() <= PIECES => Table::Linear {
                pieces: pieces.clone(),
                m: *m,
                half_even: *half_even,
            },
            Rule::Units(Units {
                a,
                b,
                m,
                started,
                from,
                points,
            }) => Table::Units {
                a: *a,
                b: *b,
                m: *m,
                started: *started,
                from: *from,
                points: *points,
            },
            _ => return None,
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

/// What points and values are held to.
#[derive(Clone, Copy)]
struct Held {
    low: f64,
    high: f64,
    most: f64,
    millionths: bool,
}

vectorised! {
    /// Whether all cells are numbers below 2^53.
    fn numbers(cells: &[i64], grain: f64, out: &mut [f64]) -> bool {
        let mut odd = 0u64;
        for (cell, out) in cells.iter().zip(out) {
            let number = *cell as f64;
            *out = number / grain;
            odd |= u64::from(number.abs() >= EXACT);
        }
        odd == 0
    }
}

vectorised! {
    fn add_steps(values: &[f64], base: f64, steps: &[(f64, f64)], sums: &mut [f64]) {
        match steps.len() {
            0 => steps_of::<0>(values, base, steps, sums),
            1 => steps_of::<1>(values, base, steps, sums),
            2 => steps_of::<2>(values, base, steps, sums),
            3 => steps_of::<3>(values, base, steps, sums),
            4 => steps_of::<4>(values, base, steps, sums),
            5 => steps_of::<5>(values, base, steps, sums),
            _ => steps_of::<STEPS>(values, base, steps, sums),
        }
    }
}

#[inline(always)]
fn steps_of<const N: usize>(values: &[f64], base: f64, steps: &[(f64, f64)], sums: &mut [f64]) {
    let Ok(steps) = <[(f64, f64); N]>::try_from(steps) else {
        return;
    };
    for (value, sum) in values.iter().zip(sums) {
        let mut points = base;
        for (mark, add) in steps {
            points += if *value >= mark { add } else { 0.0 };
        }
        *sum += points;
    }
}

/// The whole number of a value, and whether it is that for sure.
#[inline(always)]
fn whole_of<const MILLIONTHS: bool>(value: f64, most: f64) -> (f64, bool) {
    let product = if MILLIONTHS { value * 1e6 } else { value };
    let whole = (product + SHIFT) - SHIFT;
    let settled = (product - whole).abs() < 0.5 && product.abs() < SIMPLE && whole.abs() < most;
    (whole, settled)
}

vectorised! {
    fn add_linear(
        values: &[f64],
        pieces: &[Piece],
        m: f64,
        half_even: bool,
        held: Held,
        sums: &mut [f64],
    ) -> bool {
        macro_rules! pieces {
            ($count:expr) => {
                match (half_even, held.millionths) {
                    (false, true) => linear_of::<$count, false, true>(values, pieces, m, held, sums),
                    (false, false) => linear_of::<$count, false, false>(values, pieces, m, held, sums),
                    (true, true) => linear_of::<$count, true, true>(values, pieces, m, held, sums),
                    (true, false) => linear_of::<$count, true, false>(values, pieces, m, held, sums),
                }
            };
        }
        match pieces.len() {
            1 => pieces!(1),
            2 => pieces!(2),
            3 => pieces!(3),
            _ => pieces!(4),
        }
    }
}

#[inline(always)]
fn linear_of<const N: usize, const EVEN: bool, const MILLIONTHS: bool>(
    values: &[f64],
    pieces: &[Piece],
    m: f64,
    held: Held,
    sums: &mut [f64],
) -> bool {
    let Ok(pieces) = <[Piece; N]>::try_from(pieces) else {
        return false;
    };
    let mut odd = 0u64;
    for (value, sum) in values.iter().zip(sums) {
        let (n, settled) = whole_of::<MILLIONTHS>(*value, held.most);
        odd |= u64::from(!settled);
        let (mut a, mut b) = (pieces[0].a, pieces[0].b);
        for piece in &pieces[1..] {
            let reached = n >= piece.p;
            a = if reached { piece.a } else { a };
            b = if reached { piece.b } else { b };
        }
        let points = super::lanes::rounded(a * n + b, m, EVEN);
        let points = if points > held.high {
            held.high
        } else {
            points
        };
        *sum += if points < held.low { held.low } else { points };
    }
    odd == 0
}

vectorised! {
    fn add_units(values: &[f64], units: [f64; 5], started: bool, held: Held, sums: &mut [f64]) -> bool {
        match (started, held.millionths) {
            (true, true) => units_of::<true, true>(values, units, held, sums),
            (true, false) => units_of::<true, false>(values, units, held, sums),
            (false, true) => units_of::<false, true>(values, units, held, sums),
            (false, false) => units_of::<false, false>(values, units, held, sums),
        }
    }
}

#[inline(always)]
fn units_of<const STARTED: bool, const MILLIONTHS: bool>(
    values: &[f64],
    [a, b, m, from, points]: [f64; 5],
    held: Held,
    sums: &mut [f64],
) -> bool {
    let mut odd = 0u64;
    for (value, sum) in values.iter().zip(sums) {
        let (n, settled) = whole_of::<MILLIONTHS>(*value, held.most);
        odd |= u64::from(!settled);
        let distance = (a * n + b) / m;
        let whole = if STARTED {
            distance.ceil()
        } else {
            distance.floor()
        };
        let whole = if whole > 0.0 { whole } else { 0.0 };
        let points = from + points * whole;
        let points = if points > held.high {
            held.high
        } else {
            points
        };
        *sum += if points < held.low { held.low } else { points };
    }
    odd == 0
}
