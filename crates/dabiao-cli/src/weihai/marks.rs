//! The marks of three phases: self-assessment, district review, city verification.

use std::fmt::Write as _;

use super::random::Random;
use super::{Community, NOTE, yes};

/// Around a quality, 0 to 1000.
fn around(quality: i64, random: &mut Random) -> i64 {
    (quality + random.between(-170, 170)).clamp(0, 1000)
}

/// From `low` at quality 0 to `high` at 1000.
fn scaled(low: i64, high: i64, quality: i64) -> i64 {
    low + (high - low) * quality / 1000
}

fn label(quality: i64) -> &'static str {
    match quality {
        560.. => "优",
        260.. => "良",
        90.. => "中",
        _ => "差",
    }
}

/// How many of so many, each with a chance.
fn out_of(number: i64, per_mille: i64, random: &mut Random) -> i64 {
    (0..number)
        .map(|_| i64::from(random.chance(per_mille)))
        .sum()
}

/// The tables of marks, in the order of their files.
const FILES: [&str; 10] = [
    "self-communities.csv",
    "self-grids.csv",
    "self-buildings.csv",
    "review-communities.csv",
    "review-marks.csv",
    "review-grids.csv",
    "review-buildings.csv",
    "verification-marks.csv",
    "verification-grids.csv",
    "verification-buildings.csv",
];

/// The rows of one community in each of [`FILES`].
type Rows = [String; FILES.len()];

