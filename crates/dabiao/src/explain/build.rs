//! Builds scorecards from a run.

use std::collections::BTreeMap;

use super::Role;
use super::card::*;
use super::explainer::{Explainer, Known, RowView, marker};
use super::finder::Finder;
use super::lever::base_of;
use super::lines::boxes;
use super::step::NextStep;
use super::trial::{Moving, Trial};
use crate::observations::TableRow;
use crate::plan::State;
use crate::plan::marking::Marker;
use crate::plan::node::Outcomes;
use crate::plan::{EffectPlan, ItemPlan, MeasureId, RulePlan, SectionId};
use crate::points::Points;
use crate::score::{Leaf, Scores};

/// Which item it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    Item(usize),
    Bonus(usize),
    Deduction(usize),
}

impl Which {
    pub(super) fn role(self) -> Role {
        match self {
            Which::Item(_) => Role::Item,
            Which::Bonus(_) => Role::Bonus,
            Which::Deduction(_) => Role::Deduction,
        }
    }
}

/// One item of one community with everything that it is looked at with.
pub(super) struct Looked<'a> {
    pub(super) which: Which,
    pub(super) item: &'a ItemPlan,
    pub(super) known: &'a Known<'a>,
    pub(super) row: TableRow<'a>,
    pub(super) own: TableRow<'a>,
    pub(super) points: Option<i64>,
    pub(super) state: State,
}

impl Scores {
    /// What explains these scores; worth keeping where many cards are explained.
    #[must_use]
    pub fn explainer(&self) -> Explainer<'_> {
        Explainer::new(self)
    }

    /// The scorecard of a row; nothing beyond the table.
    #[must_use]
    pub fn card(&self, row: usize) -> Option<Scorecard> {
        self.explainer().card(row)
    }
}

impl<'a> Explainer<'a> {
    /// The scorecard of a row; nothing beyond the table.
    #[must_use]
    pub fn card(&self, row: usize) -> Option<Scorecard> {
        let scores = self.scores;
        let observations = &scores.observations;
        let code = observations.codes().get(row)?.to_owned();
        let document = self.document();
        let view = RowView {
            explainer: self,
            row,
        };
        let plan = self.plan();
        let mut attributes = BTreeMap::new();
        for name in observations.attribute_names() {
            let value = observations
                .attribute(name)
                .and_then(|values| values.get(row));
            if let Some(value) = value.filter(|value| name != "name" && !value.is_empty()) {
                attributes.insert(name.to_owned(), value.clone());
            }
        }
        let name = observations
            .attribute("name")
            .and_then(|names| names.get(row));
        let extras = |all: Vec<Which>| -> Vec<ItemLine> {
            let lines = all
                .into_iter()
                .filter_map(|which| self.item_line(&view, which));
            lines.filter(|line| line.points.is_some()).collect()
        };
        Some(Scorecard {
            standard: StandardLine {
                id: document.id.clone(),
                version: document.version.clone(),
                title: document.title.clone(),
                notice: document.notice.clone(),
            },
            code,
            name: name.filter(|name| !name.is_empty()).cloned(),
            attributes,
            total: scores.total(row),
            total_before_bonus: scores.total_before_bonus(row),
            full_marks: plan.full.clone(),
            bonus: scores.bonus(row),
            deductions: scores.deductions(row),
            rank: scores.rank(row),
            of: scores.len(),
            grade: scores.grade(row).map(named),
            grade_earned: scores.grade_earned(row).map(named),
            next_grade: self.next_grade(row),
            flags: scores
                .flags(row)
                .into_iter()
                .map(|flag| flag.as_str())
                .collect(),
            vetoes: self.veto_lines(row),
            sections: plan
                .top
                .iter()
                .filter_map(|id| self.section_line(&view, *id))
                .collect(),
            bonus_items: extras((0..plan.bonus.len()).map(Which::Bonus).collect()),
            deduction_items: extras((0..plan.deductions.len()).map(Which::Deduction).collect()),
            missing: self.missing(&view),
        })
    }

