//! From units to communities.

use super::*;

#[test]
fn the_share_of_units_that_meet_a_mark() {
    let standard = r#"
[measures.mark]
type = "number"
unit = "%"
min = 0
max = 100
level = "building"
rollup = { share = "mark >= 60" }
[[section]]
id = "1"
title = "Marks"
item = [{ id = "1.1", title = "Mark", points = 9, value = "mark", curve = [[0, 0], [1, 9]] }]
"#;
    let table = ["code mark", "a1 85", "a2 59%", "a3 60%", "b1 -"];
    let result = run(standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "6.00");
    // A unit without a value does not meet the condition, and is listed.
    let result = run(
        standard,
        &[(None, &["code mark", "a1 85", "a2 70", "a3 -"])],
    )
    .unwrap();
    assert_eq!(points(&result, "1.1", 0), "6.00");
    let listed = &result.phases[0].left_out;
    assert_eq!((listed[0].unit.as_str(), listed[0].counted), ("a3", true));
    assert!(provisional(&result, 0));
    let table = ["code mark", "a1 101", "a2 -1"];
    let faults = run(standard, &[(None, &table)]).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::ValueRange; 2]);
}

#[test]
fn assessors_agree_on_a_label_that_a_share_looks_at() {
    let standard = r#"
[measures.care]
type = "label"
labels = ["good", "poor"]
level = "building"
rollup = { share = "care = 'good'" }
assessors = "mean"
[[section]]
id = "1"
title = "Care"
item = [{ id = "1.1", title = "Care", points = 9, value = "care", curve = [[0, 0], [1, 9]] }]
"#;
    let table = [
        "code assessor care",
        "a1 x good",
        "a1 y poor",
        "a2 x good",
        "a2 y good",
    ];
    let faults = run(standard, &[(None, &table)]).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::LabelDisagreement]);
}

#[test]
fn a_unit_without_a_weight_is_on_neither_side_of_a_division() {
    let standard = r#"
[measures.size]
type = "count"
level = "building"
[measures.rate]
type = "number"
level = "building"
rollup = { mean_by = "size" }
[measures.base]
type = "number"
level = "building"
rollup = "sum"
[[section]]
id = "1"
title = "Rate"
item = [{ id = "1.1", title = "Rate", points = 9, value = "rate / base", curve = [[0, 0], [9, 9]] }]
"#;
    let table = ["code size rate base", "a1 1 8 2", "a2 - 8 2"];
    let result = run(standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "4.00");
}

const EACH: &str = r#"
[measures.size]
type = "count"
level = "building"
[measures.lifts]
type = "yes-no"
level = "building"
[measures.safe]
type = "count"
level = "building"
[measures.seen]
type = "count"
level = "building"
"#;

#[test]
fn a_unit_to_which_an_item_does_not_apply_needs_no_weight_and_no_value() {
    let standard = format!(
        r#"{EACH}
[[section]]
id = "1"
title = "Lifts"
[[section.item]]
id = "1.1"
title = "Lifts"
points = 4
each = "building"
points_rollup = {{ mean_by = "size" }}
value = "safe"
applies = "lifts"
curve = [[0, 0], [4, 4]]
"#
    );
    // a2 has no lift, a3 says so of the value and has no weight.
    let table = [
        "code size lifts safe",
        "a1 5 是 3",
        "a2 - 否 -",
        "a3 - 是 不涉及",
        "b1 - 是 不涉及",
    ];
    let result = run(&standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "3.00");
    assert_eq!(points(&result, "1.1", 1), "none");
    assert!(left_out(&result).is_empty());
    assert!(!provisional(&result, 0) && !provisional(&result, 1));
    // With a value and no weight it is left out.
    let table = [
        "code size lifts safe",
        "a1 5 是 3",
        "a2 - 是 4",
        "a3 1 是 -",
    ];
    let result = run(&standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "3.00");
    assert_eq!(left_out(&result), ["a2 1.1", "a3 1.1"]);
    assert!(provisional(&result, 0));
}

