//! Selections as Python sees them: what is asked for, and who is chosen.

use dabiao::campaign::{Amount, Outcome, Selection, SelectionResult, Tier};
use dabiao::{Lang, Scores, Text};
use dabiao_io::reason;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping, PyString};

use crate::results::{Column, counts, decimals_of, points, ranks, texts};
use crate::table::PyTable;

/// What a caller asks to be chosen.
pub(crate) fn read_tier(tier: &Bound<'_, PyMapping>, position: usize) -> PyResult<Tier> {
    const KEYS: [&str; 9] = [
        "id", "title", "grade", "total", "sections", "marks", "places", "ceiling", "floor",
    ];
    for key in tier.keys()?.iter() {
        let key: String = key.extract()?;
        if !KEYS.contains(&key.as_str()) {
            let known = KEYS.join(", ");
            return Err(PyTypeError::new_err(format!(
                "unknown key {key:?} of a tier: {known}"
            )));
        }
    }
    let get = |key: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        if !tier.contains(key)? {
            return Ok(None);
        }
        Ok(Some(tier.get_item(key)?).filter(|value| !value.is_none()))
    };
    let text = |key: &str| -> PyResult<Option<String>> {
        get(key)?.map(|value| value.extract()).transpose()
    };
    let quantity = |value: &Bound<'_, PyAny>| {
        let written = value.str()?.to_string();
        let wrong =
            |_| PyValueError::new_err(format!("expected points or a percentage: {written}"));
        written.parse().map_err(wrong)
    };
    let amount = |key: &str| -> PyResult<Option<Amount>> {
        get(key)?.map(|value| read_amount(key, &value)).transpose()
    };
    let mut marks = Vec::new();
    if let Some(named) = get("marks")? {
        for entry in named.cast::<PyMapping>()?.items()?.iter() {
            let (code, mark): (String, Bound<'_, PyAny>) = entry.extract()?;
            marks.push((code, quantity(&mark)?));
        }
    }
    let id = text("id")?.unwrap_or_else(|| (position + 1).to_string());
    Ok(Tier {
        title: Text::from(text("title")?.unwrap_or_else(|| id.clone())),
        id,
        grade: text("grade")?,
        total: get("total")?.map(|value| quantity(&value)).transpose()?,
        sections: get("sections")?.map(|value| quantity(&value)).transpose()?,
        marks,
        places: amount("places")?,
        ceiling: amount("ceiling")?,
        floor: amount("floor")?,
        ..Tier::default()
    })
}

/// A number of places: an `int`, or a share as text.
fn read_amount(key: &str, value: &Bound<'_, PyAny>) -> PyResult<Amount> {
    let number = !value.is_instance_of::<PyBool>() && value.extract::<i64>().is_ok();
    let wrong = || {
        let value = value.repr()?.to_string();
        let message = format!(
            "{key}: {value} is no number of places: expected an int, \"10%\" or \"10% of a-grade\""
        );
        Err(PyValueError::new_err(message))
    };
    if !number && !value.is_instance_of::<PyString>() {
        return wrong();
    }
    match Amount::from_text(&value.str()?.to_string()) {
        Some(amount) => Ok(amount),
        None => wrong(),
    }
}

/// Who is chosen, as a ``Table`` of one row a community, with the reason.
///
/// Example:
///     >>> import dabiao
///     >>> standard = dabiao.Standard.builtin("weihai-2020")
///     >>> scores = standard.score({"code": ["a", "b", "c"], "activities": [12, 9, 9]})
///     >>> selection = scores.select(places=2)
///     >>> selection.chosen, selection.tied
///     (['a'], ['b', 'c'])
#[pyclass(frozen, extends = PyTable, module = "dabiao", name = "Selection")]
pub(crate) struct PySelection {
    codes: Vec<String>,
    result: SelectionResult,
}

impl PySelection {
    fn codes_of(&self, outcome: Outcome) -> Vec<&str> {
        let decisions = self.codes.iter().zip(&self.result.decisions);
        let held = decisions.filter(|(_, decision)| decision.outcome == outcome);
        held.map(|(code, _)| code.as_str()).collect()
    }
}

