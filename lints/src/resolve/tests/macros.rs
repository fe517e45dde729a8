use super::{check, check_in_any_order};

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
Touched = ?h s
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

#[test]
fn repetitions_nest_and_may_be_empty() {
    check(
        "
macro_rules! a( ($n:ident: $Op: ident, $op: ident $(where T: $($S: ident),*)*; const $($D: ident),*; ) => { #[derive(Clone)] pub struct $n; } );
macro_rules! b( ($n:ident: for $($D: ident),*; where $($C: ty: $B: ident$(<$($P: ty $( = $E: ty )*),*>)*),*; ) => { #[derive(Clone)] pub struct $n; } );
macro_rules! c( ($n:ident: $l: ident: $L: ty, $r: ident: $R: ty, Output = $Result: ty; ) => { #[derive(Clone)] pub struct $n; } );
macro_rules! d( ($n:ident: ($R1: ty, $C1: ty),($R2: ty, $C2: ty) $(-> ($RRes: ty, $CRes: ty))* const $($D: ident),*; ) => { #[derive(Clone)] pub struct $n; } );
macro_rules! e( ($n:ident: [val val] => $v: expr; [ref val] => $r: expr;) => { #[derive(Clone)] pub struct $n; } );
a!(A: Mul, mul; const D; );
a!(A2: Mul, mul where T: X; const; );
b!(B: for; where; );
b!(B2: for D; where D: DimName, DefaultAllocator: Allocator<D>; );
b!(B3: for D; where D: DimName<A = B, C>; );
c!(C: self: Rotation<T, D>, right: &'b Rotation<T, D>, Output = Rotation<T, D>; );
d!(D: (Const<D>, U1), (Const<D>, U1) -> (Const<D>, U1) const D; );
d!(D2: (Const<D>, U1), (Const<D>, U1) const D; );
e!(E: [val val] => self.a() * right.b(); [ref val] => #[allow(x)] { self * right }; );
",
        "
A = c
A2 = c
B = c
B2 = c
B3 = c
C = c
D = c
D2 = c
E = c
",
    );
}

#[test]
fn a_module_may_let_its_macros_out_by_itself() {
    check(
        "
//- /src/lib.rs
mod macros;
mod plain;
pub mod after;
//- /src/macros.rs
#![macro_use]
macro_rules! gives_clone { ($name:ident) => { #[derive(Clone)] pub struct $name; } }
//- /src/plain.rs
macro_rules! stays_inside { ($name:ident) => { #[derive(Clone)] pub struct $name; } }
//- /src/after.rs
gives_clone!(A);
stays_inside!(B);
pub struct B;
impl Clone for B { fn clone(&self) -> B { B } }
",
        "
after::A = c -h
after::B = c ?h
",
    );
}

#[test]
fn it_makes_no_difference_which_of_two_modules_is_expanded_first() {
    let fixture = "
//- /src/lib.rs
pub mod a;
pub mod b;
pub mod c;
//- /src/a.rs
crate::define! {}
pub struct InA(u8);
//- /src/b.rs
use crate::a::inner;
inner! { InB }
//- /src/c.rs
#[macro_export]
macro_rules! define {
    () => { macro_rules! inner { ($n:ident) => { pub struct $n(u8); } } pub(crate) use inner; };
}
";
    check(fixture, "a::InA = s\nb::InB = s");
    check(fixture, "b::InB = s\na::InA = s");
}

#[test]
fn modules_that_need_the_same_macros_are_answered_in_any_order() {
    check_in_any_order(
        "
mod defined {
    #[macro_export]
    macro_rules! inner {
        ($n:ident) => { impl Clone for $n { fn clone(&self) -> Self { loop {} } } };
    }
    #[macro_export]
    macro_rules! outer { ($n:ident) => { pub struct $n(pub *const u8); $crate::inner!($n); }; }
}
pub mod a { crate::outer!(A); pub struct OfB(pub crate::b::B); }
pub mod b { crate::outer!(B); pub struct OfC(pub crate::c::C); }
pub mod c { pub use crate::a::*; crate::outer!(C); crate::inner!(Own); pub struct Own(pub A); }
",
        "
a::A = -s c
a::OfB = -s -c
b::B = -s c
b::OfC = -s -c
c::C = -s c
c::Own = -s c
c::A = -s c
",
    );
}

#[test]
fn macros_that_macros_of_other_crates_make_are_found_in_any_order() {
    check_in_any_order(
        "
//- /src/lib.rs deps:made
pub mod a { made::made!(A); }
pub mod b { made::made!(B); }
pub mod c { made::more!(C); pub use made::own::Own; }
//- /external/made/src/lib.rs crate:made deps:
macro_rules! make {
    ($n:ident) => {
        #[macro_export]
        macro_rules! $n { ($t:ident) => { pub struct $t(pub *const u8); }; }
    };
}
make!(made);
make!(more);
pub mod own { made!(Own); }
",
        "
a::A = -s -c
b::B = -s -c
c::C = -s -c
c::Own = -s -c
",
    );
}

#[test]
fn a_macro_that_is_called_in_what_is_not_seen_is_not_defined_there() {
    check_in_any_order(
        "
//- /src/lib.rs deps:choice
pub mod inner { pub use super::*; unknown! { choose! { if on {} } } }
pub use inner::*;
use choice::choose;
choose! { Chosen }
//- /external/choice/src/lib.rs crate:choice deps:
#[macro_export]
macro_rules! choose { ($n:ident) => { pub struct $n(pub *const u8); }; }
",
        "
Chosen = -s -c
inner::Chosen = -s -c
",
    );
}

#[test]
fn a_module_that_is_looked_into_before_its_parent_comes_to_it_has_the_macros_around() {
    check_in_any_order(
        "
//- /helpers/src/lib.rs crate:helpers
#[macro_export]
macro_rules! pass { ($($item:item)*) => { $($item)* } }
//- /src/lib.rs crate:demo deps:helpers
#[macro_use]
mod macros { macro_rules! all { ($($item:item)*) => { $($item)* } } }
pub mod outer {
    use helpers::pass;
    pub use self::inner::*;
    macro_rules! own { ($name:ident) => { #[derive(Clone)] pub struct $name(pub f64); } }
    pass! { #[derive(Hash)] pub struct Passed(pub Own); }
    mod inner {
        all! { #[derive(Clone, Hash)] pub struct Own(pub u8); }
        own! { ByOwn }
    }
    macro_rules! own { ($name:ident) => { #[derive(Hash)] pub struct $name(pub u8); } }
    #[derive(Clone, Hash)]
    pub struct Late(pub Own);
}
",
        "
outer::Own = h s y c
outer::Passed = h s y -c
outer::Late = h s y c
outer::ByOwn = -h s y c
",
    );
}
