//! From published items to sections, total, vetoes and grade on one row
//! (docs/semantics.md §2.4, §2.6–§2.9).

use super::node::Outcomes;
use super::{EffectPlan, GradePlan, Part, Plan, SectionId};
use crate::fault::{Fault, FaultCode};
use crate::lang::Text;
use crate::rational::Rational;

/// Published points of one card, scaled; `None` for what is excluded.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) items: Vec<Option<i64>>,
    pub(crate) sections: Vec<Option<i64>>,
}

impl Published {
    pub(crate) fn part(&self, part: Part) -> Option<i64> {
        match part {
            Part::Section(section) => self.sections[section],
            Part::Item(item) => self.items[item],
        }
    }
}

/// A card's totals. Points are scaled: bonus and deductions by the standard's decimals, the
/// totals by the total's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) total: Option<i64>,
    pub(crate) before_bonus: Option<i64>,
    pub(crate) earned: Option<usize>,
    pub(crate) grade: Option<usize>,
}

/// Rounds exact points once, as the standard says.
pub(crate) fn publish(plan: &Plan, code: &str, points: &Rational) -> Result<i64, Fault> {
    let rounded = points.round(plan.decimals, plan.rounding);
    rounded.ok_or_else(|| unpublishable(code).found(points.display(0)))
}

/// Points so many that their scaled number has no room.
pub(crate) fn unpublishable(code: &str) -> Fault {
    Fault::new(FaultCode::Computed)
        .about(code)
        .expected(Text::new("能够公布的分数", "points that can be published"))
}

impl Plan {
    fn effects<'a>(&'a self, vetoes: &'a [Outcomes]) -> impl Iterator<Item = &'a EffectPlan> {
        let held = self
            .vetoes
            .iter()
            .zip(vetoes)
            .filter(|(_, outcomes)| outcomes.holds());
        held.flat_map(|(veto, _)| &veto.effects)
    }

    /// Whether vetoes zero any section or item.
    pub(crate) fn zeroes(&self, vetoes: &[Outcomes]) -> bool {
        self.effects(vetoes)
            .any(|effect| matches!(effect, EffectPlan::ZeroItem(_) | EffectPlan::ZeroSection(_)))
    }

    /// Zeroes the items that vetoes zero, then adds up all sections from the leaves.
    pub(crate) fn add_up(
        &self,
        published: &mut Published,
        vetoes: &[Outcomes],
    ) -> Result<(), Fault> {
        let mut zeroed: Vec<SectionId> = Vec::new();
        for effect in self.effects(vetoes) {
            match effect {
                EffectPlan::ZeroItem(item) => {
                    published.items[*item] = published.items[*item].map(|_| 0);
                }
                EffectPlan::ZeroSection(section) => zeroed.push(*section),
                _ => {}
            }
        }
        published.sections.clear();
        published.sections.resize(self.sections.len(), None);
        // Sections come before their sections, so the last are the innermost.
        for id in (0..self.sections.len()).rev() {
            let points = self.section(published, id)?;
            published.sections[id] = if zeroed.contains(&id) {
                points.map(|_| 0)
            } else {
                points
            };
        }
        Ok(())
    }

    fn section(&self, published: &Published, id: SectionId) -> Result<Option<i64>, Fault> {
        let section = &self.sections[id];
        // Scaled points are added up as they are.
        let (mut sum, mut full) = (0i128, 0i128);
        let mut whole = true;
        for &item in &section.items {
            match published.items[item] {
                Some(points) => {
                    sum += i128::from(points);
                    full += i128::from(self.items[item].full.unwrap_or_default());
                }
                None => whole = false,
            }
        }
        for &child in &section.sections {
            match published.sections[child] {
                Some(points) => sum += i128::from(points),
                None => whole = false,
            }
        }
        let sum = Rational::from_scaled(sum, self.decimals);
        if whole && !section.weighted {
            return publish(self, &section.code, &sum).map(Some);
        }
        let children = section.sections.iter();
        let children: Rational = children
            .filter(|child| published.sections[**child].is_some())
            .map(|child| &self.sections[*child].worth)
            .sum();
        let applicable = &Rational::from_scaled(full, self.decimals) + &children;
        match (&sum * &section.worth).checked_div(&applicable) {
            Some(scaled) => publish(self, &section.code, &scaled).map(Some),
            None => Ok(None),
        }
    }

