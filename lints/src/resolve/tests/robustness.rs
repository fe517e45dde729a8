//! Source that is broken, or made to be hard: an answer, whatever it is, in bounded time.

use std::fmt::Write as _;
use std::thread;

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

use super::{Trait, TypeReportError, Verdict, check, error, reason};
use crate::settings::Settings;
use crate::testing::{Fixture, mangle};

/// Code with something of everything.
const WHOLE: &str = "
use std::{collections::HashMap as Map, rc::Rc, sync::{self, Arc}};
pub use inner::{Deep as Shallow, *};
macro_rules! make { ($($(#[$m:meta])* $n:ident<$g:ident>($t:ty) = $e:expr;)*) => {
    $($(#[$m])* pub struct $n<$g>(pub $t, $g);)* make!(@ $($n)*); };
    (@ $first:ident $($rest:tt)*) => { unsafe impl<T: Copy> Send for $first<T> {} make!(@ $($rest)*); };
    (@) => {};
}
make! { #[derive(Clone, Hash)] One<T>(Option<Rc<u8>>) = 1 + 2; Two<U>([u8; 3]) = { f(x) }; }
pub mod inner {
    use super::*;
    pub trait Shape: Clone { type Of: Send + Sync; fn area(&self) -> <Self as Shape>::Of; }
    impl<T: Shape<Of = u8>> Shape for Vec<T> where T::Of: Copy { type Of = Vec<T::Of>; fn area(&self) -> Vec<T::Of> { loop {} } }
    #[cfg(all(unix, not(feature = \"x\")))]
    pub type Deep<'a, T, const N: usize = { 1 + 1 }> = &'a [Map<T, [Two<T>; N]>];
    pub enum Tree<T: Shape> { Leaf, Node(Box<Tree<T>>, T::Of), Loop { more: Vec<Alias> } }
    pub type Alias = Tree<Vec<Alias2>>;
    pub type Alias2 = Alias;
}
";

const TYPES: &[&str] = &[
    "One<u8>",
    "Two<f32>",
    "Shallow<'static, u8>",
    "inner::Tree<Vec<u8>>",
    "inner::Alias",
    "<Vec<u8> as inner::Shape>::Of",
    "Arc<dyn inner::Shape<Of = u8> + Send>",
];

fn ask(text: &str) {
    let fixture = Fixture::new(&format!("//- /src/lib.rs\n{text}"));
    let analysis = fixture.analysis(Settings::default());
    for ty in TYPES {
        // Any answer will do; that there is one is the point.
        let _ = analysis.type_report(fixture.package("demo"), "", ty);
    }
}

/// Places to cut at or copy from, as parts of the text's length.
fn places() -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    prop::collection::vec((any::<usize>(), 0_usize..60, any::<bool>()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mangled_source_is_answered(places in places()) {
        let mut text = WHOLE.to_owned();
        for (at, len, copy) in places {
            let start = at % text.len();
            let end = (start + len).min(text.len());
            let piece = text[start..end].to_owned();
            if copy {
                let to = (at / 7) % text.len();
                text.insert_str(to, &piece);
            } else {
                text.replace_range(start..end, "");
            }
        }
        ask(&text);
    }
}

/// Sources that use what is hard.
const HARD: [&str; 9] = [
    include_str!("../../../../tests/differential/local/src/bounds.rs"),
    include_str!("../../../../tests/differential/local/src/cycles.rs"),
    include_str!("../../../../tests/differential/local/src/derives.rs"),
    include_str!("../../../../tests/differential/local/src/macros.rs"),
    include_str!("../../../../tests/differential/local/src/names.rs"),
    include_str!("../../../../tests/differential/local/src/projections.rs"),
    include_str!("../../../../tests/differential/local/src/serdes.rs"),
    include_str!("../../../../tests/mistakes/src/invalid_option.rs"),
    include_str!("../../../../tests/mistakes/src/unhashable_param.rs"),
];

/// Asks about every type that a text declares, as far as its name goes.
fn ask_about_its_own(text: &str) {
    let fixture = Fixture::new(text);
    let analysis = fixture.analysis(Settings::default());
    let demo = fixture.package("demo");
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(2).filter(|pair| matches!(pair[0], "struct" | "enum" | "type")) {
        let name = pair[1].split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
        for ty in [format!("a::{name}"), format!("a::{name}<u8>"), format!("b::{name}<Vec<Self>>")]
        {
            let _ = analysis.type_report(demo, "", &ty);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mangled_real_source_is_answered_with_little_stack(
        of in 0..HARD.len(),
        other in 0..HARD.len(),
        changes in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let mangled = mangle(HARD[of], HARD[other], &changes);
        let text = format!(
            "//- /src/lib.rs\npub mod a;\npub mod b;\npub use a::*;\n//- /src/a.rs\n{mangled}\n//- /src/b.rs\n{}",
            HARD[other]
        );
        on_small_stack(|| {
            ask_about_its_own(&text);
            lint(&text);
        });
    }
}

/// Works with a stack as small as the smallest that anybody runs this on.
#[track_caller]
fn on_small_stack(work: impl FnOnce() + Send) {
    let done = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(2 << 20);
        thread.spawn_scoped(scope, work).expect("a thread").join()
    });
    if let Err(panic) = done {
        std::panic::resume_unwind(panic);
    }
}

fn lint(text: &str) {
    let fixture = Fixture::new(text);
    let analysis = fixture.analysis(Settings::default());
    fixture.paths().for_each(|path| drop(analysis.check_file(path)));
}

#[track_caller]
fn check_on_small_stack(fixture: &str, expected: &str) {
    on_small_stack(|| {
        check(fixture, expected);
        lint(fixture);
    });
}

#[test]
fn recursive_types_are_answered_or_given_up() {
    check_on_small_stack(
        "
use std::rc::Rc;
pub struct Own(pub Option<Box<Own>>);
pub struct OwnRc(pub Option<Rc<OwnRc>>);
pub struct Grow<T>(pub Option<Box<Grow<Option<T>>>>);
pub struct GrowRc<T>(pub Rc<u8>, pub Option<Box<GrowRc<Option<T>>>>);
pub struct Ping<T>(pub Option<Box<Pong<(T, T)>>>);
pub struct Pong<T>(pub Option<Box<Ping<[T; 2]>>>);
#[derive(Clone, Hash)]
pub struct Derived<T>(pub Option<Box<Derived<Vec<T>>>>, pub T);
",
        "
Own = s y
OwnRc = -s -y
Grow<u8> = ?s ?y
GrowRc<u8> = -s -y
Ping<u8> = ?s ?y
Derived<u8> = c h
",
    );
}

/// Types that are made of one another, each of the next two, in a circle; the last one also has another field.
fn circle(count: usize, last: &str) -> String {
    let mut text = String::new();
    for at in 0..count {
        let (next, after) = ((at + 1) % count, (at + 2) % count);
        let last = if at + 1 == count { last } else { "" };
        let _ = writeln!(
            text,
            "pub struct T{at} {{ a: Vec<T{next}>, b: Option<Box<T{after}>>, {last} }}"
        );
    }
    text
}

#[test]
fn a_large_circle_of_types_is_walked_to_the_end() {
    let asked = "T0 = {}\nT150 = {}\nT299 = {}";
    check(&circle(300, ""), &asked.replace("{}", "s y"));
    check(&circle(300, "c: std::cell::Cell<u8>"), &asked.replace("{}", "s -y"));
    check(&circle(300, "c: std::rc::Rc<u8>"), &asked.replace("{}", "-s -y"));
    check(&circle(300, "c: nowhere::Known"), &asked.replace("{}", "?s ?y"));
    check(&circle(300, "c: nowhere::Known, d: std::rc::Rc<u8>"), &asked.replace("{}", "-s -y"));
    let steps = reason(&circle(300, "c: std::rc::Rc<u8>"), "T0", Trait::Send);
    assert!(steps.len() < 30, "{steps:#?}");
    assert_eq!(steps[0], "field `a: Vec<T1>` of `T0` is not `Send`");
    assert!(steps.iter().any(|it| it == "field `c: std::rc::Rc<u8>` of `T299` is not `Send`"));
}

#[test]
fn a_circle_through_conditions_of_impls_is_a_yes_unless_a_part_is_not() {
    let text = |last: &str| {
        format!(
            "
pub struct Own<T>(*const T);
unsafe impl<T: Send> Send for Own<T> {{}}
unsafe impl<T: Send + Sync> Sync for Own<T> {{}}
pub struct Tree {{ left: Own<Tree>, right: Own<Leaf> }}
pub struct Leaf {{ up: Own<Tree>, down: Own<Own<Other>> }}
pub struct Other {{ back: Own<Leaf>, last: {last} }}
"
        )
    };
    let asked = "Tree = {}\nLeaf = {}\nOther = {}";
    check(&text("u8"), &asked.replace("{}", "s y"));
    check(&text("std::cell::Cell<u8>"), &asked.replace("{}", "s -y"));
    check(&text("nowhere::Known"), &asked.replace("{}", "?s ?y"));
}

#[test]
fn what_grows_without_end_is_not_looked_into_by_any_lint() {
    on_small_stack(|| {
        lint(
            "
use cachelit::{CacheKey, cache_data};
use std::sync::Arc;
#[derive(Clone, Hash, CacheKey)]
pub struct Twice<T>(pub Arc<T>, pub Other<(T, T)>);
#[derive(Clone, Hash, CacheKey)]
pub struct Other<T>(pub Arc<T>, pub Twice<(T, T)>);
#[cache_data(hash_funcs = { Arc<u16>: |it| it })]
fn f(key: Twice<u8>) -> Twice<u8> { key }
",
        );
    });
}

#[test]
fn aliases_in_circles_are_unknown() {
    check_on_small_stack(
        "
pub type One<T> = Two<T>;
pub type Two<T> = One<One<T>>;
pub type Itself = Itself;
pub type Wide<T> = (Wide<(T, T)>, Wide<[T; 2]>);
pub type Power1<T> = (T, T);
pub type Power2<T> = Power1<Power1<T>>;
pub type Power4<T> = Power2<Power2<T>>;
pub type Power8<T> = Power4<Power4<T>>;
pub type Power16<T> = Power8<Power8<T>>;
pub type Power32<T> = Power16<Power16<T>>;
pub type Power64<T> = Power32<Power32<T>>;
pub struct Powers(pub Power64<u8>, pub std::rc::Rc<u8>);
pub struct Holds(pub Itself, pub std::sync::MutexGuard<'static, u8>);
pub trait Shape { type Of; }
impl<T> Shape for Vec<T> where Vec<Vec<T>>: Shape { type Of = <Vec<Vec<T>> as Shape>::Of; }
impl Shape for u8 { type Of = <u16 as Shape>::Of; }
impl Shape for u16 { type Of = <u8 as Shape>::Of; }
",
        "
One<u8> = ?s ?h
Itself = ?s ?h
Wide<u8> = ?s ?h
Power4<u8> = s h
Power64<u8> = ?s ?h
Powers = -s -y
Holds = -s ?y
<Vec<u8> as Shape>::Of = ?s ?h
<u8 as Shape>::Of = ?s ?h
",
    );
}

#[test]
fn imports_in_circles_end() {
    check_on_small_stack(
        "
pub use a::*;
pub mod a { pub use super::b::*; pub use super::c::Lost; pub use super::*; pub struct InA(pub std::rc::Rc<u8>); }
pub mod b { pub use super::a::*; pub use super::c::*; pub struct InB(pub u8); }
pub mod c { pub use super::a::Lost; pub use super::b::*; pub use self::d as e; pub use self::e as d; }
pub struct Has(pub Lost, pub *const u8);
pub struct HasMore(pub c::d::Type, pub *const u8);
",
        "
InA = -s
c::InA = -s
a::a::b::b::InB = s y
Has = -s -y
HasMore = -s -y
",
    );
}

#[test]
fn bounds_in_circles_are_unknown() {
    check_on_small_stack(
        "
pub trait One {}
pub trait Two {}
impl<T: Two> One for T {}
impl<T: One> Two for T {}
pub trait Up: Down {}
pub trait Down: Up {}
pub struct Asks<T>(pub T);
impl<T: One> Clone for Asks<T> { fn clone(&self) -> Self { loop {} } }
pub struct Climbs<T>(pub T);
impl<T: Up> Clone for Climbs<T> { fn clone(&self) -> Self { loop {} } }
pub struct Deeper<T>(pub T);
impl<T> Clone for Deeper<T> where Deeper<Deeper<T>>: Clone { fn clone(&self) -> Self { loop {} } }
pub struct Ring<T>(pub T);
impl<T> Clone for Ring<T> where Ring<T>: Copy { fn clone(&self) -> Self { loop {} } }
impl<T> Copy for Ring<T> where Ring<T>: Clone {}
",
        "
Asks<u8> = ?c s
Climbs<u8> = -c s
Deeper<u8> = ?c s
Ring<u8> = ?c s
",
    );
}

/// Each expansion is a step or two, but a long one.
#[test]
fn types_that_macros_double_are_given_up_soon() {
    check(
        "
macro_rules! twice {
    (a $($rest:tt)*) => { (twice!($($rest)*), twice!($($rest)*)) };
    () => { std::cell::Cell<u8> };
}
pub type Small = twice!(a a a);
pub type Large = twice!(a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a);
",
        "
Small = s -y
Large = ?s ?y
",
    );
}

#[test]
fn a_type_that_a_macro_writes_is_made_once_for_all_that_ask() {
    let fields = "m!(x), ".repeat(200);
    let fixture = Fixture::new(&format!(
        "
macro_rules! m {{ ($($t:tt)*) => {{ m!($($t)* $($t)*) }} }}
#[derive(Clone, Hash)] #[repr(packed)] pub struct Many<T>({fields}T);
"
    ));
    let analysis = fixture.analysis(Settings::default());
    let report = analysis.type_report(fixture.package("demo"), "", "Many<u8>").expect("a type");
    assert!(report.verdicts.contains(&(Trait::Send, Verdict::Unknown)), "{report:?}");
    let made = analysis.resolver().types_by_macros.read().expect("no panic while held").len();
    assert!((1..20).contains(&made), "each of {made} is twice as long as the one before");
}

#[test]
fn macro_bombs_are_not_followed_to_the_end() {
    let doubling: Vec<String> = (0..40)
        .map(|at| format!("macro_rules! m{at} {{ () => {{ m{}!{{}} m{}!{{}} }} }}", at + 1, at + 1))
        .collect();
    let doubling = doubling.join("\n");
    check_on_small_stack(
        &format!(
            "
macro_rules! forever {{ ($($t:tt)*) => {{ forever! {{ $($t)* x }} }} }}
macro_rules! twice {{ ($($t:tt)*) => {{ twice! {{ $($t)* $($t)* }} }} }}
macro_rules! nested {{ ($($t:tt)*) => {{ nested! {{ ($($t)* $($t)*) }} }} }}
macro_rules! in_type {{ ($t:ty) => {{ in_type!(($t, $t)) }} }}
macro_rules! ambiguous {{ ($($($($a:tt)*)*)* ;) => {{ pub struct Ambiguous; }} }}
{doubling}
macro_rules! m40 {{ () => {{ pub struct Last; }} }}
pub mod bombs {{
    forever! {{}}
    twice! {{ x }}
    nested! {{ x }}
    m0! {{}}
    ambiguous! {{ a b c d e f g h i j k l m n o p q r s t u v w x y z }}
}}
pub struct Plain(pub *const u8);
pub struct Typed(pub in_type!(u8), pub *const u8);
"
        ),
        "
Plain = -s -y
Typed = -s -y
bombs::Last = ?s
",
    );
}

#[test]
fn nesting_without_end_is_no_syntax() {
    for item in nested_items(10_000) {
        check_on_small_stack(
            &format!(
                "
pub mod odd;
pub struct Plain(pub *const u8);
pub struct Holds(pub odd::Deep, pub std::sync::MutexGuard<'static, u8>);
//- /src/odd.rs
macro_rules! call {{ ($($t:tt)*) => {{ $($t)* }} }}
{item}
"
            ),
            "
Plain = -s -y
Holds = -s ?y
",
        );
    }
}

#[test]
fn nesting_up_to_the_limit_needs_little_stack() {
    for depth in [120, 490, 1_400] {
        for item in nested_items(depth) {
            let text = format!(
                "
use cachelit::cache_data;
{item}
#[cache_data]
fn cached() -> u8 {{ {item} 1 }}
"
            );
            on_small_stack(|| {
                ask(&text);
                lint(&text);
            });
        }
    }
}

/// Items that nest in every way there is.
fn nested_items(depth: usize) -> Vec<String> {
    let deep = |open: &str, inside: &str, close: &str| {
        format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
    };
    vec![
        format!("pub const C: u8 = {};", deep("(", "1", ")")),
        format!("pub const C: u8 = {};", deep("[", "", "]")),
        format!("pub const C: u8 = {};", deep("-", "1", "")),
        format!("pub const C: u8 = {};", deep("|a, b| ", "1", "")),
        format!("pub const C: u8 = {};", deep("if a { 1 } else ", "{ 1 }", "")),
        format!("pub const C: u8 = {};", deep("if ", "a", " {}")),
        format!("pub const C: u8 = {};", deep("1 + ", "1", "")),
        format!("pub const C: u8 = {};", deep("a = ", "1", "")),
        format!("pub const C: u8 = {};", deep("a", "", ".b()")),
        format!("pub const C: u8 = a{};", deep("", "", ".b()")),
        format!("pub const C: u8 = a{};", deep("", "", ".map(|it| it)")),
        format!("pub const C: u8 = {};", deep("a + ", "1", "")),
        format!("pub const C: u8 = {};", deep("", "a", "?")),
        format!("pub const C: u8 = {};", deep("", "a", "()")),
        format!("pub const C: u8 = {};", deep("return ", "a", "")),
        format!("pub type Deep = {};", deep("&", "u8", "")),
        format!("pub type Deep = {};", deep("Option<", "u8", ">")),
        format!("pub type Deep = {};", deep("<A as B<", "u8", ">>::C")),
        format!("pub type Deep = {};", deep("fn(u8, u8) -> ", "u8", "")),
        format!("pub type Deep = {};", deep("*const ", "u8", "")),
        format!("pub type Deep = {};", deep("impl ", "A", "")),
        format!("pub type Deep = {};", deep("A::", "B", "")),
        format!("pub type Deep = {};", deep("for<'a, 'b> ", "B", "")),
        deep("pub mod m {", "", "}"),
        format!("pub fn f() {{ impl A for B {{}} {} }}", deep("{", "", "}")),
        format!("pub use {};", deep("a::{", "b", "}")),
        format!("#[cfg({})] pub struct S;", deep("all(", "unix", ")")),
        format!("impl {} for u8 {{}}", deep("A<", "u8", ">")),
        format!("call! {{ {} }}", deep("{", "", "}")),
    ]
}

#[test]
fn deep_types_that_are_asked_about_are_no_types() {
    for (open, close) in [("Option<", ">"), ("(", ",)"), ("&", ""), ("[", "; 1]"), ("a!(", ")")] {
        let ty = format!("{}u8{}", open.repeat(10_000), close.repeat(10_000));
        assert_eq!(error("pub struct S;", "", &ty), TypeReportError::NotAType);
    }
}

#[test]
fn long_bodies_are_linted_with_little_stack() {
    let lets: String = (1..10_000).fold(String::new(), |mut lets, at| {
        let _ = write!(lets, "let a{at} = a{}.clone(); ", at - 1);
        lets
    });
    let alternatives = "1 | ".repeat(3_000);
    let closures = "|a| a, ".repeat(3_000);
    on_small_stack(|| {
        lint(&format!(
            "
use cachelit::cache_data;
pub struct Own;
impl Own {{ fn clone(&self) -> Own {{ Own }} }}
#[cache_data]
fn cached(a0: &Own) -> u8 {{
    {lets}
    a9999.clone();
    match 1 {{ {alternatives} 2 => 1, _ => 2 }}
}}
const CLOSURES: &[fn(u8) -> u8] = &[{closures}];
"
        ));
    });
}

#[test]
fn what_is_long_rather_than_deep_is_answered() {
    let count = 3_000;
    let tuple = "u8, ".repeat(count);
    let fields = "pub std::sync::Arc<str>, ".repeat(count);
    let impls: Vec<String> = (0..count)
        .map(|at| {
            format!(
                "pub struct S{at}; impl Clone for S{at} {{ fn clone(&self) -> S{at} {{ S{at} }} }}"
            )
        })
        .collect();
    let chain: Vec<String> =
        (0..count).map(|at| format!("pub struct L{at}(pub L{});", at + 1)).collect();
    let (impls, chain) = (impls.join("\n"), chain.join("\n"));
    check_on_small_stack(
        &format!(
            "
pub type Tuple = ({tuple});
pub struct Fields({fields});
pub struct Rows(pub [[[u8; 4294967296]; 4294967296]; 4294967296]);
pub const TABLE: [i32; {count}] = [{}];
{impls}
{chain}
pub struct L{count}(pub std::rc::Rc<u8>);
",
            "-1, ".repeat(count)
        ),
        "
Tuple = ?s ?h
Fields = s y
Rows = s y
S0 = c -h
S2999 = c -h
L2990 = -s
L0 = -s
[u8; TABLE.len()] = h c s y
",
    );
}
