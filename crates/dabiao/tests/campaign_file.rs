//! A campaign's file: what it says, and every fault of one that is wrong.

use dabiao::Rational;
use dabiao::campaign::{Amount, CampaignDocument, Selection};
use dabiao::grid::{CodeScheme, GridCheck};
use dabiao::standard::Format;

const WHOLE: &str = r#"
[campaign]
id = "spring-2026"
title = { zh = "创建活动", en = "Campaign" }
notice = "for practice"
synthetic = true
standard = "own.toml"
codes = "divisions"
communities = ["a.csv", "b.csv"]
attributes = ["kind"]
weight = "households"
compounds = "compounds.csv"
grid = "grid.csv"

[advice]
off = ["grid-households", "branch-groups"]
large_branch = 30

[[phase]]
id = "self"
title = { zh = "自评", en = "self-assessment" }
weight = "30%"
observations = "self.csv"

[[phase]]
id = "review"
weight = 0.7
observations = ["r1.csv", "r2.csv"]

[selection]
by = "district"

[[selection.tier]]
id = "first"
title = "一等奖"
grade = "demonstration"
total = 95
sections = "85%"
marks = { "6" = "90%", "4.1" = 3.5 }
places = 5
ceiling = "10% of qualified"
floor = 1

[[selection.tier]]
id = "second"
places = "5%"
"#;

#[test]
fn every_key_is_read() {
    let document = CampaignDocument::from_toml(WHOLE).unwrap();
    assert_eq!(document.id, "spring-2026");
    assert_eq!(document.title.en, "Campaign");
    assert_eq!(document.notice.unwrap().zh, "for practice");
    assert!(document.synthetic);
    assert_eq!(document.standard.path, "own.toml");
    assert_eq!(document.standard.place.line, Some(7));
    assert_eq!(document.codes, CodeScheme::Divisions);
    let paths: Vec<_> = document
        .communities
        .iter()
        .map(|f| f.path.as_str())
        .collect();
    assert_eq!(paths, ["a.csv", "b.csv"]);
    assert_eq!(document.attributes, ["kind"]);
    assert_eq!(document.weight.as_deref(), Some("households"));
    assert_eq!(document.grid[0].path, "grid.csv");
    assert_eq!(document.compounds[0].path, "compounds.csv");
    let off = [GridCheck::GridSize, GridCheck::BranchGroups];
    assert_eq!(document.advice.off, off);
    assert_eq!(document.advice.large_branch, 30);
    let [first, second] = document.phases.as_slice() else {
        panic!("two phases")
    };
    assert_eq!(first.weight, Rational::ratio(3, 10));
    assert_eq!(second.title.zh, "review");
    assert_eq!(second.observations.len(), 2);
    let selection = document.selection.unwrap();
    assert_eq!(selection.by, "district");
    let [first, second] = selection.tiers.as_slice() else {
        panic!("two tiers")
    };
    assert_eq!(first.grade.as_deref(), Some("demonstration"));
    assert_eq!(first.total.as_ref().unwrap().to_string(), "95");
    assert_eq!(first.sections.as_ref().unwrap().to_string(), "85%");
    let marks: Vec<_> = first
        .marks
        .iter()
        .map(|(c, m)| format!("{c} {m}"))
        .collect();
    assert_eq!(marks, ["6 90%", "4.1 3.5"]);
    assert_eq!(first.places, Some(Amount::Number(5)));
    assert_eq!(
        first.ceiling,
        Some(Amount::Share {
            share: Rational::ratio(1, 10).unwrap(),
            grade: Some("qualified".to_owned()),
        })
    );
    assert_eq!(second.title.en, "second");
    let share = Rational::ratio(1, 20).unwrap();
    assert_eq!(second.places, Some(Amount::Share { share, grade: None }));
    // A selection can be read alone, out of the same file.
    assert_eq!(
        Selection::from_text(WHOLE, Format::Toml).unwrap(),
        selection
    );
}

fn faults(text: &str) -> String {
    CampaignDocument::from_toml(text).unwrap_err().to_string()
}

