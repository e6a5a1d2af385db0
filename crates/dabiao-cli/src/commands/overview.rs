//! What a person wants to see of a run: grades, the first and the last, the weakest items.

use std::cmp::Reverse;
use std::collections::HashMap;

use comfy_table::Table;
use dabiao::explain::Loss;
use dabiao::standard::document::{Document, Section};
use dabiao::{Lang, Points, Rational, Rounding, Scores, Standard};
use dabiao_io::Summary;

use super::{children, grouped, items, text};
use crate::failure::Failure;
use crate::session::{Session, new_table};

/// Communities shown at either end.
const ENDS: usize = 5;
/// Items shown.
const WEAKEST: usize = 5;

/// Prints the overview of a run.
pub(crate) fn print(session: &mut Session, scores: &Scores) -> Result<(), Failure> {
    head(session, scores.standard(), scores.len())?;
    let with = |grade: Option<usize>| {
        let rows = 0..scores.len();
        rows.filter(|row| scores.grade_index(*row) == grade).count()
    };
    let document = scores.standard().document();
    let counts: Vec<usize> = (0..document.grades.len())
        .map(|at| with(Some(at)))
        .collect();
    grades(session, document, &counts, with(None))?;
    ends(session, scores)?;
    weakest(session, scores)
}

/// What is known of a table in parts: who has which grade.
pub(crate) fn print_parts(
    session: &mut Session,
    standard: &Standard,
    summary: &Summary,
) -> Result<(), Failure> {
    head(session, standard, summary.observations.communities)?;
    let counts: Vec<usize> = summary.grades.iter().map(|held| held.communities).collect();
    let without = summary.communities.without_grade;
    grades(session, standard.document(), &counts, without)
}

fn head(session: &mut Session, standard: &Standard, communities: usize) -> Result<(), Failure> {
    let document = standard.document();
    session.line(document.title.get(session.lang))?;
    let (communities, parts) = (grouped(communities), items(document).count());
    let full = standard.full_marks();
    session.line(match session.lang {
        Lang::Zh => format!("{communities} 个社区\u{ff0c}{parts} 个小项\u{ff0c}满分 {full} 分"),
        Lang::En => format!("{communities} communities, {parts} items, {full} points"),
    })?;
    notice(session, document)
}

/// What is official in the standard and what is drafted.
pub(crate) fn notice(session: &mut Session, document: &Document) -> Result<(), Failure> {
    match &document.notice {
        Some(notice) => session.title(notice.get(session.lang)),
        None => Ok(()),
    }
}

/// How many communities have each grade, and how many none.
fn grades(
    session: &mut Session,
    document: &Document,
    counts: &[usize],
    without: usize,
) -> Result<(), Failure> {
    let lang = session.lang;
    let all = counts.iter().sum::<usize>() + without;
    if document.grades.is_empty() || all == 0 {
        return Ok(());
    }
    session.title(session.pick("等次", "Grades"))?;
    let heading = match lang {
        Lang::Zh => ["等次", "社区数", "占比"],
        Lang::En => ["Grade", "Communities", "Share"],
    };
    let mut table = new_table(&heading, &[]);
    let mut add = |title: &str, count: usize| {
        let share = Rational::ratio(count as i128 * 100, all as i128).unwrap_or_default();
        table.add_row([
            title.to_owned(),
            grouped(count),
            format!("{}%", fixed(&share, 1)),
        ]);
    };
    for (grade, count) in document.grades.iter().zip(counts) {
        add(grade.title.get(lang), *count);
    }
    if without > 0 {
        add(lang.pick("无等次", "no grade"), without);
    }
    align(&mut table, &[1, 2]);
    session.table(&table)
}

/// The rows in the order of their places; those without one last, by code.
pub(crate) fn by_place(scores: &Scores) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..scores.len()).collect();
    rows.sort_by_key(|row| (scores.rank(*row).unwrap_or(u32::MAX), *row));
    rows
}

fn ends(session: &mut Session, scores: &Scores) -> Result<(), Failure> {
    let rows = by_place(scores);
    let placed = rows
        .iter()
        .take_while(|row| scores.rank(**row).is_some())
        .count();
    let (placed, _) = rows.split_at(placed.min(rows.len()));
    if placed.len() <= 2 * ENDS {
        if !placed.is_empty() {
            session.title(session.pick("排名", "Ranking"))?;
            let table = ranking(session.lang, scores, placed);
            session.table(&table)?;
        }
        return Ok(());
    }
    let (first, _) = placed.split_at(ENDS);
    let (_, last) = placed.split_at(placed.len() - ENDS);
    for (title, rows) in [
        (session.pick("前五名", "First five"), first),
        (session.pick("后五名", "Last five"), last),
    ] {
        session.title(title)?;
        let table = ranking(session.lang, scores, rows);
        session.table(&table)?;
    }
    Ok(())
}

