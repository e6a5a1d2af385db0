//! A whole table scored, and what came of it by column.

use std::ffi::c_char;
use std::ptr;
use std::sync::{Arc, OnceLock};

use engine::standard::document::Item;
use engine::{PointsOf, Scores};

use crate::args::{self, Out, OutStrided};
use crate::contents::{Counts, counts};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::observations::{Codes, dabiao_observations};
use crate::options::{Run, dabiao_score_options};
use crate::scorer::{
    DABIAO_NO_POINTS, Parts, card_of, dabiao_card, dabiao_card_parts, flags, grade, state_bits,
    veto_number,
};
use crate::standard::{Held, dabiao_standard};
use crate::statistics::{self, dabiao_statistics};
use crate::status::{Error, dabiao_status};

/// The scores of all communities of a table, in the order of their codes. Many threads may
/// share it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_scores {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_scores {
    type Object = Scored;
    const NAME: &'static str = "dabiao_scores";
}

/// Scores, and their codes as C reads them.
pub(crate) struct Scored {
    pub(crate) scores: Arc<Scores>,
    codes: Codes,
    counts: Counts,
    /// The rows in the order in which they came in, once somebody asked.
    order: OnceLock<Vec<usize>>,
}

impl Scored {
    pub(crate) fn new(scores: Scores) -> Scored {
        Scored {
            codes: Codes::new(scores.codes()),
            counts: counts(scores.standard()),
            order: OnceLock::new(),
            scores: Arc::new(scores),
        }
    }

    /// Calls `each` with every row, in the order that is asked for.
    fn in_order(&self, order: i32, mut each: impl FnMut(usize)) -> Result<(), Error> {
        match order {
            DABIAO_ORDER_CODE => (0..self.scores.len()).for_each(each),
            DABIAO_ORDER_INPUT => {
                let rows = self.order.get_or_init(|| {
                    let mut rows: Vec<usize> = (0..self.scores.len()).collect();
                    rows.sort_by_key(|row| self.scores.observations().line(*row));
                    rows
                });
                rows.iter().for_each(|row| each(*row));
            }
            _ => {
                return Err(Error::argument(
                    "order",
                    "不是 DABIAO_ORDER_...",
                    "is no DABIAO_ORDER_...",
                ));
            }
        }
        Ok(())
    }
}

/// In the order of codes, as rows are counted.
pub const DABIAO_ORDER_CODE: i32 = 0;
/// In the order in which the rows came in.
pub const DABIAO_ORDER_INPUT: i32 = 1;

/// The total.
pub const DABIAO_POINTS_TOTAL: i32 = 0;
/// The total before bonus.
pub const DABIAO_POINTS_TOTAL_BEFORE_BONUS: i32 = 1;
/// All bonuses together.
pub const DABIAO_POINTS_ALL_BONUSES: i32 = 2;
/// All deductions together, as a positive number.
pub const DABIAO_POINTS_ALL_DEDUCTIONS: i32 = 3;
/// A section, by its index.
pub const DABIAO_POINTS_SECTION: i32 = 4;
/// An item, by its index.
pub const DABIAO_POINTS_ITEM: i32 = 5;
/// One bonus, by its index.
pub const DABIAO_POINTS_BONUS: i32 = 6;
/// One deduction, by its index.
pub const DABIAO_POINTS_DEDUCTION: i32 = 7;

/// The index of the grade after vetoes, or `DABIAO_NO_GRADE`.
pub const DABIAO_RESULT_GRADE: i32 = 0;
/// The index of the grade that the points earned, before vetoes.
pub const DABIAO_RESULT_GRADE_EARNED: i32 = 1;
/// The place, from 1; 0 for none.
pub const DABIAO_RESULT_RANK: i32 = 2;
/// `DABIAO_FLAG_...`, added up.
pub const DABIAO_RESULT_FLAGS: i32 = 3;
/// `DABIAO_STATE_...` of an item, by its index, added up.
pub const DABIAO_RESULT_ITEM_STATE: i32 = 4;
/// `DABIAO_VETO_...` of a veto, by its index.
pub const DABIAO_RESULT_VETO: i32 = 5;
/// `DABIAO_STATE_...` of a bonus, by its index, added up.
pub const DABIAO_RESULT_BONUS_STATE: i32 = 6;
/// `DABIAO_STATE_...` of a deduction, by its index, added up.
pub const DABIAO_RESULT_DEDUCTION_STATE: i32 = 7;

