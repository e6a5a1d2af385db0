//! A table on a sheet: a title, a heading that stays in sight, filters, and cells of a kind.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::look::Look;
use super::template::style::lines;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A text that is broken into lines.
    Long,
    Whole,
    /// A number with so many decimals.
    Number(u8),
    /// `95.12%`
    Percent,
}

/// A column: its heading, its kind, its width in characters.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) width: f64,
}

impl Column {
    pub(super) fn new(title: impl Into<String>, kind: Kind, width: f64) -> Column {
        Column {
            title: title.into(),
            kind,
            width,
        }
    }
}

/// A table to be laid out.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) title: String,
    /// What must be known of the whole: that it is synthetic or drafted.
    pub(super) remark: Option<String>,
    /// What of it stands at the foot of every page.
    pub(super) mark: Option<String>,
    pub(super) columns: Vec<Column>,
    /// Published values as they are written; numbers become numbers.
    pub(super) rows: Vec<Vec<String>>,
    /// Columns that stay in sight to the left.
    pub(super) frozen: u16,
}

/// The row of the heading, from 0.
pub(super) const HEADING: u32 = 2;
/// The first row below it.
pub(super) const FIRST: u32 = HEADING + 1;
/// The longest text that a cell holds.
const LONGEST: usize = 32_767;

impl Table {
    /// The last row, from 0.
    pub(super) fn last(&self) -> u32 {
        HEADING + self.rows.len() as u32
    }

    pub(super) fn column(&self, title: &str) -> Option<u16> {
        let at = self.columns.iter().position(|column| column.title == title);
        at.and_then(|at| u16::try_from(at).ok())
    }

    /// Lays the table out on a sheet of its own.
    pub(super) fn write<'s>(
        &self,
        sheet: &'s mut Worksheet,
        look: &Look,
    ) -> Result<&'s mut Worksheet, XlsxError> {
        sheet.set_name(&self.name)?;
        let widths: Vec<f64> = self.columns.iter().map(|column| column.width).collect();
        banner(sheet, look, &self.title, self.remark.as_deref(), &widths)?;
        let formats: Vec<Format> = self
            .columns
            .iter()
            .map(|column| match column.kind {
                Kind::Text => look.text.clone(),
                Kind::Long => look.long.clone(),
                Kind::Whole => look.whole.clone(),
                Kind::Number(decimals) => look.decimals(decimals),
                Kind::Percent => look.percent.clone(),
            })
            .collect();
        for (at, column) in (0..).zip(&self.columns) {
            sheet.set_column_width(at, column.width)?;
            sheet.write_with_format(HEADING, at, &column.title, &look.head)?;
        }
        sheet.set_row_height(HEADING, 32)?;
        for (row, cells) in (FIRST..).zip(&self.rows) {
            for (((at, column), format), cell) in (0..).zip(&self.columns).zip(&formats).zip(cells)
            {
                write_cell(sheet, (row, at), column.kind, cell, format)?;
            }
            if let Some(height) = self.height(cells) {
                sheet.set_row_height(row, height)?;
            }
        }
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(0);
        sheet.set_freeze_panes(FIRST, self.frozen)?;
        if !self.rows.is_empty() {
            sheet.autofilter(HEADING, 0, self.last(), last)?;
        }
        sheet.set_repeat_rows(HEADING, HEADING)?;
        page(sheet, self.mark.as_deref());
        let all: f64 = widths.iter().sum();
        if all > ACROSS {
            // Wider than can be read: several pages across, each with the first columns.
            let pages = (all / ACROSS).ceil() as u16;
            sheet.set_print_fit_to_pages(pages, 0);
            if self.frozen > 0 {
                sheet.set_repeat_columns(0, self.frozen - 1)?;
            }
        }
        Ok(sheet)
    }

    /// The height of a row that has a text of several lines.
    fn height(&self, cells: &[String]) -> Option<f64> {
        let columns = self.columns.iter().zip(cells);
        let long = columns.filter(|(column, _)| column.kind == Kind::Long);
        let most = long.map(|(column, cell)| lines(cell, column.width));
        let most = most.fold(1.0, f64::max);
        (most > 1.0).then(|| (most * LINE + 3.0).min(HIGHEST))
    }
}

/// So many characters are readable across an A4.
const ACROSS: f64 = 230.0;
/// The height that a row may have.
const HIGHEST: f64 = 240.0;
/// The width of a column that nobody set, in characters.
const DEFAULT_WIDTH: f64 = 8.43;
/// What must be known is laid over at least so many characters.
const BANNER: f64 = 130.0;
/// The height of a line of ten points.
const LINE: f64 = 15.0;

/// The title over a sheet, and below it what must be known, broken into lines over the columns.
pub(super) fn banner(
    sheet: &mut Worksheet,
    look: &Look,
    title: &str,
    remark: Option<&str>,
    widths: &[f64],
) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, title, &look.title)?;
    sheet.set_row_height(0, 28)?;
    let Some(remark) = remark else {
        return Ok(());
    };
    let mut last = 0;
    let mut room = widths.first().copied().unwrap_or(DEFAULT_WIDTH);
    while room < BANNER {
        last += 1;
        room += widths
            .get(usize::from(last))
            .copied()
            .unwrap_or(DEFAULT_WIDTH);
    }
    let wanted: usize = remark
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum();
    // A tenth more, since lines break at words and fonts differ.
    let lines = (wanted as f64 * 1.1 / room).ceil();
    sheet.set_row_height(1, lines * LINE + 3.0)?;
    if last == 0 {
        sheet.write_with_format(1, 0, remark, &look.remark)?;
    } else {
        sheet.merge_range(1, 0, 1, last, remark, &look.remark)?;
    }
    Ok(())
}

/// A4 across, as wide as the page, with the name of the sheet, the number of each page and what
/// must be known of it.
pub(super) fn page(sheet: &mut Worksheet, mark: Option<&str>) {
    let mark: String = mark.unwrap_or_default().chars().take(100).collect();
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
        .set_footer(format!("&L&A&C&P / &N&R{}", mark.replace('&', "&&")))
        .set_screen_gridlines(false);
}

/// Writes a published value: a number as a number, what is no number as the text that it is.
pub(super) fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    kind: Kind,
    cell: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let number = match kind {
        Kind::Text | Kind::Long => None,
        Kind::Whole | Kind::Number(_) => cell.parse::<f64>().ok(),
        Kind::Percent => {
            let digits = cell.strip_suffix('%');
            digits
                .and_then(|digits| digits.parse::<f64>().ok())
                .map(|percent| percent / 100.0)
        }
    };
    match number {
        Some(number) => sheet.write_with_format(row, column, number, format)?,
        None if cell.is_empty() => sheet.write_blank(row, column, format)?,
        None => sheet.write_string_with_format(row, column, shortened(cell), format)?,
    };
    Ok(())
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
