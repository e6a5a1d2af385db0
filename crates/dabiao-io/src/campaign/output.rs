//! What a campaign's run writes: `scores.csv`, `items.csv`, `gaps.csv` as a run of one table
//! does, and beside them selection, coverage, districts, streets, phases, gaps of the city.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dabiao::campaign::{CampaignResult, Difference, GroupScore};
use dabiao::grid::Level;
use dabiao::{Lang, Points, Rational, Rounding};

use super::LoadedCampaign;
use super::summary::campaign_summary;
use super::words::reason;
use crate::write::{BYTE_ORDER_MARK, OutputSet, write_gaps, write_items, write_rows, write_scores};

/// What stands in every row of a result whose marks are made up.
pub const SYNTHETIC: &str = "synthetic 合成数据";

type Rows = Vec<Vec<String>>;

/// Writes the files of a campaign's run into a folder; all of them appear, or none.
///
/// The CSV files are UTF-8 with a byte-order mark. Where the campaign is synthetic, every row
/// says so in a last column `note`.
///
/// # Errors
/// A file cannot be written.
pub fn write_campaign(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
    folder: &Path,
) -> io::Result<Vec<PathBuf>> {
    let mut set = OutputSet::new(folder)?;
    add_campaign(loaded, result, lang, &mut set)?;
    set.commit()
}

/// Adds the files of a campaign's run to a set that may hold others; see [`write_campaign`].
///
/// # Errors
/// A file cannot be written.
pub fn add_campaign(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
    set: &mut OutputSet,
) -> io::Result<()> {
    let synthetic = loaded.document.synthetic;
    let scores = &result.scores;
    let mut bytes = Vec::new();
    write_scores(scores, &mut bytes)?;
    add(set, "scores.csv", synthetic, bytes)?;
    let mut bytes = Vec::new();
    write_items(scores, lang, &mut bytes)?;
    add(set, "items.csv", synthetic, bytes)?;
    let mut bytes = Vec::new();
    write_gaps(scores, lang, &mut bytes)?;
    add(set, "gaps.csv", synthetic, bytes)?;
    let differences = result.differences();
    let tables = [
        ("selection.csv", selection_table(result, lang)),
        ("coverage.csv", coverage_table(loaded, result)),
        ("districts.csv", Some(group_table(result, "district"))),
        ("streets.csv", Some(group_table(result, "street"))),
        ("phases.csv", Some(phase_table(result, &differences))),
        ("city-gaps.csv", Some(city_table(result, &differences))),
        ("left-out.csv", Some(left_out_table(result))),
    ];
    for (name, table) in tables {
        if let Some((heading, rows)) = table {
            let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
            let mut bytes = Vec::new();
            write_rows(&mut bytes, &heading, rows)?;
            add(set, name, synthetic, bytes)?;
        }
    }
    set.write("summary.json", |file| {
        serde_json::to_writer_pretty(&mut *file, &campaign_summary(loaded, result))?;
        file.write_all(b"\n")
    })
}

fn add(set: &mut OutputSet, name: &str, synthetic: bool, bytes: Vec<u8>) -> io::Result<()> {
    let bytes = if synthetic { noted(&bytes)? } else { bytes };
    set.write(name, |file| {
        file.write_all(BYTE_ORDER_MARK)?;
        file.write_all(&bytes)
    })
}

