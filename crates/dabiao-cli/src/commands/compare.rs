//! `dabiao compare`: who moved between two phases or two campaigns, and by which items.

use dabiao::Lang;
use dabiao::campaign::Movement;
use dabiao_io::write_rows;
use serde_json::{Value, json};

use super::run::load;
use super::{overview, text};
use crate::args::{Compare, Format};
use crate::failure::Failure;
use crate::session::{Session, new_table};

pub(crate) fn run(session: &mut Session, call: &Compare) -> Result<(), Failure> {
    let lang = session.lang;
    let (_, result) = load(session, &call.campaign)?;
    let movements = match &call.later {
        Some(later) => {
            let (_, later) = load(session, later)?;
            later.scores.compare(&result.scores)
        }
        None => {
            let find = |wanted: &Option<String>, otherwise: usize| match wanted {
                Some(id) => result.phases.iter().position(|phase| phase.id == *id),
                None => Some(otherwise),
            };
            let last = result.phases.len().saturating_sub(1);
            let found = find(&call.from, 0).zip(find(&call.to, last));
            let Some((from, to)) = found.filter(|(from, to)| from != to) else {
                let known: Vec<&str> = result.phases.iter().map(|p| p.id.as_str()).collect();
                let known = known.join(", ");
                return Err(Failure::call(
                    lang,
                    format!("需要两个不同的阶段\u{ff0c}可选\u{ff1a}{known}"),
                    format!("two phases are needed, out of: {known}"),
                ));
            };
            let (Some(from), Some(to)) = (result.phases.get(from), result.phases.get(to)) else {
                return Ok(());
            };
            // What the later phase has not looked at has not moved.
            let mut movements = to.scores.compare(&from.scores);
            for movement in &mut movements {
                let row = result.scores.observations().row_of(&movement.code);
                let both = |item: &str| {
                    row.is_some_and(|row| from.has_marked(item, row) && to.has_marked(item, row))
                };
                movement.items.retain(|item| both(&item.code));
            }
            movements.retain(|movement| !movement.items.is_empty());
            movements
        }
    };
    let heading = [
        "code",
        "total_earlier",
        "total_later",
        "difference",
        "rank_earlier",
        "rank_later",
        "items",
    ];
    let row = |movement: &Movement| {
        let items = movement.items.iter().map(|item| {
            let signed = item.difference.map(|d| {
                let plus = if d.scaled() > 0 { "+" } else { "" };
                format!("{plus}{d}")
            });
            format!("{} {}", item.code, signed.unwrap_or_else(|| "-".to_owned()))
        });
        vec![
            movement.code.clone(),
            text(movement.totals.0),
            text(movement.totals.1),
            text(movement.total),
            text(movement.ranks.0),
            text(movement.ranks.1),
            items.collect::<Vec<_>>().join("; "),
        ]
    };
    match session.format {
        Format::Csv => {
            write_rows(&mut session.out, &heading, movements.iter().map(row))?;
            Ok(())
        }
        Format::Json => {
            let all: Vec<Value> = movements
                .iter()
                .map(|movement| {
                    let members = heading.iter().zip(row(movement));
                    Value::Object(members.map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
                })
                .collect();
            session.json(&all)
        }
        Format::Table => {
            let mut moved: Vec<&Movement> = movements
                .iter()
                .filter(|held| !held.items.is_empty())
                .collect();
            let size = |held: &Movement| held.total.map_or(0, |d| d.scaled().unsigned_abs());
            moved.sort_by_key(|held| std::cmp::Reverse(size(held)));
            let heading = match lang {
                Lang::Zh => ["编码", "前总分", "后总分", "差", "前名次", "后名次", "小项"],
                Lang::En => [
                    "Code",
                    "Earlier",
                    "Later",
                    "Difference",
                    "Place",
                    "Place later",
                    "Items",
                ],
            };
            let mut table = new_table(&heading, &[]);
            for movement in moved.iter().take(call.top) {
                table.add_row(row(movement));
            }
            overview::align(&mut table, &[1, 2, 3, 4, 5]);
            session.line(match lang {
                Lang::Zh => format!("有变化的社区 {} 个", moved.len()),
                Lang::En => format!("{} communities moved", moved.len()),
            })?;
            session.table(&table)
        }
    }
}
