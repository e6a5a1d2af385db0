//! Cards: sections, totals, vetoes, grades and places (§2.4, §2.6–§2.10).

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;

use dabiao::FaultCode;
use dabiao::expression::Quantity;
use dabiao::standard::document::{Document, Effect, Grade, Item, Section, Veto};

use super::expression::quantity;
use super::item::{Outcome, Part, Run, Standing};
use super::number::{Q, held, of, rounded, unscaled, zero};
use super::table::{Row, Table};

/// One item of a card.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ItemCard {
    pub(crate) standing: Standing,
    /// Exact, clamped, before rounding; nothing where it is excluded.
    pub(crate) exact: Option<Q>,
    /// Scaled by the standard's decimals; nothing where it is excluded.
    pub(crate) published: Option<BigInt>,
    pub(crate) missing: bool,
    pub(crate) imputed: bool,
    /// Set to 0 by a veto.
    pub(crate) zeroed: bool,
}

/// All that the standard says about one community.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Card {
    pub(crate) code: String,
    pub(crate) items: BTreeMap<String, ItemCard>,
    /// Published points by section; nothing where it is excluded.
    pub(crate) sections: BTreeMap<String, Option<BigInt>>,
    /// Published points of each bonus, and of all under their cap.
    pub(crate) bonuses: BTreeMap<String, BigInt>,
    pub(crate) bonus: BigInt,
    /// The same of deductions, as positive numbers.
    pub(crate) deductions: BTreeMap<String, BigInt>,
    pub(crate) deduction: BigInt,
    /// Scaled by the total's decimals.
    pub(crate) total: Option<BigInt>,
    pub(crate) total_before_bonus: Option<BigInt>,
    /// The grade that its marks earn, and the one that its vetoes leave.
    pub(crate) earned: Option<String>,
    pub(crate) grade: Option<String>,
    /// Vetoes that hold, in the order of the standard.
    pub(crate) vetoes: Vec<String>,
    /// Items with a missing value, in the order of the standard.
    pub(crate) missing: Vec<String>,
    /// Items and vetoes with an undecided condition.
    pub(crate) undecided: BTreeSet<String>,
    pub(crate) provisional: bool,
    pub(crate) rank: Option<usize>,
}

/// What stops a run: a code, the community, the item.
pub(crate) type RefFault = (FaultCode, String, String);

/// Scores a table, in the order of its rows.
///
/// §2.13 "Any faulty cell stops the run after all faults are listed."
pub(crate) fn score(document: &Document, table: &Table) -> Result<Vec<Card>, BTreeSet<RefFault>> {
    let run = Run { document, table };
    let mut faults = BTreeSet::new();
    let mut cards: Vec<Card> = table.iter().map(|row| run.card(row, &mut faults)).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    rank(document, &mut cards);
    Ok(cards)
}

/// The items of sections in the order of the standard: a section's items before its sections.
pub(crate) fn items_of(sections: &[Section]) -> Vec<&Item> {
    let each = sections.iter().flat_map(|section| {
        let own = section.items.iter();
        own.chain(items_of(&section.sections)).collect::<Vec<_>>()
    });
    each.collect()
}

/// All sections, each before those inside it.
pub(crate) fn sections_of(sections: &[Section]) -> Vec<&Section> {
    let each = sections.iter().flat_map(|section| {
        let mut all = vec![section];
        all.extend(sections_of(&section.sections));
        all
    });
    each.collect()
}

/// The sum of what a section's items and sections are worth.
fn points_inside(section: &Section) -> Q {
    let items = section.items.iter().filter_map(|item| item.points.as_ref());
    let items = items.fold(zero(), |sum, points| sum + of(points));
    let sections = section.sections.iter().map(worth);
    sections.fold(items, |sum, points| sum + points)
}

/// What a section is worth in its parent.
pub(crate) fn worth(section: &Section) -> Q {
    let weight = section.weight.as_ref().map(of);
    weight.unwrap_or_else(|| points_inside(section))
}

/// Full marks.
pub(crate) fn full_marks(document: &Document) -> Q {
    document
        .sections
        .iter()
        .fold(zero(), |sum, s| sum + worth(s))
}

/// The decimals of the total and the total before bonus.
pub(crate) fn total_decimals(document: &Document) -> u8 {
    document.total_decimals.unwrap_or(document.decimals)
}

