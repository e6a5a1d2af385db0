//! Lines against whole numbers of 128 bits, on every kind of vectors that the machine has.

use super::line::Line;
use super::loops::{add_line, add_steps};
use super::{Linear, Piece, Units};
use crate::observations::quantise::least;
use crate::vectors::{Path, force};

struct Random(u64);

impl Random {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 24) % most as u64) as i64
    }

    fn around(&mut self, most: i64) -> i64 {
        self.below(2 * most + 1) - most
    }
}

/// The points of a value, as the rule defines them.
fn plainly(linear: &Linear, low: i128, high: i128, n: i128) -> i128 {
    let pieces = linear.pieces.iter().enumerate();
    let mut reached = pieces.filter(|(at, piece)| *at == 0 || n >= piece.p as i128);
    let (_, piece) = reached.next_back().expect("the first begins everywhere");
    let (top, m) = (piece.a as i128 * n + piece.b as i128, linear.m as i128);
    let floor = top.div_euclid(m);
    let down = linear.half_even && floor * m == top && floor.rem_euclid(2) == 1;
    (floor - i128::from(down)).clamp(low, high)
}

fn random_linear(random: &mut Random) -> (Linear, i64, i64) {
    let scale = [5, 1_000, 40_000_000][random.below(3) as usize];
    let m = 2 * (1 + random.below(scale));
    let steep = [3, 4 * m, 1 << 20][random.below(3) as usize];
    let count = 1 + random.below(4);
    let (mut pieces, mut from) = (Vec::<Piece>::new(), random.around(200));
    for at in 0..count {
        let flat = (at == 0 || at + 1 == count) && random.below(2) == 0;
        let a = if flat { 0 } else { random.around(steep) };
        let joined = pieces.last().filter(|_| random.below(4) > 0);
        let b = match joined {
            None => random.around(50 * m),
            // Goes on where the one before ended.
            Some(before) => before.b as i64 + (before.a as i64 - a) * from,
        };
        let p = if at == 0 { 0.0 } else { from as f64 };
        pieces.push(Piece {
            p,
            q: 1.0,
            a: a as f64,
            b: b as f64,
        });
        from += 1 + random.below(100_000_000);
        if at == 0 {
            from = random.around(1_000);
        }
    }
    // Pieces are in order.
    for at in 2..pieces.len() {
        if pieces[at].p <= pieces[at - 1].p {
            pieces.truncate(at);
            break;
        }
    }
    let half_even = random.below(3) == 0;
    let low = random.below(30);
    (
        Linear {
            pieces,
            m: m as f64,
            half_even,
        },
        low,
        low + random.below(1_000),
    )
}

/// Whole numbers where something may change: around pieces' ends, and where points turn.
fn edges(linear: &Linear, line: &Line, random: &mut Random) -> Vec<i128> {
    let mut marks = vec![0i128, 100_000_000, 1 << 46, -(1 << 46)];
    marks.extend(linear.pieces.iter().map(|piece| piece.p as i128));
    marks.extend(
        [line.from, line.to]
            .into_iter()
            .filter(|n| n.is_finite())
            .map(|n| n as i128),
    );
    for piece in linear.pieces.iter().filter(|piece| piece.a != 0.0) {
        for _ in 0..6 {
            // Here the points become one more.
            let points = i128::from(random.around(1_000));
            marks.push((points * linear.m as i128 - piece.b as i128).div_euclid(piece.a as i128));
        }
    }
    marks.extend((0..8).map(|_| i128::from(random.around(200_000_000))));
    let near = marks
        .into_iter()
        .flat_map(|mark| (-2..=2).map(move |by| mark + by));
    near.filter(|n| n.abs() <= 1 << 47).collect()
}

fn on_every_path(mut check: impl FnMut(Path)) {
    for path in Path::ALL {
        if force(path) {
            check(path);
        }
    }
}

