//! A small standard, and short ways to write its parts.

use crate::expression::{Condition, Expression, Quantity};
use crate::lang::Text;
use crate::rational::{Rational, Rounding};
use crate::standard::document::*;

pub(super) fn number(text: &str) -> Rational {
    text.parse().expect(text)
}

pub(super) fn expression(text: &str) -> Expression {
    text.parse().expect(text)
}

pub(super) fn condition(text: &str) -> Condition {
    text.parse().expect(text)
}

pub(super) fn quantity(text: &str) -> Quantity {
    match expression(text) {
        Expression::Number(quantity) => quantity,
        other => panic!("{other} is not a number"),
    }
}

pub(super) fn mark(text: &str) -> Mark {
    match text {
        "mean" => Mark::CohortMean,
        text => Mark::Quantity(quantity(text)),
    }
}

pub(super) fn measure(name: &str, kind: MeasureKind, unit: &str, zh: &str, en: &str) -> Measure {
    Measure {
        name: name.to_owned(),
        title: Text::new(zh, en),
        kind,
        unit: (!unit.is_empty()).then(|| unit.to_owned()),
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

pub(super) fn grade(id: &str, zh: &str, en: &str) -> Grade {
    Grade {
        id: id.to_owned(),
        title: Text::new(zh, en),
        total: None,
        total_before_bonus: None,
        sections: None,
        marks: Vec::new(),
        count: None,
    }
}

pub(super) fn document() -> Document {
    use MeasureKind::{Count, Date, Label, Number, YesNo};
    let mut coverage = measure("coverage", Number, "%", "覆盖率", "coverage");
    coverage.max = Some(Rational::from(100));
    let section = Section {
        id: "2".into(),
        title: Text::new("治理精细", "Careful governance"),
        points: None,
        weight: None,
        items: Vec::new(),
        sections: Vec::new(),
    };
    Document {
        id: "test".into(),
        version: None,
        title: Text::from("test"),
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
        measures: vec![
            measure("compounds", Count, "个", "小区数", "compounds"),
            measure(
                "red",
                Count,
                "个",
                "实行“红色物业”的小区数",
                "compounds with Red Property",
            ),
            coverage,
            measure("age", Number, "岁", "班子平均年龄", "mean age of the team"),
            measure("area", Number, "m²", "绿地面积", "green area"),
            measure("notices", Count, "次", "公开次数", "times published"),
            measure("faults", Count, "", "不规范处数", "irregularities"),
            measure(
                "rating",
                Label,
                "",
                "智慧社区评级",
                "rating of the smart community",
            ),
            measure("firm", YesNo, "", "有物业服务企业", "has a property firm"),
            measure("rules", YesNo, "", "岗位职责", "rules of duty"),
            measure("opened", Date, "", "受理日期", "day received"),
            measure("closed", Date, "", "办结日期", "day settled"),
            measure("score", Number, "", "考核得分", "appraisal score"),
        ],
        sections: vec![section],
        bonus: Vec::new(),
        deductions: Vec::new(),
        vetoes: Vec::new(),
        grades: vec![grade("qualified", "达标社区", "Qualified")],
    }
}

pub(super) fn marking(value: &str, rule: Rule) -> Marking {
    Marking {
        value: (!value.is_empty()).then(|| expression(value)),
        applies: None,
        full_marks: None,
        no_marks: None,
        zero_denominator: None,
        missing: None,
        cohort: None,
        rule,
    }
}

pub(super) fn bands(rows: &[(&str, &str, &str)], otherwise: &str) -> Rule {
    let bound = |text: &str| {
        let (sign, at) = text.split_at_checked(1)?;
        let (inclusive, at) = match at.strip_prefix('=') {
            Some(at) => (true, at),
            None => (false, at),
        };
        assert!(["<", ">"].contains(&sign));
        Some(Bound {
            mark: mark(at),
            inclusive,
        })
    };
    let bands = rows.iter().map(|(low, high, points)| Band {
        low: bound(low),
        high: bound(high),
        points: number(points),
    });
    Rule::Bands {
        bands: bands.collect(),
        otherwise: number(otherwise),
    }
}

pub(super) fn curve(knots: &[(&str, &str)]) -> Rule {
    let knots = knots.iter().map(|(x, points)| (mark(x), number(points)));
    Rule::Curve(knots.collect())
}

pub(super) fn per_unit(from: &str, side: Side, at: &str, points: &str, steps: Steps) -> PerUnit {
    PerUnit {
        from: match from {
            "full" => Start::Full,
            points => Start::Points(number(points)),
        },
        mark: mark(at),
        side,
        unit: quantity("1"),
        points: number(points),
        steps,
        floor: None,
        cap: None,
    }
}

pub(super) fn rank(from: End, pays: RankPay) -> Rule {
    Rule::Rank(Rank { from, pays })
}

pub(super) fn ticks(conditions: &[&str], pays: ChecklistPay) -> Rule {
    let boxes = conditions.iter().map(|when| CheckBox {
        when: condition(when),
        title: None,
    });
    Rule::Checklist(Checklist {
        boxes: boxes.collect(),
        of: None,
        pays,
    })
}

pub(super) fn check(id: &str, zh: &str, en: &str, points: &str, marking: Marking) -> Check {
    Check {
        id: id.into(),
        title: Text::new(zh, en),
        points: number(points),
        floor: None,
        cap: None,
        marking,
    }
}

pub(super) fn in_cohort(cohort: &str, marking: Marking) -> Marking {
    Marking {
        cohort: Some(cohort.to_owned()),
        ..marking
    }
}
