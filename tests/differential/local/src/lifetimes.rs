//! Impls that hold for some lifetimes.

use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

pub struct Tied<'a>(pub &'a u8);
impl Hash for Tied<'static> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type TiedStatic = Tied<'static>;
pub struct Pair<'a, 'b>(pub &'a u8, pub &'b u8);
impl<'a> Clone for Pair<'a, 'a> { fn clone(&self) -> Self { loop {} } }
pub type PairStatic = Pair<'static, 'static>;
pub trait Lasting {}
impl Lasting for &'static str {}
pub struct Keeps<T>(pub T);
impl<T: Lasting> Hash for Keeps<T> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type KeepsStatic = Keeps<&'static str>;
pub type KeepsString = Keeps<String>;
pub struct Outlives<'a, T: 'a + ?Sized>(pub &'a T);
impl<'a, T: ?Sized + 'static> Clone for Outlives<'a, T> { fn clone(&self) -> Self { loop {} } }
pub type OutlivesStr = Outlives<'static, str>;
pub struct Invariant<'a>(pub PhantomData<fn(&'a u8) -> &'a u8>);
#[derive(Serialize, Deserialize)]
pub struct Reads<'a> { #[serde(borrow)] pub text: std::borrow::Cow<'a, str> }
pub type ReadsStatic = Reads<'static>;
#[derive(Serialize, Deserialize)]
pub struct ReadsOwned<'a> { pub text: std::borrow::Cow<'a, str> }
pub type ReadsOwnedStatic = ReadsOwned<'static>;
#[derive(Serialize, Deserialize)]
pub struct ReadsRef<'a>(pub &'a str);
pub type ReadsRefStatic = ReadsRef<'static>;
#[derive(Deserialize)]
pub struct Around<T>(pub T);
pub type AroundRef = Around<&'static str>;
pub type AroundOwned = Around<String>;
pub struct OnlyStatic;
impl Deserialize<'static> for OnlyStatic {
    fn deserialize<D: serde::Deserializer<'static>>(_: D) -> Result<Self, D::Error> { loop {} }
}
pub struct Longer<'a>(pub &'a str);
impl<'de: 'a, 'a> Deserialize<'de> for Longer<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> { loop {} }
}
pub type LongerStatic = Longer<'static>;
pub struct ForAll<T>(pub T);
impl<T> Hash for ForAll<T> where for<'a> &'a T: PartialEq { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type ForAllFloat = ForAll<f64>;
pub type ForAllOpaque = ForAll<OnlyStatic>;
pub struct ForAllFn<F>(pub F);
impl<F> Clone for ForAllFn<F> where F: for<'a> Fn(&'a str) -> &'a str { fn clone(&self) -> Self { loop {} } }
pub type ForAllFnPointer = ForAllFn<for<'a> fn(&'a str) -> &'a str>;
pub type ForAllFnNone = ForAllFn<u8>;
