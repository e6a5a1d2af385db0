//! Phases become one result: the last that marked an item, or all of them weighted (§2.12).

use std::sync::Arc;

use super::rollup::PhaseTable;
use crate::fault::{Fault, Faults};
use crate::memory::Cells;
use crate::observations::{Column, Observations, Table, UnitPoints};
use crate::plan::node::{Outcomes, Reading, Row};
use crate::plan::total::Published;
use crate::plan::{ItemPlan, Plan, State};
use crate::rational::Rational;
use crate::score::{Columns, Details, Leaf, LeafColumn, NO_GRADE, NONE, Scores, ranks};
use crate::standard::Standard;

/// One table out of the tables of all phases, in their order.
///
/// An item's own measures are those of the last phase that has marked any of them; a condition
/// takes each measure from the last phase that has it. Where phases are weighted, both are of
/// the last phase in which the community has a card.
pub(super) fn compose(
    standard: &Standard,
    tables: &[PhaseTable],
    weighted: bool,
) -> Option<Observations> {
    let plan = standard.plan();
    let (last, _) = tables.split_last()?;
    let mut table = Table {
        codes: last.observations.0.codes.clone(),
        attributes: last.observations.0.attributes.clone(),
        earlier: tables
            .iter()
            .map(|phase| phase.observations.0.columns.clone())
            .collect(),
        ..Table::default()
    };
    let rows = table.codes.len();
    table.incomplete = vec![false; rows];
    let alone = plan.looked_at_alone();
    for measure in 0..plan.measures.len() {
        let holds = |phase: &PhaseTable, row: usize| match weighted {
            true => phase.present[row],
            false => phase.touched.any(plan.base(measure), row),
        };
        let column = last_marked(plan, tables, measure, rows, &holds);
        table.columns.push(column);
        if alone.contains(&measure) {
            for (row, held) in table.incomplete.iter_mut().enumerate() {
                let phase = tables
                    .iter()
                    .rfind(|phase| holds(phase, row))
                    .unwrap_or(last);
                *held |= phase.incomplete.contains(&(row as u32, measure));
            }
        }
    }
    for (position, item) in plan.all_items().enumerate() {
        let newest = |row| {
            tables.iter().rposition(|phase| match weighted {
                true => phase.present[row],
                false => marked(plan, phase, item, row),
            })
        };
        let of_row = |row| newest(row).unwrap_or(tables.len() - 1);
        let phases: Vec<u8> = (0..rows).map(|row| of_row(row) as u8).collect();
        let extra = plan.measures.len() + position;
        for (row, phase) in phases.iter().enumerate() {
            let incomplete = &tables[usize::from(*phase)].incomplete;
            let mut own = item.own.iter().copied().chain([extra]);
            table.incomplete[row] |= own.any(|what| incomplete.contains(&(row as u32, what)));
        }
        if item.each.is_some() {
            let points = phases.iter().enumerate().map(|(row, phase)| {
                let held = &tables[usize::from(*phase)].observations.0.unit_points;
                held.get(&item.code)
                    .map_or(UnitPoints::Missing, |points| points[row].clone())
            });
            table
                .unit_points
                .insert(item.code.clone(), points.collect());
        }
        table.phases.push(phases);
    }
    Some(Observations(Arc::new(table)))
}

/// Whether a phase has marked any of an item's own measures: a cell stands in the community's
/// row or in any unit's of it, whatever it came to.
pub(super) fn marked(plan: &Plan, phase: &PhaseTable, item: &ItemPlan, row: usize) -> bool {
    let mut own = item.own.iter().map(|measure| plan.base(*measure));
    let filled = |measure: &usize| phase.filled.contains(measure);
    own.clone().all(|measure| filled(&measure))
        || own.any(|measure| !filled(&measure) && phase.touched.any(measure, row))
}

/// A measure's column, each cell from the last phase that has it.
fn last_marked(
    plan: &Plan,
    tables: &[PhaseTable],
    measure: usize,
    rows: usize,
    holds: &dyn Fn(&PhaseTable, usize) -> bool,
) -> Column {
    if let [only] = tables {
        return only.observations.0.columns[measure].clone();
    }
    let kind = plan.measures[measure].kind;
    let phase_of = |row: usize| {
        tables
            .iter()
            .rfind(|phase| holds(phase, row))
            .or(tables.last())
    };
    fn column(phase: &PhaseTable, measure: usize) -> &Column {
        match &phase.observations.0.columns[measure] {
            Column::Same(base) => &phase.observations.0.columns[*base],
            column => column,
        }
    }
    let mixed = tables
        .iter()
        .any(|phase| matches!(column(phase, measure), Column::Mixed(_)));
    if mixed {
        let cell = |row| {
            let phase = phase_of(row)?;
            let cells = phase.observations.row(&plan.measures, row);
            Some(Row::labels(&cells, measure).map_or_else(
                || column(phase, measure).code(row).map(|code| vec![code]),
                |labels| Reading::Value(labels.to_vec()),
            ))
        };
        return Column::Mixed(
            (0..rows)
                .map(|row| cell(row).unwrap_or(Reading::Missing))
                .collect(),
        );
    }
    let cell = |row| phase_of(row).map(|phase| column(phase, measure).number(row, kind));
    Column::Exact(
        (0..rows)
            .map(|row| cell(row).unwrap_or(Reading::Missing))
            .collect(),
    )
}

