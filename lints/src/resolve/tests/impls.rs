use super::{Trait, check, reason};

#[test]
fn auto_traits_follow_the_fields_unless_an_impl_says_otherwise() {
    check(
        "
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::rc::Rc;
pub struct Pointer(pub *mut u8);
pub struct Vouched(pub *mut u8);
unsafe impl Send for Vouched {}
unsafe impl Sync for Vouched {}
pub struct Half<T>(pub *const T);
unsafe impl<T: Sync> Send for Half<T> {}
pub struct Lock<T: ?Sized>(UnsafeCell<T>);
unsafe impl<T: ?Sized + Send> Sync for Lock<T> {}
pub struct Marked(pub u8, pub PhantomData<Rc<()>>);
pub struct MarkedFn(pub u8, pub PhantomData<fn() -> Rc<()>>);
pub struct OnlyFor<T: ?Sized>(pub *const u8, pub PhantomData<T>);
unsafe impl Send for OnlyFor<str> {}
pub union Raw { pub a: u8, pub b: *const u8 }
",
        "
Pointer = -s -y
Vouched = s y
Half<u8> = s -y
Half<Cell<u8>> = -s -y
Lock<Cell<u8>> = s y
Lock<Rc<u8>> = -s -y
Marked = -s -y
MarkedFn = s y
OnlyFor<str> = s -y
OnlyFor<u8> = -s -y
Raw = -s -y
",
    );
}

#[test]
fn an_impl_for_some_lifetimes_is_no_certain_one() {
    check(
        "
pub trait Lasting {}
impl Lasting for &'static str {}
impl<'a> Lasting for &'a u8 {}
impl Lasting for String {}
pub struct Keeps<T>(pub T);
impl<T: Lasting> Clone for Keeps<T> { fn clone(&self) -> Self { loop {} } }
pub struct Bounded<T>(pub T);
impl<T: 'static> Clone for Bounded<T> { fn clone(&self) -> Self { loop {} } }
pub struct Tied<'a>(pub &'a u8);
impl Clone for Tied<'static> { fn clone(&self) -> Self { loop {} } }
pub type TiedStatic = Tied<'static>;
pub struct Pair<'a, 'b>(pub &'a u8, pub &'b u8);
impl<'a> Clone for Pair<'a, 'a> { fn clone(&self) -> Self { loop {} } }
pub struct Free<'a, 'b>(pub &'a u8, pub &'b u8);
impl<'a, 'b> Clone for Free<'a, 'b> { fn clone(&self) -> Self { loop {} } }
pub struct Longer<'a, 'b>(pub &'a u8, pub &'b u8);
impl<'a, 'b> Clone for Longer<'a, 'b> where 'a: 'b { fn clone(&self) -> Self { loop {} } }
pub struct Asks<T>(pub T);
impl<T: Copy + 'static> Clone for Asks<T> { fn clone(&self) -> Self { loop {} } }
",
        "
Keeps<&str> = ?c
Keeps<&'static str> = c
Keeps<&u8> = c
Keeps<String> = c
Keeps<u8> = -c
(Keeps<&'static str>, &str) = ?c
Bounded<&str> = ?c
Bounded<&'static str> = c
Bounded<Vec<u8>> = c
(&str, Bounded<u8>) = c
Tied<'static> = c
Tied = ?c
Tied<'_> = ?c
TiedStatic = c
Vec<Pair> = ?c
Vec<Pair<'static, 'static>> = c
Free = c
Longer = ?c
Asks<&mut u8> = -c
Asks<std::borrow::Cow<str>> = -c
Bounded<std::borrow::Cow<str>> = ?c
Bounded<std::borrow::Cow<'static, str>> = c
",
    );
}

#[test]
fn a_recursive_type_is_what_its_other_fields_say() {
    check(
        "
pub struct Tree { pub value: std::sync::Arc<str>, pub kids: Vec<Tree> }
pub struct RcTree { pub value: u8, pub kids: Vec<std::rc::Rc<RcTree>> }
pub struct Even(pub Option<Box<Odd>>);
pub struct Odd(pub Option<Box<Even>>, pub std::cell::Cell<u8>);
#[derive(Hash, Clone)]
pub struct List(pub u8, pub Option<Box<List>>);
",
        "
Tree = s y
RcTree = -s -y
Even = s -y
Odd = s -y
List = h c s y k
",
    );
}

