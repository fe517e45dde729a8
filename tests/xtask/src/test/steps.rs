//! The steps of `cargo xtask test`.
//!
//! They share one target folder; those that build with the same settings stand next to each other.

use std::collections::BTreeMap;
use std::env;
use std::process::Command;

use serde_json::Value;

use super::count::{Counter, Runner};
use crate::shell::{cargo, command};

/// One command, and how its results are counted.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) command: Command,
    pub(super) counter: Counter,
    pub(super) turn: Turn,
}

/// When a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// After the one before it.
    Next,
    /// Beside those, and after the one of its kind before it: it leaves a processor to them.
    Beside,
    /// When all others are over.
    Last,
}

const DEMO: &str = "tests/demo/Cargo.toml";
const NOT_UTF8: &str = "the path of this checkout is not UTF-8";

/// Every step, cheap ones first.
pub(super) fn all() -> Result<Vec<Step>, Box<dyn std::error::Error>> {
    let lint = built_by_the_tests("cargo-cache-lint")?;
    let mut tests = cargo(&["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]);
    // Which `cachelit_tests::cache_lint` reads.
    tests.env("CARGO_CACHE_LINT", &lint);
    let mut steps = vec![
        check("format", cargo(&["fmt", "--all", "--check"])),
        check("format of the demo", cargo(&["fmt", "--all", "--check", "--manifest-path", DEMO])),
        check(
            "clippy",
            cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        ),
        step("tests", Runner::Libtest, tests),
        // Without the compile errors: which impls rustc lists in them depends on the features.
        step(
            "tests of the runtime's optional parts",
            Runner::Libtest,
            runtime_with_all_features(&[
                "--lib",
                "--test",
                "crates",
                "--test",
                "golden",
                "--test",
                "implementations",
                "--test",
                "metrics",
                "--test",
                "tables",
                "--test",
                "tracing",
            ]),
        ),
        step("models of the engine", Runner::Libtest, this_program(&["models"])?),
        step(
            "examples in the docs",
            Runner::Libtest,
            cargo(&[
                "test",
                "--workspace",
                "--exclude",
                "cachelit",
                "--doc",
                "--locked",
                "--no-fail-fast",
            ]),
        ),
        // With all features, for some examples are of these.
        step(
            "examples in the runtime's docs",
            Runner::Libtest,
            runtime_with_all_features(&["--doc"]),
        ),
        check("docs", docs()),
    ];
    steps.extend([
        check(
            "clippy of the demo",
            cargo(&[
                "clippy",
                "--all-targets",
                "--locked",
                "--manifest-path",
                DEMO,
                "--",
                "-D",
                "warnings",
            ]),
        ),
        check("demo", this_program(&["demo", "--lint", &lint])?),
    ]);
    steps.extend(with_installs()?);
    steps.extend(features()?);
    Ok(steps)
}

/// Those that install what they need, and the one that needs it.
fn with_installs() -> Result<[Step; 4], Box<dyn std::error::Error>> {
    let server = built_by_the_tests("cachelit-server")?;
    Ok([
        check("licences, bans and sources", this_program(&["deny"])?).when(Turn::Beside),
        step("types and unit tests of the extension", Runner::Node, this_program(&["extension"])?)
            .when(Turn::Beside),
        check("a VS Code to test in", this_program(&["e2e", "--install"])?).when(Turn::Beside),
        step(
            "the extension in VS Code",
            Runner::Node,
            this_program(&["e2e", "--server", &server])?,
        )
        .when(Turn::Last),
    ])
}

/// A program of the workspace, beside this one.
fn built_by_the_tests(name: &str) -> Result<String, Box<dyn std::error::Error>> {
    let program =
        env::current_exe()?.with_file_name(name).with_extension(env::consts::EXE_EXTENSION);
    Ok(program.to_str().ok_or(NOT_UTF8)?.to_owned())
}

fn check(name: impl Into<String>, command: Command) -> Step {
    step(name, Runner::None, command)
}

fn step(name: impl Into<String>, runner: Runner, command: Command) -> Step {
    Step { name: name.into(), command, counter: Counter::new(runner), turn: Turn::Next }
}

impl Step {
    fn when(self, turn: Turn) -> Step {
        Step { turn, ..self }
    }
}

/// Some of the runtime's tests, with all its features.
fn runtime_with_all_features(which: &[&str]) -> Command {
    let mut tests = cargo(&["test", "--package", "cachelit", "--all-features"]);
    tests.args(which).args(["--locked", "--no-fail-fast"]);
    tests
}

fn docs() -> Command {
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    docs
}

/// Each feature of each package alone, and each package that has features without any: while the tests run, which
/// leave a processor idle where one of them takes long.
fn features() -> Result<Vec<Step>, Box<dyn std::error::Error>> {
    let output = cargo(&["metadata", "--no-deps", "--format-version", "1"]).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut steps = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let features: BTreeMap<String, Value> =
            serde_json::from_value(package["features"].clone())?;
        let names = features.keys().map(String::as_str).filter(|feature| *feature != "default");
        if features.is_empty() {
            continue;
        }
        for feature in std::iter::once("").chain(names) {
            let said = if feature.is_empty() { "no feature" } else { feature };
            let args =
                ["check", "--locked", "-p", name, "--no-default-features", "--features", feature];
            steps.push(check(format!("{name} with {said}"), cargo(&args)).when(Turn::Beside));
        }
    }
    Ok(steps)
}

fn this_program(args: &[&str]) -> Result<Command, Box<dyn std::error::Error>> {
    let program = env::current_exe()?;
    let program = program.to_str().ok_or(NOT_UTF8)?;
    Ok(command(program, args))
}
