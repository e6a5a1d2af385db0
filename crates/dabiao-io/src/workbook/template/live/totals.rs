//! Sections, totals, vetoes and grades (§2.4, §2.6–§2.9).

use dabiao::Rational;
use dabiao::expression::Quantity;
use dabiao::standard::document::{Effect, Grade, Section};

use super::conditions::{holds, is_undecided};
use super::formula::{Formula, add, and, eq, ge, if_else, max, min, mul, num, one_if, or, sum};
use super::fractions::{Fraction, common, first_of, whole_parts};
use super::{Builder, FAULTY, LEFT, Live, LiveItem, OVER, Published};

/// What of a standard is worth points.
#[derive(Clone, Copy)]
enum Part {
    Section(usize),
    Item(usize),
}

/// The least published points, as a whole number of the last decimal, that reach a mark.
fn least(mark: &Quantity, worth: &Rational, decimals: u8) -> f64 {
    let points = match mark.sign {
        None => mark.number.clone(),
        Some(_) => &mark.in_unit(None) * worth,
    };
    let scale = Rational::from(10i64.pow(u32::from(decimals)));
    (&points * &scale).ceil_exact().to_f64()
}

impl<'a> Builder<'a> {
    pub(super) fn build(mut self) -> Live {
        let vetoes: Vec<Formula> = self
            .document
            .vetoes
            .iter()
            .map(|veto| {
                self.about.clone_from(&veto.id);
                self.condition(&veto.when)
            })
            .collect();
        self.undecided.extend(vetoes.iter().map(is_undecided));
        let doubts = std::mem::take(&mut self.doubts);
        self.about = "veto".to_owned();
        let doubt = self.any(doubts);
        let all: Vec<&'a dabiao::standard::document::Item> = self.items();
        let mut items: Vec<LiveItem> = all.iter().map(|item| self.item(item, false)).collect();
        self.zero_items(&mut items, &vetoes);
        let bonus_items: Vec<LiveItem> = self
            .document
            .bonus
            .iter()
            .map(|item| self.item(item, true))
            .collect();
        let deduction_items: Vec<LiveItem> = self
            .document
            .deductions
            .iter()
            .map(|item| self.item(item, true))
            .collect();
        let sections = self.sections(&items, &vetoes);
        let scale = 10f64.powi(i32::from(self.document.decimals));
        let cap = |cap: &Option<Rational>| cap.as_ref().map(|cap| (cap.to_f64() * scale).round());
        let (bonus_cap, deduction_cap) = (
            cap(&self.document.bonus_cap),
            cap(&self.document.deduction_cap),
        );
        self.about = "bonus".to_owned();
        let bonus = self.capped(&bonus_items, bonus_cap);
        self.about = "deductions".to_owned();
        let deductions = self.capped(&deduction_items, deduction_cap);
        let (before_bonus, total) = self.totals(&sections, &bonus, &deductions, &vetoes, doubt);
        self.about = "grade".to_owned();
        let grade = self.grade(&items, &sections, &before_bonus, &total, &vetoes);
        let undecided = std::mem::take(&mut self.undecided);
        let undecided = self.any(undecided);
        Live {
            items,
            bonus_items,
            deduction_items,
            sections,
            bonus,
            deductions,
            before_bonus,
            total,
            grade,
            vetoes,
            undecided,
            faulty: self.faulty,
            cells: self.cells,
        }
    }

    /// Why a sum of several is not known; 0 where it is.
    pub(super) fn untold(&mut self, parts: &[&Published]) -> Formula {
        let codes: Vec<Formula> = parts
            .iter()
            .filter(|part| !matches!(part.code, Formula::Number(zero) if zero == 0.0))
            .map(|part| {
                let left = eq(part.code.clone(), num(LEFT));
                if_else(left, num(0.0), part.code.clone())
            })
            .collect();
        let parts: Vec<Formula> = codes.chunks(100).map(|part| max(part.to_vec())).collect();
        let untold = max(parts);
        self.cell(untold)
    }

    /// Whether a veto with an effect holds.
    fn struck(&mut self, vetoes: &[Formula], code: &str) -> Option<Formula> {
        let zeroes = |effects: &[Effect]| {
            effects
                .iter()
                .any(|effect| matches!(effect, Effect::Zero(zeroed) if zeroed == code))
        };
        let all = self.document.vetoes.iter().zip(vetoes);
        let struck: Vec<Formula> = all
            .filter(|(veto, _)| zeroes(&veto.effects))
            .map(|(_, outcome)| holds(outcome))
            .collect();
        (!struck.is_empty()).then(|| self.any(struck))
    }

