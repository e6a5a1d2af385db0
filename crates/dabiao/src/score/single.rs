//! One community at a time: prepared once, then scored again and again.

use std::cmp::Ordering;
use std::sync::Arc;

use super::block::{Room, Run, grade_code};
use super::run::{Compiled, given};
use super::{Columns, Details, Leaf, LeafColumn, NONE, ScoreOptions, Scores};
use crate::cohort::Statistics;
use crate::fault::{Fault, FaultCode, Faults};
use crate::memory::Cells;
use crate::observations::cell::{self, Cell};
use crate::observations::typed::Bounds;
use crate::observations::{Column, MISSING, Observations, ObservationsBuilder, Table, Texts};
use crate::plan::{MeasurePlan, Part, Plan, SectionPlan, State};
use crate::rational::Rounding;
use crate::standard::Standard;

/// Scores one community at a time, as a service does that answers a request: the plan, the
/// cohorts and the memory for cells and points are made once.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{CardScorer, Cell, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let activities = standard
///     .document()
///     .measures
///     .iter()
///     .position(|measure| measure.name == "activities")
///     .unwrap();
/// let mut scorer = CardScorer::new(&standard, None)?;
/// scorer.set(activities, Cell::Text("10"))?;
/// let card = scorer.score()?;
/// assert_eq!(card.points_of("5.2", 0).unwrap().to_string(), "2.50");
/// scorer.set_f64(activities, 12.0)?;
/// assert_eq!(scorer.score()?.points_of("5.2", 0).unwrap().to_string(), "3.00");
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct CardScorer {
    scores: Scores,
    compiled: Compiled,
    room: Room,
    /// How each measure's plain numbers are read.
    bounds: Vec<Bounds>,
    /// What is set: the cells of the named measures, then those of `same`, which are put right
    /// when a card is scored.
    cells: Vec<i64>,
    /// The measures behind the named ones, each the same as one of those.
    same: Vec<usize>,
    /// What sections are worth, scaled, where it has no more decimals than points have.
    worth: Vec<Option<i64>>,
}

impl CardScorer {
    /// Every measure is missing at first. `statistics` are those of a full run; they are
    /// needed where a rule looks at a cohort.
    ///
    /// # Errors
    /// [`FaultCode::CohortNeeded`] where a rule needs statistics and none are given,
    /// [`FaultCode::CohortMismatch`] where they are of another standard.
    pub fn new(standard: &Standard, statistics: Option<Statistics>) -> Result<Self, Faults> {
        let mut options = ScoreOptions::new().alone();
        options.statistics = statistics;
        let statistics =
            given(standard, &options)?.unwrap_or_else(|| Statistics::of_nobody(standard));
        let mut builder = ObservationsBuilder::new(standard);
        builder.heading(&["code"]).row(1, &[Cell::Text("1")]);
        let mut observations = builder.finish()?;
        table(&mut observations).lines.clear();
        let compiled = compiled(standard.plan(), &observations, &statistics);
        let measures = &standard.plan().measures[..standard.document().measures.len()];
        let derived = standard.plan().measures.iter();
        let derived = derived
            .filter_map(|m| m.within.as_ref())
            .map(|(base, _)| *base);
        let (decimals, rounding) = (standard.plan().decimals, standard.plan().rounding);
        let sections = standard.plan().sections.iter();
        let worth = |section: &SectionPlan| {
            let worth = &section.worth;
            let fits = worth.fits_decimals(decimals);
            fits.then(|| worth.round(decimals, rounding)).flatten()
        };
        let leaves = Leaf::all(standard.plan()).map(|_| LeafColumn::with_rows(1));
        Ok(CardScorer {
            compiled,
            room: Room::new(standard.plan(), 1),
            bounds: measures.iter().map(Bounds::new).collect(),
            cells: vec![MISSING; standard.plan().measures.len()],
            worth: sections.map(worth).collect(),
            same: derived.collect(),
            scores: Scores {
                standard: standard.clone(),
                observations,
                statistics,
                columns: Columns::with_rows(standard.plan(), 1),
                details: Details::Given(leaves.collect()),
                ranks: Cells::Own(vec![0]),
                own_cohort: false,
            },
        })
    }

