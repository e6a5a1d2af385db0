//! What the readers of XML parts share.

use std::borrow::Cow;

use dabiao::Fault;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::package::{Part, damaged};

/// The next event of a part.
pub(super) fn next<'b>(part: &mut Part<'_>, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, Fault> {
    buffer.clear();
    part.read_event_into(buffer)
        .map_err(|error| damaged(&error))
}

/// An attribute by its name without a prefix.
pub(super) fn attribute<'e>(
    element: &'e BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'e, str>>, Fault> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| damaged(&error))?;
        if attribute.key.local_name().as_ref() == name {
            let value = match attribute.value {
                Cow::Borrowed(value) if !value.contains('&') => Cow::Borrowed(value),
                value => Cow::Owned(
                    quick_xml::escape::unescape(&value)
                        .map_err(|error| damaged(&error))?
                        .into_owned(),
                ),
            };
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Adds the character that a reference stands for; entities of one's own are never expanded.
pub(super) fn push_reference(text: &mut String, reference: &BytesRef<'_>) -> Result<(), Fault> {
    let character = match reference.resolve_char_ref() {
        Ok(Some(character)) => character,
        Ok(None) => match reference.as_ref() {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => return Err(damaged(&format_args!("&{other};"))),
        },
        Err(error) => return Err(damaged(&error)),
    };
    text.push(character);
    Ok(())
}

/// Adds the text of an event, if it is one.
pub(super) fn push_text(text: &mut String, event: &Event<'_>) -> Result<(), Fault> {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(reference) => push_reference(text, reference)?,
        _ => {}
    }
    Ok(())
}