    /// The vetoes that hold on a row or that a blank leaves open.
    pub(super) fn veto_lines(&self, row: usize) -> Vec<VetoLine> {
        let columns = self
            .document()
            .vetoes
            .iter()
            .zip(&self.scores.columns.vetoes);
        columns
            .filter_map(|(veto, column)| {
                let outcomes = column.get(row).filter(|outcomes| outcomes.may_hold())?;
                Some(VetoLine {
                    code: veto.id.clone(),
                    title: veto.title.clone(),
                    holds: outcomes.holds(),
                    wording: self.both(|words| words.veto(veto)),
                })
            })
            .collect()
    }

    fn section_line(&self, view: &RowView<'_>, id: SectionId) -> Option<SectionLine> {
        let section = self.plan().sections.get(id)?;
        let title = super::standing::find_title(self.document(), &section.code)?;
        let points = self.scores.points_of(&section.code, view.row);
        let items = section.items.iter();
        let sections = section.sections.iter();
        Some(SectionLine {
            code: section.code.clone(),
            title: title.clone(),
            points,
            full: section.worth.clone(),
            lost: points.map(|points| &section.worth - &points.exact()),
            zeroed: self.is_zeroed(
                view.row,
                |effect| matches!(effect, EffectPlan::ZeroSection(zeroed) if *zeroed == id),
            ),
            items: items
                .filter_map(|item| self.item_line(view, Which::Item(*item)))
                .collect(),
            sections: sections
                .filter_map(|child| self.section_line(view, *child))
                .collect(),
        })
    }

    fn is_zeroed(&self, row: usize, zeroes: impl Fn(&EffectPlan) -> bool) -> bool {
        let vetoes = self.plan().vetoes.iter().zip(&self.scores.columns.vetoes);
        vetoes
            .filter(|(_, column)| column.get(row).is_some_and(|outcomes| outcomes.holds()))
            .any(|(veto, _)| veto.effects.iter().any(&zeroes))
    }

