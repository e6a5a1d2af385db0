//! Several assessors' marks of one unit become one value (docs/semantics.md §2.12).

use crate::rational::Rational;
use crate::standard::document::Assessors;

/// The marks combined; nothing where trimming leaves none.
pub(crate) fn combine(mut marks: Vec<Rational>, rule: Assessors) -> Option<Rational> {
    marks.sort_unstable();
    let kept = match rule {
        Assessors::Mean => marks.as_slice(),
        Assessors::Median => {
            let middle = marks.len() / 2;
            let first = middle.checked_sub(usize::from(marks.len().is_multiple_of(2)))?;
            marks.get(first..=middle)?
        }
        Assessors::Trimmed(off) => {
            let off = usize::try_from(off).ok()?;
            marks.get(off..marks.len().checked_sub(off)?)?
        }
    };
    let count = Rational::from(i64::try_from(kept.len()).ok()?);
    kept.iter().sum::<Rational>().checked_div(&count)
}

/// Yes-no goes by majority; an even split is a no.
pub(crate) fn majority(marks: &[i64]) -> bool {
    2 * marks.iter().filter(|mark| **mark != 0).count() > marks.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_combined() {
        let combined = |marks: &[i64], rule| {
            let marks = marks.iter().map(|mark| Rational::from(*mark)).collect();
            combine(marks, rule).map(|value| value.to_string())
        };
        assert_eq!(
            combined(&[1, 2, 4], Assessors::Mean).as_deref(),
            Some("7/3")
        );
        assert_eq!(
            combined(&[9, 1, 2], Assessors::Median).as_deref(),
            Some("2")
        );
        assert_eq!(
            combined(&[9, 1, 2, 4], Assessors::Median).as_deref(),
            Some("3")
        );
        assert_eq!(
            combined(&[9, 1, 2, 4], Assessors::Trimmed(1)).as_deref(),
            Some("3")
        );
        assert_eq!(combined(&[9, 1], Assessors::Trimmed(1)), None);
        assert_eq!(combined(&[9], Assessors::Trimmed(1)), None);
        assert_eq!(combined(&[], Assessors::Median), None);
        assert!(majority(&[1, 1, 0]) && !majority(&[1, 0]));
    }
}
