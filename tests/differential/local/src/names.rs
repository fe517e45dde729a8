//! Names that mean something else here.

pub mod shadowing {
    use std::string::String as Text;
    #[derive(Clone)]
    pub struct String(pub std::rc::Rc<u8>);
    pub struct Vec<T>(pub T, pub std::cell::Cell<u8>);
    pub type Own = String;
    pub type OwnVec = Vec<u8>;
    pub type Std = Text;
    pub struct Holds(pub String, pub Option<u8>);
    #[allow(non_camel_case_types)]
    pub struct usize(pub *const u8);
    pub struct HoldsUsize(pub usize);
}
pub mod traits {
    pub trait Hash {}
    pub trait Clone {}
    pub struct NotHash(pub u8);
    impl Hash for NotHash {}
    impl Clone for NotHash {}
    #[derive(Clone, Hash)]
    pub struct Derived(pub u8);
    pub struct ByModule(pub f64);
    use std::hash;
    impl hash::Hash for ByModule { fn hash<H: hash::Hasher>(&self, _: &mut H) {} }
    pub struct ByRename(pub f64);
    use std::hash::Hash as Digest;
    impl Digest for ByRename { fn hash<H: hash::Hasher>(&self, _: &mut H) {} }
    pub struct ByGlobal(pub f64);
    impl ::core::hash::Hash for ByGlobal { fn hash<H: hash::Hasher>(&self, _: &mut H) {} }
    pub struct ByNobody(pub f64);
    use std::hash::Hash as _;
}
pub mod renamed_derive {
    use std::clone::Clone as Copyable;
    use std::hash::Hash as Digest;
    #[derive(Copyable, Digest)]
    pub struct Renamed(pub u8);
    macro_rules! Hash { () => {} }
    #[derive(std::hash::Hash)]
    pub struct Full(pub u8);
}
pub mod globs {
    mod one { pub struct Found(pub std::rc::Rc<u8>); pub struct Hidden(pub u8); struct Private; }
    mod two { pub struct Hidden(pub std::rc::Rc<u8>); pub struct Other(pub u8); }
    pub use one::*;
    pub use two::{Hidden, Other as Renamed};
    pub type A = Found;
    pub type B = Hidden;
    pub type C = Renamed;
    pub enum Choice { Other, First(u8) }
    use Choice::*;
    pub struct UsesType(pub Found);
}
pub mod spaces {
    pub struct Unit;
    #[allow(non_snake_case)]
    pub fn Named() {}
    pub struct Named { pub field: std::rc::Rc<u8> }
    #[allow(non_snake_case)]
    pub mod Both { pub struct Inside(pub super::Named); }
    pub const CONST: u8 = 0;
    pub static STATIC: u8 = 0;
    pub type Alias = Both::Inside;
}
pub mod raw {
    pub mod r#type { pub struct r#struct(pub std::cell::Cell<u8>); }
    pub type r#fn = r#type::r#struct;
    pub struct Plain(pub r#fn);
}
pub mod blocks {
    pub struct InFunction(pub f64);
    pub struct InConst(pub *const u8);
    pub struct InClosure(pub f64);
    pub struct InMethod(pub f64);
    pub struct InNested(pub f64);
    pub fn function() {
        use std::hash::{Hash, Hasher};
        impl Hash for InFunction { fn hash<H: Hasher>(&self, _: &mut H) {} }
        let _ = || { impl Clone for InClosure { fn clone(&self) -> Self { loop {} } } };
        fn inner() { { struct InFunction; impl std::hash::Hash for InNested { fn hash<H: Hasher>(&self, _: &mut H) {} } } }
    }
    const _: () = { unsafe impl Send for InConst {} };
    static S: () = { unsafe impl Sync for InConst {} };
    impl InFunction { pub fn method() { impl Clone for InMethod { fn clone(&self) -> Self { loop {} } } } }
}
pub mod std {
    pub struct Inside(pub ::std::rc::Rc<u8>);
}
pub type FromLocalStd = self::std::Inside;
pub mod nested {
    pub mod deep { pub(in super::super) struct Limited(pub u8); pub struct Open(pub super::Above); }
    pub struct Above(pub u8);
    pub use self::deep::Open as Up;
    pub use super::nested as again;
}
pub type Again = nested::again::again::Up;
pub struct HoldsLimited(pub u8, nested::deep::Limited);
extern crate core as kernel;
extern crate self as own;
pub type FromKernel = kernel::cell::Cell<u8>;
pub type FromOwn = own::names::nested::Up;
pub type FromCrate = crate::names::raw::Plain;
pub use hidden::Shown;
mod hidden { mod deeper { pub struct Shown(pub ::std::rc::Rc<u8>); } pub use deeper::*; }
pub mod prelude { pub use super::hidden::*; pub use super::globs::*; }
pub type FromPrelude = prelude::Shown;
pub mod selfish {
    #[derive(Clone)]
    pub struct Own<T>(pub Option<Box<Self>>, pub T) where Self: Sized;
    pub struct Plain { pub next: Option<Box<Self>>, pub value: ::std::rc::Rc<u8> }
    impl ::std::hash::Hash for Plain where Self: Sized { fn hash<H: ::std::hash::Hasher>(&self, _: &mut H) {} }
}
