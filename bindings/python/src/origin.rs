//! Where a standard came from, so that it can be pickled and shown.

use std::path::Path;

use dabiao::Standard;
use dabiao::standard::Format;
use dabiao_io::format_of;

/// A built-in standard's id, or a standard's text.
#[derive(Clone)]
pub(crate) enum Origin {
    Builtin(String),
    Toml(String),
    Json(String),
}

impl Origin {
    /// What a campaign names: a built-in standard, or a file relative to the campaign's.
    pub(crate) fn of(named: &str, folder: &Path) -> std::io::Result<Origin> {
        if Standard::builtin_ids().any(|id| id == named) {
            return Ok(Origin::Builtin(named.to_owned()));
        }
        let path = folder.join(named);
        let text = std::fs::read_to_string(&path)?;
        Ok(match format_of(&path, &text) {
            Format::Json => Origin::Json(text),
            Format::Toml => Origin::Toml(text),
        })
    }

    /// The standard's text.
    pub(crate) fn text(&self) -> &str {
        match self {
            Origin::Builtin(id) => Standard::builtin_text(id).unwrap_or_default(),
            Origin::Toml(text) | Origin::Json(text) => text,
        }
    }

    /// The class method that makes it again, and what that takes.
    pub(crate) fn maker(&self) -> (&'static str, &str) {
        match self {
            Origin::Builtin(id) => ("builtin", id),
            Origin::Toml(text) => ("from_toml", text),
            Origin::Json(text) => ("from_json", text),
        }
    }
}
