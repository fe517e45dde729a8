//! Which entry was not used for the longest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::entry::Entry;

/// Counts the uses of entries. On a line of the processor's cache of its own, for hits of many threads write to it.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Uses(AtomicU64);

impl Uses {
    pub(crate) const fn new() -> Self {
        Uses(AtomicU64::new(0))
    }

    /// The last use.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Another use, which no entry ever had.
    #[inline]
    pub(crate) fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Entries by use, as far as it was looked at: a hit writes only to its entry, and who needs the oldest one moves
/// those that were used since they were queued. That is each at most once per hit, and the order is exact.
#[derive(Default)]
pub(crate) struct Order(BTreeMap<u64, Arc<Entry>>);

impl Order {
    pub(crate) fn push(&mut self, entry: &Arc<Entry>) {
        self.queue(entry.clone(), entry.used.load(Ordering::Relaxed));
    }

    fn queue(&mut self, entry: Arc<Entry>, used: u64) {
        entry.queued.store(used, Ordering::Relaxed);
        self.0.insert(used, entry);
    }

    pub(crate) fn remove(&mut self, entry: &Entry) {
        self.0.remove(&entry.queued.load(Ordering::Relaxed));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn pop_oldest(&mut self) -> Option<Arc<Entry>> {
        loop {
            let (queued, entry) = self.0.pop_first()?;
            let used = entry.used.load(Ordering::Relaxed);
            if used == queued {
                return Some(entry);
            }
            self.queue(entry, used);
        }
    }
}
