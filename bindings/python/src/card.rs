//! One community's scorecard as Python sees it.

use std::collections::BTreeMap;

use dabiao::explain::{GradeGap, ItemLine, NextStep, Scorecard, SectionLine};
use dabiao::{Lang, Text};
use pyo3::prelude::*;

use crate::convert::{number, points};
use crate::fault::{PyText, read_lang};
use crate::html;
use crate::results::lines_of as lines;

/// All that the standard says about one community (计分卡).
///
/// Example:
///     >>> import dabiao
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> card = standard.score({"code": ["c1"], "name": ["甲"], "activities": [9]}).card("c1")
///     >>> card.name, card.total, card.rank, card.of
///     ('甲', Decimal('2.25'), 1, 1)
///     >>> card["5.2"].lost, card["5.2"].next.gain
///     (Decimal('0.75'), Decimal('0.25'))
///     >>> print(card.explain("en").splitlines()[0])
///     甲 (c1)
#[pyclass(frozen, module = "dabiao", name = "Card")]
pub(crate) struct PyCard(pub(crate) Scorecard);

type Number<'py> = PyResult<Option<Bound<'py, PyAny>>>;

#[pymethods]
impl PyCard {
    /// The community's code.
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name, where the table has one.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What else the table says of it: district, street, ….
    #[getter]
    fn attributes(&self) -> BTreeMap<String, String> {
        self.0.attributes.clone()
    }

    /// The published total; ``None`` where nothing applies.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.total)
    }

    /// The sections less deductions and vetoes' points.
    #[getter]
    fn total_before_bonus<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.total_before_bonus)
    }

    /// What the sections are worth together.
    #[getter]
    fn full_marks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, &self.0.full_marks)
    }

    /// All bonuses together, capped.
    #[getter]
    fn bonus<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.bonus)
    }

    /// All deductions together, capped, as a positive number.
    #[getter]
    fn deductions<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.deductions)
    }

    /// The id of the grade after vetoes.
    #[getter]
    fn grade(&self) -> Option<&str> {
        self.0.grade.as_ref().map(|grade| grade.code.as_str())
    }

    /// The title of the grade after vetoes.
    #[getter]
    fn grade_title(&self) -> Option<PyText> {
        self.0
            .grade
            .as_ref()
            .map(|grade| PyText(grade.title.clone()))
    }

    /// The id of the grade that the points earned, before vetoes.
    #[getter]
    fn grade_earned(&self) -> Option<&str> {
        self.0
            .grade_earned
            .as_ref()
            .map(|grade| grade.code.as_str())
    }

    /// What stands between it and the next better grade; ``None`` where it has the best.
    #[getter]
    fn next_grade(&self) -> Option<PyGradeGap> {
        self.0.next_grade.clone().map(PyGradeGap)
    }

    /// The place among ``of`` communities; ``None`` without one.
    #[getter]
    fn rank(&self) -> Option<u32> {
        self.0.rank
    }

    /// How many communities were scored with it.
    #[getter]
    fn of(&self) -> usize {
        self.0.of
    }

    /// What its reader must know: ``"provisional"``, ``"imputed"``, ``"grade-taken"``,
    /// ``"no-total"``.
    #[getter]
    fn flags(&self) -> Vec<&'static str> {
        self.0.flags.clone()
    }

    /// The codes of the vetoes that hold.
    #[getter]
    fn vetoes(&self) -> Vec<&str> {
        let held = self.0.vetoes.iter().filter(|veto| veto.holds);
        held.map(|veto| veto.code.as_str()).collect()
    }

    /// The names of the measures that are blank.
    #[getter]
    fn missing(&self) -> Vec<&str> {
        let lines = self.0.missing.iter();
        lines.map(|line| line.measure.as_str()).collect()
    }

    /// The top-level sections.
    #[getter]
    fn sections(&self) -> Vec<PyCardSection> {
        self.0.sections.iter().cloned().map(PyCardSection).collect()
    }

    /// The items of all sections, in the order of the standard.
    #[getter]
    fn items(&self) -> Vec<PyCardItem> {
        lines(&self.0)
            .into_iter()
            .cloned()
            .map(PyCardItem)
            .collect()
    }

    /// The bonuses that were observed.
    #[getter]
    fn bonus_items(&self) -> Vec<PyCardItem> {
        self.0.bonus_items.iter().cloned().map(PyCardItem).collect()
    }

    /// The deductions that were observed.
    #[getter]
    fn deduction_items(&self) -> Vec<PyCardItem> {
        let items = self.0.deduction_items.iter();
        items.cloned().map(PyCardItem).collect()
    }

    /// The item, bonus or deduction of a code.
    fn __getitem__(&self, code: &str) -> PyResult<PyCardItem> {
        let extras = self.0.bonus_items.iter().chain(&self.0.deduction_items);
        let mut lines = lines(&self.0).into_iter().chain(extras);
        let found = lines.find(|line| line.code == code);
        let missing = || pyo3::exceptions::PyKeyError::new_err(code.to_owned());
        found.cloned().map(PyCardItem).ok_or_else(missing)
    }

    /// The whole card in words, ``"zh"`` or ``"en"``: values, rules, points, points lost, and
    /// the next step that would win points.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    #[pyo3(signature = (lang = "zh"))]
    fn explain(&self, lang: &str) -> PyResult<String> {
        Ok(self.0.explain(read_lang(lang)?))
    }

    /// The whole card as plain values, for JSON. Numbers are text, exact.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(&self.0)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?;
        py.import("json")?.getattr("loads")?.call1((text,))
    }

    /// The card as a piece of HTML, ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    #[pyo3(signature = (lang = "zh"))]
    fn to_html(&self, lang: &str) -> PyResult<String> {
        Ok(html::card(&self.0, read_lang(lang)?))
    }

    fn _repr_html_(&self) -> String {
        html::card(&self.0, Lang::Zh)
    }

    fn __str__(&self) -> String {
        self.0.explain(Lang::Zh)
    }

    fn __repr__(&self) -> String {
        let total = self
            .0
            .total
            .map_or("no total".to_owned(), |total| total.to_string());
        format!("<Card {}: {total}>", self.0.code)
    }
}

