//! Looking a unit up by its code, without a second copy of the codes.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use super::{NO_UNIT, UnitId};

/// A hash table of unit ids; the codes stay where they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    hasher: RandomState,
    /// A power of two, at most half of it taken: units, each with a part of its code's hash, so
    /// that hardly any other code is ever looked at.
    slots: Vec<(u32, UnitId)>,
}

impl Index {
    /// A table for so many units.
    pub(super) fn with_capacity(units: usize) -> Index {
        Index {
            hasher: RandomState::new(),
            slots: vec![(0, NO_UNIT); (2 * units).next_power_of_two().max(2)],
        }
    }

    /// The slot of a code: where it is, or where it would go; and its hash's part.
    fn slot<'t>(&self, code: &str, code_of: impl Fn(UnitId) -> &'t str) -> Option<(usize, u32)> {
        let mask = self.slots.len().checked_sub(1)?;
        let hash = self.hasher.hash_one(code);
        let part = (hash >> 32) as u32;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots.get(slot) {
                Some((_, NO_UNIT)) | None => return Some((slot, part)),
                Some((held, unit)) if *held == part && code_of(*unit) == code => {
                    return Some((slot, part));
                }
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    /// Adds a unit; gives the one that has its code already, if one has.
    pub(super) fn insert<'t>(
        &mut self,
        unit: UnitId,
        code: &str,
        code_of: impl Fn(UnitId) -> &'t str,
    ) -> Option<UnitId> {
        let (slot, part) = self.slot(code, code_of)?;
        let held = self.slots.get_mut(slot)?;
        if held.1 != NO_UNIT {
            return Some(held.1);
        }
        *held = (part, unit);
        None
    }

    /// The same codes under other units.
    pub(super) fn renamed(mut self, unit_of: impl Fn(UnitId) -> UnitId) -> Index {
        for (_, unit) in &mut self.slots {
            if *unit != NO_UNIT {
                *unit = unit_of(*unit);
            }
        }
        self
    }

    /// The unit of a code.
    pub(super) fn find<'t>(
        &self,
        code: &str,
        code_of: impl Fn(UnitId) -> &'t str,
    ) -> Option<UnitId> {
        let (slot, _) = self.slot(code, code_of)?;
        let (_, unit) = *self.slots.get(slot)?;
        (unit != NO_UNIT).then_some(unit)
    }
}
