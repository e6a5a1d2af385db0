//! The engine agrees with the reference on everything, over random standards and tables.

mod reference;

use proptest::prelude::*;
use reference::random::{describe, standards::standards, tables::tables};

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn x(standard in standards(), table in tables(0..31)) {
        let table = table.table_for(&standard);
        let r = reference::card::score(&standard, &table);
        match r { Err(f) => println!("FAULT {:?}", f.iter().next().unwrap()), Ok(_) => println!("OK") }
        if std::env::var("SHOW").is_ok() { println!("{}{}", describe::standard(&standard), describe::table(&table)); }
    }
}
