//! Times a generated party grid of about a million units: built, marked, rolled up.
//!
//! ```text
//! cargo run --release -p dabiao --example million [UNITS]
//! ```

use std::fmt::Write;
use std::time::Instant;

use dabiao::campaign::{Campaign, Phase, RecordsBuilder};
use dabiao::grid::{CodeScheme, Grid, Level, Registry, RegistryRow, UnitRow};
use dabiao::{Cell, Faults, ScoreOptions, Standard, Text};

const STANDARD: &str = r#"
[standard]
id = "million"
title = "A big grid"
[measures.coverage]
type = "number"
unit = "%"
filled_by = "organisation-coverage"
[measures.households]
type = "count"
level = "building"
rollup = "sum"
[measures.score]
type = "number"
level = "building"
rollup = { mean_by = "households" }
[measures.safe]
type = "yes-no"
level = "building"
rollup = "share"
[[section]]
id = "1"
title = "All"
item = [
  { id = "1.1", title = "Coverage", points = 3, value = "coverage", curve = [["0%", 0], ["100%", 3]] },
  { id = "1.2", title = "Score", points = 3, value = "score", curve = [[0, 0], [100, 3]] },
  { id = "1.3", title = "Safe", points = 3, value = "safe", curve = [["0%", 0], ["100%", 3]] },
]
"#;

/// Grids in a community, buildings in a grid, communities in a street.
const GRIDS: usize = 10;
const BUILDINGS: usize = 20;
const COMMUNITIES: usize = 20;

fn main() -> Result<(), Faults> {
    let wanted = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let units: usize = wanted.unwrap_or(1_000_000);
    let per_community = 1 + GRIDS * (1 + BUILDINGS);
    let communities = units.div_ceil(per_community);
    // Codes are generated before the clock starts.
    let mut codes: Vec<[String; 2]> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut add = |code: &str, parent: &str, level| {
        codes.push([code.to_owned(), parent.to_owned()]);
        levels.push(level);
    };
    let (mut street, mut community, mut grid) = (String::new(), String::new(), String::new());
    let mut building = String::new();
    let said = |text: &mut String, parts: std::fmt::Arguments<'_>| {
        text.clear();
        text.write_fmt(parts).is_ok()
    };
    for c in 0..communities {
        if c % COMMUNITIES == 0 {
            said(&mut street, format_args!("{:09}", c / COMMUNITIES));
            add(&street, "", Level::Street);
        }
        said(
            &mut community,
            format_args!("{street}{:03}", c % COMMUNITIES),
        );
        add(&community, &street, Level::Community);
        for g in 0..GRIDS {
            said(&mut grid, format_args!("{community}-{g}"));
            add(&grid, &community, Level::Grid);
            for b in 0..BUILDINGS {
                said(&mut building, format_args!("{grid}-{b}"));
                add(&building, &grid, Level::Building);
            }
        }
    }
    let started = Instant::now();
    let mut builder = Grid::builder(CodeScheme::Divisions);
    for (line, ([code, parent], level)) in (2..).zip(codes.iter().zip(&levels)) {
        let row = UnitRow {
            code,
            level: *level,
            parent,
            organisation: Some(line % 7 != 0),
            ..UnitRow::default()
        };
        builder.unit(line, &row);
    }
    let grid = builder.finish()?;
    let loaded = started.elapsed();
    let mut registry = Registry::builder(CodeScheme::Divisions);
    let held = codes
        .iter()
        .zip(&levels)
        .filter(|(_, level)| **level == Level::Community);
    for (line, ([code, _], _)) in (2..).zip(held) {
        let row = RegistryRow {
            code,
            ..RegistryRow::default()
        };
        registry.community(line, &row);
    }
    let registry = registry.finish()?;
    let standard = Standard::from_toml(STANDARD)?;
    let marked = Instant::now();
    let mut records = RecordsBuilder::new(&standard, &registry, Some(&grid));
    records.heading(&["code", "households", "score", "safe"]);
    let buildings = codes
        .iter()
        .zip(&levels)
        .filter(|(_, level)| **level == Level::Building);
    for (line, ([code, _], _)) in (2..).zip(buildings) {
        let row = [
            Cell::Text(code),
            Cell::Integer(line as i64 % 60),
            Cell::Integer(line as i64 % 101),
            Cell::Bool(line % 3 != 0),
        ];
        records.row(line, &row);
    }
    let records = records.finish()?;
    let marked = marked.elapsed();
    println!(
        "{} units, {} communities: grid {:.3} s, marks {:.3} s",
        grid.len(),
        registry.len(),
        loaded.as_secs_f64(),
        marked.as_secs_f64()
    );
    let campaign = Campaign {
        standard,
        registry,
        grid: Some(grid),
        phases: vec![Phase {
            id: "only".to_owned(),
            title: Text::from("only"),
            weight: None,
            records,
        }],
        selection: None,
        weight: None,
    };
    let started = Instant::now();
    let result = campaign.run(&ScoreOptions::new())?;
    let ran = started.elapsed();
    println!(
        "rolled up and scored: {:.3} s; loaded and rolled up together: {:.3} s; mean {}",
        ran.as_secs_f64(),
        (loaded + marked + ran).as_secs_f64(),
        result
            .city
            .mean
            .map(|mean| mean.to_string())
            .unwrap_or_default()
    );
    Ok(())
}
