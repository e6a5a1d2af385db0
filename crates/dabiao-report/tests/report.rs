//! The page from small tables: whatever the input says is shown as text, whatever it lacks is
//! left out, and the same results give the same bytes.

use dabiao::{Lang, Observations, ScoreOptions, Scores, Standard};
use dabiao_report::Report;
use serde_json::Value;

/// Everything that a standard may have and the built-in ones do not.
const STANDARD: &str = r#"
[standard]
id = "small"
title = { zh = "小<b>标准", en = "Small </script> standard" }
notice = { zh = "草拟", en = "drafted" }
decimals = 1
exceed_full = true

[measures.a]
title = "</script><script>alert(1)</script>"
type = "count"
[measures.b]
title = "b"
type = "yes-no"
[measures.c]
title = "c"
type = "yes-no"
[measures.more]
title = "more"
type = "count"
[measures.less]
title = "less"
type = "count"
[measures.accident]
title = "accident"
type = "yes-no"

[[section]]
id = "1"
title = "One"
weight = 30
[[section.section]]
id = "1.a"
title = "One a"
[[section.section.item]]
id = "1.a.1"
title = "counted"
points = 4
value = "a"
curve = [[0, 0], [8, 4]]
[[section.section.item]]
id = "1.a.2"
title = "ticked"
points = 2
checklist = { boxes = ["b", "c"], each = 1 }
[[section]]
id = "2"
title = "Two"
[[section.item]]
id = "2.1"
title = "checked"
points = 3
[[section.item.check]]
id = "2.1.1"
title = "first"
points = 3
value = "b"
yes_no = {}

[[bonus]]
id = "B"
title = "bonus"
value = "more"
per_unit = { from = 0, over = 0, points = 1 }

[[deduction]]
id = "D"
title = "deduction"
value = "less"
per_unit = { from = 0, over = 0, points = 1 }

[[veto]]
id = "V"
title = "veto <i>"
when = "accident"
effect = "no-grade"

[[grade]]
id = "good"
title = "good & <best>"
total = 20
[[grade]]
id = "rest"
title = "rest"
"#;

const HOSTILE: &str = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u{2028}x";

fn standard() -> Standard {
    Standard::from_toml(STANDARD).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn scored(rows: &[[&str; 9]]) -> Scores {
    let heading = [
        "code", "name", "district", "a", "b", "c", "more", "less", "accident",
    ];
    let standard = standard();
    let table = Observations::from_rows(&standard, &heading, rows)
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    standard
        .score(&table, &ScoreOptions::new())
        .unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn page(scores: &Scores, lang: Lang) -> String {
    let mut page = Vec::new();
    Report::of_scores(scores)
        .in_language(lang)
        .write(&mut page)
        .unwrap();
    String::from_utf8(page).unwrap()
}

/// What stands between a start and the next end.
fn between<'p>(page: &'p str, start: &str, end: &str) -> &'p str {
    let (_, rest) = page.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

fn data(page: &str) -> Value {
    let json = between(
        page,
        "<script type=\"application/json\" id=\"data\">",
        "</script>",
    );
    assert!(!json.contains(['<', '\u{2028}', '\u{2029}']));
    serde_json::from_str(json).unwrap()
}

fn said(data: &Value, at: &Value) -> String {
    let text = &data["texts"][at.as_u64().unwrap() as usize];
    let text = text.as_str().or(text[1].as_str());
    text.unwrap().to_owned()
}

#[test]
fn hostile_texts_stay_text() {
    let scores = scored(&[
        [HOSTILE, HOSTILE, HOSTILE, "8", "yes", "no", "2", "", ""],
        ["c2", "plain", "north", "", "", "no", "", "1", "yes"],
    ]);
    let page = page(&scores, Lang::En);
    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("<img"));
    assert!(!page.contains("<title>Small </script>"));
    assert!(page.contains("<title>Small &lt;/script&gt; standard</title>"));
    // The page's own three scripts and nothing more.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script>").count(), 3);
    let data = data(&page);
    let hostile = data["cards"].as_array().unwrap();
    let hostile = hostile.iter().find(|card| card["code"] == HOSTILE).unwrap();
    assert_eq!(hostile["name"], HOSTILE);
}

