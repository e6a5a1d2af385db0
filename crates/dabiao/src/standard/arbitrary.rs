//! Random documents that can be written, whether they make sense or not.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::document::*;
use crate::expression::{Condition, Expression, PartSign, Quantity};
use crate::lang::Text;
use crate::rational::{Rational, Rounding};

/// Any of some values.
fn any_of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(values.to_vec())
}

/// Words that TOML, JSON and expressions treat in their own ways.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_]{0,5}",
        "[0-9]\\.[0-9]",
        "[小区覆盖率优良]{1,4}",
        "[a-z \"'\\\\.#=\u{3000}-]{1,6}",
        any_of(&[
            "true",
            "nan",
            "",
            " ",
            "\"",
            "\"\"\"",
            "'''",
            "\\u",
            "\n",
            "a\nb",
            "\r\n",
            "\t",
            "\u{7f}",
            "\u{1}",
            "a\u{feff}",
            "e\u{301}"
        ])
        .prop_map(str::to_owned),
    ]
}

/// Words that may be a key: anything but an empty one.
fn key() -> impl Strategy<Value = String> {
    word().prop_filter("a key", |word| !word.is_empty())
}

fn text() -> impl Strategy<Value = Text> {
    (word(), word(), 0..4).prop_filter_map("not empty", |(zh, en, form)| {
        let text = match form {
            0 => Text::from(zh),
            1 => Text::new(zh, ""),
            2 => Text::new("", en),
            _ => Text::new(zh, en),
        };
        (!text.zh.trim().is_empty() || !text.en.trim().is_empty()).then_some(text)
    })
}

fn number() -> impl Strategy<Value = Rational> {
    prop_oneof![
        (-5i64..100).prop_map(Rational::from),
        (-100_000i128..100_000, 0u8..7)
            .prop_map(|(scaled, decimals)| Rational::from_scaled(scaled, decimals)),
        (-50i128..50, 1i128..50).prop_map(|(a, b)| Rational::ratio(a, b).unwrap_or_default()),
        Just(Rational::from(1_000_000_000_000)),
        Just(Rational::from_scaled(1, 30)),
    ]
}

fn quantity() -> impl Strategy<Value = Quantity> {
    (
        number(),
        any_of(&[None, Some(PartSign::Percent), Some(PartSign::PerMille)]),
    )
        .prop_map(|(number, sign)| Quantity { number, sign })
}

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![3 => quantity().prop_map(Mark::Quantity), 1 => Just(Mark::CohortMean)]
}

fn expression() -> impl Strategy<Value = Expression> {
    any_of(&[
        "a",
        "a / b",
        "days(a, 2020-07-01) * -3%",
        "max(a, `b c`, 0.5) - (b - 1)",
        "小区数",
    ])
    .prop_filter_map("an expression", |text| text.parse().ok())
}

fn condition() -> impl Strategy<Value = Condition> {
    any_of(&[
        "a",
        "not a",
        "a >= 95% and \u{ff08}b or c = '优'\u{ff09}",
        "a = \"it's\"",
        "a / b != 1",
    ])
    .prop_filter_map("a condition", |text| text.parse().ok())
}

fn policy() -> impl Strategy<Value = MissingPolicy> {
    any_of(&[
        MissingPolicy::Zero,
        MissingPolicy::Error,
        MissingPolicy::Exclude,
        MissingPolicy::Mean,
        MissingPolicy::Median,
    ])
}

fn points_rollup() -> impl Strategy<Value = RollUp> {
    prop_oneof![
        any_of(&[RollUp::Sum, RollUp::Mean, RollUp::Min, RollUp::Max]),
        word().prop_map(RollUp::WeightedMean),
    ]
}

fn measure(name: String) -> impl Strategy<Value = Measure> {
    let share = Condition::Holds(name.clone());
    let kinds = [
        MeasureKind::Count,
        MeasureKind::Number,
        MeasureKind::YesNo,
        MeasureKind::Label,
        MeasureKind::Date,
    ];
    let levels = [
        Level::Street,
        Level::Community,
        Level::Grid,
        Level::Building,
        Level::Compound,
    ];
    let title = prop_oneof![text(), Just(Text::from(name.as_str()))];
    let title = title.prop_filter("a title", |title| {
        !title.zh.trim().is_empty() || !title.en.trim().is_empty()
    });
    let rollup = prop_oneof![
        points_rollup(),
        Just(RollUp::Share(share)),
        condition().prop_map(RollUp::Share)
    ];
    let assessors = any_of(&[Assessors::Mean, Assessors::Median, Assessors::Trimmed(2)]);
    (
        (
            title,
            any_of(&kinds),
            of(word()),
            of(number()),
            of(number()),
            vec(word(), 0..3),
        ),
        (
            any_of(&levels),
            of(rollup),
            of(assessors),
            of(policy()),
            of(Just(FilledBy::OrganisationCoverage)),
        ),
    )
        .prop_map(
            move |(
                (title, kind, unit, min, max, labels),
                (level, rollup, assessors, missing, filled_by),
            )| Measure {
                name: name.clone(),
                title,
                kind,
                unit,
                min,
                max,
                labels,
                level,
                rollup,
                assessors,
                missing,
                filled_by,
            },
        )
}

