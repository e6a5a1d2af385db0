//! Selection (评选): tiers, quotas, open places on ties, a reason for everyone (§2.11).

use std::collections::BTreeMap;

use super::filling::{Filling, Limits};
use crate::expression::Quantity;
use crate::fault::{Fault, FaultCode, Faults, Place};
use crate::lang::Text;
use crate::rational::Rational;
use crate::score::Scores;

/// Which communities are chosen, tier by tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The attribute that ceilings and floors count by; `district_code` where it is blank and
    /// the table has it, otherwise `district`.
    pub by: String,
    /// In order: whoever is chosen or tied in one leaves the next ones.
    pub tiers: Vec<Tier>,
}

/// One tier, such as 一等奖5名.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tier {
    /// Its id in outputs.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// The grade that is needed, or a better one.
    pub grade: Option<String>,
    /// The least total, as points or percent of full marks.
    pub total: Option<Quantity>,
    /// The least of every top-level section that applies.
    pub sections: Option<Quantity>,
    /// The least of named sections and items.
    pub marks: Vec<(String, Quantity)>,
    /// How many places there are in all; as many as qualify where absent.
    pub places: Option<Amount>,
    /// The most for each district.
    pub ceiling: Option<Amount>,
    /// The least for each district that has as many who qualify.
    pub floor: Option<Amount>,
    /// Where it is written, for faults; nowhere by default.
    pub place: Place,
}

/// A number of places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Number(u32),
    /// A share of the communities that hold a grade or a better one; fractions of a place
    /// drop. For a ceiling or floor, of the district's own.
    Share {
        /// 0 to 1.
        share: Rational,
        /// The grade; every community with a total where absent.
        grade: Option<String>,
    },
}

/// What came of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionResult {
    /// One for each community, in the order of their codes.
    pub decisions: Vec<Decision>,
    /// One for each tier.
    pub tiers: Vec<TierResult>,
}

/// How one tier was filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierResult {
    /// The tier's id.
    pub id: String,
    /// Places in all; nothing where as many as qualify.
    pub places: Option<u32>,
    /// Communities that met its conditions and were not taken before.
    pub qualified: usize,
    /// Chosen.
    pub chosen: usize,
    /// Places left open because those tied for them cannot be told apart.
    pub open: usize,
    /// Those tied.
    pub tied: usize,
    /// Places that nobody was left to fill.
    pub unfilled: usize,
    /// Districts whose floor could not be met, with how many were missing.
    pub floors_short: Vec<(String, usize)>,
}

/// What was decided about one community, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The tier in which it was chosen or tied.
    pub tier: Option<String>,
    /// Chosen, tied or not.
    pub outcome: Outcome,
    /// Why: for one who was not chosen, in the last tier, the condition that decided.
    pub reason: Reason,
}

/// Whether a community is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Chosen, however ties are broken.
    Chosen,
    /// Chosen by one way of breaking the ties and not by another: 提请研究.
    Tied,
    /// Not chosen.
    NotChosen,
}

impl Outcome {
    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Chosen => "chosen",
            Outcome::Tied => "tied",
            Outcome::NotChosen => "not-chosen",
        }
    }
}

/// Why a community was chosen or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// By rank.
    ByRank(u32),
    /// Its district's floor.
    ByFloor {
        /// Its rank.
        rank: u32,
        /// So many of its district the floor takes, the best placed of those who qualify.
        floor: u32,
        /// The attribute that floors count by, where it is no district.
        by: Option<String>,
    },
    /// Tied at this rank with so many communities for places that cannot hold all of them.
    Tied {
        /// The rank that they share.
        rank: u32,
        /// How many share it and are tied.
        among: usize,
        /// How many places are left open for them.
        places: usize,
    },
    /// Nothing applies to it, so that it has no total.
    NoTotal,
    /// These vetoes took its grade and its place.
    Vetoed(Vec<String>),
    /// It has this grade, or none, where another was needed.
    Grade {
        /// What it holds.
        found: Option<String>,
        /// What was needed.
        needed: String,
    },
    /// Points below a mark: what, found, needed.
    Mark {
        /// `total`, or a section's or item's code.
        what: String,
        /// Its points.
        found: String,
        /// The mark.
        needed: String,
    },
    /// Better placed communities of its district filled the ceiling.
    Ceiling {
        /// The most for its district.
        most: u32,
        /// The attribute that ceilings count by, where it is no district.
        by: Option<String>,
    },
    /// Better placed communities, or districts' floors, filled all places.
    Places {
        /// How many there were.
        places: u32,
    },
}

/// What ceilings and floors count by.
struct Districts {
    names: Vec<String>,
    of_row: Vec<usize>,
    /// The attribute, where it is no district.
    by: Option<String>,
}

