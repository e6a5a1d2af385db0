//! `dabiao standard`: list, show, check, schema.

use std::fs;
use std::path::{Path, PathBuf};

use dabiao::explain::{Role, Words};
use dabiao::standard::document::{Document, Item};
use dabiao::{Lang, Rational, Standard, Text};
use serde_json::{Value, json};

use super::{Part, items, parts, worth};
use crate::args::{Format, StandardCommand};
use crate::failure::Failure;
use crate::faults;
use crate::inputs;
use crate::session::{Session, new_table};

pub(crate) fn run(session: &mut Session, command: &StandardCommand) -> Result<(), Failure> {
    match command {
        StandardCommand::List => list(session),
        StandardCommand::Show { standard, source } => show(session, standard, *source),
        StandardCommand::Check { standards } => check(session, standards),
        StandardCommand::Schema => schema(session),
        StandardCommand::Export { standard, output } => export(session, standard, output),
        StandardCommand::Import { workbook, output } => {
            import(session, workbook, output.as_deref())
        }
    }
}

fn export(session: &mut Session, name: &Path, output: &Path) -> Result<(), Failure> {
    let standard = inputs::standard(session, name)?.standard;
    let bytes = dabiao_io::standard_workbook(standard.document())?;
    crate::outputs::spare(session.lang, output, [name])?;
    dabiao_io::write_whole(output, &bytes)
        .map_err(|error| Failure::at(session.lang, output, &error))
}

fn import(session: &mut Session, workbook: &Path, output: Option<&Path>) -> Result<(), Failure> {
    let bytes = fs::read(workbook).map_err(|error| Failure::at(session.lang, workbook, &error))?;
    let standard = dabiao_io::read_standard(&workbook.display().to_string(), &bytes)?;
    let document = standard.document();
    let json = match output {
        Some(path) => path.extension().is_some_and(|ending| ending == "json"),
        None => session.format == Format::Json,
    };
    let text = if json {
        document.to_json()
    } else {
        document.to_toml()
    };
    match output {
        Some(path) => {
            crate::outputs::spare(session.lang, path, [workbook])?;
            dabiao_io::write_whole(path, text.as_bytes())
                .map_err(|error| Failure::at(session.lang, path, &error))
        }
        None => session.line(text),
    }
}

fn list(session: &mut Session) -> Result<(), Failure> {
    let lang = session.lang;
    let standards: Vec<Standard> = Standard::builtin_ids()
        .map(Standard::builtin)
        .collect::<Result<_, _>>()?;
    let sizes = |standard: &Standard| {
        let document = standard.document();
        (
            document.sections.len(),
            items(document).count(),
            standard.full_marks().to_string(),
        )
    };
    if session.format == Format::Json {
        let all: Vec<Value> = standards
            .iter()
            .map(|standard| {
                let document = standard.document();
                let (sections, items, points) = sizes(standard);
                json!({
                    "id": document.id, "version": document.version, "title": document.title,
                    "notice": document.notice, "source": document.source, "sections": sections,
                    "items": items, "points": points, "sha256": standard.digest(),
                })
            })
            .collect();
        return session.json(&all);
    }
    let heading = match lang {
        Lang::Zh => ["标准", "名称", "大项", "小项", "满分"],
        Lang::En => ["Id", "Title", "Sections", "Items", "Points"],
    };
    let rows = standards.iter().map(|standard| {
        let (sections, items, points) = sizes(standard);
        let document = standard.document();
        let title = document.title.get(lang).to_owned();
        [
            document.id.clone(),
            title,
            sections.to_string(),
            items.to_string(),
            points,
        ]
    });
    if session.format == Format::Csv {
        return dabiao_io::write_rows(
            &mut session.out,
            &["id", "title", "sections", "items", "points"],
            rows,
        )
        .map_err(Failure::from);
    }
    let mut table = new_table(&heading, &[]);
    table.add_rows(rows);
    super::overview::align(&mut table, &[2, 3, 4]);
    session.table(&table)
}

