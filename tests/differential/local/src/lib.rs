//! Types that are hard to be right about; rustc's answers about each are among the cases.
#![allow(warnings)]

pub mod attributes;
pub mod bounds;
pub mod constants;
pub mod cycles;
pub mod derives;
pub mod included;
pub mod lifetimes;
pub mod macros;
pub mod names;
pub mod objects;
pub mod options;
pub mod projections;
pub mod serdes;
pub mod shapes;
