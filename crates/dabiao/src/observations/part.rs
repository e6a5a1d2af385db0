//! Tables in parts: builders that read side by side, and rows that leave a builder because the
//! table is too long to be held.

use std::sync::Arc;

use super::builder::{ObservationsBuilder, in_order};
use super::heading::Heading;
use super::{Column, MISSING, NOT_APPLICABLE, Observations, Table, Texts};
use crate::plan::MeasureId;
use crate::standard::Standard;

impl ObservationsBuilder {
    /// An empty builder with the same heading, for rows that are read beside these; see
    /// [`ObservationsBuilder::append`].
    #[must_use]
    pub fn beside(&self) -> ObservationsBuilder {
        let mut other = ObservationsBuilder::new(&self.standard);
        other.known = self.known.clone();
        other.heading = self.heading.clone();
        other.titles = self.titles.clone();
        other.file = self.file.clone();
        let empty = |(name, _): &(String, Vec<String>)| (name.clone(), Vec::new());
        other.attributes = self.attributes.iter().map(empty).collect();
        other.prepare();
        other
    }

    /// How many rows were added since the last [`ObservationsBuilder::take_rows`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Adds the rows of a builder that was made by [`ObservationsBuilder::beside`], behind those
    /// that are here, with its faults and advice. It is empty afterwards and may be used again.
    ///
    /// ```
    /// # fn main() -> Result<(), dabiao::Faults> {
    /// use dabiao::{ObservationsBuilder, Standard};
    /// let standard = Standard::builtin("weihai-2020")?;
    /// let mut first = ObservationsBuilder::new(&standard);
    /// first.heading(&["code", "activities"]);
    /// let mut second = first.beside();
    /// second.text_row(3, &["c2", "7"]);
    /// first.text_row(2, &["c1", "12"]);
    /// first.append(&mut second);
    /// assert_eq!(first.finish()?.codes(), ["c1", "c2"]);
    /// # Ok(()) }
    /// ```
    pub fn append(&mut self, other: &mut ObservationsBuilder) -> &mut Self {
        let first = self.codes.len();
        self.codes.append(&mut other.codes);
        self.lines.append(&mut other.lines);
        for (name, values) in &mut other.attributes {
            let held = self.attribute(name);
            held.resize(first, String::new());
            held.append(values);
        }
        for (held, values) in self.columns.iter_mut().zip(&mut other.columns) {
            if !values.is_empty() {
                held.resize(first, MISSING);
                held.append(values);
            }
        }
        for (held, stretches) in self.shared.iter_mut().zip(&mut other.shared) {
            held.extend(stretches.drain(..).map(|stretch| stretch.moved_by(first)));
        }
        self.placed.append(&mut other.placed);
        self.faults.extend(std::mem::take(&mut other.faults));
        self.advice.extend(std::mem::take(&mut other.advice));
        for (held, part) in self.parts.iter_mut().zip(&mut other.parts) {
            let part = std::mem::take(part);
            held.signed |= part.signed;
            held.seen.join(part.seen);
        }
        self
    }

    /// Takes the rows away, in the order of their codes, and leaves what is known of all rows:
    /// the heading, faults and advice. A code that repeats another stays; whoever puts the rows
    /// together again tells of it by [`ObservationsBuilder::push_repeated`].
    pub fn take_rows(&mut self) -> TableRows {
        self.check_shared();
        self.rows.clear();
        self.indexed = 0;
        let rows = self.codes.len();
        let codes = std::mem::take(&mut self.codes);
        let order = (!codes.is_ascending()).then(|| codes.sorted());
        let order = order.as_deref();
        let attributes = self.attributes.iter_mut().map(|(name, values)| {
            let mut values = std::mem::take(values);
            values.resize(rows, String::new());
            (name.clone(), in_order(values, order))
        });
        let mut attributes: Vec<_> = attributes.collect();
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        let mut columns = Vec::new();
        for measure in self.measures() {
            let mut column = std::mem::take(&mut self.columns[measure]);
            column.resize(rows, MISSING);
            let kind = self.standard.plan().measures[measure].kind;
            for stretch in std::mem::take(&mut self.shared[measure]) {
                stretch.fill(kind, &mut column);
            }
            columns.push((measure, in_order(column, order)));
        }
        TableRows {
            file: self.file.clone(),
            lines: in_order(std::mem::take(&mut self.lines), order),
            codes: codes.in_order(order),
            attributes,
            columns,
        }
    }

    /// The measures that the heading names, in the order of the standard.
    fn measures(&self) -> Vec<MeasureId> {
        let named = self.heading.iter().filter_map(|heading| match heading {
            Heading::Measure(measure) => Some(*measure),
            _ => None,
        });
        let mut named: Vec<MeasureId> = named.collect();
        named.sort_unstable();
        named.dedup();
        named
    }
}

