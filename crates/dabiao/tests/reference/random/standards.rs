//! Random standards.

use proptest::collection::vec;
use proptest::prelude::*;

use dabiao::standard::document::{
    Document, Effect, Grade, Item, Marking, MissingPolicy, Rule, Section, SectionCount, Veto,
};
use dabiao::{Rounding, Text};

use super::super::build::{document, grade, quantity, section, veto};
use super::super::card::{full_marks, items_of, sections_of, worth};
use super::super::number::{Q, power_of_ten, whole};
use super::conditions::condition;
use super::measures::{Measures, policy};
use super::rules::{Frame, random_marking};
use super::{Choices, rational, rules};

/// What is drawn for a standard.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    head: Vec<u16>,
    sections: Vec<SectionShape>,
    bonus: Vec<Vec<u16>>,
    deductions: Vec<Vec<u16>>,
    vetoes: Vec<Vec<u16>>,
    grades: Vec<Vec<u16>>,
}

#[derive(Clone, Debug)]
struct SectionShape {
    head: Vec<u16>,
    items: Vec<Vec<u16>>,
    sections: Vec<SectionShape>,
}

fn numbers(n: usize) -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), n)
}

/// How many numbers an item reads at most, or nearly so.
const ITEM: usize = 120;

fn sections() -> impl Strategy<Value = SectionShape> {
    let leaf = (numbers(4), vec(numbers(ITEM), 1..4)).prop_map(|(head, items)| SectionShape {
        head,
        items,
        sections: Vec::new(),
    });
    leaf.prop_recursive(2, 8, 2, |inner| {
        let parts = (numbers(4), vec(numbers(ITEM), 0..3), vec(inner, 1..3));
        parts.prop_map(|(head, items, sections)| SectionShape {
            head,
            items,
            sections,
        })
    })
}

fn shapes() -> impl Strategy<Value = Shape> {
    let entries = (vec(numbers(ITEM), 0..3), vec(numbers(ITEM), 0..3));
    let judged = (vec(numbers(40), 0..4), vec(numbers(30), 0..4));
    (numbers(100), vec(sections(), 1..4), entries, judged).prop_map(
        |(head, sections, (bonus, deductions), (vetoes, grades))| Shape {
            head,
            sections,
            bonus,
            deductions,
            vetoes,
            grades,
        },
    )
}

/// Standards of every kind.
pub(crate) fn standards() -> impl Strategy<Value = Document> {
    unchecked().prop_filter("a condition may always hold", |s| s.check().is_ok())
}

/// The same before those are taken out whose conditions contradict themselves.
pub(crate) fn unchecked() -> impl Strategy<Value = Document> {
    shapes().prop_map(|shape| built(&shape))
}

/// Standards of one item, 1.1.
pub(crate) fn lone_items() -> impl Strategy<Value = Document> {
    (numbers(100), numbers(ITEM)).prop_map(|(head, item)| {
        let section = SectionShape {
            head: Vec::new(),
            items: vec![item],
            sections: Vec::new(),
        };
        built(&Shape {
            head,
            sections: vec![section],
            bonus: Vec::new(),
            deductions: Vec::new(),
            vetoes: Vec::new(),
            grades: Vec::new(),
        })
    })
}

/// A standard read off its shape.
fn built(shape: &Shape) -> Document {
    let mut head = Choices::new(&shape.head);
    let mut standard = document(Vec::new(), Vec::new());
    standard.decimals = *head.pick(&[2, 2, 1, 0, 3, 6]);
    standard.rounding = *head.pick(&[Rounding::HalfUp, Rounding::HalfEven]);
    if standard.decimals > 0 && head.chance(30) {
        standard.total_decimals = Some(head.below(usize::from(standard.decimals)) as u8);
    }
    standard.missing = policy(&mut head);
    let mut measures = Measures::new(&mut head);
    let sections = shape.sections.iter().enumerate();
    standard.sections = sections
        .map(|(i, shape)| {
            let id = (i + 1).to_string();
            built_section(shape, &id, standard.decimals, &mut measures)
        })
        .collect();
    for (entries, prefix) in [(&shape.bonus, "B"), (&shape.deductions, "D")] {
        let entries = entries.iter().enumerate().map(|(i, numbers)| {
            let id = format!("{prefix}{}", i + 1);
            built_entry(numbers, &id, standard.decimals, &mut measures)
        });
        let entries = entries.collect();
        if prefix == "B" {
            standard.bonus = entries;
        } else {
            standard.deductions = entries;
        }
    }
    let cap = |head: &mut Choices, any: bool| {
        let cap = head.number(&["1", "2", "3", "5"]);
        (any && head.chance(40)).then(|| rational(&cap))
    };
    standard.bonus_cap = cap(&mut head, !standard.bonus.is_empty());
    standard.deduction_cap = cap(&mut head, !standard.deductions.is_empty());
    standard.exceed_full = !standard.bonus.is_empty() && head.chance(40);
    standard.grades = built_grades(&shape.grades, &standard);
    standard.vetoes = built_vetoes(&shape.vetoes, &standard, &measures);
    standard.tie_breaks = tie_breaks(&mut head, &standard);
    let full = full_marks(&standard);
    let declared = (&full * power_of_ten(standard.decimals)).is_integer() && head.chance(30);
    standard.points = declared.then(|| rational(&full));
    standard.measures = measures.used_by(&standard);
    without_idle_cohorts(&mut standard);
    standard
}

