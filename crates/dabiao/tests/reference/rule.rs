//! §2.3 Rules: how a value becomes points, and the least that each can give.

use num_bigint::BigInt;

use dabiao::FaultCode;
use dabiao::expression::PartSign;
use dabiao::standard::document::{
    Band, ChecklistPay, End, Mark, MeasureKind, PerUnit, RankPay, Rule, Side, Start, Steps,
};

use super::expression::{Value, quantity};
use super::number::{Q, held, of, whole, zero};

/// What a rule may look at beside the value.
pub(crate) struct Setting {
    /// The points of the item or check: full marks.
    pub(crate) full: Q,
    /// The unit of the value, where it is a lone measure.
    pub(crate) unit: Option<PartSign>,
    /// The values of the cohort.
    pub(crate) cohort: Vec<Q>,
    /// Whether the value stands in for a blank.
    pub(crate) imputed: bool,
}

/// Σ ÷ n, of at least one.
pub(crate) fn mean(values: &[Q]) -> Q {
    let sum = values.iter().fold(zero(), |sum, x| sum + x);
    sum / Q::from_integer(BigInt::from(values.len()))
}

/// The middle one, or the mean of the middle two, of at least one.
pub(crate) fn median(values: &[Q]) -> Q {
    let mut sorted = values.to_vec();
    sorted.sort();
    let n = sorted.len();
    if n % 2 == 1 {
        sorted[n / 2].clone()
    } else {
        mean(&sorted[n / 2 - 1..=n / 2])
    }
}

impl Setting {
    /// §2.3 "any mark or threshold may be the cohort's mean, exactly".
    fn mark(&self, mark: &Mark) -> Q {
        match mark {
            Mark::Quantity(written) => quantity(written, self.unit),
            Mark::CohortMean => mean(&self.cohort),
        }
    }

    fn best(&self, lower_is_better: bool) -> Q {
        let best = if lower_is_better {
            self.cohort.iter().min()
        } else {
            self.cohort.iter().max()
        };
        best.expect("a value's cohort is never empty").clone()
    }
}

/// The points of a value, before they are clamped.
pub(crate) fn points(rule: &Rule, value: &Value, setting: &Setting) -> Result<Q, FaultCode> {
    let full = &setting.full;
    match (rule, value) {
        // "award: an assessor's mark in a range (0..points unless stated; may be negative), with
        // a step"
        (Rule::Award { min, max, step }, Value::Number(x)) => {
            let max = max.as_ref().map_or_else(|| full.clone(), of);
            if *x < of(min) || *x > max {
                return Err(FaultCode::ValueRange);
            }
            let on_step = |step| ((x - of(min)) / of(step)).is_integer();
            if !setting.imputed && !step.as_ref().is_none_or(on_step) {
                return Err(FaultCode::ValueStep);
            }
            Ok(x.clone())
        }
        (Rule::YesNo { yes, no }, Value::YesNo(is_yes)) => Ok(match (is_yes, yes) {
            (true, Some(yes)) => of(yes),
            (true, None) => full.clone(),
            (false, _) => of(no),
        }),
        (Rule::Levels(levels), Value::Label(label)) => levels
            .iter()
            .find(|(name, _)| name == label)
            .map(|(_, points)| of(points))
            .ok_or(FaultCode::ValueLabel),
        // "one count `n of k`; points each, or a table by count"
        (Rule::Checklist(list), Value::Number(count)) => {
            let most = whole(i64::from(list.of.unwrap_or_default()));
            let fits = *count >= zero() && *count <= most;
            if !fits || !(count.is_integer() || setting.imputed) {
                return Err(FaultCode::ValueRange);
            }
            Ok(pays(&list.pays, count))
        }
        (Rule::Bands { bands, otherwise }, Value::Number(x)) => {
            let band = bands.iter().find(|band| holds(band, x, setting));
            Ok(of(band.map_or(otherwise, |band| &band.points)))
        }
        (Rule::Curve(knots), Value::Number(x)) => Ok(curve(knots, x, setting)),
        (Rule::PerUnit(per_unit), Value::Number(x)) => Ok(counted(per_unit, x, setting)),
        (Rule::Rank(rank), Value::Number(x)) => {
            // "competition places"; "from the bottom, a place is 1 + the number of worse values"
            let ahead = setting.cohort.iter().filter(|other| match rank.from {
                End::Top => *other > x,
                End::Bottom => *other < x,
            });
            Ok(placed(&rank.pays, 1 + ahead.count(), setting.cohort.len()))
        }
        // "Best ≤ 0 earns 0; lower-is-better is best ÷ value, a value of 0 earning full"
        (&Rule::ShareOfBest { lower_is_better }, Value::Number(x)) => {
            let best = setting.best(lower_is_better);
            Ok(share(x, &best, lower_is_better) * full)
        }
        (&Rule::ShareOfMean { lower_is_better }, Value::Number(x)) => {
            let mean = mean(&setting.cohort);
            Ok(share(x, &mean, lower_is_better) * full)
        }
        // "in min–max, all equal earns full"
        (&Rule::MinMax { lower_is_better }, Value::Number(x)) => {
            let (least, greatest) = (setting.best(true), setting.best(false));
            if least == greatest {
                return Ok(full.clone());
            }
            let spread = &greatest - &least;
            let way = if lower_is_better {
                greatest - x
            } else {
                x - least
            };
            Ok(held(way / spread * full, Some(&zero()), Some(full)))
        }
        (rule, value) => unreachable!("{rule:?} cannot mark {value:?}"),
    }
}

