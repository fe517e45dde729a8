//! A stored result.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::function::Function;
use crate::st::Recording;
use crate::stats::Reason;

/// A value of a type that only the cached function knows.
pub(crate) type Erased = Arc<dyn Any + Send + Sync>;

/// Called with a value that leaves the cache.
pub(crate) type Release = Arc<dyn Fn(Erased) + Send + Sync>;

pub(crate) struct Entry {
    pub(crate) value: Erased,
    pub(crate) stored_at: Duration,
    /// Stored size in bytes, where that is limited, else zero.
    pub(crate) size: u64,
    /// What the body showed.
    pub(crate) recording: Recording,
    pub(crate) release: Option<Release>,
}

/// An entry that was taken out of its store, and must be let go once the store is unlocked.
pub(crate) struct Removed {
    pub(crate) entry: Arc<Entry>,
    pub(crate) reason: Reason,
}

/// Counts and releases entries that left. A panic of one release doesn't keep the others from theirs.
pub(crate) fn settle(function: &Function, removed: Vec<Removed>) {
    for Removed { entry, reason } in removed {
        function.counters.left(reason);
        tracing::debug!(function = function.spec.path, ?reason, "left the cache");
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if let Some(release) = &entry.release {
                release(entry.value.clone());
            }
            drop(entry);
        }));
        if outcome.is_err() {
            tracing::error!(
                function = function.spec.path,
                "a value that left the cache panicked on its release"
            );
        }
    }
}