/// Takes a cohort away where nothing looks at it: neither a rule nor a blank that is imputed.
pub(crate) fn without_idle_cohorts(standard: &mut Document) {
    let measures = &standard.measures;
    let imputes = |policy| matches!(policy, MissingPolicy::Mean | MissingPolicy::Median);
    let default = standard.missing;
    let looks = |marking: &Marking| {
        let mut imputed = imputes(marking.missing.unwrap_or(default));
        if let (Some(value), None) = (&marking.value, marking.missing) {
            value.visit_measures(&mut |name| {
                let own = measures
                    .iter()
                    .find(|m| m.name == name)
                    .and_then(|m| m.missing);
                imputed |= own.is_some_and(imputes);
            });
        }
        imputed || rules::looks_at_cohort(&marking.rule)
    };
    let mut clear = |item: &mut Item| {
        let mut any = looks(&item.marking);
        if let Rule::Checks(checks) = &mut item.marking.rule {
            for check in &mut checks.checks {
                let looks = looks(&check.marking);
                any |= looks;
                check.marking.cohort.take_if(|_| !looks);
            }
        }
        item.marking.cohort.take_if(|_| !any);
    };
    fn each(sections: &mut [Section], clear: &mut dyn FnMut(&mut Item)) {
        for section in sections {
            section.items.iter_mut().for_each(&mut *clear);
            each(&mut section.sections, clear);
        }
    }
    each(&mut standard.sections, &mut clear);
    standard
        .bonus
        .iter_mut()
        .chain(&mut standard.deductions)
        .for_each(clear);
}

/// Points with at most so many decimals.
fn points(choices: &mut Choices, decimals: u8) -> Q {
    let points = match decimals {
        0 => ["4", "10", "1", "3", "20", "100", "7"],
        1 => ["4", "10", "1", "3", "2.5", "100", "0.1"],
        _ => ["4", "10", "1", "3", "2.25", "100", "0.13"],
    };
    choices.number(&points)
}

fn built_section(shape: &SectionShape, id: &str, decimals: u8, measures: &mut Measures) -> Section {
    let mut head = Choices::new(&shape.head);
    let mut built = section(id, Vec::new());
    let items = shape.items.iter().enumerate();
    built.items = items
        .map(|(i, numbers)| {
            let id = format!("{id}.{}", i + 1);
            let mut choices = Choices::new(numbers);
            let frame = Frame {
                full: points(&mut choices, decimals),
                takes_off: false,
                has_points: true,
                may_miss: true,
                may_have_checks: true,
            };
            built_item(&mut choices, &id, &frame, measures)
        })
        .collect();
    let inner = shape.sections.iter().enumerate();
    built.sections = inner
        .map(|(i, shape)| {
            let id = format!("{id}.s{}", i + 1);
            built_section(shape, &id, decimals, measures)
        })
        .collect();
    if head.chance(30) {
        let weight = head.number(&["10", "1", "16.2", "1/3", "100/7", "0.05"]);
        built.weight = Some(rational(&weight));
    } else if head.chance(20) {
        let own = worth(&built);
        let exact = (&own * power_of_ten(decimals)).is_integer();
        built.points = exact.then(|| rational(&own));
    }
    built
}

fn built_item(choices: &mut Choices, id: &str, frame: &Frame, measures: &mut Measures) -> Item {
    Item {
        id: id.to_owned(),
        title: Text::from(id),
        points: frame.has_points.then(|| rational(&frame.full)),
        evidence: None,
        marking: random_marking(choices, measures, frame, id),
        each: None,
    }
}

/// A bonus or a deduction: with or without a cap of its own.
fn built_entry(numbers: &[u16], id: &str, decimals: u8, measures: &mut Measures) -> Item {
    let mut choices = Choices::new(numbers);
    let frame = Frame {
        full: points(&mut choices, decimals),
        takes_off: false,
        has_points: !choices.chance(30),
        may_miss: false,
        may_have_checks: true,
    };
    built_item(&mut choices, id, &frame, measures)
}

