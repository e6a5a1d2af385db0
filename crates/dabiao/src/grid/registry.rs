//! The registry of communities: who is scored, and where each belongs.

use std::collections::{BTreeMap, HashMap};

use super::{Level, place_of};
use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::lang::Text;

/// How streets and communities are coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeScheme {
    /// Statistical division codes: 12 digits for a community, which begin with the 9 of its
    /// street, the 6 of its district, the 4 of its city and the 2 of its province.
    Divisions,
    /// Any text.
    #[default]
    Free,
}

impl CodeScheme {
    /// Reads `"divisions"` or `"free"`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "divisions" => Some(CodeScheme::Divisions),
            "free" => Some(CodeScheme::Free),
            _ => None,
        }
    }

    /// What a unit's code should have been, where it is not.
    pub(super) fn expected(self, level: Level, code: &str, parent: &str) -> Option<Text> {
        let digits = match (self, level) {
            (CodeScheme::Divisions, Level::Street) => 9,
            (CodeScheme::Divisions, Level::Community) => 12,
            _ => return None,
        };
        form(code, digits, parent)
    }
}

/// What a division code of so many digits under a parent should be, where it is not.
fn form(code: &str, digits: usize, parent: &str) -> Option<Text> {
    if code.len() != digits || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Text::new(
            format!("{digits} 位数字"),
            format!("{digits} digits"),
        ));
    }
    if !parent.is_empty() && !code.starts_with(parent) {
        return Some(Text::new(
            format!("以 {parent} 开头"),
            format!("digits that begin with {parent}"),
        ));
    }
    None
}

/// One community as the registry has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegistryRow<'a> {
    /// The community's code.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The code of its street; blank with division codes, which hold it.
    pub street_code: &'a str,
    /// The street's name.
    pub street: &'a str,
    /// The code of its district; blank with division codes, which hold it.
    pub district_code: &'a str,
    /// The district's name.
    pub district: &'a str,
    /// Anything else that a cohort, a quota or a weight looks at, by name.
    pub others: &'a [(&'a str, &'a str)],
}

/// The communities of a campaign, sorted by code.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    pub(crate) codes: Vec<String>,
    /// `name`, `district`, `district_code`, `street`, `street_code` and others, one text a row.
    pub(crate) attributes: Vec<(String, Vec<String>)>,
    pub(crate) scheme: CodeScheme,
    files: Vec<String>,
    /// The file and line of each community.
    places: Vec<(u32, u64)>,
}

impl Registry {
    /// Starts an empty registry.
    #[must_use]
    pub fn builder(scheme: CodeScheme) -> RegistryBuilder {
        RegistryBuilder {
            scheme,
            files: Vec::new(),
            rows: BTreeMap::new(),
            parents: HashMap::new(),
            faults: Faults::new(),
        }
    }

    /// How many communities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The communities' codes, sorted as bytes.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The scheme of its codes.
    #[must_use]
    pub fn scheme(&self) -> CodeScheme {
        self.scheme
    }

    /// An attribute of every community, such as `district`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&[String]> {
        let held = self.attributes.iter().find(|(held, _)| held == name)?;
        Some(&held.1)
    }

    /// Where a community stands in its table.
    pub(crate) fn place(&self, code: &str, field: &str) -> Place {
        let held = self.row_of(code).and_then(|row| self.places.get(row));
        held.map_or_else(Place::default, |held| place_of(&self.files, *held, field))
    }

    /// The heading of its first table.
    pub(crate) fn heading(&self) -> Place {
        Place {
            file: self.files.first().cloned(),
            line: Some(1),
            ..Place::default()
        }
    }

    pub(crate) fn row_of(&self, code: &str) -> Option<usize> {
        self.codes
            .binary_search_by(|held| held.as_str().cmp(code))
            .ok()
    }
}

/// Builds a [`Registry`] from rows in any order.
#[derive(Debug)]
pub struct RegistryBuilder {
    scheme: CodeScheme,
    files: Vec<String>,
    rows: BTreeMap<String, Held>,
    /// Names of streets and districts by their codes, with the row that gave them.
    parents: HashMap<String, (String, u64)>,
    faults: Faults,
}

/// A community that was added.
#[derive(Debug)]
struct Held {
    /// The file, counted from 1, and the line there.
    place: (u32, u64),
    attributes: BTreeMap<String, String>,
}

