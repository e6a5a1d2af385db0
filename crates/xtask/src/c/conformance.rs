//! The conformance suite through the C library, byte for byte.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::dist::read;
use super::strangers::Stage;
use crate::run::{Failure, capture, run};

/// The value of a key of a case, where it is a text.
fn key(about: &str, name: &str) -> Option<String> {
    let value = |line: &str| {
        let rest = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
        let (text, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        Some(text.to_owned())
    };
    about.lines().find_map(value)
}

pub(super) fn check(stage: &Stage) -> Result<(), Failure> {
    let program = stage.made.join("conform");
    run(stage
        .command("gcc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .arg(stage.root.join("bindings/c/tests/c/conform.c"))
        .args(stage.pkg_config(&["--cflags", "--libs"])?)
        .arg("-o")
        .arg(&program))?;
    let suite = stage.root.join("tests/conformance");
    let entries = fs::read_dir(&suite).map_err(|error| format!("{}: {error}", suite.display()))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let (mut cases, mut values) = (0, 0);
    for folder in folders.iter().filter(|f| f.join("case.toml").is_file()) {
        values += case(stage, &program, folder)?;
        cases += 1;
    }
    if cases == 0 {
        return Err(format!("{} holds no case", suite.display()));
    }
    println!("  conformance suite: {values} values of {cases} cases as expected");
    campaigns(stage, &program)
}

/// The campaign that was worked out by hand, run from its files.
fn campaigns(stage: &Stage, program: &Path) -> Result<(), Failure> {
    let folder = stage.root.join("tests/campaign/small");
    for name in ["last", "weighted"] {
        let file = folder.join(format!("{name}.toml"));
        let said = capture(stage.command(program).arg(&file))?;
        let expected = read(&folder.join(format!("{name}-expected.csv")))?;
        // Means of streets and districts are no cards.
        let cards = |row: &&str| !row.contains(",mean,");
        let rows: Vec<&str> = expected.lines().skip(1).filter(cards).collect();
        let printed: HashSet<&str> = said.lines().collect();
        if let Some(row) = rows.iter().find(|row| !printed.contains(**row)) {
            return Err(format!("{}: expected {row}\n{said}", file.display()));
        }
        println!("  campaign {name}: {} values as expected", rows.len());
    }
    Ok(())
}

/// Runs a case; gives how many of its values were compared.
fn case(stage: &Stage, program: &Path, folder: &Path) -> Result<usize, Failure> {
    let about = read(&folder.join("case.toml"))?;
    let standard = match key(&about, "standard") {
        Some(id) => format!("builtin:{id}").into(),
        None => folder.join("standard.toml"),
    };
    let table = match key(&about, "observations") {
        Some(path) => stage.root.join(path),
        None => folder.join("observations.csv"),
    };
    let output = stage
        .command(program)
        .args([standard, table])
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = |what: &str| format!("{}: {what}\n{said}", folder.display());
    let (expected, faulty) = (
        folder.join("expected.csv"),
        folder.join("expected-faults.csv"),
    );
    if expected.is_file() {
        if !output.status.success() {
            return Err(wrong("it was refused"));
        }
        let printed: HashSet<&str> = said.lines().collect();
        let expected = read(&expected)?;
        let rows: Vec<&str> = expected.lines().skip(1).collect();
        return match rows.iter().find(|row| !printed.contains(**row)) {
            Some(row) => Err(wrong(&format!("expected {row}"))),
            None => Ok(rows.len()),
        };
    }
    if !faulty.is_file() {
        // Selections over a table and advice, which the suite states in other files.
        return Ok(0);
    }
    if output.status.code() != Some(2) {
        return Err(wrong("it was not refused"));
    }
    let expected = read(&faulty)?;
    let rows: Vec<&str> = expected.lines().skip(1).collect();
    let listed: Vec<&str> = said.split("{\"code\":\"").skip(1).collect();
    if rows.len() != listed.len() {
        return Err(wrong(&format!("expected {} faults", rows.len())));
    }
    for row in &rows {
        let cells: Vec<&str> = row.split(',').collect();
        let [code, line, field] = cells[..] else {
            return Err(wrong(&format!("{row} has not three cells")));
        };
        let holds = |fault: &&str| {
            fault.starts_with(&format!("{code}\""))
                && (line.is_empty() || fault.contains(&format!("\"line\":{line}")))
                && (field.is_empty() || fault.contains(&format!("\"{field}")))
        };
        if !listed.iter().any(holds) {
            return Err(wrong(&format!("expected {row}")));
        }
    }
    Ok(rows.len())
}
