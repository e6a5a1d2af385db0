//! Formulas as trees: written as spreadsheets read them, and computed here as they compute them.
//!
//! Only functions that Excel 2010 and LibreOffice both know.

use std::fmt::Write;

/// A cell that holds an intermediate result: an index into [`super::Live::cells`].
pub(crate) type CellId = usize;

/// A formula.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Formula {
    /// A number; whole, or a decimal of few digits.
    Number(f64),
    /// A text.
    Text(String),
    /// A cell of the computation.
    Cell(CellId),
    /// The cell into which a measure is typed: an index into the standard's measures.
    Input(usize),
    /// How many units below the community have a value of a measure.
    Units(usize),
    /// A function of some arguments.
    Call(Function, Vec<Formula>),
    /// An operator between two.
    Binary(Operator, Box<Formula>, Box<Formula>),
}

/// The functions that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    If,
    And,
    Or,
    Max,
    Min,
    Sum,
    Abs,
    Sign,
    Round,
    Int,
    Gcd,
    Exact,
    IsNumber,
}

/// The operators that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Function::If => "IF",
            Function::And => "AND",
            Function::Or => "OR",
            Function::Max => "MAX",
            Function::Min => "MIN",
            Function::Sum => "SUM",
            Function::Abs => "ABS",
            Function::Sign => "SIGN",
            Function::Round => "ROUND",
            Function::Int => "INT",
            Function::Gcd => "GCD",
            Function::Exact => "EXACT",
            Function::IsNumber => "ISNUMBER",
        }
    }
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
        }
    }

    fn binding(self) -> u8 {
        match self {
            Operator::Multiply | Operator::Divide => 3,
            Operator::Add | Operator::Subtract => 2,
            _ => 1,
        }
    }
}

/// What a cell holds or a formula comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Blank,
    Number(f64),
    Text(String),
    Truth(bool),
    /// What a spreadsheet shows as `#DIV/0!` and the like.
    Error,
}

impl Value {
    /// The number, where it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Truth(truth) => Some(f64::from(u8::from(*truth))),
            Value::Blank => Some(0.0),
            Value::Text(_) | Value::Error => None,
        }
    }

    fn truth(&self) -> Option<bool> {
        self.number().map(|number| number != 0.0)
    }
}

/// Where cells stand: how a formula refers to them, and what they hold.
pub(crate) trait Places {
    /// The reference of a cell of the computation.
    fn cell(&self, id: CellId) -> String;
    /// The reference of a measure's input.
    fn input(&self, measure: usize) -> String;
    /// The count of the units' values of a measure.
    fn units(&self, measure: usize) -> String;
}

/// What cells hold.
pub(crate) trait Held {
    /// Of a cell of the computation.
    fn cell(&self, id: CellId) -> Value;
    /// Of a measure's input.
    fn input(&self, measure: usize) -> Value;
}

impl Formula {
    /// As a spreadsheet reads it, without the sign of equality in front.
    pub(crate) fn written(&self, places: &dyn Places) -> String {
        let mut text = String::new();
        self.write(places, &mut text, 0);
        text
    }

    fn write(&self, places: &dyn Places, text: &mut String, least: u8) {
        match self {
            Formula::Number(number) if *number < 0.0 && least > 0 => {
                let _ = write!(text, "({number})");
            }
            // Spelled out: 0.000000000001 as 1E-12.
            Formula::Number(number) if *number != 0.0 && number.abs() < 1e-6 => {
                let _ = write!(text, "{number:E}");
            }
            Formula::Number(number) => {
                let _ = write!(text, "{number}");
            }
            Formula::Text(held) => {
                let _ = write!(text, "\"{}\"", held.replace('"', "\"\""));
            }
            Formula::Cell(id) => text.push_str(&places.cell(*id)),
            Formula::Input(measure) => text.push_str(&places.input(*measure)),
            Formula::Units(measure) => text.push_str(&places.units(*measure)),
            Formula::Call(function, arguments) => {
                text.push_str(function.name());
                text.push('(');
                for (at, argument) in arguments.iter().enumerate() {
                    if at > 0 {
                        text.push(',');
                    }
                    argument.write(places, text, 0);
                }
                text.push(')');
            }
            Formula::Binary(operator, left, right) => {
                let binding = operator.binding();
                if binding < least {
                    text.push('(');
                }
                left.write(places, text, binding);
                text.push_str(operator.sign());
                right.write(places, text, binding + 1);
                if binding < least {
                    text.push(')');
                }
            }
        }
    }

