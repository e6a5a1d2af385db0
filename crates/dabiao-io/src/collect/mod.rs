//! A folder of filled tables into one: who has sent what, who is missing, what is wrong where.

mod sheets;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dabiao::{
    Cell, Fault, FaultCode, Faults, Observations, ObservationsBuilder, Place, Standard, Text,
};

use crate::campaign::RowFeed;
use crate::read::{Format, ReadOptions, SheetPlaces, Source, read_located, read_table};
pub use sheets::SheetTable;
use sheets::Sheets;

/// Folders in folders that are looked into.
const DEPTH: usize = 4;

/// A community of a registry.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Registered {
    /// Its code.
    pub code: String,
    /// Its name; blank where the registry has none.
    pub name: String,
    /// Its district; blank where the registry has none.
    pub district: String,
}

/// One file of a folder.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CollectedFile {
    /// Its path from the folder.
    pub name: String,
    /// How many communities it holds.
    pub communities: usize,
}

/// A form, or a row of a table, that came back without a value in it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BlankForm {
    /// The community's code; blank where it was not filled in either.
    pub code: String,
    /// The file, by its path from the folder.
    pub file: String,
}

/// How a folder is collected.
#[derive(Clone, Debug, Default)]
pub struct CollectOptions {
    read: ReadOptions,
    registry: Option<Vec<Registered>>,
    grid: bool,
    units: bool,
}

impl CollectOptions {
    /// The observations alone, whoever they are of.
    #[must_use]
    pub fn new() -> Self {
        CollectOptions::default()
    }

    /// How each table is read.
    #[must_use]
    pub fn with_read(mut self, read: ReadOptions) -> Self {
        self.read = read;
        self
    }

    /// Who should be there, and nobody else.
    #[must_use]
    pub fn with_registry(mut self, registry: Vec<Registered>) -> Self {
        self.registry = Some(registry);
        self
    }

    /// The sheets 网格 (Grid) of templates, too.
    #[must_use]
    pub fn with_grid(mut self) -> Self {
        self.grid = true;
        self
    }

    /// The sheets 单元数据 (Units) of templates, too, and with them the grid, which their codes
    /// are of.
    #[must_use]
    pub fn with_units(mut self) -> Self {
        self.units = true;
        self
    }
}

/// The tables of a folder, put together.
#[derive(Clone, Debug)]
pub struct Collected {
    /// All of them, without what came back blank.
    pub observations: Observations,
    /// The files that were read, by name.
    pub files: Vec<CollectedFile>,
    /// Files that are no tables, by their endings.
    pub passed_over: Vec<String>,
    /// Communities of the registry that no file holds, or only a blank form, in its order.
    pub missing: Vec<Registered>,
    /// Forms that came back blank, by file.
    pub blank: Vec<BlankForm>,
    /// The party grid of all templates, where it was asked for.
    pub grid: Option<SheetTable>,
    /// What was collected in its units, where it was asked for.
    pub units: Option<SheetTable>,
    /// Files with a sheet of the grid that was filled in.
    pub grid_sheets: usize,
    /// Files with a sheet of units' values that was filled in.
    pub unit_sheets: usize,
    /// What a reader should look at although it is no fault.
    pub advice: Vec<Fault>,
}

/// A table that was read of a file.
struct Read {
    path: PathBuf,
    table: Observations,
    places: Option<SheetPlaces>,
    /// By row: whether it holds no value.
    blank: Vec<bool>,
}

