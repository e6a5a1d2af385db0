//! The shape of a rule: what must be written, in which order, and what can never be earned.

use std::collections::HashSet;

use super::items::Marked;
use super::{At, Checker};
use crate::expression::{Expression, Operator};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{
    Checklist, ChecklistPay, Level, Mark, MeasureKind, PerUnit, Rank, RankPay, Rule, Start,
};

/// The key that a rule is written with.
pub(super) fn key_of(rule: &Rule) -> &'static str {
    match rule {
        Rule::Award { .. } => "award",
        Rule::YesNo { .. } => "yes_no",
        Rule::Levels(_) => "levels",
        Rule::Checklist(_) => "checklist",
        Rule::Bands { .. } => "bands",
        Rule::Curve(_) => "curve",
        Rule::PerUnit(_) => "per_unit",
        Rule::Rank(_) => "rank",
        Rule::ShareOfBest { .. } => "share_of_best",
        Rule::ShareOfMean { .. } => "share_of_mean",
        Rule::MinMax { .. } => "min_max",
        Rule::Checks(_) => "check",
    }
}

impl<'d> Checker<'d> {
    pub(super) fn rule(&mut self, marked: &Marked<'d>) {
        let rule = &marked.marking.rule;
        let at = marked.at.key(key_of(rule));
        let valueless = match rule {
            Rule::Checks(_) => true,
            Rule::Checklist(list) => list.of.is_none(),
            _ => false,
        };
        if !valueless && marked.marking.value.is_none() {
            self.missing(&marked.at, "value");
        }
        if self.is_broken(&at) {
            return;
        }
        match rule {
            Rule::Award { min, max, step } => {
                self.award(min, max.as_ref(), step.as_ref(), &at, marked)
            }
            Rule::YesNo { yes, no } => {
                match yes {
                    Some(yes) => self.not_over(yes, &at.key("yes"), marked),
                    None => self.needs_full(marked, "yes_no"),
                }
                self.not_over(no, &at.key("no"), marked);
            }
            Rule::Levels(levels) => self.levels(levels, &at, marked),
            Rule::Checklist(list) => self.checklist(list, &at, marked),
            Rule::Bands { bands, otherwise } => self.bands(bands, otherwise, marked),
            Rule::Curve(knots) => self.curve(knots, marked),
            Rule::PerUnit(rule) => self.per_unit(rule, &at, marked),
            Rule::Rank(rank) => self.rank(rank, &at, marked),
            Rule::ShareOfBest { .. } | Rule::ShareOfMean { .. } | Rule::MinMax { .. } => {
                self.needs_full(marked, key_of(rule));
            }
            Rule::Checks(checks) => {
                if checks.from_full {
                    self.needs_full(marked, "start");
                }
                self.checks(checks, marked);
            }
        }
    }

    fn award(
        &mut self,
        min: &Rational,
        max: Option<&Rational>,
        step: Option<&Rational>,
        at: &At<'d>,
        marked: &Marked<'d>,
    ) {
        match max {
            Some(max) => self.not_over(max, &at.key("max"), marked),
            None => self.needs_full(marked, "award"),
        }
        if let Some(max) = max.or(marked.full.as_ref())
            && min >= max
        {
            let expected = Text::new(
                format!("小于最高分 {max}"),
                format!("less than the greatest mark, {max}"),
            );
            self.bad_number(&at.key("min"), min, expected);
        }
        if let Some(step) = step {
            self.above_zero(&at.key("step"), step);
        }
    }