impl Run<'_> {
    fn card(&self, row: &Row, faults: &mut BTreeSet<RefFault>) -> Card {
        let document = self.document;
        let holds = |veto: &&Veto| self.outcomes(&veto.when, row).holds();
        let holding: Vec<&Veto> = document.vetoes.iter().filter(holds).collect();
        let effects: Vec<&Effect> = holding.iter().flat_map(|veto| &veto.effects).collect();
        let mut undecided: BTreeSet<String> = document
            .vetoes
            .iter()
            .filter(|veto| self.outcomes(&veto.when, row).undecided())
            .map(|veto| veto.id.clone())
            .collect();
        let zeroed = |code: &str| {
            effects
                .iter()
                .any(|effect| matches!(effect, Effect::Zero(target) if target == code))
        };

        let mut outcome = |item: &Item, blank_is_none: bool| {
            let part = Part::of_item(item, blank_is_none);
            let outcome = self.outcome(&part, row);
            if outcome.undecided {
                undecided.insert(item.id.clone());
            }
            for code in outcome.faults.iter().chain(&self.value_faults(&part, row)) {
                faults.insert((*code, row.code.clone(), item.id.clone()));
            }
            outcome
        };
        let mut items = BTreeMap::new();
        let mut missing = Vec::new();
        for item in items_of(&document.sections) {
            let outcome = outcome(item, false);
            if outcome.missing {
                missing.push(item.id.clone());
            }
            items.insert(
                item.id.clone(),
                self.item_card(item, outcome, zeroed(&item.id)),
            );
        }
        let mut entry = |item: &Item| {
            let outcome = outcome(item, true);
            (item.id.clone(), self.entry(item, outcome.points))
        };
        let bonuses: BTreeMap<_, _> = document.bonus.iter().map(&mut entry).collect();
        let deductions: BTreeMap<_, _> = document.deductions.iter().map(entry).collect();

        let mut sections = BTreeMap::new();
        for section in &document.sections {
            self.section(section, &items, &zeroed, &mut sections);
        }
        let bonus = self.capped(&bonuses, document.bonus_cap.as_ref());
        let deduction = self.capped(&deductions, document.deduction_cap.as_ref());
        let points_off = effects.iter().fold(zero(), |sum, effect| match effect {
            Effect::Points(points) => sum + of(points),
            _ => sum,
        });
        let totals = self.totals(&sections, &bonus, &deduction, &points_off);
        // Points are published as whole numbers of 64 bits.
        let entries = bonuses.iter().chain(&deductions);
        let entries = entries.map(|(code, points)| (code.as_str(), points));
        for (code, points) in entries.chain([("bonus", &bonus), ("deductions", &deduction)]) {
            if *points >= BigInt::from(i64::MAX) {
                faults.insert((FaultCode::Computed, row.code.clone(), code.to_owned()));
            }
        }
        let mut card = Card {
            code: row.code.clone(),
            items,
            sections,
            bonuses,
            bonus,
            deductions,
            deduction,
            total: totals.as_ref().map(|(total, _)| total.clone()),
            total_before_bonus: totals.map(|(_, before)| before),
            earned: None,
            grade: None,
            vetoes: holding.iter().map(|veto| veto.id.clone()).collect(),
            missing,
            provisional: !undecided.is_empty(),
            undecided,
            rank: None,
        };
        if card.total.is_some() {
            let reached = |grade: &Grade| self.reaches(grade, &card);
            let earned = document.grades.iter().position(reached);
            let left = earned.and_then(|earned| self.left_by(&effects, earned));
            let id = |at: usize| document.grades[at].id.clone();
            card.earned = earned.map(id);
            card.grade = left.map(id);
        }
        card
    }

    /// §2.4 "An item's exact points are clamped to 0..points and rounded". §2.15 "What does not
    /// apply stays excluded, even if zeroed."
    fn item_card(&self, item: &Item, outcome: Outcome, zeroed: bool) -> ItemCard {
        let full = item.points.as_ref().map(of);
        let excluded = matches!(
            outcome.standing,
            Standing::NotApplicable | Standing::Excluded
        );
        let exact = (!excluded).then(|| {
            let points = outcome.points.unwrap_or_else(zero);
            let points = if zeroed { zero() } else { points };
            held(points, Some(&zero()), full.as_ref())
        });
        ItemCard {
            standing: outcome.standing,
            published: exact.as_ref().map(|points| self.published(points)),
            exact,
            missing: outcome.missing,
            imputed: outcome.imputed,
            zeroed,
        }
    }

    fn published(&self, points: &Q) -> BigInt {
        rounded(points, self.document.decimals, self.document.rounding)
    }

    fn exactly(&self, published: &BigInt) -> Q {
        unscaled(published, self.document.decimals)
    }

    /// §2.7 "each of them rounded, capped alone and in all".
    fn entry(&self, item: &Item, points: Option<Q>) -> BigInt {
        let cap = item.points.as_ref().map(of);
        let points = points.unwrap_or_else(zero);
        self.published(&held(points, Some(&zero()), cap.as_ref()))
    }

    fn capped(&self, entries: &BTreeMap<String, BigInt>, cap: Option<&dabiao::Rational>) -> BigInt {
        let sum = entries
            .values()
            .fold(zero(), |sum, p| sum + self.exactly(p));
        self.published(&held(sum, None, cap.map(of).as_ref()))
    }

    /// §2.4 "A section adds its children's published points … A weighted or rescaled section
    /// scales that sum and rounds once." §2.6 "What does not apply is excluded, and the section
    /// rescaled: published points × its points ÷ applicable points … A section with nothing left
    /// is excluded from its parent in the same way". §2.8 "A zeroed section prints its items'
    /// points and its own 0."
    fn section(
        &self,
        section: &Section,
        items: &BTreeMap<String, ItemCard>,
        zeroed: &dyn Fn(&str) -> bool,
        published: &mut BTreeMap<String, Option<BigInt>>,
    ) -> Option<BigInt> {
        let mut children: Vec<(Q, Option<BigInt>)> = Vec::new();
        for item in &section.items {
            let points = item.points.as_ref().map_or_else(zero, of);
            children.push((points, items[&item.id].published.clone()));
        }
        for inner in &section.sections {
            let points = self.section(inner, items, zeroed, published);
            children.push((worth(inner), points));
        }
        let mut applicable = zero();
        let mut sum = zero();
        for (points, earned) in &children {
            if let Some(earned) = earned {
                applicable += points;
                sum += self.exactly(earned);
            }
        }
        let own = (applicable > zero()).then(|| {
            if zeroed(&section.id) {
                BigInt::from(0)
            } else {
                self.published(&(sum * worth(section) / applicable))
            }
        });
        published.insert(section.id.clone(), own.clone());
        own
    }

    /// §2.7 and §2.15 Totals: the total and the total before bonus.
    fn totals(
        &self,
        sections: &BTreeMap<String, Option<BigInt>>,
        bonus: &BigInt,
        deduction: &BigInt,
        points_off: &Q,
    ) -> Option<(BigInt, BigInt)> {
        let full = full_marks(self.document);
        let mut applicable = zero();
        let mut sum = zero();
        for section in &self.document.sections {
            if let Some(points) = &sections[&section.id] {
                applicable += worth(section);
                sum += self.exactly(points);
            }
        }
        if applicable == zero() {
            return None;
        }
        let sum = sum * &full / applicable - self.exactly(deduction);
        // "then full marks hold the total; then vetoes' points come off, not below 0"
        let most = (!self.document.exceed_full).then_some(&full);
        let total = held(&sum + self.exactly(bonus), None, most) - points_off;
        // "Total before bonus is the sections less deductions and vetoes' points."
        let before = sum - points_off;
        // "Fewer decimals bind these two alone."
        let publish = |points: Q| {
            let points = held(points, Some(&zero()), None);
            rounded(
                &points,
                total_decimals(self.document),
                self.document.rounding,
            )
        };
        Some((publish(total), publish(before)))
    }

    /// §2.9 "a card gets the first whose conditions all hold … Marks mean at or above, as points
    /// or as percent of the section's points, unrounded; sections are the top level unless named;
    /// an excluded one is skipped."
    fn reaches(&self, grade: &Grade, card: &Card) -> bool {
        let full = full_marks(self.document);
        let total = |mark: &Option<Quantity>, published: &Option<BigInt>| {
            mark.as_ref().is_none_or(|mark| {
                published.as_ref().is_some_and(|published| {
                    unscaled(published, total_decimals(self.document)) >= mark_of(mark, &full)
                })
            })
        };
        let reaches = |code: &str, mark: &Quantity| {
            let (points, of_points) = self.points_and_worth(code, card);
            points.map(|points| points >= mark_of(mark, &of_points))
        };
        let top = || self.document.sections.iter().map(|s| s.id.clone());
        let every = |mark: &Quantity| top().all(|code| reaches(&code, mark).unwrap_or(true));
        total(&grade.total, &card.total)
            && total(&grade.total_before_bonus, &card.total_before_bonus)
            && grade.sections.as_ref().is_none_or(every)
            && grade
                .marks
                .iter()
                .all(|(code, mark)| reaches(code, mark).unwrap_or(true))
            && grade.count.as_ref().is_none_or(|count| {
                let named = if count.of.is_empty() {
                    top().collect()
                } else {
                    count.of.clone()
                };
                // §2.15 "In a number of sections at a mark, an excluded section reaches none."
                let reached = |code: &&String| reaches(code, &count.mark).unwrap_or(false);
                named.iter().filter(reached).count() >= count.at_least as usize
            })
    }

    /// The published points of a section or item, and what it is worth.
    fn points_and_worth(&self, code: &str, card: &Card) -> (Option<Q>, Q) {
        let exactly = |published: &Option<BigInt>| published.as_ref().map(|p| self.exactly(p));
        if let Some(section) = sections_of(&self.document.sections)
            .into_iter()
            .find(|section| section.id == code)
        {
            return (exactly(&card.sections[code]), worth(section));
        }
        let item = items_of(&self.document.sections)
            .into_iter()
            .find(|item| item.id == code)
            .expect("the code of a section or an item");
        let points = item.points.as_ref().map_or_else(zero, of);
        (exactly(&card.items[code].published), points)
    }

    /// §2.15 "Each grade effect is applied alone to the grade earned; one down from the last grade
    /// is no grade." §2.8 "The severest grade effect wins."
    fn left_by(&self, effects: &[&Effect], earned: usize) -> Option<usize> {
        let grades = &self.document.grades;
        let alone = effects.iter().map(|effect| match effect {
            Effect::NoGrade => None,
            Effect::OneGradeDown => Some(earned + 1).filter(|next| *next < grades.len()),
            Effect::Ceiling(id) => {
                let ceiling = grades.iter().position(|grade| grade.id == *id);
                Some(earned.max(ceiling.expect("a grade")))
            }
            Effect::Points(_) | Effect::Zero(_) => Some(earned),
        });
        let severity = |grade: &Option<usize>| grade.unwrap_or(usize::MAX);
        alone.chain([Some(earned)]).max_by_key(severity).flatten()
    }
}

