//! `cargo xtask models`: the runtime's engine on loom's locks, in all the orders that its threads can take.

use std::process::Stdio;

use serde_json::Value;

use crate::{Outcome, shell};

/// The flags of `cargo xtask models`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Builds the runtime's unit tests on loom, and runs those that are models.
///
/// Only the runtime is built with the `cfg`: in `RUSTFLAGS` it would have every dependency built once more.
pub(crate) fn run(_: &Args) -> Outcome {
    let mut build = shell::cargo(&["rustc", "--package", "cachelit", "--lib", "--all-features"]);
    build.args(["--locked", "--profile", "test", "--message-format", "json-render-diagnostics"]);
    let output = build.args(["--", "--cfg", "cachelit_loom"]).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("`{}` failed with {}", shell::line(&build), output.status).into());
    }
    let messages = String::from_utf8(output.stdout)?;
    let tests = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(str::to_owned))
        .ok_or("cargo built no tests of the runtime")?;
    shell::run(shell::command(&tests, &["models"]).current_dir(shell::root().join("runtime")))
}
