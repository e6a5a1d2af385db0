//! Rules: the keys of which an item has exactly one.

use super::reader::{Fields, Reader};
use crate::expression::Quantity;
use crate::fault::FaultCode;
use crate::lang::Text;
use crate::rational::Rational;
use crate::standard::document::{
    Band, Bound, CheckBox, Checklist, ChecklistPay, Checks, Combine, End, PerUnit, Rank, RankPay,
    Rule, Side, Start, Steps,
};
use crate::standard::tree::{Node, Value};

/// No count of boxes is greater.
const MOST_BOXES: u32 = 10_000;

impl Reader {
    /// The rule that a key names; the key is written.
    pub(super) fn rule_of(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<Rule> {
        match key {
            "bands" => {
                let bands =
                    self.optional(fields, key, |reader, node| reader.list(node, Reader::band))?;
                let otherwise = self.optional(fields, "otherwise", Reader::number);
                Some(Rule::Bands {
                    bands,
                    otherwise: otherwise.unwrap_or_default(),
                })
            }
            "check" => {
                let from_full = self.optional(fields, "start", Reader::starts_full);
                let combine = self.optional(fields, "combine", |reader, node| {
                    let words = [
                        ("sum", Combine::Sum),
                        ("best", Combine::Best),
                        ("worst", Combine::Worst),
                    ];
                    reader.choice(node, &words)
                });
                let checks =
                    self.optional(fields, key, |reader, node| reader.list(node, Reader::check))?;
                Some(Rule::Checks(Checks {
                    from_full: from_full.unwrap_or_default(),
                    combine: combine.unwrap_or(Combine::Sum),
                    checks,
                }))
            }
            "award" => self.optional(fields, key, Reader::award),
            "yes_no" => self.optional(fields, key, Reader::yes_no),
            "levels" => self.optional(fields, key, Reader::levels),
            "checklist" => self.optional(fields, key, Reader::checklist),
            "curve" => self.optional(fields, key, |reader, node| {
                reader
                    .list(node, |reader, node| reader.pair(node, Reader::mark))
                    .map(Rule::Curve)
            }),
            "per_unit" => self.optional(fields, key, Reader::per_unit),
            "rank" => self.optional(fields, key, Reader::rank),
            "share_of_best" => self
                .direction(fields, key)
                .map(|lower_is_better| Rule::ShareOfBest { lower_is_better }),
            "share_of_mean" => self
                .direction(fields, key)
                .map(|lower_is_better| Rule::ShareOfMean { lower_is_better }),
            "min_max" => self
                .direction(fields, key)
                .map(|lower_is_better| Rule::MinMax { lower_is_better }),
            _ => None,
        }
    }

    /// A table that is the whole of a rule; a key that is unread makes no rule.
    fn table<T>(
        &mut self,
        node: &Node,
        read: impl FnOnce(&mut Self, &mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut fields = self.fields(node)?;
        let value = read(self, &mut fields);
        self.finish(fields);
        value
    }

    fn direction(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<bool> {
        self.optional(fields, key, |reader, node| {
            reader.table(node, |reader, fields| {
                Some(
                    reader
                        .optional(fields, "lower_is_better", Reader::yes)
                        .unwrap_or_default(),
                )
            })
        })
    }

    fn award(&mut self, node: &Node) -> Option<Rule> {
        self.table(node, |reader, fields| {
            Some(Rule::Award {
                min: reader
                    .optional(fields, "min", Reader::number)
                    .unwrap_or_default(),
                max: reader.optional(fields, "max", Reader::number),
                step: reader.optional(fields, "step", Reader::number),
            })
        })
    }

    fn yes_no(&mut self, node: &Node) -> Option<Rule> {
        self.table(node, |reader, fields| {
            Some(Rule::YesNo {
                yes: reader.optional(fields, "yes", Reader::number),
                no: reader
                    .optional(fields, "no", Reader::number)
                    .unwrap_or_default(),
            })
        })
    }

    fn levels(&mut self, node: &Node) -> Option<Rule> {
        let read = |reader: &mut Reader, label: &str, node: &Node| {
            reader.number(node).map(|points| (label.to_owned(), points))
        };
        self.entries(node, read).map(Rule::Levels)
    }

    fn checklist(&mut self, node: &Node) -> Option<Rule> {
        self.table(node, |reader, fields| {
            let asked = reader.one_of(fields, &["boxes", "of"], FaultCode::MissingKey);
            let boxes = match asked {
                Some("boxes") => reader.optional(fields, "boxes", |reader, node| {
                    reader.list(node, Reader::checkbox)
                }),
                _ => None,
            };
            let of = match asked {
                Some("of") => reader.optional(fields, "of", |reader, node| {
                    reader.whole(node, 1, MOST_BOXES)
                }),
                _ => None,
            };
            let pays = match reader.one_of(fields, &["each", "table"], FaultCode::MissingKey)? {
                "each" => ChecklistPay::Each(reader.optional(fields, "each", Reader::number)?),
                _ => ChecklistPay::Table(reader.optional(fields, "table", Reader::counts)?),
            };
            (boxes.is_some() || of.is_some()).then(|| {
                Rule::Checklist(Checklist {
                    boxes: boxes.unwrap_or_default(),
                    of,
                    pays,
                })
            })
        })
    }

    fn checkbox(&mut self, node: &Node) -> Option<CheckBox> {
        if let Value::Table(_) = node.value {
            return self.table(node, |reader, fields| {
                let when = reader.required(fields, "when", Reader::parsed);
                let title = reader.optional(fields, "title", Reader::text);
                Some(CheckBox { when: when?, title })
            });
        }
        self.parsed(node).map(|when| CheckBox { when, title: None })
    }

    /// `{ "4" = 3, "3" = 2 }`
    fn counts(&mut self, node: &Node) -> Option<Vec<(u32, Rational)>> {
        self.entries(node, |reader, key, node| {
            let count = key
                .parse()
                .ok()
                .filter(|count: &u32| count.to_string() == key && *count <= MOST_BOXES);
            let Some(count) = count else {
                let fault = reader
                    .fault(FaultCode::BadNumber, reader.place(node))
                    .found(key);
                reader
                    .push(fault.expected(Text::new("引号内的整数个数", "a whole count in quotes")));
                return None;
            };
            reader.number(node).map(|points| (count, points))
        })
    }

    fn band(&mut self, node: &Node) -> Option<Band> {
        self.table(node, |reader, fields| {
            let low = reader.bound(fields, ["at_least", "above"]);
            let high = reader.bound(fields, ["at_most", "below"]);
            let points = reader.required(fields, "points", Reader::number);
            let (low, high, points) = (low?, high?, points?);
            if low.is_none() && high.is_none() {
                let keys = ["at_least", "above", "at_most", "below"];
                reader.one_of(fields, &keys, FaultCode::MissingKey)?;
            }
            Some(Band { low, high, points })
        })
    }

    /// One side of a band; the outer option is empty where it cannot be read.
    #[expect(
        clippy::option_option,
        reason = "a side may be absent, and may be unreadable"
    )]
    fn bound(&mut self, fields: &mut Fields<'_>, keys: [&'static str; 2]) -> Option<Option<Bound>> {
        if !keys.iter().any(|key| fields.has(key)) {
            // Known all the same, for those who misspell it.
            for key in keys {
                self.optional(fields, key, |_, _| Some(()));
            }
            return Some(None);
        }
        let key = self.one_of(fields, &keys, FaultCode::MissingKey)?;
        let mark = self.optional(fields, key, Reader::mark)?;
        Some(Some(Bound {
            mark,
            inclusive: key == keys[0],
        }))
    }

