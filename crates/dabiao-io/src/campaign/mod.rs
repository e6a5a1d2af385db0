//! A campaign from its file and the tables that it names.

mod output;
mod places;
mod registry;
#[cfg(feature = "workbook")]
mod run;
mod summary;
pub(crate) mod tables;
mod written;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dabiao::campaign::{
    Campaign, CampaignDocument, CampaignResult, FileName, Phase, Records, RecordsBuilder,
};
use dabiao::grid::{CodeScheme, Grid, GridBuilder, Registry};
use dabiao::standard::document::{Document, Item, Rule, Section};
use dabiao::standard::{Format, MAX_BYTES};
use dabiao::{Fault, FaultCode, Faults, Place, ScoreOptions, Standard, Text};

use crate::read::{ReadOptions, SheetPlaces, Source, locate};

pub use dabiao::campaign::reason;

use places::Places;

#[cfg(feature = "workbook")]
pub(crate) use output::coverage_table;
pub use output::{
    CAMPAIGN_FILES, SYNTHETIC, add_campaign, area_name, campaign_file, has_campaign_file,
    write_campaign, write_campaign_scores,
};
pub use registry::{read_registry, registry_from_rows};
#[cfg(feature = "workbook")]
pub use run::{LeftOut, add_run};
pub use summary::{campaign_summary, grid_summary};
pub use tables::RowFeed;
pub use written::RunResults;

/// A campaign as it was read.
#[derive(Clone, Debug)]
pub struct LoadedCampaign {
    /// What its file says.
    pub document: CampaignDocument,
    /// All of it, ready to run.
    pub campaign: Campaign,
    /// What a reader should look at although it is no fault.
    pub advice: Vec<Fault>,
    /// The campaign's file, as faults name it.
    file: String,
    /// Every file that it was read from.
    files: Vec<PathBuf>,
    /// Where communities stand in its tables.
    places: Places,
}

impl LoadedCampaign {
    /// Runs the campaign. As [`Campaign::run`], and its faults name file, row and column.
    ///
    /// # Errors
    /// All faults at once, in the order of their places.
    pub fn run(&self, options: &ScoreOptions) -> Result<CampaignResult, Faults> {
        let run = self.campaign.run(options);
        run.map_err(|faults| self.places.told(faults, &self.file, &self.document))
    }

