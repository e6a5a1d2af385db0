//! The four-level party grid: street → community → grid → building, and compounds beside it
//! (docs/semantics.md §3).
//!
//! Units are flat arrays sorted by level and code, so that each level is a range and a unit's
//! community is one look-up. [`GridBuilder`] checks everything at once.

mod advice;
mod builder;
mod coverage;
mod index;
mod registry;

pub use advice::{AdviceSwitches, GridAdvice, GridCheck};
pub use builder::{GridBuilder, UnitRow};
pub use coverage::{Coverage, LevelCoverage};
pub use registry::{CodeScheme, Registry, RegistryBuilder, RegistryRow};

use std::ops::Range;

use crate::fault::Place;
use crate::lang::{Lang, Text};
pub use crate::standard::document::Level;

impl Level {
    /// The four levels of the party grid, from the top; compounds stand beside them.
    pub const CHAIN: [Level; 4] = [
        Level::Street,
        Level::Community,
        Level::Grid,
        Level::Building,
    ];

    /// The word in tables, such as `"grid"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Street => "street",
            Level::Community => "community",
            Level::Grid => "grid",
            Level::Building => "building",
            Level::Compound => "compound",
        }
    }

    /// What a unit of this level is called.
    #[must_use]
    pub fn title(self, lang: Lang) -> &'static str {
        match self {
            Level::Street => lang.pick("街道", "street"),
            Level::Community => lang.pick("社区", "community"),
            Level::Grid => lang.pick("网格", "grid"),
            Level::Building => lang.pick("楼宇", "building"),
            Level::Compound => lang.pick("住宅小区", "compound"),
        }
    }

    /// This level where another stands: a unit of that code is of the level `held`.
    pub(crate) fn instead_of(self, held: Level, code: &str) -> Text {
        let (zh, en) = (Lang::Zh, Lang::En);
        Text::new(
            format!(
                "{}\u{ff08}{code} 是{}\u{ff09}",
                self.title(zh),
                held.title(zh)
            ),
            format!("{} ({code} is a {})", self.title(en), held.title(en)),
        )
    }

    /// The party organisation that a unit of this level has or lacks; none for a compound.
    #[must_use]
    pub fn organisation(self) -> Option<Text> {
        Some(match self {
            Level::Street => Text::new("街道党工委", "street working committee"),
            Level::Community => Text::new("社区党总支", "community general branch"),
            Level::Grid => Text::new("网格党支部", "grid branch"),
            Level::Building => Text::new("楼宇党小组", "building group"),
            Level::Compound => return None,
        })
    }

    /// Reads the English or the Chinese word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Level> {
        Some(match word {
            "street" | "街道" => Level::Street,
            "community" | "社区" => Level::Community,
            "grid" | "网格" => Level::Grid,
            "building" | "楼宇" | "楼栋" => Level::Building,
            "compound" | "住宅小区" | "小区" => Level::Compound,
            _ => return None,
        })
    }

    /// The level of a unit's parent; a street has none.
    #[must_use]
    pub fn parent(self) -> Option<Level> {
        match self {
            Level::Street => None,
            Level::Community => Some(Level::Street),
            Level::Grid | Level::Compound => Some(Level::Community),
            Level::Building => Some(Level::Grid),
        }
    }
}

/// An index into the units of a [`Grid`].
pub(crate) type UnitId = u32;
pub(crate) const NO_UNIT: UnitId = u32::MAX;

