//! The compiled plan: a standard with every name resolved, every quantity in its unit, and
//! every question answered that does not depend on a community.
//!
//! [`compile`] builds it; [`node`] evaluates expressions and conditions on one row;
//! [`rule`] turns a value into points; [`marking`] walks an item's order of judgement;
//! [`total`] adds up sections, grades and vetoes. [`crate::score`] runs it over columns.

pub(crate) mod compile;
pub(crate) mod kernel;
pub(crate) mod marking;
pub(crate) mod node;
pub(crate) mod rule;
mod state;
pub(crate) mod total;

pub use state::State;

use crate::expression::PartSign;
use crate::rational::{Rational, Rounding};
use crate::standard::document::{
    Assessors, Combine, Level, MeasureKind, MissingPolicy, Side, Steps, ZeroDenominator,
};
use node::{Node, Test};

/// An index into [`Plan::measures`].
pub(crate) type MeasureId = usize;
/// An index into [`Plan::markings`].
pub(crate) type MarkingId = usize;
/// An index into [`Plan::sections`].
pub(crate) type SectionId = usize;
/// An index into [`Plan::slots`].
pub(crate) type SlotId = usize;

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) decimals: u8,
    pub(crate) total_decimals: u8,
    pub(crate) rounding: Rounding,
    pub(crate) missing: MissingPolicy,
    pub(crate) exceed_full: bool,
    pub(crate) bonus_cap: Option<i64>,
    pub(crate) deduction_cap: Option<i64>,
    pub(crate) measures: Vec<MeasurePlan>,
    /// Names of the attributes that cohorts share.
    pub(crate) attributes: Vec<String>,
    /// Label measures that a condition looks at: assessors must agree on them.
    pub(crate) label_conditions: Vec<MeasureId>,
    /// Items, checks, bonuses and deductions alike.
    pub(crate) markings: Vec<MarkingPlan>,
    /// The items of all sections, in the order of the standard.
    pub(crate) items: Vec<ItemPlan>,
    pub(crate) bonus: Vec<ItemPlan>,
    pub(crate) deductions: Vec<ItemPlan>,
    /// A section comes before its sections.
    pub(crate) sections: Vec<SectionPlan>,
    pub(crate) top: Vec<SectionId>,
    /// Full marks: what the top sections are worth together.
    pub(crate) full: Rational,
    /// What must be known of the cohort before a card can be scored.
    pub(crate) slots: Vec<SlotPlan>,
    pub(crate) vetoes: Vec<VetoPlan>,
    pub(crate) grades: Vec<GradePlan>,
    pub(crate) tie_breaks: Vec<TieBreak>,
}

/// What if one marking had another value?
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Assumption {
    /// Its value is this number.
    Value(Rational),
    /// So many of the boxes that apply are ticked, and the others are not.
    Ticked(u32),
    /// Its no-marks condition does not hold.
    Lifted,
}

impl Plan {
    /// The items, then the bonuses, then the deductions.
    pub(crate) fn all_items(&self) -> impl Iterator<Item = &ItemPlan> {
        self.items.iter().chain(&self.bonus).chain(&self.deductions)
    }

    /// What is rolled up anew for a division was marked where its measure was.
    pub(crate) fn base(&self, measure: MeasureId) -> MeasureId {
        let within = self.measures.get(measure).and_then(|m| m.within.as_ref());
        within.map_or(measure, |(base, _)| *base)
    }

    /// The measures that a card looks at in each measure's own last phase: those of conditions.
    pub(crate) fn looked_at_alone(&self) -> Vec<MeasureId> {
        let markings = self.markings.iter();
        let tests = markings.flat_map(|m| [&m.applies, &m.full_marks, &m.no_marks]);
        let tests = tests.flatten().chain(self.vetoes.iter().map(|v| &v.test));
        let mut measures: Vec<MeasureId> = Vec::new();
        tests.for_each(|test| test.visit_measures(&mut |measure| measures.push(measure)));
        measures.sort_unstable();
        measures.dedup();
        measures
    }
}

#[derive(Clone, Debug)]
pub(crate) struct MeasurePlan {
    pub(crate) name: String,
    /// The type of a community's value.
    pub(crate) kind: MeasureKind,
    /// The type of one unit's value, where it is rolled up: a share of yes-nos is a number.
    pub(crate) unit_kind: MeasureKind,
    pub(crate) sign: Option<PartSign>,
    pub(crate) level: Level,
    pub(crate) rollup: Option<RollUpPlan>,
    pub(crate) assessors: Option<Assessors>,
    /// Where it stands in a division with other measures of its level, it is rolled up once
    /// more over the units that have all of them: the measure itself, and those others.
    pub(crate) within: Option<(MeasureId, Vec<MeasureId>)>,
    pub(crate) min: Option<Rational>,
    pub(crate) max: Option<Rational>,
    pub(crate) has_unit: bool,
    /// The unit and the range of one unit's value, where a community's is a share.
    pub(crate) each_unit: Option<Box<UnitForm>>,
    pub(crate) labels: Vec<String>,
    pub(crate) policy: Option<MissingPolicy>,
    /// What the rules ask of each single mark.
    pub(crate) demands: Vec<Demand>,
}

