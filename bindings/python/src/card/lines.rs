//! The lines of a card: sections, items, next steps.

use dabiao::explain::{GradeGap, ItemLine, NextStep, SectionLine};
use dabiao::{Lang, Text};
use pyo3::prelude::*;

use super::Number;
use crate::convert::{number, points};
use crate::fault::PyText;

/// A section (大项) on one community's ``Card``.
///
/// Example:
///     >>> import dabiao
///     >>> section = dabiao.Standard.builtin("weihai-2020").card({"activities": 9}).sections[4]
///     >>> section.code, section.title.en, section.points, section.full, section.lost
///     ('5', 'Lively culture', Decimal('2.25'), Decimal('15'), Decimal('12.75'))
#[pyclass(frozen, module = "dabiao", name = "CardSection")]
pub(crate) struct PyCardSection(pub(super) SectionLine);

#[pymethods]
impl PyCardSection {
    /// Its code.
    ///
    /// Example:
    ///     >>> section.code
    ///     '5'
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its title.
    ///
    /// Example:
    ///     >>> section.title.zh
    ///     '文化精彩'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.0.title.clone())
    }

    /// Its published points; ``None`` where all of it is excluded.
    ///
    /// Example:
    ///     >>> section.points
    ///     Decimal('2.25')
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.points)
    }

    /// What it is worth.
    ///
    /// Example:
    ///     >>> section.full
    ///     Decimal('15')
    #[getter]
    fn full<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, &self.0.full)
    }

    /// What it falls short of that.
    ///
    /// Example:
    ///     >>> section.lost
    ///     Decimal('12.75')
    #[getter]
    fn lost<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.0
            .lost
            .as_ref()
            .map(|lost| number(py, lost))
            .transpose()
    }

    /// Its own items.
    ///
    /// Example:
    ///     >>> [item.code for item in section.items]
    ///     ['5.1', '5.2', '5.3', '5.4', '5.5']
    #[getter]
    fn items(&self) -> Vec<PyCardItem> {
        self.0.items.iter().cloned().map(PyCardItem).collect()
    }

    /// The sections inside it.
    ///
    /// Example:
    ///     >>> section.sections
    ///     []
    #[getter]
    fn sections(&self) -> Vec<PyCardSection> {
        self.0.sections.iter().cloned().map(PyCardSection).collect()
    }

    fn __repr__(&self) -> String {
        format!("<CardSection {}: {}>", self.0.code, self.0.title)
    }
}

/// An item (小项), a bonus or a deduction on one community's ``Card``.
///
/// Example:
///     >>> import dabiao
///     >>> item = dabiao.Standard.builtin("weihai-2020").card({"activities": 9})["5.2"]
///     >>> item.value.en, item.points, item.full, item.lost
///     ('9', Decimal('2.25'), Decimal('3'), Decimal('0.75'))
#[pyclass(frozen, module = "dabiao", name = "CardItem")]
pub(crate) struct PyCardItem(pub(super) ItemLine);

#[pymethods]
impl PyCardItem {
    /// Its code.
    ///
    /// Example:
    ///     >>> item.code
    ///     '5.2'
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its title.
    ///
    /// Example:
    ///     >>> item.title.en
    ///     'cultural and sports activities'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.0.title.clone())
    }

    /// Its published points; ``None`` where it is excluded. Of a deduction: what it takes off.
    ///
    /// Example:
    ///     >>> item.points
    ///     Decimal('2.25')
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.points)
    }

    /// Full marks; of a bonus or deduction its cap, if it has one.
    ///
    /// Example:
    ///     >>> item.full
    ///     Decimal('3')
    #[getter]
    fn full<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.0
            .full
            .as_ref()
            .map(|full| number(py, full))
            .transpose()
    }

    /// Points lost of full marks; ``None`` for bonuses, deductions and what is excluded.
    ///
    /// Example:
    ///     >>> item.lost
    ///     Decimal('0.75')
    #[getter]
    fn lost<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.lost)
    }

    /// What was observed, for people: ``91.2%``, ``优``, ``是``.
    ///
    /// Example:
    ///     >>> item.value.en
    ///     '9'
    #[getter]
    fn value(&self) -> Option<PyText> {
        let value = self.0.value.as_ref();
        value.map(|value| PyText(value.shown.clone()))
    }

    /// What was observed, as an exact number, where it is one.
    ///
    /// Example:
    ///     >>> item.exact_value
    ///     Decimal('9')
    #[getter]
    fn exact_value<'py>(&self, py: Python<'py>) -> Number<'py> {
        let exact = self.0.value.as_ref().and_then(|value| value.exact.as_ref());
        exact.map(|exact| number(py, exact)).transpose()
    }

    /// The rule and its conditions in words.
    ///
    /// Example:
    ///     >>> item.rule.en
    ///     'cultural and sports activities in the period: 0.25 for each one, at most 3'
    #[getter]
    fn rule(&self) -> PyText {
        PyText(self.0.rule.clone())
    }

    /// How it came to its points in words, where there is more to say than its value.
    ///
    /// Example:
    ///     >>> print(item.note)
    ///     None
    #[getter]
    fn note(&self) -> Option<PyText> {
        self.0.note.clone().map(PyText)
    }

    /// The nearest change that wins points.
    ///
    /// Example:
    ///     >>> item.next.gain
    ///     Decimal('0.25')
    #[getter]
    fn next(&self) -> Option<PyNextStep> {
        self.0.next.clone().map(PyNextStep)
    }

    fn __repr__(&self) -> String {
        let points = self
            .0
            .points
            .map_or("excluded".to_owned(), |points| points.to_string());
        format!(
            "<CardItem {} {}: {points}>",
            self.0.code,
            self.0.title.get(Lang::Zh)
        )
    }
}

