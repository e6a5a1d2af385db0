//! JSON text.

use super::Out;

/// A list or table that fits stands on one line.
const WIDTH: usize = 80;

/// Without blanks.
pub(super) fn compact(out: &Out) -> String {
    let mut text = String::new();
    write(out, "", "", &mut text);
    text
}

/// `comma` and `colon` are what follows these two.
fn write(out: &Out, comma: &str, colon: &str, text: &mut String) {
    match out {
        Out::Text(string) => quote(string, text),
        Out::Number(number) => {
            let digits = number.to_string();
            if digits.contains('/') {
                quote(&digits, text);
            } else {
                text.push_str(&digits);
            }
        }
        Out::Yes(yes) => text.push_str(if *yes { "true" } else { "false" }),
        Out::List(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                    text.push_str(comma);
                }
                write(item, comma, colon, text);
            }
            text.push(']');
        }
        Out::Map(entries) => {
            text.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                    text.push_str(comma);
                }
                quote(key, text);
                text.push(':');
                text.push_str(colon);
                write(value, comma, colon, text);
            }
            text.push('}');
        }
    }
}

fn quote(string: &str, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Indented by two.
pub(super) fn pretty(out: &Out) -> String {
    let mut text = String::new();
    indent(out, 0, &mut text);
    text
}

fn indent(out: &Out, depth: usize, text: &mut String) {
    let mut line = String::new();
    write(out, " ", " ", &mut line);
    let is_short = line.chars().take(WIDTH + 1).count() <= WIDTH;
    let new_line = |depth: usize, text: &mut String| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    match out {
        Out::List(items) if !is_short => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                new_line(depth + 1, text);
                indent(item, depth + 1, text);
            }
            new_line(depth, text);
            text.push(']');
        }
        Out::Map(entries) if !is_short => {
            text.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                new_line(depth + 1, text);
                quote(key, text);
                text.push_str(": ");
                indent(value, depth + 1, text);
            }
            new_line(depth, text);
            text.push('}');
        }
        _ => text.push_str(&line),
    }
}
