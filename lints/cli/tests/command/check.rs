//! `cargo cache-lint check`: what is printed, and the exit status.

use std::io::Read;
use std::process::Stdio;

use crate::support::Project;
use serde_json::{Value, json};

const CLEAN: &str = "#[cachelit::cache_data(ttl = 60)]\nfn load(id: u64) -> u64 { id }\n";
/// One mistake, with a certain repair, behind characters that take several bytes.
const MISTAKE: &str =
    "/* é😀 */ #[cachelit::cache_data(max_entrys = 5)]\nfn load(id: u64) -> u64 { id }\n";

/// Standard output with the one thing in it that differs between runs made equal.
fn snapshot(project: &Project, arguments: &[&str]) -> String {
    let stdout = project.run(arguments).stdout;
    let Some((before, after)) = stdout.rsplit_once(" (") else { return stdout };
    let Some((_, after)) = after.split_once(" ms)") else { return stdout };
    format!("{before} (N ms){after}")
}

#[test]
fn a_clean_workspace_passes() {
    let run = Project::new(CLEAN).run(&[]);
    assert_eq!((run.status, &*run.stderr), (0, ""));
    assert!(run.stdout.starts_with("checked 1 cached function in 1 file"), "{}", run.stdout);
}

#[test]
fn human_output_shows_the_source_and_the_repair() {
    insta::assert_snapshot!(snapshot(&Project::new(MISTAKE), &["check"]));
}

#[test]
fn lines_that_end_in_crlf_are_shown_like_any_other() {
    let project = Project::new(&MISTAKE.replace('\n', "\r\n"));
    assert_eq!(snapshot(&project, &[]).replace('\r', ""), snapshot(&Project::new(MISTAKE), &[]));
}

#[test]
fn short_output_is_a_line_each() {
    insta::assert_snapshot!(snapshot(&Project::new(MISTAKE), &["--message-format", "short"]));
}

#[test]
fn github_output_is_annotations() {
    insta::assert_snapshot!(snapshot(&Project::new(MISTAKE), &["--message-format", "github"]));
}

#[test]
fn sarif_output_is_one_log() {
    let run = Project::new(MISTAKE).run(&["--message-format", "sarif"]);
    let log: Value = serde_json::from_str(&run.stdout).expect("one JSON document");
    let result = &log["runs"][0]["results"][0];
    let rule = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    insta::assert_snapshot!(serde_json::to_string_pretty(result).expect("printable"));
}

#[test]
fn sarif_results_alike_have_fingerprints_of_their_own() {
    let source = "#[cachelit::cache_data(tttl = 5, max_entrys = 5)]\nfn load() -> u64 { 1 }\n";
    let run = Project::new(source).run(&["--message-format", "sarif"]);
    let log: Value = serde_json::from_str(&run.stdout).expect("one JSON document");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let fingerprint = |result: &Value| result["partialFingerprints"]["cachelit/v1"].clone();
    let fingerprints: Vec<Value> = results.iter().map(fingerprint).collect();
    assert_eq!(fingerprints, ["CL006:app::load:", "CL006:app::load::2"]);
}

#[test]
fn json_output_has_every_field_of_a_finding() {
    let run = Project::new(MISTAKE).run(&["--message-format=json"]);
    let [finding, summary] = &run.json()[..] else { panic!("{}", run.stdout) };
    assert_eq!(
        *finding,
        json!({
            "reason": "cache-lint",
            "lint": "invalid-option",
            "code": "CL006",
            "level": "deny",
            "message": "unknown option `max_entrys`",
            "file": "app/src/lib.rs",
            "line": 1, "column": 33, "end_line": 1, "end_column": 43,
            "function": "app::load",
            "parameter": null,
            "notes": finding["notes"],
            "fixes": [{
                "title": finding["fixes"][0]["title"],
                "applicability": "machine-applicable",
                "edits": [{
                    "file": "app/src/lib.rs",
                    "start": {"line": 1, "column": 33},
                    "end": {"line": 1, "column": 43},
                    "text": "max_entries",
                }],
            }],
        })
    );
    let elapsed = &summary["elapsed_ms"];
    assert!(elapsed.is_u64());
    let expected = json!({
        "reason": "summary", "files": 1, "functions": 1, "deny": 1, "warn": 0, "elapsed_ms": elapsed,
    });
    assert_eq!(*summary, expected);
    assert_eq!(run.status, 1);
}

#[test]
fn levels_decide_what_is_reported_and_what_fails() {
    let project = Project::new(MISTAKE);
    let totals = |arguments: &[&str]| {
        let run = project.run(&[&["--message-format=json"], arguments].concat());
        let lines = run.json();
        let summary = lines.last().expect("a summary").clone();
        (run.status, summary["deny"].as_u64(), summary["warn"].as_u64())
    };
    assert_eq!(totals(&[]), (1, Some(1), Some(0)));
    assert_eq!(totals(&["--warn", "invalid-option"]), (0, Some(0), Some(1)));
    assert_eq!(totals(&["--warn=invalid_option", "--allow", "CL006"]), (0, Some(0), Some(0)));
    project.write("cache-lint.toml", "warn = [\"invalid-option\"]\n");
    assert_eq!(totals(&[]), (0, Some(0), Some(1)));
    assert_eq!(totals(&["--deny", "invalid-option"]), (1, Some(1), Some(0)));
}

