//! Rules: the one key, and what stands beside it.

use super::parts::written_check;
use super::{Fields, Out};
use crate::expression::{PartSign, Quantity};
use crate::rational::Rational;
use crate::standard::document::{
    Band, Checklist, ChecklistPay, Combine, End, Mark, PerUnit, Rank, RankPay, Rule, Side, Start,
    Steps,
};

impl From<&Mark> for Out {
    fn from(mark: &Mark) -> Self {
        match mark {
            Mark::Quantity(quantity) => Out::from(quantity),
            Mark::CohortMean => Out::from("mean"),
        }
    }
}

pub(super) fn written(fields: &mut Fields, rule: &Rule, canonical: bool) {
    match rule {
        Rule::Award { min, max, step } => {
            let mut award = Fields::default();
            award.unless("min", min, &&Rational::ZERO);
            award.maybe("max", max.as_ref());
            award.maybe("step", step.as_ref());
            fields.put("award", award.done());
        }
        Rule::YesNo { yes, no } => {
            let mut points = Fields::default();
            points.maybe("yes", yes.as_ref());
            points.unless("no", no, &&Rational::ZERO);
            fields.put("yes_no", points.done());
        }
        Rule::Levels(levels) => {
            let levels = levels
                .iter()
                .map(|(label, points)| (label.clone(), Out::from(points)));
            fields.put("levels", Out::Map(levels.collect()));
        }
        Rule::Checklist(list) => fields.put("checklist", checklist(list, canonical)),
        Rule::Bands { bands, otherwise } => {
            fields.put("bands", Out::List(bands.iter().map(band).collect()));
            fields.unless("otherwise", otherwise, &&Rational::ZERO);
        }
        Rule::Curve(knots) => {
            fields.put(
                "curve",
                Out::List(
                    knots
                        .iter()
                        .map(|(mark, points)| pair(mark, points))
                        .collect(),
                ),
            );
        }
        Rule::PerUnit(rule) => fields.put("per_unit", per_unit(rule)),
        Rule::Rank(rule) => fields.put("rank", rank(rule)),
        Rule::ShareOfBest { lower_is_better } => {
            fields.put("share_of_best", direction(*lower_is_better))
        }
        Rule::ShareOfMean { lower_is_better } => {
            fields.put("share_of_mean", direction(*lower_is_better))
        }
        Rule::MinMax { lower_is_better } => fields.put("min_max", direction(*lower_is_better)),
        Rule::Checks(checks) => {
            if checks.from_full {
                fields.put("start", "full");
            }
            match checks.combine {
                Combine::Sum => {}
                Combine::Best => fields.put("combine", "best"),
                Combine::Worst => fields.put("combine", "worst"),
            }
            let all = checks
                .checks
                .iter()
                .map(|check| written_check(check, canonical));
            fields.put("check", Out::List(all.collect()));
        }
    }
}

fn pair(x: impl Into<Out>, points: &Rational) -> Out {
    Out::List(vec![x.into(), Out::from(points)])
}

fn direction(lower_is_better: bool) -> Out {
    let mut fields = Fields::default();
    fields.unless("lower_is_better", lower_is_better, &false);
    fields.done()
}

fn checklist(list: &Checklist, canonical: bool) -> Out {
    let mut fields = Fields::default();
    if list.of.is_none() || !list.boxes.is_empty() {
        let boxes = list.boxes.iter().map(|item| match &item.title {
            None => Out::from(&item.when),
            Some(title) => {
                let mut fields = Fields::default();
                fields.put("when", &item.when);
                fields.put("title", title);
                fields.done()
            }
        });
        fields.put("boxes", Out::List(boxes.collect()));
    }
    fields.maybe("of", list.of);
    match &list.pays {
        ChecklistPay::Each(each) => fields.put("each", each),
        ChecklistPay::Table(table) => {
            let mut table: Vec<_> = table.iter().collect();
            if canonical {
                table.sort_by_key(|(count, _)| *count);
            }
            let table = table
                .into_iter()
                .map(|(count, points)| (count.to_string(), Out::from(points)));
            fields.put("table", Out::Map(table.collect()));
        }
    }
    fields.done()
}

fn band(band: &Band) -> Out {
    let mut fields = Fields::default();
    if let Some(low) = &band.low {
        fields.put(if low.inclusive { "at_least" } else { "above" }, &low.mark);
    }
    if let Some(high) = &band.high {
        fields.put(if high.inclusive { "at_most" } else { "below" }, &high.mark);
    }
    fields.put("points", &band.points);
    fields.done()
}

fn per_unit(rule: &PerUnit) -> Out {
    let mut fields = Fields::default();
    match &rule.from {
        Start::Full => fields.put("from", "full"),
        Start::Points(points) => fields.unless("from", points, &&Rational::ZERO),
    }
    fields.put(
        match rule.side {
            Side::Over => "over",
            Side::Under => "under",
        },
        &rule.mark,
    );
    fields.unless("unit", &rule.unit, &&Quantity::plain(Rational::ONE));
    fields.put("points", &rule.points);
    // Never left out: where it may be, all three are the same, and it says so at no cost.
    fields.put(
        "steps",
        match rule.steps {
            Steps::Proportional => "proportional",
            Steps::Started => "started",
            Steps::Completed => "completed",
        },
    );
    fields.maybe("floor", rule.floor.as_ref());
    fields.maybe("cap", rule.cap.as_ref());
    fields.done()
}

fn rank(rank: &Rank) -> Out {
    let mut fields = Fields::default();
    if rank.from == End::Bottom {
        fields.put("from", "bottom");
    }
    match &rank.pays {
        RankPay::Table(table, otherwise) => {
            fields.put("table", Out::List(table.iter().map(Out::from).collect()));
            fields.unless("otherwise", otherwise, &&Rational::ZERO);
        }
        RankPay::Steps { start, step, floor } => {
            fields.put("start", start);
            fields.put("step", step);
            fields.maybe("floor", floor.as_ref());
        }
        RankPay::Shares(shares, otherwise) => {
            let shares = shares
                .iter()
                .map(|(share, points)| pair(&percent(share), points));
            fields.put("shares", Out::List(shares.collect()));
            fields.unless("otherwise", otherwise, &&Rational::ZERO);
        }
    }
    fields.done()
}

/// A share as people write it: 0.3 is `"30%"`.
fn percent(share: &Rational) -> Quantity {
    Quantity {
        number: share * &Rational::from(100),
        sign: Some(PartSign::Percent),
    }
}
