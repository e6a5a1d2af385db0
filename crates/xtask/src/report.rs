//! The report in headless Chromium: the demonstration's and one whose names are markup.
//!
//! Everything is made under `target/report`: a virtual environment, kept while what it holds is
//! asked for, and the pages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Failure, cargo, run};

/// Names that a careless page would run.
const HOSTILE: &str = "code,name,activities\n\
    c1,<script>alert(1)</script>,12\n\
    c2,</script>,6\n\
    c3,<img src=x onerror=alert(2)>,8\n";

pub(crate) fn report(root: &Path) -> bool {
    let outcome = run_all(root);
    if let Err(message) = &outcome {
        eprintln!("{message}");
    }
    outcome.is_ok()
}

fn run_all(root: &Path) -> Result<(), Failure> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("report");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tests = root.join("crates/dabiao-report/tests/browser");
    let python = environment(&folder, &tests.join("requirements.txt"))?;

    println!("-- the pages");
    let dabiao = |arguments: &[&str]| {
        let mut command = cargo(root);
        command.args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "dabiao-cli",
            "--",
        ]);
        command.args(arguments).args(["--lang", "zh"]);
        // What it says of its results is tested elsewhere.
        run(command.stdout(Stdio::null()))
    };
    let path = |name: &str| folder.join(name).display().to_string();
    let (table, hostile, demo) = (path("hostile.csv"), path("hostile.html"), path("demo"));
    fs::write(&table, HOSTILE).map_err(|error| format!("{table}: {error}"))?;
    dabiao(&[
        "report",
        &table,
        "--standard",
        "weihai-2020",
        "--out",
        &hostile,
    ])?;
    dabiao(&["demo", "--out", &demo])?;

    println!("-- in the browser");
    let mut browser = Command::new(python);
    browser
        .arg(tests.join("test_report.py"))
        .env("REPORT", path("demo/results/report.html"))
        .env("HOSTILE", hostile)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    run(&mut browser)
}

/// The Python of an environment that holds what the tests need.
fn environment(folder: &Path, requirements: &Path) -> Result<PathBuf, Failure> {
    let wanted = fs::read_to_string(requirements)
        .map_err(|error| format!("{}: {error}", requirements.display()))?;
    let home = folder.join("venv");
    let python = home.join("bin/python");
    let stamp = home.join("requirements.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) {
        return Ok(python);
    }
    println!("-- making an environment");
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&home);
    run(&mut make).map_err(|error| format!("{error} (Debian: python3-venv)"))?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ]);
    run(pip.arg(requirements))?;
    fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}
