//! The engine agrees with the reference on everything, over random standards and tables, the
//! standards that ship with the library, and the conformance suite; and has the properties that
//! any engine must have.
//!
//! `PROPTEST_CASES` says how many cases are tried.

mod bridge;
mod properties;
mod reach;
#[path = "../reference/mod.rs"]
mod reference;
mod suite;

use proptest::prelude::*;

use bridge::disagreements;
use reference::random::{describe, standards::standards, tables::tables};
use reference::table::Table;

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        max_global_rejects: 1_000_000,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

/// What a failing case was, in few words.
fn described(document: &dabiao::standard::document::Document, table: &Table) -> String {
    format!(
        "{}\n{}",
        describe::standard(document),
        describe::table(table)
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_agrees_with_the_reference(standard in standards(), table in tables(0..31)) {
        let table = table.table_for(&standard);
        let disagreements = disagreements(&standard, &table);
        prop_assert!(
            disagreements.is_empty(),
            "{}\n{}",
            disagreements.join("\n"),
            described(&standard, &table),
        );
    }
}