    /// Every file that it was read from: its own, the standard unless it is built in, all
    /// tables. No result may take the place of one of them.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// Reads a campaign's file and every table that it names. Their paths are relative to the file.
///
/// # Errors
/// All faults of the file at once; if it has none, all faults of the standard, the registry
/// and the grid; if they have none, where registry and grid disagree; if they do not, all faults
/// of the observations. Each names its file, and
/// line and column or row and heading.
pub fn read_campaign(path: &Path, options: &ReadOptions) -> Result<LoadedCampaign, Faults> {
    let (shown, document) = read_document(path)?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let reading = Reading {
        document: &document,
        file: &shown,
        folder,
        options,
    };
    let mut places = Places::default();
    let read = reading.campaign(&mut places);
    let campaign = read.map_err(|faults| places.located(faults))?;
    let advice = campaign.phases.iter().flat_map(|p| p.records.advice());
    let mut files = vec![path.to_owned()];
    files.extend(reading.files());
    Ok(LoadedCampaign {
        files,
        advice: advice.cloned().collect(),
        campaign,
        document,
        file: shown,
        places,
    })
}

/// Reads of a campaign what its file says and the party grid that it names, and no other table.
///
/// # Errors
/// All faults of the file at once; if it has none, all faults of the grid.
pub fn read_campaign_grid(
    path: &Path,
    options: &ReadOptions,
) -> Result<(CampaignDocument, Option<Grid>), Faults> {
    let (shown, document) = read_document(path)?;
    let reading = Reading {
        document: &document,
        file: &shown,
        folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        options,
    };
    reading
        .missing(document.compounds.iter().chain(&document.grid))
        .into_result(())?;
    let mut places = Places::default();
    let grid = match document.grid.is_empty() {
        true => None,
        false => {
            let read = reading.grid(&mut places);
            Some(read.map_err(|faults| places.located(faults))?)
        }
    };
    Ok((document, grid))
}

/// What a campaign's file says, and how faults name it.
fn read_document(path: &Path) -> Result<(String, CampaignDocument), Faults> {
    let shown = path.display().to_string();
    let text = read_text(path).map_err(|fault| Faults::from(fault).in_file(&shown))?;
    let document = CampaignDocument::from_text(&text, format_of(path, &text))
        .map_err(|faults| faults.in_file(&shown))?;
    Ok((shown, document))
}

/// Reads the tables of a party grid alone: units, and compounds beside them.
///
/// # Errors
/// All faults of all tables. Where buildings name compounds and no table holds any, that is one
/// fault.
pub fn read_grid(
    scheme: CodeScheme,
    units: &[PathBuf],
    compounds: &[PathBuf],
    options: &ReadOptions,
) -> Result<Grid, Faults> {
    let sources = compounds.iter().map(Source::path);
    grid_of(scheme, units.iter().map(Source::path), sources, options).map_err(|faults| {
        let apart = compounds
            .is_empty()
            .then(|| without_compounds(scheme, units, options, "--compounds"));
        apart.flatten().unwrap_or(faults)
    })
}

/// The faults of units whose table of compounds was forgotten: instead of one for every
/// building, one for all. `None` if it was not. `key` is where such a table would be named.
fn without_compounds(
    scheme: CodeScheme,
    units: &[PathBuf],
    options: &ReadOptions,
    key: &str,
) -> Option<Faults> {
    let mut builder = Grid::builder(scheme);
    let (mut sheets, mut named) = (Vec::new(), tables::CompoundsNamed::default());
    for source in units.iter().map(Source::path) {
        let name = source.name().to_owned();
        let mut rows = tables::unit_rows(source, options, &mut sheets);
        let apart = Some(&mut named);
        tables::read_units(&mut builder, Some(&name), &mut *rows, &mut |_, _| {}, apart);
    }
    let first = named.first.filter(|_| named.compounds == 0)?;
    let many = named.buildings;
    let mut faults = Faults::from(first.expected(Text::new(
        format!(
            "小区表\u{ff08}{key}\u{ff09}\u{ff1a}{many} 栋楼宇写有所属小区\u{ff0c}而没有给出小区表"
        ),
        format!("a table of compounds ({key}): none is given; buildings that name one: {many}"),
    )));
    faults.extend(builder.finish().err().unwrap_or_default());
    locate(&mut faults, &sheets);
    Some(faults)
}

/// Reads a party grid from one table of units, which may hold compounds too: rows of the level
/// `compound` (小区) under their community.
///
/// # Errors
/// All faults of the table.
pub fn read_grid_from(
    scheme: CodeScheme,
    units: Source<'_>,
    options: &ReadOptions,
) -> Result<Grid, Faults> {
    grid_of(scheme, [units], [], options)
}

fn grid_of<'s>(
    scheme: CodeScheme,
    units: impl IntoIterator<Item = Source<'s>>,
    compounds: impl IntoIterator<Item = Source<'s>>,
    options: &ReadOptions,
) -> Result<Grid, Faults> {
    let mut builder = Grid::builder(scheme);
    let mut sheets = Vec::new();
    for source in units {
        add_units(&mut builder, source, options, &mut |_, _| {}, &mut sheets);
    }
    for source in compounds {
        add_compounds(&mut builder, source, options, &mut sheets);
    }
    builder.finish().map_err(|mut faults| {
        locate(&mut faults, &sheets);
        faults
    })
}

/// Makes a party grid of rows from anywhere: a table of units, and perhaps one of compounds.
/// The tables have the columns that those of [`read_grid`] have.
///
/// # Errors
/// All faults of both tables.
pub fn grid_from_rows(
    scheme: CodeScheme,
    units: &mut RowFeed<'_>,
    compounds: Option<&mut RowFeed<'_>>,
) -> Result<Grid, Faults> {
    let mut builder = Grid::builder(scheme);
    tables::read_units(&mut builder, None, units, &mut |_, _| {}, None);
    if let Some(compounds) = compounds {
        tables::read_compounds(&mut builder, None, compounds);
    }
    builder.finish()
}

fn add_units(
    builder: &mut GridBuilder,
    source: Source<'_>,
    options: &ReadOptions,
    community: &mut dyn FnMut(&str, u64),
    sheets: &mut Vec<SheetPlaces>,
) {
    let name = source.name().to_owned();
    let mut rows = tables::unit_rows(source, options, sheets);
    tables::read_units(builder, Some(&name), &mut *rows, community, None);
}

fn add_compounds(
    builder: &mut GridBuilder,
    source: Source<'_>,
    options: &ReadOptions,
    sheets: &mut Vec<SheetPlaces>,
) {
    let name = source.name().to_owned();
    let mut rows = tables::compound_rows(source, options, sheets);
    tables::read_compounds(builder, Some(&name), &mut *rows);
}

/// JSON by its name or its first character, otherwise TOML.
#[must_use]
pub fn format_of(path: &Path, text: &str) -> Format {
    let named = path.extension().is_some_and(|ending| ending == "json");
    if named || text.trim_start().starts_with('{') {
        Format::Json
    } else {
        Format::Toml
    }
}

