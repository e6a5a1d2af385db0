//! Measures that a party grid fills, in a table of communities.

use std::sync::Arc;

use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::grid::Grid;
use crate::lang::Text;
use crate::observations::{Column, Observations};
use crate::plan::node::Reading;
use crate::rational::Rational;
use crate::standard::Standard;
use crate::standard::document::{FilledBy, MeasureKind};

impl Observations {
    /// The table with the measures that the standard fills from the party grid, such as the
    /// coverage of organisations. Every community of the table must be one of the grid.
    ///
    /// # Errors
    /// Communities that the grid does not have; values that are both given and filled.
    pub fn with_grid(self, standard: &Standard, grid: &Grid) -> Result<Observations, Faults> {
        let coverage = grid.coverage();
        let measures = &standard.plan().measures;
        let mut faults = Faults::new();
        let mut filled = Vec::new();
        for (measure, declared) in standard.document().measures.iter().enumerate() {
            let plan = &measures[measure];
            if declared.filled_by != Some(FilledBy::OrganisationCoverage) {
                continue;
            }
            let whole = Rational::from(plan.sign.map_or(1, |sign| sign.per_whole()));
            let mut cells = Vec::with_capacity(self.len());
            for (row, code) in self.codes().iter().enumerate() {
                let given = self.0.columns[measure].number(row, MeasureKind::Number);
                let place = |field: Option<&str>| Place {
                    field: field.map(str::to_owned),
                    ..self.place(row)
                };
                cells.push(match (coverage.of_community(code), given) {
                    (Some(share), Reading::Missing) => Reading::Value(&share * &whole),
                    (Some(_), given) => {
                        let fault = Fault::new(FaultCode::BothGiven).at(place(Some(&plan.name)));
                        faults.push(fault.about(code));
                        given
                    }
                    (None, given) => {
                        let fault = Fault::new(FaultCode::UnitUnknown).at(place(None));
                        faults.push(fault.about(code).expected(Text::new(
                            "党建网格中的社区",
                            "a community of the party grid",
                        )));
                        given
                    }
                });
            }
            filled.push((measure, cells));
        }
        faults.into_result(())?;
        let mut table = Arc::unwrap_or_clone(self.0);
        for (measure, cells) in filled {
            table.columns[measure] = Column::Exact(cells);
        }
        Ok(Observations(Arc::new(table)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{CodeScheme, Level, UnitRow};
    use crate::score::ScoreOptions;

    fn grid() -> Grid {
        let mut builder = Grid::builder(CodeScheme::Free);
        let rows = [
            ("s", Level::Street, "", true),
            ("c1", Level::Community, "s", true),
            ("c2", Level::Community, "s", true),
            ("g1", Level::Grid, "c1", true),
            ("g2", Level::Grid, "c2", false),
            ("b1", Level::Building, "g1", true),
            ("b2", Level::Building, "g2", false),
        ];
        for (line, (code, level, parent, organisation)) in rows.into_iter().enumerate() {
            let unit = UnitRow {
                code,
                level,
                parent,
                organisation: Some(organisation),
                ..UnitRow::default()
            };
            builder.unit(line as u64 + 2, &unit);
        }
        builder.finish().unwrap()
    }

    #[test]
    fn coverage_comes_from_the_grid() {
        let standard = Standard::builtin("weihai-2020").unwrap();
        let table = |heading: &[&str], rows: &[&[&str]]| {
            Observations::from_rows(&standard, heading, rows).unwrap()
        };
        let plain = table(&["code"], &[&["c1"], &["c2"]]);
        let covered = plain.with_grid(&standard, &grid()).unwrap();
        let scores = standard.score(&covered, &ScoreOptions::new()).unwrap();
        let points = |row| scores.points_of("1.1", row).unwrap().to_string();
        // All four levels of c1; of c2 two units of four, its street and itself.
        assert_eq!((points(0), points(1)), ("4.00".into(), "0.00".into()));

        let both = table(&["code", "organisation_coverage"], &[&["c1", "95%"]]);
        let faults = both.with_grid(&standard, &grid()).unwrap_err();
        assert_eq!(faults.listed[0].code, FaultCode::BothGiven);
        assert_eq!(faults.listed[0].place.line, Some(2));
        let unknown = table(&["code"], &[&["c1"], &["c9"]]);
        let faults = unknown.with_grid(&standard, &grid()).unwrap_err();
        assert_eq!(faults.listed[0].code, FaultCode::UnitUnknown);
        assert_eq!(faults.listed[0].subject.as_deref(), Some("c9"));
    }
}
