//! Building a table column by column, from memory that already has a type.

use crate::vectors::vectorised;
use jiff::civil::Date;

pub(super) use super::builder::Seen;
use super::builder::{ObservationsBuilder, has_parts};
#[cfg(feature = "arrow")]
use super::cell;
use super::cell::{Cell, text_of, with_text};
use super::heading::Heading;
use super::quantise::{self, SHIFT, SIMPLE, greatest, least};
use super::shared::SharedColumn;
use super::{MISSING, days_of};
use crate::decimal::Decimal;
use crate::fault::{Fault, FaultCode, Faults};
#[cfg(feature = "arrow")]
use crate::lang::Text;
use crate::plan::MeasurePlan;
use crate::rational::{Rational, Rounding};
use crate::standard::document::MeasureKind;

/// A column in some memory layout.
pub(crate) trait Source {
    /// How a cell is stored where that can be told without a look at the measure's words:
    /// millionths of a number, 0 or 1, a label's index, days; [`MISSING`] for null; nothing
    /// where the cell must be looked at.
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64>;

    /// Shows a cell.
    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R;

    /// Where the same few values stand again and again, which of them: below [`Source::keys`].
    fn key(&self, _row: usize) -> Option<usize> {
        None
    }

    /// How many values there are that [`Source::key`] tells apart.
    fn keys(&self) -> usize {
        0
    }
}

/// Rows that were added together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    pub(super) first: usize,
    pub(crate) count: usize,
    line: u64,
}

impl Added {
    pub(crate) fn line_of(self, row: usize) -> u64 {
        self.line + row as u64
    }
}

/// Shared memory for some rows of a column, as it was handed in.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// The place of the column in the heading.
    at: usize,
    pub(super) added: Added,
    pub(super) column: SharedColumn,
    /// Whether it was seen to be [`Checked::plain`].
    pub(super) plain: bool,
}

/// What a look at allowed values told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked {
    pub(super) seen: Seen,
    /// Whether all are floats whose nearest millionths one rounding tells, or whole numbers where
    /// those are asked for.
    pub(super) plain: bool,
}

impl Stretch {
    /// The same, so many rows further down.
    pub(super) fn moved_by(mut self, rows: usize) -> Stretch {
        self.added.first += rows;
        self
    }
}

/// A fault and the place of its column in the heading, so that faults can be put in the order
/// of their places.
pub(crate) type Placed = (u64, usize, Fault);

/// Words of a column that were read before; a column has few different ones.
const WORDS: usize = 16;

impl ObservationsBuilder {
    /// How many columns the heading has.
    pub(crate) fn headings(&self) -> usize {
        self.heading.len()
    }

    /// Where the codes stand.
    pub(crate) fn code_column(&self) -> Option<usize> {
        self.heading.iter().position(|held| *held == Heading::Code)
    }

    /// Starts a row for each code, without looking for repeated ones: that is done once, at
    /// the end.
    pub(crate) fn add_rows(&mut self, count: usize, codes: &impl Source) -> Added {
        let first = self.codes.len();
        // A heading stands before the first row.
        let line = self.lines.last().map_or(2, |last| last + 1);
        self.codes.reserve(count);
        for row in 0..count {
            let held = &mut self.codes;
            let blank = codes.with_cell(row, |cell| {
                with_text(cell, |code| {
                    held.push(code);
                    code.is_empty()
                })
            });
            if blank {
                let line = line + row as u64;
                self.fault(FaultCode::EmptyCode, line, Some("code"), |fault| fault);
            }
        }
        self.lines.extend(line..line + count as u64);
        Added { first, count, line }
    }

    /// Reads a column into the rows that were added, and gives its faults back: the first ones,
    /// and how many more there are.
    pub(crate) fn add_column(
        &mut self,
        at: usize,
        added: Added,
        source: &impl Source,
    ) -> (Vec<Placed>, usize) {
        match self.heading.get(at).cloned() {
            Some(Heading::Attribute(name)) => {
                let values = self.attribute(&name);
                values.resize(added.first, String::new());
                values.extend((0..added.count).map(|row| source.with_cell(row, text_of)));
                (Vec::new(), 0)
            }
            Some(Heading::Measure(measure)) => {
                let mut column = std::mem::take(&mut self.columns[measure]);
                column.resize(added.first, MISSING);
                let found = self.read_into(&mut column, measure, at, added, source);
                self.columns[measure] = column;
                found
            }
            Some(Heading::Code | Heading::Assessor | Heading::Unknown) | None => (Vec::new(), 0),
        }
    }

