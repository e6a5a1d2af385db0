//! Gaps (短板): points lost and what would win them back, of one community and of many.

use serde::Serialize;

use super::Words;
use super::build::{Which, item_states};
use super::card::{ItemState, Named, ShownValue, VetoLine};
use super::explainer::{Explainer, RowView};
use super::step::NextStep;
use crate::lang::{Lang, Text};
use crate::plan::{EffectPlan, Part, SectionId};
use crate::points::Points;
use crate::rational::Rational;
use crate::score::{Column, Leaf, NO_GRADE, NONE, Scores};

/// Where one community loses points, and what stands between it and the next better grade.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gaps {
    /// The community's code.
    pub code: String,
    /// Its name, where the table has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its total.
    pub total: Option<Points>,
    /// Its grade after vetoes.
    pub grade: Option<Named>,
    /// What stands between it and the next better grade; nothing where it has the best.
    pub next_grade: Option<GradeGap>,
    /// The items that lose points: those that cost the total most first, then in the order of
    /// the standard.
    pub items: Vec<Gap>,
}

/// An item that loses points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// The code of its top-level section.
    pub section: String,
    /// Its published points.
    pub points: Points,
    /// Full marks.
    pub full: Rational,
    /// The points that it loses.
    pub lost: Points,
    /// What they are worth in the total: the same, unless a section around it has a weight.
    pub lost_of_total: Rational,
    /// What was observed.
    pub value: Option<ShownValue>,
    /// How it came to its points, where there is more to say than its value.
    pub states: Vec<ItemState>,
    /// The nearest change that wins points.
    pub next: Option<NextStep>,
}

/// What stands between a community and a better grade.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradeGap {
    /// The grade.
    pub grade: Named,
    /// The marks that are not reached.
    pub shortfalls: Vec<Shortfall>,
    /// The vetoes in the way.
    pub vetoes: Vec<VetoLine>,
    /// All of it in words: `total short by 1.25; 4 “A beautiful environment” short by 0.50`.
    pub wording: Text,
}

/// A mark of a grade that is not reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Shortfall {
    /// The total.
    Total(Short),
    /// The total before bonus.
    TotalBeforeBonus(Short),
    /// A section or an item.
    Part(PartShort),
    /// A number of sections at a mark.
    Sections {
        /// How many reach it.
        reached: u32,
        /// How many must.
        needed: u32,
        /// Those that do not, and by how much.
        below: Vec<PartShort>,
    },
}

/// Points, the least that are enough, and the difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Short {
    /// The published points.
    pub points: Points,
    /// The least published points that reach the mark.
    pub mark: Points,
    /// How many are wanting.
    pub short: Points,
}

/// A section or an item below a mark.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartShort {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// By how much.
    #[serde(flatten)]
    pub by: Short,
}

/// Points lost over a set of communities.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, ScoreOptions, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let rows = [["c1", "12"], ["c2", "6"]];
/// let table = Observations::from_rows(&standard, &["code", "activities"], &rows)?;
/// let scores = standard.score(&table, &ScoreOptions::new())?;
/// let losses = scores.losses(0..scores.len());
/// let activities = losses.items.iter().find(|loss| loss.code == "5.2").unwrap();
/// assert_eq!(activities.lost.to_string(), "1.5");
/// assert_eq!(activities.mean_lost.to_string(), "0.75");
/// assert_eq!(activities.at_full, 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Losses {
    /// How many communities they are of.
    pub communities: usize,
    /// By top-level section, in the order of the standard.
    pub sections: Vec<Loss>,
    /// By item, in the order of the standard.
    pub items: Vec<Loss>,
}

/// Points that an item or a section loses over a set of communities.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: Text,
    /// Full marks, or what the section is worth.
    pub full: Rational,
    /// The points lost together.
    pub lost: Rational,
    /// The points that one community loses on average, rounded like points.
    pub mean_lost: Points,
    /// How many communities have points for it: what is excluded does not count.
    pub counted: usize,
    /// How many of them have full marks.
    pub at_full: usize,
}

impl Scores {
    /// Where a row loses points and what would win them back; nothing beyond the table.
    #[must_use]
    pub fn gaps(&self, row: usize) -> Option<Gaps> {
        self.explainer().gaps(row)
    }

