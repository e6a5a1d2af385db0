//! `city-gaps.csv`: where the city and each district lose points, and what was won between phases.

use dabiao::campaign::{AreaGaps, CampaignResult, PartGap};
use dabiao::{Points, Rational, Rounding};

use super::{Rows, area_name, owned, text};

/// The city, then each district: its sections, then its items, those that lose most first.
pub(super) fn city_table(result: &CampaignResult) -> (Vec<String>, Rows) {
    let mut heading = owned(&[
        "scope",
        "code",
        "name",
        "kind",
        "part",
        "title",
        "points",
        "communities",
        "mean_lost",
        "lost_share",
        "at_full",
        "of_total",
    ]);
    for phase in result.phases.iter().skip(1) {
        heading.push(format!("won_{}", phase.id));
        heading.push(format!("compared_{}", phase.id));
    }
    let mut rows = Rows::new();
    let mut area = |scope: &str, gaps: &AreaGaps| {
        let name = match scope {
            "city" => String::new(),
            scope => area_name(result, scope, &gaps.key),
        };
        for (kind, parts) in [("section", &gaps.sections), ("item", &gaps.items)] {
            let first = [scope, &gaps.key, &name, kind];
            rows.extend(parts.iter().map(|gap| row(&first, gap)));
        }
    };
    area("city", &result.gaps_of_city());
    for gaps in result.gaps_of_districts() {
        area("district", &gaps);
    }
    (heading, rows)
}

fn row(first: &[&str], gap: &PartGap) -> Vec<String> {
    let loss = &gap.loss;
    let all = &loss.full * &Rational::from(loss.counted as i64);
    let share = loss.lost.checked_div(&all);
    let share = share.and_then(|share| (&share * &Rational::from(100)).round(1, Rounding::HalfUp));
    let mut cells = owned(first);
    cells.extend([
        loss.code.clone(),
        loss.title.to_string(),
        loss.full.to_string(),
        loss.counted.to_string(),
        loss.mean_lost.to_string(),
        share.map_or(String::new(), |s| format!("{}%", Points::new(s, 1))),
        loss.at_full.to_string(),
        gap.of_total.display(6),
    ]);
    for won in &gap.won {
        cells.push(text(won.mean));
        cells.push(won.communities.to_string());
    }
    cells
}
