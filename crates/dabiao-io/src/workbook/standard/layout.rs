//! The sheets of a standard's workbook and their columns.
//!
//! A column's title ends in its key, the one that a standard's own file has, so that titles may
//! be reworded and columns moved. What a bureau changes often (words, points, thresholds, labels)
//! stands in cells of its own; what is rare and nested stands in one cell, as it does in a file.

/// How a cell is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text, whatever it looks like.
    Text,
    /// A number, a percentage or a word; lists and tables as in a file: `["a", "b"]`, `{ trim = 1 }`.
    Plain,
    /// 是 or 否.
    Yes,
    /// The Chinese half of a title; the English one stands in the next column.
    Title,
    /// The English half.
    English,
    /// What the row belongs to: no key of its own.
    Owner,
}

/// A column: its key, its title in Chinese, how it is read, its width.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) key: &'static str,
    pub(super) zh: &'static str,
    pub(super) kind: Kind,
    pub(super) width: f64,
    /// Hidden where nothing uses it.
    pub(super) rare: bool,
}

const fn rare(key: &'static str, zh: &'static str, kind: Kind, width: f64) -> Column {
    Column {
        rare: true,
        ..column(key, zh, kind, width)
    }
}

const fn column(key: &'static str, zh: &'static str, kind: Kind, width: f64) -> Column {
    Column {
        key,
        zh,
        kind,
        width,
        rare: false,
    }
}

/// The key of the English half of a title.
pub(super) const fn english_of(key: &str) -> &'static str {
    match key.as_bytes() {
        b"title" => "title_en",
        b"notice" => "notice_en",
        b"evidence" => "evidence_en",
        _ => "",
    }
}

/// A sheet: its name and its columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
}

impl Sheet {
    /// The columns without which no row makes sense.
    pub(super) fn needed(&self) -> &'static [&'static str] {
        match self.name {
            "指标" => &["name", "type"],
            "大项" => &["id"],
            "小项" => &["section", "id", "points"],
            "评分要点" => &["item", "points"],
            "评分明细" => &["of", "points"],
            "加分扣分" => &["kind", "id"],
            "否决" => &["id", "when", "effect"],
            "等次" => &["id"],
            _ => &[],
        }
    }
}

/// What a cell may be chosen from: a list that also lets other texts pass, with a warning.
pub(super) fn choices(key: &str) -> &'static [&'static str] {
    match key {
        "type" => &["count", "number", "yes-no", "label", "date"],
        "level" => &["community", "grid", "building", "compound"],
        "missing" => &["zero", "error", "exclude", "mean", "median"],
        "rounding" => &["half-up", "half-even"],
        "kind" => &["加分", "扣分"],
        "exceed_full" => &["是", "否"],
        "each" => &["grid", "building", "compound"],
        "combine" => &["sum", "best", "worst"],
        _ => &[],
    }
}

/// Keys of the standard itself, a row each.
pub(super) const HEAD: Sheet = Sheet {
    name: "标准",
    columns: &[
        column("id", "标识", Kind::Text, 20.0),
        column("version", "版本", Kind::Text, 20.0),
        column("title", "名称", Kind::Title, 20.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 20.0),
        column("notice", "声明", Kind::Title, 20.0),
        column("notice_en", "声明\u{ff08}英文\u{ff09}", Kind::English, 20.0),
        column("source", "来源", Kind::Text, 20.0),
        column("points", "总分", Kind::Plain, 20.0),
        column("decimals", "小数位数", Kind::Plain, 20.0),
        column("total_decimals", "总分小数位数", Kind::Plain, 20.0),
        column("rounding", "修约", Kind::Text, 20.0),
        column("missing", "缺失值", Kind::Text, 20.0),
        column("exceed_full", "总分可超过满分", Kind::Yes, 20.0),
        column("bonus_cap", "加分上限", Kind::Plain, 20.0),
        column("deduction_cap", "扣分上限", Kind::Plain, 20.0),
        column("tie_breaks", "同分比较", Kind::Plain, 20.0),
    ],
};

pub(super) const MEASURES: Sheet = Sheet {
    name: "指标",
    columns: &[
        column("name", "字段名", Kind::Owner, 26.0),
        column("title", "名称", Kind::Title, 30.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 26.0),
        column("type", "类型", Kind::Text, 10.0),
        column("unit", "单位", Kind::Text, 8.0),
        column("min", "最小", Kind::Plain, 8.0),
        column("max", "最大", Kind::Plain, 8.0),
        column("labels", "可选项", Kind::Plain, 24.0),
        column("level", "填报层级", Kind::Text, 11.0),
        column("rollup", "汇总", Kind::Plain, 22.0),
        column("assessors", "多人评分", Kind::Plain, 12.0),
        column("missing", "缺失值", Kind::Text, 10.0),
        column("filled_by", "自动填入", Kind::Text, 22.0),
    ],
};

pub(super) const SECTIONS: Sheet = Sheet {
    name: "大项",
    columns: &[
        column("parent", "上级大项", Kind::Owner, 12.0),
        column("id", "编号", Kind::Text, 10.0),
        column("title", "名称", Kind::Title, 34.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 34.0),
        column("points", "分值", Kind::Plain, 10.0),
        column("weight", "权重", Kind::Plain, 10.0),
    ],
};

