//! Everything but rules: the keys in their order.

use super::{Fields, Out};
use crate::expression::{Condition, Quantity};
use crate::lang::Text;
use crate::rational::{Rational, Rounding};
use crate::standard::document::{
    Assessors, Check, Document, Each, Effect, FilledBy, Grade, Item, Level, Marking, Measure,
    MeasureKind, MissingPolicy, RollUp, Section, Veto, ZeroDenominator,
};

impl From<&Text> for Out {
    fn from(text: &Text) -> Self {
        if text.zh == text.en {
            return Out::from(&text.zh);
        }
        let mut fields = Fields::default();
        fields.unless("zh", text.zh.as_str(), &"");
        fields.unless("en", text.en.as_str(), &"");
        fields.done()
    }
}

impl From<&Quantity> for Out {
    fn from(quantity: &Quantity) -> Self {
        match quantity.sign {
            None => Out::from(&quantity.number),
            Some(_) => Out::from(quantity.to_string()),
        }
    }
}

impl From<&Condition> for Out {
    fn from(condition: &Condition) -> Self {
        Out::from(condition.to_string())
    }
}

impl From<MissingPolicy> for Out {
    fn from(policy: MissingPolicy) -> Self {
        Out::from(match policy {
            MissingPolicy::Zero => "zero",
            MissingPolicy::Error => "error",
            MissingPolicy::Exclude => "exclude",
            MissingPolicy::Mean => "mean",
            MissingPolicy::Median => "median",
        })
    }
}

impl From<Level> for Out {
    fn from(level: Level) -> Self {
        Out::from(match level {
            Level::Street => "street",
            Level::Community => "community",
            Level::Grid => "grid",
            Level::Building => "building",
            Level::Compound => "compound",
        })
    }
}

impl From<Rounding> for Out {
    fn from(rounding: Rounding) -> Self {
        Out::from(match rounding {
            Rounding::HalfUp => "half-up",
            Rounding::HalfEven => "half-even",
        })
    }
}

pub(super) fn map(key: &str, value: impl Into<Out>) -> Out {
    Out::Map(vec![(key.to_owned(), value.into())])
}

