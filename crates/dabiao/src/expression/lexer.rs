//! The words and signs of an expression.

use jiff::civil::Date;

use super::parse::SyntaxError;
use super::{Comparison, PartSign, Quantity};
use crate::lang::Text;
use crate::rational::Rational;

/// No constant in a standard is greater (DESIGN.md §2.1).
pub(crate) const GREATEST: i64 = 1_000_000_000_000;

/// What a text is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(Quantity),
    Date(Date),
    Label(String),
    /// A name that stood in backquotes is never a word of the language.
    Name {
        name: String,
        quoted: bool,
    },
    Plus,
    Minus,
    Times,
    Divide,
    Open,
    Close,
    Comma,
    Compare(Comparison),
    End,
}

/// A token and the bytes where it stands.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// The ASCII form of a full-width sign or digit, as Chinese input methods type them.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '\u{2212}' => '-',
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A decimal or a fraction as people type it, full-width digits included.
pub(crate) fn parse_number(text: &str) -> Option<Rational> {
    let plain: String = text.trim().chars().map(half_width).collect();
    plain.parse().ok()
}

impl std::str::FromStr for Quantity {
    type Err = crate::rational::NotANumber;

    /// Reads a decimal or a fraction and perhaps a sign: `"95"`, `"95%"`, `"1/3"`, `"3‰"`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut rest = text.trim().chars();
        let sign = rest.clone().next_back().and_then(part_sign);
        if sign.is_some() {
            rest.next_back();
        }
        let number = parse_number(rest.as_str()).ok_or(crate::rational::NotANumber)?;
        Ok(Quantity { number, sign })
    }
}

