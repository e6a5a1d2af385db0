//! Random rules that reach their points.

use dabiao::expression::{Expression, Operator, Quantity};
use dabiao::standard::document::{
    Band, Bound, Check, ChecklistPay, Checks, Combine, End, Mark, Marking, Measure, MeasureKind,
    PerUnit, Rank, RankPay, Rule, Side, Start, Steps, ZeroDenominator,
};
use dabiao::{Rational, Text};

use super::super::build::{boxes, count_of, m, marking};
use super::super::number::{Q, whole, zero};
use super::conditions::{condition, expression, threshold};
use super::measures::{LABELS, Measures, policy};
use super::{Choices, rational};

/// What a random part must keep to.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// What it can earn; for a part that only takes points off, what it takes off at most.
    pub(crate) full: Q,
    /// Whether it only takes points off.
    pub(crate) takes_off: bool,
    /// Whether it has points that a rule can call full.
    pub(crate) has_points: bool,
    /// Whether it may say what is missing: a bonus may not.
    pub(crate) may_miss: bool,
    /// Whether it may be made of checks.
    pub(crate) may_have_checks: bool,
}

impl Frame {
    /// The best that the rule gives.
    fn most(&self) -> Q {
        if self.takes_off {
            zero()
        } else {
            self.full.clone()
        }
    }

    /// Something that the rule may give: now and then below 0 in a check or an item.
    fn some(&self, choices: &mut Choices) -> Q {
        let share = choices.number(&["0", "1/2", "1/4", "4/5", "1/3", "0.9", "-1/4", "1"]);
        if self.takes_off {
            -(held_to(share, &whole(1)) * &self.full)
        } else {
            share * &self.full
        }
    }
}

fn held_to(share: Q, most: &Q) -> Q {
    super::super::number::held(share, Some(&zero()), Some(most))
}

/// The value of a rule that takes a number, and the measure where it is a lone one.
fn number_value<'a>(
    choices: &mut Choices,
    measures: &'a Measures,
) -> (Expression, Option<&'a Measure>) {
    if choices.chance(45) {
        let value = expression(choices, measures, 2);
        if value.lone_measure().is_none() {
            return (value, None);
        }
    }
    let lone = measures.any_number(choices);
    (m(&lone.name), Some(lone))
}

/// Whether it divides by anything but a constant.
fn may_divide_by_zero(expression: &Expression) -> bool {
    match expression {
        Expression::Binary(operator, left, right) => {
            let is_constant = matches!(**right, Expression::Number(_));
            (*operator == Operator::Divide && !is_constant)
                || may_divide_by_zero(left)
                || may_divide_by_zero(right)
        }
        Expression::Min(terms) | Expression::Max(terms) => terms.iter().any(may_divide_by_zero),
        Expression::Negate(inner) => may_divide_by_zero(inner),
        _ => false,
    }
}

/// How a random item, bonus or check is marked.
pub(crate) fn random_marking(
    choices: &mut Choices,
    measures: &mut Measures,
    frame: &Frame,
    id: &str,
) -> Marking {
    let (value, rule) = rule(choices, measures, frame, id);
    let divides = value.as_ref().is_some_and(may_divide_by_zero);
    let mut marking = marking(value, rule);
    let if_ever = |choices: &mut Choices, percent: usize| {
        let ever = choices.chance(percent);
        ever.then(|| condition(choices, measures, 2))
    };
    marking.applies = if_ever(choices, 15);
    if frame.has_points && !frame.takes_off {
        marking.full_marks = if_ever(choices, 10);
    }
    marking.no_marks = if_ever(choices, 10);
    if divides && choices.chance(60) {
        let some = &frame.full * choices.number(&["1/2", "0", "1", "1/3"]);
        let some = if frame.takes_off { -some } else { some };
        let earns = [
            ZeroDenominator::NotApplicable,
            ZeroDenominator::Points(rational(&some)),
            ZeroDenominator::Full,
        ];
        let full = frame.has_points && !frame.takes_off;
        marking.zero_denominator = Some(choices.pick(&earns[..if full { 3 } else { 2 }]).clone());
    }
    if frame.may_miss && choices.chance(20) {
        marking.missing = Some(policy(choices));
    }
    if choices.chance(40) {
        marking.cohort = Some("district".to_owned());
    }
    marking
}

