#![doc = include_str!("../guide/caching.md")]
//!
//! [What makes a key]: keys
//! [`FileContent`]: crate::FileContent
//! [`Frontend::busy`]: crate::frontend::Frontend::busy
//! [`Stats`]: crate::Stats
//! [`cache_data::clear_all`]: crate::cache_data::clear_all
//! [`cache_resource::clear_all`]: crate::cache_resource::clear_all
//! [`functions`]: crate::functions
//! [`persist`]: crate::persist
//! [`st`]: crate::st
//! [session]: crate::session

#[doc = include_str!("../guide/keys.md")]
///
/// [`CacheKey`]: crate::CacheKey
/// [`FileContent`]: crate::FileContent
pub mod keys {}
