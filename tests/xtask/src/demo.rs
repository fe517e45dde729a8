//! `cargo xtask demo`: what the linter says of the demo and of the mistakes, and what the demo does.

use std::process::Command;

use crate::Outcome;
use crate::shell;

/// The flags of `cargo xtask demo`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A cargo-cache-lint that is built already
    #[arg(long, value_name = "PROGRAM")]
    lint: Option<String>,
}

impl Args {
    /// `cargo cache-lint` for one of the workspaces in `tests/`.
    fn cache_lint(&self, workspace: &str) -> Command {
        let manifest = format!("tests/{workspace}/Cargo.toml");
        let args = ["cache-lint", "--manifest-path", &manifest];
        match &self.lint {
            Some(program) => shell::command(program, &args),
            None => shell::cargo(&args),
        }
    }
}

/// Lints the demo, which must be clean, then the mistakes, which must not be, then runs the demo.
pub(crate) fn run(args: &Args) -> Outcome {
    shell::run(&mut args.cache_lint("demo"))?;
    let mut mistakes = args.cache_lint("mistakes");
    let status = mistakes.status()?;
    if status.code() != Some(1) {
        return Err(
            format!("`{}` should find the mistakes: {status}", shell::line(&mistakes)).into()
        );
    }
    shell::run(&mut shell::cargo(&["run", "--quiet", "--manifest-path", "tests/demo/Cargo.toml"]))
}