    /// The standard.
    #[must_use]
    pub fn standard(&self) -> &Standard {
        &self.scores.standard
    }

    /// Says what the community is called in an explanation: its code.
    pub fn set_code(&mut self, code: &str) {
        table(&mut self.scores.observations).codes = Texts::from_iter([code]);
    }

    /// Says an attribute of the community, such as `name` or `district`; where cohorts share
    /// it, the community joins that cohort. Attributes are blank at first.
    pub fn set_attribute(&mut self, name: &str, value: &str) {
        let attributes = &mut table(&mut self.scores.observations).attributes;
        match attributes.iter_mut().find(|(held, _)| held == name) {
            Some((_, values)) => *values = vec![value.to_owned()],
            None => attributes.push((name.to_owned(), vec![value.to_owned()])),
        }
        attributes.sort();
        let plan = self.scores.standard.plan();
        if plan.attributes.iter().any(|shared| shared == name) {
            let scores = &self.scores;
            self.compiled = compiled(plan, &scores.observations, &scores.statistics);
        }
    }

    /// Makes every measure missing. Attributes stay.
    pub fn clear(&mut self) {
        self.cells.fill(MISSING);
    }

    /// Sets a measure, an index into
    /// [`Document::measures`](crate::standard::document::Document::measures).
    ///
    /// # Errors
    /// What a table says of such a cell, about the measure. The measure is then missing.
    pub fn set(&mut self, measure: usize, cell: Cell<'_>) -> Result<(), Fault> {
        let plan = plan_of(&self.scores.standard, measure)?;
        let read = cell::read(plan, cell).map(|read| read.value);
        let stored = read.as_ref().map_or(MISSING, |stored| *stored);
        self.cells[measure] = stored;
        read.map(|_| ()).map_err(|fault| fault.about(&plan.name))
    }

    /// Sets a measure from an array of plain numbers: a number is taken as the nearest
    /// decimal; a yes-no is 1 or 0; a label its index in
    /// [`Observed::labels`](crate::standard::Observed::labels); a date the days since
    /// 1970-01-01.
    ///
    /// # Errors
    /// As for [`CardScorer::set`]; NaN and infinities are faults.
    #[inline]
    pub fn set_f64(&mut self, measure: usize, value: f64) -> Result<(), Fault> {
        let bounds = self.bounds.get(measure);
        if let Some(stored) = bounds.and_then(|bounds| bounds.stored(value)) {
            self.cells[measure] = stored;
            return Ok(());
        }
        self.set_closely(measure, value)
    }

    /// The closer look, and the words where it is a fault.
    #[cold]
    fn set_closely(&mut self, measure: usize, value: f64) -> Result<(), Fault> {
        let observed = self.scores.standard.observed(measure);
        let cell = observed.map_or(Cell::Float(value), |observed| observed.cell(value));
        self.set(measure, cell)
    }

    /// Scores what is set: a table of one row, row 0, without a place.
    ///
    /// # Errors
    /// As for [`Standard::score`].
    pub fn score(&mut self) -> Result<&Scores, Faults> {
        let columns = &mut table(&mut self.scores.observations).columns;
        for (column, stored) in columns.iter_mut().zip(&self.cells) {
            if let Column::Plain(cells) = column
                && let Some(cell) = cells.first_mut()
            {
                *cell = *stored;
            }
        }
        if self.ordinary().is_none() {
            self.row()?;
        }
        Ok(&self.scores)
    }

