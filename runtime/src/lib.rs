//! Streamlit's caching for Rust.
//!
//! Two attributes remember what a function returns. [`macro@cache_data`] is for data: every caller gets
//! a copy of its own. [`macro@cache_resource`] is for objects such as connection pools and models: every
//! caller gets the same `Arc`.
//!
//! ```
//! use cachelit::{cache_data, cache_resource};
//! use std::sync::Mutex;
//!
//! struct Connection(Mutex<u32>);
//!
//! #[cache_resource]
//! fn connection() -> Connection {
//!     Connection(Mutex::new(0))
//! }
//!
//! #[cache_data(ttl = "1h", max_entries = 1000)]
//! fn rows(_db: &Connection, count: usize) -> Vec<u32> {
//!     *_db.0.lock().unwrap() += 1;
//!     (0..count as u32).collect()
//! }
//!
//! let db = connection();
//! assert_eq!(rows(&db, 3), [0, 1, 2]);
//! assert_eq!(rows(&db, 3), [0, 1, 2]);
//! assert_eq!(rows::stats().hits, 1);
//! assert_eq!(*db.0.lock().unwrap(), 1);
//! ```
//!
//! A result is found again by what went in, each parameter whose name does not begin with `_`, and by
//! the code that made it. See [`CacheKey`] for what may be a parameter, [`guide`] for a walk through all there is,
//! and [`guide::keys`] for what makes a key and what changes it.
//!
//! # The handle
//!
//! Beside a cached function `f` stands a type of the same name, with
//!
//! - `f::clear()`: removes the entries that the current session sees,
//! - `f::clear_entry(…)`: removes the entry of a call, given its arguments; those of `_` parameters are
//!   ignored,
//! - `f::stats()`: the counters, see [`Stats`],
//! - `f::info()`: what is known of the function, see [`FunctionInfo`].
//!
//! A method `f` has the associated functions `f_clear()`, `f_clear_entry(…)`, `f_stats()` and `f_info()`
//! instead. Its receiver is a parameter like any other, and `Self` is part of the key. An attribute can't
//! see the block that its function stands in: an associated function without a receiver which does not
//! mention `Self` says `where Self: Sized`.
//!
//! All functions: [`functions()`], [`cache_data::clear_all`], [`cache_resource::clear_all`].
//!
//! # Calls
//!
//! Concurrent calls with one key run the body once; calls with other keys don't wait. A panic or an `Err`
//! is not cached: its caller gets it, and one of those who waited runs the body again. A body that waits
//! for its own key panics, with a message that says so. A caller may give up waiting:
//! [`wait_timeout`]. `async fn` works on any executor.
//!
//! # Elements and widgets
//!
//! What a cached body shows by way of [`st`] is recorded and shown again on every hit. A widget in a cached
//! body panics, unless `experimental_allow_widgets = true` makes its value part of the key.
//!
//! # Tracing
//!
//! To a subscriber of [`tracing`], a run of a body is a span `miss` at the level `DEBUG`, with the
//! function's path as the field `function`; an entry that leaves is an event at `DEBUG`, with the `reason`,
//! and a hit one at `TRACE`.
//!
//! The counters of [`Stats`] become metrics by the feature `metrics`, for a recorder such as Prometheus's.
//!
//! # What the attributes write
//!
//! Compiled with the environment variable `CACHELIT_PRINT_EXPANSION` set to the name of a cached function (or
//! several, with commas between them, or `*`), the compiler prints what became of it. Cargo doesn't notice a change of
//! that variable: touch the file in which the function stands.
//!
//! # Under another name
//!
//! The attributes name this crate `::cachelit`. A program that depends on it by another name says so once,
//! at its root: `extern crate other_name as cachelit;`.
//!
//! # Sessions
//!
//! The entries of `cache_data` belong to the [session] in which they were made, unless
//! `scope = "global"`. Those of `cache_resource` are everybody's, unless `scope = "session"`. Without any
//! session, the process is one.

pub mod budget;
pub mod cache_data;
pub mod cache_resource;
pub mod clock;
pub mod frontend;
pub mod guide;
pub mod key;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod persist;
pub mod session;
pub mod st;

mod engine;
#[doc(hidden)]
#[allow(missing_docs, reason = "for expansions of the macros only")]
pub mod internal;
mod spinner;
mod stats;
mod sync;

pub use cachelit_macros::{CacheKey, cache_data, cache_resource};
pub use cachelit_spec::CodeHash;
pub use cachelit_spec::options::{Kind, Persist, RefreshMode, Scope};
pub use engine::function::FunctionInfo;
pub use engine::patience::{WaitTimeout, wait_timeout};
pub use engine::registry::functions;
pub use key::{CacheKey, FileContent, KeyHasher};
pub use stats::{Evictions, Stats};
