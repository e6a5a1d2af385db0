//! Texts in one piece of memory.

use std::fmt;
use std::ops::Index;

/// Texts one after the other, such as the codes of a table: as good as a slice of strings, but
/// in one piece of memory, so that a country of them costs no allocation each.
///
/// ```
/// # fn main() -> Result<(), dabiao::Faults> {
/// use dabiao::{Observations, Standard};
/// let standard = Standard::builtin("weihai-2020")?;
/// let table = Observations::from_rows(&standard, &["code"], &[["c2"], ["c1"]])?;
/// let codes = table.codes();
/// assert_eq!(codes, ["c1", "c2"]);
/// assert_eq!((&codes[0], codes.get(1), codes.get(2)), ("c1", Some("c2"), None));
/// assert_eq!(codes.binary_search("c2"), Ok(1));
/// # Ok(()) }
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Texts {
    all: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Texts {
    /// No texts.
    #[must_use]
    pub fn new() -> Self {
        Texts::default()
    }

    pub(crate) fn reserve(&mut self, texts: usize) {
        self.ends.reserve(texts);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One of them, from 0.
    #[must_use]
    #[inline]
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.all.get(start..end)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        (0..self.len()).map(|at| self.get(at).unwrap_or_default())
    }

    /// Where a text stands among texts in order; or else where it would.
    ///
    /// # Errors
    /// The place at which it is wanting.
    pub fn binary_search(&self, text: &str) -> Result<usize, usize> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let at = from + (to - from) / 2;
            match self.get(at).unwrap_or_default().cmp(text) {
                std::cmp::Ordering::Equal => return Ok(at),
                std::cmp::Ordering::Less => from = at + 1,
                std::cmp::Ordering::Greater => to = at,
            }
        }
        Err(from)
    }

    /// As strings of their own.
    #[must_use]
    pub fn to_vec(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }

    /// Adds one.
    #[inline]
    pub fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    /// Takes those of another.
    pub(crate) fn append(&mut self, other: &mut Texts) {
        let first = self.all.len();
        self.all.push_str(&other.all);
        self.ends.extend(other.ends.iter().map(|end| first + end));
        *other = Texts::new();
    }

    /// Whether each comes after the one before.
    pub(crate) fn is_ascending(&self) -> bool {
        let next = self.iter().skip(1);
        self.iter().zip(next).all(|(text, next)| text < next)
    }

    /// The places in the order of the texts; the same texts as they stand.
    pub(crate) fn sorted(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_unstable_by(|a, b| self[*a].cmp(&self[*b]).then(a.cmp(b)));
        order
    }

    /// In another order; as they are where it is their own.
    pub(crate) fn in_order(self, order: Option<&[usize]>) -> Texts {
        match order {
            Some(order) => order.iter().map(|at| &self[*at]).collect(),
            None => self,
        }
    }
}

/// Blank beyond the last.
impl Index<usize> for Texts {
    type Output = str;

    #[inline]
    fn index(&self, at: usize) -> &str {
        self.get(at).unwrap_or_default()
    }
}

impl<T: AsRef<str>> Extend<T> for Texts {
    fn extend<I: IntoIterator<Item = T>>(&mut self, texts: I) {
        for text in texts {
            self.push(text.as_ref());
        }
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut made = Texts::new();
        made.extend(texts);
        made
    }
}

impl<T: AsRef<str>> PartialEq<[T]> for Texts {
    fn eq(&self, others: &[T]) -> bool {
        self.iter().eq(others.iter().map(AsRef::as_ref))
    }
}

impl<T: AsRef<str>, const N: usize> PartialEq<[T; N]> for Texts {
    fn eq(&self, others: &[T; N]) -> bool {
        *self == others[..]
    }
}

impl<T: AsRef<str>, const N: usize> PartialEq<[T; N]> for &Texts {
    fn eq(&self, others: &[T; N]) -> bool {
        **self == others[..]
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
