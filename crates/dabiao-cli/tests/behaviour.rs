//! What no transcript shows: the same bytes from every way in, whole outputs or none, exit
//! codes, closed pipes, hostile inputs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const BOM: &[u8] = b"\xef\xbb\xbf";

fn dabiao() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dabiao"));
    command
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "C.UTF-8");
    command
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // The other side may stop reading, as it should of an endless line.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The files of a folder with their bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn score_into(folder: &Path, table: &Path, extra: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let output = dabiao()
        .args(["score", "--standard", "weihai-2020", "--out"])
        .args([folder, table])
        .args(extra)
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    files(folder)
}

#[test]
fn the_same_bytes_from_every_format_order_and_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let into = |name: &str| folder.path().join(name);
    let expected = score_into(&into("first"), &data("communities.csv"), &[]);
    assert_eq!(
        expected.keys().collect::<Vec<_>>(),
        [
            "gaps.csv",
            "items.csv",
            "results.xlsx",
            "scores.csv",
            "summary.json"
        ]
    );

    let table = fs::read_to_string(data("communities.csv")).unwrap();
    let mut lines: Vec<&str> = table.lines().collect();
    lines[1..].reverse();
    let shuffled = into("shuffled.csv");
    fs::write(&shuffled, lines.join("\r\n")).unwrap();

    for (name, table, extra) in [
        ("again", data("communities.csv"), &[][..]),
        ("shuffled", shuffled, &[]),
        ("long", data("communities-long.csv"), &[]),
        ("gb18030", data("communities-gb18030.csv"), &[]),
        ("one", data("communities.csv"), &["--threads", "1"]),
        ("two", data("communities.csv"), &["--threads", "2"]),
    ] {
        assert_eq!(score_into(&into(name), &table, extra), expected, "{name}");
    }
    // Over what is there already, too.
    assert_eq!(
        score_into(&into("first"), &data("communities.csv"), &[]),
        expected
    );

    // The language changes what is for people alone.
    let zh = score_into(&into("zh"), &data("communities.csv"), &["--lang", "zh"]);
    assert_eq!(zh["scores.csv"], expected["scores.csv"]);
    assert_eq!(zh["summary.json"], expected["summary.json"]);
    assert_ne!(zh["items.csv"], expected["items.csv"]);
}

#[test]
fn standard_input_and_output_take_the_place_of_files() {
    let table = fs::read(data("communities.csv")).unwrap();
    let standard = run(
        dabiao().args(["standard", "show", "weihai-2020", "--source"]),
        b"",
    )
    .stdout;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    fs::write(&file, &standard).unwrap();

    let score = |arguments: &[&str], input: &[u8]| {
        let output = run(
            dabiao().args(["score", "--format", "csv"]).args(arguments),
            input,
        );
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        output.stdout
    };
    let path = data("communities.csv");
    let path = path.to_str().unwrap();
    let expected = score(&[path, "-s", "weihai-2020"], b"");
    assert_eq!(score(&["-", "-s", "weihai-2020"], &table), expected);
    assert_eq!(score(&[path, "-s", "-"], &standard), expected);
    assert_eq!(score(&[path, "-s", file.to_str().unwrap()], b""), expected);

    let written = score_into(&folder.path().join("out"), Path::new(path), &[]);
    let marked = [BOM, &expected].concat();
    assert_eq!(
        written["scores.csv"], marked,
        "a file for Excel has a mark, a stream has none"
    );
}

