//! Scorecards, gaps and words of the built-in standards.

use crate::explain::{ItemState, Role, Scorecard, Shortfall, Target, Words};
use crate::{Lang, Observations, ScoreOptions, Scores, Standard};

/// A good community: everything reported, every item at its full marks.
const GOOD: [(&str, &str); 51] = [
    ("organisation_coverage", "100%"),
    ("grids_with_officer", "100%"),
    ("community_workers", "9"),
    ("residents", "5000"),
    ("training_hours", "40"),
    ("duty_rules", "是"),
    ("household_visits", "是"),
    ("duty_rota", "是"),
    ("performance_appraisal", "是"),
    ("joint_meetings", "是"),
    ("double_registration", "是"),
    ("part_time_members", "是"),
    ("joint_projects", "是"),
    ("grid_cases_reported", "102"),
    ("grid_cases_closed", "102"),
    ("deliberation_meetings", "3"),
    ("compounds", "3"),
    ("red_compounds", "3"),
    ("property_firm", "是"),
    ("property_complaints", "0"),
    ("public_order_cases", "0"),
    ("service_area", "600"),
    ("households", "2000"),
    ("smart_level", "优"),
    ("on_the_spot_services", "6"),
    ("everyday_services", "8"),
    ("volunteers", "750"),
    ("special_services_mark", "2"),
    ("service_handover", "是"),
    ("stairway_mark", "100"),
    ("building_households", "2000"),
    ("green_area", "3500"),
    ("area", "10000"),
    ("sorting_households", "2000"),
    ("illegal_cases", "0"),
    ("facilities", "50"),
    ("facilities_in_order", "50"),
    ("green_campaigns", "4"),
    ("upkeep_compounds", "3"),
    ("station_premises", "是"),
    ("station_team", "是"),
    ("station_projects", "是"),
    ("station_rules", "是"),
    ("activities", "12"),
    ("residents_groups", "5"),
    ("culture_brand_level", "优"),
    ("open_hours", "40"),
    ("survey_valid", "200"),
    ("survey_satisfied", "190"),
    ("requests_received", "10"),
    ("requests_settled", "10"),
];