    /// The points lost by section and item over some rows, such as those of a district.
    #[must_use]
    pub fn losses(&self, rows: impl IntoIterator<Item = usize>) -> Losses {
        let rows: Vec<usize> = rows.into_iter().filter(|row| *row < self.len()).collect();
        let plan = self.standard.plan();
        let document = self.standard.document();
        let title = |code: &str| {
            let title = super::standing::find_title(document, code);
            title.cloned().unwrap_or_default()
        };
        let loss = |code: &str, column: Column<'_>, full: Rational| {
            let points = rows.iter().filter_map(|row| column.get(*row));
            let (mut counted, mut at_full, mut sum) = (0usize, 0usize, 0i128);
            for scaled in points.filter(|scaled| *scaled != NONE) {
                counted += 1;
                sum += i128::from(scaled);
                at_full += usize::from(Points::new(scaled, plan.decimals).exact() >= full);
            }
            let many = Rational::ratio(counted as i128, 1).unwrap_or_default();
            let lost = &(&full * &many) - &Rational::from_scaled(sum, plan.decimals);
            let mean = lost.checked_div(&many).unwrap_or_default();
            let mean_lost = mean.round(plan.decimals, plan.rounding).unwrap_or(0);
            Loss {
                code: code.to_owned(),
                title: title(code),
                full,
                lost,
                mean_lost: Points::new(mean_lost, plan.decimals),
                counted,
                at_full,
            }
        };
        let sections = plan.top.iter().filter_map(|id| {
            let (section, column) = (plan.sections.get(*id)?, self.columns.sections.get(*id)?);
            Some(loss(&section.code, column.view(), section.worth.clone()))
        });
        let items = plan.items.iter().enumerate().filter_map(|(at, item)| {
            let column = Column::Wide(&self.leaf(Leaf::Item(at))?.points);
            let full = Points::new(item.full.unwrap_or(0), plan.decimals);
            Some(loss(&item.code, column, full.exact()))
        });
        Losses {
            communities: rows.len(),
            sections: sections.collect(),
            items: items.collect(),
        }
    }
}

impl Explainer<'_> {
    /// Where a row loses points and what would win them back; nothing beyond the table.
    #[must_use]
    pub fn gaps(&self, row: usize) -> Option<Gaps> {
        let scores = self.scores;
        let code = scores.codes().get(row)?.to_owned();
        let names = scores.observations.attribute("name");
        let name = names
            .and_then(|names| names.get(row))
            .filter(|name| !name.is_empty());
        let view = RowView {
            explainer: self,
            row,
        };
        let mut items = Vec::new();
        for &top in &self.plan().top {
            self.section_gaps(&view, top, top, &Rational::ONE, &mut items);
        }
        // Stable: of equal ones the first of the standard stays first.
        items.sort_by(|a, b| b.lost_of_total.cmp(&a.lost_of_total));
        Some(Gaps {
            code,
            name: name.cloned(),
            total: scores.total(row),
            grade: scores.grade(row).map(|grade| Named {
                code: grade.id.clone(),
                title: grade.title.clone(),
            }),
            next_grade: self.next_grade(row),
            items,
        })
    }

    fn section_gaps(
        &self,
        view: &RowView<'_>,
        top: SectionId,
        id: SectionId,
        weight: &Rational,
        gaps: &mut Vec<Gap>,
    ) {
        let plan = self.plan();
        let (Some(section), Some(top_section)) = (plan.sections.get(id), plan.sections.get(top))
        else {
            return;
        };
        let part = section.worth.checked_div(&section.children);
        let weight = &part.unwrap_or_default() * weight;
        for &item in &section.items {
            gaps.extend(self.gap(view, item, &top_section.code, &weight));
        }
        for &child in &section.sections {
            self.section_gaps(view, top, child, &weight, gaps);
        }
    }

    fn gap(&self, view: &RowView<'_>, at: usize, section: &str, weight: &Rational) -> Option<Gap> {
        let decimals = self.plan().decimals;
        let looked = self.look(Which::Item(at), view.row)?;
        let (full, points) = (looked.item.full?, looked.points?);
        if points >= full {
            return None;
        }
        let lost = Points::new(full - points, decimals);
        let steps = self.check_steps(view, &looked);
        Some(Gap {
            code: looked.item.code.clone(),
            title: looked.known.title.clone(),
            section: section.to_owned(),
            points: Points::new(points, decimals),
            full: Points::new(full, decimals).exact(),
            lost,
            lost_of_total: &lost.exact() * weight,
            value: self.value_of(view, &looked),
            states: item_states(looked.state, self.is_vetoed(view.row, looked.which)),
            next: self.next_of(view, &looked, &steps),
        })
    }

    /// What stands between a row and the next better grade.
    pub(super) fn next_grade(&self, row: usize) -> Option<GradeGap> {
        let columns = &self.scores.columns;
        let plan = self.plan();
        let total = columns.totals.get(row)?;
        if total == NONE {
            return None;
        }
        let target = match *columns.grades.get(row)? {
            NO_GRADE => plan.grades.len(),
            grade => usize::from(grade),
        };
        let target = target.checked_sub(1)?;
        let (grade, titled) = (
            plan.grades.get(target)?,
            self.document().grades.get(target)?,
        );
        let mut shortfalls = Vec::new();
        let before = columns.before_bonus().get(row)?;
        let totals = [
            (
                total,
                grade.total,
                Shortfall::Total as fn(Short) -> Shortfall,
            ),
            (before, grade.before_bonus, Shortfall::TotalBeforeBonus),
        ];
        for (points, mark, kind) in totals {
            let short = mark.and_then(|mark| short(points, mark, plan.total_decimals));
            shortfalls.extend(short.map(kind));
        }
        for (part, mark) in &grade.marks {
            shortfalls.extend(self.part_short(*part, row, *mark).map(Shortfall::Part));
        }
        if let Some((needed, sections)) = &grade.count {
            let points = |id: SectionId| columns.sections.get(id).and_then(|c| c.get(row));
            let reached = sections
                .iter()
                .filter(|(id, mark)| points(*id).is_some_and(|p| p != NONE && p >= *mark))
                .count();
            let reached = u32::try_from(reached).unwrap_or(u32::MAX);
            if reached < *needed {
                let below = sections
                    .iter()
                    .filter_map(|(id, mark)| self.part_short(Part::Section(*id), row, *mark));
                shortfalls.push(Shortfall::Sections {
                    reached,
                    needed: *needed,
                    below: below.collect(),
                });
            }
        }
        let vetoes = self.in_the_way(row, target, !shortfalls.is_empty());
        let wording = self.both(|words| words.grade_gap(&shortfalls, &vetoes));
        Some(GradeGap {
            grade: Named {
                code: titled.id.clone(),
                title: titled.title.clone(),
            },
            shortfalls,
            vetoes,
            wording,
        })
    }

    fn part_short(&self, part: Part, row: usize, mark: i64) -> Option<PartShort> {
        let plan = self.plan();
        let (code, points) = match part {
            Part::Section(id) => {
                let column = self.scores.columns.sections.get(id)?;
                (&plan.sections.get(id)?.code, column.get(row)?)
            }
            Part::Item(id) => {
                let (points, _) = self.scores.leaf_at(Leaf::Item(id), row)?;
                (&plan.items.get(id)?.code, points)
            }
        };
        // An excluded one is skipped.
        let by = short(points, mark, plan.decimals).filter(|_| points != NONE)?;
        Some(PartShort {
            code: code.clone(),
            title: super::standing::find_title(self.document(), code)?.clone(),
            by,
        })
    }

    /// The vetoes that hold and keep a row from a grade, or take points that it is short of.
    fn in_the_way(&self, row: usize, target: usize, is_short: bool) -> Vec<VetoLine> {
        let plans = &self.plan().vetoes;
        let blocks = |line: &VetoLine| {
            let veto = plans.iter().find(|veto| veto.code == line.code);
            line.holds
                && veto.is_some_and(|veto| {
                    veto.effects.iter().any(|effect| match effect {
                        EffectPlan::NoGrade | EffectPlan::OneGradeDown => true,
                        EffectPlan::Ceiling(best) => *best > target,
                        EffectPlan::Points(_)
                        | EffectPlan::ZeroSection(_)
                        | EffectPlan::ZeroItem(_) => is_short,
                    })
                })
        };
        self.veto_lines(row).into_iter().filter(blocks).collect()
    }
}

