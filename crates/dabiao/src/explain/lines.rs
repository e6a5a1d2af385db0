//! The lines of a scorecard: values, inputs, boxes, checks and states of an item.

use super::build::Looked;
use super::card::{BoxAnswer, BoxLine, CheckLine, InputLine, ItemState, ShownValue};
use super::explainer::{Explainer, Known, RowView, marker};
use super::finder::given_labels;
use super::lever::base_of;
use super::step::NextStep;
use super::{ValueFormat, Words};
use crate::lang::{Lang, Text};
use crate::observations::{TableRow, write_cell};
use crate::plan::marking::Marker;
use crate::plan::node::{Computed, Outcomes, Reading, Row};
use crate::plan::{MeasureId, RulePlan};
use crate::rational::Rational;
use crate::standard::document::{MeasureKind, MissingPolicy};

impl Explainer<'_> {
    /// What was observed of an item, or what stands for it.
    pub(super) fn value_of(&self, view: &RowView<'_>, looked: &Looked<'_>) -> Option<ShownValue> {
        let marker = marker(
            self.plan(),
            &looked.row,
            &looked.own,
            view,
            looked.which.role(),
        );
        let each = looked.item.each.is_some();
        if each {
            None
        } else {
            self.value(&marker, looked)
        }
    }

    /// What was observed, or what stands for it.
    pub(super) fn value(&self, marker: &Marker<'_>, looked: &Looked<'_>) -> Option<ShownValue> {
        let marking = marker.marking(looked.item.marking);
        let imputed = || {
            let mut measures = marking.measures.iter().copied();
            let (policy, by_measure) = marker.policy(marking, &mut measures);
            if by_measure {
                match marker.with_imputed_measures(marking, policy)? {
                    Computed::Value(value) => Some(value),
                    _ => None,
                }
            } else {
                marker.imputed_value(marking, policy)
            }
        };
        let observed = self.observed(marker, looked.item.marking);
        observed.or_else(|| {
            let value = imputed().filter(|_| looked.state.is_imputed())?;
            Some(self.shown(&looked.known.format, value))
        })
    }

    fn shown(&self, format: &ValueFormat, value: Rational) -> ShownValue {
        ShownValue {
            shown: self.both(|words| format.show(&value, words.lang())),
            exact: Some(value),
        }
    }

    /// The value of a marking for people.
    fn observed(&self, marker: &Marker<'_>, id: usize) -> Option<ShownValue> {
        let marking = marker.marking(id);
        let Computed::Value(value) = marker.compute(marking, marker.own) else {
            return None;
        };
        let measure = || {
            let measure = *marking.measures.first()?;
            marker.plan.measures.get(measure)
        };
        match &marking.rule {
            RulePlan::YesNo { .. } => Some(ShownValue {
                exact: None,
                shown: self.both(|words| yes_no(words, !value.is_zero())),
            }),
            RulePlan::Levels(_) => {
                let given = given_labels(marker.own, *marking.measures.first()?, &value);
                let known = &measure()?.labels;
                let labels: Vec<&String> =
                    given.iter().filter_map(|index| known.get(*index)).collect();
                Some(ShownValue {
                    exact: None,
                    shown: self.both(|words| words.list(&labels)),
                })
            }
            _ => Some(self.shown(&self.known(id)?.format, value)),
        }
    }

    /// The measures of a value that is more than one of them alone.
    pub(super) fn inputs(&self, looked: &Looked<'_>) -> Vec<InputLine> {
        let plan = self.plan();
        let Some(marking) = plan.markings.get(looked.item.marking) else {
            return Vec::new();
        };
        let alone = looked
            .known
            .marking
            .value
            .as_ref()
            .is_none_or(|value| value.lone_measure().is_some());
        if alone {
            return Vec::new();
        }
        let lines = marking.measures.iter().filter_map(|&id| {
            let measure = self.document().measures.get(base_of(plan, id))?;
            Some(InputLine {
                measure: measure.name.clone(),
                title: measure.title.clone(),
                value: self.cell(&looked.own, id),
            })
        });
        lines.collect()
    }

    /// A measure's value for people; nothing where it is blank.
    fn cell(&self, row: &TableRow<'_>, id: MeasureId) -> Option<Text> {
        let plan = self.plan().measures.get(id)?;
        let measure = self.document().measures.get(base_of(self.plan(), id))?;
        let numeric = matches!(plan.kind, MeasureKind::Count | MeasureKind::Number);
        match (numeric, row.number(id)) {
            (true, Reading::Value(value)) => {
                let format = ValueFormat::of_measure(measure);
                Some(self.both(|words| format.show(&value, words.lang())))
            }
            (true, Reading::NotApplicable) => Some(Text::new("不涉及", "not applicable")),
            (true, Reading::Missing) => None,
            (false, _) => write_cell(plan, *row, id).map(Text::from),
        }
    }

    pub(super) fn checks(
        &self,
        marker: &Marker<'_>,
        rule: &RulePlan,
        steps: Vec<Option<NextStep>>,
    ) -> Vec<CheckLine> {
        let RulePlan::Checks { checks, .. } = rule else {
            return Vec::new();
        };
        let lines = checks.iter().zip(steps).filter_map(|(check, next)| {
            let known = self.known(check.marking)?;
            let marking = marker.marking(check.marking);
            let marked = marker.mark(marking).ok();
            let points = marked.and_then(|marked| marked.points);
            Some(CheckLine {
                code: marking.code.clone(),
                title: known.title.clone(),
                points: points.map(|p| p.clamped(check.floor.as_ref(), check.cap.as_ref())),
                value: self.observed(marker, check.marking),
                rule: known.rule.clone(),
                boxes: boxes(marker, &marking.rule, known),
                next,
            })
        });
        lines.collect()
    }

    /// The states in words.
    pub(super) fn note(
        &self,
        marker: &Marker<'_>,
        looked: &Looked<'_>,
        states: &[ItemState],
    ) -> Option<Text> {
        if states.is_empty() {
            return None;
        }
        let marking = looked.known.marking;
        let policy = || {
            let plan = marker.marking(looked.item.marking);
            marker.policy(plan, &mut plan.measures.iter().copied()).0
        };
        let imputes = |words: &Words<'_>| {
            let among = words.among(marking.cohort.as_deref());
            match (policy(), words.lang()) {
                (MissingPolicy::Median, Lang::Zh) => {
                    format!("缺报\u{ff0c}按{among}的中位数计")
                }
                (_, Lang::Zh) => format!("缺报\u{ff0c}按{among}的平均值计"),
                (MissingPolicy::Median, Lang::En) => {
                    format!("missing, the median of {among} stands for it")
                }
                (_, Lang::En) => format!("missing, the mean of {among} stands for it"),
            }
        };
        Some(self.both(|words| {
            let phrases: Vec<String> = states
                .iter()
                .filter_map(|state| {
                    Some(match state {
                        ItemState::Imputed => imputes(words),
                        ItemState::Missing if states.contains(&ItemState::Imputed) => return None,
                        ItemState::Missing if states.contains(&ItemState::Excluded) => return None,
                        ItemState::Missing => words
                            .pick("缺报\u{ff0c}按最低得分计", "missing, marked with the least")
                            .to_owned(),
                        ItemState::Excluded => words
                            .pick("缺报\u{ff0c}不计入", "missing, left out")
                            .to_owned(),
                        ItemState::NotApplicable => words
                            .pick("不适用\u{ff0c}不计入", "does not apply, left out")
                            .to_owned(),
                        ItemState::FullByCondition => {
                            let met = marking
                                .full_marks
                                .as_ref()
                                .map(|c| words.condition(c))
                                .unwrap_or_default();
                            format!("{}{met}", words.pick("得满分\u{ff1a}", "full marks: "))
                        }
                        ItemState::NoneByCondition => {
                            let met = marking
                                .no_marks
                                .as_ref()
                                .map(|c| words.condition(c))
                                .unwrap_or_default();
                            format!("{}{met}", words.pick("不得分\u{ff1a}", "no marks: "))
                        }
                        ItemState::Undecided => words
                            .pick(
                                "有条件因缺报未能判定",
                                "a condition is open for want of a value",
                            )
                            .to_owned(),
                        ItemState::ZeroDenominator => {
                            words.zero_in_words(marking, looked.which.role())?
                        }
                        ItemState::Vetoed => words
                            .pick("一票否决\u{ff0c}计0分", "0 by a veto")
                            .to_owned(),
                    })
                })
                .collect();
            phrases.join(words.pick("\u{ff1b}", "; "))
        }))
    }
}

fn yes_no(words: &Words<'_>, yes: bool) -> String {
    let (zh, en) = if yes { ("是", "yes") } else { ("否", "no") };
    words.pick(zh, en).to_owned()
}

pub(super) fn boxes(marker: &Marker<'_>, rule: &RulePlan, known: &Known<'_>) -> Vec<BoxLine> {
    let RulePlan::Boxes { boxes, .. } = rule else {
        return Vec::new();
    };
    let answered = boxes.iter().zip(&known.boxes).map(|(item, title)| BoxLine {
        title: title.clone(),
        answer: match item.test.outcomes(marker.own) {
            Outcomes::TRUE => BoxAnswer::Met,
            Outcomes::FALSE => BoxAnswer::Unmet,
            Outcomes::NOT_APPLICABLE => BoxAnswer::NotApplicable,
            _ => BoxAnswer::Blank,
        },
    });
    answered.collect()
}
