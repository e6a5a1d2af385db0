//! `dabiao demo`: an example from data inside the program, scored and shown.

use std::fs;
use std::io::Write;

use dabiao::{Lang, Scores, Standard};
use dabiao_io::{OutputSet, ReadOptions, Source, add_results, read_observations, summary};

use super::overview;
use super::score::name_of;
use crate::args::{Demo, Example, Format};
use crate::failure::Failure;
use crate::inputs;
use crate::session::Session;

/// What an example is made of.
struct Inputs {
    standard: &'static str,
    observations: &'static str,
    readme: &'static str,
}

const UCI_COMMUNITIES: Inputs = Inputs {
    standard: "uci-communities",
    observations: include_str!("../../data/uci-communities.csv"),
    readme: READMES[0],
};

const READMES: [&str; 2] = [
    include_str!("../../data/demo/uci-communities.md"),
    include_str!("../../data/demo/weihai.md"),
];

pub(crate) fn run(session: &mut Session, call: &Demo) -> Result<(), Failure> {
    if call.example == Example::Weihai {
        return weihai(session, call);
    }
    let inputs = UCI_COMMUNITIES;
    let standard = Standard::builtin(inputs.standard)?;
    let text = Standard::builtin_text(inputs.standard).unwrap_or_default();
    let source = Source::bytes("observations.csv", inputs.observations);
    let observations = read_observations(&standard, source, &ReadOptions::new())?;
    let scores = inputs::scored(session, &standard, &observations)?;

    let lang = session.lang;
    let at = |error: std::io::Error| Failure::at(lang, &call.out, &error);
    let written = [
        ("README.md", inputs.readme),
        ("standard.toml", text),
        ("observations.csv", inputs.observations),
    ];
    for (name, text) in written {
        unchanged(session, call, name, text)?;
    }
    let mut set = OutputSet::new(&call.out).map_err(at)?;
    for (name, text) in written {
        set.write(name, |file| file.write_all(text.as_bytes()))
            .map_err(at)?;
    }
    add_results(&scores, session.lang, &mut set).map_err(at)?;
    let files = set.commit().map_err(at)?;

    match session.format {
        Format::Json => return session.json(&summary(&scores)),
        Format::Csv => {
            dabiao_io::write_scores(&scores, &mut session.out)?;
            return Ok(());
        }
        Format::Table | Format::Parquet => {}
    }
    overview::print(session, &scores)?;
    let shown = worth_explaining(&scores);
    if let Some(mut card) = shown.and_then(|row| scores.card(row)) {
        // It stands above.
        card.standard.notice = None;
        session.title(session.pick("一张计分卡", "One scorecard"))?;
        session.line(card.explain(session.lang))?;
    }
    let names: Vec<String> = files.iter().map(|file| name_of(file)).collect();
    where_things_are(session, call, &scores, shown, &names)
}

/// The whole campaign: its input files are written, and then read and run as any other's.
fn weihai(session: &mut Session, call: &Demo) -> Result<(), Failure> {
    let lang = session.lang;
    let at = |error: std::io::Error| Failure::at(lang, &call.out, &error);
    let written = crate::weihai::files();
    for (name, text) in &written {
        unchanged(session, call, name, text)?;
    }
    let mut set = OutputSet::new(&call.out).map_err(at)?;
    for (name, text) in written {
        set.write(name, |file| file.write_all(text.as_bytes()))
            .map_err(at)?;
    }
    set.commit().map_err(at)?;
    let file = call.out.join("campaign.toml");
    let (loaded, result) = super::run::load(session, &file)?;
    let results = call.out.join("results");
    let files = super::run::write(session, &loaded, &result, &results)?;
    super::run::show(session, &loaded, &result)?;
    if session.format == Format::Table {
        super::run::written(session, &results, &files)?;
        session.title(session.pick(
            "输入文件在同一文件夹。修改后可重新运行\u{ff1a}",
            "The inputs stand beside them. Change one and run again:",
        ))?;
        let folder = shell_word(&call.out.display().to_string());
        session.line(format!(
            "  dabiao run {folder}/campaign.toml --out {folder}/results"
        ))?;
    }
    Ok(())
}

/// Refuses to replace a file that somebody has changed, unless the call says to.
fn unchanged(session: &Session, call: &Demo, name: &str, text: &str) -> Result<(), Failure> {
    let place = call.out.join(name);
    if call.force || !place.is_file() {
        return Ok(());
    }
    let held = fs::read(&place).map_err(|error| Failure::at(session.lang, &place, &error))?;
    // Both examples may go to one folder, one after the other.
    let either = name == "README.md" && READMES.iter().any(|text| held == text.as_bytes());
    if either || held == text.as_bytes() {
        return Ok(());
    }
    let folder = shell_word(&call.out.display().to_string());
    let again = match call.example {
        Example::Weihai => format!("dabiao run {folder}/campaign.toml --out {folder}/results"),
        Example::UciCommunities => format!(
            "dabiao score {folder}/observations.csv --standard {folder}/standard.toml --out {folder}"
        ),
    };
    let place = place.display();
    Err(Failure::call(
        session.lang,
        format!(
            "{place}\u{ff1a}已有的文件与示例不同\u{ff0c}不予覆盖。用改动后的文件运行\u{ff1a}{again}\u{ff1b}另写一份\u{ff1a}--out 其他文件夹\u{ff1b}恢复原样\u{ff1a}--force"
        ),
        format!(
            "{place}: differs from the example's and is not replaced. To run what stands there: {again}; to write the example elsewhere: --out DIR; to put it back as it was: --force"
        ),
    ))
}

/// The first of those that miss the best grade: what they miss is worth knowing.
fn worth_explaining(scores: &Scores) -> Option<usize> {
    let best = scores.standard().document().grades.first();
    let rows = overview::by_place(scores);
    let misses = |row: &&usize| scores.grade(**row).map(|g| &g.id) != best.map(|g| &g.id);
    rows.iter().find(misses).or(rows.first()).copied()
}

fn where_things_are(
    session: &mut Session,
    call: &Demo,
    scores: &Scores,
    shown: Option<usize>,
    files: &[String],
) -> Result<(), Failure> {
    let folder = call.out.display().to_string();
    let (inputs, results) = files.split_at(files.len().min(3));
    session.title(match session.lang {
        Lang::Zh => format!("已写入 {folder}\u{ff1a}"),
        Lang::En => format!("Written to {folder}:"),
    })?;
    for (label, names) in [
        (session.pick("输入", "inputs "), inputs),
        (session.pick("结果", "results"), results),
    ] {
        session.line(format!("  {label}  {}", names.join("  ")))?;
    }
    let code = shown.and_then(|row| scores.codes().get(row));
    let Some(code) = code else { return Ok(()) };
    session.title(session.pick(
        "接下来可以修改输入后重新评分\u{ff0c}或查看其他社区\u{ff1a}",
        "Change an input and score again, or look at another community:",
    ))?;
    let folder = shell_word(&folder);
    let files = format!("{folder}/observations.csv --standard {folder}/standard.toml");
    session.line(format!("  dabiao score {files} --out {folder}"))?;
    session.line(format!("  dabiao explain {code} {files}"))?;
    session.line(format!("  dabiao gaps {files} --code {code}"))
}

/// A word that a shell takes as one.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./~:\\".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
