//! A record batch says exactly what the same cells say one by one.

use std::sync::Arc;

use arrow_array::builder::{
    Decimal128Builder, Decimal256Builder, StringDictionaryBuilder, StringViewBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, DictionaryArray, Float32Array,
    Float64Array, Int8Array, Int64Array, LargeStringArray, NullArray, RecordBatch,
    RecordBatchIterator, RecordBatchReader, StringArray, TimestampMicrosecondArray,
    TimestampSecondArray, UInt64Array,
};
use arrow_buffer::i256;
use arrow_schema::{DataType, Schema};
use dabiao::arrow::{PointsAs, ScoreColumn, with_floats};
use dabiao::{
    Cell, FaultCode, Faults, Observations, ObservationsBuilder, ScoreOptions, Scores, Standard,
};
use proptest::prelude::*;

const STANDARD: &str = r#"
[standard]
id = "columns"
title = "Columns"
tie_breaks = ["1.2"]

[measures.trees]
type = "count"
max = 1000
[measures.green]
type = "number"
unit = "%"
min = 0
max = 100
[measures.depth]
type = "number"
[measures.mark]
type = "number"
[measures.lift]
type = "yes-no"
[measures.quality]
type = "label"
labels = ["优", "良", "3"]
[measures.opened]
type = "date"
[measures.closed]
type = "date"

[[section]]
id = "1"
title = "All"
item = [
  { id = "1.1", title = "trees", points = 10, value = "trees", share_of_best = {} },
  { id = "1.2", title = "green", points = 10, value = "green", curve = [["0%", 0], ["100%", 10]] },
  { id = "1.3", title = "depth", points = 10, value = "depth", min_max = {} },
  { id = "1.4", title = "mark", points = 2, value = "mark", award = { step = 0.5 } },
  { id = "1.5", title = "lift", points = 10, value = "lift", yes_no = {} },
  { id = "1.6", title = "quality", points = 10, value = "quality", levels = { "优" = 10, "良" = 5, "3" = 1 } },
  { id = "1.7", title = "days", points = 10, value = "days(opened, closed)", curve = [[0, 0], [100, 10]] },
]
"#;

fn standard() -> Standard {
    Standard::from_toml(STANDARD).unwrap()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
        .unwrap()
}

fn read(batches: &[RecordBatch], nan_is_null: bool) -> Result<Observations, Faults> {
    let all: Vec<_> = batches.iter().cloned().map(Ok).collect();
    let reader = RecordBatchIterator::new(all, batches[0].schema());
    Observations::from_batches(&standard(), reader, nan_is_null)
}

fn texts(of: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(of.to_vec()))
}

fn codes(count: usize) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(
        (0..count as i64).map(|i| 371_002_001_901 + i),
    ))
}

/// One column of a measure, in a type, with the cells that it means.
fn column(measure: &str, array: ArrayRef) -> RecordBatch {
    batch(vec![("code", codes(array.len())), (measure, array)])
}

fn cells(measure: &str, cells: &[Cell<'_>]) -> Result<Observations, Faults> {
    let mut builder = ObservationsBuilder::new(&standard());
    builder.heading(&["code", measure]);
    for (i, cell) in cells.iter().enumerate() {
        let code = (371_002_001_901 + i as i64).to_string();
        builder.row(i as u64 + 2, &[Cell::Text(&code), *cell]);
    }
    builder.finish()
}

#[track_caller]
fn same(found: Result<Observations, Faults>, expected: Result<Observations, Faults>) {
    let shown = |table: Result<Observations, Faults>| {
        table.map(|table| (table.digest(&standard()), table.advice().to_vec()))
    };
    assert_eq!(shown(found), shown(expected));
}

#[test]
fn every_type_of_number_is_the_number_that_it_holds() {
    let whole = [Cell::Integer(7), Cell::Blank, Cell::Integer(120)];
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Int8Array::from(vec![Some(7), None, Some(120)])),
        Arc::new(Int64Array::from(vec![Some(7), None, Some(120)])),
        Arc::new(UInt64Array::from(vec![Some(7), None, Some(120)])),
        Arc::new(Float32Array::from(vec![Some(7.0), None, Some(120.0)])),
        Arc::new(Float64Array::from(vec![Some(7.0), None, Some(120.0)])),
        Arc::new(StringArray::from(vec![Some("7"), None, Some("120")])),
        Arc::new(LargeStringArray::from(vec![
            Some("7"),
            Some(" "),
            Some("120"),
        ])),
    ];
    for array in arrays {
        same(
            read(&[column("trees", array)], false),
            cells("trees", &whole),
        );
    }
    let mut decimals = Decimal128Builder::new()
        .with_precision_and_scale(20, 2)
        .unwrap();
    decimals.append_option(Some(700));
    decimals.append_null();
    decimals.append_option(Some(12_000));
    let wide: ArrayRef = Arc::new(decimals.finish());
    same(
        read(&[column("trees", wide)], false),
        cells("trees", &whole),
    );
    let mut wider = Decimal256Builder::new()
        .with_precision_and_scale(60, 1)
        .unwrap();
    wider.append_value(i256::from_i128(70));
    wider.append_null();
    wider.append_value(i256::from_i128(1_200));
    let wider: ArrayRef = Arc::new(wider.finish());
    same(
        read(&[column("trees", wider)], false),
        cells("trees", &whole),
    );
    let nulls: ArrayRef = Arc::new(NullArray::new(3));
    same(
        read(&[column("trees", nulls)], false),
        cells("trees", &[Cell::Blank; 3]),
    );
}