fn outcomes(scores: &Scores, row: usize) -> Vec<Outcomes> {
    let vetoes = scores.columns.vetoes.iter();
    vetoes.map(|column| column[row]).collect()
}

/// One phase's section points under the vetoes of the last phase: what they zero is zero in
/// every phase, and what only an earlier phase's veto zeroed is not.
fn sections_under(
    plan: &Plan,
    scores: &Scores,
    row: usize,
    vetoes: &[Outcomes],
) -> Result<Vec<i64>, Fault> {
    if !plan.zeroes(vetoes) && !plan.zeroes(&outcomes(scores, row)) {
        let sections = scores.columns.sections.iter();
        return Ok(sections.map(|column| column.at(row)).collect());
    }
    let items = (0..plan.items.len()).map(|item| scores.earned_at(item, row));
    let mut published = Published {
        items: items.collect(),
        sections: Vec::new(),
    };
    plan.add_up(&mut published, vetoes)?;
    let sections = published.sections.iter();
    Ok(sections.map(|points| points.unwrap_or(NONE)).collect())
}

/// Phases weighted by section points, rounded once; everything else from the last phase that
/// has a card.
pub(super) fn weigh(
    standard: &Standard,
    composed: &Observations,
    phases: &[(&Scores, &Rational, &[bool])],
) -> Result<Scores, Faults> {
    let plan = standard.plan();
    let mut columns = Columns::with_rows(plan, 0);
    let mut leaves: Vec<LeafColumn> = Leaf::all(plan).map(|_| LeafColumn::default()).collect();
    let mut faults = Faults::new();
    let mut provisional = Vec::with_capacity(composed.len());
    let Some((newest, _, _)) = phases.last() else {
        return standard.score(composed, &crate::score::ScoreOptions::new());
    };
    for row in 0..composed.len() {
        let card = phases.iter().rfind(|(_, _, present)| present[row]);
        let last = card.map_or(*newest, |(scores, _, _)| *scores);
        // Without a card in any phase, the last one's blanks are judged, as where phases are
        // not weighted.
        let counts = |at: usize| match card {
            Some(_) => phases[at].2[row],
            None => at + 1 == phases.len(),
        };
        let mut whole = phases
            .iter()
            .all(|(scores, _, present)| present[row] && !scores.is_provisional(row));
        let vetoes = outcomes(last, row);
        let sections: Vec<Vec<i64>> = phases
            .iter()
            .map(|(scores, _, _)| sections_under(plan, scores, row, &vetoes))
            .collect::<Result<_, Fault>>()
            .unwrap_or_else(|fault| {
                faults.push(fault.about(&composed.codes()[row]));
                vec![vec![NONE; plan.sections.len()]; phases.len()]
            });
        let mut published = Published::default();
        for (leaf, into) in Leaf::all(plan).zip(&mut leaves) {
            let from = last.leaf(leaf).and_then(|column| column.get(row));
            let (points, state) = from.unwrap_or((NONE, State::EMPTY));
            into.push(points, state);
            if let Leaf::Item(_) = leaf {
                published
                    .items
                    .push(Some(points).filter(|points| *points != NONE));
            }
        }
        for section in 0..plan.sections.len() {
            let (mut sum, mut weights) = (Rational::ZERO, Rational::ZERO);
            for (at, ((_, weight, _), points)) in phases.iter().zip(&sections).enumerate() {
                let points = points[section];
                if !counts(at) || points == NONE {
                    continue;
                }
                let points = Rational::from_scaled(i128::from(points), plan.decimals);
                sum = &sum + &(&points * weight);
                weights = &weights + weight;
            }
            whole &= sections.iter().all(|points| points[section] != NONE)
                || sections.iter().all(|points| points[section] == NONE);
            let points = sum
                .checked_div(&weights)
                .and_then(|mean| mean.round(plan.decimals, plan.rounding));
            published.sections.push(points);
            columns.sections[section].push(points.unwrap_or(NONE));
        }
        let (bonus, deductions) = (last.columns.bonus.at(row), last.columns.deductions.at(row));
        let totals = plan
            .totals(&published, bonus, deductions, &vetoes)
            .unwrap_or_else(|fault: Fault| {
                faults.push(fault.about(&composed.codes()[row]));
                Default::default()
            });
        columns.seen.push(last.columns.seen[row]);
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
        if let Some(column) = &mut columns.before_bonus {
            column.push(totals.before_bonus.unwrap_or(NONE));
        }
        if let Some(column) = &mut columns.earned {
            column.push(grade(totals.earned));
        }
        columns.grades.push(grade(totals.grade));
        provisional.push(!whole);
    }
    faults.into_result(())?;
    let mut table = Table::clone(&composed.0);
    for (held, more) in table.incomplete.iter_mut().zip(provisional) {
        *held |= more;
    }
    let mut scores = Scores {
        standard: standard.clone(),
        observations: Observations(Arc::new(table)),
        statistics: newest.statistics.clone(),
        // They are those of one phase; the table holds values of several.
        own_cohort: false,
        columns,
        details: Details::Given(leaves),
        ranks: Cells::default(),
    };
    scores.ranks = ranks(&scores, 1);
    Ok(scores)
}