/// The codes of all sections, and of all items.
fn codes(standard: &Document) -> (Vec<String>, Vec<String>) {
    let sections = sections_of(&standard.sections).into_iter();
    let items = items_of(&standard.sections).into_iter();
    (
        sections.map(|section| section.id.clone()).collect(),
        items.map(|item| item.id.clone()).collect(),
    )
}

/// Best first: every grade asks for a lower total than the one before, so that each can matter.
fn built_grades(shapes: &[Vec<u16>], standard: &Document) -> Vec<Grade> {
    let full = full_marks(standard);
    let top: Vec<String> = standard.sections.iter().map(|s| s.id.clone()).collect();
    let percents = ["80", "62.5", "45", "20"];
    let grades = shapes.iter().enumerate().map(|(i, numbers)| {
        let mut choices = Choices::new(numbers);
        let mut grade = grade(&format!("g{}", i + 1));
        let last = i + 1 == shapes.len();
        let percent = quantity(&format!("{}%", percents[i.min(3)]));
        let share = super::super::number::parse(percents[i.min(3)]) / whole(100);
        if !last || choices.chance(50) {
            grade.total = Some(if choices.chance(50) {
                dabiao::expression::Quantity::plain(rational(&(share * &full)))
            } else {
                percent
            });
        }
        let low = |choices: &mut Choices| {
            let percents = ["50%", "10%", "33.333%", "75%", "100%"];
            let percent: &&str = choices.pick(&percents);
            quantity(percent)
        };
        if choices.chance(20) {
            grade.total_before_bonus = Some(low(&mut choices));
        }
        if choices.chance(25) {
            grade.sections = Some(low(&mut choices));
        }
        if choices.chance(30) {
            let (sections, items) = codes(standard);
            let codes: Vec<String> = sections.into_iter().chain(items).collect();
            let code = choices.pick(&codes).clone();
            let half = low(&mut choices);
            grade.marks.push((code, half));
        }
        if choices.chance(30) {
            let named = choices.chance(50);
            let of = if named { codes(standard).0 } else { Vec::new() };
            let among = if named { of.len() } else { top.len() };
            grade.count = Some(SectionCount {
                at_least: 1 + choices.below(among) as u32,
                mark: low(&mut choices),
                of,
            });
        }
        grade
    });
    grades.collect()
}

fn built_vetoes(shapes: &[Vec<u16>], standard: &Document, measures: &Measures) -> Vec<Veto> {
    let (sections, items) = codes(standard);
    let codes: Vec<String> = items.into_iter().chain(sections).collect();
    let grades = &standard.grades;
    let vetoes = shapes.iter().enumerate().map(|(i, numbers)| {
        let mut choices = Choices::new(numbers);
        let mut effect = || match choices.below(8) {
            0 | 1 => Effect::Points(rational(&choices.number(&["1", "2.5", "0.5", "5", "1/3"]))),
            2 | 3 => Effect::Zero(choices.pick(&codes).clone()),
            4 | 5 if !grades.is_empty() => Effect::OneGradeDown,
            6 if grades.len() > 1 => {
                let at = 1 + choices.below(grades.len() - 1);
                Effect::Ceiling(grades[at].id.clone())
            }
            7 if !grades.is_empty() => Effect::NoGrade,
            _ => Effect::Points(rational(&whole(2))),
        };
        let mut effects = vec![effect()];
        if choices.chance(30) {
            let also = [
                Effect::Points(rational(&whole(1))),
                Effect::Zero(choices.pick(&codes).clone()),
            ];
            let also = choices.pick(&also).clone();
            // One effect of a kind.
            if std::mem::discriminant(&also) != std::mem::discriminant(&effects[0]) {
                effects.push(also);
            }
        }
        let when = condition(&mut choices, measures, 2);
        veto(&format!("V{}", i + 1), when, effects)
    });
    vetoes.collect()
}

fn tie_breaks(choices: &mut Choices, standard: &Document) -> Vec<String> {
    let (sections, items) = codes(standard);
    let mut all: Vec<String> = sections.into_iter().chain(items).collect();
    if !standard.bonus.is_empty() {
        all.push("bonus".to_owned());
        all.push("total-before-bonus".to_owned());
    }
    let n = choices.below(4);
    let picked = (0..n.min(all.len())).map(|_| {
        let at = choices.below(all.len());
        all.remove(at)
    });
    picked.collect()
}
