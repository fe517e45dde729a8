//! Items that macros make.

use std::hash::{Hash, Hasher};

macro_rules! wrappers {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident($ty:ty) $(: $($of:ident)|+)?;)*) => {$(
        $(#[$meta])* $vis struct $name(pub $ty);
        $($(wrappers!(@ $of $name);)+)?
    )*};
    (@ Hash $name:ident) => { impl Hash for $name { fn hash<H: Hasher>(&self, _: &mut H) {} } };
    (@ Send $name:ident) => { unsafe impl Send for $name {} };
    (@ $other:ident $name:ident) => { impl $other for $name { fn clone(&self) -> Self { loop {} } } };
}
wrappers! {
    /// One.
    #[derive(Clone)]
    pub struct One(u8);
    pub struct Two(f64): Hash | Clone;
    pub struct Three(*const u8): Send;
    pub(crate) struct Four(u8);
}
macro_rules! callback { ($then:ident, $($args:tt)*) => { $then! { $($args)* } }; }
macro_rules! make { ($name:ident, [$($d:path),*]) => { #[derive($($d),*)] pub struct $name(pub u8); }; }
callback!(make, Called, [Clone, std::hash::Hash]);
callback!(callback, make, CalledTwice, [Clone]);
macro_rules! define { ($inner:ident) => { macro_rules! $inner { ($n:ident) => { pub struct $n(pub std::rc::Rc<u8>); }; } }; }
define!(made);
made!(FromMade);
pub(crate) use made;
macro_rules! count { ($n:ident;) => { pub type $n = (); }; ($n:ident; $h:tt $($t:tt)*) => { pub mod below { count!($n; $($t)*); } pub type $n = (u8, below::$n); }; }
count!(Counted; a b c);
macro_rules! generic { ($name:ident<$($p:ident $(: $b:ident)?),*>) => { #[derive(Clone)] pub struct $name<$($p $(: $b)?),*>($(pub $p),*); }; }
generic!(Pair<A, B: Copy>);
pub type PairBytes = Pair<u8, u8>;
pub type PairFloat = Pair<std::rc::Rc<u8>, f64>;
macro_rules! module { ($name:ident { $($item:item)* }) => { pub mod $name { use super::*; $($item)* } }; }
module!(inner { #[derive(Hash)] pub struct Item(pub u8); pub type Outer = One; impl Hash for FromMade { fn hash<H: Hasher>(&self, _: &mut H) {} } });
macro_rules! ty { (cell $t:ty) => { std::cell::Cell<$t> }; ($t:ty) => { Vec<$t> }; }
pub type InType = ty!(cell u8);
pub struct InField(pub ty!(u8), pub ty![ty!(cell u16)]);
macro_rules! vec { ($n:ident) => { pub struct $n(pub std::rc::Rc<u8>); }; }
vec!(OwnVec);
macro_rules! thread_local { ($n:ident) => { pub struct $n(pub *const u8); }; }
thread_local! { OwnLocal }
macro_rules! literal { ($n:ident $l:literal) => { pub struct $n(pub [u8; $l]); impl Clone for $n { fn clone(&self) -> Self { loop {} } } }; ($n:ident $e:expr) => { pub struct $n(pub [u8; $e]); }; }
literal!(Literal 3);
literal!(Expression 1 + 2);
macro_rules! lifetimes { ($n:ident<$l:lifetime>) => { #[derive(Clone, Copy)] pub struct $n<$l>(pub &$l u8); }; }
lifetimes!(Lifetime<'a>);
pub type LifetimeStatic = Lifetime<'static>;
macro_rules! optional { ($n:ident $(, $d:ident)? $(,)?) => { $(#[derive($d)])? pub struct $n(pub u8); }; }
optional!(OptionalNone);
optional!(OptionalSome, Clone,);
macro_rules! blocks { ($($b:block)* $n:ident) => { pub struct $n(pub u8); const _: () = { impl Clone for $n { fn clone(&self) -> Self { loop {} } } }; }; }
blocks!({ 1 } {} Blocked);
mod exporter {
    #[macro_export]
    macro_rules! hard_exported { ($n:ident) => { pub struct $n(pub $crate::macros::One); impl ::std::hash::Hash for $n { fn hash<H: ::std::hash::Hasher>(&self, _: &mut H) {} } }; }
}
crate::hard_exported!(Exported);
use made as renamed;
renamed!(ByRename);
macro_rules! nested_reps { ($($n:ident: [$($t:ty),*]);* $(;)?) => { $(pub struct $n($(pub $t),*);)* }; }
nested_reps! { RepsNone: []; RepsTwo: [u8, std::cell::Cell<u8>]; }
macro_rules! where_clause { ($n:ident where $($w:tt)+) => { pub struct $n<T>(pub T); impl<T> Clone for $n<T> where $($w)+ { fn clone(&self) -> Self { loop {} } } }; }
where_clause!(Where where T: Copy + Send);
pub type WhereByte = Where<u8>;
pub type WhereString = Where<String>;
macro_rules! tuples { ($($n:ident)+) => { pub type Tuple = ($(tuples!(@ $n),)+); }; (@ $n:ident) => { u8 }; }
tuples!(a b c);
macro_rules! choose { ($n:ident = if on { $($a:item)* } else { $($b:item)* }) => { #[cfg(feature = "on")] mod $n { $($a)* } #[cfg(not(feature = "on"))] mod $n { $($b)* } pub use $n::*; }; }
choose!(chosen = if on { pub struct Chosen(pub u8); } else { pub struct Chosen(pub std::rc::Rc<u8>); });
macro_rules! with_doc { ($(#[doc = $d:expr])* $n:ident) => { $(#[doc = $d])* pub struct $n(pub u8); }; }
with_doc!(
    /// Text.
    Documented
);
pub struct InStatement(pub f64);
fn statements() {
    macro_rules! local { ($n:ident) => { impl Hash for $n { fn hash<H: Hasher>(&self, _: &mut H) {} } }; }
    local!(InStatement);
}
macro_rules! shadowed { ($n:ident) => { pub struct $n(pub u8); }; }
shadowed!(Before);
macro_rules! shadowed { ($n:ident) => { pub struct $n(pub std::rc::Rc<u8>); }; }
shadowed!(After);

/// The same under names that are not inside of macro calls.
pub mod listed {
    pub type One = super::One;
    pub type Two = super::Two;
    pub type Three = super::Three;
    pub type Called = super::Called;
    pub type CalledTwice = super::CalledTwice;
    pub type FromMade = super::FromMade;
    pub type Counted = super::Counted;
    pub type Item = super::inner::Item;
    pub type Outer = super::inner::Outer;
    pub type OwnVec = super::OwnVec;
    pub type OwnLocal = super::OwnLocal;
    pub type Literal = super::Literal;
    pub type Expression = super::Expression;
    pub type OptionalNone = super::OptionalNone;
    pub type OptionalSome = super::OptionalSome;
    pub type Blocked = super::Blocked;
    pub type Exported = super::Exported;
    pub type ByRename = super::ByRename;
    pub type RepsNone = super::RepsNone;
    pub type RepsTwo = super::RepsTwo;
    pub type Tuple = super::Tuple;
    pub type Chosen = super::Chosen;
    pub type Documented = super::Documented;
    pub type Before = super::Before;
    pub type After = super::After;
    pub type FromItems = crate::attributes::FromItems;
}

pub trait Tupled {}
macro_rules! tupled { ($($of:ty)*) => { $(impl Tupled for $of {})* } }
hard_macros::call! { tupled, () (u8,) }
pub struct IfTupled<T>(pub T);
impl<T: Tupled> Clone for IfTupled<T> { fn clone(&self) -> Self { loop {} } }
pub type OfNone = IfTupled<()>;
pub type OfOne = IfTupled<(u8,)>;
pub type OfNoTuple = IfTupled<[u8; 1]>;
