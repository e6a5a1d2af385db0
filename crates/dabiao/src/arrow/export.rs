//! Scores become record batches.

use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{
    ArrayRef, Decimal128Array, Float64Array, RecordBatch, RecordBatchOptions, RecordBatchReader,
    StringArray, UInt32Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use crate::points::Points;
use crate::score::Scores;
use crate::score::rank::Standing;
use crate::standard::document::Section;

/// The most digits that a decimal column may have.
const PRECISION: u8 = 38;
/// Rows of one batch.
const BATCH: usize = 65_536;

/// How points stand in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PointsAs {
    /// `decimal128` with exactly the standard's decimals.
    #[default]
    Decimal,
    /// The nearest `float64`, for charts.
    Float,
}

/// A column of [`Scores`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScoreColumn {
    /// `code`
    Code,
    /// `name`, `district` and other attributes of the table.
    Attribute(String),
    /// `total`, in the decimals of totals; null where nothing applies.
    Total,
    /// `total_before_bonus`, in the decimals of totals.
    TotalBeforeBonus,
    /// `bonus`: all bonuses, capped.
    Bonus,
    /// `deductions`: all deductions, capped, as a positive number.
    Deductions,
    /// `grade`: its id; null for none.
    Grade,
    /// `grade_earned`: its id before vetoes.
    GradeEarned,
    /// `rank`: the place, from 1; null for none.
    Rank,
    /// `rank_key`: bytes that sort as the places do, for ranking where a table is in parts;
    /// null where there is no place.
    RankKey,
    /// `vetoes`: codes, joined by `;`.
    Vetoes,
    /// `missing`: codes of items, joined by `;`.
    Missing,
    /// `undecided`: codes of vetoes and items, joined by `;`.
    Undecided,
    /// `flags`, joined by `;`.
    Flags,
    /// The points of a section, an item, a bonus or a deduction; null where it is excluded.
    Part(String),
}

impl ScoreColumn {
    /// The column's heading.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            ScoreColumn::Code => "code",
            ScoreColumn::Attribute(name) => name,
            ScoreColumn::Total => "total",
            ScoreColumn::TotalBeforeBonus => "total_before_bonus",
            ScoreColumn::Bonus => "bonus",
            ScoreColumn::Deductions => "deductions",
            ScoreColumn::Grade => "grade",
            ScoreColumn::GradeEarned => "grade_earned",
            ScoreColumn::Rank => "rank",
            ScoreColumn::RankKey => "rank_key",
            ScoreColumn::Vetoes => "vetoes",
            ScoreColumn::Missing => "missing",
            ScoreColumn::Undecided => "undecided",
            ScoreColumn::Flags => "flags",
            ScoreColumn::Part(code) => code,
        }
    }
}

impl Scores {
    /// The columns of the published table: code, name and district where the table has them,
    /// total, bonus, grade, rank, vetoes, missing, flags, then each section and its items.
    #[must_use]
    pub fn columns(&self) -> Vec<ScoreColumn> {
        let mut columns = vec![ScoreColumn::Code];
        for name in ["name", "district"] {
            if self.observations.attribute(name).is_some() {
                columns.push(ScoreColumn::Attribute(name.to_owned()));
            }
        }
        columns.extend([
            ScoreColumn::Total,
            ScoreColumn::Bonus,
            ScoreColumn::Grade,
            ScoreColumn::Rank,
            ScoreColumn::Vetoes,
            ScoreColumn::Missing,
            ScoreColumn::Flags,
        ]);
        let mut sections: Vec<&Section> = self.standard.document().sections.iter().rev().collect();
        while let Some(section) = sections.pop() {
            columns.push(ScoreColumn::Part(section.id.clone()));
            let items = section.items.iter();
            columns.extend(items.map(|item| ScoreColumn::Part(item.id.clone())));
            sections.extend(section.sections.iter().rev());
        }
        columns
    }

    /// Every column that there is: those of [`Scores::columns`], then the other attributes,
    /// each bonus and deduction, and the columns that few ask for.
    #[must_use]
    pub fn all_columns(&self) -> Vec<ScoreColumn> {
        let mut columns = self.columns();
        let attributes = self.observations.attribute_names();
        let others = attributes.filter(|name| !["name", "district"].contains(name));
        columns.extend(others.map(|name| ScoreColumn::Attribute(name.to_owned())));
        let document = self.standard.document();
        let extras = document.bonus.iter().chain(&document.deductions);
        columns.extend(extras.map(|item| ScoreColumn::Part(item.id.clone())));
        columns.extend([
            ScoreColumn::TotalBeforeBonus,
            ScoreColumn::Deductions,
            ScoreColumn::GradeEarned,
            ScoreColumn::Undecided,
            ScoreColumn::RankKey,
        ]);
        columns
    }

