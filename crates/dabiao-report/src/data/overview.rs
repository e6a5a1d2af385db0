//! The whole at a glance: the distribution of totals, districts, the weakest items.

use dabiao::campaign::GroupScore;
use dabiao::{Points, Rational, Rounding, Scores};
use serde::Serialize;

use super::{Gather, Which, attribute, percent_of, row_of, shown, text};

/// How many communities have a total in each of some equal ranges.
#[derive(Debug, Serialize)]
pub(crate) struct Bins {
    /// Where the ranges begin, and last where they end; a range holds its lower end.
    edges: Vec<String>,
    /// By range: how many of each grade, and last those without one.
    counts: Vec<Vec<usize>>,
}

/// The most ranges that a chart shows.
const MOST_BINS: i64 = 16;

pub(crate) fn bins(scores: &Scores) -> Option<Bins> {
    let totals: Vec<(usize, Points)> = (0..scores.len())
        .filter_map(|row| Some((row, scores.total(row)?)))
        .collect();
    let decimals = totals.first()?.1.decimals();
    let scaled = totals.iter().map(|(_, total)| total.scaled());
    let (least, most) = (scaled.clone().min()?, scaled.max()?);
    let full = scores
        .standard()
        .full_marks()
        .round(decimals, Rounding::HalfUp);
    let width = width_for(least, most, full.unwrap_or(0));
    let first = least.div_euclid(width);
    let many = most.div_euclid(width) - first + 1;
    let grades = &scores.standard().document().grades;
    let mut counts = vec![vec![0; grades.len() + 1]; usize::try_from(many).ok()?];
    for (row, total) in totals {
        let grade = scores.grade(row);
        let grade = grade.and_then(|held| grades.iter().position(|grade| grade.id == held.id));
        let bin = usize::try_from(total.scaled().div_euclid(width) - first).ok()?;
        if let Some(count) = counts
            .get_mut(bin)
            .and_then(|bin| bin.get_mut(grade.unwrap_or(grades.len())))
        {
            *count += 1;
        }
    }
    let edge = |at: i64| {
        Points::new((first + at) * width, decimals)
            .exact()
            .to_string()
    };
    Some(Bins {
        edges: (0..=many).map(edge).collect(),
        counts,
    })
}

/// 1, 2 or 5 times a power of ten of the last decimal: the least with no more ranges than are
/// shown, and no narrower than a hundredth of full marks where all totals are much the same.
fn width_for(least: i64, most: i64, full: i64) -> i64 {
    let mut power = 1i64;
    loop {
        for step in [1, 2, 5] {
            let width = power.saturating_mul(step);
            let many = i128::from(most.div_euclid(width)) - i128::from(least.div_euclid(width)) + 1;
            if many <= i128::from(MOST_BINS) && width >= full / 100 {
                return width;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A district, a street or the whole.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    #[serde(skip)]
    pub(crate) key: String,
    pub(crate) name: String,
    communities: usize,
    scored: usize,
    mean: String,
    rank: Option<u32>,
    /// By grade, and last those without one.
    grades: Vec<usize>,
    /// The means of all parts, in their order.
    points: String,
}

pub(crate) fn group(gather: &mut Gather<'_>, kind: &str, group: &GroupScore) -> Group {
    let parts: std::collections::HashMap<&str, Option<Points>> = group
        .parts
        .iter()
        .map(|(code, mean)| (code.as_str(), *mean))
        .collect();
    let means = gather
        .parts
        .iter()
        .filter(|part| matches!(part.what, Which::Section(_) | Which::Item(_)));
    let means = means.map(|part| parts.get(part.code).copied().flatten());
    let mut grades: Vec<usize> = group.grades.iter().map(|(_, count)| *count).collect();
    grades.push(group.ungraded);
    Group {
        name: name_of(gather.scores, kind, &group.key),
        key: group.key.clone(),
        communities: group.communities,
        scored: group.scored,
        mean: text(group.mean),
        rank: group.rank,
        grades,
        points: row_of(means),
    }
}

/// The name of a district or street: that of its first community, otherwise its key.
pub(crate) fn name_of(scores: &Scores, kind: &str, key: &str) -> String {
    let row = (0..scores.len()).find(|row| key_of(scores, kind, *row) == key);
    let name = row.and_then(|row| attribute(scores, kind, row));
    name.unwrap_or(key).to_owned()
}

/// The district or street of a community as groups name it.
pub(crate) fn key_of<'a>(scores: &'a Scores, kind: &str, row: usize) -> &'a str {
    let observations = scores.observations();
    let keys = observations
        .attribute(&format!("{kind}_code"))
        .or_else(|| observations.attribute(kind));
    keys.and_then(|keys| keys.get(row))
        .map_or("", String::as_str)
}

/// What an item loses on average.
#[derive(Debug, Serialize)]
pub(crate) struct Losses {
    /// The item, among the parts.
    part: usize,
    /// What it is worth in the total.
    full: String,
    /// Points of the total that a community loses on average.
    mean: String,
    /// That, as a share of its points.
    share: String,
    /// Communities with points for it.
    counted: usize,
    /// Those with full marks.
    at_full: usize,
}

/// The items that lose points, those that cost the total most first.
pub(crate) fn losses(gather: &Gather<'_>) -> Vec<Losses> {
    let scores = gather.scores;
    let decimals = gather.standard.document().decimals;
    let losses = scores.losses(0..scores.len()).items.into_iter();
    let mut held: Vec<(Rational, Losses)> = losses
        .filter(|loss| loss.counted > 0 && loss.lost > Rational::ZERO)
        .filter_map(|loss| {
            let mean = loss
                .lost
                .checked_div(&Rational::from(loss.counted as i64))?;
            let worth = gather.standard.worth_of(&loss.code)?;
            let of_total = &mean * &worth;
            let scaled = of_total.round(decimals, Rounding::HalfUp)?;
            let losses = Losses {
                part: *gather.places.get(loss.code.as_str())?,
                full: shown(&(&loss.full * &worth)),
                mean: Points::new(scaled, decimals).to_string(),
                share: percent_of(&mean.checked_div(&loss.full)?, 1),
                counted: loss.counted,
                at_full: loss.at_full,
            };
            Some((of_total, losses))
        })
        .collect();
    // Stable: of equal ones the first of the standard stays first.
    held.sort_by(|a, b| b.0.cmp(&a.0));
    held.into_iter().map(|(_, losses)| losses).collect()
}

#[cfg(test)]
mod tests {
    use super::width_for;

    #[test]
    fn ranges_are_round_and_few() {
        assert_eq!(width_for(6_700, 9_997, 10_000), 500);
        assert_eq!(width_for(0, 10_000, 10_000), 1_000);
        assert_eq!(width_for(9_000, 9_000, 10_000), 100);
        assert_eq!(width_for(9_000, 9_010, 12_000), 200);
        assert_eq!(width_for(3, 3, 50), 1);
        assert_eq!(width_for(-50, 3, 50), 5);
        assert!(width_for(i64::MIN / 2, i64::MAX / 2, i64::MAX) > 0);
    }
}