fn short(points: i64, mark: i64, decimals: u8) -> Option<Short> {
    (points < mark).then(|| Short {
        points: Points::new(points, decimals),
        mark: Points::new(mark, decimals),
        short: Points::new(mark.saturating_sub(points), decimals),
    })
}

impl Words<'_> {
    fn grade_gap(&self, shortfalls: &[Shortfall], vetoes: &[VetoLine]) -> String {
        let by = |what: &str, short: Points| match self.lang() {
            Lang::Zh => format!("{what}差{short}分"),
            Lang::En => format!("{what} short by {short}"),
        };
        let part = |part: &PartShort| by(&self.coded(&part.code), part.by.short);
        let mut phrases: Vec<String> = shortfalls
            .iter()
            .map(|shortfall| match shortfall {
                Shortfall::Total(short) => by(self.pick("总分", "total"), short.short),
                Shortfall::TotalBeforeBonus(short) => {
                    by(self.pick("加分前总分", "total before bonus"), short.short)
                }
                Shortfall::Part(short) => part(short),
                Shortfall::Sections {
                    reached,
                    needed,
                    below,
                } => {
                    let below: Vec<String> = below.iter().map(part).collect();
                    let below = below.join(self.pick("、", ", "));
                    match self.lang() {
                        Lang::Zh => format!(
                            "须有{needed}个大项达标\u{ff0c}现有{reached}个\u{ff08}{below}\u{ff09}"
                        ),
                        Lang::En => format!("{reached} of {needed} sections at the mark ({below})"),
                    }
                }
            })
            .collect();
        phrases.extend(vetoes.iter().map(|veto| {
            let (code, title) = (&veto.code, self.quoted(self.text(&veto.title)));
            match self.lang() {
                Lang::Zh => format!("一票否决{code}{title}"),
                Lang::En => format!("veto {code} {title}"),
            }
        }));
        self.clauses(&phrases)
    }
}
