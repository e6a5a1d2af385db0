//! The tree of a JSON text.

use std::collections::HashSet;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Entry, MAX_DEPTH, Node, Value, duplicate_key, syntax, too_deep};
use crate::fault::{Fault, FaultCode, Faults};
use crate::lang::Text;
use crate::standard::source::Source;

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn read(source: &Source) -> Result<Node, Faults> {
    let text = source.text();
    if let Some(at) = nests_too_deep(text) {
        return Err(too_deep(source, at).into());
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT)
        .map_err(|error| fault(source, &error))?;
    let Some(value) = parsed.value else {
        let end = text.len();
        return Err(syntax(source, &(end..end), Text::new("{ … }", "{ … }")).into());
    };
    if let Some(fault) = not_strict(source) {
        return Err(fault.into());
    }
    let mut faults = Faults::new();
    let node = node(source, value, &mut faults);
    faults.into_result(node)
}

/// The first bracket that opens one level too many, found before anything recurses.
fn nests_too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(at);
        }
    }
    None
}

/// The parser with places lets pass control characters in strings and Unicode blanks between
/// tokens; the other parser does not.
fn not_strict(source: &Source) -> Option<Fault> {
    let error = serde_json::from_str::<serde::de::IgnoredAny>(source.text()).err()?;
    let at = source.offset(error.line(), error.column());
    Some(
        Fault::new(FaultCode::Syntax)
            .at(source.place(at))
            .expected(Text::new(
                "合规的 JSON\u{ff08}文字内不得有控制字符\u{ff0c}文字外只用普通空格\u{ff09}",
                "strict JSON: no control characters in text, plain blanks between values",
            )),
    )
}

fn node(source: &Source, value: ast::Value<'_>, faults: &mut Faults) -> Node {
    let range = value.range();
    let value = match value {
        ast::Value::StringLit(text) => Value::String(text.value.into_owned()),
        ast::Value::NumberLit(number) => Value::Number(number.value.to_owned()),
        ast::Value::BooleanLit(yes) => Value::Bool(yes.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(array) => Value::Array(
            array
                .elements
                .into_iter()
                .map(|element| node(source, element, faults))
                .collect(),
        ),
        ast::Value::Object(object) => {
            let mut seen = HashSet::new();
            let mut entries = Vec::with_capacity(object.properties.len());
            for property in object.properties {
                let key_range = property.name.range();
                let key_span = key_range.start..key_range.end;
                let key = property.name.into_string();
                let entry = Entry {
                    node: node(source, property.value, faults),
                    key,
                    key_span,
                };
                if seen.insert(entry.key.clone()) {
                    entries.push(entry);
                } else {
                    faults.push(duplicate_key(source, &entry.key_span));
                }
            }
            Value::Table(entries)
        }
    };
    Node {
        value,
        span: range.start..range.end,
    }
}

fn fault(source: &Source, error: &ParseError) -> Fault {
    let range = error.range();
    let expected = match error.kind() {
        ParseErrorKind::CommentsNotAllowed => Text::new("JSON 中不得有注释", "no comments in JSON"),
        ParseErrorKind::TrailingCommasNotAllowed => {
            Text::new("末项之后没有逗号", "no comma after the last entry")
        }
        ParseErrorKind::ExpectedComma => Text::new("逗号", "a comma"),
        ParseErrorKind::ExpectedColonAfterObjectKey => {
            Text::new("键后的冒号", "a colon after the key")
        }
        ParseErrorKind::ExpectedObjectValue => Text::new("冒号后的值", "a value after the colon"),
        ParseErrorKind::ExpectedStringObjectProperty | ParseErrorKind::UnexpectedTokenInObject => {
            Text::new("双引号内的键", "a key in double quotes")
        }
        ParseErrorKind::SingleQuotedStringsNotAllowed => {
            Text::new("双引号内的文字", "text in double quotes")
        }
        ParseErrorKind::MultipleRootJsonValues => Text::new("到此结束", "the end"),
        ParseErrorKind::UnterminatedArray => Text::new("与此对应的 ]", "a ] that closes it"),
        ParseErrorKind::UnterminatedObject => Text::new("与此对应的 }", "a } that closes it"),
        ParseErrorKind::String(kind) => Text::new(
            format!("合规的文字\u{ff08}{kind}\u{ff09}"),
            format!("well-formed text: {kind}"),
        ),
        ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::UnaryPlusNumbersNotAllowed
        | ParseErrorKind::BareDecimalPointNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed
        | ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral => {
            Text::new("JSON 的数\u{ff0c}如 -0.5", "a number of JSON, such as -0.5")
        }
        ParseErrorKind::NestingDepthExceeded => return too_deep(source, range.start),
        _ => Text::new("值", "a value"),
    };
    syntax(source, &(range.start..range.end), expected)
}
