//! The next step: the nearest change that wins points, as data and in words.

use serde::Serialize;

use super::trial::Reach;
use super::{Role, ValueFormat, Words};
use crate::lang::{Lang, Text};
use crate::points::Points;
use crate::rational::Rational;

/// The nearest change that wins an item published points.
///
/// Every step is found by marking the item again, so that whoever makes the change gets
/// exactly these points, as long as everything else stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextStep {
    /// The code of the item or of the check whose value has to change.
    pub code: String,
    /// What has to be reached.
    pub target: Target,
    /// The item's published points then. Where a value is missing, the most that it can earn;
    /// nothing where that is not known either.
    pub points: Option<Points>,
    /// How many points more that is; for a deduction, how many fewer are taken off.
    pub gain: Option<Points>,
    /// The measure that brings the value there when nothing else moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<MeasureStep>,
    /// In words: `91.2%; at 95% it earns 3 instead of 2`.
    pub wording: Text,
}

/// What has to be reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// A value.
    Value {
        /// The value, in its own unit.
        value: Rational,
        /// On which side of it.
        bound: StepBound,
        /// The value for people.
        shown: Text,
        /// The place in the cohort that it reaches, where the rule ranks.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<u64>,
    },
    /// An answer.
    Answer {
        /// Yes or no.
        yes: bool,
    },
    /// A label.
    Label {
        /// The label.
        label: String,
    },
    /// So many boxes more ticked, or fewer where it is below 0; what stays blank counts as
    /// not ticked.
    Boxes {
        /// How many.
        change: i64,
        /// Those that could change.
        boxes: Vec<Text>,
    },
    /// A value where there is none.
    Report {
        /// The names of the measures that are blank, or that are 0 under a division.
        measures: Vec<String>,
    },
    /// The end of the condition that takes the item's points.
    Lift,
}

/// On which side of a target the value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepBound {
    /// The target or more.
    AtLeast,
    /// More than the target.
    Above,
    /// The target or less.
    AtMost,
    /// Less than the target.
    Below,
}

/// A measure that moves while everything else stays.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureStep {
    /// The measure's name in the standard.
    pub measure: String,
    /// Its title.
    pub title: Text,
    /// Its value now.
    pub from: Rational,
    /// The nearest value that it can take and that is enough.
    pub to: Rational,
    /// The item's value then.
    pub value: Rational,
    /// The item's published points then: not fewer than those of the target where more is
    /// better all the way.
    pub points: Points,
}

/// What a step's words depend on.
pub(super) struct Setting<'a> {
    pub(super) format: &'a ValueFormat,
    pub(super) role: Role,
    /// The title of the check, where it is one.
    pub(super) check: Option<&'a Text>,
    /// The value as things stand.
    pub(super) value: &'a Rational,
    pub(super) now: Points,
    pub(super) then: Points,
    /// The title and format of the lever, unless the value is that measure alone.
    pub(super) lever: Option<(String, ValueFormat)>,
    /// The place now and then, where the rule ranks, and among whom.
    pub(super) places: Option<(u64, u64, String)>,
}

/// Digits of a value that is shown; more where two values would look alike.
const SHOWN: u8 = 6;
const SHOWN_AT_MOST: u8 = 18;

