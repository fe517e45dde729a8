//! `cargo xtask e2e`: the packaged extension in a real VS Code, tested as its user meets it.

use std::path::PathBuf;

use crate::{Outcome, extension, shell};

/// The flags of `cargo xtask e2e`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often to run the tests in VS Code, one after the other
    #[arg(long, default_value_t = 1)]
    times: u32,
    /// The cargo profile of the server in the package
    #[arg(long, default_value = "release")]
    profile: String,
    /// The server in the package, built already
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    server: Option<String>,
    /// Only install what is missing
    #[arg(long)]
    install: bool,
}

/// Installs what is missing, packages the extension with the server, and tests the package in VS Code.
pub(crate) fn run(args: &Args) -> Outcome {
    extension::install_tools()?;
    let code = install_vs_code()?;
    if args.install {
        return Ok(());
    }
    let package = shell::root().join("editors/code/cachelit.vsix");
    let out = package.to_str().ok_or("the path of this checkout is not UTF-8")?;
    let mut package_as = vec!["run", "--silent", "package", "--", "--out", out];
    match &args.server {
        Some(server) => package_as.extend(["--server", server]),
        None => package_as.extend(["--profile", &args.profile]),
    }
    shell::run(&mut extension::npm(&package_as))?;
    for _ in 0..args.times {
        shell::run(
            shell::command("node", &["--test", "--test-reporter=tap", "tests/e2e/code.test.mjs"])
                .env("VSCODE_E2E_DIR", &code)
                .env("CACHELIT_VSIX", &package),
        )?;
    }
    Ok(())
}

/// Installs VS Code and a browser where they are missing, and returns their folder.
fn install_vs_code() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = std::env::var_os("VSCODE_E2E_DIR")
        .map_or_else(|| shell::root().join(".vscode-e2e"), PathBuf::from);
    shell::run(shell::command("bash", &["tests/e2e/setup.sh"]).arg(&folder))?;
    Ok(folder)
}
