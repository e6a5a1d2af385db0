//! Kernels are compiled by asking rules at their edges.

use super::predicate::Predicate;
use super::{Body, EXACT, Kernel, Linear, Operand, Part, Piece, Rule, Step, Units, Value, Zero};
use crate::cohort::Cohort;
use crate::plan::marking::severest;
use crate::plan::node::Test;
use crate::plan::{ItemPlan, MarkPlan, MarkingPlan, PayPlan, PerUnitPlan, Plan, RulePlan, SlotId};
use crate::rational::{Rational, Rounding};
use crate::standard::document::{Combine, MissingPolicy, Side, Steps, ZeroDenominator};

/// The one cohort of a slot, where every row shares it.
pub(crate) type SharedCohort<'a> = &'a dyn Fn(SlotId) -> Option<&'a Cohort>;

/// An item's kernel, where it has one.
pub(crate) fn compile<'a>(
    plan: &'a Plan,
    item: &ItemPlan,
    cohort: SharedCohort<'a>,
) -> Option<Kernel> {
    let marking = &plan.markings[item.marking];
    let compiler = Compiler { plan, cohort };
    // A bonus or a deduction may have no full marks, which only a condition would give.
    let full = match item.full {
        Some(full) => full as f64,
        None if marking.full_marks.is_none() => EXACT,
        None => return None,
    };
    let condition = |test: &Option<Test>| match test {
        None => Some(None),
        Some(test) => Predicate::compile(plan, test).map(Some),
    };
    let body = match &marking.rule {
        RulePlan::Boxes { boxes, pay } => {
            compiler.zero_policy(
                marking,
                boxes.iter().flat_map(|b| b.measures.iter().copied()),
            )?;
            let measures: Option<Vec<_>> = boxes
                .iter()
                .map(|b| match b.test {
                    Test::Holds(measure) => Some(measure),
                    _ => None,
                })
                .collect();
            let (base, steps) = compiler.pay_steps(pay, boxes.len() as u32, full)?;
            Body::Boxes {
                boxes: measures?,
                base,
                steps,
            }
        }
        RulePlan::Checks {
            from_full,
            combine: Combine::Sum,
            checks,
        } => {
            let parts = checks.iter().map(|check| {
                let inner = &plan.markings[check.marking];
                let plain = inner.applies.is_none()
                    && inner.full_marks.is_none()
                    && inner.no_marks.is_none();
                let bounds = (check.floor.clone(), check.cap.clone());
                plain.then(|| compiler.part(inner, bounds, false)).flatten()
            });
            Body::Sum {
                start: if *from_full { full } else { 0.0 },
                parts: parts.collect::<Option<_>>()?,
            }
        }
        RulePlan::Checks { .. } => return None,
        _ => Body::One(compiler.part(
            marking,
            (Some(Rational::ZERO), marking.points.clone()),
            true,
        )?),
    };
    Some(Kernel {
        applies: condition(&marking.applies)?,
        no_marks: condition(&marking.no_marks)?,
        full_marks: condition(&marking.full_marks)?,
        body,
        full,
    })
}

struct Compiler<'a> {
    plan: &'a Plan,
    cohort: SharedCohort<'a>,
}

/// How one rule's points become scaled whole numbers.
struct Asked<'a> {
    plan: &'a Plan,
    marking: &'a MarkingPlan,
    cohort: Option<&'a Cohort>,
    /// Whether points are rounded; those of a check must be whole as they are.
    rounds: bool,
    bounds: (Option<Rational>, Option<Rational>),
}

impl Asked<'_> {
    fn scaled(&self, points: Rational) -> Option<f64> {
        let held = points.clamped(self.bounds.0.as_ref(), self.bounds.1.as_ref());
        let decimals = self.plan.decimals;
        if !self.rounds && !held.fits_decimals(decimals) {
            return None;
        }
        exact(held.round(decimals, self.plan.rounding)?)
    }

    fn at(&self, value: &Rational) -> Option<f64> {
        let full = self.marking.points.clone().unwrap_or_default();
        self.scaled(self.marking.rule.points(value, &full, self.cohort))
    }
}

fn exact(whole: i64) -> Option<f64> {
    ((whole as f64).abs() < EXACT).then_some(whole as f64)
}

impl<'a> Compiler<'a> {
    /// Nothing where a missing value may earn anything but the least.
    fn zero_policy(
        &self,
        marking: &MarkingPlan,
        measures: impl Iterator<Item = usize>,
    ) -> Option<()> {
        let policy = marking.own_policy.unwrap_or_else(|| {
            let of = |m: usize| self.plan.measures[m].policy.unwrap_or(self.plan.missing);
            let mixed = measures.map(of).reduce(|a, b| {
                if a == b {
                    a
                } else {
                    severest(severest(a, b), MissingPolicy::Error)
                }
            });
            mixed.unwrap_or(self.plan.missing)
        });
        (policy == MissingPolicy::Zero
            && (marking.own_policy.is_some() || self.plan.missing == MissingPolicy::Zero))
            .then_some(())
    }