    /// `[a, b]`, where b is points.
    fn pair<T>(
        &mut self,
        node: &Node,
        first: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<(T, Rational)> {
        let Value::Array(elements) = &node.value else {
            return self.wrong_type(node, Text::new("[值, 分]", "[value, points]"));
        };
        let [x, points] = elements.as_slice() else {
            return self.wrong_type(node, Text::new("[值, 分]", "[value, points]"));
        };
        let x = first(self, x);
        let points = self.number(points);
        Some((x?, points?))
    }

    fn per_unit(&mut self, node: &Node) -> Option<Rule> {
        self.table(node, |reader, fields| {
            let from = reader.optional(fields, "from", |reader, node| match &node.value {
                Value::String(word) if word == "full" => Some(Start::Full),
                _ => reader.number(node).map(Start::Points),
            });
            let side = reader.one_of(fields, &["over", "under"], FaultCode::MissingKey);
            let mark = side.and_then(|key| reader.optional(fields, key, Reader::mark));
            let unit = reader.optional(fields, "unit", Reader::quantity);
            let points = reader.required(fields, "points", Reader::number);
            let steps = reader.optional(fields, "steps", |reader, node| {
                let words = [
                    ("proportional", Steps::Proportional),
                    ("started", Steps::Started),
                    ("completed", Steps::Completed),
                ];
                reader.choice(node, &words)
            });
            let floor = reader.optional(fields, "floor", Reader::number);
            let cap = reader.optional(fields, "cap", Reader::number);
            Some(Rule::PerUnit(PerUnit {
                from: from.unwrap_or(Start::Points(Rational::ZERO)),
                mark: mark?,
                side: if side == Some("over") {
                    Side::Over
                } else {
                    Side::Under
                },
                unit: unit.unwrap_or_else(|| Quantity::plain(Rational::ONE)),
                points: points?,
                steps: steps.unwrap_or(Steps::Proportional),
                floor,
                cap,
            }))
        })
    }

    fn rank(&mut self, node: &Node) -> Option<Rule> {
        self.table(node, |reader, fields| {
            let from = reader.optional(fields, "from", |reader, node| {
                reader.choice(node, &[("top", End::Top), ("bottom", End::Bottom)])
            });
            let pays = reader.rank_pays(fields);
            Some(Rule::Rank(Rank {
                from: from.unwrap_or(End::Top),
                pays: pays?,
            }))
        })
    }

    fn rank_pays(&mut self, fields: &mut Fields<'_>) -> Option<RankPay> {
        let key = self.one_of(fields, &["table", "start", "shares"], FaultCode::MissingKey)?;
        if key == "start" {
            self.needs(fields, "otherwise", "table, shares");
            let start = self.optional(fields, "start", Reader::number);
            let step = self.required(fields, "step", Reader::number);
            let floor = self.optional(fields, "floor", Reader::number);
            return Some(RankPay::Steps {
                start: start?,
                step: step?,
                floor,
            });
        }
        self.needs(fields, "step", "start");
        self.needs(fields, "floor", "start");
        let otherwise = self
            .optional(fields, "otherwise", Reader::number)
            .unwrap_or_default();
        if key == "table" {
            let table = self.optional(fields, "table", |reader, node| {
                reader.list(node, Reader::number)
            })?;
            return Some(RankPay::Table(table, otherwise));
        }
        let shares = self.optional(fields, "shares", |reader, node| {
            reader.list(node, |reader, node| {
                reader.pair(node, |reader, node| {
                    reader.quantity(node).map(|share| share.in_unit(None))
                })
            })
        })?;
        Some(RankPay::Shares(shares, otherwise))
    }

    /// `start = 0` or `"full"`.
    fn starts_full(&mut self, node: &Node) -> Option<bool> {
        if let Value::String(word) = &node.value
            && word == "full"
        {
            return Some(true);
        }
        let start = self.number(node)?;
        if start.is_zero() {
            return Some(false);
        }
        let fault = self
            .fault(FaultCode::BadChoice, self.place(node))
            .found(&start);
        self.push(fault.expected(Text::new("0 或 \"full\"", "0 or \"full\"")));
        None
    }
}
