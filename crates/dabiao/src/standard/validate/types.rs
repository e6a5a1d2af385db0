//! What kind of value an expression has, and whether its measures are there.

use super::interval::{Interval, range};
use super::{At, Checker};
use crate::expression::{Comparison, Condition, Expression, Operator, PartSign};
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{Level, MeasureKind, RollUp};

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    YesNo,
    Label,
    Date,
    /// A fault has been told already.
    Unknown,
}

impl Kind {
    fn words(self) -> Text {
        match self {
            Kind::Number => Text::new("数", "a number"),
            Kind::YesNo => Text::new("是/否", "yes or no"),
            Kind::Label => Text::new("等级", "a label"),
            Kind::Date => Text::new("日期", "a date"),
            Kind::Unknown => Text::default(),
        }
    }
}

pub(super) fn is_below_community(level: Level) -> bool {
    matches!(level, Level::Grid | Level::Building | Level::Compound)
}

impl<'d> Checker<'d> {
    /// The kind of a measure's value, where values of one community (or of one unit of
    /// another level) are looked at.
    pub(super) fn kind_of(&self, name: &str, level: Level) -> Kind {
        let Some(measure) = self.measure(name) else {
            return Kind::Unknown;
        };
        if self.places.is_broken(&format!("measures.{name}.type")) {
            return Kind::Unknown;
        }
        let rolled_up = level == Level::Community && is_below_community(measure.level);
        match (measure.kind, &measure.rollup) {
            (_, Some(RollUp::Share(_))) if rolled_up => Kind::Number,
            (MeasureKind::Count | MeasureKind::Number, _) => Kind::Number,
            (MeasureKind::YesNo, _) => Kind::YesNo,
            (MeasureKind::Label, _) => Kind::Label,
            (MeasureKind::Date, _) => Kind::Date,
        }
    }

    /// Reports a measure that is not there, or that is not collected at the level.
    fn known_measure(&mut self, name: &str, at: &At<'d>, level: Level) -> Kind {
        let Some(measure) = self.measure(name) else {
            if self.places.is_broken("measures") {
                return Kind::Unknown;
            }
            let names = self
                .document
                .measures
                .iter()
                .map(|measure| measure.name.as_str());
            let meant = self.nearest(name, names);
            let expected = match meant {
                Some(meant) => Text::from(Expression::Measure(meant.to_owned()).to_string()),
                None => Text::new(
                    format!("已定义的指标\u{ff0c}或 [measures.{name}]"),
                    format!("a defined measure, or [measures.{name}]"),
                ),
            };
            let fault = self
                .fault_within(FaultCode::UnknownMeasure, at, name)
                .expected(expected);
            self.push(fault);
            return Kind::Unknown;
        };
        if level != Level::Community && measure.level != level {
            let fault = self
                .fault_within(FaultCode::BadExpression, at, name)
                .expected(Text::new(
                    format!("在{}采集的指标", level_words(level).zh),
                    format!("a measure collected at the level {}", level_words(level).en),
                ));
            self.push(fault);
            return Kind::Unknown;
        }
        self.kind_of(name, level)
    }

    /// The kind of an expression, after its faults have been told.
    pub(super) fn kind(&mut self, expression: &Expression, at: &At<'d>, level: Level) -> Kind {
        match expression {
            Expression::Number(_) => Kind::Number,
            Expression::Label(_) => Kind::Label,
            Expression::YesNo(_) => Kind::YesNo,
            Expression::Date(_) => Kind::Date,
            Expression::Measure(name) => self.known_measure(name, at, level),
            Expression::Negate(inner) => self.all_are(&[inner], Kind::Number, at, level),
            Expression::Binary(operator, left, right) => {
                let kind = self.all_are(&[left, right], Kind::Number, at, level);
                let divisor = self.range(right, level);
                if *operator == Operator::Divide && divisor.only().is_some_and(Rational::is_zero) {
                    let fault = self.fault_within(FaultCode::BadExpression, at, &right.to_string());
                    self.push(fault.expected(Text::new(
                        "不恒为 0 的除数",
                        "a divisor that is not always 0",
                    )));
                    return Kind::Unknown;
                }
                kind
            }
            Expression::Min(terms) | Expression::Max(terms) => {
                let terms: Vec<&Expression> = terms.iter().collect();
                self.all_are(&terms, Kind::Number, at, level)
            }
            Expression::Days(from, to) => self.all_are(&[from, to], Kind::Date, at, level),
        }
    }

    /// Numbers, or dates inside `days`; what comes of both is a number.
    fn all_are(&mut self, terms: &[&Expression], wanted: Kind, at: &At<'d>, level: Level) -> Kind {
        let mut known = Kind::Number;
        for term in terms {
            let kind = self.kind(term, at, level);
            if kind == Kind::Unknown {
                known = Kind::Unknown;
            } else if kind != wanted {
                let fault = self.fault_within(FaultCode::BadExpression, at, &term.to_string());
                self.push(fault.expected(wanted.words()));
                known = Kind::Unknown;
            }
        }
        known
    }

    /// Reports an expression that is not of a kind. Whether it is.
    pub(super) fn is_of_kind(
        &mut self,
        expression: &Expression,
        wanted: Kind,
        at: &At<'d>,
        level: Level,
    ) -> bool {
        let kind = self.kind(expression, at, level);
        if kind != wanted && kind != Kind::Unknown {
            let fault = self.fault_within(FaultCode::BadExpression, at, &expression.to_string());
            self.push(fault.expected(wanted.words()));
        }
        kind == wanted
    }

