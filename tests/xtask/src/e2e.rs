//! `cargo xtask e2e`: the packaged extension in a real VS Code, tested as its user meets it.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::shell;

/// The flags of `cargo xtask e2e`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often to run the tests in VS Code, one after the other
    #[arg(long, default_value_t = 1)]
    times: u32,
}

/// Installs what is missing, packages the extension with the server, and tests the package in VS Code.
pub(crate) fn run(args: &Args) -> Outcome {
    let editor = shell::root().join("editors/code");
    install_extension_tools(&editor)?;
    let package = editor.join("cachelit.vsix");
    let out = package.to_str().ok_or("the path of this checkout is not UTF-8")?;
    shell::run(
        shell::command("npm", &["run", "--silent", "package", "--", "--out", out])
            .current_dir(&editor),
    )?;
    let code = install_vs_code()?;
    for _ in 0..args.times {
        shell::run(
            shell::command("node", &["--test", "--test-reporter=tap", "tests/e2e/code.test.mjs"])
                .env("VSCODE_E2E_DIR", &code)
                .env("CACHELIT_VSIX", &package),
        )?;
    }
    Ok(())
}

/// The extension's packages, as its lock file has them, unless they are there already.
fn install_extension_tools(editor: &Path) -> Outcome {
    let installed = editor.join("node_modules/.package-lock.json").metadata();
    let locked = editor.join("package-lock.json").metadata()?;
    if installed.is_ok_and(|installed| installed.modified().ok() >= locked.modified().ok()) {
        return Ok(());
    }
    shell::run(shell::command("npm", &["ci", "--loglevel=error"]).current_dir(editor))
}

/// Installs VS Code and a browser where they are missing, and returns their folder.
fn install_vs_code() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = std::env::var_os("VSCODE_E2E_DIR")
        .map_or_else(|| shell::root().join(".vscode-e2e"), PathBuf::from);
    shell::run(shell::command("bash", &["tests/e2e/setup.sh"]).arg(&folder))?;
    Ok(folder)
}
