//! Scorecards (计分卡): all that a standard says about one community, as data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::gaps::GradeGap;
use super::step::NextStep;
use crate::lang::Text;
use crate::points::Points;
use crate::rational::Rational;

/// All that a standard says about one community. [`Scorecard::explain`] puts it into words.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Lang, Observations, ScoreOptions, Standard};
/// let standard = Standard::from_toml(r#"
/// [standard]
/// id = "patrol"
/// title = { zh = "网格巡查", en = "Grid patrol" }
/// [measures.coverage]
/// title = { zh = "巡查覆盖率", en = "patrol coverage" }
/// type = "number"
/// unit = "%"
/// [[section]]
/// id = "1"
/// title = { zh = "巡查", en = "Patrol" }
/// [[section.item]]
/// id = "1.1"
/// title = { zh = "覆盖", en = "Coverage" }
/// points = 3
/// value = "coverage"
/// bands = [{ at_least = "95%", points = 3 }, { at_least = "90%", points = 2 }]
/// "#)?;
/// let rows = [["c1", "91.2%"]];
/// let table = Observations::from_rows(&standard, &["code", "coverage"], &rows)?;
/// let scores = standard.score(&table, &ScoreOptions::new())?;
/// let card = scores.card(0).unwrap();
/// let step = card.sections[0].items[0].next.as_ref().unwrap();
/// assert_eq!(step.wording.en, "91.2%; at 95% it earns 3 instead of 2");
/// assert_eq!(step.points.unwrap().to_string(), "3.00");
/// assert!(card.explain(Lang::En).contains("1.1 Coverage"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecard {
    /// The standard that it was scored against.
    pub standard: StandardLine,
    /// The community's code.
    pub code: String,
    /// Its name, where the table has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What else the table says of it: district, street, ….
    pub attributes: BTreeMap<String, String>,
    /// The published total; nothing where nothing applies.
    pub total: Option<Points>,
    /// The sections less deductions and vetoes' points.
    pub total_before_bonus: Option<Points>,
    /// What the sections are worth together.
    pub full_marks: Rational,
    /// All bonuses together, capped.
    pub bonus: Option<Points>,
    /// All deductions together, capped, as a positive number.
    pub deductions: Option<Points>,
    /// The place among `of` communities.
    pub rank: Option<u32>,
    /// How many communities were scored with it.
    pub of: usize,
    /// The grade after vetoes.
    pub grade: Option<Named>,
    /// The grade that the points earned, before vetoes.
    pub grade_earned: Option<Named>,
    /// What stands between it and the next better grade; nothing where it has the best.
    pub next_grade: Option<GradeGap>,
    /// What its reader must know: `provisional`, `imputed`, `grade-taken`, `no-total`.
    pub flags: Vec<&'static str>,
    /// The vetoes that hold, and those that a blank leaves open.
    pub vetoes: Vec<VetoLine>,
    /// The sections, with their items.
    pub sections: Vec<SectionLine>,
    /// The bonuses that were observed.
    pub bonus_items: Vec<ItemLine>,
    /// The deductions that were observed.
    pub deduction_items: Vec<ItemLine>,
    /// The measures that are blank, and where they are missed.
    pub missing: Vec<MissingLine>,
}

/// Which standard it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StandardLine {
    /// Its id.
    pub id: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its title.
    pub title: Text,
    /// What is official in it and what is drafted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Text>,
}

/// Something with a code and a title: a grade, a section, ….
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
}

/// A veto (一票否决) on one community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VetoLine {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// Whether it holds; otherwise a blank leaves it open.
    pub holds: bool,
    /// Its condition and its effects, in words.
    pub wording: Text,
}

/// A section on one community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SectionLine {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// Its published points; nothing where all of it is excluded.
    pub points: Option<Points>,
    /// What it is worth.
    pub full: Rational,
    /// What it falls short of that.
    pub lost: Option<Rational>,
    /// Whether a veto took its points.
    pub zeroed: bool,
    /// Its items.
    pub items: Vec<ItemLine>,
    /// Its sections.
    pub sections: Vec<SectionLine>,
}

/// An item, a bonus or a deduction on one community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemLine {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// Its published points; nothing where it is excluded. Of a deduction: what it takes off.
    pub points: Option<Points>,
    /// Full marks; of a bonus or deduction its cap, if it has one.
    pub full: Option<Rational>,
    /// Points lost of full marks; nothing for bonuses, deductions and what is excluded.
    pub lost: Option<Points>,
    /// What was observed, as the rule looks at it.
    pub value: Option<ShownValue>,
    /// The measures that the value is worked out from, where it is not one alone.
    pub inputs: Vec<InputLine>,
    /// The rule and its conditions, in words.
    pub rule: Text,
    /// How it came to its points, where there is more to say than its value.
    pub states: Vec<ItemState>,
    /// The states in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// The boxes of a checklist.
    pub boxes: Vec<BoxLine>,
    /// The checks of which it is made.
    pub checks: Vec<CheckLine>,
    /// The nearest change that wins points; of an item made of checks, the one that wins most.
    pub next: Option<NextStep>,
}

/// A value, exact and for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownValue {
    /// The exact number, where it is one: a decimal or a fraction.
    pub exact: Option<Rational>,
    /// For people: `91.2%`, `48.5岁`, `优`, `是`.
    pub shown: Text,
}

/// One measure of a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputLine {
    /// The measure's name in the standard.
    pub measure: String,
    /// Its title.
    pub title: Text,
    /// Its value; nothing where it is blank.
    pub value: Option<Text>,
}

/// How an item came to its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// A value is missing.
    Missing,
    /// The cohort's mean or median stands for a missing value.
    Imputed,
    /// It does not apply.
    NotApplicable,
    /// It left because its value is missing.
    Excluded,
    /// A condition gave it full marks.
    FullByCondition,
    /// A condition took its points.
    NoneByCondition,
    /// A condition of it is open for want of a value.
    Undecided,
    /// A zero denominator settled it.
    ZeroDenominator,
    /// A veto took its points.
    Vetoed,
}

/// A box of a checklist on one community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BoxLine {
    /// Its wording.
    pub title: Text,
    /// How it was answered.
    pub answer: BoxAnswer,
}

/// How a box was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxAnswer {
    /// It is ticked.
    Met,
    /// It is not.
    Unmet,
    /// It is blank.
    Blank,
    /// It does not apply.
    NotApplicable,
}

/// A check of an item on one community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckLine {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// What it counts, exactly, held to its own floor and cap; nothing where it leaves.
    pub points: Option<Rational>,
    /// What was observed.
    pub value: Option<ShownValue>,
    /// Its rule and its conditions, in words.
    pub rule: Text,
    /// The boxes of a checklist.
    pub boxes: Vec<BoxLine>,
    /// The nearest change to it that wins the item points.
    pub next: Option<NextStep>,
}

/// A measure that is blank.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingLine {
    /// The measure's name in the standard.
    pub measure: String,
    /// Its title.
    pub title: Text,
    /// The codes of the items and vetoes that miss it.
    pub items: Vec<String>,
}
