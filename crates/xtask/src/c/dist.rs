//! Stages the C library as a distribution would install it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Failure, both, capture, cargo, command};

/// What is built, and for where.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    /// A cargo profile: `release`, `dev`.
    pub(crate) profile: String,
    /// A target triple; this machine's if absent.
    pub(crate) target: Option<String>,
    /// Features of the library, with commas between.
    pub(crate) features: String,
}

impl Build {
    pub(crate) fn release() -> Build {
        Build {
            profile: "release".to_owned(),
            target: None,
            features: String::new(),
        }
    }
}

/// The files of one system.
struct Names {
    /// What cargo makes.
    made: &'static str,
    /// What programs look for at run time.
    shared: String,
    /// What a linker looks for; a link to `shared`.
    link: Option<&'static str>,
    fixed: &'static str,
}

fn names(target: &str, abi: &str) -> Names {
    if target.contains("windows") {
        Names {
            made: "dabiao.dll",
            shared: "dabiao.dll".to_owned(),
            link: None,
            fixed: if target.contains("msvc") {
                "dabiao.lib"
            } else {
                "libdabiao.a"
            },
        }
    } else if target.contains("apple") {
        Names {
            made: "libdabiao.dylib",
            shared: format!("libdabiao.{abi}.dylib"),
            link: Some("libdabiao.dylib"),
            fixed: "libdabiao.a",
        }
    } else {
        Names {
            made: "libdabiao.so",
            shared: format!("libdabiao.so.{abi}"),
            link: Some("libdabiao.so"),
            fixed: "libdabiao.a",
        }
    }
}

/// Builds the library and puts header, libraries, pkg-config file and CMake package under
/// `prefix`.
pub(crate) fn stage(root: &Path, build: &Build, prefix: &Path) -> Result<(), Failure> {
    let source = root.join("bindings/c");
    let (made, private) = compile(root, build)?;
    let header = read(&source.join("include/dabiao.h"))?;
    let abi = defined(&header, "DABIAO_ABI_VERSION")?;
    let [major, minor, patch] =
        ["MAJOR", "MINOR", "PATCH"].map(|part| defined(&header, &format!("DABIAO_VERSION_{part}")));
    let (major, minor, patch) = (major?, minor?, patch?);
    let target = match &build.target {
        Some(target) => target.clone(),
        None => host(root)?,
    };
    let names = names(&target, abi);

    let library = prefix.join("lib");
    write(&prefix.join("include/dabiao.h"), header.as_bytes())?;
    copy(
        &source.join("include/dabiao.hpp"),
        &prefix.join("include/dabiao.hpp"),
    )?;
    copy(&made.join(names.made), &library.join(&names.shared))?;
    copy(&made.join(names.fixed), &library.join(names.fixed))?;
    strip(root, &library, &[&names.shared, names.fixed]);
    if let Some(link) = names.link {
        link_to(&names.shared, &library.join(link))?;
    }
    let filled = |text: &str, separator: &str| {
        text.replace("@VERSION@", &format!("{major}.{minor}.{patch}"))
            .replace("@MAJOR@", major)
            .replace("@MINOR@", minor)
            .replace("@SHARED@", &names.shared)
            .replace("@STATIC@", names.fixed)
            .replace("@LIBS_PRIVATE@", &private.join(separator))
    };
    for (template, place, separator) in [
        ("dabiao.pc.in", "pkgconfig/dabiao.pc", " "),
        (
            "dabiao-config.cmake.in",
            "cmake/dabiao/dabiao-config.cmake",
            ";",
        ),
        (
            "dabiao-config-version.cmake.in",
            "cmake/dabiao/dabiao-config-version.cmake",
            ";",
        ),
    ] {
        let text = read(&source.join("packaging").join(template))?;
        write(&library.join(place), filled(&text, separator).as_bytes())?;
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(
            &root.join(licence),
            &prefix.join("share/doc/dabiao").join(licence),
        )?;
    }
    Ok(())
}

/// Builds both libraries; gives their folder, and what the static one needs beside it.
fn compile(root: &Path, build: &Build) -> Result<(PathBuf, Vec<String>), Failure> {
    let mut cargo = cargo(root);
    cargo.args(["rustc", "--package", "dabiao-c", "--lib", "--locked"]);
    cargo.args(["--crate-type", "cdylib,staticlib"]);
    cargo.args(["--profile", &build.profile]);
    if let Some(target) = &build.target {
        cargo.args(["--target", target]);
    }
    let folder = target_folder(root)?;
    if !build.features.is_empty() {
        cargo.args(["--features", &build.features]);
    }
    cargo.args(["--", "--print", "native-static-libs"]);
    let (_, said) = both(&mut cargo)?;
    let private = said
        .lines()
        .find_map(|line| line.split_once("native-static-libs:"))
        .map(|(_, libraries)| libraries.split_whitespace().map(str::to_owned).collect())
        .ok_or_else(|| format!("rustc did not say what the static library needs:\n{said}"))?;
    let mut made = folder;
    made.extend(&build.target);
    made.push(match build.profile.as_str() {
        "dev" | "test" => "debug",
        other => other,
    });
    Ok((made, private))
}

/// Where cargo puts what it makes.
pub(crate) fn target_folder(root: &Path) -> Result<PathBuf, Failure> {
    let mut metadata = cargo(root);
    metadata.args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ]);
    let json = capture(&mut metadata)?;
    let said = "\"target_directory\":\"";
    let found = json
        .split_once(said)
        .and_then(|(_, rest)| rest.split_once('"'));
    found
        .map(|(folder, _)| PathBuf::from(folder.replace("\\\\", "\\")))
        .ok_or_else(|| "cargo metadata does not say the target folder".to_owned())
}

fn host(root: &Path) -> Result<String, Failure> {
    let version = capture(command(root, "rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc -vV does not say the host".to_owned())
}

/// The value of a macro of the header.
pub(crate) fn defined<'a>(header: &'a str, name: &str) -> Result<&'a str, Failure> {
    let value = |line: &'a str| {
        let (found, value) = line.strip_prefix("#define ")?.split_once(' ')?;
        (found == name).then_some(value)
    };
    header
        .lines()
        .find_map(value)
        .ok_or_else(|| format!("the header does not define {name}"))
}

/// Debugging information of the standard library is most of the size; it is only taken away
/// where the machine has the tool.
fn strip(root: &Path, folder: &Path, files: &[&str]) {
    for file in files {
        let mut strip = command(root, "strip");
        let _ = strip.arg("--strip-debug").arg(folder.join(file)).output();
    }
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    make_folder_of(path)?;
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    make_folder_of(to)?;
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

fn make_folder_of(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

#[cfg(unix)]
fn link_to(target: &str, link: &Path) -> Result<(), Failure> {
    let _ = fs::remove_file(link);
    std::os::unix::fs::symlink(target, link).map_err(|error| format!("{}: {error}", link.display()))
}

#[cfg(not(unix))]
fn link_to(target: &str, link: &Path) -> Result<(), Failure> {
    copy(&link.with_file_name(target), link)
}
