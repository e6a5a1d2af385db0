//! Tables of observations: one row a community, one column a measure.
//!
//! A cell is one `i64`: millionths of a number, 0 or 1 for no and yes, a label's index, days
//! since 1970-01-01; two values are set aside for what is missing and what does not apply.
//! A column of rolled-up or combined values holds exact quotients instead.

pub(crate) mod builder;
pub(crate) mod cell;
mod column;
mod columns;
mod digest;
pub(crate) mod heading;
pub(crate) mod number;
mod part;
pub(crate) mod quantise;
mod shared;
mod text;
mod texts;
pub(crate) mod typed;

pub use builder::ObservationsBuilder;
pub use cell::{Cell, NOT_APPLICABLE_WORD};
pub(crate) use column::{Column, TableRow};
pub use columns::{CellColumn, ColumnData};
pub use digest::ObservationsDigest;
pub(crate) use digest::to_hex;
pub use part::TableRows;
pub use shared::{SharedColumn, SharedNumber};
pub use texts::Texts;

use std::collections::HashMap;
use std::sync::Arc;

use crate::fault::{Fault, Faults, Place};
use crate::plan::node::{Reading, Row};
use crate::plan::{MeasureId, MeasurePlan};
use crate::points::Points;
use crate::rational::Rational;
use crate::standard::Standard;
use crate::standard::document::MeasureKind;

/// A blank cell in a plain column.
pub(crate) const MISSING: i64 = i64::MIN;
/// 不涉及 in a plain column.
pub(crate) const NOT_APPLICABLE: i64 = i64::MIN + 1;

/// The values of communities, checked against a standard's measures.
///
/// Rows are sorted by code, as bytes. Cloning is cheap.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let table = Observations::from_rows(
///     &standard,
///     &["code", "name", "district", "deliberation_meetings", "activities"],
///     &[&["c2", "乙社区", "环翠区", "3", "12"], &["c1", "甲社区", "环翠区", "", "不涉及"]],
/// )?;
/// assert_eq!(table.codes(), ["c1", "c2"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Observations(pub(crate) Arc<Table>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) codes: Texts,
    /// `name` and other attributes, by name: one text a row.
    pub(crate) attributes: Vec<(String, Vec<String>)>,
    pub(crate) columns: Vec<Column>,
    pub(crate) advice: Vec<Fault>,
    pub(crate) file: Option<String>,
    /// The line of each row, where they come from a file.
    pub(crate) lines: Vec<u64>,
    /// Items marked for each unit, with their rolled-up points.
    pub(crate) unit_points: HashMap<String, Vec<UnitPoints>>,
    /// Where phases were merged: for each item, bonus and deduction the phase of each row, an
    /// index into `earlier`.
    pub(crate) phases: Vec<Vec<u8>>,
    /// The columns of each phase, with the rows of this table.
    pub(crate) earlier: Vec<Vec<Column>>,
    /// Rows whose roll-up left out units without a value.
    pub(crate) incomplete: Vec<bool>,
    /// Rows that are not a card of their own: what is blank there is no fault.
    pub(crate) partial: Vec<bool>,
}

/// An item's points rolled up from units.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum UnitPoints {
    Points(Rational),
    /// The community's own row has the values: the item is marked on it.
    Given,
    Missing,
    NotApplicable,
}

impl Observations {
    /// A table of texts, as a person types them, with a heading.
    ///
    /// The heading names `code` and, each at most once, `name`, other attributes and measures,
    /// in any order; see [`ObservationsBuilder`] for what it accepts.
    ///
    /// # Errors
    /// All faults of the table at once; rows are counted from the heading, which is row 1.
    pub fn from_rows<R: AsRef<[T]>, T: AsRef<str>>(
        standard: &Standard,
        heading: &[&str],
        rows: &[R],
    ) -> Result<Self, Faults> {
        let mut builder = ObservationsBuilder::new(standard);
        builder.heading(heading);
        for (i, row) in rows.iter().enumerate() {
            let cells: Vec<Cell<'_>> = row
                .as_ref()
                .iter()
                .map(|text| Cell::Text(text.as_ref()))
                .collect();
            builder.row(i as u64 + 2, &cells);
        }
        builder.finish()
    }