/// The text of a standard or of a campaign's file: UTF-8, no longer than
/// [`dabiao::standard::MAX_BYTES`].
///
/// # Errors
/// That there is no such file, that it cannot be read, or where it is no UTF-8.
pub fn read_text(path: &Path) -> Result<String, Fault> {
    let unreadable = |error: io::Error| {
        let fault = Fault::new(FaultCode::Unreadable);
        match error.kind() {
            io::ErrorKind::NotFound => {
                fault.expected(Text::new("已有的文件", "a file that exists"))
            }
            _ => fault.found(error),
        }
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let sound = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..sound).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let place = Place {
            line: Some(line as u64),
            ..Place::default()
        };
        let fault = Fault::new(FaultCode::Syntax).at(place);
        fault.expected(Text::new("UTF-8 编码", "UTF-8 text"))
    })
}

struct Reading<'a> {
    document: &'a CampaignDocument,
    /// The campaign's file, as faults name it.
    file: &'a str,
    folder: PathBuf,
    options: &'a ReadOptions,
}

impl Reading<'_> {
    fn campaign(&self, places: &mut Places) -> Result<Campaign, Faults> {
        let mut faults = self.missing_files();
        let standard = kept(self.standard(), &mut faults);
        let further = self.further(standard.as_ref());
        let registry = kept(self.registry(&further, places), &mut faults);
        let grid = match self.document.grid.is_empty() {
            true => Some(None),
            false => kept(self.grid(places).map(Some), &mut faults),
        };
        let (Some(standard), Some(registry), Some(grid)) = (standard, registry, grid) else {
            return Err(faults);
        };
        // Quotas that contradict each other are found when they are applied.
        let mut selection = self.document.selection.clone();
        for tier in selection.iter_mut().flat_map(|held| &mut held.tiers) {
            tier.place.file = Some(self.file.to_owned());
        }
        let mut campaign = Campaign {
            standard,
            registry,
            grid,
            phases: Vec::new(),
            selection,
            weight: self.document.weight.clone(),
        };
        // A mark for a unit that the registry forgot would be told once more in every phase.
        let disagree = campaign.check();
        if !disagree.is_empty() {
            faults.extend(places.told(disagree, self.file, self.document));
            return Err(faults);
        }
        for phase in &self.document.phases {
            let records = self.records(&campaign, &phase.observations, places);
            if let Some(records) = kept(records, &mut faults) {
                campaign.phases.push(Phase {
                    id: phase.id.clone(),
                    title: phase.title.clone(),
                    weight: phase.weight.clone(),
                    records,
                });
            }
        }
        faults.into_result(campaign)
    }

    fn path(&self, file: &FileName) -> PathBuf {
        self.folder.join(&file.path)
    }

    fn source(&self, file: &FileName) -> Source<'static> {
        Source::path(self.path(file))
    }

    fn there<'f>(&self, files: &'f [FileName]) -> impl Iterator<Item = &'f FileName> {
        let folder = self.folder.clone();
        files
            .iter()
            .filter(move |file| folder.join(&file.path).is_file())
    }

    fn tables(&self) -> impl Iterator<Item = &FileName> {
        let document = self.document;
        let observations = document.phases.iter().flat_map(|p| &p.observations);
        let registry = document.communities.iter();
        registry
            .chain(&document.compounds)
            .chain(&document.grid)
            .chain(observations)
    }

    /// The files that the campaign's file names.
    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let standard = &self.document.standard;
        let builtin = Standard::builtin_ids().any(|id| id == standard.path);
        let standard = (!builtin).then_some(standard);
        standard
            .into_iter()
            .chain(self.tables())
            .map(|file| self.path(file))
    }

    /// Tables that are named and not there, with the place where they are named.
    fn missing_files(&self) -> Faults {
        let document = self.document;
        let mut faults = self.missing(self.tables());
        if document.grid.is_empty()
            && let Some(file) = document.compounds.first()
        {
            let fault = Fault::new(FaultCode::CampaignKey).at(self.at(file));
            faults.push(fault.found("compounds").expected(Text::new(
                "与 grid 同用\u{ff1a}小区是网格的单元",
                "it to stand beside grid: compounds are units of one",
            )));
        }
        faults
    }

    fn missing<'f>(&self, files: impl Iterator<Item = &'f FileName>) -> Faults {
        let mut faults = Faults::new();
        for file in files.filter(|file| !self.path(file).is_file()) {
            faults.push(self.no_file(file));
        }
        faults
    }

    fn at(&self, file: &FileName) -> Place {
        Place {
            file: Some(self.file.to_owned()),
            ..file.place.clone()
        }
    }

    fn no_file(&self, file: &FileName) -> Fault {
        let expected = Text::new(
            "已有的文件\u{ff08}路径从活动文件所在文件夹算起\u{ff09}",
            "a file that exists, by its path from the campaign's file",
        );
        let fault = Fault::new(FaultCode::Unreadable).at(self.at(file));
        fault.found(&file.path).expected(expected)
    }

    fn standard(&self) -> Result<Standard, Faults> {
        let file = &self.document.standard;
        if Standard::builtin_ids().any(|id| id == file.path) {
            return Standard::builtin(&file.path);
        }
        let path = self.path(file);
        if !path.is_file() {
            let known = Standard::builtin_ids().collect::<Vec<_>>();
            let fault = Fault::new(FaultCode::Unreadable).at(self.at(file));
            let expected = Text::new(
                format!("已有的文件\u{ff0c}或内置标准 {}", known.join("、")),
                format!(
                    "a file that exists, or a built-in standard: {}",
                    known.join(", ")
                ),
            );
            return Err(fault.found(&file.path).expected(expected).into());
        }
        let shown = path.display().to_string();
        let text = read_text(&path).map_err(|fault| Faults::from(fault).in_file(&shown))?;
        let read = match format_of(&path, &text) {
            Format::Json => Standard::from_json(&text),
            Format::Toml => Standard::from_toml(&text),
        };
        read.map_err(|faults| faults.in_file(&shown))
    }

    /// The columns of the registry that something looks at.
    fn further(&self, standard: Option<&Standard>) -> Vec<String> {
        let mut names = self.document.attributes.clone();
        names.extend(self.document.weight.clone());
        names.extend(self.document.selection.iter().map(|s| s.by.clone()));
        if let Some(standard) = standard {
            names.extend(cohorts(standard.document()));
        }
        const OWN: [&str; 8] = [
            "",
            "code",
            "name",
            "street",
            "street_code",
            "district",
            "district_code",
            "households",
        ];
        names.retain(|name| !OWN.contains(&name.as_str()));
        names.sort_unstable();
        names.dedup();
        names
    }

    fn registry(&self, further: &[String], places: &mut Places) -> Result<Registry, Faults> {
        let mut builder = Registry::builder(self.document.codes);
        for file in self.there(&self.document.communities) {
            let (source, name) = (self.source(file), self.path(file).display().to_string());
            let mut sheets = Vec::new();
            let mut told = |code: &str, line| places.in_registry(code, &name, line);
            let options = self.options;
            tables::read_communities(
                &mut builder,
                further,
                source,
                options,
                &mut told,
                &mut sheets,
            );
            places.sheets.extend(sheets);
        }
        builder.finish()
    }

    fn grid(&self, places: &mut Places) -> Result<Grid, Faults> {
        let mut builder = Grid::builder(self.document.codes);
        for file in self.there(&self.document.grid) {
            let (source, name) = (self.source(file), self.path(file).display().to_string());
            let mut sheets = Vec::new();
            let mut told = |code: &str, line| places.in_grid(code, &name, line);
            add_units(&mut builder, source, self.options, &mut told, &mut sheets);
            places.sheets.extend(sheets);
        }
        for file in self.there(&self.document.compounds) {
            let source = self.source(file);
            add_compounds(&mut builder, source, self.options, &mut places.sheets);
        }
        builder.finish().map_err(|faults| {
            let units = self
                .there(&self.document.grid)
                .map(|file| self.folder.join(&file.path));
            let units: Vec<PathBuf> = units.collect();
            let apart =
                self.document.compounds.is_empty().then(|| {
                    without_compounds(self.document.codes, &units, self.options, "compounds")
                });
            apart.flatten().unwrap_or(faults)
        })
    }

    fn records(
        &self,
        campaign: &Campaign,
        files: &[FileName],
        places: &mut Places,
    ) -> Result<Records, Faults> {
        let standard = &campaign.standard;
        let mut builder = RecordsBuilder::new(standard, &campaign.registry, campaign.grid.as_ref());
        for file in self.there(files) {
            let source = self.source(file);
            let read = crate::read_records(standard, &mut builder, source, self.options);
            places.sheets.extend(read);
        }
        builder.finish()
    }
}

fn kept<T>(read: Result<T, Faults>, faults: &mut Faults) -> Option<T> {
    read.map_err(|found| faults.extend(found)).ok()
}

/// The attributes that the cohorts of a standard share.
fn cohorts(document: &Document) -> Vec<String> {
    let mut items: Vec<&Item> = document.bonus.iter().chain(&document.deductions).collect();
    let mut sections: Vec<&Section> = document.sections.iter().collect();
    while let Some(section) = sections.pop() {
        items.extend(&section.items);
        sections.extend(&section.sections);
    }
    let mut names = Vec::new();
    for item in items {
        names.extend(item.marking.cohort.clone());
        if let Rule::Checks(checks) = &item.marking.rule {
            names.extend(
                checks
                    .checks
                    .iter()
                    .filter_map(|c| c.marking.cohort.clone()),
            );
        }
    }
    names
}
