//! Sections, and points that must add up.

use super::{At, Checker, Worth};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::Section;

impl<'d> Checker<'d> {
    /// Every section with its items; what each is worth is kept for grades and vetoes.
    pub(super) fn sections(&mut self) {
        let document = self.document;
        let mut total: Worth = (!self.places.is_broken("section")).then_some(Rational::ZERO);
        for (index, section) in document.sections.iter().enumerate() {
            let worth = self.section(section, &At::new(format!("section[{index}]"), &section.id));
            total = total.zip(worth).map(|(total, worth)| &total + &worth);
        }
        let at = At::new("standard", "");
        if document.sections.is_empty() && !self.places.is_broken("section") {
            let fault = self
                .fault(FaultCode::MissingKey, &at)
                .expected(Text::from("section"));
            self.push(fault);
            return;
        }
        if let Some(points) = &document.points
            && self.above_zero(&at.key("points"), points)
        {
            self.adds_up(&at.key("points"), points, &total);
        }
    }

    fn section(&mut self, section: &'d Section, at: &At<'d>) -> Worth {
        let whole = |key: &str| !self.places.is_broken(&format!("{}.{key}", at.path));
        let mut sum: Worth = (whole("item") && whole("section")).then_some(Rational::ZERO);
        for (index, item) in section.items.iter().enumerate() {
            let worth = self.item(item, &at.index("item", index));
            self.worth.insert(&item.id, worth.clone());
            sum = sum.zip(worth).map(|(sum, worth)| &sum + &worth);
        }
        for (index, inner) in section.sections.iter().enumerate() {
            let at = At::new(format!("{}.section[{index}]", at.path), &inner.id);
            let worth = self.section(inner, &at);
            sum = sum.zip(worth).map(|(sum, worth)| &sum + &worth);
        }
        let empty = section.items.is_empty() && section.sections.is_empty();
        if empty && !self.is_broken(&at.key("item")) && !self.is_broken(&at.key("section")) {
            let fault = self.fault(FaultCode::MissingKey, at);
            self.push(fault.expected(Text::new("item 或 section", "item or section")));
        }
        if let Some(points) = &section.points
            && self.above_zero(&at.key("points"), points)
            && !empty
        {
            self.adds_up(&at.key("points"), points, &sum);
        }
        let worth = match &section.weight {
            Some(weight) => self
                .above_zero(&at.key("weight"), weight)
                .then(|| weight.clone()),
            None if self.is_broken(&at.key("weight")) => None,
            None => sum,
        };
        self.worth.insert(&section.id, worth.clone());
        worth
    }

    fn adds_up(&mut self, at: &At<'_>, declared: &Rational, sum: &Worth) {
        if let Some(sum) = sum
            && sum != declared
        {
            let fault = self.fault(FaultCode::PointsSum, at).found(declared);
            self.push(fault.expected(Text::new(
                format!("各部分合计 {sum}"),
                format!("{sum}, the sum of its parts"),
            )));
        }
    }
}
