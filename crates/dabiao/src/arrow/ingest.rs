//! Record batches become observations.

use std::ops::ControlFlow;

use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Schema};

use super::values::{self, Visitor};
use crate::fault::{Fault, FaultCode, Faults};
use crate::observations::typed::{Added, Placed, Source};
use crate::observations::{Observations, ObservationsBuilder};
use crate::standard::Standard;

impl Observations {
    /// Reads all batches of a table; see [`crate::arrow`] for the types that it takes.
    ///
    /// `nan_is_null` says that the table writes a missing number as NaN, as pandas does.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use arrow_array::{Int64Array, RecordBatch, RecordBatchIterator, StringArray};
    /// use dabiao::{Observations, ScoreOptions, Standard};
    /// let standard = Standard::builtin("weihai-2020")?;
    /// let batch = RecordBatch::try_from_iter([
    ///     ("code", Arc::new(StringArray::from(vec!["c2", "c1"])) as _),
    ///     ("deliberation_meetings", Arc::new(Int64Array::from(vec![Some(3), None])) as _),
    /// ])?;
    /// let batches = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    /// let table = Observations::from_batches(&standard, batches, false)?;
    /// let scores = standard.score(&table, &ScoreOptions::new())?;
    /// let meetings: Vec<_> = (0..2).filter_map(|row| scores.points_of("2.3", row)).collect();
    /// assert_eq!(meetings[1].to_string(), "3.00");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// All faults of the table at once; a batch that cannot be had is
    /// [`FaultCode::Unreadable`].
    pub fn from_batches(
        standard: &Standard,
        batches: impl RecordBatchReader,
        nan_is_null: bool,
    ) -> Result<Self, Faults> {
        let mut builder = ObservationsBuilder::new(standard);
        builder.schema(&batches.schema());
        for batch in batches {
            if builder.next_batch(batch, nan_is_null).is_break() {
                break;
            }
        }
        builder.finish()
    }
}

impl ObservationsBuilder {
    /// Names the columns of the batches that follow, and refuses columns of types that cannot
    /// be read. A table without a batch needs it; otherwise the first batch says it.
    pub fn schema(&mut self, schema: &Schema) -> &mut Self {
        let titles: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        self.heading(&titles);
        for (at, field) in schema.fields().iter().enumerate() {
            if !values::is_read(field.data_type()) {
                self.refuse_column(at, 1, &field.data_type().to_string());
            }
        }
        self
    }

    /// Adds the rows of a batch. All batches must have the columns of the first, in its order.
    ///
    /// Columns of `float64`, `float32`, `int8` to `int64`, `uint8` to `uint32`, `decimal128` and
    /// booleans stay in the batch's memory and are read there whenever they are looked at, if
    /// the rows of all batches come in the order of their codes: a table is not copied.
    ///
    /// `nan_is_null` says that a missing number is written as NaN, as in pandas.
    pub fn batch(&mut self, batch: &RecordBatch, nan_is_null: bool) -> &mut Self {
        if self.headings() == 0 {
            self.schema(&batch.schema());
        }
        let (found, expected) = (batch.num_columns(), self.headings());
        if found != expected {
            let fault = Fault::new(FaultCode::ColumnLength).found(found);
            return self.push_fault(fault.expected(expected.to_string()));
        }
        let codes = self.code_column().map(|at| batch.column(at));
        let Some(codes) = codes.filter(|codes| values::is_read(codes.data_type())) else {
            // The heading has a fault already.
            return self;
        };
        let count = batch.num_rows();
        let Some(added) = values::visit(
            codes,
            nan_is_null,
            Rows {
                builder: self,
                count,
            },
        ) else {
            return self;
        };
        for (at, array) in batch.columns().iter().enumerate() {
            if self.wrong_type(at, added, array) {
                continue;
            }
            let shared = super::shared::column(array, nan_is_null);
            if shared.is_some_and(|column| self.share(at, added, &column).is_some()) {
                continue;
            }
            let column = Column {
                builder: self,
                at,
                added,
            };
            if let Some((faults, more)) = values::visit(array, nan_is_null, column) {
                self.add_faults(faults, more);
            }
        }
        self
    }

    /// Adds a batch as a reader gives it.
    pub(crate) fn next_batch(
        &mut self,
        batch: Result<RecordBatch, ArrowError>,
        nan_is_null: bool,
    ) -> ControlFlow<()> {
        match batch {
            Ok(batch) => {
                self.batch(&batch, nan_is_null);
                ControlFlow::Continue(())
            }
            Err(error) => {
                self.push_fault(Fault::new(FaultCode::Unreadable).found(error));
                ControlFlow::Break(())
            }
        }
    }

    /// Whether a column holds values of a type that its measure cannot have.
    fn wrong_type(&mut self, at: usize, added: Added, array: &dyn Array) -> bool {
        let data_type = array.data_type();
        let wrong = |kind| !values::fits(data_type, kind);
        if !self.kind_at(at).is_some_and(wrong) || *data_type == DataType::Null {
            return false;
        }
        let Some(first) = (0..array.len()).find(|row| !array.is_null(*row)) else {
            return false;
        };
        self.refuse_column(at, added.line_of(first), &data_type.to_string());
        true
    }
}

struct Rows<'a> {
    builder: &'a mut ObservationsBuilder,
    count: usize,
}

impl Visitor for Rows<'_> {
    type Out = Added;

    fn visit(self, source: &impl Source) -> Added {
        self.builder.add_rows(self.count, source)
    }
}

struct Column<'a> {
    builder: &'a mut ObservationsBuilder,
    at: usize,
    added: Added,
}

impl Visitor for Column<'_> {
    type Out = (Vec<Placed>, usize);

    fn visit(self, source: &impl Source) -> Self::Out {
        self.builder.add_column(self.at, self.added, source)
    }
}
