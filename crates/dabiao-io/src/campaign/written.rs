//! The results of a run as they stand in a folder, read back to be compared.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use dabiao::campaign::{CampaignResult, ItemMovement, Movement};
use dabiao::{Cell, Fault, FaultCode, Faults, Place, Points, Scores, Text};

use super::{LoadedCampaign, read_text};
use crate::read::{ReadOptions, Source, read_rows};
use crate::write::summary;

/// The results of one run: what is compared with another.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use dabiao::{Observations, ScoreOptions, Standard};
/// use dabiao_io::{ReadOptions, RunResults};
/// let standard = Standard::builtin("weihai-2020")?;
/// let run = |meetings: &str| {
///     let rows = [["c1", meetings]];
///     let table = Observations::from_rows(&standard, &["code", "deliberation_meetings"], &rows)?;
///     standard.score(&table, &ScoreOptions::new())
/// };
/// let folder = tempfile::tempdir()?;
/// dabiao_io::write_results(&run("1")?, dabiao::Lang::En, folder.path())?;
/// let earlier = RunResults::read(folder.path(), &ReadOptions::new())?;
/// let moved = RunResults::of_scores(&run("2")?).compare(&earlier);
/// assert_eq!(moved[0].items[0].code, "2.3");
/// assert_eq!(moved[0].total.unwrap().to_string(), "1.00");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct RunResults {
    synthetic: bool,
    /// The SHA-256 of the standard.
    standard: String,
    cards: BTreeMap<String, Card>,
    /// The items of all cards, in the order in which they first stand there.
    items: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Card {
    name: String,
    district: String,
    total: Option<Points>,
    grade: Option<String>,
    rank: Option<u32>,
    /// Blank where it was excluded.
    items: BTreeMap<String, Option<Points>>,
}

impl RunResults {
    /// Reads `scores.csv`, `items.csv` and `summary.json` of a folder that `dabiao run` or
    /// `dabiao score` has written.
    ///
    /// # Errors
    /// A file is missing, or is none that was written so; all faults at once.
    pub fn read(folder: &Path, options: &ReadOptions) -> Result<RunResults, Faults> {
        let mut results = RunResults::default();
        let mut faults = Faults::new();
        let scores = folder.join("scores.csv");
        let wanted = ["code", "name", "district", "total", "grade", "rank"];
        let read = table(&scores, &wanted, options, &mut |line, cells, faults| {
            let [code, name, district, total, grade, rank] = cells else {
                return;
            };
            let card = Card {
                name: name.clone(),
                district: district.clone(),
                total: points(total, line, "total", faults),
                grade: Some(grade.clone()).filter(|grade| !grade.is_empty()),
                rank: rank.parse().ok(),
                items: BTreeMap::new(),
            };
            results.cards.insert(code.clone(), card);
        });
        faults.extend(read);
        let items = folder.join("items.csv");
        let wanted = ["code", "item", "points"];
        let mut known = std::collections::HashSet::new();
        let read = table(&items, &wanted, options, &mut |line, cells, faults| {
            let [code, item, text] = cells else { return };
            let held = points(text, line, "points", faults);
            if let Some(card) = results.cards.get_mut(code) {
                card.items.insert(item.clone(), held);
            }
            if known.insert(item.clone()) {
                results.items.push(item.clone());
            }
        });
        faults.extend(read);
        if let Err(found) = results.read_summary(&folder.join("summary.json")) {
            faults.push(found);
        }
        faults.into_result(results)
    }