    fn zero_items(&mut self, items: &mut [LiveItem], vetoes: &[Formula]) {
        let all = self.items();
        let sections = self.standard.sections();
        for (item, live) in all.iter().zip(items) {
            // A section goes before an item of the same code.
            if sections.iter().any(|section| section.id == item.id) {
                continue;
            }
            self.about.clone_from(&item.id);
            if let Some(struck) = self.struck(vetoes, &item.id) {
                let points = if_else(
                    eq(struck, num(1.0)),
                    num(0.0),
                    live.published.points.clone(),
                );
                live.published.points = self.cell(points);
            }
        }
    }

    /// All sections, in the order of the standard; the innermost are added up first.
    fn sections(&mut self, items: &[LiveItem], vetoes: &[Formula]) -> Vec<Published> {
        let sections = self.standard.sections();
        let mut first_items = Vec::new();
        let mut first = 0;
        for section in &sections {
            first_items.push(first);
            first += section.items.len();
        }
        let mut found: Vec<Option<Published>> = vec![None; sections.len()];
        for at in (0..sections.len()).rev() {
            let section = sections[at];
            self.about.clone_from(&section.id);
            let mut parts: Vec<(Published, Rational)> = Vec::new();
            for (item, live) in section.items.iter().zip(&items[first_items[at]..]) {
                parts.push((
                    live.published.clone(),
                    item.points.clone().unwrap_or_default(),
                ));
            }
            let mut child = at + 1;
            for inner in &section.sections {
                let worth = self.standard.worth(child).cloned().unwrap_or_default();
                if let Some(published) = found[child].clone() {
                    parts.push((published, worth));
                }
                child += size(inner);
            }
            let worth = self.standard.worth(at).cloned().unwrap_or_default();
            let mut published = self.section(&parts, &worth, section.weight.is_some());
            if let Some(struck) = self.struck(vetoes, &section.id) {
                let zeroed = if_else(eq(struck, num(1.0)), num(0.0), published.points);
                published.points = self.cell(zeroed);
            }
            found[at] = Some(published);
        }
        found.into_iter().flatten().collect()
    }

    /// The sum of the known parts, the points that they could earn (over a common denominator),
    /// and whether all of them count.
    fn added(
        &mut self,
        parts: &[(Published, Rational)],
    ) -> Option<(Formula, Formula, f64, Formula)> {
        let worths: Vec<Rational> = parts.iter().map(|(_, worth)| worth.clone()).collect();
        let (worths, scale) = common(&worths)?;
        let known = |part: &Published| eq(part.code.clone(), num(0.0));
        let points = parts.iter().map(|(part, _)| match &part.code {
            Formula::Number(zero) if *zero == 0.0 => part.points.clone(),
            _ => if_else(known(part), part.points.clone(), num(0.0)),
        });
        let points = sum(points.collect());
        let points = self.cell(points);
        let applicable = parts.iter().zip(&worths);
        let applicable =
            applicable.map(|((part, _), worth)| if_else(known(part), num(*worth), num(0.0)));
        let applicable = sum(applicable.collect());
        let applicable = self.cell(applicable);
        let all: f64 = worths.iter().sum();
        let left = parts
            .iter()
            .map(|(part, _)| eq(part.code.clone(), num(LEFT)));
        let left = left.collect();
        let some_left = self.any(left);
        debug_assert!(all >= 0.0);
        Some((points, applicable, scale, some_left))
    }

    fn section(
        &mut self,
        parts: &[(Published, Rational)],
        worth: &Rational,
        weighted: bool,
    ) -> Published {
        let decimals = self.document.decimals;
        let untold = |code: f64| Published {
            points: num(0.0),
            code: num(code),
            decimals,
        };
        let Some((points, applicable, scale, some_left)) = self.added(parts) else {
            return untold(OVER);
        };
        // points × worth ÷ (applicable ÷ scale)
        let factor = worth * &Rational::from(scale as i64);
        let Some((up, down)) = whole_parts(&factor) else {
            return untold(OVER);
        };
        let published: Vec<&Published> = parts.iter().map(|(part, _)| part).collect();
        let code = self.untold(&published);
        let nothing = eq(applicable.clone(), num(0.0));
        let code = first_of(
            vec![(ge(code.clone(), num(1.0)), code), (nothing, num(LEFT))],
            num(0.0),
        );
        let code = self.cell(code);
        let fraction = self.reduced(
            code,
            mul(points.clone(), num(up)),
            mul(max(vec![applicable, num(0.0)]), num(down)),
            Vec::new(),
        );
        let (scaled, scaled_code) = self.published(&fraction, 0, None);
        if weighted {
            return Published {
                points: scaled,
                code: scaled_code,
                decimals,
            };
        }
        let rescaled = eq(some_left, num(1.0));
        let chosen = if_else(rescaled, scaled, points);
        Published {
            points: self.cell(chosen),
            code: scaled_code,
            decimals,
        }
    }

