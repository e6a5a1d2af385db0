//! Marking a block of rows with a kernel.

use super::{Body, EXACT, Kernel, Linear, Operand, Part, Piece, Rule, Step, Units, Value, Zero};
use crate::observations::{Column, MISSING, NOT_APPLICABLE};
use crate::plan::MeasureId;
use crate::plan::State;
use crate::plan::node::Outcomes;
use crate::vectors::vectorised;

/// A computed value is no greater: 10¹².
const LIMIT: f64 = 1e12;

/// What a lane's cells say beside their numbers.
pub(super) mod flags {
    pub(crate) const MISSING: u8 = 1;
    pub(crate) const NOT_APPLICABLE: u8 = 2;
    /// Numbers too large: the exact evaluator takes the row.
    pub(crate) const LONG: u8 = 4;
    /// A denominator of 0.
    pub(crate) const ZERO: u8 = 8;
}

/// Rows of plain columns.
pub(crate) struct Block<'a> {
    pub(crate) columns: &'a [Column],
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Block<'_> {
    pub(super) fn rows(&self) -> usize {
        self.to - self.from
    }

    pub(super) fn column(&self, measure: MeasureId) -> Option<&Column> {
        match self.columns.get(measure)? {
            Column::Same(base) => self.columns.get(*base),
            column => Some(column),
        }
    }

    /// A measure's cells, written into `room` where they do not stand as they are stored;
    /// nothing where the column is neither plain nor shared.
    pub(super) fn cells<'b>(
        &'b self,
        measure: MeasureId,
        room: &'b mut [i64],
    ) -> Option<&'b [i64]> {
        match self.column(measure)? {
            Column::Plain(cells) => cells.get(self.from..self.to),
            Column::Shared(pieces) => {
                let room = room.get_mut(..self.rows())?;
                pieces.fill(self.from, room);
                Some(room)
            }
            _ => None,
        }
    }
}

/// Room for one block, used again and again.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(super) numerator: Vec<f64>,
    pub(super) denominator: Vec<f64>,
    pub(super) flags: Vec<u8>,
    /// Cells of a shared column in their stored form.
    pub(super) cells: Vec<i64>,
    sum: Vec<f64>,
    settled: Vec<bool>,
    /// Outcomes of conditions, one for each that is being judged.
    spare: Vec<Vec<Outcomes>>,
}

impl Scratch {
    /// For blocks of at most so many rows.
    pub(crate) fn new(rows: usize) -> Scratch {
        let room = || vec![0.0; rows];
        Scratch {
            numerator: room(),
            denominator: room(),
            flags: vec![0; rows],
            cells: vec![0; rows],
            sum: room(),
            settled: vec![false; rows],
            spare: Vec::new(),
        }
    }

    /// Room for the outcomes of a condition on so many rows; to be given back.
    pub(super) fn outcomes(&mut self, rows: usize) -> Vec<Outcomes> {
        let mut room = self.spare.pop().unwrap_or_default();
        room.clear();
        room.resize(rows, Outcomes::TRUE);
        room
    }

    pub(super) fn give_back(&mut self, room: Vec<Outcomes>) {
        self.spare.push(room);
    }

    pub(super) fn denominator_of(&self, value: &Value, row: usize) -> f64 {
        if value.denominator.is_some() {
            self.denominator[row]
        } else {
            1.0
        }
    }
}

/// What a kernel gives for a block.
#[derive(Debug)]
pub(crate) struct Marks {
    /// Scaled points; NaN for none.
    pub(crate) points: Vec<f64>,
    pub(crate) states: Vec<State>,
    /// Rows that the exact evaluator must mark.
    pub(crate) long: Vec<usize>,
}

impl Marks {
    /// For blocks of at most so many rows.
    pub(crate) fn new(rows: usize) -> Marks {
        Marks {
            points: vec![0.0; rows],
            states: vec![State::EMPTY; rows],
            long: Vec::new(),
        }
    }
}

impl Marks {
    /// Whether a row left before its conditions are judged; a zero denominator comes after.
    fn leaves(&self, row: usize) -> bool {
        self.points[row].is_nan() && !self.states[row].is_zero_denominator()
    }
}