/// A section (大项) on one community's ``Card``.
///
/// Example:
///     >>> import dabiao
///     >>> section = dabiao.Standard.builtin("weihai-2020").card({"activities": 9}).sections[4]
///     >>> section.code, section.title.en, section.points, section.full, section.lost
///     ('5', 'Lively culture', Decimal('2.25'), Decimal('15'), Decimal('12.75'))
#[pyclass(frozen, module = "dabiao", name = "CardSection")]
pub(crate) struct PyCardSection(SectionLine);

#[pymethods]
impl PyCardSection {
    /// Its code.
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its title.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.0.title.clone())
    }

    /// Its published points; ``None`` where all of it is excluded.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.points)
    }

    /// What it is worth.
    #[getter]
    fn full<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, &self.0.full)
    }

    /// What it falls short of that.
    #[getter]
    fn lost<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.0
            .lost
            .as_ref()
            .map(|lost| number(py, lost))
            .transpose()
    }

    /// Its own items.
    #[getter]
    fn items(&self) -> Vec<PyCardItem> {
        self.0.items.iter().cloned().map(PyCardItem).collect()
    }

    /// The sections inside it.
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
pub(crate) struct PyCardItem(ItemLine);

#[pymethods]
impl PyCardItem {
    /// Its code.
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its title.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.0.title.clone())
    }

    /// Its published points; ``None`` where it is excluded. Of a deduction: what it takes off.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.points)
    }

    /// Full marks; of a bonus or deduction its cap, if it has one.
    #[getter]
    fn full<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.0
            .full
            .as_ref()
            .map(|full| number(py, full))
            .transpose()
    }

    /// Points lost of full marks; ``None`` for bonuses, deductions and what is excluded.
    #[getter]
    fn lost<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.lost)
    }

    /// What was observed, for people: ``91.2%``, ``优``, ``是``.
    #[getter]
    fn value(&self) -> Option<PyText> {
        let value = self.0.value.as_ref();
        value.map(|value| PyText(value.shown.clone()))
    }

    /// What was observed, as an exact number, where it is one.
    #[getter]
    fn exact_value<'py>(&self, py: Python<'py>) -> Number<'py> {
        let exact = self.0.value.as_ref().and_then(|value| value.exact.as_ref());
        exact.map(|exact| number(py, exact)).transpose()
    }

    /// The rule and its conditions in words.
    #[getter]
    fn rule(&self) -> PyText {
        PyText(self.0.rule.clone())
    }

    /// How it came to its points in words, where there is more to say than its value.
    #[getter]
    fn note(&self) -> Option<PyText> {
        self.0.note.clone().map(PyText)
    }

    /// The nearest change that wins points.
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
///     >>> item = dabiao.Standard.builtin("weihai-2020").card({"activities": 9})["5.2"]
///     >>> item.next.wording.en
///     '9; at 10 it earns 2.5 instead of 2.25'
///     >>> item.next.points, item.next.gain
///     (Decimal('2.50'), Decimal('0.25'))
#[pyclass(frozen, module = "dabiao", name = "NextStep")]
pub(crate) struct PyNextStep(NextStep);

#[pymethods]
impl PyNextStep {
    /// The code of the item or of the check whose value has to change.
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The item's points then; ``None`` where that is not known.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.points)
    }

    /// How many points more that is.
    #[getter]
    fn gain<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.gain)
    }

    /// In words: ``91.2%; at 95% it earns 3 instead of 2``.
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
///     >>> card = dabiao.Standard.builtin("weihai-2020").card({"activities": 9})
///     >>> card.grade, card.next_grade.grade, card.next_grade.vetoes
///     ('developing', 'qualified', [])
///     >>> card.next_grade.wording.en.split(";")[0]
///     'total short by 72.75'
#[pyclass(frozen, module = "dabiao", name = "GradeGap")]
pub(crate) struct PyGradeGap(GradeGap);

#[pymethods]
impl PyGradeGap {
    /// The id of the grade.
    #[getter]
    fn grade(&self) -> &str {
        &self.0.grade.code
    }

    /// The title of the grade.
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.0.grade.title.clone())
    }

    /// The codes of the vetoes in the way.
    #[getter]
    fn vetoes(&self) -> Vec<&str> {
        let vetoes = self.0.vetoes.iter();
        vetoes.map(|veto| veto.code.as_str()).collect()
    }

    /// All of it in words: ``total short by 1.25; 4 “A beautiful environment” short by 0.50``.
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