#[test]
fn words_yes_and_no_and_dates() {
    let lifts = [Cell::Bool(true), Cell::Blank, Cell::Bool(false)];
    let mut views = StringViewBuilder::new();
    views.append_value("\u{221a}");
    views.append_null();
    views.append_value("no");
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        Arc::new(Int8Array::from(vec![Some(1), None, Some(0)])),
        Arc::new(Float64Array::from(vec![Some(1.0), None, Some(0.0)])),
        Arc::new(StringArray::from(vec![Some("是"), None, Some("否")])),
        Arc::new(views.finish()),
    ];
    for array in arrays {
        same(read(&[column("lift", array)], false), cells("lift", &lifts));
    }

    let labels = ["优", "良", "优", "3", "不涉及", ""];
    let expected: Vec<_> = labels.iter().map(|label| Cell::Text(label)).collect();
    let mut dictionary = StringDictionaryBuilder::<Int8Type>::new();
    for label in labels {
        dictionary.append(label).unwrap();
    }
    same(
        read(&[column("quality", Arc::new(dictionary.finish()))], false),
        cells("quality", &expected),
    );
    same(
        read(&[column("quality", texts(&labels))], false),
        cells("quality", &expected),
    );
    let stars: ArrayRef = Arc::new(Float64Array::from(vec![Some(3.0), None]));
    same(
        read(&[column("quality", stars)], false),
        cells("quality", &[Cell::Text("3"), Cell::Blank]),
    );

    let day = jiff::civil::date(2020, 7, 23);
    let days = [Cell::Date(day), Cell::Blank];
    let second = 18_466 * 86_400;
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![Some(18_466), None])),
        Arc::new(Date64Array::from(vec![Some(second * 1_000), None])),
        Arc::new(TimestampSecondArray::from(vec![Some(second), None])),
        Arc::new(TimestampMicrosecondArray::from(vec![
            Some(second * 1_000_000),
            None,
        ])),
        Arc::new(StringArray::from(vec![Some("2020年7月23日"), None])),
    ];
    for array in arrays {
        same(
            read(&[column("opened", array)], false),
            cells("opened", &days),
        );
    }
}

#[track_caller]
fn only_fault(found: Result<Observations, Faults>) -> (FaultCode, String) {
    let faults = found.expect_err("a fault");
    assert_eq!(faults.count(), 1, "{faults}");
    (faults.listed[0].code, faults.to_string())
}

