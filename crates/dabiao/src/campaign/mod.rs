//! A whole campaign: registry, party grid, phases, assessors, selection (§2.11, §2.12, §3).

mod area;
pub(crate) mod assessors;
mod compare;
mod covered;
mod difference;
mod digest;
mod document;
mod each;
mod filling;
mod groups;
mod locate;
mod marks;
mod phases;
mod reason;
mod records;
mod rollup;
mod run;
mod selection;
mod sum;
mod upward;

pub use area::{AreaGaps, PartGap, Won};
pub use compare::{ItemMovement, Movement, PhaseMovement};
pub use difference::Difference;
pub use document::{CampaignDocument, FileName, PhaseDocument};
pub use groups::{GroupExtremes, GroupSums, NO_GROUP, Numbers};
pub use reason::reason;
pub use records::{Records, RecordsBuilder};
pub use rollup::LeftOut;
pub use run::{Campaign, CampaignResult, Phase, PhaseResult};
pub(crate) use run::{phase_weights, too_many_phases};
pub use selection::{
    Amount, Decision, Outcome, Reason, Selection, SelectionResult, Tier, TierResult,
};
pub use upward::GroupScore;
