use super::check;

#[test]
fn macro_rules_make_items() {
    check(
        "
use std::rc::Rc;
macro_rules! newtypes {
    ($($(#[$m:meta])* $name:ident($t:ty)),* $(,)?) => { $($(#[$m])* pub struct $name(pub $t);)* };
}
newtypes! {
    #[derive(Clone, Hash)] Id(u64),
    /// With a comment.
    Shared(Rc<u8>),
}
macro_rules! vouch {
    ($($t:ident $(<$g:ident>)?),*) => { $(unsafe impl $(<$g: Send>)? Send for $t $(<$g>)? {})* };
}
pub struct Ptr(pub *mut u8);
pub struct PtrOf<T>(pub *mut T);
vouch!(Ptr, PtrOf<T>);
macro_rules! pointer { ($t:ty) => { Rc<$t> }; }
pub struct ByTypeMacro(pub pointer!(u8));
",
        "
Id = c h s
Shared = -c -s
Ptr = s
PtrOf<u8> = s
PtrOf<Rc<u8>> = -s
ByTypeMacro = -s
",
    );
}

#[test]
fn recursive_macros_and_macros_that_make_macros_are_expanded() {
    check(
        "
macro_rules! records {
    ($name:ident { $($field:ident : $t:ty = $d:expr),* } $($rest:tt)*) => {
        #[derive(Clone, Hash)] pub struct $name { $(pub $field: $t),* }
        records! { $($rest)* }
    };
    () => {};
}
records! {
    First { a: u8 = 1, b: String = String::new() }
    Second { first: Vec<First> = vec![] }
}
macro_rules! module {
    ($name:ident $body:tt) => { pub mod $name { use std::sync::Arc as Rc; module!(@ $body); } };
    (@ { $($t:tt)* }) => { $($t)* };
}
module! { made { pub struct Inside(pub Rc<u8>); } }
macro_rules! define {
    ($m:ident, $p:path) => { macro_rules! $m { ($n:ident) => { pub struct $n(pub $p); }; } };
}
define!(make_rc, std::rc::Rc<u8>);
make_rc!(MadeByMade);
",
        "
First = c h
Second = c h
made::Inside = s y
MadeByMade = -s
",
    );
}

#[test]
fn macros_that_wrap_items_in_a_cfg_are_seen_through() {
    check(
        "
//- /src/lib.rs features:on
macro_rules! when {
    ($cfg:meta => $($item:item)*) => { $(#[cfg($cfg)] $item)* };
}
when! { feature = \"on\" => pub struct When(pub *mut u8); unsafe impl Send for When {} }
when! { not(feature = \"on\") => pub struct When(pub u8); }
",
        "
When = s -y
",
    );
}

#[test]
fn macros_of_other_crates_keep_their_own_names() {
    check(
        "
//- /src/lib.rs deps:helper
#[macro_use]
mod macros;
pub mod user {
    helper::exported!(Exported);
    local!(Local);
}
//- /src/macros.rs
macro_rules! local { ($n:ident) => { pub struct $n(pub *const u8); }; }
//- /helper/src/lib.rs crate:helper deps:
pub struct Inner(pub std::rc::Rc<u8>);
mod hidden {
    #[macro_export]
    macro_rules! exported { ($n:ident) => { pub struct $n(pub $crate::Inner); }; }
}
",
        "
user::Exported = -s
user::Local = -s
",
    );
}

#[test]
fn what_cannot_be_expanded_leaves_what_it_mentions_unknown() {
    check(
        "
mystery! { Touched }
pub struct Touched(pub u8);
pub struct Untouched(pub u8);
",
        "
Touched = ?h ?s
Untouched = -h s
",
    );
}

#[test]
fn a_macro_that_never_ends_is_given_up() {
    check(
        "
macro_rules! forever { ($($t:tt)*) => { forever! { $($t)* x } }; }
forever! { a }
macro_rules! bomb { ($($t:tt)*) => { bomb! { $($t)* $($t)* } }; }
bomb! { b c }
pub struct Plain(pub u8);
",
        "
Plain = s -h
",
    );
}
