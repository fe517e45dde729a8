//! `cargo xtask fuzz`: looks for input that makes a fuzz target fail.

use crate::Outcome;
use crate::shell::{self, root};

const VERSION: &str = "0.13.2";

/// Folders that `cargo fuzz init` would have made, and their targets.
const TARGETS: [(&str, &str); 2] = [("runtime/fuzz", "entry"), ("lints/fuzz", "source")];

/// All of this is safe Rust, in which a sanitizer finds little and takes most of the time.
const SANITIZER: &str = "--sanitizer=none";

/// The flags of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this target
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Installs cargo-fuzz below `target/`, unless it is there, and lets the targets run one after the other.
///
/// # Errors
///
/// When a target fails, whose input is then in its folder below `artifacts`, or can't be built: that takes a nightly
/// compiler, and one for C++.
pub(crate) fn run(args: &Args) -> Outcome {
    let is_asked = |target: &str| args.target.as_ref().is_none_or(|asked| asked == target);
    let asked: Vec<_> = TARGETS.into_iter().filter(|(_, target)| is_asked(target)).collect();
    if asked.is_empty() {
        let known = TARGETS.map(|(_, target)| target).join(", ");
        return Err(format!("there is no such target; these are: {known}").into());
    }
    for (folder, target) in asked {
        fuzz(folder, target, args.seconds)?;
    }
    Ok(())
}

fn fuzz(folder: &str, target: &str, seconds: u32) -> Outcome {
    let work = root().join("target/fuzz").join(target);
    let [corpus, store] = ["corpus", "store"].map(|name| work.join(name));
    for folder in [&corpus, &store] {
        std::fs::create_dir_all(folder)?;
    }
    let tools = root().join("target/tools");
    let program = tools.join("bin/cargo-fuzz");
    if !program.with_extension(std::env::consts::EXE_EXTENSION).exists() {
        let install =
            ["install", "cargo-fuzz", "--quiet", "--locked", "--version", VERSION, "--root"];
        shell::run(shell::cargo(&install).arg(&tools))?;
    }
    let mut fuzz = shell::command("rustup", &["run", "nightly"]);
    fuzz.arg(program)
        // They name the stable compiler.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .env("CARGO_TARGET_DIR", root().join("target/fuzz"))
        // What the runtime keeps on disk.
        .env("CACHELIT_DIR", store)
        .args(["run", SANITIZER, "--fuzz-dir", folder, target])
        .arg(corpus)
        .args(["--", "-max_len=4096", "-len_control=10", "-timeout=10"])
        .arg(format!("-max_total_time={seconds}"));
    shell::run(&mut fuzz)
}
