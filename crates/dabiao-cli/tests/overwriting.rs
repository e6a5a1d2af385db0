//! What a call must not write over, and what it must not leave lying beside its results.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn call(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dabiao"))
        .args(arguments)
        .args(["--lang", "en"])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn done(folder: &Path, arguments: &[&str]) {
    let output = call(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
}

/// The call is refused with exit code 2, names the file, and leaves the folder as it was.
fn refused(folder: &Path, arguments: &[&str], file: &str) {
    let before = files(folder);
    let output = call(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains(file), "{arguments:?}: {said}");
    assert!(files(folder) == before, "{arguments:?} changed the folder");
}

/// All files below a folder with their bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            all.insert(path, bytes);
        }
    }
    all
}

/// The small campaign of the transcripts in a folder of its own.
fn campaign() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/campaign.in");
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn replace(folder: &Path, file: &str, old: &str, new: &str) {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(old), "{file}");
    fs::write(folder.join(file), text.replace(old, new)).unwrap();
}

#[test]
fn a_run_never_replaces_what_it_was_read_from() {
    for (input, result) in [
        ("communities.csv", "districts.csv"),
        ("units.csv", "coverage.csv"),
        ("self.csv", "scores.csv"),
        ("review-marks.csv", "gaps.csv"),
        ("standard.toml", "summary.json"),
    ] {
        let folder = campaign();
        let folder = folder.path();
        if result == "summary.json" {
            replace(
                folder,
                "campaign.toml",
                "\"standard.toml\"",
                "\"summary.json\"",
            );
            let standard = dabiao::Standard::from_toml(
                &fs::read_to_string(folder.join("standard.toml")).unwrap(),
            )
            .unwrap();
            fs::write(folder.join(result), standard.document().to_json()).unwrap();
        } else {
            replace(folder, "campaign.toml", input, result);
            fs::rename(folder.join(input), folder.join(result)).unwrap();
        }
        fs::create_dir(folder.join("sub")).unwrap();
        refused(folder, &["run", "campaign.toml", "--out", "."], result);
        refused(folder, &["run", "campaign.toml", "--out", "sub/.."], result);
        done(folder, &["run", "campaign.toml", "--out", "results"]);
    }
}

#[test]
fn an_input_where_a_stale_result_would_be_removed_stays() {
    let folder = campaign();
    let folder = folder.path();
    let text = fs::read_to_string(folder.join("campaign.toml")).unwrap();
    let (head, _) = text.split_once("[[selection.tier]]").unwrap();
    fs::write(folder.join("campaign.toml"), head).unwrap();
    replace(folder, "campaign.toml", "self.csv", "selection.csv");
    fs::rename(folder.join("self.csv"), folder.join("selection.csv")).unwrap();
    refused(
        folder,
        &["run", "campaign.toml", "--out", "."],
        "selection.csv",
    );
}

#[cfg(unix)]
#[test]
fn an_input_is_known_through_a_link() {
    let folder = campaign();
    let folder = folder.path();
    fs::create_dir(folder.join("results")).unwrap();
    std::os::unix::fs::symlink(
        folder.join("communities.csv"),
        folder.join("results/districts.csv"),
    )
    .unwrap();
    refused(
        folder,
        &["run", "campaign.toml", "--out", "results"],
        "districts.csv",
    );
}

#[test]
fn no_command_writes_over_its_input() {
    let folder = campaign();
    let folder = folder.path();
    fs::create_dir(folder.join("filled")).unwrap();
    fs::write(folder.join("scores.csv"), example()).unwrap();
    fs::write(folder.join("filled/all.csv"), example()).unwrap();
    let s = "uci-communities";
    for arguments in [
        ["score", "scores.csv", "--standard", s, "--out", "."].as_slice(),
        &[
            "report",
            "scores.csv",
            "--standard",
            s,
            "--out",
            "scores.csv",
        ],
        &["report", "campaign.toml", "--out", "campaign.toml"],
        &["report", "campaign.toml", "--out", "communities.csv"],
        &["export", "campaign.toml", "--output", "units.csv"],
        &[
            "export",
            "scores.csv",
            "--standard",
            s,
            "--output",
            "scores.csv",
        ],
        &[
            "collect",
            "filled",
            "--standard",
            s,
            "--output",
            "filled/all.csv",
        ],
        &["template", "standard.toml", "--output", "standard.toml"],
        &[
            "standard",
            "export",
            "standard.toml",
            "--output",
            "./standard.toml",
        ],
    ] {
        let file = arguments.last().unwrap();
        let file = if *file == "." { "scores.csv" } else { file };
        refused(folder, arguments, file);
    }
}

/// A table that the built-in example scores.
fn example() -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/uci-communities.csv");
    let text = fs::read_to_string(data).unwrap();
    let lines: Vec<&str> = text.lines().take(20).collect();
    lines.join("\n") + "\n"
}

#[test]
fn a_result_that_a_later_run_has_not_goes() {
    let folder = campaign();
    let folder = folder.path();
    done(folder, &["run", "campaign.toml", "--out", "results"]);
    let results = folder.join("results");
    assert!(results.join("selection.csv").is_file());
    assert!(results.join("coverage.csv").is_file());
    fs::write(results.join("minutes.txt"), "ours").unwrap();

    let text = fs::read_to_string(folder.join("campaign.toml")).unwrap();
    let (head, _) = text.split_once("[[selection.tier]]").unwrap();
    fs::write(folder.join("campaign.toml"), head).unwrap();
    // A run that fails takes nothing away.
    let sound = fs::read(folder.join("self.csv")).unwrap();
    fs::write(folder.join("self.csv"), "code,nothing\nc1,x\n").unwrap();
    let before = files(&results);
    assert_eq!(
        call(folder, &["run", "campaign.toml", "--out", "results"])
            .status
            .code(),
        Some(1)
    );
    assert!(files(&results) == before);
    fs::write(folder.join("self.csv"), sound).unwrap();

    done(folder, &["run", "campaign.toml", "--out", "results"]);
    assert!(!results.join("selection.csv").exists());
    assert!(results.join("coverage.csv").is_file());
    assert!(results.join("minutes.txt").is_file(), "not a name of ours");
    let hidden = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with('.');
    assert!(
        !files(&results).keys().any(hidden),
        "nothing set aside is left"
    );
}

#[test]
fn the_demo_keeps_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let demo = ["demo", "--example", "uci-communities"];
    done(folder, &demo);
    done(folder, &demo);
    let place = folder.join("dabiao-demo/observations.csv");
    let original = fs::read(&place).unwrap();
    let mut changed = original.clone();
    changed.extend_from_slice(b"\n");
    fs::write(&place, &changed).unwrap();
    refused(folder, &demo, "observations.csv");
    done(folder, &["demo", "--example", "uci-communities", "--force"]);
    assert_eq!(fs::read(&place).unwrap(), original);
}

#[test]
fn the_demonstration_campaign_keeps_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Both examples of the readme go to one folder, and each of them twice.
    done(folder, &["demo"]);
    done(folder, &["demo", "--example", "uci-communities"]);
    done(folder, &["demo"]);
    let place = folder.join("dabiao-demo/communities.csv");
    let mut changed = fs::read(&place).unwrap();
    changed.extend_from_slice(b"\n");
    fs::write(&place, &changed).unwrap();
    refused(folder, &["demo"], "communities.csv");
}
