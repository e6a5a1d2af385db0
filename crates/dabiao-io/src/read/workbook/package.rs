//! The parts of a workbook that is a ZIP archive, none of them larger than it says.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use dabiao::{Fault, FaultCode, Text};
use quick_xml::Reader;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::read::source::{Opened, ReadSeek};
use crate::read::{Limits, grouped, over_limit};

/// More parts than this no workbook has.
const PARTS: usize = 20_000;

/// An XML part that is being read.
pub(super) type Part<'z> = Reader<Pieces<Bounded<Box<dyn Read + 'z>>>>;

/// The archive behind an XLSX or ODS workbook.
pub(super) struct Package<'a> {
    archive: ZipArchive<BufReader<Shared<'a>>>,
    limits: Limits,
}

struct Shared<'a>(Box<dyn ReadSeek + 'a>);

impl Read for Shared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Shared<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl<'a> Package<'a> {
    /// Opens the archive; what its directory says must be within the limits.
    pub(super) fn open(opened: Opened<'a>, limits: Limits) -> Result<Package<'a>, Fault> {
        let data = BufReader::new(Shared(opened.data));
        let mut archive = ZipArchive::new(data).map_err(|error| damaged(&error))?;
        if archive.len() > PARTS {
            return Err(Fault::new(FaultCode::TooLarge)
                .found(archive.len())
                .expected(Text::new(
                    format!("工作簿至多 {PARTS} 个部件"),
                    format!("at most {PARTS} parts in a workbook"),
                )));
        }
        let mut all = 0_u64;
        for at in 0..archive.len() {
            let part = archive.by_index_raw(at).map_err(|error| damaged(&error))?;
            all = all.saturating_add(part.size());
        }
        if all > limits.bytes {
            return Err(uncompressed(&limits, Some(all)));
        }
        Ok(Package { archive, limits })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// Whether a part is there and has these bytes among its first megabyte.
    pub(super) fn holds(&mut self, name: &str, wanted: &[u8]) -> Result<bool, Fault> {
        if !self.has(name) {
            return Ok(false);
        }
        let mut start = Vec::new();
        let read = self.bytes(name)?.take(1 << 20).read_to_end(&mut start);
        read.map_err(|error| damaged(&error))?;
        Ok(memchr::memmem::find(&start, wanted).is_some())
    }

    /// A part as bytes; it ends in an error where it is larger than the directory said.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Bounded<Box<dyn Read + '_>>, Fault> {
        let limits = self.limits;
        let part = self.archive.by_name(name).map_err(|error| match error {
            ZipError::FileNotFound => damaged(&name),
            error => damaged(&error),
        })?;
        if part.encrypted() {
            return Err(encrypted());
        }
        let left = part.size().min(limits.bytes);
        Ok(Bounded {
            inner: Box::new(part),
            left,
        })
    }

    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_>, Fault> {
        let mut part = Reader::from_reader(Pieces::new(self.bytes(name)?));
        let config = part.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Ok(part)
    }
}

/// A reader of at most so many bytes; one more is an error, not an end.
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
}

/// A tag, or a text between two, is held whole: the longest that there may be.
const PIECE: usize = 16 << 20;

/// A reader of XML, none of whose pieces is longer than [`PIECE`].
pub(super) struct Pieces<R> {
    inner: BufReader<R>,
    /// Bytes since the last tag's end or start.
    since: usize,
}

/// The mark of a part with a longer one.
const LONG: &str = "more bytes in one piece than any workbook has";

impl<R: Read> Pieces<R> {
    fn new(inner: R) -> Pieces<R> {
        Pieces {
            inner: BufReader::with_capacity(1 << 16, inner),
            since: 0,
        }
    }
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: Read> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > PIECE {
            return Err(io::Error::other(LONG));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        let taken = self.inner.buffer().get(..count).unwrap_or_default();
        self.since = match memchr::memrchr2(b'<', b'>', taken) {
            Some(at) => count - at,
            None => self.since.saturating_add(count),
        };
        self.inner.consume(count);
    }
}

/// The mark of an archive whose part holds more than its directory says.
const LIES: &str = "more bytes than the archive's directory says";

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => Err(io::Error::other(LIES)),
        }
    }
}

pub(super) fn uncompressed(limits: &Limits, found: Option<u64>) -> Fault {
    let most = grouped(limits.bytes);
    let expected = Text::new(
        format!("解压后至多 {most} 字节"),
        format!("at most {most} bytes uncompressed"),
    );
    match found {
        Some(found) => over_limit(None, grouped(found), expected),
        None => Fault::new(FaultCode::TooLarge).expected(expected),
    }
}

/// Something that no sound workbook has.
pub(super) fn damaged(found: &dyn std::fmt::Display) -> Fault {
    let found = found.to_string();
    if found.contains(LIES) {
        return Fault::new(FaultCode::TooLarge)
            .found(LIES)
            .expected(Text::new(
                "与压缩目录所记大小相符的内容",
                "parts as large as the archive's directory says",
            ));
    }
    if found.contains(LONG) {
        let most = grouped(PIECE as u64);
        return Fault::new(FaultCode::TooLarge).expected(Text::new(
            format!("每段至多 {most} 字节"),
            format!("at most {most} bytes in one piece"),
        ));
    }
    Fault::new(FaultCode::Syntax)
        .found(found)
        .expected(Text::new(
            "完好的工作簿\u{ff08}可用表格软件打开后另存\u{ff09}",
            "a sound workbook (open it in a spreadsheet program and save it again)",
        ))
}

pub(super) fn encrypted() -> Fault {
    Fault::new(FaultCode::Unreadable).expected(Text::new(
        "没有密码的工作簿\u{ff08}请取消密码后另存\u{ff09}",
        "a workbook that no password protects (save it without one)",
    ))
}
