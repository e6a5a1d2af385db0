//! Random standards with every kind of rule, and random tables for them.

use dabiao::Rational;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const MEASURES: &str = r#"
[measures.share]
type = "number"
unit = "%"
[measures.size]
type = "number"
min = -100
[measures.done]
type = "count"
[measures.all]
type = "count"
[measures.mark]
type = "number"
min = 0
max = 10
[measures.kinds]
type = "count"
max = 5
[measures.level]
type = "label"
labels = ["优", "良", "中", "差"]
[measures.a]
type = "yes-no"
[measures.b]
type = "yes-no"
[measures.c]
type = "yes-no"
"#;

pub(super) const COLUMNS: [&str; 12] = [
    "code", "district", "share", "size", "done", "all", "mark", "kinds", "level", "a", "b", "c",
];

pub(super) type Row = Vec<String>;

/// The kinds of rules whose steps are the nearest there are, not a natural goal farther on.
pub(super) const NEAREST: [&str; 3] = ["bands", "steps", "rank"];

/// A rule: the word that starts its item's code, its text, and the most that it can earn.
#[derive(Clone, Debug)]
struct Drawn {
    kind: &'static str,
    text: String,
    most: Rational,
}

fn drawn(kind: &'static str, text: String, most: &str) -> Drawn {
    Drawn {
        kind,
        text,
        most: most.parse().unwrap(),
    }
}

fn number(low: i32, high: i32, scale: u8) -> impl Strategy<Value = String> {
    (low..=high).prop_map(move |n| Rational::from_scaled(i128::from(n), scale).to_string())
}

/// Some points, of which the most is above 0.
fn points(count: usize, scale: u8) -> impl Strategy<Value = Vec<String>> {
    let point = prop_oneof![number(0, 40, scale), number(-20, 40, scale)];
    (
        number(1, 40, scale),
        vec(point, count - 1),
        any::<prop::sample::Index>(),
    )
        .prop_map(move |(most, mut points, at)| {
            points.insert(at.index(count), most);
            points
        })
}

fn most(points: &[String]) -> String {
    let parsed = points.iter().map(|p| p.parse::<Rational>().unwrap());
    parsed.max().unwrap().to_string()
}

/// A value, the range in which its marks lie, and the sign with which they are written.
fn values() -> impl Strategy<Value = (&'static str, i32, i32, &'static str)> {
    select(vec![
        ("share", 0, 110, "%"),
        ("share", 0, 110, ""),
        ("size", -50, 50, ""),
        ("done", 0, 20, ""),
        ("done / all", 0, 110, "%"),
        ("done * 10 / all", 0, 20, ""),
        ("100 - done * 100 / all", 0, 100, ""),
        ("size + done", -20, 40, ""),
        ("done * all", 0, 100, ""),
        ("min(done, all)", 0, 20, ""),
    ])
}

/// Marks in order, each once.
fn marks(
    low: i32,
    high: i32,
    sign: &'static str,
    least: usize,
) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(low * 2..=high * 2, least..=4).prop_map(move |marks| {
        let half = |mark: i32| Rational::ratio(i128::from(mark), 2).unwrap();
        marks
            .iter()
            .map(|mark| format!("\"{}{sign}\"", half(*mark)))
            .collect()
    })
}

fn bands(scale: u8) -> impl Strategy<Value = Drawn> {
    (values(), any::<[bool; 5]>()).prop_flat_map(move |(value, flags)| {
        let (name, low, high, sign) = value;
        let marks = marks(low, high, sign, 1);
        marks.prop_flat_map(move |mut marks| {
            let rising = flags[4];
            if !rising {
                marks.reverse();
            }
            points(marks.len() + 1, scale).prop_map(move |points| {
                let bands: Vec<String> = marks
                    .iter()
                    .zip(&flags)
                    .zip(&points)
                    .map(|((mark, inclusive), points)| {
                        let key = match (rising, inclusive) {
                            (true, true) => "at_most",
                            (true, false) => "below",
                            (false, true) => "at_least",
                            (false, false) => "above",
                        };
                        format!("{{ {key} = {mark}, points = {points} }}")
                    })
                    .collect();
                let otherwise = &points[marks.len()];
                let text = format!(
                    "value = \"{name}\"\nbands = [{}]\notherwise = {otherwise}",
                    bands.join(", ")
                );
                drawn("bands", text, &most(&points))
            })
        })
    })
}

