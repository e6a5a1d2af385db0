//! A campaign's one run: tables of phases, scores, coverage, groups, selection.

use super::locate::Locator;
use super::phases::{compose, marked, weigh};
use super::records::Records;
use super::rollup::{LeftOut, PhaseTable, tabulate};
use super::selection::{Selection, SelectionResult};
use super::upward::GroupScore;
use crate::fault::{Fault, FaultCode, Faults};
use crate::grid::{Grid, Registry};
use crate::lang::Text;
use crate::observations::cell;
use crate::plan::ItemPlan;
use crate::rational::Rational;
use crate::score::{ScoreOptions, Scores};
use crate::standard::Standard;

/// One phase of a campaign: self-assessment 自评, district review 初审, city verification 验收.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Its id in outputs.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its weight, where phases are weighted; then all of them have one and they add up to 1.
    pub weight: Option<Rational>,
    /// What was observed.
    pub records: Records,
}

/// All that a campaign is made of, checked.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::campaign::{Campaign, Phase, RecordsBuilder};
/// use dabiao::grid::{CodeScheme, Registry, RegistryRow};
/// use dabiao::{Cell, ScoreOptions, Standard, Text};
/// let standard = Standard::builtin("weihai-2020")?;
/// let mut registry = Registry::builder(CodeScheme::Free);
/// registry.community(2, &RegistryRow { code: "c1", district: "north", ..RegistryRow::default() });
/// let registry = registry.finish()?;
/// let mut records = RecordsBuilder::new(&standard, &registry, None);
/// records.heading(&["code", "deliberation_meetings"]);
/// records.row(2, &[Cell::Text("c1"), Cell::Text("2")]);
/// let records = records.finish()?;
/// let phase = Phase { id: "self".into(), title: Text::from("self"), weight: None, records };
/// let campaign = Campaign { standard, registry, grid: None, phases: vec![phase], selection: None, weight: None };
/// let result = campaign.run(&ScoreOptions::new())?;
/// assert_eq!(result.scores.points_of("2.3", 0).unwrap().to_string(), "2.00");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The standard.
    pub standard: Standard,
    /// Who is scored.
    pub registry: Registry,
    /// The party grid, where there is one.
    pub grid: Option<Grid>,
    /// In order of time, at least one.
    pub phases: Vec<Phase>,
    /// Who is chosen, where anyone is.
    pub selection: Option<Selection>,
    /// The registry's column that weighs communities in streets' and districts' scores; the
    /// plain mean without.
    pub weight: Option<String>,
}

/// What a campaign came to.
#[derive(Clone, Debug)]
pub struct CampaignResult {
    /// The result: of the last phase that marked each item, or of all phases weighted.
    pub scores: Scores,
    /// Each phase scored on its own marks alone, in order.
    pub phases: Vec<PhaseResult>,
    /// Streets, by code.
    pub streets: Vec<GroupScore>,
    /// Districts, by code.
    pub districts: Vec<GroupScore>,
    /// The whole.
    pub city: GroupScore,
    /// Who was chosen, and why.
    pub selection: Option<SelectionResult>,
}

/// One phase's own result.
#[derive(Clone, Debug)]
pub struct PhaseResult {
    /// The phase's id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its scores.
    pub scores: Scores,
    /// Whether each community was marked at all, itself or in any of its units.
    pub present: Vec<bool>,
    /// Units without a value, which were left out of their community's.
    pub left_out: Vec<LeftOut>,
    /// By item, bonus and deduction: whether it was marked, by row.
    marked: Vec<Vec<bool>>,
    /// By item: whether the grid fills all that it looks at.
    by_grid: Vec<bool>,
}

impl PhaseResult {
    /// Whether this phase has marked any of the own measures of an item, a bonus or a deduction
    /// for a community.
    #[must_use]
    pub fn has_marked(&self, item: &str, row: usize) -> bool {
        let mut items = self.scores.standard.plan().all_items();
        let position = items.position(|held| held.code == item);
        position.is_some_and(|position| self.marked_at(position, row))
    }

    /// Whether the grid alone fills an item: then no phase has marked it, or won anything in it.
    pub(super) fn is_by_grid(&self, position: usize) -> bool {
        self.by_grid.get(position).copied().unwrap_or(false)
    }

    pub(super) fn marked_at(&self, position: usize, row: usize) -> bool {
        let item = self.marked.get(position);
        item.and_then(|item| item.get(row))
            .copied()
            .unwrap_or(false)
    }
}

impl Campaign {
    /// A campaign has at most so many phases.
    pub const MAX_PHASES: usize = 256;

