//! `[[section]]`, `[[section.item]]`, `[[section.item.check]]`, `[[bonus]]`, `[[deduction]]`

use super::reader::{Fields, Reader};
use crate::fault::FaultCode;
use crate::rational::Rational;
use crate::standard::document::{
    Check, Each, Item, Level, Marking, RollUp, Rule, Section, ZeroDenominator,
};
use crate::standard::tree::{Node, Value};

/// The keys of which an item has exactly one.
const RULES: [&str; 12] = [
    "award",
    "yes_no",
    "levels",
    "checklist",
    "bands",
    "curve",
    "per_unit",
    "rank",
    "share_of_best",
    "share_of_mean",
    "min_max",
    "check",
];

/// Where an item stands decides which of its keys mean something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Section,
    /// A bonus or a deduction: its points are a cap, and a blank is none.
    Extra,
    Check,
}

impl Reader {
    pub(super) fn sections(&mut self, node: &Node) -> Option<Vec<Section>> {
        self.list(node, Reader::section)
    }

    /// The code of a table, read ahead so that every fault in it can name it.
    pub(super) fn code_of(node: &Node) -> Option<String> {
        let Value::Table(entries) = &node.value else {
            return None;
        };
        let id = entries.iter().find(|entry| entry.key == "id")?;
        match &id.node.value {
            Value::String(code) => Some(code.clone()),
            _ => None,
        }
    }

    fn section(&mut self, node: &Node) -> Option<Section> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let section = Section {
                id: reader
                    .required(fields, "id", Reader::string)
                    .unwrap_or_default(),
                title: reader
                    .required(fields, "title", Reader::text)
                    .unwrap_or_default(),
                points: reader.optional(fields, "points", Reader::number),
                weight: reader.optional(fields, "weight", Reader::number),
                items: reader
                    .optional(fields, "item", |reader, node| {
                        reader.list(node, |reader, node| reader.item(node, Place::Section))
                    })
                    .unwrap_or_default(),
                sections: reader
                    .optional(fields, "section", Reader::sections)
                    .unwrap_or_default(),
            };
            reader.finish(fields_of);
            Some(section)
        })
    }

    /// Bonuses or deductions.
    pub(super) fn extras(&mut self, node: &Node) -> Option<Vec<Item>> {
        self.list(node, |reader, node| reader.item(node, Place::Extra))
    }

    fn item(&mut self, node: &Node, place: Place) -> Option<Item> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let item = Item {
                id: reader
                    .required(fields, "id", Reader::string)
                    .unwrap_or_default(),
                title: reader
                    .required(fields, "title", Reader::text)
                    .unwrap_or_default(),
                points: match place {
                    Place::Section => reader.required(fields, "points", Reader::number),
                    _ => reader.optional(fields, "points", Reader::number),
                },
                evidence: reader.optional(fields, "evidence", Reader::text),
                marking: reader.marking(fields, place),
                each: match place {
                    Place::Section => reader.each(fields),
                    _ => None,
                },
            };
            reader.finish(fields_of);
            Some(item)
        })
    }

    fn each(&mut self, fields: &mut Fields<'_>) -> Option<Each> {
        if !fields.has("each") {
            self.needs(fields, "points_rollup", "each");
            return None;
        }
        let level = self.optional(fields, "each", |reader, node| {
            let words = [
                ("grid", Level::Grid),
                ("building", Level::Building),
                ("compound", Level::Compound),
            ];
            reader.choice(node, &words)
        });
        let rollup = self.optional(fields, "points_rollup", |reader, node| {
            reader.rollup(node, None)
        });
        Some(Each {
            level: level?,
            rollup: rollup.unwrap_or(RollUp::Mean),
        })
    }

    pub(super) fn check(&mut self, node: &Node) -> Option<Check> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let check = Check {
                id: reader
                    .required(fields, "id", Reader::string)
                    .unwrap_or_default(),
                title: reader
                    .required(fields, "title", Reader::text)
                    .unwrap_or_default(),
                points: reader
                    .optional(fields, "points", Reader::number)
                    .unwrap_or(Rational::ZERO),
                floor: reader.optional(fields, "floor", Reader::number),
                cap: reader.optional(fields, "cap", Reader::number),
                marking: reader.marking(fields, Place::Check),
            };
            reader.finish(fields_of);
            Some(check)
        })
    }

    fn marking(&mut self, fields: &mut Fields<'_>, place: Place) -> Marking {
        Marking {
            value: self.optional(fields, "value", Reader::parsed),
            applies: self.optional(fields, "applies", Reader::parsed),
            full_marks: self.optional(fields, "full_marks", Reader::parsed),
            no_marks: self.optional(fields, "no_marks", Reader::parsed),
            zero_denominator: self.optional(fields, "zero_denominator", Reader::zero_denominator),
            missing: match place {
                Place::Extra => None,
                _ => self.optional(fields, "missing", Reader::missing_policy),
            },
            cohort: self.optional(fields, "cohort", Reader::string),
            rule: self.rule(fields, place),
        }
    }

    fn zero_denominator(&mut self, node: &Node) -> Option<ZeroDenominator> {
        match &node.value {
            Value::String(word) if word == "full" => Some(ZeroDenominator::Full),
            Value::String(word) if word == "not-applicable" => Some(ZeroDenominator::NotApplicable),
            Value::String(word) if self.nearest(word, &["full", "not-applicable"]).is_some() => {
                self.bad_choice(node, word, &["full", "not-applicable"]);
                None
            }
            _ => self.number(node).map(ZeroDenominator::Points),
        }
    }

    /// The rule; where it cannot be read, a placeholder, and the path `.rule` is broken.
    fn rule(&mut self, fields: &mut Fields<'_>, place: Place) -> Rule {
        let keys = if place == Place::Check {
            &RULES[..11]
        } else {
            &RULES[..]
        };
        let key = self.one_of(fields, keys, FaultCode::RuleCount);
        let rule = key.and_then(|key| self.rule_of(fields, key));
        // Where two rules stand, what belongs to one of them is no second fault.
        let companions: &[(&'static str, &str)] = match place {
            Place::Check => &[("otherwise", "bands")],
            _ => &[
                ("otherwise", "bands"),
                ("start", "check"),
                ("combine", "check"),
            ],
        };
        for (companion, of) in companions {
            if !fields.has(of) {
                self.needs(fields, companion, of);
            } else if key.is_none() {
                self.optional(fields, companion, |_, _| Some(()));
            }
        }
        rule.unwrap_or_else(|| {
            self.broken(".rule");
            Rule::Award {
                min: Rational::ZERO,
                max: None,
                step: None,
            }
        })
    }
}
