//! Selection against every way of breaking its ties, and its reasons (docs/semantics.md §2.11).

use std::collections::{BTreeMap, BTreeSet};

use dabiao::campaign::{Amount, Outcome, Reason, Selection, Tier, reason};
use dabiao::{Lang, Observations, Rational, ScoreOptions, Scores, Standard, Text};
use proptest::prelude::*;

const STANDARD: &str = r#"
[standard]
id = "marks"
title = "Marks"
decimals = 0
[measures.mark]
type = "number"
[measures.accident]
type = "yes-no"
[[section]]
id = "1"
title = "Marks"
item = [{ id = "1.1", title = "Mark", points = 10, value = "mark", award = {} }]
[[veto]]
id = "V1"
title = "Accident"
when = "accident"
effect = "no-grade"
[[grade]]
id = "good"
title = "Good"
total = 5
[[grade]]
id = "fair"
title = "Fair"
total = 2
"#;

fn scores(rows: &[(&str, u8)]) -> Scores {
    let standard = Standard::from_toml(STANDARD).unwrap();
    let table: Vec<[String; 3]> = rows
        .iter()
        .enumerate()
        .map(|(i, (district, mark))| [format!("c{i:02}"), (*district).to_owned(), mark.to_string()])
        .collect();
    let table = Observations::from_rows(&standard, &["code", "district", "mark"], &table).unwrap();
    standard.score(&table, &ScoreOptions::new()).unwrap()
}

fn tier(places: Option<u32>, ceiling: Option<u32>, floor: Option<u32>) -> Tier {
    Tier {
        id: "t".into(),
        title: Text::from("t"),
        places: places.map(Amount::Number),
        ceiling: ceiling.map(Amount::Number),
        floor: floor.map(Amount::Number),
        ..Tier::default()
    }
}

fn select(scores: &Scores, tiers: Vec<Tier>) -> Vec<(Outcome, Reason)> {
    let selection = Selection {
        by: "district".into(),
        tiers,
    };
    let result = scores.select(&selection).unwrap();
    result
        .decisions
        .into_iter()
        .map(|d| (d.outcome, d.reason))
        .collect()
}

/// All orders of the rows that agree with their marks.
fn orders(rows: &[(&str, u8)]) -> Vec<Vec<usize>> {
    let mut by_mark: BTreeMap<std::cmp::Reverse<u8>, Vec<usize>> = BTreeMap::new();
    for (row, (_, mark)) in rows.iter().enumerate() {
        by_mark
            .entry(std::cmp::Reverse(*mark))
            .or_default()
            .push(row);
    }
    by_mark.values().fold(vec![vec![]], |orders, group| {
        let ways = permutations(group);
        let extended = orders.iter().flat_map(|order| {
            ways.iter()
                .map(move |way| [order.clone(), way.clone()].concat())
        });
        extended.collect()
    })
}

fn permutations(rows: &[usize]) -> Vec<Vec<usize>> {
    if rows.len() <= 1 {
        return vec![rows.to_vec()];
    }
    let each = (0..rows.len()).flat_map(|i| {
        let mut rest = rows.to_vec();
        let first = rest.remove(i);
        permutations(&rest)
            .into_iter()
            .map(move |way| [vec![first], way].concat())
    });
    each.collect()
}

/// The rule for one order: floors first, then by rank under the ceilings.
fn chosen(
    rows: &[(&str, u8)],
    order: &[usize],
    tier: &(Option<u32>, Option<u32>, Option<u32>),
) -> BTreeSet<usize> {
    let (places, ceiling, floor) = tier;
    let mut held: BTreeMap<&str, u32> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for row in order {
        let count = held.entry(rows[*row].0).or_default();
        if *count < floor.unwrap_or(0) {
            *count += 1;
            taken.insert(*row);
        }
    }
    for row in order {
        let count = held.entry(rows[*row].0).or_default();
        let room = places.is_none_or(|places| (taken.len() as u32) < places);
        if !taken.contains(row) && room && ceiling.is_none_or(|ceiling| *count < ceiling) {
            *count += 1;
            taken.insert(*row);
        }
    }
    taken
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn tied_is_who_is_chosen_by_one_way_of_breaking_the_ties_and_not_by_another(
        rows in prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), 0u8..4), 1..8),
        places in prop::option::of(0u32..8),
        ceiling in prop::option::of(1u32..4),
        floor in prop::option::of(0u32..3),
    ) {
        let floor = floor.map(|floor| floor.min(ceiling.unwrap_or(floor)));
        let districts: BTreeSet<&str> = rows.iter().map(|(district, _)| *district).collect();
        let together = districts.len() as u32 * floor.unwrap_or(0);
        prop_assume!(places.is_none_or(|places| places >= together));
        let ways: Vec<_> = orders(&rows).iter().map(|order| chosen(&rows, order, &(places, ceiling, floor))).collect();
        let decided = select(&scores(&rows), vec![tier(places, ceiling, floor)]);
        for (row, (outcome, reason)) in decided.iter().enumerate() {
            let times = ways.iter().filter(|way| way.contains(&row)).count();
            let expected = match times {
                0 => Outcome::NotChosen,
                n if n == ways.len() => Outcome::Chosen,
                _ => Outcome::Tied,
            };
            prop_assert_eq!(*outcome, expected, "row {} of {:?}: {:?}", row, rows, reason);
        }
    }
}

