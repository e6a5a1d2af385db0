//! What a page shows, as compact data: numbers as the text that is published, texts by their
//! place in one list.

mod cards;
mod grid;
mod overview;
mod phases;
mod selection;
mod texts;

use std::collections::HashMap;

use dabiao::campaign::{Campaign, CampaignDocument, CampaignResult, GroupScore};
use dabiao::standard::document::{Item, Section};
use dabiao::{Lang, Points, Rational, Rounding, Scores, Standard, Text};
use serde::Serialize;

use cards::{Card, cards};
use grid::{GridData, grid};
use overview::{Bins, Group, Losses, bins, group, losses};
use phases::{PhaseData, Transition, phases, transitions};
use selection::{SelectionData, selection};
use texts::{TextId, Texts};

/// All that a page shows.
#[derive(Serialize)]
pub(crate) struct Data {
    lang: &'static str,
    title: TextId,
    synthetic: bool,
    /// What is official, drafted or made up.
    notices: Vec<TextId>,
    standard: StandardData,
    engine: &'static str,
    /// What was read, by its SHA-256.
    digests: Vec<Digest>,
    parts: Vec<Part>,
    grades: Vec<GradeData>,
    communities: Counts,
    bins: Option<Bins>,
    city: Group,
    districts: Vec<Group>,
    /// Their names.
    streets: Vec<String>,
    losses: Vec<Losses>,
    phases: Vec<PhaseData>,
    transitions: Vec<Transition>,
    selection: Option<SelectionData>,
    cards: Vec<Card>,
    grid: Option<GridData>,
    texts: Texts,
}

#[derive(Serialize)]
struct StandardData {
    id: String,
    version: Option<String>,
    title: TextId,
    source: Option<String>,
    full: String,
}

#[derive(Serialize)]
struct Digest {
    what: TextId,
    sha256: String,
}

/// A section, an item, a bonus or a deduction of the standard.
#[derive(Serialize)]
struct Part {
    code: String,
    title: TextId,
    /// `section`, `item`, `bonus`, `deduction`.
    kind: &'static str,
    /// From 0; an item stands one below its section.
    depth: usize,
    /// What it is worth; of a bonus or deduction its cap.
    full: Option<String>,
    rule: Option<TextId>,
    evidence: Option<TextId>,
    /// The wordings of a checklist's boxes.
    boxes: Vec<TextId>,
    /// The checks of which it is made: code, title.
    checks: Vec<(String, TextId)>,
}

#[derive(Serialize)]
struct GradeData {
    id: String,
    title: TextId,
    communities: usize,
    share: String,
}

#[derive(Serialize)]
struct Counts {
    all: usize,
    scored: usize,
    ranked: usize,
    vetoed: usize,
    missing: usize,
    provisional: usize,
    ungraded: usize,
    ungraded_share: String,
}

/// What a page is made from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) scores: &'a Scores,
    pub(crate) campaign: Option<(&'a CampaignDocument, &'a Campaign, &'a CampaignResult)>,
}

/// What the parts of the data are gathered with.
struct Gather<'a> {
    source: Source<'a>,
    scores: &'a Scores,
    standard: &'a Standard,
    texts: Texts,
    /// Sections and items, in the order of the standard: a section, its items, its sections.
    parts: Vec<PartOf<'a>>,
    /// By code: the place among the parts.
    places: HashMap<&'a str, usize>,
}

/// A section or an item, with what it is worth.
struct PartOf<'a> {
    code: &'a str,
    depth: usize,
    full: Option<Rational>,
    what: Which<'a>,
}

