//! The tables of a registry and of a party grid: headings in English or Chinese, in any order.

use std::ops::ControlFlow;

use dabiao::grid::{GridBuilder, Level, RegistryBuilder, RegistryRow, UnitRow};
use dabiao::{Cell, Fault, FaultCode, Faults, Place, Text};

use crate::read::{self, ReadOptions, Row, SheetPlaces, Source};

/// A column that a table may have: its name, and the titles by which it goes.
type Known = (&'static str, &'static [&'static str]);

const REGISTRY: [Known; 7] = [
    (
        "code",
        &["code", "编码", "代码", "社区编码", "社区代码", "统计代码"],
    ),
    ("name", &["name", "名称", "社区", "社区名称"]),
    ("street_code", &["street_code", "街道编码", "街道代码"]),
    ("street", &["street", "街道", "所属街道", "街道名称"]),
    (
        "district_code",
        &["district_code", "区县编码", "区市编码", "区县代码"],
    ),
    (
        "district",
        &["district", "区县", "区市", "所属区县", "所属区市"],
    ),
    ("households", &["households", "户数"]),
];

const UNITS: [Known; 8] = [
    ("code", &["code", "编码", "代码", "单元编码"]),
    ("level", &["level", "层级", "级别"]),
    ("parent", &["parent", "上级", "上级编码", "所属单元"]),
    ("name", &["name", "名称", "单元名称"]),
    (
        "organisation",
        &["organisation", "organization", "党组织", "已建党组织"],
    ),
    ("households", &["households", "户数"]),
    ("members", &["members", "正式党员数", "党员数"]),
    ("compound", &["compound", "小区", "小区编码", "所属小区"]),
];

const COMPOUNDS: [Known; 4] = [
    ("code", &["code", "编码", "代码", "小区编码"]),
    ("name", &["name", "名称", "小区", "小区名称"]),
    (
        "community",
        &[
            "community",
            "社区",
            "社区编码",
            "所属社区",
            "parent",
            "上级",
        ],
    ),
    ("households", &["households", "户数"]),
];

/// Columns that stand in a table for its readers alone.
const NOTE: [&str; 2] = ["note", "备注"];

/// A table with a heading, read row by row.
struct Columns<'k> {
    known: &'k [Known],
    /// What else may stand there, kept by its own title.
    further: &'k [String],
    /// By column: an index into `known`, or one behind it into `further`.
    at: Vec<Option<usize>>,
    /// The titles as they stand there.
    titles: Vec<String>,
}

impl<'k> Columns<'k> {
    /// Reads the heading; every fault goes to `push`.
    fn headed(
        known: &'k [Known],
        further: &'k [String],
        required: &[&str],
        line: u64,
        cells: &[Cell<'_>],
        push: &mut dyn FnMut(Fault),
    ) -> Option<Columns<'k>> {
        let place = |field: Option<&str>| Place {
            line: Some(line),
            field: field.map(str::to_owned),
            ..Place::default()
        };
        let mut sound = true;
        let mut columns = Columns {
            known,
            further,
            at: Vec::new(),
            titles: Vec::new(),
        };
        for cell in cells {
            let title = cell.to_text();
            let title = title.trim_start_matches('\u{feff}');
            let position = known
                .iter()
                .position(|(_, titles)| titles.contains(&title))
                .or_else(|| {
                    let further = further.iter().position(|name| name == title)?;
                    Some(known.len() + further)
                });
            if position.is_none() && !title.is_empty() && !NOTE.contains(&title) {
                sound = false;
                let names = known.iter().map(|(name, _)| *name);
                let names: Vec<&str> = names.chain(further.iter().map(String::as_str)).collect();
                let expected = Text::new(names.join("、"), format!("one of {}", names.join(", ")));
                let fault = Fault::new(FaultCode::UnknownColumn).at(place(Some(title)));
                push(fault.found(title).expected(expected));
            }
            if position.is_some() && columns.at.contains(&position) {
                sound = false;
                let fault = Fault::new(FaultCode::DuplicateColumn).at(place(Some(title)));
                push(fault.found(title));
            }
            columns.at.push(position);
            columns.titles.push(title.to_owned());
        }
        for name in required {
            let wanted = known.iter().position(|(held, _)| held == name);
            if !columns.at.contains(&wanted) {
                sound = false;
                let titles = wanted
                    .and_then(|at| known.get(at))
                    .map_or("", |(_, titles)| titles.get(1).copied().unwrap_or_default());
                let fault = Fault::new(FaultCode::MissingColumn).at(place(None));
                push(fault.expected(format!("{name} / {titles}")));
            }
        }
        sound.then_some(columns)
    }

    /// The cells of a row by position, or that there are too many or too few.
    fn row<'a>(&self, line: u64, cells: &[Cell<'a>]) -> Result<Vec<Cell<'a>>, Fault> {
        let width = self.at.len();
        let blank = |cell: &Cell<'_>| crate::read::is_blank(*cell);
        let beyond = cells.iter().skip(width).any(|cell| !blank(cell));
        if cells.len() < width || beyond {
            let place = Place {
                line: Some(line),
                ..Place::default()
            };
            let fault = Fault::new(FaultCode::ColumnLength).at(place);
            return Err(fault.found(cells.len()).expected(width.to_string()));
        }
        let mut held = vec![Cell::Blank; self.known.len() + self.further.len()];
        for (cell, at) in cells.iter().zip(&self.at) {
            if let Some(place) = at.and_then(|at| held.get_mut(at)) {
                *place = *cell;
            }
        }
        Ok(held)
    }

    /// The title of a column as the table has it.
    fn title(&self, position: usize) -> &str {
        let at = self.at.iter().position(|at| *at == Some(position));
        at.and_then(|at| self.titles.get(at))
            .map_or("", String::as_str)
    }
}