fn rule(
    choices: &mut Choices,
    measures: &mut Measures,
    frame: &Frame,
    id: &str,
) -> (Option<Expression>, Rule) {
    let most = rational(&frame.most());
    let kinds = if frame.may_have_checks { 14 } else { 12 };
    let kind = choices.below(kinds);
    let lower_is_better = choices.chance(50);
    match kind {
        0 => yes_no(choices, measures, frame),
        1 => {
            let (value, measure) = number_value(choices, measures);
            (Some(value), bands(choices, frame, measure))
        }
        2 => {
            let (value, measure) = number_value(choices, measures);
            (Some(value), curve(choices, frame, measure))
        }
        3 | 4 => {
            let (value, measure) = number_value(choices, measures);
            (Some(value), per_unit(choices, frame, measure))
        }
        5 => award(choices, measures, frame),
        6 => {
            let label = measures.any(choices, &[MeasureKind::Label]);
            let mut points: Vec<Q> = LABELS.iter().map(|_| frame.some(choices)).collect();
            points[0] = frame.most();
            points.sort();
            points.reverse();
            let levels = LABELS.iter().zip(&points);
            let levels = levels.map(|(label, points)| ((*label).to_owned(), rational(points)));
            (Some(m(&label.name)), Rule::Levels(levels.collect()))
        }
        7 => {
            let n = 1 + choices.below(4);
            let ticks = (0..n).map(|_| condition(choices, measures, 1)).collect();
            (None, boxes(ticks, pays(choices, frame, n as u32)))
        }
        8 => {
            let n = 1 + choices.below(6) as u32;
            let value = measures.own(choices, MeasureKind::Count);
            (Some(value), count_of(n, pays(choices, frame, n)))
        }
        9 => {
            let (value, _) = number_value(choices, measures);
            (Some(value), rank(choices, frame))
        }
        10 if frame.has_points && !frame.takes_off => {
            let (value, _) = number_value(choices, measures);
            let rule = if choices.chance(50) {
                Rule::ShareOfMean { lower_is_better }
            } else {
                Rule::ShareOfBest { lower_is_better }
            };
            (Some(value), rule)
        }
        11 if frame.has_points && !frame.takes_off => {
            let (value, _) = number_value(choices, measures);
            (Some(value), Rule::MinMax { lower_is_better })
        }
        12 | 13 if frame.has_points => (None, checks(choices, measures, frame, id)),
        _ => {
            let yes = measures.any(choices, &[MeasureKind::YesNo]);
            let rule = Rule::YesNo {
                yes: Some(most),
                no: rational(&frame.some(choices)),
            };
            (Some(m(&yes.name)), rule)
        }
    }
}

fn yes_no(choices: &mut Choices, measures: &Measures, frame: &Frame) -> (Option<Expression>, Rule) {
    let value = m(&measures.any(choices, &[MeasureKind::YesNo]).name);
    let most = rational(&frame.most());
    let other = rational(&frame.some(choices));
    let rule = if choices.chance(15) {
        Rule::YesNo {
            yes: Some(other),
            no: most,
        }
    } else {
        let stated = !frame.has_points || frame.takes_off || choices.chance(50);
        Rule::YesNo {
            yes: stated.then_some(most),
            no: other,
        }
    };
    (Some(value), rule)
}

fn award(
    choices: &mut Choices,
    measures: &mut Measures,
    frame: &Frame,
) -> (Option<Expression>, Rule) {
    let value = measures.own(choices, MeasureKind::Number);
    let (min, max) = match (frame.takes_off, choices.below(4)) {
        (true, _) => (-&frame.full, zero()),
        (false, 3) => (-&frame.full / whole(2), frame.full.clone()),
        (false, _) => (zero(), frame.full.clone()),
    };
    let parts = choices.pick(&[0, 4, 3, 10]);
    let step = (*parts > 0).then(|| (&max - &min) / whole(*parts));
    let rule = Rule::Award {
        min: rational(&min),
        max: (!frame.has_points || frame.takes_off || choices.chance(50)).then(|| rational(&max)),
        step: step
            .filter(|step| (step * super::super::number::power_of_ten(6)).is_integer())
            .map(|step| rational(&step)),
    };
    (Some(value), rule)
}

fn pays(choices: &mut Choices, frame: &Frame, n: u32) -> ChecklistPay {
    if choices.chance(50) && !frame.takes_off {
        return ChecklistPay::Each(rational(&(frame.most() / whole(n.into()))));
    }
    let mut table = vec![(n, rational(&frame.most()))];
    for count in (0..n).rev() {
        if choices.chance(60) {
            table.push((count, rational(&frame.some(choices))));
        }
    }
    ChecklistPay::Table(table)
}