pub(super) fn tables(
    communities: &[Community],
    random: &mut Random,
) -> Vec<(&'static str, String)> {
    let mut all: Vec<Rows> = Vec::with_capacity(communities.len());
    for (number, community) in communities.iter().enumerate() {
        all.push(match community.copied_from {
            Some(_) => Rows::default(),
            None => of_community(community, number, random),
        });
    }
    for (number, community) in communities.iter().enumerate() {
        let Some((from, held)) = community.original(communities) else {
            continue;
        };
        let copied = all.get(from).map(|rows| {
            let own = |text: &String| text.replace(&held.code, &community.code);
            rows.each_ref().map(own)
        });
        if let (Some(rows), Some(copied)) = (all.get_mut(number), copied) {
            *rows = copied.map(|text| text.replace(&held.name, &community.name));
        }
    }
    const MARKS: &str = "code,assessor,measure,value,note\n";
    const GRIDS: &str = "code,grids_with_officer,grid_cases_reported,grid_cases_closed,\
                         public_order_cases,illegal_cases,survey_valid,survey_satisfied,note\n";
    const BUILDINGS: &str = "code,assessor,stairway_mark,building_households,\
                             sorting_households,facilities,facilities_in_order,note\n";
    let own = heading();
    let headings: [&str; FILES.len()] = [
        &own,
        GRIDS,
        BUILDINGS,
        &own,
        MARKS,
        GRIDS,
        BUILDINGS,
        MARKS,
        "code,survey_valid,survey_satisfied,note\n",
        "code,assessor,stairway_mark,building_households,sorting_households,note\n",
    ];
    let table = |(at, (name, heading)): (usize, (&'static str, &str))| {
        let rows = all.iter().filter_map(|rows| rows.get(at));
        (
            name,
            [heading]
                .into_iter()
                .chain(rows.map(String::as_str))
                .collect(),
        )
    };
    FILES
        .into_iter()
        .zip(headings)
        .enumerate()
        .map(table)
        .collect()
}

/// What the three phases found in one community.
fn of_community(community: &Community, number: usize, random: &mut Random) -> Rows {
    // The districts put forward the best: every community of this quality.
    const PUT_FORWARD: i64 = 600;
    let mut rows = Rows::default();
    let [
        self_marks,
        self_grids,
        self_buildings,
        review,
        marks,
        grids,
        buildings,
        final_marks,
        final_grids,
        final_buildings,
    ] = &mut rows;
    let quality = community.quality;
    let hopeful = (quality + 110).min(1000);
    let put_forward = quality >= PUT_FORWARD;
    row(self_marks, community, number, hopeful, true, random);
    row(review, community, number, quality, false, random);
    assessors(marks, community, quality, "区评委", random);
    if put_forward {
        assessors(final_marks, community, quality, "市评委", random);
    }
    for grid in &community.grids {
        grid_row(self_grids, &grid.code, hopeful, None, random);
        let unhappy = number == 77;
        grid_row(grids, &grid.code, quality, Some(unhappy), random);
        if put_forward {
            let valid = random.between(20, 40);
            let satisfied = out_of(valid, scaled(850, 985, around(quality, random)), random);
            let code = &grid.code;
            let _ = writeln!(final_grids, "{code},{valid},{satisfied},{NOTE}");
        }
        for building in &grid.buildings {
            let (code, households) = (&building.code, building.households);
            let mut line = |text: &mut String, quality: i64, who: &str, blank: bool| {
                let mark = scaled(82, 100, around(quality, random));
                let sorting = out_of(households, scaled(880, 990, quality), random);
                let facilities = random.between(8, 20);
                let sound = out_of(facilities, scaled(965, 1000, quality), random);
                let mark = if blank {
                    String::new()
                } else {
                    mark.to_string()
                };
                let _ = writeln!(
                    text,
                    "{code},{who},{mark},{households},{sorting},{facilities},{sound},{NOTE}"
                );
            };
            line(self_buildings, hopeful, "自评", false);
            // In some communities an inspector stood before locked doors.
            let locked = number % 23 == 5 && code.ends_with("G03-B02");
            line(buildings, quality, "检查员甲", locked);
            if code.ends_with("B01") {
                let mark = scaled(82, 100, around(quality, random));
                let _ = writeln!(buildings, "{code},检查员乙,{mark},,,,,{NOTE}");
            }
            if put_forward {
                let mark = scaled(84, 100, around(quality, random));
                // Households are counted again, and so is who sorts: an item takes all of
                // its measures from one phase.
                let sorting = out_of(households, scaled(880, 990, quality), random);
                let _ = writeln!(
                    final_buildings,
                    "{code},市检查员,{mark},{households},{sorting},{NOTE}"
                );
            }
        }
    }
    rows
}

const MEASURES: [&str; 42] = [
    "community_workers",
    "residents",
    "training_hours",
    "duty_rules",
    "household_visits",
    "duty_rota",
    "performance_appraisal",
    "joint_meetings",
    "double_registration",
    "part_time_members",
    "joint_projects",
    "deliberation_meetings",
    "compounds",
    "red_compounds",
    "property_firm",
    "property_complaints",
    "service_area",
    "households",
    "on_the_spot_services",
    "everyday_services",
    "volunteers",
    "service_handover",
    "green_area",
    "area",
    "green_campaigns",
    "upkeep_compounds",
    "station_premises",
    "station_team",
    "station_projects",
    "station_rules",
    "activities",
    "residents_groups",
    "open_hours",
    "requests_received",
    "requests_settled",
    "residents_taking_part",
    "national_honours",
    "provincial_honours",
    "municipal_honours",
    "major_accidents",
    "disciplined_members",
    // In a self-assessment alone; assessors give it otherwise.
    "smart_level",
];

fn heading() -> String {
    let more = "culture_brand_level,special_services_mark";
    format!("code,name,{},{more},note\n", MEASURES.join(","))
}

/// A community's own row of one phase.
fn row(
    text: &mut String,
    community: &Community,
    number: usize,
    quality: i64,
    own: bool,
    random: &mut Random,
) {
    let households = community.households();
    let residents = households * 26 / 10;
    let near = |random: &mut Random| around(quality, random);
    let mut cells: Vec<String> = Vec::new();
    let q = near(random);
    cells.push((residents * scaled(125, 200, q) / 100_000).to_string());
    cells.push(residents.to_string());
    cells.push(scaled(26, 46, near(random)).to_string());
    for _ in 0..8 {
        let q = near(random);
        cells.push(yes(random.chance(scaled(880, 1000, q))).to_owned());
    }
    cells.push(scaled(2, 6, near(random)).to_string());
    let compounds = i64::try_from(community.compounds).unwrap_or(0);
    cells.push(compounds.to_string());
    let q = near(random);
    cells.push(out_of(compounds, scaled(830, 1000, q), random).to_string());
    // Without a property firm there is nothing to keep to rule.
    let firm = number % 19 != 7;
    cells.push(yes(firm).to_owned());
    let complaints = out_of(3, scaled(500, 30, near(random)), random);
    cells.push(if firm {
        complaints.to_string()
    } else {
        "不涉及".to_owned()
    });
    cells.push((households * scaled(24, 36, near(random)) / 100).to_string());
    cells.push(households.to_string());
    cells.push(scaled(4, 7, near(random)).min(6).to_string());
    cells.push(scaled(6, 10, near(random)).min(8).to_string());
    cells.push((residents * scaled(110, 175, near(random)) / 1000).to_string());
    cells.push(yes(random.chance(965)).to_owned());
    let area = households * 95;
    cells.push((area * scaled(300, 380, near(random)) / 1000).to_string());
    cells.push(area.to_string());
    cells.push(scaled(3, 6, near(random)).to_string());
    let q = near(random);
    cells.push(out_of(compounds, scaled(860, 1000, q), random).to_string());
    for _ in 0..4 {
        cells.push(yes(random.chance(scaled(925, 1000, quality))).to_owned());
    }
    cells.push(scaled(9, 15, near(random)).to_string());
    cells.push(scaled(3, 8, near(random)).to_string());
    cells.push(scaled(35, 46, near(random)).to_string());
    let received = random.between(20, 60);
    cells.push(received.to_string());
    let q = near(random);
    cells.push(out_of(received, scaled(955, 1000, q), random).to_string());
    cells.push((residents * scaled(240, 360, near(random)) / 1000).to_string());
    // As many honours as were announced: 5 national, 19 provincial.
    cells.push(i64::from(number % 65 == 3).to_string());
    cells.push(i64::from(number % 17 == 8 && number < 323).to_string());
    cells.push(i64::from(number % 11 == 4).to_string());
    cells.push(i64::from(number == 200 && !own).to_string());
    cells.push(i64::from(number % 90 == 50 && !own).to_string());
    if own {
        cells.push(label(near(random)).to_owned());
        cells.push(label(near(random)).to_owned());
        let mark = scaled(2, 5, near(random)).min(4);
        cells.push(half(mark));
    } else {
        cells.extend([String::new(), String::new(), String::new()]);
    }
    // A few forget a cell; numbers of people and of vetoes are never among them.
    if number % 13 == 6
        && let Some(cell) = cells.get_mut([2, 11, 26, 29, 30][number % 5])
    {
        cell.clear();
    }
    let (code, name) = (&community.code, &community.name);
    let _ = writeln!(text, "{code},{name},{},{NOTE}", cells.join(","));
}

/// Halves as a decimal.
fn half(halves: i64) -> String {
    format!("{}.{}", halves / 2, if halves % 2 == 0 { 0 } else { 5 })
}

/// Three assessors who do not quite agree.
fn assessors(
    text: &mut String,
    community: &Community,
    quality: i64,
    title: &str,
    random: &mut Random,
) {
    let code = &community.code;
    for name in ["甲", "乙", "丙"] {
        let smart = label(around(quality, random));
        let brand = label(around(quality, random));
        let mark = half(scaled(2, 5, around(quality, random)).min(4));
        for (measure, value) in [
            ("smart_level", smart),
            ("culture_brand_level", brand),
            ("special_services_mark", mark.as_str()),
        ] {
            let _ = writeln!(text, "{code},{title}{name},{measure},{value},{NOTE}");
        }
    }
}

/// A grid's row; the survey is held by the district and the city, not by the community.
fn grid_row(
    text: &mut String,
    code: &str,
    quality: i64,
    unhappy: Option<bool>,
    random: &mut Random,
) {
    let officer = yes(random.chance(scaled(955, 1000, quality)));
    let reported = random.between(4, 18);
    let closed = out_of(reported, scaled(955, 1000, around(quality, random)), random);
    let public = out_of(1, scaled(70, 0, quality), random);
    let illegal = out_of(1, scaled(190, 10, quality), random);
    let survey = match unhappy {
        None => ",".to_owned(),
        Some(unhappy) => {
            let valid = random.between(20, 40);
            let happy = if unhappy {
                550
            } else {
                scaled(830, 985, around(quality, random))
            };
            format!("{valid},{}", out_of(valid, happy, random))
        }
    };
    let _ = writeln!(
        text,
        "{code},{officer},{reported},{closed},{public},{illegal},{survey},{NOTE}"
    );
}
