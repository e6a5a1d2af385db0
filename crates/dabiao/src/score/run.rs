//! The run: cohorts first, then the plan over blocks of rows, on one thread or several.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::rank::ranks;
use super::{Columns, NO_GRADE, NONE, ScoreOptions, Scores};
use crate::cohort::{Cohort, Statistics, Summary, mismatch};
use crate::fault::{Fault, FaultCode, Faults};
use crate::observations::{Observations, UnitPoints};
use crate::plan::marking::{Cohorts, Marked, Marker};
use crate::plan::node::{Reading, Row};
use crate::plan::total::{Published, Totals, publish};
use crate::plan::{ItemPlan, Plan, SlotId, SlotPlan, State};
use crate::rational::Rational;
use crate::standard::Standard;

/// Rows that one thread takes at a time.
const BLOCK: usize = 1024;
/// Fewer cells than this are not worth a thread.
const CELLS_FOR_THREADS: usize = 100_000;

/// Which cohort each row belongs to, for each attribute.
struct Groups {
    /// By attribute: the group of each row.
    rows: Vec<Vec<usize>>,
    /// By attribute: the attribute's value of each group.
    names: Vec<Vec<String>>,
}

impl Groups {
    fn new(plan: &Plan, observations: &Observations) -> Groups {
        let (mut rows, mut names) = (Vec::new(), Vec::new());
        for attribute in &plan.attributes {
            let mut ids: HashMap<&str, usize> = HashMap::new();
            let mut known = Vec::new();
            let values = observations.attribute(attribute);
            let of_row = |row: usize| values.map_or("", |values| values[row].as_str());
            let groups = (0..observations.len()).map(|row| {
                *ids.entry(of_row(row)).or_insert_with(|| {
                    known.push(of_row(row).to_owned());
                    known.len() - 1
                })
            });
            rows.push(groups.collect());
            names.push(known);
        }
        Groups { rows, names }
    }

    fn of(&self, slot: &SlotPlan, row: usize) -> usize {
        slot.attribute
            .map_or(0, |attribute| self.rows[attribute][row])
    }

    fn names<'a>(&'a self, slot: &SlotPlan) -> Vec<&'a str> {
        match slot.attribute {
            None => vec![""],
            Some(attribute) => self.names[attribute].iter().map(String::as_str).collect(),
        }
    }
}

struct NoCohorts;

impl Cohorts for NoCohorts {
    fn cohort(&self, _: SlotId) -> Option<&Cohort> {
        None
    }
}

/// Cohorts by slot and group.
struct Prepared {
    cohorts: Vec<Vec<Option<Cohort>>>,
}

struct RowCohorts<'a> {
    prepared: &'a Prepared,
    groups: &'a Groups,
    slots: &'a [SlotPlan],
    row: usize,
}

impl Cohorts for RowCohorts<'_> {
    fn cohort(&self, slot: SlotId) -> Option<&Cohort> {
        let group = self.groups.of(&self.slots[slot], self.row);
        self.prepared.cohorts[slot][group].as_ref()
    }
}

/// What each cohort amounts to over a table.
pub(crate) fn statistics(
    standard: &Standard,
    observations: &Observations,
    options: &ScoreOptions,
) -> Result<Statistics, Faults> {
    let plan = standard.plan();
    let groups = Groups::new(plan, observations);
    let parts = in_blocks(plan, observations.len(), options, |from, to| {
        plan.slots
            .iter()
            .map(|slot| summarise(plan, observations, &groups, slot, from, to))
            .collect()
    })?;
    let mut whole = Statistics {
        standard: standard.digest().to_owned(),
        slots: vec![BTreeMap::new(); plan.slots.len()],
    };
    for slots in parts {
        whole.merge(Statistics {
            standard: standard.digest().to_owned(),
            slots,
        })?;
    }
    Ok(whole)
}