    /// Runs the whole campaign.
    ///
    /// # Errors
    /// All faults at once: values both given and rolled up, communities of the grid that the
    /// registry does not know, weights of phases that do not add up to 1, quotas that
    /// contradict each other, and what scoring finds.
    pub fn run(&self, options: &ScoreOptions) -> Result<CampaignResult, Faults> {
        too_many_phases(self.phases.len())?;
        let mut faults = self.check();
        let mut tables: Vec<PhaseTable> = Vec::new();
        for phase in &self.phases {
            match tabulate(
                &self.standard,
                &self.registry,
                self.grid.as_ref(),
                &phase.records,
                options.threads_at_most(),
            ) {
                Ok(table) => tables.push(table),
                Err(found) => faults.extend(found),
            }
        }
        let weighted = self.phases.iter().any(|phase| phase.weight.is_some());
        // Where the last phase counts that marked an item, blanks are judged over all phases;
        // otherwise in those in which a community has a card, or in the last if it has none.
        let rows = 0..self.registry.len();
        let judged = |row: usize| tables.iter().rposition(|table| table.present[row]);
        let without: Vec<bool> = rows.map(|row| judged(row).is_none()).collect();
        let last = tables.len().saturating_sub(1);
        for (at, table) in tables.iter_mut().enumerate() {
            let cards = table.present.iter().zip(&without);
            let judged = cards.map(|(present, without)| *present || (*without && at == last));
            let partial = judged.map(|judged| !(weighted && judged)).collect();
            std::sync::Arc::make_mut(&mut table.observations.0).partial = partial;
        }
        let locator = Locator {
            plan: self.standard.plan(),
            registry: &self.registry,
            phases: &self.phases,
        };
        let weights = self.weights(&mut faults);
        faults.into_result(())?;
        let mut phases = Vec::new();
        let mut faults = Faults::new();
        for (at, (phase, table)) in self.phases.iter().zip(&tables).enumerate() {
            match self.standard.score(&table.observations, options) {
                Ok(scores) => phases.push(PhaseResult {
                    id: phase.id.clone(),
                    title: phase.title.clone(),
                    scores,
                    present: table.present.clone(),
                    left_out: table.left_out.clone(),
                    marked: self.marked(table),
                    by_grid: self.by_grid(table),
                }),
                Err(found) => faults.extend(locator.named(found, &|_, _| at)),
            }
        }
        faults.into_result(())?;
        let composed = compose(&self.standard, &tables, weighted).ok_or_else(|| {
            Fault::new(FaultCode::CampaignKey)
                .about("phase")
                .expected(Text::new("至少一个阶段", "at least one phase"))
        })?;
        let scores = if weighted {
            let cards: Vec<_> = phases
                .iter()
                .zip(&self.phases)
                .zip(&tables)
                .filter_map(|((result, phase), table)| {
                    Some((
                        &result.scores,
                        phase.weight.as_ref()?,
                        table.present.as_slice(),
                    ))
                })
                .collect();
            weigh(&self.standard, &composed, &cards)?
        } else {
            let phase_of = |item: usize, row: usize| {
                let phases = composed.0.phases.get(item);
                phases
                    .and_then(|phases| phases.get(row))
                    .map_or(last, |phase| usize::from(*phase))
            };
            let scored = self.standard.score(&composed, options);
            scored.map_err(|found| locator.named(found, &phase_of))?
        };
        let selection = self
            .selection
            .as_ref()
            .map(|selection| scores.select(selection))
            .transpose()?;
        let weight = |row: usize| {
            weights
                .as_ref()
                .map_or(Rational::ONE, |weights| weights[row].clone())
        };
        let grouped = |code: &str, name: &str| {
            let by = if self.registry.attribute(code).is_some() {
                code
            } else {
                name
            };
            scores.groups(by, Some(&weight))
        };
        Ok(CampaignResult {
            streets: grouped("street_code", "street"),
            districts: grouped("district_code", "district"),
            city: scores.whole("", Some(&weight)),
            scores,
            phases,
            selection,
        })
    }

    fn by_grid(&self, table: &PhaseTable) -> Vec<bool> {
        let plan = self.standard.plan();
        let of = |item: &ItemPlan| {
            let mut own = item.own.iter().map(|measure| plan.base(*measure));
            !item.own.is_empty() && own.all(|measure| table.filled.contains(&measure))
        };
        plan.all_items().map(of).collect()
    }

    fn marked(&self, table: &PhaseTable) -> Vec<Vec<bool>> {
        let plan = self.standard.plan();
        let rows = 0..self.registry.len();
        let of = |item| {
            rows.clone()
                .map(|row| marked(plan, table, item, row))
                .collect()
        };
        plan.all_items().map(of).collect()
    }

