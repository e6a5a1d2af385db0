//! `summary.json` of a campaign, and a party grid in short.

use dabiao::campaign::CampaignResult;
use dabiao::grid::{AdviceSwitches, Grid, Level};
use serde_json::{Value, json};

use super::LoadedCampaign;
use super::output::SYNTHETIC;
use crate::write::summary;

/// What a campaign's run was and what came of it: the contents of `summary.json`. Nothing in
/// it depends on the moment, the machine, the language or the order of the rows.
#[must_use]
pub fn campaign_summary(loaded: &LoadedCampaign, result: &CampaignResult) -> Value {
    let (document, campaign) = (&loaded.document, &loaded.campaign);
    let phases: Vec<Value> = result
        .phases
        .iter()
        .enumerate()
        .map(|(at, phase)| {
            json!({
                "id": phase.id,
                "title": phase.title,
                "weight": campaign.phases.get(at).and_then(|phase| phase.weight.as_ref()),
                "communities": phase.present.iter().filter(|present| **present).count(),
                "units_left_out": phase.left_out.iter().filter(|held| !held.counted).count(),
                "sha256": campaign.digest_of(at),
            })
        })
        .collect();
    let grid = campaign.grid.as_ref().map(|grid| {
        let levels: Vec<Value> = grid
            .coverage()
            .levels()
            .iter()
            .map(|level| {
                json!({
                    "level": level.level.as_str(),
                    "organisation": level.level.organisation(),
                    "units": level.units,
                    "established": level.organised,
                })
            })
            .collect();
        json!({
            "levels": levels,
            "compounds": grid.count(Level::Compound),
            "compounds_without_grid": grid.unheld_compounds().len(),
            "advice": grid.advice(&document.advice).len(),
            "sha256": grid.digest(),
        })
    });
    let tiers = result.selection.as_ref().map(|selection| {
        let tiers = selection.tiers.iter().map(|tier| {
            json!({
                "id": tier.id,
                "places": tier.places,
                "qualified": tier.qualified,
                "chosen": tier.chosen,
                "open": tier.open,
                "tied": tier.tied,
                "unfilled": tier.unfilled,
                "floors_short": tier.floors_short,
            })
        });
        tiers.collect::<Vec<_>>()
    });
    let mut all = serde_json::Map::new();
    all.insert(
        "campaign".to_owned(),
        json!({
            "id": document.id,
            "title": document.title,
            "notice": document.notice,
            "synthetic": document.synthetic,
            "note": document.synthetic.then_some(SYNTHETIC),
        }),
    );
    all.insert("result".to_owned(), json!(summary(&result.scores)));
    all.insert(
        "registry".to_owned(),
        json!({
            "communities": campaign.registry.len(),
            "streets": result.streets.len(),
            "districts": result.districts.len(),
            "sha256": campaign.registry.digest(),
        }),
    );
    all.insert("grid".to_owned(), json!(grid));
    all.insert("phases".to_owned(), json!(phases));
    all.insert("city_mean".to_owned(), json!(result.city.mean));
    all.insert("selection".to_owned(), json!(tiers));
    Value::Object(all)
}

/// How far a party grid's organisations are established: each level's units, those that lack
/// an organisation, what no grid holds, and the findings of the advisory checks.
#[must_use]
pub fn grid_summary(grid: &Grid, switches: &AdviceSwitches) -> Value {
    let coverage = grid.coverage();
    let levels = coverage.levels();
    let levels = levels.iter().map(|level| {
        json!({
            "level": level.level.as_str(),
            "units": level.units,
            "established": level.organised,
        })
    });
    let advice = grid.advice(switches);
    let advice = advice.iter().map(|held| {
        json!({
            "check": held.check.as_str(),
            "unit": held.unit,
            "found": held.found,
            "source": held.check.source(),
        })
    });
    json!({
        "units": grid.len(),
        "levels": levels.collect::<Vec<_>>(),
        "lacking": coverage.lacking(),
        "compounds_without_grid": grid.unheld_compounds(),
        "households_without_grid": grid.unheld_households(),
        "advice": advice.collect::<Vec<_>>(),
    })
}
