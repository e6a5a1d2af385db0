//! Columns of numbers that stay where they are: shared memory, read as it stands.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::MISSING;
use super::cell::Cell;
use super::number::Number;
use super::typed::{Bounds, Checked, Seen, Source, Stretch};
use crate::decimal::Decimal;
use crate::standard::document::MeasureKind;

/// Rows that are checked at a time.
const CHECKED: usize = 512;

type Memory<T> = Arc<dyn AsRef<[T]> + Send + Sync>;

/// A column of numbers, or a stretch of its rows, in memory that is shared and never copied.
///
/// Whatever owns the memory is kept as long as it is needed: a `Vec`, an `Arc<[f64]>`, a buffer
/// of another library. Values are read where they stand and taken as the nearest decimal with 6
/// digits whenever they are looked at, so that the table's columns are those of the caller. The
/// memory must not change while it is shared.
///
/// [`ObservationsBuilder::shared`](crate::ObservationsBuilder::shared) makes a table of them;
/// with the feature `arrow`,
/// [`ObservationsBuilder::batch`](crate::ObservationsBuilder) does so by itself.
///
/// ```
/// use std::sync::Arc;
/// use dabiao::{ColumnData, ObservationsBuilder, ScoreOptions, SharedColumn, Standard};
/// # struct Codes;
/// # impl dabiao::CellColumn for Codes {
/// #     fn cell(&self, row: usize) -> dabiao::Cell<'_> { dabiao::Cell::Integer(row as i64) }
/// # }
/// let standard = Standard::builtin("weihai-2020")?;
/// let mut builder = ObservationsBuilder::new(&standard);
/// builder.heading(&["code", "training_hours", "activities"]);
/// let hours: Arc<[f64]> = vec![36.0, 40.5, f64::NAN].into();
/// let hours = SharedColumn::new(hours).nan_is_missing();
/// // Valid are the rows whose bits are set: 0 and 2.
/// let activities = SharedColumn::new(vec![12i16, 0, 3]).with_validity(vec![0b101], 0);
/// let columns = [ColumnData::Cells(&Codes), hours.into(), activities.into()];
/// builder.shared(3, &columns);
/// let scores = standard.score(&builder.finish()?, &ScoreOptions::new())?;
/// assert_eq!(scores.points_of("5.2", 0).unwrap().to_string(), "3.00");
/// assert_eq!(scores.points_of("1.4", 2).unwrap().to_string(), "0.00");
/// # Ok::<(), dabiao::Faults>(())
/// ```
#[derive(Clone)]
pub struct SharedColumn {
    values: Values,
    length: usize,
    validity: Option<Validity>,
    nan_is_missing: bool,
}

#[derive(Clone)]
enum Values {
    F64(Memory<f64>),
    F32(Memory<f32>),
    I64(Memory<i64>),
    I32(Memory<i32>),
    I16(Memory<i16>),
    I8(Memory<i8>),
    U32(Memory<u32>),
    U16(Memory<u16>),
    U8(Memory<u8>),
    Bits(Memory<u8>, usize),
    Decimals(Memory<i128>, i8),
}

/// A bit a row, the lowest of a byte first; set where there is a value.
#[derive(Clone)]
struct Validity {
    bits: Memory<u8>,
    offset: usize,
}

impl Validity {
    fn get(&self, row: usize) -> bool {
        bit((*self.bits).as_ref(), self.offset + row)
    }
}

fn bit(bits: &[u8], at: usize) -> bool {
    bits.get(at / 8)
        .is_some_and(|byte| byte >> (at % 8) & 1 != 0)
}

/// A number that can stand in shared memory: `f64`, `f32`, `i8` to `i64`, `u8` to `u32`.
pub trait SharedNumber: sealed::Sealed {}

mod sealed {
    pub trait Sealed: Copy + Send + Sync + 'static {
        #[doc(hidden)]
        fn values(memory: super::Memory<Self>) -> super::Wrapped;
    }
}

/// Values of one of the types.
#[doc(hidden)]
pub struct Wrapped(Values);

