//! Node, for the extension and its tests: the one that is installed, else one below `target/`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Outcome, shell};

/// The major version that the browser VS Code runs on.
const MAJOR: &str = "20";

/// Where [`ensure`] installs Node's programs; [`shell::command`] finds them there.
pub(crate) fn programs() -> PathBuf {
    shell::root().join("target/tools/node/node_modules/.bin")
}

/// Installs Node and npm below `target/`, unless the right version is there.
///
/// The registry has Node as a package, but npm is needed to install it: where that is missing too, it
/// comes from Debian, whose own Node is too old.
///
/// # Errors
///
/// When it can't be installed here.
pub(crate) fn ensure() -> Outcome {
    if version_of("node").is_some_and(|version| version.starts_with(&format!("v{MAJOR}.")))
        && version_of("npm").is_some()
    {
        return Ok(());
    }
    let arch = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x64",
        ("linux", "aarch64") => "arm64",
        (os, arch) => {
            return Err(format!(
                "install Node {MAJOR}: there is no package of it for {os} on {arch}"
            )
            .into());
        }
    };
    if version_of("npm").is_none() {
        shell::run(&mut shell::command("apt-get", &["update", "-qq"]))?;
        let install = ["install", "-qq", "-y", "--no-install-recommends", "npm"];
        shell::run(shell::command("apt-get", &install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    let folder = shell::root().join("target/tools/node");
    std::fs::create_dir_all(&folder)?;
    let node = format!("node-linux-{arch}@{MAJOR}");
    let install = ["install", "--no-fund", "--no-audit", "--loglevel=error", &node, "npm@10"];
    shell::run(shell::command("npm", &install).arg("--prefix").arg(&folder))
}

fn version_of(program: &str) -> Option<String> {
    let mut command: Command = shell::command(program, &["--version"]);
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
