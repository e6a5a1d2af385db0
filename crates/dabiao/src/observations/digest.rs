//! The SHA-256 of a table, over a form that no file format or row order changes.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Observations, write_cell};
use crate::standard::Standard;

/// The SHA-256 of a table that comes in parts: [`Observations::digest`] of all of them.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, ObservationsDigest, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let heading = ["code", "activities"];
/// let whole = Observations::from_rows(&standard, &heading, &[["a", "6"], ["b", "8"]])?;
/// let mut digest = ObservationsDigest::new();
/// for row in [["a", "6"], ["b", "8"]] {
///     digest.add(&standard, &Observations::from_rows(&standard, &heading, &[row])?);
/// }
/// assert_eq!(digest.finish(), whole.digest(&standard));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct ObservationsDigest(Sha256);

impl Default for ObservationsDigest {
    fn default() -> Self {
        ObservationsDigest::new()
    }
}

impl ObservationsDigest {
    /// That of a table without rows.
    #[must_use]
    pub fn new() -> Self {
        let mut hash = Sha256::new();
        hash.update(b"dabiao-observations 1\n");
        ObservationsDigest(hash)
    }

    /// Adds the next part: its codes stand behind those of the parts before it.
    pub fn add(&mut self, standard: &Standard, part: &Observations) {
        let measures = &standard.plan().measures;
        let mut by_name: Vec<usize> = (0..standard.document().measures.len()).collect();
        by_name.sort_by(|a, b| measures[*a].name.cmp(&measures[*b].name));
        let mut attributes: Vec<&(String, Vec<String>)> = part.0.attributes.iter().collect();
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        let mut line = String::new();
        for (row, code) in part.codes().iter().enumerate() {
            line.clear();
            line.push('[');
            push_json(&mut line, code);
            line.push_str(",{");
            let texts = attributes
                .iter()
                .map(|(name, values)| (name.as_str(), values[row].clone()));
            push_members(&mut line, texts.filter(|(_, text)| !text.is_empty()));
            line.push_str("},{");
            let cells = by_name.iter().filter_map(|id| {
                let measure = &measures[*id];
                Some((
                    measure.name.as_str(),
                    write_cell(measure, part.row(measures, row), *id)?,
                ))
            });
            push_members(&mut line, cells);
            line.push_str("}]\n");
            self.0.update(line.as_bytes());
        }
    }

    /// In hexadecimal.
    #[must_use]
    pub fn finish(self) -> String {
        to_hex(&self.0.finalize())
    }
}

impl Observations {
    /// The SHA-256 of the observations in hexadecimal, over their canonical form: UTF-8 lines,
    /// each ended by a line feed. The first is `dabiao-observations 1`; then one line a
    /// community, sorted by code as bytes: a JSON array of the code, an object of the
    /// attributes that are not blank, and an object of the values that are not missing, both
    /// sorted by name. A value is text: a decimal without trailing zeros (an exact quotient as
    /// `n/d`), 是 or 否, a label, a date as `YYYY-MM-DD`, or 不涉及.
    #[must_use]
    pub fn digest(&self, standard: &Standard) -> String {
        let mut digest = ObservationsDigest::new();
        digest.add(standard, self);
        digest.finish()
    }

    /// A value as the canonical form of [`Observations::digest`] writes it; nothing where it is
    /// missing, or where the standard has no such measure.
    ///
    /// ```
    /// # fn main() -> Result<(), dabiao::Faults> {
    /// use dabiao::{Observations, Standard};
    /// let standard = Standard::builtin("weihai-2020")?;
    /// let table = Observations::from_rows(&standard, &["code", "activities"], &[["c1", "1,200"]])?;
    /// assert_eq!(table.value(&standard, "activities", 0).as_deref(), Some("1200"));
    /// assert_eq!(table.value(&standard, "residents", 0), None);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn value(&self, standard: &Standard, measure: &str, row: usize) -> Option<String> {
        let measures = &standard.plan().measures;
        let id = measures.iter().position(|held| held.name == measure)?;
        if row >= self.len() || id >= self.0.columns.len() {
            return None;
        }
        write_cell(&measures[id], self.row(measures, row), id)
    }
}

fn push_members<'a>(line: &mut String, members: impl Iterator<Item = (&'a str, String)>) {
    for (i, (name, text)) in members.enumerate() {
        if i > 0 {
            line.push(',');
        }
        push_json(line, name);
        line.push(':');
        push_json(line, &text);
    }
}

fn push_json(line: &mut String, text: &str) {
    // Writing a string into a string cannot fail.
    line.push_str(&serde_json::to_string(text).unwrap_or_default());
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
