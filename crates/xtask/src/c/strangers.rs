//! Programs that use the staged library, each in the way of its language.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::dist::{self, Build, read};
use crate::run::{Failure, both, capture, cargo, command, run};

/// A staged library, and a folder for what is made with it.
pub(super) struct Stage {
    pub(super) root: PathBuf,
    pub(super) prefix: PathBuf,
    pub(super) made: PathBuf,
}

impl Stage {
    /// Stages the library as a debugging build, which is the quickest to make.
    fn new(root: &Path) -> Result<Stage, Failure> {
        Stage::at(root, "c-strangers", "")
    }

    /// Stages the library as it is released.
    fn released(root: &Path, profile: &str) -> Result<Stage, Failure> {
        Stage::build(root, "c-bench", profile, "")
    }

    fn at(root: &Path, name: &str, features: &str) -> Result<Stage, Failure> {
        Stage::build(root, name, "dev", features)
    }

    fn build(root: &Path, name: &str, profile: &str, features: &str) -> Result<Stage, Failure> {
        let folder = dist::target_folder(root)?.join(name);
        let stage = Stage {
            root: root.to_owned(),
            prefix: folder.join("prefix"),
            made: folder.join("made"),
        };
        let build = Build {
            profile: profile.to_owned(),
            target: None,
            features: features.to_owned(),
        };
        dist::stage(root, &build, &stage.prefix)?;
        fs::create_dir_all(&stage.made)
            .map_err(|error| format!("{}: {error}", stage.made.display()))?;
        Ok(stage)
    }

    /// Sets its room free: it is large, and made again when it is asked for.
    fn remove(&self) {
        if let Some(folder) = self.prefix.parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }

    fn examples(&self) -> PathBuf {
        self.root.join("bindings/c/examples")
    }

    fn library(&self) -> PathBuf {
        self.prefix.join("lib")
    }

    /// A program that finds the library at run time.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = command(&self.made, program);
        command.env("LD_LIBRARY_PATH", self.library());
        command.env("PKG_CONFIG_PATH", self.library().join("pkgconfig"));
        command
    }

    /// A program under another one, or by itself.
    fn under(&self, runner: &[&str], program: &Path) -> Command {
        match runner.split_first() {
            Some((first, rest)) => {
                let mut command = self.command(first);
                command.args(rest).arg(program);
                command
            }
            None => self.command(program),
        }
    }

    /// What pkg-config says, word by word.
    pub(super) fn pkg_config(&self, words: &[&str]) -> Result<Vec<String>, Failure> {
        let said = capture(self.command("pkg-config").args(words).arg("dabiao"))?;
        Ok(said.split_whitespace().map(str::to_owned).collect())
    }

    /// Runs a program, which prints what is expected and nothing to stderr.
    fn expect(&self, what: &str, expected: &str, program: &mut Command) -> Result<(), Failure> {
        let (out, err) = both(program)?;
        let wanted = read(&self.examples().join(expected))?;
        if out.replace("\r\n", "\n") != wanted {
            return Err(format!("{what}: printed\n{out}expected\n{wanted}"));
        }
        if !err.is_empty() {
            return Err(format!("{what}: wrote to stderr:\n{err}"));
        }
        println!("  {what}: as expected");
        Ok(())
    }
}

const CARD: &str = "card.expected.txt";
/// An example in C.
struct Example {
    name: &'static str,
    /// A file of the repository that it is called with.
    input: Option<&'static str>,
    expected: &'static str,
}

/// The examples in C, and what each prints.
const EXAMPLES: [Example; 4] = [
    Example {
        name: "card",
        input: None,
        expected: CARD,
    },
    Example {
        name: "batch",
        input: None,
        expected: "c/batch.expected.txt",
    },
    Example {
        name: "arrow",
        input: None,
        expected: "c/arrow.expected.txt",
    },
    Example {
        name: "campaign",
        input: Some("tests/campaign/small/last.toml"),
        expected: "c/campaign.expected.txt",
    },
];

