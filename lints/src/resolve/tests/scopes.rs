use std::sync::atomic::Ordering::Relaxed;

use ra_ap_syntax::ast::{self, AstNode, HasName};
use ra_ap_syntax::{Edition, SourceFile};

use crate::resolve::{Namespace, Resolution, Resolver, Trait, Verdict};
use crate::settings::Settings;
use crate::testing::Fixture;

/// The parsed `/src/lib.rs` of a fixture, with the resolver.
fn with(fixture: &str, check: impl FnOnce(&Resolver, &SourceFile)) {
    let fixture = Fixture::new(fixture);
    let analysis = fixture.analysis(Settings::default());
    let path = std::path::Path::new("/src/lib.rs");
    let tree = SourceFile::parse(fixture.text(path), Edition::CURRENT).tree();
    check(analysis.resolver(), &tree);
}

/// The function of that name.
fn function(tree: &SourceFile, name: &str) -> ast::Fn {
    let mut all = tree.syntax().descendants().filter_map(ast::Fn::cast);
    all.find(|it| it.name().is_some_and(|own| own.text() == name)).expect("it is in the fixture")
}

/// What the first call in a function calls.
fn callee(resolver: &Resolver, tree: &SourceFile, name: &str) -> Resolution {
    let module = resolver.modules_of_file(std::path::Path::new("/src/lib.rs"))[0];
    let function = function(tree, name);
    let call = function.syntax().descendants().find_map(ast::PathExpr::cast).expect("a call");
    let scope = resolver.scope_at(module, call.syntax()).expect("it is in the build");
    resolver.resolve_path(&scope, &call.path().expect("a path"), Namespace::Value)
}

fn function_path(resolution: Resolution) -> String {
    match resolution {
        Resolution::Function(function) => function.path,
        other => panic!("not a function: {other:?}"),
    }
}

#[test]
fn cachelit_is_found_under_any_name() {
    let fixture = "
//- /src/lib.rs deps:cl=cachelit
mod prelude { pub use cl::st as ui; pub use cl::*; }
use prelude::*;
use prelude::ui;
fn a() { ui::slider() }
fn b() { st::button() }
fn c() { slider() }
fn slider() {}
";
    with(fixture, |resolver, tree| {
        let own = |path: &str| Resolution::Cachelit(path.to_owned());
        assert_eq!(callee(resolver, tree, "a"), own("st::slider"));
        assert_eq!(callee(resolver, tree, "b"), own("st::button"));
        assert_eq!(function_path(callee(resolver, tree, "c")), "demo::slider");
    });
}

#[test]
fn functions_are_found_in_blocks_modules_and_impls() {
    let fixture = "
mod inner { pub fn far() {} }
pub struct Store<T>(T);
impl<T> Store<T> {
    pub fn open() {}
    fn own() { Self::open() }
}
fn a() { inner::far() }
fn b() { fn near() {} near() }
fn c() { Store::<u8>::open() }
";
    with(fixture, |resolver, tree| {
        assert_eq!(function_path(callee(resolver, tree, "a")), "demo::inner::far");
        assert_eq!(function_path(callee(resolver, tree, "b")), "demo::near");
        assert_eq!(function_path(callee(resolver, tree, "c")), "demo::Store::open");
        assert_eq!(function_path(callee(resolver, tree, "own")), "demo::Store::open");
    });
}

#[test]
fn bounds_in_scope_decide_on_parameters() {
    let fixture = "
use std::hash::Hash;
struct Around<T>(T);
impl<T: Hash> Around<T> {
    fn bounded(x: T) {}
    fn free<U>(x: U) {}
    fn later<U>(x: Vec<U>) where U: Clone + Hash {}
    fn opaque(x: impl Hash) {}
    fn opaque_free(x: impl Clone) {}
    fn own(x: Self) {}
}
trait It { type Item; }
impl<T: Hash> Hash for Box<dyn It<Item = T>> { fn hash<H: std::hash::Hasher>(&self, _: &mut H) {} }
fn bound_inside<T: Hash>(x: Box<dyn It<Item = T>>) {}
fn free_inside<T>(x: Box<dyn It<Item = T>>) {}
";
    with(fixture, |resolver, tree| {
        let module = resolver.modules_of_file(std::path::Path::new("/src/lib.rs"))[0];
        let verdict = |name: &str| {
            let function = function(tree, name);
            let scope = resolver.scope_at(module, function.syntax()).expect("in the build");
            let param = function.param_list().and_then(|list| list.params().next());
            let ty = param.and_then(|param| param.ty()).expect("a type");
            resolver.verdict(&scope, &ty, Trait::CacheKey)
        };
        assert_eq!(verdict("bounded"), Verdict::Yes);
        assert!(matches!(verdict("free"), Verdict::No(_)));
        assert_eq!(verdict("later"), Verdict::Yes);
        assert_eq!(verdict("opaque"), Verdict::Yes);
        assert!(matches!(verdict("opaque_free"), Verdict::No(_)));
        assert!(matches!(verdict("own"), Verdict::No(_)));
        assert_eq!(verdict("bound_inside"), Verdict::Yes);
        assert!(matches!(verdict("free_inside"), Verdict::No(_)));
    });
}

#[test]
fn code_that_a_cfg_leaves_out_has_no_scope() {
    let fixture = "
#[cfg(feature = \"off\")]
mod gone { fn inside() {} }
#[cfg(test)]
fn tested() {}
fn here() {}
";
    with(fixture, |resolver, tree| {
        let module = resolver.modules_of_file(std::path::Path::new("/src/lib.rs"))[0];
        let scope = |name: &str| resolver.scope_at(module, function(tree, name).syntax());
        assert!(scope("inside").is_none());
        assert!(scope("tested").is_none());
        let here = scope("here").expect("in the build");
        assert_eq!(resolver.cfg_holds(&here, "not(feature = \"off\")"), Some(true));
        assert_eq!(resolver.cfg_holds(&here, "no such (predicate"), None);
    });
}

#[test]
fn a_block_is_searched_for_items_once() {
    let calls = "g(1); { g(2); } ".repeat(300);
    let fixture = format!(
        "
//- /src/lib.rs
fn f() {{ {calls} fn g(_: u8) {{}} {{ fn g() {{}} g() }} }}
"
    );
    with(&fixture, |resolver, tree| {
        let module = resolver.modules_of_file(std::path::Path::new("/src/lib.rs"))[0];
        let all = tree.syntax().descendants();
        let found: Vec<Resolution> = all
            .filter_map(ast::CallExpr::cast)
            .filter_map(|call| match call.expr()? {
                ast::Expr::PathExpr(callee) => callee.path(),
                _ => None,
            })
            .map(|path| {
                let scope = resolver.scope_at(module, path.syntax()).expect("it is in the build");
                resolver.resolve_path(&scope, &path, Namespace::Value)
            })
            .collect();
        assert_eq!(found.len(), 601);
        assert!(found[..600].iter().all(|it| *it == found[0]));
        assert_ne!(found[600], found[0]);
        // The body of `f`, and the blocks in it.
        assert_eq!(resolver.scopes.worked_out.load(Relaxed), 302);
    });
}
