//! Templates: workbooks that a community fills in without help, and that work out its points
//! while it does.
//!
//! [`live`] puts the standard into formulas; the other modules lay them out. Sheets, in order:
//! the data as one table ([`data`], what programs read), the form ([`form`] for one community,
//! [`table`] for a street with a row for each), the party grid and what is collected in its units
//! ([`units`]), how to fill it in ([`guide`]), and the hidden computation ([`computation`]).

mod computation;
mod data;
mod fields;
mod form;
mod guide;
mod live;
mod paper;
mod planned;
pub(super) mod style;
mod table;
#[cfg(test)]
mod tests;
mod units;

use dabiao::{Fault, FaultCode, Faults, Lang, Observations, Points, ScoreOptions, Standard, Text};
use rust_xlsxwriter::{Worksheet, XlsxError};

use fields::Fields;
use live::{Live, Value};
use style::Style;

pub use planned::{TemplateFor, templates};

/// Communities that one workbook may hold.
const MOST_COMMUNITIES: usize = 200;

/// A community as a template names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateCommunity {
    /// Its code; may be left open.
    pub code: String,
    /// Its name; may be left open.
    pub name: String,
}

/// What a template is made for.
#[derive(Clone, Debug)]
pub struct TemplateOptions {
    lang: Lang,
    communities: Vec<TemplateCommunity>,
    rows: bool,
    /// By community and measure, what is filled in; nothing in a template.
    filled: Vec<Vec<Value>>,
}

impl TemplateOptions {
    /// A form for one community, whose code and name are open.
    #[must_use]
    pub fn new() -> Self {
        TemplateOptions {
            lang: Lang::Zh,
            communities: vec![TemplateCommunity::default()],
            rows: false,
            filled: Vec::new(),
        }
    }

    /// Its words: Chinese unless another language is asked for. What is typed into it is the
    /// same in either.
    #[must_use]
    pub fn with_lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// A form for this community.
    #[must_use]
    pub fn for_community(mut self, community: TemplateCommunity) -> Self {
        self.communities = vec![community];
        self.rows = false;
        self
    }

    /// A table with a row for each of these communities, 200 at most.
    #[must_use]
    pub fn for_street(mut self, communities: Vec<TemplateCommunity>) -> Self {
        self.communities = communities;
        self.rows = true;
        self
    }
}

impl Default for TemplateOptions {
    fn default() -> Self {
        TemplateOptions::new()
    }
}

/// A workbook (XLSX) to be filled in: what the standard asks for, a cell for each value, and the
/// points worked out beside them by formulas that Excel (2010 or later), WPS and LibreOffice
/// know. What only a run over all communities can tell (ranks, means, shares of the best) says
/// so, and so does the total.
///
/// The results that it carries before anyone opens it are those of the blank sheet.
///
/// ```
/// use dabiao::Standard;
/// use dabiao_io::{TemplateOptions, template};
/// let standard = Standard::builtin("weihai-2020")?;
/// let workbook = template(&standard, &TemplateOptions::new())?;
/// assert!(workbook.starts_with(b"PK"));
/// # Ok::<(), dabiao::Faults>(())
/// ```
///
/// # Errors
/// More communities than a workbook can hold, or none; a text that is too long for a cell.
pub fn template(standard: &Standard, options: &TemplateOptions) -> Result<Vec<u8>, Faults> {
    let found = options.communities.len();
    if found == 0 || found > MOST_COMMUNITIES {
        let fault = Fault::new(FaultCode::TooLarge).found(found);
        let expected = Text::new(
            format!("1 至 {MOST_COMMUNITIES} 个社区"),
            format!("1 to {MOST_COMMUNITIES} communities"),
        );
        return Err(fault.expected(expected).into());
    }
    let live = Live::new(standard);
    let blank = vec![Value::Blank; standard.document().measures.len()];
    let values = live.compute(&blank);
    agrees(standard, &live, &values)?;
    let sheet = Template {
        standard,
        options,
        live,
        values,
        fields: Fields::new(standard, options.lang),
        style: Style::new(standard.document().decimals),
        names: SheetNames::new(options.lang),
    };
    sheet.write().map_err(|error| unwritable(&error))
}

fn unwritable(error: &XlsxError) -> Faults {
    let expected = Text::new("能写成工作簿的标准", "a standard that fits into a workbook");
    Fault::new(FaultCode::TooLarge)
        .found(error)
        .expected(expected)
        .into()
}

