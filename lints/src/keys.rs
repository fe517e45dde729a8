//! What goes into a cached function's key: for the hover and for `cargo cache-lint keys`.

use cachelit_spec::CodeHash;
use cachelit_spec::options::{CodeCoverage, Kind, Persist, Scope};
use ra_ap_syntax::ast::{AstNode, HasName};

use crate::model::{CachedFunction, Context, calls_of};
use crate::project::PackageIndex;
use crate::resolve::Resolution;
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

/// The key of a cached function.
pub(crate) fn function_key(cx: &Context<'_>, function: &CachedFunction) -> FunctionKey {
    let options = &function.attribute.options;
    let (excluded, hashed): (Vec<_>, Vec<_>) =
        function.parameters.iter().partition(|parameter| parameter.is_excluded());
    FunctionKey {
        function: function.path.clone(),
        package: cx.resolver.package_of(function.module),
        kind: function.kind(),
        name: function.place(function.name.syntax().text_range()),
        code_hash: function.code_hash(),
        hashed: hashed.into_iter().map(|parameter| parameter.name.clone()).collect(),
        excluded: excluded.into_iter().map(|parameter| parameter.name.clone()).collect(),
        scope: options.scope(function.kind()),
        persist: options.persist,
        reaches: reached(cx, function),
    }
}

/// The workspace functions that the body calls, in the order of their first calls.
pub(crate) fn reached(cx: &Context<'_>, function: &CachedFunction) -> Vec<Reached> {
    let tracked = function.attribute.options.code == CodeCoverage::Deep;
    let mut reached: Vec<Reached> = Vec::new();
    for call in calls_of(cx, function.module, &function.item) {
        let Resolution::Function(callee) = call.target else { continue };
        let is_member = cx.project.package(callee.package).is_member;
        // Its own code is in the key already.
        let is_itself = callee.item == function.place(function.item.syntax().text_range());
        if !is_member || is_itself || reached.iter().any(|known| known.name == callee.path) {
            continue;
        }
        let Some(name) = cx.function(&callee).and_then(|(_, item)| item.name()) else { continue };
        let place = FileRange { file: callee.item.file, range: name.syntax().text_range() };
        reached.push(Reached { name: callee.path, place, tracked });
    }
    reached
}
