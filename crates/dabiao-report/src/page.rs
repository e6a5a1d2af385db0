//! The page: a small frame around its styles, its data, the charts and its own script.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dabiao::Lang;
use sha2::{Digest, Sha256};

use crate::data::Data;

const STYLE: &str = include_str!("page/style.css");
const CHARTS: &str = include_str!("../vendor/echarts/echarts.js");
/// One script in parts, in the order in which they need each other.
const SCRIPT: &[&str] = &[
    include_str!("page/words.js"),
    include_str!("page/dom.js"),
    include_str!("page/data.js"),
    include_str!("page/charts.js"),
    include_str!("page/glance.js"),
    include_str!("page/ranking.js"),
    include_str!("page/selection.js"),
    include_str!("page/card.js"),
    include_str!("page/coverage.js"),
    include_str!("page/phases.js"),
    include_str!("page/standard.js"),
    include_str!("page/main.js"),
];

pub(crate) fn write(data: &Data, title: &str, lang: Lang, mut out: impl Write) -> io::Result<()> {
    let script = format!(
        "(function () {{\n'use strict';\n{}}})();\n",
        SCRIPT.concat()
    );
    let json = serde_json::to_string(data)?;
    // Nothing is loaded, nothing runs but what stands here; charts set styles of elements.
    let policy = format!(
        "default-src 'none'; script-src '{}' '{}'; style-src '{}'; \
         style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(CHARTS),
        hash(&script),
        hash(STYLE),
    );
    let tag = lang.pick("zh-CN", "en");
    let title = escaped(title);
    let no_script = lang.pick(
        "此报告需要浏览器允许运行脚本。",
        "This report needs a browser that runs scripts.",
    );
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <div id=\"page\"><h1>{title}</h1><noscript><p>{no_script}</p></noscript></div>\n\
         <script type=\"application/json\" id=\"data\">"
    )?;
    write_escaped_json(&json, &mut out)?;
    write!(
        out,
        "</script>\n<script>{CHARTS}</script>\n<script>{script}</script>\n</body>\n</html>\n"
    )?;
    out.flush()
}

/// A source of a content security policy: the digest of an inline element.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Text between tags.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

/// JSON inside a script element: no `<` can end the element or open a comment, and no line
/// separator is taken for the end of a line.
fn write_escaped_json(json: &str, out: &mut impl Write) -> io::Result<()> {
    let special = |c: char| matches!(c, '<' | '\u{2028}' | '\u{2029}');
    let mut rest = json;
    while let Some(at) = rest.find(special) {
        let (before, after) = rest.split_at(at);
        out.write_all(before.as_bytes())?;
        let mut chars = after.chars();
        if let Some(c) = chars.next() {
            write!(out, "\\u{:04x}", u32::from(c))?;
        }
        rest = chars.as_str();
    }
    out.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_leave_its_element() {
        let told = [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "a\u{2028}b\u{2029}c",
        ];
        let json = serde_json::to_string(&told).unwrap();
        let mut bytes = Vec::new();
        write_escaped_json(&json, &mut bytes).unwrap();
        let safe = String::from_utf8(bytes).unwrap();
        assert!(!safe.contains(['<', '\u{2028}', '\u{2029}']));
        let read: Vec<String> = serde_json::from_str(&safe).unwrap();
        assert_eq!(read, told);
    }

    #[test]
    fn no_part_of_the_page_can_end_its_element_early() {
        let script = SCRIPT.concat();
        for part in [CHARTS, script.as_str()] {
            let lower = part.to_ascii_lowercase();
            assert!(!lower.contains("</script") && !lower.contains("<!--"));
        }
        assert!(!STYLE.contains("</"));
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
