//! A card that is scored again takes no memory.

use dabiao::{CardScorer, Scores, Standard};

#[test]
fn scoring_an_ordinary_card_allocates_nothing() {
    allocates_nothing(&[]);
}

#[test]
fn scoring_a_card_with_an_item_that_does_not_apply_allocates_nothing() {
    allocates_nothing(&["property_firm"]);
}

/// Scores a card where the measures named are no.
fn allocates_nothing(no: &[&str]) {
    let standard = Standard::builtin("weihai-2020").unwrap();
    let mut scorer = CardScorer::new(&standard, None).unwrap();
    let measures = &standard.document().measures;
    let values: Vec<f64> = (0..measures.len())
        .map(|measure| {
            // No veto holds, which would take the long way.
            let quiet = ["major_accidents", "disciplined_members"];
            let name = measures[measure].name.as_str();
            let most = if quiet.contains(&name) || no.contains(&name) {
                0.0
            } else {
                80.0
            };
            let allowed = [most, 3.0, 1.0, 0.0].into_iter();
            let mut allowed = allowed.filter(|value| scorer.set_f64(measure, *value).is_ok());
            allowed.next().expect("some small number is allowed")
        })
        .collect();
    let items = standard.items().len();
    let applies_not = |scores: &Scores| {
        let mut states = (0..items).filter_map(|item| scores.item_state(item, 0));
        states.any(|state| state.is_not_applicable())
    };
    let mut card = || {
        for (measure, value) in values.iter().enumerate() {
            scorer.set_f64(measure, *value).unwrap();
        }
        let scores = scorer.score().unwrap();
        (
            scores.total(0),
            scores.grade_index(0),
            scores.item_state(0, 0),
            applies_not(scores),
        )
    };
    let first = card();
    assert!(first.0.is_some());
    assert_eq!(first.3, !no.is_empty());
    let memory = allocation_counter::measure(|| {
        assert_eq!(card(), first);
    });
    assert_eq!(memory.count_total, 0);
}
