//! Single values: text, numbers, choices, expressions.

use std::str::FromStr;

use super::reader::{Reader, one_among};
use crate::expression::{GREATEST, Quantity, SyntaxError, parse_number};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{Mark, MissingPolicy};
use crate::standard::tree::{Node, Value};

impl Reader {
    pub(super) fn string(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(digits) => {
                let quoted = format!("\"{digits}\"");
                self.wrong_type(
                    node,
                    Text::new(
                        format!("引号内的文字\u{ff0c}如 {quoted}"),
                        format!("text in quotes, such as {quoted}"),
                    ),
                )
            }
            _ => self.wrong_type(node, Text::new("文字", "text")),
        }
    }

    pub(super) fn yes(&mut self, node: &Node) -> Option<bool> {
        match node.value {
            Value::Bool(yes) => Some(yes),
            _ => self.wrong_type(node, Text::from("true/false")),
        }
    }

    /// A wording: one string, or `{ zh = "…", en = "…" }`.
    pub(super) fn text(&mut self, node: &Node) -> Option<Text> {
        let text = match &node.value {
            Value::String(text) => Text::from(text.as_str()),
            Value::Table(_) => {
                let mut fields = self.fields(node)?;
                let zh = self.optional(&mut fields, "zh", Reader::string);
                let en = self.optional(&mut fields, "en", Reader::string);
                let unread = [("zh", &zh), ("en", &en)]
                    .iter()
                    .any(|(key, read)| fields.has(key) && read.is_none());
                self.finish(fields);
                if unread {
                    return None;
                }
                Text::new(zh.unwrap_or_default(), en.unwrap_or_default())
            }
            _ => {
                return self.wrong_type(
                    node,
                    Text::new(
                        "文字\u{ff0c}或 { zh = \"…\", en = \"…\" }",
                        "text, or { zh = \"…\", en = \"…\" }",
                    ),
                );
            }
        };
        if text.zh.trim().is_empty() && text.en.trim().is_empty() {
            let fault = self.fault(FaultCode::MissingKey, self.place(node));
            self.push(fault.expected(Text::new("不为空的文字", "text that is not empty")));
            return None;
        }
        Some(text)
    }

    /// A number within 10^12 whose text can be written back exactly.
    pub(super) fn number(&mut self, node: &Node) -> Option<Rational> {
        self.quantity(node)
            .and_then(|quantity| match quantity.sign {
                None => Some(quantity.number),
                Some(_) => self.bad_number(
                    node,
                    &quantity.to_string(),
                    Text::new("不带 % 的数", "a number without %"),
                ),
            })
    }

    pub(super) fn quantity(&mut self, node: &Node) -> Option<Quantity> {
        let (Value::Number(text) | Value::String(text)) = &node.value else {
            return self.wrong_type(node, Text::new("数", "a number"));
        };
        let Ok(quantity) = text.parse::<Quantity>() else {
            let expected = Text::new(
                "数\u{ff0c}如 16.2、\"95%\"、\"1/3\"",
                "a number, such as 16.2, \"95%\", \"1/3\"",
            );
            return self.bad_number(node, text, expected);
        };
        let fits = quantity.number.abs() <= Rational::from(GREATEST);
        let reads_back = parse_number(&quantity.number.to_string()).is_some();
        if fits && reads_back {
            Some(quantity)
        } else {
            let expected = Text::new(
                "绝对值不超过 10^12、小数不超过 40 位的数",
                "a number within ±10^12 with at most 40 decimals",
            );
            self.bad_number(node, text, expected)
        }
    }

    fn bad_number<T>(&mut self, node: &Node, found: &str, expected: Text) -> Option<T> {
        let fault = self.fault(FaultCode::BadNumber, self.place(node));
        self.push(fault.found(found).expected(expected));
        None
    }

    /// A whole number from `least` to `greatest`.
    pub(super) fn whole(&mut self, node: &Node, least: u32, greatest: u32) -> Option<u32> {
        let number = self.number(node)?;
        let whole = number.is_integer().then(|| number.floor()).flatten();
        let whole = whole.and_then(|whole| u32::try_from(whole).ok());
        match whole.filter(|whole| (least..=greatest).contains(whole)) {
            Some(whole) => Some(whole),
            None => self.bad_number(
                node,
                &number.to_string(),
                Text::new(
                    format!("{least} 至 {greatest} 的整数"),
                    format!("a whole number from {least} to {greatest}"),
                ),
            ),
        }
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(&mut self, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let Value::String(text) = &node.value else {
            return self.wrong_type(node, one_among(&names));
        };
        let chosen = choices.iter().find(|(name, _)| name == text);
        if chosen.is_none() {
            self.bad_choice(node, text, &names);
        }
        chosen.map(|(_, choice)| *choice)
    }

    pub(super) fn bad_choice(&mut self, node: &Node, found: &str, names: &[&str]) {
        let expected = match self.nearest(found, names) {
            Some(meant) => Text::from(meant),
            None => one_among(names),
        };
        let fault = self.fault(FaultCode::BadChoice, self.place(node));
        self.push(fault.found(found).expected(expected));
    }

    /// An expression or a condition; a fault points into the text.
    pub(super) fn parsed<T: FromStr<Err = SyntaxError>>(&mut self, node: &Node) -> Option<T> {
        let Value::String(text) = &node.value else {
            return self.wrong_type(
                node,
                Text::new(
                    "引号内的算式或条件",
                    "an expression or a condition in quotes",
                ),
            );
        };
        match text.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let start = self
                    .places
                    .source()
                    .and_then(|source| source.inside(&node.span, text))
                    .map_or(node.span.start, |start| start + error.offset);
                let fault = self
                    .fault(FaultCode::BadExpression, self.place_at(start))
                    .expected(error.expected);
                let fault = match error.found {
                    Some(found) => fault.found(found),
                    None => fault,
                };
                self.push(fault);
                None
            }
        }
    }

    /// A threshold: a quantity or `"mean"`.
    pub(super) fn mark(&mut self, node: &Node) -> Option<Mark> {
        match &node.value {
            Value::String(text) if text == "mean" => Some(Mark::CohortMean),
            _ => self.quantity(node).map(Mark::Quantity),
        }
    }

    pub(super) fn missing_policy(&mut self, node: &Node) -> Option<MissingPolicy> {
        self.choice(
            node,
            &[
                ("zero", MissingPolicy::Zero),
                ("error", MissingPolicy::Error),
                ("exclude", MissingPolicy::Exclude),
                ("mean", MissingPolicy::Mean),
                ("median", MissingPolicy::Median),
            ],
        )
    }
}