#[test]
fn faults_name_row_and_column_and_what_was_expected() {
    let of = |measure, array| only_fault(read(&[column(measure, array)], false));
    let nan: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::NAN]));
    let (code, text) = of("depth", nan.clone());
    assert_eq!(code, FaultCode::Value);
    assert_eq!(
        text,
        "3:depth: 371002001902: the value cannot be read: found NaN, expected a number"
    );
    same(
        read(&[column("depth", nan)], true),
        cells("depth", &[Cell::Integer(1), Cell::Blank]),
    );
    // One fault for a column of a wrong type, at its first value.
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![None, Some(true), Some(false)]));
    let (code, text) = of("trees", flags);
    assert_eq!(code, FaultCode::ValueType);
    assert_eq!(
        text,
        "3:trees: a value of the wrong type: found Boolean, expected a whole number, at least 0"
    );
    let blanks: ArrayRef = Arc::new(BooleanArray::from(vec![None, None]));
    assert!(read(&[column("trees", blanks)], false).is_ok());
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"x".as_slice()]));
    assert_eq!(of("trees", bytes).0, FaultCode::ValueType);
    let noon: ArrayRef = Arc::new(TimestampSecondArray::from(vec![18_466 * 86_400 + 43_200]));
    let (code, text) = of("opened", noon);
    assert_eq!(code, FaultCode::Value);
    assert!(text.contains("2020-07-23T12:00:00"), "{text}");
    let zoned: ArrayRef =
        Arc::new(TimestampSecondArray::from(vec![18_466 * 86_400]).with_timezone("Asia/Shanghai"));
    assert_eq!(of("opened", zoned).0, FaultCode::ValueType);
    let huge: ArrayRef = Arc::new(UInt64Array::from(vec![u64::MAX]));
    assert_eq!(of("depth", huge).0, FaultCode::ValueRange);
    let halves: ArrayRef = Arc::new(Float64Array::from(vec![0.5, 0.25]));
    assert_eq!(of("mark", halves.clone()).0, FaultCode::ValueStep);
    assert_eq!(
        read(&[column("trees", halves)], false).unwrap_err().count(),
        2
    );
    let late: ArrayRef = Arc::new(Date32Array::from(vec![i32::MAX]));
    assert_eq!(of("opened", late).0, FaultCode::Value);

    let twice = batch(vec![("code", texts(&["b", "a", "b"]))]);
    let (code, text) = only_fault(read(std::slice::from_ref(&twice), false));
    assert_eq!(code, FaultCode::DuplicateRow);
    assert!(
        text.starts_with("4:code:") && text.contains("first in row 2"),
        "{text}"
    );
    let split = [twice.slice(0, 2), twice.slice(2, 1)];
    assert_eq!(only_fault(read(&split, false)).1, text);
    assert_eq!(
        only_fault(read(&[batch(vec![("code", texts(&["a", ""]))])], false)).0,
        FaultCode::EmptyCode
    );
    let none = batch(vec![("trees", Arc::new(Int64Array::from(vec![1])))]);
    assert_eq!(only_fault(read(&[none], false)).0, FaultCode::MissingColumn);
    let odd = batch(vec![
        ("code", texts(&["a"])),
        ("tree", Arc::new(Int64Array::from(vec![1]))),
    ]);
    let (code, text) = only_fault(read(&[odd], false));
    assert_eq!(code, FaultCode::UnknownColumn);
    assert!(text.contains("trees"), "{text}");
}

#[test]
fn faults_come_in_the_order_of_their_places_up_to_the_limit() {
    let wrong: ArrayRef = Arc::new(Int64Array::from(vec![-1; 900]));
    let table = batch(vec![
        ("code", codes(900)),
        ("trees", wrong.clone()),
        ("green", wrong),
    ]);
    let faults = read(&[table], false).unwrap_err();
    assert_eq!((faults.listed.len(), faults.more), (Faults::LIMIT, 800));
    let places: Vec<_> = faults.listed[..3]
        .iter()
        .map(|f| (f.place.line, f.place.field.as_deref()))
        .collect();
    let (trees, green) = (Some("trees"), Some("green"));
    assert_eq!(
        places,
        [(Some(2), trees), (Some(2), green), (Some(3), trees)]
    );
}

#[test]
fn rows_sort_batches_join_and_no_rows_are_no_rows() {
    let names = |of: &[&str]| batch(vec![("code", texts(of)), ("name", texts(of))]);
    let table = read(&[names(&["c", "a"]), names(&["b"])], false).unwrap();
    assert_eq!(table.codes(), ["a", "b", "c"]);
    assert_eq!(table.attribute("name").unwrap(), ["a", "b", "c"]);
    let schema = names(&["c"]).schema();
    let empty = RecordBatchIterator::new(Vec::new(), schema);
    let table = Observations::from_batches(&standard(), empty, false).unwrap();
    let scores = Arc::new(standard().score(&table, &ScoreOptions::new()).unwrap());
    assert!(scores.is_empty());
    let mut batches = scores.batches(scores.columns(), PointsAs::Decimal);
    assert_eq!(batches.schema().field(1).name(), "name");
    assert!(batches.next().is_none());
    let dictionary: DictionaryArray<Int8Type> =
        Vec::<Option<&str>>::from([None]).into_iter().collect();
    let blank = column("trees", Arc::new(dictionary));
    same(read(&[blank], false), cells("trees", &[Cell::Blank]));
    assert_eq!(
        only_fault(Observations::from_batches(
            &standard(),
            RecordBatchIterator::new(Vec::new(), Arc::new(Schema::empty())),
            false
        ))
        .0,
        FaultCode::MissingColumn
    );
}

fn scored() -> Arc<Scores> {
    let rows = [
        ["b", "乙", "40", "50", "是"],
        ["a", "甲", "40", "100", ""],
        ["d", "丁", "20", "100", "否"],
        ["c", "丙", "40", "100", "否"],
    ];
    let heading = ["code", "name", "trees", "green", "lift"];
    let table = Observations::from_rows(&standard(), &heading, &rows).unwrap();
    Arc::new(standard().score(&table, &ScoreOptions::new()).unwrap())
}

