//! A standard as it is written: the document behind TOML, JSON and workbooks.
//!
//! Every type says how it is spelled in a file. Numbers are read from their text,
//! exactly: a bare TOML or JSON number or a string (`4`, `0.5`, `"1/3"`); a
//! [`Quantity`] is such a number or a string with a sign (`"95%"`, `"3‰"`).

use crate::expression::{Condition, Expression, Quantity};
use crate::lang::Text;
use crate::rational::{Rational, Rounding};

/// A standard (创建标准), unchecked. [`crate::Standard`] is one that passed all checks.
///
/// In a file, the fields up to `tie_breaks` stand in the table `[standard]`; measures in
/// `[measures.NAME]`; sections in `[[section]]`; bonuses in `[[bonus]]`; deductions in
/// `[[deduction]]`; vetoes in `[[veto]]`; grades in `[[grade]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// `id`: letters, digits, `-`, `_`, `.`; required.
    pub id: String,
    /// `version`: free text, such as `"2020-07"`.
    pub version: Option<String>,
    /// `title`: required. Any title in a file is `{ zh = "…", en = "…" }` or one string.
    pub title: Text,
    /// `notice`: what is official and what is drafted; shown wherever the standard is.
    pub notice: Option<Text>,
    /// `source`: where the standard was published.
    pub source: Option<String>,
    /// `points`: the declared total, checked against the sum of the sections.
    pub points: Option<Rational>,
    /// `decimals`: digits of published points, 0 to 6; 2 if not given.
    pub decimals: u8,
    /// `total_decimals`: digits of the total and the total before bonus, where they are
    /// fewer than `decimals`.
    pub total_decimals: Option<u8>,
    /// `rounding`: `"half-up"` (if not given) or `"half-even"`.
    pub rounding: Rounding,
    /// `missing`: `"zero"` (if not given), `"error"`, `"exclude"`, `"mean"`, `"median"`.
    pub missing: MissingPolicy,
    /// `exceed_full`: whether bonus may lift the total past full marks; false if not given.
    pub exceed_full: bool,
    /// `bonus_cap`: the most that all bonuses earn together.
    pub bonus_cap: Option<Rational>,
    /// `deduction_cap`: the most that all deductions cost together.
    pub deduction_cap: Option<Rational>,
    /// `tie_breaks`: codes of sections or items, or `"bonus"`, `"total-before-bonus"`, in order.
    pub tie_breaks: Vec<String>,
    /// In the order of the file.
    pub measures: Vec<Measure>,
    /// At least one.
    pub sections: Vec<Section>,
    /// 加分项: each earns 0 to its `points`; without `points` it has no cap of its own.
    /// Shaped as items; `missing`, `each` are not allowed: a blank is none.
    pub bonus: Vec<Item>,
    /// 扣分项: each costs 0 to its `points`. Its rule says, as a positive number, what is taken off.
    pub deductions: Vec<Item>,
    /// In the order of the file.
    pub vetoes: Vec<Veto>,
    /// Best first.
    pub grades: Vec<Grade>,
}

impl Document {
    /// The labels that a label measure may take: its own, or those of the first rule by levels
    /// that marks it.
    #[must_use]
    pub fn labels_of(&self, measure: &Measure) -> Vec<String> {
        if !measure.labels.is_empty() || measure.kind != MeasureKind::Label {
            return measure.labels.clone();
        }
        let mut markings = Vec::new();
        let mut sections: Vec<&Section> = self.sections.iter().rev().collect();
        while let Some(section) = sections.pop() {
            markings.extend(section.items.iter().map(|item| &item.marking));
            sections.extend(section.sections.iter().rev());
        }
        let extras = self.bonus.iter().chain(&self.deductions);
        markings.extend(extras.map(|item| &item.marking));
        let checks = |marking: &'_ Marking| match &marking.rule {
            Rule::Checks(checks) => checks.checks.iter().map(|c| c.marking.clone()).collect(),
            _ => vec![marking.clone()],
        };
        let named = markings.into_iter().flat_map(checks).find_map(|marking| {
            let marks_it =
                marking.value.as_ref().and_then(Expression::lone_measure) == Some(&measure.name);
            match marking.rule {
                Rule::Levels(levels) if marks_it => Some(levels),
                _ => None,
            }
        });
        named
            .into_iter()
            .flatten()
            .map(|(label, _)| label)
            .collect()
    }
}

/// What a missing value earns (DESIGN.md §2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingPolicy {
    /// The least its rule can give.
    #[default]
    Zero,
    /// A fault.
    Error,
    /// As if it did not apply, yet listed.
    Exclude,
    /// The cohort's mean, listed as imputed.
    Mean,
    /// The cohort's median, listed as imputed.
    Median,
}

