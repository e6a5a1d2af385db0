//! How an item came to its points.

/// How an item came to its points; several may hold at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State(pub(crate) u8);

impl State {
    pub(super) const NOT_APPLICABLE: u8 = 1;
    pub(super) const MISSING: u8 = 2;
    pub(super) const IMPUTED: u8 = 4;
    pub(super) const EXCLUDED: u8 = 8;
    pub(super) const FULL_MARKS: u8 = 16;
    pub(super) const NO_MARKS: u8 = 32;
    pub(super) const UNDECIDED: u8 = 64;
    pub(super) const ZERO_DENOMINATOR: u8 = 128;

    pub(crate) const EMPTY: State = State(0);
    /// A value is missing, and nothing else is to be said.
    pub(crate) const BLANK: State = State(State::MISSING);

    /// 不涉及: it does not apply.
    #[must_use]
    pub fn is_not_applicable(self) -> bool {
        self.0 & State::NOT_APPLICABLE != 0
    }
    /// A value is missing, and listed, whatever it earned.
    #[must_use]
    pub fn is_missing(self) -> bool {
        self.0 & State::MISSING != 0
    }
    /// A missing value was replaced by the cohort's mean or median.
    #[must_use]
    pub fn is_imputed(self) -> bool {
        self.0 & State::IMPUTED != 0
    }
    /// It left because its value is missing.
    #[must_use]
    pub fn is_excluded(self) -> bool {
        self.0 & State::EXCLUDED != 0
    }
    /// 免检: a condition gave it full marks.
    #[must_use]
    pub fn is_full_by_condition(self) -> bool {
        self.0 & State::FULL_MARKS != 0
    }
    /// 该项不得分: a condition took its points.
    #[must_use]
    pub fn is_none_by_condition(self) -> bool {
        self.0 & State::NO_MARKS != 0
    }
    /// A condition of it could not be decided for want of a value.
    #[must_use]
    pub fn is_undecided(self) -> bool {
        self.0 & State::UNDECIDED != 0
    }
    /// A zero denominator settled it.
    #[must_use]
    pub fn is_zero_denominator(self) -> bool {
        self.0 & State::ZERO_DENOMINATOR != 0
    }

    /// What holds in either.
    pub(crate) fn or(self, other: Self) -> Self {
        State(self.0 | other.0)
    }

    pub(super) fn with(self, bit: u8) -> Self {
        State(self.0 | bit)
    }

    pub(super) fn without(self, bit: u8) -> Self {
        State(self.0 & !bit)
    }

    /// Settled by a condition: nothing else is listed, but what could not be decided before.
    pub(super) fn settled(self, bit: u8) -> Self {
        State(self.0 & State::UNDECIDED).with(bit)
    }
}
