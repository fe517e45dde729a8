//! Code that is not in a module's own file.

include!("included/literal.rs");

pub mod nested {
    include!("included/nested.rs");
}

pub struct ImplementedElsewhere(pub f64);
pub struct VouchedElsewhere(pub *const u8);
pub struct LeftAlone(pub f64);

pub mod made {
    include!(concat!(env!("OUT_DIR"), "/made.rs"));
}
pub use made::Made as Renamed;
pub struct Holds(pub made::Made);

#[path = "included/elsewhere.rs"]
pub mod placed;

pub mod deeper {
    #[path = "below.rs"]
    pub mod placed;
}
