//! The least and the greatest of each group.

use super::numbers::{Blocks, Numbers, Room};
use super::{NO_GROUP, no_group, same_length, threads_for};
use crate::decimal::Decimal;
use crate::fault::Fault;
use crate::threads::{on_threads, stretches};

/// The least and the greatest value of the units of each group.
///
/// ```
/// # fn main() -> Result<(), dabiao::Fault> {
/// use dabiao::campaign::{GroupExtremes, NO_GROUP, Numbers};
/// let values = Numbers::Floats(&[3.5, -1.0, 2.0, 9.0]);
/// let floors = GroupExtremes::of(&[1, 1, 0, NO_GROUP], 3, values, 1)?;
/// assert_eq!(floors.least(1).unwrap().to_string(), "-1");
/// assert_eq!(floors.greatest(1).unwrap().to_string(), "3.5");
/// assert!(floors.least(2).is_none());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct GroupExtremes(Vec<[i64; 2]>);

const NOTHING: [i64; 2] = [i64::MAX, i64::MIN];

impl GroupExtremes {
    /// Looks at the units of each of so many groups, as [`super::GroupSums::of`] does.
    ///
    /// # Errors
    /// The same.
    pub fn of(
        keys: &[u32],
        groups: usize,
        values: Numbers<'_>,
        threads: usize,
    ) -> Result<GroupExtremes, Fault> {
        let blocks = Blocks::new(keys, groups, values, None)?;
        let parts = stretches(keys.len(), threads_for(keys.len(), threads));
        let done = on_threads(parts, |part| {
            let mut cells = vec![NOTHING; groups];
            let mut room = Room::new();
            for rows in Blocks::of(part) {
                if !blocks.read(rows.clone(), &mut room)? {
                    continue;
                }
                for (key, value) in blocks.plain(rows, &room) {
                    if let Some(cell) = cells.get_mut(key as usize) {
                        *cell = [cell[0].min(value), cell[1].max(value)];
                    }
                }
            }
            Ok(GroupExtremes(cells))
        });
        let mut all = GroupExtremes(vec![NOTHING; groups]);
        for part in done {
            match part {
                Ok(part) => all = all.merge(&part)?,
                // Which fault was found first depends on the threads.
                Err(fault) => return Err(blocks.fault().err().unwrap_or(fault)),
            }
        }
        Ok(all)
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Together with other units of the same groups.
    ///
    /// # Errors
    /// Another number of groups.
    pub fn merge(mut self, other: &GroupExtremes) -> Result<GroupExtremes, Fault> {
        same_length(self.len(), other.len())?;
        for (into, from) in self.0.iter_mut().zip(&other.0) {
            *into = [into[0].min(from[0]), into[1].max(from[1])];
        }
        Ok(self)
    }

    /// Those of the next level, as [`super::GroupSums::up`] does.
    ///
    /// # Errors
    /// The same.
    pub fn up(&self, parents: &[u32], groups: usize) -> Result<GroupExtremes, Fault> {
        same_length(self.len(), parents.len())?;
        let mut above = vec![NOTHING; groups];
        for (at, (cell, parent)) in self.0.iter().zip(parents).enumerate() {
            match above.get_mut(*parent as usize) {
                Some(into) => *into = [into[0].min(cell[0]), into[1].max(cell[1])],
                None if *parent == NO_GROUP => {}
                None => return Err(no_group(at, *parent, groups)),
            }
        }
        Ok(GroupExtremes(above))
    }

    /// A group's least and greatest as they were stored.
    pub(in crate::campaign) fn stored(&self, group: usize) -> Option<[i64; 2]> {
        self.0.get(group).copied().filter(|cell| *cell != NOTHING)
    }

    /// A group's least value; nothing where it has no unit.
    #[must_use]
    pub fn least(&self, group: usize) -> Option<Decimal> {
        self.0
            .get(group)
            .and_then(|cell| Decimal::from_millionths(cell[0]))
    }

    /// A group's greatest value; nothing where it has no unit.
    #[must_use]
    pub fn greatest(&self, group: usize) -> Option<Decimal> {
        self.0
            .get(group)
            .and_then(|cell| Decimal::from_millionths(cell[1]))
    }
}