/// Takes a sound row: the columns, its line, its cells by position, and where faults go.
type Each<'e> = dyn FnMut(&Columns<'_>, u64, &[Cell<'_>], &mut dyn FnMut(Fault)) + 'e;

/// Gives the rows of a table, its heading first, until it is told to stop.
pub type RowFeed<'f> =
    dyn FnMut(&mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), Faults> + 'f;

/// The names of the columns of a table of units.
pub(crate) fn unit_columns() -> Vec<&'static str> {
    UNITS.iter().map(|(name, _)| *name).collect()
}

/// The column of a table of units that a title stands over, by its position.
pub(crate) fn unit_column(title: &str) -> Option<usize> {
    UNITS.iter().position(|(_, titles)| titles.contains(&title))
}

/// What a table of units may be headed by.
pub(crate) fn heads_units(title: &str) -> bool {
    heads(&UNITS, &[], title)
}

fn heads(known: &[Known], further: &[String], title: &str) -> bool {
    let mut known = known.iter().flat_map(|(_, titles)| titles.iter());
    known.any(|known| *known == title) || further.iter().any(|name| name == title)
}

/// The rows of a file of units; where it is a workbook, `sheets` gets the places of its columns.
pub(crate) fn unit_rows<'s>(
    source: Source<'s>,
    options: &'s ReadOptions,
    sheets: &'s mut Vec<SheetPlaces>,
) -> Box<RowFeed<'s>> {
    rows_of(source, options, &UNITS, &[], sheets)
}

/// The rows of a file of compounds.
pub(super) fn compound_rows<'s>(
    source: Source<'s>,
    options: &'s ReadOptions,
    sheets: &'s mut Vec<SheetPlaces>,
) -> Box<RowFeed<'s>> {
    rows_of(source, options, &COMPOUNDS, &[], sheets)
}