#[test]
fn a_unit_that_leaves_for_a_blank_is_listed() {
    let standard = format!(
        r#"{EACH}
[[section]]
id = "1"
title = "Safe"
[[section.item]]
id = "1.1"
title = "Safe"
points = 4
each = "building"
points_rollup = "mean"
value = "safe / seen"
missing = "exclude"
curve = [[0, 0], [1, 4]]
[[section.item]]
id = "1.2"
title = "Seen"
points = 4
each = "building"
points_rollup = "mean"
value = "seen"
no_marks = "lifts"
curve = [[0, 0], [4, 4]]
"#
    );
    let table = ["code lifts safe seen", "a1 否 1 2", "a2 否 1 -", "b1 - - 4"];
    let result = run(&standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "2.00");
    assert!(left_out(&result).contains(&"a2 1.1".to_owned()));
    assert!(provisional(&result, 0));
    // Nobody's value is whole: missing, and listed as such.
    assert_eq!(points(&result, "1.1", 1), "none");
    assert!(result.scores.missing(1).any(|code| code == "1.1"));
    // Whether it earns anything is undecided in b1.
    assert_eq!(points(&result, "1.2", 1), "4.00");
    assert!(provisional(&result, 1));
}

#[test]
fn the_order_of_rows_is_not_seen_in_labels() {
    let standard = r#"
[measures.care]
type = "label"
assessors = "mean"
[[section]]
id = "1"
title = "Care"
item = [{ id = "1.1", title = "Care", points = 9, value = "care", levels = { good = 9, poor = 0 } }]
"#;
    let one = ["code assessor care", "a x good", "a y poor", "b y good"];
    let other = ["code assessor care", "b y good", "a y poor", "a x good"];
    let digest = |table: &[&str]| {
        let result = run(standard, &[(None, table)]).unwrap();
        assert_eq!(points(&result, "1.1", 0), "4.50");
        let scores = result.scores;
        scores.observations().digest(scores.standard())
    };
    assert_eq!(digest(&one), digest(&other));
}

const ROLLED: &str = r#"
[measures.lift]
type = "number"
level = "building"
rollup = "min"
[measures.meetings]
type = "count"
[[section]]
id = "1"
title = "Meetings"
item = [{ id = "1.1", title = "Meetings", points = 9, value = "meetings", curve = [[0, 0], [9, 9]] }]
"#;

#[test]
fn units_left_out_of_a_veto_or_a_bonus_leave_the_grade_provisional() {
    let table = ["code meetings lift", "a 3 -", "b 3 -", "a1 - 70", "b1 - 70"];
    for part in [
        "[[veto]]\nid = \"V\"\ntitle = \"Lifts\"\nwhen = \"lift < 60\"\neffect = { points = 1 }",
        "[[bonus]]\nid = \"B\"\ntitle = \"Lifts\"\npoints = 1\nvalue = \"lift\"\ncurve = [[0, 0], [100, 1]]",
    ] {
        let result = run(&format!("{ROLLED}{part}"), &[(None, &table)]).unwrap();
        assert_eq!(left_out(&result), ["a2 lift", "a3 lift"]);
        assert!(provisional(&result, 0) && !provisional(&result, 1));
        let own = &result.phases[0].scores;
        assert!(own.flags(0).contains(&Flag::Provisional) && own.flags(1).is_empty());
    }
}

const SAMPLED: &str = r#"
[measures.tidy]
type = "number"
level = "building"
[[section]]
id = "1"
title = "Tidy"
[[section.item]]
id = "1.1"
title = "Tidy"
points = 4
value = "tidy"
curve = [[0, 0], [10, 4]]
each = "building"
points_rollup = "mean"
"#;

