//! What serde's derives ask for.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use std::rc::Rc;

pub struct Opaque;
#[derive(Default)]
pub struct Defaulted;
fn out<T, S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> { loop {} }
fn into<'de, T, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> { loop {} }
mod with {
    pub fn serialize<T, S: serde::Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> { loop {} }
    pub fn deserialize<'de, T, D: serde::Deserializer<'de>>(_: D) -> Result<T, D::Error> { loop {} }
}

#[derive(Serialize, Deserialize)]
pub struct Plain<T>(pub T);
pub type PlainByte = Plain<u8>;
pub type PlainOpaque = Plain<Opaque>;
pub type PlainRc = Plain<Rc<u8>>;
#[derive(Serialize, Deserialize)]
pub struct Skips<T> { #[serde(skip)] pub a: T, pub b: u8 }
pub type SkipsOpaque = Skips<Opaque>;
pub type SkipsDefaulted = Skips<Defaulted>;
#[derive(Serialize, Deserialize)]
pub struct SkipsOut<T> { #[serde(skip_serializing, default = "make")] pub a: T }
fn make<T>() -> T { loop {} }
pub type SkipsOutOpaque = SkipsOut<Opaque>;
#[derive(Serialize, Deserialize)]
pub struct With<T> { #[serde(with = "with")] pub a: T }
pub type WithOpaque = With<Opaque>;
#[derive(Serialize, Deserialize)]
pub struct WithDefault<T> { #[serde(with = "with", default)] pub a: T }
pub type WithDefaultOpaque = WithDefault<Opaque>;
pub type WithDefaultDefaulted = WithDefault<Defaulted>;
#[derive(Serialize, Deserialize)]
pub struct WithOne<T> { #[serde(serialize_with = "out")] pub a: T }
pub type WithOneOpaque = WithOne<Opaque>;
#[derive(Serialize, Deserialize)]
pub struct Phantom<T>(pub PhantomData<T>);
pub type PhantomOpaque = Phantom<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Unbound<T>(pub PhantomData<fn() -> T>);
pub type UnboundOpaque = Unbound<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize + Clone", deserialize = "T: DeserializeOwned + Default"))]
pub struct Bound<T>(pub T);
pub type BoundByte = Bound<u8>;
#[derive(Serialize, Deserialize, Clone)]
pub struct NoDefault(pub u8);
pub type BoundNoDefault = Bound<NoDefault>;
#[derive(Serialize, Deserialize)]
pub struct FieldBound<T> { #[serde(bound = "T: Copy", with = "with")] pub a: T }
pub type FieldBoundByte = FieldBound<u8>;
pub type FieldBoundString = FieldBound<String>;
#[derive(Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerDefault<T> { pub a: T }
impl Default for ContainerDefault<u8> { fn default() -> Self { loop {} } }
pub type ContainerDefaultByte = ContainerDefault<u8>;
pub type ContainerDefaultWord = ContainerDefault<u16>;
#[derive(Serialize, Deserialize, Clone)]
#[serde(from = "u8", into = "u8")]
pub struct Converts(pub u8);
impl From<u8> for Converts { fn from(_: u8) -> Self { loop {} } }
impl From<Converts> for u8 { fn from(_: Converts) -> Self { loop {} } }
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Untagged<T> { One(T), #[serde(skip)] Two(Rc<T>) }
pub type UntaggedByte = Untagged<u8>;
pub type UntaggedOpaque = Untagged<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", content = "of, all", rename_all = "snake_case")]
pub enum Tagged<T, U> { One { a: T }, #[serde(skip_deserializing)] Two(U) }
pub type TaggedBoth = Tagged<u8, u8>;
pub type TaggedOpaque = Tagged<u8, Opaque>;
#[derive(Serialize, Deserialize)]
pub enum VariantWith<T> { #[serde(serialize_with = "out", deserialize_with = "into")] One(T), Two }
pub type VariantWithOpaque = VariantWith<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Transparent<T> { pub a: T, #[serde(skip)] pub b: PhantomData<Opaque> }
pub type TransparentByte = Transparent<u8>;
#[derive(Serialize, Deserialize)]
pub struct Flat<T> { #[serde(flatten)] pub a: T, pub b: u8 }
pub type FlatByte = Flat<PlainByte>;
pub type FlatOpaque = Flat<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(remote = "Opaque")]
pub struct Remote;
#[derive(Serialize)]
pub struct OnlyOut<T>(pub T);
pub type OnlyOutByte = OnlyOut<u8>;
#[derive(Deserialize)]
pub struct OnlyIn<T>(pub T);
pub type OnlyInByte = OnlyIn<u8>;
#[derive(Serialize, Deserialize)]
pub struct Collections<K: Ord + std::hash::Hash, V> { pub a: std::collections::BTreeMap<K, Vec<Option<V>>> }
pub type CollectionsByte = Collections<u8, String>;
pub type CollectionsOpaque = Collections<u8, Opaque>;
pub trait Has { type Of; }
impl Has for Opaque { type Of = u8; }
impl Has for Defaulted { type Of = Opaque; }
#[derive(Serialize, Deserialize)]
pub struct Projected<T: Has>(pub T::Of);
pub type ProjectedByte = Projected<Opaque>;
pub type ProjectedOpaque = Projected<Defaulted>;
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(crate = "serde")]
pub struct ByPath<'a> { pub text: &'a str, pub list: Vec<u8> }
pub type ByPathStatic = ByPath<'static>;
#[derive(Deserialize)]
pub struct OptionText<'a>(#[serde(default)] pub Option<&'a str>);
pub type OptionTextStatic = OptionText<'static>;
#[cfg_attr(feature = "on", derive(Serialize), serde(bound = ""))]
#[cfg_attr(feature = "off", derive(Deserialize))]
pub struct Conditional<T>(pub PhantomData<fn() -> T>);
pub type ConditionalOpaque = Conditional<Opaque>;
pub struct Manual<T>(pub T);
impl<T> Serialize for Manual<T> where T: AsRef<[u8]> { fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> { loop {} } }
impl<'de, T> Deserialize<'de> for Manual<T> where T: From<Vec<u8>> + Deserialize<'de> { fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> { loop {} } }
pub type ManualVec = Manual<Vec<u8>>;
pub type ManualString = Manual<String>;
pub type ManualByte = Manual<u8>;
pub struct OwnedOnly<T>(pub T);
impl<'de, T: DeserializeOwned> Deserialize<'de> for OwnedOnly<T> { fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> { loop {} } }
pub type OwnedOnlyRef = OwnedOnly<&'static str>;
pub type OwnedOnlyString = OwnedOnly<String>;
#[derive(Clone)]
pub struct Text<'a>(pub &'a str);
impl Serialize for Text<'_> { fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> { loop {} } }
impl<'de> Deserialize<'de> for Text<'_> { fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> { loop {} } }
#[derive(Serialize, Deserialize)]
pub enum Leaves<'a> { One(Text<'a>), Two }
pub type LeavesStatic = Leaves<'static>;
#[derive(Serialize, Deserialize)]
pub enum VariantBorrows<'a> { #[serde(borrow)] One(Text<'a>), Two }
pub type VariantBorrowsStatic = VariantBorrows<'static>;
#[derive(Serialize, Deserialize)]
pub enum SkippedBorrows<'a> { #[serde(borrow, skip)] One(Text<'a>), Two }
pub type SkippedBorrowsStatic = SkippedBorrows<'static>;
#[derive(Serialize, Deserialize)]
pub struct WithBorrows<'a> { #[serde(with = "with")] pub a: &'a str }
pub type WithBorrowsStatic = WithBorrows<'static>;
#[derive(Serialize, Deserialize)]
pub struct WithBorrowsTold<'a> { #[serde(borrow, with = "with")] pub a: Text<'a> }
pub type WithBorrowsToldStatic = WithBorrowsTold<'static>;
#[derive(Serialize, Deserialize)]
pub struct WithLeaves<'a> { #[serde(with = "with")] pub a: Text<'a> }
pub type WithLeavesStatic = WithLeaves<'static>;
#[derive(Serialize, Deserialize, Clone)]
#[serde(from = "String", into = "String")]
pub struct ConvertsBorrows<'a>(pub &'a str);
pub type ConvertsBorrowsStatic = ConvertsBorrows<'static>;
impl From<String> for ConvertsBorrows<'_> { fn from(_: String) -> Self { loop {} } }
impl From<ConvertsBorrows<'_>> for String { fn from(_: ConvertsBorrows<'_>) -> Self { loop {} } }
#[derive(Serialize, Deserialize)]
pub struct Gone<'a> { #[cfg(feature = "off")] pub a: &'a str, pub b: PhantomData<&'a u8> }
pub type GoneStatic = Gone<'static>;
#[derive(Serialize, Deserialize)]
pub enum GoneVariant<'a> { #[cfg(feature = "off")] One { a: &'a str }, #[cfg(feature = "off")] #[serde(borrow)] Three(Text<'a>), Two(PhantomData<&'a u8>) }
pub type GoneVariantStatic = GoneVariant<'static>;
#[derive(Serialize, Deserialize)]
pub struct SkipsByPath<T> { #[serde(skip, default = "make")] pub a: T }
pub type SkipsByPathOpaque = SkipsByPath<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(default = "make")]
pub struct SkipsInDefault<T> { #[serde(skip)] pub a: T }
pub type SkipsInDefaultOpaque = SkipsInDefault<Opaque>;
#[derive(Serialize, Deserialize)]
pub struct BoundSkips<T> { #[serde(bound = "T: Clone", skip)] pub a: T }
pub type BoundSkipsString = BoundSkips<String>;
pub type BoundSkipsNoDefault = BoundSkips<NoDefault>;
pub type BoundSkipsOpaque = BoundSkips<Opaque>;
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct BoundTwice<T> { #[serde(bound = "T: Copy", with = "with")] pub a: T }
pub type BoundTwiceByte = BoundTwice<u8>;
pub type BoundTwiceString = BoundTwice<String>;
#[derive(Serialize, Deserialize)]
pub enum VariantBound<T> { #[serde(bound = "T: Copy", with = "with")] One(#[serde(bound = "T: Ord")] T), Two }
pub type VariantBoundByte = VariantBound<u8>;
pub type VariantBoundFloat = VariantBound<f64>;
pub type VariantBoundString = VariantBound<String>;
#[derive(Serialize, Deserialize)]
pub struct SkipsFn<T> { #[serde(skip)] pub a: Option<fn(T) -> u8> }
pub type SkipsFnByte = SkipsFn<u8>;
pub type SkipsFnOpaque = SkipsFn<Opaque>;
pub trait Makes { type Of: Serialize + DeserializeOwned; }
impl Makes for Opaque { type Of = u8; }
#[derive(Serialize, Deserialize)]
pub struct ProjectedInside<T: Makes>(pub Vec<T::Of>);
pub type ProjectedInsideOpaque = ProjectedInside<Opaque>;
#[derive(Serialize, Deserialize)]
pub struct Qualified<T: Makes>(pub <T as Makes>::Of);
pub type QualifiedOpaque = Qualified<Opaque>;
#[derive(Serialize, Deserialize)]
pub struct BoxedItems<T> { #[serde(skip)] pub a: Option<Box<dyn Iterator<Item = T>>> }
pub type BoxedItemsOpaque = BoxedItems<Opaque>;
pub type BoxedItemsByte = BoxedItems<u8>;
#[derive(Default, Clone)]
pub struct OwnHasher(pub u64);
impl std::hash::Hasher for OwnHasher { fn finish(&self) -> u64 { self.0 } fn write(&mut self, _: &[u8]) {} }
pub struct HasherOfNothing;
impl std::hash::Hasher for HasherOfNothing { fn finish(&self) -> u64 { 0 } fn write(&mut self, _: &[u8]) {} }
pub type MapByOwn = std::collections::HashMap<u8, u8, std::hash::BuildHasherDefault<OwnHasher>>;
pub type MapByNothing = std::collections::HashMap<u8, u8, std::hash::BuildHasherDefault<HasherOfNothing>>;
pub type MapByDefaulted = std::collections::HashMap<u8, u8, std::hash::BuildHasherDefault<Defaulted>>;
