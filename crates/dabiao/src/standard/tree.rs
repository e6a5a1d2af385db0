//! One tree with places for TOML and JSON: what a file says before anyone asks what it means.

use std::ops::Range;

use super::source::Source;
use crate::fault::{Fault, FaultCode, Faults};
use crate::lang::Text;

mod json;
mod toml_text;

/// A value and where it stands, in bytes of the source.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// The digits as they were written, less TOML's underscores; never a binary float.
    Number(String),
    String(String),
    /// A date or time that stands bare in TOML.
    Date(String),
    Array(Vec<Node>),
    /// In the order of the file, without duplicates.
    Table(Vec<Entry>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) node: Node,
}

/// How the text of a standard is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// TOML 1.0 and 1.1.
    Toml,
    /// Strict JSON: no comments, no trailing commas, no key twice.
    Json,
}

/// Tables, arrays and inline tables nest at most so deep; as the TOML parser has it.
const MAX_DEPTH: usize = 80;

/// Reads a text into a tree.
///
/// # Errors
/// Every syntax fault that the format's parser can find at once.
pub(super) fn read(source: &Source, format: Format) -> Result<Node, Faults> {
    match format {
        Format::Toml => toml_text::read(source),
        Format::Json => json::read(source),
    }
}

fn too_deep(source: &Source, at: usize) -> Fault {
    Fault::new(FaultCode::TooLarge)
        .at(source.place(at))
        .expected(Text::new(
            format!("嵌套不超过 {MAX_DEPTH} 层"),
            format!("at most {MAX_DEPTH} levels of nesting"),
        ))
}

fn duplicate_key(source: &Source, span: &Range<usize>) -> Fault {
    syntax(
        source,
        span,
        Text::new("未写过的键", "a key that is not given yet"),
    )
}

/// A syntax fault that shows what stands there, to the end of its line.
fn syntax(source: &Source, span: &Range<usize>, expected: Text) -> Fault {
    /// A line may be megabytes long.
    const SHOWN: usize = 80;
    let fault = Fault::new(FaultCode::Syntax)
        .at(source.place(span.start))
        .expected(expected);
    let rest = source.text().get(span.start..).unwrap_or("");
    let end = rest
        .char_indices()
        .nth(SHOWN)
        .map_or(rest.len(), |(end, _)| end);
    let rest = rest.get(..end).unwrap_or(rest);
    let line = rest.lines().next().unwrap_or("").trim_end();
    let inside = span.end.saturating_sub(span.start);
    let shown = match line.get(..inside) {
        Some(shown) if !shown.is_empty() => shown,
        _ => line,
    };
    if shown.is_empty() {
        fault
    } else {
        fault.found(shown)
    }
}