fn mean_bands(scale: u8) -> impl Strategy<Value = Drawn> {
    (any::<bool>(), points(2, scale)).prop_map(|(inclusive, points)| {
        let key = if inclusive { "at_least" } else { "above" };
        let text = format!(
            "value = \"size\"\ncohort = \"district\"\n\
             bands = [{{ {key} = \"mean\", points = {} }}]\notherwise = {}",
            points[0], points[1]
        );
        drawn("bands", text, &most(&points))
    })
}

fn curve(scale: u8) -> impl Strategy<Value = Drawn> {
    values().prop_flat_map(move |(name, low, high, sign)| {
        marks(low, high, sign, 2).prop_flat_map(move |marks| {
            points(marks.len(), scale).prop_map(move |points| {
                let knots = marks.iter().zip(&points);
                let knots: Vec<String> = knots
                    .map(|(mark, points)| format!("[{mark}, {points}]"))
                    .collect();
                let text = format!("value = \"{name}\"\ncurve = [{}]", knots.join(", "));
                drawn("curve", text, &most(&points))
            })
        })
    })
}

fn mean_curve(scale: u8) -> impl Strategy<Value = Drawn> {
    points(2, scale).prop_map(|points| {
        let (low, high) = (&points[0], &points[1]);
        let text = format!("value = \"size\"\ncurve = [[\"-60\", {low}], [\"mean\", {high}]]");
        drawn("curve", text, &most(&points))
    })
}

fn per_unit(scale: u8) -> impl Strategy<Value = Drawn> {
    let place = (
        values(),
        number(-20, 60, 0),
        select(vec!["over", "under"]),
        any::<bool>(),
    );
    let size = (
        select(vec!["1", "0.5", "3"]),
        number(1, 30, 1),
        select(vec!["completed", "started", "proportional"]),
    );
    let ends = (
        proptest::option::of(number(-20, 10, 1)),
        number(15, 60, scale),
        any::<bool>(),
    );
    (place, size, ends).prop_map(
        |((value, mark, side, mean), (unit, size, steps), (floor, most, falls))| {
            let (name, sign) = (value.0, value.3);
            let mark = if mean && name == "size" {
                "mean".to_owned()
            } else {
                format!("{mark}{sign}")
            };
            let ends = if falls {
                let floor = floor.map_or(String::new(), |floor| format!(", floor = {floor}"));
                format!("from = \"full\", points = -{size}{floor}")
            } else {
                format!("from = 1, points = {size}, cap = {most}")
            };
            let kind = if steps == "proportional" {
                "proportional"
            } else {
                "steps"
            };
            let text = format!(
                "value = \"{name}\"\nper_unit = {{ {side} = \"{mark}\", unit = \"{unit}{sign}\", \
             steps = \"{steps}\", {ends} }}"
            );
            drawn(kind, text, &most)
        },
    )
}

fn in_cohort(district: bool) -> &'static str {
    if district {
        "cohort = \"district\"\n"
    } else {
        ""
    }
}

fn ranks() -> impl Strategy<Value = Drawn> {
    let value = select(vec!["size", "done", "done / all", "share"]);
    let pays = select(vec![
        "table = [4, 3, 2.5], otherwise = 1",
        "table = [4, 3], otherwise = 0",
        "start = 4, step = 0.7, floor = 0.5",
        "start = 4, step = 1",
        "shares = [[\"30%\", 4], [\"60%\", 2]], otherwise = 1",
    ]);
    (value, select(vec!["top", "bottom"]), pays, any::<bool>()).prop_map(
        |(value, from, pays, district)| {
            let cohort = in_cohort(district);
            let text =
                format!("value = \"{value}\"\n{cohort}rank = {{ from = \"{from}\", {pays} }}");
            drawn("rank", text, "4")
        },
    )
}