/// A mark as points, or as percent of some points.
fn mark_of(mark: &Quantity, of_points: &Q) -> Q {
    match mark.sign {
        None => of(&mark.number),
        Some(_) => quantity(mark, None) * of_points,
    }
}

/// §2.10 "total, then the standard's tie-breaks (…; an excluded section loses the tie),
/// competition places (1, 2, 2, 4); full ties share a place". §2.8 "A card whose grade a veto
/// takes is listed without a place".
fn rank(document: &Document, cards: &mut [Card]) {
    let decimals = document.decimals;
    let key = |card: &Card| -> Vec<Option<Q>> {
        let mut key = vec![
            card.total
                .as_ref()
                .map(|p| unscaled(p, total_decimals(document))),
        ];
        for tie_break in &document.tie_breaks {
            key.push(match tie_break.as_str() {
                "bonus" => Some(unscaled(&card.bonus, decimals)),
                "total-before-bonus" => {
                    let before = card.total_before_bonus.as_ref();
                    before.map(|p| unscaled(p, total_decimals(document)))
                }
                code => {
                    let section = card.sections.get(code).cloned();
                    let item = || card.items[code].published.clone();
                    let points = section.unwrap_or_else(item);
                    points.map(|p| unscaled(&p, decimals))
                }
            });
        }
        key
    };
    let placed = |card: &&Card| {
        let taken = card.earned.is_some() && card.grade.is_none();
        card.total.is_some() && !taken
    };
    let keys: Vec<_> = cards.iter().filter(placed).map(key).collect();
    for card in cards.iter_mut() {
        if placed(&&*card) {
            let own = key(card);
            // Nothing is less than any points, so an excluded section loses.
            let ahead = keys
                .iter()
                .filter(|other| (*other).cmp(&own) == Ordering::Greater);
            card.rank = Some(1 + ahead.count());
        }
    }
}
