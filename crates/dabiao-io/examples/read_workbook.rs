//! Reads every cell of a table some times over and tells the seconds of the quickest:
//! `cargo run --release -p dabiao-io --example read_workbook -- FILE TIMES`.

use std::ops::ControlFlow;
use std::time::Instant;

use dabiao::Cell;
use dabiao_io::{ReadOptions, Source, read_rows};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: read_workbook FILE TIMES")?;
    let times: u32 = arguments.next().map_or(Ok(3), |times| times.parse())?;
    let mut best = f64::INFINITY;
    let (mut rows, mut cells) = (0_u64, 0_u64);
    for _ in 0..times {
        (rows, cells) = (0, 0);
        let start = Instant::now();
        read_rows(Source::path(&file), &ReadOptions::new(), &mut |row| {
            rows += 1;
            let held = row.cells.iter().filter(|cell| **cell != Cell::Blank);
            cells += held.count() as u64;
            ControlFlow::Continue(())
        })?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{rows} {cells} {best:.4}");
    Ok(())
}
