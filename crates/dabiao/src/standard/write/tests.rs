use proptest::prelude::*;

use super::*;
use crate::standard::arbitrary::documents;

const SHIPPED: [&str; 2] = [
    include_str!("../../../standards/weihai-2020.toml"),
    include_str!("../../../standards/uci-communities.toml"),
];

fn reads_back(document: &Document) {
    let (json, toml) = (document.to_json(), document.to_toml());
    assert_eq!(Document::from_json(&json).as_ref(), Ok(document), "{json}");
    assert_eq!(Document::from_toml(&toml).as_ref(), Ok(document), "{toml}");
    let canonical = document.canonical();
    let again = Document::from_json(&canonical).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(again.canonical(), canonical);
    assert_eq!(again.digest(), document.digest());
    // Another reader of JSON takes both for JSON.
    for text in [&json, &canonical] {
        assert!(
            serde_json::from_str::<serde_json::Value>(text).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn the_shipped_standards_read_back() {
    for text in SHIPPED {
        reads_back(&Document::from_toml(text).unwrap_or_else(|faults| panic!("{faults}")));
    }
}

/// The digest is written into results: it may not change by accident.
#[test]
fn the_canonical_form_is_as_documented() {
    let text = "
        standard = { title = 'X', id = 'x', decimals = 2, missing = 'zero', points = '4.50' }
        [measures.b]
        type = 'count'
        [measures.'a b']
        type = 'label'
        labels = [\"优\", \"\\\"\\n\\u007f\"]
        [[section]]
        id = '1'
        title = { en = 'one', zh = '一' }
        weight = '1/3'
        [[section.item]]
        id = '1.1'
        title = 'i'
        points = 4.5
        value = '(`a b`)×b'
        checklist = { table = { '2' = 4.5, '1' = 1 }, of = 2 }
        [[grade]]
        id = 'g'
        title = 'g'
        marks = { '1.1' = '80%', '1' = 3 }
    ";
    let document = Document::from_toml(text).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(
        document.canonical(),
        "{\"standard\":{\"id\":\"x\",\"title\":\"X\",\"points\":4.5},\
         \"measures\":{\"a b\":{\"type\":\"label\",\"labels\":[\"优\",\"\\\"\\n\u{7f}\"]},\
         \"b\":{\"type\":\"count\"}},\
         \"section\":[{\"id\":\"1\",\"title\":{\"zh\":\"一\",\"en\":\"one\"},\"weight\":\"1/3\",\
         \"item\":[{\"id\":\"1.1\",\"title\":\"i\",\"points\":4.5,\"value\":\"`a b` * b\",\
         \"checklist\":{\"of\":2,\"table\":{\"1\":1,\"2\":4.5}}}]}],\
         \"grade\":[{\"id\":\"g\",\"title\":\"g\",\"marks\":{\"1\":3,\"1.1\":\"80%\"}}]}"
    );
    let hex: String = document
        .digest()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hex,
        "c75631023181bf41eeeb1c6d9c10410cb749138bfe9a91fa65930e253d60fb1e"
    );
    let mut turned = document.clone();
    turned.measures.reverse();
    turned.grades[0].marks.reverse();
    assert_eq!(turned.digest(), document.digest());
    turned.grades[0].marks.pop();
    assert_ne!(turned.digest(), document.digest());
}

#[test]
fn toml_is_laid_out_for_people() {
    let document = Document::from_toml(SHIPPED[0]).unwrap_or_else(|faults| panic!("{faults}"));
    let toml = document.to_toml();
    let start = toml
        .find("[[section.item]]\nid = \"5.1\"")
        .expect("item 5.1");
    let shown: Vec<&str> = toml[start..].lines().take(12).collect();
    assert_eq!(
        shown.join("\n"),
        "[[section.item]]\n\
         id = \"5.1\"\n\
         title = { zh = \"新时代文明实践站\", en = \"civic practice station\" }\n\
         points = 4\n\
         evidence = { zh = \"实践站场所照片、队伍名册、项目清单、制度文本\", en = \"photographs of the premises, roster of the team, list of projects, text of the rules\" }\n\
         \n\
         [[section.item.check]]\n\
         id = \"5.1.a\"\n\
         title = { zh = \"场所\", en = \"premises\" }\n\
         points = 1\n\
         value = \"station_premises\"\n\
         yes_no = {}"
    );
    assert!(toml.starts_with("[standard]\nid = \"weihai-2020\"\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn every_document_reads_back(document in documents()) {
        reads_back(&document);
    }
}