    /// The totals and the grade. `bonus` and `deductions` are published and capped.
    pub(crate) fn totals(
        &self,
        published: &Published,
        bonus: i64,
        deductions: i64,
        vetoes: &[Outcomes],
    ) -> Result<Totals, Fault> {
        let (mut sum, mut applicable, mut whole) = (0i128, Rational::ZERO, true);
        for &section in &self.top {
            match published.sections[section] {
                Some(points) => {
                    sum += i128::from(points);
                    applicable = &applicable + &self.sections[section].worth;
                }
                None => whole = false,
            }
        }
        let scaled = |points: i64| Rational::from_scaled(i128::from(points), self.decimals);
        let sum = Rational::from_scaled(sum, self.decimals);
        let sections = if whole {
            Some(sum)
        } else {
            (&sum * &self.full).checked_div(&applicable)
        };
        let Some(sections) = sections else {
            return Ok(Totals::default());
        };
        let penalty: Rational = self
            .effects(vetoes)
            .filter_map(|effect| match effect {
                EffectPlan::Points(points) => Some(points),
                _ => None,
            })
            .sum();
        let deducted = &sections - &scaled(deductions);
        let mut total = &deducted + &scaled(bonus);
        if !self.exceed_full {
            total = total.clamped(None, Some(&self.full));
        }
        let publish_total = |points: Rational| {
            let held = (&points - &penalty).clamped(Some(&Rational::ZERO), None);
            held.round(self.total_decimals, self.rounding)
                .ok_or_else(|| {
                    Fault::new(FaultCode::Computed)
                        .about("total")
                        .found(held.display(0))
                })
        };
        let mut totals = Totals {
            total: Some(publish_total(total)?),
            before_bonus: Some(publish_total(deducted)?),
            earned: None,
            grade: None,
        };
        totals.earned = self
            .grades
            .iter()
            .position(|grade| grade.holds(&totals, published));
        totals.grade = totals
            .earned
            .and_then(|earned| self.after_vetoes(earned, vetoes));
        Ok(totals)
    }

    /// The severest of the grade effects, each applied alone to the grade earned.
    fn after_vetoes(&self, earned: usize, vetoes: &[Outcomes]) -> Option<usize> {
        let mut worst = earned;
        for effect in self.effects(vetoes) {
            let after = match effect {
                EffectPlan::NoGrade => return None,
                EffectPlan::OneGradeDown => earned + 1,
                EffectPlan::Ceiling(best) => earned.max(*best),
                _ => earned,
            };
            worst = worst.max(after);
        }
        (worst < self.grades.len()).then_some(worst)
    }
}

impl GradePlan {
    fn holds(&self, totals: &Totals, published: &Published) -> bool {
        let reaches = |points: Option<i64>, mark: Option<i64>| match (points, mark) {
            (_, None) => true,
            (points, Some(mark)) => points.is_some_and(|points| points >= mark),
        };
        let count_holds = self.count.as_ref().is_none_or(|(least, sections)| {
            let reached = sections
                .iter()
                .filter(|(section, mark)| published.sections[*section].is_some_and(|p| p >= *mark));
            reached.count() >= *least as usize
        });
        // An excluded section or item is skipped.
        reaches(totals.total, self.total)
            && reaches(totals.before_bonus, self.before_bonus)
            && self
                .marks
                .iter()
                .all(|(part, mark)| published.part(*part).is_none_or(|points| points >= *mark))
            && count_holds
    }
}
