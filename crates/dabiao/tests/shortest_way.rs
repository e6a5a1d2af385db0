//! The shortest way through a table gives what the others give, at every edge of every rule:
//! around whole and half numbers, by one step of a float, and where a float lies half-way between
//! two decimals.

use dabiao::{
    CardScorer, Cell, CellColumn, ColumnData, ObservationsBuilder, PointsOf, ScoreOptions,
    SharedColumn, Standard,
};

const STANDARD: &str = include_str!("../../../benches/bench-33.toml");

struct Codes;

impl CellColumn for Codes {
    fn cell(&self, row: usize) -> Cell<'_> {
        // In the order of their bytes.
        Cell::Integer(1_000_000 + row as i64)
    }
}

fn edges() -> Vec<f64> {
    let mut values = Vec::new();
    for half in 0..=200 {
        let mark = f64::from(half) / 2.0;
        for offset in [0.0, 5e-7, -5e-7, 1e-6, -1e-6, 0.001] {
            let near = mark + offset;
            values.extend([near.next_down(), near, near.next_up()]);
        }
    }
    values
}

#[test]
fn every_way_gives_the_same_at_every_edge() {
    let standard = Standard::from_toml(STANDARD).unwrap();
    let measures: Vec<&str> = standard
        .document()
        .measures
        .iter()
        .map(|m| m.name.as_str())
        .collect();
    let mut heading = vec!["code"];
    heading.extend(&measures);
    let mut scorer = CardScorer::new(&standard, None).unwrap();
    for (varied, name) in measures.iter().enumerate() {
        let allowed = |value: &f64| scorer.set_f64(varied, *value).is_ok();
        let values: Vec<f64> = edges().into_iter().filter(allowed).collect();
        assert!(values.len() >= 2, "{name}");
        let column = |measure: usize, row: usize| if measure == varied { values[row] } else { 1.0 };
        let shared = |measure: usize| -> Vec<f64> {
            (0..values.len()).map(|row| column(measure, row)).collect()
        };

        let mut builder = ObservationsBuilder::new(&standard);
        builder.heading(&heading);
        let mut columns = vec![ColumnData::Cells(&Codes)];
        columns.extend((0..measures.len()).map(|m| SharedColumn::new(shared(m)).into()));
        builder.shared(values.len(), &columns);
        let directly = standard
            .score(&builder.finish().unwrap(), &ScoreOptions::new())
            .unwrap();

        // One cell that does not apply sends its block the long way.
        let mut builder = ObservationsBuilder::new(&standard);
        builder.heading(&heading);
        for row in 0..=values.len() {
            let code = 1_000_000 + row as i64;
            let mut cells = vec![Cell::Integer(code)];
            cells.extend((0..measures.len()).map(|measure| match values.get(row) {
                Some(_) => Cell::Float(column(measure, row)),
                None => Cell::NotApplicable,
            }));
            builder.row(row as u64 + 2, &cells);
        }
        let long = standard
            .score(&builder.finish().unwrap(), &ScoreOptions::new())
            .unwrap();

        for (row, value) in values.iter().enumerate() {
            for measure in 0..measures.len() {
                scorer.set_f64(measure, column(measure, row)).unwrap();
            }
            let card = scorer.score().unwrap();
            assert_eq!(directly.total(row), long.total(row), "{name} {value:e}");
            assert_eq!(directly.total(row), card.total(0), "{name} {value:e}");
            assert_eq!(
                directly.grade_index(row),
                long.grade_index(row),
                "{name} {value:e}"
            );
            assert_eq!(
                directly.grade_index(row),
                card.grade_index(0),
                "{name} {value:e}"
            );
            assert_eq!(
                directly.vetoes(row).count() + directly.missing(row).count(),
                0
            );
        }
        for item in 0..measures.len() {
            let points = |scores: &dabiao::Scores| -> Vec<_> {
                let column = scores.column(PointsOf::Item(item)).unwrap();
                column.iter().take(values.len()).collect()
            };
            assert_eq!(points(&directly), points(&long), "{name}");
        }
    }
}