/// A table of communities that differ from the good one in a few measures.
fn weihai(communities: &[(&str, &[(&str, &str)])]) -> Scores {
    let standard = Standard::builtin("weihai-2020").unwrap();
    let more = [
        "residents_taking_part",
        "municipal_honours",
        "major_accidents",
        "disciplined_members",
    ];
    let defaults = ["1500", "", "0", "0"];
    let mut heading = vec!["code", "name", "district"];
    heading.extend(GOOD.iter().map(|(name, _)| *name));
    heading.extend(more);
    let rows = communities.iter().enumerate().map(|(at, (name, changes))| {
        let mut row = vec![
            format!("c{}", at + 1),
            (*name).to_owned(),
            "环翠区".to_owned(),
        ];
        let good = GOOD.iter().copied().chain(more.into_iter().zip(defaults));
        row.extend(good.map(|(measure, value)| {
            let change = changes.iter().find(|(changed, _)| *changed == measure);
            change.map_or(value, |(_, value)| value).to_owned()
        }));
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let table = Observations::from_rows(&standard, &heading, &rows).unwrap();
    standard.score(&table, &ScoreOptions::new()).unwrap()
}

/// A community with a little of everything.
fn mixed() -> Scores {
    weihai(&[
        (
            "甲社区",
            &[
                ("organisation_coverage", "97.5%"),
                ("grids_with_officer", "90%"),
                ("duty_rota", "否"),
                ("joint_projects", ""),
                ("grid_cases_closed", "93"),
                ("red_compounds", "2"),
                ("property_complaints", "3"),
                ("smart_level", "良"),
                ("everyday_services", "7"),
                ("special_services_mark", "1.5"),
                ("service_handover", "否"),
                ("stairway_mark", "86.5"),
                ("sorting_households", ""),
                ("station_rules", ""),
                ("activities", "9"),
                ("open_hours", "31.5"),
                ("survey_satisfied", "150"),
                ("requests_received", "0"),
                ("requests_settled", "0"),
                ("municipal_honours", "1"),
                ("disciplined_members", "1"),
            ],
        ),
        ("乙社区", &[]),
        (
            "丙社区",
            &[
                ("property_firm", "否"),
                ("compounds", "0"),
                ("red_compounds", "0"),
                ("upkeep_compounds", "0"),
            ],
        ),
    ])
}

fn card(scores: &Scores, row: usize) -> Scorecard {
    scores.card(row).unwrap()
}

fn assert_text(found: &str, expected: &str, file: &str) {
    assert!(
        found.trim_end() == expected.trim_end(),
        "{file} should read:\n{found}"
    );
}

#[test]
fn a_card_reads_as_expected() {
    let scores = mixed();
    let card = card(&scores, 0);
    assert_text(
        &card.explain(Lang::Zh),
        include_str!("card.zh.txt"),
        "card.zh.txt",
    );
    assert_text(
        &card.explain(Lang::En),
        include_str!("card.en.txt"),
        "card.en.txt",
    );
}

#[test]
fn the_built_in_standard_reads_as_expected() {
    let standard = Standard::builtin("weihai-2020").unwrap();
    let document = standard.document();
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| Words::new(document, lang));
    let mut text = String::new();
    let mut say = |code: &str, zh: String, en: String| {
        text.push_str(&format!("{code}\n{zh}\n{en}\n\n"));
    };
    for section in &document.sections {
        for item in &section.items {
            say(
                &item.id,
                zh.item(item, Role::Item),
                en.item(item, Role::Item),
            );
        }
    }
    for item in &document.bonus {
        say(
            &item.id,
            zh.item(item, Role::Bonus),
            en.item(item, Role::Bonus),
        );
    }
    for veto in &document.vetoes {
        say(&veto.id, zh.veto(veto), en.veto(veto));
    }
    for grade in &document.grades {
        say(&grade.id, zh.grade(grade), en.grade(grade));
    }
    assert_text(&text, include_str!("weihai-2020.txt"), "weihai-2020.txt");
}

#[test]
fn a_card_adds_up_and_says_what_it_lost() {
    let scores = mixed();
    for row in 0..scores.len() {
        let card = card(&scores, row);
        for section in &card.sections {
            let excluded = section.items.iter().any(|item| item.points.is_none());
            let sum: crate::Rational = section
                .items
                .iter()
                .filter_map(|item| item.points)
                .map(crate::Points::exact)
                .sum();
            let points = section.points.unwrap().exact();
            assert!(excluded || sum == points, "{}", section.code);
            for item in &section.items {
                let (Some(points), Some(lost)) = (item.points, item.lost) else {
                    assert!(
                        item.states.contains(&ItemState::NotApplicable),
                        "{}",
                        item.code
                    );
                    continue;
                };
                assert_eq!(
                    &(points.exact() + lost.exact()),
                    item.full.as_ref().unwrap()
                );
                assert_eq!(lost.scaled() > 0, item.next.is_some(), "{}", item.code);
            }
        }
    }
}

#[test]
fn gaps_are_sorted_and_name_what_is_in_the_way() {
    let scores = mixed();
    let gaps = scores.gaps(0).unwrap();
    let lost: Vec<(String, String)> = gaps
        .items
        .iter()
        .map(|gap| (gap.code.clone(), gap.lost.to_string()))
        .collect();
    let expected = [
        ("6.1", "3.75"),
        ("4.3", "3.00"),
        ("2.4", "2.67"),
        ("2.2", "2.00"),
        ("3.7", "2.00"),
        ("5.1", "2.00"),
        ("1.2", "1.50"),
        ("2.5", "1.50"),
        ("4.1", "1.35"),
        ("1.1", "1.00"),
        ("1.5", "1.00"),
        ("2.1", "1.00"),
        ("3.4", "1.00"),
        ("5.5", "0.80"),
        ("5.2", "0.75"),
        ("3.2", "0.60"),
        ("3.6", "0.50"),
    ];
    assert_eq!(
        lost,
        expected.map(|(code, lost)| (code.to_owned(), lost.to_owned()))
    );
    assert_eq!(gaps.grade.as_ref().unwrap().code, "developing");
    let next = gaps.next_grade.unwrap();
    assert_eq!(next.grade.code, "qualified");
    assert!(
        matches!(&next.shortfalls[..], [Shortfall::Total(short)] if short.short.to_string() == "0.42")
    );
    let best = scores.gaps(1).unwrap();
    assert!(best.items.is_empty() && best.next_grade.is_none());
}

#[test]
fn what_stands_before_the_next_grade_is_named() {
    let scores = weihai(&[
        ("甲社区", &[("disciplined_members", "1")]),
        (
            "乙社区",
            &[("major_accidents", "2"), ("disciplined_members", "1")],
        ),
        (
            "丙社区",
            &[
                ("survey_satisfied", "150"),
                ("grid_cases_closed", "93"),
                ("disciplined_members", ""),
            ],
        ),
    ]);
    let gap = |row: usize| scores.card(row).unwrap().next_grade.unwrap();
    let first = gap(0);
    assert_eq!(
        (first.grade.code.as_str(), first.shortfalls.len()),
        ("demonstration", 0)
    );
    assert_eq!(
        first.wording.en,
        "veto V2 “a member of the two community committees disciplined”"
    );
    assert_eq!(first.wording.zh, "一票否决V2“社区‘两委’成员受处分”");
    // The severest effect took all grades: even the last is out of reach, by one veto alone.
    let second = gap(1);
    assert_eq!(second.grade.code, "developing");
    assert_eq!(
        second
            .vetoes
            .iter()
            .map(|veto| veto.code.as_str())
            .collect::<Vec<_>>(),
        ["V1"]
    );
    let third = gap(2);
    assert_eq!(third.grade.code, "demonstration");
    assert_eq!(third.wording.en, "6 “Satisfied residents” short by 1.75");
    // A veto that a blank leaves open is shown, yet stands in nobody's way.
    let card = scores.card(2).unwrap();
    assert_eq!(
        card.vetoes
            .iter()
            .map(|veto| (veto.code.as_str(), veto.holds))
            .collect::<Vec<_>>(),
        [("V2", false)]
    );
    assert_eq!(
        card.missing
            .iter()
            .map(|line| (line.measure.as_str(), line.items.join(" ")))
            .collect::<Vec<_>>(),
        [("disciplined_members", "V2".to_owned())]
    );
}

#[test]
fn a_ratio_of_counts_says_how_many_more() {
    let scores = mixed();
    let gaps = scores.gaps(0).unwrap();
    let step = |code: &str| {
        gaps.items
            .iter()
            .find(|gap| gap.code == code)
            .unwrap()
            .next
            .clone()
            .unwrap()
    };
    let closed = step("2.2");
    assert_eq!(
        closed.wording.en,
        "91.1765%; at 95% it earns 3 instead of 2: 4 more of “grid cases closed”"
    );
    assert_eq!(closed.measure.unwrap().to.to_string(), "97");
    let survey = step("6.1");
    assert_eq!(
        survey.wording.zh,
        "现为75%\u{ff1b}达到80%得3分\u{ff08}现得2.25分\u{ff09}\u{ff0c}需“满意度调查满意答卷数”再增加10份"
    );
    assert!(
        matches!(step("4.3").target, Target::Report { measures } if measures == ["sorting_households"])
    );
    assert!(
        matches!(step("5.1").target, Target::Report { measures } if measures == ["station_rules"])
    );
}

#[test]
fn losses_add_up_over_communities() {
    let scores = mixed();
    let losses = scores.losses(0..scores.len());
    let item = |code: &str| losses.items.iter().find(|loss| loss.code == code).unwrap();
    assert_eq!(item("2.4").lost.to_string(), "2.67");
    assert_eq!((item("2.4").counted, item("2.4").at_full), (2, 1));
    assert_eq!(item("2.4").mean_lost.to_string(), "1.34");
    assert_eq!((item("6.1").counted, item("6.1").at_full), (3, 2));
    assert_eq!(item("6.1").mean_lost.to_string(), "1.25");
    let none = scores.losses([]);
    assert_eq!((none.communities, none.items[0].counted), (0, 0));
}
