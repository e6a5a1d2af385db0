//! Every kind of vectors that the machine has gives the same scores, and those of single cards.

use std::sync::Arc;

use dabiao::vectors::{Path, force};
use dabiao::{
    CardScorer, CellColumn, ColumnData, Observations, ObservationsBuilder, PointsOf, ScoreOptions,
    Scores, SharedColumn, Standard,
};

const BENCH_33: &str = include_str!("../../../benches/bench-33.toml");

struct Codes;

impl CellColumn for Codes {
    fn cell(&self, row: usize) -> dabiao::Cell<'_> {
        dabiao::Cell::Integer(1_000_000 + row as i64)
    }
}

/// Values on marks, one unit in the last place beside them, ties of points, any others, and those
/// that stand between two millionths.
fn value(
    measure: &dabiao::standard::document::Measure,
    row: usize,
    between: bool,
    seed: &mut u64,
) -> f64 {
    use dabiao::standard::document::MeasureKind;
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    let random = *seed >> 33;
    match measure.kind {
        MeasureKind::YesNo => (random % 2) as f64,
        MeasureKind::Count => (random % 5) as f64,
        _ if measure.name == "m3_6" => (random % 5) as f64 / 2.0,
        _ => {
            let marks = [0.0, 5.0, 20.0, 35.0, 60.0, 80.0, 90.0, 95.0, 98.0, 100.0];
            let mark: f64 = marks[random as usize % marks.len()];
            let near = match row % 7 {
                0 => mark,
                1 => mark.next_up(),
                2 => mark.next_down(),
                3 if between => mark + 5e-7,
                4 if between => mark - 5e-7,
                3..6 => (random % 20_001) as f64 / 200.0,
                _ => (random % 100_000_001) as f64 / 1e6,
            };
            near.clamp(0.0, 100.0)
        }
    }
}

fn table(standard: &Standard, columns: &[Arc<[f64]>]) -> Observations {
    let measures = &standard.document().measures;
    let mut titles = vec!["code"];
    titles.extend(measures.iter().map(|measure| measure.name.as_str()));
    let mut builder = ObservationsBuilder::new(standard);
    builder.heading(&titles);
    let mut data = vec![ColumnData::Cells(&Codes)];
    data.extend(
        columns
            .iter()
            .map(|c| SharedColumn::new(Arc::clone(c)).into()),
    );
    builder.shared(columns[0].len(), &data);
    builder.finish().expect("the values are allowed")
}

/// All that a run tells of a row.
fn row_of(scores: &Scores, row: usize) -> Vec<Option<i64>> {
    let sections = (0..scores.standard().document().sections.len()).map(PointsOf::Section);
    let items = (0..scores.standard().items().len()).map(PointsOf::Item);
    let all = [
        PointsOf::Total,
        PointsOf::TotalBeforeBonus,
        PointsOf::AllBonuses,
    ];
    let points = all
        .into_iter()
        .chain([PointsOf::AllDeductions])
        .chain(sections)
        .chain(items);
    let of = |points| {
        scores
            .column(points)?
            .get(row)
            .map(|points| points.scaled())
    };
    let mut told: Vec<Option<i64>> = points.map(of).collect();
    told.push(scores.grade_index(row).map(|grade| grade as i64));
    told.push(scores.grade_earned_index(row).map(|grade| grade as i64));
    told
}

#[test]
fn every_kind_of_vectors_gives_the_same() {
    let half_even = BENCH_33.replace("half-up", "half-even");
    assert_ne!(half_even, BENCH_33);
    // A column with a value between two millionths goes another way.
    let ways = [
        (BENCH_33, false),
        (BENCH_33, true),
        (&half_even, false),
        (&half_even, true),
    ];
    for (text, between) in ways {
        let standard = Standard::from_toml(text).expect("the standard is sound");
        let measures = &standard.document().measures;
        let (rows, mut seed) = (4_500, 3);
        let columns: Vec<Arc<[f64]>> = measures
            .iter()
            .map(|measure| {
                (0..rows)
                    .map(|row| value(measure, row, between, &mut seed))
                    .collect()
            })
            .collect();
        let mut cards = CardScorer::new(&standard, None).expect("no cohorts");
        let expected: Vec<_> = (0..rows)
            .map(|row| {
                for (measure, column) in columns.iter().enumerate() {
                    cards.set_f64(measure, column[row]).expect("allowed");
                }
                row_of(cards.score().expect("a card"), 0)
            })
            .collect();
        let mut ranks: Option<Vec<Option<u32>>> = None;
        for path in Path::ALL.into_iter().filter(|path| force(*path)) {
            for threads in [1, 2, 5] {
                let options = ScoreOptions::new().with_threads(threads);
                let scores = standard.score(&table(&standard, &columns), &options);
                let scores = scores.expect("scores");
                for (row, expected) in expected.iter().enumerate() {
                    assert_eq!(row_of(&scores, row), *expected, "{path:?}, row {row}");
                }
                let places: Vec<_> = (0..rows).map(|row| scores.rank(row)).collect();
                assert_eq!(
                    *ranks.get_or_insert_with(|| places.clone()),
                    places,
                    "{path:?}"
                );
            }
        }
    }
}