impl Example {
    /// Runs the example's program, perhaps under another.
    fn run(
        &self,
        stage: &Stage,
        what: &str,
        runner: &[&str],
        program: &Path,
    ) -> Result<(), Failure> {
        let mut command = stage.under(runner, program);
        command.args(self.input.map(|input| stage.root.join(input)));
        stage.expect(what, self.expected, &mut command)
    }
}

fn report(result: Result<(), Failure>) -> bool {
    match result {
        Ok(()) => true,
        Err(failure) => {
            eprintln!("{failure}");
            false
        }
    }
}

/// Times one community and a table through the released library.
pub(super) fn bench(root: &Path, profile: &str) -> Result<(), Failure> {
    let stage = Stage::released(root, profile)?;
    let program = stage.made.join("bench-card");
    run(stage
        .command("gcc")
        .args([
            "-std=c99",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
        ])
        .arg(stage.root.join("bindings/c/benches/card.c"))
        .args(stage.pkg_config(&["--cflags", "--libs"])?)
        .args(["-ldl", "-o"])
        .arg(&program))?;
    print!("{}", capture(&mut stage.command(&program))?);
    let header = read(&stage.prefix.join("include/dabiao.h"))?;
    let abi = dist::defined(&header, "DABIAO_ABI_VERSION")?;
    let library = stage.library().join(format!("libdabiao.so.{abi}"));
    let mut batch = cargo(root);
    batch.args([
        "bench",
        "--package",
        "dabiao-c",
        "--bench",
        "batch",
        "--locked",
    ]);
    print!("{}", capture(batch.env("DABIAO_LIBRARY", library))?);
    Ok(())
}

/// C and C++ with two compilers, shared and static, by pkg-config and by CMake; symbols and
/// soname.
pub(crate) fn c(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        symbols(&stage)?;
        super::layouts::check(&stage)?;
        super::conformance::check(&stage)?;
        for compiler in ["gcc", "clang"] {
            for example in EXAMPLES {
                for fixed in [false, true] {
                    let program = compile_c(&stage, compiler, example.name, fixed, &[])?;
                    let what = program.file_name().unwrap_or_default().to_string_lossy();
                    example.run(&stage, &what, &[], &program)?;
                }
            }
        }
        for compiler in ["g++", "clang++"] {
            let program = stage.made.join(format!("cpp-{compiler}"));
            run(stage
                .command(compiler)
                .args(["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
                .arg(stage.examples().join("cpp/card.cpp"))
                .args(stage.pkg_config(&["--cflags", "--libs"])?)
                .arg("-o")
                .arg(&program))?;
            stage.expect(
                &format!("C++ by {compiler}"),
                CARD,
                &mut stage.command(&program),
            )?;
        }
        tests(&stage, &[], &[])?;
        cmake(&stage)?;
        // A library that can be made to panic, beside the real one.
        let panics = Stage::at(root, "c-panics", "deliberate-panic")?;
        tests(&panics, &["-DDELIBERATE_PANIC"], &[])?;
        panics.remove();
        Ok(())
    }))
}

/// Programs that check for themselves, and what each prints where all is well.
const TESTS: [(&str, &str); 5] = [
    ("hostile", "hostile calls: all answered\n"),
    ("arrow", "arrow: in and out\n"),
    ("columns", "columns: one table\n"),
    ("grid", "grid and campaign: as they should be\n"),
    ("threads", "threads: none too many\n"),
];

