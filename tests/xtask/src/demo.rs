//! `cargo xtask demo`: what the linter says of the demo and of the mistakes, and what the demo does.

use crate::Outcome;
use crate::shell;

/// The flags of `cargo xtask demo`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Lints the demo, which must be clean, then the mistakes, which must not be, then runs the demo.
pub(crate) fn run(_: &Args) -> Outcome {
    shell::run(&mut shell::cargo(&["cache-lint", "--manifest-path", "tests/demo/Cargo.toml"]))?;
    let mut mistakes =
        shell::cargo(&["cache-lint", "--manifest-path", "tests/mistakes/Cargo.toml"]);
    let status = mistakes.status()?;
    if status.code() != Some(1) {
        return Err(
            format!("`{}` should find the mistakes: {status}", shell::line(&mistakes)).into()
        );
    }
    shell::run(&mut shell::cargo(&["run", "--quiet", "--manifest-path", "tests/demo/Cargo.toml"]))
}
