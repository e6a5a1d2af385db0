//! Takes one time after another, as it is told on standard input, so that a caller can alternate
//! between engines: `dabiao-bench ROWS FOLDER [STANDARD]`, then a line for each measurement; the
//! answer is seconds. The standard is `bench-33` or `weihai-2020`.
//!
//! - `score THREADS` scores observations that were read before; `table THREADS` reads them first
//!   from a record batch, every cell checked.
//! - `frame THREADS` and `columns THREADS` are what the benchmark of the Python package compares
//!   itself with: the same record batch as polars hands over, its codes as string views, is read
//!   and scored; `columns` makes record batches of section points, total, grade and rank as well.
//!   Setting the results free is not timed.
//! - `read THREADS` reads the memory of the columns, and does as little as can be done with it.
//! - `cards N` scores so many single communities from prepared arrays of doubles.
//! - `dump` writes the columns and what comes of them into the folder.
//!
//! `dabiao-bench rollup ROWS FOLDER` does the same for the roll-up of so many buildings; see
//! `rollup.rs` for what it is told and what it writes.
//!
//! The environment variable `DABIAO_VECTORS` makes one kind of vectors run: `portable`, `avx2` or
//! `avx512`.

#![forbid(unsafe_code)]

mod rollup;

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringViewArray};
use arrow_buffer::Buffer;
use dabiao::arrow::{PointsAs, ScoreColumn};
use dabiao::{CardScorer, Observations, PointsOf, ScoreOptions, Scores, Standard};
use dabiao_benches::{Data, bench_33};

type Done<T> = Result<T, Box<dyn Error>>;

/// What is measured, made once.
struct Session {
    standard: Standard,
    data: Data,
    batch: RecordBatch,
    table: Observations,
    memory: Vec<Buffer>,
    cards: Vec<Vec<f64>>,
    folder: PathBuf,
}

fn main() -> ExitCode {
    let done = serve();
    if let Err(error) = &done {
        // Of a faulty table the first fault is enough.
        eprintln!("{}", error.to_string().lines().next().unwrap_or_default());
    }
    ExitCode::from(u8::from(done.is_err()))
}

/// Makes the kind of vectors run that the caller wants.
fn vectors() -> Done<()> {
    let Ok(wanted) = std::env::var("DABIAO_VECTORS") else {
        return Ok(());
    };
    let path = wanted.parse().ok();
    if !path.is_some_and(dabiao::vectors::force) {
        return Err(format!("DABIAO_VECTORS={wanted}: not here").into());
    }
    Ok(())
}

fn serve() -> Done<()> {
    vectors()?;
    let mut arguments = std::env::args().skip(1).peekable();
    let rollup = arguments.next_if(|word| word == "rollup").is_some();
    let rows = arguments.next().ok_or("how many rows?")?.parse()?;
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    if rollup {
        return rollup::answer(rows, &folder);
    }
    let session = Session::new(arguments.next().as_deref(), rows, folder)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready")?;
    out.flush()?;
    let mut frame = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        if let (["frame" | "columns", ..], None) = (words.as_slice(), &frame) {
            frame = Some(as_polars(&session.batch, &session.data.codes)?);
        }
        let started = Instant::now();
        let held = session.work(&words, frame.as_ref().unwrap_or(&session.batch))?;
        let seconds = started.elapsed().as_secs_f64();
        drop(black_box(held));
        writeln!(out, "{seconds:.9}")?;
        out.flush()?;
    }
    Ok(())
}

/// What a piece of work made, to be set free when it was timed.
type Held = Option<(Arc<Scores>, Vec<RecordBatch>)>;

impl Session {
    fn new(standard: Option<&str>, rows: usize, folder: PathBuf) -> Done<Session> {
        let (standard, data) = match standard.unwrap_or("bench-33") {
            "bench-33" => {
                let standard = bench_33()?;
                let data = Data::new(&standard, rows);
                (standard, data)
            }
            other => {
                let standard = Standard::builtin(other)?;
                let data = Data::typed(&standard, rows);
                (standard, data)
            }
        };
        let batch = data.batch(&standard)?;
        Ok(Session {
            table: read(&standard, &batch)?,
            memory: data.memory(),
            cards: data.cards(1000),
            standard,
            data,
            batch,
            folder,
        })
    }

    fn work(&self, words: &[&str], frame: &RecordBatch) -> Done<Held> {
        let standard = &self.standard;
        match *words {
            ["score", threads] => {
                black_box(standard.score(&self.table, &options(threads)?)?);
            }
            ["table", threads] => {
                let table = read(standard, &self.batch)?;
                black_box(standard.score(&table, &options(threads)?)?);
            }
            ["frame", threads] => return Ok(Some((scored(standard, frame, threads)?, Vec::new()))),
            ["columns", threads] => {
                let scores = scored(standard, frame, threads)?;
                let made = published(&scores)?;
                return Ok(Some((scores, made)));
            }
            ["read", threads] => {
                black_box(bandwidth(&self.memory, threads.parse()?));
            }
            ["cards", number] => cards(standard, &self.cards, number.parse()?)?,
            ["dump", ..] => self.dump(&self.folder)?,
            _ => {
                let known = "score, table, frame, columns, read, cards or dump";
                return Err(format!("{known}: {}", words.join(" ")).into());
            }
        }
        Ok(None)
    }