/// Place, code, name, district, total, grade, and what else there is to say.
pub(crate) fn ranking(lang: Lang, scores: &Scores, rows: &[usize]) -> Table {
    let attributes: Vec<(&str, &[String])> = [
        ("name", lang.pick("名称", "Name")),
        ("district", lang.pick("区县", "District")),
    ]
    .into_iter()
    .filter_map(|(name, title)| Some((title, scores.observations().attribute(name)?)))
    .collect();
    let document = scores.standard().document();
    let any = |holds: &dyn Fn(usize) -> bool| rows.iter().any(|row| holds(*row));
    let with_bonus = !document.bonus.is_empty();
    let with_grades = !document.grades.is_empty();
    let with_vetoes = any(&|row| scores.vetoes(row).next().is_some());
    let with_missing = any(&|row| scores.missing(row).next().is_some());
    let with_flags = any(&|row| !scores.flags(row).is_empty());
    let mut heading = vec![lang.pick("名次", "Place"), lang.pick("编码", "Code")];
    heading.extend(attributes.iter().map(|(title, _)| *title));
    let total = heading.len();
    heading.push(lang.pick("总分", "Total"));
    let optional = [
        (with_bonus, lang.pick("加分", "Bonus")),
        (with_grades, lang.pick("等次", "Grade")),
        (with_vetoes, lang.pick("一票否决", "Vetoes")),
        (with_missing, lang.pick("缺项", "Missing")),
        (with_flags, lang.pick("说明", "Notes")),
    ];
    heading.extend(optional.iter().filter(|(shown, _)| *shown).map(|(_, t)| *t));
    let mut table = new_table(&heading, &[]);
    for &row in rows {
        let code = scores.codes().get(row).unwrap_or_default().to_owned();
        let mut cells = vec![text(scores.rank(row)), code];
        let texts = attributes.iter().map(|(_, values)| values.get(row));
        cells.extend(texts.map(|text| text.cloned().unwrap_or_default()));
        cells.push(text(scores.total(row)));
        let grade = scores.grade(row).map(|grade| grade.title.get(lang));
        let flags: Vec<&str> = scores
            .flags(row)
            .iter()
            .map(|flag| flag_title(*flag, lang))
            .collect();
        let comma = lang.pick("、", ", ");
        let optional = [
            (with_bonus, text(scores.bonus(row))),
            (with_grades, text(grade)),
            (
                with_vetoes,
                scores.vetoes(row).collect::<Vec<_>>().join(comma),
            ),
            (
                with_missing,
                shortened(&scores.missing(row).collect::<Vec<_>>(), comma),
            ),
            (with_flags, flags.join(comma)),
        ];
        let shown = optional.into_iter().filter(|(shown, _)| *shown);
        cells.extend(shown.map(|(_, text)| text));
        table.add_row(cells);
    }
    align(&mut table, &[0, total]);
    if with_bonus {
        align(&mut table, &[total + 1]);
    }
    table
}

/// A few codes, and how many more.
fn shortened(codes: &[&str], comma: &str) -> String {
    const SHOWN: usize = 4;
    let first = codes.iter().take(SHOWN).copied().collect::<Vec<_>>();
    match codes.len().saturating_sub(SHOWN) {
        0 => first.join(comma),
        more => format!("{} … +{more}", first.join(comma)),
    }
}

fn flag_title(flag: dabiao::Flag, lang: Lang) -> &'static str {
    use dabiao::Flag;
    match flag {
        Flag::Provisional => lang.pick("等次待定", "provisional"),
        Flag::Imputed => lang.pick("含推算值", "imputed"),
        Flag::GradeTaken => lang.pick("等次被否决", "grade taken"),
        Flag::NoTotal => lang.pick("无总分", "no total"),
        other => other.as_str(),
    }
}

pub(crate) fn align(table: &mut Table, right: &[usize]) {
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
}