fn summarise(
    plan: &Plan,
    observations: &Observations,
    groups: &Groups,
    slot: &SlotPlan,
    from: usize,
    to: usize,
) -> BTreeMap<String, Summary> {
    let mut values: HashMap<usize, Vec<Rational>> = HashMap::new();
    for row in from..to {
        let cells = observations.row(&plan.measures, row);
        let own = slot.item.map_or(cells, |item| {
            observations.own_row(&plan.measures, row, item)
        });
        let marker = Marker {
            plan,
            row: &cells,
            own: &own,
            cohorts: &NoCohorts,
            blank_is_none: false,
        };
        let parent_applies = slot
            .parent
            .is_none_or(|id| marker.may_apply(marker.marking(id)));
        let value = marker.cohort_value(slot.marking).filter(|_| parent_applies);
        let value = match (value, slot.measure) {
            (Some(_), Some(measure)) => match own.number(measure) {
                Reading::Value(value) => Some(value),
                _ => None,
            },
            (value, _) => value,
        };
        if let Some(value) = value {
            values.entry(groups.of(slot, row)).or_default().push(value);
        }
    }
    let names = groups.names(slot);
    values
        .into_iter()
        .map(|(group, values)| {
            (
                names[group].to_owned(),
                Summary::from_values(values, slot.distinct),
            )
        })
        .collect()
}

pub(crate) fn run(
    standard: &Standard,
    observations: &Observations,
    options: &ScoreOptions,
) -> Result<Scores, Faults> {
    let plan = standard.plan();
    let statistics = match &options.statistics {
        Some(given) => {
            if given.standard != standard.digest() || given.slots.len() != plan.slots.len() {
                return Err(mismatch(standard.digest(), &given.standard).into());
            }
            given.clone()
        }
        None if options.alone && !plan.slots.is_empty() => return Err(cohort_needed(plan)),
        None => statistics(standard, observations, options)?,
    };
    let groups = Groups::new(plan, observations);
    let cohorts = plan
        .slots
        .iter()
        .zip(&statistics.slots)
        .map(|(slot, summaries)| {
            let of_group = |name: &str| summaries.get(name).and_then(Cohort::new);
            let mut names = groups.names(slot);
            if names.is_empty() {
                names.push("");
            }
            names.into_iter().map(of_group).collect()
        });
    let prepared = Prepared {
        cohorts: cohorts.collect(),
    };
    let blocks = in_blocks(plan, observations.len(), options, |from, to| {
        score_block(plan, observations, &prepared, &groups, from, to)
    })?;
    let mut columns = Columns::empty(plan);
    let mut faults = Faults::new();
    for (block, found) in blocks {
        columns.append(block);
        faults.extend(found);
    }
    faults.into_result(())?;
    let ranks = ranks(plan, &columns);
    Ok(Scores {
        standard: standard.clone(),
        observations: observations.clone(),
        statistics,
        columns,
        ranks,
    })
}

fn cohort_needed(plan: &Plan) -> Faults {
    let mut faults = Faults::new();
    let mut codes: Vec<&str> = plan
        .slots
        .iter()
        .map(|slot| plan.markings[slot.marking].code.as_str())
        .collect();
    codes.dedup();
    for code in codes {
        faults.push(Fault::new(FaultCode::CohortNeeded).about(code));
    }
    faults
}