    /// Reports every fault of a condition's types. Whether there is none.
    pub(super) fn condition_types(
        &mut self,
        condition: &Condition,
        at: &At<'d>,
        level: Level,
    ) -> bool {
        match condition {
            Condition::Holds(name) => {
                self.is_of_kind(&Expression::Measure(name.clone()), Kind::YesNo, at, level)
            }
            Condition::And(parts) | Condition::Or(parts) => {
                let mut sound = true;
                for part in parts {
                    sound &= self.condition_types(part, at, level);
                }
                sound
            }
            Condition::Not(inner) => self.condition_types(inner, at, level),
            Condition::Compare(left, comparison, right) => {
                let kinds = (self.kind(left, at, level), self.kind(right, at, level));
                let expected = match kinds {
                    (Kind::Unknown, _) | (_, Kind::Unknown) => return false,
                    (Kind::Number, Kind::Number) | (Kind::Date, Kind::Date) => return true,
                    (Kind::Label, Kind::Label) => {
                        match self.label_comparison(left, *comparison, right) {
                            None => return true,
                            Some(expected) => expected,
                        }
                    }
                    (Kind::YesNo, Kind::YesNo) => match yes_no_comparison(left, *comparison, right)
                    {
                        None => return true,
                        Some(expected) => expected,
                    },
                    (left, right) => Text::new(
                        format!(
                            "两边同类\u{ff0c}而非{}与{}",
                            left.words().zh,
                            right.words().zh
                        ),
                        format!(
                            "two sides of one kind, not {} and {}",
                            left.words().en,
                            right.words().en
                        ),
                    ),
                };
                let word = match (left, right) {
                    (Expression::Label(label), _) | (_, Expression::Label(label)) => label.clone(),
                    _ => left.to_string(),
                };
                let fault = self
                    .fault(FaultCode::BadExpression, at)
                    .found(format!("{left} {comparison} {right}"))
                    .at(self.places.within(&at.path, &word))
                    .expected(expected);
                self.push(fault);
                false
            }
        }
    }

    /// What is wrong with a comparison of labels.
    fn label_comparison(
        &self,
        left: &Expression,
        comparison: Comparison,
        right: &Expression,
    ) -> Option<Text> {
        if !is_equality(comparison) {
            return Some(Text::new(
                "等级只用 = 或 ≠ 比较",
                "labels compared by = or ≠ alone",
            ));
        }
        let (name, label) = match (left, right) {
            (Expression::Measure(name), Expression::Label(label))
            | (Expression::Label(label), Expression::Measure(name)) => (name, label),
            _ => {
                return Some(Text::new(
                    "一个等级指标与一个引号内的等级",
                    "a label measure and a label in quotes",
                ));
            }
        };
        let labels = self.labels.get(name.as_str())?;
        let broken = self.places.breaks_inside(&format!("measures.{name}"));
        if labels.contains(&label.as_str()) || labels.is_empty() || broken {
            return None;
        }
        Some(super::one_among(labels))
    }

    /// The values that a measure can have.
    pub(super) fn range_of(&self, name: &str, level: Level) -> Interval {
        let Some(measure) = self.measure(name) else {
            return Interval::all();
        };
        if self.kind_of(name, level) != Kind::Number
            || self.places.breaks_inside(&format!("measures.{name}"))
        {
            return Interval::all();
        }
        let is_count = measure.kind == MeasureKind::Count;
        let low = measure
            .min
            .clone()
            .or_else(|| is_count.then_some(Rational::ZERO));
        let own = Interval {
            whole: is_count,
            ..Interval::closed(low, measure.max.clone())
        };
        if level != Level::Community || !is_below_community(measure.level) {
            return own;
        }
        match measure.rollup {
            Some(RollUp::Share(_)) => Interval::closed(Some(Rational::ZERO), Some(Rational::ONE)),
            Some(RollUp::Min | RollUp::Max) => own,
            Some(RollUp::Mean | RollUp::WeightedMean(_)) => Interval {
                whole: false,
                ..own
            },
            // One unit or many: a sum of what is never negative is at least the least of it.
            Some(RollUp::Sum) => Interval {
                low: own.low.filter(|(low, _)| !low.is_negative()),
                high: own.high.filter(|(high, _)| *high <= Rational::ZERO),
                whole: own.whole,
            },
            None => Interval::all(),
        }
    }

    pub(super) fn range(&self, expression: &Expression, level: Level) -> Interval {
        range(expression, &|name| self.range_of(name, level))
    }

    /// The sign of a lone measure's unit, into which a percentage beside it is read.
    pub(super) fn unit_sign(&self, expression: &Expression, level: Level) -> Option<PartSign> {
        let measure = self.measure(expression.lone_measure()?)?;
        let share = matches!(measure.rollup, Some(RollUp::Share(_)));
        if share && level == Level::Community && is_below_community(measure.level) {
            return None;
        }
        measure.unit.as_deref().and_then(PartSign::of_unit)
    }
}

fn is_equality(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Equal | Comparison::NotEqual)
}

/// What is wrong with a comparison of yes and no.
fn yes_no_comparison(
    left: &Expression,
    comparison: Comparison,
    right: &Expression,
) -> Option<Text> {
    let fits = matches!(
        (left, right),
        (Expression::Measure(_), Expression::YesNo(_))
            | (Expression::YesNo(_), Expression::Measure(_))
    );
    (!fits || !is_equality(comparison)).then(|| {
        Text::new(
            "单独的是/否指标\u{ff0c}或与 yes、no 用 = 或 ≠ 比较",
            "a yes-no measure alone, or = or ≠ and yes or no",
        )
    })
}

pub(super) fn level_words(level: Level) -> Text {
    match level {
        Level::Street => Text::new("街道", "street"),
        Level::Community => Text::new("社区", "community"),
        Level::Grid => Text::new("网格", "grid"),
        Level::Building => Text::new("楼宇", "building"),
        Level::Compound => Text::new("住宅小区", "compound"),
    }
}