    /// How many communities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.codes.is_empty()
    }

    /// The communities' codes, in the order of all results.
    #[must_use]
    pub fn codes(&self) -> &Texts {
        &self.0.codes
    }

    /// The row of a code.
    #[must_use]
    pub fn row_of(&self, code: &str) -> Option<usize> {
        self.0.codes.binary_search(code).ok()
    }

    /// An attribute of every community (`name`, `district`, …), or nothing where the table has
    /// no such column.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&[String]> {
        let held = self.0.attributes.iter().find(|(held, _)| held == name)?;
        Some(&held.1)
    }

    /// The line of the file, or the row of the table, that a community came from: a heading is
    /// row 1.
    #[must_use]
    pub fn line(&self, row: usize) -> Option<u64> {
        self.0.lines.get(row).copied()
    }

    /// The names of the attributes that the table has.
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.0.attributes.iter().map(|(name, _)| name.as_str())
    }

    /// What a reader should look at although it is no fault: rounded digits, a percent column
    /// that looks like bare ratios.
    #[must_use]
    pub fn advice(&self) -> &[Fault] {
        &self.0.advice
    }

    /// A community's value of a measure in its canonical words: a number in the measure's unit,
    /// a label, 是 or 否, a date as `2020-07-23`, 不涉及; nothing where it is blank. The measure
    /// is an index into [`Document::measures`](crate::standard::document::Document::measures).
    ///
    /// ```
    /// # fn main() -> Result<(), dabiao::Faults> {
    /// use dabiao::{Observations, Standard};
    /// let standard = Standard::builtin("weihai-2020")?;
    /// let table = Observations::from_rows(&standard, &["code", "activities"], &[["c1", "1,012"]])?;
    /// let measures = &standard.document().measures;
    /// let activities = measures.iter().position(|m| m.name == "activities").unwrap();
    /// assert_eq!(table.value_text(&standard, activities, 0).as_deref(), Some("1012"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn value_text(&self, standard: &Standard, measure: usize, row: usize) -> Option<String> {
        let measures = &standard.plan().measures;
        if row >= self.len() || measure >= standard.document().measures.len() {
            return None;
        }
        write_cell(measures.get(measure)?, self.row(measures, row), measure)
    }

    pub(crate) fn place(&self, row: usize) -> Place {
        Place {
            file: self.0.file.clone(),
            line: self.0.lines.get(row).copied(),
            ..Place::default()
        }
    }

    /// A row as an item's own value sees it: the phase that last marked the item. Items are
    /// counted with the bonuses and the deductions behind them, as `Plan::all_items` does.
    pub(crate) fn own_row<'a>(
        &'a self,
        measures: &'a [MeasurePlan],
        row: usize,
        item: usize,
    ) -> TableRow<'a> {
        match self.0.phases.get(item).and_then(|phases| phases.get(row)) {
            Some(&phase) => TableRow::new(&self.0.earlier[usize::from(phase)], measures, row),
            None => self.row(measures, row),
        }
    }

    pub(crate) fn row<'a>(&'a self, measures: &'a [MeasurePlan], row: usize) -> TableRow<'a> {
        TableRow::new(&self.0.columns, measures, row)
    }
}

/// Days since 1970-01-01.
pub(crate) fn days_of(date: jiff::civil::Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since((jiff::Unit::Day, epoch))
        .map_or(0, |span| i64::from(span.get_days()))
}

/// The day so many days after 1970-01-01.
pub(crate) fn date_of(days: i64) -> Option<jiff::civil::Date> {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

/// How a value is written for people and in digests.
pub(crate) fn write_cell(
    measure: &MeasurePlan,
    row: TableRow<'_>,
    id: MeasureId,
) -> Option<String> {
    let label = |code: i64| {
        let held = usize::try_from(code)
            .ok()
            .and_then(|index| measure.labels.get(index));
        held.cloned().unwrap_or_default()
    };
    if let Some(labels) = row.labels(id) {
        return Some(
            labels
                .iter()
                .map(|code| label(*code))
                .collect::<Vec<_>>()
                .join("/"),
        );
    }
    let coded = matches!(measure.kind, MeasureKind::YesNo | MeasureKind::Label);
    let number = if coded {
        match row.code(id) {
            Reading::Value(code) => Reading::Value(Rational::from(code)),
            Reading::Missing => Reading::Missing,
            Reading::NotApplicable => Reading::NotApplicable,
        }
    } else {
        row.number(id)
    };
    match number {
        Reading::Missing => None,
        Reading::NotApplicable => Some(NOT_APPLICABLE_WORD.to_owned()),
        Reading::Value(value) => Some(match measure.kind {
            MeasureKind::YesNo => if value.is_zero() { "否" } else { "是" }.to_owned(),
            MeasureKind::Label => label(value.floor().unwrap_or(-1)),
            MeasureKind::Date => value
                .floor()
                .and_then(date_of)
                .map(|d| d.to_string())
                .unwrap_or_default(),
            _ => value.to_string(),
        }),
    }
}

/// How one stored value of a kind is written, in the same words.
pub(crate) fn stored_text(measure: &MeasurePlan, kind: MeasureKind, value: i64) -> String {
    if value == NOT_APPLICABLE {
        return NOT_APPLICABLE_WORD.to_owned();
    }
    match kind {
        MeasureKind::YesNo => if value == 0 { "否" } else { "是" }.to_owned(),
        MeasureKind::Label => {
            let label = usize::try_from(value).ok();
            let label = label.and_then(|index| measure.labels.get(index));
            label.cloned().unwrap_or_default()
        }
        MeasureKind::Date => date_of(value).map(|d| d.to_string()).unwrap_or_default(),
        MeasureKind::Count | MeasureKind::Number => {
            let number = crate::decimal::Decimal::from_millionths(value);
            number.unwrap_or_default().to_string()
        }
    }
}

/// Scaled points of a column, with a value set aside for none.
#[inline]
pub(crate) fn optional_points(scaled: i64, decimals: u8) -> Option<Points> {
    (scaled != MISSING).then(|| Points::new(scaled, decimals))
}
