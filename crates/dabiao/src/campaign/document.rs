//! A campaign as it is written: who is scored, what was observed in each phase, who is chosen.

use super::{Amount, Selection, Tier};
use crate::expression::Quantity;
use crate::fault::Place;
use crate::grid::{AdviceSwitches, CodeScheme};
use crate::lang::Text;
use crate::observations::cell;
use crate::rational::Rational;

/// A campaign's file, in TOML or JSON: the campaign less what stands in its tables.
///
/// The fields up to `grid` stand in the table `[campaign]`; phases in `[[phase]]`; the
/// selection in `[selection]` and `[[selection.tier]]`; switches in `[advice]`. Numbers are
/// read from their text, exactly, as in a standard. A file that it names is a path, relative to
/// the file itself; one or a list of them.
///
/// ```
/// use dabiao::campaign::CampaignDocument;
/// let document = CampaignDocument::from_toml(r#"
/// [campaign]
/// id = "spring"
/// title = { zh = "创建活动", en = "Campaign" }
/// standard = "weihai-2020"
/// communities = "communities.csv"
/// [[phase]]
/// id = "review"
/// title = { zh = "初审", en = "review" }
/// observations = ["review.csv", "review-buildings.csv"]
/// [[selection.tier]]
/// id = "chosen"
/// title = { zh = "示范社区", en = "chosen" }
/// grade = "demonstration"
/// places = "10% of qualified"
/// "#)?;
/// assert_eq!(document.phases[0].observations[1].path, "review-buildings.csv");
/// # Ok::<(), dabiao::Faults>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignDocument {
    /// `id`: letters, digits, `-`, `_`, `.`; required.
    pub id: String,
    /// `title`: required.
    pub title: Text,
    /// `notice`: what its readers must know; shown and written with every result.
    pub notice: Option<Text>,
    /// `synthetic`: whether its marks are made up; then every result says so. False if not
    /// given.
    pub synthetic: bool,
    /// `standard`: the id of a built-in standard, or a file; required.
    pub standard: FileName,
    /// `codes`: `"free"` (if not given) or `"divisions"`.
    pub codes: CodeScheme,
    /// `communities`: the registry; required.
    pub communities: Vec<FileName>,
    /// `attributes`: further columns of the registry, besides those that cohorts, the quota and
    /// the weight name.
    pub attributes: Vec<String>,
    /// `weight`: the column of the registry that weighs communities in streets' and districts'
    /// scores.
    pub weight: Option<String>,
    /// `compounds`: residential compounds.
    pub compounds: Vec<FileName>,
    /// `grid`: the units of the party grid.
    pub grid: Vec<FileName>,
    /// At least one, in order of time.
    pub phases: Vec<PhaseDocument>,
    /// Who is chosen.
    pub selection: Option<Selection>,
    /// Where each tier of the selection is written.
    pub tier_places: Vec<Place>,
    /// `[advice]`: `off = ["grid-households"]`, `large_branch = 20`.
    pub advice: AdviceSwitches,
}

/// A file that a campaign names, and where it does so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileName {
    /// The path as it is written.
    pub path: String,
    /// Where it is written.
    pub place: Place,
}

/// `[[phase]]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhaseDocument {
    /// `id`: required.
    pub id: String,
    /// `title`; the id if not given.
    pub title: Text,
    /// `weight`: above 0, where phases are weighted; then every phase has one and they add up
    /// to 1.
    pub weight: Option<Rational>,
    /// `observations`: tables of communities and units of the grid; required.
    pub observations: Vec<FileName>,
}

impl Amount {
    /// Reads a number (`30`), a share of all communities with a total (`10%`) or of those of a
    /// grade or a better one (`10% of qualified`).
    #[must_use]
    pub fn from_text(text: &str) -> Option<Amount> {
        let text = &cell::normalise(text);
        let (share, grade) = match text.split_once(" of ") {
            Some((share, grade)) => (share.trim(), Some(grade.trim())),
            None => (text.trim(), None),
        };
        if grade.is_none()
            && let Some(number) = cell::number_of(share)
        {
            let whole = number.is_integer().then(|| number.floor());
            return Some(Amount::Number(u32::try_from(whole??).ok()?));
        }
        let quantity: Quantity = share.parse().ok()?;
        let share = quantity.in_unit(None);
        let fits = !share.is_negative() && share <= Rational::ONE;
        let named = grade.is_none_or(|grade| !grade.is_empty());
        (fits && named).then(|| Amount::Share {
            share,
            grade: grade.map(str::to_owned),
        })
    }
}

impl CampaignDocument {
    /// The tiers of its selection.
    pub fn tiers(&self) -> impl Iterator<Item = &Tier> {
        self.selection.iter().flat_map(|selection| &selection.tiers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read() {
        let share = |share: &str, grade: Option<&str>| Amount::Share {
            share: share.parse().unwrap_or_default(),
            grade: grade.map(str::to_owned),
        };
        for (text, amount) in [
            ("30", Some(Amount::Number(30))),
            (" 0 ", Some(Amount::Number(0))),
            ("10% of qualified", Some(share("0.1", Some("qualified")))),
            (
                "5\u{2030} of qualified",
                Some(share("0.005", Some("qualified"))),
            ),
            ("1/3 of qualified", Some(share("1/3", Some("qualified")))),
            ("10%", Some(share("0.1", None))),
            ("100 % of a b", Some(share("1", Some("a b")))),
            ("101% of qualified", None),
            ("-1", None),
            ("2.5", None),
            ("10% of ", None),
            ("5000000000", None),
            ("1,200", Some(Amount::Number(1200))),
            ("\u{ff13}\u{ff10}", Some(Amount::Number(30))),
            ("12,00", None),
            ("many", None),
            ("", None),
        ] {
            assert_eq!(Amount::from_text(text), amount, "{text}");
        }
    }
}
