//! Associated types.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

pub trait Store { type Item; type List: Extend<Self::Item>; type Of<T>; }
pub struct Fast;
pub struct Local;
impl Store for Fast { type Item = u8; type List = Vec<u8>; type Of<T> = Option<T>; }
impl Store for Local { type Item = Rc<u8>; type List = Vec<Self::Item>; type Of<T> = Rc<T>; }
impl<A: Store, B: Store> Store for (A, B) { type Item = (A::Item, B::Item); type List = Vec<(A::Item, B::Item)>; type Of<T> = A::Of<B::Of<T>>; }
impl<S: Store> Store for Box<S> { type Item = S::Item; type List = Vec<S::Item>; type Of<T> = Cell<S::Of<T>>; }
pub struct Holds<S: Store>(pub S::Item, pub S::List);
pub type HoldsFast = Holds<Fast>;
pub type HoldsLocal = Holds<Local>;
pub type HoldsPair = Holds<(Fast, Local)>;
pub type HoldsBox = Holds<Box<Fast>>;
pub struct Family<S: Store, T>(pub S::Of<T>);
pub type FamilyFast = Family<Fast, u8>;
pub type FamilyLocal = Family<Local, u8>;
pub type FamilyPair = Family<(Fast, Local), u8>;
pub type FamilyBox = Family<Box<Fast>, u8>;
pub type Direct = <Fast as Store>::Item;
pub type DirectOf = <Local as Store>::Of<u8>;
pub type Chain = <<Vec<u8> as IntoIterator>::IntoIter as Iterator>::Item;
pub type ChainRc = <<Vec<Rc<u8>> as IntoIterator>::IntoIter as Iterator>::Item;
pub type OwnedStr = <str as ToOwned>::Owned;
pub type OwnedSlice = <[Rc<u8>] as ToOwned>::Owned;
pub type Target = <Box<Cell<u8>> as std::ops::Deref>::Target;
pub type Sum = <u8 as std::ops::Add<&'static u8>>::Output;
pub type Indexed = <HashMap<u8, Rc<u8>> as std::ops::Index<&'static u8>>::Output;
pub type Errors = <u8 as std::str::FromStr>::Err;
pub type Keys = <HashMap<u8, Rc<u8>> as IntoIterator>::Item;
pub type RefItem = <&'static [Cell<u8>] as IntoIterator>::Item;
pub struct Iter;
impl Iterator for Iter { type Item = Rc<u8>; fn next(&mut self) -> Option<Rc<u8>> { None } }
pub type OwnItem = <Iter as Iterator>::Item;
pub type OwnIntoItem = <Iter as IntoIterator>::Item;
pub type Peek = std::iter::Peekable<Iter>;
pub type PeekBytes = std::iter::Peekable<std::vec::IntoIter<u8>>;
pub struct Listed<I: IntoIterator>(pub Vec<I::Item>);
pub type ListedVec = Listed<Vec<Cell<u8>>>;
pub type ListedIter = Listed<Iter>;
pub type ListedOption = Listed<Option<u8>>;
#[derive(Clone)]
pub struct Peeked<I: Iterator<Item: Clone>>(pub std::iter::Peekable<I>);
pub type PeekedBytes = Peeked<std::vec::IntoIter<u8>>;
pub trait Base { type Assoc; }
pub trait Derived: Base { type More; }
impl Base for u8 { type Assoc = Rc<u8>; }
impl Derived for u8 { type More = Vec<<Self as Base>::Assoc>; }
pub struct Sup<T: Derived>(pub T::Assoc, pub T::More);
pub type SupByte = Sup<u8>;
pub type Generic<T> = <T as Base>::Assoc;
pub type GenericByte = Generic<u8>;
pub type Nested<T> = Vec<Option<Generic<T>>>;
pub type NestedByte = Nested<u8>;
pub struct Hashes<T: Base>(pub T::Assoc);
impl<T: Base<Assoc = Rc<u8>>> Hash for Hashes<T> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T: Base> Clone for Hashes<T> where T::Assoc: Clone { fn clone(&self) -> Self { loop {} } }
pub type HashesByte = Hashes<u8>;
impl Base for u16 { type Assoc = Cell<f64>; }
pub type HashesWord = Hashes<u16>;
pub trait Defaulted<T = Self> { type Out; }
impl Defaulted for u8 { type Out = Rc<u8>; }
impl Defaulted<u16> for u8 { type Out = u16; }
pub type DefaultedSelf = <u8 as Defaulted>::Out;
pub type DefaultedOther = <u8 as Defaulted<u16>>::Out;
pub struct State<S: std::hash::BuildHasher>(pub S, pub S::Hasher);
pub type StateRandom = State<std::collections::hash_map::RandomState>;
