//! Grades and what vetoes do.

use super::*;

impl Compiler<'_> {
    pub(super) fn grade(
        &mut self,
        grade: &Grade,
        top: &[SectionId],
        full: &Rational,
        total_decimals: u8,
    ) -> Result<GradePlan, Fault> {
        let total =
            |quantity: &Option<Quantity>| quantity.as_ref().map(|q| least(q, full, total_decimals));
        let mut marks: Vec<(Part, i64)> = Vec::new();
        for (code, mark) in &grade.marks {
            let part = self.part(code)?;
            let worth = match part {
                Part::Section(id) => self.sections[id].worth.clone(),
                Part::Item(item) => self.markings[self.items[item].marking]
                    .points
                    .clone()
                    .unwrap_or_default(),
            };
            marks.push((part, least(mark, &worth, self.decimals)));
        }
        let of_section =
            |id: SectionId, mark: &Quantity| least(mark, &self.sections[id].worth, self.decimals);
        if let Some(mark) = &grade.sections {
            marks.extend(
                top.iter()
                    .map(|id| (Part::Section(*id), of_section(*id, mark))),
            );
        }
        let count = match &grade.count {
            None => None,
            Some(count) => {
                let mut ids = top.to_vec();
                if !count.of.is_empty() {
                    ids.clear();
                    for code in &count.of {
                        match self.part(code)? {
                            Part::Section(id) => ids.push(id),
                            Part::Item(_) => return Err(unknown(code)),
                        }
                    }
                }
                Some((
                    count.at_least,
                    ids.iter()
                        .map(|id| (*id, of_section(*id, &count.mark)))
                        .collect(),
                ))
            }
        };
        Ok(GradePlan {
            total: total(&grade.total),
            before_bonus: total(&grade.total_before_bonus),
            marks,
            count,
        })
    }

    pub(super) fn effect(&self, document: &Document, effect: &Effect) -> Result<EffectPlan, Fault> {
        Ok(match effect {
            Effect::NoGrade => EffectPlan::NoGrade,
            Effect::OneGradeDown => EffectPlan::OneGradeDown,
            Effect::Points(points) => EffectPlan::Points(points.clone()),
            Effect::Ceiling(code) => {
                let at = document.grades.iter().position(|grade| grade.id == *code);
                EffectPlan::Ceiling(at.ok_or_else(|| unknown(code))?)
            }
            Effect::Zero(code) => match self.part(code)? {
                Part::Section(id) => EffectPlan::ZeroSection(id),
                Part::Item(item) => EffectPlan::ZeroItem(item),
            },
        })
    }

    pub(super) fn part(&self, code: &str) -> Result<Part, Fault> {
        let section = self
            .sections
            .iter()
            .position(|s| s.code == code)
            .map(Part::Section);
        let item = || {
            self.items
                .iter()
                .position(|i| i.code == code)
                .map(Part::Item)
        };
        section.or_else(item).ok_or_else(|| unknown(code))
    }
}

/// The least published points, scaled, that reach a mark: marks are not rounded.
fn least(mark: &Quantity, worth: &Rational, decimals: u8) -> i64 {
    let points = match mark.sign {
        None => mark.number.clone(),
        Some(_) => &mark.in_unit(None) * worth,
    };
    let scaled = &points * &Rational::from(10i64.pow(u32::from(decimals)));
    scaled.ceil_exact().floor().unwrap_or(i64::MAX)
}
