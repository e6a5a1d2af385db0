//! Rules: how a value becomes points (docs/semantics.md §2.3), and the least a rule can give.

use std::cmp::Ordering;

use super::{BandPlan, MarkPlan, PayPlan, PerUnitPlan, RankPlan, RulePlan};
use crate::cohort::Cohort;
use crate::rational::Rational;
use crate::standard::document::{Side, Steps};

impl RulePlan {
    /// The points of a value: a number, or the code of a yes-no (0, 1) or label (its index).
    ///
    /// `cohort` is `None` only where nobody has a value; then there is none to mark.
    pub(crate) fn points(
        &self,
        value: &Rational,
        full: &Rational,
        cohort: Option<&Cohort>,
    ) -> Rational {
        match self {
            RulePlan::Award { .. } => value.clone(),
            RulePlan::YesNo { yes, no } => if value.is_zero() { no } else { yes }.clone(),
            RulePlan::Levels(levels) => value
                .floor()
                .and_then(|index| levels.get(usize::try_from(index).ok()?))
                .cloned()
                .unwrap_or_default(),
            RulePlan::Count { pay, .. } => pay.points(count_of(value)),
            RulePlan::Bands { bands, otherwise } => bands
                .iter()
                .find(|band| band.holds(value, cohort))
                .map_or(otherwise, |band| &band.points)
                .clone(),
            RulePlan::Curve(knots) => curve(knots, value, cohort),
            RulePlan::PerUnit(rule) => rule.points(value, cohort),
            RulePlan::Rank { from_top, pay } => match cohort {
                Some(cohort) => pay.points(cohort.place(value, *from_top), cohort.count()),
                None => Rational::ZERO,
            },
            RulePlan::ShareOfBest { lower_is_better } => {
                let best = cohort.map(|c| if *lower_is_better { c.min() } else { c.max() });
                share(value, best, *lower_is_better, full)
            }
            RulePlan::ShareOfMean { lower_is_better } => {
                let mean = cohort.map(Cohort::mean);
                share(value, mean, *lower_is_better, full)
            }
            RulePlan::MinMax { lower_is_better } => match cohort {
                Some(cohort) => min_max(value, cohort, *lower_is_better, full),
                None => Rational::ZERO,
            },
            RulePlan::Boxes { .. } | RulePlan::Checks { .. } => Rational::ZERO,
        }
    }

    /// The least that the rule can give to a value, or nothing where there is no bound.
    pub(crate) fn least(&self, cohort: Option<&Cohort>, non_negative: bool) -> Option<Rational> {
        match self {
            RulePlan::Award { min, .. } => Some(min.clone()),
            RulePlan::YesNo { yes, no } => Some(yes.min(no).clone()),
            RulePlan::Levels(levels) => levels.iter().min().cloned(),
            RulePlan::Count { of, pay } => (0..=*of).map(|n| pay.points(n)).min(),
            RulePlan::Bands { bands, otherwise } => {
                let uncovered = (!cover_every_number(bands, cohort)).then_some(otherwise);
                bands
                    .iter()
                    .map(|b| &b.points)
                    .chain(uncovered)
                    .min()
                    .cloned()
            }
            RulePlan::Curve(knots) => knots.iter().map(|(_, points)| points).min().cloned(),
            RulePlan::PerUnit(rule) => rule.least(),
            RulePlan::Rank { pay, .. } => pay.least(),
            RulePlan::ShareOfBest { lower_is_better }
            | RulePlan::ShareOfMean { lower_is_better } => {
                (non_negative || *lower_is_better).then_some(Rational::ZERO)
            }
            RulePlan::MinMax { .. } => Some(Rational::ZERO),
            RulePlan::Boxes { .. } | RulePlan::Checks { .. } => None,
        }
    }

    /// Whether it looks at the cohort.
    pub(crate) fn looks_at_cohort(&self) -> bool {
        match self {
            RulePlan::Rank { .. } | RulePlan::ShareOfBest { .. } | RulePlan::MinMax { .. } => true,
            other => other.needs_mean(),
        }
    }

