//! Rules: how a value becomes points (§2.3), and the least a rule can give (§2.5).

use dabiao::Rational;
use dabiao::expression::PartSign;
use dabiao::standard::document::{
    Band, Bound, ChecklistPay, Mark, Marking, PerUnit, RankPay, Rule, Side, Start, Steps,
};

use super::formula::{Formula, add, and, eq, ge, gt, if_else, le, lt, max, min, mul, num};
use super::fractions::{Fraction, common, first_of};
use super::{Builder, COHORT, OVER};

/// What a rule gives to what is missing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Least {
    /// So many points.
    Points(Rational),
    /// There is no bound.
    None,
    /// The cohort decides.
    Cohort,
}

/// A band's bounds as numbers: each with whether the number itself is inside.
type Bounds<'a> = Vec<(
    Option<(Rational, bool)>,
    Option<(Rational, bool)>,
    &'a Rational,
)>;

/// Whether a rule looks at the cohort.
pub(super) fn looks_at_cohort(rule: &Rule) -> bool {
    let mean = |mark: &Mark| *mark == Mark::CohortMean;
    match rule {
        Rule::Rank(_)
        | Rule::ShareOfBest { .. }
        | Rule::ShareOfMean { .. }
        | Rule::MinMax { .. } => true,
        Rule::Bands { bands, .. } => bands
            .iter()
            .flat_map(|band| [&band.low, &band.high])
            .flatten()
            .any(|bound| mean(&bound.mark)),
        Rule::Curve(knots) => knots.iter().any(|(mark, _)| mean(mark)),
        Rule::PerUnit(rule) => mean(&rule.mark),
        _ => false,
    }
}

/// Whether a rule's value is a number that a mean could stand for.
pub(super) fn is_numeric(rule: &Rule) -> bool {
    !matches!(
        rule,
        Rule::YesNo { .. } | Rule::Levels(_) | Rule::Checklist(_) | Rule::Checks(_)
    )
}

/// What a checklist pays for a count.
pub(super) fn pay(pays: &ChecklistPay, count: u32) -> Rational {
    match pays {
        ChecklistPay::Each(each) => each * &Rational::from(i64::from(count)),
        ChecklistPay::Table(table) => table
            .iter()
            .find(|(held, _)| *held == count)
            .map(|(_, points)| points.clone())
            .unwrap_or_default(),
    }
}

fn in_unit(mark: &Mark, unit: Option<PartSign>) -> Option<Rational> {
    match mark {
        Mark::Quantity(quantity) => Some(quantity.in_unit(unit)),
        Mark::CohortMean => None,
    }
}

fn bounds(bands: &[Band], unit: Option<PartSign>) -> Option<Bounds<'_>> {
    let bound = |bound: &Option<Bound>| match bound {
        None => Some(None),
        Some(bound) => in_unit(&bound.mark, unit).map(|mark| Some((mark, bound.inclusive))),
    };
    bands
        .iter()
        .map(|band| Some((bound(&band.low)?, bound(&band.high)?, &band.points)))
        .collect()
}

/// Whether no number escapes all bands.
fn cover_every_number(bands: &Bounds<'_>) -> bool {
    let mut marks: Vec<Rational> = bands
        .iter()
        .flat_map(|(low, high, _)| [low, high])
        .flatten()
        .map(|(mark, _)| mark.clone())
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
    let holds = |probe: &Rational| {
        bands.iter().any(|(low, high, _)| {
            let above = low
                .as_ref()
                .is_none_or(|(mark, inside)| probe > mark || (*inside && probe == mark));
            let below = high
                .as_ref()
                .is_none_or(|(mark, inside)| probe < mark || (*inside && probe == mark));
            above && below
        })
    };
    probes.iter().all(holds)
}

