//! Types, traits and imports that come back to themselves.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

pub struct Node { pub next: Option<Box<Node>>, pub value: u8 }
pub struct RcNode { pub next: Vec<RcNode>, pub parent: Weak<RcNode> }
pub struct Graph { pub nodes: Vec<Arc<Mutex<Graph>>> }
pub struct CellGraph { pub nodes: Vec<Arc<CellGraph>>, pub value: Cell<u8> }
pub struct Ping(pub Option<Arc<Pong>>);
pub struct Pong(pub Option<Arc<Ping>>, pub *const u8);
#[derive(Clone, Hash, PartialEq)]
pub struct Tree<T> { pub value: T, pub kids: Vec<Tree<T>> }
pub type TreeByte = Tree<u8>;
pub type TreeFloat = Tree<f64>;
pub type TreeRc = Tree<Rc<u8>>;
#[derive(Clone)]
pub enum Json { Null, List(Vec<Json>), Object(std::collections::BTreeMap<String, Json>) }
pub struct Manual(pub Vec<Manual>);
impl Hash for Manual where Vec<Manual>: Sized { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub trait Walk { type Next: Walk; }
pub struct WalkA;
pub struct WalkB(pub Rc<u8>);
impl Walk for WalkA { type Next = WalkB; }
impl Walk for WalkB { type Next = WalkA; }
pub struct Step<T: Walk>(pub T::Next);
pub type StepA = Step<WalkA>;
pub type StepB = Step<WalkB>;
pub type StepTwice = Step<<WalkA as Walk>::Next>;
pub mod a { pub use super::b::*; pub struct FromA(pub u8); }
pub mod b { pub use super::a::*; pub struct FromB(pub super::a::FromA, pub std::rc::Rc<u8>); }
pub type Through = a::FromB;
pub type Back = b::FromA;
pub struct Vouched(pub Option<Box<Vouched>>, pub *const u8);
unsafe impl Send for Vouched {}
pub struct HoldsVouched(pub Vec<Vouched>);
pub struct Conditional<T>(pub *const T, pub Option<Box<Conditional<T>>>);
unsafe impl<T> Send for Conditional<T> where Vec<T>: Send {}
pub type ConditionalByte = Conditional<u8>;
pub type ConditionalRc = Conditional<Rc<u8>>;
pub struct SelfBound<T>(pub T);
unsafe impl<T> Sync for SelfBound<T> where SelfBound<T>: Send {}
pub type SelfBoundCell = SelfBound<Cell<u8>>;
pub type SelfBoundRc = SelfBound<Rc<u8>>;