fn rows_of<'s>(
    source: Source<'s>,
    options: &'s ReadOptions,
    known: &'static [Known],
    further: &'s [String],
    sheets: &'s mut Vec<SheetPlaces>,
) -> Box<RowFeed<'s>> {
    let mut source = Some(source);
    Box::new(move |each| match source.take() {
        Some(source) => {
            let headed = |title: &str| heads(known, further, title);
            let (places, read) =
                read::read_table(source, options, &headed, &mut |row: read::Row<'_>| {
                    each(row)
                });
            sheets.extend(places.map(|mut places| {
                // What comes to light later names a column as it is called here.
                for (name, titles) in known {
                    places.call(name, titles);
                }
                places
            }));
            read
        }
        None => Ok(()),
    })
}

/// Reads a table, its heading first, and hands every sound row on with its cells by position.
fn read_table(
    (known, further, required): (&[Known], &[String], &[&str]),
    rows: &mut RowFeed<'_>,
    each: &mut Each<'_>,
) -> Faults {
    let mut faults = Faults::new();
    let mut table: Option<Option<Columns<'_>>> = None;
    let read = rows(&mut |row| {
        let mut push = |fault| faults.push(fault);
        match &table {
            None => {
                let headed =
                    Columns::headed(known, further, required, row.line, row.cells, &mut push);
                table = Some(headed);
            }
            Some(None) => return ControlFlow::Break(()),
            Some(Some(columns)) => match columns.row(row.line, row.cells) {
                Ok(cells) => each(columns, row.line, &cells, &mut push),
                Err(fault) => push(fault),
            },
        }
        ControlFlow::Continue(())
    });
    if let Err(found) = read {
        faults.extend(found);
    } else if table.is_none() {
        let expected = required.join(", ");
        faults.push(Fault::new(FaultCode::MissingColumn).expected(expected));
    }
    faults
}

/// Reads a table of communities into a registry: `code` (编码), `name` (名称), `street_code`,
/// `street`, `district_code`, `district` and the further columns that are named.
pub(super) fn read_communities(
    builder: &mut RegistryBuilder,
    further: &[String],
    source: Source<'_>,
    options: &ReadOptions,
    row_of: &mut dyn FnMut(&str, u64),
    sheets: &mut Vec<SheetPlaces>,
) {
    let name = source.name().to_owned();
    builder.file(&name);
    let rows = &mut *rows_of(source, options, &REGISTRY, further, sheets);
    let faults = read_community_rows(builder, further, rows, row_of);
    for fault in faults.in_file(&name).listed {
        builder.push_fault(fault);
    }
}

/// The same, of rows from anywhere; gives the faults of the table itself.
pub(super) fn read_community_rows(
    builder: &mut RegistryBuilder,
    further: &[String],
    rows: &mut RowFeed<'_>,
    row_of: &mut dyn FnMut(&str, u64),
) -> Faults {
    read_table(
        (&REGISTRY, further, &["code"]),
        rows,
        &mut |_, line, cells, _| {
            let texts: Vec<String> = cells.iter().map(|cell| cell.to_text()).collect();
            let text = |at: usize| texts.get(at).map_or("", String::as_str);
            let mut others = vec![("households", text(6))];
            let names = further.iter().enumerate();
            others.extend(names.map(|(at, name)| (name.as_str(), text(REGISTRY.len() + at))));
            let row = RegistryRow {
                code: text(0),
                name: text(1),
                street_code: text(2),
                street: text(3),
                district_code: text(4),
                district: text(5),
                others: &others,
            };
            row_of(row.code, line);
            builder.community(line, &row);
        },
    )
}

/// What a table of units says of compounds, counted while they are left out of the grid.
#[derive(Default)]
pub(crate) struct CompoundsNamed {
    /// Buildings that name a compound.
    pub(crate) buildings: u64,
    /// The first of them.
    pub(crate) first: Option<Fault>,
    /// Rows of compounds.
    pub(crate) compounds: u64,
}

