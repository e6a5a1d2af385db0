//! Whether a document makes sense: every fault of meaning, each with its place.
//!
//! Nothing is said about what could not be read: its path is broken, and every check asks.

use std::collections::{HashMap, HashSet};

use super::decode::{self, Decoded};
use super::document::{Document, Item, Measure, Section};
use super::nearest_name;
use super::source::Places;
use super::tree::Format;
use crate::fault::{Fault, FaultCode, Faults};
use crate::lang::Text;
use crate::rational::Rational;

mod bands;
mod conditions;
mod grades;
mod interval;
mod items;
mod measures;
mod outcomes;
mod reach;
mod rules;
mod sections;
#[cfg(test)]
mod tests;
mod types;

impl Document {
    /// Checks that the standard makes sense.
    ///
    /// # Errors
    /// All faults, by the codes of its parts: duplicated codes, unknown measures and
    /// references, expressions of the wrong type, points that do not add up, rules that
    /// cannot reach their points, bands out of order, vetoes and grades that can never
    /// matter, and everything else that a standard must not say.
    pub fn check(&self) -> Result<(), Faults> {
        validate(self, &Places::default()).into_result(())
    }

    /// Reads a standard from text and checks it: faults of spelling and of meaning together,
    /// in the order of their places.
    ///
    /// # Errors
    /// All faults of the text, each with its line and column.
    pub fn from_text_checked(text: &str, format: Format) -> Result<Self, Faults> {
        let Decoded {
            document,
            places,
            mut faults,
        } = decode::decode(text, format)?;
        faults.extend(validate(&document, &places));
        faults.sorted().into_result(document)
    }
}

/// Every fault of meaning.
pub(crate) fn validate(document: &Document, places: &Places) -> Faults {
    let mut checker = Checker::new(document, places);
    checker.head();
    checker.codes();
    checker.measures();
    checker.sections();
    checker.extras();
    checker.grades();
    checker.vetoes();
    checker.tie_breaks();
    checker.faults
}

/// How many misspelt names are compared with the known ones, and with how many of them:
/// a hostile file has a million of each.
const HINTS: usize = 200;
const COMPARED: usize = 2000;

/// What a section or an item is worth, where that is known.
type Worth = Option<Rational>;

struct Checker<'d> {
    document: &'d Document,
    places: &'d Places,
    measures: HashMap<&'d str, &'d Measure>,
    /// The labels of each label measure: its own, or those of the rules that use it.
    labels: HashMap<&'d str, Vec<&'d str>>,
    /// What every section and item is worth, by its code.
    worth: HashMap<&'d str, Worth>,
    faults: Faults,
    hints: usize,
}

/// A part of the document: its path in the file, and the code its faults are about.
#[derive(Clone)]
struct At<'d> {
    path: String,
    subject: &'d str,
}

impl<'d> At<'d> {
    fn new(path: impl Into<String>, subject: &'d str) -> Self {
        At {
            path: path.into(),
            subject,
        }
    }

    /// A key, or a key inside a key.
    fn key(&self, key: &str) -> Self {
        At {
            path: format!("{}.{key}", self.path),
            subject: self.subject,
        }
    }

    fn index(&self, key: &str, index: usize) -> Self {
        self.key(&format!("{key}[{index}]"))
    }

    fn element(&self, index: usize) -> Self {
        At {
            path: format!("{}[{index}]", self.path),
            subject: self.subject,
        }
    }
}

impl<'d> Checker<'d> {
    fn new(document: &'d Document, places: &'d Places) -> Self {
        let named = document
            .measures
            .iter()
            .map(|measure| (measure.name.as_str(), measure));
        let mut checker = Checker {
            document,
            places,
            measures: named.collect(),
            labels: HashMap::new(),
            worth: HashMap::new(),
            faults: Faults::new(),
            hints: HINTS,
        };
        checker.gather_labels();
        checker
    }

    /// A fault at a part.
    fn fault(&self, code: FaultCode, at: &At<'_>) -> Fault {
        let fault = Fault::new(code).at(self.places.of(&at.path));
        if at.subject.is_empty() {
            fault
        } else {
            fault.about(at.subject)
        }
    }

