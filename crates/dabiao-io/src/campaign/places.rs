//! Where communities stand in the tables of a campaign, for faults that come to light only when
//! the tables are put together.

use std::collections::HashMap;

use dabiao::campaign::CampaignDocument;
use dabiao::{Fault, FaultCode, Faults, Place};

use crate::read::{SheetPlaces, locate};

/// The rows of communities, by code.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Files, which the rows name by their position.
    files: Vec<String>,
    registry: HashMap<String, (usize, u64)>,
    grid: HashMap<String, (usize, u64)>,
    /// Where the columns stand of tables in workbooks.
    pub(super) sheets: Vec<SheetPlaces>,
}

impl Places {
    pub(super) fn in_registry(&mut self, code: &str, file: &str, line: u64) {
        let file = self.file(file);
        self.registry.insert(code.to_owned(), (file, line));
    }

    /// Of a community; the units below it are told by the grid itself.
    pub(super) fn in_grid(&mut self, code: &str, file: &str, line: u64) {
        let file = self.file(file);
        self.grid.insert(code.to_owned(), (file, line));
    }

    fn file(&mut self, name: &str) -> usize {
        if self.files.last().is_none_or(|last| last != name) {
            self.files.push(name.to_owned());
        }
        self.files.len() - 1
    }

    /// The same faults, with the places of those that have none, in their order.
    pub(super) fn told(
        &self,
        mut faults: Faults,
        file: &str,
        document: &CampaignDocument,
    ) -> Faults {
        for fault in &mut faults.listed {
            if fault.place == Place::default() {
                fault.place = self.place(fault, file, document).unwrap_or_default();
            }
        }
        self.located(faults).sorted()
    }

    /// The same faults, those in workbooks with sheet and cell.
    pub(super) fn located(&self, mut faults: Faults) -> Faults {
        locate(&mut faults, &self.sheets);
        faults
    }

    fn place(&self, fault: &Fault, file: &str, document: &CampaignDocument) -> Option<Place> {
        let subject = fault.subject.as_deref().unwrap_or_default();
        // The code of a community or the id of a tier, and perhaps what of it.
        let (id, rest) = subject.split_once(' ').unwrap_or((subject, ""));
        let at = |held: Option<&(usize, u64)>, field: &str| {
            let (file, line) = held?;
            Some(Place {
                file: self.files.get(*file).cloned(),
                line: Some(*line),
                field: Some(field.to_owned()),
                ..Place::default()
            })
        };
        let in_file = |place: Option<&Place>| Place {
            file: Some(file.to_owned()),
            ..place.cloned().unwrap_or_default()
        };
        match fault.code {
            FaultCode::UnitUnknown => {
                let registered = at(self.registry.get(id), "code");
                registered.or_else(|| at(self.grid.get(id), "code"))
            }
            FaultCode::UnitParent => at(self.registry.get(id), "street_code"),
            FaultCode::Value => at(self.registry.get(id), rest),
            FaultCode::Quota | FaultCode::SelectionReference => {
                let tier = document.tiers().position(|tier| tier.id == id);
                Some(in_file(tier.and_then(|at| document.tier_places.get(at))))
            }
            FaultCode::MissingColumn | FaultCode::CampaignKey | FaultCode::PhaseWeights => {
                Some(in_file(None))
            }
            _ => None,
        }
    }
}