    fn pay_steps(&self, pay: &PayPlan, most: u32, full: f64) -> Option<(f64, Vec<Step>)> {
        let scaled = |count: u32| {
            let points = pay.points(count).clamped(Some(&Rational::ZERO), None);
            exact(points.round(self.plan.decimals, self.plan.rounding)?).map(|p| p.min(full))
        };
        let base = scaled(0)?;
        let (mut held, mut steps) = (base, Vec::new());
        for count in 1..=most {
            let next = scaled(count)?;
            if next < held {
                // A blank box may then earn less ticked: the exact evaluator tries both.
                return None;
            }
            if next > held {
                steps.push(Step {
                    p: f64::from(count),
                    q: 1.0,
                    strict: false,
                    add: next - held,
                });
            }
            held = next;
        }
        Some((base, steps))
    }

    fn part(
        &self,
        marking: &'a MarkingPlan,
        bounds: (Option<Rational>, Option<Rational>),
        rounds: bool,
    ) -> Option<Part> {
        self.zero_policy(marking, marking.measures.iter().copied())?;
        let cohort = match marking.slot {
            None => None,
            Some(slot) => Some((self.cohort)(slot)?),
        };
        let asked = Asked {
            plan: self.plan,
            marking,
            cohort,
            rounds,
            bounds,
        };
        let coded = matches!(marking.rule, RulePlan::YesNo { .. } | RulePlan::Levels(_));
        let (mut value, per_whole) = if coded {
            let measure = *marking.measures.first()?;
            let numerator = Operand {
                measure,
                grain: 1.0,
                factor: 1.0,
            };
            (
                Value {
                    numerator,
                    denominator: None,
                    most_numerator: EXACT,
                    most_denominator: EXACT,
                },
                Rational::ONE,
            )
        } else {
            Value::compile(self.plan, marking.value.as_ref()?)?
        };
        let rule = self.rule(&asked, &mut value, &per_whole)?;
        let bounds = asked.bounds.clone();
        let least = marking.rule.least(cohort, marking.non_negative);
        let missing = match (least, &bounds.0) {
            (Some(least), _) => asked.scaled(least)?,
            // Without a least a blank makes an item 0; a check's floor is its least.
            (None, _) if rounds => 0.0,
            (None, Some(floor)) => asked.scaled(floor.clone())?,
            (None, None) => return None,
        };
        let zero = match &marking.zero_denominator {
            None => Zero::Missing,
            Some(ZeroDenominator::NotApplicable) => Zero::NotApplicable,
            Some(ZeroDenominator::Full) => Zero::Points(asked.scaled(marking.points.clone()?)?),
            Some(ZeroDenominator::Points(points)) => Zero::Points(asked.scaled(points.clone())?),
        };
        let bound = |bound: Option<&Rational>, otherwise: f64| match bound {
            None => Some(otherwise),
            Some(bound) if !bound.fits_decimals(self.plan.decimals) => None,
            Some(bound) => exact(bound.round(self.plan.decimals, Rounding::HalfUp)?),
        };
        let (low, high) = (
            bound(bounds.0.as_ref(), -EXACT)?,
            bound(bounds.1.as_ref(), EXACT)?,
        );
        Some(Part {
            value,
            rule,
            low,
            high,
            missing,
            zero,
        })
    }

