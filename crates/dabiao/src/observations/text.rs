//! Cells of plain digits, which most cells are: read without a look at words.

use super::MISSING;
use super::typed::Bounds;
use crate::plan::MeasureId;
use crate::standard::document::MeasureKind;

/// What stands in a column of texts.
#[derive(Clone, Debug)]
pub(super) enum Column {
    Code,
    /// An index into the builder's attributes.
    Attribute(usize),
    Measure(MeasureId, Bounds),
    None,
}

/// A cell as it is stored; nothing where it must be looked at more closely.
#[inline]
pub(super) fn read_plain(bounds: &Bounds, text: &str) -> Option<i64> {
    let text = text.as_bytes();
    if text.is_empty() {
        return Some(MISSING);
    }
    let stored = match bounds.kind() {
        MeasureKind::Count | MeasureKind::Number => millionths(text)?,
        MeasureKind::YesNo => match text {
            b"0" | b"\xe5\x90\xa6" => 0,
            b"1" | b"\xe6\x98\xaf" => 1,
            _ => return None,
        },
        MeasureKind::Label | MeasureKind::Date => return None,
    };
    bounds.hold(stored).then_some(stored)
}

/// Powers of ten, by how many decimals are wanting.
const MISSING_DECIMALS: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Digits, perhaps a sign before them and a point among them, with at most 6 decimals.
#[inline]
fn millionths(text: &[u8]) -> Option<i64> {
    let (negative, text) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    // Twelve digits and six decimals: there is no overflow.
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let (mut value, mut after_point) = (0_i64, None);
    for (at, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + i64::from(digit);
        } else if *byte == b'.' && after_point.is_none() {
            after_point = Some(at + 1);
        } else {
            return None;
        }
    }
    let decimals = after_point.map_or(0, |start| text.len() - start);
    if after_point.is_some() && text.len() == 1 {
        return None;
    }
    let value = value.checked_mul(*MISSING_DECIMALS.get(decimals)?)?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decimal::Decimal;

    proptest! {
        #[test]
        fn what_is_read_is_what_the_closer_look_reads(text in "[-+]{0,1}[0-9,]{0,14}[.]{0,2}[0-9e]{0,8}") {
            if let Some(value) = millionths(text.as_bytes()) {
                let read = Decimal::read(&text, 0);
                match Decimal::from_millionths(value) {
                    Some(value) => {
                        let read = read.unwrap();
                        prop_assert_eq!(read.value, value);
                        prop_assert!(!read.rounded);
                    }
                    None => prop_assert!(read.is_err()),
                }
            }
        }
    }

    #[test]
    fn plain_digits_are_read() {
        for (text, value) in [
            ("0", 0),
            ("12", 12_000_000),
            ("-1.5", -1_500_000),
            ("5.", 5_000_000),
            (".5", 500_000),
            ("0.000001", 1),
        ] {
            assert_eq!(millionths(text.as_bytes()), Some(value), "{text}");
        }
        for text in [
            "",
            ".",
            "-",
            "1.2.3",
            "1,000",
            "0.0000001",
            "95%",
            "+1",
            " 1",
            "1e3",
        ] {
            assert_eq!(millionths(text.as_bytes()), None, "{text}");
        }
    }
}