/// Compiles the programs that check for themselves, and runs them, perhaps under another.
fn tests(stage: &Stage, more: &[&str], runner: &[&str]) -> Result<(), Failure> {
    for (name, expected) in TESTS {
        let program = stage.made.join(name);
        run(stage
            .command("gcc")
            .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
            .args(more)
            .arg(stage.root.join(format!("bindings/c/tests/c/{name}.c")))
            .args(stage.pkg_config(&["--cflags", "--libs"])?)
            .args(["-lpthread", "-ldl", "-lm", "-o"])
            .arg(&program))?;
        let mut command = stage.under(runner, &program);
        command.arg(stage.root.join("tests/campaign/small"));
        let (out, err) = both(&mut command)?;
        let how = [more.first(), runner.first()];
        let how: Vec<&str> = how.into_iter().flatten().copied().collect();
        let what = format!("{name} {}", how.join(" "));
        if out != expected || !err.is_empty() {
            return Err(format!("{what}: printed\n{out}{err}"));
        }
        println!("  {}: as expected", what.trim_end());
    }
    Ok(())
}

/// Compiles an example in C; gives the program.
fn compile_c(
    stage: &Stage,
    compiler: &str,
    source: &str,
    fixed: bool,
    more: &[&str],
) -> Result<PathBuf, Failure> {
    let linked = if fixed { "static" } else { "shared" };
    let program = stage.made.join(format!("{source}-{compiler}-{linked}"));
    let mut build = stage.command(compiler);
    build
        .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .args(more)
        .arg(stage.examples().join("c").join(format!("{source}.c")))
        .args(stage.pkg_config(&["--cflags"])?);
    if fixed {
        // What `--static` adds is what the archive needs; the archive itself is named whole,
        // since a linker that is given a folder takes the shared library.
        build.arg(stage.library().join("libdabiao.a"));
        let libraries = stage.pkg_config(&["--static", "--libs-only-l"])?;
        build.args(libraries.iter().filter(|word| *word != "-ldabiao"));
    } else {
        build.args(stage.pkg_config(&["--libs"])?);
    }
    run(build.arg("-o").arg(&program))?;
    Ok(program)
}

fn cmake(stage: &Stage) -> Result<(), Failure> {
    let build = stage.made.join("cmake");
    let mut prefix = std::ffi::OsString::from("-DCMAKE_PREFIX_PATH=");
    prefix.push(&stage.prefix);
    capture(
        stage
            .command("cmake")
            .arg("-S")
            .arg(stage.examples().join("cmake"))
            .arg("-B")
            .arg(&build)
            .arg(prefix),
    )?;
    capture(stage.command("cmake").arg("--build").arg(&build))?;
    for linkage in ["dabiao", "static"] {
        for example in EXAMPLES {
            let program = build.join(format!("{}_{linkage}", example.name));
            let what = format!("{} by CMake, dabiao::{linkage}", example.name);
            example.run(stage, &what, &[], &program)?;
        }
    }
    Ok(())
}

/// The shared library exports nothing but its own functions, all of them are in the header,
/// and its soname is that of its ABI.
fn symbols(stage: &Stage) -> Result<(), Failure> {
    let header = read(&stage.prefix.join("include/dabiao.h"))?;
    let abi = dist::defined(&header, "DABIAO_ABI_VERSION")?;
    let library = stage.library().join(format!("libdabiao.so.{abi}"));
    let listed = capture(
        stage
            .command("nm")
            .args(["-D", "--defined-only"])
            .arg(&library),
    )?;
    let mut exported: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    exported.sort_unstable();
    for symbol in &exported {
        if !symbol.starts_with("dabiao_") || !header.contains(&format!("{symbol}(")) {
            return Err(format!(
                "{symbol} is exported, and not a function of the header"
            ));
        }
    }
    let kept = stage.root.join("bindings/c/abi/symbols.txt");
    let made = exported.join("\n") + "\n";
    if read(&kept)? != made {
        return Err(format!(
            "the exported functions are not those of {}: a function that went or changed wants \
             a new DABIAO_ABI_VERSION, one that came wants a line there:\n{made}",
            kept.display()
        ));
    }
    let dynamic = capture(stage.command("readelf").arg("-d").arg(&library))?;
    if !dynamic.contains(&format!("[libdabiao.so.{abi}]")) {
        return Err(format!("the soname is not libdabiao.so.{abi}:\n{dynamic}"));
    }
    let mut tests = String::new();
    for (name, _) in TESTS {
        tests += &read(&stage.root.join(format!("bindings/c/tests/c/{name}.c")))?;
    }
    if let Some(untested) = exported
        .iter()
        .find(|name| !tests.contains(&format!("{name}(")))
    {
        return Err(format!(
            "{untested} is called by no test in bindings/c/tests/c"
        ));
    }
    println!(
        "  {} functions exported, soname libdabiao.so.{abi}",
        exported.len()
    );
    Ok(())
}

