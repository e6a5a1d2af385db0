//! One block of rows through the plan: items by kernels where they have one, then sections,
//! totals and grades in whole numbers; a row that is out of the ordinary goes the exact way.

use super::run::{Groups, Prepared, RowCohorts};
use super::{Columns, NO_GRADE, NONE};
use crate::fault::{Fault, Faults};
use crate::observations::{Observations, UnitPoints};
use crate::plan::kernel::{Block, Kernel, Marks, Predicate, Scratch};
use crate::plan::marking::{Marked, Marker};
use crate::plan::node::{Outcomes, Row};
use crate::plan::total::{Published, Totals, publish, unpublishable};
use crate::plan::{ItemPlan, Part, Plan, State};
use crate::rational::Rational;

/// Kernels of a run; each is absent where the exact way is the only one.
#[derive(Debug)]
pub(super) struct Kernels {
    pub(super) items: Vec<Option<Kernel>>,
    pub(super) bonus: Vec<Option<Kernel>>,
    pub(super) deductions: Vec<Option<Kernel>>,
    pub(super) vetoes: Vec<Option<Predicate>>,
    /// Whether totals of ordinary rows are sums of whole numbers.
    whole_totals: bool,
    /// Full marks, scaled, where the total may not pass them.
    full: Option<i64>,
}

impl Kernels {
    pub(super) fn compile<'a>(
        plan: &'a Plan,
        observations: &Observations,
        prepared: &'a Prepared,
    ) -> Kernels {
        // A cohort is shared where it is the whole table.
        let shared = |slot: usize| match plan.slots[slot].attribute {
            None => prepared.cohorts[slot].first()?.as_ref(),
            Some(_) => None,
        };
        // Phases that were merged have columns of their own for each item.
        let merged = !observations.0.phases.is_empty();
        let kernel = |item: &ItemPlan| {
            let rolled = observations.0.unit_points.contains_key(&item.code);
            (!merged && !rolled)
                .then(|| crate::plan::kernel::compile(plan, item, &shared))
                .flatten()
        };
        let full = &plan.full;
        let full_fits = full.fits_decimals(plan.decimals);
        Kernels {
            items: plan.items.iter().map(kernel).collect(),
            bonus: plan.bonus.iter().map(kernel).collect(),
            deductions: plan.deductions.iter().map(kernel).collect(),
            vetoes: plan
                .vetoes
                .iter()
                .map(|veto| Predicate::compile(plan, &veto.test))
                .collect(),
            whole_totals: plan.total_decimals == plan.decimals
                && plan.sections.iter().all(|section| !section.weighted)
                && (plan.exceed_full || full_fits),
            full: (!plan.exceed_full)
                .then(|| full.round(plan.decimals, plan.rounding))
                .flatten(),
        }
    }
}

/// What every block of a run shares.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) observations: &'a Observations,
    pub(super) prepared: &'a Prepared,
    pub(super) groups: &'a Groups,
    pub(super) kernels: &'a Kernels,
}

/// Room for one block's results and for what is between, used again and again.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) columns: Columns,
    scratch: Scratch,
    marks: Marks,
    /// Rows on which no veto holds.
    quiet: Vec<bool>,
    /// Rows whose points are sums of whole numbers.
    ordinary: Vec<bool>,
    /// Rows that reach a grade.
    holds: Vec<bool>,
}

impl Room {
    pub(super) fn new(plan: &Plan, rows: usize) -> Room {
        Room {
            columns: Columns::with_rows(plan, rows),
            scratch: Scratch::new(rows),
            marks: Marks::new(rows),
            quiet: vec![true; rows],
            ordinary: vec![true; rows],
            holds: vec![true; rows],
        }
    }
}

impl Run<'_> {
    pub(super) fn block(&self, from: usize, to: usize) -> (Columns, Faults) {
        let mut room = Room::new(self.plan, to - from);
        let faults = self.block_in(from, to, &mut room);
        (room.columns, faults)
    }

    /// The same in a room that was made for as many rows.
    pub(super) fn block_in(&self, from: usize, to: usize, room: &mut Room) -> Faults {
        let mut work = Work {
            run: self,
            block: Block {
                columns: &self.observations.0.columns,
                from,
                to,
            },
            columns: std::mem::take(&mut room.columns),
            faults: Faults::new(),
            room,
        };
        work.items();
        work.extras();
        work.vetoes();
        work.add_up();
        let (columns, faults) = (work.columns, work.faults);
        room.columns = columns;
        faults
    }
}

struct Work<'a> {
    run: &'a Run<'a>,
    block: Block<'a>,
    columns: Columns,
    faults: Faults,
    room: &'a mut Room,
}

/// Bonus or deduction.
#[derive(Clone, Copy)]
enum Extra {
    Bonus,
    Deduction,
}

