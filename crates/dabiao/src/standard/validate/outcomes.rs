//! Vetoes and tie-breaks.

use std::collections::HashSet;

use super::{At, Checker};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::standard::document::{Effect, Level, Veto};

impl<'d> Checker<'d> {
    pub(super) fn vetoes(&mut self) {
        for (index, veto) in self.document.vetoes.iter().enumerate() {
            let at = At::new(format!("veto[{index}]"), &veto.id);
            if !self.is_broken(&at.key("when")) {
                self.condition(&veto.when, &at.key("when"), Level::Community);
            }
            self.effects(veto, &at.key("effect"));
        }
    }

    fn effects(&mut self, veto: &'d Veto, at: &At<'d>) {
        if !self.is_sound(at) || !self.few_enough(veto.effects.len(), at) {
            return;
        }
        if veto.effects.is_empty() {
            let fault = self
                .fault(FaultCode::MissingKey, at)
                .expected(Text::from("effect"));
            self.push(fault);
        }
        // A veto with one effect writes it without a list.
        let in_list = self.places.written(&format!("{}[0]", at.path));
        let takes_all = veto.effects.contains(&Effect::NoGrade);
        let mut seen: Vec<&Effect> = Vec::new();
        for (index, effect) in veto.effects.iter().enumerate() {
            let at = if in_list {
                at.element(index)
            } else {
                at.clone()
            };
            if seen.contains(&effect) {
                self.never_matters(&at, Text::new("不重复的效果", "effects that differ"));
                continue;
            }
            seen.push(effect);
            self.effect(effect, &at);
            if takes_all && matches!(effect, Effect::OneGradeDown | Effect::Ceiling(_)) {
                self.never_matters(
                    &at,
                    Text::new(
                        "no-grade 之外无其他等次效果",
                        "no effect on the grade beside no-grade",
                    ),
                );
            }
        }
    }

    fn effect(&mut self, effect: &'d Effect, at: &At<'d>) {
        let document = self.document;
        let on_grade = matches!(
            effect,
            Effect::NoGrade | Effect::OneGradeDown | Effect::Ceiling(_)
        );
        if on_grade && document.grades.is_empty() {
            if !self.places.is_broken("grade") {
                self.never_matters(at, Text::new("有等次 [[grade]]", "a standard with grades"));
            }
            return;
        }
        match effect {
            Effect::NoGrade | Effect::OneGradeDown => {}
            Effect::Ceiling(code) => {
                let position = document.grades.iter().position(|grade| grade.id == *code);
                match position {
                    Some(0) => self.never_matters(
                        at,
                        Text::new("低于最高等次的等次", "a grade below the best"),
                    ),
                    Some(_) => {}
                    None if !self.places.breaks_inside("grade") => {
                        let known: Vec<&str> = document
                            .grades
                            .iter()
                            .map(|grade| grade.id.as_str())
                            .collect();
                        self.unknown_reference(at, code, &known);
                    }
                    None => {}
                }
            }
            Effect::Points(points) => {
                self.above_zero(&at.key("points"), points);
            }
            Effect::Zero(code) => self.known_part(code, at),
        }
    }

    /// Reports a code that no section and no item has.
    pub(super) fn known_part(&mut self, code: &str, at: &At<'_>) {
        if !self.worth.contains_key(code) && !self.places.misses_codes {
            let mut known: Vec<&str> = self.worth.keys().copied().take(super::COMPARED).collect();
            known.sort_unstable();
            self.unknown_reference(at, code, &known);
        }
    }

    pub(super) fn tie_breaks(&mut self) {
        let document = self.document;
        let mut seen = HashSet::new();
        for (index, code) in document.tie_breaks.iter().enumerate() {
            let at = At::new(format!("standard.tie_breaks[{index}]"), "");
            if self.is_broken(&at) {
                continue;
            }
            if !seen.insert(code) {
                let fault = self.fault(FaultCode::NeverMatters, &at).found(code);
                self.push(fault.expected(Text::new("未用过的编号", "a code that is not used yet")));
                continue;
            }
            match code.as_str() {
                "bonus" | "total-before-bonus" => {
                    if document.bonus.is_empty() && !self.places.is_broken("bonus") {
                        let fault = self.fault(FaultCode::NeverMatters, &at).found(code);
                        self.push(
                            fault.expected(Text::new(
                                "有加分项 [[bonus]]",
                                "a standard with bonuses",
                            )),
                        );
                    }
                }
                code => self.known_part(code, &at),
            }
        }
    }
}