/// A named quantity that is observed: `[measures.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The key of its table: a Unicode identifier or a quoted key.
    pub name: String,
    /// `title`; the name if not given.
    pub title: Text,
    /// `type`: `"count"`, `"number"`, `"yes-no"`, `"label"`, `"date"`; required.
    pub kind: MeasureKind,
    /// `unit`: `"%"`, `"‰"`, `"m²"`, …; for counts and numbers.
    pub unit: Option<String>,
    /// `min`: the least value allowed; 0 for a count if not given.
    pub min: Option<Rational>,
    /// `max`: the greatest value allowed.
    pub max: Option<Rational>,
    /// `labels`: for a label, every label allowed, best first; those of its rule if not given.
    pub labels: Vec<String>,
    /// `level`: where it is collected; `"community"` if not given.
    pub level: Level,
    /// `rollup`: how units below the community become one value; required below the community
    /// unless every item that uses it is marked for each unit.
    pub rollup: Option<RollUp>,
    /// `assessors`: how several marks of one unit become one value.
    pub assessors: Option<Assessors>,
    /// `missing`: overrides the standard's policy.
    pub missing: Option<MissingPolicy>,
    /// `filled_by = "organisation-coverage"`: filled from the party grid where one is given.
    pub filled_by: Option<FilledBy>,
}

/// The type of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureKind {
    /// A whole number, at least 0.
    Count,
    /// A decimal number in a unit.
    Number,
    /// 是 or 否.
    YesNo,
    /// One of some words.
    Label,
    /// A day.
    Date,
}

/// The level of the party grid at which a measure is collected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 街道
    Street,
    /// 社区
    #[default]
    Community,
    /// 网格
    Grid,
    /// 楼宇
    Building,
    /// 住宅小区, beside the grid.
    Compound,
}

/// How the values of units become one value of their community: `rollup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RollUp {
    /// `"sum"`
    Sum,
    /// `"mean"`
    Mean,
    /// `{ mean_by = "households" }`: the mean weighted by another measure of the same level.
    WeightedMean(String),
    /// `"min"`
    Min,
    /// `"max"`
    Max,
    /// `{ share = "condition" }`: the share of units for which it holds, 0 to 1; a unit
    /// without a value does not meet it. For a lone yes-no measure, `"share"`.
    Share(Condition),
}

/// How the marks of several assessors become one: `assessors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessors {
    /// `"mean"`
    Mean,
    /// `"median"`
    Median,
    /// `{ trim = k }`: the mean without the k highest and the k lowest.
    Trimmed(u32),
}

/// Where a measure's value comes from when a party grid is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilledBy {
    /// The share of the community's four levels of units whose organisation is established.
    OrganisationCoverage,
}

/// A titled group (大项): `[[section]]`, `[[section.section]]`, …; its items come before its
/// sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// `id`: its code, such as `"2"`; unique among sections, items, checks, bonuses, …
    pub id: String,
    /// `title`
    pub title: Text,
    /// `points`: declared, checked against the sum of its children.
    pub points: Option<Rational>,
    /// `weight`: what the section is worth in its parent whatever its children add up to:
    /// the children's sum × weight ÷ their points, rounded once. May be a fraction.
    pub weight: Option<Rational>,
    /// `[[section.item]]`
    pub items: Vec<Item>,
    /// `[[section.section]]`
    pub sections: Vec<Section>,
}

/// A leaf that earns points (小项): `[[section.item]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `id`: its code, such as `"2.4"`
    pub id: String,
    /// `title`
    pub title: Text,
    /// `points`: full marks, above 0, with at most `decimals` digits; required for an item,
    /// the cap of a bonus or deduction.
    pub points: Option<Rational>,
    /// `evidence`: what the assessor wants to see.
    pub evidence: Option<Text>,
    /// How it is marked; these keys stand beside `id`.
    pub marking: Marking,
    /// `each = "building"`, `points_rollup = "mean"`: marked for each unit, and the units'
    /// points rolled up.
    pub each: Option<Each>,
}

/// An item marked for each unit below the community (抽查).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Each {
    /// The level of the units.
    pub level: Level,
    /// How their points become the item's: `"mean"` if not given, `"min"`, `"max"`, `"sum"`,
    /// `{ mean_by = "households" }`.
    pub rollup: RollUp,
}

