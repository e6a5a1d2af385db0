//! What the command line says.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Scores communities against a published standard, exactly and explainably
#[derive(Debug, Parser)]
#[command(name = "dabiao", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Language of everything that is shown [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub(crate) lang: Option<Language>,
    /// How results go to standard output, and faults to standard error
    #[arg(long, global = true, value_enum, default_value_t = Format::Table, value_name = "FORMAT", hide_possible_values = false)]
    pub(crate) format: Format,
    /// Threads to use at most; the result is the same for any number [default: as many as there are]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Zh,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For spreadsheets
    Csv,
    /// For programs; faults too
    Json,
    /// The scores as a Parquet file, for data frames: `score` and `run`
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    Gb18030,
    #[value(name = "utf-16")]
    Utf16,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Score an example that is built in, and write its inputs and results
    Demo(Demo),
    /// Run a whole campaign: registry, party grid, phases, selection
    Run(Run),
    /// Choose communities, with a reason for everyone
    Select(Select),
    /// Compare two phases of a campaign, or two runs: who moved, by which items
    Compare(Compare),
    /// Look at a party grid
    #[command(subcommand)]
    Grid(GridCommand),
    /// Write the result as one page (HTML) that opens from disk, for a meeting or the public
    Report(Report),
    /// Score a table of communities
    Score(Score),
    /// Show where points are lost, and what would win them back
    Gaps(Gaps),
    /// Explain the scorecard of one community
    Explain(Explain),
    /// List, show and check standards
    #[command(subcommand)]
    Standard(StandardCommand),
    /// Write workbooks to fill in, which work out their points themselves
    Template(Template),
    /// Put a folder of filled workbooks and tables together into one table
    Collect(Collect),
    /// Write results as a workbook: ranking, scorecards, gaps, selection, charts
    Export(Export),
}

#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// Folder with the tables; folders in it are looked into
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The standard: the id of a built-in one, or a file (TOML or JSON)
    #[arg(short, long, value_name = "ID|FILE")]
    pub(crate) standard: PathBuf,
    /// Who should be there: a table with their codes, to list who is missing
    #[arg(long, value_name = "TABLE")]
    pub(crate) communities: Option<PathBuf>,
    /// Where the one table goes: .parquet or .csv
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Where the party grid of the templates' sheets goes: .csv
    #[arg(long, value_name = "FILE")]
    pub(crate) grid: Option<PathBuf>,
    /// Where what was collected in grids, buildings and compounds goes: .csv
    #[arg(long, value_name = "FILE", requires = "grid")]
    pub(crate) units: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The campaign's file (TOML or JSON); with --standard a table of communities
    #[arg(value_name = "CAMPAIGN|TABLE")]
    pub(crate) input: PathBuf,
    /// The standard of a table: the id of a built-in one, or a file (TOML or JSON)
    #[arg(short, long, value_name = "ID|FILE")]
    pub(crate) standard: Option<PathBuf>,
    /// The workbook that is written
    #[arg(short, long, value_name = "FILE", default_value = "results.xlsx")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Which example
    #[arg(long, value_enum, default_value_t = Example::Weihai, value_name = "NAME")]
    pub(crate) example: Example,
    /// Folder for the files, made if it is not there
    #[arg(long, value_name = "DIR", default_value = "dabiao-demo")]
    pub(crate) out: PathBuf,
    /// Put the example's files back as they were, over those that were changed
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Example {
    /// A whole campaign over Weihai's real streets: 325 numbered communities, synthetic marks
    Weihai,
    /// 1,993 real communities of the United States against a composite index
    UciCommunities,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The campaign's file (TOML or JSON), which names its tables
    #[arg(value_name = "CAMPAIGN")]
    pub(crate) campaign: PathBuf,
    /// Write all results into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Select {
    /// The campaign's file (TOML or JSON), which names its tables
    #[arg(value_name = "CAMPAIGN")]
    pub(crate) campaign: PathBuf,
    /// Show everyone, not the chosen alone
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The campaign's file, or a folder of results that `dabiao run` has written
    #[arg(value_name = "CAMPAIGN|DIR")]
    pub(crate) campaign: PathBuf,
    /// A later campaign's file or folder of results, instead of two phases of one campaign
    #[arg(value_name = "LATER", conflicts_with_all = ["from", "to"])]
    pub(crate) later: Option<PathBuf>,
    /// The earlier phase [default: the first]
    #[arg(long, value_name = "PHASE")]
    pub(crate) from: Option<String>,
    /// The later phase [default: the last]
    #[arg(long, value_name = "PHASE")]
    pub(crate) to: Option<String>,
    /// So many communities at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GridCommand {
    /// Check a party grid: faults, coverage, advice
    Check(GridCheck),
}

