//! Trait objects.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

pub trait Plain {}
pub trait Sending: Send {}
pub trait Both where Self: Send + Sync {}
pub trait Grand: Sending + Debug {}
pub trait Of<T> {}
pub trait OfSend<T>: Of<T> + Send {}
pub trait Assoc { type Out; fn out(&self) -> Self::Out; }
pub trait Bundle: Plain + Sync + Send + 'static {}

impl Hash for dyn Plain { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Hash for dyn Sending + '_ { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Hash for dyn Plain + Send { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Clone for Box<dyn Plain> { fn clone(&self) -> Self { loop {} } }
impl Clone for Box<dyn Grand + Send> { fn clone(&self) -> Self { loop {} } }
impl Hash for dyn Of<u8> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl<T> Hash for dyn Of<Vec<T>> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl serde::Serialize for dyn Plain { fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> { loop {} } }
impl<'de> serde::Deserialize<'de> for Box<dyn Plain> { fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> { loop {} } }

pub type BoxPlain = Box<dyn Plain>;
pub type BoxPlainSend = Box<dyn Plain + Send>;
pub type BoxPlainSync = Box<dyn Plain + Sync>;
pub type BoxPlainSendSync = Box<dyn Plain + Sync + Send>;
pub type RcPlain = Rc<dyn Plain>;
pub type ArcSending = Arc<dyn Sending>;
pub type ArcBoth = Arc<dyn Both>;
pub type BoxSending = Box<dyn Sending>;
pub type BoxGrand = Box<dyn Grand>;
pub type BoxGrandSend = Box<dyn Grand + Send>;
pub type BoxOfByte = Box<dyn Of<u8>>;
pub type BoxOfWord = Box<dyn Of<u16>>;
pub type BoxOfVec = Box<dyn Of<Vec<String>>>;
pub type BoxOfSend = Box<dyn OfSend<u8>>;
pub type BoxAssoc = Box<dyn Assoc<Out = Rc<u8>>>;
pub type BoxAssocSend = Box<dyn Assoc<Out = Rc<u8>> + Send>;
pub type ArcBundle = Arc<dyn Bundle>;
pub type RefPlain = &'static dyn Plain;
pub type MutPlain = &'static mut dyn Plain;
pub type MutPlainSend = &'static mut (dyn Plain + Send);
pub type VecPlain = Vec<Box<dyn Plain>>;
pub struct Field(pub Box<dyn Plain>);
#[derive(Clone, Hash)]
pub struct DerivedField(pub Box<dyn Plain>);
pub struct FieldSend(pub Box<dyn Fn(Rc<u8>) -> u8 + Send>);
pub type AnyBox = Box<dyn std::any::Any>;
pub type AnyBoxSend = Box<dyn std::any::Any + Send>;
pub type ErrorBox = Box<dyn std::error::Error>;
pub type ErrorBoxBoth = Box<dyn std::error::Error + Send + Sync>;
pub type FutureBox = std::pin::Pin<Box<dyn std::future::Future<Output = Rc<u8>> + Send>>;
pub type FnArc = Arc<dyn Fn(&str) -> Rc<u8> + Send + Sync>;
pub type Mutexed = std::sync::Mutex<dyn Plain + Send>;
pub type MutexedNot = Arc<std::sync::Mutex<dyn Plain>>;
pub type DebugBox = Box<dyn Debug + Send>;
pub trait WithDefault { fn made() -> Self where Self: Sized; }
pub type BoxWithDefault = Box<dyn WithDefault>;
