//! What the command can do: a subcommand, a file.

use std::error::Error;

use cachelit_workspace::Workspace;

use crate::args::Load;
use crate::terminal;

pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod keys;
pub(crate) mod types;

/// The exit status of a command that ran.
pub(crate) type Outcome = Result<u8, Box<dyn Error>>;

/// Nothing is denied.
pub(crate) const PASSED: u8 = 0;
/// Something is denied.
pub(crate) const DENIED: u8 = 1;

/// Loads the workspace and says on stderr what limits the answers.
fn load(
    load: &Load,
    levels: cachelit_lints::settings::Levels,
) -> Result<Workspace, Box<dyn Error>> {
    let (workspace, ()) = load_and(load, levels, |_| ())?;
    Ok(workspace)
}

/// Likewise, and works on it, perhaps before cargo has answered.
fn load_and<T>(
    load: &Load,
    levels: cachelit_lints::settings::Levels,
    work: impl Fn(&Workspace) -> T,
) -> Result<(Workspace, T), Box<dyn Error>> {
    let loaded = Workspace::load_and(&load.options(levels)?, work)?;
    for warning in loaded.0.warnings() {
        terminal::warning(warning);
    }
    Ok(loaded)
}
