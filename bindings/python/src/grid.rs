//! The party grid as Python sees it.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray, UInt64Array};
use dabiao::grid::{AdviceSwitches, CodeScheme, Grid, Level};
use dabiao::{Faults, Rational};
use dabiao_io::{ReadOptions, RowFeed, grid_from_rows, read_grid};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors::{Doing, raise};
use crate::fault::read_lang;
use crate::input::{self, AnyRows};
use crate::table::PyTable;

/// The four-level party grid: street → community → grid → building, and compounds beside it.
///
/// Example:
///     >>> import dabiao
///     >>> grid = dabiao.Grid.from_table({
///     ...     "code": ["s", "c", "g", "b"],
///     ...     "level": ["street", "community", "grid", "building"],
///     ...     "parent": [None, "s", "c", "g"],
///     ...     "organisation": [True, True, True, False],
///     ... })
///     >>> len(grid), grid.lacking()
///     (4, ['b'])
///     >>> grid.coverage("communities").to_dicts()
///     [{'code': 'c', 'name': '', 'organised': 3, 'units': 4, 'share': 0.75}]
#[pyclass(frozen, module = "dabiao", name = "Grid")]
pub(crate) struct PyGrid(pub(crate) Grid);

pub(crate) fn texts(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

fn counts(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(values))
}

fn shares(values: impl IntoIterator<Item = Option<Rational>>) -> ArrayRef {
    let floats = values
        .into_iter()
        .map(|share| share.map(|share| share.to_f64()));
    Arc::new(floats.collect::<Float64Array>())
}

fn scheme_of(codes: &str) -> PyResult<CodeScheme> {
    let wrong = || PyValueError::new_err(format!("codes: {codes:?} is not free or divisions"));
    CodeScheme::from_word(codes).ok_or_else(wrong)
}

#[pymethods]
impl PyGrid {
    /// Reads a grid from a table of units, and perhaps one of compounds.
    ///
    /// Args:
    ///     units: A table as ``Standard.read`` takes it, with the columns ``code``, ``level``
    ///         (``street``, ``community``, ``grid``, ``building``, ``compound``), ``parent``,
    ///         and perhaps ``name``, ``organisation`` (yes or no), ``households``, ``members``,
    ///         ``compound``; in English or Chinese.
    ///     compounds: A table with ``code``, ``community``, and perhaps ``name``, ``households``.
    ///     codes: ``"free"``, or ``"divisions"``: statistical division codes, checked for form
    ///         and against the parents.
    ///
    /// Raises:
    ///     GridError: With all faults of the grid.
    ///     TableError: With all faults of the tables.
    ///     TypeError: If one of them is no table.
    ///
    /// Example:
    ///     >>> units = {"code": ["s", "c"], "level": ["street", "community"], "parent": [None, "s"]}
    ///     >>> dabiao.Grid.from_table(units)
    ///     <Grid of 2 units in 1 communities>
    #[classmethod]
    #[pyo3(signature = (units, compounds = None, *, codes = "free"))]
    fn from_table(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        units: &Bound<'_, PyAny>,
        compounds: Option<&Bound<'_, PyAny>>,
        codes: &str,
    ) -> PyResult<Self> {
        let scheme = scheme_of(codes)?;
        let made = match (
            input::file_of(units)?,
            compounds.map(input::file_of).transpose()?,
        ) {
            // Files are read as files, so that their faults name them.
            (Some(units), None) => {
                py.detach(|| read_grid(scheme, &[units], &[], &ReadOptions::new()))
            }
            (Some(units), Some(Some(compounds))) => {
                py.detach(|| read_grid(scheme, &[units], &[compounds], &ReadOptions::new()))
            }
            _ => {
                let units = AnyRows::read(units)?;
                let compounds = compounds.map(AnyRows::read).transpose()?;
                py.detach(|| from_rows(scheme, units, compounds))
            }
        };
        made.map(PyGrid)
            .map_err(|faults| raise(py, &faults, Doing::Table))
    }

    /// The codes of a level's units, sorted as bytes.
    ///
    /// Args:
    ///     level: ``"street"``, ``"community"``, ``"grid"``, ``"building"`` or ``"compound"``.
    ///
    /// Raises:
    ///     ValueError: For any other level.
    ///
    /// Example:
    ///     >>> grid.codes("community")
    ///     ['c']
    fn codes(&self, level: &str) -> PyResult<&[String]> {
        let wrong = || PyValueError::new_err(format!("{level:?} is no level of the grid"));
        Ok(self.0.codes(Level::from_word(level).ok_or_else(wrong)?))
    }

    /// How many units have their organisation (全覆盖).
    ///
    /// Args:
    ///     of: ``"levels"``: ``level``, ``organised``, ``units``, ``share``; or
    ///         ``"communities"``: ``code``, ``name``, ``organised``, ``units``, ``share``, where
    ///         a community's units are its street, itself, its grids and its buildings. A unit
    ///         without a record counts as without; shares are 0 to 1.
    ///
    /// Raises:
    ///     ValueError: For anything else.
    ///
    /// Example:
    ///     >>> [(row["level"], row["share"]) for row in grid.coverage().to_dicts()]
    ///     [('street', 1.0), ('community', 1.0), ('grid', 1.0), ('building', 0.0)]
    #[pyo3(signature = (of = "levels"))]
    fn coverage(&self, py: Python<'_>, of: &str) -> PyResult<PyTable> {
        match of {
            "levels" => self.levels(),
            "communities" => py.detach(|| self.communities()),
            _ => Err(PyValueError::new_err(format!(
                "no coverage of {of:?}: expected levels or communities"
            ))),
        }
    }

