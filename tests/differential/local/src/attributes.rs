//! Proc macros of all three kinds.

use hard_macros::{HashOther, Nothing, Rich, Vouched};
use std::hash::{Hash, Hasher};

#[derive(Nothing)]
pub struct WithNothing(pub f64);
#[derive(Nothing, Clone)]
#[nothing(Hash)]
pub struct WithNothingAndClone(pub f64);
#[derive(Vouched)]
pub struct WithVouched(pub *const u8);
#[derive(Rich)]
pub struct WithRich(pub f64);
#[derive(hard_macros::Rich)]
pub enum WithRichPath { One(f64) }

pub struct OfOther(pub f64);
#[derive(HashOther)]
#[other(OfOther)]
pub struct Other;

#[hard_macros::as_it_is]
#[derive(Clone, Hash)]
pub struct AsItIs(pub u8);
#[hard_macros::as_it_is]
pub struct PointerAsItIs(pub *const u8);
#[hard_macros::replaced(pub struct Replaced(pub u8);)]
pub struct Replaced(pub *const u8);
#[hard_macros::replaced(#[derive(Hash)] pub struct ReplacedWithMore(pub u8);)]
pub struct ReplacedWithMore(pub u8);

pub struct ImplRemoved(pub *const u8);
#[hard_macros::removed]
unsafe impl Send for ImplRemoved {}
#[hard_macros::removed]
impl Hash for ImplRemoved {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
pub struct ImplReplaced(pub f64);
#[hard_macros::replaced(impl Clone for ImplReplaced { fn clone(&self) -> Self { loop {} } })]
impl Hash for ImplReplaced {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
pub struct ImplOnFunction(pub f64);
#[hard_macros::replaced(impl Hash for ImplOnFunction { fn hash<H: Hasher>(&self, _: &mut H) {} })]
pub fn function() {}

#[hard_macros::removed]
mod gone {
    impl std::hash::Hash for super::InRemovedModule {
        fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
    }
}
pub struct InRemovedModule(pub f64);

hard_macros::items! {
    pub struct FromItems(pub std::rc::Rc<u8>);
    impl Hash for FromItems { fn hash<H: Hasher>(&self, _: &mut H) {} }
    impl Hash for NamedInItems { fn hash<H: Hasher>(&self, _: &mut H) {} }
}
pub struct NamedInItems(pub f64);
pub struct Hidden(pub f64);
hard_macros::hash_hidden!();