    /// The card where nothing is out of the ordinary; it takes no memory.
    fn ordinary(&mut self) -> Option<()> {
        let plan = self.scores.standard.plan();
        let kernels = &self.compiled.kernels;
        if !kernels.whole_totals {
            return None;
        }
        let Details::Given(leaves) = &mut self.scores.details else {
            return None;
        };
        let out = &mut self.scores.columns;
        let named = self.bounds.len();
        for (at, base) in self.same.iter().enumerate() {
            self.cells[named + at] = self.cells[*base];
        }
        let cells = self.cells.as_slice();
        for (veto, outcomes) in kernels.vetoes.iter().zip(&mut out.vetoes) {
            let outcome = veto.as_ref()?.one(cells)?;
            if outcome.holds() {
                return None;
            }
            outcomes[0] = outcome;
        }
        let mut seen = State::EMPTY;
        let (items, extras) = leaves.split_at_mut(kernels.items.len());
        for (kernel, leaf) in kernels.items.iter().zip(&mut *items) {
            let (points, state) = kernel.as_ref()?.one(cells)?;
            (leaf.points[0], leaf.states[0]) = (points.unwrap_or(NONE), state);
            seen = seen.or(state);
        }
        let (bonus, deductions) = extras.split_at_mut(kernels.bonus.len());
        for (leaves, kernels, cap, into) in [
            (bonus, &kernels.bonus, plan.bonus_cap, &mut out.bonus),
            (
                deductions,
                &kernels.deductions,
                plan.deduction_cap,
                &mut out.deductions,
            ),
        ] {
            let mut sum = 0i64;
            for (kernel, leaf) in kernels.iter().zip(leaves) {
                let kernel = kernel.as_ref().filter(|kernel| kernel.is_lone())?;
                let (points, state) = kernel.one(cells)?;
                let points = if state.is_missing() { NONE } else { points? };
                (leaf.points[0], leaf.states[0]) = (points, state);
                seen = seen.or(state);
                sum = sum.checked_add(if points == NONE { 0 } else { points })?;
            }
            into.set_one(cap.map_or(sum, |cap| sum.min(cap)));
        }
        out.seen[0] = seen.0;
        for (id, section) in plan.sections.iter().enumerate().rev() {
            let (mut sum, mut whole) = (0i64, true);
            for item in &section.items {
                match items[*item].points[0] {
                    NONE => whole = false,
                    points => sum = sum.checked_add(points)?,
                }
            }
            for child in &section.sections {
                sum = sum.checked_add(out.sections[*child].at(0))?;
            }
            if !whole {
                sum = scaled_up(plan, &self.worth, id, sum, items)?;
            }
            out.sections[id].set_one(sum);
        }
        let mut tops = plan.top.iter().map(|id| out.sections[*id].at(0));
        let before = tops.try_fold(0i64, i64::checked_add)? - out.deductions.at(0);
        let total = before.checked_add(out.bonus.at(0))?;
        let most = kernels.full.unwrap_or(i64::MAX);
        let (total, before) = (total.min(most).max(0), before.max(0));
        out.totals.set_one(total);
        if let Some(column) = &mut out.before_bonus {
            column.set_one(before);
        }
        let reaches = |part: &Part, mark: i64| match part {
            Part::Section(section) => out.sections[*section].at(0) >= mark,
            // An excluded item is skipped.
            Part::Item(item) => {
                let points = items[*item].points[0];
                points == NONE || points >= mark
            }
        };
        let grade = plan.grades.iter().position(|grade| {
            let enough = |(least, sections): &(u32, Vec<(usize, i64)>)| {
                let reached = sections
                    .iter()
                    .filter(|(id, mark)| out.sections[*id].at(0) >= *mark);
                reached.count() >= *least as usize
            };
            grade.total.is_none_or(|mark| total >= mark)
                && grade.before_bonus.is_none_or(|mark| before >= mark)
                && grade.marks.iter().all(|(part, mark)| reaches(part, *mark))
                && grade.count.as_ref().is_none_or(enough)
        });
        let earned = out.earned.as_mut().map(Cells::own_mut);
        for held in [Some(out.grades.own_mut()), earned].into_iter().flatten() {
            held.fill(grade_code(grade));
        }
        Some(())
    }

