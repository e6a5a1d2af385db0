//! Upward: a street's or district's score is the mean of its communities' totals (§2.12).

use std::collections::BTreeMap;

use crate::points::Points;
use crate::rational::Rational;
use crate::score::Scores;

/// What the communities that share an attribute come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupScore {
    /// The attribute's value, such as the district's code.
    pub key: String,
    /// Its communities, vetoed ones included.
    pub communities: usize,
    /// Those with a total.
    pub scored: usize,
    /// The mean of their totals, weighted if a weight was declared, rounded like points;
    /// nothing where none has a total or the weights add up to 0.
    pub mean: Option<Points>,
    /// The means of each section's and each item's points over the communities where it
    /// applies, unweighted, rounded like points: first the sections, then the items, in the
    /// order of the standard.
    pub parts: Vec<(String, Option<Points>)>,
    /// How many communities hold each grade, in the order of the standard.
    pub grades: Vec<(String, usize)>,
    /// How many hold none.
    pub ungraded: usize,
    /// Competition place by mean among the groups; nothing without a mean.
    pub rank: Option<u32>,
}

impl Scores {
    /// The groups of communities that share an attribute (`district_code`, `street_code`, …),
    /// by key as bytes. `weight` gives each row's weight; the plain mean without.
    #[must_use]
    pub fn groups(
        &self,
        attribute: &str,
        weight: Option<&dyn Fn(usize) -> Rational>,
    ) -> Vec<GroupScore> {
        let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let values = self.observations().attribute(attribute);
        for row in 0..self.len() {
            rows.entry(values.map_or("", |values| values[row].as_str()))
                .or_default()
                .push(row);
        }
        let mut groups: Vec<GroupScore> = rows
            .into_iter()
            .map(|(key, rows)| self.group(key, &rows, weight))
            .collect();
        rank(&mut groups);
        groups
    }

    /// All communities as one group, without a rank.
    #[must_use]
    pub fn whole(&self, key: &str, weight: Option<&dyn Fn(usize) -> Rational>) -> GroupScore {
        self.group(key, &(0..self.len()).collect::<Vec<_>>(), weight)
    }

    fn group(
        &self,
        key: &str,
        rows: &[usize],
        weight: Option<&dyn Fn(usize) -> Rational>,
    ) -> GroupScore {
        let plan = self.standard.plan();
        let (mut sum, mut weights, mut scored) = (Rational::ZERO, Rational::ZERO, 0);
        for row in rows {
            let Some(total) = self.total(*row) else {
                continue;
            };
            let own = weight.map_or(Rational::ONE, |weight| weight(*row));
            sum = &sum + &(&total.exact() * &own);
            weights = &weights + &own;
            scored += 1;
        }
        let rounded = |mean: Option<Rational>, decimals: u8| {
            let scaled = mean?.round(decimals, plan.rounding)?;
            Some(Points::new(scaled, decimals))
        };
        let mean_of = |code: &str| {
            let points: Vec<Rational> = rows
                .iter()
                .filter_map(|row| Some(self.points_of(code, *row)?.exact()))
                .collect();
            let count = Rational::from(points.len() as i64);
            rounded(
                points.iter().sum::<Rational>().checked_div(&count),
                plan.decimals,
            )
        };
        let sections = plan.sections.iter().map(|section| &section.code);
        let codes = sections.chain(plan.items.iter().map(|item| &item.code));
        let grades = self.standard.document().grades.iter();
        let holding = |id: &str| {
            rows.iter()
                .filter(|row| self.grade(**row).is_some_and(|g| g.id == id))
                .count()
        };
        GroupScore {
            key: key.to_owned(),
            communities: rows.len(),
            scored,
            mean: rounded(sum.checked_div(&weights), plan.total_decimals),
            parts: codes.map(|code| (code.clone(), mean_of(code))).collect(),
            grades: grades
                .map(|grade| (grade.id.clone(), holding(&grade.id)))
                .collect(),
            ungraded: rows
                .iter()
                .filter(|row| self.grade(**row).is_none())
                .count(),
            rank: None,
        }
    }
}

fn rank(groups: &mut [GroupScore]) {
    let means: Vec<Option<i64>> = groups
        .iter()
        .map(|group| group.mean.map(Points::scaled))
        .collect();
    for (group, own) in groups.iter_mut().zip(&means) {
        group.rank =
            own.map(|own| 1 + means.iter().flatten().filter(|other| **other > own).count() as u32);
    }
}