/// Holds the formulas of the blank sheet to the engine: a template that disagrees with it is not
/// written.
fn agrees(standard: &Standard, live: &Live, values: &[Value]) -> Result<(), Faults> {
    let table = Observations::from_rows(standard, &["code"], &[["1"]])?;
    // A standard may refuse a blank card, or a card without its cohort.
    let Ok(scores) = standard.score(&table, &ScoreOptions::new().with_threads(1)) else {
        return Ok(());
    };
    let mut parts = vec![("total".to_owned(), &live.total, scores.total(0))];
    for (section, published) in standard.sections().iter().zip(&live.sections) {
        parts.push((
            section.id.clone(),
            published,
            scores.points_of(&section.id, 0),
        ));
    }
    for (item, live) in standard.items().iter().zip(&live.items) {
        parts.push((
            item.id.clone(),
            &live.published,
            scores.points_of(&item.id, 0),
        ));
    }
    for (code, published, expected) in parts {
        let Ok(found) = points_of(live, values, &[], published) else {
            continue;
        };
        if found != expected {
            let text = |points: Option<Points>| points.map(|p| p.to_string()).unwrap_or_default();
            let fault = Fault::new(FaultCode::Computed)
                .about(code)
                .found(text(found));
            return Err(fault.expected(Text::from(text(expected))).into());
        }
    }
    Ok(())
}

/// The points that formulas come to; the code where there are none.
fn points_of(
    _live: &Live,
    values: &[Value],
    inputs: &[Value],
    published: &live::Published,
) -> Result<Option<Points>, f64> {
    let sheet = live::Sheet { values, inputs };
    let number = |formula: &live::Formula| formula.value(&sheet).number().unwrap_or(live::OVER);
    match number(&published.code) {
        0.0 => Ok(Some(Points::new(
            number(&published.points) as i64,
            published.decimals,
        ))),
        live::LEFT => Ok(None),
        code => Err(code),
    }
}

/// The names of the sheets.
#[derive(Clone, Copy, Debug)]
struct SheetNames {
    data: &'static str,
    form: &'static str,
    grid: &'static str,
    units: &'static str,
    guide: &'static str,
    computation: &'static str,
}

impl SheetNames {
    fn new(lang: Lang) -> SheetNames {
        SheetNames {
            data: lang.pick("数据", "Data"),
            form: lang.pick("自评表", "Form"),
            grid: lang.pick("网格", "Grid"),
            units: lang.pick("单元数据", "Units"),
            guide: lang.pick("填表说明", "Guide"),
            computation: lang.pick("计算", "Computation"),
        }
    }
}

/// What all sheets of one template share.
struct Template<'a> {
    standard: &'a Standard,
    options: &'a TemplateOptions,
    live: Live,
    /// What the cells of the computation come to on the blank sheet.
    values: Vec<Value>,
    fields: Fields<'a>,
    style: Style,
    names: SheetNames,
}

/// Where the inputs of one community stand.
struct Inputs {
    /// By measure: row and column of the form, from 0; none where it is not typed there.
    places: Vec<Option<(u32, u16)>>,
    code: (u32, u16),
    name: (u32, u16),
}

impl Template<'_> {
    /// Writes an input of a community: blank, unless it is filled in.
    fn input(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        community: usize,
        measure: usize,
    ) -> Result<(), XlsxError> {
        let format = self.fields.format(measure, &self.style);
        let filled = self.options.filled.get(community);
        match filled.and_then(|values| values.get(measure)) {
            Some(Value::Number(number)) => {
                let whole = self.fields.percent(measure).unwrap_or(1);
                let number = number / f64::from(whole);
                sheet.write_number_with_format(row, column, number, format)?
            }
            Some(Value::Text(text)) => sheet.write_string_with_format(row, column, text, format)?,
            _ => sheet.write_blank(row, column, format)?,
        };
        Ok(())
    }

    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.options.lang.pick(zh, en)
    }

    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let title = self.standard.document().title.get(self.options.lang);
        let mut workbook = super::new_workbook(title)?;
        let mut names = vec![self.names.data, self.names.form, self.names.grid];
        if self.fields.unit_measures().next().is_some() {
            names.push(self.names.units);
        }
        names.extend([self.names.guide, self.names.computation]);
        for name in names {
            let sheet = workbook.add_worksheet().set_name(name)?;
            // An empty text is a result, too.
            sheet.set_formula_result_default("");
        }
        let form = workbook.worksheet_from_name(self.names.form)?;
        let inputs = if self.options.rows {
            self.table(form)?
        } else {
            vec![self.form(form)?]
        };
        form.set_active(true);
        form.set_first_tab(true);
        self.data(workbook.worksheet_from_name(self.names.data)?, &inputs)?;
        self.grid(workbook.worksheet_from_name(self.names.grid)?)?;
        if self.fields.unit_measures().next().is_some() {
            self.units(workbook.worksheet_from_name(self.names.units)?)?;
        }
        self.guide(workbook.worksheet_from_name(self.names.guide)?)?;
        let computation = workbook.worksheet_from_name(self.names.computation)?;
        self.computation(computation, &inputs)?;
        workbook.save_to_buffer()
    }
}