    /// The fields of some columns.
    #[must_use]
    pub fn schema(&self, columns: &[ScoreColumn], points: PointsAs) -> SchemaRef {
        let plan = self.standard.plan();
        let numeric = |decimals: u8| match points {
            PointsAs::Decimal => DataType::Decimal128(PRECISION, decimals as i8),
            PointsAs::Float => DataType::Float64,
        };
        let field = |column: &ScoreColumn| {
            let (data_type, nullable) = match column {
                ScoreColumn::Total | ScoreColumn::TotalBeforeBonus => {
                    (numeric(plan.total_decimals), true)
                }
                ScoreColumn::Part(_) => (numeric(plan.decimals), true),
                ScoreColumn::Bonus | ScoreColumn::Deductions => (numeric(plan.decimals), false),
                ScoreColumn::Rank => (DataType::UInt32, true),
                ScoreColumn::RankKey => (DataType::Binary, true),
                ScoreColumn::Grade | ScoreColumn::GradeEarned => (DataType::Utf8, true),
                _ => (DataType::Utf8, false),
            };
            Field::new(column.name(), data_type, nullable)
        };
        Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// Some columns of the rows from `from`, at most `count` of them.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use arrow_array::cast::AsArray;
    /// use arrow_array::types::Decimal128Type;
    /// use dabiao::arrow::PointsAs;
    /// use dabiao::{Observations, ScoreOptions, Standard};
    /// let standard = Standard::builtin("weihai-2020")?;
    /// let table = Observations::from_rows(&standard, &["code", "deliberation_meetings"], &[&["c1", "3"]])?;
    /// let scores = standard.score(&table, &ScoreOptions::new())?;
    /// let batch = scores.record_batch(&scores.columns(), PointsAs::Decimal, 0, scores.len())?;
    /// let meetings = batch.column_by_name("2.3").unwrap().as_primitive::<Decimal128Type>();
    /// assert_eq!(meetings.value(0), 300);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// None for columns of [`Scores::all_columns`]; a part that the standard does not have is
    /// an invalid argument.
    pub fn record_batch(
        &self,
        columns: &[ScoreColumn],
        points: PointsAs,
        from: usize,
        count: usize,
    ) -> Result<RecordBatch, ArrowError> {
        let from = from.min(self.len());
        let rows = from..from.saturating_add(count).min(self.len());
        let made: Result<Vec<ArrayRef>, ArrowError> = columns
            .iter()
            .map(|column| self.array(column, points, rows.clone()))
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(self.schema(columns, points), made?, &options)
    }

    /// Some columns of all rows, a batch at a time: no batch is made before it is asked for.
    #[must_use]
    pub fn batches(self: &Arc<Self>, columns: Vec<ScoreColumn>, points: PointsAs) -> ScoresReader {
        ScoresReader {
            schema: self.schema(&columns, points),
            scores: Arc::clone(self),
            columns,
            points,
            next: 0,
        }
    }

    fn array(
        &self,
        column: &ScoreColumn,
        points: PointsAs,
        rows: std::ops::Range<usize>,
    ) -> Result<ArrayRef, ArrowError> {
        let numbers = |decimals: u8, of: &dyn Fn(usize) -> Option<Points>| {
            numeric(points, decimals, rows.clone().map(of))
        };
        let plan = self.standard.plan();
        let texts = |of: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
            Arc::new(rows.clone().map(of).collect::<StringArray>())
        };
        let lists = |of: &dyn Fn(usize, &mut String)| -> ArrayRef {
            let mut builder = StringBuilder::new();
            let mut text = String::new();
            for row in rows.clone() {
                text.clear();
                of(row, &mut text);
                builder.append_value(&text);
            }
            Arc::new(builder.finish())
        };
        Ok(match column {
            ScoreColumn::Code => {
                let codes = self.codes();
                let codes = rows.clone().filter_map(|row| codes.get(row));
                Arc::new(StringArray::from_iter_values(codes))
            }
            ScoreColumn::Attribute(name) => {
                let values = self.observations.attribute(name).unwrap_or_default();
                let value = |row: usize| values.get(row).map_or("", String::as_str);
                Arc::new(StringArray::from_iter_values(rows.clone().map(value)))
            }
            ScoreColumn::Total => numbers(plan.total_decimals, &|row| self.total(row))?,
            ScoreColumn::TotalBeforeBonus => {
                numbers(plan.total_decimals, &|row| self.total_before_bonus(row))?
            }
            ScoreColumn::Bonus => numbers(plan.decimals, &|row| self.bonus(row))?,
            ScoreColumn::Deductions => numbers(plan.decimals, &|row| self.deductions(row))?,
            ScoreColumn::Grade => texts(&|row| self.grade(row).map(|grade| grade.id.clone())),
            ScoreColumn::GradeEarned => {
                texts(&|row| self.grade_earned(row).map(|grade| grade.id.clone()))
            }
            ScoreColumn::Rank => {
                let ranks = rows.clone().map(|row| self.rank(row));
                Arc::new(ranks.collect::<UInt32Array>())
            }
            ScoreColumn::RankKey => {
                let mut builder = BinaryBuilder::new();
                let standing = Standing::new(self);
                for row in rows.clone() {
                    // Greater is better, and bytes sort upwards.
                    let bytes = |key: i64| (!(key ^ i64::MIN)).to_be_bytes();
                    let key = || standing.keys(row).flat_map(bytes).collect::<Vec<u8>>();
                    builder.append_option(self.rank(row).map(|_| key()));
                }
                Arc::new(builder.finish())
            }
            ScoreColumn::Vetoes => lists(&|row, text| join(text, self.vetoes(row))),
            ScoreColumn::Missing => lists(&|row, text| join(text, self.missing(row))),
            ScoreColumn::Undecided => lists(&|row, text| join(text, self.undecided(row))),
            ScoreColumn::Flags => lists(&|row, text| {
                join(text, self.flags(row).into_iter().map(|flag| flag.as_str()));
            }),
            ScoreColumn::Part(code) => {
                let Some(scaled) = self.column_of(code) else {
                    let error = format!("no section, item, bonus or deduction {code}");
                    return Err(ArrowError::InvalidArgumentError(error));
                };
                numbers(plan.decimals, &|row| self.points(scaled, row))?
            }
        })
    }
}

