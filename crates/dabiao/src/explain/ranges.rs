//! Bands and curves in words: which values earn what, without a gap or an overlap.

use super::rules::Frame;
use super::{ValueFormat, Words};
use crate::expression::{Expression, Operator, PartSign, Quantity};
use crate::lang::Lang;
use crate::rational::Rational;
use crate::standard::document::{Band, Bound, Mark, Marking, MeasureKind};

/// Beyond so many bands, whether they overlap is not worth finding out.
const COMPARED: usize = 64;

/// One end of a range.
#[derive(Clone, Copy, Debug)]
struct End<'m> {
    mark: &'m Mark,
    inclusive: bool,
}

impl<'m> End<'m> {
    fn of(bound: &'m Bound) -> Self {
        End {
            mark: &bound.mark,
            inclusive: bound.inclusive,
        }
    }

    /// The other side of it, where another range starts.
    fn turned(self) -> Self {
        End {
            inclusive: !self.inclusive,
            ..self
        }
    }
}

/// How the marks of one marking are written.
struct Scale<'f> {
    format: &'f ValueFormat,
    cohort: Option<&'f str>,
    /// The greatest value there can be, where it is known.
    max: Option<Rational>,
    /// Whether the value cannot be below 0.
    from_zero: bool,
}

impl Words<'_> {
    pub(super) fn bands(
        &self,
        bands: &[Band],
        otherwise: &Rational,
        marking: &Marking,
        format: &ValueFormat,
        frame: Frame<'_>,
    ) -> String {
        let scale = self.scale(marking, format);
        let ladder = ladder(bands, format);
        let mut parts: Vec<String> = bands
            .iter()
            .enumerate()
            .map(|(at, band)| {
                let (mut low, mut high) = (
                    band.low.as_ref().map(End::of),
                    band.high.as_ref().map(End::of),
                );
                // In a ladder the band before says where this one ends.
                let before = at.checked_sub(1).and_then(|at| bands.get(at));
                if let Some(before) = before.filter(|_| ladder) {
                    high = high.or(before.low.as_ref().map(|bound| End::of(bound).turned()));
                    low = low.or(before.high.as_ref().map(|bound| End::of(bound).turned()));
                }
                self.earning(&self.range(low, high, &scale), &band.points, frame)
            })
            .collect();
        let rest = match bands.last().filter(|_| ladder) {
            Some(last) => self.range(
                last.high.as_ref().map(|bound| End::of(bound).turned()),
                last.low.as_ref().map(|bound| End::of(bound).turned()),
                &scale,
            ),
            None => self.pick("其余", "anything else").to_owned(),
        };
        parts.push(self.earning(&rest, otherwise, frame));
        let text = self.clauses(&parts);
        if ladder || disjoint(bands, format) {
            text
        } else {
            match self.lang {
                Lang::Zh => format!("{text}\u{ff08}依次对照\u{ff0c}取最先符合的一档\u{ff09}"),
                Lang::En => format!("{text} (the first that fits counts)"),
            }
        }
    }

    pub(super) fn curve(
        &self,
        knots: &[(Mark, Rational)],
        marking: &Marking,
        format: &ValueFormat,
        frame: Frame<'_>,
    ) -> String {
        let scale = self.scale(marking, format);
        let fixed = knots
            .iter()
            .all(|(mark, _)| matches!(mark, Mark::Quantity(_)));
        let last = knots.len().saturating_sub(1);
        if let ([(_, points)], true) = (knots, fixed) {
            return self.earning(self.pick("一律", "any value"), points, frame);
        }
        let mut parts: Vec<String> = knots
            .iter()
            .enumerate()
            .map(|(at, (mark, points))| {
                let end = Some(End {
                    mark,
                    inclusive: true,
                });
                let place = match at {
                    0 if fixed => self.range(None, end, &scale),
                    _ if fixed && at == last => self.range(end, None, &scale),
                    _ => self.mark(mark, format, scale.cohort),
                };
                self.earning(&place, points, frame)
            })
            .collect();
        parts.push(match (fixed, self.lang) {
            (true, Lang::Zh) => "其间按比例折算".to_owned(),
            (true, Lang::En) => "in proportion between".to_owned(),
            (false, Lang::Zh) => "各点之间按比例折算\u{ff0c}两端之外不再增减".to_owned(),
            (false, Lang::En) => "in proportion between, level beyond".to_owned(),
        });
        self.phrases(&parts)
    }

    fn earning(&self, place: &str, points: &Rational, frame: Frame<'_>) -> String {
        let gap = self.pick("", " ");
        format!("{place}{gap}{}", self.earns(points, frame.role))
    }

    fn scale<'f>(&self, marking: &'f Marking, format: &'f ValueFormat) -> Scale<'f> {
        let value = marking.value.as_ref();
        let lone = value.and_then(Expression::lone_measure);
        let lone = lone.and_then(|name| self.find_measure(name));
        Scale {
            format,
            cohort: marking.cohort.as_deref(),
            max: lone.and_then(|measure| measure.max.clone()),
            from_zero: value.is_some_and(|value| self.never_negative(value)),
        }
    }

    /// Whether a value can be seen to stay at or above 0.
    pub(super) fn never_negative(&self, value: &Expression) -> bool {
        match value {
            Expression::Number(quantity) => !quantity.number.is_negative(),
            Expression::Measure(name) => self.find_measure(name).is_some_and(|measure| {
                let min = measure.min.as_ref();
                match measure.kind {
                    MeasureKind::Count => min.is_none_or(|min| !min.is_negative()),
                    _ => min.is_some_and(|min| !min.is_negative()),
                }
            }),
            Expression::Binary(Operator::Subtract, ..) => false,
            Expression::Binary(_, left, right) => {
                self.never_negative(left) && self.never_negative(right)
            }
            Expression::Min(terms) => terms.iter().all(|term| self.never_negative(term)),
            Expression::Max(terms) => terms.iter().any(|term| self.never_negative(term)),
            _ => false,
        }
    }

    /// A range of values: `90%（含）至95%（不含）`, `90% to under 95%`.
    fn range(&self, low: Option<End<'_>>, high: Option<End<'_>>, scale: &Scale<'_>) -> String {
        if let Some(text) = self.whole_range(low, high, scale) {
            return text;
        }
        let words = |end: &End<'_>| self.mark(end.mark, scale.format, scale.cohort);
        match (low, high, self.lang) {
            (None, None, Lang::Zh) => "任何值".to_owned(),
            (None, None, Lang::En) => "any value".to_owned(),
            (Some(low), None, lang) => {
                let mark = words(&low);
                let top = low.inclusive && scale.is_top(low.mark);
                match (lang, low.inclusive) {
                    (Lang::Zh, true) if top => format!("达到{mark}"),
                    (Lang::Zh, true) => format!("{mark}以上\u{ff08}含\u{ff09}"),
                    (Lang::Zh, false) => format!("超过{mark}"),
                    (Lang::En, true) if top && scale.max.is_some() => mark,
                    (Lang::En, true) => format!("{mark} or more"),
                    (Lang::En, false) => format!("over {mark}"),
                }
            }
            (None, Some(high), lang) => {
                let mark = words(&high);
                match (lang, high.inclusive) {
                    (_, true) if scale.is_bottom(high.mark) => mark,
                    (Lang::Zh, true) => format!("{mark}以下\u{ff08}含\u{ff09}"),
                    (Lang::Zh, false) => format!("低于{mark}"),
                    (Lang::En, true) => format!("{mark} or less"),
                    (Lang::En, false) => format!("under {mark}"),
                }
            }
            (Some(low), Some(high), Lang::Zh) => {
                let held = |inclusive| {
                    if inclusive {
                        "\u{ff08}含\u{ff09}"
                    } else {
                        "\u{ff08}不含\u{ff09}"
                    }
                };
                let (from, to) = (words(&low), words(&high));
                format!(
                    "{from}{}至{to}{}",
                    held(low.inclusive),
                    held(high.inclusive)
                )
            }
            (Some(low), Some(high), Lang::En) => {
                let over = if low.inclusive { "" } else { "over " };
                let under = if high.inclusive { "" } else { "under " };
                format!("{over}{} to {under}{}", words(&low), words(&high))
            }
        }
    }

    /// A range of whole numbers between whole marks: `6至7`, `5`.
    fn whole_range(
        &self,
        low: Option<End<'_>>,
        high: Option<End<'_>>,
        scale: &Scale<'_>,
    ) -> Option<String> {
        let whole = |end: End<'_>, inward: i64| {
            let Mark::Quantity(Quantity { number, sign: None }) = end.mark else {
                return None;
            };
            let inward = if end.inclusive { 0 } else { inward };
            number
                .is_integer()
                .then(|| number.clone() + Rational::from(inward))
        };
        if !scale.format.is_whole() {
            return None;
        }
        let low = match low {
            Some(low) => whole(low, 1)?,
            None if scale.from_zero => Rational::ZERO,
            None => return None,
        };
        let show = |number| {
            let quantity = Quantity::plain(number);
            scale.format.quantity(&quantity, self.lang)
        };
        let Some(high) = high else {
            return Some(match self.lang {
                Lang::Zh => format!("{}以上\u{ff08}含\u{ff09}", show(low)),
                Lang::En => format!("{} or more", show(low)),
            });
        };
        let high = whole(high, -1)?;
        match low.cmp(&high) {
            std::cmp::Ordering::Greater => None,
            std::cmp::Ordering::Equal => Some(show(low)),
            std::cmp::Ordering::Less => Some(match self.lang {
                Lang::Zh => format!("{low}至{}", show(high)),
                Lang::En => format!("{low} to {}", show(high)),
            }),
        }
    }

    /// A threshold as it was written, or the cohort's mean.
    pub(super) fn mark(&self, mark: &Mark, format: &ValueFormat, cohort: Option<&str>) -> String {
        match (mark, self.lang) {
            (Mark::Quantity(quantity), _) => format.quantity(quantity, self.lang),
            (Mark::CohortMean, Lang::Zh) => format!("{}的平均值", self.among(cohort)),
            (Mark::CohortMean, Lang::En) => format!("the mean of {}", self.among(cohort)),
        }
    }
}

