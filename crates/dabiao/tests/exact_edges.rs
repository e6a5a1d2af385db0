//! Where vectors of whole numbers give way to exact numbers, and faults of scoring are told
//! once (docs/semantics.md §2.2, §2.3).

use dabiao::{FaultCode, Faults, Observations, ScoreOptions, Scores, Standard};

const STANDARD: &str = r#"
[standard]
id = "edges"
title = "Edges"
[measures.a]
type = "number"
min = 0
[measures.b]
type = "number"
min = 0
[[section]]
id = "1"
title = "Edges"
"#;

fn score(items: &str, rows: &[[&str; 3]]) -> Result<Scores, Faults> {
    let standard = Standard::from_toml(&format!("{STANDARD}{items}"))?;
    let table = Observations::from_rows(&standard, &["code", "a", "b"], rows)?;
    standard.score(&table, &ScoreOptions::new())
}

const RATE: &str = r#"
[[section.item]]
id = "1.1"
title = "Rate"
points = 4
value = "a / b"
curve = [[0, 0], [4, 4]]
"#;

#[test]
fn a_quotient_beyond_the_limit_is_a_fault() {
    let scores = score(RATE, &[["x", "1000000", "0.000001"]]).unwrap();
    assert_eq!(scores.points_of("1.1", 0).unwrap().to_string(), "4.00");
    let faults = score(RATE, &[["x", "1000000.000001", "0.000001"]]).unwrap_err();
    assert_eq!(faults.listed[0].code, FaultCode::Computed);
}

const PARTS: &str = r#"
[[section.item]]
id = "1.1"
title = "Parts"
points = 4
[[section.item.check]]
id = "1.1.1"
title = "Part"
points = 2
value = "a / b"
zero_denominator = "full"
bands = [{ at_least = 1, points = 2 }]
[[section.item.check]]
id = "1.1.2"
title = "Part"
points = 2
value = "2 * a / b"
zero_denominator = "full"
bands = [{ at_least = 1, points = 2 }]
"#;

#[test]
fn a_row_that_two_checks_leave_has_its_fault_once() {
    let faults = score(PARTS, &[["x", "999999999999", "0.000001"]]).unwrap_err();
    assert_eq!(faults.count(), 1);
}

#[test]
fn a_zero_denominator_settles_a_check_and_not_its_item() {
    let scores = score(PARTS, &[["x", "1", "0"]]).unwrap();
    assert_eq!(scores.points_of("1.1", 0).unwrap().to_string(), "4.00");
    assert!(!scores.state_of("1.1", 0).unwrap().is_zero_denominator());
}

#[test]
fn a_cohort_that_the_statistics_do_not_know_is_refused() {
    let standard = r#"
[standard]
id = "ranked"
title = "Ranked"
[measures.trees]
type = "count"
[[section]]
id = "1"
title = "Trees"
[[section.item]]
id = "1.1"
title = "Trees"
points = 9
value = "trees"
cohort = "district"
bands = [{ at_least = "mean", points = 9 }]
"#;
    let standard = Standard::from_toml(standard).unwrap();
    let table = |rows: &[[&str; 3]]| {
        Observations::from_rows(&standard, &["code", "district", "trees"], rows).unwrap()
    };
    let east = table(&[["a", "east", "5"], ["b", "east", "7"]]);
    let statistics = standard.statistics(&east, 1).unwrap();
    let options = ScoreOptions::new().with_statistics(statistics);
    let scores = standard.score(&east, &options).unwrap();
    assert_eq!(scores.points_of("1.1", 0).unwrap().to_string(), "0.00");
    let faults = standard
        .score(&table(&[["c", "west", "1"]]), &options)
        .unwrap_err();
    assert_eq!(faults.listed[0].code, FaultCode::CohortNeeded);
    // Without a value there is nothing to compare.
    assert!(
        standard
            .score(&table(&[["c", "west", ""]]), &options)
            .is_ok()
    );
}
