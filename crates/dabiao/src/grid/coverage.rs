//! Coverage (全覆盖): where the four-level chain of organisations is whole, and where not.

use super::{Grid, Level, NO_UNIT, UnitId};
use crate::rational::Rational;

/// How far the party grid's organisations are established.
#[derive(Clone, Debug)]
pub struct Coverage<'a> {
    grid: &'a Grid,
    /// By community, in the order of their codes.
    counts: Vec<[Share; 4]>,
}

/// How many of some units have their organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    units: u64,
    organised: u64,
}

/// The coverage of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelCoverage {
    /// The level.
    pub level: Level,
    /// How many units there are.
    pub units: u64,
    /// How many have their organisation; one without a record counts as without.
    pub organised: u64,
}

impl LevelCoverage {
    /// organised ÷ units, 0 to 1; nothing without units.
    #[must_use]
    pub fn share(&self) -> Option<Rational> {
        Rational::ratio(i128::from(self.organised), i128::from(self.units))
    }
}

impl Grid {
    /// Counts the organisations of every community's four levels: its street, itself, its
    /// grids, its buildings.
    #[must_use]
    pub fn coverage(&self) -> Coverage<'_> {
        let communities = self.range(Level::Community);
        let mut counts = vec![[Share::default(); 4]; communities.len()];
        for unit in 0..self.len() {
            let level = self.levels[unit];
            let Some(rank) = Level::CHAIN.iter().position(|held| *held == level) else {
                continue;
            };
            let organised = u64::from(self.organised[unit] == Some(true));
            if let Some(community) =
                (self.communities[unit] as usize).checked_sub(communities.start)
                && let Some(held) = counts.get_mut(community)
            {
                held[rank].units += 1;
                held[rank].organised += organised;
            }
        }
        for (community, held) in communities.zip(&mut counts) {
            let street = self.parents[community];
            let organised = self.organised.get(street as usize).copied().flatten() == Some(true);
            held[0] = Share {
                units: 1,
                organised: u64::from(organised),
            };
        }
        Coverage { grid: self, counts }
    }

    fn codes_where(&self, wanted: impl Fn(usize) -> bool) -> Vec<&str> {
        (0..self.len())
            .filter(|unit| wanted(*unit))
            .map(|unit| self.codes[unit].as_str())
            .collect()
    }

    /// Compounds of which no building is in any grid, by code.
    #[must_use]
    pub fn unheld_compounds(&self) -> Vec<&str> {
        let mut held = vec![false; self.len()];
        for compound in &self.compounds {
            if *compound != NO_UNIT {
                held[*compound as usize] = true;
            }
        }
        self.codes_where(|unit| self.levels[unit] == Level::Compound && !held[unit])
    }

    /// For each community by code: its households that no grid holds, where it has more than
    /// its grids. A community is passed over where its own number is not recorded, or that of
    /// one of its grids.
    #[must_use]
    pub fn unheld_households(&self) -> Vec<(&str, u64)> {
        let mut in_grids = vec![Some(0u64); self.len()];
        for unit in self.range(Level::Grid) {
            let community = self.communities[unit] as usize;
            if let Some(sum) = in_grids.get_mut(community) {
                let both = sum.zip(self.households[unit]);
                *sum = both.map(|(sum, own)| sum.saturating_add(own));
            }
        }
        self.range(Level::Community)
            .filter_map(|unit| {
                let unheld = self.households[unit]?.checked_sub(in_grids[unit]?)?;
                (unheld > 0).then(|| (self.codes[unit].as_str(), unheld))
            })
            .collect()
    }
}

impl<'a> Coverage<'a> {
    /// The whole grid, level by level from the top; each unit counted once.
    #[must_use]
    pub fn levels(&self) -> Vec<LevelCoverage> {
        let of = |level: Level| {
            let units = self.grid.range(level);
            let organised = units
                .clone()
                .filter(|unit| self.grid.organised[*unit] == Some(true));
            LevelCoverage {
                level,
                units: units.len() as u64,
                organised: organised.count() as u64,
            }
        };
        Level::CHAIN.into_iter().map(of).collect()
    }

    /// One community's four levels: its street, itself, its grids, its buildings.
    #[must_use]
    pub fn of_community_levels(&self, code: &str) -> Option<Vec<LevelCoverage>> {
        let counts = self.counts.get(self.position(code)?)?;
        let levels = Level::CHAIN.into_iter().zip(counts);
        Some(
            levels
                .map(|(level, share)| LevelCoverage {
                    level,
                    units: share.units,
                    organised: share.organised,
                })
                .collect(),
        )
    }

    /// The share of a community's units of all four levels that have their organisation, 0 to
    /// 1; the units are pooled, each counted once.
    #[must_use]
    pub fn of_community(&self, code: &str) -> Option<Rational> {
        self.pooled(self.position(code)?)
    }

    fn position(&self, code: &str) -> Option<usize> {
        let unit = self.grid.find(code)? as usize;
        let communities = self.grid.range(Level::Community);
        communities
            .contains(&unit)
            .then(|| unit - communities.start)
    }

    pub(crate) fn pooled(&self, position: usize) -> Option<Rational> {
        let counts = self.counts.get(position)?;
        let units: u64 = counts.iter().map(|share| share.units).sum();
        let organised: u64 = counts.iter().map(|share| share.organised).sum();
        Rational::ratio(i128::from(organised), i128::from(units))
    }

    /// The units of the chain without an organisation or without a record of one, by level and
    /// code.
    #[must_use]
    pub fn lacking(&self) -> Vec<&'a str> {
        let grid = self.grid;
        grid.codes_where(|unit| {
            grid.levels[unit] != Level::Compound && grid.organised[unit] != Some(true)
        })
    }

    /// The units below (and with) a community that lack an organisation, and its street if it
    /// does.
    #[must_use]
    pub fn lacking_in(&self, community: &str) -> Vec<&'a str> {
        let grid = self.grid;
        let Some(id) = grid.find(community) else {
            return Vec::new();
        };
        let street = grid.parents[id as usize];
        let belongs = |unit: usize| grid.communities[unit] == id || unit as UnitId == street;
        grid.codes_where(|unit| {
            grid.levels[unit] != Level::Compound
                && grid.organised[unit] != Some(true)
                && belongs(unit)
        })
    }
}