    /// A fault at a word inside an expression.
    fn fault_within(&self, code: FaultCode, at: &At<'_>, word: &str) -> Fault {
        let fault = self.fault(code, at).found(word);
        fault.at(self.places.within(&at.path, word))
    }

    fn push(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    fn is_broken(&self, at: &At<'_>) -> bool {
        self.places.is_broken(&at.path)
    }

    /// Whether a part and everything in it could be read.
    fn is_sound(&self, at: &At<'_>) -> bool {
        !self.is_broken(at) && !self.places.breaks_inside(&at.path)
    }

    fn measure(&self, name: &str) -> Option<&'d Measure> {
        self.measures.get(name).copied()
    }

    fn bad_number(&mut self, at: &At<'_>, found: impl std::fmt::Display, expected: Text) {
        let fault = self
            .fault(FaultCode::BadNumber, at)
            .found(found)
            .expected(expected);
        self.push(fault);
    }

    fn never_matters(&mut self, at: &At<'_>, expected: Text) {
        let fault = self.fault(FaultCode::NeverMatters, at).expected(expected);
        self.push(fault);
    }

    /// A key that says nothing where it stands.
    fn misplaced(&mut self, at: &At<'d>, key: &str, expected: Text) {
        let fault = self
            .fault(FaultCode::UnknownKey, &at.key(key))
            .found(key)
            .expected(expected);
        self.push(fault);
    }

    fn missing(&mut self, at: &At<'d>, key: &str) {
        if !self.is_broken(&at.key(key)) {
            let fault = self
                .fault(FaultCode::MissingKey, at)
                .expected(Text::from(key));
            self.push(fault);
        }
    }

    /// Points that an author writes: with at most the standard's decimals.
    fn points(&mut self, at: &At<'_>, points: &Rational) {
        let decimals = self.document.decimals;
        if !points.fits_decimals(decimals) && !self.places.is_broken("standard.decimals") {
            self.bad_number(
                at,
                points,
                Text::new(
                    format!("至多 {decimals} 位小数"),
                    format!("at most {decimals} decimals"),
                ),
            );
        }
    }

    fn above_zero(&mut self, at: &At<'_>, number: &Rational) -> bool {
        let above = *number > Rational::ZERO;
        if !above {
            self.bad_number(at, number, Text::new("大于 0 的数", "a number above 0"));
        }
        above
    }

    fn head(&mut self) {
        let document = self.document;
        let at = At::new("standard", "");
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let id = &document.id;
        if !self.is_broken(&at.key("id"))
            && (id.is_empty() || id.len() > 64 || !id.chars().all(sound))
        {
            let fault = self.fault(FaultCode::BadCode, &at.key("id")).found(id);
            self.push(fault.expected(Text::new(
                "1 至 64 个字母、数字、-、_、.",
                "1 to 64 letters, digits, -, _, .",
            )));
        }
        if document.decimals > 6 {
            self.bad_number(
                &at.key("decimals"),
                document.decimals,
                Text::new("0 至 6", "0 to 6"),
            );
        }
        if let Some(total) = document.total_decimals
            && total > document.decimals
        {
            let expected = Text::new(
                format!("不多于 decimals({})", document.decimals),
                format!("no more than decimals, {}", document.decimals),
            );
            self.bad_number(&at.key("total_decimals"), total, expected);
        }
        let caps = [
            ("bonus_cap", &document.bonus_cap, &document.bonus, "bonus"),
            (
                "deduction_cap",
                &document.deduction_cap,
                &document.deductions,
                "deduction",
            ),
        ];
        for (key, cap, items, what) in caps {
            let Some(cap) = cap else { continue };
            let at = at.key(key);
            if self.above_zero(&at, cap) {
                self.points(&at, cap);
            }
            if items.is_empty() && !self.places.is_broken(what) {
                self.never_matters(
                    &at,
                    Text::new(format!("有 [[{what}]]"), format!("a [[{what}]] beside it")),
                );
            }
        }
    }

