//! Filling one tier: floors first, then places by rank, with every tie left open (§2.11).

use std::collections::BTreeMap;

use super::selection::{Outcome, Reason};
use crate::score::Scores;

/// One tier's limits, worked out.
pub(super) struct Limits {
    pub(super) places: Option<usize>,
    pub(super) ceilings: Vec<usize>,
    pub(super) floors: Vec<usize>,
    /// The attribute that ceilings and floors count by, where it is no district.
    pub(super) by: Option<String>,
}

/// Filling one tier, group by group of those who share a rank. Members of one group and one
/// district are interchangeable, so that counting decides who is chosen however ties are broken.
pub(super) struct Filling<'a> {
    limits: &'a Limits,
    district: &'a [usize],
    /// By rank: the rank, and the qualified rows that hold it.
    groups: Vec<(u32, Vec<usize>)>,
    held: Vec<usize>,
    taken: usize,
}

pub(super) struct Filled {
    pub(super) decided: Vec<(usize, Outcome, Reason)>,
    /// Places given out, whoever gets them.
    pub(super) taken: usize,
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        scores: &Scores,
        limits: &'a Limits,
        district: &'a [usize],
        qualified: &[usize],
    ) -> Self {
        let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for row in qualified {
            if let Some(rank) = scores.rank(*row) {
                groups.entry(rank).or_default().push(*row);
            }
        }
        Filling {
            limits,
            district,
            groups: groups.into_iter().collect(),
            held: vec![0; limits.ceilings.len()],
            taken: 0,
        }
    }

    pub(super) fn run(mut self) -> Filled {
        let floors = self.fill_floors();
        let mut decided = Vec::new();
        for (position, (rank, rows)) in std::mem::take(&mut self.groups).into_iter().enumerate() {
            self.settle(rank, &rows, &floors[position], &mut decided);
        }
        Filled {
            decided,
            taken: self.taken,
        }
    }

    /// By group: how many of each district its floor takes.
    fn fill_floors(&mut self) -> Vec<BTreeMap<usize, usize>> {
        let mut by_group = Vec::with_capacity(self.groups.len());
        for (_, rows) in &self.groups {
            let mut here = BTreeMap::new();
            for row in rows {
                let id = self.district[*row];
                if self.held[id] < self.limits.floors[id] {
                    self.held[id] += 1;
                    self.taken += 1;
                    *here.entry(id).or_insert(0) += 1;
                }
            }
            by_group.push(here);
        }
        by_group
    }

    fn settle(
        &mut self,
        rank: u32,
        rows: &[usize],
        floors: &BTreeMap<usize, usize>,
        decided: &mut Vec<(usize, Outcome, Reason)>,
    ) {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for row in rows {
            members.entry(self.district[*row]).or_default().push(*row);
        }
        let by_floor = |id: &usize| floors.get(id).copied().unwrap_or(0);
        // What each district could still place from this group.
        let wanted: BTreeMap<usize, usize> = members
            .iter()
            .map(|(id, rows)| {
                (
                    *id,
                    (rows.len() - by_floor(id))
                        .min(self.limits.ceilings[*id].saturating_sub(self.held[*id])),
                )
            })
            .collect();
        let room = self
            .limits
            .places
            .map_or(usize::MAX, |places| places - self.taken);
        let all: usize = wanted.values().sum();
        let mut tied = Vec::new();
        let before = decided.len();
        for (id, rows) in &members {
            let own = wanted[id];
            let least = by_floor(id) + own.min(room.saturating_sub(all - own));
            let most = by_floor(id) + own.min(room);
            for row in rows {
                if least == rows.len() {
                    let reason = if by_floor(id) == rows.len() {
                        Reason::ByFloor {
                            rank,
                            floor: self.limits.floors[*id] as u32,
                            by: self.limits.by.clone(),
                        }
                    } else {
                        Reason::ByRank(rank)
                    };
                    decided.push((*row, Outcome::Chosen, reason));
                } else if most > 0 {
                    tied.push(*row);
                } else {
                    let reason = if own == 0 && room > 0 {
                        Reason::Ceiling {
                            most: self.limits.ceilings[*id] as u32,
                            by: self.limits.by.clone(),
                        }
                    } else {
                        Reason::Places {
                            places: self.limits.places.unwrap_or(0) as u32,
                        }
                    };
                    decided.push((*row, Outcome::NotChosen, reason));
                }
            }
        }
        let among = tied.len();
        let chosen = decided
            .iter()
            .skip(before)
            .filter(|(_, outcome, _)| *outcome == Outcome::Chosen);
        let given = floors.values().sum::<usize>() + all.min(room);
        let places = given.saturating_sub(chosen.count());
        let reason = Reason::Tied {
            rank,
            among,
            places,
        };
        decided.extend(
            tied.into_iter()
                .map(|row| (row, Outcome::Tied, reason.clone())),
        );
        self.taken += all.min(room);
        for (id, own) in wanted {
            self.held[id] += own.min(room);
        }
    }
}
