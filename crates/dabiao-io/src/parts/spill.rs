//! Rows of a table in temporary files: each file in the order of its codes, read back as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use dabiao::TableRows;

/// Bytes of a file that are read or written at once.
const BUFFER: usize = 256 << 10;

/// Rows that left the memory.
#[derive(Debug)]
pub(super) struct Spill {
    /// Unnamed files, each in the order of its codes.
    runs: Vec<File>,
    /// No rows, of the columns that all of them have.
    shape: TableRows,
    rows: usize,
}

/// A row whose code stands in an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Repeated {
    pub(super) line: u64,
    pub(super) code: String,
    /// The line on which the code stands first.
    pub(super) first: u64,
}

impl Spill {
    pub(super) fn new(shape: TableRows) -> Spill {
        Spill {
            runs: Vec::new(),
            shape,
            rows: 0,
        }
    }

    /// How many rows there are, repeated ones among them.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// Writes rows to a file of their own.
    pub(super) fn add(&mut self, rows: &TableRows) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut out = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
        let mut bytes = Vec::new();
        for row in 0..rows.len() {
            bytes.clear();
            rows.write(row, &mut bytes);
            let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            out.write_all(&length.to_le_bytes())?;
            out.write_all(&bytes)?;
        }
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.runs.push(file);
        self.rows += rows.len();
        Ok(())
    }

    /// All rows in the order of their codes.
    pub(super) fn merge(&self) -> io::Result<Merge<'_>> {
        let mut merge = Merge {
            runs: Vec::with_capacity(self.runs.len()),
            next: BinaryHeap::new(),
            shape: &self.shape,
            last: None,
        };
        for mut file in &self.runs {
            file.seek(SeekFrom::Start(0))?;
            merge.runs.push(Run {
                file: BufReader::with_capacity(BUFFER, file),
                record: Vec::new(),
            });
        }
        for run in 0..merge.runs.len() {
            merge.read_next(run)?;
        }
        Ok(merge)
    }
}

/// One file, and the row that comes next in it.
struct Run<'s> {
    file: BufReader<&'s File>,
    record: Vec<u8>,
}

/// Several files as one.
pub(super) struct Merge<'s> {
    runs: Vec<Run<'s>>,
    /// The code that comes next in each file; of equal ones, that which was read first.
    next: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    shape: &'s TableRows,
    /// The code that was handed on last, and its line.
    last: Option<(Vec<u8>, u64)>,
}

impl Merge<'_> {
    fn read_next(&mut self, at: usize) -> io::Result<()> {
        let Some(run) = self.runs.get_mut(at) else {
            return Ok(());
        };
        let mut length = [0; 4];
        match run.file.read_exact(&mut length) {
            Ok(()) => {}
            // A file ends behind a row: whatever is cut off is missed there.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        run.record.resize(u32::from_le_bytes(length) as usize, 0);
        run.file.read_exact(&mut run.record)?;
        let code = TableRows::code_of(&run.record).to_vec();
        self.next.push(Reverse((code, at)));
        Ok(())
    }

    /// The next rows, so many at most; none at the end. Of rows with one code the first is
    /// handed on, of the others `repeated` is told.
    pub(super) fn batch(
        &mut self,
        most: usize,
        repeated: &mut dyn FnMut(Repeated),
    ) -> io::Result<TableRows> {
        let mut rows = self.shape.like();
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        while rows.len() < most {
            let Some(Reverse((code, at))) = self.next.pop() else {
                break;
            };
            let record = self.runs.get(at).map_or(&[][..], |run| &run.record);
            match &self.last {
                Some((last, first)) if *last == code => {
                    let mut row = self.shape.like();
                    repeated(Repeated {
                        line: row.read(record).ok_or_else(damaged)?,
                        code: row.code(0).to_owned(),
                        first: *first,
                    });
                }
                _ => {
                    let line = rows.read(record).ok_or_else(damaged)?;
                    self.last = Some((code, line));
                }
            }
            self.read_next(at)?;
        }
        Ok(rows)
    }
}