    pub(super) fn look(&'a self, which: Which, row: usize) -> Option<Looked<'a>> {
        let leaf = match which {
            Which::Item(at) => Leaf::Item(at),
            Which::Bonus(at) => Leaf::Bonus(at),
            Which::Deduction(at) => Leaf::Deduction(at),
        };
        let item = leaf.plan(self.plan())?;
        let (points, state) = self.scores.leaf_at(leaf, row)?;
        let table = self.table_row(row);
        let state = match which {
            Which::Item(_) => state,
            _ => State::EMPTY,
        };
        let own = self.own_row(row, leaf.place(self.plan()));
        Some(Looked {
            which,
            item,
            known: self.known(item.marking)?,
            row: table,
            own,
            points: (points != crate::score::NONE).then_some(points),
            state,
        })
    }

    pub(super) fn is_vetoed(&self, row: usize, which: Which) -> bool {
        match which {
            Which::Item(at) => self.is_zeroed(
                row,
                |effect| matches!(effect, EffectPlan::ZeroItem(zeroed) if *zeroed == at),
            ),
            _ => false,
        }
    }

    fn item_line(&'a self, view: &'a RowView<'a>, which: Which) -> Option<ItemLine> {
        let looked = self.look(which, view.row)?;
        let plan = self.plan();
        let marking = plan.markings.get(looked.item.marking)?;
        let marker = marker(plan, &looked.row, &looked.own, view, looked.which.role());
        let decimals = plan.decimals;
        let points = looked.points.map(|points| Points::new(points, decimals));
        let full = looked.item.full.filter(|_| matches!(which, Which::Item(_)));
        let lost = full
            .zip(looked.points)
            .map(|(full, points)| Points::new(full - points, decimals));
        let vetoed = self.is_vetoed(view.row, which);
        let states = item_states(looked.state, vetoed);
        let each = looked.item.each.is_some();
        let value = if each {
            None
        } else {
            self.value(&marker, &looked)
        };
        let steps = self.check_steps(view, &looked);
        let next = self.next_of(view, &looked, &steps);
        Some(ItemLine {
            code: looked.item.code.clone(),
            title: looked.known.title.clone(),
            points,
            full: marking.points.clone(),
            lost,
            inputs: if each {
                Vec::new()
            } else {
                self.inputs(&looked)
            },
            note: self.note(&marker, &looked, &states),
            rule: looked.known.rule.clone(),
            boxes: if each {
                Vec::new()
            } else {
                boxes(&marker, &marking.rule, looked.known)
            },
            checks: if each {
                Vec::new()
            } else {
                self.checks(&marker, &marking.rule, steps)
            },
            value,
            states,
            next,
        })
    }

    /// What marks an item again under a hypothesis.
    pub(super) fn next_of(
        &'a self,
        view: &'a RowView<'a>,
        looked: &Looked<'a>,
        steps: &[Option<NextStep>],
    ) -> Option<NextStep> {
        if self.is_vetoed(view.row, looked.which) || looked.item.each.is_some() {
            return None;
        }
        let marking = self.plan().markings.get(looked.item.marking)?;
        if matches!(marking.rule, RulePlan::Checks { .. }) && !looked.state.is_none_by_condition() {
            return self.best_of(view, looked, steps);
        }
        self.finder(view, looked, looked.item.marking, |finder| finder.find())
    }

    /// The step that wins most; where no check has one but to report a value, all of these.
    fn best_of(
        &'a self,
        view: &'a RowView<'a>,
        looked: &Looked<'a>,
        steps: &[Option<NextStep>],
    ) -> Option<NextStep> {
        let mut best: Option<&NextStep> = None;
        for step in steps.iter().flatten().filter(|step| step.gain.is_some()) {
            let gain = |step: &NextStep| step.gain.map(Points::scaled);
            // Of equal ones the first.
            if best.is_none_or(|held| gain(step) > gain(held)) {
                best = Some(step);
            }
        }
        if best.is_some() {
            return best.cloned();
        }
        let plan = self.plan();
        let marker = marker(plan, &looked.row, &looked.own, view, looked.which.role());
        let blank = blanks(&marker, looked.item.marking);
        self.finder(view, looked, looked.item.marking, |finder| {
            (!blank.is_empty())
                .then(|| finder.report(&blank, false))
                .flatten()
        })
    }

    /// The next step of each check of an item.
    pub(super) fn check_steps(
        &'a self,
        view: &'a RowView<'a>,
        looked: &Looked<'a>,
    ) -> Vec<Option<NextStep>> {
        let settled = looked.state.is_not_applicable()
            || looked.state.is_none_by_condition()
            || looked.state.is_full_by_condition()
            || looked.item.each.is_some()
            || self.is_vetoed(view.row, looked.which);
        let markings = self.markings_of(looked.item);
        markings
            .iter()
            .skip(1)
            .map(|marking| {
                if settled {
                    return None;
                }
                self.finder(view, looked, *marking, |finder| finder.find())
            })
            .collect()
    }

    fn finder<T>(
        &'a self,
        view: &'a RowView<'a>,
        looked: &Looked<'a>,
        marking: usize,
        with: impl FnOnce(&Finder<'_>) -> Option<T>,
    ) -> Option<T> {
        let plan = self.plan();
        if looked.item.full.is_some()
            && looked.item.full == looked.points
            && looked.which.role() != Role::Deduction
        {
            return None;
        }
        let marker = marker(plan, &looked.row, &looked.own, view, looked.which.role());
        let item_applies = plan
            .markings
            .get(looked.item.marking)
            .is_some_and(|m| marker.may_apply(m));
        let mut moving = Vec::new();
        for id in self.markings_of(looked.item) {
            let Some(held) = plan.markings.get(id) else {
                continue;
            };
            let Some(slot) = held
                .slot
                .filter(|_| item_applies && held.rule.looks_at_cohort())
            else {
                continue;
            };
            let own = marker.cohort_value(id);
            if let (Some(own), Some(cohort)) = (own, self.own_cohort(slot, view.row)) {
                moving.push(Moving {
                    slot,
                    marking: id,
                    cohort,
                    own,
                });
            }
        }
        let finder = Finder {
            explainer: self,
            trial: Trial {
                plan,
                item: looked.item,
                marking: plan.markings.get(marking)?,
                row: &looked.row,
                own: &looked.own,
                cohorts: view,
                moving: &moving,
                role: looked.which.role(),
                now: looked.points.unwrap_or(0),
            },
            known: self.known(marking)?,
            role: looked.which.role(),
            check: marking != looked.item.marking,
            full: looked
                .item
                .full
                .filter(|_| looked.which.role() == Role::Item),
            counted: looked.points.is_some(),
        };
        // Where phases are weighted, the points may come from values that are not at hand.
        let at_hand = finder.trial.again() == looked.points;
        at_hand.then(|| with(&finder)).flatten()
    }

    fn missing(&self, view: &RowView<'_>) -> Vec<MissingLine> {
        let plan = self.plan();
        let table = self.table_row(view.row);
        let mut found: Vec<(MeasureId, Vec<String>)> = Vec::new();
        let mut add = |measures: Vec<MeasureId>, code: &str| {
            for measure in measures {
                let measure = base_of(plan, measure);
                match found.iter_mut().find(|(held, _)| *held == measure) {
                    Some((_, codes)) if codes.iter().any(|held| held == code) => {}
                    Some((_, codes)) => codes.push(code.to_owned()),
                    None => found.push((measure, vec![code.to_owned()])),
                }
            }
        };
        for (at, item) in plan.items.iter().enumerate() {
            let leaf = self.scores.leaf_at(Leaf::Item(at), view.row);
            if leaf.is_some_and(|(_, state)| state.is_missing()) {
                let own = self.own_row(view.row, at);
                let marker = marker(plan, &table, &own, view, Role::Item);
                add(blanks(&marker, item.marking), &item.code);
            }
        }
        let vetoes = plan.vetoes.iter().zip(&self.scores.columns.vetoes);
        for (veto, column) in vetoes {
            if column
                .get(view.row)
                .is_some_and(|outcomes| outcomes.is_undecided())
            {
                let marker = marker(plan, &table, &table, view, Role::Item);
                let mut measures = Vec::new();
                veto.test.visit_measures(&mut |measure| {
                    if marker.is_blank(measure) {
                        measures.push(measure);
                    }
                });
                add(measures, &veto.code);
            }
        }
        // In the order of the standard's measures.
        found.sort_by_key(|(measure, _)| *measure);
        let lines = found.into_iter().filter_map(|(measure, items)| {
            let measure = self.document().measures.get(measure)?;
            Some(MissingLine {
                measure: measure.name.clone(),
                title: measure.title.clone(),
                items,
            })
        });
        lines.collect()
    }
}

fn named(grade: &crate::standard::document::Grade) -> Named {
    Named {
        code: grade.id.clone(),
        title: grade.title.clone(),
    }
}

pub(super) fn item_states(state: State, vetoed: bool) -> Vec<ItemState> {
    let states = [
        (state.is_not_applicable(), ItemState::NotApplicable),
        (state.is_missing(), ItemState::Missing),
        (state.is_imputed(), ItemState::Imputed),
        (state.is_excluded(), ItemState::Excluded),
        (state.is_full_by_condition(), ItemState::FullByCondition),
        (state.is_none_by_condition(), ItemState::NoneByCondition),
        (state.is_zero_denominator(), ItemState::ZeroDenominator),
        (state.is_undecided(), ItemState::Undecided),
        (vetoed, ItemState::Vetoed),
    ];
    let held = states.into_iter().filter(|(held, _)| *held);
    held.map(|(_, state)| state).collect()
}

/// The measures of a marking that are blank where it is missing them.
fn blanks(marker: &Marker<'_>, id: usize) -> Vec<MeasureId> {
    let marking = marker.marking(id);
    let blank = |measures: &[MeasureId]| -> Vec<MeasureId> {
        measures
            .iter()
            .copied()
            .filter(|m| marker.is_blank(*m))
            .collect()
    };
    match &marking.rule {
        RulePlan::Boxes { boxes, .. } => {
            let open = boxes.iter().filter(|item| {
                let outcomes = item.test.outcomes(marker.own);
                ![Outcomes::TRUE, Outcomes::FALSE, Outcomes::NOT_APPLICABLE].contains(&outcomes)
            });
            open.flat_map(|item| blank(&item.measures)).collect()
        }
        RulePlan::Checks { checks, .. } => {
            let missing = checks.iter().filter(|check| {
                let marked = marker.mark(marker.marking(check.marking));
                marked.is_ok_and(|marked| marked.state.is_missing())
            });
            missing
                .flat_map(|check| blanks(marker, check.marking))
                .collect()
        }
        _ => blank(&marking.measures),
    }
}
