//! Coverage of the four levels, and the tree of all units.

use std::collections::HashMap;

use dabiao::grid::{Grid, Level};
use serde::Serialize;

use super::texts::TextId;
use super::{Gather, percent, percent_of};

/// Coverage.
#[derive(Debug, Serialize)]
pub(crate) struct GridData {
    levels: Vec<LevelData>,
    compounds: usize,
    /// Compounds that no grid holds, by the code of their community.
    unheld_compounds: usize,
    unheld_households: u64,
    /// Whether buildings with their organisation are in the tree too.
    complete: bool,
    streets: Vec<Node>,
}

#[derive(Debug, Serialize)]
struct LevelData {
    title: TextId,
    organisation: TextId,
    units: u64,
    organised: u64,
    share: String,
}

/// A unit: `[code, established, name, further, below]`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Node {
    /// Established, without a name: its code alone.
    Plain(String),
    Leaf(String, Organised),
    Named(String, Organised, String),
    Inner(String, Organised, String, Inner, Vec<Node>),
}

/// Counts below a unit: established and all, of communities, grids and buildings.
#[derive(Debug, Default, Serialize)]
struct Inner {
    #[serde(rename = "n")]
    counts: [(u64, u64); 3],
    /// Of a community: its share of all four levels.
    #[serde(rename = "s", skip_serializing_if = "String::is_empty")]
    share: String,
    /// Of a community: its compounds that no grid holds.
    #[serde(rename = "x", skip_serializing_if = "Vec::is_empty")]
    compounds: Vec<String>,
    /// Of a community: its households that no grid holds.
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    households: Option<u64>,
}

/// 1 established, 0 not, 2 without a record.
type Organised = u8;

/// Above so many units, buildings that have their organisation are counted and not listed.
const LISTED: usize = 60_000;

pub(crate) fn grid(gather: &mut Gather<'_>) -> Option<GridData> {
    let (_, campaign, _) = gather.source.campaign?;
    let grid = campaign.grid.as_ref()?;
    let coverage = grid.coverage();
    let levels = coverage.levels().into_iter().map(|held| LevelData {
        title: gather.texts.add(&dabiao::Text::new(
            held.level.title(dabiao::Lang::Zh),
            held.level.title(dabiao::Lang::En),
        )),
        organisation: gather
            .texts
            .add(&held.level.organisation().unwrap_or_default()),
        units: held.units,
        organised: held.organised,
        share: percent(held.organised, held.units, 2),
    });
    let levels = levels.collect();
    let mut below: HashMap<&str, Vec<&str>> = HashMap::new();
    for level in [Level::Community, Level::Grid, Level::Building] {
        for code in grid.codes(level) {
            let parent = grid.parent_of(code).unwrap_or_default();
            below.entry(parent).or_default().push(code);
        }
    }
    let mut compounds: HashMap<&str, Vec<String>> = HashMap::new();
    let unheld = grid.unheld_compounds();
    for code in &unheld {
        let community = grid.community_of(code).unwrap_or_default();
        let name = grid.name_of(code).unwrap_or_default();
        let shown = match name {
            "" => (*code).to_owned(),
            name => format!("{name} {code}"),
        };
        compounds.entry(community).or_default().push(shown);
    }
    let households = grid.unheld_households();
    let tree = Tree {
        grid,
        coverage: grid.coverage(),
        below,
        compounds,
        households: households.iter().copied().collect(),
        complete: grid.len() <= LISTED,
    };
    let streets = grid.codes(Level::Street).iter();
    Some(GridData {
        levels,
        compounds: grid.count(Level::Compound),
        unheld_compounds: unheld.len(),
        unheld_households: households.iter().map(|(_, number)| number).sum(),
        complete: tree.complete,
        streets: streets.map(|code| tree.node(code, "").0).collect(),
    })
}

struct Tree<'a> {
    grid: &'a Grid,
    coverage: dabiao::grid::Coverage<'a>,
    below: HashMap<&'a str, Vec<&'a str>>,
    compounds: HashMap<&'a str, Vec<String>>,
    households: HashMap<&'a str, u64>,
    complete: bool,
}

impl Tree<'_> {
    /// A unit, with what it counts in its parent.
    fn node(&self, code: &str, parent: &str) -> (Node, [(u64, u64); 3]) {
        let grid = self.grid;
        let organised = match grid.is_organised(code) {
            Some(true) => 1,
            Some(false) => 0,
            None => 2,
        };
        let name = grid.name_of(code).unwrap_or_default().to_owned();
        let shown = short(code, parent);
        let own = u64::from(organised == 1);
        let level = grid.level_of(code);
        let Some(at) = Level::CHAIN.iter().position(|held| Some(*held) == level) else {
            return (Node::Plain(shown), [(0, 0); 3]);
        };
        if level == Some(Level::Building) {
            let counts = [(0, 0), (0, 0), (own, 1)];
            let node = match (organised, name.as_str()) {
                (1, "") => Node::Plain(shown),
                (_, "") => Node::Leaf(shown, organised),
                _ => Node::Named(shown, organised, name),
            };
            return (node, counts);
        }
        let mut counts = [(0, 0); 3];
        let mut nodes = Vec::new();
        for unit in self.below.get(code).into_iter().flatten() {
            let (node, inner) = self.node(unit, code);
            for (sum, held) in counts.iter_mut().zip(inner) {
                sum.0 += held.0;
                sum.1 += held.1;
            }
            let lacks = grid.is_organised(unit) != Some(true);
            if self.complete || lacks || level != Some(Level::Grid) {
                nodes.push(node);
            }
        }
        let mut inner = Inner {
            counts,
            ..Inner::default()
        };
        if level == Some(Level::Community) {
            let share = self.coverage.of_community(code);
            inner.share = share.map_or(String::new(), |share| percent_of(&share, 2));
            inner.compounds = self.compounds.get(code).cloned().unwrap_or_default();
            inner.households = self.households.get(code).copied();
        }
        if let Some(held) = at.checked_sub(1).and_then(|at| counts.get_mut(at)) {
            held.0 += own;
            held.1 += 1;
        }
        (Node::Inner(shown, organised, name, inner, nodes), counts)
    }
}

/// `+` and what follows the parent's code, or `=` and the whole code.
fn short(code: &str, parent: &str) -> String {
    match code.strip_prefix(parent).filter(|_| !parent.is_empty()) {
        Some(rest) => format!("+{rest}"),
        None => format!("={code}"),
    }
}