#[pymethods]
impl PySelection {
    /// The codes of those who are chosen, however ties are broken.
    ///
    /// Example:
    ///     >>> selection.chosen
    ///     ['a']
    #[getter]
    fn chosen(&self) -> Vec<&str> {
        self.codes_of(Outcome::Chosen)
    }

    /// The codes of those who are tied for places that stay open (提请研究).
    ///
    /// Example:
    ///     >>> selection.tied
    ///     ['b', 'c']
    #[getter]
    fn tied(&self) -> Vec<&str> {
        self.codes_of(Outcome::Tied)
    }

    /// How each tier was filled: its places, who qualified, was chosen or tied, places that
    /// stay open or unfilled.
    ///
    /// Example:
    ///     >>> selection.tiers.to_dicts()[0]["open"]
    ///     1
    #[getter]
    fn tiers(&self) -> PyResult<PyTable> {
        let tiers = &self.result.tiers;
        let short = |tier: &dabiao::campaign::TierResult| {
            let named: Vec<&str> = tier.floors_short.iter().map(|(d, _)| d.as_str()).collect();
            named.join(";")
        };
        PyTable::new(
            "tiers",
            vec![
                (
                    "tier",
                    false,
                    texts(tiers.iter().map(|t| Some(t.id.clone()))),
                ),
                ("places", true, ranks(tiers.iter().map(|t| t.places))),
                (
                    "qualified",
                    false,
                    counts(tiers.iter().map(|t| t.qualified)),
                ),
                ("chosen", false, counts(tiers.iter().map(|t| t.chosen))),
                ("tied", false, counts(tiers.iter().map(|t| t.tied))),
                ("open", false, counts(tiers.iter().map(|t| t.open))),
                ("unfilled", false, counts(tiers.iter().map(|t| t.unfilled))),
                (
                    "floors_short",
                    false,
                    texts(tiers.iter().map(|t| Some(short(t)))),
                ),
            ],
        )
    }
}

pub(crate) fn selection(
    py: Python<'_>,
    scores: &Scores,
    asked: &Selection,
    result: SelectionResult,
) -> PyResult<Py<PySelection>> {
    let rows = 0..scores.len();
    let attribute = |name: &str| scores.observations().attribute(name);
    let mut columns: Vec<Column<'_>> = vec![(
        "code",
        false,
        texts(scores.codes().iter().map(|code| Some(code.to_owned()))),
    )];
    let mut shown = vec!["name", "district"];
    if !asked.by.is_empty() && !shown.contains(&asked.by.as_str()) {
        shown.push(&asked.by);
    }
    for name in shown {
        if let Some(values) = attribute(name) {
            columns.push((
                name,
                false,
                texts(values.iter().map(|text| Some(text.clone()))),
            ));
        }
    }
    let decimals = decimals_of(scores);
    let decisions = &result.decisions;
    let reasons = |lang: Lang| {
        let rows = decisions.iter().enumerate();
        let reasons = rows.map(move |(row, decision)| Some(reason(scores, row, decision, lang)));
        reasons.collect::<Vec<_>>()
    };
    let grades = rows
        .clone()
        .map(|row| scores.grade(row).map(|grade| grade.id.clone()));
    columns.extend([
        (
            "total",
            true,
            points(rows.clone().map(|row| scores.total(row)), decimals)?,
        ),
        ("grade", true, texts(grades)),
        (
            "rank",
            true,
            ranks(rows.clone().map(|row| scores.rank(row))),
        ),
        (
            "tier",
            true,
            texts(decisions.iter().map(|d| d.tier.clone())),
        ),
        (
            "outcome",
            false,
            texts(
                decisions
                    .iter()
                    .map(|d| Some(d.outcome.as_str().to_owned())),
            ),
        ),
        ("reason_zh", false, texts(reasons(Lang::Zh))),
        ("reason_en", false, texts(reasons(Lang::En))),
    ]);
    let table = PyTable::new("selection", columns)?;
    let selection = PySelection {
        codes: scores.codes().to_vec(),
        result,
    };
    Py::new(py, PyClassInitializer::from(table).add_subclass(selection))
}
