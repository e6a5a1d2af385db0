//! Advisory checks on a grid: each with its source and a switch; none of them is a fault.

use super::{Grid, Level};
use crate::lang::{Lang, Text};

/// What an advisory check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GridCheck {
    /// A grid has 300 to 500 households.
    GridSize,
    /// A branch has at least 3 full members.
    BranchLeast,
    /// A branch has at most 50 full members.
    BranchMost,
    /// A large branch is divided into groups.
    BranchGroups,
}

impl GridCheck {
    /// All checks, in the order of their findings.
    pub const ALL: [GridCheck; 4] = [
        GridCheck::GridSize,
        GridCheck::BranchLeast,
        GridCheck::BranchMost,
        GridCheck::BranchGroups,
    ];

    /// Its stable name, which also switches it off.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            GridCheck::GridSize => "grid-households",
            GridCheck::BranchLeast => "branch-members-least",
            GridCheck::BranchMost => "branch-members-most",
            GridCheck::BranchGroups => "branch-groups",
        }
    }

    /// What is advised.
    #[must_use]
    pub fn wording(self) -> Text {
        match self {
            GridCheck::GridSize => Text::new(
                "网格以 300 至 500 户为宜",
                "a grid of 300 to 500 households",
            ),
            GridCheck::BranchLeast => Text::new(
                "党支部正式党员不少于 3 人",
                "a branch with at least 3 full members",
            ),
            GridCheck::BranchMost => Text::new(
                "党支部党员一般不超过 50 人",
                "a branch with, as a rule, at most 50 members",
            ),
            GridCheck::BranchGroups => Text::new(
                "党员人数较多或居住分散的党支部划分党小组",
                "groups inside a branch that is large or scattered",
            ),
        }
    }

    /// Where it is laid down.
    #[must_use]
    pub fn source(self) -> Text {
        match self {
            GridCheck::GridSize => Text::new(
                "城市社区网格划分的通行做法\u{ff08}每格 300—500 户\u{ff09}",
                "the customary size of an urban community grid (300–500 households)",
            ),
            _ => Text::new(
                "《中国共产党支部工作条例\u{ff08}试行\u{ff09}》\u{ff08}2018\u{ff09}",
                "Regulations on the Work of Party Branches (trial), 2018",
            ),
        }
    }
}

/// Which checks run, and what counts as large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdviceSwitches {
    /// Checks that are switched off.
    pub off: Vec<GridCheck>,
    /// From so many members on a branch should have groups. The regulations give no number;
    /// 20 if not changed.
    pub large_branch: u64,
}

impl Default for AdviceSwitches {
    fn default() -> Self {
        AdviceSwitches {
            off: Vec::new(),
            large_branch: 20,
        }
    }
}

/// One finding of an advisory check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridAdvice {
    /// The check.
    pub check: GridCheck,
    /// The unit's code.
    pub unit: String,
    /// The number found: households or members.
    pub found: u64,
}

impl GridAdvice {
    /// The finding in words.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let (check, unit, found) = (self.check, &self.unit, self.found);
        let wording = check.wording();
        match (lang, check) {
            (Lang::Zh, GridCheck::GridSize) => {
                format!("{unit}\u{ff1a}{found} 户\u{ff1b}{}", wording.zh)
            }
            (Lang::Zh, GridCheck::BranchGroups) => {
                format!(
                    "{unit}\u{ff1a}党员 {found} 人\u{ff0c}尚无党小组\u{ff1b}{}",
                    wording.zh
                )
            }
            (Lang::Zh, _) => format!("{unit}\u{ff1a}党员 {found} 人\u{ff1b}{}", wording.zh),
            (Lang::En, GridCheck::GridSize) => {
                format!("{unit}: {found} households; advised: {}", wording.en)
            }
            (Lang::En, GridCheck::BranchGroups) => format!(
                "{unit}: {found} members and no group; advised: {}",
                wording.en
            ),
            (Lang::En, _) => format!("{unit}: {found} members; advised: {}", wording.en),
        }
    }
}

impl Grid {
    /// What the advisory checks find, by check and code. Units without the number in question
    /// are passed over; branches are looked at where the organisation is established.
    #[must_use]
    pub fn advice(&self, switches: &AdviceSwitches) -> Vec<GridAdvice> {
        let mut groups = vec![0u64; self.len()];
        for unit in self.range(Level::Building) {
            if self.organised[unit] == Some(true)
                && let Some(held) = groups.get_mut(self.parents[unit] as usize)
            {
                *held += 1;
            }
        }
        let mut findings = Vec::new();
        for check in GridCheck::ALL
            .into_iter()
            .filter(|check| !switches.off.contains(check))
        {
            for unit in self.range(Level::Grid) {
                let members = self.members[unit].filter(|_| self.organised[unit] == Some(true));
                let found = match check {
                    GridCheck::GridSize => {
                        self.households[unit].filter(|n| !(300..=500).contains(n))
                    }
                    GridCheck::BranchLeast => members.filter(|n| *n < 3),
                    GridCheck::BranchMost => members.filter(|n| *n > 50),
                    GridCheck::BranchGroups => {
                        members.filter(|n| *n >= switches.large_branch && groups[unit] == 0)
                    }
                };
                if let Some(found) = found {
                    findings.push(GridAdvice {
                        check,
                        unit: self.codes[unit].clone(),
                        found,
                    });
                }
            }
        }
        findings
    }
}