/// The same table with a last column that says that it is synthetic.
fn noted(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(bytes.len() * 5 / 4));
    let mut note = "note";
    for record in reader.byte_records() {
        let mut record = record?;
        record.push_field(note.as_bytes());
        writer.write_record(&record)?;
        note = SYNTHETIC;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn owned(heading: &[&str]) -> Vec<String> {
    heading.iter().map(|title| (*title).to_owned()).collect()
}

/// `organised ÷ units` in percent with two decimals, rounded half-up.
fn percent(part: u64, whole: u64) -> String {
    let share = Rational::ratio(i128::from(part) * 100, i128::from(whole));
    let scaled = share.and_then(|share| share.round(2, Rounding::HalfUp));
    scaled.map_or(String::new(), |scaled| {
        format!("{}%", Points::new(scaled, 2))
    })
}

fn attribute(result: &CampaignResult, name: &str, row: usize) -> String {
    let values = result.scores.observations().attribute(name);
    text(values.and_then(|values| values.get(row)))
}

/// Everyone: `code`, `name`, `district`, `total`, `rank`, `grade`, `tier`, `outcome`, `reason`.
fn selection_table(result: &CampaignResult, lang: Lang) -> Option<(Vec<String>, Rows)> {
    let selection = result.selection.as_ref()?;
    let scores = &result.scores;
    let rows = selection
        .decisions
        .iter()
        .enumerate()
        .map(|(row, decision)| {
            vec![
                text(scores.codes().get(row)),
                attribute(result, "name", row),
                attribute(result, "district", row),
                text(scores.total(row)),
                text(scores.rank(row)),
                text(scores.grade(row).map(|grade| &grade.id)),
                text(decision.tier.as_ref()),
                decision.outcome.as_str().to_owned(),
                reason(scores, row, decision, lang),
            ]
        });
    let heading = owned(&[
        "code", "name", "district", "total", "rank", "grade", "tier", "outcome", "reason",
    ]);
    Some((heading, rows.collect()))
}

/// The four levels of the whole and of each community, and both pooled; the units that lack an
/// organisation; what no grid holds.
fn coverage_table(loaded: &LoadedCampaign, result: &CampaignResult) -> Option<(Vec<String>, Rows)> {
    let grid = loaded.campaign.grid.as_ref()?;
    let coverage = grid.coverage();
    let heading = owned(&[
        "scope",
        "code",
        "name",
        "district",
        "level",
        "organisation",
        "units",
        "established",
        "share",
        "lacking",
        "compounds_without_grid",
        "households_without_grid",
    ]);
    let mut rows: Rows = Vec::new();
    let chain = Level::CHAIN.map(|level| text(level.organisation().map(|o| o.zh)));
    let chain = chain.join("—");
    let mut block = |scope: &str,
                     who: [String; 3],
                     levels: Vec<dabiao::grid::LevelCoverage>,
                     lacking: &[&str],
                     compounds: &[&str],
                     households: String| {
        let [code, name, district] = who;
        let (mut units, mut organised) = (0, 0);
        for level in levels {
            units += level.units;
            organised += level.organised;
            let here = lacking
                .iter()
                .filter(|unit| grid.level_of(unit) == Some(level.level));
            let here: Vec<&str> = if scope == "all" {
                Vec::new()
            } else {
                here.copied().collect()
            };
            rows.push(vec![
                scope.to_owned(),
                code.clone(),
                name.clone(),
                district.clone(),
                level.level.as_str().to_owned(),
                text(level.level.organisation()),
                level.units.to_string(),
                level.organised.to_string(),
                percent(level.organised, level.units),
                here.join(";"),
                String::new(),
                String::new(),
            ]);
        }
        rows.push(vec![
            scope.to_owned(),
            code,
            name,
            district,
            "chain".to_owned(),
            chain.clone(),
            units.to_string(),
            organised.to_string(),
            percent(organised, units),
            String::new(),
            compounds.join(";"),
            households,
        ]);
    };
    let compounds = grid.unheld_compounds();
    let households = grid.unheld_households();
    let all: u64 = households.iter().map(|(_, number)| number).sum();
    let count = compounds.len().to_string();
    let nobody = [String::new(), String::new(), String::new()];
    let lacking = coverage.lacking();
    let mut by_community: std::collections::HashMap<&str, Vec<&str>> = Default::default();
    for compound in &compounds {
        by_community
            .entry(grid.community_of(compound).unwrap_or_default())
            .or_default()
            .push(compound);
    }
    let mut lacking_in: std::collections::HashMap<&str, Vec<&str>> = Default::default();
    for unit in &lacking {
        if let Some(community) = grid.community_of(unit) {
            lacking_in.entry(community).or_default().push(unit);
        }
    }
    block(
        "all",
        nobody,
        coverage.levels(),
        &lacking,
        &[&count],
        all.to_string(),
    );
    for (row, code) in result.scores.codes().iter().enumerate() {
        let Some(levels) = coverage.of_community_levels(code) else {
            continue;
        };
        let mut lacking = Vec::new();
        if let Some(street) = grid.parent_of(code)
            && grid.is_organised(street) != Some(true)
        {
            lacking.push(street);
        }
        lacking.extend(lacking_in.get(code.as_str()).into_iter().flatten());
        let own = households.iter().find(|(held, _)| *held == code.as_str());
        let who = [
            code.clone(),
            attribute(result, "name", row),
            attribute(result, "district", row),
        ];
        let held = by_community.get(code.as_str());
        block(
            "community",
            who,
            levels,
            &lacking,
            held.map_or(&[], Vec::as_slice),
            text(own.map(|(_, number)| number)),
        );
    }
    Some((heading, rows))
}

/// Streets or districts: `code`, `name`, how many, the mean, the place, grades, and the means
/// of sections and items.
fn group_table(result: &CampaignResult, kind: &str) -> (Vec<String>, Rows) {
    let groups = if kind == "street" {
        &result.streets
    } else {
        &result.districts
    };
    let mut heading = owned(&["code", "name", "communities", "scored", "mean", "rank"]);
    let grades = result.city.grades.iter().map(|(grade, _)| grade.clone());
    heading.extend(grades);
    heading.push("ungraded".to_owned());
    heading.extend(result.city.parts.iter().map(|(code, _)| code.clone()));
    let row = |group: &GroupScore| {
        let mut cells = vec![
            group.key.clone(),
            name_of(result, kind, &group.key),
            group.communities.to_string(),
            group.scored.to_string(),
            text(group.mean),
            text(group.rank),
        ];
        cells.extend(group.grades.iter().map(|(_, count)| count.to_string()));
        cells.push(group.ungraded.to_string());
        cells.extend(group.parts.iter().map(|(_, mean)| text(*mean)));
        cells
    };
    (heading, groups.iter().map(row).collect())
}

/// The name of a street or district: that of its first community.
pub(super) fn name_of(result: &CampaignResult, kind: &str, key: &str) -> String {
    let observations = result.scores.observations();
    let code = format!("{kind}_code");
    let keys = observations
        .attribute(&code)
        .or_else(|| observations.attribute(kind));
    let row = keys.and_then(|keys| keys.iter().position(|held| held == key));
    row.map_or(String::new(), |row| attribute(result, kind, row))
}

/// Where a later phase differs from an earlier one, the largest difference first.
fn phase_table(result: &CampaignResult, differences: &[Difference]) -> (Vec<String>, Rows) {
    let mut held: Vec<&Difference> = differences
        .iter()
        .filter(|held| held.difference.scaled() != 0)
        .collect();
    // Stable: of equal ones the earlier phase, community and item stays first.
    held.sort_by_key(|held| std::cmp::Reverse(held.difference.scaled().unsigned_abs()));
    let phase = |at: usize| text(result.phases.get(at).map(|phase| &phase.id));
    let rows = held.into_iter().map(|held| {
        vec![
            phase(held.from),
            phase(held.to),
            text(result.scores.codes().get(held.row)),
            attribute(result, "name", held.row),
            attribute(result, "district", held.row),
            held.item.clone(),
            held.earlier.to_string(),
            held.later.to_string(),
            held.difference.to_string(),
        ]
    });
    let heading = owned(&[
        "from",
        "to",
        "code",
        "name",
        "district",
        "item",
        "earlier",
        "later",
        "difference",
    ]);
    (heading, rows.collect())
}

/// Where the city and each district lose most points, and what was won between phases.
fn city_table(result: &CampaignResult, differences: &[Difference]) -> (Vec<String>, Rows) {
    let scores = &result.scores;
    let document = scores.standard().document();
    let mut heading = owned(&[
        "scope",
        "code",
        "name",
        "kind",
        "part",
        "title",
        "points",
        "communities",
        "mean_lost",
        "lost_share",
        "at_full",
    ]);
    for phase in result.phases.iter().skip(1) {
        heading.push(format!("won_{}", phase.id));
        heading.push(format!("compared_{}", phase.id));
    }
    // The section of an item: the longest code that holds it in the document's order.
    let mut section_of: std::collections::HashMap<&str, &str> = Default::default();
    for top in &document.sections {
        let mut waiting = vec![top];
        while let Some(section) = waiting.pop() {
            for item in &section.items {
                section_of.insert(&item.id, &top.id);
            }
            waiting.extend(&section.sections);
        }
    }
    let districts = ["district_code", "district"]
        .into_iter()
        .find_map(|name| scores.observations().attribute(name));
    let mut rows: Rows = Vec::new();
    let mut scopes = vec![("city", String::new(), (0..scores.len()).collect::<Vec<_>>())];
    for group in &result.districts {
        let own = (0..scores.len())
            .filter(|row| districts.is_some_and(|held| held.get(*row) == Some(&group.key)));
        scopes.push(("district", group.key.clone(), own.collect()));
    }
    for (scope, key, members) in scopes {
        let losses = scores.losses(members.iter().copied());
        let inside: std::collections::HashSet<usize> = members.into_iter().collect();
        let name = if scope == "city" {
            String::new()
        } else {
            name_of(result, "district", &key)
        };
        for (kind, mut parts) in [("section", losses.sections), ("item", losses.items)] {
            let share =
                |loss: &dabiao::explain::Loss| loss.mean_lost.exact().checked_div(&loss.full);
            parts.sort_by_key(|loss| std::cmp::Reverse(loss.mean_lost.scaled()));
            for loss in parts.iter().filter(|loss| loss.counted > 0) {
                let shared = share(loss)
                    .and_then(|s| (&s * &Rational::from(100)).round(1, Rounding::HalfUp));
                let mut cells = vec![
                    scope.to_owned(),
                    key.clone(),
                    name.clone(),
                    kind.to_owned(),
                    loss.code.clone(),
                    loss.title.to_string(),
                    loss.full.to_string(),
                    loss.counted.to_string(),
                    loss.mean_lost.to_string(),
                    shared.map_or(String::new(), |s| format!("{}%", Points::new(s, 1))),
                    loss.at_full.to_string(),
                ];
                for to in 1..result.phases.len() {
                    let own = differences.iter().filter(|held| {
                        let part = match kind {
                            "item" => held.item == loss.code,
                            _ => section_of.get(held.item.as_str()) == Some(&loss.code.as_str()),
                        };
                        held.to == to && part && inside.contains(&held.row)
                    });
                    let (mut sum, mut who) = (0i128, std::collections::HashSet::new());
                    for held in own {
                        sum += i128::from(held.difference.scaled());
                        who.insert(held.row);
                    }
                    let decimals = loss.mean_lost.decimals();
                    let mean = Rational::from_scaled(sum, decimals)
                        .checked_div(&Rational::from(who.len() as i64))
                        .and_then(|mean| mean.round(decimals, document.rounding));
                    cells.push(text(mean.map(|mean| Points::new(mean, decimals))));
                    cells.push(who.len().to_string());
                }
                rows.push(cells);
            }
        }
    }
    (heading, rows)
}

/// Units without a value, and whether they counted all the same.
fn left_out_table(result: &CampaignResult) -> (Vec<String>, Rows) {
    let mut rows: Rows = Vec::new();
    for phase in &result.phases {
        rows.extend(phase.left_out.iter().map(|held| {
            vec![
                phase.id.clone(),
                held.community.clone(),
                held.unit.clone(),
                held.what.clone(),
                if held.counted { "yes" } else { "no" }.to_owned(),
            ]
        }));
    }
    (
        owned(&["phase", "community", "unit", "what", "counted"]),
        rows,
    )
}
