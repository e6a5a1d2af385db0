//! Tables in and results out for [`dabiao`].
//!
//! [`read_observations`] reads a table of communities from a path, standard input or any
//! reader; [`read_rows`] reads any other table by the same rules. [`write_results`] writes the
//! files of a run as a set: all of them appear, or none.
//!
//! ```
//! use dabiao::Standard;
//! use dabiao_io::{ReadOptions, Source, read_observations};
//! # fn main() -> Result<(), dabiao::Faults> {
//! let standard = Standard::builtin("weihai-2020")?;
//! let text = "编码,名称,residents\nc1,甲社区,3\nc2,乙社区,2\n";
//! let table = read_observations(&standard, Source::bytes("marks.csv", text), &ReadOptions::new())?;
//! assert_eq!(table.codes(), ["c1", "c2"]);
//!
//! let wrong = "code,residents\nc1,3\nc2,many\n";
//! let faults = read_observations(&standard, Source::bytes("marks.csv", wrong), &ReadOptions::new())
//!     .unwrap_err();
//! assert_eq!(faults.listed[0].place.line, Some(3));
//! # Ok(()) }
//! ```

#![forbid(unsafe_code)]

mod campaign;
mod collect;
mod ordered;
mod parts;
mod read;
#[cfg(feature = "workbook")]
mod workbook;
mod write;

pub use campaign::{
    CAMPAIGN_FILES, LoadedCampaign, RowFeed, RunResults, SYNTHETIC, add_campaign, area_name,
    campaign_file, campaign_summary, format_of, grid_from_rows, grid_summary, has_campaign_file,
    read_campaign, read_campaign_grid, read_grid, read_grid_from, read_registry, read_text, reason,
    registry_from_rows, write_campaign, write_campaign_scores,
};
#[cfg(feature = "workbook")]
pub use campaign::{LeftOut, add_run};
pub use collect::{
    BlankForm, CollectOptions, Collected, CollectedFile, Registered, SheetTable, collect,
    read_registered, registered_from_rows,
};
pub use parts::{Held, PartScores, TableOptions, TableScores, add_part_results, score_table};
pub use read::{
    Encoding, Format, Limits, ReadOptions, ReadProgress, Row, SheetPlaces, Source,
    read_observations, read_records, read_rows,
};
#[cfg(feature = "workbook")]
pub use workbook::{
    RESULTS_COMMUNITIES, TemplateCommunity, TemplateFor, TemplateOptions, add_results_workbook,
    campaign_workbook, is_workbook, read_standard, results_workbook, standard_workbook, template,
    templates,
};
pub use write::{
    AdviceCount, BYTE_ORDER_MARK, Communities, Engine, GAPS_HEADING, GradeCount, ITEMS_HEADING,
    ObservationsSummary, OutputSet, StandardSummary, Summary, add_results, gap_rows, item_rows,
    observations_file, replaces, summary, write_gaps, write_items, write_observations,
    write_results, write_rows, write_scores, write_whole,
};
#[cfg(feature = "columns")]
pub use write::{write_observations_parquet, write_scores_parquet};

/// The example of the README runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