    fn levels(&mut self, levels: &'d [(String, Rational)], at: &At<'d>, marked: &Marked<'d>) {
        if !self.few_enough(levels.len(), at) {
            return;
        }
        let name = marked
            .marking
            .value
            .as_ref()
            .and_then(Expression::lone_measure);
        let Some(labels) = name.and_then(|name| self.labels.get(name)).cloned() else {
            return;
        };
        let unread =
            name.is_some_and(|name| self.places.breaks_inside(&format!("measures.{name}")));
        let is_label = name
            .and_then(|name| self.measure(name))
            .is_some_and(|m| m.kind == MeasureKind::Label);
        let mut seen = HashSet::new();
        for (label, points) in levels {
            let at = at.key(label);
            self.not_over(points, &at, marked);
            if !seen.insert(label.as_str()) {
                let fault = self.fault(FaultCode::DuplicateCode, &at).found(label);
                self.push(fault);
            } else if !labels.contains(&label.as_str()) && is_label && !unread {
                let fault = self.fault(FaultCode::BadChoice, &at).found(label);
                self.push(fault.expected(super::one_among(&labels)));
            }
        }
        if unread || !is_label || self.places.breaks_inside(&at.path) {
            return;
        }
        let mut before: Option<&Rational> = None;
        for label in labels {
            let Some((_, points)) = levels.iter().find(|(named, _)| named == label) else {
                let fault = self
                    .fault(FaultCode::MissingKey, at)
                    .expected(Text::from(label));
                self.push(fault);
                continue;
            };
            if before.is_some_and(|before| points > before) && !marked.costs {
                let fault = self
                    .fault(FaultCode::BandOrder, &at.key(label))
                    .found(points);
                self.push(fault.expected(Text::new(
                    "从优到差分值不升的等级",
                    "labels from best to worst, none earning more than a better one",
                )));
            }
            before = Some(points);
        }
    }

    fn checklist(&mut self, list: &'d Checklist, at: &At<'d>, marked: &Marked<'d>) {
        if list.boxes.is_empty() && list.of.is_none() && !self.is_broken(&at.key("boxes")) {
            let fault = self.fault(FaultCode::MissingKey, at);
            self.push(fault.expected(Text::new("boxes 或 of", "boxes or of")));
        }
        if !list.boxes.is_empty() && list.of.is_some() {
            self.misplaced(
                at,
                "of",
                Text::new("boxes 与 of 只用其一", "boxes or of, not both"),
            );
        }
        for (index, item) in list.boxes.iter().enumerate() {
            let at = at.index("boxes", index);
            let inner = at.key("when");
            let at = if self.places.written(&inner.path) && item.title.is_some() {
                inner
            } else {
                at
            };
            self.condition(&item.when, &at, marked.level);
        }
        if list.of.is_some()
            && let Some(value) = &marked.marking.value
            && let Some(measure) = value.lone_measure().and_then(|name| self.measure(name))
            && measure.kind == MeasureKind::Number
            && !self.is_broken(&At::new(format!("measures.{}.type", measure.name), ""))
        {
            let fault = self
                .fault(FaultCode::BadExpression, &marked.at.key("value"))
                .found(value);
            self.push(fault.expected(Text::new("count 型指标", "a count")));
        }
        let boxes = boxes_of(list);
        let unread = self.places.breaks_inside(&at.key("boxes").path);
        if let ChecklistPay::Table(table) = &list.pays {
            let mut seen = HashSet::new();
            for (count, points) in table {
                let at = at.key(&format!("table.{count}"));
                self.not_over(points, &at, marked);
                if !seen.insert(count) {
                    let fault = self.fault(FaultCode::DuplicateCode, &at).found(count);
                    self.push(fault);
                }
                if *count > boxes && boxes > 0 && !unread {
                    let fault = self.fault(FaultCode::NeverMatters, &at).found(count);
                    self.push(
                        fault.expected(Text::new(format!("0 至 {boxes}"), format!("0 to {boxes}"))),
                    );
                }
            }
        }
    }

    fn per_unit(&mut self, rule: &PerUnit, at: &At<'d>, marked: &Marked<'d>) {
        match &rule.from {
            Start::Full => self.needs_full(marked, "per_unit"),
            Start::Points(points) => self.not_over(points, &at.key("from"), marked),
        }
        if rule.points.is_zero() {
            self.bad_number(
                &at.key("points"),
                &rule.points,
                Text::new("非 0 的数", "a number other than 0"),
            );
        }
        let unit = rule.unit.in_unit(self.unit_of(marked));
        self.above_zero(&at.key("unit"), &unit);
        if let Some(cap) = &rule.cap
            && !marked.is_check
        {
            self.not_over(cap, &at.key("cap"), marked);
        }
        if let (Some(floor), Some(cap)) = (&rule.floor, &rule.cap)
            && floor >= cap
        {
            let expected = Text::new(format!("小于 cap({cap})"), format!("less than cap, {cap}"));
            self.bad_number(&at.key("floor"), floor, expected);
        }
        let steps = at.key("steps");
        if !self.places.written(&steps.path) && !self.is_broken(&steps) {
            let whole_mark = match &rule.mark {
                Mark::Quantity(mark) => mark.in_unit(self.unit_of(marked)).is_integer(),
                Mark::CohortMean => false,
            };
            let value = marked.marking.value.as_ref();
            let counts = value.is_none_or(|value| self.is_whole(value, marked.level));
            if !(counts && whole_mark && unit == Rational::ONE) {
                let fault = self.fault(FaultCode::MissingKey, at);
                self.push(fault.expected(Text::new(
                    "steps:proportional、started 或 completed",
                    "steps: proportional, started or completed",
                )));
            }
        }
    }

