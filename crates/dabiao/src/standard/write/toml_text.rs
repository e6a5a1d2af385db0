//! TOML text, laid out as a person writes a standard.

use toml_writer::{ToTomlKey as _, ToTomlValue as _};

use super::Out;

/// The tables and lists that stand under headers of their own, by what they stand in.
const ROOT: [&str; 7] = [
    "standard",
    "measures",
    "section",
    "bonus",
    "deduction",
    "veto",
    "grade",
];
const SECTION: [&str; 3] = ["item", "section", "check"];

/// A list that is longer stands on a line for each element.
const WIDTH: usize = 80;

/// A document, as [`super::parts`] lays it out.
pub(super) fn document(out: &Out) -> String {
    let mut text = String::new();
    let Out::Map(entries) = out else {
        return text;
    };
    for (key, value) in entries
        .iter()
        .filter(|(key, _)| ROOT.contains(&key.as_str()))
    {
        match (key.as_str(), value) {
            ("measures", Out::Map(measures)) => {
                for (name, measure) in measures {
                    table(&["measures", name], false, measure, &mut text);
                }
            }
            (_, Out::List(parts)) => {
                for part in parts {
                    table(&[key], true, part, &mut text);
                }
            }
            _ => table(&[key], false, value, &mut text),
        }
    }
    text
}

/// A header, the keys under it, then the tables inside.
fn table(path: &[&str], in_list: bool, out: &Out, text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
    let keys: Vec<String> = path.iter().map(|key| key.to_toml_key()).collect();
    let (open, close) = if in_list { ("[[", "]]") } else { ("[", "]") };
    text.push_str(&format!("{open}{}{close}\n", keys.join(".")));
    let Out::Map(entries) = out else { return };
    let under_header = |key: &str, value: &Out| {
        in_list && SECTION.contains(&key) && matches!(value, Out::List(parts) if !parts.is_empty())
    };
    for (key, value) in entries
        .iter()
        .filter(|(key, value)| !under_header(key, value))
    {
        text.push_str(&format!("{} = ", key.to_toml_key()));
        inline(value, true, text);
        text.push('\n');
    }
    for (key, value) in entries
        .iter()
        .filter(|(key, value)| under_header(key, value))
    {
        let Out::List(parts) = value else { continue };
        for part in parts {
            let inner: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
            table(&inner, true, part, text);
        }
    }
}

/// A value on one line.
pub(super) fn on_one_line(out: &Out) -> String {
    let mut text = String::new();
    inline(out, false, &mut text);
    text
}

/// A value on one line, or a list over several where it is long.
fn inline(out: &Out, may_break: bool, text: &mut String) {
    match out {
        Out::Text(string) => text.push_str(&string.to_toml_value()),
        Out::Number(number) => {
            let digits = number.to_string();
            if digits.contains('/') {
                text.push_str(&digits.to_toml_value());
            } else {
                text.push_str(&digits);
            }
        }
        Out::Yes(yes) => text.push_str(if *yes { "true" } else { "false" }),
        Out::List(items) => {
            let mut parts = Vec::with_capacity(items.len());
            for item in items {
                let mut part = String::new();
                inline(item, false, &mut part);
                parts.push(part);
            }
            let line = parts.join(", ");
            if may_break && parts.len() > 1 && line.chars().take(WIDTH + 1).count() > WIDTH {
                text.push_str("[\n");
                for part in parts {
                    text.push_str(&format!("  {part},\n"));
                }
                text.push(']');
            } else {
                text.push_str(&format!("[{line}]"));
            }
        }
        Out::Map(entries) => {
            let mut parts = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let mut part = format!("{} = ", key.to_toml_key());
                inline(value, false, &mut part);
                parts.push(part);
            }
            match parts.is_empty() {
                true => text.push_str("{}"),
                false => text.push_str(&format!("{{ {} }}", parts.join(", "))),
            }
        }
    }
}
