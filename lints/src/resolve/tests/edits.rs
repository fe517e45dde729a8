//! What is kept from one revision to the next must not show in any answer.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use crate::resolve::{DependencyMemos, Summaries};
use crate::settings::Settings;
use crate::testing::{Fixture, mangle};

/// Packages that no edit reaches, one of which rests on the other, and two members.
const WORKSPACE: &str = "
//- /external/base/src/lib.rs crate:base
use std::cell::{Cell, RefCell};
use std::rc::Rc;
pub trait Mark {}
pub trait Named { type Name; }
pub trait Of<T> {}
impl Mark for u8 {}
impl<T: Mark> Mark for Vec<T> {}
impl<T: Of<u8>> Mark for Option<T> {}
impl Named for u8 { type Name = String; }
#[derive(Hash, Clone)] pub struct Plain(u8);
#[derive(Hash, Clone)] pub struct Wrap<T>(pub T);
pub struct If<T>(T);
impl<T: Mark> Clone for If<T> { fn clone(&self) -> Self { loop {} } }
impl<T: Mark + std::hash::Hash> std::hash::Hash for If<T> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}
unsafe impl<T: Mark> Sync for If<T> {}
pub struct ByName<T: Named>(T::Name);
pub struct Head { tail: Tail, shared: Rc<u8> }
pub struct Tail { heads: Vec<Head>, cell: Cell<u8> }
#[derive(Hash, Clone)] pub enum Tree { Leaf(String), Node(Vec<Tree>) }
pub struct Object(Box<dyn Mark + Send>, RefCell<u8>);
//- /external/over/src/lib.rs crate:over deps:base,serde
use base::{Head, If, Mark, Tail, Tree, Wrap};
#[derive(serde::Serialize, serde::Deserialize, Clone)]
pub struct Data<T> { pub of: T, trees: Vec<u8> }
pub struct Both<T>(Tail, Head, If<T>);
pub type Alias<T> = Wrap<If<T>>;
pub struct Held(pub std::sync::Arc<Tree>, Option<Head>);
pub trait More: Mark + Send {}
impl<T: More> Mark for Wrap<T> {}
//- /near/src/lib.rs crate:near deps:base
//- /src/lib.rs deps:base,over,near,serde,cachelit
";

/// Items of which the members have some.
const OWN: [&str; 14] = [
    "pub struct Own(u8);",
    "#[derive(Hash, Clone)] pub struct Own(Vec<u8>);",
    "pub struct Own(std::rc::Rc<base::Plain>);",
    "impl base::Mark for Own {}",
    "impl base::Mark for Other {}",
    "impl base::Named for Own { type Name = std::cell::Cell<u8>; }",
    "impl base::Of<u8> for Own {}",
    "impl base::Of<Own> for Vec<u8> {}",
    "unsafe impl Sync for Own {}",
    "#[derive(Clone)] pub struct Other { head: base::Head, own: Vec<Own> }",
    "pub struct Other(base::If<Own>);",
    "pub type Kind = base::Wrap<Own>;",
    "pub type Kind = base::If<u8>;",
    "pub use base::*;",
];

const TYPES: [&str; 34] = [
    "base::Plain",
    "base::Wrap<u8>",
    "base::Wrap<Own>",
    "base::Wrap<base::Wrap<near::Own>>",
    "base::If<u8>",
    "base::If<Vec<u8>>",
    "base::If<Option<u8>>",
    "base::If<Option<Own>>",
    "base::If<Own>",
    "base::If<near::Own>",
    "base::If<base::Wrap<Own>>",
    "base::ByName<u8>",
    "base::ByName<Own>",
    "base::Head",
    "base::Tail",
    "base::Tree",
    "base::Object",
    "Box<dyn base::Mark>",
    "Box<dyn over::More>",
    "over::Data<u8>",
    "over::Data<Own>",
    "over::Data<base::Tree>",
    "over::Both<u8>",
    "over::Both<Own>",
    "over::Alias<u8>",
    "over::Alias<near::Own>",
    "over::Held",
    "(over::Held, Own)",
    "Own",
    "Other",
    "Kind",
    "near::Own",
    "near::Other",
    "near::Kind",
];