    fn read_summary(&mut self, path: &Path) -> Result<(), Fault> {
        let place = Place {
            file: Some(path.display().to_string()),
            ..Place::default()
        };
        let text = read_text(path).map_err(|fault| fault.at(place.clone()))?;
        let all: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
            let place = Place {
                line: Some(error.line() as u64),
                column: Some(error.column() as u64),
                ..place
            };
            Fault::new(FaultCode::Syntax).at(place).found(error)
        })?;
        self.synthetic = all["campaign"]["synthetic"].as_bool().unwrap_or(false);
        let run = all.get("result").unwrap_or(&all);
        let digest = run["standard"]["sha256"].as_str();
        self.standard = digest.unwrap_or_default().to_owned();
        Ok(())
    }

    /// The results of a campaign that was run just now.
    #[must_use]
    pub fn of(loaded: &LoadedCampaign, result: &CampaignResult) -> RunResults {
        RunResults {
            synthetic: loaded.document.synthetic,
            ..RunResults::of_scores(&result.scores)
        }
    }

    /// The results of a table that was scored just now.
    #[must_use]
    pub fn of_scores(scores: &Scores) -> RunResults {
        let document = scores.standard().document();
        let parts = crate::write::items_of(document);
        let extras = document.bonus.iter().map(|item| (item.id.as_str(), 1));
        let extras = extras.chain(
            document
                .deductions
                .iter()
                .map(|item| (item.id.as_str(), -1)),
        );
        let all: Vec<(&str, i64)> = parts
            .into_iter()
            .map(|item| (item, 0))
            .chain(extras)
            .collect();
        let attribute = |name: &str, row: usize| -> String {
            let values = scores.observations().attribute(name);
            values
                .and_then(|values| values.get(row))
                .cloned()
                .unwrap_or_default()
        };
        let cards = scores.codes().iter().enumerate().map(|(row, code)| {
            let mut items = BTreeMap::new();
            for (item, sign) in &all {
                let points = scores.points_of(item, row);
                match (*sign, points) {
                    (0, points) => {
                        items.insert((*item).to_owned(), points);
                    }
                    // One that was not observed is 0, as it is where it is not written.
                    (sign, Some(points)) => {
                        let signed = Points::new(sign * points.scaled(), points.decimals());
                        items.insert((*item).to_owned(), Some(signed));
                    }
                    (_, None) => {}
                }
            }
            let card = Card {
                name: attribute("name", row),
                district: attribute("district", row),
                total: scores.total(row),
                grade: scores.grade(row).map(|grade| grade.id.clone()),
                rank: scores.rank(row),
                items,
            };
            (code.to_owned(), card)
        });
        RunResults {
            synthetic: false,
            standard: summary(scores).standard.sha256,
            cards: cards.collect(),
            items: all.iter().map(|(item, _)| (*item).to_owned()).collect(),
        }
    }

    /// Whether its marks are made up.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    /// Whether both were scored against the same standard, to the letter.
    #[must_use]
    pub fn same_standard(&self, other: &RunResults) -> bool {
        self.standard == other.standard
    }

    /// A community's name and district, blank where they are not known.
    #[must_use]
    pub fn names(&self, code: &str) -> (&str, &str) {
        let card = self.cards.get(code);
        card.map_or(("", ""), |card| (&card.name, &card.district))
    }

    /// How every community of either run moved from `earlier` to this one, by code as bytes;
    /// as [`Scores::compare`], over the items of both.
    #[must_use]
    pub fn compare(&self, earlier: &RunResults) -> Vec<Movement> {
        let mut codes: Vec<&String> = self.cards.keys().chain(earlier.cards.keys()).collect();
        codes.sort_unstable();
        codes.dedup();
        let only_before = earlier
            .items
            .iter()
            .filter(|item| !self.items.contains(item));
        let items: Vec<&String> = self.items.iter().chain(only_before).collect();
        let movement = |code: &String| {
            let cards = (earlier.cards.get(code), self.cards.get(code));
            let grade = |card: Option<&Card>| card.and_then(|card| card.grade.clone());
            let moved = items.iter().filter_map(|item| {
                let (before, after) = cards.0.zip(cards.1)?;
                let held = (before.items.get(*item), after.items.get(*item));
                // A bonus or deduction that was not observed is not written.
                let decimals = [held.0, held.1].into_iter().flatten().flatten().next();
                let none = decimals.map(|points| Points::new(0, points.decimals()));
                let points = (
                    held.0.copied().unwrap_or(none),
                    held.1.copied().unwrap_or(none),
                );
                Some(ItemMovement::new(item, points))
            });
            Movement::new(
                code,
                (cards.0.and_then(|c| c.total), cards.1.and_then(|c| c.total)),
                (grade(cards.0), grade(cards.1)),
                (cards.0.and_then(|c| c.rank), cards.1.and_then(|c| c.rank)),
                moved,
            )
        };
        codes.into_iter().map(movement).collect()
    }
}

/// Published points as they are written; blank is none.
fn points(text: &str, line: u64, field: &str, faults: &mut Faults) -> Option<Points> {
    if text.is_empty() {
        return None;
    }
    let decimals = text.split_once('.').map_or(0, |(_, after)| after.len());
    let read = u8::try_from(decimals)
        .ok()
        .filter(|decimals| *decimals <= 6)
        .and_then(|decimals| {
            Some(Points::new(
                text.replacen('.', "", 1).parse().ok()?,
                decimals,
            ))
        });
    if read.is_none() {
        let place = Place {
            line: Some(line),
            field: Some(field.to_owned()),
            ..Place::default()
        };
        let fault = Fault::new(FaultCode::Value).at(place).found(text);
        faults.push(fault.expected(Text::new("分数", "points")));
    }
    read
}

/// Reads the wanted columns of a table by their names; `name` and `district` may be absent.
fn table(
    path: &Path,
    wanted: &[&str],
    options: &ReadOptions,
    row_of: &mut dyn FnMut(u64, &[String], &mut Faults),
) -> Faults {
    let mut faults = Faults::new();
    let mut at: Option<Vec<Option<usize>>> = None;
    let read = read_rows(Source::path(path), options, &mut |row| {
        let text = |cell: &Cell<'_>| cell.to_text().trim_start_matches('\u{feff}').to_owned();
        match &at {
            None => {
                let titles: Vec<String> = row.cells.iter().map(text).collect();
                let find = |name: &&str| titles.iter().position(|title| title == name);
                let found: Vec<Option<usize>> = wanted.iter().map(find).collect();
                for (name, found) in wanted.iter().zip(&found) {
                    if found.is_none() && !["name", "district"].contains(name) {
                        let fault = Fault::new(FaultCode::MissingColumn).at(Place {
                            line: Some(row.line),
                            ..Place::default()
                        });
                        faults.push(fault.expected(*name));
                    }
                }
                at = Some(found);
            }
            Some(at) if !row.is_blank() => {
                let cell = |at: &Option<usize>| at.and_then(|at| row.cells.get(at)).map(text);
                let cells: Vec<String> = at.iter().map(|at| cell(at).unwrap_or_default()).collect();
                row_of(row.line, &cells, &mut faults);
            }
            Some(_) => {}
        }
        if faults.is_empty() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    if let Err(found) = read {
        faults.extend(found);
    }
    faults.in_file(&path.display().to_string())
}
