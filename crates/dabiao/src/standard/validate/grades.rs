//! Grades: marks that can be reached, and grades that are not hidden by better ones.

use std::collections::HashMap;

use super::{At, Checker};
use crate::expression::Quantity;
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{Grade, Section, SectionCount};

/// What a grade asks, in points; a part that is not known makes the whole unknown.
#[derive(Default)]
struct Demands<'d> {
    total: Option<Rational>,
    before_bonus: Option<Rational>,
    parts: HashMap<&'d str, Rational>,
    count: Option<(u32, Vec<(&'d str, Rational)>)>,
}

impl Demands<'_> {
    /// Whether whoever meets these meets the others too.
    fn include(&self, other: &Demands<'_>) -> bool {
        let reaches = |own: Option<&Rational>, other: &Rational| {
            *other <= Rational::ZERO || own.is_some_and(|own| own >= other)
        };
        let total = other
            .total
            .as_ref()
            .is_none_or(|mark| reaches(self.total.as_ref(), mark));
        let before = other
            .before_bonus
            .as_ref()
            .is_none_or(|mark| reaches(self.before_bonus.as_ref(), mark));
        let parts = other
            .parts
            .iter()
            .all(|(code, mark)| reaches(self.parts.get(code), mark));
        let count = other.count.as_ref().is_none_or(|(wanted, marks)| {
            self.count.as_ref().is_some_and(|(own, own_marks)| {
                let own_marks: HashMap<&str, &Rational> =
                    own_marks.iter().map(|(code, mark)| (*code, mark)).collect();
                let same = own_marks.len() == marks.len();
                own >= wanted
                    && same
                    && marks
                        .iter()
                        .all(|(code, mark)| own_marks.get(code).is_some_and(|own| *own >= mark))
            })
        });
        total && before && parts && count
    }
}

/// A mark in points: a percentage is of what the part is worth.
fn in_points(mark: &Quantity, worth: &Rational) -> Rational {
    match mark.sign {
        None => mark.number.clone(),
        Some(_) => &mark.in_unit(None) * worth,
    }
}

impl<'d> Checker<'d> {
    pub(super) fn grades(&mut self) {
        let grades = &self.document.grades;
        if !self.few_enough(grades.len(), &At::new("grade", "")) {
            return;
        }
        let mut before: Vec<(&str, Demands<'d>)> = Vec::new();
        for (index, grade) in grades.iter().enumerate() {
            let at = At::new(format!("grade[{index}]"), &grade.id);
            let demands = self.grade(grade, &at);
            let Some(demands) = demands.filter(|_| !self.places.breaks_inside(&at.path)) else {
                continue;
            };
            if let Some((better, _)) = before.iter().find(|(_, better)| demands.include(better)) {
                let expected = Text::new(
                    format!("低于 {better} 的要求\u{ff08}达到本等次者必先得 {better}\u{ff09}"),
                    format!("to ask less than {better}, which whoever meets this one earns first"),
                );
                let fault = self.fault(FaultCode::NeverMatters, &at).expected(expected);
                self.push(fault);
            }
            before.push((&grade.id, demands));
        }
    }

    /// Checks a grade's marks; what it asks in points, where that is known.
    fn grade(&mut self, grade: &'d Grade, at: &At<'d>) -> Option<Demands<'d>> {
        let mut demands = Demands::default();
        let mut known = true;
        let full = self.full();
        let lifted = full.as_ref().and_then(|full| self.greatest_total(full));
        let totals = [
            ("total", &grade.total, &mut demands.total, lifted),
            (
                "total_before_bonus",
                &grade.total_before_bonus,
                &mut demands.before_bonus,
                full.clone(),
            ),
        ];
        for (key, mark, demand, greatest) in totals {
            let Some(mark) = mark else { continue };
            let at = at.key(key);
            self.not_negative(mark, &at);
            match &full {
                Some(full) => *demand = Some(in_points(mark, full)),
                None => known = false,
            }
            if let (Some(demand), Some(greatest)) = (&*demand, greatest) {
                self.within_worth(mark, demand, &greatest, &at);
            }
        }
        let top: Vec<&'d Section> = self.document.sections.iter().collect();
        if let Some(mark) = &grade.sections {
            self.not_negative(mark, &at.key("sections"));
            let codes = top
                .iter()
                .map(|section| section.id.as_str())
                .collect::<Vec<_>>();
            for code in codes {
                known &= self.mark(code, mark, &at.key("sections"), &mut demands);
            }
        }
        for (code, mark) in &grade.marks {
            let at = at.key(&format!("marks.{code}"));
            self.not_negative(mark, &at);
            self.known_part(code, &at);
            known &= self.mark(code, mark, &at, &mut demands);
        }
        if let Some(count) = &grade.count {
            demands.count = self.count(count, &top, &at.key("count"));
            known &= demands.count.is_some();
        }
        known.then_some(demands)
    }

