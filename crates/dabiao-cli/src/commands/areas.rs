//! Gaps across the city: where it and each district lose most points, and what was won between
//! phases.

use dabiao::campaign::{AreaGaps, CampaignResult, PartGap};
use dabiao::{Lang, Points, Rational, Rounding};
use dabiao_io::area_name;

use super::{grouped, overview, text};
use crate::failure::Failure;
use crate::session::{Session, new_table};

/// Items that are named for each district.
const WEAKEST: usize = 3;
/// Items that are shown for a phase.
const MOVED: usize = 5;

pub(crate) fn print(session: &mut Session, result: &CampaignResult) -> Result<(), Failure> {
    let city = result.gaps_of_city();
    sections(session, &city)?;
    districts(session, result, &city)?;
    won(session, result, &city)
}

/// The sections of the city, those that lose most first.
fn sections(session: &mut Session, city: &AreaGaps) -> Result<(), Failure> {
    let lang = session.lang;
    session.title(lang.pick(
        "各大项失分\u{ff08}平均每个社区\u{ff09}",
        "Points lost by section (on average over the communities)",
    ))?;
    let losses = city
        .sections
        .iter()
        .map(|gap| (&gap.loss, Rational::from(1)));
    let table = overview::losses_table(lang, losses);
    session.table(&table)
}

/// Mean, place, and what loses most, district by district, the best first.
fn districts(
    session: &mut Session,
    result: &CampaignResult,
    city: &AreaGaps,
) -> Result<(), Failure> {
    let named = |key: &str| !key.is_empty();
    if !result.districts.iter().any(|group| named(&group.key)) {
        return Ok(());
    }
    let lang = session.lang;
    session.title(lang.pick(
        "各区县\u{ff08}平均分\u{ff0c}平均失分最多的大项和小项\u{ff09}",
        "Districts (mean total, and the section and items that lose most on average)",
    ))?;
    let heading = match lang {
        Lang::Zh => ["名次", "区县", "社区数", "平均分", "大项", "小项"],
        Lang::En => [
            "Place",
            "District",
            "Communities",
            "Mean",
            "Section",
            "Items",
        ],
    };
    let mut table = new_table(&heading, &[]);
    let gaps = result.gaps_of_districts();
    let mut rows: Vec<_> = result.districts.iter().zip(&gaps).collect();
    rows.sort_by_key(|(group, _)| group.rank.unwrap_or(u32::MAX));
    let whole = lang.pick("全部", "all");
    let rows = rows.into_iter().map(|(group, gaps)| {
        let name = area_name(result, "district", &group.key);
        (name, group, gaps)
    });
    for (name, group, gaps) in rows.chain([(whole.to_owned(), &result.city, city)]) {
        table.add_row([
            text(group.rank),
            name,
            grouped(group.communities),
            text(group.mean),
            weakest(&gaps.sections, 1),
            weakest(&gaps.items, WEAKEST),
        ]);
    }
    overview::align(&mut table, &[0, 2, 3]);
    session.table(&table)
}

/// `1.1 -1.38, 4.1 -0.92`: what loses most of the total.
fn weakest(gaps: &[PartGap], many: usize) -> String {
    let lost = gaps.iter().filter(|gap| gap.of_total > Rational::default());
    let lost = lost.take(many).map(|gap| {
        let scaled = gap.of_total.round(2, Rounding::HalfUp).unwrap_or_default();
        format!("{} -{}", gap.loss.code, Points::new(scaled, 2))
    });
    lost.collect::<Vec<_>>().join(", ")
}

/// What each later phase gave more than the one before it: by section, and the items that moved
/// most.
fn won(session: &mut Session, result: &CampaignResult, city: &AreaGaps) -> Result<(), Failure> {
    let lang = session.lang;
    for (at, phase) in result.phases.iter().skip(1).enumerate() {
        let title = phase.title.get(lang);
        let of = |gap: &PartGap| gap.won.get(at).copied().filter(|won| won.communities > 0);
        if !city.items.iter().any(|gap| of(gap).is_some()) {
            continue;
        }
        session.title(match lang {
            Lang::Zh => format!(
                "{title}比之前的阶段多得的分\u{ff08}平均每个社区\u{ff0c}只比较两次都评过的小项\u{ff1b}负数为少得\u{ff09}"
            ),
            Lang::En => format!(
                "Won in {title} over the phase before (on average; items that both have marked; below 0 is lost)"
            ),
        })?;
        let heading = match lang {
            Lang::Zh => ["编号", "名称", "差", "社区数"],
            Lang::En => ["Code", "Title", "Difference", "Communities"],
        };
        let mut table = new_table(&heading, &[]);
        let mut sections: Vec<&PartGap> = city.sections.iter().collect();
        sections.sort_by(|a, b| a.loss.code.cmp(&b.loss.code));
        let size = |gap: &PartGap| {
            of(gap)
                .and_then(|won| won.mean)
                .map_or(0, |m| m.scaled().abs())
        };
        let mut items: Vec<&PartGap> = city.items.iter().filter(|gap| size(gap) > 0).collect();
        items.sort_by_key(|gap| std::cmp::Reverse(size(gap)));
        items.truncate(MOVED);
        for gap in sections.into_iter().chain(items) {
            let Some(won) = of(gap) else { continue };
            table.add_row([
                gap.loss.code.clone(),
                gap.loss.title.get(lang).to_owned(),
                won.mean.map_or(String::new(), overview::signed),
                grouped(won.communities),
            ]);
        }
        overview::align(&mut table, &[2, 3]);
        session.table(&table)?;
    }
    Ok(())
}