    /// The total before bonus, and the total.
    fn totals(
        &mut self,
        sections: &[Published],
        bonus: &Published,
        deductions: &Published,
        vetoes: &[Formula],
        doubt: Formula,
    ) -> (Published, Published) {
        self.about = "total".to_owned();
        let document = self.document;
        let total_decimals = document.total_decimals.unwrap_or(document.decimals);
        let mut parts = Vec::new();
        let mut at = 0;
        for section in &document.sections {
            if let Some(published) = sections.get(at) {
                parts.push((
                    published.clone(),
                    self.standard.worth(at).cloned().unwrap_or_default(),
                ));
            }
            at += size(section);
        }
        let untold = |code: f64| Published {
            points: num(0.0),
            code: num(code),
            decimals: total_decimals,
        };
        let full = self.standard.full_marks().clone();
        let penalties = self.penalties(vetoes);
        let added = self.added(&parts);
        let (Some((points, applicable, scale, some_left)), Some((penalty, penalty_scale))) =
            (added, penalties)
        else {
            return (untold(OVER), untold(OVER));
        };
        let factor = &full * &Rational::from(scale as i64);
        let (Some((up, down)), Some((full_n, full_d))) = (whole_parts(&factor), whole_parts(&full))
        else {
            return (untold(OVER), untold(OVER));
        };
        let mut published: Vec<&Published> = parts.iter().map(|(part, _)| part).collect();
        published.extend([bonus, deductions]);
        let code = self.untold(&published);
        let faulty = self.faulty.clone();
        let faulty = self.any(faulty);
        let code = first_of(
            vec![
                (eq(faulty, num(1.0)), num(FAULTY)),
                (ge(code.clone(), num(1.0)), code),
                (eq(applicable.clone(), num(0.0)), num(LEFT)),
                (eq(doubt, num(1.0)), num(OVER)),
            ],
            num(0.0),
        );
        let code = self.cell(code);
        let rescaled = eq(some_left, num(1.0));
        let n = if_else(rescaled.clone(), mul(points.clone(), num(up)), points);
        let d = if_else(rescaled, mul(applicable, num(down)), num(1.0));
        let sections = self.reduced(code, n, d, Vec::new());
        let deductions = Fraction::whole(deductions.points.clone());
        let deducted = self.plus(&sections, &deductions, -1.0);
        let mut total = self.plus(&deducted, &Fraction::whole(bonus.points.clone()), 1.0);
        let unit = Rational::from(10i64.pow(u32::from(document.decimals)));
        if !document.exceed_full {
            debug_assert!(full_n >= 0.0 && full_d > 0.0);
            total = self.held(&total, None, Some(&(&full * &unit)));
        }
        // Points of vetoes in units of the last decimal.
        let penalty = if matches!(penalty, Formula::Number(_)) {
            None
        } else {
            let scaled = mul(penalty, num(10f64.powi(i32::from(document.decimals))));
            Some(self.reduced(num(0.0), scaled, num(penalty_scale), Vec::new()))
        };
        let fewer = 10f64.powi(i32::from(document.decimals.saturating_sub(total_decimals)));
        let mut publish = |points: Fraction| {
            let points = match &penalty {
                None => points,
                Some(penalty) => self.plus(&points, penalty, -1.0),
            };
            let code = points.code();
            let scaled = self.reduced(code, points.n, mul(points.d, num(fewer)), Vec::new());
            let (points, code) = self.published(&scaled, 0, None);
            Published {
                points,
                code,
                decimals: total_decimals,
            }
        };
        let before = publish(deducted);
        let mut total = publish(total);
        let doubts = std::mem::take(&mut self.doubts);
        let doubt = self.any(doubts);
        if !matches!(doubt, Formula::Number(_)) {
            let unsure = and(vec![eq(doubt, num(1.0)), eq(total.code.clone(), num(0.0))]);
            total.code = self.cell(if_else(unsure, num(OVER), total.code));
        }
        (before, total)
    }

    /// What vetoes take off the total, over a common denominator.
    fn penalties(&mut self, vetoes: &[Formula]) -> Option<(Formula, f64)> {
        let mut points = Vec::new();
        let mut held = Vec::new();
        for (veto, outcome) in self.document.vetoes.iter().zip(vetoes) {
            for effect in &veto.effects {
                if let Effect::Points(off) = effect {
                    points.push(off.clone());
                    held.push(holds(outcome));
                }
            }
        }
        let (points, scale) = common(&points)?;
        let parts = held.into_iter().zip(points);
        let parts = parts.map(|(held, points)| if_else(held, num(points), num(0.0)));
        let penalty = sum(parts.collect());
        Some((self.cell(penalty), scale))
    }