#[test]
fn scores_come_out_as_exact_decimals() {
    let scores = scored();
    let all = scores.all_columns();
    let table = scores
        .record_batch(&all, PointsAs::Decimal, 0, usize::MAX)
        .unwrap();
    let names: Vec<_> = scores
        .columns()
        .iter()
        .map(|c| c.name().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "code", "name", "total", "bonus", "grade", "rank", "vetoes", "missing", "flags", "1",
            "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"
        ]
    );
    assert_eq!(table.num_rows(), 4);
    let total = table.column_by_name("total").unwrap();
    assert_eq!(*total.data_type(), DataType::Decimal128(38, 2));
    for row in 0..4 {
        let found = total.as_primitive::<Decimal128Type>().value(row);
        assert_eq!(found, i128::from(scores.total(row).unwrap().scaled()));
    }
    let missing = table.column_by_name("missing").unwrap().as_string::<i32>();
    assert_eq!(missing.value(0), "1.3;1.4;1.5;1.6;1.7");
    let floats = scores
        .record_batch(&[ScoreColumn::Total], PointsAs::Float, 1, 2)
        .unwrap();
    let floats = floats
        .column(0)
        .as_primitive::<arrow_array::types::Float64Type>();
    assert_eq!(floats.len(), 2);
    assert_eq!(
        floats.value(0).to_string(),
        scores.total(1).unwrap().exact().to_string()
    );
    let exact = scores
        .record_batch(&[ScoreColumn::Total], PointsAs::Decimal, 1, 2)
        .unwrap();
    let again = with_floats(&exact).unwrap();
    assert_eq!(
        again
            .column(0)
            .as_primitive::<arrow_array::types::Float64Type>(),
        floats
    );
    let unknown = [ScoreColumn::Part("9.9".to_owned())];
    assert!(
        scores
            .record_batch(&unknown, PointsAs::Decimal, 0, 1)
            .is_err()
    );
}

#[test]
fn rank_keys_sort_as_places_do() {
    let scores = scored();
    let columns = [ScoreColumn::RankKey, ScoreColumn::Rank];
    let table = scores
        .record_batch(&columns, PointsAs::Decimal, 0, 4)
        .unwrap();
    let keys = table.column(0).as_binary::<i32>();
    let mut order: Vec<usize> = (0..4).collect();
    order.sort_by_key(|row| keys.value(*row));
    let ranks: Vec<_> = order.iter().map(|row| scores.rank(*row).unwrap()).collect();
    assert_eq!(ranks, [1, 2, 2, 4]);
    for pair in order.windows(2) {
        let tied = keys.value(pair[0]) == keys.value(pair[1]);
        assert_eq!(tied, scores.rank(pair[0]) == scores.rank(pair[1]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_column_reads_as_its_cells_do(
        floats in prop::collection::vec(prop::option::of(prop_oneof![
            -10.0..110.0f64,
            (0..4000i32).prop_map(|n| f64::from(n) / 8.0),
            any::<f64>(),
        ]), 1..40),
        scale in -3i8..12,
        whole in prop::collection::vec(prop::option::of(any::<i64>()), 1..40),
        small in prop::collection::vec(prop::option::of(-3i64..1100), 1..40),
    ) {
        for measure in ["trees", "green", "depth", "mark", "lift", "quality"] {
            let expected: Vec<_> = floats.iter().map(|f| f.map_or(Cell::Blank, Cell::Float)).collect();
            let array: ArrayRef = Arc::new(Float64Array::from(floats.clone()));
            same(read(&[column(measure, array)], false), cells(measure, &expected));
            for whole in [&whole, &small] {
                let expected: Vec<_> =
                    whole.iter().map(|w| w.map_or(Cell::Blank, Cell::Integer)).collect();
                let array: ArrayRef = Arc::new(Int64Array::from(whole.clone()));
                same(read(&[column(measure, array)], false), cells(measure, &expected));
                let expected: Vec<_> = whole
                    .iter()
                    .map(|w| w.map_or(Cell::Blank, |w| Cell::Scaled {
                        scaled: i128::from(w), decimals: scale,
                    }))
                    .collect();
                let mut array = Decimal128Builder::new().with_precision_and_scale(38, scale).unwrap();
                whole.iter().for_each(|w| array.append_option(w.map(i128::from)));
                same(
                    read(&[column(measure, Arc::new(array.finish()))], false),
                    cells(measure, &expected),
                );
            }
        }
    }
}