/// What items, bonuses, deductions and checks have in common.
macro_rules! marked {
    ($($first:expr),+ $(,)?) => {
        &[
            $($first,)+
            column("value", "取值", Kind::Text, 30.0),
            rare("applies", "适用条件", Kind::Text, 22.0),
            rare("full_marks", "得满分的条件\u{ff08}免检\u{ff09}", Kind::Text, 22.0),
            rare("no_marks", "不得分的条件", Kind::Text, 22.0),
            rare("zero_denominator", "分母为零", Kind::Plain, 14.0),
            rare("missing", "缺失值", Kind::Text, 10.0),
            rare("cohort", "比较范围", Kind::Text, 10.0),
            rare("award", "评审打分", Kind::Plain, 22.0),
            rare("yes_no", "是否", Kind::Plain, 18.0),
            rare("checklist", "清单\u{ff08}条件见评分明细\u{ff09}", Kind::Plain, 22.0),
            rare("otherwise", "其余得分", Kind::Plain, 10.0),
            rare("per_unit", "逐个加减分", Kind::Plain, 34.0),
            rare("rank", "排名", Kind::Plain, 34.0),
            rare("share_of_best", "与最好之比", Kind::Plain, 18.0),
            rare("share_of_mean", "与平均之比", Kind::Plain, 18.0),
            rare("min_max", "极差", Kind::Plain, 18.0),
        ]
    };
}

pub(super) const ITEMS: Sheet = Sheet {
    name: "小项",
    columns: marked![
        column("section", "所属大项", Kind::Owner, 10.0),
        column("id", "编号", Kind::Text, 9.0),
        column("title", "名称", Kind::Title, 34.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 30.0),
        column("points", "分值", Kind::Plain, 8.0),
        column("evidence", "佐证材料", Kind::Title, 26.0),
        column(
            "evidence_en",
            "佐证材料\u{ff08}英文\u{ff09}",
            Kind::English,
            22.0
        ),
        rare("each", "逐单元评分", Kind::Text, 10.0),
        rare("points_rollup", "单元得分汇总", Kind::Plain, 12.0),
        rare("start", "起点\u{ff08}评分要点\u{ff09}", Kind::Plain, 10.0),
        rare("combine", "合并\u{ff08}评分要点\u{ff09}", Kind::Text, 10.0),
    ],
};

pub(super) const EXTRAS: Sheet = Sheet {
    name: "加分扣分",
    columns: marked![
        column("kind", "加分或扣分", Kind::Owner, 10.0),
        column("id", "编号", Kind::Text, 9.0),
        column("title", "名称", Kind::Title, 34.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 30.0),
        column("points", "最多", Kind::Plain, 8.0),
        column("evidence", "佐证材料", Kind::Title, 26.0),
        column(
            "evidence_en",
            "佐证材料\u{ff08}英文\u{ff09}",
            Kind::English,
            22.0
        ),
        rare("each", "逐单元评分", Kind::Text, 10.0),
        rare("points_rollup", "单元得分汇总", Kind::Plain, 12.0),
        rare("start", "起点\u{ff08}评分要点\u{ff09}", Kind::Plain, 10.0),
        rare("combine", "合并\u{ff08}评分要点\u{ff09}", Kind::Text, 10.0),
    ],
};

pub(super) const CHECKS: Sheet = Sheet {
    name: "评分要点",
    columns: marked![
        column("item", "所属小项", Kind::Owner, 10.0),
        column("id", "编号", Kind::Text, 9.0),
        column("title", "名称", Kind::Title, 34.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 30.0),
        column("points", "分值", Kind::Plain, 8.0),
        column("floor", "最低", Kind::Plain, 8.0),
        column("cap", "最高", Kind::Plain, 8.0),
    ],
};

/// Rows of bands, curves, levels and checklists, in their order.
pub(super) const DETAILS: Sheet = Sheet {
    name: "评分明细",
    columns: &[
        column("of", "所属小项或要点", Kind::Owner, 14.0),
        column("at_least", "不低于", Kind::Plain, 10.0),
        column("above", "高于", Kind::Plain, 10.0),
        column("at_most", "不高于", Kind::Plain, 10.0),
        column("below", "低于", Kind::Plain, 10.0),
        column("at", "折线上的点", Kind::Plain, 11.0),
        column("label", "选项", Kind::Text, 14.0),
        column("when", "清单条件", Kind::Text, 30.0),
        column("title", "清单名称", Kind::Title, 26.0),
        column(
            "title_en",
            "清单名称\u{ff08}英文\u{ff09}",
            Kind::English,
            24.0,
        ),
        column("count", "符合项数", Kind::Plain, 10.0),
        column("points", "得分", Kind::Plain, 10.0),
    ],
};

pub(super) const VETOES: Sheet = Sheet {
    name: "否决",
    columns: &[
        column("id", "编号", Kind::Text, 10.0),
        column("title", "名称", Kind::Title, 34.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 34.0),
        column("when", "条件", Kind::Text, 40.0),
        column("effect", "后果", Kind::Plain, 30.0),
    ],
};

pub(super) const GRADES: Sheet = Sheet {
    name: "等次",
    columns: &[
        column("id", "标识", Kind::Text, 14.0),
        column("title", "名称", Kind::Title, 22.0),
        column("title_en", "名称\u{ff08}英文\u{ff09}", Kind::English, 22.0),
        column("total", "总分不低于", Kind::Plain, 12.0),
        column("total_before_bonus", "加分前总分不低于", Kind::Plain, 16.0),
        column("sections", "各大项不低于", Kind::Plain, 13.0),
        column("marks", "指定项不低于", Kind::Plain, 30.0),
        column("count", "达标大项个数", Kind::Plain, 34.0),
    ],
};

/// All sheets of tables, in their order; the standard's own keys stand before them.
pub(super) const SHEETS: [Sheet; 8] = [
    MEASURES, SECTIONS, ITEMS, CHECKS, DETAILS, EXTRAS, VETOES, GRADES,
];
