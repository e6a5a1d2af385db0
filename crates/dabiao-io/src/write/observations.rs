//! Observations out: a table that reads back as the same one.

use std::io::{self, Write};

use dabiao::{Observations, Standard};

use super::{BYTE_ORDER_MARK, write_rows};
use crate::read::Format;

/// A table in its canonical texts, without the columns that hold nothing.
pub(super) struct Held {
    /// Names, and whether it is a measure.
    pub(super) columns: Vec<(String, bool)>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Held {
    pub(super) fn new(standard: &Standard, observations: &Observations) -> Held {
        let attributes = observations
            .attribute_names()
            .map(|name| (name.to_owned(), false));
        let measures = &standard.document().measures;
        let measures = measures.iter().map(|measure| (measure.name.clone(), true));
        let mut columns = vec![("code".to_owned(), false)];
        columns.extend(attributes.chain(measures));
        let mut rows: Vec<Vec<Option<String>>> = (0..observations.len())
            .map(|row| {
                let cell = |(name, is_measure): &(String, bool)| match (name.as_str(), is_measure) {
                    ("code", false) => observations.codes().get(row).map(str::to_owned),
                    (name, true) => observations.value(standard, name, row),
                    (name, false) => {
                        let values = observations.attribute(name);
                        let text = values.and_then(|values| values.get(row)).cloned();
                        text.filter(|text| !text.is_empty())
                    }
                };
                columns.iter().map(cell).collect()
            })
            .collect();
        let holds = |at: usize| {
            at == 0
                || rows
                    .iter()
                    .any(|row| row.get(at).is_some_and(Option::is_some))
        };
        let kept: Vec<bool> = (0..columns.len()).map(holds).collect();
        let keep = |at: usize| kept.get(at).copied().unwrap_or(false);
        for row in &mut rows {
            let mut at = 0;
            row.retain(|_| {
                at += 1;
                keep(at - 1)
            });
        }
        let mut at = 0;
        columns.retain(|_| {
            at += 1;
            keep(at - 1)
        });
        Held { columns, rows }
    }
}

/// Writes a table of observations as CSV that reads back as the same table: code, attributes
/// and measures in the order of the standard, those alone that hold something; numbers in their
/// measure's unit.
///
/// # Errors
/// Those of `out`.
pub fn write_observations(
    standard: &Standard,
    observations: &Observations,
    out: impl Write,
) -> io::Result<()> {
    let held = Held::new(standard, observations);
    let heading: Vec<&str> = held.columns.iter().map(|(name, _)| name.as_str()).collect();
    let rows = held
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or_default()));
    write_rows(out, &heading, rows)
}

/// A table of observations as a file of a format: CSV with the mark by which Excel knows that it
/// is UTF-8, or Parquet. `None` for any other format.
///
/// ```
/// use dabiao::{Observations, Standard};
/// use dabiao_io::{Format, observations_file};
/// let standard = Standard::builtin("weihai-2020")?;
/// let table = Observations::from_rows(&standard, &["code", "activities"], &[["c1", "9"]])?;
/// let csv = observations_file(&standard, &table, Format::Csv).unwrap().unwrap();
/// assert_eq!(csv, "\u{feff}code,activities\nc1,9\n".as_bytes());
/// assert!(observations_file(&standard, &table, Format::Ods).unwrap().is_none());
/// # Ok::<(), dabiao::Faults>(())
/// ```
///
/// # Errors
/// A table that Parquet cannot hold.
pub fn observations_file(
    standard: &Standard,
    observations: &Observations,
    format: Format,
) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    match format {
        Format::Csv => {
            bytes.extend_from_slice(BYTE_ORDER_MARK);
            write_observations(standard, observations, &mut bytes)?;
        }
        #[cfg(feature = "columns")]
        Format::Parquet => super::write_observations_parquet(standard, observations, &mut bytes)?,
        _ => return Ok(None),
    }
    Ok(Some(bytes))
}