    /// The section or item of a code.
    fn part(&self, code: &str) -> Option<Part> {
        let sections = self.standard.sections();
        let section = sections.iter().position(|section| section.id == code);
        let item = || self.items().iter().position(|item| item.id == code);
        section
            .map(Part::Section)
            .or_else(|| item().map(Part::Item))
    }

    fn worth_of(&self, part: Part) -> Rational {
        match part {
            Part::Section(at) => self.standard.worth(at).cloned(),
            Part::Item(at) => self.items().get(at).and_then(|item| item.points.clone()),
        }
        .unwrap_or_default()
    }

    /// The index of the grade after vetoes, the number of grades where there is none.
    fn grade(
        &mut self,
        items: &[LiveItem],
        sections: &[Published],
        before_bonus: &Published,
        total: &Published,
        vetoes: &[Formula],
    ) -> Formula {
        let document = self.document;
        let none = document.grades.len() as f64;
        let mut cases = Vec::new();
        for (at, grade) in document.grades.iter().enumerate() {
            let mut tests = self.grade_tests(grade, items, sections, before_bonus, total);
            let test = match tests.len() {
                0 => eq(num(0.0), num(0.0)),
                1 => tests.remove(0),
                _ => and(tests),
            };
            cases.push((test, num(at as f64)));
        }
        let earned = self.cell(first_of(cases, num(none)));
        let mut after = vec![earned.clone()];
        for (veto, outcome) in document.vetoes.iter().zip(vetoes) {
            for effect in &veto.effects {
                let worse = match effect {
                    Effect::NoGrade => num(none),
                    Effect::OneGradeDown => add(earned.clone(), num(1.0)),
                    Effect::Ceiling(best) => {
                        let best = document.grades.iter().position(|grade| grade.id == *best);
                        num(best.unwrap_or(0) as f64)
                    }
                    _ => continue,
                };
                after.push(if_else(holds(outcome), worse, num(0.0)));
            }
        }
        let after = min(vec![max(after), num(none)]);
        self.cell(if_else(eq(total.code.clone(), num(0.0)), after, num(none)))
    }

    fn grade_tests(
        &mut self,
        grade: &Grade,
        items: &[LiveItem],
        sections: &[Published],
        before_bonus: &Published,
        total: &Published,
    ) -> Vec<Formula> {
        let full = self.standard.full_marks().clone();
        let decimals = self.document.decimals;
        let mut tests = Vec::new();
        for (mark, points) in [
            (&grade.total, total),
            (&grade.total_before_bonus, before_bonus),
        ] {
            if let Some(mark) = mark {
                let least = least(mark, &full, points.decimals);
                tests.push(ge(points.points.clone(), num(least)));
            }
        }
        let mut marks: Vec<(Part, &Quantity)> = Vec::new();
        for (code, mark) in &grade.marks {
            marks.extend(self.part(code).map(|part| (part, mark)));
        }
        let top = self.top();
        if let Some(mark) = &grade.sections {
            marks.extend(top.iter().map(|at| (Part::Section(*at), mark)));
        }
        for (part, mark) in marks {
            let published = match part {
                Part::Section(at) => sections.get(at),
                Part::Item(at) => items.get(at).map(|item| &item.published),
            };
            let Some(published) = published else { continue };
            let least = least(mark, &self.worth_of(part), decimals);
            tests.push(or(vec![
                eq(published.code.clone(), num(LEFT)),
                ge(published.points.clone(), num(least)),
            ]));
        }
        if let Some(count) = &grade.count {
            let named = count.of.iter().filter_map(|code| match self.part(code) {
                Some(Part::Section(at)) => Some(at),
                _ => None,
            });
            let counted: Vec<usize> = if count.of.is_empty() {
                top
            } else {
                named.collect()
            };
            let reached = counted.into_iter().filter_map(|at| {
                let least = least(&count.mark, &self.worth_of(Part::Section(at)), decimals);
                let published = sections.get(at)?;
                Some(one_if(and(vec![
                    eq(published.code.clone(), num(0.0)),
                    ge(published.points.clone(), num(least)),
                ])))
            });
            let reached = sum(reached.collect());
            let reached = self.cell(reached);
            tests.push(ge(reached, num(f64::from(count.at_least))));
        }
        tests
    }

    /// The sections of the top level, as indices of all sections.
    fn top(&self) -> Vec<usize> {
        let mut at = 0;
        let mut top = Vec::new();
        for section in &self.document.sections {
            top.push(at);
            at += size(section);
        }
        top
    }
}

/// How many sections a section is, with all inside it.
fn size(section: &Section) -> usize {
    1 + section.sections.iter().map(size).sum::<usize>()
}
