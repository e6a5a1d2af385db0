//! `dabiao compare`: who moved between two phases or two runs, and by which items.

use std::path::Path;

use dabiao::campaign::{CampaignResult, ItemMovement, Movement, PhaseMovement};
use dabiao::{Lang, Points};
use dabiao_io::{ReadOptions, RunResults};
use serde_json::{Value, json};

use super::run::load;
use super::{attribute, overview, text};
use crate::args::{Compare, Format};
use crate::failure::Failure;
use crate::session::{Session, new_table};

/// Who moved, ready to be shown.
struct Compared {
    synthetic: bool,
    /// What is compared: `phases` or `runs`.
    kind: &'static str,
    headings: &'static [Heading],
    rows: Vec<Vec<String>>,
    /// How many of the rows moved at all; they stand first.
    moved: usize,
    notes: Vec<String>,
}

/// A column: its name for programs, in Chinese and in English, and whether it holds numbers.
type Heading = (&'static str, &'static str, &'static str, bool);

const OF_PHASES: [Heading; 8] = [
    ("code", "编码", "Code", false),
    ("name", "名称", "Name", false),
    ("district", "区县", "District", false),
    ("compared", "共同小项", "Items", true),
    ("earlier", "前得分", "Earlier", true),
    ("later", "后得分", "Later", true),
    ("difference", "差", "Difference", true),
    ("items", "变化的小项", "Items that moved", false),
];

const OF_RUNS: [Heading; 11] = [
    ("code", "编码", "Code", false),
    ("name", "名称", "Name", false),
    ("district", "区县", "District", false),
    ("total_earlier", "前总分", "Earlier", true),
    ("total_later", "后总分", "Later", true),
    ("difference", "差", "Difference", true),
    ("rank_earlier", "前名次", "Place", true),
    ("rank_later", "后名次", "Place later", true),
    ("grade_earlier", "前等次", "Grade", false),
    ("grade_later", "后等次", "Grade later", false),
    ("items", "变化的小项", "Items that moved", false),
];

pub(crate) fn run(session: &mut Session, call: &Compare) -> Result<(), Failure> {
    let compared = match &call.later {
        Some(later) => runs(session, &call.campaign, later)?,
        None => phases(session, call)?,
    };
    show(session, &compared, call.top)
}

fn phases(session: &Session, call: &Compare) -> Result<Compared, Failure> {
    let lang = session.lang;
    if call.campaign.is_dir() {
        return Err(Failure::call(
            lang,
            "一个结果文件夹须与另一个结果文件夹或活动文件比较\u{ff1b}比较两个阶段请给出活动文件",
            "a folder of results is compared with another one, or with a campaign's file; to compare two phases name the campaign's file",
        ));
    }
    let (loaded, result) = load(session, &call.campaign)?;
    let find = |wanted: &Option<String>, otherwise: usize| match wanted {
        Some(id) => result.phases.iter().position(|phase| phase.id == *id),
        None => Some(otherwise),
    };
    let last = result.phases.len().saturating_sub(1);
    let found = find(&call.from, 0).zip(find(&call.to, last));
    let Some((from, to)) = found.filter(|(from, to)| from != to) else {
        let known: Vec<&str> = result.phases.iter().map(|p| p.id.as_str()).collect();
        return Err(Failure::call(
            lang,
            format!("需要两个不同的阶段\u{ff0c}可选\u{ff1a}{}", known.join("、")),
            format!("two phases are needed, out of: {}", known.join(", ")),
        ));
    };
    let title = |at: usize| result.phases.get(at).map_or("", |p| p.title.get(lang));
    let (before, after) = (title(from), title(to));
    let mut movements = result.compare_phases(from, to);
    movements.sort_by_key(|held| std::cmp::Reverse(size(Some(held.difference))));
    let moved = |held: &&PhaseMovement| !held.items.is_empty();
    let (first, rest): (Vec<_>, Vec<_>) = movements.iter().partition(|held| moved(held));
    let cells = |held: &&PhaseMovement| of_phases(&result, held);
    Ok(Compared {
        synthetic: loaded.document.synthetic,
        kind: "phases",
        headings: &OF_PHASES,
        moved: first.len(),
        rows: first.iter().chain(&rest).map(cells).collect(),
        notes: vec![match lang {
            Lang::Zh => format!(
                "{before} → {after}\u{ff1a}只比较两个阶段都评过的小项\u{ff0c}得分为这些小项之和"
            ),
            Lang::En => format!(
                "{before} → {after}: only items that both have marked are compared; points are their sums"
            ),
        }],
    })
}

fn of_phases(result: &CampaignResult, held: &PhaseMovement) -> Vec<String> {
    vec![
        text(result.scores.codes().get(held.row)),
        attribute(result, "name", held.row),
        attribute(result, "district", held.row),
        held.compared.to_string(),
        held.earlier.to_string(),
        held.later.to_string(),
        overview::signed(held.difference),
        listed(&held.items),
    ]
}

fn runs(session: &Session, earlier: &Path, later: &Path) -> Result<Compared, Failure> {
    let lang = session.lang;
    let (before, after) = (results(session, earlier)?, results(session, later)?);
    let mut movements = after.compare(&before);
    movements.sort_by_key(|held| std::cmp::Reverse(size(held.total)));
    let moved = |held: &&Movement| {
        let places = held.ranks.0 != held.ranks.1 || held.grades.0 != held.grades.1;
        !held.items.is_empty() || size(held.total) > 0 || places
    };
    let (first, rest): (Vec<_>, Vec<_>) = movements.iter().partition(|held| moved(held));
    let cells = |held: &&Movement| {
        let names = match after.names(&held.code) {
            ("", "") => before.names(&held.code),
            names => names,
        };
        of_runs(names, held)
    };
    let mut notes = Vec::new();
    if !after.same_standard(&before) {
        notes.push(
            lang.pick(
                "两次运行所用的标准不同\u{ff0c}小项按编号对应",
                "the two runs were scored against different standards; items are matched by code",
            )
            .to_owned(),
        );
    }
    Ok(Compared {
        synthetic: before.is_synthetic() || after.is_synthetic(),
        kind: "runs",
        headings: &OF_RUNS,
        moved: first.len(),
        rows: first.iter().chain(&rest).map(cells).collect(),
        notes,
    })
}

/// The results of a campaign's file, which is run, or of a folder that a run has written.
fn results(session: &Session, path: &Path) -> Result<RunResults, Failure> {
    if path.is_dir() {
        return Ok(RunResults::read(path, &ReadOptions::new())?);
    }
    let (loaded, result) = load(session, path)?;
    Ok(RunResults::of(&loaded, &result))
}

fn of_runs((name, district): (&str, &str), held: &Movement) -> Vec<String> {
    let (before, after) = (&held.grades.0, &held.grades.1);
    vec![
        held.code.clone(),
        name.to_owned(),
        district.to_owned(),
        text(held.totals.0),
        text(held.totals.1),
        held.total.map_or(String::new(), overview::signed),
        text(held.ranks.0),
        text(held.ranks.1),
        text(before.as_ref()),
        text(after.as_ref()),
        listed(&held.items),
    ]
}

fn size(difference: Option<Points>) -> u64 {
    difference.map_or(0, |points| points.scaled().unsigned_abs())
}

/// `2.3 +1.00; 4.1 0.50 → -`: the items that moved; `-` is where one does not apply.
fn listed(items: &[ItemMovement]) -> String {
    let item = |held: &ItemMovement| {
        let shown = |points: Option<Points>| points.map_or("-".to_owned(), |p| p.to_string());
        let (before, after) = held.points;
        match held.difference {
            Some(difference) => format!("{} {}", held.code, overview::signed(difference)),
            None => format!("{} {} → {}", held.code, shown(before), shown(after)),
        }
    };
    items.iter().map(item).collect::<Vec<_>>().join("; ")
}

fn show(session: &mut Session, compared: &Compared, top: usize) -> Result<(), Failure> {
    let lang = session.lang;
    let names: Vec<&str> = compared.headings.iter().map(|heading| heading.0).collect();
    let cells = compared.rows.iter().cloned();
    match session.format {
        Format::Csv => session.rows(&names, cells, compared.synthetic),
        Format::Json => {
            let row = |cells: Vec<String>| {
                let members = names.iter().zip(cells);
                Value::Object(members.map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
            };
            session.json(&json!({
                "compared": compared.kind,
                "synthetic": compared.synthetic,
                "note": compared.synthetic.then_some(dabiao_io::SYNTHETIC),
                "communities": cells.map(row).collect::<Vec<_>>(),
            }))
        }
        Format::Table | Format::Parquet => {
            session.synthetic(compared.synthetic)?;
            for note in &compared.notes {
                session.line(note)?;
            }
            let (moved, all) = (compared.moved, compared.rows.len());
            session.line(match lang {
                Lang::Zh => format!("{all} 个社区中 {moved} 个有变化"),
                Lang::En => format!("{moved} of {all} communities moved"),
            })?;
            if moved == 0 {
                return Ok(());
            }
            let titles = compared
                .headings
                .iter()
                .map(|held| lang.pick(held.1, held.2));
            let mut table = new_table(&titles.collect::<Vec<_>>(), &[]);
            for cells in compared.rows.iter().take(moved).take(top) {
                table.add_row(cells);
            }
            let numbers = compared
                .headings
                .iter()
                .enumerate()
                .filter(|(_, held)| held.3);
            overview::align(&mut table, &numbers.map(|(at, _)| at).collect::<Vec<_>>());
            session.table(&table)?;
            if moved > top {
                session.line(match lang {
                    Lang::Zh => format!(
                        "另有 {} 个\u{ff08}--top {moved} 可全部列出\u{ff09}",
                        moved - top
                    ),
                    Lang::En => format!("{} more (--top {moved} lists all)", moved - top),
                })?;
            }
            Ok(())
        }
    }
}
