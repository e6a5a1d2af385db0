//! The guides in `docs/`: the files that they write by hand are written, their commands are run,
//! and what they say comes out does come out.
//!
//! A block that begins with three backticks and, after its kind, a file's name is that file; a
//! later block of the same name takes its place. In a block `console`, a line `$ dabiao …` is a
//! command and what follows is all that it says; a line `…` stands for any lines. To accept what
//! has changed, run with `GUIDES=overwrite` and read the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ANY: &str = "…";

fn guide(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

/// What a command says, line by line: its results, then its faults.
fn run(folder: &Path, command: &str) -> Vec<String> {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("dabiao"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_dabiao"))
        .args(words)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let failed = said[1].starts_with("error");
    let code = output.status.code();
    assert_eq!(code, Some(i32::from(failed)), "{command}\n{}", said[1]);
    let lines = said.iter().flat_map(|text| text.lines());
    lines.map(|line| line.trim_end().to_owned()).collect()
}

/// Whether the lines are those expected; `…` is any number of lines.
fn matches(expected: &[&str], found: &[String]) -> bool {
    match (expected.split_first(), found.split_first()) {
        (None, found) => found.is_none(),
        (Some((&ANY, rest)), _) => {
            (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]))
        }
        (Some((line, rest)), Some((first, others))) => {
            line.trim_end() == first && matches(rest, others)
        }
        (Some(_), None) => false,
    }
}

/// Runs a guide; gives it with what its commands said, and what differed.
fn follow(text: &str, folder: &Path) -> (String, Vec<String>, usize) {
    let (mut written, mut wrong, mut commands) = (String::new(), Vec::new(), 0);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        written.push_str(line);
        written.push('\n');
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else {
            continue;
        };
        let mut block = Vec::new();
        for line in lines.by_ref() {
            if line == "```" {
                break;
            }
            block.push(line);
        }
        if kind == "console" {
            let starts: Vec<usize> = (0..block.len())
                .filter(|at| block[*at].starts_with("$ "))
                .collect();
            let ends = starts.iter().skip(1).copied().chain([block.len()]);
            for (start, end) in starts.iter().copied().zip(ends) {
                let said: Vec<&str> = block[start + 1..end].to_vec();
                let blank = said.iter().rev().take_while(|line| line.is_empty()).count();
                let (said, after) = said.split_at(said.len() - blank);
                let command = block[start].trim_start_matches("$ ");
                let found = run(folder, command);
                commands += 1;
                written.push_str(&format!("{}\n", block[start]));
                let kept: Vec<String> = said.iter().map(|line| (*line).to_owned()).collect();
                let is_right = matches(said, &found);
                let shown = if is_right { &kept } else { &found };
                for line in shown
                    .iter()
                    .map(String::as_str)
                    .chain(after.iter().copied())
                {
                    written.push_str(line);
                    written.push('\n');
                }
                if !is_right {
                    wrong.push(format!("$ {command}\n{}", found.join("\n")));
                }
            }
        } else {
            for line in &block {
                written.push_str(line);
                written.push('\n');
            }
            if let Some((_, name)) = kind.split_once(' ') {
                fs::write(folder.join(name), format!("{}\n", block.join("\n"))).unwrap();
            }
        }
        written.push_str("```\n");
    }
    (written, wrong, commands)
}

fn check(name: &str, at_least: usize) {
    let text = fs::read_to_string(guide(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (written, wrong, commands) = follow(&text, folder.path());
    if std::env::var("GUIDES").as_deref() == Ok("overwrite") {
        fs::write(guide(name), written).unwrap();
        return;
    }
    assert!(commands >= at_least, "{name} has {commands} commands");
    assert!(
        wrong.is_empty(),
        "{name} says otherwise:\n{}",
        wrong.join("\n\n")
    );
    assert_eq!(written, text, "{name}");
}

#[test]
fn the_campaign_guide_is_true() {
    check("campaign-guide.md", 8);
}

#[test]
fn the_page_on_the_grid_is_true() {
    check("grid.md", 3);
}
