//! Explains the cards of one run: what is worked out once and used for every card.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::{Role, ValueFormat, Words};
use crate::cohort::{Cohort, Summary};
use crate::lang::{Lang, Text};
use crate::observations::TableRow;
use crate::plan::marking::{Cohorts, Marker};
use crate::plan::{ItemPlan, Plan, RulePlan, SlotId};
use crate::score::{Scores, distinct_values};
use crate::standard::document::{Check, Document, Item, Marking, Rule, Section};

/// Explains the cards of one run. Where many cards are explained, it saves the words and the
/// cohorts that they share; for one card, [`Scores::card`] does.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, ScoreOptions, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let table = Observations::from_rows(&standard, &["code", "activities"], &[["c1", "3"]])?;
/// let scores = standard.score(&table, &ScoreOptions::new())?;
/// let explainer = scores.explainer();
/// for row in 0..scores.len() {
///     let gaps = explainer.gaps(row).unwrap();
///     assert_eq!(gaps.items[0].code, "6.1");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Explainer<'a> {
    pub(super) scores: &'a Scores,
    words: [Words<'a>; 2],
    /// The only language in which steps and values are put into words, if not both.
    only: Option<Lang>,
    /// By marking of the plan.
    known: Vec<Option<Known<'a>>>,
    /// By slot and group: the cohorts as they were scored.
    scored: Vec<OnceLock<HashMap<String, Cohort>>>,
    /// The same with their distinct values, where the table is its own cohort.
    counted: Vec<OnceLock<HashMap<String, Cohort>>>,
}

/// What is known of a marking besides its plan.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) title: &'a Text,
    pub(super) marking: &'a Marking,
    /// The cohort's attribute that a check takes from its item.
    pub(super) outer_cohort: Option<&'a str>,
    pub(super) format: ValueFormat,
    pub(super) rule: Text,
    pub(super) boxes: Vec<Text>,
}

/// One row's cohorts.
pub(super) struct RowView<'a> {
    pub(super) explainer: &'a Explainer<'a>,
    pub(super) row: usize,
}

impl Cohorts for RowView<'_> {
    fn cohort(&self, slot: SlotId) -> Option<&Cohort> {
        let explainer = self.explainer;
        let summaries = explainer.scores.statistics.slots.get(slot)?;
        let cohorts = explainer
            .scored
            .get(slot)?
            .get_or_init(|| prepared(summaries));
        cohorts.get(explainer.group(slot, self.row))
    }
}

fn prepared(summaries: &BTreeMap<String, Summary>) -> HashMap<String, Cohort> {
    let cohorts = summaries
        .iter()
        .filter_map(|(group, summary)| Some((group.clone(), Cohort::new(summary)?)));
    cohorts.collect()
}

impl<'a> Explainer<'a> {
    pub(crate) fn new(scores: &'a Scores) -> Self {
        let document = scores.standard.document();
        let plan = scores.standard.plan();
        let words = [Lang::Zh, Lang::En].map(|lang| Words::new(document, lang));
        let mut items = Vec::new();
        for section in &document.sections {
            collect(section, &mut items);
        }
        let mut by_code = HashMap::new();
        let with_roles = items
            .iter()
            .map(|item| (*item, Role::Item))
            .chain(document.bonus.iter().map(|item| (item, Role::Bonus)))
            .chain(
                document
                    .deductions
                    .iter()
                    .map(|item| (item, Role::Deduction)),
            );
        for (item, role) in with_roles {
            let rule = text_of(&words, |words| words.item(item, role));
            let held = known(&words, &item.title, &item.marking, None, rule);
            by_code.insert(item.id.as_str(), held);
            if let Rule::Checks(checks) = &item.marking.rule {
                for check in &checks.checks {
                    let rule = text_of(&words, |words| words.check_rule(check, role));
                    let outer = item.marking.cohort.as_deref();
                    let held = known(&words, &check.title, &check.marking, outer, rule);
                    by_code.insert(check.id.as_str(), held);
                }
            }
        }
        let known = plan
            .markings
            .iter()
            .map(|m| by_code.remove(m.code.as_str()));
        Explainer {
            scores,
            known: known.collect(),
            words,
            only: None,
            scored: plan.slots.iter().map(|_| OnceLock::new()).collect(),
            counted: plan.slots.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The scores that it explains.
    #[must_use]
    pub fn scores(&self) -> &'a Scores {
        self.scores
    }

    /// The standard in words, in a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &Words<'a> {
        let [zh, en] = &self.words;
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    pub(super) fn document(&self) -> &'a Document {
        self.scores.standard.document()
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.scores.standard.plan()
    }