/// Thresholds in ascending order, all different.
fn ascending(choices: &mut Choices, measure: Option<&Measure>, n: usize) -> Vec<Quantity> {
    let unit =
        measure.and_then(|measure| dabiao::expression::PartSign::of_unit(measure.unit.as_deref()?));
    let mut marks: Vec<(Q, Quantity)> = (0..n)
        .map(|_| {
            let mark = threshold(choices, measure);
            (super::super::expression::quantity(&mark, unit), mark)
        })
        .collect();
    marks.sort_by(|a, b| a.0.cmp(&b.0));
    marks.dedup_by(|a, b| a.0 == b.0);
    marks.into_iter().map(|(_, mark)| mark).collect()
}

fn bound(mark: Mark, inclusive: bool) -> Option<Bound> {
    Some(Bound { mark, inclusive })
}

fn bands(choices: &mut Choices, frame: &Frame, measure: Option<&Measure>) -> Rule {
    let (n, style) = (1 + choices.below(4), choices.below(4));
    let mut marks: Vec<Mark> = ascending(choices, measure, n)
        .into_iter()
        .map(Mark::Quantity)
        .collect();
    if choices.chance(25) {
        let at = choices.below(marks.len());
        marks[at] = Mark::CohortMean;
    }
    // Between two counts there is none.
    let is_number = measure.is_some_and(|measure| measure.kind == MeasureKind::Number);
    let mut inclusive = || {
        let drawn = choices.chance(30);
        !(drawn && is_number)
    };
    let mut bands: Vec<Band> = Vec::new();
    let mut band = |low, high| {
        bands.push(Band {
            low,
            high,
            points: Rational::ZERO,
        });
    };
    match style {
        // At least or above, the highest first.
        0 | 1 => {
            for mark in marks.into_iter().rev() {
                band(bound(mark, inclusive()), None);
            }
        }
        // At most or below, the lowest first.
        2 => {
            for mark in marks {
                band(None, bound(mark, inclusive()));
            }
        }
        // Ranges that meet, open at both ends: every number is in one.
        _ => {
            let mut low = None;
            for mark in marks {
                let at_mark = inclusive();
                band(low.take(), bound(mark.clone(), at_mark));
                low = bound(mark, !at_mark);
            }
            band(low, None);
        }
    }
    let covered = style == 3;
    let best = choices.below(bands.len());
    for (i, band) in bands.iter_mut().enumerate() {
        let points = if i == best {
            frame.most()
        } else {
            frame.some(choices)
        };
        band.points = rational(&points);
    }
    let otherwise = if covered || choices.chance(50) {
        zero()
    } else {
        frame.some(choices)
    };
    Rule::Bands {
        bands,
        otherwise: rational(&otherwise),
    }
}

fn curve(choices: &mut Choices, frame: &Frame, measure: Option<&Measure>) -> Rule {
    let n = 2 + choices.below(3);
    let mut marks: Vec<Mark> = ascending(choices, measure, n)
        .into_iter()
        .map(Mark::Quantity)
        .collect();
    if marks.len() < 2 || choices.chance(20) {
        let at = choices.below(marks.len() + 1);
        marks.insert(at, Mark::CohortMean);
    }
    let best = choices.below(marks.len());
    let knot = |(i, mark)| {
        let points = if i == best {
            frame.most()
        } else {
            frame.some(choices)
        };
        (mark, rational(&points))
    };
    Rule::Curve(marks.into_iter().enumerate().map(knot).collect())
}

fn per_unit(choices: &mut Choices, frame: &Frame, measure: Option<&Measure>) -> Rule {
    let mark = if choices.chance(25) {
        Mark::CohortMean
    } else {
        Mark::Quantity(threshold(choices, measure))
    };
    let unit = choices.number(&["1", "0.5", "2", "1/3", "10", "0.07"]);
    let each = choices.number(&["1/4", "1/10", "1/3", "1", "0.013"]) * &frame.full;
    let bounded = measure.is_some_and(|measure| measure.max.is_some());
    let adds = !frame.takes_off && (!frame.has_points || (!bounded && choices.chance(40)));
    let from = if adds || frame.takes_off {
        Start::Points(Rational::ZERO)
    } else {
        Start::Full
    };
    let side = if adds || choices.chance(60) {
        Side::Over
    } else {
        Side::Under
    };
    let floor = choices.number(&["0", "-1/2", "-2"]) * &frame.full;
    let floor = (!adds && choices.chance(60)).then(|| {
        let deep = -&frame.full;
        rational(&if frame.takes_off { deep } else { floor })
    });
    Rule::PerUnit(PerUnit {
        from,
        mark,
        side,
        unit: Quantity::plain(rational(&unit)),
        points: rational(&if adds { each } else { -each }),
        steps: *choices.pick(&[Steps::Proportional, Steps::Completed, Steps::Started]),
        floor,
        cap: (adds && choices.chance(40)).then(|| rational(&frame.full)),
    })
}