#[test]
fn lines_are_the_rules() {
    let mut random = Random(11);
    let mut quick = 0;
    for _ in 0..4_000 {
        let (linear, low, high) = random_linear(&mut random);
        let Some(line) = Line::of_linear(&linear, low as f64, high as f64) else {
            continue;
        };
        quick += 1;
        let edges = edges(&linear, &line, &mut random);
        let values: Vec<f64> = edges.iter().map(|n| *n as f64).collect();
        // Below 2^51 millionths, decimals are told by one rounding.
        let near: Vec<i128> = edges
            .iter()
            .copied()
            .filter(|n| n.abs() < 1 << 40)
            .collect();
        let floats: Vec<f64> = near.iter().map(|n| *n as f64 / 1e6).collect();
        on_every_path(|path| {
            for (millionths, edges, values) in [(false, &edges, &values), (true, &near, &floats)] {
                let mut sums = vec![7.0; values.len()];
                add_line(values, millionths, &line, &mut sums, &[]);
                for (n, sum) in edges.iter().zip(sums) {
                    let expected = plainly(&linear, low.into(), high.into(), *n);
                    assert_eq!(
                        sum - 7.0,
                        expected as f64,
                        "{path:?} {n} {linear:?} {line:?}"
                    );
                }
            }
        });
    }
    assert!(quick > 3_000, "{quick}");
}

#[test]
fn whole_units_are_counted() {
    let mut random = Random(5);
    let mut quick = 0;
    for _ in 0..2_000 {
        let sign = if random.below(2) == 0 { 1 } else { -1 };
        let (a, m) = (sign * (1 + random.below(3)), 1 + random.below(5_000_000));
        let units = Units {
            a: a as f64,
            b: random.around(100_000_000) as f64,
            m: m as f64,
            started: random.below(2) == 0,
            from: random.below(500) as f64,
            points: random.around(60) as f64,
        };
        let (low, high) = (0i64, random.below(500));
        let Some(line) = Line::of_units(&units, low as f64, high as f64) else {
            continue;
        };
        quick += 1;
        let mut marks = vec![0i128, 1 << 46];
        for _ in 0..8 {
            let count = i128::from(random.around(20));
            let top = count * m as i128 - units.b as i128;
            marks.push(top.div_euclid(a.into()));
        }
        let edges: Vec<i128> = marks
            .into_iter()
            .flat_map(|mark| (-2..=2).map(move |by| mark + by))
            .collect();
        let values: Vec<f64> = edges.iter().map(|n| *n as f64).collect();
        on_every_path(|path| {
            let mut sums = vec![0.0; values.len()];
            add_line(&values, false, &line, &mut sums, &[]);
            for (n, sum) in edges.iter().zip(sums) {
                let top = i128::from(a) * n + units.b as i128;
                let m = i128::from(m);
                let up = i128::from(units.started && top.rem_euclid(m) != 0);
                let count = (top.div_euclid(m) + up).max(0);
                let points = units.from as i128 + units.points as i128 * count;
                let expected = points.clamp(low.into(), high.into());
                assert_eq!(sum, expected as f64, "{path:?} {n} {units:?} {line:?}");
            }
        });
    }
    assert!(quick > 1_500, "{quick}");
}

#[test]
fn steps_are_told_by_the_least_float() {
    let marks = [0i64, 1, 50_000_000, 95_000_000, 98_500_000, 100_000_000];
    for count in 0..=marks.len() {
        let steps: Vec<(f64, f64)> = marks[..count].iter().map(|n| (least(*n), 25.0)).collect();
        let floats: Vec<f64> = marks
            .iter()
            .flat_map(|n| [least(*n).next_down(), least(*n), *n as f64 / 1e6])
            .collect();
        on_every_path(|path| {
            let mut sums = vec![1.0; floats.len()];
            add_steps(&floats, 3.0, &steps, &mut sums, &[]);
            for (value, sum) in floats.iter().zip(sums) {
                let decimal = crate::Decimal::from_f64(*value).map(crate::Decimal::millionths);
                let reached = marks[..count].iter().filter(|mark| decimal >= Some(**mark));
                assert_eq!(
                    sum,
                    4.0 + 25.0 * reached.count() as f64,
                    "{path:?} {value:e}"
                );
            }
        });
    }
}
