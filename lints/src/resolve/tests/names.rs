use super::{TypeReportError, check, error};

#[test]
fn an_import_renames_what_a_name_means() {
    check(
        "
use std::sync::Arc as Rc;
pub struct Renamed(pub Rc<u8>);
pub struct Real(pub std::rc::Rc<u8>);
",
        "
Renamed = s y
Real = -s -y
",
    );
}

#[test]
fn a_local_type_shadows_the_prelude_and_the_primitives() {
    check(
        "
pub struct Vec;
#[allow(non_camel_case_types)]
pub struct u128(pub *const u8);
pub struct Shadowed(pub Vec);
pub struct NotThePrimitive(pub u128);
",
        "
Shadowed = s y
NotThePrimitive = -s -y
",
    );
}

#[test]
fn an_explicit_item_wins_over_a_glob_and_private_names_do_not_pass_it() {
    check(
        "
mod shared {
    pub use std::sync::Arc as Ptr;
    use std::rc::Rc as Vec;
    pub struct Keep(pub Vec<u8>);
}
pub mod user {
    use super::shared::*;
    pub struct Slot(pub *mut u8);
    pub struct Own(pub Slot);
    pub struct Shared(pub Ptr<u8>);
    pub struct Prelude(pub Vec<u8>);
}
",
        "
user::Own = -s
user::Shared = s y
user::Prelude = s y
shared::Keep = -s
",
    );
}

#[test]
fn re_exports_are_followed_through_crates_and_cycles() {
    check(
        "
//- /src/lib.rs deps:outer=front
pub use outer::{Lamp as Light, *};
pub mod one { pub use super::two::*; }
pub mod two { pub use super::one::Own as Loop; pub struct Own(pub std::rc::Rc<u8>); }
pub use one::Loop;
//- /front/src/lib.rs crate:front deps:back
pub use back::deep::*;
//- /back/src/lib.rs crate:back deps:
pub mod deep;
//- /back/src/deep.rs
pub struct Lamp(pub std::cell::Cell<u8>);
#[derive(Clone, Hash)]
pub struct Bulb(pub String);
",
        "
Light = s -y -c -h
Bulb = s y c h k
Loop = -s -y
",
    );
}

#[test]
fn modules_have_files_of_all_kinds() {
    check(
        "
//- /src/lib.rs
pub mod flat;
pub mod nested;
#[path = \"odd/name.rs\"]
pub mod placed;
pub mod inline { pub mod below; }
//- /src/flat.rs
pub mod inner;
//- /src/flat/inner.rs
pub struct A(pub *const u8);
//- /src/nested/mod.rs
pub mod inner;
//- /src/nested/inner.rs
pub struct B(pub *const u8);
//- /src/odd/name.rs
pub mod beside;
//- /src/odd/beside.rs
pub struct C(pub *const u8);
//- /src/inline/below.rs
pub struct D(pub super::super::flat::inner::A);
",
        "
flat::inner::A = -s
nested::inner::B = -s
placed::beside::C = -s
inline::below::D = -s
",
    );
}

#[test]
fn what_a_cfg_leaves_out_does_not_exist() {
    check(
        "
//- /src/lib.rs features:pooled
#[cfg(feature = \"pooled\")]
pub type Pool = std::sync::Arc<u8>;
#[cfg(not(feature = \"pooled\"))]
pub type Pool = std::rc::Rc<u8>;
pub struct Fields {
    #[cfg(feature = \"spare\")]
    pub a: std::rc::Rc<u8>,
    pub b: u8,
}
#[cfg_attr(feature = \"pooled\", derive(Clone))]
#[cfg_attr(feature = \"spare\", derive(Hash))]
pub struct Attr(pub u8);
",
        "
Pool = s y
Fields = s y
Attr = c -h
",
    );
}

#[test]
fn a_block_has_items_of_its_own_but_its_impls_count() {
    check(
        "
pub struct Real(pub *const u8);
pub struct Shield(pub *const u8);
pub fn local_items() {
    struct Real(u8);
    unsafe impl Send for self::demo_root::Shield {}
}
mod demo_root { pub use super::Shield; }
const _: () = { unsafe impl Sync for Shield {} };
",
        "
Real = -s -y
Shield = s y
",
    );
}

#[test]
fn what_leads_nowhere_is_said_to() {
    let fixture = "pub mod here { pub struct Known; }";
    let unresolved = |path: &str| TypeReportError::Unresolved(path.to_owned());
    assert_eq!(error(fixture, "", "Missing"), unresolved("Missing"));
    assert_eq!(error(fixture, "", "Vec<here::Missing>"), unresolved("here::Missing"));
    assert_eq!(error(fixture, "there", "u8"), TypeReportError::NoSuchModule);
    assert_eq!(error(fixture, "here", "fn"), TypeReportError::NotAType);
}

#[test]
fn a_name_from_a_glob_of_something_unknown_is_unknown() {
    check(
        "
include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));
pub mod made { include!(\"made.rs\"); pub struct A(pub u8); }
pub struct B(pub u8);
",
        "
B = s y
made::A = s y
",
    );
}