/// How an item or a check is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marking {
    /// `value`: what is observed. Absent for a checklist of boxes and for checks.
    pub value: Option<Expression>,
    /// `applies`: a condition; what does not apply is excluded.
    pub applies: Option<Condition>,
    /// `full_marks` (免检): a condition that earns the points whole.
    pub full_marks: Option<Condition>,
    /// `no_marks` (该项不得分): a condition that earns 0.
    pub no_marks: Option<Condition>,
    /// `zero_denominator`: `"full"`, `"not-applicable"` or points; missing if not given.
    pub zero_denominator: Option<ZeroDenominator>,
    /// `missing`: overrides the measures' and the standard's policy.
    pub missing: Option<MissingPolicy>,
    /// `cohort`: the attribute whose value the cohort shares, such as `"district"`; the whole
    /// table if not given.
    pub cohort: Option<String>,
    /// Exactly one of the rule keys.
    pub rule: Rule,
}

/// What a zero denominator earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZeroDenominator {
    /// Full marks.
    Full,
    /// The item does not apply.
    NotApplicable,
    /// So many points.
    Points(Rational),
}

/// How a value becomes points (评分办法, DESIGN.md §2.3). "Full" is the item's or check's `points`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `award = {}` or `{ min = 0, max = 2, step = 0.5 }`: an assessor's mark, which is the
    /// points. `min` is 0 and `max` is full if not given; no step if not given.
    Award {
        /// The least mark.
        min: Rational,
        /// The greatest mark; full if absent.
        max: Option<Rational>,
        /// Marks are `min` + a whole number of steps.
        step: Option<Rational>,
    },
    /// `yes_no = {}` or `{ yes = 4, no = -1 }`: for a yes-no measure; full and 0 if not given.
    YesNo {
        /// Points for yes; full if absent.
        yes: Option<Rational>,
        /// Points for no.
        no: Rational,
    },
    /// `levels = { "优" = 3, "良" = 2.4 }`: for a label measure. Every label of the measure
    /// must be named.
    Levels(Vec<(String, Rational)>),
    /// `checklist = { boxes = [...], each = 1 }`, `checklist = { boxes = [...], table = { "3" = 2 } }`
    /// or `checklist = { of = 6, each = 0.5 }` (a count in `value`) or with a `table`.
    Checklist(Checklist),
    /// `bands = [{ at_least = "95%", points = 3 }, …]` and beside it `otherwise = 0` (0 if not
    /// given): the first band that holds.
    Bands {
        /// In order.
        bands: Vec<Band>,
        /// Points where no band holds.
        otherwise: Rational,
    },
    /// `curve = [["50%", 0], ["100%", 4]]`: piecewise linear through the knots, flat outside.
    Curve(Vec<(Mark, Rational)>),
    /// `per_unit = { from = "full", over = 0, points = -0.5, floor = 0 }`
    PerUnit(PerUnit),
    /// `rank = { … }`
    Rank(Rank),
    /// `share_of_best = {}` or `{ lower_is_better = true }`
    ShareOfBest {
        /// Best ÷ value instead of value ÷ best.
        lower_is_better: bool,
    },
    /// `share_of_mean = {}` or `{ lower_is_better = true }`
    ShareOfMean {
        /// Mean ÷ value instead of value ÷ mean.
        lower_is_better: bool,
    },
    /// `min_max = {}` or `{ lower_is_better = true }`
    MinMax {
        /// (max − x) instead of (x − min).
        lower_is_better: bool,
    },
    /// `[[section.item.check]]`, beside `start = 0` (or `"full"`) and `combine = "sum"` (or
    /// `"best"`, `"worst"`).
    Checks(Checks),
}

/// A checklist of conditions or a count of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// `boxes = ["joint_meetings", { when = "drills >= 2", title = "…" }]`; empty for a count.
    pub boxes: Vec<CheckBox>,
    /// `of`: the count in `value` is a whole number 0 to this; absent where there are boxes.
    pub of: Option<u32>,
    /// `each` or `table`.
    pub pays: ChecklistPay,
}

/// One box of a checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckBox {
    /// What ticks it.
    pub when: Condition,
    /// Its wording.
    pub title: Option<Text>,
}

/// What a checklist earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChecklistPay {
    /// `each = 0.5`: so much for each ticked box.
    Each(Rational),
    /// `table = { "4" = 3, "3" = 2 }`: by the count ticked; a count that it does not name earns 0.
    Table(Vec<(u32, Rational)>),
}

/// One band: one or two bounds, and points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// `at_least` or `above`.
    pub low: Option<Bound>,
    /// `at_most` or `below`.
    pub high: Option<Bound>,
    /// `points`
    pub points: Rational,
}

/// One side of a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Where it is.
    pub mark: Mark,
    /// Whether the mark itself is inside (`at_least`, `at_most`).
    pub inclusive: bool,
}

/// A threshold: a number, or `"mean"`, the cohort's mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A number in the value's unit, or a percentage.
    Quantity(Quantity),
    /// The cohort's mean, exactly.
    CohortMean,
}