impl Extra {
    fn name(self) -> &'static str {
        match self {
            Extra::Bonus => "bonus",
            Extra::Deduction => "deductions",
        }
    }
}

impl Work<'_> {
    fn rows(&self) -> usize {
        self.block.to - self.block.from
    }

    /// Runs a kernel into a column; the rows that it leaves are returned.
    fn kernel(
        &mut self,
        kernel: Option<&Kernel>,
        points: &mut [i64],
        states: &mut [State],
    ) -> Option<Vec<usize>> {
        let Room { scratch, marks, .. } = &mut *self.room;
        kernel?.mark(&self.block, scratch, marks)?;
        for (into, from) in points.iter_mut().zip(&marks.points) {
            *into = if from.is_nan() { NONE } else { *from as i64 };
        }
        states.copy_from_slice(&marks.states[..states.len()]);
        let mut long = std::mem::take(&mut marks.long);
        once_each(&mut long);
        Some(long)
    }

    fn items(&mut self) {
        let run = self.run;
        for (i, item) in run.plan.items.iter().enumerate() {
            let mut points = std::mem::take(&mut self.columns.items[i]);
            let mut states = std::mem::take(&mut self.columns.states[i]);
            let long = self.kernel(run.kernels.items[i].as_ref(), &mut points, &mut states);
            for row in long.unwrap_or_else(|| (0..points.len()).collect()) {
                let own = run
                    .observations
                    .own_row(&run.plan.measures, self.block.from + row, i);
                let (exact, state) = self.exact(item, row, &own, false);
                points[row] = exact.unwrap_or(NONE);
                states[row] = state;
            }
            self.columns.items[i] = points;
            self.columns.states[i] = states;
        }
    }

    fn extras(&mut self) {
        let Run {
            plan, observations, ..
        } = *self.run;
        for extra in [Extra::Bonus, Extra::Deduction] {
            let (items, kernels, cap) = match extra {
                Extra::Bonus => (&plan.bonus, &self.run.kernels.bonus, plan.bonus_cap),
                Extra::Deduction => (
                    &plan.deductions,
                    &self.run.kernels.deductions,
                    plan.deduction_cap,
                ),
            };
            let mut sums = std::mem::take(match extra {
                Extra::Bonus => &mut self.columns.bonus,
                Extra::Deduction => &mut self.columns.deductions,
            });
            sums.fill(0);
            // Bonuses stand behind the items, deductions behind the bonuses.
            let before = match extra {
                Extra::Bonus => plan.items.len(),
                Extra::Deduction => plan.items.len() + plan.bonus.len(),
            };
            for (i, item) in items.iter().enumerate() {
                let (points, states) = self.columns.extra(extra, i);
                let (mut points, mut states) = (std::mem::take(points), std::mem::take(states));
                let long = self.kernel(kernels[i].as_ref(), &mut points, &mut states);
                let mut long = long.unwrap_or_else(|| (0..points.len()).collect());
                long.extend((0..points.len()).filter(|row| states[*row].is_missing()));
                once_each(&mut long);
                for row in long {
                    let at = self.block.from + row;
                    let own = observations.own_row(&plan.measures, at, before + i);
                    let (exact, state) = self.exact(item, row, &own, true);
                    // A blank 扣分项 or 加分项 is none; one with a blank part counts the others.
                    let earned = exact.filter(|points| *points != 0 || !state.is_missing());
                    points[row] = earned.unwrap_or(NONE);
                    states[row] = state;
                }
                for (sum, points) in sums.iter_mut().zip(&points) {
                    *sum = sum.saturating_add(if *points == NONE { 0 } else { *points });
                }
                let held = self.columns.extra(extra, i);
                (*held.0, *held.1) = (points, states);
            }
            for (row, sum) in sums.iter_mut().enumerate() {
                *sum = cap.map_or(*sum, |cap| (*sum).min(cap));
                if *sum == i64::MAX {
                    self.fault(row, unpublishable(extra.name()).found(*sum));
                }
            }
            match extra {
                Extra::Bonus => self.columns.bonus = sums,
                Extra::Deduction => self.columns.deductions = sums,
            }
        }
    }

    /// Judges the vetoes, and notes on which rows none of them holds.
    fn vetoes(&mut self) {
        self.room.quiet.fill(true);
        for (i, veto) in self.run.plan.vetoes.iter().enumerate() {
            let mut outcomes = std::mem::take(&mut self.columns.vetoes[i]);
            let mut long = Vec::new();
            let predicate = self.run.kernels.vetoes[i].as_ref();
            let scratch = &mut self.room.scratch;
            let judged =
                predicate.and_then(|p| p.outcomes(&self.block, scratch, &mut long, &mut outcomes));
            if judged.is_none() {
                long = (0..outcomes.len()).collect();
            }
            for row in long {
                let cells = self
                    .run
                    .observations
                    .row(&self.run.plan.measures, self.block.from + row);
                outcomes[row] = veto.test.outcomes(&cells);
            }
            for (quiet, outcomes) in self.room.quiet.iter_mut().zip(&outcomes) {
                *quiet &= !outcomes.holds();
            }
            self.columns.vetoes[i] = outcomes;
        }
    }

    /// Sections, totals and grades: ordinary rows column by column, the others one by one.
    fn add_up(&mut self) {
        let mut ordinary = std::mem::take(&mut self.room.ordinary);
        ordinary.copy_from_slice(&self.room.quiet);
        if !self.run.kernels.whole_totals {
            ordinary.fill(false);
        }
        for column in &self.columns.items {
            for (ordinary, points) in ordinary.iter_mut().zip(column) {
                *ordinary &= *points != NONE;
            }
        }
        if ordinary.contains(&true) {
            self.add_ordinary();
        }
        for row in (0..self.rows()).filter(|row| !ordinary[*row]) {
            self.add_exact(row);
        }
        self.room.ordinary = ordinary;
    }

    /// Adds up all rows as if each were ordinary.
    fn add_ordinary(&mut self) {
        let plan = self.run.plan;
        for (id, section) in plan.sections.iter().enumerate().rev() {
            let mut sum = std::mem::take(&mut self.columns.sections[id]);
            sum.fill(0);
            for &item in &section.items {
                add(&mut sum, &self.columns.items[item]);
            }
            for &child in &section.sections {
                add(&mut sum, &self.columns.sections[child]);
            }
            self.columns.sections[id] = sum;
        }
        let mut before = std::mem::take(&mut self.columns.before_bonus);
        before.fill(0);
        for &section in &plan.top {
            add(&mut before, &self.columns.sections[section]);
        }
        let mut totals = std::mem::take(&mut self.columns.totals);
        let most = self.run.kernels.full.unwrap_or(i64::MAX);
        for (row, before) in before.iter_mut().enumerate() {
            *before = before.wrapping_sub(self.columns.deductions[row]);
            let total = before.wrapping_add(self.columns.bonus[row]).min(most);
            totals[row] = total.max(0);
            *before = (*before).max(0);
        }
        self.columns.totals = totals;
        self.columns.before_bonus = before;
        self.grade_ordinary();
    }

    /// From the last grade to the best: the best that holds stays.
    fn grade_ordinary(&mut self) {
        let plan = self.run.plan;
        let columns = &mut self.columns;
        columns.grades.fill(NO_GRADE);
        let holds = &mut self.room.holds;
        for (position, grade) in plan.grades.iter().enumerate().rev() {
            holds.fill(true);
            let mut wants = |column: &[i64], mark: i64| {
                for (holds, points) in holds.iter_mut().zip(column) {
                    *holds &= *points >= mark;
                }
            };
            if let Some(mark) = grade.total {
                wants(&columns.totals, mark);
            }
            if let Some(mark) = grade.before_bonus {
                wants(&columns.before_bonus, mark);
            }
            for (part, mark) in &grade.marks {
                match part {
                    Part::Section(section) => wants(&columns.sections[*section], *mark),
                    Part::Item(item) => wants(&columns.items[*item], *mark),
                }
            }
            if let Some((least, sections)) = &grade.count {
                for (row, holds) in holds.iter_mut().enumerate() {
                    let reached = sections
                        .iter()
                        .filter(|(id, mark)| columns.sections[*id][row] >= *mark);
                    *holds &= reached.count() >= *least as usize;
                }
            }
            let position = u16::try_from(position).unwrap_or(NO_GRADE);
            for (held, holds) in columns.grades.iter_mut().zip(holds.iter()) {
                *held = if *holds { position } else { *held };
            }
        }
        columns.earned.copy_from_slice(&columns.grades);
    }

    /// One row with something excluded, vetoed, weighted or rounded otherwise.
    fn add_exact(&mut self, row: usize) {
        let plan = self.run.plan;
        let some = |points: &i64| Some(*points).filter(|points| *points != NONE);
        let mut published = Published {
            items: self
                .columns
                .items
                .iter()
                .map(|column| some(&column[row]))
                .collect(),
            sections: Vec::new(),
        };
        let vetoes: Vec<Outcomes> = self
            .columns
            .vetoes
            .iter()
            .map(|column| column[row])
            .collect();
        let (bonus, deductions) = (self.columns.bonus[row], self.columns.deductions[row]);
        let totals = plan
            .add_up(&mut published, &vetoes)
            .and_then(|()| plan.totals(&published, bonus, deductions, &vetoes));
        let totals = totals.unwrap_or_else(|fault| {
            self.fault(row, fault);
            Totals::default()
        });
        let columns = &mut self.columns;
        for (column, points) in columns.items.iter_mut().zip(&published.items) {
            column[row] = points.unwrap_or(NONE);
        }
        for (i, column) in columns.sections.iter_mut().enumerate() {
            column[row] = published.sections.get(i).copied().flatten().unwrap_or(NONE);
        }
        columns.totals[row] = totals.total.unwrap_or(NONE);
        columns.before_bonus[row] = totals.before_bonus.unwrap_or(NONE);
        columns.earned[row] = grade_code(totals.earned);
        columns.grades[row] = grade_code(totals.grade);
    }

    fn fault(&mut self, row: usize, fault: Fault) {
        let row = self.block.from + row;
        let code = &self.run.observations.codes()[row];
        let subject = match &fault.subject {
            Some(subject) => format!("{code} {subject}"),
            None => code.clone(),
        };
        self.faults
            .push(fault.at(self.run.observations.place(row)).about(subject));
    }

    /// An item's published points and its state, exactly. `own` is what its value sees.
    fn exact(
        &mut self,
        item: &ItemPlan,
        row: usize,
        own: &dyn Row,
        blank_is_none: bool,
    ) -> (Option<i64>, State) {
        let run = self.run;
        let at = self.block.from + row;
        let cells = run.observations.row(&run.plan.measures, at);
        let cohorts = RowCohorts {
            prepared: run.prepared,
            groups: run.groups,
            slots: &run.plan.slots,
            row: at,
        };
        let marker = Marker {
            plan: run.plan,
            row: &cells,
            own,
            cohorts: &cohorts,
            blank_is_none,
            blank_is_no_fault: run.observations.0.partial.get(at).copied().unwrap_or(false),
        };
        let marked = match run.observations.0.unit_points.get(&item.code) {
            Some(rolled) => rolled_up(&marker, item, &rolled[at]),
            None => marker.item(item),
        };
        let published = marked.and_then(|marked| {
            let points = marked.points.as_ref();
            let scaled = points
                .map(|points: &Rational| publish(run.plan, &item.code, points))
                .transpose()?;
            Ok((scaled, marked.state))
        });
        published.unwrap_or_else(|fault| {
            self.fault(row, fault);
            (None, State::EMPTY)
        })
    }
}

