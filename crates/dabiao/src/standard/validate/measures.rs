//! Measures, their ranges, labels, roll-ups and assessors.

use std::collections::HashSet;

use super::items::{markings, visit_measures};
use super::types::{Kind, is_below_community, level_words};
use super::{At, Checker};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{Item, Level, Measure, MeasureKind, RollUp, Rule, Section};

/// A value has at most so many digits after the point.
const VALUE_DECIMALS: u8 = 6;

impl<'d> Checker<'d> {
    /// A label measure without labels of its own has those of the first rule that marks it.
    pub(super) fn gather_labels(&mut self) {
        let document = self.document;
        for measure in &document.measures {
            let own = measure.labels.iter().map(String::as_str);
            self.labels.insert(&measure.name, own.collect());
        }
        let mut rules = Vec::new();
        for section in &document.sections {
            levels_of_section(section, &mut rules);
        }
        for item in document.bonus.iter().chain(&document.deductions) {
            levels_of_item(item, &mut rules);
        }
        for (name, levels) in rules {
            if let Some(labels) = self.labels.get_mut(name).filter(|labels| labels.is_empty()) {
                labels.extend(levels.iter().map(|(label, _)| label.as_str()));
            }
        }
    }

    pub(super) fn measures(&mut self) {
        let needs_rollup = self.used_at_community();
        let mut seen = HashSet::new();
        for measure in &self.document.measures {
            let at = At::new(format!("measures.{}", measure.name), &measure.name);
            if !seen.insert(measure.name.as_str()) {
                let fault = self
                    .fault(FaultCode::DuplicateCode, &at)
                    .found(&measure.name);
                self.push(fault);
            }
            self.name(measure, &at);
            if self.is_broken(&at) || self.is_broken(&at.key("type")) {
                continue;
            }
            self.bounds(measure, &at);
            self.own_labels(measure, &at);
            self.rolled_up(measure, &at, needs_rollup.contains(measure.name.as_str()));
            if measure.assessors.is_some() && measure.kind == MeasureKind::Date {
                self.misplaced(
                    &at,
                    "assessors",
                    Text::new("日期由一人填报", "no assessors of a date"),
                );
            }
            if measure.filled_by.is_some()
                && (measure.kind != MeasureKind::Number || measure.level != Level::Community)
            {
                self.misplaced(
                    &at,
                    "filled_by",
                    Text::new(
                        "社区一级的 number 指标",
                        "a number collected at the community",
                    ),
                );
            }
        }
    }

    fn name(&mut self, measure: &'d Measure, at: &At<'d>) {
        let name = &measure.name;
        let odd = |c: char| c.is_control() || c == '`';
        if name.is_empty()
            || name.trim() != name
            || name.chars().count() > 64
            || name.chars().any(odd)
        {
            let fault = self
                .fault(FaultCode::BadCode, at)
                .found(name)
                .expected(Text::new(
                    "1 至 64 个字符\u{ff0c}首尾无空格\u{ff0c}无反引号",
                    "1 to 64 characters without blanks around them or backquotes",
                ));
            self.push(fault);
        }
    }

    fn bounds(&mut self, measure: &'d Measure, at: &At<'d>) {
        let is_count = measure.kind == MeasureKind::Count;
        let numeric = is_count || measure.kind == MeasureKind::Number;
        let given = [
            ("unit", measure.unit.is_some()),
            ("min", measure.min.is_some()),
            ("max", measure.max.is_some()),
        ];
        if !numeric {
            for (key, _) in given.iter().filter(|(_, given)| *given) {
                self.misplaced(
                    at,
                    key,
                    Text::new("只用于 count、number", "it with count and number only"),
                );
            }
            return;
        }
        for (key, bound) in [("min", &measure.min), ("max", &measure.max)] {
            let Some(bound) = bound else { continue };
            if is_count && (!bound.is_integer() || bound.is_negative()) {
                self.bad_number(
                    &at.key(key),
                    bound,
                    Text::new("不小于 0 的整数", "a whole number, at least 0"),
                );
            } else if !bound.fits_decimals(VALUE_DECIMALS) {
                self.bad_number(
                    &at.key(key),
                    bound,
                    Text::new("至多 6 位小数", "at most 6 decimals"),
                );
            }
        }
        let least = measure
            .min
            .clone()
            .or_else(|| is_count.then_some(Rational::ZERO));
        if let (Some(min), Some(max)) = (least, &measure.max)
            && min >= *max
        {
            let expected = Text::new(format!("大于 min({min})"), format!("more than min, {min}"));
            self.bad_number(&at.key("max"), max, expected);
        }
    }

