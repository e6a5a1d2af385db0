//! The parts of a run, each alone.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dabiao::{Observations, ScoreOptions};
use dabiao_benches::{Data, bench_33};

fn scoring(c: &mut Criterion) {
    let standard = bench_33().expect("the standard is sound");
    let data = Data::new(&standard, 65_536);
    let batch = data.batch(&standard).expect("the columns are equally long");
    let table = || {
        let batches = arrow_array::RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
        Observations::from_batches(&standard, batches, false).expect("the values are allowed")
    };
    let mut group = c.benchmark_group("bench-33");
    group.throughput(Throughput::Elements(65_536 * 33));
    group.bench_function("read", |b| b.iter(table));
    let observations = table();
    for threads in [1, 2] {
        let options = ScoreOptions::new().with_threads(threads);
        group.bench_function(BenchmarkId::new("score", threads), |b| {
            b.iter(|| {
                standard
                    .score(&observations, &options)
                    .expect("the values are allowed")
            });
        });
    }
    group.bench_function("items", |b| {
        let options = ScoreOptions::new();
        let scores = standard
            .score(&observations, &options)
            .expect("the values are allowed");
        b.iter(|| scores.clone().compute_items());
    });
    group.finish();
}

criterion_group!(benches, scoring);
criterion_main!(benches);
