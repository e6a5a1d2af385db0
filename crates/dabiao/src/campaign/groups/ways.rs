//! How units are summed, by the order they come in.
//!
//! | units | way |
//! | --- | --- |
//! | in the order of their groups | each thread sums a stretch of units into a stretch of the groups |
//! | in no order, and the sums outgrow the cache | [`spread`] |
//! | else, and where a sum outgrows a machine word | each thread has sums of its own, which are added |

use super::NO_GROUP;
use super::cells::{Cells, add_small};
use super::numbers::{Blocks, Room};
use super::spread::{self, Sizes};
use crate::fault::Fault;
use crate::threads::{on_threads, stretches};

/// A group's sum of products and of weights.
pub(super) type Cell = [i64; 2];

/// Sums of so many groups stay in a core's own cache, wherever the next unit belongs.
const CACHED: usize = 1 << 15;
/// Fewer units a group than this are not worth being written down in between.
const UNITS_A_GROUP: usize = 2;
/// Groups this near share a cache line, or the next few.
const NEAR: u32 = 32;
/// How many places are looked at to see how units are ordered.
const LOOKS: usize = 256;
/// A group with more units than this is not looked past where threads divide the units.
const LONGEST: usize = 1 << 20;

/// The sums of all units.
pub(super) fn sum(blocks: &Blocks<'_>, threads: usize) -> Result<Cells, Fault> {
    let units = blocks.keys.len();
    let order = Order::of(blocks.keys);
    if order.ascending && threads > 1 {
        if let Some(cells) = in_order(blocks, threads)? {
            return Ok(Cells::Small(cells));
        }
    } else if !(order.near && threads == 1)
        && blocks.groups > CACHED
        && units / UNITS_A_GROUP >= blocks.groups
        && let Some(cells) = spread::sum(blocks, threads, Sizes::BEST)?
    {
        return Ok(Cells::Small(cells));
    }
    let done = on_threads(stretches(units, threads), |part| Cells::sum(blocks, part));
    let mut all = None;
    for part in done {
        let part = part?;
        all = Some(match all {
            None => part,
            Some(all) => Cells::merged(all, part),
        });
    }
    Ok(all.unwrap_or_else(|| Cells::new(blocks.groups)))
}

/// What a few looks tell about the order of units.
struct Order {
    /// Each mostly stands next to one of a group near its own.
    near: bool,
    /// So they do, and groups come in ascending order.
    ascending: bool,
}

impl Order {
    fn of(keys: &[u32]) -> Order {
        let (mut looks, mut near, mut ascending, mut last) = (0, 0, true, 0);
        for at in (0..keys.len()).step_by((keys.len() / LOOKS).max(1)) {
            if let [one, next, ..] = keys[at..]
                && one != NO_GROUP
                && next != NO_GROUP
            {
                looks += 1;
                near += usize::from(one.abs_diff(next) < NEAR);
                ascending &= last <= one;
                last = one;
            }
        }
        let near = near * 4 > looks * 3;
        Order {
            near,
            ascending: ascending && near,
        }
    }
}

/// Sums units that come in the order of their groups: the units and the groups are cut at the
/// same places, so that each thread has some of both. Nothing where units turn out not to be in
/// order, or numbers too large.
pub(super) fn in_order(blocks: &Blocks<'_>, threads: usize) -> Result<Option<Vec<Cell>>, Fault> {
    let keys = blocks.keys;
    let mut cells = vec![[0; 2]; blocks.groups];
    let mut work = Vec::with_capacity(threads);
    let (mut rest, mut from, mut first) = (cells.as_mut_slice(), 0, 0);
    let mut ends: Vec<usize> = stretches(keys.len(), threads)
        .iter()
        .map(|part| part.end)
        .collect();
    ends.pop();
    for end in ends {
        // The first unit of another group.
        let before = keys[end - 1];
        let mut beyond = keys[end..].iter().take(LONGEST);
        let Some(past) = beyond.position(|key| *key != before && *key != NO_GROUP) else {
            continue;
        };
        let (end, next) = (end + past, keys[end + past] as usize);
        if before == NO_GROUP || next <= first || next >= blocks.groups {
            return Ok(None);
        }
        let (here, there) = rest.split_at_mut(next - first);
        work.push((from..end, first, here));
        (rest, from, first) = (there, end, next);
    }
    work.push((from..keys.len(), first, rest));
    let done = on_threads(work, |(rows, first, cells)| {
        let first = first as u32;
        let mut room = Room::with(first);
        for rows in Blocks::of(rows) {
            let count = rows.len();
            if add_small(blocks, rows, &mut room, cells, first)? < count {
                return Ok(false);
            }
        }
        Ok(true)
    });
    let mut all = true;
    for done in done {
        all &= done?;
    }
    Ok(all.then_some(cells))
}
