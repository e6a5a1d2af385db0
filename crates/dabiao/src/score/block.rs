//! One block of rows through the plan: items by kernels where they have one, then sections,
//! totals and grades in whole numbers; a row that is out of the ordinary goes the exact way.

use super::output::{Results, ResultsMut, Stretch};
use super::run::{Compiled, RowCohorts};
use super::vectors::{add, place, reach, totalled, whole};
use super::{Leaf, LeafColumn, NO_GRADE, NONE};
use crate::fault::{Fault, Faults};
use crate::observations::{Observations, UnitPoints};
use crate::plan::kernel::{Block, DirectRoom, Kernel, Marks, Scratch};
use crate::plan::marking::{Marked, Marker};
use crate::plan::node::{Outcomes, Row};
use crate::plan::total::{Published, publish, unpublishable};
use crate::plan::{EffectPlan, ItemPlan, Part, Plan, State};
use crate::rational::Rational;

/// What every block of a run shares.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) observations: &'a Observations,
    pub(super) compiled: &'a Compiled,
}

/// Room for what is between cells and results, used for one block after the other.
#[derive(Debug)]
pub(super) struct Room {
    tools: Tools,
    results: Results,
    /// Items, bonuses and deductions, in the order of [`Leaf::all`]; without rows as long as
    /// nobody marked them.
    pub(super) leaves: Vec<LeafColumn>,
    /// Rows on which no veto holds.
    quiet: Vec<bool>,
    /// Rows whose points are sums of whole numbers.
    ordinary: Vec<bool>,
    /// Rows that reach a grade.
    holds: Vec<bool>,
    /// A section's points on the shortest way.
    sums: Vec<f64>,
    direct: DirectRoom,
}

impl Room {
    pub(super) fn new(plan: &Plan, rows: usize) -> Room {
        Room {
            tools: Tools::new(rows),
            results: Results::new(plan, rows),
            leaves: Leaf::all(plan).map(|_| LeafColumn::default()).collect(),
            quiet: vec![true; rows],
            ordinary: vec![true; rows],
            holds: vec![true; rows],
            sums: vec![0.0; rows],
            direct: DirectRoom::default(),
        }
    }
}

/// What kernels work with.
#[derive(Debug)]
struct Tools {
    scratch: Scratch,
    marks: Marks,
}

impl Tools {
    fn new(rows: usize) -> Tools {
        Tools {
            scratch: Scratch::new(rows),
            marks: Marks::new(rows),
        }
    }
}

impl Run<'_> {
    /// Scores the rows of a stretch, the first of which is `from`, block by block; the room was
    /// made for so many rows a block. With the faults comes whether the columns hold the results.
    pub(super) fn stretch(
        &self,
        from: usize,
        rows: usize,
        room: &mut Room,
        mut out: Stretch<'_>,
    ) -> (Faults, bool) {
        let (mut faults, mut fits) = (Faults::new(), true);
        for first in (0..out.len()).step_by(rows) {
            let rows = rows.min(out.len() - first);
            faults.extend(self.block(from + first, rows, room));
            fits &= out.store(first, &mut room.results, rows);
        }
        (faults, fits)
    }

    fn block(&self, from: usize, rows: usize, room: &mut Room) -> Faults {
        let mut work = Work {
            tools: std::mem::replace(&mut room.tools, Tools::new(0)),
            ..Work::bare(self, from, from + rows)
        };
        // The results are filled beside the room, not within it.
        let mut results = std::mem::replace(&mut room.results, Results::new(self.plan, 0));
        let mut adding = Adding {
            room,
            out: results.rows(rows),
        };
        work.vetoes(&mut adding);
        if !work.directly(&mut adding) {
            adding.out.seen.fill(State::EMPTY);
            work.leaves(&mut adding, Leaf::all(self.plan).collect());
            work.extras(&mut adding);
            work.add_up(&mut adding);
        }
        room.tools = work.tools;
        room.results = results;
        work.faults
    }
}

/// One block on its way through the plan.
pub(super) struct Work<'a> {
    run: &'a Run<'a>,
    block: Block<'a>,
    tools: Tools,
    faults: Faults,
}

/// Where a block's results go.
struct Adding<'a> {
    room: &'a mut Room,
    out: ResultsMut<'a>,
}