impl RegistryBuilder {
    /// Names the file that the rows come from, for faults.
    pub fn file(&mut self, name: &str) -> &mut Self {
        self.files.push(name.to_owned());
        self
    }

    /// Adds a fault that a reader found before the registry saw the row.
    pub fn push_fault(&mut self, fault: Fault) -> &mut Self {
        self.faults.push(fault);
        self
    }

    fn fault(
        &mut self,
        code: FaultCode,
        line: u64,
        field: &str,
        subject: &str,
        found: &str,
        expected: Text,
    ) {
        let place = place_of(&self.files, (self.files.len() as u32, line), field);
        self.faults.push(
            Fault::new(code)
                .at(place)
                .about(subject)
                .found(found)
                .expected(expected),
        );
    }

    /// Adds a community. `line` is its row in the file, from 1.
    pub fn community(&mut self, line: u64, row: &RegistryRow<'_>) -> &mut Self {
        let code = row.code.trim();
        if code.is_empty() {
            self.fault(
                FaultCode::EmptyCode,
                line,
                "code",
                "",
                "",
                Text::new("社区编码", "a community's code"),
            );
            return self;
        }
        let (mut street, mut district) = (
            row.street_code.trim().to_owned(),
            row.district_code.trim().to_owned(),
        );
        if self.scheme == CodeScheme::Divisions {
            for (field, held, digits, parent) in [
                ("code", code, 12, street.as_str()),
                ("street_code", &street, 9, &district),
                ("district_code", &district, 6, ""),
            ] {
                if (field == "code" || !held.is_empty())
                    && let Some(expected) = form(held, digits, parent)
                {
                    let held = held.to_owned();
                    self.fault(FaultCode::UnitCode, line, field, code, &held, expected);
                    return self;
                }
            }
            // The code has been checked to be ASCII digits.
            street = code[..9].to_owned();
            district = code[..6].to_owned();
        }
        for (field, parent, name) in [
            ("street", &street, row.street.trim()),
            ("district", &district, row.district.trim()),
        ] {
            if parent.is_empty() || name.is_empty() {
                continue;
            }
            match self.parents.get(parent) {
                Some((held, first)) if held != name => {
                    let expected = Text::new(
                        format!("{held}\u{ff08}第 {first} 行\u{ff09}"),
                        format!("{held} (row {first})"),
                    );
                    self.fault(FaultCode::UnitParent, line, field, code, name, expected);
                }
                Some(_) => {}
                None => {
                    self.parents.insert(parent.clone(), (name.to_owned(), line));
                }
            }
        }
        if let Some(first) = self.rows.get(code).map(|held| held.place.1) {
            let expected = Text::new(
                format!("每个社区一行\u{ff08}首见于第 {first} 行\u{ff09}"),
                format!("one row a community (first in row {first})"),
            );
            self.fault(FaultCode::UnitDuplicate, line, "code", code, code, expected);
            return self;
        }
        let own = [
            ("name", row.name),
            ("street", row.street),
            ("street_code", &street),
            ("district", row.district),
            ("district_code", &district),
        ];
        let attributes = own
            .iter()
            .chain(row.others)
            .filter(|(_, text)| !text.trim().is_empty());
        let held = Held {
            place: (self.files.len() as u32, line),
            attributes: attributes
                .map(|(name, text)| ((*name).to_owned(), text.trim().to_owned()))
                .collect(),
        };
        self.rows.insert(code.to_owned(), held);
        self
    }

    /// The registry, checked.
    ///
    /// # Errors
    /// All faults at once: codes of the wrong form or at odds with their street or district,
    /// duplicated communities, a street or district of two names.
    pub fn finish(self) -> Result<Registry, Faults> {
        let mut names: Vec<&String> = self
            .rows
            .values()
            .flat_map(|held| held.attributes.keys())
            .collect();
        names.sort();
        names.dedup();
        let of = |name: &String| {
            self.rows
                .values()
                .map(|held| held.attributes.get(name).cloned().unwrap_or_default())
                .collect()
        };
        let attributes = names
            .into_iter()
            .map(|name| (name.clone(), of(name)))
            .collect();
        let registry = Registry {
            codes: self.rows.keys().cloned().collect(),
            attributes,
            scheme: self.scheme,
            files: self.files,
            places: self.rows.values().map(|held| held.place).collect(),
        };
        self.faults.into_result(registry)
    }
}
