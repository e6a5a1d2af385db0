//! Columns in the caller's memory: pointers with strides, states and validity.

use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::slice;

use engine::standard::Observed;
use engine::standard::document::MeasureKind;
use engine::{Cell, CellColumn, ColumnData, SharedColumn, SharedNumber, Standard};

use crate::args;
use crate::scorer::{DABIAO_MISSING, DABIAO_NOT_APPLICABLE, DABIAO_VALUE};
use crate::status::Error;

/// `double`
pub const DABIAO_TYPE_FLOAT64: i32 = 0;
/// `float`
pub const DABIAO_TYPE_FLOAT32: i32 = 1;
/// `int64_t`
pub const DABIAO_TYPE_INT64: i32 = 2;
/// `int32_t`
pub const DABIAO_TYPE_INT32: i32 = 3;
/// `int16_t`
pub const DABIAO_TYPE_INT16: i32 = 4;
/// `int8_t`
pub const DABIAO_TYPE_INT8: i32 = 5;
/// `int64_t`, of which the column's `decimals` digits stand after the point.
pub const DABIAO_TYPE_DECIMAL64: i32 = 6;
/// `const char *`, UTF-8 with a NUL behind it, as a person types it; NULL is a blank.
pub const DABIAO_TYPE_TEXT: i32 = 7;

/// A column of a table in the caller's memory. A number stands for a number in the measure's
/// unit, 1 or 0 for yes or no, the index of a label, the days since 1970-01-01 of a date.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_column {
    /// The heading: "code", an attribute such as "district", or a measure's name.
    pub name: *const c_char,
    /// What stands in memory: `DABIAO_TYPE_...`.
    pub r#type: i32,
    /// Digits after the point, for `DABIAO_TYPE_DECIMAL64`; otherwise not looked at.
    pub decimals: i32,
    /// The value of the first row. It need not be aligned.
    pub values: *const c_void,
    /// Bytes from one value to the next; 0 where they stand one behind the other.
    pub stride: isize,
    /// `DABIAO_VALUE`, `DABIAO_MISSING` or `DABIAO_NOT_APPLICABLE` for each row; NULL where no
    /// row needs it.
    pub states: *const u8,
    /// Bytes from one state to the next; 0 where they stand one behind the other.
    pub states_stride: isize,
    /// A bit for each row, the lowest bit of a byte first, as in Arrow: 0 where the value is
    /// missing; NULL where no row needs it.
    pub validity: *const u8,
    /// The bit of the first row.
    pub validity_offset: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Float64,
    Float32,
    Int64,
    Int32,
    Int16,
    Int8,
    Decimal(i8),
}

impl Kind {
    fn size(self) -> isize {
        match self {
            Kind::Float64 | Kind::Int64 | Kind::Decimal(_) => 8,
            Kind::Float32 | Kind::Int32 => 4,
            Kind::Int16 => 2,
            Kind::Int8 => 1,
        }
    }
}

/// Values of one size, `stride` bytes apart.
struct Numbers<'a> {
    kind: Kind,
    first: *const u8,
    stride: isize,
    observed: Option<Observed<'a>>,
    memory: PhantomData<&'a [u8]>,
}

/// A column that was checked and can be read row by row.
pub(crate) struct Column<'a> {
    values: Values<'a>,
    states: Option<(*const u8, isize)>,
    validity: Option<(*const u8, usize)>,
    /// Whether a row does not apply.
    not_applicable: bool,
    rows: usize,
}

/// What becomes of the columns' memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    /// It is copied.
    Copied,
    /// It is read where it stands, and stays.
    Kept,
}

/// The caller's memory, which the caller keeps as long as it is looked at.
struct Foreign<T> {
    first: *const T,
    length: usize,
}

// SAFETY: it is only read, and the caller was asked not to change it.
unsafe impl<T: Sync> Send for Foreign<T> {}
// SAFETY: the same.
unsafe impl<T: Sync> Sync for Foreign<T> {}

impl<T> AsRef<[T]> for Foreign<T> {
    fn as_ref(&self) -> &[T] {
        // SAFETY: aligned, not NULL, of a possible length; the caller keeps it as it is.
        unsafe { slice::from_raw_parts(self.first, self.length) }
    }
}

