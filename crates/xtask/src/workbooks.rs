//! Workbooks as other programs write and read them: fresh ones by openpyxl and LibreOffice read
//! by us, ours read by them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Failure, cargo, command, run};

/// The version of openpyxl that the tests are written for.
const OPENPYXL: &str = "openpyxl==3.1.5";

pub(crate) fn workbooks(root: &Path) -> bool {
    let done = all(root);
    if let Err(failure) = &done {
        eprintln!("{failure}");
    }
    done.is_ok()
}

fn all(root: &Path) -> Result<(), Failure> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("workbooks");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let python = python(root, &folder)?;
    let scripts = root.join("crates/dabiao-io/tests/workbooks");
    let fresh = folder.join("fresh");
    run(command(root, &python)
        .arg(scripts.join("make.py"))
        .arg(&fresh))?;
    run(cargo(root)
        .args(["test", "--locked", "-p", "dabiao-io", "--test", "workbooks"])
        .env("DABIAO_WORKBOOKS", &fresh))?;
    run(cargo(root).args(["build", "--locked", "-p", "dabiao-cli"]))?;
    for (script, place) in [("check.py", "check"), ("filled.py", "filled")] {
        run(command(root, &python)
            .arg(scripts.join(script))
            .arg(target.join("debug/dabiao"))
            .arg(folder.join(place)))?;
    }
    Ok(())
}

/// A Python with openpyxl, in a folder of its own.
fn python(root: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    let has = |python: &Path| {
        let mut probe = command(root, python);
        let probe = probe.args(["-c", "import openpyxl"]);
        probe.output().is_ok_and(|output| output.status.success())
    };
    if !has(&python) {
        run(command(root, "python3").args(["-m", "venv"]).arg(&venv))?;
        run(command(root, &python).args(["-m", "pip", "install", "--quiet", OPENPYXL]))?;
    }
    Ok(python)
}