macro_rules! shared_numbers {
    ($($type:ty => $values:ident),* $(,)?) => {$(
        impl SharedNumber for $type {}
        impl sealed::Sealed for $type {
            fn values(memory: Memory<Self>) -> Wrapped {
                Wrapped(Values::$values(memory))
            }
        }
    )*};
}
shared_numbers!(
    f64 => F64, f32 => F32, i64 => I64, i32 => I32, i16 => I16, i8 => I8,
    u32 => U32, u16 => U16, u8 => U8,
);

/// Does something with a column's values, whatever their type.
macro_rules! with_numbers {
    ($column:expr, $values:ident => $numbers:expr, bits $bits:ident $offset:ident => $yes:expr,
     decimals $scaled:ident $scale:ident => $decimals:expr) => {
        match &$column.values {
            Values::F64(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::F32(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::I64(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::I32(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::I16(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::I8(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::U32(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::U16(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::U8(memory) => {
                let $values = (**memory).as_ref();
                $numbers
            }
            Values::Bits(memory, $offset) => {
                let $bits = (**memory).as_ref();
                $yes
            }
            Values::Decimals(memory, $scale) => {
                let $scaled = (**memory).as_ref();
                $decimals
            }
        }
    };
}

impl SharedColumn {
    /// A column of numbers.
    pub fn new<T: SharedNumber>(values: impl AsRef<[T]> + Send + Sync + 'static) -> Self {
        let length = values.as_ref().len();
        SharedColumn::of(T::values(Arc::new(values)).0, length)
    }

    /// A column of `length` yes-nos, a bit each, the lowest of a byte first, from the bit
    /// `offset`.
    pub fn bits(
        bytes: impl AsRef<[u8]> + Send + Sync + 'static,
        offset: usize,
        length: usize,
    ) -> Self {
        SharedColumn::of(Values::Bits(Arc::new(bytes), offset), length)
    }

    /// A column of whole numbers that are decimals scaled by `10^decimals`.
    pub fn decimals(scaled: impl AsRef<[i128]> + Send + Sync + 'static, decimals: i8) -> Self {
        let length = scaled.as_ref().len();
        SharedColumn::of(Values::Decimals(Arc::new(scaled), decimals), length)
    }

    fn of(values: Values, length: usize) -> Self {
        SharedColumn {
            values,
            length,
            validity: None,
            nan_is_missing: false,
        }
    }

    /// Rows whose bit is not set are missing; row 0 is the bit `offset`.
    #[must_use]
    pub fn with_validity(
        mut self,
        bits: impl AsRef<[u8]> + Send + Sync + 'static,
        offset: usize,
    ) -> Self {
        self.validity = Some(Validity {
            bits: Arc::new(bits),
            offset,
        });
        self
    }

    /// A NaN is a missing value, as in pandas, and not a fault.
    #[must_use]
    pub fn nan_is_missing(mut self) -> Self {
        self.nan_is_missing = true;
        self
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether a measure of the kind can be read from it as it stands.
    pub(super) fn suits(&self, kind: MeasureKind) -> bool {
        let bits = matches!(self.values, Values::Bits(..));
        match kind {
            MeasureKind::Count | MeasureKind::Number => !bits,
            MeasureKind::YesNo => !matches!(self.values, Values::Decimals(..)),
            MeasureKind::Label | MeasureKind::Date => false,
        }
    }

    fn has_nulls(&self, rows: Range<usize>) -> bool {
        let Some(validity) = &self.validity else {
            return false;
        };
        let (from, to) = (validity.offset + rows.start, validity.offset + rows.end);
        let (first, last) = (from.div_ceil(8), to / 8);
        let whole = (*validity.bits).as_ref().get(first..last.max(first));
        let whole = whole.is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0xff));
        let edges = (from..to.min(first * 8)).chain((last.max(first) * 8)..to);
        !whole
            || !edges
                .into_iter()
                .all(|at| bit((*validity.bits).as_ref(), at))
    }

    fn is_valid(&self, row: usize) -> bool {
        self.validity.as_ref().is_none_or(|bits| bits.get(row))
    }

    /// The stored form of a run of rows.
    fn fill(&self, rows: Range<usize>, kind: MeasureKind, out: &mut [i64]) {
        fn run<T: Number>(values: &[T], rows: Range<usize>, kind: MeasureKind, out: &mut [i64]) {
            let values = values.get(rows).unwrap_or_default();
            let (here, beyond) = out.split_at_mut(values.len().min(out.len()));
            match kind {
                MeasureKind::Count | MeasureKind::Number => T::run(values, here),
                MeasureKind::YesNo => {
                    for (value, out) in values.iter().zip(here) {
                        *out = value.whole().unwrap_or(MISSING);
                    }
                }
                MeasureKind::Label | MeasureKind::Date => here.fill(MISSING),
            }
            beyond.fill(MISSING);
        }
        let each = |out: &mut [i64]| {
            for (row, out) in rows.clone().zip(out) {
                *out = self.value(row, kind).unwrap_or(MISSING);
            }
        };
        with_numbers!(self,
            values => run(values, rows.clone(), kind, out),
            bits bytes offset => {
                for (row, out) in rows.clone().zip(out.iter_mut()) {
                    *out = i64::from(bit(bytes, offset + row));
                }
            },
            decimals _scaled _scale => each(out)
        );
        if self.validity.is_some() {
            for (row, out) in rows.zip(out) {
                *out = if self.is_valid(row) { *out } else { MISSING };
            }
        }
    }

    /// A value in its stored form, where it has one; validity aside.
    fn value(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        fn number<T: Number>(values: &[T], row: usize, kind: MeasureKind) -> Option<i64> {
            let value = *values.get(row)?;
            match kind {
                MeasureKind::Count | MeasureKind::Number => value.millionths(),
                MeasureKind::YesNo => value.whole(),
                MeasureKind::Label | MeasureKind::Date => None,
            }
        }
        with_numbers!(self,
            values => number(values, row, kind),
            bits bytes offset => (kind == MeasureKind::YesNo)
                .then(|| i64::from(bit(bytes, offset + row))),
            decimals scaled scale => {
                let read = Decimal::from_scaled(*scaled.get(row)?, i32::from(*scale))?;
                // What was rounded is looked at, for the advice.
                (!read.rounded).then(|| read.value.millionths())
            }
        )
    }

    fn is_missing(&self, row: usize) -> bool {
        fn nan<T: Number>(values: &[T], row: usize) -> bool {
            values.get(row).is_some_and(|value| value.is_nan())
        }
        !self.is_valid(row)
            || (self.nan_is_missing
                && with_numbers!(self,
                    values => nan(values, row),
                    bits _bytes _offset => false,
                    decimals _scaled _scale => false
                ))
    }

    /// Whether each of some rows is missing or plainly allowed; what a percent column's
    /// reader wants to know of them.
    pub(super) fn check(&self, rows: Range<usize>, bounds: &Bounds) -> Option<Checked> {
        let Values::F64(memory) = &self.values else {
            return self.check_each(rows, bounds);
        };
        let floats = bounds.floats.as_ref().filter(|_| self.validity.is_none());
        let Some(floats) = floats else {
            return self.check_each(rows, bounds);
        };
        let values = (**memory).as_ref().get(rows.clone())?;
        match floats.check(values) {
            // A NaN or a number that is whole as a decimal alone.
            None => self.check_each(rows, bounds),
            seen => seen,
        }
    }

    fn check_each(&self, rows: Range<usize>, bounds: &Bounds) -> Option<Checked> {
        let mut seen = Seen::default();
        let mut cells = [MISSING; CHECKED];
        for from in rows.clone().step_by(CHECKED) {
            let rows = from..(from + CHECKED).min(rows.end);
            let cells = &mut cells[..rows.len()];
            self.fill(rows.clone(), bounds.kind(), cells);
            for (row, cell) in rows.zip(&*cells) {
                if *cell == MISSING {
                    if !self.is_missing(row) {
                        return None;
                    }
                } else if bounds.hold(*cell) {
                    seen.see(*cell);
                } else {
                    return None;
                }
            }
        }
        Some(Checked { seen, plain: false })
    }
}

impl Source for SharedColumn {
    fn stored(&self, row: usize, kind: MeasureKind) -> Option<i64> {
        if self.is_missing(row) {
            return Some(MISSING);
        }
        self.value(row, kind)
    }

    fn with_cell<R>(&self, row: usize, look: impl FnOnce(Cell<'_>) -> R) -> R {
        fn cell<T: Number>(values: &[T], row: usize) -> Cell<'static> {
            values.get(row).map_or(Cell::Blank, |value| value.cell())
        }
        if self.is_missing(row) {
            return look(Cell::Blank);
        }
        look(with_numbers!(self,
            values => cell(values, row),
            bits bytes offset => Cell::Bool(bit(bytes, offset + row)),
            decimals scaled scale => scaled.get(row).map_or(Cell::Blank, |scaled| Cell::Scaled {
                scaled: *scaled,
                decimals: *scale,
            })
        ))
    }
}

impl fmt::Debug for SharedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedColumn")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A measure's column in pieces of shared memory, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Pieces {
    pieces: Arc<[Piece]>,
    kind: MeasureKind,
}

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) first: usize,
    pub(super) column: SharedColumn,
    /// Whether it was seen to be [`Checked::plain`].
    pub(super) plain: bool,
}

impl Pieces {
    /// Nothing where the pieces leave rows out.
    pub(super) fn new(pieces: Vec<Piece>, kind: MeasureKind, rows: usize) -> Option<Pieces> {
        let mut next = 0;
        for Piece { first, column, .. } in &pieces {
            if *first != next {
                return None;
            }
            next += column.len();
        }
        (next == rows).then(|| Pieces {
            pieces: pieces.into(),
            kind,
        })
    }

    fn at(&self, row: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.first <= row)
            .saturating_sub(1)
    }

    /// One cell in its stored form.
    pub(crate) fn cell(&self, row: usize) -> i64 {
        let Some(Piece { first, column, .. }) = self.pieces.get(self.at(row)) else {
            return MISSING;
        };
        let row = row - first;
        if row >= column.len() {
            return MISSING;
        }
        column.stored(row, self.kind).unwrap_or(MISSING)
    }

    /// A run of floats as they stand, where none can be missing, and whether they were seen to
    /// be [`Checked::plain`].
    pub(crate) fn floats(&self, from: usize, to: usize) -> Option<(&[f64], bool)> {
        let piece = self.pieces.get(self.at(from))?;
        let Piece { first, column, .. } = piece;
        let may_be_nan = column.nan_is_missing && !piece.plain;
        if may_be_nan || column.has_nulls(from - first..to - first) {
            return None;
        }
        match &column.values {
            Values::F64(memory) => {
                let values = (**memory).as_ref().get(from - first..to - first)?;
                Some((values, piece.plain))
            }
            _ => None,
        }
    }

    /// A run of cells in their stored form.
    pub(crate) fn fill(&self, from: usize, out: &mut [i64]) {
        let (mut at, mut from, mut out) = (self.at(from), from, out);
        while let Some(Piece { first, column, .. }) = self.pieces.get(at)
            && !out.is_empty()
        {
            let start = from - first;
            let count = (column.len().saturating_sub(start)).min(out.len());
            let (here, rest) = out.split_at_mut(count);
            column.fill(start..start + count, self.kind, here);
            (at, from, out) = (at + 1, from + count, rest);
        }
        out.fill(MISSING);
    }
}

impl Stretch {
    /// Writes the stored forms to their rows of a whole column.
    pub(super) fn fill(&self, kind: MeasureKind, column: &mut [i64]) {
        let rows = self.added.first..self.added.first + self.column.len();
        if let Some(out) = column.get_mut(rows) {
            self.column.fill(0..out.len(), kind, out);
        }
    }
}
