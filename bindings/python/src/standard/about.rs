//! What a standard says of itself.

use dabiao::explain::Role;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;

use super::PyStandard;
use crate::convert::number;
use crate::fault::PyText;
use crate::parts::{PyItem, PyMeasure, PySection};
use crate::table::PyTable;

#[pymethods]
impl PyStandard {
    /// Its id, such as ``"weihai-2020"``.
    ///
    /// Example:
    ///     >>> standard.id
    ///     'weihai-2020'
    #[getter]
    fn id(&self) -> &str {
        &self.document().id
    }

    /// Its version, as its authors write it.
    ///
    /// Example:
    ///     >>> standard.version
    ///     '2020-07 (draft 1)'
    #[getter]
    fn version(&self) -> Option<&str> {
        self.document().version.as_deref()
    }

    /// Its title.
    ///
    /// Example:
    ///     >>> standard.title.en
    ///     'Refined, Happy Community'
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.document().title.clone())
    }

    /// What is official in it and what is drafted; to be shown wherever the standard is.
    ///
    /// Example:
    ///     >>> standard.notice.en.split(":")[0]
    ///     'From the announcement come only the titles and order of the six sections, the number of 33 items, and the phrases that it uses. The annex with the 33 items is not public'
    #[getter]
    fn notice(&self) -> Option<PyText> {
        self.document().notice.clone().map(PyText)
    }

    /// Where it was published.
    ///
    /// Example:
    ///     >>> standard.source
    ///     '威海《“精致幸福社区”示范创建活动方案》 (announced 2020-07-23)'
    #[getter]
    fn source(&self) -> Option<&str> {
        self.document().source.as_deref()
    }

    /// The SHA-256 of its canonical form in hexadecimal, the same for TOML and JSON.
    ///
    /// Example:
    ///     >>> len(standard.digest)
    ///     64
    #[getter]
    fn digest(&self) -> &str {
        self.inner.digest()
    }

    /// Its text as it was read, with its comments.
    ///
    /// Example:
    ///     >>> standard.text.splitlines()[0]
    ///     '# “精致幸福社区”示范创建标准 / "Refined, Happy Community" demonstration standard.'
    #[getter]
    fn text(&self) -> &str {
        self.origin.text()
    }

    /// Full marks: what the top-level sections are worth together.
    ///
    /// Example:
    ///     >>> standard.full_marks
    ///     Decimal('100')
    #[getter]
    fn full_marks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number(py, self.inner.full_marks())
    }

    /// Whether any of its rules looks at a cohort: a table may then be scored in parts only with
    /// the statistics of the whole.
    ///
    /// Example:
    ///     >>> standard.looks_at_cohorts
    ///     False
    #[getter]
    fn looks_at_cohorts(&self) -> bool {
        self.inner.looks_at_cohorts()
    }

    /// How many digits points have.
    ///
    /// Example:
    ///     >>> standard.decimals
    ///     2
    #[getter]
    fn decimals(&self) -> u8 {
        self.document().decimals
    }

    /// The top-level sections, in the order of the standard.
    ///
    /// Example:
    ///     >>> [section.title.en for section in standard.sections][:2]
    ///     ['A capable team', 'Careful governance']
    #[getter]
    fn sections(&self) -> Vec<PySection> {
        let sections = self.document().sections.iter();
        sections
            .map(|section| self.section(section, None))
            .collect()
    }

    /// The items of all sections, in the order of the standard.
    ///
    /// Example:
    ///     >>> standard.items[0].code, standard.items[-1].code
    ///     ('1.1', '6.3')
    #[getter]
    pub(crate) fn items(&self) -> Vec<PyItem> {
        let sections = self.all_sections().into_iter();
        let items = sections.flat_map(|(section, _)| {
            let items = section.items.iter();
            items.map(|item| self.made_item(item, Some(&section.id), Role::Item))
        });
        items.collect()
    }

    /// The bonuses (加分项).
    ///
    /// Example:
    ///     >>> [item.code for item in standard.bonus]
    ///     ['B1', 'B2', 'B3']
    #[getter]
    pub(crate) fn bonus(&self) -> Vec<PyItem> {
        let items = self.document().bonus.iter();
        items
            .map(|item| self.made_item(item, None, Role::Bonus))
            .collect()
    }

    /// The deductions (扣分项).
    ///
    /// Example:
    ///     >>> [item.code for item in standard.deductions]
    ///     []
    #[getter]
    pub(crate) fn deductions(&self) -> Vec<PyItem> {
        let items = self.document().deductions.iter();
        items
            .map(|item| self.made_item(item, None, Role::Deduction))
            .collect()
    }

    /// The measures (指标), which a table may have as columns.
    ///
    /// Example:
    ///     >>> standard.measures[0].name
    ///     'organisation_coverage'
    #[getter]
    pub(crate) fn measures(&self) -> Vec<PyMeasure> {
        let measures = self.document().measures.iter();
        let made = measures.map(|measure| PyMeasure {
            standard: self.inner.clone(),
            measure: measure.clone(),
        });
        made.collect()
    }

    /// The grades, best first: each its id and its title.
    ///
    /// Example:
    ///     >>> [grade for grade, title in standard.grades]
    ///     ['demonstration', 'qualified', 'developing']
    #[getter]
    fn grades(&self) -> Vec<(String, PyText)> {
        let grades = self.document().grades.iter();
        grades
            .map(|grade| (grade.id.clone(), PyText(grade.title.clone())))
            .collect()
    }

    /// The vetoes (一票否决): each its id and its title.
    ///
    /// Example:
    ///     >>> [code for code, title in standard.vetoes]
    ///     ['V1', 'V2', 'V3']
    #[getter]
    fn vetoes(&self) -> Vec<(String, PyText)> {
        let vetoes = self.document().vetoes.iter();
        vetoes
            .map(|veto| (veto.id.clone(), PyText(veto.title.clone())))
            .collect()
    }

    /// Its items, sections or measures as a table.
    ///
    /// Args:
    ///     of: ``"items"``, ``"sections"`` or ``"measures"``.
    ///
    /// Raises:
    ///     ValueError: For anything else.
    ///
    /// Example:
    ///     >>> standard.table("sections").to_dicts()[0]["title_en"]
    ///     'A capable team'
    #[pyo3(signature = (of = "items"))]
    fn table(&self, of: &str) -> PyResult<PyTable> {
        match of {
            "items" => self.items_table(),
            "sections" => self.sections_table(),
            "measures" => self.measures_table(),
            _ => Err(PyValueError::new_err(format!(
                "no table of {of:?}: expected items, sections or measures"
            ))),
        }
    }

    /// The item, bonus or deduction of a code.
    ///
    /// Raises:
    ///     KeyError: If no item has the code.
    ///
    /// Example:
    ///     >>> standard.item("2.3").points
    ///     Decimal('3')
    fn item(&self, code: &str) -> PyResult<PyItem> {
        let document = self.document();
        let sections = self.all_sections().into_iter().flat_map(|(section, _)| {
            let inside = section.items.iter();
            inside.map(move |item| (item, Some(section.id.as_str()), Role::Item))
        });
        let bonus = document.bonus.iter().map(|item| (item, None, Role::Bonus));
        let deductions = document.deductions.iter();
        let deductions = deductions.map(|item| (item, None, Role::Deduction));
        let found = sections
            .chain(bonus)
            .chain(deductions)
            .find(|(item, _, _)| item.id == code);
        let (item, section, role) = found.ok_or_else(|| PyKeyError::new_err(code.to_owned()))?;
        Ok(self.made_item(item, section, role))
    }

    /// The section, item, bonus or deduction of a code.
    ///
    /// Raises:
    ///     KeyError: If nothing has the code.
    fn __getitem__<'py>(&self, py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
        let sections = self.all_sections().into_iter();
        for (section, parent) in sections {
            if section.id == code {
                return Ok(self.section(section, parent).into_pyobject(py)?.into_any());
            }
        }
        Ok(self.item(code)?.into_pyobject(py)?.into_any())
    }
}
