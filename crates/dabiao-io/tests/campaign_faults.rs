//! What is wrong with a campaign's files: each fault with its code, its file, row and column.

use std::path::{Path, PathBuf};

use dabiao::{FaultCode, Faults, ScoreOptions};
use dabiao_io::{ReadOptions, read_campaign};

/// The small campaign in a folder of its own, where it can be damaged.
struct Copy(tempfile::TempDir);

impl Copy {
    fn new() -> Copy {
        let small = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/campaign/small");
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(small).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        Copy(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// Replaces a text that stands in a file exactly once.
    fn change(self, file: &str, from: &str, to: &str) -> Copy {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        std::fs::write(self.path(file), text.replace(from, to)).unwrap();
        self
    }

    fn append(self, file: &str, more: &str) -> Copy {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        std::fs::write(self.path(file), text + more).unwrap();
        self
    }

    fn faults_of(&self, campaign: &str) -> Faults {
        match read_campaign(&self.path(campaign), &ReadOptions::new()) {
            Err(faults) => faults,
            Ok(loaded) => loaded
                .campaign
                .run(&ScoreOptions::new())
                .expect_err("it is at fault"),
        }
    }

    /// Each fault: its code, file, line, then its column's heading or its column in the line.
    fn told(&self, campaign: &str) -> Vec<(FaultCode, String, u64, String)> {
        let told = self.faults_of(campaign).listed.into_iter().map(|fault| {
            let file = fault.place.file.unwrap_or_default();
            let file = Path::new(&file)
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let column = fault.place.column.map(|column| column.to_string());
            let field = fault.place.field.or(column);
            (
                fault.code,
                file.unwrap_or_default(),
                fault.place.line.unwrap_or(0),
                field.unwrap_or_default(),
            )
        });
        told.collect()
    }

    fn one(&self, code: FaultCode, file: &str, line: u64, field: &str) {
        let wanted = (code, file.to_owned(), line, field.to_owned());
        assert_eq!(self.told("last.toml"), [wanted]);
    }
}

#[test]
fn the_copy_is_sound() {
    let loaded = read_campaign(&Copy::new().path("last.toml"), &ReadOptions::new()).unwrap();
    loaded.campaign.run(&ScoreOptions::new()).unwrap();
}

#[test]
fn a_value_both_rolled_up_and_given() {
    Copy::new()
        .append("self-buildings.csv", "c2,,,,50,,,,\n")
        .one(FaultCode::BothGiven, "self-buildings.csv", 10, "noise");
    // Also where the grid fills it.
    let copy = Copy::new().append("review-marks.csv", "c1,,coverage,80%\n");
    copy.one(FaultCode::BothGiven, "review-marks.csv", 27, "coverage");
}

#[test]
fn a_building_in_two_grids() {
    let copy = Copy::new().append("units.csv", "b111,building,g12,,是,20,,x1\n");
    copy.one(FaultCode::UnitDuplicate, "units.csv", 20, "code");
    let told = copy.faults_of("last.toml").to_string();
    assert!(
        told.contains("b111") && told.contains("in g11 already, row 12"),
        "{told}"
    );
}

#[test]
fn a_cycle() {
    // Two grids, each under the other: at the wrong level, and without a way up.
    let copy = Copy::new()
        .change("units.csv", "g21,grid,c2", "g21,grid,g22")
        .change("units.csv", "g22,grid,c2", "g22,grid,g21");
    let told = copy.told("last.toml");
    let at = |code, line| (code, "units.csv".to_owned(), line, "parent".to_owned());
    assert!(told.contains(&at(FaultCode::UnitCycle, 9)), "{told:?}");
    assert!(told.contains(&at(FaultCode::UnitLevel, 10)), "{told:?}");
}

#[test]
fn a_skipped_level() {
    Copy::new()
        .change("units.csv", "b111,building,g11", "b111,building,c1")
        .one(FaultCode::UnitLevel, "units.csv", 12, "parent");
}

#[test]
fn an_unknown_community_in_an_observation() {
    let copy = Copy::new().append("review-marks.csv", "c9,,accidents,1\n");
    copy.one(FaultCode::UnitUnknown, "review-marks.csv", 27, "code");
    let copy = Copy::new().append("self-grids.csv", "g99,是,1,1,1\n");
    copy.one(FaultCode::UnitUnknown, "self-grids.csv", 7, "code");
}

#[test]
fn weights_of_phases_that_do_not_add_up() {
    let copy = Copy::new().change("weighted.toml", "weight = 0.75", "weight = 0.7");
    let told = copy.told("weighted.toml");
    let [(FaultCode::PhaseWeights, file, line, column)] = told.as_slice() else {
        panic!("{told:?}")
    };
    // The sum is at fault, not the phase that comes first.
    assert_eq!(
        (file.as_str(), *line, column.as_str()),
        ("weighted.toml", 0, "")
    );
    let copy = Copy::new().change("weighted.toml", "weight = 0.75", "weight = -0.75");
    let told = copy.told("weighted.toml");
    assert!(told[0].2 > 10, "the phase itself: {told:?}");
}

#[test]
fn quotas_that_cannot_be_met() {
    // Two districts with a floor of 1 each, and one place.
    let copy = Copy::new().change("last.toml", "places = 1", "places = 1\nfloor = 1");
    copy.one(FaultCode::Quota, "last.toml", 19, "1");
    let copy = Copy::new().change("last.toml", "places = 1", "ceiling = 1\nfloor = 2");
    let told = copy.told("last.toml");
    assert_eq!(told.len(), 2, "for each district: {told:?}");
    assert!(
        told.iter()
            .all(|told| told.0 == FaultCode::Quota && told.2 == 19)
    );
    let copy = Copy::new().change("last.toml", "\"fair\"", "\"fairer\"");
    copy.one(FaultCode::SelectionReference, "last.toml", 19, "1");
}

#[test]
fn the_registry_and_the_grid_must_agree() {
    Copy::new()
        .append("communities.csv", "c4,丁社区,s2,西街道,d2,西区,9\n")
        .one(FaultCode::UnitUnknown, "communities.csv", 5, "code");
    let copy = Copy::new().append("units.csv", "c4,community,s2,,是,,,\n");
    copy.one(FaultCode::UnitUnknown, "units.csv", 20, "code");
    let copy = Copy::new().change(
        "communities.csv",
        "c3,丙社区,s2,西街道",
        "c3,丙社区,s3,南街道",
    );
    copy.one(FaultCode::UnitParent, "communities.csv", 4, "street_code");
}

#[test]
fn what_scoring_finds_names_the_phase_and_the_mark() {
    // c3 has the label in no phase; the last one is where it is missed.
    let copy = Copy::new().change(
        "standard.toml",
        "[measures.smart]\n",
        "[measures.smart]\nmissing = \"error\"\n",
    );
    let copy = copy.change("self-communities.csv", "c3,丙社区,良,是,", "c3,丙社区,,是,");
    copy.one(FaultCode::MissingValue, "review-marks.csv", 24, "smart");
    let told = copy.faults_of("last.toml").to_string();
    assert!(told.contains("review: c3 3.1"), "{told}");
    // Weighted, each phase is judged by itself.
    let told = copy.faults_of("weighted.toml").to_string();
    assert!(
        told.contains("self: c3 3.1") && told.contains("self-communities.csv:4:smart"),
        "{told}"
    );
}

#[test]
fn a_fault_in_one_unit_names_its_row() {
    // 10^12 defects, and ten times as many points off.
    let copy = Copy::new()
        .change(
            "standard.toml",
            "value = \"defects\"",
            "value = \"defects * 10\"",
        )
        .change(
            "self-buildings.csv",
            "b112,80,30,59%,60,60,8,5,",
            "b112,80,30,59%,60,60,8,1000000000000,",
        );
    copy.one(FaultCode::Computed, "self-buildings.csv", 3, "defects");
}

#[test]
fn numbers_are_read_as_in_observations() {
    let copy = Copy::new()
        .change("communities.csv", "东区,300", "东区,\"1,300\"")
        .change(
            "communities.csv",
            "东区,100",
            "东区,\u{ff11}\u{ff10}\u{ff10}",
        )
        .change(
            "units.csv",
            "g22,grid,c2,,是,150,60,",
            "g22,grid,c2,,是,\"1,150\",\u{ff16}\u{ff10},",
        )
        .change(
            "weighted.toml",
            "weight = 0.75",
            "weight = \"\u{ff17}\u{ff15}\u{ff05}\"",
        );
    let loaded = read_campaign(&copy.path("weighted.toml"), &ReadOptions::new()).unwrap();
    let result = loaded.campaign.run(&ScoreOptions::new()).unwrap();
    // 14.82 by 100 and 17.04 by 1300.
    let mean = result.districts[0].mean.map(|mean| mean.to_string());
    assert_eq!(mean.as_deref(), Some("16.88"));
    assert!(
        loaded
            .campaign
            .grid
            .unwrap()
            .advice(&Default::default())
            .iter()
            .any(|a| a.unit == "g22" && a.found == 1150)
    );
    let copy = copy.change("communities.csv", "西区,200", "西区,\"2,00\"");
    let told = copy.told("weighted.toml");
    assert_eq!(
        told,
        [(
            FaultCode::Value,
            "communities.csv".to_owned(),
            4,
            "households".to_owned()
        )]
    );
}

#[test]
fn too_many_phases() {
    let mut more = String::new();
    for phase in 0..256 {
        more += &format!("[[phase]]\nid = \"p{phase}\"\nobservations = \"self-communities.csv\"\n");
    }
    let text = std::fs::read_to_string(Copy::new().path("last.toml")).unwrap();
    let copy = Copy::new();
    std::fs::write(
        copy.path("last.toml"),
        text.split("[[selection").next().unwrap().to_owned() + &more,
    )
    .unwrap();
    let told = copy.told("last.toml");
    assert_eq!(told[0].0, FaultCode::TooLarge);
    assert_eq!((told[0].1.as_str(), told.len()), ("last.toml", 1));
}

#[test]
fn no_grid_is_one_fault() {
    let copy = Copy::new().change("last.toml", "\ngrid = ", "\n# grid = ");
    let told = copy.told("last.toml");
    let unknown = told.iter().filter(|told| told.0 == FaultCode::UnitUnknown);
    let mut files: Vec<&str> = unknown.map(|told| told.1.as_str()).collect();
    let all = files.len();
    files.dedup();
    assert!(all > 0 && files.len() == all, "one for each file: {told:?}");
}

#[test]
fn a_grade_that_is_none() {
    let copy = Copy::new().change("last.toml", "grade = \"fair\"", "grade = \"no-such\"");
    let told = copy.told("last.toml");
    let [(FaultCode::SelectionReference, file, line, _)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(file == "last.toml" && *line > 1, "{told:?}");
}