    /// Codes are unique among sections, items, checks, bonuses, deductions and vetoes; those
    /// of grades among grades.
    fn codes(&mut self) {
        let document = self.document;
        let mut seen = HashSet::new();
        for (index, section) in document.sections.iter().enumerate() {
            self.codes_of_section(section, &format!("section[{index}]"), &mut seen);
        }
        for (key, items) in [
            ("bonus", &document.bonus),
            ("deduction", &document.deductions),
        ] {
            for (index, item) in items.iter().enumerate() {
                self.codes_of_item(item, &format!("{key}[{index}]"), &mut seen);
            }
        }
        for (index, veto) in document.vetoes.iter().enumerate() {
            self.code(&veto.id, &format!("veto[{index}]"), &mut seen);
        }
        let mut seen = HashSet::new();
        for (index, grade) in document.grades.iter().enumerate() {
            self.code(&grade.id, &format!("grade[{index}]"), &mut seen);
        }
    }

    fn codes_of_section(&mut self, section: &'d Section, path: &str, seen: &mut HashSet<&'d str>) {
        self.code(&section.id, path, seen);
        for (index, item) in section.items.iter().enumerate() {
            self.codes_of_item(item, &format!("{path}.item[{index}]"), seen);
        }
        for (index, inner) in section.sections.iter().enumerate() {
            self.codes_of_section(inner, &format!("{path}.section[{index}]"), seen);
        }
    }

    fn codes_of_item(&mut self, item: &'d Item, path: &str, seen: &mut HashSet<&'d str>) {
        self.code(&item.id, path, seen);
        if let super::document::Rule::Checks(checks) = &item.marking.rule {
            for (index, check) in checks.checks.iter().enumerate() {
                self.code(&check.id, &format!("{path}.check[{index}]"), seen);
            }
        }
    }

    fn code(&mut self, code: &'d str, path: &str, seen: &mut HashSet<&'d str>) {
        /// Columns of a table of results that are not codes.
        const RESERVED: [&str; 12] = [
            "code",
            "name",
            "district",
            "total",
            "total-before-bonus",
            "bonus",
            "deduction",
            "grade",
            "rank",
            "vetoes",
            "missing",
            "flags",
        ];
        let at = At::new(format!("{path}.id"), code);
        if self.is_broken(&at) {
            return;
        }
        let parts = |c: char| {
            c.is_whitespace() || c.is_control() || ",;:\"'`|\u{ff0c}\u{ff1b}\u{3001}".contains(c)
        };
        if RESERVED.contains(&code)
            || code.is_empty()
            || code.chars().count() > 64
            || code.chars().any(parts)
        {
            let fault = self.fault(FaultCode::BadCode, &at).found(code).expected(Text::new(
                "1 至 64 个字符\u{ff0c}无空格、引号、逗号、分号、冒号\u{ff0c}且不是结果表的列名\u{ff08}如 total\u{ff09}",
                "1 to 64 characters without blanks, quotes, commas, semicolons or colons, and no \
                 column of the results such as total",
            ));
            self.push(fault);
        } else if !seen.insert(code) {
            let fault = self.fault(FaultCode::DuplicateCode, &at).found(code);
            self.push(fault.expected(Text::new("未用过的编号", "a code that is not used yet")));
        }
    }

    /// The known name that was most likely meant.
    fn nearest<'k>(&mut self, name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
        self.hints = self.hints.checked_sub(1)?;
        nearest_name(name, known.take(COMPARED))
    }

    /// A reference to something that is not there, and what was most likely meant.
    fn unknown_reference(&mut self, at: &At<'_>, found: &str, known: &[&str]) {
        let expected = match self.nearest(found, known.iter().copied()) {
            Some(meant) => Text::from(meant),
            None => one_among(known),
        };
        let fault = self
            .fault(FaultCode::UnknownReference, at)
            .found(found)
            .expected(expected);
        self.push(fault);
    }
}

fn one_among(known: &[&str]) -> Text {
    const SHOWN: usize = 20;
    if known.is_empty() {
        return Text::new("已定义的编号", "a code that is defined");
    }
    let more = if known.len() > SHOWN { ", …" } else { "" };
    let names = known.iter().take(SHOWN).copied().collect::<Vec<_>>();
    Text::new(
        format!("{}{more} 之一", names.join("、")),
        format!("one of {}{more}", names.join(", ")),
    )
}