enum Values<'a> {
    Numbers(Numbers<'a>),
    Texts(Vec<Option<&'a str>>),
}

impl<'a> Column<'a> {
    /// The column's heading, and its cells; of `standard` where it may be one of its measures.
    ///
    /// # Safety
    /// All pointers are NULL or point to what the header asks for, for `rows` rows, while `'a`
    /// lasts.
    pub(crate) unsafe fn new(
        column: &dabiao_column,
        rows: usize,
        standard: Option<&'a Standard>,
    ) -> Result<(&'a str, Column<'a>), Error> {
        // SAFETY: promised by the caller.
        let name = unsafe { args::text("columns[].name", column.name)? };
        let wrong = |zh: &str, en: &str| Error::argument(&format!("columns[{name}]"), zh, en);
        if rows > 0 && column.values.is_null() {
            return Err(Error::null(&format!("columns[{name}].values")));
        }
        let reaches = |stride: isize| {
            let rows = isize::try_from(rows).ok();
            rows.and_then(|rows| rows.checked_mul(stride)).is_some()
        };
        let kind = match column.r#type {
            DABIAO_TYPE_FLOAT64 => Some(Kind::Float64),
            DABIAO_TYPE_FLOAT32 => Some(Kind::Float32),
            DABIAO_TYPE_INT64 => Some(Kind::Int64),
            DABIAO_TYPE_INT32 => Some(Kind::Int32),
            DABIAO_TYPE_INT16 => Some(Kind::Int16),
            DABIAO_TYPE_INT8 => Some(Kind::Int8),
            DABIAO_TYPE_DECIMAL64 => Some(Kind::Decimal(
                i8::try_from(column.decimals)
                    .map_err(|_| wrong("的 decimals 不合", "has impossible decimals"))?,
            )),
            DABIAO_TYPE_TEXT => None,
            _ => {
                return Err(wrong(
                    "的 type 不是 DABIAO_TYPE_...",
                    "is of no DABIAO_TYPE_...",
                ));
            }
        };
        let size = kind.map_or(size_of::<*const c_char>() as isize, Kind::size);
        let or = |stride: isize, natural| if stride == 0 { natural } else { stride };
        let (stride, states_stride) = (or(column.stride, size), or(column.states_stride, 1));
        if !reaches(stride) || !reaches(states_stride) {
            return Err(wrong("过长", "is impossibly long"));
        }
        let first = column.values.cast::<u8>();
        let mut made = Column {
            values: Values::Texts(Vec::new()),
            states: (!column.states.is_null()).then_some((column.states, states_stride)),
            validity: (!column.validity.is_null())
                .then_some((column.validity, column.validity_offset)),
            not_applicable: false,
            rows,
        };
        if made.states.is_some() {
            for row in 0..rows {
                match made.state(row) {
                    DABIAO_VALUE | DABIAO_MISSING => {}
                    DABIAO_NOT_APPLICABLE => made.not_applicable = true,
                    _ => {
                        return Err(wrong(
                            "的 states 应为 0、1 或 2",
                            "has a state other than 0, 1 or 2",
                        ));
                    }
                }
            }
        }
        made.values = match kind {
            Some(kind) => Values::Numbers(Numbers {
                kind,
                first,
                stride,
                observed: standard.and_then(|standard| observed(standard, name)),
                memory: PhantomData,
            }),
            None => {
                let mut texts = Vec::with_capacity(rows);
                for row in 0..rows {
                    // SAFETY: promised by the caller: `rows` pointers, `stride` bytes apart.
                    let text = unsafe {
                        let place = first.offset(stride * row as isize);
                        place.cast::<*const c_char>().read_unaligned()
                    };
                    let held = made.state(row) == DABIAO_VALUE && !text.is_null();
                    let read = held.then(|| {
                        // SAFETY: promised by the caller: it ends with a NUL.
                        let text = unsafe { CStr::from_ptr(text) };
                        args::utf8(&format!("columns[{name}].values[{row}]"), text.to_bytes())
                    });
                    texts.push(read.transpose()?);
                }
                Values::Texts(texts)
            }
        };
        Ok((name, made))
    }

    /// The column for a table: as numbers in memory where the measure's are plain numbers, and
    /// otherwise cell by cell.
    pub(crate) fn data(&self, memory: Memory) -> ColumnData<'_> {
        self.shared(memory)
            .map_or(ColumnData::Cells(self), ColumnData::Shared)
    }

    fn shared(&self, memory: Memory) -> Option<SharedColumn> {
        let Values::Numbers(numbers) = &self.values else {
            return None;
        };
        let plain = matches!(
            numbers.observed?.kind,
            MeasureKind::Count | MeasureKind::Number | MeasureKind::YesNo
        );
        if !plain || self.not_applicable || self.rows == 0 {
            return None;
        }
        let (rows, kept) = (self.rows, memory == Memory::Kept);
        // SAFETY: the caller of `new` promised `rows` values of this type, and keeps them where
        // they are to be kept.
        let column = unsafe {
            match numbers.kind {
                Kind::Float64 => numbers.shared::<f64>(rows, kept),
                Kind::Float32 => numbers.shared::<f32>(rows, kept),
                Kind::Int64 => numbers.shared::<i64>(rows, kept),
                Kind::Int32 => numbers.shared::<i32>(rows, kept),
                Kind::Int16 => numbers.shared::<i16>(rows, kept),
                Kind::Int8 => numbers.shared::<i8>(rows, kept),
                Kind::Decimal(_) => return None,
            }
        };
        if self.states.is_some() {
            let mut bits = vec![0u8; rows.div_ceil(8)];
            for row in 0..rows {
                if let Some(byte) = bits.get_mut(row / 8) {
                    *byte |= u8::from(self.state(row) == DABIAO_VALUE) << (row % 8);
                }
            }
            return Some(column.with_validity(bits, 0));
        }
        let Some((validity, offset)) = self.validity else {
            return Some(column);
        };
        let (skipped, offset) = (offset / 8, offset % 8);
        let bits = Foreign {
            // SAFETY: promised by the caller of `new`: a bit for each row after the offset.
            first: unsafe { validity.add(skipped) },
            length: (offset + rows).div_ceil(8),
        };
        Some(match memory {
            Memory::Kept => column.with_validity(bits, offset),
            Memory::Copied => column.with_validity(bits.as_ref().to_vec(), offset),
        })
    }

    fn state(&self, row: usize) -> u8 {
        if row >= self.rows {
            return DABIAO_MISSING;
        }
        if let Some((validity, offset)) = self.validity {
            let bit = offset.wrapping_add(row);
            // SAFETY: promised by the caller of `new`: a bit for each row after the offset.
            let byte = unsafe { validity.add(bit / 8).read() };
            if byte >> (bit % 8) & 1 == 0 {
                return DABIAO_MISSING;
            }
        }
        match self.states {
            // SAFETY: promised by the caller of `new`: a state for each row.
            Some((states, stride)) => unsafe { states.offset(stride * row as isize).read() },
            None => DABIAO_VALUE,
        }
    }
}

