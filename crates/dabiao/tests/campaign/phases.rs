//! From phases to one result.

use super::*;

const WEIGHED: &str = r#"
[measures.meetings]
type = "count"
[measures.fire]
type = "yes-no"
[[section]]
id = "1"
title = "Meetings"
item = [{ id = "1.1", title = "Meetings", points = 8, value = "meetings", curve = [[0, 0], [8, 8]] }]
[[veto]]
id = "V"
title = "Fire"
when = "fire"
effect = { zero = "1" }
"#;

#[test]
fn a_veto_of_the_last_phase_zeroes_a_section_of_all() {
    let first = ["code meetings fire", "a 8 否", "b 8 是"];
    let last = ["code meetings fire", "a 4 是", "b 4 否"];
    let result = run(WEIGHED, &[(Some("1/4"), &first), (Some("3/4"), &last)]).unwrap();
    assert_eq!(points(&result, "1", 0), "0.00");
    assert_eq!(points(&result, "1.1", 0), "4.00");
    assert_eq!(points(&result, "1", 1), "5.00");
}

#[test]
fn a_phase_whose_row_is_blank_has_no_card() {
    let first = ["code meetings fire", "a 8 否", "b 8 否"];
    let last = ["code meetings fire", "a - -", "b 4 否"];
    let result = run(WEIGHED, &[(Some("1/4"), &first), (Some("3/4"), &last)]).unwrap();
    assert_eq!(result.phases[1].present, [false, true]);
    assert_eq!(points(&result, "1", 0), "8.00");
    assert!(provisional(&result, 0) && !provisional(&result, 1));
}

#[test]
fn weighted_cards_show_the_values_that_earned_their_points() {
    let first = ["code meetings fire", "a 8 是", "b 8 否"];
    let last = ["code meetings fire", "a - 否", "b 4 否"];
    let result = run(WEIGHED, &[(Some("1/4"), &first), (Some("3/4"), &last)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "0.00");
    assert!(result.scores.missing(0).eq(["1.1"]));
    let digest = |scores: &dabiao::Scores| scores.observations().digest(scores.standard());
    assert_eq!(digest(&result.scores), digest(&result.phases[1].scores));
}

#[test]
fn what_the_grid_fills_was_not_marked_by_a_phase() {
    let standard = r#"
[measures.coverage]
type = "number"
unit = "%"
filled_by = "organisation-coverage"
[measures.meetings]
type = "count"
[[section]]
id = "1"
title = "Party"
[[section.item]]
id = "1.1"
title = "Party"
points = 8
[[section.item.check]]
id = "1.1.1"
title = "Part"
points = 4
value = "coverage"
curve = [["0%", 0], ["100%", 4]]
[[section.item.check]]
id = "1.1.2"
title = "Part"
points = 4
value = "meetings"
curve = [[0, 0], [4, 4]]
"#;
    let first = ["code meetings", "a 4", "b 4"];
    let last = ["code meetings", "a -", "b 2"];
    let result = run(standard, &[(None, &first), (None, &last)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "8.00");
    assert_eq!(points(&result, "1.1", 1), "6.00");
}

const STRICT: &str = r#"
[measures.rate]
type = "number"
unit = "%"
[measures.meetings]
type = "count"
missing = "error"
[[section]]
id = "1"
title = "Meetings"
item = [
  { id = "1.1", title = "Meetings", points = 8, value = "meetings", curve = [[0, 0], [8, 8]] },
  { id = "1.2", title = "Rate", points = 8, value = "rate", curve = [["0%", 0], ["100%", 8]] },
]
"#;

#[test]
fn what_one_phase_leaves_blank_is_a_fault_only_where_no_phase_has_it() {
    let first = ["code meetings rate", "a 8 50%", "b 8 50%"];
    let last = ["code rate", "a 75%"];
    let result = run(STRICT, &[(None, &first), (None, &last)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "8.00");
    assert_eq!(points(&result, "1.2", 0), "6.00");
    let first = ["code meetings rate", "a 8 50%", "b - 50%"];
    let faults = run(STRICT, &[(None, &first), (None, &last)]).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::MissingValue]);
    // Weighted: a card needs the value; a phase without a card does not.
    let first = ["code meetings rate", "a 8 50%", "b 8 50%"];
    let faults = run(STRICT, &[(Some("0.5"), &first), (Some("0.5"), &last)]).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::MissingValue]);
    let last = ["code meetings rate", "a 4 50%"];
    let result = run(STRICT, &[(Some("0.5"), &first), (Some("0.5"), &last)]).unwrap();
    assert_eq!(points(&result, "1", 0), "10.00");
    assert_eq!(points(&result, "1", 1), "12.00");
}