#[test]
fn every_total_adds_up_from_the_items() {
    let folder = tempfile::tempdir().unwrap();
    let written = score_into(folder.path(), &data("communities.csv"), &[]);
    let rows = |name: &str| -> Vec<Vec<String>> {
        let text = text(&written[name]);
        let text = text.strip_prefix('\u{feff}').unwrap().to_owned();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
        reader
            .records()
            .map(|record| row(record.unwrap()))
            .collect()
    };
    let hundredths = |points: &str| -> i64 { points.replace('.', "").parse().unwrap_or(0) };
    let (scores, items) = (rows("scores.csv"), rows("items.csv"));
    let column = |name: &str| scores[0].iter().position(|h| h == name).unwrap();
    let mut added = 0;
    for row in &scores[1..] {
        let mine = || items.iter().filter(|item| item[0] == row[0]);
        assert_eq!(mine().filter(|item| !item[1].starts_with('B')).count(), 33);
        // A community without compounds has its sections rescaled.
        if mine().any(|item| item[3].is_empty()) {
            continue;
        }
        let sum: i64 = mine().map(|item| hundredths(&item[3])).sum();
        assert_eq!(sum, hundredths(&row[column("total")]), "{}", row[0]);
        added += 1;
    }
    assert_eq!(added, 5);
}

#[test]
fn nothing_is_written_where_the_input_is_at_fault() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/out");
    let table = folder.path().join("t.csv");
    fs::write(&table, "code,residents\nc1,many\n").unwrap();
    let score = |out: &Path| {
        dabiao()
            .args(["score", "--standard", "weihai-2020", "--out"])
            .args([out, &table])
            .output()
            .unwrap()
    };
    let output = score(&out);
    assert_eq!(code(&output), 1);
    assert!(output.stdout.is_empty());
    assert!(!folder.path().join("new").exists());

    // What an earlier run wrote stays as it was.
    let earlier = score_into(&out, &data("communities.csv"), &[]);
    assert_eq!(code(&score(&out)), 1);
    assert_eq!(files(&out), earlier);
}

#[test]
fn a_place_that_cannot_be_written_to_is_a_fault_of_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let score = |out: &Path| {
        dabiao()
            .args(["score", "--standard", "weihai-2020", "--out"])
            .args([out, &data("communities.csv")])
            .output()
            .unwrap()
    };
    let output = score(&file);
    assert_eq!(code(&output), 2);
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read(&file).unwrap(), b"mine");

    // One of the files cannot take its place: none does.
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("items.csv")).unwrap();
    assert_eq!(code(&score(&out)), 2);
    let left: Vec<_> = fs::read_dir(&out).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file stays behind: {left:?}");
}