/// So much for each unit over or under a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerUnit {
    /// `from`: `"full"` or a number; 0 if not given.
    pub from: Start,
    /// `over` or `under`: the mark, and the side that counts. One of the two is required.
    pub mark: Mark,
    /// Which side of the mark counts.
    pub side: Side,
    /// `unit`: the length of one unit, in the value's unit; 1 if not given. `"1%"` is a
    /// percentage point.
    pub unit: Quantity,
    /// `points`: added for each unit; negative where points are taken off.
    pub points: Rational,
    /// `steps`: `"proportional"`, `"started"` or `"completed"`. May be left out only on a count
    /// with a whole mark and a unit of 1, where all three are the same.
    pub steps: Steps,
    /// `floor`: the least that the rule gives.
    pub floor: Option<Rational>,
    /// `cap`: the most that the rule gives.
    pub cap: Option<Rational>,
}

/// Where a sum starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// From the full points.
    Full,
    /// From so many points.
    Points(Rational),
}

/// Which side of a mark counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Units above the mark.
    Over,
    /// Units below the mark.
    Under,
}

/// How a part of a unit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// In proportion.
    Proportional,
    /// As a whole one.
    Started,
    /// Not at all.
    Completed,
}

/// Place → points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    /// `from`: `"top"` (the greatest value is first; if not given) or `"bottom"`.
    pub from: End,
    /// What a place earns.
    pub pays: RankPay,
}

/// From which end places are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The greatest value is first.
    Top,
    /// The least value is first.
    Bottom,
}

/// What a place earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RankPay {
    /// `table = [60, 57, 54]` and `otherwise = 0`: the first place, the second, …
    Table(Vec<Rational>, Rational),
    /// `start = 60, step = 3, floor = 0`: the first place earns `start`, each next `step` less.
    Steps {
        /// Points of the first place.
        start: Rational,
        /// Points less for each further place.
        step: Rational,
        /// The least; none if absent.
        floor: Option<Rational>,
    },
    /// `shares = [["30%", 10], ["60%", 6]]` and `otherwise = 0`: the first 30% of places, then
    /// up to 60%, …
    Shares(Vec<(Rational, Rational)>, Rational),
}

/// An item made of checks (评分要点).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    /// `start`: 0 (if not given) or `"full"`; a sum starts here. Best and worst ignore it.
    pub from_full: bool,
    /// `combine`
    pub combine: Combine,
    /// `[[section.item.check]]`, at least one.
    pub checks: Vec<Check>,
}

/// How checks become an item's points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// `"sum"`
    Sum,
    /// `"best"` (同一事项取最高)
    Best,
    /// `"worst"`
    Worst,
}

/// A part of an item with a rule of its own: `[[section.item.check]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `id`: its code, such as `"5.1.a"`
    pub id: String,
    /// `title`
    pub title: Text,
    /// `points`: what it can earn; 0 (if not given) for a check that only takes points off.
    pub points: Rational,
    /// `floor`: the least that it counts.
    pub floor: Option<Rational>,
    /// `cap`: the most that it counts.
    pub cap: Option<Rational>,
    /// How it is marked. Its rule is never `checks`.
    pub marking: Marking,
}

/// A condition with an effect (一票否决): `[[veto]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veto {
    /// `id`
    pub id: String,
    /// `title`
    pub title: Text,
    /// `when`
    pub when: Condition,
    /// `effect`: one or a list.
    pub effects: Vec<Effect>,
}

/// What a veto does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `"no-grade"`
    NoGrade,
    /// `{ ceiling = "qualified" }`: the grade is at most this one.
    Ceiling(String),
    /// `"one-grade-down"`
    OneGradeDown,
    /// `{ points = 5 }`: off the total.
    Points(Rational),
    /// `{ zero = "2" }`: a section or an item to 0.
    Zero(String),
}

/// A grade (等次): `[[grade]]`, best first. All of its conditions must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// `id`
    pub id: String,
    /// `title`
    pub title: Text,
    /// `total`: the least total, as points or as percent of full marks.
    pub total: Option<Quantity>,
    /// `total_before_bonus`: the same, of the total before bonus.
    pub total_before_bonus: Option<Quantity>,
    /// `sections`: the least of every top-level section, as points or as percent of its points.
    pub sections: Option<Quantity>,
    /// `marks = { "6" = "80%", "2.4" = 3 }`: the least of named sections and items.
    pub marks: Vec<(String, Quantity)>,
    /// `count = { at_least = 5, mark = 80 }` and perhaps `of = ["1", "2"]`: so many sections
    /// reach a mark; the top level unless named.
    pub count: Option<SectionCount>,
}

/// A number of sections at a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionCount {
    /// How many.
    pub at_least: u32,
    /// The mark.
    pub mark: Quantity,
    /// Which sections; the top level if empty.
    pub of: Vec<String>,
}