#[test]
fn a_column_of_bare_ratios_gets_an_advice() {
    let advice = |table: &[&str]| {
        let campaign = campaign(STRICT, &[(None, table)]).unwrap();
        let advice = campaign.phases[0].records.advice().iter();
        advice.map(|fault| fault.code).collect::<Vec<_>>()
    };
    let found = advice(&["code meetings rate", "a 8 0.95", "b 8 1"]);
    assert_eq!(found, [FaultCode::AdvicePercent]);
    assert!(advice(&["code meetings rate", "a 8 95%", "b 8 1"]).is_empty());
}

#[test]
fn what_a_later_phase_marked_and_came_to_nothing_is_missing() {
    let standard = r#"
[measures.size]
type = "count"
level = "building"
[measures.rate]
type = "number"
level = "building"
rollup = { mean_by = "size" }
[measures.fire]
type = "count"
level = "building"
rollup = { mean_by = "size" }
[[section]]
id = "1"
title = "Rate"
item = [{ id = "1.1", title = "Rate", points = 9, value = "rate", curve = [[0, 0], [9, 9]] }]
[[veto]]
id = "V"
title = "Fire"
when = "fire > 0"
effect = { points = 1 }
"#;
    let first = ["code size rate fire", "a1 2 6 1", "b1 2 6 0"];
    // Marked without a weight: nothing comes of it, and nothing older stands in for it.
    let last = ["code rate fire", "a1 5 0", "b1 - -"];
    let result = run(standard, &[(None, &first), (None, &last)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "0.00");
    assert!(result.scores.missing(0).eq(["1.1"]));
    assert!(result.scores.undecided(0).eq(["V"]));
    assert_eq!(points(&result, "1.1", 1), "6.00");
    assert!(result.scores.undecided(1).next().is_none());
}

#[test]
fn a_bonus_and_a_deduction_use_the_last_phase_that_marked_them() {
    let standard = r#"
[measures.meetings]
type = "count"
[measures.prizes]
type = "count"
[measures.talks]
type = "count"
[measures.fines]
type = "count"
[[section]]
id = "1"
title = "Meetings"
item = [{ id = "1.1", title = "Meetings", points = 8, value = "meetings", curve = [[0, 0], [8, 8]] }]
[[bonus]]
id = "B"
title = "Prizes"
points = 4
check = [
  { id = "B.1", title = "Prizes", points = 2, value = "prizes", curve = [[0, 0], [2, 2]] },
  { id = "B.2", title = "Talks", points = 2, value = "talks", curve = [[0, 0], [2, 2]] },
]
[[deduction]]
id = "D"
title = "Fines"
points = 2
value = "fines"
curve = [[0, 0], [2, 2]]
"#;
    let first = ["code meetings prizes talks fines", "a 4 2 2 2", "b 4 2 2 2"];
    let last = ["code prizes talks fines", "a 1 - 0", "b - - -"];
    let result = run(standard, &[(None, &first), (None, &last)]).unwrap();
    // a's prizes were looked at again, and with them the bonus as a whole: 1, nothing for talks.
    assert_eq!(points(&result, "B", 0), "1.00");
    assert_eq!(points(&result, "D", 0), "0.00");
    assert_eq!(points(&result, "B", 1), "4.00");
    assert_eq!(points(&result, "D", 1), "2.00");
}

#[test]
fn an_imputed_measure_stands_beside_the_others_of_its_own_phase() {
    let standard = r#"
[measures.done]
type = "count"
missing = "mean"
[measures.told]
type = "count"
[[section]]
id = "1"
title = "Rate"
item = [{ id = "1.1", title = "Rate", points = 8, value = "done / told", curve = [["0%", 0], ["100%", 8]] }]
"#;
    // b's second phase has told alone: 8 of what is done, the mean of those that say it (2), not
    // the 4 of 16 of its first phase.
    let first = ["code done told", "a 2 4", "b 4 16"];
    let last = ["code told", "b 8"];
    let result = run(standard, &[(None, &first), (None, &last)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "4.00");
    assert_eq!(points(&result, "1.1", 1), "2.00");
    assert!(result.scores.flags(1).contains(&Flag::Imputed));
}

#[test]
fn what_only_an_earlier_phases_veto_zeroed_is_not_zero() {
    let standard = WEIGHED.replace("zero = \"1\"", "zero = \"1.1\"");
    let first = ["code meetings fire", "a 8 是", "b 8 否"];
    let last = ["code meetings fire", "a 4 否", "b 4 是"];
    let phases: [Table<'_>; 2] = [(Some("1/4"), &first), (Some("3/4"), &last)];
    let result = run(&standard, &phases).unwrap();
    // The first phase's own card is zeroed; its share of the whole is not.
    assert_eq!(
        result.phases[0]
            .scores
            .points_of("1.1", 0)
            .unwrap()
            .to_string(),
        "0.00"
    );
    assert_eq!(points(&result, "1", 0), "5.00");
    assert_eq!(points(&result, "1", 1), "0.00");
}

#[test]
fn a_community_without_a_card_is_scored_alike_weighted_or_not() {
    let first = ["code meetings fire", "a 8 否", "b - -"];
    let last = ["code meetings fire", "a 4 否"];
    let weighted = run(WEIGHED, &[(Some("1/4"), &first), (Some("3/4"), &last)]).unwrap();
    let plain = run(WEIGHED, &[(None, &first), (None, &last)]).unwrap();
    for result in [&weighted, &plain] {
        assert_eq!(points(result, "1", 1), "0.00");
        assert_eq!(result.scores.total(1).unwrap().to_string(), "0.00");
        assert!(result.scores.missing(1).eq(["1.1"]));
        assert!(provisional(result, 1));
    }
    // What must not be missing is a fault in both.
    let first = ["code meetings rate", "a 8 50%"];
    for weight in [None, Some("1")] {
        let faults = run(STRICT, &[(weight, &first)]).unwrap_err();
        assert_eq!(codes(&faults), [FaultCode::MissingValue]);
    }
}

#[test]
fn there_is_a_limit_to_the_number_of_phases() {
    let table = ["code meetings fire", "a 8 否"];
    let most = vec![(None, table.as_slice()); Campaign::MAX_PHASES];
    let result = run(WEIGHED, &most).unwrap();
    assert_eq!(points(&result, "1.1", 0), "8.00");
    let more = vec![(None, table.as_slice()); Campaign::MAX_PHASES + 1];
    assert_eq!(
        codes(&run(WEIGHED, &more).unwrap_err()),
        [FaultCode::TooLarge]
    );
}

#[test]
fn a_comparison_lists_what_only_one_of_two_results_has() {
    let other = WEIGHED.replace("\"1.1\"", "\"1.9\"");
    let table = ["code meetings fire", "a 8 否", "b 2 否"];
    let earlier = run(&other, &[(None, &table)]).unwrap();
    let later = run(WEIGHED, &[(None, &table)]).unwrap();
    let moved = later.scores.compare(&earlier.scores);
    let items: Vec<_> = moved[0]
        .items
        .iter()
        .map(|item| {
            (
                item.code.as_str(),
                item.points.0.is_some(),
                item.points.1.is_some(),
            )
        })
        .collect();
    assert_eq!(items, [("1.1", false, true), ("1.9", true, false)]);
    let standard = Standard::from_toml(&format!("{HEAD}{WEIGHED}")).unwrap();
    let alone = |code: &str| {
        let table =
            dabiao::Observations::from_rows(&standard, &["code", "meetings"], &[&[code, "4"]]);
        standard
            .score(&table.unwrap(), &ScoreOptions::new())
            .unwrap()
    };
    let moved = alone("b").compare(&alone("a"));
    let moved: Vec<_> = moved
        .iter()
        .map(|moved| {
            (
                moved.code.as_str(),
                moved.totals.0.is_some(),
                moved.totals.1.is_some(),
                moved.items.len(),
            )
        })
        .collect();
    assert_eq!(moved, [("a", true, false, 0), ("b", false, true, 0)]);
}

#[test]
fn what_the_grid_fills_was_won_in_no_phase() {
    let standard = r#"
[measures.coverage]
type = "number"
unit = "%"
filled_by = "organisation-coverage"
[measures.visits]
type = "count"
[[section]]
id = "1"
title = "All"
item = [
  { id = "1.1", title = "Coverage", points = 3, value = "coverage", curve = [["0%", 0], ["100%", 3]] },
  { id = "1.2", title = "Visits", points = 3, value = "visits", curve = [[0, 0], [3, 3]] },
]
"#;
    let result = run(
        standard,
        &[
            (None, &["code visits", "a 1", "b 1"]),
            (None, &["code visits", "a 1", "b 3"]),
        ],
    )
    .unwrap();
    let told: Vec<(usize, String, String)> = result
        .differences()
        .into_iter()
        .map(|held| (held.row, held.item, held.difference.to_string()))
        .collect();
    let told: Vec<_> = told
        .iter()
        .map(|(row, item, d)| (*row, item.as_str(), d.as_str()))
        .collect();
    // Marked twice and unchanged is a difference of 0; filled by the grid is none.
    assert_eq!(told, [(0, "1.2", "0.00"), (1, "1.2", "2.00")]);
    assert_eq!(
        result.scores.points_of("1.1", 0).unwrap().to_string(),
        "3.00"
    );
}

#[test]
fn trimming_that_leaves_nothing_names_the_unit() {
    let standard = r#"
[measures.visits]
type = "count"
assessors = { trim = 1 }
[[section]]
id = "1"
title = "All"
item = [{ id = "1.1", title = "Visits", points = 3, value = "visits", curve = [[0, 0], [3, 3]] }]
"#;
    let table: &[&str] = &["code assessor visits", "b x 1", "b y 3"];
    let faults = run(standard, &[(None, table)]).unwrap_err();
    let fault = &faults.listed[0];
    assert_eq!(fault.code, FaultCode::AssessorTrim);
    assert_eq!(fault.subject.as_deref(), Some("b"));
    assert_eq!(fault.found.as_deref(), Some("2"));
    assert!(format!("{fault}").contains('3'), "{fault}");
}