#[test]
fn a_line_of_100_mb_is_a_fault_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.csv");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(b"code,residents\nc1,5\nc2,").unwrap();
    std::io::copy(&mut std::io::repeat(b'7').take(100 << 20), &mut file).unwrap();
    drop(file);
    // 64 MB of addresses above what the program itself takes: the line would not fit.
    let limited = if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        let call = r#"ulimit -v 300000; exec "$0" score "$1" -s weihai-2020 --threads 1"#;
        shell
            .args(["-c", call, env!("CARGO_BIN_EXE_dabiao")])
            .arg(&path);
        shell.env("LC_ALL", "C.UTF-8");
        shell.output().unwrap()
    } else {
        let mut command = dabiao();
        command.args(["score", "-s", "weihai-2020"]).arg(&path);
        command.output().unwrap()
    };
    assert_eq!(code(&limited), 1, "{}", text(&limited.stderr));
    let said = text(&limited.stderr);
    assert!(said.starts_with("error[file-too-large]: "), "{said}");
    assert!(said.contains("long.csv:3: "), "{said}");
    assert!(said.contains("at most 1,000,000 bytes a line"), "{said}");
    assert!(said.len() < 1000);

    // The same of a standard.
    let long = vec![b'x'; 100 << 20];
    let output = run(dabiao().args(["standard", "check", "-"]), &long);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stderr).starts_with("error[file-too-large]: <stdin>: "));
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let table = data("communities.csv");
    let table = table.to_str().unwrap();
    for arguments in [
        &["score", table, "-s", "weihai-2020", "--out", "out"][..],
        &["gaps", table, "-s", "weihai-2020", "--format", "csv"],
        &["standard", "show", "weihai-2020"],
        &["--help"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = dabiao()
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(said, "", "{arguments:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn the_language_comes_from_the_surroundings() {
    let first_line = |variables: &[(&str, &str)]| {
        let mut command = dabiao();
        command.env_remove("LANG").args(["standard", "list"]);
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        text(&output.stdout)
            .lines()
            .next()
            .unwrap()
            .trim()
            .to_owned()
    };
    for (variables, chinese) in [
        (&[("LANG", "zh_CN.UTF-8")][..], true),
        (&[("LANG", "en_US.UTF-8")], false),
        (&[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_US.UTF-8")], true),
        (
            &[("LC_MESSAGES", "en_US.UTF-8"), ("LANG", "zh_CN.UTF-8")],
            false,
        ),
        (&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")], true),
        (&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], false),
        (&[], false),
    ] {
        let shown = first_line(variables).starts_with("标准");
        assert_eq!(shown, chinese, "{variables:?}");
    }
}

#[test]
fn faults_as_json() {
    let table = "code,residents\nc1,many\n,3\n";
    let mut command = dabiao();
    command.args(["score", "-", "-s", "weihai-2020", "--format", "json"]);
    let output = run(&mut command, table.as_bytes());
    assert_eq!(code(&output), 1);
    assert!(output.stdout.is_empty());
    let faults: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(faults["more"], 0);
    let first = &faults["faults"][0];
    assert_eq!(first["code"], "value-unreadable");
    assert_eq!(first["place"]["file"], "<stdin>");
    assert_eq!(first["place"]["line"], 2);
    assert_eq!(first["place"]["field"], "residents");
    assert_eq!(first["found"], "many");
    assert_eq!(faults["faults"][1]["code"], "table-empty-code");
}

#[test]
fn the_schema_and_a_standard_as_json_are_json() {
    for arguments in [
        &["standard", "schema"][..],
        &["standard", "show", "weihai-2020", "--format", "json"],
        &[
            "standard",
            "show",
            "weihai-2020",
            "--format",
            "json",
            "--source",
        ],
        &["standard", "list", "--format", "json"],
    ] {
        let output = dabiao().args(arguments).output().unwrap();
        assert_eq!(code(&output), 0, "{arguments:?}");
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    }
    // What is printed as JSON is a standard again.
    let mut show = dabiao();
    let json = show.args([
        "standard",
        "show",
        "weihai-2020",
        "--source",
        "--format",
        "json",
    ]);
    let json = json.output().unwrap().stdout;
    let check = |name: &str, input: &[u8]| {
        let output = run(
            dabiao().args(["standard", "check", name, "--format", "json"]),
            input,
        );
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        output.stdout
    };
    assert_eq!(check("-", &json), check("weihai-2020", b""));
}

#[test]
fn many_faults_are_counted() {
    let mut table = String::from("code,residents\n");
    for row in 0..1500 {
        table.push_str(&format!("c{row},x\n"));
    }
    let output = run(
        dabiao().args(["score", "-", "-s", "weihai-2020"]),
        table.as_bytes(),
    );
    assert_eq!(code(&output), 1);
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1001);
    assert_eq!(
        said.lines().last(),
        Some("1500 faults (1000 of them listed); no result was written")
    );
}

#[test]
fn names_cannot_become_formulas() {
    let table = "code,name,residents\n=1+1,\"=HYPERLINK(\"\"x\"\")\",5\n-7,+8,5\n";
    let mut command = dabiao();
    command.args(["score", "-", "-s", "weihai-2020", "--format", "csv"]);
    let output = run(&mut command, table.as_bytes());
    assert_eq!(code(&output), 0);
    let written = text(&output.stdout);
    let starts: Vec<&str> = written.lines().skip(1).map(|line| &line[..8]).collect();
    assert_eq!(starts, ["-7,+8,0.", "'=1+1,\"'"]);
}