    /// What it comes to.
    pub(crate) fn value(&self, held: &dyn Held) -> Value {
        match self {
            Formula::Number(number) => Value::Number(*number),
            Formula::Text(text) => Value::Text(text.clone()),
            Formula::Cell(id) => held.cell(*id),
            Formula::Input(measure) => held.input(*measure),
            // A sheet is computed here before units are filled in.
            Formula::Units(_) => Value::Number(0.0),
            Formula::Call(function, arguments) => call(*function, arguments, held),
            Formula::Binary(operator, left, right) => {
                binary(*operator, &left.value(held), &right.value(held))
            }
        }
    }
}

fn binary(operator: Operator, left: &Value, right: &Value) -> Value {
    if *left == Value::Error || *right == Value::Error {
        return Value::Error;
    }
    let arithmetic = |compute: fn(f64, f64) -> f64| match (left.number(), right.number()) {
        (Some(left), Some(right)) => {
            let result = compute(left, right);
            if result.is_finite() {
                Value::Number(result)
            } else {
                Value::Error
            }
        }
        _ => Value::Error,
    };
    let compared =
        |wanted: fn(std::cmp::Ordering) -> bool| Value::Truth(wanted(order(left, right)));
    match operator {
        Operator::Add => arithmetic(|a, b| a + b),
        Operator::Subtract => arithmetic(|a, b| a - b),
        Operator::Multiply => arithmetic(|a, b| a * b),
        Operator::Divide => arithmetic(|a, b| a / b),
        Operator::Equal => compared(|o| o.is_eq()),
        Operator::NotEqual => compared(|o| o.is_ne()),
        Operator::Less => compared(|o| o.is_lt()),
        Operator::AtMost => compared(|o| o.is_le()),
        Operator::Greater => compared(|o| o.is_gt()),
        Operator::AtLeast => compared(|o| o.is_ge()),
    }
}

/// Numbers come before texts, texts before truths; a blank is 0 or an empty text.
fn order(left: &Value, right: &Value) -> std::cmp::Ordering {
    let kind = |value: &Value| match value {
        Value::Text(_) => 1,
        Value::Truth(_) => 2,
        _ => 0,
    };
    match (left, right) {
        (Value::Blank, Value::Text(text)) => "".cmp(text.as_str()),
        (Value::Text(text), Value::Blank) => text.as_str().cmp(""),
        (Value::Text(left), Value::Text(right)) => left.to_lowercase().cmp(&right.to_lowercase()),
        _ if kind(left) != kind(right) => kind(left).cmp(&kind(right)),
        _ => {
            let (left, right) = (left.number(), right.number());
            left.partial_cmp(&right)
                .unwrap_or(std::cmp::Ordering::Equal)
        }
    }
}

fn call(function: Function, arguments: &[Formula], held: &dyn Held) -> Value {
    let value = |at: usize| arguments.get(at).map_or(Value::Error, |a| a.value(held));
    let number = |at: usize| value(at).number();
    let one =
        |compute: fn(f64) -> f64| number(0).map_or(Value::Error, |x| Value::Number(compute(x)));
    let folded = |start: f64, compute: fn(f64, f64) -> f64| {
        let mut result = start;
        for argument in arguments {
            match argument.value(held).number() {
                Some(next) => result = compute(result, next),
                None => return Value::Error,
            }
        }
        Value::Number(result)
    };
    let truths = |wanted: bool| {
        let mut all = !wanted;
        for argument in arguments {
            match argument.value(held).truth() {
                Some(truth) if truth == wanted => all = wanted,
                Some(_) => {}
                None => return Value::Error,
            }
        }
        Value::Truth(all)
    };
    match function {
        Function::If => match value(0).truth() {
            Some(true) => value(1),
            Some(false) => value(2),
            None => Value::Error,
        },
        Function::And => truths(false),
        Function::Or => truths(true),
        Function::Max => folded(f64::NEG_INFINITY, f64::max),
        Function::Min => folded(f64::INFINITY, f64::min),
        Function::Sum => folded(0.0, |a, b| a + b),
        Function::Abs => one(f64::abs),
        Function::Sign => one(|x| if x == 0.0 { 0.0 } else { x.signum() }),
        Function::Int => one(f64::floor),
        Function::Round => one(f64::round),
        Function::Gcd => match (number(0), number(1)) {
            (Some(a), Some(b)) if a >= 0.0 && b >= 0.0 => Value::Number(gcd(a, b)),
            _ => Value::Error,
        },
        Function::Exact => match (value(0), value(1)) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (left, right) => Value::Truth(shown(&left) == shown(&right)),
        },
        Function::IsNumber => Value::Truth(matches!(value(0), Value::Number(_))),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Truth(truth) => truth.to_string().to_uppercase(),
        Value::Blank | Value::Error => String::new(),
    }
}

