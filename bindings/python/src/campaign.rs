//! Campaigns as Python sees them.

use std::path::PathBuf;
use std::sync::Arc;

use dabiao::campaign::CampaignResult;
use dabiao::{Lang, ScoreOptions};
use dabiao_io::{
    LeftOut, LoadedCampaign, RESULTS_COMMUNITIES, ReadOptions, add_run, campaign_summary,
    campaign_workbook, read_campaign,
};
use dabiao_report::{LIMIT, Report};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors::{Doing, Problem, raise};
use crate::fault::{PyFault, PyText, read_lang};
use crate::outputs;
use crate::results;
use crate::scores::PyScores;
use crate::selection::{self, PySelection};
use crate::standard::PyStandard;
use crate::table::PyTable;
use crate::watch::Watch;

/// A whole campaign (创建活动): a registry of communities, a party grid, phases, a selection.
///
/// Example:
///     >>> import dabiao, pathlib, tempfile
///     >>> folder = pathlib.Path(tempfile.mkdtemp())
///     >>> _ = (folder / "communities.csv").write_text("code,district\na,north\nb,south\n")
///     >>> _ = (folder / "review.csv").write_text("code,activities\na,12\nb,9\n")
///     >>> _ = (folder / "campaign.toml").write_text('''
///     ... [campaign]
///     ... id = "spring"
///     ... title = "Spring"
///     ... standard = "weihai-2020"
///     ... communities = "communities.csv"
///     ... [[phase]]
///     ... id = "review"
///     ... observations = "review.csv"
///     ... [[selection.tier]]
///     ... id = "chosen"
///     ... places = 1
///     ... ''')
///     >>> campaign = dabiao.Campaign.from_file(folder / "campaign.toml")
///     >>> result = campaign.run()
///     >>> result.scores.points("5.2"), result.selection.chosen
///     ([Decimal('3.00'), Decimal('2.25')], ['a'])
#[pyclass(frozen, module = "dabiao", name = "Campaign")]
pub(crate) struct PyCampaign {
    inner: Arc<LoadedCampaign>,
    standard: Py<PyStandard>,
}

#[pymethods]
impl PyCampaign {
    /// Reads a campaign's TOML or JSON file and every table that it names, relative to it.
    ///
    /// Raises:
    ///     OSError: If the file cannot be read.
    ///     DabiaoError: With all faults of the file and its tables.
    ///
    /// Example:
    ///     >>> dabiao.Campaign.from_file(folder / "campaign.toml")
    ///     <Campaign spring: Spring>
    #[classmethod]
    fn from_file(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        // A path that leads nowhere is an OSError, as everywhere in Python.
        std::fs::metadata(&path).map_err(|error| outputs::at(&path, &error))?;
        let read = py.detach(|| read_campaign(&path, &ReadOptions::new()));
        let inner = read.map_err(|faults| raise(py, &faults, Doing::Campaign))?;
        let named = &inner.document.standard.path;
        let folder = path.parent().map(PathBuf::from).unwrap_or_default();
        let standard = PyStandard::named(&inner.campaign.standard, named, &folder)?;
        Ok(PyCampaign {
            inner: Arc::new(inner),
            standard: Py::new(py, standard)?,
        })
    }

    /// Its id.
    ///
    /// Example:
    ///     >>> campaign.id
    ///     'spring'
    #[getter]
    fn id(&self) -> &str {
        &self.inner.document.id
    }

    /// Its title.
    ///
    /// Example:
    ///     >>> campaign.title
    ///     Text("Spring", "Spring")
    #[getter]
    fn title(&self) -> PyText {
        PyText(self.inner.document.title.clone())
    }

    /// Whether its marks are made up; then every result says so.
    ///
    /// Example:
    ///     >>> campaign.synthetic
    ///     False
    #[getter]
    fn synthetic(&self) -> bool {
        self.inner.document.synthetic
    }

    /// The standard.
    ///
    /// Example:
    ///     >>> campaign.standard.id
    ///     'weihai-2020'
    #[getter]
    fn standard(&self, py: Python<'_>) -> Py<PyStandard> {
        self.standard.clone_ref(py)
    }