/// Scores a table. `options` may be NULL. `DABIAO_ERROR_FAULTS` lists every fault that only a
/// computation shows; `DABIAO_ERROR_CANCELLED` where `progress` asked to stop. On success
/// `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_score(
    standard: *const dabiao_standard,
    observations: *const dabiao_observations,
    options: *const dabiao_score_options,
    out: *mut *mut dabiao_scores,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        let table = handle::hold("observations", observations)?;
        // SAFETY: as the header asks of every `out` and every structure.
        let (out, options) =
            unsafe { (Out::new("out", out)?, args::optional("options", options)?) };
        let run = Run::of_table(options)?;
        if held.standard.digest() != table.standard.digest() {
            return Err(Error::argument(
                "observations",
                "是按另一个标准读入的",
                "were read for another standard",
            ));
        }
        let scores = held.standard.score(&table.observations, &run.options)?;
        run.finish(scores.len());
        out.write(handle::give::<dabiao_scores>(Scored::new(scores))?);
        Ok(())
    })
}

/// Frees scores. NULL is nothing to free; what was freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_scores_free(scores: *mut dabiao_scores) -> dabiao_status {
    guard(|| handle::free("scores", scores))
}

/// How many communities there are; 0 for a wrong handle. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_scores_rows(scores: *const dabiao_scores) -> usize {
    guard_or(0, || Ok(handle::hold("scores", scores)?.scores.len()))
}

/// The code of a row; NULL past the last. The text belongs to the scores. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_scores_code(scores: *const dabiao_scores, row: usize) -> *const c_char {
    guard_or(ptr::null(), || {
        handle::hold("scores", scores)?.codes.get(row)
    })
}

/// The row of a code. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_find(
    scores: *const dabiao_scores,
    code: *const c_char,
    out: *mut usize,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every text and every `out`.
        let (code, out) = unsafe { (args::text("code", code)?, Out::new("out", out)?) };
        let row = held.scores.observations().row_of(code);
        out.write(row.ok_or_else(|| Error::not_found("code", code))?);
        Ok(())
    })
}

/// The card of a row, as `dabiao_scorer_score` gives it. `parts` may be NULL. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_card(
    scores: *const dabiao_scores,
    row: usize,
    card: *mut dabiao_card,
    parts: *const dabiao_card_parts,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        let scores = &*held.scores;
        // SAFETY: as the header asks of every `out` and every structure.
        let (card, parts) = unsafe {
            (
                Out::new("card", card)?,
                Parts::new(&held.counts, args::optional("parts", parts)?)?,
            )
        };
        if row >= scores.len() {
            return Err(Error::not_found("row", row));
        }
        card.write(card_of(scores, row));
        parts.write(scores, row);
        Ok(())
    })
}

/// Which points a kind and an index mean.
fn points_of(kind: i32, index: usize) -> Result<PointsOf, Error> {
    Ok(match kind {
        DABIAO_POINTS_TOTAL => PointsOf::Total,
        DABIAO_POINTS_TOTAL_BEFORE_BONUS => PointsOf::TotalBeforeBonus,
        DABIAO_POINTS_ALL_BONUSES => PointsOf::AllBonuses,
        DABIAO_POINTS_ALL_DEDUCTIONS => PointsOf::AllDeductions,
        DABIAO_POINTS_SECTION => PointsOf::Section(index),
        DABIAO_POINTS_ITEM => PointsOf::Item(index),
        DABIAO_POINTS_BONUS => PointsOf::Bonus(index),
        DABIAO_POINTS_DEDUCTION => PointsOf::Deduction(index),
        _ => {
            return Err(Error::argument(
                "kind",
                "不是 DABIAO_POINTS_...",
                "is no DABIAO_POINTS_...",
            ));
        }
    })
}

/// # Safety
/// `out`, `stride` and `length` are as the header asks.
unsafe fn points<T: Copy>(
    scores: *const dabiao_scores,
    (kind, index, order): (i32, usize, i32),
    (out, stride, length): (*mut T, isize, usize),
    none: T,
    some: impl Fn(engine::Points) -> T,
) -> Result<(), Error> {
    let held = handle::hold("scores", scores)?;
    // SAFETY: promised by the caller.
    let mut out = unsafe { OutStrided::new("out", out, stride, length, held.scores.len())? };
    let column = held.scores.column(points_of(kind, index)?);
    let column = column.ok_or_else(|| Error::not_found("index", index))?;
    held.in_order(order, |row| {
        out.write(column.get(row).map_or(none, &some));
    })
}