#[test]
fn all_faults_are_told_at_once() {
    let told = faults(
        r#"
[campaign]
id = "a b"
titel = "x"
standard = ""
codes = "division"
communities = []
synthetic = "yes"

[[phase]]
id = "self"
observations = 3

[[phase]]
id = "self"
observations = "x.csv"
extra = 1

[advice]
off = ["grid-size"]
large_branch = 0

[selection]
[[selection.tier]]
id = "t"
places = "10% von qualified"
ceiling = 2.5
total = "many"
[[selection.tier]]
id = "t"
"#,
    );
    let lines: Vec<&str> = told.lines().collect();
    for (line, part) in [
        (0, "2:1: a key is missing: expected title"),
        (1, "3:6: a code of the wrong form: found a b"),
        (2, "4:1: unknown key: found titel, expected title"),
        (3, "5:12: a key is missing: expected the name of a file"),
        (
            4,
            "6:9: not one of the choices: found division, expected divisions",
        ),
        (5, "7:15: a key is missing: expected at least one file"),
        (6, "8:13: a value of the wrong type"),
        (7, "12:16: self: a value of the wrong type"),
        (8, "15:6: self: a duplicated code: found self"),
        (9, "17:1: self: unknown key: found extra"),
        (
            10,
            "20:8: not one of the choices: found grid-size, expected one of grid-households",
        ),
        (11, "21:16: a number that cannot stand here: found 0"),
        (
            12,
            "26:10: t: a number that cannot stand here: found 10% von qualified",
        ),
        (13, "27:11: t: a number that cannot stand here: found 2.5"),
        (14, "28:9: t: a number that cannot stand here: found many"),
        (15, "30:6: t: a duplicated code: found t"),
    ] {
        let found = lines.get(line).copied().unwrap_or_default();
        assert!(found.contains(part), "{part}\n{told}");
    }
    assert_eq!(lines.len(), 16, "{told}");
    let codes = CampaignDocument::from_toml("[campaign]\nid = 3\ntitel = 'x'").unwrap_err();
    let codes: Vec<_> = codes
        .listed
        .iter()
        .map(|fault| fault.code.as_str())
        .collect();
    let (missing, unknown) = ("campaign-missing-key", "campaign-unknown-key");
    assert_eq!(
        codes.iter().filter(|code| **code == missing).count(),
        4,
        "{codes:?}"
    );
    assert!(
        codes.contains(&unknown) && codes.contains(&"campaign-wrong-type"),
        "{codes:?}"
    );
}

#[test]
fn weights_of_phases_add_up() {
    let with = |first: &str, second: &str| {
        format!(
            "[campaign]\nid = 'c'\ntitle = 'c'\nstandard = 's'\ncommunities = 'c.csv'\n\
             [[phase]]\nid = 'a'\nobservations = 'a.csv'\n{first}\n\
             [[phase]]\nid = 'b'\nobservations = 'b.csv'\n{second}\n"
        )
    };
    let sound = [
        ("", ""),
        ("weight = '1/3'", "weight = '2/3'"),
        ("weight = '25%'", "weight = 0.75"),
    ];
    for (first, second) in sound {
        assert!(CampaignDocument::from_toml(&with(first, second)).is_ok());
    }
    for (first, second, place, found) in [
        ("weight = 0.3", "weight = 0.6", "", "0.3 + 0.6 = 0.9"),
        ("weight = 1", "", "10:1: ", "-"),
        ("weight = 2", "weight = -1", "10:1: ", "-1"),
        ("weight = 1", "weight = 0", "10:1: ", "0"),
    ] {
        assert_eq!(
            faults(&with(first, second)),
            format!(
                "{place}phase: weights of phases that do not add up to 1: found {found}, \
                 expected a weight above 0 for every phase, adding up to 1"
            )
        );
    }
}

#[test]
fn a_file_without_its_parts_is_told() {
    assert_eq!(
        faults("[campaign]\nid = 'c'"),
        "1:1: a key is missing: expected title\n\
         1:1: a key is missing: expected standard\n\
         1:1: a key is missing: expected communities\n\
         1:1: a key is missing: expected phase"
    );
    assert!(faults("[campaign").contains("the text is not well-formed"));
    let none = Selection::from_text("[campaign]", Format::Toml).unwrap_err();
    assert_eq!(
        none.to_string(),
        "1:1: a key is missing: expected selection"
    );
}