/// Runs `work` over all blocks, in order of the rows whatever the threads.
fn in_blocks<T: Send>(
    plan: &Plan,
    rows: usize,
    options: &ScoreOptions,
    work: impl Fn(usize, usize) -> T + Sync,
) -> Result<Vec<T>, Faults> {
    let blocks = rows.div_ceil(BLOCK);
    let available = || std::thread::available_parallelism().map_or(1, usize::from);
    let small = rows.saturating_mul(plan.items.len() + plan.measures.len()) < CELLS_FOR_THREADS;
    let threads = if small {
        1
    } else {
        options.threads.unwrap_or_else(available).min(blocks)
    };
    let (next, done, cancelled) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicBool::new(false),
    );
    let results = Mutex::new(Vec::with_capacity(blocks));
    let worker = || {
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks || cancelled.load(Ordering::Relaxed) {
                break;
            }
            let (from, to) = (block * BLOCK, ((block + 1) * BLOCK).min(rows));
            let result = work(from, to);
            if let Ok(mut results) = results.lock() {
                results.push((block, result));
            }
            let done = done.fetch_add(to - from, Ordering::Relaxed) + (to - from);
            if options
                .progress
                .as_ref()
                .is_some_and(|progress| !progress(done, rows))
            {
                cancelled.store(true, Ordering::Relaxed);
            }
        }
    };
    if threads <= 1 {
        worker();
    } else {
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(worker);
            }
            worker();
        });
    }
    if cancelled.into_inner() {
        return Err(Fault::new(FaultCode::Cancelled).into());
    }
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_unstable_by_key(|(block, _)| *block);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn score_block(
    plan: &Plan,
    observations: &Observations,
    prepared: &Prepared,
    groups: &Groups,
    from: usize,
    to: usize,
) -> (Columns, Faults) {
    let mut columns = Columns::empty(plan);
    let mut faults = Faults::new();
    for row in from..to {
        let cells = observations.row(&plan.measures, row);
        let cohorts = RowCohorts {
            prepared,
            groups,
            slots: &plan.slots,
            row,
        };
        let marker = Marker {
            plan,
            row: &cells,
            own: &cells,
            cohorts: &cohorts,
            blank_is_none: false,
        };
        let mut card = Card {
            observations,
            marker,
            row,
            faults: &mut faults,
        };
        card.score(&mut columns);
    }
    (columns, faults)
}

/// One row's way through the plan.
struct Card<'a> {
    observations: &'a Observations,
    marker: Marker<'a>,
    row: usize,
    faults: &'a mut Faults,
}

impl Card<'_> {
    fn score(&mut self, columns: &mut Columns) {
        let plan = self.marker.plan;
        let mut published = Published::default();
        for (i, item) in plan.items.iter().enumerate() {
            let own = self.observations.own_row(&plan.measures, self.row, i);
            let (points, state) = self.publish(item, &own, false);
            published.items.push(points);
            columns.states[i].push(state);
        }
        let bonus = self.extras(
            &plan.bonus,
            (&mut columns.bonus_items, &mut columns.bonus_states),
            plan.bonus_cap,
        );
        let deductions = self.extras(
            &plan.deductions,
            (&mut columns.deduction_items, &mut columns.deduction_states),
            plan.deduction_cap,
        );
        let vetoes = plan.veto_outcomes(self.marker.row);
        let totals = plan
            .add_up(&mut published, &vetoes)
            .and_then(|()| plan.totals(&published, bonus, deductions, &vetoes));
        let totals = totals.unwrap_or_else(|fault| {
            self.fault(fault);
            Totals::default()
        });
        for (column, points) in columns.items.iter_mut().zip(&published.items) {
            column.push(points.unwrap_or(NONE));
        }
        for (i, column) in columns.sections.iter_mut().enumerate() {
            column.push(published.sections.get(i).copied().flatten().unwrap_or(NONE));
        }
        for (column, outcomes) in columns.vetoes.iter_mut().zip(&vetoes) {
            column.push(*outcomes);
        }
        let grade = |grade: Option<usize>| {
            grade
                .and_then(|g| u16::try_from(g).ok())
                .unwrap_or(NO_GRADE)
        };
        columns.bonus.push(bonus);
        columns.deductions.push(deductions);
        columns.totals.push(totals.total.unwrap_or(NONE));
        columns
            .before_bonus
            .push(totals.before_bonus.unwrap_or(NONE));
        columns.earned.push(grade(totals.earned));
        columns.grades.push(grade(totals.grade));
    }

    fn fault(&mut self, fault: Fault) {
        let subject = match &fault.subject {
            Some(subject) => format!("{} {subject}", self.observations.codes()[self.row]),
            None => self.observations.codes()[self.row].clone(),
        };
        self.faults
            .push(fault.at(self.observations.place(self.row)).about(subject));
    }

    /// An item's published points and its state.
    fn publish(
        &mut self,
        item: &ItemPlan,
        own: &dyn Row,
        blank_is_none: bool,
    ) -> (Option<i64>, State) {
        let marker = Marker {
            own,
            blank_is_none,
            ..self.marker
        };
        let marked = match self.observations.0.unit_points.get(&item.code) {
            Some(rolled) => rolled_up(&marker, item, &rolled[self.row]),
            None => marker.item(item),
        };
        let published = marked.and_then(|marked| {
            let points = marked.points.as_ref();
            let scaled = points
                .map(|points| publish(self.marker.plan, &item.code, points))
                .transpose()?;
            Ok((scaled, marked.state))
        });
        published.unwrap_or_else(|fault| {
            self.fault(fault);
            (None, State::EMPTY)
        })
    }

    /// Bonuses or deductions: each rounded and capped, then all together.
    fn extras(
        &mut self,
        items: &[ItemPlan],
        columns: (&mut [Vec<i64>], &mut [Vec<State>]),
        cap: Option<i64>,
    ) -> i64 {
        let mut sum = 0i64;
        let row = self.marker.row;
        for ((item, points), states) in items.iter().zip(columns.0).zip(columns.1) {
            let (earned, state) = self.publish(item, row, true);
            // A blank 扣分项 or 加分项 is none; one with a blank part counts the others.
            let earned = earned.filter(|points| *points != 0 || !state.is_missing());
            points.push(earned.unwrap_or(NONE));
            states.push(state);
            sum = sum.saturating_add(earned.unwrap_or(0));
        }
        cap.map_or(sum, |cap| sum.min(cap))
    }
}

