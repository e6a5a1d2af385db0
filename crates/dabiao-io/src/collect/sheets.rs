//! The further sheets of filled templates: the party grid, and what was collected in its units.
//! Those of all files become one table each.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dabiao::campaign::RecordsBuilder;
use dabiao::grid::{CodeScheme, Grid, Level, Registry, RegistryRow};
use dabiao::standard::document::Level as Below;
use dabiao::{Cell, Fault, FaultCode, Faults, Place, Standard, Text};

use super::Registered;
use crate::campaign::tables::{heads_units, read_units, unit_column, unit_columns, unit_rows};
use crate::read::{ReadOptions, Row, SheetPlaces, Source, locate, read_table, sheet_names};

/// What templates call the sheets, in either language.
const GRID: [&str; 2] = ["网格", "Grid"];
const UNITS: [&str; 2] = ["单元数据", "Units"];

/// Columns of a table of units, by position.
const CODE: usize = 0;
const LEVEL: usize = 1;
const NAME: usize = 3;

/// A table of texts, as [`write_rows`](crate::write_rows) takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetTable {
    /// The names of its columns.
    pub heading: Vec<String>,
    /// Its rows, each as wide as the heading.
    pub rows: Vec<Vec<String>>,
}

/// Sheets that hold something.
pub(super) struct Sheets<'a> {
    standard: &'a Standard,
    grid: bool,
    units: bool,
    /// Files with the name of their sheet.
    of_grid: Vec<(PathBuf, ReadOptions)>,
    of_units: Vec<(PathBuf, ReadOptions)>,
}

/// What was found in them.
#[derive(Default)]
pub(super) struct Found {
    pub(super) grid: Option<SheetTable>,
    pub(super) units: Option<SheetTable>,
    pub(super) grid_sheets: usize,
    pub(super) unit_sheets: usize,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(standard: &'a Standard, grid: bool, units: bool) -> Sheets<'a> {
        Sheets {
            standard,
            grid,
            units,
            of_grid: Vec::new(),
            of_units: Vec::new(),
        }
    }

    /// Looks whether a file has sheets with something filled in. What cannot be read is told
    /// when they are read.
    pub(super) fn look(&mut self, path: &Path, options: &ReadOptions) {
        let names = sheet_names(Source::path(path), options).unwrap_or_default();
        let of = |known: &[&str]| names.iter().find(|name| known.contains(&name.as_str()));
        if let Some(sheet) = of(&GRID) {
            let options = options.clone().with_sheet(sheet);
            if has_units(path, &options) {
                self.of_grid.push((path.to_owned(), options));
            }
        }
        if let Some(sheet) = of(&UNITS) {
            let options = options.clone().with_sheet(sheet);
            let mut rows = 0;
            let known = |title: &str| title == "code" || self.is_unit_measure(title);
            let _ = read_table(
                Source::path(path),
                &options,
                &known,
                &mut |_: crate::Row<'_>| {
                    rows += 1;
                    ControlFlow::Continue(())
                },
            );
            if rows > 1 {
                self.of_units.push((path.to_owned(), options));
            }
        }
    }

    pub(super) fn has_units(&self, path: &Path) -> bool {
        self.of_units.iter().any(|(held, _)| held == path)
    }

    fn is_unit_measure(&self, title: &str) -> bool {
        let mut measures = self.standard.document().measures.iter();
        measures.any(|measure| {
            measure.name == title
                && matches!(
                    measure.level,
                    Below::Grid | Below::Building | Below::Compound
                )
        })
    }

    /// Reads what is asked for; the registry says which communities there are.
    pub(super) fn finish(self, registry: Option<&[Registered]>) -> Result<Found, Faults> {
        let mut found = Found {
            grid_sheets: self.of_grid.len(),
            unit_sheets: self.of_units.len(),
            ..Found::default()
        };
        if !self.grid {
            return Ok(found);
        }
        let (table, grid) = read_grids(&self.of_grid, registry)?;
        found.grid = Some(table);
        if self.units {
            found.units = Some(self.read_values(&grid)?);
        }
        Ok(found)
    }