#[test]
fn a_derive_bounds_its_parameters_not_its_fields() {
    check(
        "
use std::marker::PhantomData;
use std::sync::Arc;
pub struct Opaque;
#[derive(Clone)]
pub struct Handle<T>(pub Arc<T>);
#[derive(Clone, Hash)]
pub struct Typed<T>(pub u64, pub PhantomData<T>);
#[derive(::std::clone::Clone, core::hash::Hash)]
pub struct FullPaths(pub u8);
",
        "
Handle<Opaque> = -c -h
Handle<u8> = c -h
Typed<Opaque> = -c -h
Typed<u8> = c h
FullPaths = c h
",
    );
}

#[test]
fn impls_are_found_wherever_they_stand_and_under_any_name() {
    check(
        "
use std::hash::{Hash, Hasher};
pub struct Far(pub f64);
mod a {
    mod b {
        impl std::hash::Hash for crate::Far { fn hash<H: std::hash::Hasher>(&self, _: &mut H) {} }
        use super::super::Far as Alias;
        use Clone as Copying;
        impl Copying for Alias { fn clone(&self) -> Self { Alias(self.0) } }
    }
}
pub mod look_alike {
    pub trait Hash {}
    pub struct A(pub *const u8);
    impl Hash for A {}
}
pub struct Bounded<T>(pub T);
impl<T: Copy> Clone for Bounded<T> { fn clone(&self) -> Self { Bounded(self.0) } }
pub struct Special<T>(pub T);
impl Clone for Special<(u8, Vec<u8>)> { fn clone(&self) -> Self { loop {} } }
impl<const N: usize> Hash for Special<[f32; N]> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T> Clone for Special<[T; 2]> { fn clone(&self) -> Self { loop {} } }
",
        "
Far = h c k
look_alike::A = -h
Bounded<u8> = c
Bounded<String> = -c
Special<(u8, Vec<u8>)> = c -h
Special<(u8, Vec<u16>)> = -c -h
Special<[f32; 2]> = c h
Special<[f32; 1 + 2]> = -c h
",
    );
}

#[test]
fn impls_in_functions_in_functions_see_the_names_around_them() {
    let deep = (0..20).fold("impl Clone for crate::Deep { fn clone(&self) -> Self { loop {} } }".to_owned(), |inner, at| {
        format!("fn f{at}() {{ struct Own{at}; impl Drop for Own{at} {{ fn drop(&mut self) {{}} }} {inner} }}")
    });
    check(
        &format!(
            "
pub struct Deep(pub std::cell::RefCell<u8>);
pub struct Named(pub std::cell::RefCell<u8>);
{deep}
fn outer() {{
    use crate::Named as Other;
    impl Drop for Other {{ fn drop(&mut self) {{}} }}
    fn inner() {{ impl Clone for Other {{ fn clone(&self) -> Self {{ loop {{}} }} }} }}
}}
"
        ),
        "
Deep = c
Named = c
",
    );
}