/// Rows of a table that is read in parts: they can be written as bytes, and read back.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{ObservationsBuilder, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let mut builder = ObservationsBuilder::new(&standard);
/// builder.heading(&["code", "activities"]);
/// builder.text_row(2, &["c2", "7"]).text_row(3, &["c1", "12"]);
/// let rows = builder.take_rows();
/// assert_eq!(rows.code(0), "c1");
/// let mut bytes = Vec::new();
/// rows.write(0, &mut bytes);
/// let mut read = rows.like();
/// assert_eq!(read.read(&bytes), Some(3));
/// assert_eq!(read.into_observations(&standard).codes(), ["c1"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct TableRows {
    file: Option<String>,
    codes: Texts,
    lines: Vec<u64>,
    attributes: Vec<(String, Vec<String>)>,
    columns: Vec<(MeasureId, Vec<i64>)>,
}

impl TableRows {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The code of a row; blank beyond the last.
    #[must_use]
    pub fn code(&self, row: usize) -> &str {
        &self.codes[row]
    }

    /// No rows, of the same columns.
    #[must_use]
    pub fn like(&self) -> TableRows {
        let attributes = self.attributes.iter();
        let columns = self.columns.iter();
        TableRows {
            file: self.file.clone(),
            codes: Texts::new(),
            lines: Vec::new(),
            attributes: attributes
                .map(|(name, _)| (name.clone(), Vec::new()))
                .collect(),
            columns: columns.map(|(measure, _)| (*measure, Vec::new())).collect(),
        }
    }

    /// Appends a row as bytes, its code first; see [`TableRows::code_of`].
    pub fn write(&self, row: usize, out: &mut Vec<u8>) {
        let (Some(code), Some(line)) = (self.codes.get(row), self.lines.get(row)) else {
            return;
        };
        write_text(code, out);
        write_number(*line, out);
        for (_, values) in &self.attributes {
            write_text(values.get(row).map_or("", String::as_str), out);
        }
        for (_, cells) in &self.columns {
            write_number(packed(cells.get(row).copied().unwrap_or(MISSING)), out);
        }
    }

    /// The code of a row as bytes, as texts are compared.
    #[must_use]
    pub fn code_of(mut bytes: &[u8]) -> &[u8] {
        read_bytes(&mut bytes).unwrap_or_default()
    }

    /// Adds a row that [`TableRows::write`] wrote, and gives its line; nothing where the bytes
    /// are none.
    pub fn read(&mut self, mut bytes: &[u8]) -> Option<u64> {
        let code = read_text(&mut bytes)?;
        let line = read_number(&mut bytes)?;
        for (_, values) in &mut self.attributes {
            values.push(read_text(&mut bytes)?);
        }
        for (_, cells) in &mut self.columns {
            cells.push(unpacked(read_number(&mut bytes)?));
        }
        self.codes.push(&code);
        self.lines.push(line);
        Some(line)
    }

    /// The rows as a table. They must come in the order of their codes, none twice.
    #[must_use]
    pub fn into_observations(self, standard: &Standard) -> Observations {
        let rows = self.codes.len();
        let mut columns = vec![Vec::new(); standard.document().measures.len()];
        for (measure, cells) in self.columns {
            if let Some(held) = columns.get_mut(measure) {
                *held = cells;
            }
        }
        let columns = columns.into_iter().map(|mut cells| {
            cells.resize(rows, MISSING);
            Column::Plain(cells)
        });
        let mut table = Table {
            columns: columns.collect(),
            codes: self.codes,
            lines: self.lines,
            attributes: self.attributes,
            file: self.file,
            ..Table::default()
        };
        table.complete(standard);
        Observations(Arc::new(table))
    }
}

/// Small where the cell is, of either sign.
fn packed(cell: i64) -> u64 {
    match cell {
        MISSING => 0,
        NOT_APPLICABLE => 1,
        // Cells are within ±10¹⁸.
        value => (((value << 1) ^ (value >> 63)) as u64).wrapping_add(2),
    }
}

fn unpacked(number: u64) -> i64 {
    match number {
        0 => MISSING,
        1 => NOT_APPLICABLE,
        number => {
            let number = number - 2;
            (number >> 1) as i64 ^ -((number & 1) as i64)
        }
    }
}

/// Seven bits a byte, the lowest first.
fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0u64, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    write_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn read_bytes<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(read_number(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(text)
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    String::from_utf8(read_bytes(bytes)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decimal::Decimal;

    proptest! {
        #[test]
        fn cells_come_back(cell in Decimal::MIN.millionths()..=Decimal::MAX.millionths()) {
            let mut bytes = Vec::new();
            write_number(packed(cell), &mut bytes);
            prop_assert_eq!(read_number(&mut bytes.as_slice()).map(unpacked), Some(cell));
        }

        #[test]
        fn other_bytes_are_no_row(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let standard = Standard::builtin("weihai-2020").unwrap();
            let mut builder = ObservationsBuilder::new(&standard);
            builder.heading(&["code", "name", "activities"]);
            let _ = builder.take_rows().read(&bytes);
        }
    }

    #[test]
    fn what_is_no_number_comes_back() {
        for cell in [MISSING, NOT_APPLICABLE, 0, -1, 1] {
            assert_eq!(unpacked(packed(cell)), cell);
        }
    }
}