/// What an edit makes of a member, and whose types are asked about first.
#[derive(Clone, Debug)]
struct Edit {
    is_near: bool,
    items: u16,
    mangled: Vec<u8>,
    first: usize,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let mangled =
        prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(any::<u8>(), 5..=10)];
    let edit = (any::<bool>(), any::<u16>(), mangled, 0..TYPES.len());
    let edit =
        edit.prop_map(|(is_near, items, mangled, first)| Edit { is_near, items, mangled, first });
    prop::collection::vec(edit, 2..8)
}

/// All that is said of all types, reasons and their places included.
fn said(
    fixture: &Fixture,
    summaries: &Arc<Summaries>,
    kept: &Arc<DependencyMemos>,
    first: usize,
) -> Vec<String> {
    let analysis = fixture.revision(Settings::default(), Arc::clone(summaries), Arc::clone(kept));
    let demo = fixture.package("demo");
    let types = TYPES[first..].iter().chain(&TYPES[..first]);
    types.map(|ty| format!("{ty}: {:?}", analysis.type_report(demo, "", ty))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn edited_workspaces_get_the_answers_of_new_ones(edits in edits()) {
        let mut fixture = Fixture::new(WORKSPACE);
        let (summaries, kept) = (Arc::default(), Arc::default());
        let mut stored = Vec::new();
        for edit in edits {
            let file = if edit.is_near { "/near/src/lib.rs" } else { "/src/lib.rs" };
            let chosen = OWN.iter().enumerate().filter(|(at, _)| edit.items >> at & 1 == 1);
            let text: Vec<&str> = chosen.map(|(_, item)| *item).collect();
            let text = mangle(&text.join("\n"), &OWN.concat(), &edit.mangled);
            fixture.edit(Path::new(file), &text);
            let fresh = said(&fixture, &Arc::default(), &Arc::default(), edit.first);
            prop_assert_eq!(&said(&fixture, &summaries, &kept, edit.first), &fresh);
            // As a new process would go on.
            let recalled = Arc::new(DependencyMemos::with_answers(&stored));
            prop_assert_eq!(said(&fixture, &Arc::default(), &recalled, edit.first), fresh);
            stored = recalled.answers().unwrap_or(stored);
        }
    }
}

#[test]
fn answers_about_packages_outlast_an_edit_and_others_do_not() {
    let mut fixture = Fixture::new(WORKSPACE);
    fixture.edit(Path::new("/src/lib.rs"), "pub struct Own(u8); impl base::Mark for Own {}");
    let (summaries, kept) = (Arc::default(), Arc::default());
    let count = |kept: &DependencyMemos| kept.0.answers.len();
    let reports = said(&fixture, &summaries, &kept, 0);
    let known = count(&kept);
    assert!(known > 50, "{known}");
    assert!(
        reports.iter().any(|it| it.starts_with("base::If<Own>: ") && it.contains("(Clone, Yes)"))
    );

    let stored = kept.answers().expect("there are answers");
    let recalled = Arc::new(DependencyMemos::with_answers(&stored));
    assert_eq!(said(&fixture, &Arc::default(), &recalled, 0), reports);
    assert_eq!(recalled.answers(), None, "a new process has nothing new to say of packages");

    fixture.edit(Path::new("/src/lib.rs"), "pub struct Own(u8);");
    let reports = said(&fixture, &summaries, &kept, 0);
    assert_eq!(count(&kept), known, "there is nothing new to say of packages");
    assert!(
        reports.iter().any(|it| it.starts_with("base::If<Own>: ") && it.contains("(Clone, No("))
    );
}
