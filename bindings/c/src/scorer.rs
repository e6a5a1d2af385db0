//! One community at a time: numbers or texts in, points out, all in the caller's memory.

use std::ffi::c_char;
use std::sync::RwLock;

use engine::{CardScorer, Cell, Faults, Flag, PointsOf, Scores, State, VetoState};

use crate::args::{self, Out, OutSlice};
use crate::contents::{
    Counts, DABIAO_PART_BONUS, DABIAO_PART_DEDUCTION, DABIAO_PART_ITEM, DABIAO_PART_SECTION,
    DABIAO_PART_VETO, counts,
};
use crate::guard::guard;
use crate::handle::{self, Opaque};
use crate::standard::dabiao_standard;
use crate::statistics::dabiao_statistics;
use crate::status::{Error, dabiao_status};

/// Scores one community after another against a standard. One thread may use it at a time
/// (another gets `DABIAO_ERROR_BUSY`); make one for each thread.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_scorer {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_scorer {
    type Object = RwLock<Scorer>;
    const NAME: &'static str = "dabiao_scorer";
}

pub(crate) struct Scorer {
    pub(crate) card: CardScorer,
    counts: Counts,
}

/// There is a value.
pub const DABIAO_VALUE: u8 = 0;
/// There is no value: a blank.
pub const DABIAO_MISSING: u8 = 1;
/// 不涉及
pub const DABIAO_NOT_APPLICABLE: u8 = 2;

/// Stands for no points: excluded, not applicable, no total. As a `double` it is NaN.
pub const DABIAO_NO_POINTS: i64 = i64::MIN;
/// Stands for no grade.
pub const DABIAO_NO_GRADE: i32 = -1;

/// A condition could not be decided, or units were left out: the grade may change.
pub const DABIAO_FLAG_PROVISIONAL: u32 = 1;
/// A missing value was replaced by the cohort's mean or median.
pub const DABIAO_FLAG_IMPUTED: u32 = 2;
/// A veto took the grade, and with it the place.
pub const DABIAO_FLAG_GRADE_TAKEN: u32 = 4;
/// Nothing applies: there is no total, grade or place.
pub const DABIAO_FLAG_NO_TOTAL: u32 = 8;

/// The item does not apply.
pub const DABIAO_STATE_NOT_APPLICABLE: u8 = 1;
/// A value of the item is missing.
pub const DABIAO_STATE_MISSING: u8 = 2;
/// A missing value was replaced by the cohort's mean or median.
pub const DABIAO_STATE_IMPUTED: u8 = 4;
/// The item left because its value is missing.
pub const DABIAO_STATE_EXCLUDED: u8 = 8;
/// A condition gave the item full marks.
pub const DABIAO_STATE_FULL_MARKS: u8 = 16;
/// A condition took the item's points.
pub const DABIAO_STATE_NO_MARKS: u8 = 32;
/// A condition of the item could not be decided.
pub const DABIAO_STATE_UNDECIDED: u8 = 64;
/// A zero denominator settled the item.
pub const DABIAO_STATE_ZERO_DENOMINATOR: u8 = 128;

/// The veto does not hold.
pub const DABIAO_VETO_CLEAR: u8 = 0;
/// The veto holds.
pub const DABIAO_VETO_HOLDS: u8 = 1;
/// A missing value leaves the veto open; it does not hold.
pub const DABIAO_VETO_UNDECIDED: u8 = 2;

/// What a community's card comes to. Points are whole numbers of `10^-decimals`, and beside
/// them the nearest `double`, for charts.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_card {
    /// The total, in units of `10^-total_decimals`.
    pub total: i64,
    /// The sections less deductions and vetoes' points, in units of `10^-total_decimals`.
    pub total_before_bonus: i64,
    /// All bonuses together, capped, in units of `10^-decimals`.
    pub bonus: i64,
    /// All deductions together, capped, as a positive number, in units of `10^-decimals`.
    pub deductions: i64,
    /// The total, or NaN.
    pub total_value: f64,
    /// The total before bonus, or NaN.
    pub total_before_bonus_value: f64,
    /// The grade after vetoes: its index, or `DABIAO_NO_GRADE`.
    pub grade: i32,
    /// The grade that the points earned, before vetoes.
    pub grade_earned: i32,
    /// `DABIAO_FLAG_...`, added up.
    pub flags: u32,
    /// The place among all communities of the table, from 1; 0 for none, and for a card alone.
    pub rank: u32,
    /// How many vetoes hold.
    pub vetoes: u32,
    /// Digits after the point of all points but the totals.
    pub decimals: u32,
    /// Digits after the point of the totals.
    pub total_decimals: u32,
    /// Always 0.
    pub reserved: u32,
}

