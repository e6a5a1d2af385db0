//! One marking or more for every kind of rule, by the heading of its sentences.

use super::fixture::*;
use crate::rational::Rational;
use crate::standard::document::*;

#[allow(clippy::too_many_lines, reason = "one row a kind of rule")]
pub(super) fn markings() -> Vec<(&'static str, &'static str, Marking)> {
    use Side::{Over, Under};
    use Steps::{Completed, Proportional, Started};
    let award = |min, max: Option<&str>, step: Option<&str>| Rule::Award {
        min: number(min),
        max: max.map(number),
        step: step.map(number),
    };
    let levels = [("优", "3"), ("良", "2.4"), ("差", "-1")];
    let levels = Rule::Levels(
        levels
            .map(|(label, p)| (label.to_owned(), number(p)))
            .into(),
    );
    let yes_no = |yes: Option<&str>, no| Rule::YesNo {
        yes: yes.map(number),
        no: number(no),
    };
    let table = |rows: &[(u32, &str)]| {
        ChecklistPay::Table(rows.iter().map(|(n, p)| (*n, number(p))).collect())
    };
    let counted = |of, pays| {
        Rule::Checklist(Checklist {
            boxes: Vec::new(),
            of: Some(of),
            pays,
        })
    };
    let list = |points: &[&str]| points.iter().map(|p| number(p)).collect::<Vec<_>>();
    let shares = |rows: &[(&str, &str)]| rows.iter().map(|(s, p)| (number(s), number(p))).collect();
    let floored = |rule: PerUnit| {
        Rule::PerUnit(PerUnit {
            floor: Some(Rational::ZERO),
            ..rule
        })
    };
    let capped = |rule: PerUnit, cap| {
        Rule::PerUnit(PerUnit {
            cap: Some(number(cap)),
            ..rule
        })
    };
    let checks = |from_full, combine, checks| {
        Rule::Checks(Checks {
            from_full,
            combine,
            checks,
        })
    };
    let mut gaps = check(
        "1.a",
        "制度与工作标准",
        "rules and standards",
        "1",
        marking(
            "faults",
            Rule::PerUnit(per_unit("1", Over, "0", "-0.2", Completed)),
        ),
    );
    gaps.floor = Some(Rational::ZERO);
    let measures = check(
        "1.b",
        "岗位职责",
        "rules of duty",
        "0",
        marking("rules", yes_no(Some("0"), "-0.5")),
    );
    let two = vec![gaps, measures];
    vec![
        (
            "award",
            "2",
            marking("score", award("0", None, Some("0.5"))),
        ),
        (
            "award from below 0",
            "5",
            marking("score", award("-2", Some("5"), None)),
        ),
        (
            "award without a cap",
            "",
            marking("score", award("0", None, None)),
        ),
        ("yes-no", "2", marking("firm", yes_no(None, "0"))),
        (
            "yes-no that takes off",
            "0",
            marking("firm", yes_no(Some("0"), "-1")),
        ),
        ("levels", "3", marking("rating", levels)),
        (
            "boxes by each",
            "4",
            marking(
                "",
                ticks(
                    &["rules", "notices >= 2", "not firm"],
                    ChecklistPay::Each(number("1")),
                ),
            ),
        ),
        (
            "boxes by a table",
            "3",
            marking("", ticks(&["rules", "firm"], table(&[(1, "1"), (2, "3")]))),
        ),
        (
            "count by each",
            "3",
            marking("faults", counted(6, ChecklistPay::Each(number("0.5")))),
        ),
        (
            "count by a full table",
            "3",
            marking("faults", counted(2, table(&[(2, "3"), (1, "1"), (0, "0")]))),
        ),
        (
            "bands of a share",
            "3",
            marking(
                "red / compounds",
                bands(
                    &[(">=100%", "", "3"), (">=95%", "", "2"), (">90%", "", "1")],
                    "0",
                ),
            ),
        ),
        (
            "bands of a percentage",
            "4",
            marking(
                "coverage",
                bands(&[(">=100%", "", "4"), (">=95", "", "3")], "0"),
            ),
        ),
        (
            "bands of a count",
            "3",
            marking(
                "notices",
                bands(&[(">=8", "", "3"), (">=6", "", "2"), (">=5", "", "1")], "0"),
            ),
        ),
        (
            "bands from below",
            "3",
            marking(
                "faults",
                bands(&[("", "<=0", "3"), ("", "<=2", "2"), ("", "<5", "1")], "-1"),
            ),
        ),
        (
            "bands from below of a number",
            "3",
            marking("age", bands(&[("", "<=40", "3"), ("", "<=45", "2")], "0")),
        ),
        (
            "bands with two sides",
            "3",
            marking(
                "age",
                bands(&[(">=30", "<=45", "3"), (">45", "<50", "2")], "0"),
            ),
        ),
        (
            "bands that overlap",
            "3",
            marking(
                "age",
                bands(&[(">=30", "<=45", "3"), (">=25", "<50", "2")], "0"),
            ),
        ),
        (
            "bands at the mean",
            "3",
            in_cohort(
                "district",
                marking(
                    "score",
                    bands(&[(">=mean", "", "3"), (">=60", "", "1")], "0"),
                ),
            ),
        ),
        (
            "curve of a share",
            "4",
            marking("red / compounds", curve(&[("50%", "0"), ("100%", "4")])),
        ),
        (
            "curve from 0",
            "4",
            marking(
                "area * 100 / compounds",
                curve(&[("0", "0"), ("20", "3"), ("30", "4")]),
            ),
        ),
        (
            "curve from 0 of counts",
            "4",
            marking("red / compounds", curve(&[("0%", "0"), ("100%", "4")])),
        ),
        (
            "curve with a bare mark",
            "4",
            marking("red / compounds", curve(&[("50%", "0"), ("1", "4")])),
        ),
        (
            "curve of one knot",
            "4",
            marking("age", curve(&[("40", "4")])),
        ),
        (
            "curve at the mean",
            "4",
            marking("age", curve(&[("30", "4"), ("mean", "2")])),
        ),
        (
            "per unit of a count",
            "3",
            marking(
                "faults",
                floored(per_unit("full", Over, "0", "-0.5", Completed)),
            ),
        ),
        (
            "per unit of a count under",
            "4",
            marking(
                "notices",
                floored(per_unit("full", Under, "4", "-1", Completed)),
            ),
        ),
        (
            "per unit completed",
            "20",
            marking(
                "age",
                floored(per_unit("full", Over, "48", "-3", Completed)),
            ),
        ),
        (
            "per unit started",
            "20",
            marking("age", floored(per_unit("full", Over, "48", "-3", Started))),
        ),
        (
            "per unit in proportion",
            "20",
            marking(
                "age",
                Rule::PerUnit(per_unit("full", Over, "48", "-3", Proportional)),
            ),
        ),
        (
            "per unit of a percentage",
            "10",
            marking(
                "coverage",
                floored(per_unit("full", Under, "55%", "-1", Completed)),
            ),
        ),
        (
            "per unit of a share",
            "10",
            marking(
                "red / compounds",
                floored(PerUnit {
                    unit: quantity("1%"),
                    ..per_unit("full", Under, "55%", "-1", Completed)
                }),
            ),
        ),
        (
            "per unit that adds",
            "3",
            marking(
                "notices",
                capped(per_unit("0", Over, "0", "1", Completed), "3"),
            ),
        ),
        (
            "per unit from a number",
            "5",
            marking(
                "area",
                capped(
                    PerUnit {
                        unit: quantity("10"),
                        ..per_unit("2", Over, "100", "1", Started)
                    },
                    "5",
                ),
            ),
        ),
        (
            "per unit over the mean",
            "5",
            marking(
                "age",
                Rule::PerUnit(per_unit("full", Over, "mean", "-1", Proportional)),
            ),
        ),
        (
            "rank by a table",
            "60",
            marking(
                "score",
                rank(
                    End::Top,
                    RankPay::Table(list(&["60", "57", "54"]), number("0")),
                ),
            ),
        ),
        (
            "rank by steps",
            "60",
            in_cohort(
                "district",
                marking(
                    "score",
                    rank(
                        End::Bottom,
                        RankPay::Steps {
                            start: number("60"),
                            step: number("3"),
                            floor: Some(number("10")),
                        },
                    ),
                ),
            ),
        ),
        (
            "rank by shares",
            "10",
            in_cohort(
                "片区",
                marking(
                    "score",
                    rank(
                        End::Top,
                        RankPay::Shares(shares(&[("0.3", "10"), ("0.6", "6")]), number("2")),
                    ),
                ),
            ),
        ),
        (
            "share of best",
            "6",
            marking(
                "score",
                Rule::ShareOfBest {
                    lower_is_better: false,
                },
            ),
        ),
        (
            "share of best, lower is better",
            "6",
            in_cohort(
                "category",
                marking(
                    "score",
                    Rule::ShareOfBest {
                        lower_is_better: true,
                    },
                ),
            ),
        ),
        (
            "share of mean",
            "6",
            marking(
                "score",
                Rule::ShareOfMean {
                    lower_is_better: false,
                },
            ),
        ),
        (
            "share of mean, lower is better",
            "6",
            marking(
                "score",
                Rule::ShareOfMean {
                    lower_is_better: true,
                },
            ),
        ),
        (
            "min-max",
            "100",
            marking(
                "score",
                Rule::MinMax {
                    lower_is_better: false,
                },
            ),
        ),
        (
            "min-max, lower is better",
            "100",
            marking(
                "score",
                Rule::MinMax {
                    lower_is_better: true,
                },
            ),
        ),
        (
            "checks from full",
            "2",
            marking("", checks(true, Combine::Sum, two.clone())),
        ),
        (
            "checks added",
            "2",
            marking("", checks(false, Combine::Sum, two.clone())),
        ),
        (
            "the best check",
            "2",
            marking("", checks(false, Combine::Best, two.clone())),
        ),
        (
            "the worst check",
            "2",
            marking("", checks(false, Combine::Worst, two)),
        ),
        (
            "conditions",
            "4",
            Marking {
                applies: Some(condition("firm")),
                full_marks: Some(condition("compounds <= 1 or rating = \"优\"")),
                no_marks: Some(condition("faults > 0 and not (coverage >= 60% or rules)")),
                zero_denominator: Some(ZeroDenominator::NotApplicable),
                missing: Some(MissingPolicy::Median),
                ..marking("red / compounds", curve(&[("50%", "0"), ("100%", "4")]))
            },
        ),
        (
            "zero denominators",
            "4",
            Marking {
                zero_denominator: Some(ZeroDenominator::Points(number("1.5"))),
                missing: Some(MissingPolicy::Exclude),
                ..marking(
                    "red / (compounds - 1)",
                    curve(&[("50%", "0"), ("100%", "4")]),
                )
            },
        ),
        (
            "days",
            "4",
            marking(
                "days(opened, closed)",
                bands(&[("", "<=1", "4"), ("", "<=5", "2")], "0"),
            ),
        ),
        (
            "the lesser",
            "4",
            marking(
                "min(red, compounds) + max(1, notices, faults) * -2",
                curve(&[("1", "0"), ("9", "4")]),
            ),
        ),
    ]
}
