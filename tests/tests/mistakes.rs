//! What the linter says of `tests/mistakes`, which has one of each mistake.

use std::collections::{BTreeMap, BTreeSet};

use cachelit_tests::{cache_lint, text};
use serde_json::Value;

fn findings() -> Vec<Value> {
    let output = cache_lint("mistakes", &["check", "--message-format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(output.stderr));
    let objects = text(output.stdout);
    let objects =
        objects.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line"));
    objects.filter(|object: &Value| object["reason"] == "cache-lint").collect()
}

#[test]
fn each_mistake_is_reported_as_people_read_it() {
    let output = cache_lint("mistakes", &["check"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(output.stderr));
    check_snapshot("human", &text(output.stdout));
}

#[test]
fn each_mistake_is_reported_as_programs_read_it() {
    let findings = findings();
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| serde_json::to_string_pretty(finding).expect("it was JSON before"))
        .collect();
    check_snapshot("json", &lines.join("\n"));
}

/// A file of mistakes is named after its lint, so its findings should be of that lint, and of no other.
#[test]
fn each_file_of_mistakes_shows_its_own_lint_and_no_other() {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in findings() {
        let file = finding["file"].as_str().expect("a file").to_owned();
        let lint = finding["lint"].as_str().expect("a lint").to_owned();
        found.entry(file).or_default().insert(lint);
    }
    let folder = cachelit_tests::root().join("tests/mistakes/src");
    let files = std::fs::read_dir(folder).expect("the folder exists");
    for file in files.map(|file| file.expect("the folder can be read").file_name()) {
        let file = file.to_str().expect("a name in ASCII");
        let name = file.trim_end_matches(".rs");
        let expected = BTreeSet::from_iter((name != "lib").then(|| name.replace('_', "-")));
        let found = found.remove(&format!("src/{file}")).unwrap_or_default();
        assert_eq!(found, expected, "{file}");
    }
    assert!(found.is_empty(), "findings elsewhere: {found:?}");
}

/// Compares with the stored text, but for what differs between runs and between machines.
fn check_snapshot(name: &str, text: &str) {
    let filters = [
        (r"\d+(\.\d+)? m?s\b", "N ms"),
        (r#"[^\s"]*[/\\]registry[/\\]src[/\\][^/\\]+[/\\]"#, "REGISTRY/"),
    ];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!(name, text);
    });
}
