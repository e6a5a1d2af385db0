//! Every card of the conformance suite can be explained, and the explanation says nothing else
//! than the scores.

use std::fs;
use std::path::Path;

use dabiao::explain::{ItemLine, Scorecard, SectionLine};
use dabiao::{Lang, ScoreOptions, Scores, Standard};
use dabiao_io::{ReadOptions, Source, read_observations};

fn scores(folder: &Path) -> Option<Scores> {
    let about = fs::read_to_string(folder.join("case.toml")).ok()?;
    let standard = match fs::read_to_string(folder.join("standard.toml")) {
        Ok(text) => Standard::from_toml(&text).ok()?,
        Err(_) => {
            let id = Standard::builtin_ids().find(|id| about.contains(&format!("\"{id}\"")))?;
            Standard::builtin(id).ok()?
        }
    };
    let text = fs::read_to_string(folder.join("observations.csv")).ok()?;
    let source = Source::bytes("observations.csv", &text);
    let table = read_observations(&standard, source, &ReadOptions::new()).ok()?;
    standard.score(&table, &ScoreOptions::new()).ok()
}

fn lines<'a>(sections: &'a [SectionLine], found: &mut Vec<&'a ItemLine>) {
    for section in sections {
        found.extend(&section.items);
        lines(&section.sections, found);
    }
}

fn assert_agrees(scores: &Scores, row: usize, card: &Scorecard) {
    assert_eq!(card.total, scores.total(row));
    assert_eq!(card.rank, scores.rank(row));
    let mut items = Vec::new();
    lines(&card.sections, &mut items);
    items.extend(card.bonus_items.iter().chain(&card.deduction_items));
    for item in items {
        assert_eq!(
            item.points,
            scores.points_of(&item.code, row),
            "{}",
            item.code
        );
        assert!(!item.rule.zh.is_empty() && !item.rule.en.is_empty());
        if let Some(step) = &item.next {
            let gained = step.gain.is_none_or(|gain| gain.scaled() > 0);
            assert!(gained && !step.wording.zh.is_empty() && !step.wording.en.is_empty());
        }
    }
}

#[test]
fn every_card_of_the_suite_is_explained() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut explained = 0;
    for entry in fs::read_dir(suite).expect("the suite is there") {
        let folder = entry.expect("a readable folder").path();
        let Some(scores) = scores(&folder) else {
            continue;
        };
        let explainer = scores.explainer();
        let chinese = scores.explainer().in_language(Lang::Zh);
        for row in 0..scores.len() {
            let card = explainer.card(row).expect("a card for every row");
            assert_agrees(&scores, row, &card);
            let [zh, en] = [Lang::Zh, Lang::En].map(|lang| card.explain(lang));
            assert!(zh.contains(&card.code) && en.contains(&card.code));
            let alone = chinese.card(row).map(|card| card.explain(Lang::Zh));
            assert_eq!(alone, Some(zh), "{}", folder.display());
            let gaps = explainer.gaps(row).expect("gaps for every row");
            let falling =
                |pair: &[dabiao::explain::Gap]| pair[0].lost_of_total >= pair[1].lost_of_total;
            assert!(gaps.items.windows(2).all(falling));
            explained += 1;
        }
        assert!(scores.card(scores.len()).is_none() && scores.gaps(scores.len()).is_none());
    }
    assert!(explained > 100, "only {explained} cards were explained");
}
