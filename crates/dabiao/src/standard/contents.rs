//! What a standard holds, in the order of every result.

use crate::observations::Cell;
use crate::plan::MeasurePlan;
use crate::rational::Rational;
use crate::standard::Standard;
use crate::standard::document::{Item, MeasureKind, Section};

/// What a table of communities may hold of a measure, which is not always what is observed: a
/// yes-no of grids that is rolled up to a share is a number of its community, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed<'a> {
    /// The type of a community's value.
    pub kind: MeasureKind,
    /// The least value.
    pub min: Option<&'a Rational>,
    /// The greatest value.
    pub max: Option<&'a Rational>,
    /// The labels, where it is one: best first.
    pub labels: &'a [String],
}

impl Observed<'_> {
    /// The cell that a plain number stands for in an array: a number itself; a yes-no as 1 or
    /// 0; a label by its index; a date by the days since 1970-01-01.
    #[must_use]
    pub fn cell(&self, number: f64) -> Cell<'static> {
        let indexed = matches!(self.kind, MeasureKind::Label | MeasureKind::Date);
        if indexed && number.fract() == 0.0 && number.abs() < 1e15 {
            Cell::Index(number as i64)
        } else {
            Cell::Float(number)
        }
    }

    /// The same for a whole number.
    #[must_use]
    pub fn whole(&self, number: i64) -> Cell<'static> {
        if matches!(self.kind, MeasureKind::Label | MeasureKind::Date) {
            Cell::Index(number)
        } else {
            Cell::Integer(number)
        }
    }
}

impl Standard {
    /// All sections, each before its own sections.
    ///
    /// ```
    /// let standard = dabiao::Standard::builtin("weihai-2020")?;
    /// assert_eq!(standard.sections().len(), 6);
    /// assert_eq!(standard.items().len(), 33);
    /// # Ok::<(), dabiao::Faults>(())
    /// ```
    #[must_use]
    pub fn sections(&self) -> Vec<&Section> {
        let mut found = Vec::new();
        let mut next: Vec<&Section> = self.document().sections.iter().rev().collect();
        while let Some(section) = next.pop() {
            found.push(section);
            next.extend(section.sections.iter().rev());
        }
        found
    }

    /// The items of all sections; bonuses and deductions stand in the document alone.
    #[must_use]
    pub fn items(&self) -> Vec<&Item> {
        let sections = self.sections();
        sections.into_iter().flat_map(|s| &s.items).collect()
    }

    /// What a section is worth in its parent: its weight, or what its children add up to; the
    /// section is an index into [`Standard::sections`].
    #[must_use]
    pub fn worth(&self, section: usize) -> Option<&Rational> {
        self.plan().sections.get(section).map(|plan| &plan.worth)
    }

    /// What a point of an item is worth in the total, by the item's code: 1, unless a section
    /// around it has a weight. Nothing for an unknown code.
    ///
    /// ```
    /// let standard = dabiao::Standard::builtin("uci-communities")?;
    /// let first = standard.items()[0].id.clone();
    /// assert!(standard.worth_of(&first).unwrap() < dabiao::Rational::from(1));
    /// # Ok::<(), dabiao::Faults>(())
    /// ```
    #[must_use]
    pub fn worth_of(&self, item: &str) -> Option<Rational> {
        let plan = self.plan();
        let item = plan.items.iter().position(|held| held.code == item)?;
        let mut waiting: Vec<(usize, Rational)> =
            plan.top.iter().map(|id| (*id, Rational::ONE)).collect();
        while let Some((id, around)) = waiting.pop() {
            let section = plan.sections.get(id)?;
            let part = section.worth.checked_div(&section.children)?;
            let worth = &around * &part;
            if section.items.contains(&item) {
                return Some(worth);
            }
            waiting.extend(section.sections.iter().map(|id| (*id, worth.clone())));
        }
        None
    }

    /// What a community's value of a measure may be; the measure is an index into
    /// [`Document::measures`](crate::standard::document::Document::measures).
    #[must_use]
    pub fn observed(&self, measure: usize) -> Option<Observed<'_>> {
        // Further measures of the plan are copies that stand in divisions.
        let named = self.document().measures.len();
        let plan: &MeasurePlan = self.plan().measures.get(..named)?.get(measure)?;
        Some(Observed {
            kind: plan.kind,
            min: plan.min.as_ref(),
            max: plan.max.as_ref(),
            labels: &plan.labels,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Standard;

    #[test]
    fn the_order_is_that_of_the_plan() {
        let nested = r#"
            [standard]
            id = "nested"
            title = "Nested"
            [measures.a]
            type = "yes-no"
            [[section]]
            id = "1"
            title = "One"
            [[section.item]]
            id = "1.1"
            title = "a"
            points = 1
            value = "a"
            yes_no = {}
            [[section.section]]
            id = "1a"
            title = "One a"
            [[section.section.item]]
            id = "1a.1"
            title = "a"
            points = 1
            value = "a"
            yes_no = {}
            [[section]]
            id = "2"
            title = "Two"
            [[section.item]]
            id = "2.1"
            title = "a"
            points = 1
            value = "a"
            yes_no = {}
        "#;
        let read = Standard::from_toml(nested).unwrap();
        let builtin = Standard::builtin("weihai-2020").unwrap();
        let composite = Standard::builtin("uci-communities").unwrap();
        for standard in [read, builtin, composite] {
            let sections: Vec<&str> = standard.sections().iter().map(|s| s.id.as_str()).collect();
            let items: Vec<&str> = standard.items().iter().map(|i| i.id.as_str()).collect();
            let plan = standard.plan();
            assert!(plan.sections.iter().map(|s| &s.code).eq(sections));
            assert!(plan.items.iter().map(|i| &i.code).eq(items));
        }
    }
}
