//! A card alone is the row of a table: drawn cards of the built-in standard, with parts that do
//! not apply and cells that are missing.

use dabiao::{CardScorer, Cell, Observations, PointsOf, ScoreOptions, Standard};

const ROWS: usize = 400;

fn drawn(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn cards_are_the_rows_of_a_table() {
    let standard = Standard::builtin("weihai-2020").unwrap();
    let mut scorer = CardScorer::new(&standard, None).unwrap();
    let measures = &standard.document().measures;
    let vetoing = ["major_accidents", "disciplined_members"];
    let mut state = 1;
    let rows: Vec<Vec<String>> = (0..ROWS)
        .map(|row| {
            // Every fourth row has cells out of the ordinary; the others have all values.
            let odd = row % 4 == 3;
            let cells = measures.iter().enumerate().map(|(at, measure)| {
                let draw = drawn(&mut state);
                if odd && draw % 16 < 2 {
                    return ["", "不涉及"][(draw % 2) as usize].to_owned();
                }
                if vetoing.contains(&measure.name.as_str()) && !draw.is_multiple_of(8) {
                    return "0".to_owned();
                }
                let numbers = [draw % 9000, draw % 100, draw % 7, draw % 2];
                let mut texts = numbers.map(|number| number.to_string()).to_vec();
                texts.extend(["优", "良", "中", "差", "是", "否"].map(str::to_owned));
                let first = (draw / 16 % 3) as usize;
                let labels = 4 + (draw / 64 % 4) as usize;
                let mut tried = [first, 2, 3, labels, 4 + (draw % 2) as usize, 8, 9];
                if draw.is_multiple_of(5) {
                    tried.reverse();
                }
                let allowed = |text: &&String| scorer.set(at, Cell::Text(text)).is_ok();
                let mut texts = tried.iter().map(|at| &texts[*at]);
                texts.find(allowed).expect("some text is allowed").clone()
            });
            cells.collect()
        })
        .collect();
    let mut heading = vec!["code"];
    heading.extend(measures.iter().map(|measure| measure.name.as_str()));
    let table: Vec<Vec<String>> = (0..)
        .zip(&rows)
        .map(|(row, cells)| [vec![format!("r{row:03}")], cells.clone()].concat())
        .collect();
    let table: Vec<Vec<&str>> = table
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let observations = Observations::from_rows(&standard, &heading, &table).unwrap();
    let whole = standard.score(&observations, &ScoreOptions::new()).unwrap();

    let mut parts = vec![
        PointsOf::Total,
        PointsOf::TotalBeforeBonus,
        PointsOf::AllBonuses,
        PointsOf::AllDeductions,
    ];
    let items = standard.items().len();
    parts.extend((0..standard.sections().len()).map(PointsOf::Section));
    parts.extend((0..items).map(PointsOf::Item));
    parts.extend((0..standard.document().bonus.len()).map(PointsOf::Bonus));
    let (mut not_applicable, mut graded) = (0, 0);
    for (row, cells) in rows.iter().enumerate() {
        for (measure, text) in cells.iter().enumerate() {
            scorer.set(measure, Cell::Text(text)).unwrap();
        }
        let card = scorer.score().unwrap();
        for part in &parts {
            let of = |scores: &dabiao::Scores, row| scores.column(*part).unwrap().get(row);
            assert_eq!(of(card, 0), of(&whole, row), "{part:?} of row {row}");
        }
        for item in 0..items {
            let state = card.item_state(item, 0);
            assert_eq!(state, whole.item_state(item, row), "item {item}, row {row}");
            not_applicable += usize::from(state.unwrap().is_not_applicable());
        }
        assert_eq!(card.grade_index(0), whole.grade_index(row), "row {row}");
        assert_eq!(card.grade_earned_index(0), whole.grade_earned_index(row));
        assert_eq!(card.flags(0), whole.flags(row));
        assert!(card.missing(0).eq(whole.missing(row)), "row {row}");
        graded += usize::from(card.grade_index(0).is_some());
    }
    assert!(not_applicable > ROWS / 8, "{not_applicable}");
    assert!(graded > 0);
}
