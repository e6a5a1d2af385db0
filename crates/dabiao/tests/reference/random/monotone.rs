//! Items of one measure whose rule goes one way: a better value never earns less.

use proptest::collection::vec;
use proptest::prelude::*;

use dabiao::expression::Quantity;
use dabiao::standard::document::{
    Band, Bound, Document, End, Mark, MeasureKind, PerUnit, Rank, RankPay, Rule, Side, Start, Steps,
};

use super::super::build::{document, item, m, measure, section};
use super::super::number::{Q, whole, zero};
use super::conditions::threshold;
use super::{Choices, rational};

/// Which values are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    Higher,
    Lower,
}

/// A standard of one such item, 1.1, marked by its only measure, which is never below 0.
pub(crate) fn monotone() -> impl Strategy<Value = (Document, Better)> {
    vec(any::<u16>(), 40).prop_map(|numbers| {
        let mut choices = Choices::new(&numbers);
        let better = *choices.pick(&[Better::Higher, Better::Lower]);
        let kind = *choices.pick(&[MeasureKind::Count, MeasureKind::Number]);
        let mut x = measure("x", kind);
        x.min = Some(rational(&zero()));
        let rule = rule(&mut choices, better);
        let mut standard = document(
            vec![x],
            vec![section("1", vec![item("1.1", "10", m("x"), rule)])],
        );
        standard.decimals = *choices.pick(&[2, 0, 6]);
        if choices.chance(30) {
            standard.sections[0].items[0].marking.cohort = Some("district".to_owned());
        }
        (standard, better)
    })
}

/// Points in order, the best first: full, then less.
fn descending(choices: &mut Choices, n: usize) -> Vec<Q> {
    let mut points: Vec<Q> = (0..n)
        .map(|_| choices.number(&["1", "5", "2.5", "0", "8", "1/3", "-1"]))
        .collect();
    points.sort();
    points.reverse();
    points[0] = whole(10);
    points
}

/// Different thresholds in ascending order.
fn ascending(choices: &mut Choices, n: usize) -> Vec<Q> {
    let mut marks: Vec<Q> = (0..n)
        .map(|_| super::super::number::of(&threshold(choices, None).number))
        .collect();
    marks.sort();
    marks.dedup();
    marks
}

fn at(mark: &Q) -> Mark {
    Mark::Quantity(Quantity::plain(rational(mark)))
}

fn rule(choices: &mut Choices, better: Better) -> Rule {
    let lower_is_better = better == Better::Lower;
    let n = 1 + choices.below(4);
    match choices.below(8) {
        0 => bands(choices, better, n),
        1 => {
            let marks = ascending(choices, n + 1);
            let mut points = descending(choices, marks.len());
            if !lower_is_better {
                points.reverse();
            }
            let knots = marks.iter().zip(&points);
            Rule::Curve(knots.map(|(x, y)| (at(x), rational(y))).collect())
        }
        2 | 3 => per_unit(choices, better),
        4 => {
            let from = if lower_is_better {
                End::Bottom
            } else {
                End::Top
            };
            let mut points = descending(choices, n + 1);
            let otherwise = rational(&points.pop().unwrap_or_else(zero));
            let pays = match choices.below(3) {
                0 => RankPay::Table(points.iter().map(rational).collect(), otherwise),
                1 => RankPay::Steps {
                    start: rational(&whole(10)),
                    step: rational(&choices.number(&["1", "0.3", "1/3"])),
                    floor: None,
                },
                _ => {
                    let shares = ["0.2", "1/3", "0.5", "0.9"].map(super::super::number::parse);
                    let pairs = shares.iter().zip(&points);
                    let pairs = pairs.map(|(share, points)| (rational(share), rational(points)));
                    RankPay::Shares(pairs.collect(), otherwise)
                }
            };
            Rule::Rank(Rank { from, pays })
        }
        5 => Rule::ShareOfBest { lower_is_better },
        6 => Rule::ShareOfMean { lower_is_better },
        _ => Rule::MinMax { lower_is_better },
    }
}

fn bands(choices: &mut Choices, better: Better, n: usize) -> Rule {
    let mut marks: Vec<Mark> = ascending(choices, n).iter().map(at).collect();
    if choices.chance(30) {
        let place = choices.below(marks.len());
        marks[place] = Mark::CohortMean;
    }
    if better == Better::Higher {
        marks.reverse();
    }
    let mut points = descending(choices, marks.len() + 1);
    let otherwise = rational(&points.pop().unwrap_or_else(zero));
    let bands = marks.into_iter().zip(&points).map(|(mark, points)| {
        let bound = Some(Bound {
            mark,
            inclusive: !choices.chance(30),
        });
        let (low, high) = match better {
            Better::Higher => (bound, None),
            Better::Lower => (None, bound),
        };
        Band {
            low,
            high,
            points: rational(points),
        }
    });
    Rule::Bands {
        bands: bands.collect(),
        otherwise,
    }
}

fn per_unit(choices: &mut Choices, better: Better) -> Rule {
    let mark = if choices.chance(30) {
        Mark::CohortMean
    } else {
        Mark::Quantity(threshold(choices, None))
    };
    let adds = choices.chance(50);
    let each = choices.number(&["1", "0.25", "1/3", "3"]);
    Rule::PerUnit(PerUnit {
        from: if adds {
            Start::Points(rational(&zero()))
        } else {
            Start::Full
        },
        mark,
        side: match (adds, better) {
            (true, Better::Higher) | (false, Better::Lower) => Side::Over,
            _ => Side::Under,
        },
        unit: Quantity::plain(rational(&choices.number(&["1", "0.5", "1/3", "7"]))),
        points: rational(&if adds { each } else { -each }),
        steps: *choices.pick(&[Steps::Proportional, Steps::Completed, Steps::Started]),
        floor: choices.chance(30).then(|| rational(&zero())),
        cap: choices.chance(30).then(|| rational(&whole(10))),
    })
}
