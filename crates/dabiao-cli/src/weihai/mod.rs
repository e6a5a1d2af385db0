//! The demonstration campaign: Weihai's seven districts and 73 streets, numbered communities,
//! made-up marks.
//!
//! How it is drawn, and which flaws of a real campaign it has, is written for its users in
//! `data/demo/weihai.md`, which stands beside the files as their README. All of it is whole-number
//! arithmetic over one seeded [`Random`], so that the same bytes come out everywhere.

mod marks;
mod random;

use std::fmt::Write as _;

use random::Random;

const DIVISIONS: &str = include_str!("../../data/weihai-divisions.csv");
const SEED: u64 = 20_200_723;
const COMMUNITIES: usize = 325;
const COMPOUNDS: usize = 1359;
const NOTE: &str = dabiao_io::SYNTHETIC;

struct Street {
    code: &'static str,
    name: &'static str,
    district_code: &'static str,
    district: &'static str,
    organised: bool,
}

#[derive(Clone)]
struct Building {
    code: String,
    households: i64,
}

#[derive(Clone)]
struct GridUnit {
    code: String,
    buildings: Vec<Building>,
}

struct Community {
    code: String,
    name: String,
    street: usize,
    /// 0 to 1000.
    quality: i64,
    compounds: usize,
    grids: Vec<GridUnit>,
    /// The community whose figures it hands in as its own, by position.
    copied_from: Option<usize>,
    /// Whether two hand in its figures.
    is_in_pair: bool,
}

impl Community {
    /// Whose figures it hands in, with that one's position.
    fn original<'a>(&self, all: &'a [Community]) -> Option<(usize, &'a Community)> {
        let from = self.copied_from?;
        Some((from, all.get(from)?))
    }

    fn households(&self) -> i64 {
        let buildings = self.grids.iter().flat_map(|grid| &grid.buildings);
        buildings.map(|building| building.households).sum()
    }
}

/// The input files of the demonstration, by name.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let mut random = Random::new(SEED);
    let streets = streets(&mut random);
    let communities = communities(&streets, &mut random);
    let (units, compounds) = units(&streets, &communities, &mut random);
    let mut files = vec![
        (
            "README.md",
            include_str!("../../data/demo/weihai.md").to_owned(),
        ),
        (
            "campaign.toml",
            include_str!("../../data/demo/weihai.toml").to_owned(),
        ),
        ("communities.csv", registry(&streets, &communities)),
        ("units.csv", units),
        ("compounds.csv", compounds),
    ];
    files.extend(marks::tables(&communities, &mut random));
    files
}

fn streets(random: &mut Random) -> Vec<Street> {
    let mut streets: Vec<Street> = Vec::new();
    for line in DIVISIONS.lines().skip(1) {
        let cells: Vec<&'static str> = line.split(',').collect();
        if let [_, _, code, name, district_code, district] = cells.as_slice()
            && streets.last().is_none_or(|last| last.code != *code)
        {
            let organised = random.chance(985);
            streets.push(Street {
                code,
                name,
                district_code,
                district,
                organised,
            });
        }
    }
    streets
}

fn communities(streets: &[Street], random: &mut Random) -> Vec<Community> {
    // Three in every street, the rest in those that are no towns.
    let mut counts = vec![3usize; streets.len()];
    let mut left = COMMUNITIES.saturating_sub(3 * streets.len());
    while left > 0 {
        for (count, street) in counts.iter_mut().zip(streets) {
            if left > 0 && street.name.ends_with("街道") {
                *count += 1;
                left -= 1;
            }
        }
    }
    let mut all = Vec::new();
    for (at, (street, count)) in streets.iter().zip(counts).enumerate() {
        let lean =
            i64::from(street.district_code.bytes().map(u32::from).sum::<u32>() % 9) * 12 - 48;
        for number in 0..count {
            let code = format!("{}{}", street.code, 901 + number);
            let grids = (0..7 + random.below(5))
                .map(|grid| grid_of(&code, grid + 1, random))
                .collect();
            all.push(Community {
                name: format!("第{:03}社区", all.len() + 1),
                street: at,
                quality: (random.bell() + lean).clamp(0, 1000),
                compounds: usize::try_from(2 + random.below(5)).unwrap_or(2),
                grids,
                code,
                copied_from: None,
                is_in_pair: false,
            });
        }
    }
    copy_one(&mut all, streets);
    // A few without any compound; the rest make up the number that was announced.
    for community in all.iter_mut().skip(40).step_by(61) {
        if !community.is_in_pair {
            community.compounds = 0;
        }
    }
    let mut sum: usize = all.iter().map(|community| community.compounds).sum();
    while sum != COMPOUNDS {
        let free = all
            .iter_mut()
            .filter(|held| held.compounds > 0 && !held.is_in_pair);
        for community in free {
            if sum < COMPOUNDS {
                community.compounds += 1;
                sum += 1;
            } else if sum > COMPOUNDS && community.compounds > 1 {
                community.compounds -= 1;
                sum -= 1;
            }
        }
    }
    all
}

