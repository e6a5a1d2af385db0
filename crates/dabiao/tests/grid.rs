//! Loading the party grid: every fault with its row, coverage counted by hand.

use dabiao::grid::{AdviceSwitches, CodeScheme, Grid, GridCheck, Level, UnitRow};
use dabiao::{FaultCode, Faults, Rational};

type Line = (
    u64,
    &'static str,
    Level,
    &'static str,
    Option<bool>,
    &'static str,
);

/// A street, two communities, three grids, four buildings, two compounds.
const SOUND: [Line; 12] = [
    (2, "s1", Level::Street, "", Some(true), ""),
    (3, "c1", Level::Community, "s1", Some(true), ""),
    (4, "c2", Level::Community, "s1", None, ""),
    (5, "g1", Level::Grid, "c1", Some(true), ""),
    (6, "g2", Level::Grid, "c1", Some(false), ""),
    (7, "g3", Level::Grid, "c2", Some(true), ""),
    (8, "b1", Level::Building, "g1", Some(true), "x1"),
    (9, "b2", Level::Building, "g1", Some(false), "x1"),
    (10, "b3", Level::Building, "g2", None, ""),
    (11, "b4", Level::Building, "g3", Some(true), ""),
    (12, "x1", Level::Compound, "c1", None, ""),
    (13, "x2", Level::Compound, "c2", None, ""),
];

fn load(scheme: CodeScheme, lines: &[Line]) -> Result<Grid, Faults> {
    let mut builder = Grid::builder(scheme);
    builder.file("units.csv");
    for (line, code, level, parent, organisation, compound) in lines {
        let row = UnitRow {
            code,
            level: *level,
            parent,
            organisation: *organisation,
            compound,
            ..UnitRow::default()
        };
        builder.unit(*line, &row);
    }
    builder.finish()
}

/// What a grid with some rows more, or others, is refused for: code, line, field, subject.
fn refused(more: &[Line]) -> Vec<(FaultCode, u64, String, String)> {
    let mut lines = SOUND.to_vec();
    for line in more {
        lines.retain(|held| held.0 != line.0);
    }
    lines.extend(more);
    let faults = load(CodeScheme::Free, &lines).unwrap_err();
    let told = faults.listed.into_iter().map(|fault| {
        assert_eq!(fault.place.file.as_deref(), Some("units.csv"));
        (
            fault.code,
            fault.place.line.unwrap_or(0),
            fault.place.field.unwrap_or_default(),
            fault.subject.unwrap_or_default(),
        )
    });
    told.collect()
}

fn one(code: FaultCode, line: u64, field: &str, subject: &str) -> (FaultCode, u64, String, String) {
    (code, line, field.to_owned(), subject.to_owned())
}

#[test]
fn a_skipped_level_is_told() {
    assert_eq!(
        refused(&[(10, "b3", Level::Building, "c1", None, "")]),
        [one(FaultCode::UnitLevel, 10, "parent", "b3")]
    );
}

#[test]
fn a_building_in_two_grids_is_told() {
    let faults = load(
        CodeScheme::Free,
        &[&SOUND[..], &[(14, "b1", Level::Building, "g2", None, "x1")]].concat(),
    )
    .unwrap_err();
    assert_eq!(
        faults.to_string(),
        "units.csv:14:code: b1: a duplicated unit: found g2, expected one parent (in g1 already, row 8)"
    );
}

#[test]
fn a_code_used_twice_is_told() {
    assert_eq!(
        refused(&[(14, "g1", Level::Building, "g1", None, "")]),
        [one(FaultCode::UnitDuplicate, 14, "code", "g1")]
    );
}

#[test]
fn a_circle_is_told_once() {
    // g1 under g2 under g1: both at a wrong level, and a circle.
    assert_eq!(
        refused(&[
            (5, "g1", Level::Grid, "g2", None, ""),
            (6, "g2", Level::Grid, "g1", None, ""),
        ]),
        [
            one(FaultCode::UnitLevel, 5, "parent", "g1"),
            one(FaultCode::UnitCycle, 5, "parent", "g1"),
            one(FaultCode::UnitLevel, 6, "parent", "g2"),
        ]
    );
}

#[test]
fn orphans_and_strays_are_told_all_at_once() {
    assert_eq!(
        refused(&[
            (2, "s1", Level::Street, "city", None, ""),
            (7, "g3", Level::Grid, "c9", None, ""),
            (9, "b2", Level::Building, "g1", None, "g2"),
            (11, "b4", Level::Building, "g1", None, "x2"),
            (13, "x2", Level::Compound, "c2", None, "x1"),
            (14, "", Level::Grid, "c1", None, ""),
            (15, "g5", Level::Grid, "", None, ""),
        ]),
        [
            one(FaultCode::UnitParent, 2, "parent", "s1"),
            one(FaultCode::UnitParent, 7, "parent", "g3"),
            one(FaultCode::UnitParent, 9, "compound", "b2"),
            // A compound of another community.
            one(FaultCode::UnitParent, 11, "compound", "b4"),
            one(FaultCode::UnitParent, 13, "compound", "x2"),
            one(FaultCode::EmptyCode, 14, "code", ""),
            one(FaultCode::UnitParent, 15, "parent", "g5"),
        ]
    );
}

