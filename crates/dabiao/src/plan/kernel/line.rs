//! Straight lines as the shortest way has them: one multiplication, one addition and a floor.
//!
//! A rule's piece gives ⌊t ÷ m⌋ for the whole number t = a·n + b. That is ⌊(t + ½) ÷ m⌋ as well,
//! and (t + ½) ÷ m is at least 1 ÷ 2m away from every whole number. It is computed as A·n + B,
//! where A = a ÷ m and B = (b + ½) ÷ m are the nearest floats: with u = 2⁻⁵³ the product is off
//! by no more than 2u·|A·n| and the sum by u·|B| and u·(|A·n| + |B|) more (terms in u² aside),
//! together less than 4u·(|a·n| + |b| + 1) ÷ m. Below 2⁴⁸ that is less than 1 ÷ 16m, so the floor
//! is that of the exact quotient, whether or not a machine fuses the two steps.
//!
//! Values are first held to the stretch where points still change, so that no value is too large.

use super::{Linear, Units};

/// Lines compute with whole numbers up to this: 2⁴⁸.
const MOST: i128 = 1 << 48;
/// The most pieces that vectors hold in registers.
pub(super) const PIECES: usize = 4;

/// A piecewise line over whole numbers.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Values are held to these; points beyond them are as there.
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) pieces: Vec<Piece>,
    /// Where ties go to the even digit, what a tie is told by.
    pub(super) even: Option<f64>,
    /// What a whole unit is worth and what is there before, where points go by whole units.
    pub(super) each: Option<(f64, f64)>,
    /// Points are held to these, where values are not enough.
    pub(super) held: Option<(f64, f64)>,
}

/// One piece, from a whole number on; the first begins everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) from: f64,
    /// A and B of the module's comment.
    pub(super) slope: f64,
    pub(super) offset: f64,
    /// a and b.
    pub(super) a: f64,
    pub(super) b: f64,
}

/// A piece in whole numbers.
#[derive(Clone, Copy, Debug)]
struct Whole {
    /// Where it begins; the first has none.
    from: Option<i128>,
    a: i128,
    b: i128,
}

impl Whole {
    fn top(&self, n: i128) -> i128 {
        self.a * n + self.b
    }

    fn at(&self, n: i128, m: i128) -> i128 {
        self.top(n).div_euclid(m)
    }
}

fn whole(number: f64) -> Option<i128> {
    (number.fract() == 0.0 && number.abs() <= MOST as f64).then_some(number as i128)
}

impl Line {
    /// The line of a rule whose points are held to `low` and `high`; nothing where its numbers
    /// are too large.
    pub(super) fn of_linear(linear: &Linear, low: f64, high: f64) -> Option<Line> {
        let m = whole(linear.m).filter(|m| *m > 0)?;
        let pieces = linear.pieces.iter().enumerate().map(|(at, piece)| {
            Some(Whole {
                from: if at == 0 { None } else { Some(whole(piece.p)?) },
                a: whole(piece.a)?,
                b: whole(piece.b)?,
            })
        });
        let pieces: Option<Vec<Whole>> = pieces.collect();
        let (low, high) = (whole(low)?, whole(high)?);
        if !linear.half_even {
            return Line::held(pieces?, m, low, high);
        }
        // A tie may go down, so that only what is beyond by one is beyond for sure.
        let mut line = Line::held(pieces?, m, low, high + 1)?;
        line.even = Some(linear.m);
        line.held = Some((low as f64, high as f64));
        Some(line)
    }

