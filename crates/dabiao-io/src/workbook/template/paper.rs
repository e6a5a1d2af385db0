//! Paper: where pages end, what stands at the head and foot of each.

use rust_xlsxwriter::Worksheet;

/// Rows that stay together on a page.
pub(super) struct Block {
    /// Its first row, from 0.
    pub(super) first: u32,
    /// Its height in points.
    pub(super) height: f64,
    /// Whether it heads what follows and is not to end a page.
    pub(super) heads: bool,
}

/// A4 across, less the margins of [`lay`], in points.
const ACROSS: f64 = 842.0 - 0.8 * 72.0;
const DOWN: f64 = 595.0 - 1.1 * 72.0;
/// Programs and printers differ by a few parts in a hundred.
const SAFE: f64 = 0.93;

/// A4 across, as wide as the page, margins, and the number of each page.
pub(super) fn lay(sheet: &mut Worksheet) {
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
        .set_footer("&L&A&C&P / &N");
}

/// A title over every page.
pub(super) fn headline(sheet: &mut Worksheet, title: &str) {
    // Excel takes 255 characters at most.
    let title: String = title.chars().take(100).collect();
    sheet.set_header(format!("&L{}", title.replace('&', "&&")));
}

/// The rows before which a page ends, so that none ends inside a block. `widths` are those of
/// the columns, `top` is the height above the first block, `repeated` that of the rows that
/// every page repeats.
pub(super) fn breaks(blocks: &[Block], widths: &[f64], top: f64, repeated: f64) -> Vec<u32> {
    let across: f64 = widths.iter().map(|width| (width * 7.0 + 5.0) * 0.75).sum();
    let scale = (ACROSS / across).min(1.0);
    let room = DOWN / scale * SAFE;
    let mut breaks = Vec::new();
    let mut used = top;
    let mut at = 0;
    while at < blocks.len() {
        // What heads goes with the first block that does not.
        let together = blocks[at..].iter().take_while(|block| block.heads).count() + 1;
        let end = (at + together).min(blocks.len());
        let height: f64 = blocks[at..end].iter().map(|block| block.height).sum();
        if used + height > room && at > 0 {
            breaks.push(blocks[at].first);
            used = repeated;
        }
        used += height;
        at = end;
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(first: u32, height: f64, heads: bool) -> Block {
        Block {
            first,
            height,
            heads,
        }
    }

    #[test]
    fn pages_end_between_blocks_and_not_below_a_heading() {
        // 480 points of rows fit below each other on a page that is not scaled.
        let widths = [60.0];
        let blocks = [
            block(5, 200.0, false),
            block(6, 200.0, false),
            block(8, 20.0, true),
            block(9, 100.0, false),
            block(12, 300.0, false),
            block(13, 100.0, false),
        ];
        assert_eq!(breaks(&blocks, &widths, 20.0, 20.0), [8, 13]);
    }

    #[test]
    fn a_block_higher_than_a_page_has_one_of_its_own() {
        let blocks = [block(1, 900.0, false), block(2, 900.0, false)];
        assert_eq!(breaks(&blocks, &[60.0], 0.0, 0.0), [2]);
        assert!(breaks(&[], &[60.0], 0.0, 0.0).is_empty());
    }
}
