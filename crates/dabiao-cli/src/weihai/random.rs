//! SplitMix64 (Steele, Lea, Flood 2014): a small generator whose numbers never change, on any
//! machine and in any version, so that the demonstration is the same everywhere.

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0, less than `n`, which is small and above 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((self.next() >> 32) * n) >> 32
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in so many cases of a thousand.
    pub(crate) fn chance(&mut self, per_mille: i64) -> bool {
        i64::try_from(self.below(1000)).unwrap_or(0) < per_mille
    }

    /// 0 to 1000, mostly near 500: the mean of three.
    pub(crate) fn bell(&mut self) -> i64 {
        (self.between(0, 1000) + self.between(0, 1000) + self.between(0, 1000)) / 3
    }
}
