//! Files that a call writes: never over its own inputs.

use std::path::{Path, PathBuf};

use dabiao::Lang;
use dabiao_io::{OutputSet, replaces};

use crate::failure::Failure;

/// Refuses a file to write that is one of the files to read.
pub(crate) fn spare<P: AsRef<Path>>(
    lang: Lang,
    output: &Path,
    inputs: impl IntoIterator<Item = P>,
) -> Result<(), Failure> {
    match replaces(output, inputs) {
        true => Err(refusal(lang, output)),
        false => Ok(()),
    }
}

/// Moves a set to its places, unless an input stands in one of them.
pub(crate) fn commit(lang: Lang, folder: &Path, set: OutputSet) -> Result<Vec<PathBuf>, Failure> {
    if let Some(input) = set.clash() {
        return Err(refusal(lang, input));
    }
    set.commit()
        .map_err(|error| Failure::at(lang, folder, &error))
}

fn refusal(lang: Lang, file: &Path) -> Failure {
    let file = file.display();
    Failure::call(
        lang,
        format!("{file}\u{ff1a}是本次读取的文件\u{ff0c}不能用结果覆盖\u{ff1b}请写到别处"),
        format!("{file}: is read by this call and not replaced by its result; write elsewhere"),
    )
}
