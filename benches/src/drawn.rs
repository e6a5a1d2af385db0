//! How the values of each column lie, and the values themselves.

use dabiao::Standard;

/// How a column's values lie.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drawn {
    /// A share in percent, most of them high, with so many decimals.
    Percent(f64, i32),
    /// The same as a part of 1.
    Share(f64, i32),
    /// A number up to a greatest, with so many decimals.
    Number(f64, i32),
    /// A whole number up to a greatest, higher ones oftener.
    Many(u64),
    /// A whole number up to a greatest, lower ones oftener.
    Few(u64),
    /// Halves up to a greatest.
    Halves(u64),
    /// A whole number between two, each as often as the other.
    Between(u64, u64),
    /// Of another measure a share between two, as a number with so many decimals.
    Of(&'static str, f64, f64, i32),
    /// Yes, or 1, in so many of all.
    Seldom(f64),
    /// Yes in so many of all, oftener in good communities.
    Often(f64),
}

use Drawn::{Between, Few, Halves, Many, Number, Of, Often, Percent, Seldom, Share};

/// The columns of `bench-33`, in the order of its measures.
const BENCH_33: [Drawn; 33] = [
    Percent(85.0, 2),
    Percent(82.0, 2),
    Number(24.0, 4),
    Number(52.0, 1),
    Many(4),
    Many(4),
    Percent(84.0, 3),
    Many(6),
    Percent(60.0, 2),
    Few(5),
    Few(3),
    Number(40.0, 3),
    Many(4),
    Many(6),
    Many(9),
    Number(20.0, 3),
    Halves(4),
    Many(1),
    Percent(65.0, 2),
    Number(45.0, 3),
    Percent(70.0, 2),
    Few(5),
    Percent(90.0, 2),
    Many(6),
    Percent(30.0, 2),
    Many(4),
    Many(16),
    Many(7),
    Many(4),
    Number(60.0, 1),
    Percent(62.0, 3),
    Percent(89.0, 2),
    Number(40.0, 3),
];

/// The measures of `weihai-2020`; of those that are not here nine in ten say yes, or more.
const WEIHAI: [(&str, Drawn); 51] = [
    ("organisation_coverage", Percent(85.0, 2)),
    ("grids_with_officer", Share(0.75, 4)),
    ("community_workers", Between(5, 20)),
    ("residents", Between(3_000, 12_000)),
    ("training_hours", Number(52.0, 1)),
    ("grid_cases_reported", Between(0, 400)),
    ("grid_cases_closed", Of("grid_cases_reported", 0.85, 1.0, 0)),
    ("deliberation_meetings", Many(4)),
    ("compounds", Between(0, 12)),
    ("red_compounds", Of("compounds", 0.4, 1.0, 0)),
    ("property_complaints", Few(5)),
    ("public_order_cases", Few(3)),
    ("service_area", Number(1_500.0, 1)),
    ("households", Between(1_000, 4_000)),
    ("smart_level", Few(3)),
    ("on_the_spot_services", Many(6)),
    ("everyday_services", Many(8)),
    ("volunteers", Of("residents", 0.02, 0.22, 0)),
    ("special_services_mark", Halves(4)),
    ("stairway_mark", Percent(65.0, 2)),
    ("building_households", Between(800, 3_500)),
    ("green_area", Of("area", 0.15, 0.5, 1)),
    ("area", Between(50_000, 200_000)),
    ("sorting_households", Of("building_households", 0.6, 1.0, 0)),
    ("illegal_cases", Few(5)),
    ("facilities", Between(20, 90)),
    ("facilities_in_order", Of("facilities", 0.88, 1.0, 0)),
    ("green_campaigns", Many(5)),
    ("upkeep_compounds", Of("compounds", 0.3, 1.0, 0)),
    ("activities", Many(16)),
    ("residents_groups", Many(7)),
    ("culture_brand_level", Few(3)),
    ("open_hours", Number(60.0, 1)),
    ("survey_valid", Between(50, 400)),
    ("survey_satisfied", Of("survey_valid", 0.55, 1.0, 0)),
    ("requests_received", Between(0, 120)),
    ("requests_settled", Of("requests_received", 0.88, 1.0, 0)),
    ("residents_taking_part", Of("residents", 0.0, 0.45, 0)),
    ("national_honours", Seldom(0.02)),
    ("provincial_honours", Seldom(0.05)),
    ("municipal_honours", Seldom(0.2)),
    ("major_accidents", Seldom(0.002)),
    ("disciplined_members", Seldom(0.01)),
    ("property_firm", Often(0.85)),
    ("duty_rules", Often(0.95)),
    ("household_visits", Often(0.9)),
    ("duty_rota", Often(0.9)),
    ("performance_appraisal", Often(0.85)),
    ("part_time_members", Often(0.8)),
    ("joint_projects", Often(0.8)),
    ("station_rules", Often(0.95)),
];

