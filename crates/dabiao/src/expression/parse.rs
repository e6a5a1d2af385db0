//! Reads expressions and conditions: one pass of precedence climbing, bounded in depth.

use std::fmt;
use std::str::FromStr;

use super::lexer::{Lexer, Spanned, Token};
use super::{Comparison, Condition, Expression, Operator, Quantity};
use crate::lang::Text;

/// No expression or condition nests deeper, so that whoever walks one may recurse.
///
/// It binds the tree and, in the text, the brackets, signs and right-hand sides that are open
/// at one place. What is displayed opens no more of them than what was read.
pub const MAX_DEPTH: usize = 64;

/// No expression or condition is longer, in bytes, so that what it computes stays small.
pub const MAX_LENGTH: usize = 10_000;

/// Why a text is not an expression or a condition.
///
/// ```
/// use dabiao::expression::Expression;
/// let error = "closed / (reported".parse::<Expression>().unwrap_err();
/// assert_eq!(error.offset, 18);
/// assert_eq!(error.found, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where in the text, in bytes from 0.
    pub offset: usize,
    /// What stands there; nothing at the end of the text.
    pub found: Option<String>,
    /// What may stand there.
    pub expected: Text,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            Some(found) => write!(f, "at byte {}: found {found}, ", self.offset)?,
            None => f.write_str("at the end: ")?,
        }
        write!(f, "expected {}", self.expected.get(crate::Lang::En))
    }
}

impl std::error::Error for SyntaxError {}

impl FromStr for Expression {
    type Err = SyntaxError;

    /// Reads an expression by the grammar of [this module](super).
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let mut parser = Parser::new(text)?;
        let node = parser.whole()?;
        parser.expression(node).map(|(expression, _)| expression)
    }
}

impl FromStr for Condition {
    type Err = SyntaxError;

    /// Reads a condition by the grammar of [this module](super).
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let mut parser = Parser::new(text)?;
        let node = parser.whole()?;
        parser.condition(node).map(|(condition, _)| condition)
    }
}

/// Both are read by one function, because an opening bracket does not tell which follows.
enum Kind {
    Expression(Expression),
    Condition(Condition),
}

struct Node {
    kind: Kind,
    start: usize,
    end: usize,
    depth: usize,
    /// Whether a further `and` (or `or`) joins this one: it stands in no brackets of its own.
    open: bool,
}

/// How tightly an operator binds.
const OR: u8 = 1;
const AND: u8 = 2;
const COMPARE: u8 = 3;
const ADD: u8 = 4;
const MULTIPLY: u8 = 5;
const NEGATE: u8 = 6;

enum Infix {
    Join(u8),
    Compare(Comparison),
    Arithmetic(Operator, u8),
}

impl Infix {
    fn binding(&self) -> u8 {
        match self {
            Infix::Join(binding) | Infix::Arithmetic(_, binding) => *binding,
            Infix::Compare(_) => COMPARE,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    next: Spanned,
    recursion: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self, SyntaxError> {
        if text.len() > MAX_LENGTH {
            return Err(SyntaxError {
                offset: 0,
                found: None,
                expected: Text::new(
                    format!("不超过 {MAX_LENGTH} 字节"),
                    format!("at most {MAX_LENGTH} bytes"),
                ),
            });
        }
        let mut lexer = Lexer::new(text);
        let next = lexer.next()?;
        Ok(Parser {
            text,
            lexer,
            next,
            recursion: 0,
        })
    }

    fn take(&mut self) -> Result<Spanned, SyntaxError> {
        let following = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, following))
    }

    fn fault_between(&self, start: usize, end: usize, expected: Text) -> SyntaxError {
        let found = self.text.get(start..end).filter(|found| !found.is_empty());
        SyntaxError {
            offset: start,
            found: found.map(str::to_owned),
            expected,
        }
    }

    fn fault(&self, expected: Text) -> SyntaxError {
        self.fault_between(self.next.start, self.next.end, expected)
    }

    fn expect(&mut self, token: &Token, expected: Text) -> Result<Spanned, SyntaxError> {
        if self.next.token == *token {
            self.take()
        } else {
            Err(self.fault(expected))
        }
    }

    fn expression(&self, node: Node) -> Result<(Expression, usize), SyntaxError> {
        match node.kind {
            Kind::Expression(expression) => Ok((expression, node.depth)),
            Kind::Condition(_) => Err(self.fault_between(
                node.start,
                node.end,
                Text::new("算式\u{ff0c}不是条件", "an expression, not a condition"),
            )),
        }
    }

