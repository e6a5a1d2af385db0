//! Random standards, valid by construction, and random tables for them.
//!
//! What is drawn is only the shape and a list of small numbers for each part ([`Choices`]); a
//! standard is read off these numbers, and 0 always means the simplest choice. So a case shrinks
//! part by part: sections, items, vetoes, rows go away, and numbers go to 0.

pub(crate) mod conditions;
pub(crate) mod describe;
pub(crate) mod measures;
pub(crate) mod monotone;
pub(crate) mod rules;
pub(crate) mod standards;
pub(crate) mod tables;

use dabiao::Rational;

use super::number::Q;

/// A list of drawn numbers that is read from the front; past its end it reads 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    numbers: Vec<u16>,
    read: usize,
}

impl Choices {
    pub(crate) fn new(numbers: &[u16]) -> Self {
        Choices {
            numbers: numbers.to_vec(),
            read: 0,
        }
    }

    /// The next number as it is.
    pub(crate) fn next(&mut self) -> usize {
        let next = self.numbers.get(self.read).copied().unwrap_or(0);
        self.read += 1;
        usize::from(next)
    }

    /// 0 to n − 1.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.next() % n.max(1)
    }

    /// True in so many of a hundred cases; false is the simplest.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.next() % 100 >= 100 - percent
    }

    /// One of several; the first is the simplest.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of several texts as a number.
    pub(crate) fn number(&mut self, from: &[&str]) -> Q {
        let text: &&str = self.pick(from);
        super::number::parse(text)
    }
}

/// An exact number as a document holds it.
pub(crate) fn rational(number: &Q) -> Rational {
    format!("{}/{}", number.numer(), number.denom())
        .parse()
        .expect("a fraction")
}
