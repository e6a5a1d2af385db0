//! Why a community was chosen or not, in words that can be checked from `scores.csv`.

use super::selection::{Decision, Reason};
use crate::lang::Lang;
use crate::score::Scores;

/// The reason of one decision about a row of the scores that it was made from, in words.
#[must_use]
pub fn reason(scores: &Scores, row: usize, decision: &Decision, lang: Lang) -> String {
    let document = scores.standard().document();
    let titled = |id: &str| {
        let grade = document.grades.iter().find(|grade| grade.id == id);
        grade.map_or(id, |grade| grade.title.get(lang)).to_owned()
    };
    let rank = scores
        .rank(row)
        .map(|rank| rank.to_string())
        .unwrap_or_default();
    match (&decision.reason, lang) {
        (Reason::ByRank(rank), Lang::Zh) => format!("入选\u{ff1a}符合条件\u{ff0c}总排名第 {rank}"),
        (Reason::ByRank(rank), Lang::En) => format!("chosen: it qualifies, rank {rank}"),
        (Reason::ByFloor { rank, floor, by }, Lang::Zh) => format!(
            "入选\u{ff1a}{}下限 {floor} 个名额\u{ff0c}总排名第 {rank}\u{ff0c}在其符合条件者的前 {floor} 名之内",
            group(by.as_deref(), lang)
        ),
        (Reason::ByFloor { rank, floor, by }, Lang::En) => format!(
            "chosen: rank {rank}, among the first {floor} who qualify in {}, whose floor is {floor}",
            group(by.as_deref(), lang)
        ),
        (
            Reason::Tied {
                rank,
                among,
                places,
            },
            Lang::Zh,
        ) => format!(
            "提请研究\u{ff1a}{among} 个社区并列第 {rank}\u{ff0c}总分和各项排序依据均相同\u{ff0c}只余 {places} 个名额"
        ),
        (
            Reason::Tied {
                rank,
                among,
                places,
            },
            Lang::En,
        ) => format!(
            "left open: {among} communities tie at rank {rank} with equal total and tie-breaks, for {places} {}",
            if *places == 1 { "place" } else { "places" }
        ),
        (Reason::NoTotal, Lang::Zh) => "未入选\u{ff1a}没有适用的项目\u{ff0c}无总分".to_owned(),
        (Reason::NoTotal, Lang::En) => {
            "not chosen: nothing applies, so there is no total".to_owned()
        }
        (Reason::Vetoed(codes), Lang::Zh) => {
            format!("未入选\u{ff1a}一票否决 {}", codes.join("、"))
        }
        (Reason::Vetoed(codes), Lang::En) => {
            format!("not chosen: vetoed by {}", codes.join(", "))
        }
        (Reason::Grade { found, needed }, Lang::Zh) => format!(
            "未入选\u{ff1a}{}\u{ff0c}须为{}",
            found.as_deref().map_or("未获等次".to_owned(), |id| format!(
                "等次为{}",
                titled(id)
            )),
            titled(needed)
        ),
        (Reason::Grade { found, needed }, Lang::En) => format!(
            "not chosen: {}, needed {}",
            found
                .as_deref()
                .map_or("no grade".to_owned(), |id| format!("grade {}", titled(id))),
            titled(needed)
        ),
        (
            Reason::Mark {
                what,
                found,
                needed,
            },
            Lang::Zh,
        ) => {
            let what = if what == "total" {
                "总分".to_owned()
            } else {
                format!("{what} ")
            };
            format!("未入选\u{ff1a}{what}得 {found}\u{ff0c}须不低于 {needed}")
        }
        (
            Reason::Mark {
                what,
                found,
                needed,
            },
            Lang::En,
        ) => {
            format!("not chosen: {what} {found}, below {needed}")
        }
        (Reason::Ceiling { most, by }, Lang::Zh) => format!(
            "未入选\u{ff1a}总排名第 {rank}\u{ff0c}{}上限 {most} 个名额已由名次更前者占满",
            group(by.as_deref(), lang)
        ),
        (Reason::Ceiling { most, by }, Lang::En) => format!(
            "not chosen: rank {rank}; better placed communities fill the {most} {} that {} has at most",
            if *most == 1 { "place" } else { "places" },
            group(by.as_deref(), lang)
        ),
        (Reason::Places { places }, Lang::Zh) => {
            format!(
                "未入选\u{ff1a}总排名第 {rank}\u{ff0c}{places} 个名额已由名次更前者或下限名额占满"
            )
        }
        (Reason::Places { places }, Lang::En) => {
            let all = match places {
                1 => "the one place".to_owned(),
                places => format!("all {places} places"),
            };
            format!("not chosen: rank {rank}; {all} went to better ranks or to floors")
        }
    }
}

/// Those among whom ceilings and floors count: a community's district, or who shares an attribute
/// with it.
fn group(by: Option<&str>, lang: Lang) -> String {
    match (by, lang) {
        (None, Lang::Zh) => "本区".to_owned(),
        (None, Lang::En) => "its district".to_owned(),
        (Some(by), Lang::Zh) => format!("同一“{by}”"),
        (Some(by), Lang::En) => format!("its group by {by}"),
    }
}