#[test]
fn a_tie_that_crosses_a_limit_leaves_its_places_open() {
    let scores = scores(&[("a", 9), ("a", 8), ("b", 8), ("b", 7)]);
    let selection = Selection {
        by: "district".into(),
        tiers: vec![tier(Some(2), None, None)],
    };
    let result = scores.select(&selection).unwrap();
    let outcomes: Vec<Outcome> = result.decisions.iter().map(|d| d.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Chosen,
            Outcome::Tied,
            Outcome::Tied,
            Outcome::NotChosen
        ]
    );
    let tier = &result.tiers[0];
    assert_eq!(
        (tier.chosen, tier.open, tier.tied, tier.unfilled),
        (1, 1, 2, 0)
    );
    assert_eq!(
        result.decisions[1].reason,
        Reason::Tied {
            rank: 2,
            among: 2,
            places: 1
        }
    );
    assert_eq!(result.decisions[3].reason, Reason::Places { places: 2 });
}

#[test]
fn tiers_follow_each_other_and_everyone_has_a_reason() {
    let standard = Standard::from_toml(STANDARD).unwrap();
    let table = Observations::from_rows(
        &standard,
        &["code", "district", "mark", "accident"],
        &[
            &["c0", "a", "10", "否"],
            &["c1", "a", "9", "否"],
            &["c2", "b", "9", "是"],
            &["c3", "b", "6", "否"],
            &["c4", "b", "3", "否"],
            &["c5", "b", "1", "否"],
        ],
    )
    .unwrap();
    let scores = standard.score(&table, &ScoreOptions::new()).unwrap();
    let first = Tier {
        id: "first".into(),
        grade: Some("good".into()),
        ..tier(Some(1), None, None)
    };
    let share = Amount::Share {
        share: Rational::ratio(2, 3).unwrap(),
        grade: Some("fair".into()),
    };
    let second = Tier {
        id: "second".into(),
        grade: Some("good".into()),
        places: Some(share),
        ..tier(None, Some(1), None)
    };
    let selection = Selection {
        by: String::new(),
        tiers: vec![first, second],
    };
    let result = scores.select(&selection).unwrap();
    let reasons: Vec<&Reason> = result.decisions.iter().map(|d| &d.reason).collect();
    let tiers: Vec<Option<&str>> = result.decisions.iter().map(|d| d.tier.as_deref()).collect();
    assert_eq!(
        tiers,
        [
            Some("first"),
            Some("second"),
            None,
            Some("second"),
            None,
            None
        ]
    );
    assert_eq!(reasons[0], &Reason::ByRank(1));
    assert_eq!(reasons[2], &Reason::Vetoed(vec!["V1".into()]));
    let grade = |found: Option<&str>| Reason::Grade {
        found: found.map(str::to_owned),
        needed: "good".into(),
    };
    assert_eq!(
        (reasons[4], reasons[5]),
        (&grade(Some("fair")), &grade(None))
    );
    // Four communities hold fair or better (the vetoed one does not): two thirds are 2.
    assert_eq!(result.tiers[1].places, Some(2));
}

/// A reason says nothing that another community's reason refutes.
#[test]
fn floors_and_ceilings_say_how_many_and_of_what() {
    let standard = Standard::from_toml(STANDARD).unwrap();
    let table = Observations::from_rows(
        &standard,
        &["code", "district", "street", "mark", "accident"],
        &[
            &["c0", "a", "old", "10", "否"],
            &["c1", "a", "new", "9", "否"],
            &["c2", "b", "old", "8", "否"],
        ],
    )
    .unwrap();
    let scores = standard.score(&table, &ScoreOptions::new()).unwrap();
    let said = |by: &str, tier: Tier, row: usize, lang: Lang| {
        let selection = Selection {
            by: by.into(),
            tiers: vec![tier],
        };
        let result = scores.select(&selection).unwrap();
        reason(&scores, row, &result.decisions[row], lang)
    };
    // Both of district a are within its floor of 2: neither is alone "the best placed".
    for (row, rank) in [(0, 1), (1, 2)] {
        let text = said("", tier(Some(4), None, Some(2)), row, Lang::En);
        assert_eq!(
            text,
            format!(
                "chosen: rank {rank}, among the first 2 who qualify in its district, whose floor is 2"
            )
        );
    }
    // By kind, c2 gives way to c0 of another district.
    let ceiling = |by: &str, lang: Lang| said(by, tier(None, Some(1), None), 2, lang);
    assert_eq!(
        ceiling("street", Lang::En),
        "not chosen: rank 3; better placed communities fill the 1 place that its group by street has at most"
    );
    assert!(ceiling("street", Lang::Zh).contains("同一“street”上限 1 个名额"));
    assert!(ceiling("", Lang::Zh).starts_with("入选"));
}

#[test]
fn quotas_that_contradict_each_other_are_faults() {
    let scores = scores(&[("a", 9), ("b", 8)]);
    let fault = |tier: Tier| {
        let selection = Selection {
            by: "district".into(),
            tiers: vec![tier],
        };
        scores.select(&selection).unwrap_err().to_string()
    };
    assert_eq!(
        fault(tier(Some(1), None, Some(1))),
        "t: quotas that contradict each other: found 2, expected floors that add up to 1 at most"
    );
    assert!(fault(tier(None, Some(1), Some(2))).contains("a floor of at most the ceiling 1"));
    let unknown = Tier {
        marks: vec![(
            "9.9".into(),
            dabiao::expression::Quantity::plain(Rational::ONE),
        )],
        ..tier(None, None, None)
    };
    assert!(fault(unknown).contains("9.9"));
}

#[test]
fn a_floor_that_cannot_be_met_is_stated() {
    let scores = scores(&[("a", 9), ("b", 8), ("b", 7)]);
    let selection = Selection {
        by: "district".into(),
        tiers: vec![tier(Some(4), None, Some(2))],
    };
    let result = scores.select(&selection).unwrap();
    assert_eq!(result.tiers[0].floors_short, [("a".to_owned(), 1)]);
    assert_eq!(result.tiers[0].unfilled, 1);
}