/// Reads every table in a folder and in the folders in it: workbooks (XLSX, XLS, ODS), CSV,
/// TSV, Parquet, Arrow. Each is read by itself, as [`read_observations`](crate::read_observations)
/// does. A community may stand in one file alone, and must be of the registry where there is one.
///
/// Of a filled template the form's own cells are read, so that a value counts even where the
/// program that saved it has worked out no formula, and a fault names the cell in which it was
/// typed.
///
/// # Errors
/// All faults of all files at once.
pub fn collect(
    standard: &Standard,
    folder: &Path,
    options: &CollectOptions,
) -> Result<Collected, Faults> {
    let (paths, passed_over) = files(folder)?;
    if paths.is_empty() {
        let fault = Fault::new(FaultCode::Unreadable).at(Place {
            file: Some(folder.display().to_string()),
            ..Place::default()
        });
        return Err(fault
            .expected(Text::new(
                "含有数据表的文件夹",
                "a folder with tables in it",
            ))
            .into());
    }
    let mut faults = Faults::new();
    let mut tables = Vec::new();
    let mut sheets = Sheets::new(standard, options.grid || options.units, options.units);
    for path in paths {
        match read_located(standard, Source::path(&path), &options.read) {
            Ok((table, places)) => {
                let blank = (0..table.len())
                    .map(|row| is_blank(standard, &table, row))
                    .collect();
                sheets.look(&path, &options.read);
                tables.push(Read {
                    path,
                    table,
                    places,
                    blank,
                });
            }
            Err(found) => faults.extend(found),
        }
    }
    let registry = options.registry.as_deref();
    let shown = |path: &Path| {
        path.strip_prefix(folder)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let holders = holders(&mut tables, registry, &shown, &sheets, &mut faults);
    let missing = registry.unwrap_or_default().iter();
    let missing = missing.filter(|held| !holders.contains(held.code.as_str()));
    let missing: Vec<Registered> = missing.cloned().collect();
    let found = sheets.finish(registry);
    let found = found.map_err(|found| faults.extend(found)).ok();
    faults.into_result(())?;
    let found = found.unwrap_or_default();
    Ok(Collected {
        observations: joined(standard, &tables)?,
        files: tables
            .iter()
            .map(|read| CollectedFile {
                name: shown(&read.path),
                communities: read.blank.iter().filter(|blank| !**blank).count(),
            })
            .collect(),
        passed_over: passed_over.iter().map(|path| shown(path)).collect(),
        missing,
        blank: blanks(&tables, &shown),
        grid: found.grid,
        units: found.units,
        grid_sheets: found.grid_sheets,
        unit_sheets: found.unit_sheets,
        advice: tables
            .iter()
            .flat_map(|read| read.table.advice())
            .cloned()
            .collect(),
    })
}

/// Whether no measure has a value.
fn is_blank(standard: &Standard, table: &Observations, row: usize) -> bool {
    let measures = 0..standard.document().measures.len();
    measures
        .into_iter()
        .all(|measure| table.value_text(standard, measure, row).is_none())
}

/// The communities that have sent something, each in one file; every fault goes to `faults`.
fn holders(
    tables: &mut [Read],
    registry: Option<&[Registered]>,
    shown: &dyn Fn(&Path) -> String,
    sheets: &Sheets<'_>,
    faults: &mut Faults,
) -> BTreeSet<String> {
    let known: Option<BTreeSet<&str>> =
        registry.map(|all| all.iter().map(|held| held.code.as_str()).collect());
    let mut first: HashMap<String, String> = HashMap::new();
    for read in tables {
        // What is given of its units alone is a form that is filled in.
        let of_units = sheets.has_units(&read.path) && read.table.len() == 1;
        for (row, code) in read.table.codes().iter().enumerate() {
            let place = || {
                let mut fault = Fault::new(FaultCode::UnitUnknown).at(Place {
                    file: Some(read.path.display().to_string()),
                    line: read.table.line(row),
                    field: Some("code".to_owned()),
                    ..Place::default()
                });
                if let Some(places) = &read.places {
                    places.locate(&mut fault);
                }
                fault.place
            };
            if known.as_ref().is_some_and(|known| !known.contains(code)) {
                let fault = Fault::new(FaultCode::UnitUnknown).at(place());
                faults.push(
                    fault
                        .found(code)
                        .expected(Text::new("登记表中的社区", "a community of the registry")),
                );
            }
            if of_units && let Some(blank) = read.blank.get_mut(row) {
                *blank = false;
            }
            if read.blank.get(row).copied().unwrap_or_default() {
                continue;
            }
            let held = Place {
                file: None,
                ..place()
            };
            let (zh, en) = match (&held.sheet, &held.cell) {
                (Some(sheet), Some(cell)) => (format!("{sheet}!{cell}"), format!("{sheet}!{cell}")),
                _ => {
                    let line = held.line.unwrap_or_default();
                    (format!("第 {line} 行"), format!("row {line}"))
                }
            };
            let here = shown(&read.path);
            let words = format!("{here} {zh}\u{0}{here}, {en}");
            if let Some(earlier) = first.get(code) {
                let (zh, en) = earlier.split_once('\u{0}').unwrap_or_default();
                let fault = Fault::new(FaultCode::DuplicateRow).at(place());
                faults.push(fault.found(code).expected(Text::new(
                    format!("每个社区只报一次\u{ff08}{zh} 已有\u{ff09}"),
                    format!("each community once (it stands in {en})"),
                )));
            } else {
                first.insert(code.to_owned(), words);
            }
        }
    }
    first.into_keys().collect()
}

/// What came back without a value, and forms without even a code.
fn blanks(tables: &[Read], shown: &dyn Fn(&Path) -> String) -> Vec<BlankForm> {
    let mut blanks = Vec::new();
    for read in tables {
        let mut put = |code: &str| {
            blanks.push(BlankForm {
                code: code.to_owned(),
                file: shown(&read.path),
            });
        };
        if read.table.is_empty() {
            put("");
        }
        let codes = read.table.codes().iter().zip(&read.blank);
        codes
            .filter(|(_, blank)| **blank)
            .for_each(|(code, _)| put(code));
    }
    blanks
}

/// All rows of all tables, in their canonical texts.
fn joined(standard: &Standard, tables: &[Read]) -> Result<Observations, Faults> {
    let attributes: BTreeSet<&str> = tables
        .iter()
        .flat_map(|read| read.table.attribute_names())
        .collect();
    let measures = &standard.document().measures;
    let mut builder = ObservationsBuilder::new(standard);
    let mut heading = vec!["code"];
    heading.extend(&attributes);
    heading.extend(measures.iter().map(|measure| measure.name.as_str()));
    builder.heading(&heading);
    let mut line = 1;
    for Read { table, blank, .. } in tables {
        for (row, code) in table.codes().iter().enumerate() {
            if blank.get(row).copied().unwrap_or_default() {
                continue;
            }
            let mut texts = vec![code.to_owned()];
            texts.extend(attributes.iter().map(|name| {
                let values = table.attribute(name);
                values
                    .and_then(|values| values.get(row))
                    .cloned()
                    .unwrap_or_default()
            }));
            texts.extend(measures.iter().map(|measure| {
                table
                    .value(standard, &measure.name, row)
                    .unwrap_or_default()
            }));
            let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
            line += 1;
            builder.row(line, &cells);
        }
    }
    builder.finish()
}

/// The tables below a folder, sorted by name, and what is none.
fn files(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Fault> {
    let mut found: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut waiting = vec![(folder.to_owned(), 0)];
    while let Some((here, depth)) = waiting.pop() {
        let unreadable = |error: std::io::Error| {
            let place = Place {
                file: Some(here.display().to_string()),
                ..Place::default()
            };
            Fault::new(FaultCode::Unreadable).at(place).found(error)
        };
        for entry in fs::read_dir(&here).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            // What an open spreadsheet program leaves beside a workbook is none.
            if name.starts_with('.') || name.starts_with("~$") {
                continue;
            }
            // A link may lead anywhere, and round in circles.
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() && depth < DEPTH {
                waiting.push((path, depth + 1));
            } else if kind.is_file() {
                found.insert(path, Format::of_name(&name).is_some());
            }
        }
    }
    let (tables, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, is_table)| *is_table);
    let paths = |found: Vec<(PathBuf, bool)>| found.into_iter().map(|(path, _)| path).collect();
    Ok((paths(tables), paths(others)))
}

