//! Templates and standards' workbooks, through the command.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn dabiao(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dabiao"));
    command
        .args(words)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8");
    command.output().unwrap()
}

fn done(folder: &Path, words: &[&str]) -> String {
    let output = dabiao(folder, words);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

const REGISTRY: &str = "code,name,street\nc1,甲社区,东街道\nc2,乙/社区,东街道\nc3,丙社区,西街道\n";

#[test]
fn templates_for_one_for_each_and_for_streets() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("registry.csv"), REGISTRY).unwrap();
    let one = ["template", "-s", "weihai-2020", "-o", "form.xlsx"];
    assert_eq!(done(here, &one), "form.xlsx\n");
    let first = fs::read(here.join("form.xlsx")).unwrap();
    assert!(first.starts_with(b"PK"));
    done(here, &one);
    assert_eq!(
        fs::read(here.join("form.xlsx")).unwrap(),
        first,
        "the same bytes each time"
    );
    let each = [
        "template",
        "-s",
        "weihai-2020",
        "--registry",
        "registry.csv",
        "-o",
        "forms",
    ];
    assert_eq!(
        done(here, &each),
        "forms/c1 甲社区.xlsx\nforms/c2 乙_社区.xlsx\nforms/c3 丙社区.xlsx\n"
    );
    let streets = [
        "template",
        "-s",
        "weihai-2020",
        "--registry",
        "registry.csv",
        "--each",
        "street",
        "-o",
        "streets",
    ];
    assert_eq!(done(here, &streets).lines().count(), 2);
    assert_eq!(fs::read_dir(here.join("streets")).unwrap().count(), 2);
}

#[test]
fn a_standard_goes_into_a_workbook_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    done(
        here,
        &["standard", "export", "weihai-2020", "-o", "standard.xlsx"],
    );
    done(
        here,
        &["standard", "import", "standard.xlsx", "-o", "standard.toml"],
    );
    let digest = |name: &str| {
        let said = done(here, &["standard", "check", name, "--format", "json"]);
        let start = said.find("sha256").unwrap();
        said[start..].to_owned()
    };
    assert_eq!(digest("standard.toml"), digest("weihai-2020"));
    let refused = dabiao(here, &["standard", "import", "standard.toml"]);
    assert_eq!(refused.status.code(), Some(1));
}