fn join<'a>(text: &mut String, words: impl Iterator<Item = &'a str>) {
    for (i, word) in words.enumerate() {
        if i > 0 {
            text.push(';');
        }
        text.push_str(word);
    }
}

fn numeric(
    points: PointsAs,
    decimals: u8,
    values: impl Iterator<Item = Option<Points>>,
) -> Result<ArrayRef, ArrowError> {
    Ok(match points {
        PointsAs::Decimal => {
            let scaled = values.map(|points| points.map(|points| i128::from(points.scaled())));
            let array: Decimal128Array = scaled.collect();
            Arc::new(array.with_precision_and_scale(PRECISION, decimals as i8)?)
        }
        PointsAs::Float => {
            let floats = values.map(|points| points.map(Points::to_f64));
            Arc::new(floats.collect::<Float64Array>())
        }
    })
}

/// The same table with the nearest `float64` in place of every `decimal128`, for charts.
///
/// # Errors
/// None for a table that Arrow accepted.
pub fn with_floats(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        if let DataType::Decimal128(_, scale) = field.data_type() {
            let unit = 10f64.powi(i32::from(*scale));
            let scaled = array.as_primitive::<Decimal128Type>();
            let floats: Float64Array = scaled.unary(|value| value as f64 / unit);
            fields.push(Field::new(
                field.name(),
                DataType::Float64,
                field.is_nullable(),
            ));
            arrays.push(Arc::new(floats) as ArrayRef);
        } else {
            fields.push(field.as_ref().clone());
            arrays.push(Arc::clone(array));
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
}

/// Gives scores batch by batch; see [`Scores::batches`].
#[derive(Clone, Debug)]
pub struct ScoresReader {
    schema: SchemaRef,
    scores: Arc<Scores>,
    columns: Vec<ScoreColumn>,
    points: PointsAs,
    next: usize,
}

impl Iterator for ScoresReader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.scores.len() {
            return None;
        }
        let from = self.next;
        self.next = from.saturating_add(BATCH);
        Some(
            self.scores
                .record_batch(&self.columns, self.points, from, BATCH),
        )
    }
}

impl RecordBatchReader for ScoresReader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}
