//! Texts in both languages, each kept once.

use std::collections::HashMap;

use dabiao::Text;
use serde::{Serialize, Serializer};

/// The place of a text in the page's list.
pub(crate) type TextId = u32;

/// All texts of a page: many cards say the same of an item.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    places: HashMap<Text, TextId>,
    all: Vec<Text>,
}

impl Texts {
    pub(crate) fn add(&mut self, text: &Text) -> TextId {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = TextId::try_from(self.all.len()).unwrap_or(TextId::MAX);
        self.places.insert(text.clone(), place);
        self.all.push(text.clone());
        place
    }

    pub(crate) fn add_some(&mut self, text: Option<&Text>) -> Option<TextId> {
        text.filter(|text| !text.is_empty())
            .map(|text| self.add(text))
    }
}

impl Serialize for Texts {
    /// As `["中文", "English"]`, or one string that serves for both.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Said<'a> {
            Once(&'a str),
            Both([&'a str; 2]),
        }
        serializer.collect_seq(self.all.iter().map(|text| {
            let (zh, en) = (text.get(dabiao::Lang::Zh), text.get(dabiao::Lang::En));
            if zh == en {
                Said::Once(zh)
            } else {
                Said::Both([zh, en])
            }
        }))
    }
}
