//! Where the city and each district lose points, by section and item, and what was won between
//! phases.

use std::collections::{BTreeMap, HashMap};

use super::run::CampaignResult;
use crate::explain::Loss;
use crate::points::Points;
use crate::rational::Rational;
use crate::standard::document::{Document, Section};

/// Where the communities of a district, or of the whole city, lose points.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaGaps {
    /// The district's code, or its name where there are no codes; blank for the city.
    pub key: String,
    /// How many communities it has.
    pub communities: usize,
    /// By top-level section, those that lose most first; of equal ones in the order of the
    /// standard. What applies to no community is left out.
    pub sections: Vec<PartGap>,
    /// By item, those that cost the total most first.
    pub items: Vec<PartGap>,
}

/// What one section or item loses, and what it won from phase to phase.
#[derive(Clone, Debug, PartialEq)]
pub struct PartGap {
    /// What is lost, in the section's or item's own points.
    pub loss: Loss,
    /// What one community loses of the total on average, unrounded: other than the mean of
    /// [`PartGap::loss`] under a section with a weight.
    pub of_total: Rational,
    /// One for each phase from the second on: what it gave more than the phase before it that
    /// had marked the same.
    pub won: Vec<Won>,
}

/// What was won from one phase to a later one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Won {
    /// The communities that both phases have marked in any item of it.
    pub communities: usize,
    /// The mean of what they won, below 0 if they lost, rounded like points; nothing without
    /// communities. Of a section, its items' differences added up, in its own points, before
    /// any rescaling for what does not apply.
    pub mean: Option<Points>,
}

/// Sums over the communities of one area, by phase and part.
#[derive(Clone, Default)]
struct Sum {
    scaled: Rational,
    communities: usize,
    last: Option<usize>,
}

impl Sum {
    fn add(&mut self, row: usize, difference: &Rational) {
        self.scaled = &self.scaled + difference;
        if self.last != Some(row) {
            self.last = Some(row);
            self.communities += 1;
        }
    }
}

impl CampaignResult {
    /// Where the whole city loses points, and what was won between phases.
    #[must_use]
    pub fn gaps_of_city(&self) -> AreaGaps {
        let areas = vec![String::new()];
        let mut gaps = self.gaps_of(areas, &vec![0; self.scores.len()]);
        gaps.pop().unwrap_or_else(|| AreaGaps {
            key: String::new(),
            communities: 0,
            sections: Vec::new(),
            items: Vec::new(),
        })
    }

    /// The same for each district, in the order of [`CampaignResult::districts`].
    #[must_use]
    pub fn gaps_of_districts(&self) -> Vec<AreaGaps> {
        let observations = self.scores.observations();
        let values = ["district_code", "district"]
            .into_iter()
            .find_map(|name| observations.attribute(name));
        let keys: Vec<String> = self
            .districts
            .iter()
            .map(|group| group.key.clone())
            .collect();
        let known: BTreeMap<&str, usize> = keys
            .iter()
            .enumerate()
            .map(|(at, key)| (key.as_str(), at))
            .collect();
        let area_of: Vec<usize> = (0..self.scores.len())
            .map(|row| {
                let key = values.and_then(|values| values.get(row));
                let key = key.map_or("", String::as_str);
                known.get(key).copied().unwrap_or(usize::MAX)
            })
            .collect();
        self.gaps_of(keys.clone(), &area_of)
    }

    fn gaps_of(&self, keys: Vec<String>, area_of: &[usize]) -> Vec<AreaGaps> {
        let scores = &self.scores;
        let plan = scores.standard.plan();
        let worths = worths(scores.standard.document());
        let later = self.phases.len().saturating_sub(1);
        // By area, later phase and part: sections before items.
        let mut sums: HashMap<(usize, usize, &str), Sum> = HashMap::new();
        let differences = self.differences();
        for held in &differences {
            let area = area_of.get(held.row).copied().unwrap_or(usize::MAX);
            let (Some(worth), Some(to)) = (worths.get(held.item.as_str()), held.to.checked_sub(1))
            else {
                continue;
            };
            let exact = held.difference.exact();
            let item = sums.entry((area, to, worth.item)).or_default();
            item.add(held.row, &exact);
            let of_section = &exact * &worth.point;
            let section = sums.entry((area, to, worth.section)).or_default();
            section.add(held.row, &of_section);
        }
        let won = |area: usize, part: &str| -> Vec<Won> {
            let of = |to: usize| {
                let Some(sum) = sums.get(&(area, to, part)) else {
                    return Won::default();
                };
                let count = Rational::from(sum.communities as i64);
                let mean = sum.scaled.checked_div(&count);
                let mean = mean.and_then(|mean| mean.round(plan.decimals, plan.rounding));
                Won {
                    communities: sum.communities,
                    mean: mean.map(|mean| Points::new(mean, plan.decimals)),
                }
            };
            (0..later).map(of).collect()
        };
        let gap = |area: usize, loss: Loss| {
            let point = worths.get(loss.code.as_str()).map(|worth| &worth.point);
            let count = Rational::from(loss.counted as i64);
            let mean = loss.lost.checked_div(&count).unwrap_or_default();
            PartGap {
                of_total: point.map_or(mean.clone(), |point| &mean * point),
                won: won(area, &loss.code),
                loss,
            }
        };
        let mut all = Vec::with_capacity(keys.len());
        for (area, key) in keys.into_iter().enumerate() {
            let rows: Vec<usize> = (0..scores.len())
                .filter(|row| area_of.get(*row) == Some(&area))
                .collect();
            let losses = scores.losses(rows.iter().copied());
            let sorted = |losses: Vec<Loss>| {
                let counted = losses.into_iter().filter(|loss| loss.counted > 0);
                let mut gaps: Vec<PartGap> = counted.map(|loss| gap(area, loss)).collect();
                gaps.sort_by(|a, b| b.of_total.cmp(&a.of_total));
                gaps
            };
            all.push(AreaGaps {
                key,
                communities: rows.len(),
                sections: sorted(losses.sections),
                items: sorted(losses.items),
            });
        }
        all
    }
}

/// Where an item stands.
struct Worth<'a> {
    item: &'a str,
    /// Its top-level section.
    section: &'a str,
    /// What a point of it is worth in that section, and so in the total: other than 1 under a
    /// weight.
    point: Rational,
}

fn worths(document: &Document) -> HashMap<&str, Worth<'_>> {
    let mut worths = HashMap::new();
    for top in &document.sections {
        let mut waiting = vec![(top, Rational::ONE)];
        while let Some((section, of_total)) = waiting.pop() {
            let scale = match &section.weight {
                Some(weight) => weight.checked_div(&children(section)).unwrap_or_default(),
                None => Rational::ONE,
            };
            let point = &of_total * &scale;
            for item in &section.items {
                let (item, section) = (item.id.as_str(), top.id.as_str());
                let point = point.clone();
                worths.insert(
                    item,
                    Worth {
                        item,
                        section,
                        point,
                    },
                );
            }
            waiting.extend(section.sections.iter().map(|held| (held, point.clone())));
        }
    }
    worths
}

/// What the children of a section are worth together.
fn children(section: &Section) -> Rational {
    let items = section.items.iter().filter_map(|item| item.points.clone());
    let worth = |held: &Section| held.weight.clone().unwrap_or_else(|| children(held));
    items
        .chain(section.sections.iter().map(worth))
        .fold(Rational::ZERO, |sum, points| &sum + &points)
}
