//! The nearest value that wins points, for every rule whose value is a number.
//!
//! A rule changes course only at certain values: the marks of bands and curves, the ends of
//! units, the values of the others in the cohort. The nearest of these that wins a published
//! point is the next step; each is tried through the engine.

use std::cmp::Ordering;

use super::lever::Lever;
use super::trial::{Edge, Moving, Reach, Trial};
use crate::cohort::Cohort;
use crate::plan::{BandPlan, MarkPlan, PerUnitPlan, RankPlan, RulePlan};
use crate::rational::Rational;
use crate::standard::document::{Side, Steps};

/// More steps than this are not looked at one by one.
const STEPS: i64 = 1 << 40;
/// Marks of an assessor that are tried one after the other.
const MARKS: usize = 1000;

/// A search from one value.
pub(super) struct Search<'a> {
    trial: &'a Trial<'a>,
    value: &'a Rational,
    lever: Option<&'a Lever<'a>>,
    /// The cohort of the marking, without this community where it belongs to it.
    cohort: Option<Others<'a>>,
}

/// The others of a cohort.
struct Others<'a> {
    cohort: &'a Cohort,
    own: Option<&'a Rational>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        trial: &'a Trial<'a>,
        value: &'a Rational,
        lever: Option<&'a Lever<'a>>,
    ) -> Self {
        let slot = trial.marking.slot;
        let own = |moving: &&Moving<'_>| Some(moving.slot) == slot;
        let moving = trial.moving.iter().find(own);
        let cohort = match moving {
            Some(moving) => Some(Others {
                cohort: moving.cohort,
                own: Some(&moving.own),
            }),
            None => slot
                .and_then(|slot| trial.cohorts.cohort(slot))
                .map(|cohort| Others { cohort, own: None }),
        };
        Search {
            trial,
            value,
            lever,
            cohort,
        }
    }

    /// The nearest value that wins points.
    pub(super) fn run(&self) -> Option<Reach> {
        match &self.trial.marking.rule {
            RulePlan::Award { min, max, step } => self.award(min, max, step.as_ref()),
            RulePlan::Bands { bands, .. } => self.marks(band_marks(bands), true),
            RulePlan::Curve(knots) => {
                let marks = knots.iter().map(|(mark, _)| mark).collect();
                self.marks(marks, false).or_else(|| self.bounds())
            }
            RulePlan::PerUnit(rule) => match (self.per_unit(rule), rule.steps) {
                (None, Steps::Proportional) => self.bounds(),
                (reach, _) => reach,
            },
            RulePlan::Rank { from_top, pay } => self.rank(*from_top, pay),
            RulePlan::ShareOfBest { lower_is_better } => {
                self.others(!lower_is_better, &[Rational::ZERO])
            }
            RulePlan::ShareOfMean { lower_is_better } => {
                // Where the mean is not above 0 nothing is earned: it is 0 where the value is
                // what the others lack.
                let mut extra = vec![Rational::ZERO];
                extra.extend(self.mean_of_others());
                extra.extend(self.sum_of_others().map(|sum| -sum));
                self.others(!lower_is_better, &extra)
            }
            RulePlan::MinMax { lower_is_better } => self.others(!lower_is_better, &[]),
            RulePlan::YesNo { .. }
            | RulePlan::Levels(_)
            | RulePlan::Count { .. }
            | RulePlan::Boxes { .. }
            | RulePlan::Checks { .. } => None,
        }
    }

    fn try_edge(&self, edge: &Edge, up: bool) -> Option<Reach> {
        self.trial.reach(edge, up, self.lever)
    }

    fn tried(&self, edge: &Edge, up: bool) -> Tried {
        match self.try_edge(edge, up) {
            Some(reach) => Tried::Won(Box::new(reach)),
            None if self.trial.attains(edge, up, self.lever) => Tried::Lost,
            None => Tried::Beyond,
        }
    }

    fn award(&self, min: &Rational, max: &Rational, step: Option<&Rational>) -> Option<Reach> {
        let up = !self.trial.costs();
        if let Some(step) = step.filter(|step| **step > Rational::ZERO) {
            let steps = (self.value - min).checked_div(step)?;
            let mut at = if up {
                steps.floor_exact() + Rational::ONE
            } else {
                steps.ceil_exact() - Rational::ONE
            };
            for _ in 0..MARKS {
                let mark = min + &(&at * step);
                if mark > *max || mark < *min {
                    return None;
                }
                if let Some(reach) = self.try_edge(&Edge::At(mark), up) {
                    return Some(reach);
                }
                at = if up {
                    at + Rational::ONE
                } else {
                    at - Rational::ONE
                };
            }
        }
        let end = if up { max } else { min };
        let ahead = if up {
            end > self.value
        } else {
            end < self.value
        };
        let edge = Edge::At(end.clone());
        ahead.then(|| self.try_edge(&edge, up)).flatten()
    }

    /// The marks of bands or knots of a curve. Between the marks of bands another band may hold.
    fn marks(&self, marks: Vec<&MarkPlan>, between: bool) -> Option<Reach> {
        let mut at: Vec<Rational> = marks
            .iter()
            .filter_map(|mark| self.resolved(mark))
            .collect();
        at.sort_unstable();
        at.dedup();
        let up = self.first_mark(&at, between, true);
        let down = self.first_mark(&at, between, false);
        match (up, down) {
            (Some(up), Some(down)) => {
                let distance = |reach: &Reach| (&reach.value - self.value).abs();
                Some(if distance(&down) < distance(&up) {
                    down
                } else {
                    up
                })
            }
            (up, down) => up.or(down),
        }
    }

    fn first_mark(&self, marks: &[Rational], between: bool, up: bool) -> Option<Reach> {
        let ahead: Vec<&Rational> = if up {
            marks.iter().filter(|mark| *mark >= self.value).collect()
        } else {
            marks
                .iter()
                .rev()
                .filter(|mark| *mark <= self.value)
                .collect()
        };
        for (index, mark) in ahead.iter().enumerate() {
            if *mark != self.value {
                let reach = self.try_edge(&Edge::At((*mark).clone()), up);
                if reach.is_some() {
                    return reach;
                }
            }
            if between {
                let sample = match ahead.get(index + 1) {
                    Some(next) => halfway(mark, next),
                    None if up => *mark + &Rational::ONE,
                    None => *mark - &Rational::ONE,
                };
                let at = (*mark).clone();
                let reach = self.try_edge(&Edge::Past { at, sample }, up);
                if reach.is_some() {
                    return reach;
                }
            }
        }
        None
    }

    /// A mark as a number that this community can reach: the mean moves with its own value, and
    /// meets it at the mean of the others.
    fn resolved(&self, mark: &MarkPlan) -> Option<Rational> {
        match mark {
            MarkPlan::Number(number) => Some(number.clone()),
            MarkPlan::CohortMean => self.mean_of_others(),
        }
    }

    /// Where the next mark is out of the measure's reach, the measure's own bounds: in a rule
    /// in proportion they win something as well.
    fn bounds(&self) -> Option<Reach> {
        let lever = self.lever.filter(|lever| lever.lone)?;
        let bounds = [(&lever.max, true), (&lever.min, false)];
        bounds.into_iter().find_map(|(bound, up)| {
            let bound = bound.as_ref().filter(|bound| *bound != self.value)?;
            self.try_edge(&Edge::At(bound.clone()), up)
        })
    }

    fn mean_of_others(&self) -> Option<Rational> {
        let others = self.cohort.as_ref()?;
        match others.own {
            None => Some(others.cohort.mean().clone()),
            Some(_) => {
                let count = &whole(others.cohort.count()) - &Rational::ONE;
                self.sum_of_others()?.checked_div(&count)
            }
        }
    }

    /// What the values of the others add up to, where this community is one of the cohort.
    fn sum_of_others(&self) -> Option<Rational> {
        let others = self.cohort.as_ref()?;
        let all = others.cohort.mean() * &whole(others.cohort.count());
        others.own.map(|own| &all - own)
    }

    /// How far the distance to a mark moves with 1 of the value: less than 1 from a mean that
    /// moves along.
    fn pace(&self, mark: &MarkPlan) -> Option<Rational> {
        let others = self
            .cohort
            .as_ref()
            .filter(|_| *mark == MarkPlan::CohortMean);
        match others.and_then(|others| others.own.map(|_| others.cohort.count())) {
            None => Some(Rational::ONE),
            Some(count) => {
                let count = whole(count);
                (&count - &Rational::ONE).checked_div(&count)
            }
        }
    }

    fn per_unit(&self, rule: &PerUnitPlan) -> Option<Reach> {
        let mark = self.resolved(&rule.mark)?;
        let pace = self.pace(&rule.mark)?;
        let over = rule.side == Side::Over;
        let away = if over {
            self.value - &mark
        } else {
            &mark - self.value
        };
        let units = (&away * &pace).checked_div(&rule.unit)?;
        // The value at so many units from the mark.
        let value_at = |units: &Rational| {
            let distance = (units * &rule.unit).checked_div(&pace).unwrap_or_default();
            if over {
                &mark + &distance
            } else {
                &mark - &distance
            }
        };
        let farther = rule.points.is_negative() == self.trial.costs();
        // Away from the mark the value rises over it and falls under it.
        let up = farther == over;
        let half = Rational::ratio(1, 2)?;
        let edge = |count: i64| {
            let count = Rational::from(count);
            let (open, at) = match (rule.steps, farther) {
                (Steps::Proportional, _) | (Steps::Started, false) | (Steps::Completed, true) => {
                    (false, count)
                }
                (Steps::Completed, false) => (true, count + Rational::ONE),
                (Steps::Started, true) => (true, count - Rational::ONE),
            };
            let inward = if farther { half.clone() } else { -&half };
            match open {
                false => Edge::At(value_at(&at)),
                true => Edge::Past {
                    sample: value_at(&(&at + &inward)),
                    at: value_at(&at),
                },
            }
        };
        let wins = |count: i64| self.tried(&edge(count), up);
        if farther {
            let counted = match rule.steps {
                Steps::Started => units.ceil_exact().floor()?,
                Steps::Completed | Steps::Proportional => units.floor()?,
            };
            let first = counted.max(0) + 1;
            let capped = rule
                .cap
                .as_ref()
                .filter(|_| rule.steps == Steps::Proportional);
            let reach = first_that(first, STEPS, &wins)?;
            let at_cap = capped.and_then(|cap| {
                let units = (cap - &rule.from).checked_div(&rule.points)?;
                self.try_edge(&Edge::At(value_at(&units)), up)
            });
            let nearer =
                |held: &Reach| (&held.value - self.value).abs() < (&reach.value - self.value).abs();
            return Some(at_cap.filter(nearer).unwrap_or(reach));
        }
        if units <= Rational::ZERO {
            return None;
        }
        let counted = match rule.steps {
            Steps::Completed => units.floor()?,
            Steps::Started | Steps::Proportional => units.ceil_exact().floor()?,
        };
        // From the most units that still win points down to none.
        last_that(0, counted - 1, &wins)
    }

    fn rank(&self, from_top: bool, pay: &RankPlan) -> Option<Reach> {
        let others = self.cohort.as_ref()?;
        let place = others.place(self.value, from_top);
        let size = others.size();
        let place = i64::try_from(place).ok()?;
        let size = i64::try_from(size).ok()?;
        // Whoever is not of the cohort may stand behind all of it.
        let last_place = size + i64::from(others.own.is_none());
        let ahead = |at: i64| match others.at_place(at, from_top) {
            Some(held) => self.tried(&Edge::At(held.clone()), from_top),
            None => Tried::Lost,
        };
        // Behind the one before: past it, on the other side.
        let behind = |at: i64| {
            let Some(held) = others.at_place(at - 1, from_top) else {
                return Tried::Lost;
            };
            let sample = match others.cohort.beside(held, !from_top) {
                Some(next) => halfway(held, next),
                None if from_top => held - &Rational::ONE,
                None => held + &Rational::ONE,
            };
            let edge = Edge::Past {
                at: held.clone(),
                sample,
            };
            self.tried(&edge, !from_top)
        };
        let (mut better, mut worse): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
        match pay {
            RankPlan::Steps { .. } => {
                let reach = last_that(1, place - 1, &ahead);
                return reach.or_else(|| first_that(place + 1, last_place, &behind));
            }
            RankPlan::Table(table, _) => {
                let last = i64::try_from(table.len()).unwrap_or(i64::MAX);
                better.extend((1..=last.min(place - 1)).rev());
                worse.extend(place + 1..=(last + 1).min(last_place));
            }
            RankPlan::Shares(shares, _) => {
                let ends = shares
                    .iter()
                    .filter_map(|(share, _)| (share * &whole(size.unsigned_abs())).floor());
                let mut ends: Vec<i64> = ends.collect();
                ends.sort_unstable();
                better.extend(ends.iter().rev().filter(|end| (1..place).contains(*end)));
                worse.extend(
                    ends.iter()
                        .map(|end| end + 1)
                        .filter(|at| (place + 1..=last_place).contains(at)),
                );
            }
        }
        let won = |tried: Tried| match tried {
            Tried::Won(reach) => Some(*reach),
            Tried::Lost | Tried::Beyond => None,
        };
        let mut better = better.into_iter();
        better
            .find_map(|at| won(ahead(at)))
            .or_else(|| worse.into_iter().find_map(|at| won(behind(at))))
    }

    /// The nearest value of another community that wins points, or one of `extra`.
    fn others(&self, higher: bool, extra: &[Rational]) -> Option<Reach> {
        let others = self.cohort.as_ref()?;
        let up = higher != self.trial.costs();
        let values = others.cohort.values();
        let wins = |index: i64| {
            let value = usize::try_from(index)
                .ok()
                .and_then(|index| values.get(index));
            match value {
                Some(value) => self.tried(&Edge::At(value.clone()), up),
                None => Tried::Lost,
            }
        };
        let last = i64::try_from(values.len()).ok()? - 1;
        let mut found = if up {
            let first = values.partition_point(|held| held <= self.value);
            first_that(i64::try_from(first).ok()?, last, &wins)
        } else {
            let end = values.partition_point(|held| held < self.value);
            last_that(0, i64::try_from(end).ok()? - 1, &wins)
        };
        let mut ends = vec![others.cohort.min().clone(), others.cohort.max().clone()];
        ends.extend_from_slice(extra);
        for end in ends {
            let nearer = found
                .as_ref()
                .is_none_or(|held| (&end - self.value).abs() < (&held.value - self.value).abs());
            if !nearer {
                continue;
            }
            // Zero may lie on the other side: it earns full where lower is better.
            let up = match end.cmp(self.value) {
                Ordering::Greater => true,
                Ordering::Less => false,
                Ordering::Equal => up,
            };
            let at = || self.try_edge(&Edge::At(end.clone()), up);
            let past = || {
                let one = if up { Rational::ONE } else { -Rational::ONE };
                let sample = &end + &one;
                let at = end.clone();
                self.try_edge(&Edge::Past { at, sample }, up)
            };
            let reach = if end == *self.value { None } else { at() };
            found = reach.or_else(past).or(found);
        }
        found
    }
}

