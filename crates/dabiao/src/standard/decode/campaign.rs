//! A campaign's file, read as a standard is: every key, every fault, each with its place.

use super::reader::Reader;
use crate::campaign::{
    Amount, CampaignDocument, FileName, PhaseDocument, Selection, Tier, phase_weights,
    too_many_phases,
};
use crate::fault::{FaultCode, Faults, Place};
use crate::grid::{AdviceSwitches, CodeScheme, GridCheck};
use crate::lang::Text;
use crate::standard::source::Source;
use crate::standard::tree::{self, Format, Node, Value};

impl CampaignDocument {
    /// Reads a campaign's file from TOML.
    ///
    /// # Errors
    /// Every fault of the text: syntax, unknown and missing keys, values of the wrong type,
    /// phases and tiers of one id, weights that do not add up; each with line and column.
    pub fn from_toml(text: &str) -> Result<Self, Faults> {
        CampaignDocument::from_text(text, Format::Toml)
    }

    /// Reads a campaign's file of either format.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn from_text(text: &str, format: Format) -> Result<Self, Faults> {
        let (mut reader, root) = open(text, format)?;
        let document = reader.campaign(&root);
        reader.faults.sorted().into_result(document)
    }
}

impl Selection {
    /// Reads the table `[selection]` of a file that may hold more, such as a campaign's.
    ///
    /// # Errors
    /// Every fault of that table, and that there is none.
    pub fn from_text(text: &str, format: Format) -> Result<Self, Faults> {
        let (mut reader, root) = open(text, format)?;
        let mut selection = None;
        if let Some(mut fields) = reader.fields(&root) {
            selection = reader.required(&mut fields, "selection", Reader::selection);
        }
        let read = selection.unwrap_or_default();
        reader.faults.sorted().into_result(read)
    }
}

fn open(text: &str, format: Format) -> Result<(Reader, Node), Faults> {
    let source = Source::new(text)?;
    let root = tree::read(&source, format)?;
    Ok((Reader::of_campaign(source), root))
}

impl Reader {
    fn campaign(&mut self, root: &Node) -> CampaignDocument {
        let mut document = CampaignDocument::default();
        let Some(mut fields) = self.fields(root) else {
            return document;
        };
        self.optional(&mut fields, "$schema", Reader::string);
        self.required(&mut fields, "campaign", |reader, node| {
            reader.campaign_head(node, &mut document)
        });
        document.phases = self
            .required(&mut fields, "phase", Reader::phases)
            .unwrap_or_default();
        document.selection = self.optional(&mut fields, "selection", |reader, node| {
            document.tier_places = reader.tier_places(node);
            reader.selection(node)
        });
        let advice = self.optional(&mut fields, "advice", Reader::switches);
        document.advice = advice.unwrap_or_default();
        self.finish(fields);
        document
    }

    fn campaign_head(&mut self, node: &Node, document: &mut CampaignDocument) -> Option<()> {
        let mut fields_of = self.fields(node)?;
        let fields = &mut fields_of;
        document.id = self
            .required(fields, "id", Reader::own_id)
            .unwrap_or_default();
        document.title = self
            .required(fields, "title", Reader::text)
            .unwrap_or_default();
        document.notice = self.optional(fields, "notice", Reader::text);
        document.synthetic = self
            .optional(fields, "synthetic", Reader::yes)
            .unwrap_or_default();
        document.standard = self
            .required(fields, "standard", Reader::file_name)
            .unwrap_or_default();
        let schemes = [
            ("divisions", CodeScheme::Divisions),
            ("free", CodeScheme::Free),
        ];
        let codes = self.optional(fields, "codes", |reader, node| {
            reader.choice(node, &schemes)
        });
        document.codes = codes.unwrap_or_default();
        document.communities = self
            .required(fields, "communities", Reader::file_names)
            .unwrap_or_default();
        let attributes = self.optional(fields, "attributes", |reader, node| {
            reader.list(node, Reader::string)
        });
        document.attributes = attributes.unwrap_or_default();
        document.weight = self.optional(fields, "weight", Reader::string);
        let compounds = self.optional(fields, "compounds", Reader::file_names);
        document.compounds = compounds.unwrap_or_default();
        let grid = self.optional(fields, "grid", Reader::file_names);
        document.grid = grid.unwrap_or_default();
        self.finish(fields_of);
        Some(())
    }

    fn file_name(&mut self, node: &Node) -> Option<FileName> {
        let path = self.string(node)?;
        let place = self.place(node);
        if path.trim().is_empty() {
            let fault = self.fault(FaultCode::MissingKey, place);
            self.push(fault.expected(Text::new("文件名", "the name of a file")));
            return None;
        }
        Some(FileName { path, place })
    }

    /// One file or a list of them.
    fn file_names(&mut self, node: &Node) -> Option<Vec<FileName>> {
        match &node.value {
            Value::Array(files) if files.is_empty() => {
                let fault = self.fault(FaultCode::MissingKey, self.place(node));
                self.push(fault.expected(Text::new("至少一个文件", "at least one file")));
                None
            }
            Value::Array(_) => self.list(node, Reader::file_name),
            _ => self.file_name(node).map(|file| vec![file]),
        }
    }

    /// An id that can stand in the names of files and columns.
    fn own_id(&mut self, node: &Node) -> Option<String> {
        let id = self.string(node)?;
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || !id.chars().all(allowed) {
            let fault = self.fault(FaultCode::BadCode, self.place(node));
            let expected = Text::new(
                "字母、数字、- _ . 组成的编号",
                "letters, digits, - _ . and nothing else",
            );
            self.push(fault.found(id).expected(expected));
            return None;
        }
        Some(id)
    }

