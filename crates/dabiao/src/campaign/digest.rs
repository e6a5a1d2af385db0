//! SHA-256 of what a campaign was run on, over forms that no file format or row order changes.

use sha2::{Digest, Sha256};

use super::records::Target;
use super::run::Campaign;
use crate::grid::{Grid, Registry};
use crate::observations::{stored_text, to_hex};

impl Registry {
    /// The SHA-256 of the registry in hexadecimal, over its canonical form: UTF-8 lines, each
    /// ended by a line feed. The first is `dabiao-registry 1`; then one line a community, sorted
    /// by code as bytes: a JSON array of the code and an object of the attributes that are not
    /// blank, sorted by name.
    #[must_use]
    pub fn digest(&self) -> String {
        let rows = self.codes.iter().enumerate().map(|(row, code)| {
            let held = self.attributes.iter();
            let texts = held.map(|(name, values)| (name.as_str(), values[row].as_str()));
            let texts: std::collections::BTreeMap<&str, &str> =
                texts.filter(|(_, text)| !text.is_empty()).collect();
            json(&(code, texts))
        });
        hashed("dabiao-registry 1", rows)
    }
}

impl Grid {
    /// The SHA-256 of the grid in hexadecimal, over its canonical form: UTF-8 lines, each ended
    /// by a line feed. The first is `dabiao-grid 1`; then one line a unit, sorted by level
    /// (street, community, grid, building, compound) and by code as bytes: a JSON array of level,
    /// code, parent, name, organisation (true, false or null), households, members (each a
    /// number or null) and compound; an absent text is "".
    #[must_use]
    pub fn digest(&self) -> String {
        let code = |unit: u32| self.codes.get(unit as usize).map_or("", String::as_str);
        let rows = (0..self.len()).map(|unit| {
            json(&(
                self.levels[unit].as_str(),
                &self.codes[unit],
                code(self.parents[unit]),
                &self.names[unit],
                self.organised[unit],
                self.households[unit],
                self.members[unit],
                code(self.compounds[unit]),
            ))
        });
        hashed("dabiao-grid 1", rows)
    }
}

impl Campaign {
    /// The SHA-256 of a phase's observations in hexadecimal, over their canonical form: UTF-8
    /// lines, each ended by a line feed. The first is `dabiao-records 1`; then one line a mark,
    /// sorted as bytes: a JSON array of the code of the community or unit, the assessor, the
    /// measure and the value. A value is text: a decimal without trailing zeros, 是 or 否, a
    /// label, a date as `YYYY-MM-DD`, or 不涉及. Nothing beyond the last phase.
    #[must_use]
    pub fn digest_of(&self, phase: usize) -> Option<String> {
        let records = &self.phases.get(phase)?.records;
        let measures = &self.standard.plan().measures;
        let mut lines: Vec<String> = Vec::new();
        for (marks, plan) in records.marks.iter().zip(measures) {
            for mark in marks {
                let (code, kind) = match mark.target {
                    Target::Community(row) => (self.registry.codes.get(row as usize), plan.kind),
                    Target::Unit(unit) => {
                        let grid = self.grid.as_ref();
                        let code = grid.and_then(|grid| grid.codes.get(unit as usize));
                        (code, plan.unit_kind)
                    }
                };
                lines.push(json(&(
                    code,
                    records.assessors.get(mark.assessor as usize),
                    &plan.name,
                    stored_text(plan, kind, mark.value),
                )));
            }
        }
        lines.sort_unstable();
        Some(hashed("dabiao-records 1", lines.into_iter()))
    }
}

/// Writing text into text cannot fail.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn hashed(first: &str, lines: impl Iterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for line in std::iter::once(first.to_owned()).chain(lines) {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    to_hex(&hash.finalize())
}
