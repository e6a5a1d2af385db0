//! What is typed: for each measure its wording, what it may be, how a cell is to check it.

use dabiao::explain::Words;
use dabiao::expression::Expression;
use dabiao::standard::document::{Item, Level, Marking, Measure, MeasureKind, RollUp, Rule};
use dabiao::{Lang, Rational, Standard};
use rust_xlsxwriter::{DataValidation, Format, Formula, XlsxError};

use super::live::WORDS;
use super::style::{self, Style};

/// The measures of a standard as fields of a form.
pub(super) struct Fields<'a> {
    standard: &'a Standard,
    lang: Lang,
    pub(super) words: Words<'a>,
    demands: Vec<Vec<Demand>>,
}

/// What a rule asks of the marks of the measure it marks.
pub(super) struct Demand {
    pub(super) min: Rational,
    pub(super) max: Rational,
    pub(super) step: Option<Rational>,
}

/// What the rules ask of a measure's marks, by measure.
pub(super) fn demands(standard: &Standard) -> Vec<Vec<Demand>> {
    let document = standard.document();
    let mut all: Vec<Vec<Demand>> = document.measures.iter().map(|_| Vec::new()).collect();
    let mut take = |marking: &Marking, full: Option<&Rational>| {
        let lone = marking.value.as_ref().and_then(Expression::lone_measure);
        let measure = lone.and_then(|name| document.measures.iter().position(|m| m.name == name));
        let demand = match &marking.rule {
            Rule::Award { min, max, step } => Demand {
                min: min.clone(),
                max: max.as_ref().or(full).cloned().unwrap_or_default(),
                step: step.clone(),
            },
            Rule::Checklist(list) => match list.of {
                Some(of) => Demand {
                    min: Rational::ZERO,
                    max: Rational::from(i64::from(of)),
                    step: Some(Rational::ONE),
                },
                None => return,
            },
            _ => return,
        };
        if let Some(measure) = measure {
            all[measure].push(demand);
        }
    };
    let extras = document.bonus.iter().chain(&document.deductions);
    for item in standard.items().into_iter().chain(extras) {
        take(&item.marking, item.points.as_ref());
        if let Rule::Checks(checks) = &item.marking.rule {
            for check in &checks.checks {
                take(&check.marking, Some(&check.points));
            }
        }
    }
    all
}

fn is_percent(unit: &str) -> bool {
    matches!(unit.trim(), "%" | "\u{ff05}")
}

impl<'a> Fields<'a> {
    pub(super) fn new(standard: &'a Standard, lang: Lang) -> Fields<'a> {
        Fields {
            standard,
            lang,
            words: Words::new(standard.document(), lang),
            demands: demands(standard),
        }
    }

    fn measure(&self, measure: usize) -> &'a Measure {
        &self.standard.document().measures[measure]
    }

    /// Whether a community types a value of its own: what is collected in units and is not
    /// rolled up is not.
    pub(super) fn is_of_community(&self, measure: usize) -> bool {
        let measure = self.measure(measure);
        measure.level == Level::Community || measure.rollup.is_some()
    }