impl Kernel {
    /// Marks a block; `None` where a column is not plain, so that nothing was marked.
    pub(crate) fn mark(
        &self,
        block: &Block<'_>,
        scratch: &mut Scratch,
        marks: &mut Marks,
    ) -> Option<()> {
        let rows = block.rows();
        marks.long.clear();
        marks.states[..rows].fill(State::EMPTY);
        match &self.body {
            Body::One(part) => part.mark(
                block,
                scratch,
                &mut marks.points[..rows],
                &mut marks.states,
                &mut marks.long,
            )?,
            Body::Boxes { boxes, base, steps } => {
                self.boxes(boxes, *base, steps, block, scratch, marks)?
            }
            Body::Sum { start, parts } => {
                let mut sum = std::mem::take(&mut scratch.sum);
                sum[..rows].fill(*start);
                let mut whole = Some(());
                for part in parts {
                    whole = part.mark(
                        block,
                        scratch,
                        &mut marks.points[..rows],
                        &mut marks.states,
                        &mut marks.long,
                    );
                    if whole.is_none() {
                        break;
                    }
                    for (sum, points) in sum.iter_mut().zip(&marks.points[..rows]) {
                        *sum += points;
                    }
                }
                for (points, sum) in marks.points[..rows].iter_mut().zip(&sum) {
                    // A check that leaves asks for scaling, which the exact evaluator does.
                    *points = sum.max(0.0).min(self.full);
                }
                for state in &mut marks.states[..rows] {
                    // A zero denominator settles a check, not its item.
                    *state = state.without(State::ZERO_DENOMINATOR);
                }
                marks
                    .long
                    .extend((0..rows).filter(|row| sum[*row].is_nan()));
                scratch.sum = sum;
                whole?;
            }
        }
        self.conditions(block, scratch, marks)
    }

    fn boxes(
        &self,
        boxes: &[MeasureId],
        base: f64,
        steps: &[Step],
        block: &Block<'_>,
        scratch: &mut Scratch,
        marks: &mut Marks,
    ) -> Option<()> {
        let rows = block.rows();
        scratch.numerator[..rows].fill(0.0);
        for measure in boxes {
            for (row, cell) in block
                .cells(*measure, &mut scratch.cells)?
                .iter()
                .enumerate()
            {
                match *cell {
                    MISSING => marks.states[row] = marks.states[row].with(State::MISSING),
                    NOT_APPLICABLE => marks.long.push(row),
                    cell => scratch.numerator[row] += f64::from(u8::from(cell != 0)),
                }
            }
        }
        let points = &mut marks.points[..rows];
        points.fill(base);
        lone_steps(&scratch.numerator[..rows], steps, points);
        hold(points, 0.0, self.full);
        Some(())
    }

    /// Applies, no marks, full marks, in this order; what they settle lists no blank.
    fn conditions(
        &self,
        block: &Block<'_>,
        scratch: &mut Scratch,
        marks: &mut Marks,
    ) -> Option<()> {
        let rows = block.rows();
        if let Some(predicate) = &self.applies {
            let mut outcomes = scratch.outcomes(rows);
            let judged = predicate.outcomes(block, scratch, &mut marks.long, &mut outcomes);
            for (row, outcomes) in outcomes.iter().enumerate() {
                if !outcomes.may_hold() {
                    marks.points[row] = f64::NAN;
                    marks.states[row] = State::EMPTY.with(State::NOT_APPLICABLE);
                } else if outcomes.is_undecided() && !marks.leaves(row) {
                    marks.states[row] = marks.states[row].with(State::UNDECIDED);
                }
            }
            scratch.give_back(outcomes);
            judged?;
        }
        let mut settled = std::mem::take(&mut scratch.settled);
        settled[..rows].fill(false);
        let mut whole = Some(());
        for (predicate, points, bit) in [
            (&self.no_marks, 0.0, State::NO_MARKS),
            (&self.full_marks, self.full, State::FULL_MARKS),
        ] {
            let Some(predicate) = predicate else { continue };
            let mut outcomes = scratch.outcomes(rows);
            let judged = predicate.outcomes(block, scratch, &mut marks.long, &mut outcomes);
            for (row, outcomes) in outcomes.iter().enumerate() {
                if marks.leaves(row) || settled[row] {
                    continue;
                }
                if outcomes.holds() {
                    marks.points[row] = points;
                    marks.states[row] = marks.states[row].settled(bit);
                    settled[row] = true;
                } else if outcomes.is_undecided() {
                    marks.states[row] = marks.states[row].with(State::UNDECIDED);
                }
            }
            scratch.give_back(outcomes);
            whole = whole.and(judged);
        }
        scratch.settled = settled;
        whole
    }
}

