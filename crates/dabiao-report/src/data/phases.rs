//! Self-assessment against review and verification.

use dabiao::campaign::PhaseResult;
use dabiao::{Points, Rational};
use serde::Serialize;

use super::texts::TextId;
use super::{Gather, Which, text};

/// One phase.
#[derive(Debug, Serialize)]
pub(crate) struct PhaseData {
    title: TextId,
    /// Communities that it has marked.
    communities: usize,
    /// Its weight, where phases are weighted.
    weight: Option<String>,
    /// Units that it left out for want of a value.
    left_out: usize,
}

/// What a later phase says of the items that an earlier one has marked too.
#[derive(Debug, Serialize)]
pub(crate) struct Transition {
    from: usize,
    to: usize,
    items: Vec<ItemMoves>,
    /// The largest single differences: community, part, earlier, later, difference.
    largest: Vec<(usize, usize, String, String, String)>,
}

/// What became of one item between two phases.
#[derive(Debug, Serialize)]
struct ItemMoves {
    part: usize,
    /// Communities for which both have marked it.
    compared: usize,
    /// The mean of later less earlier.
    mean: String,
    lower: usize,
    same: usize,
    higher: usize,
}

/// So many single differences are shown.
const LARGEST: usize = 30;

pub(crate) fn phases(gather: &mut Gather<'_>) -> Vec<PhaseData> {
    let Some((_, campaign, result)) = gather.source.campaign else {
        return Vec::new();
    };
    let phases = result.phases.iter().zip(&campaign.phases);
    phases
        .map(|(phase, declared)| PhaseData {
            title: gather.texts.add(&phase.title),
            communities: phase.present.iter().filter(|present| **present).count(),
            weight: declared.weight.as_ref().map(Rational::to_string),
            left_out: phase.left_out.len(),
        })
        .collect()
}

/// The first phase against the last, and each against the one before it.
pub(crate) fn transitions(gather: &Gather<'_>) -> Vec<Transition> {
    let Some((.., result)) = gather.source.campaign else {
        return Vec::new();
    };
    let last = result.phases.len().saturating_sub(1);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    if last > 0 {
        pairs.push((0, last));
    }
    if last > 1 {
        pairs.extend((0..last).map(|from| (from, from + 1)));
    }
    let between = pairs.into_iter().filter_map(|(from, to)| {
        let phases = (result.phases.get(from)?, result.phases.get(to)?);
        Some(transition(gather, (from, to), phases))
    });
    between.collect()
}

fn transition(
    gather: &Gather<'_>,
    (from, to): (usize, usize),
    (earlier, later): (&PhaseResult, &PhaseResult),
) -> Transition {
    let document = gather.standard.document();
    let decimals = document.decimals;
    let mut items = Vec::new();
    let mut all = Vec::new();
    for (part, held) in gather.parts.iter().enumerate() {
        if !matches!(held.what, Which::Item(_)) {
            continue;
        }
        let (mut sum, mut lower, mut same, mut higher) = (0i128, 0, 0, 0);
        for row in 0..gather.scores.len() {
            let marked = |phase: &PhaseResult| phase.has_marked(held.code, row);
            if !(marked(earlier) && marked(later)) {
                continue;
            }
            let points = |phase: &PhaseResult| phase.scores.points_of(held.code, row);
            let Some((before, after)) = points(earlier).zip(points(later)) else {
                continue;
            };
            let difference = after.scaled().saturating_sub(before.scaled());
            sum += i128::from(difference);
            match difference.signum() {
                -1 => lower += 1,
                0 => same += 1,
                _ => higher += 1,
            }
            if difference != 0 {
                all.push((row, part, before, after, difference));
            }
        }
        let compared = lower + same + higher;
        let mean = Rational::from_scaled(sum, decimals)
            .checked_div(&Rational::from(compared as i64))
            .and_then(|mean| mean.round(decimals, document.rounding));
        if compared > 0 {
            items.push(ItemMoves {
                part,
                compared,
                mean: text(mean.map(|mean| Points::new(mean, decimals))),
                lower,
                same,
                higher,
            });
        }
    }
    // Stable: of equal ones the order of the standard and of the codes stays.
    all.sort_by_key(|held| std::cmp::Reverse(held.4.unsigned_abs()));
    let largest = all.into_iter().take(LARGEST);
    let largest = largest.map(|(row, part, before, after, difference)| {
        let difference = Points::new(difference, decimals);
        (
            row,
            part,
            text(Some(before)),
            text(Some(after)),
            text(Some(difference)),
        )
    });
    Transition {
        from,
        to,
        items,
        largest: largest.collect(),
    }
}