impl Document {
    pub(super) fn written(&self, canonical: bool) -> Out {
        let mut root = Fields::default();
        root.put("standard", self.head());
        let mut measures: Vec<&Measure> = self.measures.iter().collect();
        if canonical {
            measures.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let tables = measures
            .iter()
            .map(|measure| (measure.name.clone(), written_measure(measure)));
        if !measures.is_empty() {
            root.put("measures", Out::Map(tables.collect()));
        }
        root.list("section", &self.sections, |section| {
            written_section(section, canonical)
        });
        root.list("bonus", &self.bonus, |item| written_item(item, canonical));
        root.list("deduction", &self.deductions, |item| {
            written_item(item, canonical)
        });
        root.list("veto", &self.vetoes, written_veto);
        root.list("grade", &self.grades, |grade| {
            written_grade(grade, canonical)
        });
        root.done()
    }

    fn head(&self) -> Out {
        let mut head = Fields::default();
        head.put("id", &self.id);
        head.maybe("version", self.version.as_ref());
        head.put("title", &self.title);
        head.maybe("notice", self.notice.as_ref());
        head.maybe("source", self.source.as_ref());
        head.maybe("points", self.points.as_ref());
        head.unless("decimals", self.decimals, &2);
        head.maybe("total_decimals", self.total_decimals);
        head.unless("rounding", self.rounding, &Rounding::HalfUp);
        head.unless("missing", self.missing, &MissingPolicy::Zero);
        head.unless("exceed_full", self.exceed_full, &false);
        head.maybe("bonus_cap", self.bonus_cap.as_ref());
        head.maybe("deduction_cap", self.deduction_cap.as_ref());
        head.list("tie_breaks", &self.tie_breaks, |code| Out::from(code));
        head.done()
    }
}

fn written_measure(measure: &Measure) -> Out {
    let mut fields = Fields::default();
    fields.unless("title", &measure.title, &&Text::from(measure.name.as_str()));
    fields.put(
        "type",
        match measure.kind {
            MeasureKind::Count => "count",
            MeasureKind::Number => "number",
            MeasureKind::YesNo => "yes-no",
            MeasureKind::Label => "label",
            MeasureKind::Date => "date",
        },
    );
    fields.maybe("unit", measure.unit.as_ref());
    fields.maybe("min", measure.min.as_ref());
    fields.maybe("max", measure.max.as_ref());
    fields.list("labels", &measure.labels, |label| Out::from(label));
    fields.unless("level", measure.level, &Level::Community);
    fields.maybe(
        "rollup",
        measure
            .rollup
            .as_ref()
            .map(|rollup| written_rollup(rollup, &measure.name)),
    );
    fields.maybe(
        "assessors",
        measure.assessors.map(|assessors| match assessors {
            Assessors::Mean => Out::from("mean"),
            Assessors::Median => Out::from("median"),
            Assessors::Trimmed(k) => map("trim", k),
        }),
    );
    fields.maybe("missing", measure.missing);
    fields.maybe(
        "filled_by",
        measure
            .filled_by
            .map(|FilledBy::OrganisationCoverage| "organisation-coverage"),
    );
    fields.done()
}

fn written_rollup(rollup: &RollUp, measure: &str) -> Out {
    match rollup {
        RollUp::Sum => Out::from("sum"),
        RollUp::Mean => Out::from("mean"),
        RollUp::WeightedMean(weight) => map("mean_by", weight),
        RollUp::Min => Out::from("min"),
        RollUp::Max => Out::from("max"),
        RollUp::Share(Condition::Holds(name)) if name == measure => Out::from("share"),
        RollUp::Share(condition) => map("share", condition),
    }
}

fn written_section(section: &Section, canonical: bool) -> Out {
    let mut fields = Fields::default();
    fields.put("id", &section.id);
    fields.put("title", &section.title);
    fields.maybe("points", section.points.as_ref());
    fields.maybe("weight", section.weight.as_ref());
    fields.list("item", &section.items, |item| written_item(item, canonical));
    fields.list("section", &section.sections, |inner| {
        written_section(inner, canonical)
    });
    fields.done()
}

fn written_item(item: &Item, canonical: bool) -> Out {
    let mut fields = Fields::default();
    fields.put("id", &item.id);
    fields.put("title", &item.title);
    fields.maybe("points", item.points.as_ref());
    fields.maybe("evidence", item.evidence.as_ref());
    if let Some(Each { level, rollup }) = &item.each {
        fields.put("each", *level);
        if *rollup != RollUp::Mean {
            fields.put("points_rollup", written_rollup(rollup, ""));
        }
    }
    written_marking(&mut fields, &item.marking, canonical);
    fields.done()
}

pub(super) fn written_check(check: &Check, canonical: bool) -> Out {
    let mut fields = Fields::default();
    fields.put("id", &check.id);
    fields.put("title", &check.title);
    fields.unless("points", &check.points, &&Rational::ZERO);
    fields.maybe("floor", check.floor.as_ref());
    fields.maybe("cap", check.cap.as_ref());
    written_marking(&mut fields, &check.marking, canonical);
    fields.done()
}

fn written_marking(fields: &mut Fields, marking: &Marking, canonical: bool) {
    fields.maybe("value", marking.value.as_ref().map(ToString::to_string));
    fields.maybe("applies", marking.applies.as_ref());
    fields.maybe("full_marks", marking.full_marks.as_ref());
    fields.maybe("no_marks", marking.no_marks.as_ref());
    fields.maybe(
        "zero_denominator",
        marking
            .zero_denominator
            .as_ref()
            .map(|earned| match earned {
                ZeroDenominator::Full => Out::from("full"),
                ZeroDenominator::NotApplicable => Out::from("not-applicable"),
                ZeroDenominator::Points(points) => Out::from(points),
            }),
    );
    fields.maybe("missing", marking.missing);
    fields.maybe("cohort", marking.cohort.as_ref());
    super::rules::written(fields, &marking.rule, canonical);
}

fn written_veto(veto: &Veto) -> Out {
    let mut fields = Fields::default();
    fields.put("id", &veto.id);
    fields.put("title", &veto.title);
    fields.put("when", &veto.when);
    fields.put(
        "effect",
        match veto.effects.as_slice() {
            [only] => written_effect(only),
            all => Out::List(all.iter().map(written_effect).collect()),
        },
    );
    fields.done()
}

fn written_effect(effect: &Effect) -> Out {
    match effect {
        Effect::NoGrade => Out::from("no-grade"),
        Effect::OneGradeDown => Out::from("one-grade-down"),
        Effect::Ceiling(grade) => map("ceiling", grade),
        Effect::Points(points) => map("points", points),
        Effect::Zero(code) => map("zero", code),
    }
}

fn written_grade(grade: &Grade, canonical: bool) -> Out {
    let mut fields = Fields::default();
    fields.put("id", &grade.id);
    fields.put("title", &grade.title);
    fields.maybe("total", grade.total.as_ref());
    fields.maybe("total_before_bonus", grade.total_before_bonus.as_ref());
    fields.maybe("sections", grade.sections.as_ref());
    let mut marks: Vec<_> = grade.marks.iter().collect();
    if canonical {
        marks.sort_by(|a, b| a.0.cmp(&b.0));
    }
    if !marks.is_empty() {
        let marks = marks
            .into_iter()
            .map(|(code, mark)| (code.clone(), Out::from(mark)));
        fields.put("marks", Out::Map(marks.collect()));
    }
    fields.maybe(
        "count",
        grade.count.as_ref().map(|count| {
            let mut fields = Fields::default();
            fields.put("at_least", count.at_least);
            fields.put("mark", &count.mark);
            fields.list("of", &count.of, |code| Out::from(code));
            fields.done()
        }),
    );
    fields.done()
}
