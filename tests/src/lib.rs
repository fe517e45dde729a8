//! Whole-product tests live beside this file, in `tests/*`; here is what they share.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the repo.
///
/// # Panics
///
/// If this crate was moved out of the repo.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the root").to_path_buf()
}

/// Runs cargo in the root of the repo.
///
/// # Panics
///
/// If it can't be started.
pub fn cargo(args: &[&str]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(args).current_dir(root()).output().expect("cargo can be started")
}

/// Runs `cargo cache-lint`, as this checkout has it, on one of the workspaces in `tests/`.
///
/// The program is the one that the environment variable `CARGO_CACHE_LINT` names, or is built: alone, which takes
/// most of its dependencies with other features than a build of all tests.
///
/// # Panics
///
/// If it can't be started.
pub fn cache_lint(workspace: &str, args: &[&str]) -> Output {
    let manifest = format!("tests/{workspace}/Cargo.toml");
    let built = env::var_os("CARGO_CACHE_LINT");
    let mut command = Command::new(built.as_deref().unwrap_or(env!("CARGO").as_ref()));
    if built.is_none() {
        command.args(["run", "--quiet", "--package", "cargo-cache-lint", "--"]);
    }
    command.arg("cache-lint").args(args).args(["--manifest-path", &manifest]);
    command.current_dir(root()).output().expect("the command can be started")
}

/// What a program printed, as text.
///
/// # Panics
///
/// If it is no UTF-8.
pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("output is UTF-8")
}

/// Nanoseconds on a clock that all processes of the machine share.
pub fn now() -> u64 {
    #[cfg(unix)]
    {
        // It is never set, unlike that on the wall.
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
    }
    #[cfg(not(unix))]
    {
        let now = std::time::UNIX_EPOCH.elapsed().expect("it is later than 1970");
        u64::try_from(now.as_nanos()).expect("it is earlier than 2554")
    }
}
