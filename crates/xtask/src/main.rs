//! What contributors run: `cargo xtask test`.
//!
//! A suite names the tools that it needs. Where one is missing the suite is skipped by name, so
//! that a machine with Rust alone can run the rest; under `CI=true` a skipped suite fails, since
//! `.ci/run` installs every tool.

#![forbid(unsafe_code)]

mod bench;
mod c;
mod python;
mod report;
mod run;
mod workbooks;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Tests of one kind.
struct Suite {
    name: &'static str,
    about: &'static str,
    /// Commands that must be on the machine, each with the Debian package that has it.
    needs: &'static [(&'static str, &'static str)],
    run: fn(&Path) -> bool,
}

/// All suites, in the order in which they run.
const SUITES: &[Suite] = &[
    Suite {
        name: "rust",
        about: "unit tests, documentation examples, the conformance suite, the command",
        needs: &[("cc", "gcc")],
        run: rust,
    },
    Suite {
        name: "c",
        about: "the C library as a stranger finds it: C and C++, shared and static, symbols",
        needs: &[
            ("gcc", "gcc"),
            ("g++", "g++"),
            ("clang", "clang"),
            ("cmake", "cmake"),
            ("pkg-config", "pkg-config"),
            ("nm", "binutils"),
            ("readelf", "binutils"),
        ],
        run: c::c,
    },
    Suite {
        name: "c-leaks",
        about: "the C examples under valgrind and with AddressSanitizer",
        needs: &[
            ("gcc", "gcc"),
            ("pkg-config", "pkg-config"),
            ("valgrind", "valgrind"),
        ],
        run: c::leaks,
    },
    Suite {
        name: "java",
        about: "the C library from Java, through JNA",
        needs: &[
            ("java", "default-jdk-headless"),
            ("javac", "default-jdk-headless"),
            ("/usr/share/java/jna.jar", "libjna-java"),
        ],
        run: c::java,
    },
    Suite {
        name: "csharp",
        about: "the C library from C#, with Mono",
        needs: &[("mcs", "mono-mcs"), ("mono", "mono-runtime")],
        run: c::csharp,
    },
    Suite {
        name: "pascal",
        about: "the C library from Free Pascal",
        needs: &[("fpc", "fp-compiler")],
        run: c::pascal,
    },
    Suite {
        name: "php",
        about: "the C library from PHP, through FFI",
        needs: &[("php", "php-cli")],
        run: c::php,
    },
    Suite {
        name: "ctypes",
        about: "the C library from Python, through ctypes",
        needs: &[("python3", "python3")],
        run: c::ctypes,
    },
    Suite {
        name: "templates",
        about: "templates and standards' workbooks through LibreOffice: recalculated, read back",
        needs: &[("cc", "gcc"), ("soffice", "libreoffice-calc")],
        run: templates,
    },
    Suite {
        name: "python",
        about: "the wheel on every CPython that is found: lints, types, tests, the notebook",
        needs: &[("cc", "gcc"), ("python3", "python3-venv")],
        run: python::python,
    },
    Suite {
        name: "report",
        about: "the report in headless Chromium: read, sorted, unfolded, printed, accessible",
        needs: &[
            ("chromium", "chromium"),
            ("chromedriver", "chromium-driver"),
            ("python3", "python3-venv"),
        ],
        run: report::report,
    },
    Suite {
        name: "workbooks",
        about: "workbooks between us, LibreOffice and openpyxl, both ways",
        needs: &[("soffice", "libreoffice-calc"), ("python3", "python3-venv")],
        run: workbooks::workbooks,
    },
];

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [SUITE …]   run the tests (all suites), or only the named ones
  suites           list the suites and the tools that they need
  c-dist --prefix DIR
                   build the C library and stage it as a distribution would
  c-bench          time the C library: one community, and a table beside Rust
  bench peers [--rows N …] [--buildings N] [--rounds N] [--threads N] [--only PART …]
                   compare with what people would use instead, and write benches/RESULTS.md;
                   parts: bench-33, vectors, weihai-2020, record, rollup, csv, workbook
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", names @ ..] => test(names),
        ["c-dist", arguments @ ..] => c::dist(&root(), arguments),
        ["c-bench", arguments @ ..] => c::bench(&root(), arguments),
        ["bench", "peers", arguments @ ..] => match bench::peers(&root(), arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("{message}");
                ExitCode::FAILURE
            }
        },
        ["suites"] => {
            for suite in SUITES {
                let tools: Vec<&str> = suite.needs.iter().map(|(tool, _)| *tool).collect();
                println!(
                    "{}: {} (needs {})",
                    suite.name,
                    suite.about,
                    tools.join(", ")
                );
            }
            ExitCode::SUCCESS
        }
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn test(names: &[&str]) -> ExitCode {
    if let Some(unknown) = names
        .iter()
        .find(|name| SUITES.iter().all(|suite| suite.name != **name))
    {
        let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        eprintln!("no suite {unknown}; there are: {}", known.join(", "));
        return ExitCode::from(2);
    }
    let root = root();
    let wanted = |suite: &&Suite| names.is_empty() || names.contains(&suite.name);
    let (mut passed, mut failed, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for suite in SUITES.iter().filter(wanted) {
        println!("== {}: {}", suite.name, suite.about);
        let missing: Vec<String> = suite
            .needs
            .iter()
            .filter(|(tool, _)| !is_there(tool))
            .map(|(tool, package)| format!("{tool} (Debian: {package})"))
            .collect();
        if !missing.is_empty() {
            println!(
                "== {}: SKIPPED, missing: {}",
                suite.name,
                missing.join(", ")
            );
            skipped.push(suite.name);
        } else if (suite.run)(&root) {
            passed.push(suite.name);
        } else {
            failed.push(suite.name);
        }
    }
    for (word, suites) in [("failed", &failed), ("skipped", &skipped)] {
        if !suites.is_empty() {
            println!("{word}: {}", suites.join(", "));
        }
    }
    println!(
        "suites: {} passed, {} failed, {} skipped",
        passed.len(),
        failed.len(),
        skipped.len()
    );
    let strict = env::var_os("CI").is_some_and(|value| value == "true");
    if failed.is_empty() && (skipped.is_empty() || !strict) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Whether a command is on the machine.
fn is_there(tool: &str) -> bool {
    if tool.starts_with('/') {
        return Path::new(tool).is_file();
    }
    let Some(path) = env::var_os("PATH") else {
        return false;
    };
    env::split_paths(&path).any(|folder| {
        let plain = folder.join(tool);
        plain.is_file() || plain.with_extension("exe").is_file()
    })
}

/// The tests that need LibreOffice.
fn templates(root: &Path) -> bool {
    let mut lib = run::cargo(root);
    lib.args(["test", "-p", "dabiao-io", "--locked", "--lib", "template"]);
    let mut standards = run::cargo(root);
    standards.args([
        "test",
        "-p",
        "dabiao-io",
        "--locked",
        "--test",
        "standard_workbook",
    ]);
    [lib, standards].iter_mut().all(|command| {
        let done = run::run(command.args(["--", "--ignored", "--nocapture"]));
        done.inspect_err(|failure| eprintln!("{failure}")).is_ok()
    })
}

fn rust(root: &Path) -> bool {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args([
            "test",
            "--workspace",
            "--features",
            "dabiao/arrow",
            "--locked",
        ])
        .current_dir(root)
        .status();
    match status {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("cargo cannot be run: {error}");
            false
        }
    }
}
