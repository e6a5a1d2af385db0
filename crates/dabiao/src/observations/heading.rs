//! What a column of a table is, by its title.

use crate::lang::Text;
use crate::plan::MeasureId;
use crate::standard::{Standard, nearest_name};

/// Attributes that every table may carry, with the titles that name them.
pub(crate) const ATTRIBUTES: [(&str, &[&str]); 8] = [
    ("name", &["name", "名称", "社区", "社区名称"]),
    ("district", &["district", "区县", "区市", "所属区县"]),
    ("street", &["street", "街道", "所属街道"]),
    ("city", &["city", "市"]),
    ("province", &["province", "省"]),
    ("district_code", &["district_code", "区县编码"]),
    ("street_code", &["street_code", "街道编码"]),
    ("note", &["note", "备注"]),
];
const CODE: [&str; 6] = ["code", "编码", "代码", "社区编码", "unit", "单元编码"];
const ASSESSOR: [&str; 3] = ["assessor", "评委", "考评员"];

/// What a column is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Heading {
    Code,
    Assessor,
    Attribute(String),
    Measure(MeasureId),
    Unknown,
}

/// Reads titles: a measure's name first, then `code`, `assessor`, attributes, a measure's title.
#[derive(Clone, Debug)]
pub(crate) struct Titles {
    standard: Standard,
    attributes: Vec<String>,
}

impl Titles {
    pub(crate) fn new(standard: &Standard) -> Titles {
        let mut attributes: Vec<String> = ATTRIBUTES
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        for name in &standard.plan().attributes {
            if !attributes.contains(name) {
                attributes.push(name.clone());
            }
        }
        Titles {
            standard: standard.clone(),
            attributes,
        }
    }

    pub(crate) fn allow_attribute(&mut self, name: &str) {
        if !self.attributes.iter().any(|held| held == name) {
            self.attributes.push(name.to_owned());
        }
    }

    pub(crate) fn read(&self, title: &str) -> Heading {
        let document = self.standard.document();
        if let Some(measure) = document.measures.iter().position(|m| m.name == title) {
            return Heading::Measure(measure);
        }
        if CODE.contains(&title) {
            return Heading::Code;
        }
        if ASSESSOR.contains(&title) {
            return Heading::Assessor;
        }
        let known = ATTRIBUTES
            .iter()
            .find(|(_, titles)| titles.contains(&title));
        let name = known.map_or(title, |(name, _)| name);
        if self.attributes.iter().any(|held| held == name) {
            return Heading::Attribute(name.to_owned());
        }
        let titled = document
            .measures
            .iter()
            .position(|m| m.title.zh == title || m.title.en == title);
        titled.map_or(Heading::Unknown, Heading::Measure)
    }

    /// The known title that looks most like an unknown one.
    pub(crate) fn nearest(&self, title: &str) -> Text {
        let names = self
            .standard
            .document()
            .measures
            .iter()
            .map(|m| m.name.as_str());
        let known = names
            .chain(["code"])
            .chain(self.attributes.iter().map(String::as_str));
        match nearest_name(title, known) {
            Some(name) => Text::new(
                format!("已知的列\u{ff0c}如 {name}"),
                format!("a known column, perhaps {name}"),
            ),
            None => Text::new(
                "编码、名称、区县或标准中的指标",
                "code, name, district or a measure of the standard",
            ),
        }
    }
}

/// A title without the blanks and marks around it.
pub(crate) fn trimmed(title: &str) -> &str {
    title.trim_matches(['\u{feff}', ' ', '\u{3000}', '\t', '\r', '\n'])
}
