//! The comparison with what people would use instead: `benches/peers` in a virtual environment
//! under `target/bench`.

use std::path::{Path, PathBuf};

use crate::c;
use crate::run::{Failure, cargo, command, run};

/// What the peers are called on PyPI.
const PEERS: &[&str] = &[
    "polars",
    "duckdb",
    "numpy",
    "pandas",
    "pyarrow",
    "zen-engine",
    "openfisca-core",
    "openpyxl",
];

/// Programs in Rust that are measured.
const PROGRAMS: [&[&str]; 3] = [
    &["--package", "dabiao-benches", "--bin", "dabiao-bench"],
    &["--package", "dabiao-cli"],
    &["--package", "dabiao-io", "--example", "read_workbook"],
];

/// Builds what is measured, measures, and writes `benches/RESULTS.md`; `arguments` go to the
/// script (`--rows`, `--rounds`, `--threads`, `--only` …).
pub(crate) fn peers(root: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let target = c::target_folder(root)?;
    let folder = target.join("bench");
    let python = environment(root, &folder)?;
    for program in PROGRAMS {
        run(cargo(root)
            .args(["build", "--release", "--locked"])
            .args(program))?;
    }
    let staged = folder.join("c");
    c::stage_released(root, &staged)?;
    package(root, &python)?;
    run(command(root, &python)
        .args(["-m", "peers", "--built"])
        .arg(target.join("release"))
        .arg("--staged")
        .arg(staged)
        .arg("--results")
        .arg(root.join("benches/RESULTS.md"))
        .args(arguments)
        .env("PYTHONPATH", root.join("benches"))
        .env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// A Python with the peers.
fn environment(root: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        run(command(root, "python3").args(["-m", "venv"]).arg(&venv))?;
    }
    let pip = ["-m", "pip", "install", "--quiet"];
    run(command(root, &python).args(pip).args(PEERS))?;
    Ok(python)
}

/// Builds our package as it is released and puts it beside the peers.
fn package(root: &Path, python: &Path) -> Result<(), Failure> {
    let pip = ["-m", "pip", "install", "--quiet", "--force-reinstall"];
    run(command(root, python)
        .args(pip)
        .arg("--no-deps")
        .arg(root.join("bindings/python"))
        .env("MATURIN_PEP517_ARGS", "--locked"))
}
