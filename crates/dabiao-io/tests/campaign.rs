//! Campaigns from their files: the one in `tests/campaign` that was worked out by hand.

use std::path::PathBuf;

use dabiao::ScoreOptions;
use dabiao::campaign::{CampaignResult, LeftOut};
use dabiao_io::{LoadedCampaign, ReadOptions, read_campaign};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/campaign/small")
}

fn load(name: &str) -> LoadedCampaign {
    let path = folder().join(name);
    read_campaign(&path, &ReadOptions::new()).unwrap_or_else(|faults| panic!("{faults}"))
}

fn run(name: &str) -> (LoadedCampaign, CampaignResult) {
    let loaded = load(name);
    let result = loaded.campaign.run(&ScoreOptions::new());
    (loaded, result.unwrap_or_else(|faults| panic!("{faults}")))
}

fn expected(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    let rows = text.lines().skip(1);
    rows.map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

fn field(result: &CampaignResult, code: &str, field: &str) -> String {
    let shown = |value: Option<String>| value.unwrap_or_default();
    if field == "mean" {
        let groups = [
            ("street ", &result.streets),
            ("district ", &result.districts),
        ];
        let found = groups.iter().find_map(|(kind, groups)| {
            let key = code.strip_prefix(kind)?;
            groups.iter().find(|group| group.key == key)
        });
        let group = found.unwrap_or(&result.city);
        return shown(group.mean.map(|mean| mean.to_string()));
    }
    let scores = &result.scores;
    let row = scores.observations().row_of(code).unwrap();
    match field {
        "total" => shown(scores.total(row).map(|p| p.to_string())),
        "grade" => shown(scores.grade(row).map(|grade| grade.id.clone())),
        "rank" => shown(scores.rank(row).map(|rank| rank.to_string())),
        "vetoes" => scores.vetoes(row).collect::<Vec<_>>().join(";"),
        "undecided" => scores.undecided(row).collect::<Vec<_>>().join(";"),
        "flags" => {
            let flags: Vec<_> = scores.flags(row).iter().map(|f| f.as_str()).collect();
            flags.join(";")
        }
        "missing" => scores.missing(row).collect::<Vec<_>>().join(";"),
        part => shown(scores.points_of(part, row).map(|p| p.to_string())),
    }
}

fn check(name: &str) -> CampaignResult {
    let (_, result) = run(&format!("{name}.toml"));
    let mut wrong = Vec::new();
    for row in expected(&format!("{name}-expected.csv")) {
        let found = field(&result, &row[0], &row[1]);
        if found != row[2] {
            wrong.push(format!("{} {}: {found}, worked {}", row[0], row[1], row[2]));
        }
    }
    assert!(wrong.is_empty(), "{name}\n{}", wrong.join("\n"));
    result
}

#[test]
fn items_take_the_last_phase_that_marked_them() {
    check("last");
}

#[test]
fn phases_are_weighted_by_their_sections() {
    check("weighted");
}

#[test]
fn units_without_a_value_are_listed() {
    let (_, result) = run("last.toml");
    let phases = result.phases.iter();
    let found: Vec<Vec<String>> = phases
        .flat_map(|phase| {
            let row = |held: &LeftOut| {
                let (community, unit) = (held.community.clone(), held.unit.clone());
                vec![phase.id.clone(), community, unit, held.what.clone()]
            };
            phase.left_out.iter().map(row).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(found, expected("left-out-expected.csv"));
}

#[test]
fn differences_are_review_less_self_assessment() {
    let (_, result) = run("last.toml");
    let found: Vec<Vec<String>> = result
        .differences()
        .into_iter()
        .map(|held| {
            assert_eq!((held.from, held.to), (0, 1));
            vec![
                result.scores.codes()[held.row].to_owned(),
                held.item,
                held.earlier.to_string(),
                held.later.to_string(),
                held.difference.to_string(),
            ]
        })
        .collect();
    assert_eq!(found, expected("differences-expected.csv"));
}