#[test]
fn where_clauses_look_through_associated_types_and_blanket_impls() {
    check(
        "
use std::hash::{Hash, Hasher};
pub trait Keyed { type Key; }
impl Keyed for u8 { type Key = u8; }
impl Keyed for u16 { type Key = f32; }
impl<T: Keyed> Keyed for Option<T> { type Key = Vec<T::Key>; }
pub struct ByKey<T>(pub T);
impl<T: Keyed> Hash for ByKey<T> where T::Key: Hash { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T: Keyed<Key = f32>> Clone for ByKey<T> { fn clone(&self) -> Self { loop {} } }
pub trait Simple {}
impl<T: Copy> Simple for T {}
pub struct Blanket<T>(pub T);
impl<T: Simple> Hash for Blanket<T> { fn hash<H: Hasher>(&self, _: &mut H) {} }
",
        "
ByKey<u8> = h -c
ByKey<u16> = -h c
ByKey<Option<u8>> = h -c
ByKey<Option<u16>> = -h -c
ByKey<String> = -h -c
Blanket<u8> = h
Blanket<String> = -h
",
    );
}

#[test]
fn trait_objects_know_what_their_bounds_say() {
    check(
        "
pub trait Loader: Send + Sync {}
pub trait Draw {}
pub trait Widget: Draw + Send {}
pub trait Bounded where Self: Sync + Widget {}
pub trait Copied {}
impl Clone for Box<dyn Copied> { fn clone(&self) -> Self { loop {} } }
",
        "
Box<dyn Loader> = s y -c -h -k
Box<dyn Draw> = -s -y
std::sync::Arc<dyn Widget> = -s -y c
Box<dyn Bounded> = s y
Box<dyn Draw + Send> = s -y
Box<dyn Copied> = c
Box<dyn std::any::Any + Send + Sync> = s y
Box<dyn Fn(std::rc::Rc<u8>) -> u8 + Send> = s -y -c
",
    );
}

#[test]
fn a_key_is_what_has_cache_key_or_hash() {
    check(
        "
use cachelit::CacheKey;
#[derive(CacheKey)]
pub struct Query { pub threshold: f64 }
#[derive(CacheKey)]
pub struct Of<T>(pub T);
pub struct ByHand(pub f64);
impl cachelit::CacheKey for ByHand { fn encode(&self, _: &mut cachelit::KeyHasher) {} }
#[derive(Hash)]
pub struct Hashed(pub u8);
pub struct Neither(pub u8);
",
        "
f64 = k -h
std::collections::HashMap<String, Vec<f64>> = k -h
Query = k -h
Of<f32> = k
Of<Neither> = -k
ByHand = k -h
Hashed = k h
Vec<Hashed> = k h
Neither = -k -h
Option<Neither> = -k
fn(u8) -> u8 = k h
",
    );
}

#[test]
fn a_derive_that_is_not_known_may_implement_anything() {
    check(
        "
//- /src/lib.rs deps:helper
#[derive(helper::Mystery)]
pub struct Masked(pub u8);
#[helper::rewrite]
pub struct Rewritten(pub u8);
#[derive(Clone)]
pub struct Plain(pub u8);
//- /helper/src/lib.rs crate:helper deps:
pub use missing::*;
",
        "
Masked = ?h ?c s
Rewritten = ?h ?s
Plain = c -h
",
    );
}

#[test]
fn a_reason_leads_from_the_type_to_the_field() {
    let fixture = "
//- /src/lib.rs deps:sql
pub struct App { pub db: sql::Connection }
//- /sql/src/lib.rs crate:sql deps:
pub struct Connection { inner: std::cell::RefCell<u8> }
";
    assert_eq!(
        reason(fixture, "std::sync::Arc<App>", Trait::Sync),
        [
            "`Arc<App>` is not `Sync`",
            "field `db: sql::Connection` of `App` is not `Sync`",
            "field `inner: std::cell::RefCell<u8>` of `Connection` is not `Sync`",
            "`RefCell<u8>` is not `Sync`",
        ]
    );
}

#[test]
fn a_parameter_that_a_cfg_leaves_out_takes_no_argument() {
    check(
        r#"
pub struct Map<
    N,
    #[cfg(feature = "other")] S,
    #[cfg(not(feature = "other"))] S = std::rc::Rc<u8>,
    #[cfg(feature = "other")] U,
    Ty = u8,
> { pub nodes: N, pub hasher: S, pub ty: std::marker::PhantomData<Ty> }
"#,
        "
Map<u8> = -s -y
Map<u8, u8> = s y
Map<u8, std::cell::Cell<u8>> = s -y
Map<u8, u8, *const u8> = -s -y
",
    );
}

#[test]
fn types_of_other_crates_have_the_keys_that_the_runtime_gives_them() {
    check(
        "
//- /src/lib.rs deps:cachelit,data,more
//- /external/data/src/lib.rs crate:data deps:
pub struct Plain(pub f64);
pub struct Map<K, V>(K, V);
pub struct Other(pub f64);
//- /external/more/src/lib.rs crate:more deps:
pub struct Off(pub f64);
//- /external/cachelit/src/lib.rs crate:cachelit deps:data,more features:std,data
pub mod key;
//- /external/cachelit/src/key.rs
mod crates;
pub struct KeyHasher;
pub trait CacheKey { fn encode(&self, key: &mut KeyHasher); }
//- /external/cachelit/src/key/crates.rs
#[cfg(feature = \"data\")]
mod data;
#[cfg(feature = \"more\")]
impl super::CacheKey for more::Off { fn encode(&self, key: &mut super::KeyHasher) {} }
//- /external/cachelit/src/key/crates/data.rs
use data::{Map, Plain};
use super::super::{CacheKey, KeyHasher};
impl CacheKey for Plain { fn encode(&self, key: &mut KeyHasher) {} }
impl<K: CacheKey, V: CacheKey> CacheKey for Map<K, V> { fn encode(&self, key: &mut KeyHasher) {} }
",
        "
data::Plain = k -h
Vec<data::Plain> = k
data::Map<String, f64> = k
data::Map<String, std::cell::Cell<u8>> = -k
data::Other = -k
more::Off = -k
",
    );
}

#[test]
fn derives_of_what_can_not_be_borrowed_ask_for_copy() {
    check(
        "
#[derive(Clone, Hash)] #[repr(C, packed(2))] pub struct Packed<T>(pub T);
#[derive(Clone, Copy)] pub union Union<T> { pub a: u8, pub b: *const T }
#[derive(Clone, Hash)] #[repr(C)] pub struct Plain<T>(pub T);
",
        "
Packed<u8> = c h
Packed<String> = -c -h
Union<u8> = c
Union<String> = -c
Plain<String> = c h
",
    );
}

#[test]
fn a_default_variant_asks_nothing_of_the_parameters() {
    check(
        "
#[derive(Default)] pub enum Choice<T> { #[default] Empty, Full(T) }
#[derive(Default)] pub struct Whole<T>(pub Option<T>);
pub struct Opaque;
pub struct If<T>(pub T);
impl<T: Default> Clone for If<T> { fn clone(&self) -> Self { loop {} } }
",
        "
If<Choice<Opaque>> = c
If<Whole<Opaque>> = -c
If<Whole<u8>> = c
",
    );
}

#[test]
fn impls_for_pointers_and_objects_are_told_apart() {
    check(
        "
use std::hash::{Hash, Hasher};
pub trait Shape {}
pub trait Of<T> {}
pub struct Split<T: ?Sized>(pub Box<T>);
impl<T> Hash for Split<*const T> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Hash for Split<dyn Shape + Send> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T> Hash for Split<dyn Of<Vec<T>>> { fn hash<H: Hasher>(&self, _: &mut H) {} }
",
        "
Split<*const u8> = h
Split<*mut u8> = -h
Split<dyn Shape> = -h
Split<dyn Send + Shape> = h
Split<dyn Of<Vec<u8>>> = h
Split<dyn Of<u8>> = -h
",
    );
}

#[test]
fn conditions_on_comparison_and_printing_are_followed() {
    check(
        "
pub struct Bare;
#[derive(PartialEq, Debug)] pub struct Rich(pub f64);
impl PartialEq<u8> for Bare { fn eq(&self, _: &u8) -> bool { true } }
pub struct Equal<T>(pub T);
impl<T: PartialEq> Clone for Equal<T> { fn clone(&self) -> Self { loop {} } }
pub struct Printed<T>(pub T);
impl<T: std::fmt::Debug> Clone for Printed<T> { fn clone(&self) -> Self { loop {} } }
pub struct Called<T>(pub T);
impl<T: Fn(u8)> Clone for Called<T> { fn clone(&self) -> Self { loop {} } }
",
        "
Equal<f64> = c
Equal<Vec<Rich>> = c
Equal<Bare> = -c
Equal<Option<Bare>> = -c
Printed<std::collections::HashMap<u8, Rich>> = c
Printed<Bare> = -c
Called<String> = -c
Called<Bare> = -c
",
    );
}

#[test]
fn impls_in_bodies_of_statics_and_by_macros_among_statements_count() {
    check(
        "
pub struct InStatic(pub *const u8);
static S: () = { unsafe impl Send for InStatic {} };
pub struct ByBlock(pub *const u8);
macro_rules! vouch { ($t:ty) => {{ crate::check(); unsafe impl Send for $t {} }}; }
const _: () = unsafe { vouch!(ByBlock); };
pub trait Local {}
pub struct Many<T>(pub T);
impl<T: Local> Clone for Many<T> { fn clone(&self) -> Self { loop {} } }
macro_rules! all {
    ($(#[$attr:meta])* $ty:ty: $trait:ident $(; |$candidate:ident| $is_safe:expr)?) => {{
        crate::check();
        $(#[$attr])*
        unsafe impl $trait for $ty { all!(@method $trait $(; |$candidate| $is_safe)?); }
    }};
    ($(#[$attrs:meta])* $ty:ty: $($traits:ident),*) => {
        all!(@packed { $(#[$attrs])* } $ty: $($traits),*)
    };
    (@packed $attrs:tt $ty:ty: $($traits:ident),*) => {{ $( all!(@unpack $attrs $ty: $traits); )* }};
    (@unpack { $(#[$attrs:meta])* } $ty:ty: $traits:ident) => { all!($(#[$attrs])* $ty: $traits); };
    (@method Local) => {};
}
#[allow(clippy::multiple_unsafe_ops_per_block)]
const _: () = unsafe {
    all!(u8: Local, Send);
    all!(#[allow(dead_code)] u16: Local);
    // No macro for this one.
    check(u32);
};
",
        "
Many<u8> = c
Many<u16> = c
Many<u32> = -c
InStatic = s -y
ByBlock = s -y
",
    );
}

#[test]
fn what_the_standard_library_implements_for_all_of_a_kind_is_known() {
    check(
        "
pub struct Bare;
pub struct Rich;
impl std::fmt::Display for Rich { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
impl Iterator for Rich { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
impl From<u8> for Rich { fn from(_: u8) -> Rich { Rich } }
pub struct Text<T>(pub T);
impl<T: ToString> Clone for Text<T> { fn clone(&self) -> Self { loop {} } }
pub struct Walk<T>(pub T);
impl<T: IntoIterator<Item = u8>> Clone for Walk<T> { fn clone(&self) -> Self { loop {} } }
pub struct Any<T>(pub T);
impl<T: std::any::Any> Clone for Any<T> { fn clone(&self) -> Self { loop {} } }
pub struct Becomes<T>(pub T);
impl<T: Into<Rich>> Clone for Becomes<T> { fn clone(&self) -> Self { loop {} } }
",
        "
Text<Rich> = c
Text<Bare> = -c
Walk<Rich> = c
Walk<Bare> = -c
Any<Bare> = c
Becomes<u8> = c
Becomes<Rich> = c
Becomes<Bare> = -c
",
    );
}

#[test]
fn impls_by_a_macro_that_a_body_makes_count() {
    check(
        "
pub struct InBody(pub f64);
fn body() {
    macro_rules! local { ($t:ident) => { impl Clone for $t { fn clone(&self) -> Self { loop {} } } }; }
    local!(InBody);
}
#[cfg(true)] pub type Always = u8;
#[cfg(not(true))] pub type Always = std::rc::Rc<u8>;
",
        "
InBody = c
Always = s
",
    );
}

#[test]
fn serde_repr_makes_impls_whatever_the_enum_has() {
    check(
        "
//- /external/serde_repr/src/lib.rs crate:serde_repr kind:proc-macro deps:
#[proc_macro_derive(Serialize_repr)]
pub fn serialize(input: TokenStream) -> TokenStream { quote!(impl serde::Serialize for #name {}) }
#[proc_macro_derive(Deserialize_repr, attributes(serde))]
pub fn deserialize(input: TokenStream) -> TokenStream { quote!(impl serde::Deserialize for #name {}) }
//- /src/lib.rs crate:demo deps:serde,serde_repr
use serde_repr::{Deserialize_repr, Serialize_repr};
#[derive(Serialize_repr, Deserialize_repr)]
#[repr(u8)]
pub enum Both { One = 1, Two = 2 }
#[derive(Deserialize_repr)]
#[repr(u8)]
pub enum OnlyIn { #[serde(other)] One = 1 }
",
        "
Both = e -h -c
OnlyIn = -e -h
",
    );
}
