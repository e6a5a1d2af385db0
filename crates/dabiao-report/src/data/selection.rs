//! Who was chosen, and why.

use dabiao::campaign::{Outcome, reason};
use dabiao::{Lang, Text};
use serde::Serialize;

use super::Gather;
use super::overview::name_of;
use super::texts::TextId;

/// A selection.
#[derive(Debug, Serialize)]
pub(crate) struct SelectionData {
    tiers: Vec<TierData>,
    /// By community: the tier, 0 chosen, 1 tied or 2 not chosen, the reason.
    decisions: Vec<(Option<usize>, u8, TextId)>,
}

#[derive(Debug, Serialize)]
struct TierData {
    title: TextId,
    places: Option<u32>,
    qualified: usize,
    chosen: usize,
    open: usize,
    tied: usize,
    unfilled: usize,
    /// Districts whose floor could not be met, and by how many.
    floors_short: Vec<(String, usize)>,
}

pub(crate) fn selection(gather: &mut Gather<'_>) -> Option<SelectionData> {
    let (_, campaign, result) = gather.source.campaign?;
    let selection = result.selection.as_ref()?;
    let declared = campaign.selection.as_ref();
    let tiers = selection.tiers.iter().enumerate().map(|(at, tier)| {
        let title = declared
            .and_then(|declared| declared.tiers.get(at))
            .map(|tier| &tier.title)
            .filter(|title| !title.is_empty());
        TierData {
            title: match title {
                Some(title) => gather.texts.add(title),
                None => gather.texts.add(&Text::from(tier.id.as_str())),
            },
            places: tier.places,
            qualified: tier.qualified,
            chosen: tier.chosen,
            open: tier.open,
            tied: tier.tied,
            unfilled: tier.unfilled,
            floors_short: tier
                .floors_short
                .iter()
                .map(|(key, missing)| (name_of(gather.scores, "district", key), *missing))
                .collect(),
        }
    });
    let tiers = tiers.collect();
    let decisions = selection.decisions.iter().enumerate();
    let decisions = decisions.map(|(row, decision)| {
        let tier = decision.tier.as_ref();
        let tier = tier.and_then(|id| selection.tiers.iter().position(|tier| tier.id == *id));
        let outcome = match decision.outcome {
            Outcome::Chosen => 0,
            Outcome::Tied => 1,
            Outcome::NotChosen => 2,
        };
        let said = |lang| reason(gather.scores, row, decision, lang);
        let reason = Text::new(said(Lang::Zh), said(Lang::En));
        (tier, outcome, gather.texts.add(&reason))
    });
    Some(SelectionData {
        decisions: decisions.collect(),
        tiers,
    })
}