    fn condition(&self, node: Node) -> Result<(Condition, usize), SyntaxError> {
        match node.kind {
            Kind::Condition(condition) => Ok((condition, node.depth)),
            Kind::Expression(Expression::Measure(name)) => Ok((Condition::Holds(name), node.depth)),
            Kind::Expression(_) => Err(self.fault_between(
                node.start,
                node.end,
                Text::new(
                    "条件\u{ff1a}一个比较\u{ff0c}如 x >= 1\u{ff0c}或一个是否型指标",
                    "a condition: a comparison such as x >= 1, or a yes-no measure",
                ),
            )),
        }
    }

    fn whole(&mut self) -> Result<Node, SyntaxError> {
        let node = self.operand(OR)?;
        if self.next.token == Token::End {
            Ok(node)
        } else {
            Err(self.fault(match node.kind {
                Kind::Expression(_) => Text::new(
                    "运算符、比较、且、或\u{ff0c}或到此结束",
                    "an operator, a comparison, and, or, or the end",
                ),
                Kind::Condition(_) => Text::new("且、或\u{ff0c}或到此结束", "and, or, or the end"),
            }))
        }
    }

    fn infix(&self) -> Option<Infix> {
        Some(match &self.next.token {
            Token::Name {
                name,
                quoted: false,
            } if matches!(name.as_str(), "or" | "或") => Infix::Join(OR),
            Token::Name {
                name,
                quoted: false,
            } if matches!(name.as_str(), "and" | "且") => Infix::Join(AND),
            Token::Compare(comparison) => Infix::Compare(*comparison),
            Token::Plus => Infix::Arithmetic(Operator::Add, ADD),
            Token::Minus => Infix::Arithmetic(Operator::Subtract, ADD),
            Token::Times => Infix::Arithmetic(Operator::Multiply, MULTIPLY),
            Token::Divide => Infix::Arithmetic(Operator::Divide, MULTIPLY),
            _ => return None,
        })
    }

    /// An operand and every operator after it that binds at least so tightly.
    fn operand(&mut self, least: u8) -> Result<Node, SyntaxError> {
        self.recursion += 1;
        if self.recursion > MAX_DEPTH {
            return Err(self.too_deep());
        }
        let mut left = self.prefix()?;
        if left.depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        while let Some(infix) = self.infix().filter(|infix| infix.binding() >= least) {
            if matches!(infix, Infix::Compare(_)) && matches!(left.kind, Kind::Condition(_)) {
                return Err(
                    self.fault(Text::new("且、或\u{ff0c}或到此结束", "and, or, or the end"))
                );
            }
            self.take()?;
            let right = self.operand(infix.binding() + 1)?;
            left = self.join(left, &infix, right)?;
            if left.depth > MAX_DEPTH {
                return Err(self.too_deep());
            }
        }
        self.recursion -= 1;
        Ok(left)
    }

    fn join(&self, left: Node, infix: &Infix, right: Node) -> Result<Node, SyntaxError> {
        let (start, end, left_open) = (left.start, right.end, left.open);
        let (kind, depth) = match infix {
            Infix::Arithmetic(operator, _) => {
                let (left, left_depth) = self.expression(left)?;
                let (right, right_depth) = self.expression(right)?;
                let expression = Expression::Binary(*operator, Box::new(left), Box::new(right));
                (
                    Kind::Expression(expression),
                    left_depth.max(right_depth) + 1,
                )
            }
            Infix::Compare(comparison) => {
                let (left, left_depth) = self.expression(left)?;
                let (right, right_depth) = self.expression(right)?;
                let condition = Condition::Compare(left, *comparison, right);
                (Kind::Condition(condition), left_depth.max(right_depth) + 1)
            }
            Infix::Join(binding) => {
                let (left, left_depth) = self.condition(left)?;
                let (right, right_depth) = self.condition(right)?;
                let either = *binding == OR;
                let (mut parts, depth) = match left {
                    Condition::Or(parts) if left_open && either => (parts, left_depth),
                    Condition::And(parts) if left_open && !either => (parts, left_depth),
                    other => (vec![other], left_depth + 1),
                };
                parts.push(right);
                let condition = if either {
                    Condition::Or(parts)
                } else {
                    Condition::And(parts)
                };
                (Kind::Condition(condition), depth.max(right_depth + 1))
            }
        };
        Ok(Node {
            kind,
            start,
            end,
            depth,
            open: true,
        })
    }

    fn too_deep(&self) -> SyntaxError {
        self.fault(Text::new(
            format!("嵌套不超过 {MAX_DEPTH} 层"),
            format!("at most {MAX_DEPTH} levels"),
        ))
    }