impl Others<'_> {
    fn size(&self) -> u64 {
        self.cohort.count()
    }

    fn place(&self, value: &Rational, from_top: bool) -> u64 {
        self.cohort.place(value, from_top)
    }

    /// The value of whoever stands at a place, ties counted one by one, without this community.
    fn at_place(&self, place: i64, from_top: bool) -> Option<&Rational> {
        let place = u64::try_from(place).ok().filter(|place| *place > 0)?;
        self.cohort.nth(place, from_top, self.own)
    }
}

/// What became of a try.
enum Tried {
    Won(Box<Reach>),
    Lost,
    /// The measure cannot get there, nor any farther.
    Beyond,
}

/// The first of a range that wins, where winning goes on once it starts.
fn first_that(from: i64, to: i64, wins: &dyn Fn(i64) -> Tried) -> Option<Reach> {
    if from > to {
        return None;
    }
    match wins(from) {
        Tried::Won(reach) => return Some(*reach),
        Tried::Lost => {}
        Tried::Beyond => return None,
    }
    // The step doubles until it wins, then the stretch is halved.
    let (mut lost, mut step, mut to) = (from, 1i64, to);
    let mut found = loop {
        if lost >= to {
            return None;
        }
        let at = lost.saturating_add(step).min(to);
        match wins(at) {
            Tried::Won(reach) => break (at, reach),
            Tried::Lost => lost = at,
            Tried::Beyond => {
                to = at - 1;
                step = 0;
            }
        }
        step = step.saturating_mul(2).max(1);
    };
    while found.0 - lost > 1 {
        let middle = lost + (found.0 - lost) / 2;
        match wins(middle) {
            Tried::Won(reach) => found = (middle, reach),
            Tried::Lost | Tried::Beyond => lost = middle,
        }
    }
    Some(*found.1)
}

/// The last of a range that wins, where everything before it wins as well.
fn last_that(from: i64, to: i64, wins: &dyn Fn(i64) -> Tried) -> Option<Reach> {
    let mirrored = |at: i64| wins(from + (to - at));
    first_that(from, to, &mirrored)
}

fn band_marks(bands: &[BandPlan]) -> Vec<&MarkPlan> {
    let sides = bands.iter().flat_map(|band| [&band.low, &band.high]);
    sides.flatten().map(|(mark, _)| mark).collect()
}

fn halfway(a: &Rational, b: &Rational) -> Rational {
    &(a + b) * &Rational::ratio(1, 2).unwrap_or_default()
}

fn whole(count: u64) -> Rational {
    Rational::ratio(i128::from(count), 1).unwrap_or_default()
}