/// Whether x is above y, or at it where that counts.
fn above(x: &Q, y: &Q, inclusive: bool) -> bool {
    x > y || (inclusive && x == y)
}

/// What a checklist pays for a count. §2.15 "a count that the table does not name earns 0".
pub(crate) fn pays(pay: &ChecklistPay, count: &Q) -> Q {
    match pay {
        ChecklistPay::Each(each) => of(each) * count,
        ChecklistPay::Table(table) => table
            .iter()
            .find(|(named, _)| whole(i64::from(*named)) == *count)
            .map_or_else(zero, |(_, points)| of(points)),
    }
}

/// "curve: piecewise linear, flat outside its knots"; of knots at one place the first counts.
fn curve(knots: &[(Mark, dabiao::Rational)], x: &Q, setting: &Setting) -> Q {
    let mut knots: Vec<(Q, Q)> = knots
        .iter()
        .map(|(mark, points)| (setting.mark(mark), of(points)))
        .collect();
    knots.sort_by(|a, b| a.0.cmp(&b.0));
    knots.dedup_by(|later, first| later.0 == first.0);
    if let Some(last_below) = knots.iter().rposition(|(at, _)| at <= x) {
        let (x0, y0) = &knots[last_below];
        match knots.get(last_below + 1) {
            None => y0.clone(),
            Some((x1, y1)) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        }
    } else {
        knots[0].1.clone()
    }
}

/// "per-unit: from full or from 0, so much for each unit over or under a mark, with floor and
/// cap … proportional, started or completed units, counted on the exact distance"
fn counted(rule: &PerUnit, x: &Q, setting: &Setting) -> Q {
    let mark = setting.mark(&rule.mark);
    let distance = match rule.side {
        Side::Over => x - mark,
        Side::Under => mark - x,
    };
    let units = held(distance, Some(&zero()), None) / quantity(&rule.unit, setting.unit);
    let units = match rule.steps {
        Steps::Proportional => units,
        Steps::Started => units.ceil(),
        Steps::Completed => units.floor(),
    };
    let sum = start(rule, &setting.full) + of(&rule.points) * units;
    within(rule, sum)
}

fn start(rule: &PerUnit, full: &Q) -> Q {
    match &rule.from {
        Start::Full => full.clone(),
        Start::Points(points) => of(points),
    }
}

fn within(rule: &PerUnit, points: Q) -> Q {
    let (floor, cap) = (rule.floor.as_ref().map(of), rule.cap.as_ref().map(of));
    held(points, floor.as_ref(), cap.as_ref())
}

/// "rank: place → points by a table, or a start and a step with a floor …; or by share of places"
fn placed(pays: &RankPay, place: usize, cohort: usize) -> Q {
    let ahead = Q::from_integer(BigInt::from(place - 1));
    let place = whole(1) + &ahead;
    let cohort = Q::from_integer(BigInt::from(cohort));
    match pays {
        RankPay::Table(table, otherwise) => {
            let at = usize::try_from(ahead.to_integer()).expect("a place");
            of(table.get(at).unwrap_or(otherwise))
        }
        RankPay::Steps { start, step, floor } => {
            let floor = floor.as_ref().map(of);
            held(of(start) - of(step) * ahead, floor.as_ref(), None)
        }
        // §2.15 "A place is within a share when place ≤ share × cohort size"
        RankPay::Shares(shares, otherwise) => {
            let within = |(share, _): &&(_, _)| place <= of(share) * &cohort;
            of(shares
                .iter()
                .find(within)
                .map_or(otherwise, |(_, points)| points))
        }
    }
}

/// §2.15 "Lower-is-better: a value of 0 earns full even where the best or the mean is 0;
/// otherwise a best or mean ≤ 0 earns 0." Below 0, a value is better than what it is held against.
fn share(x: &Q, of_what: &Q, lower_is_better: bool) -> Q {
    let nothing = zero();
    if lower_is_better && *x == nothing {
        whole(1)
    } else if *of_what <= nothing {
        nothing
    } else if !lower_is_better {
        x / of_what
    } else if *x > nothing {
        of_what / x
    } else {
        whole(1)
    }
}