#[test]
fn cards_say_what_the_engine_says() {
    let scores = scored(&[
        ["c1", "one", "north", "6", "yes", "no", "2", "", ""],
        ["c2", "two", "south", "", "", "no", "", "1", "yes"],
        ["c3", "three", "south", "7", "yes", "yes", "", "", ""],
    ]);
    let data = data(&page(&scores, Lang::En));
    let parts = data["parts"].as_array().unwrap();
    let codes: Vec<&str> = parts.iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["1", "1.a", "1.a.1", "1.a.2", "2", "2.1", "B", "D"]);
    for (row, code) in scores.codes().iter().enumerate() {
        let card = &data["cards"][row];
        assert_eq!(card["code"], *code);
        assert_eq!(card["total"], scores.total(row).unwrap().to_string());
        assert_eq!(card["rank"], serde_json::json!(scores.rank(row)));
        let points: Vec<&str> = card["points"].as_str().unwrap().split(' ').collect();
        assert_eq!(points.len(), parts.len());
        for (part, shown) in codes.iter().zip(points).take(6) {
            assert_eq!(shown, scores.points_of(part, row).unwrap().to_string());
        }
        let gaps = scores.gaps(row).unwrap().items;
        let shown = card["gaps"].as_array().unwrap();
        assert_eq!(shown.len(), gaps.len());
        for (gap, shown) in gaps.iter().zip(shown) {
            assert_eq!(codes[shown[0].as_u64().unwrap() as usize], gap.code);
            assert_eq!(shown[1], gap.lost.to_string());
            let step = gap.next.as_ref().map(|next| next.wording.en.clone());
            assert_eq!((!shown[2].is_null()).then(|| said(&data, &shown[2])), step);
        }
    }
    // Ticked, not ticked; a veto that took the grade; a bonus; a deduction; the districts.
    assert_eq!(data["cards"][0]["boxes"], serde_json::json!([[3, "10"]]));
    assert_eq!(data["cards"][0]["bonus"], "2.0");
    assert_eq!(data["cards"][1]["deductions"], "1.0");
    assert_eq!(data["cards"][1]["grade"], Value::Null);
    assert_eq!(data["cards"][1]["earned"], 1);
    assert_eq!(data["cards"][1]["vetoes"][0][0], "V");
    let groups = scores.groups("district", None);
    for (group, shown) in groups.iter().zip(data["districts"].as_array().unwrap()) {
        assert_eq!(shown["name"], group.key);
        assert_eq!(shown["mean"], group.mean.unwrap().to_string());
    }
    // The weighted section counts for what it is worth in the total.
    assert_eq!(
        codes[data["losses"][0]["part"].as_u64().unwrap() as usize],
        "1.a.1"
    );
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let rows = [
        ["c1", "one", "north", "6", "yes", "no", "2", "", ""],
        ["c2", "two", "south", "", "", "no", "", "1", "yes"],
    ];
    let reversed = [rows[1], rows[0]];
    let (a, b) = (scored(&rows), scored(&reversed));
    assert_eq!(page(&a, Lang::Zh), page(&b, Lang::Zh));
    let (zh, en) = (page(&a, Lang::Zh), page(&a, Lang::En));
    assert!(zh.contains("<html lang=\"zh-CN\">") && en.contains("<html lang=\"en\">"));
    assert_eq!(data(&zh)["cards"], data(&en)["cards"]);
}

#[test]
fn a_table_of_nobody_is_a_page() {
    let scores = scored(&[]);
    let data = data(&page(&scores, Lang::En));
    assert_eq!(data["cards"], serde_json::json!([]));
    assert_eq!(data["bins"], Value::Null);
    assert_eq!(data["city"]["mean"], "");
}

#[test]
fn nothing_is_loaded_and_nothing_else_runs() {
    let scores = scored(&[["c1", "one", "north", "6", "yes", "no", "2", "", ""]]);
    let page = page(&scores, Lang::En);
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    assert!(!policy.contains("unsafe-eval") && !policy.contains("http"));
    let own = |start: &str, end: &str| between(&page, start, end).to_owned();
    use base64::Engine;
    use sha2::Digest;
    let style = own("<style>", "</style>");
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(policy.contains(&format!("style-src 'sha256-{digest}'")));
    for loads in [" src=\"", "@import", "url("] {
        let frame = page.split("<script").next().unwrap();
        assert!(!frame.contains(loads), "{loads}");
    }
}
