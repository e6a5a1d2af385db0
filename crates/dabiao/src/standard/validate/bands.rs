//! Bands and curves: their order, and what can be reached of them.

use super::interval::Interval;
use super::items::Marked;
use super::{At, Checker};
use crate::expression::PartSign;
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{Band, Bound, Mark};

/// No rule has more bands, knots, places or shares.
pub(super) const MOST_ENTRIES: usize = 500;

/// What becomes of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It can be reached.
    Reached,
    /// Its sides leave nothing between them.
    Empty,
    /// No value lies in it.
    OutOfRange,
    /// The bands before it take every value of it.
    Covered,
    /// It shares values with a band before it, and each has values of its own.
    Overlaps,
}

/// The bands one by one, and whether any value is left for `otherwise`.
struct Analysis {
    states: Vec<State>,
    leaves: bool,
}

/// A mark in the value's unit; nothing for a mean.
pub(super) fn constant(mark: &Mark, unit: Option<PartSign>) -> Option<Rational> {
    match mark {
        Mark::Quantity(quantity) => Some(quantity.in_unit(unit)),
        Mark::CohortMean => None,
    }
}

/// The values of a band; nothing where a mean that nobody knows yet decides.
fn interval(band: &Band, mean: Option<&Rational>, unit: Option<PartSign>) -> Option<Interval> {
    let edge = |bound: &Option<Bound>| match bound {
        None => Some(None),
        Some(bound) => constant(&bound.mark, unit)
            .or_else(|| mean.cloned())
            .map(|x| Some((x, bound.inclusive))),
    };
    Some(Interval {
        low: edge(&band.low)?,
        high: edge(&band.high)?,
        whole: false,
    })
}

fn analyse(bands: &[Band], range: &Interval, unit: Option<PartSign>) -> Analysis {
    let mut bounds = bands
        .iter()
        .flat_map(|band| [&band.low, &band.high])
        .flatten();
    let only_means = bounds.all(|bound| bound.mark == Mark::CohortMean);
    // Where every mark is the mean, any number stands for it.
    let (mean, range) = match only_means {
        true => (Some(Rational::ZERO), Interval::all()),
        false => (None, range.clone()),
    };
    let mut before: Vec<Interval> = Vec::new();
    let mut left = vec![range.clone()];
    let mut states = Vec::new();
    let mut unknown = false;
    for band in bands {
        let Some(own) = interval(band, mean.as_ref(), unit) else {
            unknown = true;
            states.push(State::Reached);
            continue;
        };
        let inside = own.and(&range);
        let state = if own.is_empty() {
            State::Empty
        } else if inside.is_empty() {
            State::OutOfRange
        } else if left.iter().all(|piece| piece.and(&own).is_empty()) {
            State::Covered
        } else if before
            .iter()
            .any(|other| !other.and(&inside).is_empty() && !inside.contains(other))
        {
            State::Overlaps
        } else {
            State::Reached
        };
        states.push(state);
        left = left.iter().flat_map(|piece| piece.without(&own)).collect();
        before.push(inside);
    }
    Analysis {
        states,
        leaves: unknown || !left.is_empty(),
    }
}

impl<'d> Checker<'d> {
    pub(super) fn bands(&mut self, bands: &[Band], otherwise: &Rational, marked: &Marked<'d>) {
        let at = marked.at.key("bands");
        if bands.is_empty() {
            self.missing(&marked.at, "bands");
        }
        if !self.few_enough(bands.len(), &at) {
            return;
        }
        let unit = self.unit_of(marked);
        let analysis = analyse(bands, &marked.range(self), unit);
        for (index, (band, state)) in bands.iter().zip(&analysis.states).enumerate() {
            let at = at.element(index);
            self.not_over(&band.points, &at, marked);
            let (code, expected) = match state {
                State::Reached => continue,
                State::Empty => (
                    FaultCode::BandOrder,
                    Text::new("下限低于上限", "a lower side below the upper one"),
                ),
                State::OutOfRange => (
                    FaultCode::NeverMatters,
                    Text::new(
                        "取值范围内的分档",
                        "a band within the values that can occur",
                    ),
                ),
                State::Covered => (
                    FaultCode::BandOrder,
                    Text::new(
                        "未被前面分档覆盖的分档",
                        "a band that those before it do not cover",
                    ),
                ),
                State::Overlaps => (
                    FaultCode::BandOrder,
                    Text::new(
                        "与前面分档不交叉的分档",
                        "a band that does not overlap those before it",
                    ),
                ),
            };
            let fault = self
                .fault(code, &at)
                .found(described(band))
                .expected(expected);
            self.push(fault);
        }
        self.not_over(otherwise, &marked.at.key("otherwise"), marked);
    }

    /// The most that bands can earn.
    pub(super) fn best_of_bands(
        &self,
        bands: &[Band],
        otherwise: &Rational,
        marked: &Marked<'d>,
    ) -> Option<Rational> {
        if bands.len() > MOST_ENTRIES {
            return None;
        }
        let analysis = analyse(bands, &marked.range(self), self.unit_of(marked));
        let reached = bands
            .iter()
            .zip(&analysis.states)
            .filter(|(_, state)| matches!(state, State::Reached | State::Overlaps));
        let otherwise = analysis.leaves.then_some(otherwise);
        reached
            .map(|(band, _)| &band.points)
            .chain(otherwise)
            .max()
            .cloned()
    }

