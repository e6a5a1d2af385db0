//! Faults on standard error: in lines, with the source they are in, or as JSON.

use std::io::{self, IsTerminal, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use dabiao::{Fault, Faults, Lang};
use serde_json::{Value, json};

use crate::args::Format;

/// Writes the faults. That nobody reads them is no reason to fail otherwise.
pub(crate) fn report(faults: &Faults, text: Option<&str>, lang: Lang, format: Format) {
    let written = match (format, text) {
        (Format::Json, _) => as_json(faults, lang),
        (_, Some(text)) => with_source(faults, text, lang),
        (_, None) => in_lines(faults, lang),
    };
    let _ = io::stderr().lock().write_all(written.as_bytes());
}

/// Writes what is no fault but worth a look.
pub(crate) fn advise(advice: &[Fault], lang: Lang, format: Format) {
    const SHOWN: usize = 20;
    if format == Format::Json || advice.is_empty() {
        return;
    }
    let word = lang.pick("提示", "advice");
    let mut text = String::new();
    for one in advice.iter().take(SHOWN) {
        text.push_str(&format!("{word}[{}]: {}\n", one.code, one.message(lang)));
    }
    if advice.len() > SHOWN {
        let more = advice.len() - SHOWN;
        text.push_str(&match lang {
            Lang::Zh => format!("{word}: \u{2026}\u{2026}另有 {more} 条\n"),
            Lang::En => format!("{word}: … and {more} more\n"),
        });
    }
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

fn in_lines(faults: &Faults, lang: Lang) -> String {
    let word = lang.pick("错误", "error");
    let mut text = String::new();
    for fault in &faults.listed {
        text.push_str(&format!(
            "{word}[{}]: {}\n",
            fault.code,
            fault.message(lang)
        ));
    }
    text + &closing(faults, lang)
        + lang.pick("\u{ff0c}未输出任何结果\n", "; no result was written\n")
}

/// How many there were.
fn closing(faults: &Faults, lang: Lang) -> String {
    let (count, listed) = (faults.count(), faults.listed.len());
    let shown = match (lang, faults.more) {
        (_, 0) => String::new(),
        (Lang::Zh, _) => format!("\u{ff08}列出前 {listed} 处\u{ff09}"),
        (Lang::En, _) => format!(" ({listed} of them listed)"),
    };
    match (lang, count) {
        (Lang::Zh, _) => format!("共 {count} 处错误{shown}"),
        (Lang::En, 1) => "1 fault".to_owned(),
        (Lang::En, _) => format!("{count} faults{shown}"),
    }
}

fn as_json(faults: &Faults, lang: Lang) -> String {
    let listed: Vec<Value> = faults
        .listed
        .iter()
        .map(|fault| {
            let mut value = serde_json::to_value(fault).unwrap_or_default();
            if let Some(object) = value.as_object_mut() {
                object.insert("message".to_owned(), json!(fault.message(lang)));
            }
            value
        })
        .collect();
    let all = json!({"faults": listed, "more": faults.more});
    format!(
        "{}\n",
        serde_json::to_string_pretty(&all).unwrap_or_default()
    )
}

fn with_source(faults: &Faults, text: &str, lang: Lang) -> String {
    let renderer = if io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut written = String::new();
    for fault in &faults.listed {
        let line = fault
            .place
            .line
            .and_then(|line| lines.get(usize::try_from(line).ok()?.checked_sub(1)?));
        match (fault.place.line, line) {
            (Some(number), Some(line)) if line.len() <= LONGEST => {
                written.push_str(&renderer.render(&[snippet(fault, number, line, lang)]));
            }
            _ => {
                let word = lang.pick("错误", "error");
                written.push_str(&format!("{word}[{}]: {}", fault.code, fault.message(lang)));
            }
        }
        written.push_str("\n\n");
    }
    written + &closing(faults, lang) + "\n"
}

/// A longer line is not shown.
const LONGEST: usize = 500;

fn snippet<'a>(fault: &'a Fault, number: u64, line: &'a str, lang: Lang) -> Group<'a> {
    let column = fault.place.column.unwrap_or(1).max(1);
    let skipped = usize::try_from(column - 1).unwrap_or(usize::MAX);
    let start = line
        .char_indices()
        .nth(skipped)
        .map_or(line.len(), |(at, _)| at);
    let length = token_length(line.get(start..).unwrap_or_default());
    let found = fault.found.as_deref();
    let expected = fault.expected.as_ref().map(|text| text.get(lang));
    let label = match (lang, found, expected) {
        (Lang::Zh, Some(found), Some(expected)) => {
            format!("实为 {found}\u{ff0c}应为 {expected}")
        }
        (Lang::Zh, Some(found), None) => format!("实为 {found}"),
        (Lang::Zh, None, Some(expected)) => format!("应为 {expected}"),
        (Lang::En, Some(found), Some(expected)) => format!("found {found}, expected {expected}"),
        (Lang::En, Some(found), None) => format!("found {found}"),
        (Lang::En, None, Some(expected)) => format!("expected {expected}"),
        (_, None, None) => String::new(),
    };
    let title = match (&fault.subject, lang) {
        (Some(subject), _) => format!("{subject}: {}", fault.code.title(lang)),
        (None, _) => fault.code.title(lang).to_owned(),
    };
    let mut source = Snippet::source(line)
        .line_start(usize::try_from(number).unwrap_or(usize::MAX))
        .annotation(
            AnnotationKind::Primary
                .span(start..start + length)
                .label(label),
        );
    if let Some(file) = &fault.place.file {
        source = source.path(file.as_str());
    }
    Level::ERROR
        .with_name(lang.pick("错误", "error"))
        .primary_title(title)
        .id(fault.code.as_str())
        .element(source)
}

/// The bytes of the word, number or quoted text that a place begins at.
fn token_length(rest: &str) -> usize {
    let Some(first) = rest.chars().next() else {
        return 0;
    };
    if matches!(first, '"' | '\'') {
        let inside = rest.get(1..).unwrap_or_default();
        return inside.find(first).map_or(rest.len(), |end| end + 2);
    }
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '%');
    let length: usize = rest
        .chars()
        .take_while(|c| word(*c))
        .map(char::len_utf8)
        .sum();
    length.max(first.len_utf8())
}