impl Value {
    /// Loads numerators, denominators and flags of a block.
    pub(super) fn load(&self, block: &Block<'_>, scratch: &mut Scratch) -> Option<()> {
        let rows = block.rows();
        let flags = &mut scratch.flags[..rows];
        let numerator = &mut scratch.numerator[..rows];
        load(
            block.cells(self.numerator.measure, &mut scratch.cells)?,
            self.numerator,
            self.most_numerator,
            numerator,
            flags,
        );
        if let Some(operand) = self.denominator {
            let cells = block.cells(operand.measure, &mut scratch.cells)?;
            let denominator = &mut scratch.denominator[..rows];
            let most = self.most_denominator;
            load_more(cells, operand, most, numerator, denominator, flags);
        }
        Some(())
    }
}

vectorised! {
    fn load(cells: &[i64], operand: Operand, most: f64, numbers: &mut [f64], flags: &mut [u8]) {
        for ((cell, number), flag) in cells.iter().zip(numbers).zip(flags) {
            let stored = *cell as f64;
            *number = stored / operand.grain * operand.factor;
            let long = !(stored.abs() < EXACT && number.abs() < most);
            *flag = (u8::from(*cell == MISSING) * flags::MISSING)
                | (u8::from(*cell == NOT_APPLICABLE) * flags::NOT_APPLICABLE)
                | (u8::from(long) * flags::LONG);
        }
    }
}

vectorised! {
    fn load_more(
        cells: &[i64],
        operand: Operand,
        most: f64,
        numerator: &[f64],
        numbers: &mut [f64],
        flags: &mut [u8],
    ) {
        let lanes = cells.iter().zip(numerator).zip(numbers);
        for (((cell, above), number), flag) in lanes.zip(flags) {
            let stored = *cell as f64;
            *number = stored / operand.grain * operand.factor;
            // Comparisons are multiplied out, which wants a denominator above 0.
            // A quotient beyond the limit is a fault, which the exact evaluator tells.
            let within = above.abs() <= LIMIT * *number;
            let long = !(stored.abs() < EXACT && number.abs() < most && stored >= 0.0 && within);
            *flag |= (u8::from(*cell == MISSING) * flags::MISSING)
                | (u8::from(*cell == NOT_APPLICABLE) * flags::NOT_APPLICABLE)
                | (u8::from(*cell == 0) * flags::ZERO)
                | (u8::from(long) * flags::LONG);
        }
    }
}

impl Part {
    fn mark(
        &self,
        block: &Block<'_>,
        scratch: &mut Scratch,
        points: &mut [f64],
        states: &mut [State],
        long: &mut Vec<usize>,
    ) -> Option<()> {
        self.value.load(block, scratch)?;
        let rows = block.rows();
        let numerator = &scratch.numerator[..rows];
        let denominator = self.value.denominator.map(|_| &scratch.denominator[..rows]);
        match (&self.rule, denominator) {
            (Rule::Steps { base, steps }, None) => {
                points.fill(*base);
                lone_steps(numerator, steps, points);
            }
            (Rule::Steps { base, steps }, Some(denominator)) => {
                points.fill(*base);
                quotient_steps(numerator, denominator, steps, points);
            }
            (Rule::Linear(linear), None) => lone_linear(numerator, linear, points),
            (Rule::Linear(linear), Some(denominator)) => {
                quotient_linear(numerator, denominator, linear, points);
            }
            (Rule::Units(units), None) => lone_units(numerator, units, points),
            (Rule::Units(_), Some(_)) => return None,
        }
        hold(points, self.low, self.high);
        if any(&scratch.flags[..rows]) {
            self.special(&scratch.flags[..rows], points, states, long);
        }
        Some(())
    }