    /// What a reader should look at although it is no fault.
    ///
    /// Example:
    ///     >>> campaign.advice
    ///     []
    #[getter]
    fn advice(&self) -> Vec<PyFault> {
        self.inner.advice.iter().cloned().map(PyFault).collect()
    }

    /// Runs the whole campaign. The interpreter is released meanwhile.
    ///
    /// Args:
    ///     threads: The most that may be used; as many as the machine has if not given.
    ///     progress: Called now and then with the rows done and the rows in all, for each phase
    ///         and the whole; the run is cancelled if it returns a false value other than
    ///         ``None``.
    ///     cancel: A ``threading.Event``; the run is cancelled when it is set.
    ///
    /// Raises:
    ///     DabiaoError: With all faults at once: values both given and rolled up, communities
    ///         that the registry does not know, quotas that contradict each other, and what
    ///         scoring finds.
    ///     Cancelled: If it was cancelled.
    ///
    /// Example:
    ///     >>> campaign.run(threads=1)
    ///     <CampaignResult spring: 2 communities>
    #[pyo3(signature = (*, threads = None, progress = None, cancel = None))]
    fn run(
        &self,
        py: Python<'_>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
        cancel: Option<Bound<'_, PyAny>>,
    ) -> PyResult<PyCampaignResult> {
        let watch = Watch::new(progress, cancel)?;
        let mut options = ScoreOptions::new().with_progress(watch.progress());
        match threads {
            Some(0) => return Err(PyValueError::new_err("threads must be at least 1")),
            Some(threads) => options = options.with_threads(threads),
            None => {}
        }
        match py.detach(|| self.inner.run(&options)) {
            Ok(result) => Ok(PyCampaignResult {
                loaded: self.inner.clone(),
                result: Arc::new(result),
                standard: self.standard.clone_ref(py),
            }),
            Err(faults) => Err(watch.raise(py, Problem::Faults(faults), Doing::Campaign)),
        }
    }

    fn __repr__(&self) -> String {
        let document = &self.inner.document;
        format!("<Campaign {}: {}>", document.id, document.title)
    }
}

/// What a ``Campaign`` came to.
///
/// Example:
///     >>> import dabiao, pathlib, tempfile
///     >>> folder = pathlib.Path(tempfile.mkdtemp())
///     >>> _ = (folder / "communities.csv").write_text("code,district\na,north\nb,south\n")
///     >>> _ = (folder / "self.csv").write_text("code,activities\na,12\nb,12\n")
///     >>> _ = (folder / "review.csv").write_text("code,activities\na,12\nb,9\n")
///     >>> _ = (folder / "campaign.toml").write_text('''
///     ... campaign = { id = "c", title = "C", standard = "weihai-2020", communities = "communities.csv" }
///     ... [[phase]]
///     ... id = "self"
///     ... title = "self-assessment"
///     ... observations = "self.csv"
///     ... [[phase]]
///     ... id = "review"
///     ... title = "review"
///     ... observations = "review.csv"
///     ... [[selection.tier]]
///     ... id = "chosen"
///     ... places = 1
///     ... ''')
///     >>> result = dabiao.Campaign.from_file(folder / "campaign.toml").run()
///     >>> result
///     <CampaignResult c: 2 communities>
#[pyclass(frozen, module = "dabiao", name = "CampaignResult")]
pub(crate) struct PyCampaignResult {
    loaded: Arc<LoadedCampaign>,
    result: Arc<CampaignResult>,
    standard: Py<PyStandard>,
}

#[pymethods]
impl PyCampaignResult {
    /// The scores: of the last phase that marked each item, or of all phases weighted.
    ///
    /// Example:
    ///     >>> result.scores.points("5.2")
    ///     [Decimal('3.00'), Decimal('2.25')]
    #[getter]
    fn scores(&self, py: Python<'_>) -> PyScores {
        PyScores {
            inner: Arc::new(self.result.scores.clone()),
            standard: self.standard.clone_ref(py),
            files: self.loaded.files().to_vec(),
        }
    }

