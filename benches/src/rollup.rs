//! The roll-up of buildings to communities and districts: a share of each building, weighted by
//! its households, from integer keys.
//!
//! `dabiao-bench rollup ROWS FOLDER` prints `ready` and takes one command a line:
//!
//! | command | answer |
//! | --- | --- |
//! | `rollup-sorted THREADS` | seconds, buildings in the order of their communities |
//! | `rollup-shuffled THREADS` | seconds, the same buildings in no order |
//! | `rollup-read THREADS` | seconds to read the same columns once, and do nothing with them |
//! | `dump 1` | seconds; writes the files below into FOLDER |
//!
//! What is timed: from the columns as they lie in memory (community by building as u32, value
//! and weight as f64, district by community as u32) to the weighted mean of every community and
//! of every district, over all of its buildings; exact, published as decimals.
//!
//! Files, little-endian, without a heading:
//!
//! | file | one for each | what |
//! | --- | --- | --- |
//! | `community.u32` | building | its community, 0 to the number of communities − 1 |
//! | `value.f64`, `weight.f64` | building | percent with 2 decimals; households, a whole number |
//! | `sorted-community.u32`, `sorted-value.f64`, `sorted-weight.f64` | building | the same buildings, sorted |
//! | `district.u32` | community | its district, 0 to the number of districts − 1 |
//! | `community_mean.i64`, `district_mean.i64` | community, district | the means in millionths, ties away from zero; `i64::MIN` where there is none |
//!
//! There are 620,573 communities, or a sixteenth of the buildings where that is fewer, in 2,844
//! districts at most.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use dabiao::Decimal;
use dabiao::campaign::{GroupSums, Numbers};
use dabiao_benches::{COUNTRY, drawn};

/// Districts of the country.
const DISTRICTS: usize = 2_844;

/// Buildings in one order.
struct Buildings {
    community: Vec<u32>,
    value: Vec<f64>,
    weight: Vec<f64>,
}

struct Data {
    shuffled: Buildings,
    sorted: Buildings,
    /// By community.
    district: Vec<u32>,
    districts: usize,
}

impl Data {
    fn new(rows: usize) -> Data {
        let communities = (rows / 16).clamp(1, COUNTRY);
        let districts = communities.min(DISTRICTS);
        let district = |community: usize| (community * districts / communities) as u32;
        let building = |row: usize| {
            let random = drawn(row, 0);
            let percent = 6_000 + drawn(row, 1) % 4_001;
            let households = drawn(row, 2) % 121;
            (
                (random % communities as u64) as u32,
                percent as f64 / 100.0,
                households as f64,
            )
        };
        let buildings = |order: &dyn Fn(usize) -> usize| Buildings {
            community: (0..rows).map(|at| building(order(at)).0).collect(),
            value: (0..rows).map(|at| building(order(at)).1).collect(),
            weight: (0..rows).map(|at| building(order(at)).2).collect(),
        };
        let shuffled = buildings(&|at| at);
        let mut order: Vec<u32> = (0..rows as u32).collect();
        order.sort_by_key(|row| shuffled.community[*row as usize]);
        Data {
            sorted: buildings(&|at| order[at] as usize),
            shuffled,
            district: (0..communities).map(district).collect(),
            districts,
        }
    }

    /// The means of communities and of districts.
    fn rolled_up(
        &self,
        buildings: &Buildings,
        threads: usize,
    ) -> Result<[Vec<Option<Decimal>>; 2], Box<dyn Error>> {
        let communities = GroupSums::of(
            &buildings.community,
            self.district.len(),
            Numbers::Floats(&buildings.value),
            Some(Numbers::Floats(&buildings.weight)),
            threads,
        );
        let communities = communities.map_err(|fault| fault.to_string())?;
        let districts = communities.up(&self.district, self.districts);
        let districts = districts.map_err(|fault| fault.to_string())?;
        Ok([communities.means(threads), districts.means(threads)])
    }

    fn dump(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes);
        let keys = |keys: &[u32]| keys.iter().flat_map(|key| key.to_le_bytes()).collect();
        let floats = |floats: &[f64]| floats.iter().flat_map(|x| x.to_le_bytes()).collect();
        let means = |means: &[Option<Decimal>]| {
            let millionths = means
                .iter()
                .map(|mean| mean.map_or(i64::MIN, Decimal::millionths));
            millionths.flat_map(i64::to_le_bytes).collect()
        };
        write("district.u32", keys(&self.district))?;
        for (prefix, buildings) in [("", &self.shuffled), ("sorted-", &self.sorted)] {
            write(
                &format!("{prefix}community.u32"),
                keys(&buildings.community),
            )?;
            write(&format!("{prefix}value.f64"), floats(&buildings.value))?;
            write(&format!("{prefix}weight.f64"), floats(&buildings.weight))?;
        }
        let [communities, districts] = self.rolled_up(&self.shuffled, 1)?;
        if self.rolled_up(&self.sorted, 2)? != [communities.clone(), districts.clone()] {
            return Err("the order of the buildings changed a mean".into());
        }
        write("community_mean.i64", means(&communities))?;
        write("district_mean.i64", means(&districts))?;
        Ok(())
    }
}

/// Answers commands on standard input, as this module's heading says.
pub(crate) fn answer(rows: usize, folder: &Path) -> Result<(), Box<dyn Error>> {
    let data = Data::new(rows);
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready")?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let started = Instant::now();
        let mut held = None;
        match words.as_slice() {
            ["rollup-sorted", threads] => {
                held = Some(data.rolled_up(&data.sorted, threads.parse()?)?);
            }
            ["rollup-shuffled", threads] => {
                held = Some(data.rolled_up(&data.shuffled, threads.parse()?)?);
            }
            ["rollup-read", threads] => {
                black_box(read(&data.sorted, threads.parse()?));
            }
            ["dump", _] => data.dump(folder)?,
            _ => {
                let known = "rollup-sorted, rollup-shuffled, rollup-read or dump";
                return Err(format!("{known}: {line}").into());
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        drop(black_box(held));
        writeln!(out, "{seconds:.9}")?;
        out.flush()?;
    }
    Ok(())
}

/// Reads every column once.
fn read(buildings: &Buildings, threads: usize) -> u64 {
    let each = buildings.community.len().div_ceil(threads.max(1)).max(1);
    let floats = |column: &[f64]| column.iter().fold(0, |all, value| all ^ value.to_bits());
    let part = |part: usize| {
        let keys = buildings
            .community
            .chunks(each)
            .nth(part)
            .unwrap_or_default();
        let keys = keys.iter().fold(0, |all, key| all ^ key);
        let value = buildings.value.chunks(each).nth(part).unwrap_or_default();
        let weight = buildings.weight.chunks(each).nth(part).unwrap_or_default();
        u64::from(keys) ^ floats(value) ^ floats(weight)
    };
    std::thread::scope(|scope| {
        let part = &part;
        let others: Vec<_> = (1..threads).map(|n| scope.spawn(move || part(n))).collect();
        let own = part(0);
        let others = others.into_iter().map(|other| other.join().unwrap_or(0));
        others.fold(own, |all, other| all ^ other)
    })
}