/// §2.5 "the least its rule can give"; nothing for "a rule without a least". `at_least_zero`:
/// whether the value is a lone measure that is never below 0.
pub(crate) fn least(rule: &Rule, setting: &Setting, at_least_zero: bool) -> Option<Q> {
    let full = &setting.full;
    let lowest = |points: Vec<Q>| points.into_iter().min();
    match rule {
        Rule::Award { min, .. } => Some(of(min)),
        Rule::YesNo { yes, no } => {
            let yes = yes.as_ref().map_or_else(|| full.clone(), of);
            lowest(vec![yes, of(no)])
        }
        Rule::Levels(levels) => lowest(levels.iter().map(|(_, points)| of(points)).collect()),
        Rule::Checklist(list) => {
            let counts = 0..=list.of.unwrap_or_default();
            lowest(counts.map(|n| pays(&list.pays, &whole(n.into()))).collect())
        }
        Rule::Bands { bands, otherwise } => {
            let mut points: Vec<Q> = bands.iter().map(|band| of(&band.points)).collect();
            if !cover_everything(bands, setting) {
                points.push(of(otherwise));
            }
            lowest(points)
        }
        Rule::Curve(knots) => lowest(knots.iter().map(|(_, points)| of(points)).collect()),
        Rule::PerUnit(rule) if of(&rule.points) >= zero() => Some(within(rule, start(rule, full))),
        Rule::PerUnit(rule) => rule.floor.as_ref().map(of),
        Rule::Rank(rank) => match &rank.pays {
            RankPay::Table(table, otherwise) => {
                lowest(table.iter().chain([otherwise]).map(of).collect())
            }
            RankPay::Steps { start, step, floor } if of(step) <= zero() => {
                let floor = floor.as_ref().map(of);
                Some(held(of(start), floor.as_ref(), None))
            }
            RankPay::Steps { floor, .. } => floor.as_ref().map(of),
            RankPay::Shares(shares, otherwise) => {
                let points = shares.iter().map(|(_, points)| points);
                lowest(points.chain([otherwise]).map(of).collect())
            }
        },
        Rule::ShareOfBest { lower_is_better } | Rule::ShareOfMean { lower_is_better } => {
            (*lower_is_better || at_least_zero).then(zero)
        }
        Rule::MinMax { .. } => Some(zero()),
        Rule::Checks(_) => unreachable!("checks have leasts of their own"),
    }
}

/// Whether a measure is never below 0.
pub(crate) fn never_negative(measure: &dabiao::standard::document::Measure) -> bool {
    measure.kind == MeasureKind::Count || measure.min.as_ref().is_some_and(|min| of(min) >= zero())
}

/// Whether some band holds for every number: tried at, between and beyond all bounds; where
/// nobody has a value, for every mean that there could be.
fn cover_everything(bands: &[Band], setting: &Setting) -> bool {
    let bounds = bands.iter().flat_map(|band| [&band.low, &band.high]);
    let written: Vec<Q> = bounds
        .flatten()
        .filter(|bound| bound.mark != Mark::CohortMean)
        .map(|bound| setting.mark(&bound.mark))
        .collect();
    let means = if setting.cohort.is_empty() {
        at_between_and_beyond(&written)
    } else {
        vec![mean(&setting.cohort)]
    };
    means.into_iter().all(|mean| {
        let mut places = written.clone();
        places.push(mean.clone());
        let setting = Setting {
            cohort: vec![mean],
            unit: setting.unit,
            full: zero(),
            imputed: false,
        };
        let tried = at_between_and_beyond(&places);
        tried
            .iter()
            .all(|x| bands.iter().any(|band| holds(band, x, &setting)))
    })
}

/// "thresholds, at least / above / at most / below, or ranges with two sides"
fn holds(band: &Band, x: &Q, setting: &Setting) -> bool {
    let (low, high) = (band.low.as_ref(), band.high.as_ref());
    low.is_none_or(|low| above(x, &setting.mark(&low.mark), low.inclusive))
        && high.is_none_or(|high| above(&setting.mark(&high.mark), x, high.inclusive))
}

fn at_between_and_beyond(places: &[Q]) -> Vec<Q> {
    let mut sorted = places.to_vec();
    sorted.sort();
    let Some((first, last)) = sorted.first().zip(sorted.last()) else {
        return vec![zero()];
    };
    let mut all = vec![first - whole(1), last + whole(1)];
    all.extend(sorted.windows(2).map(|two| (&two[0] + &two[1]) / whole(2)));
    all.extend(sorted);
    all
}
