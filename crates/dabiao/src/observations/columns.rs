//! Building a table from columns in memory of the caller's, whatever their layout.

use super::builder::ObservationsBuilder;
use super::cell::Cell;
use super::shared::SharedColumn;
use super::typed::Source;
use super::{MISSING, NOT_APPLICABLE};
use crate::decimal::Decimal;
use crate::fault::{Fault, FaultCode};
use crate::standard::document::MeasureKind;

/// A column in memory: what stands in each row.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Cell, CellColumn, ObservationsBuilder, Standard};
/// struct Counts<'a>(&'a [i64]);
/// impl CellColumn for Counts<'_> {
///     fn cell(&self, row: usize) -> Cell<'_> {
///         Cell::Integer(self.0[row])
///     }
/// }
/// let standard = Standard::builtin("weihai-2020")?;
/// let mut builder = ObservationsBuilder::new(&standard);
/// builder.heading(&["code", "activities"]);
/// builder.columns(2, &[&Counts(&[7, 8]), &Counts(&[12, 3])]);
/// assert_eq!(builder.finish()?.codes(), ["7", "8"]);
/// # Ok(()) }
/// ```
pub trait CellColumn {
    /// The cell of a row, counted from 0.
    fn cell(&self, row: usize) -> Cell<'_>;
}

struct Cells<'a>(&'a dyn CellColumn);

impl Source for Cells<'_> {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        let number = matches!(kind, MeasureKind::Count | MeasureKind::Number);
        match self.0.cell(row) {
            Cell::Blank => Some(MISSING),
            Cell::NotApplicable => Some(NOT_APPLICABLE),
            Cell::Float(float) if number => Decimal::from_f64(float).map(Decimal::millionths),
            Cell::Integer(whole) if number => Decimal::from_i64(whole).map(Decimal::millionths),
            Cell::Bool(yes) if kind == MeasureKind::YesNo => Some(yes.into()),
            Cell::Integer(whole) if kind == MeasureKind::YesNo => Some(whole),
            Cell::Float(float) if kind == MeasureKind::YesNo && float.fract() == 0.0 => {
                Some(float as i64)
            }
            Cell::Index(index) if !number && kind != MeasureKind::YesNo => Some(index),
            _ => None,
        }
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        look(self.0.cell(row))
    }
}

/// A column for [`ObservationsBuilder::shared`].
#[derive(Clone)]
pub enum ColumnData<'a> {
    /// Cells that are read one by one.
    Cells(&'a dyn CellColumn),
    /// Numbers that stay where they are.
    Shared(SharedColumn),
}

impl From<SharedColumn> for ColumnData<'_> {
    fn from(column: SharedColumn) -> Self {
        ColumnData::Shared(column)
    }
}

impl std::fmt::Debug for ColumnData<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ColumnData::Cells(_) => "Cells",
            ColumnData::Shared(_) => "Shared",
        })
    }
}