impl MeasurePlan {
    /// Whether no value can be below 0.
    fn is_non_negative(&self) -> bool {
        self.kind == MeasureKind::Count || self.min.as_ref().is_some_and(|m| !m.is_negative())
    }
}

impl MeasurePlan {
    /// Whether a percentage may be typed: in `%`, in `‰` or without a unit.
    pub(crate) fn takes_parts(&self, kind: MeasureKind) -> bool {
        kind == MeasureKind::Number
            && (self.sign.is_some() || !self.has_unit || kind != self.unit_kind)
    }

    /// Whether its stored cells are whole numbers of millions.
    pub(crate) fn is_whole(&self) -> bool {
        self.kind == MeasureKind::Count
    }

    /// How many of a kernel's units make one of the measure's.
    pub(crate) fn stored_units(&self) -> i64 {
        if self.kind == MeasureKind::Number {
            1_000_000
        } else {
            1
        }
    }

    /// The same measure as one unit below the community has it.
    pub(crate) fn of_unit(&self) -> MeasurePlan {
        let mut unit = self.clone();
        unit.kind = self.unit_kind;
        if let Some(form) = unit.each_unit.take() {
            (unit.sign, unit.has_unit) = (form.sign, form.has_unit);
            (unit.min, unit.max) = (form.min, form.max);
        }
        unit
    }
}

/// A measure as it is declared, for one unit below the community.
#[derive(Clone, Debug)]
pub(crate) struct UnitForm {
    pub(crate) sign: Option<PartSign>,
    pub(crate) has_unit: bool,
    pub(crate) min: Option<Rational>,
    pub(crate) max: Option<Rational>,
}

/// How units become their community's value.
#[derive(Clone, Debug)]
pub(crate) enum RollUpPlan {
    Sum,
    Mean,
    WeightedMean(MeasureId),
    Min,
    Max,
    Share(Test),
}

/// A rule that bounds the values of the lone measure it marks.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    /// The code of the item or check.
    pub(crate) code: String,
    pub(crate) min: Rational,
    pub(crate) max: Rational,
    pub(crate) step: Option<Rational>,
}

impl Demand {
    /// Whether a mark is in the range and on a step.
    pub(crate) fn allows(&self, mark: &Rational) -> bool {
        let steps = |step: &Rational| (mark - &self.min).checked_div(step);
        *mark >= self.min
            && *mark <= self.max
            && self
                .step
                .as_ref()
                .and_then(steps)
                .is_none_or(|steps| steps.is_integer())
    }
}

#[derive(Debug)]
pub(crate) struct MarkingPlan {
    pub(crate) code: String,
    /// Full marks; absent for a bonus or deduction without a cap of its own.
    pub(crate) points: Option<Rational>,
    pub(crate) value: Option<Node>,
    /// The measures that the value names, each once.
    pub(crate) measures: Vec<MeasureId>,
    pub(crate) applies: Option<Test>,
    pub(crate) full_marks: Option<Test>,
    pub(crate) no_marks: Option<Test>,
    pub(crate) zero_denominator: Option<ZeroDenominator>,
    pub(crate) own_policy: Option<MissingPolicy>,
    pub(crate) rule: RulePlan,
    /// Whether its value cannot be below 0.
    pub(crate) non_negative: bool,
    /// The cohort of its value.
    pub(crate) slot: Option<SlotId>,
    /// The cohorts of its measures, where one may be imputed.
    pub(crate) measure_slots: Vec<(MeasureId, SlotId)>,
}

impl MarkingPlan {
    /// The markings of its checks.
    pub(crate) fn checks(&self) -> impl Iterator<Item = MarkingId> {
        let checks = match &self.rule {
            RulePlan::Checks { checks, .. } => checks.as_slice(),
            _ => &[],
        };
        checks.iter().map(|check| check.marking)
    }
}

#[derive(Debug)]
pub(crate) enum RulePlan {
    Award {
        min: Rational,
        max: Rational,
        step: Option<Rational>,
    },
    YesNo {
        yes: Rational,
        no: Rational,
    },
    /// Points by the index of the measure's label.
    Levels(Vec<Rational>),
    Count {
        of: u32,
        pay: PayPlan,
    },
    Boxes {
        boxes: Vec<BoxPlan>,
        pay: PayPlan,
    },
    Bands {
        bands: Vec<BandPlan>,
        otherwise: Rational,
    },
    Curve(Vec<(MarkPlan, Rational)>),
    PerUnit(PerUnitPlan),
    Rank {
        from_top: bool,
        pay: RankPlan,
    },
    ShareOfBest {
        lower_is_better: bool,
    },
    ShareOfMean {
        lower_is_better: bool,
    },
    MinMax {
        lower_is_better: bool,
    },
    Checks {
        from_full: bool,
        combine: Combine,
        checks: Vec<CheckPlan>,
    },
}

