//! Levels that users set, from the command line, `cache-lint.toml` or `Cargo.toml` metadata.

use std::collections::BTreeMap;

use cachelit_spec::lints::{Level, LintSpec};

use crate::project::PackageIndex;

/// Levels by lint name; a lint that is not named keeps what the next wider table says.
pub type Levels = BTreeMap<&'static str, Level>;

/// What users set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `--deny`, `--warn`, `--allow`: wins over everything.
    pub command_line: Levels,
    /// `[package.metadata.cache-lint]`.
    pub packages: BTreeMap<PackageIndex, Levels>,
    /// `[workspace.metadata.cache-lint]` or `cache-lint.toml`.
    pub workspace: Levels,
}

impl Settings {
    /// The level of a lint in a package.
    #[must_use]
    pub fn level(&self, lint: &LintSpec, package: PackageIndex) -> Level {
        [Some(&self.command_line), self.packages.get(&package), Some(&self.workspace)]
            .into_iter()
            .flatten()
            .find_map(|levels| levels.get(lint.name).copied())
            .unwrap_or(lint.level)
    }
}
