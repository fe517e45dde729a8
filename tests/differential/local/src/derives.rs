//! Derives of the standard library.

use std::marker::PhantomData;
use std::rc::Rc;

pub struct Opaque;

#[derive(Clone, Copy, Hash)]
#[repr(packed)]
pub struct Packed<T>(pub T);
pub type PackedByte = Packed<u8>;
#[derive(Clone)]
pub struct NotCopy;
#[derive(Hash, PartialEq)]
#[repr(C, packed(2))]
pub struct PackedHash<T>(pub T) where T: Copy;
pub type PackedHashByte = PackedHash<u8>;
#[derive(Clone, Copy)]
pub union Union<T: Copy> { pub a: u8, pub b: T }
pub type UnionByte = Union<u8>;
#[derive(Clone, Copy)]
pub union UnionPointer<T> { pub a: u8, pub b: *const T }
pub type UnionPointerByte = UnionPointer<u8>;
pub type UnionPointerString = UnionPointer<String>;
#[derive(Default, Clone)]
pub enum Choice<T> { #[default] Empty, Full(T) }
pub struct NeedsDefault<T>(pub T);
impl<T: Default> Clone for NeedsDefault<T> { fn clone(&self) -> Self { loop {} } }
pub type ChoiceOpaque = NeedsDefault<Choice<Opaque>>;
pub type ChoiceByte = NeedsDefault<Choice<u8>>;
#[derive(Default)]
pub struct Defaulted<T>(pub Option<T>);
pub type DefaultedOpaque = NeedsDefault<Defaulted<Opaque>>;
pub type DefaultedByte = NeedsDefault<Defaulted<u8>>;
#[derive(Clone, Hash)]
pub struct Items<I: Iterator>(pub Vec<I::Item>, pub PhantomData<I>);
pub type ItemsVec = Items<std::vec::IntoIter<u8>>;
pub type ItemsFloats = Items<std::vec::IntoIter<f64>>;
#[derive(Clone)]
pub struct Explicit<I: Iterator>(pub Vec<<I as Iterator>::Item>, pub PhantomData<I>) where <I as Iterator>::Item: Clone;
pub type ExplicitVec = Explicit<std::vec::IntoIter<Rc<u8>>>;
#[derive(Hash)]
pub struct Where<T>(pub T) where T: Copy;
pub type WhereByte = Where<u8>;
#[derive(Clone, Hash)]
pub struct Default1<T = u8, U = Vec<T>>(pub T, pub U);
pub type DefaultNone = Default1;
pub type DefaultOne = Default1<f64>;
pub type DefaultTwo = Default1<u8, Rc<Opaque>>;
#[derive(Clone)]
pub struct Pointers<T>(pub fn(T) -> T, pub *const T);
pub type PointersByte = Pointers<u8>;
pub type PointersOpaque = Pointers<Opaque>;
#[derive(Clone, Hash, PartialEq, Eq)]
pub struct Arrays<T, const N: usize>(pub [T; N]);
pub type ArraysByte = Arrays<u8, 3>;
pub type ArraysFloat = Arrays<f64, 3>;
#[derive(Clone)]
pub struct Unsized<T: ?Sized>(pub Box<u8>, pub PhantomData<T>);
pub type UnsizedStr = Unsized<str>;
pub type UnsizedByte = Unsized<u8>;
#[derive(Hash)]
pub struct Tail<T: ?Sized>(pub u8, pub T);
pub type TailStr = Tail<str>;
pub type TailSlice = Box<Tail<[f64]>>;
#[derive(Clone)] #[derive(Hash)] #[derive(PartialEq)]
pub struct Many(pub u8);
#[derive(Clone,)]
pub struct Comma(pub u8);
#[derive()]
pub struct Empty(pub u8);
#[derive(Eq, PartialEq)]
pub struct Compared<T>(pub T);
pub struct NeedsEq<T>(pub T);
impl<T: Eq> std::hash::Hash for NeedsEq<T> { fn hash<H: std::hash::Hasher>(&self, _: &mut H) {} }
pub type EqByte = NeedsEq<Compared<u8>>;
pub type EqFloat = NeedsEq<Compared<f64>>;
pub struct NeedsPartialEq<T>(pub T);
impl<T: PartialEq> std::hash::Hash for NeedsPartialEq<T> { fn hash<H: std::hash::Hasher>(&self, _: &mut H) {} }
pub type PartialFloat = NeedsPartialEq<Compared<f64>>;
pub type PartialOpaque = NeedsPartialEq<Compared<Opaque>>;
pub struct NeedsDebug<T>(pub T);
impl<T: std::fmt::Debug> Clone for NeedsDebug<T> { fn clone(&self) -> Self { loop {} } }
#[derive(Debug)]
pub struct Printed<T>(pub T);
pub type DebugByte = NeedsDebug<Printed<u8>>;
pub type DebugOpaque = NeedsDebug<Printed<Opaque>>;
pub type DebugRc = NeedsDebug<Rc<Printed<f64>>>;
pub trait Projects { type Of; }
impl Projects for u8 { type Of = f64; }
impl Projects for u16 { type Of = u8; }
#[derive(Clone, Hash, PartialEq, Eq)]
pub struct PhantomProjection<T: Projects>(pub std::marker::PhantomData<T::Of>);
pub type PhantomProjectionFloat = PhantomProjection<u8>;
pub type PhantomProjectionByte = PhantomProjection<u16>;
#[derive(Clone, Hash)]
pub struct FnProjection<T: Projects>(pub fn(T::Of));
pub type FnProjectionFloat = FnProjection<u8>;
pub type FnProjectionByte = FnProjection<u16>;
#[derive(Clone, Hash)]
pub struct GoneProjection<T: Projects> { #[cfg(feature = "off")] pub a: T::Of, pub b: T }
pub type GoneProjectionFloat = GoneProjection<u8>;
