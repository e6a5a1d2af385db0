//! A text cut into blocks of whole records.

use dabiao::{Fault, FaultCode};

use super::text::Text;
use super::{Limits, ReadOptions, ReadProgress};

/// Bytes of a block, unless a record is longer.
const BLOCK: usize = 1 << 20;

/// Whole records of a text, in UTF-8.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The line on which it starts.
    pub(super) line: u64,
    /// Whether there is a quote in it.
    pub(super) quoted: bool,
    pub(super) delimiter: u8,
    pub(super) line_end: u8,
    pub(super) limits: Limits,
}

/// Where a reader of quotes stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Field,
    Quoted,
    /// Behind a quote inside quotes: the end of them, or half of a quote that is meant.
    QuoteInQuoted,
}

/// Cuts a text into blocks.
pub(crate) struct Blocks<'a> {
    input: Text<'a>,
    delimiter: u8,
    limits: Limits,
    progress: Option<ReadProgress>,
    /// Bytes behind the last block.
    held: Vec<u8>,
    /// How many of them are whole records.
    whole: usize,
    quoted: bool,
    state: State,
    /// A block that was handed back.
    unread: Option<Block>,
    /// Buffers to use again.
    spare: Vec<Vec<u8>>,
    line: u64,
    ended: bool,
}

impl<'a> Blocks<'a> {
    /// `input` holds its first piece.
    pub(super) fn new(input: Text<'a>, delimiter: u8, options: &ReadOptions) -> Blocks<'a> {
        let mut blocks = Blocks {
            input,
            delimiter,
            limits: options.limits,
            progress: options.progress.clone(),
            held: Vec::new(),
            whole: 0,
            quoted: false,
            state: State::FieldStart,
            unread: None,
            spare: Vec::new(),
            line: 1,
            ended: false,
        };
        blocks.take_piece();
        blocks
    }

    /// Hands back what is not used of a block that was just got; `line` comes next.
    pub(super) fn unread(&mut self, mut block: Block, used: usize, line: u64) {
        block.bytes.drain(..used.min(block.bytes.len()));
        block.line = line;
        self.unread = Some(block);
    }

    /// Takes a buffer to use it again.
    pub(super) fn reuse(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.spare.push(buffer);
    }

    /// The next block; nothing at the end.
    pub(super) fn advance(&mut self) -> Result<Option<Block>, Fault> {
        if let Some(block) = self.unread.take().filter(|block| !block.bytes.is_empty()) {
            return Ok(Some(block));
        }
        while !self.ended && self.held.len() < BLOCK.max(self.too_long()) {
            if self.whole > 0 && self.held.len() >= BLOCK {
                break;
            }
            self.input.advance()?;
            self.take_piece();
        }
        if let Some(progress) = &self.progress {
            let (done, all) = self.input.progress();
            if !progress(done, all) {
                return Err(Fault::new(FaultCode::Cancelled));
            }
        }
        // A record that is too long comes as far as it goes, and is found to be so.
        let whole = match (self.ended, self.whole) {
            (true, _) => self.held.len(),
            (false, 0) => before_character(&self.held),
            (false, whole) => whole,
        };
        if whole == 0 {
            return Ok(None);
        }
        let mut rest = self.spare.pop().unwrap_or_default();
        rest.extend_from_slice(self.held.get(whole..).unwrap_or_default());
        let mut bytes = std::mem::replace(&mut self.held, rest);
        bytes.truncate(whole);
        let line = self.line;
        self.line += memchr::memchr_iter(self.line_end(), &bytes).count() as u64;
        let quoted = self.quoted;
        self.whole = 0;
        self.quoted = quoted && memchr::memchr(b'"', &self.held).is_some();
        Ok(Some(Block {
            bytes,
            line,
            quoted,
            delimiter: self.delimiter,
            line_end: self.line_end(),
            limits: self.limits,
        }))
    }

    fn line_end(&self) -> u8 {
        self.input.line_end()
    }

    /// So many bytes hold more than the longest record, however it is quoted.
    fn too_long(&self) -> usize {
        let separators = self.limits.columns.saturating_mul(3);
        let fields = self.limits.record.saturating_mul(2);
        fields.saturating_add(separators).saturating_add(64)
    }

    fn take_piece(&mut self) {
        let piece = self.input.piece();
        let line_end = self.input.line_end();
        self.ended = piece.is_empty();
        let start = self.held.len();
        self.held.extend_from_slice(piece);
        let has_quotes = memchr::memchr(b'"', piece).is_some();
        self.quoted |= has_quotes;
        if !has_quotes {
            if self.state == State::Quoted {
                return;
            }
            if let Some(last) = memchr::memrchr(line_end, piece) {
                self.whole = start + last + 1;
            }
            if let Some(last) = piece.last() {
                self.state = match last {
                    b'\n' | b'\r' => State::FieldStart,
                    byte if *byte == self.delimiter => State::FieldStart,
                    _ => State::Field,
                };
            }
            return;
        }
        for (at, byte) in (start + 1..).zip(piece) {
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::Quoted, _) => State::Quoted,
                (State::FieldStart | State::QuoteInQuoted, b'"') => State::Quoted,
                (_, b'\n' | b'\r') => State::FieldStart,
                (_, byte) if *byte == self.delimiter => State::FieldStart,
                _ => State::Field,
            };
            if *byte == line_end && self.state == State::FieldStart {
                self.whole = at;
            }
        }
    }
}

/// Where the last character begins.
fn before_character(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| byte & 0xc0 != 0x80);
    last.unwrap_or(bytes.len())
}
