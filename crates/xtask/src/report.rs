//! The report in headless Chromium: the demonstration's and one whose names are markup.
//!
//! Everything is made under `target/report`: a virtual environment, kept while what it holds is
//! asked for, and the pages, kept where a test fails.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Failure, cargo, run};

/// Names that a careless page would run, or that would burst it.
fn hostile_table() -> String {
    let long = [
        "Llanfairpwllgwyngyllgogerychwyrndrobwll".repeat(4),
        "\u{7cbe}".repeat(150),
    ];
    format!(
        "code,name,district,activities\n\
         c1,<script>alert(1)</script>,,12\n\
         c2,</script>,,6\n\
         c3,<img src=x onerror=alert(2)>,,8\n\
         c4,{0},{1},6\n\
         c5,{1},{0},5\n",
        long[0], long[1]
    )
}

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
    fs::write(&table, hostile_table()).map_err(|error| format!("{table}: {error}"))?;
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
        .args(["-m", "unittest", "discover", "--start-directory"])
        .arg(&tests)
        .env("REPORT", path("demo/results/report.html"))
        .env("HOSTILE", &hostile)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    run(&mut browser)?;
    for made in [&hostile, &table] {
        fs::remove_file(made).map_err(|error| format!("{made}: {error}"))?;
    }
    fs::remove_dir_all(&demo).map_err(|error| format!("{demo}: {error}"))
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
        "--no-compile",
        "-r",
    ]);
    run(pip.arg(requirements))?;
    slim(&home)?;
    fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

/// Takes out of an environment what only made it, and the drivers' finder for each system: the
/// browser and its driver are those of this machine.
fn slim(home: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| format!("{}: {error}", home.display());
    let libraries = home.join("lib");
    for version in fs::read_dir(&libraries).map_err(failed)? {
        let packages = version.map_err(failed)?.path().join("site-packages");
        let common = packages.join("selenium/webdriver/common");
        let finders =
            ["linux-arm64", "linux-x86_64", "macos", "windows"].map(|system| common.join(system));
        let makers = ["pip", "setuptools", "pkg_resources"].map(|name| packages.join(name));
        for folder in finders.iter().chain(&makers).filter(|held| held.is_dir()) {
            fs::remove_dir_all(folder).map_err(failed)?;
        }
    }
    Ok(())
}
