//! Why communities score what they do, and what follows from it.

use dabiao::campaign::Selection;
use dabiao::{Lang, Scores};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use super::PyScores;
use crate::card::PyCard;
use crate::errors::{Doing, Problem, raise};
use crate::fault::read_lang;
use crate::results;
use crate::selection::{self, PySelection};
use crate::table::PyTable;
use crate::watch::Watch;

#[pymethods]
impl PyScores {
    /// One community's scorecard, explained.
    ///
    /// Raises:
    ///     KeyError: If no community has the code.
    ///
    /// Example:
    ///     >>> scores.card("c1").total
    ///     Decimal('2.25')
    fn card(&self, py: Python<'_>, code: &str) -> PyResult<PyCard> {
        let row = self.row(code)?;
        let card = py.detach(|| self.inner.card(row));
        card.map(PyCard)
            .ok_or_else(|| PyKeyError::new_err(code.to_owned()))
    }

    /// One row an item of a community: ``code``, ``item``, ``value``, ``points`` (below 0 for a
    /// deduction), ``lost``, ``note`` (how it came to its points, where there is more to say)
    /// and ``next`` (the nearest change that wins points).
    ///
    /// Args:
    ///     codes: Some communities; all of them if not given.
    ///     lang: ``"zh"`` or ``"en"``.
    ///     progress: Called now and then with the communities done and all of them.
    ///     cancel: A ``threading.Event``; the work ends when it is set.
    ///
    /// Raises:
    ///     KeyError: If no community has one of the codes.
    ///     ValueError: For any other language.
    ///     Cancelled: If it was cancelled.
    ///
    /// Example:
    ///     >>> scores.items(["c1"], lang="en").to_dicts()[0]["item"]
    ///     '1.1'
    #[pyo3(signature = (codes = None, *, lang = "zh", progress = None, cancel = None))]
    fn items<'py>(
        &self,
        py: Python<'py>,
        codes: Option<Vec<String>>,
        lang: &str,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
    ) -> PyResult<PyTable> {
        self.explained(py, codes, lang, progress, cancel, results::items)
    }

    /// Where communities lose points (短板), those items that cost the total most first:
    /// ``code``, ``name``, ``item``, ``title``, ``section``, ``value``, ``points``, ``full``,
    /// ``lost``, ``gain`` and ``next`` (the nearest change that wins points, and what it wins).
    ///
    /// Args:
    ///     codes: Some communities; all of them if not given.
    ///     lang: ``"zh"`` or ``"en"``.
    ///     progress: Called now and then with the communities done and all of them.
    ///     cancel: A ``threading.Event``; the work ends when it is set.
    ///
    /// Raises:
    ///     KeyError: If no community has one of the codes.
    ///     ValueError: For any other language.
    ///     Cancelled: If it was cancelled.
    ///
    /// Example:
    ///     >>> import dabiao
    ///     >>> standard = dabiao.Standard.builtin("weihai-2020")
    ///     >>> scores = standard.score({"code": ["c1"], "activities": [9]})
    ///     >>> [row["lost"] for row in scores.gaps().to_dicts() if row["item"] == "5.2"]
    ///     [Decimal('0.75')]
    #[pyo3(signature = (codes = None, *, lang = "zh", progress = None, cancel = None))]
    fn gaps<'py>(
        &self,
        py: Python<'py>,
        codes: Option<Vec<String>>,
        lang: &str,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
    ) -> PyResult<PyTable> {
        self.explained(py, codes, lang, progress, cancel, results::gaps)
    }

    /// What stands between communities and the next better grade: ``code``, ``grade``, ``kind``
    /// (``grade`` with all of it in words, then ``total``, ``total_before_bonus``, ``part``,
    /// ``sections``, ``veto``), ``subject``, ``points``, ``mark``, ``short``, ``wording``.
    ///
    /// Args:
    ///     codes: Some communities; all of them if not given.
    ///     lang: ``"zh"`` or ``"en"``.
    ///     progress: Called now and then with the communities done and all of them.
    ///     cancel: A ``threading.Event``; the work ends when it is set.
    ///
    /// Raises:
    ///     KeyError: If no community has one of the codes.
    ///     ValueError: For any other language.
    ///     Cancelled: If it was cancelled.
    ///
    /// Example:
    ///     >>> rows = scores.next_grades(["c1"]).to_dicts()
    ///     >>> [row["short"] for row in rows if row["kind"] == "total"]
    ///     [Decimal('72.75')]
    #[pyo3(signature = (codes = None, *, lang = "zh", progress = None, cancel = None))]
    fn next_grades<'py>(
        &self,
        py: Python<'py>,
        codes: Option<Vec<String>>,
        lang: &str,
        progress: Option<Bound<'py, PyAny>>,
        cancel: Option<Bound<'py, PyAny>>,
    ) -> PyResult<PyTable> {
        self.explained(py, codes, lang, progress, cancel, results::next_grades)
    }

    /// The points lost over many communities, by item or by section: ``code``, ``title_zh``,
    /// ``title_en``, ``full``, ``lost`` (together), ``mean_lost``, ``counted`` (what is excluded
    /// does not count), ``at_full``.
    ///
    /// Args:
    ///     of: ``"items"`` or ``"sections"`` of the top level.
    ///     codes: Some communities, such as those of a district; all of them if not given.
    ///
    /// Raises:
    ///     KeyError: If no community has one of the codes.
    ///     ValueError: For anything but items and sections.
    ///
    /// Example:
    ///     >>> scores.losses("sections").to_dicts()[0]["mean_lost"]
    ///     Decimal('15.00')
    #[pyo3(signature = (of = "items", *, codes = None))]
    fn losses(&self, py: Python<'_>, of: &str, codes: Option<Vec<String>>) -> PyResult<PyTable> {
        let sections = match of {
            "items" => false,
            "sections" => true,
            _ => {
                let message = format!("no losses of {of:?}: expected items or sections");
                return Err(PyValueError::new_err(message));
            }
        };
        let rows = self.rows(codes)?;
        py.detach(|| results::losses(&self.inner, &rows, sections))
    }

    /// The groups of communities that share an attribute: how many, how many of them have a total,
    /// their mean total (rounded
    /// like points), its rank, how many hold each grade, and the means of sections and items.
    ///
    /// Args:
    ///     attribute: Such as ``"district"``.
    ///
    /// Raises:
    ///     KeyError: If the table has no such attribute.
    ///
    /// Example:
    ///     >>> table = {"code": ["a", "b"], "district": ["north", "south"], "activities": [12, 9]}
    ///     >>> [row["mean"] for row in standard.score(table).groups("district").to_dicts()]
    ///     [Decimal('3.00'), Decimal('2.25')]
    fn groups(&self, py: Python<'_>, attribute: &str) -> PyResult<PyTable> {
        if self.inner.observations().attribute(attribute).is_none() {
            return Err(PyKeyError::new_err(attribute.to_owned()));
        }
        py.detach(|| results::groups(&self.inner, attribute))
    }

    /// How communities moved from an earlier result to this one.
    ///
    /// Items are matched by code; the two may be of different standards.
    ///
    /// Args:
    ///     earlier: The scores to compare with, such as those of the self-assessment.
    ///     of: ``"communities"``: ``code``, ``total_earlier``, ``total``, ``change``,
    ///         ``grade_earlier``, ``grade``, ``rank_earlier``, ``rank``, ``items`` (those that
    ///         differ, joined by ``;``); or ``"items"``: ``code``, ``item``, ``points_earlier``,
    ///         ``points``, ``change``, where the points differ.
    ///
    /// Raises:
    ///     ValueError: For anything but communities and items.
    ///
    /// Example:
    ///     >>> earlier = standard.score({"code": ["c1", "c2"], "activities": [8, 12]})
    ///     >>> [row["change"] for row in scores.compare(earlier).to_dicts()]
    ///     [Decimal('0.25'), Decimal('0.00')]
    #[pyo3(signature = (earlier, of = "communities"))]
    fn compare(&self, py: Python<'_>, earlier: PyRef<'_, PyScores>, of: &str) -> PyResult<PyTable> {
        let earlier = earlier.inner.clone();
        match of {
            "communities" => py.detach(|| results::movements(&self.inner, &earlier)),
            "items" => py.detach(|| results::item_movements(&self.inner, &earlier)),
            _ => Err(PyValueError::new_err(format!(
                "no comparison of {of:?}: expected communities or items"
            ))),
        }
    }

    /// Chooses communities and says why for everyone (评选).
    ///
    /// Each district's floor is filled first, then places by rank under the ceilings. Where a
    /// full tie crosses a limit, its places stay open and all who are tied are marked.
    ///
    /// A number of places is an ``int``, or a share as text: ``"10%"`` of all communities with a
    /// total, ``"10% of demonstration"`` of those that hold that grade or a better one (for a
    /// ceiling or a floor, of the district's own).
    ///
    /// Args:
    ///     places: How many in all; as many as qualify if not given.
    ///     per_district: The most for each district.
    ///     at_least_per_district: The least for each district that has as many who qualify.
    ///     grade: The grade that is needed, or a better one.
    ///     total: The least total, as points or percent of full marks (``"90%"``).
    ///     by: The attribute that districts are told apart by; ``district_code`` where the table
    ///         has it, otherwise ``district``.
    ///     tiers: Several tiers in place of the arguments before ``by``, in order: dicts of
    ///         ``id``, ``title``, ``places``, ``ceiling``, ``floor``, ``grade``, ``total``,
    ///         ``sections`` (the least of every section) and ``marks`` (of named ones), as in a
    ///         campaign's file. Whoever is chosen or tied in one leaves the next ones.
    ///
    /// Raises:
    ///     SelectionError: If floors together exceed the places.
    ///     DabiaoError: For unknown grades, sections or items.
    ///     ValueError: For what is no number of places.
    ///
    /// Example:
    ///     >>> scores.select(places=1).chosen
    ///     ['c2']
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (places = None, *, per_district = None, at_least_per_district = None, grade = None, total = None, by = None, tiers = None))]
    fn select<'py>(
        &self,
        py: Python<'py>,
        places: Option<Bound<'py, PyAny>>,
        per_district: Option<Bound<'py, PyAny>>,
        at_least_per_district: Option<Bound<'py, PyAny>>,
        grade: Option<Bound<'py, PyAny>>,
        total: Option<Bound<'py, PyAny>>,
        by: Option<String>,
        tiers: Option<Vec<Bound<'py, PyMapping>>>,
    ) -> PyResult<Py<PySelection>> {
        let single = [
            ("places", places),
            ("ceiling", per_district),
            ("floor", at_least_per_district),
            ("grade", grade),
            ("total", total),
        ];
        let tiers = match tiers {
            None => {
                let tier = PyDict::new(py);
                for (key, value) in single {
                    tier.set_item(key, value)?;
                }
                vec![tier.into_mapping()]
            }
            Some(_) if single.iter().any(|(_, value)| value.is_some()) => {
                let message = "tiers stand in place of the other arguments, except by";
                return Err(PyValueError::new_err(message));
            }
            Some(tiers) => tiers,
        };
        let tiers = tiers.iter().enumerate();
        let selection = Selection {
            by: by.unwrap_or_default(),
            tiers: tiers
                .map(|(at, tier)| selection::read_tier(tier, at))
                .collect::<PyResult<_>>()?,
        };
        let result = py
            .detach(|| self.inner.select(&selection))
            .map_err(|faults| raise(py, &faults, Doing::Select))?;
        selection::selection(py, &self.inner, &selection, result)
    }
}

/// One of the tables that explain some communities.
type Explain = fn(&Scores, &[usize], Lang, &Watch) -> Result<PyTable, Problem>;

impl PyScores {
    fn explained(
        &self,
        py: Python<'_>,
        codes: Option<Vec<String>>,
        lang: &str,
        progress: Option<Bound<'_, PyAny>>,
        cancel: Option<Bound<'_, PyAny>>,
        explain: Explain,
    ) -> PyResult<PyTable> {
        let (rows, lang) = (self.rows(codes)?, read_lang(lang)?);
        let watch = Watch::new(progress, cancel)?;
        py.detach(|| explain(&self.inner, &rows, lang, &watch))
            .map_err(|problem| watch.raise(py, problem, Doing::Score))
    }
}
