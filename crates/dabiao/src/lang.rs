//! Text in two languages, and the choice between them.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A language in which the library explains itself.
///
/// ```
/// use dabiao::Lang;
/// assert_eq!("zh_CN.UTF-8".parse(), Ok(Lang::Zh));
/// assert_eq!("en".parse(), Ok(Lang::En));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Chinese (simplified), the language of the standards.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Picks one of two strings.
    #[must_use]
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl FromStr for Lang {
    type Err = UnknownLang;

    /// Reads `zh…` and `en…`, as in `LANG` and in BCP 47 tags.
    fn from_str(tag: &str) -> Result<Self, UnknownLang> {
        let tag = tag.to_ascii_lowercase();
        match tag.get(..2) {
            Some("zh") => Ok(Lang::Zh),
            Some("en") => Ok(Lang::En),
            _ => Err(UnknownLang),
        }
    }
}

/// The tag names a language that this library does not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language: expected zh or en")]
pub struct UnknownLang;

/// A text in Chinese and in English; where one is absent the other stands in.
///
/// ```
/// use dabiao::{Lang, Text};
/// let title = Text::new("绿化", "greenery");
/// assert_eq!(title.get(Lang::En), "greenery");
/// assert_eq!(Text::from("绿化").get(Lang::En), "绿化");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Text {
    /// Chinese.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zh: String,
    /// English.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl Text {
    /// A text in both languages.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Text {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The text in a language, or in the other where it has none.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        let (wanted, other) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        if wanted.is_empty() { other } else { wanted }
    }

    /// Whether neither language has a word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

impl From<&str> for Text {
    /// One wording that serves for both languages.
    fn from(text: &str) -> Self {
        Text::new(text, text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::new(text.clone(), text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.zh == self.en || self.en.is_empty() {
            f.write_str(&self.zh)
        } else if self.zh.is_empty() {
            f.write_str(&self.en)
        } else {
            write!(f, "{} / {}", self.zh, self.en)
        }
    }
}