#[test]
fn division_codes_are_held_against_their_parents() {
    let lines: &[Line] = &[
        (2, "371002001", Level::Street, "", None, ""),
        (3, "371002001901", Level::Community, "371002001", None, ""),
        (4, "371003001901", Level::Community, "371002001", None, ""),
        (5, "37100200190", Level::Community, "371002001", None, ""),
        (6, "37100200l", Level::Street, "", None, ""),
        // Below the community any code will do.
        (7, "g-1", Level::Grid, "371002001901", None, ""),
    ];
    let faults = load(CodeScheme::Divisions, lines).unwrap_err();
    let lines: Vec<_> = faults
        .listed
        .iter()
        .map(|f| (f.code, f.place.line))
        .collect();
    assert_eq!(
        lines,
        [
            (FaultCode::UnitCode, Some(4)),
            (FaultCode::UnitCode, Some(5)),
            (FaultCode::UnitCode, Some(6)),
        ]
    );
}

#[test]
fn faults_name_the_file_they_are_in() {
    let mut builder = Grid::builder(CodeScheme::Free);
    let street = |code, parent| UnitRow {
        code,
        parent,
        ..UnitRow::default()
    };
    builder.unit(1, &street("c0", "s0"));
    builder.file("a.csv").unit(2, &street("c1", "s1"));
    builder.file("b.csv").unit(2, &street("c2", "s2"));
    let faults = builder.finish().unwrap_err();
    let files: Vec<_> = faults
        .listed
        .iter()
        .map(|f| f.place.file.as_deref())
        .collect();
    assert_eq!(files, [None, Some("a.csv"), Some("b.csv")]);
}

#[test]
fn coverage_pools_the_units_of_a_community() {
    let mut lines = SOUND.to_vec();
    lines.reverse();
    let grid = load(CodeScheme::Free, &lines).unwrap();
    let coverage = grid.coverage();
    let counted: Vec<_> = coverage
        .levels()
        .into_iter()
        .map(|level| (level.level, level.organised, level.units))
        .collect();
    assert_eq!(
        counted,
        [
            (Level::Street, 1, 1),
            (Level::Community, 1, 2),
            (Level::Grid, 2, 3),
            (Level::Building, 2, 4),
        ]
    );
    // c1: its street, itself, 1 of 2 grids, 1 of 3 buildings: 4 of 7 units.
    assert_eq!(coverage.of_community("c1"), Rational::ratio(4, 7));
    // c2: its street, not itself, its grid, its building: 3 of 4.
    assert_eq!(coverage.of_community("c2"), Rational::ratio(3, 4));
    assert_eq!(coverage.of_community("g1"), None);
    assert_eq!(coverage.lacking(), ["c2", "g2", "b2", "b3"]);
    assert_eq!(coverage.lacking_in("c1"), ["g2", "b2", "b3"]);
    assert_eq!(grid.unheld_compounds(), ["x2"]);
    assert_eq!(grid.parent_of("b4"), Some("g3"));
    assert_eq!(grid.community_of("b4"), Some("c2"));
    assert_eq!(grid.level_of("nobody"), None);
}

#[test]
fn advice_has_its_switches() {
    let mut builder = Grid::builder(CodeScheme::Free);
    let row = |code, level, parent, households, members| UnitRow {
        code,
        level,
        parent,
        organisation: Some(true),
        households: Some(households),
        members: Some(members),
        ..UnitRow::default()
    };
    builder.unit(2, &row("s", Level::Street, "", 0, 0));
    builder.unit(3, &row("c", Level::Community, "s", 1700, 0));
    // 2 members and no more; 299 households. 51 members without a group. 20 with one.
    builder.unit(4, &row("g1", Level::Grid, "c", 299, 2));
    builder.unit(5, &row("g2", Level::Grid, "c", 500, 51));
    builder.unit(6, &row("g3", Level::Grid, "c", 501, 20));
    builder.unit(7, &row("b1", Level::Building, "g3", 30, 0));
    let grid = builder.finish().unwrap();
    let told = |switches: &AdviceSwitches| -> Vec<(GridCheck, String, u64)> {
        let advice = grid.advice(switches).into_iter();
        advice.map(|a| (a.check, a.unit, a.found)).collect()
    };
    assert_eq!(
        told(&AdviceSwitches::default()),
        [
            (GridCheck::GridSize, "g1".to_owned(), 299),
            (GridCheck::GridSize, "g3".to_owned(), 501),
            (GridCheck::BranchLeast, "g1".to_owned(), 2),
            (GridCheck::BranchMost, "g2".to_owned(), 51),
            (GridCheck::BranchGroups, "g2".to_owned(), 51),
        ]
    );
    let fewer = AdviceSwitches {
        off: vec![GridCheck::GridSize, GridCheck::BranchMost],
        large_branch: 52,
    };
    assert_eq!(told(&fewer), [(GridCheck::BranchLeast, "g1".to_owned(), 2)]);
    assert_eq!(grid.unheld_households(), [("c", 400)]);
}