#[test]
fn an_item_marked_for_each_unit_takes_its_communitys_own_row_where_no_unit_has_any() {
    // a: the mean of 4 and 2; b: its own row, as a plain table of communities would have it.
    let table = ["code tidy", "a1 10", "a2 5", "a3 不涉及", "b 7.5"];
    let result = run(SAMPLED, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "3.00");
    assert_eq!(points(&result, "1.1", 1), "3.00");
    assert!(result.phases[0].has_marked("1.1", 1) && !provisional(&result, 1));
    // A later phase may put the one in the place of the other.
    let later = ["code tidy", "a 2.5", "b1 10"];
    let result = run(SAMPLED, &[(None, &table), (None, &later)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "1.00");
    assert_eq!(points(&result, "1.1", 1), "4.00");
    let both = ["code tidy", "a1 10", "b1 -", "a 5", "b 1"];
    let faults = run(SAMPLED, &[(None, &both)]).unwrap_err();
    let told: Vec<_> = faults
        .listed
        .iter()
        .map(|f| (f.code, f.place.line))
        .collect();
    assert_eq!(told, [(FaultCode::BothGiven, Some(4))]);
    assert_eq!(faults.listed[0].place.field.as_deref(), Some("tidy"));
}

#[test]
fn a_blank_inside_a_unit_that_earns_points_is_listed() {
    let standard = r#"
[measures.steps]
type = "yes-no"
level = "building"
[measures.lamps]
type = "yes-no"
level = "building"
[[section]]
id = "1"
title = "Boxes"
[[section.item]]
id = "1.1"
title = "Boxes"
points = 4
each = "building"
points_rollup = "mean"
checklist = { boxes = ["steps", "lamps"], each = 2 }
"#;
    let table = [
        "code steps lamps",
        "a1 是 是",
        "a2 是 -",
        "a3 - -",
        "b1 是 否",
    ];
    let result = run(standard, &[(None, &table)]).unwrap();
    // 4 and 2; a3 has nothing at all and is left out.
    assert_eq!(points(&result, "1.1", 0), "3.00");
    let listed: Vec<_> = result.phases[0]
        .left_out
        .iter()
        .map(|left| (left.unit.as_str(), left.what.as_str(), left.counted))
        .collect();
    assert_eq!(listed, [("a2", "1.1", true), ("a3", "1.1", false)]);
    assert!(provisional(&result, 0) && !provisional(&result, 1));
}

#[test]
fn a_value_that_is_given_and_rolled_up_is_a_fault_even_where_the_roll_up_is_nothing() {
    let standard = r#"
[measures.size]
type = "count"
level = "building"
[measures.rate]
type = "number"
level = "building"
rollup = { mean_by = "size" }
[[section]]
id = "1"
title = "Rate"
item = [{ id = "1.1", title = "Rate", points = 9, value = "rate", curve = [[0, 0], [9, 9]] }]
"#;
    // No building has a weight, so that nothing comes of a's.
    let table = ["code size rate", "a - 9", "a1 - 8", "a2 - 7", "b - 3"];
    let faults = run(standard, &[(None, &table)]).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::BothGiven]);
    assert_eq!(faults.listed[0].place.line, Some(2));
    let table = ["code size rate", "a - 9", "a1 3 -", "b - 3"];
    let result = run(standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "9.00");
}

#[test]
fn a_division_lists_the_measure_that_a_unit_lacks() {
    let standard = r#"
[measures.done]
type = "count"
level = "building"
rollup = "sum"
[measures.told]
type = "count"
level = "building"
rollup = "sum"
[[section]]
id = "1"
title = "Rate"
item = [{ id = "1.1", title = "Rate", points = 9, value = "done / told", curve = [["0%", 0], ["100%", 9]] }]
"#;
    let table = ["code done told", "a1 - 8", "a2 6 -", "a3 3 9", "b1 - 4"];
    let result = run(standard, &[(None, &table)]).unwrap();
    assert_eq!(points(&result, "1.1", 0), "3.00");
    assert_eq!(left_out(&result), ["a1 done", "a2 told"]);
    assert!(result.scores.missing(1).eq(["1.1"]));
}
