//! The parts of a run, each alone.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dabiao::campaign::{Amount, GroupSums, Numbers, Selection, Tier};
use dabiao::{CardScorer, Observations, ScoreOptions, Scores, Standard};
use dabiao_benches::{Data, bench_33, drawn};

const ROWS: usize = 65_536;

/// One item with many values: little is marked, and everyone gets a place.
const RANKED: &str = r#"
[standard]
id = "ranked"
title = "One item"
[measures.value]
type = "number"
[[section]]
id = "1"
title = "All"
item = [{ id = "1.1", title = "One", points = 100, value = "value", award = {} }]
"#;

fn table(standard: &Standard, data: &Data) -> Observations {
    let batch = data.batch(standard).expect("the columns are equally long");
    let batches = arrow_array::RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    Observations::from_batches(standard, batches, false).expect("the values are allowed")
}

fn scored(standard: &Standard, table: &Observations, options: &ScoreOptions) -> Scores {
    let scores = standard.score(table, options);
    scores.expect("the values are allowed")
}

/// Reading and checking, the kernels, items' columns, gaps, selection.
fn scoring(c: &mut Criterion) {
    let weihai = Standard::builtin("weihai-2020").expect("it is built in");
    let bench = bench_33().expect("the standard is sound");
    let (plain, typed) = (Data::new(&bench, ROWS), Data::typed(&weihai, ROWS));
    for (standard, data) in [(&bench, &plain), (&weihai, &typed)] {
        let mut group = c.benchmark_group(&standard.document().id);
        group.throughput(Throughput::Elements((ROWS * data.columns.len()) as u64));
        group.bench_function("check", |b| b.iter(|| table(standard, data)));
        let observations = table(standard, data);
        for threads in [1, 2] {
            let options = ScoreOptions::new().with_threads(threads);
            group.bench_function(BenchmarkId::new("score", threads), |b| {
                b.iter(|| scored(standard, &observations, &options));
            });
        }
        let scores = scored(standard, &observations, &ScoreOptions::new());
        group.bench_function("items", |b| b.iter(|| scores.clone().compute_items()));
        group.throughput(Throughput::Elements(ROWS as u64));
        group.bench_function("losses", |b| b.iter(|| scores.losses(0..ROWS)));
        let tier = Tier {
            id: "first".to_owned(),
            grade: Some("qualified".to_owned()),
            places: Some(Amount::Number(1_000)),
            ..Tier::default()
        };
        let selection = Selection {
            by: String::new(),
            tiers: vec![tier],
        };
        group.bench_function("selection", |b| b.iter(|| scores.select(&selection)));
        group.throughput(Throughput::Elements(1));
        group.bench_function("gaps of one", |b| {
            let mut rows = (0..ROWS).cycle();
            b.iter(|| rows.next().and_then(|row| scores.gaps(row)));
        });
        let cards = data.cards(1_000);
        group.bench_function("card", |b| {
            let mut scorer = CardScorer::new(standard, None).expect("no rule needs a cohort");
            let mut cards = cards.iter().cycle();
            b.iter(|| {
                for (measure, value) in cards.next().into_iter().flatten().enumerate() {
                    scorer
                        .set_f64(measure, *value)
                        .expect("the values are allowed");
                }
                let scores = scorer.score().expect("the values are allowed");
                black_box(scores.total(0))
            });
        });
        group.finish();
    }
}

/// Places, of hardly anything else.
fn ranking(c: &mut Criterion) {
    let standard = Standard::from_toml(RANKED).expect("the standard is sound");
    let value = |row| (drawn(row, 0) % 10_001) as f64 / 100.0;
    let rows: Vec<[String; 2]> = (0..ROWS)
        .map(|row| [format!("{row:06}"), value(row).to_string()])
        .collect();
    let observations = Observations::from_rows(&standard, &["code", "value"], &rows)
        .expect("the values are allowed");
    let options = ScoreOptions::new().with_threads(1);
    let mut group = c.benchmark_group("one item");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("rank", |b| {
        b.iter(|| scored(&standard, &observations, &options));
    });
    group.finish();
}

/// Buildings to communities to districts.
fn rollup(c: &mut Criterion) {
    const BUILDINGS: usize = 1_000_000;
    const COMMUNITIES: usize = 62_500;
    let shuffled: Vec<u32> = (0..BUILDINGS)
        .map(|row| (drawn(row, 0) % COMMUNITIES as u64) as u32)
        .collect();
    let mut sorted = shuffled.clone();
    sorted.sort_unstable();
    let value: Vec<f64> = (0..BUILDINGS)
        .map(|row| (6_000 + drawn(row, 1) % 4_001) as f64 / 100.0)
        .collect();
    let weight: Vec<f64> = (0..BUILDINGS)
        .map(|row| (drawn(row, 2) % 121) as f64)
        .collect();
    let district: Vec<u32> = (0..COMMUNITIES as u32).map(|at| at / 220).collect();
    let districts = district.last().map_or(0, |last| *last as usize + 1);
    let mut group = c.benchmark_group("roll-up");
    group.throughput(Throughput::Elements(BUILDINGS as u64));
    for (name, community) in [("sorted", &sorted), ("shuffled", &shuffled)] {
        for threads in [1, 2] {
            group.bench_function(BenchmarkId::new(name, threads), |b| {
                b.iter(|| {
                    let weight = Some(Numbers::Floats(&weight));
                    let value = Numbers::Floats(&value);
                    let sums = GroupSums::of(community, COMMUNITIES, value, weight, threads);
                    let sums = sums.expect("the values are allowed");
                    let above = sums.up(&district, districts).expect("every key is one");
                    (sums.means(threads), above.means(threads))
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, scoring, ranking, rollup);
criterion_main!(benches);
