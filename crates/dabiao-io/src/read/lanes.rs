//! The rows of a wide table read on several threads: each takes a block of the text and reads it
//! into a builder of its own; the builders' rows are put together in the order of the blocks.

use std::ops::ControlFlow;

use dabiao::{Fault, FaultCode, Faults, ObservationsBuilder, Text};

use super::at_line;
use super::blocks::{Block, Blocks};
use super::delimited::{is_blank, many_rows, records};
use crate::ordered::in_order;

/// What comes of one block.
struct Lane {
    part: ObservationsBuilder,
    block: Block,
    /// Rows that are not blank.
    rows: u64,
    /// Why the block could not be read to its end.
    fault: Option<Fault>,
}

/// What the calling thread keeps.
struct Main<'r, 'a> {
    blocks: &'r mut Blocks<'a>,
    builder: &'r mut ObservationsBuilder,
    /// Builders to use again.
    spare: Vec<ObservationsBuilder>,
    rows: u64,
    ended: Result<(), Faults>,
}

/// Reads the rest of a text, whose heading names each of `width` columns, into a builder. `each`
/// is called whenever rows were added. `rows` were read already.
pub(super) fn read(
    blocks: &mut Blocks<'_>,
    builder: &mut ObservationsBuilder,
    (width, rows, threads): (usize, u64, usize),
    each: &mut dyn FnMut(&mut ObservationsBuilder) -> Result<(), Faults>,
) -> Result<(), Faults> {
    let mut main = Main {
        blocks,
        builder,
        spare: Vec::new(),
        rows,
        ended: Ok(()),
    };
    in_order(
        threads,
        &mut main,
        |main| match main.blocks.advance() {
            Ok(block) => {
                let block = block?;
                let part = main.spare.pop();
                Some((block, part.unwrap_or_else(|| main.builder.beside())))
            }
            Err(fault) => {
                main.ended = Err(fault.into());
                None
            }
        },
        |(block, part)| lane(block, part, width),
        |main, mut lane| {
            main.builder.append(&mut lane.part);
            main.spare.push(lane.part);
            main.rows += lane.rows;
            let limit = lane.block.limits.rows;
            let mut ended = match lane.fault {
                Some(fault) => Err(fault.into()),
                None => each(main.builder),
            };
            if main.rows > limit {
                ended = Err(beyond(&lane.block, limit + lane.rows - main.rows, limit).into());
            }
            main.blocks.reuse(lane.block.bytes);
            match ended {
                Ok(()) => ControlFlow::Continue(()),
                Err(faults) => {
                    main.ended = Err(faults);
                    ControlFlow::Break(())
                }
            }
        },
    );
    main.ended
}

/// The fault of the first row behind so many of a block.
fn beyond(block: &Block, rows: u64, limit: u64) -> Fault {
    let (mut left, mut found) = (rows, block.line);
    let _ = records(block, &mut |line, texts| {
        if texts.iter().all(|text| is_blank(text)) {
            return ControlFlow::Continue(());
        }
        found = line;
        left = left.wrapping_sub(1);
        match left == u64::MAX {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    many_rows(found, limit + 1, limit)
}

fn lane(block: Block, mut part: ObservationsBuilder, width: usize) -> Lane {
    let mut rows = 0;
    let read = records(&block, &mut |line, texts| {
        // A row that begins with something is not blank: most do.
        if texts.first().is_none_or(|text| is_blank(text))
            && texts.iter().all(|text| is_blank(text))
        {
            return ControlFlow::Continue(());
        }
        rows += 1;
        row(&mut part, line, texts, width);
        ControlFlow::Continue(())
    });
    Lane {
        part,
        rows,
        fault: read.err(),
        block,
    }
}

#[inline]
fn row(part: &mut ObservationsBuilder, line: u64, texts: &[&str], width: usize) {
    // A spreadsheet adds blank cells after the table, to any row.
    let beyond = texts.get(width..).unwrap_or_default();
    let blank = beyond
        .iter()
        .rev()
        .take_while(|text| is_blank(text))
        .count();
    match texts.get(..width) {
        Some(texts) if blank == beyond.len() => {
            part.text_row(line, texts);
        }
        _ => {
            part.push_fault(wrong_length(line, texts.len() - blank, width));
        }
    }
}

/// A row of more or fewer cells than the heading has.
pub(super) fn wrong_length(line: u64, found: usize, width: usize) -> Fault {
    let fault = Fault::new(FaultCode::ColumnLength).at(at_line(line));
    fault.found(found).expected(Text::from(width.to_string()))
}
