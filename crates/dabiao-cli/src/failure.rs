//! How a run can end otherwise than well, and its exit code.

use std::io;
use std::path::Path;

use dabiao::{Faults, Lang};

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is at fault: exit code 1.
    Input {
        faults: Faults,
        /// The text that the places are in, where its lines can be shown.
        text: Option<String>,
    },
    /// The same, and all of it has been said.
    Reported,
    /// The call is: exit code 2.
    Call(String),
    /// Whoever read the output has gone, as in `dabiao … | head`.
    ClosedPipe,
}

impl Failure {
    /// A file that is an argument of the call, or a place to write to, and cannot be used.
    pub(crate) fn at(lang: Lang, path: &Path, error: &io::Error) -> Failure {
        let said = match error.kind() {
            io::ErrorKind::NotFound => lang.pick("没有这个文件或文件夹", "no such file or folder"),
            io::ErrorKind::PermissionDenied => lang.pick("没有权限", "permission denied"),
            io::ErrorKind::StorageFull => lang.pick("磁盘已满", "the disk is full"),
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
                lang.pick("不是文件夹", "not a folder")
            }
            _ => "",
        };
        let path = path.display();
        Failure::Call(match said {
            "" => format!("{path}: {error}"),
            said => format!("{path}: {said}"),
        })
    }

    pub(crate) fn call(lang: Lang, zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure::Call(match lang {
            Lang::Zh => zh.into(),
            Lang::En => en.into(),
        })
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Failure {
        Failure::Input { faults, text: None }
    }
}

impl From<io::Error> for Failure {
    /// An error of standard output; files are written through [`Failure::at`].
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Call(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        io::Error::from(error).into()
    }
}
