//! What a number format makes of a number.

/// How a number is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// `0.00%`: 0.95 is 95%.
    Percent,
    /// Days since the workbook's first day.
    Date,
}

/// The kind of a format that has a number of its own (ECMA-376 §18.8.30).
pub(super) fn kind_of_builtin(id: u32) -> Kind {
    match id {
        9 | 10 => Kind::Percent,
        // Times of day (18–21, 45–47) are no days.
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57 | 58 => Kind::Date,
        _ => Kind::Plain,
    }
}

/// The kind of a written format, by its first section: `0.0%`, `yyyy"年"m"月"d"日"`.
pub(super) fn kind_of(code: &str) -> Kind {
    let (mut percent, mut year_or_day) = (false, false);
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character {
            // What follows is shown as it is.
            '\\' | '_' | '*' => {
                characters.next();
            }
            '"' => {
                characters.by_ref().find(|c| *c == '"');
            }
            // A colour, a language or a condition; `[h]` counts hours.
            '[' => {
                characters.by_ref().find(|c| *c == ']');
            }
            ';' => break,
            '%' => percent = true,
            'y' | 'Y' | 'd' | 'D' | 'e' | 'b' if !code.starts_with("General") => year_or_day = true,
            _ => {}
        }
    }
    // `0.00E+00` has an E, but only a lower one stands for a year.
    match (percent, year_or_day) {
        (true, _) => Kind::Percent,
        (false, true) => Kind::Date,
        (false, false) => Kind::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        for (code, kind) in [
            ("General", Kind::Plain),
            ("0.00", Kind::Plain),
            ("#,##0.00 ;(#,##0.00)", Kind::Plain),
            ("0.00E+00", Kind::Plain),
            ("0\"%\"", Kind::Plain),
            ("0\\%", Kind::Plain),
            ("[Red]0.0%", Kind::Percent),
            ("0%;\"yyyy\"", Kind::Percent),
            ("yyyy\"年\"m\"月\"d\"日\"", Kind::Date),
            ("[$-804]yyyy/m/d;@", Kind::Date),
            ("[h]:mm", Kind::Plain),
            ("m/d/yy h:mm", Kind::Date),
        ] {
            assert_eq!(kind_of(code), kind, "{code}");
        }
    }
}