    /// Values of units, checked against the grid.
    fn read_values(&self, grid: &Grid) -> Result<SheetTable, Faults> {
        let mut communities = Registry::builder(CodeScheme::Free);
        for (line, code) in (2..).zip(grid.codes(Level::Community)) {
            let row = RegistryRow {
                code,
                ..RegistryRow::default()
            };
            communities.community(line, &row);
        }
        let communities = communities.finish()?;
        let mut records = RecordsBuilder::new(self.standard, &communities, Some(grid));
        let mut places = Vec::new();
        let mut heading = vec!["code".to_owned()];
        let mut read_rows: Vec<Vec<(usize, String)>> = Vec::new();
        for (path, options) in &self.of_units {
            let source = Source::path(path);
            places.extend(crate::read_records(
                self.standard,
                &mut records,
                source,
                options,
            ));
            let known = |title: &str| title == "code" || self.is_unit_measure(title);
            let mut columns: Option<Vec<usize>> = None;
            let (_, read) = read_table(
                Source::path(path),
                options,
                &known,
                &mut |row: crate::Row<'_>| {
                    match &columns {
                        None => {
                            let titles = row.cells.iter().map(|cell| cell.to_text());
                            columns =
                                Some(titles.map(|title| column(&mut heading, title)).collect());
                        }
                        Some(columns) => {
                            let texts = row.cells.iter().map(|cell| text(*cell));
                            read_rows.push(columns.iter().copied().zip(texts).collect());
                        }
                    }
                    ControlFlow::Continue(())
                },
            );
            // The records have the same faults.
            let _ = read;
        }
        records.finish().map_err(|mut faults| {
            locate(&mut faults, &places);
            faults
        })?;
        let rows = read_rows.into_iter().map(|cells| {
            let mut row = vec![String::new(); heading.len()];
            for (at, text) in cells {
                if let Some(cell) = row.get_mut(at) {
                    *cell = text;
                }
            }
            row
        });
        let rows = rows.collect();
        Ok(SheetTable { heading, rows })
    }
}

/// Where a title stands in a heading that grows with each file.
fn column(heading: &mut Vec<String>, title: String) -> usize {
    match heading.iter().position(|held| *held == title) {
        Some(at) => at,
        None => {
            heading.push(title);
            heading.len() - 1
        }
    }
}

/// A cell as a CSV file has it.
fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Percentage(share) => percent(share),
        cell => cell.to_text(),
    }
}

/// 0.955 as `95.5%`, by moving the point of its digits.
fn percent(share: f64) -> String {
    let digits = share.abs().to_string();
    let sign = if share < 0.0 { "-" } else { "" };
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let part = format!("{part:0<2}");
    let (moved, rest) = part.split_at_checked(2).unwrap_or((&part, ""));
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match rest {
        "" => format!("{sign}{whole}%"),
        rest => format!("{sign}{whole}.{rest}%"),
    }
}

/// Takes the rows of a table of units: the columns' positions, and each row.
fn each_unit(path: &Path, options: &ReadOptions, each: &mut dyn FnMut(Vec<String>, u64)) {
    let mut columns: Option<Vec<Option<usize>>> = None;
    let _ = read_table(
        Source::path(path),
        options,
        &heads_units,
        &mut |row: crate::Row<'_>| {
            match &columns {
                None => columns = Some(positions(row)),
                Some(columns) => each(by_position(columns, row), row.line),
            }
            ControlFlow::Continue(())
        },
    );
}

fn positions(heading: Row<'_>) -> Vec<Option<usize>> {
    let cells = heading.cells.iter();
    cells.map(|cell| unit_column(&cell.to_text())).collect()
}

fn by_position(columns: &[Option<usize>], row: Row<'_>) -> Vec<String> {
    let mut texts = vec![String::new(); unit_columns().len()];
    for (at, cell) in columns.iter().zip(row.cells) {
        if let Some(held) = at.and_then(|at| texts.get_mut(at)) {
            *held = cell.to_text();
        }
    }
    texts
}

/// Whether a sheet of the grid holds more than the row of the community with which a template
/// comes.
fn has_units(path: &Path, options: &ReadOptions) -> bool {
    let (mut rows, mut filled) = (0, false);
    each_unit(path, options, &mut |texts, _| {
        rows += 1;
        let given = [CODE, LEVEL, NAME];
        let further = texts.iter().enumerate();
        filled |= further
            .filter(|(at, _)| !given.contains(at))
            .any(|(_, text)| !text.is_empty());
    });
    rows > 1 || filled
}

/// A street that several files give.
struct Street {
    row: usize,
    /// Where it stands first, in words.
    place: Text,
}

