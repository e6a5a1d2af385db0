//! What reads a tree key by key: it keeps the path, the places and every fault.

use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::lang::Text;
use crate::standard::nearest_name;
use crate::standard::source::{Places, Source};
use crate::standard::tree::{Entry, Node, Value};

pub(super) struct Reader {
    pub(super) places: Places,
    pub(super) faults: Faults,
    /// The path of what is being read, as [`Places`] spells it.
    path: String,
    /// The codes of the section, item, measure … that is being read.
    subject: Option<String>,
    /// How many misspelt words are still compared with the known ones.
    hints: usize,
    /// Whether it reads a campaign's file: its faults have codes of their own.
    of_campaign: bool,
}

/// A table of which keys are taken one after the other; what is left is unknown.
pub(super) struct Fields<'t> {
    entries: &'t [Entry],
    taken: Vec<bool>,
    known: Vec<&'static str>,
    place: Place,
}

impl<'t> Fields<'t> {
    fn find(&mut self, key: &'static str) -> Option<&'t Entry> {
        self.known.push(key);
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        if let Some(taken) = self.taken.get_mut(at) {
            *taken = true;
        }
        self.entries.get(at)
    }

    /// Whether a key is written, without taking it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub(super) fn place(&self) -> Place {
        self.place.clone()
    }
}

impl Reader {
    pub(super) fn new(source: Source) -> Self {
        Reader {
            places: Places::new(source),
            faults: Faults::new(),
            path: String::new(),
            subject: None,
            hints: Faults::LIMIT,
            of_campaign: false,
        }
    }

    /// The same for a campaign's file.
    pub(super) fn of_campaign(source: Source) -> Self {
        Reader {
            of_campaign: true,
            ..Reader::new(source)
        }
    }

    pub(super) fn place_at(&self, offset: usize) -> Place {
        self.places
            .source()
            .map(|source| source.place(offset))
            .unwrap_or_default()
    }

    pub(super) fn place(&self, node: &Node) -> Place {
        self.place_at(node.span.start)
    }

    pub(super) fn fault(&self, code: FaultCode, place: Place) -> Fault {
        let code = match code {
            code if !self.of_campaign => code,
            FaultCode::UnknownKey => FaultCode::CampaignUnknownKey,
            FaultCode::MissingKey => FaultCode::CampaignMissingKey,
            FaultCode::WrongType => FaultCode::CampaignWrongType,
            FaultCode::BadChoice => FaultCode::CampaignBadChoice,
            FaultCode::BadNumber => FaultCode::CampaignBadNumber,
            FaultCode::BadCode => FaultCode::CampaignBadCode,
            FaultCode::DuplicateCode => FaultCode::CampaignDuplicateCode,
            code => code,
        };
        let fault = Fault::new(code).at(place);
        match &self.subject {
            Some(subject) => fault.about(subject),
            None => fault,
        }
    }

    pub(super) fn push(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Reports that another type of value was expected.
    pub(super) fn wrong_type<T>(&mut self, node: &Node, expected: Text) -> Option<T> {
        let fault = self
            .fault(FaultCode::WrongType, self.place(node))
            .expected(expected);
        let fault = match &node.value {
            Value::String(text) => fault.found(format!("\"{text}\"")),
            Value::Number(text) | Value::Date(text) => fault.found(text),
            Value::Bool(yes) => fault.found(yes),
            Value::Null => fault.found("null"),
            Value::Array(_) => fault.found("[…]"),
            Value::Table(_) => fault.found("{…}"),
        };
        self.push(fault);
        None
    }

    /// Reads something further in: `step` is `.key` or `[index]`.
    pub(super) fn step<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.path.len();
        let step = if before == 0 {
            step.trim_start_matches('.')
        } else {
            step
        };
        self.path.push_str(step);
        let value = read(self);
        self.path.truncate(before);
        value
    }

    /// Reads a part that has a code of its own, which its faults are about.
    pub(super) fn about<T>(
        &mut self,
        subject: Option<String>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let Some(subject) = subject else {
            return read(self);
        };
        let before = self.subject.replace(subject);
        let value = read(self);
        self.subject = before;
        value
    }

    /// Notes the place of what is being read, and that it is broken if nothing comes of it.
    fn noted<T>(&mut self, node: &Node, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.places.put(&self.path, node.span.clone());
        let value = read(self);
        if value.is_none() {
            self.places.put_broken(&self.path);
        }
        value
    }

    /// Marks a part of what is being read as unreadable.
    pub(super) fn broken(&mut self, step: &str) {
        let path = format!("{}{step}", self.path);
        self.places.put_broken(path.trim_start_matches('.'));
    }

