//! Inputs: what is typed into a cell as a fraction, or as the code of an answer.

use dabiao::Rational;
use dabiao::standard::document::{Level, MeasureKind};

use super::formula::{
    Formula, Function, abs, and, call_of, div, eq, ge, gt, if_else, int, le, max, min, mul, num,
    one_if, or, round, sub, sum,
};
use super::fractions::Fraction;
use super::{Builder, COHORT, LEFT, LIMIT, MISSING, OVER, WORDS};

/// The code of an answer that is blank, of one that does not apply.
pub(super) const BLANK_ANSWER: f64 = -2.0;
pub(super) const NO_ANSWER: f64 = -4.0;

/// 1970-01-01 as spreadsheets count days.
const EPOCH: f64 = 25_569.0;
/// The greatest value that is read (§2.1).
const GREATEST: f64 = 1e12;

fn text(word: &str) -> Formula {
    Formula::Text(word.to_owned())
}

impl Builder<'_> {
    /// Makes the cells that read a measure's input.
    pub(super) fn read(&mut self, measure: usize) {
        self.about = self.document.measures[measure].name.clone();
        let kind = self
            .standard
            .observed(measure)
            .map(|observed| observed.kind);
        match kind {
            Some(MeasureKind::YesNo) => {
                let input = || Formula::Input(measure);
                let code = if_else(
                    eq(input(), text(WORDS.yes)),
                    num(1.0),
                    if_else(eq(input(), text(WORDS.no)), num(0.0), num(-5.0)),
                );
                self.answer(measure, code);
            }
            Some(MeasureKind::Label) => {
                let observed = self.standard.observed(measure);
                let labels = observed.map(|o| o.labels.to_vec()).unwrap_or_default();
                let same = |label: &String| {
                    call_of(Function::Exact, vec![Formula::Input(measure), text(label)])
                };
                let places = labels.iter().enumerate();
                let places =
                    places.map(|(at, label)| if_else(same(label), num(at as f64 + 1.0), num(0.0)));
                let place = sum(places.collect());
                let place = self.cell(place);
                let code = if_else(gt(place.clone(), num(0.0)), sub(place, num(1.0)), num(-5.0));
                self.answer(measure, code);
            }
            Some(kind) => self.number(measure, kind),
            None => {}
        }
    }

    /// A cell with the code of a yes-no or a label.
    fn answer(&mut self, measure: usize, code: Formula) {
        let input = || Formula::Input(measure);
        let raw = if_else(
            eq(input(), text("")),
            num(BLANK_ANSWER),
            if_else(
                eq(input(), text(WORDS.not_applicable)),
                num(NO_ANSWER),
                code,
            ),
        );
        let raw = self.cell(raw);
        let faulty = eq(raw.clone(), num(-5.0));
        self.faulty.push(faulty.clone());
        let code = self.cell(if_else(faulty, num(BLANK_ANSWER), raw));
        self.codes[measure] = Some(code);
    }

    fn number(&mut self, measure: usize, kind: MeasureKind) {
        let input = || Formula::Input(measure);
        let Some(observed) = self.standard.observed(measure) else {
            return;
        };
        let mut tests = vec![call_of(Function::IsNumber, vec![input()])];
        let least = observed.min.map_or(-GREATEST, Rational::to_f64);
        let most = observed.max.map_or(GREATEST, Rational::to_f64);
        match kind {
            MeasureKind::Date => tests.push(ge(input(), num(0.0))),
            _ => tests.extend([ge(input(), num(least)), le(input(), num(most))]),
        }
        for demand in &self.demands[measure] {
            let (from, to) = (demand.min.to_f64(), demand.max.to_f64());
            tests.extend([ge(input(), num(from)), le(input(), num(to))]);
        }
        let whole = matches!(kind, MeasureKind::Count);
        // A text has no whole part; this is asked once the rest is sound.
        let sound = and(tests);
        let mut sound = if_else(sound, num(0.0), num(5.0));
        if whole {
            let is_whole = if_else(eq(int(input()), input()), num(0.0), num(5.0));
            let Formula::Call(_, arguments) = &mut sound else {
                return;
            };
            arguments[1] = is_whole;
        }
        let sound = self.on_step(measure, sound);
        let state = if_else(
            eq(input(), text("")),
            self.blank_or_in_units(measure),
            if_else(eq(input(), text(WORDS.not_applicable)), num(LEFT), sound),
        );
        let state = self.cell(state);
        self.faulty.push(eq(state.clone(), num(5.0)));
        // What is no value counts as blank: the whole sheet says that it is faulty.
        let known = eq(state.clone(), num(0.0));
        let why = if_else(eq(state.clone(), num(5.0)), num(MISSING), state);
        let fraction = match kind {
            MeasureKind::Count => Fraction {
                n: self.cell(if_else(known.clone(), input(), why)),
                d: self.cell(one_if(known)),
            },
            MeasureKind::Date => Fraction {
                n: self.cell(if_else(known.clone(), sub(int(input()), num(EPOCH)), why)),
                d: self.cell(one_if(known)),
            },
            _ => {
                // Whole numbers as they are; others in millionths, which a float of this size
                // holds to the last one.
                let is_whole = if_else(known.clone(), eq(int(input()), input()), num(1.0));
                let is_whole = self.cell(one_if(eq(is_whole, num(1.0))));
                let unit = if_else(eq(is_whole.clone(), num(1.0)), num(1.0), num(1e6));
                let unit = self.cell(unit);
                let n = if_else(known.clone(), round(mul(input(), unit.clone())), num(0.0));
                let n = self.cell(n);
                let code = self.cell(if_else(known, num(0.0), why));
                let over = gt(abs(n.clone()), num(LIMIT));
                let code = if_else(
                    gt(code.clone(), num(0.0)),
                    code,
                    if_else(over, num(OVER), num(0.0)),
                );
                self.reduced(code, n, unit, Vec::new())
            }
        };
        self.numbers[measure] = Some(fraction);
    }

    /// Why there is no value where a cell is blank: what is given unit by unit is rolled up after
    /// collecting.
    fn blank_or_in_units(&self, measure: usize) -> Formula {
        let held = &self.document.measures[measure];
        let below = matches!(held.level, Level::Grid | Level::Building | Level::Compound);
        if !below || held.rollup.is_none() {
            return num(MISSING);
        }
        if_else(
            gt(Formula::Units(measure), num(0.0)),
            num(COHORT),
            num(MISSING),
        )
    }

    /// A mark must also be on a step: values of six decimals are, or are far from it.
    fn on_step(&self, measure: usize, sound: Formula) -> Formula {
        let mut result = sound;
        for demand in &self.demands[measure] {
            if let Some(step) = &demand.step {
                let (from, step) = (num(demand.min.to_f64()), num(step.to_f64()));
                let distance = sub(Formula::Input(measure), from);
                let steps = round(div(distance.clone(), step.clone()));
                let off = gt(abs(sub(distance, mul(steps, step))), num(1e-7));
                let off = if_else(off, num(5.0), num(0.0));
                // Asked only of a number.
                result = if_else(
                    call_of(Function::IsNumber, vec![Formula::Input(measure)]),
                    max(vec![result, off]),
                    num(5.0),
                );
            }
        }
        result
    }

    /// The value of a number, count or date.
    pub(super) fn number_of(&self, measure: usize) -> Fraction {
        let held = self.numbers.get(measure).cloned().flatten();
        held.unwrap_or(Fraction::none(MISSING))
    }

    /// The code of a yes-no or label: its index, or below 0.
    pub(super) fn code_of(&self, measure: usize) -> Formula {
        let held = self.codes.get(measure).cloned().flatten();
        held.unwrap_or(num(BLANK_ANSWER))
    }

    /// Whether a measure's input is blank.
    pub(super) fn is_blank(&self, measure: usize) -> Formula {
        if self.numbers.get(measure).is_some_and(Option::is_some) {
            let number = self.number_of(measure);
            and(vec![eq(number.d, num(0.0)), eq(number.n, num(MISSING))])
        } else {
            eq(self.code_of(measure), num(BLANK_ANSWER))
        }
    }

    /// The code of an answer as a fraction.
    pub(super) fn answer_of(&mut self, measure: usize) -> Fraction {
        let code = self.code_of(measure);
        let known = ge(code.clone(), num(0.0));
        let why = sub(num(0.0), code.clone());
        let n = self.cell(if_else(known.clone(), code, why));
        let d = self.cell(one_if(known));
        Fraction { n, d }
    }

    /// The least or the greatest of several values.
    pub(super) fn extreme(&mut self, values: &[Fraction], wanted: f64) -> Fraction {
        let mut rest = values.iter();
        let Some(mut best) = rest.next().cloned() else {
            return Fraction::none(MISSING);
        };
        for next in rest {
            let order = self.order(next, &best);
            let both = self.codes_of(&[next, &best]);
            let code = self.cell(both);
            let better = self.choose(&eq(order.clone(), num(wanted)), next, &best);
            best = match code {
                Formula::Number(0.0) => better,
                code => {
                    let none = gt(code.clone(), num(0.0));
                    Fraction {
                        n: self.cell(if_else(none.clone(), code, better.n)),
                        d: self.cell(if_else(none, num(0.0), better.d)),
                    }
                }
            };
        }
        best
    }

    /// How many of some conditions hold.
    pub(super) fn count(&mut self, conditions: Vec<Formula>) -> Formula {
        let ones = sum(conditions.into_iter().map(one_if).collect());
        self.cell(ones)
    }

    /// The least of a table's entries from one count to another.
    pub(super) fn least_between(&mut self, table: &[f64], from: &Formula, to: &Formula) -> Formula {
        let entries = table.iter().enumerate().map(|(at, points)| {
            let within = and(vec![
                le(from.clone(), num(at as f64)),
                ge(to.clone(), num(at as f64)),
            ]);
            if_else(within, num(*points), num(LIMIT))
        });
        let entries: Vec<Formula> = entries.collect();
        let parts: Vec<Formula> = entries.chunks(100).map(|part| min(part.to_vec())).collect();
        let least = min(parts);
        self.cell(least)
    }

    /// The severest policy of what is blank, -1 where nothing is.
    pub(super) fn severity(&mut self, entries: Vec<(Formula, f64)>) -> Formula {
        let severities = entries
            .into_iter()
            .map(|(blank, severity)| if_else(blank, num(severity), num(-1.0)));
        let severest = max(severities.collect());
        self.cell(severest)
    }

    /// Whether any of some conditions holds, in a cell; 0 of none.
    pub(super) fn any(&mut self, conditions: Vec<Formula>) -> Formula {
        let mut parts = Vec::new();
        for part in conditions.chunks(100) {
            let held = match part {
                [one] => one_if(one.clone()),
                many => one_if(or(many.to_vec())),
            };
            parts.push(self.cell(held));
        }
        let any = max(parts);
        self.cell(any)
    }
}