impl<'a> Work<'a> {
    fn bare(run: &'a Run<'a>, from: usize, to: usize) -> Work<'a> {
        Work {
            run,
            block: Block {
                columns: &run.observations.0.columns,
                from,
                to,
            },
            tools: Tools::new(0),
            faults: Faults::new(),
        }
    }

    /// A block of at most [`LANES`](crate::plan::kernel::LANES) rows.
    pub(super) fn new(run: &'a Run<'a>, from: usize, to: usize) -> Work<'a> {
        Work {
            tools: Tools::new(to - from),
            ..Work::bare(run, from, to)
        }
    }

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
        let Tools { scratch, marks } = &mut self.tools;
        kernel?.mark(&self.block, scratch, marks)?;
        for (into, from) in points.iter_mut().zip(&marks.points) {
            *into = if from.is_nan() { NONE } else { *from as i64 };
        }
        states.copy_from_slice(&marks.states[..states.len()]);
        let mut long = std::mem::take(&mut marks.long);
        once_each(&mut long);
        Some(long)
    }

    /// Marks an item, a bonus or a deduction on all rows of the block.
    pub(super) fn leaf(&mut self, leaf: Leaf, points: &mut [i64], states: &mut [State]) {
        let run = self.run;
        let Some(item) = leaf.plan(run.plan) else {
            return;
        };
        let kernels = &run.compiled.kernels;
        let kernel = match leaf {
            Leaf::Item(at) => &kernels.items[at],
            Leaf::Bonus(at) => &kernels.bonus[at],
            Leaf::Deduction(at) => &kernels.deductions[at],
        };
        let long = self.kernel(kernel.as_ref(), points, states);
        let mut long = long.unwrap_or_else(|| (0..points.len()).collect());
        let extra = !matches!(leaf, Leaf::Item(_));
        if extra && kernel.as_ref().is_some_and(Kernel::is_lone) {
            // A blank 扣分项 or 加分项 is none.
            for (points, state) in points.iter_mut().zip(&*states) {
                *points = if state.is_missing() { NONE } else { *points };
            }
        } else if extra {
            long.extend((0..points.len()).filter(|row| states[*row].is_missing()));
            once_each(&mut long);
        }
        let place = leaf.place(run.plan);
        for row in long {
            let at = self.block.from + row;
            let own = run.observations.own_row(&run.plan.measures, at, place);
            let (exact, state) = self.exact(item, row, &own, extra);
            // A blank 扣分项 or 加分项 is none; one with a blank part counts the others.
            let earned = exact.filter(|points| !extra || *points != 0 || !state.is_missing());
            points[row] = earned.unwrap_or(NONE);
            states[row] = state;
        }
    }

    /// All items by the shortest way, and what follows from their sums; `false` where the block
    /// has a row for which that is too short.
    fn directly(&mut self, adding: &mut Adding<'_>) -> bool {
        let run = self.run;
        let rows = self.rows();
        let quiet = &adding.room.quiet[..rows];
        // A veto that zeroes wants to know the items.
        let zeroing = run
            .plan
            .vetoes
            .iter()
            .flat_map(|veto| &veto.effects)
            .any(|effect| matches!(effect, EffectPlan::ZeroItem(_) | EffectPlan::ZeroSection(_)));
        let Some(direct) = &run.compiled.kernels.direct else {
            return false;
        };
        if zeroing && quiet.contains(&false) {
            return false;
        }
        let Room {
            sums, direct: room, ..
        } = &mut *adding.room;
        let sums = &mut sums[..rows];
        adding.out.seen.fill(State::EMPTY);
        let mut order = run.plan.sections.iter().flat_map(|section| &section.items);
        order.next();
        for (section, out) in run.plan.sections.iter().zip(&mut adding.out.sections) {
            sums.fill(0.0);
            for item in &section.items {
                let next = order.next().map(|item| &direct[*item]);
                let ahead = next.map_or(&[][..], |next| next.memory(&self.block));
                if !direct[*item].mark(&self.block, ahead, room, sums) {
                    return false;
                }
                for row in &room.missing {
                    adding.out.seen[*row] = adding.out.seen[*row].or(State::BLANK);
                }
            }
            whole(sums, out);
        }
        let items = run.plan.items.len();
        self.leaves(adding, Leaf::all(run.plan).skip(items).collect());
        self.extras(adding);
        adding.add_sections(run);
        if adding.room.quiet[..rows].contains(&false) {
            for row in 0..rows {
                if !adding.room.quiet[row] {
                    self.add_totals(adding, row, None);
                }
            }
        }
        true
    }

    /// Marks leaves on all rows, one by one.
    fn leaves(&mut self, adding: &mut Adding<'_>, leaves: Vec<Leaf>) {
        let rows = self.rows();
        for leaf in leaves {
            let column = &mut adding.room.leaves[leaf.place(self.run.plan)];
            if column.points.len() < rows {
                *column = LeafColumn::with_rows(rows);
            }
            let (points, states) = (&mut column.points[..rows], &mut column.states[..rows]);
            self.leaf(leaf, points, states);
            for (seen, state) in adding.out.seen.iter_mut().zip(states) {
                *seen = seen.or(*state);
            }
        }
    }

    fn extras(&mut self, adding: &mut Adding<'_>) {
        let plan = self.run.plan;
        let (items, bonus) = (plan.items.len(), plan.bonus.len());
        let (leaves, out) = (&adding.room.leaves, &mut adding.out);
        let (bonus, deductions) = leaves[items..].split_at(bonus);
        for (columns, sums, cap, name) in [
            (bonus, &mut *out.bonus, plan.bonus_cap, "bonus"),
            (
                deductions,
                &mut *out.deductions,
                plan.deduction_cap,
                "deductions",
            ),
        ] {
            sums.fill(0);
            if columns.is_empty() {
                continue;
            }
            for column in columns {
                for (sum, points) in sums.iter_mut().zip(&column.points) {
                    *sum = sum.saturating_add(if *points == NONE { 0 } else { *points });
                }
            }
            for (row, sum) in sums.iter_mut().enumerate() {
                *sum = cap.map_or(*sum, |cap| (*sum).min(cap));
                if *sum == i64::MAX {
                    self.fault(row, unpublishable(name).found(*sum));
                }
            }
        }
    }

    /// Judges the vetoes, and notes on which rows none of them holds.
    fn vetoes(&mut self, adding: &mut Adding<'_>) {
        let quiet = &mut adding.room.quiet[..self.block.to - self.block.from];
        quiet.fill(true);
        for (i, veto) in self.run.plan.vetoes.iter().enumerate() {
            let outcomes = &mut *adding.out.vetoes[i];
            let mut long = Vec::new();
            let predicate = self.run.compiled.kernels.vetoes[i].as_ref();
            let scratch = &mut self.tools.scratch;
            let judged =
                predicate.and_then(|p| p.outcomes(&self.block, scratch, &mut long, outcomes));
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
            for (quiet, outcomes) in quiet.iter_mut().zip(outcomes) {
                *quiet &= !outcomes.holds();
            }
        }
    }

    /// Sections, totals and grades: ordinary rows column by column, the others one by one.
    fn add_up(&mut self, adding: &mut Adding<'_>) {
        let rows = self.rows();
        let mut ordinary = std::mem::take(&mut adding.room.ordinary);
        ordinary[..rows].copy_from_slice(&adding.room.quiet[..rows]);
        if !self.run.compiled.kernels.whole_totals {
            ordinary.fill(false);
        }
        for column in &adding.room.leaves[..self.run.plan.items.len()] {
            for (ordinary, points) in ordinary.iter_mut().zip(&column.points[..rows]) {
                *ordinary &= *points != NONE;
            }
        }
        if ordinary[..rows].contains(&true) {
            adding.add_ordinary(self.run);
        }
        for row in (0..rows).filter(|row| !ordinary[*row]) {
            self.add_exact(adding, row);
        }
        adding.room.ordinary = ordinary;
    }

    /// One row with something excluded, vetoed, weighted or rounded otherwise.
    fn add_exact(&mut self, adding: &mut Adding<'_>, row: usize) {
        let plan = self.run.plan;
        let items = adding.room.leaves[..plan.items.len()].iter();
        let published = Published {
            items: items.map(|column| some(column.points[row])).collect(),
            sections: Vec::new(),
        };
        self.add_totals(adding, row, Some(published));
    }

    /// The totals and the grade of one row, from its items or else from its sections.
    fn add_totals(&mut self, adding: &mut Adding<'_>, row: usize, items: Option<Published>) {
        let plan = self.run.plan;
        let out = &mut adding.out;
        let vetoes: Vec<Outcomes> = out.vetoes.iter().map(|column| column[row]).collect();
        let (bonus, deductions) = (out.bonus[row], out.deductions[row]);
        let published = match items {
            Some(mut published) => plan.add_up(&mut published, &vetoes).map(|()| published),
            None => Ok(Published {
                items: Vec::new(),
                sections: out
                    .sections
                    .iter()
                    .map(|column| some(column[row]))
                    .collect(),
            }),
        };
        let totals = published.and_then(|published| {
            let totals = plan.totals(&published, bonus, deductions, &vetoes)?;
            Ok((published, totals))
        });
        let (published, totals) = totals.unwrap_or_else(|fault| {
            self.fault(row, fault);
            Default::default()
        });
        for (i, column) in out.sections.iter_mut().enumerate() {
            column[row] = published.sections.get(i).copied().flatten().unwrap_or(NONE);
        }
        out.totals[row] = totals.total.unwrap_or(NONE);
        out.before_bonus[row] = totals.before_bonus.unwrap_or(NONE);
        out.earned[row] = grade_code(totals.earned);
        out.grades[row] = grade_code(totals.grade);
        for (column, points) in adding.room.leaves.iter_mut().zip(&published.items) {
            column.points[row] = points.unwrap_or(NONE);
        }
    }

    fn fault(&mut self, row: usize, fault: Fault) {
        let row = self.block.from + row;
        let code = &self.run.observations.codes()[row];
        let subject = match &fault.subject {
            Some(subject) => format!("{code} {subject}"),
            None => code.to_owned(),
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
            prepared: &run.compiled.prepared,
            groups: &run.compiled.groups,
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

impl Adding<'_> {
    /// Adds up all rows as if each were ordinary.
    fn add_ordinary(&mut self, run: &Run<'_>) {
        for (section, sum) in run.plan.sections.iter().zip(&mut self.out.sections) {
            sum.fill(0);
            for &item in &section.items {
                add(sum, &self.room.leaves[item].points);
            }
        }
        self.add_sections(run);
    }

    /// The same from each section's own items.
    fn add_sections(&mut self, run: &Run<'_>) {
        let plan = run.plan;
        let out = &mut self.out;
        for (id, section) in plan.sections.iter().enumerate().rev() {
            let (upper, lower) = out.sections.split_at_mut(id + 1);
            let Some(sum) = upper.last_mut() else {
                continue;
            };
            for &child in &section.sections {
                // A section comes before its sections.
                add(sum, lower[child - id - 1]);
            }
        }
        let before = &mut *out.before_bonus;
        before.fill(0);
        for &section in &plan.top {
            add(before, out.sections[section]);
        }
        let most = run.compiled.kernels.full.unwrap_or(i64::MAX);
        totalled(before, out.totals, out.deductions, out.bonus, most);
        self.grade_ordinary(plan);
    }

    /// From the last grade to the best: the best that holds stays.
    fn grade_ordinary(&mut self, plan: &Plan) {
        let out = &mut self.out;
        let rows = out.grades.len();
        out.grades.fill(NO_GRADE);
        let holds = &mut self.room.holds[..rows];
        for (position, grade) in plan.grades.iter().enumerate().rev() {
            holds.fill(true);
            let mut wants = |column: &[i64], mark: i64| reach(column, mark, holds);
            if let Some(mark) = grade.total {
                wants(out.totals, mark);
            }
            if let Some(mark) = grade.before_bonus {
                wants(out.before_bonus, mark);
            }
            for (part, mark) in &grade.marks {
                match part {
                    Part::Section(section) => wants(out.sections[*section], *mark),
                    Part::Item(item) => wants(&self.room.leaves[*item].points, *mark),
                }
            }
            if let Some((least, sections)) = &grade.count {
                for (row, holds) in holds.iter_mut().enumerate() {
                    let reached = sections
                        .iter()
                        .filter(|(id, mark)| out.sections[*id][row] >= *mark);
                    *holds &= reached.count() >= *least as usize;
                }
            }
            let position = u16::try_from(position).unwrap_or(NO_GRADE);
            place(holds, position, out.grades);
        }
        out.earned.copy_from_slice(out.grades);
    }
}

fn some(points: i64) -> Option<i64> {
    Some(points).filter(|points| *points != NONE)
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

fn rolled_up(marker: &Marker<'_>, item: &ItemPlan, points: &UnitPoints) -> Result<Marked, Fault> {
    match points {
        UnitPoints::Points(points) => Ok(Marked::of_units(points.clone())),
        UnitPoints::NotApplicable => Ok(Marked::not_applicable()),
        UnitPoints::Given => marker.item(item),
        UnitPoints::Missing => marker.missing_units(item),
    }
}