    /// The keys of a table.
    pub(super) fn fields<'t>(&mut self, node: &'t Node) -> Option<Fields<'t>> {
        match &node.value {
            Value::Table(entries) => Some(Fields {
                entries,
                taken: vec![false; entries.len()],
                known: Vec::new(),
                place: self.place(node),
            }),
            _ => self.wrong_type(node, Text::new("表", "a table")),
        }
    }

    /// A key that may be left out.
    pub(super) fn optional<'t, T>(
        &mut self,
        fields: &mut Fields<'t>,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'t Node) -> Option<T>,
    ) -> Option<T> {
        let entry = fields.find(key)?;
        self.step(&format!(".{key}"), |reader| {
            reader.noted(&entry.node, |reader| read(reader, &entry.node))
        })
    }

    /// A key that must stand there.
    pub(super) fn required<'t, T>(
        &mut self,
        fields: &mut Fields<'t>,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'t Node) -> Option<T>,
    ) -> Option<T> {
        if fields.has(key) {
            return self.optional(fields, key, read);
        }
        fields.known.push(key);
        self.missing(fields, key);
        None
    }

    /// Reports a missing key.
    pub(super) fn missing(&mut self, fields: &Fields<'_>, key: &str) {
        let fault = self
            .fault(FaultCode::MissingKey, fields.place())
            .expected(Text::from(key));
        self.push(fault);
        self.broken(&format!(".{key}"));
    }

    /// The one of some keys that is written; none and more than one are faults.
    pub(super) fn one_of(
        &mut self,
        fields: &mut Fields<'_>,
        keys: &[&'static str],
        code: FaultCode,
    ) -> Option<&'static str> {
        fields.known.extend(keys);
        let given: Vec<&'static str> = keys.iter().copied().filter(|key| fields.has(key)).collect();
        match given.as_slice() {
            [only] => Some(only),
            [] => {
                let fault = self.fault(code, fields.place()).expected(one_among(keys));
                self.push(fault);
                None
            }
            [first, second, ..] => {
                let place = fields.entries.iter().find(|entry| entry.key == *second);
                let place = place.map_or_else(
                    || fields.place(),
                    |entry| self.place_at(entry.key_span.start),
                );
                for (entry, taken) in fields.entries.iter().zip(&mut fields.taken) {
                    *taken |= given.contains(&entry.key.as_str());
                }
                let fault = if code == FaultCode::RuleCount {
                    self.fault(code, place)
                        .found(given.join(", "))
                        .expected(one_among(keys))
                } else {
                    self.fault(FaultCode::UnknownKey, place)
                        .found(second)
                        .expected(Text::new(
                            format!("不与 {first} 同用"),
                            format!("it not to stand beside {first}"),
                        ))
                };
                self.push(fault);
                None
            }
        }
    }

    /// Every entry of a table whose keys are names of the author's.
    pub(super) fn entries<'t, T>(
        &mut self,
        node: &'t Node,
        mut read: impl FnMut(&mut Self, &'t str, &'t Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Table(entries) = &node.value else {
            return self.wrong_type(node, Text::new("表", "a table"));
        };
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            self.step(&format!(".{}", entry.key), |reader| {
                let value =
                    reader.noted(&entry.node, |reader| read(reader, &entry.key, &entry.node));
                // A key's own place says more than its value's.
                reader.places.put(
                    &reader.path,
                    entry.key_span.start..entry.node.span.end.max(entry.key_span.end),
                );
                all.extend(value);
            });
        }
        Some(all)
    }

    /// Every element of a list. One that cannot be read is left out, and the list is
    /// broken, since the others have moved up.
    pub(super) fn list<'t, T>(
        &mut self,
        node: &'t Node,
        mut read: impl FnMut(&mut Self, &'t Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(elements) = &node.value else {
            return self.wrong_type(node, Text::new("数组 [ … ]", "a list [ … ]"));
        };
        let mut all = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let value = self.step(&format!("[{index}]"), |reader| {
                reader.noted(element, |reader| read(reader, element))
            });
            if value.is_none() {
                self.broken("");
            }
            all.extend(value);
        }
        Some(all)
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(&mut self, mut fields: Fields<'_>) {
        fields.known.sort_unstable();
        fields.known.dedup();
        for (entry, taken) in fields.entries.iter().zip(&fields.taken) {
            if *taken {
                continue;
            }
            let expected = match self.nearest(&entry.key, &fields.known) {
                Some(known) => Text::from(known),
                None => one_among(&fields.known),
            };
            let place = self.place_at(entry.key_span.start);
            let fault = self
                .fault(FaultCode::UnknownKey, place)
                .found(&entry.key)
                .expected(expected);
            self.push(fault);
        }
    }

    /// The known word that was most likely meant.
    pub(super) fn nearest<'k>(&mut self, word: &str, known: &[&'k str]) -> Option<&'k str> {
        self.hints = self.hints.checked_sub(1)?;
        nearest_name(word, known.iter().copied())
    }

    /// A key that means nothing without another one.
    pub(super) fn needs(&mut self, fields: &mut Fields<'_>, key: &'static str, other: &str) {
        if let Some(entry) = fields.find(key) {
            let fault = self
                .fault(FaultCode::UnknownKey, self.place_at(entry.key_span.start))
                .found(key)
                .expected(Text::new(
                    format!("与 {other} 同用"),
                    format!("it to stand beside {other}"),
                ));
            self.push(fault);
        }
    }
}

/// "one of a, b, c" in both languages.
pub(super) fn one_among<S: AsRef<str>>(choices: &[S]) -> Text {
    let names: Vec<&str> = choices.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [only] => Text::from(*only),
        _ => Text::new(
            format!("{} 之一", names.join("、")),
            format!("one of {}", names.join(", ")),
        ),
    }
}