    fn rule(&self, asked: &Asked<'_>, value: &mut Value, per_whole: &Rational) -> Option<Rule> {
        let marks = |marks: &mut dyn Iterator<Item = &MarkPlan>| {
            let mut resolved: Vec<Rational> =
                marks.map(|mark| mark.resolve(asked.cohort)).collect();
            resolved.sort_unstable();
            resolved.dedup();
            resolved
        };
        let full = asked.marking.points.clone().unwrap_or_default();
        // A community's rolled-up value has not been held to the rule's range.
        let held = || {
            self.plan.measures[value.numerator.measure].rollup.is_none()
                && value.denominator.is_none()
        };
        match &asked.marking.rule {
            RulePlan::YesNo { .. } => steps(asked, value, per_whole, &[Rational::ONE]),
            RulePlan::Levels(levels) => {
                let codes: Vec<Rational> = (1..levels.len() as i64).map(Rational::from).collect();
                steps(asked, value, per_whole, &codes)
            }
            RulePlan::Count { of, .. } if held() => {
                let counts: Vec<Rational> = (1..=i64::from(*of)).map(Rational::from).collect();
                steps(asked, value, per_whole, &counts)
            }
            RulePlan::Bands { bands, .. } => {
                let edges = marks(
                    &mut bands
                        .iter()
                        .flat_map(|b| [&b.low, &b.high])
                        .flatten()
                        .map(|(mark, _)| mark),
                );
                steps(asked, value, per_whole, &edges)
            }
            RulePlan::Award { .. } if held() && asked.rounds => linear(
                asked,
                value,
                per_whole,
                &[
                    (Rational::ZERO, Rational::ZERO),
                    (Rational::ONE, Rational::ONE),
                ],
                true,
                true,
            ),
            RulePlan::Curve(knots) if asked.rounds => {
                let xs = marks(&mut knots.iter().map(|(mark, _)| mark));
                if xs.len() != knots.len() {
                    return None;
                }
                let points = |x: &Rational| asked.marking.rule.points(x, &full, asked.cohort);
                let knots: Vec<_> = xs.iter().map(|x| (x.clone(), points(x))).collect();
                linear(asked, value, per_whole, &knots, false, false)
            }
            RulePlan::PerUnit(rule) => self.per_unit(asked, value, per_whole, rule),
            RulePlan::MinMax { .. } if asked.rounds => {
                let cohort = asked.cohort?;
                let points = |x: &Rational| asked.marking.rule.points(x, &full, asked.cohort);
                let ends = [cohort.min(), cohort.max()].map(|x| (x.clone(), points(x)));
                if cohort.min() == cohort.max() {
                    return Some(Rule::Steps {
                        base: asked.at(cohort.min())?,
                        steps: Vec::new(),
                    });
                }
                linear(asked, value, per_whole, &ends, false, false)
            }
            RulePlan::ShareOfBest {
                lower_is_better: false,
            }
            | RulePlan::ShareOfMean {
                lower_is_better: false,
            } if asked.rounds => {
                let points = |x: i64| {
                    asked
                        .marking
                        .rule
                        .points(&Rational::from(x), &full, asked.cohort)
                };
                let knots = [(Rational::ZERO, points(0)), (Rational::ONE, points(1))];
                linear(asked, value, per_whole, &knots, true, true)
            }
            _ => None,
        }
    }

    fn per_unit(
        &self,
        asked: &Asked<'_>,
        value: &mut Value,
        per_whole: &Rational,
        rule: &PerUnitPlan,
    ) -> Option<Rule> {
        let plan = self.plan;
        let scaled = |points: &Rational| {
            points
                .fits_decimals(plan.decimals)
                .then(|| points.round(plan.decimals, Rounding::HalfUp))
                .flatten()
                .and_then(exact)
        };
        let inside = |bound: &Option<Rational>, low: bool| match (bound, &asked.bounds) {
            (None, _) => true,
            // The item's own bounds are the tighter ones, so that the rule's need no place.
            (Some(bound), (Some(least), _)) if low => bound <= least,
            (Some(bound), (_, Some(most))) if !low => bound >= most,
            _ => false,
        };
        if !inside(&rule.floor, true) || !inside(&rule.cap, false) {
            return None;
        }
        let mark = rule.mark.resolve(asked.cohort);
        if rule.steps == Steps::Proportional {
            let slope = rule.points.checked_div(&rule.unit)?;
            if !asked.rounds {
                return None;
            }
            let (next, sign) = match rule.side {
                Side::Over => (&mark + &Rational::ONE, Rational::ONE),
                Side::Under => (&mark - &Rational::ONE, Rational::ONE),
            };
            let beyond = &rule.from + &(&slope * &sign);
            let knots = match rule.side {
                Side::Over => vec![(mark, rule.from.clone()), (next, beyond)],
                Side::Under => vec![(next, beyond), (mark, rule.from.clone())],
            };
            let (below, above) = (rule.side == Side::Under, rule.side == Side::Over);
            return linear(asked, value, per_whole, &knots, below, above);
        }
        if value.denominator.is_some() {
            return None;
        }
        // The distance in stored units, brought to whole numbers.
        let (offset, length) = (&mark * per_whole, &rule.unit * per_whole);
        let common = &offset.denominator() * &length.denominator();
        let sign = if rule.side == Side::Over { 1.0 } else { -1.0 };
        let a = common.to_whole()? * sign;
        let b = (&offset * &common).to_whole()? * -sign;
        let m = (&length * &common).to_whole()?;
        value.most_numerator = value.most_numerator.min((EXACT - b.abs()) / a.abs());
        let (from, points) = (scaled(&rule.from)?, scaled(&rule.points)?);
        if points != 0.0 {
            let most_units = (EXACT - from.abs()) / points.abs();
            value.most_numerator = value
                .most_numerator
                .min((most_units * m - b.abs()) / a.abs());
        }
        Some(Rule::Units(Units {
            a,
            b,
            m,
            started: rule.steps == Steps::Started,
            from,
            points,
        }))
    }
}