fn part_sign(c: char) -> Option<PartSign> {
    match half_width(c) {
        '%' => Some(PartSign::Percent),
        '\u{2030}' => Some(PartSign::PerMille),
        _ => None,
    }
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next character in its ASCII form, taken if it is wanted.
    fn take_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek()?;
        let plain = half_width(c);
        wanted(plain).then(|| {
            self.at += c.len_utf8();
            plain
        })
    }

    fn skip_blanks(&mut self) {
        while let Some(c) = self.peek().filter(|c| c.is_whitespace()) {
            self.at += c.len_utf8();
        }
    }

    fn fault(&self, start: usize, end: usize, expected: Text) -> SyntaxError {
        SyntaxError {
            offset: start,
            found: self.text.get(start..end).map(str::to_owned),
            expected,
        }
    }

    pub(super) fn next(&mut self) -> Result<Spanned, SyntaxError> {
        self.skip_blanks();
        let start = self.at;
        let token = match self.peek() {
            None => Token::End,
            Some(c) if half_width(c).is_ascii_digit() => self.number_or_date(start)?,
            Some(c) if c == '_' || unicode_ident::is_xid_start(c) => self.name(),
            Some(c) => self.sign(c, start)?,
        };
        Ok(Spanned {
            token,
            start,
            end: self.at,
        })
    }

    fn name(&mut self) -> Token {
        let rest = self.rest();
        let length = rest
            .find(|c| !unicode_ident::is_xid_continue(c))
            .unwrap_or(rest.len());
        self.at += length;
        Token::Name {
            name: rest.get(..length).unwrap_or(rest).to_owned(),
            quoted: false,
        }
    }

    /// What stands up to the closing mark, which is taken too.
    fn quoted(&mut self, start: usize, close: char) -> Result<String, SyntaxError> {
        let Some((inside, _)) = self.rest().split_once(close) else {
            let end = self.text.len();
            let expected = format!("{close}");
            return Err(self.fault(start, end, Text::from(expected)));
        };
        self.at += inside.len() + close.len_utf8();
        Ok(inside.to_owned())
    }

    fn sign(&mut self, c: char, start: usize) -> Result<Token, SyntaxError> {
        self.at += c.len_utf8();
        let token = match half_width(c) {
            '+' => Token::Plus,
            '-' => Token::Minus,
            '*' | '\u{d7}' => Token::Times,
            '/' | '\u{f7}' => Token::Divide,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\u{2265}' | '\u{2267}' | '\u{2a7e}' => Token::Compare(Comparison::AtLeast),
            '\u{2264}' | '\u{2266}' | '\u{2a7d}' => Token::Compare(Comparison::AtMost),
            '\u{2260}' => Token::Compare(Comparison::NotEqual),
            '>' if self.take_if(|c| c == '=').is_some() => Token::Compare(Comparison::AtLeast),
            '>' => Token::Compare(Comparison::Above),
            '<' if self.take_if(|c| c == '=').is_some() => Token::Compare(Comparison::AtMost),
            '<' if self.take_if(|c| c == '>').is_some() => Token::Compare(Comparison::NotEqual),
            '<' => Token::Compare(Comparison::Below),
            '=' => {
                self.take_if(|c| c == '=');
                Token::Compare(Comparison::Equal)
            }
            '!' if self.take_if(|c| c == '=').is_some() => Token::Compare(Comparison::NotEqual),
            '"' | '\'' => Token::Label(self.quoted(start, c)?),
            '\u{201c}' => Token::Label(self.quoted(start, '\u{201d}')?),
            '\u{2018}' => Token::Label(self.quoted(start, '\u{2019}')?),
            '`' => match self.quoted(start, c)? {
                name if name.is_empty() => {
                    let expected = Text::new(
                        "反引号内的指标名",
                        "a measure's name between the backquotes",
                    );
                    return Err(self.fault(start, self.at, expected));
                }
                name => Token::Name { name, quoted: true },
            },
            _ => {
                let expected = Text::new(
                    "数、指标名、引号内的等级、运算符或括号",
                    "a number, a measure's name, a label in quotes, an operator or a bracket",
                );
                return Err(self.fault(start, self.at, expected));
            }
        };
        Ok(token)
    }

    fn digits(&mut self, into: &mut String) -> usize {
        let before = into.len();
        while let Some(digit) = self.take_if(|c| c.is_ascii_digit()) {
            into.push(digit);
        }
        into.len() - before
    }

    fn number_or_date(&mut self, start: usize) -> Result<Token, SyntaxError> {
        if let Some(date) = self.date() {
            return date.map(Token::Date).ok_or_else(|| {
                let expected = Text::new(
                    "存在的日期\u{ff0c}写作 YYYY-MM-DD",
                    "a day that exists, as YYYY-MM-DD",
                );
                self.fault(start, self.at, expected)
            });
        }
        let mut digits = String::new();
        self.digits(&mut digits);
        let before_point = self.at;
        if self.take_if(|c| c == '.').is_some() {
            digits.push('.');
            if self.digits(&mut digits) == 0 {
                self.at = before_point;
                digits.pop();
            }
        }
        let before_exponent = (self.at, digits.len());
        if self.take_if(|c| matches!(c, 'e' | 'E')).is_some() {
            digits.push('e');
            digits.extend(self.take_if(|c| matches!(c, '+' | '-')));
            if self.digits(&mut digits) == 0 {
                self.at = before_exponent.0;
                digits.truncate(before_exponent.1);
            }
        }
        let number = digits.parse::<Rational>().ok();
        let Some(number) = number.filter(|n| *n <= Rational::from(GREATEST)) else {
            let expected = Text::new(
                "不超过 10^12、小数不超过 40 位的数",
                "a number up to 10^12 with at most 40 decimals",
            );
            return Err(self.fault(start, self.at, expected));
        };
        let before_sign = self.at;
        self.skip_blanks();
        let sign = self.peek().and_then(part_sign);
        self.at = match sign.and(self.peek()) {
            Some(c) => self.at + c.len_utf8(),
            None => before_sign,
        };
        Ok(Token::Number(Quantity { number, sign }))
    }

    /// Four digits, two and two between hyphens; the inner option is empty where no such day is.
    fn date(&mut self) -> Option<Option<Date>> {
        let rest = self.rest();
        let head: Vec<char> = rest.chars().take(10).collect();
        let form: String = head.iter().copied().map(half_width).collect();
        let fits = form.len() == 10
            && form.bytes().enumerate().all(|(i, byte)| match i {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let ends = !rest
            .chars()
            .nth(10)
            .is_some_and(|c| half_width(c).is_ascii_digit());
        (fits && ends).then(|| {
            self.at += head.iter().map(|c| c.len_utf8()).sum::<usize>();
            form.parse().ok()
        })
    }
}