    /// Adds the mark of a part to the demands; false where nobody knows what it is worth.
    fn mark(
        &mut self,
        code: &'d str,
        mark: &Quantity,
        at: &At<'d>,
        demands: &mut Demands<'d>,
    ) -> bool {
        let Some(worth) = self.worth.get(code).cloned().flatten() else {
            return false;
        };
        let points = in_points(mark, &worth);
        self.within_worth(mark, &points, &worth, at);
        let held = demands.parts.entry(code).or_insert_with(|| points.clone());
        if *held < points {
            *held = points;
        }
        true
    }

    fn count(
        &mut self,
        count: &'d SectionCount,
        top: &[&'d Section],
        at: &At<'d>,
    ) -> Option<(u32, Vec<(&'d str, Rational)>)> {
        self.not_negative(&count.mark, &at.key("mark"));
        if !self.few_enough(count.of.len(), &at.key("of")) {
            return None;
        }
        let codes: Vec<&'d str> = match count.of.as_slice() {
            [] => top.iter().map(|section| section.id.as_str()).collect(),
            of => of.iter().map(String::as_str).collect(),
        };
        let sections = self.section_codes();
        for (index, code) in count.of.iter().enumerate() {
            let at = at.index("of", index);
            if !sections.contains(&code.as_str()) && !self.places.misses_codes {
                self.unknown_reference(&at, code, &sections);
            }
            if count.of.iter().take(index).any(|other| other == code) {
                let fault = self.fault(FaultCode::DuplicateCode, &at).found(code);
                self.push(fault.expected(Text::new("不重复的编号", "codes that differ")));
            }
        }
        let mut marks = Vec::new();
        for code in codes {
            let worth = self.worth.get(code).cloned().flatten()?;
            marks.push((code, in_points(&count.mark, &worth), worth));
        }
        let within = marks
            .iter()
            .filter(|(_, mark, worth)| mark <= worth)
            .count();
        if (within as u64) < u64::from(count.at_least) {
            let expected = Text::new(
                format!("能够达到的要求\u{ff1a}至多 {within} 个部分达得到此分"),
                format!("a number that can be reached: {within} can have this mark"),
            );
            let fault = self
                .fault(FaultCode::NeverMatters, &at.key("at_least"))
                .found(count.at_least);
            self.push(fault.expected(expected));
        }
        Some((
            count.at_least,
            marks
                .into_iter()
                .map(|(code, mark, _)| (code, mark))
                .collect(),
        ))
    }

    fn not_negative(&mut self, mark: &Quantity, at: &At<'d>) {
        if mark.number.is_negative() {
            self.bad_number(at, mark, Text::new("不小于 0 的数", "a number, at least 0"));
        }
    }

    fn within_worth(&mut self, mark: &Quantity, points: &Rational, worth: &Rational, at: &At<'d>) {
        if points > worth {
            let fault = self.fault(FaultCode::NeverMatters, at).found(mark);
            self.push(fault.expected(Text::new(
                format!("不超过 {worth} 分"),
                format!("at most {worth} points"),
            )));
        }
    }

    /// Full marks: what the top-level sections are worth together.
    fn full(&self) -> Option<Rational> {
        if self.places.is_broken("section") {
            return None;
        }
        let worths = self
            .document
            .sections
            .iter()
            .map(|section| self.worth.get(section.id.as_str())?.clone());
        worths.sum()
    }

    /// The greatest total there can be; none where a bonus has no limit.
    fn greatest_total(&self, full: &Rational) -> Option<Rational> {
        let document = self.document;
        if !document.exceed_full {
            return Some(full.clone());
        }
        if self.places.breaks_inside("bonus") || self.places.is_broken("standard.bonus_cap") {
            return None;
        }
        let alone: Option<Rational> = document.bonus.iter().map(|item| item.points.clone()).sum();
        let bonus = match (&document.bonus_cap, alone) {
            (Some(cap), Some(alone)) => cap.clone().min(alone),
            (cap, alone) => cap.clone().or(alone)?,
        };
        Some(full + &bonus)
    }

    fn section_codes(&self) -> Vec<&'d str> {
        let mut codes = Vec::new();
        let mut open: Vec<&'d Section> = self.document.sections.iter().rev().collect();
        while let Some(section) = open.pop() {
            codes.push(section.id.as_str());
            open.extend(section.sections.iter().rev());
        }
        codes
    }
}