fn rolled_up(marker: &Marker<'_>, item: &ItemPlan, points: &UnitPoints) -> Result<Marked, Fault> {
    match points {
        UnitPoints::Points(points) => Ok(Marked::of_units(points.clone())),
        UnitPoints::NotApplicable => Ok(Marked::not_applicable()),
        UnitPoints::Missing => marker.missing_units(item),
    }
}

impl Columns {
    pub(crate) fn empty(plan: &Plan) -> Columns {
        Columns {
            items: vec![Vec::new(); plan.items.len()],
            states: vec![Vec::new(); plan.items.len()],
            sections: vec![Vec::new(); plan.sections.len()],
            bonus_items: vec![Vec::new(); plan.bonus.len()],
            bonus_states: vec![Vec::new(); plan.bonus.len()],
            deduction_items: vec![Vec::new(); plan.deductions.len()],
            deduction_states: vec![Vec::new(); plan.deductions.len()],
            vetoes: vec![Vec::new(); plan.vetoes.len()],
            ..Columns::default()
        }
    }

    fn append(&mut self, mut other: Columns) {
        fn each<T>(into: &mut [Vec<T>], from: &mut [Vec<T>]) {
            for (into, from) in into.iter_mut().zip(from) {
                into.append(from);
            }
        }
        each(&mut self.items, &mut other.items);
        each(&mut self.states, &mut other.states);
        each(&mut self.sections, &mut other.sections);
        each(&mut self.bonus_items, &mut other.bonus_items);
        each(&mut self.bonus_states, &mut other.bonus_states);
        each(&mut self.deduction_items, &mut other.deduction_items);
        each(&mut self.deduction_states, &mut other.deduction_states);
        each(&mut self.vetoes, &mut other.vetoes);
        self.bonus.append(&mut other.bonus);
        self.deductions.append(&mut other.deductions);
        self.totals.append(&mut other.totals);
        self.before_bonus.append(&mut other.before_bonus);
        self.earned.append(&mut other.earned);
        self.grades.append(&mut other.grades);
    }
}
