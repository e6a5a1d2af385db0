//! `[measures.NAME]`

use super::reader::Reader;
use crate::expression::Condition;
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::standard::document::{Assessors, FilledBy, Level, Measure, MeasureKind, RollUp};
use crate::standard::tree::{Node, Value};

const LEVELS: [(&str, Level); 5] = [
    ("street", Level::Street),
    ("community", Level::Community),
    ("grid", Level::Grid),
    ("building", Level::Building),
    ("compound", Level::Compound),
];

impl Reader {
    pub(super) fn measure(&mut self, name: &str, node: &Node) -> Option<Measure> {
        self.about(Some(name.to_owned()), |reader| {
            let mut measure = Measure {
                name: name.to_owned(),
                title: Text::from(name),
                kind: MeasureKind::Number,
                unit: None,
                min: None,
                max: None,
                labels: Vec::new(),
                level: Level::Community,
                rollup: None,
                assessors: None,
                missing: None,
                filled_by: None,
            };
            let Some(mut fields_of) = reader.fields(node) else {
                reader.broken("");
                return Some(measure);
            };
            let fields = &mut fields_of;
            if let Some(title) = reader.optional(fields, "title", Reader::text) {
                measure.title = title;
            }
            if let Some(kind) = reader.required(fields, "type", Reader::measure_kind) {
                measure.kind = kind;
            }
            measure.unit = reader.optional(fields, "unit", Reader::string);
            measure.min = reader.optional(fields, "min", Reader::number);
            measure.max = reader.optional(fields, "max", Reader::number);
            let labels = reader.optional(fields, "labels", |reader, node| {
                reader.list(node, Reader::string)
            });
            measure.labels = labels.unwrap_or_default();
            if let Some(level) = reader.optional(fields, "level", Reader::level) {
                measure.level = level;
            }
            measure.rollup = reader.optional(fields, "rollup", |reader, node| {
                reader.rollup(node, Some(name))
            });
            measure.assessors = reader.optional(fields, "assessors", Reader::assessors);
            measure.missing = reader.optional(fields, "missing", Reader::missing_policy);
            measure.filled_by = reader.optional(fields, "filled_by", |reader, node| {
                reader.choice(
                    node,
                    &[("organisation-coverage", FilledBy::OrganisationCoverage)],
                )
            });
            reader.finish(fields_of);
            Some(measure)
        })
    }

    fn measure_kind(&mut self, node: &Node) -> Option<MeasureKind> {
        self.choice(
            node,
            &[
                ("count", MeasureKind::Count),
                ("number", MeasureKind::Number),
                ("yes-no", MeasureKind::YesNo),
                ("label", MeasureKind::Label),
                ("date", MeasureKind::Date),
            ],
        )
    }

    pub(super) fn level(&mut self, node: &Node) -> Option<Level> {
        self.choice(node, &LEVELS)
    }

    /// `measure` is the measure that is rolled up; nothing where an item's points are, which
    /// have no shares.
    pub(super) fn rollup(&mut self, node: &Node, measure: Option<&str>) -> Option<RollUp> {
        match &node.value {
            Value::String(word) => {
                let rollup = match (word.as_str(), measure) {
                    ("sum", _) => RollUp::Sum,
                    ("mean", _) => RollUp::Mean,
                    ("min", _) => RollUp::Min,
                    ("max", _) => RollUp::Max,
                    ("share", Some(name)) => RollUp::Share(Condition::Holds(name.to_owned())),
                    _ => {
                        let words = ["sum", "mean", "min", "max", "share"];
                        let known = if measure.is_some() {
                            &words[..]
                        } else {
                            &words[..4]
                        };
                        self.bad_choice(node, word, known);
                        return None;
                    }
                };
                Some(rollup)
            }
            Value::Table(_) => {
                let mut fields = self.fields(node)?;
                let keys: &[&'static str] = match measure {
                    Some(_) => &["mean_by", "share"],
                    None => &["mean_by"],
                };
                let rollup = match self.one_of(&mut fields, keys, FaultCode::MissingKey) {
                    Some("share") => self
                        .optional(&mut fields, "share", Reader::parsed)
                        .map(RollUp::Share),
                    Some(_) => self
                        .optional(&mut fields, "mean_by", Reader::string)
                        .map(RollUp::WeightedMean),
                    None => None,
                };
                self.finish(fields);
                rollup
            }
            _ => self.wrong_type(
                node,
                Text::new(
                    "sum、mean、min、max\u{ff0c}或 { mean_by = \"…\" }",
                    "sum, mean, min, max, or { mean_by = \"…\" }",
                ),
            ),
        }
    }

    fn assessors(&mut self, node: &Node) -> Option<Assessors> {
        if !matches!(node.value, Value::Table(_)) {
            return self.choice(
                node,
                &[("mean", Assessors::Mean), ("median", Assessors::Median)],
            );
        }
        let mut fields = self.fields(node)?;
        let trim = self.required(&mut fields, "trim", |reader, node| {
            reader.whole(node, 1, 1000)
        });
        self.finish(fields);
        trim.map(Assessors::Trimmed)
    }
}
