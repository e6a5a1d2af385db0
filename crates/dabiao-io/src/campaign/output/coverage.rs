//! `coverage.csv`: the four levels of the party grid.

use dabiao::campaign::CampaignResult;
use dabiao::grid::Level;

use super::{Rows, attribute, owned, percent, text};
use crate::campaign::LoadedCampaign;

/// The four levels of the whole and of each community, and both pooled; the units that lack an
/// organisation; what no grid holds.
pub(crate) fn coverage_table(
    loaded: &LoadedCampaign,
    result: &CampaignResult,
) -> Option<(Vec<String>, Rows)> {
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
        lacking.extend(lacking_in.get(code).into_iter().flatten());
        let own = households.iter().find(|(held, _)| *held == code);
        let who = [
            code.to_owned(),
            attribute(result, "name", row),
            attribute(result, "district", row),
        ];
        let held = by_community.get(code);
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