    /// Reads a column of a measure to the end of another.
    fn read_into(
        &mut self,
        column: &mut Vec<i64>,
        measure: usize,
        at: usize,
        added: Added,
        source: &impl Source,
    ) -> (Vec<Placed>, usize) {
        let title = self
            .titles
            .get_mut(at)
            .map(std::mem::take)
            .unwrap_or_default();
        column.reserve(added.count);
        let mut reading = Reading {
            bounds: Bounds::new(&self.standard.plan().measures[measure]),
            builder: self,
            measure,
            added,
            title: &title,
            words: Vec::new(),
            by_key: vec![None; source.keys()],
        };
        let (mut faults, mut more) = (Vec::new(), 0);
        for row in 0..added.count {
            let value = reading.read(row, source).unwrap_or_else(|fault| {
                if faults.len() < Faults::LIMIT {
                    faults.push((added.line_of(row), at, fault));
                } else {
                    more += 1;
                }
                MISSING
            });
            column.push(value);
        }
        if let Some(held) = self.titles.get_mut(at) {
            *held = title;
        }
        (faults, more)
    }

    /// Takes shared memory for the rows that were added; nothing where the measure must be read
    /// otherwise. Its values are checked at the end.
    pub(crate) fn share(&mut self, at: usize, added: Added, column: &SharedColumn) -> Option<()> {
        let Some(Heading::Measure(measure)) = self.heading.get(at) else {
            return None;
        };
        let kind = self.standard.plan().measures[*measure].kind;
        if !column.suits(kind) || column.len() != added.count {
            return None;
        }
        self.shared[*measure].push(Stretch {
            at,
            added,
            column: column.clone(),
            plain: false,
        });
        Some(())
    }

    /// Reads a stretch of shared memory cell by cell.
    pub(super) fn read_stretch(&mut self, measure: usize, stretch: &Stretch) -> Vec<i64> {
        let mut column = Vec::new();
        let (faults, more) = self.read_into(
            &mut column,
            measure,
            stretch.at,
            stretch.added,
            &stretch.column,
        );
        self.add_faults(faults, more);
        column
    }

    /// Takes the faults of a column; they are put in the order of their places at the end.
    pub(crate) fn add_faults(&mut self, faults: Vec<Placed>, more: usize) {
        self.placed.extend(faults);
        self.faults.more += more;
    }

    #[cfg(feature = "arrow")]
    /// A column of a type that its measure cannot have: one fault, at the first value.
    pub(crate) fn refuse_column(&mut self, at: usize, line: u64, found: &str) {
        if self.refused.contains(&at) {
            return;
        }
        self.refused.push(at);
        let expected = match self.heading.get(at) {
            Some(Heading::Measure(measure)) => {
                cell::expected(&self.standard.plan().measures[*measure])
            }
            _ => Text::new("文本", "text"),
        };
        let title = self.titles.get(at).cloned().unwrap_or_default();
        self.fault(FaultCode::ValueType, line, Some(&title), |fault| {
            fault.found(found).expected(expected)
        });
    }

    #[cfg(feature = "arrow")]
    /// The type of the measure that a column of the heading holds.
    pub(crate) fn kind_at(&self, at: usize) -> Option<MeasureKind> {
        match self.heading.get(at)? {
            Heading::Measure(measure) => Some(self.standard.plan().measures[*measure].kind),
            _ => None,
        }
    }
}

/// What a stored number may be without a closer look.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    kind: MeasureKind,
    low: i64,
    high: i64,
    /// Marks stand on steps from a first one.
    steps: Vec<(i64, i64)>,
    /// Whether a bare ratio may be a mistake.
    pub(super) parts: bool,
    /// The same for floats in vectors, where they can tell.
    pub(super) floats: Option<Floats>,
}

impl Bounds {
    pub(crate) fn new(plan: &MeasurePlan) -> Bounds {
        let parts = has_parts(plan);
        let kind = plan.kind;
        let ((low, high), steps) = match kind {
            MeasureKind::Count | MeasureKind::Number => numeric_bounds(plan),
            MeasureKind::YesNo => ((0, 1), Vec::new()),
            MeasureKind::Date => ((days_of(Date::MIN), days_of(Date::MAX)), Vec::new()),
            MeasureKind::Label => ((0, plan.labels.len() as i64 - 1), Vec::new()),
        };
        let floats = match kind {
            MeasureKind::Count | MeasureKind::Number => Floats::new(kind, low, high, &steps, parts),
            MeasureKind::YesNo => Some(Floats::yes_no()),
            MeasureKind::Label | MeasureKind::Date => None,
        };
        Bounds {
            kind,
            low,
            high,
            steps,
            parts,
            floats,
        }
    }

