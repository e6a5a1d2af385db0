//! Files out: whole or not at all, and never over an input.

use std::io;
use std::path::{Path, PathBuf};

use dabiao::{Fault, FaultCode, Text};
use dabiao_io::{OutputSet, replaces, write_whole};
use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;

use crate::errors::Problem;

/// An error of the file system with the path that it is about.
pub(crate) fn at(path: &Path, error: &io::Error) -> PyErr {
    io::Error::new(error.kind(), format!("{}: {error}", path.display())).into()
}

fn refused(path: &Path) -> PyErr {
    let said = "it was read for this result, which does not replace it";
    at(path, &io::Error::new(io::ErrorKind::InvalidInput, said))
}

/// Writes one file; `inputs` are what its contents were read from.
pub(crate) fn write(path: &Path, bytes: &[u8], inputs: &[PathBuf]) -> PyResult<()> {
    if replaces(path, inputs) {
        return Err(refused(path));
    }
    write_whole(path, bytes).map_err(|error| at(path, &error))
}

/// Writes the files of a folder: all of them appear, or none.
pub(crate) fn write_set<E: From<PyErr>>(
    folder: &Path,
    fill: impl FnOnce(&mut OutputSet) -> Result<(), E>,
) -> Result<Vec<String>, E> {
    let failed = |error: io::Error| at(folder, &error);
    let mut set = OutputSet::new(folder).map_err(failed)?;
    fill(&mut set)?;
    if let Some(input) = set.clash() {
        return Err(refused(input).into());
    }
    let written = set.commit().map_err(failed)?;
    let shown = written.iter().map(|path| path.display().to_string());
    Ok(shown.collect())
}

/// Says what a set of files was too large for.
pub(crate) fn left_out(py: Python<'_>, file: &str, most: usize) -> PyResult<()> {
    let said = format!("more than {most} communities: {file} is left out");
    let said = std::ffi::CString::new(said).unwrap_or_default();
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), &said, 1)
}

/// The fault of a result that is too large for one file.
pub(crate) fn too_large(found: usize, most: usize) -> Problem {
    let expected = Text::new(
        format!("至多 {most} 个社区"),
        format!("{most} communities at most"),
    );
    let fault = Fault::new(FaultCode::TooLarge).found(found);
    Problem::Faults(fault.expected(expected).into())
}
