//! `cfg` of all kinds.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

pub struct ByPlain(pub f64);
#[cfg(plain_option)]
impl Hash for ByPlain { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub struct ByComposed(pub f64);
#[cfg(option_one)]
impl Hash for ByComposed { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub struct ByNobody(pub f64);
#[cfg(nobody_sets_this)]
impl Hash for ByNobody { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub struct ByScripted(pub f64);
#[cfg(feature = "scripted")]
impl Hash for ByScripted { fn hash<H: Hasher>(&self, _: &mut H) {} }
#[cfg(not(feature = "scripted"))]
pub struct WithoutScripted(pub Rc<u8>);
#[cfg(feature = "scripted")]
pub struct WithoutScripted(pub u8);
#[cfg(feature = "scripted")]
pub mod scripted { #[derive(Clone)] pub struct Inside(pub u8); }
#[cfg(plain_option)]
pub mod present { pub struct Vouched(pub *const u8); unsafe impl Send for Vouched {} }
#[cfg(not(option_two))]
pub type WithoutTwo = Rc<u8>;
#[cfg(option_two)]
pub type WithoutTwo = u8;

pub struct Fields {
    pub a: u8,
    #[cfg(windows)]
    pub b: Rc<u8>,
    #[cfg(feature = "off")]
    pub c: *const u8,
    #[cfg(feature = "on")]
    pub d: std::cell::Cell<u8>,
}
pub struct Tuple(pub u8, #[cfg(not(unix))] pub Rc<u8>, #[cfg(unix)] pub Option<u8>);
pub enum Variants {
    #[cfg(feature = "off")]
    Off(Rc<u8>),
    On { #[cfg(any(feature = "off", windows))] field: *const u8, other: u8 },
}
#[cfg_attr(feature = "on", derive(Clone), derive(Hash))]
#[cfg_attr(feature = "off", derive(Default))]
pub struct Derived(pub u8);
#[cfg_attr(all(), cfg(all(unix, not(feature = "off"))))]
#[derive(Hash)]
pub struct ByAttr(pub u8);
#[cfg_attr(all(), cfg(feature = "off"))]
#[derive(Clone)]
pub struct ByAttr(pub u8);
pub struct Params<#[cfg(feature = "off")] A, B>(#[cfg(feature = "off")] pub A, pub B);
pub type ParamsOf = Params<Rc<u8>>;

#[cfg(feature = "off")]
mod choice { pub type Chosen = std::rc::Rc<u8>; }
#[cfg(not(feature = "off"))]
mod choice { #[derive(Clone)] pub struct Chosen(pub std::cell::Cell<u8>); }
pub use choice::Chosen;
#[cfg(target_pointer_width = "64")]
pub type Wide = u64;
#[cfg(not(target_pointer_width = "64"))]
pub type Wide = Rc<u32>;
#[cfg(target_has_atomic = "64")]
pub type Atomic = std::sync::atomic::AtomicU64;
#[cfg(panic = "abort")]
pub type Panics = Rc<u8>;
#[cfg(panic = "unwind")]
pub type Panics = u8;
#[cfg(debug_assertions)]
pub type Debugged = u8;
#[cfg(not(debug_assertions))]
pub type Debugged = u16;
#[cfg(test)]
pub type Tested = Rc<u8>;
#[cfg(not(test))]
pub type Tested = u8;
#[cfg(true)]
pub type Always = u8;
#[cfg(false)]
pub type Always = Rc<u8>;
#[cfg(aliased_on)]
#[derive(Clone)]
pub struct Aliased(pub u8);
#[cfg(not(aliased_on))]
#[derive(Hash)]
pub struct Aliased(pub Rc<u8>);
#[cfg(not(aliased_off))]
pub type AliasedOff = f64;
#[cfg(aliased_off)]
pub type AliasedOff = Rc<u8>;
#[cfg(all(aliased_chain, not(aliased_nowhere)))]
pub type AliasedChain = String;
#[cfg(aliased_open)]
pub type AliasedOpen = Rc<u8>;
#[cfg(not(aliased_open))]
pub type AliasedOpen = u8;
#[cfg(never_set)]
pub type NeverSet = Rc<u8>;
#[cfg(not(never_set))]
pub type NeverSet = u8;
#[cfg(set_beside)]
pub type SetBeside = Rc<u8>;
#[cfg(not(set_beside))]
pub type SetBeside = u8;