#[derive(Debug, Args)]
pub(crate) struct GridCheck {
    /// Tables of units, or one campaign's file
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Tables of compounds
    #[arg(long, value_name = "FILE")]
    pub(crate) compounds: Vec<PathBuf>,
    /// Codes are division codes, checked against their parents
    #[arg(long)]
    pub(crate) divisions: bool,
}

/// The standard and the table of a run.
#[derive(Debug, Args)]
pub(crate) struct Inputs {
    /// Table of communities: CSV, TSV, XLSX, XLS, ODS, Parquet, Arrow; `-` is standard input
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    /// The standard: the id of a built-in one, or a file (TOML or JSON; `-` is standard input)
    #[arg(short, long, value_name = "ID|FILE")]
    pub(crate) standard: PathBuf,
    /// Encoding of the table [default: found out by itself]
    #[arg(long, value_enum, value_name = "ENCODING")]
    pub(crate) encoding: Option<Encoding>,
    /// Sheet of a workbook [default: the first that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Score {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Write scores.csv, items.csv, gaps.csv, summary.json and results.xlsx into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The campaign's file, or with --standard a table of communities
    #[arg(value_name = "CAMPAIGN|TABLE")]
    pub(crate) input: PathBuf,
    /// Score a table by this standard: the id of a built-in one, or a file
    #[arg(short, long, value_name = "ID|FILE")]
    pub(crate) standard: Option<PathBuf>,
    /// Encoding of the table [default: found out by itself]
    #[arg(long, value_enum, value_name = "ENCODING", requires = "standard")]
    pub(crate) encoding: Option<Encoding>,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Gaps {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Only these communities, by their codes
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Vec<String>,
    /// So many items a community at most
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) top: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The community's code
    #[arg(value_name = "CODE")]
    pub(crate) code: String,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// The standard: the id of a built-in one, or a file (TOML or JSON; `-` is standard input)
    #[arg(short, long, value_name = "ID|FILE")]
    pub(crate) standard: PathBuf,
    /// The workbook to write (XLSX); with --registry the folder for them
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) output: PathBuf,
    /// Table of communities: a workbook for each of them, or for each street
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// With --registry: one workbook a community, or one a street with a row for each
    #[arg(long, value_enum, default_value_t = TemplateFor::Community, value_name = "UNIT", requires = "registry")]
    pub(crate) each: TemplateFor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateFor {
    Community,
    Street,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StandardCommand {
    /// List the built-in standards
    List,
    /// Show a standard in words: sections, items, points and rules
    Show {
        /// The id of a built-in standard, or a file; `-` is standard input
        #[arg(value_name = "ID|FILE")]
        standard: PathBuf,
        /// Print the file itself instead, a start for one's own; with --format json as JSON
        #[arg(long)]
        source: bool,
    },
    /// Check a standard and list all of its faults
    Check {
        /// The ids of built-in standards, or files; `-` is standard input
        #[arg(value_name = "ID|FILE", required = true)]
        standards: Vec<PathBuf>,
    },
    /// Print the JSON Schema of standards
    Schema,
    /// Write a standard into a workbook, to be edited there
    Export {
        /// The id of a built-in standard, or a file; `-` is standard input
        #[arg(value_name = "ID|FILE")]
        standard: PathBuf,
        /// The workbook to write (XLSX)
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Read a standard back from a workbook and check it
    Import {
        /// The workbook (XLSX, XLS or ODS)
        #[arg(value_name = "FILE")]
        workbook: PathBuf,
        /// The standard's file to write (TOML, or JSON by its ending) [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}