enum Which<'a> {
    Section(&'a Section),
    Item(&'a Item),
    Bonus(&'a Item),
    Deduction(&'a Item),
}

impl<'a> PartOf<'a> {
    fn item(&self) -> Option<&'a Item> {
        match self.what {
            Which::Section(_) => None,
            Which::Item(item) | Which::Bonus(item) | Which::Deduction(item) => Some(item),
        }
    }
}

/// Gathers all that a page shows.
pub(crate) fn data(source: Source<'_>, lang: Lang) -> Data {
    let scores = source.scores;
    let standard = scores.standard();
    let document = standard.document();
    let parts = parts_of(standard);
    let places = parts
        .iter()
        .enumerate()
        .map(|(at, part)| (part.code, at))
        .collect();
    let mut gather = Gather {
        source,
        scores,
        standard,
        texts: Texts::default(),
        parts,
        places,
    };
    let title = match source.campaign {
        Some((campaign, ..)) => &campaign.title,
        None => &document.title,
    };
    let title = gather.texts.add(title);
    let campaign_notice = source.campaign.and_then(|(held, ..)| held.notice.as_ref());
    let notices = [campaign_notice, document.notice.as_ref()];
    let notices = notices
        .into_iter()
        .filter_map(|notice| gather.texts.add_some(notice))
        .collect();
    let (districts, streets, city) = groups(source);
    let city = group(&mut gather, "", &city);
    let districts: Vec<Group> = districts
        .iter()
        .map(|held| group(&mut gather, "district", held))
        .collect();
    let streets: Vec<(String, String)> = streets
        .into_iter()
        .map(|held| (overview::name_of(scores, "street", &held.key), held.key))
        .collect();
    let explainer = scores.explainer();
    Data {
        lang: lang.pick("zh", "en"),
        title,
        synthetic: source.campaign.is_some_and(|(held, ..)| held.synthetic),
        notices,
        standard: StandardData {
            id: document.id.clone(),
            version: document.version.clone(),
            title: gather.texts.add(&document.title),
            source: document.source.clone(),
            full: shown(standard.full_marks()),
        },
        engine: concat!("dabiao ", env!("CARGO_PKG_VERSION")),
        digests: digests(&mut gather),
        parts: shown_parts(&mut gather, &explainer),
        grades: grades(&mut gather),
        communities: counts(scores),
        bins: bins(scores),
        losses: losses(&gather),
        phases: phases(&mut gather),
        transitions: transitions(&gather),
        selection: selection(&mut gather),
        cards: cards(
            &mut gather,
            &explainer,
            districts.iter().map(|group| group.key.as_str()).collect(),
            streets.iter().map(|(_, key)| key.as_str()).collect(),
        ),
        grid: grid(&mut gather),
        city,
        districts,
        streets: streets.into_iter().map(|(name, _)| name).collect(),
        texts: gather.texts,
    }
}

/// Districts, streets, the whole.
fn groups(source: Source<'_>) -> (Vec<GroupScore>, Vec<GroupScore>, GroupScore) {
    if let Some((.., result)) = source.campaign {
        let (districts, streets) = (result.districts.clone(), result.streets.clone());
        return (districts, streets, result.city.clone());
    }
    let scores = source.scores;
    let by = |kind: &str| {
        let names = [format!("{kind}_code"), kind.to_owned()];
        let held = names
            .iter()
            .find(|name| scores.observations().attribute(name).is_some());
        held.map_or_else(Vec::new, |name| scores.groups(name, None))
    };
    (by("district"), by("street"), scores.whole("", None))
}

/// The parts of a standard, bonuses and deductions last.
fn parts_of(standard: &Standard) -> Vec<PartOf<'_>> {
    let document = standard.document();
    let worths = standard.sections();
    let worth = |section: &Section| {
        let at = worths.iter().position(|held| held.id == section.id)?;
        standard.worth(at).cloned()
    };
    let mut parts = Vec::new();
    let mut waiting: Vec<(usize, &Section)> =
        document.sections.iter().rev().map(|s| (0, s)).collect();
    while let Some((depth, section)) = waiting.pop() {
        parts.push(PartOf {
            code: &section.id,
            depth,
            full: worth(section),
            what: Which::Section(section),
        });
        parts.extend(section.items.iter().map(|item| PartOf {
            code: &item.id,
            depth: depth + 1,
            full: item.points.clone(),
            what: Which::Item(item),
        }));
        waiting.extend(section.sections.iter().rev().map(|s| (depth + 1, s)));
    }
    let extra = |item, what| PartOf {
        code: item_code(item),
        depth: 0,
        full: item.points.clone(),
        what,
    };
    let bonus = document.bonus.iter();
    parts.extend(bonus.map(|item| extra(item, Which::Bonus(item))));
    let deductions = document.deductions.iter();
    parts.extend(deductions.map(|item| extra(item, Which::Deduction(item))));
    parts
}

fn item_code(item: &Item) -> &str {
    &item.id
}

fn shown_parts(gather: &mut Gather<'_>, explainer: &dabiao::explain::Explainer<'_>) -> Vec<Part> {
    use dabiao::standard::document::Rule;
    let texts = &mut gather.texts;
    let both = |say: &dyn Fn(Lang) -> String| Text::new(say(Lang::Zh), say(Lang::En));
    let shown =
        gather.parts.iter().map(|part| {
            let (kind, title) = match part.what {
                Which::Section(section) => ("section", &section.title),
                Which::Item(item) => ("item", &item.title),
                Which::Bonus(item) => ("bonus", &item.title),
                Which::Deduction(item) => ("deduction", &item.title),
            };
            let (mut boxes, mut checks) = (Vec::new(), Vec::new());
            match part.item().map(|item| &item.marking.rule) {
                Some(Rule::Checklist(list)) => {
                    boxes.extend(list.boxes.iter().map(|tick| {
                        texts.add(&both(&|lang| explainer.words(lang).box_title(tick)))
                    }));
                }
                Some(Rule::Checks(held)) => checks.extend(
                    held.checks
                        .iter()
                        .map(|check| (check.id.clone(), texts.add(&check.title))),
                ),
                _ => {}
            }
            let evidence = part.item().and_then(|item| item.evidence.as_ref());
            Part {
                code: part.code.to_owned(),
                title: texts.add(title),
                kind,
                depth: part.depth,
                full: part.full.as_ref().map(shown),
                rule: texts.add_some(explainer.rule(part.code)),
                evidence: texts.add_some(evidence),
                boxes,
                checks,
            }
        });
    shown.collect()
}

fn digests(gather: &mut Gather<'_>) -> Vec<Digest> {
    let (standard, scores) = (gather.standard, gather.scores);
    let mut all = vec![(
        Text::new("创建标准", "standard"),
        standard.digest().to_owned(),
    )];
    match gather.source.campaign {
        Some((_, campaign, result)) => {
            all.push((Text::new("登记表", "registry"), campaign.registry.digest()));
            if let Some(grid) = &campaign.grid {
                all.push((Text::new("党建网格", "party grid"), grid.digest()));
            }
            for (at, phase) in result.phases.iter().enumerate() {
                let title = Text::new(
                    format!("观测数据\u{ff1a}{}", phase.title.get(Lang::Zh)),
                    format!("observations: {}", phase.title.get(Lang::En)),
                );
                all.extend(campaign.digest_of(at).map(|digest| (title, digest)));
            }
        }
        None => all.push((
            Text::new("观测数据", "observations"),
            scores.observations().digest(standard),
        )),
    }
    let all = all.into_iter();
    all.map(|(what, sha256)| Digest {
        what: gather.texts.add(&what),
        sha256,
    })
    .collect()
}

fn grades(gather: &mut Gather<'_>) -> Vec<GradeData> {
    let scores = gather.scores;
    let document = gather.standard.document();
    let grades = document.grades.iter().map(|grade| {
        let holds = |row: &usize| scores.grade(*row).is_some_and(|held| held.id == grade.id);
        let communities = (0..scores.len()).filter(holds).count();
        GradeData {
            id: grade.id.clone(),
            title: gather.texts.add(&grade.title),
            communities,
            share: percent(communities as u64, scores.len() as u64, 1),
        }
    });
    grades.collect()
}

fn counts(scores: &Scores) -> Counts {
    let count = |holds: &dyn Fn(usize) -> bool| (0..scores.len()).filter(|row| holds(*row)).count();
    let ungraded = count(&|row| scores.grade(row).is_none());
    Counts {
        all: scores.len(),
        scored: count(&|row| scores.total(row).is_some()),
        ranked: count(&|row| scores.rank(row).is_some()),
        vetoed: count(&|row| scores.vetoes(row).next().is_some()),
        missing: count(&|row| scores.missing(row).next().is_some()),
        provisional: count(&|row| scores.flags(row).contains(&dabiao::Flag::Provisional)),
        ungraded,
        ungraded_share: percent(ungraded as u64, scores.len() as u64, 1),
    }
}

fn attribute<'a>(scores: &'a Scores, name: &str, row: usize) -> Option<&'a str> {
    let value = scores.observations().attribute(name)?.get(row)?;
    (!value.is_empty()).then_some(value.as_str())
}

/// `part ÷ whole` in percent, rounded half-up; blank without a whole.
fn percent(part: u64, whole: u64, decimals: u8) -> String {
    let share = Rational::ratio(i128::from(part), i128::from(whole));
    share.map_or(String::new(), |share| percent_of(&share, decimals))
}

fn percent_of(share: &Rational, decimals: u8) -> String {
    let scaled = (share * &Rational::from(100)).round(decimals, Rounding::HalfUp);
    scaled.map_or(String::new(), |scaled| {
        format!("{}%", Points::new(scaled, decimals))
    })
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// What something is worth, for people: most are whole, a share of a third is not.
fn shown(worth: &Rational) -> String {
    worth.display(2)
}

/// Points side by side in one string, `-` for none.
fn row_of(points: impl Iterator<Item = Option<Points>>) -> String {
    let cells: Vec<String> = points
        .map(|points| points.map_or("-".to_owned(), |points| points.to_string()))
        .collect();
    cells.join(" ")
}