fn band() -> impl Strategy<Value = Band> {
    let bound = || (mark(), any::<bool>()).prop_map(|(mark, inclusive)| Bound { mark, inclusive });
    (of(bound()), bound(), any::<bool>(), number()).prop_map(|(one, other, swap, points)| {
        let (low, high) = if swap {
            (Some(other), one)
        } else {
            (one, Some(other))
        };
        Band { low, high, points }
    })
}

fn checklist() -> impl Strategy<Value = Rule> {
    let boxes = vec(
        (condition(), of(text())).prop_map(|(when, title)| CheckBox { when, title }),
        1..4,
    );
    let asked = prop_oneof![
        boxes.prop_map(|boxes| (boxes, None)),
        (1u32..9).prop_map(|of| (Vec::new(), Some(of))),
    ];
    let table = proptest::collection::btree_map(0u32..9, number(), 0..4);
    let pays = prop_oneof![
        number().prop_map(ChecklistPay::Each),
        table.prop_map(|table| ChecklistPay::Table(table.into_iter().rev().collect())),
    ];
    (asked, pays).prop_map(|((boxes, of), pays)| Rule::Checklist(Checklist { boxes, of, pays }))
}

fn per_unit() -> impl Strategy<Value = Rule> {
    let from = prop_oneof![Just(Start::Full), number().prop_map(Start::Points)];
    let unit = prop_oneof![Just(Quantity::plain(Rational::ONE)), quantity()];
    let steps = any_of(&[Steps::Proportional, Steps::Started, Steps::Completed]);
    (
        from,
        mark(),
        any_of(&[Side::Over, Side::Under]),
        unit,
        number(),
        steps,
        of(number()),
        of(number()),
    )
        .prop_map(|(from, mark, side, unit, points, steps, floor, cap)| {
            Rule::PerUnit(PerUnit {
                from,
                mark,
                side,
                unit,
                points,
                steps,
                floor,
                cap,
            })
        })
}

fn rank() -> impl Strategy<Value = Rule> {
    let pays = prop_oneof![
        (vec(number(), 0..4), number())
            .prop_map(|(table, otherwise)| RankPay::Table(table, otherwise)),
        (number(), number(), of(number())).prop_map(|(start, step, floor)| RankPay::Steps {
            start,
            step,
            floor
        }),
        (vec((number(), number()), 0..4), number())
            // A share is written in percent, a hundred times itself.
            .prop_filter("within the limit", |(shares, _)| shares
                .iter()
                .all(|(x, _)| *x < Rational::from(1000)))
            .prop_map(|(shares, otherwise)| RankPay::Shares(shares, otherwise)),
    ];
    (any_of(&[End::Top, End::Bottom]), pays)
        .prop_map(|(from, pays)| Rule::Rank(Rank { from, pays }))
}

fn simple_rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (number(), of(number()), of(number())).prop_map(|(min, max, step)| Rule::Award {
            min,
            max,
            step
        }),
        (of(number()), number()).prop_map(|(yes, no)| Rule::YesNo { yes, no }),
        proptest::collection::btree_map(key(), number(), 0..4)
            .prop_map(|levels| Rule::Levels(levels.into_iter().rev().collect())),
        checklist(),
        (vec(band(), 0..4), number())
            .prop_map(|(bands, otherwise)| Rule::Bands { bands, otherwise }),
        vec((mark(), number()), 0..4).prop_map(Rule::Curve),
        per_unit(),
        rank(),
        any::<bool>().prop_map(|lower_is_better| Rule::ShareOfBest { lower_is_better }),
        any::<bool>().prop_map(|lower_is_better| Rule::ShareOfMean { lower_is_better }),
        any::<bool>().prop_map(|lower_is_better| Rule::MinMax { lower_is_better }),
    ]
}

fn marking(rule: BoxedStrategy<Rule>, with_policy: bool) -> impl Strategy<Value = Marking> {
    let zero = prop_oneof![
        Just(ZeroDenominator::Full),
        Just(ZeroDenominator::NotApplicable),
        number().prop_map(ZeroDenominator::Points),
    ];
    let conditions = (of(condition()), of(condition()), of(condition()));
    (
        of(expression()),
        conditions,
        of(zero),
        of(policy()),
        of(word()),
        rule,
    )
        .prop_map(
            move |(
                value,
                (applies, full_marks, no_marks),
                zero_denominator,
                missing,
                cohort,
                rule,
            )| Marking {
                value,
                applies,
                full_marks,
                no_marks,
                zero_denominator,
                missing: missing.filter(|_| with_policy),
                cohort,
                rule,
            },
        )
}