/// The caller's arrays for the parts of a card. An array that is NULL is not wanted; every
/// other has exactly as many places as the standard has such parts, and the length beside it
/// says so.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_card_parts {
    /// Points of each section, in units of `10^-decimals`.
    pub section_points: *mut i64,
    /// The same as `double`.
    pub section_values: *mut f64,
    /// How many places the arrays of sections have.
    pub sections: usize,
    /// Points of each item, in units of `10^-decimals`.
    pub item_points: *mut i64,
    /// The same as `double`.
    pub item_values: *mut f64,
    /// How each item came to its points: `DABIAO_STATE_...`, added up.
    pub item_states: *mut u8,
    /// How many places the arrays of items have.
    pub items: usize,
    /// Points of each bonus.
    pub bonus_points: *mut i64,
    /// How many places it has.
    pub bonuses: usize,
    /// Points of each deduction, as a positive number.
    pub deduction_points: *mut i64,
    /// How many places it has.
    pub deductions: usize,
    /// What came of each veto: `DABIAO_VETO_...`.
    pub veto_states: *mut u8,
    /// How many places it has.
    pub vetoes: usize,
}

/// Makes a scorer. `statistics` are those of a full run, needed where a rule looks at a cohort
/// (rank, shares, means); NULL otherwise. Both may be freed once it is made. On success `*out`
/// is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scorer_new(
    standard: *const dabiao_standard,
    statistics: *const dabiao_statistics,
    out: *mut *mut dabiao_scorer,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let statistics = if statistics.is_null() {
            None
        } else {
            let held = handle::hold("statistics", statistics)?;
            Some(handle::shared("statistics", &held)?.clone())
        };
        let scorer = Scorer {
            card: CardScorer::new(&held.standard, statistics)?,
            counts: counts(&held.standard),
        };
        out.write(handle::give::<dabiao_scorer>(RwLock::new(scorer))?);
        Ok(())
    })
}

/// Frees a scorer. NULL is nothing to free; one that was freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_scorer_free(scorer: *mut dabiao_scorer) -> dabiao_status {
    guard(|| handle::free("scorer", scorer))
}

/// Says something of the communities that follow: "code" and "name" appear in explanations;
/// what cohorts share, such as "district", decides which cohort they join. Blank at first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scorer_set_attribute(
    scorer: *mut dabiao_scorer,
    name: *const c_char,
    value: *const c_char,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scorer", scorer)?;
        let mut scorer = handle::alone("scorer", &held)?;
        // SAFETY: as the header asks of every text.
        let (name, value) = unsafe { (args::text("name", name)?, args::text("value", value)?) };
        if name == "code" {
            scorer.card.set_code(value);
        } else {
            scorer.card.set_attribute(name, value);
        }
        Ok(())
    })
}

/// Scores one community. `values` has a number for each measure, in the order of the
/// standard: a number in the measure's unit (95 for 95%), 1 or 0 for yes or no, the index of a
/// label, the days since 1970-01-01 of a date. `states` says of each measure `DABIAO_VALUE`,
/// `DABIAO_MISSING` or `DABIAO_NOT_APPLICABLE`; NULL where all are values. `length` is the
/// number of measures. `parts` may be NULL. Where anything is at fault, all faults are listed
/// and nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scorer_score(
    scorer: *mut dabiao_scorer,
    values: *const f64,
    states: *const u8,
    length: usize,
    card: *mut dabiao_card,
    parts: *const dabiao_card_parts,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scorer", scorer)?;
        let mut scorer = handle::alone("scorer", &held)?;
        // SAFETY: as the header asks of every array.
        let values = unsafe { args::slice("values", values, length)? };
        let states = if states.is_null() {
            None
        } else {
            // SAFETY: as the header asks of every array.
            Some(unsafe { args::slice("states", states, length)? })
        };
        let all_values = DABIAO_VALUE;
        let state = |at: usize| {
            states
                .and_then(|states| states.get(at))
                .unwrap_or(&all_values)
        };
        let set = |scorer: &mut CardScorer, at: usize, value: &f64, faults: &mut Faults| {
            let set = match *state(at) {
                DABIAO_VALUE => scorer.set_f64(at, *value),
                DABIAO_MISSING => scorer.set(at, Cell::Blank),
                DABIAO_NOT_APPLICABLE => scorer.set(at, Cell::NotApplicable),
                other => return Err(unknown_state(at, other)),
            };
            if let Err(fault) = set {
                faults.push(fault);
            }
            Ok(())
        };
        // SAFETY: passed on.
        unsafe { score(&mut scorer, values, set, card, parts) }
    })
}

