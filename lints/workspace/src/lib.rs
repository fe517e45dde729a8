//! The front door of the linter: everything that touches cargo, the disk or open buffers.
//!
//! [`Workspace::load`] asks cargo what the workspace is made of, reads the settings and finds the
//! files that can hold cached functions. [`Workspace::snapshot`] freezes one revision, which any
//! number of threads may check. The command and the language server both go through here, so their
//! findings are identical.
//!
//! ```no_run
//! use cachelit_workspace::{LoadOptions, Selection, Workspace};
//!
//! let workspace = Workspace::load(&LoadOptions::new("/path/to/project".into()))?;
//! let report = workspace.snapshot().check(&Selection::Workspace)?;
//! for finding in &report.findings {
//!     eprintln!("{}: {}", finding.lint.name, finding.message);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate never prints: what a user should know is a [`LoadError`] or one of
//! [`Workspace::warnings`].

mod cargo_config;
mod config;
mod discover;
mod kept;
mod kept_answers;
mod kept_metadata;
mod load;
mod metadata;
mod project;
mod rustc;
mod snapshot;
mod sources;
mod summary_index;
mod workspace;

pub use config::{ConfigError, lint_by_name};
pub use load::{LoadError, LoadOptions};
pub use snapshot::{Report, Selection, Snapshot, UnknownPackage};
pub use workspace::Workspace;
