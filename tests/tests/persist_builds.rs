//! What one build of a program stored, and another finds.

use std::fs;
use std::path::Path;
use std::process::Command;

use cachelit_tests::{root, text};
use tempfile::TempDir;

const MANIFEST: &str = r#"
[package]
name = "stored"
edition = "2024"

[dependencies]
cachelit = { path = "CACHELIT" }
serde = { version = "1", features = ["derive"] }

# As in the root, so that what both depend on is built once.
[profile.dev]
debug = "line-tables-only"

[profile.dev.package."*"]
debug = false

[workspace]
"#;

const PROGRAM: &str = r#"
use cachelit::{CacheKey, cache_data};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
struct Row {
    value: u32,
}

impl Row {
    fn of(value: u32) -> Row {
        Row { value }
    }
}

#[derive(CacheKey)]
struct Query {
    low: u32,
    high: u32,
}

#[derive(Hash)]
enum Mode {
    Fast,
    Slow,
}

#[cache_data(scope = "global", persist = "disk")]
fn load(x: u32) -> Row {
    Row::of(x + 1)
}

#[cache_data(scope = "global", persist = "disk")]
fn count(query: &Query) -> u32 {
    query.high - query.low
}

#[cache_data(scope = "global", persist = "disk")]
fn hashed(mode: &Mode) -> bool {
    matches!(mode, Mode::Slow)
}

fn main() {
    drop(Mode::Slow);
    load(1);
    count(&Query { low: 1, high: 5 });
    hashed(&Mode::Fast);
    println!("{} {} {}", load::stats().misses, count::stats().misses, hashed::stats().misses);
}
"#;

/// A program that is edited, built and run again and again.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cachelit = root().join("runtime");
        let manifest =
            MANIFEST.replace("CACHELIT", &cachelit.display().to_string().replace('\\', "/"));
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
        fs::create_dir(folder.path().join("src")).expect("a folder");
        fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a lock file");
        Project { folder }
    }

    /// Which of the three functions ran their bodies, after those edits of the program.
    fn run(&self, edits: &[(&str, &str)]) -> String {
        let mut program = PROGRAM.to_owned();
        for (old, new) in edits {
            assert!(program.contains(old), "`{old}` stands in the program");
            program = program.replacen(old, new, 1);
        }
        let folder = self.folder.path();
        fs::write(folder.join("src/main.rs"), program).expect("a source file");
        let target = root().join("target");
        command("cargo", folder)
            .args(["build", "--quiet", "--offline", "--target-dir"])
            .arg(&target)
            .run();
        let program = target.join("debug").join(format!("stored{}", std::env::consts::EXE_SUFFIX));
        let output = command(program, folder).run();
        let ran = |count: &str| if count == "1" { "ran" } else { "found" };
        output.split_whitespace().map(ran).collect::<Vec<_>>().join(" ")
    }
}

/// A command that must succeed.
struct Run(Command);

fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Run {
    let mut command = Command::new(program);
    command.current_dir(folder).env("CACHELIT_DIR", folder.join("cache"));
    Run(command)
}

impl Run {
    fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.0.args(args);
        self
    }

    fn arg(mut self, arg: &Path) -> Self {
        self.0.arg(arg);
        self
    }

    fn run(mut self) -> String {
        let output = self.0.output().expect("it can be started");
        assert!(output.status.success(), "{}", text(output.stderr));
        text(output.stdout)
    }
}

#[test]
fn another_build_finds_what_the_same_code_stored_and_nothing_else() {
    let project = Project::new();
    assert_eq!(project.run(&[]), "ran ran ran");
    assert_eq!(project.run(&[]), "found found found");

    let cosmetic = [
        ("use cachelit", "// A line more.\n\nuse cachelit"),
        (
            "fn load(x: u32) -> Row {",
            "/// Documented.\n#[inline]\npub fn load(\n    x: u32\n) -> Row {\n    // Told.\n",
        ),
        (
            "persist = \"disk\")]\nfn count",
            "persist = \"disk\", max_entries = 9, show_spinner = false)]\nfn count",
        ),
    ];
    assert_eq!(project.run(&cosmetic), "found found ran", "`Hash` is good for one build");

    assert_eq!(project.run(&[("x + 1", "x + 2")]), "ran found ran", "a token in the body");
    assert_eq!(
        project.run(&[
            ("fn count(query: &Query) -> u32", "fn count(query: &Query) -> u64"),
            ("query.high - query.low", "u64::from(query.high - query.low)")
        ]),
        "found ran ran"
    );

    // The function says the same, but what it returns or takes is another type.
    let wider =
        [("value: u32,\n}", "value: u64,\n}"), ("Row { value }", "Row { value: value.into() }")];
    assert_eq!(project.run(&wider), "ran found ran");
    assert_eq!(project.run(&wider), "found found found");
    let one_more = [
        ("value: u32,\n}", "value: u32,\n    #[serde(default)]\n    more: u32,\n}"),
        ("Row { value }", "Row { value, more: 7 }"),
    ];
    assert_eq!(project.run(&one_more), "ran found ran");
    let swapped = [("low: u32,\n    high: u32,", "high: u32,\n    low: u32,")];
    assert_eq!(project.run(&swapped), "ran ran ran", "the old row took the place of the first");

    // Whether the executable is the same to the last byte is the compiler's business.
    assert!(project.run(&[]).starts_with("found found "), "yesterday's build is back");
}