/// Reads a table of units into a grid: `code` (编码), `level` (层级), `parent` (上级), `name`,
/// `organisation` (党组织), `households` (户数), `members` (党员数), `compound` (小区).
///
/// `community` is told where each community stands. With `apart`, no building is put into its
/// compound.
pub(crate) fn read_units(
    builder: &mut GridBuilder,
    name: Option<&str>,
    rows: &mut RowFeed<'_>,
    community: &mut dyn FnMut(&str, u64),
    mut apart: Option<&mut CompoundsNamed>,
) {
    if let Some(name) = name {
        builder.file(name);
    }
    let name_of_file = name;
    let faults = read_table(
        (&UNITS, &[], &["code", "level", "parent"]),
        rows,
        &mut |columns, line, cells, push| {
            let cell = |at: usize| cells.get(at).copied().unwrap_or(Cell::Blank);
            let texts = [0, 1, 2, 3, 7].map(|at| cell(at).to_text());
            let [code, level, parent, name, compound] = &texts;
            let mut told = |position: usize, fault: Fault| {
                let place = Place {
                    line: Some(line),
                    field: Some(columns.title(position).to_owned()),
                    ..Place::default()
                };
                push(fault.at(place).about(code));
            };
            let found = Level::from_word(level);
            if found.is_none() {
                let levels = Level::CHAIN.into_iter().chain([Level::Compound]);
                let words: Vec<&str> = levels.map(Level::as_str).collect();
                let fault = Fault::new(FaultCode::UnitLevel).found(level);
                told(
                    1,
                    fault.expected(Text::new(
                        "街道、社区、网格、楼宇、小区",
                        format!("one of {}", words.join(", ")),
                    )),
                );
            }
            let organisation = cell(4).to_yes_no().unwrap_or_else(|fault| {
                told(4, fault);
                None
            });
            let mut count = |at: usize| {
                cell(at).to_count().unwrap_or_else(|fault| {
                    told(at, fault);
                    None
                })
            };
            let (households, members) = (count(5), count(6));
            let Some(level) = found else { return };
            if level == Level::Community {
                community(code, line);
            }
            let mut compound: &str = compound;
            if let Some(apart) = apart.as_deref_mut() {
                apart.compounds += u64::from(level == Level::Compound);
                if level == Level::Building && !compound.is_empty() {
                    apart.buildings += 1;
                    apart.first.get_or_insert_with(|| {
                        let place = Place {
                            file: name_of_file.map(str::to_owned),
                            line: Some(line),
                            field: Some(columns.title(7).to_owned()),
                            ..Place::default()
                        };
                        let fault = Fault::new(FaultCode::UnitParent).at(place);
                        fault.about(&**code).found(compound)
                    });
                    compound = "";
                }
            }
            let row = UnitRow {
                code,
                level,
                parent,
                name,
                organisation,
                households,
                members,
                compound,
            };
            builder.unit(line, &row);
        },
    );
    let faults = match name {
        Some(name) => faults.in_file(name),
        None => faults,
    };
    for fault in faults.listed {
        builder.push_fault(fault);
    }
}

/// Reads a table of residential compounds into a grid: `code` (编码), `name` (名称),
/// `community` (社区), `households` (户数).
pub(super) fn read_compounds(
    builder: &mut GridBuilder,
    name: Option<&str>,
    rows: &mut RowFeed<'_>,
) {
    if let Some(name) = name {
        builder.file(name);
    }
    let faults = read_table(
        (&COMPOUNDS, &[], &["code", "community"]),
        rows,
        &mut |columns, line, cells, push| {
            let cell = |at: usize| cells.get(at).copied().unwrap_or(Cell::Blank);
            let [code, name, parent] = [0, 1, 2].map(|at| cell(at).to_text());
            let households = cell(3).to_count().unwrap_or_else(|fault| {
                let place = Place {
                    line: Some(line),
                    field: Some(columns.title(3).to_owned()),
                    ..Place::default()
                };
                push(fault.at(place).about(&code));
                None
            });
            let row = UnitRow {
                code: &code,
                level: Level::Compound,
                parent: &parent,
                name: &name,
                households,
                ..UnitRow::default()
            };
            builder.unit(line, &row);
        },
    );
    let faults = match name {
        Some(name) => faults.in_file(name),
        None => faults,
    };
    for fault in faults.listed {
        builder.push_fault(fault);
    }
}
