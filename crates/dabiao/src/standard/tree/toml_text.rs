//! The tree of a TOML text.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Node, Value, duplicate_key, syntax, too_deep};
use crate::fault::{Fault, Faults};
use crate::lang::Text;
use crate::standard::source::Source;

pub(super) fn read(source: &Source) -> Result<Node, Faults> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    let mut faults = Faults::new();
    // Binary junk has a fault in every byte: those that are not listed are only counted.
    faults.more = errors.len().saturating_sub(Faults::LIMIT);
    for error in errors.iter().take(Faults::LIMIT) {
        let end = source.text().len();
        let span = error.span().unwrap_or(end..end);
        faults.push(fault(source, error.message(), &span));
    }
    let whole = 0..source.text().len();
    let value = table_value(table.into_inner());
    faults.into_result(Node { value, span: whole })
}

fn table_value(table: DeTable<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            key_span: key.span(),
            key: key.into_inner().into_owned(),
            node: node(value),
        })
        .collect();
    // The parser's map is sorted by name; a person wrote it in another order.
    entries.sort_by_key(|entry| entry.key_span.start);
    Value::Table(entries)
}

/// The parser has bounded the depth.
fn node(spanned: Spanned<DeValue<'_>>) -> Node {
    let span = spanned.span();
    let value = match spanned.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(integer) => Value::Number(integer.to_string()),
        DeValue::Float(float) => Value::Number(float.as_str().to_owned()),
        DeValue::Boolean(yes) => Value::Bool(yes),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::Array(items.into_iter().map(node).collect()),
        DeValue::Table(table) => table_value(table),
    };
    Node { value, span }
}

fn fault(source: &Source, message: &str, span: &Range<usize>) -> Fault {
    let (description, expected) = message
        .split_once(", expected ")
        .map_or((message, None), |(description, expected)| {
            (description, Some(expected))
        });
    let expected = match (description, expected) {
        ("duplicate key", _) => return duplicate_key(source, span),
        ("recursion limit", _) | ("cannot recurse further; max recursion depth met", _) => {
            return too_deep(source, span.start);
        }
        ("unexpected leading zero", _) => {
            Text::new("开头没有多余的 0 的数", "a number without leading zeros")
        }
        ("extra comma in array" | "extra comma in inline table", _) => {
            Text::new("值\u{ff0c}不是又一个逗号", "a value, not another comma")
        }
        (_, Some(expected)) => in_words(expected),
        (other, None) => Text::new(
            format!("合规的 TOML({other})"),
            format!("well-formed TOML: {other}"),
        ),
    };
    syntax(source, span, expected)
}

/// The words that the parser's lists of expectations are made of.
fn in_words(expected: &str) -> Text {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for word in expected.split(", ") {
        let (chinese, english) = match word {
            "value" => ("值", word),
            "key" => ("键", word),
            "letters" => ("字母", word),
            "numbers" | "digits" => ("数字", word),
            "newline" => ("换行", word),
            "nothing" => ("到此结束", word),
            "characters" | "printable characters" => ("可显示的字符", word),
            "unicode hexadecimal value" => ("十六进制的字符编码", word),
            "basic string" | "literal string" | "multi-line basic string" => (
                "值\u{ff08}文字须加引号\u{ff09}",
                "a value (text stands in quotes)",
            ),
            _ => (word, word),
        };
        zh.push(chinese);
        en.push(english);
    }
    Text::new(zh.join("、"), en.join(", "))
}
