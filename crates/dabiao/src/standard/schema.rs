//! The published schema of a standard file.

/// The JSON Schema (draft 2020-12) of a standard, for editors and for other programs. It is the
/// same for TOML and JSON.
///
/// What it accepts is well-formed; whether it makes sense, [`Document::check`] says.
///
/// [`Document::check`]: super::document::Document::check
///
/// ```
/// assert!(dabiao::standard::SCHEMA.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
pub const SCHEMA: &str = include_str!("standard.schema.json");

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::LazyLock;

    use jsonschema::Validator;
    use proptest::prelude::*;
    use serde_json::{Map, Value as Json};

    use super::SCHEMA;
    use crate::standard::Format;
    use crate::standard::arbitrary::documents;
    use crate::standard::document::{Document, Effect};
    use crate::standard::source::Source;
    use crate::standard::tree::{self, Node, Value};

    fn validator() -> Validator {
        let schema: Json = serde_json::from_str(SCHEMA).expect("JSON");
        jsonschema::meta::validate(&schema).expect("a schema");
        jsonschema::validator_for(&schema).expect("a schema")
    }

    fn json_of(node: &Node) -> Json {
        match &node.value {
            Value::Null => Json::Null,
            Value::Bool(yes) => Json::Bool(*yes),
            Value::Number(digits) => serde_json::from_str(digits).unwrap_or(Json::Null),
            Value::String(text) | Value::Date(text) => Json::String(text.clone()),
            Value::Array(items) => items.iter().map(json_of).collect(),
            Value::Table(entries) => {
                let entries = entries
                    .iter()
                    .map(|entry| (entry.key.clone(), json_of(&entry.node)));
                Json::Object(entries.collect::<Map<String, Json>>())
            }
        }
    }

    /// A file as it is written, not as it is understood.
    fn instance(text: &str, format: Format) -> Option<Json> {
        let source = Source::new(text).ok()?;
        tree::read(&source, format).ok().map(|root| json_of(&root))
    }

    fn files(folder: &str, ending: &str, into: &mut Vec<PathBuf>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let inside = path.join("standard.toml");
            if inside.is_file() {
                into.push(inside);
            } else if path.extension().is_some_and(|found| found == ending) {
                into.push(path);
            }
        }
    }

    #[test]
    fn every_standard_of_the_repository_fits() {
        let validator = validator();
        let mut paths = Vec::new();
        files("standards", "toml", &mut paths);
        assert_eq!(paths.len(), 2, "the shipped ones");
        files("../../tests/conformance", "toml", &mut paths);
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a file");
            let instance = instance(&text, Format::Toml).expect("TOML");
            if let Some(error) = validator.iter_errors(&instance).next() {
                panic!("{}: {}: {error}", path.display(), error.instance_path());
            }
        }
    }

    /// Files with faults of spelling do not fit; for those of meaning alone the schema is blind.
    #[test]
    fn misspelt_standards_do_not() {
        let validator = validator();
        let mut paths = Vec::new();
        files("tests/malformed", "toml", &mut paths);
        files("tests/malformed", "json", &mut paths);
        let mut misspelt = 0;
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a file");
            let format = match path.extension().is_some_and(|ending| ending == "json") {
                true => Format::Json,
                false => Format::Toml,
            };
            let Some(instance) = instance(&text, format) else {
                continue;
            };
            let read = Document::from_text(&text, format);
            let spelt = read.as_ref().err().is_none_or(|faults| {
                let blind = ["standard-bad-expression", "standard-bad-number"];
                faults
                    .listed
                    .iter()
                    .all(|fault| blind.contains(&fault.code.as_str()))
            });
            misspelt += usize::from(!spelt);
            assert!(
                spelt || !validator.is_valid(&instance),
                "{}",
                path.display()
            );
        }
        assert!(misspelt > 3, "{misspelt}");
    }

    #[test]
    fn single_misspellings_do_not_fit() {
        let validator = validator();
        let text = include_str!("../../standards/weihai-2020.toml");
        for (right, wrong) in [
            ("decimals = 2 ", "decimals = 7 "),
            ("decimals = 2 ", "decimals = 2\ncolour = 1 "),
            ("rounding = \"half-up\"", "rounding = \"half\""),
            ("type = \"yes-no\"", "type = \"bool\""),
            ("rollup = \"share\"", "rollup = \"part\""),
            ("points = 15", "points = \"fifteen\""),
            ("points = 15", "point = 15"),
            ("points = 4\n", ""),
            (
                "otherwise = 0\n",
                "otherwise = 0\ncurve = [[0, 0], [1, 1]]\n",
            ),
            ("curve = [[0, 0], [18, 3]]\n", ""),
            (
                "curve = [[0, 0], [18, 3]]\n",
                "otherwise = 0\nyes_no = {}\n",
            ),
            ("each = 1 }", "each = 1, of = 3 }"),
            (
                "{ at_least = \"100%\", points",
                "{ at_least = \"100%\", above = 1, points",
            ),
            ("{ at_least = \"100%\", points", "{ points"),
            ("over = 0, points = 1", "over = 0, under = 1, points = 1"),
            ("effect = \"no-grade\"", "effect = \"none\""),
            ("when = \"major_accidents > 0\"\n", ""),
            ("sections = \"80%\"", "sections = \"80 percent\""),
        ] {
            assert!(text.contains(right), "{right}");
            let wrong = instance(&text.replacen(right, wrong, 1), Format::Toml).expect("TOML");
            assert!(!validator.is_valid(&wrong), "{right}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever can be written has the shape of the schema, so that the schema knows every key.
        #[test]
        fn whatever_is_written_fits(mut document in documents()) {
            // Beyond what the schema asks of single values.
            normalise(&mut document);
            let json: Json = serde_json::from_str(&document.to_json()).expect("JSON");
            static VALIDATOR: LazyLock<Validator> = LazyLock::new(validator);
            let error = VALIDATOR.iter_errors(&json).next();
            prop_assert!(error.is_none(), "{:?} {:?}", error.map(|e| (e.instance_path().to_string(), e.to_string())), json);
        }
    }

    /// The words of random documents are odd on purpose; codes and lists that must not be empty
    /// are made fit.
    fn normalise(document: &mut Document) {
        document.id = "x".to_owned();
        document.tie_breaks.clear();
        for measure in &mut document.measures {
            measure.labels.clear();
        }
        for veto in &mut document.vetoes {
            veto.id = "v".to_owned();
            if veto.effects.is_empty() {
                veto.effects.push(Effect::NoGrade);
            }
        }
        for grade in &mut document.grades {
            grade.id = "g".to_owned();
        }
        for item in document.bonus.iter_mut().chain(&mut document.deductions) {
            fit::item(item);
        }
        document.sections.iter_mut().for_each(fit::section);
    }

    mod fit {
        use crate::standard::document::*;

        pub(super) fn section(section: &mut Section) {
            section.id = "s".to_owned();
            section.items.iter_mut().for_each(item);
            section.sections.iter_mut().for_each(self::section);
        }

        pub(super) fn item(item: &mut Item) {
            item.id = "i".to_owned();
            rule(&mut item.marking.rule);
        }

        fn rule(rule: &mut Rule) {
            let empty = match &*rule {
                Rule::Levels(levels) => levels.is_empty(),
                Rule::Bands { bands, .. } => bands.is_empty(),
                Rule::Curve(knots) => knots.len() < 2,
                Rule::Rank(Rank {
                    pays: RankPay::Table(table, _),
                    ..
                }) => table.is_empty(),
                Rule::Rank(Rank {
                    pays: RankPay::Shares(shares, _),
                    ..
                }) => shares.is_empty(),
                Rule::Checks(checks) => checks.checks.is_empty(),
                _ => false,
            };
            if empty {
                *rule = Rule::MinMax {
                    lower_is_better: false,
                };
            }
            if let Rule::Checks(checks) = rule {
                for check in &mut checks.checks {
                    check.id = "c".to_owned();
                    self::rule(&mut check.marking.rule);
                }
            }
        }
    }
}