impl Words<'_> {
    /// Two different values, shown so that they differ where that is possible.
    fn apart(&self, format: &ValueFormat, a: &Rational, b: &Rational) -> (String, String) {
        let show = |decimals| {
            let show = |value| format.show_with(value, decimals, self.lang);
            (show(a), show(b))
        };
        let mut digits = SHOWN..=SHOWN_AT_MOST;
        let found = digits.find_map(|decimals| {
            let shown = show(decimals);
            (shown.0 != shown.1).then_some(shown)
        });
        found.unwrap_or_else(|| show(SHOWN))
    }

    /// `earns 3 instead of 2`, `得3分（现得2分）`.
    pub(super) fn instead(&self, role: Role, now: Points, then: Points) -> String {
        let (now, then) = (now.exact(), then.exact());
        match (self.lang, role) {
            (Lang::Zh, Role::Item) => format!("得{then}分\u{ff08}现得{now}分\u{ff09}"),
            (Lang::Zh, Role::Bonus) => format!("加{then}分\u{ff08}现加{now}分\u{ff09}"),
            (Lang::Zh, Role::Deduction) => format!("扣{then}分\u{ff08}现扣{now}分\u{ff09}"),
            (Lang::En, Role::Item) => format!("earns {then} instead of {now}"),
            (Lang::En, Role::Bonus) => format!("adds {then} instead of {now}"),
            (Lang::En, Role::Deduction) => format!("takes off {then} instead of {now}"),
        }
    }

    /// Says which check it is about, where it is one.
    pub(super) fn about(&self, check: Option<&Text>, text: String) -> String {
        match check {
            Some(title) => self.headed(&self.quoted(self.text(title)), &text),
            None => text,
        }
    }

    pub(super) fn value_step(&self, reach: &Reach, setting: &Setting<'_>) -> String {
        let (now, then) = self.apart(setting.format, setting.value, &reach.value);
        let instead = self.instead(setting.role, setting.now, setting.then);
        let counted = setting.format.is_whole();
        let text = match (self.lang, &setting.places) {
            (Lang::Zh, places) => {
                let reached = match (reach.up, reach.inclusive) {
                    (true, true) => format!("达到{then}"),
                    (true, false) => format!("超过{then}"),
                    (false, true) if counted => format!("减少到{then}"),
                    (false, true) => format!("降到{then}"),
                    (false, false) => format!("低于{then}"),
                };
                match places {
                    None => format!("现为{now}\u{ff1b}{reached}{instead}"),
                    Some((from, to, among)) => format!(
                        "现为{now}\u{ff0c}在{among}中列第{from}名\u{ff1b}{reached}列第{to}名\u{ff0c}{instead}"
                    ),
                }
            }
            (Lang::En, places) => {
                let reached = match (reach.up, reach.inclusive) {
                    (_, true) => format!("at {then}"),
                    (true, false) => format!("above {then}"),
                    (false, false) => format!("below {then}"),
                };
                match places {
                    None => format!("{now}; {reached} it {instead}"),
                    Some((from, to, among)) => format!(
                        "{now}, place {from} among {among}; {reached} it takes place {to} and {instead}"
                    ),
                }
            }
        };
        let text = match (&reach.lever, &setting.lever) {
            (Some(pull), Some((title, format))) => {
                let change = &pull.to - &pull.from;
                let size = format.show(&change.abs(), self.lang);
                let same = pull.points == setting.then.scaled();
                let points = Points::new(pull.points, setting.then.decimals()).exact();
                let value = setting.format.show(&pull.value, self.lang);
                let title = self.quoted(title);
                match self.lang {
                    Lang::Zh => {
                        let verb = if change.is_negative() {
                            "减少"
                        } else {
                            "增加"
                        };
                        let rest = if same {
                            String::new()
                        } else {
                            format!(
                                "\u{ff08}届时为{value}\u{ff0c}{}\u{ff09}",
                                self.earns(&points, setting.role)
                            )
                        };
                        format!("{text}\u{ff0c}需{title}再{verb}{size}{rest}")
                    }
                    Lang::En => {
                        let more = if change.is_negative() {
                            "fewer"
                        } else {
                            "more"
                        };
                        let rest = if same {
                            String::new()
                        } else {
                            format!(
                                " (then {value}, which {})",
                                self.earns(&points, setting.role)
                            )
                        };
                        format!("{text}: {size} {more} of {title}{rest}")
                    }
                }
            }
            _ => text,
        };
        self.about(setting.check, text)
    }

    pub(super) fn answer_step(&self, yes: bool, check: Option<&Text>, instead: &str) -> String {
        let text = match (self.lang, yes) {
            (Lang::Zh, true) => format!("现为否\u{ff1b}为是时{instead}"),
            (Lang::Zh, false) => format!("现为是\u{ff1b}为否时{instead}"),
            (Lang::En, true) => format!("no; with yes it {instead}"),
            (Lang::En, false) => format!("yes; with no it {instead}"),
        };
        self.about(check, text)
    }

    pub(super) fn label_step(
        &self,
        now: &[&String],
        then: &str,
        check: Option<&Text>,
        instead: &str,
    ) -> String {
        let now: Vec<String> = now.iter().map(|label| self.quoted(label)).collect();
        let (now, then) = (self.list(&now), self.quoted(then));
        let text = match self.lang {
            Lang::Zh => format!("现为{now}\u{ff1b}评为{then}时{instead}"),
            Lang::En => format!("{now}; with {then} it {instead}"),
        };
        self.about(check, text)
    }

    pub(super) fn boxes_step(
        &self,
        change: i64,
        boxes: &[Text],
        check: Option<&Text>,
        instead: &str,
    ) -> String {
        let titles: Vec<String> = boxes.iter().map(|b| self.quoted(self.text(b))).collect();
        let size = change.unsigned_abs();
        let all = usize::try_from(size) == Ok(titles.len());
        let text = match (self.lang, change > 0) {
            (Lang::Zh, true) if all => format!("再符合{}\u{ff0c}{instead}", self.list(&titles)),
            (Lang::Zh, true) => {
                format!("在{}中再符合{size}项\u{ff0c}{instead}", self.list(&titles))
            }
            (Lang::Zh, false) if all => format!("不再有{}\u{ff0c}{instead}", self.list(&titles)),
            (Lang::Zh, false) => format!("在{}中减少{size}项\u{ff0c}{instead}", self.list(&titles)),
            (Lang::En, true) if all => format!("with {} as well it {instead}", self.list(&titles)),
            (Lang::En, true) => format!("with {size} more of {} it {instead}", self.list(&titles)),
            (Lang::En, false) if all => format!("without {} it {instead}", self.list(&titles)),
            (Lang::En, false) => {
                format!("with {size} fewer of {} it {instead}", self.list(&titles))
            }
        };
        self.about(check, text)
    }

    /// A value is missing: `most` is what it can earn at the most.
    pub(super) fn report_step(
        &self,
        titles: &[String],
        zero: bool,
        check: Option<&Text>,
        most: Option<Points>,
    ) -> String {
        let titles: Vec<String> = titles.iter().map(|title| self.quoted(title)).collect();
        let titles = self.list(&titles);
        let most = most.map(|points| points.exact());
        let head = match (self.lang, zero) {
            (Lang::Zh, false) => format!("缺报{titles}\u{ff1b}报送后按规则计分"),
            (Lang::Zh, true) => format!("{titles}为0\u{ff0c}无法计算\u{ff1b}有数据后按规则计分"),
            (Lang::En, false) => {
                format!("{titles} missing; once reported it is marked by the rule")
            }
            (Lang::En, true) => {
                format!(
                    "{titles} is 0, so there is no value; once there is one it is marked by the rule"
                )
            }
        };
        let text = match (self.lang, most) {
            (_, None) => head,
            (Lang::Zh, Some(most)) => format!("{head}\u{ff0c}最高得{most}分"),
            (Lang::En, Some(most)) => format!("{head}, for at most {most}"),
        };
        self.about(check, text)
    }

    pub(super) fn lift_step(&self, condition: &str, check: Option<&Text>, instead: &str) -> String {
        let text = match self.lang {
            Lang::Zh => format!("因{condition}不得分\u{ff1b}不再有此情形时{instead}"),
            Lang::En => format!("no marks because {condition}; without that it {instead}"),
        };
        self.about(check, text)
    }
}