    /// Whether it looks at the cohort's mean.
    pub(crate) fn needs_mean(&self) -> bool {
        let mean = |mark: &MarkPlan| *mark == MarkPlan::CohortMean;
        match self {
            RulePlan::ShareOfMean { .. } => true,
            RulePlan::Bands { bands, .. } => bands
                .iter()
                .flat_map(|band| [&band.low, &band.high])
                .flatten()
                .any(|(mark, _)| mean(mark)),
            RulePlan::Curve(knots) => knots.iter().any(|(mark, _)| mean(mark)),
            RulePlan::PerUnit(rule) => mean(&rule.mark),
            _ => false,
        }
    }

    /// Whether its value is a number that a mean or median could stand for.
    pub(crate) fn is_numeric(&self) -> bool {
        !matches!(
            self,
            RulePlan::YesNo { .. }
                | RulePlan::Levels(_)
                | RulePlan::Count { .. }
                | RulePlan::Boxes { .. }
                | RulePlan::Checks { .. }
        )
    }
}

fn count_of(value: &Rational) -> u32 {
    value
        .floor()
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(0)
}

impl PayPlan {
    pub(crate) fn points(&self, ticked: u32) -> Rational {
        match self {
            PayPlan::Each(each) => each * &Rational::from(i64::from(ticked)),
            PayPlan::Table(table) => table
                .iter()
                .find(|(count, _)| *count == ticked)
                .map(|(_, points)| points.clone())
                .unwrap_or_default(),
        }
    }
}

impl MarkPlan {
    /// The mark as a number; the mean of an empty cohort is nobody's business.
    pub(crate) fn resolve(&self, cohort: Option<&Cohort>) -> Rational {
        match self {
            MarkPlan::Number(number) => number.clone(),
            MarkPlan::CohortMean => cohort.map(|c| c.mean().clone()).unwrap_or_default(),
        }
    }
}

impl BandPlan {
    fn holds(&self, value: &Rational, cohort: Option<&Cohort>) -> bool {
        let inside = |side: &Option<(MarkPlan, bool)>, wanted: Ordering| match side {
            None => true,
            Some((MarkPlan::Number(mark), inclusive)) => within(value, mark, *inclusive, wanted),
            Some((mark, inclusive)) => within(value, &mark.resolve(cohort), *inclusive, wanted),
        };
        inside(&self.low, Ordering::Greater) && inside(&self.high, Ordering::Less)
    }
}

fn within(value: &Rational, mark: &Rational, inclusive: bool, wanted: Ordering) -> bool {
    let order = value.cmp(mark);
    order == wanted || (inclusive && order == Ordering::Equal)
}

/// Whether no number escapes all bands: what follows the reach of the bands from below, each
/// gap is looked for at a bound or just beside it.
fn cover_every_number(bands: &[BandPlan], cohort: Option<&Cohort>) -> bool {
    let mut marks: Vec<Rational> = bands
        .iter()
        .flat_map(|band| [&band.low, &band.high])
        .flatten()
        .map(|(mark, _)| mark.resolve(cohort))
        .collect();
    marks.sort();
    marks.dedup();
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
        return !bands.is_empty();
    };
    let half = Rational::ratio(1, 2).unwrap_or_default();
    let mut probes = vec![first - &Rational::ONE, last + &Rational::ONE];
    probes.extend(marks.windows(2).map(|pair| &(&pair[0] + &pair[1]) * &half));
    probes.extend(marks);
    probes
        .iter()
        .all(|probe| bands.iter().any(|band| band.holds(probe, cohort)))
}

