//! The encoding of a text, found out and decoded piece by piece.
//!
//! Strict UTF-8 comes first, over the whole input: text of another encoding is almost never
//! valid UTF-8. What is not is looked at by a detector trained on real text, and taken as
//! GB18030 (with GBK and GB2312 in it) only if the detector says so.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use dabiao::{Fault, FaultCode, Text as Words};
use encoding_rs::{Decoder, DecoderResult, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use super::at_line;
use super::source::{Opened, other_format};

const CHUNK: usize = 64 << 10;

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// GB18030, which holds GBK and GB2312: how a Chinese Excel saves CSV.
    Gb18030,
    /// UTF-16 with a byte-order mark: how Excel saves "Unicode text".
    Utf16,
}

/// What a first look over the whole input showed.
struct Look {
    valid_utf8: bool,
    nul: bool,
    line_feed: bool,
}

/// A text as pieces of UTF-8.
pub(super) struct Text<'a> {
    opened: Opened<'a>,
    /// Nothing where the bytes are UTF-8 already.
    decoder: Option<Decoder>,
    encoding: Encoding,
    input: Vec<u8>,
    /// Where the bytes of `input` that are not decoded yet begin and end.
    pending: (usize, usize),
    output: Vec<u8>,
    length: usize,
    ended: bool,
    /// Ends of lines that were handed out.
    lines: u64,
    line_end: u8,
    done: u64,
}

impl<'a> Text<'a> {
    pub(super) fn new(mut opened: Opened<'a>, forced: Option<Encoding>) -> Result<Text<'a>, Fault> {
        let mut start = [0; 3];
        let filled = opened.fill(&mut start)?;
        opened.rewind()?;
        let start = start.get(..filled).unwrap_or_default();
        let wide = match start {
            [0xff, 0xfe, ..] => Some(UTF_16LE),
            [0xfe, 0xff, ..] => Some(UTF_16BE),
            _ => None,
        };
        let look = look_over(&mut opened)?;
        let (encoding, decoder) = match (forced, wide) {
            (Some(Encoding::Utf16) | None, Some(wide)) => (Encoding::Utf16, Some(wide)),
            (Some(Encoding::Utf16), None) => (Encoding::Utf16, Some(UTF_16LE)),
            (Some(Encoding::Gb18030), _) => (Encoding::Gb18030, Some(GB18030)),
            (Some(Encoding::Utf8), _) => (Encoding::Utf8, Some(UTF_8)),
            (None, None) if look.nul => return Err(other_format("NUL")),
            (None, None) if look.valid_utf8 => (Encoding::Utf8, None),
            (None, None) => {
                let guess = guess(&mut opened)?;
                if guess != GBK && guess != GB18030 {
                    return Err(Fault::new(FaultCode::Syntax)
                        .found(guess.name())
                        .expected(Words::new("UTF-8 或 GB18030 编码", "UTF-8 or GB18030 text")));
                }
                (Encoding::Gb18030, Some(GB18030))
            }
        };
        let mut text = Text {
            opened,
            decoder: decoder.map(encoding_rs::Encoding::new_decoder_with_bom_removal),
            encoding,
            input: vec![0; CHUNK],
            pending: (0, 0),
            output: Vec::new(),
            length: 0,
            ended: false,
            lines: 0,
            line_end: if look.line_feed { b'\n' } else { b'\r' },
            done: 0,
        };
        if text.decoder.is_some() {
            text.output = vec![0; 3 * CHUNK];
        } else if start == [0xef, 0xbb, 0xbf] {
            text.opened.fill(&mut [0; 3])?;
        }
        Ok(text)
    }

    pub(super) fn name(&self) -> &str {
        &self.opened.name
    }

    /// The byte that ends lines: a line feed, or a carriage return in a text without any.
    pub(super) fn line_end(&self) -> u8 {
        self.line_end
    }

    /// Bytes read so far, and in all.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.done, self.opened.length)
    }

    /// Gets the next piece; it is empty at the end alone.
    pub(super) fn advance(&mut self) -> Result<(), Fault> {
        self.length = 0;
        while self.length == 0 && !self.ended {
            if self.decoder.is_none() {
                self.length = self.opened.fill(&mut self.input)?;
                self.done += self.length as u64;
                self.ended = self.length == 0;
                return Ok(());
            }
            self.decode()?;
        }
        Ok(())
    }

    /// The piece that [`Text::advance`] got.
    pub(super) fn piece(&self) -> &[u8] {
        let held = if self.decoder.is_none() {
            &self.input
        } else {
            &self.output
        };
        held.get(..self.length).unwrap_or_default()
    }

    fn decode(&mut self) -> Result<(), Fault> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(());
        };
        if self.pending.0 == self.pending.1 {
            let read = self.opened.fill(&mut self.input)?;
            self.done += read as u64;
            self.pending = (0, read);
        }
        let bytes = self
            .input
            .get(self.pending.0..self.pending.1)
            .unwrap_or_default();
        let last = bytes.is_empty();
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(bytes, &mut self.output, last);
        self.pending.0 += read;
        self.length = written;
        let decoded = self.output.get(..written).unwrap_or_default();
        self.lines += memchr::memchr_iter(self.line_end, decoded).count() as u64;
        match result {
            DecoderResult::Malformed(..) => {
                let (zh, en) = match self.encoding {
                    Encoding::Utf8 => ("UTF-8 编码", "UTF-8 text"),
                    Encoding::Gb18030 => ("UTF-8 或 GB18030 编码", "UTF-8 or GB18030 text"),
                    Encoding::Utf16 => ("UTF-16 编码", "UTF-16 text"),
                };
                Err(Fault::new(FaultCode::Syntax)
                    .at(at_line(self.lines + 1))
                    .expected(Words::new(zh, en)))
            }
            DecoderResult::InputEmpty => {
                self.ended = last;
                Ok(())
            }
            DecoderResult::OutputFull => Ok(()),
        }
    }
}

/// Reads the whole input once, in bounded memory.
fn look_over(opened: &mut Opened<'_>) -> Result<Look, Fault> {
    let mut look = Look {
        valid_utf8: true,
        nul: false,
        line_feed: false,
    };
    let mut buffer = vec![0; CHUNK];
    // Bytes of a character that a piece cuts in two.
    let mut carried = 0;
    loop {
        let read = opened.fill(buffer.get_mut(carried..).unwrap_or_default())?;
        let bytes = buffer.get(..carried + read).unwrap_or_default();
        look.nul |= memchr::memchr(0, bytes).is_some();
        look.line_feed = look.line_feed || memchr::memchr(b'\n', bytes).is_some();
        let mut rest = 0;
        if look.valid_utf8
            && simdutf8::basic::from_utf8(bytes).is_err()
            && let Err(error) = std::str::from_utf8(bytes)
        {
            rest = bytes.len() - error.valid_up_to();
            look.valid_utf8 = error.error_len().is_none() && read > 0;
        }
        if read == 0 {
            break;
        }
        carried = if look.valid_utf8 { rest } else { 0 };
        let end = bytes.len();
        buffer.copy_within(end - carried..end, 0);
    }
    opened.rewind()?;
    Ok(look)
}

/// The detector's opinion of the whole input.
fn guess(opened: &mut Opened<'_>) -> Result<&'static encoding_rs::Encoding, Fault> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = opened.fill(&mut buffer)?;
        detector.feed(buffer.get(..read).unwrap_or_default(), read == 0);
        if read == 0 {
            break;
        }
    }
    opened.rewind()?;
    Ok(detector.guess(Some(b"cn"), Utf8Detection::Deny))
}
