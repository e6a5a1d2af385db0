//! A standard and a table in few words, for a case that failed.

use std::fmt::Write;

use dabiao::expression::Condition;
use dabiao::standard::document::{Document, Item, Marking, Rule, Section};

use super::super::table::{Cell, Table};

/// The standard, a line for each part.
pub(crate) fn standard(document: &Document) -> String {
    let mut text = format!(
        "decimals {} total {:?} {:?} missing {:?} exceed {} caps {:?} {:?} ties {:?}\n",
        document.decimals,
        document.total_decimals,
        document.rounding,
        document.missing,
        document.exceed_full,
        document.bonus_cap.as_ref().map(ToString::to_string),
        document.deduction_cap.as_ref().map(ToString::to_string),
        document.tie_breaks,
    );
    for m in &document.measures {
        let range = (m.min.as_ref(), m.max.as_ref());
        let range = format!("{:?}", range).replace("RBig", "");
        let _ = writeln!(
            text,
            "measure {} {:?} {:?} {range} {:?}",
            m.name, m.kind, m.unit, m.missing
        );
    }
    for section in &document.sections {
        describe_section(&mut text, section, 0);
    }
    for (word, entries) in [
        ("bonus", &document.bonus),
        ("deduction", &document.deductions),
    ] {
        for entry in entries {
            let _ = write!(text, "{word} ");
            describe_item(&mut text, entry, 0);
        }
    }
    for veto in &document.vetoes {
        let _ = writeln!(
            text,
            "veto {} when {} -> {:?}",
            veto.id, veto.when, veto.effects
        );
    }
    for grade in &document.grades {
        let _ = writeln!(text, "{grade:?}");
    }
    text
}

fn describe_section(text: &mut String, section: &Section, depth: usize) {
    let weight = section.weight.as_ref().map(ToString::to_string);
    let _ = writeln!(
        text,
        "{:depth$}section {} weight {weight:?}",
        "", section.id
    );
    for item in &section.items {
        describe_item(text, item, depth + 2);
    }
    for inner in &section.sections {
        describe_section(text, inner, depth + 2);
    }
}

fn describe_item(text: &mut String, item: &Item, depth: usize) {
    let points = item.points.as_ref().map(ToString::to_string);
    let _ = write!(text, "{:depth$}{} points {points:?} ", "", item.id);
    describe_marking(text, &item.marking, depth);
}

fn describe_marking(text: &mut String, marking: &Marking, depth: usize) {
    if let Some(value) = &marking.value {
        let _ = write!(text, "value {value} ");
    }
    let mut condition = |word: &str, condition: &Option<Condition>| {
        if let Some(condition) = condition {
            let _ = write!(text, "{word} ({condition}) ");
        }
    };
    condition("applies", &marking.applies);
    condition("full", &marking.full_marks);
    condition("none", &marking.no_marks);
    if let Some(zero) = &marking.zero_denominator {
        let _ = write!(text, "zero {zero:?} ");
    }
    if let Some(missing) = &marking.missing {
        let _ = write!(text, "missing {missing:?} ");
    }
    if let Some(cohort) = &marking.cohort {
        let _ = write!(text, "cohort {cohort} ");
    }
    match &marking.rule {
        Rule::Checks(checks) => {
            let _ = writeln!(
                text,
                "checks full {} {:?}",
                checks.from_full, checks.combine
            );
            for check in &checks.checks {
                let bounds =
                    [&check.floor, &check.cap].map(|b| b.as_ref().map(ToString::to_string));
                let _ = write!(
                    text,
                    "{:depth$}  check {} points {} {bounds:?} ",
                    "", check.id, check.points
                );
                describe_marking(text, &check.marking, depth + 2);
            }
        }
        Rule::Checklist(list) if !list.boxes.is_empty() => {
            let _ = write!(text, "boxes {:?}", list.pays);
            for one in &list.boxes {
                let _ = write!(text, " [{}]", one.when);
            }
            text.push('\n');
        }
        rule => {
            let _ = writeln!(text, "{rule:?}");
        }
    }
}

/// The table, a line for each row.
pub(crate) fn table(table: &Table) -> String {
    let mut text = String::new();
    for row in table {
        let _ = write!(text, "{} [{}]", row.code, row.attribute("district"));
        for (name, cell) in &row.cells {
            let cell = match cell {
                Cell::Number(number) => number.to_string(),
                Cell::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
                Cell::Label(label) => label.clone(),
                Cell::Date(date) => date.to_string(),
                Cell::Missing => "blank".to_owned(),
                Cell::NotApplicable => "n/a".to_owned(),
            };
            let _ = write!(text, " {name}={cell}");
        }
        text.push('\n');
    }
    text
}