/// A checked party grid.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::grid::{CodeScheme, Grid, Level, UnitRow};
/// let mut builder = Grid::builder(CodeScheme::Free);
/// let unit = |code, level, parent, organisation| UnitRow {
///     code, level, parent, organisation: Some(organisation), ..UnitRow::default()
/// };
/// builder.unit(2, &unit("s", Level::Street, "", true));
/// builder.unit(3, &unit("c", Level::Community, "s", true));
/// builder.unit(4, &unit("g", Level::Grid, "c", true));
/// builder.unit(5, &unit("b", Level::Building, "g", false));
/// let grid = builder.finish()?;
/// let coverage = grid.coverage();
/// assert_eq!(coverage.of_community("c").unwrap().to_string(), "0.75");
/// assert_eq!(coverage.lacking(), ["b"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub(crate) codes: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) levels: Vec<Level>,
    pub(crate) parents: Vec<UnitId>,
    /// The community of each unit; none for a street.
    pub(crate) communities: Vec<UnitId>,
    /// The compound of each building.
    pub(crate) compounds: Vec<UnitId>,
    pub(crate) organised: Vec<Option<bool>>,
    pub(crate) households: Vec<Option<u64>>,
    pub(crate) members: Vec<Option<u64>>,
    index: index::Index,
    files: Vec<String>,
    /// The file and line of each street and community, for faults: the first units.
    places: Vec<(u32, u64)>,
}

/// A cell of one of some files; files are counted from 1, 0 is none.
fn place_of(files: &[String], (file, line): (u32, u64), field: &str) -> Place {
    let file = (file as usize).checked_sub(1);
    Place {
        file: file.and_then(|file| files.get(file).cloned()),
        line: Some(line),
        field: Some(field.to_owned()),
        ..Place::default()
    }
}

impl Grid {
    /// Starts an empty grid.
    #[must_use]
    pub fn builder(scheme: CodeScheme) -> GridBuilder {
        GridBuilder::new(scheme)
    }

    /// How many units there are, compounds included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// How many units a level has.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.range(level).len()
    }

    /// The codes of a level's units, sorted as bytes.
    #[must_use]
    pub fn codes(&self, level: Level) -> &[String] {
        &self.codes[self.range(level)]
    }

    /// The level of a unit.
    #[must_use]
    pub fn level_of(&self, code: &str) -> Option<Level> {
        self.find(code).map(|unit| self.levels[unit as usize])
    }

    /// The code of a unit's parent.
    #[must_use]
    pub fn parent_of(&self, code: &str) -> Option<&str> {
        let parent = self.parents[self.find(code)? as usize];
        self.codes.get(parent as usize).map(String::as_str)
    }

    /// The code of the community that a unit belongs to; a community is its own.
    #[must_use]
    pub fn community_of(&self, code: &str) -> Option<&str> {
        let community = self.communities[self.find(code)? as usize];
        self.codes.get(community as usize).map(String::as_str)
    }

    /// Whether a unit's organisation is established; nothing without a record.
    #[must_use]
    pub fn is_organised(&self, code: &str) -> Option<bool> {
        self.organised[self.find(code)? as usize]
    }

    /// A unit's name, which may be blank.
    #[must_use]
    pub fn name_of(&self, code: &str) -> Option<&str> {
        Some(&self.names[self.find(code)? as usize])
    }

    /// Where a street or community stands in its table.
    pub(crate) fn place(&self, code: &str, field: &str) -> Place {
        let held = self
            .find(code)
            .and_then(|unit| self.places.get(unit as usize));
        held.map_or_else(Place::default, |held| place_of(&self.files, *held, field))
    }

    pub(crate) fn find(&self, code: &str) -> Option<UnitId> {
        self.index.find(code, |unit| {
            self.codes.get(unit as usize).map_or("", String::as_str)
        })
    }

    /// The registry's row of each community, in their order.
    pub(crate) fn rows_of_communities(&self, registry: &Registry) -> Vec<Option<u32>> {
        let codes = self.codes(Level::Community).iter();
        codes
            .map(|code| {
                registry
                    .row_of(code)
                    .and_then(|row| u32::try_from(row).ok())
            })
            .collect()
    }

    /// The units of a level stand together.
    pub(crate) fn range(&self, level: Level) -> Range<usize> {
        let start = self.levels.partition_point(|held| *held < level);
        let end = self.levels.partition_point(|held| *held <= level);
        start..end
    }
}