    /// What is wrong before any mark is looked at: communities of the grid that the registry
    /// does not know and the other way round, streets on which the two do not agree, weights of
    /// phases that do not add up to 1. [`Campaign::run`] checks it by itself.
    #[must_use]
    pub fn check(&self) -> Faults {
        let mut faults = Faults::new();
        if let Some(grid) = &self.grid {
            for code in grid.codes(crate::grid::Level::Community) {
                if self.registry.row_of(code).is_none() {
                    faults.push(
                        Fault::new(FaultCode::UnitUnknown)
                            .at(grid.place(code, "code"))
                            .about(code)
                            .expected(Text::new("登记在册的社区", "a community of the registry")),
                    );
                }
            }
            for code in self.registry.codes() {
                if grid.find(code).is_none() {
                    let fault = Fault::new(FaultCode::UnitUnknown).about(code);
                    faults.push(
                        fault
                            .at(self.registry.place(code, "code"))
                            .expected(Text::new(
                                "党建网格中的社区",
                                "a community of the party grid",
                            )),
                    );
                }
            }
            self.check_streets(grid, &mut faults);
        }
        let weights = self.phases.iter().map(|phase| phase.weight.as_ref());
        if let Some((fault, _)) = phase_weights(weights) {
            faults.push(fault);
        }
        faults
    }

    /// Communities that the registry and the grid put into different streets.
    fn check_streets(&self, grid: &Grid, faults: &mut Faults) {
        let Some(streets) = self.registry.attribute("street_code") else {
            return;
        };
        for (code, street) in self.registry.codes().iter().zip(streets) {
            if let Some(parent) = grid.parent_of(code)
                && !street.is_empty()
                && street != parent
            {
                let fault = Fault::new(FaultCode::UnitParent).about(code).found(street);
                let place = self.registry.place(code, "street_code");
                faults.push(fault.at(place).expected(Text::new(
                    format!("{parent}\u{ff08}党建网格中的上级\u{ff09}"),
                    format!("{parent}, its parent in the party grid"),
                )));
            }
        }
    }

    /// The weights of communities in their streets' and districts' scores.
    fn weights(&self, faults: &mut Faults) -> Option<Vec<Rational>> {
        let name = self.weight.as_ref()?;
        let Some(texts) = self.registry.attribute(name) else {
            faults.push(
                Fault::new(FaultCode::MissingColumn)
                    .at(self.registry.heading())
                    .found(name)
                    .expected(Text::new("登记表中的一列", "a column of the registry")),
            );
            return None;
        };
        let mut weights = Vec::with_capacity(texts.len());
        for (code, text) in self.registry.codes().iter().zip(texts) {
            match cell::number_of(text) {
                Some(weight) if !weight.is_negative() => weights.push(weight),
                _ => faults.push(
                    Fault::new(FaultCode::Value)
                        .at(self.registry.place(code, name))
                        .about(code)
                        .found(text)
                        .expected(Text::new("不小于 0 的数", "a number, at least 0")),
                ),
            }
        }
        Some(weights)
    }
}

/// The limit of [`Campaign::MAX_PHASES`].
pub(crate) fn too_many_phases(phases: usize) -> Result<(), Fault> {
    if phases <= Campaign::MAX_PHASES {
        return Ok(());
    }
    let most = Campaign::MAX_PHASES;
    let fault = Fault::new(FaultCode::TooLarge).about("phase").found(phases);
    Err(fault.expected(Text::new(
        format!("至多 {most} 个阶段"),
        format!("at most {most} phases"),
    )))
}

/// What is wrong with the weights of phases, and with which of them if it is not their sum: all
/// have one above 0 and they add up to 1, or none has one.
pub(crate) fn phase_weights<'a>(
    weights: impl Iterator<Item = Option<&'a Rational>>,
) -> Option<(Fault, Option<usize>)> {
    let weights: Vec<Option<&Rational>> = weights.collect();
    let known: Vec<&Rational> = weights.iter().flatten().copied().collect();
    let sum: Rational = known.iter().copied().sum();
    let sound = |weight: &Option<&Rational>| weight.is_some_and(|w| *w > Rational::ZERO);
    let unsound = weights.iter().position(|weight| !sound(weight));
    (!known.is_empty() && (unsound.is_some() || sum != Rational::ONE)).then(|| {
        let fault = Fault::new(FaultCode::PhaseWeights).about("phase");
        let fault = match unsound.and_then(|at| weights.get(at)) {
            Some(Some(weight)) => fault.found(weight),
            Some(None) => fault.found("-"),
            None => {
                let added: Vec<String> = known.iter().map(ToString::to_string).collect();
                fault.found(format!("{} = {sum}", added.join(" + ")))
            }
        };
        let fault = fault.expected(Text::new(
            "每个阶段一个正的权重\u{ff0c}合计为 1",
            "a weight above 0 for every phase, adding up to 1",
        ));
        (fault, unsound)
    })
}
