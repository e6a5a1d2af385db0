//! The comparison with what people would use instead: `benches/peers.py` in a virtual environment
//! under `target/bench`.

use std::path::{Path, PathBuf};

use crate::run::{Failure, capture, cargo, command, run};

/// What the peers are called on PyPI.
const PEERS: &[&str] = &[
    "polars",
    "duckdb",
    "numpy",
    "pandas",
    "pyarrow",
    "zen-engine",
    "openfisca-core",
];

/// Measures, and writes `benches/RESULTS.md`; `arguments` go to the script (`--rows`, `--rounds`,
/// `--threads`).
pub(crate) fn peers(root: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let target = target(root)?;
    let folder = target.join("bench");
    let python = folder.join("venv/bin/python");
    if !python.exists() {
        let venv = folder.join("venv");
        run(command(root, "python3").args(["-m", "venv"]).arg(&venv))?;
    }
    let pip = ["-m", "pip", "install", "--quiet"];
    run(command(root, &python).args(pip).args(PEERS))?;
    run(cargo(root).args(["build", "--release", "-p", "dabiao-benches"]))?;
    run(command(root, &python)
        .arg("benches/peers.py")
        .arg("--program")
        .arg(target.join("release/dabiao-bench"))
        .arg("--results")
        .arg(root.join("benches/RESULTS.md"))
        .args(arguments))
}

/// Where cargo builds.
fn target(root: &Path) -> Result<PathBuf, Failure> {
    let read = ["metadata", "--format-version", "1", "--no-deps"];
    let metadata = capture(cargo(root).args(read))?;
    let marker = "\"target_directory\":\"";
    let begin = metadata.find(marker).map(|at| at + marker.len());
    let rest = begin.and_then(|begin| metadata.get(begin..));
    let folder = rest.and_then(|rest| rest.split('"').next());
    folder
        .map(PathBuf::from)
        .ok_or_else(|| "cargo metadata names no target directory".to_owned())
}