    /// Each phase scored on its own marks alone, by id, in order.
    ///
    /// Example:
    ///     >>> [(phase, scores.points("5.2")) for phase, scores in result.phases]
    ///     [('self', [Decimal('3.00'), Decimal('3.00')]), ('review', [Decimal('3.00'), Decimal('2.25')])]
    #[getter]
    fn phases(&self, py: Python<'_>) -> Vec<(String, PyScores)> {
        let phases = self.result.phases.iter().map(|phase| {
            let scores = PyScores {
                inner: Arc::new(phase.scores.clone()),
                standard: self.standard.clone_ref(py),
                files: self.loaded.files().to_vec(),
            };
            (phase.id.clone(), scores)
        });
        phases.collect()
    }

    /// The streets, by code: as ``Scores.groups`` gives them.
    ///
    /// Example:
    ///     >>> result.streets.columns[:3]
    ///     ['street', 'communities', 'scored']
    #[getter]
    fn streets(&self) -> PyResult<PyTable> {
        results::group_table(&self.result.scores, "street", &self.result.streets)
    }

    /// The districts, by code: as ``Scores.groups`` gives them.
    ///
    /// Example:
    ///     >>> [(row["district"], row["mean"]) for row in result.districts.to_dicts()]
    ///     [('north', Decimal('3.00')), ('south', Decimal('2.25'))]
    #[getter]
    fn districts(&self) -> PyResult<PyTable> {
        results::group_table(&self.result.scores, "district", &self.result.districts)
    }

    /// Who was chosen, and why; ``None`` where the campaign chooses nobody.
    ///
    /// Example:
    ///     >>> result.selection.chosen
    ///     ['a']
    #[getter]
    fn selection(&self, py: Python<'_>) -> PyResult<Option<Py<PySelection>>> {
        let asked = self.loaded.campaign.selection.as_ref();
        let Some((asked, result)) = asked.zip(self.result.selection.as_ref()) else {
            return Ok(None);
        };
        selection::selection(py, &self.result.scores, asked, result.clone()).map(Some)
    }

    /// The items that two phases have marked for one community: ``code``, ``item``, ``from``
    /// and ``to`` (phases), ``earlier``, ``later`` and ``difference`` (review less
    /// self-assessment).
    ///
    /// Example:
    ///     >>> [row["difference"] for row in result.differences().to_dicts()]
    ///     [Decimal('0.00'), Decimal('-0.75')]
    fn differences(&self, py: Python<'_>) -> PyResult<PyTable> {
        py.detach(|| results::differences(&self.result))
    }

    /// The units without a value, which were left out of their community's and leave its result
    /// provisional: ``phase``, ``community``, ``unit``, ``what`` (the measure's name, or the
    /// code of an item that is marked for each unit).
    ///
    /// Example:
    ///     >>> result.left_out().columns
    ///     ['phase', 'community', 'unit', 'what']
    fn left_out(&self, py: Python<'_>) -> PyResult<PyTable> {
        py.detach(|| results::left_out(&self.result))
    }

    /// Whether its marks are made up; then every written table says so.
    ///
    /// Example:
    ///     >>> result.synthetic
    ///     False
    #[getter]
    fn synthetic(&self) -> bool {
        self.loaded.document.synthetic
    }

