//! Sets of values between two edges, and the values that an expression can have.

use crate::expression::{Comparison, Expression, Operator};
use crate::rational::Rational;

/// An edge and whether it belongs to the interval; none where it goes on for ever.
type Edge = Option<(Rational, bool)>;

/// What lies between two edges. Of whole numbers, edges are whole and belong to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) low: Edge,
    pub(super) high: Edge,
    pub(super) whole: bool,
}

impl Interval {
    pub(super) fn all() -> Self {
        Interval {
            low: None,
            high: None,
            whole: false,
        }
    }

    pub(super) fn closed(low: Option<Rational>, high: Option<Rational>) -> Self {
        Interval {
            low: low.map(|x| (x, true)),
            high: high.map(|x| (x, true)),
            whole: false,
        }
    }

    pub(super) fn point(x: Rational) -> Self {
        let whole = x.is_integer();
        Interval {
            whole,
            ..Interval::closed(Some(x.clone()), Some(x))
        }
    }

    /// What a comparison with a constant lets through; everything for ≠.
    pub(super) fn compared(comparison: Comparison, x: Rational) -> Self {
        let edge = |inclusive| Some((x.clone(), inclusive));
        let (low, high) = match comparison {
            Comparison::AtLeast => (edge(true), None),
            Comparison::Above => (edge(false), None),
            Comparison::AtMost => (None, edge(true)),
            Comparison::Below => (None, edge(false)),
            Comparison::Equal => (edge(true), edge(true)),
            Comparison::NotEqual => (None, None),
        };
        Interval {
            low,
            high,
            whole: false,
        }
    }

    /// The same set with the whole numbers at its edges, where it holds whole numbers only.
    pub(super) fn of_whole(mut self, whole: bool) -> Self {
        if !whole {
            return self;
        }
        self.whole = true;
        self.low = self.low.map(|(x, inclusive)| {
            if inclusive || !x.is_integer() {
                (x.ceil_exact(), true)
            } else {
                (&x + &Rational::ONE, true)
            }
        });
        self.high = self.high.map(|(x, inclusive)| {
            if inclusive || !x.is_integer() {
                (x.floor_exact(), true)
            } else {
                (&x - &Rational::ONE, true)
            }
        });
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        match (&self.low, &self.high) {
            (Some((low, low_in)), Some((high, high_in))) => {
                low > high || (low == high && !(*low_in && *high_in))
            }
            _ => false,
        }
    }

    /// The only value, where there is one only.
    pub(super) fn only(&self) -> Option<&Rational> {
        match (&self.low, &self.high) {
            (Some((low, true)), Some((high, true))) if low == high => Some(low),
            _ => None,
        }
    }

    pub(super) fn and(&self, other: &Interval) -> Interval {
        let whole = self.whole || other.whole;
        Interval {
            low: tighter(&self.low, &other.low, |a, b| a > b),
            high: tighter(&self.high, &other.high, |a, b| a < b),
            whole: false,
        }
        .of_whole(whole)
    }