/// The grids of all files as one, checked; a street may be given by each of its communities.
fn read_grids(
    files: &[(PathBuf, ReadOptions)],
    registry: Option<&[Registered]>,
) -> Result<(SheetTable, Grid), Faults> {
    let known: Option<BTreeSet<&str>> =
        registry.map(|all| all.iter().map(|held| held.code.as_str()).collect());
    let names = unit_columns();
    let mut table = SheetTable {
        heading: names.iter().map(|name| (*name).to_owned()).collect(),
        rows: Vec::new(),
    };
    let mut streets: HashMap<String, Street> = HashMap::new();
    let mut builder = Grid::builder(CodeScheme::Free);
    let (mut places, mut faults) = (Vec::<SheetPlaces>::new(), Faults::new());
    for (path, options) in files {
        let name = path.display().to_string();
        let mut columns: Option<Vec<Option<usize>>> = None;
        let mut titles: Vec<String> = Vec::new();
        let (rows, held) = (&mut table.rows, &mut streets);
        let mut differing: Vec<Fault> = Vec::new();
        let mut read = unit_rows(Source::path(path), options, &mut places);
        let mut feed = |each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>| {
            read(&mut |row: Row<'_>| {
                let Some(at) = &columns else {
                    columns = Some(positions(row));
                    titles = row.cells.iter().map(|cell| cell.to_text()).collect();
                    return each(row);
                };
                let texts = by_position(at, row);
                let level = texts.get(LEVEL).map(String::as_str).unwrap_or_default();
                let code = texts.get(CODE).cloned().unwrap_or_default();
                if Level::from_word(level) != Some(Level::Street) || code.is_empty() {
                    rows.push(texts);
                    return each(row);
                }
                let Some(street) = held.get(&code) else {
                    let place = Text::new(
                        format!("{name} 第 {} 行", row.line),
                        format!("{name}, row {}", row.line),
                    );
                    let street = Street {
                        row: rows.len(),
                        place,
                    };
                    held.insert(code, street);
                    rows.push(texts);
                    return each(row);
                };
                let Some(first) = rows.get_mut(street.row) else {
                    return ControlFlow::Continue(());
                };
                for (position, (first, text)) in first.iter_mut().zip(&texts).enumerate() {
                    if first.is_empty() {
                        first.clone_from(text);
                    } else if !text.is_empty() && first != text {
                        let column = at.iter().position(|at| *at == Some(position));
                        let place = Place {
                            file: Some(name.clone()),
                            line: Some(row.line),
                            field: column.and_then(|column| titles.get(column).cloned()),
                            ..Place::default()
                        };
                        let fault = Fault::new(FaultCode::UnitDuplicate).at(place).about(&code);
                        differing.push(fault.found(text).expected(Text::new(
                            format!("{first}\u{ff08}见 {}\u{ff09}", street.place.zh),
                            format!("{first}, as in {}", street.place.en),
                        )));
                    }
                }
                ControlFlow::Continue(())
            })
        };
        let mut unknown: Vec<(String, u64)> = Vec::new();
        let mut community = |code: &str, line: u64| {
            if known.as_ref().is_some_and(|known| !known.contains(code)) {
                unknown.push((code.to_owned(), line));
            }
        };
        read_units(&mut builder, Some(&name), &mut feed, &mut community, None);
        drop(read);
        for (code, line) in unknown {
            let at = columns.iter().flatten().position(|at| *at == Some(CODE));
            let fault = Fault::new(FaultCode::UnitUnknown).at(Place {
                file: Some(name.clone()),
                line: Some(line),
                field: at.and_then(|at| titles.get(at).cloned()),
                ..Place::default()
            });
            faults.push(
                fault
                    .found(code)
                    .expected(Text::new("登记表中的社区", "a community of the registry")),
            );
        }
        for fault in differing {
            faults.push(fault);
        }
    }
    let built = builder.finish();
    match built {
        Ok(grid) if faults.is_empty() => Ok((table, grid)),
        built => {
            faults.extend(built.err().unwrap_or_default());
            locate(&mut faults, &places);
            Err(faults)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_written_as_percentages() {
        for (share, text) in [
            (0.955, "95.5%"),
            (0.07, "7%"),
            (1.0, "100%"),
            (0.0, "0%"),
            (0.123456, "12.3456%"),
            (12.5, "1250%"),
            (-0.005, "-0.5%"),
            (0.00001, "0.001%"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