impl Builder<'_> {
    /// The points of a value, where it is one.
    pub(super) fn points(
        &mut self,
        marking: &Marking,
        value: &Fraction,
        full: &Rational,
    ) -> Fraction {
        let unit = self.lone_sign(marking.value.as_ref());
        if looks_at_cohort(&marking.rule) {
            return Fraction::none(COHORT);
        }
        match &marking.rule {
            Rule::Award { .. } => value.clone(),
            Rule::YesNo { yes, no } => {
                let table = [no.clone(), yes.clone().unwrap_or_else(|| full.clone())];
                self.looked_up(value, &table)
            }
            Rule::Levels(levels) => {
                let measure = marking
                    .value
                    .as_ref()
                    .and_then(|value| value.lone_measure());
                let measure = measure.map_or(usize::MAX, |name| self.measure(name));
                let labels = self.standard.observed(measure).map(|o| o.labels);
                let of = |label: &String| {
                    let held = levels.iter().find(|(named, _)| named == label);
                    held.map(|(_, points)| points.clone()).unwrap_or_default()
                };
                let table: Vec<Rational> = labels.unwrap_or_default().iter().map(of).collect();
                self.looked_up(value, &table)
            }
            Rule::Checklist(list) => {
                let most = list.of.unwrap_or(0);
                let table: Vec<Rational> = (0..=most).map(|n| pay(&list.pays, n)).collect();
                self.looked_up(value, &table)
            }
            Rule::Bands { bands, otherwise } => self.bands(bands, otherwise, value, unit),
            Rule::Curve(knots) => self.curve(knots, value, unit),
            Rule::PerUnit(rule) => self.per_unit(rule, value, full, unit),
            _ => Fraction::none(COHORT),
        }
    }

    /// The entry of a table at a whole number.
    fn looked_up(&mut self, value: &Fraction, table: &[Rational]) -> Fraction {
        let Some((points, scale)) = common(table) else {
            return Fraction::none(OVER);
        };
        // What a table says for most numbers need not be said for each of them.
        let cases: Vec<(Formula, f64)> = points
            .iter()
            .enumerate()
            .filter(|(_, points)| **points != 0.0)
            .map(|(at, points)| (eq(value.n.clone(), num(at as f64)), *points))
            .collect();
        self.cases(cases, 0.0, scale)
    }

    /// The points of the first condition that holds. Functions nest 64 deep at most.
    fn cases(&mut self, mut cases: Vec<(Formula, f64)>, otherwise: f64, scale: f64) -> Fraction {
        let mut result = num(otherwise);
        while !cases.is_empty() {
            let part = cases.split_off(cases.len().saturating_sub(40));
            let part = part.into_iter().map(|(test, points)| (test, num(points)));
            result = self.cell(first_of(part.collect(), result));
        }
        Fraction {
            n: result,
            d: num(scale),
        }
    }

    fn bands(
        &mut self,
        bands: &[Band],
        otherwise: &Rational,
        value: &Fraction,
        unit: Option<PartSign>,
    ) -> Fraction {
        let Some(bands) = bounds(bands, unit) else {
            return Fraction::none(COHORT);
        };
        let mut all: Vec<Rational> = bands.iter().map(|(.., points)| (*points).clone()).collect();
        all.push(otherwise.clone());
        let Some((mut points, scale)) = common(&all) else {
            return Fraction::none(OVER);
        };
        let otherwise = points.pop().unwrap_or(0.0);
        let mut orders: Vec<(Rational, Formula)> = Vec::new();
        let mut cases = Vec::new();
        for ((low, high, _), points) in bands.iter().zip(points) {
            let mut tests = Vec::new();
            for (bound, sign) in [(low, 1.0), (high, -1.0)] {
                let Some((mark, inside)) = bound else {
                    continue;
                };
                let held = orders.iter().find(|(held, _)| held == mark);
                let order = match held {
                    Some((_, order)) => order.clone(),
                    None => {
                        let order = self.order(value, &Fraction::of(mark));
                        orders.push((mark.clone(), order.clone()));
                        order
                    }
                };
                tests.push(match (sign > 0.0, inside) {
                    (true, true) => ge(order, num(0.0)),
                    (true, false) => gt(order, num(0.0)),
                    (false, true) => le(order, num(0.0)),
                    (false, false) => lt(order, num(0.0)),
                });
            }
            let test = match tests.len() {
                0 => eq(num(0.0), num(0.0)),
                1 => tests.remove(0),
                _ => and(tests),
            };
            cases.push((test, points));
        }
        self.cases(cases, otherwise, scale)
    }

    /// Straight lines between knots: the points are `a + b × value`, with `a` and `b` by place.
    fn curve(
        &mut self,
        knots: &[(Mark, Rational)],
        value: &Fraction,
        unit: Option<PartSign>,
    ) -> Fraction {
        let marked = knots
            .iter()
            .map(|(mark, points)| Some((in_unit(mark, unit)?, points.clone())));
        let Some(mut knots) = marked.collect::<Option<Vec<(Rational, Rational)>>>() else {
            return Fraction::none(COHORT);
        };
        // Of two knots at the same place the first written counts; the sort is stable.
        knots.sort_by(|a, b| a.0.cmp(&b.0));
        knots.dedup_by(|later, held| later.0 == held.0);
        // By knot, what holds from it on: a constant and a slope.
        let mut lines = Vec::new();
        if let Some((_, points)) = knots.first() {
            lines.extend([points.clone(), Rational::ZERO]);
        }
        for pair in knots.windows(2) {
            let ((x0, y0), (x1, y1)) = (&pair[0], &pair[1]);
            let slope = (y1 - y0).checked_div(&(x1 - x0)).unwrap_or_default();
            lines.extend([y0 - &(&slope * x0), slope]);
        }
        if let Some((_, points)) = knots.last() {
            lines.extend([points.clone(), Rational::ZERO]);
        }
        let Some((lines, scale)) = common(&lines) else {
            return Fraction::none(OVER);
        };
        let mut cases = Vec::new();
        for (at, (mark, _)) in knots.iter().enumerate().rev() {
            let order = self.order(value, &Fraction::of(mark));
            cases.push((ge(order, num(0.0)), at + 1));
        }
        let line = |which: usize| {
            let cases = cases.iter();
            cases
                .map(|(test, at)| (test.clone(), lines[2 * at + which]))
                .collect::<Vec<_>>()
        };
        let first = |which: usize| lines.get(which).copied().unwrap_or(0.0);
        let constant = self.cases(line(0), first(0), 1.0).n;
        let slope = self.cases(line(1), first(1), 1.0).n;
        self.linear(value, constant, slope, scale)
    }

    fn per_unit(
        &mut self,
        rule: &PerUnit,
        value: &Fraction,
        full: &Rational,
        unit: Option<PartSign>,
    ) -> Fraction {
        let Some(mark) = in_unit(&rule.mark, unit) else {
            return Fraction::none(COHORT);
        };
        let from = match &rule.from {
            Start::Full => full.clone(),
            Start::Points(points) => points.clone(),
        };
        let length = rule.unit.in_unit(unit);
        let side = match rule.side {
            Side::Over => Rational::ONE,
            Side::Under => -&Rational::ONE,
        };
        let order = self.order(value, &Fraction::of(&mark));
        let beyond = eq(order, num(if rule.side == Side::Over { 1.0 } else { -1.0 }));
        // Units beyond the mark: slope × value + constant.
        let Some(slope) = side.checked_div(&length) else {
            return Fraction::none(OVER);
        };
        let constant = -&(&slope * &mark);
        match rule.steps {
            Steps::Proportional => {
                let numbers = [
                    &from + &(&constant * &rule.points),
                    &slope * &rule.points,
                    from,
                ];
                let Some((numbers, scale)) = common(&numbers) else {
                    return Fraction::none(OVER);
                };
                let constant = if_else(beyond.clone(), num(numbers[0]), num(numbers[2]));
                let slope = if_else(beyond, num(numbers[1]), num(0.0));
                let (constant, slope) = (self.cell(constant), self.cell(slope));
                let points = self.linear(value, constant, slope, scale);
                self.held(&points, rule.floor.as_ref(), rule.cap.as_ref())
            }
            steps => {
                let Some((numbers, scale)) = common(&[constant, slope]) else {
                    return Fraction::none(OVER);
                };
                let distance = self.linear(value, num(numbers[0]), num(numbers[1]), scale);
                let units = self.whole_number(&distance.n, &distance.d, steps == Steps::Started);
                let units = self.cell(if_else(beyond, units, num(0.0)));
                let limits =
                    [&rule.floor, &rule.cap].map(|limit| limit.clone().unwrap_or_default());
                let [floor, cap] = limits;
                let Some((numbers, scale)) = common(&[from, rule.points.clone(), floor, cap])
                else {
                    return Fraction::none(OVER);
                };
                let mut points = add(num(numbers[0]), mul(units, num(numbers[1])));
                if rule.cap.is_some() {
                    points = min(vec![points, num(numbers[3])]);
                }
                if rule.floor.is_some() {
                    points = max(vec![points, num(numbers[2])]);
                }
                let code = distance.code();
                self.reduced(code, points, num(scale), Vec::new())
            }
        }
    }

    /// The least that a rule can give to a value.
    pub(super) fn least(&self, marking: &Marking, full: &Rational) -> Least {
        let unit = self.lone_sign(marking.value.as_ref());
        let least =
            |points: Vec<Rational>| points.into_iter().min().map_or(Least::None, Least::Points);
        let shares = |lower_is_better: bool| {
            if lower_is_better || self.is_non_negative(marking) {
                Least::Points(Rational::ZERO)
            } else {
                Least::None
            }
        };
        match &marking.rule {
            Rule::Award { min, .. } => Least::Points(min.clone()),
            Rule::YesNo { yes, no } => least(vec![
                yes.clone().unwrap_or_else(|| full.clone()),
                no.clone(),
            ]),
            Rule::Levels(levels) => {
                least(levels.iter().map(|(_, points)| points.clone()).collect())
            }
            Rule::Checklist(list) => least(
                (0..=list.of.unwrap_or(0))
                    .map(|n| pay(&list.pays, n))
                    .collect(),
            ),
            Rule::Bands { bands, otherwise } => match bounds(bands, unit) {
                None => Least::Cohort,
                Some(bands) => {
                    let mut all: Vec<Rational> =
                        bands.iter().map(|(.., points)| (*points).clone()).collect();
                    if !cover_every_number(&bands) {
                        all.push(otherwise.clone());
                    }
                    least(all)
                }
            },
            Rule::Curve(knots) => least(knots.iter().map(|(_, points)| points.clone()).collect()),
            Rule::PerUnit(rule) if rule.points.is_negative() => {
                rule.floor.clone().map_or(Least::None, Least::Points)
            }
            Rule::PerUnit(rule) => {
                let from = match &rule.from {
                    Start::Full => full.clone(),
                    Start::Points(points) => points.clone(),
                };
                Least::Points(from.clamped(rule.floor.as_ref(), rule.cap.as_ref()))
            }
            Rule::Rank(rank) => match &rank.pays {
                RankPay::Table(table, otherwise) => {
                    least(table.iter().chain([otherwise]).cloned().collect())
                }
                RankPay::Steps { start, step, floor } if *step <= Rational::ZERO => {
                    Least::Points(start.clone().clamped(floor.as_ref(), None))
                }
                RankPay::Steps { floor, .. } => floor.clone().map_or(Least::None, Least::Points),
                RankPay::Shares(shares, otherwise) => {
                    let points = shares.iter().map(|(_, points)| points);
                    least(points.chain([otherwise]).cloned().collect())
                }
            },
            Rule::ShareOfBest { lower_is_better } | Rule::ShareOfMean { lower_is_better } => {
                shares(*lower_is_better)
            }
            Rule::MinMax { .. } => Least::Points(Rational::ZERO),
            Rule::Checks(_) => Least::None,
        }
    }

    /// Whether the value is a lone measure that cannot be below 0.
    fn is_non_negative(&self, marking: &Marking) -> bool {
        let name = marking
            .value
            .as_ref()
            .and_then(|value| value.lone_measure());
        let observed = name.and_then(|name| self.standard.observed(self.measure(name)));
        observed.is_some_and(|observed| {
            observed.kind == dabiao::standard::document::MeasureKind::Count
                || observed.min.is_some_and(|least| !least.is_negative())
        })
    }
}
