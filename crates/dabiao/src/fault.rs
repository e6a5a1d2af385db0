//! Faults: what is wrong in an input, where, and what was expected instead.

use std::fmt;

use serde::Serialize;

use crate::lang::{Lang, Text};

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// What kind of fault it is. The code is stable: it never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum FaultCode {
            $($(#[$doc])* #[doc = concat!("`", $code, "`: ", $en, ".")] $name,)*
        }

        impl FaultCode {
            /// Every code there is.
            pub const ALL: &'static [FaultCode] = &[$(FaultCode::$name),*];

            /// The stable code, such as `"value-range"`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(FaultCode::$name => $code),* }
            }

            /// What it means, in words.
            #[must_use]
            pub fn title(self, lang: Lang) -> &'static str {
                match self { $(FaultCode::$name => lang.pick($zh, $en)),* }
            }
        }
    };
}

fault_codes! {
    // The file itself.
    Unreadable = "file-unreadable", "文件无法读取", "the file cannot be read";
    Syntax = "file-syntax", "文件格式错误", "the text is not well-formed";
    TooLarge = "file-too-large", "超出限制", "the input is over a stated limit";
    // A standard.
    UnknownKey = "standard-unknown-key", "未知的字段", "unknown key";
    MissingKey = "standard-missing-key", "缺少字段", "a key is missing";
    WrongType = "standard-wrong-type", "字段类型不符", "a value of the wrong type";
    BadChoice = "standard-bad-choice", "取值不在可选范围内", "not one of the choices";
    BadNumber = "standard-bad-number", "数值不合要求", "a number that cannot stand here";
    BadExpression = "standard-bad-expression", "算式或条件有误", "a faulty expression or condition";
    BadCode = "standard-bad-code", "编号不合规", "a code of the wrong form";
    DuplicateCode = "standard-duplicate-code", "编号重复", "a duplicated code";
    UnknownMeasure = "standard-unknown-measure", "未定义的指标", "unknown measure";
    UnknownReference = "standard-unknown-reference", "引用的编号不存在", "no such section, item or grade";
    PointsSum = "standard-points-sum", "分值合计不符", "points do not add up to what is declared";
    RuleCount = "standard-rule-count", "评分办法应恰有一种", "an item needs exactly one rule";
    RuleReach = "standard-rule-reach", "评分办法达不到该项分值", "the rule cannot reach its points";
    BandOrder = "standard-band-order", "分档次序有误", "bands or knots out of order";
    NeverMatters = "standard-never-matters", "永远不会起作用", "it can never matter";
    // A table of observations.
    UnknownColumn = "table-unknown-column", "未知的列", "unknown column";
    MissingColumn = "table-missing-column", "缺少列", "a column is missing";
    DuplicateColumn = "table-duplicate-column", "列重复", "a duplicated column";
    DuplicateRow = "table-duplicate-row", "行重复", "a duplicated code";
    EmptyCode = "table-empty-code", "编码为空", "a row without a code";
    ColumnLength = "table-column-length", "列的长度不一致", "columns of different lengths";
    UnknownMeasureRow = "table-unknown-measure", "数据表中有未定义的指标", "a row of an unknown measure";
    Value = "value-unreadable", "无法识别的值", "the value cannot be read";
    ValueRange = "value-range", "超出取值范围", "out of range";
    ValueStep = "value-step", "不合给分步长", "not on the step";
    ValueLabel = "value-label", "未知的等级", "unknown label";
    ValueType = "value-type", "数据类型不符", "a value of the wrong type";
    LabelDisagreement = "value-label-disagreement", "评委所评等级不一致", "assessors disagree on a label";
    AssessorTrim = "value-assessor-trim", "去掉最高最低后没有评分", "trimming leaves no mark";
    Computed = "value-computed-range", "计算结果超出范围", "a computed value beyond 10^12";
    MissingValue = "value-missing", "缺少不得缺的值", "a value that must not be missing";
    BothGiven = "value-both-given", "既有汇总值又有明细值", "both rolled up and given";
    // Advice: not a fault, but worth a look.
    AdviceDecimals = "advice-decimals", "小数位数过多\u{ff0c}已修约", "more than 6 decimals, rounded";
    AdvicePercent = "advice-percent", "整列像是未写百分号", "a percent column that looks like bare ratios";
    // Scoring.
    CohortNeeded = "cohort-needed", "需要全体统计量", "a rule needs the statistics of a cohort";
    CohortMismatch = "cohort-mismatch", "统计量与标准不符", "the statistics belong to another standard";
    Cancelled = "run-cancelled", "已取消", "the run was cancelled";
    // The registry and the party grid.
    UnitCode = "unit-code", "编码不合规", "a code of the wrong form";
    UnitLevel = "unit-level", "层级有误", "a unit at the wrong level";
    UnitParent = "unit-parent", "上级单元有误", "a missing or unfit parent";
    UnitDuplicate = "unit-duplicate", "单元重复", "a duplicated unit";
    UnitCycle = "unit-cycle", "上下级循环", "a cycle of parents";
    UnitUnknown = "unit-unknown", "未登记的单元", "an unknown unit";
    // A campaign.
    CampaignKey = "campaign-key", "活动文件有误", "a fault in the campaign file";
    CampaignUnknownKey = "campaign-unknown-key", "未知的字段", "unknown key";
    CampaignMissingKey = "campaign-missing-key", "缺少字段", "a key is missing";
    CampaignWrongType = "campaign-wrong-type", "字段类型不符", "a value of the wrong type";
    CampaignBadChoice = "campaign-bad-choice", "取值不在可选范围内", "not one of the choices";
    CampaignBadNumber = "campaign-bad-number", "数值不合要求", "a number that cannot stand here";
    CampaignBadCode = "campaign-bad-code", "编号不合规", "a code of the wrong form";
    CampaignDuplicateCode = "campaign-duplicate-code", "编号重复", "a duplicated code";
    PhaseWeights = "phase-weights", "阶段权重合计不为 1", "weights of phases that do not add up to 1";
    SelectionReference = "selection-unknown-reference", "引用的编号不存在", "no such section, item or grade";
    Quota = "selection-quota", "名额设置有误", "quotas that contradict each other";
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FaultCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where a fault is. What does not apply is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, PartialOrd, Ord)]
pub struct Place {
    /// The file's name as the caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The line of a text or the row of a table, from 1; a table's heading is row 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column in a line of text, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The heading of a table's column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The cell of a workbook, such as `C17`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.file.clone());
        match (&self.sheet, &self.cell) {
            (Some(sheet), Some(cell)) => parts.push(format!("{sheet}!{cell}")),
            (sheet, cell) => parts.extend(sheet.iter().chain(cell).cloned()),
        }
        if self.cell.is_none() {
            parts.extend(self.line.map(|line| line.to_string()));
        }
        parts.extend(self.column.map(|column| column.to_string()));
        parts.extend(self.field.clone());
        f.write_str(&parts.join(":"))
    }
}

