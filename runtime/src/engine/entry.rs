//! A stored result.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::front::Memory;
use super::function::{Function, Place};
use crate::budget;
use crate::key::Key;
use crate::persist::Name;
use crate::st::Recording;
use crate::stats::Reason;
use crate::sync::AtomicBool;

/// A value of a type that only the cached function knows.
pub(crate) type Erased = Arc<dyn Any + Send + Sync>;

/// Called with a value that leaves the cache.
pub(crate) type Release = Arc<dyn Fn(Erased) + Send + Sync>;

pub(crate) struct Entry {
    /// Whose it is.
    pub(crate) place: Place,
    /// The call's key, with the values of the widgets that the body asked.
    pub(crate) key: Key,
    pub(crate) value: Erased,
    pub(crate) stored_at: Duration,
    /// Stored size in bytes, where that is limited, else zero.
    pub(crate) size: u64,
    /// What the body showed.
    pub(crate) recording: Recording,
    pub(crate) release: Option<Release>,
    /// What it is called on disk, if it is persisted.
    pub(crate) name: Option<Name>,
    /// When it was used last, in ticks of its function; kept up only where something is evicted by that.
    pub(crate) used: AtomicU64,
    /// Under which use it stands in its store's [`Order`](super::order::Order).
    pub(crate) queued: AtomicU64,
    /// And in that of the budget.
    pub(crate) ranked: AtomicU64,
    /// How many bytes of the budget it takes.
    pub(crate) charged: AtomicU64,
    is_live: AtomicBool,
}

impl Entry {
    /// One that is in no store yet.
    pub(crate) fn new(place: Place, key: Key, value: Erased, recording: Recording) -> Self {
        Entry {
            place,
            key,
            value,
            stored_at: Duration::ZERO,
            size: 0,
            recording,
            release: None,
            name: None,
            used: AtomicU64::new(0),
            queued: AtomicU64::new(0),
            ranked: AtomicU64::new(0),
            charged: AtomicU64::new(0),
            is_live: AtomicBool::new(false),
        }
    }

    /// Whether it is in its store now. A thread that kept a way to an entry serves it only while this says so.
    #[inline]
    pub(crate) fn is_live(&self) -> bool {
        self.is_live.load(Ordering::Acquire)
    }

    /// Says that it came into its store or left it; only under the store's lock.
    pub(crate) fn set_live(&self, is_live: bool) {
        self.is_live.store(is_live, Ordering::Release);
    }

    /// How a thread may remember it, of a value that it may remember so.
    pub(crate) fn memory(&self, of_value: Memory) -> Memory {
        // Before widgets are asked, the key of a call is not known.
        let is_plain = self.recording.is_empty() && !self.place.function.spec.allow_widgets;
        if is_plain { of_value } else { Memory::None }
    }

    /// Notes a use.
    #[inline]
    pub(crate) fn touch(&self) {
        let uses = self.place.function.uses();
        // The one used last needs no note, so that a loop over it writes nothing.
        if self.used.load(Ordering::Relaxed) != uses.now() {
            self.used.store(uses.tick(), Ordering::Relaxed);
        }
    }
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
        budget::release(&entry);
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