    /// The card as any row of a table.
    fn row(&mut self) -> Result<(), Faults> {
        let plan = self.scores.standard.plan();
        let run = Run {
            plan,
            observations: &self.scores.observations,
            compiled: &self.compiled,
        };
        let out = self.scores.columns.whole();
        let (faults, _) = run.stretch(0, 1, &mut self.room, out);
        faults.into_result(())?;
        if let Details::Given(leaves) = &mut self.scores.details {
            std::mem::swap(leaves, &mut self.room.leaves);
        }
        Ok(())
    }
}

/// What a card is scored with: it shows its items, which the shortest way does not keep.
fn compiled(plan: &Plan, observations: &Observations, statistics: &Statistics) -> Compiled {
    let mut compiled = Compiled::new(plan, observations, statistics);
    compiled.kernels.direct = None;
    compiled
}

/// A section's points where items of it do not apply, as `Plan::section` has them, in whole
/// numbers; nothing where those are not enough.
#[cold]
fn scaled_up(
    plan: &Plan,
    worth: &[Option<i64>],
    id: usize,
    sum: i64,
    items: &[LeafColumn],
) -> Option<i64> {
    let section = &plan.sections[id];
    let mut applicable = 0i128;
    for item in &section.items {
        if items[*item].points[0] != NONE {
            applicable += i128::from(plan.items[*item].full.unwrap_or_default());
        }
    }
    for child in &section.sections {
        applicable += i128::from(worth[*child]?);
    }
    let top = i128::from(sum) * i128::from(worth[id]?);
    if top < 0 || applicable <= 0 {
        return None;
    }
    let (quotient, rest) = (top / applicable, top % applicable);
    let up = match (2 * rest).cmp(&applicable) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => plan.rounding == Rounding::HalfUp || quotient % 2 == 1,
    };
    i64::try_from(quotient + i128::from(up)).ok()
}

/// The one row, copied first where somebody kept a clone of it.
fn table(observations: &mut Observations) -> &mut Table {
    Arc::make_mut(&mut observations.0)
}