    /// An id that none before it has.
    fn fresh_id(&mut self, node: &Node, known: &mut Vec<String>) -> Option<String> {
        let id = self.own_id(node)?;
        if known.contains(&id) {
            let fault = self.fault(FaultCode::DuplicateCode, self.place(node));
            self.push(fault.found(&id));
            return None;
        }
        known.push(id.clone());
        Some(id)
    }

    fn phases(&mut self, node: &Node) -> Option<Vec<PhaseDocument>> {
        let mut known = Vec::new();
        let faults = self.faults.count();
        let phases = self.list(node, |reader, node| reader.phase(node, &mut known))?;
        if phases.is_empty() {
            let fault = self.fault(FaultCode::MissingKey, self.place(node));
            self.push(fault.expected(Text::new("至少一个阶段", "at least one phase")));
        }
        if let Err(fault) = too_many_phases(phases.len()) {
            self.push(fault.at(self.place(node)));
        }
        let weights = phases.iter().map(|phase| phase.weight.as_ref());
        if let Some((fault, phase)) = phase_weights(weights)
            && self.faults.count() == faults
        {
            // No single phase is at fault for a sum.
            let phase = match &node.value {
                Value::Array(phases) => phase.and_then(|at| phases.get(at)),
                _ => None,
            };
            self.push(fault.at(phase.map(|phase| self.place(phase)).unwrap_or_default()));
        }
        Some(phases)
    }

    fn phase(&mut self, node: &Node, known: &mut Vec<String>) -> Option<PhaseDocument> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let id = reader.required(fields, "id", |reader, node| reader.fresh_id(node, known));
            let title = reader.optional(fields, "title", Reader::text);
            let weight = reader.optional(fields, "weight", |reader, node| {
                Some(reader.quantity(node)?.in_unit(None))
            });
            let observations = reader.required(fields, "observations", Reader::file_names);
            reader.finish(fields_of);
            let id = id.unwrap_or_default();
            Some(PhaseDocument {
                title: title.unwrap_or_else(|| Text::from(id.as_str())),
                id,
                weight,
                observations: observations.unwrap_or_default(),
            })
        })
    }

    fn selection(&mut self, node: &Node) -> Option<Selection> {
        let mut fields = self.fields(node)?;
        let by = self.optional(&mut fields, "by", Reader::string);
        let mut known = Vec::new();
        let tiers = self.required(&mut fields, "tier", |reader, node| {
            reader.list(node, |reader, node| reader.tier(node, &mut known))
        });
        self.finish(fields);
        Some(Selection {
            by: by.unwrap_or_default(),
            tiers: tiers.unwrap_or_default(),
        })
    }

    /// Where the tiers of a selection are written.
    fn tier_places(&self, node: &Node) -> Vec<Place> {
        let Value::Table(entries) = &node.value else {
            return Vec::new();
        };
        let tiers = entries.iter().find(|entry| entry.key == "tier");
        match tiers.map(|entry| &entry.node.value) {
            Some(Value::Array(tiers)) => tiers.iter().map(|tier| self.place(tier)).collect(),
            _ => Vec::new(),
        }
    }

    fn tier(&mut self, node: &Node, known: &mut Vec<String>) -> Option<Tier> {
        self.about(Reader::code_of(node), |reader| {
            let mut fields_of = reader.fields(node)?;
            let fields = &mut fields_of;
            let id = reader.required(fields, "id", |reader, node| reader.fresh_id(node, known));
            let id = id.unwrap_or_default();
            let title = reader.optional(fields, "title", Reader::text);
            let tier = Tier {
                place: reader.place(node),
                title: title.unwrap_or_else(|| Text::from(id.as_str())),
                id,
                grade: reader.optional(fields, "grade", Reader::string),
                total: reader.optional(fields, "total", Reader::quantity),
                sections: reader.optional(fields, "sections", Reader::quantity),
                marks: reader
                    .optional(fields, "marks", |reader, node| {
                        reader.entries(node, |reader, code, node| {
                            reader.quantity(node).map(|mark| (code.to_owned(), mark))
                        })
                    })
                    .unwrap_or_default(),
                places: reader.optional(fields, "places", Reader::amount),
                ceiling: reader.optional(fields, "ceiling", Reader::amount),
                floor: reader.optional(fields, "floor", Reader::amount),
            };
            reader.finish(fields_of);
            Some(tier)
        })
    }

    /// A number of places, or a share of the communities of a grade.
    fn amount(&mut self, node: &Node) -> Option<Amount> {
        let expected = Text::new(
            "名额数\u{ff0c}如 30\u{ff0c}或 \"10% of qualified\"\u{ff08}某等次社区数的一成\u{ff09}",
            "a number of places such as 30, or a share such as \"10% of qualified\"",
        );
        let (Value::Number(text) | Value::String(text)) = &node.value else {
            return self.wrong_type(node, expected);
        };
        let amount = Amount::from_text(text);
        if amount.is_none() {
            let fault = self.fault(FaultCode::BadNumber, self.place(node));
            self.push(fault.found(text).expected(expected));
        }
        amount
    }

    fn switches(&mut self, node: &Node) -> Option<AdviceSwitches> {
        let mut fields = self.fields(node)?;
        let checks = GridCheck::ALL.map(|check| (check.as_str(), check));
        let off = self.optional(&mut fields, "off", |reader, node| {
            reader.list(node, |reader, node| reader.choice(node, &checks))
        });
        let large = self.optional(&mut fields, "large_branch", |reader, node| {
            reader.whole(node, 1, 10_000)
        });
        self.finish(fields);
        let usual = AdviceSwitches::default();
        Some(AdviceSwitches {
            off: off.unwrap_or_default(),
            large_branch: large.map_or(usual.large_branch, u64::from),
        })
    }
}
