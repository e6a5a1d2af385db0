//! What all commands share: the language, the format, standard output.

use std::env;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle,
};
use dabiao::{Lang, ScoreOptions, Scores};
use dabiao_io::{PartScores, SYNTHETIC, write_rows};
use serde::Serialize;

use crate::args::{Common, Format, Language};
use crate::failure::Failure;

/// The surroundings of one command.
pub(crate) struct Session {
    pub(crate) lang: Lang,
    pub(crate) format: Format,
    pub(crate) threads: Option<usize>,
    pub(crate) out: BufWriter<StdoutLock<'static>>,
}

impl Session {
    pub(crate) fn new(common: &Common) -> Session {
        Session {
            lang: common.lang.map_or_else(language, Lang::from),
            format: common.format,
            threads: common.threads.map(Into::into),
            out: BufWriter::new(io::stdout().lock()),
        }
    }

    pub(crate) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.lang.pick(zh, en)
    }

    pub(crate) fn score_options(&self) -> ScoreOptions {
        let options = ScoreOptions::new();
        match self.threads {
            Some(threads) => options.with_threads(threads),
            None => options,
        }
    }

    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        writeln!(self.out, "{}", text.as_ref().trim_end())?;
        Ok(())
    }

    /// A heading over a table, with a blank line before it.
    pub(crate) fn title(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        writeln!(self.out)?;
        self.line(text)
    }

    pub(crate) fn table(&mut self, table: &Table) -> Result<(), Failure> {
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Says that the marks are made up, where they are.
    pub(crate) fn synthetic(&mut self, synthetic: bool) -> Result<(), Failure> {
        match synthetic {
            true => self.line(SYNTHETIC),
            false => Ok(()),
        }
    }

    /// A table as CSV; where its marks are made up, a last column `note` says so in every row.
    pub(crate) fn rows(
        &mut self,
        heading: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
        synthetic: bool,
    ) -> Result<(), Failure> {
        let note = synthetic.then_some("note");
        let heading: Vec<&str> = heading.iter().copied().chain(note).collect();
        let rows = rows.map(|mut row| {
            row.extend(synthetic.then(|| SYNTHETIC.to_owned()));
            row
        });
        write_rows(&mut self.out, &heading, rows)?;
        Ok(())
    }

    /// The scores as a Parquet file, which no terminal can show.
    pub(crate) fn parquet(&mut self, scores: &Scores) -> Result<(), Failure> {
        self.check_parquet()?;
        let mut bytes = Vec::new();
        dabiao_io::write_scores_parquet(scores, &mut bytes)?;
        self.out.write_all(&bytes)?;
        Ok(())
    }

    /// The scores of a table in parts as a Parquet file.
    pub(crate) fn parquet_parts(&mut self, scores: &PartScores) -> Result<(), Failure> {
        self.check_parquet()?;
        // The lock of standard output stays on this thread.
        scores.write_scores_parquet(io::stdout())?;
        Ok(())
    }

    fn check_parquet(&self) -> Result<(), Failure> {
        match io::stdout().is_terminal() {
            true => Err(Failure::call(
                self.lang,
                "Parquet 不能显示在终端\u{ff0c}请写入文件\u{ff1a}> scores.parquet",
                "a terminal cannot show Parquet; send it to a file: > scores.parquet",
            )),
            false => Ok(()),
        }
    }

    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        writeln!(self.out)?;
        Ok(())
    }
}

impl From<Language> for Lang {
    fn from(language: Language) -> Lang {
        match language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }
}

/// The language of the surroundings: the first of the three that is set decides. English where
/// it is another one, or none.
pub(crate) fn language() -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(env::var_os)
        .find(|value| !value.is_empty())
        .and_then(|value| value.to_str()?.parse().ok())
        .unwrap_or(Lang::En)
}

/// A table for people: a heading, a line, rows. `right` names the columns of numbers.
pub(crate) fn new_table(heading: &[&str], right: &[usize]) -> Table {
    const STYLE: TableStyle =
        TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(heading.iter().copied());
    table.set_content_arrangement(if io::stdout().is_terminal() {
        ContentArrangement::Dynamic
    } else {
        ContentArrangement::Disabled
    });
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}