/// The nearest change that wins an item published points.
///
/// Example:
///     >>> import dabiao
///     >>> step = dabiao.Standard.builtin("weihai-2020").card({"activities": 9})["5.2"].next
///     >>> step.wording.en
///     '9; at 10 it earns 2.5 instead of 2.25'
///     >>> step.points, step.gain
///     (Decimal('2.50'), Decimal('0.25'))
#[pyclass(frozen, module = "dabiao", name = "NextStep")]
pub(crate) struct PyNextStep(pub(super) NextStep);

#[pymethods]
impl PyNextStep {
    /// The code of the item or of the check whose value has to change.
    ///
    /// Example:
    ///     >>> step.code
    ///     '5.2'
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The item's points then; ``None`` where that is not known.
    ///
    /// Example:
    ///     >>> step.points
    ///     Decimal('2.50')
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.points)
    }

    /// How many points more that is.
    ///
    /// Example:
    ///     >>> step.gain
    ///     Decimal('0.25')
    #[getter]
    fn gain<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.gain)
    }

    /// In words: ``91.2%; at 95% it earns 3 instead of 2``.
    ///
    /// Example:
    ///     >>> step.wording.en
    ///     '9; at 10 it earns 2.5 instead of 2.25'
    #[getter]
    fn wording(&self) -> PyText {
        PyText(self.0.wording.clone())
    }

    fn __repr__(&self) -> String {
        format!(
            "<NextStep {}: {}>",
            self.0.code,
            self.0.wording.get(Lang::En)
        )
    }
}

/// What stands between a community and the next better grade.
///
/// Example:
///     >>> import dabiao
///     >>> gap = dabiao.Standard.builtin("weihai-2020").card({"activities": 9}).next_grade
///     >>> gap.grade, gap.vetoes
///     ('qualified', [])
///     >>> gap.wording.en.split(";")[0]
///     'total short by 72.75'
#[pyclass(frozen, module = "dabiao", name = "GradeGap")]
pub(crate) struct PyGradeGap(pub(super) GradeGap);

#[pymethods]
impl PyGradeGap {
    /// The id of the grade.
    ///
    /// Example:
    ///     >>> gap.grade
    ///     'qualified'
    #[getter]
    fn grade(&self) -> &str {
        &self.0.grade.code
    }

    /// The title of the grade.
    ///
    /// Example:
    ///     >>> gap.title.en
    ///     'qualified'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.0.grade.title.clone())
    }

    /// The codes of the vetoes in the way.
    ///
    /// Example:
    ///     >>> gap.vetoes
    ///     []
    #[getter]
    fn vetoes(&self) -> Vec<&str> {
        let vetoes = self.0.vetoes.iter();
        vetoes.map(|veto| veto.code.as_str()).collect()
    }

    /// All of it in words: ``total short by 1.25; 4 “A beautiful environment” short by 0.50``.
    ///
    /// Example:
    ///     >>> gap.wording.en.split(";")[1]
    ///     ' 1 “A capable team” short by 9.00'
    #[getter]
    fn wording(&self) -> PyText {
        let wording: &Text = &self.0.wording;
        PyText(wording.clone())
    }

    fn __repr__(&self) -> String {
        format!(
            "<GradeGap {}: {}>",
            self.0.grade.code,
            self.0.wording.get(Lang::En)
        )
    }
}