/// Errors, and memory that is definitely or indirectly lost, end the program.
const VALGRIND: [&str; 6] = [
    "valgrind",
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
];

/// The examples and the hostile calls in C under valgrind and with AddressSanitizer.
pub(crate) fn leaks(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        for example in EXAMPLES {
            let name = example.name;
            let program = compile_c(&stage, "gcc", name, false, &["-g"])?;
            example.run(
                &stage,
                &format!("{name} under valgrind"),
                &VALGRIND,
                &program,
            )?;
            let sanitized = ["-g", "-fsanitize=address,undefined"];
            let program = compile_c(&stage, "gcc", name, false, &sanitized)?;
            let what = format!("{name} with AddressSanitizer");
            example.run(&stage, &what, &[], &program)?;
        }
        tests(&stage, &["-g"], &VALGRIND)?;
        tests(&stage, &["-fsanitize=address,undefined", "-g"], &[])
    }))
}

/// Java through JNA.
pub(crate) fn java(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        let jar = Path::new("/usr/share/java/jna.jar");
        let sources = stage.examples().join("java");
        let classes = stage.made.join("java");
        run(stage
            .command("javac")
            .arg("-d")
            .arg(&classes)
            .arg("-cp")
            .arg(jar)
            .arg(sources.join("Dabiao.java"))
            .arg(sources.join("Card.java")))?;
        let mut found = std::ffi::OsString::from("-Djna.library.path=");
        found.push(stage.library());
        let mut path = jar.as_os_str().to_owned();
        path.push(":");
        path.push(&classes);
        let mut program = stage.command("java");
        program.arg(found).arg("-cp").arg(path).arg("Card");
        stage.expect("Java", CARD, &mut program)
    }))
}

/// C# with Mono.
pub(crate) fn csharp(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        let sources = stage.examples().join("csharp");
        run(stage
            .command("mcs")
            .arg("-out:card.exe")
            .arg(sources.join("Dabiao.cs"))
            .arg(sources.join("Card.cs")))?;
        stage.expect("C#", CARD, stage.command("mono").arg("card.exe"))
    }))
}

/// Free Pascal, whose declarations serve Delphi too.
pub(crate) fn pascal(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        let flag = |flag: &str, folder: &Path| format!("{flag}{}", folder.display());
        capture(
            stage
                .command("fpc")
                .arg("-v0")
                .arg(flag("-FE", &stage.made))
                .arg(flag("-FU", &stage.made))
                .arg(flag("-Fl", &stage.library()))
                .arg("-opascal-card")
                .arg(stage.examples().join("pascal/card.pas")),
        )?;
        stage.expect(
            "Pascal",
            CARD,
            &mut stage.command(stage.made.join("pascal-card")),
        )
    }))
}

/// PHP's FFI.
pub(crate) fn php(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        let program = stage.examples().join("php/card.php");
        stage.expect("PHP", CARD, stage.command("php").arg(program))
    }))
}

/// Python's ctypes.
pub(crate) fn ctypes(root: &Path) -> bool {
    report(Stage::new(root).and_then(|stage| {
        let program = stage.examples().join("python/card.py");
        let mut python = stage.command("python3");
        python.env("PYTHONDONTWRITEBYTECODE", "1").arg(program);
        stage.expect("Python", CARD, &mut python)
    }))
}
