//! All functions that carry the attribute [`cache_data`](macro@crate::cache_data).

use crate::engine::registry;

/// Removes every entry of every such function, of all sessions.
///
/// ```
/// #[cachelit::cache_data]
/// fn double(x: u64) -> u64 {
///     2 * x
/// }
///
/// double(2);
/// cachelit::cache_data::clear_all();
/// assert_eq!(double::stats().entries, 0);
/// ```
pub fn clear_all() {
    registry::clear_all(crate::Kind::Data);
}