#[derive(Debug)]
pub(crate) struct BoxPlan {
    pub(crate) test: Test,
    pub(crate) measures: Vec<MeasureId>,
}

#[derive(Debug)]
pub(crate) enum PayPlan {
    Each(Rational),
    Table(Vec<(u32, Rational)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MarkPlan {
    Number(Rational),
    CohortMean,
}

#[derive(Debug)]
pub(crate) struct BandPlan {
    pub(crate) low: Option<(MarkPlan, bool)>,
    pub(crate) high: Option<(MarkPlan, bool)>,
    pub(crate) points: Rational,
}

#[derive(Debug)]
pub(crate) struct PerUnitPlan {
    pub(crate) from: Rational,
    pub(crate) mark: MarkPlan,
    pub(crate) side: Side,
    pub(crate) unit: Rational,
    pub(crate) points: Rational,
    pub(crate) steps: Steps,
    pub(crate) floor: Option<Rational>,
    pub(crate) cap: Option<Rational>,
}

#[derive(Debug)]
pub(crate) enum RankPlan {
    Table(Vec<Rational>, Rational),
    Steps {
        start: Rational,
        step: Rational,
        floor: Option<Rational>,
    },
    Shares(Vec<(Rational, Rational)>, Rational),
}

#[derive(Debug)]
pub(crate) struct CheckPlan {
    pub(crate) marking: MarkingId,
    /// What it can earn.
    pub(crate) points: Rational,
    pub(crate) floor: Option<Rational>,
    pub(crate) cap: Option<Rational>,
}

#[derive(Debug)]
pub(crate) struct ItemPlan {
    pub(crate) code: String,
    pub(crate) marking: MarkingId,
    /// Full marks, scaled by the standard's decimals; a bonus may have none.
    pub(crate) full: Option<i64>,
    /// The measures that it marks, its checks' and boxes' included; not those of conditions.
    pub(crate) own: Vec<MeasureId>,
    pub(crate) each: Option<EachPlan>,
}

#[derive(Debug)]
pub(crate) struct SectionPlan {
    pub(crate) code: String,
    pub(crate) items: Vec<usize>,
    pub(crate) sections: Vec<SectionId>,
    /// What its children add up to, exactly.
    pub(crate) children: Rational,
    /// What it is worth in its parent: its weight, or what its children add up to.
    pub(crate) worth: Rational,
    pub(crate) weighted: bool,
}

/// An item marked for each unit of a level.
#[derive(Debug)]
pub(crate) struct EachPlan {
    pub(crate) level: Level,
    pub(crate) rollup: RollUpPlan,
}

/// One cohort's numbers: of a marking's value, or of one of its measures.
#[derive(Debug)]
pub(crate) struct SlotPlan {
    pub(crate) marking: MarkingId,
    /// The item, bonus or deduction must apply as well, where the marking is a check of it.
    pub(crate) parent: Option<MarkingId>,
    /// The item that the marking is or belongs to, counted as in [`Plan::all_items`].
    pub(crate) item: Option<usize>,
    /// The measure, where it is a measure's imputation.
    pub(crate) measure: Option<MeasureId>,
    /// An index into [`Plan::attributes`]; the whole table if absent.
    pub(crate) attribute: Option<usize>,
    /// Whether distinct values are counted: for ranks and medians.
    pub(crate) distinct: bool,
}

#[derive(Debug)]
pub(crate) struct VetoPlan {
    pub(crate) code: String,
    pub(crate) test: Test,
    pub(crate) effects: Vec<EffectPlan>,
}

#[derive(Debug)]
pub(crate) enum EffectPlan {
    NoGrade,
    /// The index of the best grade allowed.
    Ceiling(usize),
    OneGradeDown,
    /// Off the total.
    Points(Rational),
    ZeroSection(SectionId),
    /// An index into [`Plan::items`].
    ZeroItem(usize),
}

#[derive(Debug)]
pub(crate) struct GradePlan {
    /// The least total, scaled by the total's decimals.
    pub(crate) total: Option<i64>,
    pub(crate) before_bonus: Option<i64>,
    /// Each: what, and its least points, scaled.
    pub(crate) marks: Vec<(Part, i64)>,
    /// How many, and which with which mark.
    pub(crate) count: Option<(u32, Vec<(SectionId, i64)>)>,
}

/// A section or an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Section(SectionId),
    /// An index into [`Plan::items`].
    Item(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum TieBreak {
    Part(Part),
    Bonus,
    BeforeBonus,
}
