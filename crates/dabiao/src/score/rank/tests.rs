//! Places against their definition.

use super::*;
use crate::vectors::{Path, force};

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 24) % most
    }
}

/// Places one by one, as they are defined.
fn plainly(keys: &[Vec<i64>], placed: &[bool]) -> Vec<u32> {
    let before = |a: usize, b: usize| {
        let differs = keys.iter().find(|key| key[a] != key[b]);
        differs.is_some_and(|key| key[a] > key[b])
    };
    let rows = 0..placed.len();
    let place = |row: usize| match placed[row] {
        false => 0,
        true => {
            1 + rows
                .clone()
                .filter(|o| placed[*o] && before(*o, row))
                .count() as u32
        }
    };
    rows.clone().map(place).collect()
}

/// The same of many rows: in their order, everyone has the place of the first who is equal.
fn in_order(keys: &[Vec<i64>], placed: &[bool]) -> Vec<u32> {
    let of = |row: usize| keys.iter().map(move |key| key[row]);
    let mut order: Vec<usize> = (0..placed.len()).filter(|row| placed[*row]).collect();
    order.sort_by(|a, b| of(*b).cmp(of(*a)));
    let mut ranks = vec![0; placed.len()];
    for (at, row) in order.iter().enumerate() {
        let tied = at > 0 && of(order[at - 1]).eq(of(*row));
        ranks[*row] = if tied {
            ranks[order[at - 1]]
        } else {
            at as u32 + 1
        };
    }
    ranks
}

fn narrow(column: &[i64]) -> Option<Vec<i32>> {
    let narrow = |points: &i64| match *points {
        NONE => Some(i32::MIN),
        points => i32::try_from(points).ok().filter(|n| *n != i32::MIN),
    };
    column.iter().map(narrow).collect()
}

/// Every kind of vectors, any number of threads, narrow columns and wide.
fn check(keys: &[Vec<i64>], placed: &[bool], what: &str) {
    let rows = placed.len();
    let expected = if rows <= 300 {
        plainly(keys, placed)
    } else {
        in_order(keys, placed)
    };
    let narrowed: Vec<Option<Vec<i32>>> = keys.iter().map(|key| narrow(key)).collect();
    let wide = keys.iter().map(|key| Column::Wide(key)).collect();
    let slim = keys
        .iter()
        .zip(&narrowed)
        .map(|(key, narrow)| match narrow {
            Some(narrow) => Column::Narrow(narrow),
            None => Column::Wide(key),
        });
    for keys in [wide, slim.collect()] {
        let standing = Standing { keys };
        for path in Path::ALL.into_iter().filter(|path| force(*path)) {
            for threads in [1, 2, 3, 16] {
                let parts = stretches(rows, threads);
                let ranks = ranked(&standing, Placed::Listed(placed), &parts).to_vec();
                assert!(ranks == expected, "{what}, {path:?}, {threads} threads");
            }
        }
    }
    let best = Path::ALL.into_iter().rev().find(|path| path.is_here());
    best.map(force);
}

