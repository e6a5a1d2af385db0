//! The run: cohorts first, then the plan over blocks of rows, on one thread or several.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::block::{Room, Run};
use super::kernels::Kernels;
use super::output::{Draft, Shape};
use super::rank::ranks;
use super::{Columns, Details, ScoreOptions, Scores};
use crate::cohort::{Cohort, Statistics, Summary, mismatch};
use crate::fault::{Fault, FaultCode, Faults};
use crate::memory::Cells;
use crate::observations::Observations;
use crate::plan::kernel::LANES;
use crate::plan::marking::{Cohorts, Marker};
use crate::plan::node::{Reading, Row};
use crate::plan::{Plan, SlotId, SlotPlan};
use crate::rational::Rational;
use crate::standard::Standard;

/// Rows that one thread takes at a time.
const BLOCK: usize = LANES;
/// Fewer cells than this are not worth a thread.
const CELLS_FOR_THREADS: usize = 100_000;

/// Which cohort each row belongs to, for each attribute.
#[derive(Debug)]
pub(super) struct Groups {
    /// By attribute: the group of each row.
    rows: Vec<Vec<usize>>,
    /// By attribute: the attribute's value of each group.
    names: Vec<Vec<String>>,
}

impl Groups {
    pub(super) fn new(plan: &Plan, observations: &Observations) -> Groups {
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
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) cohorts: Vec<Vec<Option<Cohort>>>,
}

impl Prepared {
    pub(super) fn new(plan: &Plan, statistics: &Statistics, groups: &Groups) -> Prepared {
        let slots = plan.slots.iter().zip(&statistics.slots);
        let cohorts = slots.map(|(slot, summaries)| {
            let of_group = |name: &str| summaries.get(name).and_then(Cohort::new);
            let mut names = groups.names(slot);
            if names.is_empty() {
                names.push("");
            }
            names.into_iter().map(of_group).collect()
        });
        Prepared {
            cohorts: cohorts.collect(),
        }
    }
}

/// What is prepared before the rows are looked at.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) groups: Groups,
    pub(super) prepared: Prepared,
    pub(super) kernels: Kernels,
}

impl Compiled {
    pub(super) fn new(plan: &Plan, observations: &Observations, statistics: &Statistics) -> Self {
        let groups = Groups::new(plan, observations);
        let prepared = Prepared::new(plan, statistics, &groups);
        let kernels = Kernels::compile(plan, observations, &prepared);
        Compiled {
            groups,
            prepared,
            kernels,
        }
    }
}

