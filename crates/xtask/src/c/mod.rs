//! The C interface: the staged library, and the programs in many languages that use it as
//! strangers would.

mod conformance;
mod dist;
mod layouts;
mod strangers;

pub(crate) use dist::target_folder;
pub(crate) use strangers::{c, csharp, ctypes, java, leaks, pascal, php};

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dist::Build;

use crate::run::Failure;

/// `cargo xtask c-dist --prefix DIR [--profile P] [--target T] [--features F]`
pub(crate) fn dist(root: &Path, arguments: &[&str]) -> ExitCode {
    let mut build = Build::release();
    let mut prefix = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (*word, words.next()) {
            ("--prefix", Some(folder)) => prefix = Some(PathBuf::from(folder)),
            ("--profile", Some(profile)) => build.profile = (*profile).to_owned(),
            ("--target", Some(target)) => build.target = Some((*target).to_owned()),
            ("--features", Some(features)) => build.features = (*features).to_owned(),
            _ => {
                prefix = None;
                break;
            }
        }
    }
    let Some(prefix) = prefix else {
        eprintln!(
            "usage: cargo xtask c-dist --prefix DIR [--profile PROFILE] [--target TRIPLE] \
             [--features workbook,columns]"
        );
        return ExitCode::from(2);
    };
    // Paths are the caller's, not the repository's.
    let prefix = std::path::absolute(&prefix).unwrap_or(prefix);
    match dist::stage(root, &build, &prefix) {
        Ok(()) => {
            println!("the C library is in {}", prefix.display());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Stages the library as it is released.
pub(crate) fn stage_released(root: &Path, prefix: &Path) -> Result<(), Failure> {
    dist::stage(root, &Build::release(), prefix)
}

/// `cargo xtask c-bench [--profile P]`
pub(crate) fn bench(root: &Path, arguments: &[&str]) -> ExitCode {
    let profile = match arguments {
        [] => "release",
        ["--profile", profile] => profile,
        _ => {
            eprintln!("usage: cargo xtask c-bench [--profile PROFILE]");
            return ExitCode::from(2);
        }
    };
    match strangers::bench(root, profile) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