    /// The measures that are collected below the community.
    pub(super) fn unit_measures(&self) -> impl Iterator<Item = usize> + '_ {
        let measures = &self.standard.document().measures;
        let below = |level: Level| matches!(level, Level::Grid | Level::Building | Level::Compound);
        (0..measures.len()).filter(move |at| below(measures[*at].level))
    }

    /// Its wording.
    pub(super) fn title(&self, measure: usize) -> String {
        self.words.measure(&self.measure(measure).name)
    }

    /// Its unit, as a person reads it.
    pub(super) fn unit(&self, measure: usize) -> String {
        let kind = self.kind(measure);
        match (&self.measure(measure).unit, kind) {
            (_, MeasureKind::YesNo) => format!("{}/{}", WORDS.yes, WORDS.no),
            (_, MeasureKind::Label) => self.lang.pick("选一项", "one of").to_owned(),
            (_, MeasureKind::Date) => self.lang.pick("日期", "date").to_owned(),
            (Some(unit), _) => unit.clone(),
            (None, _) if self.percent(measure).is_some() => "%".to_owned(),
            (None, _) => String::new(),
        }
    }

    /// Where a community's value is a percentage: how many of the measure's units 100% are.
    pub(super) fn percent(&self, measure: usize) -> Option<u32> {
        let held = self.measure(measure);
        if self.kind(measure) != MeasureKind::Number {
            return None;
        }
        let bare = held.unit.is_none() || held.kind != MeasureKind::Number;
        match (&held.unit, &held.rollup) {
            (Some(unit), _) if is_percent(unit) && held.kind == MeasureKind::Number => Some(100),
            (_, Some(RollUp::Share(_))) if bare => Some(1),
            _ => None,
        }
    }

    /// Whether units' values of a measure are percentages.
    pub(super) fn is_percent_of_units(&self, measure: usize) -> bool {
        let held = self.measure(measure);
        held.kind == MeasureKind::Number && held.unit.as_deref().is_some_and(is_percent)
    }

    /// The type of a community's value.
    pub(super) fn kind(&self, measure: usize) -> MeasureKind {
        let observed = self.standard.observed(measure);
        observed.map_or(MeasureKind::Number, |observed| observed.kind)
    }

    /// The format of its cell.
    pub(super) fn format<'s>(&self, measure: usize, style: &'s Style) -> &'s Format {
        match self.kind(measure) {
            _ if self.percent(measure).is_some() => &style.input_percent,
            MeasureKind::Count => &style.input_count,
            MeasureKind::Number => &style.input_number,
            MeasureKind::Date => &style.input_date,
            MeasureKind::YesNo | MeasureKind::Label => &style.input,
        }
    }

    /// The format in which its value is shown a second time.
    pub(super) fn shown_again(&self, measure: usize, style: &Style) -> Format {
        let number = match self.kind(measure) {
            _ if self.percent(measure).is_some() => style::PERCENT,
            MeasureKind::Date => style::DATE,
            _ => "General",
        };
        style.mirror.clone().set_num_format(number)
    }

    /// The least and the greatest number that it may be.
    pub(super) fn range(&self, measure: usize) -> (Option<Rational>, Option<Rational>) {
        let observed = self.standard.observed(measure);
        let mut least = observed.and_then(|observed| observed.min.cloned());
        let mut most = observed.and_then(|observed| observed.max.cloned());
        for demand in &self.demands[measure] {
            least = Some(least.map_or(demand.min.clone(), |held| held.max(demand.min.clone())));
            most = Some(most.map_or(demand.max.clone(), |held| held.min(demand.max.clone())));
        }
        (least, most)
    }

    /// What may be typed, in words.
    pub(super) fn asked(&self, measure: usize) -> String {
        let (zh, none) = (self.lang == Lang::Zh, WORDS.not_applicable);
        let (least, most) = self.range(measure);
        let written = |number: Rational| match self.percent(measure) {
            Some(whole) => format!("{}%", &number * &Rational::from(i64::from(100 / whole))),
            None => number.to_string(),
        };
        let range = match (least.map(written), most.map(written), zh) {
            (Some(least), Some(most), true) => format!("{least} 至 {most}"),
            (Some(least), Some(most), false) => format!("from {least} to {most}"),
            (Some(least), None, true) => format!("不小于 {least}"),
            (Some(least), None, false) => format!("at least {least}"),
            (None, Some(most), true) => format!("不大于 {most}"),
            (None, Some(most), false) => format!("at most {most}"),
            (None, None, true) => "至多 6 位小数".to_owned(),
            (None, None, false) => "6 decimals at most".to_owned(),
        };
        let what = match (self.kind(measure), zh) {
            (MeasureKind::Count, true) => format!("填整数\u{ff0c}{range}"),
            (MeasureKind::Count, false) => format!("A whole number, {range}"),
            (MeasureKind::Number, _) if self.percent(measure).is_some() => match zh {
                true => format!("填百分数\u{ff0c}如 95%\u{ff0c}{range}。以格子里显示的为准"),
                false => format!("A percentage such as 95%, {range}; what the cell shows counts"),
            },
            (MeasureKind::Number, true) => format!("填数字\u{ff0c}{range}"),
            (MeasureKind::Number, false) => format!("A number, {range}"),
            (MeasureKind::Date, true) => "填日期\u{ff0c}如 2020-07-23".to_owned(),
            (MeasureKind::Date, false) => "A date such as 2020-07-23".to_owned(),
            (MeasureKind::YesNo | MeasureKind::Label, true) => "从下拉列表中选一项".to_owned(),
            (MeasureKind::YesNo | MeasureKind::Label, false) => "Choose from the list".to_owned(),
        };
        if zh {
            format!("{what}。没有这项工作的填“{none}”")
        } else {
            format!("{what}. Type {none} where there is none")
        }
    }

    /// What a cell accepts. `place` is the cell as a formula in it sees it; `lists` is where
    /// long lists stand.
    pub(super) fn validation(
        &self,
        measure: usize,
        place: &str,
        list: Option<&str>,
    ) -> Result<DataValidation, XlsxError> {
        let observed = self.standard.observed(measure);
        let mut answers: Vec<String> = match self.kind(measure) {
            MeasureKind::YesNo => vec![WORDS.yes.to_owned(), WORDS.no.to_owned()],
            MeasureKind::Label => observed.map(|o| o.labels.to_vec()).unwrap_or_default(),
            _ => Vec::new(),
        };
        let validation = DataValidation::new();
        let validation = if answers.is_empty() {
            validation.allow_custom(Formula::new(self.check(measure, place)))
        } else if let Some(list) = list {
            validation.allow_list_formula(Formula::new(list))
        } else {
            answers.push(WORDS.not_applicable.to_owned());
            validation.allow_list_strings(&answers)?
        };
        let asked: String = self.asked(measure).chars().take(250).collect();
        let title: String = self.title(measure).chars().take(30).collect();
        validation
            .set_input_title(title)?
            .set_input_message(asked.clone())?
            .set_error_title(self.lang.pick("填写有误", "Not accepted"))?
            .set_error_message(asked)
    }

    /// The labels of a list that is too long to stand in a validation itself, 不涉及 last.
    pub(super) fn long_list(&self, measure: usize) -> Option<Vec<String>> {
        if self.kind(measure) != MeasureKind::Label {
            return None;
        }
        let mut labels = self.standard.observed(measure)?.labels.to_vec();
        labels.push(WORDS.not_applicable.to_owned());
        let length: usize = labels
            .iter()
            .map(|label| label.encode_utf16().count() + 1)
            .sum();
        let comma = labels.iter().any(|label| label.contains([',', '"']));
        (comma || length > 240).then_some(labels)
    }

    /// The condition of a number's cell.
    fn check(&self, measure: usize, place: &str) -> String {
        let (least, most) = self.range(measure);
        // A cell of percentages holds 0.95 for 95%.
        let typed = place;
        let value = match self.percent(measure) {
            Some(whole) => format!("ROUND({typed}*{whole},6)"),
            None => typed.to_owned(),
        };
        let place = value.as_str();
        let mut tests = Vec::new();
        if let Some(least) = least {
            tests.push(format!("{place}>={}", least.to_f64()));
        }
        if let Some(most) = most {
            tests.push(format!("{place}<={}", most.to_f64()));
        }
        tests.push(match self.kind(measure) {
            MeasureKind::Count | MeasureKind::Date => format!("{place}=INT({place})"),
            _ => match self.percent(measure) {
                Some(whole) => format!("ABS({typed}*{whole}-{place})<0.000000001"),
                None => format!("{place}=ROUND({place},6)"),
            },
        });
        for demand in &self.demands[measure] {
            if let Some(step) = &demand.step {
                let (from, step) = (demand.min.to_f64(), step.to_f64());
                tests.push(format!(
                    "ABS({place}-({from})-ROUND(({place}-({from}))/{step},0)*{step})<0.0000001"
                ));
            }
        }
        let none = WORDS.not_applicable;
        format!(
            "=OR({typed}=\"{none}\",IF(ISNUMBER({typed}),AND({}),FALSE))",
            tests.join(",")
        )
    }

    /// The measures that an item looks at, in the order of its text, each once.
    pub(super) fn of_item(&self, item: &Item) -> Vec<usize> {
        let mut names: Vec<&str> = Vec::new();
        let take = |marking: &Marking, names: &mut Vec<String>| {
            let mut visit = |name: &str| names.push(name.to_owned());
            if let Some(value) = &marking.value {
                value.visit_measures(&mut |name| visit(name));
            }
            if let Rule::Checklist(list) = &marking.rule {
                for tick in &list.boxes {
                    tick.when.visit_measures(&mut |name| visit(name));
                }
            }
            let conditions = [&marking.applies, &marking.full_marks, &marking.no_marks];
            for condition in conditions.into_iter().flatten() {
                condition.visit_measures(&mut |name| visit(name));
            }
        };
        let mut found = Vec::new();
        take(&item.marking, &mut found);
        if let Rule::Checks(checks) = &item.marking.rule {
            for check in &checks.checks {
                take(&check.marking, &mut found);
            }
        }
        names.extend(found.iter().map(String::as_str));
        self.indices(&names)
    }

    /// The measures of some names, each once.
    pub(super) fn indices(&self, names: &[&str]) -> Vec<usize> {
        let measures = &self.standard.document().measures;
        let mut found = Vec::new();
        for name in names {
            if let Some(at) = measures.iter().position(|m| m.name == *name)
                && !found.contains(&at)
            {
                found.push(at);
            }
        }
        found
    }
}
