//! The parts of a standard as Python sees them: sections, items, measures.

use dabiao::explain::{Role, Words};
use dabiao::standard::document as doc;
use dabiao::{Lang, Standard};
use pyo3::prelude::*;

use crate::convert::number;
use crate::fault::{PyText, read_lang};

/// A titled group of items (大项), of a ``Standard``.
///
/// Example:
///     >>> import dabiao
///     >>> section = dabiao.Standard.builtin("weihai-2020").sections[1]
///     >>> section.code, section.title.en, section.points, len(section.items)
///     ('2', 'Careful governance', Decimal('20'), 6)
#[pyclass(frozen, module = "dabiao", name = "Section")]
pub(crate) struct PySection {
    pub(crate) standard: Standard,
    pub(crate) section: doc::Section,
    pub(crate) parent: Option<String>,
}

#[pymethods]
impl PySection {
    /// Its code, such as ``"2"``.
    ///
    /// Example:
    ///     >>> section.code
    ///     '2'
    #[getter]
    fn code(&self) -> &str {
        &self.section.id
    }

    /// Its title.
    ///
    /// Example:
    ///     >>> section.title.zh
    ///     '治理精细'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.section.title.clone())
    }

    /// The code of the section around it; ``None`` at the top.
    ///
    /// Example:
    ///     >>> print(section.parent)
    ///     None
    #[getter]
    fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// The points that are declared for it.
    ///
    /// Example:
    ///     >>> section.points
    ///     Decimal('20')
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.section
            .points
            .as_ref()
            .map(|points| number(py, points))
            .transpose()
    }

    /// What it is worth in its parent whatever its children add up to, where that is declared.
    ///
    /// Example:
    ///     >>> print(section.weight)
    ///     None
    #[getter]
    fn weight<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.section
            .weight
            .as_ref()
            .map(|weight| number(py, weight))
            .transpose()
    }

    /// Its own items.
    ///
    /// Example:
    ///     >>> section.items[0].code
    ///     '2.1'
    #[getter]
    fn items(&self) -> Vec<PyItem> {
        let items = self.section.items.iter().map(|item| PyItem {
            standard: self.standard.clone(),
            item: item.clone(),
            section: Some(self.section.id.clone()),
            role: Role::Item,
        });
        items.collect()
    }

    /// The sections inside it.
    ///
    /// Example:
    ///     >>> section.sections
    ///     []
    #[getter]
    fn sections(&self) -> Vec<PySection> {
        let sections = self.section.sections.iter().map(|section| PySection {
            standard: self.standard.clone(),
            section: section.clone(),
            parent: Some(self.section.id.clone()),
        });
        sections.collect()
    }

    fn __repr__(&self) -> String {
        format!("<Section {}: {}>", self.section.id, self.section.title)
    }
}

/// A leaf that earns points (小项), a bonus or a deduction of a ``Standard``.
///
/// Example:
///     >>> import dabiao
///     >>> item = dabiao.Standard.builtin("weihai-2020")["4.2"]
///     >>> item.section, item.rule, item.value, item.points
///     ('4', 'curve', 'green_area / area', Decimal('2'))
#[pyclass(frozen, module = "dabiao", name = "Item")]
pub(crate) struct PyItem {
    pub(crate) standard: Standard,
    pub(crate) item: doc::Item,
    pub(crate) section: Option<String>,
    pub(crate) role: Role,
}

impl PyItem {
    pub(crate) fn words(&self, lang: Lang) -> String {
        Words::new(self.standard.document(), lang).item(&self.item, self.role)
    }
}

#[pymethods]
impl PyItem {
    /// Its code, such as ``"2.4"``.
    ///
    /// Example:
    ///     >>> item.code
    ///     '4.2'
    #[getter]
    fn code(&self) -> &str {
        &self.item.id
    }

