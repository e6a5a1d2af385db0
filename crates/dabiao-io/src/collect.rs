//! A folder of filled tables into one: who has sent what, who is missing, what is wrong where.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dabiao::{
    Cell, Fault, FaultCode, Faults, Observations, ObservationsBuilder, Place, Standard, Text,
};

use crate::campaign::RowFeed;
use crate::read::{Format, ReadOptions, Source, read_observations, read_table};

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

/// The tables of a folder, put together.
#[derive(Clone, Debug)]
pub struct Collected {
    /// All of them.
    pub observations: Observations,
    /// The files that were read, by name.
    pub files: Vec<CollectedFile>,
    /// Files that are no tables, by their endings.
    pub passed_over: Vec<String>,
    /// Communities of the registry that no file holds, in its order.
    pub missing: Vec<Registered>,
    /// What a reader should look at although it is no fault.
    pub advice: Vec<Fault>,
}

/// Reads every table in a folder and in the folders in it: workbooks (XLSX, XLS, ODS), CSV,
/// TSV, Parquet, Arrow. Each is read by itself, as [`read_observations`] does. A community may
/// stand in one file alone, and must be of the registry where there is one.
///
/// # Errors
/// All faults of all files at once.
pub fn collect(
    standard: &Standard,
    folder: &Path,
    registry: Option<&[Registered]>,
    options: &ReadOptions,
) -> Result<Collected, Faults> {
    let (paths, passed_over) = files(folder)?;
    let mut faults = Faults::new();
    let mut tables = Vec::new();
    for path in paths {
        match read_observations(standard, Source::path(&path), options) {
            Ok(table) => tables.push((path, table)),
            Err(found) => faults.extend(found),
        }
    }
    let shown = |path: &Path| {
        path.strip_prefix(folder)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    if tables.is_empty() && faults.is_empty() {
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
    let known: Option<BTreeSet<&str>> =
        registry.map(|all| all.iter().map(|held| held.code.as_str()).collect());
    let mut holders: HashMap<&str, (usize, u64)> = HashMap::new();
    for (at, (path, table)) in tables.iter().enumerate() {
        for (row, code) in table.codes().iter().enumerate() {
            let line = table.line(row).unwrap_or_default();
            let place = Place {
                file: Some(path.display().to_string()),
                line: Some(line),
                field: Some("code".to_owned()),
                ..Place::default()
            };
            if known
                .as_ref()
                .is_some_and(|known| !known.contains(code.as_str()))
            {
                let fault = Fault::new(FaultCode::UnitUnknown).at(place.clone());
                faults.push(
                    fault
                        .found(code)
                        .expected(Text::new("登记表中的社区", "a community of the registry")),
                );
            }
            if let Some((first, line)) = holders.insert(code, (at, line)) {
                let first = tables
                    .get(first)
                    .map(|(path, _)| shown(path))
                    .unwrap_or_default();
                let fault = Fault::new(FaultCode::DuplicateRow).at(place);
                faults.push(fault.found(code).expected(Text::new(
                    format!("每个社区只报一次\u{ff08}{first} 第 {line} 行已有\u{ff09}"),
                    format!("each community once (it stands in {first}, row {line})"),
                )));
            }
        }
    }
    let missing = registry.unwrap_or_default().iter();
    let missing = missing.filter(|held| !holders.contains_key(held.code.as_str()));
    let missing: Vec<Registered> = missing.cloned().collect();
    faults.into_result(())?;
    Ok(Collected {
        observations: joined(standard, &tables)?,
        files: tables
            .iter()
            .map(|(path, table)| CollectedFile {
                name: shown(path),
                communities: table.len(),
            })
            .collect(),
        passed_over: passed_over.iter().map(|path| shown(path)).collect(),
        missing,
        advice: tables
            .iter()
            .flat_map(|(_, table)| table.advice())
            .cloned()
            .collect(),
    })
}

/// All rows of all tables, in their canonical texts.
fn joined(standard: &Standard, tables: &[(PathBuf, Observations)]) -> Result<Observations, Faults> {
    let attributes: BTreeSet<&str> = tables
        .iter()
        .flat_map(|(_, table)| table.attribute_names())
        .collect();
    let measures = &standard.document().measures;
    let mut builder = ObservationsBuilder::new(standard);
    let mut heading = vec!["code"];
    heading.extend(&attributes);
    heading.extend(measures.iter().map(|measure| measure.name.as_str()));
    builder.heading(&heading);
    let mut line = 1;
    for (_, table) in tables {
        for (row, code) in table.codes().iter().enumerate() {
            let mut texts = vec![code.clone()];
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
        Some(source) => read_table(source, options, &knows, each).1,
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