    /// Writes the columns and what comes of them, as numbers in the order of their bytes: points
    /// in units of the last decimal, the least number where there are none; a grade's index or
    /// -1; a place or 0.
    fn dump(&self, folder: &Path) -> Done<()> {
        let write = |name: String, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes);
        for column in 0..self.data.columns.len() {
            if let Some((ending, bytes)) = self.data.bytes(column) {
                write(format!("{column}.{ending}"), bytes)?;
            }
        }
        let scores = self.standard.score(&self.table, &ScoreOptions::new())?;
        let whole = |points: PointsOf| -> Vec<u8> {
            let column = scores.column(points);
            let column = column.into_iter().flat_map(|column| column.iter());
            let scaled = column.map(|points| points.map_or(i64::MIN, |points| points.scaled()));
            scaled.flat_map(i64::to_le_bytes).collect()
        };
        for n in 0..self.standard.items().len() {
            write(format!("item-{n}.i64"), whole(PointsOf::Item(n)))?;
        }
        write("total.i64".to_owned(), whole(PointsOf::Total))?;
        let grades = (0..scores.len())
            .map(|row| scores.grade_index(row).map_or(-1, |at| at as i64))
            .flat_map(i64::to_le_bytes);
        write("grade.i64".to_owned(), grades.collect())?;
        let ranks = (0..scores.len())
            .map(|row| i64::from(scores.rank(row).unwrap_or(0)))
            .flat_map(i64::to_le_bytes);
        write("rank.i64".to_owned(), ranks.collect())?;
        Ok(())
    }
}

/// The table as polars hands it over: codes are string views.
fn as_polars(batch: &RecordBatch, codes: &[String]) -> Done<RecordBatch> {
    let codes: ArrayRef = Arc::new(StringViewArray::from_iter_values(codes));
    let schema = batch.schema();
    let titles = schema.fields().iter().map(|field| field.name().as_str());
    let columns = std::iter::once(codes).chain(batch.columns().iter().skip(1).cloned());
    Ok(RecordBatch::try_from_iter(titles.zip(columns))?)
}

fn scored(standard: &Standard, frame: &RecordBatch, threads: &str) -> Done<Arc<Scores>> {
    let table = read(standard, frame)?;
    Ok(Arc::new(standard.score(&table, &options(threads)?)?))
}

/// Section points, total, grade and rank, as record batches.
fn published(scores: &Arc<Scores>) -> Done<Vec<RecordBatch>> {
    let sections = &scores.standard().document().sections;
    let sections = sections.iter().map(|s| ScoreColumn::Part(s.id.clone()));
    let columns = std::iter::once(ScoreColumn::Code).chain(sections);
    let columns = columns.chain([ScoreColumn::Total, ScoreColumn::Grade, ScoreColumn::Rank]);
    let batches = scores.batches(columns.collect(), PointsAs::Decimal);
    Ok(batches.collect::<Result<_, _>>()?)
}

/// Scores so many cards, one at a time, each from doubles to points.
fn cards(standard: &Standard, cards: &[Vec<f64>], number: usize) -> Done<()> {
    let mut scorer = CardScorer::new(standard, None)?;
    for card in cards.iter().cycle().take(number) {
        for (measure, value) in card.iter().enumerate() {
            let set = scorer.set_f64(measure, *value);
            set.map_err(|fault| fault.to_string())?;
        }
        black_box(scorer.score()?.total(0));
    }
    Ok(())
}

fn options(threads: &str) -> Done<ScoreOptions> {
    Ok(ScoreOptions::new().with_threads(threads.parse()?))
}

fn read(standard: &Standard, batch: &RecordBatch) -> Done<Observations> {
    let batches = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    Ok(Observations::from_batches(standard, batches, false)?)
}

/// Reads every column once, and does as little as can be done with it.
fn bandwidth(columns: &[Buffer], threads: usize) -> u64 {
    let words: Vec<&[u64]> = columns.iter().map(|c| c.typed_data()).collect();
    let sum = |part: usize| {
        let parts = words.iter().map(|column| {
            let each = column.len().div_ceil(threads.max(1)).max(1);
            folded(column.chunks(each).nth(part).unwrap_or_default())
        });
        parts.fold(0, u64::wrapping_add)
    };
    std::thread::scope(|scope| {
        let sum = &sum;
        let others: Vec<_> = (1..threads)
            .map(|part| scope.spawn(move || sum(part)))
            .collect();
        let own = sum(0);
        others
            .into_iter()
            .fold(own, |all, other| all ^ other.join().unwrap_or(0))
    })
}

fn folded(values: &[u64]) -> u64 {
    values.iter().fold(0, |all, value| all ^ value)
}
