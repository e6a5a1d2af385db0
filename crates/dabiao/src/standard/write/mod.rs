//! From a [`Document`] back to text: JSON and TOML for people, and the canonical form whose
//! digest names a standard.

use sha2::{Digest, Sha256};

use super::document::Document;
use crate::rational::Rational;

mod json;
mod parts;
mod rules;
#[cfg(test)]
mod tests;
mod toml_text;

/// A standard as it is written, before it is written in a format: what [`Document::to_parts`]
/// gives, with the keys of a standard's file.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// A text.
    Text(String),
    /// Bare where it is a decimal, `"1/3"` where it is not.
    Number(Rational),
    /// True or false.
    Yes(bool),
    /// Several, in order.
    List(Vec<Written>),
    /// Keys with their values, in order.
    Map(Vec<(String, Written)>),
}

use Written as Out;

type Map = Vec<(String, Out)>;

impl Written {
    /// As the value of a key in TOML, on one line: `{ mean_by = "households" }`.
    #[must_use]
    pub fn to_inline_toml(&self) -> String {
        toml_text::on_one_line(self)
    }
}

/// A map that leaves out what is absent or says what holds anyway.
#[derive(Default)]
struct Fields(Map);

impl Fields {
    fn put(&mut self, key: &str, value: impl Into<Out>) {
        self.0.push((key.to_owned(), value.into()));
    }

    fn maybe(&mut self, key: &str, value: Option<impl Into<Out>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Left out where it is the default.
    fn unless<T: PartialEq + Into<Out>>(&mut self, key: &str, value: T, default: &T) {
        if value != *default {
            self.put(key, value);
        }
    }

    fn list<T>(&mut self, key: &str, items: &[T], write: impl Fn(&T) -> Out) {
        if !items.is_empty() {
            self.put(key, Out::List(items.iter().map(write).collect()));
        }
    }

    fn done(self) -> Out {
        Out::Map(self.0)
    }
}

impl From<&str> for Out {
    fn from(text: &str) -> Self {
        Out::Text(text.to_owned())
    }
}

impl From<&String> for Out {
    fn from(text: &String) -> Self {
        Out::Text(text.clone())
    }
}

impl From<String> for Out {
    fn from(text: String) -> Self {
        Out::Text(text)
    }
}

impl From<&Rational> for Out {
    fn from(number: &Rational) -> Self {
        Out::Number(number.clone())
    }
}

impl From<u32> for Out {
    fn from(number: u32) -> Self {
        Out::Number(Rational::from(i64::from(number)))
    }
}

impl From<u8> for Out {
    fn from(number: u8) -> Self {
        Out::from(u32::from(number))
    }
}

impl From<bool> for Out {
    fn from(yes: bool) -> Self {
        Out::Yes(yes)
    }
}

impl Document {
    /// The standard as JSON with the schema of the input, indented for people.
    ///
    /// Keys stand in a fixed order and defaults are left out; reading it gives an equal
    /// document.
    ///
    /// ```
    /// use dabiao::standard::document::Document;
    /// let document = Document::from_toml(
    ///     "standard = { id = 'x', title = 'X', decimals = 2 }\n\
    ///      [[section]]\nid = '1'\ntitle = 'one'\n\
    ///      [[section.item]]\nid = '1.1'\ntitle = 'share'\npoints = 4.50\nvalue = 'a/b'\n\
    ///      curve = [['50%', 0], [1, 4.5]]",
    /// )?;
    /// let json = document.to_json();
    /// assert!(json.contains(r#""value": "a / b""#) && json.contains("[\"50%\", 0], [1, 4.5]"));
    /// assert_eq!(Document::from_json(&json)?, document);
    /// # Ok::<(), dabiao::Faults>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = json::pretty(&self.written(false));
        text.push('\n');
        text
    }

    /// The standard as TOML, laid out as a person would: a table for each measure, section,
    /// item and check. Reading it gives an equal document.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml_text::document(&self.written(false))
    }

    /// The standard as keys and values, for another format: all that [`Document::to_json`]
    /// writes, in the same order.
    #[must_use]
    pub fn to_parts(&self) -> Written {
        self.written(false)
    }

    /// The canonical form: the JSON of [`Document::to_json`] without blanks, with what has no
    /// order sorted: measures by name, a checklist's table by count, a grade's marks by code,
    /// all as bytes. Numbers, expressions and conditions are in their canonical text, text
    /// is escaped only where JSON demands it. It is the same for TOML and JSON, however they
    /// are laid out.
    #[must_use]
    pub fn canonical(&self) -> String {
        json::compact(&self.written(true))
    }

    /// The SHA-256 of the canonical form in UTF-8, which names the standard in every result.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.canonical()).into()
    }
}