    /// What is left of it without another, which holds more than whole numbers or as few.
    pub(super) fn without(&self, other: &Interval) -> Vec<Interval> {
        let below = other.low.as_ref().map(|(x, inclusive)| Interval {
            low: None,
            high: Some((x.clone(), !inclusive)),
            whole: false,
        });
        let above = other.high.as_ref().map(|(x, inclusive)| Interval {
            low: Some((x.clone(), !inclusive)),
            high: None,
            whole: false,
        });
        if self.and(other).is_empty() {
            return vec![self.clone()];
        }
        let parts = below.iter().chain(&above).map(|part| self.and(part));
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// Whether every value of another is in it.
    pub(super) fn contains(&self, other: &Interval) -> bool {
        other.without(self).is_empty()
    }

    fn edge(edge: &Edge) -> Option<&Rational> {
        edge.as_ref().map(|(x, _)| x)
    }

    pub(super) fn least(&self) -> Option<&Rational> {
        Interval::edge(&self.low)
    }

    pub(super) fn greatest(&self) -> Option<&Rational> {
        Interval::edge(&self.high)
    }

    fn is_non_negative(&self) -> bool {
        self.least().is_some_and(|low| !low.is_negative())
    }

    /// Whether 0 may be among its values.
    pub(super) fn has_zero(&self) -> bool {
        self.contains(&Interval::point(Rational::ZERO))
    }
}

fn tighter(a: &Edge, b: &Edge, is_tighter: impl Fn(&Rational, &Rational) -> bool) -> Edge {
    match (a, b) {
        (None, edge) | (edge, None) => edge.clone(),
        (Some((x, x_in)), Some((y, y_in))) => Some(if x == y {
            (x.clone(), *x_in && *y_in)
        } else if is_tighter(x, y) {
            (x.clone(), *x_in)
        } else {
            (y.clone(), *y_in)
        }),
    }
}

/// The values that an expression can have, or a few more; `of` gives those of a measure.
pub(super) fn range(expression: &Expression, of: &dyn Fn(&str) -> Interval) -> Interval {
    let listed =
        |terms: &[Expression]| terms.iter().map(|term| range(term, of)).collect::<Vec<_>>();
    match expression {
        Expression::Number(quantity) => Interval::point(quantity.in_unit(None)),
        Expression::Measure(name) => of(name),
        Expression::Negate(inner) => negated(&range(inner, of)),
        Expression::Binary(operator, left, right) => {
            let (left, right) = (range(left, of), range(right, of));
            match operator {
                Operator::Add => sum(&left, &right),
                Operator::Subtract => sum(&left, &negated(&right)),
                Operator::Multiply => product(&left, &right),
                Operator::Divide => quotient(&left, &right),
            }
        }
        Expression::Min(terms) => extreme(&listed(terms), false),
        Expression::Max(terms) => extreme(&listed(terms), true),
        Expression::Days(..) => Interval {
            whole: true,
            ..Interval::all()
        },
        Expression::Label(_) | Expression::YesNo(_) | Expression::Date(_) => Interval::all(),
    }
}

fn negated(of: &Interval) -> Interval {
    let turned = |x: Option<&Rational>| x.map(|x| -x);
    Interval {
        whole: of.whole,
        ..Interval::closed(turned(of.greatest()), turned(of.least()))
    }
}

fn sum(a: &Interval, b: &Interval) -> Interval {
    let add = |x: Option<&Rational>, y: Option<&Rational>| Some(x? + y?);
    Interval {
        whole: a.whole && b.whole,
        ..Interval::closed(add(a.least(), b.least()), add(a.greatest(), b.greatest()))
    }
}

fn product(a: &Interval, b: &Interval) -> Interval {
    let whole = a.whole && b.whole;
    let times = |x: Option<&Rational>, y: Option<&Rational>| Some(x? * y?);
    let edges = match (a.least(), a.greatest(), b.least(), b.greatest()) {
        (Some(a_low), Some(a_high), Some(b_low), Some(b_high)) => {
            let corners = [
                a_low * b_low,
                a_low * b_high,
                a_high * b_low,
                a_high * b_high,
            ];
            Interval::closed(corners.iter().min().cloned(), corners.iter().max().cloned())
        }
        _ if a.is_non_negative() && b.is_non_negative() => Interval::closed(
            times(a.least(), b.least()),
            times(a.greatest(), b.greatest()),
        ),
        _ => Interval::all(),
    };
    Interval { whole, ..edges }
}

fn quotient(a: &Interval, b: &Interval) -> Interval {
    let inverse = match (b.least(), b.greatest()) {
        (Some(low), high) if !low.is_negative() => Interval::closed(
            high.and_then(|high| Rational::ONE.checked_div(high))
                .or(Some(Rational::ZERO)),
            Rational::ONE.checked_div(low),
        ),
        (Some(low), Some(high)) if high.is_negative() => Interval::closed(
            Rational::ONE.checked_div(high),
            Rational::ONE.checked_div(low),
        ),
        _ => Interval::all(),
    };
    Interval {
        whole: false,
        ..product(a, &inverse)
    }
}

fn extreme(terms: &[Interval], greatest: bool) -> Interval {
    // An edge that is unbounded in one term bounds the least of all from the other side only.
    let known = |edge: fn(&Interval) -> Option<&Rational>| -> Vec<&Rational> {
        terms.iter().filter_map(edge).collect()
    };
    let (lows, highs) = (known(Interval::least), known(Interval::greatest));
    let all = |edges: &[&Rational]| edges.len() == terms.len() && !terms.is_empty();
    let (low, high) = if greatest {
        (
            lows.iter().max().copied(),
            highs.iter().max().copied().filter(|_| all(&highs)),
        )
    } else {
        (
            lows.iter().min().copied().filter(|_| all(&lows)),
            highs.iter().min().copied(),
        )
    };
    Interval {
        whole: terms.iter().all(|term| term.whole),
        ..Interval::closed(low.cloned(), high.cloned())
    }
}
