//! `cargo xtask deny`: licences, bans and sources of the dependencies, as `deny.toml` has them.

use crate::{Outcome, shell};

/// The flags of `cargo xtask deny`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Also look for security advisories, which needs github.com
    #[arg(long)]
    advisories: bool,
}

const VERSION: &str = "0.20.2";

/// Installs cargo-deny below `target/`, unless it is there, and runs it.
pub(crate) fn run(args: &Args) -> Outcome {
    let folder = shell::root().join("target/tools");
    let program = folder.join("bin/cargo-deny");
    if !program.with_extension(std::env::consts::EXE_EXTENSION).exists() {
        // Unoptimized and without debug information: it runs for seconds, and all else takes minutes more.
        let install = [
            "install",
            "cargo-deny",
            "--debug",
            "--quiet",
            "--locked",
            "--version",
            VERSION,
            "--root",
        ];
        let mut install = shell::cargo(&install);
        shell::run(install.arg(&folder).env("CARGO_PROFILE_DEV_DEBUG", "0"))?;
    }
    let mut checks = vec!["check", "bans", "licenses", "sources"];
    checks.extend(args.advisories.then_some("advisories"));
    let program = program.to_str().ok_or("the path of this checkout is not UTF-8")?;
    shell::run(&mut shell::command(program, &checks))
}