    /// The same of a rule that counts whole units.
    pub(super) fn of_units(units: &Units, low: f64, high: f64) -> Option<Line> {
        let (a, m) = (whole(units.a)?, whole(units.m).filter(|m| *m > 0)?);
        let (from, points) = (whole(units.from)?, whole(units.points)?);
        // ⌈t ÷ m⌉ is ⌊(t + m − 1) ÷ m⌋.
        let b = whole(units.b)? + if units.started { m - 1 } else { 0 };
        let (low, high) = (whole(low)?, whole(high)?);
        // So many units, and no more can make a difference.
        let most = match points.signum() {
            0 => 0,
            1 => (high - from).max(0).div_euclid(points) + 1,
            _ => (from - low).max(0).div_euclid(-points) + 1,
        };
        let only = Whole { from: None, a, b };
        let mut line = Line::held(vec![only], m, 0, most)?;
        // Where there are none to count any more, and where the count makes no difference.
        let ends = match a.signum() {
            0 => [0, 0],
            1 => [line.from, line.to].map(|n| n as i128),
            _ => [line.to, line.from].map(|n| n as i128),
        };
        let [least, greatest] = ends.map(|n| only.at(n, m));
        let reach = [from + points * least, from + points * greatest];
        if (a != 0 && least != 0) || least < 0 || reach.iter().any(|points| points.abs() > MOST) {
            return None;
        }
        let within = reach.iter().all(|points| (low..=high).contains(points));
        line.held = (!within).then_some((low as f64, high as f64));
        line.each = Some((points as f64, from as f64));
        Some(line)
    }

    fn held(mut pieces: Vec<Whole>, m: i128, low: i128, high: i128) -> Option<Line> {
        let (mut from, mut to) = (None, None);
        // What is flat at an end goes on as where it begins.
        if let [first, second, ..] = pieces.as_slice()
            && first.a == 0
            && let Some(start) = second.from
            && second.top(start) == first.top(start)
        {
            from = Some(start);
            pieces.remove(0);
        }
        if let [.., before, last] = pieces.as_slice()
            && last.a == 0
            && let Some(start) = last.from
            && before.top(start) == last.top(start)
        {
            to = Some(start);
            pieces.pop();
        }
        let (first, last) = (*pieces.first()?, *pieces.last()?);
        if from.is_none() && first.a != 0 {
            // The last number, coming from below, whose points are at or beyond what they are held to.
            let beyond = if first.a > 0 {
                ((low + 1) * m - 1 - first.b).div_euclid(first.a)
            } else {
                (first.b - high * m).div_euclid(-first.a)
            };
            let end = pieces.get(1).and_then(|piece| piece.from);
            from = Some(end.map_or(beyond, |end| beyond.min(end - 1)));
        }
        if to.is_none() && last.a != 0 {
            let beyond = if last.a > 0 {
                -(last.b - high * m).div_euclid(last.a)
            } else {
                -((low + 1) * m - 1 - last.b).div_euclid(-last.a)
            };
            let start = last.from.filter(|_| pieces.len() > 1);
            to = Some(start.map_or(beyond, |start| beyond.max(start)));
        }
        if pieces.len() > PIECES || from.zip(to).is_some_and(|(from, to)| from > to) {
            return None;
        }
        let (mut made, mut within) = (Vec::new(), true);
        for (at, piece) in pieces.iter().enumerate() {
            let start = if at == 0 { from } else { piece.from };
            let end = match pieces.get(at + 1) {
                Some(next) => Some(next.from? - 1),
                None => to,
            };
            // Without an end it is flat.
            let ends = [start.or(end).unwrap_or(0), end.or(start).unwrap_or(0)];
            let fits = |n: i128| n.abs() <= MOST && (piece.a * n).abs() + piece.b.abs() < MOST;
            if !ends.into_iter().all(fits) {
                return None;
            }
            within &= ends
                .into_iter()
                .all(|n| (low..=high).contains(&piece.at(n, m)));
            let (a, b, m) = (piece.a as f64, piece.b as f64, m as f64);
            made.push(Piece {
                from: piece.from.unwrap_or(0) as f64,
                slope: a / m,
                offset: (b + 0.5) / m,
                a,
                b,
            });
        }
        Some(Line {
            from: from.map_or(f64::NEG_INFINITY, |n| n as f64),
            to: to.map_or(f64::INFINITY, |n| n as f64),
            pieces: made,
            even: None,
            each: None,
            held: (!within).then_some((low as f64, high as f64)),
        })
    }
}
