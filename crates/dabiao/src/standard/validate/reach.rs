//! The most that a rule can earn, against the points it is worth.

use super::Checker;
use super::bands::constant;
use super::items::Marked;
use super::rules::{boxes_of, key_of};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{
    Checklist, ChecklistPay, Checks, Combine, PerUnit, Rank, RankPay, Rule, Side, Start, Steps,
};

/// The most that a rule can earn.
enum Best {
    Points(Rational),
    /// More than any number.
    Unbounded,
    /// Something in it is at fault, or missing.
    Unknown,
}

impl From<Option<Rational>> for Best {
    fn from(points: Option<Rational>) -> Self {
        points.map_or(Best::Unknown, Best::Points)
    }
}

impl<'d> Checker<'d> {
    /// Reports a rule that cannot reach its points.
    pub(super) fn reach(&mut self, marked: &Marked<'d>) {
        let rule = &marked.marking.rule;
        let at = marked.at.key(key_of(rule));
        if !self.is_sound(&at) || self.is_broken(&marked.at.key("otherwise")) {
            return;
        }
        let best = match self.held(marked) {
            Best::Points(best) => best,
            Best::Unbounded | Best::Unknown => return,
        };
        let Some(full) = &marked.full else {
            // A bonus without a cap must earn something.
            if !marked.has_full && best <= Rational::ZERO {
                let fault = self.fault(FaultCode::RuleReach, &at).found(best);
                self.push(
                    fault.expected(Text::new("能得分的评分办法", "a rule that can earn points")),
                );
            }
            return;
        };
        // A check may earn more than its points, up to its cap; the item holds them all.
        if best < *full {
            let fault = self.fault(FaultCode::RuleReach, &at).found(&best);
            self.push(fault.expected(Text::new(
                format!("最高能得 points({full})"),
                format!("a rule that can earn its points, {full}"),
            )));
        }
    }

    fn best(&self, marked: &Marked<'d>) -> Best {
        match &marked.marking.rule {
            Rule::Award { min, max, step } => {
                let Some(max) = max.as_ref().or(marked.full.as_ref()) else {
                    return Best::Unknown;
                };
                let on_step = match step.as_ref().filter(|step| **step > Rational::ZERO) {
                    Some(step) => (max - min)
                        .checked_div(step)
                        .map(|steps| min + &(&steps.floor_exact() * step)),
                    None => Some(max.clone()),
                };
                let range = marked.range(self);
                match (on_step, range.greatest()) {
                    (Some(best), Some(greatest)) => Best::Points(best.min(greatest.clone())),
                    (best, _) => best.into(),
                }
            }
            Rule::YesNo { yes, no } => yes
                .as_ref()
                .or(marked.full.as_ref())
                .map(|yes| yes.max(no).clone())
                .into(),
            Rule::Levels(levels) => levels
                .iter()
                .map(|(_, points)| points)
                .max()
                .cloned()
                .into(),
            Rule::Checklist(list) => self.best_of_checklist(list, marked).into(),
            Rule::Bands { bands, otherwise } => self.best_of_bands(bands, otherwise, marked).into(),
            Rule::Curve(knots) => self.best_of_curve(knots, marked).into(),
            Rule::PerUnit(rule) => self.best_of_units(rule, marked),
            Rule::Rank(rank) => best_of_rank(rank).into(),
            Rule::ShareOfBest { .. } | Rule::MinMax { .. } => marked.full.clone().into(),
            Rule::ShareOfMean { .. } => Best::Unbounded,
            Rule::Checks(checks) => self.best_of_checks(checks, marked),
        }
    }