fn curve(knots: &[(MarkPlan, Rational)], value: &Rational, cohort: Option<&Cohort>) -> Rational {
    let mut below: Option<(Rational, &Rational)> = None;
    let mut above: Option<(Rational, &Rational)> = None;
    for (mark, points) in knots {
        let x = mark.resolve(cohort);
        match x.cmp(value) {
            Ordering::Equal => return points.clone(),
            Ordering::Less if below.as_ref().is_none_or(|(held, _)| x > *held) => {
                below = Some((x, points))
            }
            Ordering::Greater if above.as_ref().is_none_or(|(held, _)| x < *held) => {
                above = Some((x, points))
            }
            _ => {}
        }
    }
    match (below, above) {
        (Some((x0, y0)), Some((x1, y1))) => {
            let part = (value - &x0).checked_div(&(&x1 - &x0)).unwrap_or_default();
            y0 + &(&part * &(y1 - y0))
        }
        (Some((_, points)), None) | (None, Some((_, points))) => points.clone(),
        (None, None) => Rational::ZERO,
    }
}

impl PerUnitPlan {
    fn points(&self, value: &Rational, cohort: Option<&Cohort>) -> Rational {
        let mark = self.mark.resolve(cohort);
        let distance = match self.side {
            Side::Over => value - &mark,
            Side::Under => &mark - value,
        };
        if distance <= Rational::ZERO {
            return self.held(self.from.clone());
        }
        let units = distance.checked_div(&self.unit).unwrap_or_default();
        let units = match self.steps {
            Steps::Proportional => units,
            Steps::Started => units.ceil_exact(),
            Steps::Completed => units.floor_exact(),
        };
        self.held(&self.from + &(&units * &self.points))
    }

    fn held(&self, points: Rational) -> Rational {
        points.clamped(self.floor.as_ref(), self.cap.as_ref())
    }

    fn least(&self) -> Option<Rational> {
        if self.points.is_negative() {
            self.floor.clone()
        } else {
            Some(self.held(self.from.clone()))
        }
    }
}

impl RankPlan {
    fn points(&self, place: u64, size: u64) -> Rational {
        match self {
            RankPlan::Table(table, otherwise) => usize::try_from(place - 1)
                .ok()
                .and_then(|index| table.get(index))
                .unwrap_or(otherwise)
                .clone(),
            RankPlan::Steps { start, step, floor } => {
                let further = Rational::ratio(i128::from(place - 1), 1).unwrap_or_default();
                (start - &(&further * step)).clamped(floor.as_ref(), None)
            }
            RankPlan::Shares(shares, otherwise) => {
                let whole = |n: u64| Rational::ratio(i128::from(n), 1).unwrap_or_default();
                shares
                    .iter()
                    .find(|(share, _)| whole(place) <= share * &whole(size))
                    .map_or(otherwise, |(_, points)| points)
                    .clone()
            }
        }
    }

    fn least(&self) -> Option<Rational> {
        match self {
            RankPlan::Table(table, otherwise) => table.iter().chain([otherwise]).min().cloned(),
            RankPlan::Steps { start, step, floor } if *step <= Rational::ZERO => {
                Some(start.clone().clamped(floor.as_ref(), None))
            }
            RankPlan::Steps { floor, .. } => floor.clone(),
            RankPlan::Shares(shares, otherwise) => shares
                .iter()
                .map(|(_, points)| points)
                .chain([otherwise])
                .min()
                .cloned(),
        }
    }
}

/// value ÷ reference × full, or turned round where lower is better.
fn share(
    value: &Rational,
    reference: Option<&Rational>,
    lower_is_better: bool,
    full: &Rational,
) -> Rational {
    let Some(reference) = reference else {
        return Rational::ZERO;
    };
    if lower_is_better && value.is_zero() {
        return full.clone();
    }
    if *reference <= Rational::ZERO {
        return Rational::ZERO;
    }
    if lower_is_better && value.is_negative() {
        return full.clone();
    }
    let quotient = if lower_is_better {
        reference.checked_div(value)
    } else {
        value.checked_div(reference)
    };
    &quotient.unwrap_or_default() * full
}

fn min_max(value: &Rational, cohort: &Cohort, lower_is_better: bool, full: &Rational) -> Rational {
    let reach = cohort.max() - cohort.min();
    let distance = if lower_is_better {
        cohort.max() - value
    } else {
        value - cohort.min()
    };
    match distance.checked_div(&reach) {
        Some(part) => &part.clamped(Some(&Rational::ZERO), Some(&Rational::ONE)) * full,
        None => full.clone(),
    }
}
