//! Units, assessors and phases, worked out by hand (docs/semantics.md §2.12, §2.15).

use dabiao::campaign::{Campaign, CampaignResult, Phase, RecordsBuilder};
use dabiao::grid::{CodeScheme, Grid, Level, Registry, RegistryRow, UnitRow};
use dabiao::{Cell, Fault, FaultCode, Faults, Flag, ScoreOptions, Standard, Text};

const HEAD: &str = r#"
[standard]
id = "units"
title = "Units"
"#;

/// A phase: its weight, and its table with the heading first; cells are parted by blanks and
/// `-` is a blank.
type Table<'a> = (Option<&'a str>, &'a [&'a str]);

/// Communities a and b; buildings a1 to a3 and b1 in a grid of each.
fn campaign(standard: &str, phases: &[Table<'_>]) -> Result<Campaign, Faults> {
    let standard = Standard::from_toml(&format!("{HEAD}{standard}"))?;
    let mut registry = Registry::builder(CodeScheme::Free);
    let mut grid = Grid::builder(CodeScheme::Free);
    let unit = |code, level, parent| UnitRow {
        code,
        level,
        parent,
        organisation: Some(true),
        ..UnitRow::default()
    };
    grid.unit(1, &unit("s", Level::Street, ""));
    for (code, in_grid, buildings) in [
        ("a", "ag", ["a1", "a2", "a3"].as_slice()),
        ("b", "bg", &["b1"]),
    ] {
        let row = RegistryRow {
            code,
            ..RegistryRow::default()
        };
        registry.community(2, &row);
        grid.unit(2, &unit(code, Level::Community, "s"));
        grid.unit(3, &unit(in_grid, Level::Grid, code));
        for building in buildings {
            grid.unit(4, &unit(building, Level::Building, in_grid));
        }
    }
    let (registry, grid) = (registry.finish()?, grid.finish()?);
    let mut read = Vec::new();
    for (i, (weight, table)) in phases.iter().enumerate() {
        let mut records = RecordsBuilder::new(&standard, &registry, Some(&grid));
        for (line, row) in (1..).zip(table.iter()) {
            let cells: Vec<&str> = row
                .split_whitespace()
                .map(|c| if c == "-" { "" } else { c })
                .collect();
            if line == 1 {
                records.heading(&cells);
            } else {
                let cells: Vec<Cell<'_>> = cells.into_iter().map(Cell::Text).collect();
                records.row(line, &cells);
            }
        }
        read.push(Phase {
            id: format!("p{}", i + 1),
            title: Text::from("phase"),
            weight: weight.map(|w| w.parse().unwrap()),
            records: records.finish()?,
        });
    }
    Ok(Campaign {
        standard,
        registry,
        grid: Some(grid),
        phases: read,
        selection: None,
        weight: None,
    })
}

fn run(standard: &str, phases: &[Table<'_>]) -> Result<CampaignResult, Faults> {
    campaign(standard, phases)?.run(&ScoreOptions::new())
}

fn points(result: &CampaignResult, code: &str, row: usize) -> String {
    let points = result.scores.points_of(code, row);
    points.map_or_else(|| "none".to_owned(), |points| points.to_string())
}

fn provisional(result: &CampaignResult, row: usize) -> bool {
    result.scores.flags(row).contains(&Flag::Provisional)
}

fn left_out(result: &CampaignResult) -> Vec<String> {
    let all = result.phases.iter().flat_map(|phase| &phase.left_out);
    all.map(|left| format!("{} {}", left.unit, left.what))
        .collect()
}

fn codes(faults: &Faults) -> Vec<FaultCode> {
    faults
        .listed
        .iter()
        .map(|fault: &Fault| fault.code)
        .collect()
}

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
