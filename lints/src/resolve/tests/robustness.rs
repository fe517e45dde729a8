//! Source that is broken, or made to be hard: an answer, whatever it is, in bounded time.

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

use crate::settings::Settings;
use crate::testing::Fixture;

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

#[test]
fn types_and_imports_that_go_in_circles_are_given_up() {
    ask("
pub use a::*;
pub mod a { pub use super::b::*; pub use super::*; }
pub mod b { pub use super::a::*; pub type One<T> = super::Two<T>; }
pub type Two<T> = One<One<T>>;
pub struct Grow<T>(Option<Box<Grow<(T, T)>>>);
pub mod inner {
    pub trait Shape { type Of; }
    impl<T> Shape for Vec<T> where Vec<Vec<T>>: Shape { type Of = <Vec<Vec<T>> as Shape>::Of; }
    pub struct Tree<T>(super::Grow<T>);
    pub type Alias = Alias;
}
");
}

#[test]
fn deeply_nested_types_are_given_up() {
    let depth = 300;
    let nested = format!("{}u8{}", "Option<".repeat(depth), ">".repeat(depth));
    let links: Vec<String> =
        (0..400).map(|at| format!("pub struct L{at}(pub L{});", at + 1)).collect();
    let chain = links.join("\n");
    ask(&format!(
        "pub type One<T> = {nested};\n{chain}\npub struct L400(pub u8);\npub type Two<T> = L0;"
    ));
}
