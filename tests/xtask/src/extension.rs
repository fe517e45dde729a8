//! `cargo xtask extension`: types and unit tests of the VS Code extension.

use std::process::Command;

use crate::{Outcome, node, shell};

/// The flags of `cargo xtask extension`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Installs what is missing, checks the types, and runs the unit tests.
pub(crate) fn run(_: &Args) -> Outcome {
    install_tools()?;
    shell::run(&mut npm(&["run", "--silent", "check"]))?;
    shell::run(&mut npm(&["test", "--silent"]))
}

/// Installs Node and the extension's packages, as its lock file has them, unless they are there already.
pub(crate) fn install_tools() -> Outcome {
    node::ensure()?;
    let editor = shell::root().join("editors/code");
    let installed = editor.join("node_modules/.package-lock.json").metadata();
    let locked = editor.join("package-lock.json").metadata()?;
    if installed.is_ok_and(|installed| installed.modified().ok() >= locked.modified().ok()) {
        return Ok(());
    }
    shell::run(&mut npm(&["ci", "--loglevel=error"]))
}

/// `npm arg…`, to be run in the extension's folder.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = shell::command(if cfg!(windows) { "npm.cmd" } else { "npm" }, args);
    npm.current_dir(shell::root().join("editors/code"));
    npm
}