/// The same from texts as a person types them: `95%`, `1,359`, full-width digits, 是 or yes, a
/// label, `2020-07-23`, 不涉及; NULL and blank texts are missing. Digits beyond the sixth are
/// rounded, exactly, from the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_scorer_score_text(
    scorer: *mut dabiao_scorer,
    values: *const *const c_char,
    length: usize,
    card: *mut dabiao_card,
    parts: *const dabiao_card_parts,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("scorer", scorer)?;
        let mut scorer = handle::alone("scorer", &held)?;
        // SAFETY: as the header asks of every array.
        let values = unsafe { args::slice("values", values, length)? };
        let set =
            |scorer: &mut CardScorer, at: usize, value: &*const c_char, faults: &mut Faults| {
                // SAFETY: as the header asks of every text.
                let text = unsafe { args::optional_text("values", *value)? };
                if let Err(fault) = scorer.set(at, text.map_or(Cell::Blank, Cell::Text)) {
                    faults.push(fault);
                }
                Ok(())
            };
        // SAFETY: passed on.
        unsafe { score(&mut scorer, values, set, card, parts) }
    })
}

fn unknown_state(at: usize, found: u8) -> Error {
    Error::argument(
        "states",
        &format!("第 {at} 项为 {found},应为 0、1 或 2"),
        &format!("has {found} at {at}, expected 0, 1 or 2"),
    )
}

/// # Safety
/// `card` and `parts` are as the header asks.
unsafe fn score<T>(
    scorer: &mut Scorer,
    values: &[T],
    set: impl Fn(&mut CardScorer, usize, &T, &mut Faults) -> Result<(), Error>,
    card: *mut dabiao_card,
    parts: *const dabiao_card_parts,
) -> Result<(), Error> {
    let measures = scorer.card.standard().document().measures.len();
    if values.len() != measures {
        return Err(Error::length("length", values.len(), measures));
    }
    // SAFETY: promised by the caller.
    let (card, parts) = unsafe {
        let parts = args::optional("parts", parts)?;
        (Out::new("card", card)?, Parts::new(&scorer.counts, parts)?)
    };
    let mut faults = Faults::new();
    for (at, value) in values.iter().enumerate() {
        set(&mut scorer.card, at, value, &mut faults)?;
    }
    faults.into_result(())?;
    let scores = scorer.card.score()?;
    card.write(card_of(scores, 0));
    parts.write(scores, 0);
    Ok(())
}

#[inline(always)]
pub(crate) fn scaled(scores: &Scores, points: PointsOf, row: usize) -> i64 {
    let points = scores.column(points).and_then(|column| column.get(row));
    points.map_or(DABIAO_NO_POINTS, engine::Points::scaled)
}

pub(crate) fn value(scores: &Scores, points: PointsOf, row: usize) -> f64 {
    let points = scores.column(points).and_then(|column| column.get(row));
    points.map_or(f64::NAN, engine::Points::to_f64)
}

pub(crate) fn grade(index: Option<usize>) -> i32 {
    index
        .and_then(|index| i32::try_from(index).ok())
        .unwrap_or(DABIAO_NO_GRADE)
}

pub(crate) fn flags(scores: &Scores, row: usize) -> u32 {
    [
        (Flag::Provisional, DABIAO_FLAG_PROVISIONAL),
        (Flag::Imputed, DABIAO_FLAG_IMPUTED),
        (Flag::GradeTaken, DABIAO_FLAG_GRADE_TAKEN),
        (Flag::NoTotal, DABIAO_FLAG_NO_TOTAL),
    ]
    .into_iter()
    .map(|(flag, bit)| if scores.has_flag(flag, row) { bit } else { 0 })
    .sum()
}

pub(crate) fn state_bits(state: Option<State>) -> u8 {
    let state = state.unwrap_or_default();
    [
        (state.is_not_applicable(), DABIAO_STATE_NOT_APPLICABLE),
        (state.is_missing(), DABIAO_STATE_MISSING),
        (state.is_imputed(), DABIAO_STATE_IMPUTED),
        (state.is_excluded(), DABIAO_STATE_EXCLUDED),
        (state.is_full_by_condition(), DABIAO_STATE_FULL_MARKS),
        (state.is_none_by_condition(), DABIAO_STATE_NO_MARKS),
        (state.is_undecided(), DABIAO_STATE_UNDECIDED),
        (state.is_zero_denominator(), DABIAO_STATE_ZERO_DENOMINATOR),
    ]
    .into_iter()
    .map(|(holds, bit)| if holds { bit } else { 0 })
    .sum()
}