fn check(session: &mut Session, standards: &[PathBuf]) -> Result<(), Failure> {
    let mut faulty = false;
    for name in standards {
        match inputs::standard(session, name) {
            Ok(loaded) => {
                let document = loaded.standard.document();
                let (sections, items) = (document.sections.len(), items(document).count());
                let (id, points) = (&document.id, loaded.standard.full_marks());
                let digest = loaded.standard.digest();
                match session.format {
                    Format::Json => session.json(&json!({
                        "id": id, "sections": sections, "items": items,
                        "points": points.to_string(), "sha256": digest,
                    }))?,
                    _ => session.line(match session.lang {
                        Lang::Zh => format!(
                            "{id}\u{ff1a}{sections} 个大项\u{ff0c}{items} 个小项\u{ff0c}满分 {points} 分\u{ff0c}检查通过"
                        ),
                        Lang::En => format!(
                            "{id}: {}, {}, {points} points; no faults",
                            counted(sections, "section"),
                            counted(items, "item"),
                        ),
                    })?,
                }
            }
            Err(Failure::Input { faults, text }) => {
                faulty = true;
                faults::report(&faults, text.as_deref(), session.lang, session.format);
            }
            Err(other) => return Err(other),
        }
    }
    if faulty {
        Err(Failure::Reported)
    } else {
        Ok(())
    }
}

fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn show(session: &mut Session, name: &Path, source: bool) -> Result<(), Failure> {
    let loaded = inputs::standard(session, name)?;
    if source && session.format == Format::Json {
        return session.line(loaded.standard.document().to_json());
    }
    if source {
        return session.line(&loaded.text);
    }
    let document = loaded.standard.document();
    match session.format {
        Format::Table | Format::Parquet => in_words(session, &loaded.standard),
        Format::Csv => {
            let words = Words::new(document, session.lang);
            let rows = parts(document).into_iter().map(|(_, part)| match part {
                Part::Section(section) => [
                    section.id.clone(),
                    section.title.get(session.lang).to_owned(),
                    worth(section).to_string(),
                    String::new(),
                ],
                Part::Item(item) => [
                    item.id.clone(),
                    item.title.get(session.lang).to_owned(),
                    super::text(item.points.as_ref()),
                    words.item(item, Role::Item),
                ],
            });
            let rows: Vec<[String; 4]> = rows.collect();
            dabiao_io::write_rows(&mut session.out, &["code", "title", "points", "rule"], rows)?;
            Ok(())
        }
        Format::Json => as_json(session, &loaded.standard),
    }
}