fn checks() -> impl Strategy<Value = Rule> {
    let check = (
        (word(), text(), number(), of(number()), of(number())),
        marking(simple_rule().boxed(), true),
    )
        .prop_map(|((id, title, points, floor, cap), marking)| Check {
            id,
            title,
            points,
            floor,
            cap,
            marking,
        });
    (
        any::<bool>(),
        any_of(&[Combine::Sum, Combine::Best, Combine::Worst]),
        vec(check, 0..3),
    )
        .prop_map(|(from_full, combine, checks)| {
            Rule::Checks(Checks {
                from_full,
                combine,
                checks,
            })
        })
}

fn item(extra: bool) -> impl Strategy<Value = Item> {
    let rule = prop_oneof![6 => simple_rule(), 1 => checks()];
    let each = (
        any_of(&[Level::Grid, Level::Building, Level::Compound]),
        points_rollup(),
    )
        .prop_map(|(level, rollup)| Each { level, rollup });
    (
        word(),
        text(),
        number(),
        any::<bool>(),
        of(text()),
        marking(rule.boxed(), !extra),
        of(each),
    )
        .prop_map(
            move |(id, title, points, no_points, evidence, marking, each)| Item {
                id,
                title,
                points: (!(extra && no_points)).then_some(points),
                evidence,
                marking,
                each: each.filter(|_| !extra),
            },
        )
}

fn section() -> impl Strategy<Value = Section> {
    let leaf = (
        word(),
        text(),
        of(number()),
        of(number()),
        vec(item(false), 1..3),
    )
        .prop_map(|(id, title, points, weight, items)| Section {
            id,
            title,
            points,
            weight,
            items,
            sections: Vec::new(),
        });
    leaf.prop_recursive(2, 4, 2, |inner| {
        (inner.clone(), vec(inner, 1..3)).prop_map(|(section, sections)| Section {
            sections,
            ..section
        })
    })
}

fn veto() -> impl Strategy<Value = Veto> {
    let effect = prop_oneof![
        Just(Effect::NoGrade),
        Just(Effect::OneGradeDown),
        word().prop_map(Effect::Ceiling),
        number().prop_map(Effect::Points),
        word().prop_map(Effect::Zero),
    ];
    (word(), text(), condition(), vec(effect, 0..3)).prop_map(|(id, title, when, effects)| Veto {
        id,
        title,
        when,
        effects,
    })
}

fn grade() -> impl Strategy<Value = Grade> {
    let count = (1u32..9, quantity(), vec(word(), 0..3))
        .prop_map(|(at_least, mark, of)| SectionCount { at_least, mark, of });
    let marks = proptest::collection::btree_map(key(), quantity(), 0..3);
    (
        word(),
        text(),
        of(quantity()),
        of(quantity()),
        of(quantity()),
        marks,
        of(count),
    )
        .prop_map(
            |(id, title, total, total_before_bonus, sections, marks, count)| Grade {
                id,
                title,
                total,
                total_before_bonus,
                sections,
                marks: marks.into_iter().rev().collect(),
                count,
            },
        )
}

/// Any document that can be written.
pub(super) fn documents() -> impl Strategy<Value = Document> {
    let measures = proptest::collection::btree_set(key(), 0..4)
        .prop_flat_map(|names| names.into_iter().rev().map(measure).collect::<Vec<_>>());
    (
        (
            word(),
            of(word()),
            text(),
            of(text()),
            of(word()),
            of(number()),
        ),
        (
            0u8..=6,
            of(0u8..=6),
            any_of(&[Rounding::HalfUp, Rounding::HalfEven]),
            policy(),
            any::<bool>(),
        ),
        (of(number()), of(number()), vec(word(), 0..3)),
        (
            measures,
            vec(section(), 1..3),
            vec(item(true), 0..2),
            vec(item(true), 0..2),
        ),
        (vec(veto(), 0..2), vec(grade(), 0..2)),
    )
        .prop_map(
            |(
                (id, version, title, notice, source, points),
                (decimals, total_decimals, rounding, missing, exceed_full),
                (bonus_cap, deduction_cap, tie_breaks),
                (measures, sections, bonus, deductions),
                (vetoes, grades),
            )| Document {
                id,
                version,
                title,
                notice,
                source,
                points,
                decimals,
                total_decimals,
                rounding,
                missing,
                exceed_full,
                bonus_cap,
                deduction_cap,
                tie_breaks,
                measures,
                sections,
                bonus,
                deductions,
                vetoes,
                grades,
            },
        )
}
