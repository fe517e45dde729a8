//! The lint engine: source text and a description of the workspace in, plain findings out.
//!
//! [`Analysis`] is the front door. It holds a [`project::Project`] (packages, features, `cfg`), a
//! [`source::SourceFiles`] to read text from, and [`settings::Settings`]; it answers for one file at
//! a time: findings, cached functions, hover texts.
//!
//! This crate never does I/O, never prints, knows neither LSP nor JSON, and never fails: source that
//! does not parse is normal input, and what can't be known is [`resolve::Verdict::Unknown`].

#![warn(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types)]

pub mod analysis;
mod engine;
pub mod finding;
pub mod hover;
pub mod keys;
mod model;
pub mod prefilter;
pub mod project;
pub mod resolve;
pub mod rules;
pub mod settings;
pub mod source;
mod suppress;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use analysis::Analysis;
pub use cachelit_spec as spec;
pub use finding::{Applicability, Finding, Fix, Note, TextEdit};
pub use ra_ap_syntax::{TextRange, TextSize};
