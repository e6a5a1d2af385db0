//! Results as pieces of HTML, for notebooks.

use arrow_array::{Array, RecordBatch};
use dabiao::Lang;
use dabiao::explain::Scorecard;

use crate::columns;
use crate::results::lines_of;

/// How a column stands.
#[derive(Clone, Copy)]
enum Align {
    Left,
    Right,
}

/// A table of columns; `rows` is how many there are of which some are shown.
pub(crate) fn batch(caption: &str, batch: &RecordBatch, rows: usize) -> String {
    let schema = batch.schema();
    let heads: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let aligned: Vec<Align> = batch
        .columns()
        .iter()
        .map(|array| {
            if array.data_type().is_numeric() {
                Align::Right
            } else {
                Align::Left
            }
        })
        .collect();
    let mut html = String::new();
    let cells = (0..batch.num_rows()).map(|row| {
        let arrays = batch.columns().iter();
        arrays
            .map(|array| columns::text(array, row))
            .collect::<Vec<_>>()
    });
    table(&mut html, Some(caption), &heads, &aligned, cells);
    if rows > batch.num_rows() {
        html.push_str(&format!("<p>{} of {rows} rows</p>", batch.num_rows()));
    }
    html
}

/// A scorecard.
pub(crate) fn card(card: &Scorecard, lang: Lang) -> String {
    let dash = || "\u{2013}".to_owned();
    let mut html = String::from("<div class=\"dabiao-card\"><h3>");
    escape(&mut html, card.name.as_deref().unwrap_or(&card.code));
    html.push_str(" <small>");
    escape(&mut html, &card.code);
    html.push_str("</small></h3><p>");
    let mut facts = vec![card.standard.title.get(lang).to_owned()];
    let total = card.total.map_or_else(dash, |total| total.to_string());
    let full = &card.full_marks;
    facts.push(format!("{} {total}/{full}", lang.pick("总分", "total")));
    if let Some(grade) = &card.grade {
        facts.push(grade.title.get(lang).to_owned());
    }
    if let Some(rank) = card.rank {
        facts.push(format!("{} {rank}/{}", lang.pick("排名", "rank"), card.of));
    }
    escape(&mut html, &facts.join(" · "));
    html.push_str("</p>");
    if let Some(notice) = &card.standard.notice {
        html.push_str("<p><em>");
        escape(&mut html, notice.get(lang));
        html.push_str("</em></p>");
    }
    let heads = [
        ("编码", "code"),
        ("项目", "item"),
        ("实际值", "value"),
        ("得分", "points"),
        ("满分", "full"),
        ("下一步", "next step"),
    ]
    .map(|(zh, en)| lang.pick(zh, en));
    use Align::{Left, Right};
    let aligned = [Left, Left, Right, Right, Right, Left];
    let extras = card.bonus_items.iter().chain(&card.deduction_items);
    let rows = lines_of(card).into_iter().chain(extras).map(|line| {
        let value = line.value.as_ref();
        let next = line.next.as_ref();
        vec![
            line.code.clone(),
            line.title.get(lang).to_owned(),
            value.map_or_else(String::new, |value| value.shown.get(lang).to_owned()),
            line.points.map_or_else(dash, |points| points.to_string()),
            line.full
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            next.map_or_else(String::new, |next| next.wording.get(lang).to_owned()),
        ]
    });
    table(&mut html, None, &heads, &aligned, rows);
    if let Some(next) = &card.next_grade {
        html.push_str("<p>");
        escape(&mut html, next.grade.title.get(lang));
        html.push_str(lang.pick("\u{ff1a}", ": "));
        escape(&mut html, next.wording.get(lang));
        html.push_str("</p>");
    }
    html.push_str("</div>");
    html
}

fn table(
    html: &mut String,
    caption: Option<&str>,
    heads: &[&str],
    aligned: &[Align],
    rows: impl Iterator<Item = Vec<String>>,
) {
    html.push_str("<table class=\"dabiao\">");
    if let Some(caption) = caption {
        html.push_str("<caption>");
        escape(html, caption);
        html.push_str("</caption>");
    }
    html.push_str("<thead><tr>");
    for head in heads {
        html.push_str("<th>");
        escape(html, head);
        html.push_str("</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for cells in rows {
        html.push_str("<tr>");
        for (cell, align) in cells.iter().zip(aligned) {
            html.push_str(match align {
                Align::Left => "<td style=\"text-align:left\">",
                Align::Right => "<td style=\"text-align:right\">",
            });
            escape(html, cell);
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
}

/// Text that cannot be mistaken for markup.
fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}
