//! Fractions in two cells: exact, in lowest terms, or a code for why there is none.

use dabiao::{Rational, Rounding};

use super::formula::{
    Formula, Function, abs, add, and, call_of, div, eq, ge, gt, if_else, int, le, lt, max, min,
    mul, num, one_if, or, round, sub,
};
use super::{Builder, COHORT, LIMIT, OVER};

/// A fraction: numerator and denominator, each a number or a cell. The denominator is above 0, or
/// 0 where there is no value; then the numerator is the code that says why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fraction {
    pub(super) n: Formula,
    pub(super) d: Formula,
}

/// The order of two fractions, in a cell: -1, 0, 1; or one of these.
pub(super) const UNSURE: f64 = 9.0;
/// 10 + the code of the side that has no value.
pub(super) const NO_VALUE: f64 = 10.0;

impl Fraction {
    /// No value, for a reason.
    pub(super) fn none(code: f64) -> Fraction {
        Fraction {
            n: num(code),
            d: num(0.0),
        }
    }

    /// A number that the standard says.
    pub(super) fn of(number: &Rational) -> Fraction {
        match whole_parts(number) {
            Some((n, d)) => Fraction {
                n: num(n),
                d: num(d),
            },
            None => Fraction::none(OVER),
        }
    }

    pub(super) fn whole(number: Formula) -> Fraction {
        Fraction {
            n: number,
            d: num(1.0),
        }
    }

    /// Whether it always has a value.
    fn is_certain(&self) -> bool {
        matches!(self.d, Formula::Number(d) if d > 0.0)
    }

    /// The code that says why there is no value; 0 where there is one.
    pub(super) fn code(&self) -> Formula {
        match (&self.d, &self.n) {
            (Formula::Number(d), n) if *d == 0.0 => n.clone(),
            (Formula::Number(_), _) => num(0.0),
            (d, n) => if_else(eq(d.clone(), num(0.0)), n.clone(), num(0.0)),
        }
    }
}

/// Numerator and denominator, where both are within [`LIMIT`].
pub(super) fn whole_parts(number: &Rational) -> Option<(f64, f64)> {
    let (n, d) = number.as_integers()?;
    (n.abs() <= LIMIT && d <= LIMIT).then_some((n, d))
}

/// Several numbers over their least common denominator; nothing where that is too large.
pub(super) fn common(numbers: &[Rational]) -> Option<(Vec<f64>, f64)> {
    let mut denominator = 1.0f64;
    for number in numbers {
        let (_, d) = whole_parts(number)?;
        denominator = denominator / gcd(denominator, d) * d;
        if denominator > 1e9 {
            return None;
        }
    }
    let scaled = |number: &Rational| {
        let (n, d) = whole_parts(number)?;
        let scaled = n * (denominator / d);
        (scaled.abs() <= LIMIT).then_some(scaled)
    };
    let numbers: Option<Vec<f64>> = numbers.iter().map(scaled).collect();
    Some((numbers?, denominator))
}

