//! Short ways to write a standard and a table down.

use dabiao::expression::{Comparison, Condition, Expression, Operator, PartSign, Quantity};
use dabiao::standard::document::{
    Band, Bound, Check, CheckBox, Checklist, ChecklistPay, Document, Effect, Grade, Item, Level,
    Mark, Marking, Measure, MeasureKind, MissingPolicy, PerUnit, Rule, Section, Side, Start, Steps,
    Veto,
};
use dabiao::{Rational, Rounding, Text};

use super::number;
use super::table::{Cell, Row};

pub(crate) fn r(text: &str) -> Rational {
    text.parse().expect("a number")
}

/// `95%`, `3‰` or a plain number.
pub(crate) fn quantity(text: &str) -> Quantity {
    for sign in [PartSign::Percent, PartSign::PerMille] {
        if let Some(number) = text.strip_suffix(sign.as_str()) {
            return Quantity {
                number: r(number),
                sign: Some(sign),
            };
        }
    }
    Quantity::plain(r(text))
}

pub(crate) fn at(text: &str) -> Mark {
    match text {
        "mean" => Mark::CohortMean,
        text => Mark::Quantity(quantity(text)),
    }
}

pub(crate) fn m(name: &str) -> Expression {
    Expression::Measure(name.to_owned())
}

pub(crate) fn constant(text: &str) -> Expression {
    Expression::Number(quantity(text))
}

