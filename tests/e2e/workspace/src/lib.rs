//! A shop whose cached functions have a mistake.
pub mod clean;
pub mod data;
