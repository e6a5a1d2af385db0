//! A card that is scored again takes no memory.

use dabiao::{CardScorer, Standard};

#[test]
fn scoring_an_ordinary_card_allocates_nothing() {
    let standard = Standard::builtin("weihai-2020").unwrap();
    let mut scorer = CardScorer::new(&standard, None).unwrap();
    let measures = &standard.document().measures;
    let values: Vec<f64> = (0..measures.len())
        .map(|measure| {
            // No veto holds, which would take the long way.
            let quiet = ["major_accidents", "disciplined_members"];
            let most = if quiet.contains(&measures[measure].name.as_str()) {
                0.0
            } else {
                80.0
            };
            let allowed = [most, 3.0, 1.0, 0.0].into_iter();
            let mut allowed = allowed.filter(|value| scorer.set_f64(measure, *value).is_ok());
            allowed.next().expect("some small number is allowed")
        })
        .collect();
    let mut card = || {
        for (measure, value) in values.iter().enumerate() {
            scorer.set_f64(measure, *value).unwrap();
        }
        let scores = scorer.score().unwrap();
        (
            scores.total(0),
            scores.grade_index(0),
            scores.item_state(0, 0),
        )
    };
    let first = card();
    assert!(first.0.is_some());
    let memory = allocation_counter::measure(|| {
        assert_eq!(card(), first);
    });
    assert_eq!(memory.count_total, 0);
}