    fn best_of_checks(&self, checks: &'d Checks, marked: &Marked<'d>) -> Best {
        let mut all = Vec::new();
        let mut unbounded = false;
        for check in &checks.checks {
            // What a check is worth says what it earns where its rule says so.
            let check = Marked::of_check(check, marked.at.clone(), marked.level, marked.costs);
            match self.held(&check) {
                Best::Points(best) => all.push(best),
                Best::Unbounded => unbounded = true,
                Best::Unknown => return Best::Unknown,
            }
        }
        match (checks.combine, unbounded) {
            (Combine::Worst, _) => match all.into_iter().min() {
                Some(worst) => Best::Points(worst),
                None => Best::Unbounded,
            },
            (Combine::Sum | Combine::Best, true) => Best::Unbounded,
            (Combine::Best, false) => all.into_iter().max().into(),
            (Combine::Sum, false) => {
                let start = match checks.from_full {
                    true => marked.full.clone(),
                    false => Some(Rational::ZERO),
                };
                start
                    .map(|start| all.iter().fold(start, |sum, best| &sum + best))
                    .into()
            }
        }
    }

    /// The most that a rule can earn under the check's own cap.
    fn held(&self, marked: &Marked<'d>) -> Best {
        match (self.best(marked), marked.cap) {
            (Best::Points(best), Some(cap)) => Best::Points(best.min(cap.clone())),
            (Best::Unbounded, Some(cap)) => Best::Points(cap.clone()),
            (best, _) => best,
        }
    }

    fn best_of_checklist(&self, list: &Checklist, marked: &Marked<'d>) -> Option<Rational> {
        let boxes = boxes_of(list);
        let (mut least, mut greatest) = (0, boxes);
        if list.of.is_some() {
            let range = marked.range(self);
            let whole = |edge: Option<&Rational>| {
                edge.and_then(Rational::floor)
                    .and_then(|n| u32::try_from(n).ok())
            };
            least = whole(range.least()).unwrap_or(0).min(boxes);
            greatest = whole(range.greatest()).unwrap_or(boxes).min(boxes);
        }
        match &list.pays {
            ChecklistPay::Each(each) => {
                let at = |count: u32| each * &Rational::from(i64::from(count));
                Some(at(least).max(at(greatest)))
            }
            ChecklistPay::Table(table) => {
                let inside = |count: &u32| (least..=greatest).contains(count);
                let named = table.iter().filter(|(count, _)| inside(count));
                let all_named =
                    named.clone().count() as u64 > u64::from(greatest.saturating_sub(least));
                let unnamed = (!all_named).then_some(Rational::ZERO);
                named.map(|(_, points)| points.clone()).chain(unnamed).max()
            }
        }
    }

    fn best_of_units(&self, rule: &PerUnit, marked: &Marked<'d>) -> Best {
        let start = match &rule.from {
            Start::Points(points) => points.clone(),
            Start::Full => match &marked.full {
                Some(full) => full.clone(),
                None => return Best::Unknown,
            },
        };
        let unit = self.unit_of(marked);
        let length = rule.unit.in_unit(unit);
        let range = marked.range(self);
        // How far values can be from the mark, on the side that counts.
        let distance = |edge: Option<&Rational>| -> Option<Rational> {
            let mark = constant(&rule.mark, unit)?;
            let distance = match rule.side {
                Side::Over => edge? - &mark,
                Side::Under => &mark - edge?,
            };
            let units = distance.checked_div(&length)?;
            let units = match rule.steps {
                Steps::Proportional => units,
                Steps::Started => units.ceil_exact(),
                Steps::Completed => units.floor_exact(),
            };
            Some(units.max(Rational::ZERO))
        };
        let (near, far) = match rule.side {
            Side::Over => (range.least(), range.greatest()),
            Side::Under => (range.greatest(), range.least()),
        };
        let units = if rule.points.is_negative() {
            Some(distance(near).unwrap_or_default())
        } else {
            distance(far)
        };
        match (units, &rule.cap) {
            (None, None) => Best::Unbounded,
            (None, Some(cap)) => Best::Points(cap.clone()),
            (Some(units), cap) => {
                let earned = &start + &(&units * &rule.points);
                Best::Points(earned.clamped(rule.floor.as_ref(), cap.as_ref()))
            }
        }
    }
}

fn best_of_rank(rank: &Rank) -> Option<Rational> {
    match &rank.pays {
        RankPay::Table(table, _) => table.iter().max().cloned(),
        RankPay::Steps { start, .. } => Some(start.clone()),
        RankPay::Shares(shares, _) => shares.iter().map(|(_, points)| points).max().cloned(),
    }
}
