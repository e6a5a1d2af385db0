//! One community's scorecard as Python sees it.

mod lines;

use std::collections::BTreeMap;

use dabiao::Lang;
use dabiao::explain::Scorecard;
use pyo3::prelude::*;

use crate::convert::{number, points};
use crate::fault::{PyText, read_lang};
use crate::html;
use crate::results::lines_of;

pub(crate) use lines::{PyCardItem, PyCardSection, PyGradeGap, PyNextStep};

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
    ///
    /// Example:
    ///     >>> card.code
    ///     'c1'
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name, where the table has one.
    ///
    /// Example:
    ///     >>> card.name
    ///     '甲'
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What else the table says of it: district, street, ….
    ///
    /// Example:
    ///     >>> standard.card({"activities": 9, "district": "north"}).attributes
    ///     {'district': 'north'}
    #[getter]
    fn attributes(&self) -> BTreeMap<String, String> {
        self.0.attributes.clone()
    }

    /// The published total; ``None`` where nothing applies.
    ///
    /// Example:
    ///     >>> card.total
    ///     Decimal('2.25')
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.total)
    }

    /// The sections less deductions and vetoes' points.
    ///
    /// Example:
    ///     >>> card.total_before_bonus
    ///     Decimal('2.25')
    #[getter]
    fn total_before_bonus<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.total_before_bonus)
    }

    /// What the sections are worth together.
    ///
    /// Example:
    ///     >>> card.full_marks
    ///     Decimal('100')
    #[getter]
    fn full_marks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, &self.0.full_marks)
    }

    /// All bonuses together, capped.
    ///
    /// Example:
    ///     >>> card.bonus
    ///     Decimal('0.00')
    #[getter]
    fn bonus<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.bonus)
    }

    /// All deductions together, capped, as a positive number.
    ///
    /// Example:
    ///     >>> card.deductions
    ///     Decimal('0.00')
    #[getter]
    fn deductions<'py>(&self, py: Python<'py>) -> Number<'py> {
        points(py, self.0.deductions)
    }

    /// The id of the grade after vetoes.
    ///
    /// Example:
    ///     >>> print(card.grade)
    ///     developing
    #[getter]
    fn grade(&self) -> Option<&str> {
        self.0.grade.as_ref().map(|grade| grade.code.as_str())
    }

    /// The title of the grade after vetoes.
    ///
    /// Example:
    ///     >>> print(card.grade_title)
    ///     培育社区
    #[getter]
    fn grade_title(&self) -> Option<PyText> {
        self.0
            .grade
            .as_ref()
            .map(|grade| PyText(grade.title.clone()))
    }

    /// The id of the grade that the points earned, before vetoes.
    ///
    /// Example:
    ///     >>> print(card.grade_earned)
    ///     developing
    #[getter]
    fn grade_earned(&self) -> Option<&str> {
        self.0
            .grade_earned
            .as_ref()
            .map(|grade| grade.code.as_str())
    }

    /// What stands between it and the next better grade; ``None`` where it has the best.
    ///
    /// Example:
    ///     >>> card.next_grade.grade
    ///     'qualified'
    #[getter]
    fn next_grade(&self) -> Option<PyGradeGap> {
        self.0.next_grade.clone().map(PyGradeGap)
    }

    /// The place among ``of`` communities; ``None`` without one.
    ///
    /// Example:
    ///     >>> card.rank
    ///     1
    #[getter]
    fn rank(&self) -> Option<u32> {
        self.0.rank
    }

    /// How many communities were scored with it.
    ///
    /// Example:
    ///     >>> card.of
    ///     1
    #[getter]
    fn of(&self) -> usize {
        self.0.of
    }

    /// What its reader must know: ``"provisional"``, ``"imputed"``, ``"grade-taken"``,
    /// ``"no-total"``.
    ///
    /// Example:
    ///     >>> card.flags
    ///     ['provisional']
    #[getter]
    fn flags(&self) -> Vec<&'static str> {
        self.0.flags.clone()
    }

    /// The codes of the vetoes that hold.
    ///
    /// Example:
    ///     >>> card.vetoes
    ///     []
    #[getter]
    fn vetoes(&self) -> Vec<&str> {
        let held = self.0.vetoes.iter().filter(|veto| veto.holds);
        held.map(|veto| veto.code.as_str()).collect()
    }

    /// The names of the measures that are blank.
    ///
    /// Example:
    ///     >>> "activities" in card.missing, "training_hours" in card.missing
    ///     (False, True)
    #[getter]
    fn missing(&self) -> Vec<&str> {
        let lines = self.0.missing.iter();
        lines.map(|line| line.measure.as_str()).collect()
    }

    /// The top-level sections.
    ///
    /// Example:
    ///     >>> [section.code for section in card.sections]
    ///     ['1', '2', '3', '4', '5', '6']
    #[getter]
    fn sections(&self) -> Vec<PyCardSection> {
        self.0.sections.iter().cloned().map(PyCardSection).collect()
    }

    /// The items of all sections, in the order of the standard.
    ///
    /// Example:
    ///     >>> len(card.items), card.items[0].code
    ///     (33, '1.1')
    #[getter]
    fn items(&self) -> Vec<PyCardItem> {
        lines_of(&self.0)
            .into_iter()
            .cloned()
            .map(PyCardItem)
            .collect()
    }

    /// The bonuses that were observed.
    ///
    /// Example:
    ///     >>> card.bonus_items
    ///     []
    #[getter]
    fn bonus_items(&self) -> Vec<PyCardItem> {
        self.0.bonus_items.iter().cloned().map(PyCardItem).collect()
    }

    /// The deductions that were observed.
    ///
    /// Example:
    ///     >>> card.deduction_items
    ///     []
    #[getter]
    fn deduction_items(&self) -> Vec<PyCardItem> {
        let items = self.0.deduction_items.iter();
        items.cloned().map(PyCardItem).collect()
    }

    /// The item, bonus or deduction of a code.
    fn __getitem__(&self, code: &str) -> PyResult<PyCardItem> {
        let extras = self.0.bonus_items.iter().chain(&self.0.deduction_items);
        let mut lines = lines_of(&self.0).into_iter().chain(extras);
        let found = lines.find(|line| line.code == code);
        let missing = || pyo3::exceptions::PyKeyError::new_err(code.to_owned());
        found.cloned().map(PyCardItem).ok_or_else(missing)
    }

    /// The whole card in words, ``"zh"`` or ``"en"``: values, rules, points, points lost, and
    /// the next step that would win points.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> card.explain("en").splitlines()[0]
    ///     '甲 (c1)'
    #[pyo3(signature = (lang = "zh"))]
    fn explain(&self, lang: &str) -> PyResult<String> {
        Ok(self.0.explain(read_lang(lang)?))
    }

    /// The whole card as plain values, for JSON. Numbers are text, exact.
    ///
    /// Example:
    ///     >>> card.to_dict()["total"]
    ///     '2.25'
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(&self.0)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?;
        py.import("json")?.getattr("loads")?.call1((text,))
    }

    /// The card as a piece of HTML, ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> card.to_html("en")[:24]
    ///     '<div class="dabiao-card"'
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