/// How the values of each measure of a standard lie, with the measure that it is drawn from.
pub(crate) struct Table(Vec<(Drawn, usize)>);

impl Table {
    pub(crate) fn of(standard: &Standard) -> Table {
        let measures = &standard.document().measures;
        let find = |name: &str| measures.iter().position(|measure| measure.name == name);
        let drawn = |at: usize, name: &str| match BENCH_33.get(at) {
            Some(drawn) if measures.len() == BENCH_33.len() => *drawn,
            _ => {
                let found = WEIHAI.iter().find(|(measure, _)| *measure == name);
                found.map_or(Often(0.9), |(_, drawn)| *drawn)
            }
        };
        let columns = measures.iter().enumerate().map(|(at, measure)| {
            let drawn = drawn(at, &measure.name);
            let from = match drawn {
                Of(name, ..) => find(name).unwrap_or(at),
                _ => at,
            };
            (drawn, from)
        });
        Table(columns.collect())
    }

    /// The value of a cell; 0 for a column that is not there.
    pub(crate) fn value(&self, row: usize, column: usize) -> f64 {
        let Some((lies, from)) = self.0.get(column) else {
            return 0.0;
        };
        let chance = unit(drawn(row, column));
        let good = 1.0 - (1.0 - chance) * (1.2 - standing(row)).clamp(0.05, 1.0);
        let decimals = |value: f64, digits: i32| {
            let scale = 10f64.powi(digits);
            (value * scale).round() / scale
        };
        match *lies {
            Percent(low, digits) => decimals(low + (100.0 - low) * good, digits),
            Share(low, digits) => decimals(low + (1.0 - low) * good, digits),
            Number(most, digits) => decimals(most * good, digits),
            Many(most) => ((most + 1) as f64 * good).floor().min(most as f64),
            Few(most) => ((most + 1) as f64 * (1.0 - good)).floor().min(most as f64),
            Halves(most) => ((most + 1) as f64 * good).floor().min(most as f64) / 2.0,
            Between(low, high) => low as f64 + (chance * (high - low + 1) as f64).floor(),
            Of(_, low, high, digits) => {
                let whole = match self.0.get(*from) {
                    Some((Of(..), _)) | None => 0.0,
                    Some(_) => self.value(row, *from),
                };
                decimals(whole * (low + (high - low) * good), digits)
            }
            Seldom(share) => f64::from(chance < share),
            Often(share) => f64::from(1.0 - good < share),
        }
    }
}

/// A number that looks random, of a cell alone.
#[must_use]
pub fn drawn(row: usize, column: usize) -> u64 {
    // SplitMix64, of a counter.
    let mut state = (row as u64)
        .wrapping_mul(64)
        .wrapping_add(column as u64 + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Between 0 and 1.
fn unit(random: u64) -> f64 {
    (random >> 11) as f64 / (1u64 << 53) as f64
}

/// How good a community is in all: what it does well in one column it does well in others.
fn standing(row: usize) -> f64 {
    unit(drawn(row, 63))
}