impl ObservationsBuilder {
    /// Adds rows whose columns, one for each title of the heading, may be shared memory. It may
    /// be called again with further rows.
    ///
    /// Numbers that a measure can hold as they are stay where they are, if the rows come in the
    /// order of their codes and no cell needs a closer look; all else is read into the table.
    pub fn shared(&mut self, rows: usize, columns: &[ColumnData<'_>]) -> &mut Self {
        let (found, expected) = (columns.len(), self.headings());
        if found != expected {
            let fault = Fault::new(FaultCode::ColumnLength).found(found);
            return self.push_fault(fault.expected(expected.to_string()));
        }
        for column in columns {
            if let ColumnData::Shared(column) = column
                && column.len() != rows
            {
                let fault = Fault::new(FaultCode::ColumnLength).found(column.len());
                return self.push_fault(fault.expected(rows.to_string()));
            }
        }
        let added = match self.code_column().and_then(|at| columns.get(at)) {
            Some(ColumnData::Cells(codes)) => self.add_rows(rows, &Cells(*codes)),
            Some(ColumnData::Shared(codes)) => self.add_rows(rows, codes),
            // The heading has a fault already.
            None => return self,
        };
        for (at, column) in columns.iter().enumerate() {
            let (faults, more) = match column {
                ColumnData::Cells(cells) => self.add_column(at, added, &Cells(*cells)),
                ColumnData::Shared(column) if self.share(at, added, column).is_some() => continue,
                ColumnData::Shared(column) => self.add_column(at, added, column),
            };
            self.add_faults(faults, more);
        }
        self
    }

    /// Adds rows that stand in memory as columns, one for each title of the heading. It may be
    /// called again with further rows.
    pub fn columns(&mut self, rows: usize, columns: &[&dyn CellColumn]) -> &mut Self {
        let (found, expected) = (columns.len(), self.headings());
        if found != expected {
            let fault = Fault::new(FaultCode::ColumnLength).found(found);
            return self.push_fault(fault.expected(expected.to_string()));
        }
        let Some(codes) = self.code_column().and_then(|at| columns.get(at)) else {
            // The heading has a fault already.
            return self;
        };
        let added = self.add_rows(rows, &Cells(*codes));
        for (at, column) in columns.iter().enumerate() {
            let (faults, more) = self.add_column(at, added, &Cells(*column));
            self.add_faults(faults, more);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Observations, Standard};

    struct Column<'a>(&'a [Cell<'a>]);

    impl CellColumn for Column<'_> {
        fn cell(&self, row: usize) -> Cell<'_> {
            self.0[row]
        }
    }

    const HEADING: [&str; 7] = [
        "code",
        "district",
        "activities",
        "training_hours",
        "duty_rota",
        "brand_level",
        "name",
    ];

    #[test]
    fn columns_give_the_table_that_rows_give() {
        let standard = Standard::builtin("weihai-2020").unwrap();
        let heading: Vec<&str> = HEADING
            .into_iter()
            .filter(|title| *title != "brand_level")
            .collect();
        let codes = [Cell::Text("b"), Cell::Integer(7), Cell::Text("a")];
        let district = [Cell::Text("\u{73af}"), Cell::Blank, Cell::Text("")];
        let activities = [Cell::Integer(3), Cell::NotApplicable, Cell::Float(4.0)];
        let hours = [Cell::Float(0.1), Cell::Text("1,359"), Cell::Blank];
        let rota = [Cell::Bool(true), Cell::Text("\u{5426}"), Cell::Float(1.0)];
        let names = [Cell::Text("B"), Cell::Text("7"), Cell::Text("A")];
        let columns = [codes, district, activities, hours, rota, names];

        let mut by_columns = ObservationsBuilder::new(&standard);
        by_columns.heading(&heading);
        let sources: Vec<Column<'_>> = columns.iter().map(|cells| Column(cells)).collect();
        let sources: Vec<&dyn CellColumn> = sources.iter().map(|c| c as _).collect();
        by_columns.columns(3, &sources);
        let by_columns: Observations = by_columns.finish().unwrap();

        let mut by_rows = ObservationsBuilder::new(&standard);
        by_rows.heading(&heading);
        for row in 0..3 {
            let cells: Vec<Cell<'_>> = columns.iter().map(|cells| cells[row]).collect();
            by_rows.row(row as u64 + 2, &cells);
        }
        let by_rows = by_rows.finish().unwrap();
        assert_eq!(by_columns.codes(), ["7", "a", "b"]);
        assert_eq!(by_columns.digest(&standard), by_rows.digest(&standard));
    }

    #[test]
    fn faults_have_their_places() {
        let standard = Standard::builtin("weihai-2020").unwrap();
        let mut builder = ObservationsBuilder::new(&standard);
        builder.heading(&["code", "activities"]);
        let codes = [Cell::Text("a"), Cell::Text("a"), Cell::Text("")];
        let activities = [Cell::Float(f64::NAN), Cell::Float(-1.0), Cell::Float(1.5)];
        builder.columns(3, &[&Column(&codes), &Column(&activities)]);
        let faults = builder.finish().unwrap_err();
        let found: Vec<(&str, Option<u64>)> = faults
            .listed
            .iter()
            .map(|fault| (fault.code.as_str(), fault.place.line))
            .collect();
        for expected in [
            ("value-unreadable", Some(2)),
            ("value-range", Some(3)),
            ("value-unreadable", Some(4)),
            ("table-duplicate-row", Some(3)),
            ("table-empty-code", Some(4)),
        ] {
            assert!(found.contains(&expected), "{expected:?} in {found:?}");
        }
        let mut builder = ObservationsBuilder::new(&standard);
        builder.heading(&["code", "activities"]);
        builder.columns(3, &[&Column(&codes)]);
        let faults = builder.finish().unwrap_err();
        assert_eq!(faults.listed[0].code, FaultCode::ColumnLength);
    }
}
