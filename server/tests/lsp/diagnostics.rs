//! What the editor underlines.

use std::path::Path;

use serde_json::{Value, json};

use crate::client::Client;
use crate::project::Project;

/// One mistake: `tttl` is no option.
const MISTAKE: &str =
    "use cachelit::cache_data;\n\n#[cache_data(tttl = 5)]\nfn f(n: u32) -> u32 {\n    n\n}\n";
const RIGHT: &str =
    "use cachelit::cache_data;\n\n#[cache_data(ttl = 5)]\nfn f(n: u32) -> u32 {\n    n\n}\n";

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|it| it["code"].as_str().expect("a code")).collect()
}

#[track_caller]
fn check_range(diagnostic: &Value, start: (u32, u32), end: (u32, u32)) {
    let position = |(line, character)| json!({ "line": line, "character": character });
    assert_eq!(diagnostic["range"], json!({ "start": position(start), "end": position(end) }));
}

#[test]
fn a_closed_file_has_diagnostics_after_loading() {
    let project = Project::new(MISTAKE);
    let mut client = Client::start(project.root());
    let found = client.diagnostics(&project.lib(), None);
    assert_eq!(codes(&found), ["CL006"]);
    assert_eq!(found[0]["severity"], 1);
    assert_eq!(found[0]["source"], "cachelit");
    check_range(&found[0], (2, 13), (2, 17));
}

#[test]
fn typing_makes_a_finding_go_and_come_without_saving() {
    let project = Project::new(MISTAKE);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), MISTAKE);
    assert_eq!(codes(&client.diagnostics(&project.lib(), Some(1))), ["CL006"]);
    let at =
        json!({ "start": { "line": 2, "character": 13 }, "end": { "line": 2, "character": 14 } });
    client.edit(&project.lib(), 2, &json!([{ "range": at, "text": "" }]));
    assert!(client.diagnostics(&project.lib(), Some(2)).is_empty());
    let at =
        json!({ "start": { "line": 2, "character": 13 }, "end": { "line": 2, "character": 13 } });
    client.edit(&project.lib(), 3, &json!([{ "range": at, "text": "x" }]));
    assert_eq!(codes(&client.diagnostics(&project.lib(), Some(3))), ["CL006"]);
}

#[test]
fn of_rapid_edits_the_last_one_wins() {
    const EDITS: i32 = 200;
    let project = Project::new(RIGHT);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), RIGHT);
    client.diagnostics(&project.lib(), Some(1));
    // `tl = 5)]` grows a `t` per edit; the last one makes it right again.
    let insert =
        json!({ "start": { "line": 2, "character": 13 }, "end": { "line": 2, "character": 13 } });
    for version in 2..EDITS {
        client.edit(&project.lib(), version, &json!([{ "range": insert, "text": "t" }]));
    }
    let all = json!({
        "start": { "line": 2, "character": 13 },
        "end": { "line": 2, "character": 13 + EDITS - 2 },
    });
    client.edit(&project.lib(), EDITS, &json!([{ "range": all, "text": "" }]));
    assert!(client.diagnostics(&project.lib(), Some(EDITS)).is_empty());
    client.request("shutdown", &Value::Null);
    let versions: Vec<i64> =
        client.unread().filter_map(|message| message["params"]["version"].as_i64()).collect();
    assert!(versions.is_sorted(), "{versions:?}");
}

#[track_caller]
fn check_encoding(offered: &Value, agreed: &str, newline: &str, columns: (u32, u32)) {
    let text =
        "use cachelit::cache_data;\n/* é🦀 */ #[cache_data(tttl = 5)]\nfn f() -> u32 { 1 }\n"
            .replace('\n', newline);
    let project = Project::new(&text);
    let more = json!({ "capabilities": { "general": { "positionEncodings": offered } } });
    let mut client = Client::start_with(&[project.root()], &more);
    assert_eq!(client.encoding(), agreed);
    client.open(&project.lib(), &text);
    let found = client.diagnostics(&project.lib(), Some(1));
    check_range(&found[0], (1, columns.0), (1, columns.1));
    // The range of the finding, sent back, is what it was about.
    client.edit(&project.lib(), 2, &json!([{ "range": found[0]["range"], "text": "ttl" }]));
    assert!(client.diagnostics(&project.lib(), Some(2)).is_empty());
}

#[test]
fn columns_are_utf16_unless_agreed_otherwise() {
    check_encoding(&Value::Null, "utf-16", "\n", (23, 27));
}

#[test]
fn columns_are_utf8_if_agreed_and_lines_end_with_crlf() {
    check_encoding(&json!(["utf-8", "utf-16"]), "utf-8", "\r\n", (26, 30));
}

#[test]
fn columns_are_utf32_if_agreed() {
    check_encoding(&json!(["utf-32"]), "utf-32", "\n", (22, 26));
}