pub(crate) fn grade_code(grade: Option<usize>) -> u16 {
    grade
        .and_then(|grade| u16::try_from(grade).ok())
        .unwrap_or(NO_GRADE)
}

/// Several parts may leave the same row to the exact way, which tells its faults once.
fn once_each(rows: &mut Vec<usize>) {
    rows.sort_unstable();
    rows.dedup();
}

fn add(sum: &mut [i64], column: &[i64]) {
    for (sum, points) in sum.iter_mut().zip(column) {
        *sum = sum.wrapping_add(*points);
    }
}

fn rolled_up(marker: &Marker<'_>, item: &ItemPlan, points: &UnitPoints) -> Result<Marked, Fault> {
    match points {
        UnitPoints::Points(points) => Ok(Marked::of_units(points.clone())),
        UnitPoints::NotApplicable => Ok(Marked::not_applicable()),
        UnitPoints::Given => marker.item(item),
        UnitPoints::Missing => marker.missing_units(item),
    }
}

impl Columns {
    pub(crate) fn empty(plan: &Plan) -> Columns {
        Columns::with_rows(plan, 0)
    }

    fn with_rows(plan: &Plan, rows: usize) -> Columns {
        let points = |count: usize| vec![vec![0i64; rows]; count];
        let states = |count: usize| vec![vec![State::EMPTY; rows]; count];
        Columns {
            items: points(plan.items.len()),
            states: states(plan.items.len()),
            sections: points(plan.sections.len()),
            bonus_items: points(plan.bonus.len()),
            bonus_states: states(plan.bonus.len()),
            deduction_items: points(plan.deductions.len()),
            deduction_states: states(plan.deductions.len()),
            vetoes: vec![vec![Outcomes::FALSE; rows]; plan.vetoes.len()],
            bonus: vec![0; rows],
            deductions: vec![0; rows],
            totals: vec![0; rows],
            before_bonus: vec![0; rows],
            earned: vec![NO_GRADE; rows],
            grades: vec![NO_GRADE; rows],
        }
    }

    fn extra(&mut self, extra: Extra, item: usize) -> (&mut Vec<i64>, &mut Vec<State>) {
        match extra {
            Extra::Bonus => (&mut self.bonus_items[item], &mut self.bonus_states[item]),
            Extra::Deduction => (
                &mut self.deduction_items[item],
                &mut self.deduction_states[item],
            ),
        }
    }

    pub(super) fn append(&mut self, mut other: Columns) {
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
