//! The guide `docs/writing-a-standard.md`: its TOML is one standard, and every line that says
//! what a value earns is true.

use std::collections::BTreeMap;

use dabiao::{Observations, Rational, ScoreOptions, Standard};

const GUIDE: &str = include_str!("../../../docs/writing-a-standard.md");

/// The TOML of the page, in order.
fn toml() -> String {
    let mut text = String::new();
    let mut inside = false;
    for line in GUIDE.lines() {
        match line {
            "```toml" => inside = true,
            "```" => inside = false,
            line if inside => {
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
    }
    text
}

/// What an item should earn from a row of values.
struct Example<'a> {
    values: BTreeMap<&'a str, &'a str>,
    earns: &'a str,
}

/// `# earns: closed = 95, reported = 100 → 3`, by the code of the item above the line.
fn examples(text: &str) -> BTreeMap<&str, Vec<Example<'_>>> {
    let mut found: BTreeMap<&str, Vec<Example<'_>>> = BTreeMap::new();
    let mut header = "";
    let mut item = "";
    for line in text.lines() {
        if line.starts_with('[') {
            header = line;
        } else if let Some(code) = line.strip_prefix("id = ") {
            if header.ends_with("item]]") || ["[[bonus]]", "[[deduction]]"].contains(&header) {
                item = code.trim_matches('"');
            }
        } else if let Some(example) = line.strip_prefix("# earns: ") {
            let (values, earns) = example.split_once(" \u{2192} ").expect("an arrow");
            let values = values
                .split(", ")
                .map(|pair| pair.split_once(" = ").expect("a value"));
            let values = values.collect();
            found
                .entry(item)
                .or_default()
                .push(Example { values, earns });
        }
    }
    found
}

#[test]
fn the_snippets_of_the_guide_are_one_standard() {
    let standard = Standard::from_toml(&toml()).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(standard.document().id, "guide");
}

#[test]
fn the_examples_of_the_guide_earn_what_it_says() {
    let text = toml();
    let standard = Standard::from_toml(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let examples = examples(&text);
    assert!(
        examples.len() > 15,
        "only {} items have examples",
        examples.len()
    );
    for (item, examples) in examples {
        let measures: Vec<&str> = examples[0].values.keys().copied().collect();
        let heading: Vec<&str> = ["code"]
            .into_iter()
            .chain(measures.iter().copied())
            .collect();
        let rows: Vec<Vec<String>> = examples
            .iter()
            .enumerate()
            .map(|(at, example)| {
                let values = measures.iter().map(|name| example.values[name].to_owned());
                [format!("{at:03}")].into_iter().chain(values).collect()
            })
            .collect();
        let table = Observations::from_rows(&standard, &heading, &rows)
            .unwrap_or_else(|faults| panic!("{item}: {faults}"));
        let scores = standard
            .score(&table, &ScoreOptions::new())
            .unwrap_or_else(|faults| panic!("{item}: {faults}"));
        for (row, example) in examples.iter().enumerate() {
            let points = scores
                .points_of(item, row)
                .expect("the item applies")
                .to_string();
            let earned: Rational = points.parse().expect("points are a number");
            let said: Rational = example.earns.parse().expect("a number after the arrow");
            assert_eq!(earned, said, "{item} with {:?}", example.values);
        }
    }
}
