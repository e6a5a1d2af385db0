//! Takes one time after another, as it is told on standard input, so that a caller can alternate
//! between engines: `dabiao-bench ROWS FOLDER`, then a line for each measurement; the answer is
//! seconds.
//!
//! `frame THREADS` and `columns THREADS` are what the benchmark of the Python package compares
//! itself with: the same record batch as polars hands over, its codes as string views, is read
//! and scored; `columns` makes record batches of section points, total, grade and rank as well.
//! Setting the results free is not timed.

#![forbid(unsafe_code)]

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringViewArray};
use dabiao::arrow::{PointsAs, ScoreColumn};
use dabiao::{CardScorer, Observations, PointsOf, ScoreOptions, Scores, Standard};
use dabiao_benches::{Data, bench_33};

fn main() -> Result<(), Box<dyn Error>> {
    let rows = std::env::args().nth(1).ok_or("how many rows?")?.parse()?;
    let folder = PathBuf::from(std::env::args().nth(2).unwrap_or_else(|| ".".to_owned()));
    let standard = bench_33()?;
    let data = Data::new(rows);
    let batch = data.batch(&standard)?;
    let table = read(&standard, &batch)?;
    let frame = as_polars(&batch, &data.codes)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready")?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let started = Instant::now();
        let mut held = None;
        match words.as_slice() {
            ["score", threads] => {
                black_box(standard.score(&table, &options(threads)?)?);
            }
            ["table", threads] => {
                let table = read(&standard, &batch)?;
                black_box(standard.score(&table, &options(threads)?)?);
            }
            ["frame", threads] => held = Some((scored(&standard, &frame, threads)?, Vec::new())),
            ["columns", threads] => {
                let scores = scored(&standard, &frame, threads)?;
                let made = published(&scores)?;
                held = Some((scores, made));
            }
            ["read", threads] => {
                black_box(bandwidth(&data.columns, threads.parse()?));
            }
            ["cards", _] => cards(&standard, &data)?,
            ["dump", _] => dump(&standard, &data, &table, &folder)?,
            _ => {
                let known = "score, table, frame, columns, read, cards or dump";
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

/// The table as polars hands it over: codes are string views.
fn as_polars(batch: &RecordBatch, codes: &[String]) -> Result<RecordBatch, Box<dyn Error>> {
    let codes: ArrayRef = Arc::new(StringViewArray::from_iter_values(codes));
    let schema = batch.schema();
    let titles = schema.fields().iter().map(|field| field.name().as_str());
    let columns = std::iter::once(codes).chain(batch.columns().iter().skip(1).cloned());
    Ok(RecordBatch::try_from_iter(titles.zip(columns))?)
}

fn scored(
    standard: &Standard,
    frame: &RecordBatch,
    threads: &str,
) -> Result<Arc<Scores>, Box<dyn Error>> {
    let table = read(standard, frame)?;
    Ok(Arc::new(standard.score(&table, &options(threads)?)?))
}

/// Section points, total, grade and rank, as record batches.
fn published(scores: &Arc<Scores>) -> Result<Vec<RecordBatch>, Box<dyn Error>> {
    let sections = &scores.standard().document().sections;
    let sections = sections.iter().map(|s| ScoreColumn::Part(s.id.clone()));
    let columns = std::iter::once(ScoreColumn::Code).chain(sections);
    let columns = columns.chain([ScoreColumn::Total, ScoreColumn::Grade, ScoreColumn::Rank]);
    let batches = scores.batches(columns.collect(), PointsAs::Decimal);
    Ok(batches.collect::<Result<_, _>>()?)
}

/// Scores 100,000 cards, one at a time, each from doubles to points.
fn cards(standard: &Standard, data: &Data) -> Result<(), Box<dyn Error>> {
    let mut scorer = CardScorer::new(standard, None)?;
    for card in 0..100_000 {
        let row = card % data.codes.len().max(1);
        for (measure, column) in data.columns.iter().enumerate() {
            scorer
                .set_f64(measure, column[row])
                .map_err(|fault| fault.to_string())?;
        }
        black_box(scorer.score()?.total(0));
    }
    Ok(())
}

/// Writes the columns and what comes of them, as numbers in the order of their bytes.
fn dump(
    standard: &Standard,
    data: &Data,
    table: &Observations,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let write = |name: String, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes);
    for (n, column) in data.columns.iter().enumerate() {
        write(
            format!("{n}.f64"),
            column.iter().flat_map(|x| x.to_le_bytes()).collect(),
        )?;
    }
    let scores = standard.score(table, &ScoreOptions::new())?;
    let whole = |points: PointsOf| -> Vec<u8> {
        let column = scores
            .column(points)
            .into_iter()
            .flat_map(|column| column.iter());
        let scaled = column.map(|points| points.map_or(i64::MIN, |points| points.scaled()));
        scaled.flat_map(i64::to_le_bytes).collect()
    };
    for n in 0..data.columns.len() {
        write(format!("item-{n}.i64"), whole(PointsOf::Item(n)))?;
    }
    write("total.i64".to_owned(), whole(PointsOf::Total))?;
    let grades = (0..scores.len()).map(|row| scores.grade_index(row).map_or(-1, |at| at as i64));
    write(
        "grade.i64".to_owned(),
        grades.flat_map(i64::to_le_bytes).collect(),
    )?;
    Ok(())
}

fn options(threads: &str) -> Result<ScoreOptions, Box<dyn Error>> {
    Ok(ScoreOptions::new().with_threads(threads.parse()?))
}

fn read(standard: &Standard, batch: &RecordBatch) -> Result<Observations, Box<dyn Error>> {
    let batches = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    Ok(Observations::from_batches(standard, batches, false)?)
}

/// Reads every column once, and does as little as can be done with it.
fn bandwidth(columns: &[Arc<[f64]>], threads: usize) -> u64 {
    let sum = |part: usize| {
        let mut sum = 0u64;
        for column in columns {
            let each = column.len().div_ceil(threads.max(1));
            let part = column.chunks(each.max(1)).nth(part).unwrap_or_default();
            sum = sum.wrapping_add(folded(part));
        }
        sum
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|part| scope.spawn(move || sum(part)))
            .collect();
        let own = sum(0);
        others
            .into_iter()
            .fold(own, |all, other| all ^ other.join().unwrap_or(0))
    })
}

fn folded(values: &[f64]) -> u64 {
    values.iter().fold(0, |all, value| all ^ value.to_bits())
}
