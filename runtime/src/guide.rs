#![doc = include_str!("../guide/caching.md")]
//!
//! [What makes a key]: keys
//! [`FileContent`]: crate::FileContent
//! [`Frontend::busy`]: crate::frontend::Frontend::busy
//! [`Stats`]: crate::Stats
//! [`budget::set`]: crate::budget::set
//! [`cache_data::clear_all`]: crate::cache_data::clear_all
//! [`cache_resource::clear_all`]: crate::cache_resource::clear_all
//! [`functions`]: crate::functions
//! [`persist`]: crate::persist
//! [`st`]: crate::st
//! [`wait_timeout`]: crate::wait_timeout
//! [session]: crate::session

#[doc = include_str!("../guide/keys.md")]
///
/// [`CacheKey`]: crate::CacheKey
/// [`FileContent`]: crate::FileContent
pub mod keys {}

#[doc = include_str!("../guide/speed.md")]
pub mod speed {}