pub(crate) fn binary(left: Expression, operator: Operator, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

pub(crate) fn ratio(numerator: &str, denominator: &str) -> Expression {
    binary(m(numerator), Operator::Divide, m(denominator))
}

pub(crate) fn yes(name: &str) -> Condition {
    Condition::Holds(name.to_owned())
}

pub(crate) fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

pub(crate) fn at_least(left: Expression, right: &str) -> Condition {
    Condition::Compare(left, Comparison::AtLeast, constant(right))
}

pub(crate) fn measure(name: &str, kind: MeasureKind) -> Measure {
    Measure {
        name: name.to_owned(),
        title: Text::from(name),
        kind,
        unit: None,
        min: None,
        max: None,
        labels: Vec::new(),
        level: Level::Community,
        rollup: None,
        assessors: None,
        missing: None,
        filled_by: None,
    }
}

pub(crate) fn marking(value: Option<Expression>, rule: Rule) -> Marking {
    Marking {
        value,
        applies: None,
        full_marks: None,
        no_marks: None,
        zero_denominator: None,
        missing: None,
        cohort: None,
        rule,
    }
}

pub(crate) fn item(id: &str, points: &str, value: Expression, rule: Rule) -> Item {
    Item {
        id: id.to_owned(),
        title: Text::from(id),
        points: Some(r(points)),
        evidence: None,
        marking: marking(Some(value), rule),
        each: None,
    }
}

/// An item of boxes or checks.
pub(crate) fn composed(id: &str, points: &str, rule: Rule) -> Item {
    let mut item = item(id, points, m("-"), rule);
    item.marking.value = None;
    item
}

pub(crate) fn check(id: &str, points: &str, value: Expression, rule: Rule) -> Check {
    Check {
        id: id.to_owned(),
        title: Text::from(id),
        points: r(points),
        floor: None,
        cap: None,
        marking: marking(Some(value), rule),
    }
}

pub(crate) fn section(id: &str, items: Vec<Item>) -> Section {
    Section {
        id: id.to_owned(),
        title: Text::from(id),
        points: None,
        weight: None,
        items,
        sections: Vec::new(),
    }
}

pub(crate) fn document(measures: Vec<Measure>, sections: Vec<Section>) -> Document {
    Document {
        id: "reference".to_owned(),
        version: None,
        title: Text::from("reference"),
        notice: None,
        source: None,
        points: None,
        decimals: 2,
        total_decimals: None,
        rounding: Rounding::HalfUp,
        missing: MissingPolicy::Zero,
        exceed_full: false,
        bonus_cap: None,
        deduction_cap: None,
        tie_breaks: Vec::new(),
        measures,
        sections,
        bonus: Vec::new(),
        deductions: Vec::new(),
        vetoes: Vec::new(),
        grades: Vec::new(),
    }
}

pub(crate) fn veto(id: &str, when: Condition, effects: Vec<Effect>) -> Veto {
    Veto {
        id: id.to_owned(),
        title: Text::from(id),
        when,
        effects,
    }
}

pub(crate) fn grade(id: &str) -> Grade {
    Grade {
        id: id.to_owned(),
        title: Text::from(id),
        total: None,
        total_before_bonus: None,
        sections: None,
        marks: Vec::new(),
        count: None,
    }
}

/// `at_least` bands, best first, and nothing below them.
pub(crate) fn at_least_bands(bands: &[(&str, &str)]) -> Rule {
    let band = |(mark, points): &(&str, &str)| Band {
        low: Some(Bound {
            mark: at(mark),
            inclusive: true,
        }),
        high: None,
        points: r(points),
    };
    Rule::Bands {
        bands: bands.iter().map(band).collect(),
        otherwise: Rational::ZERO,
    }
}

pub(crate) fn curve(knots: &[(&str, &str)]) -> Rule {
    Rule::Curve(knots.iter().map(|(x, y)| (at(x), r(y))).collect())
}

pub(crate) fn yes_no(yes: Option<&str>, no: &str) -> Rule {
    Rule::YesNo {
        yes: yes.map(r),
        no: r(no),
    }
}

pub(crate) fn levels(levels: &[(&str, &str)]) -> Rule {
    let level = |(label, points): &(&str, &str)| ((*label).to_owned(), r(points));
    Rule::Levels(levels.iter().map(level).collect())
}

/// Full less `off` for each unit of 1 beyond the mark, down to the floor.
pub(crate) fn less(side: Side, mark: &str, unit: &str, off: &str, steps: Steps) -> PerUnit {
    PerUnit {
        from: Start::Full,
        mark: at(mark),
        side,
        unit: quantity(unit),
        points: -r(off),
        steps,
        floor: None,
        cap: None,
    }
}

pub(crate) fn boxes(conditions: Vec<Condition>, pays: ChecklistPay) -> Rule {
    let tick = |when| CheckBox { when, title: None };
    Rule::Checklist(Checklist {
        boxes: conditions.into_iter().map(tick).collect(),
        of: None,
        pays,
    })
}

pub(crate) fn count_of(of: u32, pays: ChecklistPay) -> Rule {
    Rule::Checklist(Checklist {
        boxes: Vec::new(),
        of: Some(of),
        pays,
    })
}

pub(crate) fn table_of(table: &[(u32, &str)]) -> ChecklistPay {
    ChecklistPay::Table(table.iter().map(|(n, points)| (*n, r(points))).collect())
}

/// A cell as a person types it: blank, `n/a` for 不涉及, yes, no, a number, a date or a label.
pub(crate) fn cell(text: &str) -> Cell {
    match text {
        "" => Cell::Missing,
        "n/a" => Cell::NotApplicable,
        "yes" => Cell::YesNo(true),
        "no" => Cell::YesNo(false),
        text if text.parse::<Rational>().is_ok() => Cell::Number(number::parse(text)),
        text => match text.parse() {
            Ok(date) => Cell::Date(date),
            Err(_) => Cell::Label(text.to_owned()),
        },
    }
}

/// A row by its code, of measures in order.
pub(crate) fn row(code: &str, measures: &[&str], cells: &[&str]) -> Row {
    let pairs = measures.iter().zip(cells);
    Row {
        code: code.to_owned(),
        cells: pairs
            .map(|(m, text)| ((*m).to_owned(), cell(text)))
            .collect(),
        ..Row::default()
    }
}