fn relative() -> impl Strategy<Value = Drawn> {
    let value = select(vec!["size", "done", "share", "done / all"]);
    let rule = select(vec!["share_of_best", "share_of_mean", "min_max"]);
    (value, rule, any::<bool>(), any::<bool>()).prop_map(|(value, rule, lower, district)| {
        let cohort = in_cohort(district);
        let text = format!("value = \"{value}\"\n{cohort}{rule} = {{ lower_is_better = {lower} }}");
        drawn("relative", text, "4")
    })
}

fn others() -> impl Strategy<Value = Drawn> {
    select(vec![
        (
            "award",
            "value = \"mark\"\naward = { min = 0, max = 4, step = 0.5 }",
            "4",
        ),
        ("award", "value = \"mark\"\naward = { min = 0 }", "4"),
        (
            "levels",
            "value = \"level\"\nlevels = { \"优\" = 4, \"良\" = 2.4, \"中\" = 1.8, \"差\" = 0 }",
            "4",
        ),
        (
            "levels",
            "value = \"level\"\nlevels = { \"优\" = 4, \"良\" = 4, \"中\" = 1, \"差\" = -1 }",
            "4",
        ),
        ("answer", "value = \"a\"\nyes_no = {}", "4"),
        (
            "answer",
            "value = \"b\"\nyes_no = { yes = -1, no = 4 }",
            "4",
        ),
        (
            "boxes",
            "checklist = { boxes = [\"a\", \"b\", \"c\"], each = 2 }",
            "6",
        ),
        (
            "boxes",
            "checklist = { boxes = [\"a\", \"b\", \"c\"], table = { \"3\" = 4, \"1\" = 1 } }",
            "4",
        ),
        (
            "count",
            "value = \"kinds\"\nchecklist = { of = 5, each = 0.8 }",
            "4",
        ),
        (
            "count",
            "value = \"kinds\"\nchecklist = { of = 5, table = { \"5\" = 4, \"2\" = 1 } }",
            "4",
        ),
        (
            "lifted",
            "value = \"a\"\nno_marks = \"done > 10\"\nyes_no = {}",
            "4",
        ),
    ])
    .prop_map(|(kind, text, most)| drawn(kind, text.to_owned(), most))
}

fn rules(scale: u8) -> impl Strategy<Value = Drawn> {
    prop_oneof![
        4 => bands(scale), 1 => mean_bands(scale), 3 => curve(scale), 1 => mean_curve(scale),
        5 => per_unit(scale), 3 => ranks(), 3 => relative(), 3 => others()
    ]
}

/// A check that only takes points off.
fn costs() -> impl Strategy<Value = Drawn> {
    select(vec![
        "value = \"a\"\nyes_no = { yes = 0, no = -1 }",
        "value = \"done\"\nper_unit = { over = 3, points = -0.5 }",
        "value = \"share\"\nper_unit = { under = \"90%\", points = -0.3, steps = \"started\" }",
        "value = \"size\"\nbands = [{ below = 0, points = -2 }, { below = 20, points = -1 }]",
    ])
    .prop_map(|text| drawn("cost", text.to_owned(), "0"))
}