fn gcd(mut a: f64, mut b: f64) -> f64 {
    while b >= 1.0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Values that are tested in turn: the first whose condition holds, otherwise the last.
pub(super) fn first_of(cases: Vec<(Formula, Formula)>, otherwise: Formula) -> Formula {
    let mut result = otherwise;
    for (condition, value) in cases.into_iter().rev() {
        result = if_else(condition, value, result);
    }
    result
}

impl Builder<'_> {
    /// `yes` where the condition holds, otherwise `no`.
    pub(super) fn choose(
        &mut self,
        condition: &Formula,
        yes: &Fraction,
        no: &Fraction,
    ) -> Fraction {
        let n = if_else(condition.clone(), yes.n.clone(), no.n.clone());
        let d = if_else(condition.clone(), yes.d.clone(), no.d.clone());
        Fraction {
            n: self.cell(n),
            d: self.cell(d),
        }
    }

    /// `n ÷ d` in lowest terms, unless `code` says that there is no value. What is in `guards`
    /// must be exact for `n` and `d` to be.
    pub(super) fn reduced(
        &mut self,
        code: Formula,
        n: Formula,
        d: Formula,
        mut guards: Vec<Formula>,
    ) -> Fraction {
        let (n, d) = (self.cell(n), self.cell(d));
        guards.extend([n.clone(), d.clone()]);
        let guards: Vec<Formula> = guards
            .into_iter()
            .filter(|guard| !matches!(guard, Formula::Number(_)))
            .map(abs)
            .collect();
        let over = if guards.is_empty() {
            num(0.0)
        } else {
            if_else(gt(max(guards), num(LIMIT)), num(OVER), num(0.0))
        };
        let why = match code {
            Formula::Number(0.0) => over,
            code => if_else(gt(code.clone(), num(0.0)), code, over),
        };
        let why = self.cell(why);
        let none = gt(why.clone(), num(0.0));
        let divisor = call_of(Function::Gcd, vec![abs(n.clone()), d.clone()]);
        let divisor = self.cell(if_else(none.clone(), num(1.0), divisor));
        let n = if_else(none.clone(), why, div(n, divisor.clone()));
        let d = if_else(none, num(0.0), div(d, divisor));
        Fraction {
            n: self.cell(n),
            d: self.cell(d),
        }
    }

    /// The severest code of several fractions.
    pub(super) fn codes_of(&self, fractions: &[&Fraction]) -> Formula {
        let codes = fractions.iter().filter(|f| !f.is_certain());
        max(codes.map(|fraction| fraction.code()).collect())
    }

    pub(super) fn plus(&mut self, a: &Fraction, b: &Fraction, sign: f64) -> Fraction {
        let code = self.codes_of(&[a, b]);
        let code = self.cell(code);
        let left = mul(a.n.clone(), b.d.clone());
        let right = mul(b.n.clone(), a.d.clone());
        let (left, right) = (self.cell(left), self.cell(right));
        let sum = if sign < 0.0 {
            sub(left.clone(), right.clone())
        } else {
            add(left.clone(), right.clone())
        };
        let d = mul(a.d.clone(), b.d.clone());
        self.reduced(code, sum, d, vec![left, right])
    }

    pub(super) fn times(&mut self, a: &Fraction, b: &Fraction) -> Fraction {
        let code = self.codes_of(&[a, b]);
        let code = self.cell(code);
        let n = mul(a.n.clone(), b.n.clone());
        let d = mul(a.d.clone(), b.d.clone());
        self.reduced(code, n, d, Vec::new())
    }

    pub(super) fn divided(&mut self, a: &Fraction, b: &Fraction) -> Fraction {
        let by_zero = if_else(
            and(vec![gt(b.d.clone(), num(0.0)), eq(b.n.clone(), num(0.0))]),
            num(super::ZERO_DENOMINATOR),
            b.code(),
        );
        let code = max(vec![a.code(), by_zero]);
        let code = self.cell(code);
        let sign = call_of(Function::Sign, vec![b.n.clone()]);
        let n = mul(mul(a.n.clone(), b.d.clone()), sign);
        let d = mul(a.d.clone(), abs(b.n.clone()));
        self.reduced(code, n, d, Vec::new())
    }

    /// The order of two fractions, in a cell.
    ///
    /// Where the products are too large to be exact, their difference still tells the order
    /// unless it is tiny: each product is off by a part in 10¹⁶ at most.
    pub(super) fn order(&mut self, a: &Fraction, b: &Fraction) -> Formula {
        let left = mul(a.n.clone(), b.d.clone());
        let right = mul(b.n.clone(), a.d.clone());
        let (left, right) = (self.cell(left), self.cell(right));
        let sign = call_of(Function::Sign, vec![sub(left.clone(), right.clone())]);
        let sizes = [&left, &right].map(|side| abs(side.clone())).to_vec();
        let total = add(abs(left.clone()), abs(right.clone()));
        let clear = or(vec![
            le(max(sizes), num(LIMIT)),
            gt(abs(sub(left, right)), mul(num(1e-12), total)),
        ]);
        let order = if_else(clear, sign, num(UNSURE));
        let code = self.codes_of(&[a, b]);
        let order = match code {
            Formula::Number(0.0) => order,
            code => {
                let code = self.cell(code);
                if_else(gt(code.clone(), num(0.0)), add(num(NO_VALUE), code), order)
            }
        };
        let order = self.cell(order);
        if !matches!(order, Formula::Number(_)) {
            self.doubts.push(or(vec![
                eq(order.clone(), num(UNSURE)),
                eq(order.clone(), num(NO_VALUE + OVER)),
                eq(order.clone(), num(NO_VALUE + COHORT)),
            ]));
        }
        order
    }

    /// Held between two numbers that the standard says.
    pub(super) fn held(
        &mut self,
        fraction: &Fraction,
        floor: Option<&Rational>,
        cap: Option<&Rational>,
    ) -> Fraction {
        let mut result = fraction.clone();
        for (mark, beyond) in [(floor, -1.0), (cap, 1.0)] {
            if let Some(mark) = mark {
                let mark = Fraction::of(mark);
                let order = self.order(&result, &mark);
                result = self.choose(&eq(order, num(beyond)), &mark, &result);
            }
        }
        result
    }

    /// Adds up `part × fraction + constant` over one denominator: `(a·d + b·n) ÷ (c·d)`, where
    /// `a` and `b` may be cells.
    pub(super) fn linear(&mut self, x: &Fraction, a: Formula, b: Formula, c: f64) -> Fraction {
        let constant = mul(a, x.d.clone());
        let part = mul(b, x.n.clone());
        let (constant, part) = (self.cell(constant), self.cell(part));
        let d = mul(num(c), x.d.clone());
        let code = x.code();
        self.reduced(
            code,
            add(constant.clone(), part.clone()),
            d,
            vec![constant, part],
        )
    }

    /// The whole number at or below (`up` false) or at or above `n ÷ d`, exactly; both whole, `d`
    /// above 0. What comes of other `d` is no matter, but is no error.
    pub(super) fn whole_number(&mut self, n: &Formula, d: &Formula, up: bool) -> Formula {
        let safe = max(vec![d.clone(), num(1.0)]);
        let near = self.cell(round(div(n.clone(), safe)));
        let rest = sub(n.clone(), mul(near.clone(), d.clone()));
        self.cell(if up {
            add(near, one_if(gt(rest, num(0.0))))
        } else {
            sub(near, one_if(lt(rest, num(0.0))))
        })
    }

    /// `n ÷ d`, not below 0, rounded once to a whole number.
    pub(super) fn rounded(&mut self, n: &Formula, d: &Formula) -> Formula {
        let floor = self.whole_number(n, d, false);
        let rest = self.cell(sub(n.clone(), mul(floor.clone(), d.clone())));
        let twice = mul(num(2.0), rest);
        let up = match self.document.rounding {
            Rounding::HalfUp => ge(twice, d.clone()),
            Rounding::HalfEven => {
                let half = int(div(floor.clone(), num(2.0)));
                let odd = sub(floor.clone(), mul(num(2.0), half));
                or(vec![
                    gt(twice.clone(), d.clone()),
                    and(vec![eq(twice, d.clone()), eq(odd, num(1.0))]),
                ])
            }
        };
        self.cell(add(floor, one_if(up)))
    }

    /// Points of a fraction, held at 0 and at `most`, as a whole number of the last decimal; and
    /// the code where there are none.
    pub(super) fn published(
        &mut self,
        fraction: &Fraction,
        decimals: u8,
        most: Option<f64>,
    ) -> (Formula, Formula) {
        let scale = 10f64.powi(i32::from(decimals));
        let scaled = mul(max(vec![fraction.n.clone(), num(0.0)]), num(scale));
        let over = if_else(gt(scaled.clone(), num(LIMIT)), num(OVER), num(0.0));
        let code = if_else(eq(fraction.d.clone(), num(0.0)), fraction.n.clone(), over);
        let code = self.cell(code);
        let known = eq(code.clone(), num(0.0));
        let n = self.cell(if_else(known.clone(), scaled, num(0.0)));
        let d = self.cell(if_else(known, fraction.d.clone(), num(1.0)));
        let mut points = self.rounded(&n, &d);
        if let Some(most) = most {
            points = self.cell(min(vec![points, num(most)]));
        }
        (points, code)
    }
}