impl Scores {
    /// Chooses communities, tier by tier, and says why for everyone.
    ///
    /// Each district's floor is filled first, then places by rank under the ceilings. Where a
    /// full tie crosses a limit, its places stay open and all who are tied are marked.
    ///
    /// # Errors
    /// Unknown grades, sections or items; floors that together exceed the places.
    pub fn select(&self, selection: &Selection) -> Result<SelectionResult, Faults> {
        let districts = self.districts(selection);
        let mut faults = Faults::new();
        let mut decisions: Vec<Option<Decision>> = vec![None; self.len()];
        let mut tiers = Vec::new();
        for (i, tier) in selection.tiers.iter().enumerate() {
            let last = i + 1 == selection.tiers.len();
            match self.fill(tier, &districts, &mut decisions, last) {
                Ok(result) => tiers.push(result),
                Err(found) => faults.extend(found),
            }
        }
        let nothing = || Decision {
            tier: None,
            outcome: Outcome::NotChosen,
            reason: Reason::Places { places: 0 },
        };
        let decisions = decisions
            .into_iter()
            .map(|held| held.unwrap_or_else(nothing))
            .collect();
        faults.into_result(SelectionResult { decisions, tiers })
    }

    fn districts(&self, selection: &Selection) -> Districts {
        let by = match selection.by.as_str() {
            "" if self.observations.attribute("district_code").is_some() => "district_code",
            "" => "district",
            by => by,
        };
        let values = self.observations.attribute(by);
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        let of = |row: usize| values.map_or("", |values| values[row].as_str());
        for row in 0..self.len() {
            ids.insert(of(row), 0);
        }
        for (position, id) in ids.values_mut().enumerate() {
            *id = position;
        }
        let of_row = (0..self.len()).map(|row| ids[of(row)]).collect();
        Districts {
            names: ids.into_keys().map(str::to_owned).collect(),
            of_row,
            by: (!matches!(by, "district" | "district_code")).then(|| by.to_owned()),
        }
    }

    fn fill(
        &self,
        tier: &Tier,
        districts: &Districts,
        decisions: &mut [Option<Decision>],
        last: bool,
    ) -> Result<TierResult, Faults> {
        let marks = self.marks(tier)?;
        let settled = |decision: &Option<Decision>| {
            decision
                .as_ref()
                .is_some_and(|d| d.outcome != Outcome::NotChosen)
        };
        let mut qualified = Vec::new();
        for row in (0..self.len())
            .filter(|row| !settled(&decisions[*row]))
            .collect::<Vec<_>>()
        {
            match self.disqualified(tier, &marks, row) {
                None => qualified.push(row),
                Some(reason) if last || decisions[row].is_none() => {
                    decisions[row] = Some(Decision {
                        tier: None,
                        outcome: Outcome::NotChosen,
                        reason,
                    });
                }
                Some(_) => {}
            }
        }
        let limits = self.limits(tier, districts)?;
        let (names, district) = (&districts.names, districts.of_row.as_slice());
        let filled = Filling::new(self, &limits, district, &qualified).run();
        let mut result = TierResult {
            id: tier.id.clone(),
            places: limits.places.map(|places| places as u32),
            qualified: qualified.len(),
            chosen: 0,
            open: 0,
            tied: 0,
            unfilled: 0,
            floors_short: Vec::new(),
        };
        for (row, outcome, reason) in filled.decided {
            result.chosen += usize::from(outcome == Outcome::Chosen);
            result.tied += usize::from(outcome == Outcome::Tied);
            let tier = (outcome != Outcome::NotChosen).then(|| tier.id.clone());
            decisions[row] = Some(Decision {
                tier,
                outcome,
                reason,
            });
        }
        result.open = filled.taken - result.chosen;
        result.unfilled = limits.places.map_or(0, |places| places - filled.taken);
        for (id, floor) in limits.floors.iter().enumerate() {
            let there = qualified.iter().filter(|row| district[**row] == id).count();
            if there < *floor {
                result.floors_short.push((names[id].clone(), floor - there));
            }
        }
        Ok(result)
    }

    /// Marks as exact points, with what they are of.
    fn marks(&self, tier: &Tier) -> Result<Vec<(String, Rational)>, Faults> {
        let plan = self.standard.plan();
        let mut faults = Faults::new();
        let points = |mark: &Quantity, worth: &Rational| match mark.sign {
            None => mark.number.clone(),
            Some(_) => &mark.in_unit(None) * worth,
        };
        let grades = &self.standard.document().grades;
        if let Some(id) = &tier.grade
            && grades.iter().all(|grade| grade.id != *id)
        {
            faults.push(self.unknown_grade(tier, id));
        }
        let mut marks = Vec::new();
        marks.extend(
            tier.total
                .as_ref()
                .map(|mark| ("total".to_owned(), points(mark, &plan.full))),
        );
        if let Some(mark) = &tier.sections {
            let top = plan.top.iter().map(|id| &plan.sections[*id]);
            marks.extend(top.map(|section| (section.code.clone(), points(mark, &section.worth))));
        }
        for (code, mark) in &tier.marks {
            let section = plan
                .sections
                .iter()
                .find(|s| s.code == *code)
                .map(|s| s.worth.clone());
            let item = || {
                let item = plan.items.iter().find(|item| item.code == *code)?;
                plan.markings[item.marking].points.clone()
            };
            match section.or_else(item) {
                Some(worth) => marks.push((code.clone(), points(mark, &worth))),
                None => faults.push(
                    Fault::new(FaultCode::SelectionReference)
                        .at(tier.place.clone())
                        .about(&tier.id)
                        .found(code),
                ),
            }
        }
        faults.into_result(marks)
    }