    pub(super) fn curve(&mut self, knots: &[(Mark, Rational)], marked: &Marked<'d>) {
        let at = marked.at.key("curve");
        if !self.few_enough(knots.len(), &at) {
            return;
        }
        if knots.len() < 2 {
            let fault = self.fault(FaultCode::BandOrder, &at);
            self.push(fault.expected(Text::new("至少两个折点", "at least two knots")));
        }
        let unit = self.unit_of(marked);
        let mut before: Option<Rational> = None;
        let mut means = 0;
        for (index, (mark, points)) in knots.iter().enumerate() {
            let at = at.element(index);
            self.not_over(points, &at, marked);
            match constant(mark, unit) {
                None => {
                    means += 1;
                    if means > 1 {
                        let fault = self.fault(FaultCode::BandOrder, &at).found("mean");
                        self.push(
                            fault.expected(Text::new("均值至多一次", "the mean once at most")),
                        );
                    }
                }
                Some(x) => {
                    if let Some(before) = before.filter(|before| x <= *before) {
                        let expected =
                            Text::new(format!("大于 {before}"), format!("more than {before}"));
                        let fault = self
                            .fault(FaultCode::BandOrder, &at)
                            .found(&x)
                            .expected(expected);
                        self.push(fault);
                    }
                    before = Some(x);
                }
            }
        }
    }

    /// The most that a curve can earn.
    pub(super) fn best_of_curve(
        &self,
        knots: &[(Mark, Rational)],
        marked: &Marked<'d>,
    ) -> Option<Rational> {
        let unit = self.unit_of(marked);
        let range = marked.range(self);
        let known: Vec<(Rational, &Rational)> = knots
            .iter()
            .filter_map(|(mark, points)| constant(mark, unit).map(|x| (x, points)))
            .collect();
        if known.len() < knots.len() || range.is_empty() {
            return knots.iter().map(|(_, points)| points).max().cloned();
        }
        let inside = known
            .iter()
            .filter(|(x, _)| range.contains(&Interval::point(x.clone())));
        let mut reached: Vec<Rational> = inside.map(|(_, points)| (*points).clone()).collect();
        reached.extend(match range.least() {
            Some(least) => on_curve(&known, least),
            None => known.first().map(|(_, points)| (*points).clone()),
        });
        reached.extend(match range.greatest() {
            Some(greatest) => on_curve(&known, greatest),
            None => known.last().map(|(_, points)| (*points).clone()),
        });
        reached.into_iter().max()
    }

    pub(super) fn unit_of(&self, marked: &Marked<'d>) -> Option<PartSign> {
        let value = marked.marking.value.as_ref()?;
        self.unit_sign(value, marked.level)
    }

    pub(super) fn few_enough(&mut self, count: usize, at: &At<'d>) -> bool {
        if count > MOST_ENTRIES {
            let fault = self.fault(FaultCode::TooLarge, at).found(count);
            self.push(fault.expected(Text::new(
                format!("至多 {MOST_ENTRIES} 个"),
                format!("at most {MOST_ENTRIES} of them"),
            )));
        }
        count <= MOST_ENTRIES
    }

    /// Points that nobody can get, because the item has fewer. A check with a cap of its own
    /// says there how much it may earn.
    pub(super) fn not_over(&mut self, points: &Rational, at: &At<'d>, marked: &Marked<'d>) {
        if let Some(full) = &marked.full
            && marked.cap.is_none()
            && points > full
        {
            let fault = self.fault(FaultCode::RuleReach, at).found(points);
            self.push(fault.expected(Text::new(
                format!("不超过该项分值 {full}"),
                format!("at most its points, {full}"),
            )));
        }
    }
}

/// The points at a place of a curve whose knots are in order.
fn on_curve(knots: &[(Rational, &Rational)], at: &Rational) -> Option<Rational> {
    let after = knots.iter().position(|(x, _)| x > at);
    let (right, left) = match after {
        Some(0) => return knots.first().map(|(_, points)| (*points).clone()),
        Some(right) => (knots.get(right)?, knots.get(right - 1)?),
        None => return knots.last().map(|(_, points)| (*points).clone()),
    };
    let part = (at - &left.0).checked_div(&(&right.0 - &left.0))?;
    Some(left.1 + &(&part * &(right.1 - left.1)))
}

fn described(band: &Band) -> String {
    let mark = |mark: &Mark| match mark {
        Mark::Quantity(quantity) => quantity.to_string(),
        Mark::CohortMean => "mean".to_owned(),
    };
    let low = band.low.as_ref().map(|bound| {
        let sign = if bound.inclusive { "\u{2265}" } else { ">" };
        format!("{sign} {}", mark(&bound.mark))
    });
    let high = band.high.as_ref().map(|bound| {
        let sign = if bound.inclusive { "\u{2264}" } else { "<" };
        format!("{sign} {}", mark(&bound.mark))
    });
    low.into_iter().chain(high).collect::<Vec<_>>().join(", ")
}