pub(super) struct RowCohorts<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) groups: &'a Groups,
    pub(super) slots: &'a [SlotPlan],
    pub(super) row: usize,
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
    if plan.slots.is_empty() {
        return Ok(Statistics::of_nobody(standard));
    }
    let groups = Groups::new(plan, observations);
    let cells = plan.items.len() + plan.measures.len();
    let parts = in_blocks(observations.len(), cells, options, |from, to| {
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

/// One cohort's numbers over a whole table, its distinct values counted.
pub(crate) fn distinct_values(
    plan: &Plan,
    observations: &Observations,
    slot: &SlotPlan,
) -> BTreeMap<String, Summary> {
    let groups = Groups::new(plan, observations);
    let counted = SlotPlan {
        distinct: true,
        ..*slot
    };
    summarise(plan, observations, &groups, &counted, 0, observations.len())
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
            blank_is_no_fault: false,
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
    let statistics = match given(standard, options)? {
        Some(given) => given,
        None => statistics(standard, observations, options)?,
    };
    let compiled = Arc::new(Compiled::new(plan, observations, &statistics));
    let run = Run {
        plan,
        observations,
        compiled: &compiled,
    };
    let shape = Shape::new(plan, &compiled.kernels);
    let columns = match filled(&run, shape, options)? {
        Some(columns) => columns,
        None => filled(&run, Shape::WHOLE, options)?.unwrap_or_default(),
    };
    let mut scores = Scores {
        standard: standard.clone(),
        observations: observations.clone(),
        statistics,
        own_cohort: options.statistics.is_none(),
        columns,
        details: Details::later(plan, compiled, options.threads),
        ranks: Cells::default(),
    };
    scores.ranks = ranks(&scores, options.threads_at_most());
    Ok(scores)
}

/// The columns of a run; none where such columns cannot hold the results.
fn filled(run: &Run<'_>, shape: Shape, options: &ScoreOptions) -> Result<Option<Columns>, Faults> {
    let (plan, rows) = (run.plan, run.observations.len());
    let extent = Extent {
        rows,
        cells: plan.items.len() + plan.measures.len(),
    };
    // Threads end at about the same time, and do not wait for each other at every block.
    let blocks = rows
        .div_ceil(BLOCK * 8 * options.threads_at_most())
        .clamp(1, 4);
    let each = BLOCK * blocks;
    let mut draft = Draft::new(plan, rows, shape);
    let stretches = draft.stretches(each).into_iter().enumerate().collect();
    let found = share_out(
        stretches,
        extent,
        each,
        options,
        || Room::new(plan, BLOCK.min(rows)),
        |room, (at, out)| run.stretch(at * each, BLOCK, room, out),
    )?;
    let (mut faults, mut fits) = (Faults::new(), true);
    for (more, fit) in found {
        faults.extend(more);
        fits &= fit;
    }
    faults.into_result(())?;
    Ok(fits.then(|| draft.filled()))
}

/// The statistics that were handed in; cards that are scored alone need some where a rule
/// looks at a cohort.
pub(super) fn given(
    standard: &Standard,
    options: &ScoreOptions,
) -> Result<Option<Statistics>, Faults> {
    let plan = standard.plan();
    match &options.statistics {
        Some(given) => {
            if given.standard != standard.digest() || given.slots.len() != plan.slots.len() {
                return Err(mismatch(standard.digest(), &given.standard).into());
            }
            Ok(Some(given.clone()))
        }
        None if options.alone && !plan.slots.is_empty() => Err(cohort_needed(plan)),
        None => Ok(None),
    }
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

/// Runs `work` over the rows in blocks, each with its first row and the one after its last; the
/// results are in the order of the rows whatever the threads.
pub(super) fn in_blocks<T: Send>(
    rows: usize,
    cells: usize,
    options: &ScoreOptions,
    work: impl Fn(usize, usize) -> T + Sync,
) -> Result<Vec<T>, Faults> {
    let blocks = (0..rows).step_by(BLOCK).collect();
    share_out(
        blocks,
        Extent { rows, cells },
        BLOCK,
        options,
        || (),
        |(), from| work(from, (from + BLOCK).min(rows)),
    )
}

/// How much there is to do: rows, and cells in each.
#[derive(Clone, Copy)]
struct Extent {
    rows: usize,
    cells: usize,
}

/// Runs `work` on every block of `each` rows, on one thread or several, each with a room of its own. Nothing
/// is started where that would take longer than the work.
fn share_out<B: Send, R, T: Send>(
    blocks: Vec<B>,
    extent: Extent,
    each: usize,
    options: &ScoreOptions,
    room: impl Fn() -> R + Sync,
    work: impl Fn(&mut R, B) -> T + Sync,
) -> Result<Vec<T>, Faults> {
    let Extent { rows, cells } = extent;
    let count = blocks.len();
    let threads = if rows.saturating_mul(cells) < CELLS_FOR_THREADS {
        1
    } else {
        options.threads_at_most().min(count)
    };
    let done = AtomicUsize::new(0);
    let cancelled = AtomicBool::new(false);
    let waiting = Mutex::new(blocks.into_iter().enumerate());
    let results = Mutex::new(Vec::with_capacity(count));
    let next = || waiting.lock().ok()?.next();
    let worker = || {
        let mut room = room();
        let mut own = Vec::new();
        while let Some((at, block)) = next() {
            if cancelled.load(Ordering::Relaxed) {
                break;
            }
            own.push((at, work(&mut room, block)));
            let done = (done.fetch_add(1, Ordering::Relaxed) + 1).saturating_mul(each);
            let progress = options.progress.as_ref();
            if progress.is_some_and(|progress| !progress(done.min(rows), rows)) {
                cancelled.store(true, Ordering::Relaxed);
            }
        }
        if let Ok(mut results) = results.lock() {
            results.append(&mut own);
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
    results.sort_unstable_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