    /// Its title.
    ///
    /// Example:
    ///     >>> item.title.zh
    ///     '绿化'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.item.title.clone())
    }

    /// The code of its section; ``None`` for a bonus or a deduction.
    ///
    /// Example:
    ///     >>> item.section
    ///     '4'
    #[getter]
    fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    /// ``"item"``, ``"bonus"`` or ``"deduction"``.
    ///
    /// Example:
    ///     >>> item.kind
    ///     'item'
    #[getter]
    pub(crate) fn kind(&self) -> &'static str {
        match self.role {
            Role::Bonus => "bonus",
            Role::Deduction => "deduction",
            _ => "item",
        }
    }

    /// Full marks; the cap of a bonus or a deduction, if it has one.
    ///
    /// Example:
    ///     >>> item.points
    ///     Decimal('2')
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.item
            .points
            .as_ref()
            .map(|points| number(py, points))
            .transpose()
    }

    /// The expression that its rule looks at; ``None`` for a checklist of boxes and for checks.
    ///
    /// Example:
    ///     >>> item.value
    ///     'green_area / area'
    #[getter]
    pub(crate) fn value(&self) -> Option<String> {
        self.item.marking.value.as_ref().map(ToString::to_string)
    }

    /// What the assessor wants to see.
    ///
    /// Example:
    ///     >>> item.evidence.en
    ///     "survey of green areas, proof of the community's area"
    #[getter]
    fn evidence(&self) -> Option<PyText> {
        self.item.evidence.clone().map(PyText)
    }

    /// The key of its rule, such as ``"bands"`` or ``"curve"``.
    ///
    /// Example:
    ///     >>> item.rule
    ///     'curve'
    #[getter]
    fn rule(&self) -> &'static str {
        match self.item.marking.rule {
            doc::Rule::Award { .. } => "award",
            doc::Rule::YesNo { .. } => "yes_no",
            doc::Rule::Levels(_) => "levels",
            doc::Rule::Checklist(_) => "checklist",
            doc::Rule::Bands { .. } => "bands",
            doc::Rule::Curve(_) => "curve",
            doc::Rule::PerUnit(_) => "per_unit",
            doc::Rule::Rank(_) => "rank",
            doc::Rule::ShareOfBest { .. } => "share_of_best",
            doc::Rule::ShareOfMean { .. } => "share_of_mean",
            doc::Rule::MinMax { .. } => "min_max",
            doc::Rule::Checks(_) => "checks",
        }
    }

    /// Its rule and its conditions in words, ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> print(item.rule_in_words("en").splitlines()[0])
    ///     green area ÷ area of the community: 20% or less earns 0, 35% or more earns 2, in proportion between. Where “area of the community” is 0: counts as blank
    #[pyo3(signature = (lang = "zh"))]
    fn rule_in_words(&self, lang: &str) -> PyResult<String> {
        Ok(self.words(read_lang(lang)?))
    }

    fn __repr__(&self) -> String {
        format!("<Item {}: {}>", self.item.id, self.item.title)
    }
}

/// A named quantity that is observed (指标), of a ``Standard``: a column of a table.
///
/// Example:
///     >>> import dabiao
///     >>> measure = dabiao.Standard.builtin("weihai-2020").measures[0]
///     >>> measure.name, measure.kind, measure.unit, measure.max
///     ('organisation_coverage', 'number', '%', Decimal('100'))
#[pyclass(frozen, module = "dabiao", name = "Measure")]
pub(crate) struct PyMeasure {
    pub(crate) standard: Standard,
    pub(crate) measure: doc::Measure,
}

#[pymethods]
impl PyMeasure {
    /// Its name: the heading of its column.
    ///
    /// Example:
    ///     >>> measure.name
    ///     'organisation_coverage'
    #[getter]
    fn name(&self) -> &str {
        &self.measure.name
    }

    /// Its title, which a column may have for a heading as well.
    ///
    /// Example:
    ///     >>> measure.title.zh
    ///     '四级组织覆盖率'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.measure.title.clone())
    }

    /// ``"count"``, ``"number"``, ``"yes-no"``, ``"label"`` or ``"date"``.
    ///
    /// Example:
    ///     >>> measure.kind
    ///     'number'
    #[getter]
    pub(crate) fn kind(&self) -> &'static str {
        match self.measure.kind {
            doc::MeasureKind::Count => "count",
            doc::MeasureKind::Number => "number",
            doc::MeasureKind::YesNo => "yes-no",
            doc::MeasureKind::Label => "label",
            doc::MeasureKind::Date => "date",
        }
    }

    /// The unit of its numbers, such as ``"%"`` or ``"m²"``.
    ///
    /// Example:
    ///     >>> measure.unit
    ///     '%'
    #[getter]
    fn unit(&self) -> Option<&str> {
        self.measure.unit.as_deref()
    }

    /// The least value allowed.
    ///
    /// Example:
    ///     >>> measure.min
    ///     Decimal('0')
    #[getter]
    fn min<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.measure
            .min
            .as_ref()
            .map(|min| number(py, min))
            .transpose()
    }

    /// The greatest value allowed.
    ///
    /// Example:
    ///     >>> measure.max
    ///     Decimal('100')
    #[getter]
    fn max<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.measure
            .max
            .as_ref()
            .map(|max| number(py, max))
            .transpose()
    }

    /// The labels that it may take, best first.
    ///
    /// Example:
    ///     >>> measure.labels
    ///     []
    #[getter]
    pub(crate) fn labels(&self) -> Vec<String> {
        self.standard.document().labels_of(&self.measure)
    }

    /// Where it is collected: ``"street"``, ``"community"``, ``"grid"``, ``"building"`` or
    /// ``"compound"``.
    ///
    /// Example:
    ///     >>> measure.level
    ///     'community'
    #[getter]
    fn level(&self) -> &'static str {
        self.measure.level.as_str()
    }

    fn __repr__(&self) -> String {
        format!("<Measure {}: {}>", self.measure.name, self.measure.title)
    }
}