pub(crate) fn veto_number(state: Option<VetoState>) -> u8 {
    match state {
        Some(VetoState::Holds) => DABIAO_VETO_HOLDS,
        Some(VetoState::Undecided) => DABIAO_VETO_UNDECIDED,
        Some(VetoState::Clear) | None => DABIAO_VETO_CLEAR,
    }
}

pub(crate) fn card_of(scores: &Scores, row: usize) -> dabiao_card {
    let document = scores.standard().document();
    dabiao_card {
        total: scaled(scores, PointsOf::Total, row),
        total_before_bonus: scaled(scores, PointsOf::TotalBeforeBonus, row),
        bonus: scaled(scores, PointsOf::AllBonuses, row),
        deductions: scaled(scores, PointsOf::AllDeductions, row),
        total_value: value(scores, PointsOf::Total, row),
        total_before_bonus_value: value(scores, PointsOf::TotalBeforeBonus, row),
        grade: grade(scores.grade_index(row)),
        grade_earned: grade(scores.grade_earned_index(row)),
        flags: flags(scores, row),
        rank: scores.rank(row).unwrap_or(0),
        vetoes: scores.vetoes(row).map(|_| 1).sum(),
        decimals: document.decimals.into(),
        total_decimals: document.total_decimals.unwrap_or(document.decimals).into(),
        reserved: 0,
    }
}

/// The caller's arrays, each checked.
#[derive(Default)]
pub(crate) struct Parts {
    section_points: Option<OutSlice<i64>>,
    section_values: Option<OutSlice<f64>>,
    item_points: Option<OutSlice<i64>>,
    item_values: Option<OutSlice<f64>>,
    item_states: Option<OutSlice<u8>>,
    bonus_points: Option<OutSlice<i64>>,
    deduction_points: Option<OutSlice<i64>>,
    veto_states: Option<OutSlice<u8>>,
}

impl Parts {
    /// # Safety
    /// The arrays are as the header asks.
    pub(crate) unsafe fn new(
        counts: &Counts,
        parts: Option<&dabiao_card_parts>,
    ) -> Result<Parts, Error> {
        let Some(parts) = parts else {
            return Ok(Parts::default());
        };
        macro_rules! array {
            ($array:ident, $length:ident, $kind:expr) => {
                // SAFETY: promised by the caller.
                unsafe {
                    OutSlice::new(
                        concat!("parts->", stringify!($array)),
                        parts.$array,
                        parts.$length,
                        counts[$kind as usize],
                    )?
                }
            };
        }
        Ok(Parts {
            section_points: array!(section_points, sections, DABIAO_PART_SECTION),
            section_values: array!(section_values, sections, DABIAO_PART_SECTION),
            item_points: array!(item_points, items, DABIAO_PART_ITEM),
            item_values: array!(item_values, items, DABIAO_PART_ITEM),
            item_states: array!(item_states, items, DABIAO_PART_ITEM),
            bonus_points: array!(bonus_points, bonuses, DABIAO_PART_BONUS),
            deduction_points: array!(deduction_points, deductions, DABIAO_PART_DEDUCTION),
            veto_states: array!(veto_states, vetoes, DABIAO_PART_VETO),
        })
    }

    pub(crate) fn write(self, scores: &Scores, row: usize) {
        write(self.section_points, |at| {
            scaled(scores, PointsOf::Section(at), row)
        });
        write(self.section_values, |at| {
            value(scores, PointsOf::Section(at), row)
        });
        write(self.item_points, |at| {
            scaled(scores, PointsOf::Item(at), row)
        });
        write(self.item_values, |at| {
            value(scores, PointsOf::Item(at), row)
        });
        write(self.item_states, |at| {
            state_bits(scores.item_state(at, row))
        });
        write(self.bonus_points, |at| {
            scaled(scores, PointsOf::Bonus(at), row)
        });
        write(self.deduction_points, |at| {
            scaled(scores, PointsOf::Deduction(at), row)
        });
        write(self.veto_states, |at| {
            veto_number(scores.veto_state(at, row))
        });
    }
}

fn write<T: Copy>(array: Option<OutSlice<T>>, value: impl Fn(usize) -> T) {
    if let Some(array) = array {
        array.write((0..).map(value));
    }
}
