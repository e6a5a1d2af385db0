//! Where the bytes come from. Whatever it is, it can be read twice: once to find out the
//! encoding, once for the records.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use dabiao::{Fault, FaultCode, Text};

use super::{Limits, grouped, over_limit};

/// A stream is held in memory up to here, then in an unnamed temporary file.
const SPOOLED: usize = 8 << 20;

/// An input: a file, standard input, or any reader, with the name that faults show.
pub struct Source<'a> {
    name: String,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Path(PathBuf),
    Stdin,
    Reader(Box<dyn Read + 'a>),
    Bytes(&'a [u8]),
}

impl<'a> Source<'a> {
    /// A file. `-` is a file of that name; see [`Source::stdin`].
    #[must_use]
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        Source {
            name: path.display().to_string(),
            kind: Kind::Path(path.to_owned()),
        }
    }

    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Source {
            name: "<stdin>".to_owned(),
            kind: Kind::Stdin,
        }
    }

    /// Anything that can be read, to its end.
    #[must_use]
    pub fn reader(name: &str, reader: impl Read + 'a) -> Self {
        Source {
            name: name.to_owned(),
            kind: Kind::Reader(Box::new(reader)),
        }
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes<B: AsRef<[u8]> + ?Sized>(name: &str, bytes: &'a B) -> Self {
        Source {
            name: name.to_owned(),
            kind: Kind::Bytes(bytes.as_ref()),
        }
    }

    /// What faults call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn open(self, limits: &Limits) -> Result<Opened<'a>, Fault> {
        let name = self.name;
        let mut own = None;
        let (data, length): (Box<dyn ReadSeek + 'a>, u64) = match self.kind {
            Kind::Bytes(bytes) => (Box::new(Cursor::new(bytes)), bytes.len() as u64),
            Kind::Stdin => spool(io::stdin().lock(), limits)?,
            Kind::Reader(reader) => spool(reader, limits)?,
            Kind::Path(path) => {
                let file = File::open(&path).map_err(|error| unreadable(&error))?;
                let about = file.metadata().map_err(|error| unreadable(&error))?;
                if about.is_dir() {
                    let expected = Text::new("文件\u{ff0c}而非文件夹", "a file, not a folder");
                    return Err(Fault::new(FaultCode::Unreadable).expected(expected));
                }
                if about.is_file() {
                    own = file.try_clone().ok();
                    (Box::new(file), about.len())
                } else {
                    spool(file, limits)?
                }
            }
        };
        let opened = Opened {
            name,
            data,
            length,
            file: own,
        };
        opened.check_length(limits)?;
        Ok(opened)
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

pub(super) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// An input that is open, from its start.
pub(super) struct Opened<'a> {
    pub(super) name: String,
    pub(super) data: Box<dyn ReadSeek + 'a>,
    pub(super) length: u64,
    /// The same, where it is a file: it can be read in places.
    pub(super) file: Option<File>,
}

impl Opened<'_> {
    pub(super) fn check_length(&self, limits: &Limits) -> Result<(), Fault> {
        match self.length > limits.bytes {
            true => Err(too_large(limits, Some(self.length))),
            false => Ok(()),
        }
    }

    pub(super) fn rewind(&mut self) -> Result<(), Fault> {
        self.data.rewind().map_err(|error| unreadable(&error))
    }

    /// Reads until the buffer is full or the input ends.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Fault> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.data.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
        Ok(filled)
    }

    /// What the first bytes say that it is; nothing where it may be text.
    pub(super) fn signature(&mut self) -> Result<Option<Signature>, Fault> {
        const SIGNATURES: [(&[u8], Signature); 8] = [
            (b"PK\x03\x04", Signature::Zip),
            (b"PK\x05\x06", Signature::Zip),
            (b"\xd0\xcf\x11\xe0", Signature::Ole),
            (b"PAR1", Signature::Parquet),
            (b"ARROW1", Signature::Arrow),
            // The mark before the first message of a stream.
            (b"\xff\xff\xff\xff", Signature::Arrow),
            (b"\x1f\x8b", Signature::Other("gzip")),
            (b"%PDF", Signature::Other("PDF")),
        ];
        let mut start = [0; 8];
        let length = self.fill(&mut start)?;
        self.rewind()?;
        let start = start.get(..length).unwrap_or_default();
        let found = SIGNATURES.iter().find(|(sign, _)| start.starts_with(sign));
        Ok(found.map(|(_, signature)| *signature))
    }
}

/// What a file's first bytes say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// An archive: XLSX or ODS.
    Zip,
    /// A compound file: XLS, or a workbook with a password.
    Ole,
    Parquet,
    Arrow,
    Other(&'static str),
}

impl Signature {
    pub(super) fn name(self) -> &'static str {
        match self {
            Signature::Zip => "XLSX / ZIP",
            Signature::Ole => "XLS",
            Signature::Parquet => "Parquet",
            Signature::Arrow => "Arrow",
            Signature::Other(name) => name,
        }
    }
}

impl fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("name", &self.name)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A format that is not read here.
pub(super) fn other_format(found: &str) -> Fault {
    Fault::new(FaultCode::Syntax)
        .found(found)
        .expected(Text::new(
            "CSV、TSV、XLSX、XLS、ODS、Parquet 或 Arrow 文件",
            "a CSV, TSV, XLSX, XLS, ODS, Parquet or Arrow file",
        ))
}

/// A stream cannot be read twice, so it is kept; never more than the limit of it.
fn spool<'a>(stream: impl Read, limits: &Limits) -> Result<(Box<dyn ReadSeek + 'a>, u64), Fault> {
    let mut kept = tempfile::spooled_tempfile(SPOOLED);
    let mut bounded = stream.take(limits.bytes.saturating_add(1));
    let length = io::copy(&mut bounded, &mut kept).map_err(|error| unreadable(&error))?;
    if length > limits.bytes {
        return Err(too_large(limits, None));
    }
    kept.seek(SeekFrom::Start(0))
        .map_err(|error| unreadable(&error))?;
    Ok((Box::new(kept), length))
}

fn too_large(limits: &Limits, found: Option<u64>) -> Fault {
    let most = grouped(limits.bytes);
    let expected = Text::new(format!("至多 {most} 字节"), format!("at most {most} bytes"));
    match found {
        Some(found) => over_limit(None, grouped(found), expected),
        None => Fault::new(FaultCode::TooLarge).expected(expected),
    }
}

fn unreadable(error: &io::Error) -> Fault {
    let fault = Fault::new(FaultCode::Unreadable);
    match error.kind() {
        io::ErrorKind::NotFound => fault.expected(Text::new("已有的文件", "a file that exists")),
        io::ErrorKind::PermissionDenied => {
            fault.expected(Text::new("有权读取的文件", "a file that may be read"))
        }
        _ => fault.found(error),
    }
}