fn checks(scale: u8) -> impl Strategy<Value = Drawn> {
    let text = |combine: &str, start: &str, rules: &[Drawn]| {
        let mut text = format!("combine = \"{combine}\"\nstart = {start}\n");
        for (at, rule) in rules.iter().enumerate() {
            let (points, rule) = (&rule.most, &rule.text);
            text.push_str(&format!(
                "[[section.item.check]]\nid = \"CHECK{at}\"\ntitle = \"check {at}\"\npoints = {points}\n{rule}\n"
            ));
        }
        text
    };
    let full = vec(costs(), 1..=3)
        .prop_map(move |rules| drawn("checks", text("sum", "\"full\"", &rules), "5"));
    let sum = vec(rules(scale), 2..=3).prop_map(move |rules| {
        let most: Rational = rules.iter().map(|rule| &rule.most).sum();
        drawn("checks", text("sum", "0", &rules), &most.to_string())
    });
    let extreme = (any::<bool>(), vec(rules(scale), 2..=3)).prop_map(move |(best, rules)| {
        let each = rules.iter().map(|rule| rule.most.clone());
        let (combine, most) = if best {
            ("best", each.max())
        } else {
            ("worst", each.min())
        };
        drawn(
            "checks",
            text(combine, "0", &rules),
            &most.unwrap().to_string(),
        )
    });
    prop_oneof![1 => full, 2 => sum, 2 => extreme]
}

pub(super) fn standards() -> impl Strategy<Value = String> {
    // Where totals have no decimals, item points have none.
    select(vec![(0u8, 0u8), (1, 1), (2, 1), (6, 1), (1, 0)]).prop_flat_map(|(decimals, scale)| {
        let item = prop_oneof![4 => rules(scale), 1 => checks(scale)];
        let extras = || vec(rules(scale), 0..=1);
        (vec(item, 1..=4), extras(), extras()).prop_map(move |(items, bonus, deductions)| {
            let mut text = format!(
                "[standard]\nid = \"t\"\ntitle = \"t\"\ndecimals = {decimals}\n{MEASURES}\n"
            );
            text.push_str("[[section]]\nid = \"S\"\ntitle = \"S\"\n");
            for (at, Drawn { kind, text: rule, most }) in items.iter().enumerate() {
                let rule = rule.replace("CHECK", &format!("{kind}{at}.check"));
                text.push_str(&format!(
                    "[[section.item]]\nid = \"{kind}{at}\"\ntitle = \"item {at}\"\npoints = {most}\n{rule}\n"
                ));
            }
            for (head, rules) in [("bonus", &bonus), ("deduction", &deductions)] {
                for Drawn { kind, text: rule, most } in rules {
                    text.push_str(&format!(
                        "[[{head}]]\nid = \"{kind}-{head}\"\ntitle = \"{head}\"\npoints = {most}\n{rule}\n"
                    ));
                }
            }
            text
        })
    })
}

pub(super) fn cells() -> impl Strategy<Value = Row> {
    let blank = |cell: BoxedStrategy<String>| {
        prop_oneof![12 => cell, 1 => Just(String::new()), 1 => Just("不涉及".to_owned())].boxed()
    };
    let yes_no = || blank(select(vec!["是", "否"]).prop_map(str::to_owned).boxed());
    let half = (0i128..=8).prop_map(|n| Rational::ratio(n, 2).unwrap().to_string());
    let size = prop_oneof![
        number(-60, 60, 0),
        number(-120, 120, 1),
        number(-60_000_000, 60_000_000, 6)
    ];
    (
        select(vec!["d1", "d2"]),
        blank(prop_oneof![number(0, 110, 0), number(0, 220_000_000, 6)].boxed()),
        blank(size.boxed()),
        blank(number(0, 25, 0).boxed()),
        blank(number(0, 25, 0).boxed()),
        blank(half.boxed()),
        blank(number(0, 5, 0).boxed()),
        blank(
            select(vec!["优", "良", "中", "差"])
                .prop_map(str::to_owned)
                .boxed(),
        ),
        (yes_no(), yes_no(), yes_no()),
    )
        .prop_map(
            |(district, share, size, done, all, mark, kinds, level, (a, b, c))| {
                let district = district.to_owned();
                vec![
                    district, share, size, done, all, mark, kinds, level, a, b, c,
                ]
            },
        )
}