fn plan_of(standard: &Standard, measure: usize) -> Result<&MeasurePlan, Fault> {
    let named = standard.document().measures.len();
    let plan = standard.plan().measures.get(..named);
    plan.and_then(|plan| plan.get(measure))
        .ok_or_else(|| Fault::new(FaultCode::UnknownMeasureRow).found(measure))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(standard: &Standard, name: &str) -> usize {
        let mut measures = standard.document().measures.iter();
        measures.position(|measure| measure.name == name).unwrap()
    }

    const RANKED: &str = r#"
        [standard]
        id = "ranked"
        title = "Ranked"
        [measures.trees]
        type = "count"
        [measures.opened]
        type = "date"
        [measures.care]
        type = "label"
        [[section]]
        id = "1"
        title = "Trees"
        [[section.item]]
        id = "1.1"
        title = "Most trees"
        points = 10
        value = "trees"
        share_of_best = {}
        cohort = "district"
        [[section.item]]
        id = "1.2"
        title = "Care"
        points = 3
        value = "care"
        levels = { "优" = 3, "良" = 2, "差" = 0 }
    "#;

    #[test]
    fn a_card_alone_is_the_row_of_the_table() {
        let standard = Standard::from_toml(RANKED).unwrap();
        let heading = ["code", "district", "trees", "care"];
        let rows = [
            ["a", "东", "40", "优"],
            ["b", "东", "20", "良"],
            ["c", "西", "5", ""],
        ];
        let observations = Observations::from_rows(&standard, &heading, &rows).unwrap();
        let whole = standard.score(&observations, &ScoreOptions::new()).unwrap();
        let mut scorer = CardScorer::new(&standard, Some(whole.statistics().clone())).unwrap();
        for (row, texts) in rows.iter().enumerate() {
            scorer.clear();
            scorer.set_code(texts[0]);
            scorer.set_attribute("district", texts[1]);
            scorer
                .set(measure(&standard, "trees"), Cell::Text(texts[2]))
                .unwrap();
            if let Some(label) = ["优", "良", "差"].iter().position(|l| *l == texts[3]) {
                let care = measure(&standard, "care");
                scorer.set_f64(care, label as f64).unwrap();
            }
            let card = scorer.score().unwrap();
            assert_eq!(card.total(0), whole.total(row));
            assert_eq!(card.points_of("1.1", 0), whole.points_of("1.1", row));
            assert!(card.missing(0).eq(whole.missing(row)));
            assert_eq!(card.codes(), [texts[0]]);
            assert_eq!(card.rank(0), None);
        }
    }

    #[test]
    fn a_vetoed_card_has_its_items() {
        let standard = Standard::from_toml(
            r#"
            [standard]
            id = "vetoed"
            title = "Vetoed"
            [measures.trees]
            type = "count"
            [measures.fires]
            type = "count"
            [[section]]
            id = "1"
            title = "Trees"
            [[section.item]]
            id = "1.1"
            title = "Trees"
            points = 10
            value = "trees"
            curve = [[0, 0], [20, 10]]
            [[veto]]
            id = "V1"
            title = "Fires"
            when = "fires > 0"
            effect = "no-grade"
            [[grade]]
            id = "green"
            title = "Green"
            total = 5
            "#,
        )
        .unwrap();
        let (trees, fires) = (measure(&standard, "trees"), measure(&standard, "fires"));
        let mut scorer = CardScorer::new(&standard, None).unwrap();
        for (count, burnt) in [(4.0, 0.0), (6.0, 1.0), (8.0, 0.0), (2.0, 2.0)] {
            scorer.set_f64(trees, count).unwrap();
            scorer.set_f64(fires, burnt).unwrap();
            let card = scorer.score().unwrap();
            assert_eq!(card.points_of("1.1", 0), card.total(0), "{count}");
            assert_eq!(card.total(0).unwrap().to_f64(), count / 2.0);
        }
    }

    #[test]
    fn what_cannot_be_is_a_fault_and_missing() {
        let standard = Standard::from_toml(RANKED).unwrap();
        let needed = CardScorer::new(&standard, None).unwrap_err();
        assert_eq!(needed.listed[0].code, FaultCode::CohortNeeded);
        let weihai = Standard::builtin("weihai-2020").unwrap();
        let other = weihai.statistics(
            &Observations::from_rows(&weihai, &["code"], &[["a"]]).unwrap(),
            1,
        );
        let mismatch = CardScorer::new(&standard, Some(other.unwrap())).unwrap_err();
        assert_eq!(mismatch.listed[0].code, FaultCode::CohortMismatch);

        let table = Observations::from_rows(&standard, &["code", "trees"], &[["a", "5"]]).unwrap();
        let statistics = standard.statistics(&table, 1).unwrap();
        let mut scorer = CardScorer::new(&standard, Some(statistics)).unwrap();
        let code = |result: Result<(), Fault>| result.unwrap_err().code;
        let (trees, opened, care) = (0, 1, 2);
        scorer.set_f64(trees, 5.0).unwrap();
        assert_eq!(
            scorer.score().unwrap().total(0).unwrap().to_string(),
            "10.00"
        );
        for (index, value, expected) in [
            (trees, 1.5, FaultCode::Value),
            (trees, f64::NAN, FaultCode::Value),
            (opened, 1e9, FaultCode::Value),
            (opened, 0.5, FaultCode::Value),
            (care, 3.0, FaultCode::ValueLabel),
            (care, -1.0, FaultCode::ValueLabel),
            (care, 0.5, FaultCode::ValueLabel),
            (care, f64::NAN, FaultCode::ValueLabel),
        ] {
            scorer.set_f64(index, 0.0).unwrap();
            assert_eq!(code(scorer.set_f64(index, value)), expected);
            assert_eq!(scorer.cells[index], MISSING);
        }
        assert_eq!(code(scorer.set_f64(trees, -1.0)), FaultCode::ValueRange);
        assert_eq!(
            code(scorer.set(3, Cell::Blank)),
            FaultCode::UnknownMeasureRow
        );
        scorer.set(care, Cell::NotApplicable).unwrap();
        assert_eq!(
            scorer.score().unwrap().total(0).unwrap().to_string(),
            "0.00"
        );
    }
}
