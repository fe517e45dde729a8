//! Which entry was not used for the longest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::entry::Entry;

/// Counts the uses of entries. On a line of the processor's cache of its own, for hits of many threads write to it.
#[repr(align(128))]
pub(crate) struct Uses(AtomicU64);

impl Uses {
    /// Uses after this one.
    pub(crate) const fn from(last: u64) -> Self {
        Uses(AtomicU64::new(last))
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
pub(crate) struct Order {
    by_use: BTreeMap<u64, Arc<Entry>>,
    /// Where an entry notes under which use it stands here.
    note: fn(&Entry) -> &AtomicU64,
}

impl Order {
    pub(crate) const fn new(note: fn(&Entry) -> &AtomicU64) -> Self {
        Order { by_use: BTreeMap::new(), note }
    }

    pub(crate) fn push(&mut self, entry: &Arc<Entry>) {
        self.queue(entry.clone(), entry.used.load(Ordering::Relaxed));
    }

    fn queue(&mut self, entry: Arc<Entry>, used: u64) {
        (self.note)(&entry).store(used, Ordering::Relaxed);
        self.by_use.insert(used, entry);
    }

    pub(crate) fn remove(&mut self, entry: &Entry) {
        let stands = (self.note)(entry).load(Ordering::Relaxed);
        // Who was never put in has noted a use that another entry may have.
        if self.by_use.get(&stands).is_some_and(|known| std::ptr::eq(Arc::as_ptr(known), entry)) {
            self.by_use.remove(&stands);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.by_use.clear();
    }

    pub(crate) fn pop_oldest(&mut self) -> Option<Arc<Entry>> {
        loop {
            let (queued, entry) = self.by_use.pop_first()?;
            let used = entry.used.load(Ordering::Relaxed);
            if used == queued {
                return Some(entry);
            }
            self.queue(entry, used);
        }
    }
}