    pub(super) fn kind(&self) -> MeasureKind {
        self.kind
    }

    /// A plain number as it is stored; nothing where it must be looked at more closely.
    #[inline]
    pub(crate) fn stored(&self, number: f64) -> Option<i64> {
        let whole = number as i64;
        let stored = match self.kind {
            // It has no other decimals, and there is room for its millionths.
            MeasureKind::Count if whole as f64 == number && whole.unsigned_abs() < 1 << 39 => {
                whole * 1_000_000
            }
            MeasureKind::Count | MeasureKind::Number => quantise::one(number)?,
            _ if whole as f64 == number => whole,
            _ => return None,
        };
        self.hold(stored).then_some(stored)
    }

    #[inline]
    pub(super) fn hold(&self, value: i64) -> bool {
        let whole = self.kind != MeasureKind::Count || value % 1_000_000 == 0;
        let on_step = |(first, step): &(i64, i64)| (value - first) % step == 0;
        whole && (self.low..=self.high).contains(&value) && self.steps.iter().all(on_step)
    }
}

/// In millionths: the least, the greatest, and steps from a first mark. None fits where one of
/// them has more digits, so that each is looked at.
fn numeric_bounds(plan: &MeasurePlan) -> ((i64, i64), Vec<(i64, i64)>) {
    let scaled = |bound: &Rational| {
        // A bound with more digits is left to the closer look.
        bound
            .fits_decimals(Decimal::DIGITS)
            .then(|| bound.round(Decimal::DIGITS, Rounding::HalfUp))
            .flatten()
    };
    let demands = plan.demands.iter();
    let lows = plan.min.iter().chain(demands.clone().map(|d| &d.min));
    let highs = plan.max.iter().chain(demands.clone().map(|d| &d.max));
    let low = lows
        .map(scaled)
        .try_fold(Decimal::MIN.millionths(), |low, bound| {
            Some(low.max(bound?))
        });
    let high = highs
        .map(scaled)
        .try_fold(Decimal::MAX.millionths(), |high, bound| {
            Some(high.min(bound?))
        });
    let stepped = demands.filter_map(|demand| Some((demand, demand.step.as_ref()?)));
    let steps: Option<Vec<(i64, i64)>> = stepped
        .map(|(demand, step)| {
            let step = scaled(step).filter(|step| *step > 0)?;
            let first =
                scaled(&demand.min).filter(|first| first.abs() <= Decimal::MAX.millionths())?;
            Some((first, step))
        })
        .collect();
    match (low, high, steps) {
        (Some(low), Some(high), Some(steps)) => ((low, high), steps),
        _ => ((1, 0), Vec::new()),
    }
}

/// What a float may be without a closer look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floats {
    low: f64,
    high: f64,
    whole: bool,
    /// In millionths.
    step: Option<(f64, f64)>,
    parts: bool,
    /// The floats of one millionth and of the last one below 1.
    between: (f64, f64),
    /// The floats of the last millionth below 0 and the first one above 1.
    beyond: (f64, f64),
}

impl Floats {
    /// 0 and 1.
    fn yes_no() -> Floats {
        Floats {
            low: 0.0,
            high: 1.0,
            whole: true,
            step: None,
            parts: false,
            between: (0.0, 0.0),
            beyond: (0.0, 0.0),
        }
    }

    fn new(
        kind: MeasureKind,
        low: i64,
        high: i64,
        steps: &[(i64, i64)],
        parts: bool,
    ) -> Option<Floats> {
        const ONE: i64 = 1_000_000;
        let step = match steps {
            [] => None,
            // Quotients of numbers below 2^52 are whole only where they are so exactly.
            [(first, step)] if low.abs().max(high.abs()).max(first.abs()) < 1 << 50 => {
                Some((*first as f64, *step as f64))
            }
            _ => return None,
        };
        (low <= high).then(|| Floats {
            low: least(low),
            high: greatest(high),
            whole: kind == MeasureKind::Count,
            step,
            parts,
            between: (least(1), greatest(ONE - 1)),
            beyond: (greatest(-1), least(ONE + 1)),
        })
    }