fn rank(choices: &mut Choices, frame: &Frame) -> Rule {
    let from = *choices.pick(&[End::Top, End::Bottom]);
    let n = 1 + choices.below(4);
    let kind = choices.below(3);
    let mut points: Vec<Q> = (0..=n).map(|_| frame.some(choices)).collect();
    points[0] = frame.most();
    points.sort();
    points.reverse();
    let otherwise = points.pop().unwrap_or_else(zero);
    let pays = match kind {
        0 => RankPay::Table(points.iter().map(rational).collect(), rational(&otherwise)),
        1 => RankPay::Steps {
            start: rational(&frame.most()),
            step: rational(&(choices.number(&["1/4", "1/10", "1/3", "0.07"]) * &frame.full)),
            floor: choices
                .chance(60)
                .then(|| rational(&-(&frame.full / whole(4)))),
        },
        _ => {
            let shares = ["0.3", "1/3", "0.5", "0.9"].map(super::super::number::parse);
            let shares = shares.iter().map(rational);
            let shares = shares.zip(points.iter().map(rational));
            RankPay::Shares(shares.collect(), rational(&otherwise))
        }
    };
    Rule::Rank(Rank { from, pays })
}

fn checks(choices: &mut Choices, measures: &mut Measures, frame: &Frame, id: &str) -> Rule {
    let combine = *choices.pick(&[Combine::Sum, Combine::Sum, Combine::Best, Combine::Worst]);
    let from_full = combine == Combine::Sum && choices.chance(40);
    let n = 1 + choices.below(4);
    let checks = (0..n).map(|i| {
        // The first alone reaches the points of a sum; the best and the worst need no less.
        let share = match combine {
            _ if from_full => zero(),
            Combine::Worst => whole(1),
            Combine::Sum if i == 0 => choices.number(&["1", "2/1"]),
            _ if i == 0 => whole(1),
            _ => choices.number(&["0", "1/2", "1/4", "1/3"]),
        };
        let takes_off = share == zero();
        let full = if takes_off {
            &frame.full / whole(2)
        } else {
            share * &frame.full
        };
        let inner = Frame {
            full: full.clone(),
            takes_off,
            has_points: !takes_off,
            may_miss: frame.may_miss,
            may_have_checks: false,
        };
        let id = format!("{id}.{}", ["a", "b", "c", "d"][i]);
        let marking = random_marking(choices, measures, &inner, &id);
        let floor = choices.number(&["0", "-1/2", "-1"]) * &full;
        let floor = if takes_off { -&full / whole(2) } else { floor };
        Check {
            title: Text::from(id.as_str()),
            id,
            points: rational(&if takes_off { zero() } else { full.clone() }),
            floor: choices.chance(40).then(|| rational(&floor)),
            cap: choices
                .chance(20)
                .then(|| rational(&if takes_off { zero() } else { full })),
            marking,
        }
    });
    let checks = checks.collect();
    Rule::Checks(Checks {
        from_full,
        combine,
        checks,
    })
}

/// Whether a rule looks at other communities.
pub(crate) fn looks_at_cohort(rule: &Rule) -> bool {
    let is_mean = |mark: &Mark| *mark == Mark::CohortMean;
    match rule {
        Rule::Rank(_) | Rule::ShareOfBest { .. } | Rule::ShareOfMean { .. } => true,
        Rule::MinMax { .. } => true,
        Rule::Bands { bands, .. } => {
            let bounds = bands.iter().flat_map(|band| [&band.low, &band.high]);
            bounds.flatten().any(|bound| is_mean(&bound.mark))
        }
        Rule::Curve(knots) => knots.iter().any(|(mark, _)| is_mean(mark)),
        Rule::PerUnit(rule) => is_mean(&rule.mark),
        _ => false,
    }
}
