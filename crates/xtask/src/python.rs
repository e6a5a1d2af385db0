//! The Python package: its wheel is built, installed and tested on every CPython that is found.
//!
//! Everything is made under `target/python`: a virtual environment for each interpreter, kept
//! while what it holds is asked for, and the wheel.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, run};

type Outcome<T> = Result<T, Failure>;

/// The oldest minor version that the wheel promises.
const OLDEST: u32 = 10;

/// Lints, types and tests of the package.
pub(crate) fn python(root: &Path) -> bool {
    report(run_all(root))
}

fn report(outcome: Outcome<()>) -> bool {
    if let Err(message) = &outcome {
        eprintln!("{message}");
    }
    outcome.is_ok()
}

fn run_all(root: &Path) -> Outcome<()> {
    let interpreters = interpreters();
    let Some(first) = interpreters.first() else {
        return Err(format!("no CPython 3.{OLDEST} or later was found"));
    };
    let package = root.join("bindings/python");
    let main = Environment::prepare(root, first, "requirements-full.txt")?;
    let wheel = main.build_wheel(root)?;
    main.install(&wheel)?;
    println!("-- Python {}: lints and types", main.version);
    main.module(&package, "ruff", &["format", "--check", "."])?;
    main.module(&package, "ruff", &["check", "."])?;
    main.module(&package, "mypy", &["tests"])?;
    let stubs = ["dabiao", "--mypy-config-file", "pyproject.toml"];
    main.module(&package, "mypy.stubtest", &stubs)?;
    println!("-- Python {}: tests", main.version);
    main.pytest(&package, &wheel, &[])?;
    for interpreter in &interpreters[1..] {
        let other = Environment::prepare(root, interpreter, "requirements.txt")?;
        other.install(&wheel)?;
        println!("-- Python {}: tests", other.version);
        other.pytest(&package, &wheel, &[])?;
    }
    Ok(())
}

/// An interpreter and its minor version.
struct Interpreter {
    program: PathBuf,
    minor: u32,
}

/// Every CPython from the oldest promised on, each minor version once: that of `python3` first,
/// then the others of the search path and of pyenv.
fn interpreters() -> Vec<Interpreter> {
    let mut programs: Vec<PathBuf> = vec!["python3".into(), "python".into()];
    programs.extend((OLDEST..40).map(|minor| format!("python3.{minor}").into()));
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
    let pyenv = env::var_os("PYENV_ROOT").map(PathBuf::from).or(home);
    let versions = pyenv.and_then(|root| fs::read_dir(root.join("versions")).ok());
    let mut installed: Vec<PathBuf> = versions
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin/python3"))
        .collect();
    installed.sort();
    programs.extend(installed);
    let mut found: Vec<Interpreter> = Vec::new();
    for program in programs {
        let Some(minor) = minor_version(&program) else {
            continue;
        };
        if minor >= OLDEST && found.iter().all(|held| held.minor != minor) {
            found.push(Interpreter { program, minor });
        }
    }
    found
}

/// The minor version of a CPython 3 with its interpreter lock; nothing for any other program.
fn minor_version(program: &Path) -> Option<u32> {
    const ASK: &str = "import sys, sysconfig; \
        assert sys.implementation.name == 'cpython' and sys.version_info[0] == 3; \
        assert not sysconfig.get_config_var('Py_GIL_DISABLED'); print(sys.version_info[1])";
    let output = Command::new(program).args(["-c", ASK]).output().ok()?;
    let minor = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| minor.trim().parse().ok())?
}

/// A virtual environment under `target/python`.
struct Environment {
    folder: PathBuf,
    version: String,
}

impl Environment {
    /// Makes it, or takes the one that holds the same requirements.
    fn prepare(root: &Path, interpreter: &Interpreter, requirements: &str) -> Outcome<Self> {
        let version = format!("3.{}", interpreter.minor);
        let folder = target(root).join("python").join(format!("venv-{version}"));
        let environment = Environment { folder, version };
        let tests = root.join("bindings/python/tests");
        let mut wanted = String::new();
        for file in ["requirements.txt", requirements] {
            let path = tests.join(file);
            let text = fs::read_to_string(&path);
            wanted += &text.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let stamp = environment.folder.join("requirements.stamp");
        if fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) {
            return Ok(environment);
        }
        println!("-- Python {}: making an environment", environment.version);
        let mut make = Command::new(&interpreter.program);
        make.args(["-m", "venv", "--clear"])
            .arg(&environment.folder);
        run(&mut make).map_err(|error| format!("{error} (Debian: python3-venv)"))?;
        environment.pip(&[OsStr::new("-r"), tests.join(requirements).as_os_str()])?;
        fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
        Ok(environment)
    }

    fn program(&self) -> PathBuf {
        let unix = self.folder.join("bin/python");
        if unix.exists() {
            unix
        } else {
            self.folder.join("Scripts/python.exe")
        }
    }

    fn pip(&self, arguments: &[&OsStr]) -> Outcome<()> {
        let mut pip = Command::new(self.program());
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        run(pip.args(arguments))
    }

    /// Builds the release wheel, alone in its folder.
    fn build_wheel(&self, root: &Path) -> Outcome<PathBuf> {
        println!("-- building the wheel");
        let wheels = target(root).join("python/wheels");
        // The folder holds nothing but what this makes.
        let _ = fs::remove_dir_all(&wheels);
        let manifest = root.join("bindings/python/Cargo.toml");
        let mut maturin = Command::new(self.program());
        maturin
            .args(["-m", "maturin", "build", "--release", "--locked", "--quiet"])
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--out")
            .arg(&wheels)
            .arg("--interpreter")
            .arg(self.program());
        run(&mut maturin)?;
        let entries = fs::read_dir(&wheels).map_err(|error| error.to_string())?;
        let mut files = entries.flatten().map(|entry| entry.path());
        files
            .next()
            .ok_or_else(|| "maturin made no wheel".to_owned())
    }

    fn install(&self, wheel: &Path) -> Outcome<()> {
        let options = ["--force-reinstall", "--no-deps"].map(OsStr::new);
        self.pip(&[options[0], options[1], wheel.as_os_str()])
    }

    fn module(&self, folder: &Path, module: &str, arguments: &[&str]) -> Outcome<()> {
        let mut command = Command::new(self.program());
        command
            .arg("-m")
            .arg(module)
            .args(arguments)
            .current_dir(folder);
        run(&mut command).map_err(|error| format!("{module}: {error}"))
    }

    fn pytest(&self, package: &Path, wheel: &Path, arguments: &[&str]) -> Outcome<()> {
        let mut pytest = Command::new(self.program());
        pytest
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .args(arguments)
            .env("DABIAO_WHEEL", wheel)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(package);
        run(&mut pytest)
    }
}

/// Where cargo builds.
fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