/// What an item or a section loses of the total, over the communities to which it applies.
pub(crate) struct Lost {
    loss: Loss,
    /// What a point of it is worth in the total: other than 1 under a section with a weight.
    worth: Rational,
}

impl Lost {
    fn of_total(&self) -> Rational {
        of_total(&self.loss, &self.worth)
    }

    /// For [`losses_table`].
    pub(crate) fn parts(&self) -> (&Loss, Rational) {
        (&self.loss, self.worth.clone())
    }
}

fn of_total(loss: &Loss, worth: &Rational) -> Rational {
    let count = Rational::from(loss.counted as i64);
    let mean = loss.lost.checked_div(&count).unwrap_or_default();
    &mean * worth
}

/// `+0.50`, `-1.00`.
pub(crate) fn signed(points: Points) -> String {
    let plus = if points.scaled() > 0 { "+" } else { "" };
    format!("{plus}{points}")
}

/// The items that lose points, those that cost the total most first.
pub(crate) fn items_by_loss(scores: &Scores) -> Vec<Lost> {
    let worths = worths(scores.standard().document());
    let losses = scores.losses(0..scores.len()).items.into_iter();
    let mut lost: Vec<Lost> = losses
        .filter(|loss| loss.counted > 0 && loss.lost > Rational::default())
        .map(|loss| {
            let worth = worths.get(loss.code.as_str()).cloned().unwrap_or_default();
            Lost { loss, worth }
        })
        .collect();
    lost.sort_by_key(|lost| Reverse(lost.of_total()));
    lost
}

/// The top-level sections, in the order of the standard.
pub(crate) fn sections_by_loss(scores: &Scores) -> Vec<Lost> {
    let losses = scores.losses(0..scores.len()).sections.into_iter();
    losses
        .filter(|loss| loss.counted > 0)
        .map(|loss| Lost {
            loss,
            worth: Rational::from(1),
        })
        .collect()
}

/// What a point of each item is worth in the total.
fn worths(document: &Document) -> HashMap<&str, Rational> {
    let mut worths = HashMap::new();
    let mut waiting: Vec<(&Section, Rational)> = document
        .sections
        .iter()
        .map(|section| (section, Rational::from(1)))
        .collect();
    while let Some((section, of_total)) = waiting.pop() {
        let scale = match &section.weight {
            Some(weight) => weight.checked_div(&children(section)).unwrap_or_default(),
            None => Rational::from(1),
        };
        let worth = &of_total * &scale;
        for item in &section.items {
            worths.insert(item.id.as_str(), worth.clone());
        }
        waiting.extend(section.sections.iter().map(|s| (s, worth.clone())));
    }
    worths
}

fn weakest(session: &mut Session, scores: &Scores) -> Result<(), Failure> {
    let lost = items_by_loss(scores);
    if lost.is_empty() {
        return Ok(());
    }
    session.title(session.pick(
        "失分最多的小项\u{ff08}平均每个社区\u{ff0c}折算到总分\u{ff09}",
        "Items that lose most points (on average over the communities, as parts of the total)",
    ))?;
    let table = losses_table(session.lang, lost.iter().take(WEAKEST).map(Lost::parts));
    session.table(&table)
}

/// Losses with what a point of each is worth in the total.
pub(crate) fn losses_table<'a>(
    lang: Lang,
    lost: impl Iterator<Item = (&'a Loss, Rational)>,
) -> Table {
    let heading = match lang {
        Lang::Zh => ["编号", "名称", "分值", "平均失分", "失分率", "满分社区"],
        Lang::En => [
            "Code",
            "Title",
            "Points",
            "Lost",
            "Lost share",
            "At full marks",
        ],
    };
    let mut table = new_table(&heading, &[]);
    for (loss, worth) in lost {
        let full = &loss.full * &worth;
        let mean = of_total(loss, &worth);
        let share = mean.checked_div(&full).unwrap_or_default();
        table.add_row([
            loss.code.clone(),
            loss.title.get(lang).to_owned(),
            full.display(2),
            fixed(&mean, 2),
            format!("{}%", fixed(&(&share * &Rational::from(100)), 0)),
            grouped(loss.at_full),
        ]);
    }
    align(&mut table, &[2, 3, 4, 5]);
    table
}

/// So many decimals, always.
fn fixed(number: &Rational, decimals: u8) -> String {
    let scaled = number.round(decimals, Rounding::HalfUp).unwrap_or_default();
    dabiao::Points::new(scaled, decimals).to_string()
}