    pub(super) fn both(&self, say: impl Fn(&Words<'_>) -> String) -> Text {
        let [zh, en] = &self.words;
        match self.only {
            None => Text::new(say(zh), say(en)),
            Some(Lang::Zh) => Text::new(say(zh), ""),
            Some(Lang::En) => Text::new("", say(en)),
        }
    }

    /// Puts what it finds into words in one language alone, which takes half the time; titles
    /// and rules stay in both.
    #[must_use]
    pub fn in_language(mut self, lang: Lang) -> Self {
        self.only = Some(lang);
        self
    }

    pub(super) fn known(&self, marking: usize) -> Option<&Known<'a>> {
        self.known.get(marking)?.as_ref()
    }

    /// The rule of an item, bonus, deduction or check in words; nothing for an unknown code.
    #[must_use]
    pub fn rule(&self, code: &str) -> Option<&Text> {
        let at = self.plan().markings.iter().position(|m| m.code == code)?;
        Some(&self.known(at)?.rule)
    }

    /// The value of the attribute by which a slot's cohorts are told apart.
    fn group(&self, slot: SlotId, row: usize) -> &'a str {
        let plan = self.plan();
        let attribute = plan.slots.get(slot).and_then(|slot| slot.attribute);
        let values = attribute
            .and_then(|attribute| plan.attributes.get(attribute))
            .and_then(|name| self.scores.observations.attribute(name));
        values
            .and_then(|values| values.get(row))
            .map_or("", String::as_str)
    }

    /// The cohort that a row's value belongs to and moves with, its distinct values counted.
    pub(super) fn own_cohort(&self, slot: SlotId, row: usize) -> Option<&Cohort> {
        if !self.scores.own_cohort {
            return None;
        }
        let held = self.plan().slots.get(slot)?;
        let cohorts = self.counted.get(slot)?.get_or_init(|| {
            prepared(&distinct_values(
                self.plan(),
                &self.scores.observations,
                held,
            ))
        });
        cohorts.get(self.group(slot, row))
    }

    pub(super) fn table_row(&self, row: usize) -> TableRow<'a> {
        self.scores.observations.row(&self.plan().measures, row)
    }

    /// What an item's own value sees.
    pub(super) fn own_row(&self, row: usize, item: usize) -> TableRow<'a> {
        self.scores
            .observations
            .own_row(&self.plan().measures, row, item)
    }

    /// The markings of an item: its own, and those of its checks.
    pub(super) fn markings_of(&self, item: &ItemPlan) -> Vec<usize> {
        let mut markings = vec![item.marking];
        if let Some(marking) = self.plan().markings.get(item.marking)
            && let RulePlan::Checks { checks, .. } = &marking.rule
        {
            markings.extend(checks.iter().map(|check| check.marking));
        }
        markings
    }
}

/// A marker that sees one row as it is.
pub(super) fn marker<'m>(
    plan: &'m Plan,
    row: &'m TableRow<'_>,
    own: &'m TableRow<'_>,
    cohorts: &'m dyn Cohorts,
    role: Role,
) -> Marker<'m> {
    Marker {
        plan,
        row,
        own,
        cohorts,
        blank_is_none: role != Role::Item,
        blank_is_no_fault: true,
    }
}

fn text_of(words: &[Words<'_>; 2], say: impl Fn(&Words<'_>) -> String) -> Text {
    let [zh, en] = words;
    Text::new(say(zh), say(en))
}

/// The items of a section, in the order of the plan.
fn collect<'a>(section: &'a Section, items: &mut Vec<&'a Item>) {
    items.extend(&section.items);
    for child in &section.sections {
        collect(child, items);
    }
}

fn known<'a>(
    words: &[Words<'_>; 2],
    title: &'a Text,
    marking: &'a Marking,
    outer_cohort: Option<&'a str>,
    rule: Text,
) -> Known<'a> {
    let [zh, _] = words;
    let boxes = match &marking.rule {
        Rule::Checklist(list) => list
            .boxes
            .iter()
            .map(|tick| text_of(words, |words| words.box_title(tick)))
            .collect(),
        _ => Vec::new(),
    };
    Known {
        title,
        marking,
        outer_cohort,
        format: ValueFormat::of_marking(zh.document, marking),
        rule,
        boxes,
    }
}

impl Words<'_> {
    /// A check's rule and conditions, without its title.
    #[must_use]
    pub fn check_rule(&self, check: &Check, role: Role) -> String {
        let frame = super::rules::Frame {
            points: Some(&check.points),
            role,
            known_as: Some(&check.title),
        };
        let mut parts = vec![self.marking(&check.marking, frame)];
        parts.extend(self.check_limits(check));
        self.sentences(&parts)
    }
}
