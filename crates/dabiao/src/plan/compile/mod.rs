//! A checked document becomes a plan: [`expressions`] resolves names and quantities,
//! [`markings`] items and their rules, [`outcomes`] grades and vetoes.

mod expressions;
mod markings;
mod outcomes;

use std::collections::HashMap;

use markings::imputes;

use super::node::{Node, Test};
use super::*;
use crate::expression::{Comparison, Condition, Expression, Operator, Quantity};
use crate::fault::{Fault, FaultCode, Faults};
use crate::standard::document::{
    Check, ChecklistPay, Document, Effect, End, Grade, Item, Mark, Marking, Measure, RankPay,
    RollUp, Rule, Section, Start,
};

/// Compiles a document that passed all checks. What a check should have caught is a fault
/// here, never a panic.
pub(crate) fn compile(document: &Document) -> Result<Plan, Faults> {
    let mut compiler = Compiler::new(document);
    let plan = compiler.run(document);
    match plan {
        Ok(plan) if compiler.faults.is_empty() => Ok(plan),
        Ok(_) => Err(compiler.faults),
        Err(fault) => {
            compiler.faults.push(fault);
            Err(compiler.faults)
        }
    }
}
struct Compiler<'a> {
    measures: Vec<MeasurePlan>,
    names: HashMap<&'a str, MeasureId>,
    attributes: Vec<String>,
    label_conditions: Vec<MeasureId>,
    markings: Vec<MarkingPlan>,
    items: Vec<ItemPlan>,
    sections: Vec<SectionPlan>,
    slots: Vec<SlotPlan>,
    decimals: u8,
    imputes_by_standard: bool,
    /// The item that is being compiled, with bonuses and deductions counted behind the items.
    current: Option<usize>,
    faults: Faults,
}
impl<'a> Compiler<'a> {
    fn new(document: &'a Document) -> Self {
        let measures: Vec<MeasurePlan> = document
            .measures
            .iter()
            .map(|m| measure(document, m))
            .collect();
        Compiler {
            names: document
                .measures
                .iter()
                .enumerate()
                .map(|(i, m)| (m.name.as_str(), i))
                .collect(),
            measures,
            attributes: Vec::new(),
            label_conditions: Vec::new(),
            markings: Vec::new(),
            items: Vec::new(),
            sections: Vec::new(),
            slots: Vec::new(),
            decimals: document.decimals,
            imputes_by_standard: imputes(Some(document.missing)),
            current: None,
            faults: Faults::new(),
        }
    }

    fn run(&mut self, document: &'a Document) -> Result<Plan, Fault> {
        for (id, measure) in document.measures.iter().enumerate() {
            self.measures[id].rollup = measure
                .rollup
                .as_ref()
                .map(|r| self.rollup(r))
                .transpose()?;
        }
        let mut top = Vec::new();
        for section in &document.sections {
            top.push(self.section(section)?);
        }
        let bonus = self.extras(&document.bonus, 0)?;
        let deductions = self.extras(&document.deductions, bonus.len())?;
        let full: Rational = top.iter().map(|id| &self.sections[*id].worth).sum();
        let total_decimals = document.total_decimals.unwrap_or(document.decimals);
        let mut vetoes = Vec::new();
        for veto in &document.vetoes {
            let effects: Result<Vec<_>, _> = veto
                .effects
                .iter()
                .map(|e| self.effect(document, e))
                .collect();
            vetoes.push(VetoPlan {
                code: veto.id.clone(),
                test: self.test(&veto.when)?,
                effects: effects?,
            });
        }
        let mut grades = Vec::new();
        for grade in &document.grades {
            grades.push(self.grade(grade, &top, &full, total_decimals)?);
        }
        let mut tie_breaks = Vec::new();
        for code in &document.tie_breaks {
            tie_breaks.push(match code.as_str() {
                "bonus" => TieBreak::Bonus,
                "total-before-bonus" => TieBreak::BeforeBonus,
                code => TieBreak::Part(self.part(code)?),
            });
        }
        let cap = |cap: &Option<Rational>| {
            cap.as_ref()
                .and_then(|c| c.round(document.decimals, document.rounding))
        };
        Ok(Plan {
            decimals: document.decimals,
            total_decimals,
            rounding: document.rounding,
            missing: document.missing,
            exceed_full: document.exceed_full,
            bonus_cap: cap(&document.bonus_cap),
            deduction_cap: cap(&document.deduction_cap),
            measures: std::mem::take(&mut self.measures),
            attributes: std::mem::take(&mut self.attributes),
            label_conditions: std::mem::take(&mut self.label_conditions),
            markings: std::mem::take(&mut self.markings),
            items: std::mem::take(&mut self.items),
            bonus,
            deductions,
            sections: std::mem::take(&mut self.sections),
            top,
            full,
            slots: std::mem::take(&mut self.slots),
            vetoes,
            grades,
            tie_breaks,
        })
    }

    fn section(&mut self, section: &'a Section) -> Result<SectionId, Fault> {
        let id = self.sections.len();
        self.sections.push(SectionPlan {
            code: section.id.clone(),
            items: Vec::new(),
            sections: Vec::new(),
            children: Rational::ZERO,
            worth: Rational::ZERO,
            weighted: section.weight.is_some(),
        });
        let mut children = Rational::ZERO;
        for item in &section.items {
            self.current = Some(self.items.len());
            let plan = self.item(item)?;
            self.current = None;
            children = &children + item.points.as_ref().unwrap_or(&Rational::ZERO);
            self.sections[id].items.push(self.items.len());
            self.items.push(plan);
        }
        for child in &section.sections {
            let child = self.section(child)?;
            children = &children + &self.sections[child].worth;
            self.sections[id].sections.push(child);
        }
        self.sections[id].worth = section.weight.clone().unwrap_or_else(|| children.clone());
        self.sections[id].children = children;
        Ok(id)
    }
}

fn measure(document: &Document, measure: &Measure) -> MeasurePlan {
    let kind = match (&measure.rollup, measure.kind) {
        (Some(RollUp::Share(_)), _) => MeasureKind::Number,
        (Some(RollUp::Mean | RollUp::WeightedMean(_)), MeasureKind::Count) => MeasureKind::Number,
        (_, kind) => kind,
    };
    let declared = UnitForm {
        sign: measure.unit.as_deref().and_then(PartSign::of_unit),
        has_unit: measure.unit.is_some(),
        min: match measure.kind {
            MeasureKind::Count => Some(measure.min.clone().unwrap_or_default()),
            _ => measure.min.clone(),
        },
        max: measure.max.clone(),
    };
    let (form, each_unit) = match measure.rollup {
        Some(RollUp::Share(_)) => {
            let share = UnitForm {
                sign: None,
                has_unit: false,
                min: Some(Rational::ZERO),
                max: Some(Rational::ONE),
            };
            (share, Some(Box::new(declared)))
        }
        _ => (declared, None),
    };
    MeasurePlan {
        name: measure.name.clone(),
        kind,
        unit_kind: measure.kind,
        sign: form.sign,
        has_unit: form.has_unit,
        level: measure.level,
        // Conditions in it name other measures: resolved once all are known.
        rollup: None,
        assessors: measure.assessors,
        within: None,
        min: form.min,
        max: form.max,
        each_unit,
        labels: document.labels_of(measure),
        policy: measure.missing,
        demands: Vec::new(),
    }
}
fn unknown(code: &str) -> Fault {
    Fault::new(FaultCode::UnknownReference).found(code)
}

fn unfit(code: &str) -> Fault {
    Fault::new(FaultCode::BadChoice).about(code)
}
