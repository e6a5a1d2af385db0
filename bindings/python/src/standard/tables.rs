//! A standard's items, sections and measures as tables.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, StringArray};
use dabiao::{Lang, Rational};
use pyo3::prelude::*;

use super::PyStandard;
use crate::table::PyTable;

impl PyStandard {
    pub(crate) fn items_table(&self) -> PyResult<PyTable> {
        let mut rows = Texts::new(9);
        let extras = self.bonus().into_iter().chain(self.deductions());
        for item in self.items().into_iter().chain(extras) {
            let (zh, en) = (item.words(Lang::Zh), item.words(Lang::En));
            rows.push(&[
                Some(item.item.id.clone()),
                item.section.clone(),
                Some(item.kind().to_owned()),
                Some(item.item.title.get(Lang::Zh).to_owned()),
                Some(item.item.title.get(Lang::En).to_owned()),
                item.item.points.as_ref().map(Rational::to_string),
                item.value(),
                Some(zh),
                Some(en),
            ]);
        }
        rows.table(
            "items",
            &[
                "code", "section", "kind", "title_zh", "title_en", "points", "value", "rule_zh",
                "rule_en",
            ],
        )
    }

    pub(crate) fn sections_table(&self) -> PyResult<PyTable> {
        let mut rows = Texts::new(6);
        for (section, parent) in self.all_sections() {
            rows.push(&[
                Some(section.id.clone()),
                parent.map(str::to_owned),
                Some(section.title.get(Lang::Zh).to_owned()),
                Some(section.title.get(Lang::En).to_owned()),
                section.points.as_ref().map(Rational::to_string),
                section.weight.as_ref().map(Rational::to_string),
            ]);
        }
        let names = ["code", "parent", "title_zh", "title_en", "points", "weight"];
        rows.table("sections", &names)
    }

    pub(crate) fn measures_table(&self) -> PyResult<PyTable> {
        let mut rows = Texts::new(9);
        for measure in self.measures() {
            let labels = measure.labels();
            let held = &measure.measure;
            rows.push(&[
                Some(held.name.clone()),
                Some(held.title.get(Lang::Zh).to_owned()),
                Some(held.title.get(Lang::En).to_owned()),
                Some(measure.kind().to_owned()),
                held.unit.clone(),
                held.min.as_ref().map(Rational::to_string),
                held.max.as_ref().map(Rational::to_string),
                (!labels.is_empty()).then(|| labels.join(";")),
                Some(held.level.as_str().to_owned()),
            ]);
        }
        rows.table(
            "measures",
            &[
                "name", "title_zh", "title_en", "type", "unit", "min", "max", "labels", "level",
            ],
        )
    }
}

/// A table of texts, row by row.
struct Texts(Vec<StringBuilder>);

impl Texts {
    fn new(columns: usize) -> Texts {
        Texts((0..columns).map(|_| StringBuilder::new()).collect())
    }

    fn push(&mut self, row: &[Option<String>]) {
        for (column, text) in self.0.iter_mut().zip(row) {
            column.append_option(text.as_deref());
        }
    }

    fn table(self, title: &str, names: &[&str]) -> PyResult<PyTable> {
        let arrays = self.0.into_iter().map(|mut column| {
            let array: StringArray = column.finish();
            Arc::new(array) as ArrayRef
        });
        let columns = names
            .iter()
            .zip(arrays)
            .map(|(name, array)| (*name, true, array));
        PyTable::new(title, columns.collect())
    }
}
