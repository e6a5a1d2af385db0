//! Sums, differences, products.

use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};

use super::words::{self, Wide};
use super::{Form, Rational};

impl Add for &Rational {
    type Output = Rational;
    fn add(self, other: &Rational) -> Rational {
        if let (Form::Small(a, b), Form::Small(c, d)) = (&self.0, &other.0)
            && let Some(sum) = words::sum(((*a).into(), b.get()), ((*c).into(), d.get()))
        {
            return Rational::of_wide(sum);
        }
        Rational::of_big(self.big().as_ref() + other.big().as_ref())
    }
}

impl Sub for &Rational {
    type Output = Rational;
    fn sub(self, other: &Rational) -> Rational {
        if let (Form::Small(a, b), Form::Small(c, d)) = (&self.0, &other.0)
            && let Some(sum) = words::sum(((*a).into(), b.get()), (-i128::from(*c), d.get()))
        {
            return Rational::of_wide(sum);
        }
        Rational::of_big(self.big().as_ref() - other.big().as_ref())
    }
}

impl Mul for &Rational {
    type Output = Rational;
    fn mul(self, other: &Rational) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(a, b), Form::Small(c, d)) => Rational::of_wide(words::product(
                (*a < 0) != (*c < 0),
                (a.unsigned_abs(), b.get()),
                (c.unsigned_abs(), d.get()),
            )),
            _ => Rational::of_big(self.big().as_ref() * other.big().as_ref()),
        }
    }
}

macro_rules! of_values {
    ($($operator:ident $method:ident),*) => {$(
        impl $operator for Rational {
            type Output = Rational;
            fn $method(self, other: Rational) -> Rational {
                (&self).$method(&other)
            }
        }
    )*};
}
of_values!(Add add, Sub sub, Mul mul);

impl Neg for &Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        match &self.0 {
            Form::Small(numerator, denominator) => Rational::of_wide(Wide {
                negative: *numerator > 0,
                numerator: numerator.unsigned_abs().into(),
                denominator: denominator.get().into(),
            }),
            // The least numerator has no counterpart: what is big may be small when negated.
            Form::Big(big) => Rational::of_big(-big.as_ref().clone()),
        }
    }
}

impl Neg for Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        -&self
    }
}

impl Sum for Rational {
    fn sum<I: Iterator<Item = Rational>>(terms: I) -> Rational {
        terms.fold(Rational::ZERO, |total, term| total + term)
    }
}

impl<'a> Sum<&'a Rational> for Rational {
    fn sum<I: Iterator<Item = &'a Rational>>(terms: I) -> Rational {
        terms.fold(Rational::ZERO, |total, term| &total + term)
    }
}