    /// Why a community does not meet a tier's conditions, if it does not.
    fn disqualified(
        &self,
        tier: &Tier,
        marks: &[(String, Rational)],
        row: usize,
    ) -> Option<Reason> {
        if self.total(row).is_none() {
            return Some(Reason::NoTotal);
        }
        if self.rank(row).is_none() {
            return Some(Reason::Vetoed(
                self.vetoes(row).map(str::to_owned).collect(),
            ));
        }
        if let Some(needed) = &tier.grade {
            let position = |id: &str| {
                self.standard
                    .document()
                    .grades
                    .iter()
                    .position(|g| g.id == id)
            };
            let held = self.grade(row).map(|grade| grade.id.clone());
            let best = held.as_deref().and_then(position);
            if best.is_none_or(|best| Some(best) > position(needed)) {
                return Some(Reason::Grade {
                    found: held,
                    needed: needed.clone(),
                });
            }
        }
        for (what, mark) in marks {
            let points = if what == "total" {
                self.total(row)
            } else {
                self.points_of(what, row)
            };
            // What is excluded is skipped, as in grades.
            if let Some(points) = points.filter(|points| points.exact() < *mark) {
                return Some(Reason::Mark {
                    what: what.clone(),
                    found: points.to_string(),
                    needed: mark.display(6),
                });
            }
        }
        None
    }

    fn limits(&self, tier: &Tier, districts: &Districts) -> Result<Limits, Faults> {
        let (names, district) = (&districts.names, &districts.of_row);
        let everyone = |_: usize| true;
        let places = tier
            .places
            .as_ref()
            .map(|amount| self.amount(tier, amount, &everyone))
            .transpose()?;
        let each = |amount: &Option<Amount>, otherwise: usize| match amount {
            None => Ok(vec![otherwise; names.len()]),
            Some(amount) => (0..names.len())
                .map(|id| self.amount(tier, amount, &|row| district[row] == id))
                .collect::<Result<_, _>>(),
        };
        let ceilings: Vec<usize> = each(&tier.ceiling, usize::MAX)?;
        let floors: Vec<usize> = each(&tier.floor, 0)?;
        let mut faults = Faults::new();
        let together: usize = floors.iter().sum();
        if let Some(places) = places.filter(|places| together > *places) {
            faults.push(
                Fault::new(FaultCode::Quota)
                    .at(tier.place.clone())
                    .about(&tier.id)
                    .found(together)
                    .expected(Text::new(
                        format!("各区下限合计不超过名额 {places}"),
                        format!("floors that add up to {places} at most"),
                    )),
            );
        }
        for (id, name) in names.iter().enumerate() {
            if floors[id] > ceilings[id] {
                faults.push(
                    Fault::new(FaultCode::Quota)
                        .at(tier.place.clone())
                        .about(format!("{} {name}", tier.id))
                        .found(floors[id])
                        .expected(Text::new(
                            format!("下限不超过上限 {}", ceilings[id]),
                            format!("a floor of at most the ceiling {}", ceilings[id]),
                        )),
                );
            }
        }
        faults.into_result(Limits {
            places,
            ceilings,
            floors,
            by: districts.by.clone(),
        })
    }

    fn unknown_grade(&self, tier: &Tier, id: &str) -> Fault {
        let grades = self.standard.document().grades.iter();
        let known: Vec<&str> = grades.map(|grade| grade.id.as_str()).collect();
        let fault = Fault::new(FaultCode::SelectionReference).at(tier.place.clone());
        fault.about(&tier.id).found(id).expected(Text::new(
            format!("标准的等次\u{ff1a}{}", known.join("、")),
            format!("a grade of the standard: {}", known.join(", ")),
        ))
    }

    fn amount(
        &self,
        tier: &Tier,
        amount: &Amount,
        within: &dyn Fn(usize) -> bool,
    ) -> Result<usize, Faults> {
        let (share, grade) = match amount {
            Amount::Number(number) => return Ok(*number as usize),
            Amount::Share { share, grade } => (share, grade),
        };
        let grades = &self.standard.document().grades;
        let worst = match grade {
            None => None,
            Some(id) => match grades.iter().position(|grade| grade.id == *id) {
                Some(worst) => Some(worst),
                None => {
                    return Err(self.unknown_grade(tier, id).into());
                }
            },
        };
        let counts = |row: &usize| {
            let held = self.columns.grades[*row];
            within(*row)
                && match worst {
                    Some(worst) => usize::from(held) <= worst,
                    None => self.total(*row).is_some(),
                }
        };
        let count = (0..self.len()).filter(counts).count();
        let exact = share * &Rational::from(count as i64);
        Ok(exact
            .floor()
            .and_then(|places| usize::try_from(places).ok())
            .unwrap_or(0))
    }
}