    /// What stands before the first operator. Those of its parts that recurse are functions of
    /// their own, so that a level costs little stack.
    fn prefix(&mut self) -> Result<Node, SyntaxError> {
        let first = self.take()?;
        let (start, end) = (first.start, first.end);
        match first.token {
            Token::Number(quantity) => Ok(leaf(Expression::Number(quantity), start, end)),
            Token::Date(date) => Ok(leaf(Expression::Date(date), start, end)),
            Token::Label(label) => Ok(leaf(Expression::Label(label), start, end)),
            Token::Name { name, quoted } => {
                let word = if quoted { "" } else { name.as_str() };
                match word {
                    "yes" | "是" => Ok(leaf(Expression::YesNo(true), start, end)),
                    "no" | "否" => Ok(leaf(Expression::YesNo(false), start, end)),
                    "min" | "max" | "days" => self.function(word, start),
                    "not" | "非" => self.negation(start),
                    "and" | "or" | "且" | "或" => Err(self.misplaced_word(start, end)),
                    _ => Ok(leaf(Expression::Measure(name), start, end)),
                }
            }
            Token::Minus => self.minus(start),
            Token::Open => self.group(start),
            _ => Err(self.no_operand(start, end)),
        }
    }

    fn no_operand(&self, start: usize, end: usize) -> SyntaxError {
        let expected = Text::new(
            "数、指标名、引号内的等级、日期或左括号",
            "a number, a measure's name, a label in quotes, a date or an opening bracket",
        );
        self.fault_between(start, end, expected)
    }

    fn misplaced_word(&self, start: usize, end: usize) -> SyntaxError {
        let expected = Text::new(
            "数、指标名或条件\u{ff08}与保留字同名的指标请加反引号\u{ff09}",
            "a number, a measure's name or a condition (a measure of that name stands in backquotes)",
        );
        self.fault_between(start, end, expected)
    }

    fn minus(&mut self, start: usize) -> Result<Node, SyntaxError> {
        if matches!(self.next.token, Token::Number(_)) {
            return self.negative(start);
        }
        let node = self.operand(NEGATE)?;
        let end = node.end;
        let (inner, depth) = self.expression(node)?;
        let kind = Kind::Expression(Expression::Negate(Box::new(inner)));
        Ok(Node {
            kind,
            start,
            end,
            depth: depth + 1,
            open: false,
        })
    }

    fn negative(&mut self, start: usize) -> Result<Node, SyntaxError> {
        let taken = self.take()?;
        match taken.token {
            Token::Number(Quantity { number, sign }) => {
                let quantity = Quantity {
                    number: -number,
                    sign,
                };
                Ok(leaf(Expression::Number(quantity), start, taken.end))
            }
            _ => Err(self.no_operand(taken.start, taken.end)),
        }
    }

    fn group(&mut self, start: usize) -> Result<Node, SyntaxError> {
        let mut node = self.operand(OR)?;
        node.end = self.expect(&Token::Close, closing())?.end;
        node.start = start;
        node.open = false;
        Ok(node)
    }

    fn negation(&mut self, start: usize) -> Result<Node, SyntaxError> {
        let node = self.operand(COMPARE)?;
        let end = node.end;
        let (inner, depth) = self.condition(node)?;
        let kind = Kind::Condition(Condition::Not(Box::new(inner)));
        Ok(Node {
            kind,
            start,
            end,
            depth: depth + 1,
            open: false,
        })
    }

    fn function(&mut self, word: &str, start: usize) -> Result<Node, SyntaxError> {
        let (terms, depth, end) = self.arguments()?;
        let expression = match word {
            "min" => Expression::Min(terms),
            "max" => Expression::Max(terms),
            _ => {
                let [from, to] = <[Expression; 2]>::try_from(terms).map_err(|_| {
                    let expected = Text::new("两个日期:days(起, 止)", "two dates: days(from, to)");
                    self.fault_between(start, end, expected)
                })?;
                Expression::Days(Box::new(from), Box::new(to))
            }
        };
        let kind = Kind::Expression(expression);
        Ok(Node {
            kind,
            start,
            end,
            depth: depth + 1,
            open: false,
        })
    }

    fn arguments(&mut self) -> Result<(Vec<Expression>, usize, usize), SyntaxError> {
        self.expect(&Token::Open, Text::from("("))?;
        let (mut terms, mut deepest) = (Vec::new(), 0);
        loop {
            let node = self.operand(OR)?;
            let (term, depth) = self.expression(node)?;
            terms.push(term);
            deepest = deepest.max(depth);
            if self.next.token != Token::Comma {
                break;
            }
            self.take()?;
        }
        let close = self.expect(&Token::Close, closing())?;
        Ok((terms, deepest, close.end))
    }
}

fn leaf(expression: Expression, start: usize, end: usize) -> Node {
    Node {
        kind: Kind::Expression(expression),
        start,
        end,
        depth: 0,
        open: false,
    }
}

fn closing() -> Text {
    Text::new("运算符或右括号", "an operator or a closing bracket")
}