    /// The codes of the units that lack an organisation.
    ///
    /// Args:
    ///     community: One community's; all of the grid's if not given.
    ///
    /// Raises:
    ///     KeyError: If there is no such community.
    ///
    /// Example:
    ///     >>> grid.lacking("c")
    ///     ['b']
    #[pyo3(signature = (community = None))]
    fn lacking(&self, community: Option<&str>) -> PyResult<Vec<String>> {
        let coverage = self.0.coverage();
        let lacking = match community {
            None => coverage.lacking(),
            Some(code) if coverage.of_community(code).is_none() => {
                return Err(PyKeyError::new_err(code.to_owned()));
            }
            Some(code) => coverage.lacking_in(code),
        };
        Ok(lacking.into_iter().map(str::to_owned).collect())
    }

    /// The codes of the compounds that no building of the grid stands in.
    ///
    /// Example:
    ///     >>> grid.unheld_compounds
    ///     []
    #[getter]
    fn unheld_compounds(&self) -> Vec<String> {
        self.0
            .unheld_compounds()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    /// The communities with more households than their grids hold, and how many more.
    ///
    /// Example:
    ///     >>> grid.unheld_households
    ///     []
    #[getter]
    fn unheld_households(&self) -> Vec<(String, u64)> {
        let unheld = self.0.unheld_households().into_iter();
        unheld
            .map(|(code, households)| (code.to_owned(), households))
            .collect()
    }

    /// Advisory checks: the size of grids, members of branches, groups. Each row is ``check``,
    /// ``unit``, ``found``, ``message`` and ``source``, where the advice was published.
    ///
    /// Args:
    ///     lang: ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> grid.advice(lang="en").columns
    ///     ['check', 'unit', 'found', 'message', 'source']
    #[pyo3(signature = (*, lang = "zh"))]
    fn advice(&self, lang: &str) -> PyResult<PyTable> {
        let lang = read_lang(lang)?;
        let found = self.0.advice(&AdviceSwitches::default());
        PyTable::new(
            "advice",
            vec![
                (
                    "check",
                    false,
                    texts(found.iter().map(|a| Some(a.check.as_str().to_owned()))),
                ),
                (
                    "unit",
                    false,
                    texts(found.iter().map(|a| Some(a.unit.clone()))),
                ),
                ("found", false, counts(found.iter().map(|a| a.found))),
                (
                    "message",
                    false,
                    texts(found.iter().map(|a| Some(a.message(lang)))),
                ),
                (
                    "source",
                    false,
                    texts(
                        found
                            .iter()
                            .map(|a| Some(a.check.source().get(lang).to_owned())),
                    ),
                ),
            ],
        )
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __contains__(&self, code: &str) -> bool {
        self.0.level_of(code).is_some()
    }

    fn __repr__(&self) -> String {
        let communities = self.0.count(Level::Community);
        format!(
            "<Grid of {} units in {communities} communities>",
            self.0.len()
        )
    }
}

fn from_rows(
    scheme: CodeScheme,
    mut units: AnyRows,
    compounds: Option<AnyRows>,
) -> Result<Grid, Faults> {
    let mut units: Box<RowFeed<'_>> = Box::new(move |each| units.each(each));
    match compounds {
        None => grid_from_rows(scheme, &mut *units, None),
        Some(mut compounds) => {
            let mut compounds: Box<RowFeed<'_>> = Box::new(move |each| compounds.each(each));
            grid_from_rows(scheme, &mut *units, Some(&mut *compounds))
        }
    }
}

impl PyGrid {
    fn levels(&self) -> PyResult<PyTable> {
        let levels = self.0.coverage().levels();
        let names = levels.iter().map(|l| Some(l.level.as_str().to_owned()));
        PyTable::new(
            "coverage",
            vec![
                ("level", false, texts(names)),
                (
                    "organised",
                    false,
                    counts(levels.iter().map(|l| l.organised)),
                ),
                ("units", false, counts(levels.iter().map(|l| l.units))),
                ("share", true, shares(levels.iter().map(|l| l.share()))),
            ],
        )
    }

    fn communities(&self) -> PyResult<PyTable> {
        let coverage = self.0.coverage();
        let codes = self.0.codes(Level::Community);
        let pooled: Vec<(u64, u64)> = codes
            .iter()
            .map(|code| {
                let levels = coverage.of_community_levels(code).unwrap_or_default();
                let sum = |of: fn(&dabiao::grid::LevelCoverage) -> u64| levels.iter().map(of).sum();
                (sum(|level| level.organised), sum(|level| level.units))
            })
            .collect();
        let name = |code: &String| Some(self.0.name_of(code).unwrap_or_default().to_owned());
        PyTable::new(
            "coverage",
            vec![
                (
                    "code",
                    false,
                    texts(codes.iter().map(|code| Some(code.clone()))),
                ),
                ("name", false, texts(codes.iter().map(name))),
                (
                    "organised",
                    false,
                    counts(pooled.iter().map(|(organised, _)| *organised)),
                ),
                (
                    "units",
                    false,
                    counts(pooled.iter().map(|(_, units)| *units)),
                ),
                (
                    "share",
                    true,
                    shares(codes.iter().map(|code| coverage.of_community(code))),
                ),
            ],
        )
    }
}
