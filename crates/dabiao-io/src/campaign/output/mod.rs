//! What a campaign's run writes: `scores.csv`, `items.csv`, `gaps.csv` as a run of one table
//! does, and beside them selection, coverage, districts, streets, phases, gaps of the city.

mod city;
mod coverage;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dabiao::campaign::{CampaignResult, Difference, GroupScore, reason};
use dabiao::{Lang, Points, Rational, Rounding};

use super::LoadedCampaign;
use super::summary::campaign_summary;
use crate::write::{BYTE_ORDER_MARK, OutputSet, write_gaps, write_items, write_rows, write_scores};
use city::city_table;
pub(crate) use coverage::coverage_table;

/// What stands in every row of a result whose marks are made up.
pub const SYNTHETIC: &str = "synthetic 合成数据";

pub(crate) type Rows = Vec<Vec<String>>;

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
/// Those of [`CAMPAIGN_FILES`] that this campaign has not are taken away where an earlier run
/// has left them, and what the campaign was read from is spared.
///
/// # Errors
/// A file cannot be written.
pub fn add_campaign(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
    set: &mut OutputSet,
) -> io::Result<()> {
    set.spare(loaded.files());
    for name in CAMPAIGN_FILES {
        let Some(bytes) = campaign_file(loaded, result, lang, name)? else {
            set.remove(name);
            continue;
        };
        set.write(name, |file| {
            if name.ends_with(".csv") {
                file.write_all(BYTE_ORDER_MARK)?;
            }
            file.write_all(&bytes)
        })?;
    }
    Ok(())
}

/// The names of the files that a campaign's run may write, in the order in which they are
/// written.
pub const CAMPAIGN_FILES: [&str; 11] = [
    "scores.csv",
    "items.csv",
    "gaps.csv",
    "selection.csv",
    "coverage.csv",
    "districts.csv",
    "streets.csv",
    "phases.csv",
    "city-gaps.csv",
    "left-out.csv",
    "summary.json",
];

/// Whether a campaign has one of the [`CAMPAIGN_FILES`]: there is no `selection.csv` where
/// nobody is selected, and no `coverage.csv` without a grid.
#[must_use]
pub fn has_campaign_file(loaded: &LoadedCampaign, result: &CampaignResult, name: &str) -> bool {
    match name {
        "selection.csv" => result.selection.is_some(),
        "coverage.csv" => loaded.campaign.grid.is_some(),
        name => CAMPAIGN_FILES.contains(&name),
    }
}

/// One of the [`CAMPAIGN_FILES`] as [`write_campaign`] writes it, without a byte-order mark;
/// `None` where the campaign has it not.
///
/// # Errors
/// None that is known of: nothing is written to a disk.
pub fn campaign_file(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    lang: Lang,
    name: &str,
) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let table = match name {
        "scores.csv" => {
            write_scores(&result.scores, &mut bytes)?;
            None
        }
        "items.csv" => {
            write_items(&result.scores, lang, &mut bytes)?;
            None
        }
        "gaps.csv" => {
            write_gaps(&result.scores, lang, &mut bytes)?;
            None
        }
        "selection.csv" => selection_table(result, lang),
        "coverage.csv" => coverage_table(loaded, result),
        "districts.csv" => Some(group_table(result, "district")),
        "streets.csv" => Some(group_table(result, "street")),
        "phases.csv" => Some(phase_table(result, &result.differences())),
        "city-gaps.csv" => Some(city_table(result)),
        "left-out.csv" => Some(left_out_table(result)),
        "summary.json" => {
            serde_json::to_writer_pretty(&mut bytes, &campaign_summary(loaded, result))?;
            bytes.push(b'\n');
            return Ok(Some(bytes));
        }
        _ => None,
    };
    if let Some((heading, rows)) = table {
        let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
        write_rows(&mut bytes, &heading, rows)?;
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    let synthetic = loaded.document.synthetic;
    Ok(Some(if synthetic { noted(&bytes)? } else { bytes }))
}

/// Writes a campaign's `scores.csv` to any writer, without a byte-order mark.
///
/// # Errors
/// Those of `out`.
pub fn write_campaign_scores(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
    mut out: impl Write,
) -> io::Result<()> {
    if !loaded.document.synthetic {
        return write_scores(&result.scores, out);
    }
    let mut bytes = Vec::new();
    write_scores(&result.scores, &mut bytes)?;
    out.write_all(&noted(&bytes)?)
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
            area_name(result, kind, &group.key),
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

/// The name of a `street` or `district` by its code: that of its first community.
#[must_use]
pub fn area_name(result: &CampaignResult, kind: &str, key: &str) -> String {
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