/// Reads who should be there: a table with a column `code` (编码), and perhaps `name` (名称) and
/// `district` (区县); other columns are passed over.
///
/// # Errors
/// That it cannot be read, or that it has no column of codes.
pub fn read_registered(
    source: Source<'_>,
    options: &ReadOptions,
) -> Result<Vec<Registered>, Faults> {
    let file = source.name().to_owned();
    let knows =
        |title: &str| CODE.contains(&title) || NAME.contains(&title) || DISTRICT.contains(&title);
    let mut source = Some(source);
    let all = registered_from_rows(&mut |each| match source.take() {
        Some(source) => {
            read_table(source, options, &knows, &mut |row: crate::Row<'_>| {
                each(row)
            })
            .1
        }
        None => Ok(()),
    });
    all.map_err(|faults| faults.in_file(&file))
}

const CODE: [&str; 6] = ["code", "编码", "代码", "社区编码", "社区代码", "统计代码"];
const NAME: [&str; 4] = ["name", "名称", "社区", "社区名称"];
const DISTRICT: [&str; 5] = ["district", "区县", "区市", "所属区县", "所属区市"];

/// As [`read_registered`], of rows from anywhere.
///
/// # Errors
/// As [`read_registered`].
pub fn registered_from_rows(rows: &mut RowFeed<'_>) -> Result<Vec<Registered>, Faults> {
    let mut places: Option<[Option<usize>; 3]> = None;
    let mut all = Vec::new();
    rows(&mut |row| {
        let text = |at: Option<usize>| {
            let cell = at.and_then(|at| row.cells.get(at)).copied();
            let text = cell.unwrap_or(Cell::Blank).to_text();
            text.trim_start_matches('\u{feff}').to_owned()
        };
        match places {
            None => {
                let titles: Vec<String> = (0..row.cells.len()).map(|at| text(Some(at))).collect();
                let find = |names: &[&str]| {
                    titles
                        .iter()
                        .position(|title| names.contains(&title.as_str()))
                };
                places = Some([find(&CODE), find(&NAME), find(&DISTRICT)]);
            }
            Some([code, name, district]) => {
                let code = text(code);
                if !code.is_empty() {
                    all.push(Registered {
                        code,
                        name: text(name),
                        district: text(district),
                    });
                }
            }
        }
        ControlFlow::Continue(())
    })?;
    if !matches!(places, Some([Some(_), _, _])) {
        return Err(Fault::new(FaultCode::MissingColumn)
            .expected("code / 编码")
            .into());
    }
    Ok(all)
}
