//! Several files that appear together or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

/// Files that are written beside their places under temporary names, and moved there together
/// by [`OutputSet::commit`]. Dropped without it, no file is touched.
///
/// ```
/// use std::io::Write;
///
/// use dabiao_io::OutputSet;
/// # fn main() -> std::io::Result<()> {
/// let folder = tempfile::tempdir()?;
/// let out = folder.path().join("out");
/// let mut set = OutputSet::new(&out)?;
/// set.write("a.txt", |file| file.write_all(b"a"))?;
/// assert!(!out.join("a.txt").exists());
/// set.commit()?;
/// assert!(out.join("a.txt").exists());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct OutputSet {
    folder: PathBuf,
    /// Folders that did not exist before, the outermost first.
    made: Vec<PathBuf>,
    files: Vec<(PathBuf, TempPath)>,
    /// Files of earlier runs that this one does not write.
    stale: Vec<PathBuf>,
    /// Inputs, which no output may replace: their canonical paths.
    inputs: Vec<PathBuf>,
}

impl OutputSet {
    /// An empty set for a folder, which is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref().to_owned();
        let mut made: Vec<PathBuf> = folder
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
            .map(Path::to_owned)
            .collect();
        made.reverse();
        fs::create_dir_all(&folder)?;
        Ok(OutputSet {
            folder,
            made,
            files: Vec::new(),
            stale: Vec::new(),
            inputs: Vec::new(),
        })
    }

    /// Writes a file of the set under a temporary name.
    ///
    /// # Errors
    /// The file cannot be written, or a folder stands in its place.
    pub fn write(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<()> {
        let place = self.folder.join(name);
        if place.is_dir() {
            let said = format!("{} is a folder", place.display());
            return Err(io::Error::new(io::ErrorKind::IsADirectory, said));
        }
        let (file, temporary) = temporary_in(&self.folder)?.into_parts();
        let mut buffered = BufWriter::with_capacity(1 << 16, file);
        write(&mut buffered)?;
        buffered
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        self.files.push((place, temporary));
        Ok(())
    }

    /// Takes away, together with the moves, a file of that name which an earlier run has left
    /// and this one does not write: it would pass for a part of this one's results.
    pub fn remove(&mut self, name: &str) {
        self.stale.push(self.folder.join(name));
    }

    /// Names inputs of the run: [`OutputSet::commit`] replaces and removes none of them. A file
    /// that is not there is passed over.
    pub fn spare<P: AsRef<Path>>(&mut self, inputs: impl IntoIterator<Item = P>) {
        let inputs = inputs.into_iter();
        self.inputs
            .extend(inputs.filter_map(|input| input.as_ref().canonicalize().ok()));
    }

    /// The first file that would be replaced or removed although it is an input.
    #[must_use]
    pub fn clash(&self) -> Option<&Path> {
        let written = self.files.iter().map(|(place, _)| place);
        let mut places = written.chain(&self.stale);
        let clash = places.find(|place| {
            let there = place.canonicalize();
            there.is_ok_and(|there| self.inputs.contains(&there))
        });
        clash.map(PathBuf::as_path)
    }

    /// Moves all files to their places, over files that are there, and takes the stale ones
    /// away; gives the paths of those written.
    ///
    /// # Errors
    /// A file would take the place of an input, or cannot be moved. What was there before is put
    /// back.
    pub fn commit(mut self) -> io::Result<Vec<PathBuf>> {
        if let Some(input) = self.clash() {
            let said = format!("{} is an input of the run", input.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, said));
        }
        let mut replaced: Vec<(PathBuf, TempPath)> = Vec::new();
        let mut placed: Vec<PathBuf> = Vec::new();
        let moved = std::mem::take(&mut self.files)
            .into_iter()
            .try_for_each(|(place, temporary)| {
                if place.exists() {
                    replaced.push(set_aside(&self.folder, place.clone())?);
                }
                temporary.persist(&place)?;
                placed.push(place);
                Ok(())
            })
            .and_then(|()| {
                // A folder of that name is nothing that a run has written.
                for place in self.stale.iter().filter(|place| place.is_file()) {
                    replaced.push(set_aside(&self.folder, place.clone())?);
                }
                Ok(())
            });
        if let Err(error) = moved {
            for place in placed {
                // Best effort: the error that is returned is the one that matters.
                let _ = fs::remove_file(place);
            }
            for (place, aside) in replaced {
                let _ = aside.persist(place);
            }
            return Err(error);
        }
        self.made.clear();
        Ok(placed)
    }
}

impl Drop for OutputSet {
    fn drop(&mut self) {
        self.files.clear();
        for folder in self.made.iter().rev() {
            // Only an empty folder goes.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Moves a file out of the way: to a temporary name, under which it is deleted when dropped.
fn set_aside(folder: &Path, place: PathBuf) -> io::Result<(PathBuf, TempPath)> {
    let aside = temporary_in(folder)?.into_temp_path();
    fs::rename(&place, &aside)?;
    Ok((place, aside))
}

fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".dabiao-");
    // A result is for others to read, as the user's umask says; temporary files are not.
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(0o666)
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempfile_in(folder)
}

/// Whether an output would take the place of one of the inputs: they are the same file, however
/// they are named. What is not there replaces nothing.
pub fn replaces<P: AsRef<Path>>(output: &Path, inputs: impl IntoIterator<Item = P>) -> bool {
    let Ok(there) = output.canonicalize() else {
        return false;
    };
    let is_output = |input: P| input.as_ref().canonicalize().is_ok_and(|at| at == there);
    inputs.into_iter().any(is_output)
}

/// Writes one file whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = temporary_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
