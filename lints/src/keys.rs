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
    /// The whole `fn` item.
    pub item: FileRange,
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
        item: function.place(function.item.syntax().text_range()),
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
        let is_itself = callee.item == function.item_place();
        if !is_member || is_itself || reached.iter().any(|known| known.name == callee.path) {
            continue;
        }
        let Some(name) = cx.function(&callee).and_then(|(_, item)| item.name()) else { continue };
        let place = FileRange { file: callee.item.file, range: name.syntax().text_range() };
        reached.push(Reached { name: callee.path, place, tracked });
    }
    reached
}

#[cfg(test)]
mod tests {
    use cachelit_spec::code_hash;
    use cachelit_spec::options::{Kind, Scope};
    use cachelit_spec::token::{Edition, TokenBuffer};

    use super::FunctionKey;
    use crate::testing::Fixture;

    fn keys(text: &str) -> Vec<FunctionKey> {
        let fixture = Fixture::new(text);
        let analysis = fixture.analysis(crate::settings::Settings::default());
        fixture.paths().flat_map(|path| analysis.function_keys(path)).collect()
    }

    #[test]
    fn a_key_lists_what_is_hashed_and_what_is_reached() {
        let keys = keys(
            "
use cachelit::{cache_data, cache_resource};
mod inner {
    #[cachelit::cache_data(code = \"deep\")]
    pub fn r#match(_a: u8, b: u8, r#type: u8) -> u8 { helper(helper(b)) }
    fn helper(x: u8) -> u8 { x }
}
struct S;
impl S {
    #[cache_resource]
    fn method(&self) -> u8 { Self::other(); 1 }
    fn other() {}
}
",
        );
        let [first, second] = &keys[..] else { panic!("two keys, not {keys:#?}") };
        assert_eq!(first.function, "demo::inner::match");
        assert_eq!(first.kind, Kind::Data);
        assert_eq!(first.scope, Scope::Session);
        assert_eq!(first.hashed, ["b", "r#type"]);
        assert_eq!(first.excluded, ["_a"]);
        let reached: Vec<_> = first.reaches.iter().map(|it| (&*it.name, it.tracked)).collect();
        assert_eq!(reached, [("demo::inner::helper", true)]);
        assert_eq!(second.function, "demo::method");
        assert_eq!(second.hashed, ["self"]);
        assert_eq!(second.scope, Scope::Global);
        assert_eq!(second.reaches.len(), 1);
    }

    #[test]
    fn the_code_hash_is_that_of_the_item_without_its_attributes() {
        let keys = keys(
            "use cachelit::cache_data;\n/// Docs.\n#[cache_data(ttl = 1)]\npub fn f() -> u8 {\n    1 // one\n}\n",
        );
        let tokens = TokenBuffer::from_source("fn f() -> u8 { 1 }", Edition::E2024);
        assert_eq!(keys[0].code_hash, code_hash(tokens.tokens()));
    }
}