/// The standard with its rules in words, in both languages.
fn as_json(session: &mut Session, standard: &Standard) -> Result<(), Failure> {
    let document = standard.document();
    let (zh, en) = (
        Words::new(document, Lang::Zh),
        Words::new(document, Lang::En),
    );
    let both = |say: &dyn Fn(&Words<'_>) -> String| Text::new(say(&zh), say(&en));
    let item = |item: &Item, role: Role| {
        json!({
            "code": item.id, "title": item.title,
            "points": item.points.as_ref().map(ToString::to_string),
            "rule": both(&|words| words.item(item, role)), "evidence": item.evidence,
        })
    };
    let all: Vec<Value> = parts(document)
        .into_iter()
        .map(|(depth, part)| match part {
            Part::Section(section) => json!({
                "code": section.id, "title": section.title, "depth": depth,
                "points": worth(section).to_string(),
            }),
            Part::Item(leaf) => {
                let mut value = item(leaf, Role::Item);
                if let Some(object) = value.as_object_mut() {
                    object.insert("depth".to_owned(), json!(depth));
                }
                value
            }
        })
        .collect();
    let extras = |items: &[Item], role: Role| -> Vec<Value> {
        items.iter().map(|extra| item(extra, role)).collect()
    };
    let vetoes: Vec<Value> = document
        .vetoes
        .iter()
        .map(|veto| json!({"code": veto.id, "title": veto.title, "rule": both(&|w| w.veto(veto))}))
        .collect();
    let grades: Vec<Value> = document
        .grades
        .iter()
        .map(|grade| {
            json!({"grade": grade.id, "title": grade.title, "rule": both(&|w| w.grade(grade))})
        })
        .collect();
    session.json(&json!({
        "id": document.id, "version": document.version, "title": document.title,
        "notice": document.notice, "source": document.source,
        "points": standard.full_marks().to_string(), "decimals": document.decimals,
        "sha256": standard.digest(), "parts": all,
        "bonus": extras(&document.bonus, Role::Bonus),
        "deductions": extras(&document.deductions, Role::Deduction),
        "vetoes": vetoes, "grades": grades, "tie_breaks": document.tie_breaks,
    }))
}

fn in_words(session: &mut Session, standard: &Standard) -> Result<(), Failure> {
    let lang = session.lang;
    let document = standard.document();
    let words = Words::new(document, lang);
    session.line(document.title.get(lang))?;
    let version = document.version.as_deref().unwrap_or_default();
    session.line(format!("{} {version}", document.id))?;
    if let Some(notice) = &document.notice {
        session.title(notice.get(lang))?;
    }
    if let Some(source) = &document.source {
        let label = lang.pick("来源\u{ff1a}", "Source: ");
        session.title(format!("{label}{source}"))?;
    }
    session.title(general(document, standard, lang))?;
    for (depth, part) in parts(document) {
        match part {
            Part::Section(section) => {
                let (code, title) = (&section.id, section.title.get(lang));
                let worth = points(lang, &worth(section).to_string());
                session.title(format!("{:>1$}{code} {title}{worth}", "", 2 * depth))?;
            }
            Part::Item(item) => show_item(session, &words, item, Role::Item, depth)?,
        }
    }
    extras(session, document, &words)
}

fn points(lang: Lang, points: &str) -> String {
    match lang {
        Lang::Zh => format!("\u{ff08}{points}分\u{ff09}"),
        Lang::En => format!(" ({points} points)"),
    }
}

/// How points are published, what a blank earns, how ties are broken.
fn general(document: &Document, standard: &Standard, lang: Lang) -> String {
    let words = Words::new(document, lang);
    let full = standard.full_marks();
    let (sections, items) = (document.sections.len(), items(document).count());
    let missing = words.missing_policy(document.missing, None);
    let cap = |cap: &Option<Rational>, zh: &str, en: &str| match (cap, lang) {
        (None, _) => String::new(),
        (Some(cap), Lang::Zh) => format!("{zh}合计至多 {cap} 分。"),
        (Some(cap), Lang::En) => format!(" {en} count for {cap} points at most."),
    };
    let bonus = cap(&document.bonus_cap, "加分", "Bonuses");
    let deductions = cap(&document.deduction_cap, "扣分", "Deductions");
    let ties: Vec<String> = document
        .tie_breaks
        .iter()
        .map(|code| words.coded(code))
        .collect();
    match lang {
        Lang::Zh => {
            let ties = match ties.is_empty() {
                true => String::new(),
                false => format!("总分相同的\u{ff0c}依次比较{}。", ties.join("、")),
            };
            format!(
                "{sections} 个大项\u{ff0c}{items} 个小项\u{ff0c}满分 {full} 分\u{ff1b}得分保留 {} 位小数。{bonus}{deductions}{missing}。{ties}",
                document.decimals
            )
        }
        Lang::En => {
            let ties = match ties.is_empty() {
                true => String::new(),
                false => format!(" Ties are broken by {}.", ties.join(", then ")),
            };
            format!(
                "{}, {}, {full} points, published with {} decimals.{bonus}{deductions} {missing}.{ties}",
                counted(sections, "section"),
                counted(items, "item"),
                document.decimals
            )
        }
    }
}

fn show_item(
    session: &mut Session,
    words: &Words<'_>,
    item: &Item,
    role: Role,
    depth: usize,
) -> Result<(), Failure> {
    let lang = session.lang;
    let (code, title) = (&item.id, item.title.get(lang));
    let worth = item
        .points
        .as_ref()
        .map(|full| points(lang, &full.to_string()))
        .unwrap_or_default();
    let indent = 2 * depth;
    session.line(format!("{:>indent$}{code} {title}{worth}", ""))?;
    for line in words.item(item, role).lines() {
        session.line(format!("{:>1$}{line}", "", indent + 4))?;
    }
    Ok(())
}

/// Bonuses, deductions, vetoes and grades.
fn extras(session: &mut Session, document: &Document, words: &Words<'_>) -> Result<(), Failure> {
    let lang = session.lang;
    for (title, entries, role) in [
        (lang.pick("加分项", "Bonuses"), &document.bonus, Role::Bonus),
        (
            lang.pick("扣分项", "Deductions"),
            &document.deductions,
            Role::Deduction,
        ),
    ] {
        if !entries.is_empty() {
            session.title(title)?;
        }
        for entry in entries {
            show_item(session, words, entry, role, 1)?;
        }
    }
    if !document.vetoes.is_empty() {
        session.title(lang.pick("一票否决", "Vetoes"))?;
    }
    for veto in &document.vetoes {
        session.line(format!("  {} {}", veto.id, veto.title.get(lang)))?;
        session.line(format!("      {}", words.veto(veto)))?;
    }
    if !document.grades.is_empty() {
        session.title(lang.pick("等次", "Grades"))?;
    }
    for grade in &document.grades {
        session.line(format!("  {} [{}]", grade.title.get(lang), grade.id))?;
        session.line(format!("      {}", words.grade(grade)))?;
    }
    Ok(())
}

fn schema(session: &mut Session) -> Result<(), Failure> {
    session.line(dabiao::standard::SCHEMA)
}
