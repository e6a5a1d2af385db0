//! Rules that look at the cohort, in words.

use super::Words;
use super::rules::Frame;
use crate::lang::Lang;
use crate::rational::Rational;
use crate::standard::document::{End, Rank, RankPay};

impl Words<'_> {
    /// Whom a cohort rule looks at: `全部社区`, `同区县社区`, `all communities`, ….
    #[must_use]
    pub fn among(&self, cohort: Option<&str>) -> String {
        let known = match cohort {
            None => Some(("全部社区", "all communities")),
            Some("district") => Some(("同区县社区", "the communities of the district")),
            Some("street") => Some(("同街道社区", "the communities of the street")),
            Some("city") => Some(("同市社区", "the communities of the city")),
            Some("state") => Some(("同州社区", "the communities of the state")),
            Some("province") => Some(("同省社区", "the communities of the province")),
            Some("category") => Some(("同类社区", "the communities of the category")),
            Some(_) => None,
        };
        match known {
            Some((zh, en)) => self.pick(zh, en).to_owned(),
            None => {
                let name = self.quoted(cohort.unwrap_or_default());
                match self.lang {
                    Lang::Zh => format!("{name}相同的社区"),
                    Lang::En => format!("the communities with the same {name}"),
                }
            }
        }
    }

    pub(super) fn rank(&self, rank: &Rank, cohort: Option<&str>, frame: Frame<'_>) -> String {
        let among = self.among(cohort);
        let head = match (self.lang, rank.from) {
            (Lang::Zh, End::Top) => format!("在{among}中从高到低排名"),
            (Lang::Zh, End::Bottom) => format!("在{among}中从低到高排名"),
            (Lang::En, End::Top) => format!("ranked among {among}, highest first"),
            (Lang::En, End::Bottom) => format!("ranked among {among}, lowest first"),
        };
        let mut parts = match &rank.pays {
            RankPay::Table(table, otherwise) => {
                let mut parts: Vec<String> = table
                    .iter()
                    .enumerate()
                    .map(|(at, points)| self.place_earns(at + 1, points, frame))
                    .collect();
                let rest = self.earns(otherwise, frame.role);
                parts.push(format!("{}{rest}", self.pick("其余", "any other ")));
                parts
            }
            RankPay::Steps { start, step, floor } => {
                let mut parts = vec![self.place_earns(1, start, frame)];
                let size = step.abs();
                parts.push(match (self.lang, step.is_negative()) {
                    (Lang::Zh, false) => format!("每后一名少{size}分"),
                    (Lang::Zh, true) => format!("每后一名多{size}分"),
                    (Lang::En, false) => format!("each next place {size} less"),
                    (Lang::En, true) => format!("each next place {size} more"),
                });
                parts.extend(floor.as_ref().map(|floor| match self.lang {
                    Lang::Zh => format!("最低{floor}分"),
                    Lang::En => format!("not below {floor}"),
                }));
                parts
            }
            RankPay::Shares(shares, otherwise) => {
                let mut parts = self.shares(shares, frame);
                let rest = self.earns(otherwise, frame.role);
                parts.push(format!("{}{rest}", self.pick("其余", "any other ")));
                parts
            }
        };
        parts.push(self.pick("并列的名次相同", "ties share a place").to_owned());
        self.headed(&head, &self.phrases(&parts))
    }

    fn place_earns(&self, place: usize, points: &Rational, frame: Frame<'_>) -> String {
        let earns = self.earns(points, frame.role);
        match self.lang {
            Lang::Zh => format!("第{place}名{earns}"),
            Lang::En => format!("place {place} {earns}"),
        }
    }

    fn shares(&self, shares: &[(Rational, Rational)], frame: Frame<'_>) -> Vec<String> {
        let percent = |share: &Rational| {
            let hundredfold = share * &Rational::from(100);
            format!("{hundredfold}%")
        };
        shares
            .iter()
            .enumerate()
            .map(|(at, (share, points))| {
                let earns = self.earns(points, frame.role);
                let to = percent(share);
                let from = at.checked_sub(1).and_then(|at| shares.get(at));
                match (self.lang, from) {
                    (Lang::Zh, None) => format!("前{to}{earns}"),
                    (Lang::Zh, Some((from, _))) => {
                        format!("{}以后至{to}{earns}", percent(from))
                    }
                    (Lang::En, None) => format!("a place in the first {to} {earns}"),
                    (Lang::En, Some(_)) => format!("then up to {to} {earns}"),
                }
            })
            .collect()
    }

    /// The points that the whole of a share earns: `6分`, `满分`.
    fn whole(&self, frame: Frame<'_>) -> String {
        match (frame.points, self.lang) {
            (Some(points), Lang::Zh) => format!("{points}分"),
            (Some(points), Lang::En) => points.to_string(),
            (None, Lang::Zh) => "满分".to_owned(),
            (None, Lang::En) => "full marks".to_owned(),
        }
    }

    pub(super) fn share_of_best(
        &self,
        lower_is_better: bool,
        cohort: Option<&str>,
        frame: Frame<'_>,
    ) -> String {
        let (among, whole) = (self.among(cohort), self.whole(frame));
        match (self.lang, lower_is_better) {
            (Lang::Zh, false) => format!(
                "{among}中最高的得{whole}\u{ff0c}其余按“数值 ÷ 最高值 × {whole}”计分\u{ff1b}最高值不大于0时不得分"
            ),
            (Lang::Zh, true) => format!(
                "{among}中最低的得{whole}\u{ff0c}其余按“最低值 ÷ 数值 × {whole}”计分\u{ff1b}数值为0的得{whole}"
            ),
            (Lang::En, false) => format!(
                "the highest of {among} earns {whole}, the others value ÷ highest × {whole}; \
                 nothing where the highest is not above 0"
            ),
            (Lang::En, true) => format!(
                "the lowest of {among} earns {whole}, the others lowest ÷ value × {whole}; \
                 a value of 0 earns {whole}"
            ),
        }
    }

    pub(super) fn share_of_mean(
        &self,
        lower_is_better: bool,
        cohort: Option<&str>,
        frame: Frame<'_>,
    ) -> String {
        let (among, whole) = (self.among(cohort), self.whole(frame));
        let most = match (self.lang, frame.points) {
            (_, None) => String::new(),
            (Lang::Zh, Some(points)) => format!("\u{ff0c}最高{points}分"),
            (Lang::En, Some(points)) => format!(", at most {points}"),
        };
        match (self.lang, lower_is_better) {
            (Lang::Zh, false) => format!("按“数值 ÷ {among}的平均值 × {whole}”计分{most}"),
            (Lang::Zh, true) => {
                format!("按“{among}的平均值 ÷ 数值 × {whole}”计分{most}\u{ff1b}数值为0的得{whole}")
            }
            (Lang::En, false) => format!("value ÷ mean of {among} × {whole}{most}"),
            (Lang::En, true) => {
                format!("mean of {among} ÷ value × {whole}{most}; a value of 0 earns {whole}")
            }
        }
    }

    pub(super) fn min_max(
        &self,
        lower_is_better: bool,
        cohort: Option<&str>,
        frame: Frame<'_>,
    ) -> String {
        let (among, whole) = (self.among(cohort), self.whole(frame));
        match (self.lang, lower_is_better) {
            (Lang::Zh, false) => format!(
                "在{among}中\u{ff0c}最高的得{whole}\u{ff0c}最低的得0分\u{ff0c}其间按比例折算\u{ff1b}全部相同的得{whole}"
            ),
            (Lang::Zh, true) => format!(
                "在{among}中\u{ff0c}最低的得{whole}\u{ff0c}最高的得0分\u{ff0c}其间按比例折算\u{ff1b}全部相同的得{whole}"
            ),
            (Lang::En, false) => format!(
                "among {among}, the highest earns {whole}, the lowest earns 0, in proportion \
                 between; {whole} where all are equal"
            ),
            (Lang::En, true) => format!(
                "among {among}, the lowest earns {whole}, the highest earns 0, in proportion \
                 between; {whole} where all are equal"
            ),
        }
    }
}
