//! The contract that the macros and the linter share.
//!
//! A proc macro sees tokens, the linter sees source text. Both turn what they see into one
//! [`TokenBuffer`], and everything that must come out equal is computed from that:
//!
//! - [`options`]: the grammar of `#[cache_data(…)]` and `#[cache_resource(…)]`,
//! - [`code_hash()`]: the part of a cache key that stands for the function's code,
//! - [`widgets`]: which `cachelit::st` functions are display elements and which are widgets,
//! - [`lints`]: codes, names and default levels of the lints.
//!
//! This crate does no I/O and never panics on input: malformed attributes become
//! [`options::Problem`]s.

pub mod code_hash;
pub mod lints;
pub mod options;
pub mod suggest;
pub mod token;
pub mod units;
pub mod widgets;

pub use code_hash::{CodeHash, code_hash};
pub use options::{Kind, Options};
pub use token::TokenBuffer;
