//! What goes into a cached function's key: for the hover and for `cargo cache-lint keys`.

use cachelit_spec::CodeHash;
use cachelit_spec::options::{Kind, Persist, Scope};

use crate::project::PackageIndex;
use crate::source::FileRange;

/// A cached function and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionKey {
    /// The path that `cachelit::functions()` reports.
    pub function: String,
    /// Its package.
    pub package: PackageIndex,
    /// Data or resource.
    pub kind: Kind,
    /// The function's name in the source.
    pub name: FileRange,
    /// The hash of its code, as the compiled program computes it.
    pub code_hash: CodeHash,
    /// Parameters in the key, in order, by name.
    pub hashed: Vec<String>,
    /// Parameters left out of the key, in order, by name.
    pub excluded: Vec<String>,
    /// Who shares the entries.
    pub scope: Scope,
    /// Where else entries live.
    pub persist: Option<Persist>,
    /// Workspace functions that the body calls directly.
    pub reaches: Vec<Reached>,
}

/// A workspace function that a cached body calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its path.
    pub name: String,
    /// Its name in the source.
    pub place: FileRange,
    /// Whether the code hash covers it.
    pub tracked: bool,
}