    /// Whether an expression only takes whole values, or is not known well enough to deny it.
    fn is_whole(&self, expression: &Expression, level: Level) -> bool {
        let known = |name: &str| {
            self.measure(name).is_none() || self.kind_of(name, level) == super::types::Kind::Unknown
        };
        match expression {
            Expression::Measure(name) if known(name) => true,
            Expression::Binary(Operator::Divide, ..) => false,
            _ => self.range(expression, level).whole,
        }
    }

    fn rank(&mut self, rank: &'d Rank, at: &At<'d>, marked: &Marked<'d>) {
        match &rank.pays {
            RankPay::Table(table, otherwise) => {
                let at_table = at.key("table");
                if table.is_empty() && !self.is_broken(&at_table) {
                    self.missing(at, "table");
                }
                if self.few_enough(table.len(), &at_table) {
                    let places = table
                        .iter()
                        .enumerate()
                        .map(|(index, points)| (at_table.element(index), points));
                    self.falling(places.chain([(at.key("otherwise"), otherwise)]), marked);
                }
            }
            RankPay::Steps { start, step, floor } => {
                self.not_over(start, &at.key("start"), marked);
                self.above_zero(&at.key("step"), step);
                if let Some(floor) = floor
                    && floor >= start
                {
                    let expected = Text::new(
                        format!("小于 start({start})"),
                        format!("less than start, {start}"),
                    );
                    self.bad_number(&at.key("floor"), floor, expected);
                }
            }
            RankPay::Shares(shares, otherwise) => {
                let at_shares = at.key("shares");
                if shares.is_empty() && !self.is_broken(&at_shares) {
                    self.missing(at, "shares");
                }
                if !self.few_enough(shares.len(), &at_shares) {
                    return;
                }
                let mut before = Rational::ZERO;
                for (index, (share, _)) in shares.iter().enumerate() {
                    if *share <= before || *share > Rational::ONE {
                        let fault = self
                            .fault(FaultCode::BandOrder, &at_shares.element(index))
                            .found(share);
                        self.push(fault.expected(Text::new(
                            format!("大于 {before}、不超过 1 的比例"),
                            format!("a share above {before}, at most 1"),
                        )));
                    }
                    before = share.clone();
                }
                let places = shares
                    .iter()
                    .enumerate()
                    .map(|(index, (_, points))| (at_shares.element(index), points));
                self.falling(places.chain([(at.key("otherwise"), otherwise)]), marked);
            }
        }
    }

    /// Points of places, the first first: none earns more than the one before.
    fn falling<'p>(
        &mut self,
        places: impl Iterator<Item = (At<'d>, &'p Rational)>,
        marked: &Marked<'d>,
    ) {
        let mut before: Option<&Rational> = None;
        for (at, points) in places {
            self.not_over(points, &at, marked);
            if let Some(before) = before.filter(|before| points > *before && !marked.costs) {
                let expected = Text::new(
                    format!("不超过前一名次的 {before}"),
                    format!("at most {before}, as the place before earns"),
                );
                let fault = self
                    .fault(FaultCode::BandOrder, &at)
                    .found(points)
                    .expected(expected);
                self.push(fault);
            }
            before = Some(points);
        }
    }
}

/// How many boxes a checklist has.
pub(super) fn boxes_of(list: &Checklist) -> u32 {
    list.of
        .unwrap_or_else(|| u32::try_from(list.boxes.len()).unwrap_or(u32::MAX))
}