/// One fault of an input, for the person who must mend it.
///
/// ```
/// use dabiao::{Fault, FaultCode, Lang, Place, Text};
/// let fault = Fault::new(FaultCode::ValueRange)
///     .at(Place { file: Some("marks.csv".into()), line: Some(7), ..Place::default() })
///     .about("3.6")
///     .found("2.5")
///     .expected(Text::new("0 至 2", "0 to 2"));
/// assert_eq!(fault.message(Lang::En), "marks.csv:7: 3.6: out of range: found 2.5, expected 0 to 2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind it is.
    pub code: FaultCode,
    /// Where it is.
    pub place: Place,
    /// The code of the item, measure, community or unit that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What should stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Text>,
}

impl Fault {
    /// A fault of a kind, to be filled in.
    #[must_use]
    pub fn new(code: FaultCode) -> Self {
        Fault {
            code,
            place: Place::default(),
            subject: None,
            found: None,
            expected: None,
        }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Says what was found; a long text is shortened.
    #[must_use]
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = Some(shortened(&found.to_string()));
        self
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<Text>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// The whole fault on one line.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let mut message = String::new();
        let place = self.place.to_string();
        for part in [Some(place.as_str()), self.subject.as_deref()] {
            if let Some(part) = part.filter(|part| !part.is_empty()) {
                message.push_str(part);
                message.push_str(": ");
            }
        }
        message.push_str(self.code.title(lang));
        if let Some(found) = &self.found {
            message.push_str(lang.pick("\u{ff1a}实为 ", ": found "));
            message.push_str(match found.as_str() {
                "" => lang.pick("空白", "a blank"),
                found => found,
            });
        }
        if let Some(expected) = &self.expected {
            message.push_str(match (lang, self.found.is_some()) {
                (Lang::Zh, true) => "\u{ff0c}应为 ",
                (Lang::Zh, false) => "\u{ff1a}应为 ",
                (Lang::En, true) => ", expected ",
                (Lang::En, false) => ": expected ",
            });
            message.push_str(expected.get(lang));
        }
        message
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

/// A cell may hold a hundred megabytes; a message shows the start of it.
fn shortened(found: &str) -> String {
    const SHOWN: usize = 60;
    let clean: String = found
        .chars()
        .take(SHOWN + 1)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if clean.chars().count() > SHOWN {
        format!("{}…", clean.chars().take(SHOWN).collect::<String>())
    } else {
        clean
    }
}

/// All faults of an input, up to a limit, in the order of their places.
///
/// It is the error type of everything that reads an input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// The faults that are listed.
    pub listed: Vec<Fault>,
    /// How many more there were beyond [`Faults::LIMIT`].
    pub more: usize,
}

impl Faults {
    /// At most so many faults are listed; the rest are counted.
    pub const LIMIT: usize = 1000;

    /// No fault so far.
    #[must_use]
    pub fn new() -> Self {
        Faults::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        if self.listed.len() < Faults::LIMIT {
            self.listed.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Adds all faults of another list.
    pub fn extend(&mut self, others: Faults) {
        self.more += others.more;
        for fault in others.listed {
            self.push(fault);
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// How many there are, listed or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.listed.len() + self.more
    }

    /// `value` where there is no fault, otherwise the faults.
    ///
    /// # Errors
    /// The faults themselves, where there is any.
    pub fn into_result<T>(self, value: T) -> Result<T, Faults> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// In the order of their places; those of one place stay as they were found.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.listed.sort_by(|a, b| a.place.cmp(&b.place));
        self
    }

    /// Names the file in every fault that names none.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        for fault in &mut self.listed {
            fault.place.file.get_or_insert_with(|| file.to_owned());
        }
        self
    }

    /// All messages, a line each.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let mut lines: Vec<String> = self.listed.iter().map(|f| f.message(lang)).collect();
        if self.more > 0 {
            lines.push(match lang {
                Lang::Zh => format!("……另有 {} 处", self.more),
                Lang::En => format!("… and {} more", self.more),
            });
        }
        lines.join("\n")
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for Faults {}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Faults {
            listed: vec![fault],
            more: 0,
        }
    }
}
