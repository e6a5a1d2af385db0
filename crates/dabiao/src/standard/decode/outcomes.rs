//! `[[veto]]` and `[[grade]]`

use super::reader::Reader;
use crate::expression::Condition;
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::standard::document::{Effect, Grade, SectionCount, Veto};
use crate::standard::tree::{Node, Value};

/// Stands for a condition that could not be read; its path is broken.
fn unread() -> Condition {
    Condition::And(Vec::new())
}

impl Reader {
    pub(super) fn veto(&mut self, node: &Node) -> Option<Veto> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let veto = Veto {
                id: reader
                    .required(fields, "id", Reader::string)
                    .unwrap_or_default(),
                title: reader
                    .required(fields, "title", Reader::text)
                    .unwrap_or_default(),
                when: reader
                    .required(fields, "when", Reader::parsed)
                    .unwrap_or_else(unread),
                effects: reader
                    .required(fields, "effect", Reader::effects)
                    .unwrap_or_default(),
            };
            reader.finish(fields_of);
            Some(veto)
        })
    }

    /// One effect or a list of them.
    fn effects(&mut self, node: &Node) -> Option<Vec<Effect>> {
        match &node.value {
            Value::Array(_) => self.list(node, Reader::effect),
            _ => self.effect(node).map(|effect| vec![effect]),
        }
    }

    fn effect(&mut self, node: &Node) -> Option<Effect> {
        match &node.value {
            Value::String(word) => match word.as_str() {
                "no-grade" => Some(Effect::NoGrade),
                "one-grade-down" => Some(Effect::OneGradeDown),
                _ => {
                    let known = [
                        "no-grade",
                        "one-grade-down",
                        "{ ceiling = … }",
                        "{ points = … }",
                        "{ zero = … }",
                    ];
                    self.bad_choice(node, word, &known);
                    None
                }
            },
            Value::Table(_) => {
                let mut fields = self.fields(node)?;
                let keys = ["ceiling", "points", "zero"];
                let effect = match self.one_of(&mut fields, &keys, FaultCode::MissingKey) {
                    Some("ceiling") => self
                        .optional(&mut fields, "ceiling", Reader::string)
                        .map(Effect::Ceiling),
                    Some("points") => self
                        .optional(&mut fields, "points", Reader::number)
                        .map(Effect::Points),
                    Some(_) => self
                        .optional(&mut fields, "zero", Reader::string)
                        .map(Effect::Zero),
                    None => None,
                };
                self.finish(fields);
                effect
            }
            _ => self.wrong_type(
                node,
                Text::new("\"no-grade\" 等效果", "an effect, such as \"no-grade\""),
            ),
        }
    }

    pub(super) fn grade(&mut self, node: &Node) -> Option<Grade> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let grade = Grade {
                id: reader
                    .required(fields, "id", Reader::string)
                    .unwrap_or_default(),
                title: reader
                    .required(fields, "title", Reader::text)
                    .unwrap_or_default(),
                total: reader.optional(fields, "total", Reader::quantity),
                total_before_bonus: reader.optional(fields, "total_before_bonus", Reader::quantity),
                sections: reader.optional(fields, "sections", Reader::quantity),
                marks: reader
                    .optional(fields, "marks", |reader, node| {
                        reader.entries(node, |reader, code, node| {
                            reader.quantity(node).map(|mark| (code.to_owned(), mark))
                        })
                    })
                    .unwrap_or_default(),
                count: reader.optional(fields, "count", Reader::section_count),
            };
            reader.finish(fields_of);
            Some(grade)
        })
    }

    fn section_count(&mut self, node: &Node) -> Option<SectionCount> {
        let mut fields = self.fields(node)?;
        let at_least = self.required(&mut fields, "at_least", |reader, node| {
            reader.whole(node, 1, 10_000)
        });
        let mark = self.required(&mut fields, "mark", Reader::quantity);
        let of = self.optional(&mut fields, "of", |reader, node| {
            reader.list(node, Reader::string)
        });
        self.finish(fields);
        Some(SectionCount {
            at_least: at_least?,
            mark: mark?,
            of: of.unwrap_or_default(),
        })
    }
}