    /// Counts, digests and the engine's version, as ``summary.json`` has them.
    ///
    /// Example:
    ///     >>> [phase["communities"] for phase in result.summary["phases"]]
    ///     [2, 2]
    #[getter]
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = py.detach(|| campaign_summary(&self.loaded, &self.result).to_string());
        py.import("json")?.getattr("loads")?.call1((text,))
    }

    /// Writes a workbook (XLSX) for people: what ``Scores.write_excel`` writes, and beside it the
    /// selection with its reasons, the districts and streets, coverage of the party grid,
    /// differences between phases.
    ///
    /// Args:
    ///     path: The file.
    ///     lang: ``"zh"`` or ``"en"``.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///     DabiaoError: For more than 5,000 communities.
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> result.write_excel(folder / "results.xlsx", lang="en")
    #[pyo3(signature = (path, *, lang = "zh"))]
    fn write_excel(&self, py: Python<'_>, path: PathBuf, lang: &str) -> PyResult<()> {
        let (lang, many) = (read_lang(lang)?, self.result.scores.len());
        let made = py.detach(|| {
            if many > RESULTS_COMMUNITIES {
                return Err(outputs::too_large(many, RESULTS_COMMUNITIES));
            }
            let mut bytes = Vec::new();
            campaign_workbook(&self.loaded, &self.result, lang, &mut bytes)?;
            Ok(outputs::write(&path, &bytes, self.loaded.files())?)
        });
        made.map_err(|problem: Problem| problem.raise(py, Doing::Write))
    }

    /// Writes the report: one HTML file that opens from disk without a network, with the city at
    /// a glance, the ranking, who was chosen and why, a card for each community, coverage of the
    /// party grid, and the phases side by side.
    ///
    /// Args:
    ///     path: The file.
    ///     lang: The language in which it opens, ``"zh"`` or ``"en"``; its reader can switch.
    ///
    /// Raises:
    ///     OSError: If the file cannot be written.
    ///     DabiaoError: For more than 2,000 communities.
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> result.write_report(folder / "report.html", lang="en")
    #[pyo3(signature = (path, *, lang = "zh"))]
    fn write_report(&self, py: Python<'_>, path: PathBuf, lang: &str) -> PyResult<()> {
        let lang = read_lang(lang)?;
        let made = py.detach(|| {
            let report = self.report(lang);
            let page = report.page()?;
            let page = page.ok_or_else(|| outputs::too_large(report.communities(), LIMIT))?;
            Ok(outputs::write(&path, &page, self.loaded.files())?)
        });
        made.map_err(|problem: Problem| problem.raise(py, Doing::Write))
    }

    /// Writes all that ``dabiao run --out`` writes into a folder: ``scores.csv``, ``items.csv``,
    /// ``gaps.csv``, ``selection.csv``, ``coverage.csv``, ``districts.csv``, ``streets.csv``,
    /// ``phases.csv``, ``summary.json`` and what else there is, ``results.xlsx`` and
    /// ``report.html``. All of them appear, or none. Above 5,000 communities the workbook is
    /// left out with a ``UserWarning``, above 2,000 the report.
    ///
    /// Args:
    ///     folder: It is made if it is not there.
    ///     lang: ``"zh"`` or ``"en"``.
    ///
    /// Returns:
    ///     The paths of the files.
    ///
    /// Raises:
    ///     OSError: If a file cannot be written.
    ///     ValueError: For any other language.
    ///
    /// Example:
    ///     >>> written = result.write(folder / "out")
    ///     >>> sorted(pathlib.Path(path).name for path in written)[:4]
    ///     ['city-gaps.csv', 'districts.csv', 'gaps.csv', 'items.csv']
    #[pyo3(signature = (folder, *, lang = "zh"))]
    fn write(&self, py: Python<'_>, folder: PathBuf, lang: &str) -> PyResult<Vec<String>> {
        let lang = read_lang(lang)?;
        let mut left_out = LeftOut::default();
        let written = py.detach(|| {
            outputs::write_set(&folder, |set| {
                let page = || self.report(lang).page();
                left_out = add_run(&self.loaded, &self.result, lang, page, set)
                    .map_err(|error| outputs::at(&folder, &error))?;
                Ok::<_, PyErr>(())
            })
        })?;
        if left_out.workbook {
            outputs::left_out(py, "results.xlsx", RESULTS_COMMUNITIES)?;
        }
        if left_out.page {
            outputs::left_out(py, "report.html", LIMIT)?;
        }
        Ok(written)
    }

    fn __repr__(&self) -> String {
        let (id, count) = (&self.loaded.document.id, self.result.scores.len());
        format!("<CampaignResult {id}: {count} communities>")
    }
}

impl PyCampaignResult {
    fn report(&self, lang: Lang) -> Report<'_> {
        let LoadedCampaign {
            document, campaign, ..
        } = &*self.loaded;
        Report::of_campaign(document, campaign, &self.result).in_language(lang)
    }
}
