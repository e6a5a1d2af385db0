//! The text of a standard, and where in it something stands.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::lang::Text;

/// The text of a standard is at most so long: two thousand items with every word in two
/// languages.
pub const MAX_BYTES: usize = 2 << 20;

/// Characters are counted once per so many bytes, so that a place in a line of megabytes is
/// found at once.
const BLOCK: usize = 1024;

/// The text of a file, which must be UTF-8 and no longer than [`MAX_BYTES`].
///
/// # Errors
/// `file-too-large`, or `file-unreadable` with the place of the first byte that is no text.
///
/// ```
/// assert_eq!(dabiao::standard::text_of(b"[standard]"), Ok("[standard]"));
/// ```
pub fn text_of(bytes: &[u8]) -> Result<&str, Faults> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large(bytes.len()));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (sound, rest) = bytes.split_at(error.valid_up_to());
        let place = match Source::new(&String::from_utf8_lossy(sound)) {
            Ok(source) => source.place(sound.len()),
            Err(_) => Place::default(),
        };
        let fault = Fault::new(FaultCode::Unreadable).at(place);
        let fault = match rest.first() {
            Some(byte) => fault.found(format!("byte 0x{byte:02X}")),
            None => fault,
        };
        fault
            .expected(Text::new("UTF-8 编码的文字", "text in UTF-8"))
            .into()
    })
}

fn too_large(length: usize) -> Faults {
    let fault = Fault::new(FaultCode::TooLarge).found(format!("{length} B"));
    let (zh, en) = (
        format!("不超过 {MAX_BYTES} B"),
        format!("at most {MAX_BYTES} B"),
    );
    fault.expected(Text::new(zh, en)).into()
}

/// A text with an index from bytes to lines and columns.
#[derive(Clone, Debug)]
pub(super) struct Source {
    text: String,
    /// Where each line starts.
    lines: Vec<usize>,
    /// How many characters stand before each block.
    characters: Vec<usize>,
}

impl Source {
    /// # Errors
    /// Where the text is longer than [`MAX_BYTES`].
    pub(super) fn new(text: &str) -> Result<Self, Faults> {
        if text.len() > MAX_BYTES {
            return Err(too_large(text.len()));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(newlines.map(|(at, _)| at + 1))
            .collect();
        let mut before = 0;
        let characters = text
            .as_bytes()
            .chunks(BLOCK)
            .map(|block| {
                let here = before;
                before += starts(block);
                here
            })
            .collect();
        Ok(Source {
            text: text.to_owned(),
            lines,
            characters,
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn characters_before(&self, at: usize) -> usize {
        let block = at / BLOCK;
        let counted = self.characters.get(block).copied().unwrap_or(0);
        let rest = self.text.as_bytes().get(block * BLOCK..at).unwrap_or(&[]);
        counted + starts(rest)
    }

    /// The line and the column, both from 1, of a byte.
    pub(super) fn place(&self, at: usize) -> Place {
        let at = at.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line
            .checked_sub(1)
            .and_then(|i| self.lines.get(i))
            .copied()
            .unwrap_or(0);
        let column = self.characters_before(at) - self.characters_before(start) + 1;
        Place {
            line: Some(line as u64),
            column: Some(column as u64),
            ..Place::default()
        }
    }

    /// The byte of a line from 1 and a byte column from 1.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let start = line
            .checked_sub(1)
            .and_then(|i| self.lines.get(i))
            .copied()
            .unwrap_or(0);
        (start + column.saturating_sub(1)).min(self.text.len())
    }

    /// Where the text of a string starts inside its quotation marks; nothing where escapes
    /// stand in it, so that its characters are not those of the source.
    pub(super) fn inside(&self, span: &Range<usize>, decoded: &str) -> Option<usize> {
        let written = self.text.get(span.clone())?;
        let quotes = written.len().checked_sub(decoded.len())? / 2;
        // A newline right after """ is dropped.
        (quotes..=quotes + 2).find_map(|skip| {
            let inside = written.get(skip..skip + decoded.len())?;
            (inside == decoded).then_some(span.start + skip)
        })
    }
}

/// How many characters start in some bytes of a text.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

/// Where the parts of a document stand in its text.
///
/// A part is named by its path as the file spells it, such as `section[0].item[1].points`
/// or `measures.households`; indexes are from 0. A document that came from no text has none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    source: Option<Source>,
    spans: HashMap<String, Range<usize>>,
    /// What could not be read: a placeholder stands for it, about which nothing more is said.
    broken: HashSet<String>,
    /// Everything around what is broken.
    around_broken: HashSet<String>,
    /// Whether the code of a section or an item could not be read.
    pub(super) misses_codes: bool,
}

impl Places {
    pub(super) fn new(source: Source) -> Self {
        Places {
            source: Some(source),
            ..Places::default()
        }
    }

    pub(super) fn put(&mut self, path: &str, span: Range<usize>) {
        self.spans.insert(path.to_owned(), span);
    }

    pub(super) fn put_broken(&mut self, path: &str) {
        self.misses_codes |= path.starts_with("section")
            && (path == "section"
                || [".item", ".section", ".id"]
                    .iter()
                    .any(|end| path.ends_with(end)));
        self.broken.insert(path.to_owned());
        self.around_broken.extend(outwards(path).map(str::to_owned));
    }

    pub(super) fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// The place of a part, or of the nearest part around it that has one.
    pub(super) fn of(&self, path: &str) -> Place {
        let span = outwards(path)
            .filter_map(|path| self.spans.get(path))
            .next();
        match (&self.source, span) {
            (Some(source), Some(span)) => source.place(span.start),
            _ => Place::default(),
        }
    }

    /// The place of a word inside the text of a part; the part's own where it does not stand
    /// there as it is.
    pub(super) fn within(&self, path: &str, word: &str) -> Place {
        let found = self
            .source
            .as_ref()
            .zip(self.spans.get(path))
            .and_then(|(source, span)| {
                let written = source.text().get(span.clone())?;
                let whole = |at: usize| {
                    let before = written.get(..at).and_then(|text| text.chars().next_back());
                    let after = written
                        .get(at + word.len()..)
                        .and_then(|text| text.chars().next());
                    let inside = |c: Option<char>| c.is_some_and(unicode_ident::is_xid_continue);
                    !inside(before) && !inside(after)
                };
                let (at, _) = written.match_indices(word).find(|(at, _)| whole(*at))?;
                Some(source.place(span.start + at))
            });
        found.unwrap_or_else(|| self.of(path))
    }

    /// Whether a part is written in the file. A document from no text says all that it holds.
    pub(super) fn written(&self, path: &str) -> bool {
        self.source.is_none() || self.spans.contains_key(path)
    }

    /// Whether a part, or what it is a part of, could not be read.
    pub(super) fn is_broken(&self, path: &str) -> bool {
        !self.broken.is_empty() && outwards(path).any(|path| self.broken.contains(path))
    }

    /// Whether a part, or anything inside it, could not be read.
    pub(super) fn breaks_inside(&self, path: &str) -> bool {
        self.around_broken.contains(path)
    }
}

/// A path, what is around it, what is around that …
fn outwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.rfind(['.', '[']).and_then(|end| path.get(..end))
    })
}
