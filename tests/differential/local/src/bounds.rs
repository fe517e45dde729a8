//! Impls with conditions that only other traits decide.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

macro_rules! when {
    ($($name:ident<$t:ident>: ($($bound:tt)*);)*) => {$(
        pub struct $name<$t: ?Sized>(pub std::marker::PhantomData<fn() -> Box<$t>>);
        impl<$t: ?Sized> Clone for $name<$t> where $($bound)* { fn clone(&self) -> Self { loop {} } }
    )*};
}

pub struct Bare;
#[derive(Debug, PartialEq, PartialOrd, Default)]
pub struct Rich(pub f64);
impl std::fmt::Display for Rich { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
impl std::error::Error for Rich {}
impl PartialEq<str> for Rich { fn eq(&self, _: &str) -> bool { true } }
impl From<u8> for Rich { fn from(_: u8) -> Rich { loop {} } }
impl AsRef<str> for Rich { fn as_ref(&self) -> &str { loop {} } }
impl std::ops::Add for Rich { type Output = Rich; fn add(self, _: Rich) -> Rich { self } }
impl std::ops::Add<u8> for Rich { type Output = u8; fn add(self, _: u8) -> u8 { 0 } }
impl Iterator for Rich { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
impl std::ops::Deref for Rich { type Target = str; fn deref(&self) -> &str { "" } }
impl std::borrow::Borrow<str> for Rich { fn borrow(&self) -> &str { "" } }

when! {
    Equal<T>: (T: PartialEq);
    EqualStrs<T>: (T: PartialEq<str>);
    Ordered<T>: (T: PartialOrd);
    Printed<T>: (T: std::fmt::Debug);
    Shown<T>: (T: std::fmt::Display);
    Named<T>: (T: ToString);
    Moves<T>: (T: Unpin);
    Fails<T>: (T: std::error::Error);
    Becomes<T>: (T: Into<u64>);
    Made<T>: (T: From<u8>);
    Refers<T>: (T: AsRef<str>);
    Views<T>: (T: AsRef<[u8]>);
    Adds<T>: (T: std::ops::Add<Output = T> + Sized);
    AddsBytes<T>: (T: std::ops::Add<u8, Output = u8> + Sized);
    Copies<T>: (T: Copy);
    Yields<T>: (T: Iterator<Item = u8>);
    YieldsAny<T>: (T: Iterator + Sized, T::Item: Hash);
    Walks<T>: (T: IntoIterator + Sized, T::Item: Hash);
    Points<T>: (T: std::ops::Deref<Target = str>);
    Borrows<T>: (T: std::borrow::Borrow<str>);
    Calls<T>: (T: Fn(u8) -> u8);
    Waits<T>: (T: std::future::Future<Output = u8>);
    Anything<T>: (T: std::any::Any);
    Parses<T>: (T: std::str::FromStr);
    Sums<T>: (T: std::iter::Sum);
    Extends<T>: (T: Extend<u8>);
    Slices<T>: ([T]: Hash, T: Sized);
    Options<T>: (Option<T>: Copy, T: Sized);
    Tuples<T>: ((T, u8): Ord, T: Sized);
    Arrays<T>: ([T; 4]: Default, T: Sized);
    Shared<T>: (Arc<T>: Send);
    Locked<T>: (Mutex<T>: Sync, T: Sized);
    Writes<T>: (T: std::io::Write);
    WritesText<T>: (T: std::fmt::Write);
    Reads<T>: (T: std::io::Read);
    Hexes<T>: (T: std::fmt::LowerHex);
    Safe<T>: (T: std::panic::UnwindSafe);
}
pub type EqualFloat = Equal<f64>;
pub type EqualStr = Equal<str>;
pub type EqualVec = Equal<Vec<u8>>;
pub type EqualRich = Equal<Rich>;
pub type EqualBare = Equal<Bare>;
pub type EqualBareVec = Equal<Vec<Bare>>;
pub type EqualMap = Equal<HashMap<u8, f64>>;
pub type EqualFn = Equal<fn(u8)>;
pub type EqualCell = Equal<Cell<f64>>;
pub type EqualMutex = Equal<Mutex<u8>>;
pub type EqualStrsStr = EqualStrs<str>;
pub type EqualStrsRich = EqualStrs<Rich>;
pub type EqualStrsBare = EqualStrs<Bare>;
pub type EqualStrsString = EqualStrs<String>;
pub type EqualStrsNumber = EqualStrs<u8>;
pub type OrderedFloat = Ordered<f64>;
pub type OrderedRich = Ordered<Rich>;
pub type OrderedBare = Ordered<Option<Bare>>;
pub type OrderedMap = Ordered<BTreeMap<u8, f64>>;
pub type OrderedHashMap = Ordered<HashMap<u8, u8>>;
pub type OrderedTuple = Ordered<(u8, f64)>;
pub type PrintedUnit = Printed<()>;
pub type PrintedRc = Printed<Rc<Mutex<Vec<f64>>>>;
pub type PrintedBare = Printed<Option<Bare>>;
pub type PrintedRich = Printed<[Rich]>;
pub type PrintedDyn = Printed<dyn std::any::Any>;
pub type PrintedError = Printed<dyn std::error::Error>;
pub type PrintedFn = Printed<fn(&str) -> u8>;
pub type PrintedFuture = Printed<std::future::Ready<u8>>;
pub type PrintedRefCell = Printed<RefCell<Bare>>;
pub type ShownFloat = Shown<f64>;
pub type ShownVec = Shown<Vec<u8>>;
pub type ShownBox = Shown<Box<str>>;
pub type ShownRich = Shown<Rc<Rich>>;
pub type ShownBare = Shown<Bare>;
pub type ShownUnit = Shown<()>;
pub type ShownError = Shown<std::io::Error>;
pub type NamedFloat = Named<f64>;
pub type NamedRich = Named<Rich>;
pub type NamedBare = Named<Bare>;
pub type NamedVec = Named<Vec<u8>>;
pub type MovesUnit = Moves<()>;
pub type MovesPinned = Moves<std::marker::PhantomPinned>;
pub type MovesBoxed = Moves<Box<std::marker::PhantomPinned>>;
pub type MovesRich = Moves<Rich>;
pub type MovesVec = Moves<Vec<std::marker::PhantomPinned>>;
pub type FailsIo = Fails<std::io::Error>;
pub type FailsFmt = Fails<std::fmt::Error>;
pub type FailsRich = Fails<Rich>;
pub type FailsBare = Fails<Bare>;
pub type FailsBox = Fails<Box<Rich>>;
pub type FailsDyn = Fails<dyn std::error::Error>;
pub type FailsBoxDyn = Fails<Box<dyn std::error::Error>>;
pub type FailsNumber = Fails<u8>;
pub type BecomesByte = Becomes<u8>;
pub type BecomesSigned = Becomes<i8>;
pub type BecomesWide = Becomes<u64>;
pub type BecomesSize = Becomes<usize>;
pub type BecomesChar = Becomes<char>;
pub type BecomesBool = Becomes<bool>;
pub type BecomesFloat = Becomes<f32>;
pub type BecomesString = Becomes<String>;
pub type MadeWide = Made<u64>;
pub type MadeFloat = Made<f64>;
pub type MadeChar = Made<char>;
pub type MadeRich = Made<Rich>;
pub type MadeBool = Made<bool>;
pub type MadeString = Made<String>;
pub type MadeOption = Made<Option<u8>>;
pub type MadeRc = Made<Rc<u8>>;
pub type RefersString = Refers<String>;
pub type RefersStr = Refers<str>;
pub type RefersBytes = Refers<Vec<u8>>;
pub type RefersRich = Refers<Rich>;
pub type RefersBox = Refers<Box<str>>;
pub type RefersPath = Refers<std::path::Path>;
pub type RefersNumber = Refers<u8>;
pub type ViewsString = Views<String>;
pub type ViewsVec = Views<Vec<u8>>;
pub type ViewsArray = Views<[u8; 4]>;
pub type ViewsWords = Views<Vec<u16>>;
pub type AddsByte = Adds<u8>;
pub type AddsFloat = Adds<f64>;
pub type AddsString = Adds<String>;
pub type AddsRich = Adds<Rich>;
pub type AddsDuration = Adds<std::time::Duration>;
pub type AddsBool = Adds<bool>;
pub type AddsBytesByte = AddsBytes<u8>;
pub type AddsBytesRich = AddsBytes<Rich>;
pub type AddsBytesWord = AddsBytes<u16>;
pub type CopiesByte = Copies<u8>;
pub type CopiesRef = Copies<&'static str>;
pub type CopiesString = Copies<String>;
pub type CopiesRange = Copies<std::ops::Range<u8>>;
pub type YieldsVec = Yields<std::vec::IntoIter<u8>>;
pub type YieldsWords = Yields<std::vec::IntoIter<u16>>;
pub type YieldsRich = Yields<Rich>;
pub type YieldsBox = Yields<Box<Rich>>;
pub type YieldsBare = Yields<Bare>;
pub type YieldsRange = Yields<std::ops::Range<u8>>;
pub type YieldsChars = Yields<std::str::Bytes<'static>>;
pub type YieldsMap = Yields<std::iter::Map<Rich, fn(u8) -> u8>>;
pub type YieldsDyn = Yields<Box<dyn Iterator<Item = u8>>>;
pub type YieldsAnyVec = YieldsAny<std::vec::IntoIter<f64>>;
pub type YieldsAnyRich = YieldsAny<Rich>;
pub type YieldsAnyChars = YieldsAny<std::str::Chars<'static>>;
pub type WalksVec = Walks<Vec<u8>>;
pub type WalksFloats = Walks<Vec<f64>>;
pub type WalksMap = Walks<HashMap<u8, u8>>;
pub type WalksOption = Walks<Option<Bare>>;
pub type WalksRich = Walks<Rich>;
pub type WalksArray = Walks<[u8; 3]>;
pub type PointsString = Points<String>;
pub type PointsBox = Points<Box<str>>;
pub type PointsRc = Points<Rc<str>>;
pub type PointsRich = Points<Rich>;
pub type PointsVec = Points<Vec<u8>>;
pub type PointsRef = Points<&'static str>;
pub type BorrowsString = Borrows<String>;
pub type BorrowsStr = Borrows<str>;
pub type BorrowsRich = Borrows<Rich>;
pub type BorrowsByte = Borrows<u8>;
pub type CallsPointer = Calls<fn(u8) -> u8>;
pub type CallsOther = Calls<fn(u8) -> u16>;
pub type CallsDyn = Calls<dyn Fn(u8) -> u8>;
pub type CallsBox = Calls<Box<dyn Fn(u8) -> u8>>;
pub type CallsByte = Calls<u8>;
pub type CallsTwo = Calls<fn(u8, u8) -> u8>;
pub type WaitsReady = Waits<std::future::Ready<u8>>;
pub type WaitsWords = Waits<std::future::Ready<u16>>;
pub type WaitsBox = Waits<std::pin::Pin<Box<dyn std::future::Future<Output = u8>>>>;
pub type WaitsByte = Waits<u8>;
pub type AnythingBare = Anything<Bare>;
pub type AnythingRc = Anything<Rc<u8>>;
pub type AnythingStr = Anything<str>;
pub type ParsesByte = Parses<u8>;
pub type ParsesString = Parses<String>;
pub type ParsesIp = Parses<std::net::IpAddr>;
pub type ParsesBare = Parses<Bare>;
pub type ParsesVec = Parses<Vec<u8>>;
pub type SumsByte = Sums<u8>;
pub type SumsFloat = Sums<f64>;
pub type SumsDuration = Sums<std::time::Duration>;
pub type SumsString = Sums<String>;
pub type SumsBare = Sums<Bare>;
pub type ExtendsVec = Extends<Vec<u8>>;
pub type ExtendsWords = Extends<Vec<u16>>;
pub type ExtendsSet = Extends<std::collections::BTreeSet<u8>>;
pub type ExtendsByte = Extends<u8>;
pub type SlicesByte = Slices<u8>;
pub type SlicesFloat = Slices<f64>;
pub type OptionsByte = Options<u8>;
pub type OptionsString = Options<String>;
pub type TuplesByte = Tuples<u8>;
pub type TuplesFloat = Tuples<f64>;
pub type ArraysByte = Arrays<u8>;
pub type ArraysRich = Arrays<Rich>;
pub type ArraysBare = Arrays<Bare>;
pub type SharedByte = Shared<u8>;
pub type SharedCell = Shared<Cell<u8>>;
pub type SharedStr = Shared<str>;
pub type LockedByte = Locked<u8>;
pub type LockedCell = Locked<Cell<u8>>;
pub type LockedRc = Locked<Rc<u8>>;
pub type WritesVec = Writes<Vec<u8>>;
pub type WritesFile = Writes<std::fs::File>;
pub type WritesString = Writes<String>;
pub type WritesByte = Writes<u8>;
pub type WritesTextVec = WritesText<Vec<u8>>;
pub type WritesTextString = WritesText<String>;
pub type ReadsCursor = Reads<std::io::Cursor<Vec<u8>>>;
pub type ReadsFile = Reads<std::fs::File>;
pub type ReadsString = Reads<String>;
pub type HexesByte = Hexes<u8>;
pub type HexesFloat = Hexes<f64>;
pub type HexesString = Hexes<String>;
pub type SafeByte = Safe<u8>;
pub type SafeCell = Safe<Cell<u8>>;
pub type SafeMut = Safe<&'static mut u8>;
pub type SafeBox = Safe<Box<String>>;

pub trait Local {}
impl<T: std::fmt::Debug> Local for T {}
pub trait Narrow<U> {}
impl Narrow<u8> for Bare {}
impl<U: Copy> Narrow<Vec<U>> for Bare {}
impl<T> Narrow<T> for Vec<T> {}
pub trait Parent { type Out; }
pub trait Child: Parent<Out = u8> + Send {}
impl Parent for Bare { type Out = u8; }
impl Child for Bare {}
impl Parent for Rich { type Out = Rich; }
impl<T: Parent> Parent for Vec<T> { type Out = Vec<T::Out>; }
impl<T: Parent + ?Sized> Parent for &T { type Out = T::Out; }
when! {
    Blanket<T>: (T: Local);
    NarrowByte<T>: (T: Narrow<u8>);
    NarrowVec<T>: (T: Narrow<Vec<u8>>);
    NarrowStrings<T>: (T: Narrow<Vec<String>>);
    Childlike<T>: (T: Child);
    OutHash<T>: (T: Parent, T::Out: Hash);
    OutIs<T>: (T: Parent<Out = Vec<u8>>);
    Either<T>: (T: Send + Sync + Clone);
}
pub type BlanketRich = Blanket<Rich>;
pub type BlanketBare = Blanket<Bare>;
pub type BlanketVec = Blanket<Vec<f64>>;
pub type BlanketBareVec = Blanket<Vec<Bare>>;
pub type NarrowByteBare = NarrowByte<Bare>;
pub type NarrowByteVec = NarrowByte<Vec<u8>>;
pub type NarrowByteWords = NarrowByte<Vec<u16>>;
pub type NarrowByteRich = NarrowByte<Rich>;
pub type NarrowVecBare = NarrowVec<Bare>;
pub type NarrowVecVec = NarrowVec<Vec<Vec<u8>>>;
pub type NarrowStringsBare = NarrowStrings<Bare>;
pub type ChildlikeBare = Childlike<Bare>;
pub type ChildlikeRich = Childlike<Rich>;
pub type OutHashBare = OutHash<Bare>;
pub type OutHashRich = OutHash<Rich>;
pub type OutHashVec = OutHash<Vec<Bare>>;
pub type OutHashRef = OutHash<&'static Bare>;
pub type OutHashRichVec = OutHash<Vec<Vec<Rich>>>;
pub type OutIsBare = OutIs<Bare>;
pub type OutIsVec = OutIs<Vec<Bare>>;
pub type EitherByte = Either<u8>;
pub type EitherRc = Either<Rc<u8>>;
pub type EitherBare = Either<Bare>;

pub struct Split<T>(pub T);
impl Hash for Split<u8> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Hash for Split<Vec<u8>> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T> Hash for Split<(T, T)> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T: Copy> Hash for Split<[T; 2]> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T> Hash for Split<&T> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T> Hash for Split<*const T> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Hash for Split<fn(u8)> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Hash for Split<Box<dyn Local>> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type SplitByte = Split<u8>;
pub type SplitWord = Split<u16>;
pub type SplitVec = Split<Vec<u8>>;
pub type SplitVecs = Split<Vec<Vec<u8>>>;
pub type SplitSame = Split<(u8, u8)>;
pub type SplitOther = Split<(u8, u16)>;
pub type SplitTwo = Split<[u8; 2]>;
pub type SplitThree = Split<[u8; 3]>;
pub type SplitStrings = Split<[String; 2]>;
pub type SplitRef = Split<&'static str>;
pub type SplitSized = Split<&'static u8>;
pub type SplitMut = Split<&'static mut u8>;
pub type SplitConst = Split<*const u8>;
pub type SplitMutPointer = Split<*mut u8>;
pub type SplitFn = Split<fn(u8)>;
pub type SplitOtherFn = Split<fn(u16)>;
pub type SplitUnsafeFn = Split<unsafe fn(u8)>;
pub type SplitDyn = Split<Box<dyn Local>>;
pub type SplitDynSend = Split<Box<dyn Local + Send>>;