impl Scale<'_> {
    fn is_top(&self, mark: &Mark) -> bool {
        let Mark::Quantity(quantity) = mark else {
            return false;
        };
        let whole = quantity.sign == Some(PartSign::Percent)
            && quantity.number == Rational::from(100)
            && self.max.is_none();
        whole || self.max == Some(self.format.amount(quantity))
    }

    fn is_bottom(&self, mark: &Mark) -> bool {
        self.from_zero && matches!(mark, Mark::Quantity(quantity) if quantity.number.is_zero())
    }
}

/// Whether each band is bounded on the same side alone and leaves the next one what it does
/// not take: the usual ≥95%, ≥90%, … or ≤3, ≤5, ….
fn ladder(bands: &[Band], format: &ValueFormat) -> bool {
    let mut marks = Vec::with_capacity(bands.len());
    for band in bands {
        let (bound, down) = match (&band.low, &band.high) {
            (Some(low), None) => (low, true),
            (None, Some(high)) => (high, false),
            _ => return false,
        };
        let Mark::Quantity(quantity) = &bound.mark else {
            return false;
        };
        marks.push((format.amount(quantity), down));
    }
    marks.windows(2).all(|pair| match pair {
        [(first, true), (second, true)] => first > second,
        [(first, false), (second, false)] => first < second,
        _ => false,
    })
}

/// Whether no value lies in two bands, as far as their marks are numbers.
fn disjoint(bands: &[Band], format: &ValueFormat) -> bool {
    if bands.len() > COMPARED {
        return false;
    }
    let below = |first: &Band, second: &Band| match (&first.high, &second.low) {
        (Some(high), Some(low)) => match (&high.mark, &low.mark) {
            (Mark::Quantity(above), Mark::Quantity(under)) => {
                let (above, under) = (format.amount(above), format.amount(under));
                above < under || (above == under && !(high.inclusive && low.inclusive))
            }
            _ => false,
        },
        _ => false,
    };
    bands.iter().enumerate().all(|(at, first)| {
        let mut rest = bands.iter().skip(at + 1);
        rest.all(|second| below(first, second) || below(second, first))
    })
}