    fn own_labels(&mut self, measure: &'d Measure, at: &At<'d>) {
        if measure.kind != MeasureKind::Label {
            if !measure.labels.is_empty() {
                self.misplaced(
                    at,
                    "labels",
                    Text::new("只用于 label", "it with label only"),
                );
            }
            return;
        }
        if !self.few_enough(measure.labels.len(), &at.key("labels")) {
            return;
        }
        let mut seen = HashSet::new();
        for (index, label) in measure.labels.iter().enumerate() {
            let at = at.index("labels", index);
            if label.trim().is_empty() || label.trim() != label {
                let fault = self.fault(FaultCode::BadCode, &at).found(label);
                self.push(fault.expected(Text::new(
                    "首尾无空格的文字",
                    "text without blanks around it",
                )));
            } else if !seen.insert(label) {
                let fault = self.fault(FaultCode::DuplicateCode, &at).found(label);
                self.push(fault.expected(Text::new("不重复的等级", "labels that differ")));
            }
        }
        let known = self
            .labels
            .get(measure.name.as_str())
            .is_some_and(|labels| !labels.is_empty());
        if !known && !self.places.breaks_inside("section") {
            self.missing(at, "labels");
        }
    }

    fn rolled_up(&mut self, measure: &'d Measure, at: &At<'d>, needed: bool) {
        if self.is_broken(&at.key("level")) || self.is_broken(&at.key("rollup")) {
            return;
        }
        let below = is_below_community(measure.level);
        let Some(rollup) = &measure.rollup else {
            if below && needed {
                self.missing(at, "rollup");
            }
            return;
        };
        if !below {
            self.misplaced(
                at,
                "rollup",
                Text::new(
                    "只用于 grid、building、compound 一级",
                    "it with the levels grid, building and compound only",
                ),
            );
            return;
        }
        let at = at.key("rollup");
        match rollup {
            RollUp::Share(condition) => self.condition(condition, &at, measure.level),
            RollUp::Sum | RollUp::Mean | RollUp::WeightedMean(_) | RollUp::Min | RollUp::Max => {
                let numeric = matches!(measure.kind, MeasureKind::Count | MeasureKind::Number);
                let ordered = matches!(rollup, RollUp::Min | RollUp::Max)
                    && measure.kind == MeasureKind::Date;
                if !numeric && !ordered {
                    let expected = match measure.kind {
                        MeasureKind::YesNo => Text::from("share"),
                        MeasureKind::Date => Text::from("min, max, { share = \"…\" }"),
                        _ => Text::from("{ share = \"…\" }"),
                    };
                    let fault = self.fault(FaultCode::BadChoice, &at).expected(expected);
                    self.push(fault);
                }
                if let RollUp::WeightedMean(weight) = rollup {
                    self.weight(weight, &at, measure.level);
                }
            }
        }
    }

    /// A measure that weights units: a number of the same level that is never negative.
    pub(super) fn weight(&mut self, name: &'d str, at: &At<'d>, level: Level) {
        let Some(measure) = self.measure(name) else {
            if !self.places.is_broken("measures") {
                let names = self
                    .document
                    .measures
                    .iter()
                    .map(|measure| measure.name.as_str());
                let meant = self.nearest(name, names);
                let fault = self.fault_within(FaultCode::UnknownMeasure, at, name);
                let fault = match meant {
                    Some(meant) => fault.expected(Text::from(meant)),
                    None => fault,
                };
                self.push(fault);
            }
            return;
        };
        let kind = self.kind_of(name, level);
        if kind == Kind::Unknown || self.places.breaks_inside(&format!("measures.{name}")) {
            return;
        }
        let range = self.range_of(name, level);
        let never_negative = range.least().is_some_and(|least| !least.is_negative());
        if measure.level != level || kind != Kind::Number || !never_negative {
            let fault = self
                .fault_within(FaultCode::BadExpression, at, name)
                .expected(Text::new(
                    format!("在{}采集、不小于 0 的数", level_words(level).zh),
                    format!(
                        "a count, or a number with min = 0, collected at the level {}",
                        level_words(level).en
                    ),
                ));
            self.push(fault);
        }
    }

    /// The measures whose community's value somebody asks for.
    fn used_at_community(&self) -> HashSet<&'d str> {
        let mut used = HashSet::new();
        let document = self.document;
        for section in &document.sections {
            used_by_section(section, &mut used);
        }
        for item in document.bonus.iter().chain(&document.deductions) {
            used_by_item(item, &mut used);
        }
        for veto in &document.vetoes {
            veto.when.visit_measures(&mut |name| {
                used.insert(name);
            });
        }
        used
    }
}

fn levels_of_section<'d>(
    section: &'d Section,
    into: &mut Vec<(&'d str, &'d [(String, Rational)])>,
) {
    for item in &section.items {
        levels_of_item(item, into);
    }
    for inner in &section.sections {
        levels_of_section(inner, into);
    }
}

fn levels_of_item<'d>(item: &'d Item, into: &mut Vec<(&'d str, &'d [(String, Rational)])>) {
    for marking in markings(item) {
        let lone = marking
            .value
            .as_ref()
            .and_then(|value| value.lone_measure());
        if let (Rule::Levels(levels), Some(name)) = (&marking.rule, lone) {
            into.push((name, levels));
        }
    }
}

fn used_by_section<'d>(section: &'d Section, used: &mut HashSet<&'d str>) {
    for item in &section.items {
        used_by_item(item, used);
    }
    for inner in &section.sections {
        used_by_section(inner, used);
    }
}

fn used_by_item<'d>(item: &'d Item, used: &mut HashSet<&'d str>) {
    if item.each.is_some() {
        return;
    }
    for marking in markings(item) {
        visit_measures(marking, &mut |name| {
            used.insert(name);
        });
    }
}