/// A step function: the rule is asked at every edge and between them.
fn steps(
    asked: &Asked<'_>,
    value: &mut Value,
    per_whole: &Rational,
    edges: &[Rational],
) -> Option<Rule> {
    let Some(first) = edges.first() else {
        return Some(Rule::Steps {
            base: asked.at(&Rational::ZERO)?,
            steps: Vec::new(),
        });
    };
    let half = Rational::ratio(1, 2)?;
    let base = asked.at(&(first - &Rational::ONE))?;
    let (mut held, mut steps) = (base, Vec::new());
    for (i, edge) in edges.iter().enumerate() {
        let after = match edges.get(i + 1) {
            Some(next) => &(edge + next) * &half,
            None => edge + &Rational::ONE,
        };
        for (points, strict) in [(asked.at(edge)?, false), (asked.at(&after)?, true)] {
            if points == held {
                continue;
            }
            let stored = edge * per_whole;
            let (p, q) = if value.denominator.is_none() {
                let least = if strict {
                    &stored.floor_exact() + &Rational::ONE
                } else {
                    stored.ceil_exact()
                };
                (least.to_whole()?, 1.0)
            } else {
                stored.as_integers()?
            };
            value.limit_numerator(q);
            value.limit_denominator(p.abs());
            steps.push(Step {
                p,
                q,
                strict,
                add: points - held,
            });
            held = points;
        }
    }
    Some(Rule::Steps { base, steps })
}

/// A piecewise linear function through knots in order; outside of them it goes on as it was
/// (`below`, `above`) or is flat.
fn linear(
    asked: &Asked<'_>,
    value: &mut Value,
    per_whole: &Rational,
    knots: &[(Rational, Rational)],
    below: bool,
    above: bool,
) -> Option<Rule> {
    let plan = asked.plan;
    let scale = Rational::from(10i64.pow(u32::from(plan.decimals)));
    let flat = |points: &Rational| (Rational::ZERO, points * &scale);
    let mut lines: Vec<(Option<&Rational>, (Rational, Rational))> = Vec::new();
    let (first, last) = (knots.first()?, knots.last()?);
    let mut sloped = Vec::new();
    for pair in knots.windows(2) {
        let slope = (&pair[1].1 - &pair[0].1).checked_div(&(&pair[1].0 - &pair[0].0))?;
        let offset = &pair[0].1 - &(&slope * &pair[0].0);
        sloped.push((&pair[0].0, (&slope * &scale, &offset * &scale)));
    }
    if !below {
        lines.push((None, flat(&first.1)));
    }
    for (at, line) in sloped {
        lines.push(((!lines.is_empty()).then_some(at), line));
    }
    if !above {
        lines.push(((!lines.is_empty()).then_some(&last.0), flat(&last.1)));
    }
    // points = (a · numerator + b · denominator) / (m · denominator), all whole.
    let slopes: Option<Vec<Rational>> = lines
        .iter()
        .map(|(_, (slope, _))| slope.checked_div(per_whole))
        .collect();
    let slopes = slopes?;
    let mut common = Rational::ONE;
    for number in slopes
        .iter()
        .chain(lines.iter().map(|(_, (_, offset))| offset))
    {
        common = &common * &(number * &common).denominator();
    }
    let two = Rational::from(2);
    let m = (&common * &two).to_whole()?;
    let mut pieces = Vec::new();
    let (mut most_a, mut most_b) = (0f64, m);
    for ((start, (_, offset)), slope) in lines.iter().zip(&slopes) {
        let a = (&(slope * &common) * &two).to_whole()?;
        let b = (&(&(offset * &common) * &two) + &common).to_whole()?;
        let (p, q) = match start {
            None => (0.0, 1.0),
            Some(x) if value.denominator.is_none() => {
                ((*x * per_whole).ceil_exact().to_whole()?, 1.0)
            }
            Some(x) => (*x * per_whole).as_integers()?,
        };
        value.limit_numerator(q);
        value.limit_denominator(p.abs());
        (most_a, most_b) = (most_a.max(a.abs()), most_b.max(b.abs()));
        pieces.push(Piece { p, q, a, b });
    }
    // Half of the exact range for each of the two products.
    value.limit_numerator(2.0 * most_a);
    if value.denominator.is_some() {
        value.limit_denominator(2.0 * most_b);
    } else if 2.0 * most_b >= EXACT {
        return None;
    }
    Some(Rule::Linear(Linear {
        pieces,
        m,
        half_even: plan.rounding == Rounding::HalfEven,
    }))
}