#[test]
fn edits_outside_the_text_are_clamped() {
    let project = Project::new(RIGHT);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), RIGHT);
    client.diagnostics(&project.lib(), Some(1));
    let everything = json!({
        "start": { "line": 900, "character": 900 }, "end": { "line": 0, "character": 0 },
    });
    client.edit(&project.lib(), 2, &json!([{ "range": everything, "text": MISTAKE }]));
    assert_eq!(codes(&client.diagnostics(&project.lib(), Some(2))), ["CL006"]);
}

#[test]
fn closing_without_saving_goes_back_to_the_disk() {
    let project = Project::new(RIGHT);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), MISTAKE);
    assert_eq!(codes(&client.diagnostics(&project.lib(), Some(1))), ["CL006"]);
    client.close(&project.lib());
    assert!(client.diagnostics(&project.lib(), None).is_empty());
}

#[test]
fn a_change_on_disk_is_seen() {
    let project = Project::new(MISTAKE);
    let mut client = Client::start(project.root());
    assert_eq!(client.diagnostics(&project.lib(), None).len(), 1);
    project.write("src/lib.rs", RIGHT);
    client.changed_on_disk(&project.lib());
    assert!(client.diagnostics(&project.lib(), None).is_empty());
}

#[test]
fn a_deleted_file_loses_its_diagnostics_and_a_new_one_gets_some() {
    let project = Project::new("mod a;\n");
    project.write("src/a.rs", MISTAKE);
    let a = project.path("src/a.rs");
    let mut client = Client::start(project.root());
    assert_eq!(client.diagnostics(&a, None).len(), 1);
    std::fs::remove_file(&a).expect("it is there");
    client.changed_on_disk(&a);
    assert!(client.diagnostics(&a, None).is_empty());
    project.write("src/a.rs", MISTAKE);
    client.changed_on_disk(&a);
    assert_eq!(client.diagnostics(&a, None).len(), 1);
}

#[test]
fn without_check_on_type_findings_come_with_saving() {
    let project = Project::new(RIGHT);
    let more = json!({ "initializationOptions": { "checkOnType": false } });
    let mut client = Client::start_with(&[project.root()], &more);
    client.open(&project.lib(), RIGHT);
    assert!(client.diagnostics(&project.lib(), Some(1)).is_empty());
    client.change(&project.lib(), 2, RIGHT);
    client.change(&project.lib(), 3, MISTAKE);
    project.write("src/lib.rs", MISTAKE);
    client.save(&project.lib());
    assert_eq!(codes(&client.diagnostics(&project.lib(), Some(3))), ["CL006"]);
    let version_2 = |message: &Value| message["params"]["version"] == 2;
    assert!(!client.unread().any(version_2));
}

#[test]
fn flags_for_the_compiler_that_change_on_disk_count() {
    let conditional = MISTAKE.replace("#[cache_data", "#[cfg(loud)]\n#[cache_data");
    let project = Project::new(&conditional);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), &conditional);
    assert!(client.diagnostics(&project.lib(), Some(1)).is_empty());
    project.write(".cargo/config.toml", "[build]\nrustflags = \"--cfg loud\"\n");
    client.changed_on_disk(&project.path(".cargo/config.toml"));
    assert_eq!(codes(&client.diagnostics(&project.lib(), Some(1))), ["CL006"]);
}

#[test]
fn settings_that_change_change_levels() {
    let project = Project::new(MISTAKE);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), MISTAKE);
    assert_eq!(client.diagnostics(&project.lib(), Some(1))[0]["severity"], 1);
    project.write("cache-lint.toml", "warn = [\"invalid-option\"]\n");
    client.changed_on_disk(&project.path("cache-lint.toml"));
    assert_eq!(client.diagnostics(&project.lib(), Some(1))[0]["severity"], 2);
}

#[test]
fn the_command_finds_the_same() {
    let project = Project::new(MISTAKE);
    project.write("src/main.rs", &format!("{MISTAKE}fn main() {{}}\n"));
    let mut client = Client::start(project.root());
    let mut served: Vec<Value> = Vec::new();
    for file in ["src/lib.rs", "src/main.rs"] {
        for found in client.diagnostics(&project.path(file), None) {
            served.push(json!([file, found["code"], found["range"]["start"], found["message"]]));
        }
    }
    let options = cachelit_workspace::LoadOptions::new(project.root().to_owned());
    let workspace = cachelit_workspace::Workspace::load(&options).expect("it loads");
    let report = workspace
        .snapshot()
        .check(&cachelit_workspace::Selection::Workspace)
        .expect("no package is named");
    assert_eq!(served.len(), report.findings.len());
    for (finding, served) in report.findings.iter().zip(&served) {
        let file: &Path = finding.place.file.strip_prefix(project.root()).expect("inside");
        assert_eq!(json!(file.to_str().expect("UTF-8")), served[0]);
        assert_eq!(json!(finding.lint.code), served[1]);
        let message = served[3].as_str().expect("a text");
        assert!(message.starts_with(&finding.message), "{message}");
    }
}
