//! Running other programs.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// Why a step failed, for the person who runs it.
pub(crate) type Failure = String;

/// A command in the repository's folder.
pub(crate) fn command(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo(root: &Path) -> Command {
    command(root, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command that shows what it does.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| said(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{}: {status}", shown(command)))
    }
}

/// Runs a command and gives what it printed; on failure it is shown.
pub(crate) fn capture(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| said(command, &error))?;
    if !output.status.success() {
        return Err(failed(command, &output));
    }
    Ok(text(&output.stdout))
}

/// What a command printed, to stdout and to stderr, however it ended.
pub(crate) fn both(command: &mut Command) -> Result<(String, String), Failure> {
    let output = command.output().map_err(|error| said(command, &error))?;
    if !output.status.success() {
        return Err(failed(command, &output));
    }
    Ok((text(&output.stdout), text(&output.stderr)))
}

fn failed(command: &Command, output: &Output) -> Failure {
    format!(
        "{}: {}\n{}{}",
        shown(command),
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn said(command: &Command, error: &std::io::Error) -> Failure {
    format!("{}: {error}", shown(command))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