fn observed<'a>(standard: &'a Standard, name: &str) -> Option<Observed<'a>> {
    let mut measures = standard.document().measures.iter();
    let at = measures.position(|measure| measure.name == name)?;
    standard.observed(at)
}

impl Numbers<'_> {
    /// # Safety
    /// There are `rows` values of type `T`, which stay as they are where they are kept.
    unsafe fn shared<T: SharedNumber + Copy + Send + Sync + 'static>(
        &self,
        rows: usize,
        kept: bool,
    ) -> SharedColumn {
        let first = self.first.cast::<T>();
        let together = self.stride == size_of::<T>() as isize && first.is_aligned();
        let here = Foreign {
            first,
            length: rows,
        };
        if together && kept {
            return SharedColumn::new(here);
        }
        if together {
            return SharedColumn::new(here.as_ref().to_vec());
        }
        let value = |row: usize| {
            // SAFETY: promised by the caller.
            unsafe {
                let place = self.first.offset(self.stride * row as isize);
                place.cast::<T>().read_unaligned()
            }
        };
        SharedColumn::new((0..rows).map(value).collect::<Vec<T>>())
    }

    fn cell(&self, row: usize) -> Cell<'static> {
        // SAFETY: promised by the caller of `Column::new`: `rows` values of this size, `stride`
        // bytes apart, and `row` is below `rows`.
        macro_rules! read {
            ($type:ty) => {
                unsafe {
                    let place = self.first.offset(self.stride * row as isize);
                    place.cast::<$type>().read_unaligned()
                }
            };
        }
        let number = match self.kind {
            Kind::Float64 => read!(f64),
            Kind::Float32 => f64::from(read!(f32)),
            Kind::Int64 => return self.whole(read!(i64)),
            Kind::Int32 => return self.whole(read!(i32).into()),
            Kind::Int16 => return self.whole(read!(i16).into()),
            Kind::Int8 => return self.whole(read!(i8).into()),
            Kind::Decimal(decimals) => {
                return Cell::Scaled {
                    scaled: read!(i64).into(),
                    decimals,
                };
            }
        };
        self.observed
            .map_or(Cell::Float(number), |observed| observed.cell(number))
    }

    fn whole(&self, number: i64) -> Cell<'static> {
        self.observed
            .map_or(Cell::Integer(number), |observed| observed.whole(number))
    }
}

impl CellColumn for Column<'_> {
    fn cell(&self, row: usize) -> Cell<'_> {
        match self.state(row) {
            DABIAO_VALUE => {}
            DABIAO_NOT_APPLICABLE => return Cell::NotApplicable,
            _ => return Cell::Blank,
        }
        match &self.values {
            Values::Numbers(numbers) => numbers.cell(row),
            Values::Texts(texts) => texts
                .get(row)
                .copied()
                .flatten()
                .map_or(Cell::Blank, Cell::Text),
        }
    }
}