#[test]
fn places_are_places() {
    let mut random = Random(7);
    let wide = 1 << 40;
    // Rows, the spread of totals, those of the tie-breaks.
    let shapes: &[(usize, u64, &[u64])] = &[
        (0, 1, &[]),
        (1, 1, &[3]),
        (2, 1, &[]),
        (40, 3, &[2, 2]),
        (200, 1, &[1]),
        (200, 1, &[]),
        (300, 40, &[3, 2]),
        (300, wide, &[]),
        (300, 2, &[wide, wide]),
        (300, 5, &[2, 2, 2, 2, 2, 2, 2]),
        (300, 4, &[wide, 2, wide, 3, wide]),
        (5_000, 1, &[]),
        (5_000, 1, &[1, 1]),
        (5_000, 1, &[700]),
        (5_000, 3, &[2, wide]),
        (5_000, 7_000, &[1_000, 2_000, 1_500]),
        (9_000, 100, &[1_000, 2_000, 1_500, 50, 50]),
        (9_000, wide, &[9]),
        (9_000, u64::MAX / 2, &[u64::MAX / 2]),
        // More than 32 bits that are all alike but for the last.
        (9_000, 2, &[1, 1, wide, 2]),
    ];
    for shape @ (rows, spread, ties) in shapes {
        let spreads = std::iter::once(spread).chain(*ties);
        let mut keys: Vec<Vec<i64>> = spreads
            .map(|spread| {
                let points = |_| random.below(*spread) as i64 - 5;
                (0..*rows).map(points).collect()
            })
            .collect();
        let all = vec![true; *rows];
        check(&keys, &all, &format!("{shape:?}"));
        // Some without a place or a total; some excluded from a tie-break.
        let mut placed: Vec<bool> = (0..*rows).map(|row| row % 7 != 3).collect();
        for row in (5..*rows).step_by(11) {
            (keys[0][row], placed[row]) = (NONE, false);
        }
        for (at, key) in keys.iter_mut().enumerate().skip(1) {
            key.iter_mut()
                .skip(at)
                .step_by(3)
                .for_each(|points| *points = NONE);
        }
        check(&keys, &placed, &format!("{shape:?} with gaps"));
        check(&keys, &vec![false; *rows], &format!("{shape:?}, nobody"));
    }
}

#[test]
fn crowds_and_outliers_have_their_places() {
    let rows = 20_000;
    let mut random = Random(11);
    let all = vec![true; rows];
    // Nearly all on one total, far from the others; the tie-break nearly the same for all.
    let crowd: Vec<i64> = (0..rows as i64)
        .map(|row| if row % 1_000 == 1 { row } else { 1 << 20 })
        .collect();
    let lone = |row: usize| i64::from(row == 77);
    let narrow: Vec<i64> = (0..rows).map(lone).collect();
    let any: Vec<i64> = (0..rows).map(|_| random.below(1 << 50) as i64).collect();
    let falling: Vec<i64> = (0..rows as i64).rev().collect();
    let rising: Vec<i64> = (0..rows as i64).collect();
    let ends: Vec<i64> = (0..rows)
        .map(|row| [i64::MAX, NONE + 1, 0][row % 3])
        .collect();
    let same = vec![9; rows];
    let none = vec![NONE; rows];
    let shapes = [
        vec![crowd.clone()],
        vec![crowd.clone(), narrow.clone()],
        vec![crowd.clone(), narrow, any.clone()],
        vec![crowd, any.clone(), falling.clone()],
        vec![falling.clone()],
        vec![rising],
        vec![ends.clone(), ends.clone(), any.clone()],
        vec![same.clone(), none.clone(), ends, falling],
        vec![same.clone(), none, same, any],
    ];
    for (at, keys) in shapes.iter().enumerate() {
        check(keys, &all, &format!("shape {at}"));
    }
}

#[test]
fn what_all_have_alike_tells_nobody_apart() {
    let totals = [3, 1, NONE, 3, 2];
    let bonus = Column::Same(0, 5);
    let ranks = |keys: Vec<Column<'_>>| ranks_of(&Standing { keys }, Placed::All, 2).to_vec();
    assert_eq!(ranks(vec![Column::Wide(&totals), bonus]), [1, 4, 0, 1, 3]);
    assert_eq!(ranks(vec![Column::Same(7, 3), bonus]), [1, 1, 1]);
    let ties = Column::Wide(&[2, 9, 9]);
    assert_eq!(ranks(vec![Column::Same(7, 3), bonus, ties]), [3, 1, 1]);
    assert_eq!(ranks(vec![Column::Same(NONE, 2)]), [0, 0]);
}

#[test]
fn a_grade_that_was_taken_takes_the_place() {
    let totals = [3, 2, 1];
    let standing = Standing {
        keys: vec![Column::Wide(&totals)],
    };
    let placed = Placed::Graded {
        grades: &[NO_GRADE, NO_GRADE, 1],
        earned: &[0, NO_GRADE, 1],
    };
    assert_eq!(ranks_of(&standing, placed, 1).to_vec(), [0, 1, 2]);
    assert_eq!([0, 1, 2].map(|row| placed.has(row)), [false, true, true]);
}
