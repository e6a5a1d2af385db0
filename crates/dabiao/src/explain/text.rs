//! A scorecard as text, for a terminal or a printed page.

use super::card::*;
use crate::lang::{Lang, Text};

impl Scorecard {
    /// The whole card in words, a line for each thing, sections and items indented.
    #[must_use]
    pub fn explain(&self, lang: Lang) -> String {
        let mut page = Page {
            lang,
            text: String::new(),
        };
        page.head(self);
        for section in &self.sections {
            page.section(section, 0);
        }
        page.extras(&self.bonus_items, ("加分项", "Bonus"));
        page.extras(&self.deduction_items, ("扣分项", "Deductions"));
        page.text
    }
}

struct Page {
    lang: Lang,
    text: String,
}

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn labelled(&mut self, depth: usize, label: (&str, &str), text: &str) {
        let line = match self.lang {
            Lang::Zh => format!("{}\u{ff1a}{text}", label.0),
            Lang::En => format!("{}: {text}", label.1),
        };
        self.line(depth, &line);
    }

    fn get<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.lang)
    }

    fn head(&mut self, card: &Scorecard) {
        let title = match (&card.name, self.lang) {
            (Some(name), Lang::Zh) => format!("{name}\u{ff08}{}\u{ff09}", card.code),
            (Some(name), Lang::En) => format!("{name} ({})", card.code),
            (None, _) => card.code.clone(),
        };
        self.line(0, &title);
        let version = card.standard.version.as_deref().unwrap_or("");
        let standard = format!("{} {version}", self.get(&card.standard.title));
        self.labelled(0, ("标准", "Standard"), standard.trim_end());
        if let Some(notice) = &card.standard.notice {
            let notice = self.get(notice).to_owned();
            self.labelled(0, ("说明", "Note"), &notice);
        }
        self.totals(card);
        self.standing(card);
        if !card.missing.is_empty() {
            let missing: Vec<String> = card
                .missing
                .iter()
                .map(|missing| {
                    let (title, items) = (self.get(&missing.title), missing.items.join(" "));
                    match self.lang {
                        Lang::Zh => format!("{title}\u{ff08}{items}\u{ff09}"),
                        Lang::En => format!("{title} ({items})"),
                    }
                })
                .collect();
            let count = missing.len();
            let label = (format!("缺报{count}项"), format!("Missing, {count}"));
            let list = missing.join(self.lang.pick("、", ", "));
            self.labelled(0, (&label.0, &label.1), &list);
        }
    }

    fn totals(&mut self, card: &Scorecard) {
        let Some(total) = card.total else {
            let none = match self.lang {
                Lang::Zh => "无\u{ff08}没有适用的项目\u{ff09}",
                Lang::En => "none (nothing applies)",
            };
            self.labelled(0, ("总分", "Total"), none);
            return;
        };
        let full = &card.full_marks;
        let mut line = match self.lang {
            Lang::Zh => format!("{total}分\u{ff08}满分{full}分\u{ff09}"),
            Lang::En => format!("{total} of {full}"),
        };
        let nonzero = |points: &crate::Points| points.scaled() != 0;
        if let Some(bonus) = card.bonus.filter(nonzero) {
            line.push_str(&match self.lang {
                Lang::Zh => format!("\u{ff0c}其中加分{bonus}分"),
                Lang::En => format!(", of it bonus {bonus}"),
            });
        }
        if let Some(deductions) = card.deductions.filter(nonzero) {
            line.push_str(&match self.lang {
                Lang::Zh => format!("\u{ff0c}扣分{deductions}分"),
                Lang::En => format!(", deductions {deductions}"),
            });
        }
        self.labelled(0, ("总分", "Total"), &line);
    }

    fn standing(&mut self, card: &Scorecard) {
        if let Some(rank) = card.rank {
            let line = match self.lang {
                Lang::Zh => format!("第{rank}名\u{ff08}共{}个社区\u{ff09}", card.of),
                Lang::En => format!("{rank} of {}", card.of),
            };
            self.labelled(0, ("名次", "Place"), &line);
        }
        let graded = card.next_grade.is_some() || card.grade.is_some();
        if graded {
            let none = self.lang.pick("无", "none");
            let mut line = card
                .grade
                .as_ref()
                .map_or(none, |g| self.get(&g.title))
                .to_owned();
            let earned = card.grade_earned.as_ref();
            if let Some(earned) = earned.filter(|earned| card.grade.as_ref() != Some(earned)) {
                let title = self.get(&earned.title);
                line.push_str(&match self.lang {
                    Lang::Zh => format!("\u{ff08}按得分为{title}\u{ff09}"),
                    Lang::En => format!(" ({title} by points)"),
                });
            }
            if card.flags.contains(&"provisional") {
                line.push_str(self.lang.pick("\u{ff08}暂定\u{ff09}", " (provisional)"));
            }
            self.labelled(0, ("等次", "Grade"), &line);
        }
        if let Some(gap) = &card.next_grade {
            let title = self.get(&gap.grade.title);
            let label = (
                format!("距\u{201c}{title}\u{201d}"),
                format!("To \u{201c}{title}\u{201d}"),
            );
            let wording = self.get(&gap.wording).to_owned();
            self.labelled(0, (&label.0, &label.1), &wording);
        }
        for veto in &card.vetoes {
            let (title, wording) = (self.get(&veto.title), self.get(&veto.wording));
            let open = match (veto.holds, self.lang) {
                (true, _) => "",
                (false, Lang::Zh) => "\u{ff08}因缺报未能判定\u{ff09}",
                (false, Lang::En) => " (open for want of a value)",
            };
            let line = match self.lang {
                Lang::Zh => format!("{} {title}\u{ff1a}{wording}{open}", veto.code),
                Lang::En => format!("{} {title}: {wording}{open}", veto.code),
            };
            self.labelled(0, ("一票否决", "Veto"), &line);
        }
    }

    fn section(&mut self, section: &SectionLine, depth: usize) {
        let title = self.get(&section.title);
        // A weight may be a fraction that no decimal is.
        let full = section
            .full
            .display(section.points.map_or(6, crate::Points::decimals));
        let points = match (section.points, self.lang) {
            (Some(points), Lang::Zh) => format!("{points}/{full}分"),
            (Some(points), Lang::En) => format!("{points} of {full}"),
            (None, Lang::Zh) => "不计入".to_owned(),
            (None, Lang::En) => "left out".to_owned(),
        };
        let zeroed = match (section.zeroed, self.lang) {
            (false, _) => "",
            (true, Lang::Zh) => "\u{ff08}一票否决\u{ff0c}计0分\u{ff09}",
            (true, Lang::En) => " (0 by a veto)",
        };
        if depth == 0 {
            self.text.push('\n');
        }
        let line = format!("{} {title}  {points}{zeroed}", section.code);
        self.line(depth, &line);
        for item in &section.items {
            self.item(item, depth + 1);
        }
        for child in &section.sections {
            self.section(child, depth + 1);
        }
    }

    fn extras(&mut self, items: &[ItemLine], title: (&str, &str)) {
        if items.is_empty() {
            return;
        }
        self.text.push('\n');
        self.line(0, self.lang.pick(title.0, title.1).to_owned().as_str());
        for item in items {
            self.item(item, 1);
        }
    }

    fn item(&mut self, item: &ItemLine, depth: usize) {
        let title = self.get(&item.title);
        let full = match (&item.full, self.lang) {
            (Some(full), Lang::Zh) => format!("/{full}"),
            (Some(full), Lang::En) => format!(" of {full}"),
            (None, _) => String::new(),
        };
        let points = match (item.points, self.lang) {
            (Some(points), Lang::Zh) => format!("{points}{full}分"),
            (Some(points), Lang::En) => format!("{points}{full}"),
            (None, Lang::Zh) => "不计入".to_owned(),
            (None, Lang::En) => "left out".to_owned(),
        };
        let lost = match (item.lost.filter(|lost| lost.scaled() > 0), self.lang) {
            (Some(lost), Lang::Zh) => format!("\u{ff08}失{lost}分\u{ff09}"),
            (Some(lost), Lang::En) => format!(" (lost {lost})"),
            (None, _) => String::new(),
        };
        let line = format!("{} {title}  {points}{lost}", item.code);
        self.line(depth, &line);
        if let Some(value) = &item.value {
            let inputs = self.inputs(&item.inputs);
            let value = format!("{}{inputs}", self.get(&value.shown));
            self.labelled(depth + 1, ("现值", "Value"), &value);
        }
        if let Some(note) = &item.note {
            let note = self.get(note).to_owned();
            self.labelled(depth + 1, ("情形", "State"), &note);
        }
        self.boxes(&item.boxes, depth + 1);
        for check in &item.checks {
            self.check(check, depth + 1);
        }
        if item.checks.is_empty() {
            let rule = self.get(&item.rule).to_owned();
            self.labelled(depth + 1, ("办法", "Rule"), &rule);
        }
        if let Some(next) = &item.next {
            let wording = self.get(&next.wording).to_owned();
            self.labelled(depth + 1, ("下一步", "Next"), &wording);
        }
    }

    fn inputs(&self, inputs: &[InputLine]) -> String {
        if inputs.is_empty() {
            return String::new();
        }
        let blank = self.lang.pick("缺报", "missing");
        let parts: Vec<String> = inputs
            .iter()
            .map(|input| {
                let value = input.value.as_ref().map_or(blank, |value| self.get(value));
                format!("{} {value}", self.get(&input.title))
            })
            .collect();
        match self.lang {
            Lang::Zh => format!("\u{ff08}{}\u{ff09}", parts.join("\u{ff0c}")),
            Lang::En => format!(" ({})", parts.join(", ")),
        }
    }

    fn boxes(&mut self, boxes: &[BoxLine], depth: usize) {
        for answered in boxes {
            let sign = match answered.answer {
                BoxAnswer::Met => "√",
                BoxAnswer::Unmet => "×",
                BoxAnswer::Blank => "?",
                BoxAnswer::NotApplicable => "—",
            };
            let line = format!("{sign} {}", self.get(&answered.title));
            self.line(depth, &line);
        }
    }

    fn check(&mut self, check: &CheckLine, depth: usize) {
        let points = match (&check.points, self.lang) {
            (Some(points), Lang::Zh) => format!("{points}分"),
            (Some(points), Lang::En) => points.to_string(),
            (None, Lang::Zh) => "不计入".to_owned(),
            (None, Lang::En) => "left out".to_owned(),
        };
        let blank = self.lang.pick("缺报", "missing");
        let value = match (&check.value, check.boxes.is_empty()) {
            (Some(value), _) => format!(" {}", self.get(&value.shown)),
            (None, true) if check.points.is_some() => format!(" {blank}"),
            (None, _) => String::new(),
        };
        let line = format!("{} {}{value}  {points}", check.code, self.get(&check.title));
        self.line(depth, &line);
        self.boxes(&check.boxes, depth + 1);
        let rule = self.get(&check.rule).to_owned();
        self.labelled(depth + 1, ("办法", "Rule"), &rule);
    }
}