#[test]
fn statistics_count_instead_of_printing() {
    insta::assert_snapshot!(snapshot(&Project::new(MISTAKE), &["--statistics"]));
    let lines = Project::new(MISTAKE).run(&["--statistics", "--message-format=json"]).json();
    assert_eq!(lines[0]["count"], 1);
    assert_eq!(lines[1]["reason"], "summary");
}

#[test]
fn a_baseline_hides_what_it_holds_wherever_it_moved() {
    let project = Project::new(MISTAKE);
    project.write("baseline.json", &project.run(&["--message-format=json"]).stdout);
    project.write("app/src/lib.rs", &format!("\n\n{MISTAKE}"));
    let run = project.run(&["--baseline", "baseline.json"]);
    assert_eq!((run.status, &*run.stderr), (0, ""));

    project.write("app/src/lib.rs", CLEAN);
    let run = project.run(&["--baseline", "baseline.json"]);
    assert_eq!(run.stderr, "note: 1 of the baseline's findings are gone; write it anew\n");

    project.write("baseline.json", "nonsense");
    let run = project.run(&["--baseline", "baseline.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with("error: baseline.json:1: not a finding"), "{}", run.stderr);
}

#[test]
fn colours_are_used_where_they_are_wanted() {
    let project = Project::new(MISTAKE);
    let is_coloured = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = project.command(arguments);
        let output = command.envs(variable).output().expect("run");
        output.stdout.contains(&0x1b)
    };
    assert!(!is_coloured(&[], None));
    assert!(is_coloured(&["--color", "always"], None));
    assert!(is_coloured(&[], Some(("CARGO_TERM_COLOR", "always"))));
    assert!(!is_coloured(&["--color=never"], Some(("CARGO_TERM_COLOR", "always"))));
    assert!(is_coloured(&["--color=always"], Some(("NO_COLOR", "1"))));
}

#[test]
fn what_can_not_run_says_so_in_one_line() {
    let project = Project::new(CLEAN);
    let cases: &[(&[&str], &str)] = &[
        (
            &["--statistic"],
            "error: unexpected argument '--statistic' found; a similar argument exists: '--statistics'\n",
        ),
        (
            &["--deny", "unhashable-parm"],
            "error: invalid value 'unhashable-parm' for '--deny <LINT>': unknown lint \
             `unhashable-parm`; did you mean `unhashable-param`?\n",
        ),
        (
            &["--manifest-path", "no/Cargo.toml"],
            "error: cannot read the manifest `ROOT/no/Cargo.toml`: No such file or directory (os error 2)\n",
        ),
        (&["-p", "ap"], "error: no package `ap` in this workspace; did you mean `app`?\n"),
    ];
    for (arguments, expected) in cases {
        let run = project.run(arguments);
        assert_eq!((run.status, &*run.stderr, &*run.stdout), (2, *expected, ""));
    }
}

#[test]
fn dependencies_that_can_not_be_resolved_are_a_warning() {
    let project = Project::new(MISTAKE);
    let manifest = project.read("app/Cargo.toml");
    project.write("app/Cargo.toml", &format!("{manifest}no-such-crate-anywhere = \"1\"\n"));
    let run = project.run(&[]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.starts_with("warning: dependencies could not be resolved"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.lines().count(), 1);
}

#[test]
fn packages_are_checked_as_they_are_named() {
    let project = Project::new(MISTAKE);
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"other\"]\nexclude = [\"cachelit\"]\nresolver = \"3\"\n",
    );
    project.write("other/Cargo.toml", &project.read("app/Cargo.toml").replace("app", "other"));
    project.write("other/src/lib.rs", MISTAKE);
    let files = |arguments: &[&str]| {
        let run = project.run(&[&["--message-format=json"], arguments].concat());
        let mut lines = run.json();
        lines.pop();
        lines.iter().map(|it| it["file"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(files(&[]), ["app/src/lib.rs", "other/src/lib.rs"]);
    assert_eq!(files(&["--manifest-path", "other/Cargo.toml"]), ["other/src/lib.rs"]);
    let both = ["app/src/lib.rs", "other/src/lib.rs"];
    assert_eq!(files(&["--manifest-path", "other/Cargo.toml", "--workspace"]), both);
    assert_eq!(files(&["-p", "app"]), ["app/src/lib.rs"]);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let project = Project::new(&MISTAKE.repeat(200));
    let mut child = project
        .command(&["--message-format=json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("a text");
    assert_eq!(stderr, "");
    child.wait().expect("waited for");
}

#[test]
fn the_command_also_works_without_cargo() {
    let project = Project::new(CLEAN);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-cache-lint"))
        .args(["check", "--offline", "--manifest-path"])
        .arg(project.path("app/Cargo.toml"))
        .status()
        .expect("run");
    assert!(status.success());
}
