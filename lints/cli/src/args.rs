//! The command line.

use std::path::PathBuf;

use cachelit_lints::settings::Levels;
use cachelit_lints::spec::lints::{Level, LintSpec};
use cachelit_workspace::{LoadOptions, Selection, lint_by_name};
use clap::{Parser, Subcommand, ValueEnum};

/// Finds mistakes in cached functions, from source text alone.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-cache-lint",
    bin_name = "cargo cache-lint",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: 0 nothing denied, 1 something denied, 2 could not run."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: Check,
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true, value_enum)]
    pub(crate) color: Option<Color>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the workspace's cached functions (the default)
    Check(Check),
    /// List the cached functions with what their keys are made of
    Keys(Keys),
    /// Tell what a lint is about; without a name, list them all
    Explain(Explain),
    /// Tell whether types can be keys, resources or data, and why not
    Type(Types),
}

/// Which workspace, and how to load it.
#[derive(Debug, clap::Args)]
pub(crate) struct Load {
    /// The `Cargo.toml` of the package or workspace
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Never touch the network
    #[arg(long)]
    offline: bool,
    /// Fail rather than change `Cargo.lock`
    #[arg(long)]
    locked: bool,
    /// The same as `--offline --locked`
    #[arg(long)]
    frozen: bool,
}

/// Which of its packages.
#[derive(Debug, clap::Args)]
pub(crate) struct Packages {
    /// Every package of the workspace
    #[arg(long, alias = "all")]
    workspace: bool,
    /// This package; may be repeated
    #[arg(short, long = "package", value_name = "PKG", conflicts_with = "workspace")]
    packages: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) load: Load,
    #[command(flatten)]
    pub(crate) packages: Packages,
    /// How to print findings
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, alias = "output-format")]
    pub(crate) message_format: Format,
    /// Apply the fixes that keep the program's meaning
    #[arg(long)]
    pub(crate) fix: bool,
    /// Print what `--fix` would change, and change nothing
    #[arg(long, conflicts_with_all = ["fix", "message_format", "statistics"])]
    pub(crate) diff: bool,
    /// Fail on this lint; may be repeated
    #[arg(short = 'D', long, value_name = "LINT", value_parser = lint_by_name)]
    deny: Vec<&'static LintSpec>,
    /// Report this lint, but don't fail
    #[arg(short = 'W', long, value_name = "LINT", value_parser = lint_by_name)]
    warn: Vec<&'static LintSpec>,
    /// Don't report this lint
    #[arg(short = 'A', long, value_name = "LINT", value_parser = lint_by_name)]
    allow: Vec<&'static LintSpec>,
    /// Don't report what stands in this file, the saved output of `--message-format json`
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Count findings by lint instead of printing them
    #[arg(long)]
    pub(crate) statistics: bool,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Source snippets
    #[default]
    Human,
    /// A line each
    Short,
    /// A JSON object per line, and one with the totals
    Json,
    /// A SARIF 2.1.0 log
    Sarif,
    /// Annotations of a GitHub workflow run
    Github,
}

/// How other answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people
    #[default]
    Human,
    /// A JSON object per line
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Keys {
    #[command(flatten)]
    pub(crate) load: Load,
    #[command(flatten)]
    pub(crate) packages: Packages,
    /// How to print the keys
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) message_format: AnswerFormat,
    /// Tell which keys differ from those of a git revision, and by which edit
    #[arg(long, value_name = "GIT_REF", conflicts_with_all = ["check", "write"])]
    pub(crate) diff: Option<String>,
    /// Fail if keys differ from those in this file, which `--write` made
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    pub(crate) check: Option<PathBuf>,
    /// Write the keys to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// Its name or code
    #[arg(value_name = "LINT", value_parser = lint_by_name)]
    pub(crate) lint: Option<&'static LintSpec>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Types {
    #[command(flatten)]
    pub(crate) load: Load,
    /// How to print the verdicts
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) message_format: AnswerFormat,
    /// The package whose code would name the type
    #[arg(short, long, value_name = "PKG")]
    pub(crate) package: Option<String>,
    /// The module that would name it, such as `a::b`; the crate root if not given
    #[arg(long = "in", value_name = "MODULE", default_value = "")]
    pub(crate) module: String,
    /// Types as Rust writes them; `-` reads one per line from stdin
    #[arg(value_name = "TYPE", required = true)]
    pub(crate) given: Vec<String>,
}

impl Load {
    /// What to load, with levels from the command line.
    pub(crate) fn options(&self, levels: Levels) -> std::io::Result<LoadOptions> {
        let mut options = LoadOptions::new(std::env::current_dir()?);
        options.manifest_path.clone_from(&self.manifest_path);
        options.offline |= self.offline || self.frozen;
        options.locked |= self.locked || self.frozen;
        options.levels = levels;
        Ok(options)
    }
}

impl Packages {
    pub(crate) fn selection(&self) -> Selection {
        if self.workspace {
            Selection::Workspace
        } else if self.packages.is_empty() {
            Selection::Default
        } else {
            Selection::Packages(self.packages.clone())
        }
    }
}

impl Check {
    /// The levels that the command line sets. Where a lint is named more than once, the mildest wins.
    pub(crate) fn levels(&self) -> Levels {
        let lists =
            [(Level::Deny, &self.deny), (Level::Warn, &self.warn), (Level::Allow, &self.allow)];
        let mut levels = Levels::new();
        for (level, lints) in lists {
            levels.extend(lints.iter().map(|lint| (lint.name, level)));
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Args;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
