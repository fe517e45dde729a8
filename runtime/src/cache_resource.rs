//! All functions that carry the attribute [`cache_resource`](macro@crate::cache_resource).

use crate::engine::registry;

/// Removes every entry of every such function, of all sessions; their `on_release` hooks run.
///
/// ```
/// #[cachelit::cache_resource]
/// fn pool() -> Vec<u8> {
///     vec![1]
/// }
///
/// let held = pool();
/// cachelit::cache_resource::clear_all();
/// assert!(!std::sync::Arc::ptr_eq(&held, &pool()));
/// ```
pub fn clear_all() {
    registry::clear_all(crate::Kind::Resource);
}
