//! Division codes: all 2,768 communities of the published list, whole and damaged one by one.

use dabiao::grid::{CodeScheme, Grid, Level, Registry, RegistryRow, UnitRow};
use dabiao::{FaultCode, Faults};

/// One community of the list.
#[derive(Clone)]
struct Line {
    row: u64,
    code: String,
    name: String,
    street_code: String,
    street: String,
    district_code: String,
    district: String,
}

fn list() -> Vec<Line> {
    let text = include_str!("../../dabiao-cli/data/weihai-divisions.csv");
    let mut rows = (1..).zip(text.trim_start_matches('\u{feff}').lines());
    let heading = "code,name,street_code,street,district_code,district";
    assert_eq!(rows.next(), Some((1, heading)));
    let line = |(row, line): (u64, &str)| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let [code, name, street_code, street, district_code, district] =
            cells.try_into().unwrap_or_else(|_| panic!("row {row}"));
        Line {
            row,
            code,
            name,
            street_code,
            street,
            district_code,
            district,
        }
    };
    rows.map(line).collect()
}

fn registry<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Result<Registry, Faults> {
    let mut builder = Registry::builder(CodeScheme::Divisions);
    builder.file("divisions.csv");
    for line in lines {
        let row = RegistryRow {
            code: &line.code,
            name: &line.name,
            street_code: &line.street_code,
            street: &line.street,
            district_code: &line.district_code,
            district: &line.district,
            others: &[],
        };
        builder.community(line.row, &row);
    }
    builder.finish()
}

/// The communities, each under its street.
fn grid(lines: &[Line]) -> Result<Grid, Faults> {
    let mut builder = Grid::builder(CodeScheme::Divisions);
    builder.file("divisions.csv");
    let mut streets: Vec<&str> = lines.iter().map(|line| line.street_code.as_str()).collect();
    streets.sort_unstable();
    streets.dedup();
    for street in streets {
        let row = UnitRow {
            code: street,
            level: Level::Street,
            ..UnitRow::default()
        };
        builder.unit(1, &row);
    }
    for line in lines {
        let row = UnitRow {
            code: &line.code,
            level: Level::Community,
            parent: &line.street_code,
            ..UnitRow::default()
        };
        builder.unit(line.row, &row);
    }
    builder.finish()
}

#[test]
fn every_community_of_the_list_is_registered() {
    let lines = list();
    assert_eq!(lines.len(), 2768);
    let registry = registry(&lines).unwrap();
    assert_eq!(registry.len(), 2768);
    for (attribute, of) in [
        (
            "street_code",
            &(|line: &Line| line.street_code.clone()) as &dyn Fn(&Line) -> String,
        ),
        ("district_code", &|line: &Line| line.district_code.clone()),
        ("street", &|line: &Line| line.street.clone()),
    ] {
        let held = registry.attribute(attribute).unwrap();
        for line in &lines {
            let at = registry.codes().binary_search(&line.code).unwrap();
            assert_eq!(held[at], of(line), "row {}", line.row);
        }
    }
    // Parents that are left out are taken from the codes.
    let bare: Vec<Line> = lines
        .iter()
        .map(|line| Line {
            street_code: String::new(),
            district_code: String::new(),
            ..line.clone()
        })
        .collect();
    let bare = self::registry(&bare).unwrap();
    assert_eq!(
        bare.attribute("street_code"),
        registry.attribute("street_code")
    );
    assert_eq!(
        bare.attribute("district_code"),
        registry.attribute("district_code")
    );
    let grid = grid(&lines).unwrap();
    assert_eq!(grid.count(Level::Community), 2768);
}

/// What is wrong with a line, each by its code and the column.
type Damage = (&'static str, &'static str, fn(&mut Line));

#[test]
fn every_damaged_community_is_told_with_its_row() {
    let damages: [Damage; 7] = [
        ("a short code", "code", |line| {
            line.code.pop();
        }),
        ("a long code", "code", |line| line.code.push('0')),
        ("a letter", "code", |line| {
            line.code.replace_range(11.., "O")
        }),
        ("another street", "code", |line| {
            let last = if line.street_code.ends_with('1') {
                "2"
            } else {
                "1"
            };
            line.street_code.replace_range(8.., last);
        }),
        ("a short street", "street_code", |line| {
            line.street_code.pop();
        }),
        ("another district", "street_code", |line| {
            let last = if line.district_code.ends_with('9') {
                "8"
            } else {
                "9"
            };
            line.district_code.replace_range(5.., last);
        }),
        ("a short district", "district_code", |line| {
            line.district_code.pop();
        }),
    ];
    let lines = list();
    for (at, line) in lines.iter().enumerate() {
        let beside = &lines[(at + 1) % lines.len()];
        for (what, field, damage) in &damages {
            let mut damaged = line.clone();
            damage(&mut damaged);
            let faults = registry([&damaged, beside]).unwrap_err();
            let [fault] = faults.listed.as_slice() else {
                panic!("row {}, {what}: {faults}", line.row)
            };
            let place = &fault.place;
            let told = (fault.code, place.line, place.field.as_deref());
            let wanted = (FaultCode::UnitCode, Some(line.row), Some(*field));
            assert_eq!(told, wanted, "{what}: {fault}");
            assert_eq!(place.file.as_deref(), Some("divisions.csv"));
        }
        let mut damaged = line.clone();
        damaged.code.pop();
        let faults = grid(&[damaged, beside.clone()]).unwrap_err();
        let told: Vec<_> = faults
            .listed
            .iter()
            .map(|f| (f.code, f.place.line))
            .collect();
        assert_eq!(told, [(FaultCode::UnitCode, Some(line.row))]);
    }
}

#[test]
fn a_community_that_stands_twice_is_told() {
    let lines = list();
    let mut twice = lines[..3].to_vec();
    twice.push(Line {
        row: 99,
        ..lines[1].clone()
    });
    let faults = registry(&twice).unwrap_err();
    assert_eq!(faults.listed[0].code, FaultCode::UnitDuplicate);
    assert_eq!(faults.listed[0].place.line, Some(99));
}