    /// Rows with something other than numbers in their cells.
    fn special(
        &self,
        flags: &[u8],
        points: &mut [f64],
        states: &mut [State],
        long: &mut Vec<usize>,
    ) {
        for (row, flag) in flags.iter().enumerate().filter(|(_, flag)| **flag != 0) {
            if flag & flags::NOT_APPLICABLE != 0 {
                points[row] = f64::NAN;
                states[row] = states[row].with(State::NOT_APPLICABLE);
            } else if flag & flags::ZERO != 0 {
                match self.zero {
                    Zero::NotApplicable => {
                        points[row] = f64::NAN;
                        states[row] = states[row]
                            .with(State::ZERO_DENOMINATOR)
                            .with(State::NOT_APPLICABLE);
                    }
                    Zero::Points(earned) => {
                        points[row] = earned;
                        states[row] = states[row].with(State::ZERO_DENOMINATOR);
                    }
                    Zero::Missing => {
                        points[row] = self.missing;
                        states[row] = states[row].with(State::MISSING);
                    }
                }
            } else if flag & flags::MISSING != 0 {
                points[row] = self.missing;
                states[row] = states[row].with(State::MISSING);
            } else {
                long.push(row);
            }
        }
    }
}

fn any(flags: &[u8]) -> bool {
    flags.iter().fold(0, |all, flag| all | flag) != 0
}

vectorised! {
    fn hold(points: &mut [f64], low: f64, high: f64) {
        for points in points {
            *points = if *points > high { high } else { *points };
            *points = if *points < low { low } else { *points };
        }
    }
}

vectorised! {
    fn lone_steps(numerator: &[f64], steps: &[Step], points: &mut [f64]) {
        for step in steps {
            for (n, points) in numerator.iter().zip(points.iter_mut()) {
                *points += if *n >= step.p { step.add } else { 0.0 };
            }
        }
    }
}

vectorised! {
    fn quotient_steps(numerator: &[f64], denominator: &[f64], steps: &[Step], points: &mut [f64]) {
        for step in steps {
            let lanes = numerator.iter().zip(denominator).zip(points.iter_mut());
            if step.strict {
                for ((n, d), points) in lanes {
                    *points += if n * step.q > step.p * d {
                        step.add
                    } else {
                        0.0
                    };
                }
            } else {
                for ((n, d), points) in lanes {
                    *points += if n * step.q >= step.p * d {
                        step.add
                    } else {
                        0.0
                    };
                }
            }
        }
    }
}

/// ⌊top ÷ bottom⌋, one less for an odd tie where ties go to the even digit.
#[inline(always)]
pub(super) fn rounded(top: f64, bottom: f64, half_even: bool) -> f64 {
    let quotient = (top / bottom).floor();
    let tie = half_even && quotient * bottom == top;
    let odd = quotient - 2.0 * (quotient * 0.5).floor();
    if tie { quotient - odd } else { quotient }
}

vectorised! {
    fn lone_linear(numerator: &[f64], linear: &Linear, points: &mut [f64]) {
        let Some((first, rest)) = linear.pieces.split_first() else {
            return;
        };
        for (n, points) in numerator.iter().zip(points.iter_mut()) {
            let (mut a, mut b) = (first.a, first.b);
            for piece in rest {
                let reached = *n >= piece.p;
                a = if reached { piece.a } else { a };
                b = if reached { piece.b } else { b };
            }
            *points = rounded(a * n + b, linear.m, linear.half_even);
        }
    }
}

vectorised! {
    fn quotient_linear(numerator: &[f64], denominator: &[f64], linear: &Linear, points: &mut [f64]) {
        let Some((first, rest)) = linear.pieces.split_first() else {
            return;
        };
        for ((n, d), points) in numerator.iter().zip(denominator).zip(points.iter_mut()) {
            let (mut a, mut b) = (first.a, first.b);
            for Piece {
                p,
                q,
                a: next_a,
                b: next_b,
            } in rest
            {
                let reached = n * q >= p * d;
                a = if reached { *next_a } else { a };
                b = if reached { *next_b } else { b };
            }
            *points = rounded(a * n + b * d, linear.m * d, linear.half_even);
        }
    }
}

vectorised! {
    fn lone_units(numerator: &[f64], units: &Units, points: &mut [f64]) {
        for (n, points) in numerator.iter().zip(points.iter_mut()) {
            let distance = (units.a * n + units.b) / units.m;
            let whole = if units.started {
                distance.ceil()
            } else {
                distance.floor()
            };
            let whole = if whole > 0.0 { whole } else { 0.0 };
            *points = units.from + units.points * whole;
        }
    }
}