fn gcd(mut a: f64, mut b: f64) -> f64 {
    while b >= 1.0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A number.
pub(crate) fn num(number: f64) -> Formula {
    Formula::Number(number)
}

fn operate(operator: Operator, left: Formula, right: Formula) -> Formula {
    Formula::Binary(operator, Box::new(left), Box::new(right))
}

/// left + right
pub(crate) fn add(left: Formula, right: Formula) -> Formula {
    match (&left, &right) {
        (Formula::Number(zero), _) if *zero == 0.0 => right,
        (_, Formula::Number(zero)) if *zero == 0.0 => left,
        (Formula::Number(a), Formula::Number(b)) => num(a + b),
        _ => operate(Operator::Add, left, right),
    }
}

/// left − right
pub(crate) fn sub(left: Formula, right: Formula) -> Formula {
    match (&left, &right) {
        (_, Formula::Number(zero)) if *zero == 0.0 => left,
        (Formula::Number(a), Formula::Number(b)) => num(a - b),
        _ => operate(Operator::Subtract, left, right),
    }
}

/// left × right
pub(crate) fn mul(left: Formula, right: Formula) -> Formula {
    match (&left, &right) {
        (Formula::Number(one), _) if *one == 1.0 => right,
        (_, Formula::Number(one)) if *one == 1.0 => left,
        (Formula::Number(zero), _) | (_, Formula::Number(zero)) if *zero == 0.0 => num(0.0),
        (Formula::Number(a), Formula::Number(b)) => num(a * b),
        _ => operate(Operator::Multiply, left, right),
    }
}

/// left ÷ right
pub(crate) fn div(left: Formula, right: Formula) -> Formula {
    match &right {
        Formula::Number(one) if *one == 1.0 => left,
        _ => operate(Operator::Divide, left, right),
    }
}

/// left = right
pub(crate) fn eq(left: Formula, right: Formula) -> Formula {
    operate(Operator::Equal, left, right)
}

/// left > right
pub(crate) fn gt(left: Formula, right: Formula) -> Formula {
    operate(Operator::Greater, left, right)
}

/// left ≥ right
pub(crate) fn ge(left: Formula, right: Formula) -> Formula {
    operate(Operator::AtLeast, left, right)
}

/// left < right
pub(crate) fn lt(left: Formula, right: Formula) -> Formula {
    operate(Operator::Less, left, right)
}

/// left ≤ right
pub(crate) fn le(left: Formula, right: Formula) -> Formula {
    operate(Operator::AtMost, left, right)
}

/// left ≠ right
pub(crate) fn ne(left: Formula, right: Formula) -> Formula {
    operate(Operator::NotEqual, left, right)
}

/// A function of some arguments.
pub(crate) fn call_of(function: Function, arguments: Vec<Formula>) -> Formula {
    Formula::Call(function, arguments)
}

/// `condition ? yes : no`
pub(crate) fn if_else(condition: Formula, yes: Formula, no: Formula) -> Formula {
    if yes == no {
        return yes;
    }
    call_of(Function::If, vec![condition, yes, no])
}

/// Whether all hold; more than one.
pub(crate) fn and(conditions: Vec<Formula>) -> Formula {
    call_of(Function::And, conditions)
}

/// Whether one holds.
pub(crate) fn or(conditions: Vec<Formula>) -> Formula {
    call_of(Function::Or, conditions)
}

/// The greatest, 0 of none.
pub(crate) fn max(mut numbers: Vec<Formula>) -> Formula {
    match numbers.len() {
        0 => num(0.0),
        1 => numbers.remove(0),
        _ => call_of(Function::Max, numbers),
    }
}

/// The least.
pub(crate) fn min(mut numbers: Vec<Formula>) -> Formula {
    match numbers.len() {
        0 => num(0.0),
        1 => numbers.remove(0),
        _ => call_of(Function::Min, numbers),
    }
}

/// The sum, 0 of none. Two hundred at a time: a function has at most 255 arguments.
pub(crate) fn sum(mut numbers: Vec<Formula>) -> Formula {
    match numbers.len() {
        0 => num(0.0),
        1 => numbers.remove(0),
        _ => {
            let parts = numbers
                .chunks(200)
                .map(|part| call_of(Function::Sum, part.to_vec()));
            parts.reduce(add).unwrap_or(num(0.0))
        }
    }
}

/// |x|
pub(crate) fn abs(number: Formula) -> Formula {
    match number {
        Formula::Number(held) => num(held.abs()),
        other => call_of(Function::Abs, vec![other]),
    }
}

/// To the next whole number, ties away from 0.
pub(crate) fn round(number: Formula) -> Formula {
    call_of(Function::Round, vec![number, num(0.0)])
}

/// To the whole number at or below.
pub(crate) fn int(number: Formula) -> Formula {
    call_of(Function::Int, vec![number])
}

/// 1 where it holds, otherwise 0.
pub(crate) fn one_if(condition: Formula) -> Formula {
    if_else(condition, num(1.0), num(0.0))
}