    /// What is seen in values that are all allowed; nothing where one must be looked at.
    pub(super) fn check(&self, values: &[f64]) -> Option<Checked> {
        let (allowed, plain) = if self.whole {
            let all = all_whole(values, self.low, self.high);
            (all, all)
        } else {
            let mut plain = true;
            (within(values, self.low, self.high, &mut plain), plain)
        };
        let stepped = |(first, step)| on_steps(values, first, step);
        if !allowed || !self.step.is_none_or(stepped) {
            return None;
        }
        let mut seen = Seen::default();
        if self.parts {
            let beyond = |value: &f64| *value <= self.beyond.0 || *value >= self.beyond.1;
            let between = |value: &f64| *value >= self.between.0 && *value <= self.between.1;
            seen.beyond_one = values.iter().any(beyond);
            // A column that goes beyond one is no column of ratios, whatever else it holds.
            seen.between = !seen.beyond_one && values.iter().any(between);
        }
        Some(Checked { seen, plain })
    }
}

vectorised! {
    fn all_whole(values: &[f64], low: f64, high: f64) -> bool {
        let mut odd = 0u64;
        for value in values {
            let is_whole = (*value + SHIFT) - SHIFT == *value;
            odd |= u64::from(!(*value >= low && *value <= high && is_whole));
        }
        odd == 0
    }
}

vectorised! {
    /// Whether all are allowed; `plain` is unset where a nearest millionth is in doubt.
    fn within(values: &[f64], low: f64, high: f64, plain: &mut bool) -> bool {
        let (mut odd, mut unsettled) = (0u64, 0u64);
        for value in values {
            odd |= u64::from(!(*value >= low && *value <= high));
            let product = *value * 1e6;
            let whole = (product + SHIFT) - SHIFT;
            unsettled |= u64::from(!((product - whole).abs() < 0.5 && product.abs() < SIMPLE));
        }
        *plain = unsettled == 0;
        odd == 0
    }
}

vectorised! {
    fn on_steps(values: &[f64], first: f64, step: f64) -> bool {
        let mut odd = 0u64;
        for value in values {
            let product = *value * 1e6;
            let whole = (product + SHIFT) - SHIFT;
            let steps = (whole - first) / step;
            let settled = (product - whole).abs() < 0.5 && product.abs() < SIMPLE;
            odd |= u64::from(!(settled && (steps + SHIFT) - SHIFT == steps));
        }
        odd == 0
    }
}

struct Reading<'a> {
    builder: &'a mut ObservationsBuilder,
    bounds: Bounds,
    measure: usize,
    added: Added,
    title: &'a str,
    words: Vec<(String, i64)>,
    by_key: Vec<Option<i64>>,
}

impl Reading<'_> {
    fn read(&mut self, row: usize, source: &impl Source) -> Result<i64, Fault> {
        match source.stored(row, self.bounds.kind) {
            Some(MISSING) => return Ok(MISSING),
            Some(value) if self.bounds.hold(value) => {
                if self.bounds.parts {
                    self.builder.parts[self.measure].see(value);
                }
                return Ok(value);
            }
            _ => {}
        }
        let key = source.key(row);
        if let Some(value) = key.and_then(|key| self.by_key.get(key).copied().flatten()) {
            return Ok(value);
        }
        let advised = self.builder.advised();
        let value = source.with_cell(row, |cell| self.look(row, cell))?;
        let held = key.and_then(|key| self.by_key.get_mut(key));
        if let Some(held) = held.filter(|_| self.builder.advised() == advised) {
            *held = Some(value);
        }
        Ok(value)
    }

    fn look(&mut self, row: usize, cell: Cell<'_>) -> Result<i64, Fault> {
        let worded = matches!(self.bounds.kind, MeasureKind::Label | MeasureKind::YesNo);
        let word = match cell {
            Cell::Text(text) if worded => Some(text),
            _ => None,
        };
        if let Some(word) = word
            && let Some((_, value)) = self.words.iter().find(|(held, _)| held == word)
        {
            return Ok(*value);
        }
        let line = self.added.line_of(row);
        let at = self.added.first + row;
        let value = self
            .builder
            .read(at, self.measure, cell, line, self.title)?;
        if let Some(word) = word.filter(|_| self.words.len() < WORDS) {
            self.words.push((word.to_owned(), value));
        }
        Ok(value)
    }
}
