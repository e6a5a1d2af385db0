//! From a tree to a [`Document`]: every key is read, every fault is kept.
//!
//! What cannot be read leaves a placeholder whose path is marked as broken, so that the rest
//! of the document can still be checked and all faults be told at once.

use super::document::{Document, MissingPolicy};
use super::source::{Places, Source};
use super::tree::{self, Format, Node};
use crate::fault::Faults;
use crate::lang::Text;
use crate::rational::Rounding;

mod campaign;
mod items;
mod measures;
mod outcomes;
mod reader;
mod rules;
#[cfg(test)]
mod tests;
mod values;

use reader::Reader;

/// A document as far as it could be read.
pub(super) struct Decoded {
    pub(super) document: Document,
    pub(super) places: Places,
    pub(super) faults: Faults,
}

/// Reads a text.
///
/// # Errors
/// Where the text is too long or not well-formed; then nothing can be said about its meaning.
pub(super) fn decode(text: &str, format: Format) -> Result<Decoded, Faults> {
    let source = Source::new(text)?;
    let root = tree::read(&source, format).map_err(Faults::sorted)?;
    let mut reader = Reader::new(source);
    let document = reader.document(&root);
    Ok(Decoded {
        document,
        places: reader.places,
        faults: reader.faults,
    })
}

impl Document {
    /// Reads a standard from TOML, without asking yet whether it makes sense.
    ///
    /// # Errors
    /// Every fault of the text: syntax, unknown and missing keys, values of the wrong type,
    /// numbers and expressions that cannot be read, each with its line and column.
    ///
    /// ```
    /// use dabiao::standard::document::Document;
    /// let faults = Document::from_toml("[standard]\nid = 'x'\ntitel = 'X'").unwrap_err();
    /// assert_eq!(
    ///     faults.to_string(),
    ///     "1:1: a key is missing: expected title\n\
    ///      1:1: a key is missing: expected section\n\
    ///      3:1: unknown key: found titel, expected title"
    /// );
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Faults> {
        Document::from_text(text, Format::Toml)
    }

    /// Reads a standard from strict JSON with the same schema, as [`Document::from_toml`] does.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn from_json(text: &str) -> Result<Self, Faults> {
        Document::from_text(text, Format::Json)
    }

    /// Reads a standard from a text of either format.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn from_text(text: &str, format: Format) -> Result<Self, Faults> {
        let decoded = decode(text, format)?;
        decoded.faults.sorted().into_result(decoded.document)
    }
}

impl Reader {
    fn document(&mut self, root: &Node) -> Document {
        let mut document = Document {
            id: String::new(),
            version: None,
            title: Text::default(),
            notice: None,
            source: None,
            points: None,
            decimals: 2,
            total_decimals: None,
            rounding: Rounding::HalfUp,
            missing: MissingPolicy::Zero,
            exceed_full: false,
            bonus_cap: None,
            deduction_cap: None,
            tie_breaks: Vec::new(),
            measures: Vec::new(),
            sections: Vec::new(),
            bonus: Vec::new(),
            deductions: Vec::new(),
            vetoes: Vec::new(),
            grades: Vec::new(),
        };
        let Some(mut fields) = self.fields(root) else {
            return document;
        };
        // Editors find a JSON Schema by this key.
        self.optional(&mut fields, "$schema", Reader::string);
        self.required(&mut fields, "standard", |reader, node| {
            reader.head(node, &mut document)
        });
        let measures = self.optional(&mut fields, "measures", |reader, node| {
            reader.entries(node, Reader::measure)
        });
        document.measures = measures.unwrap_or_default();
        document.sections = self
            .required(&mut fields, "section", Reader::sections)
            .unwrap_or_default();
        let bonus = self.optional(&mut fields, "bonus", Reader::extras);
        document.bonus = bonus.unwrap_or_default();
        let deductions = self.optional(&mut fields, "deduction", Reader::extras);
        document.deductions = deductions.unwrap_or_default();
        let vetoes = self.optional(&mut fields, "veto", |reader, node| {
            reader.list(node, Reader::veto)
        });
        document.vetoes = vetoes.unwrap_or_default();
        let grades = self.optional(&mut fields, "grade", |reader, node| {
            reader.list(node, Reader::grade)
        });
        document.grades = grades.unwrap_or_default();
        self.finish(fields);
        document
    }

    fn head(&mut self, node: &Node, document: &mut Document) -> Option<()> {
        let mut fields_of = self.fields(node)?;
        let fields = &mut fields_of;
        document.id = self
            .required(fields, "id", Reader::string)
            .unwrap_or_default();
        document.version = self.optional(fields, "version", Reader::string);
        document.title = self
            .required(fields, "title", Reader::text)
            .unwrap_or_default();
        document.notice = self.optional(fields, "notice", Reader::text);
        document.source = self.optional(fields, "source", Reader::string);
        document.points = self.optional(fields, "points", Reader::number);
        let decimals = |reader: &mut Reader, node: &Node| reader.whole(node, 0, 6)?.try_into().ok();
        document.decimals = self.optional(fields, "decimals", decimals).unwrap_or(2);
        document.total_decimals = self.optional(fields, "total_decimals", decimals);
        let rounding = self.optional(fields, "rounding", |reader, node| {
            reader.choice(
                node,
                &[
                    ("half-up", Rounding::HalfUp),
                    ("half-even", Rounding::HalfEven),
                ],
            )
        });
        document.rounding = rounding.unwrap_or_default();
        let missing = self.optional(fields, "missing", Reader::missing_policy);
        document.missing = missing.unwrap_or_default();
        document.exceed_full = self
            .optional(fields, "exceed_full", Reader::yes)
            .unwrap_or_default();
        document.bonus_cap = self.optional(fields, "bonus_cap", Reader::number);
        document.deduction_cap = self.optional(fields, "deduction_cap", Reader::number);
        let tie_breaks = self.optional(fields, "tie_breaks", |reader, node| {
            reader.list(node, Reader::string)
        });
        document.tie_breaks = tie_breaks.unwrap_or_default();
        self.finish(fields_of);
        Some(())
    }
}