/// Writes the points of all rows, in units of `10^-decimals` (of `10^-total_decimals` for the
/// totals), or `DABIAO_NO_POINTS`. `kind` is `DABIAO_POINTS_...`, `index` which section, item,
/// bonus or deduction (otherwise 0), `order` is `DABIAO_ORDER_...`. `out` has `length` places,
/// as many as there are rows, `stride` bytes apart (0 where one stands behind the other). Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_points(
    scores: *const dabiao_scores,
    kind: i32,
    index: usize,
    order: i32,
    out: *mut i64,
    stride: isize,
    length: usize,
) -> dabiao_status {
    guard(|| {
        let (which, array) = ((kind, index, order), (out, stride, length));
        // SAFETY: passed on.
        unsafe {
            points(
                scores,
                which,
                array,
                DABIAO_NO_POINTS,
                engine::Points::scaled,
            )
        }
    })
}

/// The same as the nearest `double`, or NaN. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_values(
    scores: *const dabiao_scores,
    kind: i32,
    index: usize,
    order: i32,
    out: *mut f64,
    stride: isize,
    length: usize,
) -> dabiao_status {
    guard(|| {
        let (which, array) = ((kind, index, order), (out, stride, length));
        // SAFETY: passed on.
        unsafe { points(scores, which, array, f64::NAN, engine::Points::to_f64) }
    })
}

/// Writes what is no points for all rows: `kind` is `DABIAO_RESULT_...`, `index` which item,
/// veto, bonus or deduction (otherwise 0); the rest as for `dabiao_scores_points`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_results(
    scores: *const dabiao_scores,
    kind: i32,
    index: usize,
    order: i32,
    out: *mut i32,
    stride: isize,
    length: usize,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        let scores = &*held.scores;
        // SAFETY: as the header asks of every array.
        let mut out = unsafe { OutStrided::new("out", out, stride, length, scores.len())? };
        let [_, items, bonuses, deductions, vetoes, _] = held.counts;
        let document = scores.standard().document();
        let extra = |extras: &[Item], row: usize| {
            let code = extras.get(index).map_or("", |item| &item.id);
            state_bits(scores.state_of(code, row)).into()
        };
        let known = match kind {
            DABIAO_RESULT_ITEM_STATE => index < items,
            DABIAO_RESULT_VETO => index < vetoes,
            DABIAO_RESULT_BONUS_STATE => index < bonuses,
            DABIAO_RESULT_DEDUCTION_STATE => index < deductions,
            _ => true,
        };
        if !known {
            return Err(Error::not_found("index", index));
        }
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let result: &dyn Fn(usize) -> i32 = match kind {
            DABIAO_RESULT_GRADE => &|row| grade(scores.grade_index(row)),
            DABIAO_RESULT_GRADE_EARNED => &|row| grade(scores.grade_earned_index(row)),
            DABIAO_RESULT_RANK => &|row| number(scores.rank(row).unwrap_or(0)),
            DABIAO_RESULT_FLAGS => &|row| number(flags(scores, row)),
            DABIAO_RESULT_ITEM_STATE => &|row| state_bits(scores.item_state(index, row)).into(),
            DABIAO_RESULT_VETO => &|row| veto_number(scores.veto_state(index, row)).into(),
            DABIAO_RESULT_BONUS_STATE => &|row| extra(&document.bonus, row),
            DABIAO_RESULT_DEDUCTION_STATE => &|row| extra(&document.deductions, row),
            _ => {
                return Err(Error::argument(
                    "kind",
                    "不是 DABIAO_RESULT_...",
                    "is no DABIAO_RESULT_...",
                ));
            }
        };
        held.in_order(order, |row| out.write(result(row)))
    })
}

/// The statistics of the cohorts that the run used, to score single cards later. On success
/// `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_statistics(
    scores: *const dabiao_scores,
    out: *mut *mut dabiao_statistics,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        statistics::give(out, held.scores.statistics().clone())
    })
}

/// The standard by which the scores came about, such as a campaign's. On success `*out` is
/// yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scores_standard(
    scores: *const dabiao_scores,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scores", scores)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let standard = Held::new(held.scores.standard().clone());
        out.write(handle::give::<dabiao_standard>(standard)?);
        Ok(())
    })
}
