//! Units, assessors and phases, worked out by hand (docs/semantics.md §2.12, §2.15).

mod phases;
mod units;

use dabiao::campaign::{Campaign, CampaignResult, Phase, RecordsBuilder};
use dabiao::grid::{CodeScheme, Grid, Level, Registry, RegistryRow, UnitRow};
use dabiao::{Cell, Fault, FaultCode, Faults, Flag, ScoreOptions, Standard, Text};

const HEAD: &str = r#"
[standard]
id = "units"
title = "Units"
"#;

/// A phase: its weight, and its table with the heading first; cells are parted by blanks and
/// `-` is a blank.
type Table<'a> = (Option<&'a str>, &'a [&'a str]);

/// Communities a and b; buildings a1 to a3 and b1 in a grid of each.
fn campaign(standard: &str, phases: &[Table<'_>]) -> Result<Campaign, Faults> {
    let standard = Standard::from_toml(&format!("{HEAD}{standard}"))?;
    let mut registry = Registry::builder(CodeScheme::Free);
    let mut grid = Grid::builder(CodeScheme::Free);
    let unit = |code, level, parent| UnitRow {
        code,
        level,
        parent,
        organisation: Some(true),
        ..UnitRow::default()
    };
    grid.unit(1, &unit("s", Level::Street, ""));
    for (code, in_grid, buildings) in [
        ("a", "ag", ["a1", "a2", "a3"].as_slice()),
        ("b", "bg", &["b1"]),
    ] {
        let row = RegistryRow {
            code,
            ..RegistryRow::default()
        };
        registry.community(2, &row);
        grid.unit(2, &unit(code, Level::Community, "s"));
        grid.unit(3, &unit(in_grid, Level::Grid, code));
        for building in buildings {
            grid.unit(4, &unit(building, Level::Building, in_grid));
        }
    }
    let (registry, grid) = (registry.finish()?, grid.finish()?);
    let mut read = Vec::new();
    for (i, (weight, table)) in phases.iter().enumerate() {
        let mut records = RecordsBuilder::new(&standard, &registry, Some(&grid));
        for (line, row) in (1..).zip(table.iter()) {
            let cells: Vec<&str> = row
                .split_whitespace()
                .map(|c| if c == "-" { "" } else { c })
                .collect();
            if line == 1 {
                records.heading(&cells);
            } else {
                let cells: Vec<Cell<'_>> = cells.into_iter().map(Cell::Text).collect();
                records.row(line, &cells);
            }
        }
        read.push(Phase {
            id: format!("p{}", i + 1),
            title: Text::from("phase"),
            weight: weight.map(|w| w.parse().unwrap()),
            records: records.finish()?,
        });
    }
    Ok(Campaign {
        standard,
        registry,
        grid: Some(grid),
        phases: read,
        selection: None,
        weight: None,
    })
}

fn run(standard: &str, phases: &[Table<'_>]) -> Result<CampaignResult, Faults> {
    campaign(standard, phases)?.run(&ScoreOptions::new())
}

fn points(result: &CampaignResult, code: &str, row: usize) -> String {
    let points = result.scores.points_of(code, row);
    points.map_or_else(|| "none".to_owned(), |points| points.to_string())
}

fn provisional(result: &CampaignResult, row: usize) -> bool {
    result.scores.flags(row).contains(&Flag::Provisional)
}

fn left_out(result: &CampaignResult) -> Vec<String> {
    let all = result.phases.iter().flat_map(|phase| &phase.left_out);
    all.map(|left| format!("{} {}", left.unit, left.what))
        .collect()
}

fn codes(faults: &Faults) -> Vec<FaultCode> {
    faults
        .listed
        .iter()
        .map(|fault: &Fault| fault.code)
        .collect()
}