/// Two neighbours hand in the same figures, and neither review nor verification finds anything
/// to tell them apart: a full tie. They are good enough to be the best of a small district, but
/// not for a place by rank, so that they tie for the one place of the district's floor.
fn copy_one(all: &mut [Community], streets: &[Street]) {
    const DISTRICT: &str = "371073";
    const QUALITY: i64 = 760;
    let inside = |community: &&Community| {
        let street = streets.get(community.street);
        street.is_some_and(|street| street.district_code == DISTRICT)
    };
    let best = all
        .iter()
        .filter(inside)
        .max_by_key(|held| (held.quality, &held.code));
    let Some(best) = best else { return };
    let (from, street) = (best.code.clone(), best.street);
    let (grids, compounds) = (best.grids.clone(), best.compounds);
    let Some(position) = all.iter().position(|held| held.code == from) else {
        return;
    };
    let twin = all
        .iter_mut()
        .find(|held| held.street == street && held.code != from);
    let Some(twin) = twin else { return };
    let code = &twin.code;
    twin.grids = grids;
    for grid in &mut twin.grids {
        grid.code = grid.code.replace(&from, code);
        for building in &mut grid.buildings {
            building.code = building.code.replace(&from, code);
        }
    }
    (twin.quality, twin.compounds) = (QUALITY, compounds);
    (twin.copied_from, twin.is_in_pair) = (Some(position), true);
    if let Some(best) = all.get_mut(position) {
        best.is_in_pair = true;
        best.quality = QUALITY;
    }
}

fn grid_of(community: &str, number: u64, random: &mut Random) -> GridUnit {
    let code = format!("{community}-G{number:02}");
    let buildings = (0..5 + random.below(4)).map(|building| Building {
        code: format!("{code}-B{:02}", building + 1),
        households: random.between(44, 72),
    });
    GridUnit {
        buildings: buildings.collect(),
        code,
    }
}

fn registry(streets: &[Street], communities: &[Community]) -> String {
    let mut text =
        "code,name,street_code,street,district_code,district,households,note\n".to_owned();
    for community in communities {
        let street = &streets[community.street];
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{NOTE}",
            community.code,
            community.name,
            street.code,
            street.name,
            street.district_code,
            street.district,
            community.households(),
        );
    }
    text
}

fn yes(held: bool) -> &'static str {
    if held { "是" } else { "否" }
}

/// The party grid and the compounds.
fn units(streets: &[Street], communities: &[Community], random: &mut Random) -> (String, String) {
    let mut text =
        "code,level,parent,name,organisation,households,members,compound,note\n".to_owned();
    let mut compounds = "code,name,community,households,note\n".to_owned();
    for street in streets {
        let (code, name, organised) = (street.code, street.name, yes(street.organised));
        let _ = writeln!(text, "{code},street,,{name},{organised},,,,{NOTE}");
    }
    let mut all: Vec<(String, String)> = Vec::with_capacity(communities.len());
    for community in communities {
        all.push(match community.copied_from {
            Some(_) => Default::default(),
            None => units_of(streets, community, random),
        });
    }
    for (community, own) in communities.iter().zip(0..) {
        let Some((from, held)) = community.original(communities) else {
            continue;
        };
        let copied = all.get(from).map(|(units, compounds)| {
            let copied = |text: &String| {
                let text = text.replace(&held.code, &community.code);
                text.replace(&held.name, &community.name)
            };
            (copied(units), copied(compounds))
        });
        if let (Some(texts), Some(copied)) = (all.get_mut(own), copied) {
            *texts = copied;
        }
    }
    for (own, held) in &all {
        text.push_str(own);
        compounds.push_str(held);
    }
    (text, compounds)
}

/// The units and compounds of one community.
fn units_of(streets: &[Street], community: &Community, random: &mut Random) -> (String, String) {
    let (mut text, mut compounds) = (String::new(), String::new());
    let (own, name) = (&community.code, &community.name);
    let organised = yes(random.chance(985));
    // In a few, people live whom no grid holds.
    let unheld = if random.chance(40) {
        random.between(20, 120)
    } else {
        0
    };
    let households = community.households() + unheld;
    let street = streets[community.street].code;
    let _ = writeln!(
        text,
        "{own},community,{street},{name},{organised},{households},,,{NOTE}"
    );
    // One compound in thirty stands outside of every grid.
    let held: Vec<usize> = (1..=community.compounds)
        .filter(|_| !random.chance(33))
        .collect();
    for number in 1..=community.compounds {
        let _ = writeln!(compounds, "{own}-X{number:02},第{number}小区,{own},,{NOTE}");
    }
    let quality = community.quality;
    let mut building_number = 0;
    for grid in &community.grids {
        let branch = random.chance(925 + quality * 75 / 1000);
        let households: i64 = grid.buildings.iter().map(|b| b.households).sum();
        let members = match random.below(40) {
            0 => 2,
            1 => 54,
            _ => random.between(4, 38),
        };
        let organised = if random.chance(6) { "" } else { yes(branch) };
        let code = &grid.code;
        let _ = writeln!(
            text,
            "{code},grid,{own},,{organised},{households},{members},,{NOTE}"
        );
        for building in &grid.buildings {
            building_number += 1;
            let compound = held
                .get(building_number % held.len().max(1))
                .map_or(String::new(), |number| format!("{own}-X{number:02}"));
            let group = yes(random.chance(905 + quality * 95 / 1000));
            let (unit, households) = (&building.code, building.households);
            let _ = writeln!(
                text,
                "{unit},building,{code},,{group},{households},,{compound},{NOTE}"
            );
        }
    }
    (text, compounds)
}
